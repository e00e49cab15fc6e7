"""How is a program written as NumPy?

This is what runs when a program is called: `P` are all parameters in a vector, and the gradient is a vector of the same
order, whose parts are assigned to their places.

Names to know: `NumPyPrinter`. Read next: `jax.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from math import isfinite

from tinygrad_edu.compiler.formulas import (
    AddRows,
    Along,
    At,
    Dot,
    Either,
    Eye,
    Fill,
    Formula,
    Join,
    Looped,
    Masked,
    MaskedMatMul,
    MatMul,
    Name,
    Number,
    OneHot,
    Pick,
    Range,
    RowDots,
    Rows,
    Sum,
    TakeRows,
    Triangle,
    View,
    Zeros,
)
from tinygrad_edu.compiler.languages.printer import ATOM, LOOSE, Printer, Written
from tinygrad_edu.compiler.layout import Diagonal, Index, Move, Reshape, Shape
from tinygrad_edu.compiler.patterns import Blank, Filled
from tinygrad_edu.compiler.source import Line, Part, Put, Repeat, Source, first_of_each_loop
from tinygrad_edu.rule import PRODUCT, SUM, Rule

COMMENT_AT = 60
INDENT = "    "


class NumPyPrinter(Printer):
    """Writes formulas as NumPy.

    >>> from tinygrad_edu.compiler.formulas import Apply
    >>> from tinygrad_edu.rules import power
    >>> NumPyPrinter().text(Sum(Apply(power, (Name("Z", (5, 3)), Number(2.0))), -1))
    '(Z ** 2).sum(axis=-1)'
    """

    module = "np"  # what NumPy is called
    column = "numpy"
    has_lists = True  # whether vectors that are read one by one are lists
    counter = "t"  # of the loop that is being written
    lists: frozenset[str] = frozenset()  # the vectors that are lists of numbers, which Python reads sooner one by one

    def __init__(self, *, is_brief: bool = False) -> None:
        """With `is_brief`, numbers and views are as long as any other: for a look at lengths alone."""
        self.is_brief = is_brief

    def program(self, source: Source) -> str:
        """A function of the parameters and the inputs, which gives the loss and the gradient."""
        can_be_lists = self.has_lists and not isinstance(source.lines, Filled)
        self.lists = source.one_by_one if can_be_lists else frozenset()
        lines = [*map(self.statement, source.leaves), *self._lines(source.lines)]
        results = [self.expression(source.loss), "gradient", *map(self.expression, source.asked)]
        end = f"return {', '.join(results)}"
        names = ", ".join(argument.name for argument in source.arguments)
        body = (*lines, *self.gradient(source), end)
        return f"def program({names}):\n" + "".join(f"    {line}\n" for line in body)

    def _lines(self, lines: Sequence[Line]) -> Iterator[str]:
        if isinstance(lines, Filled):
            return iter(lines.texts(self))
        return chain.from_iterable(map(self.statements, first_of_each_loop(lines)))

    def gradient(self, source: Source) -> list[str]:
        """The lines that put the gradient together."""
        return [f"gradient = np.zeros({source.parameters})", *map(self.assignment, source.gradient)]

    def statements(self, line: Line) -> list[str]:
        """A line, or all lines of a loop over time."""
        if not isinstance(line.formula, Looped):
            return [self.statement(line)]
        assert isinstance(line.formula.repeat, Repeat)
        return self._loop(line.formula.repeat)

    def _loop(self, repeat: Repeat) -> list[str]:
        self.counter = repeat.counter
        steps = f"range({repeat.steps})"
        head = f"for {repeat.counter} in {f'reversed({steps})' if repeat.is_backward else steps}:"
        return [*self._before(repeat), head, *(f"{INDENT}{self._step(each)}" for each in repeat.body)]

    def _before(self, repeat: Repeat) -> Iterator[str]:
        """The arrays that a loop fills, those of one shape in a line, and the rows that are known."""
        by_shape: dict[tuple[Shape, bool], list[str]] = {}
        for name in repeat.arrays:
            by_shape.setdefault((name.shape, name.name in self.lists), []).append(name.name)
        for (shape, are_lists), names in by_shape.items():
            yield self._made_lists(names, shape) if are_lists else self._made(names, shape)
        yield from (self._step(each) for each in repeat.before if isinstance(each, Put))

    def _made(self, names: Sequence[str], shape: Shape) -> str:
        if len(names) == 1 or not shape:
            return self.statement(Line(" = ".join(names), Zeros(shape), 0, None))
        text = f"{', '.join(names)} = {self.text(Zeros((len(names), *shape)))}"
        return f"{text:<{COMMENT_AT}}  # {shape} each"

    def _made_lists(self, names: Sequence[str], shape: Shape) -> str:
        """Lists of numbers, one by one, as Python reads them sooner than arrays; the numbers are NumPy's."""
        zeros = f"[{self.module}.float64(0)] * {shape[0]}"
        return f"{', '.join(names)} = {f'({zeros} for _ in range({len(names)}))' if len(names) > 1 else zeros}"

    def _step(self, each: Line | Put) -> str:
        return self.statement(each, COMMENT_AT - len(INDENT)) if isinstance(each, Line) else self.put(each)

    def put(self, put: Put) -> str:
        """What is written into an array, or added to what stands there."""
        is_number = isinstance(put.formula, Number) and not self.lists.isdisjoint(put.target.names())
        of = f"{self.module}.float64({self.text(put.formula)})" if is_number else self.expression(put.formula)
        return f"{self.text(put.target)} {'+=' if put.is_added else '='} {of}"

    def statement(self, line: Line, comment_at: int = COMMENT_AT) -> str:
        """A line, with the shape of its array behind it."""
        text = f"{line.name} = {self.expression(line.formula)}"
        return f"{text:<{comment_at}}  # {line.shape}" if line.shape else text

    def assignment(self, part: Part) -> str:
        """A part of the gradient, assigned to its places."""
        return f"{self._target(part.target)} = {self.expression(part.formula)}"

    def _target(self, target: Formula) -> str:
        """What is assigned to: it ends in an index."""
        is_indexed = isinstance(target, Pick) or (isinstance(target, View) and isinstance(target.moves[-1], Index))
        return self.text(target) if is_indexed else f"{self.text(target)}[:]"

    def _name(self, formula: Name) -> Written:
        return formula.name, ATOM

    def _blank(self, formula: Blank) -> Written:
        return formula.name, formula.level

    def _number(self, formula: Number) -> Written:
        if self.is_brief:
            return "1 / m", PRODUCT.level
        text = self.number(formula.number)
        return text, SUM.level if text[0] == "-" else ATOM

    def number(self, number: float) -> str:
        """A number as people write it: 2 for 2.0."""
        if isfinite(number):
            text = repr(number)
            return text if text == "-0.0" else text.removesuffix(".0")
        return f"-{self.module}.{-number}" if number < 0 else f"{self.module}.{number}"

    def _matmul(self, formula: MatMul) -> Written:
        left, right = formula.parts
        return f"{self.text(left, PRODUCT.level)} @ {self.text(right, PRODUCT.level + 1)}", PRODUCT.level

    def _dot(self, formula: Dot) -> Written:
        both = ", ".join(map(self.text, formula.parts))
        are_vectors = all(len(part.shape) == 1 for part in formula.parts)
        are_views = any(isinstance(part, View | Pick) for part in formula.parts)
        return (f"{self.module}.dot({both})" if are_vectors and are_views else f"{self.module}.vdot({both})"), ATOM

    def _rowdots(self, formula: RowDots) -> Written:
        return f"{self.module}.einsum('...i,...i->...', {', '.join(map(self.text, formula.parts))})", ATOM

    def _sum(self, formula: Sum) -> Written:
        along = "" if formula.axis is None else f"axis={formula.axis}"
        return f"{self.text(formula.parts[0], ATOM)}.sum({along})", ATOM

    def _along(self, formula: Along) -> Written:
        """Of a matrix, of its columns one by one, which takes NumPy half the time; else along the last axis."""
        (of,), rule = formula.parts, formula.rule
        if len(of.shape) == 2 and self.has_lists:
            return rule.fill(self.template(rule), [f"*{self.text(of, ATOM)}.T"]), ATOM
        return self.rows(rule).format(self.text(of)), ATOM

    def rows(self, rule: Rule) -> str:
        """How an operation on a list is written for every row of an array."""
        return rule.rows

    def _view(self, formula: View) -> Written:
        moves = ["[:, None]"] * len(formula.moves) if self.is_brief else map(_move, formula.moves)
        return self.text(formula.parts[0], ATOM) + "".join(moves), ATOM

    def _masked(self, formula: Masked) -> Written:
        mask, of = map(self.text, formula.parts)
        return f"{self.module}.where({mask}, {of}, 0)", ATOM

    def _either(self, formula: Either) -> Written:
        return f"{self.module}.where({', '.join(map(self.text, formula.parts))})", ATOM

    def _maskedmatmul(self, formula: MaskedMatMul) -> Written:
        mask, left, right = map(self.text, formula.parts)
        return f"matmul_where({mask}, {left}, {right})", ATOM

    def _pick(self, formula: Pick) -> Written:
        of, index = formula.parts
        flat = "" if len(of.shape) == 1 else ".ravel()"
        return f"{self.text(of, ATOM)}{flat}[{self.text(index)}]", ATOM

    def _join(self, formula: Join) -> Written:
        parts = ", ".join(map(self._ravelled, formula.parts))
        return f"{self.module}.concatenate([{parts}])", ATOM

    def _ravelled(self, part: Formula) -> str:
        """A part as a line, which is laid beside others."""
        return f"{self.module}.ravel({self.text(part)})" if _is_ravelled(part) else self.text(part)

    def _at(self, formula: At) -> Written:
        return f"{self.text(formula.parts[0])}[{self.counter}{f' + {formula.offset}' if formula.offset else ''}]", ATOM

    def _zeros(self, formula: Zeros) -> Written:
        return (f"{self.module}.zeros({_shape(formula.shape)})" if formula.shape else "0.0"), ATOM

    def _looped(self, formula: Looped) -> Written:
        assert isinstance(formula.repeat, Repeat)
        return f"a loop of {formula.repeat.steps:,} steps", ATOM

    def _rows(self, formula: Rows) -> Written:
        return f"len({self.text(formula.parts[0])})", ATOM

    def _range(self, formula: Range) -> Written:
        return f"{self.module}.arange({formula.shape[0]})", ATOM

    def _eye(self, formula: Eye) -> Written:
        return f"{self.module}.eye({formula.shape[0]})", ATOM

    def _triangle(self, formula: Triangle) -> Written:
        rows, columns = (f"{self.module}.arange({size})" for size in formula.shape)
        return f"{rows}[:, None] {formula.sign} {columns}", LOOSE

    def _onehot(self, formula: OneHot) -> Written:
        return f"{self.module}.eye({formula.classes})[{self.text(formula.parts[0])}]", ATOM

    def _takerows(self, formula: TakeRows) -> Written:
        of, labels = formula.parts
        return f"{self.text(of, ATOM)}[{self.text(labels)}]", ATOM

    def _addrows(self, formula: AddRows) -> Written:
        return f"add_rows({', '.join(map(self.text, formula.parts))}, {formula.classes})", ATOM

    def _fill(self, formula: Fill) -> Written:
        (of,) = formula.parts
        if of.shape:
            return f"{self.module}.broadcast_to({self.text(of)}, {formula.shape})", ATOM
        if isinstance(of, Number) and str(of.number) == "0.0":
            return f"{self.module}.zeros({_shape(formula.shape)})", ATOM
        return f"{self.module}.full({formula.shape}, {self.text(of)})", ATOM


def _shape(shape: tuple[int, ...]) -> str:
    return str(shape[0] if len(shape) == 1 else shape)


def _is_ravelled(part: Formula) -> bool:
    """Whether a part has to be flattened before it is concatenated."""
    return len(part.shape) != 1


def _move(move: Move) -> str:
    if isinstance(move, Index):
        return _index(move.entries)
    if isinstance(move, Reshape):
        return ".ravel()" if len(move.shape) == 1 else f".reshape({', '.join(map(str, move.shape))})"
    return ".diagonal()" if isinstance(move, Diagonal) else ".T"


def _index(entries: tuple[int | slice | None, ...]) -> str:
    shown = [_slice(entry) if isinstance(entry, slice) else str(entry) for entry in entries]
    while None not in entries and len(shown) > 1 and shown[-1] == ":":
        shown.pop()
    return f"[{', '.join(shown)}]"


def _slice(entry: slice) -> str:
    start, stop, step = ("" if part is None else str(part) for part in (entry.start, entry.stop, entry.step))
    return f"{start}:{stop}" + (f":{step}" if step else "")
