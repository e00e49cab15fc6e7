// What does the page's engine make of some cases? They come as JSON on the standard input, and so do the answers go out.
// A case is {text, values} or {nodes}; the second argument on the command line is the folder of the modules.

import { readFileSync } from "node:fs";

const from = (name) => import(`${process.argv[2]}/${name}.js`);
const { parse } = await from("engine/parsing");
const { graphFrom } = await from("engine/recompute");
const { gradients } = await from("engine/graph");
const { toLatex, toText } = await from("engine/printing");
const { chainRule, stepLatex, stepText } = await from("engine/steps");

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
const cases = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(answer), asJson));
