"""What did a class answer, and which mistakes were made?

    sheets = viz.worksheet(f, variants=30, seed=1)
    viz.grade("answers.csv", sheets)                prints as a table; .save("marks.csv") writes every cell

Every cell is judged as the page does in predict mode, and the mistake behind a wrong one is named. An answer that is
right for the learner's own earlier numbers is right "from an earlier mistake": one slip costs one cell, and numbers
that were rounded on the way cost none.

Names to know: `grade`, `Grades`, `Mark`. Read next: `viz/page/playground/lines.py`.
"""

from __future__ import annotations

import csv
import io
import os
import re
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tinygrad_edu.errors import DrawingError, FileError, GraphError
from tinygrad_edu.files import write_whole
from tinygrad_edu.rules import RULES
from tinygrad_edu.show import aligned, cells, cut, listed, printable, show
from tinygrad_edu.steps.judging import is_near, judge, judge_local, locals_of, read_answer
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep
from tinygrad_edu.text.spreadsheet import inert
from tinygrad_edu.viz.sheets.answers import ENCODING, Answers, Row, read_answers, sheet_number
from tinygrad_edu.viz.sheets.sheet import Sheet
from tinygrad_edu.viz.sheets.worksheet import Worksheet

WIDTH, NARROWEST = 80, 24  # columns of a printed table
LONGEST_NAME = 20  # columns
GOOD = ("right", "carried")
MOST_MISTAKES = 5  # that are listed for the whole class
MOST_SAID = 6  # rows, in a message
MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mrz|mai|okt|dez)[a-z]*"
DATE = re.compile(
    rf"\d{{1,2}}[-. ]+{MONTH}.*|{MONTH}[-. ]+\d{{1,4}}|\d{{1,4}}([-./])\d{{1,2}}\3\d{{1,4}}|\d{{1,2}}月\d{{1,2}}日",
    re.ASCII | re.IGNORECASE,
)  # what a spreadsheet makes of 1/2


@dataclass(frozen=True, slots=True)
class Mark:
    """The judgment of one cell.

    Attributes:
        answer: as it was written.
        truth: the right number.
        said: "right", "carried" (right from an earlier mistake), "rough", "wrong", "empty", "unread", or "date" (what a
            spreadsheet makes of a fraction).
        mistake: of a wrong one, the usual mistake behind it, or None.
    """

    answer: str
    truth: float
    said: str
    mistake: str | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """One learner: the name, the number of the sheet, and a mark for each column."""

    name: str
    sheet: int
    marks: Mapping[str, Mark]

    @property
    def right(self) -> int:
        """How many cells are right, those from an earlier mistake too."""
        return sum(mark.said in GOOD for mark in self.marks.values())


