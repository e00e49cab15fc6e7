// How does a parameter learn from its gradient? With the formulas of nn/optim.py, number by number.
//
//   optimizerOf(options, count)    {step(P, gradient), lr(), state(), restore(state)}
//
// `options` are those of the settings: {name, lr, momentum, nesterov, weight_decay, betas, eps, max_norm, max_value} and
// the schedule. `memory` are the numbers that are remembered for each parameter from step to step.

import { factorAt } from "./schedules.js";

// Each moves P in place, given the gradient g, the learning rate, the number of the step from 1 on, and the memory.
const MOVES = {
  sgd: { memory: 1, move: descend },
  adam: { memory: 2, move: adapt },
  adamw: { memory: 2, move: adapt },
};
export const OPTIMIZERS = Object.keys(MOVES);

function descend(P, g, { lr, momentum, nesterov, weight_decay: decay }, [velocity]) {
  for (let i = 0; i < P.length; i++) {
    const slope = g[i] + decay * P[i];
    velocity[i] = momentum * velocity[i] + slope;
    P[i] -= lr * (nesterov ? slope + momentum * velocity[i] : velocity[i]);
  }
}

function adapt(P, g, { name, lr, betas, eps, weight_decay: decay }, [m, v], t) {
  const [one, two] = betas;
  const [fewFirst, fewSecond] = [1 - one ** t, 1 - two ** t];
  for (let i = 0; i < P.length; i++) {
    const slope = name === "adam" ? g[i] + decay * P[i] : g[i];
    if (name === "adamw") P[i] *= 1 - lr * decay;
    m[i] = one * m[i] + (1 - one) * slope;
    v[i] = two * v[i] + (1 - two) * slope * slope;
    P[i] -= (lr * (m[i] / fewFirst)) / (Math.sqrt(v[i] / fewSecond) + eps);
  }
}

export function optimizerOf(options, count) {
  const { memory: kinds, move } = MOVES[options.name];
  let [memory, steps] = [Array.from({ length: kinds }, () => new Float64Array(count)), 0];
  const lr = () => options.lr * factorAt(steps, options);
  const step = (P, gradient) => {
    move(P, clipped(gradient, options), { ...options, lr: lr() }, memory, steps + 1);
    steps += 1;
  };
  const state = () => ({ memory: memory.map((numbers) => numbers.slice()), steps });
  const restore = (kept) => { [memory, steps] = [kept.memory.map((numbers) => numbers.slice()), kept.steps]; };
  return { step, lr, state, restore };
}

// A gradient, shortened to a length, or with its numbers cut off.
function clipped(gradient, { max_norm: longest, max_value: largest }) {
  if (longest === null && largest === null) return gradient;
  const g = largest === null ? gradient.slice() : gradient.map((x) => Math.min(Math.max(x, -largest), largest));
  if (longest === null) return g;
  const factor = Math.min(1, longest / (Math.sqrt(g.reduce((sum, x) => sum + x * x, 0)) + 1e-6));
  return g.map((x) => x * factor);
}
