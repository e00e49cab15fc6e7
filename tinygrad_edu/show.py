"""How is a number shown to a person, and a count, and a table?

Each through one function, so that drawings, steps and messages agree, and nothing ever shows 0.30000000000000004.

Names to know: `show`, `counted`, `aligned`, `folded`. Read next: `choices.py`.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

CHINESE, OPENING, CLOSING = "\u2e80-\u2fff\u3040-\u9fff", "（《「“", "，。、；：！？）》」”…"
SPACE = re.compile("(?= )")
BREAK = re.compile(  # before a space, and on both sides of a Chinese character, if no bracket or comma holds it
    rf"(?= )|(?<=[{CHINESE}{CLOSING}])(?![ {CLOSING}])|(?<=[^ {OPENING}])(?=[{CHINESE}{OPENING}])"
)
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def show(number: float, digits: int = 4) -> str:
    """A number to `digits` significant digits, without an exponent where it can be avoided.

    >>> show(-12.0), show(0.1 + 0.2), show(-0.0), show(64203.0), show(1 / 3), show(2.5e-7), show(1234.5678)
    ('-12', '0.3', '0', '64203', '0.3333', '2.5e-7', '1234.6')
    """
    if not math.isfinite(number):
        return str(number)
    if number == int(number) and abs(number) < 1e9:
        return str(int(number))
    if abs(number) >= 10 ** (digits - 1):
        return _plain(f"{number:.1f}" if abs(number) < 1e9 else f"{number:.{digits - 1}e}")
    return _plain(f"{number:.{digits}g}")


def in_brackets(number: float, digits: int = 4) -> str:
    """The same, with brackets around a negative number, as it stands inside a product.

    >>> f"1 · {in_brackets(-4.0)}"
    '1 · (-4)'
    """
    shown = show(number, digits)
    return f"({shown})" if shown.startswith("-") else shown


def are(count: int, thing: str = "") -> str:
    """How many there are, after "here" or "there".

    >>> are(1), are(2, "column")
    ('is 1', 'are 2 columns')
    """
    return f"{'is' if count == 1 else 'are'} {counted(count, thing) if thing else count}"


def counted(count: int, thing: str) -> str:
    """A count with its thing in the singular or the plural.

    >>> counted(1, "row"), counted(0, "row"), counted(1200, "node"), counted(2**2000, "path")
    ('1 row', '0 rows', '1,200 nodes', 'about 1.1e602 paths')
    """
    return f"{show_count(count)} {plural(count, thing)}"


def plural(count: float, thing: str) -> str:
    """A thing in the singular for one, in the plural for any other number.

    >>> plural(1, "step"), plural(0.5, "step")
    ('step', 'steps')
    """
    return thing if count == 1 else f"{thing}s"


def ordinal(number: int) -> str:
    """Which one of several, from 1.

    >>> ordinal(1), ordinal(9), ordinal(11), ordinal(22)
    ('first', 'ninth', '11th', '22nd')
    """
    if number <= len(ORDINALS):
        return ORDINALS[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def show_count(count: int) -> str:
    """A count in full, as long as it is short enough to read.

    >>> show_count(1200), show_count(2**2000)
    ('1,200', 'about 1.1e602')
    """
    if count < 10**15:
        return f"{count:,}"
    magnitude = math.log10(count)
    mantissa, _, carry = f"{10 ** (magnitude % 1):.1e}".partition("e")
    return f"about {mantissa}e{int(magnitude) + int(carry)}"


def cut(text: str, longest: int) -> str:
    """A text that is too long, without its end.

    >>> cut("a long name", 8), cut("a name", 8)
    ('a long …', 'a name')
    """
    return text if len(text) <= longest else text[: longest - 1] + "…"


def aligned(rows: Iterable[Sequence[str]], sides: str = "", *, widest: float = math.inf) -> list[str]:
    r"""Rows of cells as lines, each column as wide as its widest cell is on a terminal.

    Args:
        rows: of cells, all as many.
        sides: for each column "<" or ">", the side on which its cells begin; "<" for those left out.
        widest: the width of a column at most; a cell that is wider moves the rest of its row.

    >>> print("\n".join(aligned([("w", "-4", "right"), ("学习率", "0.25", "")], "<>")))
    w         -4  right
    学习率  0.25
    """
    lines = [tuple(row) for row in rows]
    widths = [min(widest, max(map(cells, column))) for column in zip(*lines, strict=True)]
    sides = sides.ljust(len(widths), "<")
    return ["  ".join(map(_beside, row, widths, sides)).rstrip() for row in lines]


def _beside(cell: str, width: float, side: str) -> str:
    room = " " * int(width - cells(cell))
    return cell + room if side == "<" else room + cell


def cells(text: str) -> int:
    """How many columns of a terminal a text takes: Chinese characters take two, combining marks zero.

    >>> cells("x1"), cells("学习")
    (2, 4)
    """
    return sum(map(cells_of, text))


@functools.cache
def cells_of(character: str) -> int:
    """The same for one character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def beginning(text: str, room: float) -> str:
    """As much of a text as fits.

    >>> beginning("x 学习", 5)
    'x 学'
    """
    return text[: bisect_right(list(itertools.accumulate(map(cells_of, text))), room)]


