// Where do the neurons stand? In columns, a layer each, from the inputs to the output; as large as there is room.

import { ASPECT } from "./plane.js";

const WIDEST = { least: 84, most: 128, share: 0.12 }; // of a picture of a neuron, in pixels and of the width of the room
const LEAST = { row: 4, gap: 5, label: 18, labelled: 46 }; // pixels; in a lower row there is no room for its name
const PART = 0.3; // of a low row is its gap
const PILL = 30; // the height of an input that is not chosen, which stands below the others
const SIDE = { wide: 46, narrow: 20 }; // between a picture and the edge of the room

/**
 * The columns of a network in a room of this size: {columns: [x], picture: {width, height}, hasNames, places, pills}, where
 * `places[layer][neuron]` is the middle of a neuron's picture, in pixels, and `pills` the places of the `idle` inputs.
 */
export function layOut(counts, { width, height, top = 0, bottom = 0 }, idle = 0) {
  const free = Math.max(40, height - top - bottom);
  const row = Math.max(LEAST.row, Math.min(free / Math.max(...counts), (free - idle * PILL) / counts[0]));
  const hasNames = row >= LEAST.labelled;
  const column = width / counts.length;
  const widest = Math.max(WIDEST.least, Math.min(WIDEST.most, WIDEST.share * width));
  const gap = Math.min(LEAST.gap, PART * row);
  const tall = Math.min(row - gap - (hasNames ? LEAST.label : 0), widest / ASPECT, (0.62 * column) / ASPECT);
  const picture = { width: Math.round(ASPECT * tall), height: Math.max(1, Math.floor(tall)) };
  const side = picture.width / 2 + (width > 480 ? SIDE.wide : SIDE.narrow) * Math.min(1, width / 700);
  const columns = counts.map((_, layer) => side + (counts.length > 1 ? (layer / (counts.length - 1)) * (width - 2 * side) : 0));
  const step = Math.min(row, picture.height + (hasNames ? LEAST.label : 0) + Math.max(gap, 0.42 * picture.height));
  const places = counts.map((count, layer) => placesOf(count, columns[layer], top, free - (layer ? 0 : idle * PILL), step, hasNames));
  const below = places[0].at(-1).y + picture.height / 2 + (hasNames ? LEAST.label : 0) + 0.6 * PILL;
  const pills = Array.from({ length: idle }, (_, index) => ({ x: columns[0], y: below + index * PILL }));
  return { columns, picture, hasNames, places, pills };
}

// In the middle of the height, all as far from each other.
function placesOf(count, x, top, free, step, hasNames) {
  const middle = top + free / 2 - (hasNames ? LEAST.label / 2 : 0);
  return Array.from({ length: count }, (_, index) => ({ x, y: middle + (index - (count - 1) / 2) * step }));
}
