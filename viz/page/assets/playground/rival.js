// What if one thing were different? The run as it is now is kept beside the one that the controls change: both go batch by
// batch together, and are drawn side by side, with what differs. A rate that is changed parts them at this moment; another
// network begins at its start, and the one that is kept goes back there too.

import { element } from "../lab/dom.js";
import { say } from "../lab/say.js";
import { brief, percent } from "./figures.js";
import { paintDecision } from "./picture.js";
import { drawLine, drawPoints, fitCanvas } from "./plane_view.js";
import { ASPECT } from "./plane.js";
import { copyOf, nowOf } from "./run.js";

const panel = { section: null, store: null, form: null };

export const rivalPanel = {
  name: "rival",
  mount(section, store) {
    Object.assign(panel, { section, store });
    store.onChange((state, before) => (state.tick !== before.tick || state.rival !== before.rival) && follow(state));
  },
  draw(state) {
    const form = JSON.stringify([state.rival?.run.settings ?? null, state.settings, state.lang]);
    if (form !== panel.form) build(state);
    panel.form = form;
    if (state.rival) requestAnimationFrame(() => drawBoth(state));
  },
};

/** The run beside this one goes where this one is. */
export function follow({ run, rival }) {
  if (!rival) return;
  const { moment } = run.session;
  const { session } = rival.run;
  if (moment <= session.furthest) session.goTo(moment);
  while (session.moment < moment && session.batch()) { /* until it is where the other is, or has stopped */ }
}

function build(state) {
  const { rival } = state;
  if (!rival) return panel.section.replaceChildren(element("p", { class: "guide" }, say("ground_rival_help")), keepButton("ground_rival_keep"));
  const differ = differences(rival.run.settings, state.settings);
  panel.section.replaceChildren(
    ...pictureOf("rival", say("ground_rival_kept")),
    ...pictureOf("own", say("ground_rival_own")),
    element("p", { class: "guide" }, differ.length ? say("ground_rival_differ", { what: differ.join("; ") }) : say("ground_rival_same")),
    element("p", { class: "rival-tools" }, keepButton("ground_rival_again"), endButton()),
  );
}

function pictureOf(kind, words) {
  const canvas = element("canvas", { "data-rival": kind, role: "img", "aria-label": words });
  return [element("p", { class: "rival-name" }, element("b", {}, words), " ", element("span", { "data-figures": kind })), canvas];
}

function keepButton(key) {
  const made = element("button", { type: "button" }, say(key));
  made.addEventListener("click", () => {
    panel.store.change({ rival: { run: copyOf(panel.store.state.run) }, said: { key: "ground_rival_said", places: {} } });
  });
  return made;
}

function endButton() {
  const made = element("button", { type: "button" }, say("ground_rival_end"));
  made.addEventListener("click", () => panel.store.change({ rival: null }));
  return made;
}

function drawBoth(state) {
  for (const canvas of panel.section.querySelectorAll("canvas")) {
    const isRival = canvas.dataset.rival === "rival";
    const run = isRival ? state.rival.run : state.run;
    const scale = fitCanvas(canvas, canvas.clientWidth, canvas.clientWidth / ASPECT);
    const context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    paintDecision(context, run);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const size = { width: canvas.width / scale, height: canvas.height / scale };
    drawLine(context, run, size);
    drawPoints(context, { run, settings: run.settings, sample: null }, size);
    panel.section.querySelector(`[data-figures="${canvas.dataset.rival}"]`).textContent = figuresOf(run);
  }
}

function figuresOf(run) {
  const { loss, accuracy } = nowOf(run);
  return accuracy !== null ? `${percent(accuracy)} · ${say("ground_loss_now")} ${brief(loss)}` : `${say("ground_loss_now")} ${brief(loss)}`;
}

/** What differs between two settings, as texts "lr: 0.3 → 0.03", down to single numbers. */
export function differences(one, other, path = []) {
  if (isPlain(one) && isPlain(other)) return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) => differences(one[key], other[key], [...path, key]));
  if (JSON.stringify(one) === JSON.stringify(other)) return [];
  return [`${path.join(".")}: ${written(one)} → ${written(other)}`];
}

function isPlain(part) {
  return part !== null && typeof part === "object" && !Array.isArray(part);
}

function written(part) {
  if (Array.isArray(part) && part.every((each) => each?.size)) return part.map(({ size, activation }) => `${size} ${activation}`).join(" · ");
  const text = typeof part === "string" ? part : (JSON.stringify(part) ?? "—");
  return text.length > 40 ? "…" : text;
}
