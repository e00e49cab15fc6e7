"""Is the plane around the data, is a place on a picture a point of it, and do neurons stand apart in any room?"""

import itertools
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some
from playground import in_node, needs_node

pytestmark = needs_node
numbers = some.floats(-1e6, 1e6, allow_subnormal=False)
clouds = some.lists(some.tuples(numbers, numbers), max_size=30)
slow = settings(max_examples=12)

PLANES = """
const { planeOf, onPicture, onPlane, ASPECT } = await from("playground/plane");
const size = { width: 320, height: 240 };
return data[0].map((points) => {
  const plane = planeOf(points);
  const places = points.map((point) => onPicture(plane, point, size));
  return { plane, places, back: places.map((place) => onPlane(plane, place, size)), aspect: ASPECT };
});
"""


@slow
@given(some.lists(clouds, min_size=1, max_size=20))
def test_every_point_is_inside_and_a_circle_is_a_circle(many):
    for points, found in zip(many, in_node(PLANES, many), strict=True):
        plane = found["plane"]
        width, height = plane["right"] - plane["left"], plane["top"] - plane["bottom"]
        assert width > 0
        assert math.isclose(width, found["aspect"] * height, rel_tol=1e-9)
        for (x, y), (right, down), back in zip(points, found["places"], found["back"], strict=True):
            assert plane["left"] < x < plane["right"]
            assert plane["bottom"] < y < plane["top"]
            assert 0 < right < 320
            assert 0 < down < 240
            assert np.allclose(back, (x, y), rtol=1e-9, atol=1e-9 * width)


def test_a_point_that_is_inf_or_nan_does_not_move_the_plane():
    program = 'const { planeOf } = await from("playground/plane"); const [one] = data;'
    program += "return [planeOf(one), planeOf([...one, [NaN, 0], [0, Infinity]])];"
    alone, together = in_node(program, [[0, 0], [1, 2]])
    assert alone == together


def test_the_grid_is_row_by_row_from_the_upper_left():
    program = 'const { planeOf, gridOf } = await from("playground/plane"); const plane = planeOf(data[0]);'
    plane, grid = in_node(program + "return [plane, gridOf(plane, 8, 6)];", [[-1, -1], [1, 1]])
    step = (plane["right"] - plane["left"]) / 8
    expected = [
        (plane["left"] + (column + 0.5) * step, plane["top"] - (row + 0.5) * step)
        for row in range(6)
        for column in range(8)
    ]
    assert np.allclose(grid, expected)


def test_the_zero_line_of_a_circle_lies_on_the_circle_and_closes():
    program = """
    const { zeroLine } = await from("playground/plane");
    const far = (cell) => (cell % 40 + 0.5 - 20) ** 2 + (Math.floor(cell / 40) + 0.5 - 15) ** 2 - 100;
    return zeroLine(far, 40, 30);
    """
    segments = in_node(program)
    ends = [tuple(np.round(end, 6)) for segment in segments for end in segment]
    assert len(segments) > 30
    assert all(abs(math.hypot(x - 20, y - 15) - 10) < 0.1 for x, y in ends)
    assert all(ends.count(end) == 2 for end in ends)  # each end is the beginning of another segment


def test_there_is_no_line_where_nothing_changes_its_sign():
    program = 'const { zeroLine } = await from("playground/plane"); return data[0].map((n) => zeroLine(() => n, 9, 7));'
    assert in_node(program, [1, -1, 0]) == [[], [], []]


LAYOUTS = """
const { layOut } = await from("playground/layout");
return data[0].map(({ counts, idle, room }) => layOut(counts, room, idle));
"""
rooms = some.fixed_dictionaries({"width": some.integers(360, 1400), "height": some.integers(520, 1000)})
networks = some.lists(some.integers(1, 64), min_size=2, max_size=9)


@slow
@given(some.lists(some.tuples(networks, some.integers(0, 5), rooms), min_size=1, max_size=30))
def test_neurons_stand_inside_of_the_room_and_apart(many):
    cases = [{"counts": counts, "idle": idle, "room": {**room, "top": 84}} for counts, idle, room in many]
    for case, found in zip(cases, in_node(LAYOUTS, cases), strict=True):
        width, height = found["picture"]["width"], found["picture"]["height"]
        assert width > 0
        assert height > 0
        assert [len(column) for column in found["places"]] == case["counts"]
        assert len(found["pills"]) == case["idle"]
        columns = [column[0]["x"] for column in found["places"]]
        assert all(right - left > width for left, right in itertools.pairwise(columns))
        assert columns[0] >= width / 2
        assert columns[-1] <= case["room"]["width"] - width / 2
        for column in found["places"]:
            rows = [place["y"] for place in column]
            assert all(lower - upper >= height for upper, lower in itertools.pairwise(rows))
            assert rows[0] - height / 2 >= 84 - 1
            assert rows[-1] + height / 2 <= case["room"]["height"] + 1


def test_a_batch_flows_forward_from_the_inputs_and_backward_from_the_output():
    program = 'const { flowAt } = await from("playground/flow"); return data[0].map((phase) => flowAt(phase, 3));'
    phases = [{"name": name, "share": share} for name in ("forward", "backward") for share in (0, 0.5, 1)]
    forward, backward = in_node(program, phases)[:3], in_node(program, phases)[3:]
    assert [each["shares"][1:] for each in forward] == [[0, 0, 0], [1, 0.5, 0], [1, 1, 1]]
    assert [each["shares"][1:] for each in backward] == [[0, 0, 0], [0, 0.5, 1], [1, 1, 1]]
    assert [each["isBackward"] for each in (*forward, *backward)] == [False] * 3 + [True] * 3
    rest = in_node(program, [None, {"name": "update", "share": 0.3}, {"name": "loss", "share": 0.3}])
    assert rest[:2] == [None, None]
    assert rest[2]["shares"][1:] == [1, 1, 1]
