"""Do formulas agree with the engine, and where do they differ?

A falling loss proves nothing: with some of the mistakes in these lessons a network learns as well as with the right
formulas, with others worse, and with others not at all. Which is which is measured in each lesson. Only the gradient
reveals all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

Found = Mapping[str, npt.ArrayLike]
STOPPED = (TypeError, ValueError, AttributeError, NameError, LookupError)  # what a line that does not run raises


def verdict(right: Found, formulas: Callable[[], Found]) -> str:
    """Whether formulas give the right numbers.

    Args:
        right: what the engine found, by name.
        formulas: called without arguments; returns numbers by the same names.

    Returns:
        "right"; "wrong: " and the names; or "does not run: " and why.

    >>> verdict({"db": [3.0, 4.0]}, lambda: {"db": 7.0})
    'wrong: db (db has the shape () for (2,))'
    """
    try:
        found = formulas()
    except STOPPED as error:
        return f"does not run: {error}"
    wrong = [name for name in right if not _is_close(np.asarray(right[name]), np.asarray(found[name]))]
    shapes = [(name, np.shape(found[name]), np.shape(right[name])) for name in wrong]
    others = [f" ({name} has the shape {one} for {other})" for name, one, other in shapes if one != other]
    return f"wrong: {', '.join(wrong)}{''.join(others[:1])}" if wrong else "right"


def measured(trainings: Sequence[Callable[[], float]], said: str = "{:.1f} %") -> str:
    """What some trainings come to, in words.

    Args:
        trainings: each trains, from another start, and returns how well it went.
        said: how that is written.

    >>> measured([lambda: 90.5, lambda: 91.25]), measured([lambda: undefined])
    ('90.5 %, 91.2 %', 'does not run')
    """
    try:
        with np.errstate(all="ignore"):  # a training that diverges says so by its number
            return ", ".join(said.format(train()) for train in trainings)
    except STOPPED:
        return "does not run"


def print_measured(title: str, trainings: Mapping[str, Sequence[Callable[[], float]]], said: str = "{:.1f} %") -> None:
    """Print a line for each: its name, and what its trainings come to."""
    width = max(map(len, trainings))
    print(f"{title}:")
    for name, ways in trainings.items():
        print(f"   {name:<{width}}   {measured(ways, said)}")


def _is_close(right: npt.NDArray[np.float64], found: npt.NDArray[np.float64]) -> bool:
    return found.shape == right.shape and bool(np.allclose(found, right, rtol=1e-9, atol=1e-12))


def title(book: type) -> str:
    """The first line of a book's docstring; its name, if `python -OO` has dropped docstrings.

    >>> class Hasty:
    ...     "the 1/m forgotten"
    >>> title(Hasty)
    'the 1/m forgotten'
    """
    return (book.__doc__ or book.__name__).partition("\n")[0]


def print_verdicts(right: Found, books: Mapping[str, Callable[[], Found]]) -> None:
    """Print a line for each: its name, and whether it is right."""
    width = max(map(len, books))
    for name, formulas in books.items():
        print(f"   {name:<{width}}   {verdict(right, formulas)}")
