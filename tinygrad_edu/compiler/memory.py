"""What has to be kept for the backward pass?

The forward pass makes arrays; those that a line of the backward pass reads have to stay until then, the others may go
as soon as the next line has used them. A textbook keeps Z and A of every layer. A program keeps what its lines name,
and for tanh, whose derivative 1 - A · A is written with its result, that is A alone.

Names to know: `Memory`, which `Program.memory` gives. Read next: `explain.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from tinygrad_edu.compiler.emit import Line

BYTES = 8  # of a float64


class Intermediate(NamedTuple):
    """An array that the forward pass computes, and whether the backward pass reads it."""

    name: str
    shape: tuple[int, ...]
    is_kept: bool

    @property
    def numbers(self) -> int:
        """How many numbers it holds."""
        return int(np.prod(self.shape))


class Memory:
    """The intermediates of a program.

    Attributes:
        intermediates: what the forward pass computes, in order; the loss is none of them.
        backward: how many numbers the backward pass computes.
    """

    def __init__(self, lines: Iterable[Line], nodes: int) -> None:
        """Take stock of the lines of a program that came from a graph of so many nodes."""
        every = list(lines)
        forward = [line for line in every if _is_forward(line, nodes)]
        backward = [line for line in every if not _is_forward(line, nodes)]
        read = {name for line in backward for name in line.reads}
        self.intermediates = tuple(
            Intermediate(line.name, line.shape, line.name in read) for line in forward if line.name != "loss"
        )
        self.backward = sum(int(np.prod(line.shape)) for line in backward)

    @property
    def kept(self) -> tuple[Intermediate, ...]:
        """Those that have to stay until the backward pass has read them."""
        return tuple(each for each in self.intermediates if each.is_kept)

    @property
    def numbers(self) -> int:
        """How many numbers are kept."""
        return sum(each.numbers for each in self.kept)

    @property
    def bytes(self) -> int:
        """How many bytes they take."""
        return BYTES * self.numbers

    def __str__(self) -> str:
        rows = [(each.name, str(each.shape or ""), f"{each.numbers:,}", _said(each)) for each in self.intermediates]
        rows.append(("kept", "", f"{self.numbers:,}", f"numbers, {self.bytes:,} bytes"))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            f"{name:<{widths[0]}}  {shape:<{widths[1]}}  {count:>{widths[2]}}  {said}"
            for name, shape, count, said in rows
        )

    def __repr__(self) -> str:
        return f"<Memory: {self.numbers:,} numbers in {len(self.kept)} arrays are kept for the backward pass>"


def _is_forward(line: Line, nodes: int) -> bool:
    return line.first is not None and line.first < nodes


def _said(each: Intermediate) -> str:
    return "is read by the backward pass" if each.is_kept else "may go"
