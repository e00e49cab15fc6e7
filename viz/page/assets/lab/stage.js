// How is the scene drawn? Graphviz places it, once; here its boxes, arrows and labels are filled with what is known now,
// and the step that has just been made moves.

import { arrowOn, fillArrow, placeChip } from "./arrows.js";
import { boxAt, fillBox } from "./boxes.js";
import { fittingScale } from "./camera.js";
import { curveOf } from "./curves.js";
import { byId, drawn } from "./dom.js";
import { flowOf, stepsAbout } from "./flow.js";
import { frameOf } from "./frame.js";
import { drawFrames } from "./frames.js";
import { alongPath, nextPosition, pathsFrom } from "./hover.js";
import { labelPlaces } from "./labels.js";
import { drawLegend } from "./legend.js";
import { beforeArrival, counted, isStepAhead, moveBackward, moveForward, pillOf, restOf } from "./motion.js";
import { drawNotes, isLabelled, rectangleOf } from "./notes.js";
import { PAGE } from "./page.js";
import { widthOfPen } from "./pens.js";
import { idsIn, roomFor, sourceOf } from "./room.js";
import { close, enter, roomIn, sceneOf } from "./scene.js";
import { goTo, stepOf } from "./store.js";
import { tightened } from "./tighten.js";
import { mountTools } from "./tools.js";
import { LEAST, lookAt, resized, show } from "./view.js";

const NARROW = 600; // px; a stage that is narrower, or higher than wide, is laid out from top to bottom
const ROOMY = 800; // px; a stage that is at least as wide has its arrows to the right, if it can
const MARGIN = { side: 12, above: 12, below: 16 }; // units around everything
const DRAWN = ["graph", "steps", "position", "asked", "opened", "sample", "lang", "presenting"]; // what the picture is of
const KEPT = 60; // layouts that are remembered

// What stands on the stage; `parts` are the boxes and arrows that are drawn.
const stage = {
  layouts: new Map(), // from DOT source
  rooms: new Map(), // from the key of a scene to the room that its things have needed so far, and its direction
  notes: new Map(), // from a kind to {boxes, edges}
  watchers: [], // functions of what is seen
  layers: {},
  parts: null,
  args: null, // of the graph that is drawn: as long as they are the same, only numbers change
  finish: null, // ends the motion at once
};

/** Draw the stage, and draw it again at every change; `layOut` is Graphviz, a function from DOT source to a layout. */
export function mountStage(store, layOut) {
  const svg = byId("scene");
  Object.assign(stage, { layOut, store, look: lookAt(svg, (view) => stage.watchers.forEach((watch) => watch(view))) });
  for (const layer of ["frames", "lines", "boxes", "chips", "notes", "motion"]) svg.append((stage.layers[layer] = drawn("g", { class: layer })));
  mountTools(store, stage.look);
  listenToBoxes(store, stage.layers.boxes);
  store.onChange((state, before) => (DRAWN.some((key) => state[key] !== before[key]) ? drawStage(state, before) : point(state)));
  new ResizeObserver(() => {
    drawStage(store.state, store.state);
    resized(stage.look);
  }).observe(svg);
  drawStage(store.state, null);
}

/** Notes of a kind: a Map from a node to a text under its box, and one from an edge, "user-position", to a text at it. */
export function annotate(kind, boxes, edges = new Map()) {
  if (boxes.size || edges.size) stage.notes.set(kind, { boxes, edges });
  else stage.notes.delete(kind);
  if (stage.parts) drawNotes(stage.layers.notes, stage.notes, stage.parts);
}

/** Be told of what is seen, {seen, world, scale}, whenever it changes. */
export function watchView(watcher) {
  stage.watchers.push(watcher);
}

/** Look again, where something else lies over the stage now. */
export function lookAgain() {
  resized(stage.look);
}

/** The boxes and arrows that are drawn, with their places; for a picture of the whole. */
export function drawnParts() {
  return stage.parts;
}

