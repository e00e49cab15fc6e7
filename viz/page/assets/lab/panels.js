// Which panels are there? Each is {name, mount(section, store), draw(state)}: `mount` fills its section once, and `draw`
// is called at every change while its tab is open. Of those that have them, `notes(state)` is what the panel writes on the
// stage, the same object as long as nothing changes; and a panel that `tells` gradients keeps quiet in predict mode.

import { checkPanel } from "./check.js";
import { button, byId, element } from "./dom.js";
import { downhillPanel } from "./downhill.js";
import { inputsPanel } from "./inputs.js";
import { nudgePanel } from "./nudge.js";
import { orderPanel } from "./order.js";
import { pathsPanel } from "./paths.js";
import { predictPanel } from "./predict.js";
import { hasSecrets } from "./quiz.js";
import { NO_NOTES } from "./store.js";

const PANELS = [inputsPanel, predictPanel, nudgePanel, downhillPanel, pathsPanel, orderPanel, checkPanel];

export function mountPanels(store) {
  const sections = new Map(PANELS.map((panel) => [panel, sectionOf(panel)]));
  const tabs = PANELS.map((panel) => tabOf(panel, store));
  byId("tabs").replaceChildren(...tabs);
  byId("panels").replaceChildren(...sections.values());
  for (const [panel, section] of sections) panel.mount(section.lastChild, store);
  const draw = () => {
    for (const [index, panel] of PANELS.entries()) {
      const isOpen = store.state.tab === panel.name;
      sections.get(panel).hidden = !isOpen;
      tabs[index].setAttribute("aria-selected", isOpen);
      tabs[index].tabIndex = isOpen ? 0 : -1;
      if (isOpen) drawPanel(panel, sections.get(panel), store);
    }
  };
  store.onChange(draw);
  draw();
}

function drawPanel(panel, section, store) {
  const isQuiet = Boolean(panel.tells) && hasSecrets(store.state);
  const [note, body] = section.children;
  [note.hidden, body.hidden] = [!isQuiet, isQuiet];
  if (!isQuiet) panel.draw(store.state);
  const notes = (!isQuiet && panel.notes?.(store.state)) || NO_NOTES;
  if (notes !== store.state.notes) store.change({ notes });
}

function sectionOf({ name }) {
  const quiet = element("p", { class: "hint", "data-say": "predict_quiet" });
  return element("section", { id: `panel-${name}`, role: "tabpanel", "aria-labelledby": `tab-${name}` }, quiet, element("div"));
}

function tabOf({ name }, store) {
  const attributes = { id: `tab-${name}`, role: "tab", "aria-controls": `panel-${name}` };
  return button(`tab_${name}`, () => store.change({ tab: name }), attributes);
}
