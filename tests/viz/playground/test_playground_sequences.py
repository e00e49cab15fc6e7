"""Whatever is done to a training, in whatever order: is it still what nn computes, and what its link and script say?"""

import random

import pytest
from browser import needs_browser
from ground import Ground
from playground import in_node, largest, needs_node
from sampling import sample
from test_playground_training import OPTIMIZERS, drawn, optimizer_of, prepared, schedule_of

from tinygrad_edu import nn

SEQUENCES = 40
PROGRAM = """
const { isSameStart, trainingOf } = await from("playground/training");
const { checked, withPart } = await from("playground/settings");
const { addressOfGround, readGround, takeSteps } = await from("playground/address");
const { pythonOf } = await from("playground/out");

const ways = {
  goTo: (session, share) => session.goTo(Math.round(share * session.furthest)),
  change: (session, part) => session.change(checked(withPart(session.settings, part))),
  // A worker goes on from here, and what it has done comes back in two parts; what it does after that is dropped.
  worker(session, batches) {
    const { settings, ...saved } = structuredClone(session.saved());
    const far = trainingOf(settings);
    far.resumed(saved);
    for (const count of [batches, 2]) {
      for (let i = 0; i < count; i++) far.batch();
      session.taken(structuredClone(far.news()));
    }
    far.batch();
  },
};
const act = (session, [name, ...given]) => (ways[name] ? ways[name](session, ...given) : session[name]());
const seen = (session) => ({
  P: session.parameters, moment: session.moment, epochs: session.epochs, rate: session.learningRate,
  settings: session.settings, recipe: session.recipe, gradient: session.gradient,
});

return data.map(({ settings, actions }) => {
  const session = trainingOf(checked(settings));
  for (const action of actions) act(session, action);
  const address = addressOfGround(session.recipe);
  const { settings: begun, steps } = readGround(`#${address}`);
  const reopened = trainingOf(checked(begun));
  takeSteps(reopened, steps);
  const copy = trainingOf(session.recipe.settings);
  copy.follow(session.recipe);
  const { moment, history } = session;
  const losses = history.step_loss.slice(0, moment);
  const epochs = history.loss.slice(0, session.epochs);
  const python = pythonOf(session.recipe);
  const again = addressOfGround(reopened.recipe);
  return { now: seen(session), reopened: seen(reopened), copy: seen(copy), losses, epochs, address, again, python };
});
"""


def changed(draw):
    """Another optimizer, other numbers of it, or another batch size."""
    return draw.choice(
        [
            {"optimizer": {"lr": draw.choice([0.001, 0.003, 0.02])}},
            {"optimizer": {"name": draw.choice(["sgd", "adam", "adamw"]), "lr": 0.004, "nesterov": False}},
            {"optimizer": {"betas": [draw.choice([0.5, 0.8]), 0.99], "eps": 1e-6}},
            {"optimizer": {"momentum": draw.choice([0.3, 0.9])}},
            {"optimizer": {"weight_decay": draw.choice([0, 0.05])}},
            {"optimizer": {"schedule": draw.choice(["constant", "step", "linear", "cosine"]), "schedule_steps": 7}},
            {"optimizer": {"schedule_factor": 0.5, "schedule_end": 0.2, "warm_up": draw.choice([0, 3])}},
            {"optimizer": {"max_norm": draw.choice([None, 0.7])}},
            {"batch_size": draw.choice([1, 3, 8, None])},
        ]
    )


def actions(seed):
    """Whatever a reader may do: steps, changes, moments, phases, a worker; in any order, also twice the same."""
    draw = random.Random(seed)
    found = []
    for _ in range(draw.randint(3, 14)):
        way = draw.choice(["sample", "batch", "batch", "epoch", "phase", "change", "change", "goTo", "worker"])
        more = {"change": [changed(draw)], "goTo": [draw.random()], "worker": [draw.randint(0, 9)]}.get(way, [])
        found += [[way, *more]] * (draw.randint(1, 6) if way in ("sample", "batch", "phase") else 1)
    return found


