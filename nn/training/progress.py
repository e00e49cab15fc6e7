"""How far has a training come?

Names to know: `bar`. Read next: `fit.py`.
"""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tinygrad_edu.nn.training.history import History


@contextlib.contextmanager
def bar(epochs: int, wanted: bool | None) -> Iterator[Callable[[History], None]]:
    """A progress bar on standard error, or nothing; gives the function that advances it.

    Args:
        epochs: how many there will be.
        wanted: whether to show it; None to show it if standard error is a terminal.
    """
    if not (sys.stderr.isatty() if wanted is None else wanted):
        yield _show_nothing
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns: Sequence[Any] = (
        TextColumn("  epoch {task.completed:>3}/{task.total}"),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[seen]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=epochs, seen="")

        def advance(history: History) -> None:
            progress.update(task, completed=history.epochs, seen=seen(history))

        yield advance


def _show_nothing(history: History) -> None:
    """Takes the place of the bar if it is not shown."""


def seen(history: History) -> str:
    """The last epoch, in a few words.

    >>> seen(History(loss=[0.5], accuracy=[0.75], val_loss=[0.6], val_accuracy=[0.7]))
    'loss 0.5000  accuracy  75.0 %  validation loss 0.6000  accuracy  70.0 %'
    """
    said = _measured(history.loss, history.accuracy)
    return f"{said}  validation {_measured(history.val_loss, history.val_accuracy)}" if history.val_loss else said


def _measured(loss: list[float], accuracy: list[float]) -> str:
    return f"loss {loss[-1]:.4f}" + ("" if math.isnan(accuracy[-1]) else f"  accuracy {100 * accuracy[-1]:5.1f} %")
