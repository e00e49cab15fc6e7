"""Does a program compute the same numbers as the graph it was compiled from?

The loss, every gradient and every output are compared at two points: at the numbers of the graph, and at a random point
near them, where the graph is evaluated again, scalar by scalar. The first point alone would prove little: with weights
that are zero or equal, a matrix and its transpose are the same.

Where rounding decides, nothing can be compared: at a kink (relu, maximum) that two orders of addition approach from
different sides, beyond the largest float, or where a change in the last digit of the leaves moves the result as far.

Names to know: `check_program`, `check_here`. Read next: `padding.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isfinite
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tinygrad_edu.errors import CompileError
from tinygrad_edu.graph import Graph, gradients_in
from tinygrad_edu.rule import Rule
from tinygrad_edu.value import Value

Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-9  # relative to the largest number of its kind: the order of additions differs
DISTANCES = (2.0, 0.5, 0.1, 0.01, 1e-4)  # of the second point, relative to each number: the first that domains allow;
# beyond 1 signs change, so that a relu that is inactive at the first point may be active at the second
ROUNDING = 1e-14  # relative to the largest number that a result was computed from: some dozens of roundings
LAST_DIGIT = 4e-16
PATIENCE = 1e3  # a difference counts if it is more than this many times the effect of a change in the last digit
NEAR_A_KINK = 1e-12  # relative to the largest number of the graph


class Point(NamedTuple):
    """The results at one point.

    Attributes:
        loss: the loss.
        gradient: ∂loss/∂parameter, in the order of the parameters.
        outputs: the requested outputs.
        kinks: the nodes so near to a kink that rounding may decide, and how far each is from it.
        noise: what rounding may add to the loss and to the gradient: the smallest part of the numbers they come from.
    """

    loss: float
    gradient: Floats
    outputs: Floats
    kinks: Mapping[int, float] = MappingProxyType({})
    noise: tuple[float, float] = (0.0, 0.0)

    @property
    def numbers(self) -> tuple[Floats, Floats, Floats]:
        """Loss, gradient and outputs, as arrays."""
        return np.array(self.loss), self.gradient, self.outputs

    @property
    def is_finite(self) -> bool:
        """Whether none of them is infinite or NaN."""
        return isfinite(self.loss) and _are_finite(self.gradient) and _are_finite(self.outputs)


def _are_finite(numbers: Floats) -> bool:
    return numbers.size == 0 or bool(np.isfinite(numbers).all())


class Leaves(NamedTuple):
    """The parameters and inputs of a program, and the nodes that it returns beside the loss."""

    wrt: Sequence[Value]
    inputs: Sequence[Value]
    outputs: Sequence[Value]


Run = Callable[[Floats, Floats], Point]  # a program: parameters and inputs → results


def check_program(run: Run, graph: Graph, leaves: Leaves) -> None:
    """Compare a program with its graph, at the numbers of the graph and at a second point.

    Raises:
        StaleGraphError: if a number changed after the graph was made.
        CompileError: if the program computes other numbers than the graph.
    """
    check_here(run, graph, leaves)
    parameters, inputs = _numbers(leaves)
    second = _second_point(graph, leaves, parameters, inputs)
    if second is not None:
        right, parameters, inputs = second
        found = run(parameters, inputs)
        if not _agree(found, right) and _is_decisive(found, right, graph, leaves, parameters, inputs):
            graph.validate()  # a changed constant shows only at the second point
            raise _differs(graph, found, right)


def check_here(run: Run, graph: Graph, leaves: Leaves) -> bool:
    """Compare a program with its graph at the numbers of the graph alone; False where rounding decides.

    Raises:
        StaleGraphError: if a number changed after the graph was made.
        CompileError: if the program computes other numbers than the graph.
    """
    parameters, inputs = _numbers(leaves)
    right, found = _stored(graph, leaves), run(parameters, inputs)
    if _agree(found, right):
        return True
    graph.validate()
    if _is_decisive(found, right, graph, leaves, parameters, inputs):
        raise _differs(graph, found, right)
    return False


def _numbers(leaves: Leaves) -> tuple[Floats, Floats]:
    """Those of the parameters, and of the inputs."""
    parameters, inputs = (np.array([leaf.data for leaf in side]) for side in (leaves.wrt, leaves.inputs))
    return parameters, inputs


def _stored(graph: Graph, leaves: Leaves) -> Point:
    """The results at the numbers that the graph has."""
    gradients = gradients_in(graph)
    noise = ROUNDING * max(map(abs, [node.data for node in graph.nodes])), ROUNDING * max(map(abs, gradients))
    outputs = np.array([node.data for node in leaves.outputs])
    return Point(graph.output.data, _gradient(graph, leaves, gradients), outputs, noise=noise)


def _gradient(graph: Graph, leaves: Leaves, gradients: Sequence[float]) -> Floats:
    """The gradients of the parameters, taken from those of all nodes; 0 where the loss does not depend on one."""
    return np.array([gradients[graph.index[leaf]] if leaf in graph.index else 0.0 for leaf in leaves.wrt])


def point_at(graph: Graph, leaves: Leaves, parameters: Floats, inputs: Floats) -> Point | None:
    """The results of the graph at other numbers, scalar by scalar; None outside the domain of an operation."""
    changed = dict(zip([*leaves.wrt, *leaves.inputs], [*parameters.tolist(), *inputs.tolist()], strict=True))
    numbers: list[float] = []
    partials: list[tuple[float, ...]] = []
    margins: dict[int, float] = {}
    for node, places in zip(graph.nodes, graph.arguments, strict=True):
        rule = node.rule
        if rule is None or not places:
            numbers.append(changed.get(node, node.data))
            partials.append(())
            continue
        args = [numbers[place] for place in places]
        if rule.domain is not None and not rule.domain.holds(*args):
            return None
        try:
            out, slopes = rule.linearize(*(rule.grouped(args) if rule.many else args))
        except (ArithmeticError, ValueError):  # a row without a domain raises these where it has no value
            return None
        numbers.append(out)
        partials.append(slopes)
        if rule.kinks:
            margins[len(numbers) - 1] = _margin(rule, args)
    gradients = gradients_in(graph, partials)
    outputs = np.array([numbers[graph.index[node]] for node in leaves.outputs])
    largest = max(map(abs, numbers))
    near = NEAR_A_KINK * max(1.0, largest)
    kinks = {node: far for node, far in margins.items() if far <= near}
    noise = ROUNDING * largest, ROUNDING * max(map(abs, gradients))
    return Point(numbers[-1], _gradient(graph, leaves, gradients), outputs, kinks, noise)


def _margin(rule: Rule, args: Sequence[float]) -> float:
    """How far an operation is from its nearest kink: from a number, or from the tie of its two arguments."""
    return min(abs(args[0] - (args[1] if len(kink) > 1 and kink[0] == kink[1] else kink[0])) for kink in rule.kinks)


def _second_point(
    graph: Graph, leaves: Leaves, parameters: Floats, inputs: Floats
) -> tuple[Point, Floats, Floats] | None:
    """A random point near the first one that is inside every domain, and finite."""
    for moved_parameters, moved_inputs in _proposals(parameters, inputs):
        point = point_at(graph, leaves, moved_parameters, moved_inputs)
        if point is not None and point.is_finite:
            return point, moved_parameters, moved_inputs
    return None


def _proposals(parameters: Floats, inputs: Floats) -> Iterator[tuple[Floats, Floats]]:
    """Points ever nearer; on the edge of several domains, as √x at 0, all numbers have to move to the same side."""
    for seed, distance in enumerate(DISTANCES):
        for least, most in ((-1.0, 1.0), (0.0, 1.0), (-1.0, 0.0)):
            bounds = least * distance, most * distance
            yield _moved(parameters, bounds, seed), _moved(inputs, bounds, seed)


def _moved(numbers: Floats, bounds: tuple[float, float], seed: int) -> Floats:
    if len(numbers) == 0:
        return numbers
    rng = random.Random(seed)  # noqa: S311 (no secret, and the same for every compile)
    noise = np.array([rng.uniform(*bounds) for _ in range(len(numbers))])
    sizes = np.where(np.isfinite(numbers) & (numbers != 0.0), np.abs(numbers), 1.0)
    moved: Floats = numbers + noise * sizes
    return moved


def _is_decisive(found: Point, right: Point, graph: Graph, leaves: Leaves, parameters: Floats, inputs: Floats) -> bool:
    """Whether a difference comes from the formulas, and not from rounding."""
    if not right.is_finite and not found.is_finite:
        return False  # beyond the largest float, the order of additions decides what is inf and what is NaN
    here = point_at(graph, leaves, parameters, inputs)
    if here is None:
        return True
    beside, further = (
        [
            point_at(graph, leaves, *(_moved(side, (-far, far), seed) for side in (parameters, inputs)))
            for seed in range(3)
        ]
        for far in (LAST_DIGIT, 1.0)
    )
    points = [point for point in beside if point is not None]
    differences = _distances(found, right)
    return (
        len(points) == len(beside)
        and not _may_cross(here, [*points, *filter(None, further)])
        and not any(_are_as_far(_distances(point, here), differences) for point in points)
    )


def _may_cross(here: Point, beside: Sequence[Point]) -> bool:
    """Whether rounding may move an operation across its kink.

    relu(0 · x) cannot move: it is at its kink everywhere, beside the point and further away. What is at its kink in a
    neighbourhood alone, as a sum whose small term is lost, may be beside it in the program.
    """
    return any(far != 0.0 or any(point.kinks.get(node) != 0.0 for point in beside) for node, far in here.kinks.items())


def _distances(point: Point, other: Point) -> list[Floats]:
    return [np.abs(one - another) for one, another in zip(point.numbers, other.numbers, strict=True)]


def _are_as_far(moved: list[Floats], differs: list[Floats]) -> bool:
    """Whether a change in the last digit moves each number as far as it differs."""
    return all(bool((far <= PATIENCE * step.max(initial=0.0)).all()) for far, step in zip(differs, moved, strict=True))


def _agree(found: Point, right: Point) -> bool:
    if not (found.is_finite and right.is_finite):
        return False
    of_loss, of_gradient = right.noise
    return (
        abs(found.loss - right.loss) <= TOLERANCE * abs(right.loss) + of_loss
        and _is_near(found.gradient, right.gradient, of_gradient)
        and _is_near(found.outputs, right.outputs, of_loss)
    )


def _is_near(found: Floats, right: Floats, noise: float) -> bool:
    """Whether numbers are the same but for rounding: beside the largest of them, and what it was computed from."""
    if found.size == right.size == 0:
        return True
    scale = float(np.abs(right).max())
    return bool((np.abs(found - right) <= TOLERANCE * scale + noise).all())


def _differs(graph: Graph, found: Point, right: Point) -> CompileError:
    with np.errstate(invalid="ignore"):
        largest = float(np.abs(found.gradient - right.gradient).max(initial=0.0))
    return CompileError(
        f"compile of {graph.output!r}",
        f"the program gives the loss {found.loss}, where the graph gives {right.loss}, "
        f"and a gradient that differs by {largest}",
        instead="the eager way, and a report with this graph: it is a bug of the compiler",
    )
