"""What is a program before it is text?

Formulas with names, in the order in which they are computed; the formulas of the loss and of what else is asked for;
and the gradient, as the parts of a vector. No language is in it: each one is a printer of a `Source`.

Names to know: `Source`, `Line`, `Part`. Read next: `patterns.py`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tinygrad_edu.compiler.formulas import Along, Apply, At, Formula, Looped, Name, Number, Pick, Reduce, View
from tinygrad_edu.compiler.layout import Index, Layout, Shape
from tinygrad_edu.rule import Rule

Numbers = npt.NDArray[Any]  # floats, indices, or a mask
Places = npt.NDArray[np.int64]


class Line(NamedTuple):
    """One line of a program.

    Attributes:
        name: what the line is called.
        formula: what it computes.
        scalars: how many scalars it stands for.
        first: the number of the first of them; None for scalars of several arrays, laid together.
    """

    name: str
    formula: Formula
    scalars: int
    first: int | None

    @property
    def shape(self) -> Shape:
        """The shape of the array."""
        return self.formula.shape

    @property
    def reads(self) -> tuple[str, ...]:
        """The names that it reads, each once."""
        return tuple(dict.fromkeys(self.formula.names()))


class Put(NamedTuple):
    """What is written into an array, or added to what stands there.

    Attributes:
        target: an array by its name, a view of it, or a row in step t.
        formula: what is written.
        is_added: whether it is added.
    """

    target: Formula
    formula: Formula
    is_added: bool = False


class Repeat(NamedTuple):
    """A loop over time: what is done before, and what is done in each step.

    Attributes:
        steps: how many: t is 0, 1 … steps - 1.
        is_backward: whether the last step comes first.
        counter: the name of t.
        before: the arrays that it fills, as zeros, and the rows that are known before.
        body: the lines of a step, and what is written into those arrays.
    """

    steps: int
    is_backward: bool
    counter: str
    before: tuple[Line | Put, ...]
    body: tuple[Line | Put, ...]

    @property
    def arrays(self) -> tuple[Name, ...]:
        """What it fills."""
        return tuple(Name(line.name, line.shape) for line in self.before if isinstance(line, Line))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of what it fills, and of the lines of a step."""
        return tuple(line.name for line in (*self.before, *self.body) if isinstance(line, Line))

    def changed(self, change: Callable[[Formula], Formula]) -> Repeat:
        """The same loop, with every formula that is computed in it changed."""

        def other(each: Line | Put) -> Line | Put:
            return each._replace(formula=change(each.formula))

        return self._replace(before=tuple(map(other, self.before)), body=tuple(map(other, self.body)))


class Part(NamedTuple):
    """A part of the gradient, which is a vector with 0 wherever there is no part.

    Attributes:
        target: the places that it covers: a view of the vector `gradient`, or a choice from it by index.
        formula: what stands there. It has as many numbers as the target, in the same order (perhaps in a shape with
            more axes of size 1 in front), or is broadcast to the target's shape.
    """

    target: Formula
    formula: Formula


