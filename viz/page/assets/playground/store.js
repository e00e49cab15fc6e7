// What does the playground show at a moment? One state, as in the lab. Settings are what a reader chose; a run is what
// came of them so far. Another optimizer, rate or batch size holds from this moment on; other data, another network or loss
// are another run, which begins at its start.
//
//   settings   the plain data that a link, Python and the page exchange: see settings.js; those of the present moment
//   run        the training of these settings: see run.js; it moves, and `tick` says so
//   tick       counts how often the run has moved
//   playing    whether batches run by themselves
//   pace       "slow", which shows the phases of each batch; "steady", a batch a frame; "fast", as many as there is time for
//   phase      what slow motion shows now: {name, share, rows, gradient}, the batch and the gradient that it has; or null
//   chosen     the neuron or the weight that is looked at, {layer, neuron, from}; `from` is the neuron before it, or absent
//   pointed    the same for what the pointer or the focus is on; it goes before `chosen`
//   lit        what a line of the program lights of a layer, {layer, kind}: see matrices.js; or null
//   sample     the number of the point that is looked at, or null
//   tool       what a click on the plane does: the number of the class that it adds, or "remove"
//   target     the number that a click adds where numbers are predicted
//   opening    what is to be opened in the lab, {at, sample}, `at` null for a whole sample; or null
//   rival      a second run that goes beside this one, {run}; or null
//   tab        the panel that is open
//   lang       "en" or "zh"
//   problem    what is wrong with a setting that was tried, an error that teaches; null if nothing is
//   said       {key, places}: what a screen reader is told next; or null

import { outputsOf } from "./program.js";
import { runOf, seenOf } from "./run.js";
import { checked } from "./settings.js";
import { isSameStart } from "./training.js";

const USUAL = {
  tick: 0, playing: false, pace: "steady", phase: null, chosen: null, pointed: null, lit: null, sample: null, tool: 1, target: 1,
  opening: null, rival: null, tab: "neuron", lang: "en", problem: null, said: null,
};

/** A store: `state` to read, `change(patch)` to change it, `onChange((state, before) => …)` to be told. */
export function storeOf(settings, given = {}) {
  const listeners = [];
  const run = runOf(settings);
  const store = {
    state: { ...USUAL, settings: run.settings, run, ...given },
    change(patch) {
      const before = store.state;
      store.state = { ...before, ...patch };
      for (const listener of listeners) listener(store.state, before);
    },
    onChange(listener) {
      listeners.push(listener);
    },
  };
  return store;
}

/** Other settings: the run goes on with them, or begins anew. Wrong ones change nothing but say what is wrong. */
export function begin(store, settings, plane = null) {
  try {
    const next = checked(withoutOthers(settings, store.state.settings));
    if (isSameStart(next, store.state.settings)) goOn(store, next);
    else beginAnew(store, next, plane);
  } catch (error) {
    if (!error.kind) throw error;
    store.change({ problem: error });
  }
}

function goOn(store, settings) {
  const { run } = store.state;
  const { plane } = run.settings.data;
  run.session.change(settings);
  const isDrawnOtherwise = plane.join() !== settings.data.plane.join();
  moved(store, isDrawnOtherwise ? { run: seenOf(run.session) } : {});
}

/** A run of these settings, which are right, from its start. The plane may stay as it is. */
export function beginAnew(store, settings, plane = null) {
  const { tick, chosen, run: before } = store.state;
  const run = runOf(settings, plane);
  const said = before.session.moment ? { said: { key: "ground_said_anew", places: {} } } : {};
  store.change({ settings: run.settings, run, tick: tick + 1, phase: null, sample: null, problem: null, chosen: isThere(run, chosen) ? chosen : null, pointed: null, ...said });
}

// Weights that were given are those of one network: another one begins with weights of its own.
function withoutOthers(settings, before) {
  const { parameters } = settings.network;
  const isOther = parameters !== null && parameters === before.network.parameters && formOf(settings) !== formOf(before);
  return isOther ? { ...settings, network: { ...settings.network, parameters: null } } : settings;
}

function formOf({ inputs, network: { layers, init, seed }, data, loss }) {
  return JSON.stringify([inputs, layers.map(({ size }) => size), init, seed, loss === null ? null : outputsOf({ data, loss })]);
}

/** Whether there is a training that another start would end. */
export function hasBegun({ run }) {
  return run.session.moment > 0;
}

/** Settings with one thing changed, named by the keys on the way to it. */
export function adjust(store, path, value) {
  begin(store, withPart(store.state.settings, path, value));
}

export function withPart(part, [key, ...rest], value) {
  const changed = Array.isArray(part) ? [...part] : { ...part };
  changed[key] = rest.length ? withPart(part[key], rest, value) : value;
  return changed;
}

export function partOf(part, path) {
  return path.reduce((found, key) => found?.[key], part);
}

/** Whether a neuron or a weight is one of a run. */
export function isThere({ shape }, chosen) {
  return chosen !== null && chosen.neuron < (shape.sizes[chosen.layer] ?? 0) && (chosen.from === undefined || chosen.from < shape.sizes[chosen.layer - 1]);
}

/** After the run has moved, to a moment that has settings of its own. */
export function moved(store, patch = {}) {
  const { tick, run } = store.state;
  store.change({ tick: tick + 1, settings: run.settings, problem: null, ...patch });
}