@needs_node
@pytest.mark.parametrize("chunk", sample(range(8)))
def test_any_sequence_of_actions_is_what_its_link_and_its_script_say(chunk):
    seeds = range(chunk * SEQUENCES // 8, (chunk + 1) * SEQUENCES // 8)
    cases = [{"settings": drawn(seed), "actions": actions(seed)} for seed in seeds]
    for found in in_node(PROGRAM, *cases):
        assert found["reopened"] == found["now"] | {"gradient": found["reopened"]["gradient"]}, found["address"]
        assert found["copy"]["P"] == found["now"]["P"]
        assert found["again"] == found["address"]
        check_script(found)


def check_script(found):
    """The script prints the losses of whole epochs, and then of the steps behind them."""
    printed = []
    scope = {"print": lambda *given: printed.extend(given)}
    exec(compile(found["python"], "playground.py", "exec"), scope)
    losses = [number for number in printed if isinstance(number, float)]
    whole = scope["history"].epochs if "history" in scope else 0
    alone = len(losses) - whole
    right = found["epochs"][:whole] + found["losses"][len(found["losses"]) - alone :]
    assert largest(right, losses) < 1e-9
    parameters = [parameter.data for parameter in scope["model"].parameters()]
    assert largest(parameters, found["now"]["P"]) < 1e-9
    assert scope["optimizer"].current_lr == pytest.approx(found["now"]["rate"], rel=1e-12)


@needs_node
@pytest.mark.parametrize("seed", sample(range(12), 4))
def test_an_optimizer_that_changes_between_epochs_is_that_of_a_callback_of_fit(seed):
    draw = random.Random(seed)
    settings = drawn(seed) | {"optimizer": draw.choice(list(OPTIMIZERS.values()))}
    rates = {epoch: draw.choice([0.001, 0.03]) for epoch in draw.sample(range(1, 6), 2)}
    decays = {epoch: draw.choice([0, 0.02]) for epoch in draw.sample(range(1, 6), 2)}
    schedules = {draw.randrange(1, 6): {"schedule": "step", "schedule_steps": 5, "schedule_factor": 0.5}}
    todo = []
    for epoch in range(6):
        told = [{"lr": rates.get(epoch)}, {"weight_decay": decays.get(epoch)}, schedules.get(epoch, {})]
        parts = {name: number for part in told for name, number in part.items() if number is not None}
        todo += [["change", {"optimizer": parts}], ["epoch"]]

    def change(training):
        optimizer, epoch = training.optimizer, training.history.epochs
        optimizer.lr = rates.get(epoch, optimizer.lr)
        optimizer.weight_decay = decays.get(epoch, optimizer.weight_decay)
        if epoch in schedules:
            warm_up = settings["optimizer"].get("warm_up")
            assert not warm_up
            optimizer.schedule = schedule_of(schedules[epoch])

    (found,) = in_node(PROGRAM, {"settings": settings, "actions": todo})
    model, X, y, _ = prepared(settings)
    history = nn.fit(
        model, X, y, loss=settings["loss"], optimizer=optimizer_of(settings["optimizer"], model.parameters()),
        epochs=6, batch_size=settings["batch_size"], seed=settings["seed"], callbacks=[change], progress=False,
    )  # fmt: skip
    assert largest(history.loss, found["epochs"]) < 1e-9
    assert largest([parameter.data for parameter in model.parameters()], found["now"]["P"]) < 1e-9


BATCHES = [["batch"]] * 5


@needs_node
@pytest.mark.parametrize(("way", "changes"), [("batch", 1), ("sample", 0)])
def test_who_goes_back_meets_a_change_again_unless_the_steps_are_others(way, changes):
    todo = [*BATCHES, ["change", {"optimizer": {"lr": 0.02}}], *BATCHES, ["goTo", 0.2], [way], *BATCHES, *BATCHES]
    settings = drawn(1) | {"batch_size": 4}
    (found,) = in_node(PROGRAM, {"settings": settings, "actions": todo})
    assert len(found["now"]["recipe"]["changes"]) == changes
    assert found["now"]["settings"]["optimizer"]["lr"] == (0.02 if changes else settings["optimizer"]["lr"])


# In the browser


CONTROLS = {
    "lr": ["0.001", "0.01", "0.1"],
    "batch_size": ["5", "20"],
    "weight_decay": ["0.01", "0"],
    "optimizer": ["sgd", "adamw", "adam"],
    "schedule": ["cosine", "constant", "step"],
    "seed": ["1", "2"],
    "noise": ["0.1", "0.3"],
}


def give(draw, ground):
    control = draw.choice(list(CONTROLS))
    ground.give(control, draw.choice(CONTROLS[control]))


def play(draw, ground):
    page = ground.page
    page.select_option("#pace", draw.choice(["fast", "fast", "slow"]))
    page.click("#run")
    page.wait_for_timeout(draw.choice([20, 300]))
    if draw.random() < 0.5:
        ground.give("lr", draw.choice(CONTROLS["lr"]))  # while it plays
        page.wait_for_timeout(100)
    if page.get_attribute("#run", "data-playing") == "true":
        page.click("#run")


def rewind(draw, ground):
    slider = ground.page.locator("#moment")
    slider.fill(str(draw.randint(0, int(slider.get_attribute("max")))))


def put_beside(draw, ground):
    ground.page.click("#play-tab-rival")
    ground.page.click("#play-panel-rival button >> nth=0")


WAYS = (
    lambda draw, ground: ground.train(**{draw.choice(["epochs", "batches", "samples"]): draw.randint(1, 3)}),
    lambda draw, ground: ground.page.click("#plane", position={"x": draw.randint(20, 200), "y": draw.randint(20, 150)}),
    lambda _, ground: ground.page.keyboard.press("Control+z"),
    lambda _, ground: ground.page.click("#again"),
    *(give, give, play, rewind, put_beside),
)  # all that a reader does


def seen_in(ground):
    ground.page.click("#play-tab-code")
    ground.settled()
    controls = {name: ground.value(name) for name in CONTROLS if ground.page.is_visible(f"[data-control={name}]")}
    return ground.figures(), ground.page.text_content(".code"), ground.names(), controls


@needs_browser
@pytest.mark.parametrize("has_worker", [True, False], ids=["worker", "no worker"])
@pytest.mark.parametrize("seed", range(3))
def test_any_sequence_in_the_page_is_what_its_link_and_its_script_say(browser, seed, has_worker):
    draw = random.Random(seed)
    layers = [{"size": draw.choice([3, 8]), "activation": draw.choice(["tanh", "relu"])}]
    ground = Ground(browser, data={"name": draw.choice(["xor", "moons"]), "n": 50}, network={"layers": layers})
    if not has_worker:
        ground.page.evaluate("() => { window.Worker = undefined; }")
    for _ in range(14):
        draw.choice(WAYS)(draw, ground)
        ground.settled()
    seen = seen_in(ground)
    figures, script, _, _ = seen
    address = ground.address()
    assert ground.close() == []
    scope = {"print": lambda *_: None}
    exec(compile(script, "playground.py", "exec"), scope)
    model, X, y = scope["model"], scope["X"], scope["y"]
    loss = nn.binary_cross_entropy_with_logits([model(x) for x in X], [float(label) for label in y]).data
    shown = figures["loss"].replace("−", "-")
    assert float(shown) == pytest.approx(loss, rel=3e-2 if "e" in shown else 2e-3)  # two digits, or three
    other = Ground(browser, address=address, network={"layers": layers})
    assert seen_in(other) == seen
    assert other.close() == []
