"""Do both ways to train, scalar by scalar and compiled, give the same history; and do callbacks have their say?"""

import math
import random
import re
import warnings

import numpy as np
import pytest
from sampling import sample

import tinygrad_edu
from tinygrad_edu import Value, nn, no_grad, viz
from tinygrad_edu.checks.anomaly import first_anomaly
from tinygrad_edu.compiler import BatchProgram
from tinygrad_edu.errors import (
    CompileError,
    DivergedError,
    DomainError,
    GradientWarning,
    GraphError,
    NumberError,
    OptionError,
    SizeError,
    TinygradError,
)
from tinygrad_edu.functions import logsumexp
from tinygrad_edu.nn.training import backends as steps
from tinygrad_edu.nn.training import predictor, programs

X, y = nn.datasets.moons(n=33, noise=0.1, seed=0)
X_val, y_val = nn.datasets.moons(n=14, noise=0.1, seed=1)


def message(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


WAYS = ("numpy", "scalar")


def both(make, data=(X, y), **options):
    """The model and the history of the eager way and of the compiled one."""
    found = []
    for backend in ("scalar", "numpy"):
        model = make()
        optimizer = options.get("optimizer", lambda _: None)(model)
        chosen = {**options, "optimizer": optimizer, "backend": backend}
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
def test_compiled_and_eager_training_give_the_same_history(loss, outputs, options, batch_size):
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
def test_every_optimizer_takes_the_same_steps_compiled_and_eager(make):
    found = both(lambda: nn.MLP(2, [4, 1], seed=0), epochs=4, optimizer=make)
    assert_equal(found)


def test_a_custom_optimizer_only_needs_a_step_method():
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


def test_an_optimizer_continues_its_state_and_moves_values_again_after_a_fit():
    model, other = nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [3, 1], seed=0)
    for net, ways in ((model, ("numpy", "scalar")), (other, ("scalar", "numpy"))):
        optimizer = nn.Adam(net.parameters(), lr=0.02)
        for backend in ways:
            nn.fit(net, X, y, epochs=2, optimizer=optimizer, backend=backend)
        assert optimizer.parameters == net.parameters()
        assert optimizer.steps == 16
    assert [p.data for p in model.parameters()] == pytest.approx([p.data for p in other.parameters()], rel=1e-9)


def test_a_large_batch_is_compiled_in_parts(monkeypatch):
    monkeypatch.setattr(programs, "MOST_SAMPLES", 10)
    assert_equal(both(lambda: nn.MLP(2, [4, 1], seed=0), epochs=3, batch_size=None, validation_data=(X_val, y_val)))


def test_several_numeric_outputs_are_learned():
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


def test_a_model_that_branches_on_numbers_is_trained_eagerly_and_refused_compiled():
    model = OfNumbers()
    assert nn.fit(model, X, y, epochs=20).loss[-1] < 1
    text = message(GraphError, lambda: nn.fit(OfNumbers(), X, y, epochs=2, backend="numpy"))
    assert "its graph depends on the numbers of the samples" in text
    assert 'fit(..., backend="scalar")' in text


def test_nn_models_are_compiled_by_default_and_custom_ones_are_not():
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


def test_a_callback_is_called_after_every_epoch_and_may_stop_the_training():
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


@pytest.mark.parametrize("backend", ["numpy", "scalar"])
def test_early_stopping_restores_the_best_epoch(backend):
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
        backend=backend,
    )
    assert stop.best == min(history.val_loss)
    assert history.val_loss[stop.best_epoch - 1] == stop.best
    assert history.epochs == stop.best_epoch + 3
    assert history.stopped == f"stopped: val_loss was best in epoch {stop.best_epoch}"
    assert [p.data for p in model.parameters()] == numbers[stop.best_epoch - 1]


@pytest.mark.parametrize(
    ("numbers", "stops_after", "best"),
    [
        ({"loss": [3.0, 2.0, 2.5, 2.4, 1.9]}, 4, 2),
        ({"accuracy": [0.5, 0.7, 0.7, 0.6]}, 4, 2),
        ({"accuracy": [0.5, 0.7, 0.8, 0.6]}, None, 3),
        ({"loss": [1.0, 0.95, 0.85, 0.8], "min_delta": 0.1}, None, 3),
        ({"loss": [1.0, 0.95, 0.92, 0.9], "min_delta": 0.1}, 3, 1),
        ({"accuracy": [0.5, 0.55, 0.58], "min_delta": 0.1}, 3, 1),
        ({"loss": [2.0, 1.0], "val_loss": [1.0, 3.0]}, None, 1),
        ({"loss": [1.0, 1.0, 1.0]}, 3, 1),
    ],
)
def test_when_a_training_stops_early(numbers, stops_after, best):
    options = {"min_delta": numbers.pop("min_delta", 0.0)}
    model, history = nn.MLP(1, [1]), nn.History()
    monitor = None if "loss" in numbers else "accuracy"
    stop = nn.EarlyStopping(patience=2, monitor=monitor, **options)
    training = nn.Training(model, None, history, 10)
    for _ in range(2):  # used again, it begins again
        history.loss, history.accuracy, history.val_loss, history.stopped = [], [], [], ""
        for epoch, found in enumerate(zip(*numbers.values(), strict=True), start=1):
            for name, number in zip(numbers, found, strict=True):
                getattr(history, name).append(number)
            history.loss = history.loss if "loss" in numbers else [0.0] * epoch
            model.parameters()[0].data = float(epoch)
            stop.after_epoch(training)
            assert bool(history.stopped) == (epoch == stops_after)
            if history.stopped:
                break
        assert stop.best_epoch == best
        stop.at_end(training)
        assert model.parameters()[0].data == best


def test_early_stopping_needs_the_quantity_it_monitors():
    fit = lambda **o: nn.fit(nn.MLP(2, [1]), X, y, epochs=2, callbacks=[nn.EarlyStopping(**o)])  # noqa: E731
    assert "validation_data=(X_val, y_val)" in message(OptionError, lambda: fit(monitor="val_loss"))
    assert "loss, accuracy, val_loss, val_accuracy" in message(OptionError, lambda: fit(monitor="lost"))
    assert "patience has to be at least 1 epoch" in message(OptionError, lambda: fit(patience=0))
    assert "a callback is a function" in message(OptionError, lambda: nn.fit(nn.MLP(2, [1]), X, y, callbacks=[3]))


