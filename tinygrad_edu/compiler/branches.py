"""Where do samples go different ways, and where do they come together again?

    [hidden.sin() if label else hidden * hidden for hidden, label in zip(...)]

A *way* is a group of nodes of which each is made of one scalar of another group, and of constants, for some of the
scalars alone. If each scalar goes one way, or none, and no scalar two, what is at the ends of the ways stands for the
same: whoever uses one of them uses all. So the graph goes on as if there was one way, and a mask chooses.

Names to know: `ways_that_join`. Read next: `alike.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from tinygrad_edu.compiler.scalars import EMPTIEST, Scalars
from tinygrad_edu.rule import Rule

Groups = list[tuple[Rule, list[int]]]
FEWEST_ON_A_WAY = 3  # scalars: two of four read better as they are
JOINED = -1_000_000  # and below: the kinds of what is at the end of ways


class _Ways(NamedTuple):
    """For each node on a way the scalar it comes from, and the group of that; the groups that are ways."""

    origin: dict[int, int]
    home: dict[int, int]
    groups: set[int]


def ways_that_join(scalars: Scalars, groups: Groups) -> dict[int, int]:
    """For each node at the end of a way one kind, the same for all ways that come from one group."""
    if all(rule.many or len(members) < FEWEST_ON_A_WAY for rule, members in groups):
        return {}
    group_of = {node: number for number, (_, members) in enumerate(groups) for node in members}
    ways = _ways(scalars, groups, group_of)
    found: dict[int, int] = {}
    for home, nodes in _ends(scalars, ways, group_of).items():
        origins = {ways.origin.get(node, node) for node in nodes}
        is_each_once = len(origins) == len(nodes) == len(groups[home][1])
        if is_each_once and 2 <= len({group_of[node] for node in nodes}) <= EMPTIEST:
            found |= dict.fromkeys(nodes, JOINED - groups[home][1][0])
    return found


def _ways(scalars: Scalars, groups: Groups, group_of: Mapping[int, int]) -> _Ways:
    ways = _Ways({}, {}, set())
    for number, (rule, members) in enumerate(groups):
        first = [] if rule.many or len(members) < FEWEST_ON_A_WAY else _changing(scalars, group_of, members[0])
        home = ways.home.get(first[0], group_of[first[0]]) if len(first) == 1 else None
        if home is None or len(members) >= len(groups[home][1]):
            continue
        changing = [_changing(scalars, group_of, node) for node in members]
        args = [arg for some in changing for arg in some]
        are_single = all(len(some) == 1 for some in changing) and len(set(args)) == len(members)
        if are_single and all(ways.home.get(arg, group_of[arg]) == home for arg in args):
            ways.groups.add(number)
            ways.origin.update(zip(members, (ways.origin.get(arg, arg) for arg in args), strict=True))
            ways.home.update(dict.fromkeys(members, home))
    return ways


def _changing(scalars: Scalars, group_of: Mapping[int, int], node: int) -> list[int]:
    """The arguments of a node that are computed from leaves that change, each once."""
    return list(dict.fromkeys(arg for arg in scalars.args[node] if arg in group_of))


def _ends(scalars: Scalars, ways: _Ways, group_of: Mapping[int, int]) -> dict[int, list[int]]:
    """For each group that ways come from what is used of it, or of them, by others than ways; not by one sum alone."""
    homes, found, users = set(ways.home.values()), dict[int, set[int]](), dict[int, set[int]]()
    for node, number in group_of.items() if homes else ():
        for arg in scalars.args[node] if number not in ways.groups else ():
            home = ways.home.get(arg, group_of.get(arg))
            if home in homes:
                found.setdefault(home, set()).add(arg)
                users.setdefault(home, set()).add(node)
    return {home: sorted(nodes) for home, nodes in found.items() if len(users[home]) > 1}


def arguments_first(scalars: Scalars, groups: Groups) -> Groups | None:
    """The groups, each after those that it uses; None if there is no such order."""
    group_of = {node: number for number, (_, members) in enumerate(groups) for node in members}
    needs = {
        number: {group_of[arg] for node in members for arg in scalars.args[node] if arg in group_of}
        for number, (_, members) in enumerate(groups)
    }
    try:
        return [groups[number] for number in TopologicalSorter(needs).static_order()]
    except CycleError:
        return None
