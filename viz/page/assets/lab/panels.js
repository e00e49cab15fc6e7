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
  store.onChange((state, before) => {
    if (state.tab !== before.tab) byId("panels").scrollTop = 0;
    draw();
  });
  byId("tabs").addEventListener("keydown", (event) => moveAlong(event, tabs));
  draw();
}

const MOVES = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };

// As in any list of tabs: arrows go from one to the next, and round; Home and End to the first and the last.
function moveAlong(event, tabs) {
  const move = MOVES[event.key];
  if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const now = tabs.indexOf(document.activeElement);
  const wanted = Number.isFinite(move) ? (now + move + tabs.length) % tabs.length : move > 0 ? tabs.length - 1 : 0;
  tabs[wanted].click();
  tabs[wanted].focus();
}

function drawPanel(panel, section, store) {
  const [, quiet, fixed, body] = section.children;
  const isFixed = COMPUTING.includes(panel) && store.state.graph.missing.length > 0;
  const isQuiet = !isFixed && Boolean(panel.tells) && hasSecrets(store.state);
  [quiet.hidden, fixed.hidden, body.hidden] = [!isQuiet, !isFixed, isQuiet || isFixed];
  if (isFixed) fixed.textContent = say("no_program", { missing: store.state.graph.missing.join("; ") });
  if (!body.hidden) panel.draw(store.state);
  write(panel, body.hidden ? null : (panel.notes?.(store.state) ?? null));
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
  const attributes = { id: `panel-${name}`, role: "tabpanel", "aria-labelledby": `tab-${name}`, tabindex: "0" };
  return element("section", attributes, element("h2", { class: "unseen", "data-say": `tab_${name}` }), quiet, fixed, element("div"));
}

function tabOf({ name }, store) {
  const attributes = { id: `tab-${name}`, role: "tab", "aria-controls": `panel-${name}` };
  return button(`tab_${name}`, () => store.change({ tab: name }), attributes);
}
