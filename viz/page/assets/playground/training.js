// How does the network learn, step by step? As nn.fit: epochs of all samples in a new order, in batches, the last one
// smaller; and every step can be taken back.
//
//   const training = trainingOf(settings)
//   training.sample(), batch(), epoch()    a step with one sample, with a batch, and all steps up to the end of an epoch
//   training.phase()                       a quarter of a step: forward, loss, backward, update, one after the other
//   training.goTo(moment)                  to the moment after so many steps, earlier or later
//   training.change(settings)              from this moment on, another optimizer, rates, schedule or batch size
//   training.settings, changes             the settings of this moment; those of each moment at which they changed
//   training.recipe                        {settings, steps, changes}: all that was done up to this moment
//   training.history                       what was seen, for each epoch and for each step
//   training.stopped                       what became inf or NaN, and where; null while all is well
//   training.saved(), resumed(saved)       all that it is, for a worker, which goes on from there
//   training.news(), taken(news)           what came of it since the last time, and here it has come
//
// A *moment* is the number of steps that were taken. Some moments are kept whole, fewer the more there are; what lies
// between them is computed again, with the same numbers. Settings that change belong to the moment at which they do: who
// goes back finds those of then, and who goes on from there without changing anything, the same changes again.

import { inputsOf, partsOf, pointsOf, standardizerOf } from "./data.js";
import { originOf, stuckIn } from "./diagnosis.js";
import { firstParameters } from "./network.js";
import { optimizerOf } from "./optimizers.js";
import { compute, programFor } from "./program.js";
import { pythonRandom } from "./random.js";
import { countRight, taskOf } from "./tasks.js";

const MOST_KEPT = 256; // moments that are kept whole
const MOST_NUMBERS = 4e6; // in all of them together
const PHASES = ["forward", "loss", "backward", "update"];

/** The samples of the settings as the network is given them: {train, validation}, each {rows, X, y, targets}. */
export function samplesOf(settings) {
  const points = pointsOf(settings.data);
  const parts = partsOf(settings.data, points);
  const scale = settings.data.standardize ? standardizerOf(parts.train.map((row) => points.X[row])).of : (row) => row;
  const inputs = inputsOf(settings, points);
  const given = (row) => inputs.of(scale(row));
  const { target } = taskOf(settings.loss);
  const part = (rows) => ({
    rows,
    X: Float64Array.from(rows.flatMap((row) => given(points.X[row]))),
    targets: Float64Array.from(rows, (row) => target(points.y[row])),
  });
  return { points, names: inputs.names, given, train: part(parts.train), validation: part(parts.validation) };
}

/** Whether other settings can go on with a run: the same data, network and loss. What is drawn of it is free. */
export function isSameStart(one, other) {
  const start = ({ optimizer, batch_size: size, hidden, data: { plane, ...data }, ...rest }) => JSON.stringify({ ...rest, data });
  return start(one) === start(other);
}

