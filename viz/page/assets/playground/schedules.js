// How does the learning rate change from step to step? As in nn/schedules.py: a factor for the number of the step.

const FORMS = {
  constant: () => 1,
  step: (n, { steps, factor }) => factor ** Math.floor(n / steps),
  linear: (n, { steps, end }) => 1 + ((end - 1) * Math.min(n, steps)) / steps,
  cosine: (n, { steps, end }) => end + ((1 - end) * (1 + Math.cos((Math.PI * Math.min(n, steps)) / steps))) / 2,
};
export const SCHEDULES = Object.keys(FORMS);
export const WARM_UP_FROM = 0.1;

/** The factor of step n, counted from 0: {schedule, schedule_steps, schedule_end, schedule_factor, warm_up}. */
export function factorAt(n, options) {
  const { schedule, warm_up: warmUp } = options;
  if (n < warmUp) return WARM_UP_FROM + ((1 - WARM_UP_FROM) * n) / warmUp;
  const form = { steps: options.schedule_steps, end: options.schedule_end, factor: options.schedule_factor };
  return FORMS[schedule](n - warmUp, form);
}
