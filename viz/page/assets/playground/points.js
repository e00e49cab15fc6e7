// How does a reader change the data on the plane? A click adds a point, a drag moves one, a click on one looks at it; the
// row of tools below says which class is added, or that a click removes. By keys: arrows move a cross, Enter is the click,
// Delete removes, M takes a point up and puts it down, 1 to 4 choose the class; Ctrl+Z takes back what was done last,
// Ctrl+Shift+Z does it again.

import { byId, element } from "../lab/dom.js";
import { say } from "../lab/say.js";
import { nearestPoint, withMoved, withPoint, withoutPoint } from "./editing.js";
import { isHidden, sayAnew } from "./fields.js";
import { setClasses } from "./learning.js";
import { nameOfClass } from "./names.js";
import { onPicture, onPlane } from "./plane.js";
import { drawPoint, fitCanvas } from "./plane_view.js";
import { begin, hasBegun } from "./store.js";

const REACH = { mouse: 9, touch: 20, key: 14 }; // pixels from a point that still mean it
const STILL = 5; // pixels; less is a click and not a drag
const STEP = { small: 1 / 60, large: 1 / 12 }; // of the width, for a key
const MOST_CLASSES = 4;
const MOST_PAST = 50; // edits that can be taken back

// `past` has the data before each edit, `undone` those that were taken back, `gesture` is the drag or the lift that the last
// edit belongs to, and `left` how it left the data: if they are other data since, there is nothing to take back.
const editor = { store: null, cursor: null, held: null, lift: null, drag: null, past: [], undone: [], gesture: null, left: null };

/** The cross that keys move, a point of the plane, or null; only while the plane has the focus. */
export function cursorNow() {
  return document.activeElement === byId("plane") && byId("plane").matches(":focus-visible") ? editor.cursor : null;
}

export function mountPoints(store) {
  editor.store = store;
  const canvas = byId("plane");
  canvas.addEventListener("pointerdown", press);
  canvas.addEventListener("pointermove", drag);
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", () => (editor.drag = null));
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  canvas.addEventListener("keydown", byKey);
  canvas.addEventListener("focus", () => {
    editor.cursor ??= middleOf(store.state.run.plane);
    store.change({});
  });
  canvas.addEventListener("blur", () => store.change({}));
  document.addEventListener("keydown", byUndoKey);
  store.onChange((state, before) => drawTools(state, before));
  drawTools(store.state, null);
}

function middleOf({ left, right, bottom, top }) {
  return [(left + right) / 2, (bottom + top) / 2];
}

function sizeOfPlane() {
  const { clientWidth: width, clientHeight: height } = byId("plane");
  return { width, height };
}

function pointNear(place, reach) {
  const { points, plane } = editor.store.state.run;
  return nearestPoint(points, place, ({ at }) => onPicture(plane, at, sizeOfPlane()), reach);
}

// By pointer

function placeOfEvent({ clientX, clientY }) {
  const { left, top } = byId("plane").getBoundingClientRect();
  return [clientX - left, clientY - top];
}

function press(event) {
  if (isHidden(editor.store.state, "points")) return look(event);
  const place = placeOfEvent(event);
  const index = pointNear(place, REACH[event.pointerType] ?? REACH.mouse);
  if (event.button === 2) return index === null ? undefined : remove(index);
  byId("plane").setPointerCapture(event.pointerId);
  editor.drag = { index, from: place, isMoved: false };
}

function look(event) {
  editor.store.change({ sample: pointNear(placeOfEvent(event), REACH[event.pointerType] ?? REACH.mouse) });
}

function drag(event) {
  const { drag: now, store } = editor;
  const place = placeOfEvent(event);
  if (!now) {
    byId("plane").classList.toggle("is-over", pointNear(place, REACH.mouse) !== null);
    return;
  }
  now.isMoved ||= Math.hypot(place[0] - now.from[0], place[1] - now.from[1]) > STILL;
  if (now.isMoved && now.index !== null && store.state.tool !== "remove") moveTo(now.index, onPlane(store.state.run.plane, place, sizeOfPlane()));
}

function release(event) {
  const now = editor.drag;
  editor.drag = null;
  if (!now || now.isMoved) return;
  const { store } = editor;
  if (store.state.tool === "remove") return now.index === null ? undefined : remove(now.index);
  if (now.index !== null) store.change({ sample: store.state.sample === now.index ? null : now.index });
  else add(onPlane(store.state.run.plane, placeOfEvent(event), sizeOfPlane()));
}

