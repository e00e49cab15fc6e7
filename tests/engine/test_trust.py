"""Is nothing wrong in silence? Anomalies, gradients that belong to other numbers, threads."""

import contextvars
import copy
import gc
import math
import pathlib
import pickle
import threading
import time
import warnings

import pytest

from tinygrad_edu import GradientWarning, Value, chain_rule, detect_anomaly, grad, nn, no_grad, parse
from tinygrad_edu.checks.anomaly import first_anomaly
from tinygrad_edu.errors import AnomalyError, StaleGraphError
from tinygrad_edu.functions import logsumexp
from tinygrad_edu.user_code import warn

# Where the nan came from


def test_the_first_nan_is_reported_with_its_operation_and_line():
    x = Value(1000.0, label="x")
    with pytest.raises(AnomalyError) as caught, detect_anomaly():
        big = x.exp()  # this line
        big - big
    assert str(caught.value).startswith("v1 = exp(x) = exp(1000) is inf\n")
    assert "test_trust.py, line" in str(caught.value)
    assert "big = x.exp()  # this line" in str(caught.value)


@pytest.mark.parametrize("sweep", [lambda y, _: y.backward(), lambda y, x: grad(y, [x])])
def test_the_first_nan_gradient_is_reported_with_its_edge_and_line(sweep):
    x, w = Value(0.0, label="x"), Value(2.0, label="w")
    with pytest.raises(AnomalyError) as caught, detect_anomaly():
        h = w * x
        y = h**0.5 + 1  # the root
        sweep(y, x)
    text = str(caught.value)
    assert "the gradient of v1: upstream 1 × local derivative ∂v2/∂v1 = (0.5 · v1 ** (-0.5)) = inf" in text
    assert "on the edge to v2 = v1 ** 0.5" in text
    assert "y = h**0.5 + 1  # the root" in text
    assert not x.has_grad  # nothing was written


def test_an_edge_of_an_argument_used_twice_is_reported_by_its_role():
    w = Value(1e-320, label="w")
    message = r"the gradient of w: upstream 1 × local derivative ∂v1/∂\(dividend\) = \(1 / w\) = inf"
    with pytest.raises(AnomalyError, match=message), detect_anomaly():
        (w / w).backward()


def test_a_gradient_that_overflows_between_finite_numbers_is_found():
    x = Value(1e-300, label="x")
    assert "the gradient of x: upstream 1e200 × local derivative ∂v1/∂x = 1e200" in first_anomaly(x * 1e200 * 1e200)
    assert first_anomaly(x * 1e200 * 1e100) == ""


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Value(math.nan, label="a") * 2, "a is nan: it is a leaf, and was given this number"),
        (lambda: 2 / Value(1e-320, label="a"), "v1 = 2 / a = 2 / 1e-320 is inf"),
        (lambda: Value(1e200, label="a") ** 2, "v1 = a ** 2 = 1e200 ** 2 is inf"),
        (lambda: nn.Neuron(2, seed=0)([math.inf, -math.inf]), "is"),
        (lambda: nn.MLP(1, [2, 1], seed=0)([1e308]) * 1e308, "is"),
    ],
)
def test_every_way_to_create_a_node_is_watched(make, message):
    assert not math.isfinite(make().data)
    with pytest.raises(AnomalyError, match=message.replace("*", r"\*")), detect_anomaly():
        make()


def test_an_anomaly_from_before_the_block_is_found_in_the_sweep():
    y = Value(0.0, label="x") ** 0.5
    with pytest.raises(AnomalyError, match="before detect_anomaly"), detect_anomaly():
        y.backward()
    z = Value(1e200, label="x") ** 2 * 0.0
    with pytest.raises(AnomalyError, match=r"x \*\* 2"), detect_anomaly():
        z.backward()


def test_outside_the_block_nothing_is_watched_and_nothing_is_left():
    with detect_anomaly():
        with detect_anomaly():
            f = parse("x * y", x=2, y=3)
        with pytest.raises(AnomalyError):
            Value(1000.0).exp()
        f.backward()
    with pytest.raises(AnomalyError), detect_anomaly():
        Value(1000.0).exp()
    y = Value(1000.0).exp()
    y.backward()
    assert (y.data, type(y)) == (math.inf, Value)


