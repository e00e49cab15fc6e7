"""What can be wrong with an expression, where, and what is to be written instead?

A table with one row for each mistake: (what is wrong, what to write instead), with places that are filled in. The page
reads the same table, so a mistake is explained there in the same words.

Names to know: `MISTAKES`, `mistake`, `in_width`. Read next: `inputs.py`.
"""

from __future__ import annotations

import re
import unicodedata

from tinygrad_edu.errors import ExpressionError
from tinygrad_edu.show import cells

BEFORE, WIDEST = 40, 66  # characters: of a line that is cut, so many before the mark, and in all
NARROWEST = 8  # columns of a line, however narrow the terminal
HEADER, INDENT = "in the expression\n\n", "    "

PRODUCTS = "2 * x, (x + y) * z: every product needs its *, every bracket its pair"
CLOSED = "the one that closes it, behind the last of what belongs inside, as in 2 * (x + y)"
OPENED = "the one that opens it, before the first of what belongs inside, as in (x + y) * z; or no bracket here"
PARTS = "numbers, names, + - * / ** and the functions of the rule table"

# fmt: off
MISTAKES: dict[str, tuple[str, str]] = {
    # Signs and characters
    "power_sign":    ("`^` is not an operator here", "x ** 2 for a power"),
    "raised":        ("a power is written with **, and `{raised}` is not read", "{base} ** {power}"),
    "root":          ("`{sign}` is not read as a function", "sqrt(x)"),
    "fraction":      ("`{sign}` is not read as a number", "{number}"),
    "infinity":      ("`{sign}` is not read as a number", "inf"),
    "bars":          ("bars are not read as brackets", "abs(x)"),
    "comparison":    ("a comparison is not a number", "step(x - y), maximum(x, y) or relu(x)"),
    "operator":      ("this operator is not defined for Values", "one of + - * / **"),
    "assignment":    ("only `name = expression` and expressions can stand here", "q = x + y; q * z"),
    "target":        ("one name stands on the left of `=`", "q = x + y"),
    "quoted":        ("{quoted} is not a number", "a number or a name"),
    "unseen":        ("there is a character here that cannot be seen, {code}", "the line again, without it"),
    "part":          ("this is not part of an expression", PARTS),
    "keyword":       ("`{word}` is a word of Python, and not part of an expression", PARTS),
    "truth":         ("{word} is not a number", "1 or 0"),
    # What stands beside what
    "no_operator":   ("there is no operator between {left} and {right}", "{left} * {right}"),
    "no_brackets":   ("the argument of a function stands in brackets", "{left}({right})"),
    "two_numbers":   ("two numbers stand side by side", "one number, or an operator between them"),
    "index":         ("a name is not a list, and has no elements", "a name for each number: x0, x1"),
    "missing":       ("a number or a name is missing before `{sign}`", PRODUCTS),
    "missing_end":   ("a number or a name is missing at the end", PRODUCTS),
    "empty":         ("there is nothing to compute", "an expression, such as (x + y) * z"),
    # Brackets
    "never_closed":  ("this bracket is never closed", CLOSED),
    "never_opened":  ("this bracket was never opened", OPENED),
    "other_bracket": ("`{closing}` does not close `{opening}`", PRODUCTS),
    "nothing_in":    ("there is nothing in these brackets", "(x + y) * z"),
    "comma":         ("a comma can only stand between the arguments of a function", "1.5 with a point, maximum(x, y)"),
    "list":          ("a list can only stand inside dot([...], [...]) or logsumexp([...])", "one expression"),
    # Names, numbers and functions
    "no_value":      ("{name} has no value", "{advice}"),
    "no_function":   ("there is no function {name}", "{advice}"),
    "by_name":       ("a function is called by its name, with its arguments in order", "maximum(x, 0)"),
    "lists":         ("{takes}", "{signature}"),
    "arguments":     ("{takes}, and here {are}", "{signature}"),
    "too_large":     ("this number is larger than any float (about 1.8e308)", "inf, or a smaller unit"),
    "taken":         ("{name} already has a meaning, and one name stands for one node", "{name}2 = ..."),
    "constant":      ("{name} is a number here", "{name}2 = ..."),
    # Sizes
    "brackets":      ("more than {most} brackets inside each other", "q = ...; then use q"),
    "nested":        ("more than {most} brackets, signs and powers inside each other", "q = ...; then use q"),
    "chain":         ("more than {most} operators in a row", "q = ...; then use q"),
}
# fmt: on