// What is done

function add(at) {
  const { store } = editor;
  const { tool, target, run } = store.state;
  const label = !run.classes ? target : tool === "remove" ? 0 : tool;
  edit(withPoint(run, at, label));
  tell("ground_added", { count: store.state.run.points.length });
}

function moveTo(index, at) {
  edit(withMoved(editor.store.state.run, index, at), editor.drag ?? editor.lift);
}

function remove(index) {
  const { store } = editor;
  if (store.state.run.points.length === 1) return store.change({ problem: { key: "ground_last_point", places: {} } });
  edit(withoutPoint(store.state.run, index));
  if (!store.state.problem) tell("ground_removed", { count: store.state.run.points.length });
}

// Other points, of which those before can be had again; all moves of one gesture are one edit.
function edit(settings, gesture = null) {
  const { store, past } = editor;
  const { data } = store.state.settings;
  if (!canTake(past, store.state)) past.length = 0;
  begin(store, settings, store.state.run.plane);
  if (store.state.problem) return;
  if (gesture === null || gesture !== editor.gesture || !past.length) past.push(data);
  if (past.length > MOST_PAST) past.shift();
  Object.assign(editor, { undone: [], gesture, left: formOf(store.state) });
  store.change({});
}

function undo() {
  exchange(editor.past, editor.undone, "ground_undone");
}

function redo() {
  exchange(editor.undone, editor.past, "ground_redone");
}

// Take data from one end, and keep those of now at the other.
function exchange(from, to, key) {
  const { store } = editor;
  if (!canTake(from, store.state)) return;
  const { settings, run } = store.state;
  to.push(settings.data);
  begin(store, { ...settings, data: from.pop() }, run.plane);
  Object.assign(editor, { gesture: null, left: formOf(store.state) });
  tell(key, { count: store.state.run.points.length });
}

function canTake(edits, state) {
  return edits.length > 0 && editor.left === formOf(state);
}

const forms = new WeakMap(); // of settings, as they are asked for often

function formOf({ settings }) {
  if (!forms.has(settings)) forms.set(settings, JSON.stringify({ ...settings.data, plane: null }));
  return forms.get(settings);
}

function byUndoKey(event) {
  const key = event.ctrlKey || event.metaKey ? `${event.shiftKey ? "Shift+" : ""}${event.key.toUpperCase()}` : "";
  const act = { "Z": undo, "Shift+Z": redo, "Y": redo }[key];
  if (!act || document.documentElement.dataset.room !== "playground" || event.target.closest?.("input, textarea, dialog")) return;
  event.preventDefault();
  act();
}

function tell(key, places) {
  editor.store.change({ said: { key, places } });
}

// By key

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function byKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const done = ARROWS[event.key] ? moveCursor(event) : pressKey(event.key);
  if (!done) return;
  event.preventDefault();
  event.stopPropagation();
  editor.store.change({});
}

function moveCursor({ key, shiftKey }) {
  const { store } = editor;
  const { plane } = store.state.run;
  const step = (shiftKey ? STEP.large : STEP.small) * (plane.right - plane.left);
  editor.cursor = editor.cursor.map((number, axis) => number + step * ARROWS[key][axis]);
  if (editor.held !== null && store.state.run.points[editor.held]) moveTo(editor.held, editor.cursor);
  return true;
}

function pressKey(key) {
  const { store } = editor;
  if (/^[1-4]$/.test(key)) return chooseTool(Number(key) - 1);
  if (key === "Enter" || key === " ") return enter();
  const index = pointNear(onPicture(store.state.run.plane, editor.cursor, sizeOfPlane()), REACH.key);
  if (isHidden(store.state, "points")) return false;
  if (key === "Delete" || key === "Backspace") return index !== null && (remove(index), true);
  if (key === "m" || key === "M") {
    editor.held = editor.held === null ? index : null;
    editor.lift = {};
    return tell(editor.held === null ? "ground_put_down" : "ground_taken_up", {}), true;
  }
  return false;
}

