"""How do many scalars become one array?

An `Array` holds the scalars of one operation in a fixed order; a `Workspace` records for every scalar which array holds
it, and at which position. New scalars are computed through the workspace, which folds constants, returns an existing
array rather than computing it again, and drops × 1 and + 0.

A scalar that has no partner is a `Single`. It goes through all of the compiler as a plain number: for one scalar, NumPy
takes a hundred times as long as Python. Where either may come, an argument is `Ids | int`.

Names to know: `Array`, `Single`, `Workspace`. Read next: `ragged.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import prod
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from tinygrad_edu.compiler.scalars import OF_NONE
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import mul, neg

Ids = npt.NDArray[np.int64]
Some = TypeVar("Some", Ids, int)  # scalars in the shape of an array, or one in plain numbers

NOWHERE = -1
Flags = npt.NDArray[np.bool_]


def key_of(values: npt.NDArray[Any]) -> bytes:
    """A key that is equal for equal arrays: their type, shape and bytes."""
    return repr((values.dtype.kind, values.shape)).encode() + np.ascontiguousarray(values).tobytes()


class Array:
    """Scalars of one operation, or leaves of one kind, arranged in an array.

    Attributes:
        number: the index of the array, in the order in which arrays are created.
        ids: the ids of its scalars, in the shape of the array.
        rule: the operation; None for leaves.
        args: the numbers of the arguments: the shape of the array, and one more axis.
        kind: "parameter", "input", "table" (inputs that are an array already) or "computed".
    """

    def __init__(self, number: int, ids: Ids, rule: Rule | None, args: Ids | None, kind: str) -> None:
        self.number = number
        self.ids = ids
        self.rule = rule
        self.args = args
        self.kind = kind

    needs: Ids | None = None  # the scalars that an array is made of which no operation makes
    spare: Flags | None = None  # which of its places hold no scalar of the graph, if some do

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array."""
        return self.ids.shape

    @property
    def size(self) -> int:
        """How many scalars it holds."""
        return self.ids.size

    @property
    def first(self) -> int:
        """The number of its first scalar."""
        return int(self.ids.flat[0] if self.spare is None else self.ids[~self.spare][0])

    @property
    def count(self) -> int:
        """How many scalars of the graph it holds, or of its gradients."""
        return self.size if self.spare is None else self.size - int(self.spare.sum())

    def operands(self, place: int) -> list[int]:
        """The numbers of the arguments of the scalar that stands at a place."""
        assert self.args is not None
        found: list[int] = self.args.reshape(self.size, -1)[place].tolist()
        return found

    def __repr__(self) -> str:
        return f"<Array {self.number} {self.rule or self.kind} {self.shape}>"


class Single(Array):
    """One computed scalar without a partner: an array of the shape (), whose NumPy side is made if it is asked for."""

    def __init__(self, number: int, scalar: int, rule: Rule, arguments: Sequence[int]) -> None:
        self.number = number
        self.scalar = scalar
        self.rule: Rule = rule
        self.arguments = arguments
        self.kind = "computed"

    @cached_property
    def ids(self) -> Ids:  # type: ignore[override]
        """The number of the scalar."""
        return np.array(self.scalar, dtype=np.int64)

    @cached_property
    def args(self) -> Ids:  # type: ignore[override]
        """The numbers of its arguments."""
        return np.array(self.arguments, dtype=np.int64)

    @property
    def shape(self) -> tuple[int, ...]:
        """No axis at all."""
        return ()

    @property
    def size(self) -> int:
        """One."""
        return 1

    @property
    def first(self) -> int:
        """The number of the scalar."""
        return self.scalar

    def operands(self, place: int) -> list[int]:  # noqa: ARG002 (there is one place)
        """The numbers of its arguments."""
        return list(self.arguments)


