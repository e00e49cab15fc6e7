"""How fast are loops over time, beside the same written by hand? `python -m benchmarks.loops`.

Loops of scalars, which Python runs step by step: value and gradient of x = sin(x)·a + b, again and again, and of a
pendulum in Euler steps. By hand they carry plain numbers from step to step, and keep what the way back needs in lists.

Names to know: `measure`.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_edu
from benchmarks.families import chain

sys.path.append(str(Path(__file__).parent.parent / "tests" / "support"))

from families import pendulum

Run = Callable[[Any], tuple[float, list[float]]]
STEPS = 1000
ROUNDS, CALLS = 15, 20


def chain_by_hand(parameters: Any) -> tuple[float, list[float]]:
    """x = sin(x)·a + b."""
    x, a, b = parameters
    xs, sines = [], []
    for _ in range(STEPS // 3):
        xs.append(x)
        sines.append(np.sin(x))
        x = sines[-1] * a + b
    dx, da, db = 1.0, 0.0, 0.0
    for before, sine in zip(reversed(xs), reversed(sines), strict=True):
        da += dx * sine
        db += dx
        dx = dx * a * np.cos(before)
    return x, [dx, da, db]


def pendulum_by_hand(parameters: Any) -> tuple[float, list[float]]:
    """θ'' = -k sin θ - c θ', in Euler steps."""
    theta, omega, k, c = parameters
    thetas, omegas, sines = [], [], []
    for _ in range(STEPS):
        thetas.append(theta)
        omegas.append(omega)
        sines.append(np.sin(theta))
        theta, omega = theta + 0.01 * omega, omega + 0.01 * (-k * sines[-1] - c * omega)
    dtheta, domega, dk, dc = 2 * (theta - 0.3), 0.0, 0.0, 0.0
    for before, speed, sine in zip(reversed(thetas), reversed(omegas), reversed(sines), strict=True):
        force = 0.01 * domega
        dk -= force * sine
        dc -= force * speed
        dtheta, domega = dtheta - force * k * np.cos(before), domega - force * c + 0.01 * dtheta
    return (theta - 0.3) ** 2, [dtheta, domega, dk, dc]


def measure(run: Run, program: Any) -> list[float]:
    """How many times as long a call of a program takes, in rounds; both have to find the same numbers."""
    (value, gradient), (right, slopes) = program(), run(program.parameters)
    assert np.allclose([value, *gradient], [right, *slopes], rtol=1e-9, atol=1e-12)
    return [_seconds(program) / _seconds(lambda: run(program.parameters)) for _ in range(ROUNDS)]


def _seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    for _ in range(CALLS):
        call()
    return time.process_time() - start


def table() -> str:
    """The results as a Markdown table."""
    lines = ["| a loop of scalars | times as long as by hand: median (lowest to highest) |", "|---|---:|"]
    cases: list[tuple[str, Run, Any]] = [
        (f"chain of {STEPS:,} operations", chain_by_hand, chain(STEPS)),
        (f"pendulum, {STEPS:,} Euler steps", pendulum_by_hand, pendulum(STEPS)),
    ]
    for name, run, (loss, wrt) in cases:
        ratios = measure(run, tinygrad_edu.compile(loss, wrt=wrt))
        lines.append(f"| {name} | {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
