"""Losses as learners write them, compiled, against their scalar graphs: how many differ, and in which ways?"""

import signal
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from os import cpu_count

import structured_check
from languages import compile_to

CHUNK = 50


def chunk(seeds):
    """(graphs, nodes, failures as (kind, nodes, seed, report)) of some seeds."""
    nodes, failures = 0, []
    for seed in seeds:
        case, failure = structured_check.tried(seed)
        size = structured_check.size_of(case)
        nodes += size
        if failure is not None:
            failures.append((failure.kind, size, seed, str(failure)))
    return len(seeds), nodes, failures


def begin(language):
    """Compile to a language, and leave the keyboard alone: Ctrl-C reaches every process; the one that counts acts."""
    compile_to(language)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def main(count, first, language="numpy"):
    start, done, nodes, failures = time.perf_counter(), 0, 0, []
    chunks = [range(seed, min(seed + CHUNK, first + count)) for seed in range(first, first + count, CHUNK)]
    pool = ProcessPoolExecutor(cpu_count(), initializer=begin, initargs=(language,))
    try:
        for some, of_them, wrong in pool.map(chunk, chunks):
            done, nodes, failures = done + some, nodes + of_them, failures + wrong
            print(f"\r{done:,} of {count:,}, {len(failures):,} fail", end="", flush=True)
    except KeyboardInterrupt:
        print("\nstopped", end="")
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    print_summary(done, nodes, failures, (time.perf_counter() - start) / 60)
    return 1 if failures else 0


def print_summary(done, nodes, failures, minutes):
    """The count, and of each kind of failure the number and the smallest one in full."""
    print(f"\n{done:,} graphs, {nodes:,} nodes, {len(failures):,} fail, {minutes:.1f} minutes")
    kinds = Counter(kind for kind, _, _, _ in failures)
    smallest = {kind: min(each for each in failures if each[0] == kind) for kind in kinds}
    for kind in kinds:
        print(f"\n{'─' * 100}\n{smallest[kind][-1]}")
    for kind, number in kinds.most_common():
        print(f"{number:>7,}  {kind}; the smallest has {smallest[kind][1]} nodes, seed {smallest[kind][2]}")
