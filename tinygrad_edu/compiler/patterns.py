"""How are thousands of lines of one kind written at once?

A graph in which nothing has a partner is thousands of lines such as `dt7 = dt9 * np.cos(t7)`: of few kinds, with other
names. A *pattern* is a formula of scalars with blanks, and a line is a sum of patterns, each with what stands in its
blanks. A language writes the pattern once, and fills in the names. Whoever reads the lines as formulas gets formulas.

Names to know: `Pattern`, `Term`, `Filled`. Read next: `loop_lines.py`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise, starmap
from typing import NamedTuple, overload

from tinygrad_edu.compiler.expressions import MOST_SOURCES
from tinygrad_edu.compiler.formulas import Apply, Formula, Name, Number, Plus
from tinygrad_edu.compiler.source import Line
from tinygrad_edu.rules import neg, sub

BLANK = re.compile("\0(\\d+)\0")


class Pattern:
    """A formula of scalars, in which names stand for blanks; or what is taken away, as a term of a sum.

    >>> from tinygrad_edu.rules import mul
    >>> pattern = Pattern(Apply(mul, (blank(1), blank(0))))
    >>> [name.name for name in pattern.filled(("t1", "0.5"), {"0.5": 0.5}).parts if isinstance(name, Name)]
    ['t1']
    """

    def __init__(self, formula: Formula, *, is_less: bool = False) -> None:
        self.formula = formula
        self.is_less = is_less
        self.is_itself = isinstance(formula, Name) and not is_less

    def filled(self, texts: Sequence[str], numbers: Mapping[str, float]) -> Formula:
        """The formula with names, or numbers, in its blanks."""
        return _filled(self.formula, {_sign(place): text for place, text in enumerate(texts)}, numbers)


def blank(place: int, *, is_negative: bool = False) -> Name:
    """What the text at a place stands for; a negative number needs parentheses where a name does not."""
    return (Minus if is_negative else Name)(_sign(place), ())


def _sign(place: int) -> str:
    return f"\0{place}\0"  # no name has a NUL in it


class Minus(Name):
    """A blank for a negative number."""


class Term(NamedTuple):
    """A pattern, and the names and the numbers in its blanks."""

    pattern: Pattern
    texts: tuple[str, ...]


class Templates(NamedTuple):
    """A pattern in a language, as templates: where it stands alone, and as the first or a later term of a sum."""

    alone: str
    first: str
    later: str

    @classmethod
    def of(cls, *texts: str) -> Templates:
        """The texts of a pattern, in this order, as templates."""
        return cls(*(BLANK.sub(r"{\1}", text.replace("{", "{{").replace("}", "}}")) for text in texts))


class Sum(NamedTuple):
    """One line: its name, its terms, and the number of the scalar."""

    name: str
    terms: Sequence[Term]
    scalar: int


class Filled(Sequence[Line]):
    """Lines that are sums of patterns; each is a `Line` if somebody looks at it."""

    def __init__(self, sums: Sequence[Sum], numbers: Mapping[str, float]) -> None:
        """The lines, and the number for each text in them that is not a name."""
        self.sums = sums
        self.numbers = numbers

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """All of them, as formulas."""
        return tuple(Line(name, self._formula(terms), 1, scalar) for name, terms, scalar in self.sums)

    def texts(self, written: Callable[[Pattern], Templates]) -> Iterator[str]:
        """All of them, in the language that a pattern is written in."""
        for name, terms, _ in self.sums:
            if len(terms) == 1:
                ((pattern, texts),) = terms
                yield f"{name} = {written(pattern).alone.format(*texts)}"
            else:
                yield f"{name} = {_text(terms, written)}"

    def _formula(self, terms: Sequence[Term]) -> Formula:
        if len(terms) <= MOST_SOURCES:
            found = [term.pattern.filled(term.texts, self.numbers) for term in terms]
            return _sum_of(found, [term.pattern.is_less for term in terms])
        return Plus([self._formula(part) for part in _parts(terms)])

    @overload
    def __getitem__(self, place: int) -> Line: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Line]: ...
    def __getitem__(self, place: int | slice) -> Line | Sequence[Line]:
        return self.lines[place]

    def __len__(self) -> int:
        return len(self.sums)


def _filled(formula: Formula, texts: Mapping[str, str], numbers: Mapping[str, float]) -> Formula:
    if isinstance(formula, Name):
        text = texts[formula.name]
        return Number(numbers[text]) if text in numbers else Name(text, ())
    if not formula.parts:
        return formula
    found = copy.copy(formula)
    found.parts = tuple(_filled(part, texts, numbers) for part in formula.parts)
    return found


def _sum_of(formulas: Sequence[Formula], are_less: Sequence[bool]) -> Formula:
    """a + b - c: runs of terms that are added, and between them those that are taken away."""
    run = [Apply(neg, (formulas[0],)) if are_less[0] else formulas[0]]
    for formula, is_less in zip(formulas[1:], are_less[1:], strict=True):
        if is_less:
            run = [Apply(sub, (_added(run), formula))]
        else:
            run.append(formula)
    return _added(run)


def _added(run: Sequence[Formula]) -> Formula:
    return run[0] if len(run) == 1 else Plus(run)


def _text(terms: Sequence[Term], written: Callable[[Pattern], Templates]) -> str:
    if len(terms) <= MOST_SOURCES:
        (pattern, texts), *others = terms
        later = starmap(lambda pattern, texts: written(pattern).later.format(*texts), others)
        return written(pattern).first.format(*texts) + "".join(later)
    first, *rest = (_text(part, written) for part in _parts(terms))
    return first + "".join(f" + ({part})" for part in rest)


def _parts(terms: Sequence[Term]) -> list[Sequence[Term]]:
    """Many terms in a few rows of about the same length."""
    size = MOST_SOURCES
    while size * MOST_SOURCES < len(terms):
        size *= MOST_SOURCES
    rows = -(-len(terms) // size)
    bounds = [len(terms) * row // rows for row in range(rows + 1)]
    return [terms[start:stop] for start, stop in pairwise(bounds)]
