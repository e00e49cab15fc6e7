"""Does the trace tell the sweep as textbooks do?"""

import math

import pytest
import random_graphs
from several_places import TIES, slope_alone, tied

from tinygrad_edu import Value, chain_rule, parse
from tinygrad_edu.errors import GraphError, StaleGraphError
from tinygrad_edu.functions import dot, logsumexp
from tinygrad_edu.rule import RULES, rule
from tinygrad_edu.show import show
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, SeedStep


def test_the_steps_of_the_circuit_lesson():
    f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    assert str(chain_rule(f)).split("\n") == [
        "q = x + y = -2 + 5 = 3",
        "f = q * z = 3 * (-4) = -12",
        "∂f/∂f = 1",
        "∂f/∂q: ∂f/∂f · z = 1 · (-4) = -4",
        "∂f/∂z: ∂f/∂f · q = 1 · 3 = 3",
        "∂f/∂x: ∂f/∂q · ∂q/∂x = (-4) · 1 = -4",
        "∂f/∂y: ∂f/∂q · ∂q/∂y = (-4) · 1 = -4",
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
    assert str(into_x[0]) == "∂y/∂x: ∂y/∂y · v1 = 1 · 9 = 9"
    assert "0 + " not in str(into_x[0]) + into_x[0].sum
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


def test_a_trace_is_made_only_of_a_value():
    with pytest.raises(GraphError, match="float is not a Value"):
        chain_rule(3.0)


# One node at several places of an operation


@pytest.mark.parametrize("name", TIES)
def test_an_argument_used_twice_is_named_by_its_roles(name):
    trace = chain_rule(tied(name))
    into_w = [step for step in trace.edges if step.argument == "w"]
    assert [step.role for step in into_w] == TIES[name].roles
    for step in into_w:
        assert step.gradient == "∂f/∂w"
        assert step.local == f"∂f/∂({step.role})"
        assert step.rule == f"∂f/∂f · ∂f/∂({step.role})"
        assert rf"\left(\mathrm{{{step.role.replace(' ', chr(92) + ' ')}}}\right)" in step.latex
        if not step.symbol:
            before = "" if step.is_first else f"{show(step.before)} + "
            assert str(step).startswith(f"∂f/∂w: {before}∂f/∂f · ∂f/∂({step.role}) = ")


def test_an_argument_used_once_is_named_by_its_name():
    (step,) = [step for step in chain_rule(tied("dot([w, w], [w, x])")).edges if step.argument == "x"]
    assert (step.role, step.local, step.local_latex) == ("", "∂f/∂x", r"\frac{\partial f}{\partial x}")
    for step in chain_rule(parse("u = w * x; f = u + w", w=2, x=3)).edges:  # w is used twice, by different nodes
        assert step.role == ""


@pytest.mark.parametrize("name", TIES)
def test_the_local_derivative_along_an_edge_is_that_of_its_argument_alone(name):
    f = tied(name)
    for step in chain_rule(f).edges:
        assert math.isclose(step.partial, slope_alone(f, step.position), rel_tol=1e-6, abs_tol=1e-6)


def test_no_two_edges_have_the_same_written_derivative():
    many = Value(0.5, label="w")
    graphs = [*map(tied, TIES), dot([many] * 30, [many] * 30), parse("u = w * w; v = u + u; f = v ** v * w", w=0.5)]
    graphs += [random_graphs.as_values(*random_graphs.seeded(seed))[1] for seed in range(100)]
    for f in graphs:
        edges = chain_rule(f).edges
        assert len({step.local for step in edges}) == len({step.local_latex for step in edges}) == len(edges)


@pytest.mark.parametrize(("count", "last"), [(2, "second"), (9, "ninth"), (10, "10th"), (22, "22nd"), (112, "112th")])
def test_the_places_of_a_long_list_are_numbered(count, last):
    f = logsumexp([Value(0.5, label="w")] * count)
    assert chain_rule(f).edges[-1].role == f"{last} argument"


def test_a_custom_row_names_its_arguments():
    row = rule("mixed", lambda x, y: x + 2 * y, 1.0, 2.0, roles=("water", "wine"))
    bare = rule("plain", lambda x, y: x + 2 * y, 1.0, 2.0)
    try:
        w = Value(1.0, label="w")
        assert [step.role for step in chain_rule(row(w, w)).edges] == ["water", "wine"]
        assert [step.role for step in chain_rule(bare(w, w)).edges] == ["first argument", "second argument"]
    finally:
        del RULES["mixed"], RULES["plain"]


def test_a_stale_graph_has_no_steps():
    x = Value(2.0, label="x")
    y = x * x
    x.data = 5.0
    with pytest.raises(StaleGraphError, match="4, but its arguments now give 25"):
        chain_rule(y)
