"""What can watch a network learn, and stop it?

A *callback* is called after every epoch. A function will do:

    def report(training):
        print(training.history.epochs, training.history.loss[-1])

    fit(model, X, y, callbacks=[report, EarlyStopping(patience=20)])

Names to know: `Training`, `Callback`, `EarlyStopping`. Read next: `programs.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tinygrad_edu.choices import unknown
from tinygrad_edu.errors import OptionError
from tinygrad_edu.nn.init import is_count
from tinygrad_edu.nn.module import Module
from tinygrad_edu.nn.training.history import History

MONITORS = ("loss", "accuracy", "val_loss", "val_accuracy")


@dataclass
class Training:
    """A training in progress, as callbacks see it. They may change the parameters' numbers, and the optimizer.

    Attributes:
        model: the network, its parameters as they are now.
        optimizer: what moves them.
        history: what was seen so far; `history.epochs` is the number of the epoch that has just ended.
        epochs: how many there will be, unless it is stopped.
    """

    model: Module
    optimizer: Any
    history: History
    epochs: int

    def stop(self, reason: str) -> None:
        """Make this epoch the last one.

        Args:
            reason: the text for `history.stopped`.
        """
        self.history.stopped = reason


class Callback:
    """What is called after every epoch, and at the end."""

    def after_epoch(self, training: Training) -> None:
        """An epoch has ended."""

    def at_end(self, training: Training) -> None:
        """The training has ended, in whatever way."""


class _Asked(Callback):
    def __init__(self, function: Callable[[Training], object]) -> None:
        self.function = function

    def after_epoch(self, training: Training) -> None:
        self.function(training)


def as_callback(thing: Callback | Callable[[Training], object]) -> Callback:
    """A function, as a callback that is called after every epoch; a callback as it is.

    Raises:
        OptionError: if it is neither.
    """
    if isinstance(thing, Callback):
        return thing
    if not callable(thing):
        raise OptionError(
            f"fit(..., callbacks=[{thing!r}])", "a callback is a function of one argument", instead="callbacks=[print]"
        )
    return _Asked(thing)


class EarlyStopping(Callback):
    """Stop when there has been no improvement for a while, and go back to the best epoch.

    Prechelt, "Early stopping, but when?" (1998).

    Args:
        patience: how many epochs to wait for a better one.
        monitor: what is watched: "val_loss", "val_accuracy", "loss" or "accuracy"; by default the loss of the
            validation data, if there are any.
        min_delta: by how much an epoch has to be better to count.
        restore_best: whether the model ends with the parameters of its best epoch.

    Attributes:
        best_epoch: the number of the best epoch, from 1.
        best: the monitored number in that epoch.

    Raises:
        OptionError: if there is no such thing to monitor, or a number is out of its range.

    >>> from tinygrad_edu import nn
    >>> X, y = nn.datasets.blobs(n=20)
    >>> stop = nn.EarlyStopping(patience=2, monitor="accuracy")
    >>> history = nn.fit(nn.MLP(2, [1], seed=0), X, y, epochs=50, callbacks=[stop])
    >>> history.epochs - stop.best_epoch, stop.best
    (2, 1.0)
    """

    def __init__(
        self, patience: int = 10, monitor: str | None = None, *, min_delta: float = 0.0, restore_best: bool = True
    ) -> None:
        if monitor is not None and monitor not in MONITORS:
            raise unknown("monitor", monitor, MONITORS, call="EarlyStopping({})")
        if not is_count(patience) or not min_delta >= 0:
            raise OptionError(
                f"EarlyStopping(patience={patience}, min_delta={min_delta})",
                "patience has to be at least 1 epoch, and min_delta at least 0",
                instead="patience=10",
            )
        self.patience, self.monitor, self.min_delta, self.restore_best = patience, monitor, min_delta, restore_best
        self.best_epoch, self.best = 0, math.nan
        self._numbers: list[float] = []

    def after_epoch(self, training: Training) -> None:
        """Compare with the best epoch so far."""
        history = training.history
        monitor = self.monitor or ("val_loss" if history.val_loss else "loss")
        found = self._look(history, monitor)
        if history.epochs == 1:
            self.best_epoch = 0
        better = found - self.best if "accuracy" in monitor else self.best - found
        if not self.best_epoch or better > self.min_delta:
            self.best_epoch, self.best = history.epochs, found
            self._numbers = [parameter.data for parameter in training.model.parameters()]
        elif history.epochs - self.best_epoch >= self.patience:
            training.stop(f"stopped: {monitor} was best in epoch {self.best_epoch}")

    def _look(self, history: History, monitor: str) -> float:
        numbers: list[float] = getattr(history, monitor)
        if not numbers or math.isnan(numbers[-1]):
            raise OptionError(
                f"EarlyStopping(monitor={monitor!r})",
                "this training does not compute it",
                instead="validation_data=(X_val, y_val), or monitor='loss'",
            )
        return numbers[-1]

    def at_end(self, training: Training) -> None:
        """Back to the best epoch."""
        if self.restore_best and self._numbers:
            for parameter, number in zip(training.model.parameters(), self._numbers, strict=True):
                parameter.data = number
