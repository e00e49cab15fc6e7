"""How is a program found that holds for any number of samples?

The function is traced at two small numbers of samples, and the programs of the two graphs are unified. What comes out
is compared with the graph, in value and gradient, at other numbers of samples.

Names to know: `Search`, `BatchProgram`. Read next: `program.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tinygrad_edu.compiler.compiled import Compiled, Floats, floats_of, function_of, point_of
from tinygrad_edu.compiler.formulas import Formula, Name, OneHot, Rows, View
from tinygrad_edu.compiler.layout import Index
from tinygrad_edu.compiler.memory import Memory
from tinygrad_edu.compiler.names import SAMPLES
from tinygrad_edu.compiler.pipeline import Found, find
from tinygrad_edu.compiler.proof import Leaves, check_program
from tinygrad_edu.compiler.samples import Argument, Batch, Trace
from tinygrad_edu.compiler.simplify import simplified_source
from tinygrad_edu.compiler.sizes import Size
from tinygrad_edu.compiler.source import Line, Source
from tinygrad_edu.compiler.unify import DiffersError, Traced, unified
from tinygrad_edu.errors import CompileError, GraphError, OptionError, SizeError, TinygradError
from tinygrad_edu.show import counted
from tinygrad_edu.value import Value

PAIRS = ((7, 11), (13, 17))  # numbers of samples to trace; the second pair if a size of the model is one of the first
SMALL_PAIRS = ((5, 7), (6, 11))  # of a large model
FEW, MANY = 3, 24  # numbers of samples that are compared: below those that are traced, and beyond
BELOW = 6  # the largest number below those that are traced
LARGE = 100_000  # edges; a comparison that needs more is left out, but for FEW
MISTAKES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, TinygradError)


class BatchProgram(Compiled):
    """A NumPy function of parameters and of a batch of any number of samples that gives a loss and its gradient.

    Attributes:
        arguments: the arrays that it is called with.
        least: the smallest number of samples that it was found right for.
        samples: how many the batch had that it was compiled with.
    """

    def __init__(self, search: Search, *, check: bool = False) -> None:
        trace, found = search.found()
        self.samples = search.batch.samples
        self.least = search.least
        self.arguments = trace.arguments
        super().__init__(trace.graph, search.wrt, found, check=check)

    def __call__(self, *arrays: npt.ArrayLike) -> tuple[float, Floats]:
        """The loss and its gradient.

        Args:
            arrays: those of a batch, in the order in which the program was compiled with them, with any number of
                rows, which is the same for all.

        Returns:
            The loss, and an array of ∂loss/∂parameter in the order of `wrt`.

        Raises:
            SizeError: if an array or a column is missing, if the numbers of rows differ, or if there are too few.
            NumberError: if something among them is not a real number.
            OptionError: if a label is not the index of a class.
            DomainError: if the program was compiled with `check=True`, and leaves a domain.
        """
        numbers = self._numbers(arrays)
        loss, gradient, outputs = self._run(self._parameters, *numbers)
        self._calls.last = outputs
        return loss, gradient

    @property
    def outputs(self) -> Floats:
        """What the function gave beside the loss, as the last call of this thread found it; empty before any call."""
        last: Floats = getattr(self._calls, "last", np.zeros(0))
        return last

    def _beside_parameters(self) -> tuple[Sequence[Floats], Sequence[str]]:
        return (), tuple(argument.name for argument in self.arguments if argument.classes)

    def memory(self, samples: int | None = None) -> Memory:
        """Which arrays of the forward pass have to be kept for the backward pass, and what they weigh.

        Args:
            samples: in a batch; by default as many as in the one that the program was compiled with.
        """
        return Memory(self.formulas, len(self.graph), self.samples if samples is None else samples)

    def __repr__(self) -> str:
        names = ", ".join(argument.name for argument in self.arguments)
        return (
            f"<Program of {len(self.wrt):,} parameters, for any number of samples: program({names}) in "
            f"{len(self.lines):,} lines of NumPy; print(program.source)>"
        )

    # The arrays that it is called with

    def _numbers(self, arrays: Sequence[npt.ArrayLike]) -> list[npt.NDArray[Any]]:
        if len(arrays) != len(self.arguments):
            raise SizeError(
                f"a program with {counted(len(arrays), 'array')}",
                f"it is a function of {counted(len(self.arguments), 'array')}",
                instead=self._call_text(),
            )
        found = [self._array(array, argument) for array, argument in zip(arrays, self.arguments, strict=True)]
        rows = [len(array) for array in found]
        if len(set(rows)) > 1:
            raise SizeError(
                f"a program with {' and '.join(counted(row, 'row') for row in rows)}",
                "each array has a row for each sample",
                instead=self._call_text(),
            )
        if rows[0] < self.least:
            wrong = "a mean over nothing is no number" if rows[0] == 0 else "its formulas hold from there on"
            raise SizeError(
                f"a program with {counted(rows[0], 'sample')}",
                f"it takes at least {counted(self.least, 'sample')}: {wrong}",
                instead=f"a batch of {counted(self.least, 'sample')} or more",
            )
        return found

    def _call_text(self) -> str:
        shapes = [f"{each.name} of shape {_shape_text(each)}" for each in self.arguments]
        return f"program({', '.join(each.name for each in self.arguments)}), with {', '.join(shapes)}"

    def _array(self, array: npt.ArrayLike, argument: Argument) -> npt.NDArray[Any]:
        is_ready = isinstance(array, np.ndarray) and array.dtype == np.float64 and type(array) is np.ndarray
        numbers = np.asarray(array) if is_ready else floats_of(array, argument.name)
        if numbers.ndim == 0 or numbers.shape[1:] != argument.shape:
            raise SizeError(
                f"a program with {argument.name} of shape {numbers.shape}",
                f"its shape is {_shape_text(argument)}, for any number {SAMPLES} of samples",
                instead=self._call_text(),
            )
        return _labels(numbers, argument) if argument.classes else numbers


def _shape_text(argument: Argument) -> str:
    return str((Size(1, 0, 1), *argument.shape))


def _labels(numbers: Floats, argument: Argument) -> npt.NDArray[np.int64]:
    """Numbers as the indices of classes."""
    is_right = (numbers >= 0) & (numbers < argument.classes) & (numbers == np.floor(numbers))
    if not is_right.all():
        place = int(is_right.argmin())
        raise OptionError(
            f"a program with the label {numbers[place]:g} at {argument.name}[{place}]",
            f"a label is the index of one of the {argument.classes} classes",
            instead=f"whole numbers from 0 to {argument.classes - 1}",
        )
    return numbers.astype(np.int64)


class _Pair(NamedTuple):
    """The programs of a function for two numbers of samples, and what they have in common."""

    trace: Trace
    found: Found
    tables: Source  # the program as a function of its tables


class Search:
    """The way to a program for any number of samples: it begins with the graph of a few."""

    def __init__(self, batch: Batch, wrt: list[Value] | None) -> None:
        self.batch = batch
        self.first = batch.traced(FEW)
        self.edges = sum(map(len, self.first.graph.arguments)) // FEW + 1  # of a sample
        self.wrt = self._shared() if wrt is None else wrt
        self.least = 1
        self.sizes = PAIRS[0]

    def _shared(self) -> list[Value]:
        """The leaves that the graphs of any samples have in common: what the function did not make itself."""
        again = self.batch.traced(FEW).graph.index
        return [leaf for leaf in self.first.graph.leaves if leaf in again and not leaf.is_constant]

    def found(self) -> tuple[Trace, Found]:
        """The program, and the larger of the graphs it was found in.

        Raises:
            GraphError: if there is none.
        """
        pairs = SMALL_PAIRS if self._is_large(PAIRS[0][1]) else PAIRS
        refusal: GraphError | None = None
        for self.sizes in pairs:
            try:
                trace, found, tables = self._unified(*self.sizes)
                self.least = self._compared(tables, trace)
            except GraphError as error:
                refusal = refusal or error
            else:
                return trace, found
        assert refusal is not None
        raise refusal

    def _is_large(self, samples: int) -> bool:
        return self.edges * samples > LARGE

    def _unified(self, *sizes: int) -> _Pair:
        traces = [self.batch.traced(samples) for samples in sizes]
        found = [find(trace.graph, self.wrt, (), trace.outputs, trace.tables) for trace in traces]
        one, other = (Traced(trace.samples, each.source) for trace, each in zip(traces, found, strict=True))
        try:
            source = simplified_source(unified(one, other))
        except DiffersError as difference:
            raise self._differs(difference, sizes) from None
        return _Pair(traces[1], found[1]._replace(source=_with_labels(source, traces[1])), source)

    def _differs(self, difference: DiffersError, sizes: tuple[int, ...]) -> GraphError:
        shown = [
            f"for {size} samples {f'it says `{text}`' if text else 'it has no such line'}"
            for size, text in zip(sizes, (difference.one, difference.other), strict=True)
        ]
        return _refused(self.batch, f"its program differs in more than the number of samples: {', '.join(shown)}")

    # Comparing

    def _compared(self, source: Source, trace: Trace) -> int:
        """The smallest number of samples from which on the program agrees with the graph.

        Raises:
            GraphError: if there is none.
        """
        function = function_of(source)
        if not self._is_large(MANY):
            wrong = self._wrong_at(MANY, function, trace)
            if wrong:
                raise _refused(self.batch, wrong)
        sizes = range(1, (BELOW if _shrinks(source) else FEW) + 1)
        wrongs = {size: wrong for size in sizes if (wrong := self._wrong_at(size, function, trace))}
        least = max(wrongs, default=0) + 1
        if least > max(sizes) or len(wrongs) != least - 1:
            raise _refused(self.batch, wrongs[max(wrongs)])
        return least

    def _wrong_at(self, samples: int, function: Any, pattern: Trace) -> str:
        """How the program differs from the graph of so many samples; nothing if it does not."""
        try:
            trace = self.first if samples == FEW else self.batch.traced(samples)
        except MISTAKES as error:
            return f"for {counted(samples, 'sample')} it raises {type(error).__name__}: {error}"
        if list(trace.tables) != list(pattern.tables) or trace.arguments != pattern.arguments:
            return f"for {counted(samples, 'sample')} it uses its arrays otherwise"
        leaves = Leaves(self.wrt, _flat(trace), trace.outputs.reshape(-1).tolist())
        try:
            check_program(partial(_split, function, trace), trace.graph, leaves)
        except CompileError:
            traced = " and ".join(map(str, self.sizes))
            return f"the formulas that hold for {traced} samples give other numbers than it for {samples}"
        except MISTAKES as error:
            return f"for {counted(samples, 'sample')} its formulas raise {type(error).__name__}: {error}"
        return ""


def _flat(trace: Trace) -> list[Value]:
    return [leaf for table in trace.tables.values() for leaf in table.flat]


def _split(function: Any, trace: Trace, parameters: Floats, inputs: Floats) -> Any:
    """The program, run on tables that are laid end to end."""
    bounds = np.cumsum([table.size for table in trace.tables.values()])[:-1]
    parts = zip(np.split(inputs, bounds), trace.tables.values(), strict=True)
    return point_of(function, parameters, *(part.reshape(table.shape) for part, table in parts))


def _shrinks(source: Source) -> bool:
    """Whether some size or place is smaller than a multiple of m: below some m, it would be negative."""
    return any(
        isinstance(size, Size) and size.plus < 0 for formula in source.every_formula() for size in _sizes(formula)
    )


def _sizes(formula: Formula) -> Iterator[object]:
    """The sizes and places in a formula."""
    yield from formula.shape
    for move in formula.moves if isinstance(formula, View) else ():
        for entry in move.entries if isinstance(move, Index) else ():
            yield from (entry.start, entry.stop) if isinstance(entry, slice) else (entry,)


def _with_labels(source: Source, trace: Trace) -> Source:
    """The program as a function of labels, which it makes rows of itself."""
    arguments, lines = [source.arguments[0]], []
    known = {name.name: name for name in source.arguments}
    for argument in trace.arguments:
        table = known.get(argument.name)
        rows = (Size(1, 0, trace.samples), *argument.shape)
        arguments.append(table or Name(argument.name, rows))
        if argument.classes:
            whole = known[next(name for name in known if name != argument.name and name.lower() == argument.name)]
            lines.append(Line(whole.name, OneHot(arguments[-1], argument.classes), 0, None))
    samples, *leaves = source.leaves
    samples = samples._replace(formula=Rows(arguments[1]))
    return replace(source, arguments=tuple(arguments), leaves=(samples, *leaves, *lines))


def _refused(batch: Batch, wrong: str) -> GraphError:
    return GraphError(
        f"compile of {getattr(batch.function, '__name__', 'a function')} for any number of samples",
        wrong,
        origin="a function that looks at the numbers of its samples, or treats some samples unlike the others",
        instead="a loss that is a sum or a mean over samples; or tinygrad_edu.compile(loss), for one batch",
    )
