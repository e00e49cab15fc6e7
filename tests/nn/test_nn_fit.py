"""Does `fit` do what a training loop written by hand does, and end well when something goes wrong?"""

import io
import math
import random
import re

import numpy as np
import pytest

from tinygrad_edu import Value, nn
from tinygrad_edu.errors import DivergedError, NumberError, OptionError, SizeError
from tinygrad_edu.nn.training.objectives import TASKS

X, y = nn.datasets.moons(n=20, noise=0.1, seed=0)


def numbers(model):
    return [p.data for p in model.parameters()]


def message(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


# What it learns


def test_two_moons_are_learned():
    X, y = nn.datasets.moons(n=100, noise=0.1, seed=0)
    model = nn.MLP(2, [16, 16, 1], seed=0)
    history = nn.fit(model, X, y)
    assert history.accuracy[-1] >= 0.99
    assert nn.accuracy(model, X, y) >= 0.99
    assert history.loss[-1] < 0.1 * history.loss[0]


@pytest.mark.parametrize(
    ("loss", "output", "nout"),
    [("hinge", "linear", 1), ("bce", "sigmoid", 1), ("bce_with_logits", "linear", 1), ("cross_entropy", "linear", 2)],
)
def test_every_loss_for_classes_learns(loss, output, nout):
    X, y = nn.datasets.blobs(n=30)
    model = nn.MLP(2, [4, nout], output=output, seed=0)
    history = nn.fit(model, X, y, loss=loss, epochs=15)
    assert history.accuracy[-1] == nn.accuracy(model, X, y) == 1.0


def test_three_classes_are_learned():
    X, y = nn.datasets.blobs(n=30, noise=0.3, classes=3)
    model = nn.MLP(2, [8, 3], seed=0)
    nn.fit(model, X, y, loss="cross_entropy", epochs=20)
    assert nn.accuracy(model, X, y) == 1.0


def test_a_fitted_line_is_the_least_squares_line():
    x = np.linspace(-1, 1, 9)
    t = 0.5 * x - 2 + 0.1 * np.cos(7 * x)
    model = nn.MLP(1, [1], seed=0)
    history = nn.fit(model, x[:, None], t, loss="mse", batch_size=None, epochs=60, optimizer=sgd(model, lr=0.3))
    slope, shift = np.polyfit(x, t, 1)
    assert numbers(model) == pytest.approx([slope, shift], abs=1e-6)
    assert math.isnan(history.accuracy[-1])
    assert "accuracy" not in repr(history)


def sgd(model, **options):
    return nn.SGD(model.parameters(), **options)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("a", "np.array(X, dtype=float), if every string is a number"),
        (None, "X without the samples that are incomplete"),
        (1 + 2j, "X.real, or X.imag, or both as columns"),
        (10**400, "an int of 1329 bits at X[1, 0]"),
        ([], "X of numbers alone"),
    ],
)
def test_a_cell_that_is_not_a_real_number_is_refused_with_what_to_write(cell, said):
    cells = np.array([[0.0], [None]], dtype=object)
    cells[1, 0] = cell
    assert said in message(NumberError, lambda: nn.fit(nn.MLP(1, [1]), cells, [0, 1], epochs=1))


def test_the_hinge_takes_labels_0_and_1_as_sides():
    three = []
    for labels in (y, 2 * y - 1, y.astype(float)[:, None]):
        model = nn.MLP(2, [3, 1], seed=1)
        three.append((nn.fit(model, X, labels, epochs=2).loss, numbers(model)))
    assert three[0] == three[1] == three[2]


def test_the_side_of_an_output_is_its_sign():
    for output, side in [(-0.5, -1), (0.5, 1)]:
        model = nn.MLP(2, [1], init="zeros")
        model.layers[0].neurons[0].b.data = output
        assert nn.fit(model, X, [side] * len(X), loss="hinge", epochs=1, batch_size=None).accuracy == [1.0]


