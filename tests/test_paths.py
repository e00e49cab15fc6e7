"""Is a gradient the sum over all paths, and are they told as they are?"""

import math

import pytest
import random_graphs
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_edu import Value, chain_rule, explain, parse
from tinygrad_edu.backprop import gradient_numbers
from tinygrad_edu.errors import GraphError
from tinygrad_edu.graph import Graph


def brute_force(graph, node):
    """The number of paths and their total, straight from the definition."""
    if node is graph.output:
        return 1, 1.0
    found = [(edge.partial, *brute_force(graph, edge.user)) for edge in graph.uses(node)]
    return sum(count for _, count, _ in found), sum(partial * total for partial, _, total in found)


@given(st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_the_total_over_paths_is_the_gradient(seed):
    f = random_graphs.as_values(*random_graphs.seeded(seed, leaves=3, steps=7))[1]
    graph, gradients, trace = Graph(f), gradient_numbers(f), chain_rule(f)
    for node in graph.nodes:
        if node.is_constant:
            continue
        found = trace.explain(graph.name(node))
        count, total = brute_force(graph, node)
        assert found.count == count == len(found.paths)
        assert math.isclose(found.total, gradients[node], rel_tol=1e-9, abs_tol=1e-9)
        assert math.isclose(found.total, total, rel_tol=1e-9, abs_tol=1e-9)
        assert all(path.names[0] == graph.name(node) for path in found)
        assert all(path.names[-1] == graph.name(f) for path in found)


def test_a_path_is_told_from_the_leaf_and_multiplied_from_the_output():
    x = Value(2.0, label="x")
    f = x.tanh() * x
    f.label = "f"
    text = str(explain(f, x)).split("\n")
    assert text[0] == "∂f/∂x: 2 paths from x to f"
    assert text[1] == "  x → f:  ∂f/∂x = 0.964"
    assert text[2] == "  x → v1 → f:  ∂f/∂v1 · ∂v1/∂x = 2 · 0.07065 = 0.1413"
    assert text[3] == "total 0.964 + 0.1413 = 1.105"
    assert repr(explain(f, x)) == str(explain(f, x))


def test_the_output_has_one_path_to_itself():
    f = parse("f = x * 2", x=3)
    assert str(explain(f, f)) == "∂f/∂f: 1 path from f to f\n  f:  1\ntotal 1"


def test_more_paths_than_could_be_listed_are_counted():
    x = Value(1.0, label="x")
    y = x
    for _ in range(40):
        y = (y + y) * 0.5
    found = explain(y, x)
    assert found.count == 2**40
    assert found.total == 1.0
    text = str(found)
    assert f"… and {2**40 - 20:,} more" in text
    assert len(text.split("\n")) == 23


def test_what_cannot_be_explained():
    f = parse("f = x * y", x=2, y=3)
    for wrong in (Value(1.0), "x", None):
        with pytest.raises(GraphError, match="f was not computed from it"):
            explain(f, wrong)
    with pytest.raises(GraphError, match=r"of this name\n  write instead:  one of x, y, f"):
        chain_rule(f).explain("z")
    with pytest.raises(GraphError, match="float is not a Value"):
        explain(3.0, f)
