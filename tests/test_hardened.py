"""Corners that once went wrong."""

import math

import numpy as np
import pytest

from tinygrad_edu import Value, chain_rule, functions, grad, parse, viz
from tinygrad_edu.errors import GraphError, OptionError, StaleGraphError


def test_a_number_from_parse_or_grad_can_be_differentiated_by():
    x = parse("3")
    (g,) = grad(x * x * x, [x])
    assert grad(g, [x])[0].data == 18.0
    base, exponent = Value(3.0), parse("2")
    assert math.isclose(grad(base**exponent, [exponent])[0].data, 9 * math.log(3))
    w = Value(2.0)
    (dw,) = grad(3 * w, [w])
    (square,) = grad(dw * dw, [dw])
    assert grad(square, [dw])[0].data == 2.0


def test_higher_derivatives_at_the_border_of_a_domain_are_not_called_stale():
    x = Value(0.0, label="x")
    d = x**1.5
    for _ in range(3):
        (d,) = grad(d, [x])
    assert math.isnan(d.data)


def test_zero_times_infinity_is_no_number_in_both_sweeps():
    x = Value(0.0)
    for y in (x.sqrt() * 0, x.sqrt().step() + x):
        x.zero_grad()
        y.backward()
        assert math.isnan(x.grad)
        assert math.isnan(grad(y, [x])[0].data)


def test_a_stale_graph_has_no_steps():
    x = Value(2.0, label="x")
    y = x * x
    x.data = 5.0
    with pytest.raises(StaleGraphError, match="4, but its arguments now give 25"):
        chain_rule(y)


@pytest.mark.parametrize("label", ["\nab", "\n", "\r\nq", "\n\n"])
def test_a_label_that_begins_with_a_new_line_can_be_drawn(label):
    for _ in range(20):
        assert viz.draw(Value(1.0, label=label) * 2).svg().startswith("<svg")


def test_numpy_scalars_stand_on_either_side_of_a_function():
    assert functions.maximum(np.int64(1), Value(0.0)).data == 1.0
    assert functions.maximum(Value(0.0), np.int64(1)).data == 1.0
    assert functions.sin(np.float32(0)) == 0.0
    assert type(functions.relu(2)) is float


def test_label_and_grad_are_guarded_after_construction_too():
    x = Value(2.0)
    with pytest.raises(OptionError, match="a label is a string, not int"):
        x.label = 3
    x.grad = None
    (x * 2).backward()
    assert x.grad == 2.0
    x.grad = 0
    assert not x.has_grad
    x.grad = 5
    assert (x.grad, x.has_grad) == (5.0, True)


def test_a_gradient_of_zero_is_computed_all_the_same():
    x = Value(0.0)
    (x * x).backward()
    assert (x.grad, x.has_grad) == (0.0, True)


def test_names_of_large_graphs_are_found_in_linear_time():
    y = Value(1.0)
    for _ in range(20_000):
        y = y + 1e-3
        y.label = "h"
    assert len(y.latex()) > 20_000


def test_indented_text_is_read():
    f = parse(
        """
        q = x + y
        f = q * z
        """,
        x=1,
        y=2,
        z=3,
    )
    assert f.data == 9.0


def test_a_number_with_an_exponent_is_raised_in_brackets():
    assert (Value(1e-7) ** 2).latex() == r"\left(1 \cdot 10^{-7}\right)^{2}"


def test_odd_things_are_not_one_number():
    for thing in (np.timedelta64(5, "ns"), np.array("3"), [1] * 100_000):
        with pytest.raises(TypeError) as caught:
            Value(thing)
        assert len(str(caught.value)) < 300

    class Special(Value):
        pass

    assert (Value(1.0) + Special(2.0)).data == 3.0
    assert Value(Special(2.0)).data == 2.0


def test_grad_of_no_list_is_refused():
    x = Value(2.0)
    for wrong in (None, 2.0):
        with pytest.raises(GraphError, match="the inputs are a list"):
            grad(x * x, wrong)
