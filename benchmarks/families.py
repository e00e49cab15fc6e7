"""How long are the programs of the losses that learners write, and how long does it take to find them?

    python -m benchmarks.families [name …]

For each family of tests/support/families.py: the edges of the graph, the lines of the program (those that name leaves
and those of the gradient included), an eager pass, compiling in eager passes, and a call.

Names to know: `measure`.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import tinygrad_edu
from tinygrad_edu import Value

sys.path.append(str(Path(__file__).parent.parent / "tests" / "support"))

from families import families, pendulum, rnn
from irregular_graphs import GRAPHS


class Found(NamedTuple):
    """One family; times in seconds."""

    name: str
    edges: int
    lines: int
    eager: float
    compile: float
    call: float

    def __str__(self) -> str:
        return (
            f"{self.name:<36} {self.edges:>9,} {self.lines:>6,} {1e3 * self.eager:>9.1f} "
            f"{self.compile / self.eager:>8.1f} {1e3 * self.call:>9.3f}"
        )


HEAD = f"{'family':<36} {'edges':>9} {'lines':>6} {'eager ms':>9} {'passes':>8} {'call ms':>9}"
ROUNDS = 3


def chain(n: int) -> tuple[Value, list[Value]]:
    """So many operations, one after the other."""
    x, a, b = wrt = [Value(number, label=name) for number, name in ((0.5, "x"), (0.9, "a"), (0.1, "b"))]
    for _ in range(n // 3):
        x = x.sin() * a + b
    return x, wrt


LARGE: dict[str, Callable[[], tuple[Value, list[Value]]]] = {
    **{f"chain_of_{n}": lambda n=n: chain(n) for n in (1_000, 10_000, 100_000)},
    **{f"rnn_of_{n}_steps": lambda n=n: rnn(n) for n in (20, 200, 2_000)},
    **{f"rnn_of_{n}_steps_over_a_batch": lambda n=n: rnn(n, batch=8) for n in (20, 200)},
    "pendulum_of_1000_steps": lambda: pendulum(1000),
    **{
        f"irregular_{name}_of_{n}": lambda make=make, n=n: make(n)
        for name, make in GRAPHS.items()
        for n in (1_000, 10_000, 100_000)
    },
}


def measure(name: str, make: Callable[[], tuple[Value, list[Value]]]) -> Found:
    """A family: the shortest times of a few rounds."""
    eager, compiled, call = [], [], []
    for _ in range(ROUNDS):
        gc.collect()
        start = time.process_time()
        loss, wrt = make()
        loss.backward()
        eager.append(time.process_time() - start)
        start = time.process_time()
        program = tinygrad_edu.compile(loss, wrt=wrt)
        compiled.append(time.process_time() - start)
        start = time.process_time()
        program()
        call.append(time.process_time() - start)
    return Found(name, program.edges, program.source.count("\n") - 1, min(eager), min(compiled), min(call))


if __name__ == "__main__":
    everyone = families | LARGE
    chosen = sys.argv[1:] or everyone
    print(HEAD)
    for name in chosen:
        print(measure(name, everyone[name]), flush=True)
