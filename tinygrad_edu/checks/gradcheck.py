"""Is the gradient right?

Move each input a little in both directions, see how much the output moves, and compare that with the gradient. Do the
same for each operation alone, and compare that with the local derivative on each of its edges: where a gradient is
wrong, this shows which operation is to blame.

A kink, such as relu at 0, is flagged rather than failed, and the value that the rule table chose must lie between the
two sides. The edge of a domain, such as sqrt at 0, is flagged as well, and so is a slope that rounding hides.

Names to know: `gradcheck`, `Report`. Read next: `anomaly.py`.
"""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from tinygrad_edu.blocks import no_grad, recording
from tinygrad_edu.checks.numeric_slope import MOST_RUNS, TOLERANCE, Check, check
from tinygrad_edu.errors import DomainError, GraphError
from tinygrad_edu.graph import Graph, gradient_numbers
from tinygrad_edu.show import aligned, counted, cut, show
from tinygrad_edu.steps.wording import derivative, shared_roles
from tinygrad_edu.value import Number, Value

LONGEST_LIST = 20  # edges that are printed, whatever their verdict
LONGEST_NAME = 30
SHORT, LONG = 1.0, 60.0  # seconds of work: without a bar, and with a warning where no bar can be seen
NODES_A_SECOND = 7e6  # computed again, at a guess

Function = Callable[..., Value]


class Report:
    """What `gradcheck` found; prints as a table, and is true if every derivative is right.

    Attributes:
        checks: one for each input: the gradient of the output.
        edges: one for each edge that leads from the inputs to the output: the local derivative of its operation.
        tolerance: the largest error that is accepted, relative for derivatives above 1.
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
        lines = aligned(rows, "<>>>><")
        edges = ["", "each operation alone", *lines[1 + len(self.checks) :]] if shown else []
        more = [f"… and {left_out:,} more, all right"] if left_out else []
        method = f"central differences with step h; accepted error: up to {self.tolerance:g}"
        return "\n".join([*lines[: 1 + len(self.checks)], *edges, *more, "", method])

    __repr__ = __str__


def _cells(check: Check) -> tuple[str, ...]:
    error, step = f"{check.error:.0e}", f"{check.step:.0e}"
    return (cut(check.name, LONGEST_NAME), show(check.analytic, 8), show(check.numeric, 8), error, step, check.verdict)


def gradcheck(
    function: Value | Function, inputs: Sequence[Number] | None = None, *, tolerance: float = TOLERANCE
) -> Report:
    """Check the engine's gradient, and every local derivative it is made of, against central differences.

    Args:
        function: a Value, whose graph is recomputed with its leaves moved; or a function of Values that returns one.
        inputs: for a function, the numbers to call it with; for a Value, the leaves to check (all, if not given).
        tolerance: the largest error that is accepted, relative for gradients above 1.

    Every input costs up to 37 evaluations of all that depends on it: seconds for hundreds, minutes for thousands.

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
    central differences with step h; accepted error: up to 1e-06

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
        check(graph.name(leaf), gradients.get(leaf, 0.0), leaf.data, _moving(graph, leaf), tolerance)
        for leaf in _with_a_bar(moved, graph)
    ]
    nodes = graph.nodes if leaves is None else _dependents(graph, *moved)
    return Report(checks, _edge_checks(graph, _variables(nodes), tolerance), tolerance)


def _edge_checks(graph: Graph, moved: Collection[Value], tolerance: float) -> list[Check]:
    """The local derivative on every edge from one of these nodes."""
    return [
        check(name, user.partials[position], user.args[position].data, alone, tolerance)
        for user in graph.nodes
        for position, name, alone in _arguments_alone(graph, user, moved)
    ]


def _variables(nodes: Iterable[Value]) -> set[Value]:
    return {node for node in nodes if not node.is_constant}


def _arguments_alone(
    graph: Graph, user: Value, moved: Collection[Value]
) -> Iterator[tuple[int, str, Callable[[float], float]]]:
    """For each argument of a node that is one of these: its position, the name of the edge, what moves it alone."""
    numbers = [arg.data for arg in user.args]
    roles = shared_roles(user.rule, user.args)
    for position, arg in enumerate(user.args):
        if arg in moved:
            name = derivative(graph.name(user), graph.name(arg), roles[position])
            yield position, name, _moving_alone(user, numbers, position)


