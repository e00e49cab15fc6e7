"""How is what repeats taken out of a graph?

The recurrences that were found get all of their steps, and an order in which they can be computed. A loop takes their
place: what it gives are leaves of the graph that is left, and what only its steps asked for is forgotten.

Names to know: `taken_out`. Read next: `order.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tinygrad_edu.compiler.connections import Connections
from tinygrad_edu.compiler.loops import Arrange, Loop, looped
from tinygrad_edu.compiler.own_input import with_own_input
from tinygrad_edu.compiler.recurrences import FEWEST_STEPS, Recurrence, independent
from tinygrad_edu.compiler.retiming import settled
from tinygrad_edu.compiler.scalars import OF_NONE, Scalars, rows_of


def taken_out(connections: Connections, found: Sequence[Recurrence], arrange: Arrange) -> list[Loop]:
    """What repeats, as loops; in the graph that is left, what they give are leaves."""
    if not found:
        return []
    scalars, found = connections.scalars, _settled(connections, found)
    loops = [
        looped(scalars, each, asked, arrange) for each, asked in zip(found, _asked(connections, found), strict=True)
    ]
    for recurrence, loop in zip(found, loops, strict=True):
        for node in recurrence.nodes.reshape(-1).tolist() if loop is not None else ():
            scalars.rule[node], scalars.args[node] = None, []
    _drop_unasked(scalars, [loop for loop in loops if loop is not None])
    return [loop for loop in loops if loop is not None]


def _settled(connections: Connections, found: Sequence[Recurrence]) -> list[Recurrence]:
    """Recurrences with all of their steps, in an order in which they can be computed."""
    scalars = connections.scalars
    if scalars.tables:
        scalars.rows = rows_of(scalars)
    taken: set[int] = set()
    every: list[Recurrence] = []
    for recurrence in sorted(found, key=lambda each: -each.nodes.size):
        if taken.isdisjoint(recurrence.nodes.reshape(-1).tolist()):
            whole = settled(connections, recurrence, taken)
            if len(whole.nodes) >= FEWEST_STEPS or _reads_samples(scalars, whole):
                every.append(with_own_input(connections, whole) if scalars.tables else whole)
                taken.update(every[-1].nodes.reshape(-1).tolist())
    every, scalars.stages = independent(connections, every)
    return every


def _reads_samples(scalars: Scalars, recurrence: Recurrence) -> bool:
    """Whether each step reads its own numbers of the samples."""
    varying = [outer.nodes for outer in recurrence.outer if not outer.is_fixed]
    return bool(len(scalars.rows)) and any((scalars.rows[nodes] != OF_NONE).all() for nodes in varying)


def _asked(connections: Connections, found: Sequence[Recurrence]) -> Iterator[set[int]]:
    """For each recurrence the nodes that something outside asks for: the rest of the graph, and the other ones."""
    inner = {node for recurrence in found for node in recurrence.nodes.reshape(-1).tolist()}
    scalars = connections.scalars
    rest = {scalars.output, *scalars.wanted}
    rest.update(*(scalars.args[node] for node, _ in connections.computed if node not in inner))
    taken = [
        {*recurrence.before.values(), *(node for outer in recurrence.outer for node in outer.nodes.tolist())}
        for recurrence in found
    ]
    for number in range(len(found)):
        yield rest.union(*(each for place, each in enumerate(taken) if place != number))


def _drop_unasked(scalars: Scalars, loops: list[Loop]) -> None:
    """Forget what only the steps asked for, each for its own, and what is the same in all steps."""
    asked = np.zeros(len(scalars.rule), dtype=bool)
    asked[[scalars.output, *scalars.wanted]] = True
    for loop in loops:
        asked[loop.needs] = True
    for node in range(len(scalars.rule) - 1 if loops else -1, -1, -1):
        if asked[node]:
            asked[scalars.args[node]] = True
        elif scalars.rule[node] is not None:
            scalars.rule[node], scalars.args[node] = None, []
