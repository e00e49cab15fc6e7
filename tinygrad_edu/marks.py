"""What does a gradient know besides its number?

    NOT_COMPUTED    no sweep has reached it: it counts as 0.0, and is drawn as —
    Spent           the number of its Value has changed since: what is added now is the gradient at another place
    Swept           of an output: how many changes of numbers there had been when the sweep came by

They are floats, and cost nothing while all is well. The two that know too much say so in a `GradientWarning`.

Names to know: `NOT_COMPUTED`, `Spent`, `Swept`, `warn`. Read next: `value.py`, whose gradients they are.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from tinygrad_edu.errors import GradientWarning

if TYPE_CHECKING:
    from tinygrad_edu.value import Value

GUIDE = "docs/reliability.md"  # where the warnings are explained
_OURS = tuple(str(Path(__file__).resolve().parent.parent / folder) for folder in ("tinygrad_edu", "nn", "viz"))


class NotComputed(float):
    """The gradient of a Value that no sweep has reached: counts as 0.0, is drawn as —."""

    __slots__ = ()

    def __reduce__(self) -> str:
        return "NOT_COMPUTED"


NOT_COMPUTED = NotComputed(0.0)


class Changes:
    """How many numbers were changed so far, anywhere: equal counts mean that no graph can be stale since."""

    count = 0


class Spent(float):
    """A gradient whose Value has another number now.

    Attributes:
        value: whose gradient it is.
        at: the number that the Value had.
    """

    __slots__ = ("at", "value")

    value: Value
    at: float

    @classmethod
    def of(cls, value: Value, gradient: float, at: float) -> Spent:
        """The gradient of a Value, which was taken where it had the number `at`."""
        spent = cls(gradient)
        spent.value = value
        spent.at = at
        return spent

    def __add__(self, more: float) -> float:
        if self.value.data != self.at:
            warn(
                "backward() adds to a gradient that was taken before its Value was changed",
                "the sum is the gradient at no place at all; a training step begins with zero_grad()",
                "forgotten-zero_grad",
            )
        return float(self) + more

    def __reduce__(self) -> tuple[type[float], tuple[float]]:
        return float, (float(self),)


class Swept(float):
    """The gradient of an output, which is 1, after a sweep.

    Attributes:
        changes: how many changes of numbers there had been.
    """

    __slots__ = ("changes",)

    changes: int

    @classmethod
    def now(cls, gradient: float) -> Swept:
        """The gradient of an output whose sweep has just ended."""
        swept = cls(gradient)
        swept.changes = Changes.count
        return swept

    def __reduce__(self) -> tuple[type[float], tuple[float]]:
        return float, (float(self),)


def warn(what: str, why: str, anchor: str) -> None:
    """A warning at the line of the user's own code that led here.

    Args:
        what: happened.
        why: it is no good, and what to do.
        anchor: of the section in the guide.
    """
    frame = user_frame()
    text = f"{what}\n  what is wrong:  {why}\n  explained in:   {GUIDE}#{anchor}"
    if frame is None:
        warnings.warn(text, GradientWarning, stacklevel=2)
        return
    registry: dict[Any, Any] = frame.f_globals.setdefault("__warningregistry__", {})
    warnings.warn_explicit(text, GradientWarning, frame.f_code.co_filename, frame.f_lineno, registry=registry)


def user_frame() -> FrameType | None:
    """The innermost frame that is not of this package."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    return frame
