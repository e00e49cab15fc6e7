"""Do the numbers that a graph has stored still belong together?

A node stores its result and its local derivatives. If the number of a leaf is set afterwards, both belong to the old
number. Whether a node *can* be out of date is seen from two times (`age.py`); whether it is, by computing it again.

Names to know: `old_nodes`, `is_current`. Read next: `user_code.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tinygrad_edu.age import NEVER, UNKNOWN
from tinygrad_edu.value import Value


def old_nodes(computed: Iterable[Value], leaves: Iterable[Value]) -> Iterator[Value]:
    """The nodes of a graph that would differ if they were computed now, in the order given.

    Args:
        computed: the nodes that were computed.
        leaves: the leaves that they depend on.

    >>> x = Value(2.0)
    >>> y = x * x
    >>> list(old_nodes([y], [x]))
    []
    >>> x.data = 3.0
    >>> list(old_nodes([y], [x])) == [y]
    True
    """
    newest = max((leaf._since for leaf in leaves), default=NEVER)
    suspects = [node for node in computed if node._since < newest]
    for node in suspects:
        since = node._since
        if (since == UNKNOWN or any(arg._since > since for arg in node.args)) and not is_current(node):
            yield node


def is_current(node: Value) -> bool:
    """Whether a computed node has the result and the local derivatives that its arguments give now."""
    out, partials = recomputed(node)
    return same([out, *partials], [node.data, *node.partials])


def has_current_result(node: Value) -> bool:
    """Whether a computed node has the result that its arguments give now."""
    assert node.rule is not None
    return same([node.rule.evaluate([arg.data for arg in node.args])], [node.data])


def recomputed(node: Value) -> tuple[float, tuple[float, ...]]:
    """What a computed node would store if it were computed now."""
    rule, numbers = node.rule, [arg.data for arg in node.args]
    assert rule is not None
    if rule.domain is None or rule.domain.holds(*numbers):
        return rule.linearize(*rule.grouped(numbers))
    return rule.evaluate(numbers), (float("nan"),) * len(numbers)  # as `record` does outside a domain


def same(some: Sequence[float], others: Sequence[float]) -> bool:
    """Whether two lists hold the same numbers; NaN equals NaN here."""
    return all(a == b or (a != a and b != b) for a, b in zip(some, others, strict=True))
