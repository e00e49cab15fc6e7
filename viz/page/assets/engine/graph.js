// What is there to know of everything that a node depends on? Its nodes in topological order, numbered and named as
// graph.py has them, and the gradient of every node.

import { show } from "../numbers.js";
import { lazyList } from "./lazy.js";

/** Every node that the output depends on, arguments before users, in the order of backprop.py. */
export function topologicalOrder(output) {
  const order = [];
  const seen = new Set();
  const stack = [output];
  while (stack.length) {
    const node = stack.pop();
    if (node === null) order.push(stack.pop()); // the marker: the arguments of the node below are done
    else if (!seen.has(node)) {
      seen.add(node);
      if (node.args.every((arg) => seen.has(arg))) order.push(node);
      else {
        stack.push(node, null);
        for (const arg of node.args.toReversed()) stack.push(arg);
      }
    }
  }
  return order;
}

/**
 * {nodes, args, names, missing}: the nodes, for each the numbers of its arguments and what it is called. The output is
 * last. What is `missing` to compute it again, says `graphFrom`.
 */
export function graphOf(output) {
  const nodes = topologicalOrder(output);
  const index = new Map(nodes.map((node, number) => [node, number]));
  const args = nodes.map((node) => node.args.map((arg) => index.get(arg)));
  return { nodes, args, names: namesOf(nodes), missing: [] };
}

/** The gradient of every node. */
export function gradients(graph) {
  const found = graph.nodes.map(() => 0);
  found[found.length - 1] = 1;
  for (let user = found.length - 1; user >= 0; user--) {
    graph.args[user].forEach((arg, position) => (found[arg] += found[user] * graph.nodes[user].partials[position]));
  }
  return found;
}

/** The numbers of the nodes that can be varied. */
export function leavesOf(graph) {
  return graph.nodes.flatMap((node, number) => (node.row || node.isConstant ? [] : [number]));
}

/** A constant is called by its number, others by their labels, made unique, or v1, v2 … in topological order. */
export function namesOf(nodes) {
  const free = freeNames(new Set(nodes.flatMap(({ label }) => (label ? [label] : []))));
  const used = new Set();
  const labelled = nodes.map(({ label }) => {
    const name = label && used.has(label) ? free(`${label}_`, 2) : label;
    if (label) used.add(name);
    return name;
  });
  const names = nodes.map(({ isConstant }, number) => labelled[number] || (isConstant ? null : free("v", 1)));
  return lazyList(nodes.length, (number) => names[number] ?? show(nodes[number].data)); // to write a number takes its time
}

/** A function that gives a stem with the first number, from `first` on, that makes a name not in the Set `taken`. */
export function freeNames(taken) {
  const next = new Map();
  return (stem, first) => {
    let number = next.get(stem) ?? first;
    while (taken.has(`${stem}${number}`)) number++;
    next.set(stem, number + 1);
    taken.add(`${stem}${number}`);
    return `${stem}${number}`;
  };
}
