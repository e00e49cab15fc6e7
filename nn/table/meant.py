"""Which cells of a table are numbers that were written for people, such as 11 %, $3, 1,500 or −2?

They are no numbers in Python. Read as words, each would be a class or an input of its own, and the network would learn
little, in silence; so they are refused, with the number to write.

Names to know: `check_numbers`. Read next: `model.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tinygrad_edu.errors import FileError
from tinygrad_edu.nn.table.reading import Table
from tinygrad_edu.show import cut, printable, show
from tinygrad_edu.steps.judging import read_answer

SIGNS = " \t$€£¥₹元%"  # around a number
LONGEST_SAID = 40  # characters of a cell


def check_numbers(
    table: Table, names: Iterable[str], leave_out: Callable[[str], str] = lambda name: f"without=[{name!r}]"
) -> None:
    """Check that no column has numbers that would be read as words.

    Args:
        table: any table.
        names: the columns to look at.
        leave_out: how a column is left out, in the words of the caller.

    Raises:
        FileError: if most cells of a column are such numbers.

    >>> check_numbers(Table.of_columns({"share": ["11%", "7%", "9%"], "y": ["a", "b", "a"]}), ["share", "y"])
    Traceback (most recent call last):
        ...
    tinygrad_edu.errors.FileError: the table, row 1: '11%' in column 'share'
      what is wrong:  each such cell would be a word, not a number: a number has digits, a point and a minus
      write instead:  0.11, and so on; or without=['share']
    """
    for name in names:
        cells = [str(row[table.place_of(name)]) for row in table.rows]
        plain = [_as_plain_number(cell) for cell in cells]
        if 2 * sum(number is not None for number in plain) > len(cells):
            row = next(row for row, number in enumerate(plain) if number is not None)
            asked = f"{table.place(row)}: {printable(cut(cells[row], LONGEST_SAID))!r} in column {printable(name)!r}"
            wrong = "each such cell would be a word, not a number: a number has digits, a point and a minus"
            raise FileError(asked, wrong, instead=f"{plain[row]}, and so on; or {leave_out(name)}")


def _as_plain_number(cell: str) -> str | None:
    """The number that a cell was meant as, if it has to be written otherwise.

    >>> [_as_plain_number(cell) for cell in ("11%", "$1,500.50", "1,500 %", "−2", "1,5", "2.5", "red", "2024-01-02")]
    ['0.11', '1500.5', '15', '-2', '1.5', None, None, None]
    """
    if _is_plain(cell):
        return None
    readings = read_answer(cell.strip(SIGNS))
    unit = 0.01 if cell.rstrip().endswith("%") else 1.0
    return show(unit * readings[-1].number) if readings else None


def _is_plain(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
