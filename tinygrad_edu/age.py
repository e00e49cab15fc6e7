"""How does a graph show that it is older than its numbers?

    x.data = 3.0      the time is noted: in x, and as the last change in this thread or asynchronous task
    y = x * x         y notes that last change, not the time: reading a clock would take longer than the product
    y.backward()      x has not been set since the last change that y knows of, so y was made from x's present number

Only a node that fails this comparison of two numbers is computed again and compared digit by digit (`stale.py` does
it). That is rare: a training step sets its parameters and then makes a new graph. If a number was set in another
thread or task, y does not know of it; it is then checked more closely, so no change is missed.

Names to know: `NOT_COMPUTED`, `mark_changed`, `warn`. Read next: `stale.py`.
"""

from __future__ import annotations

import sys
import warnings
from math import inf, nextafter
from time import perf_counter
from types import FrameType
from typing import TYPE_CHECKING, Any

from tinygrad_edu.errors import GradientWarning
from tinygrad_edu.recorder import note_change, now

if TYPE_CHECKING:
    from tinygrad_edu.value import Value

GUIDE = "docs/reliability.md"  # where the warnings are explained
NEVER = -1.0  # when a leaf was set that still has the number it was made with: before any change
UNKNOWN = -inf  # what a node knows of changes if its number was set by hand, or if it was copied: nothing


class NotComputed(float):
    """The gradient of a Value that no sweep has reached: counts as 0.0, is drawn as —."""

    __slots__ = ()

    def __reduce__(self) -> str:
        return "NOT_COMPUTED"


NOT_COMPUTED = NotComputed(0.0)


def mark_changed(value: Value) -> None:
    """Note that the number of a Value has just been set.

    The time is later than that of the previous change, even if the clock has not moved on since.
    """
    time = max(perf_counter(), nextafter(now().change, inf))
    value._since = UNKNOWN if value.args else time
    note_change(time)


def warn(what: str, why: str, anchor: str) -> None:
    """A warning at the line of the user's own code that led here.

    Args:
        what: what happened.
        why: why it is a mistake, and what to do.
        anchor: the anchor of the section in the guide.
    """
    frame = user_frame()
    text = f"{what}\n  what is wrong:  {why}\n  explained in:   {GUIDE}#{anchor}"
    if frame is None:
        warnings.warn(text, GradientWarning, stacklevel=2)
        return
    registry: dict[Any, Any] = frame.f_globals.setdefault("__warningregistry__", {})
    warnings.warn_explicit(text, GradientWarning, frame.f_code.co_filename, frame.f_lineno, registry=registry)


def user_frame() -> FrameType | None:
    """The innermost frame outside this package, by the name of its module: folders may be called anything."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _is_ours(frame):
        frame = frame.f_back
    return frame


def _is_ours(frame: FrameType) -> bool:
    package = frame.f_globals.get("__package__") or ""
    return package == "tinygrad_edu" or package.startswith("tinygrad_edu.")
