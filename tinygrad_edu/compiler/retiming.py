"""Where does a step begin and end, and which nodes before and after are steps as well?

The order in which a graph happens to be walked cuts steps anywhere: x of the next step may come before y of this one.
By *levels*, how many operations come before a node at most, they are cut all at once: whatever is on the levels of one
period is one step, and of all places to cut, the one is best over which least is carried.

Steps at both ends, which are not like the others for the groups (x is a plain number before the first step), are found
from the steps beside them, argument by argument.

Names to know: `settled`. Read next: `loops.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tinygrad_edu.compiler.arrays import Ids
from tinygrad_edu.compiler.recurrences import FEWEST_STEPS, Inner, Outer, Recurrence
from tinygrad_edu.compiler.scalars import Scalars

MOST_CUTS = 64  # that are tried


class Graph(NamedTuple):
    """What has to be known of the graph around.

    Attributes:
        scalars: the graph.
        same: for each node itself, for each constant the first one of the same number.
        levels: how many operations come before each node at most.
        users: the nodes that each node is an argument of.
    """

    scalars: Scalars
    same: list[int]
    levels: list[int]
    users: list[list[int]]

    @classmethod
    def of(cls, scalars: Scalars, same: Ids) -> Graph:
        """All of it."""
        levels: list[int] = []
        users: list[list[int]] = [[] for _ in scalars.rule]
        for node, args in enumerate(scalars.args):
            levels.append(1 + max([levels[arg] for arg in args], default=-1))
            for arg in args:
                users[arg].append(node)
        return cls(scalars, same.tolist(), levels, users)

    def args(self, node: int) -> list[int]:
        """The arguments of a node, equal constants as one."""
        return [self.same[arg] for arg in self.scalars.args[node]]


def settled(graph: Graph, recurrence: Recurrence, taken: set[int]) -> Recurrence:
    """A recurrence, cut where least is carried, with all steps that there are. Nodes that are taken are not used."""
    best = recurrence
    for cut in _cuts(graph, recurrence):
        other = _cut(graph, recurrence, cut)
        if other is not None and other.carried < best.carried:
            best = other
    for grow in (_step_before, _step_after):
        longer: Recurrence | None = best
        while longer is not None:
            best = longer
            row = grow(graph, best, taken | set(best.nodes.reshape(-1).tolist()))
            rows = None if row is None else ([row], best.nodes) if grow is _step_before else (best.nodes, [row])
            longer = None if rows is None else _again(graph, best, np.concatenate(rows))
    return best


def _cuts(graph: Graph, recurrence: Recurrence) -> Sequence[Ids]:
    """For each way to cut by levels how many steps later each place is."""
    middle = len(recurrence.nodes) // 2
    here, after = (np.array([graph.levels[node] for node in row.tolist()]) for row in recurrence.nodes[middle:][:2])
    period = int(after[0] - here[0])
    if period < 1 or (after - here != period).any():
        return []
    above = here - here.min()
    return [(above + cut) // period for cut in range(min(period, MOST_CUTS))]


def _cut(graph: Graph, recurrence: Recurrence, later: Ids) -> Recurrence | None:
    """With places of later steps: node (t, place) is of step t + later[place]."""
    steps = len(recurrence.nodes) - int(later.max())
    if steps < FEWEST_STEPS:
        return None
    level = np.array([graph.levels[node] for node in recurrence.nodes[len(recurrence.nodes) // 2].tolist()])
    first = later.max() - later
    nodes = np.stack([recurrence.nodes[begin : begin + steps, place] for place, begin in enumerate(first)], axis=1)
    middle = np.array([graph.levels[node] for node in nodes[0].tolist()])
    order = np.lexsort((level, middle))
    number = np.argsort(order)
    arguments = [
        [
            Inner(int(number[each.place]), int(each.lag + later[place] - later[each.place]))
            if isinstance(each, Inner)
            else each
            for each in recurrence.arguments[place]
        ]
        for place in order.tolist()
    ]
    rules = [recurrence.rules[place] for place in order.tolist()]
    return _again(graph, Recurrence(nodes, rules, arguments, {}), nodes[:, order])


def _again(graph: Graph, recurrence: Recurrence, nodes: Ids) -> Recurrence | None:
    """The same step for other nodes; None if they are not regular."""
    before: dict[Inner, int] = {}
    arguments: list[list[Inner | Outer]] = []
    for place, inner in enumerate(recurrence.arguments):
        columns = np.array([graph.args(node) for node in nodes[:, place].tolist()], dtype=np.int64).T
        arguments.append([])
        for each, column in zip(inner, columns, strict=True):
            if isinstance(each, Outer):
                arguments[-1].append(Outer(column[:1] if (column == column[0]).all() else column))
                continue
            arguments[-1].append(each)
            if (column[each.lag :] != nodes[: len(nodes) - each.lag, each.place]).any():
                return None
            for step in range(each.lag):
                key = Inner(each.place, each.lag - step)
                if before.setdefault(key, int(column[step])) != column[step]:
                    return None
    return Recurrence(nodes, recurrence.rules, arguments, before)


def _step_before(graph: Graph, recurrence: Recurrence, taken: set[int]) -> list[int] | None:
    """The nodes of one more step before the first one: those which it asks for, and what they are made of."""
    found: dict[int, int] = {}
    waiting = [(inner.place, node) for inner, node in recurrence.before.items() if inner.lag == 1]
    while waiting:
        place, node = waiting.pop()
        if found.setdefault(place, node) != node:
            return None
        args = graph.args(node)
        if node in taken or not _is_like(graph, recurrence, place, node):
            return None
        for each, arg in zip(recurrence.arguments[place], args, strict=True):
            if isinstance(each, Inner) and each.lag == 0:
                waiting.append((each.place, arg))
    is_whole = len(found) == recurrence.nodes.shape[1] == len(set(found.values()))
    return [found[place] for place in range(len(found))] if is_whole else None


def _is_like(graph: Graph, recurrence: Recurrence, place: int, node: int) -> bool:
    """Whether a node is the operation of a place, and what is the same in all steps is in its place."""
    args, arguments = graph.args(node), recurrence.arguments[place]
    return (
        graph.scalars.rule[node] is recurrence.rules[place]
        and len(args) == len(arguments)
        and all(
            arg == each.nodes[0]
            for each, arg in zip(arguments, args, strict=True)
            if isinstance(each, Outer) and each.is_fixed
        )
    )


def _step_after(graph: Graph, recurrence: Recurrence, taken: set[int]) -> list[int] | None:
    """The nodes of one more step after the last one: those that are made of what it gives."""
    row: list[int] = []
    count = len(recurrence.nodes)
    for place, arguments in enumerate(recurrence.arguments):
        wanted = [
            None
            if isinstance(each, Outer)
            else row[each.place]
            if each.lag == 0
            else int(recurrence.nodes[count - each.lag, each.place])
            for each in arguments
        ]
        anchor = next(node for node in wanted if node is not None)
        node = next(
            (
                user
                for user in graph.users[anchor]
                if user not in taken
                and user not in row
                and _is_like(graph, recurrence, place, user)
                and all(node in (None, arg) for node, arg in zip(wanted, graph.args(user), strict=True))
            ),
            None,
        )
        if node is None:
            return None
        row.append(node)
    return row
