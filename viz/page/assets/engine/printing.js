// How does a graph become a text, or a formula? As printing.py writes it, with the brackets it needs and no more.

import { show, showCount } from "../numbers.js";
import { GRAMMAR } from "./grammar.js";
import { freeNames, graphOf } from "./graph.js";
import { filledIn, rowOf } from "./rows.js";

const { call: CALL, sign: SIGN, product: PRODUCT, sum: SUM } = GRAMMAR.levels;
const { deepest: DEEPEST, readable: READABLE } = GRAMMAR.sizes;
const GREEK = new Map(Object.entries(GRAMMAR.greek));
const NOT_OF_WORDS = /[^\p{L}\p{N}_]/gu;

// How names, numbers and brackets are written, and which columns of a row say how it is.
export const TEXT = {
  name: (name) => name,
  number: exactly,
  brackets: (text) => `(${text})`,
  template: "text",
  binding: "binding",
};
export const LATEX = {
  name: latexName,
  number: (number) => latexDigits(exactly(number)),
  brackets: (text) => `\\left(${text}\\right)`,
  template: "latex",
  binding: "latexBinding",
};

/** The expression that a node stands for, which `parse` reads back as the same function. */
export function toText(output) {
  return statements(output, TEXT).written.map((parts) => parts.join(" = ")).join("; ");
}

/** The same as LaTeX. */
export function toLatex(output) {
  const lines = statements(output, LATEX).written.map((parts) => parts.join(" &= "));
  if (lines.length === 1) return lines[0].replaceAll("&=", "=");
  return `\\begin{aligned}${lines.join(" \\\\ ")}\\end{aligned}`;
}

/** The expression as a factor of a product: in brackets if it needs them; `names` is a Map from nodes to names. */
export function asFactor(output, names, style = TEXT) {
  const { written, level } = statements(output, style, names);
  const text = written.at(-1).at(-1);
  const isWhole = level > SIGN || (level === SIGN && !text.startsWith("-"));
  return isWhole ? text : style.brackets(text);
}

/** The text, or a short description of a graph that is too large to read. */
export function summary(output) {
  const count = graphOf(output).nodes.length;
  return count <= READABLE ? toText(output) : `${written(output)} of ${showCount(count)} nodes`;
}

/** A node as Python shows it; no sweep has reached it. */
export function written(node) {
  return `Value(data=${show(node.data)}, grad=—)`;
}

// [name, expression] pairs, at the end an [expression] alone if the output has no label; and how tightly that binds.
// With `names` the whole graph is one expression.
function statements(output, style, names = null) {
  const graph = graphOf(output);
  const called = names ?? identifiers(graph);
  const uses = new Map(graph.nodes.map((node) => [node, 0]));
  for (const node of graph.nodes) for (const arg of node.args) uses.set(arg, uses.get(arg) + 1);
  const found = new Map(); // for each node its text, how tightly that binds, and how many operations are nested in it
  const written = [];
  let last;
  for (const node of graph.nodes) {
    const depth = 1 + node.args.reduce((deepest, arg) => Math.max(deepest, found.get(arg).depth), -1);
    last = { ...expression(node, style, called, names !== null, found), depth };
    const isAlone = names === null && (node === output || node.label || uses.get(node) > 1 || depth >= DEEPEST);
    found.set(node, last);
    if (!node.row || !isAlone) continue;
    const name = style.name(called.get(node) ?? "");
    written.push(node !== output || node.label ? [name, last.text] : [last.text]);
    found.set(node, { text: name, level: CALL, depth: 0 });
  }
  return { written: written.length ? written : [[found.get(output).text]], level: last.level };
}

function expression(node, style, called, isInline, found) {
  if (isInline && called.has(node)) return { text: style.name(called.get(node)), level: CALL };
  if (node.row) return operation(node, style, found);
  if (node.label) return { text: style.name(called.get(node)), level: CALL };
  const text = style.number(node.data);
  if (node.data < 0 || Object.is(node.data, -0)) return { text, level: SUM };
  return { text, level: text.includes("cdot") ? PRODUCT : CALL };
}

function operation(node, style, found) {
  if (node.row === rowOf("power") && node.args[1].data === 1) return found.get(node.args[0]); // x ** 1 is x
  const { level, needs } = node.row[style.binding];
  const args = node.args.map((arg, position) => {
    const inner = found.get(arg);
    return inner.level >= (needs[position] ?? 0) ? inner.text : style.brackets(inner.text);
  });
  return { text: filledIn(node.row, style.template, args), level };
}

