// Why is a gradient a sum? Because each path from a node to the output passes on a product of local derivatives, and the
// changes add up. A path that is pointed at lights up on the stage.

import { leavesOf } from "../engine/graph.js";
import { mathName } from "../engine/printing.js";
import { element } from "./dom.js";
import { signedFactor, signed } from "./formulas.js";
import { PAGE } from "./page.js";
import { say, sayAll, sentence } from "./say.js";
import { localText, minus, named, ratio, roleText } from "./shown.js";
import { namesOf, partsOf, productOf, shownCount, totalText, waysFrom } from "./ways.js";

export const pathsPanel = { name: "paths", mount, draw, tells: true };

const MOST_CHOICES = 500; // nodes to choose from
let parts = {};

function mount(section, store) {
  const choice = element("select", { id: "paths-node" });
  const label = element("label", { class: "choice" }, element("span", { "data-say": "paths_from" }), choice);
  choice.addEventListener("change", () => store.change({ traced: Number(choice.value), path: [] }));
  const [head, list, total] = [element("p", { id: "paths-count", role: "status" }), element("ol", { id: "paths-list" }), element("p", { id: "paths-total" })];
  parts = { store, choice, head, list, total, names: null };
  section.append(element("div", { class: "row" }, label, head), total, list, element("p", { class: "help", "data-say": "paths_help" }));
}

const known = new WeakMap(); // the paths of some steps, by node

function pathsOf(state, start) {
  if (!known.has(state.steps)) known.set(state.steps, new Map());
  const found = known.get(state.steps);
  if (!found.has(start)) {
    const ways = waysFrom(state, start, PAGE.paths);
    found.set(start, { ...ways, shown: first(ways.paths(), PAGE.paths.list) });
  }
  return found.get(start);
}

function first(iterator, count) {
  const found = [];
  for (const item of iterator) {
    if (found.length === count) break;
    found.push(item);
  }
  return found;
}

// The node that was chosen, or the input with the most paths: there is the most to see.
function startOf(state, choices) {
  if (choices.includes(state.traced)) return state.traced;
  const leaves = leavesOf(state.graph).slice(0, 50);
  const counts = leaves.map((leaf) => pathsOf(state, leaf).count);
  const most = counts.reduce((best, count, index) => (count > counts[best] ? index : best), 0);
  return leaves[most] ?? state.graph.nodes.length - 1;
}

function draw(state) {
  const choices = choicesOf(state);
  const start = startOf(state, choices);
  drawChoices(state, choices);
  parts.choice.value = String(start);
  const ways = pathsOf(state, start);
  if (parts.drawn?.ways === ways && parts.drawn.lang === state.lang) return; // pointing at a path draws nothing again
  parts.drawn = { ways, lang: state.lang };
  drawWays(state, ways);
}

function choicesOf({ graph }) {
  const nodes = graph.nodes.flatMap(({ isConstant }, number) => (isConstant ? [] : [number]));
  const leaves = leavesOf(graph);
  return nodes.length > MOST_CHOICES ? leaves.slice(0, MOST_CHOICES) : [...leaves, ...nodes.filter((node) => graph.nodes[node].row)];
}

function drawChoices({ graph }, choices) {
  if (parts.names === graph.names) return; // the names of a graph stay the same when its numbers change
  parts.names = graph.names;
  parts.choice.replaceChildren(...choices.map((node) => element("option", { value: node }, mathName(graph.names[node]))));
}

function drawWays(state, { start, count, shown: paths, total }) {
  const [name, output] = [state.graph.names[start], state.graph.names.at(-1)];
  const places = { gradient: ratio(output, name), start: named(name), output: named(output) };
  const { count: number, isAbout } = shownCount(count);
  const key = count === 1n ? "paths_one" : isAbout ? "paths_about" : "paths_count";
  parts.head.replaceChildren(...sentence(key, { ...places, count: number }));
  const more = count > BigInt(paths.length) ? [moreOf(count - BigInt(paths.length))] : [];
  parts.list.replaceChildren(...paths.map((path) => lineOf(state, name, path)), ...more);
  const sum = more.length ? signed(total) : minus(totalText(paths, total));
  parts.total.replaceChildren(ratio(output, name), element("span", { class: "sum" }, ` = ${sum}`));
  sayAll(parts.list);
}

function moreOf(count) {
  const { count: number, isAbout } = shownCount(count);
  return element("li", { class: "more" }, say(isAbout ? "paths_more_about" : "paths_more", { count: number }));
}

function lineOf(state, start, path) {
  const way = namesOf(mathName(start), path.map(({ user }) => ({ user: mathName(user) })), PAGE.paths);
  const made = element("button", { type: "button", class: "path" }, element("span", { class: "way" }, way), ...rolesOf(state, path), ...productLines(state, path));
  const point = (edges) => () => parts.store.change({ path: edges });
  for (const type of ["pointerenter", "focus"]) made.addEventListener(type, point(path));
  for (const type of ["pointerleave", "blur"]) made.addEventListener(type, point([]));
  return element("li", {}, made);
}

// Where a node stands at several places of an operation, its name does not tell the paths apart: "through its first factor".
function rolesOf(state, path) {
  const shared = path.filter(({ role }) => role);
  const roles = shared.map((step) => say("paths_through", { role: roleText(state, step), user: mathName(step.user), argument: mathName(step.argument) }));
  return roles.length ? [element("span", { class: "quiet" }, roles.join(", "))] : [];
}

function productLines(state, path) {
  if (path.length > PAGE.paths.path) {
    return [element("span", { class: "product" }, say("paths_long", { count: path.length, product: signedFactor(productOf(path)) }))];
  }
  return partsOf(path, (step) => localText(state, step)).map((part, index) => element("span", { class: "product" }, index ? `= ${minus(part)}` : minus(part)));
}
