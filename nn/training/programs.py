"""Which compiled program computes a batch?

One program for batches of any size, traced at a few samples. A model or a loss that is not the same for any number of
samples (a loss over pairs of them, say) gets a program for each size of batch instead.

Names to know: `Programs`, `Examples`, `Seen`. Read next: `devices.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import tinygrad_edu
from tinygrad_edu.blocks import no_grad, recording
from tinygrad_edu.compiler import BatchProgram, Program
from tinygrad_edu.errors import MISTAKES, GraphError
from tinygrad_edu.graph import Graph
from tinygrad_edu.nn.layers import Outputs
from tinygrad_edu.nn.losses import cross_entropy
from tinygrad_edu.nn.module import Module
from tinygrad_edu.nn.training.objectives import Task
from tinygrad_edu.nn.training.predictor import compiled
from tinygrad_edu.nn.training.samples import Floats
from tinygrad_edu.value import Value

MOST_SAMPLES = 256  # in a program of one size, and in a look at single samples: larger batches are done in parts


class Examples(NamedTuple):
    """Samples, and what the loss compares the outputs with.

    Attributes:
        X: of shape (samples, inputs).
        targets: one for each sample.
    """

    X: Floats
    targets: list[Any]

    def parts(self, size: int) -> Iterator[Examples]:
        """The batch in parts of a size, the last one smaller."""
        for start in range(0, len(self.targets), size):
            yield self.chosen(slice(start, start + size))

    def chosen(self, which: slice) -> Examples:
        """A part of the batch."""
        return Examples(self.X[which], self.targets[which])


class Seen(NamedTuple):
    """What a step saw: the mean loss, and the output for each sample."""

    loss: float
    outputs: Floats

    @property
    def is_finite(self) -> bool:
        """Whether no number is infinite or NaN."""
        return math.isfinite(self.loss) and bool(np.isfinite(self.outputs).all())


class Learner(NamedTuple):
    """What is trained: a model, on a task; the numbers of its parameters stand in an array."""

    model: Module
    task: Task
    leaves: list[Value]
    numbers: Floats

    def write_back(self) -> None:
        """Put the numbers into the model."""
        for leaf, number in zip(self.leaves, self.numbers.tolist(), strict=True):
            leaf.data = number

    def loss(self, xs: list[Any], targets: list[Any]) -> tuple[Value, list[Outputs]]:
        """The loss of samples, and their outputs."""
        outputs = [self.model(x) for x in xs]
        return self.task.loss(outputs, targets), outputs

    def most(self, batch: Examples) -> int:
        """How many samples of a batch fit into one graph: all, if the loss may be something else than a mean."""
        return MOST_SAMPLES if self.task.is_known else len(batch.targets)


def in_parts(batch: Examples, size: int, run: Callable[[Examples], tuple[Seen, Floats]]) -> tuple[Seen, Floats]:
    """What a batch gives whose loss is a mean over samples, and its gradient: from parts of a size."""
    total, gradient, outputs = 0.0, np.zeros(()), []
    for part in batch.parts(size):
        share = len(part.targets) / len(batch.targets)
        seen, slope = run(part)
        total += share * seen.loss
        gradient = gradient + share * slope
        outputs.append(seen.outputs)
    return Seen(total, np.concatenate(outputs)), gradient


Run = Callable[..., tuple[float, Floats, Floats]]  # of parameters and arrays: the loss, the gradient, the outputs


def on_numpy(program: BatchProgram) -> Run:
    """A program as it is."""

    def run(parameters: Floats, *arrays: NDArray[Any]) -> tuple[float, Floats, Floats]:
        program.parameters = parameters
        loss, gradient = program(*arrays)
        return loss, gradient, program.outputs

    return run


class Programs:
    """Programs, each made when a batch first needs it.

    Args:
        learner: what is trained.
        data: all samples: those that the program for any size is traced at are chosen among them.
        on: what runs the program for batches of any size; where it is not NumPy, there has to be one.
    """

    def __init__(self, learner: Learner, data: Examples, on: Callable[[BatchProgram], Run] = on_numpy) -> None:
        self.learner = learner
        self.data = data
        self.on = on
        self.reached: set[Value] = set()  # the parameters that the loss depends on
        self.any_size: AnySize | None = AnySize(self)
        self.each_size = EachSize(self)

    def run(self, batch: Examples) -> tuple[Seen, Floats]:
        """The loss, the outputs and the gradient of a batch.

        Raises:
            CompileError: if the compiler fails.
            GraphError: if the loss does not depend on all outputs.

        Besides, it raises whatever a model or a loss does that takes numbers, but not the Values it is traced with.
        """
        way = self.any_size
        if way is not None and way.program is None:
            try:
                way.compile(self.data)
            except MISTAKES:
                if self.on is not on_numpy:
                    raise
                way = self.any_size = None
        if way is None or not way.takes(batch):
            return self.each_size.run(batch)
        return way.run(batch)

    @property
    def are_made(self) -> bool:
        """Whether there is one."""
        return bool(self.each_size.known) or (self.any_size is not None and self.any_size.program is not None)


class AnySize:
    """One program for batches of any size."""

    def __init__(self, programs: Programs) -> None:
        self.programs = programs
        self.program: BatchProgram | None = None
        self.run_on: Run | None = None
        self.width = 0  # outputs of the model; 0 for a single one

    def compile(self, batch: Examples) -> None:
        """Make the program, of samples from a batch."""
        learner = self.programs.learner
        learner.write_back()
        with no_grad():
            output = learner.model(batch.X[0].tolist())
        self.width = len(output) if isinstance(output, list) else 0
        arrays = self._arrays(batch)
        self.program = program = tinygrad_edu.compile(learner.loss, wrt=learner.leaves, batch=arrays)
        self.programs.reached.update(leaf for leaf in learner.leaves if leaf in program.graph.index)
        self.run_on = self.programs.on(program)

    def takes(self, batch: Examples) -> bool:
        """Whether the program holds for so many samples as there are in a batch."""
        return self.program is not None and len(batch.targets) >= self.program.least

    def run(self, batch: Examples) -> tuple[Seen, Floats]:
        """The loss, the outputs and the gradient of a batch."""
        assert self.run_on is not None
        loss, gradient, outputs = self.run_on(self.programs.learner.numbers, *self._arrays(batch))
        return Seen(loss, outputs), gradient

    def _arrays(self, batch: Examples) -> list[NDArray[Any]]:
        return [batch.X, _targets(self.programs.learner.task, batch.targets, self.width)]


class EachSize:
    """One program for each size of batch; all train on the same parameters."""

    def __init__(self, programs: Programs) -> None:
        self.programs = programs
        self.known: dict[int, Program] = {}

    def run(self, batch: Examples) -> tuple[Seen, Floats]:
        """The loss, the outputs and the gradient of a batch, in parts that are not too large to compile."""
        return in_parts(batch, self.programs.learner.most(batch), self._call)

    def _call(self, part: Examples) -> tuple[Seen, Floats]:
        learner = self.programs.learner
        program = self.known.get(len(part.targets)) or self._compiled(part)
        width = dict(enumerate(program.outputs.shape)).get(1, 0)
        inputs = np.concatenate([part.X.ravel(), learner.task.numbers(part.targets, width).ravel()])
        program.parameters = learner.numbers
        loss, gradient = program(inputs)
        return Seen(loss, program.outputs), gradient

    def _compiled(self, part: Examples) -> Program:
        learner = self.programs.learner
        learner.write_back()
        with recording():
            xs = [[Value(number) for number in row] for row in part.X.tolist()]
            outputs = [learner.model(x) for x in xs]
            width = len(outputs[0]) if isinstance(outputs[0], list) else 0
            numbers = learner.task.numbers(part.targets, width)
            targets = _leaves(numbers.tolist())
            loss = learner.task.loss(outputs, targets)
            _check_uses(loss, outputs)
            make = compiled if learner.task.is_known else tinygrad_edu.compile  # a refusal is the loss's fault, or not
            program = make(loss, wrt=learner.leaves, inputs=[xs, targets], outputs=outputs)
        self.known[len(part.targets)] = program
        self.programs.reached.update(leaf for leaf in learner.leaves if leaf in program.graph.index)
        return program


def _check_uses(loss: Value, outputs: list[Outputs]) -> None:
    """Check that the loss depends on all outputs.

    Raises:
        GraphError: if it takes some of them alone, and so others for other numbers.
    """
    used = Graph(loss).index if isinstance(loss, Value) else {}
    for output in outputs:
        if any(value not in used for value in (output if isinstance(output, list) else [output])):
            wrong = "some outputs are in no graph of the loss, which may choose others for other numbers"
            raise GraphError("a loss of some outputs alone", wrong, instead="a loss that is a sum over all outputs")


def _targets(task: Task, targets: list[Any], outputs: int) -> NDArray[Any]:
    """Targets as an array: indices of classes as whole numbers, of which the program makes rows itself."""
    if task.loss is cross_entropy and outputs:
        found = np.asarray(targets)
        if found.ndim == 1 and found.dtype.kind in "biuf" and np.isin(found, np.arange(outputs)).all():
            return found.astype(np.int64)
    return task.numbers(targets, outputs)


def _leaves(numbers: Any) -> Any:
    return [_leaves(each) for each in numbers] if isinstance(numbers, list) else Value(numbers)
