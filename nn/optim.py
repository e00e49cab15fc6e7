"""How does a parameter learn from its gradient?

    for each step:  optimizer.zero_grad();  loss.backward();  optimizer.step()

An optimizer moves Values, or the array of a compiled program, given the gradient:

    optimizer = Adam(program.parameters, lr=0.01)
    for each step:  value, gradient = program();  optimizer.step(gradient)

What it does with one parameter is a formula, `moved`: from the parameter, its gradient and its memory, the new
parameter and the new memory. It is written for arrays, all parameters at once.

Names to know: `SGD`, `Adam`, `AdamW`, `clip_grad_norm`. Read next: `schedules.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_edu.errors import OptionError, SizeError
from tinygrad_edu.nn.schedules import Schedule, constant
from tinygrad_edu.show import counted
from tinygrad_edu.value import Value

Floats = NDArray[np.float64]
Parameters = Iterable[Value] | Floats


class Optimizer:
    """What all optimizers have in common: what they move, how fast, and when.

    Args:
        parameters: the Values to train, or an array of numbers, which is changed in place.
        lr: the learning rate, above 0.
        weight_decay: how much each parameter is shrunk at each step; how exactly depends on the optimizer.
        max_norm: a longer gradient is first shortened to this length, in the same direction.
        max_value: numbers of the gradient beyond ±max_value are first cut off.
        schedule: the factor of the learning rate for each step, counted from 0; see `schedules`.

    A Value that no sweep has reached stays as it is, and one that is listed twice is moved once.

    Raises:
        OptionError: if there are no parameters, or a number is out of its range.
    """

    memory = 0  # how many numbers are remembered for each parameter from step to step

    def __init__(
        self,
        parameters: Parameters,
        lr: float,
        *,
        weight_decay: float = 0.0,
        max_norm: float | None = None,
        max_value: float | None = None,
        schedule: Schedule | None = None,
    ) -> None:
        self.parameters = _parameters(parameters, type(self).__name__)
        self.lr = lr
        self.weight_decay = weight_decay
        self.max_norm = max_norm
        self.max_value = max_value
        self.schedule = constant() if schedule is None else schedule
        self.steps = 0
        self._memory = [np.zeros(len(self.parameters)) for _ in range(self.memory)]
        self._check("lr", lr, lambda: 0 < lr < math.inf, "a learning rate is above 0, and finite", "lr=0.1")
        decays = "a weight decay is 0 or more, and finite"
        self._check("weight_decay", weight_decay, lambda: 0 <= weight_decay < math.inf, decays, "weight_decay=1e-4")
        for name, most in (("max_norm", max_norm), ("max_value", max_value)):
            _check_most(f"{type(self).__name__}({name}={most!r})", name, most)
        calls = "a schedule gives a factor for the number of a step"
        self._check("schedule", schedule, lambda: callable(self.schedule), calls, "schedule=schedules.cosine(100)")

    def _check(self, name: str, given: object, is_right: Callable[[], bool], wrong: str, instead: str) -> None:
        if not _holds(is_right):
            raise OptionError(f"{type(self).__name__}({name}={given!r})", wrong, instead=instead)

    def moved(self, p: Floats, g: Floats, lr: float, *memory: Floats) -> tuple[Floats, ...]:
        """The formula: new parameters and new memory, from parameters, gradient, learning rate and memory."""
        raise NotImplementedError(f"{type(self).__name__} has to define moved(self, p, g, lr, *memory)")

    @property
    def current_lr(self) -> float:
        """The learning rate of the next step."""
        return self.lr * self.schedule(self.steps)

    def zero_grad(self) -> None:
        """Reset the gradients."""
        if isinstance(self.parameters, list):
            for parameter in self.parameters:
                parameter.zero_grad()

    def step(self, gradient: ArrayLike | None = None) -> None:
        """Move every parameter a little against its gradient.

        Args:
            gradient: for an array of parameters, their gradient; Values hold theirs themselves.

        Raises:
            SizeError: if the gradient does not have one number for each parameter.
        """
        p, g, is_reached = self._numbers(gradient)
        self._check_memory(len(p))
        g = clipped(g, max_norm=self.max_norm, max_value=self.max_value)
        p_new, *memory = self.moved(p, g, self.current_lr, *self._memory)
        self._memory = [np.where(is_reached, new, old) for new, old in zip(memory, self._memory, strict=True)]
        self.steps += 1
        if isinstance(self.parameters, list):
            for number in np.flatnonzero(is_reached).tolist():
                self.parameters[number].data = float(p_new[number])
        else:
            self.parameters[:] = p_new

    def _check_memory(self, count: int) -> None:
        """Check that the parameters are still those that the memory belongs to, with one number for each."""
        if any(len(numbers) != count for numbers in self._memory):
            name = type(self).__name__
            raise SizeError(
                f"step of {counted(count, 'parameter')}",
                f"this {name} was made for {counted(len(self._memory[0]), 'parameter')}, and remembers as many",
                instead=f"another {name}, of the parameters to train now",
            )

    def _numbers(self, gradient: ArrayLike | None) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """The parameters, their gradient, and which of them have one."""
        if isinstance(self.parameters, list) and gradient is None:
            p = np.array([parameter.data for parameter in self.parameters])
            g = np.array([parameter.grad for parameter in self.parameters])
            return p, g, np.array([parameter.has_grad for parameter in self.parameters])
        if isinstance(self.parameters, list):
            raise SizeError("step(gradient) of Values", "they hold their gradients themselves", instead="step()")
        g = np.asarray(0.0 if gradient is None else gradient, dtype=float)
        if g.shape != self.parameters.shape:
            raise SizeError(
                f"step of {counted(len(self.parameters), 'number')} with a gradient of shape {g.shape}",
                "the gradient has one number for each parameter",
                instead="value, gradient = program(); optimizer.step(gradient)",
            )
        return self.parameters, g, np.ones(len(g), dtype=bool)


class SGD(Optimizer):
    """Stochastic gradient descent: p ← p - lr · gradient. Meaning and defaults are PyTorch's.

    Args:
        parameters: the Values to train, or an array.
        lr: the learning rate, above 0.
        momentum: how much of the last step is repeated: velocity = momentum · velocity + gradient.
        nesterov: look ahead along the velocity.
        weight_decay: adds weight_decay · p to the gradient, which is L2 regularization.
        max_norm: a gradient that is longer is shortened first; see `Optimizer` for this and the next two.
        max_value: its numbers are cut off first.
        schedule: of the learning rate.

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

    memory = 1  # the velocity

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 0.1,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
        max_norm: float | None = None,
        max_value: float | None = None,
        schedule: Schedule | None = None,
    ) -> None:
        super().__init__(
            parameters, lr, weight_decay=weight_decay, max_norm=max_norm, max_value=max_value, schedule=schedule
        )
        self.momentum = momentum
        self.nesterov = nesterov
        self._check("momentum", momentum, lambda: 0 <= momentum < 1, "momentum is 0 or more, below 1", "momentum=0.9")
        looks_ahead = momentum > 0 or not nesterov
        self._check("nesterov", nesterov, lambda: looks_ahead, "it needs a momentum above 0", "momentum=0.9")

    def moved(self, p: Floats, g: Floats, lr: float, *memory: Floats) -> tuple[Floats, ...]:
        """The velocity is the sum of all gradients, in which old ones fade."""
        g = g + self.weight_decay * p
        velocity = self.momentum * memory[0] + g
        return p - lr * (g + self.momentum * velocity if self.nesterov else velocity), velocity


