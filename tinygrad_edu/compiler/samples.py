"""What does a function of samples get when it is traced?

For each array of the batch a list with one entry for each sample: a Value for an entry of a vector, a list of Values
for a row of a matrix. The index of a class, a *label*, is a Value too, and on request a row of Values, with 1 for its
class and 0 for the others, as `nn.cross_entropy` asks for it.

Names to know: `Batch`, `Sample`, `Label`, `Trace`. Read next: `plain_numbers.py`.
"""

from __future__ import annotations

import builtins
import inspect
import random
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

from tinygrad_edu.blocks import no_grad, recording
from tinygrad_edu.compiler.compiled import PRELUDE, Floats, floats_of
from tinygrad_edu.compiler.names import LOSS, RESERVED, SAMPLES, identifier
from tinygrad_edu.compiler.scalars import Nodes
from tinygrad_edu.errors import GraphError, OptionError, SizeError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import are, counted, show
from tinygrad_edu.value import Value

Numbers = npt.NDArray[Any]
Function = Callable[..., Any]  # of a list of samples for each array; gives the loss, or the loss and other nodes

TEXTBOOK = ("X", "Y")  # what the first two arrays are called
HELPERS = frozenset(PRELUDE.co_names)  # functions that stand beside a program
PACKAGE = __name__.partition(".")[0]
FEWEST = 4  # samples for which a loss has to be one if it is
POOL = 4096  # samples that are looked at to choose some from: compiling takes no longer for more


_ASKED: ContextVar[list[GraphError] | None] = ContextVar("what a function asked its samples", default=None)


def _refusing(asked: str, instead: str = "") -> Callable[..., Any]:
    """A method that says what cannot be asked of a sample, `asked.format(the other one)`."""

    def refuse(self: Sample, *others: object) -> NoReturn:
        raise self.refusal(asked.format(*others), instead)

    return refuse


def _is_ours(names: Mapping[str, Any]) -> bool:
    """Whether these are the global names of a module of the package, which knows what a hash of a Value is."""
    return str(names.get("__name__")).partition(".")[0] == PACKAGE


class Sample(Value):
    """A number of a sample, as a function of samples gets it: it stands for that number of every sample.

    It can be computed with, and it is equal to itself alone. Whoever asks what number it is would be told that of one
    sample, and the answer would be part of the program.
    """

    __slots__ = ()
    what = "a sample"
    instead = "x.step(), x.relu() or tinygrad_edu.maximum(x, 0), which a program can do for each sample"

    def refusal(self, asked: str, instead: str = "") -> GraphError:
        """The error for a question; it is kept too, for NumPy and others may put one of their own in its place."""
        error = GraphError(
            asked,
            "the function is traced once for all samples, and so the same whatever their numbers are",
            instead=instead or self.instead,
        )
        questions = _ASKED.get()
        if questions is not None:
            questions.append(error)
        return error

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int | float | np.generic) and _ASKED.get() is not None:
            raise self.refusal(f"{self.what} == {other}, which asks what number it is")
        return self is other

    def __hash__(self) -> int:
        if _ASKED.get() is not None and not _is_ours(sys._getframe(1).f_globals):  # whoever makes the set or the dict
            raise self.refusal(f"{self.what} in a set, or as the key of a dict, which asks what number it is")
        return object.__hash__(self)

    def __float__(self) -> float:
        if _ASKED.get() is not None:
            raise self.refusal(f"float(x) of {self.what}, which makes a plain number of it")
        return self.data

    __int__ = _refusing("int(x) of a sample, which makes a plain number of it")
    __index__ = _refusing("row[x], which takes a sample as a place")
    __round__ = _refusing("round(x) of a sample, which makes a plain number of it")
    __trunc__ = __floor__ = __ceil__ = __int__
    __mod__ = _refusing("x % {} of a sample, which is none of the operations of a Value")
    __rmod__ = _refusing("{} % x of a sample, which is none of the operations of a Value")
    __floordiv__ = __divmod__ = _refusing("x // {} of a sample, which is none of the operations of a Value")
    __rfloordiv__ = __rdivmod__ = _refusing("{} // x of a sample, which is none of the operations of a Value")


