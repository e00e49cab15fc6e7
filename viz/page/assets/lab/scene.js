// Which part of the graph is drawn? A *scene*: boxes and the arrows between them, each standing for one node or edge of
// the graph, or for many. Every node is in exactly one box, and every edge between two boxes in exactly one arrow.
//
//   sceneOf(state, room)     {key, isWhole, boxes, arrows, frames, boxOf}
//   enter(store, box)        what a click or Enter on a "group" or "more" does: open it, or go there
//   close(store, name)       fold an open group again
//
//   room    how much can be drawn at most, {boxes, deep, broad, easy}: so many boxes, so many one after the other along the
//           arrows, so many side by side; and `easy`, the same for a part of what is more than that. See `roomIn`
//   key     two scenes with the same key are laid out alike
//   isWhole whether every node has a box of its own; otherwise an overview stands at the lower right of the stage
//
//   boxes   [{id, kind, node, members, title, lines, group}]
//     kind     "leaf", "constant" or "operation" for one node; "group" for several folded into one, which can be opened;
//              "more" for all that is not drawn in some direction
//     node     the node; of a group the one whose number leaves it, if there is one; else null
//     outputs  the nodes whose numbers leave it, ascending: of a layer its neurons' outputs
//     members  the numbers of the nodes in it, ascending; of a "more" there may be a hundred thousand
//     title    {key, places} for `say`, or {text} for a name, set as mathematics: {text: "w₁₂⁽¹⁾"}
//     lines    a list of the same, below the title: {key: "count_neurons", places: {count: 16}}; none for one node
//     group    the name of the innermost open group that it is in, or null
//   arrows  [{id, from, to, edges}], edges those of the graph that it stands for, [{user, position, argument}]
//   frames  [{name, title, parent}] the open groups, outer ones first: to be drawn around their boxes, with a button that
//           closes them
//   boxOf   a function from a node to its box

import { showCount } from "../numbers.js";
import { mathName } from "../engine/printing.js";
import { sweepBehind } from "../engine/steps.js";
import { treeOf } from "./fold.js";
import { BEFORE, BETWEEN, DRAWN, drawnAround, fits, nextAround, piecesOf, placesOf } from "./neighbourhood.js";
import { sampleOf, samplesOf } from "./samples.js";
import { goTo } from "./store.js";

const WHOLE = { boxes: 40, deep: 20, broad: 10 }; // a graph of more is not drawn whole
const PLACE = { along: 172, across: 100 }; // px that a box takes with its arrow, in the smallest letters
const TALL = { along: 107, across: 123 }; // the same where arrows run down
const ROWS = 2.3; // boxes above one another that a row of a folded line takes
const [FEWEST, MOST, BOXES] = [3, 8, 28]; // of a part
const LEVELS = [28, 23, 19, 16, 13, 11, 9, 7, 6, 5, 4, 3, 2, 1]; // boxes of a part, from the most on
const SHALLOWEST = 2; // ranks of a part
const MORE = [6, 3]; // boxes that a part grows by, as long as it fits
const TRIED = 8; // and as many are tried one by one
const KEPT = 12; // scenes of a graph; in each is every node

/** The room on a stage of so many pixels, with arrows to the right or, where it is narrow, downwards. */
export function roomIn(width, height, isNarrow = false) {
  const { along, across } = isNarrow ? TALL : PLACE;
  const [deep, broad] = [(isNarrow ? height : width) / along, (isNarrow ? width : height) / across].map(limited);
  const rows = isNarrow ? 1 : Math.max(1, Math.floor(broad / ROWS));
  const whole = isNarrow ? { ...WHOLE, broad } : WHOLE;
  return { ...whole, easy: { boxes: Math.min(BOXES, deep * broad), deep, broad, rows } };
}

const limited = (count) => Math.max(FEWEST, Math.min(MOST, Math.floor(count)));

export const ROOM = roomIn(1000, 700);

