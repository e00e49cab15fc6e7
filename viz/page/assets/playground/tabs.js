// Which panels stand at the right? Each is {name, mount(section, store), draw(state)}, as in the lab; `isFor(state)`, if it
// has one, says when its tab is there.

import { byId, element, write } from "../lab/dom.js";
import { say } from "../lab/say.js";
import { chainPanel } from "./chain_panel.js";
import { codePanel } from "./code.js";
import { confusionPanel } from "./confusion.js";
import { neuronPanel } from "./neuron.js";
import { programPanel } from "./program_panel.js";
import { rivalPanel } from "./rival.js";

const PANELS = [neuronPanel, chainPanel, programPanel, confusionPanel, rivalPanel, codePanel];

export function mountTabs(store) {
  const parts = PANELS.map((panel) => ({ panel, tab: tabOf(panel, store), section: sectionOf(panel) }));
  byId("play-tabs").replaceChildren(...parts.map(({ tab }) => tab));
  byId("play-panels").replaceChildren(...parts.map(({ section }) => section));
  for (const { panel, section } of parts) panel.mount(section, store);
  store.onChange((state, before) => drawTabs(parts, state, before));
  byId("play-tabs").addEventListener("keydown", (event) => moveAlong(event, parts));
  drawTabs(parts, store.state, null);
}

function tabOf({ name }, store) {
  const made = element("button", { type: "button", role: "tab", id: `play-tab-${name}`, "aria-controls": `play-panel-${name}`, "data-say": `ground_tab_${name}` });
  made.addEventListener("click", () => store.change({ tab: name }));
  return made;
}

function sectionOf({ name }) {
  return element("section", { role: "tabpanel", id: `play-panel-${name}`, "aria-labelledby": `play-tab-${name}`, tabindex: "0" });
}

function drawTabs(parts, state, before) {
  const there = parts.filter(({ panel }) => panel.isFor?.(state) ?? true);
  const open = there.find(({ panel }) => panel.name === state.tab) ?? there[0];
  for (const part of parts) {
    const isOpen = part === open;
    part.tab.hidden = !there.includes(part);
    part.section.hidden = !isOpen;
    part.tab.setAttribute("aria-selected", isOpen);
    part.tab.tabIndex = isOpen ? 0 : -1;
    write(part.tab, say(part.tab.dataset.say));
    if (isOpen) part.panel.draw(state, before);
  }
  byId("play-tabs").hidden = there.length < 2;
}

const MOVES = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };

function moveAlong(event, parts) {
  const move = MOVES[event.key];
  if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  const tabs = parts.map(({ tab }) => tab).filter((tab) => !tab.hidden);
  const now = tabs.indexOf(document.activeElement);
  const wanted = Number.isFinite(move) ? (now + move + tabs.length) % tabs.length : move > 0 ? tabs.length - 1 : 0;
  tabs[wanted].click();
  tabs[wanted].focus();
}
