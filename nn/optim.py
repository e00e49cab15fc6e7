"""How does a parameter learn from its gradient?

    for each step:  optimizer.zero_grad();  loss.backward();  optimizer.step()

Names to know: `SGD`. Read next: `train.py`, where the steps become a training.
"""

from __future__ import annotations

from collections.abc import Iterable

from tinygrad_edu.errors import OptionError
from tinygrad_edu.value import Value


class SGD:
    """Stochastic gradient descent: parameter -= lr · gradient. Meaning and defaults are PyTorch's.

    Args:
        parameters: the Values to train.
        lr: the learning rate, above 0.
        momentum: how much of the last step is repeated: velocity = momentum · velocity + gradient.
        nesterov: look ahead along the velocity.
        weight_decay: adds weight_decay · parameter to the gradient, which is L2 regularization.

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
        self.parameters = list(parameters)
        self.lr = lr
        self.momentum = momentum
        self.nesterov = nesterov
        self.weight_decay = weight_decay
        self._velocity: list[float] | None = None
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

    def zero_grad(self) -> None:
        """Forget the gradients of the last step."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def step(self) -> None:
        """Move every parameter a little against its gradient."""
        gradients = [p.grad + self.weight_decay * p.data for p in self.parameters]
        for parameter, move in zip(self.parameters, self._moves(gradients), strict=True):
            parameter.data -= self.lr * move

    def _moves(self, gradients: list[float]) -> list[float]:
        if not self.momentum:
            return gradients
        if self._velocity is None:
            self._velocity = list(gradients)
        else:
            self._velocity = [self.momentum * v + g for v, g in zip(self._velocity, gradients, strict=True)]
        if not self.nesterov:
            return self._velocity
        return [g + self.momentum * v for v, g in zip(self._velocity, gradients, strict=True)]
