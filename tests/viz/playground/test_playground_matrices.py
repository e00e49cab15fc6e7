"""Is every number of the matrix program at home where the page says? The scalar graphs of the samples know it."""

import random

import numpy as np
import pytest
from playground import in_node, needs_node
from sampling import sample

import tinygrad_edu
from tinygrad_edu import nn
from tinygrad_edu.nn.training.objectives import TASKS

pytestmark = needs_node
HOMES = """
const { subjectOf, cellAt, isAbout, isOf, sidesOf } = await from("playground/matrices");
const { graphOfSample, placeIn } = await from("playground/scalars");
const { gradients } = await from("engine/graph");
return data[0].map(({ network, P, X, Y, arrays }) => {
  const graphs = X.map((x, sample) => graphOfSample(network, P, x, Y[sample]));
  const slopes = graphs.map(gradients);
  const named = (sample, name) => graphs[sample].names.indexOf(name);
  return arrays.map(([name, shape]) => {
    const subject = subjectOf(name);
    const count = shape.reduce((product, size) => product * size, 1);
    const cells = Array.from({ length: count }, (_, index) => {
      const { at, sample } = cellAt(subject, shape, index);
      const found = { at, sample, isOf: isOf(subject, shape, index, at), isAbout: isAbout(subject, at) };
      if (["weights", "biases"].includes(subject.kind)) return { ...found, place: placeIn(network, at) };
      if (subject.kind === "inputs") return { ...found, value: X[sample][at.neuron] };
      if (subject.kind !== "neurons") return found;
      const part = `l${at.layer}.n${at.neuron + 1}`;
      const node = named(sample, `${part}.${name.includes("A") ? "a" : "z"}`);
      return { ...found, value: graphs[sample].nodes[node].data, slope: slopes[sample][node] };
    });
    return { subject, cells, sides: sidesOf(subject, shape) };
  });
});
"""


def arrays_of(program, X, Y):
    """Every array of a program, by its name: what its lines compute."""
    names = {"np": np}
    exec(program.source.replace("return loss, gradient", "return locals()"), names)
    found = names["program"](program.parameters, np.asarray(X, float), np.asarray(Y))
    return {name: np.asarray(each, float) for name, each in found.items() if name not in ("P", "m", "gradient")}


def case(loss, sizes, samples, seed):
    rng = random.Random(f"{loss} {sizes} {samples} {seed}")
    output = "sigmoid" if loss == "bce" else "linear"
    model = nn.MLP(sizes[0], sizes[1:], activation=rng.choice(["tanh", "relu"]), output=output, seed=seed)
    for parameter in model.parameters():
        parameter.data = rng.uniform(-1, 1)
    X = [[rng.uniform(-1, 1) for _ in range(sizes[0])] for _ in range(samples)]
    targets = {"hinge": [-1.0, 1.0], "mse": [0.5, -2.0], "cross_entropy": list(range(sizes[-1]))}.get(loss, [0.0, 1.0])
    Y = [rng.choice(targets) for _ in X]
    program = tinygrad_edu.compile(
        lambda xs, ys: TASKS[loss].loss([model(x) for x in xs], ys), wrt=model.parameters(), batch=(X, Y)
    )
    layers = [{"inputs": each.sizes[0], "size": each.sizes[1], "activation": each.activation} for each in model.layers]
    network = {"inputs": [f"x{i + 1}" for i in range(sizes[0])], "layers": layers, "loss": loss}
    arrays = arrays_of(program, X, Y)
    _, gradient = program(X, Y)
    P = [parameter.data for parameter in model.parameters()]
    sent = {"network": network, "P": P, "X": X, "Y": Y, "arrays": [(name, each.shape) for name, each in arrays.items()]}
    return sent, arrays, gradient


SIZES = [(2, 4, 4), (2, 1, 3), (1, 5), (3, 2, 2, 2), (2, 16, 3)]


