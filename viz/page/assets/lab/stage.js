// How is the scene drawn? Graphviz places it, once; here its boxes, arrows and labels are filled with what is known now.

import { arrowOn, fillArrow } from "./arrows.js";
import { boxAt, fillBox } from "./boxes.js";
import { fitted, seenBy } from "./camera.js";
import { curveOf } from "./curves.js";
import { byId, drawn } from "./dom.js";
import { frameOf } from "./frame.js";
import { labelPlaces } from "./labels.js";
import { PAGE } from "./page.js";
import { roomFor, sourceOf } from "./room.js";
import { sceneOf } from "./scene.js";
import { stepOf } from "./store.js";

const NARROW = 600; // px; a stage that is narrower, or higher than wide, is laid out from top to bottom
const MARGIN = 18; // units around everything

export function mountStage(store, layOut) {
  const stage = { layOut, layouts: new Map(), rooms: new Map(), start: null, drawn: null };
  const draw = () => drawStage(stage, store.state);
  store.onChange(draw);
  new ResizeObserver(draw).observe(byId("stage"));
  draw();
}

function drawStage(stage, state) {
  if (stage.start !== state.start) stage.rooms.clear();
  stage.start = state.start;
  const scene = sceneOf(state);
  const room = roomFor(scene, state, stage.rooms.get(scene.key));
  stage.rooms.set(scene.key, room);
  const { clientWidth: width, clientHeight: height } = byId("stage");
  const direction = width < NARROW || width < height ? "TB" : "LR";
  const source = sourceOf(scene, room, direction);
  const parts = build(stage, scene, room, source);
  const frame = frameOf(state);
  for (const arrow of parts.arrows) fillArrow(arrow, state, PAGE.law, frame.values);
  for (const box of parts.boxes) {
    fillBox(box, state, PAGE.law, frame);
    box.group.classList.toggle("active", isActive(stepOf(state), box.box));
  }
  const seen = seenBy(fitted(parts.world, { width, height }, { least: 13 / 15, most: 1.75 }), { width, height });
  byId("scene").setAttribute("viewBox", `${seen.x} ${seen.y} ${seen.width} ${seen.height}`);
}

function build(stage, scene, room, source) {
  const layout = stage.layouts.get(source) ?? stage.layOut(source);
  stage.layouts.set(source, layout);
  const boxes = scene.boxes.map((box, index) => boxAt(box, room.boxes.get(box.id), moved(layout.nodes.get(`b${index}`))));
  const curves = new Map(scene.arrows.map(({ id }, index) => [id, curveOf(layout.edges.get(`a${index}`).map(moved))]));
  const labels = scene.arrows.map(({ id }) => ({ id, curve: curves.get(id), ...room.chips.get(id) })).filter(({ width }) => width);
  const places = labelPlaces(labels, boxes);
  const nowhere = { x: 0, y: 0 };
  const arrows = scene.arrows.map((arrow) => arrowOn(arrow, curves.get(arrow.id), room.chips.get(arrow.id), places.get(arrow.id) ?? nowhere));
  const layer = (name, parts) => drawn("g", { class: name }, ...parts);
  byId("scene").replaceChildren(
    layer("lines", arrows.map(({ line }) => line)),
    layer("boxes", boxes.map(({ group }) => group)),
    layer("chips", arrows.map(({ chip }) => chip)),
  );
  return { boxes, arrows, world: { width: layout.width + 2 * MARGIN, height: layout.height + 2 * MARGIN } };
}

function moved(place) {
  return { ...place, x: place.x + MARGIN, y: place.y + MARGIN };
}

function isActive(step, { members }) {
  return step?.phase === "backward" ? members.includes(step.argument_node) : members.includes(step?.node);
}
