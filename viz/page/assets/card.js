// What does the card say? The phase, one or two sentences, the formula in layers, and the whole step in one line.

const PHASES = { forward: "phase_forward", seed: "phase_seed", backward: "phase_backward" };
const HIDDEN_LAYERS = new Set(["numbers", "result", "contribution", "sum"]);

function drawCard(page, steps, values, position, hidden) {
  const step = steps[position];
  byId("phase").textContent = say(PHASES[step.phase]);
  byId("count").textContent = say("step_of", { step: position + 1, steps: steps.length });
  const isAsked = hidden !== null;
  const told = sentences(page, step, values).flatMap(([key, places]) => [...sentence(key, places), " "]);
  byId("sentence").replaceChildren(...(isAsked ? question(page, step) : told));
  byId("layers").replaceChildren(...layerRows(page, step, values, isAsked));
  byId("line").textContent = isAsked ? "" : oneLine(page, step, values);
  byId("one-line").hidden = isAsked;
}

function layerRows(page, step, values, isAsked) {
  return layers(page, step, values)
    .filter(([layer]) => !isAsked || !HIDDEN_LAYERS.has(layer))
    .flatMap(([layer, pieces]) => [
      element("dt", {}, say(`layer_${layer}`)),
      element("dd", { "data-layer": layer }, formula(pieces), ...status(step, layer)),
    ]);
}

// Beside the sum: what is still to come.
function status(step, layer) {
  if (layer !== "sum") return [];
  const text = step.to_come ? say("to_come", { count: step.to_come }) : say("complete");
  return [element("span", { class: step.to_come ? "status" : "status complete" }, text)];
}

function question(page, step) {
  const output = page.trace.nodes.length - 1;
  const gradient = ratio(output, step.argument_node);
  const upstream = ratio(output, step.user_node);
  const asked = sentence("predict_ask", { gradient });
  const given = sentence("predict_given", { upstream, number: numbered(step.upstream, step.user_node) });
  const before = sentence("predict_before", { gradient, number: numbered(step.before, step.argument_node) });
  return [...asked, " ", ...given, ...(step.is_first ? [] : [" ", ...before])];
}
