"""Is the picture of the stage right, readable and in its place, whatever the graph and the screen?"""

import math
import random

import pytest
from browser import needs_browser
from contrast import contrast
from lab import SIZES, Lab
from page_engine import expression

from tinygrad_edu import chain_rule, nn, parse
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import show
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, SeedStep
from tinygrad_edu.viz import style

pytestmark = needs_browser

READABLE = 13  # px
WALL = (4000, 2600)  # px: here every graph of this file is drawn whole
POINTS = 1.5  # units of the stage for a point of viz.draw
LONG = "a_very_long_name_of_a_weight_in_the_first_layer"


def network():
    return (nn.MLP(2, [2, 1], seed=1)([1.0, -0.5]) - 1.0) ** 2


def random_graph(seed):
    case = expression(seed, steps=8)
    return parse(case["text"], **case["values"])


GRAPHS = {
    "lesson": lambda: parse("q = x + y; f = q * z", x=-2, y=5, z=-4),
    "neuron": lambda: parse("f = sigmoid(w0*x0 + w1*x1 + b)", w0=2, x0=-1, w1=-3, x1=-2, b=-3),
    "twice": lambda: parse("f = w*w", w=3),
    "four at once": lambda: parse("f = dot([w, w], [w, w])", w=-1.5),
    "paths": lambda: parse("a = w*x; f = relu(a + w)*a + w", w=2, x=-0.75),
    "constants": lambda: parse("f = 2*x + 3*x**2 - x/7 + 0.5", x=1.25),
    "network": network,
    "one leaf": lambda: parse("x", x=1.5),
    "long names": lambda: parse(f"{LONG} = 权重 * 输入之一; f = tanh({LONG}) + {LONG}", 权重=0.3, 输入之一=-1.5),
    "extreme": lambda: parse("q = x*y; f = q*z + 1e150*u", x=1e-150, y=-1.2345e-150, z=1e290, u=-1.23456e150),
    "small": lambda: parse("f = x*0.0004386 - y*1.234e-12", x=-0.0038431, y=-123456.789),
    "overflow": lambda: parse("f = x*y + z", x=1e200, y=-1e200, z=1.0),
    **{f"random {seed}": lambda seed=seed: random_graph(seed) for seed in (3, 11, 20)},
}


@pytest.fixture
def opened(opened):
    """Open the page of a Value, or of the graph of this name."""
    return lambda graph, **options: opened(GRAPHS[graph]() if isinstance(graph, str) else graph, **options)


@pytest.fixture(scope="module")
def kept(browser):
    """Pages of graphs for tests that only look at them, by the graph and the colour scheme."""
    labs = {}
    yield labs
    assert [complaint for lab in labs.values() for complaint in lab.close()] == []


@pytest.fixture
def looked_at(browser, kept):
    """A page of a graph at its beginning, in a window of this size; opened once for all tests that only look."""

    def looked_at(graph, size="laptop", scheme="light"):
        if (graph, scheme) not in kept:
            kept[graph, scheme] = Lab(browser, GRAPHS[graph](), color_scheme=scheme)
        lab = kept[graph, scheme]
        lab.resize(*{**SIZES, "wall": WALL}[size])
        lab.page.keyboard.press("Home")
        return lab

    return looked_at


def end_of(lab):
    lab.page.keyboard.press("End")


def rectangles(lab, selector):
    """The places of some elements on the screen: [left, top, right, bottom]."""
    return lab.page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)].map((each) => each.getBoundingClientRect())
          .map(({ left, top, right, bottom }) => [left, top, right, bottom])""",
        selector,
    )


def overlap(one, other):
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def is_inside(inner, outer, slack=1.0):
    starts = all(inner[side] >= outer[side] - slack for side in (0, 1))
    return starts and all(inner[side] <= outer[side] + slack for side in (2, 3))


# Texts


@pytest.mark.parametrize("graph", GRAPHS)
def test_no_text_leaves_its_box_at_any_step(looked_at, graph):
    lab = looked_at(graph)
    for _ in range(len(chain_rule(GRAPHS[graph]())) + 2):
        outside = lab.page.evaluate(
            """() => [...document.querySelectorAll("#scene .box")].flatMap((box) => {
              const frame = box.querySelector(".frame").getBBox();
              return [...box.querySelectorAll(":scope > text")].filter((text) => {
                const { x, y, width, height } = text.getBBox();
                const [right, bottom] = [frame.x + frame.width, frame.y + frame.height];
                return x < frame.x || y < frame.y || x + width > right || y + height > bottom;
              }).map((text) => text.textContent);
            })"""
        )
        assert outside == []
        lab.page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("graph", ["lesson", "neuron", "paths", "network", "small", "random 3"])
def test_every_letter_of_the_picture_can_be_read_at_first_sight(looked_at, graph, size):
    lab = looked_at(graph, size)
    end_of(lab)
    sizes = lab.page.evaluate(
        """() => [...document.querySelectorAll("#scene text")].filter((text) => text.textContent).map((text) =>
          parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""
    )
    assert min(sizes) >= READABLE - 0.01
    legend = lab.page.evaluate("parseFloat(getComputedStyle(document.getElementById('legend')).fontSize)")
    assert legend >= READABLE


