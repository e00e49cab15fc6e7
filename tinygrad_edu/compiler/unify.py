"""Which program do two programs show that were found for two numbers of samples?

The same one, if line by line they are the same formulas, in which only sizes, places and numbers differ, and these as
`sizes.py` knows them. An array of constants or of indices may grow with the samples too, if it is regular.

Names to know: `unified`, `DiffersError`. Read next: `simplify.py`.
"""

from __future__ import annotations

import contextlib
import copy
import itertools
import operator
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from tinygrad_edu.compiler.formulas import (
    Eye,
    Fill,
    Formula,
    Looped,
    Name,
    Number,
    Plus,
    Range,
    Rows,
    Triangle,
    View,
    multiplied,
)
from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
from tinygrad_edu.compiler.layout import Index, Move, Reshape, Shape, Step
from tinygrad_edu.compiler.names import SAMPLES
from tinygrad_edu.compiler.sizes import (
    Count,
    M,
    Size,
    Sizes,
    fitted_number,
    fitted_numbers,
    fitted_size,
    same_number,
)
from tinygrad_edu.compiler.source import Line, Numbers, Part, Put, Repeat, Source
from tinygrad_edu.show import cut

SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "!=": operator.ne}
LONGEST = 60  # signs of an array in a message

Ids = npt.NDArray[np.int64]
Item = TypeVar("Item")


class Traced(NamedTuple):
    """A program that was found for some number of samples."""

    samples: int
    source: Source


class DiffersError(Exception):
    """Two programs differ in more than the number of samples.

    Attributes:
        one: where that begins in the first program, as NumPy; "" if it has no line there.
        other: the same for the second one.
    """

    def __init__(self, one: str = "", other: str = "") -> None:
        super().__init__(one, other)
        self.one = one
        self.other = other


def unified(first: Traced, second: Traced) -> Source:
    """The program for any number of samples m, which begins with `m = len(X)`.

    Raises:
        DiffersError: if there is none.
    """
    return _Unification(first, second).source()


