"""Which line of the reader's own code led here?

A warning, or the trace of an anomaly, should name that line, and not one inside this package.

Names to know: `warn`, `user_frame`. Read next: `guards.py`.
"""

from __future__ import annotations

import sys
import warnings
from types import FrameType
from typing import Any

from tinygrad_edu.errors import GradientWarning

GUIDE = "docs/reliability.md"  # where the warnings are explained


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
