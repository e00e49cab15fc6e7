// How are the numbers of an array shown? A few as a table, with what its rows and columns stand for; many as a picture, a
// field for each number, blue above 0 and orange below, and what there is to say of all of them. One number can be pointed
// at, with the pointer or with the arrow keys: what it is stands below.

import { element } from "../lab/dom.js";
import { say } from "../lab/say.js";
import { show, showCount, withMinus } from "../numbers.js";
import { colours } from "./colours.js";
import { sidesOf, statisticsOf } from "./matrices.js";

const TABLE = { rows: 24, columns: 5 }; // an array of more is a picture
const FIELD = { widest: 34, highest: 22, height: 220 }; // pixels, of a number, and of the picture at most
const DIGITS = 3;
const TINT = 40; // per cent of its colour behind a number
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * A part of the page that shows one array; `onCell` is called with the place of the number that is pointed at, or null.
 *
 * Its `draw(view)` takes {name, subject, shape, numbers, nameOf, nameOfCell, isLit}: `nameOf(side, number)` says what a row or
 * a column is called, `nameOfCell(index)` what a number is, and `isLit(index)` whether the reader points at it in the network.
 */
export function numbersView(onCell) {
  const body = element("div", { class: "numbers-body", tabindex: "0", role: "group" });
  const readout = element("p", { class: "quiet-line numbers-readout" });
  const box = element("div", { class: "matrix-numbers" }, body, readout);
  const part = { body, readout, onCell, view: null, cell: null, form: null, fields: null };
  body.addEventListener("pointermove", (event) => point(part, cellUnder(part, event)));
  body.addEventListener("pointerleave", () => point(part, null));
  body.addEventListener("focus", () => body.matches(":focus-visible") && point(part, part.cell ?? 0));
  body.addEventListener("blur", () => point(part, null));
  body.addEventListener("keydown", (event) => moveBy(part, event));
  return { box, draw: (view) => draw(part, view) };
}

function draw(part, view) {
  const form = JSON.stringify([view.name, view.shape, document.documentElement.lang, part.body.clientWidth]);
  part.view = view;
  if (form !== part.form) build(part, view);
  part.form = form;
  if (part.cell !== null && part.cell >= view.numbers.length) part.cell = null;
  part.body.setAttribute("aria-label", say("numbers_label", { name: view.name, shape: shapeText(view.shape) }));
  if (part.fields) paintTable(part, view);
  else paintPicture(part, view);
  part.readout.textContent = part.cell === null ? statisticsText(view) : cellText(view, part.cell);
}

/** 20 × 4, or nothing for one number. */
export function shapeText(shape) {
  return shape.map(showCount).join(" × ");
}

const sizeOf = (shape) => (shape.length > 1 ? [shape[0], shape.at(-1)] : [shape[0] ?? 1, 1]);

// A vector of one value for each neuron or input stands in a row; one for each sample, in a column.
function sizesOf({ subject, shape }) {
  const [rows, columns] = sizeOf(shape);
  return columns === 1 && subject.kind === "biases" ? [1, rows] : [rows, columns];
}

function build(part, view) {
  const [rows, columns] = sizesOf(view);
  part.fields = null;
  if (rows <= TABLE.rows && columns <= TABLE.columns) return part.body.replaceChildren(tableOf(part, view, rows, columns));
  part.body.replaceChildren(element("canvas", { class: "numbers-picture", "aria-hidden": "true" }));
}

// A few numbers, as a table

function tableOf(part, view, rows, columns) {
  const [ofRows, ofColumns] = sidesFor(view);
  part.fields = Array.from({ length: rows * columns }, (_, index) => element("td", { "data-index": index }));
  const head = element("tr", {}, element("td"), ...Array.from({ length: columns }, (_, column) => headCell("col", view, ofColumns, column)));
  const body = Array.from({ length: rows }, (_, row) => {
    return element("tr", {}, ...(view.shape.length ? [headCell("row", view, ofRows, row)] : []), ...part.fields.slice(row * columns, (row + 1) * columns));
  });
  return element("table", {}, ...(ofColumns ? [element("thead", {}, head)] : []), element("tbody", {}, ...body));
}

// What the rows and the columns stand for, as they are drawn.
function sidesFor(view) {
  const sides = sidesOf(view.subject, view.shape);
  return view.subject.kind === "biases" ? [null, sides[0]] : sides;
}

function headCell(scope, view, side, number) {
  const kind = side === "samples" || side === "parts" ? "number" : "math";
  return side ? element("th", { scope, class: kind }, view.nameOf(side, number)) : element("td");
}

function paintTable({ fields, cell }, { numbers, isLit }) {
  const largest = largestOf(numbers);
  fields.forEach((field, index) => {
    field.textContent = numberText(numbers[index]);
    field.style.background = tintOf(numbers[index], largest);
    field.classList.toggle("is-lit", isLit(index));
    field.classList.toggle("is-here", index === cell);
  });
}

