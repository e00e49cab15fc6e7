"""Does the training in a worker do what it does in the page, and does the page do without one where it has to?"""

import base64
import hashlib
import html
import json

import pytest
from browser import Watched, launched, needs_browser
from playground import in_node, largest, needs_node
from test_playground_training import BASE

from tinygrad_edu.viz.page.engine import modules as engine_modules
from tinygrad_edu.viz.page.engine import script
from tinygrad_edu.viz.page.playground import modules, worker_part

WAYS = [["batch"], ["epoch"], ["sample"], ["goTo", 2], ["batch"], ["epoch"], ["phase"]]
FAR = """
const { trainerOf } = await from("playground/worker");
const { checked } = await from("playground/settings");
const [settings, ways] = data;
const far = trainerOf(checked(settings));
const states = [];
for (const [name, ...given] of ways) {
  const { result, ...state } = await far[name](...given);
  states.push(state);
}
"""
NEAR = """
const { trainingOf } = await from("playground/training");
const { checked } = await from("playground/settings");
const [settings, ways] = data;
const training = trainingOf(checked(settings));
return ways.map(([name, ...given]) => {
  training[name](...given);
  const { moment, furthest, epochs, position, learningRate, parameters, gradient, history } = training;
  return structuredClone({ moment, furthest, epochs, position, learningRate, parameters, gradient, history });
});
"""
JOINED = """
const whole = { loss: [], steps: [] };
for (const { history } of states) {
  for (const [name, from] of [["loss", history.from.epochs], ["steps", history.from.steps]]) {
    whole[name].length = from;
    whole[name].push(...history[name]);
  }
}
"""


@needs_node
def test_answers_are_the_states_of_the_training():
    far = in_node(FAR + "return states;", BASE, WAYS)
    for state, right in zip(far, in_node(NEAR, BASE, WAYS), strict=True):
        for name in ("moment", "furthest", "epochs", "position", "learningRate", "parameters", "gradient"):
            assert state[name] == right[name], name


@needs_node
def test_only_what_is_new_in_the_history_is_sent_and_all_of_it_is_there_in_the_end():
    whole = in_node(FAR + JOINED + "return { whole, states };", BASE, WAYS)
    right = in_node(NEAR, BASE, WAYS)[-1]["history"]
    assert whole["whole"] == {"loss": right["loss"], "steps": right["steps"]}
    assert whole["states"][1]["history"]["from"] == {"steps": 1, "epochs": 0}
    assert len(whole["states"][1]["history"]["steps"]) == 3  # what was left of 26 samples after a batch of 7


@needs_node
def test_playing_goes_on_until_it_is_paused_and_may_be_slow():
    program = (
        FAR.partition("const states")[0]
        + """
    const seen = [];
    await new Promise((resolve) => far.play((state) => seen.push(state) > 3 && resolve()));
    const first = await far.pause();
    await new Promise((resolve) => setTimeout(resolve, 60));
    const second = await far.pause();
    far.play(() => {}, 5);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const slow = await far.pause();
    return { moments: seen.map(({ moment }) => moment), first: first.moment, second: second.moment, slow: slow.moment };
    """
    )
    found = in_node(program, BASE)
    assert found["moments"] == sorted(found["moments"])
    assert found["first"] == found["second"] >= found["moments"][-1] > 0
    assert 0 < found["slow"] - found["second"] <= 4


@needs_node
def test_playing_ends_where_a_number_is_not_finite():
    program = (
        FAR.partition("const states")[0]
        + """
    return await new Promise((resolve) => far.play((state) => state.stopped && resolve(state.stopped)));
    """
    )
    settings = BASE | {"loss": "mse", "optimizer": {"name": "sgd", "lr": 1e150}}
    assert in_node(program, settings)["advice"] == "rate"


@needs_node
def test_the_worker_answers_each_message_and_errors_keep_what_they_say():
    program = """
    const { serve } = await from("playground/worker");
    const { checked } = await from("playground/settings");
    const answers = [];
    const scope = { postMessage: (message) => answers.push(message) };
    serve(scope);
    const ask = (number, name, ...given) => scope.onmessage({ data: { number, name, given } });
    ask(1, "begin", checked(data[0]));
    ask(2, "batch");
    ask(3, "nothing");
    ask(4, "goTo", 0);
    return answers.map(({ number, answer, error }) => ({ number, moment: answer?.moment, error: error?.message }));
    """
    found = in_node(program, BASE)
    assert [each["number"] for each in found] == [1, 2, 3, 4]
    assert [each.get("moment") for each in found] == [None, 1, None, 0]
    assert "not a function" in found[2]["error"]


MAIN = """
import { trainerOf, workerScript } from "../playground/worker.js";
import { checked } from "../playground/settings.js";

export const DONE = (async () => {
  const { settings, ways, length } = JSON.parse(document.getElementById("data").textContent);
  const far = trainerOf(checked(settings), workerScript(document.getElementById("program").textContent, length));
  let state = null;
  for (const [name, ...given] of ways) state = await far[name](...given);
  const seen = await new Promise((resolve) => far.play(resolve, 50));
  const { moment } = await far.pause();
  far.close();
  const answer = { P: [...state.parameters], moment: state.moment, later: moment >= state.moment, played: seen.moment };
  document.getElementById("answer").textContent = JSON.stringify({ ...answer, isWorker: far.isWorker });
})();
"""


def page_text(settings, ways):
    """A page with nothing but a training in a worker, as strict as the page of the lab."""
    parts, begin = engine_modules() | modules(), '"use strict";\n'
    program = f"{begin}{script(parts | {'test/main.js': MAIN})};"
    data = json.dumps({"settings": settings, "ways": ways, "length": worker_part(parts, begin)})
    allowed = base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{allowed}'; worker-src blob:"
    return (
        f'<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<p id="answer"></p><script type="application/json" id="data">{data}</script>'
        f'<script id="program">{program}</script>'
    )


@needs_browser
@pytest.mark.parametrize("is_framed", [False, True], ids=["from disk", "in a sandboxed frame"])
def test_in_a_browser_the_numbers_are_those_of_node(is_framed, tmp_path):
    text = page_text(BASE, WAYS[:-1])
    if is_framed:
        text = f'<!doctype html><iframe sandbox="allow-scripts" srcdoc="{html.escape(text, quote=True)}"></iframe>'
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    with launched() as browser:
        watched = Watched(browser)
        watched.page.goto(path.as_uri())
        frame = watched.page.frames[-1]
        frame.wait_for_selector("#answer:not(:empty)", timeout=60_000)
        found = json.loads(frame.text_content("#answer"))
        complaints = watched.handed_over()
        watched.close()
    right = in_node(NEAR, BASE, WAYS[:-1])[-1]
    assert largest(right["parameters"], found["P"]) < 1e-12  # the logarithms of two engines differ in the last bit
    assert found["moment"] == right["moment"]
    assert found["later"]
    assert is_framed or found["isWorker"]
    assert complaints == []
