"""What if a name is not one of the choices?

Names to know: `unknown`, `nearest`. Read next: `files.py`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from tinygrad_edu.errors import OptionError


def unknown(
    option: str,
    given: object,
    choices: Iterable[str],
    *,
    call: str = "{}",
    other: str = "",
    meant: str | None = None,
) -> OptionError:
    """The error for a name that is not one of the choices, with the nearest one.

    >>> print(unknown("lang", "eng", ["zh", "en"], call="player(f, {})"))
    player(f, lang='eng')
      what is wrong:  the choices are zh, en
      write instead:  lang='en'

    Args:
        option: what is chosen.
        given: the name.
        choices: those there are.
        call: what was called, around the option.
        other: what else might have been meant, beside the nearest name.
        meant: the name that is meant, if that is known.
    """
    names = list(choices)
    best = meant or [*nearest(str(given), names), *names][0]
    asked, wrong = call.format(f"{option}={given!r}"), f"the choices are {', '.join(names)}"
    return OptionError(asked, wrong, instead="; or ".join(filter(None, [f"{option}={best!r}", other])))


def nearest(given: str, names: Iterable[str]) -> list[str]:
    """The name that looks most like the one given, if any does; capital letters matter only if small ones fail.

    >>> nearest("sigmoyd", ["tanh", "sigmoid"]), nearest("SIN", ["sin", "sinh"]), nearest("?", ["tanh"])
    (['sigmoid'], ['sin'], [])
    """
    known = list(names)
    in_small = {name.lower(): name for name in reversed(known)}
    found = difflib.get_close_matches(given, known, n=1)
    return found or [in_small[name] for name in difflib.get_close_matches(given.lower(), list(in_small), n=1)]
