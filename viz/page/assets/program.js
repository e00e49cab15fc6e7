// How does the page compute? With the rule table's own rows, printed as JavaScript: OPERATIONS[i] has value(a),
// partials(a, out) and holds(a) or null. The graph is in PAGE.trace.nodes, arguments before their users.

// The number of every node, for the numbers of the leaves; `outside` is the first node outside its domain, or -1.
function evaluate(page, leaves) {
  const values = [];
  let outside = -1;
  page.trace.nodes.forEach((node, index) => {
    const operation = OPERATIONS[page.operation[index]];
    const args = node.args.map((arg) => values[arg]);
    if (!operation) values.push(leaves.get(index) ?? asNumber(node.data));
    else {
      if (outside < 0 && operation.holds && !operation.holds(args)) outside = index;
      values.push(operation.value(args));
    }
  });
  return { values, outside };
}

// ∂node/∂argument for every node and argument, as numbers.
function localDerivatives(page, values) {
  return page.trace.nodes.map((node, index) => {
    const operation = OPERATIONS[page.operation[index]];
    return operation ? operation.partials(node.args.map((arg) => values[arg]), values[index]) : [];
  });
}

// The same steps with other numbers: the order of a sweep does not depend on them.
function retell(page, values) {
  const partials = localDerivatives(page, values);
  const gradients = values.map(() => 0);
  gradients[values.length - 1] = 1;
  return page.trace.steps.map((step) => {
    if (step.phase === "forward") return { ...step, out: values[step.node] };
    if (step.phase === "seed") return step;
    const upstream = gradients[step.user_node];
    const partial = partials[step.user_node][step.position];
    const before = gradients[step.argument_node];
    const contribution = upstream * partial;
    const after = before + contribution;
    gradients[step.argument_node] = after;
    return { ...step, upstream, partial, before, contribution, after };
  });
}

// The trace from Python, with its numbers as numbers.
function told(page) {
  const numbers = ["out", "upstream", "partial", "before", "contribution", "after"];
  return page.trace.steps.map((step) => {
    const copy = { ...step };
    for (const name of numbers) if (name in copy) copy[name] = asNumber(copy[name]);
    return copy;
  });
}

// What is known after step i: the numbers of the nodes, the gradients so far, and what is still to come to each.
function frame(page, steps, values, position) {
  const nodes = page.trace.nodes;
  const known = nodes.map((node) => node.args.length === 0);
  const gradients = nodes.map(() => null);
  const toCome = nodes.map(() => 0);
  for (const step of steps) if (step.phase === "backward") toCome[step.argument_node] += 1;
  for (const step of steps.slice(0, position + 1)) {
    if (step.phase === "forward") known[step.node] = true;
    else if (step.phase === "seed") gradients[step.node] = 1;
    else {
      gradients[step.argument_node] = step.after;
      toCome[step.argument_node] = step.to_come;
    }
  }
  return { values: values.map((value, index) => (known[index] ? value : null)), gradients, toCome };
}

// The gradient of every node at the end.
function finalGradients(page, steps) {
  const found = page.trace.nodes.map(() => 0);
  for (const step of steps) {
    if (step.phase === "seed") found[step.node] = 1;
    if (step.phase === "backward") found[step.argument_node] = step.after;
  }
  return found;
}
