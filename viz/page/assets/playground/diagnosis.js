// Where did a number become inf or NaN, and which neurons cannot learn?
//
//   originOf(program, values, batch, settings)   the first line of a pass with such a number, the neuron, the sample
//   stuckIn(program, P, part)                    neurons through which no gradient passes, or little, with counts

import { compute } from "./program.js";

const LITTLE = 0.05; // a slope below it lets little gradient pass
const MOST_PASS = 0.5; // of the samples: with more of them flat, a neuron is called saturated
const PIECEWISE = new Set(["relu", "leaky_relu", "abs"]); // flat or not, without anything between
const DOMAINS = new Set(["log", "sqrt"]); // of numbers above 0 alone
const KEYS = { W: "weights", b: "bias", Z: "sum", A: "activation" };

/**
 * The first number that is inf or NaN: {line, numpy, operation, layer, neuron, row, value, phase, advice, lr}. `operation`
 * is a weighted sum, an activation by its name, the loss, or what a gradient is of; `neuron` is null for the loss.
 */
export function originOf(program, values, batch, settings) {
  const line = program.lines.find(({ name, kind }) => kind !== "part" && place(values[name]) >= 0);
  if (!line) return null;
  const at = place(values[line.name]);
  const width = line.shape.at(-1) === "m" ? 1 : line.shape.at(-1) ?? 1;
  const sample = line.shape[0] === "m" ? Math.floor(at / width) : sampleBehind(values, line, batch.rows.length);
  const value = typeof values[line.name] === "number" ? values[line.name] : values[line.name][at];
  const layer = layerOf(program, line);
  return {
    line: line.name,
    numpy: line.numpy,
    phase: line.phase,
    operation: operationOf(program, line),
    layer,
    neuron: line.phase === "loss" || !line.shape.length ? null : neuronOf(line, at, width),
    row: sample === null ? null : batch.rows[sample],
    value: String(value).replace("Infinity", "inf").replace("NaN", "nan"),
    ...advised(program, line, settings),
  };
}

// A sum over samples is inf because of one of them: the one with the largest number in what is added up.
function sampleBehind(values, { phase, from }, samples) {
  if (phase !== "loss") return null;
  const read = from.map((name) => values[name]).find((numbers) => numbers.length >= samples);
  if (!read) return null;
  const sizes = Array.from(read, Math.abs);
  return Math.floor(sizes.indexOf(Math.max(...sizes)) / (read.length / samples));
}

// Of a matrix of weights, a row belongs to a neuron; of everything else, a column.
function neuronOf({ name, shape }, at, width) {
  return /^d?W/.test(name) && shape.length === 2 ? Math.floor(at / width) + 1 : (at % width) + 1;
}

// A gradient by the output of a layer is computed by the layer behind it.
function layerOf(program, { name, layer }) {
  const [, number] = /^d?[WbZA](\d+)$/.exec(name) ?? [];
  return number ? Number(number) : layer;
}

function operationOf(program, { name, phase, layer }) {
  if (phase === "loss") return program.loss;
  const [, d, kind] = /^(d?)([WbZA])\d+$/.exec(name) ?? [];
  if (d) return "gradient";
  return kind === "A" ? program.layers[layer - 1].activation : KEYS[kind] ?? "gradient";
}

// What to change: the activation, where it is not defined everywhere; the loss, where a probability has become 0 or 1;
// else the learning rate.
function advised(program, line, { optimizer, loss }) {
  const activation = program.layers[line.layer - 1]?.activation;
  if (DOMAINS.has(activation) && /^d?[AZ]/.test(line.name) && line.phase !== "loss") return { advice: "activation" };
  if (loss === "bce" && line.phase !== "forward") return { advice: "logits" };
  return { advice: "rate", lr: optimizer.lr / 10 };
}

function place(numbers) {
  if (numbers === undefined) return -1;
  if (typeof numbers === "number") return Number.isFinite(numbers) ? -1 : 0;
  return numbers.findIndex((number) => !Number.isFinite(number));
}

/**
 * The neurons of hidden layers that cannot learn, or hardly: {layer, neuron, kind, count, of}. "dead": the slope of the
 * activation is 0 for all samples; "saturated": it is below LITTLE for `count` of them, and these are more than half.
 */
export function stuckIn(program, P, { X, targets }) {
  const values = program.begin(P, X, targets);
  for (const line of program.lines.filter(({ phase }) => phase === "forward")) compute(values, line);
  const layers = program.layers.slice(0, -1);
  return layers.flatMap((layer, i) => stuckInLayer(layer, i + 1, slopesOf(program, values, i + 1), targets.length));
}

function stuckInLayer({ size, activation }, layer, slopes, samples) {
  if (!slopes) return [];
  const counts = Array.from({ length: size }, () => ({ zero: 0, little: 0 }));
  slopes.forEach((slope, place) => {
    const count = counts[place % size];
    if (slope === 0) count.zero += 1;
    if (Math.abs(slope) < LITTLE) count.little += 1;
  });
  return counts.flatMap(({ zero, little }, j) => {
    const about = { layer, neuron: j + 1, of: samples };
    if (zero === samples) return [{ ...about, kind: "dead", count: zero }];
    const isSaturated = !PIECEWISE.has(activation) && little > MOST_PASS * samples;
    return isSaturated ? [{ ...about, kind: "saturated", count: little }] : [];
  });
}

// The slopes of an activation at its weighted sums: what the backward line of the program makes of a gradient of 1.
function slopesOf(program, values, layer) {
  const back = program.lines.filter((line) => line.layer === layer && line.phase === "backward" && line.isOfActivation);
  if (!back.length) return null;
  const ones = new Float64Array(values[`A${layer}`].length).fill(1);
  const seen = { ...values, [`dA${layer}`]: ones };
  for (const line of back) compute(seen, line);
  return seen[`dZ${layer}`];
}
