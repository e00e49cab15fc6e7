"""Does gradcheck pass what is right, flag kinks, and find what is wrong?"""

import importlib
import io
import math
import sys
import warnings

import numpy as np
import pytest
import random_graphs

from tinygrad_edu import Value, gradcheck, no_grad, parse
from tinygrad_edu.checks.numeric_slope import check
from tinygrad_edu.errors import GraphError, StaleGraphError
from tinygrad_edu.functions import log, sigmoid
from tinygrad_edu.graph import Graph
from tinygrad_edu.value import as_value

MODULE = importlib.import_module("tinygrad_edu.checks.gradcheck")  # the package has a function of the same name


def test_a_correct_gradient_passes():
    report = gradcheck(parse("f = (x + y) * z", x=-2, y=5, z=-4))
    assert report.ok
    assert [check.name for check in report.checks] == ["x", "y", "z"]
    assert [check.verdict for check in report.checks] == ["ok"] * 3


def test_a_gradient_off_by_a_thousandth_fails():
    x = Value(1.5, label="x")
    y = x.tanh()
    y.partials = (y.partials[0] * 1.001,)
    report = gradcheck(y)
    assert not report
    assert "WRONG" in str(report)


def test_a_function_is_evaluated_at_moved_numbers():
    calls = []

    def function(x, y):
        calls.append(x.data)
        return sigmoid(x) * log(y)

    assert gradcheck(function, [0.5, 2.0]).ok
    assert len(set(calls)) > 3


def test_only_the_chosen_leaves_are_checked():
    f = parse("x * y", x=2, y=3)
    assert [check.name for check in gradcheck(f, [f.args[1]]).checks] == ["y"]


@pytest.mark.parametrize("text", ["relu(x)", "abs(x)", "maximum(x, 0)", "1000 + 0.001 * abs(x)", "leaky_relu(x)"])
def test_a_kink_is_flagged_not_failed(text):
    report = gradcheck(parse(text, x=0.0))
    assert report.ok
    assert report.checks[0].verdict == "kink"


def test_the_edge_of_a_domain_is_flagged_not_failed():
    report = gradcheck(parse("sqrt(x)", x=0.0))
    assert report.ok
    assert report.checks[0].verdict == "edge"


@pytest.mark.parametrize(
    ("text", "x"),
    [
        ("log(x)", 1e-7),
        ("sin(100 * x)", 1.0),
        ("exp(x)", 20.0),
        ("1 / x", 1e-3),
        ("x ** 2 + 1000000", 3.0),
        ("x", 1e12),
    ],
)
def test_steep_and_large_functions_pass_too(text, x):
    report = gradcheck(parse(text, x=x))
    assert report.ok, report
    assert report.checks[0].verdict == "ok"


def test_a_check_changes_nothing():
    x = Value(2.0)
    y = x * x
    gradcheck(y)
    assert (x.data, x.has_grad) == (2.0, False)


def test_a_check_of_nothing_is_refused():
    with pytest.raises(GraphError, match="there is nothing to move"):
        gradcheck(as_value(2.0))
    f = parse("x * y", x=2, y=3)
    for wrong in (2.0, f):
        with pytest.raises(GraphError, match="only a leaf of the graph can be moved"):
            gradcheck(f, [wrong])
    with pytest.raises(GraphError, match="the numbers to be called with"):
        gradcheck(lambda x: x)


@pytest.mark.parametrize("text", ["1 / x", "log(x)"])
@pytest.mark.parametrize("x", [1e-6, 1e-8, 1e-12])
def test_steep_functions_near_a_pole_never_fail(text, x):
    assert gradcheck(parse(text, x=x)).checks[0].verdict in ("ok", "unclear")


def test_where_differences_are_inconclusive_the_verdict_is_unclear():
    assert gradcheck(parse("exp(x)", x=800)).checks[0].verdict == "unclear"


def test_a_function_at_the_edge_of_its_domain_is_flagged():
    assert gradcheck(lambda x: x.sqrt(), [0.0]).checks[0].verdict == "edge"
    assert gradcheck(lambda x: x.log(), [1e-6]).ok


def test_gradcheck_works_inside_no_grad():
    with no_grad():
        assert gradcheck(lambda x: x * x, [2.0]).checks[0].analytic == 4.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: gradcheck(x * x, [Value(3.0)]), "only a leaf of the graph can be moved"),
        (lambda x: gradcheck(lambda y: y.data, [1.0]), "float is not a Value"),
        (lambda x: gradcheck(lambda y: None, [1.0]), "NoneType is not a Value"),
        (lambda x: gradcheck(lambda y: y, 2.0), "the inputs are a list"),
        (lambda x: gradcheck(lambda y: y, "25"), "the inputs are a list"),
        (lambda x: gradcheck(x * x, x), "the inputs are a list"),
        (lambda x: gradcheck(3.0, [1.0]), "it takes a Value, or a function"),
    ],
)
def test_an_error_says_what_cannot_be_checked(call, message):
    with pytest.raises(GraphError, match=message):
        call(Value(2.0))


def test_a_stale_graph_is_not_blamed_on_the_engine():
    x = Value(2.0, label="x")
    y = x * x
    x.data = 5.0
    with pytest.raises(StaleGraphError):
        gradcheck(y)


def test_inputs_may_be_arrays():
    assert gradcheck(lambda x, y: x * y, np.array([0.0, 2.0])).ok


