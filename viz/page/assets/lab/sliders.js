// How far does a slider reach? As far to both sides of 0, to a round number: 2 is on a slider from −5 to 5.

const ROUND = [1, 2, 5, 10];
const USUAL = 2; // the reach around 0
const STEPS = 100; // from the middle to an end

/** The end of a slider for a number: 1, 2 or 5 times a power of ten, about twice the number. */
export function reachOf(number) {
  const wanted = 2 * Math.abs(number);
  if (!Number.isFinite(wanted) || wanted < Number.MIN_VALUE * 1e9) return USUAL;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return Number((ROUND.find((each) => each * power >= wanted * (1 - 1e-12)) * power).toPrecision(1));
}

/** The reach after a number was set: the same, unless the number is beyond it. */
export function widened(reach, number) {
  return Math.abs(number) > reach ? reachOf(number) : reach;
}

/** How far one move goes. */
export function moveOf(reach) {
  return Number((reach / STEPS).toPrecision(1));
}
