"""Do the three small engines of the ladder give the gradients of the large one, and can each do what is said of it?"""

import importlib
import math
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tinygrad_edu

FOLDER = Path(__file__).parents[2] / "examples" / "ladder"
RUNGS = ("one_closures", "two_partials", "three_rules")


@pytest.fixture(scope="module")
def rungs():
    sys.path.insert(0, str(FOLDER))
    yield [importlib.import_module(name) for name in RUNGS]
    sys.path.remove(str(FOLDER))


def built(make, plan, numbers):
    """The same expression in any engine: each step takes two of the values there are."""
    values = [make(number) for number in numbers]
    leaves = list(values)
    for kind, left, right in plan:
        a, b = values[left % len(values)], values[right % len(values)]
        values.append((a + b, a * b, (a * b).tanh(), a.tanh() + a)[kind])
    return leaves, values[-1]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=12),
    st.lists(st.floats(-1, 1), min_size=2, max_size=4),
)
@settings(max_examples=100)
def test_every_rung_gives_the_gradients_of_the_engine(rungs, plan, numbers):
    one, two, three = rungs
    leaves, f = built(tinygrad_edu.Value, plan, numbers)
    f.backward()
    right = [leaf.grad for leaf in leaves]
    assume(all(map(math.isfinite, [f.data, *right])))
    for engine in (one, two):
        mine, g = built(engine.Value, plan, numbers)
        g.backward()
        assert [leaf.grad for leaf in mine] == pytest.approx(right, rel=1e-9, abs=1e-12)
    mine, g = built(three.Value, plan, numbers)
    assert [three.grad(g, leaf).data for leaf in mine] == pytest.approx(right, rel=1e-9, abs=1e-12)


def test_the_second_rung_can_do_what_the_first_cannot(rungs):
    one, two, _ = rungs
    x, y = one.Value(2.0), two.Value(2.0)
    chains = [x, y]
    for _ in range(3000):
        chains = [chain + leaf for chain, leaf in zip(chains, (x, y), strict=True)]
    with pytest.raises(RecursionError):
        chains[0].backward()
    chains[1].backward()
    assert y.grad == 3001
    a, b = one.Value(3.0), two.Value(3.0)
    f, g = (a * a) * a, (b * b) * b
    for output in (f, f, g, g):
        output.backward()
    assert b.grad == 2 * 27  # two sweeps add up at the leaf,
    assert a.grad != 2 * 27  # and inner nodes must not


def test_the_third_rung_can_do_what_the_second_cannot(rungs):
    _, two, three = rungs
    assert not hasattr(two, "grad")
    x = three.Value(0.5, name="x")
    first = three.grad(x * x * x, x)
    second = three.grad(first, x)
    assert (first.data, second.data) == (0.75, 3.0)
    assert "x" in str(first)


@pytest.mark.parametrize("name", RUNGS)
def test_a_rung_has_at_most_sixty_lines(name):
    assert len((FOLDER / f"{name}.py").read_text().splitlines()) <= 60
