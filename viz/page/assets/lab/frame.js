// What is known at a position: the numbers of the nodes, the gradients so far, and how many contributions are to come?

/** {values, gradients, toCome}, for each node; a value or a gradient that is not known yet is null. */
export function frameOf({ graph, steps, position }) {
  const values = graph.nodes.map((node) => (node.row ? null : node.data));
  const gradients = graph.nodes.map(() => null);
  const toCome = usesOf(graph);
  for (const step of steps.slice(0, position)) {
    if (step.phase === "forward") values[step.node] = step.out;
    else if (step.phase === "seed") gradients[step.node] = 1;
    else {
      gradients[step.argument_node] = step.after;
      toCome[step.argument_node] = step.to_come;
    }
  }
  return { values, gradients, toCome };
}

/** For each node, at how many places it is used. */
export function usesOf(graph) {
  const uses = graph.nodes.map(() => 0);
  for (const args of graph.args) for (const arg of args) uses[arg] += 1;
  return uses;
}
