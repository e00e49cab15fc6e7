"""What does a training see?

Names to know: `History`. Read next: `callbacks.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from tinygrad_edu.show import counted, show


@dataclass
class History:
    """What a training saw, one entry for each epoch.

    Attributes:
        loss: the mean loss over the samples, each as it was when its batch was seen.
        accuracy: the fraction of samples on the right side at that time; NaN for a loss that does not classify.
        val_loss: the mean loss over the validation data at the end of the epoch; empty without such data.
        val_accuracy: the fraction of the validation data on the right side.
        interrupted: whether Ctrl-C ended it early.
        stopped: why a callback ended it early; "" if that did not happen.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    val_loss: list[float] = field(default_factory=list)
    val_accuracy: list[float] = field(default_factory=list)
    interrupted: bool = False
    stopped: str = ""

    @property
    def epochs(self) -> int:
        """How many epochs were finished."""
        return len(self.loss)

    @property
    def summary(self) -> str:
        """The result in one line."""
        if not self.loss:
            return "no epoch finished"
        said = f"{counted(self.epochs, 'epoch')}, {_measured(self.loss, self.accuracy)}"
        if self.val_loss:
            said += f"; validation {_measured(self.val_loss, self.val_accuracy)}"
        return said + (f"; {self.stopped}" if self.stopped else "") + (", interrupted" if self.interrupted else "")

    def finish_epoch(self, count: int) -> None:
        """Drop what belongs to an unfinished epoch: Ctrl-C may come between two lists."""
        for numbers in (self.loss, self.accuracy, self.val_loss, self.val_accuracy):
            del numbers[count:]

    def __repr__(self) -> str:
        return f"History({self.summary})"


def _measured(loss: list[float], accuracy: list[float]) -> str:
    right = "" if math.isnan(accuracy[-1]) else f", accuracy {100 * accuracy[-1]:.1f} %"
    return f"loss {show(loss[0])} → {show(loss[-1])}{right}"