class Workspace:
    """All scalars, and the array that holds each of them."""

    def __init__(self, count: int) -> None:
        self.arrays: list[Array] = []
        self.count = count
        self.where: Ids = np.full(2 * count + 64, NOWHERE, dtype=np.int64)
        self.place: Ids = np.zeros(2 * count + 64, dtype=np.int64)
        self.value: npt.NDArray[np.float64] = np.zeros(2 * count + 64)
        self.is_constant: Flags = np.zeros(2 * count + 64, dtype=bool)
        self.is_spare: Flags = np.zeros(2 * count + 64, dtype=bool)  # what only fills a place of a table
        self.loops: list[Any] = []
        self.is_step = False  # whether these are the scalars of one step of a loop
        self.is_strict = False  # whether no place of a table may be spare
        self.beside: dict[int, int] = {}  # for an array with spare places the one whose places it has, by number
        self.cuts: Ids = np.zeros(count, dtype=np.int64)  # for each scalar into how many parts its array is cut
        self.steps: Ids = np.full(count, NOWHERE, dtype=np.int64)
        self.rows = 0  # of the tables of inputs
        self.row: Ids = np.full(2 * count + 64, OF_NONE, dtype=np.int64)  # of those on which a scalar depends
        self._made: dict[Any, Any] = {}
        self._sources: dict[int, list[int]] = {}
        self._constants: dict[float, int] = {}
        self.one = self.constant(1.0)
        self.zero = self.constant(0.0)
        self.minus_one = self.constant(-1.0)

    def fresh(self, shape: tuple[int, ...]) -> Ids:
        """The ids of new scalars, in the given shape."""
        size = prod(shape)
        while self.count + size > len(self.where):
            self._grow()
        ids = np.arange(self.count, self.count + size, dtype=np.int64).reshape(shape)
        self.count += size
        return ids

    def fresh_spare(self, count: int) -> Ids:
        """The ids of new scalars that fill places of a table: nothing that is asked for is computed from them."""
        ids = self.fresh((count,))
        self.is_spare[ids] = True
        return ids

    def fresh_one(self) -> int:
        """One new scalar, as a plain number."""
        if self.count == len(self.where):
            self._grow()
        self.count += 1
        return self.count - 1

    def _grow(self) -> None:
        more = len(self.where)
        self.where = np.concatenate([self.where, np.full(more, NOWHERE, dtype=np.int64)])
        self.place = np.concatenate([self.place, np.zeros(more, dtype=np.int64)])
        self.value = np.concatenate([self.value, np.zeros(more)])
        self.is_constant = np.concatenate([self.is_constant, np.zeros(more, dtype=bool)])
        self.is_spare = np.concatenate([self.is_spare, np.zeros(more, dtype=bool)])
        self.row = np.concatenate([self.row, np.full(more, OF_NONE, dtype=np.int64)])

    def constant(self, number: float) -> int:
        """The scalar for a number: the same id for the same number."""
        key = number if number == number else "nan"
        if key not in self._constants:
            made = self.fresh_one()
            self.value[made], self.is_constant[made] = number, True
            self._constants[key] = made  # type: ignore[index]
        return self._constants[key]  # type: ignore[index]

    def put_one(self, scalar: int, rule: Rule, arguments: Sequence[int]) -> Single:
        """Make an array of a scalar that has no partner."""
        single = Single(len(self.arrays), scalar, rule, arguments)
        self.where[scalar] = single.number
        self.arrays.append(single)
        return single

    def put(self, ids: Ids, rule: Rule | None, args: Ids | None, kind: str) -> Array:
        """Create an array of the given scalars."""
        array = Array(len(self.arrays), ids, rule, args, kind)
        spare = self.is_spare[ids]
        array.spare = spare if spare.any() else None
        self.place_array(array)
        return array

    def place_array(self, array: Array) -> None:
        """Note where the scalars of a new array stand; a place may be empty."""
        flat = array.ids.reshape(-1)
        (filled,) = (flat != NOWHERE).nonzero()
        self.where[flat[filled]] = array.number
        self.place[flat[filled]] = filled
        self.arrays.append(array)

    def array_of(self, ids: Ids | int) -> Array | None:
        """The array that holds all of these scalars; None if they are not all in one."""
        if isinstance(ids, int):
            number = int(self.where[ids])
            return None if number == NOWHERE else self.arrays[number]
        found = self.where[ids.reshape(-1)]
        return self.arrays[found[0]] if found[0] != NOWHERE and (found == found[0]).all() else None

    def homes(self, ids: Ids) -> Ids:
        """The number of the array that holds each scalar, or of the one whose places that has."""
        where = self.where[ids]
        for number, home in self.beside.items():
            where[where == number] = home
        return where

    def sources(self, array: Array) -> list[int]:
        """The numbers of the arrays that an array is computed from."""
        if array.needs is not None:
            return sorted(set(self.where[array.needs].tolist()) - {NOWHERE})
        if array.args is None:
            return []
        if isinstance(array, Single):
            return sorted({int(self.where[argument]) for argument in array.arguments} - {NOWHERE})
        if array.number not in self._sources:
            found = set(self.where[array.args.reshape(-1)].tolist())
            self._sources[array.number] = sorted(found - {NOWHERE})
        return self._sources[array.number]

    # Computing new scalars

    def compute(self, rule: Rule, args: Sequence[Some]) -> Some:
        """The scalars of an operation applied elementwise to arguments of equal shape."""
        simple = self._simplified(rule, args)
        if simple is not None:
            return simple
        if isinstance(args[0], int):
            return self._compute_one(rule, tuple(args))
        return self._compute_many(rule, args)

    def _compute_one(self, rule: Rule, args: tuple[int, ...]) -> int:
        key = (rule, args)
        made: int | None = self._made.get(key)
        if made is None:
            if all(self.is_constant[arg] for arg in args):
                made = self.constant(rule.evaluate([float(self.value[arg]) for arg in args]))
            else:
                made = self.fresh_one()
                self.put_one(made, rule, args)
            self._made[key] = made
        return made

    def _compute_many(self, rule: Rule, args: Sequence[Ids]) -> Ids:
        together = np.stack(args, axis=-1)
        if together.ndim == 1:
            return np.array(self._compute_one(rule, tuple(together.tolist())), dtype=np.int64)
        if self.is_constant[together].all():
            return self._folded(rule, together)
        for axis, size in enumerate(together.shape[:-1]):
            if size > 1 and (together == together.take([0], axis)).all():  # the same along an axis: computed once
                once = self.compute(rule, [np.asarray(arg.take(0, axis)) for arg in args])
                return np.broadcast_to(np.expand_dims(once, axis), together.shape[:-1])
        key = (rule, together.shape, together.tobytes())
        if key not in self._made:
            ids = self.fresh(together.shape[:-1])
            self.put(ids, rule, together, "computed")
            self._made[key] = ids
        made: Ids = self._made[key]
        return made

    def remember(self, array: Array) -> None:
        """Register an array, so that computing the same scalars again returns it."""
        if isinstance(array, Single):
            self._made[array.rule, tuple(array.arguments)] = array.scalar
            return
        assert array.rule is not None
        assert array.args is not None
        self._made[array.rule, array.args.shape, array.args.tobytes()] = array.ids

    def _folded(self, rule: Rule, args: Ids) -> Ids:
        flat = args.reshape(-1, args.shape[-1])
        rows, inverse = np.unique(flat, axis=0, return_inverse=True)
        made = [self.constant(rule.evaluate(self.value[row].tolist())) for row in rows]
        return np.array(made, dtype=np.int64)[inverse.reshape(-1)].reshape(args.shape[:-1])

    def _simplified(self, rule: Rule, args: Sequence[Some]) -> Some | None:
        """The simpler form of an operation, where there is one: x for x · 1, x / 1, x + 0, x - 0, x ** 1 and -(-x).

        Also -x for x · -1. These hold for every number, inf and NaN too; x for ½ · (2 · x) holds unless 2 · x
        overflows, beyond 10³⁰⁷.
        """
        for position, number in enumerate(rule.neutral):
            if number is not None and self.are(args[position], number):
                return args[1 - position]
        if rule is mul:
            for factor, other in (args, args[::-1]):
                if self.are(factor, -1.0):
                    return self.compute(neg, [other])
                if self.are(factor, 0.5) and (doubled := self._doubled(other)) is not None:
                    return doubled
        if rule is neg:
            made = self._made_by(neg, args[0])
            return None if made is None else made[0]
        return None

    def _doubled(self, ids: Some) -> Some | None:
        """The scalars x, if these are 2 · x."""
        made = self._made_by(mul, ids)
        return made[1] if made is not None and self.are(made[0], 2.0) else None

    def _made_by(self, rule: Rule, ids: Some) -> Sequence[Some] | None:
        """The arguments of these scalars, if one array holds them all and computes them by this operation."""
        array = self.array_of(ids)
        if array is None or array.rule is not rule:
            return None
        if isinstance(ids, int):
            return array.operands(int(self.place[ids]))
        assert array.args is not None
        args = array.args.reshape(array.size, -1)[self.place[ids]]
        return [args[..., position] for position in range(args.shape[-1])]

    def are(self, ids: Ids | int, number: float) -> bool:
        """Whether all of these scalars are constants, and this number."""
        if isinstance(ids, int):
            return bool(self.is_constant[ids] and self.value[ids] == number)
        return bool(self.is_constant[ids].all() and (self.value[ids] == number).all())
