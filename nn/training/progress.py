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

SHORTEST_BAR = 6  # columns
TIME = 8  # columns for the time that is left
ROOM_WITH_TIME = 60  # columns, from which on it is shown


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

    console = Console(stderr=True)
    count = f"  epoch {epochs}/{epochs} "
    room = console.width - len(count) - SHORTEST_BAR - 2
    has_time = room > ROOM_WITH_TIME
    columns: Sequence[Any] = (
        TextColumn(f"  epoch {{task.completed:>{len(str(epochs))}}}/{{task.total}}"),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[seen]}"),
        *([TimeRemainingColumn()] if has_time else []),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=epochs, seen="")

        def advance(history: History) -> None:
            said = seen(history, room - (TIME if has_time else 0))
            progress.update(task, completed=history.epochs, seen=said)

        yield advance


def _show_nothing(history: History) -> None:
    """Takes the place of the bar if it is not shown."""


def seen(history: History, room: float = math.inf) -> str:
    """The last epoch, in a few words; where there is little room, without what matters least.

    The accuracy on data that are never trained on stays to the end, then that on the others, then the losses.

    >>> history = History(loss=[0.5], accuracy=[0.75], val_loss=[0.6], val_accuracy=[0.7])
    >>> for room in (100, 40, 20):
    ...     print(seen(history, room))
    loss 0.5000  accuracy  75.0 %  validation loss 0.6000  accuracy  70.0 %
    accuracy  75.0 %  validation  70.0 %
    validation  70.0 %
    """
    ways = list(_ways(history))
    return next((said for said in ways if len(said) <= room), ways[-1])


def _ways(history: History) -> Iterator[str]:
    """The same from the longest to the shortest."""
    loss, right = _loss(history.loss), _right(history.accuracy)
    training = "  ".join(filter(None, [loss, right and f"accuracy {right}"]))
    if not history.val_loss:
        yield from (training, f"accuracy {right}" if right else loss)
        return
    unseen_loss, unseen = _loss(history.val_loss), _right(history.val_accuracy)
    yield f"{training}  validation {'  '.join(filter(None, [unseen_loss, unseen and f'accuracy {unseen}']))}"
    if unseen:
        yield f"accuracy {right}  validation {unseen}"
    else:
        yield f"{loss}  val. {history.val_loss[-1]:.4f}"
    yield f"validation {unseen or unseen_loss}"


def _loss(loss: list[float]) -> str:
    return f"loss {loss[-1]:.4f}"


def _right(accuracy: list[float]) -> str:
    return "" if math.isnan(accuracy[-1]) else f"{100 * accuracy[-1]:5.1f} %"
