r"""How is a program written as a derivation?

As a book writes it: W_1, Z_1 and A_1 for the forward pass, dZ_1 and dW_1 for the backward pass, one line of an
`aligned` environment each, with the shape behind it. It stands in a display, `\[ … \]` or `$$ … $$`, and needs amsmath
alone.

A vector is a column, so that what NumPy does with shapes is said by transposes: `b` in `X @ W.T + b` is added to every
row, b^⊤; `y[:, None]` is y itself. ⊙ is the product number by number; what lacks an axis of the other side is repeated
along it; ⊙ with a mask M keeps what M chooses. Brackets choose as in Python, Z[:, 0].

Names to know: `LaTeXPrinter`. Read next: `nn/module.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
    Reduce,
    RowDots,
    Rows,
    Sum,
    TakeRows,
    Triangle,
    View,
)
from tinygrad_edu.compiler.languages.printer import ATOM, LOOSE, Printer, Written
from tinygrad_edu.compiler.layout import Diagonal, Index, Layout, Move, Reshape, Shape, Turn
from tinygrad_edu.compiler.sizes import Size
from tinygrad_edu.compiler.source import Line, Part, Put, Repeat, Source, first_of_each_loop
from tinygrad_edu.rule import POWER, PRODUCT, SUM
from tinygrad_edu.rules import mul, pow_, power
from tinygrad_edu.text.printing import latex_digits, latex_name

INDICES = "ijklpq"
COLUMN, ROW = (slice(None), None), (None, slice(None))
A_ROW = 5  # leaves in a row of those that are given
RAISED_OR_SIGNED = POWER.level  # how tightly a factor binds that stands beside another one without a sign


COMPARED = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "!=": r"\ne"}  # Iverson's bracket: 1 where it holds


class LaTeXPrinter(Printer):
    r"""Writes formulas as LaTeX.

    >>> from tinygrad_edu.compiler.formulas import Plus
    >>> X, W, b = Name("X", (5, 2)), Name("W1", (3, 2)), Name("b1", (3,))
    >>> print(LaTeXPrinter().text(Plus([MatMul(X, View(W, [Turn()])), b])))
    X\, W_{1}^{\top} + b_{1}^{\top}
    """

    column = "latex"
    counter = "t"  # of the loop that is being written

    def program(self, source: Source, forward: Sequence[Line]) -> str:
        """The derivation: what is given, the lines of the forward pass, and all others."""
        lines = {line.name for line in forward}
        others = [line for line in source.lines if line.name not in lines]
        rows = [
            *self._given(source),
            r"&\text{forward}",
            *map(self._line, [line for line in source.leaves if _is_computed(line)]),
            *self._lines(forward),
            *self._loss(source),
            r"&\text{backward}",
            *self._lines(others),
            *self._unnamed(source),
        ]
        return "\n".join([r"\begin{aligned}", " \\\\\n".join(rows), r"\end{aligned}"])

    def _given(self, source: Source) -> Iterator[str]:
        """The arrays that it is a function of, with their shapes."""
        given = [line for line in source.leaves if not _is_computed(line)]
        given = [line for line in given if not isinstance(line.formula, Rows)]
        opened = {"P", *(name for line in given for name in line.reads)}
        names = [argument for argument in source.arguments if argument.name not in opened and argument.size]
        leaves = [*names, *(Name(line.name, line.shape) for line in given)]
        said = [f"{self.text(leaf)} : {_shape(leaf.shape)}" if leaf.shape else self.text(leaf) for leaf in leaves]
        for start in range(0, len(said), A_ROW):
            head = r"\text{given}\quad" if start == 0 else r"\quad"
            yield rf"&{head} " + r",\; ".join(said[start : start + A_ROW])

    def _lines(self, lines: Sequence[Line]) -> Iterator[str]:
        """The lines; of a loop over time those of a step, between what is known before and for which t they hold."""
        for line in first_of_each_loop(lines):
            if not isinstance(line.formula, Looped):
                yield self._line(line)
                continue
            repeat = line.formula.repeat
            assert isinstance(repeat, Repeat)
            self.counter = t = repeat.counter
            yield from (self._put(each) for each in repeat.before if isinstance(each, Put))
            order = [repeat.steps - 1, repeat.steps - 2, 0] if repeat.is_backward else [0, 1, repeat.steps - 1]
            yield rf"&\text{{for }} {t} = {order[0]},\, {order[1]},\, \ldots,\, {order[2]}"
            yield from (self._line(each) if isinstance(each, Line) else self._put(each) for each in repeat.body)

    def _put(self, put: Put) -> str:
        """What is written into an array, or added to it."""
        target = self.text(put.target)
        added = f"{target} + " if put.is_added else ""
        return f"{target} &= {added}{self.text(put.formula, SUM.level if added else LOOSE)}"

    def _line(self, line: Line) -> str:
        shape = f" && {_shape(line.shape)}" if line.shape else ""
        return f"{_symbol(line.name)} &= {self.text(line.formula)}{shape}"

    def _loss(self, source: Source) -> list[str]:
        asked = [rf"\text{{outputs}} &= {self.text(formula)}" for formula in source.asked]
        loss = source.loss
        is_line = isinstance(loss, Name) and loss.name == "loss"
        return asked if is_line else [rf"\mathrm{{loss}} &= {self.text(loss)}", *asked]

    def _unnamed(self, source: Source) -> Iterator[str]:
        """The parts of the gradient that have no line of their own: their places in the vector of all parameters."""
        for part in source.gradient:
            if not _is_named(part):
                yield f"{self.text(part.target)} &= {self.text(part.formula)}"

    def _enclosed(self, text: str) -> str:
        return rf"\left({text}\right)"

    def expression(self, formula: Formula, *where: object) -> str:
        """A formula, on the right of an equals sign."""
        return self.text(formula, LOOSE, *where)

    def _name(self, formula: Name) -> Written:
        return _symbol(formula.name), ATOM

    def _number(self, formula: Number) -> Written:
        text = latex_digits(repr(formula.number).removesuffix(".0"))
        return text, SUM.level if text[0] == "-" else PRODUCT.level if "cdot" in text else ATOM

    # Number by number

    def _argument(self, whole: Formula, part: Formula, need: int, *where: object) -> str:
        """A vector beside a matrix is one of its rows."""
        if len(part.shape) == 1 and len(whole.shape) == 2:
            return self._turned(part)[0]
        return self.text(part, need, *where)

    def _turned(self, formula: Formula) -> Written:
        return rf"{self.text(formula, ATOM)}^{{\top}}", RAISED_OR_SIGNED

    def _apply(self, formula: Apply, *where: object) -> Written:
        rule, binding = formula.rule, formula.rule.latex_binding
        if rule is mul and all(part.shape for part in formula.parts):
            return self._product(formula)
        texts = self._arguments(formula, binding.needs or [LOOSE] * len(formula.parts), *where)
        if rule in (power, pow_) and formula.shape:
            texts[1] = rf"\odot {texts[1]}"
        return self.template(rule).format(*texts), binding.level

    def _product(self, formula: Apply) -> Written:
        """Of two arrays: a column times a row is a matrix product; else number by number."""
        left, right = formula.parts
        if _is_column(left.shape) and _is_row(right.shape):
            return self._side_by_side(left, right)
        needs = (RAISED_OR_SIGNED if isinstance(left, MatMul) else PRODUCT.level, RAISED_OR_SIGNED)
        return r" \odot ".join(self._arguments(formula, needs)), PRODUCT.level

    def _reduce(self, formula: Reduce, *where: object) -> Written:
        rule, args = formula.rule, self._arguments(formula, [LOOSE] * len(formula.parts), *where)
        return rule.fill(self.template(rule), args), rule.latex_binding.level

    def _along(self, formula: Along) -> Written:
        """Of all numbers of a row: Z[:, j] for all j."""
        (of,), rule = formula.parts, formula.rule
        index = INDICES[len(of.shape) - 1]
        entries = ", ".join([":"] * (len(of.shape) - 1) + [index])
        text = rf"{self.text(of, ATOM)}[{entries}]\; \forall {index}"
        return rule.fill(self.template(rule), [text]), rule.latex_binding.level

    # Products and sums

    def _matmul(self, formula: MatMul) -> Written:
        return self._side_by_side(*formula.parts)

    def _side_by_side(self, left: Formula, right: Formula) -> Written:
        is_chain = isinstance(left, MatMul)
        first = self.text(left, PRODUCT.level if is_chain else RAISED_OR_SIGNED)
        return rf"{first}\, {self.text(right, RAISED_OR_SIGNED)}", PRODUCT.level

    def _masked(self, formula: Masked) -> Written:
        return self._product(Apply(mul, formula.parts))

    def _either(self, formula: Either) -> Written:
        return rf"\operatorname{{where}}\left({', '.join(map(self.text, formula.parts))}\right)", ATOM

    def _maskedmatmul(self, formula: MaskedMatMul) -> Written:
        mask, left, right = formula.parts
        return self._side_by_side(Masked(mask, left), right)

    def _dot(self, formula: Dot) -> Written:
        left, right = map(self.text, formula.parts)
        return rf"\left\langle {left},\, {right} \right\rangle", ATOM

    def _rowdots(self, formula: RowDots) -> Written:
        return self._sum(Sum(Apply(mul, formula.parts), -1))

    def _sum(self, formula: Sum) -> Written:
        r"""\sum over the indices of some axes: of Z[i, :] for the sum of all rows."""
        (of,) = formula.parts
        shape = of.shape[:1] if _is_column(of.shape) and formula.axis is None else of.shape
        if not shape:
            return self._written(of)
        axes = range(len(shape)) if formula.axis is None else [formula.axis % len(shape)]
        entries = [INDICES[axis] if axis in axes else ":" for axis in range(len(shape))]
        indices = ", ".join(entries[axis] for axis in axes)
        return rf"\sum_{{{indices}}} {self.text(of, ATOM)}[{', '.join(entries)}]", SUM.level

    # Views

    def _view(self, formula: View) -> Written:
        (of,) = formula.parts
        written, shape = self._written(of), of.shape
        for move in formula.moves:
            written = self._moved(written, shape, move)
            shape = Layout.of(shape).moved([move]).shape
        return written

    def _moved(self, written: Written, shape: Shape, move: Move) -> Written:
        text, level = written
        inner = text if level >= ATOM else self._enclosed(text)
        if isinstance(move, Turn):
            return (rf"{inner}^{{\top}}", RAISED_OR_SIGNED) if len(shape) > 1 else written
        if isinstance(move, Diagonal):
            return rf"\operatorname{{diag}}\left({text}\right)", ATOM
        if isinstance(move, Index):
            return self._indexed(written, shape, move)
        if isinstance(move, Reshape) and len(move.shape) == 1:
            return written if _is_column(shape) else (rf"\operatorname{{vec}}\left({text}\right)", ATOM)
        assert isinstance(move, Reshape)
        return rf"\operatorname{{reshape}}_{{{_shape(move.shape)}}}\left({text}\right)", ATOM

    def _indexed(self, written: Written, shape: Shape, move: Index) -> Written:
        text, level = written
        inner = text if level >= ATOM else self._enclosed(text)
        if len(shape) == 1 and move.entries == COLUMN:
            return written
        if len(shape) == 1 and move.entries == ROW:
            return rf"{inner}^{{\top}}", RAISED_OR_SIGNED
        return f"{inner}[{', '.join(map(_entry, move.entries))}]", ATOM

    def _pick(self, formula: Pick) -> Written:
        of, index = formula.parts
        text = self.text(of, ATOM) if len(of.shape) == 1 else rf"\operatorname{{vec}}\left({self.text(of)}\right)"
        return f"{text}[{self.text(index)}]", ATOM

    def _join(self, formula: Join) -> Written:
        return rf"\operatorname{{concat}}\left({', '.join(map(self.text, formula.parts))}\right)", ATOM

    def _fill(self, formula: Fill) -> Written:
        (of,) = formula.parts
        return rf"\operatorname{{fill}}_{{{_shape(formula.shape)}}}\left({self.text(of)}\right)", ATOM

    def _rows(self, formula: Rows) -> Written:
        return rf"\operatorname{{rows}}\left({self.text(formula.parts[0])}\right)", ATOM

    def _at(self, formula: At) -> Written:
        """A row in a step, as an index above in brackets: H^(t + 1)."""
        row = f"{self.counter} + {formula.offset}" if formula.offset else self.counter
        return rf"{self.text(formula.parts[0])}^{{({row})}}", RAISED_OR_SIGNED

    def _takerows(self, formula: TakeRows) -> Written:
        of, labels = formula.parts
        return f"{self.text(of, ATOM)}[{self.text(labels)}]", ATOM

    def _addrows(self, formula: AddRows) -> Written:
        rows, labels = formula.parts
        return self._side_by_side(View(OneHot(labels, formula.classes), (Turn(),)), rows)

    def _range(self, formula: Range) -> Written:
        return rf"\left(0,\, 1,\, \ldots,\, {formula.shape[0]} - 1\right)", ATOM

    def _eye(self, formula: Eye) -> Written:
        return rf"I_{{{formula.shape[0]}}}", ATOM

    def _triangle(self, formula: Triangle) -> Written:
        return rf"\left[i {COMPARED[formula.sign]} j\right]", ATOM

    def _onehot(self, formula: OneHot) -> Written:
        return rf"\operatorname{{onehot}}_{{{formula.classes}}}\left({self.text(formula.parts[0])}\right)", ATOM


def _is_computed(line: Line) -> bool:
    """Whether a line before the others is a formula, and not a part of what is given."""
    return not isinstance(line.formula, View | Pick | Rows)


def _is_named(part: Part) -> bool:
    return isinstance(part.formula, Name) and part.formula.name.startswith("d")


def _is_column(shape: Shape) -> bool:
    return len(shape) == 2 and shape[1] == 1 and not isinstance(shape[1], Size)


def _is_row(shape: Shape) -> bool:
    return len(shape) == 2 and shape[0] == 1 and not isinstance(shape[0], Size)


def _symbol(name: str) -> str:
    r"""A name as a letter with an index; dW1 with the upright d of a differential.

    >>> _symbol("dW1"), _symbol("m"), _symbol("loss")
    ('\\mathrm{d}W_{1}', 'm', '\\mathrm{loss}')
    """
    if name == "gradient":
        return r"\nabla\mathrm{loss}"
    is_gradient = name[0] == "d" and len(name) > 1 and (len(name) == 2 or not name[1:].isalpha())
    return rf"\mathrm{{d}}{latex_name(name[1:])}" if is_gradient else latex_name(name)


def _shape(shape: Shape) -> str:
    return r" \times ".join(map(_size, shape))


def _size(size: int) -> str:
    return str(size).replace(" * ", r"\,")


def _entry(entry: int | slice | None) -> str:
    if not isinstance(entry, slice):
        return r"\ast" if entry is None else _size(entry)
    parts = ["" if part is None else _size(part) for part in (entry.start, entry.stop, entry.step)]
    return ":".join(parts if entry.step else parts[:2])
