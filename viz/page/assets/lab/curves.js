// Where does an arrow run? A *curve* is a list of Bezier pieces, each of four points {x, y}, as Graphviz gives them.

const SAMPLES = 16; // of a piece, where its length is measured

/** The pieces of a spline: a first point, and three more for each piece. */
export function curveOf(points) {
  const pieces = [];
  for (let at = 0; at + 3 < points.length; at += 3) pieces.push(points.slice(at, at + 4));
  return pieces;
}

/** The curve as the `d` of a path. */
export function pathOf(curve) {
  const [{ x, y }] = curve[0];
  const pieces = curve.map(([, ...points]) => `C${points.map((point) => `${short(point.x)},${short(point.y)}`).join(" ")}`);
  return `M${short(x)},${short(y)}${pieces.join("")}`;
}

const short = (number) => Math.round(number * 100) / 100;

export function lengthOf(curve) {
  return runOf(curve).at(-1).length;
}

/** At a share of the length, from 0 to 1: {x, y, angle}, the angle of the way ahead, in radians. */
export function pointAt(curve, share) {
  const { piece, t } = placeOf(curve, share);
  const { x, y } = onPiece(curve[piece], t);
  const [before, after] = [onPiece(curve[piece], Math.max(0, t - 0.01)), onPiece(curve[piece], Math.min(1, t + 0.01))];
  return { x, y, angle: Math.atan2(after.y - before.y, after.x - before.x) };
}

/** The curve between two shares of its length. */
export function between(curve, from, to) {
  const [start, end] = [placeOf(curve, from), placeOf(curve, to)];
  if (start.piece === end.piece) return [cut(curve[start.piece], start.t, end.t)];
  const whole = curve.slice(start.piece + 1, end.piece);
  return [cut(curve[start.piece], start.t, 1), ...whole, cut(curve[end.piece], 0, end.t)];
}

// Points along the curve with the length of the way to each.
function runOf(curve) {
  const run = [{ piece: 0, t: 0, length: 0, ...curve[0][0] }];
  curve.forEach((piece, index) => {
    for (let sample = 1; sample <= SAMPLES; sample++) {
      const [t, last] = [sample / SAMPLES, run.at(-1)];
      const point = onPiece(piece, t);
      run.push({ piece: index, t, length: last.length + Math.hypot(point.x - last.x, point.y - last.y), ...point });
    }
  });
  return run;
}

function placeOf(curve, share) {
  const run = runOf(curve);
  const wanted = Math.min(1, Math.max(0, share)) * run.at(-1).length;
  const next = Math.max(1, run.findIndex(({ length }) => length >= wanted));
  const [before, after] = [run[next - 1], run[next]];
  const part = after.length > before.length ? (wanted - before.length) / (after.length - before.length) : 0;
  const start = before.piece === after.piece ? before.t : 0;
  return { piece: after.piece, t: start + part * (after.t - start) };
}

function onPiece(points, t) {
  return halves(points, t).middle;
}

function cut(points, from, to) {
  const head = halves(points, to).first;
  return to === 0 ? head : halves(head, from / to).second;
}

// de Casteljau: a piece as two pieces that meet at t.
function halves([a, b, c, d], t) {
  const [ab, bc, cd] = [mixed(a, b, t), mixed(b, c, t), mixed(c, d, t)];
  const [abc, bcd] = [mixed(ab, bc, t), mixed(bc, cd, t)];
  const middle = mixed(abc, bcd, t);
  return { middle, first: [a, ab, abc, middle], second: [middle, bcd, cd, d] };
}

function mixed(one, other, t) {
  return { x: one.x + (other.x - one.x) * t, y: one.y + (other.y - one.y) * t };
}
