"""How is a program found that holds for any number of samples?

The function is traced at two small numbers of samples, and the programs of the two graphs are unified. What comes out
is compared with the graph, in value and gradient, at other numbers of samples.

Names to know: `Search`, `BatchProgram`. Read next: `program.py`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from operator import is_
from typing import Any, NamedTuple, TypeGuard

import numpy as np
import numpy.typing as npt

from tinygrad_edu.compiler.compiled import NOTHING, Compiled, Floats, floats_of, function_of, point_of, results_of
from tinygrad_edu.compiler.formulas import Formula, Name, OneHot, Rows, View
from tinygrad_edu.compiler.layout import Index
from tinygrad_edu.compiler.lookup import looked_up
from tinygrad_edu.compiler.memory import Memory
from tinygrad_edu.compiler.names import SAMPLES
from tinygrad_edu.compiler.pipeline import Found, find
from tinygrad_edu.compiler.plain_numbers import plain_number
from tinygrad_edu.compiler.proof import TOLERANCE, Leaves, Point, check_here, check_program
from tinygrad_edu.compiler.samples import Argument, Batch, Trace, rows_name
from tinygrad_edu.compiler.simplify import simplified_source
from tinygrad_edu.compiler.sizes import Size
from tinygrad_edu.compiler.source import Line, Source
from tinygrad_edu.compiler.unify import DiffersError, Traced, unified
from tinygrad_edu.errors import MISTAKES, CompileError, GraphError, OptionError, SizeError
from tinygrad_edu.show import counted
from tinygrad_edu.value import Value

FLOAT64 = np.dtype(np.float64)
PAIRS = ((7, 11), (13, 17))  # numbers of samples to trace; the second pair if a size of the model is one of the first
SMALL_PAIRS = ((5, 7), (6, 11))  # of a large model
FEW, MANY = 3, 24  # numbers of samples that are compared: below those that are traced, and beyond
LOOKS = "a function that looks at the numbers of its samples"
OF_VALUES = "sum(xs) / len(xs), tinygrad_edu.maximum(x, y), tinygrad_edu.functions.logsumexp(xs)"
INSTEAD = f"what is the same for all samples, such as {OF_VALUES}; or tinygrad_edu.compile(loss), for one batch"
INSTEAD_OF_NUMBERS = (
    f"the Values themselves, as in {OF_VALUES}; "
    "what is to stay as it is, such as a scale of the data, is computed before, outside of the function"
)
COUNTS = (
    "a function that treats some samples unlike the others, or depends on their number otherwise than a formula does"
)
EITHER = f"{LOOKS}, or treats some samples unlike the others"
BETWEEN = range(26, 61, 2)  # at one of these numbers of samples the loss is compared
MOST = 300  # the largest number of samples whose loss is compared
LARGEST = 2_000_000  # edges that the graph of them may have: about a second
BELOW = 6  # the largest number below those that are traced
LARGE = 100_000  # edges; a comparison that needs more is left out, but for FEW


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
        last: Floats = getattr(self._calls, "last", NOTHING)
        return last

    def forward(self, *arrays: npt.ArrayLike) -> Floats:
        """What the function gives beside the loss, as `outputs` after a call, but without loss and gradient.

        >>> import tinygrad_edu
        >>> w = Value(2.0)
        >>> def loss(xs):
        ...     outputs = [w * x for x in xs]
        ...     return sum(output**2 for output in outputs), outputs
        >>> tinygrad_edu.compile(loss, wrt=[w], batch=([0.5, 1.0],)).forward([1.0, 2.0, 3.0])
        array([2., 4., 6.])
        """
        with np.errstate(all="ignore"):
            return results_of(self._forward(self._parameters, *self._numbers(arrays)))[2]

    def _prepare(self) -> None:
        super()._prepare()
        self._taken: list[tuple[int, ...]] | None = None  # the shapes of the last arrays that were right as they are
        self._forward = function_of(self._found.source.without_gradient)

    def __getstate__(self) -> dict[str, Any]:
        return {name: part for name, part in super().__getstate__().items() if name != "_forward"}

    def _beside_parameters(self) -> tuple[Sequence[Floats], Sequence[str]]:
        return (), tuple(argument.name for argument in self.arguments if argument.classes)

    def memory(self, samples: int | None = None) -> Memory:
        """Which arrays of the forward pass have to be kept for the backward pass, and what they weigh.

        Args:
            samples: in a batch; by default as many as in the one that the program was compiled with.

        Raises:
            OptionError: if that is not a whole number from 1 on.
        """
        if samples is not None and not (isinstance(samples, int | np.integer) and samples >= 1):
            raise OptionError(f"memory({samples!r})", "a batch has a whole number of samples", instead="memory(1000)")
        return Memory(self.formulas, len(self.graph), self.samples if samples is None else samples)

    def __repr__(self) -> str:
        names = ", ".join(argument.name for argument in self.arguments)
        return (
            f"<Program of {len(self.wrt):,} parameters, for any number of samples: program({names}) in "
            f"{len(self.lines):,} lines of NumPy; print(program.source)>"
        )

    # The arrays that it is called with

    def _numbers(self, arrays: Sequence[Any]) -> Sequence[npt.NDArray[Any]]:
        """The arrays as the function takes them. Those that it takes as they are, are looked at once for each shape."""
        if len(arrays) != len(self.arguments):
            raise SizeError(
                f"a program with {counted(len(arrays), 'array')}",
                f"it is a function of {counted(len(self.arguments), 'array')}",
                instead=self._call_text(),
            )
        shapes = [array.shape for array in arrays if _is_ready(array)]
        if shapes == self._taken:
            return arrays
        found = list(map(self._array, arrays, self.arguments))
        self._check_rows([len(array) for array in found])
        if all(map(is_, found, arrays)):
            self._taken = shapes
        return found

    def _check_rows(self, rows: Sequence[int]) -> None:
        """Whether it is one number of rows, and large enough."""
        if len(set(rows)) > 1:
            raise SizeError(
                f"a program with {' and '.join(counted(row, 'row') for row in rows)}",
                "each array has a row for each sample",
                instead=self._call_text(),
            )
        if rows[0] < self.least:
            wrong = "a mean over nothing is NaN" if rows[0] == 0 else "its formulas hold from there on"
            raise SizeError(
                f"a program with {counted(rows[0], 'sample')}",
                f"it takes at least {counted(self.least, 'sample')}: {wrong}",
                instead=f"a batch of {counted(self.least, 'sample')} or more; tinygrad_edu.compile(loss), for fewer",
            )

    def _call_text(self) -> str:
        shapes = [f"{each.name} of shape {_shape_text(each)}" for each in self.arguments]
        return f"program({', '.join(each.name for each in self.arguments)}), with {', '.join(shapes)}"

    def _array(self, array: npt.ArrayLike, argument: Argument) -> npt.NDArray[Any]:
        numbers = array if _is_ready(array) else floats_of(array, argument.name)
        if numbers.ndim == 0 or numbers.shape[1:] != argument.shape:
            raise SizeError(
                f"a program with {argument.name} of shape {numbers.shape}",
                f"its shape is {_shape_text(argument)}, for any number {SAMPLES} of samples",
                instead=self._call_text(),
            )
        return _labels(numbers, argument) if argument.classes else numbers


def _is_ready(array: npt.ArrayLike) -> TypeGuard[Floats]:
    """Whether nothing has to be converted."""
    return type(array) is np.ndarray and array.dtype is FLOAT64


def _shape_text(argument: Argument) -> str:
    return str((Size(1, 0, 1), *argument.shape))


def _labels(numbers: Floats, argument: Argument) -> npt.NDArray[np.int64]:
    """Numbers as the indices of classes."""
    is_right = (numbers >= 0) & (numbers < argument.classes) & (numbers == np.floor(numbers))
    if not is_right.all():
        place = np.unravel_index(is_right.argmin(), numbers.shape)
        raise OptionError(
            f"a program with the label {numbers[place]:g} at {argument.name}[{', '.join(map(str, place))}]",
            f"a label is the index of one of the {argument.classes} classes",
            instead=f"whole numbers from 0 to {argument.classes - 1}",
        )
    return numbers.astype(np.int64)


class Way(NamedTuple):
    """How a program is looked for: see `find`."""

    loops: bool
    is_strict: bool


WAYS = (Way(True, False), Way(True, True), Way(False, True))  # the next one, if a program depends on m otherwise


class _Pair(NamedTuple):
    """The programs of a function for two numbers of samples, and what they have in common."""

    trace: Trace
    found: Found
    tables: Source  # the program as a function of its tables


class Search:
    """The way to a program for any number of samples: it begins with the graph of a few."""

    def __init__(self, batch: Batch, wrt: list[Value] | None, *, is_strict: bool) -> None:
        self.batch = batch
        self.ways = [way for way in WAYS if way.is_strict or not is_strict]
        self.first = batch.traced(FEW)
        self.edges = sum(map(len, self.first.graph.arguments)) // FEW + 1  # of a sample
        self.wrt = self._shared() if wrt is None else wrt
        self.least = 1
        self.sizes = PAIRS[0]
        self.traced_edges = [0, 0]  # of the graphs of these sizes

    def _shared(self) -> list[Value]:
        """The leaves that the graphs of any samples have in common: what the function did not make itself."""
        again = self.batch.traced(FEW).graph.index
        return [leaf for leaf in self.first.graph.leaves if leaf in again and not leaf.is_constant]

    def found(self) -> tuple[Trace, Found]:
        """The program, and the larger of the graphs it was found in.

        Raises:
            GraphError: if there is none.
        """
        self._check_no_plain_numbers()
        pairs = SMALL_PAIRS if self._is_large(PAIRS[0][1]) else PAIRS
        refusal: GraphError | None = None
        for self.sizes in pairs:
            try:
                pair = self._unified(*self.sizes)
                self.least = self._compared(pair)
            except GraphError as error:
                refusal = refusal or error
            else:
                return pair.trace, pair.found
        assert refusal is not None
        raise refusal

    def _check_no_plain_numbers(self) -> None:
        """Refuse a function in whose graph a number of its samples is a constant."""
        indices = {place for place, each in enumerate(self.first.arguments) if each.classes}
        for arrays in self.batch.others(FEW, indices):
            try:
                other = self.batch.traced(FEW, arrays)
            except MISTAKES:
                continue
            if found := plain_number(self.first, other, self.wrt):
                raise _refused(self.batch, found, LOOKS)
            return

    def _is_large(self, samples: int) -> bool:
        return self.edges * samples > LARGE

    def _unified(self, *sizes: int) -> _Pair:
        traces = [self.batch.traced(samples) for samples in sizes]
        self.traced_edges = [sum(map(len, trace.graph.arguments)) for trace in traces]
        refusal: GraphError | None = None
        for way in self.ways:
            found = [find(trace.graph, self.wrt, (), trace.outputs, trace.tables, **way._asdict()) for trace in traces]
            one, other = (Traced(trace.samples, each.source) for trace, each in zip(traces, found, strict=True))
            try:
                source = simplified_source(unified(one, other))
                break
            except DiffersError as difference:
                refusal = refusal or self._differs(difference, sizes)
                if not any(each.source.loops or each.source.masks for each in found):
                    raise refusal from None
        else:
            assert refusal is not None
            raise refusal
        if _cuts_parameters(source):
            raise _refused(self.batch, "which parameters it uses depends on the number of samples", COUNTS)
        return _Pair(traces[1], found[1]._replace(source=looked_up(_with_labels(source, traces[1]))), source)

    def _differs(self, difference: DiffersError, sizes: tuple[int, ...]) -> GraphError:
        shown = [
            f"for {size} samples {f'it says `{text}`' if text else 'it has no such line'}"
            for size, text in zip(sizes, (difference.one, difference.other), strict=True)
        ]
        wrong = f"its program differs in more than the number of samples: {', '.join(shown)}"
        return _refused(self.batch, wrong, EITHER)

    # Comparing

    def _compared(self, pair: _Pair) -> int:
        """The smallest number of samples from which on the program agrees with the function.

        Raises:
            GraphError: if there is none.
        """
        check = _Comparison(self, pair)
        last = pair.trace.samples + 1
        shrinks = _shrinks(pair.tables)
        whole = {*range(1, (BELOW if shrinks else FEW) + 1), last, *(() if self._is_large(MANY) else self.sizes)}
        wrongs = {
            size: wrong
            for size in range(1, last + 1)
            if (wrong := check.elsewhere(size) if size in whole else check.loss(size))
        }
        least = max(wrongs, default=0) + 1
        if least > (BELOW if shrinks else FEW) + 1 or len(wrongs) != least - 1:
            text, origin = wrongs[max(wrongs)]
            looks = not wrongs.keys().isdisjoint(self.sizes)  # as many samples as in a trace, but with other numbers
            raise _refused(self.batch, text, LOOKS if looks and origin else origin)
        return self._checked_further(check, least)

    def _checked_further(self, check: _Comparison, least: int) -> int:
        """The smallest number of samples, if the program is right for larger ones too."""
        sizes = [FEW] if self._is_large(MANY) else [MANY, FEW]
        further = chain(map(check.near, filter(least.__le__, sizes)), map(check.loss, self._further()))
        wrong = next(filter(None, further), None)
        if wrong is None and not check.is_any:
            wrong = Wrong("its loss is inf or NaN for all samples it was tried on", "")
        if wrong:
            raise _refused(self.batch, *wrong)
        return least

    def _further(self) -> list[int]:
        """Numbers of samples whose loss alone is compared, as far as their graphs would not be too large."""
        sizes = [random.Random(self.batch.samples).choice(BETWEEN), min(self.batch.samples, MOST)]  # noqa: S311
        return [size for size in sizes if size > self.sizes[1] and self._edges_at(size) <= LARGEST]

    def _edges_at(self, samples: int) -> float:
        """About how many there are, if they go on to grow as from one traced size to the other."""
        (few, many), (one, other) = self.sizes, self.traced_edges
        power = max(1.0, math.log(max(other, 1) / max(one, 1)) / math.log(many / few))
        return float(other * (samples / many) ** power)


class Wrong(NamedTuple):
    """How a program differs from its function, and what that comes from, as far as that is known."""

    text: str
    origin: str


class _Comparison:
    """A program beside the function it is of, at any number of samples.

    With the samples of a trace the program that is called is run. At numbers near them, which are no labels any more,
    the one is that it was made of: a function of the rows of labels.
    """

    def __init__(self, search: Search, pair: _Pair) -> None:
        self.batch, self.sizes, self.first, self.wrt = search.batch, search.sizes, search.first, search.wrt
        self.pattern = pair.trace
        self.whole = function_of(pair.found.source)
        has_labels = any(argument.classes for argument in pair.trace.arguments)
        self.function = function_of(pair.tables) if has_labels else self.whole
        self.indices = {place for place, each in enumerate(pair.trace.arguments) if each.classes}
        self.is_any = False  # whether any loss that was compared was a number

    def elsewhere(self, samples: int) -> Wrong | None:
        """How it differs for so many samples with other numbers, or with these if there are no others."""
        for arrays in self.batch.others(samples, self.indices):
            try:
                trace = self.batch.traced(samples, arrays)
            except MISTAKES:
                continue
            agrees, text = self._wrong(trace, arrays, check_here)
            if text:
                return Wrong(text, EITHER)
            if agrees:
                self.batch.way, self.is_any = self.batch.asked_way, True
                return None
        return self.near(samples)

    def near(self, samples: int) -> Wrong | None:
        """How it differs for so many samples of the batch, and for numbers near them."""
        arrays = self.batch.rows(samples)
        try:
            trace = self.first if samples == FEW else self.batch.traced(samples, arrays)
        except MISTAKES as error:
            return Wrong(_said(error, samples), "")
        self.is_any |= math.isfinite(trace.graph.output.data)
        text = self._wrong(trace, arrays, check_program)[1]
        return Wrong(text, EITHER) if text else None

    def loss(self, samples: int) -> Wrong | None:
        """How the loss alone differs for so many samples; where it does, or there is none, the graph decides."""
        for arrays in self.batch.others(samples, self.indices):
            try:
                right = self.batch.loss(arrays)
            except MISTAKES:
                continue
            if math.isfinite(right):
                return None if self._is_near(arrays, right) else self.elsewhere(samples)
        return self.elsewhere(samples)

    def _is_near(self, arrays: Sequence[Floats], right: float) -> bool:
        parameters = np.array([leaf.data for leaf in self.wrt])
        try:
            return math.isclose(point_of(self.whole, parameters, *self._given(arrays)).loss, right, rel_tol=TOLERANCE)
        except MISTAKES:
            return False

    def _given(self, arrays: Sequence[Floats]) -> list[npt.NDArray[Any]]:
        """The samples as the program takes them."""
        pairs = zip(arrays, self.pattern.arguments, strict=True)
        return [array.astype(np.int64) if argument.classes else array for array, argument in pairs]

    def _run(self, trace: Trace, arrays: Sequence[Floats], parameters: Floats, inputs: Floats) -> Point:
        """The program at some numbers of the leaves: those of the trace, or others."""
        if self.function is self.whole or not np.array_equal(inputs, [leaf.data for leaf in _flat(trace)]):
            return _split(self.function, trace, parameters, inputs)
        return point_of(self.whole, parameters, *self._given(arrays))

    def _wrong(self, trace: Trace, arrays: Sequence[Floats], check: Any) -> tuple[bool, str]:
        """Whether the program agrees with a graph where that can be said, and how it differs."""
        if list(trace.tables) != list(self.pattern.tables) or trace.arguments != self.pattern.arguments:
            return False, f"for {counted(trace.samples, 'sample')} it uses its arrays otherwise"
        leaves = Leaves(self.wrt, _flat(trace), trace.outputs.reshape(-1).tolist())
        try:
            return check(partial(self._run, trace, arrays), trace.graph, leaves), ""
        except CompileError:
            traced = " and ".join(map(str, self.sizes))
            return False, f"the formulas that hold for {traced} samples give other numbers than it for {trace.samples}"
        except MISTAKES as error:
            return False, f"for {counted(trace.samples, 'sample')} its formulas raise {type(error).__name__}: {error}"


def _said(error: Exception, samples: int) -> str:
    """What was raised, in a line: of an error of the function, the cause."""
    cause = error.__cause__ or error
    return f"for {counted(samples, 'sample')} it raises {type(cause).__name__}: {str(cause).partition(chr(10))[0]}"


def _flat(trace: Trace) -> list[Value]:
    return [leaf for table in trace.tables.values() for leaf in table.flat]


def _split(function: Any, trace: Trace, parameters: Floats, inputs: Floats) -> Point:
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
            whole = known[rows_name(argument.name)]
            lines.append(Line(whole.name, OneHot(arguments[-1], argument.classes), 0, None))
    samples, *leaves = source.leaves
    samples = samples._replace(formula=Rows(arguments[1]))
    return replace(source, arguments=tuple(arguments), leaves=(samples, *leaves, *lines))


def _cuts_parameters(source: Source) -> bool:
    """Whether it takes as many parameters as there are samples, which can only be so for some numbers of them."""
    views = [line.formula for line in source.leaves if source.arguments[0].name in line.reads]
    parts = [part.target for part in source.gradient]
    return any(isinstance(size, Size) for each in (*views, *parts) for size in _sizes(each))


def _refused(batch: Batch, wrong: str, origin: str) -> GraphError:
    return GraphError(
        f"compile of {getattr(batch.function, '__name__', 'a function')} for any number of samples",
        wrong,
        origin=origin,
        instead=INSTEAD_OF_NUMBERS if origin == LOOKS else INSTEAD,
    )
