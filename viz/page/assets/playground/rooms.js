// How does one go from room to room? Two buttons in the bar: the lab, where a formula is stepped through, and the playground,
// where a network is trained. Both are in the page; the playground is made when it is first entered, with the settings of the
// address, else with those of Python.

import { byId } from "../lab/dom.js";
import { offerLink } from "../lab/share.js";
import { PAGE } from "../lab/page.js";
import { addressOfGround, isOfGround, readGround } from "./address.js";
import { mountGround } from "./ground.js";
import { mountOpened } from "./opened.js";
import { checked } from "./settings.js";
import { begin, moved } from "./store.js";

const PAUSE = 300; // milliseconds: a browser refuses an address that changes too often
const FARTHEST = 20_000; // steps that a link takes at once: some seconds
const STEPS = { b: "batch", s: "sample" };

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
    const { settings, steps } = readGround(hash);
    begin(ground, checked(settings));
    take(ground, steps);
  } catch (error) {
    if (!error.kind) throw error;
    ground.change({ problem: error });
  }
}

// The steps of a link, up to where training stops, and not so many that a reader would wait.
function take(ground, steps) {
  const { session } = ground.state.run;
  for (const [kind, count] of steps) {
    for (let done = 0; done < count && session.moment < FARTHEST && !session.stopped; done++) session[STEPS[kind]]();
  }
  moved(ground);
}

function addressNow({ state: { settings, run: { session } } }) {
  return addressOfGround(settings, session.history.steps.slice(0, session.moment));
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
