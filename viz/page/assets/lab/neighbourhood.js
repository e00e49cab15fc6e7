// Which boxes are drawn if there are too many? Those around the active step, and for all others a few boxes that say how
// many nodes are behind them. So that the picture stands still from step to step, the graph is cut beforehand into pieces
// that fit: what is drawn is a piece, what its operations need, and who uses its result.
//
// The graph here is one of cells, {args, users, order}: for each cell the cells that it uses, and those that use it; users
// come after what they use. A piece is closed: whoever uses a cell in it, other than its last one, is in it too; so nothing
// leads out of it and back.
//
//   fits(cells, room)                         whether everything can be drawn
//   piecesOf(cells, room)                     {of, members, rank}: for each cell its piece, the cells of each piece …
//   drawnAround(cells, pieces, active, room)  which cells are drawn
//   nextAround(cells, drawn, count)           which could be drawn, too
//   placesOf(cells, drawn, room)              for each cell DRAWN, or the number of the box that it is behind

export const DRAWN = -1;
export const AFTER = 0;
export const BETWEEN = 1;
export const BEFORE = 2; // a larger number is before one cell alone
const UNKNOWN = -2;
const NEED = 4; // arguments that are drawn of an operation that has very many, beside the active one
const WIDE = 8;

/** Whether so many boxes, one after the other and above one another, can be read. */
export function fits(cells, room) {
  if (cells.args.length > room.boxes) return false;
  const rank = ranksOf(cells);
  const broad = new Map();
  for (const each of rank) broad.set(each, (broad.get(each) ?? 0) + 1);
  return broad.size <= room.deep && Math.max(...broad.values()) <= room.broad;
}

/** How far each cell is from the leaves; a leaf stands right before its first user. */
export function ranksOf({ args, users, order }) {
  const rank = new Array(args.length).fill(0);
  for (const cell of order) for (const arg of args[cell]) rank[cell] = Math.max(rank[cell], rank[arg] + 1);
  args.forEach((each, cell) => {
    if (!each.length && users[cell].length) rank[cell] = Math.max(0, nearest(users[cell].map((user) => rank[user])) - 1);
  });
  return rank;
}

const nearest = (ranks) => ranks.reduce((least, rank) => Math.min(least, rank), Infinity);

/** The pieces, from the output on: a cell joins the piece that all its users are in, as long as there is room. */
export function piecesOf(cells, room) {
  const { args, users, order } = cells;
  const of = new Int32Array(args.length).fill(-1);
  const [depth, sizes] = [new Int32Array(args.length), []];
  for (let at = order.length - 1; at >= 0; at--) {
    const cell = order[at];
    const leaves = args[cell].reduce((count, arg) => (args[arg].length || count === NEED ? count : count + 1), 0);
    const piece = users[cell].length ? of[users[cell][0]] : -1;
    depth[cell] = users[cell].reduce((most, user) => Math.max(most, depth[user] + 1), 0);
    const isInside = piece >= 0 && users[cell].every((user) => of[user] === piece);
    if (!isInside || !hasRoom(sizes[piece], depth[cell], leaves, room.easy)) depth[cell] = 0;
    of[cell] = depth[cell] ? piece : sizes.push({ boxes: 0, broad: [] }) - 1;
    add(sizes[of[cell]], depth[cell], leaves);
  }
  const members = sizes.map(() => []);
  for (const cell of order) members[of[cell]].push(cell);
  return { of, members, rank: ranksOf(cells) };
}

function hasRoom({ boxes, broad }, depth, leaves, easy) {
  const isBroad = (broad[depth] ?? 0) >= easy.broad - 1 || (broad[depth + 1] ?? 0) + leaves > easy.broad - 1;
  return boxes + 1 + leaves <= easy.boxes - 4 && depth < Math.max(2, easy.deep - 1) && !isBroad;
}

function add(size, depth, leaves) {
  size.boxes += 1 + leaves;
  size.broad[depth] = (size.broad[depth] ?? 0) + 1;
  size.broad[depth + 1] = (size.broad[depth + 1] ?? 0) + leaves;
}

