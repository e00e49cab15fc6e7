"""How does the learning rate change from step to step?

A *schedule* is a function of the number of the step, counted from 0, that gives a factor of the learning rate:

    SGD(parameters, lr=0.1, schedule=warm_up(10, then=cosine(90)))

    constant        1                       step(30)        1, then 0.1, then 0.01: a tenth after every 30 steps
    linear(100)     falling in a line       cosine(100)     falling slowly, fast, slowly
    warm_up(10)     rising first, then another schedule

Each is PyTorch's of that name. Names to know: `constant`, `step`, `linear`, `cosine`, `warm_up`. Read next:
`datasets.py`. Read next: `datasets.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from tinygrad_edu.errors import OptionError
from tinygrad_edu.nn.init import is_count

Schedule = Callable[[int], float]


def constant(factor: float = 1.0, steps: int = 0) -> Schedule:
    """A different factor for the first steps, and 1 from then on (PyTorch's ConstantLR); by default always 1.

    >>> [constant(0.5, steps=2)(n) for n in range(4)]
    [0.5, 0.5, 1.0, 1.0]
    """
    return partial(_constant, factor, steps)


def step(every: int, factor: float = 0.1) -> Schedule:
    """Multiplied by the factor after every so many steps (PyTorch's StepLR).

    >>> [step(2, factor=0.5)(n) for n in range(6)]
    [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]
    """
    _check_count("step", every)
    return partial(_step, every, factor)


def linear(steps: int, start: float = 1.0, end: float = 0.1) -> Schedule:
    """In a straight line from one factor to another, which then stays (PyTorch's LinearLR).

    >>> [linear(4, start=1.0, end=0.0)(n) for n in range(6)]
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """
    _check_count("linear", steps)
    return partial(_linear, steps, start, end)


def cosine(steps: int, end: float = 0.0) -> Schedule:
    """Half a cosine wave from 1 down to `end`, which then stays (PyTorch's CosineAnnealingLR would rise again).

    Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017).

    >>> [round(cosine(4)(n), 3) for n in range(6)]
    [1.0, 0.854, 0.5, 0.146, 0.0, 0.0]
    """
    _check_count("cosine", steps)
    return partial(_cosine, steps, end)


def warm_up(steps: int, then: Schedule | None = None, start: float = 0.1) -> Schedule:
    """From a small factor up to 1 in a straight line; after that another schedule, which counts from there.

    Goyal et al., "Accurate, large minibatch SGD" (2017). It is PyTorch's SequentialLR of LinearLR and another schedule.

    >>> [round(warm_up(3, then=step(1, factor=0.5))(n), 3) for n in range(6)]
    [0.1, 0.4, 0.7, 1.0, 0.5, 0.25]
    """
    _check_count("warm_up", steps)
    return partial(_warm_up, steps, constant() if then is None else then, start)


def form_of(schedule: Schedule) -> tuple[str, dict[str, float]] | None:
    """The name of a schedule of this file and its numbers; None for any other function.

    A schedule that follows a warm-up is the one that is named.

    >>> form_of(cosine(90))
    ('cosine', {'steps': 90, 'end': 0.0})
    >>> form_of(warm_up(10, then=step(30)))
    ('step', {'warm_up': 10, 'warm_up_start': 0.1, 'steps': 30, 'factor': 0.1})
    >>> form_of(lambda n: 1.0)
    """
    if not isinstance(schedule, partial) or schedule.func not in NUMBERS:
        return None
    name, *names = NUMBERS[schedule.func]
    numbers = dict(zip(names, schedule.args, strict=True))
    if name != "warm_up":
        return name, numbers
    then = form_of(numbers.pop("then"))
    return then and (then[0], {"warm_up": numbers["steps"], "warm_up_start": numbers["start"]} | then[1])


# The formulas. They have names, so that an optimizer can be pickled with its schedule, which a lambda cannot.


def _constant(factor: float, steps: int, n: int) -> float:
    return factor if n < steps else 1.0


def _step(every: int, factor: float, n: int) -> float:
    return float(factor ** (n // every))


def _linear(steps: int, start: float, end: float, n: int) -> float:
    return start + (end - start) * min(n, steps) / steps


def _cosine(steps: int, end: float, n: int) -> float:
    return end + (1 - end) * (1 + math.cos(math.pi * min(n, steps) / steps)) / 2


def _warm_up(steps: int, then: Schedule, start: float, n: int) -> float:
    return start + (1 - start) * n / steps if n < steps else then(n - steps)


NUMBERS: dict[Callable[..., float], tuple[str, ...]] = {
    _constant: ("constant", "factor", "steps"),
    _step: ("step", "steps", "factor"),
    _linear: ("linear", "steps", "start", "end"),
    _cosine: ("cosine", "steps", "end"),
    _warm_up: ("warm_up", "steps", "then", "start"),
}  # what each is called, and the numbers that it is made with


def _check_count(name: str, steps: int) -> None:
    if not is_count(steps):
        raise OptionError(f"{name}({steps!r})", "a schedule has at least one step", instead=f"{name}(100)")
