"""Are the sweeps right, on any graph, of any size, in any order of use?"""

import math

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from tinygrad_edu import Value, grad, no_grad, parse
from tinygrad_edu.backprop import backward
from tinygrad_edu.errors import GraphError, StaleGraphError
from tinygrad_edu.functions import dot, exp, log, logsumexp, sigmoid
from tinygrad_edu.graph import gradient_numbers


def test_leaves_accumulate_and_inner_nodes_start_from_zero():
    x = Value(3.0)
    inner = x * x
    y = inner * x
    y.backward()
    y.backward()
    assert inner.grad == 3.0
    assert x.grad == 2 * 27.0
    inner.backward()  # another output over the same nodes
    assert inner.grad == 1.0
    assert x.grad == 2 * 27.0 + 6.0


def test_a_leaf_is_its_own_output():
    x = Value(3.0)
    x.backward()
    assert x.grad == 1.0
    assert grad(x, [x])[0].data == 1.0


def test_every_path_contributes():
    """A diamond of diamonds: 2**20 paths, 41 nodes."""
    x = Value(1.0)
    y = x
    for _ in range(20):
        y = y + y
    y.backward()
    assert x.grad == 2.0**20


def test_a_very_long_chain_is_built_swept_and_freed_without_recursion():
    """One of a million: `python -m tests.long size`."""
    x = Value(1.0)
    y = x
    for _ in range(100_000):
        y = y + 1e-6
    y.backward()
    assert x.grad == 1.0
    del y


def test_a_long_chain_can_be_differentiated_as_a_graph():
    x = Value(0.5)
    y = x
    for _ in range(5_000):
        y = y * 0.9999
    (dx,) = grad(y, [x])
    assert math.isclose(dx.data, 0.9999**5000, rel_tol=1e-12)


def test_grad_stores_nothing():
    x = Value(2.0)
    y = x * x
    grad(y, [x])
    assert not x.has_grad
    assert not y.has_grad
    assert gradient_numbers(y)[x] == 4.0
    assert not x.has_grad


def test_grad_by_a_leaf_that_does_not_matter_is_zero():
    x, y = Value(2.0), Value(3.0)
    assert [float(g) for g in grad(x * 2, [y, x])] == [0.0, 2.0]


def test_grad_by_an_inner_node():
    x = Value(2.0)
    q = x * 3
    (dq,) = grad(q * q, [q])
    assert dq.data == 12.0


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


def test_third_derivative():
    x = Value(0.7)
    y = x.sin()
    for _ in range(3):
        (y,) = grad(y, [x])
    assert math.isclose(y.data, -math.cos(0.7))


def test_repeated_derivatives_of_a_polynomial_end_at_zero():
    x = Value(0.0)
    y = x**2
    found = []
    for _ in range(4):
        (y,) = grad(y, [x])
        found.append(y.data)
    assert found == [0.0, 2.0, 0.0, 0.0]


def test_a_hessian_is_symmetric():
    x, y = Value(0.3), Value(-0.8)
    f = exp(x * y) * sigmoid(x - y) + log(x * x + 1) / (2 + y)
    dx, dy = grad(f, [x, y])
    assert math.isclose(grad(dx, [y])[0].data, grad(dy, [x])[0].data, rel_tol=1e-13)


def test_grad_through_many_arguments():
    ws, xs = [Value(0.1 * i) for i in range(1, 4)], [Value(1.0 - i) for i in range(3)]
    (g,) = grad(dot(ws, xs), [ws[0]])
    assert g is xs[0]
    softmax = grad(logsumexp(xs), xs)
    assert math.isclose(sum(float(p) for p in softmax), 1.0)
    (second,) = grad(softmax[0], [xs[0]])
    p = softmax[0].data
    assert math.isclose(second.data, p * (1 - p))


def test_a_graph_whose_numbers_changed_is_refused_by_grad():
    x = Value(2.0, label="x")
    y = x * x
    x.data = 3.0
    with pytest.raises(StaleGraphError, match=r"the local derivative 2 of x \* x, but its arguments now give 3"):
        grad(y, [x])


def test_a_change_that_does_not_matter_is_not_refused():
    x = Value(2.0)
    y = x + 1.0
    x.data = 3.0
    assert grad(y, [x])[0].data == 1.0


def test_grad_asks_for_lists_of_values():
    x = Value(2.0)
    with pytest.raises(GraphError, match=r"\(dx,\) = grad\(y, \[x\]\)"):
        grad(x * x, x)
    with pytest.raises(GraphError, match="float is not a Value"):
        grad(x * x, [2.0])
    with pytest.raises(GraphError, match="float is not a Value"):
        grad(4.0, [x])


def test_grad_refuses_anything_but_a_list():
    x = Value(2.0)
    for wrong in (None, 2.0):
        with pytest.raises(GraphError, match="the inputs are a list"):
            grad(x * x, wrong)


def test_inside_no_grad_grad_returns_a_graph_too():
    x = Value(2.0)
    y = x**3
    with no_grad():
        (dx,) = grad(y, [x])
        (ddx,) = grad(dx, [x])
    assert (dx.data, ddx.data) == (12.0, 12.0)


def test_a_vertical_slope_is_infinite_in_both_sweeps():
    x = Value(0.0)
    y = x.sqrt()
    y.backward()
    assert x.grad == math.inf
    assert grad(y, [x])[0].data == math.inf


def test_higher_derivatives_at_the_border_of_a_domain_are_not_called_stale():
    x = Value(0.0, label="x")
    d = x**1.5
    for _ in range(3):
        (d,) = grad(d, [x])
    assert math.isnan(d.data)


def test_zero_times_infinity_is_nan_in_both_sweeps():
    x = Value(0.0)
    for y in (x.sqrt() * 0, x.sqrt().step() + x):
        x.zero_grad()
        y.backward()
        assert math.isnan(x.grad)
        assert math.isnan(grad(y, [x])[0].data)


numbers = st.floats(-3, 3, allow_nan=False)


@settings(max_examples=200)
@given(a=numbers, b=numbers, weights=st.lists(numbers, min_size=3, max_size=3))
def test_the_gradient_is_linear_in_the_output(a, b, weights):
    """∂(a·f + b·g) = a·∂f + b·∂g."""
    xs = [Value(w) for w in weights]
    f = (xs[0] * xs[1]).tanh() + xs[2]
    g = (xs[0] - xs[2]).sigmoid() * xs[1]
    both = gradient_numbers(f * a + g * b)
    one, two = gradient_numbers(f), gradient_numbers(g)
    for x in xs:
        assert math.isclose(both[x], a * one.get(x, 0.0) + b * two.get(x, 0.0), rel_tol=1e-9, abs_tol=1e-12)


@settings(max_examples=100)
@given(weights=st.lists(numbers, min_size=2, max_size=6))
def test_both_sweeps_give_the_same_numbers(weights):
    xs = [Value(w) for w in weights]
    y = dot(xs, list(reversed(xs))).tanh() + logsumexp(xs) * xs[0]
    backward(y)
    assert [x.grad for x in xs] == pytest.approx([g.data for g in grad(y, xs)], rel=1e-12, abs=1e-15)
