"""How does a program run in JAX, on one device or on all of them?

`pure` is the program as a function of JAX: it keeps nothing, so that `jax.jit` compiles it, `jax.vmap` runs it for many
parameters at once, and `jax.jit` with shardings spreads it over devices. `Shared` does the latter: every device has all
parameters and some of the samples, and computes its part of the sums over samples; JAX adds these parts up, so that
what crosses between devices is one number for each parameter.

JAX is imported when a program is asked to run in it, and not before.

Names to know: `pure`, `Shared`. Read next: `kept_memory.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_edu.choices import unknown
from tinygrad_edu.compiler.formulas import Formula, Name
from tinygrad_edu.compiler.languages.jax import JAXPrinter
from tinygrad_edu.compiler.padding import weighed
from tinygrad_edu.compiler.sizes import Size
from tinygrad_edu.compiler.source import Source
from tinygrad_edu.errors import SizeError
from tinygrad_edu.packages import needed
from tinygrad_edu.show import counted

Array = Any  # of JAX
Floats = npt.NDArray[np.float64]
Step = Callable[..., tuple[Array, Array]]

DTYPES = ("float64", "float32")
DATA = "data"  # the axis of the mesh along which the samples are


def pure(source: Source, dtype: str, inputs: Sequence[Floats] = (), labels: Sequence[str] = ()) -> Step:
    """A function (parameters, *batch) of arrays of JAX that gives the loss and the gradient.

    Args:
        source: the program.
        dtype: in which it computes.
        inputs: what it is called with beside the parameters, where a call leaves it out.
        labels: the names of the arguments that are indices of classes.

    Raises:
        OptionError: if the dtype is another one.
        MissingError: if JAX is not installed.
    """
    if dtype not in DTYPES:
        raise unknown("dtype", dtype, DTYPES, call="program.to_jax({})")
    jax = _jax("program.to_jax()")
    if dtype == "float64":
        jax.config.update("jax_enable_x64", True)
    run = function_of(source, dtype)

    def step(parameters: Array, *batch: Array) -> tuple[Array, Array]:
        arrays = _arrays(source, (parameters, *(batch or inputs)), dtype, labels)
        loss, gradient, *_ = run(*arrays)
        return jax.numpy.asarray(loss, dtype), jax.numpy.asarray(gradient, dtype)

    return step


def function_of(source: Source, dtype: str) -> Callable[..., Any]:
    """The text of a program as a function of arrays of JAX, which have the type that is asked for."""
    printer = JAXPrinter()
    names: dict[str, Any] = {
        name: numbers.astype(dtype) if numbers.dtype.kind == "f" else numbers
        for name, numbers in printer.data(source).items()
    }
    _jax("a program in JAX")
    exec(printer.imports(source), names)  # noqa: S102 (our own text, made of names of our own)
    exec(printer.function(source), names)  # noqa: S102
    function: Callable[..., Any] = names["program"]
    return function


def _jax(what: str) -> Any:
    return needed("jax", what, extra="jax")


def _arrays(source: Source, given: Sequence[Array], dtype: str, labels: Sequence[str]) -> list[Array]:
    """Arrays of JAX, for the arguments of a program."""
    jnp = _jax("a program in JAX").numpy
    asked = source.arguments
    if len(given) != len(asked):
        raise _wrong(source, f"{counted(len(given), 'array')}", f"it is a function of {counted(len(asked), 'array')}")
    found = [
        jnp.asarray(array, jnp.int32 if name.name in labels else dtype)
        for array, name in zip(given, asked, strict=True)
    ]
    found = [array.reshape(-1) if name.name == "I" else array for array, name in zip(found, asked, strict=True)]
    for array, name in zip(found, asked, strict=True):
        if not _fits(array.shape, name):
            raise _wrong(source, f"{name.name} of shape {array.shape}", f"its shape is {_shape(name)}")
    return found


def _fits(shape: tuple[int, ...], name: Name) -> bool:
    pairs = zip(shape, name.shape, strict=False)
    return len(shape) == len(name.shape) and all(isinstance(size, Size) or size == mine for mine, size in pairs)


def _wrong(source: Source, asked: str, wrong: str) -> SizeError:
    shapes = ", ".join(f"{name.name} of shape {_shape(name)}" for name in source.arguments)
    return SizeError(f"a step with {asked}", wrong, instead=f"step({shapes})")


def _shape(name: Name) -> str:
    return str(tuple(name.shape))


class Shared:
    """A program of a batch, run on all devices of this process, which share the samples.

    Where the devices do not divide the samples, rows of weight 0 are added, see `padding.py`. A program that has no
    weights runs on one device then.

    Args:
        source: the program.
        what: what it is for, in the message if JAX is not installed.

    Attributes:
        devices: those that share the samples.
        is_weighed: whether they share any number of samples, and not only what they divide.
    """

    def __init__(self, source: Source, what: str) -> None:
        self.jax = _jax(what)
        self.devices = self.jax.local_devices()
        program = weighed(source)
        self.is_weighed = program is not None
        with self._in_float64():
            self._alone = self.jax.jit(function_of(source, "float64"))
            self._together = self._spread(program or source)

    def __call__(self, parameters: Floats, *batch: npt.NDArray[Any]) -> tuple[float, Floats, Floats]:
        """The loss, the gradient and the outputs, as NumPy has them."""
        step, arrays = self._chosen(batch)
        with self._in_float64():
            loss, gradient, *outputs = step(parameters, *arrays)
            found = np.asarray(outputs[0])[: len(batch[0])] if outputs else np.zeros(0)
            return float(loss), np.array(gradient, dtype=np.float64), np.array(found, dtype=np.float64)

    def text(self, parameters: Floats, *batch: npt.NDArray[Any]) -> str:
        """What JAX compiles for arrays of these shapes: its `all-reduce` is what crosses between devices."""
        step, arrays = self._chosen(batch)
        with self._in_float64():
            text: str = step.lower(parameters, *arrays).compile().as_text()
            return text

    def _chosen(self, batch: Sequence[npt.NDArray[Any]]) -> tuple[Any, list[Any]]:
        """The function for a batch, and its arrays: with the rows that are missing until the devices divide it."""
        samples = len(batch[0])
        more = -samples % len(self.devices)
        if not self.is_weighed:
            return (self._alone if more else self._together), [*batch]
        arrays = [np.concatenate([array, array[:1].repeat(more, axis=0)]) if more else array for array in batch]
        return self._together, [*arrays, np.repeat([1.0, 0.0], [samples, more]), np.float64(samples)]

    def _spread(self, source: Source) -> Any:
        """A program, compiled by JAX: the parameters on all devices, of each array a part of the rows on each."""
        parameters = source.arguments[0]
        results = (*map(self._place, (Name("loss", ()), parameters)), *map(self._place, source.asked))
        places = tuple(map(self._place, source.arguments))
        return self.jax.jit(function_of(source, "float64"), in_shardings=places, out_shardings=results)

    def _place(self, array: Formula) -> Any:
        """Where an array is: its rows shared among the devices, or all of it on each."""
        jax = self.jax
        axis_types = (jax.sharding.AxisType.Auto,)
        mesh = jax.make_mesh((len(self.devices),), (DATA,), axis_types=axis_types, devices=self.devices)
        has_rows = bool(array.shape) and isinstance(array.shape[0], Size)
        return jax.NamedSharding(mesh, jax.P(DATA) if has_rows else jax.P())

    def _in_float64(self) -> Any:
        return self.jax.enable_x64(True)
