// What holds it together? One state, one `draw` that shows it, and controls that change it and draw again.

const state = {
  steps: told(PAGE),
  values: PAGE.trace.nodes.map((node) => asNumber(node.data)),
  leaves: new Map(),
  first: new Map(),
  position: 0,
  timer: null,
  answered: new Set(),
  quiz: { on: false, right: 0, asked: 0, tried: new Set(), at: -1 },
};
PAGE.trace.nodes.forEach((node, index) => {
  if (!node.args.length && !node.is_constant) state.leaves.set(index, state.values[index]);
});
state.first = new Map(state.leaves);

function hiddenNode() {
  const step = state.steps[state.position];
  const isAsked = state.quiz.on && step.phase === "backward" && !state.answered.has(state.position);
  return isAsked ? step.argument_node : null;
}

function draw() {
  const hidden = hiddenNode();
  drawFrame(PAGE, state.steps, state.values, state.position, hidden);
  drawCard(PAGE, state.steps, state.values, state.position, hidden);
  drawQuiz(state, hidden);
  drawControls();
}

function drawControls() {
  const last = state.steps.length - 1;
  byId("timeline").value = state.position;
  byId("timeline").setAttribute("aria-valuetext", byId("count").textContent);
  for (const id of ["first", "back"]) byId(id).disabled = state.position === 0;
  for (const id of ["next", "last"]) byId(id).disabled = state.position === last;
  const phase = state.steps[state.position].phase;
  document.querySelectorAll("[data-phase]").forEach((item) => {
    if (item.dataset.phase === phase) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  });
}

function go(position, { quietly = false } = {}) {
  const wanted = Math.max(0, Math.min(state.steps.length - 1, position));
  const hasMoved = wanted !== state.position;
  state.position = wanted;
  draw();
  follow(state.steps[state.position]);
  if (hasMoved && !quietly) pulse(state.steps, state.position, hiddenNode());
  rememberStep();
}

// The step in the address, for links; a page inside a notebook has no address of its own.
function rememberStep() {
  if (location.protocol !== "about:") history.replaceState(null, "", `#step=${state.position + 1}`);
}

function stepInAddress() {
  const found = /^#step=(\d+)$/.exec(location.hash);
  return found ? Number(found[1]) - 1 : null;
}

function goToNode(node) {
  const concerns = (step) => (step.phase === "backward" ? step.argument_node : step.node) === node;
  const places = state.steps.flatMap((step, index) => (concerns(step) ? [index] : []));
  stop();
  if (places.length) go(places.find((place) => place > state.position) ?? places[0]);
}

// Playing

function play() {
  if (state.position === state.steps.length - 1) go(0);
  byId("play").textContent = say("pause");
  const beat = () => {
    go(state.position + 1);
    if (state.position === state.steps.length - 1 || hiddenNode() !== null) return stop();
    state.timer = setTimeout(beat, 1600 / Number(byId("speed").value));
  };
  state.timer = setTimeout(beat, 300);
}

function stop() {
  clearTimeout(state.timer);
  state.timer = null;
  byId("play").textContent = say("play");
}

function togglePlay() {
  if (state.timer === null) play();
  else stop();
}

// New numbers: everything is computed again

function recompute() {
  const { values, outside } = evaluate(PAGE, state.leaves);
  if (outside >= 0) return sayOutside(outside);
  complain("");
  state.values = values;
  state.steps = retell(PAGE, values);
  forgetQuiz();
  draw();
  drawPanels();
}

function forgetQuiz() {
  state.answered.clear();
  Object.assign(state.quiz, { right: 0, asked: 0, tried: new Set(), at: -1 });
}

function drawPanels() {
  drawNudge(state);
  drawOrder(state);
  drawCheck(state);
}

// Wiring

const KEYS = {
  ArrowLeft: () => go(state.position - 1),
  ArrowRight: () => go(state.position + 1),
  Home: () => go(0),
  End: () => go(state.steps.length - 1),
  " ": togglePlay,
};

function onKey(event) {
  const isElsewhere = event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS);
  const isTyping = event.target.closest("input, select, textarea");
  const isPressing = event.key === " " && event.target.closest("button, summary");
  if (isElsewhere || isTyping || isPressing) return;
  event.preventDefault();
  if (event.key !== " ") stop();
  KEYS[event.key]();
}

function wireControls() {
  const moves = { first: () => 0, back: () => state.position - 1, next: () => state.position + 1, last: () => Infinity };
  for (const [id, where] of Object.entries(moves)) {
    byId(id).addEventListener("click", () => {
      stop();
      go(where());
    });
  }
  byId("play").addEventListener("click", togglePlay);
  byId("timeline").max = state.steps.length - 1;
  byId("timeline").addEventListener("input", () => {
    stop();
    go(Number(byId("timeline").value));
  });
  document.addEventListener("keydown", onKey);
  addEventListener("hashchange", () => {
    const wanted = stepInAddress();
    if (wanted !== null && wanted !== state.position) go(wanted);
  });
}

// A band for each phase, as wide as it has steps; a click goes to its first step.
function wirePhases() {
  const bands = Object.entries(PHASES).flatMap(([phase, key]) => {
    const places = state.steps.flatMap((step, index) => (step.phase === phase ? [index] : []));
    if (!places.length) return [];
    const band = button(key, { "data-phase": phase, style: `flex: ${places.length} 1 0` });
    band.addEventListener("click", () => {
      stop();
      go(places[0]);
    });
    return [band];
  });
  byId("phases").replaceChildren(...bands);
}

function wireQuiz() {
  byId("quiz-on").addEventListener("change", () => {
    state.quiz.on = byId("quiz-on").checked;
    forgetQuiz();
    draw();
  });
  byId("quiz").addEventListener("submit", (event) => {
    event.preventDefault();
    answer(state, byId("quiz-answer").value);
    draw();
    if (hiddenNode() === null) pulse(state.steps, state.position, null);
  });
  byId("quiz-show").addEventListener("click", () => {
    reveal(state);
    draw();
  });
  byId("quiz-next").addEventListener("click", () => {
    const open = (step, index) => step.phase === "backward" && index > state.position && !state.answered.has(index);
    const next = state.steps.findIndex(open);
    go(next < 0 ? Infinity : next);
    byId("quiz-answer").focus();
  });
}

function start() {
  prepareGraph(goToNode);
  wireControls();
  wirePhases();
  if (PAGE.can_compute) {
    prepareInputs(state, recompute);
    prepareNudge(state);
    prepareOrder(state);
    wireQuiz();
    for (const id of ["order-panel", "check-panel"]) byId(id).addEventListener("toggle", drawPanels);
    drawPanels();
  }
  go(stepInAddress() ?? 0, { quietly: true });
}

start();
