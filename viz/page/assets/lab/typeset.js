// How does the LaTeX of the rule table become a formula that a page can show? It is a small part of LaTeX: fractions,
// roots, powers, brackets, and names of functions. Slots stay what they are, so that each can be a name or a number.
//
// The result is a list of *items*: a text; an item of the caller's; or one with items inside:
//   {over, under}              a fraction
//   {raised}, {lowered}        a power, an index
//   {root}                     a square root
//   {brackets, inside}         brackets = "()", "[]", "||" or "⟨⟩" around something

import { GRAMMAR } from "../engine/grammar.js";

const TOKEN = /\\(?:left|right)\s*(?:\\[a-zA-Z]+|\\.|.)|\\[a-zA-Z]+|\\.|[{}^_]|[^\\{}^_]+/gs;
const SIGNS = { "\\cdot": "·", "\\infty": "∞", "\\partial": "∂", "\\times": "×", "\\ ": " ", "\\,": " ", "\\top": "⊤", "\\odot": "⊙", "\\sum": "Σ" };
const ANGLES = { "\\langle": "⟨", "\\rangle": "⟩" };
const LETTERS = Object.fromEntries(Object.entries(GRAMMAR.greek).map(([letter, command]) => [command, letter]));

/** The items of a wording in LaTeX; `fill` makes an item of a slot. */
export function typeset(wording, fill) {
  const tokens = wording.flatMap((piece) => (typeof piece === "string" ? piece.match(TOKEN) : [{ filled: fill(piece) }]));
  return itemsUntil({ tokens, at: 0 }, () => false);
}

/** Without brackets around the whole. */
export function withoutBrackets(items) {
  return items.length === 1 && items[0].brackets === "()" ? items[0].inside : items;
}

function itemsUntil(reader, isEnd) {
  const items = [];
  while (reader.at < reader.tokens.length) {
    const token = reader.tokens[reader.at++];
    if (isEnd(token)) break;
    const item = itemOf(reader, token);
    if (typeof item === "string" && typeof items.at(-1) === "string") items.push(items.pop() + item);
    else if (item !== "") items.push(item);
  }
  return items;
}

function itemOf(reader, token) {
  if (typeof token !== "string") return token.filled;
  if (token.startsWith("\\left")) return bracketsOf(reader, bracketIn(token));
  if (token === "\\frac") return { over: argument(reader), under: argument(reader) };
  if (token === "\\sqrt") return { root: argument(reader) };
  if (token === "^") return { raised: argument(reader) };
  if (token === "_") return { lowered: argument(reader) };
  if (token === "{") return { group: itemsUntil(reader, isClosing) };
  if (token === "}") return "";
  return textOf(token);
}

function bracketsOf(reader, open) {
  const inside = itemsUntil(reader, (token) => typeof token === "string" && token.startsWith("\\right"));
  const close = bracketIn(String(reader.tokens[reader.at - 1]));
  return { brackets: open + close, inside };
}

const bracketIn = (token) => ANGLES[token.replace(/^\\(?:left|right)\s*/, "")] ?? token.at(-1);

// What stands in braces, or the one token that follows.
function argument(reader) {
  const token = reader.tokens[reader.at++];
  if (token === undefined) return [];
  return token === "{" ? itemsUntil(reader, isClosing) : [itemOf(reader, token)];
}

function isClosing(token) {
  return token === "}";
}

// A function's name stands by its word: \tanh is tanh. What only says how something is set, is left out.
function textOf(token) {
  if (!token.startsWith("\\")) return token.replaceAll("-", "−");
  const isSetting = ["\\operatorname", "\\mathrm", "\\text"].includes(token);
  return isSetting ? "" : (SIGNS[token] ?? LETTERS[token] ?? token.slice(1));
}
