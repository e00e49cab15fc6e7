"""Is the gradient right?

Move each input a little in both directions, see how much the output moves, and hold that against the gradient:

    numeric  =  (f(x + h) - f(x - h)) / 2h        the central difference; its error falls with h²

At a kink, such as relu at 0, the two one-sided differences disagree and no single number is *the* derivative: it is
flagged rather than failed, and the value the rule table chose must lie between the two sides. At the edge of a domain,
such as sqrt at 0, one side is missing: that is flagged as well, and so is a slope that rounding hides.

Names to know: `gradcheck`, `Report`. Read next: `expression.py`, which turns text into graphs.
"""

from __future__ import annotations

import contextvars
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tinygrad_edu.backprop import gradient_numbers
from tinygrad_edu.errors import DomainError, GraphError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import show
from tinygrad_edu.value import Number, Value, no_grad

STEP = 6e-6  # near the cube root of the rounding error, where the central difference is most exact
TOLERANCE = 1e-6

Function = Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Check:
    """One input: the gradient of the engine against differences of the function itself.

    Attributes:
        analytic: the engine's gradient.
        numeric: the central difference.
        left: the slope towards smaller numbers.
        right: the slope towards larger numbers.
        is_kink: whether the two sides disagree, however small the step.
        is_clear: whether differences can tell the slope here at all.
    """

    name: str
    analytic: float
    numeric: float
    left: float
    right: float
    is_kink: bool
    is_clear: bool
    tolerance: float

    @property
    def error(self) -> float:
        """The difference of the two, relative where they are larger than 1."""
        return abs(self.analytic - self.numeric) / max(1.0, abs(self.analytic), abs(self.numeric))

    @property
    def is_edge(self) -> bool:
        """Whether the function ends here, so that it has a slope on one side only."""
        return math.isfinite(self.left) != math.isfinite(self.right)

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the gradient; at a kink, whether it lies between the two sides."""
        if self.is_edge or (not self.is_clear and not self.is_kink):
            return True
        if self.is_kink:
            low, high = sorted((self.left, self.right))
            slack = self.tolerance * max(1.0, abs(low), abs(high))
            return low - slack <= self.analytic <= high + slack
        return self.error <= self.tolerance

    @property
    def verdict(self) -> str:
        """ok, kink, edge, unclear (rounding hides the slope, or there is none), or WRONG."""
        if not self.ok:
            return "WRONG"
        if self.is_edge:
            return "edge"
        if self.is_kink:
            return "kink"
        return "ok" if self.is_clear else "unclear"


class Report:
    """What `gradcheck` found; prints as a table, and is true if every gradient is right."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = tuple(checks)

    @property
    def ok(self) -> bool:
        """Whether every gradient is right."""
        return all(check.ok for check in self.checks)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        header = ("", "analytic", "numeric", "error", "")
        rows = [
            (check.name, show(check.analytic, 8), show(check.numeric, 8), f"{check.error:.0e}", check.verdict)
            for check in self.checks
        ]
        widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
        lines = [_line(row, widths) for row in [header, *rows]]
        tolerance = self.checks[0].tolerance if self.checks else TOLERANCE
        return "\n".join([*lines, f"central differences, h = {STEP:g}·max(1, |x|) or less; tolerance {tolerance:g}"])

    __repr__ = __str__


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
    return "  ".join([row[0].ljust(len(first)), *rest]).rstrip()


def gradcheck(
    function: Value | Function, inputs: Sequence[Number] | None = None, *, tolerance: float = TOLERANCE
) -> Report:
    """Hold the engine's gradient against central differences.

    Args:
        function: a Value, whose graph is recomputed with its leaves moved; or a function of Values that returns one.
        inputs: for a function, the numbers to call it with; for a Value, the leaves to check (all, if not given).
        tolerance: the largest error that is right, relative for gradients above 1.

    Raises:
        GraphError: if there is nothing to check.

    >>> x, y = Value(2.0, label="x"), Value(-1.5, label="y")
    >>> print(gradcheck((x * y).tanh() + y))  # doctest: +ELLIPSIS
           analytic       numeric  error
    x  -0.014799056  -0.014799056  ...    ok
    y     1.0197321     1.0197321  ...    ok
    central differences, h = 6e-06·max(1, |x|) or less; tolerance 1e-06

    >>> gradcheck(lambda x: x.relu(), [0.0]).checks[0].verdict
    'kink'
    """
    if isinstance(function, Value):
        return _check_graph(function, inputs, tolerance)
    return _check_function(function, inputs, tolerance)


