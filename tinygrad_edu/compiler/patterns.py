"""How are thousands of lines of a few kinds written at once?

A graph in which nothing has a partner is thousands of lines such as `dt7 = dt9 * np.cos(t7)`: of few kinds, with other
names. A *pattern* is a formula of scalars with blanks. A *hand* makes of each pattern, once, a function that fills its
blanks: with the text of a language, or with formulas for whoever asks for those.

Names to know: `Pattern`, `Hand`, `Texts`, `Formulas`. Read next: `loop_lines.py`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, Protocol, TypeVar, overload

from tinygrad_edu.compiler.expressions import MOST_SOURCES
from tinygrad_edu.compiler.formulas import Apply, Formula, Name, Number, Plus
from tinygrad_edu.compiler.languages.printer import is_enclosed
from tinygrad_edu.compiler.source import Line
from tinygrad_edu.rule import CALL, PRODUCT, SUM, Rule
from tinygrad_edu.rules import neg, sub

BLANK = re.compile("\0(\\d+)\0")

T = TypeVar("T")  # what a hand writes: texts, or formulas
Out = TypeVar("Out", covariant=True)


class Blank(Name):
    """What stands for something else in a pattern, and how tightly that binds."""

    def __init__(self, place: int, level: int = CALL.level) -> None:
        super().__init__(f"\0{place}\0", ())  # no name has a NUL in it
        self.place = place
        self.level = level


class Pattern:
    """A formula of scalars with blanks; or what is taken away, as a term of a sum.

    Attributes:
        formula: the formula.
        is_less: whether it is taken away.
        reads: which blanks are in it.
        can_be_inside: whether it may stand in another one as it stands alone.

    >>> from tinygrad_edu.rules import mul
    >>> pattern = Pattern(Apply(mul, (Blank(1), Blank(0))))
    >>> [part.name for part in pattern.filled(Name("a", ()), Name("b", ())).parts], sorted(pattern.reads)
    (['b', 'a'], [0, 1])
    """

    def __init__(self, formula: Formula, *, is_less: bool = False) -> None:
        self.formula = formula
        self.is_less = is_less
        self.reads = frozenset(part.place for part in formula.walk() if isinstance(part, Blank))
        self.can_be_inside = not (is_less or (isinstance(formula, Apply) and _is_special(formula.rule)))

    @property
    def signed(self) -> Formula:
        """The formula as it stands alone: with a minus, if it is taken away."""
        return Apply(neg, (self.formula,)) if self.is_less else self.formula

    def filled(self, *parts: Formula) -> Formula:
        """The formula with others in its blanks."""
        return _filled(self.formula, parts)


def _is_special(rule: Rule) -> bool:
    """Whether a row is written in another way inside a formula than alone."""
    return rule is neg or bool(rule.condition) or (rule.binding is CALL and is_enclosed(rule.numpy or ""))


def _filled(formula: Formula, parts: Sequence[Formula]) -> Formula:
    if isinstance(formula, Blank):
        return parts[formula.place]
    if not formula.parts:
        return formula
    found = copy.copy(formula)
    found.parts = tuple(_filled(part, parts) for part in formula.parts)
    return found


class Written(Protocol[Out]):
    """A pattern as functions of what its blanks stand for."""

    pattern: Pattern

    @property
    def alone(self) -> Callable[..., Out]:
        """As a whole line, or inside another pattern."""

    @property
    def first(self) -> Callable[..., Out]:
        """As the first term of a sum."""

    @property
    def later(self) -> Callable[..., Out]:
        """As a later term."""

    @property
    def level(self) -> int:
        """How tightly it binds."""


Term = tuple[Written[T], Sequence[T]]  # of a sum: a pattern, and what its blanks stand for


class Hand(Protocol[T]):
    """Who writes: in a language, or formulas."""

    def name(self, name: str) -> T:
        """What has a name."""

    def number(self, number: float) -> T:
        """A number."""

    def written(self, pattern: Pattern) -> Written[T]:
        """A pattern, to be filled in again and again."""

    def sum(self, terms: Sequence[Term[T]]) -> T:
        """The sum of at least two terms."""

    def line(self, name: str, of: T, scalar: int) -> Any:
        """A line: its name, what it computes, and the number of the scalar."""


class Printing(Protocol):
    """What a language writes formulas with."""

    def expression(self, formula: Formula) -> str:
        """A formula as a whole line."""

    def number(self, number: float) -> str:
        """A number."""

    def text(self, formula: Formula, need: int = 0) -> str:
        """A formula where something that binds so tightly is needed."""

    def level(self, formula: Formula) -> int:
        """How tightly a formula binds."""


class Texts:
    """Writes texts of a language."""

    def __init__(self, printer: Printing) -> None:
        self.printer = printer

    def name(self, name: str) -> str:
        """A name is its own text."""
        return name

    def number(self, number: float) -> str:
        """The text of a number."""
        return self.printer.number(number)

    def written(self, pattern: Pattern) -> Written[str]:
        """The text of a pattern, as templates."""
        return Templates(pattern, self.printer)

    def sum(self, terms: Sequence[Term[str]]) -> str:
        """Terms with + and - between them; very many in groups, for Python cannot read thousands of +."""
        if len(terms) > MOST_SOURCES:
            first, *rest = map(self.sum, _groups(terms))
            return first + "".join([f" + ({group})" for group in rest])
        (written, parts), *others = terms
        return written.first(*parts) + "".join([written.later(*parts) for written, parts in others])

    def line(self, name: str, of: str, scalar: int) -> str:  # noqa: ARG002
        """A line of text."""
        return f"{name} = {of}"


class Templates:
    """The texts of a pattern, each made when it is needed."""

    def __init__(self, pattern: Pattern, printer: Printing) -> None:
        self.pattern, self._printer = pattern, printer

    @cached_property
    def alone(self) -> Callable[..., str]:
        """As a whole line."""
        return _template(self._printer.expression(self.pattern.signed))

    @cached_property
    def first(self) -> Callable[..., str]:
        """Where a sum begins."""
        return _template(self._printer.text(self.pattern.signed, SUM.level))

    @cached_property
    def later(self) -> Callable[..., str]:
        """With + or - before it."""
        sign = "-" if self.pattern.is_less else "+"
        return _template(f" {sign} {self._printer.text(self.pattern.formula, PRODUCT.level)}")

    @cached_property
    def level(self) -> int:
        """How tightly it binds."""
        return self._printer.level(self.pattern.signed)


def _template(text: str) -> Callable[..., str]:
    return BLANK.sub(r"{\1}", text.replace("{", "{{").replace("}", "}}")).format


class Formulas:
    """Writes formulas."""

    def name(self, name: str) -> Formula:
        """A name as a formula."""
        return Name(name, ())

    def number(self, number: float) -> Formula:
        """A number as a formula."""
        return Number(number)

    def written(self, pattern: Pattern) -> Written[Formula]:
        """The formula of a pattern; whether a term is taken away, its sum says."""
        return Forms(pattern)

    def sum(self, terms: Sequence[Term[Formula]]) -> Formula:
        """a + b - c: runs of terms that are added, and between them those that are taken away."""
        if len(terms) > MOST_SOURCES:
            return Plus([self.sum(group) for group in _groups(terms)])
        (written, parts), *others = terms
        run = [written.alone(*parts)]
        for written, parts in others:
            if written.pattern.is_less:
                run = [Apply(sub, (_added(run), written.later(*parts)))]
            else:
                run.append(written.later(*parts))
        return _added(run)

    def line(self, name: str, of: Formula, scalar: int) -> Line:
        """A line as data."""
        return Line(name, of, 1, scalar)


class Forms:
    """The formulas of a pattern; whether a term is taken away, its sum says."""

    level = CALL.level  # a formula needs no parentheses

    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern
        self.alone = self.first = Pattern(pattern.signed).filled
        self.later = pattern.filled


def _added(run: Sequence[Formula]) -> Formula:
    return run[0] if len(run) == 1 else Plus(run)


def _groups(terms: Sequence[Term[T]]) -> list[Sequence[Term[T]]]:
    """Many terms in a few rows of about the same length."""
    size = MOST_SOURCES
    while size * MOST_SOURCES < len(terms):
        size *= MOST_SOURCES
    rows = -(-len(terms) // size)
    bounds = [len(terms) * row // rows for row in range(rows + 1)]
    return [terms[start:stop] for start, stop in pairwise(bounds)]


class Filled(Sequence[Line]):
    """Lines of a few patterns. They were written in one language, and are written again if others are asked for."""

    def __init__(self, again: Callable[[Hand[Any]], Iterable[Any]], printer: type, texts: Sequence[str]) -> None:
        """What writes them, and the texts that a printer has written already."""
        self._again = again
        self._printer = printer
        self._texts = texts

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """All of them, as formulas."""
        return tuple(self._again(Formulas()))

    def texts(self, printer: Printing) -> Iterable[str]:
        """All of them, as a printer writes them."""
        return self._texts if type(printer) is self._printer else self._again(Texts(printer))

    @overload
    def __getitem__(self, place: int) -> Line: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Line]: ...
    def __getitem__(self, place: int | slice) -> Line | Sequence[Line]:
        return self.lines[place]

    def __len__(self) -> int:
        return len(self._texts)
