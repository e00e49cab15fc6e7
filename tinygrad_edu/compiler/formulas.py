"""How is a line of a program kept before it is text?

As a *formula*: a small tree of array operations. Every node knows its shape, worked out by NumPy's own rules when the
node is made, and the parts that it is computed from; so nothing has to be guessed from text, and a view is never taken
of a shape that an array does not have.

    Name  Number                  an array of the program by its name; a plain number
    Apply  Reduce                 an operation of the rule table, element by element; one of a list of arguments
    Plus                          terms with + between them
    MatMul  Dot  RowDots          A @ B; the dot product of two vectors; the dot products of all rows of two matrices
    Sum                           .sum(), or .sum(axis=…)
    View                          a slice, the transpose, another shape: no number is copied
    Pick  Join  Fill              by index; several arrays laid end to end; one number or row repeated
    At  Zeros  Looped             a row of an array in a step of a loop; an array to be filled; what a loop fills

A language is a printer of these: `languages/numpy.py` writes NumPy.

Names to know: `Formula` and its kinds. Read next: `views.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np

from tinygrad_edu.compiler.layout import Layout, Move, Shape
from tinygrad_edu.rule import Rule


class Formula:
    """What is computed.

    Attributes:
        shape: the shape that NumPy gives the result.
        parts: the formulas inside this one, from left to right.
    """

    def __init__(self, shape: Shape, *parts: Formula) -> None:
        self.shape = shape
        self.parts = parts

    @property
    def size(self) -> int:
        """How many numbers the result has."""
        return prod(self.shape)

    def names(self) -> Iterator[str]:
        """Every name that is read, from left to right, as often as it is read.

        >>> x = Name("x", (3,))
        >>> list(Plus([x, Sum(x), Number(1.0)]).names())
        ['x', 'x']
        """
        waiting: list[Formula] = [self]
        while waiting:
            formula = waiting.pop()
            if isinstance(formula, Name):
                yield formula.name
            waiting += reversed(formula.parts)


class Name(Formula):
    """An array of the program, or an array of constants or indices that stands beside it."""

    def __init__(self, name: str, shape: Shape) -> None:
        super().__init__(shape)
        self.name = name


class Number(Formula):
    """A plain number."""

    def __init__(self, number: float) -> None:
        super().__init__(())
        self.number = number


class Apply(Formula):
    """An operation of the rule table, element by element; the arguments are broadcast.

    >>> from tinygrad_edu.rules import mul
    >>> Apply(mul, [Name("dZ", (5, 1)), Name("W", (1, 3))]).shape
    (5, 3)
    """

    def __init__(self, rule: Rule, args: Sequence[Formula]) -> None:
        super().__init__(_broadcast(args), *args)
        self.rule = rule


class Reduce(Formula):
    """An operation of the table that takes a list, `logsumexp` say, of arguments of one shape, which is its own too."""

    def __init__(self, rule: Rule, args: Sequence[Formula]) -> None:
        assert all(arg.shape == args[0].shape for arg in args)
        super().__init__(args[0].shape, *args)
        self.rule = rule


class Plus(Formula):
    """Terms with + between them; they are broadcast."""

    def __init__(self, terms: Sequence[Formula]) -> None:
        super().__init__(_broadcast(terms), *terms)


class MatMul(Formula):
    """left @ right: of a matrix with a matrix, or of a matrix with a vector.

    >>> MatMul(Name("X", (5, 2)), Name("W", (2, 3))).shape
    (5, 3)
    """

    def __init__(self, left: Formula, right: Formula) -> None:
        assert left.shape[-1] == right.shape[0], (left.shape, right.shape)
        super().__init__(left.shape[:-1] + right.shape[1:], left, right)


class Dot(Formula):
    """The sum of the products of two arrays of one size, number by number in the order in which they stand."""

    def __init__(self, left: Formula, right: Formula) -> None:
        assert left.size == right.size, (left.shape, right.shape)
        super().__init__((), left, right)


class RowDots(Formula):
    """The dot product of each row on the left with the same row on the right, along the last axis."""

    def __init__(self, left: Formula, right: Formula) -> None:
        assert left.shape == right.shape, (left.shape, right.shape)
        super().__init__(left.shape[:-1], left, right)


class Sum(Formula):
    """The sum of all numbers, or along one axis.

    >>> Sum(Name("dZ", (5, 3)), 0).shape, Sum(Name("dZ", (5, 3))).shape
    ((3,), ())
    """

    def __init__(self, of: Formula, axis: int | None = None) -> None:
        super().__init__(() if axis is None else tuple(np.delete(of.shape, axis).tolist()), of)
        self.axis = axis


class View(Formula):
    """The same numbers, or some of them, otherwise arranged: one move after the other."""

    def __init__(self, of: Formula, moves: Sequence[Move]) -> None:
        super().__init__(Layout.of(of.shape).moved(moves).shape, of)
        self.moves = tuple(moves)


class Pick(Formula):
    """Numbers by index, out of an array that is laid out in a line: a copy, in the shape of the index."""

    def __init__(self, of: Formula, index: Name) -> None:
        super().__init__(index.shape, of, index)


class Join(Formula):
    """Arrays laid end to end, in a line."""

    def __init__(self, parts: Sequence[Formula]) -> None:
        super().__init__((sum(part.size for part in parts),), *parts)


class Fill(Formula):
    """A formula broadcast to a shape that has more numbers than it."""

    def __init__(self, of: Formula, shape: Shape) -> None:
        assert np.broadcast_shapes(of.shape, shape) == shape, (of.shape, shape)
        super().__init__(shape, of)


class At(Formula):
    """A row of an array, in step t of a loop: H[t + 1].

    >>> At(Name("H", (201, 8)), 1).shape
    (8,)
    """

    def __init__(self, of: Name, offset: int) -> None:
        super().__init__(of.shape[1:], of)
        self.offset = offset


class Zeros(Formula):
    """An array of zeros, which a loop fills."""


class Looped(Formula):
    """An array that a loop fills, among others.

    Attributes:
        repeat: the loop: a `Repeat` of `source.py`.
    """

    def __init__(self, repeat: object, shape: Shape, parts: Sequence[Formula]) -> None:
        super().__init__(shape, *parts)
        self.repeat = repeat


def _broadcast(parts: Sequence[Formula]) -> Shape:
    """The shape to which NumPy broadcasts; scalars, of which there may be very many, are quickly done."""
    return np.broadcast_shapes(*(part.shape for part in parts)) if any(part.shape for part in parts) else ()