/**
 * What is drawn of a state: everything, folded as the reader wants it, if `isFitting(scene)`: how much room it takes is
 * known only when it has been laid out. Else the largest part around the active step, and around what the reader opened,
 * that fits. It depends on the state, the room and what fits alone, never on what was drawn before.
 */
export function sceneOf(state, room = ROOM, isFitting = () => true) {
  const plan = planOf(state.graph, room, sampleOf(state));
  const active = activeNodes(state);
  const isOpen = plan.tree.groups.map(({ name, isRun }, group) => state.opened.has(name) || (isRun && active.some((node) => isIn(plan, node, group))));
  const isWhole = fits(plan.cells, room);
  const tried = (cut) => (drawn, easy) => isFitting((plan.last = sceneAt(plan, cut, drawn, easy, isOpen)));
  if (isWhole && tried(plan)(null)) return plan.last;
  const entered = nodesOpened(plan, state.opened);
  const isShown = () => entered.every((node) => plan.last.boxOf(node).kind !== "more");
  if (partAround(plan, active, room, tried(plan)) && isShown()) return plan.last;
  if (entered.length && partAround(plan, [...active, ...entered], room, tried(plan))) return plan.last;
  if (entered.length && isWhole) plan.last = sceneAt(plan, plan, null, null, isOpen); // one pans where one opens so much
  else if (isOpen.includes(true)) partAround(openCells(plan, isOpen), active, room, tried(openCells(plan, isOpen)));
  return plan.last;
}

// The largest part around some nodes that fits is tried last; without one, the smallest there is. Whether it fits. A part
// is cut beforehand, so that it is the same for many steps.
function partAround(cut, nodes, room, isFitting) {
  const around = [...new Set(nodes.map((node) => cut.cellOf[node]))];
  for (const easy of levelsOf(room.easy)) {
    const drawn = drawnAround(cut.cells, piecesIn(cut, easy), around, { easy });
    if (isFitting(drawn, easy)) return grown(cut.cells, drawn, easy, room.easy.boxes, isFitting);
  }
  return false;
}

// A node in each group that the reader opened.
function nodesOpened(plan, opened) {
  const groups = opened.size ? plan.tree.groups.flatMap(({ name }, group) => (opened.has(name) ? [group] : [])) : [];
  const inside = groups.map((group) => plan.tree.groupOf.findIndex((inner) => groupsAround(plan.tree, inner).includes(group)));
  return inside.filter((node) => node >= 0);
}

// Parts of fewer and fewer boxes; of each number first those of a long line, which goes on in rows, then shorter and
// shorter ones, which are broader.
function levelsOf({ boxes, deep, broad, rows }) {
  const levels = [boxes, ...LEVELS.filter((level) => level < boxes)];
  const depths = [...new Set([deep * rows, deep, deep - 1, deep - 2, deep - 3])].filter((depth) => depth >= SHALLOWEST);
  return levels.flatMap((level) => depths.filter((depth) => depth < level || depth === depths.at(-1)).map((depth) => ({ boxes: level, deep: depth, broad })));
}

// With more around it, many at once as long as they fit, then one by one.
function grown(cells, drawn, easy, most, isFitting) {
  let found = drawn;
  const isTaken = (more) => {
    const larger = new Set([...found, ...more]);
    if (larger.size > most || larger.size === found.size || !isFitting(larger, easy)) return false;
    found = larger;
    return true;
  };
  for (const count of MORE) while (isTaken(nextAround(cells, found, count)));
  for (const cell of nextAround(cells, found, TRIED)) isTaken([cell]);
  return isFitting(found, easy); // again, so that it is the last
}

function piecesIn(plan, easy) {
  const key = JSON.stringify(easy);
  if (!plan.pieces.has(key)) plan.pieces.set(key, piecesOf(plan.cells, { easy }));
  return plan.pieces.get(key);
}

// The same plan with what is open as cells of its own.
function openCells(plan, isOpen) {
  const key = isOpen.flatMap((is, group) => (is ? [group] : [])).join(" ");
  if (plan.open?.key === key) return plan.open;
  const { cellOf, count } = outermost(plan.tree, isOpen);
  plan.open = { ...plan, key, cellOf, cells: cellsOf(plan.graph, cellOf, count), pieces: new Map() };
  return plan.open;
}

