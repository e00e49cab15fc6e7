// What do other parts of the page write onto the picture? Short notes under boxes and beside arrows: a verdict, a
// warning. They go where no number is; what is too long for its place is cut, and whole when one points at it.

import { drawn } from "./dom.js";
import { keyOf } from "./flow.js";
import { around, labelPlaces, overlap } from "./labels.js";
import { cutTo, widthOf } from "./letters.js";

const NOTE = { height: 20, padding: 7, away: 6, wider: 44 };

/** The notes of a picture: of a Map from kind to {boxes, edges}, those that have a place now. */
export function drawNotes(layer, notes, parts) {
  const taken = [...parts.boxes, ...parts.arrows.filter(isLabelled).map(rectangleOf)];
  const found = [];
  for (const [kind, { boxes, edges }] of notes) {
    const noted = parts.boxes.filter(({ box }) => boxes.has(box.node));
    found.push(...noted.map((made) => atBox(kind, boxes.get(made.box.node), made, taken)));
    found.push(...besideArrows(kind, edges, parts, taken));
  }
  layer.replaceChildren(...found);
}

// Below the box or above it, where the note covers least; what it covers is taken then.
function atBox(kind, text, { left, right, top, bottom, width }, taken) {
  const room = width + NOTE.wider;
  const half = Math.min(room, widthOfNote(text)) / 2;
  const [below, above] = [bottom + NOTE.away + NOTE.height / 2, top - NOTE.away - NOTE.height / 2];
  const sides = [(left + right) / 2, left + half - NOTE.wider / 2, right - half + NOTE.wider / 2];
  const places = [below, above].flatMap((y) => sides.map((x) => ({ x, y })));
  const covered = (place) => taken.reduce((sum, each) => sum + overlap(around(place, 2 * half, NOTE.height), each), 0);
  const best = places.reduce((one, other) => (covered(other) < covered(one) ? other : one));
  taken.push(around(best, 2 * half, NOTE.height));
  return noteAt(kind, text, best, room);
}

function besideArrows(kind, edges, { arrows, world }, taken) {
  const noted = arrows.flatMap((made) => {
    const texts = made.arrow.edges.map((edge) => edges.get(keyOf(edge))).filter(Boolean);
    return texts.length ? [{ made, text: texts[0] }] : [];
  });
  const labels = noted.map(({ made, text }) => ({ id: made.arrow.id, curve: made.curve, width: widthOfNote(text), height: NOTE.height + 4 }));
  const places = labelPlaces(labels, taken, world);
  return noted.map(({ made, text }) => noteAt(kind, text, places.get(made.arrow.id), Infinity));
}

/** Whether an arrow shows its label. */
export function isLabelled({ chip }) {
  const has = (name) => chip.classList.contains(name);
  return !has("empty") && (!has("crowded") || has("active") || has("lit"));
}

/** What the label of an arrow covers. */
export function rectangleOf({ place, chipWidth }) {
  return { left: place.x - chipWidth / 2, right: place.x + chipWidth / 2, top: place.y - 12, bottom: place.y + 12 };
}

function widthOfNote(text) {
  return widthOf(text, "note") + 2 * NOTE.padding;
}

function noteAt(kind, text, { x, y }, room) {
  const shown = cutTo(text, "note", room - 2 * NOTE.padding);
  const width = widthOfNote(shown);
  return drawn(
    "g",
    { class: `note note-${kind}`, transform: `translate(${x},${y})` },
    drawn("title", {}, text),
    drawn("rect", { x: -width / 2, y: -NOTE.height / 2, width, height: NOTE.height, rx: 6 }),
    drawn("text", { y: 5.3, "font-size": 15 }, shown),
  );
}
