"""What does the sweep do, one application of the chain rule at a time?

`chain_rule(f)` gives it as data: first each operation forward, then the seed ∂f/∂f = 1, then one step for each edge of
the graph, in reverse topological order. Nothing here writes into the graph: the steps are a reading of it, and
`backward()` is another.

Names to know: `chain_rule`. Read next: `trace.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tinygrad_edu.graph import Graph
from tinygrad_edu.steps import wording
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, Node, SeedStep, Trace
from tinygrad_edu.value import Value


def chain_rule(output: Value) -> Trace:
    """Every step of the sweep that computes ∂output/∂node for every node, as data. The graph is not changed.

    Constants get no steps: the 2 in 2·x does not change, so it needs no gradient.

    Raises:
        GraphError: if `output` is not a Value.
        StaleGraphError: if a number changed after the graph was made, so that the steps would not add up.

    >>> x, y, z = Value(-2.0, label="x"), Value(5.0, label="y"), Value(-4.0, label="z")
    >>> q = x + y
    >>> q.label = "q"
    >>> f = q * z
    >>> f.label = "f"
    >>> for step in chain_rule(f):
    ...     print(step)
    q = x + y = -2 + 5 = 3
    f = q * z = 3 * (-4) = -12
    ∂f/∂f = 1
    ∂f/∂q: ∂f/∂f · z = 1 · (-4) = -4
    ∂f/∂z: ∂f/∂f · q = 1 · 3 = 3
    ∂f/∂x: ∂f/∂q · ∂q/∂x = (-4) · 1 = -4
    ∂f/∂y: ∂f/∂q · ∂q/∂y = (-4) · 1 = -4
    """
    graph = Graph(output)
    graph.validate()
    forward = [_forward_step(graph, node) for node in graph.nodes if node.args]
    seed = SeedStep(graph.index[output], graph.name(output))
    return Trace([_node(graph, node) for node in graph.nodes], [*forward, seed, *_edge_steps(graph)])


def _node(graph: Graph, node: Value) -> Node:
    args = tuple(graph.index[arg] for arg in node.args)
    return Node(graph.name(node), node.op, args, node.data, node.is_constant)


def _forward_step(graph: Graph, node: Value) -> ForwardStep:
    assert node.rule is not None
    names = [graph.name(arg) for arg in node.args]
    numbers = [arg.data for arg in node.args]
    text = wording.operation(node.rule, len(names))
    latex = wording.operation(node.rule, len(names), latex=True)
    return ForwardStep(
        node=graph.index[node],
        name=graph.name(node),
        op=node.op,
        formula=wording.in_names(text, names),
        numbers=wording.in_numbers(text, numbers),
        formula_latex=wording.in_names(latex, names, latex=True),
        numbers_latex=wording.in_numbers(latex, numbers, latex=True),
        out=node.data,
    )


def _edge_steps(graph: Graph) -> Iterator[EdgeStep]:
    gradients = dict.fromkeys(graph.nodes, 0.0)
    gradients[graph.output] = 1.0
    to_come = {node: len(graph.uses(node)) for node in graph.nodes}
    for user in reversed(graph.nodes):
        symbols, symbols_latex = _symbols(graph, user), _symbols(graph, user, latex=True)
        roles = wording.shared_roles(user.rule, user.args)
        for position, argument in enumerate(user.args):
            if argument.is_constant:
                continue
            is_first = to_come[argument] == len(graph.uses(argument))
            to_come[argument] -= 1
            step = EdgeStep(
                output=graph.name(graph.output),
                user=graph.name(user),
                argument=graph.name(argument),
                position=position,
                role=str(roles[position] or ""),
                user_node=graph.index[user],
                argument_node=graph.index[argument],
                upstream=gradients[user],
                symbol=symbols[position],
                symbol_latex=symbols_latex[position],
                partial=user.partials[position],
                before=gradients[argument],
                is_first=is_first,
                to_come=to_come[argument],
            )
            gradients[argument] = step.after
            yield step


def _symbols(graph: Graph, node: Value, *, latex: bool = False) -> list[str]:
    """The local derivatives of a node by each argument, as formulas in the nodes' names."""
    if node.rule is None or not node.args:
        return []
    constants = [arg.data if arg.is_constant else None for arg in node.args]
    names = [graph.name(arg) for arg in node.args]
    wordings = wording.local_derivatives(node.rule, constants, latex=latex)
    return wording.all_in_names(wordings, names, graph.name(node), latex=latex)