@pytest.mark.parametrize("backend", ["numpy", "scalar"])
def test_ctrl_c_in_a_callback_leaves_history_and_model_consistent(backend):
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
        backend=backend,
        optimizer=optimizer,
    )
    assert (history.interrupted, history.epochs, len(history.val_accuracy)) == (True, 2, 2)
    assert [p.data for p in model.parameters()] != before
    assert optimizer.parameters == model.parameters()


# What callbacks change


def clip(training):
    for p in training.model.parameters():
        p.data = max(-0.1, min(0.1, p.data))


def train_again(training):
    nn.fit(training.model, X, y, epochs=1, seed=training.history.epochs, backend=training.backend)


def train_again_with_the_same_optimizer(training):
    nn.fit(training.model, X, y, epochs=1, optimizer=training.optimizer, backend=training.backend)


def slow_down(training):
    training.optimizer.lr *= 0.5


def stand_still(training):
    training.optimizer.lr = 1e-300


def change_the_schedule(training):
    training.optimizer.schedule = nn.schedules.constant(0.01, steps=10**6)


def start_afresh(training):
    training.model.load_state_dict(nn.MLP(2, [4, 1], activation="tanh", seed=9).state_dict())


def freeze(training):
    training.optimizer.lr = 0.3 if training.history.epochs % 2 else 1e-300


@pytest.mark.parametrize("optimizer", sample([
    lambda m: nn.SGD(m.layers[-1].parameters(), lr=0.1, momentum=0.9),
    lambda m: nn.Adam(m.parameters(), lr=0.02),
    lambda m: None,
]), ids=["of one layer", "Adam", "by default"])  # fmt: skip
@pytest.mark.parametrize(
    "change",
    [
        clip, train_again, train_again_with_the_same_optimizer, slow_down, stand_still, change_the_schedule,
        start_afresh, freeze,
    ],
)  # fmt: skip
def test_changes_made_by_a_callback_take_effect_compiled_and_eager(change, optimizer):
    found = []
    for backend in ("scalar", "numpy"):
        model = nn.MLP(2, [4, 1], activation="tanh", seed=0)

        def change_it(training, backend=backend):
            training.backend = backend
            change(training)

        history = nn.fit(
            model, X, y, epochs=4, callbacks=[change_it], validation_data=(X_val, y_val), optimizer=optimizer(model),
            backend=backend,
        )  # fmt: skip
        found.append((model, history))
    assert_equal(found)
    plain = nn.MLP(2, [4, 1], activation="tanh", seed=0)
    nn.fit(plain, X, y, epochs=4, optimizer=optimizer(plain))
    assert [p.data for p in plain.parameters()] != pytest.approx([p.data for p in model.parameters()], rel=1e-6)


@pytest.mark.parametrize("backend", [None, "numpy", "scalar"])
def test_weights_clipped_by_a_callback_stay_clipped(backend):
    model = nn.MLP(2, [4, 1], seed=0)
    nn.fit(model, X, y, epochs=3, callbacks=[clip], backend=backend)
    assert max(abs(p.data) for p in model.parameters()) == 0.1


@pytest.mark.parametrize("backend", ["numpy", "scalar"])
def test_a_learning_rate_set_by_a_callback_is_kept(backend):
    seen = []

    def look(training):
        seen.append([p.data for p in training.model.parameters()])
        training.optimizer.lr = 1e-300

    nn.fit(nn.MLP(2, [3, 1], seed=0), X, y, epochs=3, callbacks=[look], backend=backend)
    assert seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize("optimizer", [lambda m: None, lambda m: nn.SGD(m.layers[-1].parameters(), lr=0.1)])