class Grades:
    """The marks of a class; prints as a table.

    Attributes:
        rows: a `Graded` for each learner.
    """

    def __init__(self, rows: Sequence[Graded], texts: Mapping[str, str]) -> None:
        self.rows = tuple(rows)
        self._texts = texts

    @property
    def mistakes(self) -> Counter[str]:
        """How often each usual mistake was made."""
        return Counter(mark.mistake for row in self.rows for mark in row.marks.values() if mark.mistake)

    def by_column(self) -> dict[str, int]:
        """For each column, how many are right in it."""
        columns = self.rows[0].marks if self.rows else {}
        return {name: sum(row.marks[name].said in GOOD for row in self.rows) for name in columns}

    def lines(self, width: int = WIDTH) -> list[str]:
        """The table in lines of at most so many columns of a terminal."""
        width = max(NARROWEST, width)
        lines = [line for row in self.rows for line in self._lines_of(row, width)]
        if not self.rows:
            return [self._texts["grade_none"]]
        if len(self.rows) > 1:
            lines += ["", *self._summary(width)]
        return lines

    def _lines_of(self, row: Graded, width: int) -> list[str]:
        sheet = f" ({self._texts['sheet_number'].format(number=row.sheet).lower()})" if row.sheet else ""
        behind = f"{sheet}: {row.right} / {len(row.marks)}"
        name = _narrowed(printable(row.name or "—"), min(LONGEST_NAME, width - cells(behind)))
        head = f"{name}{behind}"
        notes = [self._note(column, mark) for column, mark in row.marks.items() if mark.said != "right"]
        return [head, *(line for note in notes for line in _folded(note, width))]

    def _note(self, column: str, mark: Mark) -> str:
        words = self.said(mark)
        if mark.said in ("empty", "carried"):
            return f"{printable(column)}: {words}"
        return f"{printable(column)}: {printable(cut(mark.answer, 12))} — {words} ({show(mark.truth)})"

    def _summary(self, width: int) -> list[str]:
        count = len(self.rows)
        found = [
            (_narrowed(printable(name), width - 12), f"{right} / {count}") for name, right in self.by_column().items()
        ]
        lines = [self._texts["grade_by_column"], *(f"  {line}" for line in aligned(found, "<>"))]
        if self.mistakes:
            names = [
                (f"{times} ×", self._texts[f"mistake_name_{key}"])
                for key, times in self.mistakes.most_common(MOST_MISTAKES)
            ]
            lines += [
                self._texts["grade_mistakes"],
                *(part for n, name in names for part in _folded(f"{n} {name}", width)),
            ]
        return lines

    def said(self, mark: Mark) -> str:
        """A mark in words.

        >>> from tinygrad_edu.viz.page.strings import strings
        >>> Grades([], strings("en")).said(Mark("-3", 3.0, "wrong", "sign"))
        'the sign was wrong'
        """
        if mark.mistake:
            return self._texts[f"mistake_name_{mark.mistake}"]
        return self._texts[f"grade_{mark.said}"]

    def csv(self) -> str:
        """The marks as a table: a row for each learner, with the words for each cell.

        A name that a spreadsheet would run as a formula has a ' before it, and `grade` reads it without.
        """
        made = io.StringIO()
        write = csv.writer(made, lineterminator="\n")
        columns = list(self.by_column())
        texts = self._texts
        write.writerow(
            [
                texts["sheet_name"].lower(),
                texts["sheet_column"],
                texts["grade_right"],
                texts["grade_of"],
                *map(inert, columns),
            ]
        )
        for row in self.rows:
            words = [self.said(row.marks[name]) for name in columns]
            write.writerow([inert(row.name), row.sheet or "", row.right, len(row.marks), *words])
        total = self.by_column()
        everything = sum(len(row.marks) for row in self.rows)
        write.writerow([texts["grade_total"], "", sum(total.values()), everything, *total.values()])
        return made.getvalue()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the marks to a .csv file.

        Raises:
            DrawingError: if it has another suffix.
            OSError: if it cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() != ".csv":
            raise DrawingError(f"marks in {path.name!r}", "they are a table: .csv", instead='save("marks.csv")')
        write_whole(path, self.csv().encode(ENCODING))
        return path

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__


def grade(path: str | os.PathLike[str], worksheet: Worksheet) -> Grades:
    r"""Judge a table of answers.

    Args:
        path: of a .csv file as `Worksheet.template` writes it, filled in.
        worksheet: the sheets that were handed out: `worksheet(f, variants=30, seed=1)` with the same formula and seed.

    Raises:
        FileError: if the file holds no such table, a column is not on the sheet, or there is no sheet of a number.
        GraphError: if the sheets ask for nothing.
        OSError: if it cannot be read.

    >>> import tempfile
    >>> from tinygrad_edu import parse
    >>> from tinygrad_edu.viz import worksheet as make
    >>> sheets = make(parse("f = x * y", x=2, y=-5))
    >>> path = Path(tempfile.mkdtemp()) / "answers.csv"
    >>> _ = path.write_text("name,f,∂f/∂x,∂f/∂y\nAda,-10,-5,2\nBob,10,-4,2\n", encoding="utf-8")
    >>> grade(path, sheets).rows[1].marks["∂f/∂x"].mistake
    'plus'
    """
    return marked(read_answers(path), worksheet)


def marked(answers: Answers, worksheet: Worksheet) -> Grades:
    """The same for a table that was read already."""
    if not worksheet.sheets[0].asked:
        raise GraphError("marks for these sheets", "they ask for nothing", instead="a formula with an operation in it")
    rows = answers.rows(worksheet.sheets[0])
    sheets = {sheet.number: sheet for sheet in worksheet.sheets}
    handed_in = [row for row in rows if _is_handed_in(row)]
    _check_numbers(handed_in, sheets, answers.path)
    return Grades([_graded(row, _sheet_of(row, sheets)) for row in handed_in], worksheet.sheets[0].texts)


def _is_handed_in(row: Row) -> bool:
    """Not an empty row of the template."""
    return bool(row.name or any(row.answers.values()))


