"""How wrong is a network?

    loss(predictions, targets, reduction="mean")  ->  a Value, the smaller the better

Predictions are Values, one for each sample, or a list of them for each sample where a network has several outputs;
targets are numbers (or Values) of the same shape. Names and meanings are PyTorch's.

Names to know: `mse_loss`, `hinge_loss`, `binary_cross_entropy_with_logits`, `cross_entropy`. Read next: `optim.py`.
"""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Iterable
from functools import reduce
from typing import Any

from tinygrad_edu.choices import unknown
from tinygrad_edu.compiler.samples import Label
from tinygrad_edu.errors import DomainError, OptionError, SizeError
from tinygrad_edu.functions import dot, log, logsumexp, step
from tinygrad_edu.show import counted, show
from tinygrad_edu.value import Number, Value, as_value

Numbers = Iterable[Any] | Number  # Values and numbers, or lists of them
REDUCTIONS = ["mean", "sum"]
LEAST = sys.float_info.min  # 2.2e-308, the smallest number above 0 whose reciprocal is finite


def mse_loss(predictions: Numbers, targets: Numbers, reduction: str = "mean", *, scale: float = 1.0) -> Value:
    """The squared error, (prediction - target)², averaged over all numbers or summed.

    Args:
        predictions: Values.
        targets: as many numbers.
        reduction: "mean" or "sum".
        scale: a factor of every term. The half-squared error of the books, ½(target - out)² with the gradient
            out - target, is scale=0.5, with reduction="sum".

    Raises:
        SizeError: if there is not one target for each prediction.

    >>> mse_loss([Value(1.0), Value(4.0)], [0.0, 2.0]).data
    2.5
    >>> mse_loss([Value(1.0), Value(4.0)], [0.0, 2.0], reduction="sum", scale=0.5).data
    2.5
    """
    squares = [(p - t) ** 2 for p, t in _pairs(predictions, targets)]
    return _reduced(squares if scale == 1.0 else [scale * square for square in squares], reduction)


def hinge_loss(predictions: Numbers, targets: Numbers, reduction: str = "mean") -> Value:
    """max(0, 1 - target · prediction), with targets -1 and 1: no loss for a point on the right side of its margin.

    Raises:
        OptionError: if a target is neither -1 nor 1, such as the label 0.

    >>> hinge_loss([Value(2.0), Value(0.5)], [1, -1]).data
    0.75
    """
    pairs = _pairs(predictions, targets)
    for _, target in pairs:
        _check_side(target.data)
    return _reduced([(1 - t * p).relu() for p, t in pairs], reduction)


def binary_cross_entropy(predictions: Numbers, targets: Numbers, reduction: str = "mean") -> Value:
    """-(t log p + (1 - t) log(1 - p)) for probabilities p, as a sigmoid gives them, and targets t between 0 and 1.

    A product 0 · log 0 is 0, and its derivative by p is 0 too: a prediction that is certain and right costs nothing.
    One that is certain and wrong would have an infinite loss, and is an error. (PyTorch takes -100 for log 0: its loss
    is 100 there, and its gradient by p is 0 where p is certain and right, which should be 1 or -1.) Both hold for
    targets that are numbers, for targets that are Values, and for a compiled program.

    Raises:
        OptionError: if a target is not between 0 and 1.
        DomainError: if a probability is not between 0 and 1, or is exactly 0 or 1 where its logarithm counts.

    >>> round(binary_cross_entropy([Value(0.9)], [1]).data, 6)
    0.105361
    >>> p = Value(0.0)
    >>> loss = binary_cross_entropy([p], [0])
    >>> loss.backward()
    >>> loss.data == 0, p.grad
    (True, 1.0)
    """
    return _reduced([_surprise(p, t) for p, t in _pairs(predictions, targets)], reduction)


def binary_cross_entropy_with_logits(predictions: Numbers, targets: Numbers, reduction: str = "mean") -> Value:
    """The same for logits z, before the sigmoid: softplus(z) - t·z, which avoids the logarithm of 0 and overflow.

    Raises:
        OptionError: if a target is not between 0 and 1.

    >>> round(binary_cross_entropy_with_logits([Value(-1000.0)], [1]).data, 6)
    1000.0
    """
    pairs = _pairs(predictions, targets)
    for _, target in pairs:
        as_share(target.data)
    return _reduced([z.softplus() - t * z for z, t in pairs], reduction)


def cross_entropy(predictions: Iterable[Any], targets: Iterable[Any], reduction: str = "mean") -> Value:
    """The loss log Σ exp(z) - z[t], for logits z, a list with one for each class, and the index t of the right class.

    A target may also be a list of probabilities, one for each class, that sum to 1: [0, 1, 0] means the same as 1.

    Raises:
        OptionError: if a target is not the index of a class, or its probabilities do not sum to 1.
        SizeError: if a sample has no list of logits, or there is not one target for each sample.

    >>> round(cross_entropy([[Value(0.0), Value(0.0)]], [1]).data, 6)
    0.693147
    >>> round(cross_entropy([[Value(0.0), Value(0.0)]], [[0.0, 1.0]]).data, 6)
    0.693147
    """
    rows, classes = _members(predictions), _members(targets)
    _check_sizes(len(rows), len(classes))
    return _reduced([_surprise_of_class(row, t) for row, t in zip(rows, classes, strict=True)], reduction)


