// What does a batch compute? The matrix program, line by line, as NumPy writes it, with today's shapes; and the numbers of
// the line that is looked at. A line lights what it is about in the network, and what is pointed at there lights its lines.

import { mathName } from "../engine/printing.js";
import { button, element } from "../lab/dom.js";
import { signed, written } from "../lab/formulas.js";
import { say } from "../lab/say.js";
import { typeset } from "../lab/typeset.js";
import { batchOf, sampleOf, sampleRow } from "./batch.js";
import { cellAt, isAbout, isOf, subjectOf } from "./matrices.js";
import { nameOfInput, nameOfNeuron, nameOfParameter } from "./names.js";
import { numbersView, shapeText } from "./numbers_view.js";
import { lossLatex } from "./scalars.js";

const PAUSE = 120; // milliseconds between two drawings while batches run: numbers that change faster are not read
const FIRST = "loss"; // the line that is looked at, before one is chosen
const MOVES = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
const PHASES = ["forward", "loss", "backward", "given"]; // where the parameters stand in P is looked at least

const panel = { store: null, loss: null, way: null, isMath: false, list: null, rows: [], view: null, title: null, words: null, form: null, drawnAt: 0, chosen: FIRST, over: null, batch: null };

export const programPanel = {
  name: "formulas",
  mount(section, store) {
    panel.store = store;
    panel.list = element("div", { class: "program", role: "listbox" });
    panel.loss = element("div", { class: "loss-sets" });
    panel.title = element("h2", { class: "array-title" });
    panel.words = element("p", { class: "quiet-line" });
    panel.view = numbersView((cell) => light(cell));
    panel.list.addEventListener("keydown", move);
    panel.list.addEventListener("pointerleave", () => look(null));
    panel.way = button("program_math", () => setWay(!panel.isMath), { class: "program-way", "aria-pressed": "false" });
    const array = element("div", { class: "array" }, panel.title, panel.words, panel.view.box);
    section.append(element("div", { class: "loss-formula" }, panel.way, panel.loss), panel.list, array);
  },
  draw(state) {
    const now = performance.now();
    if (state.playing && now - panel.drawnAt < PAUSE) return;
    panel.drawnAt = now;
    panel.batch = batchOf(state.run);
    const form = JSON.stringify([panel.batch.lines.map(({ numpy }) => numpy), panel.batch.X.length, state.lang, panel.isMath]);
    if (form !== panel.form) build(state);
    panel.form = form;
    drawLoss(state);
    drawRows(state);
    drawArray(state);
  },
};

// The loss as mathematics: the mean over the batch, and what it is for the sample that is looked at

function drawLoss(state) {
  const { network, X } = panel.batch;
  const sample = sampleOf(state);
  const { target } = sampleRow(state.run, sample);
  const set = (...items) => element("span", { class: "set", tabindex: "0" }, ...written(state, items));
  const mean = X.length > 1 ? [set("L = Σ L", { lowered: ["i"] }, ` / ${X.length}`)] : [];
  const one = set("L", { lowered: [String(sample + 1)] }, " = ", ...typeset([lossLatex(network, target)], () => ""));
  const words = say("program_target", { sample: sample + 1, target: signed(target) });
  panel.loss.replaceChildren(...mean, one, element("span", { class: "quiet-line" }, words));
}

// The lines, as NumPy or as a book writes them

function setWay(isMath) {
  panel.isMath = isMath;
  panel.way.setAttribute("aria-pressed", isMath);
  panel.store.change({});
}

function textOf(line, state) {
  if (!panel.isMath) return element("code", {}, line.numpy);
  const pieces = line.latex.split(/⟨(\w+)⟩/).map((piece, index) => (index % 2 ? { name: piece } : piece));
  const items = typeset(pieces.filter((piece) => piece !== ""), ({ name }) => ({ group: inMath(name) }));
  return element("span", { class: "line-math" }, ...written(state, items));
}

// dZ1 as dZ₁.
function inMath(name) {
  const [, letters, digits] = /^(\D+)(\d*)$/.exec(name);
  return digits ? [letters, { lowered: [digits] }] : [letters];
}

function build(state) {
  const { lines, X } = panel.batch;
  panel.list.setAttribute("aria-label", say("program_label", { count: X.length, sizes: state.run.shape.sizes.join("–") }));
  panel.way.textContent = say("program_math");
  panel.rows = lines.map((line, index) => rowOf(state, line, index));
  const parts = PHASES.flatMap((phase) => {
    const own = panel.rows.filter((row) => row.phase === phase);
    const name = element("div", { class: "program-phase", "aria-hidden": "true" }, say(`program_${phase}`));
    return own.length ? [element("div", { class: "program-part", role: "group", "aria-label": say(`program_${phase}`) }, name, ...own.map(({ box }) => box))] : [];
  });
  panel.list.replaceChildren(...parts);
  if (!panel.rows.some(({ line }) => line.name === panel.chosen)) panel.chosen = FIRST;
}

function rowOf(state, line, index) {
  const subject = subjectOf(line.name);
  const isGiven = !subject.isGradient && ["weights", "biases"].includes(subject.kind);
  const shape = element("span", { class: "line-shape" });
  const box = element("div", { class: "program-line", role: "option", id: `line-${index}` }, textOf(line, state), shape);
  box.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && look(line.name));
  box.addEventListener("click", () => choose(line.name));
  box.addEventListener("focus", () => box.matches(":focus-visible") && look(line.name));
  box.addEventListener("blur", () => look(null));
  return { line, subject, box, shape, phase: isGiven ? "given" : line.phase };
}

