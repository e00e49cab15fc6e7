// What does the sweep do, one application of the chain rule at a time? The records of chain_rule.py and trace.py, under
// the names that they have in a trace as JSON.

import { inBrackets, show } from "../numbers.js";
import { lazyList } from "./lazy.js";
import { sweepOf } from "./sweep.js";
import {
  asFactorOf, asLatexWord, asLatexWords, derivatives, inNames, inNumbers, operation, roleText, sharedRoles, shown,
} from "./wording.js";

/**
 * All steps: each operation forward, the seed, and one step for each edge, in reverse topological order. A step is made
 * when it is read: a graph may have a hundred thousand edges, and a reader looks at one.
 */
export function chainRule(graph) {
  const sweep = sweepOf(graph);
  const forward = sweep.operations.length;
  const steps = lazyList(forward + 1 + sweep.users.length, (index) => {
    if (index < forward) return forwardStep(graph, sweep.operations[index]);
    return index === forward ? seedStep(graph) : edgeStep(graph, sweep, index - forward - 1);
  });
  sweeps.set(steps, sweep);
  return steps;
}

const sweeps = new WeakMap();

/** What the sweep computed, in columns; see sweep.js. */
export function sweepBehind(steps) {
  return sweeps.get(steps);
}

function seedStep(graph) {
  return { phase: "seed", node: graph.nodes.length - 1, output: graph.names.at(-1) };
}

function forwardStep(graph, number) {
  const { row, args, data } = graph.nodes[number];
  const names = () => graph.args[number].map((arg) => graph.names[arg]);
  const numbers = () => args.map((arg) => arg.data);
  const wording = (kind) => operation(row, args.length, kind);
  return {
    phase: "forward",
    node: number,
    name: graph.names[number],
    op: row.name,
    get formula() { return inNames(wording("text"), names()); },
    get numbers() { return inNumbers(wording("text"), numbers()); },
    get formula_latex() { return inNames(wording("latex"), names(), "", "latex"); },
    get numbers_latex() { return inNumbers(wording("latex"), numbers(), 0, "latex"); },
    out: data,
  };
}

function edgeStep(graph, sweep, edge) {
  const [user, position, argument] = [sweep.users[edge], sweep.positions[edge], sweep.args[edge]];
  const { partials, row } = graph.nodes[user];
  const role = sharedRoles(row, graph.args[user])[position];
  const [upstream, before] = [sweep.gradients[user], sweep.before[edge]];
  const contribution = upstream * partials[position];
  return {
    phase: "backward",
    output: graph.names.at(-1),
    user: graph.names[user],
    argument: graph.names[argument],
    position,
    role: role ? roleText(role) : "",
    user_node: user,
    argument_node: argument,
    upstream,
    get symbol() { return symbolOf(graph, user, position, "text"); },
    get symbol_latex() { return symbolOf(graph, user, position, "latex"); },
    partial: partials[position],
    before,
    is_first: sweep.toCome[edge] === sweep.uses[argument] - 1,
    to_come: sweep.toCome[edge],
    contribution,
    after: before + contribution,
  };
}

// The local derivative along an edge as a formula, in the names of the nodes; empty if it is constant.
function symbolOf(graph, user, position, kind) {
  const { row, args } = graph.nodes[user];
  const constants = args.map((arg) => (arg.isConstant ? arg.data : null));
  const names = graph.args[user].map((arg) => graph.names[arg]);
  return inNames(derivatives(row, constants, kind)[position], names, graph.names[user], kind);
}

/** A step in one line, as Python prints it. */
export function stepText(step) {
  if (step.phase === "forward") return `${step.name} = ${step.formula} = ${step.numbers} = ${show(step.out)}`;
  if (step.phase === "seed") return `∂${step.output}/∂${step.output} = 1`;
  const rule = `∂${step.output}/∂${step.user} · ${step.symbol || localName(step)}`;
  const product = `${inBrackets(show(step.upstream))} · ${inBrackets(show(step.partial))}`;
  const old = step.is_first ? "" : `${show(step.before)} + `;
  return `∂${step.output}/∂${step.argument}: ${old}${rule} = ${old}${product} = ${show(step.after)}`;
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

/** The whole derivation as LaTeX, a line for each step, as a trace of Python gives it. */
export function traceLatex(steps) {
  const lines = steps.map((step) => stepLatex(step).replace(" = ", " &= "));
  return ["\\begin{align*}", lines.join(" \\\\\n"), "\\end{align*}"].join("\n");
}

function fraction(upper, lower, role = "") {
  const by = role ? `\\left(${asLatexWords(role)}\\right)` : asLatexWord(lower);
  return `\\frac{\\partial ${asLatexWord(upper)}}{\\partial ${by}}`;
}
