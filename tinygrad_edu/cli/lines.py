"""How do messages fit the width of a terminal?

    tinygrad-edu train: the column 'Species' of
        flowers.csv
      write instead:
        --target species

At a space a line goes on below, a little further in. A command or a path to copy stays whole, on a line of its own,
however long it is. Where there is no terminal, no line is changed.

Names to know: `say`, `fitted`, `wrapped`, `say_files`. Read next: `arguments.py`.
"""

from __future__ import annotations

import math
import re
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from tinygrad_edu.show import cells, folded, printable
from tinygrad_edu.terminal.words import word

TITLED = re.compile(r"( *)(what is wrong:|where from:|write instead:|all options:|note:) +(.*)")
TO_COPY = re.compile(r" *(tinygrad-edu (?!\w+: )|-{1,2}\w|\S+$)")  # a command, an option, a path: not to be broken
AS_IT_IS = re.compile(r"   |  .*\S   *\S| *\^")  # an expression with its place marked, a row of a table
HEADED = re.compile(r"tinygrad-edu( \w+)?: |note: ")  # an error, or a note
FURTHER = 4  # columns further in than the line before


def say(text: str, stream: TextIO | None = None) -> None:
    """Print a message in the width of a terminal."""
    target = stream or sys.stdout
    print(fitted(text, width_of(target)), file=target)


def width_of(stream: TextIO) -> float:
    """How many columns there are: without end, where there is no terminal."""
    return shutil.get_terminal_size().columns if stream.isatty() else math.inf


def fitted(text: str, width: float) -> str:
    r"""A message in at most so many columns.

    Prose is wrapped, and so are the parts of an error. An expression with its place marked, and a table, stay as they
    are.

    >>> print(fitted("train: the column 'b'\n  what is wrong:  it has words in it\n  write instead:  --target y", 30))
    train: the column 'b'
      what is wrong:
        it has words in it
      write instead:  --target y
    """
    found: list[str] = []
    has_part = False
    for line in text.split("\n"):
        titled = TITLED.fullmatch(line)
        has_part |= titled is not None
        if cells(line) <= width or (AS_IT_IS.match(line) and not has_part):
            found.append(line)
        elif titled:
            found += [f"{titled[1]}{titled[2]}", *wrapped(titled[3], width, len(titled[1]) + 2)]
        else:
            indent = len(line) - len(line.lstrip())
            further = FURTHER if indent or HEADED.match(line) else 0  # a paragraph has a straight edge
            found += wrapped(line.lstrip(), width, indent, further)
    return "\n".join(found)


def wrapped(text: str, width: float, indent: int = 0, further: int = FURTHER) -> Iterator[str]:
    """A text as lines, each next one further in; what is to be copied stays whole."""
    if TO_COPY.match(text):
        yield " " * indent + text
        return
    yield from folded(" " * indent + text, width, " " * (indent + further), whole=True)


def existing(paths: Iterable[Path | None]) -> set[Path]:
    """Those of some files that are there already, to be asked before they are written."""
    return {path for path in paths if path is not None and path.is_file()}


def say_files(files: Sequence[Path], old: Collection[Path] = (), lang: str = "en") -> None:
    """Which files were written, how large they are, and which of them took the place of an old one."""
    width, wrote = width_of(sys.stdout), word(lang, "wrote")
    for file in files:
        size = f"({file.stat().st_size / 1000:.0f} kB)" if file.is_file() else ""  # a pipe has no size
        replaced = word(lang, "replaced") if file in old else ""
        name = printable(file)
        line = f"  {wrote} {name}  {size}{replaced}".rstrip()
        if cells(line) <= width:
            print(line)
        else:
            print("\n".join([f"  {wrote}", f"    {name}", *wrapped(f"{size}{replaced}".lstrip(",， "), width, 4)]))