@dataclass
class Source:
    """A program as data, and the arrays it needs.

    Attributes:
        arguments: what the program is a function of: P, all parameters in a vector, and the inputs.
        leaves: the lines that take parameters and inputs out of the arrays that hold them all.
        lines: the lines that compute something.
        loss: the formula of the loss.
        gradient: the parts of the gradient.
        outputs: the formula of what was asked for beside the loss.
        data: constants, indices and masks, by name.
    """

    arguments: tuple[Name, ...]
    leaves: tuple[Line, ...]
    lines: Sequence[Line]
    loss: Formula
    gradient: tuple[Part, ...]
    outputs: Formula | None
    data: dict[str, Numbers]

    @property
    def parameters(self) -> int:
        """How many numbers the gradient has."""
        return self.arguments[0].size

    @property
    def asked(self) -> tuple[Formula, ...]:
        """The formula of what was asked for beside the loss, if something was."""
        return () if self.outputs is None else (self.outputs,)

    @property
    def loops(self) -> tuple[Repeat, ...]:
        """The loops over time in it."""
        looped = (line.formula for line in first_of_each_loop(self.lines))
        return tuple(each.repeat for each in looped if isinstance(each, Looped) and isinstance(each.repeat, Repeat))

    @property
    def masks(self) -> tuple[str, ...]:
        """The names of the masks."""
        return tuple(name for name, numbers in self.data.items() if numbers.dtype.kind == "b")

    @property
    def one_by_one(self) -> frozenset[str]:
        """The vectors that a loop fills, of which each number is written and read alone, and none is added to twice."""
        loops = self.loops
        arrays = [name for repeat in loops for name in repeat.arrays]
        made = {name.name for name in arrays if len(name.shape) == 1 and type(name.shape[0]) is int}
        if not made:
            return frozenset()
        here = [line.formula for line in (*self.leaves, *self.lines) if not isinstance(line.formula, Looped)]
        inside = [formula for repeat in loops for each in (*repeat.before, *repeat.body) for formula in each[:2]]
        whole = _as_wholes([*here, *inside, self.loss, *(part.formula for part in self.gradient), *self.asked])
        added = {name for repeat in loops for name in _added_to_what_is_known(repeat)}
        return frozenset(made - whole - added)

    def every_formula(self) -> Iterator[Formula]:
        """Every formula, and every one inside it."""
        lines = [formula for line in (*self.leaves, *self.lines) for formula in _opened(line)]
        waiting = [*lines, self.loss, *(part.formula for part in self.gradient), *self.asked]
        while waiting:
            formula = waiting.pop()
            yield formula
            waiting += formula.parts

    @property
    def formulas(self) -> Iterator[Formula]:
        """Every formula with all that is inside it, in the order of the program."""
        lines = (formula for line in (*self.leaves, *self.lines) for formula in _opened(line))
        for formula in (*lines, self.loss, *(part.formula for part in self.gradient), *self.asked):
            yield from formula.walk()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rows of the table that it uses, each once."""
        found = (formula.rule for formula in self.formulas if isinstance(formula, Along | Apply | Reduce))
        return tuple(dict.fromkeys(found))

    @property
    def gradient_reads(self) -> frozenset[str]:
        """The names that the parts of the gradient read."""
        return _names(part.formula for part in self.gradient)

    @property
    def output_reads(self) -> frozenset[str]:
        """The names that are read for what was asked for beside the loss."""
        return _names(self.asked)

    @property
    def without_gradient(self) -> Source:
        """The program of what is asked for beside the loss, and of nothing else."""
        wanted = {*self.output_reads}
        lines: list[Line] = []
        for line in reversed(self.lines):
            if line.name in wanted:
                lines.append(line)
                wanted |= _names(_opened(line))
        return replace(self, lines=tuple(reversed(lines)), loss=Number(0.0), gradient=())

    def forward(self, nodes: int) -> tuple[Line, ...]:
        """The lines of the forward pass, of a program that came from a graph of so many nodes.

        Scalars of several arrays are laid together for the next line that is none of those.
        """
        forward: list[Line] = []
        laid: list[Line] = []
        for line in self.lines:
            laid.append(line)
            if line.first is not None:
                forward += laid if line.first < nodes else []
                laid = []
        return tuple(forward)

    def places(self, part: Part) -> Places:
        """The places in the gradient that a part covers, in the shape of its target."""
        if isinstance(part.target, Pick):
            index = part.target.parts[1]
            assert isinstance(index, Name)
            return self.data[index.name]
        moves = part.target.moves if isinstance(part.target, View) else ()
        return Layout.of((self.parameters,)).moved(moves).places

    @property
    def blocks(self) -> tuple[tuple[Part, ...], ...] | None:
        """The parts of the gradient in its order, for a language that cannot assign into an array.

        The numbers of a block follow those of the block before it. Several parts in one block are the columns of a
        matrix: the weights and the bias of each neuron. None if the gradient is not made of such blocks alone.
        """
        by_first = {int(self.places(part).flat[0]): part for part in self.gradient if self._is_whole(part)}
        blocks: list[tuple[Part, ...]] = []
        place = 0
        while place < self.parameters:
            block = self._block(by_first, place)
            if block is None:
                return None
            blocks.append(block)
            place += sum(self.places(part).size for part in block)
        return tuple(blocks) if sum(map(len, blocks)) == len(self.gradient) else None

    def _is_whole(self, part: Part) -> bool:
        """Whether the formula of a part has all of its numbers, and does not repeat some."""
        return part.formula.size == self.places(part).size

    def _block(self, by_first: dict[int, Part], place: int) -> tuple[Part, ...] | None:
        """The part that covers what follows a place; or the columns of a matrix that do."""
        part = by_first.get(place)
        if part is None:
            return None
        places = self.places(part)
        if (places.reshape(-1) == np.arange(place, place + places.size)).all():
            return (part,)
        if len(places) < 2:
            return None
        rows, width = len(places), int(np.ravel(places[1])[0]) - place
        columns: list[Part] = []
        column = 0
        while column < width and (part := by_first.get(place + column)) is not None:
            here = self.places(part).reshape(rows, -1) if self.places(part).size % rows == 0 else np.zeros((0, 0))
            grid = place + column + width * np.arange(rows)[:, None] + np.arange(here.shape[-1])
            if here.shape != grid.shape or (here != grid).any() or part.formula.shape not in (here.shape, (rows,)):
                return None
            columns.append(part)
            column += here.shape[1]
        return tuple(columns) if column == width else None

    @property
    def order(self) -> Places:
        """The gradient for a language that cannot assign into an array.

        Lay the formulas of all parts end to end, each in C order, and one 0 behind them: the gradient is what this
        index chooses from that.
        """
        begin = 0
        pairs: list[tuple[Places, Places]] = []
        for part in self.gradient:
            here = begin + np.arange(part.formula.size).reshape(without_leading_ones(part.formula.shape))
            places = self.places(part)
            pairs.append((places, np.broadcast_to(here, places.shape)))
            begin += part.formula.size
        index = np.full(self.parameters, begin)
        for places, chosen in pairs:
            index[places] = chosen
        return index


def first_of_each_loop(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines; of a loop that fills several arrays the first one, which stands for all of it."""
    seen: set[int] = set()
    for line in lines:
        if not isinstance(line.formula, Looped):
            yield line
        elif id(line.formula.repeat) not in seen:
            seen.add(id(line.formula.repeat))
            yield line


