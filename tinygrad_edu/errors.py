"""What can go wrong, and what to write instead?

Every error of this package is one of these, and each is also the built-in error a caller would catch:

    TinygradError
    ├── NumberError       (TypeError)           something that is not a real number met a Value
    ├── DomainError       (ValueError)          a function was called where it is not defined
    │   └── PoleError     (ZeroDivisionError)   the same, where the result would be infinite
    ├── ExpressionError   (ValueError)          a text that is not an expression
    ├── StaleGraphError   (RuntimeError)        a graph whose numbers changed after it was made
    ├── GraphError        (ValueError)          a graph that cannot be read as asked
    ├── TraceError        (ValueError)          a text that holds no trace
    ├── SizeError         (ValueError)          two sizes that do not fit together
    ├── OptionError       (ValueError)          a name or number that is not one of the choices
    ├── CompileError      (RuntimeError)        a compiled program that differs from its graph: our bug
    ├── DivergedError     (ArithmeticError)     a training whose loss has become inf or NaN
    ├── FileError         (ValueError)          a file that does not hold what it should
    ├── MissingError      (ImportError)         a package that is needed and not installed
    ├── AnomalyError      (ArithmeticError)     the first inf or NaN, found by detect_anomaly
    └── DrawingError      (RuntimeError)        a picture that could not be made

A message has up to four parts: what was asked, what is wrong, where it came from, what to write instead.

Read next: `show.py`.
"""

from __future__ import annotations

from typing import Self


class TinygradError(Exception):
    """The root of the tree: catch it to catch everything this package raises on purpose.

    >>> print(TinygradError("log(x) at x = -2", "log needs x > 0", origin="x is a - b", instead="log(abs(x))"))
    log(x) at x = -2
      what is wrong:  log needs x > 0
      where from:     x is a - b
      write instead:  log(abs(x))
    """

    def __init__(self, asked: str, wrong: str = "", *, origin: str = "", instead: str = "") -> None:
        parts = {"what is wrong:": wrong, "where from:": origin, "write instead:": instead}
        lines = [f"  {title:<15} {text}" for title, text in parts.items() if text]
        super().__init__("\n".join([asked, *lines]))
        self.asked, self.wrong, self.origin, self.instead = asked, wrong, origin, instead

    def with_instead(self, instead: str) -> Self:
        """The same error with other advice: at the command line a command, where it is a line of Python in Python."""
        return type(self)(self.asked, self.wrong, origin=self.origin, instead=instead)


class NumberError(TinygradError, TypeError):
    """Something that is not a real number met a Value: a string, a complex number, a whole array."""


class DomainError(TinygradError, ValueError):
    """A function was called where it is not defined, such as log(-1)."""


class PoleError(DomainError, ZeroDivisionError):
    """A function was called where it would be infinite, such as 1 / 0."""


class ExpressionError(TinygradError, ValueError):
    """A text that is not an expression; the message marks the place under the text.

    Attributes:
        place: the line that is wrong, and from which of its characters to which; None if it is not one line.
    """

    place: tuple[str, int, int] | None = None


class StaleGraphError(TinygradError, RuntimeError):
    """A number changed after the graph that uses it was made, so the two no longer agree."""


class GraphError(TinygradError, ValueError):
    """A graph that cannot be read as asked, such as the gradient of something that is not a Value."""


class TraceError(TinygradError, ValueError):
    """A text that holds no trace of the chain rule, or a damaged one."""


class SizeError(TinygradError, ValueError):
    """Two sizes that do not fit together; the message names both."""


class OptionError(TinygradError, ValueError):
    """A name or a number that is not one of the choices; the message lists them."""


class CompileError(TinygradError, RuntimeError):
    """A compiled program that does not give the numbers of its graph: a bug of the compiler."""


class DivergedError(TinygradError, ArithmeticError):
    """A training whose loss has become inf or NaN."""


class FileError(TinygradError, ValueError):
    """A file that does not hold what it should: a model, or a table.

    Attributes:
        columns: of a table, those that cannot be used, if all is well without them.
    """

    columns: tuple[str, ...] = ()


class MissingError(TinygradError, ImportError):
    """A package that is needed for what was asked, and is not installed."""


class AnomalyError(TinygradError, ArithmeticError):
    """The first inf or NaN in a graph or a sweep; raised inside `detect_anomaly`."""


class DrawingError(TinygradError, RuntimeError):
    """A picture that could not be made."""


# What code raises that does not fit what it is given, be it a user's loss or the compiler. Left out is what does not
# come from the code: an interrupt, too little memory, and what files and the system raise.
MISTAKES = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, NameError),
    *(RuntimeError, SyntaxError, TypeError, ValueError, TinygradError),
)


class GradientWarning(UserWarning):
    """A gradient that is computed as asked, but probably not what was meant; `docs/reliability.md` explains it."""
