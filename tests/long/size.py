"""Every function that takes a graph, on a chain and on a tree of a million nodes: seconds, and memory.

Each runs in a process of its own. The memory is what the process grew by, the graph itself included.
"""

import copy
import pickle
import resource
import subprocess
import sys
import time

import tinygrad_edu
from tinygrad_edu import Value, chain_rule, explain, grad, gradcheck, viz
from tinygrad_edu.checks.anomaly import first_anomaly

FUNCTIONS = {
    "building it": lambda y, x: None,
    "backward": lambda y, x: y.backward(),
    "grad": lambda y, x: grad(y, [x]),
    "copy.deepcopy": lambda y, x: copy.deepcopy(y),
    "pickle.dumps": lambda y, x: pickle.dumps(y),
    "pickle.loads of it": lambda y, x: pickle.loads(pickle.dumps(y)),
    "repr, str": lambda y, x: (repr(y), str(y)),
    "latex": lambda y, x: y.latex(),
    "viz.draw, a summary": lambda y, x: viz.draw(y).source,
    "first_anomaly": lambda y, x: first_anomaly(y),
    "chain_rule": lambda y, x: chain_rule(y),
    "explain": lambda y, x: explain(y, x),
    "gradcheck": lambda y, x: gradcheck(y),
    "viz.player, a summary": lambda y, x: viz.player(y),
    "compile": lambda y, x: tinygrad_edu.compile(y, wrt=[x]),
}
LIMIT = 900  # seconds


def chain(size):
    x = Value(0.5, label="x")
    y = x
    for _ in range(size // 2):
        y = (y + x) * 0.5
    return x, y


def tree(size):
    x = Value(0.5, label="x")
    level = [x * (1 + number * 1e-6) for number in range(size // 3)]
    while len(level) > 1:
        level = [a + b for a, b in zip(level[::2], level[1::2], strict=False)] + level[len(level) & ~1 :]
    return x, level[0]


SHAPES = {"chain": chain, "tree": tree}


def one(shape, name, size):
    """In a process of its own: prints seconds and megabytes."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    x, y = SHAPES[shape](size)
    if name != "building it":
        start = time.perf_counter()
    FUNCTIONS[name](y, x)
    print(time.perf_counter() - start, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)


def main(count, _):
    print(f"| {count:,} operations | chain | | tree | |\n|---|---:|---:|---:|---:|")
    for name in FUNCTIONS:
        cells = [name]
        for shape in SHAPES:
            code = f"from tests.long.size import one; one({shape!r}, {name!r}, {count})"
            try:
                done = subprocess.run(
                    [sys.executable, "-c", code], capture_output=True, text=True, timeout=LIMIT, check=True
                )
                seconds, megabytes = done.stdout.split()
                cells += [f"{float(seconds):.1f} s", f"{megabytes} MB"]
            except subprocess.TimeoutExpired:
                cells += [f"over {LIMIT} s", ""]
            except subprocess.CalledProcessError as error:
                cells += [error.stderr.strip().splitlines()[-1][:60], ""]
        print(f"| {' | '.join(cells)} |", flush=True)
