"""`python -m benchmarks`: measure, and print Markdown tables of ratios."""

from __future__ import annotations

import argparse
import platform

from benchmarks.training_step import measure, samples, table


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast is it, against what?")
    parser.add_argument("--repeats", type=int, default=7, help="rounds in which everyone has a turn (default: 7)")
    parser.add_argument("--steps", type=int, default=3, help="training steps in a turn (default: 3)")
    parser.add_argument("--points", type=int, default=100, help="points of two moons (default: 100)")
    options = parser.parse_args()
    print("MLP(2, [16, 16, 1]), hinge loss and L2, one step of gradient descent on", end=" ")
    print(f"{options.points} points; Python {platform.python_version()}, {options.repeats} rounds\n")
    print(table(measure(options.repeats, options.steps, samples(options.points))))


if __name__ == "__main__":
    main()