@pytest.mark.parametrize("loss", sample(TASKS))
def test_every_number_is_at_home_in_its_neuron_weight_and_sample(loss):
    last = (3,) if loss == "cross_entropy" else (1,)
    cases = [case(loss, (*sizes, *last), samples, 0) for sizes in SIZES for samples in (1, 2, 7)]
    seen = set()
    for (sent, arrays, gradient), found in zip(cases, in_node(HOMES, [each[0] for each in cases]), strict=True):
        m = len(sent["X"])
        for array, each in zip(arrays.values(), found, strict=True):
            kind, is_gradient = each["subject"]["kind"], each["subject"]["isGradient"]
            seen.add((kind, is_gradient))
            assert len(each["sides"]) == min(array.ndim, 2) or kind in ("loss", "biases")
            for cell, number in zip(each["cells"], array.ravel(), strict=True):
                if "place" in cell:
                    right = gradient if is_gradient else sent["P"]
                    assert number == pytest.approx(right[cell["place"]], rel=1e-12, abs=1e-15)
                elif "value" in cell:
                    assert number == pytest.approx(
                        cell["slope"] / m if is_gradient else cell["value"], rel=1e-9, abs=1e-12
                    )
                assert cell["at"] is None or (cell["isOf"] and cell["isAbout"])
                assert cell["sample"] is None or 0 <= cell["sample"] < m
    gradients = {("weights", True), ("biases", True), ("neurons", True)}
    assert {("weights", False), ("biases", False), ("neurons", False), ("inputs", False), *gradients} <= seen
    assert ("loss", False) in seen


ABOUT = """
const { subjectOf, isAbout, isOf } = await from("playground/matrices");
const { lines, points } = data[0];
return points.map((at) => lines.filter((name) => isAbout(subjectOf(name), at)));
"""
FORWARD = ["X", "Y", "W1", "b1", "W2", "b2", "Z1", "A1", "Z2", "t1", "loss"]
LINES = [*FORWARD, "dZ2", "dA1", "dZ1", "db2", "dW2", "db1", "dW1"]


def test_a_neuron_lights_its_layer_a_weight_the_weights_and_a_layer_what_is_meant_of_it():
    first = ["W1", "b1", "Z1", "A1", "dA1", "dZ1", "db1", "dW1"]
    points = {
        "neuron": ({"layer": 1, "neuron": 0}, first),
        "weight": ({"layer": 2, "neuron": 0, "from": 3}, ["W2", "dW2"]),
        "input": ({"layer": 0, "neuron": 1}, ["X"]),
        "weights of a layer": ({"layer": 1, "kind": "weights"}, ["W1", "dW1"]),
        "neurons of a layer": ({"layer": 1, "kind": "neurons"}, ["Z1", "A1", "dA1", "dZ1"]),
        "biases of a layer": ({"layer": 2, "kind": "biases"}, ["b2", "db2"]),
        "all inputs": ({"layer": 0, "kind": "inputs"}, ["X"]),
        "nothing": (None, []),
    }
    found = in_node(ABOUT, {"lines": LINES, "points": [at for at, _ in points.values()]})
    assert found == [expected for _, expected in points.values()]


STATISTICS = """
const { statisticsOf } = await from("playground/matrices");
return data[0].map((numbers) => statisticsOf(numbers.map(Number)));
"""


def test_statistics_leave_out_what_is_inf_or_nan_and_count_it():
    lists = [[1.0, -3.0, 0.0, 0.0], [2.0], ["NaN", 1.0, "Infinity", -1.0], ["NaN"], [0.1] * 1000]
    plain, one, some, none, many = in_node(STATISTICS, lists)
    assert plain == {"count": 4, "least": -3, "largest": 1, "mean": -0.5, "zeros": 2, "odd": 0}
    assert one == {"count": 1, "least": 2, "largest": 2, "mean": 2, "zeros": 0, "odd": 0}
    assert (some["odd"], some["least"], some["largest"], some["mean"]) == (2, -1, 1, 0)
    assert (none["odd"], none["zeros"]) == (1, 0)
    assert (many["least"], many["largest"]) == (0.1, 0.1)
