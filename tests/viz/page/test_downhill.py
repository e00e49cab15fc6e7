"""Does downhill walk where Python walks, and say how it ended?"""

import math

import pytest
import random_graphs
from browser import needs_browser
from page_in_node import evaluated, needs_node, sent

from tinygrad_edu import DomainError, Value, parse
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import show

WALK = """given.map(({ nodes, rate, steps, chosen }) => {
  let { graph } = stateOf(nodes);
  const leaves = chosen ?? descent.usualLeaves(graph);
  const points = [];
  for (let step = 0; step < steps; step++) {
    const found = descent.stepped(graph, leaves, rate);
    points.push([found.verdict, found.node ?? null, leaves.map((leaf) => (found.graph ?? graph).nodes[leaf].data)]);
    if (!found.graph) break;
    graph = found.graph;
  }
  return { leaves, points, value: graph.nodes.at(-1).data };
})"""


def walked(text, numbers, rate, steps, names=None):
    """The same in Python: one parse and one backward() a step. The numbers of the leaves after each."""
    names = names or list(numbers)
    points = []
    for _ in range(steps):
        f = parse(text, **numbers)
        f.backward()
        leaves = {leaf.label: leaf for leaf in Graph(f).leaves}
        numbers = {**numbers, **{name: leaves[name].data - rate * leaves[name].grad for name in names}}
        points.append([numbers[name] for name in names])
    return points


def in_page(text, numbers, rate, steps, names=None):
    f = parse(text, **numbers)
    labels = [node.label for node in Graph(f).nodes]
    chosen = [labels.index(name) for name in names or numbers]
    return evaluated("descent", WALK, [{"nodes": sent(f), "rate": rate, "steps": steps, "chosen": chosen}])[0]


@needs_node
@pytest.mark.parametrize(
    ("text", "numbers", "rate"),
    [
        ("f = (x - 3) ** 2", {"x": 0.0}, 0.1),
        ("f = (w * 2 + b - 1) ** 2 + 0.1 * w ** 2", {"w": -1.5, "b": 0.25}, 0.05),
        ("a = w * x + b; f = log(1 + exp(-a)) + tanh(w) ** 2", {"w": 0.5, "x": -2.0, "b": 0.1}, 0.3),
        ("f = sin(x) * exp(-x / 5) + abs(y)", {"x": 1.0, "y": -0.3}, 0.02),
    ],
)
def test_every_step_is_pythons(text, numbers, rate):
    steps = 60
    expected = walked(text, dict(numbers), rate, steps)
    found = in_page(text, numbers, rate, steps)
    for (verdict, _, ours), theirs in zip(found["points"], expected, strict=True):
        if verdict == "flat":
            break
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12)
    assert len(found["points"]) > 10


@needs_node
def test_one_step_on_random_graphs_is_pythons():
    cases, expected = [], []
    for seed in range(60):
        f = random_graphs.as_values(*random_graphs.seeded(seed, leaves=3, steps=7))[1]
        graph = Graph(f)
        f.backward()
        chosen = [graph.index[leaf] for leaf in graph.leaves]
        cases.append({"nodes": sent(f), "rate": 1e-3, "steps": 1, "chosen": chosen})
        expected.append([leaf.data - 1e-3 * leaf.grad for leaf in graph.leaves])
    moved = 0
    for found, numbers in zip(evaluated("descent", WALK, cases), expected, strict=True):
        verdict, _, ours = found["points"][0]
        if verdict in ("down", "up", "same"):
            assert ours == pytest.approx(numbers, rel=1e-12, abs=1e-12)
            moved += 1
    assert moved > 40


@needs_node
def test_a_parabola_is_walked_down_to_its_minimum():
    found = in_page("f = (x - 3) ** 2", {"x": 0.0}, 0.1, 500)
    assert found["points"][-1][0] == "flat"
    assert found["points"][-1][2] == [pytest.approx(3, abs=1e-6)]
    assert found["value"] < 1e-12


@needs_node
@pytest.mark.parametrize(
    ("text", "numbers", "rate", "verdicts"),
    [
        ("f = x ** 2", {"x": 1.0}, 0.5, ["down", "flat"]),
        ("f = x ** 2", {"x": 1.0}, 1.0, ["same", "same"]),
        ("f = x ** 2", {"x": 1.0}, 1.5, ["up", "up"]),
        ("f = relu(x)", {"x": -1.0}, 0.1, ["flat"]),
        ("f = x ** 4", {"x": 3.0}, 10.0, ["up", "up", "up", "lost"]),
        ("f = log(x) + 2", {"x": 0.5}, 1.0, ["outside"]),
    ],
)
def test_the_end_of_a_step_is_told(text, numbers, rate, verdicts):
    found = in_page(text, numbers, rate, len(verdicts))["points"]
    assert [verdict for verdict, _, _ in found] == verdicts
    if verdicts[-1] in ("lost", "outside"):
        _, node, _ = found[-1]
        assert Graph(parse(text, **numbers)).nodes[node].op in ("power", "log")


@needs_node
def test_a_step_outside_of_a_domain_is_one_in_python_too():
    with pytest.raises(DomainError):
        walked("f = log(x) + 2", {"x": 0.5}, 1.0, 2)
    f = parse("f = x ** 4", x=3.0)
    assert math.isfinite(f.data)


@needs_node
def test_weights_and_biases_move_where_there_are_any_and_else_all_leaves():
    def usual(f):
        graph = Graph(f)
        found = evaluated("descent", "descent.usualLeaves(stateOf(given).graph)", sent(f))
        return {graph.name(graph.nodes[leaf]) for leaf in found}

    assert usual(parse("f = (w1 * x + b - t) ** 2", w1=1, x=2, b=0, t=1)) == {"w1", "b"}
    assert usual(parse("f = x * y + z", x=1, y=2, z=3)) == {"x", "y", "z"}
    w, x = Value(1.0, label="l1.n1.w2"), Value(2.0, label="x")
    assert usual((w * x).tanh()) == {"l1.n1.w2"}
    assert usual(Value(1.0) + 2) == {"v1"}


