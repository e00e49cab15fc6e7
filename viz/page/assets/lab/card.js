// What does the card say? One thing: in words, in names, in symbols, in numbers.

import { stepText } from "../engine/steps.js";
import { byId } from "./dom.js";
import { say } from "./say.js";
import { stepOf } from "./store.js";

export function mountCard(store) {
  const draw = () => drawCard(store.state);
  store.onChange(draw);
  draw();
}

function drawCard(state) {
  const step = stepOf(state);
  byId("card").dataset.position = state.position;
  byId("phase").textContent = step ? say(`phase_${step.phase}`) : "";
  byId("count").textContent = say("step_of", { step: state.position, steps: state.steps.length });
  byId("sentence").textContent = step ? stepText(step) : "";
}