function drawRows({ pointed, chosen, phase }) {
  panel.list.dataset.phase = phase?.name ?? "";
  const at = pointed ?? chosen;
  const seen = seenName();
  for (const row of panel.rows) {
    const { line, subject, box, shape } = row;
    shape.textContent = shapeText(panel.batch.arrays.get(line.name)?.shape ?? []);
    box.setAttribute("aria-selected", line.name === panel.chosen);
    box.tabIndex = line.name === panel.chosen ? 0 : -1;
    box.classList.toggle("is-seen", line.name === seen);
    box.classList.toggle("is-lit", isAbout(subject, at));
    box.classList.toggle("is-now", row === lineOfPhase(phase));
  }
}

// In slow motion, the line that the phase has come to.
function lineOfPhase(phase) {
  const own = phase ? panel.rows.filter((row) => row.phase === phase.name) : [];
  return own[Math.min(own.length - 1, Math.floor(phase?.share * own.length))] ?? null;
}

function seenName() {
  return panel.over ?? panel.chosen;
}

// Looking at a line: its numbers are shown, and its part of the network is lit.
function look(name) {
  if (name === panel.over || !panel.batch) return;
  panel.over = name;
  const row = name && panel.rows.find(({ line }) => line.name === name);
  panel.store.change({ lit: row ? whereIs(row.subject) : null });
}

// What leads from the outputs to the loss lights the outputs.
function whereIs({ kind, layer }) {
  const last = panel.store.state.run.shape.sizes.length - 1;
  return layer === null ? { layer: last, kind: "neurons" } : { layer, kind };
}

function choose(name) {
  panel.chosen = name;
  panel.store.change({ lit: null });
}

function move(event) {
  const way = MOVES[event.key];
  if (way === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  const rows = [...panel.list.querySelectorAll(".program-line")].map((box) => panel.rows.find((row) => row.box === box));
  const now = rows.findIndex(({ line }) => line.name === panel.chosen);
  const next = rows[Math.max(0, Math.min(rows.length - 1, now + way))];
  choose(next.line.name);
  next.box.focus();
}

// The numbers of the line

function drawArray(state) {
  const row = panel.rows.find(({ line }) => line.name === seenName()) ?? panel.rows.at(-1);
  const { name } = row.line;
  const { shape, numbers } = panel.batch.arrays.get(name);
  const { subject } = row;
  panel.title.replaceChildren(element("span", {}, ...titleOf(name, subject)), element("span", { class: "line-shape" }, shapeText(shape)));
  panel.words.textContent = wordsOf(subject);
  const at = state.pointed ?? state.chosen;
  panel.view.draw({
    name, subject, shape, numbers,
    nameOf: (side, number) => NAMES[side](state.run.shape, subject, number),
    nameOfCell: (index) => nameOfCell(state, subject, shape, index),
    isLit: (index) => isOf(subject, shape, index, at) && isOfSample(subject, shape, index, state.sample),
  });
}

// dW2 = ∂L/∂W2
function titleOf(name, { isGradient }) {
  const fraction = element("span", { class: "math" }, `∂L/∂${name.slice(1)}`);
  return isGradient ? [`${name} = `, fraction] : [name];
}

function wordsOf({ kind, layer, isGradient }) {
  const places = { layer, count: panel.batch.X.length };
  return [say(`program_of_${kind}`, places), isGradient ? say("program_gradient") : ""].filter(Boolean).join(" ");
}

const NAMES = {
  samples: (_, __, number) => String(panel.batch.members[number] + 1),
  neurons: (_, subject, neuron) => nameIn(subject, neuron),
  sources: (shape, { layer }, neuron) => nameOfNeuron(shape, { layer: layer - 1, neuron }),
  inputs: ({ inputs }, _, number) => nameOfInput(inputs[number]),
  outputs: (shape, _, neuron) => nameOfNeuron(shape, { layer: shape.sizes.length - 1, neuron }),
  parts: (_, __, number) => String(number + 1),
};

// z₂⁽¹⁾ in Z1, a₂⁽¹⁾ in A1, b₂⁽¹⁾ in b1; a row of W1 are the weights of z₂⁽¹⁾.
function nameIn({ layer, letter }, neuron) {
  return mathName(`l${layer}.n${neuron + 1}.${letter === "W" ? "z" : letter.toLowerCase()}`);
}

function nameOfCell({ run }, subject, shape, index) {
  const { at, sample } = cellAt(subject, shape, index);
  if (subject.kind === "weights" || subject.kind === "biases") return nameOfParameter(at);
  const parts = [];
  if (sample !== null) parts.push(say("program_sample", { sample: panel.batch.members[sample] + 1 }));
  if (at) parts.push(at.layer ? nameIn(subject, at.neuron) : nameOfNeuron(run.shape, at));
  return parts.join(", ");
}

// While a sample is looked at, only its row.
function isOfSample(subject, shape, index, sample) {
  const row = cellAt(subject, shape, index).sample;
  return row === null || sample === null || !panel.batch.members.includes(sample) || panel.batch.members[row] === sample;
}

// A number of it lights the one neuron or weight that it is of.
function light(cell) {
  const row = panel.rows.find(({ line }) => line.name === seenName());
  if (!row || !panel.batch) return;
  const array = panel.batch.arrays.get(row.line.name);
  panel.store.change({ pointed: cell === null ? null : cellAt(row.subject, array.shape, cell).at });
}
