"""How is a selection of scalars found as a view of an array?

    W1             the whole array                      P[0:48:3]                  every third
    A1.T           its transpose                        P[0:48].reshape(16, 3)     a matrix
    b1[:, None]    a column, for every column           X.ravel()[i3]              any selection: a copy, by index

A view makes no copy, so it is tried first; only what has no regular pattern is selected by index. Every candidate is
accepted only if its layout is the one that is wanted, so a view that is found is right for every shape of the array,
axes of size 1 included.

Names to know: `moves_to`. Read next: `expressions.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

from tinygrad_edu.compiler.layout import Diagonal, Index, Layout, Move, Reshape, Shape, Step, Turn

Moves = tuple[Move, ...]
WHOLE = slice(None)


class Axis(NamedTuple):
    """An axis along which the wanted positions change: its number, its size, and the step between neighbours."""

    number: int
    size: int
    step: int


def moves_to(wanted: Layout, source: Shape, *, is_exact: bool) -> Moves | None:
    """The moves from an array to the view of it that has a layout; None if there is no such view.

    Args:
        wanted: the positions of the scalars in the array.
        source: the shape of the array.
        is_exact: whether the view must have the wanted shape; otherwise it may be one that broadcasts to it.

    >>> moves_to(Layout(0, (2, 3), (1, 2)), (3, 2), is_exact=True)
    (Turn(),)
    >>> moves_to(Layout(1, (3,), (2,)), (3, 2), is_exact=False)
    (Index(entries=(slice(None, None, None), 1)),)
    """
    whole = Layout.of(source)
    for moves in _proposals(wanted, source, is_exact):
        found = whole.moved(moves)
        if found.is_same(wanted) if is_exact else found.stretches_to(wanted):
            return moves
    return None


def moves_in_steps(wanted: Layout, source: Shape, counter: str) -> Moves | None:
    """The moves to what a layout has at place t of its first axis; None if there is no such view for all of them.

    >>> moves_in_steps(Layout(3, (11, 7, 3), (3, 36, 1)), (7, 12, 3), "t")
    (Index(entries=(slice(None, None, None), t + 1, slice(None, None, None))),)
    """
    steps, step = wanted.shape[0], wanted.steps[0]
    row = Layout(wanted.base, wanted.shape[1:], wanted.steps[1:])
    first, *others = moves_to(row, source, is_exact=True) or (None,)
    if not isinstance(first, Index):
        return None
    for axis, entry in enumerate(first.entries[: len(source)]):
        times, rest = divmod(step, Layout.of(source).steps[axis])
        if isinstance(entry, int) and not rest and 0 <= entry + times * (steps - 1) < source[axis]:
            entries = (*first.entries[:axis], Step(times, entry, counter), *first.entries[axis + 1 :])
            return Index(entries), *others
    return None


def _proposals(wanted: Layout, source: Shape, is_exact: bool) -> Iterator[Moves]:
    yield ()
    if len(source) == 2:
        yield (Turn(),)
        if source[0] == source[1] == prod(wanted.shape) > 1:
            yield from ((Diagonal(), *spread) for spread in ((), *_columns(wanted.shape)))
    changing = [
        Axis(number, size, step)
        for number, (size, step) in enumerate(zip(wanted.shape, wanted.steps, strict=True))
        if size > 1 and step
    ]
    spread = _spread([axis.number for axis in changing], len(wanted.shape), is_exact)
    if len(source) == 2:
        yield from (moves + spread for moves in _of_matrix(wanted.base, changing, source))
    if len(source) > 2:
        yield from _in_one_row(wanted, source, is_exact)
        yield from (_joined(moves, spread) for moves in _of_table(wanted, changing, source))
    if len(source) > 1 and max(len(source), len(wanted.shape)) > 2:
        yield from _in_rows(wanted, source)
    flat: Moves = () if len(source) == 1 else (Reshape((prod(source),)),)
    yield from (flat + moves + spread for moves in _of_line(wanted.base, changing, prod(source)))


def _columns(shape: Shape) -> Iterator[Moves]:
    """The move from a vector to a column or a row with as many numbers."""
    entries = tuple(None if size == 1 else WHOLE for size in shape)
    if None in entries:
        yield (Index(entries),)


def _in_rows(wanted: Layout, source: Shape) -> Iterator[Moves]:
    """Whole rows along the first axis, in another shape: H[1:].reshape(11 * m, 4)."""
    size, width = prod(wanted.shape), prod(source[1:])
    if size % width or wanted.base % width or wanted.base + size > prod(source) or len(wanted.shape) < 2:
        return
    rows = _line(cut(wanted.base // width, size // width, 1, source[0]))
    yield (*rows, Reshape(wanted.shape))
    yield (*rows, Reshape(wanted.shape[::-1]), Turn())


def _in_one_row(wanted: Layout, source: Shape, is_exact: bool) -> Iterator[Moves]:
    """Of an array with many axes one row along the first, and a view of that: H[20], H[20].T."""
    size = prod(source[1:])
    row, base = divmod(wanted.base, size)
    within = wanted._replace(base=base)
    yield from ((Index((row,)), *moves) for moves in _proposals(within, source[1:], is_exact))


def _spread(axes: list[int], count: int, is_exact: bool) -> Moves:
    """New axes of size 1 where nothing changes; unless the shape must be exact, broadcasting adds those in front."""
    first = 0 if is_exact else min(axes, default=count)
    entries = tuple(WHOLE if axis in axes else None for axis in range(first, count))
    return (Index(entries),) if None in entries else ()


def _of_matrix(base: int, axes: list[Axis], source: Shape) -> Iterator[Moves]:
    """The whole matrix as a vector; slices of rows and of columns."""
    rows, columns = source
    if [(axis.size, axis.step) for axis in axes] == [(rows * columns, 1)]:
        yield (Reshape((rows * columns,)),)
    row, column = divmod(base, columns)
    entries: list[int | slice] = [row, column]
    taken = []
    for axis in axes:
        along = 0 if axis.step % columns == 0 else 1
        first, unit, whole = (row, axis.step // columns, rows) if along == 0 else (column, axis.step, columns)
        if along in taken or not 0 <= first + (axis.size - 1) * unit < whole:
            return
        entries[along] = cut(first, axis.size, unit, whole)
        taken.append(along)
    index: Moves = () if entries == [WHOLE, WHOLE] else (Index(tuple(entries)),)
    yield (*index, Turn()) if taken == [1, 0] else index


def _of_table(wanted: Layout, axes: list[Axis], source: Shape) -> Iterator[Moves]:
    """An array of three axes and more: the same numbers in another shape; slices along two of its axes at most."""
    if wanted.shape and prod(wanted.shape) == prod(source) and wanted.is_same(Layout.of(wanted.shape)):
        yield (Reshape(wanted.shape),)
    steps, rest = Layout.of(source).steps, wanted.base
    entries: list[int | slice] = []
    for step in steps:
        place, rest = divmod(rest, step)
        entries.append(place)
    taken: list[int] = []
    for axis in axes:
        along = next((each for each, step in enumerate(steps) if axis.step % step == 0 and each not in taken), None)
        if along is None:
            return
        first, unit = entries[along], axis.step // steps[along]
        assert isinstance(first, int)
        if not 0 <= first + (axis.size - 1) * unit < source[along]:
            return
        entries[along] = cut(first, axis.size, unit, source[along])
        taken.append(along)
    index = Index(tuple(entries))
    yield (index, Turn()) if len(taken) == 2 and taken[0] > taken[1] else (index,)


def _joined(moves: Moves, spread: Moves) -> Moves:
    """A choice from an array, and new axes in it, as one index where that is one: Q[:, :, None, :4]."""
    if not spread or len(moves) != 1 or not isinstance(moves[0], Index) or not isinstance(spread[0], Index):
        return moves + spread
    left, entries = list(moves[0].entries), list[int | slice | None]()
    for entry in spread[0].entries:
        while entry is not None and isinstance(left[0], int):
            entries.append(left.pop(0))
        entries.append(None if entry is None else left.pop(0))
    return (Index((*entries, *left)),)


def _of_line(base: int, axes: list[Axis], size: int) -> Iterator[Moves]:
    """A slice of a vector; a slice as the rows of a matrix, `P[0:48].reshape(16, 3)[:, :2]`."""
    if not axes:
        yield (Index((base,)),)
    elif len(axes) == 1:
        yield _line(cut(base, axes[0].size, axes[0].step, size))
    elif len(axes) == 2 and min(axis.step for axis in axes) > 0:
        rows, columns = sorted(axes, key=lambda axis: -axis.step)
        turn: Moves = () if rows is axes[0] else (Turn(),)
        yield from (moves + turn for moves in _rows_of_line(base, rows, columns, size))


def _rows_of_line(base: int, rows: Axis, columns: Axis, size: int) -> Iterator[Moves]:
    width = (columns.size - 1) * columns.step + 1
    start = min(base, size - rows.size * rows.step)
    first = base - start
    if start < 0 or first + width > rows.step:
        return
    matrix = (*_line(cut(start, rows.size * rows.step, 1, size)), Reshape((rows.size, rows.step)))
    within = cut(first, columns.size, columns.step, rows.step)
    yield matrix if within == WHOLE else (*matrix, Index((WHOLE, within)))


def _line(chosen: slice) -> Moves:
    return () if chosen == WHOLE else (Index((chosen,)),)


def cut(first: int, size: int, step: int, whole: int) -> slice:
    """The shortest slice that selects `size` positions of `whole`, starting at `first`, `step` apart.

    >>> cut(0, 4, 1, 4), cut(1, 2, 2, 6)
    (slice(None, None, None), slice(1, 4, 2))
    """
    last = first + (size - 1) * step
    if step < 0:
        return slice(first, None if last == 0 else last - 1, step)
    return slice(first or None, last + 1 if last + step < whole else None, step if step > 1 else None)
