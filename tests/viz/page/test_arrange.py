"""Does what is drawn fit the stage, at every step, and is it the same whatever way one came?"""

import itertools
import random

import pytest
from browser import needs_browser
from lab import SIZES, Lab
from page_in_node import evaluated, needs_node
from sampling import long_case, sample

from tinygrad_edu import Value, nn, parse
from tinygrad_edu.viz.page.menu import EXAMPLES

READABLE = 13  # px
MOST = 30  # steps that are looked at; of more, as many drawn ones
SHOWN = """() => {
  const place = (each) => {
    const { left, top, right, bottom } = each.getBoundingClientRect();
    return [left, top, right, bottom];
  };
  const drawn = [...document.querySelectorAll("#scene *")].filter((each) => each.checkVisibility());
  const all = (selector) => drawn.filter((each) => each.matches(selector));
  const size = (each) => parseFloat(getComputedStyle(each).fontSize) * Math.abs(each.getScreenCTM().a);
  const letters = all("text").filter((each) => each.textContent);
  const map = document.getElementById("minimap");
  return {
    boxes: all(".box").map((each) => [each.dataset.id, place(each.querySelector(".frame"))]),
    labels: all(".chip:not(.empty) rect, .pill rect").map(place).filter(([left, , right]) => right > left),
    more: all(".box.more").length,
    letters: Math.min(...letters.map(size)),
    stage: place(document.getElementById("scene")),
    map: map.checkVisibility() ? place(map) : null,
    view: document.getElementById("scene").getAttribute("viewBox"),
  };
}"""


def example(name):
    return parse(EXAMPLES[name].text, **EXAMPLES[name].values)


def network(*sizes):
    xs = [Value(0.5 - 0.75 * i, label=f"x{i + 1}") for i in range(sizes[0])]
    return nn.MLP(sizes[0], list(sizes[1:]), seed=0)(xs)


def loss(samples):
    X, y = nn.datasets.moons(samples, seed=0)
    model = nn.MLP(2, [16, 16, 1], seed=0)
    return nn.hinge_loss([model(x) for x in X], [2 * each - 1 for each in y])


def dots():
    ws, xs = ([f"{letter}{i}" for i in range(1, 16)] for letter in "wx")
    return parse(f"dot([{', '.join(ws)}], [{', '.join(xs)}])", **dict.fromkeys([*ws, *xs], 0.5))


def shared(seed):
    """Operations that use what came before, again and again; some with numbers that need much room."""
    rng = random.Random(seed)
    values = [Value(rng.choice([-1.5, 0.0, 1e-7, -12345.678]), label=f"x{i}") for i in range(4)]
    for _ in range(30):
        one, other = rng.sample(values[-9:], 2) if len(values) > 8 else rng.sample(values, 2)
        values.append(rng.choice([lambda a, b: a * b, lambda a, b: a + b, lambda a, _: a.tanh()])(one, other))
    return sum(values[-3:], values[0])


GRAPHS = {
    "circuit": lambda: example("circuit"),
    "neuron": lambda: example("neuron"),
    "twice": lambda: example("twice"),
    "network": lambda: example("network"),
    "vanishing": lambda: example("vanishing"),
    "mlp 3-4-4-1": lambda: network(3, 4, 4, 1),
    "mlp 2-16-16-1": lambda: network(2, 16, 16, 1),
    "loss of 100": lambda: loss(100),
    "dots": dots,
    "shared": lambda: shared(0),
    "shared, too": lambda: shared(1),
}
FEW = ["network", "vanishing"]
BY_SIZE = [(graph, size) for graph in FEW for size in SIZES if size != "laptop"]
OTHERS = [("loss of 100", "projector"), ("dots", "laptop"), ("shared", "tablet"), ("mlp 3-4-4-1", "phone")]


@pytest.fixture(scope="module")
def kept(browser):
    """One page for each graph."""
    labs = {}

    def opened(name):
        if name not in labs:
            labs[name] = Lab(browser, GRAPHS[name]())
        return labs[name]

    yield opened
    assert [complaint for lab in labs.values() for complaint in lab.close()] == []


def resize(lab, size):
    lab.resize(*SIZES[size])


def go_to(lab, position):
    """In one move, by the timeline."""
    lab.page.evaluate(
        """(position) => { const field = document.getElementById("position"); field.value = position;
           field.dispatchEvent(new Event("input", { bubbles: true })); }""",
        position,
    )
    lab.rest()


