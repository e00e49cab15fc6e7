"""How is one step of a training made: scalar by scalar, or compiled?

Both ways give the same numbers. The eager one makes a new graph for every batch, which can be inspected; the compiled
one makes a few small graphs once, and a NumPy program from them that holds for any batch (see `tinygrad_edu.compile`).
The program runs in NumPy, or in JAX on all devices. A third way is compiled as long as that succeeds, and then
continues scalar by scalar.

Names to know: `Steps`, `EagerSteps`, `CompiledSteps`, `steps_of`. Read next: `predictor.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from tinygrad_edu.blocks import no_grad, recording
from tinygrad_edu.checks.anomaly import first_anomaly, first_not_finite
from tinygrad_edu.choices import unknown
from tinygrad_edu.compiler import BatchProgram
from tinygrad_edu.errors import CompileError, DivergedError
from tinygrad_edu.functions import dot
from tinygrad_edu.nn.layers import MLP, Layer, Neuron, Outputs
from tinygrad_edu.nn.module import Module
from tinygrad_edu.nn.optim import Optimizer
from tinygrad_edu.nn.training.devices import OnDevices
from tinygrad_edu.nn.training.history import History
from tinygrad_edu.nn.training.objectives import Task
from tinygrad_edu.nn.training.predictor import numbers_of, warn_slow
from tinygrad_edu.nn.training.programs import MOST_SAMPLES, Batch, Learner, Programs, Run, Seen, on_numpy
from tinygrad_edu.nn.training.samples import Floats, place_not_finite
from tinygrad_edu.show import show
from tinygrad_edu.value import Value

Answer = TypeVar("Answer")
FIRST = 16  # samples that are computed scalar by scalar before a program is made


class Steps(Protocol):
    """A way to make steps."""

    def train(self, batch: Batch) -> Seen:
        """Make a step; the result is from before it."""
        ...

    def evaluate(self, batch: Batch) -> Seen:
        """Evaluate a batch, without a step."""
        ...

    def hand_over(self) -> None:
        """Bring model and optimizer up to date for callbacks: what these change holds from then on."""
        ...

    def close(self) -> None:
        """The same for the last time, and without the gradients of the last step."""
        ...


def has_one_graph(model: Module, task: Task | None = None) -> bool:
    """Whether it is known that the graph of a batch depends on its size alone, and never on its numbers."""
    return type(model) in (MLP, Layer, Neuron) and (task is None or task.is_known)


class EagerSteps:
    """Forward, backward, step: a graph for every batch."""

    def __init__(self, model: Module, task: Task, optimizer: Any, history: History) -> None:
        self.model, self.task, self.optimizer, self.history = model, task, optimizer, history
        self.has_moved = False  # whether a step has been made

    def train(self, batch: Batch) -> Seen:
        """Make a step, on a graph of its own."""
        seen = self.look(batch)
        self.optimizer.step()
        self.has_moved = True
        return seen

    def look(self, batch: Batch) -> Seen:
        """Put the gradients of a batch into the parameters.

        Raises:
            DivergedError: if the loss, an output or a gradient is inf or NaN, with the node where that began.
        """
        with recording():
            outputs = self.outputs(batch)
            loss = self.task.loss(outputs, batch.targets)
        self.check("the loss", [loss])
        parameters = self.model.parameters()
        forget_gradients(self.optimizer, parameters)
        loss.backward()
        self.check_gradient(loss, [parameter.grad for parameter in parameters])
        return Seen(loss.data, np.array([numbers_of(output) for output in outputs]))

    def evaluate(self, batch: Batch) -> Seen:
        """Evaluate a batch, without a graph."""
        with no_grad():
            outputs = [self.model(x) for x in batch.X.tolist()]
            loss = self.task.loss(outputs, batch.targets)
        return Seen(loss.data, np.array([numbers_of(output) for output in outputs]))

    def outputs(self, batch: Batch) -> list[Outputs]:
        """The outputs of the model for a batch."""
        outputs = [self.model(x) for x in batch.X.tolist()]
        self.check("an output of the model", [value for output in outputs for value in _listed(output)])
        return outputs

    def check(self, what: str, values: list[Value]) -> None:
        """Check that all of them are finite.

        Raises:
            DivergedError: with the first node that is not.
        """
        broken = first_not_finite(values)
        if broken is not None:
            raise self.diverged(f"{what} is {show(broken.data)}", broken)

    def check_gradient(self, loss: Value, gradient: ArrayLike) -> None:
        """The same for a gradient."""
        numbers = np.asarray(gradient)
        place = place_not_finite(numbers)
        if place is not None:
            raise self.diverged(f"a gradient is {show(float(numbers[place]))}", loss)

    def diverged(self, what: str, value: Value) -> DivergedError:
        """The error, with the node that it came from."""
        asked, origin = f"{what} in epoch {self.history.epochs + 1}", first_anomaly(value)
        if not self.has_moved:
            wrong = "no step has been made yet: a sample, a label or a parameter is too large"
            return DivergedError(asked, wrong, origin=origin, instead="X = nn.Standardizer.of(X)(X), before fit")
        wrong = "the steps were too large, and the parameters have grown without bound"
        lr = getattr(self.optimizer, "lr", None)
        slower = "a smaller learning rate" + ("" if lr is None else f" than {show(lr)}")
        return DivergedError(asked, wrong, origin=origin, instead=slower)

    def hand_over(self) -> None:
        """Nothing to do: it trains on the model itself."""

    def close(self) -> None:
        """Reset the gradients, so that the caller's next sweep does not add to them."""
        for parameter in self.model.parameters():
            parameter.zero_grad()


