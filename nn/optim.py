"""How does a parameter learn from its gradient?

    for each step:  optimizer.zero_grad();  loss.backward();  optimizer.step()

Names to know: `SGD`. Read next: `train.py`, where the steps become a training.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from tinygrad_edu.errors import OptionError
from tinygrad_edu.value import Value


class Optimizer(Protocol):
    """What `fit` asks of an optimizer."""

    lr: float

    def zero_grad(self) -> None:
        """Forget the gradients of the last step."""
        ...

    def step(self) -> None:
        """Move every parameter."""
        ...


class SGD:
    """Stochastic gradient descent: parameter -= lr · gradient. Meaning and defaults are PyTorch's.

    Args:
        parameters: the Values to train.
        lr: the learning rate, above 0.
        momentum: how much of the last step is repeated: velocity = momentum · velocity + gradient.
        nesterov: look ahead along the velocity.
        weight_decay: adds weight_decay · parameter to the gradient, which is L2 regularization.

    A parameter that no sweep has reached stays as it is, and one that is listed twice is moved once.

    Raises:
        OptionError: if there are no parameters, or a number is out of its range.

    >>> w = Value(1.0)
    >>> optimizer = SGD([w], lr=0.1)
    >>> loss = (w - 3) ** 2
    >>> loss.backward()
    >>> optimizer.step()
    >>> w.data
    1.4
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.1,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        self.parameters = list(dict.fromkeys(parameters))
        self.lr = lr
        self.momentum = momentum
        self.nesterov = nesterov
        self.weight_decay = weight_decay
        self._velocity = [0.0] * len(self.parameters)
        self._check()

    def _check(self) -> None:
        if not self.parameters:
            raise OptionError("SGD of no parameters", "there is nothing to train", instead="SGD(model.parameters())")
        if not self.lr > 0:
            raise OptionError(f"SGD(lr={self.lr})", "a learning rate is above 0", instead="lr=0.1")
        if not 0 <= self.momentum < 1:
            raise OptionError(
                f"SGD(momentum={self.momentum})", "momentum is 0 or more, below 1", instead="momentum=0.9"
            )
        if self.nesterov and not self.momentum:
            raise OptionError(
                "SGD(nesterov=True) without momentum", "it looks ahead along the momentum", instead="momentum=0.9"
            )
        if not self.weight_decay >= 0:
            raise OptionError(
                f"SGD(weight_decay={self.weight_decay})", "a weight decay is 0 or more", instead="weight_decay=1e-4"
            )

    def zero_grad(self) -> None:
        """Forget the gradients of the last step."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def step(self) -> None:
        """Move every parameter a little against its gradient."""
        for index, parameter in enumerate(self.parameters):
            if parameter.has_grad:
                gradient = parameter.grad + self.weight_decay * parameter.data
                parameter.data -= self.lr * self._direction(index, gradient)

    def _direction(self, index: int, gradient: float) -> float:
        if not self.momentum:
            return gradient
        self._velocity[index] = self.momentum * self._velocity[index] + gradient
        return gradient + self.momentum * self._velocity[index] if self.nesterov else self._velocity[index]
