"""Does every row of the rule table keep every promise? The promises are in `promises.py`."""

import dis
import itertools
import json
import math
import operator
import re
import shutil
import subprocess

import numpy as np
import promises
import pytest

from tinygrad_edu import DomainError, Value, grad
from tinygrad_edu import functions as functions_module
from tinygrad_edu.errors import GraphError, NumberError, PoleError, SizeError
from tinygrad_edu.graph import gradient_numbers
from tinygrad_edu.rule import CALL, rule
from tinygrad_edu.rules import RULES
from tinygrad_edu.text import helpers as preludes
from tinygrad_edu.text.javascript import number_source
from tinygrad_edu.value import as_value

rows = pytest.mark.parametrize("row", RULES.values(), ids=RULES)


@pytest.mark.parametrize(
    ("row", "promise"),
    [
        pytest.param(row, promise, id=f"{name}-{promise.__name__}")
        for name, row in RULES.items()
        for promise in promises.made_by(row)
    ],
)
def test_a_row_keeps_its_promises(row, promise):
    promise(row)


@pytest.mark.parametrize(
    "partial",
    [
        pytest.param(partial, id=f"{name}-{position}")
        for name, row in RULES.items()
        for position, partial in enumerate(row.partials)
        if callable(partial)
    ],
)
def test_partials_have_no_conditions_and_no_float_only_functions(partial):
    """So that it works on Values too."""
    assert not set(partial.__code__.co_names) & {"math", "np", "numpy", "floats"}
    assert not any("JUMP_IF" in step.opname for step in dis.get_instructions(partial))


@pytest.mark.parametrize("row", [row for row in RULES.values() if not row.many], ids=lambda row: row.name)
def test_a_constant_partial_is_a_plain_float(row):
    """A partial that gives the same number everywhere could have been written as that number."""
    where = promises.points(row, 10)
    for position, partial in enumerate(row.partials):
        found = {row.local_derivatives(args, row.evaluate(args))[position] for args in where}
        assert not callable(partial) or len(found) > 1, row.name


@rows
def test_a_row_says_what_each_argument_is_to_it(row):
    assert len(row.roles) == len(row.partials)
    assert all(re.fullmatch("[a-z]+", noun) for noun in row.roles)


@pytest.mark.skipif(shutil.which("node") is None, reason="JavaScript templates are run by node, which is not installed")
def test_the_javascript_templates_equal_forward():
    cases = [(row, args) for row in RULES.values() for args in promises.points(row, 20)]
    lines = [row.fill(row.javascript, [f"({arg!r})" for arg in args]) for row, args in cases]
    program = preludes.JAVASCRIPT + "console.log(JSON.stringify([" + ",\n".join(lines) + "]));"
    found = json.loads(subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True).stdout)
    for (row, args), number in zip(cases, found, strict=True):
        assert math.isclose(number, row.evaluate(args), rel_tol=2e-14, abs_tol=1e-15), (row.name, args)


SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.5, -2.0, math.nan, math.inf, -math.inf, 800.0, -800.0, 1e-10, -1e-10, 1e300, -1e300)


def special_cases(row):
    """Arguments inside the domain, of which two go through all special numbers."""
    count = 2 * len(row.partials) if row.many else len(row.partials)
    first = itertools.product(SPECIAL, repeat=min(count, 2))
    found = [args + (0.5,) * (count - len(args)) for args in first]
    return [args for args in found if promises.inside(row, args)]


def same(a, b):
    return a == b or (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-12)


@rows
def test_numpy_gives_the_same_for_special_numbers(row):
    for args in special_cases(row):
        with np.errstate(all="ignore"):
            assert same(float(promises.numpy_value(row, args)), row.evaluate(args)), args


@pytest.mark.skipif(shutil.which("node") is None, reason="JavaScript templates are run by node, which is not installed")
def test_javascript_gives_the_same_for_special_numbers():
    cases = [(row, args) for row in RULES.values() for args in special_cases(row)]
    lines = [row.fill(row.javascript, [*map(number_source, args)]) for row, args in cases]
    program = preludes.JAVASCRIPT + "console.log(JSON.stringify([" + ",\n".join(lines) + "].map(String)));"
    found = json.loads(subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True).stdout)
    for (row, args), number in zip(cases, found, strict=True):
        assert same(float(number), row.evaluate(args)), (row.name, args, number)


@rows
def test_both_sweeps_give_the_same_for_special_numbers(row):
    for args in special_cases(row):
        values = [as_value(arg) if i in row.fixed else Value(arg) for i, arg in enumerate(args)]
        y = row(*values)
        moving = [value for value in values if not value.is_constant]
        numbers = gradient_numbers(y)
        for value, graph in zip(moving, grad(y, moving), strict=True):
            assert same(numbers[value], graph.data), args


