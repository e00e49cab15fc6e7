// What is a gradient for? x ← x − η · ∂f/∂x: one step, ten, or running, with f as a small curve.
//
// The state's `descent` is {chosen, rate, graph, trail, verdict, node}: the leaves that move, η, the graph that the last
// step led to, the points on the way there, and how the last step ended. When the numbers are changed elsewhere, the
// state has another graph, and the trail begins again there.

import { gradients, leavesOf } from "../engine/graph.js";
import { setNumbers, lastPosition } from "./store.js";
import { chainRule } from "../engine/steps.js";
import { exactly, mathName } from "../engine/printing.js";
import { typedNumber } from "../numbers.js";
import { curveOf } from "./curve.js";
import { USUAL_RATE, stepFrom, stepped, usualLeaves } from "./descent.js";
import { button, element } from "./dom.js";
import { signedFactor, signed } from "./formulas.js";
import { say, sayAll } from "./say.js";
import { named, ratio, tableOf } from "./shown.js";

export const downhillPanel = { name: "downhill", mount, draw, tells: true };

const MOST_ROWS = 24;
const LONGEST_TRAIL = 2000; // points that are kept
const PACE = 90; // milliseconds from step to step
const AT_ONCE = 500; // steps, for readers who prefer no motion
const RATES = { lowest: -4, highest: 1 }; // powers of ten, of the slider

let parts = {};
let running = null; // the frame that is asked for, or null

function mount(section, store) {
  parts = { store, ...rateParts(store), ...moveParts(store) };
  for (const name of ["formula", "curve", "verdict", "leaves"]) parts[name] = element("div", { id: `downhill-${name}` });
  parts.verdict.setAttribute("role", "status");
  const rate = element("div", { class: "row rate" }, parts.rateLabel, parts.field, parts.slider);
  const help = element("p", { class: "help", "data-say": "downhill_help" });
  section.append(parts.moves, parts.curve, parts.verdict, rate, parts.formula, parts.leaves, help);
  store.onChange((state) => running !== null && mustStop(state) && stop());
  document.addEventListener("visibilitychange", () => document.hidden && stop());
}

function rateParts(store) {
  const field = element("input", { id: "downhill-rate", type: "text", inputmode: "decimal", autocomplete: "off" });
  const slider = element("input", { type: "range", min: RATES.lowest, max: RATES.highest, step: 0.05, "data-say-label": "downhill_rate" });
  field.addEventListener("input", () => {
    const rate = typedNumber(field.value);
    field.setAttribute("aria-invalid", !(rate > 0));
    if (rate > 0) changed(store, { rate });
  });
  slider.addEventListener("input", () => changed(store, { rate: Number((10 ** Number(slider.value)).toPrecision(2)) }));
  return { field, slider, rateLabel: element("label", { for: "downhill-rate", "data-say": "downhill_rate" }) };
}

function moveParts(store) {
  const one = button("downhill_step", () => steps(store, 1), { id: "downhill-step", class: "main" });
  const ten = button("downhill_ten", () => steps(store, 10), { id: "downhill-ten" });
  const run = button("downhill_run", () => (running === null ? start(store) : stop()), { id: "downhill-run" });
  const back = button("downhill_back", () => toStart(store), { id: "downhill-back" });
  return { one, ten, run, back, moves: element("div", { class: "row" }, one, ten, run, back) };
}

// ── Walking ──

/** How downhill goes in a state, also before the first step, or after the numbers were changed elsewhere. */
function descentOf({ descent, graph }) {
  const { chosen = usualLeaves(graph), rate = USUAL_RATE } = descent ?? {};
  if (descent?.graph === graph) return descent;
  return { chosen, rate, graph, trail: [pointOf(graph)], count: 0, verdict: null, node: null };
}

function pointOf(graph) {
  return { value: graph.nodes.at(-1).data, numbers: new Map(leavesOf(graph).map((leaf) => [leaf, graph.nodes[leaf].data])) };
}

function changed(store, patch) {
  store.change({ descent: { ...descentOf(store.state), verdict: null, ...patch } });
}

function steps(store, count) {
  let descent = descentOf(store.state);
  for (let done = 0; done < count; done++) {
    descent = after(descent);
    if (hasEnded(descent)) break;
  }
  const isMoved = descent.graph !== store.state.graph;
  const moved = isMoved ? { graph: descent.graph, steps: chainRule(descent.graph), problem: null } : {};
  store.change({ descent, ...moved });
  if (isMoved && store.state.position !== lastPosition(store.state)) store.change({ position: lastPosition(store.state) });
}

function after(descent) {
  const { graph = descent.graph, verdict, node = null } = stepped(descent.graph, descent.chosen, descent.rate);
  if (graph === descent.graph) return { ...descent, verdict, node };
  const trail = [...descent.trail, pointOf(graph)];
  if (trail.length > LONGEST_TRAIL) trail.splice(1, 1); // the first one is where to go back to
  return { ...descent, graph, trail, count: descent.count + 1, verdict, node };
}

function hasEnded({ verdict }) {
  return ["flat", "infinite", "lost", "outside"].includes(verdict);
}

function toStart(store) {
  stop();
  const { trail, chosen, rate } = descentOf(store.state);
  setNumbers(store, trail[0].numbers);
  store.change({ descent: { chosen, rate } });
}

// ── Running ──

function start(store) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return steps(store, AT_ONCE);
  let last = -Infinity;
  const frame = (now) => {
    running = requestAnimationFrame(frame);
    if (now - last < PACE) return;
    last = now;
    steps(store, 1);
    if (hasEnded(descentOf(store.state))) stop();
  };
  running = requestAnimationFrame(frame);
  return draw(store.state);
}

