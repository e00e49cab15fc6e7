"""How is a program written as NumPy?

One method for each kind of formula; each gives a text and how tightly it binds, and `text` puts parentheses around what
binds less tightly than its place needs. So no sum stands bare before a `.T`, and no text is read again to find out.

Names to know: `NumPyPrinter`. Read next: `nn/module.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from math import isfinite

from tinygrad_edu.compiler.formulas import (
    Apply,
    At,
    Dot,
    Fill,
    Formula,
    Join,
    Looped,
    MatMul,
    Name,
    Number,
    OneHot,
    Pick,
    Plus,
    Range,
    Reduce,
    RowDots,
    Rows,
    Sum,
    View,
    Zeros,
)
from tinygrad_edu.compiler.layout import Index, Move, Reshape
from tinygrad_edu.compiler.source import Line, Part, Put, Repeat, Source
from tinygrad_edu.rule import CALL, PRODUCT, SUM, Rule
from tinygrad_edu.rules import mul, neg

Written = tuple[str, int]  # a text, and how tightly it binds: the level of its operator

COMMENT_AT = 60
INDENT = "    "
ATOM = CALL.level
LOOSE = 0
AS_NUMBER = "np.heaviside({}, 0.0)"  # a row's template that turns a condition into a number, 0 or 1 (or NaN) …
CONDITION = "({} > 0)"  # … and the condition itself
MINUS_ARGUMENT = "(-{})"  # in a row's template; if the argument is -x, it becomes (x)


class NumPyPrinter:
    """Prints formulas as NumPy.

    >>> from tinygrad_edu.rules import power
    >>> NumPyPrinter().text(Sum(Apply(power, (Name("Z", (5, 3)), Number(2.0))), -1))
    '(Z ** 2).sum(axis=-1)'
    """

    counter = "t"  # of the loop that is being written

    def __init__(self, *, is_brief: bool = False) -> None:
        """With `is_brief`, numbers and views are as long as any other: for a look at lengths alone."""
        self.is_brief = is_brief

    def program(self, source: Source) -> str:
        """A function of the parameters and the inputs, which gives the loss and the gradient."""
        lines = list(chain.from_iterable(map(self.statements, first_of_each_loop((*source.leaves, *source.lines)))))
        parts = map(self.assignment, source.gradient)
        results = [self.expression(source.loss), "gradient", *map(self.expression, source.asked)]
        begin, end = f"gradient = np.zeros({source.parameters})", f"return {', '.join(results)}"
        names = ", ".join(argument.name for argument in source.arguments)
        return f"def program({names}):\n" + "".join(f"    {line}\n" for line in (*lines, begin, *parts, end))

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
        return [*map(self._before, repeat.before), head, *(f"{INDENT}{self._step(each)}" for each in repeat.body)]

    def _before(self, each: Line | Put) -> str:
        return self.statement(each) if isinstance(each, Line) else self._step(each)

    def _step(self, each: Line | Put) -> str:
        if isinstance(each, Line):
            return self.statement(each, COMMENT_AT - len(INDENT))
        return f"{self.text(each.target)} {'+=' if each.is_added else '='} {self.expression(each.formula)}"

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

    def expression(self, formula: Formula) -> str:
        """A formula on the right of an equals sign: without parentheses around the whole."""
        if isinstance(formula, Apply) and not _is_infix(formula.rule) and is_enclosed(formula.rule.needed("numpy")):
            return self._call(formula)[0][1:-1]
        return self.text(formula)

    def text(self, formula: Formula, need: int = LOOSE) -> str:
        """A formula, in parentheses if it binds less tightly than its context needs."""
        text, level = self._written(formula)
        return text if level >= need else f"({text})"

    def _written(self, formula: Formula) -> Written:
        method: Callable[[Formula], Written] = getattr(self, f"_{type(formula).__name__.lower()}")
        return method(formula)

    def _name(self, formula: Name) -> Written:
        return formula.name, ATOM

    def _number(self, formula: Number) -> Written:
        number = formula.number
        if self.is_brief:
            return "1 / m", PRODUCT.level
        if isfinite(number):
            text = repr(number)
            return text if text == "-0.0" else text.removesuffix(".0"), SUM.level if text[0] == "-" else ATOM
        return (f"-np.{-number}", SUM.level) if number < 0 else (f"np.{number}", ATOM)

    def _apply(self, formula: Apply) -> Written:
        rule = formula.rule
        if not _is_infix(rule):
            return self._call(formula)
        needs = zip(formula.parts, rule.binding.needs, strict=True)
        texts = [self.text(arg, need) for arg, need in needs]
        if rule is mul:
            texts = self._factors(formula.parts, texts)
        return rule.text.format(*texts), rule.binding.level

    def _factors(self, args: Sequence[Formula], texts: list[str]) -> list[str]:
        """A factor that is a condition needs no conversion to a number: A * (Z > 0).

        A whole number as the other factor is written as a float, 2.0: NumPy would make integers of 2 * (Z > 0), which
        overflow.
        """
        conditions = [_condition(arg) for arg in args]
        if all(conditions) or not any(conditions):
            return texts
        return [
            condition.format(self.text(arg.parts[0], ATOM)) if condition else _as_float(arg, text)
            for condition, arg, text in zip(conditions, args, texts, strict=True)
        ]

    def _call(self, formula: Apply) -> Written:
        rule, args = formula.rule, formula.parts
        template = rule.needed("numpy")
        if template.count("{") == template.count(MINUS_ARGUMENT) and _is(args[0], neg):
            template, args = template.replace(MINUS_ARGUMENT, "({})"), args[0].parts
        need = LOOSE if is_one_call(template) else ATOM
        return template.format(*(self.text(arg, need) for arg in args)), _level(template)

    def _reduce(self, formula: Reduce) -> Written:
        template = formula.rule.needed("numpy")
        return formula.rule.fill(template, [self.text(arg) for arg in formula.parts]), _level(template)

    def _plus(self, formula: Plus) -> Written:
        first, *others = formula.parts
        texts = [self.text(first, SUM.level), *(self.text(term, PRODUCT.level) for term in others)]
        return " + ".join(texts), SUM.level if others else self._written(first)[1]

    def _matmul(self, formula: MatMul) -> Written:
        left, right = formula.parts
        return f"{self.text(left, PRODUCT.level)} @ {self.text(right, PRODUCT.level + 1)}", PRODUCT.level

    def _dot(self, formula: Dot) -> Written:
        both = ", ".join(map(self.text, formula.parts))
        are_vectors = all(len(part.shape) == 1 for part in formula.parts)
        are_views = any(isinstance(part, View | Pick) for part in formula.parts)
        return (f"np.dot({both})" if are_vectors and are_views else f"np.vdot({both})"), ATOM

    def _rowdots(self, formula: RowDots) -> Written:
        return f"np.einsum('...i,...i->...', {', '.join(map(self.text, formula.parts))})", ATOM

    def _sum(self, formula: Sum) -> Written:
        along = "" if formula.axis is None else f"axis={formula.axis}"
        return f"{self.text(formula.parts[0], ATOM)}.sum({along})", ATOM

    def _view(self, formula: View) -> Written:
        moves = ["[:, None]"] * len(formula.moves) if self.is_brief else map(_move, formula.moves)
        return self.text(formula.parts[0], ATOM) + "".join(moves), ATOM

    def _pick(self, formula: Pick) -> Written:
        of, index = formula.parts
        flat = "" if len(of.shape) == 1 else ".ravel()"
        return f"{self.text(of, ATOM)}{flat}[{self.text(index)}]", ATOM

    def _join(self, formula: Join) -> Written:
        parts = (f"np.ravel({self.text(part)})" if _is_ravelled(part) else self.text(part) for part in formula.parts)
        return f"np.concatenate([{', '.join(parts)}])", ATOM

    def _at(self, formula: At) -> Written:
        return f"{self.text(formula.parts[0])}[{self.counter}{f' + {formula.offset}' if formula.offset else ''}]", ATOM

    def _zeros(self, formula: Zeros) -> Written:
        return (f"np.zeros({_shape(formula.shape)})" if formula.shape else "0.0"), ATOM

    def _looped(self, formula: Looped) -> Written:
        assert isinstance(formula.repeat, Repeat)
        return f"a loop of {formula.repeat.steps:,} steps", ATOM

    def _rows(self, formula: Rows) -> Written:
        return f"len({self.text(formula.parts[0])})", ATOM

    def _range(self, formula: Range) -> Written:
        return f"np.arange({formula.shape[0]})", ATOM

    def _onehot(self, formula: OneHot) -> Written:
        return f"np.eye({formula.classes})[{self.text(formula.parts[0])}]", ATOM

    def _fill(self, formula: Fill) -> Written:
        (of,) = formula.parts
        if of.shape:
            return f"np.broadcast_to({self.text(of)}, {formula.shape})", ATOM
        return f"np.full({formula.shape}, {self.text(of)})", ATOM


def first_of_each_loop(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, of a loop that fills several arrays the first one."""
    seen: set[int] = set()
    for line in lines:
        if not isinstance(line.formula, Looped):
            yield line
        elif id(line.formula.repeat) not in seen:
            seen.add(id(line.formula.repeat))
            yield line


