"""What has to be kept for the backward pass?

The forward pass makes arrays; those that a line of the backward pass reads have to stay until then, the others may go
as soon as the next line has used them. A textbook keeps Z and A of every layer. A program keeps what its lines name,
and for tanh, whose derivative 1 - A · A is written with its result, that is A alone.

Names to know: `Memory`, which `Program.memory` gives. Read next: `explain.py`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tinygrad_edu.compiler.source import Line, Source

BYTES = 8  # of a float64


class Intermediate(NamedTuple):
    """An array that the forward pass computes, whether the backward pass reads it, and whether it was asked for."""

    name: str
    shape: tuple[int, ...]
    is_read: bool
    is_output: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether it has to stay after the forward pass."""
        return self.is_read or self.is_output

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

    def __init__(self, source: Source, nodes: int) -> None:
        """Take stock of the lines of a program that came from a graph of so many nodes."""
        forward = _forward(source.lines, nodes)
        names = {line.name for line in forward}
        backward = [line for line in source.lines if line.name not in names]
        read = {name for line in backward for name in line.reads} | source.gradient_reads
        self.intermediates = tuple(
            Intermediate(line.name, line.shape, line.name in read, line.name in source.output_reads)
            for line in forward
            if line.name != "loss"
        )
        self.backward = sum(int(np.prod(line.shape)) for line in backward)

    @property
    def kept(self) -> tuple[Intermediate, ...]:
        """Those that have to stay until the backward pass has read them, and those that were asked for."""
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


def _forward(lines: tuple[Line, ...], nodes: int) -> list[Line]:
    """The lines of the forward pass; scalars of several arrays are laid together for the next line that is none."""
    forward: list[Line] = []
    laid: list[Line] = []
    for line in lines:
        laid.append(line)
        if line.first is not None:
            forward += laid if line.first < nodes else []
            laid = []
    return forward


def _said(each: Intermediate) -> str:
    if each.is_read:
        return "is read by the backward pass"
    return "is an output" if each.is_output else "may go"
