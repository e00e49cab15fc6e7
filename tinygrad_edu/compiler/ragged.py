"""How do rows of different lengths become one table?

Row i of a causal attention looks at i + 1 tokens; of a matrix of ratings some are known. What is not there leaves a
place in the table, in one of two ways:

    spare     a scalar that the graph does not have stands there, computed as its neighbours are, and is never asked for
    filled    a sum adds 0 there: `np.where(M1, t2, 0).sum(axis=-1)`

So what a spare place holds is no matter, be it infinite or NaN: it is never multiplied by 0, it is not chosen.

Names to know: `aligned`, `completed`. Read next: `connections.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinygrad_edu.compiler.arrays import NOWHERE, Flags, Ids, Workspace
from tinygrad_edu.compiler.scalars import EMPTIEST


def packed(workspace: Workspace, rows: Sequence[Sequence[int]], sides: int) -> Ids:
    """The arguments of sums of different lengths as rows of one length, each side filled up with 0."""
    longest = max(map(len, rows)) // sides
    table = np.full((len(rows), sides, longest), workspace.zero, dtype=np.int64)
    for row, arguments in zip(table, rows, strict=True):
        row[:, : len(arguments) // sides] = np.reshape(arguments, (sides, -1))
    return table.reshape(len(rows), -1)


def filled(workspace: Workspace, *sides: Ids) -> Flags:
    """Where a sum adds nothing: all factors are 0 there."""
    nothing: Flags = np.logical_and.reduce([side == workspace.zero for side in sides])
    return nothing


def aligned(workspace: Workspace, *sides: Ids) -> list[Ids]:
    """Rows that are filled up, with every term in the column of its place.

    Terms of the same row of an array come in one row, and terms of the same column in one column, if some side is such
    a table; else they stay as they are.
    """
    there = ~filled(workspace, *sides)
    found = (_columns(workspace, side, there) for side in sides)
    columns = next((each for each in found if each is not None), None)
    if columns is None or (columns.max() + 1) * len(there) > EMPTIEST * len(columns):
        return list(sides)
    rows = np.nonzero(there)[0]
    tables = [np.full((len(there), int(columns.max()) + 1), workspace.zero, dtype=np.int64) for _ in sides]
    for table, side in zip(tables, sides, strict=True):
        table[rows, columns] = side[there]
    return tables


def _columns(workspace: Workspace, side: Ids, there: Flags) -> Ids | None:
    """The column for each term, if a row runs along one axis of the array that the terms are in."""
    array = workspace.array_of(side[there])
    if array is None or not array.shape:
        return None
    rows = np.nonzero(there)[0]
    begins = np.flatnonzero(np.diff(rows, prepend=NOWHERE))
    axes = np.unravel_index(workspace.place[side[there]], array.shape)
    along = [each for each in axes if (each != np.repeat(each[begins], np.diff([*begins, len(rows)]))).any()]
    if len(along) != 1:
        return None
    columns: Ids = np.unique(along[0], return_inverse=True)[1].reshape(-1)
    return columns if len(np.unique(rows * (columns.max() + 1) + columns)) == len(rows) else None


def completed(workspace: Workspace, ids: Ids, known: Flags) -> Ids:
    """A table of scalars that has one in every place: where none is known, the one that makes the table regular.

    That may be any other, for it is not asked for.
    """
    if known.all():
        return ids
    found = np.where(known, ids, ids[known][0])
    array = workspace.array_of(ids[known])
    if array is not None and array.size == ids.size and _are_in_place(workspace.place[ids], known):
        return np.where(array.ids.reshape(ids.shape) == NOWHERE, found, array.ids.reshape(ids.shape))
    places = None if array is None else _regular(workspace.place[ids], known, array.size)
    if array is not None and places is not None:
        others = np.where(places == NOWHERE, NOWHERE, array.ids.reshape(-1)[places])
        return np.where(others == NOWHERE, found, others)
    for axis in range(ids.ndim):
        first = np.take_along_axis(ids, known.argmax(axis=axis, keepdims=True), axis)
        if (ids == first)[known].all():
            return np.where(known | ~known.any(axis=axis, keepdims=True), found, first)
    return found


def _are_in_place(places: Ids, known: Flags) -> bool:
    """Whether each scalar that is known stands where it stands in its own array, which has as many places."""
    return bool((places == np.arange(places.size).reshape(places.shape))[known].all())


def is_regular_where(known: Flags, places: Ids, size: int) -> bool:
    """Whether places that are known go on in equal steps to all others, in an array of this size."""
    found = _regular(places, known, size)
    return found is not None and bool((found != NOWHERE).all())


def _regular(places: Ids, known: Flags, size: int) -> Ids | None:
    """Places that go on in equal steps as the known ones do: along each axis, or at least along the last one.

    None if they do not, or lead outside of an array of this size; NOWHERE in a row in which none is known.
    """
    steps = [_step(np.moveaxis(places, axis, 0), np.moveaxis(known, axis, 0)) for axis in range(places.ndim)]
    along = sum(step * index for step, index in zip(steps, np.indices(places.shape), strict=True))
    bases = places - along
    first = known.argmax(axis=-1, keepdims=True)
    is_any = known.any(axis=-1, keepdims=True)
    one = np.full_like(is_any, bases[known][0], dtype=np.int64)
    for base, is_based in ((one, np.ones_like(is_any)), (np.take_along_axis(bases, first, -1), is_any)):
        found = np.where(is_based, base + along, NOWHERE)
        is_inside = found.min() >= NOWHERE and found.max() < size
        if is_inside and (found == places)[known].all():
            return found
    return None


def _step(places: Ids, known: Flags) -> int:
    """How far it is from one place to the next one along the first axis; 0 if there are no two."""
    lines, there = places.reshape(len(places), -1), known.reshape(len(known), -1)
    enough = np.flatnonzero(there.sum(axis=0) > 1)
    if not len(enough):
        return 0
    one, other = map(int, np.flatnonzero(there[:, enough[0]])[:2])
    return int(lines[other, enough[0]] - lines[one, enough[0]]) // (other - one)