def shown(lab):
    return lab.page.evaluate(SHOWN)


def last(lab):
    return int(lab.page.get_attribute("#position", "max"))


def is_inside(inner, outer, slack=1.0):
    starts = all(inner[side] >= outer[side] - slack for side in (0, 1))
    return starts and all(inner[side] <= outer[side] + slack for side in (2, 3))


def overlap(one, other):
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


# Nothing runs out


CASES = list(itertools.product(GRAPHS, SIZES))
FIRST = [case for case in CASES if case[0] in FEW]


@needs_browser
@pytest.mark.parametrize(
    ("graph", "size"), [case if case in FIRST else long_case(case) for case in CASES], ids=lambda each: str(each)
)
def test_at_every_step_all_that_is_drawn_is_on_the_stage_and_can_be_read(kept, graph, size):
    lab = kept(graph)
    resize(lab, size)
    end = last(lab)
    steps = range(end + 1) if end < MOST else sorted(random.Random(0).sample(range(end + 1), MOST))
    for position in steps:
        go_to(lab, position)
        found = shown(lab)
        outside = [name for name, place in found["boxes"] if not is_inside(place, found["stage"])]
        assert outside == [], position
        assert all(is_inside(place, found["stage"], slack=3) for place in found["labels"]), position
        if found["map"]:
            assert [name for name, place in found["boxes"] if overlap(place, found["map"]) > 1] == [], position
        assert (found["map"] is not None) == (found["more"] > 0)
        assert found["letters"] >= READABLE - 0.1


@needs_browser
@pytest.mark.parametrize(
    ("graph", "size", "least"),
    [
        ("neuron", "tablet", 10),  # all of it
        ("vanishing", "projector", 16),  # all of it
        ("vanishing", "laptop", 12),
        ("vanishing", "tablet", 6),
        ("network", "projector", 8),
        ("loss of 100", "laptop", 6),
    ],
)
def test_as_much_is_drawn_as_can_be_read(kept, graph, size, least):
    lab = kept(graph)
    resize(lab, size)
    for position in range(0, min(last(lab), 75) + 1, 3):
        go_to(lab, position)
        found = shown(lab)
        assert len(found["boxes"]) - found["more"] >= least


# The same, whatever way one came


def looks(lab, position):
    """What is drawn at a position, and where the camera is."""
    found = shown(lab)
    assert lab.position == position
    return sorted((name, [round(side, 1) for side in place]) for name, place in found["boxes"]), found["view"]


@needs_browser
@pytest.mark.parametrize(
    ("graph", "size"), [*[(graph, "laptop") for graph in FEW], *sample([*BY_SIZE, *OTHERS], few=0)]
)
def test_the_same_step_is_the_same_picture_whatever_way_one_came(browser, kept, graph, size):
    lab = kept(graph)
    resize(lab, size)
    end = min(last(lab), 76)
    rng = random.Random(f"{graph} {size}")
    wanted = sorted(rng.sample(range(1, end), 6))

    def press(key, position):
        lab.page.keyboard.press(key)
        assert lab.position == position
        lab.rest()
        if position in wanted:
            found.setdefault(position, []).append(looks(lab, position))

    found = {}
    lab.page.keyboard.press("Home")
    for position in range(1, end + 1):
        press("ArrowRight", position)
    for position in range(end - 1, 0, -1):
        press("ArrowLeft", position)
    for position in rng.sample(wanted, len(wanted)):
        go_to(lab, position)
        found[position].append(looks(lab, position))
        lab.page.click("#theme") if lab.page.is_visible("#theme") else None
        lab.rest()
        found[position].append(looks(lab, position))
        resize(lab, "tablet" if size != "tablet" else "phone")
        resize(lab, size)
        found[position].append(looks(lab, position))
    for position in wanted[::3]:
        other = Lab(browser, GRAPHS[graph](), size=size, address=f"#step={position}")
        found[position].append(looks(other, position))
        assert other.close() == []
    for position, all_looks in found.items():
        assert all(each == all_looks[0] for each in all_looks), position


@needs_browser
def test_numbers_that_were_wide_leave_no_trace_after_the_next_step(opened):
    text, values = EXAMPLES["network"].text, EXAMPLES["network"].values
    lab = opened(parse(text, **values))
    field = lab.page.locator("#panels input[type=text]").first
    for number in ("-1.2345e-12", "0.05"):
        field.focus()
        field.press("Control+a")
        field.press_sequentially(number)
    assert lab.page.evaluate("document.activeElement.blur()") is None
    lab.page.keyboard.press("ArrowRight")
    lab.rest()
    fresh = opened(parse(text, **values))
    fresh.page.keyboard.press("ArrowRight")
    fresh.rest()
    assert looks(lab, 1) == looks(fresh, 1)