class _Unification:
    """Two programs, side by side."""

    def __init__(self, first: Traced, second: Traced) -> None:
        self.one, self.other = first.source, second.source
        self.sizes: Sizes = (first.samples, second.samples)
        self.data: dict[str, Numbers] = {}
        self.data_lines: list[Line] = []
        self.loops: dict[int, Repeat] = {}
        self.filled: dict[str, Fill] = {}  # arrays of one number, which need no line
        self.taken = {*self.other.data, *(line.name for line in (*self.other.leaves, *self.other.lines))}

    def source(self) -> Source:
        """The program that both show."""
        one, other = self.one, self.other
        arguments = tuple(self._argument(*pair) for pair in _pairs(one.arguments, other.arguments))
        samples = Line(SAMPLES, Rows(arguments[1]), 0, None)
        for name in dict.fromkeys((*one.data, *other.data)):
            self._datum(name)
        leaves = [self._line(*pair) for pair in _pairs(one.leaves, other.leaves)]
        lines = [self._line(*pair) for pair in _pairs(one.lines, other.lines)]
        parts = [self._part(*pair) for pair in _pairs(one.gradient, other.gradient)]
        asked = [self._result(*pair) for pair in _pairs(one.asked, other.asked)]
        return replace(
            other,
            arguments=arguments,
            leaves=(samples, *leaves, *self.data_lines),
            lines=tuple(lines),
            loss=self._result(one.loss, other.loss),
            gradient=tuple(parts),
            outputs=asked[0] if asked else None,
            data=self.data,
        )

    def _argument(self, one: Name, other: Name) -> Name:
        return Name(_same(one.name, other.name), self._shape(one.shape, other.shape))

    def _line(self, one: Line, other: Line) -> Line:
        try:
            formula = self._formula(one.formula, other.formula)
            scalars = self._count(one.scalars, other.scalars, formula.shape)
            return Line(_same(one.name, other.name), formula, scalars, other.first)
        except DiffersError:
            raise DiffersError(_text(one), _text(other)) from None

    def _count(self, one: int, other: int, shape: Shape) -> int:
        """How many scalars an array holds; of pairs of samples not in equal steps."""
        if sum(isinstance(size, Size) for size in shape) < 2:
            return self._size(one, other)
        found = fitted_number(float(one), float(other), self.sizes)
        return Count(other, NumPyPrinter().text(_known(found)))

    def _part(self, one: Part, other: Part) -> Part:
        try:
            return Part(*(self._formula(*pair) for pair in zip(one, other, strict=True)))
        except DiffersError:
            raise DiffersError(_text(one), _text(other)) from None

    def _result(self, one: Formula, other: Formula) -> Formula:
        try:
            return self._formula(one, other)
        except DiffersError:
            raise DiffersError(*(f"return {_text(formula)}" for formula in (one, other))) from None

    # Loops over time

    def _loop(self, one: object, other: object) -> Repeat:
        """The loop that both are; the same one for all arrays that it fills."""
        assert isinstance(one, Repeat)
        assert isinstance(other, Repeat)
        if id(other) not in self.loops:
            self.loops[id(other)] = Repeat(
                self._size(one.steps, other.steps),
                _same(one.is_backward, other.is_backward),
                _same(one.counter, other.counter),
                tuple(self._step(*pair) for pair in _pairs(one.before, other.before)),
                tuple(self._step(*pair) for pair in _pairs(one.body, other.body)),
            )
        return self.loops[id(other)]

    def _step(self, one: Line | Put, other: Line | Put) -> Line | Put:
        """A line of a loop, or what is written into an array by it."""
        if isinstance(one, Line) and isinstance(other, Line):
            line = self._line(one, other)
            if sum(isinstance(size, Size) for size in line.shape) > 1:
                raise DiffersError(_text(one), _text(other))
            return line
        if not isinstance(one, Put) or not isinstance(other, Put) or one.is_added != other.is_added:
            raise DiffersError(_text(one), _text(other))
        try:
            target = self._formula(one.target, other.target)
            return Put(target, self._formula(one.formula, other.formula), other.is_added)
        except DiffersError:
            raise DiffersError(_text(one), _text(other)) from None

    # Formulas

    def _formula(self, one: Formula, other: Formula) -> Formula:
        """A formula with the same kinds, rules and names in both."""
        if type(one) is not type(other):
            raise DiffersError
        if isinstance(one, Number) and isinstance(other, Number):
            return _known(fitted_number(one.number, other.number, self.sizes))
        found = copy.copy(other)
        found.parts = tuple(self._formula(*pair) for pair in _pairs(one.parts, other.parts))
        found.shape = self._shape(one.shape, other.shape)
        if isinstance(one, Looped) and isinstance(found, Looped):
            found.repeat = self._loop(one.repeat, found.repeat)
        for field in vars(one).keys() - {"shape", "parts", "moves", "repeat"}:  # the rule, the axis, the name
            if getattr(one, field) != getattr(other, field):
                raise DiffersError
        if isinstance(found, Name) and found.name in self.filled:
            return self.filled[found.name]
        if isinstance(one, View) and isinstance(found, View):
            found.moves = tuple(self._move(*pair) for pair in _pairs(one.moves, found.moves))
        return found

    def _shape(self, one: Shape, other: Shape) -> Shape:
        return tuple(self._size(*pair) for pair in _pairs(one, other))

    def _size(self, one: int, other: int) -> int:
        return _known(fitted_size(one, other, self.sizes))

    def _move(self, one: Move, other: Move) -> Move:
        if isinstance(one, Index) and isinstance(other, Index):
            return Index(tuple(self._entry(*pair) for pair in _pairs(one.entries, other.entries)))
        if isinstance(one, Reshape) and isinstance(other, Reshape):
            return Reshape(self._shape(one.shape, other.shape))
        _same(one, other)
        return other

    def _entry(self, one: Any, other: Any) -> Any:
        """A place, a slice, or None: of an index, or of the bounds of a slice."""
        if isinstance(one, slice) and isinstance(other, slice):
            bounds = ((one.start, other.start), (one.stop, other.stop), (one.step, other.step))
            return slice(*(self._entry(*pair) for pair in bounds))
        if isinstance(one, Step) or isinstance(other, Step):
            _same(str(one), str(other))
            return other
        if one is None or other is None or isinstance(one, slice) or isinstance(other, slice):
            return _same(one, other)
        return self._size(one, other)

    # Constants and indices

    def _datum(self, name: str) -> None:
        """An array of numbers: the same one in both programs, or one that a formula gives for any number of samples."""
        one, other = self.one.data.get(name), self.other.data.get(name)
        if one is None or other is None:
            raise DiffersError(_text_of(name, one), _text_of(name, other))
        if one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes():
            self.data[name] = other
            return
        try:
            found = self._regular(name, one, other)
        except DiffersError:
            raise DiffersError(_text_of(name, one), _text_of(name, other)) from None
        if isinstance(found, Fill) and not found.parts[0].shape:
            self.filled[name] = found
        else:
            self.data_lines.append(Line(name, found, 0, None))

    def _regular(self, name: str, one: Numbers, other: Numbers) -> Formula:
        """The formula of an array that grows along some axes: constants are repeated there, places go on in steps."""
        if one.dtype.kind == other.dtype.kind == "b" and one.ndim == other.ndim == 2:
            sign = next((sign for sign in SIGNS if all(map(partial(_is_triangle, sign), (one, other)))), None)
            if sign is not None:
                return Triangle(sign, self._shape(one.shape, other.shape))
        grow = self._stepping if one.dtype.kind == "i" else self._repeated
        shape = self._shape(one.shape, other.shape)
        for one_cut, other_cut in _cuts(one, other, shape):
            with contextlib.suppress(DiffersError):
                found = grow(name, one_cut, other_cut)
                return found if one_cut.ndim == one.ndim else View(found, (Reshape(shape),))
        raise DiffersError

    def _repeated(self, name: str, one: Numbers, other: Numbers) -> Formula:
        shape = self._shape(one.shape, other.shape)
        if _is_square(shape) and (factors := [_on_diagonal(array) for array in (one, other)])[0] is not None:
            return multiplied(self._numbers(name, *map(_known, factors)), Eye(shape[0]))
        growing = [axis for axis, size in enumerate(shape) if isinstance(size, Size)]
        origins = [array[_first_of(array, growing)] for array in (one, other)]
        if any((array != origin).any() for array, origin in zip((one, other), origins, strict=True)):
            raise DiffersError
        return _filled(self._numbers(name, *origins), shape)

    def _stepping(self, name: str, one: Ids, other: Ids) -> Formula:
        shape = self._shape(one.shape, other.shape)
        growing = [axis for axis, size in enumerate(shape) if isinstance(size, Size)]
        origins = [array[_first_of(array, growing)] for array in (one, other)]
        steps = [[_steps(array, axis, growing) for axis in growing] for array in (one, other)]
        for array, origin, along in zip((one, other), origins, steps, strict=True):
            _check_regular(array, origin, along, growing)
        terms = [self._places(name, *origins)]
        for axis, pair in zip(growing, zip(*steps, strict=True), strict=True):
            terms.append(_times(self._places(name, *pair), _along(Range(shape[axis]), axis, len(shape))))
        return _filled(Plus([term for term in terms if not _is_zero(term)] or [Number(0)]), shape)

    def _numbers(self, name: str, one: Numbers, other: Numbers) -> Formula:
        """Numbers that are the same in both, or all of one form."""
        if same_number(one.flat[0], other.flat[0]) and one.tobytes() == other.tobytes():
            return self._kept(name, other)
        factors, form = _known(fitted_numbers(one, other, self.sizes))
        return form.formula(self._kept(name, factors))

    def _places(self, name: str, one: Ids, other: Ids) -> Formula:
        """Whole numbers a · m + b."""
        first, second = self.sizes
        times, rest = np.divmod(other - one, second - first)
        if rest.any():
            raise DiffersError
        start, growth = self._kept(name, one - times * first), self._kept(name, times)
        if _is_zero(growth):
            return start
        return _times(growth, M) if _is_zero(start) else Plus((start, _times(growth, M)))

    def _kept(self, name: str, numbers: Numbers) -> Formula:
        """A plain number where all are the same; else an array of the program."""
        if (numbers == numbers.flat[0]).all():
            return Number(numbers.flat[0].item())
        free = next(found for number in itertools.count() if (found := f"{name}_{number}") not in self.taken)
        self.taken.add(free)
        self.data[free] = numbers
        return Name(free, numbers.shape)


