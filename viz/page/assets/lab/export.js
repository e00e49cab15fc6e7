// How does what is shown get out of the page? As a picture of the step, as LaTeX, as data: into a file, or onto the
// clipboard. A notebook's frame allows neither; there the text stands in a field to copy from, and the picture in sight.

import { show } from "../numbers.js";
import { leavesOf } from "../engine/graph.js";
import { toText } from "../engine/printing.js";
import { stepLatex, stepText, sweepBehind, traceLatex } from "../engine/steps.js";
import { traceJson } from "../engine/trace_json.js";
import { button, byId, element } from "./dom.js";
import { download, isCopied, isFramed } from "./out.js";
import { pictureOf, sizeOf } from "./picture.js";
import { say, sayAll } from "./say.js";
import { endMotion } from "./stage.js";
import { stepOf } from "./store.js";

const SCALES = [1, 2, 4]; // pixels of a PNG for each of the picture
const USUAL_SCALE = 2;
const LARGEST = 16384; // pixels of a side, more than which browsers do not draw
const MOST_STEPS = { latex: 2000, json: 20000 }; // in one text
const MOST_LISTED = 12; // numbers of the gradient in words
const BUTTON = { id: "save", class: "in-lab", popovertarget: "saving" };

export function mountExport(store) {
  byId("share").after(button("export_button", () => {}, BUTTON));
  const menu = element("section", { id: "saving", popover: "", "data-say-label": "export_button" });
  byId("tools").after(menu);
  menu.addEventListener("beforetoggle", ({ newState }) => newState === "open" && fill(menu, store));
  const isOther = (state, before) => ["lang", "position", "steps", "asked"].some((name) => state[name] !== before[name]);
  store.onChange((state, before) => {
    if (menu.matches(":popover-open") && isOther(state, before)) queueMicrotask(() => fill(menu, store)); // when the stage is drawn
  });
}

// The menu

function fill(menu, store) {
  store.change({ pointed: null, playing: false });
  endMotion();
  const out = element("div", { class: "out" });
  const options = { isClear: box("export_clear"), isAsShown: box("export_as_shown"), scale: scales(store) };
  menu.replaceChildren(...rows(store, options, out), out);
  sayAll(menu);
}

function rows(store, options, out) {
  const step = stepOf(store.state);
  const picture = () => pictureNow(store.state, options);
  const one = () => stepLatex(step);
  const all = () => traceLatex(store.state.steps);
  const data = () => traceJson(store.state.graph, store.state.steps);
  return [
    row("export_picture", [
      action("SVG", () => deliver(out, textFile(picture().svg, nameOf(store.state, "svg")))),
      action("PNG", async () => deliver(out, await png(picture(), options.scale.value, nameOf(store.state, "png")))),
      options.scale,
    ]),
    element("div", { class: "export-options" }, options.isClear.parentElement, options.isAsShown.parentElement),
    texts(out, "export_step_text", () => stepText(step), nameOf(store.state, "txt"), step ? answered(store.state) : say("export_no_step")),
    texts(out, "export_step_latex", one, nameOf(store.state, "tex"), step ? answered(store.state) : say("export_no_step")),
    texts(out, "export_latex", all, `${stem(store.state)}.tex`, answered(store.state) ?? tooLong(store.state, "latex")),
    texts(out, "export_data", data, `${stem(store.state)}.json`, answered(store.state) ?? tooLong(store.state, "json")),
  ];
}

function row(key, parts) {
  return element("div", { class: "export-row", role: "group", "data-say-label": key }, element("span", { "data-say": key }), ...parts);
}

/** A line of the menu for a text, to copy or to keep as a file; or the reason why there is none. */
function texts(out, key, make, name, reason) {
  if (reason) return row(key, [element("small", {}, reason)]);
  return row(key, [button("copy", () => copy(out, make())), button("export_file", () => deliver(out, textFile(make(), name)))]);
}

function action(format, act) {
  const made = element("button", { type: "button" }, format);
  made.addEventListener("click", act);
  return made;
}

