// What if a graph is one long line, too long for the stage? It goes on in the next row, as a text does: the layout is cut
// where one or two arrows cross, and those run back to the left between the rows.

import { columnsOf } from "./tighten.js";

const MOST_ROWS = 4;
const MOST_CUT = 2; // arrows that may go on in the next row
const SIDE = 34; // beside a row, for an arrow that turns there
const LANE = 34; // between rows, for each arrow: its label has room there
const PAST = 6; // from the lanes to the boxes
const APART = 12; // two arrows into one box
const TURN = 16; // how round a turn is

/**
 * A layout from left to right, cut into as many rows as let it be largest on a stage {width, height}; null, if it cannot
 * be cut anywhere.
 *
 * layout     {width, height, nodes, edges}, as Graphviz gives it
 * arrows     [{id, from, to, isOfMore}]: an edge of the layout, and its two nodes; no row begins or ends with what is not drawn
 */
export function inRows(layout, arrows, stage) {
  const columns = columnsOf([...layout.nodes.values()].map(({ x, width }) => [x - width / 2, x + width / 2]));
  const columnAt = (id) => columns.findIndex(([start, end]) => layout.nodes.get(id).x >= start && layout.nodes.get(id).x <= end);
  const placed = arrows.map((arrow) => ({ ...arrow, start: columnAt(arrow.from), end: columnAt(arrow.to) }));
  const cuts = columns.slice(1).map((_, index) => index + 1).filter((column) => canCut(placed, column));
  let best = null;
  for (let rows = 2; rows <= Math.min(MOST_ROWS, cuts.length + 1); rows++) {
    const found = stacked(layout, placed, columns, evenCuts(columns, cuts, rows));
    const scale = Math.min(stage.width / found.width, stage.height / found.height);
    if (!best || scale > best.scale) best = { found, scale };
  }
  return best?.found ?? null;
}

// Before a column, if whatever crosses there leads from the column before right to it.
function canCut(arrows, column) {
  const crossing = arrows.filter(({ start, end }) => Math.min(start, end) < column && Math.max(start, end) >= column);
  return crossing.length <= MOST_CUT && crossing.every(({ start, end, isOfMore }) => start === column - 1 && end === column && !isOfMore);
}

// So many rows, the widest as narrow as can be: for each number of rows and each cut the best way to get there.
function evenCuts(columns, cuts, rows) {
  const widthOf = (from, to) => columns[to - 1][1] - columns[from][0];
  let ways = new Map([0, ...cuts].map((cut) => [cut, cut ? { widest: widthOf(0, cut), before: [] } : null]));
  const better = (one, other) => (!one || other.widest < one.widest ? other : one);
  const onwards = (to) => [...ways].filter(([cut, way]) => way && cut < to)
    .map(([cut, { widest, before }]) => ({ widest: Math.max(widest, widthOf(cut, to)), before: [...before, cut] }));
  for (let row = 2; row < rows; row++) ways = new Map(cuts.map((cut) => [cut, onwards(cut).reduce(better, null)]));
  return onwards(columns.length).reduce(better, null).before;
}

// Every row below the one before, and all arrows with them.
function stacked(layout, arrows, columns, cuts) {
  const rowAt = (column) => cuts.filter((cut) => cut <= column).length;
  const isWithin = ({ start, end }) => rowAt(start) === rowAt(end);
  const bounds = [0, ...cuts, columns.length];
  let below = 0;
  const rows = bounds.slice(1).map((end, row) => {
    const [left, right] = [columns[bounds[row]][0], columns[end - 1][1]];
    const inside = arrows.filter((arrow) => isWithin(arrow) && rowAt(arrow.start) === row);
    const { top, bottom } = heightOf(layout, inside, left, right);
    const lanes = arrows.filter((arrow) => !isWithin(arrow) && rowAt(arrow.start) === row).length;
    const found = { dx: SIDE - left, dy: below - top, right: SIDE + right - left, bottom: below + bottom - top };
    below = found.bottom + lanes * LANE + 2 * PAST;
    return found;
  });
  const nodes = new Map([...layout.nodes].map(([id, box]) => [id, moved(box, rows[rowAt(columns.findIndex(([start, end]) => box.x >= start && box.x <= end))])]));
  const turned = cuts.flatMap((cut, row) => turns(arrows.filter(({ start, end }) => start === cut - 1 && end === cut), nodes, rows[row]));
  const within = arrows.filter(isWithin).map(({ id, start }) => [id, layout.edges.get(id).map((point) => moved(point, rows[rowAt(start)]))]);
  return { width: Math.max(...rows.map(({ right }) => right)) + SIDE, height: rows.at(-1).bottom, nodes, edges: new Map([...within, ...turned]) };
}

const moved = (place, { dx, dy }) => ({ ...place, x: place.x + dx, y: place.y + dy });

function heightOf({ nodes, edges }, arrows, left, right) {
  const boxes = [...nodes.values()].filter(({ x }) => x >= left && x <= right);
  const ys = [...boxes.flatMap(({ y, height }) => [y - height / 2, y + height / 2]), ...arrows.flatMap(({ id }) => edges.get(id).map(({ y }) => y))];
  return { top: Math.min(...ys), bottom: Math.max(...ys) };
}

// The arrows from one row to the next: the lowest turns first, so that none crosses another.
function turns(arrows, nodes, { right, bottom }) {
  const ordered = arrows.toSorted((one, other) => nodes.get(other.from).y - nodes.get(one.from).y || nodes.get(other.to).y - nodes.get(one.to).y);
  const isShared = new Set(arrows.map(({ to }) => to)).size < arrows.length;
  return ordered.map(({ id, from, to }, lane) => {
    const [start, end] = [nodes.get(from), nodes.get(to)];
    const share = (lane + 1) / (arrows.length + 1);
    const aside = isShared ? APART * (arrows.length - 1 - 2 * lane) : 0;
    return [id, turn(
      { x: start.x + start.width / 2, y: start.y },
      { x: end.x - end.width / 2, y: end.y + aside },
      { right: right + SIDE * share, y: bottom + PAST + LANE * (lane + 0.5), left: SIDE * share },
    )];
  });
}

// To the right, down, back to the left, down, and to the right again.
function turn(start, end, { right, y, left }) {
  const [down, on] = [(start.y + y) / 2, (y + end.y) / 2];
  const corner = (x, at, after) => [{ x, y: at }, { x, y: at }, after];
  return [
    start,
    ...corner(right, start.y, { x: right, y: down }),
    ...corner(right, y, { x: right - TURN, y }),
    { x: right - TURN, y }, { x: left + TURN, y }, { x: left + TURN, y },
    ...corner(left, y, { x: left, y: on }),
    ...corner(left, end.y, end),
  ];
}
