"""Does a training in the page go as nn.fit goes, step by step, and can every step be taken back?"""

import math
import random

import numpy as np
import pytest
from playground import in_node, largest, needs_node
from sampling import sample

from tinygrad_edu import nn
from tinygrad_edu.errors import TinygradError
from tinygrad_edu.nn import datasets, schedules
from tinygrad_edu.nn.layers import activations
from tinygrad_edu.nn.training.objectives import TASKS

PROGRAM = """
const { trainingOf } = await from("playground/training");
const { checked } = await from("playground/settings");
return data.map(({ settings, epochs }) => {
  const training = trainingOf(checked(settings));
  for (let i = 0; i < epochs; i++) training.epoch();
  return { history: training.history, P: training.parameters, moment: training.moment, stopped: training.stopped };
});
"""
OPTIMIZERS = {
    "sgd": {"name": "sgd", "lr": 0.05, "momentum": 0.9, "weight_decay": 0.001},
    "adam": {"name": "adam", "lr": 0.02, "weight_decay": 0.01, "schedule": "cosine", "schedule_steps": 40},
    "adamw": {"name": "adamw", "lr": 0.02, "weight_decay": 0.05, "schedule": "linear", "schedule_end": 0.1},
}
FEATURES = {
    "x1": lambda X: X[:, 0],
    "x2": lambda X: X[:, 1],
    "x1^2": lambda X: X[:, 0] ** 2,
    "x2^2": lambda X: X[:, 1] ** 2,
    "x1*x2": lambda X: X[:, 0] * X[:, 1],
    "sin(x1)": lambda X: np.sin(X[:, 0]),
    "sin(x2)": lambda X: np.sin(X[:, 1]),
}


def data_of(settings):
    """X and y of all points, as nn gives them."""
    data = settings["data"]
    if data["name"] == "own":
        return np.array(data["points"]["X"], float), np.array(data["points"]["y"])
    made = {key: data[key] for key in ("n", "noise", "seed", "classes") if key in data}
    if data["name"] != "blobs":
        made.pop("classes", None)
    return getattr(datasets, data["name"])(**made)


def schedule_of(optimizer):
    steps = optimizer.get("schedule_steps", 100)
    return {
        "constant": lambda: schedules.constant(),
        "step": lambda: schedules.step(steps, factor=optimizer.get("schedule_factor", 0.1)),
        "linear": lambda: schedules.linear(steps, end=optimizer.get("schedule_end", 0.0)),
        "cosine": lambda: schedules.cosine(steps, end=optimizer.get("schedule_end", 0.0)),
    }[optimizer.get("schedule", "constant")]()


def optimizer_of(optimizer, parameters):
    kind = {"sgd": nn.SGD, "adam": nn.Adam, "adamw": nn.AdamW}[optimizer["name"]]
    schedule = schedule_of(optimizer)
    if optimizer.get("warm_up"):
        schedule = schedules.warm_up(optimizer["warm_up"], then=schedule)
    names = ("lr", "momentum", "nesterov", "weight_decay", "max_norm", "max_value", "betas", "eps")
    return kind(parameters, schedule=schedule, **{name: optimizer[name] for name in names if name in optimizer})


def prepared(settings):
    """The model as it begins, X, y and the validation data."""
    X, y = data_of(settings)
    validation = None
    if settings["data"].get("validation", 0.2):
        X, X_val, y, y_val = nn.train_test_split(
            X, y, test_size=settings["data"].get("validation", 0.2), seed=settings["data"].get("split_seed", 0)
        )
        validation = (X_val, y_val)
    if settings["data"].get("standardize"):
        scale = nn.Standardizer.of(X)
        X, validation = scale(X), validation and (scale(validation[0]), validation[1])
    if "inputs" in settings:
        columns = [FEATURES[name] for name in settings["inputs"]]
        X = np.column_stack([column(X) for column in columns])
        validation = validation and (np.column_stack([column(validation[0]) for column in columns]), validation[1])
    network, loss = settings["network"], settings["loss"]
    outputs = int(max(y)) + 1 if loss == "cross_entropy" else 1
    model = nn.MLP(
        X.shape[1],
        [*(layer["size"] for layer in network["layers"]), outputs],
        activation=[layer["activation"] for layer in network["layers"]],
        output=network.get("output") or ("sigmoid" if loss == "bce" else "linear"),
        init=network.get("init", "xavier"),
        seed=network.get("seed", 0),
    )
    return model, X, y, validation


