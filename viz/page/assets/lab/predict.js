// Can you say the gradient before the page does? Each step back is a question. The question stands in the card; the panel
// has the switch, the score, what went wrong in the end, and the result to hand in.

import { mathName } from "../engine/printing.js";
import { button, byId, element } from "./dom.js";
import { signed } from "./formulas.js";
import { codeOf, resultOf } from "./handed_in.js";
import { judge, readAnswer } from "./judge.js";
import { groupedBy } from "./lists.js";
import { download, isCopied } from "./out.js";
import { PAGE } from "./page.js";
import { NEW_QUIZ, logged, openPosition, questionsOf, scoreOf } from "./quiz.js";
import { say, sayAll, sentence } from "./say.js";
import { localText, minus, named, ratio, ratioText } from "./shown.js";
import { goTo, stepOf } from "./store.js";
import { operationText } from "./titles.js";

export const predictPanel = { name: "predict", mount, draw };

const MOST_MARKS = 150; // questions that have a mark each
const MARKS = { right: "✓", wrong: "✗", shown: "–" };

let parts = {}; // of the panel and of the question

// ── The panel ──

function mount(section, store) {
  parts = { ...questionParts(store), ...panelParts(store) };
  section.append(parts.start, parts.running, parts.help, parts.rules);
  mountQuestion(store);
}

function panelParts(store) {
  const values = element("input", { type: "checkbox", id: "quiz-values" });
  const label = element("label", { class: "choice" }, values, element("span", { "data-say": "predict_values" }));
  const begin = button("predict_start", () => begun(store, values.checked), { id: "quiz-start", class: "main" });
  const score = element("p", { id: "quiz-score", role: "status" });
  const marks = element("ol", { id: "quiz-marks", "data-say-label": "predict_marks" });
  const summary = element("div", { id: "quiz-summary" });
  const stop = button("predict_stop", () => store.change({ quiz: null }), { id: "quiz-stop" });
  const again = button("predict_again", () => begun(store, store.state.quiz.values), { id: "quiz-again" });
  return {
    score, marks, summary,
    help: element("p", { class: "help", "data-say": "predict_help" }),
    start: element("div", { class: "row" }, begin, label),
    running: element("div", {}, score, marks, summary, element("div", { class: "row" }, again, stop)),
    rules: rules(),
  };
}

function rules() {
  const lines = ["predict_rule_first", "predict_rule_digits", "predict_rule_shown", "predict_rule_ahead"];
  const list = element("ul", {}, ...lines.map((key) => element("li", { "data-say": key })));
  return element("details", { id: "quiz-rules" }, element("summary", { "data-say": "predict_rules" }), list);
}

function begun(store, values) {
  store.change({ quiz: { ...NEW_QUIZ, values } });
  goTo(store, openPosition(store.state));
  if (store.state.asked !== null) parts.answer.focus();
}

function draw(state) {
  const isOn = state.quiz !== null;
  parts.start.hidden = isOn;
  parts.running.hidden = !isOn;
  if (!isOn) return;
  const questions = questionsOf(state);
  drawScore(scoreOf(questions));
  drawMarks(state, questions);
  drawSummary(state, questions);
}

function drawScore({ right, wrong, shown: given, toCome, all }) {
  setText(parts.score, say("predict_score", { right, wrong, shown: given, answered: all - toCome, all }));
}

function drawMarks(state, questions) {
  parts.marks.hidden = questions.length > MOST_MARKS;
  if (parts.marks.hidden) return;
  parts.marks.replaceChildren(...questions.map((question, index) => element("li", {}, markOf(state, question, index + 1))));
}

function markOf(state, { step, position, said }, number) {
  const isOpen = !said?.isDone;
  const text = MARKS[said?.verdict] ?? String(number);
  const told = say(`predict_mark_${said?.verdict ?? "open"}`, { number, what: whatOf(step) });
  const attributes = { type: "button", class: `mark ${said?.verdict ?? "open"}`, "aria-label": told, title: told };
  const made = element("button", attributes, text);
  made.disabled = isOpen && position > openPosition(state);
  if (position === state.position) made.setAttribute("aria-current", "step");
  made.addEventListener("click", () => goTo(parts.store, position));
  return made;
}

function whatOf(step) {
  return step.phase === "forward" ? mathName(step.name) : ratioText(step.output, step.argument);
}

// ── In the end: which mistakes, how often, and where ──

function drawSummary(state, questions) {
  const isOver = questions.length > 0 && questions.every(({ said }) => said?.isDone);
  parts.summary.replaceChildren(...(isOver ? verdictOf(questions) : []), ...handInOf(state, questions));
  sayAll(parts.summary);
}

