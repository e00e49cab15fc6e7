"""Losses that go through time, compiled to loops, against their scalar graphs: how many differ?"""

import recurrent_graphs

import tinygrad_edu


def main(count, first):
    failures = []
    for seed in range(first, first + count):
        try:
            wrong = recurrent_graphs.wrong(seed)
        except tinygrad_edu.TinygradError as error:
            wrong = f"{seed}: {error}"
        failures += [wrong] if wrong else []
        print(f"\r{seed - first + 1:,} of {count:,}, {len(failures):,} fail", end="", flush=True)
    print(*failures[:10], sep="\n\n")
    return 1 if failures else 0
