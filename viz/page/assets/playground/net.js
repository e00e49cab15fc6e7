// How is the network drawn? Each neuron with what it makes of the plane, above each layer what it is made by, and between
// the layers the weights: see weights.js.

import { byId, element } from "../lab/dom.js";
import { say } from "../lab/say.js";
import { anewMark, isHidden, sayAnew } from "./fields.js";
import { layOut } from "./layout.js";
import { nameOfInput, nameOfNeuron, wordOfOutput } from "./names.js";
import { paintNeuron } from "./picture.js";
import { fitCanvas } from "./plane_view.js";
import { possibleInputs } from "./run.js";
import { ACTIVATIONS } from "./settings.js";
import { adjust, hasBegun } from "./store.js";
import { drawWeights, weightNear } from "./weights.js";

const HEAD = 84; // pixels above the network, for the controls of its layers
const MOST_NEURONS = 16;
const NARROW = 92; // pixels: in less there is no room for an arrow beside the name of an activation
const MARKED = 16; // pixels: in a lower picture a mark is its edge alone

const ABOUT = ["neuron", "chain", "formulas"]; // panels about a neuron or a weight

const net = { store: null, layout: null, parts: [], drawn: null };

export function mountNet(store) {
  net.store = store;
  new ResizeObserver(() => store.change({})).observe(byId("net"));
  byId("net").addEventListener("pointermove", (event) => pointAt(event));
  byId("net").addEventListener("pointerleave", () => store.state.pointed && store.change({ pointed: null }));
  byId("net").addEventListener("click", (event) => event.target === byId("weights") && chooseAt(event));
}

/** Draw the network; its parts are made anew only when it is another one, and its weights if they are asked for. */
export function drawNet(state, hasWeights) {
  const { clientWidth: width, clientHeight: height } = byId("net");
  if (!width || !height) return;
  const form = JSON.stringify([state.settings.inputs, state.settings.network.layers, state.run.shape.sizes, state.lang, state.settings.hidden, wordsOf(state), hasBegun(state), width, height]);
  const isNew = form !== net.drawn;
  if (isNew) {
    net.layout = layoutOf(state, width, height);
    net.drawn = form;
    build(state);
  }
  paintAll(state);
  if (isNew || hasWeights) drawWeights(byId("weights"), state, net.layout, width, height);
}

function wordsOf({ run }) {
  const last = run.shape.sizes.length - 1;
  return Array.from({ length: run.shape.sizes[last] }, (_, neuron) => wordOfOutput(run, { layer: last, neuron }));
}

// Below the inputs stand those that there could be too.
function layoutOf(state, width, height) {
  const { settings, run } = state;
  const idle = isHidden(state, "inputs") ? [] : possibleInputs(run).filter((name) => !settings.inputs.includes(name));
  return { ...layOut(run.shape.sizes, { width, height, top: HEAD, bottom: 6 }, idle.length), idle };
}

// The parts

function build(state) {
  const { layout } = net;
  const tiles = state.run.shape.sizes.flatMap((size, layer) => (layer ? Array.from({ length: size }, (_, neuron) => neuronTile(state, { layer, neuron })) : []));
  const inputs = state.settings.inputs.map((name, neuron) => inputTile(name, { layer: 0, neuron }));
  const pills = layout.idle.map((name, index) => pillOf(name, layout.pills[index]));
  const heads = state.run.shape.sizes.map((_, layer) => headOf(state, layer));
  const focused = document.activeElement?.dataset?.key;
  net.parts = [...inputs, ...tiles];
  byId("net-parts").replaceChildren(...heads, ...inputs.map(({ box }) => box), ...pills, ...tiles.map(({ box }) => box));
  if (focused) byId("net-parts").querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function tileAt({ x, y }, name, attributes, word = "") {
  const { width, height } = net.layout.picture;
  const canvas = element("canvas", {});
  const label = element("span", { class: "tile-name math", title: [name, word].filter(Boolean).join(" ") }, name, ...(word ? [element("span", { class: "tile-word" }, ` ${word}`)] : []));
  const box = element("button", { type: "button", class: net.layout.picture.height < MARKED ? "tile is-low" : "tile", ...attributes }, canvas, ...(net.layout.hasNames ? [label] : []));
  Object.assign(box.style, { left: `${x - width / 2}px`, top: `${y - height / 2}px`, width: `${width}px` });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  return { box, canvas };
}

function neuronTile(state, at) {
  const [name, word] = [nameOfNeuron(state.run.shape, at), wordOfOutput(state.run, at)];
  const label = say("ground_neuron_label", { name: [name, word].filter(Boolean).join(" ") });
  const tile = tileAt(net.layout.places[at.layer][at.neuron], name, { "data-key": `n${at.layer}.${at.neuron}`, "aria-label": label }, word);
  listen(tile.box, at);
  tile.box.addEventListener("click", () => net.store.change({ chosen: at, tab: tabFor(net.store.state) }));
  return { ...tile, at };
}

function listen(box, at) {
  box.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && net.store.change({ pointed: at }));
  box.addEventListener("focus", () => box.matches(":focus-visible") && net.store.change({ pointed: at }));
  for (const leave of ["pointerleave", "blur"]) box.addEventListener(leave, () => net.store.state.pointed && net.store.change({ pointed: null }));
}

function inputTile(name, at) {
  const shown = nameOfInput(name);
  const title = say("ground_leave_input", { name: shown });
  const tile = tileAt(net.layout.places[0][at.neuron], shown, { ...inputAttributes(name, shown, true), title });
  tile.box.addEventListener("click", () => toggleInput(name));
  listen(tile.box, at);
  return { ...tile, at };
}