class Adam(Optimizer):
    """Steps of about one size for all parameters: the mean gradient over the root of the mean squared gradient.

    Kingma and Ba, "Adam: a method for stochastic optimization" (2015). Meaning and defaults are PyTorch's.

    Args:
        parameters: the Values to train, or an array.
        lr: the learning rate, above 0: about the size of a step.
        betas: how much of the old means of the gradients and of their squares is kept at each step.
        eps: prevents division by 0.
        weight_decay: adds weight_decay · p to the gradient.
        max_norm: a gradient that is longer is shortened first; see `Optimizer` for this and the next two.
        max_value: its numbers are cut off first.
        schedule: of the learning rate.

    Raises:
        OptionError: if there are no parameters, or a number is out of its range.

    >>> w = Value(1.0)
    >>> optimizer = Adam([w], lr=0.1)
    >>> (1000 * w).backward()
    >>> optimizer.step()
    >>> round(w.data, 9)
    0.9
    """

    memory = 3  # the mean gradient m, the mean square v, and the number of steps t

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        max_norm: float | None = None,
        max_value: float | None = None,
        schedule: Schedule | None = None,
    ) -> None:
        super().__init__(
            parameters, lr, weight_decay=weight_decay, max_norm=max_norm, max_value=max_value, schedule=schedule
        )
        self.betas = betas
        self.eps = eps
        self._check("betas", betas, lambda: _are_shares(*betas), "both are 0 or more, below 1", "betas=(0.9, 0.999)")
        self._check("eps", eps, lambda: eps >= 0, "eps is 0 or more", "eps=1e-8")

    def moved(self, p: Floats, g: Floats, lr: float, *memory: Floats) -> tuple[Floats, ...]:
        """Both means begin at 0, and are divided by the factor by which that makes them too small at first."""
        m, v, t = memory
        one, two = self.betas
        p, g = self._decayed(p, g, lr)
        t = t + 1
        m = one * m + (1 - one) * g
        v = two * v + (1 - two) * g * g
        m_hat, v_hat = m / (1 - one**t), v / (1 - two**t)
        return p - lr * m_hat / (np.sqrt(v_hat) + self.eps), m, v, t

    def _decayed(self, p: Floats, g: Floats, lr: float) -> tuple[Floats, Floats]:  # noqa: ARG002 (AdamW needs it)
        """The parameters and the gradient after weight decay."""
        return p, g + self.weight_decay * p