def test_a_score_is_the_fraction_of_the_variance_that_is_explained():
    zeros = nn.MLP(1, [1], init="zeros")
    assert nn.score(zeros, [[1.0]] * 3, [1.0, 2.0, 6.0]) == pytest.approx(1 - (1 + 4 + 36) / (4 + 1 + 9))


def test_one_epoch_equals_the_loop_written_by_hand():
    model, by_hand = nn.MLP(2, [3, 1], activation="tanh", seed=1), nn.MLP(2, [3, 1], activation="tanh", seed=1)
    history = nn.fit(model, X, y, loss="bce_with_logits", epochs=1, batch_size=8, seed=5, optimizer=sgd(model, lr=0.2))
    order = list(range(20))
    random.Random(5).shuffle(order)
    total, right = 0.0, 0
    for start in (0, 8, 16):
        rows = order[start : start + 8]
        scores = [by_hand(X[row]) for row in rows]
        loss = nn.binary_cross_entropy_with_logits(scores, y[rows])
        by_hand.zero_grad()
        loss.backward()
        for p in by_hand.parameters():
            p.data -= 0.2 * p.grad
        total += loss.data * len(rows)
        right += sum((score.data > 0) == (y[row] == 1) for row, score in zip(rows, scores, strict=True))
    assert numbers(model) == pytest.approx(numbers(by_hand), rel=1e-12)
    assert history.loss == pytest.approx([total / 20], rel=1e-12)
    assert history.accuracy == [right / 20]


@pytest.mark.parametrize("size", [None, 20, 21])
def test_one_batch_of_all_samples_keeps_their_order_and_a_smaller_one_does_not(size):
    class Seeing(nn.MLP):
        def __call__(self, x):
            seen.append(float(x[0]))
            return super().__call__(x)

    for batch_size, is_in_order in ((size, True), (19, False)):
        seen = []
        nn.fit(Seeing(2, [1], seed=0), X, y, loss="mse", epochs=3, batch_size=batch_size, backend="scalar")
        assert (seen == 3 * list(X[:, 0])) is is_in_order
        assert sorted(seen) == sorted(3 * list(X[:, 0]))


def test_the_default_learning_rate_decays_linearly():
    model, by_hand = nn.MLP(2, [1], seed=1), nn.MLP(2, [1], seed=1)
    nn.fit(model, X, y, loss="mse", epochs=2, batch_size=None)
    optimizer = nn.SGD(by_hand.parameters(), lr=0.05, momentum=0.9)
    for optimizer.lr in (0.05, 0.05 * 0.55):
        optimizer.zero_grad()
        nn.mse_loss([by_hand(row) for row in X], y).backward()
        optimizer.step()
    assert numbers(model) == pytest.approx(numbers(by_hand), rel=1e-12)


def test_the_same_seed_gives_the_same_training():
    histories = []
    for seed in (3, 3, 4):
        histories.append(nn.fit(nn.MLP(2, [3, 1], seed=1), X, y, epochs=2, batch_size=5, seed=seed))
    assert histories[0] == histories[1] != histories[2]


def test_a_given_optimizer_keeps_its_learning_rate():
    model = nn.MLP(2, [3, 1], seed=1)
    optimizer = sgd(model, lr=0.07, momentum=0.5, weight_decay=1e-3)
    nn.fit(model, X, y, epochs=2, optimizer=optimizer)
    assert optimizer.lr == 0.07


def test_the_loss_may_be_a_function():
    named, given = nn.MLP(2, [3, 1], seed=1), nn.MLP(2, [3, 1], seed=1)
    assert nn.fit(named, X, y, loss="hinge", epochs=1) == nn.fit(given, X, y, loss=nn.hinge_loss, epochs=1)

    def absolute_error(predictions, targets):
        return sum(abs(p - t) for p, t in zip(predictions, targets, strict=True)) / len(targets)

    history = nn.fit(nn.MLP(2, [3, 1], seed=1), X, y, loss=absolute_error, epochs=3)
    assert history.loss[-1] < history.loss[0]
    assert math.isnan(history.accuracy[-1])


