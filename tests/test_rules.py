"""Does every row of the rule table keep every promise? The promises are in `promises.py`."""

import dis
import json
import math
import operator
import shutil
import subprocess

import promises
import pytest

from tinygrad_edu import DomainError, Value, preludes
from tinygrad_edu import functions as functions_module
from tinygrad_edu.errors import GraphError, NumberError, PoleError, SizeError
from tinygrad_edu.rule import CALL, rule
from tinygrad_edu.rules import RULES
from tinygrad_edu.value import apply

rows = pytest.mark.parametrize("row", RULES.values(), ids=RULES)


@rows
@pytest.mark.parametrize("promise", promises.PROMISES, ids=lambda promise: promise.__name__)
def test_a_row_keeps_its_promises(row, promise):
    promise(row)


@rows
def test_a_partial_has_no_condition_and_no_float_only_function(row):
    """So that it works on Values too."""
    for partial in row.partials:
        if callable(partial):
            assert not set(partial.__code__.co_names) & {"math", "np", "numpy", "floats"}, row.name
            assert not any("JUMP_IF" in step.opname for step in dis.get_instructions(partial)), row.name


@rows
def test_a_constant_partial_is_a_plain_float(row):
    """A partial that gives the same number everywhere could have been written as that number."""
    if row.many:
        return
    where = promises.points(row, 10)
    for position, partial in enumerate(row.partials):
        found = {row.local_derivatives(args, row.evaluate(args))[position] for args in where}
        assert not callable(partial) or len(found) > 1, row.name


@pytest.mark.skipif(shutil.which("node") is None, reason="JavaScript templates are run by node, which is not installed")
def test_the_javascript_templates_equal_forward():
    cases = [(row, args) for row in RULES.values() for args in promises.points(row, 20)]
    lines = [row.javascript.format(*promises.slot_names(row, [f"({arg!r})" for arg in args])) for row, args in cases]
    program = preludes.JAVASCRIPT + "console.log(JSON.stringify([" + ",\n".join(lines) + "]));"
    found = json.loads(subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True).stdout)
    for (row, args), number in zip(cases, found, strict=True):
        assert math.isclose(number, row.evaluate(args), rel_tol=2e-14, abs_tol=1e-15), (row.name, args)


def test_every_operation_of_the_engine_is_in_the_table():
    expected = """add sub mul div power pow neg exp log sqrt sin cos tanh sigmoid relu leaky_relu elu softplus silu gelu
                  abs maximum minimum step sign dot logsumexp"""
    assert set(expected.split()) <= set(RULES)


def test_the_functions_module_offers_every_row_that_is_called():
    aliases = {"abs": "absolute"}
    for name, row in RULES.items():
        if row.binding is CALL and name != "greater":
            assert callable(getattr(functions_module, aliases.get(name, name)))


@pytest.mark.parametrize(
    ("x", "n", "out", "dx"),
    [
        (1.0, 2, 1.0, 2.0),
        (2.0, 2, 4.0, 4.0),
        (0.0, 2, 0.0, 0.0),
        (-0.0, 2, 0.0, -0.0),
        (0.0, 1, 0.0, 1.0),
        (-0.0, 1, -0.0, 1.0),
        (0.0, 0, 1.0, 0.0),
        (-0.0, 0, 1.0, 0.0),
        (0.0, 0.5, 0.0, math.inf),
        (0.0, 3.5, 0.0, 0.0),
        (-2.0, 3, -8.0, 12.0),
        (-2.0, -1, -0.5, -0.25),
    ],
)
def test_power_with_a_constant_exponent_at_special_points(x, n, out, dx):
    """The special points of ChainRules.jl; where they have -Inf or NaN, see the next test."""
    value = Value(x)
    result = value**n
    result.backward()
    assert (result.data, value.grad) == (out, dx)


@pytest.mark.parametrize(("x", "n"), [(0.0, -1), (-0.0, -1), (0.0, -2), (-0.0, -2), (0.0, -1.5)])
def test_power_at_its_poles(x, n):
    with pytest.raises(ZeroDivisionError, match=r"x \*\* y needs"):
        Value(x) ** n


@pytest.mark.parametrize(
    ("x", "p", "dx", "dp"),
    [
        (1.0, 2.0, 2.0, 0.0),
        (2.0, 2.0, 4.0, 2.772588722239781),
        (0.0, 2.0, 0.0, 0.0),
        (0.0, 1.0, 1.0, 0.0),
        (0.0, 0.5, math.inf, 0.0),
        (0.0, 3.5, 0.0, 0.0),
    ],
)
def test_power_with_an_exponent_that_is_a_value_at_special_points(x, p, dx, dp):
    base, exponent = Value(x), Value(p)
    (base**exponent).backward()
    assert (base.grad, exponent.grad) == (dx, dp)


