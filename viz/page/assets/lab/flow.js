// What does the sweep carry along each edge, and when? Read from its columns (engine/sweep.js), for what is drawn alone.

import { sweepBehind } from "../engine/steps.js";

import { isSecret } from "./quiz.js";

const known = new WeakMap();

/** Of a list of steps: {sweep, seed, largest}: the number of the seed, and the size of the largest finite gradient. */
export function flowOf(steps) {
  if (!known.has(steps)) {
    const sweep = sweepBehind(steps);
    known.set(steps, { sweep, seed: sweep.operations.length, largest: largestOf(sweep.gradients) });
  }
  return known.get(steps);
}

// It sets the scale of all colours, as in viz.draw.
function largestOf(gradients) {
  return gradients.reduce((most, each) => (Number.isFinite(each) ? Math.max(most, Math.abs(each)) : most), 0);
}

/** The number of the step that is about an edge; -1 for an edge to a constant, which has none. */
export function stepAt(steps, { user, position }) {
  const { sweep, seed } = flowOf(steps);
  const [first, end] = sweep.edgesOf(user);
  for (let edge = first; edge < end; edge++) if (sweep.positions[edge] === position) return seed + 1 + edge;
  return -1;
}

/** The numbers of the steps that change what is known of a node, ascending. */
export function stepsAbout(steps, node) {
  const { sweep, seed } = flowOf(steps);
  const forward = sweep.forwardAt[node] < 0 ? [] : [sweep.forwardAt[node]];
  const isOutput = node === sweep.gradients.length - 1;
  return [...forward, ...(isOutput ? [seed] : []), ...Array.from(sweep.arrivalsAt(node), (edge) => seed + 1 + edge)];
}

/** The name of an edge: the node that uses, and at which position of its arguments. */
export function keyOf({ user, position }) {
  return `${user}-${position}`;
}

/**
 * What an arrow carries at a position: {isActive, isBack, isQuiet, local, contribution, isStopped}. An arrow may stand
 * for many edges: `local` is the derivative along its only edge, or along the active one; `contribution` is the strongest
 * of those that have passed, null before the first; `isBack` is whether any has: from then on the arrow points the way it
 * went, from the operation back to its argument.
 */
export function carriedBy(edges, state, values) {
  const { steps, graph, position, asked } = state;
  const now = steps[position - 1];
  const active = edges.find((edge) => isAbout(now, edge)) ?? null;
  const isAsked = active !== null && now.phase === "backward" && asked === active.argument;
  const shown = edges.length === 1 ? edges[0] : active;
  const isKnown = shown !== null && !isAsked && values[shown.user] !== null && stepAt(steps, shown) >= 0;
  const passed = contributionsOf(edges, state, isAsked ? position - 1 : position);
  const isStopped = passed.length > 0 && passed.every((each) => each === 0);
  const isUnderWay = active !== null && now.phase === "backward" && !isAsked;
  return {
    isActive: active !== null,
    isBack: isUnderWay || (passed.length > 0 && !isStopped),
    isQuiet: edges.every(({ argument }) => graph.nodes[argument].isConstant), // to constants nothing flows back
    local: isKnown && !isSecret(state, shown) ? graph.nodes[shown.user].partials[shown.position] : null,
    contribution: passed.length ? passed.reduce((one, other) => (Math.abs(other) > Math.abs(one) ? other : one)) : null,
    isStopped,
  };
}

function isAbout(step, { user, position }) {
  if (step?.phase === "forward") return step.node === user;
  return step?.phase === "backward" && step.user_node === user && step.position === position;
}

function contributionsOf(edges, { steps, graph }, position) {
  const { sweep } = flowOf(steps);
  return edges.flatMap((edge) => {
    const step = stepAt(steps, edge);
    return step >= 0 && step < position ? [sweep.gradients[edge.user] * graph.nodes[edge.user].partials[edge.position]] : [];
  });
}

/** What has arrived at a node: the contributions of all its uses, in order, null for those that are still to come. */
export function arrivalsOf({ steps, graph, position, asked }, node) {
  const { sweep, seed } = flowOf(steps);
  const isHidden = (step) => step === position - 1 && asked === node;
  return Array.from(sweep.arrivalsAt(node), (edge) => {
    const step = seed + 1 + edge;
    const user = sweep.users[edge];
    return step < position && !isHidden(step) ? sweep.gradients[user] * graph.nodes[user].partials[sweep.positions[edge]] : null;
  });
}
