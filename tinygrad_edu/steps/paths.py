"""Why is a gradient a sum?

Because a change of x reaches the output along every path, and the changes add up. Along one path the chain rule is a
product of local derivatives:

    f = x · y + x      x → f              1 = 1
                       x → v1 → f     1 · y = 3
                       ∂f/∂x = 1 + 3        = 4

Backpropagation computes the same total with one multiplication for each edge, though the number of paths may grow
without bound: `count` is exact where `paths` cannot list them all.

Names to know: `explain`, `Explanation`. Read next: `sentences.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, islice
from typing import TypeAlias

from tinygrad_edu.errors import GraphError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import counted, in_brackets, show, show_count
from tinygrad_edu.steps.chain_rule import chain_rule
from tinygrad_edu.steps.trace import MANY_PATHS, EdgeStep, Trace
from tinygrad_edu.text.reading import as_python_reads
from tinygrad_edu.value import Value

LONGEST_LIST = 20  # paths that are printed
LONGEST_PATH = 40  # edges of a path that are printed one by one
LONGEST_SUM = 10_000  # edges, of all paths together, that are multiplied path by path


@dataclass(frozen=True, slots=True)
class Path:
    """One way from a node to the output, edge by edge.

    Attributes:
        start: the node.
        edges: the steps of the trace along the way, from the node to the output; empty at the output itself.
    """

    start: str
    edges: tuple[EdgeStep, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The nodes along the way."""
        return (self.start, *(edge.user for edge in self.edges))

    @property
    def product(self) -> float:
        """The local derivatives along the way, multiplied."""
        return math.prod(edge.partial for edge in self.edges)

    @property
    def symbols(self) -> str:
        """The product in names, from the output on, as the chain rule is written: ∂f/∂q · ∂q/∂x."""
        return " · ".join(edge.local for edge in reversed(self.edges)) or "1"

    @property
    def numbers(self) -> str:
        """The product in numbers, in the same order."""
        return " · ".join(in_brackets(edge.partial) for edge in reversed(self.edges)) or "1"

    def __str__(self) -> str:
        if len(self.edges) > LONGEST_PATH:
            return f"{self.start} → {self.edges[0].user} → … → {self.edges[-1].user}:  {self._in_short}"
        parts = dict.fromkeys((self.symbols, self.numbers, in_brackets(self.product)))
        return f"{' → '.join(self.names)}:  {' = '.join(parts)}"

    @property
    def _in_short(self) -> str:
        return f"a product of {counted(len(self.edges), 'local derivative')} = {in_brackets(self.product)}"


_Way: TypeAlias = "tuple[EdgeStep, _Way | None]"  # the last edge of a path, and the way to it


def _edges(way: _Way | None) -> tuple[EdgeStep, ...]:
    found: list[EdgeStep] = []
    while way is not None:
        edge, way = way
        found.append(edge)
    return tuple(reversed(found))


class Explanation:
    """Every path from one node to the output, the product along each, and their total: the gradient of the node.

    Args:
        trace: the trace of the output.
        name: the name of the node in it.

    Raises:
        GraphError: if no node of the trace, apart from constants, has this name; or if edges of the trace are missing.
    """

    def __init__(self, trace: Trace, name: str) -> None:
        self.trace = trace
        self.name = name if name in trace.positions else as_python_reads(name)  # as `parse` labels nodes
        self.node = self._find()

    def _find(self) -> int:
        names = self.trace.positions
        if self.name not in names:
            raise GraphError(
                f"explain({self.name!r})",
                f"{self.trace.output.name} does not depend on a variable of this name",
                instead="one of " + ", ".join(islice(names, LONGEST_LIST)),
            )
        if not self.trace.has_whole_sweep:
            raise GraphError(
                f"explain({self.name!r}) in a part of a trace",
                "paths need every edge of the graph, and some are not in this part",
                instead=f"chain_rule(f).explain({self.name!r}), on the whole trace",
            )
        return names[self.name]

    @cached_property
    def count(self) -> int:
        """How many paths there are, exactly."""
        count = self.trace.path_counts[self.node]
        return count if count < MANY_PATHS else self._long_count()

    def _long_count(self) -> int:
        """The same, without keeping the counts of nodes that have passed theirs on."""
        counts = {len(self.trace.nodes) - 1: 1}
        for user, edges in groupby(self.trace.edges, key=lambda edge: edge.user_node):
            if user <= self.node:
                break
            count = counts.pop(user, 0)
            for edge in edges:
                counts[edge.argument_node] = counts.get(edge.argument_node, 0) + count
        return counts[self.node]

    def __iter__(self) -> Iterator[Path]:
        """The paths, one at a time: there may be too many to keep.

        On the stack, a path is its last edge and what came before, so that paths share their beginnings.
        """
        output = len(self.trace.nodes) - 1
        stack: list[tuple[int, _Way | None]] = [(self.node, None)]
        while stack:
            node, way = stack.pop()
            if node == output:
                yield Path(self.name, _edges(way))
            else:
                stack += [(edge.user_node, (edge, way)) for edge in reversed(self.trace.edges_from[node])]

    @property
    def paths(self) -> tuple[Path, ...]:
        """All paths. Ask for `count` first."""
        return tuple(self)

    @cached_property
    def total(self) -> float:
        """The sum of the products of all paths: the gradient. For many or long paths, as the sweep adds it up."""
        products: list[float] = []
        length = 0
        for path in self:
            length += len(path.edges)
            if length > LONGEST_SUM:
                return self.trace.gradients[self.name]
            products.append(path.product)
        return sum(products)

    def __str__(self) -> str:
        gradient = f"∂{self.trace.output.name}/∂{self.name}"
        shown = list(islice(self, LONGEST_LIST))
        lines = [f"{gradient}: {counted(self.count, 'path')} from {self.name} to {self.trace.output.name}"]
        lines += [f"  {path}" for path in shown]
        if self.count > len(shown):
            more = show_count(self.count - len(shown))
            return "\n".join([*lines, f"  … and {more} more", f"total {show(self.total)}"])
        terms = " + ".join(
            in_brackets(path.product) if index else show(path.product) for index, path in enumerate(shown)
        )
        return "\n".join([*lines, f"total {terms} = {show(self.total)}" if self.count > 1 else f"total {terms}"])

    __repr__ = __str__


def explain(output: Value, x: Value) -> Explanation:
    """Why is ∂output/∂x what it is? Every path from x to the output, the product along each, and their total.

    Raises:
        GraphError: if the output does not depend on x.
        StaleGraphError: if a number changed after the graph was made.

    >>> x, y = Value(2.0, label="x"), Value(3.0, label="y")
    >>> f = x * y + x
    >>> f.label = "f"
    >>> explain(f, x)
    ∂f/∂x: 2 paths from x to f
      x → f:  ∂f/∂x = 1
      x → v1 → f:  ∂f/∂v1 · ∂v1/∂x = 1 · 3 = 3
    total 1 + 3 = 4
    """
    graph = Graph(output)
    if not isinstance(x, Value) or x not in graph.index:
        raise GraphError(
            f"explain(f, {x!r})",
            "f was not computed from it",
            instead="explain(f, x), with a Value x that f depends on",
        )
    return Explanation(chain_rule(output), graph.name(x))
