"""How is a choice of scalars written, as a piece of an array?

    W1             the whole array                      P[0:48:3]                  every third
    A1.T           the same, turned                     P[0:48].reshape(16, 3)     a table
    b1[:, None]    a column, for every column           X.ravel()[i3]              any choice at all: a copy, by index

Basic indexing makes no copy, so it is tried first; only what has no regular pattern is gathered by index.

Names to know: `piece`. Read next: `emit.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tinygrad_edu.compiler.arrays import Ids


class Pattern(NamedTuple):
    """Places base + i · steps[0] + j · steps[1] …, for i, j … up to the shape; a step is 0 where nothing changes."""

    base: int
    shape: tuple[int, ...]
    steps: tuple[int, ...]


def pattern_of(places: Ids) -> Pattern | None:
    """The regular pattern in places, if there is one.

    >>> pattern_of(np.array([[1, 4], [2, 5]]))
    Pattern(base=1, shape=(2, 2), steps=(1, 3))
    >>> pattern_of(np.array([0, 1, 3])) is None
    True
    """
    base = int(places.flat[0])
    steps = []
    expected = np.array(base)
    for axis, size in enumerate(places.shape):
        second = tuple(1 if each == axis else 0 for each in range(places.ndim))
        steps.append(int(places[second]) - base if size > 1 else 0)
        along = [-1 if each == axis else 1 for each in range(places.ndim)]
        expected = expected + steps[-1] * np.arange(size).reshape(along)
    return Pattern(base, places.shape, tuple(steps)) if (expected == places).all() else None


def piece(
    name: str, source: tuple[int, ...], places: Ids, remember: Callable[[Ids], str], *, is_exact: bool = False
) -> str:
    """The text of the scalars at some places of an array, which has the shape of `places`, or broadcasts to it.

    Args:
        name: of the array.
        source: its shape.
        places: where the scalars stand in it, in C order.
        remember: keeps an array of indices, and gives its name.
        is_exact: whether it has to have the shape.

    >>> piece("A", (3, 2), np.arange(6).reshape(3, 2).T, str)
    'A.T'
    >>> piece("A", (3, 2), np.array([1, 3, 5]), str)
    'A[:, 1]'
    """
    everything = np.arange(int(np.prod(source))).reshape(source)
    for text, whole in ((name, everything), (f"{name}.T", everything.T)):
        if _is_whole(places, whole, is_exact):
            return text
    if not source:
        return f"np.full({places.shape}, {name})" if is_exact else name
    pattern = pattern_of(places)
    regular = _regular(name, source, pattern, is_exact) if pattern else None
    return regular or f"{_flat(name, source)}[{remember(places)}]"


def _is_whole(places: Ids, whole: Ids, is_exact: bool) -> bool:
    if is_exact or whole.ndim == 0:
        return places.shape == whole.shape and bool((places == whole).all())
    try:
        return bool((np.broadcast_to(whole, places.shape) == places).all())
    except ValueError:
        return False


def _flat(name: str, source: tuple[int, ...]) -> str:
    return name if len(source) == 1 else f"{name}.ravel()"


def _regular(name: str, source: tuple[int, ...], pattern: Pattern, is_exact: bool) -> str | None:
    if is_exact and any(size > 1 and not step for size, step in zip(pattern.shape, pattern.steps, strict=True)):
        return None
    axes = [axis for axis, step in enumerate(pattern.steps) if step]
    sizes = [pattern.shape[axis] for axis in axes]
    steps = [pattern.steps[axis] for axis in axes]
    text = _kept(name, source, pattern.base, sizes, steps)
    return None if text is None else text + _spread(axes, len(pattern.shape), is_exact)


def _spread(axes: list[int], count: int, is_exact: bool) -> str:
    """New axes of size 1 where nothing changes; broadcasting adds those in front, unless all have to be there."""
    first = 0 if is_exact else min(axes, default=count)
    wanted = [":" if axis in axes else "None" for axis in range(first, count)]
    return f"[{', '.join(wanted)}]" if "None" in wanted else ""


def _kept(name: str, source: tuple[int, ...], base: int, sizes: list[int], steps: list[int]) -> str | None:
    if len(source) == 1:
        return _of_line(name, source[0], base, sizes, steps)
    return _of_table(name, source, base, sizes, steps) if len(source) == 2 else None


def _of_line(name: str, size: int, base: int, sizes: list[int], steps: list[int]) -> str | None:
    if not sizes:
        return f"{name}[{base}]"
    if len(sizes) == 1:
        return name + _index(_slice(base, sizes[0], steps[0], size))
    if len(sizes) == 2 and min(steps) > 0:
        return _line_as_table(name, size, base, sizes, steps)
    return None


def _line_as_table(name: str, size: int, base: int, sizes: list[int], steps: list[int]) -> str | None:
    """Rows of a line, laid below each other: `P[0:48].reshape(16, 3)[:, :2]`."""
    if steps[0] < steps[1]:
        turned = _line_as_table(name, size, base, sizes[::-1], steps[::-1])
        return turned and f"{turned}.T"
    (rows, columns), (row, column) = sizes, steps
    width = (columns - 1) * column + 1
    start = min(base, size - rows * row)
    first = base - start
    if start < 0 or first + width > row:
        return None
    table = f"{name}{_index(_slice(start, rows * row, 1, size))}.reshape({rows}, {row})"
    within = _slice(first, columns, column, row)
    return table if within == ":" else f"{table}[:, {within}]"


def _of_table(name: str, source: tuple[int, ...], base: int, sizes: list[int], steps: list[int]) -> str | None:
    rows, columns = source
    row, column = divmod(base, columns)
    if len(sizes) == 1 and steps[0] == 1 and sizes[0] == rows * columns:
        return f"{name}.ravel()"
    found = {}
    for size, step in zip(sizes, steps, strict=True):
        axis = 0 if step % columns == 0 else 1
        first, unit, whole = (row, step // columns, rows) if axis == 0 else (column, step, columns)
        if axis in found or not 0 <= first + (size - 1) * unit < whole:
            return None
        found[axis] = _slice(first, size, unit, whole)
    index = _index(found.get(0, str(row)), found.get(1, str(column)))
    is_turned = len(sizes) == 2 and steps[0] % columns != 0
    return name + index + (".T" if is_turned else "")


def _slice(first: int, size: int, step: int, whole: int) -> str:
    last = first + (size - 1) * step
    if step < 0:
        return f"{first}:{'' if last == 0 else last - 1}:{step}"
    start = str(first) if first else ""
    stop = str(last + 1) if last + step < whole else ""
    return f"{start}:{stop}" + (f":{step}" if step > 1 else "")


def _index(*parts: str) -> str:
    """An index; nothing at all, if it takes everything."""
    if all(part == ":" for part in parts):
        return ""
    shown = list(parts)
    while len(shown) > 1 and shown[-1] == ":":
        shown.pop()
    return f"[{', '.join(shown)}]"
