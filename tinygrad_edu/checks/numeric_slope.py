"""What is the slope of a function, from its numbers alone?

    numeric  =  (f(x + h) - f(x - h)) / 2h        the central difference; its error falls with h²

Too large an h blurs the slope, too small a one drowns it in rounding; so several are tried, and one is trusted if half
of it gives the same slope. At a kink, such as relu at 0, the two one-sided differences disagree, and no single number
is *the* derivative. At the edge of a domain, such as sqrt at 0, one side is missing.

Names to know: `check`, `Check`. Read next: `gradcheck.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

STEP = 6e-6  # near the cube root of the rounding error, where the central difference is most exact
TOLERANCE = 1e-6
POWERS = range(-2, 5)  # of ten, by which the step is divided
MOST_RUNS = 1 + 4 * (len(POWERS) + 2)  # evaluations of a function in one check


@dataclass(frozen=True, slots=True)
class Check:
    """One derivative of the engine, compared with differences of the function itself.

    Attributes:
        name: of the input, or of the edge.
        analytic: the engine's gradient.
        numeric: the central difference.
        left: the slope towards smaller numbers.
        right: the slope towards larger numbers.
        is_kink: whether the two sides disagree, however small the step.
        is_clear: whether differences can determine the slope here at all.
        step: the h that was used in the end, for the largest of the differences.
        tolerance: the largest error that is accepted.
    """

    name: str
    analytic: float
    numeric: float
    left: float
    right: float
    is_kink: bool
    is_clear: bool
    step: float
    tolerance: float

    @property
    def error(self) -> float:
        """The difference of the two, relative where they are larger than 1."""
        return abs(self.analytic - self.numeric) / max(1.0, abs(self.analytic), abs(self.numeric))

    @property
    def is_edge(self) -> bool:
        """Whether the domain ends here, so that there is a slope on one side only."""
        return math.isfinite(self.left) != math.isfinite(self.right)

    @property
    def ok(self) -> bool:
        """Whether the gradient agrees with the differences; at a kink, whether it lies between the two sides."""
        if self.is_edge or (not self.is_clear and not self.is_kink):
            return True
        if self.is_kink:
            low, high = sorted((self.left, self.right))
            slack = self.tolerance * max(1.0, abs(low), abs(high))
            return low - slack <= self.analytic <= high + slack
        return self.error <= self.tolerance

    @property
    def verdict(self) -> str:
        """ok, kink, edge, unclear (rounding hides the slope, or it does not exist), or WRONG."""
        if not self.ok:
            return "WRONG"
        if self.is_edge:
            return "edge"
        if self.is_kink:
            return "kink"
        return "ok" if self.is_clear else "unclear"


def check(name: str, analytic: float, x: float, f: Callable[[float], float], tolerance: float = TOLERANCE) -> Check:
    """Check a derivative of f at x against differences, with several steps.

    >>> check("x²", 6.0, 3.0, lambda x: x * x).verdict
    'ok'
    >>> check("|x|", 0.0, 0.0, abs).verdict
    'kink'
    """
    sizes = {STEP * max(1.0, abs(x)) / 10**power for power in POWERS} | {STEP * abs(x) / 10**power for power in (0, 2)}
    middle = f(x)
    slopes = [_slopes(f, x, h, middle) for h in sorted(sizes, reverse=True) if x + h / 2 != x]
    best = min(slopes, key=lambda slope: math.inf if math.isnan(slope.doubt) else slope.doubt, default=_NO_SLOPE)
    is_clear = best.doubt <= 100 * tolerance
    is_kink = best.is_kink and is_clear
    found = Check(name, analytic, best.central, best.left, best.right, is_kink, is_clear, best.step, tolerance)
    is_drowned = tolerance < found.error <= best.doubt and not is_kink
    return replace(found, is_clear=False) if is_drowned else found


class _Slopes(NamedTuple):
    step: float
    central: float
    left: float
    right: float
    is_kink: bool
    doubt: float


_NO_SLOPE = _Slopes(math.nan, math.nan, math.nan, math.nan, is_kink=False, doubt=math.inf)  # inf has no neighbours


def _slopes(f: Callable[[float], float], x: float, h: float, middle: float) -> _Slopes:
    low, high, half_low, half_high = f(x - h), f(x + h), f(x - h / 2), f(x + h / 2)
    left, right = (middle - low) / h, (high - middle) / h
    half_left, half_right = (middle - half_low) / (h / 2), (half_high - middle) / (h / 2)
    once, twice = (left + right) / 2, (half_left + half_right) / 2
    rounding = 4e-16 * abs(middle) / h
    gap, half_gap = abs(right - left), abs(half_right - half_left)
    return _Slopes(
        step=h,
        central=(4 * twice - once) / 3,  # Richardson: the h² of the error cancels
        left=left,
        right=right,
        is_kink=half_gap > 0.75 * gap and gap > 1e-6 * max(1.0, abs(once)) + 8 * rounding,  # curvature halves the gap
        doubt=(abs(twice - once) + rounding) / max(1.0, abs(twice)),
    )
