"""How does a table in a file become numbers that a network can learn from?

    table = read_csv("iris.csv")
    table.names                          the columns, from the first line, or x1, x2 … if that is a row
    code = Encoding.of(table, ["length", "width", "colour"])
    X = code(table)                      numbers with mean 0 and standard deviation 1; words as 0 and 1

Nothing is guessed silently: an empty cell, or a word among numbers, is an error that names its line.

Names to know: `Table`, `read_csv`, `Encoding`. Read next: `meant.py`.
"""

from __future__ import annotations

import csv
import io
import math
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinygrad_edu.errors import FileError, OptionError, SizeError
from tinygrad_edu.nn.preprocessing import Standardizer
from tinygrad_edu.show import aligned, are, counted, cut, listed, plural, printable
from tinygrad_edu.text.spreadsheet import decoded, separator

DELIMITERS = ",;\t|"
A_TABLE = "a line with names of columns, then a line for each sample"
AS_UTF8 = "the same file, saved as UTF-8: in Excel, Save As, CSV UTF-8"
MISSING = frozenset({"", "na", "n/a", "#n/a", "n.a.", "nan", "null", "none", "?", "-", "--", "–", "—", "."})
WORD, NUMBER, GAP = "word", "number", "gap"  # what a cell may be
SHOWN_WORDS = 6  # of a column, where it is described
LONGEST_WORD = 40  # there
MOST_WORDS = 50  # different words in a column that is an input: each becomes an input of its own

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Columns of cells, as they were written.

    Attributes:
        names: the names of the columns.
        rows: the cells of each row, as strings.
        source: what the table is called in messages.
        lines: the line of the file that each row is in.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    source: str = "the table"
    lines: tuple[int, ...] = ()

    @classmethod
    def of_columns(cls, columns: Mapping[str, Sequence[Any]], source: str = "the table") -> Table:
        """A table from columns, by name.

        Raises:
            SizeError: if they differ in length.

        >>> Table.of_columns({"x": [1, 2], "y": ["a", "b"]}).rows
        (('1', 'a'), ('2', 'b'))
        """
        lengths = {name: len(cells) for name, cells in columns.items()}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{name!r} has {length}" for name, length in lengths.items())
            raise SizeError(
                "a table of columns of different lengths", told, instead="a cell in each column for each row"
            )
        rows = tuple(tuple(map(str, row)) for row in zip(*columns.values(), strict=True))
        return cls(tuple(columns), rows, source)

    def __len__(self) -> int:
        return len(self.rows)

    def without_gaps(self, names: Sequence[str] | None = None) -> Table:
        """The same table without the rows that have an empty cell in one of these columns, by default in any.

        Raises:
            OptionError: if there is no such column.

        >>> table = Table.of_columns({"x": [1, "", 5], "colour": ["red", "red", "?"], "y": [0, 1, 1]})
        >>> table.without_gaps().rows
        (('1', 'red', '0'),)
        >>> len(table.without_gaps(["x"])), len(table.without_gaps(["y"]))
        (2, 3)
        """
        places = [self.place_of(name) for name in (self.names if names is None else names)]
        kept = [index for index, row in enumerate(self.rows) if not any(_is_gap(row[place]) for place in places)]
        lines = tuple(self.lines[index] for index in kept) if self.lines else ()
        return Table(self.names, tuple(self.rows[index] for index in kept), self.source, lines)

    def filled(self, fills: Mapping[str, str]) -> Table:
        """The same table, with a cell in place of every empty one of some columns.

        Args:
            fills: what to put there, by the name of the column.

        >>> Table.of_columns({"x": [1, "", 5], "y": [0, "", 1]}).filled({"x": "3"}).rows
        (('1', '0'), ('3', ''), ('5', '1'))
        """
        if not fills:
            return self
        cells = [fills.get(name) for name in self.names]
        rows = tuple(
            tuple(cell if fill is None or not _is_gap(cell) else fill for cell, fill in zip(row, cells, strict=True))
            for row in self.rows
        )
        return Table(self.names, rows, self.source, self.lines)

    def usual(self, name: str, rows: NDArray[np.int64] | None = None) -> str:
        """What stands for an empty cell of a column: the mean of its numbers, or its most frequent word.

        Args:
            name: the name of the column.
            rows: those that are looked at, by default all.

        Raises:
            OptionError: if there is no such column.
            FileError: if the column is empty in all these rows.

        >>> Table.of_columns({"x": [1, "", 5, 9]}).usual("x", np.array([0, 1, 2]))
        '3.0'
        """
        place = self.place_of(name)
        found = [self.rows[row][place] for row in (range(len(self)) if rows is None else rows.tolist())]
        known = [cell for cell in found if not _is_gap(cell)]
        if not known:
            asked, wrong = f"the column {name!r} of {self.source}", "every cell that could be learned from is empty"
            raise _to_leave_out(asked, wrong, [name])
        numbers = [number for number in map(_number, known) if number is not None]
        if len(numbers) == len(known):
            return repr(math.fsum(numbers) / len(numbers))
        return Counter(known).most_common(1)[0][0]

    def cells(self, name: str) -> list[str]:
        """The cells of a column.

        Raises:
            OptionError: if there is no column of that name; the message lists all columns.
            FileError: if a cell is empty.
        """
        place = self.place_of(name)
        found = [row[place] for row in self.rows]
        for number, cell in enumerate(found):
            if cell.lower() in MISSING:
                raise FileError(
                    f"{self.place(number)}: {cell!r} in column {name!r}",
                    "every cell needs a number or a word",
                    instead="a table without that row, or without that column",
                )
        return found

    def place_of(self, name: str) -> int:
        """The number of a column, from 0.

        Raises:
            OptionError: if there is no column of that name; the message lists all columns.
        """
        if name not in self._places:
            raise OptionError(f"the column {name!r} of {self.source}", f"its columns are\n{self.described()}")
        return self._places[name]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.names)}

    def numbers(self, name: str) -> Floats | None:
        """A column as numbers; None if it is made of words.

        Raises:
            FileError: if most cells are numbers and one is not.
        """
        cells = self.cells(name)
        found = [_number(cell) for cell in cells]
        wrong = [index for index, number in enumerate(found) if number is None]
        if len(wrong) > len(cells) / 2 or (wrong and len(cells) < 3):
            return None
        if wrong:
            raise FileError(
                f"{self.place(wrong[0])}: {cells[wrong[0]]!r} in column {name!r}",
                f"{len(cells) - len(wrong)} of its {len(cells)} cells are numbers, but this is not",
                instead="a number, or a table without that row",
            )
        return np.array(found, dtype=float)

    def place(self, row: int) -> str:
        """Where a row is, as an error says it.

        >>> Table.of_columns({"x": [1, 2]}).place(1)
        'the table, row 2'
        """
        return f"{self.source}, line {self.lines[row]}" if self.lines else f"{self.source}, row {row + 1}"

    def described(self) -> str:
        """A line for each column: its name, and what is in it.

        >>> print(Table.of_columns({"x": [1, 2.5, 3], "colour": ["red", "red", "blue"]}).described())
          x       numbers from 1 to 3
          colour  words: red, blue
        """
        rows = [(printable(name), self.content(name)) for name in self.names]
        return "\n".join(f"  {line}" for line in aligned(rows))

    def content(self, name: str) -> str:
        """What is in a column.

        >>> table = Table.of_columns({"colour": ["red", "?", "blue"], "x": [1, 2.5, ""], "y": ["", "", ""]})
        >>> table.content("colour"), table.content("x"), table.content("y")
        ('words: red, blue; 1 empty', 'numbers from 1 to 2.5; 1 empty', 'nothing')
        """
        all_cells = [row[self.place_of(name)] for row in self.rows]
        cells = [cell for cell in all_cells if not _is_gap(cell)]
        empty = f"; {len(all_cells) - len(cells):,} empty" if len(cells) < len(all_cells) else ""
        found = [number for number in map(_number, cells) if number is not None]
        if len(found) > len(cells) / 2:
            others = counted(len(cells) - len(found), "other") if len(found) < len(cells) else ""
            return f"numbers from {min(found):.6g} to {max(found):.6g}" + (f"; {others}" if others else "") + empty
        words = [cut(cell, LONGEST_WORD) for cell in dict.fromkeys(cells)]
        return f"words: {listed(words, SHOWN_WORDS)}{empty}" if words else "nothing"


