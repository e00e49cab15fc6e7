// What does the sweep carry along each edge, and when? Read from the steps once, however often they are looked at.

const known = new WeakMap();

/**
 * Of a list of steps: {at, about, final, largest}. `at` is a Map from an edge, "user-position", to the number of its
 * step; `about` a Map from a node to the numbers of the steps that change what is known of it; `final` a Map from a
 * node to its gradient; `largest` the size of the largest finite gradient, which sets the scale of all colours.
 */
export function flowOf(steps) {
  if (!known.has(steps)) known.set(steps, read(steps));
  return known.get(steps);
}

function read(steps) {
  const flow = { at: new Map(), about: new Map(), final: new Map(), largest: 0 };
  steps.forEach((step, number) => {
    const node = step.phase === "backward" ? step.argument_node : step.node;
    if (!flow.about.has(node)) flow.about.set(node, []);
    flow.about.get(node).push(number);
    if (step.phase === "seed") flow.final.set(node, 1);
    if (step.phase === "backward") {
      flow.at.set(keyOf({ user: step.user_node, position: step.position }), number);
      flow.final.set(node, step.after);
    }
  });
  for (const gradient of flow.final.values()) {
    if (Number.isFinite(gradient)) flow.largest = Math.max(flow.largest, Math.abs(gradient));
  }
  return flow;
}

/** The name of an edge: the node that uses, and at which position of its arguments. */
export function keyOf({ user, position }) {
  return `${user}-${position}`;
}

/**
 * What an arrow carries at a position: {isActive, isBack, isQuiet, local, contribution, isStopped}. An arrow may stand
 * for many edges: `local` is that of its only edge, or of the active one; `contribution` is the strongest of those that
 * have passed, null before the first.
 */
export function carriedBy(edges, { steps, graph, position, asked }, values) {
  const { at } = flowOf(steps);
  const now = steps[position - 1];
  const isNow = (edge) => isAbout(now, edge);
  const active = edges.find(isNow) ?? null;
  const isAsked = active !== null && now.phase === "backward" && asked === active.argument;
  const done = edges.map((edge) => at.get(keyOf(edge))).filter((number) => number < position);
  const passed = isAsked ? done.filter((number) => number !== position - 1) : done;
  const contributions = passed.map((number) => steps[number].contribution);
  const shown = edges.length === 1 ? edges[0] : active;
  const isKnown = shown !== null && values[shown.user] !== null && at.has(keyOf(shown));
  return {
    isActive: active !== null,
    isBack: active !== null && now.phase === "backward" && !isAsked,
    isQuiet: edges.every((edge) => !at.has(keyOf(edge))), // to constants nothing flows back
    local: isKnown && !isAsked ? graph.nodes[shown.user].partials[shown.position] : null,
    contribution: contributions.length ? contributions.reduce(stronger) : null,
    isStopped: contributions.length > 0 && contributions.every((each) => each === 0),
  };
}

const stronger = (one, other) => (Math.abs(other) > Math.abs(one) ? other : one);

function isAbout(step, { user, position }) {
  if (step?.phase === "forward") return step.node === user;
  return step?.phase === "backward" && step.user_node === user && step.position === position;
}

/** How many edges lead out of each node, without those of a constant. */
export function arrivalsOf({ steps, position, asked }, node) {
  const about = (flowOf(steps).about.get(node) ?? []).filter((number) => steps[number].phase === "backward");
  const isHidden = (number) => number === position - 1 && asked === node;
  return about.map((number) => (number < position && !isHidden(number) ? steps[number].contribution : null));
}
