"""How does a graph become a text, or a formula?

    to_text(f)       (x + y) * z           what `parse` reads back as the same function
    to_latex(f)      the same, as a formula

With the brackets it needs and no more. A node that is used twice, or has a label, is written as a statement of its own,
so that the text is never larger than the graph.

Names to know: `to_text`, `to_latex`. Read next: `helpers.py`.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Mapping
from math import copysign
from typing import NamedTuple

from tinygrad_edu.graph import Graph, Names
from tinygrad_edu.rule import CALL, PRODUCT, SIGN, SUM, Binding, Rule
from tinygrad_edu.rules import RULES, power
from tinygrad_edu.show import counted
from tinygrad_edu.text.parsing import CONSTANTS
from tinygrad_edu.text.reading import ALIASES, TYPED
from tinygrad_edu.value import Value

LONGEST_STR = 300  # nodes of a graph that str() writes out
GREEK_LETTERS = "αβγδεζηθικλμνξπρςστυφχψωΓΔΘΛΞΠΣΥΦΨΩ"
GREEK_NAMES = """alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho varsigma sigma tau
upsilon varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"""
GREEK = {letter: f"\\{name}" for letter, name in zip(GREEK_LETTERS, GREEK_NAMES.split(), strict=True)}
DEEPEST = 20  # nested operations, before a new statement begins
# as nn/layers.py labels them; and what a neuron computes: s, z and a
PARAMETER = re.compile(r"(?:l([0-9]+)[._])?n([0-9]+)[._](?:w([0-9]+)|([abzs]))")


def to_text(value: Value) -> str:
    """The expression a Value stands for, which `parse` reads back as the same function.

    >>> x, y = Value(2.0, label="x"), Value(3.0, label="y")
    >>> to_text((x + y) * -(x - (y - 1)) / y)
    '(x + y) * -(x - (y - 1)) / y'
    >>> q = x * y
    >>> to_text(q + q)
    'v1 = x * y; v1 + v1'
    """
    return "; ".join(" = ".join(parts) for parts in _Printer(value, TEXT).statements())


def to_latex(value: Value) -> str:
    r"""The expression a Value stands for, as LaTeX.

    >>> x, y = Value(2.0, label="x"), Value(3.0, label="y1")
    >>> to_latex((x + y) / y ** 2)
    '\\frac{x + y_{1}}{y_{1}^{2}}'
    """
    statements = [" &= ".join(parts) for parts in _Printer(value, LATEX).statements()]
    if len(statements) == 1:
        return statements[0].replace("&=", "=")
    return r"\begin{aligned}" + r" \\ ".join(statements) + r"\end{aligned}"


def as_factor(value: Value, names: Mapping[Value, str] | None = None, style: Style | None = None) -> str:
    """The expression a Value stands for, as a factor of a product: in brackets if it needs them.

    With `names`, for leaves or any other nodes, the rest is written as one expression, not as statements.

    >>> x = Value(2.0, label="x")
    >>> as_factor(1 - x), as_factor(x), as_factor(x.exp())
    ('(1 - x)', 'x', 'exp(x)')
    """
    printer = _Printer(value, style or TEXT, names)
    text = printer.statements()[-1][-1]
    is_whole = printer.level > SIGN.level or (printer.level == SIGN.level and not text.startswith("-"))
    return text if is_whole else printer.style.brackets.format(text)


def summary(value: Value) -> str:
    """`to_text`, or a short description of a graph that is too large to read."""
    return to_text(value) if is_readable(value) else f"{value!r} of {counted(len(Graph(value)), 'node')}"


def is_readable(value: Value) -> bool:
    """Whether a graph is small enough to be written out for a reader."""
    return len(Graph(value)) <= LONGEST_STR


class Style(NamedTuple):
    """How a printer writes names, numbers and operations."""

    name: Callable[[str], str]
    number: Callable[[float], str]
    brackets: str
    row: Callable[[Rule], tuple[str, Binding]]


class _Printer:
    """One graph on its way to a text: nodes in topological order, each written once."""

    def __init__(self, value: Value, style: Style, names: Mapping[Value, str] | None = None) -> None:
        self.graph = Graph(value)
        self.style = style
        self.is_inline = names is not None
        self.names = _identifiers(self.graph) if names is None else names
        self.written: dict[Value, tuple[str, int]] = {}  # the text of a node, and how tightly it binds
        self.depth: dict[Value, int] = {}
        self.level = CALL.level  # how tightly the last text binds

    def statements(self) -> list[tuple[str, ...]]:
        """(name, expression) pairs, and at the end a bare (expression,) if the output has no label."""
        statements: list[tuple[str, ...]] = []
        for node in self.graph.nodes:
            text, level = self._text(node)
            self.level = level
            if node.args and self._stands_alone(node):
                name = self.style.name(self.names[node])
                statements.append((name, text) if node is not self.graph.output or node.label else (text,))
                text, level = name, CALL.level
                self.depth[node] = 0
            self.written[node] = text, level
        return statements or [(self.written[self.graph.output][0],)]

    def _stands_alone(self, node: Value) -> bool:
        if self.is_inline:
            return False
        is_shared = len(self.graph.uses(node)) > 1
        return node is self.graph.output or bool(node.label) or is_shared or self.depth[node] >= DEEPEST

    def _text(self, node: Value) -> tuple[str, int]:
        self.depth[node] = 1 + max((self.depth[arg] for arg in node.args), default=-1)
        if self.is_inline and node in self.names:
            return self.style.name(self.names[node]), CALL.level
        if node.rule is not None and node.args:
            return self._operation(node, node.rule)
        if node.label:
            return self.style.name(self.names[node]), CALL.level
        number = self.style.number(node.data)
        if copysign(1.0, node.data) < 0:
            return number, SUM.level
        return number, PRODUCT.level if "cdot" in number else CALL.level

    def _operation(self, node: Value, rule: Rule) -> tuple[str, int]:
        if rule is power and node.args[1].data == 1.0:
            return self.written[node.args[0]]  # x ** 1 is x
        template, binding = self.style.row(rule)
        needs = binding.needs or (0,) * len(node.args)
        args = [self.in_brackets(arg, need) for arg, need in zip(node.args, needs, strict=True)]
        return rule.fill(template, args), binding.level

    def in_brackets(self, arg: Value, need: int) -> str:
        text, level = self.written[arg]
        return text if level >= need else self.style.brackets.format(text)


def _identifiers(graph: Graph) -> dict[Value, str]:
    """A name for every node that parse can read back: an identifier, not taken, and not a function's name."""
    names: dict[Value, str] = {}
    free = Names({*RULES, *ALIASES, *CONSTANTS})
    nodes = [node for node in graph.nodes if node.label or not node.is_constant]
    for node in sorted(nodes, key=lambda node: not node.label):  # labels first: they keep their names
        name = identifier(graph.name(node))
        names[node] = free.after(f"{name}_", 2) if name in free.taken else name
        free.taken.add(name)
    return names


