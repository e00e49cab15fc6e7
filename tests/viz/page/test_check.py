"""Does the page's gradient check find what Python's finds?"""

import math

import pytest
import random_graphs
from browser import needs_browser
from page_in_node import evaluated, needs_node, sent
from several_places import TIES, tied

from tinygrad_edu import gradcheck, parse
from tinygrad_edu.checks.numeric_slope import STEP, TOLERANCE

LIMITS = {"step": STEP, "tolerance": TOLERANCE}
CHECKS = """given.graphs.map((nodes) => {
  const { graph, steps } = stateOf(nodes);
  const edges = steps.filter(({ phase }) => phase === "backward");
  const told = ({ analytic, numeric, verdict }) => ({ analytic, numeric, verdict });
  const leaves = differences.leafChecks(graph, given.limits);
  return {
    leaves: leaves.map((each) => ({ name: graph.names[each.leaf], ...told(each) })),
    edges: differences.edgeChecks(graph, given.limits, edges).map(told),
  };
})"""


def checked(values):
    return evaluated("differences", CHECKS, {"graphs": [sent(value) for value in values], "limits": LIMITS})


def are_equal(ours, check):
    """Whether a check of the page is Python's: its logarithms may differ in the last digit, its differences by more."""
    numbers = [(ours["analytic"], check.analytic), (ours["numeric"], check.numeric)]
    return ours["verdict"] == check.verdict.lower() and all(is_near(float(one), other) for one, other in numbers)


def is_near(one, other):
    return (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-6)


@needs_node
def test_random_graphs_are_checked_as_python_checks_them():
    values = [random_graphs.as_values(*random_graphs.seeded(seed, leaves=3, steps=7))[1] for seed in range(40)]
    count = 0
    for value, found in zip(values, checked(values), strict=True):
        report = gradcheck(value)
        assert [each["name"] for each in found["leaves"]] == [check.name for check in report.checks]
        assert all(are_equal(ours, check) for ours, check in zip(found["leaves"], report.checks, strict=True))
        ours = sorted((each["verdict"], float(each["analytic"])) for each in found["edges"])
        theirs = sorted((check.verdict.lower(), check.analytic) for check in report.edges)
        assert [verdict for verdict, _ in ours] == [verdict for verdict, _ in theirs]
        assert [number for _, number in ours] == pytest.approx([number for _, number in theirs], rel=1e-12)
        count += len(ours)
    assert count > 300


EDGES = {
    "f = relu(x)": {"x": 0.0},
    "f = abs(x) * y": {"x": 0.0, "y": 3.0},
    "f = sqrt(x)": {"x": 0.0},
    "f = maximum(x, y)": {"x": 2.0, "y": 2.0},
    "f = sign(x) + x": {"x": 0.0},
    "f = exp(x) * 0": {"x": 700.0},
    "f = 1e12 * x - 1e12 * x + sin(x)": {"x": 1.0},
    "f = x ** 1.5": {"x": 0.0},
    "f = cos(x)": {"x": 1e9},
}


@needs_node
@pytest.mark.parametrize("text", EDGES)
def test_kinks_edges_and_rounding_are_told_apart_as_in_python(text):
    f = parse(text, **EDGES[text])
    (found,), report = checked([f]), gradcheck(f)
    assert [each["verdict"] for each in found["leaves"]] == [check.verdict.lower() for check in report.checks]
    assert sorted(each["verdict"] for each in found["edges"]) == sorted(check.verdict.lower() for check in report.edges)


@needs_node
def test_an_argument_at_several_places_is_checked_at_each():
    for name, found in zip(TIES, checked([tied(name) for name in TIES]), strict=True):
        report = gradcheck(tied(name))
        assert len(found["edges"]) == len(report.edges)
        assert {each["verdict"] for each in found["edges"]} <= {"ok", "kink", "edge"}, name


@needs_node
def test_a_wrong_derivative_is_found():
    script = "given.cases.map(([analytic, x]) => differences.checkAt(analytic, x, Math.sin, given.limits).verdict)"
    cases = [[math.cos(1), 1], [math.cos(1) + 1e-4, 1], [0, 1], [1, 0]]
    assert evaluated("differences", script, {"cases": cases, "limits": LIMITS}) == ["ok", "wrong", "wrong", "ok"]


# In the browser


def boxes_of(page, selector):
    return [each.bounding_box() for each in page.locator(selector).all()]


@needs_browser
def test_the_check_is_a_table_with_kinks_in_words_and_notes_on_the_stage(page_of):
    f = parse("h = relu(x); f = h * y", x=0, y=3)
    page = page_of(f)
    page.click("#tab-check")
    rows = page.locator("#check-rows tbody tr[data-verdict], #check-edges tbody tr[data-verdict]")
    names = [row.split("\t")[0] for row in rows.all_inner_texts()]
    verdicts = [row.get_attribute("data-verdict") for row in rows.all()]
    assert dict(zip(names, verdicts, strict=True)) == {
        "∂f/∂x": "kink", "∂f/∂y": "ok", "∂f/∂h": "ok", "∂h/∂x": "kink",
    }  # fmt: skip
    assert len(names) == 5
    words = page.locator("#check-rows tr.words").inner_text()
    assert words == "∧ a kink: the slope is 0 on the left and 3 on the right, and any number between them will do"
    assert page.inner_text("#check-verdict") == "✓ All 5 derivatives agree with their differences."
    notes = page.locator(".note-check title").all_text_contents()
    assert len(notes) == 5
    assert any(note.startswith("∧ ≈") for note in notes)
    sizes = page.evaluate(
        "[...document.querySelectorAll('.note text')].map((text) => text.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 13
    page.click("#tab-inputs")
    assert page.locator(".note").count() == 0


@needs_browser
def test_the_check_follows_the_numbers(page_of):
    page = page_of(parse("f = relu(x)", x=1))
    page.click("#tab-check")
    assert page.locator('tr[data-verdict="kink"]').count() == 0
    page.click("#tab-inputs")
    page.fill('[aria-label="value of x"]', "0")
    page.click("#tab-check")
    assert page.locator('tr[data-verdict="kink"]').count() == 2
