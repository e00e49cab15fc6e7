r"""How does any text become a Graphviz label that shows exactly that text?

Graphviz reads backslashes and `&amp;` in every label, and `{ } | < >` in labels of records. Everything is escaped here,
and nowhere else. (HTML-like labels would need less, but not every build of Graphviz reads them.)

Names to know: `plain`, `field`. Read next: `fonts.py`.
"""

from __future__ import annotations

import re
import unicodedata

from tinygrad_edu.show import cut

LONGEST = 40  # characters of a label; the rest is in the tooltip


def plain(text: str) -> str:
    r"""A text as a label.

    >>> print(plain("a\\b & <c>"))
    a\\b &amp; <c>
    >>> print(plain("two\nlines"))
    two\nlines
    """
    return visible(text).replace("\\", "\\\\").replace("&", "&amp;").replace("\n", "\\n")


def field(text: str) -> str:
    r"""A text as one field of a record.

    >>> print(field("{x|y} < 1"))
    \{x\|y\} \< 1
    """
    return re.sub(r"([{}|<>])", r"\\\1", plain(text))


def visible(text: str) -> str:
    r"""Show what XML may not hold as a symbol: control characters, and halves of surrogate pairs.

    Spaces that Graphviz would drop, at the ends and beside each other, become non-breaking spaces.

    >>> visible("a\tb\x07")
    'a\xa0\xa0\xa0b␇'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    text = re.sub(r"^ +| +$| {2,}", lambda spaces: "\xa0" * len(spaces[0]), text, flags=re.MULTILINE)
    text = (
        f"\xa0{text}" if text.startswith("\n") else text
    )  # Graphviz cannot handle a label that begins with a new line
    return "".join(character if character == "\n" else _sign(character) for character in text)


def shortened(text: str) -> str:
    """A long text, cut.

    >>> shortened("x" * 50)
    'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'
    """
    return cut(text, LONGEST)


def _sign(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    is_no_text = unicodedata.category(character) in ("Cc", "Cs") or code & 0xFFFE == 0xFFFE
    return "�" if is_no_text else character