def test_the_model_may_be_a_custom_module():
    class Line(nn.Module):
        def __init__(self):
            self.slope, self.shift = Value(0.0), Value(0.0)

        def __call__(self, x):
            return self.slope * x[0] + self.shift

    line = Line()
    nn.fit(line, [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], loss="mse", epochs=200, optimizer=sgd(line, lr=0.1))
    assert numbers(line) == pytest.approx([2.0, 1.0], abs=1e-3)
    assert nn.predict(line, [[10.0]]) == pytest.approx([21.0], abs=0.1)


# Asking a model


def test_predict_gives_the_outputs_without_a_graph():
    one, many = nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [3, 2], seed=0)
    assert nn.predict(one, X).tolist() == [one(row).data for row in X]
    assert nn.predict(many, X).tolist() == [[out.data for out in many(row)] for row in X]


def line_at(threshold, output="linear"):
    model = nn.MLP(1, [1], output=output, init="zeros")
    (neuron,) = model.layers[0].neurons
    neuron.w[0].data, neuron.b.data = 1.0, -threshold
    return model


@pytest.mark.parametrize("output", ["linear", "tanh", "sigmoid"])
@pytest.mark.parametrize("low", [0, -1])
def test_accuracy_splits_at_the_midpoint_of_the_output_range(output, low):
    model = line_at(1.5, output)
    assert nn.accuracy(model, [[0.0], [1.0], [2.0], [3.0]], [low, 1, 1, 1]) == 0.75


def test_accuracy_takes_the_largest_of_several_outputs():
    model = nn.MLP(2, [2], init="zeros")
    model.layers[0].neurons[0].w[0].data = model.layers[0].neurons[1].w[1].data = 1.0
    assert nn.accuracy(model, [[2.0, 1.0], [1.0, 2.0], [0.0, 3.0]], [0, 1, 0]) == pytest.approx(2 / 3)


def test_a_probability_of_one_half_is_the_lower_class():
    task = TASKS["bce"]
    assert task.count_right(np.array([0.4, 0.5, 0.6]), [0.5, 0.5, 0.5]) == 2


def test_accuracy_needs_a_label_for_each_sample():
    assert "accuracy of 2 samples and 3 labels" in message(
        SizeError, lambda: nn.accuracy(line_at(0.0), [[1.0], [2.0]], [0, 1, 1])
    )


# What it says


def test_the_history_ends_with_the_final_numbers():
    history = nn.History(loss=[0.7, 0.0421], accuracy=[0.5, 0.99])
    assert history.epochs == 2
    assert repr(history) == "History(2 epochs, loss 0.7 → 0.0421, accuracy 99.0 %)"
    assert repr(nn.History()) == "History(no epoch finished)"
    assert repr(nn.History([1.0], [1.0], interrupted=True)).endswith("accuracy 100.0 %, interrupted)")


class Screen(io.StringIO):
    def __init__(self, is_terminal):
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self):
        return self.is_terminal


@pytest.mark.parametrize(
    ("is_terminal", "asked", "shown"),
    [(True, None, True), (False, None, False), (True, False, False), (False, True, True)],
)
def test_the_progress_bar_is_shown_on_a_terminal_or_on_request(monkeypatch, is_terminal, asked, shown):
    screen = Screen(is_terminal)
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    history = nn.fit(nn.MLP(2, [2, 1], seed=0), X, y, epochs=3, progress=asked)
    assert bool(screen.getvalue()) == shown
    if shown:
        assert "3/3" in screen.getvalue()
        assert f"loss {history.loss[-1]:.4f}" in screen.getvalue()
        assert f"accuracy {100 * history.accuracy[-1]:5.1f} %" in screen.getvalue()


# When something goes wrong


