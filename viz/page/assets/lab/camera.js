// Which part of the world is seen? A *view* is {x, y, scale}: the place of the world in the middle of the stage, and how
// many pixels one of its units has. A stage and a world are {width, height}; the world begins at 0, 0.

export const CLOSEST = 4; // the largest scale that one can zoom to
export const FARTHEST = 0.1;
const SHIFTS = [[0, 0], [0, 1], [1, 0], [1, 1]]; // from the middle to the left, and up
const SMALLER = 0.95;

/** The whole world, as large as fits, but at least at the scale `least`, and at most at `most`. */
export function fitted(world, stage, { least, most }) {
  const scale = Math.min(most, Math.max(least, fittingScale(world, stage)));
  return { x: world.width / 2, y: world.height / 2, scale };
}

export function fittingScale(world, stage) {
  return Math.min(stage.width / world.width, stage.height / world.height);
}

/** Nearer or farther, while the world under a point of the stage stays there. */
export function zoomed(view, factor, point, stage) {
  const scale = Math.min(CLOSEST, Math.max(FARTHEST, view.scale * factor));
  const [dx, dy] = [point.x - stage.width / 2, point.y - stage.height / 2];
  return {
    x: view.x + dx / view.scale - dx / scale,
    y: view.y + dy / view.scale - dy / scale,
    scale,
  };
}

/** Moved by so many pixels. */
export function panned(view, dx, dy) {
  return { ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale };
}

/** Looking at a part {left, top, right, bottom} of the world, at the same scale. */
export function centredOn(view, part) {
  return { ...view, x: (part.left + part.right) / 2, y: (part.top + part.bottom) / 2 };
}

/** As far as it has to move to see a part of the world, and no farther; of a part too large, its last corner. */
export function seeing(view, part, stage) {
  const [width, height] = [stage.width / view.scale / 2, stage.height / view.scale / 2];
  return {
    ...view,
    x: Math.min(part.left + width, Math.max(part.right - width, view.x)),
    y: Math.min(part.top + height, Math.max(part.bottom - height, view.y)),
  };
}

/**
 * The same, moved up or to the left as far as a part of the world needs to come out from under something that covers a
 * corner of the stage, {left, top, right, bottom} in pixels.
 */
export function clearOf(view, part, cover, stage) {
  const seen = seenBy(view, stage);
  const [x, y] = [(part.right - seen.x) * view.scale - cover.left, (part.bottom - seen.y) * view.scale - cover.top];
  const [left, top] = [(part.left - seen.x) * view.scale, (part.top - seen.y) * view.scale];
  if (x <= 0 || y <= 0 || left >= cover.right || top >= cover.bottom) return view;
  return y <= top || left < x ? panned(view, 0, -y) : panned(view, -x, 0);
}

/**
 * The world moved to a side, and smaller if it has to be, though not below the scale `least`, so that none of its boxes is
 * under what covers a corner of the stage; null, if there is no room beside that.
 */
export function beside(view, world, boxes, cover, stage, least) {
  for (let scale = view.scale; ; scale = Math.max(least, scale * SMALLER)) {
    const found = SHIFTS.map((shares) => shifted({ ...view, scale }, world, shares, stage));
    const clear = found.find((each) => boxes.every((box) => clearOf(each, box, cover, stage) === each));
    if (clear || scale <= least) return clear ?? null;
  }
}

// With shares of the emptiness beside and above the world moved to the other side: it stands farther left, and higher.
function shifted(view, world, [left, up], stage) {
  const spare = (size, seen) => Math.max(0, (seen / view.scale - size) / 2);
  return { ...view, x: view.x + left * spare(world.width, stage.width), y: view.y + up * spare(world.height, stage.height) };
}

/** The same with no more emptiness beside the world than there has to be. */
export function within(view, world, stage) {
  return {
    ...view,
    x: held(view.x, world.width, stage.width / view.scale),
    y: held(view.y, world.height, stage.height / view.scale),
  };
}

function held(middle, size, seen) {
  return seen >= size ? size / 2 : Math.min(size - seen / 2, Math.max(seen / 2, middle));
}

/** The same with at least a corner of the world in sight. */
export function inSight(view, world) {
  return { ...view, x: Math.min(world.width, Math.max(0, view.x)), y: Math.min(world.height, Math.max(0, view.y)) };
}

/** On the way from one view to another, at a share of it. */
export function onTheWay(from, to, share) {
  const mixed = (key) => from[key] + (to[key] - from[key]) * share;
  return { x: mixed("x"), y: mixed("y"), scale: from.scale * (to.scale / from.scale) ** share };
}

/** What is seen of the world: {x, y, width, height}. */
export function seenBy({ x, y, scale }, stage) {
  const [width, height] = [stage.width / scale, stage.height / scale];
  return { x: x - width / 2, y: y - height / 2, width, height };
}
