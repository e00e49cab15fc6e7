"""Does another order go wrong where it should, and by as much?"""

import pytest
import random_graphs
from browser import needs_browser
from page_in_node import evaluated, needs_node, sent

from tinygrad_edu import parse
from tinygrad_edu.graph import Graph, gradients_in

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
    for value, found in zip(values, evaluated("orders", SWEEPS, [sent(value) for value in values]), strict=True):
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
    preset = evaluated("orders", "orders.WHERE_ORDER_MATTERS", None)
    f = parse(preset["text"], **preset["values"])
    (found,) = evaluated("orders", SWEEPS, [sent(f)])
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
    found = evaluated("orders", SWEEPS, [sent(case) for case in cases])
    assert [each["worst"] for each in found] == ["forward", "right", "breadth", "right"]


# In the browser


@needs_browser
def test_a_wrong_order_reads_a_gradient_too_early(page_of):
    f = parse("u = x * x; v = u + 1; f = u * v", x=1.5)
    page = page_of(f)
    page.click("#tab-order")
    early = page.locator("#order-turns tr.early")
    assert early.count() == 1
    assert early.locator("td").all_inner_texts()[1:3] == ["u", "⚠ 3.25"]
    assert "5.5" in early.inner_text()
    assert "1 more to come" in early.inner_text()
    assert page.inner_text("#order-verdict") == "✗ Read too early: u. What comes later never gets through."
    assert page.text_content(".note-order title") == "⚠ too early"
    assert page.locator("#order-leaves tbody tr").all_inner_texts() == ["∂f/∂x\t✗ 9.75\t16.5"]
    page.select_option("#order-choice", "right")
    assert early.count() == 0
    assert page.locator(".note-order").count() == 0
    assert page.locator("#order-leaves tbody tr").all_inner_texts() == ["∂f/∂x\t✓ 16.5\t16.5"]
    page.click("#tab-inputs")
    page.click("#tab-order")
    assert page.input_value("#order-choice") == "right"


@needs_browser
def test_where_no_order_fails_a_graph_where_it_does_is_offered(page_of):
    page = page_of(parse("q = x + y; f = q * z", x=-2, y=5, z=-4))
    page.click("#tab-order")
    assert page.is_hidden("#order-load")
    page.select_option("#order-choice", "depth")
    assert page.inner_text("#order-verdict").startswith("✓")
    page.click("#order-load")
    assert page.inner_text("#order-verdict").startswith("✗ Read too early: u")
    assert page.input_value("#formula") == "u = x * x; v = u + 1; w = v * v; f = w + u"
    for name in ("depth", "breadth", "forward"):
        page.select_option("#order-choice", name)
        assert page.locator("#order-turns tr.early").count() > 0
        assert page.locator("#order-leaves tr.inherited").count() == 1
    page.click("#tab-inputs")
    assert page.locator(".note").count() == 0


@needs_browser
def test_a_graph_without_paths_that_meet_says_so(page_of):
    page = page_of(parse("f = x * y", x=2, y=3))
    page.click("#tab-order")
    assert page.input_value("#order-choice") == "right"
    assert page.is_visible("#order-load")
    assert "no order fails" in page.inner_text("#order-lucky")