def test_ctrl_c_keeps_the_history_and_the_model():
    model = nn.MLP(2, [3, 1], seed=1)
    calls = []

    def impatient(predictions, targets):
        calls.append(len(targets))
        if len(calls) == 6:  # in the third epoch, after its first batch
            raise KeyboardInterrupt
        return nn.mse_loss(predictions, targets)

    history = nn.fit(model, X, y, loss=impatient, epochs=10, batch_size=10)
    assert history.interrupted
    assert (history.epochs, len(history.accuracy)) == (2, 2)
    assert repr(history).endswith("interrupted)")
    assert all(math.isfinite(number) for number in numbers(model))


@pytest.mark.parametrize("loss", ["mse", "bce_with_logits"])
def test_a_nan_loss_ends_the_training(loss):
    model = nn.MLP(2, [8, 1], seed=0)
    text = message(DivergedError, lambda: nn.fit(model, 50 * X, y, loss=loss, epochs=200, optimizer=sgd(model, lr=1e6)))
    assert re.match("(the loss|an output of the model) is (inf|nan|-inf) in epoch [0-9]+\n", text)
    assert "a smaller learning rate than 1000000" in text


def test_a_nan_output_is_a_divergence_too():
    model = nn.MLP(1, [1], output="sigmoid")
    model.layers[0].neurons[0].b.data = math.nan
    assert "an output of the model is nan in epoch 1" in message(
        DivergedError, lambda: nn.fit(model, [[1.0]], [1], loss="bce", epochs=1)
    )


class SquareRoot(nn.Module):
    """Its gradient is infinite where its number is 0."""

    def __init__(self):
        self.w = Value(0.0, label="w")

    def __call__(self, x):
        return (self.w * x[0]) ** 0.5


@pytest.mark.parametrize("backend", ["scalar", "numpy"])
def test_a_nan_gradient_is_a_divergence_though_the_loss_is_finite(backend):
    with pytest.raises(DivergedError, match=r"a gradient is (-?inf|nan)"):
        nn.fit(SquareRoot(), [[1.0], [2.0]], [1.0, 1.0], loss="mse", epochs=1, backend=backend)


@pytest.mark.parametrize(
    ("samples", "labels", "shapes"),
    [
        (X, y[:5], "X of shape (20, 2) and y of shape (5,)"),
        (X[0], y[:2], "X of shape (2,) and y of shape (2,)"),
        (X[:0], y[:0], "X of shape (0, 2) and y of shape (0,)"),
        (X, 1, "X of shape (20, 2) and y of shape ()"),
    ],
)
def test_other_sizes_are_refused_with_both_shapes(samples, labels, shapes):
    assert f"fit with {shapes}" in message(SizeError, lambda: nn.fit(nn.MLP(2, [1]), samples, labels))


def test_a_model_of_other_inputs_names_both_sizes():
    assert "it takes 3 inputs, and here are 2" in message(SizeError, lambda: nn.fit(nn.MLP(3, [1]), X, y))
    assert "2 predictions and 1 targets" in message(SizeError, lambda: nn.fit(nn.MLP(2, [2]), X, y))


@pytest.mark.parametrize("labels", [[0, 1, 2] * 6 + [0, 1], np.linspace(0, 1, 20), ["a", "b"] * 10])
def test_the_hinge_refuses_labels_that_are_not_two_sides(labels):
    text = message(OptionError, lambda: nn.fit(nn.MLP(2, [1]), X, labels, loss="hinge"))
    assert "its labels are 0 and 1, or -1 and 1" in text
    assert "loss='cross_entropy' for more than two classes" in text


def test_an_unknown_loss_lists_the_choices_and_the_nearest():
    text = message(OptionError, lambda: nn.fit(nn.MLP(2, [1]), X, y, loss="hinges"))
    assert "the choices are hinge, mse, bce, bce_with_logits, cross_entropy" in text
    assert "loss='hinge'" in text


@pytest.mark.parametrize("options", [{"epochs": 0}, {"batch_size": 0}, {"batch_size": -1}])
def test_counts_start_at_one(options):
    ((name, number),) = options.items()
    text = message(OptionError, lambda: nn.fit(nn.MLP(2, [1]), X, y, **options))
    assert f"fit(..., {name}={number})" in text
