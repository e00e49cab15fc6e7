// Which nodes stand for one thing, so that one box can stand for them? In a network a neuron: its parameters, the weighted
// sum and the activation. A layer: its neurons. And long rows of leaves of one operation, eight by eight.
//
//   treeOf(graph, room, sample)   {groups, groupOf}
//   groups    [{name, parent, title, lines, isRun}], a parent before its children; `parent` is an index or -1
//   groupOf   for each node the index of the innermost group that it is in, or -1
//
// Which parameters belong together is data (Python sends it with a network), or follows from its shape: neurons.js. Which operations belong to them: those that
// use parameters of one part only, the sums of such products, and one activation after it. Where the same parameters are
// used again, as in the next time step of a recurrent network, a further group begins; then the parameters, which belong
// to none of them, are a group of their own.

import { mathName } from "../engine/printing.js";
import { neuronsOf } from "./neurons.js";
import { SHARED, samplesOf, usersOf } from "./samples.js";

const RUN = 8; // leaves in a row that one looks at together
const MOST_NEURONS = 24; // that are drawn without folding layers
const MANY = 3; // additions that are drawn as one sum

/** The groups of what belongs to a sample, or is shared; of other samples there is only one, for all of them. */
export function treeOf(graph, room, sample) {
  const samples = samplesOf(graph);
  const tree = { groups: [], groupOf: new Int32Array(graph.nodes.length).fill(-1), indices: new Map() };
  const isHere = (node) => !samples || samples.owner[node] === SHARED || samples.owner[node] === sample;
  addParts(tree, graph, room, isHere);
  if (samples) addTerm(tree, graph, samples, sample);
  if (samples) addSum(tree, samples);
  addRuns(tree, graph, isHere);
  if (samples) addOthers(tree, graph, samples, isHere);
  return tree;
}

function groupNamed(tree, name, make) {
  if (!tree.indices.has(name)) {
    const group = { name, parent: -1, lines: [], isRun: false, ...make() };
    tree.indices.set(name, tree.groups.length);
    tree.groups.push(group);
  }
  return tree.indices.get(name);
}

// Parts of a model

function addParts(tree, graph, room, isHere) {
  const { uses, partOf, penalty } = usesOfParts(graph);
  const drawn = uses.filter(({ nodes }) => isHere(nodes[0]));
  const times = new Map(); // how often each part is used
  for (const use of drawn) {
    use.time = times.get(use.part) ?? 0;
    times.set(use.part, use.time + 1);
  }
  const nameOf = namesOfParts([...new Set(partOf.filter(Boolean))], times, room);
  const put = (node, part, mark) => (tree.groupOf[node] = partGroup(tree, nameOf(part), mark));
  for (const { part, nodes, time } of drawn) for (const node of nodes) put(node, part, time ? `@${time + 1}` : "");
  partOf.forEach((part, node) => part && put(node, part, times.get(part) > 1 ? "*" : ""));
  if (penalty.length < MANY) return;
  const index = groupNamed(tree, "penalty", () => ({ title: { key: "size_penalty" } }));
  for (const node of penalty) tree.groupOf[node] = index;
}

// The groups around a part, from the outermost on; each name gets the mark of the use.
function partGroup(tree, names, mark) {
  let parent = -1;
  for (const name of names) {
    const outer = parent;
    parent = groupNamed(tree, name + mark, () => ({ parent: outer, part: name, mark, ...titled(name) }));
  }
  return parent;
}

// l1.n3 is neuron 3 of layer 1, as nn/layers.py names its parts.
function titled(name) {
  const [, alone] = /^l([0-9]+)$/.exec(name) ?? [];
  if (alone) return { title: { key: "size_layer", places: { layer: alone } }, isLayer: true };
  const [, first, last] = /:([0-9]+)-([0-9]+)$/.exec(name) ?? [];
  if (first) return { title: { key: "size_run", places: { first, last } }, isRun: true };
  const [, layer, neuron] = NEURON.exec(name) ?? [];
  return neuron ? { title: { key: "size_neuron", places: { neuron } }, layer } : { title: { text: name } };
}

// A function from a part to the names of its groups. A layer is a group only if there are too many neurons to draw, and
// what has only one part is that part.
function namesOfParts(parts, times, room) {
  const inside = new Map(); // the parts right inside each
  for (const part of parts) {
    for (const [outer, inner] of pairsOf(part)) inside.set(outer, (inside.get(outer) ?? new Set()).add(inner));
  }
  const total = parts.reduce((sum, part) => sum + Math.max(1, times.get(part) ?? 1), 0);
  const widest = Math.max(0, ...[...inside.values()].map((inner) => inner.size));
  const isFolded = total > Math.min(MOST_NEURONS, room.boxes) || widest > Math.min(RUN, room.broad);
  const stays = (name) => !inside.has(name) || (isFolded && inside.get(name).size > 1) || parts.includes(name);
  const runOf = runsOfNeurons(inside);
  return (part) => pathOf(part).filter(stays).flatMap((name) => (isFolded && runOf.has(name) ? [runOf.get(name), name] : [name]));
}