def _is_gap(cell: str) -> bool:
    return cell.lower() in MISSING


def read_csv(path: str | os.PathLike[str]) -> Table:
    r"""Read a table from a text file: one row a line, with cells between commas, semicolons, tabs or bars.

    If no cell of the first line is a number, it gives the names of the columns. If all are, it is a row, and the
    columns are x1, x2 …. If some are, the lines below decide: a word above numbers is a name, and so is a number above
    words; a word that appears again below is part of a row. Between semicolons, tabs or bars, `1,5` is a number too.
    The text is UTF-8 or UTF-16, and may begin with a line `sep=;`.

    Raises:
        FileError: if the file is not such a table, or if it is unclear whether its first line is a row; the message
            names the line.
        OSError: if it cannot be read.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "points.csv"
    >>> _ = path.write_text("x,side\n1.5,left\n2,right\n")
    >>> table = read_csv(path)
    >>> table.names, table.numbers("x").tolist(), table.cells("side")
    (('x', 'side'), [1.5, 2.0], ['left', 'right'])
    """
    path = Path(path)
    text, guess = decoded(path)
    if guess:  # the names in it may be wrong, and would stay in a model
        raise _wrong(path, f"it is not in UTF-8; it may be in {guess}", instead=AS_UTF8)
    said, text = separator(text)
    rows, lines = _cells(path, text, said or _delimiter(text))
    if not rows:
        raise _wrong(path, "it is empty")
    rows = _without_empty_columns(rows)
    has_names = _has_names(path, rows)
    names = rows[0] if has_names else tuple(f"x{number}" for number in range(1, len(rows[0]) + 1))
    rows, lines = (rows[1:], lines[1:]) if has_names else (rows, lines)
    _check_shape(path, names, rows, lines)
    return Table(names, tuple(rows), printable(path.name), tuple(lines))


