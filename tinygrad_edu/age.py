"""How does a graph show that it is older than its numbers?

    x.data = 3.0      the time is noted: in x, and as the last change in this thread or asynchronous task
    y = x * x         y notes that last change, not the time: reading a clock would take longer than the product
    y.backward()      x has not been set since the last change that y knows of, so y was made from x's present number

Only a node that fails this comparison of two numbers is computed again and compared digit by digit (`stale.py` does
it). That is rare: a training step sets its parameters and then makes a new graph. If a number was set in another
thread or task, y does not know of it; it is then checked more closely, so no change is missed.

Names to know: `NOT_COMPUTED`, `mark_changed`. Read next: `stale.py`.
"""

from __future__ import annotations

from math import inf, nextafter
from time import perf_counter
from typing import TYPE_CHECKING

from tinygrad_edu.recorder import note_change, now

if TYPE_CHECKING:
    from tinygrad_edu.value import Value

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
