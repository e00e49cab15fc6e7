"""How does one begin a course, and look for a planted mistake, from a terminal?

    tinygrad-edu course my_engine                        a file of stubs, to be filled in chapter by chapter
    tinygrad-edu course --chapter 6                      one chapter, to be read here
    tinygrad-edu bug 7 -o broken.py                      an engine with one mistake in it

Names to know: `add_course`, `add_bug`. Read next: `training.py`.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
from pathlib import Path

from tinygrad_edu.checks.engines.bugs import can_be_planted, planted
from tinygrad_edu.checks.engines.course import FILE, begin, chapter
from tinygrad_edu.checks.engines.mistakes import MISTAKES, Mistake
from tinygrad_edu.checks.engines.probes import CHAPTERS
from tinygrad_edu.choices import nearest
from tinygrad_edu.cli.arguments import UsageError
from tinygrad_edu.cli.expressions import add_lang
from tinygrad_edu.cli.values import Typed, file_name, folder_name, whole, words
from tinygrad_edu.errors import OptionError
from tinygrad_edu.files import write_whole
from tinygrad_edu.show import printable

COURSE_HELP = """\
Begin to write an engine of your own, from a number to a trained neuron:

  tinygrad-edu course my_engine
  tinygrad-edu check my_engine/engine.py --watch

FOLDER gets a file of stubs, the nine chapters and a README. Nothing that is
there already is overwritten. A chapter can also be read here:

  tinygrad-edu course --chapter 6

With --lang zh the chapters are in Chinese; the check speaks English."""
FIRST = {"en": "Begin with chapter 1:", "zh": "从第 1 章开始（检查的输出是英文的）："}
WIDEST = 80  # columns of a chapter
BUG_HELP = """\
Write an engine with one mistake planted in it, to be found and mended:

  tinygrad-edu bug 7 -o broken.py
  tinygrad-edu check broken.py

N chooses the mistake. For a class, --seed mixes them: with one seed, every
number is another mistake, and what student 12 gets is known to you alone."""


def add_course(parser: argparse.ArgumentParser) -> None:
    """The arguments of `course`."""
    what = parser.add_mutually_exclusive_group()
    folder, chapter = folder_name("my_engine"), words("the number or the name of a chapter", "6")
    new = "a folder for the files, new or not"
    what.add_argument("folder", action=Typed, kind=folder, metavar="FOLDER", nargs="?", help=new)
    shown = "show a chapter: its number from 1 to 9, or its name"
    what.add_argument("--chapter", action=Typed, kind=chapter, metavar="N|NAME", help=shown)
    parser.add_argument("--solution", action="store_true", help="of a chapter: also a way to write it")
    add_lang(parser)
    parser.set_defaults(run=_course)


def add_bug(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bug`."""
    number, seed = whole(1, len(_mistakes()), example="7"), whole(0, example="1")
    parser.add_argument("number", action=Typed, kind=number, metavar="N", help="which mistake: a number from 1")
    engine = file_name("an engine", (".py",), "broken.py")
    default, said = Path("broken.py"), "the file (default: broken.py)"
    parser.add_argument("-o", "--output", action=Typed, kind=engine, default=default, help=said)
    parser.add_argument("--seed", action=Typed, kind=seed, help="mix the mistakes, for a class")
    parser.set_defaults(run=_bug)


def _course(options: argparse.Namespace) -> None:
    if options.chapter is None and options.folder is None:
        raise UsageError("tinygrad-edu course", "this is missing: FOLDER", instead="tinygrad-edu course my_engine")
    if options.chapter is not None:
        _show(options.chapter, "shown" if options.solution else "left out", options.lang)
        return
    for path in begin(options.folder, options.lang):
        print(f"  {printable(path)}")
    print(f"\n{FIRST[options.lang]}\n\n  tinygrad-edu check {printable(options.folder / FILE)} --watch")


def _show(name: str, solution: str, lang: str) -> None:
    """A chapter: on a terminal as one reads it, else as Markdown."""
    try:
        text = chapter(name, solution=solution, lang=lang)
    except OptionError as error:
        is_number = name.lstrip("+-").isdecimal()
        near = ("1" if name.startswith(("-", "0")) else str(len(CHAPTERS))) if is_number else _nearest(name)
        raise OptionError(f"--chapter {name}", error.wrong, instead=f"tinygrad-edu course --chapter {near}") from None
    if not sys.stdout.isatty():
        print(text, end="")
        return
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.theme import Theme

    console = Console(width=min(WIDEST, shutil.get_terminal_size().columns), theme=Theme({"markdown.code": "bold"}))
    console.print(Markdown(text, code_theme="ansi_dark", hyperlinks=False))  # which has no background of its own


def _nearest(name: str) -> str:
    return [*nearest(name, CHAPTERS), *CHAPTERS][0]


def _mistakes() -> list[Mistake]:
    return list(filter(can_be_planted, MISTAKES))


def _bug(options: argparse.Namespace) -> None:
    mistakes = _mistakes()
    if options.output.exists():
        wrong = f"{options.output} is there already, and is not overwritten"
        raise OptionError(str(options.number), wrong, instead=f"tinygrad-edu bug {options.number} -o other.py")
    if options.seed is not None:
        random.Random(options.seed).shuffle(mistakes)  # noqa: S311 (no secret)
    write_whole(options.output, planted(mistakes[options.number - 1]).encode())
    output = printable(options.output)
    print(f"  {output}\n\nOne thing is wrong in it:\n\n  tinygrad-edu check {output}")