function inputAttributes(name, shown, isUsed) {
  return { "data-key": `i${name}`, "aria-pressed": isUsed, "aria-label": say("ground_input_label", { name: shown }) };
}

function pillOf(name, { x, y }) {
  const shown = nameOfInput(name);
  const attributes = { type: "button", class: "idle-input", ...inputAttributes(name, shown, false), title: say("ground_take_input", { name: shown }) };
  const made = element("button", attributes, "+ ", element("span", { class: "math" }, shown));
  Object.assign(made.style, { left: `${x}px`, top: `${y}px` });
  made.addEventListener("click", () => toggleInput(name));
  return made;
}

function toggleInput(name) {
  const { settings, run } = net.store.state;
  const wanted = settings.inputs.includes(name) ? settings.inputs.filter((each) => each !== name) : possibleInputs(run).filter((each) => each === name || settings.inputs.includes(each));
  if (wanted.length) adjust(net.store, ["inputs"], wanted);
  else net.store.change({ said: { key: "ground_one_input", places: {} } });
}

// Above a column: what its layer is, how many neurons it has, and their activation

function headOf(state, layer) {
  const { sizes } = state.run.shape;
  const box = element("div", { class: "net-head" });
  box.style.left = `${net.layout.columns[layer]}px`;
  const width = Math.min(132, Math.max(64, 0.96 * columnWidth()), 2 * roomBeside(net.layout.columns[layer]));
  box.style.width = `${width}px`;
  box.classList.toggle("is-narrow", width < NARROW);
  const isHiddenLayer = layer > 0 && layer < sizes.length - 1;
  const title = layer === 0 ? say("ground_inputs") : isHiddenLayer ? say("ground_layer", { layer }) : say("ground_output");
  const controls = isHiddenLayer ? layerControls(state, layer) : [];
  box.append(element("span", { class: "head-name" }, title, ...(controls.length ? [anewMark()] : [])), ...controls);
  for (const control of box.querySelectorAll("button, select")) sayAnew(box, control, hasBegun(state));
  return box;
}

function roomBeside(x) {
  return Math.min(x, byId("net").clientWidth - x);
}

function columnWidth() {
  const [first, second] = net.layout.columns;
  return second === undefined ? 132 : second - first;
}

function layerControls(state, layer) {
  const controls = [];
  if (!isHidden(state, "neurons")) controls.push(sizeControl(state, layer));
  if (!isHidden(state, "activation")) controls.push(activationControl(state, layer));
  return controls;
}

function sizeControl(state, layer) {
  const { size } = state.settings.network.layers[layer - 1];
  const change = (way) => {
    const wanted = Math.max(1, Math.min(MOST_NEURONS, size + way));
    if (wanted !== size) adjust(net.store, ["network", "layers", layer - 1, "size"], wanted);
  };
  const button = (sign, way, label) => {
    const isOff = size + way < 1 || size + way > MOST_NEURONS;
    const attributes = { type: "button", "data-key": `s${layer}${way}`, "aria-label": say(label, { layer }), "aria-disabled": isOff };
    const made = element("button", attributes, sign);
    made.addEventListener("click", () => change(way));
    return made;
  };
  return element("span", { class: "head-size", "data-control": "neurons" }, button("−", -1, "ground_fewer_neurons"), element("b", {}, String(size)), button("+", 1, "ground_more_neurons"));
}

function activationControl(state, layer) {
  const list = element("select", { "data-key": `f${layer}`, "data-control": "activation", "aria-label": say("ground_activation", { layer }) });
  list.append(...inOrder(ACTIVATIONS).map((name) => element("option", { value: name }, name)));
  list.value = state.settings.network.layers[layer - 1].activation;
  list.addEventListener("change", () => adjust(net.store, ["network", "layers", layer - 1, "activation"], list.value));
  return list;
}

// Those of textbooks first.
function inOrder(names) {
  return [...FIRST.filter((name) => names.includes(name)), ...names.filter((name) => !FIRST.includes(name))];
}
const FIRST = ["tanh", "relu", "sigmoid", "linear"];

// The pictures in the neurons

function paintAll(state) {
  const { width, height } = net.layout.picture;
  const { marks } = state;
  for (const { box, canvas, at } of net.parts) {
    fitCanvas(canvas, width, height);
    paintNeuron(canvas.getContext("2d"), state.run, at);
    box.classList.toggle("is-chosen", isSame(at, state.chosen));
    box.classList.toggle("is-lit", isSame(at, state.pointed) || (state.lit?.layer === at.layer && state.lit.kind !== "weights"));
    box.dataset.mark = marks.find((mark) => isSame(mark, at))?.kind ?? "";
  }
}

// What is chosen opens in the panel that is open, if that is about it.
function tabFor({ tab }) {
  return ABOUT.includes(tab) ? tab : ABOUT[0];
}

function isSame(at, other) {
  return other !== null && other !== undefined && at.layer === other.layer && at.neuron === other.neuron;
}

// The line under the pointer

function pointAt(event) {
  if (event.target !== byId("weights") || event.pointerType !== "mouse") return;
  const weight = weightAt(event);
  if (JSON.stringify(weight) !== JSON.stringify(net.store.state.pointed)) net.store.change({ pointed: weight });
  byId("weights").classList.toggle("is-over", weight !== null);
}

function chooseAt(event) {
  const weight = weightAt(event);
  net.store.change({ chosen: weight, ...(weight ? { tab: tabFor(net.store.state) } : {}) });
}

function weightAt({ clientX, clientY }) {
  const { left, top } = byId("weights").getBoundingClientRect();
  return weightNear({ x: clientX - left, y: clientY - top }, net.store.state.run, net.layout);
}
