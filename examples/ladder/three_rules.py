"""Rung 3: a number that remembers which rule made it, and from what.

The local derivatives of rung 2 were numbers, and a number cannot be differentiated again. So keep them where they are
formulas: in a table of rules, one row an operation. A partial works on floats and on Values alike, and so the gradient
can be a graph of its own.
"""

import math
from typing import NamedTuple

from two_partials import topological_order


class Rule(NamedTuple):
    text: str
    forward: object
    partials: object  # (arguments, out) -> the local derivative by each argument


RULES = {
    "add": Rule("({} + {})", lambda a, b: a + b, lambda args, out: (1.0, 1.0)),
    "mul": Rule("({} * {})", lambda a, b: a * b, lambda args, out: (args[1], args[0])),
    "tanh": Rule("tanh({})", math.tanh, lambda args, out: (1 + -1 * out * out,)),
}


class Value:
    def __init__(self, data, rule=None, args=(), name=""):
        self.data, self.rule, self.args, self.name = data, rule, args, name

    def __str__(self):
        return self.rule.text.format(*self.args) if self.rule else self.name or str(self.data)

    def __add__(self, other):
        return apply(RULES["add"], self, other)

    def __mul__(self, other):
        return apply(RULES["mul"], self, other)

    def tanh(self):
        return apply(RULES["tanh"], self)

    __radd__, __rmul__ = __add__, __mul__


def apply(rule, *args):
    args = tuple(arg if isinstance(arg, Value) else Value(arg) for arg in args)
    return Value(rule.forward(*(arg.data for arg in args)), rule, args)


def grad(output, leaf):
    """The gradient of the output by a leaf, as a graph: print it, or differentiate it again."""
    gradients = {output: Value(1.0)}
    for node in reversed(topological_order(output)):
        for arg, partial in zip(node.args, node.rule.partials(node.args, node) if node.rule else (), strict=True):
            contribution = gradients[node] * partial
            gradients[arg] = gradients[arg] + contribution if arg in gradients else contribution
    return gradients.get(leaf, Value(0.0))
