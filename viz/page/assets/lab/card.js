// What does the card say? One thing: in words, in names, in symbols, in numbers. Its parts have fixed places and heights,
// so that nothing jumps from step to step: what is too wide is set smaller, and what is still too wide scrolls in its row.

import { stepText } from "../engine/steps.js";
import { button, byId, element } from "./dom.js";
import { saidWith, signed, written } from "./formulas.js";
import { isCopied } from "./out.js";
import { hasAnswer } from "./quiz.js";
import { say } from "./say.js";
import { stepOf } from "./store.js";
import { cardOf } from "./words.js";

const SIZES = ["small", "smaller", "wide"]; // of a row that is too wide; at last it takes the room on its left too
const TO_TRY = ["predict", "downhill", "inputs"]; // panels, at the end
const SHOWN_FOR = 1500; // ms that the copy button says that it has copied

export function mountCard(store) {
  byId("try").replaceChildren(...TO_TRY.map((tab) => tryButton(store, tab)));
  byId("copy-line").addEventListener("click", copyLine);
  const isOther = (state, before) => {
    return ["graph", "steps", "position", "asked", "quiz", "lang"].some((key) => state[key] !== before[key]);
  };
  store.onChange((state, before) => isOther(state, before) && drawCard(state));
  new ResizeObserver(fitAll).observe(byId("card"));
  drawCard(store.state);
}

function drawCard(state) {
  const card = cardOf(state);
  const isAsked = state.asked !== null;
  const isAnswered = hasAnswer(state);
  byId("card").dataset.position = state.position;
  byId("card").dataset.kind = isAsked ? "asked" : card.kind;
  byId("phase").textContent = say(`phase_${card.kind}`);
  byId("count").textContent = countOf(state, card);
  byId("sentence").replaceChildren(...card.sentences.flatMap((each) => saidWith(state, each)));
  byId("formulas").replaceChildren(...formulasOf(state, card));
  byId("sum").replaceChildren(...(card.uses && !isAsked ? sumOf(state, card) : []));
  byId("line").textContent = stepOf(state) && !isAsked ? stepText(stepOf(state)) : "";
  const shown = {
    sentence: !isAsked,
    question: isAsked || isAnswered,
    sum: !isAsked && stepOf(state) !== null,
    "in-one-line": !isAsked && !isAnswered && stepOf(state) !== null,
    try: card.kind === "end",
  };
  for (const [id, isShown] of Object.entries(shown)) byId(id).hidden = !isShown;
  for (const each of byId("try").children) each.hidden = !byId(each.getAttribute("aria-controls"));
  fitAll();
}

function countOf({ position, steps }, { kind }) {
  if (kind === "begin" || kind === "end") return say(steps.length === 1 ? "steps_one" : "steps", { count: steps.length });
  return say("step_of", { step: position, steps: steps.length });
}

function formulasOf(state, { rows, plan, list, more }) {
  if (plan) return [element("ol", { class: "plan" }, ...plan.map((each) => element("li", {}, ...saidWith(state, each))))];
  if (list) return [gradientOf(state, list, more)];
  return rows.map((row) => rowOf(state, row));
}

function rowOf(state, { name, left, sign, right }) {
  return element(
    "div",
    { class: "row", "data-row": name },
    element("span", { class: "left" }, ...written(state, left)),
    element("span", { class: "sign" }, sign),
    scroller("right", ...written(state, right)),
  );
}

// How far the gradient of a node is: the sum so far, and whether more is to come.
function sumOf(state, { sum, uses: { toCome, count, node } }) {
  const status = toCome ? say("to_come", { count: toCome }) : say("complete");
  const used = { key: count === 1 ? "used_once" : "used_times", places: { count: String(count), name: { name: node } } };
  const badge = element("span", { class: toCome ? "status" : "status complete" }, status);
  return [badge, scroller(sum ? "total" : "used", ...(sum ? written(state, sum) : saidWith(state, used)))];
}

// The gradient

function gradientOf(state, list, more) {
  const largest = Math.max(...[0, ...list.map(({ gradient }) => Math.abs(gradient)).filter(Number.isFinite)]);
  const rows = list.map((entry) => entryOf(state, entry, largest));
  const title = element("p", { class: "nabla" }, "∇", ...written(state, [{ name: state.graph.nodes.length - 1 }]), " =");
  const vector = element("ul", { class: "vector" }, ...rows);
  const left = more ? [element("p", { class: "more" }, say("end_more", { count: more.toLocaleString("en-US") }))] : [];
  return scroller("gradient", title, vector, ...left);
}

function entryOf(state, { leaf, gradient }, largest) {
  const bar = element("span", { class: `bar ${gradient < 0 ? "negative" : gradient > 0 ? "positive" : "none"}`, "aria-hidden": "true" });
  const share = Number.isFinite(gradient) && largest > 0 ? Math.abs(gradient) / largest : 0;
  bar.style.width = `${100 * share}%`;
  const ratio = { over: state.graph.nodes.length - 1, under: leaf };
  const flat = element("span", { class: "derivative" }, ...written(state, [ratio]));
  const number = element("span", { class: "entry" }, signed(gradient));
  return element("li", {}, flat, number, element("span", { class: "scale" }, bar));
}

function tryButton(store, tab) {
  const made = button(`try_${tab}`, () => store.change({ tab }), { "aria-controls": `tab-${tab}` });
  made.addEventListener("click", () => byId(`tab-${tab}`)?.focus());
  return made;
}

// Room: a row that is too wide is set smaller, then it scrolls, by keys too.

function scroller(name, ...children) {
  const made = element("span", { class: `${name} fits` }, ...children);
  made.addEventListener("keydown", (event) => made.tabIndex === 0 && event.stopPropagation());
  return made;
}

function fitAll() {
  for (const each of byId("card").querySelectorAll(".fits, #line")) fit(each, isTooWide);
  for (const each of byId("card").querySelectorAll("#sentence, .plan")) fit(each, isTooHigh);
}

function fit(part, isTooLarge) {
  part.classList.remove(...SIZES);
  for (const size of SIZES) if (isTooLarge(part)) part.classList.add(size);
  if (isTooWide(part) || isTooHigh(part)) part.tabIndex = 0;
  else part.removeAttribute("tabindex");
}

const isTooWide = (part) => part.scrollWidth > part.clientWidth + 1;
const isTooHigh = (part) => part.scrollHeight > part.clientHeight + 1;

// The step in one line, to be copied

async function copyLine() {
  const mark = byId("copy-line");
  if (!(await isCopied(byId("line").textContent))) return getSelection().selectAllChildren(byId("line")); // marked, for Ctrl+C
  mark.textContent = say("copied");
  setTimeout(() => (mark.textContent = say("copy")), SHOWN_FOR);
}