class Label(Sample):
    """The index of a class, as a function of samples gets it.

    >>> label = Label(2.0)
    >>> [share.data for share in label.one_hot(3)]
    [0.0, 0.0, 1.0]
    """

    __slots__ = ("row",)
    what = "label"
    instead = "nn.cross_entropy(logits, labels), or batch=(X, np.eye(classes)[y]) and the sum of row · logits"

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

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int | float | np.generic | Sample) and _ASKED.get() is not None:
            shown = "label" if isinstance(other, Sample) else other
            raise self.refusal(f"label == {shown}, which asks what class it is")
        return self is other

    __hash__ = Sample.__hash__
    __index__ = _refusing(
        "rows[label], which takes a label as a place",
        "nn.embedding(rows, label), for the row of each sample; nn.cross_entropy(logits, labels), for their chances",
    )
    __int__ = __trunc__ = __floor__ = __ceil__ = __round__ = _refusing("int(label), which asks what class it is")


class Code(Label):
    """A whole number among several of a sample: it may be computed with, or be the index of a row."""

    __slots__ = ()
    what, instead = Sample.what, Sample.instead
    __eq__ = Sample.__eq__
    __hash__ = Sample.__hash__
    __index__ = _refusing(
        "row[x], which takes a sample as a place", "nn.embedding(rows, x), for the row of each sample"
    )
    __int__ = __trunc__ = __floor__ = __ceil__ = Sample.__int__
    __round__ = Sample.__round__


Move = Callable[[Floats, Floats, np.random.Generator], Floats]  # rows, their spread, chance -> other rows


def _scaled(least: float, most: float) -> Move:
    return lambda rows, spread, rng: rows * rng.uniform(least, most, rows.shape)


SMALL: Move = lambda rows, spread, rng: rng.uniform(-1.0, 1.0, rows.shape)  # noqa: E731
MOVES: tuple[Move, ...] = (
    lambda rows, spread, rng: rows * rng.uniform(0.5, 1.5, rows.shape) + spread * rng.uniform(-1, 1, rows.shape),
    lambda rows, spread, rng: rows + spread * rng.uniform(-0.2, 0.2, rows.shape),
    _scaled(0.5, 2.0),  # no sign changes
    _scaled(0.5, 1.0),  # what is between 0 and 1 remains so
    SMALL,  # whatever the numbers are
    lambda rows, spread, rng: rng.uniform(0.0, 1.0, rows.shape),
    _scaled(0.99, 1.0),
)


def _spread(array: Floats, rows: Floats) -> Floats:
    """How far the numbers of a column are from each other; those of a constant column are moved as far as they are."""
    spread = array.max(axis=0) - array.min(axis=0)
    return np.where(spread > 0, spread, 0.5 + np.abs(rows))


