"""How does each operation act on plain floats?

The forward functions of the rule table that Python's `math` and `operator` do not have, or that raise there
where IEEE 754 arithmetic has an answer: overflow gives inf, a pole gives ±inf, an undefined result gives NaN.
(The error that a learner sees for log(-1) comes from the domains in `rules.py`, not from here.)

Read next: `real_number.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from math import copysign, inf, nan
from operator import mul

SQRT_2 = math.sqrt(2)


def _is_odd_integer(y: float) -> bool:
    return y % 2 == 1


def div(x: float, y: float) -> float:
    """x / y; a number over zero is infinite, with the product of both signs.

    >>> div(1.0, 0.0), div(1.0, -0.0), div(0.0, 0.0)
    (inf, -inf, nan)
    """
    if y != 0:
        return x / y
    return nan if x == 0 or x != x else copysign(inf, x) * copysign(1.0, y)


def power(x: float, y: float) -> float:
    """x ** y over the real numbers: a negative base with a fractional exponent gives NaN, never a complex number.

    >>> power(2.0, 0.5), power(0.0, -1.0), power(-8.0, 1 / 3), power(10.0, 400.0)
    (1.4142135623730951, inf, nan, inf)
    """
    try:
        return math.pow(x, y)
    except OverflowError:
        return -inf if x < 0 and _is_odd_integer(y) else inf
    except ValueError:
        if x != 0:
            return nan
        return copysign(inf, x) if _is_odd_integer(y) else inf


def exp(x: float) -> float:
    """e ** x.

    >>> exp(0.0), exp(1000.0)
    (1.0, inf)
    """
    try:
        return math.exp(x)
    except OverflowError:
        return inf


def log(x: float) -> float:
    """The natural logarithm.

    >>> log(1.0), log(0.0), log(-1.0)
    (0.0, -inf, nan)
    """
    if x > 0:
        return math.log(x)
    return -inf if x == 0 else nan


def sqrt(x: float) -> float:
    """The square root.

    >>> sqrt(4.0), sqrt(-1.0)
    (2.0, nan)
    """
    return math.sqrt(x) if x >= 0 else nan


def sin(x: float) -> float:
    """The sine; NaN for an infinite angle."""
    return math.sin(x) if abs(x) != inf else nan


def cos(x: float) -> float:
    """The cosine; NaN for an infinite angle."""
    return math.cos(x) if abs(x) != inf else nan


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)), without overflow on either side.

    >>> sigmoid(0.0), sigmoid(800.0), 0.0 < sigmoid(-700.0) < 1e-300
    (0.5, 1.0, True)
    """
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    tail = math.exp(x)
    return tail / (1.0 + tail)


def softplus(x: float) -> float:
    """log(1 + exp(x)), without overflow.

    >>> softplus(1000.0), softplus(-1000.0)
    (1000.0, 0.0)
    """
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def silu(x: float) -> float:
    """x · sigmoid(x), also called swish."""
    return x * sigmoid(x)


def gelu(x: float) -> float:
    """x · Φ(x), where Φ is the cumulative distribution function of the standard normal distribution."""
    return 0.5 * x * (1.0 + math.erf(x / SQRT_2))


def relu(x: float) -> float:
    """x where it is positive, else 0; NaN stays NaN."""
    return 0.0 if x <= 0 else x


def leaky_relu(x: float, slope: float) -> float:
    """x where it is positive, else slope · x."""
    return x if x > 0 else slope * x


def elu(x: float, alpha: float) -> float:
    """x where it is positive, else alpha · (exp(x) - 1)."""
    return x if x > 0 else alpha * math.expm1(x)


def maximum(x: float, y: float) -> float:
    """The larger of two; NaN if one is NaN (Python's own max depends on the order)."""
    return x if x > y or x != x else y


def minimum(x: float, y: float) -> float:
    """The smaller of two; NaN if one is NaN."""
    return x if x < y or x != x else y


def step(x: float) -> float:
    """1 where x is positive, else 0: the derivative of relu. NaN gives NaN."""
    return 1.0 if x > 0 else 0.0 if x <= 0 else x


def sign(x: float) -> float:
    """-1, 0 or 1: the derivative of the absolute value. NaN gives NaN."""
    return float((x > 0) - (x < 0)) if x == x else x


def greater(x: float, y: float) -> float:
    """1 where x > y, a half where they are equal, else 0 (also if one is NaN): the derivative of maximum."""
    return ((x > y) + (x >= y)) / 2


def dot(ws: Sequence[float], xs: Sequence[float]) -> float:
    """The sum of the products, w1·x1 + w2·x2 + ….

    >>> dot([2.0, 3.0], [10.0, 100.0])
    320.0
    """
    return sum(map(mul, ws, xs), 0.0)


def logsumexp(xs: Sequence[float]) -> float:
    """log(exp(x1) + exp(x2) + …), shifted by the largest so that nothing overflows.

    >>> logsumexp([1000.0, 1000.0]) == 1000.0 + math.log(2)
    True
    >>> logsumexp([math.inf, 1.0]), logsumexp([math.inf, math.nan])
    (inf, nan)
    """
    top = max(xs)
    if math.isinf(top):  # and max overlooks a NaN that comes later
        return nan if any(x != x for x in xs) else top
    return top + math.log(sum(math.exp(x - top) for x in xs))