def test_what_a_long_name_has_no_room_for_is_cut_and_said_by_a_screen_reader(looked_at):
    lab = looked_at("long names")
    names = [box["name"] for box in lab.boxes().values()]
    assert any(name.endswith("…") or "…" in name for name in names)
    assert all(len(name) < len(LONG) for name in names)


@pytest.mark.parametrize("graph", ["lesson", "paths", "network", "random 3"])
def test_at_every_step_each_box_shows_what_is_known(looked_at, graph):
    f = GRAPHS[graph]()
    trace = chain_rule(f)
    lab = looked_at(graph, "wall")
    for position in [*range(len(trace) + 2), *range(len(trace) + 1)[::-1]]:
        lab.step_to(position)
        done = trace.steps[:position]
        numbers = {step.node for step in done if isinstance(step, ForwardStep)}
        gradients = {len(trace.nodes) - 1: 1.0} if any(isinstance(step, SeedStep) for step in done) else {}
        gradients |= {step.argument_node: step.after for step in done if isinstance(step, EdgeStep)}
        found = lab.boxes()
        for index, node in enumerate(trace.nodes):
            if not node.is_constant:
                value = show(node.data) if index in numbers or not node.args else "—"
                gradient = show(gradients[index]) if index in gradients else "—"
                assert [found[f"n{index}"][key] for key in ("value", "gradient")] == [value, f"∂ {gradient}"]


# Places


@pytest.mark.parametrize("graph", ["lesson", "neuron", "twice", "paths", "constants", "one leaf"])
@pytest.mark.parametrize("size", ["laptop", "projector"])
def test_a_small_graph_is_in_sight_as_a_whole_and_fills_the_stage(looked_at, graph, size):
    lab = looked_at(graph, size)
    (stage,) = rectangles(lab, "#scene")
    assert all(is_inside(box, stage) for box in rectangles(lab, "#scene .frame"))


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_of_a_large_graph_the_boxes_of_each_step_are_in_sight(looked_at, size):
    f = network()
    lab = looked_at("network", size)
    for _ in range(len(chain_rule(f))):
        lab.page.keyboard.press("ArrowRight")
        (stage,) = rectangles(lab, "#scene")
        (box,) = rectangles(lab, "#scene .box.active .frame")
        assert is_inside(box, stage)


@pytest.mark.parametrize("graph", [name for name in GRAPHS if name != "one leaf"])
def test_each_arrow_begins_at_its_argument_and_ends_at_its_operation(looked_at, graph):
    lab = looked_at(graph, "wall")
    f = Graph(GRAPHS[graph]())
    ends = lab.page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("#scene .arrow")].map((arrow) => {
          const start = arrow.querySelector(".line").getPointAtLength(0);
          const head = arrow.querySelector(".head").transform.baseVal[0].matrix;
          return [arrow.dataset.id, [start.x, start.y, head.e, head.f]];
        }))"""
    )
    boxes = places_of_boxes(lab)
    expected = {f"e{user}-{position}" for user, args in enumerate(f.arguments) for position in range(len(args))}
    assert set(ends) == expected
    for name, (x1, y1, x2, y2) in ends.items():
        user, position = map(int, name[1:].split("-"))
        assert away_from_border(boxes[f"n{f.arguments[user][position]}"], x1, y1) < 2
        assert away_from_border(boxes[f"n{user}"], x2, y2) < 2


@pytest.mark.parametrize("graph", ["lesson", "paths", "four at once", "network"])
def test_what_has_passed_points_back_to_the_argument(looked_at, graph):
    """At each step an arrow along which something has flowed back has its head there, every other at the operation."""
    lab = looked_at(graph, "wall")
    f, steps = Graph(GRAPHS[graph]()), list(chain_rule(GRAPHS[graph]()))
    boxes = places_of_boxes(lab)
    for position in range(len(steps) + 2):
        lab.step_to(position)
        tips = lab.page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll("#scene .arrow")].map((arrow) => {
              const head = arrow.querySelector(".head[d], .back[d]");
              const { e, f } = head.transform.baseVal[0].matrix;
              return [arrow.dataset.id, [head.getAttribute("class"), e, f]];
            }))"""
        )
        passed = {
            (s.user_node, s.position) for s in steps[:position] if isinstance(s, EdgeStep) and s.contribution != 0
        }
        now = {(s.user_node, s.position) for s in steps[position - 1 : position] if isinstance(s, EdgeStep)}
        for name, (kind, x, y) in tips.items():
            user, place = map(int, name[1:].split("-"))
            is_back = (user, place) in passed | (now if position else set())
            assert kind == ("back" if is_back else "head")
            assert away_from_border(boxes[f"n{f.arguments[user][place] if is_back else user}"], x, y) < 2