function box(key) {
  const made = element("input", { type: "checkbox" });
  element("label", {}, made, element("span", { "data-say": key }));
  return made;
}

function scales(store) {
  const { width, height } = sizeOf(byId("scene"), wordsOf(store.state));
  const fitting = SCALES.filter((scale) => scale * Math.max(width, height) <= LARGEST);
  const options = fitting.map((scale) => {
    return element("option", { value: scale, ...(scale === USUAL_SCALE ? { selected: "" } : {}) }, `${scale * width} px`);
  });
  return element("select", { "data-say-label": "export_width" }, ...options);
}

// Why a text is not given: it has the answers to what is asked.
function answered({ quiz, asked }) {
  return quiz || asked !== null ? say("export_quiz") : null;
}

function tooLong({ steps }, kind) {
  return steps.length > MOST_STEPS[kind] ? say("export_too_long", { steps: steps.length, most: MOST_STEPS[kind] }) : null;
}

// What is written

function pictureNow(state, options) {
  const chosen = { isAsShown: options.isAsShown.checked, isClear: options.isClear.checked };
  return pictureOf(byId("scene"), { ...wordsOf(state), ...chosen });
}

/** What stands below the picture: where in the sweep this is, and the step; not the answer to a question. */
function wordsOf(state) {
  const { steps, graph, position, asked } = state;
  const step = stepOf(state);
  const output = graph.names.at(-1);
  if (position === 0) return { heading: formulaOf(state), text: say("sweep_begin", { output }) };
  if (!step) return { heading: say("sweep_end", { output }), text: gradientOf(state) };
  const phase = say(`phase_${step.phase}`);
  const heading = say("sweep_step", { phase, step: position, steps: steps.length });
  return { heading, text: asked === null ? stepText(step) : "" };
}

function formulaOf({ text, graph }) {
  return text ?? toText(graph.nodes.at(-1));
}

function gradientOf({ graph, steps }) {
  const { gradients } = sweepBehind(steps);
  const leaves = leavesOf(graph);
  const listed = leaves.slice(0, MOST_LISTED).map((leaf) => `∂${graph.names.at(-1)}/∂${graph.names[leaf]} = ${show(gradients[leaf])}`);
  const more = leaves.length - listed.length;
  return more > 0 ? say("sweep_more", { gradients: listed.join(", "), count: more }) : listed.join(", ");
}

/** f-step-07.svg: named after the output and the step. */
function nameOf(state, suffix) {
  const digits = Math.max(2, String(state.steps.length + 1).length);
  return `${stem(state)}-step-${String(state.position).padStart(digits, "0")}.${suffix}`;
}

function stem({ graph }) {
  return graph.names.at(-1).replace(/[^\p{L}\p{N}_-]+/gu, "_").slice(0, 40) || "f";
}

const KINDS = { svg: "image/svg+xml", tex: "text/x-tex", txt: "text/plain", json: "application/json" };

function textFile(text, name) {
  return { name, text, blob: new Blob([text], { type: KINDS[name.split(".").at(-1)] }) };
}

/** The picture in pixels: the browser draws the SVG on a canvas. */
async function png({ svg, width, height }, scale, name) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * scale, height: height * scale });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  return { name, blob, shown: canvas.toDataURL() };
}

// Where it goes

function deliver(out, { name, text, blob, shown }) {
  if (!isFramed) {
    download(name, blob);
    out.replaceChildren(element("p", { role: "status" }, say("export_saved", { name })));
  } else if (shown) {
    out.replaceChildren(element("p", { role: "status" }, say("export_image")), element("img", { src: shown, alt: name }));
  } else byHand(out, text);
}

async function copy(out, text) {
  if (await isCopied(text)) out.replaceChildren(element("p", { role: "status" }, say("export_copied")));
  else byHand(out, text);
}

function byHand(out, text) {
  const field = element("textarea", { readonly: "", rows: 6, spellcheck: "false", "aria-label": say("export_by_hand") });
  field.value = text;
  out.replaceChildren(element("p", { role: "status" }, say("export_by_hand")), field);
  field.select();
}
