// Which way does a picture go? To the right, as one reads; down, where the stage is narrow; and a long line in rows. The
// first of these with which everything can be read at once is taken: it follows from the picture and the stage alone.

import { heightOfGap, idsIn, sourceOf } from "./room.js";
import { inRows } from "./rows.js";
import { lowered, tightened } from "./tighten.js";

const NARROW = 600; // px; a stage that is narrower, or higher than wide, is laid out from top to bottom
const ROOMY = 800; // px; on a stage that is at least as wide a part of a graph never turns from step to step
const MARGINS = { usual: { side: 12, above: 12, below: 16 }, low: { side: 8, above: 6, below: 10 } }; // around everything
const KEPT = 60; // layouts that are remembered

/** Whether arrows usually run down on a stage {width, height}. */
export const isTall = ({ width, height }) => width < NARROW || width < height;

/** Whether there is so little room that boxes have to be low. */
export const isLow = ({ width }) => width < NARROW;

// The ways that a scene may go on a stage, the usual one first.
function waysOn(stage, isPart) {
  if (isTall(stage)) return ["TB", "LR", "rows"];
  return isPart && stage.width >= ROOMY ? ["LR", "rows"] : ["LR", "rows", "TB"];
}

/** What arranges scenes: Graphviz, a function from DOT source to a layout, and the layouts that it made. */
export function arranger(layOut) {
  return { layOut, layouts: new Map(), ms: 0 };
}

/**
 * A scene on a stage {width, height}: {layout, world, boxes, isReadable}: the places that Graphviz gives, of the arrows by
 * "a0", "a1" … and of the boxes by their ids in `idsIn`; how much room all takes; where the boxes are; and whether
 * `canRead(world, boxes)`. If it cannot be read any way, it goes the usual one.
 */
export function arranged(arranger, scene, room, stage, canRead) {
  const ways = waysOn(stage, scene.boxes.some(({ kind }) => kind === "more"));
  let usual = null;
  for (const way of ways) {
    const layout = layoutOf(arranger, scene, room, way, stage);
    if (!layout) continue;
    const found = placed(layout, room.isLow ? MARGINS.low : MARGINS.usual);
    if (canRead(found.world, found.boxes)) return { ...found, isReadable: true };
    usual ??= found;
  }
  return { ...usual, isReadable: false };
}

// With a margin around everything.
function placed(layout, { side, above, below }) {
  const moved = (place) => ({ ...place, x: place.x + side, y: place.y + above });
  const nodes = new Map([...layout.nodes].map(([id, box]) => [id, moved(box)]));
  const edges = new Map([...layout.edges].map(([id, points]) => [id, points.map(moved)]));
  const world = { width: layout.width + 2 * side, height: layout.height + above + below };
  return { layout: { nodes, edges }, world, boxes: [...nodes.values()].map(rectangleOf) };
}

function rectangleOf({ x, y, width, height }) {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function layoutOf(arranger, scene, room, way, stage) {
  if (way === "rows" && scene.frames.length) return null; // an open group stays in one piece
  const source = sourceOf(scene, room, way === "TB" ? "TB" : "LR");
  const key = way === "rows" ? `${source} // ${stage.width} ${stage.height}` : source;
  const { layouts } = arranger;
  if (!layouts.has(key)) {
    layouts.set(key, way === "rows" ? inRows(layoutOf(arranger, scene, room, "LR", stage), namedArrows(scene), stage) : drawnUp(arranger, scene, room, way, source));
    if (layouts.size > KEPT) layouts.delete(layouts.keys().next().value);
  }
  return layouts.get(key);
}

function drawnUp(arranger, scene, room, way, source) {
  const begin = performance.now();
  const layout = arranger.layOut(source);
  arranger.ms = performance.now() - begin;
  const gaps = namedArrows(scene).map((arrow, index) => ({ ...arrow, size: gapOf(room, scene.arrows[index], way) }));
  return way === "LR" ? tightened(layout, gaps) : lowered(layout, gaps);
}

function gapOf(room, { id }, way) {
  const { width, gap } = room.chips.get(id);
  return way === "LR" ? gap : heightOfGap(room, width > 0);
}

function namedArrows({ boxes, arrows }) {
  const ids = idsIn(boxes);
  const more = new Set(boxes.filter(({ kind }) => kind === "more").map(({ id }) => id));
  const isOfMore = ({ from, to }) => more.has(from) || more.has(to);
  return arrows.map((arrow, index) => ({ id: `a${index}`, from: ids.get(arrow.from), to: ids.get(arrow.to), isOfMore: isOfMore(arrow) }));
}
