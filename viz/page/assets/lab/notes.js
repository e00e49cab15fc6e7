// What do other parts of the page write onto the picture? Short notes under boxes and beside arrows: a verdict, a
// warning. They never lie on a number; what is too long for its place is cut, and whole when one points at it.

import { drawn } from "./dom.js";
import { labelPlaces } from "./labels.js";
import { cutTo, widthOf } from "./letters.js";

const NOTE = { height: 20, padding: 7, below: 6, wider: 44 };

/** The notes of a picture: of a Map from kind to {boxes, edges}, those that have a place now. */
export function drawNotes(layer, notes, parts) {
  const found = [];
  for (const [kind, { boxes, edges }] of notes) {
    found.push(...parts.boxes.filter(({ box }) => boxes.has(box.node)).map((made) => underBox(kind, boxes.get(made.box.node), made)));
    found.push(...besideArrows(kind, edges, parts));
  }
  layer.replaceChildren(...found);
}

function underBox(kind, text, { left, right, bottom, width }) {
  return noteAt(kind, text, { x: (left + right) / 2, y: bottom + NOTE.below + NOTE.height / 2 }, width + NOTE.wider);
}

function besideArrows(kind, edges, { arrows, boxes }) {
  const noted = arrows.flatMap((made) => {
    const texts = made.arrow.edges.map(({ user, position }) => edges.get(`${user}-${position}`)).filter(Boolean);
    return texts.length ? [{ made, text: texts[0] }] : [];
  });
  const chips = arrows.filter(isLabelled).map(rectangleOf);
  const labels = noted.map(({ made, text }) => ({ id: made.arrow.id, curve: made.curve, width: widthOfNote(text), height: NOTE.height + 3 }));
  const places = labelPlaces(labels, [...boxes, ...chips]);
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
