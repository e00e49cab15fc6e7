"""How is one step of a training made: scalar by scalar, or compiled?

Both ways give the same numbers. The eager one makes a new graph for every batch, which can be inspected; the compiled
one makes a few small graphs once, and a NumPy program from them that holds for any batch (see `tinygrad_edu.compile`).
The program runs in NumPy, or in JAX on all devices. A third way is compiled as long as that succeeds, and then
continues scalar by scalar.

Names to know: `Steps`, `EagerSteps`, `CompiledSteps`, `steps_of`. Read next: `predictor.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from tinygrad_edu.blocks import no_grad, recording
from tinygrad_edu.checks.anomaly import first_anomaly, first_not_finite
from tinygrad_edu.choices import unknown
from tinygrad_edu.compiler import BatchProgram
from tinygrad_edu.errors import MISTAKES, CompileError, DivergedError, GraphError, MissingError, OptionError
from tinygrad_edu.functions import dot
from tinygrad_edu.nn.layers import Outputs, form_of
from tinygrad_edu.nn.module import Module
from tinygrad_edu.nn.optim import Optimizer
from tinygrad_edu.nn.training.devices import OnDevices
from tinygrad_edu.nn.training.history import History
from tinygrad_edu.nn.training.objectives import Task
from tinygrad_edu.nn.training.predictor import numbers_of, warn_slow
from tinygrad_edu.nn.training.programs import (
    MOST_SAMPLES,
    Examples,
    Learner,
    Programs,
    Run,
    Seen,
    in_parts,
    on_numpy,
)
from tinygrad_edu.nn.training.samples import Floats, place_not_finite
from tinygrad_edu.show import counted, show
from tinygrad_edu.value import Value

Answer = TypeVar("Answer")
SCALAR = 'fit(..., backend="scalar")'
FIRST = 16  # samples that are computed scalar by scalar before a program is made, and compared in later epochs


class Steps(Protocol):
    """A way to make steps."""

    def train(self, batch: Examples) -> Seen:
        """Make a step; the result is from before it."""
        ...

    def evaluate(self, batch: Examples) -> Seen:
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
    return form_of(model) is not None and (task is None or task.is_known)


class EagerSteps:
    """Forward, backward, step: a graph for every batch."""

    def __init__(self, model: Module, task: Task, optimizer: Any, history: History) -> None:
        self.model, self.task, self.optimizer, self.history = model, task, optimizer, history
        self.has_moved = False  # whether a step has been made

    def train(self, batch: Examples) -> Seen:
        """Make a step, on a graph of its own."""
        seen = self.look(batch)
        self.optimizer.step()
        self.has_moved = True
        return seen

    def look(self, batch: Examples) -> Seen:
        """Put the gradients of a batch into the parameters.

        Raises:
            DivergedError: if the loss, an output or a gradient is inf or NaN, with the node where that began.
        """
        with recording():
            outputs = self.outputs(batch)
            loss = self._loss(outputs, batch)
        self.check("the loss", [loss])
        parameters = self.model.parameters()
        forget_gradients(self.optimizer, parameters)
        loss.backward()
        self.check_gradient(loss, [parameter.grad for parameter in parameters])
        return Seen(loss.data, np.array([numbers_of(output) for output in outputs]))

    def evaluate(self, batch: Examples) -> Seen:
        """Evaluate a batch, without a graph."""
        with no_grad():
            outputs = [self.model(x) for x in batch.X.tolist()]
            loss = self._loss(outputs, batch)
        return Seen(loss.data, np.array([numbers_of(output) for output in outputs]))

    def _loss(self, outputs: list[Outputs], batch: Examples) -> Value:
        loss: object = self.task.loss(outputs, batch.targets)
        if not isinstance(loss, Value):
            raise OptionError(
                f"fit(..., loss={getattr(self.task.loss, '__name__', 'your own')})",
                f"for {counted(len(outputs), 'sample')} it gives {loss!r}, which is not a Value",
                instead="a loss that is computed from the predictions, such as nn.mse_loss(predictions, targets)",
            )
        return loss

    def outputs(self, batch: Examples) -> list[Outputs]:
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
    """Programs that train on an array of parameters.

    Where a model or a loss is the user's own, it may look at its numbers, and a program does not. So its programs are
    compared with the graph: on every batch of the first epoch, and on the first few samples of every later epoch.
    """

    def __init__(
        self,
        model: Module,
        task: Task,
        optimizer: Any,
        history: History,
        data: Examples,
        on: Callable[[BatchProgram], Run] = on_numpy,
    ) -> None:
        self.optimizer, self.data, self.on = optimizer, data, on
        self.eager = EagerSteps(model, task, optimizer, history)
        leaves = model.parameters()
        self.learner = Learner(model, task, leaves, np.array([leaf.data for leaf in leaves]))
        self.leaves, self.numbers = leaves, self.learner.numbers
        self.moved: Any = None  # what the optimizer moves where it is not the array: a list that callbacks may change
        self.gradient: Floats | None = None  # the gradient of the last step
        self.is_handed_over = False  # whether the current numbers are in the model, and not in the array
        self.touched: set[Value] = set()  # the parameters that scalar by scalar a loss depended on
        self._begin()

    def _begin(self) -> None:
        """Make programs for the model as it is now."""
        self.form = form_of(self.learner.model)
        self.programs = Programs(self.learner, self.data, self.on)
        self.is_known = has_one_graph(self.learner.model, self.learner.task)
        self.first_epoch = self.eager.history.epochs
        self.compared = (self.first_epoch, 0)  # the last epoch that was compared, and on how many samples

    def train(self, batch: Examples) -> Seen:
        """Make a step.

        If something is not finite, the eager way takes over: it reports where that began, or finds that only the order
        in which the program computes was to blame.
        """
        self._take_back()
        seen, gradient = self._run(batch)
        if _are_finite(seen, gradient):
            self._compare(batch, seen.loss, gradient)
        else:
            self.hand_over()
            if len(batch.targets) <= MOST_SAMPLES or not self.learner.task.is_known:
                return self.eager.train(batch)
            seen, gradient = self._in_parts(batch)
            self._take_back()
        self._step(gradient)
        self.gradient, self.eager.has_moved = gradient, True
        return seen

    def evaluate(self, batch: Examples) -> Seen:
        """Evaluate a batch, without the gradient; if something is not finite, as in `train`."""
        self._take_back()
        seen, _ = self._run(batch)
        if math.isfinite(seen.loss):
            self._compare_loss(batch, seen.loss)
            return seen
        self.learner.write_back()
        return self.eager.evaluate(batch)

    def _run(self, batch: Examples) -> tuple[Seen, Floats]:
        if not self.programs.are_made:
            self.learner.write_back()
            self.eager.outputs(batch.chosen(slice(FIRST)))  # so that an error is about the batch itself
        try:
            return self.programs.run(batch)
        except (CompileError, MissingError):
            raise
        except MISTAKES as error:
            self._look(batch)  # which raises the same, if the batch is to blame
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> GraphError:
        """What the compiler cannot follow, in something that gives a number scalar by scalar."""
        said = ": ".join(line.removeprefix("  what is wrong:").strip() for line in str(error).splitlines()[:2])
        return GraphError(
            f"fit(..., backend=...) of {self.learner.model!r}",
            f"it cannot be compiled: {type(error).__name__}: {said}",
            origin="a program is made from the graph of all samples, in which samples and labels are Values",
            instead=SCALAR,
        )

    def _in_parts(self, batch: Examples) -> tuple[Seen, Floats]:
        """A batch whose graph would be too large: scalar by scalar only where something is not finite."""

        def run(part: Examples) -> tuple[Seen, Floats]:
            seen, slope = self._run(part) if self.is_known else self._look(part)
            return (seen, slope) if _are_finite(seen, slope) else self._look(part)

        return in_parts(batch, MOST_SAMPLES, run)

    def _look(self, batch: Examples) -> tuple[Seen, Floats]:
        """The same as `_run`, scalar by scalar."""
        self.learner.write_back()
        for leaf in self.leaves:
            leaf.zero_grad()
        seen = self.eager.look(batch)
        self.touched.update(leaf for leaf in self.leaves if leaf.has_grad)
        return seen, np.array([leaf.grad for leaf in self.leaves])

    # Comparing

    def _compare(self, batch: Examples, loss: float, gradient: Floats) -> None:
        """Compare a program with the graph, where that is due.

        Raises:
            GraphError: if the loss or the gradient is another one.
        """
        if self.is_known or not self._is_due(len(batch.targets)):
            return
        before = state_of(self.learner.model)
        self.touched.clear()
        seen, right = in_parts(batch, self.learner.most(batch), self._look)
        if state_of(self.learner.model) != before:
            raise self._differs("it changes when it is called, and compiled it is not called for every sample")
        self._check("loss", loss, seen.loss, max(1e-12, 1e-9 * abs(seen.loss)))
        bound = max(1e-12 * abs(seen.loss), 1e-12, 1e-9 * float(np.abs(right).max(initial=0.0)))
        for leaf, found, expected in zip(self.leaves, gradient.tolist(), right.tolist(), strict=True):
            self._check(f"gradient of {leaf.label or 'a parameter'}", found, expected, bound)
        self._check("number of parameters with a gradient", len(self.programs.reached), len(self.touched), 0.0)

    def _compare_loss(self, batch: Examples, loss: float) -> None:
        """The same for samples that are evaluated alone, in the first epoch."""
        if not self.is_known and self.eager.history.epochs <= self.first_epoch + 1:
            self.learner.write_back()
            right = self.eager.evaluate(batch).loss
            self._check("loss", loss, right, max(1e-12, 1e-9 * abs(right)))

    def _check(self, what: str, found: float, right: float, bound: float) -> None:
        if not abs(found - right) <= bound:
            raise self._differs(
                "its graph depends on the numbers of the samples, or changes from one call to the next: compiled it "
                f"gives the {what} {show(found)}, but should give {show(right)}"
            )

    def _differs(self, wrong: str) -> GraphError:
        return GraphError(f"fit(..., backend=...) of {self.learner.model!r}", wrong, instead=SCALAR)

    def _is_due(self, samples: int) -> bool:
        """Whether a batch of so many samples is to be compared."""
        epoch, done = self.compared
        now = self.eager.history.epochs
        done = done if now == epoch else 0
        self.compared = (now, done + samples)
        return now == self.first_epoch or done < FIRST

    def hand_over(self) -> None:
        """Leave model and optimizer as the eager way does after a step: parameters, gradients, and Values to move."""
        moves_numbers = getattr(self.optimizer, "parameters", None) is self.numbers
        if not self.is_handed_over:
            if moves_numbers:
                self._write_gradient()
            self.learner.write_back()
            self.is_handed_over = True
        if moves_numbers:
            self.optimizer.parameters = self.moved

    def close(self) -> None:
        """The same for the last time, and without the gradients."""
        self.hand_over()
        self.eager.close()

    def _take_back(self) -> None:
        """Read what callbacks have changed: the parameters, and perhaps the structure of the model."""
        if self.is_handed_over:
            self.numbers[:] = [leaf.data for leaf in self.leaves]
            self.is_handed_over = False
            if form_of(self.learner.model) != self.form:
                self._begin()

    def _write_gradient(self) -> None:
        if self.gradient is not None:
            for leaf, slope in zip(self.leaves, self.gradient.tolist(), strict=True):
                leaf.grad = slope

    # A step

    def _step(self, gradient: Floats) -> None:
        if self._moves_all() and self.optimizer.parameters is not self.numbers:
            self.moved, self.optimizer.parameters = self.optimizer.parameters, self.numbers
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
    """Compiled steps, as long as the compiler gives right programs; then eager ones, with a warning.

    Where a callback has put code of its own into the model, they are eager from then on, without one.
    """

    def __init__(self, model: Module, task: Task, optimizer: Any, history: History, data: Examples) -> None:
        self.model = model
        self.steps: CompiledSteps | EagerSteps = CompiledSteps(model, task, optimizer, history, data)

    def train(self, batch: Examples) -> Seen:
        """Make a step."""
        return self._tried(lambda steps: steps.train(batch))

    def evaluate(self, batch: Examples) -> Seen:
        """Evaluate a batch, without a step."""
        return self._tried(lambda steps: steps.evaluate(batch))

    def _tried(self, ask: Callable[[Steps], Answer]) -> Answer:
        """A result of the compiled way, or of the eager one: compiling comes before anything is moved."""
        if isinstance(self.steps, EagerSteps):
            return ask(self.steps)
        if self.steps.is_handed_over and not has_one_graph(self.model):
            return ask(self._eager(self.steps))
        try:
            return ask(self.steps)
        except (CompileError, GraphError) as error:
            warn_slow("fit continues scalar by scalar", error)
            return ask(self._eager(self.steps))

    def _eager(self, steps: CompiledSteps) -> EagerSteps:
        """The eager way, from here on."""
        steps.hand_over()
        self.steps = steps.eager
        return self.steps

    def hand_over(self) -> None:
        """For callbacks."""
        self.steps.hand_over()

    def close(self) -> None:
        """For the last time."""
        self.steps.close()


def _eager_steps(model: Module, task: Task, optimizer: Any, history: History, _: Examples) -> Steps:
    return EagerSteps(model, task, optimizer, history)


BACKENDS: dict[str, Callable[[Module, Task, Any, History, Examples], Steps]] = {
    "numpy":  CompiledSteps,
    "jax":    partial(CompiledSteps, on=OnDevices),
    "scalar": _eager_steps,
}  # fmt: skip


def steps_of(model: Module, task: Task, optimizer: Any, history: History, data: Examples, backend: str | None) -> Steps:
    """The steps of a backend; by default compiled if the graph is known to stay the same, else scalar by scalar.

    Raises:
        OptionError: if there is no such backend.
    """
    if backend is not None and backend not in BACKENDS:
        raise unknown("backend", backend, list(BACKENDS))
    by_default = TriedSteps if has_one_graph(model, task) else _eager_steps
    make = by_default if backend is None else BACKENDS[backend]
    return make(model, task, optimizer, history, data)


def state_of(model: object) -> list[object]:
    """The numbers and texts that are attributes of a model and of its parts, but for its parameters."""
    found: list[object] = []
    left, seen = [model], {0}
    while left:
        thing = left.pop()
        if isinstance(thing, int | float | str):
            found.append(thing)
        elif not isinstance(thing, Value) and id(thing) not in seen:
            seen.add(id(thing))
            left.extend(_parts(thing))
    return found


def _parts(thing: object) -> Iterable[object]:
    if isinstance(thing, list | tuple):
        return thing
    if isinstance(thing, np.ndarray):
        return thing.ravel().tolist()
    return thing.values() if isinstance(thing, dict) else getattr(thing, "__dict__", {}).values()


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