@pytest.mark.parametrize(("x", "p"), [(0.0, 0.0), (0.0, -1.0), (-2.0, 2.0), (-2.0, 0.5)])
def test_where_the_derivative_by_the_exponent_does_not_exist(x, p):
    with pytest.raises(DomainError, match="derivative by the exponent"):
        Value(x) ** Value(p)


@pytest.mark.parametrize(
    ("compute", "builtin", "message"),
    [
        (lambda x: x.log(), ValueError, "log(x) at x = -2\n  what is wrong:  log(x) needs x > 0"),
        (lambda x: 1 / (x + 2), ZeroDivisionError, "1 / (x + 2) at (x + 2) = 0\n  what is wrong:  x / y needs y != 0"),
        (lambda x: x / 0, ZeroDivisionError, "x / 0"),
        (lambda x: (x + 2) / 0.0, ZeroDivisionError, "needs y != 0"),
        (lambda x: x**0.5, ValueError, "x ** 0.5 at x = -2"),
        (lambda x: (-2) ** x, ValueError, "x ** 3 with a plain number, if the exponent is constant"),
        (lambda x: x.sqrt(), ValueError, "write instead:  sqrt(maximum(x, 0))"),
        (lambda x: (x * math.inf).sin(), ValueError, "sin(x) needs a finite x"),
    ],
)
def test_outside_the_domain_the_error_says_what_where_and_what_instead(compute, builtin, message):
    with pytest.raises(builtin) as caught:
        compute(Value(-2.0, label="x"))
    assert isinstance(caught.value, DomainError)
    assert message in str(caught.value)
    assert "write instead:" in str(caught.value)


def test_a_domain_error_of_a_long_expression_stays_short():
    x = Value(-1.0, label="x")
    long = x
    for _ in range(30):
        long = long * 1.0 + 0.0
    with pytest.raises(DomainError, match=r"where from:     x is Value\(data=-1") as caught:
        long.log()
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("compute", "out"),
    [
        (lambda x: x.exp(), math.inf),
        (lambda x: (-x).exp(), 0.0),
        (lambda x: x.tanh(), 1.0),
        (lambda x: x.sigmoid(), 1.0),
        (lambda x: (-x).sigmoid(), 0.0),
        (lambda x: x.softplus(), 1000.0),
        (lambda x: x**1000, math.inf),
        (lambda x: (-x) ** 1001, -math.inf),
        (lambda x: x * 1e308, math.inf),
    ],
)
def test_overflow_follows_ieee(compute, out):
    assert compute(Value(1000.0)).data == out


def test_the_gradient_of_saturated_functions_is_a_number():
    for compute in (Value.sigmoid, Value.tanh, Value.softplus, Value.silu, Value.gelu, Value.elu):
        for x in (800.0, -800.0):
            value = Value(x)
            compute(value).backward()
            assert math.isfinite(value.grad), (compute.__name__, x)


def test_ties_share():
    x, y = Value(1.0), Value(1.0)
    x.maximum(y).backward()
    assert (x.grad, y.grad) == (0.5, 0.5)


def test_a_row_cannot_be_added_twice():
    with pytest.raises(ValueError, match="a rule called 'add' already"):
        rule("add", operator.add, 1.0, 1.0)


def test_the_wrong_number_of_arguments_is_named():
    with pytest.raises(SizeError, match="tanh takes 1 argument"):
        RULES["tanh"](1.0, 2.0)
    with pytest.raises(SizeError, match="leaky_relu takes 1 or 2 arguments"):
        RULES["leaky_relu"](1.0, 2.0, 3.0)
    with pytest.raises(SizeError, match="dot takes 2 lists of the same length"):
        RULES["dot"](1.0, 2.0, 3.0)
    assert RULES["leaky_relu"](-1.0) == -0.01


def test_an_argument_that_is_no_number_is_named():
    with pytest.raises(NumberError, match="str is not a real number"):
        RULES["tanh"]("1")


def test_a_fixed_argument_has_to_be_a_plain_number():
    with pytest.raises(GraphError, match="so it has to be a plain number"):
        apply(RULES["power"], (Value(2.0), Value(3.0)))


def test_a_function_of_floats_refuses_what_is_outside_too():
    with pytest.raises(PoleError):
        RULES["log"](0.0)
    assert RULES["log"].unchecked(0.0) == -math.inf
