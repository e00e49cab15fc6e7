"""How is an operation on scalars written, and the chain rule along each of its edges?

Forward as a pattern with blanks for the arguments. Backward, along one edge, as upstream × local derivative, with
blanks for the arguments, the result and the upstream gradient. The local derivative is the rule table's. Each pattern
is made once, and simplified as everything is: × 1 is dropped, and what is only the upstream gradient is not computed
at all. What no pattern reads need not have a name.

Names to know: `Operations`, `Operation`, `Slope`. Read next: `singly.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Generic, NamedTuple

from tinygrad_edu.compiler.arrays import Single, Workspace
from tinygrad_edu.compiler.formulas import Apply, Formula, Number, applied_to
from tinygrad_edu.compiler.gradient import applied, recipe
from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
from tinygrad_edu.compiler.patterns import Blank, Hand, Pattern, T, Texts, Written
from tinygrad_edu.compiler.scalars import TOTAL, Balance
from tinygrad_edu.rule import CALL, SUM, Rule
from tinygrad_edu.rules import add, dot, mul, neg, sub

EMBEDDED = frozenset({0.0, 0.5, 1.0, 2.0, -1.0})  # numbers with which an operation may be a simpler one
MOST_KNOWN = 4096  # operations that are kept for the next program
GIVEN = "given"  # the kind of what has a name, and depends on no parameter

Kind = float | str | None  # of what stands in a blank: a number of those, or the sign of another number; GIVEN; how
# tightly an expression binds; None for anything else that depends on a parameter
Fixed = tuple[str | None, ...]  # for each argument the plain number that it has to be
Places = tuple[int, ...]  # of arguments
Row = tuple[Rule, int, tuple[Kind, ...], Fixed]  # a row of the table, and by which of its arguments; their kinds


def kind_of(number: float) -> Kind:
    """The kind of a number."""
    if number in EMBEDDED and (number or math.copysign(1.0, number) > 0):
        return number
    return "-" if number < 0 or (not number and math.copysign(1.0, number) < 0) else "+"


def kind_of_level(level: int) -> Kind:
    """The kind of an expression that binds so tightly."""
    return None if level >= CALL.level else f"level {level}"


LEVELS: dict[Kind, int] = {kind_of_level(level): level for level in range(CALL.level)}  # names bind tightly
LEVELS |= {"-": SUM.level, -1.0: SUM.level}


def depends(kind: Kind) -> bool:
    """Whether what is of a kind depends on a parameter."""
    return kind is None or (isinstance(kind, str) and kind.startswith("level"))


class Part(NamedTuple, Generic[T]):
    """Upstream × local derivative; and what it is, if it is only a number, or what stands in one of its blanks."""

    written: Written[T]
    alias: float | int | None


class Parts(Generic[T]):
    """What one partial of a row gives of upstream gradients of all kinds."""

    def __init__(self, hand: Hand[T], row: Row) -> None:
        self._hand, self._row = hand, row
        self._known: dict[Kind, Part[T]] = {}

    def of(self, upstream: Kind) -> Part[T]:
        """What it gives of an upstream gradient of a kind."""
        found = self._known.get(upstream)
        if found is None:
            pattern, alias = _part(*self._row, upstream)
            found = self._known[upstream] = Part(self._hand.written(pattern), alias)
        return found


class Slope(Generic[T]):
    """The chain rule along one edge.

    Attributes:
        place: of the argument.
        places: of the arguments that stand in the first blanks; the result and the upstream gradient follow.
    """

    def __init__(self, place: int, places: Places, parts: Parts[T]) -> None:
        self.place, self.places = place, places
        self.part = parts.of  # of an upstream gradient of a kind

    @property
    def reads(self) -> frozenset[int]:
        """The places of the arguments that it reads; -1 for the result."""
        known = dict(enumerate((*self.places, -1)))
        return frozenset(known[blank] for blank in self.part(None).written.pattern.reads if blank in known)


class Operation(Generic[T]):
    """An operation on arguments of some kinds.

    Attributes:
        terms: it is their sum: what is written, and the arguments in its blanks.
        alone: writes it, if it is one term of all arguments.
        slopes: along each edge to what depends on a parameter.
        same_as: the place of the argument that it is, if it is nothing else: of x · 1.
        needs: the places of the arguments that need a name: all that the way back reads.
        can_be_inside: whether it may stand in the line of its user, without a name.
        kind: of such an expression.
    """

    def __init__(
        self, terms: Sequence[tuple[Written[T], Places]], slopes: Sequence[Slope[T]], rule: Rule, kinds: Sequence[Kind]
    ) -> None:
        self.terms, self.slopes = terms, slopes
        self.alone = None if rule.many else terms[0][0].alone
        neutral = [place for place, number in enumerate(rule.neutral) if number is not None and kinds[place] == number]
        self.same_as = 1 - neutral[0] if neutral else None
        reads = frozenset[int]().union(*(slope.reads for slope in slopes))
        is_every = rule.many or self.same_as is not None
        self.needs = range(len(kinds)) if is_every else [place for place in reads if place >= 0]
        is_plain = not rule.many and terms[0][0].pattern.can_be_inside
        self.can_be_inside = bool(slopes) and is_plain and -1 not in reads
        self.kind = kind_of_level(terms[0][0].level) if self.can_be_inside else None


class Operations(Generic[T]):
    """Every operation on arguments of some kinds, in the hand of a writer: those that come again and again once."""

    def __init__(self, hand: Hand[T]) -> None:
        self.hand = hand
        self.of = lru_cache(maxsize=MOST_KNOWN)(self.new)
        self._itself = lru_cache(maxsize=MOST_KNOWN)(self._new_itself)
        self._parts = lru_cache(maxsize=MOST_KNOWN)(partial(Parts[T], hand))

    def itself(self, kind: Kind, *, is_less: bool = False) -> Written[T]:
        """What stands in the blank, or what is taken away."""
        return self._itself(kind, is_less)

    def _new_itself(self, kind: Kind, is_less: bool) -> Written[T]:
        return self.hand.written(Pattern(Blank(0, LEVELS.get(kind, CALL.level)), is_less=is_less))

    def new(self, rule: Rule, kinds: tuple[Kind, ...], fixed: Fixed) -> Operation[T]:
        """An operation, as `of` knows it afterwards; fixed are the arguments that it has to know."""
        active = [place for place, kind in enumerate(kinds) if depends(kind)]
        terms, slopes = self._terms(rule, kinds), [self._slope(rule, kinds, fixed, place) for place in active]
        return Operation(terms, slopes, rule, kinds)

    def _terms(self, rule: Rule, kinds: tuple[Kind, ...]) -> list[tuple[Written[T], Places]]:
        half = len(kinds) // 2
        if rule is dot:
            pairs = [(place, place + half) for place in range(half)]
            return [(self._product(kinds[left], kinds[right]), (left, right)) for left, right in pairs]
        if rule is TOTAL or isinstance(rule, Balance):
            plus = rule.plus if isinstance(rule, Balance) else len(kinds)
            return [(self.itself(kind, is_less=place >= plus), (place,)) for place, kind in enumerate(kinds)]
        return [(self.hand.written(Pattern(applied_to(rule, _blanks(kinds)))), tuple(range(len(kinds))))]

    def _product(self, *kinds: Kind) -> Written[T]:
        return self.of(mul, kinds, ()).terms[0][0]

    def _slope(self, rule: Rule, kinds: tuple[Kind, ...], fixed: Fixed, place: int) -> Slope[T]:
        everything = tuple(range(len(kinds)))
        if rule is dot:
            places = place, (place + len(kinds) // 2) % len(kinds)
            return self._edge(place, places, mul, 0, kinds)
        if rule is TOTAL or isinstance(rule, Balance):
            is_less = isinstance(rule, Balance) and place >= rule.plus
            return self._edge(place, (place, place), sub if is_less else add, int(is_less), kinds)
        if rule.many:
            return self._edge(place, (place,), rule, 0, kinds)
        return self._edge(place, everything, rule, place, kinds, fixed)

    def _edge(
        self, place: int, places: Places, rule: Rule, local: int, kinds: Sequence[Kind], fixed: Fixed = ()
    ) -> Slope[T]:
        row = rule, local, tuple([kinds[each] for each in places]), fixed or (None,) * len(places)
        return Slope(place, places, self._parts(row))


@lru_cache(maxsize=1)
def in_numpy() -> Operations[str]:
    """The operations in NumPy, for all programs."""
    return Operations(Texts(NumPyPrinter()))


def _part(
    rule: Rule, place: int, of_args: tuple[Kind, ...], fixed: Fixed, of_upstream: Kind
) -> tuple[Pattern, float | int | None]:
    """Upstream × the local derivative by an argument: a pattern, and what it is if it is no more than that."""
    kinds = (*of_args, None, of_upstream)
    formula, is_less = _chain_rule(rule, place, fixed, tuple([_plain(kind) for kind in kinds]))
    blanks = _blanks(kinds)
    if isinstance(formula, Number):
        return Pattern(formula, is_less=is_less), formula.number
    alias = formula.place if isinstance(formula, Blank) else None
    return Pattern(Pattern(formula).filled(*blanks), is_less=is_less), alias


def _plain(kind: Kind) -> float | None:
    """The kind, if it is a number; nothing else changes a formula."""
    return kind if isinstance(kind, float) else None


@lru_cache(maxsize=1024)
def _chain_rule(rule: Rule, place: int, fixed: Fixed, kinds: tuple[float | None, ...]) -> tuple[Formula, bool]:
    """Upstream × the local derivative, and whether it is taken away."""
    workspace = Workspace(0)
    ids = [workspace.fresh_one() if kind is None else workspace.constant(kind) for kind in kinds]
    *args, out, upstream = ids
    wanted = tuple(each == place for each in range(len(args)))
    partial = applied(workspace, recipe(rule, fixed, wanted), args, out)[place]
    blanks = dict(zip(ids, _blanks(kinds), strict=True))
    formula = _formula(workspace, blanks, workspace.compute(mul, [upstream, partial]))
    is_less = isinstance(formula, Apply) and formula.rule is neg
    return formula.parts[0] if is_less else formula, is_less


def _blanks(kinds: Sequence[Kind]) -> list[Formula]:
    return [
        Number(kind) if isinstance(kind, float) else Blank(place, LEVELS.get(kind, CALL.level))
        for place, kind in enumerate(kinds)
    ]


def _formula(workspace: Workspace, blanks: dict[int, Formula], scalar: int) -> Formula:
    """A scalar of a small workspace as a formula of the blanks."""
    if scalar in blanks and not workspace.is_constant[scalar]:
        return blanks[scalar]
    array = workspace.array_of(scalar)
    if array is None:
        return Number(float(workspace.value[scalar]))
    assert isinstance(array, Single)
    return applied_to(array.rule, [_formula(workspace, blanks, each) for each in array.arguments])
