"""Which numbers can a network learn from?

Real ones, in an array. NumPy silently turns much else into an array of floats: it drops the imaginary part of a complex
number, and turns None into NaN and the string "3" into 3. Here such things are refused, with their place.

Names to know: `as_floats`, `place_not_finite`, `refuse_masked`. Read next: `objectives.py`.
"""

from __future__ import annotations

import reprlib
from typing import Any, SupportsFloat

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_edu.errors import NumberError, SizeError

Floats = NDArray[np.float64]


def as_floats(numbers: ArrayLike, asked: str, name: str = "X") -> Floats:
    """Real numbers as an array of float64, in the shape they have.

    Args:
        numbers: an array, or lists of lists.
        asked: what they are for, as an error names it: "fit".
        name: what they are called there: "X".

    Raises:
        NumberError: if one is complex, a string, None, or larger than any float.
        SizeError: if the rows have different lengths.

    >>> as_floats([[1, 2], [3, 4]], "fit").tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    >>> as_floats([[1, 2j]], "fit")
    Traceback (most recent call last):
    ...
    tinygrad_edu.errors.NumberError: fit with 2j at X[0, 1]
      what is wrong:  complex is not a real number
      write instead:  X.real, or X.imag, or both as columns
    """
    try:
        array = np.asarray(numbers)
    except ValueError as error:
        why = f"its rows have different lengths, and so are not an array: {error}"
        raise SizeError(f"{asked} with {name}", why, instead="as many numbers in every row") from None
    refuse_masked(numbers, asked, name)
    if array.dtype.kind in "biuf":
        return array.astype(np.float64, copy=False)
    wrong = [place for place in np.ndindex(array.shape) if not _is_real(array[place])]
    if wrong:
        place = next((place for place in wrong if np.imag(array[place])), wrong[0]) if _is_complex(array) else wrong[0]
        raise _refused(array[place], asked, name, place)
    return array.astype(np.float64)


def place_not_finite(numbers: Floats) -> tuple[int, ...] | None:
    """Where the first inf or NaN of an array is.

    >>> place_not_finite(np.array([[1.0, 2.0], [np.nan, 4.0]]))
    (1, 0)
    """
    places = np.argwhere(~np.isfinite(numbers))
    return tuple(places[0].tolist()) if len(places) else None


def refuse_masked(numbers: ArrayLike, asked: str, name: str) -> None:
    """An array does not say which of its numbers are masked, and what is left under a mask may be anything.

    Raises:
        NumberError: if one is masked; see `as_floats` for what is given.
    """
    hidden: Any = np.ma.getmaskarray(numbers) if isinstance(numbers, np.ma.MaskedArray) else np.zeros(())
    if hidden.any():
        place = tuple(np.argwhere(hidden)[0].tolist())
        instead = f"{name}.filled(0.0), or {name} without the samples that are incomplete"
        raise NumberError(f"{asked} with {at(name, place)}", "it is masked, and so is not a number", instead=instead)


def _is_complex(thing: Any) -> bool:
    return bool(np.iscomplexobj(thing))


def _is_real(cell: Any) -> bool:
    if not isinstance(cell, SupportsFloat) or isinstance(cell, str | bytes | np.void) or _is_complex(cell):
        return False
    try:
        float(cell)
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def _refused(cell: Any, asked: str, name: str, place: tuple[int, ...]) -> NumberError:
    cell = cell.item() if isinstance(cell, np.generic) else cell
    wrong, instead = f"{type(cell).__name__} is not a real number", f"{name} of numbers alone"
    shown = reprlib.repr(cell)
    if _is_complex(cell):
        instead = f"{name}.real, or {name}.imag, or both as columns"
    elif isinstance(cell, str | bytes):
        instead = f"np.array({name}, dtype=float), if every string is a number; else a column of 0 and 1 for each word"
    elif isinstance(cell, int):
        shown, wrong = f"an int of {cell.bit_length()} bits", "it is larger than any float (about 1.8e308)"
    elif cell is None:
        instead = f"{name} without the samples that are incomplete"
    return NumberError(f"{asked} with {shown} at {at(name, place)}", wrong, instead=instead)


def at(name: str, place: tuple[int, ...]) -> str:
    """A place in an array, as it is written in Python.

    >>> at("X", (0, 3))
    'X[0, 3]'
    """
    return f"{name}[{', '.join(map(str, place))}]" if place else name
