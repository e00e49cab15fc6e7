"""How are the outputs for very many samples computed?

By a compiled program, as in training: it is found in the graphs of a few samples, and holds for any number of them. Its
forward pass is called for a few thousand samples at a time, whose numbers stay near the processor.

If the compiler fails, they are computed sample by sample: the same numbers, more slowly.

Names to know: `Predictor`, `LastingPredictor`, `compiled`. Read next: `progress.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

import tinygrad_edu
from tinygrad_edu.blocks import no_grad, recording
from tinygrad_edu.compiler import BatchProgram
from tinygrad_edu.errors import CompileError, TinygradError
from tinygrad_edu.nn.layers import Outputs, form_of
from tinygrad_edu.nn.module import Module
from tinygrad_edu.nn.training.samples import Floats, as_floats
from tinygrad_edu.user_code import user_frame
from tinygrad_edu.value import Value

PART = 2048  # samples a call
MANY = 1024  # samples from which on it pays to compile the prediction
TRACED = 32  # samples of random numbers that the program is found for


class Predictor:
    """The outputs of a model; compiled, if it is known that its graph is the same for every sample.

    >>> from tinygrad_edu.nn import MLP
    >>> model = MLP(2, [3, 1], seed=0)
    >>> predictor = Predictor(model)
    >>> X = np.random.default_rng(0).normal(size=(1000, 2))
    >>> bool(np.allclose(predictor(X)[:3], [model(x).data for x in X[:3]]))
    True
    """

    def __init__(self, model: Module) -> None:
        self.model = model
        self._begin()

    def _begin(self) -> None:
        """Look at the model as it is now."""
        self.form = form_of(self.model)
        self.leaves = self.model.parameters()
        self._program: BatchProgram | None = None
        self._is_refused = self.form is None

    def __call__(self, X: ArrayLike) -> Floats:
        """The outputs for samples of shape (n, inputs): shape (n,), or (n, outputs)."""
        samples = as_floats(X, "predict")
        if form_of(self.model) != self.form:
            self._begin()
        if not self._is_refused:
            try:
                return self._outputs(samples)
            except CompileError as error:
                self._is_refused = True
                warn_slow("predict computes sample by sample", error)
        return one_by_one(self.model, samples)

    def _outputs(self, samples: Floats) -> Floats:
        program = self._program = self._program or self._compiled(samples.shape[1])
        program.parameters = np.array([leaf.data for leaf in self.leaves])
        parts = [program.forward(samples[start : start + PART]) for start in range(0, len(samples), PART)]
        return np.concatenate(parts)

    def _compiled(self, inputs: int) -> BatchProgram:
        rows = np.random.default_rng(0).normal(size=(TRACED, inputs))
        with recording():
            program: BatchProgram = compiled(self._total, wrt=self.leaves, batch=(rows,))
        return program

    def _total(self, xs: Sequence[Sequence[Value]]) -> tuple[Value, list[Outputs]]:
        outputs = [self.model(x) for x in xs]
        flat = [value for output in outputs for value in ([output] if isinstance(output, Value) else output)]
        return sum(flat, start=Value(0.0)), outputs


class LastingPredictor:
    """The outputs of a model that is asked many times: compiled, as soon as that pays.

    Until so many samples have been asked for, they are computed one by one; compiling takes as long as that, so a few
    predictions cost nothing more, and many are fast.

    >>> from tinygrad_edu.nn import MLP
    >>> predictor = LastingPredictor(MLP(2, [3, 1], seed=0))
    >>> predictor(np.zeros((4, 2))).shape, predictor.asked
    ((4,), 4)
    """

    def __init__(self, model: Module) -> None:
        self.model = model
        self.asked = 0
        self._compiled = Predictor(model)

    def __call__(self, X: ArrayLike) -> Floats:
        """The outputs for samples of shape (n, inputs): shape (n,), or (n, outputs)."""
        samples = as_floats(X, "predict")
        self.asked += len(samples)
        return self._compiled(samples) if self.asked > MANY else one_by_one(self.model, samples)


def one_by_one(model: Module, X: ArrayLike) -> Floats:
    """The same, sample by sample, without a graph: for any model."""
    with no_grad():
        return np.array([numbers_of(model(row)) for row in as_floats(X, "predict").tolist()])


def compiled(loss: Any, **options: Any) -> Any:
    """`tinygrad_edu.compile`, for a graph that the caller did not make, so that a refusal is not the caller's fault.

    Raises:
        CompileError: if it does not give a program.
    """
    try:
        return tinygrad_edu.compile(loss, **options)
    except CompileError:
        raise
    except TinygradError as error:
        wrong = f"the compiler refuses it: {error}"
        raise CompileError(
            f"compile of {loss!r}", wrong, instead="the eager way, and a report with this graph"
        ) from error


def warn_slow(what: str, error: TinygradError) -> None:
    """Warn, at the line of the caller's own code, that scalars are computed one by one, because compiling failed."""
    text = f"{what}, because compiling failed: the numbers are right, but it takes longer\n{error}"
    frame = user_frame()
    place = ("<tinygrad_edu>", 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno)
    warnings.warn_explicit(text, RuntimeWarning, *place)


def numbers_of(outputs: Outputs | Sequence[Value]) -> Any:
    """The numbers of an output, or of several."""
    return outputs.data if isinstance(outputs, Value) else [output.data for output in outputs]
