"""How does a lesson teach in a terminal?

    tinygrad-edu lesson circuit              one idea after the other, with a question before each result
    tinygrad-edu lesson circuit --from 3     goes on with the third
    tinygrad-edu lesson circuit --all        all results at once, as through a pipe

Enter goes on, and leaves a question unanswered. An answer is judged kindly: two right digits are enough, and after a
wrong one it is only said what comes out. The result is the lesson's own, printed by its run (`lessons/ideas.py`).

Names to know: `add_lesson`. Read next: `lines.py`.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from types import ModuleType

from tinygrad_edu.cli.arguments import PROGRAM, one_of
from tinygrad_edu.cli.expressions import add_theme
from tinygrad_edu.cli.lines import existing, say_files, wrapped
from tinygrad_edu.cli.saving import add_open, open_page
from tinygrad_edu.cli.values import Typed, folder_name, whole
from tinygrad_edu.errors import OptionError
from tinygrad_edu.files import make_folder
from tinygrad_edu.lessons import LESSONS
from tinygrad_edu.lessons.ideas import Idea, show_all
from tinygrad_edu.show import aligned, cells, counted, folded, printable, show
from tinygrad_edu.steps.judging import is_near, read_answer
from tinygrad_edu.terminal.colours import paint_for

LESSON_HELP = """\
Go through one of the classic lessons on backpropagation, one idea at a time:
Enter goes on, and a question comes before each result. Without a name, list
the lessons:

  tinygrad-edu lesson
  tinygrad-edu lesson circuit
  tinygrad-edu lesson circuit --from 3
  tinygrad-edu lesson circuit --all -o pictures

