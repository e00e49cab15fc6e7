// Which network is it, and with which numbers does it begin? The numbers of nn.MLP for the same sizes, init and seed, in
// the order of its parameters(): layer by layer, neuron by neuron, the weights and then the bias.
//
//   placesOf(layers)            where the parameters of each layer stand in the vector P
//   firstParameters(layers, …)  P, as init and seed make it
//   parameterAt(layers, place)  which one a number of P is: layer, neuron, input, or null for the bias
//   nameOf(parameter)           w₁₂⁽¹⁾: from input 2 to neuron 1 of layer 1
//
// `layers` are all of them, the last one too: [{inputs, size, activation}].

import { pythonRandom } from "./random.js";

export const INITIALIZERS = {
  uniform: (random) => random.uniform(-1, 1),
  normal: (random) => random.gauss(0, 1),
  xavier: (random, fanIn, fanOut) => {
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    return random.uniform(-limit, limit);
  },
  he: (random, fanIn) => random.gauss(0, Math.sqrt(2 / fanIn)),
  zeros: () => 0,
};

/** The hidden layers of the settings and the last one, for so many inputs and outputs. */
export function layersOf(hidden, inputs, outputs, output = "linear") {
  const all = [...hidden, { size: outputs, activation: output }];
  return all.map(({ size, activation }, i) => ({ inputs: i ? all[i - 1].size : inputs, size, activation }));
}

/** For each layer {from, to, row}: its numbers in P, and how many belong to a neuron. */
export function placesOf(layers) {
  let to = 0;
  return layers.map(({ inputs, size }) => {
    const from = to;
    to += size * (inputs + 1);
    return { from, to, row: inputs + 1 };
  });
}

export function countOf(layers) {
  return layers.reduce((count, { inputs, size }) => count + size * (inputs + 1), 0);
}

/** The numbers that a network begins with. */
export function firstParameters(layers, init, seed) {
  const [random, weight, P] = [pythonRandom(seed), INITIALIZERS[init], []];
  for (const { inputs, size } of layers) {
    for (let neuron = 0; neuron < size; neuron++) {
      for (let input = 0; input < inputs; input++) P.push(weight(random, inputs, size));
      P.push(0);
    }
  }
  return Float64Array.from(P);
}

/** What stands at a place of P: {layer, neuron, input}, counted from 1; input is null for a bias. */
export function parameterAt(layers, place) {
  const places = placesOf(layers);
  const layer = places.findIndex(({ to }) => place < to);
  const { from, row } = places[layer];
  const [neuron, input] = [Math.floor((place - from) / row), (place - from) % row];
  return { layer: layer + 1, neuron: neuron + 1, input: input === row - 1 ? null : input + 1 };
}

/** Where in P it stands. */
export function placeOf(layers, { layer, neuron, input }) {
  const { from, row } = placesOf(layers)[layer - 1];
  return from + (neuron - 1) * row + (input === null ? row - 1 : input - 1);
}

/** The label that nn gives a parameter: l1.n2.w3, l1.n2.b. */
export function labelOf({ layer, neuron, input }) {
  return `l${layer}.n${neuron}.${input === null ? "b" : `w${input}`}`;
}

/** Its name in a formula: w₂₃⁽¹⁾ for the weight of input 3 in neuron 2 of layer 1; beyond 9, with a comma between. */
export function nameOf({ layer, neuron, input }) {
  const isLong = neuron > 9 || input > 9;
  const index = input === null ? lowered(neuron) : lowered(neuron) + (isLong ? "," : "") + lowered(input);
  return `${input === null ? "b" : "w"}${index}${raised(layer)}`;
}

/** The name of an activation: a₂⁽¹⁾. */
export function neuronName(layer, neuron) {
  return `a${lowered(neuron)}${raised(layer)}`;
}

const lowered = (number) => [...String(number)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
const raised = (number) => `⁽${[...String(number)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}⁾`;
