// What is a box called? Its name, with its operation as far as there is room.

import { show } from "../numbers.js";
import { filled, inNames, operation } from "../engine/wording.js";

const MOST_ARGUMENTS = 2; // of an operation that is written out, as in viz.draw
const SHORT = 9; // characters

/**
 * Titles of a node, from the one that says most to the one that needs least room; `terms` says how many terms there are.
 */
export function titlesOf(graph, number, terms) {
  const name = graph.names[number];
  const { row, isConstant, data } = graph.nodes[number];
  if (isConstant) return [name === show(data) ? name : `${name} = ${show(data)}`];
  if (!row) return [name];
  const short = shortened(name);
  const count = graph.args[number].length;
  const [made, madeShort] = count > MOST_ARGUMENTS ? termsOf(row, count, terms) : namedOf(graph, number, row, count);
  return [`${name} = ${made}`, `${short} = ${made}`, `${short} = ${madeShort}`, `${name} = ${row.symbol}`, name];
}

function namedOf(graph, number, row, count) {
  const names = graph.args[number].map((arg) => graph.names[arg]);
  const wording = operation(row, count);
  return [inNames(wording, names), filled(wording, ({ position }) => shortened(names[position]))];
}

function termsOf(row, count, terms) {
  return [`${row.symbol}, ${terms(row.many ? count / row.arity : count)}`, row.symbol];
}

function shortened(name) {
  const letters = [...name];
  return letters.length > SHORT ? `${letters.slice(0, SHORT - 1).join("")}…` : name;
}
