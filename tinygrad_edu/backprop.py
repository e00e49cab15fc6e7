"""How does the gradient get from the output to every input?

The chain rule, once along each edge of the graph, from the output back. A node's gradient is complete when all its
users have contributed, and only then may it be passed on; the reverse of the topological order keeps that promise.

    contribution along an edge  =  upstream gradient ∂output/∂user  ×  local derivative ∂user/∂argument

Two sweeps do the same with two kinds of number:

    backward(f)    with floats: leaves gradients in `.grad`, as PyTorch and micrograd do
    grad(f, xs)    with Values: the gradient is itself a graph, so it can be printed, and differentiated again

`f.backward()` and `tinygrad_edu.grad` first look for what may be wrong (`guards.py`), and then run these two.

Names to know: `topological_order`, `backward`, `grad`. Read next: `operators.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tinygrad_edu.blocks import recording
from tinygrad_edu.value import Value


def topological_order(*outputs: Value) -> list[Value]:
    """Every node that the outputs depend on, arguments before users, without recursion.

    A node waits on the stack, under a marker, until all its arguments are in the order. If all of them have been seen,
    they are in it already: what has been seen and still waits is a user of the node, and a graph has no circles.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> [node.op or node.label for node in topological_order(y + x)]
    ['x', 'mul', 'add']
    """
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Value | None] = list(reversed(outputs))
    while stack:
        node = stack.pop()
        if node is None:  # the marker: the arguments of the node below are done
            order.append(stack.pop())  # type: ignore[arg-type]
        elif node not in seen:
            seen.add(node)
            if seen.issuperset(node.args):
                order.append(node)
            else:
                stack += (node, None, *reversed(node.args))
    return order


def backward(output: Value, computed: Sequence[Value] | None = None) -> None:
    """Put ∂output/∂node into the `grad` of every node that the output depends on.

    Inner nodes start from zero at every sweep. Leaves accumulate over sweeps, as in PyTorch, so that the gradients of
    several outputs can be added up; `zero_grad` resets them.

    Args:
        output: the Value to differentiate.
        computed: the nodes above the leaves in topological order, if they are at hand.

    >>> x = Value(3.0)
    >>> y = x ** 3
    >>> backward(y)
    >>> backward(y)
    >>> x.grad
    54.0
    >>> x.zero_grad()
    >>> backward(y)
    >>> x.grad
    27.0
    """
    if computed is None:
        computed = [node for node in topological_order(output) if node.args]
    for node in computed:
        node._grad = 0.0
    output._grad += 1.0  # and not = 1.0: an output that is a leaf accumulates too
    for node in reversed(computed):
        upstream = node._grad
        for arg, partial in zip(node.args, node.partials):  # noqa: B905 (equal by construction; strict costs time)
            arg._grad += upstream * partial


def grad(output: Value, inputs: Sequence[Value]) -> tuple[Value, ...]:
    """∂output/∂x for every x in `inputs`, each as a Value: a graph that can be differentiated again.

    Nothing is stored in `.grad`. An input that the output does not depend on has the gradient 0. A gradient may be a
    node of your own graph: that of x·y by x is y itself. It is a graph inside `no_grad` too: a caller who asks for
    Values may ask for their gradients next, and a leaf would give 0.

    >>> x = Value(5.0, label="x")
    >>> (dx,) = grad(x ** 3, [x])
    >>> (ddx,) = grad(dx, [x])
    >>> dx.data, ddx.data, str(dx)
    (75.0, 30.0, '3 * x ** 2')
    """
    order = nodes_between(inputs, topological_order(output))
    gradients: dict[Value, Value | float] = dict.fromkeys(order, 0.0)
    gradients[output] = 1.0
    with recording():
        for node in reversed(order):
            for arg, partial in zip(node.args, partial_graphs(node), strict=True):
                if arg in gradients:
                    gradients[arg] = _plus(gradients[arg], _times(gradients[node], partial))
    return tuple(_as_leaf(gradients.get(x, 0.0)) for x in inputs)


def nodes_between(inputs: Sequence[Value], order: Sequence[Value]) -> list[Value]:
    """The nodes on the paths from the inputs to the output: only these carry a gradient that is asked for."""
    wanted = set(inputs)
    found: dict[Value, None] = {}
    for node in order:
        if node in wanted or any(arg in found for arg in node.args):
            found[node] = None
    return list(found)


def partial_graphs(node: Value) -> tuple[Value | float, ...]:
    """The local derivatives of a node as graphs: the partials of its row, applied to its arguments as they are now."""
    if node.rule is None or not node.args:
        return ()
    if any(partial != partial for partial in node.partials):
        return node.partials  # NaN, at the edge of a domain: there is no graph of it
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
        if isinstance(factor, float) and factor in (1.0, -1.0):
            return other if factor == 1.0 else -other
        if isinstance(factor, float) and factor == 0.0:
            return 0.0 * float(other)  # NaN, where the other one is infinite
    return upstream * partial


def _as_leaf(gradient: Value | float) -> Value:
    """A number as a leaf, not as a constant: the caller may go on computing with it, and differentiate by it."""
    return gradient if isinstance(gradient, Value) else Value(gradient)
