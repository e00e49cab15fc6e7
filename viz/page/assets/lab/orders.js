// What goes wrong in another order? The same sweep, with each node passing its gradient on at a turn of its own.

import { groupedBy } from "./lists.js";

/** The orders in which nodes can be asked to pass their gradients on; each gives a list of nodes. */
export const ORDERS = {
  depth: (graph) => reached(graph, "pop"),
  breadth: (graph) => reached(graph, "shift"),
  forward: (graph) => operationsOf(graph),
  right: (graph) => operationsOf(graph).reverse(),
};

/** A graph in which every order but the right one fails: u reaches the output at once, and also by a longer way. */
export const WHERE_ORDER_MATTERS = { text: "u = x * x; v = u + 1; w = v * v; f = w + u", values: { x: 2 } };

function operationsOf({ nodes }) {
  return nodes.flatMap(({ row }, number) => (row ? [number] : []));
}

// From the output, a node at a time, as soon as it is reached: depth first from a stack (pop), breadth first from a queue
// (shift).
function reached({ nodes, args }, take) {
  const seen = new Set();
  const waiting = [nodes.length - 1];
  while (waiting.length) {
    const node = waiting[take]();
    if (seen.has(node) || !nodes[node].row) continue;
    seen.add(node);
    waiting.push(...args[node]);
  }
  return [...seen];
}

/** {turns: for each node {node, read, toCome}, what it read and how much was still to come; gradients: in the end}. */
export function sweep({ graph, steps }, order) {
  const edges = steps.filter(({ phase }) => phase === "backward");
  const edgesOf = groupedBy(edges, ({ user_node }) => user_node);
  const gradients = graph.nodes.map(() => 0);
  const toCome = graph.nodes.map(() => 0);
  for (const { argument_node } of edges) toCome[argument_node] += 1;
  gradients[gradients.length - 1] = 1;
  const turns = order.map((node) => {
    const turn = { node, read: gradients[node], toCome: toCome[node] };
    for (const { argument_node, partial } of edgesOf.get(node) ?? []) {
      gradients[argument_node] += turn.read * partial;
      toCome[argument_node] -= 1;
    }
    return turn;
  });
  return { turns, gradients };
}

/** Whether a sweep reads anything too early. */
export function isBroken({ turns }) {
  return turns.some(({ toCome }) => toCome > 0);
}

/** The first order in which something goes wrong; the right one if there is none. */
export function worstOrder(state) {
  return Object.keys(ORDERS).find((name) => isBroken(sweep(state, ORDERS[name](state.graph)))) ?? "right";
}
