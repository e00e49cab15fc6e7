"""Does a compiled program give the numbers of its graph, whatever a learner writes, also at numbers that are new to it?

Some graphs here, thousands in .ci/run, and any number with `python -m tests.long structured`.
"""

import math
import random

import pytest
import structured_check
import structured_graphs
from sampling import sample
from structured_check import truth_at

from tinygrad_edu.graph import gradient_numbers
from tinygrad_edu.rules import RULES

GRAPHS = 160
GROUPS = 8


def cases(seeds):
    for seed in seeds:
        yield structured_check.tried_case(random.Random(seed))


@pytest.mark.parametrize("group", sample(range(GROUPS)))
def test_a_program_computes_what_its_graph_computes_at_numbers_it_has_not_seen(group):
    failures = [failure for seed in range(group, GRAPHS, GROUPS) if (failure := structured_check.tried(seed)[1])]
    kinds = sorted({failure.kind for failure in failures})
    shortest = min(failures, key=lambda failure: structured_check.size_of(failure.case), default=None)
    if failures:
        pytest.fail(f"{len(failures)} of {GRAPHS // GROUPS} graphs: {kinds}\n\n{shortest}", pytrace=False)


REFUSED_ONCE = {
    "four operations that take two scalars of a table with spare places, each twice": 397,
    "an exp of a softmax shifted by hand is asked for, too": 2661,
}


@pytest.mark.parametrize("seed", REFUSED_ONCE.values(), ids=REFUSED_ONCE)
def test_a_graph_that_was_refused_once_compiles(seed):
    failure = structured_check.tried(seed)[1]
    assert failure is None, str(failure)


def test_the_same_seed_builds_the_same_structure_at_other_numbers():
    for seed in range(100):
        case = structured_check.tried_case(random.Random(seed))
        again, once_more = case.at(case.numbers), structured_check.tried_case(random.Random(seed))
        assert case.recipe == again.recipe == once_more.recipe
        assert case.loss.data == again.loss.data == once_more.loss.data
        truth = truth_at(case, structured_check.drawn(case, random.Random(seed)))
        assert truth is None or truth.case.recipe == case.recipe


def test_the_graphs_have_every_operation_and_every_part():
    ops, words = set(), set()
    for case in cases(range(3000)):
        ops.update(node.op for node in structured_check.topological_order(case.loss))
        words.update(word for line in case.recipe for word in line.replace(",", "").split())
    assert set(RULES) - ops == set()
    names = [*structured_graphs.FAMILIES, *structured_graphs.PARTS, *structured_graphs.ENDINGS]
    assert [name for name in names if name not in words] == []


@pytest.mark.parametrize("seeds", sample([range(10), range(10, 20), range(20, 30)]))
def test_the_reference_gradient_is_the_slope(seeds):
    """The gradient that programs are compared with, against central differences of the recipe itself."""
    compared = 0
    for case in cases(seeds):
        numbers = structured_check.drawn(case, random.Random(0))
        truth = truth_at(case, numbers)
        if truth is None or not truth.is_smooth or truth.value != truth.value:
            continue
        gradients = gradient_numbers(truth.case.loss)
        for i, leaf in enumerate(truth.case.leaves):
            slopes = [slope(case, numbers, i, h) for h in (1e-4, 1e-5)]
            if None in slopes or not math.isclose(*slopes, rel_tol=1e-4, abs_tol=1e-4):
                continue  # a kink, or the border of a domain, lies between
            assert math.isclose(gradients.get(leaf, 0.0), slopes[1], rel_tol=1e-4, abs_tol=1e-4), case.recipe
            compared += 1
    assert compared > 30


def slope(case, numbers, i, h):
    """By the leaf i, or None where the graph leaves its domain."""
    up, down = ([x + by * (k == i) for k, x in enumerate(numbers)] for by in (h, -h))
    high, low = truth_at(case, up), truth_at(case, down)
    return None if high is None or low is None else (high.value - low.value) / (2 * h)


def test_a_wrong_program_is_noticed(monkeypatch):
    """The check has teeth: a value, a gradient and a crash are each reported, under their own name."""
    right = structured_check.tinygrad_edu.compile
    case = structured_check.tried_case(random.Random(4), 1)
    for spoil, kind in SPOILED.items():
        monkeypatch.setattr(structured_check.tinygrad_edu, "compile", lambda *a, s=spoil, **k: s(right(*a, **k)))
        failure = structured_check.check(case, random.Random(0))
        assert failure.kind == kind
        assert f"case_of({case.seed}, " in str(failure)


def test_the_smallest_failure_of_a_kind_is_a_small_case(monkeypatch):
    right = structured_check.tinygrad_edu.compile
    monkeypatch.setattr(structured_check.tinygrad_edu, "compile", lambda *a, **k: WrongValue(right(*a, **k)))
    failure = structured_check.smallest("wrong value", range(10))
    assert failure.case.size == 0
    assert structured_check.smallest("wrong outputs", range(3), sizes=[0]) is None


class Spoiled:
    """A program with one mistake."""

    def __init__(self, program):
        self.program = program

    def __getattr__(self, name):
        return getattr(self.program, name)


class WrongValue(Spoiled):
    def __call__(self, *inputs):
        value, gradient = self.program(*inputs)
        return value + 1e-6, gradient


class WrongGradient(Spoiled):
    def __call__(self, *inputs):
        value, gradient = self.program(*inputs)
        return value, gradient + 1e-6


class Crash(Spoiled):
    def __call__(self, *inputs):
        raise IndexError("index 5 is out of bounds")


SPOILED = {WrongValue: "wrong value", WrongGradient: "wrong gradient", Crash: "IndexError: index N is out of bounds"}
