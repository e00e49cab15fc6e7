// How are neurons and weights called? As in a textbook, by network.js; here they are counted from 0.

import { nameOf, neuronName } from "./network.js";

/** A neuron, or an input, of a run's shape; what the network gives is ŷ. */
export function nameOfNeuron({ inputs, sizes }, { layer, neuron }) {
  if (layer === 0) return nameOfInput(inputs[neuron]);
  if (layer < sizes.length - 1) return neuronName(layer, neuron + 1);
  return sizes[layer] === 1 ? "ŷ" : `ŷ${LOW[neuron + 1] ?? neuron + 1}`;
}

const LOW = "₀₁₂₃₄₅₆₇₈₉";
const INPUTS = { x1: "x₁", x2: "x₂", "x1^2": "x₁²", "x2^2": "x₂²", "x1*x2": "x₁x₂", "sin(x1)": "sin x₁", "sin(x2)": "sin x₂" };

export function nameOfInput(name) {
  return INPUTS[name] ?? name;
}

/** A weight, or without `from` the bias of a neuron. */
export function nameOfParameter({ layer, neuron, from }) {
  return nameOf({ layer, neuron: neuron + 1, input: from === undefined ? null : from + 1 });
}
