"""Which functions can be applied to a number or a Value?

    sin(2.0)           a float
    sin(Value(2.0))    a Value, recorded in the graph

Every row of the rule table is such a function (and most are methods too: `value.sin()`). This module gives them their
usual names. Here `dot` and `logsumexp` take lists, and always return a Value. A row added to the table can be called
at once, as `RULES["name"]`, whether or not it is listed here.

Read next: `graph.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tinygrad_edu import rules
from tinygrad_edu.errors import SizeError
from tinygrad_edu.rules import absolute as absolute
from tinygrad_edu.rules import cos as cos
from tinygrad_edu.rules import elu as elu
from tinygrad_edu.rules import erf as erf
from tinygrad_edu.rules import exp as exp
from tinygrad_edu.rules import gelu as gelu
from tinygrad_edu.rules import leaky_relu as leaky_relu
from tinygrad_edu.rules import log as log
from tinygrad_edu.rules import maximum as maximum
from tinygrad_edu.rules import minimum as minimum
from tinygrad_edu.rules import relu as relu
from tinygrad_edu.rules import sigmoid as sigmoid
from tinygrad_edu.rules import sign as sign
from tinygrad_edu.rules import silu as silu
from tinygrad_edu.rules import sin as sin
from tinygrad_edu.rules import softplus as softplus
from tinygrad_edu.rules import sqrt as sqrt
from tinygrad_edu.rules import step as step
from tinygrad_edu.rules import tanh as tanh
from tinygrad_edu.show import counted
from tinygrad_edu.value import Number, Value, as_value


def dot(ws: Iterable[Number], xs: Iterable[Number]) -> Value:
    """The weighted sum w1·x1 + w2·x2 + … as one node: what a neuron computes before its bias.

    Raises:
        SizeError: if the two lists differ in length, or are empty.

    >>> w1, w2 = Value(2.0), Value(3.0)
    >>> s = dot([w1, w2], [10, 100])
    >>> s.backward()
    >>> s.data, w1.grad, w2.grad
    (320.0, 10.0, 100.0)
    """
    ws, xs = _listed("dot", ws), _listed("dot", xs)
    if len(ws) != len(xs) or not ws:
        raise SizeError(
            f"dot of {counted(len(ws), 'weight')} and {counted(len(xs), 'input')}",
            "both lists need the same length, of at least 1",
        )
    return as_value(ws[0]).apply_rule(rules.dot, ws + xs)


def logsumexp(xs: Sequence[Number]) -> Value:
    """log(exp(x1) + exp(x2) + …) as one node, without overflow; its local derivatives are the softmax of xs.

    Raises:
        SizeError: if the list is empty.

    >>> [round(partial, 9) for partial in logsumexp([Value(1000.0), Value(1000.0)]).partials]
    [0.5, 0.5]
    """
    xs = _listed("logsumexp", xs)
    if not xs:
        raise SizeError("logsumexp of an empty list", "there is nothing to add up", instead="a list of at least 1")
    return as_value(xs[0]).apply_rule(rules.logsumexp, xs)


def _listed(name: str, thing: object) -> tuple[Number, ...]:
    if isinstance(thing, str) or not isinstance(thing, Iterable):
        raise SizeError(f"{name} of {thing!r}", "it takes lists", instead=rules.RULES[name].signature)
    return tuple(thing)
