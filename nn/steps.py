"""How is one step of a training made: scalar by scalar, or compiled?

Both ways give the same numbers. The eager one makes a new graph for every batch, which can be looked at; the compiled
one makes a graph once, for batches of one size, and a NumPy program of it (see `tinygrad_edu.compile`).

Names to know: `Batch`, `EagerSteps`, `CompiledSteps`. Read next: `train.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

import tinygrad_edu
from tinygrad_edu.anomaly import first_anomaly
from tinygrad_edu.compiler import Program
from tinygrad_edu.errors import DivergedError, GraphError
from tinygrad_edu.functions import dot
from tinygrad_edu.nn.history import History
from tinygrad_edu.nn.layers import MLP, Layer, Neuron, Outputs
from tinygrad_edu.nn.module import Module
from tinygrad_edu.nn.optim import Optimizer
from tinygrad_edu.nn.predictor import numbers_of
from tinygrad_edu.nn.tasks import Task
from tinygrad_edu.show import show
from tinygrad_edu.value import Value, no_grad

Floats = NDArray[np.float64]
MOST_SAMPLES = 256  # in one compiled program; of larger batches the gradients of several parts are added up


class Batch(NamedTuple):
    """Samples, and what the loss compares the outputs with.

    Attributes:
        X: of shape (samples, inputs).
        targets: one for each sample.
    """

    X: Floats
    targets: list[Any]

    def parts(self, size: int) -> Iterator[Batch]:
        """The same in parts of a size, the last one smaller."""
        for start in range(0, len(self.targets), size):
            yield self.chosen(slice(start, start + size))

    def chosen(self, which: slice) -> Batch:
        """Some of it."""
        return Batch(self.X[which], self.targets[which])


class Seen(NamedTuple):
    """What a step saw: the mean loss, and the output for each sample."""

    loss: float
    outputs: Floats


class Steps(Protocol):
    """A way to make steps."""

    def train(self, batch: Batch) -> Seen:
        """Make a step; what is told is from before it."""
        ...

    def evaluate(self, batch: Batch) -> Seen:
        """Look, and make no step."""
        ...

    def write_back(self) -> None:
        """Let the model have the parameters as they are now."""
        ...

    def close(self) -> None:
        """The same for the last time; everything else is again as it was."""
        ...


def has_one_graph(model: Module, task: Task | None = None) -> bool:
    """Whether it is known that the graph of a batch depends on its size alone, and never on its numbers."""
    return type(model) in (MLP, Layer, Neuron) and (task is None or task.is_known)


class EagerSteps:
    """Forward, backward, step: a graph for every batch."""

    def __init__(self, model: Module, task: Task, optimizer: Any, history: History) -> None:
        self.model, self.task, self.optimizer, self.history = model, task, optimizer, history

    def train(self, batch: Batch) -> Seen:
        """Make a step."""
        outputs = self.outputs(batch)
        loss = self.task.loss(outputs, batch.targets)
        self.check("the loss", [loss])
        self.optimizer.zero_grad()
        loss.backward()
        self.check_gradient(loss, [parameter.grad for parameter in self.model.parameters()])
        self.optimizer.step()
        return Seen(loss.data, np.array([numbers_of(output) for output in outputs]))

    def evaluate(self, batch: Batch) -> Seen:
        """Look, without a graph."""
        with no_grad():
            outputs = [self.model(x) for x in batch.X.tolist()]
            loss = self.task.loss(outputs, batch.targets)
        return Seen(loss.data, np.array([numbers_of(output) for output in outputs]))

    def outputs(self, batch: Batch) -> list[Outputs]:
        """What the model says of a batch."""
        outputs = [self.model(x) for x in batch.X.tolist()]
        self.check("an output of the model", [value for output in outputs for value in _listed(output)])
        return outputs

    def check(self, what: str, values: list[Value]) -> None:
        """Say where it came from, if one of them is no number.

        Raises:
            DivergedError: with the node that was the first.
        """
        for value in values:
            if not math.isfinite(value.data):
                raise self.diverged(f"{what} is {show(value.data)}", value)

    def check_gradient(self, loss: Value, gradient: ArrayLike) -> None:
        """The same for a gradient."""
        numbers = np.asarray(gradient)
        if not np.isfinite(numbers).all():
            raise self.diverged(f"a gradient is {show(float(numbers[~np.isfinite(numbers)][0]))}", loss)

    def diverged(self, what: str, value: Value) -> DivergedError:
        """The error, with the node where it began."""
        return DivergedError(
            f"{what} in epoch {self.history.epochs + 1}",
            "the steps were too large, and the parameters have grown beyond all numbers",
            origin=first_anomaly(value),
            instead=f"a smaller learning rate than {show(self.optimizer.lr)}",
        )

    def write_back(self) -> None:
        """Nothing to do: it trains on the model itself."""

    def close(self) -> None:
        """Nothing to do."""


class CompiledSteps:
    """One program for each size of batch; all train on the same array of parameters."""

    def __init__(self, model: Module, task: Task, optimizer: Any, history: History) -> None:
        self.model, self.task, self.optimizer = model, task, optimizer
        self.eager = EagerSteps(model, task, optimizer, history)
        self.leaves = model.parameters()
        self.numbers = np.array([leaf.data for leaf in self.leaves])
        self.programs: dict[int, Program] = {}
        self.first: dict[int, Floats] = {}  # what a program was made of, until it was tried on something else
        self.reached: set[Value] = set()  # the parameters that the loss depends on

    def train(self, batch: Batch) -> Seen:
        """Make a step, with the gradient of the mean over all parts of the batch."""
        seen, gradient = self._run(batch, MOST_SAMPLES)
        if not all(np.isfinite(numbers).all() for numbers in (seen.loss, seen.outputs, gradient)):
            self._explain(batch, gradient)
        self._step(gradient)
        return seen

    def evaluate(self, batch: Batch) -> Seen:
        """Look, and leave the gradient."""
        return self._run(batch, max(self.programs, default=MOST_SAMPLES))[0]

    def write_back(self) -> None:
        """Put the parameters into the model."""
        for leaf, number in zip(self.leaves, self.numbers.tolist(), strict=True):
            leaf.data = number

    def close(self) -> None:
        """Put them there for the last time, and let the optimizer move Values again."""
        self.write_back()
        if getattr(self.optimizer, "parameters", None) is self.numbers:
            self.optimizer.parameters = self.leaves

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
        self.write_back()
        xs = [[Value(number) for number in row] for row in part.X.tolist()]
        self.eager.outputs(part)  # what is wrong with a batch is said of the batch itself
        outputs = [self.model(x) for x in xs]
        width = len(outputs[0]) if isinstance(outputs[0], list) else 0
        numbers = self.task.numbers(part.targets, width)
        targets = _leaves(numbers.tolist())
        loss = self.task.loss(outputs, targets)
        program: Program = tinygrad_edu.compile(loss, wrt=self.leaves, inputs=[xs, targets], outputs=outputs)
        self.programs[len(part.targets)] = program
        self.reached.update(leaf for leaf in self.leaves if leaf in program.graph.index)
        if not has_one_graph(self.model, self.task):
            self.first[len(part.targets)] = np.concatenate([part.X.ravel(), numbers.ravel()])
        return program

    def _check_graph(self, part: Batch, loss: float) -> None:
        """A model that decides by looking at numbers has another graph for other samples."""
        self.write_back()
        right = self.eager.evaluate(part).loss
        if not math.isclose(loss, right, rel_tol=1e-9, abs_tol=1e-12):
            raise GraphError(
                f"fit(..., compiled=True) of {self.model!r}",
                "its graph depends on the numbers of the samples: compiled for one batch it gives "
                f"the loss {show(loss)} for another one, and should give {show(right)}",
                instead="fit(..., compiled=False)",
            )

    def _explain(self, batch: Batch, gradient: Floats) -> None:
        self.write_back()
        loss = self.task.loss(self.eager.outputs(batch), batch.targets)
        self.eager.check("the loss", [loss])
        self.eager.check_gradient(loss, gradient)

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
        is_ours = isinstance(self.optimizer, Optimizer) and isinstance(self.optimizer.parameters, list)
        return is_ours and self.optimizer.parameters == self.leaves and len(self.reached) == len(self.leaves)

    def _step_of_values(self, gradient: Floats) -> None:
        """A step of any optimizer, through the Values."""
        self.write_back()
        self.optimizer.zero_grad()
        pairs = [
            (leaf, slope) for leaf, slope in zip(self.leaves, gradient.tolist(), strict=True) if leaf in self.reached
        ]
        dot(*zip(*pairs, strict=True)).backward()  # the gradient of Σ leaf · slope is the slope
        self.optimizer.step()
        self.numbers[:] = [leaf.data for leaf in self.leaves]


def _leaves(numbers: Any) -> Any:
    return [_leaves(each) for each in numbers] if isinstance(numbers, list) else Value(numbers)


def _listed(outputs: Outputs) -> list[Value]:
    return [outputs] if isinstance(outputs, Value) else list(outputs)
