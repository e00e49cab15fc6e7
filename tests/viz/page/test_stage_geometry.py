"""Do the parts of the stage that need no browser compute the right places, views and strengths?"""

import itertools
import math
import random

import pytest
from page_engine import expression
from page_in_node import evaluated, needs_node, sent
from sampling import sample

from tinygrad_edu import chain_rule, parse
from tinygrad_edu.graph import Graph
from tinygrad_edu.steps.trace import EdgeStep
from tinygrad_edu.viz import style

pytestmark = needs_node

ODD = [0.0, -0.0, 1e-300, -1e300, math.inf, -math.inf, math.nan, 1.0, -1.0, 5e-324]


def as_js(number):
    """A number as JSON can hold it, for `Number` to read."""
    return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(number, "NaN" if number != number else number)


# Pens: the law of viz/style.py


def test_the_law_of_colours_and_pens_is_that_of_python():
    rng = random.Random(0)
    cases = [(a, b) for a in ODD for b in (0.0, 1.0, 1e-300, 1e300)]
    cases += [(rng.gauss(0, 1) * 10 ** rng.uniform(-9, 9), 10 ** rng.uniform(-9, 9)) for _ in range(500)]
    script = """given.cases.map(([number, largest]) => [pens.signOf(Number(number)),
      pens.tintOf(Number(number), largest, given.law), pens.widthOfPen(Number(number), largest, given.law)])"""
    given = {"law": style.law(), "cases": [[as_js(number), largest] for number, largest in cases]}
    for (number, largest), (sign, tint, width) in zip(cases, evaluated("pens", script, given), strict=True):
        pen = style.LIGHT.pen(number, largest)
        colors = {"positive": style.POSITIVE, "negative": style.NEGATIVE, "neutral": style.LIGHT.faint}
        assert pen["color"] == colors[sign]
        assert width == pytest.approx(1.5 * float(pen["penwidth"]), abs=0.01)
        if sign != "neutral":
            assert style.mixed(style.PAPER, colors[sign], tint) == style.LIGHT.tint(number, largest)


# What an arrow carries


@pytest.mark.parametrize("seed", sample(range(12), few=4))
def test_what_arrows_carry_and_what_has_arrived_is_the_trace(seed):
    case = expression(seed, steps=6)
    f = parse(case["text"], **case["values"])
    trace = chain_rule(f)
    edges = [[u, p] for u, args in enumerate(Graph(f).arguments) for p in range(len(args))]
    script = """(() => {
      const { graph, steps } = stateOf(given.nodes);
      return Array.from({ length: steps.length + 2 }, (_, position) => {
        const state = { graph, steps, position, asked: null };
        const values = frame.frameOf(state).values;
        return {
          carried: given.edges.map(([user, position]) =>
            flow.carriedBy([{ user, position, argument: graph.args[user][position] }], state, values)),
          arrivals: graph.nodes.map((_, node) => flow.arrivalsOf(state, node)),
        };
      });
    })()"""
    frames = evaluated("flow frame", script, {"nodes": sent(f), "edges": edges})
    assert len(frames) == len(trace) + 2
    for position, frame in enumerate(frames):
        done = trace.steps[:position]
        passed = {(s.user_node, s.position): s for s in done if isinstance(s, EdgeStep)}
        for (user, place), carried in zip(edges, frame["carried"], strict=True):
            step = passed.get((user, place))
            assert (carried["contribution"] is None) == (step is None)
            if step:
                assert float(carried["contribution"]) == pytest.approx(step.contribution, rel=1e-9, nan_ok=True)
                assert carried["isStopped"] == (step.contribution == 0)
        for node, arrivals in enumerate(frame["arrivals"]):
            arrived = [s.contribution for s in done if isinstance(s, EdgeStep) and s.argument_node == node]
            assert [a is not None for a in arrivals] == [True] * len(arrived) + [False] * (len(arrivals) - len(arrived))
    ends = [(s.user_node, s.position) for s in trace if isinstance(s, EdgeStep)]
    for index, carried in enumerate(frames[-1]["carried"]):
        assert carried["isQuiet"] == (tuple(edges[index]) not in ends)


