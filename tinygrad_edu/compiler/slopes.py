"""How is the chain rule along one edge written as a pattern?

Upstream × local derivative, with blanks for the arguments, the result and the upstream gradient. The local derivative
is the rule table's. Each pattern is made once, and simplified as everything is: × 1 is dropped, and what is only the
upstream gradient is not computed at all.

Names to know: `Patterns`, `Kind`. Read next: `singly.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tinygrad_edu.compiler.arrays import Single, Workspace
from tinygrad_edu.compiler.formulas import Apply, Formula, Name, Number, Reduce
from tinygrad_edu.compiler.gradient import applied, recipe
from tinygrad_edu.compiler.patterns import Pattern, blank
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import mul, neg

EMBEDDED = frozenset({0.0, 0.5, 1.0, 2.0, -1.0})  # numbers with which an operation may be a simpler one

Kind = float | str | None  # of what stands in a blank: a number of those, the sign of another number, or a name
Fixed = tuple[str | None, ...]  # for each argument the plain number that it has to be
Alias = float | int | None  # what a pattern is, if it is only that: a number, or what stands in a blank


def kind_of(number: float) -> Kind:
    """The kind of a number."""
    sign = "-" if math.copysign(1.0, number) < 0 and number == number else "+"
    return number if number in EMBEDDED and (number or sign == "+") else sign


class Patterns:
    """Each pattern once."""

    def __init__(self) -> None:
        self._known: dict[object, Pattern] = {}
        self._parts: dict[object, tuple[Pattern, Alias]] = {}

    def itself(self, is_negative: bool, is_less: bool) -> Pattern:
        """What stands in the blank; a negative number needs parentheses where a name does not."""
        key = is_negative, is_less
        if key not in self._known:
            self._known[key] = Pattern(blank(0, is_negative=is_negative), is_less=is_less)
        return self._known[key]

    def applied(self, rule: Rule, kinds: tuple[Kind, ...]) -> Pattern:
        """An operation on what stands in the blanks."""
        key = rule, kinds
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Pattern(_applied(rule, _blanks(kinds)))
        return found

    def part(self, rule: Rule, place: int, kinds: tuple[Kind, ...], fixed: Fixed) -> tuple[Pattern, Alias]:
        """Upstream × the local derivative by an argument: a pattern, and what it is if it is no more than that.

        The blanks are the arguments, the result and the upstream gradient. It may be what stands in one of them, or a
        number.
        """
        key = rule, place, kinds, fixed
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = _part(rule, place, kinds, fixed)
        return found


def _part(rule: Rule, place: int, kinds: tuple[Kind, ...], fixed: Fixed) -> tuple[Pattern, Alias]:
    workspace = Workspace(0)
    ids = [workspace.constant(kind) if isinstance(kind, float) else workspace.fresh_one() for kind in kinds]
    *args, out, upstream = ids
    wanted = tuple(each == place for each in range(len(args)))
    partial = applied(workspace, recipe(rule, fixed, wanted), args, out)[place]
    formula = _formula(
        workspace, dict(zip(ids, _blanks(kinds), strict=True)), workspace.compute(mul, [upstream, partial])
    )
    is_less = isinstance(formula, Apply) and formula.rule is neg
    if is_less:
        (formula,) = formula.parts
    if isinstance(formula, Number):
        return Pattern(formula, is_less=is_less), formula.number
    alias = next((number for number, each in enumerate(_blanks(kinds)) if _is_same(formula, each)), None)
    return Pattern(formula, is_less=is_less), alias


def _is_same(formula: Formula, other: Formula) -> bool:
    return isinstance(formula, Name) and isinstance(other, Name) and formula.name == other.name


def _blanks(kinds: Sequence[Kind]) -> list[Formula]:
    return [
        Number(kind) if isinstance(kind, float) else blank(place, is_negative=kind == "-")
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
    return _applied(array.rule, [_formula(workspace, blanks, each) for each in array.arguments])


def _applied(rule: Rule, args: Sequence[Formula]) -> Formula:
    return Reduce(rule, args) if rule.many else Apply(rule, args)
