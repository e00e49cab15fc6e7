// Which part of the graph is drawn? A *scene*: boxes and the arrows between them, each standing for one node or edge of
// the graph, or for many. Two scenes with the same key are laid out alike.
//
//   {key, boxes: [{id, kind, node, members}], arrows: [{id, from, to, edges}]}
//
//   kind       "leaf", "constant" or "operation" for one node; "group" for several, `members`, folded into one box
//   edges      the edges of the graph that an arrow stands for, {user, position, argument}

export const MOST_NODES = 40; // as many are readable at once

export function sceneOf({ graph }) {
  const boxes = graph.nodes.map((node, number) => ({ id: `n${number}`, kind: kindOf(node), node: number, members: [number] }));
  const arrows = graph.args.flatMap((args, user) => {
    return args.map((argument, position) => {
      const id = `e${user}-${position}`;
      return { id, from: `n${argument}`, to: `n${user}`, edges: [{ user, position, argument }] };
    });
  });
  return { key: "whole", boxes, arrows };
}

function kindOf({ row, isConstant }) {
  return row ? "operation" : isConstant ? "constant" : "leaf";
}