def test_callbacks_see_the_gradients_of_the_last_step_which_are_cleared_at_the_end(optimizer):
    found = []
    for backend in ("scalar", "numpy"):
        model, seen = nn.MLP(2, [3, 1], activation="tanh", seed=0), []
        look = lambda training, seen=seen: seen.append([p.grad for p in training.model.parameters()])  # noqa: E731
        nn.fit(model, X, y, epochs=3, batch_size=8, callbacks=[look], backend=backend, optimizer=optimizer(model))
        assert not any(p.has_grad for p in model.parameters())
        found.append(seen)
    for one, other in zip(*found, strict=True):
        assert any(one)
        assert one == pytest.approx(other, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("backend", ["numpy", "scalar"])
def test_an_error_says_what_a_callback_that_replaces_a_parameter_should_write(backend):
    def replace(training):
        training.model.layers[0].neurons[1].w[0] = Value(0.5)

    def drop(training):
        training.model.layers[0].neurons.pop()

    def add(training):
        training.model.extra = Value(1.0)

    for change, said in (
        (replace, "after epoch 1 the parameter layers.0.neurons.1.w.0 is another Value now"),
        (drop, "the parameter layers.0.neurons.2.w.0 is gone"),
        (add, "the parameter extra is new"),
    ):
        model = nn.MLP(2, [3, 1], seed=0)
        text = message(OptionError, lambda c=change, m=model: nn.fit(m, X, y, callbacks=[c], backend=backend))
        assert said in text
        assert "parameter.data = number" in text


@pytest.mark.parametrize("backend", ["numpy", "scalar"])
def test_ctrl_c_in_a_callback_keeps_what_it_has_changed(backend):
    model = nn.MLP(2, [3, 1], seed=0)

    def impatient(training):
        clip(training)
        raise KeyboardInterrupt

    assert nn.fit(model, X, y, epochs=9, callbacks=[impatient], backend=backend).interrupted
    assert max(abs(p.data) for p in model.parameters()) == 0.1


def test_an_extended_optimizer_step_is_used_compiled_and_eager():
    class Bounded(nn.SGD):
        def step(self):
            super().step()
            for p in self.parameters:
                p.data = max(-0.5, min(0.5, p.data))

    found = both(lambda: nn.MLP(2, [4, 1], seed=0), epochs=3, optimizer=lambda m: Bounded(m.parameters(), lr=0.1))
    assert_equal(found)
    assert max(abs(p.data) for p in found[1][0].parameters()) == 0.5


def test_an_optimizer_with_another_step_and_another_reset_takes_them_compiled_too():
    class Slower(nn.SGD):
        resets = 0

        def step(self):
            for p in self.parameters:
                p.data -= 0.5 * self.lr * p.grad

        def zero_grad(self):
            self.resets += 1
            super().zero_grad()

    found = both(lambda: nn.MLP(2, [4, 1], seed=0), epochs=3, optimizer=lambda m: Slower(m.parameters(), lr=0.1))
    assert_equal(found)


def test_a_program_with_another_gradient_is_refused(monkeypatch):
    """No loss gets one: so the program is changed."""
    honest = BatchProgram.__call__

    def changed(program, *arrays):
        loss, gradient = honest(program, *arrays)
        return loss, gradient * (1 + 1e-6)

    monkeypatch.setattr(BatchProgram, "__call__", changed)
    model = nn.MLP(2, [4, 1], seed=0)
    loss = lambda outputs, targets: nn.mse_loss(outputs, targets)  # noqa: E731 (one that is not known)
    fit = lambda: nn.fit(model, X, y, loss=loss, epochs=1, backend="numpy")  # noqa: E731
    assert "gradient of l1.n1.w1" in message(GraphError, fit)


def test_a_custom_model_whose_graph_a_callback_changes_is_refused_compiled():
    class Switched(nn.Module):
        def __init__(self):
            self.net, self.is_bent = nn.MLP(2, [3, 1], seed=0), False

        def __call__(self, x):
            z = self.net(x)
            return z.tanh() if self.is_bent else z

    def bend(training):
        training.model.is_bent = training.history.epochs == 2

    assert nn.fit(Switched(), X, y, epochs=4, callbacks=[bend]).epochs == 4
    text = message(GraphError, lambda: nn.fit(Switched(), X, y, epochs=4, callbacks=[bend], backend="numpy"))
    assert 'fit(..., backend="scalar")' in text


# Inside no_grad


@pytest.mark.parametrize("backend", [None, "numpy", "scalar"])
@pytest.mark.parametrize("optimizer", [lambda m: None, lambda m: nn.SGD(m.layers[-1].parameters(), lr=0.1)])
def test_fit_learns_the_same_inside_no_grad(backend, optimizer):
    def trained():
        model = nn.MLP(2, [4, 1], seed=0)
        history = nn.fit(
            model, X, y, epochs=3, backend=backend, optimizer=optimizer(model), validation_data=(X_val, y_val)
        )
        return history, model.state_dict()

    outside = trained()
    with no_grad():
        inside = trained()
        assert not (Value(2.0) * 3).args  # and it goes on
    assert inside == outside
    assert outside[1] != nn.MLP(2, [4, 1], seed=0).state_dict()


def test_very_many_samples_are_predicted_inside_no_grad():
    model, many = nn.MLP(2, [3, 1], seed=0), np.random.default_rng(0).normal(size=(1025, 2))
    expected = [model(x).data for x in many.tolist()]
    with no_grad():
        assert nn.predict(model, many) == pytest.approx(expected, rel=1e-12)
        assert nn.accuracy(model, many, np.array(expected) > 0) == 1.0
        assert nn.predict_proba(model, many).shape == (1025, 2)
        viz.plot_decision_boundary(model, many[:4], [0, 1, 0, 1])


# Where the compiler fails


@pytest.fixture
def broken_compiler(monkeypatch):
    """A compiler that fails for any number of samples, and from its n-th program for one number of them on.

    It gives how many programs it was asked for.
    """

    def breaks(after=0, error=CompileError):
        real, asked = tinygrad_edu.compile, []

        def compile(*args, **options):
            asked.append("batch" in options)
            if asked[-1] or asked.count(False) > after:
                raise error("compile of a loss", "a line has another shape")
            return real(*args, **options)

        monkeypatch.setattr(tinygrad_edu, "compile", compile)
        return asked

    return breaks


@pytest.mark.parametrize("after", [0, 1, 2])
@pytest.mark.parametrize("error", [CompileError, GraphError])
def test_fit_warns_once_and_continues_scalar_by_scalar_if_the_compiler_fails(broken_compiler, after, error):
    plain = nn.MLP(2, [3, 1], seed=0)
    expected = nn.fit(plain, X, y, epochs=3, backend="scalar", validation_data=(X_val, y_val))
    asked = broken_compiler(after, error)
    model, optimizers = nn.MLP(2, [3, 1], seed=0), []
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        history = nn.fit(
            model, X, y, epochs=3, validation_data=(X_val, y_val), callbacks=[lambda t: optimizers.append(t.optimizer)]
        )
    assert_equal([(plain, expected), (model, history)])
    assert len(asked) == after + 2
    (warning,) = seen
    assert warning.category is RuntimeWarning
    assert warning.filename == __file__
    assert "fit continues scalar by scalar, because compiling failed" in str(warning.message)
    assert "a line has another shape" in str(warning.message)
    assert optimizers[-1].parameters == model.parameters()


def test_fit_with_a_backend_that_compiles_raises_the_error_of_the_compiler(broken_compiler):
    broken_compiler()
    with pytest.raises(CompileError, match="a line has another shape"):
        nn.fit(nn.MLP(2, [3, 1], seed=0), X, y, epochs=1, backend="numpy")


def test_predict_falls_back_to_single_samples_if_the_compiler_fails(broken_compiler):
    model, many = nn.MLP(2, [3, 1], seed=0), np.random.default_rng(0).normal(size=(1025, 2))
    expected = nn.predict(model, many)
    asked = broken_compiler()
    look = predictor.Predictor(model)
    with pytest.warns(RuntimeWarning, match="predict computes sample by sample") as seen:
        found = [look(many), look(many)]
    assert (len(asked), len(seen)) == (1, 1)
    assert found[0] == pytest.approx(expected, rel=1e-12)
    assert found[1] == pytest.approx(expected, rel=1e-12)


# Certain answers


def certain(weight):
    """A network whose answers for x = ±100 and ±1500 are 0 and 1, or as good as."""
    model = nn.MLP(1, [1], output="sigmoid")
    for p in model.parameters():
        p.data = weight
    return model


@pytest.mark.parametrize("backend", [None, "numpy", "scalar"])
@pytest.mark.parametrize("x", [50.0, 100.0, 1480.0, 1500.0, 1e5])  # up to where a sigmoid is 0 to the last bit
def test_a_certain_and_right_output_has_zero_loss(backend, x):
    model = certain(0.5)
    history = nn.fit(model, [[x], [-x]], [1, 0], loss="bce", epochs=2, backend=backend)
    assert history.loss == pytest.approx([0.0, 0.0], abs=1e-10)
    assert history.accuracy == [1.0, 1.0]


@pytest.mark.parametrize("batch_size", [1, None])
@pytest.mark.parametrize("backend", [None, "numpy", "scalar"])
def test_the_error_of_a_certain_and_wrong_output_recommends_logits(backend, batch_size):
    fit = lambda **o: nn.fit(  # noqa: E731
        certain(0.5), [[2.0], [1500.0]], loss="bce", epochs=2, backend=backend, batch_size=batch_size, **o
    )
    for labels in ([1, 0], [0, 0], [1, 0.5]):
        text = message(DomainError, lambda labels=labels: fit(y=labels))
        assert "what was predicted to be impossible has happened" in text
        assert "binary_cross_entropy_with_logits" in text
    assert "impossible" in message(DomainError, lambda: fit(y=[1, 1], validation_data=([[1500.0]], [0])))


@pytest.mark.parametrize("backend", [None, "numpy", "scalar"])
def test_an_output_that_is_not_a_probability_is_named_compiled_and_eager(backend):
    linear = nn.MLP(1, [1], init="zeros")
    for output, label in ((-0.1, 0), (1.5, 1), (-0.1, 1), (1.5, 0)):
        linear.layers[0].neurons[0].b.data = output
        assert "a probability is between 0 and 1" in message(
            DomainError,
            lambda label=label: nn.fit(linear, [[0.0], [0.0]], [label] * 2, loss="bce", epochs=2, backend=backend),
        )


def test_training_towards_certainty_is_the_same_compiled_and_eager():
    x = np.linspace(-3, 3, 12)[:, None]
    found = both(
        lambda: certain(0.5), (x, x[:, 0] > 0), loss="bce", epochs=30, batch_size=3,
        optimizer=lambda m: nn.SGD(m.parameters(), lr=400.0),
    )  # fmt: skip
    assert_equal(found)
    outputs = nn.predict(found[0][0], x)
    assert set(outputs) & {0.0, 1.0}
    assert found[0][1].loss[-1] < 1e-9


# When something goes wrong


def test_before_the_first_step_no_step_is_blamed():
    for backend in ("numpy", "scalar"):
        text = message(
            DivergedError,
            lambda c=backend: nn.fit(nn.MLP(2, [1], seed=0), 1e200 * X, y, loss="mse", epochs=1, backend=c),
        )
        assert "no step has been made yet" in text
        assert "Standardizer" in text


@pytest.mark.parametrize("backend", ["numpy", "scalar"])
def test_a_divergence_names_the_first_node_that_is_not_finite(backend):
    model = nn.MLP(1, [1, 1], activation="exp", seed=0)
    model.layers[0].neurons[0].w[0].data = 800.0
    text = message(
        DivergedError,
        lambda: nn.fit(model, [[1.0], [3.0]], [0, 1], loss="mse", batch_size=1, epochs=5, backend=backend),
    )
    assert "where from:" in text
    assert re.search(r"where from: .* = exp\(v\d\) = exp\((800|2400)\) is inf\n", text)


def test_the_first_anomaly_may_be_a_leaf_or_a_gradient():
    nan = Value(math.nan, label="w")
    assert first_anomaly(nan * 2) == "w is nan: it is a leaf, and was given this number"
    x = Value(0.0, label="x")
    assert first_anomaly(3 * x**0.5).startswith("the gradient of x: upstream 3 × local derivative ∂v1/∂x = ")
    assert first_anomaly(x + 1) == ""


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_samples_that_are_not_finite_are_refused_with_their_place(bad):
    broken = X.copy()
    broken[4, 1] = bad
    assert f"fit with {bad} at X[4, 1]" in message(OptionError, lambda: nn.fit(nn.MLP(2, [1]), broken, y))
    assert f"fit with {bad} at y[2]" in message(
        OptionError, lambda: nn.fit(nn.MLP(2, [1]), X, [0.0, 1.0, bad, *[0.0] * 30], loss="mse")
    )
    assert "fit with nan at X_val[0, 0]" in message(
        OptionError, lambda: nn.fit(nn.MLP(2, [1]), X, y, validation_data=([[math.nan, 0.0]], [1]))
    )


def test_labels_that_a_loss_does_not_accept_are_refused():
    fit = lambda labels, loss, outputs=1: nn.fit(nn.MLP(2, [outputs]), X, labels, loss=loss, epochs=1)  # noqa: E731
    assert "its labels are numbers" in message(OptionError, lambda: fit(["a", "b", "c"] * 11, "mse"))
    assert "its targets are 0 and 1" in message(OptionError, lambda: fit([2] * 33, "bce_with_logits"))
    assert "index of one of the 2 classes" in message(OptionError, lambda: fit([2] * 33, "cross_entropy", 2))
    assert "two classes or more" in message(SizeError, lambda: fit([0] * 33, "cross_entropy"))


@pytest.mark.parametrize("backend", [None, "numpy", "scalar"])
@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_label_that_is_missing_is_named(backend, missing):
    labels = np.array([1.0, missing, *[0.0] * 31], dtype=object)
    for loss in ("mse", "hinge", "bce", "bce_with_logits"):
        text = message(
            OptionError, lambda loss=loss: nn.fit(nn.MLP(2, [1]), X, labels, loss=loss, epochs=1, backend=backend)
        )
        assert str(missing) in text.splitlines()[0]
    classes = np.array([1, missing, *[0] * 31], dtype=object)
    assert str(missing) in message(
        OptionError, lambda: nn.fit(nn.MLP(2, [3]), X, classes, loss="cross_entropy", epochs=1, backend=backend)
    )


def test_numbers_that_are_not_real_are_refused_with_their_place():
    broken = X.astype(complex)
    broken[3, 1] = 2j
    model = nn.MLP(2, [1])
    assert "fit with 2j at X[3, 1]" in message(NumberError, lambda: nn.fit(model, broken, y))
    assert "predict with 2j at X[3, 1]" in message(NumberError, lambda: nn.predict(model, broken))
    assert "predict with 2j at X[3, 1]" in message(NumberError, lambda: predictor.Predictor(model)(broken))
    assert "a Standardizer with 2j at X[3, 1]" in message(NumberError, lambda: nn.Standardizer.of(broken))
    assert "complex" in message(NumberError, lambda: nn.fit(model, X, y + 0j))
    assert "complex" in message(NumberError, lambda: nn.score(model, X, y + 1j))
    for wrong in ("0.5", None, 10**400):
        samples = X.astype(object)
        samples[0, 1] = wrong
        assert "at X[0, 1]" in message(NumberError, lambda s=samples: nn.fit(model, s, y))
    masked = np.ma.masked_equal([[1.0, 2.0], [3.0, 2.5]], 3.0)
    assert "fit with X[1, 0]" in message(NumberError, lambda: nn.fit(model, masked, [0, 1]))
    assert "different lengths" in message(SizeError, lambda: nn.fit(model, [[1.0, 2.0], [3.0]], [0, 1]))


@pytest.mark.parametrize("backend", ["numpy", "scalar"])
@pytest.mark.parametrize("loss", ["hinge", "mse", "bce_with_logits"])
def test_a_label_under_a_mask_is_not_trained_on(backend, loss):
    labels = np.ma.array((y > 0).astype(int), mask=[n == 2 for n in range(33)])
    model = nn.MLP(2, [1], seed=0)
    before = model.state_dict()
    text = message(NumberError, lambda: nn.fit(model, X, labels, loss=loss, epochs=1, backend=backend))
    assert text.startswith("fit with y[2]\n")
    validation = (X, labels)
    text = message(NumberError, lambda: nn.fit(model, X, y, epochs=1, validation_data=validation, backend=backend))
    assert text.startswith("fit with y_val[2]\n")
    assert model.state_dict() == before


@pytest.mark.parametrize("backend", ["numpy", "scalar"])
def test_one_hot_targets_train_as_class_indices_do(backend):
    classes = np.arange(33) % 3
    found = []
    for labels in (classes, np.eye(3)[classes], np.eye(3)[classes].astype(int)):
        model = nn.MLP(2, [4, 3], seed=0)
        history = nn.fit(model, X, labels, loss="cross_entropy", epochs=3, backend=backend, validation_data=(X, labels))
        found.append((model, history))
    assert_equal(found[:2])
    assert_equal(found[1:])


def test_soft_targets_train_the_same_compiled_and_eager():
    shares = np.random.default_rng(0).dirichlet([1.0, 1.0, 1.0], 33)
    assert_equal(both(lambda: nn.MLP(2, [4, 3], seed=0), (X, shares), loss="cross_entropy", epochs=3))
    for wrong in (2 * shares, shares[:, :2], shares - [1, 0, -1]):
        for backend in ("numpy", "scalar"):
            assert "one probability for each of the 3 classes" in message(
                OptionError,
                lambda w=wrong, c=backend: nn.fit(nn.MLP(2, [3]), X, w, loss="cross_entropy", epochs=1, backend=c),
            )


@pytest.mark.parametrize("backend", [None, "numpy", "scalar"])
def test_an_optimizer_of_another_model_is_refused(backend):
    model, other = nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [3, 1], seed=0)
    for optimizer in (nn.Adam(other.parameters()), nn.SGD(np.zeros(13))):
        text = message(OptionError, lambda o=optimizer: nn.fit(model, X, y, optimizer=o, backend=backend))
        assert "they are not parameters of this model" in text
        assert f"{type(optimizer).__name__}(model.parameters())" in text
    assert "step() and zero_grad()" in message(OptionError, lambda: nn.fit(model, X, y, optimizer="adam"))
    shared = nn.SGD([*other.parameters(), *model.layers[-1].parameters()], lr=0.1)
    before = model.state_dict()
    nn.fit(model, X, y, epochs=1, optimizer=shared, backend=backend)
    after = model.state_dict()
    assert {name for name in before if before[name] != after[name]} == {n for n in before if n.startswith("layers.1")}


