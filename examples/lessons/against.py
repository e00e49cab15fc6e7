"""Do formulas agree with the engine, and where do they differ?

A falling loss proves nothing: with most of the mistakes in these lessons a network still learns. Only the gradient
reveals them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

Found = Mapping[str, npt.ArrayLike]


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
    except (TypeError, ValueError, AttributeError) as error:
        return f"does not run: {error}"
    wrong = [name for name in right if not _is_close(np.asarray(right[name]), np.asarray(found[name]))]
    shapes = [(name, np.shape(found[name]), np.shape(right[name])) for name in wrong]
    others = [f" ({name} has the shape {one} for {other})" for name, one, other in shapes if one != other]
    return f"wrong: {', '.join(wrong)}{''.join(others[:1])}" if wrong else "right"


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
