"""Are the functions of the table what their names say, and the lists of the n-ary ones checked?"""

import math

import numpy as np
import pytest

import tinygrad_edu
from tinygrad_edu import Value, chain_rule, floats, functions, parse, viz
from tinygrad_edu.errors import SizeError
from tinygrad_edu.rule import RULES, rule
from tinygrad_edu.rules import sqrt


def test_dot_and_logsumexp_check_their_lists():
    x = Value(2.0)
    with pytest.raises(SizeError, match="dot of 2 weights and 1 input\n"):
        functions.dot([x, x], [1.0])
    with pytest.raises(SizeError, match="of at least 1"):
        functions.dot([], [])
    with pytest.raises(SizeError, match="there is nothing to add up"):
        functions.logsumexp([])


def test_they_take_any_iterable_of_numbers_and_values():
    x = Value(2.0)
    assert functions.dot((w for w in (x, 3)), range(1, 3)).data == 8.0
    assert functions.logsumexp([x, float("-inf")]).data == 2.0
    assert functions.logsumexp([Value(math.inf), 1.0]).data == math.inf


def test_a_function_of_floats_gives_a_float_and_of_a_value_a_value():
    assert functions.sin(0.0) == 0.0
    assert functions.maximum(2, 3.0) == 3.0
    assert functions.sin(Value(0.0)).op == "sin"
    assert functions.maximum(2, Value(3.0)).data == 3.0
    assert functions.leaky_relu(-1.0) == -0.01


def test_functions_take_numpy_scalars_in_any_position():
    assert functions.maximum(np.int64(1), Value(0.0)).data == 1.0
    assert functions.maximum(Value(0.0), np.int64(1)).data == 1.0
    assert functions.sin(np.float32(0)) == 0.0
    assert type(functions.relu(2)) is float


@pytest.mark.parametrize(
    ("x", "y", "power"),
    [
        (-10.0, 400.0, math.inf),
        (-10.0, 401.0, -math.inf),
        (10.0, 401.0, math.inf),
        (-0.0, -2.0, math.inf),
        (-0.0, -3.0, -math.inf),
        (0.0, -3.0, math.inf),
        (-0.0, -2.5, math.inf),
    ],
)
def test_powers_beyond_the_largest_float_keep_their_sign(x, y, power):
    assert floats.power(x, y) == power


def test_one_row_adds_an_operation():
    """Added here, it computes, steps, draws, prints, is read back, and differentiates twice."""
    before = dict(RULES)
    try:
        rule("cube", lambda x: x * x * x, lambda x, out: 3 * x * x, numpy="({0} * {0} * {0})")
        f = parse("f = cube(x) * 2", x=2)
        f.backward()
        x = f.args[0].args[0]
        assert (f.data, x.grad) == (16.0, 24.0)
        assert "∂f/∂x: ∂f/∂v1 · (3 · x · x) = 2 · 12 = 24" in str(chain_rule(f))
        assert "cube" in viz.draw(f).svg()
        assert str(f) == "f = cube(x) * 2"
        assert r"\operatorname{cube}\left(x\right)" in f.latex()
    finally:
        RULES.clear()
        RULES.update(before)


@pytest.mark.parametrize(
    ("name", "forward", "partial", "at"),
    [
        ("arcsine", math.asin, lambda x, out: 1 / sqrt(1 - x * x), 0.3),
        ("arcosh", math.acosh, lambda x, out: 1 / sqrt(x * x - 1), 1.7),
    ],
)
def test_a_row_whose_slope_is_not_defined_at_1_is_written_compiled_and_stepped(name, forward, partial, at):
    row = rule(name, forward, partial, numpy=f"np.{'arcsin' if name == 'arcsine' else 'arccosh'}({{}})")
    try:
        x = Value(at, label="x")
        f = row(x) * 2.0
        slope = (forward(at + 1e-6) - forward(at - 1e-6)) / 1e-6
        assert tinygrad_edu.compile(f)()[1][0] == pytest.approx(slope, rel=1e-8)
        assert "sqrt(" in str(chain_rule(f).steps[-1])
    finally:
        RULES.pop(name)
