// How does the network learn, step by step? As nn.fit: epochs of all samples in a new order, in batches, the last one
// smaller; and every step can be taken back.
//
//   const training = trainingOf(settings)
//   training.sample(), batch(), epoch()    a step with one sample, with a batch, and all steps up to the end of an epoch
//   training.phase()                       a quarter of a step: forward, loss, backward, update, one after the other
//   training.goTo(moment)                  to the moment after so many steps, earlier or later
//   training.history                       what was seen, for each epoch and for each step
//   training.stopped                       what became inf or NaN, and where; null while all is well
//
// A *moment* is the number of steps that were taken. Some moments are kept whole, fewer the more there are; what lies
// between them is computed again, with the same numbers.

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

export function trainingOf(settings) {
  const samples = samplesOf(settings);
  const program = programFor(settings);
  const task = taskOf(settings.loss);
  const { train, validation } = samples;
  const count = train.rows.length;
  const width = settings.inputs.length;
  const usual = settings.batch_size ?? count;
  const { network } = settings;
  const given = network.parameters && Float64Array.from(network.parameters);
  const P = given ?? firstParameters(program.layers, network.init, network.seed);
  const optimizer = optimizerOf(settings.optimizer, program.count);
  const random = pythonRandom(settings.seed);

  const now = { moment: 0, epoch: 0, position: count, order: train.rows.map((_, i) => i), total: 0, right: 0 };
  const history = { loss: [], accuracy: [], val_loss: [], val_accuracy: [], moments: [], steps: [], step_loss: [] };
  const kept = momentsKept(Math.min(MOST_KEPT, Math.max(16, Math.floor(MOST_NUMBERS / (3 * program.count + count)))));
  let [last, stopped, pending, edits] = [null, null, null, 0];

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
      stopped = { ...originOf(program, values, batch, settings), moment: now.moment };
      return false;
    }
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
    const [loss, , outputs] = program.run(P, part.X, part.targets);
    return { loss, accuracy: countRight(task, outputs, part.targets) / part.rows.length, outputs };
  }

  // Moments

  function keep() {
    if (kept.has(now.moment)) return;
    const { moment, epoch, position, total, right } = now;
    const state = { optimizer: optimizer.state(), random: random.state(), order: now.order.slice(), P: P.slice() };
    kept.add(moment, () => ({ moment, epoch, position, total, right, ...state }));
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
    const { moment } = now;
    if (moment >= history.steps.length) return;
    edits += 1;
    for (const name of ["steps", "step_loss"]) history[name].length = moment;
    const epochs = history.moments.filter((end) => end <= moment).length;
    for (const name of ["loss", "accuracy", "moments"]) history[name].length = epochs;
    for (const name of ["val_loss", "val_accuracy"]) history[name].length = Math.min(history[name].length, epochs);
    kept.forgetAfter(moment);
  }

  function stepWith(size) {
    if (history.steps[now.moment] !== Math.min(size, count - (now.position % count))) forget();
    return step(size);
  }

  function epoch() {
    do if (!stepWith(usual)) return false;
    while (now.position < count);
    return true;
  }

  // Slow motion

  function phase() {
    if (stopped) return null;
    if (!pending) {
      const batch = batchOf(next(usual));
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
    settings,
    samples,
    program,
    history,
    parameters: P,
    sample: () => stepWith(1),
    batch: () => stepWith(usual),
    epoch,
    phase,
    goTo,
    nextRows: () => next(usual).map((i) => train.rows[i]),
    evaluate: (name) => evaluated(samples[name]),
    stuck: () => stuckIn(program, P, train),
    get moment() { return now.moment; },
    get furthest() { return history.steps.length; },
    get edits() { return edits; }, // how often steps that were taken were replaced by others
    get epochs() { return now.epoch; },
    get position() { return now.position % count; },
    get learningRate() { return optimizer.lr(); },
    get gradient() { return last?.gradient ?? null; },
    get last() { return last; },
    get pending() { return pending && { phase: PHASES[pending.phase], batch: pending.batch, values: pending.values }; },
    get stopped() { return stopped; },
  };
}

function areFinite(numbers) {
  for (let i = 0; i < numbers.length; i++) if (!Number.isFinite(numbers[i])) return false;
  return true;
}

// The moments that are kept whole: every one at first; where there are too many, every second one goes.
function momentsKept(most) {
  const states = new Map();
  let spacing = 1;
  const thinned = () => {
    spacing *= 2;
    for (const moment of states.keys()) if (moment % spacing) states.delete(moment);
  };
  return {
    has: (moment) => moment % spacing > 0 || states.has(moment),
    add: (moment, state) => {
      states.set(moment, state());
      if (states.size > most) thinned();
    },
    before: (moment) => states.get([...states.keys()].filter((each) => each <= moment).reduce((a, b) => Math.max(a, b))),
    forgetAfter: (moment) => { for (const each of states.keys()) if (each > moment) states.delete(each); },
  };
}
