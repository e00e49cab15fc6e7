// What is the loss of one sample, scalar by scalar? The same graph that Python's `loss([model(x)], [y])` records, node by
// node, so that the lab can step through it. The weighted sums and the activations are rows of the table, as nn/layers.py
// applies them; what a loss does with the outputs was traced from Python's own functions (loss_graphs.py).
//
//   network   {inputs: ["x1", "x2"], layers: [{inputs: 2, size: 4, activation: "tanh"}, …], loss: "mse"}: the names of its
//             inputs, and all layers, the last one too
//   P         its parameters in the order of `model.parameters()`: neuron by neuron, the weights and then the bias
//   target    what the loss compares the outputs with: a number, the index of a class, or a list with one for each output
//
//   graphOfSample(network, P, x, target)     the graph of the engine; its `parameters` are the numbers of their nodes
//   gradientOf(graph)                        ∂L/∂P of that sample
//   lossLatex(network, target)               the loss as a formula of ŷ and y
//   contributionsTo(place, gradientAt, X, Y)  to one parameter, from each sample of a batch
//   openingOf(graph, steps, at)              where in the lab it is: which step, and which groups are open
//
//   at        a weight, a bias or a neuron of the network, {layer, neuron, from}: layers count from 1, as in w₂₁⁽¹⁾, the
//             others from 0; without `from` it is the neuron, and its parameter is the bias
//   place     of a parameter in P

import { graphOf, gradients } from "../engine/graph.js";
import { toLatex } from "../engine/printing.js";
import { graphFrom } from "../engine/recompute.js";
import { completed, rowOf } from "../engine/rows.js";
import { sweepBehind } from "../engine/steps.js";
import { apply, constant, leaf } from "../engine/values.js";
import { LOSSES } from "./losses.js";
import { countOf, labelOf, parameterAt, placeOf, placesOf } from "./network.js";
import { refusal } from "./refusals.js";

/** The loss of one sample as a graph, with `groups` and `parameters`. What is not defined at its numbers is NaN in it. */
export function graphOfSample(network, P, x, target) {
  checkSizes(network, P, x);
  const labels = Array.from(P, (_, place) => labelOf(parameterAt(network.layers, place)));
  const leaves = labels.map((label, place) => leaf(P[place], label));
  const graph = graphOf(named("L", lossOf(network, outputsOf(network, leaves, x), target)));
  const numbers = new Map(graph.nodes.map((node, number) => [node, number]));
  const parameters = leaves.map((node) => numbers.get(node));
  return { ...graph, parameters, groups: groupsOf(labels, parameters) };
}

function checkSizes({ inputs, layers }, P, x) {
  if (P.length !== countOf(layers)) throw refusal("play_parameters", { count: String(countOf(layers)) });
  if (x.length !== inputs.length) throw refusal("play_sample", { given: String(x.length), count: String(inputs.length) });
}

function outputsOf({ inputs, layers }, leaves, x) {
  const places = placesOf(layers);
  const first = inputs.map((name, input) => constant(x[input], name));
  return layers.reduce((values, { size, activation }, layer) => {
    const { from, row } = places[layer];
    const own = (neuron) => leaves.slice(from + neuron * row, from + (neuron + 1) * row);
    return Array.from({ length: size }, (_, neuron) => fired(own(neuron), values, activation, `l${layer + 1}.n${neuron + 1}`));
  }, first);
}

// As Neuron.fire: activation(w · x + b).
function fired(own, values, activation, part) {
  const sum = named(`${part}.s`, apply(rowOf("dot"), [...own.slice(0, -1), ...values], UNCHECKED));
  const z = named(`${part}.z`, apply(rowOf("add"), [sum, own.at(-1)], UNCHECKED));
  return activation === "linear" ? z : named(`${part}.a`, activated(rowOf(activation), z));
}

// What the activation is given beside z, such as the slope of leaky_relu, is what its row says.
function activated(row, z) {
  const args = completed(row, [z]).map((arg) => (typeof arg === "number" ? constant(arg) : arg));
  return apply(row, args, UNCHECKED);
}

