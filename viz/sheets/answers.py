"""How do the answers of a class come in?

As a table, one row for each learner, the columns named as on the sheet:

    # tinygrad-edu worksheet "f = x * y" --variants 30 --seed 1
    name,sheet,f,local ∂f/∂x,local ∂f/∂y,∂f/∂x,∂f/∂y
    Ada,1,6,3,2,3,2

The first line says which sheets these are; `tinygrad-edu grade --template` writes it, and the row of names. Columns may
be left out or moved, ∂ may be written d, and the table may be what a spreadsheet makes of it: with semicolons or tabs,
in UTF-16 or the encoding of a country, with empty columns, names in capital letters, and ? for ∂.

Names to know: `read_answers`, `Answers`, `template`. Read next: `worksheet.py`.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tinygrad_edu.choices import nearest
from tinygrad_edu.errors import FileError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import counted, cut, listed, printable
from tinygrad_edu.text.spreadsheet import as_it_was, decoded, inert, separator
from tinygrad_edu.text.typed import on_keyboard
from tinygrad_edu.viz.page.link import exactly, text_of
from tinygrad_edu.viz.page.strings import TABLE
from tinygrad_edu.viz.sheets.sheet import Sheet

COMMAND = "tinygrad-edu worksheet"
DELIMITERS = ",;\t"
ENCODING = "utf-8-sig"  # with the mark by which a spreadsheet knows UTF-8
LEARNER, SHEET = "\0learner", "\0sheet"  # columns that every table may have
LEARNERS = ("student", "pupil", "learner", "学生")  # what the column of names may be called besides
LONGEST = 40  # characters of a cell in a message
A_NUMBER = re.compile(r"\D*(\d+)\D*", re.ASCII)


@dataclass(frozen=True)
class Row:
    """The answers of one learner.

    Attributes:
        line: of the file.
        name: of the learner.
        sheet: the number of the sheet, as it was written; "" if the table has no such column.
        answers: what was written, by the name of the column on the sheet.
    """

    line: int
    name: str
    sheet: str
    answers: dict[str, str]


@dataclass(frozen=True)
class Answers:
    """A table of answers.

    Attributes:
        path: of the file.
        command: the words behind `tinygrad-edu worksheet` in its first line; empty without one.
        heads: the names of the columns.
        cells: the rows, each with its line.
        guess: the encoding that the file was read in, if nothing in it says so; else "".
    """

    path: Path
    command: tuple[str, ...]
    heads: tuple[str, ...]
    cells: tuple[tuple[int, tuple[str, ...]], ...]
    guess: str = ""

    def rows(self, sheet: Sheet) -> list[Row]:
        """The rows, their columns matched with those of a sheet.

        Raises:
            FileError: if a column is not on the sheet, or there twice; with the name that is meant.
        """
        places = self._places(sheet.asked)
        rows = []
        for line, cells in self.cells:
            found = {name: cells[place].strip() for name, place in places.items()}
            name, number = found.pop(LEARNER, ""), found.pop(SHEET, "")
            rows.append(Row(line, as_it_was(name), number, found))
        return rows

    def _places(self, columns: Iterable[str]) -> dict[str, int]:
        """Where each column is; those of the learner and of the sheet have names that no node has."""
        names, places = list(columns), dict[str, int]()
        for place, head in enumerate(self.heads):
            if not head.strip() and not any(cells[place].strip() for _, cells in self.cells):
                continue
            column = _usual(head, places) or _meant(head, names)
            if column is None:
                raise self._unknown(head.strip(), names)
            if column in places:
                raise self._wrong(f"there are two columns {head!r}", "one column for each cell of the sheet")
            places[column] = place
        if not set(places) - {LEARNER, SHEET}:
            raise self._wrong("no column has answers", f"columns as on the sheet: {listed(names, 6)}")
        return places

    def _unknown(self, head: str, names: Sequence[str]) -> FileError:
        close = nearest(head, names)
        wrong = f"the sheet has no cell {printable(cut(head, LONGEST))!r}; it has {listed(names, 12)}"
        return self._wrong(wrong, close[0] if close else "a name of these, or no such column")

    def _wrong(self, wrong: str, instead: str) -> FileError:
        return FileError(printable(self.path), wrong, instead=instead)


def read_answers(path: str | os.PathLike[str]) -> Answers:
    """Read a table of answers.

    Raises:
        FileError: if the file is not text, or holds no such table; it names the line.
        OSError: if it cannot be read.
    """
    path = Path(path)
    text, guess = decoded(path)
    lines = _cells(path, text)
    command: tuple[str, ...] = ()
    if lines and _is_comment(lines[0][1]):
        command, lines = _command(path, lines[0][1][0]), lines[1:]
    if not lines:
        raise FileError(printable(path), "it has no row with the names of columns", instead="a file of --template")
    (_, heads), *rows = lines
    cells = tuple(_fitted(path, line, row, len(_heads(heads))) for line, row in rows)
    return Answers(path, command, _heads(heads), cells, guess)


def template(sheets: Sequence[Sheet], command: str) -> str:
    """An empty table of answers, with a row for each sheet.

    Args:
        sheets: of one worksheet.
        command: what made it; "" if no command can.

    >>> from tinygrad_edu import parse
    >>> print(template([Sheet(parse("f = x * y", x=2, y=3))], 'tinygrad-edu worksheet "f = x * y" x=2 y=3'))
    "# tinygrad-edu worksheet ""f = x * y"" x=2 y=3"
    name,f,local ∂f/∂x,local ∂f/∂y,∂f/∂x,∂f/∂y
    ,,,,,
    <BLANKLINE>
    """
    asked, texts, made = list(sheets[0].asked), sheets[0].texts, io.StringIO()
    write = csv.writer(made, lineterminator="\n")
    if command:
        write.writerow([f"# {command}"])
    numbered = bool(sheets[0].number)
    write.writerow([texts["sheet_name"].lower(), *([texts["sheet_column"]] if numbered else []), *map(inert, asked)])
    for sheet in sheets:
        write.writerow(["", *([sheet.number] if numbered else []), *[""] * len(asked)])
    return made.getvalue()


def command_of(sheet: Sheet, options: Sequence[str]) -> str:
    """The command that makes a sheet again; "" if no formula makes its graph.

    Args:
        sheet: one of the worksheet, with the numbers to begin with.
        options: of the command.
    """
    graph = Graph(sheet.value)
    text = text_of(graph)
    if text is None:
        return ""
    if not sheet.value.label:  # the command would call it f, and the columns of the sheet do not
        *before, last = text.split("; ")
        text = "; ".join([*before, f"{sheet.trace.nodes[-1].name} = {last}"])
    numbers = [f"{leaf.label}={exactly(leaf.data)}" for leaf in graph.leaves]
    return " ".join([COMMAND, *map(shlex.quote, [text, *numbers, *options])])


# Reading


def _cells(path: Path, text: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, each with its line."""
    said, text = separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=said or _delimiter(text), strict=True)
    try:
        found = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        wrong = f"line {reader.line_num} cannot be read: {error}"
        raise FileError(printable(path), wrong, instead='a quote as "" inside of quotes') from error
    return [(line, cells) for line, cells in found if any(cell.strip() for cell in cells)]


