// How does one look around on the stage? By wheel, pinch, drag, keys and buttons. Until one does, the camera shows
// everything, or, where that would be too small to read, follows the steps.

import { beside, centredOn, clearOf, fitted, fittingScale, inSight, onTheWay, panned, seeing, seenBy, within, zoomed } from "./camera.js";
import { byId } from "./dom.js";
import { READABLE, SMALLEST } from "./letters.js";

export const LEAST = READABLE / SMALLEST; // the smallest scale at which every letter can be read
const MOST = { usual: 1.6, presenting: 3 };
const STEP = 1.25; // of a key or a button
const ARROW = 80; // px that an arrow key pans
const WHEEL = 0.0016; // of a pixel of the wheel
const DRAG = 5; // px, before a press is a drag
const GLIDE = 320; // ms
const PANS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const isStill = matchMedia("(prefers-reduced-motion: reduce)");

/** What looks at an svg; it calls `onView({seen, world, scale})` whenever another part is seen. */
export function lookAt(svg, onView) {
  const look = { svg, onView, view: null, target: null, world: null, isOwn: false, gliding: 0 };
  svg.addEventListener("wheel", (event) => wheeled(look, event), { passive: false });
  listenToFingers(look);
  return look;
}

/**
 * The world as it is laid out now, and the part {left, top, right, bottom, first} of it that the step is about; `first` is
 * what has to be seen of it, if not all can be. `boxes` should lie under nothing. It `isPart` of a graph, of which the whole
 * is shown small in a corner. Where one looked around oneself, that stays, and follows the step if it `isMoved`.
 */
export function show(look, world, focus, { isPresenting = false, isNew = false, isMoved = true, isPart = false, boxes = [] } = {}) {
  const isFirst = look.view === null || isNew;
  const isResized = look.world !== null && (look.world.width !== world.width || look.world.height !== world.height);
  if (isNew) look.isOwn = false;
  Object.assign(look, { world, focus, boxes, isPart, most: isPresenting ? MOST.presenting : MOST.usual });
  go(look, look.isOwn ? followed(look, isMoved) : chosen(look), !isFirst && !isResized);
}

/** Whether all of a world can be seen and read at once, beside the small picture of the whole if it `isPart` of one. */
export function isReadable({ svg }, world, boxes, isPart) {
  const stage = sizeOf(svg);
  const view = fitted(world, stage, { least: LEAST, most: MOST.usual });
  if (fittingScale(world, stage) < LEAST) return false;
  const cover = isPart ? coverOn(svg) : null;
  return !cover || beside(view, world, boxes, cover, stage, LEAST) !== null;
}

function followed({ target, focus, svg }, isMoved) {
  return isMoved ? seeing(seeing(target, focus, sizeOf(svg)), focus.first, sizeOf(svg)) : target;
}

// Everything; or, where that would be too small to read, what the step is about: if not both of its boxes, then the one
// that changes. Not under the small picture of the whole, if there is room beside it.
function chosen({ world, svg, most, focus, boxes, isPart }) {
  const stage = sizeOf(svg);
  const view = fitted(world, stage, { least: LEAST, most });
  const isWhole = fittingScale(world, stage) >= view.scale;
  const found = isWhole ? view : seeing(within(centredOn(view, focus), world, stage), focus.first, stage);
  if (isWhole && !isPart) return found;
  const cover = coverOn(svg);
  return (isWhole && beside(found, world, boxes, cover, stage, LEAST)) || clearOf(found, focus.first, cover, stage);
}

// What the small picture of the whole covers of the stage, or would cover.
function coverOn(svg) {
  const map = byId("minimap");
  const { hidden } = map;
  map.hidden = false;
  const [cover, { left, top }] = [map.getBoundingClientRect(), svg.getBoundingClientRect()];
  map.hidden = hidden;
  return { left: cover.left - left, top: cover.top - top, right: cover.right - left, bottom: cover.bottom - top };
}

/** Everything again, and from now on as the camera chooses. */
export function fit(look) {
  look.isOwn = false;
  go(look, chosen(look), true);
}

export function zoom(look, factor) {
  const { width, height } = sizeOf(look.svg);
  zoomAt(look, factor, { x: width / 2, y: height / 2 }, true);
}

export function resized(look) {
  if (look.world) go(look, look.isOwn ? look.target : chosen(look), false);
}

