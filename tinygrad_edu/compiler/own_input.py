"""Which part of what a loop takes is better computed in its steps?

Of a recurrent network, W·x of every step depends on no other step, and so it stands outside of the loop: for one long
sequence that is one matrix product, and a fast one. In a book, and for sequences of many samples, each step computes
its own: H[t + 1] = tanh(X[:, t] @ W.T + H[t] @ U.T + b). What a step alone asks for can be moved into it.

Names to know: `with_own_input`. Read next: `loops.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinygrad_edu.compiler.arrays import Ids
from tinygrad_edu.compiler.connections import Connections
from tinygrad_edu.compiler.recurrences import Inner, Outer, Recurrence


def with_own_input(connections: Connections, recurrence: Recurrence) -> Recurrence:
    """The recurrence, in whose steps is computed what each of them alone asks for. No other node asks for it."""
    step_of = {node: step for step, row in enumerate(recurrence.nodes.tolist()) for node in row}
    columns = [*recurrence.nodes.T]
    place_of: dict[bytes, int] = {}
    arguments = [list(each) for each in recurrence.arguments]
    place = 0
    while place < len(columns):
        if place == len(arguments):
            arguments.append(_arguments_of(connections, columns[place]))
        for slot, each in enumerate(arguments[place]):
            key = each.nodes.tobytes() if isinstance(each, Outer) else b""
            if isinstance(each, Outer) and key not in place_of and _is_own(connections, step_of, each):
                place_of[key] = len(columns)
                columns.append(each.nodes)
                step_of |= zip(each.nodes.tolist(), range(len(each.nodes)), strict=True)
            if key in place_of:
                arguments[place][slot] = Inner(place_of[key], 0)
        place += 1
    return _in_order(connections, recurrence, columns, arguments) if place_of else recurrence


def _is_own(connections: Connections, step_of: dict[int, int], each: Outer) -> bool:
    """Whether each step computes its own of these in the same way, and nothing else asks for it, nor another step."""
    nodes = each.nodes.tolist()
    return (
        len(set(nodes)) == len(nodes) > 1
        and len({_token(connections, node) for node in nodes}) == 1
        and connections.scalars.rule[nodes[0]] is not None
        and all(connections.users[node] for node in nodes)
        and all(step_of.get(user) == step for step, node in enumerate(nodes) for user in connections.users[node])
        and not {connections.scalars.output, *connections.scalars.wanted}.intersection(nodes)
    )


def _token(connections: Connections, node: int) -> object:
    """What has to be the same in all steps: the operation, how many arguments it has, and plain numbers among them."""
    rule, args = connections.scalars.rule[node], connections.scalars.args[node]
    return rule, len(args), tuple(connections.scalars.data[args[each]] for each in rule.fixed) if rule else ()


def _arguments_of(connections: Connections, nodes: Ids) -> list[Inner | Outer]:
    """The arguments of the nodes of a place, none of which a step gives yet."""
    rows = np.array([connections.args(node) for node in nodes.tolist()], dtype=np.int64)
    return [Outer(column[:1] if (column == column[0]).all() else column) for column in rows.T]


def _in_order(
    connections: Connections, recurrence: Recurrence, columns: Sequence[Ids], arguments: list[list[Inner | Outer]]
) -> Recurrence:
    """The recurrence with all of these places, arguments before users."""
    nodes = np.stack(columns, axis=1)
    order = np.argsort(nodes[0])
    number = np.argsort(order).tolist()

    def renumbered(each: Inner | Outer) -> Inner | Outer:
        return Inner(number[each.place], each.lag) if isinstance(each, Inner) else each

    rules = [rule for node in nodes[0, order].tolist() if (rule := connections.scalars.rule[node]) is not None]
    return Recurrence(
        nodes[:, order],
        rules,
        [[renumbered(each) for each in arguments[place]] for place in order.tolist()],
        {Inner(number[each.place], each.lag): node for each, node in recurrence.before.items()},
    )
