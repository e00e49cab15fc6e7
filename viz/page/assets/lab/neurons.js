// Which leaves are the weights of one neuron, where that is not said? In a network that a learner wrote, its Values have no
// labels; but a neuron is a sum of products, each of a leaf of its own and an input, and perhaps a leaf alone.
//
//   neuronsOf(graph)     a Map from "l1.n2", as nn names its parts, to the leaves; empty if it is not a network for sure
//
// Sums with the same weights are one neuron on several samples; what one sample alone has is an input. If a leaf would belong to two neurons, or if it is not
// clear which factor is the weight, nothing is a neuron: better all scalars than a wrong name.

import { SHARED, samplesOf, usersOf } from "./samples.js";

const FEWEST = { products: 2, neurons: 3 }; // less is a formula, and not a network

export function neuronsOf(graph) {
  if (!known.has(graph.args)) known.set(graph.args, found(graph));
  return known.get(graph.args);
}

const known = new WeakMap(); // by the structure of a graph, which numbers do not change

function found(graph) {
  const users = usersOf(graph);
  const weightOf = chooser(graph, users);
  const sums = sumsOf(graph, users).map((sum) => readSum(graph, weightOf, sum)).filter(Boolean);
  const neurons = new Map(); // from the weights to the sums that have them
  for (const sum of sums) {
    if (sum.isUnclear) return new Map();
    const key = sum.leaves.toSorted((a, b) => a - b).join(" ");
    neurons.set(key, [...(neurons.get(key) ?? []), sum]);
  }
  const leaves = [...neurons.values()].flatMap(([sum]) => sum.leaves);
  if (neurons.size < FEWEST.neurons || new Set(leaves).size < leaves.length) return new Map();
  return named(graph, [...neurons.values()]);
}

// The sums, {root, terms}: trees of additions, whose inner nodes are used once, and dot products.
function sumsOf(graph, users) {
  const isInner = new Uint8Array(graph.nodes.length);
  const isAdded = (node) => graph.nodes[node].row?.name === "add";
  graph.args.forEach((args, node) => {
    const isTree = isAdded(node) && args[0] !== args[1]; // v + v would be followed twice, and so on
    if (isTree) for (const arg of args) isInner[arg] = Number(users[arg] === 1 && (isAdded(arg) || isDot(graph, arg)));
  });
  const roots = graph.nodes.flatMap((_, node) => ((isAdded(node) || isDot(graph, node)) && !isInner[node] ? [node] : []));
  return roots.map((root) => ({ root, terms: termsOf(graph, root, (node) => node === root || isInner[node]) }));
}

const isDot = ({ nodes }, node) => nodes[node].row?.name === "dot";

// What is added up: a term is a leaf or a product, as the list of its factors.
function termsOf(graph, root, isSum) {
  const [terms, waiting] = [[], [root]];
  while (waiting.length) {
    const node = waiting.pop();
    const [name, args] = [graph.nodes[node].row?.name, graph.args[node]];
    if (isSum(node) && name === "add") waiting.push(...args);
    else if (isSum(node) && name === "dot") terms.push(...args.slice(0, args.length / 2).map((arg, index) => [arg, args[args.length / 2 + index]]));
    else terms.push(name === "mul" ? args : [node]);
  }
  return terms.filter(([first, second]) => second !== undefined || !graph.nodes[first].isConstant);
}

// {root, leaves, isUnclear} of a sum of weighted inputs; null for any other.
function readSum(graph, weightOf, { root, terms }) {
  const isOwn = (node) => isUnlabelled(graph, node);
  const [products, alone] = [terms.filter((term) => term.length === 2), terms.filter((term) => term.length === 1)];
  if (products.length < FEWEST.products || !alone.every(([node]) => isOwn(node)) || alone.length > 1) return null;
  const weights = products.map((factors) => weightOf(factors, isOwn));
  if (weights.includes(null)) return null;
  return { root, leaves: [...weights, ...alone.flat()], isUnclear: weights.includes(undefined) };
}

const isUnlabelled = ({ nodes }, node) => !nodes[node].row && !nodes[node].isConstant && !nodes[node].label;

// Of two leaves the weight: the one that samples share, beside their data; without samples the one that is used once,
// beside an input that many neurons use; undefined where that does not tell.
function chooser(graph, users) {
  const owner = samplesOf(graph)?.owner;
  const isShared = (node) => (owner ? owner[node] === SHARED : users[node] === 1);
  return ([one, other], isOwn) => {
    if (one === other || (!isOwn(one) && !isOwn(other))) return null;
    if (!isOwn(one) || !isOwn(other)) return isOwn(one) ? one : other;
    if (isShared(one) === isShared(other)) return undefined;
    return isShared(one) ? one : other;
  };
}

// A neuron is in the layer after the last of those that its inputs come from.
function named(graph, neurons) {
  const neuronAt = new Map(neurons.flatMap((sums, neuron) => sums.map(({ root }) => [root, neuron])));
  const below = new Int32Array(graph.nodes.length); // for each node the highest layer that it comes from
  const layerOf = new Int32Array(neurons.length);
  graph.args.forEach((args, node) => {
    below[node] = args.reduce((most, arg) => Math.max(most, below[arg]), 0);
    if (!neuronAt.has(node)) return;
    below[node] += 1;
    layerOf[neuronAt.get(node)] = Math.max(layerOf[neuronAt.get(node)], below[node]);
  });
  const [counts, parts] = [new Map(), new Map()];
  const order = [...neurons.keys()].toSorted((a, b) => neurons[a][0].root - neurons[b][0].root);
  for (const neuron of order) {
    const layer = layerOf[neuron];
    counts.set(layer, (counts.get(layer) ?? 0) + 1);
    parts.set(`l${layer}.n${counts.get(layer)}`, neurons[neuron][0].leaves);
  }
  return parts;
}
