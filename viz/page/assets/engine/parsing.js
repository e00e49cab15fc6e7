// How does a text become a graph? The instructions of reading.js are carried out on a stack of nodes, as in parsing.py.

import { asNumber } from "../numbers.js";
import { GRAMMAR } from "./grammar.js";
import { graphOf } from "./graph.js";
import { cut, mistake } from "./mistakes.js";
import { nearest } from "./nearest.js";
import { asPythonReads, functionOf, read } from "./reading.js";
import { ROWS, completed, rowOf } from "./rows.js";
import { apply, constant, leaf } from "./values.js";

const CONSTANTS = new Map(Object.entries(GRAMMAR.constants).map(([name, number]) => [name, asNumber(number)]));
const OTHER_NAMES = new Map(Object.entries(GRAMMAR.otherNames));
const OTHER_NUMBERS = new Map(Object.entries(GRAMMAR.otherNumbers));

/**
 * The graph of the last expression in a text; `values` is a number for each other name, as a Map or an object.
 * Throws an ExpressionError or a DomainError; its `place` says where in the text it is.
 */
export function parse(text, values = {}) {
  const pairs = values instanceof Map ? [...values] : Object.entries(values);
  const given = new Map(pairs.map(([name, number]) => [asPythonReads(name), number]));
  const maker = { text, given, names: new Map() };
  let result = null;
  for (const one of read(text)) result = statement(maker, one);
  if (result === null) throw mistake(text, 0, 0, "empty");
  return graphOf(result.isConstant ? leaf(result.data) : result);
}

function statement(maker, { target, instructions }) {
  if (target === null) return expression(maker, instructions);
  const { start, end } = target;
  const name = asPythonReads(target.text);
  const isTaken = maker.names.has(name) || maker.given.has(name);
  if (isTaken || CONSTANTS.has(name)) {
    throw mistake(maker.text, start, end, isTaken ? "taken" : "constant", { name: cut(name) });
  }
  const found = expression(maker, instructions);
  const value = found.isConstant ? leaf(found.data) : found; // a number with a name is a leaf that can be varied
  value.label ||= name;
  maker.names.set(name, value);
  return value;
}

function expression(maker, instructions) {
  const results = [];
  for (const each of instructions) {
    const args = results.splice(results.length - each.arity);
    results.push(placed(each, () => result(maker, each, args)));
  }
  return results[0];
}

// An error that knows no place of its own, such as that of a domain, is that of the instruction.
function placed({ start, end }, compute) {
  try {
    return compute();
  } catch (error) {
    if (error.kind) error.place ??= { start, end };
    throw error;
  }
}

function result(maker, each, args) {
  if (each.kind === "number") return number(maker, each);
  if (each.kind === "name") return named(maker, each);
  return folded(each.kind === "operator" ? operated(each.text, args) : called(maker, each, args), args);
}

function number(maker, each) {
  const found = Number(each.text.replaceAll("_", ""));
  if (found === Infinity) throw wrong(maker, each, "too_large");
  return constant(found);
}

function named(maker, each) {
  const name = asPythonReads(each.text);
  if (maker.names.has(name)) return maker.names.get(name);
  if (maker.given.has(name)) {
    maker.names.set(name, leaf(maker.given.get(name), name));
    return maker.names.get(name);
  }
  if (CONSTANTS.has(name)) return constant(CONSTANTS.get(name));
  throw wrong(maker, each, "no_value", { name: cut(name), ...adviceFor(maker, cut(name)) });
}

// A power with a plain number for its exponent needs no logarithm.
function operated(sign, args) {
  if (args.length === 1) return sign === "-" ? apply(rowOf("neg"), args) : args[0];
  return apply(rowOf(sign === "**" && args[1].isConstant ? "power" : GRAMMAR.infix[sign]), args);
}

function called(maker, each, args) {
  const row = functionOf(each.text);
  if (!row) {
    const name = asPythonReads(each.text);
    const places = { name: cut(name), ...functionLike(maker, name) };
    throw mistake(maker.text, each.start, each.start + each.text.length, "no_function", places);
  }
  const all = completed(row, args);
  if (all === null) {
    const are = `${args.length === 1 ? "is" : "are"} ${args.length}`;
    throw wrong(maker, each, "arguments", { takes: row.takes, are, count: args.length, signature: row.signature });
  }
  return apply(row, all.map((arg) => (typeof arg === "number" ? constant(arg) : arg)));
}

// Numbers with numbers give a number: the exponent of x ** (1/3) is a constant.
function folded(found, args) {
  return args.every((arg) => arg.isConstant) ? constant(found.data) : found;
}

// Advice: in words, and as the row of a table of sentences with what was filled in there, for other languages

function adviceFor(maker, name) {
  const known = new Set([...maker.given.keys(), ...maker.names.keys()]);
  if (functionOf(name)) return advised(`${name}(x): ${name} is a function`, "is_function", `${name}(x)`);
  const letters = [...name];
  if (letters.length > 1 && new Set(letters).size === letters.length && letters.every((letter) => known.has(letter))) {
    return orGive(letters.join(" * "), name);
  }
  const other = OTHER_NUMBERS.get(name) ?? nearest(name, known);
  return other === undefined ? advised(`a value for it: ${name}=1.0`, "give") : orGive(other, name);
}

const orGive = (better, name) => advised(`${better}, or give it one: ${name}=1.0`, "or_give", better);
const advised = (advice, row = null, better = advice) => ({ advice, row, better });

function functionLike(maker, name) {
  if (maker.given.has(name) || maker.names.has(name)) return advised(`${cut(name)} * (...)`);
  if (OTHER_NAMES.has(name)) return advised(OTHER_NAMES.get(name));
  if (rowOf(name)) return advised(rowOf(name).signature); // x + y, for add
  const known = [...ROWS.map((row) => row.name), ...Object.keys(GRAMMAR.aliases)].filter(functionOf).sort();
  const close = nearest(cut(name), known);
  const all = known.join(", ");
  return close === undefined ? advised(`one of ${all}`, "one_of", all) : advised(`${close}(...)`);
}

function wrong(maker, { start, end }, key, places) {
  return mistake(maker.text, start, end, key, places);
}
