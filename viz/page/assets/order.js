// What goes wrong in another order? The same sweep, with each node passing its gradient on at a turn of its own.

// The orders in which nodes can be asked to pass their gradients on; each is a list of nodes.
const ORDERS = {
  order_depth: (page) => reached(page, "pop"),
  order_breadth: (page) => reached(page, "shift"),
  order_forward: (page) => inner(page),
  order_right: (page) => inner(page).reverse(),
};

function inner(page) {
  return page.trace.nodes.flatMap((node, index) => (node.args.length ? [index] : []));
}

// Outwards from the output, a node at a time, as soon as it is reached: depth first from a stack (pop), or breadth first
// from a queue (shift).
function reached(page, take) {
  const seen = new Set();
  const waiting = [page.trace.nodes.length - 1];
  while (waiting.length) {
    const node = waiting[take]();
    if (seen.has(node) || !page.trace.nodes[node].args.length) continue;
    seen.add(node);
    waiting.push(...page.trace.nodes[node].args);
  }
  return [...seen];
}

// The first order in which something goes wrong; the forward one does wherever there is more than one operation.
function worstOrder(page, steps) {
  const isWrong = (key) => sweep(page, steps, ORDERS[key](page)).turns.some((turn) => turn.toCome > 0);
  return Object.keys(ORDERS).find(isWrong) ?? "order_right";
}

// {turns: what each node read, and what was still to come to it; gradients: what comes out in the end}.
function sweep(page, steps, order) {
  const edges = steps.filter((step) => step.phase === "backward");
  const edgesOf = byUser(edges);
  const gradients = page.trace.nodes.map(() => 0);
  const toCome = page.trace.nodes.map(() => 0);
  for (const edge of edges) toCome[edge.argument_node] += 1;
  gradients[gradients.length - 1] = 1;
  const turns = order.map((node) => {
    const turn = { node, read: gradients[node], toCome: toCome[node] };
    for (const edge of edgesOf.get(node) ?? []) {
      gradients[edge.argument_node] += turn.read * edge.partial;
      toCome[edge.argument_node] -= 1;
    }
    return turn;
  });
  return { turns, gradients };
}

function byUser(edges) {
  const found = new Map();
  for (const edge of edges) {
    if (!found.has(edge.user_node)) found.set(edge.user_node, []);
    found.get(edge.user_node).push(edge);
  }
  return found;
}