def changed_lines(lines: Iterable[Line], change: Callable[[Formula], Formula]) -> tuple[Line, ...]:
    """The lines with every formula changed; a loop that fills several arrays is changed once, and stays one."""
    loops: dict[int, Repeat] = {}
    found: list[Line] = []
    for line in lines:
        formula = line.formula
        if isinstance(formula, Looped):
            assert isinstance(formula.repeat, Repeat)
            number = id(formula.repeat)
            if number not in loops:
                loops[number] = formula.repeat.changed(change)
            formula = copy.copy(formula)
            formula.repeat, formula.parts = loops[number], tuple(map(change, formula.parts))
        else:
            formula = change(formula)
        found.append(line._replace(formula=formula))
    return tuple(found)


def _opened(line: Line) -> Iterator[Formula]:
    """The formula of a line; of a loop all that stand in it."""
    yield line.formula
    if isinstance(line.formula, Looped):
        assert isinstance(line.formula.repeat, Repeat)
        for each in (*line.formula.repeat.before, *line.formula.repeat.body):
            yield each.formula


def _as_wholes(formulas: Iterable[object]) -> set[str]:
    """The names that are read otherwise than number by number, at a place or in a step."""
    found: set[str] = set()
    waiting = [formula for formula in formulas if isinstance(formula, Formula)]
    while waiting:
        formula = waiting.pop()
        if isinstance(formula, Name):
            found.add(formula.name)
        elif not isinstance(formula, At) and _place(formula) is None:
            waiting += formula.parts
    return found


def _place(formula: Formula) -> int | None:
    """The place of a formula that is one number of a vector: 3 of s[3]."""
    moves = formula.moves if isinstance(formula, View) else ()
    entry = moves[0].entries[0] if len(moves) == 1 and isinstance(moves[0], Index) else None
    return entry if isinstance(entry, int) else None


def _added_to_what_is_known(repeat: Repeat) -> Iterator[str]:
    """The arrays of a loop in which it adds to a row that is known before."""
    known = [(name, _place(put.target)) for put in repeat.before if isinstance(put, Put) for name in put.target.names()]
    for put in repeat.body:
        if isinstance(put, Put) and put.is_added and isinstance(put.target, At):
            steps = range(put.target.offset, put.target.offset + repeat.steps)
            here = {*put.target.names()}
            yield from (name for name, place in known if name in here and (place is None or place in steps))


def _names(formulas: Iterable[Formula]) -> frozenset[str]:
    return frozenset(name for formula in formulas for name in formula.names())


def without_leading_ones(shape: Shape) -> Shape:
    """What NumPy makes of the shape of a value that is assigned."""
    first = next((axis for axis, size in enumerate(shape) if size != 1), len(shape))
    return shape[first:]