# Asking a model


def test_probabilities_sum_to_1_for_every_kind_of_output():
    for model in (nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [1], output="sigmoid", seed=0), nn.MLP(2, [3], seed=0)):
        shares = nn.predict_proba(model, 400 * X)
        assert shares.shape == (33, max(2, model.sizes[-1]))
        assert np.allclose(shares.sum(axis=1), 1)
        assert shares.min() >= 0
    logit, sigmoid = nn.MLP(2, [1], seed=0), nn.MLP(2, [1], output="sigmoid", seed=0)
    assert np.allclose(nn.predict_proba(logit, X), nn.predict_proba(sigmoid, X))
    assert np.allclose(nn.predict_proba(sigmoid, X)[:, 1], nn.predict(sigmoid, X))


@pytest.mark.parametrize("outputs", [1, 3])
def test_accuracy_refuses_missing_labels(outputs):
    model = nn.MLP(2, [outputs], seed=0)
    right = (nn.predict(model, X) > 0) if outputs == 1 else nn.predict(model, X).argmax(axis=1)
    assert nn.accuracy(model, X, right) == nn.accuracy(model, X, right.astype(object)) == 1.0
    missing = np.where(np.arange(33) == 4, math.nan, right)
    assert "accuracy with nan at y[4]" in message(OptionError, lambda: nn.accuracy(model, X, missing))
    masked = np.ma.masked_invalid(missing)
    assert "accuracy with y[4]" in message(NumberError, lambda: nn.accuracy(model, X, masked))
    for wrong in (None, "yes", 1j):
        labels = right.astype(object)
        labels[4] = wrong
        assert "at y[4]" in message(NumberError, lambda labels=labels: nn.accuracy(model, X, labels))
    assert "different lengths" in message(SizeError, lambda: nn.accuracy(model, X[:2], [[1], [1, 0]]))


