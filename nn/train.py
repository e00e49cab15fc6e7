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
from tinygrad_edu.nn.init import unknown
from tinygrad_edu.nn.layers import MLP, Outputs
from tinygrad_edu.nn.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    hinge_loss,
    mse_loss,
)
from tinygrad_edu.nn.optim import SGD

from tinygrad_edu.errors import DivergedError, OptionError, SizeError
from tinygrad_edu.show import show
from tinygrad_edu.value import Value, no_grad

Loss = Callable[[list[Outputs], list[Any]], Value]
LOSSES: dict[str, Callable[..., Value]] = {
    "hinge": hinge_loss,
    "mse": mse_loss,
    "bce": binary_cross_entropy,
    "bce_with_logits": binary_cross_entropy_with_logits,
    "cross_entropy": cross_entropy,
}


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
    model: MLP,
    X: ArrayLike,
    y: ArrayLike,
    *,
    loss: str | Loss = "hinge",
    optimizer: SGD | None = None,
    epochs: int = 40,
    batch_size: int = 10,
    seed: int | None = 0,
    progress: bool | None = None,
) -> History:
    """Train a model on data, in place.

    Args:
        model: the network.
        X: samples, of shape (n, inputs).
        y: n targets: classes 0 and 1 (for "hinge" they become -1 and 1), class indices for "cross_entropy", numbers
            for "mse".
        loss: "hinge", "mse", "bce", "bce_with_logits", "cross_entropy", or a function of predictions and targets.
        optimizer: by default SGD with momentum 0.9, its learning rate falling from 0.05 in a straight line.
        epochs: passes over the data.
        batch_size: samples for each step.
        seed: of the order of the samples.
        progress: whether to show a progress bar; if not said, where standard error is a terminal.

    Returns:
        The history of loss and accuracy, up to the epoch that Ctrl-C interrupted.

    Raises:
        SizeError: if X and y do not fit together or to the model.
        OptionError: if the loss is unknown, or a count is below 1.
        DivergedError: if the loss is no longer a number.

    >>> from tinygrad_edu.nn import datasets
    >>> X, y = datasets.blobs(n=20)
    >>> fit(MLP(2, [1], seed=0), X, y, epochs=10).accuracy[-1]
    1.0
    """
    _check_count("epochs", epochs)
    _check_count("batch_size", batch_size)
    data = _data(model, X, y)
    task = _task(loss)
    descent = optimizer or SGD(model.parameters(), lr=0.05, momentum=0.9)
    first_lr = descent.lr
    history = History()
    shuffled = random.Random(seed)  # noqa: S311 (the order of samples is no secret)
    with _bar(epochs, progress) as advance, _until_interrupted(history):
        for epoch in range(epochs):
            if optimizer is None:
                descent.lr = first_lr * (1 - 0.9 * epoch / epochs)
            shuffled.shuffle(data)
            _epoch(model, data, task, descent, batch_size, history)
            advance(history)
    return history


def predict(model: MLP, X: ArrayLike) -> NDArray[np.float64]:
    """The outputs for samples of shape (n, inputs), without a graph: shape (n,), or (n, outputs).

    >>> predict(MLP(2, [3, 1], seed=0), [[0.0, 1.0], [1.0, 0.0]]).shape
    (2,)
    """
    with no_grad():
        return np.array([_numbers(model(row)) for row in np.asarray(X, dtype=float).tolist()])


def accuracy(model: MLP, X: ArrayLike, y: ArrayLike) -> float:
    """The share of samples whose class is predicted right: by the largest of several outputs, or by the middle of one.

    The middle is ½ behind a sigmoid, else 0.
    """
    outputs = predict(model, X)
    classes = outputs.argmax(axis=1) if outputs.ndim > 1 else outputs > (0.5 if model.output == "sigmoid" else 0.0)
    return float(np.mean(classes.astype(int) == (np.asarray(y) > 0 if outputs.ndim == 1 else np.asarray(y))))


class _Task(NamedTuple):
    """What a loss wants: how targets are given to it, and when a sample is right."""

    loss: Loss
    target: Callable[[float], float]
    is_right: Callable[[Outputs, float], bool] | None


def _task(loss: str | Loss) -> _Task:
    if not isinstance(loss, str):
        return _Task(loss, lambda y: y, None)
    if loss not in LOSSES:
        raise unknown("loss", loss, list(LOSSES))
    return _Task(LOSSES[loss], *_HABITS[loss])


def _is_positive(limit: float) -> Callable[[Outputs, float], bool]:
    return lambda output, y: (_numbers(output) > limit) == (y > 0)


_HABITS: dict[str, tuple[Callable[[float], float], Callable[[Outputs, float], bool] | None]] = {
    "hinge": (lambda y: 1.0 if y > 0 else -1.0, _is_positive(0.0)),
    "mse": (lambda y: y, None),
    "bce": (lambda y: y, _is_positive(0.5)),
    "bce_with_logits": (lambda y: y, _is_positive(0.0)),
    "cross_entropy": (lambda y: y, lambda output, y: int(np.argmax(_numbers(output))) == y),
}


def _check_count(name: str, number: int) -> None:
    if number < 1:
        raise OptionError(f"fit(..., {name}={number})", "at least 1 is needed to learn anything", instead=f"{name}=10")


Sample = tuple[list[float], Any]


def _data(model: MLP, X: ArrayLike, y: ArrayLike) -> list[Sample]:
    samples, targets = np.asarray(X, dtype=float), np.asarray(y)
    if samples.ndim != 2 or len(samples) != len(targets) or not len(samples):
        raise SizeError(
            f"fit with X of shape {samples.shape} and y of shape {targets.shape}",
            "X has a row for each sample, and y as many targets",
            instead="X of shape (n, inputs) and y of shape (n,)",
        )
    if samples.shape[1] != model.sizes[0]:
        raise SizeError(
            f"fit of {model!r} with X of shape {samples.shape}",
            f"the network takes {model.sizes[0]} inputs, and a sample has {samples.shape[1]}",
            instead=f"MLP({samples.shape[1]}, ...)",
        )
    return list(zip(samples.tolist(), targets.tolist(), strict=True))


def _epoch(model: MLP, data: list[Sample], task: _Task, descent: SGD, batch_size: int, history: History) -> None:
    total, right = 0.0, 0
    for start in range(0, len(data), batch_size):
        batch = data[start : start + batch_size]
        outputs = [model(x) for x, _ in batch]
        loss = task.loss(outputs, [task.target(y) for _, y in batch])
        if not math.isfinite(loss.data):
            raise _diverged(loss, history, descent)
        descent.zero_grad()
        loss.backward()
        descent.step()
        total += loss.data * len(batch)
        right += (
            sum(task.is_right(output, y) for output, (_, y) in zip(outputs, batch, strict=True)) if task.is_right else 0
        )
    history.loss.append(total / len(data))
    history.accuracy.append(right / len(data) if task.is_right else math.nan)


def _diverged(loss: Value, history: History, descent: SGD) -> DivergedError:
    return DivergedError(
        f"the loss is {loss.data} in epoch {history.epochs + 1}",
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
        yield lambda history: None
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
        yield lambda history: progress.update(task, completed=history.epochs, seen=_seen(history))


def _seen(history: History) -> str:
    right = history.accuracy[-1]
    return f"loss {history.loss[-1]:.4f}" + ("" if math.isnan(right) else f"  accuracy {100 * right:5.1f} %")
