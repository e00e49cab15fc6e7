// How does one go from room to room? Two buttons in the bar: the lab, where a formula is stepped through, and the playground,
// where a network is trained. Both are in the page; the playground is made when it is first entered, with the settings of the
// address, else with those of Python.

import { byId } from "../lab/dom.js";
import { offerLink } from "../lab/share.js";
import { PAGE } from "../lab/page.js";
import { addressOfGround, isOfGround, readGround, takeSteps } from "./address.js";
import { mountGround } from "./ground.js";
import { mountOpened } from "./opened.js";
import { refusal } from "./refusals.js";
import { checked } from "./settings.js";
import { beginAnew, isThere, moved } from "./store.js";

const PAUSE = 300; // milliseconds: a browser refuses an address that changes too often

/** Mount the rooms on the store of the lab. */
export function mountRooms(lab) {
  const rooms = { lab, ground: null };
  const buttons = [...byId("rooms").querySelectorAll("button")];
  for (const each of buttons) each.addEventListener("click", () => lab.change({ room: each.dataset.to, playing: false }));
  const draw = (state, before) => drawRooms(rooms, buttons, state, before);
  lab.onChange(draw);
  lab.onChange((state) => state.room === "lab" && state.from && later(() => writeHash(state.from.address())));
  addEventListener("hashchange", () => isOfGround(location.hash) && rooms.ground && follow(rooms.ground, location.hash));
  byId("ground-share").addEventListener("click", () => offerLink(addressNow(rooms.ground)));
  draw(lab.state, null);
}

function drawRooms(rooms, buttons, { room, lang }, before) {
  document.documentElement.dataset.room = room;
  for (const each of buttons) each.setAttribute("aria-pressed", each.dataset.to === room);
  if (room === "playground" && !rooms.ground) rooms.ground = entered(rooms.lab, lang);
  if (!rooms.ground) return;
  if (room !== before?.room && room === "lab") rooms.ground.change({ playing: false });
  if (rooms.ground.state.lang !== lang) rooms.ground.change({ lang });
  if (room !== before?.room && room === "playground") writeAddress(rooms.ground);
}

// The first time: with what Python sent, and then as the address says.
function entered(lab, lang) {
  const ground = mountGround(checked(PAGE.settings ?? {}), lang);
  mountOpened(lab, ground);
  if (isOfGround(location.hash)) follow(ground, location.hash);
  ground.onChange(() => later(() => lab.state.room === "playground" && writeAddress(ground)));
  return ground;
}

let timer = null;

function later(write) {
  clearTimeout(timer);
  timer = setTimeout(write, PAUSE);
}

function follow(ground, hash) {
  if (hash === `#${addressNow(ground)}`) return;
  try {
    const { settings, steps, opened } = readGround(hash);
    beginAnew(ground, checked(settings));
    takeSteps(ground.state.run.session, steps);
    moved(ground);
    if (opened) open(ground, opened);
  } catch (error) {
    if (!error.kind) throw error;
    ground.change({ problem: error });
  }
}

// Once both rooms are there.
function open(ground, { at, sample, position }) {
  const { run } = ground.state;
  const isRight = sample >= 0 && sample < run.points.length && (at === null || (at.layer > 0 && at.neuron >= 0 && isThere(run, at)));
  if (!isRight) throw refusal("play_open", { points: String(run.points.length) });
  ground.change({ chosen: at, tab: "chain" });
  queueMicrotask(() => ground.change({ opening: { at, sample, position } }));
}

function addressNow({ state: { run: { session } } }) {
  return addressOfGround(session.recipe);
}

function writeAddress(ground) {
  writeHash(addressNow(ground));
}

function writeHash(address) {
  const hash = `#${address}`;
  if (hash === location.hash) return;
  try {
    history.replaceState(null, "", location.href.split("#")[0] + hash);
  } catch {
    // a notebook's frame has no address of its own; Share says so
  }
}
