"""How is a line of a program represented before it is text?

As a *formula*: a small tree of array operations. Every node knows the parts it is computed from and its shape, which
follows from NumPy's own rules when the node is created; so nothing has to be guessed from text, and no view assumes a
shape that the array does not have.

    Name  Number                  an array of the program by its name; a plain number
    Apply  Reduce  Along          an operation of the rule table, elementwise; one that takes a list; that of each row
    Plus                          a sum of terms, written with +
    MatMul  Dot  RowDots          A @ B; the dot product of two arrays; the dot product of each pair of rows
    Sum                           .sum(), or .sum(axis=…)
    View                          a slice, the transpose, another shape: no number is copied
    Masked  MaskedMatMul          what a mask chooses, and 0 elsewhere; left @ right, of what it chooses on the left
    Either                        one array where a mask says so, and another one elsewhere
    Pick  Join  Fill              by index; several arrays laid end to end; one number or row repeated
    At  Zeros  Looped             a row of an array in a step of a loop; an array to be filled; what a loop fills
    TakeRows  AddRows             the rows that labels choose; rows added up, for each label those of its own
    Rows  Range  OneHot           how many samples there are; 0, 1, 2 …; for each label a row with 1 for its class
    Eye  Triangle                 1 where the row is the column, and 0 elsewhere; where the row is before the column

A language is a printer of these: `languages/numpy.py` writes NumPy.

Names to know: `Formula` and its kinds. Read next: `views.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from math import prod

from tinygrad_edu.compiler.layout import Layout, Move, Shape
from tinygrad_edu.compiler.shifted import SHARE
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import exp, mul, neg, sub


def broadcast(*shapes: Shape) -> Shape:
    """The shape that arrays of several shapes are broadcast to; a size keeps what it knows, see `sizes.py`.

    >>> broadcast((5, 1), (3,), ())
    (5, 3)
    """
    rows = itertools.zip_longest(*(shape[::-1] for shape in shapes), fillvalue=1)
    found = tuple(next((size for size in row if size != 1), 1) for row in rows)[::-1]
    assert all(size in (1, whole) for shape in shapes for size, whole in zip(shape[::-1], found[::-1], strict=False))
    return found


def without(axis: int, shape: Shape) -> Shape:
    """A shape without one of its axes, which may be counted from the end."""
    return tuple(size for each, size in enumerate(shape) if each != axis % len(shape))


class Formula:
    """A node of the tree: an array operation.

    Attributes:
        shape: the shape of the result in NumPy.
        parts: the formulas it is computed from, from left to right.
    """

    def __init__(self, shape: Shape, *parts: Formula) -> None:
        self.shape = shape
        self.parts = parts

    @property
    def size(self) -> int:
        """The number of elements of the result."""
        return prod(self.shape)

    def walk(self) -> Iterator[Formula]:
        """The formula and all that are inside it, from left to right."""
        waiting: list[Formula] = [self]
        while waiting:
            formula = waiting.pop()
            yield formula
            waiting += reversed(formula.parts)

    def names(self) -> Iterator[str]:
        """The names that are read, from left to right, each as often as it is read.

        >>> x = Name("x", (3,))
        >>> list(Plus([x, Sum(x), Number(1.0)]).names())
        ['x', 'x']
        """
        yield from (formula.name for formula in self.walk() if isinstance(formula, Name))


class Name(Formula):
    """An array of the program, or an array of constants or indices bundled with it."""

    def __init__(self, name: str, shape: Shape) -> None:
        super().__init__(shape)
        self.name = name


class Number(Formula):
    """A plain number."""

    def __init__(self, number: float) -> None:
        super().__init__(())
        self.number = number


class Apply(Formula):
    """An operation of the rule table, elementwise; the arguments are broadcast.

    >>> from tinygrad_edu.rules import mul
    >>> Apply(mul, [Name("dZ", (5, 1)), Name("W", (1, 3))]).shape
    (5, 3)
    """

    def __init__(self, rule: Rule, args: Sequence[Formula]) -> None:
        super().__init__(_broadcast(args), *args)
        self.rule = rule


class Reduce(Formula):
    """An operation of the table that takes a list, such as `logsumexp`; arguments and result have the same shape."""

    def __init__(self, rule: Rule, args: Sequence[Formula]) -> None:
        assert all(arg.shape == args[0].shape for arg in args)
        super().__init__(args[0].shape, *args)
        self.rule = rule


class Along(Formula):
    """An operation of the table that takes a list, of each row of an array: logsumexp along the last axis.

    >>> from tinygrad_edu.rules import logsumexp
    >>> Along(logsumexp, Name("Z", (5, 3))).shape
    (5,)
    """

    def __init__(self, rule: Rule, of: Formula) -> None:
        super().__init__(of.shape[:-1], of)
        self.rule = rule


class Plus(Formula):
    """A sum of terms, written with +; they are broadcast."""

    def __init__(self, terms: Sequence[Formula]) -> None:
        super().__init__(_broadcast(terms), *terms)


class MatMul(Formula):
    """left @ right: a matrix times a matrix, or a matrix times a vector.

    >>> MatMul(Name("X", (5, 2)), Name("W", (2, 3))).shape
    (5, 3)
    """

    def __init__(self, left: Formula, right: Formula) -> None:
        assert left.shape[-1] == right.shape[0], (left.shape, right.shape)
        super().__init__(left.shape[:-1] + right.shape[1:], left, right)


class Dot(Formula):
    """The dot product of two arrays of the same size, both flattened."""

    def __init__(self, left: Formula, right: Formula) -> None:
        assert left.size == right.size, (left.shape, right.shape)
        super().__init__((), left, right)


class RowDots(Formula):
    """The dot product of each row on the left with the corresponding row on the right, along the last axis."""

    def __init__(self, left: Formula, right: Formula) -> None:
        assert left.shape == right.shape, (left.shape, right.shape)
        super().__init__(left.shape[:-1], left, right)


class Sum(Formula):
    """The sum of all elements, or along one axis.

    >>> Sum(Name("dZ", (5, 3)), 0).shape, Sum(Name("dZ", (5, 3))).shape
    ((3,), ())
    """

    def __init__(self, of: Formula, axis: int | None = None) -> None:
        super().__init__(() if axis is None else without(axis, of.shape), of)
        self.axis = axis


class View(Formula):
    """A view of an array: the result of some moves, one after the other."""

    def __init__(self, of: Formula, moves: Sequence[Move]) -> None:
        super().__init__(Layout.of(of.shape).moved(moves).shape, of)
        self.moves = tuple(moves)


class Masked(Formula):
    """An array where a mask says so, and 0 elsewhere, whatever stands there: infinity and NaN too.

    >>> Masked(Name("M", (5, 5)), Name("Q", (2, 5, 5))).shape
    (2, 5, 5)
    """

    def __init__(self, mask: Formula, of: Formula) -> None:
        super().__init__(broadcast(mask.shape, of.shape), mask, of)


class Either(Formula):
    """One array where a mask says so, and the other one elsewhere; what is not chosen may be infinite or NaN.

    >>> Either(Name("M", (5,)), Name("A", (5,)), Number(0.0)).shape
    (5,)
    """

    def __init__(self, mask: Formula, one: Formula, other: Formula) -> None:
        super().__init__(broadcast(mask.shape, one.shape, other.shape), mask, one, other)


class MaskedMatMul(Formula):
    """left @ right, a matrix times a matrix; on the left only what a mask chooses counts.

    What does not count is not multiplied by 0, which infinity on the right would make NaN.
    """

    def __init__(self, mask: Formula, left: Formula, right: Formula) -> None:
        assert mask.shape == left.shape, (mask.shape, left.shape)
        assert left.shape[1] == right.shape[0], (left.shape, right.shape)
        super().__init__((left.shape[0], right.shape[1]), mask, left, right)


class Pick(Formula):
    """Elements of the flattened array by index: a copy, in the shape of the index."""

    def __init__(self, of: Formula, index: Name) -> None:
        super().__init__(index.shape, of, index)


class Join(Formula):
    """Arrays flattened and concatenated into one vector."""

    def __init__(self, parts: Sequence[Formula]) -> None:
        super().__init__((sum(part.size for part in parts),), *parts)


class Fill(Formula):
    """A formula broadcast to a larger shape."""

    def __init__(self, of: Formula, shape: Shape) -> None:
        assert broadcast(of.shape, shape) == shape, (of.shape, shape)
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


class Rows(Formula):
    """How many rows an array has: m, the number of samples."""

    def __init__(self, of: Name) -> None:
        super().__init__((), of)


class Range(Formula):
    """The numbers 0, 1, 2 … up to a size, which may depend on m."""

    def __init__(self, size: int) -> None:
        super().__init__((size,))


class Eye(Formula):
    """A square of numbers: 1 where the row is the column, and 0 elsewhere.

    >>> Eye(5).shape
    (5, 5)
    """

    def __init__(self, size: int) -> None:
        super().__init__((size, size))


class Triangle(Formula):
    """A mask: where the number of the row is less than that of the column, or compares otherwise with it.

    >>> Triangle("<=", (5, 6)).shape
    (5, 6)
    """

    def __init__(self, sign: str, shape: Shape) -> None:
        super().__init__(shape)
        self.sign = sign


class OneHot(Formula):
    """For each label, which is the index of a class, a row with 1 for its class and 0 for the others.

    >>> OneHot(Name("y", (5,)), 3).shape
    (5, 3)
    """

    def __init__(self, labels: Formula, classes: int) -> None:
        super().__init__((*labels.shape, classes), labels)
        self.classes = classes


class TakeRows(Formula):
    """For each label its row of a matrix.

    >>> TakeRows(Name("W", (10, 3)), Name("y", (5,))).shape
    (5, 3)
    """

    def __init__(self, of: Formula, labels: Formula) -> None:
        super().__init__((*labels.shape, *of.shape[1:]), of, labels)


class AddRows(Formula):
    """A matrix with a row for each class: the sum of the rows with its label, of one row for each label.

    >>> AddRows(Name("dZ", (5, 3)), Name("y", (5,)), 10).shape
    (10, 3)
    """

    def __init__(self, rows: Formula, labels: Formula, classes: int) -> None:
        super().__init__((classes, *rows.shape[1:]), rows, labels)
        self.classes = classes


def applied_to(rule: Rule, args: Sequence[Formula]) -> Formula:
    """An operation of the table, or one that the compiler made, of formulas.

    >>> share = applied_to(SHARE, [Name("z", (5,)), Name("t", ())])
    >>> share.rule.name, share.parts[0].rule.name
    ('exp', 'sub')
    """
    if rule is SHARE:
        return Apply(exp, (Apply(sub, args),))
    return Reduce(rule, args) if rule.many else Apply(rule, args)


def multiplied(factor: Formula, other: Formula) -> Formula:
    """factor · other; where one of them is the plain number 1 or -1, the other one alone, or with a minus.

    >>> x = Name("x", (3,))
    >>> multiplied(Number(1.0), x) is x, multiplied(x, Number(-1.0)).rule.name, multiplied(Number(2.0), x).rule.name
    (True, 'neg', 'mul')
    """
    for one, rest in ((factor, other), (other, factor)):
        if isinstance(one, Number) and one.number in (1.0, -1.0):
            return rest if one.number == 1.0 else Apply(neg, (rest,))
    return Apply(mul, (factor, other))


def _broadcast(parts: Sequence[Formula]) -> Shape:
    """The shape to which NumPy broadcasts; scalars, of which there may be very many, are quickly done."""
    return broadcast(*(part.shape for part in parts)) if any(part.shape for part in parts) else ()
