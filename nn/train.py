"""How does a network learn from data?

    history = fit(model, X, y, loss="hinge", epochs=40)

An *epoch* is one pass over the data, in batches: forward, loss, backward, a step of the optimizer. `fit` shows a
progress bar on a terminal, keeps what it saw in a `History`, and ends cleanly on Ctrl-C.

Names to know: `fit`, `History`, `predict`, `accuracy`.
"""

from __future__ import annotations

import contextlib
import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_edu.errors import DivergedError, OptionError, SizeError
from tinygrad_edu.nn.init import unknown
from tinygrad_edu.nn.layers import Outputs
from tinygrad_edu.nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    hinge_loss,
    mse_loss,
)
from tinygrad_edu.nn.module import Module
from tinygrad_edu.nn.optim import SGD, Optimizer
from tinygrad_edu.show import show
from tinygrad_edu.value import Value, no_grad

FIRST_LR = 0.05

Loss = Callable[[list[Outputs], list[Any]], Value]
Sample = tuple[list[float], Any]


@dataclass
class History:
    """What a training saw, one entry for each epoch.

    Attributes:
        loss: the mean loss over the samples, each as it was when its batch was seen.
        accuracy: the share of samples on the right side at that time; nan for a loss that is no classification.
        interrupted: whether Ctrl-C ended it early.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    interrupted: bool = False

    @property
    def epochs(self) -> int:
        """How many epochs were finished."""
        return len(self.loss)

    @property
    def summary(self) -> str:
        """How it went, in a line."""
        if not self.loss:
            return "no epoch finished"
        right = "" if math.isnan(self.accuracy[-1]) else f", accuracy {100 * self.accuracy[-1]:.1f} %"
        stopped = ", interrupted" if self.interrupted else ""
        return f"{self.epochs} epochs, loss {show(self.loss[0])} → {show(self.loss[-1])}{right}{stopped}"

    def __repr__(self) -> str:
        return f"History({self.summary})"


def fit(
    model: Module,
    X: ArrayLike,
    y: ArrayLike,
    *,
    loss: str | Loss = "hinge",
    optimizer: Optimizer | None = None,
    epochs: int = 40,
    batch_size: int | None = 10,
    seed: int | None = 0,
    progress: bool | None = None,
) -> History:
    """Train a model on data, in place.

    Args:
        model: the network, or any Module that takes a sample and gives a Value or a list of them.
        X: samples, of shape (n, inputs).
        y: n labels: 0 and 1, or for "hinge" also -1 and 1 (it is given -1 for 0), class indices for "cross_entropy",
            numbers for "mse".
        loss: "hinge", "mse", "bce", "bce_with_logits", "cross_entropy", or a function of predictions and targets.
        optimizer: by default SGD with momentum 0.9, its learning rate falling from 0.05 in a straight line. One that
            is given keeps its learning rate; L2 regularization is its `weight_decay`.
        epochs: passes over the data.
        batch_size: samples for each step; None for all of them.
        seed: of the order of the samples.
        progress: whether to show a progress bar; if not said, where standard error is a terminal.

    Returns:
        The history of loss and accuracy, up to the epoch that Ctrl-C interrupted.

    Raises:
        SizeError: if X and y do not fit together or to the model.
        OptionError: if the loss is unknown, a label is none that it takes, or a count is below 1.
        DivergedError: if the loss, or an output, is no longer a finite number.

    >>> from tinygrad_edu.nn import MLP, datasets
    >>> X, y = datasets.blobs(n=20)
    >>> fit(MLP(2, [1], seed=0), X, y, epochs=10).accuracy[-1]
    1.0
    """
    _check_count("epochs", epochs)
    data = _data(X, y)
    size = len(data) if batch_size is None else batch_size
    _check_count("batch_size", size)
    task = _task(loss)
    descent = SGD(model.parameters(), lr=FIRST_LR, momentum=0.9) if optimizer is None else optimizer
    history = History()
    shuffled = random.Random(seed)  # noqa: S311 (the order of samples is no secret)
    with _bar(epochs, progress) as advance, _until_interrupted(history):
        for epoch in range(epochs):
            if optimizer is None:
                descent.lr = FIRST_LR * (1 - 0.9 * epoch / epochs)
            shuffled.shuffle(data)
            _epoch(model, data, task, descent, size, history)
            advance(history)
    return history


def predict(model: Module, X: ArrayLike) -> NDArray[np.float64]:
    """The outputs for samples of shape (n, inputs), without a graph: shape (n,), or (n, outputs).

    >>> from tinygrad_edu.nn import MLP
    >>> predict(MLP(2, [3, 1], seed=0), [[0.0, 1.0], [1.0, 0.0]]).shape
    (2,)
    """
    with no_grad():
        return np.array([_numbers(model(row)) for row in np.asarray(X, dtype=float).tolist()])


def accuracy(model: Module, X: ArrayLike, y: ArrayLike) -> float:
    """The share of samples whose class is predicted right: by the largest of several outputs, or by the middle of one.

    The middle is ½ behind a sigmoid, else 0; the labels on its two sides are 0 and 1, or -1 and 1.

    >>> from tinygrad_edu.nn import MLP
    >>> line = MLP(1, [1], init="zeros")
    >>> line.layers[0].neurons[0].w[0].data = 1.0
    >>> accuracy(line, [[-2.0], [-1.0], [3.0], [4.0]], [0, 1, 1, 1])
    0.75
    """
    outputs, labels = predict(model, X), np.asarray(y).ravel()
    if len(outputs) != len(labels):
        raise SizeError(f"accuracy of {len(outputs)} samples and {len(labels)} labels", "each sample has one label")
    if outputs.ndim > 1:
        return float(np.mean(outputs.argmax(axis=1) == labels))
    middle = 0.5 if getattr(model, "output", "") == "sigmoid" else 0.0
    return float(np.mean((outputs > middle) == (labels > 0)))


def _is_same_side(output: Outputs, label: float) -> bool:
    return bool((_numbers(output) > 0) == (label > 0))


def _is_likely(probability: Outputs, label: float) -> bool:
    return bool((_numbers(probability) > 0.5) == (label > 0.5))


def _is_largest(outputs: Outputs, label: float) -> bool:
    return int(np.argmax(_numbers(outputs))) == label


def _side(label: Any) -> float:
    """The target of the hinge loss: -1 or 1, for labels 0 and 1, or -1 and 1."""
    if label not in (-1, 0, 1):
        raise OptionError(
            f"fit(..., loss='hinge') with the label {label!r}",
            "its labels are 0 and 1, or -1 and 1",
            instead="loss='cross_entropy' for more than two classes, loss='mse' for numbers",
        )
    return 1.0 if label > 0 else -1.0


class _Task(NamedTuple):
    """What a loss asks of labels, and when it takes a sample to be right: never, where it does not tell classes."""

    loss: Loss
    is_right: Callable[[Outputs, float], bool] | None = None
    as_target: Callable[[Any], Any] | None = None

    def targets(self, labels: list[Any]) -> list[Any]:
        """What the loss compares the outputs with."""
        return [self.as_target(label) for label in labels] if self.as_target else labels

    def count_right(self, outputs: list[Outputs], labels: list[Any]) -> float:
        """How many samples are on the right side; nan where there are no sides."""
        if self.is_right is None:
            return math.nan
        return sum(map(self.is_right, outputs, labels))


TASKS: dict[str, _Task] = {
    "hinge": _Task(hinge_loss, _is_same_side, _side),
    "mse": _Task(mse_loss),
    "bce": _Task(binary_cross_entropy, _is_likely),
    "bce_with_logits": _Task(binary_cross_entropy_with_logits, _is_same_side),
    "cross_entropy": _Task(cross_entropy, _is_largest),
}


def _task(loss: str | Loss) -> _Task:
    """The row of the table for a name or one of its functions; any other function has no sides."""
    if callable(loss):
        return next((task for task in TASKS.values() if task.loss is loss), _Task(loss))
    if loss not in TASKS:
        raise unknown("loss", loss, list(TASKS))
    return TASKS[loss]


def _check_count(name: str, number: int) -> None:
    if number < 1:
        raise OptionError(f"fit(..., {name}={number})", "at least 1 is needed to learn anything", instead=f"{name}=10")


def _data(X: ArrayLike, y: ArrayLike) -> list[Sample]:
    samples, labels = np.asarray(X, dtype=float), np.asarray(y)
    if samples.ndim != 2 or not labels.ndim or len(samples) != len(labels) or not len(samples):
        raise SizeError(
            f"fit with X of shape {samples.shape} and y of shape {labels.shape}",
            "X has a row for each sample, and y as many labels",
            instead="X of shape (n, inputs) and y of shape (n,)",
        )
    if labels.shape == (len(samples), 1):  # a column
        labels = labels[:, 0]
    return list(zip(samples.tolist(), labels.tolist(), strict=True))


def _epoch(
    model: Module, data: list[Sample], task: _Task, descent: Optimizer, batch_size: int, history: History
) -> None:
    total, right = 0.0, 0.0
    for start in range(0, len(data), batch_size):
        samples, labels = zip(*data[start : start + batch_size], strict=True)
        outputs = [model(x) for x in samples]
        _check_finite("an output of the model", [_numbers(output) for output in outputs], history, descent)
        loss = task.loss(outputs, task.targets(list(labels)))
        _check_finite("the loss", loss.data, history, descent)
        descent.zero_grad()
        loss.backward()
        descent.step()
        total += loss.data * len(samples)
        right += task.count_right(outputs, list(labels))
    history.loss.append(total / len(data))
    history.accuracy.append(right / len(data))


def _check_finite(what: str, numbers: ArrayLike, history: History, descent: Optimizer) -> None:
    found = np.asarray(numbers, dtype=float)
    if not np.isfinite(found).all():
        raise DivergedError(
            f"{what} is {found[~np.isfinite(found)][0]} in epoch {history.epochs + 1}",
            "the steps were too large, and the parameters have grown beyond all numbers",
            instead=f"a smaller learning rate than {show(descent.lr)}",
        )


def _numbers(outputs: Outputs) -> Any:
    return outputs.data if isinstance(outputs, Value) else [output.data for output in outputs]


@contextlib.contextmanager
def _until_interrupted(history: History) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        history.interrupted = True
        _drop_unfinished(history)


def _drop_unfinished(history: History) -> None:
    """Ctrl-C may come between the two lists."""
    del history.loss[len(history.accuracy) :]


@contextlib.contextmanager
def _bar(epochs: int, wanted: bool | None) -> Iterator[Callable[[History], None]]:
    """A progress bar on standard error, or nothing."""
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
            progress.update(task, completed=history.epochs, seen=_seen(history))

        yield advance


def _show_nothing(history: History) -> None:
    """Stands for the bar where there is none."""


def _seen(history: History) -> str:
    right = history.accuracy[-1]
    return f"loss {history.loss[-1]:.4f}" + ("" if math.isnan(right) else f"  accuracy {100 * right:5.1f} %")
