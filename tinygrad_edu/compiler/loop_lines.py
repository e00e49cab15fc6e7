"""How is a loop over time written as lines?

The forward loop fills a row of each state in every step, and a row of what its backward sweep reads besides. The
backward loop goes from the last step to the first: `dH[t + 1]`, the gradient of what a step gives, is complete when its
turn comes, because every step that reads it came before; from it a step finds what it adds to `dH[t]`, to the gradient
of what is the same in all steps, `dU += …`, and what the gradient of its own part of the rest is, `dX[t] = …`.

Names to know: `LoopLines`. Read next: `emit.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_edu.compiler.arrays import NOWHERE, Array, Ids
from tinygrad_edu.compiler.formulas import At, Formula, Looped, Name, View, Zeros
from tinygrad_edu.compiler.layout import Index, Shape
from tinygrad_edu.compiler.loops import Loop, LoopArray, Operand
from tinygrad_edu.compiler.source import Line, Put, Repeat

COUNTERS = ("t", "step", "time_step")  # what the number of a step is called, if nothing else is


class LoopLines:
    """The lines of one loop.

    Args:
        outside: writes the graph around.
        inside: a function that gives a writer of a step, which shares the names of the one outside.
        loop: what is written.
    """

    def __init__(self, outside: Any, loop: Loop) -> None:
        self.outside, self.loop = outside, loop
        self.counter = next(name for name in COUNTERS if not outside.is_taken(name))
        self.states = [
            self._array(array, "H" if state.inside.ndim else "s")
            for array, state in zip(loop.arrays, loop.states, strict=True)
        ]
        self.kept: dict[int, Name] = {}
        self.before: list[Line | Put] = []
        self.reads: list[Formula] = []

    def _new(self, stem: str, shape: Shape) -> Name:
        is_free = stem[0] == "d" and not self.outside.is_taken(stem)
        name = stem if is_free else self.outside.new_name(stem)
        self.outside.taken.add(name)
        return Name(name, shape)

    def _array(self, array: Array, stem: str) -> Name:
        """An array that the loop gives, by the name that it has outside, or else a new one."""
        name = self.outside.names.get(array.number)
        return self._new(stem, array.shape) if name is None else Name(name, array.shape)

    def _taken(self) -> dict[int, Formula]:
        """For the arrays that a step takes, by number, what they are called in it."""
        found: dict[int, Formula] = {operand.inside.number: self._read(operand.outside) for operand in self.loop.fixed}
        for operand in self.loop.varying:
            found[operand.inside.number] = self._row(operand)
        for state, name in zip(self.loop.states, self.states, strict=True):
            for lag, leaves in state.leaves.items():
                found[leaves.number] = At(name, state.early - lag)
        return found

    def _row(self, operand: Operand) -> Formula:
        """What a step takes of what is another one in each: a row of an array, or a part of one, X[:, t]."""
        part = None if self._has_gradient(operand) else self.outside.in_steps(operand.outside, self.counter)
        if part is None:
            return At(self._read(operand.outside), 0)
        self.reads += part.parts
        return View(part.parts[0], part.moves)

    def _has_gradient(self, operand: Operand) -> bool:
        backward = self.loop.backward
        return backward is not None and bool((backward.found[operand.inside.ids] != NOWHERE).any())

    def _read(self, ids: Ids) -> Name:
        """Scalars outside, by a name."""
        formula: Name = self.outside.named(ids)
        self.reads.append(formula)
        return formula

    def _zeros(self, name: Name) -> None:
        self.before.append(Line(name.name, Zeros(name.shape), name.size, None))

    # Forward

    def forward(self) -> None:
        """Write the loop, and what it gives."""
        loop = self.loop
        writer = self.outside.inside(loop.workspace, self._taken())
        gives = self._gives(writer)
        wanted = [scalar for state in loop.states for scalar in state.inside.reshape(-1).tolist()]
        for array in self._read_backward():
            self.kept[array.number] = self._new("k", (loop.steps, *array.shape))
            wanted.append(array.first)
        for array in writer.needed(wanted):
            if array.number in gives:
                writer.put(array, gives[array.number])
            elif array.number in self.kept:
                writer.put(array, At(self.kept[array.number], 0))
            else:
                writer.write(array)
        for state, name in zip(loop.states, self.states, strict=True):
            if writer.number_of(state.inside) == NOWHERE:  # it stands in another order than that of its leaves
                writer.lines.append(Put(At(name, state.early), writer.exact(state.inside)))
        self._before_first_step()
        self._finish(writer.lines, loop.arrays, self.states, is_backward=False)

    def _gives(self, writer: Any) -> dict[int, Formula]:
        """The arrays of a step that are rows of states, as they stand."""
        found = {
            writer.number_of(state.inside): At(name, state.early)
            for state, name in zip(self.loop.states, self.states, strict=True)
        }
        return {number: row for number, row in found.items() if number != NOWHERE}

    def _read_backward(self) -> list[Array]:
        """The arrays of a step that its backward sweep reads, and no state keeps."""
        loop, backward = self.loop, self.loop.backward
        if backward is None:
            return []
        found = [ids for ids in self._gradients() if (ids != NOWHERE).any()]
        scalars = [scalar for ids in found for scalar in ids[ids != NOWHERE].tolist()]
        writer = self.outside.inside(loop.workspace, {})
        numbers = writer.read_by(scalars, loop.size) - self._gives(writer).keys()
        arrays = [loop.workspace.arrays[number] for number in sorted(numbers)]
        return [array for array in arrays if array.rule is not None]

    def _gradients(self) -> list[Ids]:
        """The gradients of all that a step takes, where there is one: of carried rows, what is fixed, what varies."""
        loop, backward = self.loop, self.loop.backward
        assert backward is not None
        leaves = [leaves for state in loop.states for leaves in state.leaves.values()]
        operands = [operand.inside for operand in (*loop.fixed, *loop.varying)]
        return [backward.found[array.ids] for array in (*leaves, *operands)]

    def _before_first_step(self) -> None:
        for name in (*self.states, *self.kept.values()):
            self._zeros(name)
        zero = self.outside.workspace.zero
        for state, name in zip(self.loop.states, self.states, strict=True):
            given = np.where(state.given == NOWHERE, zero, state.given)
            for row in range(state.early):
                if not self.outside.workspace.are(given[row], 0.0):
                    self._put_rows(name, Index((row,)), given[row])

    def _put_rows(self, name: Name, rows: Index, ids: Ids) -> None:
        formula = self.outside.view(ids)
        self.reads.append(formula)
        self.before.append(Put(View(name, (rows,)), formula))

    def _finish(
        self, body: Sequence[Line | Put], arrays: Sequence[LoopArray], names: Sequence[Name], *, is_backward: bool
    ) -> None:
        """One line for each array that the loop gives; all of them are the loop."""
        filled = {line.name for line in self.before if isinstance(line, Line)}
        repeat = Repeat(self.loop.steps, is_backward, self.counter, tuple(self.before), tuple(body))
        for array, name in zip(arrays, names, strict=True):
            self.outside.formulas[array.number] = name
            if name.name not in filled:
                continue
            looped = Looped(repeat, name.shape, self.reads)
            self.outside.lines.append(Line(name.name, looped, array.size, array.first))
        for kept, name in self.kept.items() if not is_backward else ():
            scalar = self.loop.node_of(self.loop.workspace.arrays[kept])
            looped = Looped(repeat, name.shape, self.reads)
            self.outside.lines.append(Line(name.name, looped, name.size, scalar))
        self.before, self.reads = [], []

    # Backward

    def backward(self) -> None:
        """Write the loop of the backward sweep, and what it gives."""
        loop, backward = self.loop, self.loop.backward
        assert backward is not None
        names = self._gradient_names()
        states = names[: len(loop.states)]
        self.reads += [*self.states, *self.kept.values()]
        known = self._taken() | {number: At(name, 0) for number, name in self.kept.items()}
        known |= self._gives(self.outside.inside(loop.workspace, {}))
        for state, array, name in zip(loop.states, backward.upstream, states, strict=True):
            known[array.number] = At(name, state.early)
        writer = self.outside.inside(loop.workspace, known)
        self._write_gradients(writer, self._targets(names))
        written = {name for put in writer.lines if isinstance(put, Put) for name in put.target.names()}
        written.update(name.name for name in states)
        for array, name in zip(backward.arrays, names, strict=True):
            if name.name in written or self.outside.uses[array.number]:
                self._zeros(name)
        for name, seeds in zip(states, backward.seeds, strict=True):
            self._seed(name, seeds)
        self._finish(writer.lines, backward.arrays, names, is_backward=True)

    def _gradient_names(self) -> list[Name]:
        """The names of the gradients of all states, of what is fixed, and of what varies."""
        loop, backward = self.loop, self.loop.backward
        assert backward is not None
        taken = [
            self.outside.named(operand.outside).name if self._has_gradient(operand) else ""
            for operand in (*loop.fixed, *loop.varying)
        ]
        stems = [f"d{name}" for name in (*(state.name for state in self.states), *taken)]
        return [self._array(array, stem) for array, stem in zip(backward.arrays, stems, strict=True)]

    def _targets(self, names: Sequence[Name]) -> list[tuple[Formula, bool]]:
        """Where each of `_gradients` is written, and whether it is added there."""
        loop = self.loop
        states, others = names[: len(loop.states)], names[len(loop.states) :]
        return [
            *(
                (At(name, state.early - lag), True)
                for state, name in zip(loop.states, states, strict=True)
                for lag in state.leaves
            ),
            *((name, True) for name in others[: len(loop.fixed)]),
            *((At(name, 0), False) for name in others[len(loop.fixed) :]),
        ]

    def _write_gradients(self, writer: Any, targets: Sequence[tuple[Formula, bool]]) -> None:
        where, zero = self.loop.workspace.where, self.loop.workspace.zero
        gradients = self._gradients()
        found = [ids for ids in gradients if (ids != NOWHERE).any()]
        for ids in found:
            for number in {*where[ids[ids != NOWHERE]].tolist()}:
                writer.uses[number] += 1
        writer.are_put = {writer.number_of(ids) for ids in found}
        for array in writer.needed([scalar for ids in found for scalar in ids[ids != NOWHERE].tolist()], times=0):
            writer.write(array)
        for (target, is_added), ids in zip(targets, gradients, strict=True):
            if (ids != NOWHERE).any():
                filled = np.where(ids == NOWHERE, zero, ids)
                writer.lines.append(Put(target, writer.exact(filled), is_added))

    def _seed(self, name: Name, seeds: Ids) -> None:
        """Put what comes from outside into the rows in which there is something."""
        rows = np.flatnonzero((seeds != NOWHERE).reshape(len(seeds), -1).any(axis=1))
        if len(rows):
            first, last = int(rows[0]), int(rows[-1])
            ids = np.where(seeds == NOWHERE, self.outside.workspace.zero, seeds)
            whole = slice(first or None, None if last + 1 == len(seeds) else last + 1)
            one = first == last
            self._put_rows(name, Index((first if one else whole,)), ids[first] if one else ids[first : last + 1])
