// How does one get from a weight of the playground to its chain rule in the lab, and back? The lab is given the graph of one
// sample, at the step in which the gradient of that weight arrives. A line above the stage says what it is: one sample of the
// batch, whose mean is the gradient that training uses. There the next sample is opened too, at the same step.

import { byId, element } from "../lab/dom.js";
import { signed } from "../lab/formulas.js";
import { say, sayAll, sentence } from "../lab/say.js";
import { goTo, load } from "../lab/store.js";
import { addressOfGround } from "./address.js";
import { batchOf, sampleRow } from "./batch.js";
import { nameOfNeuron, nameOfParameter } from "./names.js";
import { contributionsTo, graphOfSample, openingOf, placeIn } from "./scalars.js";

/** From now on what the playground wants opened, {at, sample, position} in its state, is opened in the lab. */
export function mountOpened(lab, ground) {
  const line = lineOf(lab, ground);
  byId("stage").before(line.box);
  ground.onChange(({ opening }, before) => opening && opening !== before.opening && open(lab, ground, opening));
  lab.onChange((state, before) => {
    if (["from", "lang", "graph"].some((key) => state[key] !== before[key])) drawLine(line, lab.state);
  });
  drawLine(line, lab.state);
}

// In the state of the lab, `from` says what was opened, and what the lab had before; any other graph is from nowhere.
function open(lab, ground, { at, sample, position: wanted = null }) {
  const { run } = ground.state;
  const batch = batchOf(run);
  const { x, target } = sampleRow(run, sample);
  const graph = graphOfSample(batch.network, batch.P, x, target);
  const before = lab.state.from?.before ?? lab.state;
  load(lab, graph);
  const { position, opened } = openingOf(graph, lab.state.steps, at, batch.network);
  const address = () => addressOfGround(run.session.recipe, { at, sample, position: lab.state.position });
  const from = { before, at, sample, members: batch.members, shape: run.shape, address, ...contributionOf(batch, at, sample, x, target) };
  lab.change({ room: "lab", from, opened, playing: false });
  goTo(lab, wanted ?? position);
  ground.change({ opening: null, sample });
  byId("stage").querySelector(".box.active")?.focus();
}

// What the sample gives to the gradient of the weight, and the mean over the batch.
function contributionOf({ network, gradientAt, X, Y }, at, sample, x, target) {
  if (!at) return { own: null, mean: null };
  const place = placeIn(network, at);
  return { own: gradientAt(x, target)[1][place], mean: contributionsTo(place, gradientAt, X, Y).mean };
}

// The line above the stage

function lineOf(lab, ground) {
  const back = element("button", { type: "button", class: "opened-back", "data-say": "opened_back" });
  const [before, after] = [["opened_before", "‹", -1], ["opened_after", "›", 1]].map(([key, sign, way]) => {
    const made = element("button", { type: "button", "data-say-label": key }, sign);
    made.addEventListener("click", () => openBeside(lab, ground, way));
    return made;
  });
  const which = element("span", { class: "opened-which" });
  const words = element("p", { class: "opened-words", role: "status" });
  back.addEventListener("click", () => goBack(lab));
  return { box: element("div", { id: "opened", role: "group", "data-say-label": "opened" }, back, before, which, after, words), which, words };
}

// The lab has again what it had before, and the playground is as it was left.
function goBack(lab) {
  const { before: { graph, text, start, position, opened, sample }, at } = lab.state.from;
  load(lab, graph, text, start);
  lab.change({ room: "playground", position, opened, sample, playing: false });
  document.querySelector(at ? ".chain-open" : ".sample-open")?.focus(); // where one was
}

function openBeside(lab, ground, way) {
  const { at, sample, members } = lab.state.from;
  const now = members.indexOf(sample);
  open(lab, ground, { at, sample: members[(now + way + members.length) % members.length] });
}

function drawLine({ box, which, words }, { from, graph, start }) {
  box.hidden = !from;
  if (!from) return;
  sayAll(box);
  which.textContent = say("chain_sample", { sample: from.sample + 1 });
  const isAsItWas = [...start].every(([leaf, number]) => Object.is(graph.nodes[leaf].data, number));
  words.replaceChildren(...(isAsItWas ? wordsOf(from) : [say("opened_changed")]));
}

function wordsOf({ at, sample, members, shape, own, mean }) {
  if (!at) return [say("opened_sample", { count: members.length })];
  const key = !members.includes(sample) ? "opened_outside" : members.length === 1 ? "opened_alone" : "opened_one";
  return sentence(key, {
    what: element("span", { class: "math" }, `∂L/∂${nameOfParameter(at)}`),
    neuron: at.from === undefined ? nameOfNeuron(shape, at) : "",
    own: element("strong", {}, signed(own)),
    mean: element("strong", {}, signed(mean)),
    count: String(members.length),
  });
}
