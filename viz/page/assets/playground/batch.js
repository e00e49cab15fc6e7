// Which batch is it about, and with which numbers? The one that training takes next, with the parameters of this moment.
//
//   batchOf(run)            {network, P, X, Y, members, lines, arrays, gradientAt}
//   sampleOf(state)         the sample that is looked at: the chosen point, or the first of the batch
//   sampleRow(run, sample)  what the network is given of a point, and what the loss compares its outputs with: {x, target}
//
//   members     the points in the batch, by their numbers in the data; X and Y have a row and a target for each
//   gradientAt  the loss and the gradient of one sample, as the program computes them for a batch of one

import { taskOf } from "./tasks.js";

const known = new WeakMap(); // the batch of a session, as it was last asked for

export function batchOf(run) {
  const { session } = run;
  const [members, P, last] = [session.nextRows(), session.parameters, known.get(session)];
  if (last && areSame(last.members, members) && areSame(last.P, P)) return last;
  known.set(session, made(run, members, Float64Array.from(P)));
  return known.get(session);
}

function areSame(one, other) {
  return one.length === other.length && one.every((each, place) => Object.is(each, other[place]));
}

function made(run, members, P) {
  const { program, samples } = run.session;
  const rows = members.map((member) => sampleRow(run, member));
  const [X, Y] = [rows.map(({ x }) => x), rows.map(({ target }) => target)];
  const network = { inputs: samples.names, layers: program.layers, loss: program.loss };
  const gradientAt = (x, target) => program.run(P, Float64Array.from(x), Float64Array.of(target)).slice(0, 2);
  return { network, P, X, Y, members, gradientAt, lines: linesOf(program), arrays: arraysOf(program, P, X, Y) };
}

// What is computed; at the end of the program its parts are only put together.
function linesOf({ lines }) {
  return lines.filter(({ kind, name }) => kind !== "part" && name !== "m");
}

// Every array of the program, and what it is given.
function arraysOf(program, P, X, Y) {
  const flat = Float64Array.from(X.flat());
  const targets = Float64Array.from(Y);
  const given = [["X", { shape: [X.length, X[0].length], numbers: flat }], [program.targets, { shape: [Y.length], numbers: targets }]];
  return new Map([...given, ...program.arrays(P, flat, targets)]);
}

export function sampleOf({ sample, run }) {
  return sample ?? batchOf(run).members[0];
}

export function sampleRow({ session: { samples, settings } }, sample) {
  return { x: samples.given(samples.points.X[sample]), target: taskOf(settings.loss).target(samples.points.y[sample]) };
}
