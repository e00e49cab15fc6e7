"""What do the printers of all languages have in common?

The walk through a formula: one method for each kind of formula, called `_` and the kind's name; each gives a text and
how tightly it binds, and `text` puts parentheses around what binds less tightly than its place needs. So no sum stands
bare before a `.T`, and no text is read again to find out. How an operation is written, and how tightly that binds, a
row of the rule table says.

Names to know: `Printer`. Read next: `numpy.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, ClassVar

import numpy.typing as npt

from tinygrad_edu.compiler.formulas import Apply, Formula, Number, Plus, Reduce
from tinygrad_edu.compiler.names import OPEN_WORD
from tinygrad_edu.compiler.source import Source
from tinygrad_edu.rule import CALL, PRODUCT, SUM, Rule
from tinygrad_edu.rules import add, mul, neg

Written = tuple[str, int]  # a text, and how tightly it binds

ATOM = CALL.level
LOOSE = 0
MINUS_ARGUMENT = "(-{})"  # in a row's template: of -x, this is (x)


class Printer:
    """Writes formulas; what depends on the language is in the class of each.

    The methods take a formula, and whatever else a language has to know about the place in which it stands.
    """

    column: ClassVar[str]  # of the rule table, with the templates of the language

    def template(self, rule: Rule) -> str:
        """How the language writes an operation.

        Raises:
            GraphError: if the row does not say it.
        """
        return rule.needed(self.column)

    def mentioned(self, source: Source) -> set[str]:
        """The names that the templates of a program mention: functions that the language may lack."""
        return {word for rule in source.rules for word in OPEN_WORD.findall(self.template(rule))}

    def text(self, formula: Formula, need: int = LOOSE, *where: Any) -> str:
        """A formula where something that binds so tightly is needed."""
        text, level = self._written(formula, *where)
        return text if level >= need else self._enclosed(text)

    def level(self, formula: Formula) -> int:
        """How tightly a formula binds."""
        return self._written(formula)[1]

    def expression(self, formula: Formula, *where: Any) -> str:
        """A formula on the right of an equals sign: without parentheses around the whole."""
        if isinstance(formula, Apply) and not self._is_infix(formula.rule) and is_enclosed(self.template(formula.rule)):
            return self._call(formula, *where)[0][1:-1]
        return self.text(formula, LOOSE, *where)

    def _written(self, formula: Formula, *where: Any) -> Written:
        method: Callable[..., Written] = getattr(self, _method_for(type(formula).__name__))
        return method(formula, *where)

    def _enclosed(self, text: str) -> str:
        return f"({text})"

    def _argument(self, whole: Formula, part: Formula, need: int, *where: Any) -> str:  # noqa: ARG002
        """A part of something that is computed element by element."""
        return self.text(part, need, *where)

    def _arguments(self, whole: Formula, needs: Sequence[int], *where: Any) -> list[str]:
        pairs = zip(whole.parts, needs, strict=True)
        return [self._argument(whole, part, need, *where) for part, need in pairs]

    # Operations of the rule table

    def _is_infix(self, rule: Rule) -> bool:
        """Whether the language writes an operation as people do: x * y, and not np.fmod(x, y) for x mod y."""
        return rule.binding is not CALL and self.template(rule) == f"({rule.text})"

    def _apply(self, formula: Apply, *where: Any) -> Written:
        rule = formula.rule
        if not self._is_infix(rule):
            return self._call(formula, *where)
        texts = self._arguments(formula, rule.binding.needs, *where)
        if rule is mul:
            texts = self._factors(formula, texts, *where)
        if rule is add:
            return _summed(texts), SUM.level
        return rule.text.format(*texts), rule.binding.level

    def _factors(self, formula: Apply, texts: list[str], *where: Any) -> list[str]:
        """A condition as a factor need not be made a number first, A * (Z > 0), if the other factor is a number."""
        conditions = [arg.rule.condition if isinstance(arg, Apply) else "" for arg in formula.parts]
        if all(conditions) or not any(conditions):
            return texts
        return [
            condition.format(self._argument(formula, arg.parts[0], ATOM, *where)) if condition else _as_float(arg, text)
            for condition, arg, text in zip(conditions, formula.parts, texts, strict=True)
        ]

    def _call(self, formula: Apply, *where: Any) -> Written:
        template, parts = self.template(formula.rule), formula.parts
        if template.count("{") == template.count(MINUS_ARGUMENT) and is_of(parts[0], neg):
            template, parts = template.replace(MINUS_ARGUMENT, "({})"), parts[0].parts
        need = LOOSE if is_one_call(template) else ATOM
        return template.format(*(self._argument(formula, part, need, *where) for part in parts)), _level(template)

    def _reduce(self, formula: Reduce, *where: Any) -> Written:
        template, args = self.template(formula.rule), self._arguments(formula, [LOOSE] * len(formula.parts), *where)
        return formula.rule.fill(template, args), _level(template)

    def _plus(self, formula: Plus, *where: Any) -> Written:
        needs = [SUM.level, *[PRODUCT.level] * (len(formula.parts) - 1)]
        texts = self._arguments(formula, needs, *where)
        return _summed(texts), SUM.level if len(texts) > 1 else self._written(formula.parts[0], *where)[1]


def literal(numbers: npt.NDArray[Any], text: Callable[[Formula], str]) -> str:
    """An array as lists of numbers.

    >>> import numpy as np
    >>> from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
    >>> literal(np.array([[1.0, -0.5], [np.inf, 2.0]]), NumPyPrinter().text)
    '[[1, -0.5], [np.inf, 2]]'
    """
    if numbers.ndim == 0:
        return text(Number(numbers.item()))
    return f"[{', '.join(literal(each, text) for each in numbers)}]"


def _summed(terms: Sequence[str]) -> str:
    """Terms with + between them, and - for what is a negative."""
    first, *others = terms
    return first + "".join(f" - {term[1:]}" if term[0] == "-" else f" + {term}" for term in others)


def is_of(formula: Formula, rule: Rule) -> bool:
    """Whether a formula is of one operation."""
    return isinstance(formula, Apply) and formula.rule is rule


def _as_float(factor: Formula, text: str) -> str:
    """The text of a factor, with the point that a whole number has as a float.

    Beside a condition a plain number is 2.0: of 2 and a condition NumPy makes integers, which overflow.
    """
    if not isinstance(factor, Number) or not factor.number.is_integer():
        return text
    return f"({factor.number})" if factor.number < 0 else str(factor.number)


@cache
def _method_for(kind: str) -> str:
    """What the method for a kind of formula is called."""
    return f"_{kind.lower()}"


@cache
def _level(template: str) -> int:
    """How tightly a row's template binds: nothing comes between a call, `np.where(…)`, and what stands around it."""
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
    """Whether the parenthesis that opens a row's template is the one that closes it.

    >>> is_enclosed("(1 / (1 + np.exp(-{})))"), is_enclosed("({} > 0) * (1.0)")
    (True, False)
    """
    depth = 0
    for place, sign in enumerate(template):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return place == len(template) - 1 and place > 0
    return False