class CompiledSteps:
    """Programs that train on an array of parameters."""

    def __init__(
        self,
        model: Module,
        task: Task,
        optimizer: Any,
        history: History,
        on: Callable[[BatchProgram], Run] = on_numpy,
    ) -> None:
        self.optimizer = optimizer
        self.eager = EagerSteps(model, task, optimizer, history)
        leaves = model.parameters()
        self.learner = Learner(model, task, leaves, np.array([leaf.data for leaf in leaves]))
        self.leaves, self.numbers = leaves, self.learner.numbers
        right = None if has_one_graph(model, task) else self._right
        self.programs = Programs(self.learner, right, on)
        self.gradient: Floats | None = None  # the gradient of the last step
        self.is_handed_over = False  # whether the current numbers are in the model, and not in the array

    def train(self, batch: Batch) -> Seen:
        """Make a step.

        If something is not finite, the eager way takes over: it reports where that began, or finds that only the order
        in which the program computes was to blame.
        """
        self._take_back()
        seen, gradient = self._run(batch)
        if not _are_finite(seen, gradient):
            self.hand_over()
            if len(batch.targets) <= MOST_SAMPLES or not self.learner.task.is_known:
                return self.eager.train(batch)
            seen, gradient = self._in_parts(batch)
            self._take_back()
        self._step(gradient)
        self.gradient, self.eager.has_moved = gradient, True
        return seen

    def evaluate(self, batch: Batch) -> Seen:
        """Evaluate a batch, without the gradient; if something is not finite, as in `train`."""
        self._take_back()
        seen, _ = self._run(batch)
        if math.isfinite(seen.loss):
            return seen
        self.learner.write_back()
        return self.eager.evaluate(batch)

    def _run(self, batch: Batch) -> tuple[Seen, Floats]:
        if not self.programs.are_made:
            self.learner.write_back()
            self.eager.outputs(batch.chosen(slice(FIRST)))  # so that an error is about the batch itself
        return self.programs.run(batch)

    def _in_parts(self, batch: Batch) -> tuple[Seen, Floats]:
        """A batch whose graph would be too large: scalar by scalar only where something is not finite."""
        total, gradient, outputs = 0.0, np.zeros(len(self.numbers)), []
        for part in batch.parts(MOST_SAMPLES):
            seen, slope = self._run(part)
            if not _are_finite(seen, slope):
                seen = self.eager.look(part)
                slope = np.array([leaf.grad for leaf in self.leaves])
            share = len(part.targets) / len(batch.targets)
            total += share * seen.loss
            gradient += share * slope
            outputs.append(seen.outputs)
        return Seen(total, np.concatenate(outputs)), gradient

    def _right(self, batch: Batch) -> float:
        return self.eager.evaluate(batch).loss

    def hand_over(self) -> None:
        """Leave model and optimizer as the eager way does after a step: parameters, gradients, and Values to move."""
        moves_numbers = getattr(self.optimizer, "parameters", None) is self.numbers
        if not self.is_handed_over:
            if moves_numbers:
                self._write_gradient()
            self.learner.write_back()
            self.is_handed_over = True
        if moves_numbers:
            self.optimizer.parameters = self.leaves

    def close(self) -> None:
        """The same for the last time, and without the gradients."""
        self.hand_over()
        self.eager.close()

    def _take_back(self) -> None:
        """Read what callbacks have changed: the parameters, and in a model of the user's own perhaps the graph."""
        if self.is_handed_over:
            self.numbers[:] = [leaf.data for leaf in self.leaves]
            self.programs.forget_samples()
            self.is_handed_over = False

    def _write_gradient(self) -> None:
        if self.gradient is not None:
            for leaf, slope in zip(self.leaves, self.gradient.tolist(), strict=True):
                leaf.grad = slope

    # A step

    def _step(self, gradient: Floats) -> None:
        if self._moves_all() and self.optimizer.parameters is not self.numbers:
            self.optimizer.parameters = self.numbers
        if getattr(self.optimizer, "parameters", None) is self.numbers:
            self.optimizer.step(gradient)
        else:
            self._step_of_values(gradient)

    def _moves_all(self) -> bool:
        """Whether the optimizer moves exactly the parameters of the model, all of which have a gradient."""
        if not _is_ours(self.optimizer) or not isinstance(self.optimizer.parameters, list):
            return False
        return self.optimizer.parameters == self.leaves and len(self.programs.reached) == len(self.leaves)

    def _step_of_values(self, gradient: Floats) -> None:
        """A step of any optimizer, through the Values."""
        self.learner.write_back()
        forget_gradients(self.optimizer, self.leaves)
        pairs = [
            (leaf, slope)
            for leaf, slope in zip(self.leaves, gradient.tolist(), strict=True)
            if leaf in self.programs.reached
        ]
        with recording():
            total = dot(*zip(*pairs, strict=True))
        total.backward()  # the gradient of Σ leaf · slope is the slope
        self.optimizer.step()
        self.numbers[:] = [leaf.data for leaf in self.leaves]


