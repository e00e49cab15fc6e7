"""Which scalars does a scalar read, and which ones read it?

What repeats in a graph is found by walking along its edges, to and fro, many times. So they are laid out once.

Names to know: `Connections`. Read next: `recurrences.py`.
"""

from __future__ import annotations

from functools import cached_property
from itertools import chain

import numpy as np

from tinygrad_edu.compiler.arrays import Ids
from tinygrad_edu.compiler.scalars import Scalars
from tinygrad_edu.rule import Rule


class Connections:
    """The edges of a graph of scalars, for as long as it stays as it is; each part is made when it is asked for.

    Attributes:
        scalars: the graph.

    >>> from tinygrad_edu import Value
    >>> from tinygrad_edu.compiler.scalars import lower
    >>> from tinygrad_edu.graph import Graph
    >>> x, y = Value(2.0), Value(3.0)
    >>> connections = Connections(lower(Graph((x * y).sin() * x), [x, y], []))
    >>> connections.args(4), connections.users[0], connections.levels
    ([3, 0], [2, 4], [0, 0, 1, 2, 3])
    """

    def __init__(self, scalars: Scalars) -> None:
        self.scalars = scalars

    @cached_property
    def computed(self) -> list[tuple[int, Rule]]:
        """The nodes that are no leaves, each with its operation."""
        return self.scalars.computed

    @cached_property
    def same(self) -> list[int]:
        """For each node itself; for a constant, or an operation on leaves, 0.01 * k, the first one that is the same."""
        rule, args = self.scalars.rule, self.scalars.args
        same = list(range(len(rule)))
        for node, number in self.scalars.constants.items():
            same[node] = number
        first: dict[object, int] = {}
        for node, of in self.computed:
            if not of.many and not any(map(rule.__getitem__, args[node])):
                same[node] = first.setdefault((of, *[same[arg] for arg in args[node]]), node)
        return same

    def args(self, node: int) -> list[int]:
        """The arguments of a node, equal constants as one."""
        return [self.same[arg] for arg in self.scalars.args[node]]

    @cached_property
    def _laid(self) -> tuple[Ids, Ids, Ids]:
        """The arguments of all nodes end to end, equal constants as one; how many each has, and where they begin."""
        args = self.scalars.args
        counts = np.fromiter(map(len, args), dtype=np.int64, count=len(args))
        flat = np.fromiter(chain.from_iterable(args), dtype=np.int64)
        return np.array(self.same)[flat], counts, np.cumsum(counts) - counts

    def arguments(self, nodes: Ids) -> Ids:
        """The arguments of each row of nodes, end to end; all nodes of a column have as many.

        Args:
            nodes: in rows and columns.
        """
        flat, counts, begins = self._laid
        widths = counts[nodes[0]]
        within = np.arange(widths.sum()) - np.repeat(np.cumsum(widths) - widths, widths)
        found: Ids = flat[np.repeat(begins[nodes], widths, axis=1) + within]
        return found

    @cached_property
    def levels(self) -> list[int]:
        """How many operations come before each node at most."""
        levels = [0] * len(self.scalars.rule)
        for node, _ in self.computed:
            levels[node] = 1 + max(map(levels.__getitem__, self.scalars.args[node]))
        return levels

    @cached_property
    def users(self) -> list[list[int]]:
        """The nodes that each node is an argument of."""
        users: list[list[int]] = [[] for _ in self.scalars.rule]
        for node, _ in self.computed:
            for arg in self.scalars.args[node]:
                users[arg].append(node)
        return users
