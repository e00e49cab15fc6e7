// What is asked in predict mode, and what may not be seen yet? Each step of the sweep is a question until it is answered,
// or shown, and there is no way past an open one: so nothing that comes later can give it away.
//
//   quiz   null, or {values, log}: whether the numbers on the way forward are asked too, and a Map from positions to what
//          was said to their questions: {verdict, mistake, first, tries, seconds, isDone}
//
//   verdict   "right" or "wrong", as the first answer was, or "shown"; it stays, also when a wrong answer is corrected
//   mistake   the usual mistake behind a wrong answer, a key of judge.js, or null
//   first     the first answer as it was typed
//   isDone    whether the question is closed

export const NEW_QUIZ = { values: false, log: new Map() };

/** Whether a step is a question. */
export function isQuestion({ values }, { phase }) {
  return phase === "backward" || (values && phase === "forward");
}

/** The position of the first question that is open; Infinity if there is none. */
export function openPosition({ steps, quiz }) {
  if (!quiz) return Infinity;
  const isOpen = (step, index) => isQuestion(quiz, step) && !quiz.log.get(index + 1)?.isDone;
  const index = steps.findIndex(isOpen);
  return index < 0 ? Infinity : index + 1;
}

/** The state with its question: never behind an open one, and from the beginning when the numbers or the graph change. */
export function withQuestion(state, before) {
  if (!state.quiz) return { ...state, asked: null, isHeld: false };
  const quiz = state.steps === before.steps ? state.quiz : { ...state.quiz, log: new Map() };
  const open = openPosition({ ...state, quiz });
  const position = Math.min(state.position, open);
  const isAsked = position === open;
  const asked = isAsked ? nodeOf(state.steps[position - 1]) : null;
  return { ...state, quiz, position, asked, isHeld: state.position > open, playing: state.playing && !isAsked };
}

/** The node whose number or gradient a step finds. */
export function nodeOf(step) {
  return step.phase === "backward" ? step.argument_node : step.node;
}

/** All questions: {step, position, said} in their order; `said` is null for one that has not been answered. */
export function questionsOf({ steps, quiz }) {
  return steps.flatMap((step, index) => {
    return isQuestion(quiz, step) ? [{ step, position: index + 1, said: quiz.log.get(index + 1) ?? null }] : [];
  });
}

/** How many are right at the first answer, wrong at it, shown, and still to come. */
export function scoreOf(questions) {
  const count = (verdict) => questions.filter(({ said }) => said?.verdict === verdict).length;
  const toCome = questions.filter(({ said }) => !said).length;
  return { right: count("right"), wrong: count("wrong"), shown: count("shown"), toCome, all: questions.length };
}

const known = new WeakMap(); // the edges that are still to be asked, of a quiz

/** Whether the local derivative of an edge, {user, position}, is not to be shown: its question is still to come. */
export function isSecret({ steps, quiz }, { user, position }) {
  if (!quiz) return false;
  if (!known.has(quiz)) known.set(quiz, new Set(steps.slice(openPosition({ steps, quiz }) - 1).map(edgeOf)));
  return known.get(quiz).has(edgeOf({ user_node: user, position }));
}

function edgeOf({ user_node: user, position }) {
  return `${user}-${position}`;
}

/** Whether the question of this position has been answered, or shown. */
export function hasAnswer({ quiz, position }) {
  return quiz?.log.get(position)?.isDone ?? false;
}

/** Whether panels that show gradients have to keep quiet. */
export function hasSecrets(state) {
  return openPosition(state) < Infinity;
}

/** The log with what was said to the question at a position: only the first answer sets the verdict. */
export function logged(log, position, { verdict, mistake = null, answer = "", isDone, seconds = 0 }) {
  const said = log.get(position) ?? { verdict, mistake, first: answer, tries: 0, seconds };
  return new Map(log).set(position, { ...said, tries: said.tries + (verdict === "shown" ? 0 : 1), isDone });
}
