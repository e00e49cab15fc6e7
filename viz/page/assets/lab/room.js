// How much room does each thing need? Boxes for their titles and for every number that will ever stand in them, so that
// nothing moves while one steps; and between the boxes, room for the labels of the arrows.

import { show, withMinus } from "../numbers.js";
import { flowOf, stepAt } from "./flow.js";
import { SMALLEST, cutTo, widthOf } from "./letters.js";
import { say } from "./say.js";
import { titlesOf } from "./titles.js";

export const BOX = { width: 114, widest: 216, step: 6, padding: 8 };
const HEIGHTS = {
  usual: { box: 88, constant: 36, group: 84, outputs: 24, more: 64 }, // of a group 24 more for the numbers of its output
  low: { box: 74, constant: 32, group: 64, outputs: 28, more: 32 }, // on a stage that is small
};
const LEAST_CONSTANT = 44;
const CHIP = { height: 24, padding: 7, ofMany: 100 };
export const PILL = { height: 28, padding: 9 };
const WIDEST_PILL = 96; // for which a gap grows; a wider one lies over what is less important
const LEAST_LABEL = 52;
const BESIDE = 28; // between boxes of a rank: a note has room there
const LINE = 31; // of an arrow, that its label does not cover
const LOW_LINE = 26; // the same on a stage that is small
const BARE = 40; // of an arrow that never has a label
const NO_CHIP = { width: 0, height: 0, gap: BARE }; // of arrows to what is not drawn; it says little
const STEP = 6; // in which labels grow, so that a digit more moves nothing
const MOST_TEXTS = 60; // of a node or an arrow, that are measured
const INCH = 72;
const FRAME = { margin: 14, label: 22 }; // around the boxes of an open group

const terms = (count) => say("stage_terms", { count });

/**
 * {boxes: a Map from id to {width, height, title, lines}, chips: a Map from id to {width, height, gap}} for a scene;
 * `gap` is how far apart the boxes of an arrow from left to right have to be. What has
 * been wider `before`, stays as wide. Where a stage `isLow`, so are its boxes.
 */
export function roomFor(scene, state, before = null, isLow = false) {
  const more = new Set(scene.boxes.filter(({ kind }) => kind === "more").map(({ id }) => id));
  const isBare = ({ from, to, edges }) => (isLow || edges.length > 1) && (more.has(from) || more.has(to));
  return {
    isLow,
    boxes: new Map(scene.boxes.map((box) => [box.id, roomOfBox(box, state, before?.boxes.get(box.id), isLow)])),
    chips: new Map(scene.arrows.map((arrow) => [arrow.id, isBare(arrow) ? NO_CHIP : roomOfChip(arrow, state, before?.chips.get(arrow.id))])),
  };
}

function roomOfBox(box, state, before, isLow) {
  const isFolded = box.kind === "group" || box.kind === "more";
  const widest = BOX.widest - 2 * BOX.padding;
  const titles = isFolded ? [textOf(box.title)] : titlesOf(state.graph, box.node, terms);
  const kind = isFolded ? "title" : "name";
  const title = titles.find((each) => widthOf(each, kind) <= widest) ?? cutTo(titles.at(-1), kind, widest);
  const lines = isFolded && !(isLow && box.kind === "more") ? cutTo(box.lines.map(textOf).join(" · "), "chip", widest) : "";
  const numbers = box.node === null || box.kind === "constant" ? 0 : widthOfNumbers(state, box.node);
  const needed = Math.max(widthOf(title, kind), widthOf(lines, "chip"), numbers) + 2 * BOX.padding;
  const width = Math.max(box.kind === "constant" ? LEAST_CONSTANT : BOX.width, before?.width ?? 0);
  const heights = isLow ? HEIGHTS.low : HEIGHTS.usual;
  const height = (heights[box.kind] ?? heights.box) + (box.kind === "group" && box.node !== null ? heights.outputs : 0);
  return { title, lines, height, isLow, width: Math.max(width, Math.ceil(needed / BOX.step) * BOX.step) };
}

/** A title of the scene: {key, places} for `say`, or {text}. */
export function textOf({ key, places, text }) {
  return text ?? say(key, places);
}

// In the smallest letters: all numbers that will ever stand in the box of a node fit in.
function widthOfNumbers({ graph, steps }, node) {
  const { sweep } = flowOf(steps);
  const arrivals = sweep.arrivalsAt(node);
  const sums = Array.from(arrivals.subarray(0, MOST_TEXTS), (edge) => sweep.before[edge]);
  const texts = [...sums, sweep.gradients[node]].map(gradientText);
  const wide = (text, kind) => widthOf(text, kind, SMALLEST);
  return Math.max(wide(valueText(graph.nodes[node].data), "value"), ...texts.map((text) => wide(text, "gradient")));
}

