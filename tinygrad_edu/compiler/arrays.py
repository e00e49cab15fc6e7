"""How do many scalars become one array?

An `Array` holds the scalars of one operation in a fixed order; a `Workspace` records for every scalar which array holds
it, and at which position. New scalars are computed through the workspace, which folds constants, returns an existing
array rather than computing it again, and drops × 1 and + 0.

Names to know: `Array`, `Workspace`. Read next: `groups.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import mul, neg

Ids = npt.NDArray[np.int64]

NOWHERE = -1


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

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array."""
        return self.ids.shape

    def __repr__(self) -> str:
        return f"<Array {self.number} {self.rule or self.kind} {self.shape}>"


class Workspace:
    """All scalars, and the array that holds each of them."""

    def __init__(self, count: int) -> None:
        self.arrays: list[Array] = []
        self.count = count
        self.where: Ids = np.full(2 * count + 64, NOWHERE, dtype=np.int64)
        self.place: Ids = np.zeros(2 * count + 64, dtype=np.int64)
        self.value: npt.NDArray[np.float64] = np.zeros(2 * count + 64)
        self.is_constant: npt.NDArray[np.bool_] = np.zeros(2 * count + 64, dtype=bool)
        self._made: dict[Any, Ids] = {}
        self._sources: dict[int, list[int]] = {}
        self._constants: dict[float, int] = {}
        self.one = self.constant(1.0)
        self.zero = self.constant(0.0)

    def fresh(self, shape: tuple[int, ...]) -> Ids:
        """The ids of new scalars, in the given shape."""
        size = int(np.prod(shape))
        while self.count + size > len(self.where):
            self._grow()
        ids = np.arange(self.count, self.count + size, dtype=np.int64).reshape(shape)
        self.count += size
        return ids

    def _grow(self) -> None:
        more = len(self.where)
        self.where = np.concatenate([self.where, np.full(more, NOWHERE, dtype=np.int64)])
        self.place = np.concatenate([self.place, np.zeros(more, dtype=np.int64)])
        self.value = np.concatenate([self.value, np.zeros(more)])
        self.is_constant = np.concatenate([self.is_constant, np.zeros(more, dtype=bool)])

    def constant(self, number: float) -> int:
        """The scalar for a number: the same id for the same number."""
        key = number if number == number else "nan"
        if key not in self._constants:
            made = int(self.fresh(())[()])
            self.value[made], self.is_constant[made] = number, True
            self._constants[key] = made  # type: ignore[index]
        return self._constants[key]  # type: ignore[index]

    def put(self, ids: Ids, rule: Rule | None, args: Ids | None, kind: str) -> Array:
        """Create an array of the given scalars."""
        array = Array(len(self.arrays), ids, rule, args, kind)
        flat = ids.reshape(-1)
        self.where[flat] = array.number
        self.place[flat] = np.arange(len(flat))
        self.arrays.append(array)
        return array

    def array_of(self, ids: Ids) -> Array | None:
        """The array that holds all of these scalars; None if they are not all in one."""
        found = self.where[ids.reshape(-1)]
        return self.arrays[found[0]] if found[0] != NOWHERE and (found == found[0]).all() else None

    def sources(self, array: Array) -> list[int]:
        """The numbers of the arrays that an array is computed from."""
        if array.args is None:
            return []
        if array.number not in self._sources:
            found = set(self.where[array.args.reshape(-1)].tolist())
            self._sources[array.number] = sorted(found - {NOWHERE})
        return self._sources[array.number]

    # Computing new scalars

    def compute(self, rule: Rule, args: Sequence[Ids]) -> Ids:
        """The scalars of an operation applied elementwise to arguments of equal shape."""
        simple = self._simplified(rule, args)
        if simple is not None:
            return simple
        together = np.stack(args, axis=-1)
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
        return self._made[key]

    def remember(self, array: Array) -> None:
        """Register an array, so that computing the same scalars again returns it."""
        assert array.rule is not None
        assert array.args is not None
        self._made[array.rule, array.args.shape, array.args.tobytes()] = array.ids

    def _folded(self, rule: Rule, args: Ids) -> Ids:
        flat = args.reshape(-1, args.shape[-1])
        rows, inverse = np.unique(flat, axis=0, return_inverse=True)
        made = [self.constant(rule.evaluate(self.value[row].tolist())) for row in rows]
        return np.array(made, dtype=np.int64)[inverse.reshape(-1)].reshape(args.shape[:-1])

    def _simplified(self, rule: Rule, args: Sequence[Ids]) -> Ids | None:
        """The simpler form of an operation, where there is one: x for x · 1, x / 1, x + 0, x - 0, x ** 1 and -(-x).

        Also -x for x · -1. These hold for every number, inf and NaN too; x for ½ · (2 · x) holds unless 2 · x
        overflows, beyond 10³⁰⁷.
        """
        for position, number in enumerate(rule.neutral):
            if number is not None and self._are(args[position], number):
                return args[1 - position]
        if rule is mul:
            for factor, other in (args, args[::-1]):
                if self._are(factor, -1.0):
                    return self.compute(neg, [other])
                if self._are(factor, 0.5) and (doubled := self._doubled(other)) is not None:
                    return doubled
        if rule is neg:
            made = self._made_by(neg, args[0])
            return None if made is None else made[..., 0]
        return None

    def _doubled(self, ids: Ids) -> Ids | None:
        """The scalars x, if these are 2 · x."""
        made = self._made_by(mul, ids)
        return made[..., 1] if made is not None and self._are(made[..., 0], 2.0) else None

    def _made_by(self, rule: Rule, ids: Ids) -> Ids | None:
        """The arguments of these scalars, if one array holds them all and computes them by this operation."""
        array = self.array_of(ids)
        if array is None or array.rule is not rule or array.args is None:
            return None
        return array.args.reshape(array.ids.size, -1)[self.place[ids]]

    def _are(self, ids: Ids, number: float) -> bool:
        return bool(self.is_constant[ids].all() and (self.value[ids] == number).all())