class TriedSteps:
    """Compiled steps, as long as the compiler gives right programs; then eager ones, with a warning."""

    def __init__(self, model: Module, task: Task, optimizer: Any, history: History) -> None:
        self.steps: CompiledSteps | EagerSteps = CompiledSteps(model, task, optimizer, history)

    def train(self, batch: Batch) -> Seen:
        """Make a step."""
        return self._tried(lambda steps: steps.train(batch))

    def evaluate(self, batch: Batch) -> Seen:
        """Evaluate a batch, without a step."""
        return self._tried(lambda steps: steps.evaluate(batch))

    def _tried(self, ask: Callable[[Steps], Answer]) -> Answer:
        """A result of the compiled way, or of the eager one: compiling comes before anything is moved."""
        try:
            return ask(self.steps)
        except CompileError as error:
            if isinstance(self.steps, EagerSteps):
                raise
            warn_slow("fit continues scalar by scalar", error)
            self.steps.hand_over()
            self.steps = self.steps.eager
            return ask(self.steps)

    def hand_over(self) -> None:
        """For callbacks."""
        self.steps.hand_over()

    def close(self) -> None:
        """For the last time."""
        self.steps.close()


BACKENDS: dict[str, Callable[[Module, Task, Any, History], Steps]] = {
    "numpy":  CompiledSteps,
    "jax":    partial(CompiledSteps, on=OnDevices),
    "scalar": EagerSteps,
}  # fmt: skip


def steps_of(model: Module, task: Task, optimizer: Any, history: History, backend: str | None) -> Steps:
    """The steps of a backend; by default compiled if the graph is known to stay the same, else scalar by scalar.

    Raises:
        OptionError: if there is no such backend.
    """
    if backend is None:
        return (TriedSteps if has_one_graph(model, task) else EagerSteps)(model, task, optimizer, history)
    if backend not in BACKENDS:
        raise unknown("backend", backend, list(BACKENDS))
    return BACKENDS[backend](model, task, optimizer, history)


def forget_gradients(optimizer: Any, parameters: list[Value]) -> None:
    """Reset all gradients, also of parameters that the optimizer does not move, which would add up for ever."""
    optimizer.zero_grad()
    if isinstance(optimizer, Optimizer) and isinstance(optimizer.parameters, list):
        if optimizer.parameters == parameters:
            return
        moved = set(optimizer.parameters)
        for parameter in parameters:
            if parameter not in moved:
                parameter.zero_grad()


def _is_ours(optimizer: object) -> bool:
    """Whether it steps as `Optimizer` does, which takes an array: a subclass may do more at each step."""
    return isinstance(optimizer, Optimizer) and all(
        getattr(optimizer, name).__func__ is getattr(Optimizer, name) for name in ("step", "zero_grad")
    )


def _are_finite(seen: Seen, gradient: Floats) -> bool:
    return seen.is_finite and bool(np.isfinite(gradient).all())


def _listed(outputs: Outputs) -> list[Value]:
    return [outputs] if isinstance(outputs, Value) else list(outputs)