def _moving_alone(user: Value, numbers: Sequence[float], position: int) -> Callable[[float], float]:
    """The operation of a node, with one argument moved; NaN where it is not defined."""
    rule, args = user.rule, list(numbers)
    assert rule is not None

    def moved(x: float) -> float:
        args[position] = x
        is_inside = rule.domain is None or rule.domain.holds(*args)
        return rule.evaluate(args) if is_inside else math.nan

    return moved


def _moving(graph: Graph, leaf: Value) -> Callable[[float], float]:
    """The output, with a leaf moved: only what depends on the leaf is computed again, arguments before users."""
    order = _dependents(graph, leaf)
    changes: dict[Value, list[tuple[int, Value]]] = {node: [] for node in order}
    for edge in (edge for node in order for edge in graph.uses(node)):
        changes[edge.user].append((edge.position, edge.argument))
    steps = [
        (node, node.rule.evaluate, [arg.data for arg in node.args], changes[node])
        for node in order
        if node.rule is not None and node is not leaf
    ]

    def moved(x: float) -> float:
        numbers = {leaf: x}
        for node, evaluate, args, changed in steps:
            for position, arg in changed:
                args[position] = numbers[arg]
            numbers[node] = evaluate(args)
        return numbers[graph.output]

    return moved


def _dependents(graph: Graph, *leaves: Value) -> list[Value]:
    """Some leaves, and every node that depends on them, in topological order."""
    found, waiting = set(leaves), list(leaves)
    while waiting:
        users = {edge.user for edge in graph.uses(waiting.pop())} - found
        found |= users
        waiting += users
    return sorted(found, key=graph.index.__getitem__)


def _leaf(graph: Graph, leaf: Number) -> Value:
    if not isinstance(leaf, Value) or leaf.args or leaf not in graph.index:
        raise GraphError(
            f"gradcheck of a graph by {leaf!r}",
            "only a leaf of the graph can be moved: its other numbers follow",
            instead="gradcheck(f, [x]), where f was computed from the Value x",
        )
    return leaf


def _listed(inputs: object) -> list[Any]:
    """The inputs as a list; a single number or a string is refused."""
    if isinstance(inputs, str) or not isinstance(inputs, Iterable):
        raise GraphError(
            f"gradcheck(..., {inputs!r})", "the inputs are a list", instead="gradcheck(function, [2.0, -3.0])"
        )
    return list(inputs)


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
        for position, value in enumerate(_with_a_bar(values, graph))
    ]
    return Report(checks, _edge_checks(graph, _variables(graph.nodes), tolerance), tolerance)


def _with_a_bar(inputs: Sequence[Value], graph: Graph) -> Iterable[Value]:
    """The inputs one by one; if they take long, with a progress bar that shows how much is left.

    Without a terminal to draw the bar on, a warning announces long work, before it begins.
    """
    seconds = MOST_RUNS * len(inputs) * len(graph) / NODES_A_SECOND
    work = f"gradcheck: {MOST_RUNS} runs for each of {counted(len(inputs), 'input')}, of {counted(len(graph), 'node')}"
    if seconds < SHORT:
        return inputs
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import track

        return track(inputs, f"  {work}", console=Console(stderr=True), transient=True)
    if seconds > LONG:
        few = "gradcheck(f, leaves[:20]) checks some of them"
        warnings.warn(f"{work}: up to {counted(round(seconds / 60), 'minute')}; {few}", stacklevel=4)
    return inputs


def _recorded(function: Function, values: Sequence[Value]) -> Value:
    """The function's graph, even if `gradcheck` was called inside `no_grad`."""
    with recording():
        return function(*values)


def _call(function: Function, numbers: Sequence[float]) -> float:
    """The function's number; NaN where it is not defined."""
    try:
        with no_grad():
            return function(*[Value(number) for number in numbers]).data
    except DomainError:
        return math.nan
