"""How does a text become a graph?

    parse("q = x + y; f = q * z", x=-2, y=5, z=-4)

`reading.py` gives the instructions of a text in the order in which they are computed. Here they are carried out, on a
stack of Values: a number or a name puts one on it, an operator takes its arguments from it and puts its result there.

Names to know: `parse`. Read next: `reading.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf, nan

from tinygrad_edu.choices import nearest
from tinygrad_edu.errors import ExpressionError, SizeError
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import RULES, neg, power
from tinygrad_edu.show import are, cut
from tinygrad_edu.text.mistakes import mistake
from tinygrad_edu.text.reading import (
    ALIASES,
    INFIX,
    LONGEST_NAME,
    Instruction,
    Statement,
    as_python_reads,
    function_of,
    read,
)
from tinygrad_edu.value import Number, Value, as_value

CONSTANTS = {"inf": inf, "nan": nan}
OTHER_NAMES = {
    "ln": "log(x), which is the natural logarithm",
    "log2": "log(x) / log(2)",
    "log10": "log(x) / log(10)",
    "tan": "sin(x) / cos(x)",
    "sgn": "sign(x)",
    "heaviside": "step(x)",
    "logistic": "sigmoid(x)",
    "σ": "sigmoid(x)",
    "swish": "silu(x)",
}  # of functions, as other programs and textbooks write them
OTHER_NUMBERS = {"e": "exp(x) for e ** x", "pi": "3.141592653589793", "π": "3.141592653589793"}


def parse(text: str, /, **values: Number) -> Value:
    """Read a text as a graph, and return its last expression.

    Args:
        text: one or more statements, `name = expression` or a last bare `expression`, separated by `;` or new lines.
            There are `+ - * / **`, brackets, numbers, every function of the rule table, and `max` and `min`.
            A name given to an expression becomes the label of its node, and one given to a number makes a leaf.
        **values: a number or a Value for each other name.

    Raises:
        ExpressionError: if the text is not an expression; the place is marked under it.
        DomainError: if an operation is not defined for these numbers.

    >>> f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    >>> f.label, f.data, [arg.label for arg in f.args]
    ('f', -12.0, ['q', 'z'])
    >>> parse("x ^ 2", x=3)
    Traceback (most recent call last):
    ...
    tinygrad_edu.errors.ExpressionError: in the expression
    <BLANKLINE>
        x ^ 2
          ^
      what is wrong:  `^` is not an operator here
      write instead:  x ** 2 for a power
    """
    if not isinstance(text, str):
        raise ExpressionError(f"parse({text!r})", "an expression is a string", instead='parse("x * y", x=2, y=3)')
    return _Maker(text, _by_name(values)).make()


def _by_name(values: dict[str, Number]) -> dict[str, Number]:
    found: dict[str, tuple[str, Number]] = {}
    for given, number in values.items():
        name = as_python_reads(given)
        if name in found:
            raise ExpressionError(
                f"numbers for {found[name][0]!r} and {given!r}",
                f"to Python the two are one name, {name!r}",
                instead="two names that do not differ only in the form of a letter",
            )
        found[name] = given, number
    return {name: number for name, (_, number) in found.items()}


class _Maker:
    """One text on its way to a graph: the names known so far, and the results that wait to be used."""

    def __init__(self, text: str, values: dict[str, Number]) -> None:
        self.text = text
        self.values = values
        self.names: dict[str, Value] = {}

    def make(self) -> Value:
        result = None
        for statement in read(self.text):
            result = self._statement(statement)
        if result is None:
            raise mistake(self.text, 0, 0, "empty")
        return Value(result.data) if result.is_constant else result

    def _statement(self, statement: Statement) -> Value:
        target = statement.target
        if target is None:
            return self._expression(statement.instructions)
        name = as_python_reads(target.text)
        is_taken = name in self.names or name in self.values
        if is_taken or name in CONSTANTS:
            raise mistake(self.text, target.start, target.end, "taken" if is_taken else "constant", name=_cut(name))
        value = self._expression(statement.instructions)
        if value.is_constant:
            value = Value(value.data)  # a number with a name is a leaf that can be varied
        value.label = value.label or name
        self.names[name] = value
        return value

    def _expression(self, instructions: Sequence[Instruction]) -> Value:
        results: list[Value] = []
        for each in instructions:
            first = len(results) - each.arity
            args = results[first:]
            results[first:] = [self._result(each, args)]
        (result,) = results
        return result

    def _result(self, each: Instruction, args: list[Value]) -> Value:
        match each.kind:
            case "number":
                return self._number(each)
            case "name":
                return self._name(each)
            case "operator":
                return _folded(_operation(each.text, args), args)
        return _folded(self._call(each, args), args)

    def _number(self, each: Instruction) -> Value:
        number = number_in(each.text)
        if number == inf:
            raise self._wrong(each, "too_large")
        return as_value(number)

    def _name(self, each: Instruction) -> Value:
        name = as_python_reads(each.text)
        if name in self.names:
            return self.names[name]
        if name in self.values:
            return self._given(name, self.values[name])
        if name in CONSTANTS:
            return as_value(CONSTANTS[name])
        raise self._wrong(each, "no_value", name=_cut(name), advice=self._advice(_cut(name)))

    def _given(self, name: str, number: Number) -> Value:
        value = number if isinstance(number, Value) else Value(number)
        value.label = value.label or name
        self.names[name] = value
        return value

    def _call(self, each: Instruction, args: list[Value]) -> Value:
        row = function_of(each.text)
        if row is None:
            end, name = each.start + len(each.text), as_python_reads(each.text)
            raise mistake(self.text, each.start, end, "no_function", name=_cut(name), advice=self._like(name))
        try:
            return row(*args)
        except SizeError:
            raise self._wrong(each, "arguments", takes=row.takes, are=are(len(args)), signature=row.signature) from None

    # Advice

    def _advice(self, name: str) -> str:
        """What to write for a name without a value."""
        known = [*self.values, *self.names]
        if function_of(name):
            return f"{name}(x): {name} is a function"
        if len(set(name)) == len(name) > 1 and all(letter in known for letter in name):
            return f"{' * '.join(name)}, or give it one: {name}=1.0"
        other = [OTHER_NUMBERS[name]] if name in OTHER_NUMBERS else nearest(name, known)
        return f"{other[0]}, or give it one: {name}=1.0" if other else f"a value for it: {name}=1.0"

    def _like(self, name: str) -> str:
        """What to write for a function that there is not."""
        if name in self.values or name in self.names:
            return f"{_cut(name)} * (...)"
        if name in OTHER_NAMES:
            return OTHER_NAMES[name]
        if name in RULES:
            return RULES[name].signature  # x + y, for add
        known = sorted(name for name in [*RULES, *ALIASES] if function_of(name))
        close = nearest(_cut(name), known)
        return f"{close[0]}(...)" if close else "one of " + ", ".join(known)

    def _wrong(self, each: Instruction, key: str, **places: object) -> ExpressionError:
        return mistake(self.text, each.start, each.end, key, **places)


def number_in(text: str) -> float:
    """A number as it is written in an expression; inf, if it is larger than any float.

    >>> number_in("1e-3"), number_in("0x10"), number_in("1_000"), number_in("1e999")
    (0.001, 16.0, 1000.0, inf)
    """
    if text[:2].lower() not in ("0x", "0o", "0b"):
        return float(text)
    try:
        return float(int(text, 0))
    except OverflowError:
        return inf


def _operation(sign: str, args: list[Value]) -> Value:
    """An operator on one or two Values; a power with a plain number for its exponent needs no logarithm."""
    if len(args) == 1:
        return neg(*args) if sign == "-" else args[0]
    row: Rule = INFIX[sign]
    return (power if sign == "**" and args[1].is_constant else row)(*args)


def _folded(result: Value, args: Iterable[Value]) -> Value:
    """Numbers with numbers give a number: the exponent of x ** (1/3) is a constant."""
    return as_value(result.data) if all(arg.is_constant for arg in args) else result


def _cut(name: str) -> str:
    return cut(name, LONGEST_NAME)
