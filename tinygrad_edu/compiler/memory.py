"""What has to be kept for the backward pass?

The forward pass computes arrays; those that a line of the backward pass reads have to be kept until then, and the
others can be freed as soon as no later line of the forward pass reads them. A textbook keeps Z and A of every layer. A
program keeps what its lines read: for tanh, whose derivative is 1 - A · A, that is A alone.

Names to know: `Memory`, which `Program.memory` returns. Read next: `explain.py`.
"""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from tinygrad_edu.compiler.sizes import shape_at
from tinygrad_edu.compiler.source import Source
from tinygrad_edu.show import aligned, counted

BYTES = 8  # per float64


class Intermediate(NamedTuple):
    """An array of the forward pass, whether the backward pass reads it, and whether it is a requested output."""

    name: str
    shape: tuple[int, ...]
    is_read: bool
    is_output: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether it is kept after the forward pass."""
        return self.is_read or self.is_output

    @property
    def numbers(self) -> int:
        """How many numbers it holds."""
        return prod(self.shape)


class Memory:
    """The intermediate arrays of a program.

    Attributes:
        intermediates: the arrays that the forward pass computes, in order, without the loss.
        backward: how many numbers the backward pass computes.
    """

    def __init__(self, source: Source, nodes: int, samples: int = 0) -> None:
        """Take stock of the lines of a program that came from a graph of so many nodes.

        Args:
            source: the program.
            nodes: of the graph.
            samples: how many, if it is a program for any number of them.
        """
        forward = source.forward(nodes)
        names = {line.name for line in forward}
        backward = [line for line in source.lines if line.name not in names]
        read = {name for line in backward for name in line.reads} | source.gradient_reads
        self.intermediates = tuple(
            Intermediate(line.name, shape_at(line.shape, samples), line.name in read, line.name in source.output_reads)
            for line in forward
            if line.name != "loss"
        )
        self.backward = sum(prod(shape_at(line.shape, samples)) for line in backward)

    @property
    def kept(self) -> tuple[Intermediate, ...]:
        """The intermediates that the backward pass reads, and the requested outputs."""
        return tuple(each for each in self.intermediates if each.is_kept)

    @property
    def numbers(self) -> int:
        """How many numbers are kept."""
        return sum(each.numbers for each in self.kept)

    @property
    def bytes(self) -> int:
        """How many bytes the kept numbers take."""
        return BYTES * self.numbers

    def __str__(self) -> str:
        rows = [(each.name, str(each.shape or ""), f"{each.numbers:,}", _said(each)) for each in self.intermediates]
        rows.append(("kept", "", f"{self.numbers:,}", f"numbers, {counted(self.bytes, 'byte')}"))
        return "\n".join(aligned(rows, "<<>"))

    def __repr__(self) -> str:
        many, arrays = counted(self.numbers, "number"), counted(len(self.kept), "array")
        return f"<Memory: {many} in {arrays} {'is' if self.numbers == 1 else 'are'} kept for the backward pass>"


def _said(each: Intermediate) -> str:
    if each.is_read:
        return "is read by the backward pass"
    return "is an output" if each.is_output else "may go"
