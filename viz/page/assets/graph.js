// What does the picture show? Graphviz laid it out, twice: from left to right, and from top to bottom for a narrow
// screen. Here only texts and classes change.

const LAYOUTS = ["lr", "tb"];
const SVG = "http://www.w3.org/2000/svg";
const PULSE_MS = 700;
const isStill = matchMedia("(prefers-reduced-motion: reduce)");

// The parts of one layout: for each node its group and its texts, for each edge its group, path and texts.
function pictureParts(layout) {
  const find = (kind, index) => byId(`${layout}-${kind}${index}`);
  const svg = document.querySelector(`#picture-${layout} svg`);
  const nodes = PAGE.trace.nodes.map((_, index) => find("n", index));
  const edges = PAGE.edges.map((_, index) => find("e", index));
  return { svg, nodes, edges };
}

const pictures = LAYOUTS.map(pictureParts).filter((picture) => picture.svg);

function prepareGraph(onNode) {
  for (const { svg, nodes } of pictures) {
    svg.querySelectorAll("title").forEach((title) => title.remove());
    nodes.forEach((group, index) => {
      if (!group) return;
      group.style.setProperty("--node", `var(--node-${index % PAGE.colors})`);
      if (!PAGE.trace.nodes[index].is_constant) prepareNode(group, index, onNode);
    });
  }
}

function prepareNode(group, index, onNode) {
  group.setAttribute("tabindex", "0");
  group.setAttribute("role", "button");
  group.addEventListener("click", () => onNode(index));
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    onNode(index);
  });
}

// The state of everything after a step; `hidden` is the node whose gradient is a question.
function drawFrame(page, steps, values, position, hidden) {
  const now = frame(page, steps, values, position);
  const step = steps[position];
  for (const picture of pictures) {
    picture.nodes.forEach((group, index) => group && drawNode(group, index, now, step, index === hidden));
    picture.edges.forEach((group, index) => group && drawEdge(group, index, steps, position, hidden));
  }
  drawStop(steps, position, hidden);
}

// Where the picture is larger than its frame, the frame follows the step.
function follow(step) {
  for (const picture of pictures) {
    const index = step.phase === "backward" ? step.argument_node : step.node;
    const [group, figure] = [picture.nodes[index], picture.svg.closest("figure")];
    if (!group || !isShown(figure)) continue;
    const [box, view] = [group.getBoundingClientRect(), figure.getBoundingClientRect()];
    const [x, y] = [box.x + box.width / 2 - view.x - view.width / 2, box.y + box.height / 2 - view.y - view.height / 2];
    figure.scrollBy({ left: x, top: y, behavior: isStill.matches ? "instant" : "smooth" });
  }
}

function drawNode(group, index, now, step, isHidden) {
  const node = PAGE.trace.nodes[index];
  if (node.is_constant) return;
  const [value, gradient] = [now.values[index], now.gradients[index]];
  const isPartial = gradient !== null && now.toCome[index] > 0;
  const shownValue = value === null ? "—" : show(value);
  const shownGradient = isHidden ? "?" : gradient === null ? "—" : show(gradient) + (isPartial ? " …" : "");
  group.querySelector(".value").textContent = shownValue;
  group.querySelector(".gradient").textContent = shownGradient;
  group.dataset.value = value ?? "";
  group.dataset.gradient = isHidden ? "" : (gradient ?? "");
  group.classList.toggle("unknown", value === null);
  group.classList.toggle("no-gradient", gradient === null);
  group.classList.toggle("active", isActive(step, index));
  group.setAttribute("aria-description", say("box", { value: shownValue, gradient: shownGradient }));
}

function isActive(step, index) {
  return step.phase === "backward" ? index === step.argument_node : index === step.node;
}

function drawEdge(group, index, steps, position, hidden) {
  const edge = PAGE.edges[index];
  const step = steps[edge.step];
  const active = steps[position];
  const isLocalKnown = position >= edge.forward;
  const isPassed = position >= edge.step;
  const isAsked = position === edge.step && hidden === step.argument_node;
  const [local, contribution] = group.querySelectorAll("text:not(.note)");
  if (local) local.textContent = isLocalKnown && !isAsked ? `× ${inBrackets(show(step.partial))}` : "";
  if (contribution) contribution.textContent = isAsked ? "?" : isPassed ? `= ${show(step.contribution)}` : "";
  const carries = active.phase === "forward" && active.node === step.user_node;
  group.classList.toggle("unknown", !isPassed && !carries);
  group.classList.toggle("active", position === edge.step || carries);
  group.classList.toggle("stopped", isPassed && !isAsked && step.contribution === 0);
}

