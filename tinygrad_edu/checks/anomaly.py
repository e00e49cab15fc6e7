"""Where did the first inf or NaN come from?

    with detect_anomaly():
        loss = …                         raises at the operation that gives the first inf or NaN
        loss.backward()                  raises at the edge that gives the first infinite or NaN gradient

A NaN spreads: everything computed from it is NaN as well, and so is every gradient on its way. The node to look at is
the first one whose own arguments were still finite. Outside the block nothing is checked, and nothing costs time.

Names to know: `detect_anomaly`, `first_anomaly`. Read next: `engines/reference.py`.
"""

from __future__ import annotations

import linecache
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tinygrad_edu import copying
from tinygrad_edu.age import NOT_COMPUTED
from tinygrad_edu.blocks import Block
from tinygrad_edu.errors import AnomalyError
from tinygrad_edu.graph import Graph, formula, gradients_in
from tinygrad_edu.recorder import Watcher
from tinygrad_edu.rule import Rule
from tinygrad_edu.show import in_brackets, show
from tinygrad_edu.steps.wording import derivative, in_names, local_derivatives, shared_roles
from tinygrad_edu.user_code import user_frame
from tinygrad_edu.value import Value

SPREADS = "it is the first one; what is computed from it is likely to be inf or NaN too"
STABLE = (
    "softplus, logsumexp, sigmoid, or a loss `…_with_logits`, where exp and log meet; a smaller step, if numbers grew"
)
Line = tuple[str, int]  # file and number


def first_anomaly(output: Value) -> str:
    """A description of the first node whose number or gradient is inf or NaN; "" if all of them are finite.

    >>> x = Value(1000.0, label="x")
    >>> y = x.exp()
    >>> print(first_anomaly(y - y))
    v1 = exp(x) = exp(1000) is inf
    >>> z = Value(0.0, label="z")
    >>> print(first_anomaly(z ** 0.5))
    the gradient of z: upstream 1 × local derivative ∂v1/∂z = (0.5 · z ** (-0.5)) = inf, on the edge to v1 = z ** 0.5
    """
    graph = Graph(output)
    broken = first_not_finite(graph.nodes)
    if broken is not None:
        return _of_forward(graph, broken)
    edge = _broken_edge(graph)
    return "" if edge is None else _of_backward(graph, *edge)


def first_not_finite(nodes: Iterable[Value]) -> Value | None:
    """The first node whose number is inf or NaN.

    >>> first_not_finite([Value(1.0), Value(float("inf"))])
    Value(data=inf, grad=—)
    """
    return next((node for node in nodes if not math.isfinite(node.data)), None)


class detect_anomaly(Block):  # noqa: N801 (read as a word: `with detect_anomaly():`)
    """Inside the block, the first number or gradient that is inf or NaN raises an error that says where it came from.

    The error names the operation, its arguments, the local derivative, and the line of your code that made it. The
    block holds for the current thread or asynchronous task; under `no_grad` nothing is recorded, and so nothing is
    checked. Every operation takes several times as long as without it.

    Raises:
        AnomalyError: at the first inf or NaN.

    >>> x = Value(1000.0, label="x")
    >>> with detect_anomaly():                                   # doctest: +ELLIPSIS
    ...     y = x.exp() - 1
    Traceback (most recent call last):
    ...
    tinygrad_edu.errors.AnomalyError: v1 = exp(x) = exp(1000) is inf
      what is wrong:  it is the first one; what is computed from it is likely to be inf or NaN too
      where from:     ...
    """

    def _watcher(self) -> Watcher:
        """A watching recorder."""
        return _Anomalies()


# Watching


class _Traced(Value):
    """A computed Value that knows the line of the user's code that made it."""

    __slots__ = ("line",)

    line: Line | None


class _Anomalies:
    """Records nodes with their lines, and raises at the first number or gradient that is inf or NaN.

    It keeps the lines of code, but not the nodes.
    """

    def __init__(self) -> None:
        self._lines: dict[Line, Line] = {}

    def record(
        self, data: float, rule: Rule, args: tuple[Value, ...], partials: tuple[float, ...], since: float
    ) -> Value:
        """Record a node, and the line that made it."""
        node = copying.rebuilt(_Traced, data, NOT_COMPUTED, "", rule, args, partials)
        node._since = since
        node.line = self._line()
        if not math.isfinite(data):
            raise AnomalyError(first_anomaly(node), SPREADS, origin=_said(node), instead=STABLE)
        return node

    def look_at_sweep(self, output: Value) -> None:
        """Raise where a gradient would be the first one that is inf or NaN; no gradient is stored then."""
        graph = Graph(output)
        broken = first_not_finite(graph.nodes)
        if broken is not None:  # made before the block began
            raise AnomalyError(_of_forward(graph, broken), SPREADS, origin=_said(broken), instead=STABLE)
        edge = _broken_edge(graph)
        if edge is not None:
            raise AnomalyError(_of_backward(graph, *edge), SPREADS, origin=_said(edge[0]), instead=STABLE)

    def _line(self) -> Line | None:
        frame = user_frame()
        if frame is None:
            return None
        line = frame.f_code.co_filename, frame.f_lineno
        return self._lines.setdefault(line, line)  # one for all the nodes that it makes


def _said(node: Value) -> str:
    """The line of the user's code that made a node, with its place."""
    line = getattr(node, "line", None)
    if line is None:
        return "an expression that was made before detect_anomaly() began"
    file, number = line
    text = linecache.getline(file, number).strip()
    return f"{Path(file).name}, line {number}" + (f": {text}" if text else "")


# Reporting


def _of_forward(graph: Graph, node: Value) -> str:
    name = graph.name(node)
    if not node.args:
        return f"{name} is {show(node.data)}: it is a leaf, and was given this number"
    numbers = formula(node, [in_brackets(arg.data) for arg in node.args])
    return f"{name} = {graph.formula(node)} = {numbers} is {show(node.data)}"


def _broken_edge(graph: Graph) -> tuple[Value, int, float] | None:
    """The user, the argument's position, and the upstream gradient, of the first contribution that is inf or NaN."""
    gradients = gradients_in(graph)
    for number in range(len(graph) - 1, -1, -1):
        user, upstream = graph.nodes[number], gradients[number]
        for position, partial in enumerate(user.partials):
            if not math.isfinite(upstream * partial):
                return user, position, upstream
    return None


def _of_backward(graph: Graph, user: Value, position: int, upstream: float) -> str:
    name, arg, partial = graph.name(user), graph.name(user.args[position]), user.partials[position]
    local = derivative(name, arg, shared_roles(user.rule, user.args)[position])
    symbol = _symbol(graph, user, position)
    return (
        f"the gradient of {arg}: upstream {show(upstream)} × local derivative {local} = {symbol}{show(partial)}, "
        f"on the edge to {name} = {graph.formula(user)}"
    )


def _symbol(graph: Graph, user: Value, position: int) -> str:
    """The local derivative as a formula, with an equals sign after it; empty if it is constant."""
    rule: Any = user.rule
    constants = [arg.data if arg.is_constant else None for arg in user.args]
    wording = local_derivatives(rule, constants)[position]
    names = [graph.name(arg) for arg in user.args]
    return f"{in_names(wording, names, graph.name(user))} = " if wording else ""
