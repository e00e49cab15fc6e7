// How does the page stay quick while a network trains? The training runs in a worker, a thread of its own, whose program
// is a part of the page's own script; where a page may have no worker, it runs in the page, a slice of time after another.
//
//   const far = trainerOf(settings, script)   the script of the worker, see workerScript; null for no worker
//   await far.batch(), .sample(), .epoch()    one step, or all up to the end of the epoch
//   await far.goTo(moment), .phase()          as in training.js
//   far.play(onSeen, pace), await far.pause() step after step; onSeen(state) about as often as the page is drawn
//   far.close()                               the end of it
//
// What comes back is the state: {moment, furthest, epochs, position, learningRate, parameters, gradient, last, stopped,
// stuck, history}, of which `history` is what is new since the last time: {from, …}, from so many steps and epochs on.

import { trainingOf } from "./training.js";

const SLICE = 12; // milliseconds of steps, before the page or the worker looks up
const SEEN = 33; // milliseconds between two states that are sent
const STUCK = 500; // milliseconds between two looks for neurons that cannot learn
const METHODS = ["sample", "batch", "epoch", "phase", "goTo"];

/** A training that answers with promises, in a worker or in slices of time. */
export function trainerOf(settings, script = null) {
  const worker = script === null ? null : workerOf(script);
  return worker ? remote(worker, settings) : local(settings);
}

// In the page

function local(settings) {
  const host = hostOf(settings);
  const methods = METHODS.map((name) => [name, async (...given) => host.call(name, given)]);
  return { ...Object.fromEntries(methods), play: host.play, pause: async () => host.pause(), close: host.pause, isWorker: false };
}

// A training, what was sent of it, and whether it plays.
function hostOf(settings) {
  const training = trainingOf(settings);
  let [sent, playing, looked, stuck] = [{ steps: 0, epochs: 0, edits: 0 }, null, -Infinity, []];

  // What is new in the history; all of it again where other steps have replaced some.
  function news() {
    const { history, edits } = training;
    const { steps, epochs } = edits === sent.edits ? sent : { steps: 0, epochs: 0 };
    sent = { steps: history.steps.length, epochs: history.loss.length, edits };
    const slices = Object.entries(history).map(([name, list]) => [name, list.slice(name.startsWith("step") ? steps : epochs)]);
    return { from: { steps, epochs }, ...Object.fromEntries(slices) };
  }

  function state(now) {
    if (!playing || now - looked > STUCK) [looked, stuck] = [now, training.stuck()];
    const { moment, furthest, epochs, position, learningRate, last, stopped } = training;
    const { parameters, gradient } = training;
    return {
      moment, furthest, epochs, position, learningRate, stopped, stuck, history: news(),
      parameters: parameters.slice(), gradient: gradient?.slice() ?? null, last,
    };
  }

  function call(name, given) {
    pause();
    const result = training[name](...given);
    return { result: name === "phase" ? result : undefined, ...state(performance.now()) };
  }

  // Step after step: at most `pace` of them a second, where it is given.
  function play(onSeen, pace = Infinity) {
    pause();
    const mine = { begin: performance.now(), steps: 0, seen: -Infinity };
    playing = mine;
    const slice = () => {
      if (playing !== mine) return;
      const begin = performance.now();
      const due = () => mine.steps < (pace * (performance.now() - mine.begin)) / 1000;
      while (performance.now() - begin < SLICE && due() && training.batch()) mine.steps += 1;
      const now = performance.now();
      if (training.stopped) playing = null;
      if (now - mine.seen >= SEEN || training.stopped) {
        mine.seen = now;
        onSeen(state(now));
      }
      if (playing === mine) setTimeout(slice, 0);
    };
    slice();
  }

  function pause() {
    const was = playing;
    playing = null;
    return was ? state(performance.now()) : null;
  }

  return { call, play, pause: () => pause() ?? state(performance.now()) };
}

// In a worker

/** The script of the worker: the modules in the page's own script up to this one, which are so many characters. */
export function workerScript(program, length) {
  return `${program.slice(0, length)}\nMODULES["playground/worker.js"].serve(self);\n})();`;
}

function workerOf(script) {
  try {
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const worker = new Worker(url);
    URL.revokeObjectURL(url);
    return worker;
  } catch {
    return null; // a page in a frame without an origin of its own, or one that allows no worker
  }
}

function remote(worker, settings) {
  const waiting = new Map();
  let [number, onSeen, fallback] = [0, null, null];
  const ask = (name, given) => new Promise((resolve, reject) => {
    waiting.set(++number, { name, given, resolve, reject });
    worker.postMessage({ number, name, given });
  });
  worker.onmessage = ({ data }) => {
    if (data.seen) onSeen?.(data.seen);
    if (!waiting.has(data.number)) return;
    const { resolve, reject } = waiting.get(data.number);
    waiting.delete(data.number);
    if (data.error) reject(Object.assign(new Error(data.error.message), data.error));
    else resolve(data.answer);
  };
  // A worker that does not even begin: the page takes over what was asked of it.
  worker.onerror = () => {
    fallback ??= local(settings);
    for (const { name, given, resolve } of waiting.values()) resolve(name === "begin" ? undefined : fallback[name](...given));
    waiting.clear();
  };
  ask("begin", [settings]).catch(() => worker.onerror());
  const call = (name, ...given) => (fallback ? fallback[name](...given) : ask(name, given));
  const methods = METHODS.map((name) => [name, (...given) => call(name, ...given)]);
  const play = (seen, pace) => {
    onSeen = seen;
    if (fallback) fallback.play(seen, pace);
    else worker.postMessage({ number: 0, name: "play", given: [pace] });
  };
  return { ...Object.fromEntries(methods), play, pause: () => call("pause"), close: () => worker.terminate(), isWorker: true };
}

/** What the worker itself does: it answers messages. */
export function serve(scope) {
  let host = null;
  const answerTo = (name, given) => {
    if (name === "begin") {
      host = hostOf(given[0]);
      return null;
    }
    if (name === "play") return host.play((seen) => scope.postMessage({ seen }), given[0]);
    return name === "pause" ? host.pause() : host.call(name, given);
  };
  scope.onmessage = ({ data: { number, name, given } }) => {
    try {
      scope.postMessage({ number, answer: answerTo(name, given) });
    } catch (error) {
      const { message, kind, key, places } = error;
      scope.postMessage({ number, error: { message, kind, key, places } });
    }
  };
}