def test_predict_refuses_anything_but_rows_of_samples():
    for model in (nn.MLP(2, [1], seed=0), nn.MLP(2, [3], seed=0)):
        for ask in (nn.predict, nn.predict_proba):
            assert "different lengths" in message(SizeError, lambda m=model, a=ask: a(m, [[1.0, 2.0], [3.0]]))
            assert "a row for each sample" in message(SizeError, lambda m=model, a=ask: a(m, 1.0))
            assert "NoneType" in message(NumberError, lambda m=model, a=ask: a(m, None))
            assert "generator" in message(NumberError, lambda m=model, a=ask: a(m, (row for row in X)))
    assert nn.predict(nn.MLP(2, [1]), []).size == 0


def test_the_score_of_a_regression_is_r_squared():
    line = nn.MLP(1, [1], init="zeros")
    line.layers[0].neurons[0].w[0].data = 1.0
    assert nn.score(line, [[0.0], [1.0], [2.0]], [0.0, 1.0, 3.0]) == pytest.approx(1 - 1 / (14 / 3))
    assert nn.score(line, [[0.0], [1.0]], [[0.0], [1.0]]) == 1.0
    assert "they are compared" in message(SizeError, lambda: nn.score(line, [[0.0]], [[1.0, 2.0]]))


@pytest.mark.parametrize("backend", ["scalar", "numpy"])
def test_too_large_samples_are_a_divergence_and_not_a_compiler_bug(backend):
    X, y = nn.datasets.moons(n=20, seed=0)
    with pytest.raises(DivergedError, match="in epoch 1"):
        nn.fit(nn.MLP(2, [4, 1], seed=0), 1e200 * X, y, loss="mse", epochs=3, backend=backend)


