"""How is it written as NumPy?

Every array becomes a line, `dZ1 = dA1 * (1 - A1 * A1)   # (100, 16)`, or a part of one, if it is used once. Weighted
sums are looked at once more: where their left and right factors vary along different axes, they are a matrix product.

Names to know: `Source`, `emit`. Read next: `program.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_edu.compiler.arrays import NOWHERE, Array, Ids, Workspace
from tinygrad_edu.compiler.scalars import TOTAL
from tinygrad_edu.compiler.views import piece
from tinygrad_edu.rule import CALL, PRODUCT, SUM, Rule
from tinygrad_edu.rules import dot

Numbers = npt.NDArray[Any]  # floats, or indices

ATOM = CALL.level
LONGEST_LINE = 96
MOST_TERMS = 4  # of a weighted sum that is written out


@dataclass
class Source:
    """A NumPy program, and the arrays it needs.

    Attributes:
        text: a function `program(P, I)` of the parameters and the inputs; it gives the loss and the gradient.
        data: constants and indices, by name.
        lines: how many lines compute something.
    """

    text: str
    data: dict[str, Numbers] = field(default_factory=dict)
    lines: int = 0


def emit(workspace: Workspace, names: dict[int, str], output: int, gradient: Ids, leaves: dict[str, Ids]) -> Source:
    """Write the program that computes a scalar, and the scalars of its gradient.

    Args:
        workspace: all arrays.
        names: of arrays, by number.
        output: the loss.
        gradient: for each parameter the scalar that is its gradient; NOWHERE for 0.
        leaves: the scalars of all parameters and of all inputs, in their order.
    """
    return _Writer(workspace, names, leaves).program(output, gradient)


class _Writer:
    def __init__(self, workspace: Workspace, names: dict[int, str], leaves: dict[str, Ids]) -> None:
        self.leaves = leaves
        self.count = 0
        self.lines: list[str] = []
        self.gathered: dict[bytes, str] = {}
        self.views: dict[str, tuple[str, tuple[int, ...]]] = {}
        self.workspace = workspace
        self.names = names
        self.data: dict[str, Numbers] = {}
        self.known_data: dict[bytes, str] = {}
        self.texts: dict[int, tuple[str, int]] = {}
        self.uses: Counter[int] = Counter()
        self.whole: set[int] = set()

    def program(self, output: int, gradient: Ids) -> Source:
        needed = self._needed(output, gradient)
        lines = self.lines
        for array in needed:
            text, level = self._computed(array)
            if self._can_stand_inside(array, text):
                self.texts[array.number] = text, level
            else:
                name = self._name(array)
                self.texts[array.number] = name, ATOM
                lines.append(self._line(f"{name} = {text}", array.shape))
        results = [*self._gradient(gradient), f"return {self._view(np.array(output))[0]}, gradient"]
        views = [self._line(f"{name} = {text}", shape) for name, (text, shape) in self.views.items()]
        body = [*views, *lines, *results]
        text = "def program(P, I):\n" + "\n".join(f"    {line}" for line in body) + "\n"
        return Source(text, self.data, len(lines))

    def _line(self, text: str, shape: tuple[int, ...]) -> str:
        return f"{text:<60}  # {shape}" if shape else text

    # What is needed, and in which order

    def _needed(self, output: int, gradient: Ids) -> list[Array]:
        """The arrays that the results depend on, as they were made: arguments before users."""
        workspace = self.workspace
        wanted = {int(workspace.where[scalar]) for scalar in (output, *gradient[gradient != NOWHERE].tolist())}
        stack = [number for number in wanted if number != NOWHERE]
        seen = set(stack)
        while stack:
            array = workspace.arrays[stack.pop()]
            if array.args is None:
                continue
            for number in np.unique(workspace.where[array.args]).tolist():
                if number != NOWHERE:
                    self.uses[number] += self._count_uses(array, number)
                    if number not in seen:
                        seen.add(number)
                        stack.append(number)
        for number in wanted:
            self.uses[number] += 2  # a result has a line of its own
        return [workspace.arrays[number] for number in sorted(seen) if workspace.arrays[number].rule is not None]

    def _count_uses(self, array: Array, number: int) -> int:
        assert array.args is not None
        if array.rule is dot or array.rule is TOTAL:
            return 1
        columns = array.args.reshape(-1, array.args.shape[-1])
        return int((self.workspace.where[columns] == number).any(axis=0).sum())

    def _can_stand_inside(self, array: Array, text: str) -> bool:
        return (
            self.uses[array.number] == 1
            and array.number not in self.names
            and len(text) < LONGEST_LINE // 2
            and array.rule is not None
        )

    def _name(self, array: Array) -> str:
        if array.number not in self.names:
            self.count += 1
            self.names[array.number] = f"t{self.count}"
        return self.names[array.number]

    # Expressions: (text, how tightly it binds)

    def _computed(self, array: Array) -> tuple[str, int]:
        assert array.rule is not None
        assert array.args is not None
        if array.rule is dot:
            half = array.args.shape[-1] // 2
            return self._weighted_sum(array.args[..., :half], array.args[..., half:])
        if array.rule is TOTAL:
            return self._sum(array.args)
        args = [array.args[..., position] for position in range(array.args.shape[-1])]
        return self._operation(array.rule, args)

    def _operation(self, rule: Rule, args: list[Ids]) -> tuple[str, int]:
        views = [self._view(arg) for arg in args]
        if rule.many:
            groups = rule.grouped([text for text, _ in views])
            return rule.numpy.format(*[", ".join(group) for group in groups]), ATOM
        if rule.binding is CALL:
            is_call = re.fullmatch(r"[\w.]+\((\{\d?\}|[\w. ,])*\)", rule.numpy) is not None
            text = rule.numpy.format(*[self._within(view, 0 if is_call else ATOM) for view in views])
            return (text, ATOM) if is_call else (text, ATOM if _is_enclosed(text) else 0)
        texts = [self._within(view, need) for view, need in zip(views, rule.binding.needs, strict=True)]
        return rule.text.format(*texts), rule.binding.level

    @staticmethod
    def _within(view: tuple[str, int], need: int) -> str:
        text, level = view
        return text if level >= need else f"({text})"

    def _view(self, ids: Ids, is_exact: bool = False) -> tuple[str, int]:
        """Scalars as a text that broadcasts to their shape; exactly in that shape, for a matrix product."""
        workspace = self.workspace
        if workspace.is_constant[ids].all():
            return self._constants(ids, is_exact)
        array = workspace.array_of(ids)
        if array is None:
            return self._gathered_once(ids), ATOM
        name, level = self._source(array)
        places = workspace.place[ids]
        if level < ATOM:
            text = piece(f"({name})", array.shape, places, self._index, is_exact=is_exact)
            return (name, level) if text == f"({name})" else (text, ATOM)
        return piece(name, array.shape, places, self._index, is_exact=is_exact), ATOM

    def _source(self, array: Array) -> tuple[str, int]:
        if array.kind != "computed" and array.number not in self.texts:
            self._open(array)
        return self.texts[array.number]

    def _open(self, array: Array) -> None:
        """Leaves as a view of all parameters, or of all inputs."""
        whole = "P" if array.kind == "parameter" else "I"
        everyone = self.leaves[array.kind]
        rank = np.empty(self.workspace.count, dtype=np.int64)
        rank[everyone[everyone >= 0]] = np.flatnonzero(everyone >= 0)
        text = piece(whole, (len(everyone),), rank[array.ids], self._index, is_exact=True)
        name = self._name(array)
        self.views[name] = text, array.shape
        self.texts[array.number] = name, ATOM

    def _gathered_once(self, ids: Ids) -> str:
        key = _key(ids)
        if key not in self.gathered:
            text = self._gathered(ids)
            self.count += 1
            self.gathered[key] = f"t{self.count}"
            self.lines.append(self._line(f"{self.gathered[key]} = {text}", ids.shape))
        return self.gathered[key]

    def _gathered(self, ids: Ids) -> str:
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
                parts.append(f"np.ravel({self._source(array)[0]})")
                begin += array.ids.size
        return f"np.concatenate([{', '.join(parts)}])[{self._index(index.reshape(ids.shape))}]"

    def _constants(self, ids: Ids, is_exact: bool) -> tuple[str, int]:
        values = self.workspace.value[ids]
        if values.size and (values == values.flat[0]).all() and not is_exact:
            number = float(values.flat[0])
            return (
                (repr(number).removesuffix(".0"), SUM.level if number < 0 else ATOM)
                if np.isfinite(number)
                else (f"np.{number}".replace("-inf", "inf * -1"), ATOM if number != -np.inf else PRODUCT.level)
            )
        for turned in (False, True):
            known = self.known_data.get(_key(values.T if turned else values))
            if known is not None:
                return (f"{known}.T" if turned and values.ndim > 1 else known), ATOM
        return self._keep("X" if is_exact else "c", values), ATOM

    def _keep(self, stem: str, values: Numbers) -> str:
        key = _key(values)
        if key not in self.known_data:
            count = sum(name.startswith(stem) for name in self.data)
            self.known_data[key] = stem if stem == "X" and count == 0 else f"{stem}{count + 1}"
            self.data[self.known_data[key]] = np.array(values)
        return self.known_data[key]

    def _index(self, places: Ids) -> str:
        return self._keep("i", places)

    # Weighted sums

    def _weighted_sum(self, left: Ids, right: Ids) -> tuple[str, int]:
        if left.shape[-1] <= MOST_TERMS and self._product(left, right) is None:
            return self._written_out(left, right)
        parts = [self._one_source(left[..., cols], right[..., cols]) for cols in self._by_source(left, right)]
        if len(parts) == 1:
            return parts[0]
        return " + ".join(self._within(part, PRODUCT.level) for part in parts), SUM.level

    def _written_out(self, left: Ids, right: Ids) -> tuple[str, int]:
        terms = []
        for position in range(left.shape[-1]):
            factors = [self._within(self._view(side[..., position]), need) for side, need in ((left, 2), (right, 3))]
            terms.append(" * ".join(factors))
        return " + ".join(terms), SUM.level

    def _by_source(self, left: Ids, right: Ids) -> list[Ids]:
        """The columns in which the factors come from the same pair of arrays."""
        workspace, width = self.workspace, left.shape[-1]
        pairs = np.stack([workspace.where[side].reshape(-1, width) for side in (left, right)])
        if not (pairs == pairs[:, :1]).all():
            return [np.arange(width)]
        _, which = np.unique(pairs[:, 0], axis=1, return_inverse=True)
        return [np.flatnonzero(which.reshape(-1) == number) for number in range(int(which.max()) + 1)]

    def _one_source(self, left: Ids, right: Ids) -> tuple[str, int]:
        found = self._product(left, right)
        if found is not None:
            return found
        if left.ndim == 1:
            return self._inner(left, right)
        sides = (self._view(left, is_exact=True)[0], self._view(right, is_exact=True)[0])
        return f"np.einsum('...i,...i->...', {', '.join(sides)})", ATOM

    def _inner(self, left: Ids, right: Ids) -> tuple[str, int]:
        order = np.lexsort((self.workspace.place[right], self.workspace.place[left], self.workspace.where[left]))
        left, right = left[order], right[order]
        arrays = [self.workspace.array_of(side) for side in (left, right)]
        if all(array is not None and array.ids.size == len(left) for array in arrays) and all(
            (self.workspace.place[side] == np.arange(len(side))).all() for side in (left, right)
        ):
            return f"np.vdot({', '.join(self._source(array)[0] for array in arrays if array)})", ATOM
        return f"np.dot({self._view(left, True)[0]}, {self._view(right, True)[0]})", ATOM

    def _product(self, left: Ids, right: Ids) -> tuple[str, int] | None:
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

    def _matrices(self, rows: Ids, columns: Ids) -> tuple[str, int]:
        order = self._contraction_order(rows, columns)
        left, right = rows[:, order], columns[..., order]
        first, second = self._view(left, is_exact=True), self._view(right.T, is_exact=True)
        return f"{self._within(first, PRODUCT.level)} @ {self._within(second, PRODUCT.level + 1)}", PRODUCT.level

    def _contraction_order(self, rows: Ids, columns: Ids) -> Ids:
        workspace = self.workspace
        side = rows[0] if not workspace.is_constant[rows[0]].any() else np.atleast_2d(columns)[0]
        return np.lexsort((workspace.place[side], workspace.where[side]))

    # Sums

    def _sum(self, terms: Ids) -> tuple[str, int]:
        if terms.ndim == 1:
            parts = [self._flat_sum(terms[cols]) for cols in self._by_source(terms, terms)]
        elif terms.shape[-1] <= MOST_TERMS:
            parts = [self._within(self._view(terms[..., k]), PRODUCT.level) for k in range(terms.shape[-1])]
        else:
            parts = [self._axis_sum(terms[..., cols]) for cols in self._by_source(terms, terms)]
        return " + ".join(parts), SUM.level if len(parts) > 1 else ATOM

    def _flat_sum(self, terms: Ids) -> str:
        array = self.workspace.array_of(terms)
        if (terms == terms[0]).all():
            text = self._within(self._view(terms[0]), PRODUCT.level + 1)
            return text if len(terms) == 1 else f"{len(terms)} * {text}"
        if array is not None and array.ids.size == len(terms) and len(np.unique(terms)) == len(terms):
            return f"{self._within(self._source(array), ATOM)}.sum()"
        return f"{self._view(terms, is_exact=True)[0]}.sum()"

    def _axis_sum(self, terms: Ids) -> str:
        if terms.shape[-1] == 1:
            return self._within(self._view(terms[..., 0]), PRODUCT.level)
        text = self._view(terms, is_exact=True)[0]
        return f"{text.removesuffix('.T')}.sum(axis=0)" if text.endswith(".T") else f"{text}.sum(axis=-1)"

    # The gradient

    def _gradient(self, gradient: Ids) -> list[str]:
        """One line for each array that holds gradients of parameters."""
        workspace, lines = self.workspace, [f"gradient = np.zeros({len(gradient)})"]
        places = np.flatnonzero(gradient != NOWHERE)
        for number in dict.fromkeys(workspace.where[gradient[places]].tolist()):
            here = places[workspace.where[gradient[places]] == number]
            scalars = gradient[here]
            if number != NOWHERE and len(scalars) == workspace.arrays[number].ids.size == len(np.unique(scalars)):
                array = workspace.arrays[number]
                targets = np.empty(len(here), dtype=np.int64)
                targets[workspace.place[scalars]] = here
                left = piece("gradient", (len(gradient),), targets.reshape(array.shape), self._index)
                if not re.search(r"\.T$|None", left):
                    lines.append(f"{_assignable(left)} = {self._source(array)[0]}")
                    continue
            left = piece("gradient", (len(gradient),), here, self._index)
            lines.append(f"{_assignable(left)} = {self._view(scalars)[0]}")
        return lines


def _assignable(view: str) -> str:
    """A view that something can be assigned to: not a name, and not a call."""
    return view if view.endswith("]") else f"{view}[:]"


def _is_enclosed(text: str) -> bool:
    """Whether the bracket that opens a text is the one that closes it."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return sign == ")" and place == len(text) - 1
    return False


def _key(values: Numbers) -> bytes:
    return repr((values.dtype.kind, values.shape)).encode() + np.ascontiguousarray(values).tobytes()
