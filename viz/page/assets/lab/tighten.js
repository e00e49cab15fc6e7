// Graphviz leaves one distance between all ranks, as wide as the widest label needs. Which gaps can be narrower?

/**
 * A layout from left to right whose gaps are no wider than the labels of the arrows that cross only them.
 *
 * layout     {width, height, nodes, edges}, as Graphviz gives it
 * arrows     [{from, to, size}]: two nodes of the layout, and how wide a gap the label between them needs
 */
export function tightened({ width, height, nodes, edges }, arrows) {
  const columns = columnsOf([...nodes.values()].map((box) => [box.x - box.width / 2, box.x + box.width / 2]));
  const columnOf = (id) => columns.findIndex(([start, end]) => nodes.get(id).x >= start && nodes.get(id).x <= end);
  const needs = needsOf(columns, arrows.map(({ from, to, size }) => ({ from: columnOf(from), to: columnOf(to), size })));
  const move = movedBy(columns, needs);
  const place = (point) => ({ ...point, x: move(point.x) });
  return {
    width: move(width),
    height,
    nodes: new Map([...nodes].map(([id, box]) => [id, place(box)])),
    edges: new Map([...edges].map(([id, points]) => [id, smoothed(points.map(place))])),
  };
}

/** Intervals that boxes cover, in order, those that overlap joined. */
export function columnsOf(intervals) {
  const columns = [];
  for (const [start, end] of intervals.toSorted((one, other) => one[0] - other[0])) {
    if (columns.length && start <= columns.at(-1)[1]) columns.at(-1)[1] = Math.max(columns.at(-1)[1], end);
    else columns.push([start, end]);
  }
  return columns;
}

// How wide each gap has to be. A label of an arrow that crosses other columns too has room there.
function needsOf(columns, arrows) {
  return columns.slice(1).map(([start], index) => {
    const gap = start - columns[index][1];
    const sizes = arrows.filter(({ from, to }) => from === index && to === index + 1).map(({ size }) => size);
    return sizes.length ? Math.min(gap, Math.max(...sizes)) : gap;
  });
}

// Where a place goes when every gap is as wide as it needs.
function movedBy(columns, needs) {
  let saved = 0;
  const gaps = needs.map((need, index) => {
    const [start, end] = [columns[index][1], columns[index + 1][0]];
    const gap = { start, end, scale: need / (end - start), saved };
    saved += end - start - need;
    return gap;
  });
  return (place) => {
    const gap = gaps.findLast(({ start }) => place >= start);
    if (!gap) return place;
    const inGap = Math.min(place, gap.end) - gap.start;
    return place - gap.saved - inGap * (1 - gap.scale);
  };
}

/** The same from top to bottom: gaps no higher than the labels need. */
export function lowered(layout, arrows) {
  return turned(tightened(turned(layout), arrows));
}

// Every x as y, and every y as x.
function turned({ width, height, nodes, edges }) {
  const other = ({ x, y }) => ({ x: y, y: x });
  return {
    width: height,
    height: width,
    nodes: new Map([...nodes].map(([id, box]) => [id, { ...other(box), width: box.height, height: box.width }])),
    edges: new Map([...edges].map(([id, points]) => [id, points.map(other)])),
  };
}

// Where two pieces meet, both go on in the same direction, as before.
function smoothed(points) {
  const found = points.map((point) => ({ ...point }));
  for (let at = 3; at + 3 < found.length; at += 3) {
    const [before, joint, after] = [found[at - 1], found[at], found[at + 1]];
    const far = Math.hypot(after.x - before.x, after.y - before.y);
    if (far === 0) continue;
    const way = { x: (after.x - before.x) / far, y: (after.y - before.y) / far };
    const [back, ahead] = [before, after].map(({ x, y }) => Math.hypot(x - joint.x, y - joint.y));
    Object.assign(before, { x: joint.x - way.x * back, y: joint.y - way.y * back });
    Object.assign(after, { x: joint.x + way.x * ahead, y: joint.y + way.y * ahead });
  }
  return found;
}
