"""How long does one training step take, and how many times as long elsewhere?

The step is that of micrograd's demo: MLP(2, [16, 16, 1]) on 100 points of two moons, hinge loss and L2; reset the
gradients, forward, backward, update. `training_step` is the same code for all contestants, which differ only in:

    the class of the numbers     closures.Value, or tinygrad_edu's
    the network                  a node for every × and every +, or nn, where a weighted sum is one node

They take turns, so that a slow moment of the machine affects all of them, and the garbage collector has Python's
default settings. What it costs depends on the garbage that the others have left, so the turns are also measured with
all of it collected before each. Every step of every contestant has to give the same loss, or nothing is reported.

Names to know: `training_step`, `measure`, `table`. Read next: `closures.py`, the engine that the ratios are against.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import math
import random
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from benchmarks import closures
from tinygrad_edu import Value, nn

SIZES = [16, 16, 1]
ALPHA = 1e-4  # of the L2 term
LEARNING_RATE = 0.1
SEED = 1337

Sample = tuple[list[float], int]


class Contestant(NamedTuple):
    """A way to compute the step, and how many times as fast as the first one it has to be."""

    name: str
    number: type[Any]
    network: Callable[[], Any]
    target: float = 0.0


CONTESTANTS = (
    Contestant("a closure for every operation", closures.Value, partial(closures.MLP, 2, SIZES)),
    Contestant("tinygrad_edu, every × and + a node", Value, partial(closures.MLP, 2, SIZES, number=Value), target=4),
    Contestant("tinygrad_edu.nn, a weighted sum a node", Value, partial(nn.MLP, 2, SIZES), target=40),
)


def contestants() -> tuple[Contestant, ...]:
    """All of them, and micrograd itself if it is installed."""
    if importlib.util.find_spec("micrograd") is None:
        return CONTESTANTS
    engine, net = (importlib.import_module(f"micrograd.{name}") for name in ("engine", "nn"))
    return *CONTESTANTS, Contestant("micrograd", engine.Value, partial(net.MLP, 2, SIZES))


class Measured(NamedTuple):
    """The seconds for a step, one entry for each repeat, and the losses on the way."""

    contestant: Contestant
    seconds: list[float]
    losses: list[float]


def samples(n: int = 100) -> list[Sample]:
    """Two moons, with the labels -1 and 1."""
    X, y = nn.datasets.moons(n=n, noise=0.1, seed=0)
    return list(zip(X.tolist(), (2 * y - 1).tolist(), strict=True))


def training_step(model: Any, number: type[Any], data: Sequence[Sample]) -> float:
    """One step of gradient descent, in any engine. Returns the loss before it."""
    scores = [model(list(map(number, x))) for x, _ in data]
    losses = [(1 + -y * score).relu() for score, (_, y) in zip(scores, data, strict=True)]
    total = sum(losses) * (1.0 / len(losses)) + ALPHA * sum(p * p for p in model.parameters())
    model.zero_grad()
    total.backward()
    for p in model.parameters():
        p.data -= LEARNING_RATE * p.grad
    return float(total.data)


def measure(repeats: int, steps: int, data: Sequence[Sample], *, collect: bool = False) -> list[Measured]:
    """Let the contestants take turns: `repeats` rounds, in each of which everyone makes `steps` steps.

    With `collect`, everyone's garbage is collected before each turn.
    """
    results = [Measured(contestant, [], []) for contestant in contestants()]
    models = [_same_network(result.contestant) for result in results]
    for _ in range(repeats):
        for result, model in zip(results, models, strict=True):
            if collect:
                gc.collect()
            _take_turn(result, model, steps, data)
        _check_losses(results)
    return results


def table(results: Sequence[Measured]) -> str:
    """The results as a Markdown table; the ratios are those of the first row to each, round by round."""
    lines = [
        "| one training step | time (median) | times as fast: median (lowest to highest) | at least |",
        "|---|---:|---:|---:|",
    ]
    return "\n".join(lines + [_row(result, results[0]) for result in results])


def _same_network(contestant: Contestant) -> Any:
    random.seed(SEED)
    return contestant.network()


def _take_turn(result: Measured, model: Any, steps: int, data: Sequence[Sample]) -> None:
    """Time some steps, after one that is not timed: by then the collector has met this contestant's own garbage."""
    result.losses.append(training_step(model, result.contestant.number, data))
    start = time.perf_counter()
    losses = [training_step(model, result.contestant.number, data) for _ in range(steps)]
    result.seconds.append((time.perf_counter() - start) / steps)
    result.losses.extend(losses)


def _check_losses(results: Sequence[Measured]) -> None:
    for result in results[1:]:
        for ours, theirs in zip(result.losses, results[0].losses, strict=True):
            if not math.isclose(ours, theirs, rel_tol=1e-9):
                raise ArithmeticError(f"{result.contestant.name} has the loss {ours}, and the first one {theirs}")


def _row(result: Measured, first: Measured) -> str:
    ratios = [slow / fast for slow, fast in zip(first.seconds, result.seconds, strict=True)]
    milliseconds = 1000 * statistics.median(result.seconds)
    spread = f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})" if result is not first else "1"
    target = f"{result.contestant.target:g}" if result.contestant.target else ""
    return f"| {result.contestant.name} | {milliseconds:.1f} ms | {spread} | {target} |"
