"""How is it written as NumPy?

Every array becomes a line, `dZ1 = dA1 * (1 - A1 * A1)   # (100, 16)`, or a part of one, if it is used once and has no
name of its own. First come the parameters, as views of the array that holds them all; last, the gradient is put
together.

Names to know: `Source`, `Line`, `emit`. Read next: `program.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tinygrad_edu.compiler.arrays import NOWHERE, Array, Ids, Workspace
from tinygrad_edu.compiler.expressions import ATOM, Expressions, Numbers, Text, is_enclosed, key_of
from tinygrad_edu.compiler.names import RESERVED
from tinygrad_edu.compiler.scalars import TOTAL
from tinygrad_edu.compiler.views import piece
from tinygrad_edu.rules import dot

LONGEST_PART = 48  # of an expression that stands inside another one
COMMENT_AT = 60


class Line(NamedTuple):
    """One line of a program: a name, what it is, and the array that it stands for (None for a gathering of several)."""

    name: str
    expression: str
    shape: tuple[int, ...]
    array: Array | None

    def __str__(self) -> str:
        text = f"{self.name} = {self.expression}"
        return f"{text:<{COMMENT_AT}}  # {self.shape}" if self.shape else text


@dataclass
class Source:
    """A NumPy program, and the arrays it needs.

    Attributes:
        leaves: the lines that take parameters and inputs out of the arrays that hold them all.
        lines: the lines that compute something.
        results: the lines that put the gradient together and return it.
        data: constants and indices, by name.
    """

    leaves: tuple[Line, ...]
    lines: tuple[Line, ...]
    results: tuple[str, ...]
    data: dict[str, Numbers]

    @property
    def text(self) -> str:
        """A function `program(P, I)` of the parameters and the inputs, which gives the loss and the gradient."""
        body = [*map(str, self.leaves), *map(str, self.lines), *self.results]
        return "def program(P, I):\n" + "\n".join(f"    {line}" for line in body) + "\n"


def emit(
    workspace: Workspace,
    names: dict[int, str],
    output: int,
    gradient: Ids,
    leaves: dict[str, Ids],
    wanted: Ids | None = None,
) -> Source:
    """Write the program that computes a scalar, and the scalars of its gradient.

    Args:
        workspace: all arrays.
        names: of arrays, by number.
        output: the loss.
        gradient: for each parameter the scalar that is its gradient; NOWHERE for 0.
        leaves: the scalars of all parameters and of all inputs, in their order.
        wanted: other scalars to be returned, in the shape they are to have.
    """
    return _Writer(workspace, names, leaves).program(output, gradient, wanted)


class _Writer(Expressions):
    """Expressions on their way to a program."""

    def __init__(self, workspace: Workspace, names: dict[int, str], leaves: dict[str, Ids]) -> None:
        super().__init__(workspace)
        self.names = names
        self.leaves = leaves
        self.taken = {*names.values(), *RESERVED}
        self.leaf_lines: list[Line] = []
        self.lines: list[Line] = []
        self.laid: dict[bytes, str] = {}
        self.texts: dict[int, Text] = {}
        self.uses: Counter[int] = Counter()
        self.asked: Counter[int] = (
            Counter()
        )  # how often the text of each array was asked for, for the one being written

    def program(self, output: int, gradient: Ids, wanted: Ids | None) -> Source:
        others = np.zeros(0, dtype=np.int64) if wanted is None else wanted.reshape(-1)
        for array in self._needed([output, *gradient[gradient != NOWHERE].tolist(), *others.tolist()]):
            text, level = self._computed_once(array)
            if self._can_stand_inside(array, text):
                self.texts[array.number] = text, level
            else:
                self._write_line(array, text)
        also = "" if wanted is None else f", {self.view(wanted, is_exact=True)[0]}"
        results = [*self._gradient(gradient), f"return {self.view(np.array(output))[0]}, gradient{also}"]
        return Source(tuple(self.leaf_lines), tuple(self.lines), tuple(results), self.data)

    def _computed_once(self, array: Array) -> Text:
        """The expression of an array. What it would have inside it twice gets a line of its own first."""
        self.asked.clear()
        text, level = self.computed(array)
        often = [number for number, times in self.asked.items() if times > 1]
        repeated = [number for number in often if not self.texts[number][0].isidentifier()]
        for number in repeated:
            self._write_line(self.workspace.arrays[number], self.texts[number][0])
        return self.computed(array) if repeated else (text, level)

    def _write_line(self, array: Array, text: str) -> None:
        self.texts[array.number] = self._name(array), ATOM
        self.lines.append(Line(self._name(array), text[1:-1] if is_enclosed(text) else text, array.shape, array))

    def _needed(self, scalars: list[int]) -> list[Array]:
        """The arrays that some scalars depend on, as they were made: arguments before users."""
        workspace = self.workspace
        results = set(workspace.where[scalars].tolist())
        self.uses.update(dict.fromkeys(results, 2))  # a result has a line of its own
        seen = results - {NOWHERE}
        stack = list(seen)
        while stack:
            array = workspace.arrays[stack.pop()]
            for number in workspace.sources(array):
                self.uses[number] += self._count_uses(array, number)
                if number not in seen:
                    seen.add(number)
                    stack.append(number)
        return [workspace.arrays[number] for number in sorted(seen) if workspace.arrays[number].rule is not None]

    def _count_uses(self, array: Array, number: int) -> int:
        assert array.args is not None
        if array.rule is dot or array.rule is TOTAL or array.args.shape[-1] == 1:
            return 1
        columns = array.args.reshape(-1, array.args.shape[-1])
        return int((self.workspace.where[columns] == number).any(axis=0).sum())

    def _can_stand_inside(self, array: Array, text: str) -> bool:
        return self.uses[array.number] == 1 and array.number not in self.names and len(text) <= LONGEST_PART

    def _name(self, array: Array) -> str:
        if array.number not in self.names:
            self.names[array.number] = self.new_name("t")
            self.taken.add(self.names[array.number])
        return self.names[array.number]

    def is_taken(self, name: str) -> bool:
        return name in self.taken or name in self.data

    def source_of(self, array: Array) -> Text:
        if array.kind != "computed" and array.number not in self.texts:
            self._open(array)
        self.asked[array.number] += 1
        return self.texts[array.number]

    def _open(self, array: Array) -> None:
        """Leaves as a view of all parameters, or of all inputs."""
        whole = "P" if array.kind == "parameter" else "I"
        everyone = self.leaves[array.kind]
        rank = np.empty(self.workspace.count, dtype=np.int64)
        rank[everyone[everyone >= 0]] = np.flatnonzero(everyone >= 0)
        text = piece(whole, (len(everyone),), rank[array.ids], self.index, is_exact=True)
        self.leaf_lines.append(Line(self._name(array), text, array.shape, array))
        self.texts[array.number] = self._name(array), ATOM

    def gathered(self, ids: Ids) -> str:
        key = key_of(ids)
        if key not in self.laid:
            text = self.laid_together(ids)
            self.laid[key] = self.new_name("t")
            self.taken.add(self.laid[key])
            self.lines.append(Line(self.laid[key], text, ids.shape, None))
        return self.laid[key]

    # The gradient

    def _gradient(self, gradient: Ids) -> list[str]:
        """One line for each array that holds gradients of parameters."""
        workspace = self.workspace
        places = np.flatnonzero(gradient != NOWHERE)
        holders = workspace.where[gradient[places]]
        numbers = dict.fromkeys(holders.tolist())
        lines = [self._gradient_line(gradient, places[holders == number], number) for number in numbers]
        return [f"gradient = np.zeros({len(gradient)})", *lines]

    def _gradient_line(self, gradient: Ids, places: Ids, number: int) -> str:
        scalars = gradient[places]
        if number != NOWHERE and len(scalars) == self.workspace.arrays[number].ids.size == len(np.unique(scalars)):
            array = self.workspace.arrays[number]
            targets = np.empty(len(places), dtype=np.int64)
            targets[self.workspace.place[scalars]] = places
            left = piece("gradient", (len(gradient),), targets.reshape(array.shape), self.index)
            if not re.search(r"\.T$|None", left):
                return f"{_assignable(left)} = {self.source_of(array)[0]}"
        left = piece("gradient", (len(gradient),), places, self.index)
        return f"{_assignable(left)} = {self.view(scalars)[0]}"


def _assignable(view: str) -> str:
    """A view that something can be assigned to: not a name, and not a call."""
    return view if view.endswith("]") else f"{view}[:]"
