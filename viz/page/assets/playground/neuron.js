// What is in one neuron? Its formula, and its weights with today's numbers and gradients; each number can be typed over.
// While none is chosen, what can be done here is said.

import { element, write } from "../lab/dom.js";
import { say } from "../lab/say.js";
import { typedNumber } from "../numbers.js";
import { brief } from "./figures.js";
import { nameOfNeuron, nameOfParameter } from "./names.js";
import { placeOf } from "./run.js";
import { adjust } from "./store.js";

const panel = { section: null, store: null, form: null, rows: [] };

export const neuronPanel = {
  name: "neuron",
  mount(section, store) {
    Object.assign(panel, { section, store });
  },
  draw(state) {
    const form = JSON.stringify([state.chosen, state.run.shape, state.lang]);
    if (form !== panel.form) build(state);
    panel.form = form;
    for (const row of panel.rows) drawRow(row, state);
  },
};

function build(state) {
  panel.rows = [];
  const { chosen, run } = state;
  if (!chosen || chosen.layer === 0) return panel.section.replaceChildren(...guide());
  const { layer, neuron } = chosen;
  const before = Array.from({ length: run.shape.sizes[layer - 1] }, (_, from) => ({ layer, neuron, from }));
  panel.rows = [...before, { layer, neuron }].map((at) => rowOf(run, at));
  const head = element("div", { class: "weight-row head" }, element("span"), element("span", {}, say("ground_weight")), element("span"), element("span", {}, say("ground_gradient")));
  const rows = element("div", { class: "weight-rows" }, head, ...panel.rows.map(({ box }) => box));
  panel.section.replaceChildren(formulaOf(run, chosen), rows, element("p", { class: "quiet-line" }, say("ground_type_weight")));
}

function guide() {
  return ["ground_guide_neuron", "ground_guide_points", "ground_guide_train"].map((key) => element("p", { class: "guide" }, say(key)));
}

// a₂⁽¹⁾ = tanh(w₂₁x₁ + w₂₂x₂ + b₂)
function formulaOf({ shape }, { layer, neuron }) {
  const name = nameOfNeuron(shape, { layer, neuron });
  const count = shape.sizes[layer - 1];
  const terms = Array.from({ length: Math.min(count, 2) }, (_, from) => `${nameOfParameter({ layer, neuron, from })} ${nameOfNeuron(shape, { layer: layer - 1, neuron: from })}`);
  const last = count > 3 ? ["…"] : [];
  const end = count > 2 ? [`${nameOfParameter({ layer, neuron, from: count - 1 })} ${nameOfNeuron(shape, { layer: layer - 1, neuron: count - 1 })}`] : [];
  const sum = [...terms, ...last, ...end, nameOfParameter({ layer, neuron })].join(" + ");
  const activation = shape.activations[layer - 1];
  const applied = activation === "linear" ? sum : `${activation}(${sum})`;
  return element("p", { class: "neuron-formula math" }, element("b", {}, name), ` = ${applied}`);
}

function rowOf({ shape }, at) {
  const name = element("span", { class: "math" }, nameOfParameter(at));
  const from = at.from === undefined ? say("ground_bias") : nameOfNeuron(shape, { layer: at.layer - 1, neuron: at.from });
  const input = element("input", { type: "text", inputmode: "decimal", "aria-label": `${nameOfParameter(at)} (${from})` });
  const bar = element("span", { class: "weight-bar" }, element("i"));
  const gradient = element("span", { class: "weight-gradient" });
  const box = element("div", { class: "weight-row" }, name, input, bar, gradient);
  input.addEventListener("change", () => give(at, input));
  const point = (pointed) => () => panel.store.change({ pointed });
  box.addEventListener("pointerenter", point(at.from === undefined ? { layer: at.layer, neuron: at.neuron } : at));
  box.addEventListener("pointerleave", point(null));
  return { at, box, input, bar, gradient };
}

function drawRow({ at, box, input, bar, gradient }, { run, chosen }) {
  const place = placeOf(run, at);
  const { parameters, gradient: slopes } = run.session;
  const number = parameters[place];
  const largest = Math.max(1, ...panel.rows.map((row) => Math.abs(parameters[placeOf(run, row.at)]) || 0));
  if (document.activeElement !== input) input.value = brief(number);
  const share = Math.min(1, Math.abs(number) / largest) || 0;
  bar.firstChild.style.width = `${50 * share}%`;
  bar.firstChild.className = number < 0 ? "is-negative" : "is-positive";
  write(gradient, slopes ? brief(slopes[place]) : "");
  box.classList.toggle("is-chosen", chosen.from !== undefined && chosen.from === at.from);
}

// A weight that is given is a beginning of its own: the run starts from there.
function give(at, input) {
  const number = typedNumber(input.value);
  input.setAttribute("aria-invalid", number === null);
  if (number === null) return;
  const { run } = panel.store.state;
  const parameters = [...run.session.parameters];
  parameters[placeOf(run, at)] = number;
  adjust(panel.store, ["network", "parameters"], parameters);
}
