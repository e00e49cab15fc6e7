// How are neurons and weights called? As in a textbook, by network.js; here they are counted from 0.

import { OWN } from "./data.js";
import { nameOf, neuronName } from "./network.js";

/** A neuron, or an input, of a run's shape; what the network gives is ŷ. */
export function nameOfNeuron({ inputs, sizes }, { layer, neuron }) {
  if (layer === 0) return nameOfInput(inputs[neuron]);
  if (layer < sizes.length - 1) return neuronName(layer, neuron + 1);
  return sizes[layer] === 1 ? "ŷ" : `ŷ${LOW[neuron + 1] ?? neuron + 1}`;
}

/** What a class is called: by the word of the table that the data are from, else by its number. */
export function nameOfClass({ settings: { data } }, label) {
  return String((data.name === OWN && data.points?.target?.classes?.[label]) || label);
}

/** The class that an output speaks for, where a table has a word for it, else "": one output speaks for the second class. */
export function wordOfOutput(run, { layer, neuron }) {
  const { sizes } = run.shape;
  if (!run.classes || layer < sizes.length - 1) return "";
  const label = sizes.at(-1) === 1 ? 1 : neuron;
  const name = nameOfClass(run, label);
  return name === String(label) ? "" : name;
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
