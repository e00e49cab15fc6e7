// Why is a gradient a sum? Because a change reaches the output along every path, and the changes add up: the paths, in the
// order and in the words of paths.py.

import { localName } from "../engine/steps.js";
import { inBrackets, show, showCount } from "../numbers.js";
import { groupedBy } from "./lists.js";

/** {start, count, paths, total}: `paths()` gives the paths one by one, each the steps from the node to the output. */
export function waysFrom({ graph, steps }, start, limits) {
  const edgesFrom = groupedBy(steps.filter(({ phase }) => phase === "backward"), (step) => step.argument_node);
  const output = graph.nodes.length - 1;
  const paths = () => pathsFrom(edgesFrom, start, output);
  return { start, count: countFrom(steps, start, output), paths, total: totalOf(paths, edgesFrom.get(start), limits) };
}

// Of a node that the output does not depend on, there is none; of the output itself, one that is empty.
function countFrom(steps, start, output) {
  const counts = new Map([[output, 1n]]);
  for (const { phase, user_node: user, argument_node: argument } of steps) {
    if (phase === "backward") counts.set(argument, (counts.get(argument) ?? 0n) + (counts.get(user) ?? 0n));
  }
  return counts.get(start) ?? 0n;
}

// On the stack, a path is its last edge and what came before, so that paths share their beginnings.
function* pathsFrom(edgesFrom, start, output) {
  const stack = [[start, null]];
  while (stack.length) {
    const [node, way] = stack.pop();
    if (node === output) yield edgesOf(way);
    else for (const edge of (edgesFrom.get(node) ?? []).toReversed()) stack.push([edge.user_node, { edge, before: way }]);
  }
}

function edgesOf(way) {
  const found = [];
  for (let each = way; each; each = each.before) found.push(each.edge);
  return found.reverse();
}

// The sum of the products; for many or long paths as the sweep added it up.
function totalOf(paths, edges, { sum: longest }) {
  let [total, length] = [0, 0];
  for (const path of paths()) {
    length += path.length;
    if (length > longest) return edges.at(-1).after;
    total += productOf(path);
  }
  return total;
}

/** The local derivatives along a path, multiplied. */
export function productOf(path) {
  return path.reduce((product, { partial }) => product * partial, 1);
}

/** x → v1 → f; a long one without its middle. */
export function namesOf(start, path, { path: longest }) {
  if (path.length > longest) return `${start} → ${path[0].user} → … → ${path.at(-1).user}`;
  return [start, ...path.map(({ user }) => user)].join(" → ");
}

/** The parts of the product, from the output on as the chain rule is written: in names, in numbers, and the result. */
export function partsOf(path, nameOf = localName) {
  const back = path.toReversed();
  const symbols = back.map(nameOf).join(" · ") || "1";
  const numbers = back.map(({ partial }) => inBrackets(show(partial))).join(" · ") || "1";
  return [...new Set([symbols, numbers, inBrackets(show(productOf(path)))])];
}

/** The total as a sum of the products: 1 + 3 = 4; of one path alone, its product. */
export function totalText(paths, total) {
  const terms = paths.map((path, index) => (index ? inBrackets(show(productOf(path))) : show(productOf(path)))).join(" + ");
  return paths.length > 1 ? `${terms} = ${show(total)}` : terms;
}

/** A count in full, or about how large it is: 1,200, or 1.1e602. */
export function shownCount(count) {
  if (count < 10n ** 15n) return { count: showCount(Number(count)), isAbout: false };
  const digits = count.toString();
  const [mantissa, carry] = Number(`${digits[0]}.${digits.slice(1, 17)}`).toExponential(1).split("e");
  return { count: `${mantissa}e${digits.length - 1 + Number(carry)}`, isAbout: true };
}
