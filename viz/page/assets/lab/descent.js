// What is a gradient for? To go downhill: x ← x − η·∂f/∂x makes f smaller, if the step η is small enough.

import { gradients, leavesOf } from "../engine/graph.js";
import { recomputed, withNumbers } from "../engine/recompute.js";

export const FLAT = 1e-6; // a gradient so small is as good as 0
export const USUAL_RATE = 0.1;
const WEIGHT = /^(.*\.)?([wb]|weight|bias)[\d_]*$/i;

/** The leaves that are changed at first: the weights and biases if there are any by their names, or all. */
export function usualLeaves(graph) {
  const leaves = leavesOf(graph);
  const weights = leaves.filter((leaf) => WEIGHT.test(graph.names[leaf]));
  return weights.length ? weights : leaves;
}

/** Where one step leads, a Map from leaves to numbers: each leaf against its gradient, by η times as much. */
export function stepFrom(graph, chosen, rate) {
  const slopes = gradients(graph);
  return new Map(chosen.map((leaf) => [leaf, graph.nodes[leaf].data - rate * slopes[leaf]]));
}

/**
 * One step: {graph, verdict} with the graph at its new numbers, or without it {verdict, node}, the node that failed.
 *
 *   "flat"      no step: the gradient is 0 already
 *   "down"      f is smaller
 *   "same"      f is as before: the step leads across the valley to the same height
 *   "up"        f is larger: the step was too large
 *   "infinite"  f is inf or NaN already
 *   "lost"      a number would become inf or NaN
 *   "outside"   an operation is not defined there; `problem` is the error
 */
export function stepped(graph, chosen, rate) {
  if (!Number.isFinite(graph.nodes.at(-1).data)) return { verdict: "infinite", node: graph.nodes.length - 1 };
  if (steepest(graph, chosen) <= FLAT) return { verdict: "flat", graph };
  try {
    const next = withNumbers(graph, stepFrom(graph, chosen, rate));
    const node = next.nodes.findIndex(({ data }, number) => !Number.isFinite(data) && Number.isFinite(graph.nodes[number].data));
    return node >= 0 ? { verdict: "lost", node } : { verdict: comparedAt(graph, next), graph: next };
  } catch (error) {
    if (!error.kind) throw error;
    return { verdict: "outside", node: error.node, problem: error };
  }
}

function comparedAt(graph, next) {
  const [before, after] = [graph, next].map(({ nodes }) => nodes.at(-1).data);
  if (after === before) return "same";
  return after < before ? "down" : "up";
}

/** The size of the largest gradient of some leaves; inf for NaN, which is not flat. */
export function steepest(graph, chosen) {
  const slopes = gradients(graph);
  const sizes = chosen.map((leaf) => Math.abs(slopes[leaf]));
  return sizes.some(Number.isNaN) ? Infinity : Math.max(0, ...sizes);
}

/** The output over one leaf from low to high: {x, y} points; y is NaN where it is not defined. */
export function outputOver(graph, leaf, [low, high], count = 81) {
  return Array.from({ length: count }, (_, index) => {
    const x = low + ((high - low) * index) / (count - 1);
    return { x, y: recomputed(graph, new Map([[leaf, x]])).at(-1) };
  });
}
