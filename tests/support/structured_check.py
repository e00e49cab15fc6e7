"""Does a compiled program compute what its graph computes, also at numbers that it has never seen?

    check(case, rng)      None, or a Failure

A case is compiled four times: at random numbers, with all parameters 0, with all numbers equal, and with numbers out
of a handful. Each program is compared at that point and at two others, where the truth is the case built again from
its recipe with these numbers in its leaves.
"""

import math
import random
import re
import traceback
import warnings
from typing import NamedTuple

import numpy as np
from structured_graphs import Case, structured_graph

import tinygrad_edu
from tinygrad_edu import DomainError, Value
from tinygrad_edu.backprop import topological_order
from tinygrad_edu.graph import Graph, gradients_in

TOLERANCE = 1e-9
LAST_DIGIT, PATIENCE = 4e-16, 1e3  # a difference counts if it is so many times what a change in the last digit makes
LARGEST = 1e3  # of numbers, local derivatives and gradients: beyond, two orders of the same sum differ too much
AWAY = 1e-6  # from kinks and jumps
TRIES = 8
HANDFUL = [0.0, 1.0, -1.0, 0.5, 2.0, 1.0]


class Failure(NamedTuple):
    """What went wrong, where, and all that is needed to see it again."""

    kind: str
    message: str
    case: Case
    program: object

    def __str__(self):
        source = self.program.source if self.program is not None else "no program"
        text = str(self.case.loss)
        return "\n".join(
            [
                self.kind,
                f"structured_graphs.case_of({self.case.seed}, {self.case.size}, {self.case.numbers})",
                self.message,
                *self.case.recipe,
                f"loss = {text}" if len(text) < 400 else f"a loss of {size_of(self.case)} nodes",
                source,
            ]
        )


class Truth(NamedTuple):
    """What the scalar graph says at one point."""

    case: Case
    value: float
    gradients: dict[Value, float]
    is_smooth: bool  # no kink nearby, so that the gradient is one number
    is_steady: bool  # no jump nearby, so that the value is


def truth_at(case, numbers, constants=None):
    """The truth, or None where the graph leaves a domain or its numbers are too large to compare."""
    try:
        built = case.at(numbers, constants)
    except (DomainError, OverflowError):
        return None
    graph = Graph(built.loss)
    if not all(abs(node.data) < LARGEST for node in graph.nodes):
        return None
    gradients = gradients_in(graph)
    tame = all(abs(g) < LARGEST for g in gradients) and all(abs(p) < LARGEST for n in graph.nodes for p in n.partials)
    smooth, steady = tame, True
    for node in graph.nodes:
        if node.args and node.rule.kinks and is_near_kink(node):
            smooth, steady = False, steady and node.op not in ("step", "sign", "greater")
    return Truth(built, built.loss.data, dict(zip(graph.nodes, gradients, strict=True)), smooth, steady)


def is_near_kink(node):
    numbers = [arg.data for arg in node.args]
    is_a_tie = any(len(set(kink)) < len(kink) for kink in node.rule.kinks)
    return abs(numbers[0] - numbers[1] if is_a_tie else numbers[0]) < AWAY


# ── Points ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def drawn(case, rng):
    return [rng.uniform(leaf.low, leaf.high) for leaf in case.domain]


def zero(case, rng):
    return [0.0 if leaf.kind == "parameter" else x for leaf, x in zip(case.domain, drawn(case, rng), strict=True)]


def equal(case, rng):
    number, data_too = rng.choice([1.0, 0.5, 2.0, -1.0, rng.uniform(0.1, 1)]), rng.random() < 0.5
    return [
        number if leaf.kind == "parameter" or (data_too and leaf.low < number < leaf.high) else x
        for leaf, x in zip(case.domain, drawn(case, rng), strict=True)
    ]


def handful(case, rng):
    return [rng.choice(HANDFUL) if leaf.low < -1 else x for leaf, x in zip(case.domain, drawn(case, rng), strict=True)]


POINTS = {"random": drawn, "zero": zero, "equal": equal, "handful": handful}


def elsewhere(case, base, free, rng):
    """The truth at another generic point: only the leaves in `free` move. None where none is found."""
    best = None
    for _ in range(TRIES):
        numbers = [x if i in free else b for i, (x, b) in enumerate(zip(drawn(case, rng), base, strict=True))]
        truth = truth_at(case, numbers, case.constants)
        if truth is not None and truth.is_smooth:
            return truth
        best = truth or best
    return best


# ── Comparing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def check(case, rng):
    """The first failure, or None."""
    for name, point in POINTS.items():
        failure = check_at(case, name, point(case, rng), rng)
        if failure is not None:
            return failure
    return None


def check_at(case, name, numbers, rng):
    base = truth_at(case, numbers)
    if base is None or not base.is_steady:
        return None
    program = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            built = base.case
            program = tinygrad_edu.compile(built.loss, wrt=built.wrt, inputs=built.inputs, outputs=built.outputs)
            wrong = difference_everywhere(program, base, rng)
    except Exception as error:  # noqa: BLE001 (whatever comes out of the compiler is what is looked for)
        where = "".join(traceback.format_exception(error)[-2:])  # the line of the program, if it came from there
        kind = f"{type(error).__name__}: {shortened(error)}"
        return Failure(kind, f"compiled at {name} numbers\n{where}", base.case, program)
    return wrong and Failure(wrong[0], f"compiled at {name} numbers, {wrong[1]}", base.case, program)


