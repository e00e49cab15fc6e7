"""Does gradcheck pass what is right, flag kinks, and find what is wrong?"""

import math

import pytest

from tinygrad_edu import Value, gradcheck, parse
from tinygrad_edu.errors import GraphError
from tinygrad_edu.functions import log, sigmoid


def test_a_right_gradient_passes():
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


def test_a_function_is_called_with_moved_numbers():
    calls = []

    def function(x, y):
        calls.append(x.data)
        return sigmoid(x) * log(y)

    assert gradcheck(function, [0.5, 2.0]).ok
    assert len(set(calls)) > 3


def test_chosen_leaves_only():
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


def test_nothing_is_changed():
    x = Value(2.0)
    y = x * x
    gradcheck(y)
    assert (x.data, x.has_grad) == (2.0, False)


def test_a_check_of_nothing_is_refused():
    with pytest.raises(GraphError, match="there is nothing to move"):
        gradcheck(parse("2 * 3"))
    f = parse("x * y", x=2, y=3)
    for wrong in (2.0, f):
        with pytest.raises(GraphError, match="only a leaf of the graph can be moved"):
            gradcheck(f, [wrong])
    with pytest.raises(GraphError, match="numbers to be called with"):
        gradcheck(lambda x: x)


def test_the_report_is_a_table():
    lines = str(gradcheck(parse("x * y", x=1 / 3, y=-2.0))).split("\n")
    assert len(lines) == 4
    assert lines[1].split() == ["x", "-2", "-2", lines[1].split()[3], "ok"]
    assert math.isfinite(float(lines[1].split()[3]))
    assert "tolerance 1e-06" in lines[-1]
