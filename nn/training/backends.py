"""How is one step of a training made: scalar by scalar, or compiled?

Both ways give the same numbers. The eager one makes a new graph for every batch, which can be inspected; the compiled
one makes a graph once, for batches of one size, and a NumPy program from it (see `tinygrad_edu.compile`). A third one
is compiled as long as that succeeds, and then continues scalar by scalar.

Names to know: `Batch`, `EagerSteps`, `CompiledSteps`, `steps_of`. Read next: `predictor.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from tinygrad_edu.blocks import no_grad, recording
from tinygrad_edu.checks.anomaly import first_anomaly, first_not_finite
from tinygrad_edu.compiler import Program
from tinygrad_edu.errors import CompileError, DivergedError, GraphError
from tinygrad_edu.functions import dot
from tinygrad_edu.nn.layers import MLP, Layer, Neuron, Outputs
from tinygrad_edu.nn.module import Module
from tinygrad_edu.nn.optim import Optimizer
from tinygrad_edu.nn.training.history import History
from tinygrad_edu.nn.training.objectives import Task
from tinygrad_edu.nn.training.predictor import compiled, numbers_of, warn_slow
from tinygrad_edu.nn.training.samples import Floats, place_not_finite
from tinygrad_edu.show import show
from tinygrad_edu.value import Value

Answer = TypeVar("Answer")
MOST_SAMPLES = 256  # in one compiled program; for larger batches the gradients of several parts are added up


class Batch(NamedTuple):
    """Samples, and what the loss compares the outputs with.

    Attributes:
        X: of shape (samples, inputs).
        targets: one for each sample.
    """

    X: Floats
    targets: list[Any]

    def parts(self, size: int) -> Iterator[Batch]:
        """The batch in parts of a size, the last one smaller."""
        for start in range(0, len(self.targets), size):
            yield self.chosen(slice(start, start + size))

    def chosen(self, which: slice) -> Batch:
        """A part of the batch."""
        return Batch(self.X[which], self.targets[which])


class Seen(NamedTuple):
    """What a step saw: the mean loss, and the output for each sample."""

    loss: float
    outputs: Floats


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
        with recording():
            outputs = self.outputs(batch)
            loss = self.task.loss(outputs, batch.targets)
        self.check("the loss", [loss])
        parameters = self.model.parameters()
        forget_gradients(self.optimizer, parameters)
        loss.backward()
        self.check_gradient(loss, [parameter.grad for parameter in parameters])
        self.optimizer.step()
        self.has_moved = True
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
    """One program for each size of batch; all train on the same array of parameters."""

    def __init__(self, model: Module, task: Task, optimizer: Any, history: History) -> None:
        self.model, self.task, self.optimizer = model, task, optimizer
        self.eager = EagerSteps(model, task, optimizer, history)
        self.leaves = model.parameters()
        self.numbers = np.array([leaf.data for leaf in self.leaves])
        self.gradient: Floats | None = None  # the gradient of the last step
        self.is_handed_over = False  # whether the current numbers are in the model, and not in the array
        self.programs: dict[int, Program] = {}
        self.first: dict[int, Floats] = {}  # the samples a program was made from, until it was tried on others
        self.reached: set[Value] = set()  # the parameters that the loss depends on

    def train(self, batch: Batch) -> Seen:
        """Make a step, with the gradient of the mean over all parts of the batch.

        If something is not finite, the eager way takes over: it reports where that began, or finds that only the order
        in which the program computes was to blame.
        """
        self._take_back()
        seen, gradient = self._run(batch, MOST_SAMPLES)
        if not all(np.isfinite(numbers).all() for numbers in (seen.loss, seen.outputs, gradient)):
            self.hand_over()
            return self.eager.train(batch)
        self._step(gradient)
        self.gradient, self.eager.has_moved = gradient, True
        return seen

    def evaluate(self, batch: Batch) -> Seen:
        """Evaluate a batch, without the gradient; if something is not finite, as in `train`."""
        self._take_back()
        seen, _ = self._run(batch, max(self.programs, default=MOST_SAMPLES))
        if math.isfinite(seen.loss):
            return seen
        self._write_back()
        return self.eager.evaluate(batch)

    def hand_over(self) -> None:
        """Leave model and optimizer as the eager way does after a step: parameters, gradients, and Values to move."""
        moves_numbers = getattr(self.optimizer, "parameters", None) is self.numbers
        if not self.is_handed_over:
            if moves_numbers:
                self._write_gradient()
            self._write_back()
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
            if not has_one_graph(self.model, self.task):
                self.first = dict.fromkeys(self.programs, np.zeros(0))
            self.is_handed_over = False

    def _write_back(self) -> None:
        for leaf, number in zip(self.leaves, self.numbers.tolist(), strict=True):
            leaf.data = number

    def _write_gradient(self) -> None:
        if self.gradient is not None:
            for leaf, slope in zip(self.leaves, self.gradient.tolist(), strict=True):
                leaf.grad = slope

    # A batch

    def _run(self, batch: Batch, most: int) -> tuple[Seen, Floats]:
        """The loss, the outputs and the gradient of a batch, in parts that are not too large to compile."""
        total, gradient, outputs = 0.0, np.zeros(len(self.numbers)), []
        for part in batch.parts(most if self.task.is_known else len(batch.targets)):
            share = len(part.targets) / len(batch.targets)
            program = self.programs.get(len(part.targets)) or self._compile(part)
            loss, slope = self._call(program, part)
            total += share * loss
            gradient += share * slope
            outputs.append(program.outputs)
        return Seen(total, np.concatenate(outputs)), gradient

    def _call(self, program: Program, part: Batch) -> tuple[float, Floats]:
        width = dict(enumerate(program.outputs.shape)).get(1, 0)
        inputs = np.concatenate([part.X.ravel(), self.task.numbers(part.targets, width).ravel()])
        program.parameters = self.numbers
        loss, gradient = program(inputs)
        first = self.first.get(len(part.targets))
        if first is not None and not np.array_equal(inputs, first):
            del self.first[len(part.targets)]
            self._check_graph(part, loss)
        return loss, gradient

    def _compile(self, part: Batch) -> Program:
        self._write_back()
        with recording():
            xs = [[Value(number) for number in row] for row in part.X.tolist()]
            self.eager.outputs(part)  # so that an error is about the batch itself
            outputs = [self.model(x) for x in xs]
            width = len(outputs[0]) if isinstance(outputs[0], list) else 0
            numbers = self.task.numbers(part.targets, width)
            targets = _leaves(numbers.tolist())
            loss = self.task.loss(outputs, targets)
            program = compiled(loss, wrt=self.leaves, inputs=[xs, targets], outputs=outputs)
        self.programs[len(part.targets)] = program
        self.reached.update(leaf for leaf in self.leaves if leaf in program.graph.index)
        if not has_one_graph(self.model, self.task):
            self.first[len(part.targets)] = np.concatenate([part.X.ravel(), numbers.ravel()])
        return program

    def _check_graph(self, part: Batch, loss: float) -> None:
        """Check the program on other samples: a model that looks at its numbers has another graph for them."""
        self._write_back()
        right = self.eager.evaluate(part).loss
        if not math.isclose(loss, right, rel_tol=1e-9, abs_tol=1e-12):
            raise GraphError(
                f"fit(..., compiled=True) of {self.model!r}",
                "its graph depends on the numbers of the samples: compiled for one batch it gives "
                f"the loss {show(loss)} for another one, but should give {show(right)}",
                instead="fit(..., compiled=False)",
            )

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
        return self.optimizer.parameters == self.leaves and len(self.reached) == len(self.leaves)

    def _step_of_values(self, gradient: Floats) -> None:
        """A step of any optimizer, through the Values."""
        self._write_back()
        forget_gradients(self.optimizer, self.leaves)
        pairs = [
            (leaf, slope) for leaf, slope in zip(self.leaves, gradient.tolist(), strict=True) if leaf in self.reached
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


def steps_of(model: Module, task: Task, optimizer: Any, history: History, way: bool | None) -> Steps:
    """Compiled or eager steps, as asked for; by default compiled if the graph is known to stay the same."""
    if way is None:
        return (TriedSteps if has_one_graph(model, task) else EagerSteps)(model, task, optimizer, history)
    return (CompiledSteps if way else EagerSteps)(model, task, optimizer, history)


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


def _leaves(numbers: Any) -> Any:
    return [_leaves(each) for each in numbers] if isinstance(numbers, list) else Value(numbers)


def _listed(outputs: Outputs) -> list[Value]:
    return [outputs] if isinstance(outputs, Value) else list(outputs)
