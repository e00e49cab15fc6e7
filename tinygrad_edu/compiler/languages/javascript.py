"""How is a program written as JavaScript?

Number by number, as a book writes it with indices. The numbers of an array stand in one `Float64Array`, row by row:

    Z = X @ W.T + b       const Z = new Float64Array(m * 4);
                          for (let i = 0; i < m; i++) {
                            for (let j = 0; j < 4; j++) {
                              let sum = 0;
                              for (let k = 0; k < 3; k++) sum += X[3 * i + k] * W[3 * j + k];
                              Z[4 * i + j] = sum + b[j];
                            }
                          }

So a formula is written at a place (i, j). A view is nothing but another place; what is broadcast is at one place again
and again; a matrix product is a sum over k. What would be computed more than once like this gets a constant of its own.
The text is complete, with the few functions that it needs; its arguments are arrays of numbers, row by row.

Names to know: `JavaScriptPrinter`. Read next: `latex.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain, count
from math import isfinite
from typing import NamedTuple

import numpy as np

from tinygrad_edu.compiler.formulas import (
    AddRows,
    Along,
    Apply,
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
)
from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
from tinygrad_edu.compiler.languages.printer import ATOM, LOOSE, Printer, Written, literal
from tinygrad_edu.compiler.layout import Diagonal, Index, Move, Reshape, Shape, Turn
from tinygrad_edu.compiler.sizes import Size, length_of
from tinygrad_edu.compiler.source import Line, Numbers, Part, Put, Repeat, Source, first_of_each_loop
from tinygrad_edu.rule import PRODUCT, SUM
from tinygrad_edu.rules import neg
from tinygrad_edu.text.helpers import JAVASCRIPT_FUNCTIONS

JOIN = """\
function join(...arrays) {  // laid end to end
  return Float64Array.from(arrays.flatMap((array) => [...array]));
}
"""
INDICES = "ijklpqrstuvw"
ZERO = "0"
Axes = list[tuple[int | str, str]]  # sizes, and the names of their indices
WORDS = """
abstract arguments await boolean break byte case catch char class const continue debugger default delete do double else
enum eval export extends false final finally float for function goto if implements import in instanceof int interface
let long native new null package private protected public return short static super switch synchronized this throw
throws transient true try typeof undefined var void volatile while with yield Array Float64Array Int32Array Infinity
Math NaN Number Object join program gradient
"""  # of JavaScript, and those that the text itself mentions


class Where(NamedTuple):
    """The place at which a formula is written.

    Attributes:
        at: for each axis of the formula the text of its index.
        free: how many names of indices are taken.
        is_once: whether what is written here is computed once for each number of the formula.
    """

    at: tuple[str, ...] = ()
    free: int = 0
    is_once: bool = True

    def inside(self, at: Iterable[str], more: int = 0) -> Where:
        """At a place inside of what is computed again and again, with so many more indices."""
        return Where(tuple(at), self.free + more, is_once=False)


NOWHERE = Where()


class JavaScriptPrinter(Printer):
    """Writes one program as JavaScript.

    >>> import tinygrad_edu
    >>> from tinygrad_edu import Value
    >>> x = Value(2.0, label="x")
    >>> text = tinygrad_edu.compile(x.tanh()).source_for("javascript")
    >>> print(text[text.index("function program") :])
    function program(P, I) {
      // x = P[0]
      const x = P[0];
      // loss = np.tanh(x)
      const loss = Math.tanh(x);
      // dx = 1 - loss * loss
      const dx = 1 - loss * loss;
      const gradient = new Float64Array(1);
      // gradient[0] = dx
      gradient[0] = dx;
      return [loss, gradient];
    }
    <BLANKLINE>
    """

    column = "javascript"

    def __init__(self) -> None:
        self.book = NumPyPrinter()  # for the comments
        self.names: dict[str, str] = {}
        self.taken: set[str] = set()
        self.indices: list[str] = []
        self.counter = ""  # of the loop that is being written
        self.before: list[str] = []  # constants that the statement being written needs
        self.sums: list[str] = []  # loops that it needs, where it stands
        self.totals: Iterator[str] = iter(())  # names for what they add up
        self.outer_totals = self._totals()  # the same outside of loops, where none comes twice
        self.joins = False  # whether arrays are laid end to end

    # A program

    def program(self, source: Source) -> str:
        """The helpers, the constants, and the function itself, which gives [loss, gradient] and perhaps outputs."""
        self.rename(source)
        helpers = [JAVASCRIPT_FUNCTIONS[name] for name in self.helpers(source)]
        constants = [self._constant(name, numbers) for name, numbers in source.data.items()]
        lines = [text for each in first_of_each_loop((*source.leaves, *source.lines)) for text in self._lines(each)]
        parts = [line for part in source.gradient for line in self.part(part)]
        begin = f"const gradient = new Float64Array({source.parameters});"
        body = "".join(f"  {line}\n" for line in (*lines, begin, *parts, *self._end(source)))
        names = ", ".join(self.names[argument.name] for argument in source.arguments)
        helpers = [JOIN, *helpers] if self.joins else helpers
        return "".join([*helpers, *constants, f"\nfunction program({names}) {{\n{body}}}\n"])

    def helpers(self, source: Source) -> list[str]:
        """The functions that a program needs and JavaScript lacks, by name."""
        return [name for name in JAVASCRIPT_FUNCTIONS if name in self.mentioned(source)]

    def rename(self, source: Source) -> None:
        """Give every name of the program one that JavaScript takes."""
        lines = [line.name for line in (*source.leaves, *source.lines)]
        self.taken = {*WORDS.split(), *JAVASCRIPT_FUNCTIONS, *self.mentioned(source)}
        loops = [each.formula.repeat for each in first_of_each_loop(source.lines) if isinstance(each.formula, Looped)]
        counters = {repeat.counter for repeat in loops if isinstance(repeat, Repeat)}
        inside = [name for repeat in loops if isinstance(repeat, Repeat) for name in repeat.names]
        names = (*(argument.name for argument in source.arguments), *source.data, *lines, *inside, *counters)
        for name in dict.fromkeys(names):
            self.names[name] = self._free(name)
        self.names["gradient"] = "gradient"
        self.indices = [self._free(letter) for letter in INDICES]

    def _free(self, name: str) -> str:
        """The name, or, if it is taken, the name with the first number behind it that is not."""
        numbered = (f"{name}_{number}" for number in count(2))
        found = name if name not in self.taken else next(free for free in numbered if free not in self.taken)
        self.taken.add(found)
        return found

    def _constant(self, name: str, numbers: Numbers) -> str:
        kind = "Float64Array" if numbers.dtype.kind == "f" else "Int32Array"
        numbers = numbers.astype(np.int64) if numbers.dtype.kind == "b" else numbers
        text = literal(numbers.reshape(-1) if numbers.ndim else numbers, self.text)
        return f"const {self.names[name]} = {f'{kind}.from({text})' if numbers.ndim else text};\n"

    def _lines(self, line: Line) -> list[str]:
        """A line, or all lines of a loop over time."""
        if not isinstance(line.formula, Looped):
            return self.line(line)
        assert isinstance(line.formula.repeat, Repeat)
        return self._loop(line.formula.repeat)

    def _loop(self, repeat: Repeat) -> list[str]:
        self.book.counter = repeat.counter
        self.counter = t = self.names[repeat.counter]
        head = f"let {t} = 0; {t} < {repeat.steps}; {t}++"
        if repeat.is_backward:
            head = f"let {t} = {repeat.steps - 1}; {t} >= 0; {t}--"
        before = [text for each in repeat.before for text in self._before_loop(each)]
        body = [
            text for each in repeat.body for text in (self.line(each) if isinstance(each, Line) else self._put(each))
        ]
        return [*before, f"for ({head}) {{", *(f"  {text}" for text in body), "}"]

    def _before_loop(self, each: Line | Put) -> list[str]:
        if isinstance(each, Put):
            return self._put(each)
        value = f"new Float64Array({_product(each.shape)})" if each.shape else "0"
        return [f"let {self.names[each.name]} = {value};"]

    def _put(self, put: Put) -> list[str]:
        """What is written into an array, or added to what stands there, number by number."""
        sign = "+=" if put.is_added else "="
        comment = f"// {self.book.text(put.target)} {sign} {self.book.expression(put.formula)}"
        return [comment, *self._stated(self._assigned(put.target, put.formula, sign))]

    def _assigned(self, target: Formula, formula: Formula, sign: str = "=") -> list[str]:
        where = self._places(target)

        def assignment() -> str:
            return f"{self.text(target, LOOSE, where)} {sign} {self._argument(target, formula, LOOSE, where)};"

        return self._at_every_place(target, assignment)

    def line(self, line: Line) -> list[str]:
        """A constant, below the formula that it is."""
        shape = f"   ({', '.join(map(str, line.shape))})" if line.shape else ""
        comment = f"// {line.name} = {self.book.expression(line.formula)}{shape}"
        return [comment, *self._stated(self._made(self.names[line.name], line.formula))]

    def part(self, part: Part) -> list[str]:
        """A part of the gradient, assigned to its places."""
        return [f"// {self.book.assignment(part)}", *self._stated(self._assigned(*part))]

    def _end(self, source: Source) -> list[str]:
        def result() -> str:
            asked = [self._named(each) if each.shape else self.expression(each, NOWHERE) for each in source.asked]
            return f"return [{', '.join([self.expression(source.loss, NOWHERE), 'gradient', *asked])}];"

        return self._stated(self._with_sums(result, self.outer_totals))

    def _stated(self, statements: list[str]) -> list[str]:
        """Statements, after the constants that they need."""
        lines, self.before = [*self.before, *statements], []
        return lines

    def _with_sums(self, write: Callable[[], str], totals: Iterator[str]) -> list[str]:
        """A statement, after the loops that it needs where it stands."""
        outside = self.sums, self.totals
        self.sums, self.totals = [], totals
        statement = write()
        lines = [*self.sums, statement]
        self.sums, self.totals = outside
        return lines

    def _totals(self) -> Iterator[str]:
        """Names for sums: sum, sum2, …"""
        names = ("sum" if number == 1 else f"sum{number}" for number in count(1))
        return (name for name in names if name not in self.taken)

    # Whole arrays

    def _made(self, name: str, formula: Formula) -> list[str]:
        """A constant: a number, or an array that is filled."""
        if isinstance(formula, Join):
            self.joins = True

            def joined() -> str:
                return f"const {name} = join({', '.join(map(self._whole, formula.parts))});"

            return self._with_sums(joined, self.outer_totals)
        if not formula.shape:
            return self._number_made(name, formula)
        where = self._places(formula)
        place = f"{name}[{_flat(formula.shape, where.at)}]"
        entries = self._at_every_place(formula, lambda: f"{place} = {self.expression(formula, where)};")
        return [f"const {name} = new Float64Array({_product(formula.shape)});", *entries]

    def _number_made(self, name: str, formula: Formula) -> list[str]:
        """A number; one that is nothing but a sum is added up under its own name."""
        is_sum = isinstance(formula, Sum | Dot | RowDots | MatMul) and not all(map(_is_one, formula.parts[0].shape))
        totals = chain([name], self.outer_totals) if is_sum else self.outer_totals
        *loops, text = self._with_sums(lambda: self.expression(formula, NOWHERE), totals)
        return loops if text == name else [*loops, f"const {name} = {text};"]

    def _at_every_place(self, formula: Formula, write: Callable[[], str]) -> list[str]:
        """A statement for each number of a formula, in loops over its indices."""
        axes = _loop_axes(zip(formula.shape, self.indices, strict=False))
        return _loops(axes, self._with_sums(write, self._totals() if axes else self.outer_totals))

    def _whole(self, formula: Formula) -> str:
        """An array, by its name; a number as a list of one."""
        return self._named(formula) if formula.shape else f"[{self.text(formula, LOOSE, NOWHERE)}]"

    def _named(self, formula: Formula) -> str:
        """The name of an array that holds all numbers of a formula."""
        return self.names[self._kept(formula).name]

    def _kept(self, formula: Formula) -> Name:
        """A formula as a name: if it has none, a constant before the statement that is being written."""
        if isinstance(formula, Name):
            return formula
        name = next(free for number in count(1) if (free := f"s{number}") not in self.taken)
        self.taken.add(name)
        self.names[name] = name
        self.before += self._made(name, formula)
        return Name(name, formula.shape)

    def _places(self, formula: Formula) -> Where:
        """Every place of a formula, by indices i, j …; on an axis of size 1 there is one, 0."""
        at = (ZERO if _is_one(size) else letter for size, letter in zip(formula.shape, self.indices, strict=False))
        return Where(tuple(at), len(formula.shape))

    # Numbers at a place

    def _name(self, formula: Name, where: Where) -> Written:
        name = self.names[formula.name]
        return (f"{name}[{_flat(formula.shape, where.at)}]" if formula.shape else name), ATOM

    def _number(self, formula: Number, where: Where = NOWHERE) -> Written:  # noqa: ARG002
        number = formula.number
        text = repr(number).removesuffix(".0") if isfinite(number) else "NaN" if number != number else "Infinity"
        return (text, ATOM) if text[0] != "-" and not number < 0 else (f"-{text.lstrip('-')}", SUM.level)

    def _argument(self, whole: Formula, part: Formula, need: int, *where: Where) -> str:
        return self.text(part, need, self._broadcast(whole, part, *where))

    def _broadcast(self, whole: Formula, part: Formula, where: Where) -> Where:
        """The place in a part that is broadcast to the shape of the whole."""
        missing = len(whole.shape) - len(part.shape)
        at = where.at[missing:] if missing >= 0 else (ZERO,) * -missing + where.at
        places = (ZERO if _is_one(size) else index for size, index in zip(part.shape, at, strict=True))
        return where._replace(at=tuple(places), is_once=where.is_once and part.size == whole.size)

    def _apply(self, formula: Apply, *where: Where) -> Written:
        text, level = super()._apply(formula, *where)
        return (f"-({text[1:]})", level) if formula.rule is neg and text.startswith("--") else (text, level)

    def _call(self, formula: Apply, *where: Where) -> Written:
        is_twice = self.template(formula.rule).count("{") > len(formula.parts)
        return super()._call(formula, *(each._replace(is_once=each.is_once and not is_twice) for each in where))

    def _matmul(self, formula: MatMul, where: Where) -> Written:
        if not where.is_once:
            return self._name(self._kept(formula), where)
        left, right = (part if _is_view_of_name(part) else self._kept(part) for part in formula.parts)
        rows, axes = len(left.shape) - 1, self._axes(left.shape[-1:], where)
        places = (*where.at[:rows], *_at(axes)), (*_at(axes), *where.at[rows:])
        return self._sum_of_products((left, right), places, axes, where)

    def _masked(self, formula: Masked, where: Where) -> Written:
        mask, of = formula.parts
        chosen, text = (self._argument(formula, part, ATOM, where) for part in (mask, of))
        return f"({chosen} ? {text} : 0)", ATOM

    def _either(self, formula: Either, where: Where) -> Written:
        chosen, one, other = self._arguments(formula, (ATOM, LOOSE, LOOSE), where)
        return f"({chosen} ? {one} : {other})", ATOM

    def _maskedmatmul(self, formula: MaskedMatMul, where: Where) -> Written:
        if not where.is_once:
            return self._name(self._kept(formula), where)
        mask, *factors = (part if _is_view_of_name(part) else self._kept(part) for part in formula.parts)
        (axis,) = axes = self._axes(mask.shape[1:], where)
        row, column = where.at
        (k,) = _at([axis])

        def product() -> Written:
            chosen = self.text(mask, ATOM, where.inside((row, k), 1))
            pairs = zip(factors, ((row, k), (k, column)), strict=True)
            return (
                f"({chosen} ? {' * '.join(self.text(part, ATOM, where.inside(at, 1)) for part, at in pairs)} : 0)",
                ATOM,
            )

        return self._summed(product, axes)

    def _dot(self, formula: Dot, where: Where) -> Written:
        if not where.is_once:
            return self._name(self._kept(formula), where)
        left, right = formula.parts
        if left.shape != right.shape:
            index, size = self.indices[where.free], _product(left.shape)
            both = " * ".join(f"{self._named(part)}[{index}]" for part in formula.parts)
            return self._summed(lambda: (both, PRODUCT.level), [(size, index)])
        axes = self._axes(left.shape, where)
        return self._sum_of_products((left, right), (_at(axes),) * 2, axes, where)

    def _rowdots(self, formula: RowDots, where: Where) -> Written:
        if not where.is_once:
            return self._name(self._kept(formula), where)
        axes = self._axes(formula.parts[0].shape[-1:], where)
        return self._sum_of_products(formula.parts, ((*where.at, *_at(axes)),) * 2, axes, where)

    def _sum_of_products(
        self, factors: Sequence[Formula], places: Sequence[Sequence[str]], axes: Axes, where: Where
    ) -> Written:
        inside = [where.inside(at, len(axes)) for at in places]
        needs = (PRODUCT.level, PRODUCT.level + 1)

        def product() -> Written:
            texts = [self.text(*each) for each in zip(factors, needs, inside, strict=True)]
            return " * ".join(texts), PRODUCT.level

        return self._summed(product, axes)

    def _summed(self, write: Callable[[], Written], axes: Axes) -> Written:
        """The sum over indices of what is written at a place."""
        loops = _loop_axes(axes)
        if not loops:
            return write()
        total = next(self.totals)
        body = self._with_sums(lambda: f"{total} += {write()[0]};", self.totals)
        self.sums += [f"let {total} = 0;", *_loops(loops, body)]
        return total, ATOM

    def _sum(self, formula: Sum, where: Where) -> Written:
        (of,) = formula.parts
        if not where.is_once:
            return self._name(self._kept(formula), where)
        if formula.axis is None:
            axes = self._axes(of.shape, where)
            at = _at(axes)
        else:
            axis = formula.axis % len(of.shape)
            axes = self._axes(of.shape[axis : axis + 1], where)
            at = (*where.at[:axis], *_at(axes), *where.at[axis:])
        return self._summed(lambda: self._written(of, Where(at, where.free + len(axes))), axes)

    def _along(self, formula: Along, where: Where) -> Written:
        """Of a part of an array in which the numbers of a row stand one behind the other."""
        (of,), template = formula.parts, self.template(formula.rule).replace("[{}]", "{}")
        if not where.is_once:
            return self._name(self._kept(formula), where)
        row = self._named(of)
        if where.at:
            width = _product(of.shape[-1:])
            first = _flat(of.shape, (*where.at, ZERO))
            row = f"{row}.subarray({first}, {first} + {width})"
        return template.format(row), ATOM

    def _axes(self, shape: Shape, where: Where) -> Axes:
        """Sizes with indices that are free yet."""
        return list(zip(shape, self.indices[where.free :], strict=False))

    def _view(self, formula: View, where: Where) -> Written:
        (of,), at = formula.parts, where.at
        shapes = list(accumulate(formula.moves, _moved, initial=of.shape))
        for number, move in reversed(list(enumerate(formula.moves))):
            if isinstance(move, Turn):
                at = at[::-1]
            elif isinstance(move, Diagonal):
                at = (*at, *at)
            elif isinstance(move, Index):
                at = _indexed(move, at)
            elif isinstance(move, Reshape):
                at = (_flat(move.shape, at),)
                if len(shapes[number]) != 1:
                    whole = _viewed(of, formula.moves[:number], shapes[number])
                    return f"{self._named(whole)}[{at[0]}]", ATOM
        return self._written(of, where._replace(at=at))

    def _pick(self, formula: Pick, where: Where) -> Written:
        of, index = formula.parts
        return f"{self._named(of)}[{self.text(index, LOOSE, where)}]", ATOM

    def _join(self, formula: Join, where: Where) -> Written:
        return self._name(self._kept(formula), where)

    def _at(self, formula: At, where: Where) -> Written:
        row = f"{self.counter} + {formula.offset}" if formula.offset else self.counter
        return self._written(formula.parts[0], where._replace(at=(row, *where.at)))

    def _rows(self, formula: Rows, where: Where) -> Written:  # noqa: ARG002
        (of,) = formula.parts
        numbers, row = f"{self._named(of)}.length", _product(of.shape[1:])
        return (numbers, ATOM) if row == "1" else (f"{numbers} / {row}", PRODUCT.level)

    def _range(self, formula: Range, where: Where) -> Written:  # noqa: ARG002
        return where.at[0], LOOSE

    def _eye(self, formula: Eye, where: Where) -> Written:  # noqa: ARG002
        row, column = where.at
        return f"({row} === {column} ? 1 : 0)", ATOM

    def _triangle(self, formula: Triangle, where: Where) -> Written:
        row, column = where.at
        sign = f"{formula.sign}=" if formula.sign == "!=" else formula.sign
        return f"({row} {sign} {column})", ATOM

    def _onehot(self, formula: OneHot, where: Where) -> Written:
        *row, column = where.at
        label = self.text(formula.parts[0], ATOM, where._replace(at=tuple(row)))
        return f"({label} === {column} ? 1 : 0)", ATOM

    def _takerows(self, formula: TakeRows, where: Where) -> Written:
        of, labels = formula.parts
        places, axes = where.at[: len(labels.shape)], where.at[len(labels.shape) :]
        row = self.text(labels, LOOSE, where._replace(at=places))
        return self._written(of, where.inside((row, *axes)))

    def _addrows(self, formula: AddRows, where: Where) -> Written:
        if not where.is_once:
            return self._name(self._kept(formula), where)
        rows, labels = (part if _is_view_of_name(part) else self._kept(part) for part in formula.parts)
        (axis,) = axes = self._axes(labels.shape, where)
        (k,) = _at([axis])
        row, *columns = where.at

        def chosen() -> Written:
            label, text = (
                self.text(labels, ATOM, where.inside((k,), 1)),
                self.text(rows, ATOM, where.inside((k, *columns), 1)),
            )
            return f"({label} === {row} ? {text} : 0)", ATOM

        return self._summed(chosen, axes)

    def _fill(self, formula: Fill, where: Where) -> Written:
        (of,) = formula.parts
        return self._written(of, self._broadcast(formula, of, where))


def _at(axes: Axes) -> tuple[str, ...]:
    return tuple(ZERO if _is_one(size) else index for size, index in axes)


def _loop_axes(axes: Iterable[tuple[int | str, str]]) -> Axes:
    """The axes with more than one place."""
    return [(size, index) for size, index in axes if not _is_one(size)]


def _loops(axes: Axes, body: list[str]) -> list[str]:
    r"""Statements in loops over indices.

    >>> print("\n".join(_loops([(4, "i"), (3, "j")], ["sum += X[3 * i + j];"])))
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 3; j++) sum += X[3 * i + j];
    }
    """
    for size, index in reversed(axes):
        head = f"for (let {index} = 0; {index} < {size}; {index}++)"
        is_short = len(body) == 1 and not body[0].startswith("for ")
        body = [f"{head} {body[0]}"] if is_short else [f"{head} {{", *(f"  {line}" for line in body), "}"]
    return body


def _is_one(size: int | str) -> bool:
    """Whether a size is 1, for any number of samples."""
    return size == 1 and not isinstance(size, Size)


def _is_view_of_name(formula: Formula) -> bool:
    return isinstance(formula, Name) or (isinstance(formula, View | Fill) and isinstance(formula.parts[0], Name))


def _viewed(of: Formula, moves: Sequence[Move], shape: Shape) -> Formula:
    """A view of a formula, whose shape keeps what it knows of the number of samples."""
    if not moves:
        return of
    view = View(of, moves)
    view.shape = shape
    return view


def _moved(shape: Shape, move: Move) -> Shape:
    """The shape after a move, for any number of samples."""
    if isinstance(move, Turn):
        return shape[::-1]
    if isinstance(move, Diagonal):
        return shape[:1]
    if isinstance(move, Reshape):
        return move.shape
    assert isinstance(move, Index)
    left, found = list(shape), []
    for entry in move.entries:
        size = 1 if entry is None else left.pop(0)
        if not isinstance(entry, int):
            found.append(size if entry is None else length_of(entry, size))
    return (*found, *left)


def _shape(shape: Shape) -> str:
    return f"[{', '.join(map(str, shape))}]"


# Arithmetic of places, as text


def _flat(shape: Shape, at: Sequence[str]) -> str:
    """The place in an array, row by row, of the number at some indices.

    >>> _flat((4, 3), ["i", "j"]), _flat((4, 1), ["i", "0"])
    ('3 * i + j', 'i')
    """
    text = ZERO
    for axis, index in enumerate(at):
        text = _plus(text, _times(_product(shape[axis + 1 :]), index))
    return text


def _indexed(move: Index, at: Sequence[str]) -> tuple[str, ...]:
    """The place in an array of what is at some indices of a choice from it."""
    left, found = list(at), []
    for entry in move.entries:
        index = ZERO if isinstance(entry, int) else left.pop(0)
        if isinstance(entry, slice):
            found.append(_plus(str(entry.start or 0), _times(str(entry.step or 1), index)))
        elif entry is not None:
            found.append(str(entry))
    return (*found, *left)


def _product(sizes: Sequence[int]) -> str:
    text = "1"
    for size in sizes:
        text = _times(text, str(size))
    return text


def _times(factor: str, other: str) -> str:
    """A product, without a factor of 1.

    >>> _times("4", "i"), _times("1", "i"), _times("3", "i + 1"), _times("2", "3"), _times("-1", "i")
    ('4 * i', 'i', '3 * (i + 1)', '6', '-i')
    """
    if ZERO in (factor, other):
        return ZERO
    if "1" in (factor, other):
        return other if factor == "1" else factor
    if factor.isdigit() and other.isdigit():
        return str(int(factor) * int(other))
    one, two = (f"({each})" if " " in each and (" + " in each or " - " in each) else each for each in (factor, other))
    return f"-{two}" if one == "-1" else f"{one} * {two}"


def _plus(term: str, other: str) -> str:
    """A sum, without a term of 0.

    >>> _plus("3", "4 * i"), _plus("0", "i"), _plus("5", "-i")
    ('3 + 4 * i', 'i', '5 - i')
    """
    if ZERO in (term, other):
        return other if term == ZERO else term
    if term.isdigit() and other.isdigit():
        return str(int(term) + int(other))
    return f"{term} - {other[1:]}" if other.startswith("-") else f"{term} + {other}"