/** The scene that was made last of this graph, whatever room it was made for; null if there is none. */
export function shownScene({ graph }) {
  return plans.get(graph.args)?.last ?? null;
}

/** The nodes that the active step is about; at the beginning those of the first step, and at the end the output. */
export function activeNodes(state) {
  const { graph, steps, position } = state;
  const step = steps[position - 1] ?? { node: position === 0 ? firstNode(state) : graph.nodes.length - 1 };
  return step.phase === "backward" ? [step.user_node, step.argument_node] : [step.node];
}

// What the first step is about, or the first one in the sample that is entered.
function firstNode(state) {
  const samples = samplesOf(state.graph);
  const sample = samples && sampleOf(state);
  const found = samples ? state.graph.nodes.findIndex(({ row }, node) => row && samples.owner[node] === sample) : -1;
  return found >= 0 ? found : state.steps[0].node;
}

// The plan: what does not change from step to step

const plans = new WeakMap(); // the last plan of each structure: its numbers do not matter

function planOf(graph, room, sample) {
  const known = plans.get(graph.args);
  if (known?.sample === sample && JSON.stringify(known.room) === JSON.stringify(room)) return Object.assign(known, { graph });
  plans.set(graph.args, { ...newPlan(graph, room, sample), scenes: new Map(), pieces: new Map() });
  return plans.get(graph.args);
}

function newPlan(graph, room, sample) {
  const single = Int32Array.from(graph.nodes.keys());
  const isSmall = graph.nodes.length <= room.boxes;
  const nodes = isSmall && cellsOf(graph, single, single.length);
  const none = { groups: [], groupOf: single.map(() => -1) };
  if (nodes && fits(nodes, room)) return { graph, room, sample, tree: none, cellOf: single, cells: nodes };
  const tree = treeOf(graph, room, sample);
  const { cellOf, count } = outermost(tree, tree.groups.map(() => false));
  return { graph, room, sample, tree, cellOf, cells: cellsOf(graph, cellOf, count) };
}

// For each node its cell: the outermost group that it is in and that is not open, or itself.
function outermost({ groups, groupOf }, isOpen) {
  const cellOfGroup = [];
  groups.forEach(({ parent }, group) => cellOfGroup.push(parent >= 0 && cellOfGroup[parent] >= 0 ? cellOfGroup[parent] : isOpen[group] ? -1 : group));
  const [numbers, cellOf] = [new Map(), new Int32Array(groupOf.length)];
  groupOf.forEach((group, node) => {
    const folded = group < 0 ? -1 : cellOfGroup[group];
    const key = folded < 0 ? -1 - node : folded;
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    cellOf[node] = numbers.get(key);
  });
  return { cellOf, count: numbers.size };
}

// The graph of cells: {args, users, order}, users after what they use.
function cellsOf(graph, cellOf, count) {
  const [args, users] = [0, 1].map(() => Array.from({ length: count }, () => []));
  const last = new Int32Array(count);
  const seen = new Set();
  graph.args.forEach((each, node) => {
    const user = cellOf[node];
    last[user] = node;
    for (const arg of each) {
      const pair = cellOf[arg] * count + user;
      if (cellOf[arg] === user || seen.has(pair)) continue;
      seen.add(pair);
      args[user].push(cellOf[arg]);
      users[cellOf[arg]].push(user);
    }
  });
  const order = [];
  cellOf.forEach((cell, node) => last[cell] === node && order.push(cell));
  return { args, users, order };
}

function isIn({ tree }, node, group) {
  return groupsAround(tree, tree.groupOf[node]).includes(group);
}

// From the innermost to the outermost.
function groupsAround({ groups }, innermost) {
  const found = [];
  for (let group = innermost; group >= 0; group = groups[group].parent) found.push(group);
  return found;
}

// The scene

