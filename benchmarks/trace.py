"""How long does it take to record the steps of a sweep, compared with the sweep? `python -m benchmarks.trace`.

A chain of multiplications with 10,000 edges: `chain_rule`, its JSON written and read, each as a multiple of one
`backward()` of the same graph, in one process; medians and extremes.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from tinygrad_edu import Trace, Value, chain_rule

EDGES = 10_000
ROUNDS = 9


def chain(edges: int) -> Value:
    """A chain of multiplications by one leaf."""
    x = Value(1.0001, label="x")
    y = x
    for _ in range(edges // 2):
        y = y * x
    return y


def seconds(action: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    f = chain(EDGES)
    text = chain_rule(f).to_json()
    trace = Trace.from_json(text)
    actions: dict[str, Callable[[], object]] = {
        "backward()": f.backward,
        "chain_rule(f)": lambda: chain_rule(f),
        "trace.to_json()": trace.to_json,
        "Trace.from_json(text)": lambda: Trace.from_json(text),
    }
    found: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(ROUNDS):
        for name, action in actions.items():
            found[name].append(seconds(action))
    base = statistics.median(found["backward()"])
    print(f"{EDGES:,} edges, {len(text) / 1e6:.1f} MB of JSON; median of {ROUNDS} rounds, fastest to slowest")
    for name, times in found.items():
        middle, low, high = (1e3 * time for time in (statistics.median(times), min(times), max(times)))
        ratio = middle / (1e3 * base)
        print(f"  {name:<22} {ratio:6.1f} × backward()   {middle:6.1f} ms ({low:.1f} to {high:.1f})")


if __name__ == "__main__":
    main()