def _shape(shape: tuple[int, ...]) -> str:
    return str(shape[0] if len(shape) == 1 else shape)


def _is(formula: Formula, rule: Rule) -> bool:
    return isinstance(formula, Apply) and formula.rule is rule


def _as_float(factor: Formula, text: str) -> str:
    """The text of a factor; a whole number keeps its decimal point, 2.0."""
    if not isinstance(factor, Number) or not factor.number.is_integer():
        return text
    return f"({factor.number})" if factor.number < 0 else str(factor.number)


def _is_infix(rule: Rule) -> bool:
    """Whether NumPy code uses the usual operator, as in x * y, and not a call, as in np.fmod(x, y) for x mod y."""
    return rule.binding is not CALL and rule.numpy == f"({rule.text})"


def _condition(formula: Formula) -> str:
    """The template of the condition, for an operation that turns a condition into a number; else an empty text."""
    return CONDITION if isinstance(formula, Apply) and formula.rule.numpy == AS_NUMBER else ""


def _is_ravelled(part: Formula) -> bool:
    """Whether a part has to be flattened before it is concatenated."""
    return len(part.shape) != 1 or not isinstance(part, Name) or not part.name.startswith("c")


def _move(move: Move) -> str:
    if isinstance(move, Index):
        return _index(move.entries)
    if isinstance(move, Reshape):
        return ".ravel()" if len(move.shape) == 1 else f".reshape({', '.join(map(str, move.shape))})"
    return ".T"


