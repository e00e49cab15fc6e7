// Which formulas compute the loss of a network and its gradient? The compiler's: `lines.js` holds what it prints for a
// layer, an activation and a loss, and here they are put together for any sizes, depth and activations, as the compiler
// itself would write the whole.
//
//   programFor(settings)      the program of the settings; see shapeOf for what they are read for
//   programOf(layers, loss)   {count, lines, source, run, forward, arrays}
//     lines                   [{name, numpy, latex, shape, layer, phase, reads}]: what is computed, in order; shape has "m",
//                             and in LaTeX the names of arrays stay in brackets, ⟨dZ1⟩
//     source                  all of them as a function in NumPy, as program.source gives it in Python
//     run(P, X, Y)            [loss, gradient]; X and Y are flat, row by row
//     lossOf(P, X, Y)         {loss, outputs}, without the way back
//     forward(P, X)           {outputs, activations}: the last of the activations of all layers are the outputs
//     arrays(P, X, Y)         a Map from every name to {shape, numbers}
//
// A pass goes line by line, so it can be stopped between two of them: begin(P, X, Y), and then compute(values, line).

import { DATASETS, OWN } from "./data.js";
import { PIECES } from "./lines.js";
import { countOf, layersOf, placesOf } from "./network.js";
import { LOSSES } from "./tasks.js";

const LINEAR = "linear";
const CLASSES = "cross_entropy"; // the loss with an output for each class; every other one has a single output
const WIDEST = 60; // of a line in NumPy, before its shape

/** The layers and the loss of the settings. */
export function shapeOf(settings) {
  const { network, loss, inputs } = settings;
  const output = network.output ?? (loss === "bce" ? "sigmoid" : LINEAR);
  return { layers: layersOf(network.layers, inputs.length, outputsOf(settings), output), loss };
}

/** How many outputs the network has. */
export function outputsOf({ data, loss }) {
  return loss === CLASSES ? classesOf(data) : 1;
}

/** How many classes the data have; 0 where numbers are predicted. */
export function classesOf(data) {
  if (data.name === OWN) return data.task === "numbers" ? 0 : Math.max(data.classes, 1 + Math.max(...data.points.y));
  return data.name === "blobs" ? data.classes : DATASETS[data.name].classes;
}

export function programFor(settings) {
  const { layers, loss } = shapeOf(settings);
  return programOf(layers, loss);
}

/** The program of layers [{inputs, size, activation}] and a loss. */
export function programOf(layers, loss) {
  const count = countOf(layers);
  const lines = linesOf(layers, loss);
  const targets = loss === CLASSES ? "y" : "Y";
  const forward = lines.filter(({ phase }) => phase === "forward");
  const untilLoss = lines.filter(({ phase }) => phase === "forward" || phase === "loss");
  const ends = layers.map((_, i) => outputOf(layers, i));

  const begin = (P, X, Y) => ({ P, X, [targets]: Y, gradient: new Float64Array(count) });

  const run = (P, X, Y) => {
    const values = begin(P, X, Y);
    for (const line of lines) compute(values, line);
    return [values.loss, values.gradient, values[ends.at(-1)]];
  };

  const lossOf = (P, X, Y) => {
    const values = begin(P, X, Y);
    for (const line of untilLoss) compute(values, line);
    return { loss: values.loss, outputs: values[ends.at(-1)] };
  };

  const ahead = (P, X) => {
    const values = begin(P, X);
    for (const line of forward) compute(values, line);
    const activations = ends.map((name) => values[name]);
    return { outputs: activations.at(-1), activations };
  };

  const arrays = (P, X, Y) => {
    const values = begin(P, X, Y);
    for (const line of lines) compute(values, line);
    return new Map(lines.filter(({ kind }) => kind !== "part").map((line) => [line.name, shown(values, line)]));
  };

  return { count, layers, loss, lines, output: ends.at(-1), begin, compute, run, lossOf, forward: ahead, arrays, ...texts() };

  function texts() {
    return { source: sourceOf(lines, targets, count), targets };
  }
}

/** One line of a pass, into the values. */
export function compute(values, line) {
  line.sizes.m = values.m;
  const found = line.run(line.sizes, line.from.map((name) => values[name]));
  if (found !== undefined) values[line.name] = found;
}

function shown(values, { name, shape }) {
  const numbers = typeof values[name] === "number" ? Float64Array.of(values[name]) : values[name];
  return { shape: shape.map((size) => (size === "m" ? values.m : size)), numbers };
}

// What the output of a layer is called: a layer without activation has no other than Z.
function outputOf(layers, i) {
  return i < 0 ? "X" : `${layers[i].activation === LINEAR ? "Z" : "A"}${i + 1}`;
}

// All lines, in the order in which the compiler writes them