/** What a key does to the view; whether it did anything. */
export function pressed(look, { key, shiftKey }) {
  if (shiftKey && key in PANS) own(look, panned(look.target, PANS[key][0] * ARROW, PANS[key][1] * ARROW), true);
  else if (key === "+" || key === "=") zoom(look, STEP);
  else if (key === "-" || key === "_") zoom(look, 1 / STEP);
  else if (key === "0") fit(look);
  else return false;
  return true;
}

export const closer = (look) => zoom(look, STEP);
export const farther = (look) => zoom(look, 1 / STEP);

function zoomAt(look, factor, point, isGliding) {
  own(look, zoomed(look.target, factor, point, sizeOf(look.svg)), isGliding);
}

function own(look, view, isGliding) {
  look.isOwn = true;
  go(look, inSight(view, look.world), isGliding);
}

function sizeOf(svg) {
  return { width: Math.max(1, svg.clientWidth), height: Math.max(1, svg.clientHeight) };
}

function go(look, target, isGliding) {
  const from = look.view;
  look.target = target;
  byId("minimap").hidden = !look.isPart && look.boxes.every((box) => isSeen(box, seenBy(target, sizeOf(look.svg))));
  cancelAnimationFrame(look.gliding);
  if (!isGliding || isStill.matches || from === null) return see(look, target);
  const begin = performance.now();
  const glide = (now) => {
    const share = Math.min(1, Math.max(0, (now - begin) / GLIDE));
    see(look, share === 1 ? target : onTheWay(from, target, share * (2 - share)));
    if (share < 1) look.gliding = requestAnimationFrame(glide);
  };
  look.gliding = requestAnimationFrame(glide);
}

// At least with its middle.
function isSeen({ left, top, right, bottom }, seen) {
  const [x, y] = [(left + right) / 2 - seen.x, (top + bottom) / 2 - seen.y];
  return x >= 0 && y >= 0 && x <= seen.width && y <= seen.height;
}

function see(look, view) {
  look.view = view;
  const seen = seenBy(view, sizeOf(look.svg));
  look.svg.setAttribute("viewBox", [seen.x, seen.y, seen.width, seen.height].map((each) => each.toFixed(2)).join(" "));
  look.onView({ seen, world: look.world, scale: view.scale });
}

// In a frame, the wheel belongs to the page around it, unless Ctrl is held.
function wheeled(look, event) {
  if (window !== window.top && !event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1) * (event.ctrlKey ? 4 : 1);
  zoomAt(look, Math.exp(-pixels * WHEEL), pointOf(look, event), false);
}

function pointOf({ svg }, { clientX, clientY }) {
  const { left, top } = svg.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
}

// One finger or the mouse drags, two pinch.
function listenToFingers(look) {
  const fingers = new Map();
  const press = { start: null, isDrag: false };
  const { svg } = look;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (!fingers.size) Object.assign(press, { start: pointOf(look, event), isDrag: false });
    fingers.set(event.pointerId, pointOf(look, event));
  });
  svg.addEventListener("pointermove", (event) => fingers.has(event.pointerId) && moved(look, fingers, press, event));
  for (const end of ["pointerup", "pointercancel"]) {
    window.addEventListener(end, (event) => {
      fingers.delete(event.pointerId);
      if (!fingers.size) svg.classList.remove("dragged");
    });
  }
  svg.addEventListener("click", (event) => press.isDrag && event.stopPropagation(), { capture: true });
}

function moved(look, fingers, press, event) {
  const [before, now] = [fingers.get(event.pointerId), pointOf(look, event)];
  const far = Math.hypot(now.x - press.start.x, now.y - press.start.y);
  if (!press.isDrag && far < DRAG && fingers.size === 1) return;
  if (!press.isDrag) look.svg.setPointerCapture(event.pointerId);
  press.isDrag = true;
  look.svg.classList.add("dragged");
  if (fingers.size === 2) pinch(look, fingers, event.pointerId, now);
  else own(look, panned(look.target, now.x - before.x, now.y - before.y), false);
  fingers.set(event.pointerId, now);
}

function pinch(look, fingers, id, now) {
  const [still] = [...fingers].filter(([other]) => other !== id).map(([, place]) => place);
  const before = fingers.get(id);
  const apart = (place) => Math.max(10, Math.hypot(place.x - still.x, place.y - still.y));
  const middle = { x: (now.x + still.x) / 2, y: (now.y + still.y) / 2 };
  zoomAt(look, apart(now) / apart(before), middle, false);
}
