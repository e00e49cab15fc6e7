// Which nodes belong to one sample of a loss? A loss is a sum with a term for each sample. What only one term depends on
// is that sample's: its data, constant or not, and all that was computed from them. What several depend on is shared:
// the parameters, and what is computed from them alone. So nothing has to be known about which leaves are parameters,
// and a loss that was written by hand is understood too.
//
//   samplesOf(graph)     {count, owner, sum, isOfSamples}, or null where the output is no such sum
//   owner                for each node its sample, from 0 on, or SHARED
//   sum                  the nodes that add the samples up: where they all meet
//   isOfSamples          whether the terms are samples, and not just a sum of products of a weight and an input

import { sweepBehind } from "../engine/steps.js";

export const SHARED = -1;
const NONE = -2; // not reached yet
const MOST_SHARED = 0.2; // of the operations; with more, the terms are not computed independently of one another
const LIKE = 0.8; // a term of another shape is a sample too if its size is like that of the others, and no penalty
const FEW = 16; // terms that share an operation, such as two outputs for one sample, are one sample
const FEW_TERMS = 8; // a loss and its penalties: each of them may be a factor times a sum
const ADDED = new Set(["add", "sub"]);
const THROUGH = new Set(["neg", "sqrt", "exp", "log"]); // the root of a mean is a loss over samples still

/** The samples of a graph, or null. They depend on its structure alone, and are found once for all numbers. */
export function samplesOf(graph) {
  if (!known.has(graph.args)) known.set(graph.args, found(graph));
  return known.get(graph.args);
}

const known = new WeakMap();

function found(graph) {
  const shapes = shapesOf(graph);
  const candidates = sumsOf(graph).map((sum) => split(graph, sum, shapes)).filter(Boolean);
  return candidates.toSorted((one, other) => other.exclusive - one.exclusive)[0] ?? null;
}

/** For each node, how many operations use it; x · x is one. */
export function usersOf(graph) {
  const users = new Int32Array(graph.nodes.length);
  for (const args of graph.args) for (const arg of new Set(args)) users[arg] += 1;
  return users;
}

// For each node, at how many places it is used: at two in v + v.
function placesOf(graph) {
  const places = new Int32Array(graph.nodes.length);
  for (const args of graph.args) for (const arg of args) places[arg] += 1;
  return places;
}

// The sums that the output is, up to a factor or a function of it: each {nodes, terms}.
function sumsOf(graph) {
  const [places, sums, waiting] = [placesOf(graph), [], [graph.nodes.length - 1]];
  while (waiting.length) {
    const root = waiting.pop();
    const sum = flattened(graph, places, root);
    if (sum.nodes.length) sums.push(sum);
    if (sum.terms.length <= FEW_TERMS) for (const term of sum.terms) waiting.push(...inside(graph, term));
  }
  return sums;
}

// A tree of additions as one sum, with its terms from left to right; what is used twice is no part of a tree.
function flattened(graph, places, root) {
  const [nodes, terms, waiting] = [[], [], [root]];
  while (waiting.length) {
    const node = waiting.pop();
    if (ADDED.has(graph.nodes[node].row?.name) && (node === root || places[node] === 1)) {
      nodes.push(node);
      waiting.push(...graph.args[node].toReversed());
    } else terms.push(node);
  }
  return { nodes, terms };
}

// What a term is a multiple of, or a function of.
function inside(graph, term) {
  const name = graph.nodes[term].row?.name;
  const varied = graph.args[term].filter((arg) => !graph.nodes[arg].isConstant);
  const isScaled = (name === "mul" || name === "div") && varied.length === 1;
  return isScaled || THROUGH.has(name) ? varied : [];
}

// The samples of a sum, or null if its terms are not alike, or not independent of one another.
function split(graph, { nodes, terms }, shapes) {
  const sum = new Set(nodes);
  const distinct = [...new Set(terms)].filter((term) => isOperation(graph, term));
  const sizes = sizesOf(graph, owners(graph, sum, numbered(distinct)), distinct.length);
  const alike = likeMost(distinct, sizes, shapes);
  if (alike.length < 2) return null;
  const { samples, count } = together(graph, alike);
  if (count < 2) return null;
  const owner = owners(graph, sum, samples);
  const exclusive = owner.reduce((total, sample, node) => total + Number(sample >= 0 && isOperation(graph, node)), 0);
  const shared = below(graph, alike).filter((node) => owner[node] === SHARED && isOperation(graph, node)).length;
  if (shared > MOST_SHARED * exclusive || isAnyParameter(graph, (node) => owner[node] >= 0)) return null;
  return { count, owner, sum: nodes.toSorted((a, b) => a - b), exclusive, isOfSamples: areSamples(graph, owner, alike) };
}

// The terms of the shape that makes up most of the graph, and those of about the same size.
function likeMost(terms, sizes, shapes) {
  const found = new Map();
  terms.forEach((term, number) => {
    const each = found.get(shapes[term]) ?? { shape: shapes[term], count: 0, size: sizes[number], total: 0 };
    found.set(each.shape, { ...each, count: each.count + 1, total: each.total + sizes[number] });
  });
  const byTotal = [...found.values()].toSorted((one, other) => other.total - one.total);
  const most = byTotal.find(({ count }) => count > 1) ?? byTotal[0];
  const isLike = (size) => Math.min(size, most.size) >= LIKE * Math.max(size, most.size);
  return terms.filter((term, number) => sizes[number] > 0 && (shapes[term] === most.shape || isLike(sizes[number])));
}

