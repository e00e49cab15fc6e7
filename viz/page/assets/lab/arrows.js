// What does an arrow look like? Along the curve that Graphviz gave it, from an argument to the operation that uses it.
// After the sweep it has the pen of what it contributes: blue and solid, or orange and dashed, thick where it is much; and
// its head is at the argument, where the contribution went.

import { showCount } from "../numbers.js";
import { between, lengthOf, pathOf, pointAt } from "./curves.js";
import { drawn } from "./dom.js";
import { carriedBy, flowOf } from "./flow.js";
import { widthOf } from "./letters.js";
import { signOf, widthOfPen } from "./pens.js";
import { chipText } from "./room.js";
import { say } from "./say.js";

const HEAD = { length: 11, width: 4.5 };
const CLASSES = ["positive", "negative", "neutral", "active", "back", "stopped", "quiet"];
const BAR = 11; // half of the bar across an arrow along which nothing passes

/** An arrow of the scene on its curve, with its label; both to be filled by `fillArrow`. */
export function arrowOn(arrow, curve) {
  const paths = ["halo", "line", "head", "back", "bar"].map((part) => drawn("path", { class: part }));
  const line = drawn("g", { class: "arrow", "data-id": arrow.id }, ...paths);
  const text = drawn("text", { y: 5.3, "font-size": 15 });
  const chip = drawn("g", { class: "chip", "data-id": arrow.id }, drawn("rect", { y: -12, height: 24, rx: 12 }), text);
  return { arrow, curve, line, chip, place: { x: 0, y: 0 }, chipWidth: 0 };
}

/** Put its label at a place that is free for a label of this width. */
export function placeChip(made, place, width) {
  if (!place) return;
  Object.assign(made, { place, chipWidth: width });
  made.chip.classList.toggle("crowded", !place.isFree);
  made.chip.setAttribute("transform", `translate(${place.x},${place.y})`);
}

/** What it carries now. */
export function fillArrow(made, state, law, values) {
  const carried = carriedBy(made.arrow.edges, state, values);
  const width = Math.max(widthOfPen(carried.contribution, flowOf(state.steps).largest, law), carried.isActive ? 2.4 : 0);
  drawLine(made, width, carried.isBack);
  const sign = signOf(carried.contribution);
  const names = { active: carried.isActive, back: carried.isBack, stopped: carried.isStopped, quiet: carried.isQuiet, [sign]: true };
  for (const part of [made.line, made.chip]) {
    for (const each of CLASSES) part.classList.toggle(each, names[each] ?? false);
  }
  fillChip(made, carried);
}

// With its head at the operation; once a contribution runs back, with its head at the argument.
function drawLine({ line, curve }, width, isBack) {
  const head = HEAD.length + width;
  const share = Math.min(0.9, (head - 2) / lengthOf(curve));
  const path = pathOf(isBack ? between(curve, share, 1) : between(curve, 0, 1 - share));
  const [halo, shaft, point, back] = line.children;
  halo.setAttribute("d", path);
  halo.setAttribute("stroke-width", width + 9);
  shaft.setAttribute("d", path);
  shaft.setAttribute("stroke-width", width);
  drawHead(point, isBack ? null : { ...pointAt(curve, 1), angle: angleOf(curve, 1 - share / 2) }, head, width);
  drawHead(back, isBack ? { ...pointAt(curve, 0), angle: angleOf(curve, share / 2) + Math.PI } : null, head, width);
  line.querySelector(".bar").setAttribute("d", barAcross(curve));
}

const angleOf = (curve, share) => pointAt(curve, share).angle;

function drawHead(path, tip, length, width) {
  path.toggleAttribute("hidden", tip === null);
  if (tip === null) return path.removeAttribute("d");
  path.setAttribute("d", `M0,0 l${-length},${-HEAD.width - width / 2} v${2 * HEAD.width + width} z`);
  path.setAttribute("transform", `translate(${tip.x},${tip.y}) rotate(${(tip.angle * 180) / Math.PI})`);
}

function barAcross(curve) {
  const { x, y, angle } = pointAt(curve, 0.2);
  const [dx, dy] = [-BAR * Math.sin(angle), BAR * Math.cos(angle)];
  return `M${x - dx},${y - dy} L${x + dx},${y + dy}`;
}

// Of an arrow that stands for many edges: how many, until the step is about one of them.
function fillChip({ chip, arrow, chipWidth }, { local, isQuiet }) {
  const [plate, text] = chip.children;
  const isMany = arrow.edges.length > 1 && local === null && !isQuiet;
  const shown = !chipWidth ? "" : isMany ? say("stage_edges", { count: showCount(arrow.edges.length) }) : local === null ? "" : chipText(local);
  chip.classList.toggle("empty", shown === "");
  chip.classList.toggle("many", isMany);
  if (text.textContent === shown) return;
  text.textContent = shown;
  const width = widthOf(shown, "chip") + 14;
  plate.setAttribute("x", -width / 2);
  plate.setAttribute("width", width);
}
