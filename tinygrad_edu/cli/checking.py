"""How is another engine checked from a terminal?

    tinygrad-edu check engine.py                         what is right in it, and which mistake it makes
    tinygrad-edu check engine.py --watch                 the same at every save
    tinygrad-edu check class/*.py --json                 many engines, as data

The exit code is 0 if all that is there is right, 1 if there are mistakes, 2 if a file could not be run.

Names to know: `add_check`. Read next: `course.py`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tinygrad_edu.checks.engines.process import FAILED, Outcome, check_file
from tinygrad_edu.show import aligned, cut, listed, printable

CHECK_HELP = """\
Check an engine for automatic differentiation that you wrote, and name its
mistakes:

  tinygrad-edu check engine.py
  tinygrad-edu check engine.py --watch
  tinygrad-edu check engine.py --class Scalar --data value --grad gradient

FILE has a class Value, as micrograd's: Value(2.5) is a number, a * b makes a
new one, f.backward() fills in the gradients. Your class is run on small
programs in a process of its own, and compared with a right engine, and with
engines that make a known mistake. What is not there yet is no mistake.

Several files give a table, one line for each."""
NARROWEST, WIDEST = 36, 78  # columns of the text
PAUSE = 0.3  # seconds between looks at a watched file
CLEAR = "\033[2J\033[H"


def add_check(parser: argparse.ArgumentParser) -> None:
    """The arguments of `check`."""
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="a Python file with a class Value")
    parser.add_argument("--class", dest="value", metavar="NAME", help="what the class is called, if not Value")
    parser.add_argument("--data", metavar="NAME", help="what it calls its number, if not data")
    parser.add_argument("--grad", metavar="NAME", help="what it calls its gradient, if not grad")
    parser.add_argument("--backward", metavar="NAME", help="what it calls the method that computes gradients")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--hint", action="store_true", help="only hints, no sentence that names the mistake")
    how.add_argument("--solution", action="store_true", help="also what the line has to do")
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")
    parser.add_argument("--watch", action="store_true", help="check again at every save, until Ctrl-C")
    parser.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    if options.watch:
        return _watch(options)
    outcomes = list(_outcomes(options, options.files))
    _print(options, outcomes)
    return max(outcome.code for outcome in outcomes)


def _outcomes(options: argparse.Namespace, files: Sequence[Path]) -> Iterator[Outcome]:
    for number, file in enumerate(files):
        if len(files) > 1 and sys.stderr.isatty():
            print(f"\r{number} of {len(files)} checked", end="", file=sys.stderr, flush=True)
        yield _outcome(options, file)
    if len(files) > 1 and sys.stderr.isatty():
        print("\r" + " " * 30, end="\r", file=sys.stderr)


def _outcome(options: argparse.Namespace, file: Path) -> Outcome:
    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns - 1))
    shows = "only hints" if options.hint else "solution" if options.solution else "hint"
    names = {name: getattr(options, name) for name in ("value", "data", "grad", "backward")}
    return check_file(file, width=width, shows=shows, **names)


def _print(options: argparse.Namespace, outcomes: Sequence[Outcome]) -> None:
    if options.json:
        told = [{"file": str(outcome.path), **outcome.data} for outcome in outcomes]
        print(json.dumps(told[0] if len(told) == 1 else told, ensure_ascii=False, indent=2))
    elif len(outcomes) == 1:
        (outcome,) = outcomes
        print(printable_lines(outcome.text), file=sys.stderr if outcome.code == FAILED else sys.stdout)
    else:
        print("\n".join(aligned([_row(outcome) for outcome in outcomes])))


def _row(outcome: Outcome) -> tuple[str, str, str]:
    """A line of the table of many files: file, verdict, its mistakes."""
    if outcome.code == FAILED:
        lines = [line.strip() for line in outcome.text.splitlines() if "what is wrong:" in line]
        return printable(outcome.path), "not run", cut(lines[0].partition(":")[2].strip() if lines else "", 60)
    right = sum(chapter["right"] for chapter in outcome.data["chapters"])
    every = sum(chapter["all"] for chapter in outcome.data["chapters"])
    names = [mistake["name"] for mistake in outcome.data["mistakes"]]
    return printable(outcome.path), f"{right} of {every}", cut(listed(names) if names else "no mistake", 60)


def printable_lines(text: str) -> str:
    """A text that a terminal can be given, whatever names from a file are in it."""
    return "\n".join(map(printable, text.split("\n")))


def _watch(options: argparse.Namespace) -> int:
    """Check at every save; Ctrl-C ends it."""
    seen: dict[Path, int] = {}
    while True:
        now = {file: _saved(file) for file in options.files}
        if now != seen:
            seen = now
            if sys.stdout.isatty():
                print(CLEAR, end="")
            _print(options, list(_outcomes(options, options.files)))
            print("\nWaiting for the next save; Ctrl-C ends.", file=sys.stderr)
        time.sleep(PAUSE)


def _saved(file: Path) -> int:
    """When a file was saved last; an editor may take it away for a moment."""
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
