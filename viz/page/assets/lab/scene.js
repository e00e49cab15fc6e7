// Which part of the graph is drawn? A *scene*: boxes and the arrows between them, each standing for one node or edge of
// the graph, or for many. Every node is in exactly one box, and every edge between two boxes in exactly one arrow.
//
//   sceneOf(state, room)     {key, isWhole, boxes, arrows, frames}
//   enter(store, box)        what a click or Enter on a "group" or "more" does: open it, or go there
//   close(store, name)       fold an open group again
//
//   room    how much can be read at once, {boxes, rows}: so many boxes, so many of them above one another
//   key     two scenes with the same key are laid out alike
//   isWhole whether every node has a box of its own; otherwise an overview stands at the lower right of the stage
//
//   boxes   [{id, kind, node, members, title, lines, group}]
//     kind     "leaf", "constant" or "operation" for one node; "group" for several folded into one, which can be opened;
//              "more" for all that is not drawn in some direction
//     node     the node; of a group the one whose number leaves it, if there is one; else null
//     members  the numbers of the nodes in it, ascending; of a "more" there may be a hundred thousand
//     title    {key, places} for `say`, or {text} for a name, set as mathematics: {text: "w₁₂⁽¹⁾"}
//     lines    a list of the same, below the title: {key: "count_neurons", places: {count: 16}}; none for one node
//     group    the name of the innermost open group that it is in, or null
//   arrows  [{id, from, to, edges}], edges those of the graph that it stands for, [{user, position, argument}]
//   frames  [{name, title, parent}] the open groups, outer ones first: to be drawn around their boxes, with a button that
//           closes them

import { goTo } from "./store.js";

export const MOST_NODES = 40; // as many are readable at once

/** What is drawn of a state. */
export function sceneOf({ graph }) {
  const boxes = graph.nodes.map((node, number) => boxOf(graph, number));
  const arrows = graph.args.flatMap((args, user) => {
    return args.map((argument, position) => {
      const id = `e${user}-${position}`;
      return { id, from: `n${argument}`, to: `n${user}`, edges: [{ user, position, argument }] };
    });
  });
  return { key: "whole", isWhole: true, boxes, arrows, frames: [] };
}

function boxOf({ nodes, names }, node) {
  const title = { text: names[node] };
  return { id: `n${node}`, kind: kindOf(nodes[node]), node, members: [node], title, lines: [], group: null };
}

/** What a click on a "group" or "more" does. */
export function enter(store, box) {
  if (box.kind === "group") store.change({ opened: new Set([...store.state.opened, box.name]) });
  if (box.kind === "more") goTo(store, box.position);
}

/** Fold an open group again. */
export function close(store, name) {
  store.change({ opened: new Set([...store.state.opened].filter((each) => each !== name)) });
}

function kindOf({ row, isConstant }) {
  return row ? "operation" : isConstant ? "constant" : "leaf";
}
