"""How is a mistake planted?

    planted(mistake)        the text of an engine that makes it
    right_engine()          the text of an engine without any

A learner looks for the mistake, mends it, and `check` says when it is done. The engine is written as one writes it
after a first lesson, a closure for each operation; what a row of the table changes in a design is changed in its
lines.

Names to know: `planted`, `can_be_planted`, `right_engine`. Read next: `course.py`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tinygrad_edu.checks.engines.mistakes import Mistake
from tinygrad_edu.checks.engines.reference import RIGHT, Design

HEAD = '''\
import math


class Value:
    """A number that remembers how it was made."""

    def __init__(self, data, args=()):
        self.data = data
        self.args = args
        self.grad = 0.0
        self.send_back = lambda: None  # what an operation does in the backward sweep

    def __repr__(self):
        return f"Value({self.data})"
'''


class Method(NamedTuple):
    """An operation as a method: its name, its result, and its local derivatives, of a and b (or n), and out."""

    name: str
    result: str
    local: tuple[str, ...]


METHODS = {
    "add": Method("__add__", "a + b", ("1.0", "1.0")),
    "mul": Method("__mul__", "a * b", ("b", "a")),
    "neg": Method("__neg__", "-a", ("-1.0",)),
    "sub": Method("__sub__", "a - b", ("1.0", "-1.0")),
    "pow": Method("__pow__", "a ** n", ("n * a ** (n - 1)",)),
    "div": Method("__truediv__", "a / b", ("1 / b", "-a / b ** 2")),
    "exp": Method("exp", "math.exp(a)", ("out",)),
    "log": Method("log", "math.log(a)", ("1 / a",)),
    "tanh": Method("tanh", "math.tanh(a)", ("1 - out ** 2",)),
    "sigmoid": Method("sigmoid", "1 / (1 + math.exp(-a))", ("out * (1 - out)",)),
    "relu": Method("relu", "max(0.0, a)", ("float(a > 0)",)),
}  # an example for learners, which a test checks with the rule table
IN_CODE = {"a": "self.data", "b": "other.data", "out": "out.data"}
REFLECTED = {"radd": "+", "rmul": "*", "rsub": "-", "rtruediv": "/"}

BACKWARD = """\
    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for arg in node.args:
                    visit(arg)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node.send_back()
"""
BY_LEVEL = """\
    def backward(self):
        order, seen = [self], {self}
        for node in order:
            for arg in node.args:
                if arg not in seen:
                    seen.add(arg)
                    order.append(arg)
        self.grad = 1.0
        for node in order:
            node.send_back()
"""
EACH_ITS_OWN = """\
    def backward(self):
        self.grad = 1.0
        self.send_back()
        for arg in self.args:
            arg.backward()
