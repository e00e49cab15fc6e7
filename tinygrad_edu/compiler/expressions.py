"""How is one array computed from others?

By one formula. Elementwise operations are those of the rule table. A weighted sum whose left and right factors vary
along different axes is a matrix product.

A formula may lack axes of size 1 that its array has. It holds the same elements in the same order, and every view is
taken of the shape that the formula has.

Names to know: `Expressions`. Read next: `names.py`.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from itertools import count

import numpy as np

from tinygrad_edu.compiler.arrays import NOWHERE, Array, Flags, Ids, Single, Workspace, key_of
from tinygrad_edu.compiler.formulas import (
    Along,
    Apply,
    Dot,
    Either,
    Fill,
    Formula,
    Join,
    Masked,
    MaskedMatMul,
    MatMul,
    Name,
    Number,
    Pick,
    Plus,
    RowDots,
    Sum,
    View,
    applied_to,
    multiplied,
)
from tinygrad_edu.compiler.layout import Index, Layout, Reshape, Turn
from tinygrad_edu.compiler.order import MOSTLY, is_regular
from tinygrad_edu.compiler.ragged import completed, filled, is_regular_where
from tinygrad_edu.compiler.scalars import EMPTIEST, TOTAL, Balance
from tinygrad_edu.compiler.source import Numbers
from tinygrad_edu.compiler.views import moves_to
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import dot, mul, neg, sub

MOST_TERMS = 4  # of a weighted sum that is written out
AS_ROWS, AS_COLUMN = Index((slice(None), None, slice(None))), Index((slice(None), None))
MOST_PIECES = 4  # of arrays that are laid one behind the other, without an index
MOST_SOURCES = 64  # of a sum with a term from each: Python cannot read thousands of +


class Expressions(ABC):
    """Expresses scalars as formulas of the arrays that hold them, and keeps the constants that the formulas need."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.data: dict[str, Numbers] = {}
        self.known_data: dict[bytes, str] = {}
        self.numbers: Counter[str] = Counter()  # the last number given to each stem

    @abstractmethod
    def source_of(self, array: Array) -> Formula:
        """A whole array: its name, or its formula if this is the only place that uses it."""

    @abstractmethod
    def gathered(self, ids: Ids) -> Formula:
        """The name of an array that gathers scalars from several arrays."""

    @abstractmethod
    def is_taken(self, name: str) -> bool:
        """Whether something in the program has this name."""

    def new_name(self, stem: str) -> str:
        """The stem with the next number that gives an unused name."""
        number = next(number for number in count(self.numbers[stem] + 1) if not self.is_taken(f"{stem}{number}"))
        self.numbers[stem] = number
        return f"{stem}{number}"

    def computed(self, array: Array) -> Formula:
        """The formula of an array: all of its scalars in order, possibly without axes of size 1."""
        formula = self._applied(array)
        if array.size == 1 == formula.size:
            return formula
        if formula.size != array.size:  # every argument is the same along some axis
            formula = Fill(formula, array.shape)
        assert _without_ones(formula.shape) == _without_ones(array.shape), (formula.shape, array.shape)
        return formula

    def _applied(self, array: Array) -> Formula:
        if isinstance(array, Single):
            sources = [self.workspace.array_of(argument) for argument in array.arguments]
            if all(source is None or source.shape == () for source in sources):
                return self._applied_to_scalars(array.rule, array.arguments, sources)
        assert array.rule is not None
        assert array.args is not None
        if array.rule is dot:
            half = array.args.shape[-1] // 2
            return self._weighted_sum(array.args[..., :half], array.args[..., half:])
        if array.rule is TOTAL:
            return self._sum(array.args)
        if isinstance(array.rule, Balance):
            plus = array.rule.plus
            return _less([self._sum(array.args[..., :plus])] if plus else [], self._sum(array.args[..., plus:]))
        args = [array.args[..., position] for position in range(array.args.shape[-1])]
        if array.rule.many:
            return self._along(array.rule, array.args) or applied_to(array.rule, [self.exact(arg) for arg in args])
        return applied_to(array.rule, [self.view(arg) for arg in args])

    def _along(self, rule: Rule, args: Ids) -> Formula | None:
        """An operation that takes a list, of the rows of an array; None if the arguments are not such rows."""
        array = self.workspace.array_of(args) if rule.rows and args.shape[-1] > 1 else None
        if array is None:
            return None
        pattern = Layout.found_in(self.workspace.place[args])
        moves = None if pattern is None else moves_to(pattern, self.source_of(array).shape, is_exact=True)
        return None if moves is None else Along(rule, self.exact(args))

    # Scalars that have no partner

    def _applied_to_scalars(self, rule: Rule, scalars: Sequence[int], sources: Sequence[Array | None]) -> Formula:
        """An operation on scalars, each of which is a constant, or stands in an array of its own."""
        if rule is TOTAL:
            return self._total_of_scalars(scalars)
        return self._of_scalars(rule, [self._scalar(*each) for each in zip(scalars, sources, strict=True)])

    def _scalar(self, scalar: int, array: Array | None) -> Formula:
        return Number(float(self.workspace.value[scalar])) if array is None else self.source_of(array)

    def _of_scalars(self, rule: Rule, args: list[Formula]) -> Formula:
        """An operation on scalars, each of which stands alone; sums are written out, as far as Python can read them."""
        if rule is dot:
            half = len(args) // 2
            args = [multiplied(one, other) for one, other in zip(args[:half], args[half:], strict=True)]
        elif isinstance(rule, Balance):
            return _less([_sum_of(args[: rule.plus])] if rule.plus else [], _sum_of(args[rule.plus :]))
        elif rule is not TOTAL:
            return applied_to(rule, args)
        return _sum_of(args)

    def _total_of_scalars(self, scalars: Sequence[int]) -> Formula:
        """Their sum, in the order in which they are computed; k equal terms are k times one of them."""
        workspace = self.workspace
        counts: dict[float | str, list[int]] = {}
        for scalar in sorted(scalars, key=workspace.where.__getitem__):
            is_constant = workspace.array_of(scalar) is None
            key = repr(float(workspace.value[scalar])) if is_constant else scalar
            counts.setdefault(key, []).append(scalar)
        terms = [(same[0], float(len(same))) for same in counts.values()]
        return _sum_of([multiplied(Number(n), self._scalar(one, workspace.array_of(one))) for one, n in terms])

    # Arrays of scalars

    def view(self, ids: Ids) -> Formula:
        """Scalars as a formula; its shape broadcasts to theirs."""
        return self._looked_up(ids, is_exact=False)

    def exact(self, ids: Ids) -> Formula:
        """Scalars as a formula of exactly their shape."""
        formula = self._looked_up(ids, is_exact=True)
        assert formula.shape == ids.shape, (formula.shape, ids.shape)
        return formula

    def _looked_up(self, ids: Ids, *, is_exact: bool) -> Formula:
        workspace = self.workspace
        if ids.ndim == 0:
            array = workspace.array_of(int(ids))
            if array is not None and array.shape == ():
                return self.source_of(array)
        if workspace.is_constant[ids].all():
            return self._constants(ids, is_exact=is_exact)
        array = workspace.array_of(ids)
        if array is None:
            return self.gathered(ids)
        source, places = self.source_of(array), workspace.place[ids]
        if not source.shape:
            return Fill(source, ids.shape) if is_exact and ids.shape else source
        pattern = Layout.found_in(places)
        moves = None if pattern is None else moves_to(pattern, source.shape, is_exact=is_exact)
        if moves is None:
            return self.in_pieces(ids) or Pick(source, self.index(places))
        return View(source, moves) if moves else source

    def either(self, ids: Ids) -> Formula | None:
        """Scalars from a few arrays, each at the place of its own: one array where a mask says so, another elsewhere.

        None if they do not stand so.
        """
        where = self.workspace.where[ids]
        numbers = sorted(dict.fromkeys(where.reshape(-1).tolist()), key=lambda number: number == NOWHERE)
        there = [where == number for number in numbers]
        if len(numbers) > EMPTIEST or not all(map(self._are_in_place, itertools.repeat(ids), numbers, there)):
            return None
        *firsts, found = (self._branch(ids, *each) for each in zip(numbers, there, strict=True))
        masks = [self._mask(mask) for mask in there[:-1]]
        for mask, part in zip(reversed(masks), reversed(firsts), strict=True):
            found = Either(mask, part, found)
        return found if found.shape == ids.shape else Fill(found, ids.shape)

    def _are_in_place(self, ids: Ids, number: int, there: Flags) -> bool:
        """Whether some of these scalars stand in an array at the places where they stand here."""
        if number == NOWHERE:
            return True
        array, places = self.workspace.arrays[number], self.workspace.place[ids]
        if (array.ids == NOWHERE).any():
            return False
        if array.size == ids.size:
            return bool((places == np.arange(ids.size).reshape(ids.shape))[there].all())
        return number in self.workspace.beside and is_regular_where(there, places, array.size)

    def _branch(self, ids: Ids, number: int, there: Flags) -> Formula:
        """Some of these scalars, and at the other places what else stands in their array, or any constant."""
        if number == NOWHERE:
            return self.view(np.where(there, ids, ids[there][0]))
        whole = self.workspace.arrays[number].ids
        return self.view(whole.reshape(ids.shape) if whole.size == ids.size else completed(self.workspace, ids, there))

    def in_pieces(self, ids: Ids, most: int = MOST_PIECES) -> Formula | None:
        """Scalars that are a few regular pieces, one behind the other: np.concatenate([np.zeros(1), t1[:-1]])."""
        workspace, flat = self.workspace, ids.reshape(-1)
        where, place, value = workspace.where[flat], workspace.place[flat], workspace.value[flat]
        goes_on = where[1:] == where[:-1]
        goes_on &= np.where(where[1:] == NOWHERE, value[1:] == value[:-1], place[1:] == place[:-1] + 1)
        pieces = np.split(flat, np.flatnonzero(~goes_on) + 1)
        if not 1 < len(pieces) <= min(most, len(flat) - 2):
            return None
        changing = flat[where != NOWHERE]
        if len(np.unique(changing)) < len(changing) or not workspace.is_constant[flat[where == NOWHERE]].all():
            return None
        joined, shape = Join([self._piece(piece) for piece in pieces]), ids.shape
        if len(shape) == 1:
            return joined
        return View(joined, (AS_COLUMN if shape[1:] == (1,) else Reshape(shape),))

    def _piece(self, ids: Ids) -> Formula:
        """A piece of an array, or one number again and again."""
        if self.workspace.where[ids[0]] != NOWHERE:
            return self.exact(ids) if len(ids) > 1 else self.view(ids[0])
        return Fill(Number(float(self.workspace.value[ids[0]])), ids.shape)

    def laid_together(self, ids: Ids) -> Formula:
        """Scalars from several arrays: the arrays concatenated, and the scalars selected by index."""
        pieces = self.in_pieces(ids)
        if pieces is not None:
            return pieces
        workspace = self.workspace
        flat = ids.reshape(-1)
        parts: list[Formula] = []
        index, begin = np.zeros(len(flat), dtype=np.int64), 0
        for number in np.unique(workspace.where[flat]).tolist():
            here = workspace.where[flat] == number
            if number == NOWHERE:
                values, places = np.unique(workspace.value[flat[here]], return_inverse=True)
                part: Formula = self._keep("c", values)
            else:
                places, part = workspace.place[flat[here]], self.source_of(workspace.arrays[number])
            index[here] = begin + places.reshape(-1)
            begin += part.size
            parts.append(part)
        return Pick(Join(tuple(parts)), self.index(index.reshape(ids.shape)))

    def _constants(self, ids: Ids, *, is_exact: bool) -> Formula:
        values = self.workspace.value[ids]
        first = values.flat[0]
        if not is_exact and ((values == first) | ((values != values) & (first != first))).all():
            return Number(float(first))
        known = self.known_data.get(key_of(values))
        if known is None and values.ndim == 2 and (turned := self.known_data.get(key_of(values.T))) is not None:
            return View(Name(turned, values.T.shape), (Turn(),))
        return self._keep("X" if is_exact else "c", values)

    def _keep(self, stem: str, values: Numbers) -> Name:
        key = key_of(values)
        if key not in self.known_data:
            self.known_data[key] = "X" if stem == "X" and not self.is_taken("X") else self.new_name(stem)
            self.data[self.known_data[key]] = _frozen(values)
        return Name(self.known_data[key], values.shape)

    def index(self, places: Ids) -> Name:
        """The name of an array of indices."""
        return self._keep("i", places)

    # Weighted sums

    def _weighted_sum(self, left: Ids, right: Ids) -> Formula:
        there = ~filled(self.workspace, left, right)
        if not there.all():
            return self._weighted_sum_where(there, left, right)
        columns = self._by_source(left, right)
        product = self._product(left, right) if len(columns) == 1 or self._are_beside(left, right) else None
        if product is not None:
            return product
        products = self._products(left, right) if left.ndim == 4 else None
        if products is not None:
            return products
        weighed = self._weighed(left, right) or self._weighed(right, left)
        if weighed is not None:
            return weighed
        if left.ndim == 1 and self._are_all(left) and self._are_all(right):
            return self._inner(left, right)
        if left.shape[-1] <= MOST_TERMS:
            pairs = ((left[..., position], right[..., position]) for position in range(left.shape[-1]))
            return Plus(tuple(multiplied(self.view(one), self.view(other)) for one, other in pairs))
        return _sum_of([self._one_source(left[..., cols], right[..., cols]) for cols in columns])

    def _weighed(self, weights: Ids, terms: Ids) -> Formula | None:
        """One number times a sum; a dot product with numbers, of terms that are all there in a few arrays."""
        if self._is_one_constant(weights):
            return multiplied(self.view(weights.reshape(-1)[0]), self._sum(terms))
        are_branches = terms.ndim == 1 and self.workspace.array_of(terms) is None
        if not are_branches or not self.workspace.is_constant[weights].all():
            return None
        order = self._in_place(terms)
        laid = None if order is None else self.either(terms[order])
        return None if laid is None or order is None else Dot(self.exact(weights[order]), laid)

    def _weighted_sum_where(self, there: Flags, left: Ids, right: Ids) -> Formula:
        """Weighted sums of different lengths: a matrix product if they are one, or else products, which are added."""
        left, right = (completed(self.workspace, side, there) for side in (left, right))
        if left.ndim == 3 and (left == left[:, :1]).all() and (right == right[:1]).all():
            if (there == there[:, :1]).all():
                return self._matrices_where(there[:, 0], left[:, 0], right[0])
            if (there == there[:1]).all():
                return View(self._matrices_where(there[0], right[0], left[:, 0]), (Turn(),))
        if left.ndim == 3 and (right == right[:, :1]).all() and (left == left[:1]).all():
            return self._weighted_sum_where(there, right, left)
        products = self._products(left, right, there) if left.ndim == 4 else None
        if products is not None:
            return products
        return Sum(Masked(self._mask(there), Apply(mul, (self.view(left), self.view(right)))), -1)

    def _matrices_where(self, there: Flags, rows: Ids, columns: Ids) -> Formula:
        order = self._contraction_order(rows, columns)
        left, right = self.exact(rows[:, order]), self.exact(columns[:, order].T)
        mask = self._mask(there[:, order])
        return MaskedMatMul(mask if mask.shape == left.shape else Fill(mask, left.shape), left, right)

    def _mask(self, there: Flags) -> Formula:
        """A mask, as a view of the one that is kept: it has no axis along which it is the same."""
        for axis in range(there.ndim):
            first = there.take([0], axis)
            there = first if (there == first).all() else there
        kept = there.squeeze()
        is_turned = key_of(kept) not in self.known_data and key_of(kept.T) in self.known_data
        name = self._keep("M", kept.T if is_turned else kept)
        mask = View(name, (Turn(),)) if is_turned and kept.ndim == 2 else name
        entries = tuple(
            None if size == 1 else slice(None) for size in np.trim_zeros(np.array(there.shape) - 1, "f") + 1
        )
        return View(mask, (Index(entries),)) if None in entries else mask

    def _is_one_constant(self, ids: Ids) -> bool:
        """Whether all scalars are the same constant c > 0, so that c·a + c·b + … can be c·(a + b + …)."""
        values = self.workspace.value[ids]
        return bool(self.workspace.is_constant[ids].all() and (values == values.flat[0]).all() and values.flat[0] > 0)

    def _by_source(self, left: Ids, right: Ids) -> list[Ids]:
        """The columns, grouped by the pair of arrays that their factors come from; one group if there are too many."""
        workspace, width = self.workspace, left.shape[-1]
        pairs = (workspace.where[left] * (len(workspace.arrays) + 1) + workspace.where[right]).reshape(-1, width)
        if (pairs == pairs[0, 0]).all() or not (pairs == pairs[0]).all():
            return [np.arange(width)]
        kinds = np.unique(pairs[0])
        if len(kinds) > MOST_SOURCES:
            return [np.arange(width)]
        return [np.flatnonzero(pairs[0] == pair) for pair in kinds]

    def _are_beside(self, *sides: Ids) -> bool:
        """Whether the factors on either side are all in one array, or in some that stand at the same places."""
        return bool(self.workspace.beside) and all(
            (homes := self.workspace.homes(side)).min() == homes.max() != NOWHERE for side in sides
        )

    def _one_source(self, left: Ids, right: Ids) -> Formula:
        found = self._product(left, right)
        if found is not None:
            return found
        return self._inner(left, right) if left.ndim == 1 else RowDots(self.exact(left), self.exact(right))

    def _inner(self, left: Ids, right: Ids) -> Formula:
        workspace = self.workspace
        order = np.lexsort((workspace.place[right], workspace.place[left], workspace.where[left]))
        left, right = left[order], right[order]
        arrays = [workspace.array_of(side) for side in (left, right)]
        if all(array is not None and array.size == len(left) for array in arrays) and all(
            (workspace.place[side] == np.arange(len(side))).all() for side in (left, right)
        ):
            first, second = (self.source_of(array) for array in arrays if array)
            return Dot(first, second)
        if (workspace.place[left] == workspace.place[right]).all():
            one, other = self._among(left), self._among(right)
            if one is not None and other is not None and one[1].shape == other[1].shape:
                return Sum(Masked(one[0], Apply(mul, (one[1], other[1]))))
        return Dot(self.exact(left), self.exact(right))

    def _product(self, left: Ids, right: Ids) -> Formula | None:
        """The matrix product, if one factor is constant along each row of the result, the other along each column."""
        if left.ndim > 2:
            first = (0,) * (left.ndim - 2)
            for rows, columns in ((left, right), (right, left)):
                if (rows == rows[..., :1, :]).all() and (columns == columns[first]).all():
                    return self._matrices(rows[..., 0, :], columns[first])
        if left.ndim == 2:
            for matrix, vector in ((left, right), (right, left)):
                if (vector == vector[:1]).all() and not (matrix == matrix[:1]).all():
                    return self._matrices(matrix, vector[0])
        return None

    def _products(self, left: Ids, right: Ids, there: Flags | None = None) -> Formula | None:
        """A matrix product for each sample, as products that are summed along an axis: (Q[:, :, None] * K[:, None])."""
        if not any(
            (rows == rows[:, :, :1]).all() and (columns == columns[:, :1]).all()
            for rows, columns in ((left, right), (right, left))
        ):
            return None
        for axis in (3, 2, 1):
            factors = [self._regular(np.moveaxis(side, 3, axis)) for side in (left, right)]
            if factors[0] is not None and factors[1] is not None:
                product: Formula = Apply(mul, (factors[0], factors[1]))
                if there is not None:
                    product = Masked(self._mask(np.moveaxis(there, 3, axis)), product)
                return Sum(product, -1 if axis == 3 else axis)
        return None

    def _regular(self, ids: Ids) -> Formula | None:
        """Scalars as a view of one array, whose shape broadcasts to theirs; None if they are no regular one."""
        array = self.workspace.array_of(ids)
        if array is None:
            return None
        source, places = self.source_of(array), Layout.found_in(self.workspace.place[ids])
        moves = None if places is None else moves_to(places, source.shape, is_exact=False)
        return None if moves is None else View(source, moves) if moves else source

    def _matrices(self, rows: Ids, columns: Ids) -> Formula:
        order = self._contraction_order(rows.reshape(-1, rows.shape[-1]), columns)
        return MatMul(self.exact(rows[..., order]), self.exact(columns[..., order].T))

    def _contraction_order(self, rows: Ids, columns: Ids) -> Ids:
        workspace = self.workspace
        side = rows[0] if not workspace.is_constant[rows[0]].any() else np.atleast_2d(columns)[0]
        return np.lexsort((workspace.place[side], workspace.homes(side)))

    # Sums

    def _sum(self, terms: Ids) -> Formula:
        there = ~filled(self.workspace, terms)
        if terms.ndim > 1 and not there.all():
            return Sum(Masked(self._mask(there), self.view(completed(self.workspace, terms, there))), -1)
        if terms.ndim == 2 and self._are_all(terms):
            return self._axis_sum(terms)
        if terms.ndim == 1:
            return _sum_of([self._flat_sum(terms[cols]) for cols in self._branches(terms)])
        if terms.shape[-1] <= MOST_TERMS:
            return _sum_of([self.view(terms[..., k]) for k in range(terms.shape[-1])])
        return _sum_of([self._axis_sum(terms[..., cols]) for cols in self._by_source(terms, terms)])

    def _are_all(self, terms: Ids) -> bool:
        """Whether these are all the scalars of one array, each exactly once."""
        array = self.workspace.array_of(terms)
        return array is not None and array.size == terms.size == len(np.unique(terms))

    def _branches(self, terms: Ids) -> list[Ids]:
        """The terms by source; those of arrays with spare places together, if each place of them comes once."""
        columns = self._by_source(terms, terms)
        cut: list[Ids] = []
        whole: list[Ids] = []
        for each in columns:
            array = self.workspace.array_of(terms[each])
            (whole if array is None or array.spare is None else cut).append(each)
        together = np.concatenate([np.zeros(0, dtype=np.int64), *cut])
        return columns if self._in_place(terms[together]) is None else [together, *whole]

    def _in_place(self, ids: Ids) -> Ids | None:
        """The order in which scalars of several arrays of one shape fill it, each at its place; None if they do not."""
        workspace = self.workspace
        numbers = np.unique(workspace.where[ids]).tolist()
        shapes = {workspace.arrays[number].shape for number in numbers if number != NOWHERE}
        if NOWHERE in numbers or len(shapes) != 1 or len(ids) != np.prod(shape := shapes.pop()):
            return None
        order = np.full(len(ids), NOWHERE, dtype=np.int64)
        order[workspace.place[ids]] = np.arange(len(ids))
        return None if (order == NOWHERE).any() else order.reshape(shape)

    def _flat_sum(self, terms: Ids) -> Formula:
        if (terms == terms[0]).all():
            return multiplied(Number(float(len(terms))), self.view(terms[0]))
        if self._are_all(terms):
            return Sum(self.source_of(self.workspace.arrays[self.workspace.where[terms[0]]]))
        if self.workspace.array_of(terms) is None and (order := self._in_place(terms)) is not None:
            return Sum(self.either(terms[order]) or self.exact(terms))
        among = self._among(terms)
        return Sum(self.exact(terms) if among is None else Masked(*among))

    def _among(self, terms: Ids) -> tuple[Formula, Formula] | None:
        """A mask and an array of which it chooses these scalars, if most are chosen, and not a regular part of it."""
        array = self.workspace.array_of(terms)
        if array is None or array.size == len(terms):
            return None
        is_most = len(array.shape) > 1 and MOSTLY * array.size <= len(terms)
        if not is_most and (array.spare is None or array.count != len(terms)):
            return None
        places = np.sort(self.workspace.place[terms])
        if (places[1:] == places[:-1]).any() or is_regular(places, array.shape):
            return None
        there = np.zeros(array.shape, dtype=bool)
        there.flat[places] = True
        source = self.source_of(array)
        return None if source.shape != array.shape else (self._mask(there), source)

    def _axis_sum(self, terms: Ids) -> Formula:
        if terms.shape[-1] == 1:
            return self.view(terms[..., 0])
        found = self.exact(terms)
        if isinstance(found, View) and found.moves[-1] == Turn() and len(found.shape) == 2:
            moves = found.moves[:-1]
            return Sum(View(found.parts[0], moves) if moves else found.parts[0], 0)
        if isinstance(found, View) and found.moves[-1] == AS_ROWS:
            moves = found.moves[:-1]
            return View(Sum(View(found.parts[0], moves) if moves else found.parts[0], -1), (AS_COLUMN,))
        return Sum(found, -1)


def _sum_of(terms: list[Formula]) -> Formula:
    while len(terms) > MOST_SOURCES:
        terms = [_sum_of(terms[first : first + MOST_SOURCES]) for first in range(0, len(terms), MOST_SOURCES)]
    return terms[0] if len(terms) == 1 else Plus(tuple(terms))


def _less(plus: list[Formula], minus: Formula) -> Formula:
    """What is added, if anything is, less what is taken away."""
    return Apply(sub, (*plus, minus)) if plus else Apply(neg, (minus,))


def _without_ones(shape: tuple[int, ...]) -> list[int]:
    return [size for size in shape if size != 1]


def _frozen(values: Numbers) -> Numbers:
    """A copy that no caller can change."""
    kept = np.array(values)
    kept.flags.writeable = False
    return kept