function verdictOf(questions) {
  const { right, all } = scoreOf(questions);
  const wrong = questions.filter(({ said }) => said.verdict !== "right");
  const head = element("h3", {}, say(wrong.length ? "predict_over" : "predict_all_right", { right, all }));
  const found = [...groupedBy(wrong, mistakeOf)].sort(([, a], [, b]) => b.length - a.length);
  return [head, element("ul", { class: "mistakes" }, ...found.map(([key, all]) => mistakeLine(key, all)))];
}

function mistakeOf({ said }) {
  return said.verdict === "shown" ? "shown" : (said.mistake ?? "unknown");
}

function mistakeLine(key, questions) {
  const steps = questions.map(({ step, position }) => {
    const made = element("button", { type: "button", class: "link" }, say("predict_back_to", { step: position, what: whatOf(step) }));
    made.addEventListener("click", () => goTo(parts.store, position));
    return made;
  });
  const times = element("strong", {}, `${questions.length} × `);
  return element("li", { "data-mistake": key }, times, say(`mistake_name_${key}`), element("div", { class: "row tight" }, ...steps));
}

// ── To hand in ──

function handInOf(state, questions) {
  if (!questions.some(({ said }) => said)) return [];
  const code = element("output", { id: "quiz-code" }, codeOf(state, PAGE.letters));
  const told = element("p", { id: "quiz-copied", role: "status" });
  const copy = (key, text) => button(key, async () => setText(told, say((await isCopied(text())) ? "predict_copied" : "predict_not_copied")));
  const asJson = () => JSON.stringify(resultOf(parts.store.state, PAGE.letters, timing()), null, 2);
  const isOver = questions.every(({ said }) => said?.isDone);
  const details = element("details", isOver || isOpenNow("quiz-hand-in") ? { id: "quiz-hand-in", open: "" } : { id: "quiz-hand-in" });
  details.append(
    element("summary", { "data-say": "predict_hand_in" }),
    element("p", { class: "row" }, code, copy("predict_copy_code", () => codeOf(parts.store.state, PAGE.letters))),
    element("p", { class: "row" }, copy("predict_copy", asJson), button("predict_download", () => download("predictions.json", jsonFile(asJson())), { id: "quiz-download" })),
    told,
    element("p", { class: "help", "data-say": "predict_code_help" }),
  );
  return [details];
}

function isOpenNow(id) {
  return byId(id)?.open ?? false;
}

const jsonFile = (text) => new Blob([text], { type: "application/json" });

const clock = { begun: 0, asked: 0 }; // when the quiz was begun and the present question asked

function timing() {
  return { seconds: seconds(clock.begun), date: new Date().toISOString() };
}

function seconds(since) {
  return Math.round((performance.now() - since) / 100) / 10;
}

// ── The question ──

function questionParts(store) {
  const answer = element("input", {
    id: "quiz-answer", type: "text", inputmode: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    "data-say-label": "predict_answer", "aria-describedby": "quiz-asked quiz-feedback",
  });
  const check = element("button", { id: "quiz-check", class: "main", "data-say": "predict_check" });
  const show = button("predict_show", () => reveal(store), { id: "quiz-show" });
  const next = button("predict_next", () => toNext(store), { id: "quiz-next", class: "main" });
  const form = element("form", { id: "quiz-form", class: "row" }, answer, check, show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answered(store);
  });
  return {
    store, form, answer, next,
    asked: element("div", { id: "quiz-asked" }),
    feedback: element("p", { id: "quiz-feedback", role: "status" }),
    goOn: element("div", { class: "row" }, next),
  };
}

// In the card, beside the step; without a place there, above the panels.
function mountQuestion(store) {
  const question = element("div", { id: "quiz" }, parts.asked, parts.form, parts.feedback, parts.goOn);
  const place = byId("question") ?? byId("card");
  place.append(question);
  store.onChange((state, before) => drawQuestion(question, state, before));
  drawQuestion(question, store.state, {});
}

function drawQuestion(question, state, before) {
  if (state.quiz && !before.quiz) clock.begun = performance.now();
  const said = state.quiz?.log.get(state.position);
  question.hidden = !state.quiz || (state.asked === null && !said);
  if (question.hidden) return;
  const isAsked = state.asked !== null;
  const isOther = state.position !== before.position || state.steps !== before.steps || !before.quiz;
  question.classList.toggle("is-done", !isAsked);
  parts.form.hidden = !isAsked;
  parts.asked.hidden = !isAsked;
  parts.goOn.hidden = isAsked;
  parts.next.dataset.say = openPosition(state) === Infinity ? "predict_to_summary" : "predict_next";
  parts.asked.replaceChildren(...(isAsked ? asking(state) : []));
  if (isOther) drawNew(state, said);
  else if (state.isHeld) tell("", say("predict_held"));
  else if (state.lang !== before.lang) tell("", ...(said ? past(said) : []));
  sayAll(question);
}

