// How does a parameter learn from its gradient? With the formulas of nn/optim.py, number by number.
//
//   optimizerOf(options, count)    {step(P, gradient), take(options), lr(options), state(), restore(state)}
//
// It may be given other options on the way: `take` keeps what is remembered, as setting an attribute does in Python, where
// the formula stays the same one; another formula begins anew.
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
  const fresh = ({ name }) => Array.from({ length: MOVES[name].memory }, () => new Float64Array(count));
  let [now, memory, steps] = [options, fresh(options), 0];
  const lr = (wanted = now) => wanted.lr * factorAt(wanted.name === now.name ? steps : 0, wanted);
  const take = (next) => {
    if (next.name !== now.name) [memory, steps] = [fresh(next), 0];
    now = next;
  };
  const step = (P, gradient) => {
    MOVES[now.name].move(P, clipped(gradient, now), { ...now, lr: lr() }, memory, steps + 1);
    steps += 1;
  };
  const state = () => ({ options: now, memory: memory.map((numbers) => numbers.slice()), steps });
  const restore = (kept) => { [now, memory, steps] = [kept.options, kept.memory.map((numbers) => numbers.slice()), kept.steps]; };
  return { step, take, lr, state, restore };
}

// A gradient, shortened to a length, or with its numbers cut off.
function clipped(gradient, { max_norm: longest, max_value: largest }) {
  if (longest === null && largest === null) return gradient;
  const g = largest === null ? gradient.slice() : gradient.map((x) => Math.min(Math.max(x, -largest), largest));
  if (longest === null) return g;
  const factor = Math.min(1, longest / (Math.sqrt(g.reduce((sum, x) => sum + x * x, 0)) + 1e-6));
  return g.map((x) => x * factor);
}
