"""Who writes down how a number was made?

The ordinary recorder, unless the code stands in a block that says otherwise (`blocks.py`): then nothing does, inside
`no_grad`, or a watching recorder does, inside `detect_anomaly`. One switch says who it is: a ContextVar with what
holds `now`, in this thread or asynchronous task. `value.record` asks only this, once in every operation.

Names to know: `now`, `recorder`, `Watcher`. Read next: `blocks.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from tinygrad_edu.rule import Rule
    from tinygrad_edu.value import Value

Recorder = Callable[[float, "Rule", "tuple[Value, ...]", "tuple[float, ...]", float], "Value"]


class Watcher(Protocol):
    """A recorder that checks what it writes down, and the sweeps."""

    def record(
        self, data: float, rule: Rule, args: tuple[Value, ...], partials: tuple[float, ...], since: float
    ) -> Value:
        """The node of a result."""

    def look_at_sweep(self, output: Value) -> None:
        """Called before an output is swept."""


class Open(NamedTuple):
    """An open block.

    Attributes:
        records: whether results are written down inside; None leaves it to the blocks around.
        watcher: the watching recorder; None leaves it to the blocks around.
        owner: the generator that the block belongs to, or None.
        outer: the block around this one.
        key: the same for all copies of this record, and for no others.
    """

    records: bool | None
    watcher: Watcher | None
    owner: FrameType | None
    outer: Open | None
    key: object

    @property
    def is_on(self) -> bool:
        """Whether the code that runs now is inside: a suspended frame has no caller."""
        return self.owner is None or self.owner.f_back is not None


class Now:
    """What holds for the code that runs now.

    Attributes:
        block: the innermost block that is open, or None.
        change: when a number was last set, by a clock; 0.0 if that has not happened (see `age.py`).
    """

    __slots__ = ("block", "change")

    def __init__(self, block: Open | None = None, change: float = 0.0) -> None:
        self.block = block
        self.change = change


_now: ContextVar[Now] = ContextVar("now", default=Now())  # noqa: B039 (it is replaced, and never changed)
now, set_now = _now.get, _now.set


def note_change(time: float) -> None:
    """Store the time at which a number was last set."""
    set_now(Now(now().block, time))


def recorder(block: Open, ordinary: Recorder) -> Recorder | None:
    """What records inside a block: the ordinary recorder, a watcher, or nothing (None)."""
    found = _innermost_with("records", block)
    if found is not None and not found.records:
        return None
    watched = _innermost_with("watcher", block)
    return ordinary if watched is None or watched.watcher is None else watched.watcher.record


def watcher() -> Watcher | None:
    """The recorder that checks the sweeps."""
    found = _innermost_with("watcher", now().block)
    return None if found is None else found.watcher


def _innermost_with(field: str, block: Open | None) -> Open | None:
    """The innermost block that sets a field and that contains the code that runs now."""
    while block is not None and (getattr(block, field) is None or not block.is_on):
        block = block.outer
    return block
