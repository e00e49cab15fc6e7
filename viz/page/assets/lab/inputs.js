// What are the inputs, and what happens if they are others? A number typed or a slider moved: all is computed again.
// Of hundreds of inputs, a few of each kind are shown, and the others are made when they are asked for.

import { typedNumber } from "../numbers.js";
import { inNames, operation } from "../engine/wording.js";
import { button, element } from "./dom.js";
import { calledIn, signed } from "./formulas.js";
import { groupsOf, kindsOf } from "./kinds.js";
import { isSaid, say, sayAll } from "./say.js";
import { moveOf, reachOf, widened } from "./sliders.js";
import { resetNumbers, setNumbers } from "./store.js";

export const inputsPanel = { name: "inputs", mount, draw };

const FEW = 24; // inputs that are shown all at once
const AT_FIRST = 8; // of each kind, if there are more
const SHORT = 5; // characters of a name that need no wide column
const MORE = 24; // at each press of the button

const MOVES = new Set(["ArrowLeft", "ArrowRight", "Home", "End"]); // of a slider, which would go to another step elsewhere

const reaches = new Map(); // of the sliders, by leaf
const waiting = new Map(); // numbers of sliders, until the next frame
const wrong = new Map(); // what was typed and is no number, by leaf
let rows = [];

function mount(section, store) {
  const help = element("p", { class: "help", "data-say": "inputs_help" });
  const find = element("input", { type: "search", id: "find-input", "data-say-label": "inputs_find", autocomplete: "off" });
  const reset = button("reset", () => back(store, store.state.start), { id: "reset" });
  const groups = element("div", { id: "input-groups" });
  section.replaceChildren(element("div", { class: "inputs-tools" }, help, reset), find, groups);
  const fill = () => fillIn(store, groups, find);
  find.addEventListener("input", fill);
  store.onChange((state, before) => {
    if (state.start !== before.start) startAnew(find);
    if (state.start !== before.start || state.lang !== before.lang) fill();
  });
  fill();
}

function startAnew(find) {
  find.value = "";
  for (const kept of [reaches, waiting, wrong]) kept.clear();
}

// The rows

function fillIn(store, place, find) {
  const { graph, start } = store.state;
  const wanted = find.value.trim().toLowerCase();
  const spellings = (leaf) => [graph.names[leaf], calledIn(graph, leaf), calledIn(graph, leaf).normalize("NFKC")]; // w11(1)
  const matches = (leaf) => spellings(leaf).some((name) => name.toLowerCase().includes(wanted));
  const groups = groupsOf(graph).map(([kind, own]) => [kind, own.filter(matches)]).filter(([, own]) => own.length);
  find.hidden = start.size <= FEW;
  find.placeholder = say("inputs_find");
  place.classList.toggle("long-names", [...start.keys()].some((leaf) => calledIn(graph, leaf).length > SHORT));
  rows = [];
  place.replaceChildren(...groups.map(([kind, leaves]) => groupOf(store, kind, leaves, groups.length > 1)));
  const instead = graph.missing.length ? noProgram(graph) : groups.length ? null : say(start.size ? "inputs_none" : "inputs_no");
  if (instead) place.replaceChildren(element("p", { class: "help" }, instead));
  place.parentElement.querySelector("#reset").hidden = start.size === 0 || graph.missing.length > 0;
  sayAll(place.parentElement);
  draw(store.state);
}

/** Why the numbers of a graph cannot be changed: a row of it does not say how JavaScript computes it. */
export function noProgram({ missing }) {
  return say("no_program", { missing: missing.join("; ") });
}

function groupOf(store, kind, leaves, isOneOfSeveral) {
  const title = `${say(`kind_${kind}`)}${leaves.length > AT_FIRST ? ` (${leaves.length})` : ""}`;
  const heading = isOneOfSeveral ? [element("h3", {}, title)] : [];
  const place = element("div", { class: "input-group", role: "group", "aria-label": say(`kind_${kind}`) }, ...heading);
  const isFew = store.state.start.size <= FEW;
  showMore(store, place, leaves, isFew ? leaves.length : AT_FIRST);
  return place;
}

// So many rows, then a button for more.
function showMore(store, place, leaves, count) {
  const made = leaves.slice(0, count).map((leaf) => rowOf(store, leaf));
  rows.push(...made);
  place.append(...made.map(({ line }) => line));
  const rest = leaves.slice(count);
  if (!rest.length) return;
  const more = element("button", { type: "button", class: "more-inputs" }, say("inputs_more", { count: rest.length }));
  more.addEventListener("click", () => {
    more.remove();
    showMore(store, place, rest, MORE);
    draw(store.state);
    rows.at(-Math.min(MORE, rest.length)).field.focus();
  });
  place.append(more);
}