// For each neuron of a broad layer the name of its run, "l1:1-8": an open layer shows the run of the active step, and the
// others as a box each, instead of a column that no stage is high enough for.
function runsOfNeurons(inside) {
  const runs = new Map();
  for (const [layer, inner] of inside) {
    const neurons = [...inner].filter((name) => NEURON.test(name)).toSorted((one, other) => numberOf(one) - numberOf(other));
    if (neurons.length <= RUN) continue;
    const size = Math.ceil(neurons.length / Math.ceil(neurons.length / RUN));
    neurons.forEach((name, index) => {
      const first = index - (index % size);
      const last = Math.min(first + size, neurons.length) - 1;
      runs.set(name, `${layer}:${numberOf(neurons[first])}-${numberOf(neurons[last])}`);
    });
  }
  return runs;
}

const NEURON = /^(?:l([0-9]+)\.)?n([0-9]+)$/;
const numberOf = (name) => Number(NEURON.exec(name)[2]);

const pathOf = (part) => part.split(".").map((_, index, names) => names.slice(0, index + 1).join("."));

function pairsOf(part) {
  const path = pathOf(part);
  return path.slice(1).map((inner, index) => [path[index], inner]);
}

// {uses, partOf, penalty}: for each parameter its part, also for what is computed from those of one part alone; the uses of
// parts, {part, nodes} with the operations of each; and what is computed from the parameters of several parts alone.
function usesOfParts(graph) {
  if (!known.has(graph.args)) known.set(graph.args, foundUses(graph));
  return known.get(graph.args);
}

const known = new WeakMap();

function foundUses(graph) {
  const partOf = new Array(graph.nodes.length).fill("");
  const groups = graph.groups?.size ? graph.groups : neuronsOf(graph);
  for (const [part, members] of groups) for (const node of members) partOf[node] = part;
  const [parameters, penalty] = [partOf.slice(), new Set()];
  const users = usersOf(graph);
  const useOf = new Array(graph.nodes.length).fill(null);
  const owner = samplesOf(graph)?.owner;
  if (groups.size) {
    graph.nodes.forEach(({ row }, node) => {
      if (!row) return;
      if (isOfParameters(graph, node, parameters)) parameters[node] = partOf[node] = parameters[graph.args[node][0]];
      else if (isOfPenalty(graph, node, parameters, penalty)) penalty.add(node);
      else useOf[node] = useAt(graph, node, { parameters, users, useOf, owner });
    });
  }
  const uses = new Set(useOf.map((use) => use && latest(use)).filter(Boolean));
  for (const use of uses) use.nodes.sort((a, b) => a - b);
  return { partOf, penalty: [...penalty], uses: [...uses].toSorted((one, other) => one.nodes[0] - other.nodes[0]) };
}

// Whether all arguments are parameters of one part, as in a penalty on the weights: not w · 2, where 2 may be an input.
function isOfParameters(graph, node, parameters) {
  const isExponent = graph.nodes[node].row.name === "power";
  const [first, ...others] = isExponent ? graph.args[node].slice(0, 1) : graph.args[node];
  return parameters[first] !== "" && others.every((arg) => parameters[arg] === parameters[first]);
}

// Whether it adds up or scales what was computed from parameters alone.
function isOfPenalty({ nodes, args }, node, parameters, penalty) {
  const varied = args[node].filter((arg) => !nodes[arg].isConstant);
  return varied.length > 0 && varied.every((arg) => penalty.has(arg) || (nodes[arg].row && parameters[arg] !== ""));
}

// The use of a part that an operation belongs to, or null; several that meet become one.
function useAt(graph, node, { parameters, users, useOf, owner }) {
  const args = [...new Set(graph.args[node])];
  const own = args.filter((arg) => parameters[arg]);
  const before = [...new Set(args.map((arg) => useOf[arg] && latest(useOf[arg])).filter(Boolean))];
  const part = partAt(graph, node, { args, own, before, parameters, users });
  if (part === null) return null;
  let found = { part, nodes: [], used: new Set(own), isActivated: own.length === 0 && args.length === 1, into: null };
  for (const use of before) {
    const isSame = use.part === part && owner?.[use.nodes[0]] === owner?.[node];
    if (isSame && [...use.used].every((parameter) => !found.used.has(parameter))) found = merged(use, found);
  }
  const zeros = args.filter((arg) => isZero(graph, arg) && users[arg] === 1 && graph.nodes[node].row.name === "add");
  found.nodes.push(node, ...zeros); // what sum() begins with is no input
  return found;
}

