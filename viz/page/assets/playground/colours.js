// Which colour has a number, and which a class? The palette is Python's (style.py), as variables of the page's style.
//
// Blue is positive and orange negative, paper is 0. The output of a network with one output is above 0 for class 1, so
// class 1 is blue and class 0 orange; further classes have colours of their own.

const CLASS_COLOURS = ["negative", "positive", "class-2", "class-3", "class-4", "class-5"]; // and again from the first
const STEPS = 255; // from the largest negative number to the largest positive one; odd, so that one of them is 0
const STRENGTHS = { full: 0.8, soft: 0.5 }; // of the strongest colour; behind points it is soft, so that they stand out

let palette = null;

/** The colours of the page as it is now, read once for a theme: {paper, ink, …, classes, ramp}. */
export function colours() {
  palette ??= readPalette();
  return palette;
}

/** After the theme has changed. */
export function forgetColours() {
  palette = null;
}

function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const named = (name) => style.getPropertyValue(`--${name}`).trim();
  const found = Object.fromEntries(["paper", "wash", "ink", "quiet", "line", "line-strong", "accent", "positive", "negative", "bad"].map((name) => [name, named(name)]));
  const classes = CLASS_COLOURS.map(named);
  const paper = channels(found.paper);
  const both = (rampWith) => ({ full: rampWith(STRENGTHS.full), soft: rampWith(STRENGTHS.soft) });
  const classRamps = both((strength) => classes.map((colour) => fading(paper, channels(colour), strength)));
  return { ...found, classes, ramps: both((strength) => rampOf(paper, found, strength)), classRamps };
}

// STEPS colours as three bytes each: negative, paper, positive.
function rampOf(paper, { positive, negative }, strength) {
  const ramp = new Uint8ClampedArray(3 * STEPS);
  const half = (STEPS - 1) / 2;
  for (let step = 0; step < STEPS; step++) {
    const share = (step - half) / half;
    const full = channels(share > 0 ? positive : negative);
    mix(ramp, 3 * step, paper, full, strength * Math.abs(share));
  }
  return ramp;
}

function fading(paper, full, strength) {
  const ramp = new Uint8ClampedArray(3 * STEPS);
  for (let step = 0; step < STEPS; step++) mix(ramp, 3 * step, paper, full, (strength * step) / (STEPS - 1));
  return ramp;
}

function mix(into, at, paper, full, share) {
  for (let channel = 0; channel < 3; channel++) into[at + channel] = paper[channel] + (full[channel] - paper[channel]) * share;
}

function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/** The colour of a number from -1 to 1, as CSS has it. */
export function colourOf(number) {
  const half = (STEPS - 1) / 2;
  const at = 3 * Math.round(half + half * Math.max(-1, Math.min(1, number)));
  return `rgb(${colours().ramps.full.slice(at, at + 3).join(" ")})`;
}

/** Paint numbers from -1 to 1 into the pixels of an image, cell by cell, "soft" or "full"; NaN is as paper. */
export function paintNumbers(image, count, number, strength) {
  const ramp = colours().ramps[strength];
  const half = (STEPS - 1) / 2;
  for (let cell = 0; cell < count; cell++) {
    const value = number(cell);
    const step = value >= 1 ? STEPS - 1 : value <= -1 ? 0 : Math.round(half + half * (value === value ? value : 0));
    put(image, cell, ramp, 3 * step);
  }
}

/** Paint a class and how sure it is, from 0 to 1, cell by cell: `best(cell)` gives both as [class, certainty]. */
export function paintClasses(image, count, best, strength) {
  const classRamps = colours().classRamps[strength];
  for (let cell = 0; cell < count; cell++) {
    const [index, certainty] = best(cell);
    put(image, cell, classRamps[index % classRamps.length], 3 * Math.round((STEPS - 1) * Math.max(0, Math.min(1, certainty))));
  }
}

function put(image, cell, ramp, at) {
  const pixels = image.data;
  pixels[4 * cell] = ramp[at];
  pixels[4 * cell + 1] = ramp[at + 1];
  pixels[4 * cell + 2] = ramp[at + 2];
  pixels[4 * cell + 3] = 255;
}
