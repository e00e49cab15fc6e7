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

BEGIN = """
const { trainingOf } = await from("playground/training");
const { playerOf, serve, stepTogether } = await from("playground/worker");
const { checked, withPart } = await from("playground/settings");
const [settings, other] = data;
const session = trainingOf(checked(settings));
// A worker without a thread, whose messages are copied as those of a real one are.
class Near {
  constructor() {
    Near.made.push(this);
    const scope = { postMessage: (message) => this.onmessage({ data: structuredClone(message) }) };
    serve(scope);
    this.postMessage = (message) => setTimeout(() => scope.onmessage({ data: structuredClone(message) }), 0);
    this.terminate = () => {};
  }
  static made = [];
}
globalThis.Worker = Near;
const player = playerOf("");
const asked = () => new Promise((resolve) => player.ask(resolve));
const until = async (moment) => { while (session.moment < moment && !session.stopped) await asked(); };
"""


def played(program, *data):
    return in_node(BEGIN + program, *data)


@needs_node
def test_what_the_worker_did_is_what_the_page_would_have_done():
    found = played(
        """
        session.sample();
        player.start([session]);
        await until(40);
        player.stop();
        const near = trainingOf(checked(settings));
        near.sample();
        while (near.moment < session.moment) near.batch();
        const seen = ({ parameters, epochs, position, history, furthest, gradient, learningRate }) => structuredClone(
          { parameters, epochs, position, history, furthest, gradient, learningRate });
        return [seen(session), seen(near)];
        """,
        BASE,
    )
    assert found[0] == found[1]
    assert found[0]["furthest"] >= 40


@needs_node
def test_every_moment_that_the_worker_went_through_comes_back():
    found = played(
        """
        player.start([session]);
        await until(60);
        player.stop();
        const near = trainingOf(checked(settings));
        const answers = [];
        for (const moment of [0, 33, 7, 59]) {
          session.goTo(moment);
          while (near.moment < moment) near.batch();
          near.goTo(moment);
          answers.push([session.parameters.slice(), near.parameters.slice()]);
        }
        return answers;
        """,
        BASE,
    )
    for one, other in found:
        assert one == other


@needs_node
def test_what_was_asked_before_a_change_is_dropped_and_what_follows_has_it():
    found = played(
        """
        player.start([session]);
        await until(20);
        player.ask(() => { throw new Error("it was stopped"); });
        const moment = session.moment;
        session.change(checked(withPart(session.settings, { optimizer: { lr: 0.5 }, batch_size: 3 })));
        player.start([session]);
        await until(moment + 30);
        player.stop();
        const { recipe, parameters } = session;
        const near = trainingOf(recipe.settings);
        near.follow(recipe);
        return { moment, at: recipe.changes.map((each) => each.moment), one: parameters, other: near.parameters };
        """,
        BASE,
    )
    assert found["at"] == [found["moment"]]
    assert found["one"] == found["other"]


@needs_node
def test_from_an_earlier_moment_it_goes_on_as_before_and_then_other_steps_replace_the_rest():
    found = played(
        """
        for (let i = 0; i < 6; i++) session.batch();
        for (let i = 0; i < 3; i++) session.sample();
        session.goTo(2);
        player.start([session]);
        await until(30);
        player.stop();
        return session.history.steps.slice(0, 10);
        """,
        BASE,
    )
    assert found == [7, 7, 7, 5, 7, 7, 7, 5, 7, 7]  # no step of one sample is left


@needs_node
def test_two_runs_go_step_by_step_together():
    found = played(
        """
        const beside = trainingOf(checked(other));
        player.start([session, beside]);
        await until(25);
        player.stop();
        const near = trainingOf(checked(other));
        while (near.moment < beside.moment) near.batch();
        return { one: session.moment, other: beside.moment, P: beside.parameters, right: near.parameters };
        """,
        BASE,
        BASE | {"optimizer": {"name": "sgd", "lr": 0.1}},
    )
    assert found["one"] == found["other"]
    assert found["P"] == found["right"]


@needs_node
def test_playing_ends_where_a_number_is_not_finite_and_goes_on_after_a_change():
    found = played(
        """
        player.start([session]);
        await until(1000);
        const { stopped, moment } = session;
        session.goTo(0);
        session.change(checked(withPart(session.settings, { optimizer: { lr: 0.01 } })));
        player.start([session]);
        await until(5);
        player.stop();
        return { advice: stopped.advice, moment, later: session.stopped, changes: session.changes.length };
        """,
        BASE | {"loss": "mse", "optimizer": {"name": "sgd", "lr": 1e150}},
    )
    assert found["advice"] == "rate"
    assert found["moment"] < 1000
    assert (found["later"], found["changes"]) == (None, 0)


@needs_node
@pytest.mark.parametrize(
    "how", ["throw new Error('not allowed')", "setTimeout(() => this.onerror(new Event('error')))"]
)
def test_where_a_worker_is_refused_the_page_goes_step_by_step_from_where_it_is(how):
    found = played(
        f"""
        globalThis.Worker = class {{ constructor() {{ {how}; }} postMessage() {{}} terminate() {{}} }};
        session.batch();
        player.start([session]);
        await new Promise((resolve) => setTimeout(resolve, 20));
        const moves = stepTogether([session]);
        return {{ isRefused: player.isRefused, moves, moment: session.moment }};
        """,
        BASE,
    )
    assert found == {"isRefused": True, "moves": True, "moment": 2}


MAIN = """
import { trainingOf } from "../playground/training.js";
import { playerOf, stepTogether, workerScript } from "../playground/worker.js";
import { checked } from "../playground/settings.js";

export const DONE = (async () => {
  const { settings, length } = JSON.parse(document.getElementById("data").textContent);
  const session = trainingOf(checked(settings));
  const player = playerOf(workerScript(document.getElementById("program").textContent, length));
  player.start([session]);
  const frame = () => new Promise((resolve) => setTimeout(resolve, 5));
  while (session.moment < 50) {
    if (player.isRefused) stepTogether([session]);
    else player.ask(() => {});
    await frame();
  }
  player.stop();
  const { moment } = session;
  await frame();
  session.goTo(50);
  const answer = { P: [...session.parameters], isStill: session.furthest === moment, isRefused: player.isRefused };
  document.getElementById("answer").textContent = JSON.stringify(answer);
})();
"""


def page_text(settings):
    """A page with nothing but a training in a worker, as strict as the page of the lab."""
    parts, begin = engine_modules() | modules(), '"use strict";\n'
    program = f"{begin}{script(parts | {'test/main.js': MAIN})};"
    data = json.dumps({"settings": settings, "length": worker_part(parts, begin)})
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
    text = page_text(BASE)
    if is_framed:
        text = f'<!doctype html><iframe sandbox="allow-scripts" srcdoc="{html.escape(text, quote=True)}"></iframe>'
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    with launched() as browser:
        watched = Watched(browser)
        watched.page.goto(path.as_uri())
        frame = watched.page.frames[-1]
        frame.wait_for_selector("#answer:not(:empty)", timeout=300_000)
        found = json.loads(frame.text_content("#answer"))
        complaints = watched.handed_over()
        watched.close()
    right = played("for (let i = 0; i < 50; i++) session.batch(); return session.parameters;", BASE)
    assert largest(right, found["P"]) < 1e-12  # the logarithms of two engines differ in the last bit
    assert found["isStill"]
    assert is_framed or not found["isRefused"]
    assert complaints == []
