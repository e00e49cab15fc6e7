"""Which numbers does training begin with?

Weights have to differ, or all neurons of a layer learn the same; and their size has to fit the number of inputs
(*fan-in*) and outputs (*fan-out*), or signals grow or fade from layer to layer. Biases begin at 0.

Names to know: `INITIALIZERS`, `source`. Read next: `embedding.py`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from numbers import Integral
from typing import Protocol

from tinygrad_edu.choices import unknown


class Source(Protocol):
    """Where random numbers come from: `random.Random`, or the module `random` itself."""

    def uniform(self, a: float, b: float) -> float:
        """A number between a and b."""
        ...

    def gauss(self, mu: float, sigma: float) -> float:
        """A normally distributed number."""
        ...


Initializer = Callable[[Source, int, int], float]


def uniform(source: Source, fan_in: int, fan_out: int) -> float:  # noqa: ARG001
    """Between -1 and 1, whatever the size of the layer: micrograd's choice."""
    return source.uniform(-1, 1)


def normal(source: Source, fan_in: int, fan_out: int) -> float:  # noqa: ARG001
    """Normally distributed with standard deviation 1 (Nielsen, Neural Networks and Deep Learning, chapter 1)."""
    return source.gauss(0.0, 1.0)


def xavier(source: Source, fan_in: int, fan_out: int) -> float:
    """Between ±√(6 / (fan-in + fan-out)), for tanh and sigmoid (Glorot and Bengio, 2010)."""
    limit = math.sqrt(6 / (fan_in + fan_out))
    return source.uniform(-limit, limit)


def he(source: Source, fan_in: int, fan_out: int) -> float:  # noqa: ARG001
    """Normally distributed with standard deviation √(2 / fan-in), for relu (He et al., 2015)."""
    return source.gauss(0.0, math.sqrt(2 / fan_in))


def zeros(source: Source, fan_in: int, fan_out: int) -> float:  # noqa: ARG001
    """All 0: try it once, to see why weights have to differ."""
    return 0.0


INITIALIZERS: dict[str, Initializer] = {
    "uniform": uniform,
    "normal": normal,
    "xavier": xavier,
    "he": he,
    "zeros": zeros,
}


def initializer(name: str) -> Initializer:
    """Look up an initializer.

    Raises:
        OptionError: if there is no initializer of that name.
    """
    if name not in INITIALIZERS:
        raise unknown("init", name, list(INITIALIZERS))
    return INITIALIZERS[name]


def source(seed: int | None) -> Source:
    """A private stream of random numbers for a seed; without a seed, Python's own `random`, as in micrograd.

    >>> source(0).uniform(0, 1) == source(0).uniform(0, 1)
    True
    """
    return random if seed is None else random.Random(seed)  # noqa: S311 (no secrets here)


def is_count(number: object) -> bool:
    """Whether something is a whole number of at least 1, of Python or of NumPy.

    >>> is_count(3), is_count(0), is_count(2.5), is_count("3")
    (True, False, False, False)
    """
    return type(number) is not bool and isinstance(number, Integral) and int(number) >= 1
