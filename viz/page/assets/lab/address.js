// How is the state of the page written into its address, and read from there? Readable, as far as an address can be:
//
//   #f=q+=+x+%2B+y;+f+=+q*z&x=-2&y=5&z=-4&step=3
//
//   f        the formula, unless the graph is Python's alone
//   NAME     the number of an input: of each, beside a formula; else of each that is not as it was. A name that is a word
//            of this list is written with a point before it: .f=2
//   mode     predict, predict-all (the numbers on the way forward are asked too), present; or two with a comma
//   tab, lang, open, sample, step
//
// Only data goes in and out; what is done with it is in link.js. Python writes the same: link.py.

import { inputsOf } from "../engine/inputs.js";
import { exactly } from "../engine/printing.js";
import { typedNumber } from "../numbers.js";

const WORDS = ["f", "tab", "mode", "lang", "open", "sample", "step"];
const MODES = ["predict", "predict-all", "present"];
const READABLE = { "%20": "+", "%3B": ";", "%3D": "=", "%2F": "/", "%2C": ",", "%3A": ":" };
const OTHERS = { inf: Infinity, "-inf": -Infinity, nan: NaN };

/** The address of a state, without its #; `usual` has what need not be said: {tab, lang}. */
export function addressOf(state, usual) {
  const { text, tab, lang, opened, sample, position } = state;
  const parts = [
    ...(text === null ? [] : [["f", text]]),
    ...numbersOf(state).map(([name, number]) => [keyOf(name), exactly(number)]),
    ...(tab === usual.tab ? [] : [["tab", tab]]),
    ...(modesOf(state).length ? [["mode", modesOf(state).join(",")]] : []),
    ...(lang === usual.lang ? [] : [["lang", lang]]),
    ...(opened.size ? [["open", [...opened].map((name) => encodeURIComponent(name)).join(",")]] : []),
    ...(sample === null ? [] : [["sample", String(sample)]]),
    ...(position ? [["step", String(position)]] : []),
  ];
  return parts.map(([key, value]) => `${encodeURIComponent(key)}=${written(value)}`).join("&");
}

// What has to be said of the inputs: [name, number] pairs.
function numbersOf({ text, graph, start }) {
  const inputs = new Set(text === null ? [] : inputsOf(text));
  const leaves = [...start].filter(([leaf, first]) => inputs.has(graph.names[leaf]) || !Object.is(first, graph.nodes[leaf].data));
  return leaves.map(([leaf]) => [graph.names[leaf], graph.nodes[leaf].data]);
}

/** The modes that a state is in, as the address has them. */
export function modesOf({ quiz, presenting }) {
  return [...(quiz ? [quiz.values ? "predict-all" : "predict"] : []), ...(presenting ? ["present"] : [])];
}

function keyOf(name) {
  return WORDS.includes(name) || name.startsWith(".") ? `.${name}` : name;
}

function written(text) {
  return encodeURIComponent(text).replace(/%(?:20|3B|3D|2F|2C|3A)/g, (code) => READABLE[code]);
}

/**
 * What an address says: {text, numbers, tab, modes, lang, opened, sample, position}, each null or empty if it says nothing of it,
 * and `unread`, a list of {key, places} for what could not be understood. A # before it is left out.
 */
export function readAddress(address) {
  const found = { text: null, numbers: new Map(), tab: null, modes: null, lang: null, opened: null, sample: null, position: null, unread: [] };
  for (const part of address.replace(/^#/, "").split("&").filter(Boolean)) readPart(found, part);
  return found;
}

function readPart(found, part) {
  const at = part.indexOf("=");
  const [key, value] = at < 1 ? [null, null] : [part.slice(0, at), part.slice(at + 1)].map(plain);
  if (key === null || value === null) found.unread.push({ key: "link_part", places: { part } });
  else if (key === "step") readStep(found, value);
  else if (key === "f") found.text = value;
  else if (key === "mode") readModes(found, value);
  else if (key === "open") found.opened = new Set(value.split(",").map(plain).filter((name) => name !== null && name));
  else if (WORDS.includes(key)) found[key] = value;
  else readNumber(found, key.startsWith(".") ? key.slice(1) : key, value);
}

function readStep(found, value) {
  if (/^\d{1,9}$/.test(value)) found.position = Number(value);
  else found.unread.push({ key: "link_step", places: { step: value } });
}

function readModes(found, value) {
  const words = value.split(",");
  for (const mode of words) if (!MODES.includes(mode)) found.unread.push({ key: "link_mode", places: { mode } });
  found.modes = MODES.filter((mode) => words.includes(mode));
}

function readNumber(found, name, value) {
  const number = OTHERS[value] ?? typedNumber(value);
  if (number === null) found.unread.push({ key: "link_number", places: { name, text: value } });
  else found.numbers.set(name, number);
}

function plain(text) {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return null; // a % without its two digits
  }
}
