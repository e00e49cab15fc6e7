// Which part of the plane is shown, and where is a point of it on the picture?
//
// A plane is {left, right, bottom, top}: a rectangle around the data, as wide for its height as the picture, so that a
// circle is drawn as a circle. Its sides are rounded outwards: a point that is added near the others moves nothing.

export const ASPECT = 4 / 3; // the width of every picture of the plane, for a height of 1
export const COLUMNS = 56; // of the grid on which the network is asked
export const ROWS = 42;
const MARGIN = 0.12; // beyond the data, of their range
const LEAST = 2; // how wide a plane is at least

/** The plane around points, a list of [x, y]. */
export function planeOf(points) {
  const found = points.filter((point) => point.every(Number.isFinite));
  const [left, right] = rangeOf(found.map(([x]) => x));
  const [bottom, top] = rangeOf(found.map(([, y]) => y));
  const width = Math.max(right - left, ASPECT * (top - bottom));
  return { ...around("left", "right", left, right, width), ...around("bottom", "top", bottom, top, width / ASPECT) };
}

// From the smallest number to the largest and a little more, out to the next step of a round size.
function rangeOf(numbers) {
  if (!numbers.length) return [-LEAST / 2, LEAST / 2];
  const [low, high] = [least(numbers), -least(numbers.map((number) => -number))];
  const margin = Math.max(MARGIN * (high - low), high - low < LEAST ? (LEAST - high + low) / 2 : 0);
  const step = 10 ** Math.floor(Math.log10(high - low + 2 * margin)) / 4;
  return [Math.floor((low - margin) / step) * step, Math.ceil((high + margin) / step) * step];
}

function least(numbers) {
  return numbers.reduce((found, number) => Math.min(found, number), Infinity);
}

function around(first, last, low, high, size) {
  const middle = (low + high) / 2;
  return { [first]: middle - size / 2, [last]: middle + size / 2 };
}

/** Whether a point is in the plane. */
export function isInside({ left, right, bottom, top }, [x, y]) {
  return left <= x && x <= right && bottom <= y && y <= top;
}

/** Where a point is on a picture of this size, in pixels from its upper left corner. */
export function onPicture(plane, [x, y], { width, height }) {
  return [((x - plane.left) / (plane.right - plane.left)) * width, ((plane.top - y) / (plane.top - plane.bottom)) * height];
}

/** Which point of the plane a place on a picture is. */
export function onPlane(plane, [right, down], { width, height }) {
  return [plane.left + (right / width) * (plane.right - plane.left), plane.top - (down / height) * (plane.top - plane.bottom)];
}

/** The points of the grid, row by row from the upper left: the middles of its cells. */
export function gridOf(plane, columns = COLUMNS, rows = ROWS) {
  const size = { width: columns, height: rows };
  return Array.from({ length: columns * rows }, (_, cell) => onPlane(plane, [(cell % columns) + 0.5, Math.floor(cell / columns) + 0.5], size));
}

/**
 * The line on which numbers on the grid are 0, as a list of segments [[x, y], [x, y]] in cells of the grid: marching
 * squares, between the middles of the cells. `numbers(cell)` is the number of a cell.
 */
export function zeroLine(numbers, columns = COLUMNS, rows = ROWS) {
  const segments = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) crossing(numbers, column, row, columns, segments);
  }
  return segments;
}

const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];

// The places where the sides of one square change sign, in pairs: two of them, or four at a saddle.
function crossing(numbers, column, row, columns, segments) {
  const values = CORNERS.map(([right, down]) => numbers((row + down) * columns + column + right));
  if (values.every((value) => value > 0) || values.every((value) => !(value > 0))) return;
  const places = [];
  for (let corner = 0; corner < 4; corner++) {
    const [one, other] = [values[corner], values[(corner + 1) % 4]];
    if (one > 0 !== other > 0) places.push(between(CORNERS[corner], CORNERS[(corner + 1) % 4], one / (one - other), column, row));
  }
  for (let index = 0; index + 1 < places.length; index += 2) segments.push([places[index], places[index + 1]]);
}

function between([x, y], [otherX, otherY], share, column, row) {
  const part = Number.isFinite(share) ? share : 0.5;
  return [column + 0.5 + x + part * (otherX - x), row + 0.5 + y + part * (otherY - y)];
}
