"""Are points added, moved and removed as plain data, with the other settings as they were?"""

import math
import random

from hypothesis import given, settings
from hypothesis import strategies as some
from playground import in_node, needs_node

pytestmark = needs_node

EDITED = """
const { asOwn, withPoint, withMoved, withoutPoint } = await from("playground/editing");
const [run, index, at] = data;
const before = JSON.stringify(run);
const all = { own: asOwn(run), more: withPoint(run, at, 1), moved: withMoved(run, index, at) };
return { ...all, fewer: withoutPoint(run, index), isSame: before === JSON.stringify(run) };
"""
coordinate = some.floats(-50, 50).map(lambda x: round(x, 3))


def run_of(rows, name, plane):
    data = {"name": name, "points": {"X": rows, "y": [0] * len(rows), "names": ["a"]} if name == "own" else None}
    data |= {"plane": plane, "noise": 0.1}
    points = [{"label": index % 2} for index in range(len(rows))]
    return {"settings": {"data": data, "loss": "bce"}, "points": points, "rows": rows, "names": ["x1", "x2"]}


@settings(max_examples=25)
@given(
    some.integers(1, 4).flatmap(
        lambda width: some.lists(some.lists(coordinate, min_size=width, max_size=width), min_size=1, max_size=6)
    ),
    some.sampled_from(["moons", "own"]),
    some.tuples(coordinate, coordinate),
    some.data(),
)
def test_one_point_changes_and_nothing_else(rows, name, at, drawn):
    index = drawn.draw(some.integers(0, len(rows) - 1))
    plane = [0, 1] if name == "moons" else drawn.draw(some.permutations(range(len(rows[0]))))[:2]
    found = in_node(EDITED, run_of(rows, name, plane), index, at)
    assert found["isSame"]
    points = {key: found[key]["data"]["points"] for key in ("own", "more", "moved", "fewer")}
    assert points["own"]["X"] == rows
    assert points["fewer"]["X"] == rows[:index] + rows[index + 1 :]
    assert points["more"]["X"][:-1] == rows
    assert points["more"]["y"][-1] == 1
    drawn_at = list(zip(plane, at, strict=len(rows[0]) > 1))  # one column has no place on the second axis
    for changed in (points["more"]["X"][-1], points["moved"]["X"][index]):
        assert all(abs(changed[axis] - place) <= 0.005 + 1e-9 for axis, place in drawn_at if axis < len(changed))
    others = [number for axis, number in enumerate(rows[index]) if axis not in plane]
    assert [number for axis, number in enumerate(points["moved"]["X"][index]) if axis not in plane] == others
    assert all(found[key]["loss"] == "bce" and found[key]["data"]["name"] == "own" for key in points)


def test_the_nearest_point_is_found_within_reach_alone():
    rng = random.Random(0)
    points = [[rng.uniform(0, 100), rng.uniform(0, 100)] for _ in range(40)]
    places = [[rng.uniform(0, 100), rng.uniform(0, 100)] for _ in range(60)]
    program = 'const { nearestPoint } = await from("playground/editing"); const [points, places] = data;'
    found = in_node(
        program + "return places.map((place) => nearestPoint(points, place, (at) => at, 6));", points, places
    )
    for place, index in zip(places, found, strict=True):
        distances = [math.dist(place, point) for point in points]
        assert index == (distances.index(min(distances)) if min(distances) <= 6 else None)
    assert None in found
    assert any(index is not None for index in found)