function partAt(graph, node, { args, own, before, parameters, users }) {
  const parts = new Set(own.map((arg) => parameters[arg]));
  if (parts.size) return parts.size === 1 ? [...parts][0] : null;
  const parted = new Set(before.map((use) => use.part));
  if (parted.size !== 1) return null;
  const isSum = before.length > 1 && args.length === before.length;
  const isOnlyAdded = before.length === 1 && graph.nodes[node].row.name === "add" && args.some((arg) => isZero(graph, arg)); // sum() begins with 0
  const isActivation = isFunction(graph.nodes[node].row) && args.length === 1 && users[args[0]] === 1 && !before[0].isActivated;
  return isSum || isOnlyAdded || isActivation ? before[0].part : null;
}

const isZero = ({ nodes }, node) => nodes[node].isConstant && nodes[node].data === 0;
const isFunction = ({ arity, many, name }) => !many && arity === 1 && name !== "neg";

function merged(one, other) {
  const [large, small] = one.nodes.length >= other.nodes.length ? [one, other] : [other, one];
  for (const node of small.nodes) large.nodes.push(node);
  for (const parameter of small.used) large.used.add(parameter);
  large.isActivated ||= small.isActivated;
  small.into = large;
  return large;
}

// What a use has become.
function latest(use) {
  let found = use;
  while (found.into) found = found.into;
  return found;
}

// Sums over samples, other samples, runs of leaves

// What is computed from the output of a network for this sample alone: its term of the loss.
function addTerm(tree, graph, { owner, isOfSamples }, sample) {
  const last = tree.groupOf.findLastIndex((group, node) => group >= 0 && owner[node] === sample);
  const nodes = [];
  graph.nodes.forEach(({ row }, node) => row && node > last && owner[node] === sample && nodes.push(node));
  if (last < 0 || nodes.length < MANY - 1) return;
  const title = { key: isOfSamples ? "size_loss_of" : "size_term", places: { sample: sample + 1 } };
  const index = groupNamed(tree, "loss", () => ({ title }));
  const first = firstUsersOf(graph);
  const isIn = new Set(nodes);
  owner.forEach((each, node) => {
    const isData = each === sample && tree.groupOf[node] < 0 && !graph.nodes[node].row && isIn.has(first[node]);
    if (isIn.has(node) || isData) tree.groupOf[node] = index;
  });
}

function addSum(tree, { sum, count, isOfSamples }) {
  if (sum.length < MANY) return;
  const title = { key: isOfSamples ? "size_sum_samples" : "size_sum_terms", places: { count } };
  const index = groupNamed(tree, "Σ", () => ({ title, lines: [{ key: "size_meet" }] }));
  for (const node of sum) if (tree.groupOf[node] < 0) tree.groupOf[node] = index;
}

function addOthers(tree, graph, { count, isOfSamples }, isHere) {
  const title = { key: isOfSamples ? "size_other_samples" : "size_other_terms", places: { count: count - 1 } };
  const others = groupNamed(tree, "others", () => ({ title, isMore: true }));
  graph.nodes.forEach((_, node) => {
    if (!isHere(node)) tree.groupOf[node] = others;
  });
}

// Leaves with the same stem in their names, of the same operations, eight by eight; and so the additions of a sum.
function addRuns(tree, graph, isHere) {
  const rows = new Map();
  const [users, first] = [usersOf(graph), firstUsersOf(graph)];
  graph.nodes.forEach(({ row, isConstant }, node) => {
    const group = tree.groups[tree.groupOf[node]];
    if (!isHere(node) || (row && group?.name !== "Σ")) return;
    const stem = row ? "" : isConstant ? "0" : graph.names[node].replace(/\d+$/, "");
    const key = row ? "Σ" : `${tree.groupOf[node]} ${first[node]} ${users[node]} ${stem}`;
    if (!rows.has(key)) rows.set(key, []);
    rows.get(key).push(node);
  });
  for (const nodes of rows.values()) addRun(tree, graph, nodes, tree.groupOf[nodes[0]]);
}

// Of a run of more than eight, runs of as many again, until there are no more than eight.
function addRun(tree, graph, nodes, parent) {
  if (nodes.length <= RUN) {
    for (const node of nodes) tree.groupOf[node] = parent;
    return;
  }
  let size = RUN;
  while (size * RUN < nodes.length) size *= RUN;
  const step = Math.ceil(nodes.length / Math.ceil(nodes.length / size));
  for (let start = 0; start < nodes.length; start += step) {
    const part = nodes.slice(start, start + step);
    addRun(tree, graph, part, part.length === 1 ? parent : runGroup(tree, graph, part, parent));
  }
}

function runGroup(tree, graph, nodes, parent) {
  const [from, to] = [nodes[0], nodes.at(-1)].map((node) => mathName(graph.names[node]));
  const title = { text: `${from} … ${to}` };
  return groupNamed(tree, `${nodes[0]}…${nodes.at(-1)}`, () => ({ parent, title, isRun: true }));
}

function firstUsersOf(graph) {
  const first = new Int32Array(graph.nodes.length).fill(-1);
  for (let user = graph.args.length - 1; user >= 0; user--) for (const arg of graph.args[user]) first[arg] = user;
  return first;
}
