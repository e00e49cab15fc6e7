"""What can be done to a Value besides x + y?

    x.tanh(), x.maximum(y)     the functions of the rule table as methods, each a node of the graph
    2 * x, 1 - x               arithmetic with a plain number on the left
    x < y, x >= 0              comparisons, of the numbers alone
    float(x)                   the number

Each method names its row and no more: what it computes, and its derivative, is in the table. `functions.py` has the
same functions for numbers and Values alike.

Names to know: `Operators`, `as_float`. Read next: `manners.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from tinygrad_edu import rules
from tinygrad_edu.errors import NumberError
from tinygrad_edu.real_number import real

if TYPE_CHECKING:
    from tinygrad_edu.rule import Rule
    from tinygrad_edu.value import Number, Value


class Operators:
    """The part of a Value that applies functions to it and reads it as a number. (`self: Any` is a Value.)"""

    __slots__ = ()

    __array_ufunc__ = None  # NumPy leaves `np.float64(2) * value` and `array * value` to us

    _data: float

    record: Callable[[Rule, tuple[Any, ...], tuple[float, ...]], Value]
    of: Callable[[Number], Value]

    def _with(self, rule: Rule, other: Number) -> Value:
        right = self.of(other)
        return self.record(rule, (self, right), (self._data, right._data))

    def __pos__(self: Any) -> Any:
        return self

    def __abs__(self) -> Value:
        return self.abs()

    def exp(self) -> Value:
        """e ** x."""
        return self.record(rules.exp, (self,), (self._data,))

    def log(self) -> Value:
        """The natural logarithm; raises a DomainError at and below 0."""
        return self.record(rules.log, (self,), (self._data,))

    def sqrt(self) -> Value:
        """The square root; raises a DomainError below 0."""
        return self.record(rules.sqrt, (self,), (self._data,))

    def sin(self) -> Value:
        """The sine, of an angle in radians."""
        return self.record(rules.sin, (self,), (self._data,))

    def cos(self) -> Value:
        """The cosine, of an angle in radians."""
        return self.record(rules.cos, (self,), (self._data,))

    def erf(self) -> Value:
        """The error function."""
        return self.record(rules.erf, (self,), (self._data,))

    def tanh(self) -> Value:
        """The hyperbolic tangent, between -1 and 1."""
        return self.record(rules.tanh, (self,), (self._data,))

    def sigmoid(self) -> Value:
        """1 / (1 + exp(-x)), between 0 and 1."""
        return self.record(rules.sigmoid, (self,), (self._data,))

    def relu(self) -> Value:
        """x where it is positive, else 0. Its derivative at 0 is taken as 0."""
        return self.record(rules.relu, (self,), (self._data,))

    def leaky_relu(self, slope: Number = rules.leaky_relu.defaults[0]) -> Value:
        """x where it is positive, else slope · x."""
        return self._with(rules.leaky_relu, slope)

    def elu(self, alpha: Number = rules.elu.defaults[0]) -> Value:
        """x where it is positive, else alpha · (exp(x) - 1)."""
        return self._with(rules.elu, alpha)

    def softplus(self) -> Value:
        """log(1 + exp(x)), a smooth relu."""
        return self.record(rules.softplus, (self,), (self._data,))

    def silu(self) -> Value:
        """x · sigmoid(x), also called swish."""
        return self.record(rules.silu, (self,), (self._data,))

    def gelu(self) -> Value:
        """x · Φ(x), where Φ is the cumulative distribution function of the standard normal distribution."""
        return self.record(rules.gelu, (self,), (self._data,))

    def abs(self) -> Value:
        """The absolute value. Its derivative at 0 is taken as 0."""
        return self.record(rules.absolute, (self,), (self._data,))

    def maximum(self, other: Number) -> Value:
        """The larger of two. At a tie each gets half of the gradient."""
        return self._with(rules.maximum, other)

    def minimum(self, other: Number) -> Value:
        """The smaller of two. At a tie each gets half of the gradient."""
        return self._with(rules.minimum, other)

    def step(self) -> Value:
        """1 where this is positive, else 0; flat, so its derivative is 0."""
        return self.record(rules.step, (self,), (self._data,))

    def sign(self) -> Value:
        """-1, 0 or 1; flat, so its derivative is 0."""
        return self.record(rules.sign, (self,), (self._data,))

    def greater(self, other: Number) -> Value:
        """1 where this is greater than the other, a half at a tie, else 0; flat, so its derivative is 0."""
        return self._with(rules.greater, other)

    # A plain number on the left

    def __radd__(self, other: Number) -> Value:
        return self.of(other).__add__(self)

    def __rsub__(self, other: Number) -> Value:
        return self.of(other).__sub__(self)

    def __rmul__(self, other: Number) -> Value:
        return self.of(other).__mul__(self)

    def __rtruediv__(self, other: Number) -> Value:
        return self.of(other).__truediv__(self)

    def __rpow__(self, base: Number) -> Value:
        """An exponent that is a Value has a derivative, with log(base) in it, also if the base is plain."""
        left = self.of(base)
        return self.record(rules.pow_, (left, self), (left._data, self._data))

    # Reading it as a number

    def __float__(self) -> float:
        return self._data

    def __lt__(self, other: Number) -> bool:
        return self._data < as_float(other)

    def __le__(self, other: Number) -> bool:
        return self._data <= as_float(other)

    def __gt__(self, other: Number) -> bool:
        return self._data > as_float(other)

    def __ge__(self, other: Number) -> bool:
        return self._data >= as_float(other)

    def __bool__(self) -> bool:
        raise NumberError(
            f"bool({self!r}), as in `if value:` or `value and ...`",
            "a Value is a node of a graph, and neither true nor false",
            instead="value > 0 or value.data != 0 to ask about its number, value is not None to ask for its presence",
        )


def data_of(values: Iterable[Operators]) -> list[float]:
    """The numbers of some Values."""
    return [value._data for value in values]


def as_float(number: Any) -> float:
    """The number of a Value, or any real number, as a Python float."""
    return number._data if isinstance(number, Operators) else real(number)
