// Why does backward go in this order? Because a node may pass on only a gradient that is complete: here the same graph is
// swept in other orders, and what was read too early stands beside what it should have been.

import { parse } from "../engine/parsing.js";
import { mathName } from "../engine/printing.js";
import { gradients, leavesOf } from "../engine/graph.js";
import { button, element } from "./dom.js";
import { signed } from "./formulas.js";
import { ORDERS, WHERE_ORDER_MATTERS, isBroken, sweep, worstOrder } from "./orders.js";
import { say, sayAll } from "./say.js";
import { ratioText, tableOf } from "./shown.js";
import { load } from "./store.js";

export const orderPanel = { name: "order", mount, draw, notes, tells: true };

const MOST_ROWS = 60; // turns, or leaves, that are shown
let parts = {};

function mount(section, store) {
  const choice = element("select", { id: "order-choice", "data-say-label": "order_choice" });
  for (const name of Object.keys(ORDERS)) choice.append(element("option", { value: name, "data-say": `order_${name}` }));
  choice.addEventListener("change", () => store.change({ order: choice.value }));
  const preset = button("order_load", () => loadPreset(store), { id: "order-load", class: "main" });
  const lucky = element("div", { id: "order-lucky", class: "hint" }, element("p", {}), preset);
  const [verdict, turns, leaves] = [element("p", { id: "order-verdict", role: "status" }), element("div"), element("div")];
  parts = { store, choice, lucky, verdict, turns, leaves };
  section.append(choice, verdict, lucky, turns, leaves, element("p", { class: "help", "data-say": "order_help" }));
}

function loadPreset(store) {
  const { text, values } = WHERE_ORDER_MATTERS;
  load(store, parse(text, values), text);
  store.change({ order: null });
  parts.choice.focus();
}

const known = new WeakMap(); // what the sweeps of some steps are, by order

function sweptIn(state, name) {
  if (!known.has(state.steps)) known.set(state.steps, new Map());
  const found = known.get(state.steps);
  if (!found.has(name)) found.set(name, sweep(state, ORDERS[name](state.graph)));
  return found.get(name);
}

function chosen(state) {
  return state.order ?? worstOrder(state);
}

function draw(state) {
  const name = chosen(state);
  const swept = sweptIn(state, name);
  const right = gradients(state.graph);
  parts.choice.value = name;
  drawVerdict(state, name, swept);
  const turns = swept.turns.slice(0, MOST_ROWS).map((turn, index) => turnRow(state, turn, index + 1, right));
  const leaves = leavesOf(state.graph).slice(0, MOST_ROWS).map((leaf) => leafRow(state, leaf, swept.gradients[leaf], right[leaf]));
  parts.turns.replaceChildren(tableOf(["order_turn", "order_node", "order_read", "order_true"], turns, { id: "order-turns" }), ...left(swept.turns.length));
  parts.leaves.replaceChildren(tableOf(["order_leaf", "order_came_out", "order_right_one"], leaves, { id: "order-leaves" }));
  sayAll(parts.turns);
  sayAll(parts.leaves);
}

function left(count) {
  return count > MOST_ROWS ? [element("p", { class: "help" }, say("rows_left", { count: count - MOST_ROWS }))] : [];
}

function drawVerdict(state, name, swept) {
  const early = swept.turns.filter(({ toCome }) => toCome > 0);
  const names = early.slice(0, 5).map(({ node }) => mathName(state.graph.names[node])).join(", ") + (early.length > 5 ? ", …" : "");
  const key = name === "right" ? "order_is_right" : early.length ? "order_is_broken" : "order_is_lucky";
  const text = say(key, { count: early.length, names });
  if (parts.verdict.textContent !== text) parts.verdict.textContent = text;
  parts.verdict.className = early.length ? "is-wrong" : "is-right";
  const isAnyBroken = worstOrder(state) !== "right";
  parts.lucky.hidden = name === "right" ? isAnyBroken : isBroken(swept);
  parts.lucky.firstChild.textContent = say(isAnyBroken ? "order_lucky_here" : "order_lucky");
}

function turnRow(state, { node, read, toCome }, turn, right) {
  const kind = toCome > 0 ? "early" : isSame(read, right[node]) ? "fine" : "inherited";
  const words = kind === "fine" ? [] : [element("br"), element("span", { class: "verdict" }, say(`order_${kind}`, { count: toCome }))];
  const whole = element("td", {}, signed(right[node]), ...words);
  const cells = [String(turn), mathName(state.graph.names[node]), `${SIGNS[kind]} ${signed(read)}`, whole];
  return { cells, attributes: { class: kind, "data-node": node } };
}

const SIGNS = { early: "⚠", inherited: "✗", fine: "✓" };

function isSame(found, right) {
  return Object.is(found, right) || Math.abs(found - right) <= 1e-12 * Math.abs(right);
}

function leafRow({ graph }, leaf, found, right) {
  const kind = isSame(found, right) ? "fine" : "inherited";
  return { cells: [ratioText(graph.names.at(-1), graph.names[leaf]), `${SIGNS[kind]} ${signed(found)}`, signed(right)], attributes: { class: kind } };
}

const written = new WeakMap(); // the notes of a sweep, by language

/** What stands on the stage: at each node that was read too early, a badge. */
function notes(state) {
  const swept = sweptIn(state, chosen(state));
  const early = swept.turns.filter(({ toCome }) => toCome > 0);
  if (!early.length) return null;
  if (!written.has(swept)) written.set(swept, new Map());
  const made = written.get(swept);
  if (!made.has(state.lang)) {
    const badge = ({ node }) => [node, `⚠ ${say("order_badge")}`];
    made.set(state.lang, { boxes: new Map(early.map(badge)), edges: new Map() });
  }
  return made.get(state.lang);
}
