// What are the inputs, and what happens if they are others? A number typed or a slider moved: all is computed again.

import { typedNumber } from "../numbers.js";
import { element } from "./dom.js";
import { setNumbers } from "./store.js";

export const inputsPanel = { name: "inputs", mount, draw };

let rows = [];

function mount(section, store) {
  const fill = () => {
    rows = [...store.state.start.keys()].map((leaf) => rowOf(store, leaf));
    section.replaceChildren(...rows.map(({ line }) => line));
  };
  store.onChange((state, before) => state.start !== before.start && fill());
  fill();
}

function rowOf(store, leaf) {
  const name = store.state.graph.names[leaf];
  const field = element("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": name });
  field.addEventListener("input", () => {
    const number = typedNumber(field.value);
    if (number !== null) setNumbers(store, new Map([[leaf, number]]));
  });
  return { leaf, field, line: element("div", { class: "input-row" }, element("span", {}, name), field) };
}

function draw({ graph }) {
  for (const { leaf, field } of rows) {
    if (document.activeElement !== field) field.value = String(graph.nodes[leaf].data);
  }
}
