"""How does the gradient get from the output to every input?

The chain rule, once along each edge of the graph, from the output back. A node's gradient is complete when all its
users have contributed, and only then may it be passed on; the reverse of the topological order keeps that promise.

    contribution along an edge  =  upstream gradient ∂output/∂user  ×  local derivative ∂user/∂argument

Two sweeps do the same with two kinds of number:

    backward(f)    with floats: leaves gradients in `.grad`, as PyTorch and micrograd do
    grad(f, xs)    with Values: the gradient is itself a graph, so it can be printed, and differentiated again

Read next: `graph.py` for the order, then `chain_rule.py`, where the same sweep explains itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tinygrad_edu.errors import GraphError, StaleGraphError
from tinygrad_edu.graph import Graph, formula, inner_order, stale, topological_order
from tinygrad_edu.marks import Changes, Swept, warn
from tinygrad_edu.show import show
from tinygrad_edu.value import Value

before_sweep: Callable[[Value], None] | None = None  # who looks at an output before it is swept: `detect_anomaly`


def backward(output: Value) -> None:
    """Put ∂output/∂node into the `grad` of every node that the output depends on.

    Inner nodes start afresh at every sweep. Leaves accumulate over sweeps, as in PyTorch, so that the gradients of
    several outputs can be added up; `zero_grad` makes them forget.

    >>> x = Value(3.0)
    >>> y = x ** 3
    >>> backward(y)
    >>> x.grad
    27.0
    >>> x.zero_grad()
    >>> backward(y)
    >>> x.grad
    27.0
    """
    if before_sweep is not None:
        before_sweep(output)
    if type(output._grad) is Swept and output._grad.changes != Changes.count:
        _warn_of_old_numbers(output)
    order = inner_order(output)
    for node in order:
        node._grad = 0.0
    output._grad += 1.0
    for node in reversed(order):
        upstream = node._grad
        for arg, partial in zip(node.args, node.partials):  # noqa: B905 (equal by construction; strict costs time)
            arg._grad += upstream * partial
    if order:
        output._grad = Swept.now(output._grad)


def _warn_of_old_numbers(output: Value) -> None:
    """A graph that is swept again: does it still agree with its leaves?"""
    try:
        Graph(output).validate()
    except StaleGraphError as error:
        node = str(error).split(" is ", 1)[0]
        warn(
            f"backward() once more on a graph whose numbers have changed since: {node}",
            "this is the gradient at the old numbers; write the expression anew in every step",
            "a-graph-that-is-older-than-its-numbers",
        )


def grad(output: Value, inputs: Iterable[Value]) -> tuple[Value, ...]:
    """∂output/∂x for every x in `inputs`, each as a Value: a graph that can be differentiated again.

    Nothing is stored in `.grad`. An input that the output does not depend on has the gradient 0. A gradient may be a
    node of your own graph: that of x·y by x is y itself.

    Raises:
        GraphError: if an input is no Value.
        StaleGraphError: if a number in the graph changed after the graph was made.

    >>> x = Value(2.0, label="x")
    >>> (dx,) = grad(x ** 3, [x])
    >>> (ddx,) = grad(dx, [x])
    >>> dx.data, ddx.data, str(dx)
    (12.0, 12.0, '3 * x ** 2')
    """
    wanted = _wanted(output, inputs)
    if before_sweep is not None:
        before_sweep(output)
    order = _between(wanted, output)
    gradients: dict[Value, Value | float] = dict.fromkeys(order, 0.0)
    gradients[output] = 1.0
    for node in reversed(order):
        for arg, partial in zip(node.args, _partial_graphs(node), strict=True):
            if arg in gradients:
                gradients[arg] = _plus(gradients[arg], _times(gradients[node], partial))
    return tuple(_as_result(gradients.get(x, 0.0)) for x in wanted)


def gradient_numbers(output: Value) -> dict[Value, float]:
    """The numbers of `backward` in a dictionary of their own; every `.grad` stays as it is.

    >>> x = Value(3.0)
    >>> gradient_numbers(x ** 2)[x], x.has_grad
    (6.0, False)
    """
    graph = Graph(output)
    return dict(zip(graph.nodes, gradients_in(graph), strict=True))


def gradients_in(graph: Graph) -> list[float]:
    """The gradient of every node in a graph, by number."""
    gradients = [0.0] * len(graph)
    gradients[-1] = 1.0
    numbers = range(len(graph) - 1, -1, -1)
    for number, node, args in zip(numbers, reversed(graph.nodes), reversed(graph.arguments), strict=True):
        upstream = gradients[number]
        for arg, partial in zip(args, node.partials):  # noqa: B905 (equal by construction; strict costs time)
            gradients[arg] += upstream * partial
    return gradients


def _as_result(gradient: Value | float) -> Value:
    """A number as a leaf, not as a constant: one may want to go on computing with it, and differentiate by it."""
    return gradient if isinstance(gradient, Value) else Value(gradient)


def _wanted(output: Value, inputs: Iterable[Value]) -> list[Value]:
    if not isinstance(inputs, Iterable):
        raise GraphError(f"grad(y, {inputs!r})", "the inputs are a list", instead="(dx,) = grad(y, [x])")
    wanted = list(inputs)
    for thing in [output, *wanted]:
        if not isinstance(thing, Value):
            raise GraphError(
                f"the gradient with {thing!r} in it",
                f"{type(thing).__name__} is not a Value",
                instead="Values on both sides: grad(y, [x1, x2])",
            )
    return wanted


def _between(inputs: list[Value], output: Value) -> list[Value]:
    """The nodes on the paths from the inputs to the output: no other one can carry a gradient that is asked for."""
    wanted = set(inputs)
    order: dict[Value, None] = {}
    for node in topological_order(output):
        if node in wanted or any(arg in order for arg in node.args):
            order[node] = None
    return list(order)


def _partial_graphs(node: Value) -> tuple[Value | float, ...]:
    """The local derivatives of a node as graphs, held against the numbers stored when the node was made."""
    if node.rule is None or not node.args:
        return ()
    if any(partial != partial for partial in node.partials):
        return node.partials  # no number, at the border of a domain: there is no graph of it
    args = [arg.data if arg.is_constant else arg for arg in node.args]
    partials: tuple[Value | float, ...] = node.rule.local_derivatives(args, node)
    for partial, number in zip(partials, node.partials, strict=True):
        now = float(partial)
        if now != number and not (now != now and number != number):  # nan is the same as nan here
            text = formula(node, [arg.label or f"({show(arg.data)})" for arg in node.args])
            raise stale(f"the local derivative {show(number)} of {text}", show(now))
    return partials


def _plus(total: Value | float, contribution: Value | float) -> Value | float:
    if isinstance(total, float) and total == 0.0:
        return contribution
    if isinstance(contribution, float) and contribution == 0.0:
        return total
    return total + contribution


def _times(upstream: Value | float, partial: Value | float) -> Value | float:
    """Upstream × partial, where a plain 1, -1 or 0 is a fact about the graph and needs no node."""
    for factor, other in ((upstream, partial), (partial, upstream)):
        if isinstance(factor, float) and factor in _PLAIN_PRODUCTS:
            return _PLAIN_PRODUCTS[factor](other)
    return upstream * partial


_PLAIN_PRODUCTS: dict[float, Callable[[Value | float], Value | float]] = {
    1.0: lambda other: other,
    -1.0: lambda other: -other,
    0.0: lambda other: 0.0 * float(other),  # no number, where the other one is infinite
}
