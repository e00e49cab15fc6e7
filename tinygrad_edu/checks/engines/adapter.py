"""How does a class spell things?

Every engine has numbers, gradients and a sweep; one calls them `data`, `grad` and `backward()`, another `value`,
`gradient` and `backprop()`. Where there is one plausible name it is taken; else the report asks for it. Functions may
be methods, or functions beside the class.

Names to know: `Names`, `Adapter`, `names_of`. Read next: `running.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

from tinygrad_edu.checks.engines import reference
from tinygrad_edu.errors import OptionError
from tinygrad_edu.show import listed

DATA = ("data", "value", "val", "v", "x", "number", "num", "item")
GRAD = ("grad", "gradient", "g", "adjoint", "derivative", "deriv", "grads", "d")
BACKWARD = ("backward", "backprop", "backpropagate", "back", "backward_pass", "propagate", "compute_gradients")
ALIASES = {"relu": ("relu", "ReLU"), "log": ("log", "ln"), "sigmoid": ("sigmoid", "logistic")}
PROBED = 3.5
METHODS = reference.METHODS | {name: f"__{name}__" for name in reference.PLAIN}


@dataclass(frozen=True)
class Names:
    """What a class calls its number, its gradient, and the sweep."""

    data: str = "data"
    grad: str = "grad"
    backward: str = "backward"


def names_of(value: type[Any], wanted: Mapping[str, str | None]) -> Names:
    """The names of a class: those that the caller wants, or that are plausible.

    Raises:
        OptionError: if its number is kept nowhere, or if more than one name is plausible.
        Exception: whatever the class raises when it is given a number.

    >>> class Number:
    ...     def __init__(self, value):
    ...         self.value, self.gradient = value, 0
    ...     def backprop(self): ...
    >>> names_of(Number, {})
    Names(data='value', grad='gradient', backward='backprop')
    """
    one = value(PROBED)
    number = wanted.get("data")
    if number and not _is_number(one, number, PROBED):
        asked, wrong = f"the check of {value.__name__}", f"{value.__name__}({PROBED}).{number} is not {PROBED}"
        raise OptionError(asked, wrong, instead=f"--data with the name under which it keeps {PROBED}")
    there = {
        "data": [name for name in DATA if _is_number(one, name, PROBED)],
        "grad": [name for name in GRAD if hasattr(one, name) and not callable(getattr(one, name))],
        "backward": [name for name in BACKWARD if callable(getattr(one, name, None))],
    }
    return Names(**{what: wanted.get(what) or _only(value, what, names) for what, names in there.items()})


def _is_number(one: Any, name: str, number: float) -> bool:
    try:
        return float(getattr(one, name)) == number
    except (AttributeError, TypeError, ValueError):
        return False


MEANINGS = {"data": "its number", "grad": "its gradient", "backward": "the method that computes gradients"}


def _only(value: type[Any], what: str, names: list[str]) -> str:
    """The usual name, or the only plausible one. What is not there yet will have the usual name, but for the number."""
    usual = {"data": DATA, "grad": GRAD, "backward": BACKWARD}[what][0]
    if usual in names or (not names and what != "data"):
        return usual
    if not names:
        raise OptionError(
            f"the check of {value.__name__}",
            f"{value.__name__}({PROBED}) keeps {PROBED} nowhere, under no usual name such as {listed(list(DATA[:3]))}",
            instead=f"self.{usual} = {usual} in __init__; or say what it is called: --{what} {DATA[1]}",
        )
    if len(names) > 1:
        raise OptionError(
            f"the check of {value.__name__}",
            f"{MEANINGS[what]} may be {listed(names)}",
            instead=f"say which: --{what} {names[0]}",
        )
    return names[0]


class Adapter:
    """A class, and how it is spoken to.

    Args:
        value: the class.
        names: what it calls its number, gradient and sweep.
        functions: functions beside the class, by their names.
    """

    def __init__(self, value: type[Any], names: Names, functions: Mapping[str, Any] | None = None) -> None:
        self.value, self.names, self.functions = value, names, functions or {}
        self._compiled: dict[str, CodeType] = {}

    def in_its_words(self, code: str) -> str:
        """A probe as it would be written with this class."""
        return ast.unparse(_Renamed(self).visit(ast.parse(code)))

    def compiled(self, code: str) -> CodeType:
        """The same, ready to be run; compiled once."""
        if code not in self._compiled:
            self._compiled[code] = compile(self.in_its_words(code), "<probe>", "exec")
        return self._compiled[code]

    def function(self, name: str) -> Callable[..., Any] | None:
        """A function beside the class, or None."""
        found = (self.functions.get(alias) for alias in ALIASES.get(name, (name,)))
        return next(filter(callable, found), None)

    def method(self, name: str) -> str | None:
        """What its method of this name is called, or None."""
        return next((alias for alias in ALIASES.get(name, (name,)) if hasattr(self.value, alias)), None)

    def is_written(self, operation: str) -> bool:
        """Whether the class has a method for an operation, or for the sweep, or there is a function for it."""
        name = self.names.backward if operation == "backward" else METHODS.get(operation, operation)
        return (self.method(name) or self.function(name)) is not None


class Usual(Adapter):
    """A class that spells everything as the probes do."""

    def __init__(self, value: type[Any]) -> None:
        super().__init__(value, Names())

    def compiled(self, code: str) -> CodeType:
        """A probe, ready to be run; compiled once for all such classes."""
        return _compiled(code)


@cache
def _compiled(code: str) -> CodeType:
    return compile(code, "<probe>", "exec")


class _Renamed(ast.NodeTransformer):
    """The usual names exchanged for those of a class."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id == "Value":
            node.id = self.adapter.value.__name__
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and not node.args:
            name = node.func.attr
            method = self.adapter.method(name)
            if method is None and self.adapter.function(name):
                return ast.Call(ast.Name(name, ast.Load()), [node.func.value], [])
            node.func.attr = method or name
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        names = self.adapter.names
        node.attr = {"data": names.data, "grad": names.grad, "backward": names.backward}.get(node.attr, node.attr)
        return node