// A scene that was made of this plan before, or a new one.
function sceneAt(plan, cut, drawn, easy, isOpen) {
  const open = isOpen.flatMap((is, group) => (is ? [group] : []));
  const key = JSON.stringify([plan.room, plan.sample, drawn && [cut !== plan, easy.broad, easy.boxes === 1, ...[...drawn].sort((a, b) => a - b)], open]);
  if (!plan.scenes.has(key)) {
    if (plan.scenes.size >= KEPT) plan.scenes.delete(plan.scenes.keys().next().value);
    plan.scenes.set(key, made(plan, cut, key, drawn, easy, isOpen));
  }
  return plan.scenes.get(key);
}

function made(plan, { cells, cellOf }, key, drawn, easy, isOpen) {
  const places = drawn && placesOf(cells, drawn, { easy });
  const [boxes, numbers, ofGroup] = [[], new Map(), new Map()];
  const numberOf = new Int32Array(plan.graph.nodes.length); // of the box that each node is in
  plan.graph.nodes.forEach((_, node) => {
    const place = places ? places[cellOf[node]] : DRAWN;
    const found = place === DRAWN ? boxAt(plan, node, isOpen, ofGroup) : null;
    const id = found?.id ?? place;
    if (!numbers.has(id)) numbers.set(id, boxes.push({ ...(found ?? { id: `m${place}`, place }), members: [] }) - 1);
    numberOf[node] = numbers.get(id);
    boxes[numberOf[node]].members.push(node);
  });
  const { arrows, outputs } = between(plan.graph, boxes, numberOf);
  boxes.forEach((box, number) => finish(plan, box, [...outputs[number]].sort((one, other) => one - other)));
  const frames = framesOf(plan, boxes, isOpen);
  return { key, isWhole: boxes.length === numberOf.length, boxes, arrows, frames, boxOf: (node) => boxes[numberOf[node]] };
}

// The outermost group around a node that is folded, or the node itself; what is known of a group is kept in `ofGroup`.
function boxAt({ tree }, node, isOpen, ofGroup) {
  const innermost = tree.groupOf[node];
  if (!ofGroup.has(innermost)) ofGroup.set(innermost, foldedAround(tree, innermost, isOpen));
  const { folded, group } = ofGroup.get(innermost);
  return folded === null ? { id: `n${node}`, node, group } : { id: `g${folded}`, folded: tree.groups[folded], group };
}

function foldedAround(tree, innermost, isOpen) {
  const around = groupsAround(tree, innermost).toReversed();
  const place = around.findIndex((group) => !isOpen[group]);
  const open = place < 0 ? around : around.slice(0, place);
  const frame = open.findLast((group) => !tree.groups[group].isRun);
  return { folded: place < 0 ? null : around[place], group: tree.groups[frame]?.name ?? null };
}

// The arrows, and for each box the nodes whose numbers leave it.
function between({ args }, boxes, numberOf) {
  const [arrows, outputs] = [new Map(), boxes.map(() => new Set())];
  outputs[numberOf.at(-1)].add(numberOf.length - 1);
  args.forEach((each, user) => {
    each.forEach((argument, position) => {
      const [from, to] = [numberOf[argument], numberOf[user]];
      if (from === to) return;
      outputs[from].add(argument);
      const isSingle = boxes[from].members.length === 1 && boxes[to].members.length === 1;
      const key = isSingle ? `${user} ${position}` : from * boxes.length + to;
      if (!arrows.has(key)) arrows.set(key, { id: `e${user}-${position}`, from: boxes[from].id, to: boxes[to].id, flat: [] });
      arrows.get(key).flat.push(user, position, argument);
    });
  });
  return { arrows: [...arrows.values()].map(arrowOf), outputs };
}

// There may be a hundred thousand edges in an arrow: they become objects when they are read first.
function arrowOf({ id, from, to, flat }) {
  let edges = null;
  return { id, from, to, get edges() { return (edges ??= edgesIn(flat)); } };
}

function edgesIn(flat) {
  const edges = [];
  for (let at = 0; at < flat.length; at += 3) edges.push({ user: flat[at], position: flat[at + 1], argument: flat[at + 2] });
  return edges;
}

