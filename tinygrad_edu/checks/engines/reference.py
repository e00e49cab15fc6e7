"""What would an engine compute that makes a certain mistake?

A `Design` says all that a small engine in the style of the ladder does: each operation with its local derivatives,
how a contribution is added, in which order the sweep goes. `built(design)` is the class `Value` of that engine. A
right design takes everything from the rule table; a mistake is the same design with one thing changed.

Names to know: `Design`, `RIGHT`, `built`. Read next: `mistakes.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from tinygrad_edu.rules import RULES

Forward = Callable[..., float]
Local = Callable[[Sequence[float], float], Sequence[float]]  # (arguments, out): the local derivative by each argument

ROWS = {  # the operations of a learner's engine, and their rows in the rule table
    "add": "add", "mul": "mul", "neg": "neg", "sub": "sub", "pow": "power", "div": "div",
    **{name: name for name in ("exp", "log", "tanh", "sigmoid", "relu")},
}  # fmt: skip
FUNCTIONS = tuple(ROWS)[6:]
ARGUMENTS = {name: 2 if name in ("add", "mul", "sub", "div") else 1 for name in ROWS}  # those that get a gradient


@dataclass(frozen=True)
class Operation:
    """What an operation computes, and its local derivatives."""

    forward: Forward
    local: Local


def _of_row(name: str) -> Operation:
    row = RULES[name]

    def local(args: Sequence[float], out: float) -> Sequence[float]:
        return tuple(row.local_derivatives(args, out))

    return Operation(lambda *args: row.evaluate(args), local)


@dataclass(frozen=True)
class Design:
    """All that an engine does.

    Attributes:
        operations: forward and local derivatives, by the name of the operation.
        made_of: (operation, which way) of those that are written with others, as a - b may be a + -b; see `COMPOSITES`.
        overwrites: (operation, position) of arguments whose gradient is replaced, where the contribution has to be
            added.
        without_upstream: (operation, position) of arguments that get the local derivative as it is.
        forgotten: (operation, position) of arguments that get nothing.
        reflected: for radd, rmul, rsub, rtruediv: "right", "turned" (as right: a + 2 for 2 + a), "missing", "swapped"
            or "endless".
        wraps: whether a plain number beside a Value becomes one.
        order: from the output to all nodes in the order of the sweep.
        passes: what a node sends on: "its gradient", when its turn comes; by recursion, at each arrival, "each
            contribution" (which is right, along every path) or "its sum so far"; or, where each argument is asked for
            its own sweep, which begins with 1 again, "1 again" before the contribution is added, or "1 again, last".
        keeps: whose gradients are left after the sweep: a key of `LOST`.
        frees: whether the graph is gone after the sweep, so that a second one finds the output alone.
        seed: the gradient of the output, from what it was and from its number.
        begin: what happens to all nodes before the sweep.
        same: when a node counts as visited: by what it is compared.
        serves_last_first: whether an operation serves its arguments from the last to the first.
        turned: a number whose bit i says whether the sweep visits the arguments of the ith node from the last to the
            first.
    """

    operations: Mapping[str, Operation] = field(
        default_factory=lambda: MappingProxyType({name: _of_row(row) for name, row in ROWS.items()})
    )
    made_of: frozenset[tuple[str, int]] = frozenset()
    overwrites: frozenset[tuple[str, int]] = frozenset()
    without_upstream: frozenset[tuple[str, int]] = frozenset()
    forgotten: frozenset[tuple[str, int]] = frozenset()
    reflected: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType(dict.fromkeys(("radd", "rmul", "rsub", "rtruediv"), "right"))
    )
    wraps: bool = True
    order: Callable[[Any], Iterable[Any]] = lambda output: reversed(topological(output))
    passes: str = "its gradient"
    keeps: str = "all"
    frees: bool = False
    seed: Callable[[float, float], float] = lambda old, data: 1.0
    begin: Callable[[Sequence[Any]], None] = lambda nodes: None
    same: Callable[[Any], object] = lambda node: id(node)
    serves_last_first: bool = False
    turned: int = 0

    def with_operation(self, name: str, forward: Forward | None = None, local: Local | None = None) -> Design:
        """The same with another forward function or other local derivatives of one operation."""
        old = self.operations[name]
        new = Operation(forward or old.forward, local or old.local)
        return replace(self, operations=MappingProxyType({**self.operations, name: new}))


# Orders of a sweep


def _last_to_first(node: Any) -> list[Any]:
    """Its arguments in the order in which a stack takes them: the one to be visited first is the last."""
    is_turned = node._design.turned >> node._number & 1
    return list(node._args if is_turned else reversed(node._args))


def topological(output: Any) -> list[Any]:
    """Every node once, after everything it was made of."""
    order: list[Any] = []
    seen: set[object] = set()
    stack = [(output, False)]
    while stack:
        node, is_done = stack.pop()
        if is_done:
            order.append(node)
        elif (mark := node._design.same(node)) not in seen:
            seen.add(mark)
            stack.append((node, True))
            stack += [(arg, False) for arg in _last_to_first(node)]
    return order


def pre_order(output: Any) -> list[Any]:
    """Every node as soon as it is met, depth first."""
    order: list[Any] = []
    seen: set[int] = set()
    stack = [output]
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            order.append(node)
            stack += _last_to_first(node)
    return order


def breadth_first(output: Any) -> list[Any]:
    """Every node as soon as it is met, level by level."""
    order, seen = [output], {id(output)}
    for node in order:
        for arg in reversed(_last_to_first(node)):
            if id(arg) not in seen:
                seen.add(id(arg))
                order.append(arg)
    return order


def for_each_path(output: Any) -> list[Any]:
    """Every node as often as there are paths to it, level by level: no memory of what was visited."""
    order = [output]
    for node in order:
        order += reversed(_last_to_first(node))
    return order


def for_each_path_depth_first(output: Any) -> list[Any]:
    """Every node as often as there are paths to it, by recursion."""
    order, stack = [], [output]
    while stack:
        node = stack.pop()
        order.append(node)
        stack += _last_to_first(node)
    return order


RIGHT = Design()


class Node:
    """A number of an engine; the engine is a subclass, which says its design."""

    _design: Design
    _made = 0  # nodes so far: the next one's number

    def __init__(self, data: float) -> None:
        self.data, self.grad = float(data), 0.0
        self._op = ""
        self._args: tuple[Node, ...] = ()
        self._local: Sequence[float] = ()  # the derivative of this node by each argument
        self._number = type(self)._made
        type(self)._made += 1

    def backward(self) -> None:
        """Fill in the gradients, as the design has it."""
        design = self._design
        design.begin(breadth_first(self))
        self.grad = design.seed(self.grad, self.data)
        if design.passes == "its gradient":
            for node in design.order(self):
                for contribution in _contributions(node, node.grad):
                    _add(*contribution)
        elif design.passes.startswith("1 again"):
            _begin_again(self)
        else:
            _push_on(self)
        if design.keeps != "all" or design.frees:
            _forget(self)


def built(design: Design) -> type[Node]:
    """The class `Value` of an engine with this design.

    >>> Value = built(RIGHT)
    >>> a, b = Value(2.5), Value(-1.75)
    >>> c = a * b + a
    >>> c.backward()
    >>> a.grad, b.grad
    (-0.75, 2.5)
    """
    return type("Value", (Node,), {"_design": design, **_operators(design)})


def _contributions(node: Node, upstream: float) -> list[tuple[Node, int, Node, float]]:
    """What a node passes on: (node, position, argument, contribution)."""
    design, found = node._design, []
    for at, (arg, local) in enumerate(zip(node._args, node._local, strict=True)):
        if (node._op, at) not in design.forgotten:
            factor = 1.0 if (node._op, at) in design.without_upstream else upstream
            found.append((node, at, arg, factor * local))
    return found[::-1] if design.serves_last_first else found


def _add(node: Node, at: int, arg: Node, contribution: float) -> None:
    arg.grad = contribution if (node._op, at) in node._design.overwrites else arg.grad + contribution


def _push_on(output: Node) -> None:
    """By recursion: at each arrival a node sends something on at once, along every path."""
    stack = [iter(_contributions(output, output.grad))]
    while stack:
        arrival = next(stack[-1], None)
        if arrival is None:
            stack.pop()
            continue
        _add(*arrival)
        _, _, arg, contribution = arrival
        sent = contribution if output._design.passes == "each contribution" else arg.grad
        stack.append(iter(_contributions(arg, sent)))


def _begin_again(output: Node) -> None:
    """Every argument is asked for a sweep of its own, which sets its gradient to 1: only what is added later stays."""
    ways, sweeps = [], [iter(_contributions(output, output.grad))]
    while sweeps:
        arrival = next(sweeps[-1], None)
        if arrival is not None:
            _, _, arg, _ = arrival
            arg.grad = 1.0
            ways.append(arrival)
            sweeps.append(iter(_contributions(arg, 1.0)))
            continue
        sweeps.pop()
        if ways:
            arrival = ways.pop()
            if output._design.passes == "1 again":
                _add(*arrival)


LOST: dict[str, Callable[[Node, Node], bool]] = {  # (node, output): whether its gradient is gone after the sweep
    "all": lambda node, output: False,
    "leaves": lambda node, output: bool(node._args),
    "leaves and the output": lambda node, output: bool(node._args) and node is not output,
    "all but the output": lambda node, output: node is output,
}


def _forget(output: Node) -> None:
    """What an engine does not keep after a sweep: gradients, or the graph."""
    design = output._design
    for node in breadth_first(output):
        if LOST[design.keeps](node, output):
            node.grad = 0.0
        if design.frees:
            node._args = node._local = ()


# Operators


def _apply(op: str, first: Node, *others: Any) -> Node:
    nodes = [first, *(other if isinstance(other, Node) else _wrapped(first, other) for other in others)]
    operation, numbers = first._design.operations[op], [node.data for node in nodes]
    out = type(first)(operation.forward(*numbers))
    out._op = op
    out._args = tuple(nodes[: ARGUMENTS[op]])  # an exponent is a plain number
    out._local = operation.local(numbers, out.data)[: ARGUMENTS[op]]
    return out


def _wrapped(beside: Node, number: float) -> Node:
    if not beside._design.wraps:  # with what Python says then
        raise AttributeError(f"'{type(number).__name__}' object has no attribute 'data'")
    return type(beside)(number)


COMPOSITES: dict[str, tuple[Callable[..., Any], ...]] = {  # ways to write an operation with others
    "neg": (lambda a: a * -1, lambda a: -1 * a),
    "sub": (lambda a, b: a + (-b), lambda a, b: a + b * -1),
    "div": (lambda a, b: a * b**-1,),
}
TURNED: dict[str, Callable[[Any, float], Any]] = {
    "radd": lambda a, number: a + number,
    "rmul": lambda a, number: a * number,
    "rsub": lambda a, number: (-a) + number,
    "rtruediv": lambda a, number: a**-1 * number,
}
PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "radd": lambda a, b: a + b,
    "rmul": lambda a, b: a * b,
    "rsub": lambda a, b: a - b,
    "rtruediv": lambda a, b: a / b,
}


METHODS = {name: f"__{name}__" for name in ("add", "mul", "sub", "neg", "pow")} | {"div": "__truediv__"}


def _operators(design: Design) -> dict[str, Callable[..., Any]]:
    """The methods of an engine, by their names."""
    made = {op: COMPOSITES[op][which] for op, which in design.made_of}
    plain = {METHODS.get(op, op): made.get(op) or _applying(op) for op in ROWS}
    reflected = {f"__{name}__": _reflected(name, how) for name, how in design.reflected.items() if how != "missing"}
    return plain | reflected


def _applying(op: str) -> Callable[..., Any]:
    return lambda first, *others: _apply(op, first, *others)


def _reflected(name: str, how: str) -> Callable[..., Any]:
    plain = PLAIN[name]
    ways: dict[str, Callable[..., Any]] = {
        "right": lambda self, other: plain(type(self)(other), self),
        "turned": TURNED[name],
        "swapped": plain,
        "endless": lambda self, other: plain(other, self),
    }
    return ways[how]
