"""How do arrays become the lines of a program?

Every array becomes a line, `dZ1 = dA1 * (1 - A1 * A1)   # (100, 16)`, or part of one, if it is used once and has no
name of its own. The program starts with the parameters, as views of the vector that holds them all, and ends by
assembling the gradient.

Names to know: `emit`. Read next: `slopes.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from tinygrad_edu.compiler.arrays import NOWHERE, Array, Ids, Single, Workspace, key_of
from tinygrad_edu.compiler.expressions import Expressions
from tinygrad_edu.compiler.formulas import At, Formula, Name, Pick, View
from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
from tinygrad_edu.compiler.languages.printer import Written, is_of
from tinygrad_edu.compiler.layout import Index, Layout, Move, Turn
from tinygrad_edu.compiler.loop_lines import LoopLines
from tinygrad_edu.compiler.loops import LoopArray
from tinygrad_edu.compiler.names import RESERVED, Named, reserved_for
from tinygrad_edu.compiler.scalars import TOTAL, Balance
from tinygrad_edu.compiler.source import Line, Part, Put, Source, without_leading_ones
from tinygrad_edu.compiler.views import moves_in_steps, moves_to
from tinygrad_edu.rules import dot, neg

LONGEST_PART = 48  # of an expression that stands inside another one


def emit(
    workspace: Workspace,
    names: Named,
    output: int,
    gradient: Ids,
    leaves: dict[str, Ids],
    wanted: Ids | None = None,
) -> Source:
    """Write the program that computes a scalar and its gradient.

    Args:
        workspace: all arrays.
        names: the names of arrays.
        output: the id of the loss.
        gradient: for each parameter the id of its gradient; NOWHERE for 0.
        leaves: the ids of all parameters and of all inputs, in their order.
        wanted: the ids of other scalars to return, in the shape that they are returned in.
    """
    return _Writer(workspace, names, leaves).program(output, gradient, wanted)


class _Writer(Expressions):
    """Collects the lines of a program."""

    def __init__(self, workspace: Workspace, names: Named, leaves: dict[str, Ids]) -> None:
        super().__init__(workspace)
        self.names, self.together = names
        self.leaves = leaves
        self.ranks = {kind: _ranks(everyone, workspace.count) for kind, everyone in leaves.items()}
        tables = [names.of[array.number] for array in workspace.arrays if array.kind == "table"]
        self.taken = {*names.of.values(), *names.together.values(), *reserved_for(tables), *RESERVED}
        self.printer = _RememberingPrinter(is_brief=bool(tables))
        self.leaf_lines: list[Line] = []
        self.lines: list[Any] = []  # each a Line; in a step of a loop, a Put as well
        self.loops: dict[int, LoopLines] = {}
        self.laid: dict[bytes, Name] = {}
        self.formulas: dict[int, Formula] = {}
        self.uses: Counter[int] = Counter()
        self.inside_others: set[int] = set()  # arrays that stand in a line of scalars of several
        self.are_put: set[int] = set()  # arrays that are written into others as they stand: `dU += …`
        self.asked: Counter[int] = Counter()  # how often the array being written uses each other array

    def program(self, output: int, gradient: Ids, wanted: Ids | None) -> Source:
        others = np.zeros(0, dtype=np.int64) if wanted is None else wanted.reshape(-1)
        tables = [self._table(array) for array in self.workspace.arrays if array.kind == "table"]
        for array in self.needed([output, *gradient[gradient != NOWHERE].tolist(), *others.tolist()]):
            self.write(array)
        outputs = None if wanted is None else self.exact(wanted)
        parts = self._gradient(gradient)
        loss = self.view(np.array(output))
        arguments = (*map(self._whole, self.leaves), *tables)
        return Source(arguments, tuple(self.leaf_lines), tuple(self.lines), loss, parts, outputs, self.data)

    def write(self, array: Array) -> None:
        """Write an array: as a line, or as a part of the one that uses it; or the loop that gives it."""
        if isinstance(array, LoopArray):
            self._write_loop(array)
            return
        formula = self._computed_once(array)
        if self._can_stand_inside(array, formula):
            self.formulas[array.number] = formula
        else:
            self._write_line(array, formula)

    # Loops over time

    def _write_loop(self, array: LoopArray) -> None:
        """Both ways, each when the first of its arrays is needed."""
        if array.number in self.formulas:
            return
        if array.is_backward:
            self.loops[id(array.loop)].backward()
        else:
            lines = self.loops[id(array.loop)] = LoopLines(self, array.loop)
            lines.forward()

    def inside(self, workspace: Workspace, known: dict[int, Formula]) -> _Writer:
        """A writer of the steps of a loop, who shares all names; some arrays are known already."""
        writer = _Writer(workspace, Named({}, {}), {})
        writer.data, writer.known_data, writer.numbers, writer.taken = (
            self.data,
            self.known_data,
            self.numbers,
            self.taken,
        )
        writer.formulas = dict(known)
        return writer

    def put(self, array: Array, target: Formula) -> None:
        """Write an array into a row of another one."""
        self.lines.append(Put(target, self._computed_once(array)))
        self.formulas[array.number] = target

    def named(self, ids: Ids) -> Name:
        """Scalars in their shape, by a name, which they get if they have none."""
        formula = self.exact(ids)
        if isinstance(formula, Name):
            return formula
        key = key_of(ids)
        if key not in self.laid:
            self.laid[key] = Name(self.new_name("t"), formula.shape)
            self.taken.add(self.laid[key].name)
            self.lines.append(Line(self.laid[key].name, formula, ids.size, None))
        return self.laid[key]

    def in_steps(self, ids: Ids, counter: str) -> View | None:
        """The part of an array that some scalars are step by step, X[:, t]; None if it is no regular one, or all."""
        array = self.workspace.array_of(ids)
        places = None if array is None else Layout.found_in(self.workspace.place[ids])
        if array is None or places is None or self.number_of(ids) != NOWHERE:
            return None
        source = self.source_of(array)
        moves = moves_in_steps(places, source.shape, counter)
        return None if moves is None or not isinstance(source, Name) else View(source, moves)

    def number_of(self, ids: Ids) -> int:
        """The number of the array that holds these scalars in this order; NOWHERE if there is none."""
        array = self.workspace.array_of(ids)
        is_whole = array is not None and array.shape == ids.shape and bool((array.ids == ids).all())
        return array.number if array is not None and is_whole else NOWHERE

    def read_by(self, scalars: list[int], size: int) -> set[int]:
        """The arrays among the first so many that are read on the way to some scalars by those that come later."""
        found: set[int] = set()
        seen = set(self.workspace.where[scalars].tolist()) - {NOWHERE}
        stack = list(seen)
        while stack:
            number = stack.pop()
            if number < size:
                found.add(number)
                continue
            more = set(self.workspace.sources(self.workspace.arrays[number])) - seen
            seen |= more
            stack += more
        return found

    # Arrays

    def _computed_once(self, array: Array) -> Formula:
        """The formula of an array; a part that it would contain twice gets a line of its own first."""
        self.asked.clear()
        formula = self.computed(array)
        often = [number for number, times in self.asked.items() if times > 1]
        repeated = [number for number in often if not _is_short(self.formulas[number])]
        for number in repeated:
            self._write_line(self.workspace.arrays[number], self.formulas[number])
        return self.computed(array) if repeated else formula

    def _write_line(self, array: Array, formula: Formula) -> None:
        self._add(self.lines, array, formula)

    def _add(self, lines: list[Line], array: Array, formula: Formula) -> None:
        name = self._name(array)
        self.formulas[array.number] = Name(name, formula.shape)
        lines.append(Line(name, formula, array.count, array.first))

    def needed(self, scalars: list[int], times: int = 2) -> list[Array]:
        """The arrays that the given scalars depend on, in the order of their creation: arguments before users.

        Args:
            scalars: the results.
            times: how often a result is used by what is no array; a result that is used once needs no line of its own.
        """
        workspace = self.workspace
        results = set(workspace.where[scalars].tolist())
        for number in results:
            self.uses[number] += times
        seen = results - {NOWHERE}
        seen -= self.formulas.keys()
        stack = list(seen)
        while stack:
            for number, count in self._uses(workspace.arrays[stack.pop()]):
                self.uses[number] += count
                if number not in seen and number not in self.formulas:
                    seen.add(number)
                    stack.append(number)
        arrays = (workspace.arrays[number] for number in sorted(seen))
        return [array for array in arrays if array.rule is not None or isinstance(array, LoopArray)]

    def _uses(self, array: Array) -> Iterable[tuple[int, int]]:
        """The arrays that an array is computed from, by number, and how often its formula reads each."""
        where = self.workspace.where
        if isinstance(array, Single) and not array.rule.many:
            numbers = [int(where[argument]) for argument in array.arguments]
            return [(number, numbers.count(number)) for number in {*numbers} - {NOWHERE}]
        sources = self.workspace.sources(array)
        if isinstance(array, LoopArray):
            return [(number, 2) for number in sources]  # a loop takes whole arrays, by their names
        if array.args is None or array.rule is dot or array.rule is TOTAL:
            return [(number, 1) for number in sources]
        if isinstance(array.rule, Balance):
            sides = where[array.args[..., : array.rule.plus]], where[array.args[..., array.rule.plus :]]
            return [(number, sum(bool((side == number).any()) for side in sides)) for number in sources]
        columns = array.args.reshape(-1, array.args.shape[-1])
        return [(number, int((where[columns] == number).any(axis=0).sum())) for number in sources]

    def _can_stand_inside(self, array: Array, formula: Formula) -> bool:
        is_for_here = self.uses[array.number] == 1 or _is_negative(formula)
        if array.number in self.names or not is_for_here:
            return False
        is_put = array.number in self.are_put and formula.shape == array.shape
        return is_put or len(self.printer.text(formula)) <= LONGEST_PART

    def _name(self, array: Array) -> str:
        if array.number not in self.names:
            self.names[array.number] = self.new_name("t")
            self.taken.add(self.names[array.number])
        return self.names[array.number]

    def is_taken(self, name: str) -> bool:
        return name in self.taken or name in self.data

    def source_of(self, array: Array) -> Formula:
        if array.kind != "computed" and array.number not in self.formulas:
            self._open(array)
        self.asked[array.number] += 1
        return self.formulas[array.number]

    def _open(self, array: Array) -> None:
        """Write the line that makes leaves a view of all parameters, or of all inputs."""
        places = self.ranks[array.kind][array.ids]
        self._add(self.leaf_lines, array, self._part_of(self._whole(array.kind), places))

    def _part_of(self, whole: Name, places: Ids) -> Formula:
        """What stands at some places of a vector: a view of it, if there is one."""
        if not places.shape:
            return View(whole, (Index((int(places),)),))
        moves = _moves_in(whole, places)
        return Pick(whole, self.index(places)) if moves is None else _viewed(whole, moves)

    def _table(self, array: Array) -> Name:
        """An input that is an array already."""
        name = self.formulas[array.number] = Name(self._name(array), array.shape)
        return name

    def _whole(self, kind: str) -> Name:
        """The vector of all parameters, or of all inputs."""
        return Name("P" if kind == "parameter" else "I", (len(self.leaves[kind]),))

    def gathered(self, ids: Ids) -> Formula:
        key = key_of(ids)
        if ids.ndim == 2 and key_of(ids.T) in self.laid:
            return View(self.laid[key_of(ids.T)], (Turn(),))
        if key not in self.laid:
            asked = self.asked.copy()  # of the line that is being written; this one is its own
            self._name_again(np.unique(self.workspace.where[ids]).tolist())
            formula = self.in_pieces(ids, 2) or self.either(ids) or self.laid_together(ids)
            self.asked = asked
            self.laid[key] = Name(self.together.get(key) or self.new_name("t"), formula.shape)
            self.taken.add(self.laid[key].name)
            self.lines.append(Line(self.laid[key].name, formula, ids.size, None))
        return self.laid[key]

    def _name_again(self, numbers: list[int]) -> None:
        """A line for each array that stands inside a line of several arrays already, and now in another one."""
        for number in sorted(self.inside_others.intersection(numbers)):
            if not _is_short(self.formulas[number]):
                self._write_line(self.workspace.arrays[number], self.formulas[number])
        self.inside_others.update(self.formulas.keys() & {*numbers})

    # The gradient

    def _gradient(self, gradient: Ids) -> tuple[Part, ...]:
        """One part for each array that holds gradients of parameters."""
        holders: dict[int, list[int]] = {}
        places = np.flatnonzero(gradient != NOWHERE)
        for place, holder in zip(places.tolist(), self.workspace.where[gradient[places]].tolist(), strict=True):
            holders.setdefault(holder, []).append(place)
        return tuple(self._gradient_part(gradient, np.array(run), holder) for holder, run in holders.items())

    def _gradient_part(self, gradient: Ids, places: Ids, number: int) -> Part:
        scalars, whole = gradient[places], Name("gradient", (len(gradient),))
        if len(places) == 1:
            return Part(View(whole, (Index((int(places[0]),)),)), self.view(scalars[0]))
        if number != NOWHERE and len(scalars) == self.workspace.arrays[number].size == len(np.unique(scalars)):
            source = self.source_of(self.workspace.arrays[number])
            targets = np.empty(len(places), dtype=np.int64)
            targets[self.workspace.place[scalars]] = places
            moves = _moves_in(whole, targets.reshape(without_leading_ones(source.shape)))
            if moves is not None and Turn() not in moves:
                return Part(_viewed(whole, moves), source)
            if moves is not None and len(source.shape) == 2 and moves.index(Turn()) == len(moves) - 1:
                return Part(_viewed(whole, moves[:-1]), View(source, (Turn(),)))
        return Part(self._part_of(whole, places), self.view(scalars))


class _RememberingPrinter(NumPyPrinter):
    """Writes a part of a formula once, however often the formula around it grows and is written again."""

    def __init__(self, *, is_brief: bool) -> None:
        """With `is_brief`, the programs of 7 and of 11 samples have lines of the same lengths."""
        super().__init__(is_brief=is_brief)
        self.known: dict[Formula, Written] = {}

    def _written(self, formula: Formula) -> Written:
        found = self.known.get(formula)
        if found is None:
            found = self.known[formula] = super()._written(formula)
        return found


def _is_short(formula: Formula) -> bool:
    """Whether a formula may be written again wherever it is needed: a name, a row of an array, -x for a number x."""
    return isinstance(formula, Name | At) or _is_negative(formula)


def _is_negative(formula: Formula) -> bool:
    return is_of(formula, neg) and not formula.shape and isinstance(formula.parts[0], Name | At)


def _ranks(everyone: Ids, count: int) -> Ids:
    """For each scalar its place among all leaves of a kind, if it is one of them."""
    ranks = np.empty(count, dtype=np.int64)
    present = np.flatnonzero(everyone >= 0)
    ranks[everyone[present].astype(np.int64)] = present
    return ranks


def _moves_in(whole: Name, places: Ids) -> tuple[Move, ...] | None:
    """The moves from a vector to the view of it at the given positions, in their shape; None if there is none."""
    pattern = Layout.found_in(places)
    return None if pattern is None else moves_to(pattern, whole.shape, is_exact=True)


def _viewed(whole: Name, moves: tuple[Move, ...]) -> Formula:
    return View(whole, moves) if moves else whole
