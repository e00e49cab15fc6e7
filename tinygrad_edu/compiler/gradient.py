"""Where do dZ, dW and db come from?

From the scalars again. Every scalar that depends on a parameter gets its gradient: the sum over its users of upstream
gradient × local derivative. The gradients of one array are collected in the order of that array, and what they are, a
matrix product or a sum over rows, is recognized by the code that found the products of the forward pass. No rule here
knows the gradient of a matrix product.

Names to know: `gradients`. Read next: `layout.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tinygrad_edu.backprop import topological_order
from tinygrad_edu.compiler.arrays import NOWHERE, Array, Ids, Workspace
from tinygrad_edu.compiler.scalars import TOTAL
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import add, dot, logsumexp, mul, neg
from tinygrad_edu.symbolic import partial_graphs
from tinygrad_edu.value import Value


class Edges(NamedTuple):
    """Applications of the chain rule: where the argument is, the scalar that uses it, and the local derivative."""

    array: Ids  # the argument's array
    user_array: Ids
    place: Ids  # the argument's position in its array
    user: Ids
    partial: Ids

    def chosen(self, which: Ids | slice) -> Edges:
        """A selection of the edges."""
        return Edges(*(column[which] for column in self))


def gradients(workspace: Workspace, output: int) -> Ids:
    """For every scalar of the forward pass the id of its gradient; NOWHERE where there is none."""
    forward = list(workspace.arrays)
    active = _active(workspace, forward)
    edges = _edges(workspace, forward, active)
    found: Ids = np.full(workspace.count, NOWHERE, dtype=np.int64)
    found[output] = workspace.one
    bounds = np.searchsorted(edges.array, np.arange(len(forward) + 1))
    for array in reversed(forward):
        first, last = bounds[array.number : array.number + 2]
        if first < last:
            _collect(workspace, array, edges.chosen(slice(first, last)), found)
    return found


def _active(workspace: Workspace, forward: list[Array]) -> npt.NDArray[np.bool_]:
    """Which scalars depend on a parameter."""
    active = np.zeros(workspace.count, dtype=bool)
    for array in forward:
        if array.kind == "parameter":
            active[array.ids] = True
        elif array.args is not None:
            active[array.ids] = active[array.args].any(axis=-1)
    return active


def _edges(workspace: Workspace, forward: list[Array], active: npt.NDArray[np.bool_]) -> Edges:
    """All edges, sorted by the argument's array, the user's array and the argument's position."""
    nothing = (np.zeros(0, dtype=np.int64),) * 4
    parts = [part for array in forward if array.args is not None for part in _edges_of(workspace, array, active)]
    argument, user, user_array, partial = map(np.concatenate, zip(nothing, *parts, strict=True))
    array, place = workspace.where[argument], workspace.place[argument]
    order = np.argsort((array * len(forward) + user_array) * (place.max(initial=0) + 1) + place, kind="stable")
    return Edges(array, user_array, place, user, partial).chosen(order)