def _check_graph(output: Value, leaves: Sequence[Number] | None, tolerance: float) -> Report:
    graph = Graph(output)
    graph.validate()
    moved = list(graph.leaves) if leaves is None else [_leaf(graph, leaf) for leaf in _listed(leaves)]
    if not moved:
        raise GraphError("gradcheck of a graph without variables", "there is nothing to move", instead="Value(2.0)")
    gradients = gradient_numbers(output)
    return Report(
        [
            _check(graph.name(leaf), gradients.get(leaf, 0.0), leaf.data, _moving(graph, leaf), tolerance)
            for leaf in moved
        ]
    )


def _leaf(graph: Graph, leaf: Number) -> Value:
    if not isinstance(leaf, Value) or leaf.args or leaf not in graph.index:
        raise GraphError(
            f"gradcheck of a graph by {leaf!r}",
            "only a leaf of the graph can be moved: its other numbers follow",
            instead="gradcheck(f, [x]), where f was computed from the Value x",
        )
    return leaf


def _listed(inputs: object) -> list[Any]:
    """The inputs as a list; a single number or a text is none."""
    if isinstance(inputs, str) or not isinstance(inputs, Iterable):
        raise GraphError(
            f"gradcheck(..., {inputs!r})", "the inputs are a list", instead="gradcheck(function, [2.0, -3.0])"
        )
    return list(inputs)


def _moving(graph: Graph, leaf: Value) -> Callable[[float], float]:
    return lambda number: graph.recompute({leaf: number})[graph.output]


def _check_function(function: Function, inputs: Sequence[Number] | None, tolerance: float) -> Report:
    found = [] if inputs is None else _listed(inputs)
    if not found or not callable(function):
        raise GraphError(
            f"gradcheck of {function!r}",
            "it takes a Value, or a function and the numbers to be called with",
            instead="gradcheck(function, [2.0, -3.0])",
        )
    values = [Value(number, label=f"x{index}") for index, number in enumerate(found, start=1)]
    gradients = gradient_numbers(Graph(_recorded(function, values)).output)
    numbers = [value.data for value in values]

    def moving(position: int) -> Callable[[float], float]:
        return lambda number: _call(function, [*numbers[:position], number, *numbers[position + 1 :]])

    return Report(
        [
            _check(value.label, gradients.get(value, 0.0), value.data, moving(position), tolerance)
            for position, value in enumerate(values)
        ]
    )


def _recorded(function: Function, values: Sequence[Value]) -> Value:
    """The function's graph, also where somebody has called `gradcheck` inside `no_grad`."""
    return contextvars.Context().run(function, *values)


def _call(function: Function, numbers: Sequence[float]) -> float:
    """The function's number; not a number where it is not defined."""
    try:
        with no_grad():
            return function(*[Value(number) for number in numbers]).data
    except DomainError:
        return math.nan


def _check(name: str, analytic: float, x: float, f: Callable[[float], float], tolerance: float) -> Check:
    """Differences with several steps; the best is the one that half the step confirms."""
    sizes = {STEP * max(1.0, abs(x)) / 10**power for power in range(5)} | {
        STEP * abs(x) / 10**power for power in (0, 2)
    }
    slopes = [_slopes(f, x, h) for h in sorted(sizes, reverse=True) if x + h / 2 != x]
    best = min(slopes, key=lambda slope: math.inf if math.isnan(slope.doubt) else slope.doubt)
    is_clear = best.doubt <= 100 * tolerance
    is_kink = best.is_kink and is_clear
    return Check(name, analytic, best.central, best.left, best.right, is_kink, is_clear, tolerance)


class _Slopes(NamedTuple):
    central: float
    left: float
    right: float
    is_kink: bool
    doubt: float


def _slopes(f: Callable[[float], float], x: float, h: float) -> _Slopes:
    middle, low, high, half_low, half_high = f(x), f(x - h), f(x + h), f(x - h / 2), f(x + h / 2)
    left, right = (middle - low) / h, (high - middle) / h
    half_left, half_right = (middle - half_low) / (h / 2), (half_high - middle) / (h / 2)
    once, twice = (left + right) / 2, (half_left + half_right) / 2
    rounding = 4e-16 * abs(middle) / h
    gap, half_gap = abs(right - left), abs(half_right - half_left)
    return _Slopes(
        central=(4 * twice - once) / 3,  # Richardson: the h² of the error cancels
        left=left,
        right=right,
        is_kink=half_gap > 0.75 * gap and gap > 1e-6 * max(1.0, abs(once)) + 8 * rounding,  # a bend would halve the gap
        doubt=(abs(twice - once) + rounding) / max(1.0, abs(twice)),
    )
