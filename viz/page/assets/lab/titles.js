// What is a box called? Its name, with its operation as far as there is room, set as mathematics.

import { show, withMinus } from "../numbers.js";
import { mathName } from "../engine/printing.js";
import { asWord, filled, operation } from "../engine/wording.js";

const MOST_ARGUMENTS = 2; // of an operation that is written out, as in viz.draw
const SHORT = 9; // characters
const TIMES = { " * ": " · " };

/**
 * Titles of a node, from the one that says most to the one that needs least room; `terms` says how many terms there are.
 */
export function titlesOf(graph, number, terms) {
  const name = mathName(graph.names[number]);
  const { row, isConstant, data } = graph.nodes[number];
  if (isConstant) return [graph.names[number] === show(data) ? withMinus(show(data)) : `${name} = ${withMinus(show(data))}`];
  if (!row) return [name];
  const short = shortened(name);
  const count = graph.args[number].length;
  const [made, madeShort] = count > MOST_ARGUMENTS ? termsOf(row, count, terms) : namedOf(graph, number, row, count);
  return [`${name} = ${made}`, `${short} = ${made}`, `${short} = ${madeShort}`, `${name} = ${row.symbol}`, name];
}

/** The operation of a node with the names of its arguments: "v₁ + b". */
export function operationText(graph, number) {
  return namedOf(graph, number, graph.nodes[number].row, graph.args[number].length)[0];
}

function namedOf(graph, number, row, count) {
  const nameOf = (position) => nameIn(graph, graph.args[number][position]);
  const wording = operation(row, count).map((piece) => TIMES[piece] ?? piece);
  return [
    filled(wording, ({ position }) => asOne(nameOf(position))),
    filled(wording, ({ position }) => shortened(nameOf(position))),
  ];
}

function nameIn({ names, nodes }, node) {
  return nodes[node].isConstant ? withMinus(names[node]) : mathName(names[node]);
}

// A name of several words stands in brackets, as everywhere; one that is set as mathematics is one word.
function asOne(name) {
  return /\s/.test(name) ? asWord(name) : name;
}

function termsOf(row, count, terms) {
  return [`${row.symbol}, ${terms(row.many ? count / row.arity : count)}`, row.symbol];
}

function shortened(name) {
  const letters = [...name];
  return letters.length > SHORT ? `${letters.slice(0, SHORT - 1).join("")}…` : name;
}