def fitted(settings, epochs):
    """(history, model) of nn.fit on the same settings."""
    model, X, y, validation = prepared(settings)
    history = nn.fit(
        model, X, y, loss=settings["loss"], epochs=epochs,
        optimizer=optimizer_of(settings["optimizer"], model.parameters()),
        batch_size=settings.get("batch_size", 10), validation_data=validation, seed=settings.get("seed", 0),
        backend="numpy", progress=False,
    )  # fmt: skip
    return history, model


def check_as_fit(settings, epochs, found):
    try:
        history, model = fitted(settings, epochs)
    except TinygradError:
        assert found["stopped"], "nn.fit stops here, and the page did not"
        return
    assert found["stopped"] is None
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert largest(getattr(history, name), found["history"][name]) < 1e-9, name
    assert largest([p.data for p in model.parameters()], found["P"]) < 1e-9


def settings_of(loss, activation, optimizer):
    data = {"name": "blobs", "n": 45, "noise": 0.7, "seed": 2, "classes": 3 if loss == "cross_entropy" else 2}
    network = {"layers": [{"size": 4, "activation": activation}, {"size": 3, "activation": "tanh"}], "seed": 5}
    return {
        "data": data, "network": network, "loss": loss, "optimizer": OPTIMIZERS[optimizer], "batch_size": 5, "seed": 3
    }  # fmt: skip


@needs_node
@pytest.mark.parametrize("activation", sample(activations()))
@pytest.mark.parametrize("loss", TASKS)
def test_fifty_batches_are_those_of_fit_for_every_loss_activation_and_optimizer(loss, activation):
    every = [settings_of(loss, activation, optimizer) for optimizer in OPTIMIZERS]
    cases = [{"settings": settings, "epochs": 7} for settings in every]  # 36 samples, 8 batches an epoch
    for case, found in zip(cases, in_node(PROGRAM, *cases), strict=True):
        check_as_fit(case["settings"], case["epochs"], found)


def drawn(seed):
    """Settings of all kinds: own points, columns, numbers, features, sizes, clipped gradients, whole batches."""
    draw = random.Random(seed)
    loss = draw.choice([*TASKS])
    kind = draw.choice(["made", "own"])
    classes = draw.choice([2, 3, 4]) if loss == "cross_entropy" else 2
    n = draw.choice([9, 20, 41])
    settings = {"loss": loss, "batch_size": draw.choice([1, 4, 10, None]), "seed": draw.randrange(100)}
    if kind == "own":
        columns = draw.choice([1, 2, 5])
        X = [[draw.gauss(3, 10) for _ in range(columns)] for _ in range(n)]
        y = [draw.gauss(0, 1) if loss == "mse" else number % classes for number in range(n)]
        points = {"X": X, "y": y, "names": [f"column {number}" for number in range(columns)]}
        data = {"name": "own", "points": points, "task": "numbers" if loss == "mse" else "classes", "standardize": True}
    elif loss == "mse":
        data = {"name": draw.choice(["saddle", "waves"]), "n": n, "noise": draw.choice([0, 0.1]), "seed": seed}
    else:
        name = "blobs" if classes > 2 else draw.choice(["moons", "circles", "xor", "spirals", "flower"])
        data = {"name": name, "n": n, "noise": 0.1, "seed": seed, "classes": classes}
    if data["name"] != "own":
        settings["inputs"] = draw.sample(list(FEATURES), draw.randint(1, 7))
    data |= {"validation": draw.choice([0, 0.25, 0.5]), "split_seed": draw.randrange(9)}
    names = [name for name in activations() if name not in ("log", "sqrt", "exp")]
    layers = [{"size": draw.choice([1, 2, 6]), "activation": draw.choice(names)} for _ in range(draw.randrange(3))]
    network = {"layers": layers, "seed": seed, "init": draw.choice(["xavier", "he", "uniform", "normal", "zeros"])}
    optimizer = {
        "name": draw.choice(["sgd", "adam", "adamw"]), "lr": draw.choice([0.001, 0.01]),
        "weight_decay": draw.choice([0, 0.01]), "max_norm": draw.choice([None, 0.5]),
        "max_value": draw.choice([None, 0.1]), "schedule": draw.choice(["constant", "step", "linear", "cosine"]),
        "schedule_steps": draw.choice([3, 50]), "schedule_end": draw.choice([0, 0.3]), "warm_up": draw.choice([0, 4]),
    }  # fmt: skip
    if optimizer["name"] == "sgd":
        optimizer |= draw.choice([{}, {"momentum": 0.8}, {"momentum": 0.8, "nesterov": True}])
    return {**settings, "data": data, "network": network, "optimizer": optimizer}


