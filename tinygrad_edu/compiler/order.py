"""In which order do scalars stand in their array?

So that their arguments are whole arrays, or views of them. Above all, weighted sums that combine every row of one
matrix with every row of another *are* a matrix product: rows by columns.

Names to know: `put`, `product_of`. Read next: `tables.py`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tinygrad_edu.compiler.arrays import NOWHERE, Array, Ids, Workspace
from tinygrad_edu.compiler.branches import FEWEST_ON_A_WAY
from tinygrad_edu.compiler.layout import Layout
from tinygrad_edu.compiler.ragged import aligned, completed, filled
from tinygrad_edu.compiler.scalars import EMPTIEST, FEWEST_LENGTHS, OF_NONE, OF_SEVERAL, TOTAL
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import dot

MIX = np.random.default_rng(0).integers(1, 2**62, 1 << 16, dtype=np.int64) | 1  # for the fingerprints of rows
MOST_COLUMNS = 8  # arguments of a sum of which each term may be a part of an array
MOSTLY = 0.4  # of the places of a table are there, if the others are made
WEIGHTS = ("parameter", "fixed", "weight")  # the kinds of leaves that belong to columns, not to samples

Order = tuple[Ids, tuple[int, ...]]  # of the scalars of an array, and its shape


class Product(NamedTuple):
    """Every left row combined with every right row: the distinct rows, and which two each scalar combines."""

    left: Ids  # rows × terms
    right: Ids
    left_of: Ids  # for each scalar the index of its left row
    right_of: Ids


def put(workspace: Workspace, rule: Rule, members: Ids, args: Ids) -> Array:
    """Create an array of nodes that are alike, in the best order."""
    if workspace.rows:
        workspace.row[members] = _rows(workspace.row[args])
    beside = None if rule.many else _beside_spares(workspace, rule, members, args)
    beside = beside or _branch(workspace, rule, members, args)
    if beside is not None:
        return beside
    members, args = _with_spares(workspace, rule, members, args)
    args, whole, found = _products(workspace, rule, args)
    if found is None:
        each = _products_by_row(workspace, whole) if rule is dot and workspace.rows > 1 else None
        order, shape = each or _order(workspace, rule, whole)
    else:
        order, shape = _table_order(workspace, _in_steps(workspace, members, found))
    if workspace.is_step and 1 in shape and found is not None:
        shape = (len(members),)  # a step has one sample: its product is a matrix and a vector
    array = workspace.put(members[order].reshape(shape), rule, args[order].reshape(*shape, args.shape[1]), "computed")
    workspace.remember(array)
    return array


def _products(workspace: Workspace, rule: Rule, args: Ids) -> tuple[Ids, Ids, Product | None]:
    """The arguments as they are used, the same without gaps, and the matrix product in them, if there is one."""
    if rule is dot or rule is TOTAL:
        sides = np.split(args, len(rule.partials), axis=1)
        if filled(workspace, *sides).any():
            sides = aligned(workspace, *sides)
            there = ~filled(workspace, *sides)
            args = np.concatenate(sides, axis=1)
            whole = np.concatenate([completed(workspace, side, there) for side in sides], axis=1)
            merged, found = _product_in(workspace, whole) if rule is dot else (whole, None)
            return np.where(np.tile(there, len(sides)), merged, args), merged, found
    args, found = _product_in(workspace, args) if rule is dot and len(args) > 1 else (args, None)
    return args, args, found


def _beside_spares(workspace: Workspace, rule: Rule, members: Ids, args: Ids) -> Array | None:
    """An array like that of an argument which has spare places: it has the same."""
    for column in args.T:
        source = workspace.array_of(column)
        if source is None or source.spare is None or not len(np.unique(column)) == len(column) == source.count:
            continue
        return _put_beside(workspace, rule, members, args, source, column)
    return None


def _branch(workspace: Workspace, rule: Rule, members: Ids, args: Ids) -> Array | None:
    """An array like that of an argument of which every scalar goes one way of a few, and these all go the same one.

    So it has a place for each of them: what the others would be, had they gone this way, is spare.
    """
    is_one_each = not rule.many or (args.shape[1] <= MOST_COLUMNS and rule in (dot, TOTAL))
    if not is_one_each or workspace.is_strict or workspace.is_step or (workspace.cuts[args] < 2).all():
        return None
    for column in args.T:
        source = workspace.array_of(column)
        if source is None or not 2 <= workspace.cuts[column[0]] <= EMPTIEST or not _is_part(workspace, source, column):
            continue
        others = [each for each in args.T if not workspace.is_constant[each].all()]
        if all(_stands_beside(workspace, source, column, each, rule) for each in others):
            return _put_beside(workspace, rule, members, args, source, column)
    return None


def _is_part(workspace: Workspace, source: Array, column: Ids) -> bool:
    """Whether these are some scalars of an array, each once, and not a regular part of a whole one."""
    places = np.sort(workspace.place[column])
    is_part = FEWEST_ON_A_WAY <= len(column) < source.count and bool((places[1:] > places[:-1]).all())
    return is_part and (source.spare is not None or not is_regular(places, source.shape))


def _stands_beside(workspace: Workspace, source: Array, column: Ids, other: Ids, rule: Rule) -> bool:
    """Whether other arguments stand at the same places of an array like that; or are one, in no product."""
    if not rule.many and (other == other[0]).all():
        return True
    array = workspace.array_of(other)
    is_like = array is not None and array.shape == source.shape
    return is_like and bool((workspace.place[other] == workspace.place[column]).all())


def _put_beside(workspace: Workspace, rule: Rule, members: Ids, args: Ids, source: Array, column: Ids) -> Array:
    """An array of the shape of another one, each scalar at the place of its argument; the other places are spare."""
    order, places = np.argsort(workspace.place[column]), np.sort(workspace.place[column])
    known = np.zeros(source.size, dtype=bool)
    known[places] = True
    table = np.full((source.size, args.shape[1]), workspace.zero, dtype=np.int64)
    table[known] = args[order]
    shape = source.shape
    columns = [completed(workspace, each.reshape(shape), known.reshape(shape)) for each in table.T]
    ids = np.full(source.size, NOWHERE, dtype=np.int64)
    ids[known] = members[order]
    ids[~known] = _spares(workspace, source.ids.reshape(-1)[~known])
    array = workspace.put(ids.reshape(shape), rule, np.stack(columns, axis=-1), "computed")
    workspace.beside[array.number] = workspace.beside.get(source.number, source.number)
    workspace.remember(array)
    return array


def _spares(workspace: Workspace, like: Ids) -> Ids:
    """Scalars for spare places, which depend on the same samples as others."""
    spares = workspace.fresh_spare(len(like))
    workspace.row[spares] = workspace.row[like]
    return spares


def _with_spares(workspace: Workspace, rule: Rule, members: Ids, args: Ids) -> tuple[Ids, Ids]:
    """The nodes of a group, and with them the missing ones of a table in which hardly more than half are missing."""
    is_pair = rule is dot or (not rule.many and args.shape[1] == 2 and _first_inherited(workspace, args) is None)
    if workspace.is_strict or not is_pair or (args == workspace.zero).any() or _are_in_steps(workspace, members):
        return members, args
    rows = workspace.row[members] if workspace.rows else np.zeros(len(members), dtype=np.int64)
    if (rows == OF_SEVERAL).all():  # pairs of samples: one table of all of them
        rows = np.zeros_like(rows)
    every = [(members, args)]
    for row in np.unique(rows).tolist() if rows.min() >= 0 else ():
        missing = _missing(workspace, *np.split(args[rows == row], 2, axis=1))
        if missing is not None:
            every.append((_spares(workspace, np.repeat(members[rows == row][:1], len(missing))), missing))
    return np.concatenate([some for some, _ in every]), np.concatenate([some for _, some in every])


def _missing(workspace: Workspace, left: Ids, right: Ids) -> Ids | None:
    """The pairs of a left row and a right one that are not there, if most are."""
    sides = [distinct_rows(workspace, side) for side in (left, right)]
    (lefts, left_of), (rights, right_of) = sides
    count = len(lefts) * len(rights)
    if min(len(lefts), len(rights)) < FEWEST_LENGTHS or not MOSTLY * count <= len(left) < count:
        return None
    if any((side[rows][of] != side).any() for side, (rows, of) in zip((left, right), sides, strict=True)):
        return None
    there = left_of * len(rights) + right_of
    others = np.setdiff1d(np.arange(count), there)
    if len(others) + len(left) != count:
        return None
    return np.concatenate([left[lefts[others // len(rights)]], right[rights[others % len(rights)]]], axis=1)


def _order(workspace: Workspace, rule: Rule, args: Ids) -> Order:
    count = len(args)
    if count == 1:
        return np.zeros(1, dtype=np.int64), ()
    if not rule.many or (workspace.is_step and rule is TOTAL):
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


def _products_by_row(workspace: Workspace, args: Ids) -> Order | None:
    """For each row of the tables of inputs a matrix product of its own: the attention of each sample."""
    rows, half = _rows(workspace.row[args]), args.shape[1] // 2
    counts = np.bincount(rows) if rows.min() >= 0 else np.zeros(1, dtype=np.int64)
    if counts[0] < 4 or (counts != counts[0]).any():
        return None
    orders, shapes = [], set()
    for row in range(len(counts)):
        here = np.flatnonzero(rows == row)
        found = product_of(workspace, args[here, :half], args[here, half:])
        if found is None or min(len(found.left), len(found.right)) == 1:
            return None
        orders.append(here[np.argsort(found.left_of * len(found.right) + found.right_of)])
        shapes.add((len(found.left), len(found.right)))
    return (np.concatenate(orders), (len(counts), *shapes.pop())) if len(shapes) == 1 else None


def _first_inherited(workspace: Workspace, args: Ids) -> Order | None:
    found = [order for column in args.T if (order := _inherited(workspace, column)) is not None]
    if workspace.is_step and len(found) > 1:  # a matrix rather than a vector, what is computed rather than a leaf
        computed = (workspace.where[column[0]] for column in args.T if _inherited(workspace, column) is not None)
        ranks = [workspace.arrays[number].rule is not None for number in computed]
        found = [found[place] for place in sorted(range(len(found)), key=lambda place: not ranks[place])]
    return max(found, key=lambda order: len(order[1]), default=None)


def _outer(workspace: Workspace, args: Ids) -> Order | None:
    """Every left argument with every right one."""
    if args.shape[1] != 2:
        return None
    found = product_of(workspace, args[:, :1], args[:, 1:])
    if found is None or min(len(found.left), len(found.right)) == 1:
        return None
    return _table_order(workspace, found)


def _inherited(workspace: Workspace, column: Ids) -> Order | None:
    """The order and the shape of an array that is used as a whole, or of several that stand at the same places."""
    homes = workspace.homes(column)
    source = workspace.arrays[homes[0]] if homes[0] != NOWHERE and (homes == homes[0]).all() else None
    if source is None or source.size != len(column):
        return None
    places = workspace.place[column]
    order = np.argsort(places, kind="stable")
    return (order, source.shape) if (places[order] == np.arange(len(places))).all() else None


# Matrix products


def product_of(workspace: Workspace, left: Ids, right: Ids) -> Product | None:
    """The matrix product in a group of weighted sums, if each left row is combined with each right row exactly once.

    Args:
        workspace: the arrays that hold the scalars.
        left: the left factors of each sum, sums × terms.
        right: the right factors of each sum, in the same shape.
    """
    left_rows, left_of = distinct_rows(workspace, left)
    right_rows, right_of = distinct_rows(workspace, right)
    if len(left_rows) * len(right_rows) != len(left):
        return None
    if (left[left_rows][left_of] != left).any() or (right[right_rows][right_of] != right).any():
        return None  # two different rows had the same fingerprint
    if len(np.unique(left_of * len(right_rows) + right_of)) != len(left):
        return None
    return Product(left[left_rows], right[right_rows], left_of, right_of)


def distinct_rows(workspace: Workspace, rows: Ids) -> tuple[Ids, Ids]:
    """The index of the first of each distinct row, ordered by position, and for each row which of those it equals."""
    columns = MIX[np.arange(rows.shape[1]) % len(MIX)]
    with np.errstate(over="ignore"):
        fingerprints = ((rows * columns) ^ (rows >> 3)).sum(axis=1)
    _, first, which = np.unique(fingerprints, return_index=True, return_inverse=True)
    order = _in_order(workspace, rows[first, 0])
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[which.reshape(-1)]


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


def _table_order(workspace: Workspace, found: Product) -> Order:
    """Rows by columns, with parameters along the columns, as in Z = X @ W.T."""
    lefts, rights = len(found.left), len(found.right)
    if _are_parameters(workspace, found.left) and not _are_parameters(workspace, found.right):
        return np.argsort(found.right_of * lefts + found.left_of), (*_axes(workspace, found.right), lefts)
    return np.argsort(found.left_of * rights + found.right_of), (*_axes(workspace, found.left), rights)


def _axes(workspace: Workspace, rows: Ids) -> tuple[int, ...]:
    """The axes along which these rows lie: those of the array of three axes or more that they are taken from."""
    source = workspace.array_of(rows)
    if source is None or len(source.shape) < 3:
        return (len(rows),)
    lines = workspace.place[rows] // source.shape[-1]
    is_along_last = bool((lines == lines[:, :1]).all())
    return (is_along_last and box(lines[:, 0], source.shape[:-1])) or (len(rows),)


def box(places: Ids, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The sizes of the part of an array that these places are, all of them in order; None if they are no such part.

    An axis along which there is one place of several is left out.

    >>> box(np.array([3, 4, 5, 6, 7, 8]), (3, 3)), box(np.array([1, 4, 7]), (3, 3)), box(np.array([0, 4]), (3, 3))
    ((2, 3), (3,), None)
    """
    along = [np.unique(each) for each in np.unravel_index(places, shape)]
    whole = np.ravel_multi_index(np.ix_(*along), shape).reshape(-1)
    if not np.array_equal(whole, places):
        return None
    return tuple(len(each) for each, size in zip(along, shape, strict=True) if len(each) > 1 or size == 1)


