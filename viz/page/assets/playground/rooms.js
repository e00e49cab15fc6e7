// How does one go from room to room? Two buttons in the bar: the lab, where a formula is stepped through, and the playground,
// where a network is trained. Both are in the page; the playground is made when it is first entered, with the settings of the
// address, else with those of Python.

import { byId } from "../lab/dom.js";
import { offerLink } from "../lab/link.js";
import { PAGE } from "../lab/page.js";
import { addressOfGround, isOfGround, readGround } from "./address.js";
import { mountGround } from "./ground.js";
import { mountOpened } from "./opened.js";
import { nowOf } from "./run.js";
import { checked } from "./settings.js";
import { begin, moved } from "./store.js";

const PAUSE = 300; // milliseconds: a browser refuses an address that changes too often
const FARTHEST = 5000; // the moment up to which a link trains at once

/** Mount the rooms on the store of the lab. */
export function mountRooms(lab) {
  const rooms = { lab, ground: null };
  const buttons = [...byId("rooms").querySelectorAll("button")];
  for (const each of buttons) each.addEventListener("click", () => lab.change({ room: each.dataset.to, playing: false }));
  const draw = (state, before) => drawRooms(rooms, buttons, state, before);
  lab.onChange(draw);
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
  let timer = null;
  ground.onChange(() => {
    clearTimeout(timer);
    timer = setTimeout(() => lab.state.room === "playground" && writeAddress(ground), PAUSE);
  });
  return ground;
}

function follow(ground, hash) {
  if (hash === `#${addressNow(ground)}`) return;
  try {
    const { settings, moment } = readGround(hash);
    begin(ground, checked(settings));
    if (moment) trainTo(ground, Math.min(moment, FARTHEST));
  } catch (error) {
    if (!error.kind) throw error;
    ground.change({ problem: error });
  }
}

function trainTo(ground, moment) {
  const { session } = ground.state.run;
  while (session.moment < moment && session.batch()) { /* up to the moment of the link, or to where it stops */ }
  moved(ground);
}

function addressNow({ state }) {
  return addressOfGround(state.settings, nowOf(state.run).moment);
}

function writeAddress(ground) {
  const hash = `#${addressNow(ground)}`;
  if (hash === location.hash) return;
  try {
    history.replaceState(null, "", location.href.split("#")[0] + hash);
  } catch {
    // a notebook's frame has no address of its own; Share says so
  }
}
