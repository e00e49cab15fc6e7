// How is the scene drawn? Graphviz places it, once; here its boxes, arrows and labels are filled with what is known now,
// and the step that has just been made moves.

import { arranged, arranger, isLow, isTall } from "./arrange.js";
import { arrowOn, fillArrow, placeChip } from "./arrows.js";
import { boxAt, fillBox } from "./boxes.js";
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
import { idsIn, roomFor } from "./room.js";
import { close, enter, roomIn, sceneOf } from "./scene.js";
import { goTo, stepOf } from "./store.js";
import { mountTools } from "./tools.js";
import { isReadable, lookAt, resized, show } from "./view.js";

const AROUND = 12; // units around what the camera has to show
const DRAWN = ["graph", "steps", "position", "asked", "opened", "sample", "lang", "presenting"]; // what the picture is of

// What stands on the stage; `parts` are the boxes and arrows that are drawn.
const stage = {
  arrangements: new Map(), // from the key of a scene
  rooms: new Map(), // from the key of a scene to the room that its things have needed since the last step
  notes: new Map(), // from a kind to {boxes, edges}
  watchers: [], // functions of what is seen
  layers: {},
  parts: null,
  of: {}, // what all this is for: {args, steps, lang, size}; as long as args are the same, only numbers change
  finish: null, // ends the motion at once
};

/** Draw the stage, and draw it again at every change; `layOut` is Graphviz, a function from DOT source to a layout. */
export function mountStage(store, layOut) {
  const svg = byId("scene");
  Object.assign(stage, { arranger: arranger(layOut), store, look: lookAt(svg, (view) => stage.watchers.forEach((watch) => watch(view))) });
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

/** All that moves is at once where it was to arrive. */
export function endMotion() {
  stage.finish?.();
}

/** Be told of what is seen, {seen, world, scale}, whenever it changes. */
export function watchView(watcher) {
  stage.watchers.push(watcher);
}

/** The boxes and arrows that are drawn, with their places; for a picture of the whole. */
export function drawnParts() {
  return stage.parts;
}

function drawStage(state, before) {
  endMotion();
  const isMoved = before?.position !== state.position;
  const isNew = stage.of.args !== state.graph.args;
  forget(state, isMoved);
  const size = sizeOfStage();
  const scene = sceneOf(state, roomIn(size.width, size.height, isTall(size)), (each) => arrangementOf(each, state, size).isReadable);
  const isOther = build(scene, arrangementOf(scene, state, size));
  const frame = frameOf(state);
  fillAll(state, frame);
  point(state);
  drawNotes(stage.layers.notes, stage.notes, stage.parts);
  drawLegend(byId("scene"));
  show(stage.look, stage.parts.world, focusOf(state), {
    isPresenting: state.presenting,
    isNew: isNew && isOther,
    isMoved: isMoved || isOther,
    isPart: hasMore(scene),
    boxes: stage.parts.boxes,
  });
  drawPill(state);
  if (isStepAhead(state, before)) stage.finish = moveStep(state, frame);
}

function sizeOfStage() {
  const { clientWidth: width, clientHeight: height } = byId("scene");
  return { width, height };
}

const hasMore = ({ boxes }) => boxes.some(({ kind }) => kind === "more");

// What was known for other numbers, another language or another size. A box that needed more room keeps it while numbers
// change, so that nothing moves under a slider; at the next step it has what it needs, as if one had come from elsewhere.
function forget({ graph: { args }, steps, lang }, isMoved) {
  const { width, height } = sizeOfStage();
  const now = { args, steps: isMoved ? steps : (stage.of.steps ?? steps), lang, size: `${width} ${height}` };
  const isSame = (key) => stage.of[key] === now[key];
  if (!["args", "steps", "lang"].every(isSame)) stage.rooms.clear();
  if (stage.numbers !== steps || !Object.keys(now).every(isSame)) stage.arrangements.clear();
  Object.assign(stage, { of: now, numbers: steps });
}

function arrangementOf(scene, state, size) {
  if (!stage.arrangements.has(scene.key)) {
    const room = roomFor(scene, state, stage.rooms.get(scene.key), isLow(size));
    stage.rooms.set(scene.key, room);
    const canRead = (world, boxes) => isReadable(stage.look, world, boxes, hasMore(scene));
    stage.arrangements.set(scene.key, { ...arranged(stage.arranger, scene, room, size, canRead), room });
    byId("scene").dataset.layout = stage.arranger.ms.toFixed(1);
  }
  return stage.arrangements.get(scene.key);
}

// Build, where another picture is to be drawn than before; whether it is.
function build(scene, { room, layout, world }) {
  const boxes = scene.boxes.map(({ id, kind }, index) => [id, kind, room.boxes.get(id), layout.nodes.get(`b${index}`)]);
  const signature = JSON.stringify([boxes, scene.arrows.map(({ id }) => id), [...layout.edges], scene.frames]);
  const isOther = stage.parts?.signature !== signature;
  if (isOther) rebuild(scene, { room, layout, world }, signature);
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

function rebuild(scene, { room, layout, world }, signature) {
  const focused = document.activeElement?.closest?.("#scene .box")?.dataset.id;
  const ids = idsIn(scene.boxes);
  const boxes = scene.boxes.map((box) => boxAt(box, room.boxes.get(box.id), layout.nodes.get(ids.get(box.id))));
  const arrows = scene.arrows.map((arrow, index) => arrowOn(arrow, curveOf(layout.edges.get(`a${index}`))));
  stage.parts = { scene, signature, boxes, arrows, world, labels: "" };
  stage.layers.lines.replaceChildren(...arrows.map(({ line }) => line));
  stage.layers.boxes.replaceChildren(...boxes.map(({ group }) => group));
  stage.layers.chips.replaceChildren(...arrows.map(({ chip }) => chip));
  drawFrames(stage.layers.frames, scene.frames, boxes, (name) => close(stage.store, name));
  boxes.find(({ box }) => box.id === focused)?.group.focus();
}

function placeLabels(room) {
  const { arrows, boxes, world } = stage.parts;
  const sizes = arrows.map(({ arrow }) => room.chips.get(arrow.id));
  const signature = sizes.map(({ width }) => Math.round(width)).join(" ");
  if (signature === stage.parts.labels) return;
  stage.parts.labels = signature;
  const labels = arrows.map(({ arrow, curve }, index) => ({ id: arrow.id, curve, ...sizes[index] })).filter(({ width }) => width);
  const places = labelPlaces(labels, boxes, world);
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
    left: most("left", Math.min) - AROUND,
    top: most("top", Math.min) - AROUND,
    right: most("right", Math.max) + AROUND,
    bottom: most("bottom", Math.max) + AROUND,
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
  return { arrow, step, width, rest: restOf(arrow, step.contribution, [...stage.parts.boxes, ...chips], stage.parts.world) };
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