function drawNew(state, said) {
  parts.answer.value = "";
  parts.answer.removeAttribute("aria-invalid");
  clock.asked = performance.now();
  tell(said ? `is-${said.verdict}` : "", ...(said ? past(said) : []));
}

// What was said to a question, when one comes back to it.
function past({ verdict, first, mistake }) {
  const told = say(`predict_past_${verdict}`, { answer: minus(first) });
  return verdict === "wrong" && mistake ? [told, " ", say(`mistake_name_${mistake}`)] : [told];
}

function asking(state) {
  const step = stepOf(state);
  if (step.phase === "forward") {
    return [element("p", { class: "ask" }, ...sentence("predict_ask_value", { node: named(step.name), formula: operationText(state.graph, step.node) }))];
  }
  const gradient = () => ratio(step.output, step.argument);
  const given = sentence("predict_given", { upstream: ratio(step.output, step.user), number: signed(step.upstream) });
  const before = step.is_first ? [] : [" ", ...sentence("predict_before", { gradient: gradient(), number: signed(step.before) })];
  const through = step.role ? [" ", ...sentence("predict_through", { local: localText(state, step) })] : [];
  return [
    element("p", { class: "ask" }, ...sentence(step.is_first ? "predict_ask" : "predict_ask_sum", { gradient: gradient(), user: named(step.user) })),
    element("p", {}, ...given, ...before, ...through),
  ];
}

// Only the first answer counts; a wrong one may be corrected, and keeps the question open.
function answered(store) {
  const { state } = store;
  if (state.asked === null) return;
  const typed = parts.answer.value.trim();
  const readings = readAnswer(typed);
  const { verdict, mistake } = readings.length ? judge(state, stepOf(state), readings) : { verdict: "unread" };
  parts.answer.setAttribute("aria-invalid", verdict !== "right");
  if (verdict === "right") return closed(store, { verdict, answer: typed });
  parts.answer.select();
  if (verdict !== "wrong") return tell("is-wrong", say(`predict_${verdict}`));
  const log = logged(state.quiz.log, state.position, { verdict, mistake, answer: typed, isDone: false, seconds: seconds(clock.asked) });
  store.change({ quiz: { ...state.quiz, log } });
  return tell("is-wrong", "✗ ", say("predict_wrong", { answer: minus(typed) }), " ", ...explained(state, stepOf(state), mistake));
}

function closed(store, { verdict, answer }) {
  const { quiz, position } = store.state;
  const log = logged(quiz.log, position, { verdict, answer, isDone: true, seconds: seconds(clock.asked) });
  store.change({ quiz: { ...quiz, log } });
  const number = signed(resultOfStep(stepOf(store.state)));
  if (verdict === "right") tell("is-right", "✓ ", say(log.get(position).verdict === "right" ? "predict_right" : "predict_corrected", { number }));
  else tell("", say("predict_shown", { number }));
  parts.next.focus();
}

function resultOfStep(step) {
  return step.phase === "forward" ? step.out : step.after;
}

function reveal(store) {
  closed(store, { verdict: "shown" });
}

function toNext(store) {
  const open = openPosition(store.state);
  if (open === Infinity) {
    store.change({ tab: "predict" });
    goTo(store, store.state.steps.length + 1);
    parts.summary.scrollIntoView({ block: "nearest" });
    return;
  }
  goTo(store, open);
  parts.answer.focus();
}

/** What is told of a wrong answer: which usual mistake gives it, or how to begin. */
function explained(state, step, mistake) {
  const key = mistake ? `mistake_${step.phase === "forward" ? "forward_" : ""}${mistake}` : unknownOf(step);
  return [element("span", { "data-mistake": mistake ?? "unknown" }, ...sentence(key, placesOf(state, step)))];
}

function unknownOf(step) {
  return step.phase === "forward" ? "predict_unknown_value" : "predict_unknown";
}

function placesOf(state, step) {
  if (step.phase === "forward") return { node: named(step.name), formula: operationText(state.graph, step.node) };
  return {
    argument: named(step.argument),
    user: named(step.user),
    gradient: ratio(step.output, step.user),
    local: element("span", { class: "ratio" }, localText(state, step)),
    upstream: signed(step.upstream),
    before: signed(step.before),
  };
}

function tell(kind, ...told) {
  parts.feedback.className = kind;
  parts.feedback.replaceChildren(...told);
}

function setText(part, text) {
  if (part.textContent !== text) part.textContent = text; // a live region speaks only of what is new
}