# Rows


def line_of(rng):
    """A layout of columns of boxes, each with a leaf or two beside the one that the line runs through."""
    nodes, arrows, x, main = {}, [], 0.0, None
    for column in range(rng.randint(2, 14)):
        width = rng.uniform(60, 200)
        names = [f"b{column}_{place}" for place in range(rng.randint(1, 3))]
        for place, name in enumerate(names):
            nodes[name] = {"x": x + width / 2, "y": 60 + 120 * place, "width": width, "height": 88}
        users = [] if main is None else [(before, names[0]) for before in (main if rng.random() < 0.5 else main[:1])]
        arrows += [
            {"id": f"a{len(arrows) + index}", "from": one, "to": other} for index, (one, other) in enumerate(users)
        ]
        main, x = names, x + width + 80
    edges = {}
    for arrow in arrows:
        one, other = nodes[arrow["from"]], nodes[arrow["to"]]
        start, end = one["x"] + one["width"] / 2, other["x"] - other["width"] / 2
        edges[arrow["id"]] = [
            {"x": start + (end - start) * t, "y": one["y"] + (other["y"] - one["y"]) * t} for t in (0, 1 / 3, 2 / 3, 1)
        ]
    return {
        "layout": {"width": x - 80, "height": 420, "nodes": list(nodes.items()), "edges": list(edges.items())},
        "arrows": arrows,
        "stage": {"width": rng.uniform(300, 1500), "height": rng.uniform(200, 900)},
    }


@needs_node
def test_a_line_goes_on_in_rows_and_every_arrow_still_joins_its_boxes():
    rng = random.Random(5)
    cases = [line_of(rng) for _ in range(60)]
    script = """given.map(({ layout, arrows, stage }) => rows.inRows(
      { ...layout, nodes: new Map(layout.nodes), edges: new Map(layout.edges) }, arrows, stage))"""
    cut = 0
    for case, found in zip(cases, evaluated("rows", script, cases), strict=True):
        if found is None:
            continue
        cut += 1
        boxes, edges = dict(found["nodes"]), dict(found["edges"])
        assert boxes.keys() == dict(case["layout"]["nodes"]).keys()
        places = [
            (b["x"] - b["width"] / 2, b["y"] - b["height"] / 2, b["x"] + b["width"] / 2, b["y"] + b["height"] / 2)
            for b in boxes.values()
        ]
        assert all(overlap(one, other) == 0 for one, other in itertools.combinations(places, 2))
        world = (0, 0, found["width"], found["height"])
        assert all(is_inside(place, world, slack=1e-6) for place in places)
        for arrow in case["arrows"]:
            points = edges[arrow["id"]]
            one, other = boxes[arrow["from"]], boxes[arrow["to"]]
            assert points[0]["x"] == pytest.approx(one["x"] + one["width"] / 2)
            assert points[-1]["x"] == pytest.approx(other["x"] - other["width"] / 2)
            assert abs(points[-1]["y"] - other["y"]) <= 13
            assert all(is_inside((p["x"], p["y"], p["x"], p["y"]), world, slack=1e-6) for p in points)
            turned = points[-1]["y"] - points[0]["y"] > 200 and points[-1]["x"] < points[0]["x"]
            assert not turned or len(points) > 4
    assert cut > 20


@needs_node
def test_a_graph_that_is_no_line_is_not_cut():
    names = ["b0", "b1", "b2", "b3", "b4", "b5"]
    nodes = [
        [name, {"x": 100 * (i // 3), "y": 100 * (i % 3), "width": 60, "height": 60}] for i, name in enumerate(names)
    ]
    arrows = [{"id": f"a{i}{j}", "from": f"b{i}", "to": f"b{j + 3}"} for i in range(3) for j in range(3)]
    edges = [[arrow["id"], [{"x": 0, "y": 0}] * 4] for arrow in arrows]
    layout = {"width": 160, "height": 260, "nodes": nodes, "edges": edges}
    script = """rows.inRows({ ...given.layout, nodes: new Map(given.layout.nodes), edges: new Map(given.layout.edges) },
      given.arrows, { width: 50, height: 50 })"""
    assert evaluated("rows", script, {"layout": layout, "arrows": arrows}) is None