@needs_node
@pytest.mark.parametrize("chunk", sample(range(4)))
def test_settings_of_all_kinds_train_as_fit_does(chunk):
    cases = [{"settings": drawn(seed), "epochs": 5} for seed in range(12 * chunk, 12 * chunk + 12)]
    for case, found in zip(cases, in_node(PROGRAM, *cases), strict=True):
        check_as_fit(case["settings"], case["epochs"], found)


WAYS = """
const { trainingOf } = await from("playground/training");
const { checked } = await from("playground/settings");
const [settings, ways] = data;
const training = trainingOf(checked(settings));
const states = [];
const seen = () => ({
  P: [...training.parameters], moment: training.moment, epochs: training.epochs, position: training.position,
  furthest: training.furthest, losses: [...training.history.loss], steps: [...training.history.steps],
  gradient: training.gradient && [...training.gradient], rate: training.learningRate,
});
for (const [way, ...given] of ways) {
  training[way](...given);
  states.push(seen());
}
return states;
"""
BASE = {
    "data": {"name": "moons", "n": 33, "noise": 0.1},
    "network": {"layers": [{"size": 3, "activation": "tanh"}]},
    "loss": "hinge",
    "optimizer": {"name": "adam", "lr": 0.05, "schedule": "cosine", "schedule_steps": 30},
    "batch_size": 7,
}


@needs_node
def test_a_sample_is_a_batch_of_one_and_an_epoch_goes_to_its_end():
    states = in_node(WAYS, BASE, [["sample"], ["batch"], ["epoch"], ["epoch"], ["sample"], ["sample"]])
    assert states[-1]["steps"] == [1, 7, 7, 7, 4, 7, 7, 7, 5, 1, 1]  # of 26 samples
    assert [state["epochs"] for state in states] == [0, 0, 1, 2, 2, 2]
    assert [state["position"] for state in states] == [1, 8, 0, 0, 1, 2]


@needs_node
def test_every_moment_comes_back_exactly_from_earlier_and_later():
    forward = [[random.Random(n).choice(["sample", "batch", "epoch"])] for n in range(40)]
    there = in_node(WAYS, BASE, forward)
    moments = [state["moment"] for state in there]
    draw = random.Random(1)
    chosen = [draw.randrange(len(there)) for _ in range(30)]
    back = in_node(WAYS, BASE, [*forward, *(["goTo", moments[index]] for index in chosen)])[40:]
    for index, state in zip(chosen, back, strict=True):
        assert state["P"] == there[index]["P"]
        assert (state["moment"], state["epochs"], state["position"]) == (
            there[index]["moment"], there[index]["epochs"], there[index]["position"]
        )  # fmt: skip
        assert state["furthest"] == moments[-1]
        assert state["losses"] == there[-1]["losses"], "what was seen is kept"
        assert state["rate"] == there[index]["rate"]


