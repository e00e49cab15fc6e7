// How does a number remember how it was made? As a node: row, args, data, partials, label, isConstant.

import { NUMBERS, ROWS, evaluate, isInside, localDerivatives } from "./rows.js";
import { outsideDomain } from "./refusals.js";

/** A number that can be varied. */
export function leaf(data, label = "") {
  return { row: null, args: [], data, partials: [], label, isConstant: false };
}

/** A plain number written into an expression, like the 2 in `2 * x`. */
export function constant(data, label = "") {
  return { row: null, args: [], data, partials: [], label, isConstant: true };
}

/** A row applied to nodes; outside its domain an error, or without `check` a node whose local derivatives are NaN. */
export function apply(row, args, { check = true, label = "" } = {}) {
  const numbers = args.map((arg) => arg.data);
  const inside = isInside(row, numbers);
  if (check && !inside) throw outsideDomain(row, args, numbers);
  const data = evaluate(row, numbers);
  const partials = inside ? localDerivatives(row, numbers, data) : numbers.map(() => NaN);
  return { row, args, data, partials, label, isConstant: false };
}

const asNode = (thing) => (typeof thing === "number" ? constant(thing) : thing);

/** The operations on nodes: through a row's partials they give its local derivatives as graphs. */
export const NODES = Object.fromEntries(
  ROWS.map((row) => [
    row.name,
    (...args) => {
      const areNumbers = args.every((arg) => typeof arg === "number");
      return areNumbers ? NUMBERS[row.name](...args) : apply(row, args.map(asNode), { check: false });
    },
  ]),
);