# One program for all sizes of batch


class Own(nn.Module):
    """A network of one's own."""

    def __init__(self):
        self.net = nn.MLP(2, [3, 1], activation="tanh", seed=0)

    def __call__(self, x):
        return self.net(x)


def fading(predictions, targets):
    """A loss in which every place has a weight of its own, a constant for each sample."""
    errors = (p - t for p, t in zip(predictions, targets, strict=True))
    return sum(0.9**place * e * e for place, e in enumerate(errors))


def asked_of_the_compiler(monkeypatch):
    real, asked = tinygrad_edu.compile, []

    def compile(*args, **options):
        asked.append("batch" in options)
        return real(*args, **options)

    monkeypatch.setattr(tinygrad_edu, "compile", compile)
    return asked


def test_one_program_serves_every_batch_the_last_small_one_and_the_validation(monkeypatch):
    asked = asked_of_the_compiler(monkeypatch)
    nn.fit(nn.MLP(2, [4, 1], seed=0), X, y, epochs=2, batch_size=7, validation_data=(X_val, y_val))
    assert asked == [True]


@pytest.mark.parametrize("loss", ["hinge", "mse", "bce_with_logits", "cross_entropy"])
@pytest.mark.parametrize("batch_size", [1, 7, None])
def test_batches_of_all_sizes_are_trained_as_scalar_by_scalar(loss, batch_size):
    outputs = 3 if loss == "cross_entropy" else 1
    labels = [int(k) % 3 for k in range(len(X))] if outputs == 3 else y
    found = both(
        lambda: nn.MLP(2, [3, outputs], activation="tanh", seed=0),
        (X, labels),
        loss=loss,
        epochs=2,
        batch_size=batch_size,
        optimizer=lambda m: nn.Adam(m.parameters(), lr=0.01),
    )
    assert_equal(found)


def test_a_full_batch_of_a_hundred_thousand_samples_is_one_step():
    rng = np.random.default_rng(0)
    many = rng.normal(size=(100_000, 2))
    targets = many[:, 0] - many[:, 1]
    model = nn.MLP(2, [1], seed=0)
    history = nn.fit(model, many, targets, loss="mse", epochs=12, batch_size=None)
    assert history.loss[-1] < 0.5 * history.loss[0]


def test_a_number_that_is_not_finite_is_found_in_a_large_batch():
    many = np.ones((1000, 1))
    many[700] = 1e200
    model = nn.MLP(1, [1], seed=0)
    text = message(DivergedError, lambda: nn.fit(model, many, np.ones(1000), loss="mse", epochs=1, batch_size=None))
    assert "in epoch 1" in text


def test_a_loss_that_is_not_the_same_for_any_number_of_samples_has_a_program_for_each(monkeypatch):
    asked = asked_of_the_compiler(monkeypatch)
    ways = [nn.fit(Own(), X, y, loss=fading, epochs=2, batch_size=9, backend=way) for way in ("numpy", "scalar")]
    assert ways[0].loss == pytest.approx(ways[1].loss, rel=1e-9)
    assert asked[0] is True
    assert set(asked[1:]) == {False}
    assert len(asked) == 3  # batches of 9 and the last, smaller one


def spread(predictions, targets):
    """A loss that is another one for a single sample."""
    errors = [p - t for p, t in zip(predictions, targets, strict=True)]
    if len(errors) == 1:
        return errors[0] ** 2
    middle = sum(errors) / len(errors)
    return sum((e - middle) ** 2 for e in errors) / (len(errors) - 1)


def test_a_last_batch_too_small_for_the_program_of_all_others_has_its_own(monkeypatch):
    asked = asked_of_the_compiler(monkeypatch)
    ways = [nn.fit(Own(), X, y, loss=spread, epochs=2, batch_size=8, backend=way) for way in ("numpy", "scalar")]
    assert len(X) % 8 == 1
    assert ways[0].loss == pytest.approx(ways[1].loss, rel=1e-9)
    assert asked == [True, False]


@pytest.mark.parametrize(("compiled", "backend"), [(True, "numpy"), (False, "scalar")])
def test_the_old_name_of_a_backend_is_understood_and_says_the_new_one(compiled, backend):
    X, y = nn.datasets.blobs(n=20)
    with pytest.warns(DeprecationWarning, match=f'backend="{backend}"') as seen:
        history = nn.fit(nn.MLP(2, [1], seed=0), X, y, epochs=2, compiled=compiled)
    assert seen[0].filename == __file__
    assert history.loss == nn.fit(nn.MLP(2, [1], seed=0), X, y, epochs=2, backend=backend).loss
    message(OptionError, lambda: nn.fit(nn.MLP(2, [1]), X, y, backend="scalar", compiled=compiled))


def test_an_unknown_backend_is_refused_with_those_that_are_known():
    X, y = nn.datasets.blobs(n=20)
    text = message(OptionError, lambda: nn.fit(nn.MLP(2, [1]), X, y, backend="numba"))
    assert "numpy, jax, scalar" in text
    assert "backend='numpy'" in text


# Models and losses with code of the user's own


class Leaky(nn.Layer):
    """Another graph for a number below 0."""

    def fire(self, x):
        return [z if z.data > 0 else 0.1 * z for z in super().fire(x)]


class Dropout(nn.Layer):
    """Another graph at every call."""

    def fire(self, x):
        return [2 * z * (random.random() < 0.5) for z in super().fire(x)]


class LeakyNeuron(nn.Neuron):
    def fire(self, x, numbers):
        z = super().fire(x, numbers)
        return z if z.data > 0 else 0.2 * z


def of_layer(kind):
    def make():
        model = nn.MLP(2, [4, 1], seed=1)
        model.layers[0] = kind(2, 4, activation="linear", seed=3)
        return model

    return make


def with_a_neuron():
    model = nn.MLP(2, [4, 1], activation="linear", seed=1)
    model.layers[0].neurons[2] = LeakyNeuron(2, activation="linear", seed=2)
    return model


def with_an_altered_layer():
    model = nn.MLP(2, [4, 1], activation="linear", seed=1)
    layer = model.layers[0]
    layer.fire = lambda x: [z if z.data > 0 else 0.1 * z for z in nn.Layer.fire(layer, x)]
    return model


def with_an_altered_neuron():
    model = nn.MLP(2, [4, 1], activation="linear", seed=1)
    neuron = model.layers[0].neurons[0]
    neuron.fire = lambda x, numbers: abs(nn.Neuron.fire(neuron, x, numbers)) ** 0.5
    return model