def mistake(text: str, start: int, end: int, key: str, **places: object) -> ExpressionError:
    """The error for what stands in a text from `start` to `end`: its line, with the place marked under it.

    >>> print(mistake("x + yy", 4, 6, "no_value", name="yy", advice="y, or give it one: yy=1.0"))
    in the expression
    <BLANKLINE>
        x + yy
            ^^
      what is wrong:  yy has no value
      write instead:  y, or give it one: yy=1.0
    """
    wrong, instead = (part.format(**places) for part in MISTAKES[key])
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    line = re.split("[\r\n]", text[line_start:], maxsplit=1)[0]
    place = line, start - line_start, end - line_start
    error = ExpressionError(HEADER + _marked(*place), wrong, instead=instead)
    error.place = place
    return error


def _marked(line: str, start: int, end: int) -> str:
    """The line, without its indentation and cut to fit a terminal, with the place underlined."""
    indent = len(line) - len(line.lstrip(" \t"))
    first = max(min(indent, start), start - BEFORE)
    shown = "".join(map(_seen, line[first : first + WIDEST]))
    width = max(1, min(end - start, len(shown) - (start - first)))
    return f"{INDENT}{shown}\n{INDENT}{' ' * (start - first)}{'^' * width}"


def in_width(error: ExpressionError, width: float) -> ExpressionError:
    """The same error for a terminal: of a line that is too wide, what stands around the mistake.

    Columns are counted, not characters: a Chinese one takes two of them, and two marks.

    Args:
        error: what is wrong.
        width: columns of the terminal.

    >>> print(in_width(mistake("first + second * third + fourrth", 25, 32, "no_value", name="", advice=""), 24).asked)
    in the expression
    <BLANKLINE>
        … * third + fourrth
                    ^^^^^^^
    """
    if error.place is None:
        return error
    room = max(NARROWEST, int(min(width - len(INDENT), WIDEST)))
    marked = _around(*error.place, room)
    return ExpressionError(HEADER + marked, error.wrong, instead=error.instead)


def _around(line: str, start: int, end: int, room: int) -> str:
    """The line with the place underlined; if it takes more columns than there are, a part with … for the rest."""
    indent = min(start, len(line) - len(line.lstrip(" \t")))
    shown, start, end = "".join(map(_seen, line))[indent:], start - indent, end - indent
    left, right = _part(shown, start, end, room)
    before = "…" * (left > 0) + shown[left:start]
    text = before + shown[start:right] + "…" * (right < len(shown))
    mark = "^" * max(1, cells(shown[start : min(end, right)]))
    return f"{INDENT}{text}\n{INDENT}{' ' * cells(before)}{mark}"


def _part(line: str, start: int, end: int, room: int) -> tuple[int, int]:
    """From where to where a line is shown: all of it, or the place and as much on both sides as there is room for."""
    free = room - (start == len(line))  # at the end, the mark takes a column of its own
    if cells(line) <= free:
        return 0, len(line)
    free -= len("……")
    left = right = start
    while right < end and cells(line[left : right + 1]) <= free:
        right += 1
    while True:
        before = left > 0 and cells(line[left - 1 : right]) <= free
        left -= before
        after = right < len(line) and cells(line[left : right + 1]) <= free
        right += after
        if not before and not after:
            return left, right


def is_unseen(character: str) -> bool:
    """Whether a character shows nothing itself: a control character, one that turns the direction of writing."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co")


def _seen(character: str) -> str:
    """A character as one that takes the same room, and that a terminal does not obey."""
    return " " if character == "\t" else "\N{REPLACEMENT CHARACTER}" if is_unseen(character) else character
