"""What would reused buffers gain? `python -m benchmarks.buffers`.

A program of `compile` is written as in a book: every line makes a new array. This measures the alternative by hand: one
training step of the same formulas, once as in the book and once with `out=` and an `np.` function on every line. In
seconds of the processor, and in pages that the system had to give to a step: first in a process that gives back what it
has freed, then in one that keeps it, as a program of `compile` does.

Names to know: `Network`, `measure`.
"""

from __future__ import annotations

import itertools
import resource
import statistics
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tinygrad_edu.compiler.kept_memory import keep_freed_memory

Array = npt.NDArray[np.float64]
SIZES = (((2, 16, 16, 1), 100), ((64, 32, 10), 100), ((2, 16, 16, 1), 10_000), ((64, 256, 256, 10), 1000))


class Network:
    """Weighted sums and relu, with hinge loss, on random numbers."""

    def __init__(self, sizes: tuple[int, ...], samples: int) -> None:
        rng = np.random.default_rng(0)
        pairs = list(itertools.pairwise(sizes))
        self.X = rng.normal(size=(samples, sizes[0]))
        self.Y = np.where(rng.random((samples, sizes[-1])) > 0.5, 1.0, -1.0)
        self.W = [rng.normal(size=(m, n)) * 0.3 for n, m in pairs]
        self.b = [np.zeros(m) for _, m in pairs]
        self.Z, self.A, self.dZ = ([np.empty((samples, m)) for _, m in pairs] for _ in range(3))
        self.mask = [np.empty((samples, m), dtype=bool) for _, m in pairs]
        self.dW, self.db = [np.empty_like(W) for W in self.W], [np.empty_like(b) for b in self.b]

    def as_in_the_book(self) -> list[Array]:
        """The gradients; every line makes a new array."""
        A, Z = [self.X], []
        for W, b in zip(self.W, self.b, strict=True):
            Z.append(A[-1] @ W.T + b)
            A.append(np.maximum(Z[-1], 0))
        dZ = -self.Y * (1 - self.Y * Z[-1] > 0) / len(self.X)
        gradients = []
        for layer in reversed(range(len(self.W))):
            gradients += [dZ.T @ A[layer], dZ.sum(axis=0)]
            if layer:
                dZ = dZ @ self.W[layer] * (Z[layer - 1] > 0)
        return gradients

    def with_buffers(self) -> list[Array]:
        """The gradients; no line makes an array."""
        A = [self.X, *self.A]
        for layer, (W, b) in enumerate(zip(self.W, self.b, strict=True)):
            np.matmul(A[layer], W.T, out=self.Z[layer])
            np.add(self.Z[layer], b, out=self.Z[layer])
            np.maximum(self.Z[layer], 0, out=self.A[layer])
        dZ, mask = self.dZ[-1], self.mask[-1]
        np.multiply(self.Y, self.Z[-1], out=dZ)
        np.less(dZ, 1, out=mask)
        np.negative(self.Y, out=dZ)
        np.multiply(dZ, mask, out=dZ)
        np.divide(dZ, len(self.X), out=dZ)
        for layer in reversed(range(len(self.W))):
            np.matmul(self.dZ[layer].T, A[layer], out=self.dW[layer])
            np.sum(self.dZ[layer], axis=0, out=self.db[layer])
            if layer:
                below, mask = self.dZ[layer - 1], self.mask[layer - 1]
                np.matmul(self.dZ[layer], self.W[layer], out=below)
                np.greater(self.Z[layer - 1], 0, out=mask)
                np.multiply(below, mask, out=below)
        return [each for pair in zip(reversed(self.dW), reversed(self.db), strict=True) for each in pair]


class Step(NamedTuple):
    """What a step takes: milliseconds of the processor, and pages of memory that the system has to give."""

    milliseconds: float
    pages: float


def measure(way: Callable[[], object], steps: int = 60) -> Step:
    """The median over some steps."""
    way()
    found = [_step(way) for _ in range(steps)]
    return Step(statistics.median(step.milliseconds for step in found), statistics.median(step.pages for step in found))


def _step(way: Callable[[], object]) -> Step:
    before = resource.getrusage(resource.RUSAGE_SELF)
    way()
    after = resource.getrusage(resource.RUSAGE_SELF)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Step(1e3 * seconds, after.ru_minflt - before.ru_minflt)


def report(title: str) -> None:
    """A line for each network."""
    print(title)
    for sizes, samples in SIZES:
        network = Network(sizes, samples)
        for one, other in zip(network.as_in_the_book(), network.with_buffers(), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12)
        book, buffers = measure(network.as_in_the_book), measure(network.with_buffers)
        print(
            f"  {'-'.join(map(str, sizes))}, {samples:,} samples: as in the book {book.milliseconds:.2f} ms, "
            f"{book.pages:,.0f} pages; with buffers {buffers.milliseconds / book.milliseconds:.2f} times as long"
        )


if __name__ == "__main__":
    report("what is freed goes back to the system")
    keep_freed_memory()
    report("what is freed is kept")
