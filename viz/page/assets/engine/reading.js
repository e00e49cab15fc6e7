// How is a text read, from left to right, as instructions in the order in which they are computed? As in reading.py: an
// operator waits on a stack until one comes that binds weaker, or a bracket closes; then it follows its arguments.

import { showCount } from "../numbers.js";
import { failure } from "./errors.js";
import { GRAMMAR } from "./grammar.js";
import { cut, isUnseen, mistake } from "./mistakes.js";
import { rowOf } from "./rows.js";

const { nesting: MAX_NESTING, chain: MAX_CHAIN, length: MAX_LENGTH } = GRAMMAR.sizes;
const ALIASES = new Map(Object.entries(GRAMMAR.aliases));
const INFIX = new Map(Object.entries(GRAMMAR.infix).map(([sign, name]) => [sign, rowOf(name)]));
const UNREAD = new Map(Object.entries(GRAMMAR.unread));
const RAISED = new Map(Object.entries(GRAMMAR.raised));
const TYPED = new Map(Object.entries(GRAMMAR.typed));
const PAIRS = new Map([[")", "("], ["]", "["]]);
const READ = new Set([...INFIX.keys(), ..."()[],="]);
const SLASH = "\u2044"; // of ½
const DIGITS = "[0-9](?:_?[0-9])*";
const DECIMAL = `(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:[eE][+-]?${DIGITS})?`;
const PATTERNS = {
  space: "[ ]+|#[^\\r\\n]*|\\\\\\r?\\n",
  end: "[\\r\\n;]",
  number: `0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|${DECIMAL}`,
  word: "[A-Za-z_\\u0080-\\u{10ffff}][0-9A-Za-z_\\u0080-\\u{10ffff}]*",
  quote: `'[^'\\r\\n]*'?|"[^"\\r\\n]*"?`,
  sign: "(?:\\*\\*|//|<<|>>|[\\-+*/%@&\\|\\^<>=!:])=?|.",
};
const KINDS = Object.keys(PATTERNS);
const TOKEN = new RegExp(KINDS.map((kind) => `(?<${kind}>${PATTERNS[kind]})`).join("|"), "gsu");

/**
 * The statements of a text: {target, instructions}. `target` is the token of the name on the left of `=`, or null; an
 * instruction is {kind, text, arity, start, end}, of the kind "number", "name", "operator" or "call".
 */
export function read(text) {
  const length = [...text].length;
  if (length > MAX_LENGTH) {
    const wrong = `the longest that is read has ${showCount(MAX_LENGTH)}`;
    throw failure("ExpressionError", `an expression of ${showCount(length)} characters`, { wrong });
  }
  const reader = { text, tokens: tokensOf(text), at: 0, statements: [] };
  begin(reader);
  while (reader.at < reader.tokens.length) {
    const token = reader.tokens[reader.at++];
    refuseUnread(reader, token);
    readerOf(reader, token)(reader, token);
  }
  return reader.statements;
}

/** A name as Python reads it: different forms of a letter are the same letter. */
export function asPythonReads(name) {
  return name.normalize("NFKC");
}

/** The row that is called by this name, or undefined; those with a sign of their own, like +, are written with it. */
export function functionOf(name) {
  const plain = asPythonReads(name);
  const row = rowOf(ALIASES.get(plain) ?? plain);
  return row && row.binding.level === GRAMMAR.levels.call ? row : undefined;
}

function begin(reader) {
  Object.assign(reader, { target: null, instructions: [], waiting: [], operands: [], nested: 0, wantsOperand: true });
}

// The tokens without spaces, and an end after the last; inside brackets a line may end anywhere.
function tokensOf(text) {
  const plain = text.replace(/./gsu, (character) => TYPED.get(character) ?? character);
  const tokens = [];
  let opened = 0;
  for (const found of plain.matchAll(TOKEN)) {
    const [piece] = found;
    const kind = KINDS.find((name) => found.groups[name] !== undefined);
    opened += (piece === "(" || piece === "[") - PAIRS.has(piece);
    const isInside = opened > 0 && (piece === "\n" || piece === "\r");
    const [start, end] = [found.index, found.index + piece.length];
    if (kind !== "space" && !isInside) tokens.push({ kind, text: piece, start, end });
  }
  return [...tokens, { kind: "end", text: "", start: text.length, end: text.length }];
}

// What reads a token: that depends on what it is, and on what stands before it.
function readerOf(reader, token) {
  const key = token.kind === "sign" ? token.text : token.kind;
  if (reader.wantsOperand) return OPERANDS.get(key) ?? missing;
  if (before(reader).text === "]" && ![",", ")", "]"].includes(key)) return afterList;
  return OPERATORS.get(key) ?? beside;
}

function before(reader) {
  return reader.tokens.at(reader.at - 2);
}

function next(reader) {
  return reader.tokens[reader.at]?.text ?? "";
}

