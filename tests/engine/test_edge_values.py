"""Is every row of the page of edge values true, eager, as a gradient graph, and compiled?"""

import math
import operator
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu
from tinygrad_edu import Value, errors, grad
from tinygrad_edu.functions import dot, logsumexp

PAGE = Path(__file__).parents[2] / "docs" / "edge_values.md"
NAMES = {"dot": dot, "logsumexp": logsumexp, "np": np, "Fraction": Fraction, "Decimal": Decimal}
OPERATORS = (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.lt, operator.ge)


def rows(columns):
    """The rows of all tables with so many columns, as cells."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("| `") else []
        if len(cells) == columns:
            found.append(cells)
    return found


def numbers(cell):
    return [float(text) for text in re.split(r",\s*", cell)] if cell else []


def same(found, right):
    """The same number, the sign of a zero too; to the last digits but one."""
    if math.isnan(right) or math.isnan(found):
        return math.isnan(right) and math.isnan(found)
    if right == 0 and found == 0:
        return math.copysign(1, found) == math.copysign(1, right) or math.copysign(1, right) == 1
    return math.isclose(found, right, rel_tol=1e-13)


FUNCTIONS, THINGS = rows(5), rows(3)
DEFINED, REFUSED = ([row for row in FUNCTIONS if row[2].endswith("Error") is is_error] for is_error in (False, True))
NUMBERS, OTHERS = ([row for row in THINGS if (row[1] == "NumberError") is is_error] for is_error in (False, True))


def test_the_page_has_the_expected_rows():
    assert len(FUNCTIONS) > 60
    assert len(THINGS) == 25


def leaves_at(at):
    return [Value(number, label=name) for name, number in zip("xy", numbers(at), strict=False)]


def evaluated(expression, leaves):
    return eval(expression.strip("`"), NAMES | {leaf.label: leaf for leaf in leaves})


@pytest.mark.parametrize(("expression", "at", "error", "gradient", "because"), REFUSED)
def test_a_row_of_the_page_raises_its_error(expression, at, error, gradient, because):
    with pytest.raises(getattr(errors, error)) as caught:
        evaluated(expression, leaves_at(at))
    assert type(caught.value).__name__ == error


@pytest.mark.parametrize(("expression", "at", "value", "gradient", "because"), DEFINED)
def test_a_row_of_the_page_has_its_value_and_gradient(expression, at, value, gradient, because):
    leaves = leaves_at(at)
    f = evaluated(expression, leaves)
    assert same(f.data, float(value))
    f.backward()
    right = numbers(gradient)
    assert all(same(leaf.grad, number) for leaf, number in zip(leaves, right, strict=True))
    graphs = grad(f, leaves)
    for graph, number in zip(graphs, right, strict=True):
        assert same(graph.data, number) or (not math.isfinite(f.data) or not math.isfinite(number))
    program = tinygrad_edu.compile(f, wrt=leaves)
    with np.errstate(all="ignore"):
        again, slopes = program()
    assert same(again, float(value)) or not math.isfinite(f.data)
    if all(map(math.isfinite, [f.data, *right])):
        assert np.allclose(slopes, right, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize(("thing", "error", "because"), OTHERS)
def test_what_the_page_calls_no_number_is_refused(thing, error, because):
    made = evaluated(thing, [])
    with pytest.raises(errors.NumberError, match=r"\n  what is wrong:"):
        Value(made)
    for operate in OPERATORS:
        for pair in ((Value(4.0), made), (made, Value(4.0))):
            with pytest.raises(errors.NumberError):
                operate(*pair)


@pytest.mark.parametrize(("thing", "number", "because"), NUMBERS)
def test_what_the_page_calls_a_number_is_that_number(thing, number, because):
    made, right = evaluated(thing, []), float(number)
    assert Value(made).data == right
    for operate in OPERATORS[:4]:
        assert operate(Value(4.0), made).data == operate(4.0, right)
        assert operate(made, Value(4.0)).data == operate(right, 4.0)
    assert (Value(4.0) < made) is (right > 4.0)
    assert (Value(4.0) >= made) is (right <= 4.0)
    x = Value(4.0)
    x.data = made
    x.grad = made
    assert (x.data, x.grad) == (right, right)
