"""Does the nudge show what Python computes, and a curve with its true tangent?"""

import math
import random

import pytest
import random_graphs
from browser import needs_browser
from page_in_node import in_node, needs_node

from tinygrad_edu import Value, parse
from tinygrad_edu.functions import exp
from tinygrad_edu.graph import Graph, gradients_in
from tinygrad_edu.viz.page.engine import nodes

NUDGED = """
    import { graphFrom } from "./engine/recompute.js";
    import { curveOf, nudged } from "./lab/nudges.js";
    const asJson = (_, item) => (typeof item === "number" && !Number.isFinite(item) ? String(item) : item);
    console.log(JSON.stringify(given.map(([sent, leaf, delta]) => {
      const graph = graphFrom(sent);
      return { ...nudged(graph, leaf, delta), curve: curveOf(graph, leaf, delta) };
    }), asJson));
"""


@pytest.fixture
def opened(opened):
    """Open the page of a Value, with its Nudge panel."""

    def with_the_panel(f, **options):
        lab = opened(f, **options)
        lab.page.click("#tab-nudge")
        return lab

    return with_the_panel


def moved(f, leaf, number):
    """The output of a graph with another number for one leaf, in Python."""
    graph = Graph(f)
    values = [number if index == leaf else node.data for index, node in enumerate(graph.nodes)]
    for index, node in enumerate(graph.nodes):
        if node.args:
            values[index] = node.rule.evaluate([values[graph.index[arg]] for arg in node.args])
    return values[-1]


@needs_node
def test_predicted_and_actual_change_and_the_curve_are_pythons():
    rng = random.Random(0)
    cases = []
    for seed in range(40):
        f = random_graphs.as_values(*random_graphs.seeded(seed, leaves=3, steps=7))[1]
        for leaf in Graph(f).leaves[:1]:
            cases.append((f, Graph(f).index[leaf], rng.choice([0.1, -0.01, 1e-4, 0.5])))
    found = in_node(NUDGED, [[nodes(Graph(f)), leaf, delta] for f, leaf, delta in cases])
    assert len(found) > 20
    for (f, leaf, delta), said in zip(cases, found, strict=True):
        gradient, here = gradients_in(Graph(f))[leaf], Graph(f).nodes[leaf].data
        assert math.isclose(said["gradient"], gradient, rel_tol=1e-12, abs_tol=1e-12)
        assert math.isclose(said["predicted"], gradient * delta, rel_tol=1e-12, abs_tol=1e-12)
        actual = moved(f, leaf, here + delta) - f.data
        if math.isfinite(actual):
            assert math.isclose(said["actual"], actual, rel_tol=1e-9, abs_tol=1e-12 * max(1, abs(f.data)))
        for point in said["curve"][::20]:
            if math.isfinite(moved(f, leaf, point["x"])):
                assert math.isclose(point["f"], moved(f, leaf, point["x"]), rel_tol=1e-9, abs_tol=1e-12)
    assert {"close", "exact"} <= {said["verdict"] for said in found}


@needs_node
@pytest.mark.parametrize(
    ("text", "numbers", "delta", "verdict"),
    [
        ("3 * x + 1", {"x": 2}, 0.1, "exact"),
        ("1e6 + x * x * 0 + 2 * x", {"x": 1}, 1e-3, "exact"),
        ("x ** 2", {"x": 3}, 0.1, "close"),
        ("x ** 2", {"x": 3}, -3, "far"),
        ("relu(x)", {"x": -1}, 0.1, "flat"),
        ("log(x)", {"x": 1}, -2, "outside"),
        ("x ** 2", {"x": 0}, 0.1, "far"),
    ],
)  # fmt: skip
def test_the_verdict_names_how_good_the_prediction_is(text, numbers, delta, verdict):
    f = parse(text, **numbers)
    leaf = Graph(f).index[Graph(f).leaves[0]]
    assert in_node(NUDGED, [[nodes(Graph(f)), leaf, delta]])[0]["verdict"] == verdict


