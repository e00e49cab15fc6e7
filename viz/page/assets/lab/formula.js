// What does the formula box do? What is typed is parsed at once, and the graph follows; a mistake is marked at its place
// and explained, and until it is gone the last graph stays.

import { showCount } from "../numbers.js";
import { byId, element } from "./dom.js";
import { fixOf, fixed, shownFix } from "./fixes.js";
import { piecesOf } from "./marks.js";
import { PAGE } from "./page.js";
import { filledIn, isSaid, say } from "./say.js";
import { graphOfPage, load } from "./store.js";
import { graphInstead, graphOfText, numbersByName } from "./typed.js";

const LONG = 50; // milliseconds: where a graph takes longer to draw, the next one waits as long
const LONGEST = 600; // but never longer than that

const waiting = { timer: null, cost: 0 };
const replaced = new Map(); // the numbers of formulas that an example took the place of, for when they come back

export function mountFormula(store) {
  const field = byId("formula");
  field.addEventListener("input", () => type(store, field.value));
  field.addEventListener("keydown", (event) => event.key === "Escape" && giveUp(store, event));
  field.addEventListener("blur", () => {
    byId("formula-field").scrollTop = 0;
    drawMore();
  });
  new ResizeObserver(() => {
    field.placeholder = placeholderOf(store.state);
    drawMore();
    if (store.state.mistake) pointAt(store.state.mistake, store.state.typed);
  }).observe(byId("formula-field"));
  store.onChange((state, before) => {
    if (state.mistake?.row && state.graph !== before.graph) type(store, state.typed); // other numbers may be in its domain
    drawFormula(store.state, before, store);
  });
  drawFormula(store.state, null, store);
}

/** Put another formula into the box, as if it was typed, so that it can be undone; with numbers for its inputs. */
export function write(store, text, numbers = null) {
  if (numbers) replaced.set(store.state.typed, numbersByName(store.state.graph)).set(text, new Map(Object.entries(numbers)));
  const field = byId("formula");
  const isTyped = field.value !== text;
  field.focus({ preventScroll: true });
  field.select();
  if (isTyped && !document.execCommand("insertText", false, text)) field.value = text;
  if (store.state.typed !== text || !isTyped) type(store, text);
}

// Typing

function type(store, text) {
  stopWaiting();
  if (text.trim() === "" && PAGE.text === null) loadTimed(store, graphOfPage(PAGE), null);
  else take(store, text);
}

// A mistake is said at once; a graph that is slow to draw waits for a pause in the typing.
function take(store, text, isPause = waiting.cost < LONG) {
  try {
    const { graph, start } = graphTyped(store, text);
    if (isPause) return loadTimed(store, graph, text, start);
    store.change({ typed: text, mistake: null });
    wait(store, text);
  } catch (error) {
    if (!error.kind) throw error;
    store.change({ typed: text, mistake: error });
  }
}

// In the meantime a number may have become another one, or a link another formula.
function wait(store, text) {
  const show = () => {
    stopWaiting();
    if (store.state.typed === text) take(store, text, true);
  };
  waiting.timer = setTimeout(show, Math.min(waiting.cost, LONGEST));
  byId("formula-box").setAttribute("aria-busy", "true");
}

function stopWaiting() {
  clearTimeout(waiting.timer);
  byId("formula-box").removeAttribute("aria-busy");
}

function graphTyped(store, text) {
  const numbers = replaced.get(text);
  return numbers ? { graph: graphOfText(text, numbers) } : graphInstead(text, store.state);
}

function loadTimed(store, graph, text, start) {
  const begin = performance.now();
  load(store, graph, text, start);
  waiting.cost = performance.now() - begin;
}

// Escape: back to the formula of the graph that is shown.
function giveUp(store, event) {
  event.preventDefault();
  if (store.state.mistake) write(store, store.state.text ?? "");
  else byId("formula").blur();
}

// Drawing

function drawFormula(state, before, store) {
  const field = byId("formula");
  if (field.value !== state.typed) field.value = state.typed;
  if (state.graph !== before?.graph || state.typed !== before?.typed || state.mistake !== before?.mistake) drawMarks(state);
  if (state.mistake !== before?.mistake || state.lang !== before?.lang) drawMistake(state, store);
  if (["text", "lang", "from"].some((key) => state[key] !== before?.[key])) field.placeholder = placeholderOf(state);
}

function drawMarks({ typed, graph, mistake }) {
  const pieces = piecesOf(typed, graph, mistake?.place).map(({ text, kind, isWrong }) => {
    const className = [kind, isWrong ? "slip" : ""].filter(Boolean).join(" ");
    return className ? element(kind && kind !== "comment" ? "b" : "span", { class: className }, text) : text;
  });
  const isAtEnd = mistake?.place && mistake.place.start >= typed.length;
  byId("formula-marks").replaceChildren(...pieces, element("span", { class: isAtEnd ? "slip" : "" }, "\u00a0")); // a last line may be empty
  drawMore();
}