function drawStage(state, before) {
  stage.finish?.();
  const isNew = stage.args !== state.graph.args;
  if (isNew) stage.rooms.clear();
  stage.args = state.graph.args;
  const scene = sceneOf(state, roomOnStage(), (each, isWhole = false) => isReadable(each, state, isWhole));
  const isOther = build(scene, state);
  const frame = frameOf(state);
  fillAll(state, frame);
  point(state);
  drawNotes(stage.layers.notes, stage.notes, stage.parts);
  drawLegend(byId("scene"));
  const isMoved = before?.position !== state.position || isOther;
  show(stage.look, stage.parts.world, isMoved ? focusOf(state) : stage.look.focus, {
    isPresenting: state.presenting,
    isNew: isNew && isOther,
    boxes: stage.parts.boxes,
  });
  drawPill(state);
  if (isStepAhead(state, before)) stage.finish = moveStep(state, frame);
}

function roomOnStage() {
  const { clientWidth: width, clientHeight: height } = byId("scene");
  return roomIn(width, height, width < NARROW || width < height);
}

// Whether all of a scene can be read at once; where there is room, with its arrows in the usual way, as a graph that turned
// from step to step would be another one each time. On a phone one follows the arrows down, but not to the side as well.
function isReadable(scene, state, isWhole) {
  const room = roomFor(scene, state, stage.rooms.get(scene.key));
  const [usual, other] = usualWays();
  const { clientWidth: width } = byId("scene");
  if (usual === "TB" && !isWhole) return width >= LEAST * worldOf(layoutOf(scene, room, usual)).width;
  return scaleOf(scene, room, usual) >= LEAST || ((isWhole || width < ROOMY) && scaleOf(scene, room, other) >= LEAST);
}

// Build, where another picture is to be drawn than before; whether it is.
function build(scene, state) {
  const room = { ...roomFor(scene, state, stage.rooms.get(scene.key)), direction: stage.rooms.get(scene.key)?.direction };
  const size = `${byId("scene").clientWidth} ${byId("scene").clientHeight}`;
  if (room.direction?.size !== size) room.direction = { size, way: directionFor(scene, room) };
  stage.rooms.set(scene.key, room);
  const source = sourceOf(scene, room, room.direction.way);
  const boxes = scene.boxes.map(({ id, kind }) => [id, kind, room.boxes.get(id).title, room.boxes.get(id).lines]);
  const signature = JSON.stringify([source, boxes, scene.arrows.map(({ id }) => id), scene.frames]);
  const isOther = stage.parts?.signature !== signature;
  if (isOther) rebuild(scene, room, signature);
  else renew(scene);
  placeLabels(room);
  return isOther;
}

// The same picture of another graph, or of other numbers.
function renew(scene) {
  const boxes = new Map(scene.boxes.map((box) => [box.id, box]));
  for (const made of stage.parts.boxes) made.box = boxes.get(made.box.id);
  stage.parts.arrows.forEach((made, index) => (made.arrow = scene.arrows[index]));
  stage.parts.scene = scene;
}

// The way that suits the stage; the other one, if with it alone everything can be read at once.
function directionFor(scene, room) {
  const ways = usualWays();
  const [usual, other] = ways.map((way) => scaleOf(scene, room, way));
  return usual < LEAST && other >= LEAST ? ways[1] : ways[0];
}

function usualWays() {
  const { clientWidth: width, clientHeight: height } = byId("scene");
  return width < NARROW || width < height ? ["TB", "LR"] : ["LR", "TB"];
}

function scaleOf(scene, room, way) {
  const { clientWidth: width, clientHeight: height } = byId("scene");
  return fittingScale(worldOf(layoutOf(scene, room, way)), { width, height });
}

function layoutOf(scene, room, way) {
  const source = sourceOf(scene, room, way);
  if (!stage.layouts.has(source)) {
    const begin = performance.now();
    const layout = stage.layOut(source);
    stage.layouts.set(source, way === "LR" ? tightened(layout, gapsOf(scene, room)) : layout);
    byId("scene").dataset.layout = (performance.now() - begin).toFixed(1); // ms
    if (stage.layouts.size > KEPT) stage.layouts.delete(stage.layouts.keys().next().value);
  }
  return stage.layouts.get(source);
}

