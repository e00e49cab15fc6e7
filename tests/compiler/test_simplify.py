"""Do the equations hold that formulas are simplified by?"""

import numpy as np
import pytest

from tinygrad_edu.compiler.formulas import Apply, Dot, Fill, MatMul, Name, Number, Sum, View
from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
from tinygrad_edu.compiler.layout import Index
from tinygrad_edu.compiler.simplify import EQUATIONS, simplified
from tinygrad_edu.rules import add, div, mul, neg

M, X, Y, V, U = Name("m", ()), Name("X", (5, 3)), Name("Y", (5, 3)), Name("v", (5,)), Name("u", (5,))
ONE = Number(1.0)
COLUMN = (Index((slice(None), None)),)


def over_m(formula):
    return Apply(div, (formula, M))


def minus(formula):
    return Apply(neg, (formula,))


def times(one, other):
    return Apply(mul, (one, other))


EXAMPLES = {
    "(c / s) * x = c * x / s": times(over_m(Number(-2.0)), X),
    "(x / s) * y = x * y / s": times(Y, over_m(X)),
    "-(x / s) = (-x) / s": minus(over_m(X)),
    "(x / s)[:, None] = x[:, None] / s": View(over_m(V), COLUMN),
    "x / s + y / s = (x + y) / s": Apply(add, (over_m(X), over_m(Y))),
    "x + (-y) = (-y) + x = x - y": Apply(add, (minus(X), Y)),
    "(-x) * y = -(x * y)": times(X, minus(Y)),
    "(-x).sum() = -x.sum()": Sum(minus(X), 0),
    "-(-x) = x": minus(minus(X)),
    "x * (1 / y) = x / y": times(X, Apply(div, (ONE, Y))),
    "x[:, None] * y[:, None] = (x * y)[:, None]": times(View(V, COLUMN), View(U, COLUMN)),
    "full(c) @ A = c * A.sum(axis=0)": MatMul(Fill(over_m(ONE), (1, 5)), X),
    "vdot(full(c), A) = c * A.sum()": Dot(Fill(over_m(ONE), (5, 3)), X),
}


def test_each_equation_has_an_example():
    assert list(EXAMPLES) == [equation.says for equation in EQUATIONS]


@pytest.mark.parametrize("says", EXAMPLES)
def test_both_sides_are_the_same_numbers_in_the_same_shape(says):
    formula, rewrite = EXAMPLES[says], dict(EQUATIONS)[says]
    rng = np.random.default_rng(0)
    names = {name.name: rng.normal(size=name.shape) for name in (X, Y, V, U)} | {"m": 5, "np": np}
    written = [NumPyPrinter().expression(side) for side in (formula, rewrite(formula), simplified(formula))]
    left, *right = (eval(text, dict(names)) for text in written)
    assert written[0] != written[1]
    for side, found in zip((rewrite(formula), simplified(formula)), right, strict=True):
        assert np.shape(found) == side.shape == formula.shape
        np.testing.assert_allclose(found, left, rtol=1e-14)


def test_what_is_not_of_a_form_stays():
    for formula in (X, over_m(X), times(X, Y), times(over_m(V), Name("A", (3, 5))), Apply(add, (over_m(X), Y))):
        assert simplified(formula) is formula or NumPyPrinter().text(simplified(formula)) == NumPyPrinter().text(
            formula
        )
