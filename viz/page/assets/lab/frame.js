// What is known at a position: the numbers of the nodes, the gradients so far, and how many contributions are to come?

import { lazyList } from "../engine/lazy.js";
import { sweepBehind } from "../engine/steps.js";

/**
 * {values, gradients, toCome}, each a list with a member for each node; a value or a gradient that is not known yet is
 * null. A member is found when it is read, so that a step costs what is drawn of it, and not what the graph has.
 */
export function frameOf({ graph, steps, position }) {
  const sweep = sweepBehind(steps);
  const forward = sweep.operations.length;
  const done = position - forward - 1; // applications of the chain rule
  const arrived = (node) => {
    const edges = sweep.arrivalsAt(node);
    const count = countBelow(edges, done);
    return { last: count ? edges[count - 1] : -1, isOutput: node === graph.nodes.length - 1 };
  };
  return {
    values: listOf(graph, (node) => (sweep.forwardAt[node] < position ? graph.nodes[node].data : null)),
    gradients: listOf(graph, (node) => {
      const { last, isOutput } = arrived(node);
      return last >= 0 ? afterOf(graph, sweep, last) : isOutput && done >= 0 ? 1 : null;
    }),
    toCome: listOf(graph, (node) => {
      const { last } = arrived(node);
      return last >= 0 ? sweep.toCome[last] : sweep.uses[node];
    }),
  };
}

const listOf = (graph, member) => lazyList(graph.nodes.length, member);

/** The gradient of the argument after an application of the chain rule. */
function afterOf(graph, { users, positions, before, gradients }, edge) {
  return before[edge] + gradients[users[edge]] * graph.nodes[users[edge]].partials[positions[edge]];
}

// How many of ascending numbers are below a limit.
function countBelow(numbers, limit) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** For each node, at how many places it is used. */
export function usesOf(graph) {
  const uses = graph.nodes.map(() => 0);
  for (const args of graph.args) for (const arg of args) uses[arg] += 1;
  return uses;
}