function stop() {
  if (running !== null) cancelAnimationFrame(running);
  running = null;
  draw(parts.store.state);
}

function mustStop(state) {
  return state.tab !== "downhill" || state.descent?.graph !== state.graph || state.playing || state.quiz !== null;
}

// ── Drawing ──

function draw(state) {
  const descent = descentOf(state);
  drawRate(descent);
  drawMoves(descent);
  drawFormula(state, descent);
  parts.curve.replaceChildren(curveOf(state, descent));
  drawVerdict(state, descent);
  drawLeaves(state, descent);
}

function drawRate({ rate }) {
  if (document.activeElement !== parts.field) {
    parts.field.value = exactly(rate);
    parts.field.removeAttribute("aria-invalid");
  }
  if (document.activeElement !== parts.slider) parts.slider.value = Math.log10(rate);
  parts.slider.setAttribute("aria-valuetext", exactly(rate));
}

function drawMoves({ chosen, trail }) {
  parts.run.dataset.say = running === null ? "downhill_run" : "downhill_stop";
  parts.run.textContent = say(parts.run.dataset.say);
  for (const name of ["one", "ten", "run"]) parts[name].disabled = chosen.length === 0;
  parts.back.disabled = trail.length < 2;
}

// x ← x − η · ∂f/∂x, and the same in numbers, for one of the leaves.
function drawFormula({ graph }, { chosen, rate }) {
  const leaf = chosen[0];
  if (leaf === undefined) return parts.formula.replaceChildren();
  const [name, output] = [graph.names[leaf], graph.names.at(-1)];
  const [x, slope, next] = [graph.nodes[leaf].data, gradients(graph)[leaf], stepFrom(graph, [leaf], rate).get(leaf)];
  const rule = element("p", {}, named(name), " ← ", named(name), " − η · ", ratio(output, name));
  const numbers = element("p", {}, ` = ${signed(x)} − ${signed(rate)} · ${signedFactor(slope)} = `, element("strong", {}, signed(next)));
  return parts.formula.replaceChildren(rule, numbers);
}

// A live region: while it runs, it keeps quiet.
function drawVerdict(state, descent) {
  const text = running === null ? verdictText(state, descent) : say("downhill_running");
  if (parts.verdict.textContent !== text) parts.verdict.textContent = text;
  parts.verdict.className = ["infinite", "lost", "outside", "up"].includes(descent.verdict) && running === null ? "is-wrong" : "is-right";
}

function verdictText({ graph }, { chosen, verdict, node, trail, count }) {
  if (!chosen.length) return say("downhill_none");
  const output = graph.names.at(-1);
  const [first, last] = [trail[0].value, trail.at(-1).value];
  const places = { output: mathName(output), from: signed(first), to: signed(last), count, node: node === null ? "" : mathName(graph.names[node]) };
  if (verdict === "flat") return say(count && last < first ? "downhill_flat" : "downhill_flat_at_once", places);
  return verdict ? say(`downhill_${verdict}`, places) : "";
}

function drawLeaves(state, descent) {
  const { graph } = state;
  const leaves = leavesOf(graph);
  const slopes = gradients(graph);
  const next = stepFrom(graph, descent.chosen, descent.rate);
  if (parts.leaves.contains(document.activeElement) && parts.drawn === graph.names) return updateLeaves(leaves, graph, slopes, next);
  parts.drawn = graph.names;
  const rows = leaves.slice(0, MOST_ROWS).map((leaf) => leafRow(state, descent, leaf, slopes, next));
  const table = tableOf(["downhill_leaf", "downhill_now", "downhill_gradient", "downhill_next"], rows, { id: "downhill-table" });
  const more = leaves.length > MOST_ROWS ? [element("p", { class: "help" }, say("rows_left", { count: leaves.length - MOST_ROWS }))] : [];
  parts.leaves.replaceChildren(choosers(state, leaves), table, ...more);
  return sayAll(parts.leaves);
}

// The numbers of the table alone, so that a box keeps the focus.
function updateLeaves(leaves, graph, slopes, next) {
  parts.leaves.querySelectorAll("tbody tr").forEach((row, index) => {
    cellsOf(graph, leaves[index], slopes, next).forEach((text, place) => (row.cells[place + 1].textContent = text));
  });
}

function cellsOf(graph, leaf, slopes, next) {
  return [signed(graph.nodes[leaf].data), signed(slopes[leaf]), next.has(leaf) ? signed(next.get(leaf)) : "—"];
}

function leafRow(state, { chosen }, leaf, slopes, next) {
  const box = element("input", { type: "checkbox", value: leaf });
  box.checked = chosen.includes(leaf);
  box.addEventListener("change", () => toggle(parts.store, leaf, box.checked));
  const label = element("label", { class: "choice" }, box, element("span", {}, mathName(state.graph.names[leaf])));
  return { cells: [label, ...cellsOf(state.graph, leaf, slopes, next)], attributes: { "data-leaf": leaf } };
}

function toggle(store, leaf, isChosen) {
  const { chosen } = descentOf(store.state);
  const others = chosen.filter((each) => each !== leaf);
  const wanted = new Set(isChosen ? [...others, leaf] : others);
  changed(store, { chosen: leavesOf(store.state.graph).filter((each) => wanted.has(each)) });
}

function choosers({ graph }, leaves) {
  const all = button("downhill_all", () => changed(parts.store, { chosen: leaves }));
  const usual = usualLeaves(graph);
  const weights = button("downhill_weights", () => changed(parts.store, { chosen: usual }));
  const none = button("downhill_no_leaf", () => changed(parts.store, { chosen: [] }));
  return element("div", { class: "row tight" }, all, ...(usual.length < leaves.length ? [weights] : []), none);
}
