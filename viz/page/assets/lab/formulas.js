// How do items become what a reader sees? A fraction is set as one, and read aloud as one: "∂f over ∂w1". Names that
// carry a meaning have a colour by their kind: weights and inputs.

import { inBrackets, show, withMinus } from "../numbers.js";
import { mathName } from "../engine/printing.js";
import { asWord, ordinal } from "../engine/wording.js";
import { element } from "./dom.js";
import { kindsOf } from "./kinds.js";
import { isSaid, say, sentence } from "./say.js";

const ORDINALS = { en: (number) => `${ordinal(number)} `, zh: (number) => `第 ${number} 个` }; // as strings.py has them
const LONG = 8; // characters; a longer name may be cut in a formula

/** How a node is called in a formula: set as mathematics, or in brackets if it is not one word. */
export function calledIn({ names }, node) {
  const word = asWord(names[node]);
  return word === names[node] ? mathName(word) : word;
}

/** A number as the page sets it, with a minus sign for the hyphen. */
export function signed(number, digits = 4) {
  return withMinus(show(number, digits));
}

/** The same as a factor: in brackets, if it is negative. */
export function signedFactor(number) {
  return withMinus(inBrackets(show(number)));
}

/** Items as texts and elements, for a page in the language of the state. */
export function written(state, items) {
  return items.flatMap((item) => setItem(state, item));
}

/** A sentence of the table, with items in its places. */
export function saidWith(state, { key, places }) {
  const set = Object.entries(places).map(([name, item]) => [name, () => element("span", {}, ...written(state, [item]))]);
  return sentence(key, Object.fromEntries(set));
}

const SET = {
  name: (state, { name }) => [nameOf(state, name)],
  number: (state, item) => [numberOf(item)],
  factor: (state, { factor, caption }) => [captioned(state, factor, caption)],
  key: (state, item) => saidWith(state, item),
  over: (state, item) => [fractionOf(state, item)],
  role: (state, { role }) => [roleOf(state, role)],
  raised: (state, { raised }) => [element("sup", {}, ...written(state, raised))],
  lowered: (state, { lowered }) => [element("sub", {}, ...written(state, lowered))],
  root: (state, { root }) => [rootOf(state, root)],
  brackets: (state, { brackets, inside }) => [brackets[0], ...written(state, inside), brackets[1]],
  ending: (state, { ending }) => [element("span", { class: "ending" }, ...written(state, ending))],
  group: (state, { group }) => written(state, group),
};

function setItem(state, item) {
  if (typeof item === "string") return [item];
  const kind = Object.keys(SET).find((key) => key in item);
  return SET[kind](state, item);
}

function nameOf({ graph }, node) {
  const name = calledIn(graph, node);
  const classes = ["name", kindsOf(graph).get(node), name.length > LONG && "long"].filter(Boolean);
  return element("span", { class: classes.join(" "), title: graph.names[node] }, name);
}

function numberOf({ number, brackets = false, isResult = false }) {
  const sign = number > 0 ? "positive" : number < 0 ? "negative" : "";
  const text = brackets ? signedFactor(number) : signed(number);
  return element(isResult ? "strong" : "span", { class: isResult ? `number ${sign}`.trim() : "number" }, text);
}

function captioned(state, items, caption) {
  const shown = element("span", { class: "factor" }, ...written(state, items));
  return element("span", { class: "captioned" }, shown, element("small", {}, say(`caption_${caption}`)));
}

/** What an argument is to its operation, in the language of the state: "first factor". */
export function roleOf({ lang }, { noun, number }) {
  return (number ? ORDINALS[lang](number) : "") + (isSaid(noun) ? say(noun) : noun);
}

// ∂over/∂under of two nodes, or any fraction of a formula.
function fractionOf(state, { over, under, role }) {
  if (Array.isArray(over)) return fraction(written(state, over), written(state, under));
  const below = role ? `(${roleOf(state, role)})` : nameOf(state, under);
  return fraction(["∂", nameOf(state, over)], ["∂", below]);
}

function fraction(over, under) {
  const spoken = element("span", { class: "spoken" }, ` ${say("over")} `);
  return element("span", { class: "fraction" }, element("span", {}, ...over), spoken, element("span", {}, ...under));
}

function rootOf(state, items) {
  const sign = element("span", { "aria-hidden": "true" }, "√");
  const spoken = element("span", { class: "spoken" }, `${say("root_of")} `);
  return element("span", { class: "root" }, sign, spoken, element("span", { class: "inside" }, ...written(state, items)));
}
