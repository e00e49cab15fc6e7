// How does one go from step to step? Buttons, a slider on a bar with a segment for each phase, keys, and swiping the card.

import { sweepBehind } from "../engine/steps.js";
import { byId, element } from "./dom.js";
import { say } from "./say.js";
import { goTo, lastPosition, stepOf } from "./store.js";

const MOVES = {
  first: () => 0,
  back: ({ position }) => position - 1,
  next: ({ position }) => position + 1,
  last: (state) => lastPosition(state),
};
const SPEEDS = [0.5, 1, 2, 4];
const PAUSE = 1600; // milliseconds from step to step, at the usual speed
const SWIPE = { least: 48, slant: 2 }; // pixels to the side, and so many times as far as up or down

export function mountTransport(store) {
  for (const name of Object.keys(MOVES)) byId(name).addEventListener("click", () => move(store, name));
  byId("play").addEventListener("click", () => togglePlaying(store));
  mountTimeline(store);
  mountSpeed(store);
  mountSwipe(store);
  mountPlaying(store);
  store.onChange((state, before) => drawTransport(state, before));
  drawTransport(store.state, null);
}

/** Go one of the ways that a button or a key stands for. */
export function move(store, name) {
  store.change({ playing: false });
  goTo(store, MOVES[name](store.state));
}

/** Play on, or pause; at the end, from the beginning. */
export function togglePlaying(store) {
  const { playing, position } = store.state;
  if (!playing && position === lastPosition(store.state)) goTo(store, 0);
  store.change({ playing: !playing });
}

// Playing: one step, a pause, the next, until the last

function mountPlaying(store) {
  let timer = null;
  const step = () => {
    goTo(store, store.state.position + 1);
    if (store.state.position === lastPosition(store.state)) store.change({ playing: false });
  };
  store.onChange((state, before) => {
    if (state.playing === before.playing && state.speed === before.speed) return;
    clearInterval(timer);
    if (state.playing) timer = setInterval(step, PAUSE / state.speed);
    if (state.playing && !before.playing) step();
  });
}

function mountSpeed(store) {
  const field = byId("speed");
  field.append(...SPEEDS.map((speed) => element("option", { value: speed }, `${speed} ×`)));
  field.addEventListener("change", () => store.change({ speed: Number(field.value) }));
}

// The timeline

function mountTimeline(store) {
  byId("position").addEventListener("input", ({ target }) => {
    const position = Number(target.value); // before the page is drawn again, which puts the slider where the state is
    store.change({ playing: false });
    goTo(store, position);
  });
}

function drawTransport(state, before) {
  const last = lastPosition(state);
  for (const name of ["first", "back"]) setDisabled(byId(name), state.position === 0);
  for (const name of ["next", "last"]) setDisabled(byId(name), state.position === last);
  drawPlay(state);
  byId("speed").value = state.speed;
  if (state.steps !== before?.steps || state.lang !== before?.lang) drawSegments(state);
  drawPosition(state, last);
}

// A button that becomes disabled under the focus would lose it: the other of its pair takes it.
function setDisabled(button, isDisabled) {
  const hadFocus = document.activeElement === button;
  button.disabled = isDisabled;
  if (isDisabled && hadFocus) byId("position").focus();
}

function drawPlay({ playing }) {
  const button = byId("play");
  button.dataset.playing = playing;
  button.dataset.sayLabel = playing ? "pause" : "play";
  button.setAttribute("aria-label", say(button.dataset.sayLabel));
  button.setAttribute("title", say(button.dataset.sayLabel));
}

// A segment is as wide as the positions of its phase; the last has the end too.
function drawSegments({ steps }) {
  const { operations, users } = sweepBehind(steps);
  const counts = [["forward", operations.length], ["seed", 1], ["backward", users.length]].filter(([, count]) => count > 0);
  counts.at(-1)[1] += 1;
  byId("segments").replaceChildren(...counts.map(([phase, count]) => segmentOf(phase, count)));
}

function segmentOf(phase, count) {
  const bar = element("div", {}, element("i"), element("span", {}, say(`segment_${phase}`)));
  const made = element("div", { class: `segment ${phase}`, "data-phase": phase }, bar);
  made.style.flexGrow = count;
  return made;
}

// How far each segment is filled: its steps that are done, of all its steps.
function drawPosition(state, last) {
  const field = byId("position");
  field.max = last;
  field.value = state.position;
  field.setAttribute("aria-valuetext", placeOf(state, last));
  let before = 0;
  for (const segment of byId("segments").children) {
    const count = Number(segment.style.flexGrow);
    const share = Math.max(0, Math.min(1, (state.position - before) / count));
    segment.querySelector("i").style.width = `${100 * share}%`;
    before += count;
  }
}

function placeOf(state, last) {
  if (state.position === 0) return say("at_beginning");
  if (state.position === last) return say("at_end");
  const count = say("step_of", { step: state.position, steps: state.steps.length });
  return `${say(`phase_${stepOf(state).phase}`)}, ${count}`;
}

// On a phone: the card is swiped to the side

function mountSwipe(store) {
  const card = byId("card");
  let start = null;
  card.addEventListener("touchstart", ({ touches }) => (start = touches.length === 1 ? touches[0] : null), { passive: true });
  card.addEventListener("touchend", ({ changedTouches: [end] }) => {
    if (!start) return;
    const [right, down] = [end.clientX - start.clientX, end.clientY - start.clientY];
    start = null;
    if (Math.abs(right) >= SWIPE.least && Math.abs(right) > SWIPE.slant * Math.abs(down)) move(store, right < 0 ? "next" : "back");
  });
}
