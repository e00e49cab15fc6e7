// What does the sweep compute? All of it in columns, a row for each application of the chain rule: a graph of a hundred
// thousand edges has as many, and objects for them would take longer than the sweep. `chainRule` makes the objects.

/**
 * The sweep through a graph:
 *
 *   operations              the numbers of the nodes that were computed, in order: what the forward steps are about
 *   forwardAt               for each node its place among them, -1 for a leaf
 *   users, positions        for each application the edge that it is about: constants get none
 *   args                    and the argument on that edge, whose gradient grows
 *   before                  the gradient of the argument so far
 *   toCome                  how many contributions to it are still to come afterwards
 *   gradients, uses         for each node its gradient at the end, and at how many places it is used
 *   edgesOf(user)           [first, end): the applications in which a node hands on its gradient
 *   arrivalsAt(node)        the applications that contribute to its gradient, ascending
 */
export function sweepOf(graph) {
  const columns = sized(graph);
  const { gradients, toComeAt, firsts } = columns;
  gradients[gradients.length - 1] = 1;
  let edge = 0;
  for (let user = graph.nodes.length - 1; user >= 0; user--) {
    firsts[user] = edge;
    const { partials } = graph.nodes[user];
    for (let position = 0; position < partials.length; position++) {
      const argument = graph.args[user][position];
      if (graph.nodes[argument].isConstant) continue;
      columns.users[edge] = user;
      columns.positions[edge] = position;
      columns.args[edge] = argument;
      columns.before[edge] = gradients[argument];
      columns.toCome[edge] = toComeAt[argument] -= 1;
      gradients[argument] += gradients[user] * partials[position];
      edge += 1;
    }
  }
  return { ...columns, edgesOf: (user) => [firsts[user], user ? firsts[user - 1] : edge], ...arrivals(columns) };
}

function sized(graph) {
  const count = graph.nodes.length;
  const uses = new Int32Array(count);
  for (const args of graph.args) for (const arg of args) uses[arg] += 1;
  const edges = graph.nodes.reduce((sum, { isConstant }, node) => (isConstant ? sum : sum + uses[node]), 0);
  const operations = Int32Array.from(graph.nodes.keys()).filter((node) => graph.nodes[node].row);
  const forwardAt = new Int32Array(count).fill(-1);
  operations.forEach((node, place) => (forwardAt[node] = place));
  return {
    operations, forwardAt, uses, gradients: new Float64Array(count), toComeAt: uses.slice(), firsts: new Int32Array(count),
    users: new Int32Array(edges), positions: new Int32Array(edges), args: new Int32Array(edges),
    before: new Float64Array(edges), toCome: new Int32Array(edges),
  };
}

// By counting: where the arrivals of each node begin, and then each in its place.
function arrivals({ args, uses }) {
  const starts = new Int32Array(uses.length + 1);
  for (const arg of args) starts[arg + 1] += 1;
  for (let node = 0; node < uses.length; node++) starts[node + 1] += starts[node];
  const next = starts.slice();
  const sorted = new Int32Array(args.length);
  args.forEach((arg, edge) => (sorted[next[arg]++] = edge));
  return { arrivalsAt: (node) => sorted.subarray(starts[node], starts[node + 1]) };
}
