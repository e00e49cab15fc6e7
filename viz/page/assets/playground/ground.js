// How does the playground begin? A store of its own on the settings of its link or of Python, and every part on it. It is
// mounted when its room is first entered.

import { byId } from "../lab/dom.js";
import { say, sayAll } from "../lab/say.js";
import { forgetColours } from "./colours.js";
import { mountDataSets, paintSets } from "./data_sets.js";
import { drawCurves, drawFigures } from "./figures.js";
import { mountLearning } from "./learning.js";
import { drawNet, mountNet } from "./net.js";
import { drawNotes } from "./notes.js";
import { drawPlane, drawPlaneTitle } from "./plane_view.js";
import { cursorNow, paintTools, mountPoints } from "./points.js";
import { mountShortcuts } from "./shortcuts.js";
import { storeOf } from "./store.js";
import { mountTabs } from "./tabs.js";
import { mountTraining } from "./transport.js";

const PAUSE = 400; // milliseconds
const EVERY = { weights: 2, figures: 4, curves: 8 }; // so many frames

/** The playground with these settings; gives its store. */
export function mountGround(settings, lang) {
  const store = storeOf(settings, { lang });
  mountDataSets(store);
  mountLearning(store);
  mountPoints(store);
  mountNet(store);
  mountTabs(store);
  mountTraining(store);
  mountShortcuts(store);
  mountDrawing(store);
  mountSpoken(store);
  watchColours(store);
  sayAll(byId("ground"));
  return store;
}

// Everything that moves is drawn once a frame, however often the state has changed.
function mountDrawing(store) {
  let isWaiting = false;
  let frame = 0;
  const draw = (time) => {
    isWaiting = false;
    drawAll({ ...store.state, marks: marksOf(store.state, time) }, frame++);
  };
  const later = () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(draw);
  };
  store.onChange(later);
  new ResizeObserver(later).observe(byId("plane-box"));
  later();
}

// Dead and saturated neurons, as places in the network; while it trains they are looked for now and then.
let looked = { parameters: null, time: -Infinity, marks: [] };

function marksOf({ run, playing }, time) {
  const { parameters } = run.session;
  if (looked.parameters !== parameters || !playing || time - looked.time > PAUSE) {
    const marks = run.session.stuck().map((mark) => ({ ...mark, neuron: mark.neuron - 1 }));
    looked = { parameters, time, marks };
  }
  return looked.marks;
}

// While batches run, what an eye does not follow so fast is drawn in some of the frames alone.
function drawAll(state, frame) {
  if (document.documentElement.dataset.room !== "playground") return;
  const isTurn = (rest) => !state.playing || state.phase !== null || frame % rest === 0;
  drawPlaneTitle(state);
  drawPlane(state, cursorNow());
  drawNet(state, isTurn(EVERY.weights));
  if (isTurn(EVERY.figures)) drawFigures(state);
  if (isTurn(EVERY.curves)) drawCurves(state);
  drawNotes(state);
}

// What happens is said when it is asked for, and not at each frame.
function mountSpoken(store) {
  store.onChange(({ said }, before) => {
    if (said && said !== before.said) byId("spoken").textContent = say(said.key, said.places);
  });
}

// The pictures are painted again in the colours of the theme.
function watchColours(store) {
  const forget = () => {
    forgetColours();
    paintSets();
    paintTools();
    store.change({});
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", forget);
  new MutationObserver(forget).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  forget();
}