def with_an_activation_of_its_own():
    model = nn.MLP(2, [4, 1], activation="linear", seed=1)
    model.layers[0].neurons[0]._activate = lambda z: z if z.data > 0 else 0.1 * z
    return model


def with_a_computed_weight():
    model = nn.MLP(2, [3, 1], seed=1)
    one, other = model.layers[0].neurons[:2]
    one.w[0] = 2 * other.w[0]
    return model


def one_neuron():
    return LeakyNeuron(2, activation="linear", seed=2)


OWN = {
    "a layer that branches": of_layer(Leaky),
    "a layer of chance": of_layer(Dropout),
    "a neuron that branches": with_a_neuron,
    "a layer altered alone": with_an_altered_layer,
    "a neuron altered alone": with_an_altered_neuron,
    "an activation altered alone": with_an_activation_of_its_own,
    "a weight computed from another": with_a_computed_weight,
    "a neuron alone": one_neuron,
}


def trained(make, backend, data=(X, y), **options):
    """The model and its history; chance begins the same."""
    random.seed(0)
    model = make()
    chosen = {"loss": "mse", "epochs": 4, "optimizer": nn.SGD(model.parameters(), lr=0.01, momentum=0.5), **options}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GradientWarning)
        return model, nn.fit(model, *data, **chosen, backend=backend)


@pytest.mark.parametrize("batch_size", sample([8, 1, None]))
@pytest.mark.parametrize("make", OWN.values(), ids=OWN)
def test_code_of_ones_own_inside_a_network_is_trained_scalar_by_scalar(make, batch_size):
    right = trained(make, "scalar", batch_size=batch_size)
    found = trained(make, None, batch_size=batch_size)
    assert found[1].loss == right[1].loss
    assert found[0].state_dict() == right[0].state_dict()


@pytest.mark.parametrize("batch_size", sample([8, 1, None]))
@pytest.mark.parametrize("make", OWN.values(), ids=OWN)
def test_code_of_ones_own_gives_the_same_history_compiled_or_is_refused(make, batch_size):
    right = trained(make, "scalar", batch_size=batch_size)
    assert_same_or_refused(right, outcome(make, "numpy", batch_size=batch_size))


@pytest.mark.parametrize("make", OWN.values(), ids=OWN)
def test_code_of_ones_own_inside_a_network_predicts_as_it_does_for_one_sample(make):
    many, model = np.random.default_rng(0).normal(size=(1025, 2)), make()
    random.seed(0)
    expected = [model(x).data for x in many.tolist()]
    random.seed(0)
    assert nn.predict(model, many).tolist() == expected
    random.seed(0)
    assert predictor.Predictor(model)(many).tolist() == expected


@pytest.mark.parametrize("samples", [1, 2, 2047, 2048, 2049, 5000])
def test_a_predictor_takes_any_number_of_samples_and_follows_the_parameters(samples):
    model, many = nn.MLP(2, [3, 2], activation="tanh", seed=0), np.random.default_rng(0).normal(size=(samples, 2))
    look = predictor.Predictor(model)
    for number in (0.3, -0.7):
        for leaf in model.parameters():
            leaf.data = leaf.data * number + 0.1
        right = [[value.data for value in model(x)] for x in many[-5:].tolist()]
        assert look(many)[-5:] == pytest.approx(np.array(right), rel=1e-12)
        assert look(many).shape == (samples, 2)


def test_what_is_no_number_in_some_samples_does_not_keep_a_predictor_from_the_others():
    model, many = nn.MLP(2, [3, 1], activation="tanh", seed=0), np.random.default_rng(0).normal(size=(30, 2))
    right = predictor.Predictor(model)(many)
    many[:12] = np.nan
    found = predictor.Predictor(model)(many)
    assert np.isnan(found[:12]).all()
    assert found[12:].tolist() == right[12:].tolist()


def test_a_predictor_follows_a_change_of_structure():
    model, many = nn.MLP(2, [3, 1], seed=0), np.random.default_rng(0).normal(size=(30, 2))
    look = predictor.Predictor(model)
    for layer in (model.layers[0], Halved.of(model.layers[0].neurons), nn.Layer(2, 3, activation="tanh", seed=4)):
        model.layers[0] = layer
        assert look(many) == pytest.approx([model(x).data for x in many.tolist()], rel=1e-12)


class Halved(nn.Layer):
    def fire(self, x):
        return [0.5 * z for z in super().fire(x)]


def swap(training):
    training.model.layers[0] = Halved.of(training.model.layers[0].neurons)


def swap_for_one_that_branches(training):
    training.model.layers[0] = Leaky.of(training.model.layers[0].neurons)


def use_another_activation(training):
    for neuron in training.model.layers[0].neurons:
        neuron._activate = Value.sin


def reverse(training):
    training.optimizer.parameters.reverse()


def leave_one_out(training):
    del training.optimizer.parameters[0]


def move_the_first_alone(training):
    training.optimizer = nn.SGD(training.model.layers[0].parameters(), lr=0.05)


def ask_for_more_inputs(training):
    training.model.sizes = (3, *training.model.sizes[1:])


def outcome(make, backend, **options):
    """The history and the parameters, or the error."""
    try:
        model, history = trained(make, backend, **options)
    except TinygradError as error:
        return type(error), str(error)
    return model, history


def assert_same_or_refused(right, found):
    """Either the history of the scalar way, or the error that names it."""
    if found[0] is GraphError:
        assert found[1].endswith('write instead:  fit(..., backend="scalar")')
    else:
        assert_equal([right, found])


@pytest.mark.parametrize("backend", [None, "numpy"])
@pytest.mark.parametrize(
    "rate", sample([{"lr": 0.05, "momentum": 0.9, "weight_decay": 0.01}, {"lr": 0.05}]), ids=["with momentum", "plain"]
)
@pytest.mark.parametrize(
    "change",
    [
        swap, swap_for_one_that_branches, use_another_activation, reverse, leave_one_out, move_the_first_alone,
        ask_for_more_inputs,
    ],
)  # fmt: skip
def test_a_change_of_structure_by_a_callback_is_followed_or_refused_as_scalar_by_scalar(change, rate, backend):
    found = []
    for way in ("scalar", backend):
        model = nn.MLP(2, [4, 1], seed=1, activation="tanh")

        def change_once(training):
            if training.history.epochs == 2:
                change(training)

        options = {"optimizer": nn.SGD(model.parameters(), **rate), "callbacks": [change_once]}
        found.append(outcome(lambda model=model: model, way, **options))
    if change is swap_for_one_that_branches and backend == "numpy":
        assert found[1][0] is GraphError
    elif isinstance(found[0][0], type):
        assert found[0] == found[1]
    else:
        assert_equal(found)