def folded(text: str, width: float, hanging: str = "", *, whole: bool = False) -> list[str]:
    """A text as lines of at most so many columns, broken at a space or beside a Chinese character.

    Args:
        text: one line; spaces at its beginning stay.
        width: how many columns of a terminal there are.
        hanging: what each next line begins with.
        whole: break at spaces alone, and leave a word whole that is too wide, such as a path to copy.

    >>> folded("  v1 = x + y", 9, "    "), folded("反向：沿每条边用链式法则，上游 × 局部", 16)
    (['  v1 = x', '    + y'], ['反向：沿每条边用', '链式法则，上游 ×', '局部'])
    """
    lines, line = [], ""
    for piece in _pieces(text, SPACE if whole else BREAK):
        if line.strip() and cells(line + piece) > width:
            lines.append(line.rstrip())
            line = hanging
            piece = piece.lstrip()
        line += piece
        while cells(line) > width and not whole and (part := beginning(line, width)).strip():
            lines.append(part)
            line = hanging + line[len(part) :]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str, places: re.Pattern[str]) -> Iterator[str]:
    """What stays together: a word with the space before it, a Chinese character with the comma behind it."""
    starts = [0, *(found.start() for found in places.finditer(text) if found.start()), len(text)]
    return (text[start:end] for start, end in itertools.pairwise(starts))


def listed(words: Sequence[str], most: int | None = None) -> str:
    """Names or cells from a file, one after the other, at most so many, made safe to show.

    >>> listed(["red", "blue"]), listed(["red", "blue", "green", "gold"], 2)
    ('red, blue', 'red, blue and 2 more')
    """
    shown = words[:most]
    left_out = len(words) - len(shown)
    return ", ".join(map(printable, shown)) + (f" and {left_out:,} more" if left_out else "")


IN_ASCII: Mapping[int, int] = str.maketrans("∂·×—–−…→←━≈“”’", 'd**---~><-~""\'')  # what stands for a sign without it


def printable(text: object) -> str:
    r"""A text that came from outside, such as a column's or a file's name, made safe to show on a terminal.

    A terminal would obey a control character (clear the screen, say), and one that reverses the direction of writing
    would hide what follows it: both are shown as Python writes them. So is half a character, which is how the name of a
    file that is not UTF-8 reaches Python.

    >>> print(printable("iris\x1b[2J.csv"), printable("\u202efdp.exe"), printable("鸢尾花 größe γ.csv"))
    iris\x1b[2J.csv \u202efdp.exe 鸢尾花 größe γ.csv
    """
    shown = str(text)
    return shown if shown.isprintable() else "".join(map(_visible, shown))


def _visible(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) == "Zs":  # a space of some width
        return character
    return character.encode("unicode_escape").decode("ascii")


def _plain(text: str) -> str:
    """1e-05 becomes 1e-5, 3.140 becomes 3.14."""
    mantissa, e, exponent = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + (f"e{int(exponent)}" if e else "")