// On a point, look at it; elsewhere, add one.
function enter() {
  const { store } = editor;
  const index = pointNear(onPicture(store.state.run.plane, editor.cursor, sizeOfPlane()), REACH.key);
  if (store.state.tool === "remove" && index !== null) remove(index);
  else if (index !== null) store.change({ sample: index, said: { key: "ground_looked_at", places: { point: index + 1 } } });
  else if (!isHidden(store.state, "points")) add(editor.cursor);
  return true;
}

function chooseTool(tool) {
  if (tool >= classesOf(editor.store.state)) return false;
  editor.store.change({ tool });
  return true;
}

function classesOf({ run }) {
  return run.classes;
}

// The tools

function drawTools(state, before) {
  const isSame = before && ["tool", "target", "settings", "lang"].every((key) => state[key] === before[key]);
  const form = `${canTake(editor.past, state)} ${canTake(editor.undone, state)} ${hasBegun(state)}`;
  if (isSame && byId("point-tools").dataset.form === form) return;
  byId("point-tools").dataset.form = form;
  const focused = document.activeElement?.dataset?.tool;
  const adding = state.run.classes ? classTools(state) : [targetTool(state)];
  const made = isHidden(state, "points") ? [] : [...adding, removeTool(state), editTools(state)];
  byId("point-tools").replaceChildren(...made);
  sayAnew(byId("point-tools"), byId("plane"), hasBegun(state));
  if (!hasBegun(state)) byId("plane").setAttribute("aria-describedby", "plane-help");
  byId("point-tools").hidden = !made.length;
  paintTools();
  if (focused) byId("point-tools").querySelector(`[data-tool="${focused}"]`)?.focus();
}

function classTools(state) {
  const count = classesOf(state);
  const classes = Array.from({ length: count }, (_, index) => toolButton(state, index));
  const isFull = count >= MOST_CLASSES || isHidden(state, "classes") || !["blobs", "own"].includes(state.settings.data.name);
  return isFull ? classes : [...classes, moreClasses(count)];
}

function toolButton({ tool, run }, index) {
  const name = nameOfClass(run, index);
  const label = say("ground_add_class", { label: name });
  const canvas = element("canvas", { "data-class": index });
  const made = element("button", { type: "button", class: "tool", "data-tool": index, "aria-pressed": tool === index, "aria-label": label, title: label }, canvas, element("span", { class: "tool-name" }, name));
  made.addEventListener("click", () => editor.store.change({ tool: index }));
  return made;
}

function paintTool(canvas) {
  const scale = fitCanvas(canvas, 18, 18);
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, 18, 18);
  drawPoint(context, [9, 9], Number(canvas.dataset.class), false, null, 6);
}

function moreClasses(count) {
  const made = element("button", { type: "button", class: "tool", "data-tool": "more", "aria-label": say("ground_more_classes"), title: say("ground_more_classes") }, "+");
  made.addEventListener("click", () => setClasses(count + 1, editor.store));
  return made;
}

function removeTool({ tool }) {
  const made = element("button", { type: "button", class: "tool", "data-tool": "remove", "aria-pressed": tool === "remove" }, say("ground_remove"));
  made.addEventListener("click", () => editor.store.change({ tool: tool === "remove" ? 0 : "remove" }));
  return made;
}

function editTools(state) {
  const pair = [
    editTool("undo", "↶", "Ctrl+Z", canTake(editor.past, state), undo),
    editTool("redo", "↷", "Ctrl+Shift+Z", canTake(editor.undone, state), redo),
  ];
  return element("span", { class: "tool-pair" }, ...pair);
}

function editTool(name, sign, keys, isPossible, act) {
  const words = say(`ground_${name}`);
  const made = element("button", { type: "button", class: "tool", "data-tool": name, "aria-disabled": !isPossible, "aria-label": words, title: `${words} (${keys})` }, sign);
  made.addEventListener("click", act);
  return made;
}

function targetTool({ target }) {
  const field = element("input", { type: "range", min: "-1", max: "1", step: "0.05", value: target, "data-tool": "target", "aria-label": say("ground_target") });
  const shown = element("output", {}, target.toFixed(2).replace("-", "−"));
  field.addEventListener("input", () => editor.store.change({ target: Number(field.value) }));
  return element("label", { class: "target" }, say("ground_target"), field, shown);
}

/** After the colours have changed. */
export function paintTools() {
  for (const each of byId("point-tools").querySelectorAll("canvas")) paintTool(each);
}