/** A number as a box shows it; null is not known yet. */
export function valueText(value) {
  return value === null ? "—" : withMinus(show(value));
}

/** The gradient as a box shows it. */
export function gradientText(gradient) {
  return `∂ ${valueText(gradient)}`;
}

/** The local derivative as an arrow shows it. */
export function chipText(local) {
  return `× ${valueText(local)}`;
}

function roomOfChip({ edges }, { graph, steps }, before) {
  if (edges.length > 1) return { width: CHIP.ofMany, height: CHIP.height, gap: LINE + CHIP.ofMany };
  const [{ user, position }] = edges;
  if (stepAt(steps, edges[0]) < 0) return { width: 0, height: 0, gap: LINE + LEAST_LABEL };
  const local = graph.nodes[user].partials[position];
  const width = stepped(widthOf(chipText(local), "chip") + 2 * CHIP.padding);
  const pill = stepped(widthOfPill(local * flowOf(steps).sweep.gradients[user]));
  const gap = Math.max(LINE + LEAST_LABEL, LINE + width, Math.min(pill, WIDEST_PILL));
  return { width: Math.max(before?.width ?? 0, width), height: CHIP.height, gap: Math.max(before?.gap ?? 0, gap) };
}

const stepped = (width) => Math.ceil(width / STEP) * STEP;

/** How wide the pill of a contribution is. */
export function widthOfPill(contribution) {
  return widthOf(valueText(contribution), "pill") + 2 * PILL.padding;
}

/** The DOT source of a scene: only sizes, frames and arrows; what is written in a box is not Graphviz' concern. */
export function sourceOf(scene, room, direction) {
  const ids = idsIn(scene.boxes);
  const gaps = scene.arrows.map(({ id }) => room.chips.get(id).gap);
  const gap = direction === "LR" ? Math.max(LINE, ...gaps) : heightOfGap(room);
  const lines = scene.boxes.map(({ id, kind }) => {
    const { width, height } = room.boxes.get(id);
    const order = kind === "group" ? ", ordering=in" : ""; // the neurons of a layer from above, the first one first
    return `${ids.get(id)} [width=${inches(width)}, height=${inches(height)}${order}]`;
  });
  const edges = scene.arrows.map(({ from, to }, index) => `${ids.get(from)} -> ${ids.get(to)} [color=a${index}] // ${gaps[index]}`);
  const graph = `rankdir=${direction}; ranksep=${inches(gap)}; nodesep=${inches(BESIDE)}; nslimit=5; nslimit1=5; ordering=in`; // as viz.draw does: arguments stand in their order
  const usual = ['node [shape=box, fixedsize=true, label=""]', "edge [dir=none]"];
  return ["digraph {", graph, ...usual, ...lines, ...clusters(scene, null, ids), ...edges, "}"].join("\n");
}

/** How far apart boxes above one another have to be, with the label of an arrow between them, or without one. */
export function heightOfGap({ isLow }, hasLabel = true) {
  if (isLow) return hasLabel ? LOW_LINE + CHIP.height : LOW_LINE - 4;
  return hasLabel ? LINE + CHIP.height : LINE;
}

const inches = (units) => (units / INCH).toFixed(4);

// The boxes of an open group stand together; `label` keeps a line free for its title.
function clusters({ boxes, frames }, parent, ids) {
  return frames.filter((frame) => frame.parent === parent).flatMap((frame) => {
    const own = boxes.filter(({ group }) => group === frame.name).map(({ id }) => ids.get(id));
    const inner = clusters({ boxes, frames }, frame.name, ids);
    const begin = `subgraph cluster_${frames.indexOf(frame)} { margin=${FRAME.margin}; fontsize=${FRAME.label}; label=" "`;
    return [begin, ...inner, own.join("; "), "}"];
  });
}

/** What the frame of an open group encloses: its boxes and those of the groups in it, {left, top, right, bottom}. */
export function frameAround(frame, frames, boxes) {
  const isInner = ({ parent }) => parent === frame.name;
  const inner = frames.filter(isInner).map((each) => frameAround(each, frames, boxes)).filter(Boolean);
  const parts = [...boxes.filter(({ box }) => box.group === frame.name), ...inner];
  if (!parts.length) return null;
  const most = (side, choose) => choose(...parts.map((part) => part[side]));
  return {
    left: most("left", Math.min) - FRAME.margin,
    top: most("top", Math.min) - FRAME.margin - FRAME.label,
    right: most("right", Math.max) + FRAME.margin,
    bottom: most("bottom", Math.max) + FRAME.margin,
  };
}

/** What Graphviz calls the boxes; an arrow it calls `a0`, `a1` … by its colour, which it repeats. */
export function idsIn(boxes) {
  return new Map(boxes.map(({ id }, index) => [id, `b${index}`]));
}
