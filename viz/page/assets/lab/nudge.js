// How good is a gradient's prediction? One input is moved by δ: gradient · δ stands beside what the output really does,
// and a small picture shows both: the curve, and the tangent whose slope is the gradient.

import { typedNumber } from "../numbers.js";
import { relation } from "./decimals.js";
import { drawn, element } from "./dom.js";
import { calledIn, saidWith, signed, signedFactor } from "./formulas.js";
import { noProgram } from "./inputs.js";
import { groupsOf } from "./kinds.js";
import { curveOf, nudged } from "./nudges.js";
import { say, sayAll } from "./say.js";

export const nudgePanel = { name: "nudge", mount, draw, tells: true };

const SIZE = { width: 360, height: 160, left: 14, right: 14, top: 14, bottom: 34 };
const FIRST = "0.1";
const DIGITS = 6; // of the changes, which differ only in the last ones
const PARTS = ["predicted", "actual", "gap"];

const parts = {};
let drawnFor = [];

function mount(section, store) {
  const leaf = element("select", { id: "nudge-leaf" });
  const size = element("input", { id: "nudge-size", type: "text", autocomplete: "off", value: FIRST, "aria-describedby": "nudge-wrong" });
  const wrong = element("p", { id: "nudge-wrong", class: "wrong", "aria-live": "polite" });
  const table = element("dl", { class: "nudge-table" }, ...PARTS.flatMap((part) => {
    return [element("dt", { id: `nudge-${part}-name` }), element("dd", { id: `nudge-${part}` })];
  }));
  const verdict = element("p", { id: "nudge-verdict", "aria-live": "polite" });
  const picture = drawn("svg", { id: "nudge-picture", role: "img", viewBox: `0 0 ${SIZE.width} ${SIZE.height}` });
  const legend = element("p", { class: "nudge-legend" });
  Object.assign(parts, { leaf, size, wrong, table, verdict, picture, legend });
  section.replaceChildren(
    element("p", { class: "help", "data-say": "nudge_help" }),
    element("div", { class: "nudge-tools" }, labelled("nudge_leaf", leaf), labelled("nudge_size", size)),
    wrong, picture, legend, verdict, table,
  );
  for (const field of [leaf, size]) field.addEventListener("input", () => drawAgain(store.state));
  store.onChange((state, before) => (state.start !== before.start || state.lang !== before.lang) && fill(state));
  fill(store.state);
}

function labelled(key, field) {
  return element("label", {}, element("span", { "data-say": key }), field);
}

// The inputs to choose from, in their groups.
function fill(state) {
  const { graph } = state;
  const before = parts.leaf.value;
  const option = (leaf) => element("option", { value: leaf }, calledIn(graph, leaf));
  const groups = groupsOf(graph);
  const made = groups.map(([kind, own]) => element("optgroup", { label: say(`kind_${kind}`) }, ...own.map(option)));
  parts.leaf.replaceChildren(...(groups.length > 1 ? made : groups.flatMap(([, own]) => own.map(option))));
  if (before && groups.some(([, own]) => own.includes(Number(before)))) parts.leaf.value = before;
  drawnFor = [];
}

function draw(state) {
  const wanted = [state.graph, parts.leaf.value, parts.size.value, state.lang];
  if (wanted.every((each, index) => each === drawnFor[index])) return;
  drawnFor = wanted;
  drawAgain(state);
}

function drawAgain(state) {
  const size = typedNumber(parts.size.value);
  const isWrong = size === null || size === 0;
  const isEmpty = parts.leaf.value === "" || state.graph.missing.length > 0;
  parts.size.setAttribute("aria-invalid", isWrong);
  parts.wrong.textContent = isEmpty ? noInputs(state) : isWrong ? say("nudge_wrong") : "";
  for (const name of ["table", "verdict", "picture", "legend"]) parts[name].classList.toggle("unknown", isWrong || isEmpty);
  if (!isWrong && !isEmpty) show(state, Number(parts.leaf.value), size);
}

function noInputs({ graph }) {
  return graph.missing.length ? noProgram(graph) : say("inputs_no");
}

