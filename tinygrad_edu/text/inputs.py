"""What numbers do the inputs of an expression have, before the caller gives them others?

    with_numbers("(x + y) * z", {"x": 5.0})        {'x': 5.0, 'y': 2.0, 'z': -1.0}

Numbers that differ from each other, so that it shows which of them went where, and of both signs. Where an operation
is not defined for these, others are tried that keep to the domains more often. The page does the same, in JavaScript
(`viz/page/assets/engine/inputs.js`).

Names to know: `with_numbers`, `inputs_of`. Read next: `typed.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from tinygrad_edu.errors import DomainError
from tinygrad_edu.text.parsing import CONSTANTS, OTHER_NUMBERS, parse
from tinygrad_edu.text.reading import as_python_reads, function_of, read

PATTERNS = (
    (2.0, -1.0, 3.0, 0.5, -2.0, 1.5, -3.0, 4.0),
    (2.0, 3.0, 0.5, 4.0, 1.5, 5.0, 2.5, 6.0),  # for log(x * y)
    (4.0, 3.0, 2.0, 1.5, 1.25, 0.75, 0.5, 0.25),  # for log(x - y)
    (0.25, 0.5, 0.75, 1.25, 1.5, 2.0, 3.0, 4.0),  # for log(-x + y)
)  # in this order, each is a first try for the inputs from left to right
FARTHER = 0.25  # from 0, in each further round through a pattern


def inputs_of(text: str) -> list[str]:
    """The names that a text reads before it gives them a meaning, in order.

    A function without its brackets, and the names of well-known numbers, are not inputs: `parse` explains these.

    Raises:
        ExpressionError: if it is not one expression or several.

    >>> inputs_of("q = x + y; f = q * z + inf")
    ['x', 'y', 'z']
    """
    found: dict[str, None] = {}
    made = {*CONSTANTS, *OTHER_NUMBERS}
    for statement in read(text):
        names = [as_python_reads(each.text) for each in statement.instructions if each.kind == "name"]
        found |= dict.fromkeys(name for name in names if name not in made and not function_of(name))
        if statement.target:
            made.add(as_python_reads(statement.target.text))
    return list(found)


def with_numbers(text: str, given: Mapping[str, float]) -> dict[str, float]:
    """A number for each input of a text: the one that is given, or else one that no other input has.

    Raises:
        ExpressionError: if it is not one expression or several.

    >>> with_numbers("log(x - y)", {})
    {'x': 2.0, 'y': -1.0}
    >>> with_numbers("log(x * y)", {})
    {'x': 2.0, 'y': 3.0}
    """
    names = inputs_of(text)
    tries = [_completed(names, given, pattern) for pattern in PATTERNS]
    return next((numbers for numbers in tries if _is_defined(text, numbers)), tries[0])


def _completed(names: Iterable[str], given: Mapping[str, float], pattern: Iterable[float]) -> dict[str, float]:
    taken = {given[name] for name in names if name in given}
    free = (number for number in _numbers(tuple(pattern)) if number not in taken)
    return {name: given[name] if name in given else next(free) for name in names}


def _numbers(pattern: tuple[float, ...]) -> Iterator[float]:
    """The numbers of a pattern, then the same farther from 0, each once."""
    seen = set()
    for turn in count():
        for number in pattern:
            farther = number + (FARTHER * turn if number > 0 else -FARTHER * turn)
            if farther not in seen:
                seen.add(farther)
                yield farther


def _is_defined(text: str, numbers: Mapping[str, float]) -> bool:
    try:
        parse(text, **numbers)
    except DomainError:
        return False
    return True
