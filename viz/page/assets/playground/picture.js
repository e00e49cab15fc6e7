// How is a plane painted? A small image with a pixel for each cell of the grid, spread over the picture.

import { paintClasses, paintNumbers } from "./colours.js";
import { COLUMNS, ROWS } from "./plane.js";
import { confidenceOf, viewsOf } from "./run.js";

const CELLS = COLUMNS * ROWS;
const image = new ImageData(COLUMNS, ROWS);
const small = Object.assign(document.createElement("canvas"), { width: COLUMNS, height: ROWS });
const pen = small.getContext("2d");
const BOUNDED = ["tanh", "sigmoid"]; // what is drawn on the scale from -1 to 1, so that saturation is seen

/** Paint what one neuron makes of the plane; `context` is that of a canvas, which is filled. */
export function paintNeuron(context, run, { layer, neuron }, strength = "full") {
  const { sizes, activations } = run.shape;
  if (layer === sizes.length - 1) return paintDecision(context, run, strength, neuron);
  const numbers = viewsOf(run)[layer];
  const size = sizes[layer];
  const scale = 1 / (BOUNDED.includes(activations[layer - 1]) ? 1 : largest(numbers, size, scaledBy(numbers, size, layer, neuron)));
  paintNumbers(image, CELLS, (cell) => numbers[cell * size + neuron] * scale, strength);
  spread(context);
}

/** Paint what the network says of the plane; of more than two classes one alone, if it is given. */
export function paintDecision(context, run, strength = "soft", only = null) {
  const numbers = viewsOf(run).at(-1);
  const size = run.shape.sizes.at(-1);
  if (size === 1) {
    const confidence = confidenceOf(run);
    paintNumbers(image, CELLS, (cell) => confidence(numbers[cell]), strength);
  } else if (only === null) paintClasses(image, CELLS, (cell) => bestOf(numbers, cell * size, size), strength);
  else paintClasses(image, CELLS, (cell) => [only, chanceOf(numbers, cell * size, size, only)], strength);
  spread(context);
}

function spread(context) {
  const { width, height } = context.canvas;
  pen.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "low";
  context.drawImage(small, 0, 0, width, height);
}

// A column that is not drawn is one number everywhere: its colour is for its size among all inputs.
function scaledBy(numbers, size, layer, neuron) {
  const isFlat = layer === 0 && numbers[neuron] === numbers[(CELLS - 1) * size + neuron] && numbers[neuron] === numbers[(COLUMNS - 1) * size + neuron];
  return isFlat ? Array.from({ length: size }, (_, column) => column) : [neuron];
}

function largest(numbers, size, neurons) {
  let found = 0;
  for (const neuron of neurons) for (let cell = 0; cell < CELLS; cell++) found = Math.max(found, Math.abs(numbers[cell * size + neuron]));
  return found || 1;
}

// The class with the largest output, and how far its probability is from that of a guess.
function bestOf(numbers, at, size) {
  let best = 0;
  for (let index = 1; index < size; index++) if (numbers[at + index] > numbers[at + best]) best = index;
  return [best, (chanceOf(numbers, at, size, best) - 1 / size) / (1 - 1 / size)];
}

function chanceOf(numbers, at, size, index) {
  let total = 0;
  for (let other = 0; other < size; other++) total += Math.exp(numbers[at + other] - numbers[at + index]);
  return 1 / total;
}
