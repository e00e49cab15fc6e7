"""What is there to know of everything that a Value depends on?

Its nodes in topological order, numbered and named, the edges between them, and which leaves there are. All that is
said, drawn or compiled of a graph is read from this.

Names to know: `Graph`, `Edge`. Read next: `recorder.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from tinygrad_edu.backprop import topological_order
from tinygrad_edu.errors import GraphError, StaleGraphError
from tinygrad_edu.show import counted, in_brackets, show
from tinygrad_edu.stale import has_current_result, old_nodes, recomputed, same
from tinygrad_edu.value import Value


class Edge(NamedTuple):
    """One use of a node: `argument` is at `position` among the arguments of `user`. In `x * x` there are two."""

    user: Value
    position: int
    argument: Value

    @property
    def partial(self) -> float:
        """The local derivative ∂user/∂argument along this edge."""
        return self.user.partials[self.position]


class Graph:
    """A frozen, numbered view of everything a Value depends on.

    Args:
        output: the Value at the end.

    >>> x, y = Value(2.0, label="x"), Value(3.0, label="y")
    >>> graph = Graph(x * y + x)
    >>> [graph.name(node) for node in graph.nodes], len(graph.edges)
    (['x', 'y', 'v1', 'v2'], 4)
    """

    def __init__(self, output: Value) -> None:
        if not isinstance(output, Value):
            raise GraphError(
                f"the graph of {output!r}",
                f"{type(output).__name__} is not a Value, so it does not know how it was made",
                instead="the Value itself, not its .data; of several outputs, one at a time",
            )
        self.output = output
        self.nodes: tuple[Value, ...] = tuple(topological_order(output))
        self.index: dict[Value, int] = {node: index for index, node in enumerate(self.nodes)}

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.nodes)

    def __repr__(self) -> str:
        nodes, edges = counted(len(self.nodes), "node"), counted(len(self.edges), "edge")
        return f"<Graph of {nodes} and {edges}, output {self.name(self.output)}>"

    @cached_property
    def arguments(self) -> list[list[int]]:
        """The arguments of each node, by number."""
        number = self.index.__getitem__
        return [list(map(number, node.args)) for node in self.nodes]

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Every use of a node, in the order of the users."""
        return tuple(
            Edge(node, position, argument) for node in self.nodes for position, argument in enumerate(node.args)
        )

    @cached_property
    def _uses(self) -> dict[Value, list[Edge]]:
        uses: dict[Value, list[Edge]] = {node: [] for node in self.nodes}
        for edge in self.edges:
            uses[edge.argument].append(edge)
        return uses

    def uses(self, node: Value) -> Sequence[Edge]:
        """The edges along which gradients flow into a node: one for each use of it."""
        return self._uses[node]

    @cached_property
    def leaves(self) -> tuple[Value, ...]:
        """The nodes that were not computed, without the constants."""
        return tuple(node for node in self.nodes if not node.args and not node.is_constant)

    @cached_property
    def _names(self) -> dict[Value, str]:
        names = {node: show(node.data) for node in self.nodes if node.is_constant}
        labelled = [node for node in self.nodes if node.label]
        free = Names({node.label for node in labelled})
        used: set[str] = set()
        for node in labelled:
            names[node] = node.label if node.label not in used else free.after(f"{node.label}_", 2)
            used.add(names[node])
        for node in self.nodes:
            if node not in names:
                names[node] = free.after("v", 1)
        return names

    def name(self, node: Value) -> str:
        """What to call a node: its label (made unique), a constant's number, or v1, v2 … in topological order."""
        return self._names[node]

    def recompute(self, changes: Mapping[Value, float]) -> dict[Value, float]:
        """The number of every node if some leaves had other numbers. The graph itself is not changed.

        >>> x = Value(2.0, label="x")
        >>> y = x * x
        >>> Graph(y).recompute({x: 3.0})[y]
        9.0
        """
        numbers: dict[Value, float] = {}
        for node in self.nodes:
            if node.rule is None or not node.args:
                numbers[node] = changes.get(node, node.data)
            else:
                numbers[node] = node.rule.evaluate([numbers[arg] for arg in node.args])
        return numbers

    def validate(self) -> None:
        """Check what every graph promises: arguments before users, and every number equal to its recomputation.

        Local derivatives are checked only where a number was set since: finding a wrong one is up to `gradcheck`.

        Raises:
            StaleGraphError: if a number was changed after it was used.

        >>> x = Value(2.0, label="x")
        >>> y = x * x
        >>> x.data = 5.0
        >>> Graph(y).validate()
        Traceback (most recent call last):
        ...
        tinygrad_edu.errors.StaleGraphError: v1 = x * x is 4, but its arguments now give 25
          what is wrong:  a number changed after the graph was made
          write instead:  the expression again, to make a new graph
        """
        computed = [node for node in self.nodes if node.args]
        for node in computed:
            assert all(self.index[arg] < self.index[node] for arg in node.args)
            if not has_current_result(node):
                raise self.stale(node)
        for node in old_nodes(computed, (node for node in self.nodes if not node.args)):
            raise self.stale(node)

    def stale(self, node: Value) -> StaleGraphError:
        """The error for a node that is older than the numbers of its arguments."""
        if has_current_result(node):  # as of x ** 2, if x was 2 and is -2
            return stale_derivative(node)
        again, _ = recomputed(node)
        return stale(f"{self.name(node)} = {self.formula(node)} is {show(node.data)}", show(again))

    def formula(self, node: Value) -> str:
        """The operation that made a node, in the names of its arguments: `x * y`."""
        if node.rule is None or not node.args:
            return self.name(node)
        return formula(node, [self.name(arg) for arg in node.args])


