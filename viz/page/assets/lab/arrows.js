// What does an arrow look like? Along the curve that Graphviz gave it, from an argument to the operation that uses it.
// After the sweep it has the pen of what it contributes: blue and solid, or orange and dashed, thick where it is much.

import { between, lengthOf, pathOf, pointAt } from "./curves.js";
import { drawn } from "./dom.js";
import { carriedBy, flowOf } from "./flow.js";
import { widthOf } from "./letters.js";
import { signOf, widthOfPen } from "./pens.js";
import { chipText } from "./room.js";

const HEAD = { length: 11, width: 4.5 };
const BAR = 11; // half of the bar across an arrow along which nothing passes

/** An arrow of the scene on its curve, and its label at its place; both to be filled by `fillArrow`. */
export function arrowOn(arrow, curve, { width, height }, place) {
  const line = drawn("g", { class: "arrow", "data-id": arrow.id }, ...["halo", "line", "head", "bar"].map((part) => drawn("path", { class: part })));
  const chip = drawn(
    "g",
    { class: "chip", "data-id": arrow.id, transform: `translate(${place.x},${place.y})` },
    drawn("rect", { x: -width / 2, y: -height / 2, width, height, rx: height / 2 }),
    drawn("text", { y: 5.3, "font-size": 15 }),
  );
  return { arrow, curve, line, chip, place, chipWidth: width };
}

/** What it carries now. */
export function fillArrow(made, state, law, values) {
  const carried = carriedBy(made.arrow.edges, state, values);
  const width = Math.max(widthOfPen(carried.contribution, flowOf(state.steps).largest, law), carried.isActive ? 2.4 : 0);
  drawLine(made, width);
  const sign = signOf(carried.contribution);
  const names = { active: carried.isActive, stopped: carried.isStopped, quiet: carried.isQuiet, [sign]: true };
  for (const part of [made.line, made.chip]) {
    for (const each of ["positive", "negative", "neutral", "active", "stopped", "quiet"]) part.classList.toggle(each, names[each] ?? false);
  }
  fillChip(made, carried);
}

function drawLine({ line, curve }, width) {
  const length = lengthOf(curve);
  const head = HEAD.length + width;
  const path = pathOf(between(curve, 0, Math.max(0.05, 1 - (head - 2) / length)));
  const tip = pointAt(curve, 1);
  const [halo, shaft, point] = line.children;
  halo.setAttribute("d", path);
  halo.setAttribute("stroke-width", width + 9);
  shaft.setAttribute("d", path);
  shaft.setAttribute("stroke-width", width);
  point.setAttribute("d", `M0,0 l${-head},${-HEAD.width - width / 2} v${2 * HEAD.width + width} z`);
  point.setAttribute("transform", `translate(${tip.x},${tip.y}) rotate(${degrees(pointAt(curve, 0.97).angle)})`);
  line.querySelector(".bar").setAttribute("d", barAcross(curve));
}

function barAcross(curve) {
  const { x, y, angle } = pointAt(curve, 0.2);
  const [dx, dy] = [-BAR * Math.sin(angle), BAR * Math.cos(angle)];
  return `M${x - dx},${y - dy} L${x + dx},${y + dy}`;
}

export const degrees = (angle) => (angle * 180) / Math.PI;

function fillChip({ chip }, { local }) {
  const [plate, text] = chip.children;
  chip.classList.toggle("empty", local === null);
  text.textContent = local === null ? "" : chipText(local);
  const width = widthOf(text.textContent, "chip") + 16;
  plate.setAttribute("x", -width / 2);
  plate.setAttribute("width", width);
}
