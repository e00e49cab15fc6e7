"""What does an engine make of a probe?

Its numbers and gradients afterwards, of every Value that the probe has a name for, or the error that stopped it. A
probe has a limit of time, in which it computes: an engine may loop without end, and the machine may be busy otherwise.

Names to know: `Seen`, `run`. Read next: `facts.py`.
"""

from __future__ import annotations

import contextlib
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

from tinygrad_edu.checks.engines.adapter import Adapter
from tinygrad_edu.checks.engines.probes import Probe

SECONDS = 2.0  # of computing, for one probe
PATIENCE = 5  # times as long may it take where it waits, for its turn or for anything else
MEANINGS = {  # of errors: which one it is depends on how an engine is written
    **dict.fromkeys(("AttributeError", "TypeError", "NotImplementedError", "NameError"), "missing"),
    **dict.fromkeys(("RecursionError", "OutOfTime"), "endless"),
}
TOLERANCE = 1e-6  # relative: an engine may compute with 32 bits


@dataclass(frozen=True)
class Seen:
    """What was seen after a probe.

    Attributes:
        numbers: for each name (number, gradient); a gradient that is None counts as 0.
        error: what stopped it: "missing" if something is not there, "endless" if it did not end, else the name of the
            class of the error; "" if nothing did.
        message: the error and what it says.
        is_out_of_time: whether it ran until its time was over; further programs would take as long.
    """

    numbers: Mapping[str, tuple[float, float]]
    error: str = ""
    message: str = ""
    is_out_of_time: bool = False

    def agrees(self, other: Seen, compares: Callable[[str], bool] = lambda name: True) -> bool:
        """Whether numbers and gradients are the same, and the error too.

        Args:
            other: what was seen of another engine.
            compares: whose gradients are compared; numbers always are.
        """
        if self.error or other.error or self.numbers.keys() != other.numbers.keys():
            return bool(self.error) and self.error == other.error
        return all(
            is_close(mine[0], theirs[0]) and (is_close(mine[1], theirs[1]) or not compares(name))
            for (name, mine), theirs in zip(self.numbers.items(), other.numbers.values(), strict=True)
        )


def is_close(a: float, b: float) -> bool:
    """Whether two numbers are the same, but for rounding."""
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=1e-9)


class OutOfTime(BaseException):
    """A probe took too long. No `except Exception` of the engine's stops it."""


def run(adapter: Adapter, probe: Probe, seconds: float | None = SECONDS) -> Seen:
    """Run a probe with an engine.

    Args:
        adapter: the engine.
        probe: the program.
        seconds: how long it may compute; None for an engine that is known to end.
    """
    space: dict[str, Any] = {adapter.value.__name__: adapter.value}
    space |= {name: adapter.function(name) for name in probe.needs if adapter.function(name)}
    try:
        with limited(seconds) if seconds else contextlib.nullcontext():
            exec(adapter.compiled(probe.code), space)  # noqa: S102 (our own programs)
            return Seen(_numbers(adapter, space))
    except OutOfTime:
        return Seen({}, "endless", f"it was stopped after {SECONDS:g} seconds", is_out_of_time=True)
    except Exception as error:  # noqa: BLE001 (whatever the engine raises is what was seen)
        kind = type(error).__name__
        return Seen({}, MEANINGS.get(kind, kind), f"{kind}: {error}")


def _numbers(adapter: Adapter, space: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    names = adapter.names
    found: dict[str, tuple[float, float]] = {}
    for name, thing in space.items():
        if isinstance(thing, adapter.value):
            grad = getattr(thing, names.grad, None)
            found[name] = (float(getattr(thing, names.data)), 0.0 if grad is None else float(grad))
    return found


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """A block that raises `OutOfTime` when its time is over, where a signal can do that: in the main thread of Unix.

    The time is that in which this process computes; where it waits, its turn may come `PATIENCE` times as late.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    began, computed = time.monotonic(), time.process_time()

    def look(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (what a handler gets)
        if time.process_time() - computed >= seconds or time.monotonic() - began >= PATIENCE * seconds:
            signal.setitimer(signal.ITIMER_REAL, 0)  # it is raised once
            raise OutOfTime

    old = signal.signal(signal.SIGALRM, look)
    others = signal.setitimer(signal.ITIMER_REAL, seconds, seconds / 10)  # of a test's own limit of time, say
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
        left, interval = others
        signal.setitimer(signal.ITIMER_REAL, left and max(1e-3, left - (time.monotonic() - began)), interval)
