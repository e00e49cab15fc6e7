"""What are the partials of a row, as graphs?

The partials of the rule table are written in generic arithmetic, so Values flow through them as well as floats do. Here
they are run once on Values that stand for *any* arguments, and the result is a graph: printing it gives the local
derivative in words (`wording.py`) or as a program (`javascript.py`), and nothing is restated.

Names to know: `partial_graphs`. Read next: `text/parsing.py`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import NamedTuple

from tinygrad_edu.blocks import recording
from tinygrad_edu.errors import DomainError
from tinygrad_edu.rule import Rule
from tinygrad_edu.value import Value, as_float

STAND_INS = (1.0, 0.5, 2.0, -0.5)  # a Value needs some number: 1 suits our rows, 0.5 an arc sine, 2 an acosh


class PartialGraphs(NamedTuple):
    """The partials of a row, as graphs.

    Attributes:
        args: what stands for each argument: a Value, or the plain number that it is.
        out: what stands for the result.
        partials: a Value computed from those for each argument, or a plain number where the partial is constant.
    """

    args: tuple[Value | float, ...]
    out: Value
    partials: tuple[Value | float, ...]


def partial_graphs(rule: Rule, constants: Sequence[Value | float | None]) -> PartialGraphs:
    """The local derivative by each argument of an operation, as a graph.

    Args:
        rule: the operation.
        constants: for each argument the plain number that it is, or None for a variable; a constant Value stands for
            any plain number.

    Raises:
        DomainError: if the partials are not defined at any number that was tried.

    >>> from tinygrad_edu.rules import mul, tanh
    >>> x, out, (partial,) = partial_graphs(tanh, [None])
    >>> partial.args[1].args == (out, out)
    True
    >>> graphs = partial_graphs(mul, [None, 3.0])
    >>> graphs.partials[0], graphs.partials[1] is graphs.args[0]
    (3.0, True)
    """
    *others, last = STAND_INS
    for number in others:
        with contextlib.suppress(DomainError):
            return _partial_graphs_at(number, rule, constants)
    return _partial_graphs_at(last, rule, constants)


def _partial_graphs_at(stand_in: float, rule: Rule, constants: Sequence[Value | float | None]) -> PartialGraphs:
    args = tuple(Value(stand_in) if number is None else number for number in constants)
    out = Value(stand_in)
    with recording():  # the result is cached, also for callers that are not inside `no_grad`
        found = rule.local_derivatives(args, out)
    return PartialGraphs(args, out, tuple(each if isinstance(each, Value) else as_float(each) for each in found))