function finish({ graph }, box, outputs) {
  const computed = outputs.filter((node) => graph.nodes[node].row);
  box.outputs = computed.length ? computed : outputs; // weights leave a group, too, where others share them
  if (box.folded) Object.assign(box, folded(graph, box));
  else if (box.place !== undefined) Object.assign(box, more(box));
  else Object.assign(box, { kind: kindOf(graph.nodes[box.node]), title: { text: mathName(graph.names[box.node]) }, lines: [] });
}

function folded(graph, { folded: { name, title, lines, isMore, ...about }, members, outputs, group }) {
  if (isMore) return { kind: "more", name, node: null, title, lines: [counted("size_node", members.length)], goal: members[0] };
  const node = outputs.length === 1 ? outputs[0] : null;
  return { kind: "group", name, node, title, lines: lines.length ? lines : linesOf(graph, { ...about, members, outputs, node, group }) };
}

// What is in a group: of a layer its neurons, of a neuron where it is and its activation; of others how many nodes.
function linesOf(graph, { part, mark, isLayer, layer, members, outputs, node, group }) {
  const row = node === null ? null : graph.nodes[node].row;
  const found = [];
  if (isLayer && row === null && outputs.length > 1) found.push({ key: "size_neurons", places: { count: outputs.length } });
  if (layer && group === null) found.push({ key: "size_layer", places: { layer } });
  if (part && row?.arity === 1) found.push({ text: row.name });
  if (mark) found.push(mark === "*" ? { key: "size_parameters" } : { key: "size_use", places: { time: mark.slice(1) } });
  const isOfLeaves = members.every((member) => !graph.nodes[member].row);
  return found.length ? found : [counted(isOfLeaves ? "size_leaf" : "size_node", members.length)];
}

function more({ place, members }) {
  const isBefore = place >= BEFORE;
  const key = isBefore ? "size_before" : place === BETWEEN ? "size_between" : "size_after";
  return { kind: "more", node: null, group: null, title: counted("size_more", members.length), lines: [{ key }], goal: isBefore ? members.at(-1) : members[0] };
}

/** A string for so many: its key has two rows, for one and for several. */
export function counted(key, count) {
  return { key: count === 1 ? key : `${key}s`, places: { count: showCount(count) } };
}

function framesOf({ tree: { groups } }, boxes, isOpen) {
  const inside = new Set(boxes.map(({ group }) => group));
  const isFrame = ({ isRun }, group) => isOpen[group] && !isRun;
  const found = groups.filter(isFrame).map(({ name, title, parent }) => ({ name, title, parent: groups[parent]?.name ?? null }));
  const isSeen = ({ name }) => inside.has(name) || found.some(({ name: inner, parent }) => parent === name && inside.has(inner));
  return found.filter(isSeen);
}

// Going there

/** What a click on a "group" or "more" does. */
export function enter(store, { kind, name, goal }) {
  if (kind === "group") store.change({ opened: new Set([...store.state.opened, name]) });
  if (kind === "more") goTo(store, positionAt(store.state, goal));
}

/** Fold an open group again, and all in it. */
export function close(store, name) {
  store.change({ opened: new Set([...store.state.opened].filter((each) => each !== name)) });
}

/** The position that shows what happens at a node: on the way forward or backward, as now. */
export function positionAt({ graph, steps, position }, node) {
  const { operations, forwardAt, edgesOf, arrivalsAt } = sweepBehind(steps);
  const seed = operations.length;
  const user = graph.args.findIndex((args, each) => each > node && args.includes(node));
  if (position <= seed) return forwardAt[graph.nodes[node].row ? node : user] + 1;
  const [first, end] = edgesOf(node);
  const edge = first < end ? first : (arrivalsAt(node)[0] ?? edgesOf(user)[0]);
  return seed + 2 + edge;
}

function kindOf({ row, isConstant }) {
  return row ? "operation" : isConstant ? "constant" : "leaf";
}
