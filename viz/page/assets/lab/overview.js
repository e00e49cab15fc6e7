// Where in the whole graph is what is drawn? Each node has a place: depth to the right, the nodes of a depth above one
// another, in fractions of the width and the height. And it has a sign, that of its gradient so far.

export const [UNKNOWN, POSITIVE, NEGATIVE, ZERO] = [0, 1, 2, 3];
const LARGEST = 0.05; // of the width and height: what a node takes at most

/** {x, y, width, height}: the left upper corner of each node in two arrays, and the size of all; `columns` at most. */
export function placesOnMap(graph, columns) {
  const depth = depthsOf(graph);
  const deepest = depth.reduce((most, each) => Math.max(most, each), 0) + 1;
  const used = Math.min(deepest, columns);
  const column = depth.map((each) => Math.floor((each * used) / deepest));
  const counts = new Int32Array(used);
  for (const each of column) counts[each] += 1;
  const [width, height] = [Math.min(LARGEST, 1 / used), Math.min(LARGEST, 1 / counts.reduce((most, each) => Math.max(most, each), 1))];
  const next = new Int32Array(used);
  const [x, y] = [new Float32Array(column.length), new Float32Array(column.length)];
  column.forEach((each, node) => {
    x[node] = 0.5 + (each - used / 2) / Math.max(used, 1 / LARGEST);
    y[node] = 0.5 + height * (next[each]++ - counts[each] / 2);
  });
  return { x, y, width, height };
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
    const away = Math.hypot((x[each] + width / 2 - pointX) * ratio, y[each] + height / 2 - pointY);
    if (away < best) [best, node] = [away, each];
  }
  return node;
}