const UNCHECKED = { check: false };
const named = (label, node) => ({ ...node, label });

// The parameters of each part of the network, by which it is folded.
function groupsOf(labels, numbers) {
  const groups = new Map();
  labels.forEach((label, place) => {
    const part = label.slice(0, label.lastIndexOf("."));
    groups.set(part, [...(groups.get(part) ?? []), numbers[place]]);
  });
  return groups;
}

// The loss

const templates = new Map();

function lossOf({ loss }, outputs, target) {
  const template = templateOf(loss, outputs.length, target);
  const targets = [target].flat();
  const made = [];
  template.nodes.forEach(({ row, isConstant, data, label }, number) => {
    const args = template.args[number].map((arg) => made[arg]);
    if (row) made.push(apply(row, args, UNCHECKED));
    else made.push(isConstant ? constant(data) : inPlaceOf(label, outputs, targets));
  });
  return made.at(-1);
}

// p1 is the first output, t1 the first target.
function inPlaceOf(label, outputs, targets) {
  const place = Number(label.slice(1)) - 1;
  return label.startsWith("p") ? outputs[place] : constant(targets[place], numbered("y", place, targets));
}

const numbered = (letter, place, { length }) => (length > 1 ? `${letter}${place + 1}` : letter);

/** The loss of one sample as LaTeX, of the outputs ŷ and the target y; where its form depends on the target, for this one. */
export function lossLatex(network, target) {
  const outputs = Array.from({ length: network.layers.at(-1).size });
  return toLatex(lossOf(network, outputs.map((_, place) => leaf(NaN, numbered("ŷ", place, outputs))), target));
}

function templateOf(loss, count, target) {
  const known = LOSSES[loss];
  const key = [`${count}`, `${count} ${target}`].find((each) => known && each in known);
  if (!key) throw refusal("play_loss_scalars", { loss, count: String(count), target: String(target) });
  if (!templates.has(known[key])) templates.set(known[key], graphFrom(known[key]));
  return templates.get(known[key]);
}

// Gradients

/** ∂L/∂P of the sample of a graph, in the order of P. */
export function gradientOf(graph) {
  const all = gradients(graph);
  return Float64Array.from(graph.parameters, (node) => all[node]);
}

/**
 * Of one parameter, {mean, entries}: what each sample of a batch contributes to its gradient, {index, loss, gradient}, and
 * their mean, which is the gradient of the batch. The largest comes first.
 *
 * `gradientAt` computes the loss of one sample, and its gradient: [number, Float64Array] for x and target.
 */
export function contributionsTo(place, gradientAt, X, Y) {
  const entries = X.map((x, index) => {
    const [loss, gradient] = gradientAt(x, Y[index]);
    return { index, loss, gradient: gradient[place] };
  });
  const mean = entries.reduce((sum, { gradient }) => sum + gradient, 0) / entries.length;
  return { mean, entries: entries.toSorted((one, other) => Math.abs(other.gradient) - Math.abs(one.gradient) || one.index - other.index) };
}

/** Where a weight stands in P, or the bias of a neuron. */
export function placeIn({ layers }, { layer, neuron, from }) {
  return placeOf(layers, { layer, neuron: neuron + 1, input: from === undefined ? null : from + 1 });
}

// The way into the lab

/**
 * {position, opened, node}: after the step in which the gradient of a weight has arrived, or of a neuron that of its bias,
 * which is the gradient of its sum z; and the groups in which its box is. Without `at`, the beginning.
 */
export function openingOf(graph, steps, at, network) {
  if (!at) return { position: 0, opened: new Set(), node: graph.nodes.length - 1 };
  const node = graph.parameters[placeIn(network, at)];
  const { operations, arrivalsAt } = sweepBehind(steps);
  const opened = new Set([`l${at.layer}`, `l${at.layer}.n${at.neuron + 1}`]);
  return { position: operations.length + 2 + arrivalsAt(node)[0], opened, node };
}
