// How does a step move? Forward, numbers run along the arrows to the operation. Backward, a contribution runs against
// them, from the output's side to the argument, and what arrives is added there. Nothing moves for a reader who asks for
// less motion, on the way back, or on a jump.

import { arrivalsOf } from "./flow.js";
import { between, pathOf, pointAt } from "./curves.js";
import { drawn } from "./dom.js";
import { around, isInside, overlap } from "./labels.js";
import { signOf } from "./pens.js";
import { PILL, valueText, widthOfPill } from "./room.js";

const TRAVEL = 700; // ms at speed 1
const COUNT = 300;
const STOP = 0.62; // of the way: where a contribution of 0 ends, before the bar
const PLACES = [0.3, 0.4, 0.22, 0.5, 0.6, 0.7, 0.14];
const ASIDES = [0, -1, 1, -1.6, 1.6, -2.2, 2.2];

const isStill = matchMedia("(prefers-reduced-motion: reduce)");

/** Whether a change of the state is one step ahead on the same graph, or the answer to the question of a step. */
export function isStepAhead(state, before) {
  if (!before || state.steps !== before.steps || isStill.matches) return false;
  const isAnswered = state.position === before.position && before.asked !== null && state.asked === null;
  return state.position === before.position + 1 || isAnswered;
}

/** Run `frame(share)` from 0 to 1 in so many ms, then `end()`; gives a function that ends it at once. */
export function running(ms, frame, end) {
  let [id, isOver] = [0, false];
  const begin = performance.now();
  const over = () => {
    if (isOver) return;
    isOver = true;
    cancelAnimationFrame(id);
    end();
  };
  const run = (now) => {
    const share = Math.min(1, Math.max(0, (now - begin) / ms));
    frame(share);
    if (share === 1) over();
    else if (!isOver) id = requestAnimationFrame(run);
  };
  frame(0);
  id = requestAnimationFrame(run);
  return over;
}

/** A dot on each arrow into an operation; gives a function that ends the motion. */
export function moveForward(layer, arrows, speed, onEnd) {
  const dots = arrows.map(() => drawn("circle", { class: "mover", r: 7 }));
  layer.append(...dots);
  const frame = (share) => dots.forEach((dot, index) => place(dot, pointAt(arrows[index].curve, eased(share))));
  return running(TRAVEL / speed, frame, () => {
    dots.forEach((dot) => dot.remove());
    onEnd();
  });
}

/**
 * A contribution on its way against an arrow, then its arrival: `onCount(share)` while it is added. Gives a function
 * that ends all of it.
 */
export function moveBackward(layer, { arrow, step, width, rest }, speed, { onArrival, onCount, onEnd }) {
  const pill = pillOf(step.contribution);
  const trail = drawn("path", { class: `trail ${signOf(step.contribution)}`, "stroke-width": width });
  layer.append(trail, pill);
  const last = step.contribution === 0 ? STOP : 1;
  const frame = (share) => {
    const done = eased(share) * last;
    place(pill, pointAt(arrow.curve, 1 - done * 0.86));
    trail.setAttribute("d", pathOf(between(arrow.curve, Math.max(0, 1 - done), 1)));
  };
  let stop = running(TRAVEL / speed, frame, () => {
    trail.remove();
    place(pill, rest);
    onArrival();
    stop = running(COUNT / speed, onCount, onEnd);
  });
  return () => {
    stop();
    stop();
  };
}

/** A contribution as a pill, its number in it. */
export function pillOf(contribution) {
  const text = valueText(contribution);
  const width = widthOfPill(contribution);
  return drawn(
    "g",
    { class: `pill ${signOf(contribution)}` },
    drawn("rect", { x: -width / 2, y: -PILL.height / 2, width, height: PILL.height, rx: PILL.height / 2 }),
    drawn("text", { y: 6, "font-size": 17 }, text),
  );
}

/**
 * Where the pill of a contribution rests: beside its arrow, near the argument, or beside its label; covering little, and
 * within the world.
 */
export function restOf({ curve, place: label, chipWidth }, contribution, taken, world) {
  const width = widthOfPill(contribution);
  const places = ASIDES.flatMap((aside) => PLACES.map((share) => {
    const { x, y, angle } = pointAt(curve, share);
    return { x: x - Math.sin(angle) * aside * PILL.height, y: y + Math.cos(angle) * aside * PILL.height, aside };
  }));
  for (const side of chipWidth ? [1, -1] : []) {
    places.push({ x: label.x + side * (chipWidth + width + 6) / 2, y: label.y, aside: 2 });
    places.push({ x: label.x, y: label.y + side * (PILL.height + 30) / 2, aside: 2 });
  }
  const own = around(label, chipWidth, PILL.height); // of all labels the one that has to be read with it
  const cost = (at) => {
    const pill = around(at, width, PILL.height);
    return taken.reduce((sum, each) => sum + overlap(pill, each), Math.abs(at.aside) * 5 + 8 * overlap(pill, own));
  };
  const within = places.filter((at) => isInside(around(at, width, PILL.height), world));
  return (within.length ? within : places).reduce((one, other) => (cost(other) < cost(one) ? other : one));
}

/** What a box shows while a contribution is added to it: on the way from the number before to the one after. */
export function counted(state, step, share) {
  const [from, to] = [step.before, step.after];
  const isExact = share === 1 || !Number.isFinite(to - from);
  return { gradient: isExact ? to : Number((from + (to - from) * share).toPrecision(4)), arrivals: arrivalsOf(state, step.argument_node) };
}

/** What a box shows before a contribution arrives. */
export function beforeArrival(state, step) {
  const arrivals = arrivalsOf({ ...state, position: state.position - 1 }, step.argument_node);
  return { gradient: step.is_first ? null : step.before, arrivals };
}

function place(part, { x, y }) {
  part.setAttribute("transform", `translate(${x},${y})`);
}

const eased = (share) => (share < 0.5 ? 2 * share * share : 1 - 2 * (1 - share) ** 2);