// Whether there is more than the one line that is seen while the field has no focus.
function drawMore() {
  const marks = byId("formula-marks");
  byId("formula-field").classList.toggle("has-more", marks.scrollHeight > marks.clientHeight + 4);
}

function drawMistake(state, store) {
  const { typed, mistake } = state;
  const field = byId("formula");
  byId("formula-box").classList.toggle("has-slip", mistake !== null);
  byId("formula-problem").hidden = mistake === null;
  if (mistake === null) field.removeAttribute("aria-invalid");
  else field.setAttribute("aria-invalid", "true");
  const fixes = mistake ? fixesFor(store, typed, mistake) : [];
  byId("formula-words").replaceChildren(...(mistake ? wordsOf(state, fixes.length > 0) : []));
  byId("formula-fixes").replaceChildren(...fixes);
  if (mistake) pointAt(mistake, typed);
}

// What is wrong, and what to write instead, in the language of the page; a button that mends it says that by itself.
function wordsOf(state, canMend) {
  const instead = canMend ? "" : insteadOf(state.mistake, state);
  const words = wrongOf(state.mistake, state) + (instead ? ` ${say("instead")} ${instead}` : "");
  return words.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : part));
}

function wrongOf({ kind, key, places, row, formula, numbers, asked, wrong }, { lang }) {
  if (row) {
    const found = { formula, numbers, signature: row.signature, domain: saidIfIs(row.domain.words) };
    return say(numbers ? "formula_outside_at" : "formula_outside", found);
  }
  return sentenceOf(key ? filledIn(PAGE.slips[lang][key][0], placesIn(lang, places)) : wrong || asked || kind);
}

// Words of the rule table; a row of the reader's own has words of its own.
function saidIfIs(words) {
  return isSaid(words) ? say(words) : words;
}

function insteadOf({ key, places, instead }, { lang }) {
  return key ? filledIn(PAGE.slips[lang][key][1], placesIn(lang, places)) : saidIfIs(instead);
}

// Advice that the engine has put into words is put into those of the language.
function placesIn(lang, places) {
  const words = PAGE.advice[lang]?.[places.row];
  return words ? { ...places, advice: filledIn(words, places) } : places;
}

function sentenceOf(text) {
  return /[.。]$/.test(text) ? text : text + say("full_stop");
}

function fixesFor(store, typed, mistake) {
  const fix = fixOf(typed, mistake);
  if (!fix) return [];
  const better = shownFix(typed, fix);
  const text = better ? say("write_instead", { better }) : say("leave_out");
  const button = element("button", { type: "button" }, text);
  button.addEventListener("click", () => write(store, fixed(typed, fix)));
  return [button];
}

// The caret of the words stands under the place; what is not finished yet is said after a pause.
function pointAt({ key, place }, typed) {
  const problem = byId("formula-problem");
  problem.classList.toggle("unfinished", document.activeElement === byId("formula") && isUnfinished(key, place, typed));
  const mark = byId("formula-marks").querySelector(".slip");
  if (!mark) return;
  const [first] = mark.getClientRects();
  const box = byId("formula-box").getBoundingClientRect();
  const below = Math.max(box.height, byId("formula-field").getBoundingClientRect().height);
  problem.style.top = `${below + 12}px`;
  const left = Math.max(0, Math.min(first.left - box.left, box.width - 40));
  const shift = Math.min(left, Math.max(0, box.width - problem.offsetWidth));
  problem.style.left = `${Math.min(shift, Math.max(0, left - 24))}px`;
  problem.style.setProperty("--place", `${left - Number.parseFloat(problem.style.left) + Math.min(first.width, 24) / 2}px`);
}

function isUnfinished(key, place, typed) {
  return ["missing_end", "never_closed", "empty"].includes(key) || (place && place.end >= typed.trimEnd().length);
}

// The sentence, if the box has room for it; else in short what is drawn, or what to do.
function placeholderOf(state) {
  const isTyped = state.text !== null || PAGE.text !== null;
  const short = isTyped && !state.from ? say("formula_short") : say("formula_nodes", { nodes: showCount(state.graph.nodes.length) });
  const whole = invitation(state, isTyped);
  return hasRoomFor(whole) ? whole : short;
}

function invitation({ graph, from }, isTyped) {
  const places = { name: graph.names.at(-1), nodes: showCount(graph.nodes.length) };
  if (from) return say("formula_playground", places);
  return isTyped ? say("formula_empty") : say("formula_python", places);
}

function hasRoomFor(text) {
  const field = byId("formula");
  const { fontSize, fontFamily, paddingLeft, paddingRight } = getComputedStyle(field);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${fontSize} ${fontFamily}`;
  return pen.measureText(text).width <= field.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
}
