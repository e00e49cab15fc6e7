// What is the loss of one sample, scalar by scalar? The same graph that Python's `loss([model(x)], [y])` records, node by
// node, so that the lab can step through it. The weighted sums and the activations are rows of the table, as nn/layers.py
// applies them; what a loss does with the outputs was traced from Python's own functions (loss_graphs.py).
//
//   network   {inputs: ["x1", "x2"], layers: [{size: 4, activation: "tanh"}, …, {size: 1, activation: "linear"}], loss: "mse"},
//             its last layer included
//   P         its parameters in the order of `model.parameters()`: neuron by neuron, the weights and then the bias
//   target    what the loss compares the outputs with: a number, the index of a class, or a list with one for each output
//
//   graphOfSample(network, P, x, target)     the graph of the engine; its `parameters` are the numbers of their nodes
//   gradientOf(graph)                        ∂L/∂P of that sample
//   contributionsOf(network, P, X, Y)        the same for each sample of a batch, with its mean, the batch's gradient

import { failure } from "../engine/errors.js";
import { graphOf, gradients } from "../engine/graph.js";
import { graphFrom } from "../engine/recompute.js";
import { completed, rowOf } from "../engine/rows.js";
import { apply, constant, leaf } from "../engine/values.js";
import { LOSSES } from "./losses.js";

/** The labels of the parameters, as nn.MLP gives them: l1.n1.w1, l1.n1.w2, l1.n1.b … */
export function labelsOf({ inputs, layers }) {
  return layers.flatMap(({ size }, layer) => {
    const count = layer ? layers[layer - 1].size : inputs.length;
    const names = [...Array.from({ length: count }, (_, weight) => `w${weight + 1}`), "b"];
    return Array.from({ length: size }, (_, neuron) => names.map((name) => `l${layer + 1}.n${neuron + 1}.${name}`)).flat();
  });
}

/** The loss of one sample as a graph, with `groups` and `parameters`. What is not defined at its numbers is NaN in it. */
export function graphOfSample(network, P, x, target) {
  const labels = labelsOf(network);
  checkSizes(network, labels, P, x);
  const leaves = labels.map((label, place) => leaf(P[place], label));
  const graph = graphOf(named("L", lossOf(network, outputsOf(network, leaves, x), target)));
  const numbers = new Map(graph.nodes.map((node, number) => [node, number]));
  const parameters = leaves.map((node) => numbers.get(node));
  return { ...graph, parameters, groups: groupsOf(labels, parameters) };
}

function checkSizes({ inputs }, labels, P, x) {
  if (P.length !== labels.length) refuse(`${P.length} parameters`, `this network has ${labels.length}`);
  if (x.length !== inputs.length) refuse(`${x.length} numbers`, `this network takes ${inputs.length}`);
}

function refuse(given, wrong) {
  throw failure("SizeError", `graphOfSample with ${given}`, { wrong });
}

function outputsOf({ inputs, layers }, leaves, x) {
  let [values, place] = [inputs.map((name, input) => constant(x[input], name)), 0];
  layers.forEach(({ size, activation }, layer) => {
    const count = values.length + 1;
    const neuron = (number) => {
      const own = leaves.slice(place, (place += count));
      return fired(own, values, activation, `l${layer + 1}.n${number + 1}`);
    };
    values = Array.from({ length: size }, (_, number) => neuron(number));
  });
  return values;
}

// As Neuron.fire: activation(w · x + b).
function fired(own, values, activation, part) {
  const sum = apply(rowOf("dot"), [...own.slice(0, -1), ...values], UNCHECKED);
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
  if (label.startsWith("p")) return outputs[place];
  return constant(targets[place], targets.length > 1 ? `y${place + 1}` : "y");
}

function templateOf(loss, count, target) {
  const known = LOSSES[loss];
  const key = [`${count}`, `${count} ${target}`].find((each) => known && each in known);
  if (!key) throw failure("OptionError", `graphOfSample of ${loss} with ${count} outputs and the target ${target}`, { wrong: "no such loss was traced" });
  if (!templates.has(known[key])) templates.set(known[key], graphFrom(known[key]));
  return templates.get(known[key]);
}

// Gradients

/** ∂L/∂P of the sample of a graph, in the order of P. */
export function gradientOf(graph) {
  const all = gradients(graph);
  return Float64Array.from(graph.parameters, (node) => all[node]);
}

/** {losses, gradients, loss, gradient}: for each sample its loss and gradient, and their means, which are the batch's. */
export function contributionsOf(network, P, X, Y) {
  const graphs = X.map((x, sample) => graphOfSample(network, P, x, Y[sample]));
  const [losses, found] = [graphs.map(({ nodes }) => nodes.at(-1).data), graphs.map(gradientOf)];
  const gradient = Float64Array.from(P, (_, place) => mean(found.map((each) => each[place])));
  return { losses, gradients: found, loss: mean(losses), gradient };
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
