"""What is a compiled loss?

A `Program` is a short NumPy function that somebody could have written by hand, found in the graph of a scalar loss. It
gives the loss and its gradient for the parameters it holds, and for other inputs if the graph was made with some.

Names to know: `compile`, `Program`. Read next: `languages/numpy.py`.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import itertools
import threading
import traceback
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from tinygrad_edu.compiler.explain import explanation
from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
from tinygrad_edu.compiler.memory import Memory
from tinygrad_edu.compiler.pipeline import find
from tinygrad_edu.compiler.proof import Leaves, Point, check_program
from tinygrad_edu.compiler.source import Line, Source
from tinygrad_edu.errors import CompileError, DomainError, GraphError, SizeError, TinygradError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import counted
from tinygrad_edu.text.helpers import NUMPY
from tinygrad_edu.value import Number, Value, as_float

Floats = npt.NDArray[np.float64]
Nodes = npt.NDArray[Any]  # Values, in the shape they are asked for
Function = Any  # (parameters, inputs) -> (loss, gradient)

_PRELUDE = builtins.compile(NUMPY, "<tinygrad_edu prelude>", "exec")
PROGRAM = "tinygrad_edu program"  # how the name of a program begins that a traceback shows for a file
_numbers = itertools.count(1)


def compile(
    loss: Value,
    wrt: Iterable[Value] | None = None,
    inputs: Iterable[Any] = (),
    *,
    outputs: Any = (),
    check: bool = False,
) -> Program:
    """Find the NumPy program in the graph of a loss.

    Args:
        loss: a scalar, computed by Values; its graph is what is compiled.
        wrt: the leaves to differentiate by, `model.parameters()` say; by default all that are not inputs.
        inputs: leaves whose numbers change from call to call, in lists of lists if that is convenient. Every other leaf
            keeps the number that it has now.
        outputs: nodes of the graph, in a list or a table, whose numbers are wanted beside the loss: after each call
            they are in `program.outputs`, an array of the same shape.
        check: whether the program raises a DomainError where it divides by zero or has no number as a result; without
            it, the result is inf or nan, as in NumPy.

    Raises:
        GraphError: if `loss` is not a Value, a parameter or an input is computed or named twice, or an output is not a
            node of the graph.
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
    """
    leaves = _flat(inputs)
    graph = Graph(loss)
    changing = set(leaves)
    chosen = [leaf for leaf in graph.leaves if leaf not in changing] if wrt is None else _flat(wrt)
    with _resting_collector(), np.errstate(all="ignore"):  # inf and nan are looked for, not stumbled over
        try:
            return Program(graph, chosen, leaves, _table(graph, outputs), check=check)
        except TinygradError:
            raise
        except MISTAKES as error:
            raise _mistake(graph, error) from error


MISTAKES = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, NameError),
    *(RecursionError, SyntaxError, TypeError, ValueError),
)


def _mistake(graph: Graph, error: BaseException) -> CompileError:
    """A mistake of the compiler, whatever Python calls it, is nothing that a caller should have to know by name."""
    return CompileError(
        f"compile of {graph.output!r}",
        f"no program was found for it ({type(error).__name__}: {error})",
        instead="the eager way, and a report with this graph: it is a bug of the compiler",
    )


@contextlib.contextmanager
def _resting_collector() -> Iterator[None]:
    """Let the garbage collector rest: it would look through all lists again and again, and find nothing to free."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _flat(leaves: Any) -> list[Value]:
    """Leaves out of lists of lists."""
    if isinstance(leaves, np.ndarray):
        return _flat(leaves.tolist())
    if isinstance(leaves, Value):
        return [leaves]
    if not isinstance(leaves, Iterable) or isinstance(leaves, str):
        raise GraphError(f"compile with {leaves!r}", f"{type(leaves).__name__} is not a Value", instead="wrt=[x, y]")
    return [leaf for each in leaves for leaf in _flat(each)]


