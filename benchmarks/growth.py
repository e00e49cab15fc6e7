"""How do the eager sweep and the compiler grow with the graph? `python -m benchmarks.growth`.

The graph of MLP(2, [16, 16, 1]) with hinge loss on more and more points, from a thousand edges to a million: as nn
makes it, a weighted sum one node, and written out, a node for every × and every +. And two small things: f = (x + y)·z,
and a chain of a thousand operations. For each: one eager forward and backward pass, compiling, and one call of the
compiled program.

Names to know: `measure`.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import tinygrad_edu
from benchmarks import closures
from tinygrad_edu import Value, nn

POINTS = (2, 14, 140, 1400)
SIZES = [16, 16, 1]


class Growth(NamedTuple):
    """One graph: its edges, and the seconds of CPU time of each thing to do with it, a list of rounds."""

    name: str
    edges: int
    eager: list[float]
    compile: list[float]
    call: list[float]

    @property
    def ratio(self) -> float:
        """How many eager passes compiling takes: the median over rounds."""
        return statistics.median(c / e for c, e in zip(self.compile, self.eager, strict=True))


def lesson() -> tuple[Value, list[Value]]:
    """f = (x + y)·z."""
    leaves = [Value(number) for number in (-2.0, 5.0, -4.0)]
    x, y, z = leaves
    return (x + y) * z, leaves


def chain() -> tuple[Value, list[Value]]:
    """A thousand operations, one after the other."""
    x = Value(0.5)
    y = x
    for _ in range(500):
        y = (y * 1.001).tanh()
    return y, [x]


def network(points: int) -> tuple[Value, list[Value]]:
    """The loss of a network on two moons."""
    X, y = nn.datasets.moons(n=points, noise=0.1, seed=0)
    model = nn.MLP(2, SIZES, seed=0)
    return nn.hinge_loss([model(x) for x in X], 2 * y - 1), list(model.parameters())


def written_out(points: int) -> tuple[Value, list[Value]]:
    """The same loss; every × and every + is a node."""
    X, y = nn.datasets.moons(n=points, noise=0.1, seed=0)
    model = closures.MLP(2, SIZES, number=Value)
    margins = [1 - sign * model(list(map(Value, x))) for x, sign in zip(X.tolist(), (2 * y - 1).tolist(), strict=True)]
    return sum((margin.relu() for margin in margins), Value(0.0)) / points, list(model.parameters())


def measure(rounds: int) -> list[Growth]:
    """All graphs, the small ones first."""
    makers: dict[str, Callable[[], tuple[Value, list[Value]]]] = {"f = (x + y)·z": lesson, "chain of 1000": chain}
    makers |= {f"network, {n} points": lambda n=n: network(n) for n in POINTS}
    makers |= {f"written out, {n} points": lambda n=n: written_out(n) for n in POINTS}
    return [_measured(name, make, rounds) for name, make in makers.items()]


def _measured(name: str, make: Callable[[], tuple[Value, list[Value]]], rounds: int) -> Growth:
    found = Growth(name, 0, [], [], [])
    for _ in range(rounds + 1):  # the first round is a rehearsal
        gc.collect()
        start = time.process_time()
        loss, leaves = make()
        loss.backward()
        eager = time.process_time()
        program = tinygrad_edu.compile(loss, wrt=leaves)
        compiled = time.process_time()
        program()
        called = time.process_time()
        found.eager.append(eager - start)
        found.compile.append(compiled - eager)
        found.call.append(called - compiled)
    return Growth(name, program.edges, found.eager[1:], found.compile[1:], found.call[1:])


def table(results: list[Growth]) -> str:
    """The results as a Markdown table."""
    lines = [
        "| graph | edges | eager: forward and backward | compile | as many eager passes | one call |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for found in results:
        eager, compiled, call = (1e3 * statistics.median(times) for times in (found.eager, found.compile, found.call))
        row = f"{eager:.2f} ms | {compiled:.1f} ms | {found.ratio:.1f} | {call:.3f} ms"
        lines.append(f"| {found.name} | {found.edges:,} | {row} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(measure(rounds=5)))
