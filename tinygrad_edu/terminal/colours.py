"""Which colours has a terminal?

Blue is positive and orange negative, as in every picture (`viz/style.py`); a number is always there beside its colour.
Of the 256 colours of a terminal these two are near to those of the pictures, and readable on black and on white. No
colour where there is no terminal, where it is a dumb one, or where NO_COLOR asks for none.

Names to know: `Paint`, `paint_for`. Read next: `words.py`.
"""

from __future__ import annotations

import os
from typing import NamedTuple, TextIO

POSITIVE, NEGATIVE = 32, 166  # of the 256 colours
PLAIN = "\033[0m"


class Paint(NamedTuple):
    r"""How a text is made bold or coloured; where there are no colours, it stays as it is.

    >>> Paint(False).bold("gradient"), Paint(True).bold("gradient")
    ('gradient', '\x1b[1mgradient\x1b[0m')
    """

    is_on: bool

    def bold(self, text: str) -> str:
        """A text that stands out."""
        return f"\033[1m{text}{PLAIN}" if self.is_on and text else text

    def dim(self, text: str) -> str:
        """A text that steps back."""
        return f"\033[2m{text}{PLAIN}" if self.is_on and text else text

    def signed(self, text: str, number: float) -> str:
        """A text about a number, in the colour of its sign; 0 and NaN have none."""
        if not self.is_on or not (number > 0 or number < 0):
            return text
        return f"\033[38;5;{POSITIVE if number > 0 else NEGATIVE}m{text}{PLAIN}"


def paint_for(stream: TextIO) -> Paint:
    """The colours for what is written to a stream."""
    return Paint(stream.isatty() and has_colours())


def has_colours() -> bool:
    """Whether the user's terminal is one that shows colours, and they are wanted."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
