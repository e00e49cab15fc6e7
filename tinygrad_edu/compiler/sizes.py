"""What in a formula depends on the number of samples m, and how?

Two programs, found in the graphs of m = 7 and of m = 11 samples, have 7 and 11 in the same place, or 14 and 22, or 1/7
and 1/11. Each form below has one unknown, the factor c, or two whole ones, and is taken only if both programs agree on
it; a program is compared with the graph at other sizes besides.

    a · m + b                       a size, a place, a whole number; a and b are whole
    c                               the same number, but for rounding
    c · m   c · (m - 1)   c · m²    sums over samples, and over pairs of them
    c / m   c / (m - 1)   c / m²    means, variances without bias, means over pairs
    c / (m + 1)                     means with one sample more
    c · m · (m - 1)   c · m · (m + 1)   pairs of different samples; of a sample and itself too
    c · √m  c / √m   c · log m      standard errors; logarithms of means
    c · (m - 1) / m                 slopes of m-th roots

Names to know: `Size`, `fitted_size`, `fitted_number`. Read next: `formulas.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tinygrad_edu.compiler.formulas import Apply, Formula, Name, Number, multiplied
from tinygrad_edu.compiler.layout import Shape
from tinygrad_edu.compiler.names import SAMPLES
from tinygrad_edu.rules import add, div, log, mul, power, sqrt, sub

M = Name(SAMPLES, ())
DIGITS = 15  # of a factor, if that many say it: 1, and not 0.9999999999999998
EQUAL = 1e-15  # relative: a few roundings, in 1/7 and in what is multiplied with it

Sizes = tuple[int, int]  # the numbers of samples of two programs
Floats = npt.NDArray[np.float64]


class Size(int):
    """A size or a place that depends on the number of samples m: a · m + b.

    As an int it is what it was in the program it was found in, so that whatever counts with sizes can go on to do so;
    printed, it is what it is in general.

    >>> Size(2, -1, 11), 3 * Size(2, -1, 11), Size(1, 0, 11) - 1, Size(2, -1, 11) + 0, Size(1, 0, 11).at(1000)
    (2 * m - 1, 6 * m - 3, m - 1, 21, 1000)
    """

    times: int
    plus: int
    samples: int

    def __new__(cls, times: int, plus: int, samples: int) -> Size:
        """The size `times` · m + `plus`, found at m = `samples`."""
        size = super().__new__(cls, times * samples + plus)
        size.times, size.plus, size.samples = times, plus, samples
        return size

    def __reduce__(self) -> tuple[type[Size], tuple[int, int, int]]:
        return Size, (self.times, self.plus, self.samples)

    def __mul__(self, other: int) -> int:
        """So many times as much; of two sizes that depend on m, only what that is here."""
        if isinstance(other, Size) or not isinstance(other, int) or other == 0:
            return super().__mul__(other)
        return Size(self.times * other, self.plus * other, self.samples)

    __rmul__ = __mul__

    def __sub__(self, other: int) -> int:
        """So much less: the last of m steps is m - 1."""
        if isinstance(other, Size) or not isinstance(other, int):
            return super().__sub__(other)
        return Size(self.times, self.plus - other, self.samples)

    def at(self, samples: int) -> int:
        """The number that it is for so many samples."""
        return self.times * samples + self.plus

    def __repr__(self) -> str:
        product = SAMPLES if self.times == 1 else f"-{SAMPLES}" if self.times == -1 else f"{self.times} * {SAMPLES}"
        return f"{product} {'-' if self.plus < 0 else '+'} {abs(self.plus)}" if self.plus else product

    __str__ = __repr__


class Count(int):
    """How many scalars there are, where that grows otherwise than in equal steps, as pairs do.

    >>> Count(121, "m ** 2")
    m ** 2
    """

    text: str

    def __new__(cls, number: int, text: str) -> Count:
        """The count, and how it is written for any number of samples."""
        count = super().__new__(cls, number)
        count.text = text
        return count

    def __reduce__(self) -> tuple[type[Count], tuple[int, str]]:
        return Count, (int(self), self.text)

    def __repr__(self) -> str:
        return self.text

    __str__ = __repr__


def shape_at(shape: Shape, samples: int) -> Shape:
    """A shape for so many samples, whether it depends on them or not.

    >>> shape_at((Size(1, 0, 11), 3), 1000)
    (1000, 3)
    """
    return tuple(size.at(samples) if isinstance(size, Size) else size for size in shape)


def length_of(chosen: slice, size: int) -> int:
    """How many places a slice chooses of an axis, for any number of samples m.

    >>> m = Size(1, 0, 11)
    >>> length_of(slice(None), m), length_of(slice(m, None), Size(2, 0, 11)), length_of(slice(1, None, 2), 7)
    (m, m, 3)
    """
    start, stop, step = chosen.start or 0, size if chosen.stop is None else chosen.stop, chosen.step or 1
    if not any(isinstance(number, Size) for number in (start, stop, size)):
        return len(range(size)[chosen])
    (a, b), (c, d) = ((n.times, n.plus) if isinstance(n, Size) else (0, n) for n in (stop, start))
    assert (a - c) % step == 0, chosen
    times, plus = (a - c) // step, -((d - b) // step)
    return Size(times, plus, next(n.samples for n in (stop, start, size) if isinstance(n, Size))) if times else plus


def fitted_size(one: int, other: int, sizes: Sizes) -> int | None:
    """A whole number that is the one for the first number of samples and the other for the second; None if none is.

    >>> fitted_size(16, 16, (7, 11)), fitted_size(14, 22, (7, 11)), fitted_size(3, 6, (7, 11))
    (16, 2 * m, None)
    """
    if one == other:
        return one
    first, second = sizes
    times, rest = divmod(other - one, second - first)
    return None if rest else Size(times, one - times * first, second)


class Form(NamedTuple):
    """A way in which numbers depend on the number of samples, up to a factor."""

    of: Callable[[int], float]
    formula: Callable[[Formula], Formula]  # of the factor


def _product(other: Formula) -> Callable[[Formula], Formula]:
    return lambda factor: multiplied(factor, other)


def _quotient(other: Formula) -> Callable[[Formula], Formula]:
    return lambda factor: Apply(div, (factor, other))


_ONE_LESS, _ONE_MORE = Apply(sub, (M, Number(1.0))), Apply(add, (M, Number(1.0)))
_SQUARE, _PAIRS, _ROOT = Apply(power, (M, Number(2.0))), Apply(mul, (M, _ONE_LESS)), Apply(sqrt, (M,))
_PAIRS_AND_ITSELF = Apply(mul, (M, _ONE_MORE))

GROWING = (
    Form(lambda m: 1.0,               lambda factor: factor),
    Form(lambda m: m,                 _product(M)),
    Form(lambda m: m - 1,             _product(_ONE_LESS)),
    Form(lambda m: m * m,             _product(_SQUARE)),
    Form(lambda m: m * (m - 1),       _product(_PAIRS)),
    Form(lambda m: m * (m + 1),       _product(_PAIRS_AND_ITSELF)),
    Form(lambda m: math.sqrt(m),      _product(_ROOT)),
    Form(lambda m: math.log(m),       _product(Apply(log, (M,)))),
)  # fmt: skip
FALLING = (
    Form(lambda m: 1 / m,             _quotient(M)),
    Form(lambda m: 1 / (m - 1),       _quotient(_ONE_LESS)),
    Form(lambda m: 1 / (m + 1),       _quotient(_ONE_MORE)),
    Form(lambda m: 1 / (m * m),       _quotient(_SQUARE)),
    Form(lambda m: 1 / (m * (m - 1)), _quotient(_PAIRS)),
    Form(lambda m: 1 / math.sqrt(m),  _quotient(_ROOT)),
    Form(lambda m: (m - 1) / m,       _product(Apply(div, (_ONE_LESS, M)))),
)  # fmt: skip


def fitted_number(one: float, other: float, sizes: Sizes) -> Formula | None:
    """A number that is the one for the first number of samples and the other for the second; None if none is.

    >>> from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
    >>> for pair in ((0.5, 0.5), (2 / 7, 2 / 11), (-7.0, -11.0), (9.0, 13.0)):
    ...     print(NumPyPrinter().text(fitted_number(*pair, (7, 11))))
    0.5
    2 / m
    -m
    m + 2
    """
    if same_number(one, other):
        return Number(one)
    found = _of_form(np.array(one), np.array(other), sizes, GROWING)
    if found is None and one.is_integer() and other.is_integer():  # m - 17, and not -60 / (m - 1)
        size = fitted_size(int(one), int(other), sizes)
        if isinstance(size, Size):
            return _affine(size)
    found = found or _of_form(np.array(one), np.array(other), sizes, FALLING)
    return None if found is None else found[1].formula(Number(float(found[0])))


def fitted_numbers(one: Floats, other: Floats, sizes: Sizes) -> tuple[Floats, Form] | None:
    """The factors and the form of numbers that all depend on the number of samples in one way; None if they do not."""
    return _of_form(one, other, sizes, (*GROWING, *FALLING))


def _of_form(one: Floats, other: Floats, sizes: Sizes, forms: Iterable[Form]) -> tuple[Floats, Form] | None:
    if one.shape != other.shape or not np.isfinite([one, other]).all():
        return None
    first, second = sizes
    for form in forms:
        factors, again = one / form.of(first), other / form.of(second)
        if np.allclose(factors, again, rtol=EQUAL, atol=0.0):
            return _rounded(again), form
    return None


def _rounded(factors: Floats) -> Floats:
    """The numbers with as many digits as say them."""
    short = np.array([float(f"{factor:.{DIGITS}g}") for factor in factors.flat]).reshape(factors.shape)
    return np.where(np.isclose(short, factors, rtol=EQUAL, atol=0.0), short, factors)


def _affine(size: Size) -> Formula:
    product = multiplied(Number(float(size.times)), M)
    return Apply(add if size.plus > 0 else sub, (product, Number(float(abs(size.plus)))))


def same_number(one: Any, other: Any) -> bool:
    """Whether two numbers are the same one, NaN and the sign of 0 included.

    >>> same_number(0.0, -0.0), same_number(math.nan, math.nan)
    (False, True)
    """
    return repr(float(one)) == repr(float(other))
