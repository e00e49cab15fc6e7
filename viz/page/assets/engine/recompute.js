// How is a graph computed again: one that Python sent as a list of nodes, or the same graph with other numbers?

import { asNumber } from "../numbers.js";
import { namesOf } from "./graph.js";
import { evaluate, givenRow, rowOf } from "./rows.js";
import { apply, constant, leaf } from "./values.js";

const CONSTANT = -2; // in the column `rule` of what was sent; a leaf is -1

/**
 * The graph that Python sent, in columns; see `nodes` in viz/page/engine.py. Its `missing` says what some rows would have
 * to say so that it can be computed with other numbers; as long as that is not empty, it cannot.
 */
export function graphFrom({ rules, rule, sizes, args, numbers, labels, groups, given = {} }) {
  const rows = rules.map(rowOf);
  const [nodes, found] = [[], []];
  let [many, arg, number] = [0, 0, 0];
  for (const kind of rule) {
    const label = labels[nodes.length] ?? "";
    if (kind < 0) {
      const data = asNumber(numbers[number++]);
      nodes.push(kind === CONSTANT ? constant(data, label) : leaf(data, label));
      found.push([]);
      continue;
    }
    const row = given[nodes.length] ? givenRow(rows[kind], given[nodes.length]) : rows[kind];
    const size = row.many ? sizes[many++] : row.arity;
    const places = args.slice(arg, (arg += size)).map((place) => (place < 0 ? nodes.length + place : place));
    nodes.push(apply(row, places.map((place) => nodes[place]), { check: false, label }));
    found.push(places);
  }
  return { nodes, args: found, names: namesOf(nodes), groups: new Map(Object.entries(groups)), missing: missingIn(rows) };
}

function missingIn(rows) {
  return rows.flatMap(({ missing }) => (missing ? [missing] : []));
}

/**
 * The same graph with other numbers: a Map from the numbers of leaves to theirs. Its order and its names stay.
 * Throws a DomainError, with `node` the number of the node, where an operation is not defined.
 */
export function withNumbers(graph, changes) {
  const nodes = [];
  graph.nodes.forEach((node, number) => {
    const args = graph.args[number].map((arg) => nodes[arg]);
    nodes.push(node.row ? appliedAgain(node, args, number) : { ...node, data: changes.get(number) ?? node.data });
  });
  return { ...graph, nodes };
}

function appliedAgain(node, args, number) {
  try {
    return apply(node.row, args, { label: node.label });
  } catch (error) {
    throw error.kind ? Object.assign(error, { node: number }) : error;
  }
}

/** Only the numbers of the nodes, as `recompute` of graph.py gives them: no error outside a domain, but NaN or inf. */
export function recomputed(graph, changes) {
  const numbers = [];
  graph.nodes.forEach((node, number) => {
    const args = graph.args[number].map((arg) => numbers[arg]);
    numbers.push(node.row ? evaluate(node.row, args) : (changes.get(number) ?? node.data));
  });
  return numbers;
}
