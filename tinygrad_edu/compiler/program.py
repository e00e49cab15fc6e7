"""What is a compiled loss?

A `Program` is a short NumPy function, as one might write it by hand, found in the graph of a scalar loss. It returns
the loss and its gradient for the parameters it holds, and for new inputs if it was compiled with some.

Names to know: `compile`, `Program`. Read next: `languages/printer.py`.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple, overload

import numpy as np
import numpy.typing as npt

from tinygrad_edu.compiler.batch import BatchProgram, Search
from tinygrad_edu.compiler.compiled import Compiled, Floats, point_of, sized
from tinygrad_edu.compiler.memory import Memory
from tinygrad_edu.compiler.pipeline import find
from tinygrad_edu.compiler.proof import Leaves, check_program
from tinygrad_edu.compiler.samples import Batch, nodes_of
from tinygrad_edu.compiler.scalars import Nodes
from tinygrad_edu.errors import MISTAKES, CompileError, GraphError, OptionError, TinygradError
from tinygrad_edu.graph import Graph
from tinygrad_edu.value import Value


@overload
def compile(
    loss: Value,
    wrt: Iterable[Value] | None = None,
    inputs: Iterable[Any] = (),
    *,
    outputs: Any = (),
    check: bool = False,
) -> Program: ...


@overload
def compile(
    loss: Callable[..., Any],
    wrt: Iterable[Value] | None = None,
    *,
    batch: Sequence[npt.ArrayLike],
    check: bool = False,
) -> BatchProgram: ...


def compile(
    loss: Any,
    wrt: Iterable[Value] | None = None,
    inputs: Iterable[Any] = (),
    *,
    batch: Sequence[npt.ArrayLike] | None = None,
    outputs: Any = (),
    check: bool = False,
) -> Program | BatchProgram:
    """Find the NumPy program in the graph of a loss, or of a function of samples that gives one.

    With `batch`, the program holds for any number of samples: the function is traced at a few small numbers of them,
    and the formulas that come out are unified.

    Args:
        loss: a scalar, computed by Values; its graph is what is compiled. With `batch`, a function that gives it, or
            that gives it and a list of outputs: of a list of samples for each array. A sample is a Value for an array
            of one axis, and a list of Values for one of two. The function treats all samples alike, and does not
            decide by their numbers. Indices of classes, whole numbers, are for `nn.cross_entropy`.
        wrt: the leaves to differentiate by, `model.parameters()` say; by default all that are not inputs.
        inputs: leaves whose numbers change from call to call, in lists of lists if that is convenient. Every other leaf
            keeps the number that it has now.
        batch: arrays with a row for each sample; rows of them are what the function is traced on.
        outputs: nodes of the graph, in a list or a table, whose numbers are wanted beside the loss: after each call
            they are in `program.outputs`, an array of the same shape.
        check: whether the program raises a DomainError where it divides by zero or has no number as a result; without
            it, the result is inf or nan, as in NumPy.

    Raises:
        GraphError: if `loss` is not a Value, a parameter or an input is computed or named twice, or an output is not a
            node of the graph; with `batch`, if the formulas do not hold for every number of samples.
        SizeError: if the arrays of the batch do not have one number of rows.
        StaleGraphError: if a number changed after the graph was made.
        CompileError: if the program does not give the numbers of the graph, at its own numbers or at others near them;
            that would be a bug of the compiler.

    >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
    >>> program = compile((w * x - 1) ** 2, wrt=[w], inputs=[x])
    >>> program()
    (25.0, array([30.]))
    >>> program([1.0])
    (1.0, array([2.]))
    >>> y = w * x
    >>> program = compile((y - 1) ** 2, outputs=[y])
    >>> program()[0], program.outputs
    (25.0, array([6.]))

    >>> def loss(xs, ys):
    ...     return sum((w * x - y) ** 2 for x, y in zip(xs, ys)) / len(xs)
    >>> program = compile(loss, wrt=[w], batch=([0.5, 1.0, 1.5], [1.0, 1.9, 3.2]))
    >>> program([1.0, 2.0], [3.0, 4.0])
    (0.5, array([-1.]))
    """
    if batch is not None:
        return _of_batch(loss, wrt, batch, is_alone=not [*inputs, *np.ravel(outputs)], check=check)
    leaves = _flat(inputs)
    graph = Graph(loss)
    changing = set(leaves)
    chosen = [leaf for leaf in graph.leaves if leaf not in changing] if wrt is None else _flat(wrt)
    with _careful(graph.output):
        return Program(graph, chosen, leaves, nodes_of(graph, outputs), check=check)


def _of_batch(function: Any, wrt: Any, batch: Any, *, is_alone: bool, check: bool) -> BatchProgram:
    """The program of a function, whose inputs are its batch, and whose outputs it gives itself."""
    if not is_alone or not callable(function) or isinstance(function, Value):
        raise OptionError(
            f"compile of {function!r} with a batch",
            "a batch goes with a function of its samples, which has no other inputs, and returns outputs itself",
            instead="compile(lambda xs, ys: loss, wrt=parameters, batch=(X, y))",
        )
    search = Search(Batch(function, batch), None if wrt is None else _flat(wrt), is_strict=check)
    with _careful(function):
        return BatchProgram(search, check=check)


@contextlib.contextmanager
def _careful(loss: object) -> Iterator[None]:
    """Compile without the collector and NumPy's warnings: inf and nan are looked for, not stumbled over.

    A mistake of the compiler, whatever Python calls it, is nothing that a caller should have to know by name.
    """
    with _resting_collector(), np.errstate(all="ignore"):
        try:
            yield
        except TinygradError:
            raise
        except MISTAKES as error:
            raise CompileError(
                f"compile of {loss!r}",
                f"no program was found for it ({type(error).__name__}: {error})",
                instead="the eager way, and a report with this graph: it is a bug of the compiler",
            ) from error


@contextlib.contextmanager
def _resting_collector() -> Iterator[None]:
    """Pause the garbage collector: it would scan all lists again and again, and find nothing to free."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _flat(leaves: Any) -> list[Value]:
    """The leaves in nested lists, as one list."""
    if isinstance(leaves, np.ndarray):
        return _flat(leaves.tolist())
    if isinstance(leaves, Value):
        return [leaves]
    if not isinstance(leaves, Iterable) or isinstance(leaves, str):
        raise GraphError(f"compile with {leaves!r}", f"{type(leaves).__name__} is not a Value", instead="wrt=[x, y]")
    return [leaf for each in leaves for leaf in _flat(each)]


