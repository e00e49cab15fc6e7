"""The page's engine against Python in every step and word: random expressions, damaged ones, graphs made in Python."""

import time

import page_engine
import random_graphs

CHUNK = 500


def cases(first, count):
    """For each seed an expression, a damaged one and a graph."""
    for seed in range(first, first + count):
        yield page_engine.expression(seed)
        yield page_engine.damaged(seed)
        yield page_engine.sent(random_graphs.as_values(*random_graphs.seeded(seed))[1])


def main(count, first):
    start, worst, steps, refused, different = time.perf_counter(), 0.0, 0, 0, []
    for done in range(0, count, CHUNK):
        error, differ, found = page_engine.report(list(cases(first + done, min(CHUNK, count - done))))
        worst, different = max(worst, error), different + differ
        steps += sum(len(each.get("steps", ())) for each in found)
        refused += sum("error" in each for each in found)
        print(f"\r{min(done + CHUNK, count):,} of {count:,}, worst error {worst:.1e}", end="", flush=True)
    minutes = (time.perf_counter() - start) / 60
    print(f"\n{count:,} expressions, as many damaged ones and graphs, {minutes:.1f} minutes")
    print(f"{steps:,} steps, {refused:,} errors; {len(different)} cases differ in words")
    print(f"the worst error, relative to the larger of 1 and the right number: {worst:.2e}")
    for case, words in different[:20]:
        print(f"\n{case.get('text', case)}\n{words[:3]}")
    return 0 if worst <= page_engine.TOLERANCE and not different else 1
