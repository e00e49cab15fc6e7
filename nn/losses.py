"""How wrong is a network?

    loss(predictions, targets, reduction="mean")  ->  a Value, the smaller the better

Predictions are Values, one for each sample, or a list of them for each sample where a network has several outputs;
targets are numbers (or Values) of the same shape. Names and meanings are PyTorch's.

Names to know: `mse_loss`, `hinge_loss`, `binary_cross_entropy_with_logits`, `cross_entropy`. Read next: `optim.py`.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from tinygrad_edu.nn.init import unknown

from tinygrad_edu.errors import OptionError, SizeError
from tinygrad_edu.functions import log, logsumexp, relu, softplus
from tinygrad_edu.show import show
from tinygrad_edu.value import Number, Value, as_value

Numbers = Iterable[Any]  # Values and numbers, or lists of them


def mse_loss(predictions: Numbers, targets: Numbers, reduction: str = "mean") -> Value:
    """The squared error, (prediction - target)², averaged over all numbers or summed.

    >>> mse_loss([Value(1.0), Value(4.0)], [0.0, 2.0]).data
    2.5
    """
    return _reduced([(p - t) ** 2 for p, t in _pairs(predictions, targets)], reduction)


def hinge_loss(predictions: Numbers, targets: Numbers, reduction: str = "mean") -> Value:
    """max(0, 1 - target · prediction), with targets -1 and 1: no loss for a point on the right side of its margin.

    Raises:
        OptionError: if a target is neither -1 nor 1.

    >>> hinge_loss([Value(2.0), Value(0.5)], [1, -1]).data
    0.75
    """
    pairs = _pairs(predictions, targets)
    for _, target in pairs:
        if float(target) not in (-1.0, 1.0):
            raise OptionError(
                f"hinge_loss with the target {show(float(target))}", "its targets are -1 and 1", instead="2 * y - 1"
            )
    return _reduced([relu(1 - p * t) for p, t in pairs], reduction)


def binary_cross_entropy(predictions: Numbers, targets: Numbers, reduction: str = "mean") -> Value:
    """-(t log p + (1 - t) log(1 - p)) for probabilities p, as a sigmoid gives them, and targets between 0 and 1.

    Raises:
        DomainError: if a probability is exactly 0 or 1 where its logarithm counts: the logits are then the better
            input, `binary_cross_entropy_with_logits`.

    >>> round(binary_cross_entropy([Value(0.9)], [1]).data, 6)
    0.105361
    """
    return _reduced([_surprise(p, t) for p, t in _pairs(predictions, targets)], reduction)


def binary_cross_entropy_with_logits(predictions: Numbers, targets: Numbers, reduction: str = "mean") -> Value:
    """The same of logits z, before the sigmoid: softplus(z) - t·z, which neither overflows nor loses digits.

    >>> round(binary_cross_entropy_with_logits([Value(-1000.0)], [1]).data, 6)
    1000.0
    """
    return _reduced([softplus(z) - z * t for z, t in _pairs(predictions, targets)], reduction)


def cross_entropy(predictions: Iterable[Sequence[Number]], targets: Iterable[int], reduction: str = "mean") -> Value:
    """Log Σ exp(z) - z[t]: of logits z, a list of one for each class, and the index t of the right class.

    Raises:
        OptionError: if a target is no index of a class.

    >>> round(cross_entropy([[Value(0.0), Value(0.0)]], [1]).data, 6)
    0.693147
    """
    rows, classes = list(predictions), list(targets)
    _check_lengths(len(rows), len(classes))
    return _reduced(
        [logsumexp(row) - row[_index(t, len(row))] for row, t in zip(rows, classes, strict=True)], reduction
    )


def _surprise(p: Value, t: Value) -> Value:
    """A term whose factor is exactly 0 is left out, so that p = 0 is allowed where t = 0."""
    if t.is_constant and t.data in (0.0, 1.0):
        return -log(p if t.data == 1.0 else 1 - p)
    return -(t * log(p) + (1 - t) * log(1 - p))


def _index(target: Any, classes: int) -> int:
    if float(target) != int(target) or not 0 <= int(target) < classes:
        raise OptionError(
            f"cross_entropy with the target {target!r}", f"a target is the index of a class, 0 to {classes - 1}"
        )
    return int(target)


def _pairs(predictions: Numbers, targets: Numbers) -> list[tuple[Value, Value]]:
    """(prediction, target) pairs out of two nested lists of the same shape."""
    left, right = _flat(predictions), _flat(targets)
    _check_lengths(len(left), len(right))
    return list(zip(left, right, strict=True))


def _flat(numbers: Any) -> list[Value]:
    if isinstance(numbers, Value) or not isinstance(numbers, Iterable) or getattr(numbers, "shape", None) == ():
        return [as_value(numbers)]
    return [value for each in numbers for value in _flat(each)]


def _check_lengths(predictions: int, targets: int) -> None:
    if predictions != targets or not predictions:
        raise SizeError(
            f"a loss of {predictions} predictions and {targets} targets",
            "there has to be one target for each prediction, and at least one",
        )


def _reduced(terms: list[Value], reduction: str) -> Value:
    if reduction not in ("mean", "sum"):
        raise unknown("reduction", reduction, ["mean", "sum"])
    total = as_value(reduce(operator.add, terms))
    return total / len(terms) if reduction == "mean" else total