def shortened(error):
    """The kind of a message: its first line without numbers and names."""
    first = (str(error).splitlines() or [""])[0]
    return re.sub(r"\d+(\.\d+)?(e-?\d+)?", "N", re.sub(r"'[^']*'", "'…'", first))[:70]


def difference_everywhere(program, base, rng):
    """(kind, message) of the first difference, at the point of compilation and at two others."""
    case = base.case
    wrt = list(program.wrt)
    places = {leaf: place for place, leaf in enumerate(case.leaves)}
    inputs = flat(case.inputs)
    free = {places[leaf] for leaf in [*wrt, *inputs] if leaf in places}
    wrong = difference(program, program(), base, wrt, "at that point")
    for _ in range(2):
        truth = wrong or elsewhere(case, base.case.numbers, free, rng)
        if wrong or truth is None:
            return wrong
        moved = counterparts(case, truth.case)
        program.parameters[:] = [moved[leaf].data for leaf in wrt]
        result = (
            program(numbers_of(case.inputs, moved))
            if rng.random() < 0.5
            else program(np.array([moved[leaf].data for leaf in inputs]))
        )
        theirs = [moved[leaf] for leaf in wrt]
        wrong = difference(program, result, truth, theirs, f"at {[leaf.data for leaf in truth.case.leaves]}")
    return wrong


def counterparts(case, other):
    """What each leaf of a case is in another of the same structure: also a Value(0.0) that a sum began with."""
    nodes = zip(topological_order(case.loss), topological_order(other.loss), strict=True)
    return dict(zip(case.leaves, other.leaves, strict=True)) | dict(nodes)


def flat(nested):
    return [each for row in nested for each in (row if isinstance(row, list) else [row])]


def numbers_of(nested, moved):
    return [[moved[x].data for x in row] if isinstance(row, list) else moved[row].data for row in nested]


def difference(program, result, truth, wrt, where):
    """(kind, message), unless the truth itself moves as far when its numbers change in their last digit."""
    wrong = difference_from(program, result, truth, wrt, where, 0.0)
    return wrong and difference_from(program, result, truth, wrt, where, PATIENCE * noise(truth))


def noise(truth):
    """How far the value and the gradients move, relative to the larger of 1 and themselves, by a last digit."""
    far = 0.0
    for seed in range(3):
        rng = random.Random(seed)
        beside = truth_at(
            truth.case, [number * (1 + rng.uniform(-LAST_DIGIT, LAST_DIGIT)) for number in truth.case.numbers]
        )
        if beside is None:
            return math.inf
        moved = [beside.gradients[leaf] for leaf in beside.case.leaves if leaf in beside.gradients]
        right = [truth.gradients[leaf] for leaf in truth.case.leaves if leaf in truth.gradients]
        pairs = [(beside.value, truth.value), *zip(moved, right, strict=False)]
        far = max(far, *(abs(one - other) / max(1.0, abs(other)) for one, other in pairs))
    return far


def difference_from(program, result, truth, wrt, where, more):
    value, gradient = result
    if truth.is_steady and not is_close([value], [truth.value], more):
        return "wrong value", f"{where}: value {value} for {truth.value}"
    outputs = [node.data for node in flat(truth.case.outputs)]
    if truth.is_steady and outputs and not is_close(np.ravel(program.outputs), outputs, more):
        return "wrong outputs", f"{where}: outputs {program.outputs} for {outputs}"
    if outputs and np.shape(program.outputs) != np.shape(np.array(numbers_of(truth.case.outputs, Itself()))):
        return "wrong shape of outputs", f"{where}: {np.shape(program.outputs)}"
    right = [truth.gradients.get(leaf, 0.0) for leaf in wrt]
    if truth.is_smooth and not is_close(gradient, right, more):
        return "wrong gradient", f"{where}: gradient {gradient.tolist()} for {right}"
    return None


class Itself(dict):
    def __missing__(self, key):
        return key


def is_close(ours, theirs, more=0.0):
    scale = max([1.0, *map(abs, theirs)])
    return len(ours) == len(theirs) and all(
        math.isfinite(a) and abs(a - b) <= (TOLERANCE + more) * scale for a, b in zip(ours, theirs, strict=True)
    )


# ── Many ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def tried(seed, size=None):
    """(the case, its failure or None) of one seed."""
    rng = random.Random(seed)
    case = tried_case(rng, size)
    return case, check(case, rng)


def tried_case(rng, size=None):
    """A case whose own numbers are inside every domain; it is drawn again where they are not."""
    while True:
        try:
            return structured_graph(rng, size)
        except DomainError:
            pass


def size_of(case):
    """The nodes of its graph."""
    return len(topological_order(case.loss))


def smallest(kind, seeds, sizes=range(5)):
    """The failure of this kind with the fewest nodes, among small cases first."""
    best = None
    for size in sizes:
        for seed in seeds:
            failure = tried(seed, size)[1]
            if failure and failure.kind == kind:
                nodes = size_of(failure.case)
                best = min(best or (nodes, seed, failure), (nodes, seed, failure), key=lambda each: each[:2])
        if best:
            return best[2]
    return None
