// Which data is there to choose? A small picture of each data set, one's own points, and a table as CSV.

import { byId, element } from "../lab/dom.js";
import { say } from "../lab/say.js";
import { colourOf } from "./colours.js";
import { DATASETS, pointsOf } from "./data.js";
import { isHidden, sayAnew } from "./fields.js";
import { withClasses } from "./learning.js";
import { onPicture, planeOf } from "./plane.js";
import { drawPoint, fitCanvas } from "./plane_view.js";
import { begin, hasBegun } from "./store.js";
import { openTable } from "./table.js";

const SHOWN = { n: 60, seed: 0, classes: 3 }; // the small pictures are of fewer points
const SIZE = { width: 56, height: 42 };

export function mountDataSets(store) {
  const buttons = [...Object.keys(DATASETS).map((name) => setButton(store, name)), tableButton(store)];
  byId("data-sets").append(...buttons);
  let begun = false;
  store.onChange((state, before) => {
    if (state.settings === before.settings && state.lang === before.lang && begun === hasBegun(state)) return;
    begun = hasBegun(state);
    drawSets(state, buttons);
  });
  drawSets(store.state, buttons);
}

/** After the colours have changed. */
export function paintSets() {
  for (const canvas of byId("data-sets").querySelectorAll("canvas")) paintSet(canvas);
}

function setButton(store, name) {
  const made = element("button", { type: "button", class: "data-set", "data-name": name }, element("canvas", { "data-set": name }));
  made.addEventListener("click", () => begin(store, withData(store.state.settings, name)));
  return made;
}

/** Another data set, with the noise that suits it, and a loss for its classes. */
export function withData(settings, name) {
  const { classes, noise } = DATASETS[name];
  const inputs = settings.inputs.filter((input) => PLANE_INPUTS.includes(input));
  const data = { ...settings.data, name, noise, points: null, plane: [0, 1], task: classes ? "classes" : "numbers" };
  return withClasses({ ...settings, data, inputs: inputs.length ? inputs : ["x1", "x2"] }, classes || 2);
}
const PLANE_INPUTS = ["x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)"];

// Points become one's own as soon as one is changed; the button says so, and opens the table that can be read in.
function tableButton(store) {
  const made = element("button", { type: "button", class: "data-set words", "data-name": "own", "aria-haspopup": "dialog" });
  made.addEventListener("click", () => openTable(store));
  return made;
}

function drawSets(state, buttons) {
  byId("data-sets").hidden = isHidden(state, "data");
  for (const made of buttons) {
    const { name } = made.dataset;
    made.setAttribute("aria-pressed", state.settings.data.name === name);
    made.setAttribute("aria-label", say(`ground_data_${name}`));
    sayAnew(made, made, hasBegun(state));
    made.setAttribute("title", [say(`ground_data_${name}`), ...(hasBegun(state) ? [say("ground_anew")] : [])].join(". "));
    if (name === "own") made.textContent = say("ground_data_own");
  }
}

function paintSet(canvas) {
  const { classes, noise } = DATASETS[canvas.dataset.set];
  const { X, y } = pointsOf({ ...SHOWN, name: canvas.dataset.set, noise, classes: classes || 2 });
  const scale = fitCanvas(canvas, SIZE.width, SIZE.height);
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, SIZE.width, SIZE.height);
  const plane = planeOf(X);
  X.forEach((at, index) => drawPoint(context, onPicture(plane, at, SIZE), classes ? y[index] : 1, false, classes ? null : colourOf(y[index]), 2.6));
}