def test_an_arrow_of_many_edges_carries_the_strongest():
    f = parse("f = dot([w, w, w], [x, y, z])", w=2.0, x=0.5, y=-3.0, z=1.0)
    script = """(() => {
      const { graph, steps } = stateOf(given);
      const user = graph.nodes.length - 1;
      const edges = [0, 1, 2].map((position) => ({ user, position, argument: graph.args[user][position] }));
      return [0, 2, 3, 4, 5].map((position) => flow.carriedBy(edges, { graph, steps, position, asked: null },
        frame.frameOf({ graph, steps, position }).values));
    })()"""
    found = evaluated("flow frame", script, sent(f))
    assert [each["contribution"] for each in found] == [None, None, 0.5, -3, -3]
    assert [each["local"] for each in found] == [None, None, 0.5, -3, 1]  # of the active edge
    assert [each["isBack"] for each in found] == [False, False, True, True, True]


def test_a_question_hides_what_would_answer_it():
    f = parse("f = x*y", x=3.0, y=2.0)
    script = """(() => {
      const { graph, steps } = stateOf(given);
      const state = { graph, steps, position: 3, asked: graph.args.at(-1)[0] };
      const edge = { user: graph.nodes.length - 1, position: 0, argument: state.asked };
      return [flow.carriedBy([edge], state, frame.frameOf(state).values), flow.arrivalsOf(state, state.asked)];
    })()"""
    carried, arrivals = evaluated("flow frame", script, sent(f))
    assert (carried["local"], carried["contribution"], carried["isBack"], arrivals) == (None, None, False, [None])


# Curves


def random_curve(rng, pieces):
    return [{"x": rng.uniform(0, 500), "y": rng.uniform(0, 300)} for _ in range(3 * pieces + 1)]


def bezier(points, t):
    """A point of a piece by Bernstein's polynomials."""
    weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3]
    return [sum(w * p[axis] for w, p in zip(weights, points, strict=True)) for axis in ("x", "y")]


def test_all_pieces_of_a_spline_are_on_the_curve_and_a_part_of_it_is_too():
    rng = random.Random(1)
    curves = [random_curve(rng, pieces) for pieces in (1, 1, 2, 3, 5)]
    script = """given.map((points) => {
      const curve = curves.curveOf(points);
      const part = curves.between(curve, 0.3, 0.8);
      return {
        pieces: curve.length, length: curves.lengthOf(curve),
        ends: [curves.pointAt(curve, 0), curves.pointAt(curve, 1)], part,
        partLength: curves.lengthOf(part), at: [curves.pointAt(curve, 0.3), curves.pointAt(curve, 0.8)],
        path: curves.pathOf(curve),
      };
    })"""
    for points, found in zip(curves, evaluated("curves", script, curves), strict=True):
        assert found["pieces"] == (len(points) - 1) // 3 == found["path"].count("C")
        assert [found["ends"][0][k] for k in "xy"] == pytest.approx([points[0][k] for k in "xy"])
        assert [found["ends"][1][k] for k in "xy"] == pytest.approx([points[-1][k] for k in "xy"])
        fine = [bezier(points[at : at + 4], i / 400) for at in range(0, len(points) - 1, 3) for i in range(401)]
        true = sum(math.dist(one, other) for one, other in itertools.pairwise(fine))
        assert found["length"] == pytest.approx(true, rel=0.02)
        assert found["partLength"] == pytest.approx(0.5 * true, rel=0.03)
        start, end = found["part"][0][0], found["part"][-1][-1]
        for place, point in zip(found["at"], (start, end), strict=True):
            assert math.dist([place["x"], place["y"]], [point["x"], point["y"]]) < 1e-6
            assert min(math.dist([point["x"], point["y"]], each) for each in fine) < 2


# The camera