def chain(length):
    text = "; ".join(f"h{i} = sigmoid(w{i} * h{i - 1})" for i in range(1, length))
    return parse(text, h0=2, **{f"w{i}": 0.5 + 0.1 * i for i in range(1, length)})


def samples():
    model = nn.MLP(2, [4, 1], seed=0)
    return nn.mse_loss([model([0.1 * i, 1 - 0.1 * i]) for i in range(20)], [1.0] * 20)


PARTS = {"chain": lambda: chain(7), "wide": lambda: parse(WIDE, **dict.fromkeys(NAMES, 0.5)), "samples": samples}
NAMES = [f"{letter}{number}" for letter in "abcdefgh" for number in range(1, 7)]
WIDE = " + ".join(f"{one} * tanh({other})" for one, other in zip(NAMES[::2], NAMES[1::2], strict=True))


@pytest.mark.parametrize("size", ["laptop", "tablet"])
@pytest.mark.parametrize("graph", ["chain", "wide"])
def test_of_a_graph_that_has_no_room_a_part_is_drawn_whole_and_under_nothing(opened, graph, size):
    lab = opened(PARTS[graph](), size=size)
    last = int(lab.page.get_attribute("#position", "max"))
    for position in range(0, last + 1, max(1, last // 12)):
        lab.page.evaluate(
            """(position) => { const field = document.getElementById("position"); field.value = position;
               field.dispatchEvent(new Event("input", { bubbles: true })); }""",
            position,
        )
        lab.rest()
        (scene,), (map_,) = rectangles(lab, "#scene"), rectangles(lab, "#minimap")
        for box in rectangles(lab, "#scene .box .frame"):
            assert is_inside(box, scene, slack=2)
            assert overlap(box, map_) == 0
        assert min(heights_of_letters(lab)) >= READABLE - 0.1


def heights_of_letters(lab):
    return lab.page.evaluate(
        """() => [...document.querySelectorAll("#scene .box text, #scene .chip:not(.empty) text")].map((text) =>
          parseFloat(getComputedStyle(text).fontSize) * Math.abs(text.getScreenCTM().a))"""
    )


def test_on_a_phone_the_overview_and_the_legend_lie_beside_the_graph(opened):
    lab = opened(PARTS["wide"](), size="phone")
    lab.step_to(30)
    (scene,), (map_,), (legend,) = (rectangles(lab, each) for each in ("#scene", "#minimap", "#legend"))
    assert overlap(scene, map_) == overlap(scene, legend) == overlap(map_, legend) == 0
    assert lab.page.evaluate("() => getComputedStyle(document.getElementById('scene')).overflow") == "hidden"


@pytest.mark.parametrize("size", ["laptop", "phone"])
@pytest.mark.parametrize("graph", ["neuron", "paths"])
def test_the_contribution_does_not_lie_on_the_label_of_its_arrow(looked_at, graph, size):
    lab = looked_at(graph, size)
    for _ in chain_rule(GRAPHS[graph]()):
        lab.page.keyboard.press("ArrowRight")
        for pill in rectangles(lab, "#scene .pill rect"):
            covered = [overlap(pill, chip) for chip in rectangles(lab, "#scene .chip.active:not(.empty) rect")]
            assert max(covered, default=0) < 30


def test_the_bold_titles_of_groups_have_room_in_their_boxes(opened):
    lab = opened(samples())
    assert "loss of sample" in " ".join(lab.page.locator("#scene .box.group .name").all_text_contents())
    rooms = lab.page.evaluate(
        """() => [...document.querySelectorAll("#scene .box.group, #scene .box.more")].map((box) =>
          box.querySelector(".frame").getBBox().width - box.querySelector(".name").getBBox().width)"""
    )
    assert min(rooms) >= 10


def places_of_boxes(lab):
    """In the units of the stage: {id: [left, top, right, bottom]}."""
    return lab.page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("#scene .box")].map((box) => {
          const { e, f } = box.transform.baseVal[0].matrix;
          const { width, height } = box.querySelector(".frame").getBBox();
          return [box.dataset.id, [e, f, e + width, f + height]];
        }))"""
    )


def away_from_border(box, x, y):
    left, top, right, bottom = box
    outside = math.hypot(max(left - x, 0, x - right), max(top - y, 0, y - bottom))
    inside = min(x - left, right - x, y - top, bottom - y)
    return outside if outside > 0 else inside


def test_arrows_between_the_same_boxes_are_kept_apart(looked_at):
    lab = looked_at("four at once")
    middles = lab.page.evaluate(
        """() => [...document.querySelectorAll("#scene .arrow .halo")].map((path) => {
          const { x, y } = path.getPointAtLength(path.getTotalLength() / 2);
          return [x, y];
        })"""
    )
    assert len(middles) == 4
    assert min(math.dist(one, other) for one in middles for other in middles if one is not other) > 10


@pytest.mark.parametrize("graph", [name for name in GRAPHS if name != "one leaf"])
@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_no_label_covers_a_box_or_another_label(looked_at, graph, size):
    lab = looked_at(graph, size)
    end_of(lab)
    labels = rectangles(lab, "#scene .chip:not(.empty)")
    boxes = rectangles(lab, "#scene .frame")
    assert labels
    for index, label in enumerate(labels):
        assert all(overlap(label, other) < 1 for other in [*boxes, *labels[:index]])


def test_the_boxes_stay_where_they_are_at_every_step(looked_at):
    lab = looked_at("small")
    places = places_of_boxes(lab)
    for _ in range(12):
        lab.page.keyboard.press("ArrowRight")
        assert places_of_boxes(lab) == places


def test_a_phone_reads_from_top_to_bottom_and_a_laptop_from_left_to_right(looked_at):
    for size, axis in (("laptop", 0), ("phone", 1)):
        boxes = places_of_boxes(looked_at("lesson", size))
        assert boxes["n0"][axis] < boxes["n2"][axis] < boxes["n4"][axis]


# Colours, dashes and thickness: those of viz.draw


@pytest.mark.parametrize("graph", ["lesson", "neuron", "paths", "constants", "network", "random 11", "random 20"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_arrows_have_the_pen_of_their_contribution(looked_at, graph, scheme):
    f = GRAPHS[graph]()
    trace = chain_rule(f)
    lab = looked_at(graph, "wall", scheme=scheme)
    end_of(lab)
    lines = lab.page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("#scene .arrow")].map((arrow) => {
          const { stroke, strokeWidth, strokeDasharray } = getComputedStyle(arrow.querySelector(".line"));
          return [arrow.dataset.id, { stroke, width: parseFloat(strokeWidth), dash: strokeDasharray }];
        }))"""
    )
    edges = [step for step in trace if isinstance(step, EdgeStep)]
    largest = max(abs(number) for number in (1.0, *trace.gradients.values()) if math.isfinite(number))
    dark = scheme == "dark"
    colors = {name: rgb(style.PAGE[name][dark]) for name in ("positive", "negative", "line-strong")}
    for edge in edges:
        line = lines[f"e{edge.user_node}-{edge.position}"]
        pen = style.LIGHT.pen(edge.contribution, largest)
        assert line["width"] == pytest.approx(POINTS * float(pen["penwidth"]), abs=0.01)
        sign = {style.POSITIVE: "positive", style.NEGATIVE: "negative", style.LIGHT.faint: "line-strong"}[pen["color"]]
        assert line["stroke"] == colors[sign]
        assert (line["dash"] != "none") == (pen["style"] == "dashed" or edge.contribution == 0)


