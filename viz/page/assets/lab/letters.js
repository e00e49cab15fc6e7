// How wide is a text on the stage? Measured before it is drawn, so that nothing leaves its box. Sizes are in units of
// the stage: the smallest letters, 15 units, are 13 px high at the smallest scale that the stage chooses by itself.

export const SMALLEST = 15; // units
export const READABLE = 13; // px

export const LETTERS = {
  name: { size: 15, weight: 400 },
  title: { size: 15, weight: 600 }, // of a group
  value: { size: 23, weight: 700 },
  gradient: { size: 17, weight: 600 },
  chip: { size: 15, weight: 400 },
  pill: { size: 17, weight: 700 },
  note: { size: 15, weight: 600 },
};

const kept = new Map();
let pen = null;

/** The width of a text in letters of a kind. */
export function widthOf(text, kind, size = LETTERS[kind].size) {
  const { weight } = LETTERS[kind];
  const key = `${weight} ${text}`;
  if (!kept.has(key)) kept.set(key, measured(text, weight));
  return (kept.get(key) * size) / SMALLEST;
}

function measured(text, weight) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = `${weight} ${SMALLEST}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

/** The size of letters in which a text has room: its own, or smaller, but never below the smallest. */
export function sizeIn(text, kind, room) {
  const { size } = LETTERS[kind];
  const fitting = Math.floor((size * room) / Math.max(1, widthOf(text, kind)));
  return Math.max(SMALLEST, Math.min(size, fitting));
}

/** The text, or as much of its beginning as has room, with "…". */
export function cutTo(text, kind, room) {
  if (widthOf(text, kind) <= room) return text;
  const letters = [...text];
  let [short, long] = [0, letters.length];
  while (long - short > 1) {
    const middle = (short + long) >> 1;
    if (widthOf(`${letters.slice(0, middle).join("")}…`, kind) <= room) short = middle;
    else long = middle;
  }
  return `${letters.slice(0, short).join("").trimEnd()}…`;
}