def random_views(count):
    rng = random.Random(2)
    for _ in range(count):
        yield {
            "view": {"x": rng.uniform(-500, 900), "y": rng.uniform(-500, 900), "scale": rng.uniform(0.2, 3)},
            "stage": {"width": rng.uniform(200, 1900), "height": rng.uniform(200, 1000)},
            "world": {"width": rng.uniform(50, 3000), "height": rng.uniform(50, 2000)},
            "point": {"x": rng.uniform(0, 1000), "y": rng.uniform(0, 700)},
            "factor": rng.choice([0.5, 0.8, 1.25, 2]),
        }


def place_in_world(view, stage, point):
    return [
        view["x"] + (point["x"] - stage["width"] / 2) / view["scale"],
        view["y"] + (point["y"] - stage["height"] / 2) / view["scale"],
    ]


def test_zooming_keeps_the_place_under_the_pointer():
    cases = list(random_views(100))
    script = "given.map(({ view, factor, point, stage }) => camera.zoomed(view, factor, point, stage))"
    for case, found in zip(cases, evaluated("camera", script, cases), strict=True):
        before = place_in_world(case["view"], case["stage"], case["point"])
        assert place_in_world(found, case["stage"], case["point"]) == pytest.approx(before)
        assert found["scale"] == pytest.approx(min(4, max(0.1, case["view"]["scale"] * case["factor"])))


def test_panning_moves_by_pixels():
    cases = list(random_views(50))
    script = "given.map(({ view, point }) => camera.panned(view, point.x, point.y))"
    for case, found in zip(cases, evaluated("camera", script, cases), strict=True):
        before = place_in_world(case["view"], case["stage"], {"x": 0, "y": 0})
        after = place_in_world(found, case["stage"], case["point"])
        assert after == pytest.approx(before)


def test_what_fits_is_seen_whole_and_never_below_the_least_scale():
    cases = list(random_views(100))
    script = """given.map(({ world, stage }) => {
      const view = camera.fitted(world, stage, { least: 0.8, most: 1.6 });
      return { view, seen: camera.seenBy(view, stage), fits: camera.fittingScale(world, stage) };
    })"""
    for case, found in zip(cases, evaluated("camera", script, cases), strict=True):
        assert 0.8 <= found["view"]["scale"] <= 1.6
        seen, world = found["seen"], case["world"]
        if found["fits"] >= 0.8:
            assert seen["x"] <= 1e-6
            assert seen["y"] <= 1e-6
            assert seen["x"] + seen["width"] >= world["width"] - 1e-6
            assert seen["y"] + seen["height"] >= world["height"] - 1e-6


def test_following_shows_the_part_and_moves_no_farther_than_it_has_to():
    cases = list(random_views(200))
    for case in cases:
        view, stage = case["view"], case["stage"]
        width, height = (0.5 * stage[side] / view["scale"] for side in ("width", "height"))
        x, y = case["point"]["x"], case["point"]["y"]
        case["part"] = {"left": x, "right": x + width, "top": y, "bottom": y + height}
    script = "given.map(({ view, part, stage }) => camera.seeing(view, part, stage))"
    for case, found in zip(cases, evaluated("camera", script, cases), strict=True):
        part, view, stage = case["part"], case["view"], case["stage"]
        half = [stage["width"] / view["scale"] / 2, stage["height"] / view["scale"] / 2]
        for axis, low, high, size in (("x", "left", "right", half[0]), ("y", "top", "bottom", half[1])):
            assert found[axis] - size <= part[low] + 1e-6
            assert part[high] <= found[axis] + size + 1e-6
            if view[axis] - size <= part[low] and part[high] <= view[axis] + size:
                assert found[axis] == view[axis]


def test_what_covers_a_corner_does_not_cover_the_part():
    cases = list(random_views(200))
    for case in cases:
        stage = case["stage"]
        case["cover"] = {
            "left": 0.6 * stage["width"],
            "right": stage["width"],
            "top": 0.6 * stage["height"],
            "bottom": stage["height"],
        }
        x, y = place_in_world(case["view"], stage, {"x": 0.5 * stage["width"], "y": 0.55 * stage["height"]})
        size = 0.3 * stage["height"] / case["view"]["scale"]
        case["part"] = {"left": x, "right": x + size, "top": y, "bottom": y + size}
    script = "given.map(({ view, part, cover, stage }) => camera.clearOf(view, part, cover, stage))"
    for case, found in zip(cases, evaluated("camera", script, cases), strict=True):
        part, cover, stage = case["part"], case["cover"], case["stage"]
        right = (part["right"] - found["x"]) * found["scale"] + stage["width"] / 2
        bottom = (part["bottom"] - found["y"]) * found["scale"] + stage["height"] / 2
        assert right <= cover["left"] + 1e-6 or bottom <= cover["top"] + 1e-6