def test_the_report_is_a_table():
    lines = str(gradcheck(parse("x * y", x=1 / 3, y=-2.0))).split("\n")
    assert lines[1].split()[:3] == ["x", "-2", "-2"]
    assert math.isfinite(float(lines[1].split()[3]))
    assert 0 < float(lines[1].split()[4]) < 1e-2
    assert lines[1].split()[5] == "ok"
    assert lines[4] == "each operation alone"
    assert [line.split()[0] for line in lines[5:7]] == ["∂v1/∂x", "∂v1/∂y"]
    assert lines[-1] == "central differences with step h; accepted error: up to 1e-06"
    assert max(map(len, lines)) <= 80


def test_every_edge_is_checked_separately():
    report = gradcheck(parse("u = x * x; f = dot([u, 2, x], [w, x, 3]) + logsumexp([u, w])", x=1.5, w=-0.5))
    assert [check.name for check in report.edges[:2]] == ["∂u/∂(first factor)", "∂u/∂(second factor)"]
    assert len(report.edges) == 2 + 4 + 2 + 2
    assert {check.verdict for check in report.edges} == {"ok"}
    assert all(0 < check.step < 1e-2 for check in (*report.checks, *report.edges))
    assert len(gradcheck(lambda x, y: x * y, [1.0, 2.0]).edges) == 2


def test_the_wrong_operation_is_named():
    f = parse("a = w * x; t = tanh(a); f = t * w + y", w=0.7, x=-1.2, y=1.0)
    tanh = f.args[0].args[0]
    tanh.partials = (tanh.partials[0] * 1.001,)
    report = gradcheck(f)
    assert not report
    assert [check.name for check in report.edges if not check.ok] == ["∂t/∂a"]
    assert [check.name for check in report.checks if not check.ok] == ["w", "x"]


def test_kinks_and_borders_of_single_operations_are_flagged():
    verdicts = {check.name: check.verdict for check in gradcheck(parse("f = relu(x) + sqrt(y)", x=0, y=0)).edges}
    assert verdicts == {"∂v1/∂x": "kink", "∂v2/∂y": "edge", "∂f/∂v1": "ok", "∂f/∂v2": "ok"}


def test_a_long_report_is_cut_and_says_so():
    f = parse(" + ".join(f"x{i} * x{i}" for i in range(30)), **{f"x{i}": i / 7 for i in range(30)})
    text = str(gradcheck(f))
    assert "… and 98 more, all right" in text
    assert len(text.split("\n")) < 60


def test_next_to_an_infinite_value_the_verdict_is_unclear():
    assert gradcheck(Value(math.inf) * 2).checks[0].verdict == "unclear"


def test_a_gradient_lost_in_rounding_does_not_fail():
    assert gradcheck(parse("x + 1000000000", x=1e-3)).ok
    assert gradcheck(parse("x * 0.001 + 1e15", x=1.0)).checks[0].verdict in ("unclear", "ok")


@pytest.mark.parametrize("seed", range(60))
def test_every_edge_of_a_random_graph_is_correct(seed):
    report = gradcheck(random_graphs.as_values(*random_graphs.seeded(seed))[1])
    assert {check.verdict for check in (*report.checks, *report.edges)} == {"ok"}, report


def test_the_edges_are_those_that_lead_from_the_chosen_leaves():
    f = parse("u = x * y; v = z * z; f = tanh(u + v) + x", x=0.2, y=0.3, z=0.4)
    x, z = (leaf for leaf in Graph(f).leaves if leaf.label in "xz")
    assert [check.name for check in gradcheck(f, [x]).edges] == ["∂u/∂x", "∂v1/∂u", "∂v2/∂v1", "∂f/∂v2", "∂f/∂x"]
    assert "∂u/∂x" not in [check.name for check in gradcheck(f, [z]).edges]
    assert len(gradcheck(f).edges) == 9


@pytest.mark.parametrize("seed", range(20))
def test_moving_a_leaf_gives_what_the_whole_graph_recomputed_gives(seed, monkeypatch):
    f = random_graphs.as_values(*random_graphs.seeded(seed, leaves=3, steps=12))[1]
    graph, asked = Graph(f), []

    def watched(name, analytic, x, function, tolerance):
        asked.append([function(x + move) for move in (0.0, 0.01, -0.02, 0.0)])
        return check(name, analytic, x, function, tolerance)

    monkeypatch.setattr(MODULE, "check", watched)
    gradcheck(f)
    for leaf, found in zip(graph.leaves, asked, strict=False):
        right = [graph.recompute({leaf: leaf.data + move})[f] for move in (0.0, 0.01, -0.02, 0.0)]
        assert found == right


def test_a_long_check_announces_its_cost(monkeypatch):
    f = parse("x * y + z", x=2, y=3, z=4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gradcheck(f)  # in silence
    monkeypatch.setattr(MODULE, "NODES_A_SECOND", 1.0)
    started = []

    def first(*args):
        started.append(True)
        return check(*args)

    monkeypatch.setattr(MODULE, "check", first)
    wanted = r"gradcheck: 37 runs for each of 3 inputs, of 5 nodes: up to 9 minutes; gradcheck\(f, leaves\[:20\]\)"
    with warnings.catch_warnings(), pytest.raises(UserWarning, match=wanted) as caught:
        warnings.simplefilter("error")
        gradcheck(f)
    assert not started
    assert caught.traceback
    with pytest.warns(UserWarning, match="37 runs") as told:
        assert gradcheck(f).ok
    assert told[0].filename == __file__


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_long_check_shows_a_progress_bar_on_a_terminal(monkeypatch):
    monkeypatch.setattr(MODULE, "NODES_A_SECOND", 1.0)
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setenv("COLUMNS", "120")
    assert len(gradcheck(parse("x * y", x=2, y=3)).checks) == 2
    assert "gradcheck: 37 runs for each of 2 inputs, of 3 nodes" in sys.stderr.getvalue()
    assert len(gradcheck(lambda x, y: x * y, [2.0, 3.0]).checks) == 2