def _without_empty_columns(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The rows without the empty cells behind the last column, which spreadsheets leave."""
    width = max(place for row in rows for place, cell in enumerate(row, start=1) if cell)
    return [row[:width] for row in rows]


def _has_names(path: Path, rows: list[tuple[str, ...]]) -> bool:
    """Whether the first line holds names rather than a row."""
    first, below = rows[0], rows[1:]
    kinds = set(map(_kind, first))
    if kinds == {WORD} or kinds == {NUMBER} or not below:
        return kinds == {WORD}
    found = {_is_name(cell, [row[place] for row in below if place < len(row)]) for place, cell in enumerate(first)}
    if found >= {True, False} or found == {None}:
        shown = cut(", ".join(map(repr, first)), 80)
        raise _wrong(path, f"its first line may be a row, or names of columns: {shown}; the lines below do not decide")
    return True in found


def _is_name(cell: str, below: list[str]) -> bool | None:
    """Whether a cell of the first line is the name of its column; None if the cells below do not decide."""
    kinds = {_kind(other) for other in below} - {GAP}
    if len(kinds) == 1 and GAP != _kind(cell) not in kinds:
        return True
    return False if _kind(cell) == WORD and cell in below else None


def _kind(cell: str) -> str:
    if cell.lower() in MISSING:
        return GAP
    return WORD if _number(cell) is None else NUMBER


def _cells(path: Path, text: str, delimiter: str) -> tuple[list[tuple[str, ...]], list[int]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    rows, lines = [], []
    try:
        for row in reader:
            cells = tuple(cell.strip() for cell in row)
            if any(cells):
                rows.append(tuple(map(_with_point, cells)) if delimiter != "," else cells)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise _wrong(path, f"line {reader.line_num}: {error}") from None
    return rows, lines


def _check_shape(path: Path, names: tuple[str, ...], rows: list[tuple[str, ...]], lines: list[int]) -> None:
    if not rows:
        raise _wrong(path, "it has names of columns, and no rows")
    if "" in names:
        place = names.index("") + 1
        wrong = f"column {place} has no name in its first line"
        raise _wrong(path, wrong, instead="a name for it; pandas writes none for its index: df.to_csv(…, index=False)")
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise _wrong(path, f"two columns are called {twice[0]!r}", instead=f"a name for each, such as '{twice[0]}2'")
    for row, line in zip(rows, lines, strict=True):
        if len(row) != len(names):
            raise _wrong(path, f"line {line} has {counted(len(row), 'cell')}, and there {are(len(names), 'column')}")


def _wrong(path: Path, wrong: str, instead: str = A_TABLE) -> FileError:
    return FileError(f"the table in {path.name!r}", wrong, instead=instead)


def _delimiter(text: str) -> str:
    """What divides the cells: the separator that is in the first line most often."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def _with_point(cell: str) -> str:
    """1,5 as 1.5; other cells as they are."""
    return cell.replace(",", ".") if cell.count(",") == 1 and _number(cell.replace(",", ".")) is not None else cell


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in cell else None


# Columns as inputs


@dataclass(frozen=True)
class Column:
    """One column as inputs of a network.

    Attributes:
        name: the name of the column.
        standard: (mean, standard deviation) of numbers; None for words.
        words: the words that were there in training, in order: each is an input, 1 for this word and 0 for others.
        fill: what is read in place of an empty cell; None, if such a cell is an error.
    """

    name: str
    standard: tuple[float, float] | None = None
    words: tuple[str, ...] = ()
    fill: str | None = None

    @classmethod
    def of(cls, table: Table, name: str, rows: NDArray[np.int64] | None = None, *, is_filled: bool = False) -> Column:
        """An encoding for a column of a table.

        Args:
            table: the table to learn from.
            name: the name of the column.
            rows: the rows that mean, standard deviation and what fills a gap come from; by default all.
            is_filled: whether empty cells are filled.

        Raises:
            FileError: if a cell cannot be used.
        """
        fill = table.usual(name, rows) if is_filled else None
        table = table if fill is None else table.filled({name: fill})
        numbers = table.numbers(name)
        if numbers is not None:
            standard = Standardizer.of((numbers if rows is None else numbers[rows])[:, None])
            return cls(name, (float(standard.mean[0]), float(standard.scale[0])), fill=fill)
        return cls(name, words=tuple(sorted(set(table.cells(name)))), fill=fill)

    @property
    def inputs(self) -> list[str]:
        """The names of its inputs."""
        return [f"{self.name}={word}" for word in self.words] if self.standard is None else [self.name]

    def __call__(self, table: Table) -> Floats:
        """Its inputs, of shape (rows, inputs).

        Raises:
            FileError: if there are words instead of numbers, or a word that was not there in training.
        """
        table = table if self.fill is None else table.filled({self.name: self.fill})
        if self.standard is not None:
            numbers = table.numbers(self.name)
            if numbers is None:
                asked = f"the column {self.name!r} of {table.source}"
                instead = "numbers, as in the table that the model learned from"
                word = next(cell for cell in table.cells(self.name) if _number(cell) is None)
                raise FileError(asked, f"it has words where numbers were: {word!r}", instead=instead)
            mean, scale = self.standard
            return ((numbers - mean) / scale)[:, None]
        cells = table.cells(self.name)
        new = next((cell for cell in cells if cell not in self.words), None)
        if new is not None:
            raise FileError(
                f"{new!r} in column {self.name!r} of {table.source}",
                "the network was trained without such a cell",
                instead=listed(self.words),
            )
        return np.array([[float(cell == word) for word in self.words] for cell in cells])


@dataclass(frozen=True)
class Encoding:
    """Columns of a table as the inputs of a network.

    >>> table = Table.of_columns({"x": [1, 3, 5], "colour": ["red", "blue", "red"]})
    >>> code = Encoding.of(table, ["x", "colour"])
    >>> code.inputs
    ['x', 'colour=blue', 'colour=red']
    >>> code(table).round(2).tolist()
    [[-1.22, 0.0, 1.0], [0.0, 1.0, 0.0], [1.22, 0.0, 1.0]]
    """

    columns: tuple[Column, ...]

    @classmethod
    def of(
        cls, table: Table, names: Sequence[str], rows: NDArray[np.int64] | None = None, *, is_filled: bool = False
    ) -> Encoding:
        """An encoding for columns of a table; means and standard deviations from some of its rows, or from all.

        With `is_filled`, an empty cell is read as the mean of its column in these rows, or as its most frequent word.

        >>> code = Encoding.of(Table.of_columns({"x": [1, "", 3, 99]}), ["x"], np.array([0, 1, 2]), is_filled=True)
        >>> code(Table.of_columns({"x": ["", 2]})).tolist()
        [[0.0], [0.0]]

        Raises:
            FileError: if a cell cannot be used, or columns have too many different words.
        """
        columns = tuple(Column.of(table, name, rows, is_filled=is_filled) for name in names)
        _check_words(table, [column for column in columns if len(column.words) > MOST_WORDS])
        return cls(columns)

    @classmethod
    def plain(cls, names: Sequence[str]) -> Encoding:
        """An encoding that leaves numbers as they are."""
        return cls(tuple(Column(name, (0.0, 1.0)) for name in names))

    @property
    def inputs(self) -> list[str]:
        """The names of all inputs."""
        return [name for column in self.columns for name in column.inputs]

    @property
    def fills(self) -> dict[str, str]:
        """What is read in place of an empty cell, by the name of its column; empty, if such a cell is an error."""
        return {column.name: column.fill for column in self.columns if column.fill is not None}

    def __call__(self, table: Table) -> Floats:
        """The inputs, of shape (rows, inputs)."""
        return np.hstack([column(table) for column in self.columns])


def _check_words(table: Table, wide: Sequence[Column]) -> None:
    """Check that no column has too many words; all that have are named."""
    if not wide:
        return
    names = [column.name for column in wide]
    each = " and ".join(f"{len(column.words)} different words" for column in wide)
    it_has = "it has" if len(wide) == 1 else "they have"
    raise _to_leave_out(
        f"the {plural(len(wide), 'column')} {listed([repr(name) for name in names])} of {table.source}",
        f"{it_has} {each}, and each would be an input; up to {MOST_WORDS} can be used",
        names,
    )


def _to_leave_out(asked: str, wrong: str, names: Sequence[str]) -> FileError:
    """An error about columns, which are in it as data: a command has an option for what is an argument here."""
    error = FileError(asked, wrong, instead=f"TableModel.train(table, without={list(names)})")
    error.columns = tuple(names)
    return error


def is_table(text: str) -> bool:
    """Whether a text is the name of a table's file rather than of a data set."""
    return Path(text).suffix != "" or os.sep in text
