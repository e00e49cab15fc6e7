"""How is another engine checked from a terminal?

    tinygrad-edu check engine.py                         what is right in it, and which mistake it makes
    tinygrad-edu check engine.py --watch                 the same at every save
    tinygrad-edu check class/*.py --json                 many engines, as data

The exit code is 0 if all that is there is right, 1 if there are mistakes, 2 if a file could not be run.

Names to know: `add_check`. Read next: `course.py`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tinygrad_edu.checks.engines.process import FAILED, Outcome, check_file
from tinygrad_edu.cli.arguments import PROGRAM
from tinygrad_edu.cli.lines import fitted
from tinygrad_edu.cli.values import Typed, words
from tinygrad_edu.show import aligned, cells, cut, listed, printable

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
ROOM = 28  # columns at least, for what is wrong
PAUSE = 0.3  # seconds between looks at a watched file
CLEAR = "\033[2J\033[H"


def add_check(parser: argparse.ArgumentParser) -> None:
    """The arguments of `check`."""
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="a Python file with a class Value")
    for option, dest, example, what in (
        ("--class", "value", "Scalar", "what the class is called, if not Value"),
        ("--data", "data", "value", "what it calls its number, if not data"),
        ("--grad", "grad", "gradient", "what it calls its gradient, if not grad"),
        ("--backward", "backward", "sweep", "what it calls the method that computes gradients"),
    ):
        name = words("a name in the file", example)
        parser.add_argument(option, dest=dest, action=Typed, kind=name, metavar="NAME", help=what)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--hint", action="store_true", help="only hints, no sentence that names the mistake")
    how.add_argument("--solution", action="store_true", help="also what the line has to do")
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")
    parser.add_argument("--watch", action="store_true", help="check again at every save, until Ctrl-C")
    parser.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    if options.watch:
        return _watch(options)
    outcomes = _outcomes(options)
    _print(options, outcomes)
    return max(outcome.code for outcome in outcomes)


def _outcomes(options: argparse.Namespace) -> list[Outcome]:
    with _progress(options.files) as advance:
        return [advance(_outcome(options, file)) for file in options.files]


@contextlib.contextmanager
def _progress(files: Sequence[Path]) -> Iterator[Callable[[Outcome], Outcome]]:
    """On a terminal, and while it lasts, what is going on: for many files a bar. Gives what advances it."""
    if not sys.stderr.isatty():
        yield lambda outcome: outcome
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    bar = (BarColumn(), MofNCompleteColumn()) if len(files) > 1 else ()
    what = f"checking {printable(files[0])}" if len(files) == 1 else "checking"
    columns = (TextColumn(" "), SpinnerColumn(style="none"), TextColumn("{task.description}", markup=False), *bar)
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=len(files))

        def advance(outcome: Outcome) -> Outcome:
            progress.advance(task)
            return outcome

        yield advance


def _width() -> int:
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns - 1))


def _outcome(options: argparse.Namespace, file: Path) -> Outcome:
    width = _width()
    shows = "only hints" if options.hint else "solution" if options.solution else "hint"
    names = {name: getattr(options, name) for name in ("value", "data", "grad", "backward")}
    return check_file(file, width=width, shows=shows, **names)


def _print(options: argparse.Namespace, outcomes: Sequence[Outcome]) -> None:
    if options.json:
        told = [{"file": str(outcome.path), **outcome.data} for outcome in outcomes]
        print(json.dumps(told[0] if len(told) == 1 else told, ensure_ascii=False, indent=2))
    elif len(outcomes) == 1:
        (outcome,) = outcomes
        if outcome.code == FAILED:
            print(fitted(f"{PROGRAM} check: {printable_lines(outcome.text)}", _width()), file=sys.stderr)
        else:
            print(printable_lines(outcome.text))
    else:
        print("\n".join(_table(outcomes, _width())))


def _table(outcomes: Sequence[Outcome], width: int) -> list[str]:
    """A line for each file, or two where names are long or the terminal is narrow: the file, and what is wrong."""
    rows = [_row(outcome) for outcome in outcomes]
    room = width - max(map(cells, aligned([row[:2] for row in rows]))) - 2
    if room >= ROOM:
        return aligned([(file, verdict, cut(wrong, room)) for file, verdict, wrong in rows])
    return [line for file, verdict, wrong in rows for line in (file, cut(f"  {verdict}: {wrong}", width))]


def _row(outcome: Outcome) -> tuple[str, str, str]:
    """File, verdict, its mistakes."""
    if outcome.code == FAILED:
        return printable(outcome.path), "not run", printable(outcome.data["wrong"])
    right = sum(chapter["right"] for chapter in outcome.data["chapters"])
    every = sum(chapter["all"] for chapter in outcome.data["chapters"])
    names = [mistake["name"] for mistake in outcome.data["mistakes"]]
    return printable(outcome.path), f"{right} of {every}", listed(names) if names else "no mistake"


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
            _print(options, _outcomes(options))
            print("\nWaiting for the next save; Ctrl-C ends.", file=sys.stderr)
        time.sleep(PAUSE)


def _saved(file: Path) -> int:
    """When a file was saved last; an editor may take it away for a moment."""
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
