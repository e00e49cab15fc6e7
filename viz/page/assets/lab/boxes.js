// What does a box look like? Its name above, its number large, its gradient below; tinted by the gradient.

import { drawn } from "./dom.js";
import { arrivalsOf, flowOf } from "./flow.js";
import { sizeIn, widthOf } from "./letters.js";
import { signOf, tintOf } from "./pens.js";
import { BOX, gradientText, valueText } from "./room.js";
import { say } from "./say.js";
import { stepOf } from "./store.js";

const ROUND = 14;
const MOST_DOTS = 6; // arrivals shown one by one
const LINES = {
  usual: { name: 22, value: 49, gradient: 74 }, // where each text stands, from the top
  constant: { name: 23 },
  more: { name: 27, lines: 49 },
  group: { name: 22, lines: 42, value: 69, gradient: 94 },
  groupAlone: { name: 35, lines: 60 },
};
const LOW = {
  usual: { name: 18, value: 42, gradient: 64 },
  constant: { name: 21 },
  more: { name: 21 },
  group: { name: 18, lines: 36, value: 60, gradient: 82 },
  groupAlone: { name: 26, lines: 48 },
};

/** A box of the scene at its place, to be filled by `fillBox`. */
export function boxAt(box, { title, lines, width, height, isLow }, { x, y }) {
  const shape = (name) => drawn("rect", { class: name, width, height, rx: box.kind === "constant" ? height / 2 : ROUND });
  const [left, top] = [x - width / 2, y - height / 2];
  const group = drawn("g", {
    class: `box ${box.kind}`,
    "data-id": box.id,
    transform: `translate(${left},${top})`,
    ...(box.kind === "constant" ? { role: "img", "aria-label": title } : { role: "button", tabindex: 0 }), // named by its texts
  });
  if (box.kind === "group") group.append(behind(width, height, 8), behind(width, height, 4));
  group.append(shape("paper"), shape("tint"), shape("frame"));
  for (const [line, below] of Object.entries(linesOf(box, isLow ? LOW : LINES))) group.append(drawn("text", { class: line, x: width / 2, y: below }));
  group.append(drawn("g", { class: "arrivals" }));
  const made = { box, group, width, height, title, left, top, right: left + width, bottom: top + height };
  write(made, "name", title);
  if (lines) write(made, "lines", lines);
  return made;
}

function linesOf({ kind, node }, lines) {
  if (kind === "group") return node === null ? lines.groupAlone : lines.group;
  return lines[kind] ?? lines.usual;
}

// What is folded in a group lies behind it.
function behind(width, height, away) {
  return drawn("rect", { class: "behind", width, height, rx: ROUND, transform: `translate(${away},${-away})` });
}

/** What is known now; `shown` may say other numbers than the state, while they are on their way. */
export function fillBox(made, state, law, { values, gradients }, shown = {}) {
  const { box, group } = made;
  if (box.node === null || box.kind === "constant") return;
  const isAsked = state.asked === box.node && stepOf(state).phase === "backward";
  const isValueAsked = state.asked === box.node && !isAsked;
  const value = "value" in shown ? shown.value : values[box.node];
  const gradient = isAsked ? null : "gradient" in shown ? shown.gradient : gradients[box.node];
  const texts = { value: isValueAsked ? "?" : valueText(value), gradient: isAsked ? "∂ ?" : gradientText(gradient) };
  write(made, "value", texts.value);
  write(made, "gradient", texts.gradient);
  const { largest, seed } = flowOf(state.steps);
  const isReached = state.position > seed ? gradient !== null : value !== null; // by the sweep that is under way
  dress(group, gradient, tintOf(gradient, largest, law), isReached);
  group.setAttribute("aria-description", say("box", { value: texts.value, gradient: texts.gradient.slice(2) }));
  drawArrivals(made, shown.arrivals ?? arrivalsOf(state, box.node));
}

// A box is quiet until the sweep has come to it.
function dress(group, number, tint, isReached) {
  const sign = signOf(number);
  for (const each of ["positive", "negative", "neutral"]) group.classList.toggle(each, each === sign);
  group.classList.toggle("quiet", !isReached);
  group.querySelector(".tint").setAttribute("fill-opacity", tint);
}

function write({ box, group, width }, line, text) {
  const element = group.querySelector(`.${line}`);
  if (element.textContent === text) return;
  element.textContent = text;
  element.setAttribute("font-size", sizeIn(text, kindOf(line, box), width - 2 * BOX.padding));
}

// What letters a line has.
function kindOf(line, { kind }) {
  if (line === "lines") return "chip";
  return line === "name" && (kind === "group" || kind === "more") ? "title" : line;
}

// A node that is used more than once has a dot for each contribution: open, or in the colour of what has arrived.
function drawArrivals({ group, width, height }, arrivals) {
  const parts = arrivals.length < 2 ? [] : arrivals.length > MOST_DOTS ? counter(arrivals, width, height) : dots(arrivals, width, height);
  group.querySelector(".arrivals").replaceChildren(...parts);
}

function dots(arrivals, width, height) {
  return arrivals.map((contribution, index) => {
    const cx = width / 2 + (index - (arrivals.length - 1) / 2) * 14;
    const state = contribution === null ? "open" : signOf(contribution);
    return drawn("circle", { class: `dot ${state}`, cx, cy: height, r: 5 });
  });
}

function counter(arrivals, width, height) {
  const arrived = arrivals.filter((contribution) => contribution !== null).length;
  const text = say("stage_arrived", { arrived, all: arrivals.length });
  const wide = widthOf(text, "chip") + 2 * BOX.padding;
  const plate = drawn("rect", { class: "plate", x: (width - wide) / 2, y: height - 6, width: wide, height: 20, rx: 10 });
  return [plate, drawn("text", { class: "count", x: width / 2, y: height + 9, "font-size": 15 }, text)];
}