@needs_node
def test_after_thousands_of_steps_few_moments_are_kept_and_all_come_back():
    program = """
    const { trainingOf } = await from("playground/training");
    const { checked } = await from("playground/settings");
    const training = trainingOf(checked(data[0]));
    const seen = new Map();
    for (let i = 0; i < 3000; i++) {
      if (i % 271 === 0) seen.set(i, [...training.parameters]);
      training.batch();
    }
    return [...seen].toReversed().map(([moment, P]) => {
      training.goTo(moment);
      return training.moment === moment && P.every((number, i) => number === training.parameters[i]);
    });
    """
    assert all(in_node(program, BASE))


@needs_node
def test_other_steps_from_an_earlier_moment_replace_those_that_were_taken():
    first = [["epoch"], ["epoch"], ["epoch"]]
    states = in_node(WAYS, BASE, [*first, ["goTo", 2], ["sample"], ["epoch"]])
    again = in_node(WAYS, BASE, [["batch"], ["batch"], ["sample"], ["epoch"]])
    assert states[-1] == again[-1]
    same = in_node(WAYS, BASE, [*first, ["goTo", 2], ["batch"]])
    assert same[-1]["furthest"] == same[2]["furthest"], "the same step again forgets nothing"


@needs_node
def test_the_phases_of_slow_motion_are_one_step():
    program = """
    const { trainingOf } = await from("playground/training");
    const { checked } = await from("playground/settings");
    const [one, other] = [trainingOf(checked(data[0])), trainingOf(checked(data[0]))];
    const phases = Array.from({ length: 12 }, () => {
      const { phase, lines, batch } = one.phase();
      return { phase, lines, rows: batch.rows, moment: one.moment };
    });
    for (let i = 0; i < 3; i++) other.batch();
    return { phases, P: [[...one.parameters], [...other.parameters]], next: [one.nextRows(), other.nextRows()] };
    """
    found = in_node(program, BASE)
    assert [each["phase"] for each in found["phases"]] == ["forward", "loss", "backward", "update"] * 3
    assert [each["moment"] for each in found["phases"]] == [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3]
    assert found["P"][0] == found["P"][1]
    assert found["next"][0] == found["next"][1]
    marks = zip(("Z2", "loss", "dW1"), found["phases"], strict=False)
    assert all(name in each["lines"] for name, each in marks)


@needs_node
@pytest.mark.parametrize("loss", ["mse", "bce_with_logits"])
def test_a_learning_rate_that_is_far_too_large_stops_at_the_first_number_that_is_not_finite(loss):
    settings = BASE | {"loss": loss, "optimizer": {"name": "sgd", "lr": 1e120}, "data": {"name": "moons"}}
    settings = settings | {"network": {"layers": [{"size": 3, "activation": "relu"}]}}
    (found,) = in_node(PROGRAM, {"settings": settings, "epochs": 3})
    stopped = found["stopped"]
    assert stopped["advice"] == "rate"
    assert stopped["lr"] == 1e119
    assert not math.isfinite(float(stopped["value"]))
    assert stopped["layer"] in (1, 2)
    assert all(math.isfinite(number) for number in found["P"])


@needs_node
def test_a_logarithm_of_a_negative_number_is_named_with_its_neuron_and_sample():
    settings = BASE | {"network": {"layers": [{"size": 3, "activation": "tanh"}, {"size": 2, "activation": "log"}]}}
    (found,) = in_node(PROGRAM, {"settings": settings, "epochs": 3})
    stopped = found["stopped"]
    assert (stopped["operation"], stopped["layer"], stopped["line"], stopped["advice"]) == (
        "log",
        2,
        "A2",
        "activation",
    )
    assert stopped["neuron"] in (1, 2)
    assert 0 <= stopped["row"] < 33
    assert (stopped["moment"], found["moment"]) == (0, 0)


