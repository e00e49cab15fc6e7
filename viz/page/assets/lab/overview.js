// Where in the whole graph is what is drawn? Each node has a place: depth to the right, the nodes of a depth above one
// another, in fractions of the width and the height. And it has a sign, that of its gradient so far.

export const UNKNOWN = 0;
export const POSITIVE = 1;
export const NEGATIVE = 2;
export const ZERO = 3;
const LARGEST = { width: 0.22, height: 0.24 }; // of the whole: what a node takes at most

/**
 * {x, y, width, height}, four arrays: the left upper corner and the size of each node. A depth with many nodes is wider
 * than one with few, or else the sum of a thousand terms would take all the room.
 */
export function placesOnMap(graph) {
  const depth = depthsOf(graph);
  const counts = new Int32Array(depth.reduce((most, each) => Math.max(most, each), 0) + 1);
  for (const each of depth) counts[each] += 1;
  const weights = Float64Array.from(counts, (count) => Math.log2(1 + count));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const unit = Math.min(1 / total, LARGEST.width / weights.reduce((most, weight) => Math.max(most, weight), 0));
  const left = new Float64Array(counts.length).fill(0.5 - (unit * total) / 2);
  for (let each = 1; each < left.length; each++) left[each] = left[each - 1] + unit * weights[each - 1];
  const next = new Int32Array(counts.length);
  const height = Float32Array.from(depth, (each) => Math.min(LARGEST.height, 1 / counts[each]));
  const y = height.map((size, node) => 0.5 + size * (next[depth[node]]++ - counts[depth[node]] / 2));
  return { x: Float32Array.from(depth, (each) => left[each]), y, width: Float32Array.from(depth, (each) => unit * weights[each]), height };
}

/** How many operations lie before each node at most; a leaf stands right before its first user. */
function depthsOf({ nodes, args }) {
  const depth = new Int32Array(nodes.length);
  args.forEach((each, node) => {
    for (const arg of each) depth[node] = Math.max(depth[node], depth[arg] + 1);
  });
  const first = new Int32Array(nodes.length).fill(-1); // the depth of the first user
  args.forEach((each, user) => {
    for (const arg of each) if (first[arg] < 0 || depth[user] < first[arg]) first[arg] = depth[user];
  });
  return depth.map((each, node) => (nodes[node].row || first[node] < 0 ? each : first[node] - 1));
}

/** For each node the sign of its gradient at a position, or UNKNOWN where nothing has arrived. */
export function signsAt(graph, { operations, users, positions, args, before, gradients }, position) {
  const signs = new Int8Array(graph.nodes.length);
  const done = Math.min(users.length, position - operations.length - 1);
  if (done >= 0) signs[signs.length - 1] = POSITIVE;
  for (let edge = 0; edge < done; edge++) {
    const { partials } = graph.nodes[users[edge]];
    signs[args[edge]] = signOf(before[edge] + gradients[users[edge]] * partials[positions[edge]]);
  }
  return signs;
}

const signOf = (number) => (number > 0 ? POSITIVE : number < 0 ? NEGATIVE : ZERO);

/** The node that is nearest to a point, in fractions of the width and the height. */
export function nodeNear({ x, y, width, height }, pointX, pointY, ratio = 1) {
  let [best, node] = [Infinity, 0];
  for (let each = 0; each < x.length; each++) {
    const away = Math.hypot((x[each] + width[each] / 2 - pointX) * ratio, y[each] + height[each] / 2 - pointY);
    if (away < best) [best, node] = [away, each];
  }
  return node;
}
