// What does the sweep do, one application of the chain rule at a time? The records of chain_rule.py and trace.py, under
// the names that they have in a trace as JSON.

import { inBrackets, show } from "../numbers.js";
import {
  asFactorOf, asLatexWord, asLatexWords, derivatives, inNames, inNumbers, operation, roleText, sharedRoles, shown,
} from "./wording.js";

/** All steps: each operation forward, the seed, and one step for each edge, in reverse topological order. */
export function chainRule(graph) {
  const forward = graph.nodes.flatMap((node, number) => (node.row ? [forwardStep(graph, number)] : []));
  const output = graph.nodes.length - 1;
  return [...forward, { phase: "seed", node: output, output: graph.names[output] }, ...edgeSteps(graph)];
}

function forwardStep(graph, number) {
  const { row, args, data } = graph.nodes[number];
  const names = graph.args[number].map((arg) => graph.names[arg]);
  const numbers = args.map((arg) => arg.data);
  const [text, latex] = ["text", "latex"].map((kind) => operation(row, args.length, kind));
  return {
    phase: "forward",
    node: number,
    name: graph.names[number],
    op: row.name,
    formula: inNames(text, names),
    numbers: inNumbers(text, numbers),
    formula_latex: inNames(latex, names, "", "latex"),
    numbers_latex: inNumbers(latex, numbers, 0, "latex"),
    out: data,
  };
}

function edgeSteps(graph) {
  const gradients = graph.nodes.map(() => 0);
  gradients[gradients.length - 1] = 1;
  const uses = graph.nodes.map(() => 0);
  for (const args of graph.args) for (const arg of args) uses[arg] += 1;
  const toCome = [...uses];
  const steps = [];
  for (let user = graph.nodes.length - 1; user >= 0; user--) {
    for (const edge of edgesOf(graph, user)) {
      const argument = edge.argument_node;
      const isFirst = toCome[argument] === uses[argument];
      toCome[argument] -= 1;
      const [upstream, before] = [gradients[user], gradients[argument]];
      const contribution = upstream * edge.partial;
      gradients[argument] = before + contribution;
      const sum = { upstream, before, is_first: isFirst, to_come: toCome[argument], contribution, after: gradients[argument] };
      steps.push({ ...edge, ...sum });
    }
  }
  return steps;
}

// The edges of a node to its arguments, without constants: what does not depend on the sweep.
function edgesOf(graph, user) {
  const node = graph.nodes[user];
  if (!node.row) return [];
  const names = graph.args[user].map((arg) => graph.names[arg]);
  const constants = node.args.map((arg) => (arg.isConstant ? arg.data : null));
  const [texts, latex] = ["text", "latex"].map((kind) => {
    return derivatives(node.row, constants, kind).map((wording) => inNames(wording, names, graph.names[user], kind));
  });
  const roles = sharedRoles(node.row, node.args);
  return graph.args[user].flatMap((argument, position) => {
    if (node.args[position].isConstant) return [];
    return {
      phase: "backward",
      output: graph.names.at(-1),
      user: graph.names[user],
      argument: names[position],
      position,
      role: roles[position] ? roleText(roles[position]) : "",
      user_node: user,
      argument_node: argument,
      symbol: texts[position],
      symbol_latex: latex[position],
      partial: node.partials[position],
    };
  });
}

/** A step in one line, as Python prints it. */
export function stepText(step) {
  if (step.phase === "forward") return `${step.name} = ${step.formula} = ${step.numbers} = ${show(step.out)}`;
  if (step.phase === "seed") return `∂${step.output}/∂${step.output} = 1`;
  const rule = `∂${step.output}/∂${step.user} · ${step.symbol || localName(step)}`;
  const product = `${inBrackets(show(step.upstream))} · ${inBrackets(show(step.partial))}`;
  const old = `${show(step.before)} + `;
  return `∂${step.output}/∂${step.argument}: ${old}${rule} = ${step.is_first ? "" : old}${product} = ${show(step.after)}`;
}

/** The name of the local derivative along the edge of a step: ∂q/∂x; in w · w, ∂v1/∂(first factor). */
export function localName({ user, argument, role }) {
  return `∂${user}/∂${role ? `(${role})` : argument}`;
}

/** A step as LaTeX. */
export function stepLatex(step) {
  if (step.phase === "seed") return `${fraction(step.output, step.output)} = 1`;
  if (step.phase === "forward") {
    return [asLatexWord(step.name), step.formula_latex, step.numbers_latex, shown(step.out, "latex")].join(" = ");
  }
  const [chain, local] = [fraction(step.output, step.user), fraction(step.user, step.argument, step.role)];
  const product = `${asFactorOf(step.upstream, "latex")} \\cdot ${asFactorOf(step.partial, "latex")}`;
  const rules = new Set([`${chain} \\cdot ${local}`, `${chain} \\cdot ${step.symbol_latex || local}`, product]);
  const old = step.is_first ? "" : `${shown(step.before, "latex")} + `;
  const parts = [...rules].map((rule) => old + rule);
  return [fraction(step.output, step.argument), ...parts, shown(step.after, "latex")].join(" = ");
}

function fraction(upper, lower, role = "") {
  const by = role ? `\\left(${asLatexWords(role)}\\right)` : asLatexWord(lower);
  return `\\frac{\\partial ${asLatexWord(upper)}}{\\partial ${by}}`;
}
