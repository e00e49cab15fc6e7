// What can a learner do? Change the inputs, nudge one, predict, sweep in another order, check the gradient.

// ── Change the inputs ──

function prepareInputs(state, onChange) {
  const rows = [...state.leaves.keys()].map((node) => inputRow(state, node, onChange));
  byId("input-rows").replaceChildren(...rows);
  byId("reset").addEventListener("click", () => {
    for (const [node, number] of state.first) setInput(state, node, number);
    onChange();
  });
}

function inputRow(state, node, onChange) {
  const [name, number] = [nameOf(PAGE, node), state.leaves.get(node)];
  const reach = Math.max(3, 2 * Math.abs(number));
  const field = element("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", value: String(number), "data-node": node,
    "aria-label": say("value_of", { name }),
  });
  const slider = element("input", {
    type: "range", min: number - reach, max: number + reach, step: "any", "data-node": node,
    "aria-label": say("slider_of", { name }),
  });
  slider.value = number;
  field.addEventListener("input", () => {
    const typed = typedNumber(field.value);
    field.setAttribute("aria-invalid", typed === null);
    complain(typed === null ? say("not_a_number", { name }) : "");
    if (typed === null) return;
    slider.value = typed;
    state.leaves.set(node, typed);
    onChange();
  });
  slider.addEventListener("input", () => {
    const rounded = Number(show(Number(slider.value), 3));
    setInput(state, node, rounded);
    onChange();
  });
  return element("div", { class: "input-row" }, element("span", colored(node), name), field, slider);
}

function setInput(state, node, number) {
  state.leaves.set(node, number);
  const [field, slider] = document.querySelectorAll(`#input-rows [data-node="${node}"]`);
  field.value = String(number);
  field.removeAttribute("aria-invalid");
  slider.value = number;
}

function complain(text) {
  byId("problem").textContent = text;
}

function sayOutside(node) {
  const { formula: wording, signature, domain } = operationOf(PAGE, node);
  const places = { formula: plain(PAGE, inNames(PAGE, wording, node)), signature, domain: STRINGS[domain] ?? domain };
  complain(say("outside", places));
}

// ── Nudge an input ──

function prepareNudge(state) {
  const leaves = [...state.leaves.keys()];
  byId("nudge-leaf").replaceChildren(...leaves.map((node) => element("option", { value: node }, nameOf(PAGE, node))));
  byId("nudge-leaf").addEventListener("change", () => drawNudge(state));
  byId("nudge-size").addEventListener("input", () => drawNudge(state));
}

function drawNudge(state) {
  const node = Number(byId("nudge-leaf").value);
  const size = typedNumber(byId("nudge-size").value);
  byId("nudge-size").setAttribute("aria-invalid", size === null);
  if (size === null || !state.leaves.has(node)) return;
  const gradient = finalGradients(PAGE, state.steps)[node];
  const moved = new Map(state.leaves).set(node, state.leaves.get(node) + size);
  const actual = valueOrNothing(evaluate(PAGE, moved)) - state.values.at(-1);
  const predicted = gradient * size;
  byId("nudge-predicted").textContent = `${inBrackets(show(gradient))} · ${inBrackets(show(size))} = ${show(predicted, 6)}`;
  byId("nudge-actual").textContent = show(actual, 6);
  byId("nudge-gap").textContent = show(actual - predicted, 3);
  byId("nudge-verdict").textContent = nudgeVerdict(predicted, actual, nameOf(PAGE, node));
}

function nudgeVerdict(predicted, actual, name) {
  const gap = Math.abs(actual - predicted);
  const largest = Math.max(Math.abs(actual), Math.abs(predicted));
  const output = nameOf(PAGE, PAGE.trace.nodes.length - 1);
  if (!Number.isFinite(gap)) return "";
  if (gap <= 1e-9 * Math.max(largest, 1e-3)) return say("nudge_exact", { output, name });
  const share = gap / largest;
  return say(share < 0.05 ? "nudge_close" : "nudge_far", { percent: `${show(100 * share, 2)} %` });
}

// ── Predict ──

function drawQuiz(state, hidden) {
  const isAsked = hidden !== null;
  const isDone = state.quiz.on && state.answered.has(state.position);
  byId("quiz").hidden = !isAsked && !isDone;
  byId("quiz-wait").hidden = !state.quiz.on || isAsked || isDone;
  byId("quiz-score").textContent = say("predict_score", state.quiz);
  byId("quiz-next").hidden = isAsked || state.position === state.steps.length - 1;
  for (const id of ["quiz-answer", "quiz-check", "quiz-show"]) byId(id).disabled = !isAsked;
  if (isAsked && state.quiz.at !== state.position) {
    state.quiz.at = state.position;
    byId("quiz-answer").value = "";
    byId("quiz-feedback").replaceChildren();
  }
}

