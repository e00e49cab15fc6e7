// What can a row of the rule table do? The rows are printed by Python (rules.js); here is what rule.py does with them.

import { asNumber } from "../numbers.js";
import { failure } from "./errors.js";
import { RULES } from "./rules.js";

const TABLE = new Map(Object.entries(RULES));

/** The row of this name, or undefined. */
export function rowOf(name) {
  return TABLE.get(name);
}

export const ROWS = [...TABLE.values()];

/** The arguments in equal groups, for a row of many, or one by one. */
export function grouped(row, args) {
  if (!row.many) return args;
  const size = args.length / row.arity;
  return Array.from({ length: row.arity }, (_, group) => args.slice(group * size, (group + 1) * size));
}

/** The arguments, completed by the defaults of those left out; null, if there are too many or too few. */
export function completed(row, args) {
  if (row.many) return args.length && args.length % row.arity === 0 ? args : null;
  const missing = row.arity - args.length;
  if (missing < 0 || missing > row.defaults.length) return null;
  return [...args, ...row.defaults.slice(row.defaults.length - missing)];
}

/** The `text` or the `latex` of a row with texts for its arguments. */
export function filledIn(row, template, texts) {
  const groups = row.many ? grouped(row, texts).map((group) => group.join(", ")) : texts;
  return row[template].map((piece) => (typeof piece === "number" ? groups[piece] : piece)).join("");
}

/** The result for numbers; of a row without JavaScript the one that Python computed, if it was sent. */
export function evaluate(row, args) {
  if (row.value) return row.value(grouped(row, args));
  if (row.given) return row.given.data;
  const wrong = `the row ${row.name} does not say how JavaScript computes it`;
  throw failure("GraphError", row.signature, { wrong, instead: row.missing });
}

/** A row without JavaScript, for one node: with what Python computed there, {data, partials, text, latex}. */
export function givenRow(row, given) {
  return { ...row, given: { ...given, data: asNumber(given.data), partials: given.partials.map(asNumber) } };
}

/** Whether numbers are in the domain of a row. */
export function isInside(row, args) {
  return !row.holds || Boolean(row.holds(args));
}

/** The operations on numbers: what flows through the partials of a row when they are computed. */
export const NUMBERS = Object.fromEntries(ROWS.map((row) => [row.name, (...args) => evaluate(row, args)]));

/** ∂out/∂argument for every argument, by operations `o` on numbers, or on nodes (values.js). */
export function localDerivatives(row, args, out, o = NUMBERS) {
  if (row.given) return row.given.partials;
  if (!row.many) return row.partials(o, args, out);
  const groups = grouped(row, args);
  const size = args.length / row.arity;
  const found = [];
  for (let member = 0; member < size; member++) {
    const partials = row.partials(o, groups.map((group) => group[member]), out);
    partials.forEach((partial, group) => (found[group * size + member] = partial));
  }
  return found;
}
