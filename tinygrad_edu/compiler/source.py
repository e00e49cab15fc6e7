"""What is a program before it is text?

Formulas with names, in the order in which they are computed; the formulas of the loss and of what else is asked for;
and the gradient, as the parts of a vector. No language is in it: each one is a printer of a `Source`.

Names to know: `Source`, `Line`, `Part`. Read next: `loop_lines.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tinygrad_edu.compiler.formulas import Formula, Name, Pick, View
from tinygrad_edu.compiler.layout import Layout, Shape

Numbers = npt.NDArray[Any]  # floats, or indices
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
        data: constants and indices, by name.
    """

    arguments: tuple[Name, ...]
    leaves: tuple[Line, ...]
    lines: tuple[Line, ...]
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

    def every_formula(self) -> Iterator[Formula]:
        """Every formula, and every one inside it."""
        lines = [line.formula for line in (*self.leaves, *self.lines)]
        waiting = [*lines, self.loss, *(part.formula for part in self.gradient), *self.asked]
        while waiting:
            formula = waiting.pop()
            yield formula
            waiting += formula.parts

    @property
    def gradient_reads(self) -> frozenset[str]:
        """The names that the parts of the gradient read."""
        return _names(part.formula for part in self.gradient)

    @property
    def output_reads(self) -> frozenset[str]:
        """The names that are read for what was asked for beside the loss."""
        return _names(self.asked)

    def places(self, part: Part) -> Places:
        """The places in the gradient that a part covers, in the shape of its target."""
        if isinstance(part.target, Pick):
            index = part.target.parts[1]
            assert isinstance(index, Name)
            return self.data[index.name]
        moves = part.target.moves if isinstance(part.target, View) else ()
        return Layout.of((self.parameters,)).moved(moves).places

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


def _names(formulas: Iterable[Formula]) -> frozenset[str]:
    return frozenset(name for formula in formulas for name in formula.names())


def without_leading_ones(shape: Shape) -> Shape:
    """What NumPy makes of the shape of a value that is assigned."""
    first = next((axis for axis, size in enumerate(shape) if size != 1), len(shape))
    return shape[first:]
