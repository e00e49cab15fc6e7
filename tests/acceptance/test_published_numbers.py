"""Do the classic lessons give their published numbers? All of them stand in `tests/reference-numbers.json`.

Gradients are compared, not accuracies: the mistakes most often printed still train.
"""

import json
import math
from pathlib import Path

import pytest
from sampling import sample

from tinygrad_edu import Value, grad, nn, parse

PUBLISHED = json.loads((Path(__file__).parents[1] / "support" / "reference-numbers.json").read_text(encoding="utf-8"))


def close(ours, theirs, tolerance=1e-12):
    return math.isclose(ours, theirs, rel_tol=tolerance, abs_tol=tolerance)


def flat(numbers):
    return [x for each in numbers for x in flat(each)] if isinstance(numbers, list) else [numbers]


# The circuits of CS231n


def test_the_circuit():
    f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    q, z = f.args
    x, y = q.args
    f.backward()
    assert (q.data, f.data) == (3.0, -12.0)
    assert (q.grad, x.grad, y.grad, z.grad) == (-4.0, -4.0, -4.0, 3.0)


def test_the_sigmoid_neuron_gate_by_gate():
    text = "f = 1 / (1 + exp(-(w0 * x0 + w1 * x1 + w2)))"
    names = {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0}
    values = {name: Value(number) for name, number in names.items()}
    f = parse(text, **values)
    f.backward()
    assert close(f.data, PUBLISHED["cs231n"]["sigmoid"]["f"])
    assert all(
        close(values[n].grad, g) for n, g in zip(("w0", "w1", "w2"), PUBLISHED["cs231n"]["sigmoid"]["dw"], strict=True)
    )
    assert all(
        close(values[n].grad, g) for n, g in zip(("x0", "x1"), PUBLISHED["cs231n"]["sigmoid"]["dx"], strict=True)
    )
    plus_one = f.args[1]
    assert (round(plus_one.data, 2), round(plus_one.grad, 2)) == (1.37, -0.53)
    assert (round(plus_one.args[1].data, 2), round(plus_one.args[1].grad, 2)) == (0.37, -0.53)


def test_the_circuit_with_a_maximum():
    values = {"x": Value(3.0), "y": Value(-4.0), "z": Value(2.0), "w": Value(-1.0)}
    f = parse("2 * (x * y + max(z, w))", **values)
    f.backward()
    assert f.data == -20.0
    assert [value.grad for value in values.values()] == [-8.0, 6.0, 2.0, 0.0]


def test_the_staged_computation():
    x, y = Value(3.0), Value(-4.0)
    f = parse("(x + sigmoid(y)) / (sigmoid(x) + (x + y) ** 2)", x=x, y=y)
    f.backward()
    expected = PUBLISHED["cs231n"]["staged"]
    assert close(f.data, expected["f"])
    assert close(x.grad, expected["dx"])
    assert close(y.grad, expected["dy"])


# The 2-2-2 network worked by hand


class ByHand:
    """Two inputs, two hidden and two output units, one bias for each layer, all sigmoid."""

    def __init__(self, lesson):
        self.inputs, self.targets, self.lr = lesson["inputs"], lesson["targets"], lesson["lr"]
        self.w = [Value(w, label=f"w{i}") for i, w in enumerate(lesson["w"], start=1)]
        self.b = [Value(b) for b in lesson["b"]]

    def forward(self):
        i1, i2 = self.inputs
        w1, w2, w3, w4, w5, w6, w7, w8 = self.w
        h1 = (w1 * i1 + w2 * i2 + self.b[0]).sigmoid()
        h2 = (w3 * i1 + w4 * i2 + self.b[0]).sigmoid()
        o1 = (w5 * h1 + w6 * h2 + self.b[1]).sigmoid()
        o2 = (w7 * h1 + w8 * h2 + self.b[1]).sigmoid()
        error = 0.5 * (self.targets[0] - o1) ** 2 + 0.5 * (self.targets[1] - o2) ** 2
        return h1, h2, o1, o2, error

    def round(self, trained):
        for parameter in (*self.w, *self.b):
            parameter.zero_grad()
        self.forward()[-1].backward()
        for parameter in trained:
            parameter.data -= self.lr * parameter.grad


def test_one_round_by_hand():
    lesson = PUBLISHED["mazur"]
    network = ByHand(lesson)
    h1, _, o1, o2, error = network.forward()
    error.backward()
    assert close(error.data, lesson["forward"]["E"])
    assert [round(value.data, 9) for value in (h1, o1, o2)] == [0.593269992, 0.75136507, 0.772928465]
    assert all(close(w.grad, g) for w, g in zip(network.w, lesson["grad_w"], strict=True))
    assert all(close(b.grad, g) for b, g in zip(network.b, lesson["grad_b_shared"], strict=True))
    assert close(h1.grad, lesson["delta"]["gh1"])
    fresh = ByHand(lesson)
    fresh.round(fresh.w)
    assert all(close(w.data, after) for w, after in zip(fresh.w, lesson["w_after_1"], strict=True))
    assert close(fresh.forward()[-1].data, lesson["runs"]["fixed"]["1"]["E"])


