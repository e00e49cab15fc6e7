"""Functions of samples, compiled for any number of them, and compared with the scalar graphs of several numbers."""

import time
import traceback
from collections import Counter

import sample_losses
from languages import compile_to

SAMPLES = (1, 2, 3, 17, 40)
SHOWN = 20


def main(count, first, language="numpy"):
    """Try so many problems, the families in turn; 1 if one of them failed."""
    compile_to(language)
    names, found, failed, start = list(sample_losses.FAMILIES), Counter(), [], time.perf_counter()
    for number in range(count):
        name, seed = names[number % len(names)], first + number // len(names)
        try:
            problem = sample_losses.drawn(name, seed)
            program, wrong = sample_losses.wrong_sizes(problem, (1, 3, 30)[seed % 3], SAMPLES)
            wrong += [f"at least {program.least}"] if program.least > 1 else []
        except Exception:  # noqa: BLE001 (whatever happens is to be counted)
            wrong = [traceback.format_exc()]
        found[name] += 1
        if wrong:
            failed.append((name, seed, wrong))
    print(f"{count:,} functions of {len(found)} families, {len(failed)} failed, {time.perf_counter() - start:.0f} s")
    for name, seed, wrong in failed[:SHOWN]:
        print(f"\n{name}, seed {seed}: {', '.join(map(str, wrong))}")
    return 1 if failed else 0
