"""What counts as a number?

Any single real number, of Python or NumPy, becomes a Python float; everything else is refused by name, with what to
write instead.

Names to know: `real`. Read next: `functions.py`.
"""

from __future__ import annotations

import reprlib
from numbers import Integral, Rational, Real
from typing import Any

from tinygrad_edu.errors import NumberError, TinygradError

LONGEST = 40  # characters of a text that an error repeats as advice


def real(number: Any) -> float:
    """Any real number as a Python float; anything else is refused by name.

    >>> real("3")
    Traceback (most recent call last):
    ...
    tinygrad_edu.errors.NumberError: '3' as the number of a Value
      what is wrong:  str is not a real number
      write instead:  float('3')
    """
    if type(number) is float:
        return number
    if isinstance(number, Real) and _kind(number) in "biuf":
        return _checked_float(number)
    if getattr(number, "shape", None) == () and _kind(number) in "biufcO":  # a NumPy bool, an array of dimension 0
        return real(number.item())
    raise _no_real_number(number)


def _kind(number: Any) -> str:
    """NumPy's letter for what an array holds: bool, int, unsigned, float, object; times and strings have others."""
    return str(getattr(getattr(number, "dtype", None), "kind", "f"))


def _checked_float(number: Any) -> float:
    try:
        return float(number)
    except OverflowError as error:
        raise NumberError(
            f"{_size(number)} as the number of a Value",
            "it is larger than any float (about 1.8e308)",
            instead="float('inf'), or a smaller unit",
        ) from error


def _size(number: Any) -> str:
    """A description of a number that is too large to be printed (Python itself refuses to write so many digits)."""
    kind = type(number).__name__
    if isinstance(number, Integral):
        return f"an int of {int(number).bit_length()} bits"
    if isinstance(number, Rational):
        above, below = int(number.numerator), int(number.denominator)
        return f"a {kind} of {above.bit_length()} bits over {below.bit_length()}"
    return f"a {kind}"


def _no_real_number(thing: Any) -> TinygradError:
    kind = type(thing).__name__
    if getattr(thing, "shape", ()) != ():
        return NumberError(
            f"an array of shape {tuple(thing.shape)} together with a Value",
            "a Value is one number, and an array is many",
            instead="[value * x for x in array], or np.array([...], dtype=object) of Values on both sides",
        )
    return NumberError(
        f"{reprlib.repr(thing)} as the number of a Value", f"{kind} is not a real number", instead=_advice(thing)
    )


def _advice(thing: Any) -> str:
    if isinstance(thing, complex):
        return "a real part and an imaginary part as two Values"
    if isinstance(thing, str) and len(thing) <= LONGEST and _is_written_number(thing):
        return f"float({str(thing)!r})"
    return "an int or a float"


def _is_written_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
