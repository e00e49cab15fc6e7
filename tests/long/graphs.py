"""A million random graphs over all operations against PyTorch float64, in value and gradient."""

import time
from concurrent.futures import ProcessPoolExecutor
from os import cpu_count

import random_graphs

CHUNK = 2000


def error(ours, theirs):
    """Relative to the larger of 1 and the right number."""
    return abs(ours - theirs) / max(1.0, abs(theirs))


def chunk(first):
    """(the worst error, its seed, nodes, operations) of some graphs."""
    import torch
    from test_against_torch import in_torch

    torch.set_num_threads(1)
    worst, seed_of_worst, nodes, operations = 0.0, first, 0, set()
    for seed in range(first, first + CHUNK):
        numbers, plan = random_graphs.seeded(seed)
        leaves, output = random_graphs.as_values(numbers, plan)
        output.backward()
        value, gradients = in_torch(numbers, plan)
        found = [error(output.data, value), *(error(leaf.grad, g) for leaf, g in zip(leaves, gradients, strict=True))]
        nodes += len(numbers) + len(plan)
        operations.update(name for name, _, _ in plan)
        if not max(found) <= worst:  # nan too
            worst, seed_of_worst = max(found), seed
    return worst, seed_of_worst, nodes, operations


def main(count, first):
    start = time.perf_counter()
    worst, nodes, operations, done = (0.0, first), 0, set(), 0
    with ProcessPoolExecutor(cpu_count()) as pool:
        for one, seed, some, names in pool.map(chunk, range(first, first + count, CHUNK)):
            worst = max(worst, (one, seed))
            nodes, done = nodes + some, done + CHUNK
            operations |= names
            print(f"\r{done:,} of {count:,}, worst error {worst[0]:.1e}", end="", flush=True)
    minutes = (time.perf_counter() - start) / 60
    print(f"\n{done:,} graphs, {nodes:,} nodes, {len(operations)} operations, {minutes:.1f} minutes")
    print(f"the worst error, relative to the larger of 1 and the right number: {worst[0]:.2e} (seed {worst[1]})")
    return 0 if worst[0] < 1e-9 else 1
