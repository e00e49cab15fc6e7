// What is made of a typed formula? A graph, in which every name that the text does not make is an input, with the number
// that it had before or one of its own; an error of the engine says why there is none.

import { graphOf, leavesOf } from "../engine/graph.js";
import { inputsOf, withInputs } from "../engine/inputs.js";
import { parse } from "../engine/parsing.js";
import { withNumbers } from "../engine/recompute.js";

const OUTPUT = "f"; // what an output without a name is called, if nothing else is

/** The graph of a text; `given` is a Map of numbers by name, for the inputs that have one. */
export function graphOfText(text, given = new Map()) {
  const { nodes } = parse(text, withInputs(text, given));
  const output = nodes.at(-1);
  if (!output.label && nodes.every(({ label }) => label !== OUTPUT)) output.label = OUTPUT;
  return graphOf(output);
}

/** {graph, start} of a text that takes the place of another formula: numbers that were changed by hand stay. */
export function graphInstead(text, { graph: old, start: oldStart }) {
  const before = numbersByName(old, (leaf) => old.nodes[leaf].data);
  const first = numbersByName(old, (leaf) => oldStart.get(leaf));
  const made = graphOfText(text, before);
  const isInput = new Set(inputsOf(text));
  const start = new Map();
  const changes = new Map();
  for (const leaf of leavesOf(made)) {
    const [name, { data }] = [made.names[leaf], made.nodes[leaf]];
    start.set(leaf, isInput.has(name) ? (first.get(name) ?? data) : data);
    if (first.get(name) === data && before.get(name) !== data) changes.set(leaf, before.get(name));
  }
  return { graph: changed(made, changes), start };
}

/** The numbers of the leaves, by their names. */
export function numbersByName(graph, number = (leaf) => graph.nodes[leaf].data) {
  return new Map(leavesOf(graph).map((leaf) => [graph.names[leaf], number(leaf)]));
}

// Numbers by hand for leaves that the text itself makes, `x = 2`; without them, where they are outside a domain now.
function changed(graph, changes) {
  if (!changes.size) return graph;
  try {
    return withNumbers(graph, changes);
  } catch (error) {
    if (!error.kind) throw error;
    return graph;
  }
}
