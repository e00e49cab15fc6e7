// What does one sample do to one weight? The application of the chain rule in which the gradient of the chosen weight arrives,
// as the card of the lab writes it; what every sample of the batch contributes, with the mean, which is the batch's gradient;
// and the way into the lab, where that sample's graph is stepped through.

import { button, element } from "../lab/dom.js";
import { saidWith, signed, written } from "../lab/formulas.js";
import { say, sentence } from "../lab/say.js";
import { storeOf } from "../lab/store.js";
import { cardOf } from "../lab/words.js";
import { batchOf, sampleOf, sampleRow } from "./batch.js";
import { nameOfParameter } from "./names.js";
import { contributionsTo, graphOfSample, openingOf, placeIn } from "./scalars.js";

const PAUSE = 120; // milliseconds between two drawings while batches run
const MOST_LISTED = 100; // contributions
const SHOWN = ["names", "numbers", "result"]; // lines of the card

const panel = { store: null, section: null, parts: null, rows: [], drawnAt: 0 };

export const chainPanel = {
  name: "chain",
  mount(section, store) {
    Object.assign(panel, { section, store });
    panel.parts = partsOf();
    section.append(panel.parts.guide, panel.parts.whole, panel.parts.body);
  },
  draw(state) {
    const now = performance.now();
    if (state.playing && now - panel.drawnAt < PAUSE) return;
    panel.drawnAt = now;
    const isChosen = state.chosen !== null && state.chosen.layer > 0;
    const { guide, body } = panel.parts;
    guide.hidden = isChosen;
    body.hidden = !isChosen;
    guide.textContent = say("chain_guide");
    panel.parts.whole.textContent = say("chain_sample_open", { sample: sampleOf(state) + 1 });
    if (isChosen) drawChain(state);
  },
};

function partsOf() {
  const back = element("button", { type: "button", "data-say-label": "chain_back" }, "‹");
  const next = element("button", { type: "button", "data-say-label": "chain_next" }, "›");
  const which = element("span", { class: "chain-which" });
  const weight = element("select", { class: "chain-weight", "data-say-label": "chain_weight" });
  weight.addEventListener("change", () => chooseWeight(Number(weight.value)));
  const open = button("chain_open", () => panel.store.change({ opening: { at: panel.store.state.chosen, sample: sampleOf(panel.store.state) } }), { class: "chain-open" });
  const whole = button("chain_sample_open", () => panel.store.change({ opening: { at: null, sample: sampleOf(panel.store.state) } }), { class: "sample-open" });
  const formula = element("div", { class: "chain-formula" });
  const words = element("p", { class: "chain-words" });
  const mean = element("p", { class: "chain-mean" });
  const list = element("ol", { class: "contributions" });
  const title = element("h2", { "data-say": "chain_all" });
  const more = element("p", { class: "quiet-line" });
  back.addEventListener("click", () => moveBy(-1));
  next.addEventListener("click", () => moveBy(1));
  const head = element("div", { class: "chain-head" }, weight, back, which, next);
  const body = element("div", { class: "chain" }, head, formula, words, mean, open, title, list, more);
  const guide = element("p", { class: "guide" });
  return { guide, body, whole, back, next, which, weight, formula, words, mean, open, title, list, more };
}

// Of the neuron that is chosen: its weights, and its bias behind them.
function chooseWeight(place) {
  const { chosen, run } = panel.store.state;
  const { layer, neuron } = chosen;
  const isBias = place === run.shape.sizes[layer - 1];
  panel.store.change({ chosen: isBias ? { layer, neuron } : { layer, neuron, from: place } });
}

function drawWeights({ chosen: { layer, neuron, from }, run }) {
  const { weight } = panel.parts;
  const count = run.shape.sizes[layer - 1];
  const form = `${layer}.${neuron}.${count}`;
  if (weight.dataset.form !== form) {
    const names = Array.from({ length: count + 1 }, (_, place) => nameOfParameter({ layer, neuron, from: place < count ? place : undefined }));
    weight.replaceChildren(...names.map((name, place) => element("option", { value: place }, name)));
    weight.dataset.form = form;
  }
  weight.value = String(from ?? count);
}