BURST = [
    ("mse", "relu", 1e3), ("mse", "linear", 1e3), ("bce_with_logits", "relu", 1e150), ("cross_entropy", "exp", 1e3),
    ("hinge", "log", 0.1), ("mse", "sqrt", 0.1), ("bce", "tanh", 1e3), ("mse", "softplus", 1e3),
]  # fmt: skip


@needs_node
def test_the_neuron_the_sample_and_the_operation_are_those_where_it_begins_in_numpy():
    cases = []
    for loss, activation, lr in BURST:
        several = {"name": "blobs", "classes": 3} if loss == "cross_entropy" else {"name": "moons"}
        data = several | {"n": 40, "noise": 0.5, "validation": 0}
        network = {"layers": [{"size": 3, "activation": activation}, {"size": 2, "activation": "linear"}]}
        settings = {"data": data, "loss": loss, "optimizer": {"name": "sgd", "lr": lr}, "network": network}
        cases.append({"settings": settings, "epochs": 40})
    for case, found in zip(cases, in_node(PROGRAM, *cases), strict=True):
        settings, stopped = case["settings"], found["stopped"]
        X, _ = data_of(settings)
        assert stopped, case
        outputs = 3 if settings["loss"] == "cross_entropy" else 1
        output = "sigmoid" if settings["loss"] == "bce" else "linear"
        names = [layer["activation"] for layer in settings["network"]["layers"]]
        model = nn.MLP(2, [3, 2, outputs], activation=names, output=output)
        for parameter, number in zip(model.parameters(), found["P"], strict=True):
            parameter.data = number
        operation, layer, neuron = first_in_numpy(model, X[stopped["row"]])
        if operation is None:  # all outputs are finite: it begins in the loss
            assert stopped["operation"] == settings["loss"]
            assert stopped["phase"] == "loss"
        else:
            assert (stopped["operation"], stopped["layer"], stopped["neuron"]) == (operation, layer, neuron)


def first_in_numpy(model, x):
    """The first operation on the way of one sample whose result is not finite, with its layer and neuron."""
    functions = {
        "relu": lambda z: np.maximum(z, 0), "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "tanh": np.tanh,
        "softplus": lambda z: np.logaddexp(0, z), "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "linear": lambda z: z,
    }  # fmt: skip
    with np.errstate(all="ignore"):
        for number, layer in enumerate(model.layers, start=1):
            W = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
            z = W @ x + np.array([neuron.b.data for neuron in layer.neurons])
            x = functions[layer.activation](z)
            for operation, numbers in (("sum", z), (layer.activation, x)):
                if not np.isfinite(numbers).all():
                    return operation, number, int(np.argmin(np.isfinite(numbers))) + 1
    return None, None, None


STUCK = """
const { trainingOf } = await from("playground/training");
const { checked } = await from("playground/settings");
return data.map((settings) => trainingOf(checked(settings)).stuck());
"""


def with_bias(activation, biases):
    """A hidden layer whose neurons have weights of 0.1 and these biases, and one output."""
    hidden = [number for bias in biases for number in (0.1, 0.1, bias)]
    layers = [{"size": len(biases), "activation": activation}]
    return BASE | {"network": {"layers": layers, "parameters": [*hidden, *[1.0] * len(biases), 0.0]}}


@needs_node
def test_neurons_that_cannot_learn_are_named_with_counts():
    cases = [("relu", [-9.0, 1.0]), ("tanh", [0.0, 9.0]), ("sigmoid", [-9.0, 0.5]), ("step", [0.0]), ("linear", [3.0])]
    found = in_node(STUCK, *(with_bias(*case) for case in cases))
    samples = 26
    assert found[0] == [{"layer": 1, "neuron": 1, "of": samples, "kind": "dead", "count": samples}]
    assert found[1] == [{"layer": 1, "neuron": 2, "of": samples, "kind": "saturated", "count": samples}]
    assert found[2] == [{"layer": 1, "neuron": 1, "of": samples, "kind": "saturated", "count": samples}]
    assert found[3] == [{"layer": 1, "neuron": 1, "of": samples, "kind": "dead", "count": samples}]
    assert found[4] == []
