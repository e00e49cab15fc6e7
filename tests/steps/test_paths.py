"""Is a gradient the sum over all paths, and are they told as they are?"""

import math

import pytest
import random_graphs
from hypothesis import given, settings
from hypothesis import strategies as st
from several_places import TIES, tied

from tinygrad_edu import Value, chain_rule, explain, parse
from tinygrad_edu.errors import GraphError
from tinygrad_edu.graph import Graph, gradient_numbers


def brute_force(graph, node):
    """The number of paths and their total, straight from the definition."""
    if node is graph.output:
        return 1, 1.0
    found = [(edge.partial, *brute_force(graph, edge.user)) for edge in graph.uses(node)]
    return sum(count for _, count, _ in found), sum(partial * total for partial, _, total in found)


@given(st.integers(0, 10**6))
@settings(max_examples=50)
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


def test_a_path_is_listed_from_the_leaf_and_multiplied_from_the_output():
    x = Value(2.0, label="x")
    f = x.tanh() * x
    f.label = "f"
    text = str(explain(f, x)).split("\n")
    assert text[0] == "∂f/∂x: 2 paths from x to f"
    assert text[1] == "  x → f:  ∂f/∂x = 0.964"
    assert text[2] == "  x → v1 → f:  ∂f/∂v1 · ∂v1/∂x = 2 · 0.07065 = 0.1413"
    assert text[3] == "total 0.964 + 0.1413 = 1.105"
    assert repr(explain(f, x)) == str(explain(f, x))


@pytest.mark.parametrize("name", TIES)
def test_paths_through_different_places_of_one_operation_are_distinguished(name):
    f = tied(name)
    found = chain_rule(f).explain("w")
    assert [path.symbols for path in found] == [f"∂f/∂({role})" for role in TIES[name].roles]
    assert math.isclose(found.total, gradient_numbers(f)[f.args[0]])


def test_a_path_is_marked_at_every_operation_that_it_could_enter_twice():
    lines = str(chain_rule(parse("u = w * w; f = u + u", w=3)).explain("w")).split("\n")
    assert lines[1] == "  w → u → f:  ∂f/∂(first term) · ∂u/∂(first factor) = 1 · 3 = 3"
    assert lines[4] == "  w → u → f:  ∂f/∂(second term) · ∂u/∂(second factor) = 1 · 3 = 3"
    assert lines[5] == "total 3 + 3 + 3 + 3 = 12"


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


def test_an_error_says_what_cannot_be_explained():
    f = parse("f = x * y", x=2, y=3)
    for wrong in (Value(1.0), "x", None):
        with pytest.raises(GraphError, match="f was not computed from it"):
            explain(f, wrong)
    with pytest.raises(GraphError, match=r"of this name\n  write instead:  one of x, y, f"):
        chain_rule(f).explain("z")
    with pytest.raises(GraphError, match="float is not a Value"):
        explain(3.0, f)


def test_a_huge_number_of_paths_is_counted_exactly_and_shown_short():
    x = y = Value(0.0, label="x")
    for _ in range(5000):
        y = y + y
    found = explain(y, x)
    assert found.count == 2**5000
    assert str(found).startswith("∂v5000/∂x: about 1.4e1505 paths from x to v5000\n")
    assert "… and about 1.4e1505 more" in str(found)
    assert chain_rule(y).explain("v4990").count == 2**10


def test_a_long_path_is_shown_by_its_ends():
    x = y = Value(0.5, label="x")
    for _ in range(1000):
        y = (y + x) * 0.5
    text = str(explain(y, x)).split("\n")
    assert text[0] == "∂v2000/∂x: 1,001 paths from x to v2000"
    assert text[1] == "  x → v1999 → v2000:  ∂v2000/∂v1999 · ∂v1999/∂x = 0.5 · 1 = 0.5"
    assert text[-1] == "total 1"
    assert max(map(len, text)) < 1500
    chain = Value(0.5, label="x")
    for _ in range(500):
        chain = chain * 1.001
    (path,) = explain(chain, Graph(chain).leaves[0])
    assert str(path) == f"x → v1 → … → v500:  a product of 500 local derivatives = {1.001**500:.4g}"
    assert math.isclose(path.product, 1.001**500)


def test_a_part_of_a_trace_is_explained_only_if_no_edge_is_missing():
    trace = chain_rule(parse("q = x * y; f = q + x", x=2, y=3))
    for whole in (trace[:], trace[2:], trace[3:]):
        assert str(whole.explain("x")) == str(trace.explain("x"))
    for part in (trace[2:5], trace[:4], trace[4:], trace[:0], trace[::-1], trace[::2]):
        with pytest.raises(GraphError, match=r"paths need every edge.*\n.*chain_rule\(f\)\.explain\('x'\)"):
            part.explain("x")


def test_a_node_is_found_by_the_name_that_parse_was_given():
    name = "\N{MICRO SIGN}"
    assert chain_rule(parse(f"{name} * 2", **{name: 3.0})).explain(name).count == 1