function moveBy(way) {
  const { members } = batchOf(panel.store.state.run);
  const now = members.indexOf(sampleOf(panel.store.state));
  panel.store.change({ sample: members[(now + way + members.length) % members.length] });
}

function drawChain(state) {
  const batch = batchOf(state.run);
  const sample = sampleOf(state);
  const found = contributionsTo(placeIn(batch.network, state.chosen), batch.gradientAt, batch.X, batch.Y);
  const { parts } = panel;
  parts.which.textContent = say("chain_sample", { sample: sample + 1 });
  drawFormula(parts, state, batch, sample);
  parts.mean.replaceChildren(...meanSentence(state, batch, sample, found));
  for (const part of [parts.open, parts.title]) part.textContent = say(part.dataset.say);
  drawWeights(state);
  for (const part of [parts.back, parts.next, parts.weight]) part.setAttribute("aria-label", say(part.dataset.sayLabel));
  parts.more.textContent = found.entries.length > MOST_LISTED ? say("chain_more", { count: found.entries.length - MOST_LISTED }) : "";
  drawList(batch, sample, found.entries.slice(0, MOST_LISTED));
}

// The chain rule, as the card of the lab has it; its words too, such as why nothing passes.
function drawFormula({ formula, words }, { chosen, lang, run }, batch, sample) {
  const { x, target } = sampleRow(run, sample);
  const graph = graphOfSample(batch.network, batch.P, x, target);
  const lab = storeOf(graph, { lang });
  const state = { ...lab.state, position: openingOf(graph, lab.state.steps, chosen, batch.network).position };
  const { rows, sentences } = cardOf(state);
  formula.replaceChildren(...rows.filter(({ name }) => SHOWN.includes(name)).map((row) => rowOf(state, row)));
  words.replaceChildren(...sentences.flatMap((each) => saidWith(state, each)));
}

function rowOf(state, { name, left, sign, right }) {
  const cells = [["left", left], ["sign", [sign]], ["right", right]].map(([part, items]) => element("span", { class: part }, ...written(state, items)));
  return element("div", { class: "chain-row", "data-row": name }, ...cells);
}

// Of a neuron the bias is meant: its gradient is that of the sum z.
function meanSentence({ chosen }, { members }, sample, { mean }) {
  const isIn = members.includes(sample);
  const key = members.length === 1 && isIn ? "chain_alone" : isIn ? "chain_mean" : "chain_outside";
  return sentence(key, {
    count: String(members.length),
    parameter: element("span", { class: "math" }, `∂L/∂${nameOfParameter(chosen)}`),
    mean: element("strong", { class: mean < 0 ? "number negative" : "number positive" }, signed(mean)),
  });
}

// The contributions, the largest first; those that were there before stay the same elements

function drawList({ members }, sample, entries) {
  const largest = entries.reduce((found, { gradient }) => (Number.isFinite(gradient) ? Math.max(found, Math.abs(gradient)) : found), 0);
  while (panel.rows.length < entries.length) panel.rows.push(contributionRow(panel.rows.length));
  panel.parts.list.replaceChildren(...panel.rows.slice(0, entries.length).map(({ box }) => box));
  entries.forEach(({ index, gradient }, place) => {
    const row = panel.rows[place];
    row.member = members[index];
    row.name.textContent = say("chain_sample", { sample: members[index] + 1 });
    row.number.textContent = signed(gradient, 3);
    const share = Number.isFinite(gradient) && largest ? Math.abs(gradient) / largest : 0;
    row.bar.style.width = `${50 * share}%`;
    row.bar.className = gradient < 0 ? "is-negative" : "is-positive";
    row.press.setAttribute("aria-pressed", members[index] === sample);
  });
}

function contributionRow(place) {
  const [name, number, bar] = [element("span", {}), element("span", { class: "contribution" }), element("i", {})];
  const press = element("button", { type: "button", class: "contribution-row" }, name, element("span", { class: "weight-bar" }, bar), number);
  press.addEventListener("click", () => panel.store.change({ sample: panel.rows[place].member }));
  return { box: element("li", {}, press), press, name, number, bar, member: null };
}