def _check_numbers(rows: Sequence[Row], sheets: Mapping[int, Sheet], path: Path) -> None:
    """Check that every learner has the number of a sheet; those that have none are said at once."""
    wrong = [row for row in rows if 0 not in sheets and sheet_number(row.sheet) not in sheets]
    if not wrong:
        return
    said = [f"line {row.line} ({row.name or 'without a name'}) {_given(row)}" for row in wrong]
    there = f"; there are {min(sheets)} to {max(sheets)}"
    instead = "the number that is printed on the sheet, in a column sheet"
    raise FileError(printable(path), f"{listed(said, MOST_SAID)}{there}", instead=instead)


def _given(row: Row) -> str:
    return f"has sheet {cut(row.sheet, 12)!r}" if row.sheet else "has no number of a sheet"


def _sheet_of(row: Row, sheets: Mapping[int, Sheet]) -> Sheet:
    return sheets[0] if 0 in sheets else sheets[sheet_number(row.sheet) or 0]


def _graded(row: Row, sheet: Sheet) -> Graded:
    own = _Own(sheet, row.answers)
    return Graded(row.name, sheet.number, {name: _mark(sheet, name, text, own) for name, text in row.answers.items()})


def _mark(sheet: Sheet, name: str, text: str, own: _Own) -> Mark:
    step, answers, trace = sheet.asked[name], read_answer(text), sheet.trace
    if isinstance(step, EdgeStep) and name == sheet.column_of("local", step):
        truth, judged, carried = step.partial, judge_local(trace, step, answers), own.local(step, again=True)
    else:
        truth = step.out if isinstance(step, ForwardStep) else step.after
        judged, carried = judge(trace, step, answers), own.result(step)
    if not answers:
        return Mark(text, truth, _unread(text))
    if judged.said != "right" and any(is_near(answer, carried) for answer in answers):
        return Mark(text, truth, "carried")
    return Mark(text, truth, judged.said, judged.mistake)


def _unread(text: str) -> str:
    return "date" if DATE.fullmatch(text) else "unread" if text else "empty"


class _Own:
    """The numbers that a learner went on with: the answers, and what was not asked for as it is."""

    def __init__(self, sheet: Sheet, answers: Mapping[str, str]) -> None:
        self.sheet, self.trace = sheet, sheet.trace
        read = {name: read_answer(text) for name, text in answers.items()}
        self.numbers = {name: found[0].number for name, found in read.items() if found}

    def value(self, node: int) -> float:
        place = self.trace.nodes[node]
        return self.numbers.get(place.name, place.data) if place.args else place.data

    def local(self, edge: EdgeStep, *, again: bool = False) -> float:
        """The local derivative: as it was answered, or computed `again` from the learner's values."""
        name = self.sheet.column_of("local", edge)
        if name in self.numbers and not again:
            return self.numbers[name]
        node = self.trace.nodes[edge.user_node]
        args = [self.value(arg) for arg in node.args]
        return locals_of(RULES[node.op], args, self.value(edge.user_node))[edge.position]

    def gradient(self, edge: EdgeStep) -> float:
        """The upstream gradient of an edge."""
        received = self.trace.edges_from.get(edge.user_node, [])
        name = self.sheet.column_of("gradients", received[-1]) if received else ""
        return self.numbers.get(name, edge.upstream)

    def result(self, step: ForwardStep | EdgeStep) -> float:
        """What comes out of a step for these numbers."""
        if isinstance(step, ForwardStep):
            return RULES[step.op].evaluate([self.value(arg) for arg in self.trace.nodes[step.node].args])
        before = 0.0
        for edge in self.trace.edges_from[step.argument_node]:
            after = before + self.gradient(edge) * self.local(edge)
            if edge is step:
                return after
            before = self.numbers.get(self.sheet.column_of("gradients", edge), after)
        return before


def _narrowed(text: str, width: int) -> str:
    """A text that takes at most so many columns of a terminal."""
    while cells(text) > max(2, width):
        text = f"{text.removesuffix('…')[:-1]}…"
    return text


def _folded(text: str, width: int) -> list[str]:
    """A note below a name, in lines that fit; Chinese letters take two columns each."""
    room = width - 4
    lines: list[str] = []
    line = ""
    for word in _words(text, room):
        if line and cells(line + word) > room:
            lines, line = [*lines, line.rstrip()], ""
        line += word
    return [f"    {each}" for each in [*lines, line.rstrip()]]


def _words(text: str, room: int) -> list[str]:
    found = []
    for word in text.split(" "):
        parts = textwrap.wrap(word, max(1, room // 2)) if cells(word) > room else [word]
        found += [*parts[:-1], f"{parts[-1] if parts else ''} "]
    return found
