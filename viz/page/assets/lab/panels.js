// Which panels are there? Each is {name, mount(section, store), draw(state)}: `mount` fills its section once, and `draw`
// is called at every change while its tab is open. Of those that have them, `notes(state)` is what the panel writes on the
// stage, {boxes, edges}, the same object as long as nothing changes; a panel that `tells` gradients is quiet while one is
// asked. Those that compute with other numbers cannot where a row has no JavaScript, and say what it would need.

import { checkPanel } from "./check.js";
import { button, byId, element } from "./dom.js";
import { downhillPanel } from "./downhill.js";
import { inputsPanel } from "./inputs.js";
import { nudgePanel } from "./nudge.js";
import { orderPanel } from "./order.js";
import { pathsPanel } from "./paths.js";
import { predictPanel } from "./predict.js";
import { hasSecrets } from "./quiz.js";
import { say } from "./say.js";
import { annotate } from "./stage.js";

const PANELS = [inputsPanel, predictPanel, nudgePanel, downhillPanel, pathsPanel, orderPanel, checkPanel];
const COMPUTING = [inputsPanel, nudgePanel, downhillPanel, checkPanel];

export const PANEL_NAMES = PANELS.map(({ name }) => name);

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
  byId("tabs").addEventListener("keydown", (event) => moveAlong(event, tabs));
  store.onChange(draw);
  draw();
}

function drawPanel(panel, section, store) {
  const [quiet, fixed, body] = section.children;
  const isFixed = COMPUTING.includes(panel) && store.state.graph.missing.length > 0;
  const isQuiet = !isFixed && Boolean(panel.tells) && hasSecrets(store.state);
  [quiet.hidden, fixed.hidden, body.hidden] = [!isQuiet, !isFixed, isQuiet || isFixed];
  if (isFixed) fixed.textContent = say("no_program", { missing: store.state.graph.missing.join("; ") });
  if (!body.hidden) panel.draw(store.state);
  write(panel, body.hidden ? null : (panel.notes?.(store.state) ?? null));
}

const MOVES = {
  ArrowLeft: (at, count) => (at + count - 1) % count,
  ArrowRight: (at, count) => (at + 1) % count,
  Home: () => 0,
  End: (at, count) => count - 1,
};

// One tab is in the order of Tab; the arrows go to the others, as in any list of tabs.
function moveAlong(event, tabs) {
  if (!(event.key in MOVES) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const tab = tabs[MOVES[event.key](tabs.indexOf(event.target), tabs.length)];
  tab.click();
  tab.focus();
}

// What stands on the stage, and of which panel: nothing is written again that stands there already.
let written = { name: null, notes: null };

function write({ name }, notes) {
  if (notes === written.notes) return;
  if (written.notes) annotate(written.name, new Map());
  if (notes) annotate(name, notes.boxes, notes.edges);
  written = { name, notes };
}

function sectionOf({ name }) {
  const quiet = element("p", { class: "hint", "data-say": "predict_quiet" });
  const fixed = element("p", { class: "hint" });
  const attributes = { id: `panel-${name}`, role: "tabpanel", "aria-labelledby": `tab-${name}` };
  return element("section", attributes, quiet, fixed, element("div"));
}

function tabOf({ name }, store) {
  const attributes = { id: `tab-${name}`, role: "tab", "aria-controls": `panel-${name}` };
  return button(`tab_${name}`, () => store.change({ tab: name }), attributes);
}
