// How does f look on the way down? Over one leaf, if one alone is moved: a curve, the points on it, and the tangent. Over
// the steps, if several are.

import { mathName } from "../engine/printing.js";
import { gradients } from "../engine/graph.js";
import { outputOver } from "./descent.js";
import { drawn } from "./dom.js";
import { signed } from "./formulas.js";
import { say } from "./say.js";

const SIZE = { width: 340, height: 150, left: 10, right: 10, top: 26, bottom: 24 };
const MOST_POINTS = 60; // of the trail, that are drawn over one leaf

/** The picture of a descent. */
export function curveOf(state, descent) {
  const isOverLeaf = descent.chosen.length === 1;
  const { lines, points, labels } = isOverLeaf ? overLeaf(state, descent) : overSteps(state, descent);
  const svg = drawn("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, class: "curve", role: "img", "aria-label": spoken(state, descent) });
  svg.append(axis(), ...lines, ...points, ...labels);
  return svg;
}

function spoken({ graph }, { trail, count }) {
  return say("curve_label", { output: mathName(graph.names.at(-1)), from: signed(trail[0].value), to: signed(trail.at(-1).value), count });
}

function axis() {
  const y = SIZE.height - SIZE.bottom;
  return drawn("line", { x1: SIZE.left, x2: SIZE.width - SIZE.right, y1: y, y2: y, class: "axis" });
}

// ── Over the steps ──

function overSteps({ graph }, { trail, count }) {
  const values = trail.map(({ value }) => value);
  const x = scale([0, Math.max(10, values.length - 1)], [SIZE.left + 6, SIZE.width - SIZE.right - 6]);
  const y = scale(rangeOf([...values, 0].filter((value, index) => index < values.length || Math.min(...values) > 0)), [SIZE.height - SIZE.bottom - 6, SIZE.top]);
  const places = values.map((value, index) => ({ x: x(index), y: y(value) }));
  const last = places.at(-1);
  return {
    lines: [drawn("path", { d: pathOf(places), class: "line" })],
    points: nowAt(last),
    labels: [
      text(say("curve_value", { output: mathName(graph.names.at(-1)), value: signed(values.at(-1)) }), SIZE.left, 18, "start"),
      text(say("curve_steps", { count }), SIZE.width - SIZE.right, SIZE.height - 6, "end"),
    ],
  };
}

// ── Over one leaf ──

function overLeaf(state, { chosen: [leaf], trail }) {
  const { graph } = state;
  const walked = trail.map(({ value, numbers }) => ({ x: numbers.get(leaf), y: value }));
  const reach = reachOf(walked.map(({ x }) => x));
  const curve = outputOver(graph, leaf, reach);
  const x = scale(reach, [SIZE.left, SIZE.width - SIZE.right]);
  const y = scale(heightOf(curve, walked), [SIZE.height - SIZE.bottom - 6, SIZE.top]);
  const at = (point) => ({ x: x(point.x), y: y(point.y) });
  const now = walked.at(-1);
  const name = mathName(graph.names[leaf]);
  return {
    lines: [drawn("path", { d: pathOf(curve.map(at)), class: "line" }), ...tangentAt(now, gradients(graph)[leaf], reach, at)],
    points: [...walked.slice(-MOST_POINTS).map(at).filter(isInside).map((place) => drawn("circle", { cx: place.x, cy: place.y, r: 3, class: "past" })), ...nowAt(at(now))],
    labels: [
      text(say("curve_value", { output: mathName(graph.names.at(-1)), value: signed(now.y) }), SIZE.left, 18, "start"),
      text(signed(reach[0], 3), SIZE.left, SIZE.height - 6, "start"),
      text(`${name} = ${signed(now.x)}`, SIZE.width / 2, SIZE.height - 6, "middle"),
      text(signed(reach[1], 3), SIZE.width - SIZE.right, SIZE.height - 6, "end"),
    ],
  };
}

// The present point; none where f is inf or NaN.
function nowAt(place) {
  return isInside(place) ? [drawn("circle", { cx: place.x, cy: place.y, r: 5.5, class: "now" })] : [];
}

// All points, and as much again: a minimum is often just beyond them.
function reachOf(xs) {
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const room = Math.max(high - low, 1, 0.5 * Math.max(Math.abs(low), Math.abs(high)));
  return [low - room / 2, high + room / 2];
}

// From the lowest to the highest point on the way, and what the curve does between, but no pole.
function heightOf(curve, walked) {
  const ys = curve.map(({ y }) => y).filter(Number.isFinite).sort((a, b) => a - b);
  const usual = ys.length ? [ys[0], ys[Math.floor(0.9 * (ys.length - 1))]] : [];
  return rangeOf([...usual, ...walked.map(({ y }) => y)]);
}

function tangentAt({ x, y }, slope, [low, high], at) {
  const reach = (high - low) / 8;
  const [from, to] = [-reach, reach].map((step) => at({ x: x + step, y: y + slope * step }));
  if (![from, to].every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))) return [];
  return [drawn("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, class: "tangent" })];
}

// ── Scales ──

function rangeOf(numbers) {
  const finite = numbers.filter(Number.isFinite);
  if (!finite.length) return [0, 1];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

function scale([low, high], [from, to]) {
  return (number) => from + ((number - low) / (high - low)) * (to - from);
}

const isInside = ({ x, y }) => Number.isFinite(x) && y > -SIZE.height && y < 2 * SIZE.height;

// The points that can be drawn; a new stroke begins after each that cannot.
function pathOf(places) {
  let isPenUp = true;
  return places.map((place) => {
    if (!isInside(place)) return (isPenUp = true) && "";
    const command = `${isPenUp ? "M" : "L"}${place.x.toFixed(1)},${place.y.toFixed(1)}`;
    isPenUp = false;
    return command;
  }).join("");
}

function text(content, x, y, anchor) {
  return drawn("text", { x, y, "text-anchor": anchor }, content);
}