// For each node a number that is the same where the same operations were applied to whatever leaves.
function shapesOf(graph) {
  const numbers = new Map();
  const shapes = [];
  graph.nodes.forEach(({ row }, node) => {
    const key = row ? `${row.name} ${graph.args[node].map((arg) => shapes[arg])}` : "";
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    shapes.push(numbers.get(key));
  });
  return shapes;
}

// What is shared has leaves in it, as the weights are; and no term is just w · h, with a w of its own.
function areSamples(graph, owner, terms) {
  const isOwn = (arg) => isLeaf(graph, arg) && owner[arg] >= 0;
  const isWeighted = (term) => graph.nodes[term].row.name === "mul" && graph.args[term].some(isOwn);
  return owner.some((sample, node) => sample === SHARED && isLeaf(graph, node)) && !terms.some(isWeighted);
}

const isLeaf = ({ nodes }, node) => !nodes[node].row && !nodes[node].isConstant;
const isOperation = ({ nodes }, node) => nodes[node].row !== null;
const isAnyParameter = ({ groups = new Map() }, is) => [...groups.values()].some((members) => members.some(is));
const numbered = (terms) => new Map(terms.map((term, number) => [term, number]));

// For each node the term, by its number in a Map, that alone depends on it.
function owners(graph, sum, numbers) {
  const owner = new Int32Array(graph.nodes.length).fill(NONE);
  owner[owner.length - 1] = SHARED;
  for (const [term, number] of numbers) owner[term] = number;
  for (let node = owner.length - 1; node >= 0; node--) {
    for (const arg of graph.args[node]) {
      if (sum.has(node) && numbers.has(arg)) continue;
      owner[arg] = owner[arg] === NONE || owner[arg] === owner[node] ? owner[node] : SHARED;
    }
  }
  return owner;
}

// The terms and all that they depend on.
function below(graph, terms) {
  const isBelow = new Uint8Array(graph.nodes.length);
  for (const term of terms) isBelow[term] = 1;
  for (let node = isBelow.length - 1; node >= 0; node--) {
    if (isBelow[node]) for (const arg of graph.args[node]) isBelow[arg] = 1;
  }
  return [...graph.nodes.keys()].filter((node) => isBelow[node]);
}

// How many operations only that term depends on.
function sizesOf(graph, owner, count) {
  const sizes = new Array(count).fill(0);
  owner.forEach((term, node) => {
    if (term >= 0 && isOperation(graph, node)) sizes[term] += 1;
  });
  return sizes;
}

// Terms that have an operation or a constant in common, but not with most others, are of one sample.
function together(graph, terms) {
  const first = terms.map((_, term) => term); // of each term one that it is together with, in the end the first of all
  const most = Math.min(FEW, Math.floor((terms.length - 1) / 2));
  reachedBy(graph, terms, most).forEach((set, node) => {
    if (set === null || set.length > most || isLeaf(graph, node)) return;
    for (const term of set) join(first, set[0], term);
  });
  const [numbers, samples] = [new Map(), new Map()];
  for (const [number, term] of terms.entries()) {
    const group = rootOf(first, number);
    if (!numbers.has(group)) numbers.set(group, numbers.size);
    samples.set(term, numbers.get(group));
  }
  return { samples, count: numbers.size };
}

// For each node the terms that depend on it, or of more than `most` some of them.
function reachedBy(graph, terms, most) {
  const reached = new Array(graph.nodes.length).fill(null);
  terms.forEach((term, number) => (reached[term] = [number]));
  for (let node = reached.length - 1; node >= 0; node--) {
    if (reached[node] === null) continue;
    for (const arg of graph.args[node]) reached[arg] = union(reached[arg], reached[node], most);
  }
  return reached;
}

function union(one, other, most) {
  if (one === null || one === other) return other;
  if (one.length > most) return one;
  if (other.length > most) return other;
  return [...new Set([...one, ...other])];
}

function join(first, one, other) {
  const [low, high] = [rootOf(first, one), rootOf(first, other)].sort((a, b) => a - b);
  first[high] = low;
}

function rootOf(first, term) {
  let root = term;
  while (first[root] !== root) root = first[root];
  first[term] = root;
  return root;
}

// Which one is entered

/** The sample that the active step belongs to, or the one that was entered last; null if there are none. */
export function sampleOf({ graph, steps, position, sample }) {
  const samples = samplesOf(graph);
  return samples && (sampleAt(graph, steps[position - 1]) ?? Math.min(sample ?? 0, samples.count - 1));
}

/** The sample that a step belongs to, or that it adds to the others; null if there is no such sample. */
export function sampleAt(graph, step) {
  const samples = samplesOf(graph);
  if (!samples || !step) return null;
  const user = step.phase === "backward" ? step.user_node : step.node;
  const nodes = [step.argument_node ?? user, user, ...graph.args[user].toReversed()];
  return nodes.map((node) => samples.owner[node]).find((sample) => sample >= 0) ?? null;
}

/** The position for another sample: where the same is about to happen in it, or as it is, where the samples meet. */
export function positionOfSample({ graph, steps, position }, sample) {
  const samples = samplesOf(graph);
  const now = sampleAt(graph, steps[position - 1]);
  if (now === null || now === sample) return position;
  const { operations, arrivalsAt } = sweepBehind(steps);
  const isOf = (node) => samples.owner[node] === sample;
  if (position <= operations.length) return operations.findIndex(isOf) + 1;
  return operations.length + 2 + arrivalsAt(samples.owner.lastIndexOf(sample))[0]; // where the sum hands its gradient on
}
