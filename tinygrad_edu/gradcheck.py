"""Is the gradient right?

Move each input a little in both directions, see how much the output moves, and hold that against the gradient. Do the
same with each operation alone, and hold that against the local derivative on each of its edges: where a gradient is
wrong, this says which operation is to blame.

A kink, such as relu at 0, is flagged rather than failed, and the value the rule table chose must lie between the two
sides. The edge of a domain, such as sqrt at 0, is flagged as well, and so is a slope that rounding hides.

Names to know: `gradcheck`, `Report`. Read next: `expression.py`, which turns text into graphs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tinygrad_edu.backprop import gradient_numbers
from tinygrad_edu.differences import TOLERANCE, Check, check
from tinygrad_edu.errors import DomainError, GraphError
from tinygrad_edu.graph import Edge, Graph
from tinygrad_edu.show import cut, show
from tinygrad_edu.value import Number, Value, no_grad, recording

LONGEST_LIST = 20  # edges that are printed, whatever their verdict
LONGEST_NAME = 30

Function = Callable[..., Value]


class Report:
    """What `gradcheck` found; prints as a table, and is true if every derivative is right.

    Attributes:
        checks: one for each input: the gradient of the output.
        edges: one for each edge of the graph: the local derivative of its operation.
        tolerance: the largest error that is right, relative for derivatives above 1.
    """

    def __init__(self, checks: Sequence[Check], edges: Sequence[Check] = (), tolerance: float = TOLERANCE) -> None:
        self.checks = tuple(checks)
        self.edges = tuple(edges)
        self.tolerance = tolerance

    @property
    def ok(self) -> bool:
        """Whether every gradient and every local derivative is right."""
        return all(check.ok for check in (*self.checks, *self.edges))

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        shown = [check for index, check in enumerate(self.edges) if index < LONGEST_LIST or not check.ok]
        left_out = len(self.edges) - len(shown)
        header = ("", "analytic", "numeric", "error", "h", "")
        rows = [header, *map(_cells, self.checks), *map(_cells, shown)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [_line(row, widths) for row in rows]
        edges = ["", "each operation alone", *lines[1 + len(self.checks) :]] if shown else []
        more = [f"… and {left_out:,} more, all right"] if left_out else []
        method = f"central differences with the step h; an error up to {self.tolerance:g} is right"
        return "\n".join([*lines[: 1 + len(self.checks)], *edges, *more, "", method])

    __repr__ = __str__


def _cells(check: Check) -> tuple[str, ...]:
    error, step = f"{check.error:.0e}", f"{check.step:.0e}"
    return (cut(check.name, LONGEST_NAME), show(check.analytic, 8), show(check.numeric, 8), error, step, check.verdict)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
    return "  ".join([row[0].ljust(len(first)), *rest[:-1], row[-1]]).rstrip()


def gradcheck(
    function: Value | Function, inputs: Sequence[Number] | None = None, *, tolerance: float = TOLERANCE
) -> Report:
    """Hold the engine's gradient, and every local derivative it is made of, against central differences.

    Args:
        function: a Value, whose graph is recomputed with its leaves moved; or a function of Values that returns one.
        inputs: for a function, the numbers to call it with; for a Value, the leaves to check (all, if not given).
        tolerance: the largest error that is right, relative for gradients above 1.

    Raises:
        GraphError: if there is nothing to check.

    >>> x, y = Value(2.0, label="x"), Value(-1.5, label="y")
    >>> print(gradcheck((x * y).tanh()))  # doctest: +ELLIPSIS
                 analytic       numeric  error      h
    x        -0.014799056  -0.014799056  ...  ok
    y         0.019732074   0.019732074  ...  ok
    <BLANKLINE>
    each operation alone
    ∂v1/∂x           -1.5          -1.5  ...  ok
    ∂v1/∂y              2             2  ...  ok
    ∂v2/∂v1  0.0098660372  0.0098660372  ...  ok
    <BLANKLINE>
    central differences with the step h; an error up to 1e-06 is right

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
    checks = [
        check(graph.name(leaf), gradients.get(leaf, 0.0), leaf.data, _moving(graph, leaf), tolerance) for leaf in moved
    ]
    return Report(checks, _edge_checks(graph, tolerance), tolerance)


def _edge_checks(graph: Graph, tolerance: float) -> list[Check]:
    return [
        check(_edge_name(graph, edge), edge.partial, edge.argument.data, _moving_alone(edge), tolerance)
        for edge in graph.edges
        if not edge.argument.is_constant
    ]


def _edge_name(graph: Graph, edge: Edge) -> str:
    """∂v1/∂x, and if x stands there more than once, at which place."""
    name = f"∂{graph.name(edge.user)}/∂{graph.name(edge.argument)}"
    return name if edge.user.args.count(edge.argument) == 1 else f"{name} (argument {edge.position + 1})"


def _moving_alone(edge: Edge) -> Callable[[float], float]:
    """The operation of an edge, with the argument on it moved; not a number where it is not defined."""
    rule, numbers = edge.user.rule, [arg.data for arg in edge.user.args]
    assert rule is not None

    def moved(x: float) -> float:
        args = [*numbers[: edge.position], x, *numbers[edge.position + 1 :]]
        is_inside = rule.domain is None or rule.domain.holds(*args)
        return rule.evaluate(args) if is_inside else math.nan

    return moved


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
    graph = Graph(_recorded(function, values))
    gradients = gradient_numbers(graph.output)
    numbers = [value.data for value in values]

    def moving(position: int) -> Callable[[float], float]:
        return lambda number: _call(function, [*numbers[:position], number, *numbers[position + 1 :]])

    checks = [
        check(value.label, gradients.get(value, 0.0), value.data, moving(position), tolerance)
        for position, value in enumerate(values)
    ]
    return Report(checks, _edge_checks(graph, tolerance), tolerance)


def _recorded(function: Function, values: Sequence[Value]) -> Value:
    """The function's graph, also where somebody has called `gradcheck` inside `no_grad`."""
    with recording():
        return function(*values)


def _call(function: Function, numbers: Sequence[float]) -> float:
    """The function's number; not a number where it is not defined."""
    try:
        with no_grad():
            return function(*[Value(number) for number in numbers]).data
    except DomainError:
        return math.nan
