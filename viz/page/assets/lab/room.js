// How much room does each thing need? Boxes for their titles and for every number that will ever stand in them, so that
// nothing moves while one steps; and between the boxes, room for the labels of the arrows.

import { inBrackets, show } from "../numbers.js";
import { flowOf, keyOf } from "./flow.js";
import { LETTERS, SMALLEST, cutTo, sizeIn, widthOf } from "./letters.js";
import { say } from "./say.js";
import { titlesOf } from "./titles.js";

export const BOX = { width: 120, height: 88, widest: 216, step: 12, padding: 8 };
const CONSTANT = { width: 44, height: 36 };
const CHIP = { height: 24, padding: 8 };
const LEAST_LABEL = 54;
const BESIDE = 28; // between boxes of a rank: a note has room there
const LINE = 34; // of an arrow, that its label does not cover
const STEP = 6; // in which the gap between boxes grows, so that a digit more moves nothing
const INCH = 72;

const terms = (count) => say("stage_terms", { count });

/** {boxes: a Map from id to {width, height, title}, chips: a Map from id to {width, height}, gap} for a scene. */
export function roomFor(scene, state, before = null) {
  const boxes = new Map(scene.boxes.map((box) => [box.id, roomOfBox(box, state, before?.boxes.get(box.id))]));
  const chips = new Map(scene.arrows.map((arrow) => [arrow.id, roomOfChip(arrow, state, before?.chips.get(arrow.id))]));
  return { boxes, chips };
}

function roomOfBox(box, state, before) {
  if (box.kind === "constant") {
    const [title] = titlesOf(state.graph, box.node, terms);
    return { title, width: Math.max(CONSTANT.width, widthOf(title, "name") + 24), height: CONSTANT.height };
  }
  const titles = box.kind === "group" ? [box.title ?? box.id] : titlesOf(state.graph, box.node, terms);
  const widest = BOX.widest - 2 * BOX.padding;
  const title = titles.find((each) => widthOf(each, "name") <= widest) ?? cutTo(titles.at(-1), "name", widest);
  const needed = Math.max(widthOf(title, "name"), box.kind === "group" ? 0 : widthOfNumbers(state, box.node));
  const stepped = Math.ceil((needed + 2 * BOX.padding) / BOX.step) * BOX.step;
  return { title, width: Math.max(BOX.width, before?.width ?? 0, stepped), height: BOX.height };
}

// In the smallest letters: that all numbers of a node fit in.
function widthOfNumbers({ graph, steps }, node) {
  const gradients = (flowOf(steps).about.get(node) ?? []).map((number) => steps[number].after ?? 1);
  const texts = gradients.map((gradient) => gradientText(gradient));
  const wide = (text, kind) => widthOf(text, kind, SMALLEST);
  return Math.max(wide(show(graph.nodes[node].data), "value"), ...texts.map((text) => wide(text, "gradient")));
}

/** The gradient as a box shows it; null is not known yet. */
export function gradientText(gradient) {
  return `∂ ${gradient === null ? "—" : show(gradient)}`;
}

/** The local derivative as an arrow shows it. */
export function chipText(local) {
  return `× ${inBrackets(show(local))}`;
}

function roomOfChip({ edges }, { graph, steps }, before) {
  const { at } = flowOf(steps);
  const known = edges.filter((edge) => at.has(keyOf(edge))); // not those to constants
  if (!known.length) return { width: 0, height: 0 };
  const texts = known.map(({ user, position }) => chipText(graph.nodes[user].partials[position]));
  const widest = Math.max(...texts.map((text) => widthOf(text, "chip"))) + 2 * CHIP.padding;
  return { width: Math.max(before?.width ?? 0, Math.ceil(widest / STEP) * STEP), height: CHIP.height };
}

/** The letters in which a text fits into a box. */
export function lettersIn(text, kind, width) {
  return Math.min(LETTERS[kind].size, sizeIn(text, kind, width - 2 * BOX.padding));
}

/** How wide the gap is that an arrow from left to right needs, with its label. */
export function gapOf(room, { id }) {
  return LINE + Math.max(LEAST_LABEL, room.chips.get(id).width);
}

/** The DOT source of a scene: only sizes and arrows; what is written in a box is not Graphviz' concern. */
export function sourceOf({ boxes, arrows }, room, direction) {
  const ids = idsIn(boxes);
  const inches = (units) => (units / INCH).toFixed(4);
  const gaps = arrows.map((arrow) => gapOf(room, arrow));
  const gap = direction === "LR" ? Math.max(LINE, ...gaps) : LINE + CHIP.height;
  const lines = boxes.map(({ id }) => {
    const { width, height } = room.boxes.get(id);
    return `${ids.get(id)} [width=${inches(width)}, height=${inches(height)}]`;
  });
  const edges = arrows.map(({ from, to }, index) => `${ids.get(from)} -> ${ids.get(to)} [color=a${index}] // ${gaps[index]}`);
  const graph = `rankdir=${direction}; ranksep=${inches(gap)}; nodesep=${inches(BESIDE)}; nslimit=5; nslimit1=5`;
  const usual = ['node [shape=box, fixedsize=true, label=""]', "edge [dir=none]"];
  return ["digraph {", graph, ...usual, ...lines, ...edges, "}"].join("\n");
}

/** What Graphviz calls the boxes; an arrow it calls `a0`, `a1` … by its colour, which it repeats. */
export function idsIn(boxes) {
  return new Map(boxes.map(({ id }, index) => [id, `b${index}`]));
}