def _kind(array: Floats) -> str:
    return "a list of lists" if array.ndim > 2 else "a list of one number"


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
        self.way = 0  # how far the samples are moved in `others`: the farthest that gave a loss
        self.asked_way = 0
        self.may_be_small = True  # whether numbers between -1 and 1 gave a loss, as far as is known
        self.are_labels = [bool((array == np.floor(array)).all()) for array in self.pool]

    def traced(self, samples: int, arrays: Sequence[Floats] | None = None) -> Trace:
        """The graph of the function for so many samples: by default, for some of those of the batch.

        Raises:
            GraphError: if the function does not give a Value, or another node that is not in its graph; if it asks
                what a number of a sample is; or if it fails.
        """
        leaves = self._leaves(self.rows(samples) if arrays is None else arrays)
        with recording():
            loss, outputs = self._run(leaves)
        graph = Graph(loss)
        tables: dict[str, Nodes] = {}
        arguments = [
            argument
            for name, table, is_label in zip(self.names, leaves, self.are_labels, strict=True)
            for argument in _put(tables, graph, name, table, is_label)
        ]
        return Trace(samples, graph, tables, nodes_of(graph, outputs), tuple(arguments))

    def loss(self, arrays: Sequence[Floats]) -> float:
        """The loss of these samples alone, without a graph.

        Raises:
            GraphError: as `traced` does.
        """
        with no_grad():
            return self._run(self._leaves(arrays))[0].data

    def rows(self, samples: int) -> list[Floats]:
        """Samples of the batch."""
        chosen = self._chosen(samples)
        return [array[chosen] for array in self.pool]

    def others(self, samples: int, indices: Collection[int]) -> Iterator[list[Floats]]:
        """So many samples with other numbers than those of the batch, ever nearer to them.

        A function that takes a number of its samples for a plain one gives another program there. Of an even number
        of samples, the first ones are between -1 and 1: large numbers would hide what is added to them.

        Args:
            samples: how many.
            indices: the places of the arrays that are indices of classes; those are drawn among the classes.
        """
        rng = np.random.default_rng([samples, 1])
        ways = [(number, moves) for number, moves in enumerate(self._moves()) if number >= self.way]
        self.asked_way = self.way
        if samples % 2 == 0 and self.may_be_small:
            yield self._moved((SMALL,) * len(self.pool), samples, indices, rng)
            self.may_be_small = samples < FEWEST  # one sample or two may have no loss for other reasons
        for self.asked_way, moves in ways:
            yield self._moved(moves, samples, indices, rng)

    def _moved(
        self, moves: Sequence[Move | None], samples: int, indices: Collection[int], rng: np.random.Generator
    ) -> list[Floats]:
        chosen, found = rng.integers(len(self.pool[0]), size=samples), []
        for place, (array, move) in enumerate(zip(self.pool, moves, strict=True)):
            if place in indices:
                found.append(rng.choice(np.unique(array), (samples, *array.shape[1:])))
            else:
                rows = array[chosen]
                found.append(rows if move is None else move(rows, _spread(array, rows), rng))
        return found

    def _moves(self) -> Iterator[tuple[Move | None, ...]]:
        """How each array is moved: all of them; if no such batch has a loss, one array alone; none."""
        count = len(self.pool)
        for move in MOVES:
            yield (move,) * count
        for place in range(count if count > 1 else 0):
            for move in MOVES:
                yield tuple(move if each == place else None for each in range(count))
        yield (None,) * count

    def _leaves(self, arrays: Sequence[Floats]) -> list[Nodes]:
        pairs = zip(arrays, self.are_labels, strict=True)
        return [
            _leaves(array, (Label if array.ndim == 1 else Code) if is_label else Sample) for array, is_label in pairs
        ]

    def _run(self, leaves: Sequence[Nodes]) -> tuple[Value, Any]:
        """What the function gives: the loss, and other nodes."""
        samples, questions = len(leaves[0]), list[GraphError]()
        token = _ASKED.set(questions)
        try:
            result = self.function(*(table.tolist() for table in leaves))
        except Exception as error:
            if questions:
                raise questions[0] from None
            if isinstance(error, GraphError | OptionError):
                raise
            raise self._failed(error, samples) from error
        finally:
            _ASKED.reset(token)
        if questions:
            raise questions[0]
        loss, outputs = result if isinstance(result, tuple) and len(result) == 2 else (result, ())
        if not isinstance(loss, Value):
            raise GraphError(
                f"compile of {_called(self.function)} for batches",
                f"for {counted(samples, 'sample')} it gives {loss!r}, which is not a Value",
                instead="a function that returns the loss, or the loss and a list of outputs",
            )
        return loss, outputs

    def _failed(self, error: Exception, samples: int) -> GraphError:
        """The error of a function that failed; the one that it raised itself is its cause."""
        message = str(error).partition("\n")[0]
        nested = [
            f"a sample of {name}, whose shape is {(self.samples, *array.shape[1:])}, is {_kind(array)}"
            for name, array in zip(self.names, self.pool, strict=True)
            if array.ndim > 2 or array.shape[1:] == (1,)
        ]
        return GraphError(
            f"compile of {_called(self.function)} for any number of samples",
            f"with {counted(samples, 'sample')} it raises {type(error).__name__}: {message}",
            origin=f"{'; '.join(nested) or 'the function itself'}; it is traced at a few numbers of samples, "
            "such as 3, 7 and 11, and has to hold for each",
            instead="batch=(X, y[:, 0]), for a column of numbers" if nested else "a function of any number of samples",
        )

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
    taken = {*RESERVED, LOSS, SAMPLES, *vars(builtins), *HELPERS, *(way for name in names for way in _ways(name))}
    for number in range(len(names), count):
        name = own[number] if number < len(own) else ""
        is_free = len(_ways(name)) > 1 and taken.isdisjoint(_ways(name)) and all(map(identifier, _ways(name)))
        names.append(name if is_free else f"X_{number + 1}")
        taken |= _ways(names[-1])
    return tuple(names)


def _ways(name: str) -> set[str]:
    """The names that an array may have in a program: its own, as labels, and as the rows that are made of them."""
    return {name, name.lower(), rows_name(name)}


def rows_name(name: str) -> str:
    """What the rows are called that are made of labels: Y of y, Labels of labels."""
    return name if name != name.lower() else name.capitalize()


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
    rows = np.array([label.one_hot(classes) for label in table.flat], dtype=object)
    tables[rows_name(name)] = rows.reshape(*table.shape, classes)
    return [Argument(name.lower(), table.shape[1:], classes)]


def _called(function: Function) -> str:
    return getattr(function, "__name__", repr(function))
