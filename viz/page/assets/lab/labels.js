// Where does a label stand on its arrow? Near its middle, where it covers no box, no other label, and few other arrows.

import { pointAt } from "./curves.js";

const SHARES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82];
const ASIDE = [0, -1, 1, -2, 2]; // heights of the label beside the arrow
const COST = { box: 40, label: 30, arrow: 60, share: 400, aside: 250 }; // a unit of area covered; an arrow; a whole length
const SLIGHT = 12; // an area that may be covered
const MOST_CROSSED = 2; // points of other arrows
const MOST = 150; // labels among which the arrows count too

/**
 * The middle of each label: a Map from id to {x, y, isFree}; not free, where even the best place covers a box, another
 * label, or so many other arrows that it is unclear whose label it is.
 *
 * labels     [{id, curve, width, height}]
 * boxes      rectangles {left, top, right, bottom} that stay free
 * world      {width, height} that no label leaves
 */
export function labelPlaces(labels, boxes, world) {
  const runs = labels.length > MOST ? [] : labels.map(({ id, curve }) => ({ id, points: SHARES.map((share) => pointAt(curve, share)) }));
  const places = new Map();
  const placed = [];
  for (const label of labels) {
    const others = runs.filter(({ id }) => id !== label.id).flatMap(({ points }) => points);
    const inside = candidates(label).filter((place) => isInside(place, world));
    const best = (inside.length ? inside : candidates(label)).reduce((one, other) => (costOf(other, boxes, placed, others) < costOf(one, boxes, placed, others) ? other : one));
    const isFree = isClear(best, boxes, placed, others);
    places.set(label.id, { x: best.x, y: best.y, isFree });
    if (isFree) placed.push(best);
  }
  return places;
}

function candidates({ curve, width, height }) {
  return ASIDE.flatMap((aside) => SHARES.map((share) => {
    const { x, y, angle } = pointAt(curve, share);
    const middle = { x: x - Math.sin(angle) * aside * height, y: y + Math.cos(angle) * aside * height };
    return { ...middle, ...around(middle, width, height), share, aside };
  }));
}

/** Whether a rectangle is within a world {width, height}. */
export function isInside({ left, top, right, bottom }, { width, height }) {
  return left >= 0 && top >= 0 && right <= width && bottom <= height;
}

function isClear(place, boxes, placed, others) {
  const covered = [...boxes, ...placed].reduce((sum, each) => sum + overlap(place, each), 0);
  return covered < SLIGHT && crossing(place, others) <= MOST_CROSSED;
}

function crossing(place, others) {
  return others.filter(({ x, y }) => x > place.left && x < place.right && y > place.top && y < place.bottom).length;
}

/** The rectangle of this size around a point. */
export function around({ x, y }, width, height) {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function costOf(place, boxes, placed, others) {
  const covered = (rectangles) => rectangles.reduce((sum, each) => sum + overlap(place, each), 0);
  return (
    COST.box * covered(boxes) + COST.label * covered(placed) + COST.arrow * crossing(place, others) +
    COST.share * Math.abs(place.share - 0.5) + COST.aside * Math.abs(place.aside)
  );
}

/** The area that two rectangles share. */
export function overlap(one, other) {
  const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return width > 0 && height > 0 ? width * height : 0;
}
