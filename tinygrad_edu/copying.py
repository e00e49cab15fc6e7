"""How is a graph copied and pickled, however long it is?

Both follow the topological order, arguments first, and so nothing calls itself once for each node on a path. A node
that is used twice, in one graph or in two that are copied together, stays one node.

Pickle asks each object for its parts, and takes them apart before it asks the next one. So the first Value that it
asks names all nodes of its graph, in order; while those are written, each is asked again and gives only its own
numbers, since its arguments are written already. A last part, which is nothing, says that this has come to its end.

Names to know: `deepcopy`, `reduced`.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from tinygrad_edu.marks import NOT_COMPUTED

if TYPE_CHECKING:
    from tinygrad_edu.rule import Rule
    from tinygrad_edu.value import Value

State = tuple[float, float, str, "Rule | None", "tuple[Value, ...]", tuple[float, ...]]


def state(node: Value) -> State:
    """All that a node is."""
    grad = node._grad if node._grad is NOT_COMPUTED else float(node._grad)  # what else it knows is of this node alone
    return node._data, grad, node._label, node.rule, node.args, node.partials


def rebuilt(kind: type[Value], *state: Any) -> Value:
    """A node of all that it is."""
    node: Value = kind.__new__(kind)
    node._data, node._grad, node._label, node.rule, node.args, node.partials = state
    return node


def deepcopy(value: Value, memo: dict[int, Any]) -> Value:
    """A copy of a Value and of all that it depends on; nodes that were copied already are taken from the memo."""
    from tinygrad_edu.graph import topological_order

    for node in topological_order(value):
        if id(node) not in memo:
            data, grad, label, rule, args, partials = state(node)
            again = rebuilt(type(node), data, grad, label, rule, tuple(memo[id(arg)] for arg in args), partials)
            memo[id(node)] = again
    copied: Value = memo[id(value)]
    return copied


class _Writing(threading.local):
    """The nodes whose graph is being pickled by this thread."""

    nodes: frozenset[Value] = frozenset()


_writing = _Writing()


class _End:
    """Written after the last node: then nothing is being pickled any more."""

    def __reduce__(self) -> tuple[Any, ...]:
        _writing.nodes = frozenset()
        return _nothing, ()


def _nothing() -> None:
    return None


def _last(*nodes: Any) -> Any:
    return nodes[-2]


def reduced(value: Value) -> tuple[Any, ...]:
    """What pickle wants to know: a function, and what to call it with."""
    from tinygrad_edu.graph import topological_order

    if value in _writing.nodes or not value.args:
        return rebuilt, (type(value), *state(value))
    order = topological_order(value)
    _writing.nodes = frozenset(order)
    return _last, (*order, _End())
