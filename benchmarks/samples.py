"""One program for any number of samples: what does it cost? `python -m benchmarks.samples`.

The squared error of MLP(2, [16, 16, 1]) on 100, 10,000 and 1,000,000 samples: the CPU time and the memory of compiling,
which are the same for all; and the time of a full-batch loss and gradient, beside the same formulas in NumPy by hand,
and beside JAX, jitted, if it is installed. They take turns, and the shortest time of each counts.

Names to know: `measure`.
"""

from __future__ import annotations

import importlib.util
import time
import tracemalloc
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

import tinygrad_edu
from tinygrad_edu import nn

Floats = npt.NDArray[np.float64]
SAMPLES = (100, 10_000, 1_000_000)
WORK = 20_000  # samples in a turn: a short one is likelier to have the machine for itself
ROUNDS, FEWEST = 70, 7  # turns that each has; fewer if one of them has more samples


class Measured(NamedTuple):
    """Times in seconds, memory in bytes; that of JAX is None where it is not installed."""

    samples: int
    compile: float
    memory: int
    program: float
    by_hand: float
    jax: float | None = None

    @property
    def ratio(self) -> float:
        """How many times as long as by hand the program takes."""
        return self.program / self.by_hand


def measure(samples: int) -> Measured:
    """Compile for so many samples, and call."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(samples, 2)), rng.normal(size=samples)
    model = nn.MLP(2, [16, 16, 1], seed=0)

    def loss(xs: list[Any], ys: list[Any]) -> Any:
        return nn.mse_loss([model(x) for x in xs], ys)

    start = time.process_time()
    program = tinygrad_edu.compile(loss, wrt=model.parameters(), batch=(X, y))
    seconds = time.process_time() - start
    tracemalloc.start()
    tinygrad_edu.compile(loss, wrt=model.parameters(), batch=(X, y))
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    layers = layers_of(program.parameters)
    right = by_hand(layers, X, y)[0]
    assert abs(program(X, y)[0] - right) <= 1e-9 * right
    calls: list[Callable[[], object]] = [lambda: program(X, y), lambda: by_hand(layers, X, y)]
    if importlib.util.find_spec("jax") is not None:
        jitted = in_jax(layers, X, y)
        assert abs(float(jitted()[0]) - right) <= 1e-9 * right
        calls.append(jitted)
    rounds = ROUNDS if samples <= WORK else FEWEST
    times = [[timed(call, max(1, WORK // samples)) for call in calls] for _ in range(rounds)]
    return Measured(samples, seconds, memory, *(min(column) for column in zip(*times, strict=True)))


def layers_of(parameters: Floats) -> list[tuple[Floats, Floats]]:
    """(W, b) of each layer, out of the parameters neuron by neuron."""
    layers, rest = [], parameters
    for width, neurons in ((2, 16), (16, 16), (16, 1)):
        rows, rest = np.split(rest, [neurons * (width + 1)])
        table = rows.reshape(neurons, width + 1)
        layers.append((table[:, :width].copy(), table[:, width].copy()))
    return layers


def by_hand(layers: list[tuple[Floats, Floats]], X: Floats, y: Floats) -> tuple[float, list[Floats]]:
    """The loss and the gradients, in the lines of a book; without names for dA2 and dA1, NumPy reuses their memory."""
    (W1, b1), (W2, b2), (W3, b3) = layers
    Z1 = X @ W1.T + b1
    A1 = np.maximum(Z1, 0.0)
    Z2 = A1 @ W2.T + b2
    A2 = np.maximum(Z2, 0.0)
    error = A2 @ W3.T + b3 - y[:, None]
    dZ3 = 2 * error / len(X)
    dA2 = dZ3 * W3
    dZ2 = dA2 * (Z2 > 0)
    dA1 = dZ2 @ W2
    dZ1 = dA1 * (Z1 > 0)
    gradients = [dZ1.T @ X, dZ1.sum(axis=0), dZ2.T @ A1, dZ2.sum(axis=0), dZ3.T @ A2, dZ3.sum(axis=0)]
    return float((error**2).sum() / len(X)), gradients


def in_jax(layers: list[tuple[Floats, Floats]], X: Floats, y: Floats) -> Callable[[], Any]:
    """The loss and the gradients as JAX finds them, jitted, in float64; the arrays are on the device before."""
    import jax
    from jax import numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def loss(layers: Any, X: Any, y: Any) -> Any:
        (W1, b1), (W2, b2), (W3, b3) = layers
        A1 = jnp.maximum(X @ W1.T + b1, 0.0)
        A2 = jnp.maximum(A1 @ W2.T + b2, 0.0)
        return ((A2 @ W3.T + b3 - y[:, None]) ** 2).sum() / len(X)

    step = jax.jit(jax.value_and_grad(loss))
    arrays = jax.device_put((layers, X, y))
    return lambda: jax.block_until_ready(step(*arrays))


def timed(call: Callable[[], object], times: int) -> float:
    """Seconds for a call."""
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times


def table(found: list[Measured]) -> str:
    """The figures as a table."""
    head = "| samples | compiling | its memory | a call | × by hand | JAX, jit |\n|---:|---:|---:|---:|---:|---:|\n"
    rows = (
        f"| {each.samples:,} | {each.compile * 1e3:.0f} ms | {each.memory / 1e6:.1f} MB "
        f"| {each.program * 1e3:.3g} ms | {each.ratio:.2f} "
        f"| {'' if each.jax is None else f'{each.jax * 1e3:.3g} ms'} |\n"
        for each in found
    )
    return head + "".join(rows)


if __name__ == "__main__":
    print(table([measure(samples) for samples in SAMPLES]))