@pytest.mark.parametrize("run", sample(["fixed", "shared"]))
def test_ten_thousand_rounds(run):
    network = ByHand(PUBLISHED["mazur"])
    for _ in range(10_000):
        network.round(network.w if run == "fixed" else [*network.w, *network.b])
    _, _, o1, o2, error = network.forward()
    expected = PUBLISHED["mazur"]["runs"][run]["10000"]
    assert close(error.data, expected["E"], 1e-9)
    assert close(o1.data, expected["o1"], 1e-9)
    assert close(o2.data, expected["o2"], 1e-9)


# The 1-2-1 network with shared biases: the engine decides between two readings of one page


@pytest.mark.parametrize(("reading", "second_bias"), [("shared", "b1"), ("seed", "b2")])
def test_shared_biases(reading, second_bias):
    text = f"""
        h1 = sigmoid(w1 * x + b1)
        h2 = sigmoid(w2 * x + {second_bias})
        o = sigmoid(w3 * h1 + w4 * h2 + b2)
        L = (1 - o) ** 2 / 2
    """
    text = "\n".join(line.strip() for line in text.strip().splitlines())
    values = {n: Value(v) for n, v in {"w1": 0.1, "w2": -0.2, "w3": 0.3, "w4": 0.4, "b1": 0.35, "b2": 0.6}.items()}
    loss = parse(text, x=0.5, **values)
    loss.backward()
    expected = PUBLISHED["seed003"][reading]
    hidden, output = (expected["delta_h1"], expected["delta_h2"]), expected["delta_o"]
    assert close(loss.data, expected["L"])
    if reading == "shared":
        assert close(values["b1"].grad, sum(hidden))
        assert close(values["b2"].grad, output)
    else:  # b2 in the second hidden unit as well: it reaches the loss on two ways
        assert close(values["b1"].grad, hidden[0])
        assert close(values["b2"].grad, output + hidden[1])


# Networks of any size


def network_of(matrices, **options):
    """An MLP with given (W, b), W with a row for each neuron."""
    model = nn.MLP(len(matrices[0][0][0]), [len(W) for W, _ in matrices], **options)
    for layer, (W, b) in zip(model.layers, matrices, strict=True):
        for neuron, row, bias in zip(layer.neurons, W, flat(b), strict=True):
            neuron.b.data = bias
            for weight, number in zip(neuron.w, row, strict=True):
                weight.data = number
    return model


def gradients(model):
    return [
        ([[w.grad for w in n.w] for n in layer.neurons], [n.b.grad for n in layer.neurons]) for layer in model.layers
    ]


def test_backpropagation_of_one_sample():
    lesson = PUBLISHED["nielsen_2_3_1"]
    model = network_of(
        list(zip(lesson["weights"], lesson["biases"], strict=True)), activation="sigmoid", output="sigmoid"
    )
    a = model(lesson["x"])
    cost = nn.mse_loss([a], lesson["y"], reduction="sum") / 2
    cost.backward()
    assert close(a.data, lesson["aL"])
    assert close(cost.data, lesson["C"])
    for (dW, db), nabla_w, nabla_b in zip(gradients(model), lesson["nabla_w"], lesson["nabla_b"], strict=True):
        assert all(close(x, y) for x, y in zip(flat(dW), flat(nabla_w), strict=True))
        assert all(close(x, y) for x, y in zip(db, flat(nabla_b), strict=True))


def test_one_hidden_layer_on_planar_data():
    """Columns are samples, tanh hidden, sigmoid out, mean binary cross-entropy, db one number a unit."""
    lesson = PUBLISHED["planar_unit"]
    P = lesson["P0"]
    model = network_of([(P["W1"], P["b1"]), (P["W2"], P["b2"])], activation="tanh", output="sigmoid")
    outputs = [model(column) for column in zip(*lesson["X"], strict=True)]
    cost = nn.binary_cross_entropy(outputs, lesson["Y"][0])
    cost.backward()
    assert close(cost.data, lesson["cost_P0"])
    assert all(close(a.data, b) for a, b in zip(outputs, flat(lesson["A2_P0"]), strict=True))
    (dW1, db1), (dW2, db2) = gradients(model)
    expected = lesson["grads_P0"]
    for ours, theirs in ((dW1, "dW1"), (db1, "db1"), (dW2, "dW2"), (db2, "db2")):
        assert all(close(x, y) for x, y in zip(flat(ours), flat(expected[theirs]), strict=True)), theirs


def test_the_3_4_3_1_network():
    lesson = PUBLISHED["seed002_3_4_3_1"]
    model = network_of(lesson["params"], activation="tanh", output="sigmoid")
    assert len(model.parameters()) == 35
    outputs = [model(column) for column in zip(*lesson["X"], strict=True)]
    cost = nn.binary_cross_entropy(outputs, flat(lesson["Y"]))
    assert close(cost.data, lesson["J"])
    cost.backward()
    for (dW, db), (their_dW, their_db) in zip(gradients(model), lesson["grads"], strict=True):
        assert all(close(x, y) for x, y in zip(flat(dW), flat(their_dW), strict=True))
        assert all(close(x, y) for x, y in zip(db, flat(their_db), strict=True))
    again = [float(g) for g in grad(cost, model.parameters())]
    assert all(close(x, p.grad) for x, p in zip(again, model.parameters(), strict=True))