def _pairs(one: Sequence[Item], other: Sequence[Item]) -> Iterator[tuple[Item, Item]]:
    """The items of two programs, which have as many; else the first that one of them lacks differs."""
    for pair in itertools.zip_longest(one, other):
        if len(one) != len(other) and None in pair:
            raise DiffersError(*("" if each is None else _text(each) for each in pair))
        yield pair


def _text(line: object) -> str:
    """A line of a program, or another part of it, as NumPy."""
    printer = NumPyPrinter()
    if isinstance(line, Line):
        return printer.statement(line)
    if isinstance(line, Part):
        return printer.assignment(line)
    if isinstance(line, Put):
        return printer.put(line)
    return printer.expression(line) if isinstance(line, Formula) else str(line)


def _text_of(name: str, array: Numbers | Ids | None) -> str:
    """An array of numbers as a line; "" if a program has no such array."""
    return "" if array is None else f"{name} = {cut(str(array.tolist()), LONGEST)}"


def _known(found: Item | None) -> Item:
    if found is None:
        raise DiffersError
    return found


def _same(one: Any, other: Any) -> Any:
    if one != other:
        raise DiffersError
    return other


def _cuts(one: Numbers, other: Numbers, shape: Shape) -> Iterator[tuple[Numbers, Numbers]]:
    """Both arrays as they are; those with an axis of 2 · m also with m pairs there, or with 2 times m."""
    yield one, other
    for axis, size in enumerate(shape):
        if isinstance(size, Size) and size.times > 1 and size.plus == 0:
            for sizes in ((-1, size.times), (size.times, -1)):
                yield _cut(one, axis, sizes), _cut(other, axis, sizes)


