"""How do the scalars of a loss come into arrays?

Every group of nodes that are alike becomes an array, after those that it is computed from; a loop comes after all that
it takes, and before all that is made of what it gives.

Names to know: `arrange`. Read next: `gradient.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from operator import itemgetter

import numpy as np

from tinygrad_edu.compiler.alike import Alike, by_use
from tinygrad_edu.compiler.arrays import NOWHERE, Ids, Workspace
from tinygrad_edu.compiler.connections import Connections
from tinygrad_edu.compiler.loops import Loop
from tinygrad_edu.compiler.order import MOST_COLUMNS, put
from tinygrad_edu.compiler.ragged import packed
from tinygrad_edu.compiler.recurrences import Recurrence
from tinygrad_edu.compiler.scalars import OF_NONE, Scalars
from tinygrad_edu.compiler.tables import Group, Groups, Lone, origins, put_leaves, put_table
from tinygrad_edu.compiler.taking_out import taken_out
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import dot

FEW = 4  # operations of a kind in a step: they read better as numbers


def arrange(connections: Connections, alike: Alike, found: Sequence[Recurrence]) -> tuple[Workspace, Ids]:
    """Put all scalars of a loss into arrays.

    Args:
        connections: of the scalars of the loss.
        alike: which scalars are.
        found: what repeats among them.

    Returns:
        The workspace, and for each node of the graph the scalar it became.
    """
    scalars, loops = connections.scalars, taken_out(connections, found, arrange_step)
    return _arranged(scalars, loops, Alike(scalars, loops) if loops else alike)


def arrange_step(scalars: Scalars) -> tuple[Workspace, Ids]:
    """Put the scalars of one step of a loop into arrays."""
    alike = Alike(scalars)
    if len(scalars.rows):
        alike.groups = by_use(scalars, alike)
    if all(len(members) <= FEW and not _is_weighted(scalars, alike, members[0]) for _, members in alike.groups):
        alike.groups = sorted(((rule, [node]) for rule, members in alike.groups for node in members), key=itemgetter(1))
    return _arranged(scalars, [], alike)


def _is_weighted(scalars: Scalars, alike: Alike, node: int) -> bool:
    """Whether a node is a sum of products in which both factors change."""
    args = alike.same[scalars.args[node]]
    return scalars.rule[node] is dot and not alike.workspace.is_constant[args].reshape(2, -1).all(axis=1).any()


def _arranged(scalars: Scalars, loops: list[Loop], alike: Alike) -> tuple[Workspace, Ids]:
    workspace, same = alike.workspace, alike.same
    groups: Groups = []
    args_of = _arguments(scalars, workspace, same)
    for rule, members in alike.groups:
        if len(members) == 1:
            _append_one(workspace, groups, same, rule, members[0], scalars.args[members[0]])
            continue
        nodes, args = np.array(members, dtype=np.int64), args_of(rule, members)
        nothing = _is_nothing(workspace, rule, args)
        if nothing is None:
            groups.append(Group(rule, nodes, args))
        else:
            same[nodes] = nothing
    for loop in loops:
        loop.rename(same[same])
    leaves = {"parameter": scalars.parameters, "input": scalars.inputs} | scalars.kinds
    origin = origins(workspace.count, groups, leaves.values())
    for kind, members in leaves.items():
        put_leaves(workspace, kind, np.array(members, dtype=np.int64), groups, loops, origin)
    for name, table in scalars.tables.items():
        put_table(workspace, table, name.split()[0] if scalars.is_step else "table")
    workspace.is_step, workspace.is_strict = scalars.is_step, scalars.is_strict or scalars.is_step
    if len(scalars.rows):
        workspace.rows = int(scalars.rows.max(initial=OF_NONE)) + 1
        workspace.row[: len(scalars.rows)] = scalars.rows
    workspace.steps = _steps(workspace.count, loops)
    workspace.cuts = _cuts(workspace, groups)
    _put_in_stages(workspace, scalars, groups, loops)
    return workspace, same[same]  # the scalar that replaces a node may have been replaced itself


def _arguments(scalars: Scalars, workspace: Workspace, same: Ids) -> Callable[[Rule, list[int]], Ids]:
    """What gives the arguments of nodes that are alike: a row for each, sums of different lengths filled up."""
    flat, begin = _flat(scalars.args)

    def rows(rule: Rule, members: list[int]) -> Ids:
        if members[0] in scalars.growing:
            return packed(workspace, [same[scalars.args[node]].tolist() for node in members], len(rule.partials))
        found: Ids = same[flat[begin[members][:, None] + np.arange(len(scalars.args[members[0]]))]]
        return found

    return rows


def _put_in_stages(workspace: Workspace, scalars: Scalars, groups: Groups, loops: list[Loop]) -> None:
    """The computed arrays; a loop comes after all that it takes, and before all that is made of what it gives."""
    waiting = list(loops)
    stages = scalars.stages if loops else np.zeros(workspace.count, dtype=np.int64)
    for group in sorted(groups, key=lambda group: int(stages[group.nodes].max())) if loops else groups:
        while waiting and waiting[0].stage(stages) <= stages[group.nodes].max():
            waiting.pop(0).put(workspace)
        if isinstance(group, Lone):
            workspace.remember(workspace.put_one(group.node, group.rule, group.args))
        else:
            put(workspace, *group)
    for loop in waiting:
        loop.put(workspace)


def _append_one(
    workspace: Workspace, groups: Groups, same: Ids, rule: Rule, node: int, arguments: Sequence[int]
) -> None:
    """A node without a partner, in plain numbers."""
    args = [int(same[argument]) for argument in arguments]
    for position, number in enumerate(rule.neutral):
        if number is not None and workspace.are(args[position], number):
            same[node] = args[1 - position]
            return
    groups.append(Lone(rule, node, args))


def _is_nothing(workspace: Workspace, rule: Rule, args: Ids) -> Ids | None:
    """The arguments x, if a whole group is x · 1, x / 1, x + 0, x - 0 or x ** 1; else None.

    Only whole groups: a single 0 among the targets must not separate its sample from the others.
    """
    for position, number in enumerate(rule.neutral):
        neutral = args[:, position]
        if number is not None and workspace.is_constant[neutral].all() and (workspace.value[neutral] == number).all():
            return args[:, 1 - position]
    return None


def _cuts(workspace: Workspace, groups: Groups) -> Ids:
    """For each scalar how many groups take a part of the array, or of the group, that it is in."""
    home, sizes = workspace.where[: workspace.count].copy(), [array.size for array in workspace.arrays]
    many = [group for group in groups if isinstance(group, Group)]
    for group in many:
        home[group.nodes] = len(sizes)
        sizes.append(len(group.nodes))
    counts = np.zeros(len(sizes) + 1, dtype=np.int64)  # the last one is that of NOWHERE
    for group in (group for group in many if group.args.shape[1] <= MOST_COLUMNS):
        homes = home[group.args]
        for number in {*homes[0].tolist()} if len(group.nodes) < max(sizes) else ():
            counts[number] += len(group.nodes) < sizes[number] and bool((homes == number).all(axis=0).any())
    return counts[home]


def _steps(count: int, loops: list[Loop]) -> Ids:
    """For each scalar that a loop takes in its steps, which one it is; they are computed in that order."""
    steps = np.full(count, NOWHERE, dtype=np.int64)
    for operand in (operand for loop in loops for operand in loop.varying):
        steps[operand.outside.reshape(-1)] = np.arange(operand.outside.size)
    return steps


def _flat(lists: list[list[int]]) -> tuple[Ids, Ids]:
    """The lists concatenated, and where each begins."""
    lengths = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
    flat = np.fromiter(chain.from_iterable(lists), dtype=np.int64, count=int(lengths.sum()))
    return flat, np.cumsum(lengths) - lengths
