// Do scenes keep their promises? `given` are cases: {nodes} of a graph that Python sent, `room` if it is not the usual
// one, and `positions`, how many of them to look at. For each case {problems, keys, most, looked}:
// sentences, how many different scenes there were, the most boxes of one, and at how many positions it was looked.

import { graphFrom } from "./engine/recompute.js";
import { ROOM, activeNodes, close, enter, sceneOf } from "./lab/scene.js";
import { goTo, lastPosition, storeOf } from "./lab/store.js";

function look({ nodes, room = ROOM, positions = 60 }) {
  const store = storeOf(graphFrom(nodes));
  const [problems, keys] = [[], new Set()];
  const last = lastPosition(store.state);
  const step = Math.max(1, Math.floor(last / positions));
  let [most, looked] = [0, 0];
  for (let position = 0; position <= last; position += step) {
    goTo(store, position);
    const scene = sceneOf(store.state, room);
    keys.add(scene.key);
    most = Math.max(most, scene.boxes.length);
    looked += 1;
    for (const problem of [...whole(store.state.graph, scene), ...seen(store.state, scene)]) problems.push(`at ${position}: ${problem}`);
    const box = scene.boxes[looked % scene.boxes.length];
    if (box.kind === "group") problems.push(...opened(store, room, scene, box));
    if (box.kind === "more") problems.push(...gone(store, room, box));
  }
  return { problems, keys: keys.size, most, looked };
}

// Every node is in one box, every edge between two boxes in one arrow.
function whole(graph, { boxes, arrows, isWhole, boxOf }) {
  const found = [];
  const places = new Map();
  for (const box of boxes) {
    for (const node of box.members) {
      if (places.has(node)) found.push(`node ${node} is in two boxes`);
      if (boxOf(node) !== box) found.push(`boxOf(${node}) is another box`);
      places.set(node, box.id);
    }
  }
  if (places.size !== graph.nodes.length) found.push(`${graph.nodes.length - places.size} nodes are in no box`);
  if (new Set(boxes.map(({ id }) => id)).size !== boxes.length) found.push("two boxes have one id");
  if (isWhole !== (boxes.length === graph.nodes.length)) found.push("isWhole is wrong");
  const drawn = new Set();
  for (const { from, to, edges } of arrows) {
    for (const { user, position, argument } of edges) {
      const isRight = graph.args[user][position] === argument && places.get(argument) === from && places.get(user) === to;
      if (!isRight || drawn.has(`${user} ${position}`)) found.push(`a wrong arrow ${from} ${to}`);
      drawn.add(`${user} ${position}`);
    }
  }
  const expected = graph.args.flatMap((args, user) => args.filter((arg) => places.get(arg) !== places.get(user)));
  if (expected.length !== drawn.size) found.push(`${expected.length} edges between boxes, ${drawn.size} in arrows`);
  return found;
}

function seen(state, { boxOf }) {
  return activeNodes(state).filter((node) => boxOf(node).kind === "more").map((node) => `active node ${node} is not seen`);
}

const texts = (boxes) => new Map(boxes.map(({ id, members }) => [id, members.join(" ")]));

// An opened group changes nothing else, its nodes are in boxes of their own, and it can be closed.
function opened(store, room, before, box) {
  enter(store, box);
  const after = sceneOf(store.state, room);
  const [old, now] = [texts(before.boxes), texts(after.boxes)];
  const found = [...old].filter(([id, members]) => id !== box.id && now.get(id) !== members).map(([id]) => `opening ${box.id} changed ${id}`);
  if (now.has(box.id)) found.push(`${box.id} did not open`);
  const inside = [...now].filter(([id]) => !old.has(id)).flatMap(([, members]) => members.split(" "));
  if (inside.sort().join(" ") !== box.members.map(String).sort().join(" ")) found.push(`${box.id} opened to other nodes`);
  close(store, box.name);
  if (sceneOf(store.state, room).key !== before.key) found.push(`${box.id} did not close`);
  return found;
}

// A click on "more" goes where it says.
function gone(store, room, box) {
  enter(store, box);
  const there = sceneOf(store.state, room).boxOf(box.goal);
  return there.kind === "more" ? [`${box.id} does not lead to ${box.goal}, which is in ${there.id}`] : [];
}

console.log(JSON.stringify(given.map(look)));
