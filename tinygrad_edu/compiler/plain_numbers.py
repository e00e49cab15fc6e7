"""Does a function of samples take one of their numbers for a plain one?

    middle = sum(x.data for x in xs) / len(xs)
    loss = sum((w * (x - middle)) ** 2 for x in xs)

`middle` is a float: in the graph it is a constant, as 0.5 would be, and a program would keep it for other samples. So
the function is traced twice with as many samples, of other numbers: a constant that is another one the second time was
made of the samples. That is so even if it does not change the loss of either, as what is taken away before `exp` and
added after `log`; what cancels in the formulas is gone before anything is compared.

Names to know: `plain_number`. Read next: `unify.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from tinygrad_edu.compiler.samples import Trace
from tinygrad_edu.compiler.scalars import Scalars, lower
from tinygrad_edu.compiler.sizes import same_number
from tinygrad_edu.show import show
from tinygrad_edu.value import Value


def plain_number(one: Trace, other: Trace, wrt: Sequence[Value]) -> str:
    """A constant that is not the same for other samples, in words; "" if there is none, or the graphs differ."""
    first, second = (_lowered(trace, wrt) for trace in (one, other))
    if first.rule != second.rule or first.args != second.args:
        return ""
    constants = first.constants.keys() & second.constants.keys()
    for node in sorted(constants.intersection(chain.from_iterable(first.args))):
        before, after = first.data[node], second.data[node]
        if not same_number(before, after):
            return f"the plain number {show(before)} in `{_use(one, node)}` is {show(after)} for other samples"
    return ""


def _use(trace: Trace, node: int) -> str:
    """The first operation that uses a node."""
    graph = trace.graph
    return graph.formula(next(user for user, args in zip(graph.nodes, graph.arguments, strict=True) if node in args))


def _lowered(trace: Trace, wrt: Sequence[Value]) -> Scalars:
    return lower(trace.graph, wrt, (), trace.outputs.reshape(-1).tolist(), trace.tables)