/** A training of settings; of a recipe, one that has done all of it. */
export function trainingOf(settings) {
  const samples = samplesOf(settings);
  const program = programFor(settings);
  const task = taskOf(settings.loss);
  const { train, validation } = samples;
  const count = train.rows.length;
  const width = settings.inputs.length;
  const usual = () => inForce().batch_size ?? count;
  const { network } = settings;
  const given = network.parameters && Float64Array.from(network.parameters);
  const P = given ?? firstParameters(program.layers, network.init, network.seed);
  const optimizer = optimizerOf(settings.optimizer, program.count);
  const random = pythonRandom(settings.seed);

  const now = { moment: 0, epoch: 0, position: count, order: train.rows.map((_, i) => i), total: 0, right: 0 };
  const history = { loss: [], accuracy: [], val_loss: [], val_accuracy: [], moments: [], steps: [], step_loss: [] };
  const kept = momentsKept(Math.min(MOST_KEPT, Math.max(16, Math.floor(MOST_NUMBERS / (3 * program.count + count)))));
  let [first, changes] = [settings, []]; // settings as of the beginning, and [{moment, settings}] from when others hold
  let [last, stopped, pending] = [null, null, null];
  let [told, forked] = [0, Infinity]; // of the steps: how many `news` has told of, and from which on they are others since

  // What is trained on next

  function begin() {
    if (now.position < count) return;
    random.shuffle(now.order);
    [now.position, now.total, now.right] = [0, 0, 0];
  }

  function next(size) {
    begin();
    return now.order.slice(now.position, now.position + size);
  }

  function batchOf(chosen) {
    const X = new Float64Array(chosen.length * width);
    chosen.forEach((i, place) => X.set(train.X.subarray(i * width, (i + 1) * width), place * width));
    return { chosen, rows: chosen.map((i) => train.rows[i]), X, targets: Float64Array.from(chosen, (i) => train.targets[i]) };
  }

  // A step

  function step(size) {
    if (stopped) return false;
    keep();
    const batch = batchOf(next(size));
    const values = program.begin(P, batch.X, batch.targets);
    for (const line of program.lines) compute(values, line);
    return finished(batch, values);
  }

  // The update, if all numbers are finite.
  function finished(batch, values) {
    [last, pending] = [{ ...batch, loss: values.loss, gradient: values.gradient }, null];
    const outputs = values[program.output];
    if (!Number.isFinite(values.loss) || !areFinite(outputs) || !areFinite(values.gradient)) {
      stopped = { ...originOf(program, values, batch, inForce()), moment: now.moment };
      return false;
    }
    optimizer.take(inForce().optimizer);
    optimizer.step(P, values.gradient);
    counted(batch, values.loss, outputs);
    return true;
  }

  function counted({ chosen, targets }, loss, outputs) {
    const isNew = now.moment >= history.steps.length;
    if (isNew) {
      history.steps.push(chosen.length);
      history.step_loss.push(loss);
    }
    now.moment += 1;
    now.position += chosen.length;
    now.total += loss * chosen.length;
    now.right += countRight(task, outputs, targets);
    if (now.position === count) ended(isNew);
  }

  function ended(isNew) {
    now.epoch += 1;
    if (!isNew) return;
    history.loss.push(now.total / count);
    history.accuracy.push(now.right / count);
    history.moments.push(now.moment);
    if (!validation.rows.length) return;
    const seen = evaluated(validation);
    history.val_loss.push(seen.loss);
    history.val_accuracy.push(seen.accuracy);
  }

  // Loss and accuracy of a part, with the parameters of this moment.
  function evaluated(part) {
    const { loss, outputs } = program.lossOf(P, part.X, part.targets);
    return { loss, accuracy: countRight(task, outputs, part.targets) / part.rows.length, outputs };
  }

  // Settings

  function inForce() {
    return changes.findLast(({ moment }) => moment <= now.moment)?.settings ?? first;
  }

  // What is drawn, and what a lesson hides, is of all moments; everything else from this one on.
  function change(next) {
    const { hidden, data: { plane } } = next;
    const seen = (each) => ({ ...each, hidden, data: { ...each.data, plane } });
    [first, changes] = [seen(first), changes.map(({ moment, settings: each }) => ({ moment, settings: seen(each) }))];
    if (isSameStep(next, inForce())) return;
    forget();
    if (next.batch_size !== inForce().batch_size) pending = null;
    changes = changes.filter(({ moment }) => moment < now.moment);
    if (now.moment === 0) first = next;
    else if (!isSameStep(next, inForce())) changes.push({ moment: now.moment, settings: next });
    stopped = null;
  }

  // Moments

  function keep() {
    if (kept.isWanted(now.moment)) kept.add(state());
  }

  function state() {
    const { moment, epoch, position, total, right } = now;
    const whole = { optimizer: optimizer.state(), random: random.state(), order: now.order.slice(), P: P.slice() };
    return { moment, epoch, position, total, right, ...whole };
  }

  function restore({ optimizer: memory, random: bits, order, P: numbers, ...rest }) {
    Object.assign(now, rest, { order: order.slice() });
    optimizer.restore(memory);
    random.restore(bits);
    P.set(numbers);
    [last, stopped, pending] = [null, null, null];
  }

  function goTo(moment) {
    if (moment === now.moment) return;
    keep();
    const wanted = Math.max(0, Math.min(moment, history.steps.length));
    if (wanted < now.moment || kept.before(wanted).moment > now.moment) restore(kept.before(wanted));
    while (now.moment < wanted && step(history.steps[now.moment])) { /* the same again */ }
  }

  // From here on, other steps may follow than those that did before.
  function forget() {
    if (now.moment < history.steps.length) forgetAfter(now.moment);
  }

  function forgetAfter(moment) {
    forked = Math.min(forked, moment);
    for (const name of ["steps", "step_loss"]) history[name].length = moment;
    const epochs = history.moments.filter((end) => end <= moment).length;
    for (const name of ["loss", "accuracy", "moments"]) history[name].length = epochs;
    for (const name of ["val_loss", "val_accuracy"]) history[name].length = Math.min(history[name].length, epochs);
    kept.forgetAfter(moment);
    changes = changes.filter((each) => each.moment <= moment);
  }

  // A recipe, step by step; up to where it stops.
  function follow({ steps, changes: later }) {
    const changed = new Map(later.map((each) => [each.moment, each.settings]));
    for (const size of steps) {
      if (changed.has(now.moment)) change(changed.get(now.moment));
      if (!stepWith(size)) return;
    }
    if (changed.has(now.moment)) change(changed.get(now.moment));
  }

  // From page to worker and back

  function saved() {
    keep();
    return { settings: first, changes, history, state: state() };
  }

  function resumed({ changes: known, history: seen, state: there }) {
    changes = known;
    Object.assign(history, seen);
    told = history.steps.length;
    kept.add(there);
    restore(there);
  }

  function news() {
    const from = Math.min(told, forked);
    [told, forked] = [history.steps.length, Infinity];
    const epochs = history.moments.findLastIndex((end) => end <= from) + 1;
    const fresh = Object.entries(history).map(([name, list]) => [name, list.slice(name.startsWith("step") ? from : epochs)]);
    return { from, history: Object.fromEntries(fresh), state: state(), last, stopped };
  }

  function taken(later) {
    if (later.from < history.steps.length) forgetAfter(later.from);
    for (const [name, numbers] of Object.entries(later.history)) for (const number of numbers) history[name].push(number);
    if (kept.isWanted(later.state.moment)) kept.add(later.state);
    restore(later.state);
    [last, stopped] = [later.last, later.stopped];
  }

  function stepWith(size) {
    if (history.steps[now.moment] !== Math.min(size, count - (now.position % count))) forget();
    return step(size);
  }

  function epoch() {
    do if (!stepWith(usual())) return false;
    while (now.position < count);
    return true;
  }

  // Slow motion

  function phase() {
    if (stopped) return null;
    if (!pending) {
      const batch = batchOf(next(usual()));
      pending = { batch, values: program.begin(P, batch.X, batch.targets), phase: 0 };
    }
    const name = PHASES[pending.phase];
    const { batch, values } = pending;
    if (name === "update") {
      if (history.steps[now.moment] !== batch.chosen.length) forget();
      keep();
      finished(batch, values);
      return { phase: name, batch, values, lines: [] };
    }
    const lines = program.lines.filter((line) => line.phase === name);
    for (const line of lines) compute(values, line);
    pending.phase += 1;
    return { phase: name, batch, values, lines: lines.map((line) => line.name) };
  }

  return {
    samples,
    program,
    history,
    parameters: P,
    sample: () => stepWith(1),
    batch: () => stepWith(usual()),
    epoch,
    phase,
    goTo,
    change,
    follow,
    saved,
    resumed,
    news,
    taken,
    nextRows: () => next(usual()).map((i) => train.rows[i]),
    evaluate: (name) => evaluated(samples[name]),
    stuck: () => stuckIn(program, P, train),
    get moment() { return now.moment; },
    get furthest() { return history.steps.length; },
    get settings() { return inForce(); },
    get changes() { return changes; },
    get recipe() {
      const until = now.moment;
      return { settings: first, steps: history.steps.slice(0, until), changes: changes.filter(({ moment }) => moment <= until) };
    },
    get epochs() { return now.epoch; },
    get position() { return now.position % count; },
    get learningRate() { return optimizer.lr(inForce().optimizer); },
    get gradient() { return last?.gradient ?? null; },
    get last() { return last; },
    get pending() { return pending && { phase: PHASES[pending.phase], batch: pending.batch, values: pending.values }; },
    get stopped() { return stopped; },
  };
}

