"""Which leaves form one array?

Those that are used in the same places: a matrix, if they are a side of a matrix product, in the order of its rows.

Names to know: `put_leaves`. Read next: `groups.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from tinygrad_edu.compiler.arrays import NOWHERE, Ids, Workspace
from tinygrad_edu.compiler.loops import Loop
from tinygrad_edu.compiler.order import MIX, distinct_rows
from tinygrad_edu.rule import Rule

PLACES = MIX.tolist()


class Group(NamedTuple):
    """Nodes that are alike: the operation, the nodes, and the arguments of each."""

    rule: Rule
    nodes: Ids
    args: Ids


class Lone(NamedTuple):
    """A node without a partner, in plain numbers."""

    rule: Rule
    node: int
    args: list[int]

    @property
    def nodes(self) -> Ids:
        """The node, as nodes."""
        return np.array([self.node])


Groups = list[Group | Lone]


def put_leaves(workspace: Workspace, kind: str, leaves: Ids, groups: Groups, loops: list[Loop], origin: Ids) -> None:
    """Leaves that are used in the same places form one array: a matrix, if they are a side of a matrix product."""
    present = leaves[leaves >= 0]
    if len(present) == 0:
        return
    rank = np.full(workspace.count, NOWHERE, dtype=np.int64)
    rank[present] = np.arange(len(leaves))[leaves >= 0]
    usage, tables = _usage(workspace, rank, groups, loops, origin)
    together: dict[int, list[int]] = {}
    for leaf, used in zip(present.tolist(), usage[present].tolist(), strict=True):
        together.setdefault(used, []).append(leaf)
    for members in together.values():
        workspace.put(_table(workspace, np.array(members), tables, rank), None, None, kind)


def origins(count: int, groups: Groups, leaves: Iterable[list[int]]) -> Ids:
    """A number for what each scalar is: computed, a leaf of a kind, a constant."""
    origin = np.zeros(count, dtype=np.int64)
    for group in groups:
        origin[group.nodes] = NOWHERE
    for number, members in enumerate(leaves, start=1):
        present = np.array(members, dtype=np.int64)
        origin[present[present >= 0]] = number
    return origin


def _usage(workspace: Workspace, rank: Ids, groups: Groups, loops: list[Loop], origin: Ids) -> tuple[Ids, list[Ids]]:
    """A number for each leaf, the same for those that are used in the same places; and the sides of products."""
    usage, last = np.zeros(workspace.count, dtype=np.int64), np.zeros(workspace.count, dtype=np.int64)
    tables: list[Ids] = []
    places = itertools.cycle(PLACES)
    for group in groups:
        width = _width(group.rule, len(group.args if isinstance(group, Lone) else group.args[0]))
        if isinstance(group, Lone) and width == 1:
            for argument in group.args:
                usage[argument] ^= next(places)
            continue
        rows = np.array([group.args] if isinstance(group, Lone) else group.args)
        for side in _sides(rows, width, origin):
            usage[_each_once(side[rank[side] != NOWHERE], last)] ^= next(places)
            if side.shape[1] > 1:
                tables.append(side)
    for taken in (ids for loop in loops for ids in loop.taken):
        present = taken[taken != NOWHERE]
        usage[_each_once(present[rank[present] != NOWHERE], last)] ^= next(places)
        if taken.ndim > 1 and taken.size:
            tables.append(taken.reshape(-1, taken.shape[-1]))
    return usage, tables


def _each_once(ids: Ids, last: Ids) -> Ids:
    """Some scalars, each at the place where it comes last, without sorting them; what is in `last` does not matter."""
    places = np.arange(len(ids))
    last[ids] = places
    found: Ids = ids[last[ids] == places]
    return found


def _sides(rows: Ids, width: int, origin: Ids) -> Iterator[Ids]:
    """The arguments of a group side by side; of w·x + u·h the factors of x apart from those of h, and x from h."""
    sides = [rows[:, first : first + width] for first in range(0, rows.shape[1], width)]
    for side, other in zip(sides, reversed(sides), strict=True):
        kinds = np.stack([origin[side[0]], origin[other[0]]])
        if len(sides) != 2 or (kinds == kinds[:, :1]).all():
            yield side
        else:
            yield from (side[:, (kinds == kind).all(axis=0)] for kind in np.unique(kinds, axis=1).T[:, :, None])


def _width(rule: Rule, count: int) -> int:
    """How many of so many arguments are one side of an operation: of w·x half of them."""
    return count // len(rule.partials) if rule.many else 1


def _table(workspace: Workspace, members: Ids, tables: list[Ids], rank: Ids) -> Ids:
    """The leaves in the order of the first matrix product that uses all of them; else in their own order."""
    if len(members) == 1:
        return members.reshape(())
    chosen = np.zeros(len(rank), dtype=bool)
    chosen[members] = True
    for side in tables:
        if not chosen[side[0]].any() and not chosen[side[-1]].any():
            continue
        rows = side[chosen[side].all(axis=1)]
        rows = rows[distinct_rows(workspace, rows)[0]]
        if rows.size == len(members) == len(np.unique(rows)):
            return rows[np.argsort(rank[rows[:, 0]])]
    return members[np.argsort(rank[members])]


def put_table(workspace: Workspace, table: Ids, kind: str) -> None:
    """Inputs that are an array already; what the loss does not depend on is a scalar that is never asked for."""
    filled = table.copy()
    filled[table < 0] = workspace.fresh((int((table < 0).sum()),))
    workspace.put(filled, None, None, kind)
    if kind == "table":
        workspace.rows = len(filled)
        workspace.row[filled.reshape(len(filled), -1)] = np.arange(len(filled))[:, None]