// Where an operand can stand

const OPERANDS = new Map([
  ["number", (reader, token) => take(reader, "number", token)],
  ["word", word],
  ["end", endEarly],
  ["+", (reader, token) => wait(reader, waitingFor("sign", token, GRAMMAR.levels.sign))],
  ["-", (reader, token) => wait(reader, waitingFor("sign", token, GRAMMAR.levels.sign))],
  ["(", (reader, token) => wait(reader, waitingFor("group", token))],
  ["[", openList],
  [")", closeEarly],
  ["]", closeEarly],
  ["=", equals],
]);

function word(reader, token) {
  if (next(reader) === "(") {
    wait(reader, { ...waitingFor("call", reader.tokens[reader.at]), name: token });
    reader.at += 1;
  } else if (next(reader) === "=" && reader.target === null && !reader.waiting.length) {
    reader.target = token;
    reader.at += 1;
  } else take(reader, "name", token);
}

function take(reader, kind, { text, start, end }) {
  put(reader, { kind, text, arity: 0, start, end }, 0);
  reader.wantsOperand = false;
}

function missing(reader, token) {
  throw wrong(reader, token, "missing", { sign: token.text });
}

function endEarly(reader) {
  const top = reader.waiting.at(-1);
  if (top?.level === 0) throw wrong(reader, top.token, "never_closed");
  const { end } = before(reader);
  if (top || reader.target) throw mistake(reader.text, end, end, "missing_end");
}

function openList(reader, token) {
  const name = reader.waiting.at(-1)?.name;
  if (!name || !functionOf(name.text)?.many) throw wrong(reader, token, "list");
  wait(reader, waitingFor("list", token));
}

// After an opening bracket or a comma: a call and a list may end there, other brackets may not.
function closeEarly(reader, token) {
  const bracket = opening(reader, token);
  if (bracket !== reader.waiting.at(-1)) missing(reader, token);
  if (bracket.kind === "group") throw mistake(reader.text, bracket.token.start, token.end, "nothing_in");
  closed(reader, token);
}

// Where an operator can stand

const OPERATORS = new Map([
  ...[...INFIX.keys()].map((sign) => [sign, infix]),
  ["end", end],
  [",", comma],
  [")", close],
  ["]", close],
  ["=", equals],
]);

function afterList(reader, token) {
  throw wrong(reader, token, "list");
}

function infix(reader, token) {
  const { level, needs } = INFIX.get(token.text).binding;
  reduce(reader, needs[0]);
  wait(reader, waitingFor("infix", token, level));
}

function end(reader) {
  reduce(reader, 1);
  if (reader.waiting.length) throw wrong(reader, reader.waiting.at(-1).token, "never_closed");
  reader.statements.push({ target: reader.target, instructions: reader.instructions });
  begin(reader);
}

function comma(reader, token) {
  reduce(reader, 1);
  if (!reader.waiting.length || reader.waiting.at(-1).kind === "group") throw wrong(reader, token, "comma");
  countArgument(reader);
  reader.wantsOperand = true;
}

function close(reader, token) {
  const bracket = opening(reader, token);
  reduce(reader, 1);
  if (bracket.kind !== "group") countArgument(reader);
  closed(reader, token);
}

function equals(reader, token) {
  throw wrong(reader, token, reader.waiting.at(-1)?.kind === "call" ? "by_name" : "target");
}

// Waiting: an operator for its right side, a bracket (of the level 0) for its pair

function waitingFor(kind, token, level = 0) {
  return { kind, token, level, name: null, count: 0, lengths: [] };
}

function isNesting({ kind, token }) {
  return kind !== "infix" || token.text === "**";
}

function wait(reader, what) {
  reader.waiting.push(what);
  reader.nested += isNesting(what);
  if (reader.nested > MAX_NESTING) {
    throw wrong(reader, what.token, what.level === 0 ? "brackets" : "nested", { most: MAX_NESTING });
  }
  reader.wantsOperand = true;
}

function done(reader) {
  const what = reader.waiting.pop();
  reader.nested -= isNesting(what);
  return what;
}

// What binds at least as tightly has all its arguments now.
function reduce(reader, level) {
  while (reader.waiting.length && reader.waiting.at(-1).level >= level) {
    const { kind, token } = done(reader);
    const right = reader.operands.pop();
    const left = kind === "infix" ? reader.operands.pop() : { ...token, chain: 0 };
    const place = { start: left.start, end: right.end };
    follow(reader, "operator", token, kind === "infix" ? 2 : 1, place, Math.max(left.chain, right.chain));
  }
}

// An operator or a call follows its arguments.
function follow(reader, kind, token, arity, place, chain) {
  if (chain === MAX_CHAIN) throw wrong(reader, token, "chain", { most: showCount(MAX_CHAIN) });
  put(reader, { kind, text: token.text, arity, ...place }, chain + 1);
}

