// How is one operation written, in the names of its nodes or in their numbers? As wording.py gives it: a *wording* is a
// list of texts and slots, a slot is {position, inBrackets}, and position OUT is the result itself.

import { inBrackets, show } from "../numbers.js";
import { GRAMMAR } from "./grammar.js";
import { LATEX, TEXT, asFactor, identifier, latexDigits, latexName } from "./printing.js";
import { filledIn, localDerivatives } from "./rows.js";
import { NODES, leaf } from "./values.js";

export const OUT = -1;
const NUMBER = /^(?:-?(?:\p{Nd}[\p{Nd}.]*(?:e-?\p{Nd}+)?|inf)|nan)$/u;
const INFIX = [GRAMMAR.levels.sum, GRAMMAR.levels.product];

const STYLES = {
  text: { ...TEXT, number: show },
  latex: { ...LATEX, name: (name) => name, number: (number) => latexDigits(show(number)) },
};

/** How an operation of so many arguments is written; `kind` is "text" or "latex". */
export function operation(row, count, kind = "text") {
  return remembered(`${row.name} ${kind} ${count}`, count, () => {
    const marks = Array.from({ length: count }, (_, position) => mark(position));
    const binding = kind === "latex" ? row.latexBinding : row.binding;
    return split(filledIn(row, kind, marks)).map((piece) => {
      return typeof piece === "string" ? piece : { ...piece, inBrackets: wantsBrackets(binding, piece.position) };
    });
  });
}

// -2 + 5, but 5 + (-2), (-2) ** 2 and sin(-2).
function wantsBrackets({ level, needs }, position) {
  const isInfix = INFIX.includes(level) && needs.length === 2;
  return isInfix ? position > 0 : needs.length > 0 && needs[position] > 0;
}

/** How the local derivative by each argument is written; a list is empty if the derivative is constant. */
export function derivatives(row, constants, kind = "text") {
  if (row.given) return row.given[kind];
  return remembered(`${row.name} ${kind} of ${constants.map((number) => number ?? "")}`, constants.length, () => {
    const args = constants.map((number) => number ?? leaf(1));
    const out = leaf(1);
    const names = new Map([...args.map((arg, position) => [arg, mark(position)]), [out, mark(OUT)]]);
    const texts = localDerivatives(row, args, out, NODES).map((partial) => {
      return typeof partial === "number" ? "" : asFactor(partial, names, STYLES[kind]);
    });
    return texts.map((text) => split(kind === "latex" ? text : text.replaceAll(" * ", " · ")));
  });
}

const WIDEST_KEPT = GRAMMAR.sizes.kept; // arguments; a wider operation has other constants at every node
const kept = new Map();

function remembered(key, count, make) {
  if (count > WIDEST_KEPT) return make();
  if (!kept.has(key)) kept.set(key, make());
  return kept.get(key);
}

function mark(position) {
  return `\0${position}\0`;
}

// A text with marks as a wording; a slot alone between brackets or commas needs no brackets of its own.
function split(text) {
  const pieces = text.split(/\0(-?\d+)\0/);
  return pieces.flatMap((piece, index) => {
    if (index % 2 === 0) return piece ? [piece] : [];
    const isAlone = /(?:\(|\[|, |\{)$/.test(pieces[index - 1]) && /^(?:\)|\]|,|\}|\\right\))/.test(pieces[index + 1]);
    return [{ position: Number(piece), inBrackets: !isAlone }];
  });
}

/** A wording with its slots filled in by a function of the slot. */
export function filled(wording, write) {
  return wording.map((piece) => (typeof piece === "string" ? piece : write(piece))).join("");
}

/** A wording in the names of nodes. */
export function inNames(wording, names, out = "", kind = "text") {
  const write = kind === "latex" ? asLatexWord : asWord;
  return filled(wording, ({ position }) => write(position === OUT ? out : names[position]));
}

/** A wording in the numbers of nodes. */
export function inNumbers(wording, numbers, out = 0, kind = "text") {
  return filled(wording, (slot) => {
    const number = slot.position === OUT ? out : numbers[slot.position];
    return slot.inBrackets ? asFactorOf(number, kind) : shown(number, kind);
  });
}

/** A number as people read it. */
export function shown(number, kind = "text") {
  return kind === "latex" ? latexDigits(show(number)) : show(number);
}

/** A number as a factor: in brackets if it is negative. */
export function asFactorOf(number, kind = "text") {
  const text = shown(number, kind);
  if (kind === "text") return inBrackets(text);
  return text.startsWith("-") ? `\\left(${text}\\right)` : text;
}

/** A name as it is written in a formula: in brackets, if it is not one word. */
export function asWord(name) {
  return /^[\p{L}\p{N}_.]+$/u.test(name) || NUMBER.test(name) ? name : `[${name}]`;
}

/** The same in LaTeX. */
export function asLatexWord(name) {
  return NUMBER.test(name) ? latexDigits(name) : latexName(identifier(name));
}

/** Several words, upright, in LaTeX; what is no letter or digit is left out. */
export function asLatexWords(text) {
  return `\\mathrm{${(text.match(/[\p{L}\p{N}]+/gu) ?? []).join("\\ ")}}`;
}

// Roles: what an argument is to an operation, where its name alone does not tell.

/** For each argument {noun, number}, number 0 if it is the only one with that noun. */
export function roles(row, count) {
  const named = count % row.roles.length === 0 ? row.roles : ["argument"];
  const nouns = named.flatMap((noun) => Array(count / named.length).fill(noun));
  const [all, counts] = [tally(nouns), new Map()];
  return nouns.map((noun) => {
    counts.set(noun, (counts.get(noun) ?? 0) + 1);
    return { noun, number: all.get(noun) === 1 ? 0 : counts.get(noun) };
  });
}

// How often each occurs.
function tally(items) {
  const counts = new Map();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/** The role of each argument that stands at more than one place; null for any other. */
export function sharedRoles(row, args) {
  if (new Set(args).size === args.length) return args.map(() => null);
  const [counts, found] = [tally(args), roles(row, args.length)];
  return args.map((arg, position) => (counts.get(arg) === 1 ? null : found[position]));
}

/** A role in English: "first factor", or "divisor". */
export function roleText({ noun, number }) {
  return number ? `${ordinal(number)} ${noun}` : noun;
}

/** Which one of several, from 1, in English: "first", "22nd". */
export function ordinal(number) {
  if (number <= GRAMMAR.ordinals.length) return GRAMMAR.ordinals[number - 1];
  const isTeen = [11, 12, 13].includes(number % 100);
  return `${number}${isTeen ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[number % 10] ?? "th")}`;
}
