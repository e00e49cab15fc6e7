"""How does the gradient get from the output to every input?

The chain rule, once along each edge of the graph, from the output back. A node's gradient is complete when all its
users have contributed, and only then may it be passed on; the reverse of the topological order keeps that promise.

    contribution along an edge  =  upstream gradient ∂output/∂user  ×  local derivative ∂user/∂argument

Two sweeps do the same with two kinds of number:

    backward(f)    with floats: leaves gradients in `.grad`, as PyTorch and micrograd do
    grad(f, xs)    with Values: the gradient is itself a graph, so it can be printed, and differentiated again

Read next: `rule.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tinygrad_edu.age import NOT_COMPUTED, warn
from tinygrad_edu.errors import GraphError, StaleGraphError
from tinygrad_edu.graph import Graph, stale_derivative, sweep_order, topological_order
from tinygrad_edu.recorder import recording, watcher
from tinygrad_edu.stale import old_nodes, recomputed, same
from tinygrad_edu.value import Value


def backward(output: Value) -> None:
    """Put ∂output/∂node into the `grad` of every node that the output depends on.

    Inner nodes start from zero at every sweep. Leaves accumulate over sweeps, as in PyTorch, so that the gradients of
    several outputs can be added up; `zero_grad` resets them.

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
    _show_to_watcher(output)
    order, leaves = sweep_order(output)
    _warn_of_old_numbers(output, order, leaves)
    _warn_of_old_gradients(leaves)
    for node in order:
        node._grad = 0.0
    output._grad += 1.0
    for node in reversed(order):
        upstream = node._grad
        for arg, partial in zip(node.args, node.partials):  # noqa: B905 (equal by construction; strict costs time)
            arg._grad += upstream * partial
    for leaf in leaves:
        leaf._at = leaf._data


def _show_to_watcher(output: Value) -> None:
    """`detect_anomaly` looks at an output before it is swept."""
    watching = watcher()
    if watching is not None:
        watching.look_at_sweep(output)


def _warn_of_old_numbers(output: Value, order: list[Value], leaves: list[Value]) -> None:
    """Does the graph, or a part of it that was made earlier, still agree with its leaves?"""
    old = next(old_nodes(order, leaves), None)
    if old is not None:
        graph = Graph(output)
        warn(
            f"backward() {'again ' if output.has_grad else ''}on a graph whose numbers have changed since: "
            f"{graph.name(old)} = {graph.formula(old)}",
            "this is the gradient at the old numbers; write the expression again in every step",
            "a-graph-that-is-older-than-its-numbers",
        )


def _warn_of_old_gradients(leaves: list[Value]) -> None:
    """Was a gradient that this sweep adds to computed when its leaf had another number?"""
    if any(leaf._grad is not NOT_COMPUTED and not same([leaf._at], [leaf._data]) for leaf in leaves):
        warn(
            "backward() adds to a gradient that was computed before its Value was changed",
            "the sum is not the gradient at any point; begin a training step with zero_grad()",
            "forgotten-zero_grad",
        )


def grad(output: Value, inputs: Iterable[Value]) -> tuple[Value, ...]:
    """∂output/∂x for every x in `inputs`, each as a Value: a graph that can be differentiated again.

    Nothing is stored in `.grad`. An input that the output does not depend on has the gradient 0. A gradient may be a
    node of your own graph: that of x·y by x is y itself. It is a graph inside `no_grad` too: a caller who asks for
    Values may ask for their gradients next, and a leaf would give 0.

    Raises:
        GraphError: if an input is not a Value.
        StaleGraphError: if a number that the gradient depends on changed after the graph was made.

    >>> x = Value(2.0, label="x")
    >>> (dx,) = grad(x ** 3, [x])
    >>> (ddx,) = grad(dx, [x])
    >>> dx.data, ddx.data, str(dx)
    (12.0, 12.0, '3 * x ** 2')
    """
    wanted = _wanted(output, inputs)
    _show_to_watcher(output)
    nodes = topological_order(output)
    order = _between(wanted, nodes)
    old = _depending_on_old_numbers(nodes)
    gradients: dict[Value, Value | float] = dict.fromkeys(order, 0.0)
    gradients[output] = 1.0
    with recording():
        for node in reversed(order):
            for arg, partial, number in zip(node.args, _partial_graphs(node), node.partials, strict=True):
                if arg in gradients:
                    if node in old and not _is_as_ever(node, partial, number, old):
                        raise _stale(old[node])
                    gradients[arg] = _plus(gradients[arg], _times(gradients[node], partial))
    return tuple(_as_result(gradients.get(x, 0.0)) for x in wanted)


def _depending_on_old_numbers(nodes: list[Value]) -> dict[Value, Value]:
    """For every node that is out of date, the first one below it that disagrees with its own arguments."""
    leaves = [node for node in nodes if not node.args]
    computed = [node for node in nodes if node.args]
    old = {node: node for node in old_nodes(computed, leaves)}
    if old:
        for node in computed:
            cause = next((old[arg] for arg in node.args if arg in old), None)
            if cause is not None:
                old[node] = cause
    return old


def _is_as_ever(node: Value, partial: Value | float, number: float, old: dict[Value, Value]) -> bool:
    """Whether the local derivative of an old node holds for the present numbers too, as the 1 of x + y does."""
    if not same([float(partial)], [number]):
        return False
    return isinstance(partial, float) or (partial in node.args and partial not in old)


def _stale(node: Value) -> StaleGraphError:
    now = recomputed(node)
    return stale_derivative(node) if not same(now[1], node.partials) else Graph(node).stale(node)


def gradient_numbers(output: Value) -> dict[Value, float]:
    """The gradients that `backward` computes, in a dictionary; every `.grad` stays as it is.

    >>> x = Value(3.0)
    >>> gradient_numbers(x ** 2)[x], x.has_grad
    (6.0, False)
    """
    graph = Graph(output)
    return dict(zip(graph.nodes, gradients_in(graph), strict=True))


def gradients_in(graph: Graph, partials: Sequence[Sequence[float]] | None = None) -> list[float]:
    """The gradient of every node in a graph, indexed by its number.

    Args:
        graph: of the output.
        partials: for each node other local derivatives than those that it stores.
    """
    local = [node.partials for node in graph.nodes] if partials is None else partials
    gradients = [0.0] * len(graph)
    gradients[-1] = 1.0
    for number in range(len(graph) - 1, -1, -1):
        upstream = gradients[number]
        for arg, partial in zip(graph.arguments[number], local[number], strict=True):
            gradients[arg] += upstream * partial
    return gradients


def _as_result(gradient: Value | float) -> Value:
    """A number as a leaf, not as a constant: the caller may go on computing with it, and differentiate by it."""
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


def _between(inputs: list[Value], nodes: list[Value]) -> list[Value]:
    """The nodes on the paths from the inputs to the output: only these carry a gradient that is asked for."""
    wanted = set(inputs)
    order: dict[Value, None] = {}
    for node in nodes:
        if node in wanted or any(arg in order for arg in node.args):
            order[node] = None
    return list(order)


def _partial_graphs(node: Value) -> tuple[Value | float, ...]:
    """The local derivatives of a node as graphs."""
    if node.rule is None or not node.args:
        return ()
    if any(partial != partial for partial in node.partials):
        return node.partials  # inf or NaN, at the edge of a domain: there is no graph of it
    args = [arg.data if arg.is_constant else arg for arg in node.args]
    partials: tuple[Value | float, ...] = node.rule.local_derivatives(args, node)
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
    0.0: lambda other: 0.0 * float(other),  # NaN, where the other one is infinite
}
