// Which panels are there? Each is {name, mount(section, store), draw(state)}: `mount` fills its section once, and `draw`
// is called at every change while its tab is open.

import { button, byId, element } from "./dom.js";
import { inputsPanel } from "./inputs.js";
import { nudgePanel } from "./nudge.js";

const PANELS = [inputsPanel, nudgePanel];

export function mountPanels(store) {
  const sections = new Map(PANELS.map((panel) => [panel, sectionOf(panel)]));
  const tabs = PANELS.map((panel) => tabOf(panel, store));
  byId("tabs").replaceChildren(...tabs);
  byId("panels").replaceChildren(...sections.values());
  for (const [panel, section] of sections) panel.mount(section, store);
  const draw = () => {
    for (const [index, panel] of PANELS.entries()) {
      const isOpen = store.state.tab === panel.name;
      sections.get(panel).hidden = !isOpen;
      tabs[index].setAttribute("aria-selected", isOpen);
      tabs[index].tabIndex = isOpen ? 0 : -1;
      if (isOpen) panel.draw(store.state);
    }
  };
  store.onChange(draw);
  draw();
}

function sectionOf({ name }) {
  return element("section", { id: `panel-${name}`, role: "tabpanel", "aria-labelledby": `tab-${name}` });
}

function tabOf({ name }, store) {
  const attributes = { id: `tab-${name}`, role: "tab", "aria-controls": `panel-${name}` };
  return button(`tab_${name}`, () => store.change({ tab: name }), attributes);
}