def _delimiter(text: str) -> str:
    """The one that the row of names has most of; a line that begins with # is not it."""
    lines = [line for line in text.splitlines() if line.strip(f'"{DELIMITERS} ')]
    heads = [line for line in lines if not line.lstrip('" ').startswith("#")]
    return max(DELIMITERS, key=heads[0].count) if heads else ","


def _is_comment(cells: Sequence[str]) -> bool:
    """Whether a row is a line of words, and not the names of columns, of which the first may be #."""
    return cells[0].lstrip().startswith("#") and not any(cell.strip() for cell in cells[1:])


def _command(path: Path, cell: str) -> tuple[str, ...]:
    text = cell.strip().lstrip("#").strip()
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise FileError(
            printable(path), f"its first line cannot be read: {error}", instead="the line as it was"
        ) from error
    return tuple(words[2:]) if text.startswith(COMMAND) else ()


def _heads(cells: Sequence[str]) -> tuple[str, ...]:
    """The names of columns, without empty ones at the end, which spreadsheets leave."""
    heads = list(cells)
    while heads and not heads[-1].strip():
        heads.pop()
    return tuple(map(as_it_was, heads))


def _fitted(path: Path, line: int, cells: Sequence[str], count: int) -> tuple[int, tuple[str, ...]]:
    if len(cells) > count and any(cell.strip() for cell in cells[count:]):
        wrong = f"line {line} has {counted(len(cells), 'cell')}, and there are {counted(count, 'column')}"
        instead = "a decimal point, or quotes around 1,5, or semicolons between the cells"
        raise FileError(printable(path), wrong, instead=instead)
    return line, (*cells[:count], *[""] * (count - len(cells)))


def sheet_number(text: str) -> int | None:
    """The number of a sheet, as it may be written: 3, 3.0, Sheet 3, #3, 第 3 份.

    >>> [sheet_number(text) for text in ("3", " 3,0 ", "Sheet 3", "第３份", "", "two", "3 or 4", "-3")]
    [3, 3, 3, 3, None, None, None, None]
    """
    plain = re.sub(r"(?<=\d)[.,]0+$", "", on_keyboard(text))
    found = A_NUMBER.fullmatch(plain)
    return int(found[1]) if found and "-" not in plain else None


def _usual(head: str, places: dict[str, int]) -> str | None:
    """The columns that every table may have, in any language; each the first time only, as a node may be called so."""
    small = head.strip().lower()
    others = {LEARNER: LEARNERS, SHEET: ()}
    for column, key in ((LEARNER, "sheet_name"), (SHEET, "sheet_column")):
        if column not in places and small in {*(text.lower() for text in TABLE[key]), *others[column]}:
            return column
    return None


def _meant(head: str, names: Sequence[str]) -> str | None:
    """The cell of the sheet: by its name, by its name without what a spreadsheet may change, or in small letters."""
    if head in names:
        return head
    alike = [name for name in names if _plain(name) == _plain(head)]
    in_small = [name for name in names if _plain(name).lower() == _plain(head).lower()]
    return [*alike, *(in_small if len(in_small) == 1 else []), None][0]


def _plain(name: str) -> str:
    """Without spaces, and without ∂, which most encodings of countries have not: ? stands there."""
    return "".join(on_keyboard(name).split()).replace("∂", "d").replace("?", "d")