@pytest.mark.parametrize("x", [-1e-3, -1e-10, -1e-300, -0.0, -5.0, -800.0, 2.0])
def test_the_derivative_of_elu_by_alpha_is_accurate_near_zero(x):
    value, alpha = Value(x), Value(0.7)
    y = value.elu(alpha)
    y.backward()
    assert math.isclose(alpha.grad, math.expm1(min(x, 0.0)), rel_tol=1e-15)
    (by_alpha,) = grad(y, [alpha])
    (and_by_x,) = grad(by_alpha, [value])
    assert math.isclose(and_by_x.data, math.exp(x) if x < 0 else 0.0, rel_tol=1e-15) or x == 0


@pytest.mark.parametrize("numbers", list(itertools.permutations([math.inf, -math.inf, math.nan, 1.0])))
def test_logsumexp_of_a_list_with_nan_is_nan_in_any_order(numbers):
    assert math.isnan(RULES["logsumexp"].evaluate(numbers))
    assert RULES["logsumexp"].evaluate([number for number in numbers if number == number]) == math.inf


@pytest.mark.parametrize("row", [row for row in RULES.values() if row.is_unary], ids=lambda row: row.name)
def test_a_row_says_at_which_results_it_is_flat(row):
    """Far out its slope is 0 exactly where its result is one that the row names; and those are all."""
    found = set()
    for x in (-800.0, 800.0, 0.0) if all(partial == 0.0 for partial in row.partials) else (-800.0, 800.0):
        args = (x, *row.defaults)
        if promises.inside(row, args):
            out = row.evaluate(args)
            is_flat = abs(row.local_derivatives(args, out)[0]) < 1e-300
            assert is_flat == (out in row.flat)
            found |= {out} if is_flat else set()
    assert found == set(row.flat)


OF_TWO = [row for row in RULES.values() if len(row.partials) == 2 and not row.many and not row.defaults]


@pytest.mark.parametrize("row", OF_TWO, ids=lambda row: row.name)
def test_a_row_says_which_argument_changes_nothing(row):
    """Tried with many numbers as the other argument: only those that the row names give it back."""
    numbers = (-3.5, -2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 7.25)
    for position, number in itertools.product(range(2), numbers):
        pairs = [(number, other) if position == 0 else (other, number) for other in (-1e9, *numbers, 1e9)]
        found = [row.evaluate(pair) == pair[1 - position] for pair in pairs if promises.inside(row, pair)]
        is_named = bool(row.neutral) and number == row.neutral[position]
        assert (bool(found) and all(found)) == is_named, (position, number)


@pytest.mark.parametrize("row", [row for row in RULES.values() if row.condition], ids=lambda row: row.name)
def test_a_row_that_is_a_condition_is_1_where_it_holds_and_else_0(row):
    cases = [args for args in itertools.product(SPECIAL, repeat=promises.arity(row)) if not any(map(math.isnan, args))]
    assert len(cases) > 10
    for args in cases:
        condition = row.fill(row.condition, [f"({arg!r})" for arg in args])
        assert row.evaluate(args) == float(eval(condition, {"inf": math.inf}))


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


FAR_AWAY = [
    pytest.param(row, x, id=f"{row.name} {x}")
    for row, x in itertools.product(RULES.values(), (800.0, -800.0))
    if len(row.partials) - len(row.defaults) == 1
    and not (row.fixed or row.many)
    and promises.inside(row, [x, *row.defaults])
]


@pytest.mark.parametrize(("row", "x"), FAR_AWAY)
def test_far_from_0_the_gradient_is_finite_where_the_function_is(row, x):
    out, slopes = row.linearize(x, *row.defaults)
    assert math.isfinite(out) == all(map(math.isfinite, slopes))


def test_at_a_tie_each_argument_gets_half():
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


def test_an_argument_that_is_not_a_number_is_named():
    with pytest.raises(NumberError, match="str is not a real number"):
        RULES["tanh"]("1")


def test_a_fixed_argument_may_be_made_of_plain_numbers():
    x, n = Value(2.0), Value.of(3.0)
    y = RULES["power"](x, n * n - 6)
    y.backward()
    assert (y.data, x.grad) == (8.0, 12.0)
    with pytest.raises(GraphError):
        RULES["power"](x, n * Value(1.0))


def test_a_fixed_argument_must_be_a_plain_number():
    with pytest.raises(GraphError, match="so it has to be a plain number"):
        RULES["power"](Value(2.0), Value(3.0))


def test_a_function_of_floats_checks_its_domain_too():
    with pytest.raises(PoleError):
        RULES["log"](0.0)
    assert RULES["log"](0.0, check=False) == -math.inf
