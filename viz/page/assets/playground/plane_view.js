// What does the left of the room show? The points, and what the network says of every place: the stronger the colour, the
// surer it is; the line is where it changes its mind. While a neuron is pointed at, what that neuron makes of the plane.

import { byId, element } from "../lab/dom.js";
import { say, sentence } from "../lab/say.js";
import { colourOf, colours } from "./colours.js";
import { nameOfNeuron, wordOfOutput } from "./names.js";
import { paintDecision, paintNeuron } from "./picture.js";
import { ASPECT, COLUMNS, ROWS, onPicture, zeroLine } from "./plane.js";
import { confidenceOf, middleOf, viewsOf } from "./run.js";

export const RADIUS = 5; // of a point, in pixels
const EDGED = 3; // smaller points have no dark edge

/** Draw the plane, with its points, as wide as its box. */
export function drawPlane(state, cursor) {
  const canvas = byId("plane");
  const scale = fitCanvas(canvas, canvas.clientWidth, canvas.clientWidth / ASPECT);
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  const shown = state.pointed ?? null;
  if (shown) paintNeuron(context, state.run, shown, "soft");
  else paintDecision(context, state.run);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  const size = { width: canvas.width / scale, height: canvas.height / scale };
  drawLine(context, state.run, size, shown);
  drawPoints(context, state, size);
  if (cursor) drawCursor(context, onPicture(state.run.plane, cursor, size));
}

/** A canvas as many pixels large as the screen has for it; gives their number for one of the page's. */
export function fitCanvas(canvas, width, height) {
  const scale = Math.min(2, globalThis.devicePixelRatio || 1);
  const [wide, high] = [width, height].map((length) => Math.max(1, Math.round(length * scale)));
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  return scale;
}

/** The line on which the network changes its mind: of one output, where it is in the middle; of several, where two are
 *  largest together. Of one neuron, where it is 0. */
export function drawLine(context, run, { width, height }, shown = null) {
  const [layer, neuron] = shown ? [shown.layer, shown.neuron] : [run.shape.sizes.length - 1, null];
  const numbers = viewsOf(run)[layer];
  const size = run.shape.sizes[layer];
  context.beginPath();
  for (const of of linesOf(run, layer, neuron, numbers, size)) {
    for (const [[x, y], [toX, toY]] of zeroLine(of)) {
      context.moveTo((x / COLUMNS) * width, (y / ROWS) * height);
      context.lineTo((toX / COLUMNS) * width, (toY / ROWS) * height);
    }
  }
  Object.assign(context, { lineWidth: 1.5, lineCap: "round", strokeStyle: colours().ink, globalAlpha: 0.75 });
  context.stroke();
  context.globalAlpha = 1;
}

function linesOf(run, layer, neuron, numbers, size) {
  const isOutput = layer === run.shape.sizes.length - 1;
  if (isOutput && size === 1) {
    const middle = middleOf(run);
    return [(cell) => numbers[cell] - middle];
  }
  if (!isOutput) return [(cell) => numbers[cell * size + neuron]];
  const classes = neuron === null ? Array.from({ length: size }, (_, index) => index) : [neuron];
  return classes.map((index) => (cell) => ahead(numbers, cell * size, size, index));
}

// How far an output is ahead of the largest other one.
function ahead(numbers, at, size, index) {
  let other = -Infinity;
  for (let each = 0; each < size; each++) if (each !== index) other = Math.max(other, numbers[at + each]);
  return numbers[at + index] - other;
}

// The points

const CORNERS = {
  1: null, // a circle
  0: [[0, -1.25], [1.15, 0.85], [-1.15, 0.85]],
  2: [[-0.92, -0.92], [0.92, -0.92], [0.92, 0.92], [-0.92, 0.92]],
  3: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
};

/** Draw the points of a run on a picture of the plane. */
export function drawPoints(context, state, size) {
  const { run, sample, phase } = state;
  const isNumbers = !run.classes;
  const radius = RADIUS * Math.max(0.8, Math.min(1.3, size.width / 380));
  for (const { at, label, isHeldOut } of run.points) {
    const [kind, colour] = isNumbers ? [1, colourOfNumber(run, label)] : [label, null];
    drawPoint(context, onPicture(run.plane, at, size), kind, isHeldOut, colour, radius);
  }
  for (const row of phase?.rows ?? []) mark(context, onPicture(run.plane, run.points[row].at, size), radius);
  if (sample !== null && run.points[sample]) ring(context, onPicture(run.plane, run.points[sample].at, size), radius);
}

/** One point at a place of a canvas: its shape says the class; a point that is held out is hollow. */
export function drawPoint(context, [x, y], label, isHeldOut, colour, radius) {
  const { paper, ink, classes } = colours();
  shapeAt(context, x, y, CORNERS[label % 4], radius);
  const full = colour ?? classes[label % classes.length];
  context.fillStyle = isHeldOut ? paper : full;
  context.strokeStyle = isHeldOut ? full : paper;
  context.lineWidth = isHeldOut ? 2.2 : 1.2;
  context.lineJoin = "round";
  context.fill();
  context.stroke();
  if (!colour || radius < EDGED) return;
  Object.assign(context, { strokeStyle: ink, lineWidth: 0.9 });
  context.stroke();
}

function shapeAt(context, x, y, corners, radius) {
  context.beginPath();
  if (!corners) return context.arc(x, y, radius, 0, 2 * Math.PI);
  corners.forEach(([right, down], index) => context[index ? "lineTo" : "moveTo"](x + right * radius, y + down * radius));
  context.closePath();
}

// A point of the batch that goes by in slow motion.
function mark(context, [x, y], radius) {
  context.beginPath();
  context.arc(x, y, radius + 3.5, 0, 2 * Math.PI);
  Object.assign(context, { lineWidth: 1.6, strokeStyle: colours().ink });
  context.stroke();
}

function ring(context, [x, y], radius) {
  const { ink, paper } = colours();
  for (const [width, colour] of [[5, paper], [2.5, ink]]) {
    context.beginPath();
    context.arc(x, y, radius + 5, 0, 2 * Math.PI);
    Object.assign(context, { lineWidth: width, strokeStyle: colour });
    context.stroke();
  }
}

function drawCursor(context, [x, y]) {
  const { ink, paper } = colours();
  for (const [width, colour] of [[4, paper], [2, ink]]) {
    context.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + 4 * dx, y + 4 * dy);
      context.lineTo(x + 12 * dx, y + 12 * dy);
    }
    Object.assign(context, { lineWidth: width, strokeStyle: colour });
    context.stroke();
  }
}

// A number to be predicted has the colour that the plane should have there, and a dark edge to be seen on it.
function colourOfNumber(run, label) {
  return colourOf(confidenceOf(run)(label));
}

/** What the picture is of, in words. */
export function drawPlaneTitle({ pointed, run }) {
  const held = run.points.filter(({ isHeldOut }) => isHeldOut).length;
  byId("plane").setAttribute("aria-label", say("ground_plane_label", { count: run.points.length, held }));
  byId("plane-help").hidden = held === 0;
  const name = () => element("i", { class: "math" }, [nameOfNeuron(run.shape, pointed), wordOfOutput(run, pointed)].filter(Boolean).join(" "));
  byId("plane-title").hidden = pointed === null;
  if (pointed) byId("plane-title").replaceChildren(...sentence("ground_title_neuron", { name }));
}