def rgb(color):
    return f"rgb({', '.join(str(int(color[at : at + 2], 16)) for at in (1, 3, 5))})"


@pytest.mark.parametrize("graph", ["neuron", "network", "extreme", "random 3"])
def test_boxes_have_the_tint_of_their_gradient(looked_at, graph):
    f = GRAPHS[graph]()
    f.backward()
    nodes = Graph(f).nodes
    largest = max(abs(node.grad) for node in nodes if not node.is_constant and math.isfinite(node.grad))
    lab = looked_at(graph, "wall")
    end_of(lab)
    mixed = lab.page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("#scene .box:not(.constant)")].map((box) => {
          const [paper, tint] = [".paper", ".tint"].map((part) => getComputedStyle(box.querySelector(part)));
          const channels = (color) => color.match(/[\\d.]+/g).slice(0, 3).map(Number);
          const share = Number(tint.fillOpacity);
          const shown = share && tint.fill !== "none" ? channels(tint.fill) : channels(paper.fill);
          return [box.dataset.id, channels(paper.fill).map((each, at) => each + (shown[at] - each) * share)];
        }))"""
    )
    for index, node in enumerate(nodes):
        if not node.is_constant:
            expected = style.LIGHT.tint(node.grad, largest)
            wanted = [int(expected[at : at + 2], 16) for at in (1, 3, 5)]
            assert mixed[f"n{index}"] == pytest.approx(wanted, abs=0.75)


def test_a_forced_theme_holds_against_the_system(opened):
    lab = opened("lesson", color_scheme="dark")
    paper = "getComputedStyle(document.documentElement).getPropertyValue('--paper')"
    assert lab.page.evaluate(paper) == style.PAGE["paper"][1]
    for theme, side in (("light", 0), ("dark", 1)):
        lab.page.evaluate("(theme) => (document.documentElement.dataset.theme = theme)", theme)
        assert lab.page.evaluate(paper) == style.PAGE["paper"][side]


def test_letters_on_the_strongest_tint_can_be_read():
    for side in (0, 1):
        for sign in ("positive", "negative"):
            tint = style.mixed(style.PAGE["paper"][side], style.PAGE[sign][side], style.STRONGEST_TINT)
            for letters in (style.PAGE[f"{sign}-on-tint"][side], style.PAGE["ink"][side]):
                assert contrast(letters, tint) >= 4.5
            assert contrast(style.PAGE[f"on-{sign}"][side], style.PAGE[sign][side]) >= 4.5


def test_a_box_is_dashed_until_the_sweep_has_reached_it(looked_at):
    lab = looked_at("lesson")
    quiet = "[...document.querySelectorAll('#scene .box.quiet')].map((box) => box.dataset.id)"
    seen = []
    for _ in range(9):
        seen.append(lab.page.evaluate(quiet))
        lab.page.keyboard.press("ArrowRight")
    numbers = [["n2", "n4"], ["n4"], []]  # q, then f, get their numbers
    gradients = [["n0", "n1", "n2", "n3"], ["n0", "n1", "n3"], ["n0", "n1"], ["n1"], [], []]
    assert seen == [*numbers, *gradients]


def test_the_legend_names_only_what_there_is(opened):
    lab = opened("lesson")
    assert lab.text("#legend") == "not reached yet"
    end_of(lab)
    assert lab.text("#legend") == "positivenegativethicker: larger"
    lab.page.click("#language")
    assert lab.text("#legend") == "正负越粗越大"


# Arrivals


def test_a_shared_node_shows_each_arrival(opened):
    f = GRAPHS["paths"]()
    trace = chain_rule(f)
    lab = opened(f)
    dots = """(id) => [...document.querySelectorAll(`#scene .box[data-id="${id}"] .dot`)].map((dot) =>
      ["open", "positive", "negative", "neutral"].find((name) => dot.classList.contains(name)))"""
    signs = {}
    for position, step in enumerate(trace, 1):
        lab.step_to(position)
        if isinstance(step, EdgeStep):
            sign = "positive" if step.contribution > 0 else "negative" if step.contribution < 0 else "neutral"
            arrived = signs.setdefault(step.argument_node, [])
            arrived.append(sign)
            uses = len(arrived) + step.to_come
            expected = [*arrived, *["open"] * step.to_come] if uses > 1 else []
            assert lab.page.evaluate(dots, f"n{step.argument_node}") == expected
    assert max(map(len, signs.values())) == 3


def test_many_arrivals_are_counted(opened):
    lab = opened(parse(" + ".join(["x*x"] * 5), x=2))
    end_of(lab)
    assert lab.text('#scene .box[data-id="n0"] .count') == "10 of 10"


def test_where_nothing_passes_a_bar_is_across(opened):
    lab = opened(parse("f = relu(x)*y", x=-1, y=2))
    end_of(lab)
    stopped = lab.page.evaluate(
        """() => [...document.querySelectorAll("#scene .arrow")].filter((arrow) =>
          getComputedStyle(arrow.querySelector(".bar")).stroke !== "none").map((arrow) => arrow.dataset.id)"""
    )
    f = parse("f = relu(x)*y", x=-1, y=2)
    zero = {f"e{s.user_node}-{s.position}" for s in chain_rule(f) if isinstance(s, EdgeStep) and s.contribution == 0}
    assert set(stopped) == zero != set()
    assert "nothing passes" in lab.text("#legend")


def test_the_contribution_of_the_step_stands_beside_its_arrow(looked_at):
    trace = chain_rule(GRAPHS["neuron"]())
    lab = looked_at("neuron")
    for position, step in enumerate(trace, 1):
        lab.step_to(position)
        pills = [text.replace("−", "-") for text in lab.page.locator("#scene .pill").all_text_contents()]
        assert pills == ([show(step.contribution)] if isinstance(step, EdgeStep) else [])


# Motion


MOTION = 1600  # ms: longer than a step moves


def moving(opened, position, graph="paths", **options):
    """A page at a position, where nothing moves any more, with a clock that stands still."""
    lab = opened(graph, **{"reduced_motion": "no-preference", **options})
    lab.stop_the_clock()
    for _ in range(position):
        lab.page.keyboard.press("ArrowRight")
    lab.page.clock.run_for(MOTION)
    return lab


def watched_motion(lab, key):
    """Press a key; then, frame by frame, where the pill is and what the boxes show."""
    lab.page.evaluate(
        """(key) => {
          window.frames_seen = [];
          document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
          const look = () => {
            const pill = document.querySelector("#scene .pill")?.getCTM();
            const dots = document.querySelectorAll("#scene .mover").length;
            const gradients = Object.fromEntries([...document.querySelectorAll("#scene .box")].map((box) =>
              [box.dataset.id, box.querySelector(".gradient")?.textContent.replaceAll("−", "-")]));
            window.frames_seen.push({ pill: pill && [pill.e, pill.f], dots, gradients });
            requestAnimationFrame(look);
          };
          look();
        }""",
        key,
    )
    lab.page.clock.run_for(MOTION)
    return lab.page.evaluate("window.frames_seen")


def test_a_contribution_travels_from_the_operation_to_the_argument_and_is_then_added(opened):
    f = GRAPHS["paths"]()
    trace = chain_rule(f)
    added = [step for step in trace if isinstance(step, EdgeStep) and step.before not in (0.0, step.after)]
    step, position = added[0], list(trace).index(added[0]) + 1
    lab = moving(opened, position - 1)
    boxes = dict(zip(lab.boxes(), rectangles(lab, "#scene .box .frame"), strict=True))
    frames = watched_motion(lab, "ArrowRight")
    assert lab.position == position
    argument, user = f"n{step.argument_node}", f"n{step.user_node}"
    away = [math.dist(frame["pill"], middle(lab, argument)) for frame in frames if frame["pill"]]
    assert away[0] > 0.6 * math.dist(middle(lab, user), middle(lab, argument)) > away[len(away) // 2]
    shown = list(dict.fromkeys(frame["gradients"][argument] for frame in frames))
    assert [shown[0], shown[-1]] == [f"∂ {show(step.before)}", f"∂ {show(step.after)}"]
    between = [float(text.removeprefix("∂ ")) for text in shown]
    assert len(between) > 2
    assert between == sorted(between, reverse=step.contribution < 0)
    assert boxes.keys() == lab.boxes().keys()


def middle(lab, box):
    """The middle of a box, in the coordinates of the stage on the screen."""
    return lab.page.evaluate(
        """(id) => {
          const frame = document.querySelector(`#scene .box[data-id="${id}"] .frame`);
          const { a, e, f } = frame.getCTM();
          const { width, height } = frame.getBBox();
          return [e + (a * width) / 2, f + (a * height) / 2];
        }""",
        box,
    )


def test_forward_a_dot_runs_along_each_arrow_into_the_operation(opened):
    frames = watched_motion(moving(opened, 0), "ArrowRight")
    assert [frames[0]["dots"], frames[-1]["dots"]] == [2, 0]


@pytest.mark.parametrize("key", ["ArrowLeft", "Home", "End"])
def test_going_back_or_jumping_moves_nothing(opened, key):
    lab = moving(opened, 9)
    frames = watched_motion(lab, key)
    assert all(frame["pill"] == frames[0]["pill"] and not frame["dots"] for frame in frames)
    assert len({str(frame["gradients"]) for frame in frames}) == 1


def test_nothing_moves_for_a_reader_who_asks_for_less_motion(opened):
    lab = moving(opened, 9, reduced_motion="reduce")
    frames = watched_motion(lab, "ArrowRight")
    assert lab.position == 10
    assert frames[0]["pill"]
    assert all(frame["pill"] == frames[0]["pill"] and not frame["dots"] for frame in frames)
    assert len({str(frame["gradients"]) for frame in frames}) == 1


def test_steps_in_quick_succession_end_at_the_right_numbers(opened):
    f = GRAPHS["paths"]()
    lab = moving(opened, len(chain_rule(f)) + 1, f)
    f.backward()
    assert [box["gradient"] for box in lab.boxes().values()] == [f"∂ {show(node.grad)}" for node in Graph(f).nodes]


def test_pointing_at_a_box_does_not_stop_what_moves(opened):
    lab = moving(opened, 9)
    moves = lab.page.evaluate(
        """() => {
          document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
          const box = document.querySelector("#scene .box");
          box.dispatchEvent(new PointerEvent("pointerover", { bubbles: true, pointerType: "mouse" }));
          return document.querySelectorAll("#scene .trail").length;
        }"""
    )
    assert (lab.position, moves) == (10, 1)


# Looking around


def scale(lab):
    return lab.page.evaluate("document.getElementById('scene').getScreenCTM().a")


def seen(lab):
    return lab.page.get_attribute("#scene", "viewBox")


def test_the_wheel_zooms_at_the_pointer(opened):
    lab = opened("neuron")
    (box, *_) = rectangles(lab, '#scene .box[data-id="n2"] .frame')
    point = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]
    before = scale(lab)
    lab.page.mouse.move(*point)
    lab.page.mouse.wheel(0, -300)
    zoomed = "(before) => document.getElementById('scene').getScreenCTM().a > before * 1.2"
    lab.page.wait_for_function(zoomed, arg=before)
    (box, *_) = rectangles(lab, '#scene .box[data-id="n2"] .frame')
    assert [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] == pytest.approx(point, abs=1)


def test_keys_and_buttons_zoom_and_fit(opened):
    lab = opened("neuron")
    first, fitting = scale(lab), seen(lab)
    lab.page.keyboard.press("+")
    assert scale(lab) == pytest.approx(first * 1.25, rel=1e-3)
    lab.page.keyboard.press("-")
    lab.page.keyboard.press("-")
    assert scale(lab) == pytest.approx(first / 1.25, rel=1e-3)
    lab.page.keyboard.press("0")
    assert seen(lab) == fitting
    for name, factor in (("Zoom in (+)", 1.25), ("Zoom out (−)", 1.0)):
        lab.page.get_by_role("button", name=name).click()
        assert scale(lab) == pytest.approx(first * factor, rel=1e-3)
    lab.page.get_by_role("button", name="Show everything (0)").click()
    assert seen(lab) == fitting


def test_a_key_in_the_formula_box_does_not_zoom(opened):
    lab = opened("neuron")
    before = seen(lab)
    lab.page.focus("#formula")
    lab.page.keyboard.press("Shift+ArrowRight")
    lab.page.keyboard.press("0")
    assert seen(lab) == before


def test_a_drag_pans_and_is_no_click(opened):
    lab = opened("neuron")
    (box, *_) = rectangles(lab, '#scene .box[data-id="n0"] .frame')
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    lab.page.mouse.move(x + 60, y + 40, steps=4)
    lab.page.mouse.up()
    (moved, *_) = rectangles(lab, '#scene .box[data-id="n0"] .frame')
    assert [moved[0] - box[0], moved[1] - box[1]] == pytest.approx([60, 40], abs=1)
    assert lab.position == 0


def test_shift_and_an_arrow_pan_and_do_not_step(opened):
    lab = opened("neuron")
    lab.step_to(3)
    before = rectangles(lab, "#scene .frame")[0]
    lab.page.keyboard.press("Shift+ArrowRight")
    after = rectangles(lab, "#scene .frame")[0]
    assert lab.position == 3
    assert after[0] < before[0] - 40


def test_after_a_resize_everything_is_in_sight_again(opened):
    lab = opened("neuron")
    for width, height in ((1920, 1080), (1280, 800)):
        lab.resize(width, height)
        (stage,) = rectangles(lab, "#scene")
        boxes = rectangles(lab, "#scene .frame")
        assert all(is_inside(box, stage) for box in boxes)
    zoomed = scale(lab)
    lab.page.keyboard.press("+")
    lab.resize(1440, 900)
    assert scale(lab) == pytest.approx(zoomed * 1.25, rel=1e-3)  # what the reader chose stays


def test_two_fingers_pinch(opened):
    lab = opened("neuron", has_touch=True)
    before = scale(lab)
    client = lab.page.context.new_cdp_session(lab.page)
    (stage,) = rectangles(lab, "#scene")
    x, y = (stage[0] + stage[2]) / 2, (stage[1] + stage[3]) / 2

    def touch(kind, apart):
        points = [] if apart is None else [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 50)
    for apart in range(55, 101, 5):
        touch("touchMove", apart)
    touch("touchEnd", None)
    assert scale(lab) == pytest.approx(2 * before, rel=0.15)


# Pointing and choosing


def test_pointing_at_a_node_lights_all_its_paths_to_the_output(opened):
    f = Graph(network())
    lab = opened(network())
    lab.resize(*WALL)
    rng = random.Random(0)
    lab.page.keyboard.press("End")
    for node in rng.sample([i for i, each in enumerate(f.nodes) if not each.is_constant], 5):
        lab.page.evaluate(
            """(id) => document.querySelector(`#scene .box[data-id="${id}"]`).dispatchEvent(
              new PointerEvent("pointerover", { bubbles: true, pointerType: "mouse" }))""",
            f"n{node}",
        )
        reached = {node}
        for user, args in enumerate(f.arguments):
            reached |= {user} if reached & set(args) else set()
        lit = set(lab.page.evaluate("[...document.querySelectorAll('#scene .lit')].map((each) => each.dataset.id)"))
        arrows = {f"e{u}-{p}" for u, args in enumerate(f.arguments) for p, arg in enumerate(args) if arg in reached}
        assert lit == {f"n{each}" for each in reached} | arrows


def test_leaving_a_node_lights_everything_again(opened):
    lab = opened("neuron")
    lab.page.hover('#scene .box[data-id="n0"]')
    assert lab.page.locator("#scene.pointing").count() == 1
    lab.page.mouse.move(5, 300)
    assert lab.page.locator("#scene.pointing").count() == 0


def test_a_click_leads_to_the_next_step_of_a_node(opened):
    f = GRAPHS["paths"]()
    steps = chain_rule(f).steps
    lab = opened(f)
    w = next(index for index, node in enumerate(Graph(f).nodes) if node.label == "w")
    about = [index for index, step in enumerate(steps, 1) if isinstance(step, EdgeStep) and step.argument_node == w]
    for position in [*about, about[0]]:
        lab.page.click(f'#scene .box[data-id="n{w}"]')
        assert lab.position == position


@pytest.mark.parametrize("key", ["Enter", " "])
def test_a_node_is_a_button_for_the_keyboard(opened, key):
    lab = opened("lesson")
    box = lab.page.locator('#scene .box[data-id="n2"]')
    box.focus()
    assert box.get_attribute("role") == "button"
    assert lab.page.get_by_role("button", name="q = x + y").count() == 1
    lab.page.keyboard.press(key)
    assert lab.position == 1
    assert lab.page.get_attribute("#play", "data-playing") == "false"
    assert box.get_attribute("aria-description") == "value 3, gradient —"
    lab.page.keyboard.press("ArrowRight")
    assert lab.position == 2
    assert lab.page.evaluate("document.activeElement.dataset.id") == "n2"  # the focus stays through a step


# Notes of other panels


@pytest.mark.parametrize("tab", ["order", "check"])
@pytest.mark.parametrize("graph", ["paths", "neuron"])
def test_notes_can_be_read_and_cover_no_number(opened, tab, graph):
    lab = opened(graph)
    end_of(lab)
    lab.page.click(f"#tab-{tab}")
    notes = rectangles(lab, "#scene .note rect")
    texts = rectangles(lab, "#scene .box > text, #scene .chip:not(.empty, .crowded) rect")
    assert notes or tab == "order"
    assert all(overlap(note, text) < 1 for note in notes for text in texts)
    letters = """() => [...document.querySelectorAll("#scene .note text")].map((text) =>
      parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""
    assert min(lab.page.evaluate(letters), default=READABLE) >= READABLE - 0.01


# Groups


def test_a_neuron_opens_in_a_frame_that_folds_it_again(opened):
    lab = opened(nn.MLP(3, [4, 4, 1], seed=0)([1.0, 2.0, 3.0]), size="projector")
    end_of(lab)
    groups = lab.page.locator("#scene .box.group")
    folded = groups.count()
    name = groups.nth(1).locator(".name").text_content()
    groups.nth(1).click()
    assert lab.text("#scene .open-group .name") == name
    (frame,) = rectangles(lab, "#scene .open-group .around")
    inside = [box for box in rectangles(lab, "#scene .box:not(.group) .frame") if is_inside(box, frame)]
    outside = [box for box in rectangles(lab, "#scene .box.group .frame") if overlap(box, frame) < 1]
    assert len(inside) >= 5
    assert len(outside) == groups.count() == folded - 1
    fold = lab.page.locator("#scene .open-group .fold")
    assert fold.get_attribute("aria-label") == f"Fold {name}"
    fold.focus()
    lab.page.keyboard.press("Enter")
    assert (groups.count(), lab.page.locator("#scene .open-group").count()) == (folded, 0)


# Presenting


def test_a_presentation_shows_only_the_stage_and_the_step_in_large_letters(opened):
    lab = opened("paths")
    before = scale(lab)
    letters = "parseFloat(getComputedStyle(document.getElementById('sentence')).fontSize)"
    usual = lab.page.evaluate(letters)
    lab.page.click("#present")
    shown = {name: lab.page.is_visible(f"#{name}") for name in ("stage", "card", "bar", "transport", "tabs", "panels")}
    assert shown == {"stage": True, "card": True, "bar": False, "transport": False, "tabs": False, "panels": False}
    assert scale(lab) > 1.1 * before
    assert lab.page.evaluate(letters) > 1.2 * usual
    lab.page.keyboard.press("ArrowRight")
    assert lab.position == 1
    lab.page.keyboard.press("Escape")
    assert lab.page.is_visible("#bar")
    assert lab.page.is_visible("#transport")
    lab.page.click("#present")
    lab.page.get_by_role("button", name="End the presentation (Esc)").click()
    assert lab.page.is_visible("#bar")


def test_the_full_screen_is_a_button(opened):
    lab = opened("neuron")
    button = lab.page.get_by_role("button", name="Full screen")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    lab.page.wait_for_selector("#stage-tools [aria-pressed=true]")  # told by an event after the screen is full
    assert lab.page.evaluate("document.fullscreenElement !== null")
    button.click()
    lab.page.wait_for_selector("#stage-tools [aria-pressed=false]")


# Numbers that change


def test_other_numbers_are_drawn_in_the_same_picture_and_a_box_never_shrinks(opened):
    lab = opened("neuron")
    field = lab.page.locator("#panels input[type=text]").first

    def enter(number):
        field.focus()
        field.press("Control+a")
        field.press_sequentially(number)
        assert str(number) in [box["value"] for box in lab.boxes().values()]
        return places_of_boxes(lab)

    enter("2")
    wide = enter("-1.234e-12")
    lab.page.evaluate("document.querySelector('#scene .box').dataset.mark = 'same'")
    assert enter("2") == enter("-1.234e-12") == wide
    assert lab.page.locator("#scene .box[data-mark=same]").count() == 1
