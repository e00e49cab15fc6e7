// How is a trace kept in a file? As the JSON that docs/trace.md describes, letter for letter as Python writes it. Which
// fields a record has, and what they hold, is said in trace_json.py.

import { GRAMMAR } from "./grammar.js";
import { exactly } from "./printing.js";

const { format, version, records } = GRAMMAR.trace;

/** The chain rule on a graph as JSON text. */
export function traceJson(graph, steps) {
  const nodes = graph.nodes.map((node, number) => recordOf("node", nodeOf(graph, number)));
  const lines = steps.map((step) => recordOf(step.phase, step));
  return object([["format", JSON.stringify(format)], ["version", version], ["nodes", list(nodes)], ["steps", list(lines)]]);
}

function nodeOf({ nodes, args, names }, number) {
  const { row, data, isConstant } = nodes[number];
  return { name: names[number], op: row?.name ?? "", args: args[number], data, is_constant: isConstant };
}

const WRITE = {
  text: (text) => JSON.stringify(text),
  truth: String,
  whole: String,
  wholes: list,
  number: (number) => {
    const text = exactly(number);
    if (!Number.isFinite(number)) return JSON.stringify(text);
    return /^-?\d+$/.test(text) ? `${text}.0` : text;
  },
};

function recordOf(kind, item) {
  const phase = kind === "node" ? [] : [["phase", JSON.stringify(kind)]];
  return object([...phase, ...records[kind].map(([name, holds]) => [name, WRITE[holds](item[name])])]);
}

function object(fields) {
  return `{${fields.map(([name, text]) => `"${name}": ${text}`).join(", ")}}`;
}

function list(texts) {
  return `[${texts.join(", ")}]`;
}
