"""Are the page's paths those of Python, in the same order and the same words?"""

import re

import pytest
import random_graphs
from browser import needs_browser
from page_in_node import evaluated, needs_node, sent
from several_places import TIES, tied

from tinygrad_edu import Value, chain_rule, parse
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import counted
from tinygrad_edu.steps.paths import LONGEST_LIST, LONGEST_PATH, LONGEST_SUM

LIMITS = {"list": LONGEST_LIST, "path": LONGEST_PATH, "sum": LONGEST_SUM}
TEXTS = """given.cases.map((nodes) => {
  const state = stateOf(nodes);
  const { names } = state.graph;
  return [...names.keys()].filter((node) => !state.graph.nodes[node].isConstant).map((node) => {
    const found = ways.waysFrom(state, node, given.limits);
    const paths = [];
    for (const path of found.paths()) if (paths.length < given.limits.list) paths.push(path); else break;
    const { count, isAbout } = ways.shownCount(found.count);
    const lines = paths.map((path) => [ways.namesOf(names[node], path, given.limits), ways.partsOf(path).join(" = ")]);
    return { name: names[node], count: found.count, told: (isAbout ? "about " : "") + count, lines, total: found.total,
      sum: ways.totalText(paths, found.total) };
  });
})"""


def in_page(values):
    return evaluated("ways", TEXTS, {"cases": [sent(value) for value in values], "limits": LIMITS})


def check_paths(value, found):
    trace = chain_rule(value)
    assert [each["name"] for each in found] == [node.name for node in trace.nodes if not node.is_constant]
    for each in found:
        explained = trace.explain(each["name"])
        assert int(each["count"]) == explained.count
        assert counted(explained.count, "path").startswith(each["told"] + " path")
        assert float(each["total"]) == pytest.approx(explained.total, rel=1e-12, abs=1e-12)
        lines = str(explained).splitlines()[1:]
        for (way, product), line in zip(each["lines"], lines, strict=False):
            assert line == f"  {way}:  {product}"
        if explained.count <= LONGEST_LIST:
            assert lines[-1] == f"total {each['sum']}"


@needs_node
def test_the_paths_of_random_graphs_are_pythons_word_for_word():
    values = [random_graphs.as_values(*random_graphs.seeded(seed, leaves=3, steps=8))[1] for seed in range(40)]
    for value, found in zip(values, in_page(values), strict=True):
        check_paths(value, found)


@needs_node
def test_a_node_at_several_places_has_a_path_through_each():
    values = [tied(name) for name in TIES]
    for value, found in zip(values, in_page(values), strict=True):
        check_paths(value, found)
    (found,) = in_page([parse("f = w * w", w=3)])
    assert [product for _, product in found[0]["lines"]] == ["∂f/∂(first factor) = 3", "∂f/∂(second factor) = 3"]
    assert found[0]["sum"] == "3 + 3 = 6"


def doubling(count):
    """A graph with 2 to the power of `count` paths from x to f."""
    value = Value(0.5, label="x")
    for _ in range(count):
        value = value + value
    return value


@needs_node
@pytest.mark.parametrize("count", [4, 20, 60, 2000])
def test_too_many_paths_are_counted_and_not_listed(count):
    value = doubling(count)
    (found,) = in_page([value]) if count <= 60 else (None,)
    if found:
        assert int(found[0]["count"]) == 2**count
        assert len(found[0]["lines"]) == min(2**count, LONGEST_LIST)
        assert found[0]["told"] == counted(2**count, "path").removesuffix(" paths")
        assert float(found[0]["total"]) == 2.0**count
        return
    script = "ways.shownCount(ways.waysFrom(stateOf(given.nodes), 0, given.limits).count)"
    told = evaluated("ways", script, {"nodes": sent(value), "limits": LIMITS})
    assert counted(2**count, "path") == f"about {told['count']} paths"
    assert told["isAbout"]


@needs_node
def test_the_output_has_one_path_to_itself_and_a_leaf_that_does_not_matter_none():
    (found,) = in_page([parse("f = x * y", x=2, y=3)])
    assert found[-1]["count"] == "1"
    assert found[-1]["lines"] == [["f", "1"]]
    assert len(Graph(parse("f = x * y", x=2, y=3)).nodes) == 3


# In the browser


def as_set(text):
    """A text with the names as they are set in mathematics: v1 as v₁."""
    return re.sub(r"(?<=[a-z])\d+", lambda digits: digits[0].translate(SUBSCRIPTS), text)


SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@needs_browser
def test_the_panel_lists_the_paths_and_one_that_is_pointed_at_lights_up(page_of):
    f = parse("u = w * w; f = tanh(u) * w + x", w=0.7, x=2)
    page = page_of(f)
    page.click("#tab-paths")
    explained = chain_rule(f).explain("w")
    assert page.inner_text("#paths-count") == "∂f/∂w: 3 paths from w to f"
    assert page.locator(".way").all_inner_texts() == [as_set(" → ".join(path.names)) for path in explained.paths]
    products = [part.replace("-", "−") for path in explained.paths for part in str(path).split(":  ")[1].split(" = ")]
    assert [line.removeprefix("= ") for line in page.locator(".product").all_inner_texts()] == list(
        map(as_set, products)
    )
    assert page.locator(".path .quiet").all_inner_texts() == [
        "through the first factor w of u", "through the second factor w of u",
    ]  # fmt: skip
    assert page.inner_text("#paths-total").replace("−", "-") == str(explained).splitlines()[-1].replace(
        "total", "∂f/∂w ="
    )
    for index, path in enumerate(explained.paths):
        page.locator(".path").nth(index).focus()
        assert page.locator(".arrow.lit").count() == len(path.edges)
        assert page.locator(".box.lit").count() == len(set(path.names))
    page.focus("#tab-paths")
    assert page.locator(".lit").count() == 0
    page.select_option("#paths-node", label="x")
    assert page.inner_text("#paths-count") == "∂f/∂x: 1 path from x to f"


@needs_browser
def test_very_many_paths_are_counted(page_of):
    page = page_of(doubling(60))
    page.click("#tab-paths")
    assert page.inner_text("#paths-count").endswith("about 1.2e18 paths from x to v₆₀")
    assert page.locator(".path").count() == LONGEST_LIST
    assert page.inner_text("#paths-list .more") == "… and about 1.2e18 more"
    assert page.inner_text("#paths-total") == "∂v₆₀/∂x = 1.153e18"


@needs_browser
def test_panels_write_names_as_the_stage_does(opened):
    lab = opened(parse("f = sigmoid((x1 + x2) * w1) * x1", x1=1, x2=2, w1=3))
    on_stage = {box["name"].split(" = ")[0] for box in lab.boxes().values()}
    assert {"x₁", "v₁"} <= on_stage
    for tab in ("paths", "order", "check", "downhill"):
        lab.page.click(f"#tab-{tab}")
        text = lab.text(f"#panel-{tab}")
        assert "x₁" in text
        assert not {word for word in ("x1", "w1", "v1", "v2") if word in text}, tab
    lab.page.click("#tab-predict")
    lab.page.click("#quiz-start")
    assert "∂f/∂v₃" in lab.text("#quiz-asked").replace(" ", "")
