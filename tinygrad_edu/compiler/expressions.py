"""How is one array written as an expression of others?

Elementwise operations are written by the templates of the rule table. Weighted sums are looked at once more: where
their left and right factors vary along different axes, they are a matrix product.

Names to know: `Expressions`. Read next: `emit.py`, which makes lines of them.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from itertools import accumulate, count
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_edu.compiler.arrays import NOWHERE, Array, Ids, Workspace
from tinygrad_edu.compiler.scalars import TOTAL
from tinygrad_edu.compiler.views import piece
from tinygrad_edu.rule import CALL, PRODUCT, SUM, Rule
from tinygrad_edu.rules import dot, mul

Numbers = npt.NDArray[Any]  # floats, or indices
Text = tuple[str, int]  # an expression, and how tightly it binds

ATOM = CALL.level
CONDITION = re.compile(r"^np\.heaviside\(([^(),]*), 0\.0\)$")  # as the rule table writes step(x)
TWICE_NEGATIVE = re.compile(r"(?<=\()-\(-(\w+(?:\[[^]]*\])?)\)")  # σ(-x), where σ(x) is written 1 / (1 + np.exp(-x))
MOST_TERMS = 4  # of a weighted sum that is written out


class Expressions(ABC):
    """Writes scalars as expressions of the arrays they stand in, and keeps the constants that those need."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.data: dict[str, Numbers] = {}
        self.known_data: dict[bytes, str] = {}
        self.numbers: Counter[str] = Counter()  # the last one that a stem got

    @abstractmethod
    def source_of(self, array: Array) -> Text:
        """The text of a whole array: a name, or an expression that is written only here."""

    @abstractmethod
    def gathered(self, ids: Ids) -> str:
        """The name of scalars that stand in several arrays, laid together."""

    @abstractmethod
    def is_taken(self, name: str) -> bool:
        """Whether something in the program is called that."""

    def new_name(self, stem: str) -> str:
        """The stem with the next number that makes a name of it which nothing else has."""
        number = next(number for number in count(self.numbers[stem] + 1) if not self.is_taken(f"{stem}{number}"))
        self.numbers[stem] = number
        return f"{stem}{number}"

    def computed(self, array: Array) -> Text:
        """The expression that computes an array, in its shape."""
        text, level = self._applied(array)
        if self._is_covered(array):
            return text, level
        return f"np.broadcast_to({text}, {array.shape})", ATOM

    def _applied(self, array: Array) -> Text:
        assert array.rule is not None
        assert array.args is not None
        if array.rule is dot:
            half = array.args.shape[-1] // 2
            return self._weighted_sum(array.args[..., :half], array.args[..., half:])
        if array.rule is TOTAL:
            return self._sum(array.args)
        args = [array.args[..., position] for position in range(array.args.shape[-1])]
        return self._operation(array.rule, args)

    def _is_covered(self, array: Array) -> bool:
        """Whether along every axis some argument changes; if not, the text alone would have a smaller shape."""
        assert array.args is not None
        return all(self._changes(array.args, axis) for axis, size in enumerate(array.shape) if size > 1)

    def _changes(self, args: Ids, axis: int) -> bool:
        first = args.take([0], axis)
        return not self._are_equal(args.take([1], axis), first) or not self._are_equal(args, first)

    def _are_equal(self, ids: Ids, others: Ids) -> bool:
        is_same = ids == others
        constant, value = self.workspace.is_constant, self.workspace.value
        return bool(
            is_same.all() or (is_same | (constant[ids] & constant[others] & (value[ids] == value[others]))).all()
        )

    def _operation(self, rule: Rule, args: list[Ids]) -> Text:
        views = [self.view(arg, is_exact=rule.many and arg.ndim > 0) for arg in args]  # a list of arrays of one shape
        if rule.many:
            groups = rule.grouped([text for text, _ in views])
            return rule.numpy.format(*[", ".join(group) for group in groups]), ATOM
        if rule.binding is CALL:
            is_call = re.fullmatch(r"[\w.]+\((\{\d?\}|[\w. ,])*\)", rule.numpy) is not None
            text = rule.numpy.format(*[self._within(view, 0 if is_call else ATOM) for view in views])
            text = TWICE_NEGATIVE.sub(r"\1", text)
            return (text, ATOM) if is_call else (text, ATOM if is_enclosed(text) else 0)
        texts = [self._within(view, need) for view, need in zip(views, rule.binding.needs, strict=True)]
        return rule.text.format(*(_without_ones(texts) if rule is mul else texts)), rule.binding.level

    @staticmethod
    def _within(view: Text, need: int) -> str:
        text, level = view
        return text if level >= need else f"({text})"

    def view(self, ids: Ids, is_exact: bool = False) -> Text:
        """Scalars as a text that broadcasts to their shape; exactly in that shape, for a matrix product."""
        workspace = self.workspace
        if workspace.is_constant[ids].all():
            return self._constants(ids, is_exact)
        array = workspace.array_of(ids)
        if array is None:
            return self.gathered(ids), ATOM
        name, level = self.source_of(array)
        places = workspace.place[ids]
        if level < ATOM:
            text = piece(f"({name})", array.shape, places, self.index, is_exact=is_exact)
            return (name, level) if text == f"({name})" else (text, ATOM)
        return piece(name, array.shape, places, self.index, is_exact=is_exact), ATOM

    def laid_together(self, ids: Ids) -> str:
        """Scalars out of several arrays: laid end to end, and chosen by index."""
        workspace = self.workspace
        flat = ids.reshape(-1)
        numbers = np.unique(workspace.where[flat])
        parts, index, begin = [], np.zeros(len(flat), dtype=np.int64), 0
        for number in numbers.tolist():
            here = workspace.where[flat] == number
            if number == NOWHERE:
                values, index[here] = np.unique(workspace.value[flat[here]], return_inverse=True)
                index[here] += begin
                parts.append(self._keep("c", values))
                begin += len(values)
            else:
                array = workspace.arrays[number]
                index[here] = begin + workspace.place[flat[here]]
                parts.append(f"np.ravel({self.source_of(array)[0]})")
                begin += array.ids.size
        return f"np.concatenate([{', '.join(parts)}])[{self.index(index.reshape(ids.shape))}]"

    def _constants(self, ids: Ids, is_exact: bool) -> Text:
        values = self.workspace.value[ids]
        if values.size and (values == values.flat[0]).all() and not is_exact:
            number = float(values.flat[0])
            return (
                (repr(number).removesuffix(".0"), SUM.level if number < 0 else ATOM)
                if np.isfinite(number)
                else (f"np.{number}".replace("-inf", "inf * -1"), ATOM if number != -np.inf else PRODUCT.level)
            )
        for turned in (False, True):
            known = self.known_data.get(key_of(values.T if turned else values))
            if known is not None:
                return (f"{known}.T" if turned and values.ndim > 1 else known), ATOM
        return self._keep("X" if is_exact else "c", values), ATOM

    def _keep(self, stem: str, values: Numbers) -> str:
        key = key_of(values)
        if key not in self.known_data:
            self.known_data[key] = "X" if stem == "X" and not self.is_taken("X") else self.new_name(stem)
            self.data[self.known_data[key]] = np.array(values)
        return self.known_data[key]

    def index(self, places: Ids) -> str:
        """The name of an array of indices."""
        return self._keep("i", places)

    # Weighted sums

    def _weighted_sum(self, left: Ids, right: Ids) -> Text:
        columns = self._by_source(left, right)
        product = self._product(left, right) if len(columns) == 1 else None
        if product is not None:
            return product
        for factor, terms in ((left, right), (right, left)):
            if self._is_one_constant(factor):
                text, level = self._sum(terms)
                if self.workspace.value[factor.flat[0]] == 1.0:
                    return text, level
                return f"{self.view(factor.reshape(-1)[0])[0]} * {self._within((text, level), ATOM)}", PRODUCT.level
        if left.ndim == 1 and self._are_all(left) and self._are_all(right):
            return self._inner(left, right)
        if left.shape[-1] <= MOST_TERMS:
            return self._written_out(left, right)
        parts = [self._one_source(left[..., cols], right[..., cols]) for cols in columns]
        if len(parts) == 1:
            return parts[0]
        return " + ".join(self._within(part, PRODUCT.level) for part in parts), SUM.level

    def _is_one_constant(self, ids: Ids) -> bool:
        """Whether scalars are all the same number: c·a + c·b + … is c·(a + b + …)."""
        values = self.workspace.value[ids]
        return bool(self.workspace.is_constant[ids].all() and (values == values.flat[0]).all() and values.flat[0] > 0)

    def _written_out(self, left: Ids, right: Ids) -> Text:
        terms = []
        for position in range(left.shape[-1]):
            factors = [self._within(self.view(side[..., position]), need) for side, need in ((left, 2), (right, 3))]
            terms.append(" * ".join(factor for factor in factors if factor != "1") or "1")
        return " + ".join(terms), SUM.level

    def _by_source(self, left: Ids, right: Ids) -> list[Ids]:
        """The columns in which the factors come from the same pair of arrays."""
        workspace, width = self.workspace, left.shape[-1]
        pairs = (workspace.where[left] * (len(workspace.arrays) + 1) + workspace.where[right]).reshape(-1, width)
        if (pairs == pairs[0, 0]).all() or not (pairs == pairs[0]).all():
            return [np.arange(width)]
        return [np.flatnonzero(pairs[0] == pair) for pair in np.unique(pairs[0])]

    def _one_source(self, left: Ids, right: Ids) -> Text:
        found = self._product(left, right)
        if found is not None:
            return found
        if left.ndim == 1:
            return self._inner(left, right)
        sides = (self.view(left, is_exact=True)[0], self.view(right, is_exact=True)[0])
        return f"np.einsum('...i,...i->...', {', '.join(sides)})", ATOM

    def _inner(self, left: Ids, right: Ids) -> Text:
        order = np.lexsort((self.workspace.place[right], self.workspace.place[left], self.workspace.where[left]))
        left, right = left[order], right[order]
        arrays = [self.workspace.array_of(side) for side in (left, right)]
        if all(array is not None and array.ids.size == len(left) for array in arrays) and all(
            (self.workspace.place[side] == np.arange(len(side))).all() for side in (left, right)
        ):
            return f"np.vdot({', '.join(self.source_of(array)[0] for array in arrays if array)})", ATOM
        return f"np.dot({self.view(left, True)[0]}, {self.view(right, True)[0]})", ATOM

    def _product(self, left: Ids, right: Ids) -> Text | None:
        """The matrix product, if one side is the same along each row of the result and the other along each column."""
        if left.ndim == 3:
            for rows, columns in ((left, right), (right, left)):
                if (rows == rows[:, :1]).all() and (columns == columns[:1]).all():
                    return self._matrices(rows[:, 0], columns[0])
        if left.ndim == 2:
            for table, line in ((left, right), (right, left)):
                if (line == line[:1]).all() and not (table == table[:1]).all():
                    return self._matrices(table, line[0])
        return None

    def _matrices(self, rows: Ids, columns: Ids) -> Text:
        order = self._contraction_order(rows, columns)
        left, right = rows[:, order], columns[..., order]
        first, second = self.view(left, is_exact=True), self.view(right.T, is_exact=True)
        return f"{self._within(first, PRODUCT.level)} @ {self._within(second, PRODUCT.level + 1)}", PRODUCT.level

    def _contraction_order(self, rows: Ids, columns: Ids) -> Ids:
        workspace = self.workspace
        side = rows[0] if not workspace.is_constant[rows[0]].any() else np.atleast_2d(columns)[0]
        return np.lexsort((workspace.place[side], workspace.where[side]))

    # Sums

    def _sum(self, terms: Ids) -> Text:
        if terms.ndim == 2 and self._are_all(terms):
            parts = [self._axis_sum(terms)]
        elif terms.ndim == 1:
            parts = [self._flat_sum(terms[cols]) for cols in self._by_source(terms, terms)]
        elif terms.shape[-1] <= MOST_TERMS:
            parts = [self._within(self.view(terms[..., k]), PRODUCT.level) for k in range(terms.shape[-1])]
        else:
            parts = [self._axis_sum(terms[..., cols]) for cols in self._by_source(terms, terms)]
        return " + ".join(parts), SUM.level if len(parts) > 1 else ATOM

    def _are_all(self, terms: Ids) -> bool:
        """Whether these are the scalars of one array, each of them once."""
        array = self.workspace.array_of(terms)
        return array is not None and array.ids.size == terms.size == len(np.unique(terms))

    def _flat_sum(self, terms: Ids) -> str:
        if (terms == terms[0]).all():
            text = self._within(self.view(terms[0]), PRODUCT.level + 1)
            return text if len(terms) == 1 else f"{len(terms)} * {text}"
        if self._are_all(terms):
            return f"{self._within(self.source_of(self.workspace.arrays[self.workspace.where[terms[0]]]), ATOM)}.sum()"
        return f"{self.view(terms, is_exact=True)[0]}.sum()"

    def _axis_sum(self, terms: Ids) -> str:
        if terms.shape[-1] == 1:
            return self._within(self.view(terms[..., 0]), PRODUCT.level)
        text = self.view(terms, is_exact=True)[0]
        return f"{text.removesuffix('.T')}.sum(axis=0)" if text.endswith(".T") else f"{text}.sum(axis=-1)"


def _without_ones(factors: list[str]) -> list[str]:
    """A condition as a factor need not be made a number first: A * (Z > 0), if the other factor is a number."""
    shorter = [CONDITION.sub(r"(\1 > 0)", factor) for factor in factors]
    return factors if all(map(CONDITION.fullmatch, factors)) else shorter


def is_enclosed(text: str) -> bool:
    """Whether the bracket that opens a text is the one that closes it."""
    depths = list(accumulate((sign == "(") - (sign == ")") for sign in text))
    return text.startswith("(") and depths.index(0) == len(text) - 1


def key_of(values: Numbers) -> bytes:
    """What tells numbers from others: their type, shape and bytes."""
    return repr((values.dtype.kind, values.shape)).encode() + np.ascontiguousarray(values).tobytes()
