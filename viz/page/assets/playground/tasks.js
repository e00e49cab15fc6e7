// What does a loss expect of labels, and when is a prediction right? The table of nn/training/objectives.py.
//
//   target(label)            what the outputs are compared with
//   isRight(outputs, t)      for the outputs of one sample and its target; null where there is no right or wrong

const TASKS = {
  hinge: { target: (label) => (label > 0 ? 1 : -1), isRight: ([z], t) => z > 0 === t > 0 },
  mse: { target: (label) => label, isRight: null },
  bce: { target: (label) => label, isRight: ([p], t) => p > 0.5 === t > 0.5 },
  bce_with_logits: { target: (label) => label, isRight: ([z], t) => z > 0 === t > 0.5 },
  cross_entropy: { target: (label) => label, isRight: (z, t) => largest(z) === t },
};
export const LOSSES = Object.keys(TASKS);

export const taskOf = (loss) => TASKS[loss];

/** How many rows of outputs are right; NaN where there is no right or wrong. */
export function countRight({ isRight }, outputs, targets) {
  if (!isRight) return NaN;
  const width = outputs.length / targets.length;
  let right = 0;
  for (let i = 0; i < targets.length; i++) right += isRight(outputs.subarray(width * i, width * (i + 1)), targets[i]);
  return right;
}

/** The class that the outputs of one sample stand for. */
export function classOf(loss, outputs) {
  if (loss === "cross_entropy") return largest(outputs);
  return Number(outputs[0] > (loss === "bce" ? 0.5 : 0));
}

// The place of the largest number, the first of several; of a NaN, as in NumPy, its own.
function largest(numbers) {
  let place = 0;
  for (let i = 0; i < numbers.length; i++) {
    if (Number.isNaN(numbers[i])) return i;
    if (numbers[i] > numbers[place]) place = i;
  }
  return place;
}