// Whether two settings take the same steps.
function isSameStep(one, other) {
  return one.batch_size === other.batch_size && JSON.stringify(one.optimizer) === JSON.stringify(other.optimizer);
}

function areFinite(numbers) {
  for (let i = 0; i < numbers.length; i++) if (!Number.isFinite(numbers[i])) return false;
  return true;
}

// The moments that are kept whole: every one at first; where there are too many, every second one goes.
function momentsKept(most) {
  let [states, spacing] = [[], 1]; // in the order of their moments
  const placeOf = (moment) => states.findLastIndex((state) => state.moment <= moment);
  const isFar = (moment, place) => place < 0 || moment - states[place].moment >= spacing;
  const thinned = () => {
    spacing *= 2;
    const all = states;
    states = [];
    for (const state of all) if (isFar(state.moment, states.length - 1)) states.push(state);
  };
  return {
    isWanted: (moment) => isFar(moment, placeOf(moment)),
    add: (state) => {
      states = [...states.slice(0, placeOf(state.moment) + 1), state, ...states.slice(placeOf(state.moment) + 1)];
      if (states.length > most) thinned();
    },
    before: (moment) => states[placeOf(moment)],
    forgetAfter: (moment) => { states = states.filter((state) => state.moment <= moment); },
  };
}