def _surprise(p: Value, t: Value) -> Value:
    """The two terms of one sample; for a target that is and stays 0 or 1, the one whose factor is not 0."""
    as_share(t.data)
    _check_probability(p.data, t.data)
    if not t.is_constant:
        return -(_times_log(t, p) + _times_log(1 - t, 1 - p))
    if t.data in (0.0, 1.0):
        return -log(p if t.data == 1.0 else 1 - p)
    return -(t * log(p) + (1 - t) * log(1 - p))


def _times_log(t: Value, p: Value) -> Value:
    """The product t · log p for a t that may become 0, with 0 · log 0 = 0.

    Where t = 0, and nowhere else, p is raised by LEAST. That changes no p above 1e-291; at p = 0 the logarithm is -708
    and its slope 4e307, and both are finite, so that t times them is 0.
    """
    return t * log(p + LEAST * (1 - step(t)))


def _surprise_of_class(logits: Any, target: Any) -> Value:
    row = _members(logits)
    if len(row) < 2:
        raise SizeError(
            "cross_entropy of a sample with one output",
            "it compares the logits of two classes or more",
            instead="binary_cross_entropy_with_logits, for two classes and one output",
        )
    if isinstance(target, Label):
        target = target.one_hot(len(row))
    if not _is_number(target) and not isinstance(target, str):
        return logsumexp(row) - dot(row, as_shares(target, len(row)))
    return logsumexp(row) - as_value(row[as_class(target, len(row))])


def as_class(target: Any, classes: int) -> int:
    """The index of a class, as cross_entropy takes it.

    Raises:
        OptionError: if it is not the index of a class.

    >>> as_class(2.0, 3)
    2
    """
    if target not in range(classes):
        raise OptionError(
            f"cross_entropy with the target {target!r}",
            f"a target is the index of one of the {classes} classes",
            instead=f"a whole number from 0 to {classes - 1}",
        )
    return int(target)


def as_shares(target: Iterable[Any], classes: int) -> list[Value]:
    """The probability of each class, as cross_entropy takes it.

    Raises:
        OptionError: if there is not one for each class, if one is below 0, or if they do not sum to 1.

    >>> [share.data for share in as_shares([0, 0.5, 0.5], 3)]
    [0.0, 0.5, 0.5]
    """
    shares = [as_value(share) for share in target]
    total = sum(share.data for share in shares)
    if len(shares) != classes or not math.isclose(total, 1.0, rel_tol=1e-6) or min(share.data for share in shares) < 0:
        raise OptionError(
            f"cross_entropy with a target of {counted(len(shares), 'number')}, whose sum is {show(total)}",
            f"a target has one probability for each of the {classes} classes, not below 0, and they sum to 1",
            instead=f"the index of a class, from 0 to {classes - 1}",
        )
    return shares


def _check_side(target: float) -> None:
    if target not in (-1.0, 1.0):
        raise OptionError(
            f"hinge_loss with the target {show(target)}",
            "its targets are -1 and 1",
            instead="2 * y - 1, for labels y of 0 and 1",
        )


def as_share(target: Any) -> float:
    """A number between 0 and 1, as binary cross-entropy takes it.

    Raises:
        OptionError: if it is not between 0 and 1.

    >>> as_share(1)
    1.0
    """
    if not isinstance(target, int | float) or not 0 <= target <= 1:
        raise OptionError(
            f"binary cross-entropy with the target {show(target) if isinstance(target, float) else repr(target)}",
            "its targets are 0 and 1, or between",
            instead="(y + 1) / 2, for labels y of -1 and 1",
        )
    return float(target)


def _check_probability(p: float, target: float) -> None:
    if 0 < p < 1 or (p, target) in ((0.0, 0.0), (1.0, 1.0)):
        return
    impossible = "the logarithm of 0 is infinite: what was predicted to be impossible has happened"
    raise DomainError(
        f"binary_cross_entropy of the prediction {show(p)} with the target {show(target)}",
        impossible if p in (0.0, 1.0) else "a probability is between 0 and 1",
        instead="binary_cross_entropy_with_logits, on a linear output",
    )


def _pairs(predictions: Any, targets: Any) -> list[tuple[Value, Value]]:
    """(prediction, target) pairs from two nested lists of the same shape; a list of one stands for its member."""
    if _is_number(predictions) and _is_number(targets):
        return [(as_value(predictions), as_value(targets))]
    left, right = _members(predictions), _members(targets)
    _check_sizes(len(left), len(right))
    return [pair for p, t in zip(left, right, strict=True) for pair in _pairs(p, t)]


def _is_number(thing: Any) -> bool:
    return isinstance(thing, Value) or not isinstance(thing, Iterable) or getattr(thing, "shape", None) == ()


def _members(thing: Any) -> list[Any]:
    if _is_number(thing):
        return [thing]
    return thing.tolist() if hasattr(thing, "tolist") else list(thing)


def _check_sizes(predictions: int, targets: int) -> None:
    if predictions != targets or not predictions:
        raise SizeError(
            f"a loss of {predictions} predictions and {targets} targets",
            "there has to be one target for each prediction, and at least one",
        )


def _reduced(terms: list[Value], reduction: str) -> Value:
    if reduction not in REDUCTIONS:
        raise unknown("reduction", reduction, REDUCTIONS)
    total = reduce(operator.add, terms)
    return total / len(terms) if reduction == "mean" else total