class Clipped(nn.Module):
    """Another graph where the output is large, which it becomes late or never."""

    def __init__(self):
        self.net = nn.MLP(2, [4, 1], seed=1, activation="tanh")

    def __call__(self, x):
        z = self.net(x)
        return z if abs(z.data) < 2.2 else 0.1 * z


class Annealed(Clipped):
    """Another graph after so many calls."""

    calls = 0

    def __call__(self, x):
        self.calls += 1
        return self.net(x) * (1.0 if self.calls < 200 else 0.5)


class OneSample(nn.Module):
    """Another graph for a single sample."""

    def __init__(self):
        self.net = nn.MLP(2, [4, 1], seed=1)

    def __call__(self, x):
        first = x[0].data if isinstance(x[0], Value) else x[0]
        return self.net(x) if first != X[7, 0] else 2 * self.net(x)


def weighted(outputs, targets):
    """A loss that looks at its labels."""
    return sum(5 * (o - 1) ** 2 if t == 1 else o * o for o, t in zip(outputs, targets, strict=True)) / len(outputs)


def squared_of_the_whole(outputs, targets):
    """The same loss as mse, with a gradient that the number of it does not show."""
    error = nn.mse_loss(outputs, targets)
    return error + 0.1 * sum(o - o.data for o in outputs) / len(outputs)


RARE = (np.arange(33) == 20).astype(int)


@pytest.mark.parametrize("batch_size", sample([8, 1, None]))
@pytest.mark.parametrize(
    ("make", "labels", "loss"),
    [
        (of_layer(nn.Layer), RARE, weighted),
        (Clipped, 3 * np.asarray(y), "mse"),
        (Annealed, y, "mse"),
        (OneSample, y, "mse"),
        (of_layer(nn.Layer), y, squared_of_the_whole),
    ],
    ids=["a rare class", "a large output", "many calls", "one sample", "its gradient alone"],
)
def test_what_looks_at_its_numbers_is_refused_compiled_however_rarely_it_does(make, labels, loss, batch_size):
    options = {"data": (X, labels), "loss": loss, "batch_size": batch_size, "epochs": 12}
    right = outcome(make, "scalar", **options)
    found = outcome(make, "numpy", **options)
    assert_same_or_refused(right, found)
    assert_equal([right, outcome(make, None, **options)])


CLASSES = [int(k) % 2 for k in range(len(X))]
LABEL_LOSSES = {
    "an index": lambda o, t: sum(logsumexp(a) - a[b] for a, b in zip(o, t, strict=True)) / len(o),
    "a key": lambda o, t: 1e-2 * sum((a[0] - a[1]) ** 2 * {0: 1.0, 1: 3.0}[b] for a, b in zip(o, t, strict=True)),
    "an int": lambda o, t: nn.cross_entropy(o, [int(b) for b in t]),
    "a comparison": lambda o, t: sum(a[0] ** 2 if b == 1 else a[1] ** 2 for a, b in zip(o, t, strict=True)),
    "one class alone": lambda o, t: sum(a[0] ** 2 for a, b in zip(o, t, strict=True) if not b) + 0 * sum(map(sum, o)),
    "cross-entropy and more": lambda o, t: nn.cross_entropy(o, t) + 0.1 * sum(a[0] ** 2 for a in o) / len(o),
    "smoothed": lambda o, t: nn.cross_entropy(o, [[0.9 * (k == b) + 0.05 for k in range(2)] for b in t]),
    "pairs": lambda o, t: sum((o[i][0] - o[i - 1][1] - t[i]) ** 2 for i in range(1, len(o), 2)) + 0 * sum(map(sum, o)),
    "the worst": lambda o, t: max(((a[0] - b) ** 2 for a, b in zip(o, t, strict=True)), key=lambda v: v.data),
}


@pytest.mark.parametrize("batch_size", sample([8, 1, None]))
@pytest.mark.parametrize("name", LABEL_LOSSES)
def test_a_loss_of_ones_own_gets_its_labels_or_is_refused_with_what_to_write(name, batch_size):
    options = {"loss": LABEL_LOSSES[name], "data": (X, CLASSES), "batch_size": batch_size, "epochs": 2}
    make = lambda: nn.MLP(2, [4, 2], seed=1)  # noqa: E731
    right = outcome(make, "scalar", **options)
    assert_equal([right, outcome(make, None, **options)])
    found = outcome(make, "numpy", **options)
    assert_same_or_refused(right, found)
    if name in ("cross-entropy and more", "pairs"):
        assert_equal([right, found])
    if name in ("an index", "a key", "an int"):
        assert found[0] is GraphError


def test_a_loss_of_the_worst_sample_is_refused_with_the_reason():
    text = message(GraphError, lambda: trained(of_layer(nn.Layer), "numpy", loss=worst))
    assert "some outputs are in no graph of the loss" in text
    assert "report" not in text


def worst(outputs, targets):
    return max(((o - t) ** 2 for o, t in zip(outputs, targets, strict=True)), key=lambda each: each.data)


@pytest.mark.parametrize("backend", [None, "numpy", "scalar"])
@pytest.mark.parametrize("loss", [lambda o, t: 1.5, lambda o, t: None, lambda o, t: sum(p.data for p in o)])
def test_a_loss_that_is_not_a_value_is_named(loss, backend):
    text = message(OptionError, lambda: nn.fit(nn.MLP(2, [1], seed=0), X, y, loss=loss, epochs=1, backend=backend))
    assert "which is not a Value" in text


@pytest.mark.parametrize("make", [of_layer(Leaky), Annealed], ids=["a layer that branches", "many calls"])
@pytest.mark.parametrize("batch_size", [1, 8, None])
def test_what_branches_in_the_first_epoch_is_refused_compiled(make, batch_size):
    with pytest.raises(GraphError, match=r"its graph depends on the numbers|it changes when it is called"):
        trained(make, "numpy", batch_size=batch_size)


@pytest.mark.parametrize("batch_size", [1, 8, None])
def test_a_rare_class_is_refused_compiled_with_the_first_batch_that_has_it(batch_size):
    with pytest.raises(GraphError, match=r"compiled it gives the|it cannot be compiled"):
        trained(of_layer(nn.Layer), "numpy", data=(X, RARE), loss=weighted, batch_size=batch_size, epochs=1)