class Call(NamedTuple):
    """The inputs of a call, and its outputs beside the loss and the gradient."""

    inputs: Floats
    outputs: Floats


class Program(Compiled):
    """A NumPy function of parameters and inputs that gives a loss and its gradient, found in one graph."""

    def __init__(
        self, graph: Graph, wrt: Sequence[Value], inputs: Sequence[Value], outputs: Nodes, *, check: bool = False
    ) -> None:
        self.inputs = tuple(inputs)
        self._first = Call(
            np.array([leaf.data for leaf in inputs], dtype=np.float64),
            np.array([node.data for node in outputs.flat], dtype=np.float64).reshape(outputs.shape),
        )
        super().__init__(graph, wrt, find(graph, wrt, inputs, outputs, is_strict=check), check=check)
        leaves = Leaves(self.wrt, self.inputs, outputs.reshape(-1).tolist())
        check_program(partial(point_of, self._function), graph, leaves)

    @property
    def outputs(self) -> Floats:
        """The requested outputs of this thread's last call, as a separate array."""
        return self._last.outputs

    @property
    def _last(self) -> Call:
        call: Call = getattr(self._calls, "last", self._first)
        return call

    def __call__(self, inputs: npt.ArrayLike | None = None) -> tuple[float, Floats]:
        """The loss and its gradient.

        Args:
            inputs: numbers for the inputs, in their order, in any shape; by default those of the last call.

        Returns:
            The loss, and an array of ∂loss/∂parameter in the order of `wrt`.

        Raises:
            SizeError: if there is not one number for each input.
            NumberError: if one of them is not a real number.
            DomainError: if the program was compiled with `check=True` and an operation leaves its domain.
        """
        numbers = self._last.inputs if inputs is None else sized(inputs, len(self.inputs), "inputs")
        loss, gradient, outputs = self._run(self._parameters, numbers)
        self._calls.last = Call(numbers, outputs if outputs.size else self._first.outputs)
        return loss, gradient

    def _beside_parameters(self) -> tuple[Sequence[Floats], Sequence[str]]:
        return (self._last.inputs,), ()

    def memory(self) -> Memory:
        """Which arrays of the forward pass are kept for the backward pass, and how large they are.

        >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
        >>> program = compile(sum((w * Value(float(n)) + 1).tanh() for n in range(4)), wrt=[w])
        >>> print(program.memory())
        t1    (4,)  4  is read by the backward pass
        kept        4  numbers, 32 bytes
        """
        return Memory(self.formulas, len(self.graph))

    def __repr__(self) -> str:
        return (
            f"<Program of {len(self.wrt):,} parameters: {self.edges:,} edges between scalars became "
            f"{len(self.lines):,} lines of NumPy; print(program.source)>"
        )