// Only the first answer counts; a wrong one may be corrected, and keeps the question open.
function answer(state, typed) {
  const step = state.steps[state.position];
  const number = typedNumber(typed);
  if (number === null) return feedback("wrong", say("predict_number"));
  const { right, mistake } = judge(PAGE, step, state.values, number);
  if (!state.quiz.tried.has(state.position)) {
    state.quiz.tried.add(state.position);
    state.quiz.asked += 1;
    state.quiz.right += right ? 1 : 0;
  }
  if (!right) return feedback("wrong", say("predict_wrong", { answer: show(number) }), " ", ...explained(step, mistake));
  state.answered.add(state.position);
  return feedback("right", "✓ ", say("predict_right", { number: show(step.after) }));
}

function explained(step, mistake) {
  const output = PAGE.trace.nodes.length - 1;
  const places = {
    argument: named(PAGE, step.argument_node),
    user: named(PAGE, step.user_node),
    gradient: ratio(output, step.user_node),
  };
  const reason = element("span", { "data-mistake": mistake ?? "unknown" }, ...sentence(mistake ?? "predict_unknown", places));
  return [reason];
}

function reveal(state) {
  if (!state.quiz.tried.has(state.position)) state.quiz.asked += 1;
  state.quiz.tried.add(state.position);
  state.answered.add(state.position);
  feedback("shown", say("predict_shown", { number: show(state.steps[state.position].after) }));
}

function feedback(kind, ...parts) {
  byId("quiz-feedback").className = kind;
  byId("quiz-feedback").replaceChildren(...(kind === "wrong" ? ["✗ "] : []), ...parts);
}

// ── Why this order ──

function prepareOrder(state) {
  const options = Object.keys(ORDERS).map((key) => element("option", { value: key }, say(key)));
  byId("order-choice").replaceChildren(...options);
  byId("order-choice").value = worstOrder(PAGE, state.steps);
  byId("order-choice").addEventListener("change", () => drawOrder(state));
}

function drawOrder(state) {
  const { turns, gradients } = sweep(PAGE, state.steps, ORDERS[byId("order-choice").value](PAGE));
  const right = finalGradients(PAGE, state.steps);
  const early = turns.filter((turn) => turn.toCome > 0);
  byId("order-rows").replaceChildren(...turns.map((turn, index) => orderRow(turn, index, right)));
  byId("order-lucky").hidden = early.length > 0 || byId("order-choice").value === "order_right";
  const leaves = [...state.leaves.keys()].map((node) => orderResult(node, gradients[node], right[node]));
  byId("order-leaves").replaceChildren(...leaves);
  const isOpen = byId("order-panel").open;
  annotate("order", new Map(isOpen ? early.map((turn) => [turn.node, say("early_badge")]) : []));
}

function orderRow(turn, index, right) {
  const verdict = turn.toCome ? say("order_early", { count: turn.toCome }) : say("order_fine");
  const name = element("span", colored(turn.node), nameOf(PAGE, turn.node));
  const cells = [String(index + 1), name, show(turn.read), show(right[turn.node]), (turn.toCome ? "⚠ " : "✓ ") + verdict];
  return element("tr", turn.toCome ? { class: "early" } : {}, ...cells.map((cell) => element("td", {}, cell)));
}

function orderResult(node, wrong, right) {
  const isSame = wrong === right || Math.abs(wrong - right) <= 1e-12 * Math.abs(right);
  const places = { name: nameOf(PAGE, node), wrong: show(wrong), right: show(right) };
  return element("li", { class: isSame ? "right" : "wrong" }, (isSame ? "✓ " : "✗ ") + say(isSame ? "order_same" : "order_leaf", places));
}

// ── Gradient check ──

function drawCheck(state) {
  const isOpen = byId("check-panel").open;
  if (!isOpen) return annotate("check", new Map());
  const leaves = leafChecks(PAGE, state.steps, state.leaves);
  const edges = edgeChecks(PAGE, state.steps, state.values);
  byId("check-rows").replaceChildren(...leaves.map((check) => checkRow(`∂${PAGE.trace.nodes.at(-1).name}/∂${nameOf(PAGE, check.node)}`, check)));
  byId("check-edges").replaceChildren(...edges.map((check) => checkRow(plain(PAGE, [local(check.step)]), check)));
  byId("check-step").textContent = say("check_step", { step: show(STEP), tolerance: show(TOLERANCE) });
  const edgeOf = new Map(PAGE.edges.map((edge, index) => [PAGE.trace.steps[edge.step], index]));
  const told = PAGE.trace.steps.filter((step) => step.phase === "backward");
  const noted = edges.map((check, index) => [edgeOf.get(told[index]), mark(check)]);
  return annotate("check", new Map(leaves.map((check) => [check.node, leafNote(check)])), new Map(noted));
}

function checkRow(what, check) {
  const places = { left: show(check.left), right: show(check.right) };
  const cells = [what, show(check.analytic, 8), show(check.numeric, 8), show(check.error, 1), say(`check_${check.verdict}`, places)];
  return element("tr", { "data-verdict": check.verdict }, ...cells.map((cell) => element("td", {}, cell)));
}

const MARKS = { ok: "✓", kink: "∧", edge: "|", unclear: "?", wrong: "✗" };

function mark(check) {
  return MARKS[check.verdict];
}

function leafNote(check) {
  return `≈ ${show(check.numeric)} ${mark(check)} ${show(check.error, 1)}`;
}