def test_nodes_dropped_inside_the_block_are_freed():
    def count():
        gc.collect()  # what other tests have left
        return sum(Value in type(thing).__mro__ for thing in gc.get_objects())

    x = Value(1.0)
    with detect_anomaly():
        before = count()
        for _ in range(1000):
            (x * 0.5 + 1).backward()
        assert count() < before + 10


def test_a_copy_of_a_watched_node_keeps_its_line():
    with detect_anomaly():
        y = Value(0.0, label="x") ** 0.5  # the root
        for again in (copy.copy(y), copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
            with pytest.raises(AnomalyError, match="the root"):
                again.backward()


def test_inside_no_grad_nothing_is_watched():
    with detect_anomaly(), no_grad():
        assert Value(1000.0).exp().data == math.inf


def test_other_threads_are_not_watched():
    found, inside, done = [], threading.Event(), threading.Event()

    def other():
        inside.wait()
        found.append(Value(1000.0).exp().data)
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with detect_anomaly():
        inside.set()
        assert done.wait(600)
    thread.join()
    assert found == [math.inf]


def test_a_sweep_is_not_watched_because_another_thread_is():
    looking, done = threading.Event(), threading.Event()

    def look():
        with detect_anomaly():
            looking.set()
            done.wait()

    thread = threading.Thread(target=look)
    thread.start()
    looking.wait()
    x = Value(1e-300)
    (x * 1e200 * 1e200).backward()
    done.set()
    thread.join()
    assert x.grad == math.inf


def test_a_watched_training_without_anomalies_gives_the_same_numbers():
    def trained():
        model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
        X, y = nn.datasets.moons(n=10, seed=0)
        nn.fit(model, X, y, epochs=2, backend="scalar")
        return model.state_dict()

    right = trained()
    with detect_anomaly():
        assert trained() == right


# Gradients that belong to other numbers


def test_a_forgotten_zero_grad_is_reported_once_per_line():
    p = Value(1.0, label="p")
    optimizer = nn.SGD([p], lr=0.1)
    with pytest.warns(GradientWarning, match="docs/reliability.md#forgotten-zero_grad") as caught:
        for _ in range(2):
            ((p - 3) ** 2).backward()
            optimizer.step()
    assert len(caught) == 1
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            optimizer.zero_grad()
            ((p - 3) ** 2).backward()
            optimizer.step()


@pytest.mark.parametrize("name", ["nn_user.py", "viz_of_mine.py", "tinygrad_edu_notes.py"])
def test_a_warning_points_to_the_users_line_whatever_the_file_is_called(name):
    beside = pathlib.Path(nn.__file__).parent.parent / name
    lines = "y = x * x", "x.data = 2.0", "y.backward()"
    module = {"__name__": beside.stem, "x": Value(1.0)}
    with pytest.warns(GradientWarning) as caught:
        exec(compile("\n".join(lines), str(beside), "exec"), module)
    assert [(each.filename, each.lineno) for each in caught] == [(str(beside), 3)]


def test_a_warning_without_a_line_of_yours_is_still_given(monkeypatch):
    monkeypatch.setattr("tinygrad_edu.user_code.user_frame", lambda: None)
    with pytest.warns(GradientWarning, match="something"):
        warn("something", "for a reason", "anchor")


@pytest.mark.parametrize(
    "forget",
    [
        lambda p: setattr(p, "grad", 0),
        lambda p: setattr(p, "grad", None),
        lambda p: p.zero_grad(),
        lambda p: nn.SGD([p]).zero_grad(),
    ],
)
def test_every_way_to_reset_a_gradient_counts(forget):
    p = Value(1.0)
    for _ in range(3):
        forget(p)
        (p * p).backward()
        assert p.grad == 2 * p.data
        p.data -= 0.1 * p.grad


def test_summing_gradients_at_one_point_gives_no_warning():
    p = Value(1.0)
    for _ in range(3):
        (p * p).backward()
    assert p.grad == 6.0
    p.data = 5.0
    p.data = 1.0  # as for a finite difference
    (p * p).backward()
    assert p.grad == 8.0


def test_sweeping_a_graph_again_after_a_step_gives_a_warning():
    p = Value(1.0, label="p")
    loss = (p - 3) ** 2
    loss.backward()
    p.data, p.grad = 2.0, 0.0
    with pytest.warns(GradientWarning, match=r"(?s)v1 = p - 3.*#a-graph-that-is-older-than-its-numbers"):
        loss.backward()
    assert p.grad == -4.0  # of the numbers that it was made with
    other = Value(7.0)
    p.grad, other.data = 0.0, 8.0
    p.data = 1.0
    loss.backward()  # something else changed, and p is again what it was: no warning
    assert p.grad == -4.0


WARNED = "backward.. (again )?on a graph whose numbers have changed since: "


def test_a_part_of_a_loss_older_than_the_step_gives_a_warning():
    w = Value(1.0, label="w")
    reg = w * w  # outside of the loop
    with pytest.warns(GradientWarning, match=WARNED + r"v\d = w \* w"):
        for _ in range(2):
            w.zero_grad()
            ((w - 3) ** 2 + reg).backward()
            w.data -= 0.1 * w.grad


def changed(make, x=0.5, to=0.9):
    """A graph whose leaf was set after it was made, and before any sweep."""
    leaf = Value(x, label="x")
    y = make(leaf)
    leaf.data = to
    return y, leaf


MAKERS = {
    "result and slope": lambda x: x * x,
    "slope of the result": lambda x: x.tanh(),
    "exp": lambda x: x.exp(),
    "sqrt": lambda x: x.sqrt(),
    "result alone": lambda x: x + 1,
    "on one side": lambda x: 2.0 * x,
    "below": lambda x: ((x + 1) * 3.0).sigmoid(),
    "of a list": lambda x: logsumexp([x, 1.0]),
    "in a weighted sum": lambda x: nn.Neuron(1, activation="tanh", seed=0)([x]),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_the_first_sweep_of_a_stale_graph_gives_a_warning_too(make):
    y, x = changed(make)
    with pytest.warns(GradientWarning, match=WARNED):
        y.backward()
    fresh = Value(0.5)
    make(fresh).backward()
    assert x.grad == fresh.grad  # of the numbers that it was made with, whole


def test_a_local_derivative_may_be_stale_where_the_result_is_not():
    y, _ = changed(lambda x: x**2, 2.0, -2.0)
    with pytest.warns(GradientWarning, match=WARNED):
        y.backward()
    with pytest.raises(StaleGraphError, match=r"the local derivative 4 of x \*\* 2, but its arguments now give -4"):
        chain_rule(y)


@pytest.mark.parametrize("way", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))])
def test_a_copy_of_a_stale_graph_is_stale(way):
    y, _ = changed(Value.tanh)
    with pytest.warns(GradientWarning, match=WARNED):
        way(y).backward()
    current = way(Value(0.5).tanh())
    current.backward()
    current.args[0].data, current.args[0].grad = 2.0, 0.0
    with pytest.warns(GradientWarning, match="again"):
        current.backward()


