"""What does a loss expect of labels, and when is a prediction right?

    loss               labels                                 right, if
    hinge              0 and 1, or -1 and 1                   the output has the sign of the label
    bce                0 and 1, or a probability between      a probability is on the side of ½ of its label
    bce_with_logits    the same                               the output is above 0 for a label above 0
    cross_entropy      the index of a class, or probabilities the output of that class is the largest
    mse                numbers                                there is no right or wrong

Names to know: `Task`, `TASKS`, `task_of`. Read next: `history.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinygrad_edu.choices import unknown
from tinygrad_edu.errors import OptionError, TinygradError
from tinygrad_edu.nn.layers import Outputs
from tinygrad_edu.nn.losses import (
    as_class,
    as_share,
    as_shares,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    hinge_loss,
    mse_loss,
)
from tinygrad_edu.nn.training.samples import as_floats
from tinygrad_edu.value import Value

Loss = Callable[[list[Outputs], list[Any]], Value]
Floats = NDArray[np.float64]
Verdicts = Callable[[Floats, NDArray[Any]], NDArray[np.bool_]]  # (outputs, targets) -> which ones are right


class Task(NamedTuple):
    """A loss, and what it expects of labels.

    Attributes:
        loss: a function of a list of outputs and a list of targets.
        as_target: makes a label into the target that an output is compared with.
        is_right: which outputs are right; None if there is no right or wrong.
        is_known: whether it is one of nn's losses, whose graph has the same form for every batch.
    """

    loss: Loss
    as_target: Callable[[Any], Any] = lambda label: label
    is_right: Verdicts | None = None
    is_known: bool = True

    def targets(self, labels: list[Any]) -> list[Any]:
        """What the loss compares the outputs with.

        Raises:
            OptionError: if the loss does not take one of the labels.
        """
        return [self.as_target(label) for label in labels]

    def numbers(self, targets: list[Any], outputs: int) -> Floats:
        """The same as an array; the index of a class as probabilities, 1 for the class and 0 for the others.

        Args:
            targets: some of them.
            outputs: how many outputs the model has; 0 for a single one.
        """
        if self.loss is cross_entropy and outputs:
            return np.array([_as_row(target, outputs) for target in targets])
        return as_floats(targets, "fit", "y")

    def count_right(self, outputs: Floats, targets: list[Any]) -> float:
        """How many outputs are right; NaN if there is no right or wrong."""
        return math.nan if self.is_right is None else float(np.sum(self.is_right(outputs, np.asarray(targets))))


def _side(label: Any) -> float:
    """The target of the hinge loss: -1 or 1, for labels 0 and 1, or -1 and 1."""
    if label not in (-1, 0, 1):
        raise OptionError(
            f"fit(..., loss='hinge') with the label {label!r}",
            "its labels are 0 and 1, or -1 and 1",
            instead="loss='cross_entropy' for more than two classes, loss='mse' for numbers",
        )
    return 1.0 if label > 0 else -1.0


def _number(label: Any) -> Any:
    """A number, or a list of numbers if the model has several outputs."""
    try:
        return as_floats(label, "fit", "y").tolist()
    except TinygradError:
        raise OptionError(
            f"fit(..., loss='mse') with the label {label!r}",
            "its labels are numbers",
            instead="the index of each class, and loss='cross_entropy'; and y without the labels that are missing",
        ) from None


def _as_row(target: Any, classes: int) -> list[float]:
    """The index of a class, or the probabilities of all classes, as probabilities."""
    if isinstance(target, list):
        return [share.data for share in as_shares(target, classes)]
    index = as_class(target, classes)
    return [float(number == index) for number in range(classes)]


def _is_largest(outputs: Floats, targets: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether the largest output is that of the right class, or of the one with the largest probability."""
    found: NDArray[np.bool_] = outputs.argmax(axis=1) == (targets.argmax(axis=1) if targets.ndim > 1 else targets)
    return found


TASKS: dict[str, Task] = {
    "hinge":           Task(hinge_loss, _side, lambda z, t: (z > 0) == (t > 0)),
    "mse":             Task(mse_loss, _number),
    "bce":             Task(binary_cross_entropy, as_share, lambda p, t: (p > 0.5) == (t > 0.5)),
    "bce_with_logits": Task(binary_cross_entropy_with_logits, as_share, lambda z, t: (z > 0) == (t > 0.5)),
    "cross_entropy":   Task(cross_entropy, is_right=_is_largest),
}  # fmt: skip


def task_of(loss: str | Loss) -> Task:
    """The row of the table for a name or one of its functions; any other function has no right or wrong.

    Raises:
        OptionError: if there is no loss of that name.
    """
    if callable(loss):
        return next((task for task in TASKS.values() if task.loss is loss), Task(loss, is_known=False))
    if loss not in TASKS:
        raise unknown("loss", loss, list(TASKS))
    return TASKS[loss]