With --all, or through a pipe, all results are printed at once."""
WIDEST = 80  # columns of a text
LEAVING = ("q", "quit", "exit")
FURTHER_IN = " " * 6  # what the rest of a line begins with that is too wide
FEW_DIGITS = 2  # that are enough for an answer
IN_LAB = {"circuit": 'lab "q = x + y; f = q * z" x=-2 y=5 z=-4 --open', "planar": "playground --open"}


def add_lesson(parser: argparse.ArgumentParser) -> None:
    """The options of `lesson`."""
    parser.add_argument("name", nargs="?", metavar="LESSON", help=", ".join(LESSONS))
    idea = whole(1, example="1")._replace(allows=lambda _: True)  # how many there are is up to the lesson
    said = "begin with idea N (default: 1)"
    parser.add_argument("--from", dest="first", action=Typed, kind=idea, default=1, metavar="N", help=said)
    parser.add_argument("--all", dest="is_all", action="store_true", help="print all results at once")
    said = "folder for its pictures (default: no pictures)"
    parser.add_argument("-o", "--output", action=Typed, kind=folder_name("pictures"), help=said)
    add_open(parser)
    add_theme(parser)
    parser.set_defaults(run=_lesson)


def _lesson(options: argparse.Namespace) -> None:
    if options.name is None:
        print("\n".join(_list_of_lessons()))
        return
    name = one_of("", re.sub(r"[- ]", "_", options.name), LESSONS, f"{PROGRAM} lesson")
    lesson = importlib.import_module(f"tinygrad_edu.lessons.{name}")
    _check(options, name, lesson.IDEAS)
    if options.output is not None:
        make_folder(options.output)
    if options.is_all or not (sys.stdin.isatty() and sys.stdout.isatty()):
        show_all(lesson.IDEAS[options.first - 1 :])
    elif not _walked(name, lesson, options.first):
        return
    if options.output is not None:
        _draw(lesson, options)


def _check(options: argparse.Namespace, name: str, ideas: Sequence[Idea]) -> None:
    if not 1 <= options.first <= len(ideas):
        wrong = f"the ideas of this lesson are numbered from 1 to {len(ideas)}"
        raise OptionError(f"--from {options.first}", wrong, instead=f"{PROGRAM} lesson {name} --from {len(ideas)}")
    if options.open and options.output is None:
        wrong = "there is no picture to open"
        raise OptionError("--open", wrong, instead=f"{PROGRAM} lesson {name} -o pictures --open")


def _draw(lesson: ModuleType, options: argparse.Namespace) -> None:
    old = existing(options.output.iterdir())
    files = lesson.pictures(options.output, theme=options.theme)
    print()
    say_files(files, old)
    if options.open:
        open_page(files[0])


# One idea after the other


def _walked(name: str, lesson: ModuleType, first: int) -> bool:
    """Whether the reader came to the end; Ctrl-C and q leave, with the way to go on."""
    ideas, place = lesson.IDEAS, first
    try:
        if first == 1:
            _say_introduction(name, len(ideas))
        for place in range(first, len(ideas) + 1):
            if not _told(ideas[place - 1], place, len(ideas)):
                print(_way_on(name, place, place - 1))
                return False
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_way_on(name, place, place - 1)) from None
    _say_end(name)
    return True


def _way_on(name: str, place: int, done: int) -> str:
    after = f"after {counted(done, 'idea')}" if done else "before the first idea"
    return f"Left {after}. To go on:\n\n  {PROGRAM} lesson {name} --from {place}"


def _say_introduction(name: str, count: int) -> None:
    question, *rest = _opening_of(name)
    print(paint_for(sys.stdout).bold(_wide(question)))
    for paragraph in rest:
        print("\n" + ("\n".join(_rows(paragraph)) if paragraph.startswith(" ") else _wide(paragraph)))
    keys = "Enter goes on and leaves a question unanswered; q leaves."
    print("\n" + _wide(f"{counted(count, 'idea')}. {keys}"))


def _told(idea: Idea, place: int, count: int) -> bool:
    """One idea: words, question, result, and whether the reader goes on."""
    paint = paint_for(sys.stdout)
    print(f"\n{paint.bold(_wide(f'{place} of {count}: {idea.title}'))}\n\n{_wide(idea.text)}\n")
    typed = _asked(f"{_wide(idea.question)}\n> ")
    if typed is None:
        return False
    print("…", end="\r", flush=True)
    with contextlib.redirect_stdout(io.StringIO()) as result:
        truth = idea.show()
    said = verdict(typed, truth)
    print(f"{paint.bold(_wide(said))}\n")
    if not _paged(_rows(result.getvalue().strip("\n"))):
        return False
    return place == count or _asked(paint.dim("Enter: the next idea ")) is not None


def verdict(typed: str, truth: float | str) -> str:
    """What is said of an answer, kindly.

    >>> verdict("-4", -4.0), verdict("4.1", 4.13), verdict("", 3.0), verdict("2", 3.0), verdict("many", 3.0)
    ('Right: -4.', 'Right: 4.13.', 'It is 3:', 'Not 2, but 3:', 'A number was meant; it is 3:')
    >>> verdict("YES", "yes"), verdict("perhaps", "no")
    ('Right: yes.', 'Not perhaps, but no:')
    """
    shown = truth if isinstance(truth, str) else show(truth)
    answer = printable(typed.strip())
    if not answer:
        return f"It is {shown}:"
    if isinstance(truth, str):
        return f"Right: {shown}." if _plain(answer) == _plain(truth) else f"Not {answer}, but {shown}:"
    readings = read_answer(answer)
    if not readings:
        return f"A number was meant; it is {shown}:"
    is_right = any(is_near(reading, truth, fewest=FEW_DIGITS) for reading in readings)
    return f"Right: {shown}." if is_right else f"Not {answer}, but {shown}:"


def _plain(word: str) -> str:
    """A word without what does not matter in it: yes, Yes. and "yes"; 3 x 2, 3×2 and (3, 2)."""
    kept = re.sub(r"[^\w×,]", "", word.lower()).replace("×", "x").replace(",", "x")
    return {"y": "yes", "n": "no"}.get(kept, kept)


def _asked(question: str) -> str | None:
    """What was typed up to Enter; None, if the reader leaves."""
    try:
        typed = input(question)
    except EOFError:
        print()
        return None
    return None if typed.strip().lower() in LEAVING else typed


def _paged(rows: Sequence[str]) -> bool:
    """The lines of a result, a screen at a time; whether the reader goes on."""
    size = max(3, shutil.get_terminal_size().lines - 4)
    for start in range(0, len(rows), size):
        if start and _asked(paint_for(sys.stdout).dim("Enter: more ")) is None:
            return False
        print("\n".join(rows[start : start + size]))
    print()
    return True


def _rows(result: str) -> list[str]:
    """The lines of a result; one that is too wide goes on below, further in."""
    width = shutil.get_terminal_size().columns
    return [row for line in result.split("\n") for row in folded(line, width, FURTHER_IN)]


def _wide(text: str) -> str:
    return "\n".join(wrapped(text, min(WIDEST, shutil.get_terminal_size().columns), further=0))


def _say_end(name: str) -> None:
    page = Path(__file__).parents[2] / "docs" / "lessons" / f"{name}.md"
    print(_wide("That was the lesson. Its page, with every line of the derivation:"))
    print(f"\n  {page if page.is_file() else f'lessons/{name}, in the guide'}")
    if name in IN_LAB:
        print(f"\nThe same to play with:\n\n  {PROGRAM} {IN_LAB[name]}")
    print("\nAnother lesson:\n\n  tinygrad-edu lesson")


# The texts


def _opening_of(name: str) -> list[str]:
    """The paragraphs that a lesson begins with, read from the source: `python -OO` drops docstrings."""
    source = resources.files("tinygrad_edu.lessons").joinpath(f"{name}.py").read_text(encoding="utf-8")
    paragraphs = source.split('"""')[1].strip().split("\n\n")
    return [text if text.startswith(" ") else " ".join(text.split("\n")) for text in paragraphs]


def _list_of_lessons() -> Iterator[str]:
    """The lessons, with the question that each begins with."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    rows = [(name, _opening_of(name)[0]) for name in LESSONS]
    lines = [f"  {line}" for line in aligned(rows)]
    if max(map(cells, lines)) <= width:
        yield from lines
    else:
        for name, question in rows:
            yield f"  {name}"
            yield from wrapped(question, width, 4, further=0)
    yield ""
    yield "Go through one, one idea at a time:"
    yield f"\n  {PROGRAM} lesson circuit\n"
    yield "All results at once, with pictures:"
    yield f"\n  {PROGRAM} lesson circuit --all -o pictures"
