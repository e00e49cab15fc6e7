// Is the gradient right? Move each input a little, see how much the output moves, and compare; then the same for each
// operation alone, which shows where a wrong gradient comes from.

import { leavesOf } from "../engine/graph.js";
import { edgeChecks, leafChecks } from "./differences.js";
import { element } from "./dom.js";
import { signed } from "./formulas.js";
import { PAGE } from "./page.js";
import { say, sayAll } from "./say.js";
import { localText, ratioText, tableOf } from "./shown.js";

export const checkPanel = { name: "check", mount, draw, notes, tells: true };

const MOST_ROWS = 60;
const MOST_WORK = 3e7; // nodes computed again: about a second
const RUNS = 37; // of the graph for one leaf, as numeric_slope.py counts them
const MARKS = { ok: "✓", kink: "∧", edge: "|", unclear: "?", wrong: "✗" };
let parts = {};

function mount(section) {
  const [verdict, leaves, edges] = [element("p", { id: "check-verdict", role: "status" }), element("div"), element("div")];
  const method = element("p", { class: "help", id: "check-step" });
  parts = { verdict, leaves, edges, method };
  section.append(verdict, leaves, edges, element("p", { class: "help", "data-say": "check_help" }), method);
}

const known = new WeakMap(); // what was found for some steps

function checked({ graph, steps }) {
  if (!known.has(steps)) {
    const most = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_WORK / RUNS / graph.nodes.length)));
    const [leaves, edges] = [leavesOf(graph), steps.filter(({ phase }) => phase === "backward")];
    known.set(steps, {
      leaves: leafChecks(graph, PAGE.check, leaves.slice(0, most)),
      edges: edgeChecks(graph, PAGE.check, edges.slice(0, MOST_ROWS)),
      all: leaves.length + edges.length,
    });
  }
  return known.get(steps);
}

function draw(state) {
  const { leaves, edges, all } = checked(state);
  const output = state.graph.names.at(-1);
  const leafRows = leaves.flatMap((check) => rowsOf(ratioText(output, state.graph.names[check.leaf]), check));
  const edgeRows = edges.flatMap((check) => rowsOf(localText(state, check.step), check));
  parts.leaves.replaceChildren(...titled("check_leaves", leafRows, "check-rows"));
  parts.edges.replaceChildren(...titled("check_edges", edgeRows, "check-edges"));
  drawVerdict([...leaves, ...edges], all);
  parts.method.textContent = say("check_step", { step: signed(PAGE.check.step), tolerance: signed(PAGE.check.tolerance) });
  sayAll(parts.leaves);
  sayAll(parts.edges);
}

function drawVerdict(checks, all) {
  const wrong = checks.filter(({ verdict }) => verdict === "wrong").length;
  const rest = all > checks.length ? ` ${say("check_rest", { count: checks.length, all })}` : "";
  const text = say(wrong ? "check_some_wrong" : "check_all_right", { wrong, count: checks.length }) + rest;
  if (parts.verdict.textContent !== text) parts.verdict.textContent = text;
  parts.verdict.className = wrong ? "is-wrong" : "is-right";
}

function titled(key, rows, id) {
  if (!rows.length) return [];
  return [element("h3", { "data-say": key }), tableOf(["check_what", "check_analytic", "check_numeric", "check_error"], rows, { id })];
}

// A row of numbers, and where there is more to say than that all is well, a row of words.
function rowsOf(what, check) {
  const attributes = { "data-verdict": check.verdict, class: check.verdict };
  const error = `${MARKS[check.verdict]} ${signed(check.error, 1)}`;
  const numbers = { cells: [what, signed(check.analytic, 5), signed(check.numeric, 5), error], attributes };
  return check.verdict === "ok" ? [numbers] : [numbers, wordsOf(check)];
}

function wordsOf(check) {
  const words = say(`check_${check.verdict}`, { left: signed(check.left), right: signed(check.right) });
  return { cells: [element("td", { colspan: 4 }, `${MARKS[check.verdict]} ${words}`)], attributes: { class: `words ${check.verdict}` } };
}

const written = new WeakMap(); // the notes of some checks

/** What stands on the stage: at each input the slope that was measured, on each arrow whether it agrees. */
function notes(state) {
  const found = checked(state);
  if (!written.has(found)) {
    const boxes = found.leaves.map((check) => [check.leaf, `${MARKS[check.verdict]} ≈ ${signed(check.numeric)}`]);
    const edges = found.edges.map((check) => [`${check.step.user_node}-${check.step.position}`, MARKS[check.verdict]]);
    written.set(found, { boxes: new Map(boxes), edges: new Map(edges) });
  }
  return written.get(found);
}
