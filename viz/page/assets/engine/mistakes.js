// What can be wrong with an expression, and where? The table is that of mistakes.py; the line is marked here.

import { failure } from "./errors.js";
import { GRAMMAR } from "./grammar.js";

const { before: BEFORE, widest: WIDEST } = GRAMMAR.sizes;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/u;

/**
 * The error for what stands in a text from `start` to `end`: its line, with the place marked under it. `key` is its row
 * of the table, and `places` is what was filled in there.
 */
export function mistake(text, start, end, key, places = {}) {
  const [wrong, instead] = GRAMMAR.mistakes[key].map((part) => part.replace(/\{(\w+)\}/g, (_, name) => places[name]));
  const lineStart = Math.max(text.lastIndexOf("\n", start - 1), text.lastIndexOf("\r", start - 1)) + 1;
  const from = start === 0 ? 0 : lineStart; // lastIndexOf takes -1 for 0
  const line = text.slice(from).split(/[\r\n]/)[0];
  const shown = marked(line, lengthOf(text.slice(from, start)), lengthOf(text.slice(from, end)));
  const error = failure("ExpressionError", `in the expression\n\n${shown}`, { wrong, instead, place: { start, end } });
  return Object.assign(error, { key, places });
}

// The line, without its indentation and cut to fit a terminal, with the place underlined; counted in characters.
function marked(line, start, end) {
  const characters = [...line];
  const indent = characters.length - [...line.replace(/^[ \t]+/, "")].length;
  const first = Math.max(Math.min(indent, start), start - BEFORE);
  const shown = characters.slice(first, first + WIDEST).map(seen);
  const width = Math.max(1, Math.min(end - start, shown.length - (start - first)));
  return `    ${shown.join("")}\n    ${" ".repeat(start - first)}${"^".repeat(width)}`;
}

export function isUnseen(character) {
  return UNSEEN.test(character);
}

function seen(character) {
  if (character === "\t") return " ";
  return isUnseen(character) ? "\ufffd" : character;
}

function lengthOf(text) {
  return [...text].length;
}

/** A text that is too long, without its end. */
export function cut(text, longest = GRAMMAR.sizes.name) {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join("")}…`;
}
