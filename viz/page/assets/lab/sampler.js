// Which sample of a loss is entered? A line at the top of the stage says it, and another one can be chosen there.

import { showCount } from "../numbers.js";
import { mathName } from "../engine/printing.js";
import { byId, element } from "./dom.js";
import { say, sayAll } from "./say.js";
import { positionOfSample, sampleOf, samplesOf } from "./samples.js";
import { shownScene } from "./scene.js";
import { goTo } from "./store.js";

export function mountSampler(store) {
  const field = element("input", { id: "sample", type: "text", inputmode: "numeric", autocomplete: "off", "data-say-label": "size_sample" });
  const move = (by) => () => choose(store, sampleOf(store.state) + by);
  const back = element("button", { type: "button", id: "sample-back", "data-say-label": "size_sample_back" }, "‹");
  const next = element("button", { type: "button", id: "sample-next", "data-say-label": "size_sample_next" }, "›");
  const [of, sentence] = [element("span", { id: "sample-of" }), element("p", { id: "sample-sentence" })];
  const choice = element("div", { id: "samples", role: "group", "data-say-label": "size_sample" }, back, field, of, next, sentence);
  byId("stage").append(choice);
  sayAll(choice);
  back.addEventListener("click", move(-1));
  next.addEventListener("click", move(1));
  field.addEventListener("change", () => {
    choose(store, Number(field.value) - 1);
    field.value = String(sampleOf(store.state) + 1); // also where it was another one, or no number
  });
  const parts = { choice, field, of, sentence, back, next };
  store.onChange(() => queueMicrotask(() => draw(store, parts)));
  queueMicrotask(() => draw(store, parts));
}

/** Another sample, or the nearest there is: the step goes along, to where the same happens in that one. */
export function choose(store, wanted) {
  const samples = samplesOf(store.state.graph);
  const sample = Math.max(0, Math.min(samples.count - 1, Math.trunc(wanted) || 0));
  goTo(store, positionOfSample(store.state, sample));
  store.change({ sample });
}

function draw({ state }, { choice, field, of, sentence, back, next }) {
  const scene = shownScene(state);
  const samples = samplesOf(state.graph);
  choice.hidden = !samples || !scene || scene.isWhole;
  if (choice.hidden) return;
  const [sample, kind] = [sampleOf(state), samples.isOfSamples ? "samples" : "terms"];
  if (document.activeElement !== field) field.value = String(sample + 1);
  [back.disabled, next.disabled] = [sample === 0, sample === samples.count - 1];
  of.replaceChildren(say("size_of", { count: showCount(samples.count) }), element("span", {}, ` ${say(`size_${kind}`)}`));
  sentence.textContent = say(`size_is_${kind}`, { output: mathName(state.graph.names.at(-1)), count: showCount(samples.count) });
}
