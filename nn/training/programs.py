"""Which compiled program computes a batch?

One program for batches of any size, traced at a few samples. A model or a loss that is not the same for any number of
samples (a loss over pairs of them, say) gets a program for each size of batch instead.

Names to know: `Programs`, `Batch`, `Seen`. Read next: `devices.py`.
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
from tinygrad_edu.errors import CompileError, GraphError
from tinygrad_edu.nn.layers import Outputs
from tinygrad_edu.nn.losses import cross_entropy
from tinygrad_edu.nn.module import Module
from tinygrad_edu.nn.training.objectives import Task
from tinygrad_edu.nn.training.predictor import compiled
from tinygrad_edu.nn.training.samples import Floats
from tinygrad_edu.show import show
from tinygrad_edu.value import Value

MOST_SAMPLES = 256  # in a program of one size, and in a look at single samples: larger batches are done in parts


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


Right = Callable[[Batch], float]  # the loss of a batch, scalar by scalar
Run = Callable[..., tuple[float, Floats, Floats]]  # of parameters and arrays: the loss, the gradient, the outputs


def on_numpy(program: BatchProgram) -> Run:
    """A program as it is."""

    def run(parameters: Floats, *arrays: NDArray[Any]) -> tuple[float, Floats, Floats]:
        program.parameters = parameters
        loss, gradient = program(*arrays)
        return loss, gradient, program.outputs

    return run


class Programs:
    """Programs that are tried on other samples than those they were made from.

    Args:
        learner: what is trained.
        right: the loss of a batch, to try them with; None if it is known that no graph depends on the numbers.
        on: what runs the program for batches of any size; where it is not NumPy, there has to be one.
    """

    def __init__(self, learner: Learner, right: Right | None, on: Callable[[BatchProgram], Run] = on_numpy) -> None:
        self.learner = learner
        self.right = right
        self.on = on
        self.reached: set[Value] = set()  # the parameters that the loss depends on
        self.any_size: AnySize | None = AnySize(self)
        self.each_size = EachSize(self)

    def run(self, batch: Batch) -> tuple[Seen, Floats]:
        """The loss, the outputs and the gradient of a batch.

        Raises:
            GraphError: if the graph of the model depends on the numbers of the samples.
            CompileError: if the compiler fails.
        """
        way = self.any_size
        if way is not None and way.program is None:
            try:
                way.compile(batch)
            except (GraphError, CompileError):
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

    def forget_samples(self) -> None:
        """Try every program again, whatever it is called with next: the model may have changed."""
        if self.right is not None:
            self.each_size.forget_samples()
            if self.any_size is not None:
                self.any_size.forget_samples()

    def check(self, batch: Batch, loss: float) -> None:
        """Check a loss on other samples: a model that looks at its numbers has another graph for them."""
        assert self.right is not None
        self.learner.write_back()
        right = self.right(batch)
        if not math.isclose(loss, right, rel_tol=1e-9, abs_tol=1e-12):
            raise GraphError(
                f"fit(..., backend=...) of {self.learner.model!r}",
                "its graph depends on the numbers of the samples: compiled for one batch it gives "
                f"the loss {show(loss)} for another one, but should give {show(right)}",
                instead='fit(..., backend="scalar")',
            )


class AnySize:
    """One program for batches of any size."""

    def __init__(self, programs: Programs) -> None:
        self.programs = programs
        self.program: BatchProgram | None = None
        self.run_on: Run | None = None
        self.width = 0  # outputs of the model; 0 for a single one
        self.first: list[NDArray[Any]] | None = None  # what it was made from, until it was tried on other samples

    def compile(self, batch: Batch) -> None:
        """Make the program, of rows of a batch."""
        learner = self.programs.learner
        learner.write_back()
        with no_grad():
            output = learner.model(batch.X[0].tolist())
        self.width = len(output) if isinstance(output, list) else 0
        arrays = self._arrays(batch)
        program = tinygrad_edu.compile(learner.loss, wrt=learner.leaves, batch=arrays)
        self.programs.reached.update(leaf for leaf in learner.leaves if leaf in program.graph.index)
        self.program, self.first = program, None if self.programs.right is None else arrays
        self.run_on = self.programs.on(program)

    def takes(self, batch: Batch) -> bool:
        """Whether the program holds for so many samples as there are in a batch."""
        return self.program is not None and len(batch.targets) >= self.program.least

    def run(self, batch: Batch) -> tuple[Seen, Floats]:
        """The loss, the outputs and the gradient of a batch."""
        assert self.run_on is not None
        arrays = self._arrays(batch)
        loss, gradient, outputs = self.run_on(self.programs.learner.numbers, *arrays)
        seen = Seen(loss, outputs)
        if self.first is not None and not all(map(np.array_equal, arrays, self.first)):
            self.first = None
            self._check(batch, arrays, loss)
        return seen, gradient

    def _arrays(self, batch: Batch) -> list[NDArray[Any]]:
        return [batch.X, _targets(self.programs.learner.task, batch.targets, self.width)]

    def forget_samples(self) -> None:
        """Try the program again, whatever it is called with next."""
        self.first = [np.zeros(0), np.zeros(0)]

    def _check(self, batch: Batch, arrays: list[NDArray[Any]], loss: float) -> None:
        """Check the program on a batch, or on as much of it as can be looked at sample by sample."""
        assert self.run_on is not None
        if len(batch.targets) > MOST_SAMPLES:
            batch = batch.chosen(slice(MOST_SAMPLES))
            loss, *_ = self.run_on(self.programs.learner.numbers, *(array[:MOST_SAMPLES] for array in arrays))
        self.programs.check(batch, loss)


class EachSize:
    """One program for each size of batch; all train on the same parameters."""

    def __init__(self, programs: Programs) -> None:
        self.programs = programs
        self.known: dict[int, Program] = {}
        self.first: dict[int, Floats] = {}  # the samples a program was made from, until it was tried on others

    def run(self, batch: Batch) -> tuple[Seen, Floats]:
        """The loss, the outputs and the gradient of a batch, in parts that are not too large to compile."""
        learner = self.programs.learner
        total, gradient, outputs = 0.0, np.zeros(len(learner.numbers)), []
        for part in batch.parts(MOST_SAMPLES if learner.task.is_known else len(batch.targets)):
            share = len(part.targets) / len(batch.targets)
            program = self.known.get(len(part.targets)) or self._compiled(part)
            loss, slope = self._call(program, part)
            total += share * loss
            gradient += share * slope
            outputs.append(program.outputs)
        return Seen(total, np.concatenate(outputs)), gradient

    def forget_samples(self) -> None:
        """Try every program again, whatever it is called with next."""
        self.first = dict.fromkeys(self.known, np.zeros(0))

    def _call(self, program: Program, part: Batch) -> tuple[float, Floats]:
        learner = self.programs.learner
        width = dict(enumerate(program.outputs.shape)).get(1, 0)
        inputs = np.concatenate([part.X.ravel(), learner.task.numbers(part.targets, width).ravel()])
        program.parameters = learner.numbers
        loss, gradient = program(inputs)
        first = self.first.get(len(part.targets))
        if first is not None and not np.array_equal(inputs, first):
            del self.first[len(part.targets)]
            self.programs.check(part, loss)
        return loss, gradient

    def _compiled(self, part: Batch) -> Program:
        learner = self.programs.learner
        learner.write_back()
        with recording():
            xs = [[Value(number) for number in row] for row in part.X.tolist()]
            outputs = [learner.model(x) for x in xs]
            width = len(outputs[0]) if isinstance(outputs[0], list) else 0
            numbers = learner.task.numbers(part.targets, width)
            targets = _leaves(numbers.tolist())
            loss = learner.task.loss(outputs, targets)
            program = compiled(loss, wrt=learner.leaves, inputs=[xs, targets], outputs=outputs)
        self.known[len(part.targets)] = program
        self.programs.reached.update(leaf for leaf in learner.leaves if leaf in program.graph.index)
        if self.programs.right is not None:
            self.first[len(part.targets)] = np.concatenate([part.X.ravel(), numbers.ravel()])
        return program


def _targets(task: Task, targets: list[Any], outputs: int) -> NDArray[Any]:
    """Targets as an array: indices of classes as whole numbers, of which the program makes rows itself."""
    if task.loss is cross_entropy and outputs:
        found = np.asarray(targets)
        if found.ndim == 1 and found.dtype.kind in "biuf" and np.isin(found, np.arange(outputs)).all():
            return found.astype(np.int64)
    return task.numbers(targets, outputs)


def _leaves(numbers: Any) -> Any:
    return [_leaves(each) for each in numbers] if isinstance(numbers, list) else Value(numbers)
