// How good is it so far? The accuracy, the loss and the epoch in large figures, and two curves from the first moment to the
// last: pale the loss of each step, solid the mean of each epoch, dashed what is held out; where it is now, and where a
// setting changed on the way.

import { byId, drawn, element, write } from "../lab/dom.js";
import { say } from "../lab/say.js";
import { nowOf } from "./run.js";

const SIZE = { width: 190, height: 92, left: 4, right: 4, top: 4, bottom: 6 };
const MOST_PLACES = 240; // of a curve: more are not seen

/** A number in four characters or so. */
export function brief(number) {
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "NaN" : number > 0 ? "∞" : "−∞";
  const size = Math.abs(number);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? number.toExponential(1) : number.toPrecision(size < 1 ? 3 : 4).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
  return text.replaceAll("-", "−").replace("e+", "e");
}

export function percent(share) {
  return `${Math.floor(100 * share + 1e-9)} %`; // 100 only if all are right
}

export function drawFigures(state) {
  const now = nowOf(state.run);
  const hasAccuracy = now.accuracy !== null;
  const figures = [
    ...(hasAccuracy ? [figure(percent(now.accuracy), say("ground_accuracy"), "accuracy")] : []),
    figure(brief(now.loss), say("ground_loss_now"), "loss"),
    ...(now.val_loss === null ? [] : [figure(hasAccuracy ? percent(now.val_accuracy) : brief(now.val_loss), say("ground_held_out"), "held-out")]),
    figure(String(now.epoch), say("ground_epochs"), "epoch"),
  ];
  const box = byId("figures");
  const names = figures.map(({ name }) => name).join();
  if (box.dataset.names !== names) box.replaceChildren(...figures.map(({ name }) => element("div", { class: "figure", "data-figure": name }, element("b"), element("span"))));
  box.dataset.names = names;
  figures.forEach((each, index) => fill(box.children[index], each));
}

function figure(number, words, name) {
  return { number, words, name };
}

function fill({ children: [number, words] }, figure) {
  write(number, figure.number);
  write(words, figure.words);
}

export function drawCurves(state) {
  const { run, rival } = state;
  const { history } = run.session;
  const other = rival?.run.session.history ?? null;
  const losses = [["step", placesOf(history.step_loss, (step) => step + 1)], ...linesOf(history, other, "loss")];
  const last = Math.max(2, run.session.furthest, other?.steps.length ?? 0);
  const now = nowOf(run);
  const moments = { last, now: now.moment, changes: run.session.changes.map(({ moment }) => moment) };
  const made = [curveOf("ground_curve_loss", losses, [0, highest(losses)], moments, brief(now.loss))];
  if (now.accuracy !== null) made.push(curveOf("ground_curve_accuracy", linesOf(history, other, "accuracy"), [0, 1], moments, percent(now.accuracy)));
  byId("curves").replaceChildren(...made);
}

// [kind, [[moment, number]]] for each line: a number for the end of each epoch.
function linesOf(history, other, name) {
  const over = ({ moments }, numbers) => placesOf(numbers, (epoch) => moments[epoch]);
  const rival = other ? [["rival", over(other, other[name])]] : [];
  return [...rival, ["held-out", over(history, history[`val_${name}`])], ["training", over(history, history[name])]];
}

function highest(lines) {
  const all = lines.flatMap(([, places]) => places.map(([, number]) => number));
  return all.reduce((found, number) => Math.max(found, number), 0) || 1;
}

function curveOf(key, lines, [low, high], { last, now, changes }, value) {
  const at = ([step, number]) => [
    SIZE.left + (step / last) * (SIZE.width - SIZE.left - SIZE.right),
    SIZE.top + (1 - (number - low) / (high - low)) * (SIZE.height - SIZE.top - SIZE.bottom),
  ];
  const svg = drawn("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-label": `${say(key)}: ${value}` });
  for (const number of [low, high]) svg.append(ruler(at([0, number])[1]));
  for (const [kind, places] of lines) {
    const shown = places.map(at);
    if (shown.length) svg.append(drawn("path", { d: pathOf(shown), class: `line ${kind}` }));
  }
  svg.append(...changes.map((moment) => upright(at([moment, 0])[0], "change")), upright(at([now, 0])[0], "now"));
  const caption = element("figcaption", { "aria-hidden": "true" }, element("span", {}, say(key)), element("b", {}, value));
  return element("figure", { class: "play-curve" }, caption, svg); // letters of one size, however small the curve
}

function upright(x, name) {
  return drawn("line", { x1: x, x2: x, y1: SIZE.top, y2: SIZE.height - SIZE.bottom, class: name });
}

function ruler(y) {
  return drawn("line", { x1: SIZE.left, x2: SIZE.width - SIZE.right, y1: y, y2: y, class: "ruler" });
}

// [moment, number] of the finite ones, of which so many are drawn as are seen; the last one always. However long a training
// was, no more of them are looked at.
function placesOf(numbers, momentOf) {
  const step = Math.max(1, Math.ceil(numbers.length / MOST_PLACES));
  const last = numbers.length - 1;
  const chosen = Array.from({ length: Math.ceil(numbers.length / step) }, (_, place) => place * step);
  if (chosen.at(-1) < last) chosen.push(last);
  return chosen.map((index) => [momentOf(index), numbers[index]]).filter(([, number]) => Number.isFinite(number));
}

function pathOf(places) {
  return `M${places.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;
}