def _table(graph: Graph, outputs: Any) -> Nodes:
    """Nodes of the graph, in an array of their shape."""
    table: Nodes = np.array(outputs, dtype=object)
    strange = [each for each in table.flat if not isinstance(each, Value) or each not in graph.index]
    if strange:
        raise GraphError(
            f"compile with {strange[0]!r} among the outputs",
            "an output is a node of the graph of the loss",
            instead="outputs=predictions, of which the loss was made, in rows of one length",
        )
    return table


class Call(NamedTuple):
    """What a program was called with, and what it gave beside the loss and the gradient."""

    inputs: Floats
    outputs: Floats


class Program:
    """A NumPy function of parameters and inputs that gives a loss and its gradient.

    `print(program.source)` shows it; a traceback shows its lines. It can be pickled, with the graph it came from.
    Several threads may call it at once: the inputs and the outputs of its last call are each thread's own, the
    parameters are those of all.
    """

    def __init__(
        self, graph: Graph, wrt: Sequence[Value], inputs: Sequence[Value], outputs: Nodes, *, check: bool = False
    ) -> None:
        self.check = check
        self.wrt = tuple(wrt)
        self.inputs = tuple(inputs)
        self.graph = graph
        self.edges = sum(map(len, graph.arguments))
        self._parameters = np.array([leaf.data for leaf in wrt], dtype=np.float64)
        self._first = Call(
            np.array([leaf.data for leaf in inputs], dtype=np.float64),
            np.array([node.data for node in outputs.flat], dtype=np.float64).reshape(outputs.shape),
        )
        self._found, self._gradient, self._parts = find(graph, self.wrt, self.inputs, outputs)
        self._prepare()
        leaves = Leaves(self.wrt, self.inputs, outputs.reshape(-1).tolist())
        check_program(self._at, graph, leaves)

    def _prepare(self) -> None:
        """What is made of the text, and cannot be pickled: the function, and what each thread called it with last."""
        self._function = _function(self._found)
        self._calls = threading.local()

    def __getstate__(self) -> dict[str, Any]:
        return {name: part for name, part in vars(self).items() if name not in ("_function", "_calls")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._prepare()

    @property
    def source(self) -> str:
        """The text of the function, in NumPy."""
        return NumPyPrinter().program(self._found)

    @property
    def leaves(self) -> tuple[Line, ...]:
        """The lines that name the parameters and the inputs."""
        return self._found.leaves

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that compute something."""
        return self._found.lines

    @property
    def outputs(self) -> Floats:
        """What was asked for beside the loss, as the last call of this thread found it; an array of its own."""
        return self._last.outputs

    @property
    def _last(self) -> Call:
        call: Call = getattr(self._calls, "last", self._first)
        return call

    @property
    def parameters(self) -> Floats:
        """The numbers of the parameters, in the order of `wrt`: the array to train on, `-=` included."""
        return self._parameters

    @parameters.setter
    def parameters(self, numbers: npt.ArrayLike) -> None:
        self._parameters[:] = _sized(numbers, len(self.wrt), "parameters")

    def __call__(self, inputs: npt.ArrayLike | None = None) -> tuple[float, Floats]:
        """The loss and its gradient.

        Args:
            inputs: numbers for the inputs, in their order, in any shape; by default those of the last call.

        Returns:
            The loss, and an array of ∂loss/∂parameter in the order of `wrt`.

        Raises:
            SizeError: if there is not one number for each input.
            NumberError: if something among them is not a real number.
            DomainError: if the program was compiled with `check=True`, and leaves a domain.
        """
        numbers = self._last.inputs if inputs is None else _sized(inputs, len(self.inputs), "inputs")
        loss, gradient, outputs = self._run(self._parameters, numbers)
        self._calls.last = Call(numbers, outputs if outputs.size else self._first.outputs)
        return loss, gradient

    def _run(self, parameters: Floats, inputs: Floats) -> tuple[float, Floats, Floats]:
        """The function itself. What it gives belongs to the caller: no array is part of another one."""
        wrong: Literal["raise", "ignore"] = "raise" if self.check else "ignore"
        try:
            with np.errstate(divide=wrong, invalid=wrong, over="ignore", under="ignore"):
                return self._numbers(parameters, inputs)
        except FloatingPointError as error:
            raise self._outside(error) from None

    def _at(self, parameters: Floats, inputs: Floats) -> Point:
        """What the program gives at some numbers, without a look at domains, for a comparison."""
        with np.errstate(all="ignore"):
            loss, gradient, outputs = self._numbers(parameters, inputs)
        return Point(loss, gradient, outputs.reshape(-1))

    def _numbers(self, parameters: Floats, inputs: Floats) -> tuple[float, Floats, Floats]:
        loss, gradient, *outputs = self._function(parameters, inputs)
        return float(loss), gradient, np.array(outputs[0] if outputs else [], dtype=np.float64)

    def _outside(self, error: FloatingPointError) -> DomainError:
        frames = traceback.extract_tb(error.__traceback__)
        line = next(frame.line for frame in frames if frame.filename.startswith(PROGRAM))  # NumPy's own come after it
        return DomainError(
            f"a compiled program, in the line `{line}`",
            f"NumPy says: {error}",
            instead="the loss once more with these numbers: a Value says which operation it is",
        )

    def write_back(self) -> None:
        """Put the numbers of the parameters into the Values they came from."""
        for leaf, number in zip(self.wrt, self._parameters.tolist(), strict=True):
            leaf.data = number

    def explain(self) -> str:
        """Which scalars each line stands for: how many, and what the first one is in the graph.

        >>> x, y = Value(2.0, label="x"), Value(3.0, label="y")
        >>> print(compile((x * y).tanh()).explain())
        x     1 scalar: x
        y     1 scalar: y
        loss  1 scalar: v2 = tanh(v1)
        t1    1 scalar: ∂v2/∂v1
        dy    1 scalar: ∂v2/∂y
        dx    1 scalar: ∂v2/∂x
        """
        return explanation(self.graph, self._gradient, (*self.leaves, *self.lines), self._parts)

    def memory(self) -> Memory:
        """Which arrays of the forward pass have to be kept for the backward pass, and what they weigh.

        >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
        >>> program = compile(sum((w * Value(float(n)) + 1).tanh() for n in range(4)), wrt=[w])
        >>> print(program.memory())
        t1    (4,)  4  is read by the backward pass
        kept        4  numbers, 32 bytes
        """
        return Memory(self._found, len(self.graph))

    def __repr__(self) -> str:
        return (
            f"<Program of {len(self.wrt):,} parameters: {self.edges:,} edges between scalars became "
            f"{len(self.lines):,} lines of NumPy; print(program.source)>"
        )


class _Text:
    """What Python asks for the lines of a traceback: the source of a function that stands in no file."""

    def __init__(self, text: str) -> None:
        self.text = text

    def get_source(self, _name: str) -> str:
        """All of it."""
        return self.text


def _function(source: Source) -> Function:
    """The text as a function, whose lines a traceback can show."""
    name, text = f"{PROGRAM} {next(_numbers)}", NumPyPrinter().program(source)
    names: dict[str, Any] = {"__name__": name, "__loader__": _Text(text), **source.data}
    exec(_PRELUDE, names)  # noqa: S102 (our own text, made of names of our own)
    exec(builtins.compile(text, name, "exec"), names)  # noqa: S102
    return names["program"]


def _floats(numbers: npt.ArrayLike | Sequence[Number], what: str) -> Floats:
    """A copy of real numbers; what else NumPy would make floats of (texts, dates, the real part of 1j) is refused."""
    try:
        found = np.array(cast("npt.ArrayLike", numbers))
    except ValueError as error:
        raise SizeError(
            f"a program with rows of different lengths for its {what}", str(error), instead="rows of one length"
        ) from error
    if found.dtype.kind not in "biuf":
        found = np.array([as_float(number) for number in found.reshape(-1).tolist()])
    return found.astype(np.float64, copy=False)


def _sized(numbers: npt.ArrayLike | Sequence[Number], size: int, what: str) -> Floats:
    """A copy of numbers, in a line, if there are as many as it needs."""
    found = _floats(numbers, what).reshape(-1)
    if len(found) != size:
        raise SizeError(
            f"a program with {counted(len(found), 'number')} for its {what}",
            f"it has {size}",
            instead=f"{counted(size, 'number')}, in order",
        )
    return found