function rowOf(store, leaf) {
  const { graph, start } = store.state;
  const name = graph.names[leaf];
  const field = element("input", {
    type: "text", inputmode: "text", autocomplete: "off", spellcheck: "false", "data-leaf": leaf,
    "aria-label": say("value_of", { name }), "aria-describedby": `wrong-${leaf}`,
  });
  const slider = element("input", { type: "range", "data-leaf": leaf, "aria-label": say("slider_of", { name }) });
  const resetLabel = say("reset_one", { name, number: signed(start.get(leaf)) });
  const reset = element("button", { type: "button", class: "reset-one", "aria-label": resetLabel, title: resetLabel }, "↺");
  const problem = element("p", { class: "wrong", id: `wrong-${leaf}`, "aria-live": "polite" });
  field.addEventListener("focus", () => showInFull(store.state, leaf, field));
  field.addEventListener("blur", () => drawRow(store.state, row));
  field.addEventListener("input", () => typed(store, leaf, field.value));
  slider.addEventListener("keydown", (event) => MOVES.has(event.key) && event.stopPropagation());
  slider.addEventListener("input", () => moved(store, leaf, Number(slider.value)));
  reset.addEventListener("click", () => back(store, new Map([[leaf, start.get(leaf)]])));
  const shown = element("span", { class: `name ${kindsOf(graph).get(leaf)}`, title: name }, calledIn(graph, leaf));
  const line = element("div", { class: "input-row" }, shown, field, slider, reset, problem);
  const row = { leaf, field, slider, reset, problem, line };
  return row;
}

// What a reader does

// In full, and selected, so that the next key replaces it.
function showInFull(state, leaf, field) {
  if (!wrong.has(leaf)) field.value = String(numberOf(state, leaf));
  field.select();
}

function typed(store, leaf, text) {
  const number = typedNumber(text);
  waiting.delete(leaf); // what is typed after a slider was moved, even in the same frame, is what holds
  if (number === null) wrong.set(leaf, text);
  else wrong.delete(leaf);
  if (number === null) draw(store.state);
  else setNumbers(store, new Map([[leaf, number]]));
}

// At most once in a frame, however fast the pointer is.
function moved(store, leaf, number) {
  wrong.delete(leaf);
  if (!waiting.size) requestAnimationFrame(() => {
    const changes = new Map(waiting);
    waiting.clear();
    if (changes.size) setNumbers(store, changes);
  });
  waiting.set(leaf, number);
}

function back(store, numbers) {
  waiting.clear();
  for (const [leaf, number] of numbers) {
    wrong.delete(leaf);
    reaches.set(leaf, reachOf(number));
  }
  if (numbers === store.state.start) resetNumbers(store);
  else setNumbers(store, numbers);
}

// What is shown

function draw(state) {
  for (const row of rows) drawRow(state, row);
}

// The number of an input, or the one that was refused.
function numberOf({ graph, problem }, leaf) {
  return problem?.changes?.get(leaf) ?? graph.nodes[leaf].data;
}

function drawRow(state, { leaf, field, slider, reset, problem }) {
  const number = numberOf(state, leaf);
  const reach = widened(reaches.get(leaf) ?? reachOf(state.start.get(leaf)), number);
  reaches.set(leaf, reach);
  const isActive = document.activeElement === field;
  if (!isActive && !wrong.has(leaf)) field.value = signed(number);
  for (const [name, value] of [["min", -reach], ["max", reach], ["step", moveOf(reach)]]) slider[name] = value;
  if (Number(slider.value) !== number && !waiting.has(leaf)) slider.value = number;
  const said = complaint(state, leaf);
  field.setAttribute("aria-invalid", said !== "");
  if (problem.textContent !== said) problem.textContent = said;
  reset.classList.toggle("is-idle", Object.is(number, state.start.get(leaf)) && !said);
}

function complaint(state, leaf) {
  if (wrong.has(leaf)) return say("not_a_number", { name: state.graph.names[leaf] });
  return state.problem?.changes?.has(leaf) && state.problem.node !== undefined ? outside(state) : "";
}

// Which operation is not defined, in the names of the graph.
function outside({ graph, problem: { node } }) {
  const { row } = graph.nodes[node];
  const names = graph.args[node].map((arg) => graph.names[arg]);
  const { words } = row.domain;
  const formula = inNames(operation(row, names.length), names);
  return say("outside", { formula, signature: row.signature, domain: isSaid(words) ? say(words) : words });
}
