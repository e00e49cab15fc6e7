// How does a link hold the whole page? The address follows the state, and a state follows from an address.

import { addressOf, modesOf, readAddress } from "./address.js";
import { isOfGround } from "../playground/address.js";
import { PAGE } from "./page.js";
import { PANEL_NAMES } from "./panels.js";
import { NEW_QUIZ } from "./quiz.js";
import { goTo, graphOfPage, lastPosition, load, setNumbers } from "./store.js";
import { graphOfText, numbersByName } from "./typed.js";

const PAUSE = 300; // milliseconds: a browser refuses an address that changes too often
const LONGEST_SHOWN = 40; // characters of a part that could not be read

/** The state that the address says, before any part of the page is there; and from now on the one follows the other. */
export function mountLink(store) {
  follow(store, location.hash);
  addEventListener("hashchange", ({ newURL }) => follow(store, new URL(newURL).hash)); // not what has been written since
  let timer = null;
  store.onChange(() => {
    clearTimeout(timer);
    timer = setTimeout(() => writeAddress(store.state), PAUSE);
  });
}

// From the address to the state

function follow(store, hash) {
  if (isOfGround(hash)) return store.change({ room: "playground" });
  const asked = readAddress(hash);
  if (asked.lang !== null) setOneOf(store, asked, "lang", Object.keys(PAGE.strings));
  if (asked.tab !== null) setOneOf(store, asked, "tab", PANEL_NAMES);
  if (hash.length > 1 && isLoaded(store, asked)) goWhereAsked(store, asked);
  if (asked.unread.length) store.change({ notice: asked.unread.map(shortened) });
}

// The groups that are open, the sample, the mode and the step are those of the graph of the link. In predict mode no step
// is shown before its question is answered; answers are not in a link.
function goWhereAsked(store, { modes, opened, sample, position, unread }) {
  if (modes !== null) store.change({ presenting: modes.includes("present"), quiz: quizOf(modes) });
  if (opened !== null) store.change({ opened });
  if (sample !== null) store.change({ sample: /^\d+$/.test(sample) ? Number(sample) : sample });
  if (position !== null) goTo(store, position);
  const last = lastPosition(store.state);
  if (position > last) unread.push({ key: "link_far", places: { step: position, last } });
}

function quizOf(modes) {
  if (modes.includes("predict-all")) return { ...NEW_QUIZ, values: true };
  return modes.includes("predict") ? NEW_QUIZ : null;
}

function setOneOf(store, asked, key, choices) {
  if (choices.includes(asked[key])) store.change({ [key]: asked[key] });
  else asked.unread.push({ key: `link_${key}`, places: { [key]: asked[key] } });
}

// Whether the formula and the numbers of the link are those of the page now; a formula that is wrong stands in its box.
function isLoaded(store, asked) {
  const isOwn = asked.text === null || asked.text === PAGE.text;
  if (isOwn) load(store, graphOfPage(PAGE), PAGE.text);
  else if (!isTextLoaded(store, asked)) return false;
  const leaves = new Map(store.state.graph.names.map((name, number) => [name, number]));
  const changes = new Map();
  for (const [name, number] of asked.numbers) {
    if (store.state.start.has(leaves.get(name))) changes.set(leaves.get(name), number);
    else asked.unread.push({ key: "link_name", places: { name } });
  }
  setNumbers(store, changes);
  if (store.state.problem) asked.unread.push({ key: "link_outside", places: {} });
  return true;
}

function isTextLoaded(store, { text, numbers, unread }) {
  try {
    load(store, graphOfText(text, numbers), text);
    return true;
  } catch (error) {
    if (!error.kind) throw error;
    store.change({ typed: text, mistake: error });
    unread.push({ key: "link_formula", places: {} });
    return false;
  }
}

function shortened({ key, places }) {
  const cut = (text) => (text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
  return { key, places: Object.fromEntries(Object.entries(places).map(([name, text]) => [name, cut(String(text))])) };
}

// From the state to the address

const USUAL = { tab: "inputs", lang: PAGE.lang };

/** The address of a state, without its #, that says the language too: for a page that opens in another one. */
export function addressToShare(state) {
  return addressOf(state, { ...USUAL, lang: null });
}

function writeAddress(state) {
  if (state.room !== "lab" || state.from) return; // the playground has its own, and what is opened from there: see playground/rooms.js
  const hash = isAsOpened(state) ? "" : `#${addressOf(state, USUAL)}`;
  if (hash === location.hash) return;
  try {
    history.replaceState(null, "", location.href.split("#")[0] + hash);
  } catch {
    // a notebook's frame has no address of its own; Share says so
  }
}

function isAsOpened(state) {
  const isUsual = state.position === 0 && state.tab === USUAL.tab && state.lang === USUAL.lang && !state.opened.size;
  return isUsual && !modesOf(state).length && state.sample === null && state.text === PAGE.text && hasFirstNumbers(state);
}

function hasFirstNumbers({ graph, start }) {
  const first = numbersByName(graphOfPage(PAGE));
  return [...start.keys()].every((leaf) => Object.is(graph.nodes[leaf].data, first.get(graph.names[leaf])));
}
