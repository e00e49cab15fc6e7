"""Laws that hold on every graph, with no second engine to ask."""

import math

import pytest
import random_graphs

from tinygrad_edu import chain_rule, grad, gradcheck, parse
from tinygrad_edu.backprop import topological_order
from tinygrad_edu.graph import Graph, gradient_numbers
from tinygrad_edu.steps.trace import EdgeStep

SEEDS = range(150)


@pytest.fixture(params=[0, 1, 2])
def graphs(request):
    return [random_graphs.as_values(*random_graphs.seeded(seed)) for seed in SEEDS if seed % 3 == request.param]


def test_a_graph_keeps_its_promises(graphs):
    for _, output in graphs:
        Graph(output).validate()
        order = topological_order(output)
        places = {node: place for place, node in enumerate(order)}
        assert len(places) == len(order)
        assert all(places[arg] < places[node] for node in order for arg in node.args)


def test_all_sweeps_of_a_graph_agree(graphs):
    """backward, grad, gradient_numbers and the contributions of chain_rule."""
    for leaves, output in graphs:
        output.backward()
        numbers, values = gradient_numbers(output), grad(output, leaves)
        graph = Graph(output)
        sums = {}
        for step in chain_rule(output):
            if isinstance(step, EdgeStep):
                sums[step.argument] = sums.get(step.argument, 0.0) + step.contribution
                assert step.after == sums[step.argument]
        for leaf, value in zip(leaves, values, strict=True):
            assert math.isclose(leaf.grad, value.data, rel_tol=1e-12, abs_tol=1e-13)
            assert math.isclose(leaf.grad, numbers.get(leaf, 0.0), rel_tol=1e-12, abs_tol=1e-13)
            if leaf in graph.index:
                assert math.isclose(leaf.grad, sums[graph.name(leaf)], rel_tol=1e-12, abs_tol=1e-13)


def test_a_gradient_is_complete_before_it_is_passed_on(graphs):
    for _, output in graphs:
        complete = set()
        for step in chain_rule(output).edges:
            assert step.user in complete or step.user == step.output
            if step.is_complete:
                complete.add(step.argument)


def test_the_text_of_a_graph_builds_the_same_function(graphs):
    for leaves, output in graphs:
        for number, leaf in enumerate(leaves):
            leaf.label = f"x{number}"
        again = parse(str(output), **{leaf.label: leaf.data for leaf in leaves})
        assert again.data == output.data
        assert gradient_numbers(again)[again] == 1.0


def test_gradcheck_finds_nothing(graphs):
    for _, output in graphs:
        report = gradcheck(output, tolerance=1e-5)
        assert report, str(report)
