"""How is a number read that a person typed?

    number_typed("-1.5"), number_typed("1/2"), number_typed("−4"), number_typed("1e-3")

A fraction is a number, and so is one with the minus of a book. A decimal comma is left to the caller: in a list of
numbers it would stand between two of them.

Names to know: `number_typed`. Read next: `printing.py`.
"""

from __future__ import annotations

MINUS = "\N{MINUS SIGN}"


def number_typed(text: str) -> float | None:
    """The number that a text is, or None.

    >>> number_typed("1/2"), number_typed("−4"), number_typed("-.5 / 2"), number_typed("inf")
    (0.5, -4.0, -0.25, inf)
    >>> number_typed("one"), number_typed("1/0"), number_typed("1/2/3"), number_typed("1_0")
    (None, None, None, None)
    """
    over, slash, under = text.replace(MINUS, "-").partition("/")
    number, divisor = _plain(over), _plain(under) if slash else 1.0
    return number / divisor if number is not None and divisor else None


def _plain(text: str) -> float | None:
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None
