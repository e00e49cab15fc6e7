// How are the weights drawn? As lines by the law of all pictures: blue and solid above 0, orange and dashed below, the thicker
// the larger. The dot at a neuron is its bias, full above 0 and hollow below.
//
// In slow motion a batch goes by: forward, the lines come out from the inputs to the output; backward, they are the gradients
// of the loss by the weights, from the output back to the inputs.

import { colours } from "./colours.js";
import { flowAt } from "./flow.js";
import { fitCanvas } from "./plane_view.js";
import { placeOf } from "./run.js";

const PENS = { thinnest: 0.7, thickest: 5.5, faintest: 0.28 }; // thicker than elsewhere: they are seen from afar
const DASH = [7, 5];
const NEAR = 7; // pixels from a line that still mean it
const PALE = 0.3;
const DROP = { least: 0.12, radius: 3.4 }; // what runs along a line; along none of less than that share of the largest

/** Draw the weights on their canvas, where the layout has the neurons. */
export function drawWeights(canvas, state, layout, width, height) {
  const scale = fitCanvas(canvas, width, height);
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const { run, phase } = state;
  const flow = flowAt(phase, run.shape.sizes.length - 1);
  const numbers = flow?.isBackward ? phase.gradient : run.session.parameters;
  const largest = largestOf(numbers, flow?.isBackward ? 0 : 1);
  const lit = state.pointed ?? state.lit ?? state.chosen;
  forEachWeight(run, layout, (weight, from, to) => {
    const number = numbers[placeOf(run, weight)];
    const gone = flow ? flow.shares[weight.layer] : 1;
    drawLine(context, number, largest, from, to, flow ? PALE + (1 - PALE) * gone : strengthOf(weight, lit));
    if (flow && gone > 0 && gone < 1 && Math.abs(number) > DROP.least * largest) drawDrop(context, number, from, to, flow.isBackward ? 1 - gone : gone);
  });
  forEachNeuron(run, layout, (at, place) => drawBias(context, numbers[placeOf(run, at)], largest, place, layout.picture));
}

/** The weight whose line is nearest to a place, {layer, neuron, from}, or null if none is near. */
export function weightNear(place, run, layout) {
  let [nearest, distance] = [null, NEAR];
  forEachWeight(run, layout, (weight, from, to) => {
    const found = distanceTo(place, from, to);
    if (found < distance) [nearest, distance] = [weight, found];
  });
  return nearest;
}

function forEachWeight({ shape: { sizes } }, layout, visit) {
  for (let layer = 1; layer < sizes.length; layer++) {
    for (let neuron = 0; neuron < sizes[layer]; neuron++) {
      for (let from = 0; from < sizes[layer - 1]; from++) visit({ layer, neuron, from }, ...endsOf({ layer, neuron, from }, layout));
    }
  }
}

function endsOf({ layer, neuron, from }, { places, picture }) {
  const [one, other] = [places[layer - 1][from], places[layer][neuron]];
  return [{ x: one.x + picture.width / 2, y: one.y }, { x: other.x - picture.width / 2, y: other.y }];
}

function forEachNeuron({ shape: { sizes } }, { places }, visit) {
  for (let layer = 1; layer < sizes.length; layer++) for (let neuron = 0; neuron < sizes[layer]; neuron++) visit({ layer, neuron }, places[layer][neuron]);
}

// All lines have the same scale, by the largest number, of at least `least`.
function largestOf(numbers, least) {
  return numbers.reduce((found, number) => (Number.isFinite(number) ? Math.max(found, Math.abs(number)) : found), least) || 1;
}

// While a neuron is looked at, its own lines are as they are, and the others pale.
function strengthOf({ layer, neuron, from }, lit) {
  if (!lit) return 1;
  if (lit.kind) return lit.kind === "weights" && lit.layer === layer ? 1.6 : PALE;
  if (lit.from !== undefined) return lit.layer === layer && lit.neuron === neuron && lit.from === from ? 1.6 : PALE;
  const isOwn = (lit.layer === layer && lit.neuron === neuron) || (lit.layer === layer - 1 && lit.neuron === from);
  return isOwn ? 1.15 : PALE;
}

function colourOf(number) {
  const { positive, negative, line } = colours();
  return number > 0 ? positive : number < 0 ? negative : line;
}

function drawLine(context, number, largest, from, to, strength) {
  const share = Math.min(1, Math.abs(number) / largest) || 0;
  const bend = 0.5 * (to.x - from.x);
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.bezierCurveTo(from.x + bend, from.y, to.x - bend, to.y, to.x, to.y);
  context.strokeStyle = colourOf(number);
  context.globalAlpha = Math.min(1, (PENS.faintest + (1 - PENS.faintest) * Math.sqrt(share)) * strength);
  context.lineWidth = PENS.thinnest + (PENS.thickest - PENS.thinnest) * share;
  context.setLineDash(number < 0 ? DASH : []);
  context.stroke();
  context.globalAlpha = 1;
}

function drawDrop(context, number, from, to, share) {
  const t = timeAt(share);
  context.beginPath();
  context.arc(from.x + share * (to.x - from.x), heightAt(t, from, to), DROP.radius, 0, 2 * Math.PI);
  context.fillStyle = colours().paper;
  context.strokeStyle = colourOf(number);
  context.lineWidth = 2;
  context.setLineDash([]);
  context.fill();
  context.stroke();
}

function drawBias(context, number, largest, { x, y }, { width, height }) {
  const { positive, negative, paper } = colours();
  const radius = 2 + 4 * Math.sqrt(Math.min(1, Math.abs(number) / largest) || 0);
  context.setLineDash([]);
  context.beginPath();
  context.arc(x - width / 2 - 1, y + height / 2 + 1, radius, 0, 2 * Math.PI);
  context.fillStyle = number < 0 ? paper : positive;
  context.strokeStyle = number < 0 ? negative : paper;
  context.lineWidth = number < 0 ? 2 : 1;
  context.fill();
  context.stroke();
}

// The curve: Bézier's, with x(t) = 3t(1 - t)/2 + t³ and y(t) = 3t² - 2t³ of the way.

function heightAt(t, from, to) {
  return from.y + (to.y - from.y) * t * t * (3 - 2 * t);
}

// From a place to the curve: down to its height there, and by its slope across.
function distanceTo({ x, y }, from, to) {
  const share = (x - from.x) / (to.x - from.x);
  if (!(share >= 0 && share <= 1)) return Infinity;
  const t = timeAt(share);
  const slope = ((to.y - from.y) * 6 * t * (1 - t)) / ((to.x - from.x) * slopeAt(t));
  return Math.abs(y - heightAt(t, from, to)) / Math.sqrt(1 + slope * slope);
}

// The t at which the curve has gone so far to the right, by Newton's method.
function timeAt(share) {
  let t = share;
  for (let turn = 0; turn < 4; turn++) t = Math.max(0, Math.min(1, t - (1.5 * t * (1 - t) + t ** 3 - share) / slopeAt(t)));
  return t;
}

function slopeAt(t) {
  return 1.5 - 3 * t + 3 * t * t;
}
