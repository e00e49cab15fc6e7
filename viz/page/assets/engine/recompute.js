// How is a graph computed again: one that Python sent as a list of nodes, or the same graph with other numbers?

import { asNumber } from "../numbers.js";
import { graphOf } from "./graph.js";
import { evaluate, rowOf } from "./rows.js";
import { apply, constant, leaf } from "./values.js";

/** The graph that Python sent as a list of nodes; see `nodes` in viz/page/engine.py. */
export function graphFrom(sent) {
  const nodes = [];
  for (const { rule, args, data, label = "", constant: isConstant = false } of sent) {
    if (rule) nodes.push(apply(rowOf(rule), args.map((arg) => nodes[arg]), { check: false, label }));
    else nodes.push({ ...(isConstant ? constant(asNumber(data)) : leaf(asNumber(data))), label });
  }
  return graphOf(nodes.at(-1));
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
