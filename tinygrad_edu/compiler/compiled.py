"""What have all compiled losses in common?

A function of the parameters and of something more, made of the text of a source; the array of parameters to train on;
and what a call asks for beside the loss, for each thread its own.

Names to know: `Compiled`. Read next: `samples.py`.
"""

from __future__ import annotations

import builtins
import itertools
import threading
import traceback
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from tinygrad_edu.choices import unknown
from tinygrad_edu.compiler.devices import Step, pure
from tinygrad_edu.compiler.explain import explanation
from tinygrad_edu.compiler.kept_memory import keep_freed_memory
from tinygrad_edu.compiler.languages.javascript import JavaScriptPrinter
from tinygrad_edu.compiler.languages.jax import JAXPrinter
from tinygrad_edu.compiler.languages.latex import LaTeXPrinter
from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
from tinygrad_edu.compiler.pipeline import Found
from tinygrad_edu.compiler.proof import Point
from tinygrad_edu.compiler.source import Line, Source
from tinygrad_edu.errors import DomainError, NumberError, SizeError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import counted
from tinygrad_edu.text.helpers import NUMPY
from tinygrad_edu.value import Number, Value, as_float

Floats = npt.NDArray[np.float64]
Function = Any  # (parameters, *inputs) -> (loss, gradient, *outputs)
Results = tuple[float, Floats, Floats]  # the loss, the gradient, and what was asked for beside them

NOTHING: Floats = np.zeros(0)  # what was asked for beside the loss, where nothing was
PRELUDE = builtins.compile(NUMPY, "<tinygrad_edu prelude>", "exec")
LANGUAGES: dict[str, Callable[[], NumPyPrinter | JavaScriptPrinter]] = {
    "numpy":      NumPyPrinter,
    "jax":        JAXPrinter,
    "javascript": JavaScriptPrinter,
}  # fmt: skip
PROGRAM = "tinygrad_edu program"  # how the name of a program begins that a traceback shows for a file
_numbers = itertools.count(1)


