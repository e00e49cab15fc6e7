// What does a student hand in? The result as data, and a short code that says the same: one letter for each question, and
// a checksum over the letters, the formula and its numbers. Python reads both back: predictions.py.

import { exactly, toText } from "../engine/printing.js";
import { leavesOf } from "../engine/graph.js";
import { localName } from "../engine/steps.js";
import { questionsOf, scoreOf } from "./quiz.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's: no I, L, O or U, which look or sound like others
const LENGTH = 5;

/** The result as data: what was asked, answered and mistaken; `letters` are those of predictions.py. */
export function resultOf(state, letters, { seconds, date }) {
  const { graph, quiz } = state;
  const questions = questionsOf(state);
  const { toCome, ...score } = scoreOf(questions);
  return {
    kind: "tinygrad_edu predictions",
    formula: toText(graph.nodes.at(-1)),
    numbers: Object.fromEntries(leavesOf(graph).map((leaf) => [graph.names[leaf], graph.nodes[leaf].data])),
    values_too: quiz.values,
    score: { ...score, open: toCome },
    questions: questions.map(asRecord),
    date,
    seconds,
    code: codeOf(state, letters),
  };
}

function asRecord({ step, position, said }) {
  const what = step.phase === "forward" ? { value: step.name, right: step.out } : edgeRecord(step);
  const { verdict = "open", mistake = null, first = "", tries = 0, seconds = 0 } = said ?? {};
  return { step: position, ...what, verdict, mistake, first, tries, seconds };
}

function edgeRecord(step) {
  return { gradient: `∂${step.output}/∂${step.argument}`, through: localName(step), right: step.after };
}

/** The code: 3RP2R-7K2QX. */
export function codeOf(state, letters) {
  const ended = questionsOf(state).map(({ said }) => letters[said?.mistake ?? said?.verdict ?? "open"]).join("");
  return `${inShort(ended)}-${checksum([ended, ...described(state.graph)].join("\n"))}`;
}

/** RRRPRR as 3RP2R. */
export function inShort(letters) {
  return letters.replace(/(.)\1+/g, (run, letter) => `${run.length}${letter}`);
}

// What the checksum is over, besides the letters: the formula, and the numbers of its leaves to their last digit.
function described(graph) {
  const numbers = leavesOf(graph).map((leaf) => `${graph.names[leaf]}=${exactly(graph.nodes[leaf].data)}`);
  return [toText(graph.nodes.at(-1)), ...numbers];
}

/** Five characters that depend on every character of a text: 25 bits of its CRC-32. */
export function checksum(text) {
  let rest = crc32(new TextEncoder().encode(text));
  return Array.from({ length: LENGTH }, () => {
    const character = ALPHABET[rest % 32];
    rest = Math.floor(rest / 32);
    return character;
  }).join("");
}

// As in zlib, PNG and Ethernet.
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
