// How is the scene drawn? Graphviz places it; here are its boxes, arrows and chips, and what is known of them now.

import { inBrackets, show } from "../numbers.js";
import { byId, drawn } from "./dom.js";
import { frameOf } from "./frame.js";
import { sceneOf } from "./scene.js";
import { stepOf } from "./store.js";

const BOX = { width: 132, height: 86 };

export function mountStage(store, layOut) {
  const draw = () => drawStage(store.state, layOut);
  store.onChange(draw);
  draw();
}

function drawStage(state, layOut) {
  const scene = sceneOf(state);
  const layout = layOut(sourceOf(scene));
  const frame = frameOf(state);
  const svg = byId("scene");
  svg.setAttribute("viewBox", `0 0 ${layout.width} ${layout.height}`);
  const places = new Map(layout.edges.map((edge) => [`${edge.from} ${edge.to}`, edge.points]));
  svg.replaceChildren(
    ...scene.arrows.map((arrow) => arrowOf(state, arrow, places.get(`${arrow.from} ${arrow.to}`))),
    ...scene.boxes.map((box) => boxOf(state, frame, box, layout.nodes.get(box.id))),
  );
}

/** The DOT source of a scene: only sizes and arrows; what is written in a box is not Graphviz' concern. */
export function sourceOf({ boxes, arrows }) {
  const size = `width=${BOX.width / 72}, height=${BOX.height / 72}`;
  const lines = boxes.map(({ id }) => `${id} [shape=box, fixedsize=true, ${size}, label=""]`);
  const edges = arrows.map(({ from, to }) => `${from} -> ${to}`);
  return ["digraph {", "rankdir=LR; ranksep=1; nodesep=0.35", ...lines, ...edges, "}"].join("\n");
}

function boxOf(state, { values, gradients }, { node, kind }, { x, y, width, height }) {
  const [value, gradient] = [values[node], gradients[node]];
  const isActive = [stepOf(state)?.node, stepOf(state)?.argument_node].includes(node);
  return drawn(
    "g",
    { class: `box ${kind} ${isActive ? "active" : ""}`, "data-id": `n${node}`, transform: `translate(${x - width / 2},${y - height / 2})` },
    drawn("rect", { width, height, rx: 14 }),
    drawn("text", { class: "name", x: width / 2, y: 21 }, state.graph.names[node]),
    drawn("text", { class: "value", x: width / 2, y: 47 }, value === null ? "—" : show(value)),
    drawn("text", { class: "gradient", x: width / 2, y: 72 }, `∂ ${gradient === null ? "—" : show(gradient)}`),
  );
}

function arrowOf(state, { edges: [{ user, position }] }, [start, ...points]) {
  const curve = points.map(({ x, y }) => `${x},${y}`).join(" ");
  const middle = points[Math.floor(points.length / 2)];
  const local = state.graph.nodes[user].partials[position];
  const label = drawn("text", { class: "chip", x: middle.x, y: middle.y }, `× ${inBrackets(show(local))}`);
  return drawn("g", { class: "arrow" }, drawn("path", { d: `M${start.x},${start.y} C${curve}` }), label);
}
