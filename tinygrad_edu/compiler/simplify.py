"""Which formulas say the same in fewer words?

A table of equations, which hold for all numbers but for rounding (and for products beyond the largest float). What is
divided by the number of samples is brought to the outside, where a book has it: dZ = (A - Y) / m. No equation makes an
operation on a larger array of one on a smaller one.

Names to know: `simplified`, `EQUATIONS`. Read next: `lookup.py`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from tinygrad_edu.compiler.formulas import Apply, Dot, Fill, Formula, MatMul, Name, Number, Plus, Sum, View, multiplied
from tinygrad_edu.compiler.layout import Index, Move
from tinygrad_edu.compiler.names import SAMPLES
from tinygrad_edu.compiler.source import Part, Source, changed_lines
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import add, div, mul, neg, sub

WHOLE = slice(None)


class Equation(NamedTuple):
    """What a formula is the same as, or None if it is not of that form. In `says`, s is a number made of m alone."""

    says: str
    rewrite: Callable[[Formula], Formula | None]


def simplified_source(source: Source) -> Source:
    """The program with all formulas simplified."""
    return replace(
        source,
        lines=changed_lines(source.lines, simplified),
        loss=simplified(source.loss),
        gradient=tuple(Part(part.target, simplified(part.formula)) for part in source.gradient),
    )


def simplified(formula: Formula) -> Formula:
    """The formula, from the inside to the outside, by the equations of the table.

    >>> from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
    >>> m, Z, Y = Name("m", ()), Name("Z", (5, 3)), Name("Y", (5, 3))
    >>> scaled = [Apply(mul, (Apply(div, (Number(sign), m)), array)) for sign, array in ((1.0, Z), (-1.0, Y))]
    >>> NumPyPrinter().expression(simplified(Plus(scaled)))
    '(Z - Y) / m'
    """
    if formula.parts:
        whole = copy.copy(formula)
        whole.parts = tuple(simplified(part) for part in formula.parts)
        formula = whole
    other = next((found for equation in EQUATIONS if (found := equation.rewrite(formula)) is not None), None)
    return formula if other is None else simplified(other)


# What formulas are made of


def _is(formula: Formula, rule: Rule) -> bool:
    return isinstance(formula, Apply) and formula.rule is rule


def _is_number(formula: Formula, number: float) -> bool:
    return isinstance(formula, Number) and formula.number == number


def _is_scale(formula: Formula) -> bool:
    """Whether this is a number made of m alone, and not a plain one."""
    names = set(formula.names())
    return not formula.shape and names == {SAMPLES}


def _divided(formula: Formula) -> tuple[Formula, Formula] | None:
    """x and s of x / s."""
    if _is(formula, div) and _is_scale(formula.parts[1]) and not _is_scale(formula.parts[0]):
        return formula.parts[0], formula.parts[1]
    return None


def _orders(formula: Formula) -> Iterator[tuple[Formula, Formula]]:
    """Both arguments of a product, each of them first once."""
    if _is(formula, mul):
        one, other = formula.parts
        yield one, other
        yield other, one


def _quotient(one: Formula, other: Formula) -> Formula:
    return Apply(div, (one, other))


def _minus(formula: Formula) -> Formula:
    return Apply(neg, (formula,))


def _same(one: Formula, other: Formula) -> bool:
    return isinstance(one, Name) and isinstance(other, Name) and one.name == other.name


# The equations


def _number_by_scale(formula: Formula) -> Formula | None:
    for scale, other in _orders(formula):
        if _is(scale, div) and isinstance(scale.parts[0], Number) and _is_scale(scale.parts[1]) and other.shape:
            return _quotient(multiplied(scale.parts[0], other), scale.parts[1])
    return None


def _out_of_product(formula: Formula) -> Formula | None:
    for one, other in _orders(formula):
        found = _divided(one)
        if found is not None and one.shape == formula.shape and formula.shape:
            pair = (found[0], other) if one is formula.parts[0] else (other, found[0])
            return _quotient(multiplied(*pair), found[1])
    return None


def _out_of_minus(formula: Formula) -> Formula | None:
    found = _divided(formula.parts[0]) if _is(formula, neg) else None
    return None if found is None else _quotient(_minus(found[0]), found[1])


def _out_of_view(formula: Formula) -> Formula | None:
    if not isinstance(formula, View) or formula.size != formula.parts[0].size:
        return None
    (inner,) = formula.parts
    found = _divided(inner)
    if found is not None and found[0].shape == inner.shape:
        return _quotient(_viewed(formula, found[0]), found[1])
    if _is(inner, neg):
        return _minus(_viewed(formula, inner.parts[0]))
    return None


def _viewed(view: View, of: Formula) -> Formula:
    """The same view of something else."""
    found = copy.copy(view)
    found.parts = (of,)
    return found


def _terms(formula: Formula) -> list[tuple[bool, Formula]]:
    """The terms of a sum or a difference, each with whether it is subtracted."""
    if isinstance(formula, Plus) or _is(formula, add):
        return [(False, part) for part in formula.parts]
    return [(False, formula.parts[0]), (True, formula.parts[1])] if _is(formula, sub) else []


def _common_divisor(formula: Formula) -> Formula | None:
    terms = _terms(formula)
    found = [_divided(term) for _, term in terms]
    pairs = [pair for pair in found if pair is not None]
    if len(pairs) < 2 or len(pairs) < len(terms) or not all(_same(pair[1], pairs[0][1]) for pair in pairs):
        return None
    inside = copy.copy(formula)
    inside.parts = tuple(pair[0] for pair in pairs)
    return _quotient(inside, pairs[0][1])


def _plus_minus(formula: Formula) -> Formula | None:
    terms = _terms(formula)
    if len(terms) != 2:
        return None
    (_, one), (is_subtracted, other) = terms
    if _is(other, neg):
        return Apply(add if is_subtracted else sub, (one, other.parts[0]))
    return Apply(sub, (other, one.parts[0])) if _is(one, neg) and not is_subtracted else None


def _out_of_factor(formula: Formula) -> Formula | None:
    for one, other in _orders(formula):
        if _is(one, neg) and one.shape == formula.shape:
            inner = one.parts[0]
            return _minus(multiplied(*((inner, other) if one is formula.parts[0] else (other, inner))))
    return None


def _out_of_sum(formula: Formula) -> Formula | None:
    if not isinstance(formula, Sum) or not _is(formula.parts[0], neg):
        return None
    return _minus(Sum(formula.parts[0].parts[0], formula.axis))


def _twice_minus(formula: Formula) -> Formula | None:
    return formula.parts[0].parts[0] if _is(formula, neg) and _is(formula.parts[0], neg) else None


def _by_reciprocal(formula: Formula) -> Formula | None:
    for one, other in _orders(formula):
        if _is(one, div) and _is_number(one.parts[0], 1.0) and one.shape and not _is_scale(one.parts[1]):
            return _quotient(other, one.parts[1])
    return None


def _product_of_views(formula: Formula) -> Formula | None:
    if not _is(formula, mul):
        return None
    one, other = formula.parts
    if not isinstance(one, View) or not isinstance(other, View) or one.moves != other.moves:
        return None
    are_columns = all(map(_is_new_axis, one.moves))
    of, like = one.parts[0], other.parts[0]
    return _viewed(one, multiplied(of, like)) if are_columns and of.shape == like.shape else None


def _is_new_axis(move: Move) -> bool:
    return isinstance(move, Index) and all(entry in (None, WHOLE) for entry in move.entries)


def _constant(formula: Formula) -> Formula | None:
    """The number that an array is full of."""
    return formula.parts[0] if isinstance(formula, Fill) and not formula.parts[0].shape else None


def _sum_of_rows(formula: Formula) -> Formula | None:
    """A row of equal numbers by a matrix."""
    if not isinstance(formula, MatMul):
        return None
    left, right = formula.parts
    number, other = _constant(left), _constant(right)
    if number is not None and len(right.shape) == 2 and left.shape[0] == 1:
        total: Formula = Sum(right, 0)
        return multiplied(number, View(total, (Index((None, WHOLE)),)) if len(left.shape) == 2 else total)
    if other is not None and len(left.shape) == 2 and len(right.shape) == 1:
        return multiplied(other, Sum(left, -1))
    return None


def _sum_of_all(formula: Formula) -> Formula | None:
    if isinstance(formula, Dot):
        for one, other in (formula.parts, formula.parts[::-1]):
            number = _constant(one)
            if number is not None and one.shape:
                return multiplied(number, Sum(other))
    return None


EQUATIONS = (
    Equation("(c / s) * x = c * x / s",           _number_by_scale),
    Equation("(x / s) * y = x * y / s",           _out_of_product),
    Equation("-(x / s) = (-x) / s",               _out_of_minus),
    Equation("(x / s)[:, None] = x[:, None] / s", _out_of_view),
    Equation("x / s + y / s = (x + y) / s",       _common_divisor),
    Equation("x + (-y) = (-y) + x = x - y",       _plus_minus),
    Equation("(-x) * y = -(x * y)",               _out_of_factor),
    Equation("(-x).sum() = -x.sum()",             _out_of_sum),
    Equation("-(-x) = x",                         _twice_minus),
    Equation("x * (1 / y) = x / y",               _by_reciprocal),
    Equation("x[:, None] * y[:, None] = (x * y)[:, None]", _product_of_views),
    Equation("full(c) @ A = c * A.sum(axis=0)",   _sum_of_rows),
    Equation("vdot(full(c), A) = c * A.sum()",    _sum_of_all),
)  # fmt: skip