def _edges_of(workspace: Workspace, array: Array, active: npt.NDArray[np.bool_]) -> Iterator[tuple[Ids, ...]]:
    assert array.args is not None
    assert array.rule is not None
    args = array.args.reshape(array.ids.size, -1)
    used = active[args]
    chosen = np.flatnonzero(used)
    if len(chosen):
        partials = _partials(workspace, array, np.atleast_1d(used.any(axis=0))).reshape(-1)
        users = array.ids.reshape(-1)[chosen // args.shape[1]]
        yield args.reshape(-1)[chosen], users, np.full(len(chosen), array.number), partials[chosen]


def _partials(workspace: Workspace, array: Array, wanted: npt.NDArray[np.bool_]) -> Ids:
    """The id of the local derivative for every argument of every scalar in an array."""
    rule, args = array.rule, array.args
    assert rule is not None
    assert args is not None
    if rule is TOTAL:
        return np.full(args.shape, workspace.one, dtype=np.int64)
    if rule is dot:
        half = args.shape[-1] // 2
        return np.concatenate([args[..., half:], args[..., :half]], axis=-1)
    if rule is logsumexp:
        out = np.broadcast_to(array.ids[..., None], args.shape)
        return _applied(workspace, rule, [args], out, [None])[0]
    columns = [args[..., position] for position in range(args.shape[-1])]
    constants = [
        float(workspace.value[column.flat[0]]) if position in rule.fixed else None
        for position, column in enumerate(columns)
    ]
    found = _applied(workspace, rule, columns, array.ids, constants, wanted)
    return np.stack(found, axis=-1)


def _applied(
    workspace: Workspace,
    rule: Rule,
    args: list[Ids],
    out: Ids,
    constants: list[float | None],
    wanted: npt.NDArray[np.bool_] | None = None,
) -> list[Ids]:
    """The partials of a rule, computed for whole arrays of arguments."""
    graphs = partial_graphs(rule, constants)
    known: dict[Value, Ids] = {
        value: ids for value, ids in zip(graphs.args, args, strict=True) if isinstance(value, Value)
    } | {graphs.out: out}
    partials = [
        partial if wanted is None or wanted[position] else 0.0 for position, partial in enumerate(graphs.partials)
    ]
    for node in topological_order(*(partial for partial in partials if isinstance(partial, Value))):
        if node not in known:
            known[node] = _node(workspace, node, known, out.shape)
    return [
        known[partial] if isinstance(partial, Value) else _filled(workspace, partial, out.shape) for partial in partials
    ]


def _node(workspace: Workspace, node: Value, known: dict[Value, Ids], shape: tuple[int, ...]) -> Ids:
    if not node.args or node.rule is None:
        return _filled(workspace, node.data, shape)
    return workspace.compute(node.rule, [known[arg] for arg in node.args])


def _filled(workspace: Workspace, number: float, shape: tuple[int, ...]) -> Ids:
    return np.full(shape, workspace.constant(number), dtype=np.int64)


# Collecting the contributions to one array


def _collect(workspace: Workspace, array: Array, edges: Edges, found: Ids) -> None:
    """The gradients of all scalars in an array: the sum of one contribution from each array of users."""
    sums = np.full(array.ids.size, NOWHERE, dtype=np.int64)
    for start, stop in itertools.pairwise(_bounds(edges.user_array).tolist()):
        for where, parts in _contributions(workspace, array, edges.chosen(slice(start, stop)), found):
            _add(workspace, array, sums, where, parts)
    found[array.ids.reshape(-1)] = sums


def _bounds(numbers: Ids) -> Ids:
    """Where each run of equal numbers begins, and where the last one ends."""
    changes = np.flatnonzero(numbers[1:] != numbers[:-1]) + 1
    return np.concatenate([[0], changes, [len(numbers)]])


def _contributions(workspace: Workspace, array: Array, edges: Edges, found: Ids) -> Iterator[tuple[Ids, Ids]]:
    """From one array of users: (positions, contributions), a pair for the scalars used once, one for twice, …."""
    bounds = _bounds(edges.place)
    begin, counts_at = bounds[:-1], bounds[1:] - bounds[:-1]
    mine, upstream = edges.place[begin], found[edges.user]
    for count in sorted(set(counts_at.tolist())):
        chosen = counts_at == count
        rows = begin[chosen][:, None] + np.arange(count)
        where = mine[chosen]
        shape = _shape(array, len(where))
        yield where, _combined(workspace, upstream[rows], edges.partial[rows], shape).reshape(-1)


def _combined(workspace: Workspace, upstream: Ids, partial: Ids, shape: tuple[int, ...]) -> Ids:
    """The sum of upstream × local derivative over the columns."""
    count = upstream.shape[1]
    if count > 1 and (upstream == upstream[:, :1]).all() and (partial == partial[:, :1]).all():
        once = _combined(workspace, upstream[:, :1], _filled(workspace, float(count), (len(upstream), 1)), shape)
        return workspace.compute(mul, [once, partial[:, 0].reshape(shape)])
    if count == 1:
        return workspace.compute(mul, [upstream.reshape(shape), partial.reshape(shape)])
    for sign, rule in ((1.0, None), (-1.0, neg)):
        if workspace.is_constant[partial].all() and (workspace.value[partial] == sign).all():
            total = _total(workspace, upstream.reshape(*shape, count))
            return total if rule is None else workspace.compute(rule, [total])
    both = [*upstream.T, *partial.T]
    return workspace.compute(dot, [column.reshape(shape) for column in both])


def _total(workspace: Workspace, terms: Ids) -> Ids:
    return workspace.compute(TOTAL, [terms[..., position] for position in range(terms.shape[-1])])


def _add(workspace: Workspace, array: Array, sums: Ids, where: Ids, parts: Ids) -> None:
    """Add contributions to the sums at some positions; what is missing on either side counts as 0."""
    before = sums[where]
    if (before == NOWHERE).all():
        sums[where] = parts
        return
    everyone = np.union1d(np.flatnonzero(sums != NOWHERE), where)
    more = np.full(len(sums), workspace.zero, dtype=np.int64)
    more[where] = parts
    old = np.where(sums == NOWHERE, workspace.zero, sums)
    shape = _shape(array, len(everyone))
    both = [side[everyone].reshape(shape) for side in (old, more)]
    sums[everyone] = workspace.compute(add, both).reshape(-1)


def _shape(array: Array, count: int) -> tuple[int, ...]:
    """The shape of the array for all of its scalars; a vector for some of them, a scalar for one."""
    return array.shape if count == array.ids.size else (count,) if count > 1 else ()