class Compiled:
    """A function of parameters and of something more that gives a loss and its gradient.

    `print(program.source)` shows it; a traceback shows its lines. It can be pickled, with the graph it came from.
    Several threads may call it at once: the inputs and the outputs of its last call are each thread's own, the
    parameters are those of all.
    """

    def __init__(self, graph: Graph, wrt: Sequence[Value], found: Found, *, check: bool = False) -> None:
        self.check = check
        self.wrt = tuple(wrt)
        self.graph = graph
        self.edges = sum(map(len, graph.arguments))
        self._parameters = np.array([leaf.data for leaf in wrt], dtype=np.float64)
        self._found = found
        self._prepare()

    def _prepare(self) -> None:
        """What is made of the text, and cannot be pickled: the function, and what each thread called it with last."""
        keep_freed_memory()
        self._function = function_of(self._found.source)
        wrong: Literal["raise", "ignore"] = "raise" if self.check else "ignore"
        watched = np.errstate(divide=wrong, invalid=wrong, over="ignore", under="ignore")
        self._watched: Function = watched(self._function)  # a decorator takes half as long as a with statement
        self._calls = threading.local()

    def __getstate__(self) -> dict[str, Any]:
        return {name: part for name, part in vars(self).items() if name not in ("_function", "_watched", "_calls")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._prepare()

    @property
    def formulas(self) -> Source:
        """The program as data, which a printer of any language reads."""
        return self._found.source

    @property
    def source(self) -> str:
        """The text of the function, in NumPy. It reads the constants that `explain` lists; `formulas.data` has them."""
        return self.source_for("numpy")

    def source_for(self, language: str) -> str:
        """The text of the function in a language.

        Args:
            language: "numpy", whose text is `source`; "jax", for arrays that never change, as a function of P and of
                what the program is called with; or "javascript", as a function of arrays of numbers, row by row, which
                gives [loss, gradient]. The last two are complete, with their constants.

        Raises:
            OptionError: if there is no such language.
            GraphError: if a row of the rule table does not say how an operation is written in it.

        >>> import tinygrad_edu
        >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
        >>> print(tinygrad_edu.compile((w * x).tanh(), wrt=[w], inputs=[x]).source_for("jax"))
        import jax.numpy as jnp
        <BLANKLINE>
        def program(P, I):
            w = P[0]
            x = I[0]
            loss = jnp.tanh(w * x)
            dw = (1 - loss * loss) * x
            gradient = jnp.ravel(dw)
            return loss, gradient
        <BLANKLINE>
        """
        if language not in LANGUAGES:
            other = "program.latex(), for a derivation"
            raise unknown("language", language, LANGUAGES, call="program.source_for({})", other=other)
        return LANGUAGES[language]().program(self.formulas)

    def to_jax(self, dtype: str = "float64") -> Step:
        """The program as a pure function of JAX, (parameters, *batch) -> (loss, gradient): jit, vmap and shard it.

        Args:
            dtype: in which it computes, "float64" or "float32". JAX makes float32 of everything until it is told
                otherwise, so "float64" switches its 64-bit numbers on, as jax.config.update("jax_enable_x64", True)
                does, for all that follows.

        Raises:
            OptionError: if it is another dtype.
            MissingError: if JAX is not installed.
        """
        return pure(self.formulas, dtype, *self._beside_parameters())

    def _beside_parameters(self) -> tuple[Sequence[Floats], Sequence[str]]:
        """What the program is called with if a call leaves it out, and the names of its labels."""
        return (), ()

    def latex(self) -> str:
        r"""The program as a derivation, forward and backward, in textbook letters: for a display, with amsmath.

        >>> import tinygrad_edu
        >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
        >>> print(tinygrad_edu.compile((w * x).tanh(), wrt=[w], inputs=[x]).latex())
        \begin{aligned}
        &\text{given}\quad w,\; x \\
        &\text{forward} \\
        \mathrm{loss} &= \tanh\left(w \cdot x\right) \\
        &\text{backward} \\
        \mathrm{d}w &= \left(1 - \mathrm{loss} \cdot \mathrm{loss}\right) \cdot x
        \end{aligned}
        """
        return LaTeXPrinter().program(self.formulas, self.formulas.forward(len(self.graph)))

    @property
    def leaves(self) -> tuple[Line, ...]:
        """The lines that name the parameters and the inputs."""
        return self.formulas.leaves

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that compute something."""
        return tuple(self.formulas.lines)

    @property
    def parameters(self) -> Floats:
        """The numbers of the parameters, in the order of `wrt`: the array to train on, `-=` included."""
        return self._parameters

    @parameters.setter
    def parameters(self, numbers: npt.ArrayLike) -> None:
        self._parameters[:] = sized(numbers, len(self.wrt), "parameters")

    def _run(self, parameters: Floats, *inputs: npt.NDArray[Any]) -> Results:
        """The function itself. What it gives belongs to the caller: no array is part of another one."""
        try:
            return results_of(self._watched(parameters, *inputs))
        except FloatingPointError as error:
            raise self._outside(error) from None

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

        Before them stand the arrays that the program reads and does not compute, c1, i1 and so on, as they begin.

        >>> import tinygrad_edu
        >>> x, y = Value(2.0, label="x"), Value(3.0, label="y")
        >>> print(tinygrad_edu.compile((x * y).tanh()).explain())
        x       1 scalar: x
        y       1 scalar: y
        loss    1 scalar: v2 = tanh(v1)
        t1      1 scalar: ∂v2/∂v1
        dy      1 scalar: ∂v2/∂y
        dx      1 scalar: ∂v2/∂x
        """
        found = self._found
        return explanation(self.graph, found.gradient, (*self.leaves, *self.lines), found.parts, found.source.data)


def results_of(found: Sequence[Any]) -> Results:
    """What the function of a program gave, with an array of its own for what was asked for beside the loss."""
    loss, gradient, *outputs = found
    return float(loss), gradient, np.array(outputs[0], dtype=np.float64) if outputs else NOTHING


def point_of(function: Function, parameters: Floats, *inputs: npt.NDArray[Any]) -> Point:
    """The same, without a look at domains, for a comparison with a graph."""
    with np.errstate(all="ignore"):
        loss, gradient, outputs = results_of(function(parameters, *inputs))
    return Point(loss, gradient, outputs.reshape(-1))


class _Text:
    """What Python asks for the lines of a traceback: the source of a function that stands in no file."""

    def __init__(self, text: str) -> None:
        self.text = text

    def get_source(self, _name: str) -> str:
        """All of it."""
        return self.text


def function_of(source: Source) -> Function:
    """The text as a function, whose lines a traceback can show."""
    name, text = f"{PROGRAM} {next(_numbers)}", NumPyPrinter().program(source)
    names: dict[str, Any] = {**_helpers(), "__name__": name, "__loader__": _Text(text), **source.data}
    exec(builtins.compile(text, name, "exec"), names)  # noqa: S102 (our own text, made of names of our own)
    return names["program"]


@cache
def _helpers() -> dict[str, Any]:
    """What the text of a program may call: np, and the functions that NumPy lacks."""
    names: dict[str, Any] = {}
    exec(PRELUDE, names)  # noqa: S102 (text of this package)
    return names


def floats_of(numbers: npt.ArrayLike | Sequence[Number], what: str) -> Floats:
    """A copy of real numbers; what else NumPy would make floats of (texts, dates, the real part of 1j) is refused."""
    if isinstance(numbers, np.ma.MaskedArray) and np.ma.is_masked(numbers):
        raise NumberError(
            f"a program with masked numbers for its {what}",
            "what is masked is not a number",
            instead=f"{what}.filled(0.0), or {what} without what is masked",
        )
    try:
        found = np.array(cast("npt.ArrayLike", numbers))
    except ValueError as error:
        raise SizeError(
            f"a program with rows of different lengths for its {what}", str(error), instead="rows of one length"
        ) from error
    if found.dtype.kind not in "biuf":
        found = np.array([as_float(number) for number in found.reshape(-1).tolist()]).reshape(found.shape)
    return found.astype(np.float64, copy=False)


def sized(numbers: npt.ArrayLike | Sequence[Number], size: int, what: str) -> Floats:
    """A copy of numbers, in a line, if there are as many as it needs."""
    found = floats_of(numbers, what).reshape(-1)
    if len(found) != size:
        raise SizeError(
            f"a program with {counted(len(found), 'number')} for its {what}",
            f"it has {size}",
            instead=f"{counted(size, 'number')}, in order",
        )
    return found