def gradient_numbers(output: Value) -> dict[Value, float]:
    """The gradients that `backward` computes, in a dictionary; every `.grad` stays as it is.

    >>> x = Value(3.0)
    >>> gradient_numbers(x ** 2)[x], x.has_grad
    (6.0, False)
    """
    graph = Graph(output)
    return dict(zip(graph.nodes, gradients_in(graph), strict=True))


def gradients_in(graph: Graph, partials: Sequence[Sequence[float]] | None = None) -> list[float]:
    """The gradient of every node in a graph, indexed by its number.

    Args:
        graph: of the output.
        partials: for each node other local derivatives than those that it stores.

    >>> x = Value(3.0)
    >>> gradients_in(Graph(x * x))
    [6.0, 1.0]
    """
    local = [node.partials for node in graph.nodes] if partials is None else partials
    arguments, gradients = graph.arguments, [0.0] * len(graph)
    gradients[-1] = 1.0
    for number in range(len(graph) - 1, -1, -1):
        upstream = gradients[number]
        for arg, partial in zip(arguments[number], local[number]):  # noqa: B905 (equal by construction, as in backward)
            gradients[arg] += upstream * partial
    return gradients


def formula(node: Value, names: Sequence[str]) -> str:
    """The operation that made a node, in the given names of its arguments.

    >>> formula(Value(2.0) * Value(3.0), ["x", "y"])
    'x * y'
    """
    assert node.rule is not None
    return node.rule.fill(node.rule.text, names)


def stale_derivative(node: Value) -> StaleGraphError:
    """The error for a node whose local derivatives are older than the numbers of its arguments."""
    pairs = zip(node.partials, recomputed(node)[1], strict=True)
    was, now = next((was, now) for was, now in pairs if not same([was], [now]))
    names = [arg.label or (in_brackets(arg.data) if arg.is_constant else f"({show(arg.data)})") for arg in node.args]
    text = formula(node, names)
    return stale(f"the local derivative {show(was)} of {text}", show(now))


def stale(was: str, now: str) -> StaleGraphError:
    """The error for a graph whose numbers changed after it was made."""
    return StaleGraphError(
        f"{was}, but its arguments now give {now}",
        "a number changed after the graph was made",
        instead="the expression again, to make a new graph",
    )


class Names:
    """Names that are not taken yet: a stem and the next free number.

    >>> names = Names({"v1"})
    >>> names.after("v", 1), names.after("v", 1)
    ('v2', 'v3')
    """

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self._next: dict[str, int] = {}

    def after(self, stem: str, first: int) -> str:
        """The stem with the first number, from `first` on, that gives a new name."""
        number = self._next.get(stem, first)
        while f"{stem}{number}" in self.taken:
            number += 1
        self._next[stem] = number + 1
        self.taken.add(f"{stem}{number}")
        return f"{stem}{number}"