class AdamW(Adam):
    """Adam, with a weight decay that is not part of the gradient: p ← p - lr · weight_decay · p.

    Loshchilov and Hutter, "Decoupled weight decay regularization" (2019). The meaning is PyTorch's; its default
    weight_decay of 0.01 has to be asked for.

    >>> w = Value(1.0)
    >>> optimizer = AdamW([w], lr=0.1, weight_decay=0.5)
    >>> (1000 * w).backward()
    >>> optimizer.step()
    >>> round(w.data, 9)
    0.85
    """

    def _decayed(self, p: Floats, g: Floats, lr: float) -> tuple[Floats, Floats]:
        return p * (1 - lr * self.weight_decay), g


# Gradients that are too long


def clipped(gradient: ArrayLike, *, max_norm: float | None = None, max_value: float | None = None) -> Floats:
    """A gradient, shortened to a length, or with its numbers cut off; a new array.

    Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks" (2013).

    >>> clipped([3.0, 4.0], max_norm=1.0).round(5).tolist(), clipped([3.0, -4.0], max_value=3.5).tolist()
    ([0.6, 0.8], [3.0, -3.5])
    """
    g = np.array(gradient, dtype=float)
    if max_value is not None:
        g = np.clip(g, -max_value, max_value)
    if max_norm is not None:
        g *= min(1.0, max_norm / (float(np.linalg.norm(g)) + 1e-6))  # PyTorch's 1e-6, against 0 / 0
    return g


def clip_grad_norm(parameters: Iterable[Value], max_norm: float) -> float:
    """Shorten the gradient of Values to a length, if it is longer. Return the length it had.

    Raises:
        OptionError: if the length is not above 0.

    >>> x, y = Value(1.0), Value(1.0)
    >>> (3 * x + 4 * y).backward()
    >>> clip_grad_norm([x, y], max_norm=1.0), round(x.grad, 5)
    (5.0, 0.6)
    """
    _check_most(f"clip_grad_norm(..., max_norm={max_norm!r})", "max_norm", max_norm)
    reached = [parameter for parameter in dict.fromkeys(parameters) if parameter.has_grad]
    length = math.hypot(*(parameter.grad for parameter in reached))
    _put_back(reached, clipped([parameter.grad for parameter in reached], max_norm=max_norm))
    return length


def clip_grad_value(parameters: Iterable[Value], max_value: float) -> None:
    """Cut off the gradients of Values at ±max_value.

    Raises:
        OptionError: if max_value is not above 0.

    >>> x = Value(1.0)
    >>> (3 * x).backward()
    >>> clip_grad_value([x], max_value=0.5)
    >>> x.grad
    0.5
    """
    _check_most(f"clip_grad_value(..., max_value={max_value!r})", "max_value", max_value)
    reached = [parameter for parameter in dict.fromkeys(parameters) if parameter.has_grad]
    _put_back(reached, clipped([parameter.grad for parameter in reached], max_value=max_value))


def _check_most(asked: str, name: str, most: float | None) -> None:
    if not _holds(lambda: most is None or most > 0):
        raise OptionError(asked, "the limit of a gradient is above 0", instead=f"{name}=1.0")


def _holds(condition: Callable[[], bool]) -> bool:
    """Whether a condition holds; it does not for what cannot be compared with a number."""
    try:
        return bool(condition())
    except TypeError:
        return False


def _are_shares(one: float, two: float) -> bool:
    return 0 <= one < 1 and 0 <= two < 1


def _put_back(parameters: Sequence[Value], gradient: Floats) -> None:
    for parameter, number in zip(parameters, gradient.tolist(), strict=True):
        parameter.grad = number


def _parameters(parameters: Parameters, name: str) -> list[Value] | Floats:
    if isinstance(parameters, np.ndarray):
        if parameters.ndim != 1 or parameters.dtype != np.float64:
            raise SizeError(
                f"{name} of an array of shape {parameters.shape} and type {parameters.dtype}",
                "it moves a vector of float64 numbers, in place",
                instead=f"{name}(program.parameters)",
            )
        found: list[Value] | Floats = parameters
    elif isinstance(parameters, Iterable):
        found = list(dict.fromkeys(parameters))
    else:
        raise OptionError(
            f"{name} of {parameters!r}",
            "it moves Values, or an array of numbers",
            instead=f"{name}(model.parameters()), or {name}(program.parameters)",
        )
    if not len(found):
        raise OptionError(
            f"{name} of no parameters", "there is nothing to train", instead=f"{name}(model.parameters())"
        )
    if isinstance(found, list):
        _check_values(found, name)
    return found


def _check_values(parameters: Sequence[object], name: str) -> None:
    wrong = [each for each in parameters if not isinstance(each, Value)]
    if wrong:
        raise OptionError(
            f"{name} of {type(wrong[0]).__name__}s such as {wrong[0]!r}",
            "it moves Values, or an array of numbers",
            instead=f"{name}(model.parameters()), or {name}(program.parameters)",
        )
    computed = next((each for each in parameters if isinstance(each, Value) and each.args), None)
    if computed is not None:
        raise OptionError(
            f"{name} of {computed!r}",
            "it is computed from others, and follows them: only leaves can be moved",
            instead=f"{name}(model.parameters())",
        )