def _index(entries: tuple[int | slice | None, ...]) -> str:
    shown = [_slice(entry) if isinstance(entry, slice) else str(entry) for entry in entries]
    while None not in entries and len(shown) > 1 and shown[-1] == ":":
        shown.pop()
    return f"[{', '.join(shown)}]"


def _slice(entry: slice) -> str:
    start, stop, step = ("" if part is None else str(part) for part in (entry.start, entry.stop, entry.step))
    return f"{start}:{stop}" + (f":{step}" if step else "")


@cache
def _level(template: str) -> int:
    """How tightly a row's template binds: a call such as `np.where(…)` never needs parentheses."""
    function = re.match(r"[\w.]*", template)
    assert function is not None
    return ATOM if is_enclosed(template[function.end() :]) else LOOSE


@cache
def is_one_call(template: str) -> bool:
    """Whether a row's template is one call, whose arguments need no parentheses: `np.maximum({}, 0.0)`."""
    argument = r"(\{\d?\}|[\w.]+)"
    return re.fullmatch(rf"[\w.]+\({argument}(, {argument})*\)", template) is not None


@cache
def is_enclosed(template: str) -> bool:
    """Whether the parenthesis that opens a row's template is closed by its last character.

    >>> is_enclosed("(1 / (1 + np.exp(-{})))"), is_enclosed("({} > 0) * (1.0)")
    (True, False)
    """
    depth = 0
    for place, sign in enumerate(template):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return place == len(template) - 1 and place > 0
    return False
