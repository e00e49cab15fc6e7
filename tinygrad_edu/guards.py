"""What may be wrong with a graph before it is swept?

    a number was set after the graph was made     backward() warns, grad() refuses
    a gradient is left from other numbers         backward() warns, because it adds to it
    the first inf or NaN                          raises inside `detect_anomaly`

Then the sweeps of `backprop.py` run, as they are.

Names to know: `backward`, `grad`. Read next: `copying.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tinygrad_edu import backprop
from tinygrad_edu.age import NOT_COMPUTED
from tinygrad_edu.backprop import nodes_between, partial_graphs, topological_order
from tinygrad_edu.blocks import recording
from tinygrad_edu.errors import GraphError, StaleGraphError
from tinygrad_edu.graph import Graph, stale_derivative
from tinygrad_edu.recorder import watcher
from tinygrad_edu.stale import old_nodes, recomputed, same
from tinygrad_edu.user_code import warn
from tinygrad_edu.value import Value


def backward(output: Value) -> None:
    """`backprop.backward`, with a warning if the gradient is probably not the one that was meant."""
    _show_to_watcher(output)
    order = topological_order(output)
    computed = [node for node in order if node.args]
    leaves = [node for node in order if not node.args]
    _warn_of_old_numbers(output, computed, leaves)
    _warn_of_old_gradients(leaves)
    backprop.backward(output, computed)
    for leaf in leaves:
        leaf._at = leaf._data


def grad(output: Value, inputs: Iterable[Value]) -> tuple[Value, ...]:
    """∂output/∂x for every x in `inputs`, each as a Value: a graph that can be differentiated again.

    Nothing is stored in `.grad`. An input that the output does not depend on has the gradient 0. See `backprop.grad`.

    Raises:
        GraphError: if an input is not a Value.
        StaleGraphError: if a number that the gradient depends on changed after the graph was made.

    >>> x = Value(5.0, label="x")
    >>> (dx,) = grad(x ** 3, [x])
    >>> (ddx,) = grad(dx, [x])
    >>> dx.data, ddx.data, str(dx)
    (75.0, 30.0, '3 * x ** 2')
    """
    wanted = _checked(output, inputs)
    _show_to_watcher(output)
    _refuse_old_numbers(wanted, topological_order(output))
    return backprop.grad(output, wanted)


def _checked(output: Value, inputs: Iterable[Value]) -> list[Value]:
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


def _show_to_watcher(output: Value) -> None:
    """`detect_anomaly` looks at an output before it is swept."""
    watching = watcher()
    if watching is not None:
        watching.look_at_sweep(output)


def _warn_of_old_numbers(output: Value, computed: Sequence[Value], leaves: Sequence[Value]) -> None:
    """Does the graph, or a part of it that was made earlier, still agree with its leaves?"""
    old = next(old_nodes(computed, leaves), None)
    if old is not None:
        graph = Graph(output)
        warn(
            f"backward() {'again ' if output.has_grad else ''}on a graph whose numbers have changed since: "
            f"{graph.name(old)} = {graph.formula(old)}",
            "this is the gradient at the old numbers; write the expression again in every step",
            "a-graph-that-is-older-than-its-numbers",
        )


def _warn_of_old_gradients(leaves: Sequence[Value]) -> None:
    """Was a gradient that this sweep adds to computed when its leaf had another number?"""
    if any(leaf._grad is not NOT_COMPUTED and _has_moved(leaf) for leaf in leaves):
        warn(
            "backward() adds to a gradient that was computed before its Value was changed",
            "the sum is not the gradient at any point; begin a training step with zero_grad()",
            "forgotten-zero_grad",
        )


def _has_moved(leaf: Value) -> bool:
    """Whether a leaf had another number when its gradient was computed; `backprop.backward` itself does not note it."""
    return not same([getattr(leaf, "_at", leaf._data)], [leaf._data])


def _refuse_old_numbers(wanted: Sequence[Value], nodes: Sequence[Value]) -> None:
    """Does a local derivative that the gradient needs still hold for the present numbers?"""
    old = _depending_on_old_numbers(nodes)
    order = nodes_between(wanted, nodes) if old else []
    on_the_way = set(order)
    for node in reversed(order):
        with recording():
            partials = partial_graphs(node) if node in old else ()
        for arg, partial, number in zip(node.args, partials, node.partials, strict=False):
            if arg in on_the_way and not _holds_still(node, partial, number, old):
                raise _stale(old[node])


def _depending_on_old_numbers(nodes: Sequence[Value]) -> dict[Value, Value]:
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


def _holds_still(node: Value, partial: Value | float, number: float, old: dict[Value, Value]) -> bool:
    """Whether the local derivative of an old node holds for the present numbers too, as the 1 of x + y does."""
    if not same([float(partial)], [number]):
        return False
    return isinstance(partial, float) or (partial in node.args and partial not in old)


def _stale(node: Value) -> StaleGraphError:
    now = recomputed(node)
    return stale_derivative(node) if not same(now[1], node.partials) else Graph(node).stale(node)
