// How is the whole graph shown, of which only a part is drawn? As a small picture with a point for each node, coloured by
// the sign of its gradient: what is drawn stands out, a ring is around the active step, and a click goes there. Whether it
// is there, the camera decides (view.js): where not everything is drawn, or in view.

import { showCount } from "../numbers.js";
import { sweepBehind } from "../engine/steps.js";
import { byId, element } from "./dom.js";
import { NEGATIVE, POSITIVE, UNKNOWN, nodeNear, placesOnMap, signsAt } from "./overview.js";
import { say } from "./say.js";
import { activeNodes, positionAt } from "./scene.js";
import { drawnParts, watchView } from "./stage.js";
import { goTo } from "./store.js";

const INK = { [POSITIVE]: "--positive", [NEGATIVE]: "--negative", [UNKNOWN]: "--line-strong" };
const RING = { gap: 2, least: 4.5, line: 1.5 }; // pixels: around a node, from its middle, and how thick

let seen = null; // the part of the picture that is in view

export function mountMinimap(store) {
  const canvas = element("canvas", { id: "overview", role: "img" });
  const note = element("p", { id: "overview-note" });
  const map = element("figure", { id: "minimap", hidden: "" }, canvas, note);
  byId("stage").append(map);
  canvas.addEventListener("click", (event) => goTo(store, positionAt(store.state, nodeUnder(store.state, canvas, event))));
  const later = coalesced(() => draw(store.state, { map, canvas, note }));
  store.onChange(later);
  watchView((view) => {
    seen = view.seen;
    later();
  });
  new ResizeObserver(later).observe(byId("stage"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", later);
  later();
}

// Once for each frame of the screen, after all that is to be drawn has been.
function coalesced(action) {
  let isWaiting = false;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      action();
    });
  };
}

function draw(state, { map, canvas, note }) {
  if (map.hidden) return;
  const isSeen = nodesSeen(state);
  const count = isSeen.reduce((sum, is) => sum + is, 0);
  const places = { nodes: showCount(isSeen.length), drawn: showCount(count) };
  note.textContent = say("size_overview", places);
  canvas.setAttribute("aria-label", say("size_overview_label", places));
  const scale = window.devicePixelRatio || 1;
  [canvas.width, canvas.height] = [canvas.clientWidth, canvas.clientHeight].map((size) => Math.round(size * scale));
  if (canvas.width) paint(state, isSeen, canvas, scale);
}

// For each node 1 if the box that it is in, and not behind, is in view, at least with its middle.
function nodesSeen({ graph }) {
  const isSeen = new Uint8Array(graph.nodes.length);
  for (const part of drawnParts()?.boxes ?? []) {
    if (part.box.kind !== "more" && isInView(part)) for (const node of part.box.members) isSeen[node] = 1;
  }
  return isSeen;
}

function isInView({ left, top, right, bottom }) {
  if (!seen) return true;
  const [x, y] = [(left + right) / 2 - seen.x, (top + bottom) / 2 - seen.y];
  return x >= 0 && y >= 0 && x <= seen.width && y <= seen.height;
}

const places = new WeakMap();

function placesOf({ graph }) {
  if (!places.has(graph.args)) places.set(graph.args, placesOnMap(graph));
  return places.get(graph.args);
}

// Point by point into the pixels: a hundred thousand rectangles would take longer than a step may.
function paint(state, isSeen, canvas, scale) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  const map = placesOf(state);
  const colors = [0, 1, 2, 3].map((sign) => pixelOf(context, INK[sign] ?? INK[UNKNOWN]));
  const faint = colors.map((color) => (color & 0xffffff) | (0x59 << 24));
  const signs = signsAt(state.graph, sweepBehind(state.steps), state.position);
  signs.forEach((sign, node) => isSeen[node] || fill(pixels, canvas, map, node, faint[sign], 0));
  signs.forEach((sign, node) => isSeen[node] && fill(pixels, canvas, map, node, colors[sign], scale));
  context.putImageData(image, 0, 0);
  for (const node of activeNodes(state)) ring(context, canvas, map, node, scale);
}

// A node as a rectangle of at least a pixel, larger by `more` on all sides.
function fill(pixels, { width, height }, map, node, color, more) {
  const left = Math.max(0, Math.round(map.x[node] * width - more));
  const top = Math.max(0, Math.round(map.y[node] * height - more));
  const right = Math.min(width, left + Math.max(1, Math.round(map.width[node] * width * 0.8)) + 2 * more);
  const bottom = Math.min(height, top + Math.max(1, Math.round(map.height[node] * height * 0.8)) + 2 * more);
  for (let y = top; y < bottom; y++) pixels.fill(color, y * width + left, y * width + right);
}

// Around what `fill` draws of a node, and inside of the picture; round, where that is a point.
function ring(context, { width, height }, map, node, scale) {
  const [gap, least, line] = [RING.gap, RING.least, RING.line].map((each) => each * scale);
  const [x, across] = ringAlong(map.x[node] * width, map.width[node] * width * 0.8, width, { gap, least, line });
  const [y, down] = ringAlong(map.y[node] * height, map.height[node] * height * 0.8, height, { gap, least, line });
  context.beginPath();
  context.roundRect(x - across, y - down, 2 * across, 2 * down, Math.min(across, down, 2 * least));
  context.lineWidth = line;
  context.strokeStyle = variable("--ink");
  context.stroke();
}

// Its middle and half its size, in one direction.
function ringAlong(start, size, room, { gap, least, line }) {
  const half = Math.min(Math.max(size / 2 + gap, least), room / 2 - line);
  return [Math.min(Math.max(start + size / 2, half + line), room - half - line), half];
}

const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// A colour as the bytes of a pixel.
function pixelOf(context, name) {
  context.fillStyle = variable(name);
  const [red, green, blue] = context.fillStyle.match(/[0-9a-f]{2}/g).map((digits) => parseInt(digits, 16));
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function nodeUnder(state, canvas, event) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const map = placesOf(state);
  return nodeNear(map, (event.clientX - left) / width, (event.clientY - top) / height, width / height);
}