function tintOf(number, largest) {
  const share = Number.isFinite(number) && largest ? Math.abs(number) / largest : 0;
  const colour = number < 0 ? "negative" : "positive";
  return share ? `color-mix(in srgb, var(--${colour}) ${Math.round(TINT * share)}%, var(--paper))` : "";
}

function largestOf(numbers) {
  return numbers.reduce((found, number) => (Number.isFinite(number) ? Math.max(found, Math.abs(number)) : found), 0);
}

const numberText = (number) => withMinus(show(number, DIGITS));

// Many, as a picture

function fieldsOf(part) {
  const [rows, columns] = sizesOf(part.view);
  const width = Math.min(FIELD.widest, (part.body.clientWidth || 300) / columns);
  return { rows, columns, width, height: Math.max(2, Math.min(FIELD.highest, FIELD.height / rows)) };
}

function paintPicture(part, { numbers, isLit }) {
  const { rows, columns, width, height } = fieldsOf(part);
  const canvas = part.body.firstChild;
  const scale = window.devicePixelRatio || 1;
  Object.assign(canvas, { width: Math.round(columns * width * scale), height: Math.round(rows * height * scale) });
  Object.assign(canvas.style, { width: `${columns * width}px`, height: `${rows * height}px` });
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  const palette = colours();
  const largest = largestOf(numbers);
  const gap = Math.min(width, height) > 5 ? 1 : 0;
  numbers.forEach((number, index) => {
    const [x, y] = [(index % columns) * width, Math.floor(index / columns) * height];
    context.globalAlpha = 1;
    context.fillStyle = palette.line;
    if (!Number.isFinite(number)) context.fillStyle = palette.bad;
    else if (number) {
      context.fillStyle = number < 0 ? palette.negative : palette.positive;
      context.globalAlpha = 0.08 + 0.92 * (Math.abs(number) / largest);
    }
    context.fillRect(x, y, width - gap, height - gap);
  });
  context.globalAlpha = 1;
  outline(context, palette.ink, part, { columns, width, height }, isLit);
}

// The number that is pointed at, and those at home where the reader points in the network.
function outline(context, ink, part, { columns, width, height }, isLit) {
  context.strokeStyle = ink;
  part.view.numbers.forEach((_, index) => {
    if (index !== part.cell && !isLit(index)) return;
    context.lineWidth = index === part.cell ? 2 : 1;
    context.strokeRect((index % columns) * width + 0.5, Math.floor(index / columns) * height + 0.5, width - 1, height - 1);
  });
}

// One of them

function point(part, cell) {
  if (cell === part.cell || !part.view) return;
  part.cell = cell;
  part.onCell(cell);
  draw(part, part.view);
}

function cellUnder(part, event) {
  if (part.fields) {
    const index = event.target.closest?.("[data-index]")?.dataset.index;
    return index === undefined ? null : Number(index);
  }
  const { left, top } = part.body.firstChild.getBoundingClientRect();
  const { rows, columns, width, height } = fieldsOf(part);
  const [column, row] = [Math.floor((event.clientX - left) / width), Math.floor((event.clientY - top) / height)];
  const isInside = column >= 0 && column < columns && row >= 0 && row < rows;
  return isInside ? row * columns + column : null;
}

function moveBy(part, event) {
  const move = MOVES[event.key];
  if (!move || !part.view || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  const [rows, columns] = sizesOf(part.view);
  const now = part.cell ?? 0;
  const row = Math.max(0, Math.min(rows - 1, Math.floor(now / columns) + move[0]));
  const column = Math.max(0, Math.min(columns - 1, (now % columns) + move[1]));
  part.readout.setAttribute("role", "status"); // from now on it is said
  point(part, row * columns + column);
}

// Z1[3, 2] = −0.0041 · sample 12, a₂⁽¹⁾
function cellText({ name, shape, numbers, nameOfCell }, cell) {
  const columns = shape.length > 1 ? shape.at(-1) : 1;
  const place = shape.length > 1 ? [Math.floor(cell / columns), cell % columns] : [cell];
  const index = shape.length ? `[${place.join(", ")}]` : "";
  const where = nameOfCell(cell);
  return `${name}${index} = ${withMinus(show(numbers[cell]))}${where && ` · ${where}`}`;
}

function statisticsText({ shape, numbers }) {
  if (!shape.length) return "";
  const { count, least, largest, mean, zeros, odd } = statisticsOf(numbers);
  const texts = [];
  if (odd < count) {
    const places = { count: showCount(count), least: numberText(least), largest: numberText(largest), mean: numberText(mean) };
    texts.push(count === 1 ? "" : say("numbers_range", places));
  }
  if (zeros) texts.push(say("numbers_zeros", { zeros: showCount(zeros) }));
  if (odd) texts.push(say("numbers_odd", { odd: showCount(odd) }));
  return texts.filter(Boolean).join(" ");
}