@needs_node
def test_the_curve_over_one_leaf_is_the_function():
    f = parse("f = log(x) * y", x=1.0, y=3.0)
    labels = [node.label for node in Graph(f).nodes]
    script = "descent.outputOver(stateOf(given.nodes).graph, given.leaf, [-1, 2], 31)"
    found = evaluated("descent", script, {"nodes": sent(f), "leaf": labels.index("x")})
    for point in found:
        x, y = point["x"], point["y"]
        if x > 0:
            assert y == pytest.approx(parse("f = log(x) * y", x=x, y=3.0).data)
        else:
            assert not isinstance(y, float) or not math.isfinite(y)


# In the browser


def rows(page):
    """The table of leaves, by their names: what they are now, their gradients, and what is next."""
    found = page.locator("#downhill-table tbody tr").all()
    cells = [[cell.strip() for cell in row.locator("td").all_inner_texts()] for row in found]
    return {name: numbers for name, *numbers in cells}


def parabola():
    return parse("f = (x - 3) ** 2", x=0)


@needs_browser
def test_one_step_and_ten_and_back(page_of):
    page = page_of(parabola())
    page.click("#tab-downhill")
    assert page.locator("#downhill-formula p").all_inner_texts() == ["x ← x − η · ∂f/∂x", "= 0 − 0.1 · (−6) = 0.6"]
    page.click("#downhill-step")
    assert page.inner_text("#downhill-verdict") == "f went down to 5.76."
    assert rows(page) == {"x": ["0.6", "−4.8", "1.08"]}
    assert page.inner_text("#heading").startswith("The gradient")
    page.click("#downhill-ten")
    expected = walked("f = (x - 3) ** 2", {"x": 0.0}, 0.1, 11)[-1][0]
    assert page.locator("#downhill-table td").nth(1).inner_text() == show(expected)
    assert page.locator("svg.curve .past").count() == 12
    page.click("#downhill-back")
    assert page.locator("#downhill-table td").nth(1).inner_text() == "0"
    assert page.is_disabled("#downhill-back")


@needs_browser
def test_running_reaches_the_minimum_and_stops(page_of):
    page = page_of(parabola(), reduced_motion="no-preference")
    page.click("#tab-downhill")
    page.fill("#downhill-rate", "2/5")
    page.click("#downhill-run")
    page.locator("#downhill-verdict", has_text="A minimum").wait_for()
    assert page.inner_text("#downhill-run") == "Run"
    assert page.inner_text("#downhill-formula p:last-child").startswith("= 3 −")


@needs_browser
def test_running_stops_when_it_is_told_to_and_when_the_panel_is_left(opened):
    lab = opened(parse("f = (x - 3) ** 2 + y", x=0, y=0), reduced_motion="no-preference")
    lab.stop_the_clock()
    page = lab.page
    page.click("#tab-downhill")
    page.click("#downhill-run")
    page.click("#downhill-run")
    assert page.inner_text("#downhill-run") == "Run"
    page.click("#downhill-run")
    page.clock.run_for(400)
    page.click("#tab-inputs")
    before = page.input_value('[aria-label="value of x"]')
    assert before != "0"
    page.clock.run_for(400)
    assert page.input_value('[aria-label="value of x"]') == before


@needs_browser
def test_with_reduced_motion_running_is_one_leap(page_of):
    page = page_of(parabola(), reduced_motion="reduce")
    page.click("#tab-downhill")
    page.click("#downhill-run")
    assert page.inner_text("#downhill-verdict").startswith("A minimum")


@needs_browser
@pytest.mark.parametrize(
    ("text", "numbers", "rate", "said"),
    [
        ("f = x ** 2", {"x": 1}, "1.5", "f went up to 4: the step was too large. Lower η."),
        ("f = x ** 2", {"x": 1}, "1", "f stays at 1"),
        ("p = log(x); f = p + 2", {"x": 0.5}, "1", "outside the domain of p"),
        ("f = relu(x)", {"x": -1}, "0.1", "no way down from here"),
        ("p = x ** 4; f = p * 2", {"x": 1e50}, "1", "p would become inf or NaN"),
        ("p = x ** 4; f = p * 2", {"x": 1e80}, "1", "f is inf or NaN here"),
    ],
)
def test_what_went_wrong_is_said_and_what_to_do(page_of, text, numbers, rate, said):
    page = page_of(parse(text, **numbers))
    page.click("#tab-downhill")
    page.fill("#downhill-rate", rate)
    page.click("#downhill-step")
    assert said in page.inner_text("#downhill-verdict")


@needs_browser
def test_only_the_chosen_leaves_move(page_of):
    page = page_of(parse("f = (w * x + b - t) ** 2", w=1, x=2, b=0.5, t=1))
    page.click("#tab-downhill")
    assert {name: after != "—" for name, (_, _, after) in rows(page).items()} == {
        "w": True,
        "x": False,
        "b": True,
        "t": False,
    }
    page.get_by_label("b", exact=True).uncheck()
    page.click("#downhill-step")
    assert {name: now for name, (now, _, _) in rows(page).items()} == {"w": "0.4", "x": "2", "b": "0.5", "t": "1"}
    page.click("[data-say=downhill_no_leaf]")
    assert page.is_disabled("#downhill-step")
    assert "Choose at least one" in page.inner_text("#downhill-verdict")