# Gaps and labels


def random_layout(rng):
    """Columns of boxes as Graphviz gives them, with arrows from each column to later ones."""
    nodes, at = {}, 0.0
    for column in range(rng.randint(2, 6)):
        width = rng.uniform(60, 200)
        for row in range(rng.randint(1, 4)):
            box = rng.uniform(40, width)
            nodes[f"b{column}-{row}"] = {"x": at + width / 2, "y": 100.0 * row, "width": box, "height": 80.0}
        at += width + 150
    names = sorted(nodes)
    arrows = []
    for _ in range(12):
        one, other = sorted(rng.sample(names, 2), key=lambda name: nodes[name]["x"])
        if nodes[one]["x"] < nodes[other]["x"]:
            arrows.append({"from": one, "to": other, "size": rng.uniform(30, 200)})
    ends = [(nodes[arrow["from"]]["x"], nodes[arrow["to"]]["x"]) for arrow in arrows]
    splines = [[{"x": start + t * (end - start), "y": 9.0} for t in (0, 0.3, 0.7, 1)] for start, end in ends]
    edges = [[f"a{index}", spline] for index, spline in enumerate(splines)]
    return {"width": at - 150, "height": 400.0, "nodes": list(nodes.items()), "edges": edges, "arrows": arrows}


def test_gaps_become_narrower_but_keep_room_for_their_labels():
    rng = random.Random(3)
    cases = [random_layout(rng) for _ in range(60)]
    script = """given.map(({ width, height, nodes, edges, arrows }) =>
      tighten.tightened({ width, height, nodes: new Map(nodes), edges: new Map(edges) }, arrows))"""
    for case, found in zip(cases, evaluated("tighten", script, cases), strict=True):
        before, after = dict(case["nodes"]), dict(found["nodes"])
        assert found["width"] <= case["width"] + 1e-6
        for name, box in before.items():
            assert after[name]["width"] == box["width"]
            assert after[name]["y"] == box["y"]
        for one in before:
            for other in before:
                if before[one]["x"] < before[other]["x"]:
                    assert after[one]["x"] < after[other]["x"]
        for arrow in case["arrows"]:
            one, other = (arrow[end] for end in ("from", "to"))
            gap, was = (
                (boxes[other]["x"] - boxes[other]["width"] / 2) - (boxes[one]["x"] + boxes[one]["width"] / 2)
                for boxes in (after, before)
            )
            assert gap >= min(arrow["size"], was) - 1e-6


def test_labels_that_have_room_cover_nothing():
    rng = random.Random(4)
    cases = []
    for _ in range(20):
        rows = rng.randint(1, 6)
        corners = [(x, 120 * row) for row in range(rows) for x in (0, 220)]
        boxes = [{"left": x, "right": x + 100, "top": y, "bottom": y + 90} for x, y in corners]
        labels = []
        for index in range(rows):
            start, end = {"x": 100, "y": 120 * index + 45}, {"x": 220, "y": 120 * rng.randrange(rows) + 45}
            far = end["y"] - start["y"]
            between = [{"x": 100 + t * 120, "y": start["y"] + t * far} for t in (1 / 3, 2 / 3)]
            size = {"width": rng.uniform(40, 90), "height": 24}
            labels.append({"id": f"e{index}", "curve": [[start, *between, end]], **size})
        cases.append({"boxes": boxes, "labels": labels, "world": {"width": 320, "height": 120 * rows}})
    script = "given.map(({ labels: each, boxes, world }) => [...labels.labelPlaces(each, boxes, world)])"
    found = evaluated("labels", script, cases)
    free = 0
    for case, places in zip(cases, found, strict=True):
        placed = []
        for label, (name, place) in zip(case["labels"], places, strict=True):
            assert name == label["id"]
            if place["isFree"]:
                half = label["width"] / 2
                mine = (place["x"] - half, place["y"] - 12, place["x"] + half, place["y"] + 12)
                others = [(b["left"], b["top"], b["right"], b["bottom"]) for b in case["boxes"]] + placed
                assert sum(shared(mine, other) for other in others) < 12
                placed.append(mine)
                free += 1
    assert free > 40


