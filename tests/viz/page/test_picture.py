"""Is the picture of a graph whole: a box and a chip for everything, room to write, and nothing on top of another?"""

import re
import xml.etree.ElementTree as ET
from itertools import combinations

import pytest
from several_places import TIES, tied

from tinygrad_edu import chain_rule, parse, viz
from tinygrad_edu.show import show
from tinygrad_edu.viz.page.picture import Arrow, Box, Circuit, chip_texts

SVG = "{http://www.w3.org/2000/svg}"
GRAPHS = {
    "lesson": ("q = x + y; f = q * z", {"x": -2, "y": 5, "z": -4}),
    "neuron": ("f = sigmoid(w0*x0 + w1*x1 + b)", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "b": -3}),
    "shared": ("a = w * x; t = tanh(a); f = t * w + w * w * 2", {"w": 2, "x": -0.5}),
    "wide": ("dot([a, b, c, d], [1, 2, 3, a]) + logsumexp([a, b, c, d])", {"a": 1, "b": 2, "c": 3, "d": 4}),
}


def drawn(trace, direction="LR"):
    circuit = Circuit(trace, direction)
    boxes = [Box(show(node.data), "1") for node in trace.nodes]
    group = circuit.svg(boxes, [Arrow(chip_texts(edge.partial, edge.contribution)) for edge in trace.edges])
    return circuit, ET.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg">{group}</svg>')


def rectangles(root):
    found = [[float(each.get(name)) for name in ("x", "y", "width", "height")] for each in root.iter(f"{SVG}rect")]
    return [(x, y, x + width, y + height) for x, y, width, height in found]


@pytest.mark.parametrize("name", [*GRAPHS, *TIES])
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_boxes_and_chips_are_apart_and_inside_the_picture(name, direction):
    trace = chain_rule(parse(GRAPHS[name][0], **GRAPHS[name][1]) if name in GRAPHS else tied(name))
    circuit, root = drawn(trace, direction)
    found = rectangles(root)
    assert len(found) == len(trace.nodes) + len(trace.edges)
    for (left, top, right, bottom), other in combinations(found, 2):
        is_apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
        assert is_apart
    width, height = circuit.size
    assert all(left > 0 and top > 0 and right < width and bottom < height for left, top, right, bottom in found)


def test_an_arrow_joins_its_argument_its_chip_and_its_user():
    trace = chain_rule(parse(GRAPHS["shared"][0], **GRAPHS["shared"][1]))
    _, root = drawn(trace)
    groups = {kind: [g for g in root.iter(f"{SVG}g") if g.get("class") == kind] for kind in ("arrow", "box", "chip")}
    lines = groups["arrow"][-len(trace.edges) :]
    boxes = iter(groups["box"])
    places = [None if node.is_constant else rectangles(next(boxes))[0] for node in trace.nodes]
    for line, edge in zip(lines, trace.edges, strict=True):
        start = re.search(r"[\d.]+,[\d.]+", line[0].get("d"))[0]
        tip = line[1].get("points").split()[0]
        assert is_on_the_border(start, places[edge.argument_node])
        assert is_on_the_border(tip, places[edge.user_node])


def is_on_the_border(pair, place):
    x, y = map(float, pair.split(","))
    left, top, right, bottom = place
    return max(left - x, x - right, top - y, y - bottom) == pytest.approx(0, abs=1.5)


def test_a_weighted_sum_says_how_many_terms_it_has():
    circuit = Circuit(chain_rule(parse("f = dot([a, b, c], [1, 2, 3])", a=1, b=2, c=3)))
    assert circuit.titles[-1] == "f = w·x, 3 terms"


def test_a_worksheet_has_lines_where_an_answer_belongs_and_none_in_its_key():
    trace = chain_rule(parse("f = (x + y) * z", x=1, y=2, z=3))
    questions, key = viz.worksheet(parse("f = (x + y) * z", x=1, y=2, z=3)).html().split('class="key"')
    blanks = 'line class="blank"'
    assert questions.count(blanks) == 2 + len(trace.nodes)  # two values, and every gradient
    assert blanks not in key
    for edge in trace.edges:
        for text in chip_texts(edge.partial, edge.contribution):
            assert f">{text}</text>" in key
            assert f">{text}</text>" not in questions