function gapsOf({ boxes, arrows }, room) {
  const ids = idsIn(boxes);
  return arrows.map((arrow) => ({ from: ids.get(arrow.from), to: ids.get(arrow.to), size: room.chips.get(arrow.id).gap }));
}

function worldOf({ width, height }) {
  return { width: width + 2 * MARGIN.side, height: height + MARGIN.above + MARGIN.below };
}

function rebuild(scene, room, signature) {
  const focused = document.activeElement?.closest?.("#scene .box")?.dataset.id;
  const layout = layoutOf(scene, room, room.direction.way);
  const boxes = scene.boxes.map((box, index) => boxAt(box, room.boxes.get(box.id), moved(layout.nodes.get(`b${index}`))));
  const arrows = scene.arrows.map((arrow, index) => arrowOn(arrow, curveOf(layout.edges.get(`a${index}`).map(moved))));
  stage.parts = { scene, signature, boxes, arrows, world: worldOf(layout), labels: "" };
  stage.layers.lines.replaceChildren(...arrows.map(({ line }) => line));
  stage.layers.boxes.replaceChildren(...boxes.map(({ group }) => group));
  stage.layers.chips.replaceChildren(...arrows.map(({ chip }) => chip));
  drawFrames(stage.layers.frames, scene.frames, boxes, (name) => close(stage.store, name));
  boxes.find(({ box }) => box.id === focused)?.group.focus();
}

function moved(place) {
  return { ...place, x: place.x + MARGIN.side, y: place.y + MARGIN.above };
}

function placeLabels(room) {
  const { arrows, boxes } = stage.parts;
  const sizes = arrows.map(({ arrow }) => room.chips.get(arrow.id));
  const signature = sizes.map(({ width }) => Math.round(width)).join(" ");
  if (signature === stage.parts.labels) return;
  stage.parts.labels = signature;
  const labels = arrows.map(({ arrow, curve }, index) => ({ id: arrow.id, curve, ...sizes[index] })).filter(({ width }) => width);
  const places = labelPlaces(labels, boxes);
  for (const [index, made] of arrows.entries()) placeChip(made, places.get(made.arrow.id), sizes[index].width);
}

function fillAll(state, frame) {
  for (const arrow of stage.parts.arrows) fillArrow(arrow, state, PAGE.law, frame.values);
  for (const box of stage.parts.boxes) {
    fillBox(box, state, PAGE.law, frame);
    box.group.classList.toggle("active", isActive(stepOf(state), box.box));
  }
}

function isActive(step, { members }) {
  return members.includes(step?.phase === "backward" ? step.argument_node : step?.node);
}

// What the camera has to show of a step: its boxes, and first of all the one whose numbers change.
function focusOf(state) {
  const end = { node: state.graph.nodes.length - 1 };
  const step = stepOf(state) ?? (state.position === 0 ? state.steps[0] : end);
  const wanted = step.phase === "backward" ? [step.argument_node, step.user_node] : [step.node, ...state.graph.args[step.node]];
  const found = [...new Set(wanted.map(boxOf).filter(Boolean))];
  return found.length ? { ...around(found), first: around(found.slice(0, 1)) } : null;
}

function around(boxes) {
  const most = (side, choose) => choose(...boxes.map((box) => box[side]));
  return {
    left: most("left", Math.min) - MARGIN.side,
    top: most("top", Math.min) - MARGIN.side,
    right: most("right", Math.max) + MARGIN.side,
    bottom: most("bottom", Math.max) + MARGIN.side,
  };
}

// The contribution of the step, at rest beside its arrow.
function drawPill(state) {
  stage.layers.motion.replaceChildren();
  const active = activeArrow(state);
  if (!active) return;
  const pill = pillOf(active.step.contribution);
  pill.setAttribute("transform", `translate(${active.rest.x},${active.rest.y})`);
  stage.layers.motion.append(pill);
}