def identifier(label: str) -> str:
    """A word made from a label that is not an identifier.

    >>> identifier("l1.n2"), identifier("lambda")
    ('l1_n2', '_lambda')
    """
    word = re.sub(r"\W", "_", unicodedata.normalize("NFKC", label.translate(TYPED)))
    return word if word.isidentifier() and not keyword.iskeyword(word) else f"_{word}"


def _text_number(number: float) -> str:
    """Exactly this float, as short as possible: 2, 0.1, 1e-07."""
    text = repr(number)
    return text.removesuffix(".0")


def latex_digits(text: str) -> str:
    r"""A number that is written already, as LaTeX writes it.

    >>> latex_digits("2.5e-7"), latex_digits("-inf")
    ('2.5 \\cdot 10^{-7}', '-\\infty')
    """
    mantissa, e, exponent = text.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}").partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else mantissa


def _latex_number(number: float) -> str:
    return latex_digits(_text_number(number))


def latex_name(name: str) -> str:
    r"""x1 and x_1 become x_{1}; a longer word is set upright; a Greek letter is a command.

    The weights of a network get the indices of a textbook: the neuron, the input, and the layer above them.

    >>> latex_name("x1"), latex_name("loss"), latex_name("w_ab"), latex_name("β2")
    ('x_{1}', '\\mathrm{loss}', 'w_{ab}', '\\beta_{2}')
    >>> latex_name("l1.n1.w2"), latex_name("l2.n12.w3"), latex_name("l2.n3.b"), latex_name("n1.w2")
    ('{w_{12}^{(1)}}', '{w_{12,3}^{(2)}}', '{b_{3}^{(2)}}', 'w_{12}')
    """
    if parameter := as_parameter(name):
        letter, index, layer = parameter
        written = rf"{letter}_{{{index}}}"
        return rf"{{{written}^{{({layer})}}}}" if layer else written  # in braces: it may get an exponent
    found = re.fullmatch(r"(\w*?)_*(\d*|(?<=_)\w+)", name)
    stem, index = found.groups() if found and found[1].strip("_") else (name, "")
    stem = stem.replace("_", r"\_")
    upright = GREEK.get(stem) or _upright(stem)
    if index.count("_") > 1 or index.endswith("_"):  # a second subscript, or an empty one
        index = index.replace("_", r"\_")
    return rf"{upright}_{{{index}}}" if index else upright


def as_parameter(name: str) -> tuple[str, str, str] | None:
    """The letter, the index and the layer of a weight or bias that `nn` named, also where it became an identifier.

    In the playground what a neuron computes has such a name too: w · x is s, z is s + b, and a is its activation.

    >>> as_parameter("l1.n1.w2"), as_parameter("l1_n1_b"), as_parameter("w2"), as_parameter("l2.n3.z")
    (('w', '12', '1'), ('b', '1', '1'), None, ('z', '3', '2'))
    """
    if not (found := PARAMETER.fullmatch(name)):
        return None
    layer, neuron, weight, letter = (part or "" for part in found.groups())
    between = "," if weight and len(neuron + weight) > 2 else ""
    return letter or "w", f"{neuron}{between}{weight}", layer


def _upright(stem: str) -> str:
    """A word set upright, and a letter as it is; what is not ASCII, as text, where LaTeX takes it."""
    if not stem.isascii():
        return rf"\text{{{stem}}}"
    return stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"


TEXT = Style(str, _text_number, "({})", lambda rule: (rule.text, rule.binding))
LATEX = Style(latex_name, _latex_number, r"\left({}\right)", lambda rule: (rule.latex, rule.latex_binding))
