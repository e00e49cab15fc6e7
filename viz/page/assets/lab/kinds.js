// Which inputs are weights, which are targets? No graph says it, so the names do, and where they do not, the roles. The
// first of these that fits decides:
//
//   1. the last part of the name, without digits:   l1.n1.w2 is a weight, b and l1.n1.b are biases, t1 is a target
//   2. its role, where it is used:                  dot([a], [c]) makes a a weight and c an input
//   3. a y, where a prediction meets it:            y is a target, if y is only ever subtracted from a computed number,
//                                                   or such a number from y, and there are weights
//   4. all others are inputs, if there are no weights, biases or targets at all; else they are "others"

import { leavesOf } from "../engine/graph.js";

export const KINDS = ["inputs", "weights", "biases", "targets", "others"];

const WORDS = {
  inputs: ["x", "i", "in", "input", "inputs", "feature", "输入", "特征"],
  weights: ["w", "weight", "weights", "theta", "θ", "权重"],
  biases: ["b", "bias", "偏置"],
  targets: ["t", "target", "targets", "label", "ytrue", "目标", "标签"],
};
const OF_ROLE = { weight: "weights", input: "inputs" };
const MOST_USES = 1000; // looked at for a role; more say nothing new

const known = new WeakMap(); // the names of a graph stay the same objects when its numbers change

/** A Map from the numbers of the leaves to their kinds. */
export function kindsOf(graph) {
  if (!known.has(graph.names)) known.set(graph.names, found(graph));
  return known.get(graph.names);
}

/** The leaves by kind, each naturally sorted: [[kind, leaves], …]; kinds without a leaf are left out. */
export function groupsOf(graph) {
  const kinds = kindsOf(graph);
  const leaves = [...kinds.keys()].sort((a, b) => natural(graph.names[a], graph.names[b]));
  return KINDS.map((kind) => [kind, leaves.filter((leaf) => kinds.get(leaf) === kind)]).filter(([, own]) => own.length);
}

const collator = new Intl.Collator("en", { numeric: true });

/** The order of names as people count: w2 before w10. */
export function natural(a, b) {
  return collator.compare(a, b) || (a < b ? -1 : Number(a > b));
}

function found(graph) {
  const uses = usesOfLeaves(graph);
  const kinds = new Map(leavesOf(graph).map((leaf) => [leaf, byName(graph.names[leaf]) ?? byRole(graph, uses.get(leaf))]));
  const isNetwork = [...kinds.values()].includes("weights");
  for (const [leaf, kind] of kinds) if (!kind && isNetwork && isTarget(graph, leaf, uses.get(leaf))) kinds.set(leaf, "targets");
  const isTold = [...kinds.values()].some((kind) => kind && kind !== "inputs");
  return new Map([...kinds].map(([leaf, kind]) => [leaf, kind ?? (isTold ? "others" : "inputs")]));
}

function byName(name) {
  const stem = name.split(".").at(-1).normalize("NFKC").replace(/[\p{N}_\s]/gu, "").toLowerCase();
  return Object.keys(WORDS).find((kind) => WORDS[kind].includes(stem)) ?? null;
}

function byRole(graph, uses) {
  const nouns = new Set(uses.map(([user, position]) => nounAt(graph.nodes[user].row, graph.args[user].length, position)));
  return nouns.size === 1 ? (OF_ROLE[[...nouns][0]] ?? null) : null;
}

function nounAt({ roles }, count, position) {
  return roles[Math.floor((position * roles.length) / count)];
}

function isTarget(graph, leaf, uses) {
  const isY = /^y[\p{N}_]*$/u.test(graph.names[leaf]);
  const meetsPrediction = ([user, position]) => {
    const { row, args } = graph.nodes[user];
    return row.name === "sub" && args[1 - position].row !== null;
  };
  return isY && uses.length > 0 && uses.every(meetsPrediction);
}

function usesOfLeaves(graph) {
  const uses = new Map(leavesOf(graph).map((leaf) => [leaf, []]));
  graph.args.forEach((args, user) => args.forEach((arg, position) => {
    if (uses.has(arg) && uses.get(arg).length < MOST_USES) uses.get(arg).push([user, position]);
  }));
  return uses;
}