def _cut(array: Numbers, axis: int, sizes: tuple[int, int]) -> Numbers:
    """The array with two axes in place of one."""
    return array.reshape(*array.shape[:axis], *sizes, *array.shape[axis + 1 :])


def _first_of(array: Numbers, axes: list[int], second: int = -1) -> tuple[slice, ...]:
    """What chooses the first along some axes, but along one of them the second."""
    return tuple(
        slice(1, 2) if axis == second else slice(0, 1) if axis in axes else slice(None) for axis in range(array.ndim)
    )


def _is_triangle(sign: str, mask: Numbers) -> bool:
    """Whether a mask is where rows compare with columns."""
    rows, columns = np.ogrid[: mask.shape[0], : mask.shape[1]]
    return np.array_equal(mask, SIGNS[sign](rows, columns))


def _is_square(shape: Shape) -> bool:
    """Whether both axes are as long, for any number of samples."""
    return len(shape) == 2 and isinstance(shape[0], Size) and repr(shape[0]) == repr(shape[1])


def _on_diagonal(numbers: Numbers) -> Numbers | None:
    """The number on the diagonal of a table, if there is one, and 0 everywhere else; in an array without axes."""
    first = numbers[0, 0]
    is_there = numbers.dtype.kind == "f" and first != 0 and np.array_equal(numbers, first * np.eye(len(numbers)))
    return np.array(first) if is_there else None


def _steps(array: Ids, axis: int, growing: list[int]) -> Ids:
    """How far it is from the first to the second along an axis."""
    step: Ids = array[_first_of(array, growing, axis)] - array[_first_of(array, growing)]
    return step


def _check_regular(array: Ids, origin: Ids, steps: Sequence[Ids], growing: list[int]) -> None:
    """Check that going on along the growing axes is a step and another one."""
    expected = origin
    for axis, step in zip(growing, steps, strict=True):
        expected = expected + step * np.arange(array.shape[axis]).reshape(
            [-1 if each == axis else 1 for each in range(array.ndim)]
        )
    if not np.array_equal(expected, array):
        raise DiffersError


def _along(vector: Formula, axis: int, axes: int) -> Formula:
    entries = tuple(slice(None) if each == axis else None for each in range(axis if axes > 1 else 0, axes))
    return View(vector, (Index(entries),)) if None in entries else vector


def _filled(formula: Formula, shape: Shape) -> Formula:
    """A formula that is broadcast to a shape where it does not have it."""
    return formula if formula.shape == shape else Fill(formula, shape)


def _times(factor: Formula, other: Formula) -> Formula:
    return Number(0) if _is_zero(factor) else multiplied(factor, other)


def _is_zero(formula: Formula) -> bool:
    return isinstance(formula, Number) and formula.number == 0
