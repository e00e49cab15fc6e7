"""What does a network know of a word, a user, a class?

A row of a table, which is looked up by its index and learns as any other parameter.

    word = nn.embedding(table, index)       table[index], in a function of samples too

Names to know: `embedding`. Read next: `losses.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_edu.compiler.samples import Label
from tinygrad_edu.errors import OptionError
from tinygrad_edu.functions import dot
from tinygrad_edu.show import counted
from tinygrad_edu.value import Value


def embedding(table: Sequence[Any], index: Any) -> Any:
    """The row of a table, or the entry of a list, for an index: the same Values.

    In a function of samples an index stands for that of every sample, and a list gives an element only to a plain
    number: `table[index]` is refused there, for it would be the row of one sample. This function gives the sum of all
    rows, each times 1 or 0; in the program it is `W[y]`, and the gradient adds every row to its own.

    Args:
        table: rows of Values, all of one length; or a list of Values.
        index: a whole number from 0 on, or what a function of samples gets for one.

    Raises:
        OptionError: if there is no such row.

    >>> from tinygrad_edu import Value, compile
    >>> W = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)], [Value(5.0), Value(6.0)]]
    >>> [number.data for number in embedding(W, 2)]
    [5.0, 6.0]
    >>> def loss(words, targets):
    ...     rows = [embedding(W, word) for word in words]
    ...     return sum((a * b - t) ** 2 for (a, b), t in zip(rows, targets)) / len(words)
    >>> program = compile(loss, wrt=[w for row in W for w in row], batch=([0, 1, 2, 1], [2.0, 12.0, 29.0, 13.0]))
    >>> error, gradient = program([2, 2, 0], [29.0, 30.0, 2.0])
    >>> gradient.reshape(3, 2).round(2).tolist()  # a row for each word; that of word 1 was never asked for
    [[0.0, 0.0], [0.0, 0.0], [4.0, 3.33]]
    """
    if not isinstance(index, Label):
        row = table[_place(index, len(table))]
        return row if isinstance(row, Value) else list(row)
    shares = index.one_hot(len(table))
    if isinstance(table[0], Value):
        return dot(shares, list(table))
    return [dot(shares, list(column)) for column in zip(*table, strict=True)]


def _place(index: Any, rows: int) -> int:
    if index not in range(rows):
        raise OptionError(
            f"embedding of the index {index!r}",
            f"the table has {counted(rows, 'row')}",
            instead=f"a whole number from 0 to {rows - 1}",
        )
    return int(index)
