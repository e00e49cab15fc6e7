"""How is a number read that a person typed?

    number_typed("-1.5"), number_typed("1/2"), number_typed("−4"), number_typed("1½"), number_typed("1e-3")

A fraction is a number, and so is one with the minus of a book. A decimal comma is left to the caller: in a list of
numbers it would stand between two of them.

Names to know: `number_typed`, `on_keyboard`. Read next: `spreadsheet.py`.
"""

from __future__ import annotations

import re
import unicodedata

WIDE = re.compile("[\u3000\uff01-\uff60\uffe0-\uffe6]")  # letters and signs as wide as Chinese ones
ONE_SIGN = re.compile("[¼-¾⅐-⅞]")
MIXED = re.compile(r"(?<![\d.,/])(\d{1,6})\s+(\d{1,6})/(\d{1,6})(?![\d.,/])", re.ASCII)
SIGNS = str.maketrans("−–⁄∕÷", "--///")
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")  # marks of direction, and spaces without width


def number_typed(text: str) -> float | None:
    """The number that a text is, or None.

    >>> number_typed("1/2"), number_typed("−4"), number_typed("-.5 / 2"), number_typed("1½"), number_typed("inf")
    (0.5, -4.0, -0.25, 1.5, inf)
    >>> number_typed("one"), number_typed("1/0"), number_typed("1/2/3"), number_typed("1_0")
    (None, None, None, None)
    """
    over, slash, under = on_keyboard(text).partition("/")
    number, divisor = _plain(over), _plain(under) if slash else 1.0
    return number / divisor if number is not None and divisor else None


def on_keyboard(text: str) -> str:
    """A text in the signs of an English keyboard; a mixed number becomes a fraction.

    >>> on_keyboard("−２．５"), on_keyboard("½"), on_keyboard("-1½"), on_keyboard("2 1/4"), on_keyboard("x")
    ('-2.5', '1/2', '-3/2', '9/4', 'x')
    """
    text = WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), UNSEEN.sub("", text))
    text = ONE_SIGN.sub(lambda found: f" {unicodedata.normalize('NFKC', found[0])}", text)
    return MIXED.sub(_as_fraction, text.translate(SIGNS)).strip()


def _as_fraction(found: re.Match[str]) -> str:
    """1 1/2 as 3/2; 1 000/2 is none of these."""
    whole, over, under = map(int, found.groups())
    return f"{whole * under + over}/{under}" if 0 < over < under else found[0]


def _plain(text: str) -> float | None:
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None
