// What is the slope, from the numbers alone? The central difference with several steps, as numeric_slope.py computes it:
// a step is trusted if half of it gives the same slope; a corner that no step smooths is a kink, flagged and not failed.

import { gradients, leavesOf } from "../engine/graph.js";
import { recomputed } from "../engine/recompute.js";
import { evaluate, isInside } from "../engine/rows.js";

const POWERS = [-2, -1, 0, 1, 2, 3, 4]; // of ten, by which the step is divided
const NO_SLOPE = { numeric: NaN, left: NaN, right: NaN, isKink: false, doubt: Infinity }; // inf has no neighbours

/** A derivative of f at x, checked: {analytic, numeric, left, right, error, verdict}. */
export function checkAt(analytic, x, f, { step, tolerance }) {
  const middle = f(x);
  const slopes = stepsAt(x, step).map((h) => slopesAt(f, x, h, middle));
  const doubt = (slope) => (Number.isNaN(slope.doubt) ? Infinity : slope.doubt);
  const best = slopes.length ? slopes.reduce((found, slope) => (doubt(slope) < doubt(found) ? slope : found)) : NO_SLOPE;
  const error = Math.abs(analytic - best.numeric) / Math.max(1, Math.abs(analytic), Math.abs(best.numeric));
  const isTrusted = best.doubt <= 100 * tolerance;
  const isKink = best.isKink && isTrusted;
  const isDrowned = tolerance < error && error <= best.doubt && !isKink;
  const found = { ...best, analytic, error, isKink, isClear: isTrusted && !isDrowned };
  return { ...found, verdict: verdictOf(found, tolerance) };
}

function stepsAt(x, step) {
  const usual = POWERS.map((power) => (step * Math.max(1, Math.abs(x))) / 10 ** power);
  const small = [0, 2].map((power) => (step * Math.abs(x)) / 10 ** power);
  return [...new Set([...usual, ...small])].sort((a, b) => b - a).filter((h) => x + h / 2 !== x);
}

function slopesAt(f, x, h, middle) {
  const [low, high, halfLow, halfHigh] = [f(x - h), f(x + h), f(x - h / 2), f(x + h / 2)];
  const [left, right] = [(middle - low) / h, (high - middle) / h];
  const [halfLeft, halfRight] = [(middle - halfLow) / (h / 2), (halfHigh - middle) / (h / 2)];
  const [once, twice] = [(left + right) / 2, (halfLeft + halfRight) / 2];
  const rounding = (4e-16 * Math.abs(middle)) / h;
  const [gap, halfGap] = [Math.abs(right - left), Math.abs(halfRight - halfLeft)];
  return {
    numeric: (4 * twice - once) / 3, // Richardson: the h² of the error cancels
    left,
    right,
    isKink: halfGap > 0.75 * gap && gap > 1e-6 * Math.max(1, Math.abs(once)) + 8 * rounding,
    doubt: (Math.abs(twice - once) + rounding) / Math.max(1, Math.abs(twice)),
  };
}

// "ok", "kink", "edge" of a domain, "unclear" where rounding hides the slope, or "wrong".
function verdictOf({ analytic, left, right, error, isKink, isClear }, tolerance) {
  if (Number.isFinite(left) !== Number.isFinite(right)) return "edge";
  if (!isClear && !isKink) return "unclear";
  if (!isKink) return error <= tolerance ? "ok" : "wrong";
  const [low, high] = [Math.min(left, right), Math.max(left, right)];
  const slack = tolerance * Math.max(1, Math.abs(low), Math.abs(high));
  return low - slack <= analytic && analytic <= high + slack ? "kink" : "wrong";
}

/** A check for each of these leaves: the output with that leaf moved. */
export function leafChecks(graph, limits, leaves = leavesOf(graph)) {
  const slopes = gradients(graph);
  return leaves.map((leaf) => {
    const moved = (x) => recomputed(graph, new Map([[leaf, x]])).at(-1);
    return { leaf, ...checkAt(slopes[leaf], graph.nodes[leaf].data, moved, limits) };
  });
}

/** A check for each of these steps back: its operation alone, with that argument moved. */
export function edgeChecks(graph, limits, edges) {
  return edges.map((step) => {
    const { row, args: nodes } = graph.nodes[step.user_node];
    const args = nodes.map(({ data }) => data);
    const f = (x) => {
      const moved = args.with(step.position, x);
      return isInside(row, moved) ? evaluate(row, moved) : NaN;
    };
    return { step, ...checkAt(step.partial, args[step.position], f, limits) };
  });
}
