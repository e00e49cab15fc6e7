"""Which small programs show what an engine does?

A probe is a few lines of Python with an engine's `Value`. Their order is that of a course: a number, an operation, the
sweep, a Value used twice, further operations, functions, training. The numbers are chosen so that no two mistakes agree
by accident: no 0 and no 1, nothing symmetric, no 2 + 2 = 2 · 2.

Names to know: `Probe`, `PROBES`, `CHAPTERS`. Read next: `adapter.py`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property

CHAPTERS = {  # page of the guide: title
    "numbers": "A number",
    "addition": "Addition",
    "multiplication": "Multiplication",
    "backward": "Backward, one operation",
    "chains": "Chains",
    "used-twice": "Used more than once",
    "operations": "More operations",
    "functions": "Functions",
    "training": "Training",
}
GUIDE = "docs/course/{}.md"  # the page of a chapter, in the repository
LEAVES = {"a": 2.5, "b": -1.75, "c": 3.25, "d": 0.625, "p": 1.375, "q": 4.5}
OPERATORS = {ast.Add: "add", ast.Mult: "mul", ast.Sub: "sub", ast.Div: "div", ast.Pow: "pow", ast.USub: "neg"}


@dataclass(frozen=True)
class Probe:
    """A small program.

    Attributes:
        chapter: one of `CHAPTERS`.
        lines: the program, without the leaves that it begins with.
        choice: what right engines differ in here, so that it gives a note and no mistake; else "".
    """

    chapter: str
    lines: str
    choice: str = ""

    @cached_property
    def code(self) -> str:
        """The whole program: the leaves that it uses, then its lines."""
        tree = ast.parse(self.lines)
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        made = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        leaves = [f"{name} = Value({number})" for name, number in LEAVES.items() if name in names - made]
        return "\n".join([*leaves, self.lines])

    @property
    def leaves(self) -> int:
        """How many leaves it begins with."""
        return self.code.count("\n") - self.lines.count("\n")

    def compares(self, name: str) -> bool:
        """Whether a name's gradient is compared: after several sweeps, only those of leaves have one right number."""
        return name in LEAVES or self.sweeps < 2

    @property
    def sweeps(self) -> int:
        """How many sweeps there are, as they are written."""
        return self.lines.count(".backward()")

    @property
    def sweeps_again(self) -> bool:
        """Whether one graph is swept twice."""
        lines = [line for line in self.lines.split("\n") if line.endswith(".backward()")]
        return len(lines) > len(set(lines))

    @cached_property
    def needs(self) -> frozenset[str]:
        """The operations in it: "rsub" for 7 - a, "backward" if there is a sweep, "number" for a + 7."""
        return frozenset(need for node in ast.walk(ast.parse(self.lines)) for need in _needs(node))


def _needs(node: ast.AST) -> list[str]:
    match node:
        case ast.BinOp(ast.Constant(), op, _):
            return [{"div": "rtruediv"}.get(name := OPERATORS[type(op)], f"r{name}")]
        case ast.BinOp(_, ast.Pow(), _):
            return ["pow"]
        case ast.BinOp(_, op, ast.Constant()):
            return [OPERATORS[type(op)], "number"]
        case ast.BinOp(_, op, _):
            return [OPERATORS[type(op)]]
        case ast.UnaryOp(ast.USub(), ast.Name()):
            return ["neg"]
        case ast.Attribute(_, name) if name not in ("data", "grad"):
            return [name]
    return []


# One operation: its result; alone, last in the sweep; then with something behind it, which sends an upstream gradient
# other than 1, and below 0 where b is free for it; then twice on one leaf, where two contributions meet.

BINARY = {"sub": "{} - {}", "div": "{} / {}"}
WITH_NUMBER = {
    "add": "a + 3",
    "mul": "a * 3",
    "sub": "a - 4",
    "div": "a / 4",
    "radd": "3 + a",
    "rmul": "3 * a",
    "rsub": "4 - a",
    "rtruediv": "4 / a",
}
FUNCTION_INPUTS = {"exp": "d", "log": "c", "tanh": "d", "sigmoid": "d", "relu": "d"}


def _around(chapter: str, expression: str, leaf: str) -> list[Probe]:
    """The probes of one operation, given as an expression in which `leaf` occurs."""
    behind = "q" if "b" in expression else "b"
    return [
        Probe(chapter, f"u = {expression}"),
        Probe(chapter, f"u = {expression}\nu.backward()"),
        Probe(chapter, f"u = {expression}\nf = u * {behind}\nf.backward()"),
        Probe(chapter, f"u = {expression}\nv = {leaf} * p\nf = u + v\nf.backward()"),
        Probe(chapter, f"u = {leaf} * p\nv = {expression}\nf = u + v\nf.backward()"),
        Probe(chapter, f"u = {expression}\nv = {expression}\nw = u * p\nx = v * q\nf = w + x\nf.backward()"),
    ]


def _binary(operation: str) -> list[Probe]:
    text = BINARY[operation].format
    return [
        *_around("operations", text("a", "c"), "a"),
        *_around("operations", text("a", "c"), "c"),
        *_around("operations", text("a", "b"), "b"),
        Probe("operations", f"u = a * a\nv = {text('u', 'a')}\nf = v * q\nf.backward()"),
        *_around("operations", WITH_NUMBER[operation], "a"),
    ]


