"""How is a graph copied and pickled, however long it is?

As a list of its computed nodes in topological order, arguments first, so that nothing recurses along a path. Leaves
stand in the list as themselves. A node that is used twice, in one graph or in several that are copied together, stays
one node.

Pickle asks each object for its parts, and recognizes an object that it has met before. The first Value that it asks
answers with that list; each computed node is in it not as itself (it would answer with a list in turn) but as a
`_Record`. A node has one record, as long as some pickle knows it. An interrupted pickle leaves nothing to tidy up.

Names to know: `deepcopy`, `reduced`, `rebuilt`. Read next: `errors.py`.
"""

from __future__ import annotations

import copy
import threading
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakValueDictionary

from tinygrad_edu.age import NEVER, UNKNOWN

if TYPE_CHECKING:
    from tinygrad_edu.rule import Rule
    from tinygrad_edu.value import Value

Kind = TypeVar("Kind", bound="Value")

State = tuple[float, float, str, "Rule | None", "tuple[Value, ...]", tuple[float, ...]]


def state(node: Value) -> State:
    """The whole state of a Value."""
    return node._data, node._grad, node._label, node.rule, node.args, node.partials


def rebuilt(kind: type[Kind], *state: Any) -> Kind:
    """A Value from its whole state. What it knew of changes is forgotten, so a sweep checks it closely."""
    node = kind.__new__(kind)
    node._data, node._grad, node._label, node.rule, node.args, node.partials = state
    node._at = node._data
    node._since = UNKNOWN if node.args else NEVER
    return node


def shallow(value: Value) -> Value:
    """A separate Value with the same arguments."""
    return _with_extras(rebuilt(type(value), *state(value)), extras(value))


def deepcopy(value: Value, memo: dict[int, Any]) -> Value:
    """A copy of a Value and of everything it depends on; nodes already copied are taken from the memo."""
    from tinygrad_edu.backprop import topological_order

    for node in topological_order(value):
        if id(node) not in memo:
            data, grad, label, rule, args, partials = state(node)
            again = rebuilt(type(node), data, grad, label, rule, tuple(memo[id(arg)] for arg in args), partials)
            memo[id(node)] = again
            if (more := extras(node)) is not None:
                _with_extras(again, copy.deepcopy(more, memo))
    copied: Value = memo[id(value)]
    return copied


def reduced(value: Value) -> tuple[Any, ...]:
    """What pickle asks for: a function, and the arguments to call it with."""
    from tinygrad_edu.backprop import topological_order

    if not value.args:
        return rebuilt, (type(value), *state(value)), extras(value)
    return _last, tuple(_record(node) for node in topological_order(value) if node.args)


def _last(*nodes: Value) -> Value:
    return nodes[-1]


class _Record:
    """A computed node in a pickle: its state, with the records of its arguments."""

    __slots__ = ("__weakref__", "node")

    def __init__(self, node: Value) -> None:
        self.node = node

    def __reduce__(self) -> tuple[Any, ...]:
        data, grad, label, rule, args, partials = state(self.node)
        records = tuple(map(_record, args))
        return rebuilt, (type(self.node), data, grad, label, rule, records, partials), extras(self.node)


class _Records(threading.local):
    """The records that some pickle in this thread knows."""

    def __init__(self) -> None:
        self.of: WeakValueDictionary[Value, _Record] = WeakValueDictionary()


_records = _Records()


def _record(node: Value) -> Value | _Record:
    """What stands for a node in a pickle; a leaf stands for itself."""
    if not node.args:
        return node
    record = _records.of.get(node)
    if record is None:
        record = _records.of[node] = _Record(node)
    return record


# What a subclass adds


def extras(node: Value) -> Any:
    """The attributes and slots that a subclass has added to a Value, as pickle writes them; None if there are not any.

    >>> from tinygrad_edu import Value
    >>> class Weight(Value):
    ...     __slots__ = ("layer",)
    >>> w = Weight(2.0)
    >>> w.layer = 3
    >>> extras(w), extras(Value(2.0))
    ((None, {'layer': 3}), None)
    """
    from tinygrad_edu.value import Value

    kind = type(node)
    if kind is Value:
        return None
    found = node.__getstate__()
    if kind.__getstate__ is not object.__getstate__:  # the subclass defines what to keep
        return found
    attributes, slots = found if isinstance(found, tuple) else (found, {})
    own = {name: thing for name, thing in slots.items() if name not in Value.__slots__}
    return (attributes, own) if attributes or own else None


def _with_extras(node: Kind, extras: Any) -> Kind:
    """The same node with what a subclass has added, restored as pickle does it."""
    if hasattr(node, "__setstate__") and extras is not None:  # as pickle does
        node.__setstate__(extras)
        return node
    attributes, slots = extras if isinstance(extras, tuple) else (extras, None)
    for name, thing in {**(attributes or {}), **(slots or {})}.items():
        setattr(node, name, thing)
    return node
