"""Long runs, each with a count of cases.

    python -m tests.long graphs 1000000      random graphs against PyTorch, in value and gradient
    python -m tests.long structured 100000   losses put together at random, compiled, against their scalar graphs
    python -m tests.long recurrent 100000    losses that go through time, compiled to loops, against their scalar graphs
    python -m tests.long learners 100000     losses of 165 families that learners write, compiled, against the scalars
    python -m tests.long page 10000          the page's engine, which node runs, against Python
    python -m tests.long batches 10000       functions of samples, compiled for any number of them, against the scalars
    python -m tests.long fuzz 1000000        damaged texts, files and labels
    python -m tests.long engines 60          mistakes in engines, one by one and in pairs: are they named?
    python -m tests.long mutants 1000        changes of the source that some test has to notice
    python -m tests.long size                every function that takes a graph, on graphs of a million nodes

They print what docs/reliability.md tells.
"""

import argparse
import importlib
import sys
from pathlib import Path

TESTS = Path(__file__).parent.parent
sys.path[:0] = [str(TESTS / room) for room in ("support", "engine")]

RUNS = {
    "graphs": 1_000_000,
    "structured": 100_000,
    "recurrent": 100_000,
    "learners": 100_000,
    "page": 10_000,
    "batches": 10_000,
    "fuzz": 1_000_000,
    "engines": 60,
    "mutants": 1000,
    "size": 1_000_000,
}


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.long", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("run", choices=RUNS)
    parser.add_argument("count", type=int, nargs="?")
    parser.add_argument("--first", "--seed", type=int, default=0, help="the seed to begin with")
    parser.add_argument(
        "--inside", default="", help="mutants: of the files below this folder, tinygrad_edu/compiler say"
    )
    parser.add_argument("--outside", nargs="*", default=["nowhere"], help="mutants: of no file below these")
    parser.add_argument("--rooms", nargs="*", default=[], help="mutants: noticed by tests of these rooms, or of all")
    parser.add_argument(
        "--language",
        choices=("numpy", "jax", "javascript"),
        default="numpy",
        help="structured, learners, batches: in which the programs are run; JAX without jit takes its time",
    )
    options = parser.parse_args()
    run = importlib.import_module(f"tests.long.{options.run}").main
    where = (
        {"inside": options.inside, "outside": options.outside, "rooms": options.rooms}
        if options.run == "mutants"
        else {}
    )
    where |= {"language": options.language} if options.run in ("structured", "learners", "batches") else {}
    sys.exit(run(options.count or RUNS[options.run], options.first, **where))


if __name__ == "__main__":
    main()