// A name for every node that parse can read back: an identifier, not taken, and not a function's name.
function identifiers(graph) {
  const taken = new Set(GRAMMAR.reserved);
  const free = freeNames(taken);
  const found = new Map();
  const names = new Map(graph.nodes.map((node, number) => [node, graph.names[number]]));
  const labelled = graph.nodes.filter(({ label }) => label);
  const others = graph.nodes.filter(({ label, isConstant }) => !label && !isConstant);
  for (const node of [...labelled, ...others]) { // labels first: they keep their names
    const name = identifier(names.get(node));
    const fresh = taken.has(name) ? free(`${name}_`, 2) : name;
    taken.add(fresh);
    found.set(node, fresh);
  }
  return found;
}

/** A word made from a label that is not an identifier. */
export function identifier(label) {
  const plain = [...label].map((character) => GRAMMAR.typed[character] ?? character).join("");
  const word = plain.normalize("NFKC").replace(NOT_OF_WORDS, "_");
  return /^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(word) && !GRAMMAR.keywords.includes(word) ? word : `_${word}`;
}

/** Exactly this number, as short as possible, as Python writes it: 2, 0.1, 1e-07. */
export function exactly(number) {
  if (Number.isNaN(number)) return "nan";
  if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
  const sign = number < 0 || Object.is(number, -0) ? "-" : "";
  const [mantissa, power] = Math.abs(number).toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 16) return sign + positional(mantissa.replace(".", ""), exponent);
  return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function positional(digits, exponent) {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return digits.length > exponent + 1 ? `${whole}.${digits.slice(exponent + 1)}` : whole;
}

/** A number that is written already, as LaTeX writes it. */
export function latexDigits(text) {
  const [mantissa, exponent] = text.replace("inf", "\\infty").replace("nan", "\\mathrm{nan}").split("e");
  return exponent === undefined ? mantissa : `${mantissa} \\cdot 10^{${Number(exponent)}}`;
}

/** x1 and x_1 become x_{1}, l1.n1.w2 becomes w_{12}^{(1)}; a longer word is set upright; a Greek letter is a command. */
export function latexName(name) {
  const parameter = asParameter(name);
  if (parameter) {
    const written = `${parameter.letter}_{${parameter.index}}`;
    return parameter.layer ? `{${written}^{(${parameter.layer})}}` : written; // in braces: it may get an exponent
  }
  const found = /^([\p{L}\p{N}_]*?)_*(\p{Nd}*|(?<=_)[\p{L}\p{N}_]+)$/u.exec(name);
  const [stem, index] = found && /[^_]/.test(found[1]) ? [found[1], found[2]] : [name, ""];
  const shown = stem.replaceAll("_", "\\_");
  const written = GREEK.get(shown) ?? upright(shown);
  const isPlain = index.split("_").length <= 2 && !index.endsWith("_"); // else a second subscript, or an empty one
  return index ? `${written}_{${isPlain ? index : index.replaceAll("_", "\\_")}}` : written;
}

const PARAMETER = new RegExp(`^(?:${GRAMMAR.parameter})$`);

// The letter, the index and the layer of what `nn` named, or a neuron computes; also where it became an identifier.
function asParameter(name) {
  const found = PARAMETER.exec(name);
  if (!found) return null;
  const [layer, neuron, weight, letter] = found.slice(1).map((part) => part ?? "");
  const between = weight && (neuron + weight).length > 2 ? "," : "";
  return { letter: letter || "w", index: neuron + between + weight, layer };
}

const SUBSCRIPTS = new Map([..."0123456789"].map((digit, index) => [digit, "₀₁₂₃₄₅₆₇₈₉"[index]]));
const SUPERSCRIPTS = new Map([..."0123456789()"].map((digit, index) => [digit, "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾"[index]]));
const raised = (text, letters) => [...text].map((letter) => letters.get(letter) ?? letter).join("");

/**
 * A name as it is set in mathematics, where there is no LaTeX: x1 as x₁, l1.n1.w2 as w₁₂⁽¹⁾. For what stands in a picture
 * or a sentence; where it is code, such as the name of an input in a text for `parse`, it stays what it is.
 */
export function mathName(name) {
  const parameter = asParameter(name);
  if (parameter) {
    const { letter, index, layer } = parameter;
    return letter + raised(index, SUBSCRIPTS) + (layer && raised(`(${layer})`, SUPERSCRIPTS));
  }
  const [, stem, digits] = /^(\p{L}+)([0-9]+)$/u.exec(name) ?? [null, name, ""];
  return stem + raised(digits, SUBSCRIPTS);
}

// A word set upright, and a letter as it is; what is not ASCII, as text, where LaTeX takes it.
function upright(stem) {
  if (/[^\0-\x7f]/.test(stem)) return `\\text{${stem}}`;
  return stem.length === 1 ? stem : `\\mathrm{${stem}}`;
}
