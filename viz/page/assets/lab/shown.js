// How do panels write names and tables within their sentences?

import { mathName } from "../engine/printing.js";
import { localName } from "../engine/steps.js";
import { sharedRoles } from "../engine/wording.js";
import { element } from "./dom.js";
import { roleOf } from "./formulas.js";

/** A text with numbers in it, with minus signs that are as wide as a plus. */
export const minus = (text) => text.replaceAll("-", "−");

/** A name within a sentence, set as on the stage. */
export const named = (name) => element("b", { class: "name" }, mathName(name));

/** What an argument is to the operation of a step, where its name alone does not tell: "first factor"; else empty. */
export function roleText({ graph, lang }, { user_node: user, position }) {
  const role = sharedRoles(graph.nodes[user].row, graph.args[user])[position];
  return role ? roleOf({ lang }, role) : "";
}

/** The name of the local derivative of a step, as localName has it, in the language of the page. */
export function localText(state, step) {
  return localName({ user: mathName(step.user), argument: mathName(step.argument), role: roleText(state, step) });
}

/** ∂f/∂x within a sentence, which no line break divides. */
export const ratio = (upper, lower) => element("span", { class: "ratio" }, ratioText(upper, lower));

export const ratioText = (upper, lower) => `∂${mathName(upper)}/∂${mathName(lower)}`;

/** A table with a head of strings of the table of strings; a row is a list of cells, or {cells, attributes}. */
export function tableOf(keys, rows, attributes = {}) {
  const heads = keys.map((key) => element("th", { scope: "col", ...(key && { "data-say": key }) }));
  const head = element("thead", {}, element("tr", {}, ...heads));
  return element("table", { class: "numbers", ...attributes }, head, element("tbody", {}, ...rows.map(rowOf)));
}

function rowOf(row) {
  const { cells, attributes = {} } = Array.isArray(row) ? { cells: row } : row;
  return element("tr", attributes, ...cells.map((cell) => (cell.tagName === "TD" ? cell : element("td", {}, cell))));
}
