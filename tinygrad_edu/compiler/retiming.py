"""Where does a step begin and end, and which nodes before and after are steps as well?

The order in which a graph happens to be walked cuts steps anywhere: x of the next step may come before y of this one.
By *levels*, how many operations come before a node at most, they are cut all at once: whatever is on the levels of one
period is one step, and of all places to cut, the one is best over which least is carried.

Steps at both ends, which are not like the others for the groups (x is a plain number before the first step), are found
from the steps beside them, argument by argument.

Names to know: `settled`. Read next: `own_input.py`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import islice

import numpy as np

from tinygrad_edu.compiler.arrays import Ids
from tinygrad_edu.compiler.connections import Connections
from tinygrad_edu.compiler.recurrences import Inner, Outer, Recurrence, fewest_steps

MOST_CUTS = 64  # that are tried


def settled(connections: Connections, recurrence: Recurrence, taken: set[int]) -> Recurrence:
    """A recurrence, cut where least is carried, with all steps that there are. Nodes that are taken are not used."""
    cuts = [
        later
        for later in _cuts(connections, recurrence)
        if later.max() + fewest_steps(connections.scalars) <= len(recurrence.nodes)
    ]
    if not cuts:
        return _grown(connections, recurrence, taken)
    asked = _asked(connections, recurrence)
    every = [np.zeros_like(cuts[0]), *cuts]
    costs = [_cost(recurrence, later, asked) for later in every]
    least = {later.tobytes(): later for later, cost in zip(every, costs, strict=True) if cost == min(costs)}
    return _begun_best(connections, recurrence, list(least.values()), taken)


def _begun_best(connections: Connections, recurrence: Recurrence, cuts: Sequence[Ids], taken: set[int]) -> Recurrence:
    """Of some cuts, all of which carry as little, the first whose steps begin with what is given, not computed."""
    found: list[Recurrence] = []
    for later in cuts:
        one = _cut(connections, recurrence, later) if later.any() else recurrence
        found.append(_grown(connections, one or recurrence, taken))
        if _computed_before(connections, found[-1]) == 0:
            return found[-1]
    return min(found, key=lambda each: _computed_before(connections, each))


def _computed_before(connections: Connections, recurrence: Recurrence) -> int:
    """How much of what the first steps are given is computed."""
    return sum(connections.scalars.rule[node] is not None for node in recurrence.before.values())


def _asked(connections: Connections, recurrence: Recurrence) -> set[int]:
    """The places that something outside asks for."""
    inner = set(recurrence.nodes.reshape(-1).tolist())
    middle = recurrence.nodes[len(recurrence.nodes) // 2].tolist()
    return {place for place, node in enumerate(middle) if not inner.issuperset(connections.users[node])}


def _cost(recurrence: Recurrence, later: Ids, asked: set[int]) -> int:
    """How much a step hands on, if each place were so many steps later; what is asked for outside is kept anyway."""
    lags: dict[int, int] = {}
    for place, arguments in enumerate(recurrence.arguments):
        for each in arguments:
            if isinstance(each, Inner):
                lag = each.lag + int(later[place] - later[each.place])
                lags[each.place] = max(lag, lags.get(each.place, 0))
    return sum(2 * lag - (place in asked) for place, lag in lags.items() if lag > 0)


def _grown(connections: Connections, recurrence: Recurrence, taken: set[int]) -> Recurrence:
    """With all steps before the first one and after the last one."""
    rows = deque(recurrence.nodes.tolist())
    taken = taken.union(*rows)
    for find, append in ((_step_before, rows.appendleft), (_step_after, rows.append)):
        row = find(connections, recurrence, rows, taken)
        while row is not None:
            append(row)
            taken.update(row)
            row = find(connections, recurrence, rows, taken)
    if len(rows) == len(recurrence.nodes):
        return recurrence
    return _again(connections, recurrence, np.array(rows)) or recurrence


def _cuts(connections: Connections, recurrence: Recurrence) -> Sequence[Ids]:
    """For each way to cut by levels how many steps later each place is."""
    middle = len(recurrence.nodes) // 2
    here, after = (
        np.array([connections.levels[node] for node in row.tolist()]) for row in recurrence.nodes[middle:][:2]
    )
    period = int(after[0] - here[0])
    if period < 1 or (after - here != period).any():
        return []
    above = here - here.min()
    return [(above + cut) // period for cut in range(min(period, MOST_CUTS))]


def _cut(connections: Connections, recurrence: Recurrence, later: Ids) -> Recurrence | None:
    """With places of later steps: node (t, place) is of step t + later[place]."""
    steps = len(recurrence.nodes) - int(later.max())
    level = np.array([connections.levels[node] for node in recurrence.nodes[len(recurrence.nodes) // 2].tolist()])
    first = later.max() - later
    nodes = np.stack([recurrence.nodes[begin : begin + steps, place] for place, begin in enumerate(first)], axis=1)
    middle = np.array([connections.levels[node] for node in nodes[0].tolist()])
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
    return _again(connections, Recurrence(nodes, rules, arguments, {}), nodes[:, order])


def _again(connections: Connections, recurrence: Recurrence, nodes: Ids) -> Recurrence | None:
    """The same step for other nodes; None if they are not regular."""
    before: dict[Inner, int] = {}
    arguments: list[list[Inner | Outer]] = []
    columns = iter(connections.arguments(nodes).T)
    for inner in recurrence.arguments:
        arguments.append([])
        for each, column in zip(inner, islice(columns, len(inner)), strict=True):
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


Rows = Sequence[list[int]]  # steps × places


def _step_before(connections: Connections, recurrence: Recurrence, rows: Rows, taken: set[int]) -> list[int] | None:
    """The nodes of one more step before the first one: those which it asks for, and what they are made of."""
    found: dict[int, int] = {}
    waiting = [
        (each.place, connections.args(rows[each.lag - 1][place])[slot])
        for place, arguments in enumerate(recurrence.arguments)
        for slot, each in enumerate(arguments)
        if isinstance(each, Inner) and each.lag > 0
    ]
    while waiting:
        place, node = waiting.pop()
        if place in found:
            if found[place] != node:
                return None
            continue
        found[place] = node
        if node in taken or not _is_like(connections, recurrence, place, node):
            return None
        for each, arg in zip(recurrence.arguments[place], connections.args(node), strict=True):
            if isinstance(each, Inner) and each.lag == 0:
                waiting.append((each.place, arg))
    is_whole = len(found) == len(rows[0]) == len(set(found.values()))
    return [found[place] for place in range(len(found))] if is_whole else None


def _is_like(connections: Connections, recurrence: Recurrence, place: int, node: int) -> bool:
    """Whether a node is the operation of a place, and what is the same in all steps is in its place."""
    args, arguments = connections.args(node), recurrence.arguments[place]
    return (
        connections.scalars.rule[node] is recurrence.rules[place]
        and len(args) == len(arguments)
        and all(
            arg == each.nodes[0]
            for each, arg in zip(arguments, args, strict=True)
            if isinstance(each, Outer) and each.is_fixed
        )
    )


def _step_after(connections: Connections, recurrence: Recurrence, rows: Rows, taken: set[int]) -> list[int] | None:
    """The nodes of one more step after the last one: those that are made of what it gives."""
    row: list[int] = []
    for place, arguments in enumerate(recurrence.arguments):
        wanted = [_given(each, row, rows) for each in arguments]
        anchor = next(node for node in wanted if node is not None)
        users = (user for user in connections.users[anchor] if user not in taken and user not in row)
        node = next((user for user in users if _fits(connections, recurrence, place, user, wanted)), None)
        if node is None:
            return None
        row.append(node)
    return row


def _given(each: Inner | Outer, row: list[int], rows: Rows) -> int | None:
    """The node that an argument has to be in the step after the last one; None for any."""
    if isinstance(each, Outer):
        return None
    return row[each.place] if each.lag == 0 else rows[-each.lag][each.place]


def _fits(connections: Connections, recurrence: Recurrence, place: int, node: int, wanted: list[int | None]) -> bool:
    return _is_like(connections, recurrence, place, node) and all(
        given in (None, arg) for given, arg in zip(wanted, connections.args(node), strict=True)
    )
