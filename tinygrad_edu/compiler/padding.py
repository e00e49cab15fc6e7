"""How can a program take more rows than there are samples, so that devices share them evenly?

Eight devices take 104 rows, and not 103. So rows are added, and what a program adds up over all rows is weighed: 1 for
a sample, 0 for an added row. Rows meet nowhere else: an elementwise operation, a view or a product with the weights
keeps every row to itself, and a sum over the rows, a matrix product that runs along them or a dot product is where they
come together. The kinds of formulas decide that; a program with another meeting of rows (one that numbers the samples,
or lays some of them beside others) cannot be weighed.

Names to know: `weighed`. Read next: `devices.py`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from math import prod

from tinygrad_edu.compiler.formulas import (
    AddRows,
    Along,
    Apply,
    At,
    Dot,
    Either,
    Fill,
    Formula,
    Join,
    Masked,
    MaskedMatMul,
    MatMul,
    Name,
    Number,
    OneHot,
    Pick,
    Plus,
    Reduce,
    RowDots,
    Rows,
    Sum,
    TakeRows,
    View,
    Zeros,
)
from tinygrad_edu.compiler.layout import Index, Layout, Move, Reshape, Shape, Turn
from tinygrad_edu.compiler.names import SAMPLES
from tinygrad_edu.compiler.sizes import Size
from tinygrad_edu.compiler.source import Line, Part, Put, Repeat, Source, changed_lines
from tinygrad_edu.rules import mul


class RowsMeetError(Exception):
    """Rows come together in another way than by a sum."""


def weighed(source: Source) -> Source | None:
    """The program of a batch and of two arguments more: the weight of each row, and how many samples there are.

    None if its rows meet in another way than by sums.

    >>> from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
    >>> m = Size(1, 0, 11)
    >>> P, X = Name("P", (1,)), Name("X", (m,))
    >>> lines = Line("m", Rows(X), 0, None), Line("t1", Apply(mul, (X, X)), 11, 0)
    >>> mean = Source((P, X), lines[:1], lines[1:], Sum(Name("t1", (m,))), (), None, {})
    >>> print(NumPyPrinter().program(weighed(mean)))
    def program(P, X, w, n):
        m = len(X)
        t1 = X * X                                                    # (m,)
        gradient = np.zeros(1)
        return (w * t1).sum(), gradient
    <BLANKLINE>
    """
    try:
        return _Weighing(source).source()
    except RowsMeetError:
        return None


class _Weighing:
    """A program on its way to one with weights."""

    def __init__(self, source: Source) -> None:
        self.old = source
        names = {line.name for line in (*source.leaves, *source.lines)} | {each.name for each in source.arguments}
        names |= {*source.data, *(name for repeat in source.loops for name in (*repeat.names, repeat.counter))}
        rows = next(size for name in source.arguments for size in name.shape if isinstance(size, Size))
        self.weights = Name(_free("w", names), (rows,))
        self.samples = Name(_free("n", names), ())

    def source(self) -> Source:
        old = self.old
        for put in (put for repeat in old.loops for put in _puts(repeat)):
            _check(_are_aligned(put.formula, put.target))
        return replace(
            old,
            arguments=(*old.arguments, self.weights, self.samples),
            leaves=tuple(map(self._line, old.leaves)),
            lines=changed_lines(old.lines, self._formula),
            loss=self._single(old.loss),
            gradient=tuple(Part(part.target, self._single(part.formula)) for part in old.gradient),
            outputs=None if old.outputs is None else self._formula(old.outputs),
        )

    def _line(self, line: Line) -> Line:
        is_size = isinstance(line.formula, Rows)  # of arrays, added rows included
        return line if is_size else line._replace(formula=self._formula(line.formula))

    def _single(self, formula: Formula) -> Formula:
        """A formula that is the same for all rows."""
        _check(_rows(formula) is None)
        return self._formula(formula)

    def _formula(self, formula: Formula) -> Formula:
        if isinstance(formula, Name):
            _rows(formula)  # one axis of them at most
            return self.samples if formula.name == SAMPLES else formula
        found = copy.copy(formula)
        found.parts = tuple(map(self._formula, formula.parts))
        _check(type(formula) in KINDS)
        if KINDS[type(formula)](formula):
            first, *others = found.parts
            found.parts = (self._weighed(first), *others)
        return found

    def _weighed(self, formula: Formula) -> Formula:
        """An array, with added rows made 0."""
        axis = _rows(formula)
        assert axis is not None
        after = len(formula.shape) - 1 - axis
        along = View(self.weights, (Index((slice(None), *[None] * after)),)) if after else self.weights
        return Apply(mul, (along, formula))


# For each kind of formula: whether it adds up over the rows. All else that is let through keeps rows apart.


def _by_number(formula: Formula) -> bool:
    """Number by number: the rows of all parts are on one axis."""
    _check(all(_are_aligned(part, formula) for part in formula.parts))
    return False


def _are_aligned(part: Formula, whole: Formula) -> bool:
    """Whether the rows of a part are those of the whole that it is broadcast to."""
    rows, axis = _rows(part), _rows(whole)
    return rows is None or (axis is not None and rows - len(part.shape) == axis - len(whole.shape))


def _matmul(formula: Formula) -> bool:
    left, right = formula.parts
    _rows(formula)
    along = _rows(left) == len(left.shape) - 1, _rows(right) == 0
    _check(along[0] == along[1])
    return along[0]


def _dot(formula: Formula) -> bool:
    left, right = formula.parts
    _check((_rows(left) is None) == (_rows(right) is None))
    _check(_rows(left) is None or _without_ones(left.shape) == _without_ones(right.shape))
    return _rows(left) is not None


def _rowdots(formula: Formula) -> bool:
    left, right = formula.parts
    _check(_rows(left) == _rows(right))
    return _rows(left) == len(left.shape) - 1


def _sum(formula: Formula) -> bool:
    assert isinstance(formula, Sum)
    (of,) = formula.parts
    rows = _rows(of)
    return rows is not None and (formula.axis is None or formula.axis % len(of.shape) == rows)


def _along(formula: Formula) -> bool:
    (of,) = formula.parts
    _check(_rows(of) is None or _rows(of) != len(of.shape) - 1)
    return False


def _view(formula: Formula) -> bool:
    assert isinstance(formula, View)
    shape = formula.parts[0].shape
    for move in formula.moves:
        after = Layout.of(shape).moved([move]).shape
        _check(_axis(shape) is None or _keeps_rows(move, shape, after))
        shape = after
    _check(_axis(shape) == _rows(formula))
    return False


def _keeps_rows(move: Move, shape: Shape, after: Shape) -> bool:
    """Whether the rows stay what they are: on one axis, and all of them."""
    axis, now = _axis(shape), _axis(after)
    assert axis is not None
    if isinstance(move, Turn):
        return True
    if isinstance(move, Reshape):
        return now is not None and prod(shape[:axis]) == prod(after[:now])
    assert isinstance(move, Index)
    entries = [entry for entry in move.entries if entry is not None]
    return axis >= len(entries) or entries[axis] == slice(None)


def _without_rows(formula: Formula) -> bool:
    """Only of what is the same for all rows."""
    _check(all(_rows(part) is None for part in (formula, *formula.parts)))
    return False


def _at(formula: Formula) -> bool:
    _check(_rows(formula.parts[0]) != 0)
    return False


def _zeros(formula: Formula) -> bool:
    _rows(formula)
    return False


def _each_row(formula: Formula) -> bool:
    _check(_rows(formula) == 0)
    return False


def _added_rows(formula: Formula) -> bool:
    _check(all(_rows(part) == 0 for part in formula.parts) and _rows(formula) is None)
    return True


KINDS: dict[type[Formula], Callable[[Formula], bool]] = {
    Number:       _without_rows,
    Apply:        _by_number,
    Reduce:       _by_number,
    Along:        _along,
    Plus:         _by_number,
    Fill:         _by_number,
    MatMul:       _matmul,
    Dot:          _dot,
    RowDots:      _rowdots,
    Sum:          _sum,
    View:         _view,
    Pick:         _without_rows,
    Masked:       _by_number,
    Either:       _by_number,
    MaskedMatMul: _without_rows,
    Join:         _without_rows,
    OneHot:       _each_row,
    At:           _at,
    Zeros:        _zeros,
    TakeRows:     _each_row,
    AddRows:      _added_rows,
}  # fmt: skip


def _rows(formula: Formula) -> int | None:
    """The axis on which the rows of a formula are; None if there is none."""
    return _axis(formula.shape)


def _axis(shape: Shape) -> int | None:
    axes = [axis for axis, size in enumerate(shape) if isinstance(size, Size)]
    _check(len(axes) < 2 and all(isinstance(shape[axis], Size) and repr(shape[axis]) == SAMPLES for axis in axes))
    return axes[0] if axes else None


def _check(is_so: bool) -> None:
    if not is_so:
        raise RowsMeetError


def _without_ones(shape: Sequence[int]) -> list[int]:
    return [size for size in shape if size != 1 or isinstance(size, Size)]


def _puts(repeat: Repeat) -> Iterator[Put]:
    """What is written into arrays by a loop, or before it; it must not be one over the samples."""
    _check(not isinstance(repeat.steps, Size))
    return (each for each in (*repeat.before, *repeat.body) if isinstance(each, Put))


def _free(name: str, taken: set[str]) -> str:
    return next(free for number in count() if (free := f"{name}{number or ''}") not in taken)
