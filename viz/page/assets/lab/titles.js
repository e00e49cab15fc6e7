// What is a box called? Its name, with its operation as far as there is room.

import { show } from "../numbers.js";
import { grouped } from "../engine/rows.js";
import { inNames, operation } from "../engine/wording.js";

const MOST_ARGUMENTS = 2; // of an operation that is written out, as in viz.draw
const SHORT = 9; // characters

/** Titles of a node, from the one that says most to the one that needs least room. */
export function titlesOf(graph, number) {
  const name = graph.names[number];
  const { row, isConstant, data } = graph.nodes[number];
  if (isConstant) return [name === show(data) ? name : `${name} = ${show(data)}`];
  if (!row) return [name];
  const count = graph.args[number].length;
  if (count > MOST_ARGUMENTS) return [`${name} = ${symbolOf(row, count)}`, `${cut(name)} = ${symbolOf(row, count)}`, name];
  const names = graph.args[number].map((arg) => graph.names[arg]);
  const made = (shown) => inNames(operation(row, count), shown);
  return [`${name} = ${made(names)}`, `${cut(name)} = ${made(names.map(cut))}`, `${name} = ${row.symbol}`, name];
}

function symbolOf(row, count) {
  return `${row.symbol} (${grouped(row, Array(count).fill(0)).flat().length / (row.many ? row.arity : 1)})`;
}

function cut(name) {
  const letters = [...name];
  return letters.length > SHORT ? `${letters.slice(0, SHORT - 1).join("")}…` : name;
}