function show(state, leaf, delta) {
  const { graph } = state;
  const found = nudged(graph, leaf, delta);
  const output = calledIn(graph, graph.nodes.length - 1);
  const text = (part) => document.getElementById(`nudge-${part}`);
  const product = `${signedFactor(found.gradient)} · ${signedFactor(delta)}`;
  text("predicted-name").textContent = say("nudge_predicted");
  text("actual-name").replaceChildren(...saidWith(state, { key: "nudge_actual", places: { output: { name: graph.nodes.length - 1 } } }));
  text("gap-name").textContent = say("nudge_gap");
  const sign = relation([[found.gradient, delta]], found.predicted, DIGITS);
  text("predicted").textContent = `${product} ${sign} ${signed(found.predicted, DIGITS)}`;
  text("actual").textContent = signed(found.actual, DIGITS);
  text("gap").textContent = found.verdict === "exact" && found.gap !== 0 ? "≈ 0" : signed(found.gap, 3); // only rounding
  parts.verdict.textContent = verdict(found, { output, name: calledIn(graph, leaf), number: signed(graph.nodes[leaf].data + delta) });
  parts.verdict.dataset.verdict = found.verdict;
  drawPicture(state, leaf, delta, found);
  sayAll(parts.legend);
}

function verdict({ verdict, share }, places) {
  return say(`nudge_${verdict}`, { ...places, percent: `${signed(100 * share, 2)} %` });
}

// The picture

function drawPicture({ graph }, leaf, delta, { gradient, actual, predicted }) {
  const here = { x: graph.nodes[leaf].data, f: graph.nodes.at(-1).data };
  const curve = curveOf(graph, leaf, delta);
  const tangent = [curve[0], curve.at(-1)].map(({ x }) => ({ x, f: here.f + gradient * (x - here.x) }));
  const moved = { x: here.x + delta, f: here.f + actual };
  const place = placing(curve, [here, moved, { x: moved.x, f: here.f + predicted }]);
  const [names, slope] = [{ output: calledIn(graph, graph.nodes.length - 1), name: calledIn(graph, leaf) }, signed(gradient)];
  parts.picture.setAttribute("aria-label", say("nudge_picture", { ...names, slope }));
  parts.picture.replaceChildren(
    ...axis(place, here.x, moved.x, delta),
    ...runs(curve).map((run) => drawn("path", { class: "curve", d: path(run, place) })),
    ...runs(tangent).map((run) => drawn("path", { class: "tangent", d: path(run, place) })),
    ...gapOf(place, moved, here.f + predicted),
    drawn("circle", { class: "here", r: 5, ...asCircle(place(here)) }),
  );
  parts.legend.replaceChildren(
    element("span", { class: "key-curve" }, say("nudge_curve", names)), " ",
    element("span", { class: "key-tangent" }, say("nudge_tangent")),
  );
}

// From numbers to places; the curve and what is asked about are inside, a far tangent may leave the picture.
function placing(curve, points) {
  const heights = [...curve, ...points].map(({ f }) => f).filter(Number.isFinite);
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const margin = high > low ? 0.06 * (high - low) : Math.max(1e-3, 0.1 * Math.abs(high));
  const width = SIZE.width - SIZE.left - SIZE.right;
  const height = SIZE.height - SIZE.top - SIZE.bottom;
  const [first, last] = [curve[0].x, curve.at(-1).x];
  return ({ x, f }) => ({
    x: SIZE.left + (width * (x - first)) / (last - first),
    y: SIZE.top + (height * (high + margin - f)) / (high - low + 2 * margin),
  });
}

function axis(place, from, to, delta) {
  const bottom = SIZE.height - SIZE.bottom + 6;
  const tick = (x, label, anchor) => {
    const at = place({ x, f: 0 }).x;
    const line = drawn("line", { class: "tick", x1: at, x2: at, y1: SIZE.top, y2: bottom });
    return [line, drawn("text", { class: "tick-label", x: at, y: bottom + 17, "text-anchor": anchor }, label)];
  };
  const [left, right] = ["end", "start"];
  return [...tick(from, signed(from), delta > 0 ? left : right), ...tick(to, signed(to), delta > 0 ? right : left)];
}

function gapOf(place, moved, predicted) {
  if (!Number.isFinite(moved.f) || !Number.isFinite(predicted)) return [];
  const [real, told] = [place(moved), place({ x: moved.x, f: predicted })];
  const line = drawn("line", { class: "gap", x1: real.x, x2: real.x, y1: real.y, y2: told.y });
  const dot = (kind, at) => drawn("circle", { class: kind, r: 4, ...asCircle(at) });
  return [line, dot("actual", real), dot("told", told)];
}

function asCircle({ x, y }) {
  return { cx: x, cy: y };
}

// The parts of a curve that have numbers.
function runs(points) {
  const found = [[]];
  for (const point of points) {
    if (Number.isFinite(point.f)) found.at(-1).push(point);
    else if (found.at(-1).length) found.push([]);
  }
  return found.filter((run) => run.length > 1);
}

function path(run, place) {
  return `M${run.map((point) => place(point)).map(({ x, y }) => `${x.toFixed(2)},${y.toFixed(2)}`).join("L")}`;
}
