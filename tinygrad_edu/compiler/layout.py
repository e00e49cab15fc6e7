"""Where are the elements of a view in the array that it is a view of?

A `Layout` answers with strides: element (i, j) of a view is at position base + i · steps[0] + j · steps[1] of the array
in C order. Every *move* (a slice, a transpose, a reshape) maps a layout to a layout, so the result of a chain of moves
is known before NumPy runs it, and without an array of that size.

Names to know: `Layout`, `Index`, `Step`, `Turn`, `Diagonal`, `Reshape`. Read next: `sizes.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import prod
from operator import mul
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Shape = tuple[int, ...]


class Layout(NamedTuple):
    """The positions base + i · steps[0] + j · steps[1] + …, for all indices i, j, … within the shape."""

    base: int
    shape: Shape
    steps: tuple[int, ...]

    @classmethod
    def of(cls, shape: Sequence[int]) -> Layout:
        """A whole array, in C order.

        >>> Layout.of((4, 3))
        Layout(base=0, shape=(4, 3), steps=(3, 1))
        """
        sizes = [*shape[1:], 1][: len(shape)]
        return cls(0, tuple(shape), tuple(accumulate(reversed(sizes), mul))[::-1])

    @classmethod
    def found_in(cls, places: npt.NDArray[np.int64]) -> Layout | None:
        """The layout of the given positions, or None if they are not regular; along an axis of size 1 the step is 0.

        >>> Layout.found_in(np.array([[1, 4], [2, 5]]))
        Layout(base=1, shape=(2, 2), steps=(1, 3))
        >>> Layout.found_in(np.array([0, 1, 3])) is None
        True
        """
        base = int(places.flat[0])
        steps = []
        for axis, size in enumerate(places.shape):
            second = tuple(1 if each == axis else 0 for each in range(places.ndim))
            steps.append(int(places[second]) - base if size > 1 else 0)
        layout = cls(base, places.shape, tuple(steps))
        return layout if (layout.places == places).all() else None

    @property
    def places(self) -> npt.NDArray[np.int64]:
        """All of them, in the shape.

        >>> Layout(base=1, shape=(2, 2), steps=(1, 3)).places.tolist()
        [[1, 4], [2, 5]]
        """
        places = np.array(self.base)
        for axis, (size, step) in enumerate(zip(self.shape, self.steps, strict=True)):
            places = places + step * along(axis, len(self.shape), np.arange(size))
        return places

    def moved(self, moves: Iterable[Move]) -> Layout:
        """The layout after some moves.

        >>> Layout.of((4, 3)).moved([Index((slice(None), 1))])
        Layout(base=1, shape=(4,), steps=(3,))
        """
        layout = self
        for move in moves:
            layout = move.of(layout)
        return layout

    def is_same(self, other: Layout) -> bool:
        """Whether two layouts have the same shape and the same position for every element."""
        steps = zip(self.shape, self.steps, other.steps, strict=False)
        return (
            self.base == other.base
            and self.shape == other.shape
            and all(size == 1 or mine == others for size, mine, others in steps)
        )

    def stretches_to(self, other: Layout) -> bool:
        """Whether this layout broadcasts to the other: new axes in front, and axes of size 1 repeated.

        >>> Layout(2, (3, 1), (1, 0)).stretches_to(Layout(2, (3, 4), (1, 0)))
        True
        """
        missing = len(other.shape) - len(self.shape)
        if missing < 0:
            return False
        steps = tuple(step if size > 1 else 0 for size, step in zip(self.shape, self.steps, strict=True))
        sizes = (1,) * missing + self.shape
        if any(mine not in (1, size) for mine, size in zip(sizes, other.shape, strict=True)):
            return False
        return Layout(self.base, other.shape, (0,) * missing + steps).is_same(other)


def along(axis: int, axes: int, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A vector laid along one axis of an array, so that it is broadcast over the others.

    >>> along(0, 2, np.arange(3)).shape
    (3, 1)
    """
    return numbers.reshape([-1 if each == axis else 1 for each in range(axes)])


class Step(int):
    """A place that depends on the step t of a loop: a · t + b.

    As an int it is what it is in the first step; printed, it is what it is in general.

    >>> Step(1, 0, "t"), Step(-1, 11, "t"), Step(2, 1, "t") + 0
    (t, 11 - t, 1)
    """

    times: int
    plus: int
    counter: str

    def __new__(cls, times: int, plus: int, counter: str) -> Step:
        """The place `times` · t + `plus`, where t is called as the counter is."""
        step = super().__new__(cls, plus)
        step.times, step.plus, step.counter = times, plus, counter
        return step

    def __reduce__(self) -> tuple[type[Step], tuple[int, int, str]]:
        return Step, (self.times, self.plus, self.counter)

    def __repr__(self) -> str:
        product = self.counter if abs(self.times) == 1 else f"{abs(self.times)} * {self.counter}"
        if self.times < 0:
            return f"{self.plus} - {product}"
        return f"{product} + {self.plus}" if self.plus else product

    __str__ = __repr__


class Move(Protocol):
    """One step from an array to a view of it."""

    def of(self, layout: Layout) -> Layout:
        """The layout after this move."""
        ...


class Index(NamedTuple):
    """[…]: an index or a slice for each axis, and None for a new axis of size 1; axes left out stay whole."""

    entries: tuple[int | slice | None, ...]

    def of(self, layout: Layout) -> Layout:
        """The layout after this move."""
        base, sizes, steps = layout.base, list(layout.shape), list(layout.steps)
        shape: list[tuple[int, int]] = []
        for entry in self.entries:
            if entry is None:
                shape.append((1, 0))
                continue
            size, step = sizes.pop(0), steps.pop(0)
            if isinstance(entry, slice):
                chosen = range(size)[entry]
                base += chosen.start * step if chosen else 0
                shape.append((size if len(chosen) == size else len(chosen), chosen.step * step))
            else:
                base += range(size)[entry] * step
        shape += zip(sizes, steps, strict=True)
        return Layout(base, tuple(size for size, _ in shape), tuple(step for _, step in shape))


class Turn(NamedTuple):
    """.T: the axes in reverse order."""

    def of(self, layout: Layout) -> Layout:
        """The layout after this move."""
        return Layout(layout.base, layout.shape[::-1], layout.steps[::-1])


class Diagonal(NamedTuple):
    """.diagonal(): of a square, what stands in row i and column i."""

    axes: tuple[int, int] = (0, 1)  # of all; and it is not the same tuple as `Turn()`

    def of(self, layout: Layout) -> Layout:
        """The layout after this move."""
        return Layout(layout.base, layout.shape[:1], (sum(layout.steps),))


class Reshape(NamedTuple):
    """.reshape(…): the same elements in the same order, in another shape; of a whole array or a slice of a vector."""

    shape: Shape

    def of(self, layout: Layout) -> Layout:
        """The layout after this move."""
        unit = layout.steps[-1] if layout.steps else 1
        in_order = tuple(unit * step for step in Layout.of(layout.shape).steps)
        assert layout.is_same(layout._replace(steps=in_order)), "only what stands in order can get another shape"
        assert prod(self.shape) == prod(layout.shape), (layout.shape, self.shape)
        return Layout(layout.base, self.shape, tuple(unit * step for step in Layout.of(self.shape).steps))
