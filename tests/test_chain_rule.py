"""Does the trace tell the sweep as textbooks do?"""

import pytest

from tinygrad_edu import Value, chain_rule, parse
from tinygrad_edu.errors import GraphError
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, SeedStep


def test_the_lesson():
    f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    assert str(chain_rule(f)).split("\n") == [
        "q = x + y = -2 + 5 = 3",
        "f = q * z = 3 * (-4) = -12",
        "∂f/∂f = 1",
        "∂f/∂q: 0 + ∂f/∂f · z = 1 · (-4) = -4",
        "∂f/∂z: 0 + ∂f/∂f · q = 1 · 3 = 3",
        "∂f/∂x: 0 + ∂f/∂q · ∂q/∂x = (-4) · 1 = -4",
        "∂f/∂y: 0 + ∂f/∂q · ∂q/∂y = (-4) · 1 = -4",
    ]


def test_a_shared_node_shows_the_sum_so_far():
    trace = chain_rule(parse("y = x * x * x", x=3))
    into_x = [step for step in trace.edges if step.argument == "x"]
    assert [(step.before, step.contribution, step.after, step.to_come) for step in into_x] == [
        (0.0, 9.0, 9.0, 2),
        (9.0, 9.0, 18.0, 1),
        (18.0, 9.0, 27.0, 0),
    ]
    assert [step.is_complete for step in into_x] == [False, False, True]
    assert into_x[1].sum == "9 + 3 × 3 = 18"
    assert str(into_x[1]) == "∂y/∂x: 9 + ∂y/∂v1 · x = 9 + 3 · 3 = 18"


def test_local_derivatives_are_formulas_in_the_names_of_the_nodes():
    trace = chain_rule(parse("t = tanh(x); y = exp(t) / x + t ** 3", x=0.5))
    symbols = {(step.user, step.argument): step.symbol for step in trace.edges}
    assert symbols["t", "x"] == "(1 - t · t)"
    assert symbols["v1", "t"] == "v1"
    assert symbols["v2", "x"] == "(-v2 / x)"
    assert symbols["v3", "t"] == "(3 · t ** 2)"
    assert symbols["y", "v2"] == ""


def test_the_kinds_of_steps_and_slices():
    trace = chain_rule(parse("2 * x", x=3))
    assert [type(step) for step in trace] == [ForwardStep, SeedStep, EdgeStep]
    assert len(trace) == 3
    assert [step.argument for step in trace[2:].edges] == ["x"]
    assert trace.forward[0].op == "mul"
    assert repr(trace) == "<Trace of 1 operation and 1 application of the chain rule>"
    assert trace.edges[0].gradient == "∂v1/∂x"
    assert trace.edges[0].rule == "∂v1/∂v1 · ∂v1/∂x"


def test_nothing_is_written_into_the_graph():
    x = Value(3.0)
    y = x * x
    chain_rule(y)
    assert not x.has_grad
    assert not y.has_grad


def test_the_trace_of_a_leaf_is_its_seed():
    assert str(chain_rule(Value(3.0, label="x"))) == "∂x/∂x = 1"


def test_what_is_no_value_has_no_trace():
    with pytest.raises(GraphError, match="float is not a Value"):
        chain_rule(3.0)
