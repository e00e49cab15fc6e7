"""Losses as learners write them, a hundred thousand, compiled, and compared with the scalars at other numbers."""

import os
import signal
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import islice

import learners
import learners_losses  # noqa: F401  (puts its families into learners.families)
from languages import compile_to

CHUNK = 200
SHOWN = 20


def cases(count, first):
    """(family, seed): the families in turn, from seed `first` on."""
    names = list(learners.families)
    return ((names[i % len(names)], first + i // len(names)) for i in range(count))


def verdicts(chunk):
    return [learners.check(name, seed) for name, seed in chunk]


def chunks(some):
    while chunk := list(islice(some, CHUNK)):
        yield chunk


def begin(language):
    """Compile to a language, and leave Ctrl-C to the process that counts."""
    compile_to(language)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def answers(count, first, language):
    """The verdicts, as they come; small counts without other processes."""
    if count <= 2 * CHUNK:
        compile_to(language)
        yield from map(verdicts, chunks(cases(count, first)))
        return
    with ProcessPoolExecutor(os.cpu_count(), initializer=begin, initargs=(language,)) as pool:
        try:
            yield from pool.map(verdicts, chunks(cases(count, first)))
        finally:
            pool.shutdown(cancel_futures=True)


def report(tried, failed, seconds):
    """Counts by family, and the smallest of what failed."""
    by_family = Counter(verdict.name for verdict in failed)
    skipped = sum(some["skipped"] for some in tried.values())
    count = sum(some.total() for some in tried.values())
    print(f"\n{count:,} losses of {len(tried)} families, {len(failed):,} failed, {skipped} skipped, {seconds:.0f} s")
    for name, some in tried.items():
        kinds = ", ".join(f"{found} {n}" for found, n in some.items() if found not in ("right", "skipped"))
        print(f"  {name:32} {some.total():6,} {by_family[name]:6,}  {kinds}")
    for kind, n in Counter(verdict.found for verdict in failed).items():
        print(f"  {kind}: {n:,}")
    for verdict in sorted(failed, key=lambda verdict: verdict.nodes)[:SHOWN]:
        print(f"\n{verdict}")


def main(count, first, language="numpy"):
    start, tried, failed, done = time.perf_counter(), {}, [], 0
    try:
        for some in answers(count, first, language):
            for verdict in some:
                tried.setdefault(verdict.name, Counter())[verdict.found] += 1
                failed.extend([verdict] if verdict.failed else [])
            done += len(some)
            print(f"\r{done:,} of {count:,}, {len(failed):,} failed", end="", flush=True)
    except KeyboardInterrupt:
        print("\nstopped; what was tried so far:", end="")
    report(tried, failed, time.perf_counter() - start)
    return 1 if failed else 0
