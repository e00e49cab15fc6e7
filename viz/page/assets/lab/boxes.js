// What does a box look like? Its name above, its number large, its gradient below; tinted by the gradient.

import { show } from "../numbers.js";
import { drawn } from "./dom.js";
import { arrivalsOf, flowOf } from "./flow.js";
import { widthOf } from "./letters.js";
import { signOf, tintOf } from "./pens.js";
import { BOX, gradientText, lettersIn } from "./room.js";
import { say } from "./say.js";
import { stepOf } from "./store.js";

const ROUND = 14;
const LINES = { name: 22, value: 49, gradient: 74 }; // where each text stands, from the top
const MOST_DOTS = 6; // arrivals shown one by one

/** A box of the scene at its place, to be filled by `fillBox`. */
export function boxAt(box, { title, width, height }, { x, y }) {
  const shape = (name) => drawn("rect", { class: name, width, height, rx: box.kind === "constant" ? height / 2 : ROUND });
  const group = drawn("g", {
    class: `box ${box.kind}`,
    "data-id": box.id,
    transform: `translate(${x - width / 2},${y - height / 2})`,
    ...(box.kind === "constant" ? { role: "img" } : { role: "button", tabindex: 0 }),
    "aria-label": title,
  });
  if (box.kind === "group") group.append(behind(width, height, 10), behind(width, height, 5));
  group.append(shape("paper"), shape("tint"), shape("frame"));
  const lines = box.kind === "constant" ? { name: height / 2 + 5 } : LINES;
  for (const [line, below] of Object.entries(lines)) group.append(drawn("text", { class: line, x: width / 2, y: below }));
  group.append(drawn("g", { class: "arrivals" }));
  group.querySelector(".name").textContent = title;
  return { box, group, width, height, title, left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 };
}

function behind(width, height, away) {
  return drawn("rect", { class: "behind", width, height, rx: ROUND, transform: `translate(${away},${-away})` });
}

/** What is known now; `shown` may say other numbers than the state, while they are on their way. */
export function fillBox(made, state, law, { values, gradients }, shown = {}) {
  const { box, group } = made;
  write(made, "name", made.title);
  if (box.kind === "constant") return;
  if (box.kind === "group") {
    fillGroup(made, gradients);
    return;
  }
  const isAsked = state.asked === box.node && stepOf(state).phase === "backward";
  const isValueAsked = state.asked === box.node && !isAsked;
  const value = "value" in shown ? shown.value : values[box.node];
  const gradient = isAsked ? null : "gradient" in shown ? shown.gradient : gradients[box.node];
  const texts = { value: isValueAsked ? "?" : value === null ? "—" : show(value), gradient: isAsked ? "∂ ?" : gradientText(gradient) };
  write(made, "value", texts.value);
  write(made, "gradient", texts.gradient);
  const { largest } = flowOf(state.steps);
  dress(group, gradient, tintOf(gradient, largest, law), isReached(state, value, gradient));
  group.setAttribute("aria-description", say("box", { value: texts.value, gradient: texts.gradient.slice(2) }));
  drawArrivals(made, shown.arrivals ?? arrivalsOf(state, box.node));
}

// A box is quiet until the sweep has come to it: the forward sweep with its number, the backward one with its gradient.
function isReached({ steps, position }, value, gradient) {
  const isBack = steps.findIndex(({ phase }) => phase === "seed") < position;
  return isBack ? gradient !== null : value !== null;
}

function dress(group, number, tint, isReached) {
  const sign = signOf(number);
  for (const each of ["positive", "negative", "neutral"]) group.classList.toggle(each, each === sign);
  group.classList.toggle("quiet", !isReached);
  group.querySelector(".tint").setAttribute("fill-opacity", tint);
}

function write({ group, width }, line, text) {
  const element = group.querySelector(`.${line}`);
  element.textContent = text;
  element.setAttribute("font-size", lettersIn(text, line, width));
}

function fillGroup(made, gradients) {
  const { members } = made.box;
  const done = members.filter((member) => gradients[member] !== null).length;
  write(made, "value", say("stage_nodes", { count: members.length }));
  write(made, "gradient", `∂ ${done} / ${members.length}`);
  dress(made.group, null, 0, done > 0);
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
  const plate = drawn("rect", { class: "plate", x: (width - wide) / 2, y: height - 10, width: wide, height: 20, rx: 10 });
  return [plate, drawn("text", { class: "count", x: width / 2, y: height + 5, "font-size": 15 }, text)];
}
