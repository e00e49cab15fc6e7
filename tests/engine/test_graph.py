"""Is the frozen view of a graph what it promises?"""

import pytest

from tinygrad_edu import Value, parse
from tinygrad_edu.backprop import topological_order
from tinygrad_edu.errors import GraphError, StaleGraphError
from tinygrad_edu.graph import Graph


def test_arguments_come_before_their_users_and_each_node_once():
    x = Value(2.0, label="x")
    y = x * x
    z = y + x
    assert topological_order(z) == [x, y, z]
    assert topological_order(y, z, x) == [x, y, z]


def test_both_edges_of_a_square_are_there():
    x = Value(3.0)
    y = x * x
    graph = Graph(y)
    assert [(edge.position, edge.partial) for edge in graph.edges] == [(0, 3.0), (1, 3.0)]
    assert len(graph.uses(x)) == 2
    assert graph.uses(y) == []


def test_names_are_unique_and_counted_in_graph_order():
    a, b = Value(1.0, label="x"), Value(2.0, label="x")
    c = Value(3.0, label="v1")
    out = (a * b + c) * 2
    graph = Graph(out)
    assert [graph.name(node) for node in graph.nodes] == ["x", "x_2", "v2", "v1", "v3", "2", "v4"]
    assert graph.leaves == (a, b, c)
    assert graph.formula(out) == "v3 * 2"
    assert repr(graph) == "<Graph of 7 nodes and 6 edges, output v4>"


def test_a_numbered_duplicate_label_does_not_clash_with_a_real_label():
    a, b, c = Value(1.0, label="x"), Value(2.0, label="x"), Value(3.0, label="x_2")
    graph = Graph(a + b + c)
    assert len({graph.name(node) for node in graph.nodes}) == len(graph)


def test_recompute_moves_leaves_without_touching_the_graph():
    f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    graph = Graph(f)
    x = graph.leaves[0]
    assert graph.recompute({x: 0.0})[f] == -20.0
    assert (x.data, f.data) == (-2.0, -12.0)


def test_validate_finds_a_number_that_changed():
    x = Value(2.0, label="x")
    y = x * x
    Graph(y).validate()
    x.data = 5.0
    with pytest.raises(StaleGraphError, match=r"v1 = x \* x is 4, but its arguments now give 25"):
        Graph(y).validate()


def test_a_graph_is_made_only_of_a_value():
    with pytest.raises(GraphError, match="list is not a Value"):
        Graph([Value(1.0)])
