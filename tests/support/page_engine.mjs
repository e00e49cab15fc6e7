// What does the page's engine make of some cases? `given` are the cases, each {text, values} or {nodes}.

import { parse } from "./engine/parsing.js";
import { graphFrom } from "./engine/recompute.js";
import { gradients } from "./engine/graph.js";
import { toLatex, toText } from "./engine/printing.js";
import { chainRule, stepLatex, stepText } from "./engine/steps.js";

function answer({ text, values, nodes }) {
  try {
    return read(nodes ? graphFrom(nodes) : parse(text, values));
  } catch (error) {
    if (!error.kind) throw error;
    return { error: { kind: error.kind, message: error.message, place: error.place } };
  }
}

function read(graph) {
  const steps = chainRule(graph);
  const nodes = graph.nodes.map((node, number) => ({
    name: graph.names[number],
    op: node.row?.name ?? "",
    args: graph.args[number],
    data: node.data,
    is_constant: node.isConstant,
  }));
  const output = graph.nodes.at(-1);
  const [texts, latex] = [steps.map(stepText), steps.map(stepLatex)];
  return { nodes, steps, gradients: gradients(graph), texts, latex, text: toText(output), formula: toLatex(output) };
}

const asJson = (_, item) => (typeof item === "number" && !Number.isFinite(item) ? String(item) : item);
console.log(JSON.stringify(given.map(answer), asJson));
