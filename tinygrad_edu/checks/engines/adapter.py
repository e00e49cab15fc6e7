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
from tinygrad_edu.choices import nearest
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


Said = Callable[[str, str, str], str]  # how a name is given at a door: of (class; data, grad or backward; the name)


def in_python(value: str, what: str, name: str) -> str:
    """How a name is given to `check_engine`.

    >>> in_python("Scalar", "data", "number")
    "check_engine(Scalar, data='number')"
    """
    return f"check_engine({value}, {what}={name!r})"


def names_of(
    value: type[Any],
    wanted: Mapping[str, str | None],
    functions: Mapping[str, Any] | None = None,
    *,
    said: Said = in_python,
) -> Names:
    """The names of a class: those that the caller wants, or that are plausible.

    Args:
        value: the class.
        wanted: the names that the caller gives for data, grad and backward.
        functions: functions beside the class, of which one may be the sweep.
        said: how a name is given at the door that the class came through.

    Raises:
        OptionError: if its number is kept nowhere, if more than one name is plausible, or if one that is wanted is not
            there.
        Exception: whatever the class raises when it is given a number.

    >>> class Number:
    ...     def __init__(self, value):
    ...         self.value, self.gradient = value, 0
    ...     def backprop(self): ...
    >>> names_of(Number, {})
    Names(data='value', grad='gradient', backward='backprop')
    """
    one, beside = value(PROBED), functions or {}
    fits: dict[str, Callable[[str], bool]] = {
        "data": lambda name: _is_number(one, name, PROBED),
        "grad": lambda name: hasattr(one, name) and not callable(getattr(one, name)),
        "backward": lambda name: callable(getattr(one, name, None)) or callable(beside.get(name)),
    }
    found: dict[str, str] = {}
    for what, is_there in fits.items():
        name = wanted.get(what)
        if name and not is_there(name):
            raise _not_there(value, what, name, [*filter(is_there, {*dir(one), *beside})], said)
        found[what] = name or _only(value, what, [*filter(is_there, USUAL[what])], said)
    return Names(**found)


def _not_there(value: type[Any], what: str, name: str, there: list[str], said: Said) -> OptionError:
    """A name that was given, and is not in the class."""
    own = [one for one in there if not one.startswith("__")]
    near = [*nearest(name, own), *(one for one in USUAL[what] if one in own), *own]
    one = f"{value.__name__}({PROBED})"
    kind = "method" if what == "backward" else "attribute"
    wrong = f"{one}.{name} is not {PROBED}" if what == "data" else f"{one} has no {kind} {name}"
    instead = (
        said(value.__name__, what, near[0]) if near else f"{MISSING[what]}; or no name, as long as it is not there yet"
    )
    return OptionError(f"the check of {value.__name__}", wrong, instead=instead)


def _is_number(one: Any, name: str, number: float) -> bool:
    try:
        return float(getattr(one, name)) == number
    except (AttributeError, TypeError, ValueError):
        return False


USUAL = {"data": DATA, "grad": GRAD, "backward": BACKWARD}
MISSING = {
    "data": "self.data = data in __init__",
    "grad": "self.grad = 0.0 in __init__",
    "backward": "def backward(self)",
}
MEANINGS = {"data": "its number", "grad": "its gradient", "backward": "the method that computes gradients"}


def _only(value: type[Any], what: str, names: list[str], said: Said) -> str:
    """The usual name, or the only plausible one. What is not there yet will have the usual name, but for the number."""
    usual = USUAL[what][0]
    if usual in names or (not names and what != "data"):
        return usual
    if not names:
        raise OptionError(
            f"the check of {value.__name__}",
            f"{value.__name__}({PROBED}) keeps {PROBED} nowhere, under no usual name such as {listed(list(DATA[:3]))}",
            instead=f"{MISSING[what]}; or say what it is called: {said(value.__name__, what, DATA[1])}",
        )
    if len(names) > 1:
        raise OptionError(
            f"the check of {value.__name__}",
            f"{MEANINGS[what]} may be {listed(names)}",
            instead=f"say which: {said(value.__name__, what, names[0])}",
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