function linesOf(layers, loss) {
  const pieces = layers.map((layer, i) => piecesOf(layers, i));
  const last = { ...pieces.at(-1), loss: piece(`${loss} ${layers.at(-1).size}`, lossPlaces(layers), layers.length) };
  const first = piece(`samples ${many(layers[0].inputs)}`, pieces[0].places, 1);
  const upward = (name, stage) => pieces.flatMap((each) => each[name].of(stage));
  const backward = pieces.toReversed().flatMap(({ activation, affine, layer }) =>
    [...activation.of("backward"), ...(layer > 1 ? affine.of("backward") : [])]);
  return numbered([
    ...first.of("leaves"),
    ...upward("weights", "leaves"),
    ...last.loss.of("leaves"),
    ...pieces.flatMap(({ affine, activation }) => [...affine.of("forward"), ...activation.of("forward")]),
    ...last.loss.of("loss"),
    ...upward("activation", "slopes"),
    ...last.loss.of("slopes"),
    ...last.loss.of("backward"),
    ...backward,
    ...pieces.toReversed().flatMap(({ affine }) => affine.of("sums")),
    ...upward("weights", "parts"),
  ]);
}

function piecesOf(layers, i) {
  const { inputs, size, activation } = layers[i];
  const [places, form] = [placesIn(layers, i), many(inputs) + many(size)];
  const isLast = i === layers.length - 1;
  const place = i === 0 ? (isLast ? "only" : "first") : isLast ? "last" : "middle";
  return {
    layer: i + 1,
    places,
    weights: piece(`weights ${place} ${form}`, places, i + 1),
    affine: piece(`affine ${form}`, places, i + 1),
    activation: activation === LINEAR ? NOTHING : piece(`${activation} ${many(size)}`, places, i + 1),
  };
}

const many = (size) => (size === 1 ? "1" : "n");
const NOTHING = { of: () => [] };

// What fills the slots of a layer.
function placesIn(layers, i) {
  const [n, input, { from, to, row }] = [i + 1, outputOf(layers, i - 1), placesOf(layers)[i]];
  const own = Object.fromEntries(["W", "b", "Z", "A", "dW", "db", "dZ", "dA"].map((name) => [name, `${name}${n}`]));
  const { inputs, size } = layers[i];
  const stop = to + inputs < countOf(layers) ? to : ""; // where the last bias is the last of its places in P anyway
  return { ...own, I: input, dI: `d${input}`, inputs, size, row, from, to, stop, last: to - 1, bias: from + row - 1 };
}

function lossPlaces(layers) {
  const output = outputOf(layers, layers.length - 1);
  return { O: output, dO: `d${output}` };
}

const PARTS = new Set(["samples", "weights", "affine"]); // a piece is one of them, or named as a loss or an activation
const PHASES = { leaves: "forward", forward: "forward", loss: "loss" }; // all others are backward

// A piece with what fills its slots: the lines of a stage, each with its own copy of that.
function piece(key, places, layer) {
  const all = { ...places };
  const of = (stage) => (PIECES[key][stage] ?? []).map((line) => ({ line, all, layer, stage, key }));
  return { of };
}

// Lines whose slots are filled. What has no name of its own is t1, t2 … in the order of the program.
function numbered(lines) {
  let temporary = 0;
  return lines.map(({ line, all, layer, stage, key }) => {
    const kind = key.split(" ")[0];
    const isLoss = LOSSES.includes(kind);
    const slot = /^⟨(t\d+)⟩$/.exec(line.name)?.[1];
    if (slot) all[slot] = `t${++temporary}`;
    const filled = (text) => text.replace(/⟨(\w+)⟩/g, (_, name) => all[name]);
    const reads = line.reads.map(filled);
    return {
      name: filled(line.name),
      numpy: filled(line.numpy),
      latex: line.latex.replace(/⟨(\w+)⟩/g, (_, name) => (typeof all[name] === "string" ? `⟨${all[name]}⟩` : all[name])),
      shape: line.shape.map(filled).map((size) => (size === "m" ? size : Number(size))),
      layer,
      phase: isLoss && stage === "leaves" ? "loss" : PHASES[stage] ?? "backward",
      kind: stage === "leaves" ? "leaf" : stage === "parts" ? "part" : "line",
      isOfActivation: !isLoss && !PARTS.has(kind),
      reads,
      from: reads.filter((name) => name !== "m"),
      sizes: { ...all, m: 0 },
      run: line.run,
    };
  });
}

// The whole in NumPy

function sourceOf(lines, targets, count) {
  const shown = ({ numpy, shape }) => (shape.length ? `${numpy.padEnd(WIDEST)}  # ${tuple(shape)}` : numpy);
  const [parts, others] = [lines.filter(isPart), lines.filter((line) => !isPart(line))];
  const gradient = [`gradient = np.zeros(${count})`, ...parts.map(({ numpy }) => numpy)];
  const body = [...others.map(shown), ...gradient, "return loss, gradient"];
  return [`def program(P, X, ${targets}):`, ...body.map((line) => `    ${line}`), ""].join("\n");
}

const isPart = ({ kind }) => kind === "part";
const tuple = (shape) => (shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`);
