"""Does another order go wrong where it should, and by as much?"""

import pytest
import random_graphs
from lab_alone import in_node, sent
from page_engine import HAS_NODE

from tinygrad_edu import parse
from tinygrad_edu.graph import Graph, gradients_in

needs_node = pytest.mark.skipif(not HAS_NODE, reason="node is not here")
SWEEPS = """given.map((nodes) => {
  const state = stateOf(nodes);
  const swept = Object.entries(orders.ORDERS).map(([name, order]) => [name, orders.sweep(state, order(state.graph))]);
  return { sweeps: Object.fromEntries(swept), worst: orders.worstOrder(state) };
})"""


def swept_in(graph, order):
    """The sweep in an order, in Python: (what each node read and how much was to come, the gradients)."""
    index = graph.index
    gradients = [0.0] * len(graph.nodes)
    gradients[-1] = 1.0
    users = [[index[edge.user] for edge in graph.uses(node)] for node in graph.nodes]
    turns, done = [], []
    for node in order:
        turns.append((node, gradients[node], sum(user not in done for user in users[node])))
        for arg, partial in zip(graph.nodes[node].args, graph.nodes[node].partials, strict=True):
            gradients[index[arg]] += gradients[node] * partial
        done.append(node)
    return turns, gradients


def first_reached(graph, place):
    """The operations from the output on, each as soon as it is reached: from the end of a list, or its beginning."""
    found, waiting = [], [len(graph.nodes) - 1]
    while waiting:
        node = waiting.pop(place)
        if node not in found and graph.nodes[node].args:
            found.append(node)
            waiting += [graph.index[arg] for arg in graph.nodes[node].args]
    return found


@needs_node
def test_every_order_reads_what_python_says_it_reads():
    values = [random_graphs.as_values(*random_graphs.seeded(seed, leaves=3, steps=8))[1] for seed in range(40)]
    broken = dict.fromkeys(("depth", "breadth", "forward"), 0)
    for value, found in zip(values, in_node("orders", SWEEPS, [sent(value) for value in values]), strict=True):
        graph = Graph(value)
        operations = [number for number, node in enumerate(graph.nodes) if node.args]
        orders = {"depth": first_reached(graph, -1), "breadth": first_reached(graph, 0), "forward": operations}
        for name, order in {**orders, "right": operations[::-1]}.items():
            turns, gradients = swept_in(graph, order)
            sweep = found["sweeps"][name]
            assert [turn["node"] for turn in sweep["turns"]] == order
            assert [turn["toCome"] for turn in sweep["turns"]] == [to_come for _, _, to_come in turns]
            assert [turn["read"] for turn in sweep["turns"]] == pytest.approx([read for _, read, _ in turns], rel=1e-9)
            variable = [number for number, node in enumerate(graph.nodes) if not node.is_constant]
            ours = [sweep["gradients"][number] for number in variable]
            assert ours == pytest.approx([gradients[number] for number in variable], rel=1e-9)
            if name == "right":
                assert not any(turn["toCome"] for turn in sweep["turns"])
                assert ours == pytest.approx([gradients_in(graph)[number] for number in variable], rel=1e-9)
            else:
                broken[name] += any(turn["toCome"] for turn in sweep["turns"])
    assert min(broken.values()) > 5


@needs_node
def test_every_wrong_order_fails_on_the_graph_that_is_offered():
    preset = in_node("orders", "orders.WHERE_ORDER_MATTERS", None)
    f = parse(preset["text"], **preset["values"])
    (found,) = in_node("orders", SWEEPS, [sent(f)])
    x = next(number for number, node in enumerate(Graph(f).nodes) if node.label == "x")
    right = gradients_in(Graph(f))[x]
    for name in ("depth", "breadth", "forward"):
        assert any(turn["toCome"] for turn in found["sweeps"][name]["turns"])
        assert found["sweeps"][name]["gradients"][x] != pytest.approx(right)
    assert found["sweeps"]["right"]["gradients"][x] == right


@needs_node
def test_the_first_order_that_fails_is_shown_first():
    lesson = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    cases = [lesson, parse("f = x * y", x=1, y=2), parse("u = x * x; v = u + 1; f = u * v", x=1.5), parse("x", x=1)]
    found = in_node("orders", SWEEPS, [sent(case) for case in cases])
    assert [each["worst"] for each in found] == ["forward", "right", "breadth", "right"]
