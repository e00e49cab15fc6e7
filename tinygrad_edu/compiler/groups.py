"""Which scalars are computed in the same way, and how are they ordered in their array?

Two nodes are alike if the same operation computes them from nodes that are alike; leaves of one kind are alike. The
order is chosen so that arguments are whole arrays or views of them; above all, weighted sums that combine every row of
one matrix with every row of another *are* a matrix product.

Names to know: `arrange`, `product_of`. Read next: `gradient.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from tinygrad_edu.compiler.arrays import NOWHERE, OF_NONE, OF_SEVERAL, Array, Ids, Workspace
from tinygrad_edu.compiler.scalars import SAME, Scalars
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import dot

_MIX = np.random.default_rng(0).integers(1, 2**62, 1 << 16, dtype=np.int64) | 1  # for the fingerprints of rows


Order = tuple[Ids, tuple[int, ...]]  # of the scalars of an array, and its shape
Groups = list[tuple[Rule, Ids, Ids] | tuple[Rule, int, list[int]]]  # (operation, nodes, their arguments)


class Product(NamedTuple):
    """Every left row combined with every right row: the distinct rows, and which two each scalar combines."""

    left: Ids  # rows × terms
    right: Ids
    left_of: Ids  # for each scalar the index of its left row
    right_of: Ids


def arrange(scalars: Scalars) -> tuple[Workspace, Ids]:
    """Put all scalars of a loss into arrays.

    Returns:
        The workspace, and for each node of the graph the scalar it became.
    """
    workspace = Workspace(len(scalars.rule))
    same = np.arange(len(scalars.rule))
    groups: Groups = []
    alike = _alike(scalars, same, workspace)
    flat, begin = _flat(scalars.args)
    for rule, members in alike:
        if len(members) == 1:
            _append_one(workspace, groups, same, rule, members[0], scalars.args[members[0]])
            continue
        nodes = np.array(members, dtype=np.int64)
        args = same[flat[begin[nodes, None] + np.arange(len(scalars.args[members[0]]))]]
        nothing = _is_nothing(workspace, rule, args)
        if nothing is None:
            groups.append((rule, nodes, args))
        else:
            same[nodes] = nothing
    for kind, leaves in (("parameter", scalars.parameters), ("input", scalars.inputs)):
        _put_leaves(workspace, kind, np.array(leaves, dtype=np.int64), groups)
    for table in scalars.tables.values():
        _put_table(workspace, table)
    for rule, members, args in groups:
        if isinstance(members, int):
            workspace.remember(workspace.put_one(members, rule, args))
        else:
            _put(workspace, rule, members, args)
    return workspace, same[same]  # the scalar that replaces a node may have been replaced itself


def _append_one(
    workspace: Workspace, groups: Groups, same: Ids, rule: Rule, node: int, arguments: Sequence[int]
) -> None:
    """A node without a partner, in plain numbers."""
    args = [int(same[argument]) for argument in arguments]
    for position, number in enumerate(rule.neutral):
        if number is not None and workspace.are(args[position], number):
            same[node] = args[1 - position]
            return
    groups.append((rule, node, args))


def _flat(lists: list[list[int]]) -> tuple[Ids, Ids]:
    """The lists concatenated, and where each begins."""
    lengths = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
    flat = np.fromiter(chain.from_iterable(lists), dtype=np.int64, count=int(lengths.sum()))
    return flat, np.cumsum(lengths) - lengths


def _put_leaves(workspace: Workspace, kind: str, leaves: Ids, groups: Groups) -> None:
    """Leaves that are used in the same places form one array: a matrix, if they are a side of a matrix product."""
    present = leaves[leaves >= 0]
    rank = np.full(workspace.count, NOWHERE, dtype=np.int64)
    rank[present] = np.arange(len(leaves))[leaves >= 0]
    usage, tables = _usage(workspace, rank, groups)
    _, first, which = np.unique(usage[present], return_index=True, return_inverse=True)
    together = present[np.argsort(which.reshape(-1), kind="stable")]
    bounds = np.cumsum(np.bincount(which.reshape(-1), minlength=len(first)))
    parts = np.split(together, bounds[:-1])
    for one in np.argsort(first).tolist():
        workspace.put(_table(workspace, parts[one], tables, rank), None, None, kind)


def _usage(workspace: Workspace, rank: Ids, groups: Groups) -> tuple[Ids, list[Ids]]:
    """A number for each leaf, the same for those that are used in the same places; and the sides of products."""
    usage = np.zeros(workspace.count, dtype=np.int64)
    tables: list[Ids] = []
    places = itertools.cycle(_MIX.tolist())
    for rule, nodes, args in groups:
        rows = [args] if isinstance(nodes, int) else args
        width = _width(rule, len(rows[0]))
        if isinstance(nodes, int) and width == 1:
            for argument in args:
                usage[argument] ^= next(places)
            continue
        rows = np.array(rows)
        for side in (rows[:, first : first + width] for first in range(0, rows.shape[1], width)):
            usage[np.unique(side[rank[side] != NOWHERE])] ^= next(places)
            if width > 1:
                tables.append(side)
    return usage, tables


def _width(rule: Rule, count: int) -> int:
    """How many of so many arguments are one side of an operation: of w·x half of them."""
    return count // len(rule.partials) if rule.many else 1


def _put_table(workspace: Workspace, table: Ids) -> None:
    """Inputs that are an array already; what the loss does not depend on is a scalar that nobody asks for."""
    filled = table.copy()
    filled[table < 0] = workspace.fresh((int((table < 0).sum()),))
    workspace.put(filled, None, None, "table")
    workspace.rows = len(filled)
    workspace.row[filled.reshape(len(filled), -1)] = np.arange(len(filled))[:, None]


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
        rows = rows[_distinct_rows(workspace, rows)[0]]
        if rows.size == len(members) == len(np.unique(rows)):
            return rows[np.argsort(rank[rows[:, 0]])]
    return members[np.argsort(rank[members])]


def _alike(scalars: Scalars, same: Ids, workspace: Workspace) -> list[tuple[Rule, list[int]]]:
    """The computed nodes in groups, arguments before users; a node that depends on no changing leaf is a constant."""
    first_of = _merged(scalars, same)
    of_leaf = dict.fromkeys(scalars.parameters, PARAMETER) | dict.fromkeys(scalars.inputs, INPUT)
    for table in scalars.tables.values():
        of_leaf |= dict.fromkeys(table.reshape(-1).tolist(), INPUT)
    kinds: list[int] = []
    kind_of = kinds.__getitem__
    known: dict[object, int] = {}
    groups: list[tuple[Rule, list[int]]] = []
    for node, rule in enumerate(scalars.rule):
        if first_of[node] != node:
            kind = kinds[first_of[node]]
        elif rule is None:
            kind = of_leaf.get(node, UNCHANGING)
        else:
            args = scalars.args[node]
            key = (rule, *map(kind_of, args))
            if rule.fixed:
                key += tuple([scalars.data[args[position]] for position in rule.fixed])
            kind = known.get(key, NEW)
            if kind == NEW:
                kind = known[key] = _new_kind(groups, rule, list(map(kind_of, args)))
            if kind >= 0:
                groups[kind][1].append(node)
        kinds.append(kind)
    unchanging = np.flatnonzero(np.array(kinds) == UNCHANGING)
    workspace.value[unchanging] = np.array(scalars.data)[unchanging]
    workspace.is_constant[unchanging] = True
    return groups


def _new_kind(groups: list[tuple[Rule, list[int]]], rule: Rule, of_args: list[int]) -> int:
    """The index of a new group; or UNCHANGING, if all of its arguments are constants."""
    if max(of_args) == UNCHANGING:
        return UNCHANGING
    groups.append((rule, []))
    return len(groups) - 1


PARAMETER, INPUT, UNCHANGING, NEW = -1, -2, -3, -4  # the kinds of leaves; those of computed nodes are not negative


def _merged(scalars: Scalars, same: Ids) -> list[int]:
    """For each node the first one that computes the same: common subexpressions are computed once."""
    made: dict[object, int] = {}
    first_of: list[int] = []
    is_changed = False
    for node, rule in enumerate(scalars.rule):
        first = node
        if rule is not None:
            if is_changed:
                scalars.args[node] = [first_of[arg] for arg in scalars.args[node]]
            args = scalars.args[node]
            first = args[0] if rule is SAME else made.setdefault((rule, *args), node)
        if first != node:
            is_changed = True
            same[node] = first
        first_of.append(first)
    return first_of


def _is_nothing(workspace: Workspace, rule: Rule, args: Ids) -> Ids | None:
    """The arguments x, if a whole group is x · 1, x / 1, x + 0, x - 0 or x ** 1; else None.

    Only whole groups: a single 0 among the targets must not separate its sample from the others.
    """
    for position, number in enumerate(rule.neutral):
        neutral = args[:, position]
        if number is not None and workspace.is_constant[neutral].all() and (workspace.value[neutral] == number).all():
            return args[:, 1 - position]
    return None


def _put(workspace: Workspace, rule: Rule, members: Ids, args: Ids) -> Array:
    """Create an array of nodes that are alike, in the best order."""
    if workspace.rows:
        workspace.row[members] = _rows(workspace.row[args])
    args, found = _product_in(workspace, args) if rule is dot and len(args) > 1 else (args, None)
    order, shape = _order(workspace, rule, args) if found is None else _table_order(workspace, found)
    array = workspace.put(members[order].reshape(shape), rule, args[order].reshape(*shape, args.shape[1]), "computed")
    workspace.remember(array)
    return array


def _order(workspace: Workspace, rule: Rule, args: Ids) -> Order:
    count = len(args)
    if count == 1:
        return np.zeros(1, dtype=np.int64), ()
    if not rule.many:
        for way in (_first_inherited, _outer):
            order = way(workspace, args)
            if order is not None:
                return order
    return _by_row(workspace, args) or (_in_order(workspace, args[:, 0]), (count,))


def _rows(rows: Ids) -> Ids:
    """The row that each scalar depends on, of the tables of inputs, if the arguments depend on one row and no other."""
    largest = rows.max(axis=1, initial=OF_NONE)
    return np.where(((rows == largest[:, None]) | (rows == OF_NONE)).all(axis=1), largest, OF_SEVERAL)


def _by_row(workspace: Workspace, args: Ids) -> Order | None:
    """As many scalars for each row of the tables of inputs: a table with the same rows."""
    if not workspace.rows:
        return None
    rows = _rows(workspace.row[args])
    counts = np.bincount(rows) if rows.min() >= 0 else np.zeros(1, dtype=np.int64)
    if counts[0] < 2 or (counts != counts[0]).any():
        return None
    return np.lexsort((*_places(workspace, args[:, -1]), *_places(workspace, args[:, 0]), rows)), (
        len(counts),
        counts[0],
    )


def _first_inherited(workspace: Workspace, args: Ids) -> Order | None:
    found = (_inherited(workspace, column) for column in args.T)
    return next((order for order in found if order is not None), None)


def _outer(workspace: Workspace, args: Ids) -> Order | None:
    """Every left argument with every right one."""
    if args.shape[1] != 2:
        return None
    found = product_of(workspace, args[:, :1], args[:, 1:])
    if found is None or min(len(found.left), len(found.right)) == 1:
        return None
    return _table_order(workspace, found)


def _product_in(workspace: Workspace, args: Ids) -> tuple[Ids, Product | None]:
    """The matrix product in weighted sums, if there is one, and the arguments as the product uses them."""
    half = args.shape[1] // 2
    found = product_of(workspace, args[:, :half], args[:, half:])
    if found is None and workspace.is_constant[args].any():
        by_value = _equal_constants_as_one(workspace, args)
        found = product_of(workspace, by_value[:, :half], by_value[:, half:])
        args = args if found is None else by_value
    return args, found


def _equal_constants_as_one(workspace: Workspace, args: Ids) -> Ids:
    """Give equal constants one id: every w · x may have made a constant of its own of the same x."""
    is_constant = workspace.is_constant[args]
    merged = args.copy()
    _, first, which = np.unique(workspace.value[args[is_constant]], return_index=True, return_inverse=True)
    merged[is_constant] = args[is_constant][first][which.reshape(-1)]
    return merged


def _inherited(workspace: Workspace, column: Ids) -> Order | None:
    """The order and the shape of an array that is used as a whole."""
    source = workspace.array_of(column)
    if source is None or source.size != len(column):
        return None
    places = workspace.place[column]
    order = np.argsort(places, kind="stable")
    return (order, source.shape) if (places[order] == np.arange(len(places))).all() else None


def _table_order(workspace: Workspace, found: Product) -> Order:
    """Rows by columns, with parameters along the columns, as in Z = X @ W.T."""
    lefts, rights = len(found.left), len(found.right)
    if _are_parameters(workspace, found.left) and not _are_parameters(workspace, found.right):
        return np.argsort(found.right_of * lefts + found.left_of), (rights, lefts)
    return np.argsort(found.left_of * rights + found.right_of), (lefts, rights)


def _are_parameters(workspace: Workspace, ids: Ids) -> bool:
    array = workspace.array_of(ids)
    return array is not None and array.kind == "parameter"


def product_of(workspace: Workspace, left: Ids, right: Ids) -> Product | None:
    """The matrix product in a group of weighted sums, if each left row is combined with each right row exactly once.

    Args:
        workspace: the arrays that hold the scalars.
        left: the left factors of each sum, sums × terms.
        right: the right factors of each sum, in the same shape.
    """
    left_rows, left_of = _distinct_rows(workspace, left)
    right_rows, right_of = _distinct_rows(workspace, right)
    if len(left_rows) * len(right_rows) != len(left):
        return None
    if (left[left_rows][left_of] != left).any() or (right[right_rows][right_of] != right).any():
        return None  # two different rows had the same fingerprint
    if len(np.unique(left_of * len(right_rows) + right_of)) != len(left):
        return None
    return Product(left[left_rows], right[right_rows], left_of, right_of)


def _distinct_rows(workspace: Workspace, rows: Ids) -> tuple[Ids, Ids]:
    """The index of the first of each distinct row, ordered by position, and for each row which of those it equals."""
    columns = _MIX[np.arange(rows.shape[1]) % len(_MIX)]
    with np.errstate(over="ignore"):
        fingerprints = ((rows * columns) ^ (rows >> 3)).sum(axis=1)
    _, first, which = np.unique(fingerprints, return_index=True, return_inverse=True)
    order = _in_order(workspace, rows[first, 0])
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[which.reshape(-1)]


def _in_order(workspace: Workspace, ids: Ids) -> Ids:
    """The order of scalars by array and position; constants that are in no array yet come first, by id."""
    return np.lexsort(_places(workspace, ids))


def _places(workspace: Workspace, ids: Ids) -> tuple[Ids, Ids]:
    """The position of scalars in their array, and the array: the keys to sort them by, the first one last."""
    where = workspace.where[ids]
    return np.where(where == NOWHERE, ids, workspace.place[ids]), where