function isShown(part) {
  return part.getClientRects().length > 0;
}

// The edges that a step is about: into its node, or the one along which it passes something back.
function edgesOf(steps, position) {
  const step = steps[position];
  const isPart = (edge) => (step.phase === "forward" ? steps[edge.step].user_node === step.node : edge.step === position);
  return PAGE.edges.flatMap((edge, index) => (isPart(edge) ? [index] : []));
}

function isStopped(step, hidden) {
  return step.phase === "backward" && step.contribution === 0 && hidden === null;
}

function visiblePaths(index) {
  const groups = pictures.map((picture) => picture.edges[index]);
  const seen = groups.filter((group) => group && isShown(group.closest("figure")));
  return seen.map((group) => [group, group.querySelector("path")]);
}

// Where nothing passes, a bar across the edge.
function drawStop(steps, position, hidden) {
  document.querySelectorAll(".stop").forEach((old) => old.remove());
  if (!isStopped(steps[position], hidden)) return;
  for (const index of edgesOf(steps, position)) {
    for (const [group, path] of visiblePaths(index)) group.append(stopBar(path));
  }
}

// A dot that runs along the edges of a step: forward from the arguments, backward to the argument, at most to the bar.
function pulse(steps, position, hidden) {
  document.querySelectorAll(".pulse").forEach((old) => old.remove());
  if (isStill.matches) return;
  const isForward = steps[position].phase === "forward";
  const reach = isStopped(steps[position], hidden) ? 0.5 : 1;
  for (const index of edgesOf(steps, position)) {
    for (const [group, path] of visiblePaths(index)) pulseAlong(group, path, isForward, reach);
  }
}

function pulseAlong(group, path, isForward, reach) {
  const dot = document.createElementNS(SVG, "circle");
  dot.setAttribute("class", "pulse");
  dot.setAttribute("r", "5");
  group.append(dot);
  const length = path.getTotalLength();
  const begin = performance.now();
  requestAnimationFrame(function move(now) {
    if (!dot.isConnected) return;
    const share = Math.min(1, Math.max(0, (now - begin) / PULSE_MS)) * reach;
    const place = path.getPointAtLength(length * (isForward ? share : 1 - share));
    dot.setAttribute("cx", place.x);
    dot.setAttribute("cy", place.y);
    if (now - begin < PULSE_MS) requestAnimationFrame(move);
    else dot.remove();
  });
}

// A bar across the middle of an edge.
function stopBar(path) {
  const length = path.getTotalLength();
  const [place, near] = [path.getPointAtLength(length / 2), path.getPointAtLength(length / 2 + 1)];
  const angle = Math.atan2(near.y - place.y, near.x - place.x);
  const bar = document.createElementNS(SVG, "path");
  const [dx, dy] = [-9 * Math.sin(angle), 9 * Math.cos(angle)];
  bar.setAttribute("class", "stop");
  bar.setAttribute("d", `M${place.x - dx},${place.y - dy} L${place.x + dx},${place.y + dy}`);
  return bar;
}

// Notes at nodes and edges, such as the verdicts of the gradient check: a Map from node to text, and one from edge.
function annotate(kind, nodeNotes, edgeNotes = new Map()) {
  document.querySelectorAll(`.note-${kind}`).forEach((old) => old.remove());
  for (const picture of pictures) {
    for (const [index, text] of nodeNotes) noteAt(picture.nodes[index], kind, text, "path, polygon");
    for (const [index, text] of edgeNotes) noteAt(picture.edges[index], kind, text, "path");
  }
}

function noteAt(group, kind, text, shape) {
  if (!group) return;
  const box = extent(group.querySelector(shape));
  const note = document.createElementNS(SVG, "text");
  note.setAttribute("class", `note note-${kind}`);
  note.setAttribute("text-anchor", "middle");
  note.setAttribute("x", (box.left + box.right) / 2);
  note.setAttribute("y", group.classList.contains("edge") ? (box.top + box.bottom) / 2 + 3 : box.bottom + 11);
  note.textContent = text;
  group.append(note);
}

// From the numbers of the path itself: a browser measures nothing that it does not show.
function extent(path) {
  const numbers = (path.getAttribute("d") ?? path.getAttribute("points")).match(/-?[\d.]+/g).map(Number);
  const [xs, ys] = [0, 1].map((odd) => numbers.filter((_, index) => index % 2 === odd));
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}