NUMBERS = [Probe("numbers", f"x = Value({number})") for number in ("3.5", "-2", "-1.75", "0.625")]
ADDITION = [Probe("addition", "u = a + b"), Probe("addition", "u = a + b\nv = u + c")]
MULTIPLICATION = [
    Probe("multiplication", "u = a * b"),
    Probe("multiplication", "u = a * b\nv = u + c\nw = v * d"),
]
BACKWARD = [
    Probe("backward", "a.backward()"),
    Probe("backward", "u = a + b\nu.backward()"),
    Probe("backward", "u = a * b\nu.backward()"),
    Probe("backward", "u = b * c\nu.backward()"),
]
CHAINS = [
    Probe("chains", "u = a * b\nv = u + c\nv.backward()"),
    Probe("chains", "u = a + b\nv = u * c\nv.backward()"),
    Probe("chains", "u = a + b\nv = c * u\nv.backward()"),
    Probe("chains", "u = a * b\nv = u * c\nv.backward()"),
    Probe("chains", "u = a + b\nv = u + c\nw = v * d\nw.backward()"),
    Probe("chains", "u = a * b\nv = u * c\nw = d * v\nf = w + p\nf.backward()"),
    Probe("chains", "u = a * b\nv = c * d\nw = u * v\nf = w * p\nf.backward()"),
]
USED_TWICE = [
    Probe("used-twice", "u = a + a\nu.backward()"),
    Probe("used-twice", "u = a * a\nu.backward()"),
    Probe("used-twice", "u = a * b\nv = u + a\nv.backward()"),
    Probe("used-twice", "u = a * b\nv = a + u\nv.backward()"),
    Probe("used-twice", "u = a + b\nv = u * a\nv.backward()"),
    Probe("used-twice", "u = a + a\nv = u + u\nv.backward()"),
    Probe("used-twice", "u = a * b\nv = u * u\nv.backward()"),
    Probe("used-twice", "u = a * b\nv = a + c\nw = u * v\nw.backward()"),
    Probe("used-twice", "u = a * b\nv = u * c\nw = u + v\nw.backward()"),
    Probe("used-twice", "u = a * b\nv = u * c\nw = v + u\nw.backward()"),
    Probe("used-twice", "u = a * b\nv = u + c\nw = v * d\nf = w + u\nf.backward()"),
    Probe("used-twice", "u = a * b\nv = u + c\nw = v * d\nf = u + w\nf.backward()"),
    Probe("used-twice", "u = a * b\nv = u * c\nw = v * v\nx = w + u\nf = x * v\nf.backward()"),
    Probe("used-twice", "x = Value(2.5)\ny = Value(2.5)\nu = x * c\nv = y * d\nf = u + v\nf.backward()"),
    Probe("used-twice", "x = Value(2.5)\ny = Value(2.5)\nu = x * y\nv = u * c\nf = v + x\nf.backward()"),
    Probe("used-twice", "x = Value(1.25)\nu = a + x\nv = x + a\nw = u * c\ny = v * d\nf = w + y\nf.backward()"),
]
OPERATIONS = [
    *_around("operations", "a + 3", "a"),
    *_around("operations", "a * 3", "a"),
    *_around("operations", "-a", "a"),
    *_around("operations", "-b", "b"),
    *_binary("sub"),
    *_around("operations", "c ** 3", "c"),
    *_around("operations", "a ** 2", "a"),
    *_around("operations", "b ** 3", "b"),
    *_around("operations", "a ** -2", "a"),
    *_binary("div"),
    *(
        probe
        for name in ("radd", "rmul", "rsub", "rtruediv")
        for probe in _around("operations", WITH_NUMBER[name], "a")
    ),
]
FUNCTIONS = [
    *(probe for name, leaf in FUNCTION_INPUTS.items() for probe in _around("functions", f"{leaf}.{name}()", leaf)),
    *_around("functions", "b.exp()", "b"),
    *_around("functions", "q.log()", "q"),
    *_around("functions", "b.tanh()", "b"),
    *_around("functions", "b.sigmoid()", "b"),
    *_around("functions", "b.relu()", "b"),
    *_around("functions", "q.relu()", "q"),
    Probe("functions", "u = a * 0.0\nv = u.relu()\nv.backward()", choice="relu at 0"),
]
NEURON = "u = a * b\nv = c * d\nw = u + v\nx = w + p\nf = x.tanh()\nf.backward()"
STEPS = """\
for _ in range(10):
    u = a * c
    v = u + b
    w = v * v
    a.grad = 0.0
    b.grad = 0.0
    w.backward()
    a.data -= 0.01 * a.grad
    b.data -= 0.01 * b.grad"""
TRAINING = [
    Probe("training", "u = a * b\nu.backward()\nv = a * c\nv.backward()"),
    Probe("training", "u = a + b\nu.backward()\nv = a * c\nv.backward()"),
    Probe("training", "u = a * b\nu.backward()\na.grad = 0.0\nb.grad = 0.0\nv = a * c\nv.backward()"),
    Probe("training", "u = a * b\nu.backward()\nu.backward()"),
    Probe("training", "u = a * b\nv = u * c\nv.backward()", choice="inner gradients"),
    Probe("training", "u = a * b\nv = u * c\nv.backward()\nv.backward()", choice="second backward"),
    Probe("training", "u = a * b\nv = u * c\nw = u * d\nv.backward()\nw.backward()", choice="two losses on one node"),
    Probe("training", "u = a * b\na.data = 5.5\nu.backward()", choice="number changed after the forward pass"),
    Probe("training", "f = a\nfor _ in range(2000):\n    f = f + b\nf.backward()", choice="depth"),
    Probe("training", "f = a\nfor _ in range(16):\n    f = f + f\nf.backward()", choice="many paths"),
    Probe("training", NEURON),
    Probe("training", STEPS),
]

PROBES: tuple[Probe, ...] = tuple(
    dict.fromkeys(
        [
            *(*NUMBERS, *ADDITION, *MULTIPLICATION, *BACKWARD, *CHAINS, *USED_TWICE),
            *(*OPERATIONS, *FUNCTIONS, *TRAINING),
        ]
    )
)