function put(reader, instruction, chain) {
  reader.instructions.push(instruction);
  reader.operands.push({ start: instruction.start, end: instruction.end, chain });
}

// Brackets

function opening(reader, closing) {
  const bracket = reader.waiting.findLast(({ level }) => level === 0);
  if (!bracket) throw wrong(reader, closing, "never_opened");
  if (bracket.token.text !== PAIRS.get(closing.text)) {
    throw wrong(reader, closing, "other_bracket", { closing: closing.text, opening: bracket.token.text });
  }
  return bracket;
}

// An argument of a call, or an element of a list, ends here; a list was counted when it was closed.
function countArgument(reader) {
  reader.waiting.at(-1).count += before(reader).text !== "]";
}

function closed(reader, token) {
  const bracket = done(reader);
  if (bracket.kind === "call") closeCall(reader, bracket, token);
  else if (bracket.kind === "list") reader.waiting.at(-1).lengths.push(bracket.count);
  else reader.operands.push({ ...reader.operands.pop(), start: bracket.token.start, end: token.end });
  reader.wantsOperand = false;
}

function closeCall(reader, { name, count, lengths }, token) {
  const row = functionOf(name.text);
  const place = { start: name.start, end: token.end };
  if (row?.many) {
    const isRight = !count && lengths.length === row.arity && lengths[0] > 0 && new Set(lengths).size === 1;
    const { takes, signature } = row;
    if (!isRight) throw mistake(reader.text, place.start, place.end, "lists", { takes, signature });
  }
  const arity = lengths.reduce((sum, length) => sum + length, count);
  const args = arity ? reader.operands.splice(-arity) : [];
  follow(reader, "call", name, arity, place, args.reduce((chain, arg) => Math.max(chain, arg.chain), 0));
}

// Mistakes

function wrong(reader, token, key, places) {
  return mistake(reader.text, token.start, token.end, key, places);
}

// What no expression has, wherever it stands.
function refuseUnread(reader, token) {
  if (token.kind === "quote") throw wrong(reader, token, "quoted", { quoted: cut(token.text) });
  if (token.kind === "word") checkWord(reader, token);
  if (token.kind === "sign" && !READ.has(token.text)) throw unread(reader, token);
}

function checkWord(reader, token) {
  let place = 0;
  for (const character of token.text) {
    if (!(place ? /^\p{XID_Continue}$/u : /^[\p{XID_Start}_]$/u).test(character)) {
      const start = token.start + place;
      throw unread(reader, { text: character, start, end: start + character.length }, token.text.slice(0, place));
    }
    place += character.length;
  }
  if (GRAMMAR.truths.includes(token.text)) throw wrong(reader, token, "truth", { word: token.text });
  if (GRAMMAR.keywords.includes(token.text)) throw wrong(reader, token, "keyword", { word: token.text });
}

// What no expression has; in a word, with the part of it that stands before.
function unread(reader, token, part = "") {
  const [sign, plain] = [token.text, token.text.normalize("NFKC")];
  if (RAISED.has(sign)) return raised(reader, token, part);
  if (plain.includes(SLASH)) return wrong(reader, token, "fraction", { sign, number: plain.replaceAll(SLASH, "/") });
  const code = `U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  if (isUnseen([...sign][0])) return wrong(reader, token, "unseen", { code });
  return wrong(reader, token, UNREAD.get(sign) ?? "part", { sign });
}

// For x² the power to write, with what stands before it.
function raised(reader, token, part) {
  const rest = [...reader.text.slice(token.start)];
  const count = rest.findIndex((character) => !RAISED.has(character));
  const signs = count < 0 ? rest : rest.slice(0, count);
  const { kind, text } = before(reader);
  const isAfterOperand = ["number", "word"].includes(kind) || text === ")";
  const base = cut(part || (isAfterOperand ? pieceOf(before(reader)) : "x"));
  const places = { raised: signs.join(""), base, power: signs.map((character) => RAISED.get(character)).join("") };
  return mistake(reader.text, token.start, token.start + signs.length, "raised", places);
}

// Two operands stand side by side.
function beside(reader, token) {
  const other = before(reader);
  if (token.text === "[") throw wrong(reader, token, "index");
  if (token.kind === "number" && other.kind === "number") {
    throw mistake(reader.text, other.start, token.end, "two_numbers");
  }
  const [left, right] = [pieceOf(other), pieceOf(token, next(reader))];
  const key = other.kind === "word" && functionOf(left) ? "no_brackets" : "no_operator";
  throw mistake(reader.text, other.start, token.end, key, { left, right });
}

// A token in a message; what stands in brackets is left out.
function pieceOf({ text }, after = "") {
  const shown = text === "(" || text === ")" ? "" : cut(text);
  return !shown || after === "(" ? `${shown}(...)` : shown;
}
