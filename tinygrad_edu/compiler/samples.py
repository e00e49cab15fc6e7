"""What does a function of samples get when it is traced?

For each array of the batch a list with one entry for each sample: a Value for an entry of a vector, a list of Values
for a row of a matrix. The index of a class, a *label*, is a Value too, and on request a row of Values, with 1 for its
class and 0 for the others, as `nn.cross_entropy` asks for it.

Names to know: `Batch`, `Label`, `Trace`. Read next: `unify.py`.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

from tinygrad_edu.blocks import recording
from tinygrad_edu.compiler.compiled import Floats, floats_of
from tinygrad_edu.compiler.names import RESERVED, SAMPLES, identifier
from tinygrad_edu.compiler.scalars import Nodes
from tinygrad_edu.errors import GraphError, OptionError, SizeError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import are, counted, show
from tinygrad_edu.value import Value

Numbers = npt.NDArray[Any]
Function = Callable[..., Any]  # of a list of samples for each array; gives the loss, or the loss and other nodes

TEXTBOOK = ("X", "Y")  # what the first two arrays are called
POOL = 4096  # samples that are looked at to choose some from: compiling takes no longer for more


class Label(Value):
    """The index of a class, as a function of samples gets it.

    >>> label = Label(2.0)
    >>> [share.data for share in label.one_hot(3)]
    [0.0, 0.0, 1.0]
    """

    __slots__ = ("row",)

    row: list[Value]

    def __init__(self, data: float) -> None:
        super().__init__(data)
        self.row = []

    def one_hot(self, classes: int) -> list[Value]:
        """A row with 1 for its class and 0 for the others: always the same Values.

        Raises:
            OptionError: if it is not the index of one of so many classes.
            GraphError: if it was asked for another number of classes before.
        """
        if self.data not in range(classes):
            raise OptionError(
                f"a label {show(self.data)}",
                f"a label is the index of one of the {classes} classes",
                instead=f"whole numbers from 0 to {classes - 1}",
            )
        if not self.row:
            self.row = [Value(float(self.data == number)) for number in range(classes)]
        if len(self.row) != classes:
            raise GraphError(
                f"a label among {classes} classes",
                f"it was one among {len(self.row)} before",
                instead="a batch with one array of labels for each, batch=(X, y, y)",
            )
        return self.row

    def __index__(self) -> NoReturn:
        raise self._is_traced("row[label], which takes a label as a place")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int | float):
            raise self._is_traced(f"label == {other}, which asks what class it is")
        return self is other

    __hash__ = Value.__hash__

    def _is_traced(self, asked: str) -> GraphError:
        return GraphError(
            asked,
            "the function is traced once for all samples, and so the same for every class",
            instead="nn.cross_entropy(logits, labels), or batch=(X, np.eye(classes)[y]) and the sum of row · logits",
        )


class Argument(NamedTuple):
    """An array that a program is called with.

    Attributes:
        name: in the program.
        shape: of one sample.
        classes: how many there are, of labels that are taken as indices; 0 for numbers.
    """

    name: str
    shape: tuple[int, ...]
    classes: int = 0


class Trace(NamedTuple):
    """The graph of a function for some samples.

    Attributes:
        samples: how many.
        graph: of the loss.
        tables: the leaves that it is a function of, by the name of their array, whose shape they have.
        outputs: other nodes that the function gave.
        arguments: the arrays that a program of it is called with.
    """

    samples: int
    graph: Graph
    tables: dict[str, Nodes]
    outputs: Nodes
    arguments: tuple[Argument, ...]


class Batch:
    """Arrays with one row for each sample, and a function of lists of samples."""

    def __init__(self, function: Function, arrays: Sequence[npt.ArrayLike]) -> None:
        """Look at the arrays.

        Raises:
            SizeError: if they do not have the same number of rows, at least one.
            NumberError: if something in them is not a real number.
            GraphError: if the function takes another number of lists than there are arrays.
        """
        found = [_as_array(array) for array in _listed(arrays)]
        _check_rows(found)
        _check_takes(function, len(found))
        self.function = function
        self.names = _names(function, len(found))
        self.samples = len(found[0])
        chosen = np.array(sorted(random.Random(0).sample(range(self.samples), min(self.samples, POOL))))  # noqa: S311
        self.pool = _finite([floats_of(array[chosen], name) for array, name in zip(found, self.names, strict=True)])
        self.are_labels = [array.ndim == 1 and bool((array == np.floor(array)).all()) for array in self.pool]

    def traced(self, samples: int) -> Trace:
        """The graph of the function for so many samples, which are among those of the batch.

        Raises:
            GraphError: if the function does not give a Value, or another node that is not in its graph.
        """
        rows = self._chosen(samples)
        leaves = [_leaves(array[rows], Label if is_label else Value) for array, is_label in self._arrays()]
        with recording():
            result = self.function(*(table.tolist() for table in leaves))
        loss, outputs = result if isinstance(result, tuple) and len(result) == 2 else (result, ())
        if not isinstance(loss, Value):
            raise GraphError(
                f"compile of {_called(self.function)} for batches",
                f"for {counted(samples, 'sample')} it gives {loss!r}, which is not a Value",
                instead="a function that returns the loss, or the loss and a list of outputs",
            )
        graph = Graph(loss)
        tables: dict[str, Nodes] = {}
        arguments = [
            argument
            for name, table, is_label in zip(self.names, leaves, self.are_labels, strict=True)
            for argument in _put(tables, graph, name, table, is_label)
        ]
        return Trace(samples, graph, tables, nodes_of(graph, outputs), tuple(arguments))

    def _arrays(self) -> zip[tuple[Numbers, bool]]:
        return zip(self.pool, self.are_labels, strict=True)

    def _chosen(self, samples: int) -> Numbers:
        """Samples to trace: those at the ends of their columns first, so that they differ; then any others.

        A function that decides by the numbers it sees decides in several ways then.
        """
        rng = np.random.default_rng(samples)
        columns = [array.reshape(len(array), -1) for array in reversed(self.pool)]
        ends = [end for table in columns for column in table.T[:samples] for end in (column.argmin(), column.argmax())]
        others = rng.permutation(len(self.pool[0])).tolist()
        order = list(dict.fromkeys([*(int(end) for end in ends[: samples // 2]), *others]))
        chosen: Numbers = rng.permutation(np.resize(order, samples))
        return chosen


def nodes_of(graph: Graph, outputs: Any) -> Nodes:
    """Nodes of the graph, in an array of their shape.

    Raises:
        GraphError: if something else is among them.
    """
    table: Nodes = np.array(outputs, dtype=object)
    strange = [each for each in table.flat if not isinstance(each, Value) or each not in graph.index]
    if strange:
        raise GraphError(
            f"compile with {strange[0]!r} among the outputs",
            "an output is a node of the graph of the loss",
            instead="outputs=predictions, of which the loss was made, in rows of one length",
        )
    return table


def _listed(arrays: Any) -> list[Any]:
    """The arrays of a batch; one array alone is not taken apart into its rows."""
    if isinstance(arrays, np.ndarray | str | Mapping) or not isinstance(arrays, Iterable):
        raise SizeError(
            f"compile with a batch that is one {type(arrays).__name__}",
            "a batch is made of arrays, one for each argument of the function",
            instead="batch=(X, y), or batch=(X,) for X alone",
        )
    return list(arrays)


def _as_array(array: npt.ArrayLike) -> Numbers:
    """An array of any kind; its numbers are looked at later, and those of a few rows alone."""
    if isinstance(array, np.ma.MaskedArray) and np.ma.is_masked(array):
        return floats_of(array, "batch")  # it says what is wrong with that
    try:
        return np.asarray(array)
    except ValueError:
        return floats_of(array, "batch")


def _check_takes(function: Function, count: int) -> None:
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError as error:
        raise GraphError(
            f"compile of {_called(function)} with a batch of {counted(count, 'array')}",
            f"the function gets a list of samples for each array: {error}",
            instead="lambda xs, ys: loss, with batch=(X, y)",
        ) from None
    except ValueError:  # a function of C, whose arguments cannot be read
        return


def _check_rows(arrays: Sequence[Numbers]) -> None:
    sizes = [len(array) if array.ndim else 0 for array in arrays]
    if not sizes or 0 in sizes or len(set(sizes)) > 1:
        rows = " and ".join(counted(size, "row") for size in sizes)
        raise SizeError(
            f"compile with {counted(len(sizes), 'array')} as its batch",
            f"there {are(0, 'array')}" if not sizes else f"they have {rows}, where each has a row for each sample",
            instead="batch=(X, y), with as many labels in y as there are rows in X",
        )


def _finite(arrays: list[Floats]) -> list[Floats]:
    """The samples in which every number is finite, if there are some: inf and NaN hide what a function does."""
    are_finite = np.all([np.isfinite(array.reshape(len(array), -1)).all(axis=1) for array in arrays], axis=0)
    return [array[are_finite] for array in arrays] if are_finite.any() else arrays


def _names(function: Function, count: int) -> tuple[str, ...]:
    """X and Y; what comes after is called as the function calls it, if that is a name that nothing else has."""
    try:
        own = [identifier(name) for name in inspect.signature(function).parameters]
    except (TypeError, ValueError):  # a function of C has none that can be read
        own = []
    names = list(TEXTBOOK[:count])
    taken = {*names, *RESERVED, SAMPLES, *(name.lower() for name in names)}
    for number in range(len(names), count):
        name = own[number] if number < len(own) else ""
        free = name if name and name not in taken and name.lower() not in taken else f"X_{number + 1}"
        taken |= {free, free.lower()}
        names.append(free)
    return tuple(names)


def _leaves(numbers: Numbers, kind: type[Value]) -> Nodes:
    table: Nodes = np.empty(numbers.shape, dtype=object)
    for place, number in zip(np.ndindex(numbers.shape), numbers.reshape(-1).tolist(), strict=True):
        table[place] = kind(number)
    return table


def _put(tables: dict[str, Nodes], graph: Graph, name: str, table: Nodes, is_label: bool) -> list[Argument]:
    """The arrays of leaves that stand for one array of the batch: labels as indices, as numbers, or as both."""
    asked = [label for label in table.flat if is_label and label.row]
    if not asked:
        tables[name] = table
        return [Argument(name, table.shape[1:])]
    classes = len(asked[0].row)
    if any(label in graph.index for label in table.flat):
        tables[name.lower()] = table
    tables[name] = np.array([label.one_hot(classes) for label in table.flat], dtype=object)
    return [Argument(name.lower(), (), classes)]


def _called(function: Function) -> str:
    return getattr(function, "__name__", repr(function))
