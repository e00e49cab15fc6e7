"""Why is a gradient a sum?

Because a change of x reaches the output along every path, and the changes add up. Along one path the chain rule is a
product of local derivatives:

    f = x · y + x      x → f              1 = 1
                       x → v1 → f     1 · y = 3
                       ∂f/∂x = 1 + 3        = 4

Backpropagation computes the same total with one multiplication for each edge, though the number of paths may grow
without bound: `count` is exact where `paths` cannot list them all.

Names to know: `explain`, `Explanation`. Read next: `gradcheck.py`, which asks whether it is all true.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from tinygrad_edu.chain_rule import chain_rule
from tinygrad_edu.errors import GraphError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import in_brackets, show
from tinygrad_edu.trace import EdgeStep, Trace
from tinygrad_edu.value import Value

LONGEST_LIST = 20  # paths that are printed
LONGEST_SUM = 10_000  # paths that are added up one by one


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
        return " · ".join(f"∂{edge.user}/∂{edge.argument}" for edge in reversed(self.edges)) or "1"

    @property
    def numbers(self) -> str:
        """The product in numbers, in the same order."""
        return " · ".join(in_brackets(edge.partial) for edge in reversed(self.edges)) or "1"

    def __str__(self) -> str:
        parts = dict.fromkeys((self.symbols, self.numbers, in_brackets(self.product)))
        return f"{' → '.join(self.names)}:  {' = '.join(parts)}"


class Explanation:
    """Every path from one node to the output, the product along each, and their total: the gradient of the node.

    Args:
        trace: the trace of the output.
        name: the name of the node in it.

    Raises:
        GraphError: if no node of the trace, but for constants, has this name.
    """

    def __init__(self, trace: Trace, name: str) -> None:
        self.trace = trace
        self.name = name
        self.node = self._find()

    def _find(self) -> int:
        names = {node.name: index for index, node in enumerate(self.trace.nodes) if not node.is_constant}
        if self.name not in names:
            raise GraphError(
                f"explain({self.name!r})",
                f"{self.trace.output.name} does not depend on a variable of this name",
                instead="one of " + ", ".join(list(names)[:LONGEST_LIST]),
            )
        return names[self.name]

    @cached_property
    def _edges_from(self) -> dict[int, list[EdgeStep]]:
        """The edges out of each node, in the order of the sweep."""
        found: dict[int, list[EdgeStep]] = {}
        for edge in self.trace.edges:
            found.setdefault(edge.argument_node, []).append(edge)
        return found

    @cached_property
    def count(self) -> int:
        """How many paths there are."""
        counts = {len(self.trace.nodes) - 1: 1}
        for node in range(len(self.trace.nodes) - 2, self.node - 1, -1):
            counts[node] = sum(counts.get(edge.user_node, 0) for edge in self._edges_from.get(node, []))
        return counts[self.node]

    def __iter__(self) -> Iterator[Path]:
        """The paths, one at a time: there may be more than can be kept."""
        output = len(self.trace.nodes) - 1
        stack: list[tuple[int, tuple[EdgeStep, ...]]] = [(self.node, ())]
        while stack:
            node, edges = stack.pop()
            if node == output:
                yield Path(self.name, edges)
            else:
                stack += [(edge.user_node, (*edges, edge)) for edge in reversed(self._edges_from[node])]

    @property
    def paths(self) -> tuple[Path, ...]:
        """All paths. Ask for `count` first."""
        return tuple(self)

    @property
    def total(self) -> float:
        """The sum over all paths of their products: the gradient. Of very many paths, as the sweep adds it up."""
        if self.count > LONGEST_SUM:
            return self.trace.gradients[self.name]
        return sum(path.product for path in self)

    def __str__(self) -> str:
        gradient = f"∂{self.trace.output.name}/∂{self.name}"
        shown = list(islice(self, LONGEST_LIST))
        ways = "1 path" if self.count == 1 else f"{self.count:,} paths"
        lines = [f"{gradient}: {ways} from {self.name} to {self.trace.output.name}"]
        lines += [f"  {path}" for path in shown]
        if self.count > len(shown):
            return "\n".join([*lines, f"  … and {self.count - len(shown):,} more", f"total {show(self.total)}"])
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
