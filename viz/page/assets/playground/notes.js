// What has to be said of the training? That it stopped at a number that is inf or NaN, where that began, and what to change;
// which neurons are dead or saturated; and what is wrong with a setting that was tried.

import { byId, element, write } from "../lab/dom.js";
import { say } from "../lab/say.js";
import { brief } from "./figures.js";
import { nameOfNeuron } from "./names.js";
import { hasBegun } from "./store.js";

const WORDS = ["weights", "bias", "sum", "gradient"]; // operations that are no name of an activation or a loss

export function drawNotes(state) {
  const legend = say(state.phase?.name === "backward" ? "ground_legend_backward" : "ground_legend");
  write(byId("network-legend"), hasBegun(state) ? `${legend} ${say("ground_legend_anew")}` : legend);
  const notes = [...problemNote(state), ...stopNote(state), ...markNotes(state)];
  const texts = notes.map(({ text, key, places }) => text ?? say(key, places));
  const text = texts.join("\n");
  const box = byId("network-notes");
  if (box.dataset.text === text) return;
  box.dataset.text = text;
  box.replaceChildren(...notes.map(({ kind }, index) => element("p", { class: `remark ${kind}` }, texts[index])));
}

function problemNote({ problem }) {
  return problem ? [{ key: problem.key, places: problem.places, kind: "is-bad" }] : [];
}

function stopNote({ run }) {
  const { stopped } = run.session;
  return stopped ? [{ text: stoppedText(stopped, run), kind: "is-bad" }] : [];
}

// What it is, of which neuron and sample, in which step; and what to change.
function stoppedText({ operation, layer, neuron, row, value, moment, phase, advice, lr }, { shape }) {
  const name = neuron === null ? "" : nameOfNeuron(shape, { layer, neuron: neuron - 1 });
  const what = say(`ground_stop_${WORDS.includes(operation) ? operation : phase === "loss" ? "loss" : "activation"}`, { name, operation });
  const where = row === null ? "" : say("ground_stop_point", { point: row + 1 });
  return [say("ground_stop", { what, value: value.replace("-", "−").replace("nan", "NaN"), where, batch: moment + 1 }), say(`ground_advice_${adviceAt(moment, phase, advice)}`, { lr: brief(lr ?? 0) })].join(" ");
}

// Before the first update no step can have been too large.
function adviceAt(moment, phase, advice) {
  return advice === "rate" && moment === 0 && phase !== "update" ? "scale" : advice;
}

// The worst of each kind is named, with its count; the others are marked in the network. After a stop they are its result.
function markNotes({ run, marks }) {
  if (run.session.stopped) return [];
  return ["dead", "saturated"].flatMap((kind) => {
    const found = marks.filter((mark) => mark.kind === kind);
    if (!found.length) return [];
    const worst = found.reduce((one, other) => (other.count > one.count ? other : one));
    const name = nameOfNeuron(run.shape, worst);
    return [{ key: `ground_${kind}${found.length > 1 ? "_several" : ""}`, places: { name, count: worst.count, all: worst.of, others: found.length - 1, number: found.length }, kind: "is-mark" }];
  });
}
