"""How does a command take a table of one's own?

    tinygrad-edu train flowers.csv --missing drop               without the rows that have an empty cell
    tinygrad-edu playground flowers.csv --without id            without a column that says nothing

The options are the same wherever a table can be given, and so is what is said about it.

Names to know: `add_table_options`, `chosen_rows`, `say_notes`, `in_options`. Read next: `outcome.py`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tinygrad_edu.choices import nearest
from tinygrad_edu.cli.arguments import PROGRAM, OneOf, quoted
from tinygrad_edu.cli.lines import say
from tinygrad_edu.cli.values import COLUMN, Typed, check_there
from tinygrad_edu.errors import FileError, OptionError
from tinygrad_edu.show import counted, listed, printable

if TYPE_CHECKING:
    from tinygrad_edu import nn

MANY_ROWS = 10  # from which on a word for nearly every row says nothing


def add_table_options(parser: argparse.ArgumentParser) -> None:
    """What is predicted, what is left out, and what becomes of empty cells."""
    add = parser.add_argument
    target = "the column of a table to predict (default: the last one)"
    add("--target", action=Typed, kind=COLUMN, metavar="COLUMN", help=target)
    add("--without", action="extend", nargs="*", default=[], metavar="COLUMN", help="columns of a table to leave out")
    missing = "rows with an empty cell: leave them out, fill with the mean or the most frequent word, or stop (default)"
    add("--missing", action=OneOf, names=("drop", "mean", "error"), default="error", help=missing)


def check_for_data_set(options: argparse.Namespace, command: str) -> None:
    """Check that there is no option that only a table takes; one that changes nothing would be lost without a word."""
    missing = None if options.missing == "error" else options.missing
    without = " ".join(map(quoted, options.without)) or None
    target, task = (value and quoted(value) for value in (options.target, getattr(options, "task", None)))
    given = {"target": target, "task": task, "missing": missing, "without": without}
    for name, value in given.items():
        if value is not None:
            instead = f"{PROGRAM} {command} table.csv --{name} {value}"
            wrong = f"{printable(options.data)} is a built-in data set, and --{name} is for a table"
            raise OptionError(f"--{name} with {printable(options.data)}", wrong, instead=instead)


def chosen_rows(options: argparse.Namespace, command: str) -> nn.Table:
    """The table, without the rows that --missing leaves out.

    Raises:
        OptionError: if there is no such column, or no row is left.
        FileError: if it is no table, or a cell is empty and nothing was said about that.
    """
    from tinygrad_edu.nn.table.meant import check_numbers
    from tinygrad_edu.nn.table.reading import read_csv

    otherwise = "a built-in data set needs none", f"{PROGRAM} {command} moons"
    check_there(Path(options.data), ".csv", f"{PROGRAM} {command}", otherwise=otherwise)
    table = read_csv(options.data)
    for option, name in [("--target", options.target), *(("--without", name) for name in options.without)]:
        _check_column(table, option, name)
    table = _usable_rows(table, options)
    check_numbers(table, _used(table, options), lambda name: _without([name]))
    return table


def inputs_of_table(table: nn.Table, options: argparse.Namespace) -> list[str]:
    """The columns that something is predicted from."""
    return [name for name in table.names if name not in {_target_of(table, options), *options.without}]


@contextmanager
def in_options() -> Iterator[None]:
    """What is wrong with a column is said with the option of the command, not with the argument of Python."""
    try:
        yield
    except FileError as error:
        if not error.columns:
            raise
        raise error.with_instead(_without(error.columns)) from None


def say_notes(table: nn.Table, inputs: Sequence[str], target: str) -> None:
    """Say which columns will not help to predict another."""
    nothing = f"nothing about {target}"
    kinds = (
        (_is_counting, f"counts the rows and says {nothing}", f"count the rows and say {nothing}"),
        (_is_naming, "has another word in nearly every row", "have another word in nearly every row"),
        (_is_constant, "has the same in every row", "have the same in every row"),
    )
    for is_one, one, several in kinds:
        found = [name for name in inputs if is_one(table, name)]
        if found:
            said = printable(f"{listed(found)} {one if len(found) == 1 else several}")
            say(f"  note: {said}; leave out with {_without(found)}", sys.stderr)


def _is_counting(table: nn.Table, name: str) -> bool:
    """Whether a column has whole numbers that go up by one from row to row."""
    numbers = table.numbers(name)
    return numbers is not None and len(table) > 2 and bool(((numbers[1:] - numbers[:-1]) == 1).all())


def _is_naming(table: nn.Table, name: str) -> bool:
    """Whether most rows have a word of their own in a column, such as a name or a date."""
    if len(table) < MANY_ROWS or table.numbers(name) is not None:
        return False
    return 2 * sum(count == 1 for count in Counter(table.cells(name)).values()) > len(table)


def _is_constant(table: nn.Table, name: str) -> bool:
    """Whether every row has the same in a column, be it written as 1 or as 1.0: nothing follows from it."""
    numbers = table.numbers(name)
    cells = table.cells(name) if numbers is None else numbers.tolist()
    return len(cells) > 1 and len(set(cells)) == 1


def _without(names: Sequence[str]) -> str:
    return f"--without {' '.join(quoted(printable(name)) for name in names)}"


def _used(table: nn.Table, options: argparse.Namespace) -> list[str]:
    """The columns that are not left out."""
    return [name for name in table.names if name == _target_of(table, options) or name not in options.without]


def _target_of(table: nn.Table, options: argparse.Namespace) -> str:
    return table.names[-1] if options.target is None else str(options.target)


def _usable_rows(table: nn.Table, options: argparse.Namespace) -> nn.Table:
    """The rows that --missing leaves; of columns that are left out, gaps do not matter."""
    used = _used(table, options)
    if options.missing == "error":
        for name in used:
            try:
                table.cells(name)
            except FileError as error:
                raise error.with_instead("--missing drop, or --missing mean") from None
        return table
    full = table.without_gaps(used)
    target = _target_of(table, options)
    kept = full if options.missing == "drop" else table.without_gaps([target])
    if not len(kept):
        wrong = "no row is left: " + ("each has an empty cell" if options.missing == "drop" else f"{target} is empty")
        raise OptionError(f"--missing {options.missing}", wrong, instead="--without, with the columns that are empty")
    said = [f"{counted(len(table) - len(kept), 'row')} left out"] if len(kept) < len(table) else []
    said += [f"{counted(len(kept) - len(full), 'row')} filled"] if len(kept) > len(full) else []
    say(f"  --missing {options.missing}: {', '.join(said) or 'no cell is empty'}", sys.stderr)
    return kept


def _check_column(table: nn.Table, option: str, name: str | None) -> None:
    """Check that a table has a column; the nearest one is what to write instead."""
    try:
        if name is not None:
            table.place_of(name)
    except OptionError as error:
        close = nearest(str(name), table.names)
        usual = table.names[-1 if option == "--target" else 0]
        raise error.with_instead(f"{option} {printable(quoted([*close, usual][0]))}") from None