def is_regular(places: Ids, shape: tuple[int, ...]) -> bool:
    """Whether slices choose these places of an array.

    >>> is_regular(np.array([1, 4, 7]), (3, 3)), is_regular(np.array([0, 3, 9]), (4, 3))
    (True, False)
    """
    return Layout.found_in(places.reshape(box(places, shape) or places.shape)) is not None


def _in_steps(workspace: Workspace, members: Ids, found: Product) -> Product:
    """A product whose rows belong to the steps of a loop, in the order of those steps."""
    if not _are_in_steps(workspace, members):
        return found
    steps = workspace.steps[members]
    sides = [found.left_of, found.right_of]
    first = [np.full(len(side), len(workspace.steps)) for side in (found.left, found.right)]
    for side, begins in zip(sides, first, strict=True):
        np.minimum.at(begins, side, steps)
    orders = [np.argsort(begins, kind="stable") for begins in first]
    left_of, right_of = (np.argsort(order)[side] for order, side in zip(orders, sides, strict=True))
    return Product(found.left[orders[0]], found.right[orders[1]], left_of, right_of)


def _are_in_steps(workspace: Workspace, members: Ids) -> bool:
    """Whether all of them belong to the steps of a loop."""
    return not workspace.is_spare[members].any() and bool((workspace.steps[members] != NOWHERE).all())


def _are_parameters(workspace: Workspace, ids: Ids) -> bool:
    numbers = np.unique(workspace.where[ids]).tolist()
    return all(number != NOWHERE and workspace.arrays[number].kind in WEIGHTS for number in numbers)


def _in_order(workspace: Workspace, ids: Ids) -> Ids:
    """The order of scalars by array and position; constants that are in no array yet come first, by id."""
    return np.lexsort(_places(workspace, ids))


def _places(workspace: Workspace, ids: Ids) -> tuple[Ids, Ids]:
    """The position of scalars in their array, and the array: the keys to sort them by, the first one last."""
    where = workspace.homes(ids)
    return np.where(where == NOWHERE, ids, workspace.place[ids]), where
