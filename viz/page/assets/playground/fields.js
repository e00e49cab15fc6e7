// Which controls are there for numbers and choices? Two kinds: a list to choose from, and a number with − and + beside it,
// which go along a ladder of good numbers. Each stands for one part of the settings, and does one visible thing.
//
// A field is {name, path, label, choices} or {name, path, label, ladder, least, most}: `name` is what a lesson hides it by,
// `path` the keys on the way to its part of the settings, `label` a string of the table. `isFor(state)` says where it is
// of use; elsewhere it is not shown. What begins the training again when it changes is marked, as soon as one has begun;
// a field that `goesOn` lets the training go on.

import { element } from "../lab/dom.js";
import { say } from "../lab/say.js";
import { typedNumber } from "../numbers.js";
import { adjust, hasBegun, partOf } from "./store.js";

/** Put fields into a part of the page, and keep them as the settings are. */
export function mountFields(store, part, fields) {
  const mounted = fields.map((field) => (field.choices ? listOf(store, field) : numberOf(store, field)));
  part.append(...mounted.map(({ box }) => box));
  let begun = false;
  const draw = () => {
    begun = hasBegun(store.state);
    mounted.forEach(({ draw: drawOne }) => drawOne(store.state));
  };
  store.onChange((state, before) => (state.settings !== before.settings || state.lang !== before.lang || begun !== hasBegun(state)) && draw());
  draw();
}

/** The mark of what begins the training again; for those who hear, its words are the description of a control. */
export function anewMark() {
  return element("span", { class: "anew", "aria-hidden": "true" }, "↺");
}

export function isHidden({ settings }, name) {
  return (settings.hidden ?? []).includes(name);
}

function boxOf({ name, label }, ...content) {
  const words = element("span", {}, say(label));
  return element("div", { class: "field", "data-control": name }, element("span", { class: "field-label" }, words, anewMark()), element("div", { class: "field-body" }, ...content));
}

function drawBox(box, field, state) {
  box.hidden = isHidden(state, field.name) || !(field.isFor?.(state) ?? true);
  box.querySelector(".field-label").firstChild.textContent = say(field.label);
  sayAnew(box, box.querySelector("input, select"), !field.goesOn && hasBegun(state));
}

/** Whether a control says that it begins the training again. */
export function sayAnew(box, control, isSo) {
  box.classList.toggle("is-anew", isSo);
  if (isSo) {
    box.title = say("ground_anew");
    control.setAttribute("aria-describedby", "anew");
    return;
  }
  box.removeAttribute("title");
  control.removeAttribute("aria-describedby");
}

// A list

function listOf(store, field) {
  const list = element("select", { "data-say-label": field.label, "aria-label": say(field.label) });
  const box = boxOf(field, list);
  const write = field.write ?? ((value) => adjust(store, field.path, value));
  list.addEventListener("change", () => write(list.value, store));
  const draw = (state) => {
    const choices = field.choices(state);
    list.replaceChildren(...choices.map((value) => element("option", { value }, said(field, value, state))));
    list.value = partOf(state.settings, field.path);
    list.setAttribute("aria-label", say(field.label));
    drawBox(box, field, state);
  };
  return { box, draw };
}

// A choice is said in words of the page's language, unless it is the same word in both.
function said({ words, shown }, value, state) {
  return shown ? shown(state, value) : words ? say(`${words}_${value}`) : value;
}

// A number

function numberOf(store, field) {
  const input = element("input", { type: "text", inputmode: "decimal", autocomplete: "off", "data-say-label": field.label, "aria-label": say(field.label) });
  const [less, more] = [["−", -1], ["+", 1]].map(([sign, way]) => stepButton(store, field, sign, way));
  const box = boxOf(field, less, input, more);
  box.classList.add("of-number");
  input.addEventListener("change", () => give(store, field, input));
  input.addEventListener("keydown", (event) => {
    const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (way === undefined) return;
    event.preventDefault();
    step(store, field, way);
  });
  const draw = (state) => drawNumber(box, input, [less, more], field, state);
  return { box, draw };
}

function stepButton(store, field, sign, way) {
  const made = element("button", { type: "button" }, sign);
  made.addEventListener("click", () => step(store, field, way));
  return made;
}

function drawNumber(box, input, [less, more], field, state) {
  const number = numberIn(state, field);
  input.value = shownNumber(number);
  input.size = Math.max(2, input.value.length);
  input.setAttribute("aria-invalid", "false");
  less.setAttribute("aria-label", say("ground_less", { what: say(field.label) }));
  more.setAttribute("aria-label", say("ground_more", { what: say(field.label) }));
  input.setAttribute("aria-label", say(field.label));
  setOff(less, nextOn(field, number, -1) === number);
  setOff(more, nextOn(field, number, 1) === number);
  drawBox(box, field, state);
}

// What the settings say, or what it means that they say nothing: a number, or one that follows from the state.
function numberIn(state, { path, absent }) {
  return partOf(state.settings, path) ?? (typeof absent === "function" ? absent(state) : absent);
}

// Not `disabled`, which would take the focus away from under a key.
function setOff(made, isOff) {
  made.setAttribute("aria-disabled", isOff);
}

function shownNumber(number) {
  return String(number);
}

function step(store, field, way) {
  const number = numberIn(store.state, field);
  const next = nextOn(field, number, way);
  if (next !== number) write(store, field, next);
}

// The next number of the ladder; a field without one goes by 1.
function nextOn({ ladder, least = 0, most = Infinity }, number, way) {
  if (!ladder) return Math.max(least, Math.min(most, Math.floor(number) + way));
  const beyond = ladder.filter((rung) => (way > 0 ? rung > number : rung < number));
  return beyond.length ? (way > 0 ? beyond[0] : beyond.at(-1)) : number;
}

function give(store, field, input) {
  const number = typedNumber(input.value.trim());
  if (number !== null) write(store, field, number);
  input.setAttribute("aria-invalid", number === null || store.state.problem !== null); // what was typed stays, to be put right
}

function write(store, field, number) {
  if (field.write) field.write(number, store);
  else adjust(store, field.path, number);
}