/** What is drawn: the piece of the first active cell, what it needs, who uses it, and the other active cells; a Set. */
export function drawnAround(cells, pieces, active, { easy }) {
  const inner = new Set(pieces.members[pieces.of[active[0]]]);
  const drawn = new Set(inner);
  const next = [...inner].flatMap((cell) => [...needed(cells, cell), ...cells.users[cell].slice(0, 1)]);
  for (const cell of next) if (drawn.size < easy.boxes) drawn.add(cell);
  widen(cells, pieces, inner, drawn, easy);
  for (const cell of active) drawn.add(cell);
  return drawn;
}

/** So many cells right around those that are drawn, or fewer: what they need, then who uses them. */
export function nextAround(cells, drawn, count) {
  const found = new Set();
  for (const near of [needed, ({ users }, cell) => users[cell].slice(0, NEED)]) {
    for (const cell of drawn) for (const next of near(cells, cell)) if (!drawn.has(next) && found.size < count) found.add(next);
  }
  return [...found];
}

// A small piece shows more around it: arguments of arguments, and users of users.
function widen(cells, { rank }, inner, drawn, easy) {
  const waiting = [...drawn];
  const ranks = waiting.filter((cell) => cells.args[cell].length).map((cell) => rank[cell]);
  let [low, high] = [Math.min(...ranks), Math.max(...ranks)];
  for (let at = 0; at < waiting.length; at++) {
    if (!inner.has(waiting[at]) && cells.args[waiting[at]].length > WIDE) continue;
    for (const next of [...cells.users[waiting[at]].slice(0, 1), ...needed(cells, waiting[at])]) {
      const [lower, higher] = [Math.min(low, rank[next]), Math.max(high, rank[next])];
      if (drawn.size >= easy.boxes - 4 || higher - lower > easy.deep || drawn.has(next)) continue;
      [low, high] = [lower, higher];
      drawn.add(next);
      waiting.push(next);
    }
  }
}

/** For each cell DRAWN, or the number of the box that it is behind: AFTER, BETWEEN, BEFORE, or that before one cell. */
export function placesOf(cells, drawn, room) {
  const places = new Int32Array(cells.args.length).fill(UNKNOWN);
  for (const cell of drawn) places[cell] = DRAWN;
  behind(cells, places);
  return merged(places, room.easy);
}

const needed = ({ args }, cell) => (args[cell].length > WIDE ? args[cell].slice(0, NEED) : args[cell]);

// What a drawn cell needs is behind a box before it; what several need, behind one for all of them.
function behind({ args, users, order }, places) {
  const isAfter = new Uint8Array(places.length);
  for (const cell of order) isAfter[cell] = Number(args[cell].some((arg) => places[arg] === DRAWN || isAfter[arg]));
  for (let at = order.length - 1; at >= 0; at--) {
    const cell = order[at];
    if (places[cell] === DRAWN) continue;
    let place = AFTER;
    for (const user of users[cell]) {
      const other = places[user] === DRAWN ? BEFORE + 1 + user : places[user];
      if (other > AFTER) place = place === AFTER || place === other ? other : BEFORE;
    }
    places[cell] = place !== AFTER && isAfter[cell] ? BETWEEN : place;
  }
}

// Of many boxes before single cells only the largest stay; and a box for one cell is that cell. Where there is hardly any
// room, all that is before is one box, and nothing more is drawn.
function merged(places, { boxes, broad }) {
  const counts = countsOf(places);
  const single = [...counts].filter(([place]) => place > BEFORE).toSorted(([, one], [, other]) => other - one);
  const kept = boxes === 1 ? 0 : Math.max(1, Math.floor(broad / 2));
  const few = new Set(single.slice(kept).map(([place]) => place));
  const fewer = few.size ? places.map((place) => (few.has(place) ? BEFORE : place)) : places;
  if (boxes === 1) return fewer;
  const now = countsOf(fewer);
  return fewer.map((place) => (now.get(place) === 1 ? DRAWN : place));
}

function countsOf(places) {
  const counts = new Map();
  for (const place of places) counts.set(place, (counts.get(place) ?? 0) + 1);
  return counts;
}