def test_setting_the_number_of_a_computed_node_gives_a_warning():
    x = Value(2.0, label="x")
    y = x * 3.0
    y.data = 7.0
    with pytest.warns(GradientWarning, match=WARNED + "v1 = x"):
        (y * 2.0).backward()
    with pytest.raises(StaleGraphError, match=r"v1 = x \* 3 is 7, but its arguments now give 6"):
        grad(y * y, [x])


def test_a_constant_that_is_set_is_a_change_as_well():
    x = Value(2.0, label="x")
    y = x * 3.0
    y.args[1].data = 5.0
    with pytest.warns(GradientWarning, match=WARNED):
        y.backward()
    with pytest.raises(StaleGraphError, match="the local derivative 3 of"):
        grad(y, [x])


@pytest.mark.parametrize("first", [True, False])
def test_any_order_of_training_steps_gives_no_warning(first):
    w, b, frozen = Value(1.0), Value(0.5), Value(2.0)
    frozen.data = 3.0
    features = (frozen * 2.0).tanh()  # made once: what it is made of does not change
    for _ in range(4):
        loss = (w * features + b - 1) ** 2 + 0.1 * w * w
        if first:
            w.grad = b.grad = 0
        loss.backward()
        for p in (w, b):
            with no_grad():
                p.data -= 0.1 * p.grad
        if not first:
            w.zero_grad()
            b.zero_grad()
    assert (w.data, b.data) != (1.0, 0.5)


