// How are points added, moved and removed? In settings, as plain data: the points of a data set become one's own points the
// first time that one of them changes. Nothing here touches the page.

import { scaleOfTargets } from "./data.js";

/** The settings with the points of a run as one's own. */
export function asOwn({ settings, points, rows, names }) {
  if (settings.data.name === "own") return settings;
  const own = { X: rows.map((row) => [...row]), y: points.map(({ label }) => label), names };
  return { ...settings, data: { ...settings.data, name: "own", points: own, plane: [0, 1] } };
}

/** One point more, at a place of the plane; its other columns are 0, and a number to be predicted is in deviations. */
export function withPoint(run, at, label) {
  const settings = asOwn(run);
  const { X, y } = settings.data.points;
  const width = X[0]?.length ?? 2;
  const row = placed(Array(width).fill(0), settings.data.plane, at);
  const scale = scaleOfTargets(settings.data);
  return withPoints(settings, [...X, row], [...y, scale ? scale.inverse(label) : label]);
}

/** A point moved to another place. */
export function withMoved(run, index, at) {
  const settings = asOwn(run);
  const { X, y } = settings.data.points;
  return withPoints(settings, X.with(index, placed(X[index], settings.data.plane, at)), y);
}

/** A point taken out. */
export function withoutPoint(run, index) {
  const settings = asOwn(run);
  const { X, y } = settings.data.points;
  return withPoints(settings, X.toSpliced(index, 1), y.toSpliced(index, 1));
}

/** A row with the numbers of a place of the plane; data of one column have no second number. */
export function onPlaneAt(row, plane, at) {
  return row.map((number, column) => (plane.includes(column) ? at[plane.indexOf(column)] : number));
}

/** The number of the point that is nearest to a place, or null if none is as near as `reach`; `place(point)` in pixels. */
export function nearestPoint(points, [x, y], place, reach) {
  let [found, least] = [null, reach];
  for (const [index, point] of points.entries()) {
    const [right, down] = place(point);
    const distance = Math.hypot(right - x, down - y);
    if (distance <= least) [found, least] = [index, distance];
  }
  return found;
}

function placed(row, plane, at) {
  return onPlaneAt(row, plane, at.map(rounded));
}

// Two digits after the point: a link with many points stays short.
function rounded(number) {
  return Math.round(100 * number) / 100;
}

function withPoints(settings, X, y) {
  return { ...settings, data: { ...settings.data, points: { ...settings.data.points, X, y } } };
}