def shared(one, other):
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


# Pointing


@pytest.mark.parametrize("seed", range(8))
def test_the_paths_to_the_output_are_all_that_depends_on_the_node(seed):
    case = expression(seed, steps=8)
    graph = Graph(parse(case["text"], **case["values"]))
    arrows = [
        {"id": f"e{user}-{position}", "from": f"n{arg}", "to": f"n{user}"}
        for user, args in enumerate(graph.arguments)
        for position, arg in enumerate(args)
    ]
    script = "given.ids.map((id) => [...hover.pathsFrom({ arrows: given.arrows }, id)])"
    ids = [f"n{node}" for node in range(len(graph))]
    for node, lit in enumerate(evaluated("hover", script, {"arrows": arrows, "ids": ids})):
        reached = {node}
        for user, args in enumerate(graph.arguments):
            reached |= {user} if reached & set(args) else set()
        expected = {f"n{each}" for each in reached} | {a["id"] for a in arrows if int(a["from"][1:]) in reached}
        assert set(lit) == expected


def test_a_click_leads_to_the_next_step_about_a_node_or_to_the_first():
    script = "given.map(([numbers, position]) => hover.nextPosition(numbers, position))"
    cases = [[[2, 5, 9], 0], [[2, 5, 9], 2], [[2, 5, 9], 3], [[2, 5, 9], 9], [[2, 5, 9], 10], [[], 3]]
    assert evaluated("hover", script, cases) == [3, 3, 6, 10, 3, None]


# Titles


def test_a_title_is_the_name_with_its_operation_as_far_as_there_is_room():
    long = "权重和一个很长很长的名字"
    f = parse(f"{long} = w0*x0; z = {long} - 2; f = dot([z, z, z], [w0, x0, 3])", w0=1.5, x0=-2)
    script = """(() => {
      const { graph } = stateOf(given);
      return graph.nodes.map((_, node) => titles.titlesOf(graph, node, (count) => `${count} terms`));
    })()"""
    found = evaluated("titles", script, sent(f))
    assert {"w₀", "2"} <= {titles[0] for titles in found if len(titles) == 1}
    assert found[-1][0] == "f = w·x, 3 terms"  # as viz.draw says it
    by_name = {titles[-1]: titles for titles in found}
    assert by_name[long][0::2][:2] == [f"{long} = w₀ · x₀", "权重和一个很长很… = w₀ · x₀"]
    assert by_name["z"][0::2][:2] == [f"z = {long} - 2", "z = 权重和一个很长很… - 2"]


# Graphviz' answer


def test_an_edge_of_graphviz_is_known_by_its_colour_whatever_their_order():
    plain = """graph 1 4 2
node b0 1 1 1 0.5 "" solid box black lightgrey
node b1 3 1 1 0.5 "" solid box black lightgrey
edge b0 b1 4 1.5 1.1 2 1.2 2 1.2 2.5 1.1 solid a1
edge b0 b1 7 1.5 1 2 1 2 1 2.2 1 2.4 1 2.4 1 2.5 1 solid a0
stop"""
    layout = evaluated("graphviz", "graphviz.layoutOf(given)", plain)
    assert (layout["width"], layout["height"]) == (288, 144)
    edges = dict(layout["edges"])
    assert {name: len(points) for name, points in edges.items()} == {"a0": 7, "a1": 4}
    assert edges["a1"][0] == {"x": 108, "y": pytest.approx(144 - 1.1 * 72)}