def test_a_number_set_and_restored_is_not_a_change():
    x = Value(0.5)
    y = x.exp()
    x.data = 0.6
    x.data = 0.5
    y.backward()
    assert grad(y, [x])[0].data == y.data


def test_nan_is_the_same_number_as_nan():
    x, other = Value(math.nan), Value(1.0)
    y = x * other
    x.data, other.data = 1.0, 1.0
    x.data = math.nan
    y.backward()
    y.backward()
    assert x.grad == 2.0


def test_changes_from_another_thread_or_context_are_noticed():
    x = Value(0.5, label="x")
    y = x.tanh()
    thread = threading.Thread(target=lambda: setattr(x, "data", 0.9))
    thread.start()
    thread.join()
    with pytest.warns(GradientWarning, match=WARNED):
        y.backward()
    x.zero_grad()
    z, w = x.tanh(), Value(1.0)
    z.backward()  # as x is now
    w.data, x.grad = 2.0, 0.0
    contextvars.copy_context().run(lambda: setattr(x, "data", 0.1))
    with pytest.warns(GradientWarning, match=WARNED):
        (z * w).backward()


def test_a_loop_over_one_graph_gives_a_warning_in_any_context():
    def loop():
        x = Value(0.5)
        y = x.tanh()
        for _ in range(2):
            x.zero_grad()
            y.backward()
            x.data -= 0.1 * x.grad

    with pytest.warns(GradientWarning, match="again"):
        contextvars.Context().run(loop)


@pytest.mark.parametrize("name", [name for name in MAKERS if name not in ("result alone", "on one side")])
def test_grad_refuses_a_graph_with_stale_numbers(name):
    y, x = changed(MAKERS[name])
    with pytest.raises(StaleGraphError, match="but its arguments now give"):
        grad(y, [x])


def test_grad_works_where_no_stale_number_matters():
    x, z = Value(2.0, label="x"), Value(3.0, label="z")
    inner = x + 1
    y = inner * z
    x.data = 5.0
    assert grad(y, [x]) == (z,)
    with pytest.raises(StaleGraphError, match=r"v1 = x \+ 1 is 3, but its arguments now give 6"):
        grad(y, [z])  # it would be the node with the old number


def test_a_gradient_is_a_plain_float():
    p = Value(1.0)
    y = p * p
    y.backward()
    p.data = 2.0
    assert (type(p.grad), type(y.grad)) == (float, float)


# Threads


def test_threads_with_separate_graphs_do_not_affect_each_other():
    wrong = []

    def work(seed):
        for round in range(40):
            x = Value(float(seed + round), label="x")
            y = x
            for _ in range(50):
                y = y * 1.01 + x
            expected = grad(y, [x])[0].data
            y.backward()
            if not math.isclose(x.grad, expected, rel_tol=1e-12):
                wrong.append(seed)
            with no_grad():
                if (x * x).args:
                    wrong.append("no_grad")
            time.sleep(0)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_no_grad_in_one_thread_does_not_affect_another():
    recorded, inside, done = [], threading.Event(), threading.Event()

    def other():
        inside.wait()
        recorded.append(len((Value(1.0) * 2).args))
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with no_grad():
        inside.set()
        assert done.wait(600)
    thread.join()
    assert recorded == [2]


def test_the_first_anomaly_reports_the_operation_of_its_edge():
    assert "∂v1/∂x = (1 / x) = inf" in first_anomaly(_log_at_the_border())


def _log_at_the_border():
    x = Value(5e-324, label="x")
    return x.log()
