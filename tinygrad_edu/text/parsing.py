"""How does a text become a graph?

    parse("q = x + y; f = q * z", x=-2, y=5, z=-4)

Through Python's own grammar, and never `eval`: in the tree that Python makes from a text, only what an expression may
hold is read, and everything else raises an error with the place marked.

Names to know: `parse`. Read next: `nesting.py`.
"""

from __future__ import annotations

import ast
import inspect
import operator
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from math import inf, nan
from typing import Any

from tinygrad_edu.choices import nearest
from tinygrad_edu.errors import ExpressionError, SizeError
from tinygrad_edu.rule import CALL, Rule
from tinygrad_edu.rules import RULES
from tinygrad_edu.show import are, cut
from tinygrad_edu.text.nesting import depths
from tinygrad_edu.value import Number, Value, as_float, as_value

MAX_NESTING = 100  # brackets, signs and powers inside each other: see `nesting.py`
MAX_CHAIN = 1000  # operators in a row, as in a sum of as many terms
MAX_LENGTH = 100_000  # characters in a text

CONSTANTS = {"inf": inf, "nan": nan}
ALIASES = {"max": "maximum", "min": "minimum"}
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
TOO_DEEP = {
    "opening": "brackets inside each other",
    "sign": "brackets, signs and powers inside each other",
    "power": "brackets, signs and powers inside each other",
    "keyword": "keywords",
    "quote": "quotation marks",
    "operand": "names and numbers without an operator between them",
}  # what there are too many of, by the kind of token
SIGNS = str.maketrans({"·": "*", "×": "*", "⋅": "*", "−": "-", "÷": "/"})  # as textbooks print them


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
        ^^^^^
      what is wrong:  `^` is not an operator here
      write instead:  x ** 2 for a power
    """
    reader = _Reader(text, values)
    return reader.read()


class _Reader:
    """One text on its way to a graph: the names known so far, and the place for an error."""

    def __init__(self, text: str, values: dict[str, Number]) -> None:
        if not isinstance(text, str):
            raise ExpressionError(f"parse({text!r})", "an expression is a string", instead='parse("x * y", x=2, y=3)')
        self.text = inspect.cleandoc(text.translate(SIGNS))
        self.values = self._by_name(values)
        self.names: dict[str, Value] = {}

    def _by_name(self, values: dict[str, Number]) -> dict[str, Number]:
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

    def read(self) -> Value:
        result = None
        for statement in self._tree().body:
            result = self._statement(statement)
        if result is None:
            raise self._error(None, "there is nothing to compute", "an expression, such as (x + y) * z")
        return Value(result.data) if result.is_constant else result

    def _tree(self) -> ast.Module:
        self._check_size()
        try:
            return ast.parse(self.text)
        except SyntaxError as error:
            raise self._syntax_error(error) from None
        except (RecursionError, MemoryError, ValueError):
            raise self._error(
                None, "it is too long, or has something Python cannot read", "shorter statements"
            ) from None

    def _check_size(self) -> None:
        if len(self.text) > MAX_LENGTH:
            raise ExpressionError(
                f"an expression of {len(self.text):,} characters", f"the longest that is read has {MAX_LENGTH:,}"
            )
        for token, nested, chain in depths(self.text):
            if nested > MAX_NESTING:
                raise self._too_deep(token, f"more than {MAX_NESTING} {TOO_DEEP[str(token.lastgroup)]}")
            if chain > MAX_CHAIN:
                raise self._too_deep(token, f"more than {MAX_CHAIN:,} operators in a row")

    def _too_deep(self, token: re.Match[str], wrong: str) -> ExpressionError:
        return self._error_at(token.start(), token.end(), wrong, "q = ...; then use q")

    def _statement(self, statement: ast.stmt) -> Value:
        if isinstance(statement, ast.Expr):
            return self._expression(statement.value)
        if not isinstance(statement, ast.Assign):
            raise self._error(statement, "only `name = expression` and expressions can stand here", "q = x + y; q * z")
        (target, *others) = statement.targets
        if others or not isinstance(target, ast.Name):
            raise self._error(target, "one name stands on the left of `=`", "q = x + y")
        return self._assign(target, statement.value)

    def _assign(self, target: ast.Name, expression: ast.expr) -> Value:
        name = target.id
        if name in self.names or name in self.values:
            raise self._error(
                target, f"{name} already has a meaning, and one name stands for one node", f"{name}2 = ..."
            )
        if name in CONSTANTS:
            raise self._error(target, f"{name} is a number here", f"{name}2 = ...")
        value = self._expression(expression)
        if value.is_constant:
            value = Value(value.data)  # a number with a name is a leaf that can be varied
        value.label = value.label or name
        self.names[name] = value
        return value

    def _expression(self, root: ast.expr) -> Value:
        """Children first, with an explicit stack: a sum of a thousand terms is a tree of depth a thousand."""
        done: dict[ast.AST, Value] = {}
        stack: list[tuple[ast.expr, bool]] = [(root, False)]
        while stack:
            node, ready = stack.pop()
            if ready:
                done[node] = self._build(node, [done[child] for child in self._children(node)])
            else:
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(self._children(node)))
        return done[root]

    def _children(self, node: ast.expr) -> list[ast.expr]:
        match node:
            case ast.BinOp(left=left, right=right):
                return [left, right]
            case ast.UnaryOp(operand=operand):
                return [operand]
            case ast.Call(args=args):
                return self._arguments(node, args)
        return []

    def _arguments(self, call: ast.Call, args: list[ast.expr]) -> list[ast.expr]:
        """The arguments of a call; those of `dot([..], [..])` are taken out of their lists."""
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name not in RULES or not RULES[name].many:
            return args
        lists = [arg.elts for arg in args if isinstance(arg, ast.List)]
        groups = len(RULES[name].partials)
        if len(lists) != len(args) or len(args) != groups or not lists[0] or len({len(each) for each in lists}) > 1:
            raise self._error(call, RULES[name].takes, RULES[name].signature)
        return [element for each in lists for element in each]

    def _build(self, node: ast.expr, args: list[Value]) -> Value:
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return as_value(self._number(node, number))
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.BinOp(op=op) | ast.UnaryOp(op=op) if type(op) in OPERATORS:
                return _folded(OPERATORS[type(op)](*args), args)
            case ast.Call():
                return _folded(self._call(node, args), args)
        raise self._error(node, *self._not_supported(node))

    def _number(self, node: ast.expr, number: float) -> float:
        if (isinstance(number, int) and number > sys.float_info.max) or number == inf:
            raise self._error(node, "this number is larger than any float (about 1.8e308)", "inf, or a smaller unit")
        return as_float(number)

    def _name(self, node: ast.Name, name: str) -> Value:
        if name in self.names:
            return self.names[name]
        if name in self.values:
            return self._given(name, self.values[name])
        if name in CONSTANTS:
            return as_value(CONSTANTS[name])
        raise self._error(node, f"{cut(name, 40)} has no value", self._advice(cut(name, 40)))

    def _given(self, name: str, number: Number) -> Value:
        value = number if isinstance(number, Value) else Value(number)
        value.label = value.label or name
        self.names[name] = value
        return value

    def _advice(self, name: str) -> str:
        if _function(name):
            return f"{name}(x): {name} is a function"
        known = [*self.values, *self.names]
        close = nearest(name, known)
        return f"{close[0]}, or give it one: {name}=1.0" if close else f"a value for it: {name}=1.0"

    def _call(self, call: ast.Call, args: list[Value]) -> Value:
        if not isinstance(call.func, ast.Name) or call.keywords:
            raise self._error(call, "a function is called by its name, with its arguments in order", "maximum(x, 0)")
        function = _function(call.func.id)
        if function is None:
            raise self._error(
                call.func, f"there is no function {cut(call.func.id, 40)}", self._functions_like(call.func.id)
            )
        try:
            return function(*args)
        except SizeError:
            raise self._error(call, f"{function.takes}, and here {are(len(args))}", function.signature) from None

    def _functions_like(self, name: str) -> str:
        known = sorted(name for name in [*RULES, *ALIASES] if _function(name))
        close = nearest(name, known)
        return f"{close[0]}(...)" if close else "one of " + ", ".join(known)

    # Errors

    def _not_supported(self, node: ast.expr) -> tuple[str, str]:
        match node:
            case ast.BinOp(op=ast.BitXor()):
                return "`^` is not an operator here", "x ** 2 for a power"
            case ast.BinOp() | ast.UnaryOp():
                return "this operator is not defined for Values", "one of + - * / **"
            case ast.Compare():
                return "a comparison is not a number", "step(x - y), maximum(x, y) or relu(x)"
            case ast.List() | ast.Tuple():
                return "a list can only stand inside dot([...], [...]) or logsumexp([...])", "one expression"
            case ast.Constant():
                return f"{node.value!r} is not a number", "a number or a name"
        return "this is not part of an expression", "numbers, names, + - * / ** and the functions of the rule table"

    def _error(self, node: ast.expr | ast.stmt | None, wrong: str, instead: str) -> ExpressionError:
        if node is None:
            return self._marked(self._line(1), 0, 0, wrong, instead)
        line = self._line(node.lineno)
        start = _characters(line, node.col_offset)
        end = _characters(line, node.end_col_offset or 0) if node.end_lineno == node.lineno else len(line)
        return self._marked(line, start, end, wrong, instead)

    def _syntax_error(self, error: SyntaxError) -> ExpressionError:
        line = self._line(error.lineno or 1)
        start = max((error.offset or 1) - 1, 0)
        end = (error.end_offset or 0) - 1 if error.end_lineno == error.lineno else len(line)
        wrong = f"this cannot be read ({error.msg.split(';')[0].split(':')[0]})"
        return self._marked(
            line, start, end, wrong, "2 * x, (x + y) * z: every product needs its *, every bracket its pair"
        )

    def _error_at(self, start: int, end: int, wrong: str, instead: str) -> ExpressionError:
        before = self.text[:start]
        line_start = before.rfind("\n") + 1
        line = self._line(before.count("\n") + 1)
        return self._marked(line, start - line_start, end - line_start, wrong, instead)

    def _marked(self, line: str, start: int, end: int, wrong: str, instead: str) -> ExpressionError:
        """The line, cut to fit a terminal, with the place underlined."""
        first = max(0, start - 40)
        shown = line[first : first + 66]
        width = max(1, min(end - start, len(shown) - (start - first)))
        mark = " " * (start - first) + "^" * width
        return ExpressionError(f"in the expression\n\n    {shown}\n    {mark}", wrong, instead=instead)

    def _line(self, number: int) -> str:
        lines = self.text.splitlines()
        return lines[number - 1] if number <= len(lines) else ""


def as_python_reads(name: str) -> str:
    """A name as Python reads it: different forms of a letter are the same letter.

    >>> as_python_reads("ﬁt"), as_python_reads("\N{MICRO SIGN}") == "\N{GREEK SMALL LETTER MU}"
    ('fit', True)
    """
    return unicodedata.normalize("NFKC", name)


def _characters(line: str, utf8_offset: int) -> int:
    """Python's parser counts in bytes of UTF-8; a mark under the text counts in characters."""
    return len(line.encode()[:utf8_offset].decode(errors="ignore"))


def _function(name: str) -> Rule | None:
    """The row that is called by this name; those with a sign of their own, like +, are written with it."""
    rule = RULES.get(ALIASES.get(name, name))
    return rule if rule and rule.binding is CALL else None


def _folded(result: Value, args: Iterable[Value]) -> Value:
    """Numbers with numbers give a number: the exponent of x ** (1/3) is a constant."""
    return as_value(result.data) if all(arg.is_constant for arg in args) else result