@needs_browser
def test_the_panel_shows_predicted_and_actual_change_beside_each_other(opened):
    lab = opened(parse("f = x ** 2 + 3 * y", x=3, y=1))
    assert lab.text("#nudge-predicted") == "6 · 0.1 = 0.6"
    assert lab.text("#nudge-actual") == "0.61"
    assert lab.text("#nudge-gap") == "0.01"
    assert "good to 1.6 %" in lab.text("#nudge-verdict")
    lab.page.fill("#nudge-size", "2")
    assert "off by" in lab.text("#nudge-verdict")
    lab.page.select_option("#nudge-leaf", label="y")
    assert "exact" in lab.text("#nudge-verdict")
    lab.page.fill("#nudge-size", "-1/2")
    assert lab.text("#nudge-predicted") == "3 · (−0.5) = −1.5"


@needs_browser
@pytest.mark.parametrize("typed", ["0", "much", "", "1/0"])
def test_a_change_that_is_none_is_explained(opened, typed):
    lab = opened(parse("f = x ** 2", x=3))
    lab.page.fill("#nudge-size", typed)
    assert lab.page.get_attribute("#nudge-size", "aria-invalid") == "true"
    assert lab.text("#nudge-wrong").startswith("δ needs a number other than 0")
    assert lab.page.is_hidden("#nudge-picture")


@needs_browser
def test_it_follows_the_inputs(opened):
    lab = opened(parse("f = x ** 2", x=3))
    lab.page.click("#tab-inputs")
    lab.page.fill('[aria-label="value of x"]', "5")
    lab.page.click("#tab-nudge")
    assert lab.text("#nudge-predicted") == "10 · 0.1 = 1"


PICTURE = """() => {
  const at = (selector) => [...document.querySelectorAll(`#nudge-picture ${selector}`)];
  const number = (part, name) => Number(part.getAttribute(name));
  const [here] = at(".here");
  const points = (path) => path.getAttribute("d").slice(1).split("L").map((pair) => pair.split(",").map(Number));
  return {
    here: [number(here, "cx"), number(here, "cy")],
    curve: at(".curve").map(points), tangent: at(".tangent").map(points),
    marks: at(".actual, .told").map((dot) => [number(dot, "cx"), number(dot, "cy")]),
    ticks: at(".tick-label").map((label) => [Number(label.getAttribute("x")), label.textContent]),
    letters: at("text").map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a),
    label: document.getElementById("nudge-picture").getAttribute("aria-label"),
  };
}"""


@needs_browser
@pytest.mark.parametrize("size", ["laptop", "phone"])
@pytest.mark.parametrize(
    ("text", "x", "delta"), [("x ** 2", 1.5, "0.5"), ("tanh(x)", 0.4, "-1"), ("log(x)", 0.5, "0.4")]
)
def test_the_picture_shows_the_curve_and_a_line_that_touches_it(opened, text, x, delta, size):
    lab = opened(parse(f"f = {text}", x=x), size=size)
    lab.page.fill("#nudge-size", delta)
    seen = lab.page.evaluate(PICTURE)
    (start, end) = seen["tangent"][0]
    slope = (end[1] - start[1]) / (end[0] - start[0])
    here = seen["here"]
    assert start[1] + slope * (here[0] - start[0]) == pytest.approx(here[1], abs=0.1)  # through the point
    near = [point for run in seen["curve"] for point in run if 0 < abs(point[0] - here[0]) < 12]
    assert near
    for px, py in near:  # and along the curve there: they part with the square of the distance
        assert abs(py - (here[1] + slope * (px - here[0]))) < 0.12 * abs(px - here[0]) + 0.05
    actual, told = sorted(seen["marks"])
    assert actual[0] == pytest.approx(told[0])
    assert seen["ticks"][0][1] == f"{x:g}"
    assert min(seen["letters"]) >= 13
    assert seen["label"].startswith("f along x: the curve")


@needs_browser
def test_where_the_curve_has_no_numbers_it_is_not_drawn(opened):
    lab = opened(parse("f = log(x)", x=1))
    lab.page.fill("#nudge-size", "-2")
    assert "There is no number for f at x = −1" in lab.text("#nudge-verdict")
    seen = lab.page.evaluate(PICTURE)
    assert all(math.isfinite(number) for run in seen["curve"] for point in run for number in point)
    assert seen["marks"] == []


@needs_browser
def test_a_graph_without_inputs_cannot_be_nudged(opened):
    lab = opened(exp(Value.of(2.0)))
    assert lab.text("#nudge-wrong").startswith("There are no inputs")
