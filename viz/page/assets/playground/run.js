// What does the page know of a training? The session that computes it, the points with their places and parts, and what
// every neuron makes of every place of the plane.
//
//   settings     the settings of this moment
//   session      what trains: see training.js
//   shape        {inputs, sizes, activations}: names of the inputs; how many neurons each layer has, inputs first
//   program      its formulas: see program.js
//   points       [{at: [x, y], label, isHeldOut}], in the order of the data
//   rows, names  the data as a table: rows of numbers, and the names of the columns
//   classes      how many there are; 0 where numbers are predicted
//   plane        the part of the plane that is shown
//   grid         what the network is given at each place of the grid, row by row

import { FEATURES } from "./data.js";
import { onPlaneAt } from "./editing.js";
import { gridOf, isInside, planeOf } from "./plane.js";
import { classOf, taskOf } from "./tasks.js";
import { trainingOf } from "./training.js";

/** The run of settings; the plane `before`, if one is given, stays what is shown as long as all points are inside of it. */
export function runOf(settings, before = null) {
  return seenOf(trainingOf(settings), before);
}

/** A run of its own that has come as far, by the same steps. */
export function copyOf({ session, plane }) {
  const copy = trainingOf(session.recipe.settings);
  copy.follow(session.recipe);
  return seenOf(copy, plane);
}

/** What is seen of a training; anew where other columns of the data are drawn. */
export function seenOf(session, before = null) {
  const { settings } = session;
  const { points: data, validation } = session.samples;
  const heldOut = new Set(validation.rows);
  const [first, second] = settings.data.plane;
  const points = data.X.map((row, index) => ({ at: [row[first], row[second] ?? 0], label: data.y[index], isHeldOut: heldOut.has(index) }));
  const places = points.map(({ at }) => at);
  const plane = before && places.every((place) => isInside(before, place)) ? before : planeOf(places);
  const { program } = session;
  const run = { get settings() { return session.settings; }, session, program, shape: shapeOf(program, settings), points, plane, rows: data.X, names: data.names, classes: data.classes, seen: null };
  return Object.assign(run, { grid: Float64Array.from(gridOf(plane).flatMap((place) => session.samples.given(rowAt(run, place)))) });
}

function shapeOf({ layers }, { inputs }) {
  return { inputs, sizes: [inputs.length, ...layers.map(({ size }) => size)], activations: layers.map(({ activation }) => activation) };
}

// A row of the data at a place of the plane: its other columns are in the middle of the data.
function rowAt({ rows, settings: { data } }, place) {
  const middle = rows[0].length > 2 ? rows[0].map((_, column) => rows.reduce((sum, row) => sum + row[column], 0) / rows.length) : rows[0];
  return onPlaneAt(middle, data.plane, place);
}

/** All inputs that there could be: the columns, and functions of the plane. */
export function possibleInputs({ names }) {
  const isPlane = names[0] === "x1" && names[1] === "x2";
  return [...names, ...(isPlane ? Object.keys(FEATURES) : [])];
}

/** What every neuron makes of the grid now: views[layer] is m × size numbers, row by row. */
export function viewsOf(run) {
  const seen = seenNow(run);
  seen.views ??= [run.grid, ...run.program.forward(run.session.parameters, run.grid).activations];
  return seen.views;
}

/**
 * How far it is, and how good now: {moment, epoch, furthest, loss, accuracy, val_loss, val_accuracy}; null for what there
 * is not.
 */
export function nowOf(run) {
  const { session } = run;
  const [train, held] = [partSeen(run, "train"), partSeen(run, "validation")];
  const shares = hasAccuracy(run) ? { accuracy: train.accuracy, val_accuracy: held?.accuracy ?? null } : { accuracy: null, val_accuracy: null };
  return { moment: session.moment, epoch: session.epochs, furthest: session.furthest, loss: train.loss, val_loss: held?.loss ?? null, ...shares };
}

// Whether a prediction is right or wrong; by the squared error it is only near or far.
function hasAccuracy({ settings: { loss } }) {
  return taskOf(loss).isRight !== null;
}

/** For each point the class that the network says. */
export function guessesOf(run) {
  const guesses = Array(run.points.length);
  for (const name of ["train", "validation"]) {
    const { outputs } = partSeen(run, name) ?? { outputs: [] };
    const size = run.shape.sizes.at(-1);
    run.session.samples[name].rows.forEach((row, place) => (guesses[row] = classOf(run.settings.loss, outputs.subarray(size * place, size * (place + 1)))));
  }
  return guesses;
}

function partSeen(run, name) {
  const seen = seenNow(run);
  if (!run.session.samples[name].rows.length) return null;
  return (seen[name] ??= run.session.evaluate(name));
}

// What was computed with the present parameters; nothing, as soon as one of them is another number.
function seenNow(run) {
  const { parameters } = run.session;
  if (!run.seen || run.seen.P.some((number, place) => !Object.is(number, parameters[place]))) run.seen = { P: parameters.slice() };
  return run.seen;
}

/** The place of a weight among the parameters, or of a bias if `from` is absent. */
export function placeOf({ shape: { sizes } }, { layer, neuron, from }) {
  let start = 0;
  for (let before = 1; before < layer; before++) start += sizes[before] * (sizes[before - 1] + 1);
  return start + neuron * (sizes[layer - 1] + 1) + (from ?? sizes[layer - 1]);
}

/** What one output says, from -1 for class 0 to 1 for class 1; of a number, its place in the range of the data. */
export function confidenceOf({ settings: { loss }, points, classes }) {
  if (!classes) {
    const largest = points.reduce((found, { label }) => Math.max(found, Math.abs(label)), 0) || 1;
    return (number) => number / largest;
  }
  return CONFIDENCE[loss];
}

/** The output between the two classes; of a number, 0. */
export function middleOf({ settings: { loss }, classes }) {
  return classes && ["bce", "mse"].includes(loss) ? 0.5 : 0;
}

const CONFIDENCE = {
  bce: (p) => 2 * p - 1,
  mse: (p) => 2 * p - 1,
  bce_with_logits: (z) => Math.tanh(z / 2),
  hinge: (z) => z,
};
