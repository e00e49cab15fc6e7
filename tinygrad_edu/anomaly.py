"""Where did the first number that is none come from?

A nan spreads: whatever is computed from it is nan as well, and so is every gradient on its way. The node to look at is
the first one whose own arguments were still numbers.

Names to know: `first_anomaly`.
"""

from __future__ import annotations

import math

from tinygrad_edu.backprop import gradients_in
from tinygrad_edu.graph import Graph, formula
from tinygrad_edu.show import in_brackets, show
from tinygrad_edu.value import Value


def first_anomaly(output: Value) -> str:
    """The first node of a graph whose number, or whose gradient, is infinite or nan; "" if there is none.

    >>> x = Value(1000.0, label="x")
    >>> y = x.exp()
    >>> print(first_anomaly(y - y))
    v1 = exp(x) = exp(1000) is inf
    >>> z = Value(0.0, label="z")
    >>> print(first_anomaly(z ** 0.5))
    the gradient of z: upstream 1 × local derivative inf, along the edge to v1 = z ** 0.5
    """
    graph = Graph(output)
    broken = next((node for node in graph.nodes if not math.isfinite(node.data)), None)
    return _of_forward(graph, broken) if broken is not None else _of_backward(graph)


def _of_forward(graph: Graph, node: Value) -> str:
    name = graph.name(node)
    if not node.args:
        return f"{name} is {show(node.data)}: it is a leaf, and came so"
    numbers = formula(node, [in_brackets(arg.data) for arg in node.args])
    return f"{name} = {graph.formula(node)} = {numbers} is {show(node.data)}"


def _of_backward(graph: Graph) -> str:
    gradients = gradients_in(graph)
    for number in range(len(graph) - 1, -1, -1):
        user, upstream = graph.nodes[number], gradients[number]
        for arg, partial in zip(user.args, user.partials, strict=True):
            if math.isfinite(upstream) and not math.isfinite(upstream * partial):
                return (
                    f"the gradient of {graph.name(arg)}: upstream {show(upstream)} × local derivative {show(partial)}, "
                    f"along the edge to {graph.name(user)} = {graph.formula(user)}"
                )
    return ""
