// What surrounds the boxes of an open group? A frame with its title, and a button that folds it again.

import { drawn } from "./dom.js";
import { widthOf } from "./letters.js";
import { frameAround, textOf } from "./room.js";
import { say } from "./say.js";

const FOLD = { size: 22, away: 6 };

/** Draw the frames of a scene around the boxes that stand there; `close` folds the group of a name. */
export function drawFrames(layer, frames, boxes, close) {
  const found = frames.map((frame) => [frame, frameAround(frame, frames, boxes)]).filter(([, place]) => place);
  layer.replaceChildren(...found.map(([frame, place]) => frameOn(frame, place, close)));
}

function frameOn({ name, title }, { left, top, right, bottom }, close) {
  const text = textOf(title);
  const width = Math.max(right - left, widthOf(text, "name") + 3 * FOLD.size);
  return drawn(
    "g",
    { class: "open-group", transform: `translate(${left},${top})` },
    drawn("rect", { class: "around", width, height: bottom - top, rx: 18 }),
    drawn("text", { class: "name", x: 14, y: 22, "font-size": 15 }, text),
    foldButton(text, width - FOLD.size - FOLD.away, () => close(name)),
  );
}

function foldButton(title, x, onClick) {
  const half = FOLD.size / 2;
  const made = drawn(
    "g",
    { class: "fold", role: "button", tabindex: 0, "aria-label": say("stage_close", { name: title }), transform: `translate(${x},${FOLD.away})` },
    drawn("rect", { width: FOLD.size, height: FOLD.size, rx: half }),
    drawn("path", { d: `M6,${half} H${FOLD.size - 6}` }),
  );
  made.addEventListener("click", onClick);
  made.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    onClick();
  });
  return made;
}