"""
SWEEPS: dict[str, tuple[tuple[str, str], ...]] = {  # mistakes of the sweep: what is exchanged for what
    "pre-order": (
        ("                seen.add(node)\n", "                seen.add(node)\n                order.append(node)\n"),
        ("                    visit(arg)\n                order.append(node)\n", "                    visit(arg)\n"),
        ("reversed(order)", "order"),
    ),
    "breadth first": ((BACKWARD, BY_LEVEL),),
    "only the output": (("reversed(order)", "order"),),
    "each path, the running sum": (
        ("            if node not in seen:\n                seen.add(node)\n", "            order.append(node)\n"),
        ("                for arg in node.args:\n                    visit(arg)\n                order.append(node)\n",
         "            for arg in node.args:\n                visit(arg)\n"),
        ("order, seen = [], set()", "order = []"),
        ("reversed(order)", "order"),
    ),
    "each path, level by level": (
        (BACKWARD, BY_LEVEL),
        ("                if arg not in seen:\n                    seen.add(arg)\n    ", ""),
        ("order, seen = [self], {self}", "order = [self]"),
    ),
    "no seed": (("        self.grad = 1.0\n", ""),),
    "the seed is the output": (("self.grad = 1.0", "self.grad = self.data"),),
    "the seed is -1": (("self.grad = 1.0", "self.grad = -1.0"),),
    "the seed is 2": (("self.grad = 1.0", "self.grad = 2.0"),),
    "the output's gradient is not kept": (
        ("            node.send_back()\n", "            node.send_back()\n        self.grad = 0.0  # as it was\n"),
    ),
    "every node begins with 1": ((BACKWARD, EACH_ITS_OWN),),
    "the seed is added": (("self.grad = 1.0", "self.grad += 1.0"),),
    "compared by value": (
        ("if node not in seen", "if node.data not in seen"), ("seen.add(node)", "seen.add(node.data)"),
    ),
    "everything is zeroed": (("        self.grad = 1.0\n",
                              "        for node in order:\n            node.grad = 0.0\n        self.grad = 1.0\n"),),
}  # fmt: skip


def right_engine() -> str:
    """The text of an engine without a mistake.

    >>> print(right_engine().split("def __mul__")[1].split("def __neg__")[0].rstrip())
    (self, other):
            other = other if isinstance(other, Value) else Value(other)
            out = Value(self.data * other.data, (self, other))
    <BLANKLINE>
            def send_back():
                self.grad += out.grad * other.data
                other.grad += out.grad * self.data
    <BLANKLINE>
            out.send_back = send_back
            return out
    """
    return _text(RIGHT, METHODS, BACKWARD)


def can_be_planted(mistake: Mistake) -> bool:
    """Whether the engine, as it is written here, can make this mistake."""
    return mistake.name in SWEEPS or mistake.change(RIGHT).passes == RIGHT.passes


def planted(mistake: Mistake) -> str:
    """The text of an engine that makes a mistake of the table, and no other."""
    methods, sweep = dict(METHODS), BACKWARD
    if mistake.text and mistake.operation:
        old = methods[mistake.operation]
        is_result = mistake.kind == "wrong result"
        local = tuple(part.strip() for part in _split(mistake.text))
        methods[mistake.operation] = (
            Method(old.name, mistake.text, old.local) if is_result else Method(old.name, old.result, local)
        )
    for wanted, given in SWEEPS.get(mistake.name, ()):
        assert wanted in sweep, f"{mistake.name}: the sweep has no {wanted!r}"
        sweep = sweep.replace(wanted, given)
    return _text(mistake.change(RIGHT), methods, sweep)


def _split(text: str) -> list[str]:
    """A text at its commas that stand outside of brackets."""
    return re.split(r",(?![^(]*\))", text)


def _text(design: Design, methods: dict[str, Method], sweep: str) -> str:
    parts = [_method(design, op, method) for op, method in methods.items()]
    parts += [_reflected(name, how) for name, how in design.reflected.items() if how != "missing"]
    return "\n".join([HEAD, *parts, sweep])


def _method(design: Design, op: str, method: Method) -> str:
    is_pow, is_binary = op == "pow", len(METHODS[op].local) == 2
    header = f"    def {method.name}(self{', n' if is_pow else ', other' if is_binary else ''}):"
    wrap = ["        other = other if isinstance(other, Value) else Value(other)"] if is_binary and design.wraps else []
    args = "(self, other)" if is_binary else "(self,)"
    lines = [_line(design, op, at, local) for at, local in enumerate(method.local)]
    body = [f"            {line}" for line in lines if line]
    return "\n".join(
        [
            header,
            *wrap,
            f"        out = Value({_in_code(method.result)}, {args})",
            "",
            "        def send_back():",
            *body,
            "",
            "        out.send_back = send_back",
            "        return out",
            "",
        ]
    )


def _line(design: Design, op: str, at: int, local: str) -> str:
    """What an argument gets; nothing, if it is forgotten."""
    if (op, at) in design.forgotten:
        return ""
    sign = "=" if (op, at) in design.overwrites else "+="
    derivative = _in_code(local)
    if (op, at) in design.without_upstream:
        factors = derivative
    else:
        factors = "out.grad" if local == "1.0" else f"out.grad * {_bracketed(derivative)}"
    return f"{('self', 'other')[at]}.grad {sign} {factors}"


def _bracketed(text: str) -> str:
    return f"({text})" if re.search(r" [-+] |^-", text) else text


def _in_code(text: str) -> str:
    return re.sub(r"\b(a|b|out)\b", lambda found: IN_CODE[found[1]], text)


def _reflected(name: str, how: str) -> str:
    sign = REFLECTED[name]
    result = {
        "right": f"Value(other) {sign} self",
        "swapped": f"self {sign} other",
        "endless": f"other {sign} self",
    }[how]
    return f"    def __{name}__(self, other):\n        return {result}\n"
