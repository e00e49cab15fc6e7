// How does one train? Play and pause; one step of three sizes: a sample, a batch, an epoch; back to the same start, or to any
// moment; and slow motion, in which a batch goes by in its four phases.

import { byId, element, write } from "../lab/dom.js";
import { PAGE, PROGRAM } from "../lab/page.js";
import { say } from "../lab/say.js";
import { isHidden } from "./fields.js";
import { brief, percent } from "./figures.js";
import { nowOf } from "./run.js";
import { beginAnew, moved } from "./store.js";
import { playerOf, stepTogether, workerScript } from "./worker.js";

export const PHASES = ["forward", "loss", "backward", "update"];
const PACES = ["slow", "steady", "fast"];
const LASTS = { forward: 1400, loss: 700, backward: 1600, update: 900 }; // milliseconds of slow motion
const FAST = 9; // milliseconds of each frame that training may take, where it has no worker
const SIZES = { "one-sample": "sample", "one-batch": "batch", "one-epoch": "epoch" };

export function mountTraining(store) {
  for (const [id, size] of Object.entries(SIZES)) byId(id).addEventListener("click", () => step(store, size));
  byId("again").addEventListener("click", () => again(store));
  byId("run").addEventListener("click", () => togglePlaying(store));
  mountPace(store);
  mountMoments(store);
  mountPlaying(store);
  byId("phases").append(...PHASES.map((name) => phaseOf(name)));
  store.onChange((state) => drawTraining(state));
  drawTraining(store.state);
}

/** One step of training: a sample, a batch or an epoch. */
export function step(store, size) {
  store.change({ playing: false, phase: null });
  store.state.run.session[size]();
  moved(store, { said: said(store.state) });
}

/** Back to the same start, with the settings as they are now. */
export function again(store) {
  const { run, settings } = store.state;
  const isOther = run.session.changes.length > 0;
  if (isOther) beginAnew(store, settings, run.plane);
  goBack(store, 0);
  store.change({ said: { key: isOther ? "ground_said_anew" : "ground_said_start", places: {} } });
}

/** To an earlier moment, counted in batches. */
export function goBack(store, moment) {
  store.change({ playing: false, phase: null });
  store.state.run.session.goTo(Math.max(0, moment));
  moved(store, { said: said(store.state) });
}

export function togglePlaying(store) {
  const playing = !store.state.playing && !store.state.run.session.stopped;
  store.change({ playing, said: playing ? { key: "ground_said_running", places: {} } : said(store.state) });
}

/** What a screen reader is told after a step. */
export function said({ run }) {
  const { epoch, loss, accuracy } = nowOf(run);
  const places = { epoch, loss: brief(loss), accuracy: percent(accuracy ?? 0) };
  return { key: accuracy === null ? "ground_said_loss" : "ground_said", places };
}

// Playing: in each frame of the screen as much as the pace says

function mountPlaying(store) {
  const player = playerOf(workerScript(PROGRAM, PAGE.worker));
  let frame = null;
  const run = (time) => {
    frame = null;
    if (!store.state.playing) return;
    if (isFast(store.state) && !player.isRefused) player.ask(() => hasTrained(store));
    else advance(store, time);
    if (store.state.playing) frame = requestAnimationFrame(run);
  };
  store.onChange((state, before) => {
    handOver(player, state, before);
    if (state.playing && !before.playing && frame === null) frame = requestAnimationFrame(run);
  });
}

const isFast = ({ playing, pace }) => playing && pace === "fast";

// What trains in the worker is what the page shows: whatever is changed here begins there from this moment.
function handOver(player, state, before) {
  if (!isFast(state)) return isFast(before) ? player.stop() : undefined;
  const isSame = isFast(before) && ["run", "rival", "settings"].every((key) => state[key] === before[key]);
  if (!isSame) player.start(together(state));
}

function together({ run, rival }) {
  return [run.session, ...(rival ? [rival.run.session] : [])];
}

function hasTrained(store) {
  const { stopped } = store.state.run.session;
  moved(store, { phase: null, ...(stopped ? { playing: false } : {}) });
}

function advance(store, time) {
  const { pace } = store.state;
  if (pace === "slow") return advanceSlowly(store, time);
  const sessions = together(store.state);
  const until = performance.now() + (pace === "fast" ? FAST : 0);
  while (stepTogether(sessions) && performance.now() < until) { /* as many as there is time for */ }
  hasTrained(store);
}

// Slow motion: the share of the present phase that has gone by; when all of it has, the session computes the next.
function advanceSlowly(store, time) {
  const { phase } = store.state;
  const share = phase ? Math.min(1, (time - phase.since) / LASTS[phase.name]) : 1;
  if (share < 1) return store.change({ phase: { ...phase, share } });
  const { session } = store.state.run;
  const { phase: name, batch, values } = session.phase();
  const isOver = Boolean(session.stopped);
  moved(store, { phase: isOver ? null : { name, share: 0, since: time, rows: batch.rows, gradient: values.gradient }, playing: !isOver });
}

function mountPace(store) {
  byId("pace").addEventListener("change", () => store.change({ pace: byId("pace").value, phase: null }));
}

function mountMoments(store) {
  byId("moment").addEventListener("input", ({ target }) => {
    goBack(store, Number(target.value)); // read before the page is drawn again, which puts the slider where the state is
  });
}

function phaseOf(name) {
  return element("div", { class: "phase", "data-phase": name }, element("i"), element("span", {}));
}

function drawTraining(state) {
  const { moment, epochs: epoch, furthest } = state.run.session;
  drawPlay(state);
  drawPhases(state);
  drawPaces(state);
  const slider = byId("moment");
  slider.max = furthest;
  slider.value = moment;
  slider.setAttribute("aria-valuetext", say("ground_moment", { moment, epoch }));
  byId("moments").hidden = isHidden(state, "rewind");
  byId("pace").hidden = isHidden(state, "pace");
}

function drawPlay({ playing, run }) {
  const key = playing ? "ground_pause" : "ground_run";
  const made = byId("run");
  made.dataset.playing = playing;
  made.setAttribute("aria-label", say(key));
  made.setAttribute("title", say(key));
  made.setAttribute("aria-disabled", Boolean(run.session.stopped));
}

function drawPhases({ phase }) {
  const now = phase ? PHASES.indexOf(phase.name) : -1;
  for (const [index, part] of [...byId("phases").children].entries()) {
    write(part.lastChild, say(`ground_phase_${PHASES[index]}`));
    part.querySelector("i").style.width = `${100 * (index < now ? 1 : index === now ? phase.share : 0)}%`;
    part.classList.toggle("is-now", index === now);
  }
}

function drawPaces({ pace }) {
  const list = byId("pace");
  if (list.dataset.lang !== document.documentElement.lang) {
    list.replaceChildren(...PACES.map((value) => element("option", { value }, say(`ground_pace_${value}`))));
    list.dataset.lang = document.documentElement.lang;
  }
  list.value = pace;
  byId("training").dataset.pace = pace;
}
