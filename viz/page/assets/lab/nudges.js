// What does a gradient predict, and what does the output do? Both for one leaf, moved by δ; and the curve of the output
// along that leaf, with its tangent.

import { gradients } from "../engine/graph.js";
import { recomputed } from "../engine/recompute.js";

const EXACT = 1e-9; // relative: what remains is rounding
const CLOSE = 0.05;
const MOST_WORK = 1_500_000; // operations for one curve
const POINTS = { least: 9, most: 81 };
const AROUND = 2.5; // the picture is so many times δ wide, to each side

/** {gradient, predicted, actual, gap, verdict, share}; the verdict is "exact", "flat", "close", "far" or "outside". */
export function nudged(graph, leaf, delta) {
  const gradient = gradients(graph)[leaf];
  const actual = along(graph, leaf)(graph.nodes[leaf].data + delta) - graph.nodes.at(-1).data;
  const predicted = gradient * delta;
  const gap = actual - predicted;
  return { gradient, predicted, actual, gap, ...verdictOf(predicted, actual, gap, Math.abs(graph.nodes.at(-1).data)) };
}

function verdictOf(predicted, actual, gap, size) {
  const largest = Math.max(Math.abs(actual), Math.abs(predicted));
  if (!Number.isFinite(gap)) return { verdict: "outside", share: NaN };
  if (largest <= Number.EPSILON * size) return { verdict: "flat", share: 0 };
  const share = Math.abs(gap) / largest;
  const rounding = (16 * Number.EPSILON * size) / largest; // of the actual change, a difference of two close numbers
  if (share <= EXACT + rounding) return { verdict: "exact", share };
  return { verdict: share < CLOSE ? "close" : "far", share };
}

/** Points of the output along a leaf: [{x, f}], evenly spaced around its number; f may be inf or NaN. */
export function curveOf(graph, leaf, delta) {
  const count = Math.max(POINTS.least, Math.min(POINTS.most, Math.floor(MOST_WORK / graph.nodes.length)));
  const output = along(graph, leaf);
  const [middle, reach] = [graph.nodes[leaf].data, AROUND * Math.abs(delta)];
  return Array.from({ length: count }, (_, index) => {
    const x = middle - reach + (2 * reach * index) / (count - 1);
    return { x, f: output(x) };
  });
}

function along(graph, leaf) {
  return (x) => recomputed(graph, new Map([[leaf, x]])).at(-1);
}
