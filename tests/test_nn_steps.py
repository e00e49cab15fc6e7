"""Do both ways to train, scalar by scalar and compiled, give the same history; and do callbacks have their say?"""

import math
import re

import numpy as np
import pytest

from tinygrad_edu import Value, nn
from tinygrad_edu.anomaly import first_anomaly
from tinygrad_edu.errors import DivergedError, GraphError, OptionError, SizeError
from tinygrad_edu.nn import steps

X, y = nn.datasets.moons(n=33, noise=0.1, seed=0)
X_val, y_val = nn.datasets.moons(n=14, noise=0.1, seed=1)


def message(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def both(make, data=(X, y), **options):
    """The model and the history of the eager way and of the compiled one."""
    found = []
    for compiled in (False, True):
        model = make()
        optimizer = options.get("optimizer", lambda _: None)(model)
        chosen = {**options, "optimizer": optimizer, "compiled": compiled}
        found.append((model, nn.fit(model, *data, **chosen)))
    return found


def assert_equal(found):
    (one, first), (two, second) = found
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert getattr(first, name) == pytest.approx(getattr(second, name), rel=1e-9, abs=1e-12, nan_ok=True), name
    assert [p.data for p in one.parameters()] == pytest.approx([p.data for p in two.parameters()], rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("batch_size", [1, 7, None])
@pytest.mark.parametrize(
    ("loss", "outputs", "options"),
    [
        ("hinge", 1, {}),
        ("mse", 1, {}),
        ("bce", 1, {"output": "sigmoid"}),
        ("bce_with_logits", 1, {}),
        ("cross_entropy", 3, {}),
    ],
)
def test_both_ways_give_the_same_history(loss, outputs, options, batch_size):
    found = both(
        lambda: nn.MLP(2, [5, outputs], activation="tanh", seed=2, **options),
        loss=loss,
        epochs=3,
        batch_size=batch_size,
        validation_data=(X_val, y_val),
    )
    assert_equal(found)
    assert len(found[0][1].val_loss) == 3


@pytest.mark.parametrize(
    "make",
    [
        lambda m: nn.SGD(m.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=1e-3),
        lambda m: nn.Adam(m.parameters(), lr=0.01, schedule=nn.schedules.cosine(12)),
        lambda m: nn.AdamW(m.parameters(), lr=0.01, max_norm=0.1),
        lambda m: nn.SGD(m.layers[-1].parameters(), lr=0.1),  # the first layer stays as it is
        lambda m: nn.SGD(m.parameters()[::-1], lr=0.1, momentum=0.5),
    ],
)
def test_every_optimizer_moves_alike_in_both_ways(make):
    found = both(lambda: nn.MLP(2, [4, 1], seed=0), epochs=4, optimizer=make)
    assert_equal(found)


def test_an_optimizer_of_ones_own_only_has_to_step():
    class Sign:
        lr = 0.01

        def __init__(self, model):
            self.model = model

        def zero_grad(self):
            self.model.zero_grad()

        def step(self):
            for p in self.model.parameters():
                p.data -= self.lr * math.copysign(1, p.grad)

    assert_equal(both(lambda: nn.MLP(2, [3, 1], activation="tanh", seed=0), epochs=2, optimizer=Sign))


def test_an_optimizer_goes_on_where_it_was_and_moves_values_again_after_a_fit():
    model, other = nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [3, 1], seed=0)
    for net, ways in ((model, (True, False)), (other, (False, True))):
        optimizer = nn.Adam(net.parameters(), lr=0.02)
        for compiled in ways:
            nn.fit(net, X, y, epochs=2, optimizer=optimizer, compiled=compiled)
        assert optimizer.parameters == net.parameters()
        assert optimizer.steps == 16
    assert [p.data for p in model.parameters()] == pytest.approx([p.data for p in other.parameters()], rel=1e-9)


def test_a_batch_that_is_large_is_compiled_in_parts(monkeypatch):
    monkeypatch.setattr(steps, "MOST_SAMPLES", 10)
    assert_equal(both(lambda: nn.MLP(2, [4, 1], seed=0), epochs=3, batch_size=None, validation_data=(X_val, y_val)))


def test_several_outputs_of_numbers_are_learned():
    targets = np.column_stack([X[:, 0] - X[:, 1], 2 * X[:, 1]])
    found = both(
        lambda: nn.MLP(2, [2], seed=0),
        (X, targets),
        loss="mse",
        epochs=100,
        optimizer=lambda m: nn.SGD(m.parameters(), lr=0.3),
    )
    assert_equal(found)
    assert nn.score(found[0][0], X, targets) > 0.999


class Unused(nn.Module):
    """A parameter that no output depends on."""

    def __init__(self):
        self.net, self.extra = nn.MLP(2, [3, 1], seed=0), Value(5.0)

    def __call__(self, x):
        return self.net(x)


def test_a_parameter_that_nothing_depends_on_stays_as_it_is():
    found = both(Unused, epochs=2, optimizer=lambda m: nn.SGD(m.parameters(), lr=0.1, weight_decay=0.5))
    assert_equal(found)
    assert [model.extra.data for model, _ in found] == [5.0, 5.0]


class Deciding(nn.Module):
    """Another graph for samples on the right."""

    def __init__(self):
        self.left, self.right = nn.Neuron(2, seed=0, nonlin=False), nn.Neuron(2, seed=1, nonlin=False)

    def __call__(self, x):
        return self.left(x) if x[0].data < 0.5 else self.right(x)


class OfNumbers(Deciding):
    def __call__(self, x):
        return super().__call__([v if isinstance(v, Value) else Value(v) for v in x])


def test_a_model_that_looks_at_numbers_is_trained_eagerly_and_refused_compiled():
    model = OfNumbers()
    assert nn.fit(model, X, y, epochs=20).loss[-1] < 1
    text = message(GraphError, lambda: nn.fit(OfNumbers(), X, y, epochs=2, compiled=True))
    assert "its graph depends on the numbers of the samples" in text
    assert "fit(..., compiled=False)" in text


def test_nn_is_compiled_by_default_and_what_is_ones_own_is_not():
    made = []

    class Spy(nn.MLP):
        def __call__(self, x):
            made.append(type(next(iter(x))))
            return super().__call__(x)

    nn.fit(Spy(2, [1], seed=0), X, y, epochs=2)
    assert set(made) == {float}
    assert len(made) == 2 * len(X)
    assert steps.has_one_graph(nn.MLP(2, [1]), steps.Task(nn.hinge_loss))
    assert not steps.has_one_graph(nn.MLP(2, [1]), steps.Task(nn.hinge_loss, is_known=False))


# Callbacks


def test_a_function_is_asked_after_every_epoch_and_may_stop():
    seen = []

    def look(training):
        seen.append((training.history.epochs, training.epochs, nn.accuracy(training.model, X, y)))
        if training.history.epochs == 3:
            training.stop("enough")

    history = nn.fit(nn.MLP(2, [4, 1], seed=0), X, y, epochs=10, callbacks=[look])
    assert [(number, of) for number, of, _ in seen] == [(1, 10), (2, 10), (3, 10)]
    assert len({right for _, _, right in seen}) > 1  # the model has its parameters of that epoch
    assert (history.epochs, history.stopped) == (3, "enough")
    assert repr(history).endswith("enough)")


@pytest.mark.parametrize("compiled", [True, False])
def test_early_stopping_goes_back_to_the_best_epoch(compiled):
    numbers = []
    stop = nn.EarlyStopping(patience=3)
    model = nn.MLP(2, [8, 1], seed=0)

    def note(training):
        numbers.append([p.data for p in training.model.parameters()])

    history = nn.fit(
        model,
        X,
        1 - y,
        epochs=200,
        callbacks=[note, stop],
        validation_data=(X_val, y_val),  # of the opposite labels: it can only become worse
        compiled=compiled,
    )
    assert stop.best == min(history.val_loss)
    assert history.val_loss[stop.best_epoch - 1] == stop.best
    assert history.epochs == stop.best_epoch + 3
    assert history.stopped == f"stopped: val_loss was best in epoch {stop.best_epoch}"
    assert [p.data for p in model.parameters()] == numbers[stop.best_epoch - 1]


def test_early_stopping_needs_what_it_looks_at():
    fit = lambda **o: nn.fit(nn.MLP(2, [1]), X, y, epochs=2, callbacks=[nn.EarlyStopping(**o)])  # noqa: E731
    assert "validation_data=(X_val, y_val)" in message(OptionError, lambda: fit(monitor="val_loss"))
    assert "loss, accuracy, val_loss, val_accuracy" in message(OptionError, lambda: fit(monitor="lost"))
    assert "patience is 1 epoch or more" in message(OptionError, lambda: fit(patience=0))
    assert "a callback is a function" in message(OptionError, lambda: nn.fit(nn.MLP(2, [1]), X, y, callbacks=[3]))


@pytest.mark.parametrize("compiled", [True, False])
def test_ctrl_c_in_a_callback_leaves_history_and_model_whole(compiled):
    model = nn.MLP(2, [3, 1], seed=0)

    def impatient(training):
        if training.history.epochs == 2:
            raise KeyboardInterrupt

    optimizer = nn.Adam(model.parameters())
    before = [p.data for p in model.parameters()]
    history = nn.fit(
        model,
        X,
        y,
        epochs=9,
        callbacks=[impatient],
        validation_data=(X_val, y_val),
        compiled=compiled,
        optimizer=optimizer,
    )
    assert (history.interrupted, history.epochs, len(history.val_accuracy)) == (True, 2, 2)
    assert [p.data for p in model.parameters()] != before
    assert optimizer.parameters == model.parameters()


# When something goes wrong


@pytest.mark.parametrize("compiled", [True, False])
def test_a_divergence_names_the_node_that_was_the_first(compiled):
    model = nn.MLP(1, [1, 1], activation="exp", seed=0)
    model.layers[0].neurons[0].w[0].data = 800.0
    text = message(
        DivergedError,
        lambda: nn.fit(model, [[1.0], [3.0]], [0, 1], loss="mse", batch_size=1, epochs=5, compiled=compiled),
    )
    assert "where from:" in text
    assert re.search(r"where from: .* = exp\(v\d\) = exp\((800|2400)\) is inf\n", text)


def test_the_first_anomaly_may_be_a_leaf_or_a_gradient():
    nan = Value(math.nan, label="w")
    assert first_anomaly(nan * 2) == "w is nan: it is a leaf, and came so"
    x = Value(0.0, label="x")
    assert first_anomaly(3 * x**0.5).startswith("the gradient of x: upstream 3 × local derivative ∂v1/∂x = ")
    assert first_anomaly(x + 1) == ""


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_samples_that_are_no_numbers_are_refused_with_their_place(bad):
    broken = X.copy()
    broken[4, 1] = bad
    assert f"fit with {bad} at X[4, 1]" in message(OptionError, lambda: nn.fit(nn.MLP(2, [1]), broken, y))
    assert f"fit with {bad} at y[2]" in message(
        OptionError, lambda: nn.fit(nn.MLP(2, [1]), X, [0.0, 1.0, bad, *[0.0] * 30], loss="mse")
    )
    assert "fit with nan at X_val[0, 0]" in message(
        OptionError, lambda: nn.fit(nn.MLP(2, [1]), X, y, validation_data=([[math.nan, 0.0]], [1]))
    )


def test_labels_that_a_loss_does_not_take_are_refused():
    fit = lambda labels, loss, outputs=1: nn.fit(nn.MLP(2, [outputs]), X, labels, loss=loss, epochs=1)  # noqa: E731
    assert "its labels are numbers" in message(OptionError, lambda: fit(["a", "b", "c"] * 11, "mse"))
    assert "its targets are 0 and 1" in message(OptionError, lambda: fit([2] * 33, "bce_with_logits"))
    assert "index of one of the 2 classes" in message(OptionError, lambda: fit([2] * 33, "cross_entropy", 2))
    assert "two classes or more" in message(SizeError, lambda: fit([0] * 33, "cross_entropy"))


# Asking a model


def test_probabilities_of_all_kinds_of_outputs_sum_to_1():
    for model in (nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [1], output="sigmoid", seed=0), nn.MLP(2, [3], seed=0)):
        shares = nn.predict_proba(model, 400 * X)
        assert shares.shape == (33, max(2, model.sizes[-1]))
        assert np.allclose(shares.sum(axis=1), 1)
        assert shares.min() >= 0
    logit, sigmoid = nn.MLP(2, [1], seed=0), nn.MLP(2, [1], output="sigmoid", seed=0)
    assert np.allclose(nn.predict_proba(logit, X), nn.predict_proba(sigmoid, X))
    assert np.allclose(nn.predict_proba(sigmoid, X)[:, 1], nn.predict(sigmoid, X))


def test_the_score_is_the_share_of_the_spread():
    line = nn.MLP(1, [1], init="zeros")
    line.layers[0].neurons[0].w[0].data = 1.0
    assert nn.score(line, [[0.0], [1.0], [2.0]], [0.0, 1.0, 3.0]) == pytest.approx(1 - 1 / (14 / 3))
    assert nn.score(line, [[0.0], [1.0]], [[0.0], [1.0]]) == 1.0
    assert "they are compared" in message(SizeError, lambda: nn.score(line, [[0.0]], [[1.0, 2.0]]))


@pytest.mark.parametrize("compiled", [False, True])
def test_samples_that_are_too_large_are_a_divergence_and_no_bug(compiled):
    X, y = nn.datasets.moons(n=20, seed=0)
    with pytest.raises(DivergedError, match="in epoch 1"):
        nn.fit(nn.MLP(2, [4, 1], seed=0), 1e200 * X, y, loss="mse", epochs=3, compiled=compiled)