function activeArrow(state) {
  const step = stepOf(state);
  if (step?.phase !== "backward" || state.asked === step.argument_node) return null;
  const isOf = ({ user, position }) => user === step.user_node && position === step.position;
  const arrow = stage.parts.arrows.find((made) => made.arrow.edges.some(isOf));
  if (!arrow) return null;
  const chips = stage.parts.arrows.filter(isLabelled).map(rectangleOf);
  const width = widthOfPen(step.contribution, flowOf(state.steps).largest, PAGE.law);
  return { arrow, step, width, rest: restOf(arrow, step.contribution, [...stage.parts.boxes, ...chips]) };
}

function moveStep(state, frame) {
  const step = stepOf(state);
  if (step?.phase === "forward") return moveToOperation(state, frame, step);
  const active = activeArrow(state);
  return active ? moveToArgument(state, frame, active) : null;
}

function moveToOperation(state, frame, step) {
  const box = boxOf(step.node);
  const arrows = stage.parts.arrows.filter(({ arrow }) => arrow.edges.some(({ user }) => user === step.node));
  if (!box || !arrows.length || box.box.node !== step.node) return null;
  fillBox(box, state, PAGE.law, frame, { value: null });
  return moveForward(stage.layers.motion, arrows, state.speed, () => fillBox(box, state, PAGE.law, frame));
}

function moveToArgument(state, frame, active) {
  const { step, arrow } = active;
  const found = boxOf(step.argument_node);
  const box = found?.box.node === step.argument_node ? found : null; // in a group only its output has its number
  const fill = (shown) => box && fillBox(box, state, PAGE.law, frame, shown);
  fill(beforeArrival(state, step));
  stage.layers.motion.replaceChildren();
  arrow.line.classList.add("awaited");
  return moveBackward(stage.layers.motion, active, state.speed, {
    onArrival: () => arrow.line.classList.remove("awaited"),
    onCount: (share) => fill(counted(state, step, share)),
    onEnd: () => fill(),
  });
}

function boxOf(node) {
  return stage.parts.boxes.find(({ box }) => box.members.includes(node));
}

// The box under the pointer, or with the focus of the keyboard, lights its paths; a click leads to its next step.
function listenToBoxes(store, layer) {
  const pointed = (event) => stage.parts.boxes.find(({ group }) => group === event.target.closest(".box"))?.box ?? null;
  const change = (box) => {
    const node = box ? (box.node ?? box.members[0]) : null;
    if (node !== store.state.pointed) store.change({ pointed: node });
  };
  layer.addEventListener("pointerover", (event) => event.pointerType === "mouse" && change(pointed(event)));
  layer.addEventListener("pointerleave", () => change(null));
  layer.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && change(pointed(event)));
  layer.addEventListener("focusout", () => change(null));
  layer.addEventListener("click", (event) => chosen(store, pointed(event)));
  layer.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    chosen(store, pointed(event));
  });
}

function chosen(store, box) {
  if (!box || box.kind === "constant") return;
  if (box.kind === "group" || box.kind === "more") return enter(store, box);
  const position = nextPosition(stepsAbout(store.state.steps, box.node), store.state.position);
  if (position !== null) goTo(store, position);
}

// Lit until the next step: then the step is what counts. One path alone, if one is pointed at in its list.
function point({ pointed, position, path }) {
  if (stage.pointed !== pointed) Object.assign(stage, { pointed, pointedAt: position });
  const box = pointed === null || stage.pointedAt !== position ? null : boxOf(pointed);
  const lit = path.length ? alongPath(stage.parts.scene, path) : box ? pathsFrom(stage.parts.scene, box.box.id) : new Set();
  byId("scene").classList.toggle("pointing", lit.size > 0);
  for (const { box, group } of stage.parts.boxes) group.classList.toggle("lit", lit.has(box.id));
  for (const { arrow, line, chip } of stage.parts.arrows) for (const part of [line, chip]) part.classList.toggle("lit", lit.has(arrow.id));
}
