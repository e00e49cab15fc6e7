"""Where do dZ, dW and db come from?

From the scalars again. Every scalar that depends on a parameter gets its gradient: the sum over its users of upstream
gradient × local derivative. The gradients of one array are collected in the order of that array, and what they are, a
matrix product or a sum over rows, is recognized by the code that found the products of the forward pass. No rule here
knows the gradient of a matrix product.

Names to know: `gradients`. Read next: `layout.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tinygrad_edu.backprop import topological_order
from tinygrad_edu.compiler.arrays import NOWHERE, Array, Ids, Single, Some, Workspace
from tinygrad_edu.compiler.loops import Backward, Loop, LoopArray
from tinygrad_edu.compiler.order import box
from tinygrad_edu.compiler.ragged import aligned, completed, filled
from tinygrad_edu.compiler.scalars import TOTAL, Balance, are_growing
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import add, dot, logsumexp, mul, neg
from tinygrad_edu.symbolic import partial_graphs
from tinygrad_edu.value import Value

Flags = npt.NDArray[np.bool_]


class Edges(NamedTuple):
    """Applications of the chain rule: where the argument is, the scalar that uses it, and the local derivative."""

    array: Ids  # the argument's array
    user_array: Ids
    place: Ids  # the argument's position in its array
    user: Ids
    partial: Ids
    side: Ids  # of a weighted sum: 0 for the factors on the left, 1 for those on the right

    def chosen(self, which: Ids | slice) -> Edges:
        """A selection of the edges."""
        return Edges(*(column[which] for column in self))


def gradients(workspace: Workspace, output: int) -> Ids:
    """For every scalar of the forward pass the id of its gradient; NOWHERE where there is none."""
    parameters = [array.ids.reshape(-1) for array in workspace.arrays if array.kind == "parameter"]
    active = np.zeros(workspace.count, dtype=bool)
    active[np.concatenate([np.zeros(0, dtype=np.int64), *parameters])] = True
    return _swept(workspace, {output: workspace.one}, active)


def _swept(workspace: Workspace, seeds: Mapping[int, int], active: Flags) -> Ids:
    """The backward sweep, from the scalars whose gradients are known before, to those that are active."""
    forward = list(workspace.arrays)
    _activate(forward, active)
    loops = {loop.arrays[0].number: loop for loop in workspace.loops if _turn_back(workspace, loop, active)}
    edges = _edges(workspace, forward, active, list(loops.values()))
    found: Ids = np.full(workspace.count, NOWHERE, dtype=np.int64)
    for scalar, seed in seeds.items():
        found[scalar] = seed
    for loop in loops.values():
        for ids in loop.given_back:
            found[ids] = ids
    bounds = np.searchsorted(edges.array, np.arange(len(forward) + 1)).tolist()
    for array in reversed(forward):
        first, last = bounds[array.number : array.number + 2]
        if array.shape == () and first < last:
            _collect_one(workspace, array.first, edges.chosen(slice(first, last)), found)
        elif first < last:
            _collect(workspace, array, edges.chosen(slice(first, last)), found)
        if array.number in loops:
            loops[array.number].put_backward(workspace, found)
    return found


def _activate(arrays: Sequence[Array], active: Flags) -> None:
    """Find which scalars a leaf that is active can change."""
    for array in arrays:
        if isinstance(array, Single):
            active[array.scalar] = any(active[argument] for argument in array.arguments)
        elif isinstance(array, LoopArray):
            active[array.ids] = _active_in_step(array.loop, active)[array.state.inside]
        elif array.args is not None:
            active[array.ids] = active[array.args].any(axis=-1)
            if array.spare is not None:
                active[array.ids[array.spare]] = False


# Loops over time: the backward sweep of a step


def _active_in_step(loop: Loop, active: Flags) -> Flags:
    """Which scalars of a step change if some scalars outside do: also by what they change in an earlier step."""
    inside = np.zeros(loop.workspace.count, dtype=bool)
    for operand in loop.fixed:
        inside[operand.inside.ids] = active[operand.outside]
    for operand in loop.varying:
        inside[operand.inside.ids] = active[operand.outside].any(axis=0)
    carried = [(state, leaves) for state in loop.states for leaves in state.leaves.values()]
    for state, leaves in carried:
        inside[leaves.ids] = (active[state.given] & (state.given != NOWHERE)).any(axis=0)
    while True:
        _activate(loop.workspace.arrays[: loop.size], inside)
        if all((inside[leaves.ids] >= inside[state.inside]).all() for state, leaves in carried):
            return inside
        for state, leaves in carried:
            inside[leaves.ids] |= inside[state.inside]


def _turn_back(workspace: Workspace, loop: Loop, active: Flags) -> bool:
    """Find the backward sweep of a step, if there is anything to find; new scalars outside stand for what it gives."""
    inside = _active_in_step(loop, active)
    if not any(inside[state.inside].any() for state in loop.states):
        return False
    upstream = [
        loop.workspace.put(loop.workspace.fresh(state.inside.shape), None, None, "upstream") for state in loop.states
    ]
    seeds: dict[int, int] = {}
    for state, array in zip(loop.states, upstream, strict=True):
        seeds |= zip(state.inside.reshape(-1).tolist(), array.ids.reshape(-1).tolist(), strict=True)
    changing = np.zeros(loop.workspace.count, dtype=bool)
    changing[: len(inside)] = inside
    loop.backward = Backward(
        upstream,
        _swept(loop.workspace, seeds, changing),
        [workspace.fresh(state.outside.shape) for state in loop.states],
        [workspace.fresh(operand.outside.shape) for operand in loop.fixed],
        [workspace.fresh(operand.outside.shape) for operand in loop.varying],
    )
    return True


def _edges_of_loop(loop: Loop, active: Flags) -> Iterator[tuple[Ids, ...]]:
    """From what a loop takes to the scalars that stand for the gradients it gives."""
    assert loop.backward is not None
    number = loop.arrays[0].number
    for taken, given in zip(loop.taken, loop.given_back, strict=True):
        chosen = (taken != NOWHERE) & active[taken]
        yield taken[chosen], given[chosen], np.full(int(chosen.sum()), number)


def _edges(workspace: Workspace, forward: list[Array], active: Flags, loops: list[Loop]) -> Edges:
    """All edges, sorted by the argument's array, the user's array and the argument's position."""
    parts: list[tuple[Ids, ...]] = []
    singles: list[tuple[int, int, int, int, int]] = []
    for array in forward:
        if isinstance(array, Single):
            singles += _edges_of_one(workspace, array, active)
        elif array.args is not None:
            parts += _edges_of(workspace, array, active)
    for edge in (edge for loop in loops for edge in _edges_of_loop(loop, active)):
        parts.append((*edge, np.full(len(edge[0]), workspace.one), np.zeros(len(edge[0]), dtype=np.int64)))
    parts.append(tuple(np.array(singles, dtype=np.int64).reshape(-1, 5).T))
    argument, user, user_array, partial, side = map(np.concatenate, zip(*parts, strict=True))
    where, place = workspace.where[argument], workspace.place[argument]
    order = np.argsort((where * len(forward) + user_array) * (place.max(initial=0) + 1) + place, kind="stable")
    return Edges(where, user_array, place, user, partial, side).chosen(order)


def _edges_of(workspace: Workspace, array: Array, active: Flags) -> Iterator[tuple[Ids, ...]]:
    assert array.args is not None
    assert array.rule is not None
    args = array.args.reshape(array.size, -1)
    used = active[args]
    if array.spare is not None:
        used[array.spare.reshape(-1)] = False
    chosen = np.flatnonzero(used)
    if len(chosen):
        partials = _partials(workspace, array, np.atleast_1d(used.any(axis=0))).reshape(-1)
        users = array.ids.reshape(-1)[chosen // args.shape[1]]
        has_sides = array.rule is dot or (not array.rule.many and args.shape[1] == 2)
        side = chosen % args.shape[1] * 2 // args.shape[1] if has_sides else np.zeros_like(chosen)
        yield args.reshape(-1)[chosen], users, np.full(len(chosen), array.number), partials[chosen], side


def _edges_of_one(workspace: Workspace, single: Single, active: Flags) -> Iterator[tuple[int, int, int, int, int]]:
    used = [bool(active[argument]) for argument in single.arguments]
    if any(used):
        partials = _partials_of_one(workspace, single, used)
        for argument, is_used, partial in zip(single.arguments, used, partials, strict=True):
            if is_used:
                yield argument, single.scalar, single.number, partial, 0


def _partials(workspace: Workspace, array: Array, wanted: Flags) -> Ids:
    """The id of the local derivative for every argument of every scalar in an array."""
    rule, args = array.rule, array.args
    assert rule is not None
    assert args is not None
    if rule is TOTAL:
        return np.full(args.shape, workspace.one, dtype=np.int64)
    if isinstance(rule, Balance):
        signs = np.where(np.arange(args.shape[-1]) < rule.plus, workspace.one, workspace.minus_one)
        return np.broadcast_to(signs, args.shape)
    if rule is dot:
        half = args.shape[-1] // 2
        return np.concatenate([args[..., half:], args[..., :half]], axis=-1)
    if rule is logsumexp:
        out = np.broadcast_to(array.ids[..., None], args.shape)
        return applied(workspace, recipe(rule, (None,), (True,)), [args], out)[0]
    columns = [args[..., position] for position in range(args.shape[-1])]
    found = recipe(rule, _fixed(workspace, rule, [int(column.flat[0]) for column in columns]), tuple(wanted.tolist()))
    return np.stack(applied(workspace, found, columns, array.ids), axis=-1)


def _partials_of_one(workspace: Workspace, single: Single, wanted: Sequence[bool]) -> Sequence[int]:
    """For every argument of a scalar the scalar that is its local derivative."""
    rule, args = single.rule, single.arguments
    if rule is TOTAL:
        return [workspace.one] * len(args)
    if isinstance(rule, Balance):
        return [workspace.one if position < rule.plus else workspace.minus_one for position in range(len(args))]
    if rule is dot:
        half = len(args) // 2
        return [*args[half:], *args[:half]]
    if rule is logsumexp:
        return _shares(workspace, single)
    found = recipe(rule, _fixed(workspace, rule, args), tuple(wanted))
    return applied(workspace, found, args, single.scalar)


def _shares(workspace: Workspace, single: Single) -> Sequence[int]:
    """The softmax of the arguments of one logsumexp: as an array like theirs, if they are all of one."""
    args, found = np.array(single.arguments), recipe(logsumexp, (None,), (True,))
    array = workspace.array_of(args)
    places = workspace.place[args]
    if array is None or array.size != len(args) or len(np.unique(places)) < len(args):
        return [applied(workspace, found, [arg], single.scalar)[0] for arg in single.arguments]
    out = np.full(array.shape, single.scalar)
    shares: list[int] = applied(workspace, found, [array.ids], out)[0].reshape(-1)[places].tolist()
    return shares


def _fixed(workspace: Workspace, rule: Rule, args: Sequence[int]) -> tuple[str | None, ...]:
    """For each argument the plain number that it has to be, all digits and the sign of zero, or None."""
    return tuple(
        float(workspace.value[arg]).hex() if position in rule.fixed else None for position, arg in enumerate(args)
    )


class Recipe(NamedTuple):
    """How the partials of a row are computed, step by step.

    Places count what is known in this order: the arguments, the result, the numbers, what each step gives.
    """

    numbers: tuple[float, ...]
    steps: tuple[tuple[Rule, tuple[int, ...]], ...]  # an operation, and the places of its arguments
    partials: tuple[int, ...]  # the place of the partial by each argument


@lru_cache(maxsize=1024)
def recipe(rule: Rule, fixed: tuple[str | None, ...], wanted: tuple[bool, ...]) -> Recipe:
    """The recipe of a row; a partial that is not wanted is 0."""
    graphs = partial_graphs(rule, [None if number is None else float.fromhex(number) for number in fixed])
    partials = [partial if is_wanted else 0.0 for partial, is_wanted in zip(graphs.partials, wanted, strict=True)]
    nodes = topological_order(*(partial for partial in partials if isinstance(partial, Value)))
    places: dict[Value | float, int] = {}
    for given in (*graphs.args, graphs.out):
        places[given if isinstance(given, Value) else Value(given)] = len(places)
    numbers = [node for node in nodes if not node.args and node not in places]
    plain = [Value(partial) for partial in partials if not isinstance(partial, Value)]
    computed = [node for node in nodes if node.args and node not in places]
    for node in (*numbers, *plain, *computed):
        places[node] = len(places)
    constant = iter(plain)
    return Recipe(
        tuple(node.data for node in (*numbers, *plain)),
        tuple((node.rule, tuple(places[arg] for arg in node.args)) for node in computed if node.rule is not None),
        tuple(places[partial if isinstance(partial, Value) else next(constant)] for partial in partials),
    )


def applied(workspace: Workspace, found: Recipe, args: Sequence[Some], out: Some) -> list[Some]:
    """The partials of a row, computed for one scalar, or for whole arrays of arguments."""
    known: list[Some] = list(args)
    known.append(out)
    known += [_like(workspace, number, out) for number in found.numbers]
    for rule, places in found.steps:
        known.append(workspace.compute(rule, [known[place] for place in places]))
    return [known[place] for place in found.partials]


def _like(workspace: Workspace, number: float, out: Some) -> Some:
    """A number as one scalar, or as often as an array has scalars."""
    if isinstance(out, int):
        return workspace.constant(number)
    return _filled(workspace, number, out.shape)


def _filled(workspace: Workspace, number: float, shape: tuple[int, ...]) -> Ids:
    return np.full(shape, workspace.constant(number), dtype=np.int64)


# Collecting the contributions to one array


def _collect_one(workspace: Workspace, scalar: int, edges: Edges, found: Ids) -> None:
    """The gradient of one scalar."""
    upstream = found[edges.user].tolist()
    parts = zip(edges.user_array.tolist(), upstream, edges.partial.tolist(), strict=True)
    total = None if found[scalar] == NOWHERE else int(found[scalar])
    for _, some in itertools.groupby(parts, itemgetter(0)):
        _, upstreams, partials = zip(*some, strict=True)
        part = _combined_one(workspace, upstreams, partials)
        total = part if total is None else workspace.compute(add, [total, part])
    assert total is not None
    found[scalar] = total


def _combined_one(workspace: Workspace, upstream: Sequence[int], partial: Sequence[int]) -> int:
    """The sum of upstream × local derivative: as `_combined`, for one scalar."""
    count = len(upstream)
    if count == 1:
        return workspace.compute(mul, [upstream[0], partial[0]])
    if len(set(upstream)) == len(set(partial)) == 1:
        once = workspace.compute(mul, [upstream[0], workspace.constant(float(count))])
        return workspace.compute(mul, [once, partial[0]])
    for sign, rule in ((1.0, None), (-1.0, neg)):
        if all(workspace.are(factor, sign) for factor in partial):
            total = workspace.compute(TOTAL, upstream)
            return total if rule is None else workspace.compute(rule, [total])
    return workspace.compute(dot, [*upstream, *partial])


def _collect(workspace: Workspace, array: Array, edges: Edges, found: Ids) -> None:
    """The gradients of all scalars in an array: one part from each array of users, and their sum."""
    flat = array.ids.reshape(-1)
    layers = [found[flat]]
    for start, stop in itertools.pairwise(_bounds(edges.user_array).tolist()):
        for where, parts in _contributions(workspace, array, edges.chosen(slice(start, stop)), found):
            _lay(layers, where, parts)
    found[flat] = _sum_of_layers(workspace, array, layers)


def _lay(layers: list[Ids], where: Ids, parts: Ids) -> None:
    """Put contributions into the first layer that has room: what comes from many arrays, each for its own, is one."""
    layer = next((layer for layer in layers if (layer[where] == NOWHERE).all()), None)
    if layer is None:
        layer = np.full_like(layers[0], NOWHERE)
        layers.append(layer)
    layer[where] = parts


def _sum_of_layers(workspace: Workspace, array: Array, layers: Sequence[Ids]) -> Ids:
    """The sum of all layers; what is missing in one counts as 0, and what is missing in all stays NOWHERE."""
    if len(layers) == 1:
        return layers[0]
    together = np.stack(layers)
    everyone = np.flatnonzero((together != NOWHERE).any(axis=0))
    filled = np.where(together == NOWHERE, workspace.zero, together)[:, everyone]
    table = _Table(workspace, array, everyone)
    total, *others = (table.laid(layer) for layer in filled)
    for layer in others:
        total = workspace.compute(add, [total, layer])
    sums = np.full_like(layers[0], NOWHERE)
    sums[everyone] = table.taken(total)
    return sums


class _Table:
    """Some scalars of an array, laid out as a table of their gradients.

    With all spare places, if it has some, or if an array like it has, that uses these scalars and no others.
    """

    def __init__(self, workspace: Workspace, array: Array, where: Ids, user: Array | None = None) -> None:
        self.workspace = workspace
        is_all = array.spare is not None and len(where) == array.count
        if user is not None and user.spare is not None and user.size == array.size:
            is_all = is_all or np.array_equal(where, np.flatnonzero(~user.spare))
        self.where = where if is_all else None
        self.shape = array.shape if is_all else _shape(workspace, array, where)

    def laid(self, ids: Ids) -> Ids:
        """One scalar for each, in the shape of the table."""
        if self.where is None:
            return ids.reshape(self.shape)
        table, known = np.full(self.shape, NOWHERE, dtype=np.int64), np.zeros(self.shape, dtype=bool)
        table.flat[self.where], known.flat[self.where] = ids, True
        return completed(self.workspace, table, known)

    def taken(self, table: Ids) -> Ids:
        """The scalars of the table that were laid out."""
        return table.reshape(-1) if self.where is None else table.reshape(-1)[self.where]


def _bounds(numbers: Ids) -> Ids:
    """Where each run of equal numbers begins, and where the last one ends."""
    changes = np.flatnonzero(numbers[1:] != numbers[:-1]) + 1
    return np.concatenate([[0], changes, [len(numbers)]])


def _contributions(workspace: Workspace, array: Array, edges: Edges, found: Ids) -> Iterator[tuple[Ids, Ids]]:
    """From one array of users: (positions, contributions), a pair for the scalars used once, one for twice, ….

    In a graph of samples what is on the left of products stays apart from what is on the right, Q from K in Q·K.
    """
    edges = _by_side(edges)
    bounds = _bounds(2 * edges.place + edges.side)
    begin, counts_at = bounds[:-1], bounds[1:] - bounds[:-1]
    mine, upstream, side = edges.place[begin], found[edges.user], edges.side[begin]
    for one in sorted({*side.tolist()}):
        counts = counts_at[side == one]
        lengths = {*counts.tolist()}
        has_gaps = workspace.arrays[edges.user_array[0]].spare is not None and min(lengths) > 2
        if (len(lengths) > 1 and are_growing(counts.tolist())) or (len(lengths) == 1 and has_gaps):
            rows = begin[side == one], counts
            yield mine[side == one], _growing(workspace, array, mine[side == one], *rows, upstream, edges.partial)
            continue
        for count in sorted(lengths):
            chosen = (counts_at == count) & (side == one)
            rows = begin[chosen][:, None] + np.arange(count)
            sides = upstream[rows], edges.partial[rows]
            table = _Table(workspace, array, mine[chosen], workspace.arrays[edges.user_array[0]])
            yield mine[chosen], _combined(workspace, table, *sides)


def _by_side(edges: Edges) -> Edges:
    """Edges from one array of users: those of a scalar that stands on both sides, of `x * x`, are all on one.

    Unless it stands there beside others: in x[i] - x[i + 1], or in x[i] * x[j] for all pairs.
    """
    users = edges.place * (edges.user.max() + 1) + edges.user
    on_the_left, on_the_right = (np.unique(users[edges.side == side]) for side in (0, 1))
    left, right = (edges.place[edges.side == side] for side in (0, 1))
    if np.isin(left, right).any() and np.array_equal(on_the_left, on_the_right):
        return edges._replace(side=np.zeros_like(edges.side))
    return edges.chosen(np.lexsort((edges.side, edges.place)))


def _growing(
    workspace: Workspace, array: Array, where: Ids, begin: Ids, counts: Ids, upstream: Ids, partial: Ids
) -> Ids:
    """Sums of contributions, of which there are more and more from scalar to scalar."""
    known = np.arange(counts.max()) < counts[:, None]
    rows = np.where(known, begin[:, None] + np.arange(counts.max()), 0)
    sides = [np.where(known, side[rows], workspace.zero) for side in (upstream, partial)]
    sides = aligned(workspace, *sides)
    there = ~filled(workspace, *sides)
    if len(np.unique(sides[1][there])) == 1:  # each counts as often: as they are, or with a minus
        sides[1][~there] = sides[1][there][0]
    return _combined(workspace, _Table(workspace, array, where), *sides)


def _combined(workspace: Workspace, table: _Table, upstream: Ids, partial: Ids) -> Ids:
    """The sum of upstream × local derivative over the columns, for some scalars of an array."""
    return table.taken(_sum_of_products(workspace, *(list(map(table.laid, side.T)) for side in (upstream, partial))))


def _sum_of_products(workspace: Workspace, upstream: Sequence[Ids], partial: Sequence[Ids]) -> Ids:
    """The same for the columns as tables."""
    count, shape = len(upstream), upstream[0].shape
    if count == 1:
        return workspace.compute(mul, [upstream[0], partial[0]])
    if all((side[0] == column).all() for side in (upstream, partial) for column in side):
        once = workspace.compute(mul, [upstream[0], _filled(workspace, float(count), shape)])
        return workspace.compute(mul, [once, partial[0]])
    for sign, rule in ((1.0, None), (-1.0, neg)):
        if all(workspace.are(column, sign) for column in partial):
            total = workspace.compute(TOTAL, upstream)
            return total if rule is None else workspace.compute(rule, [total])
    return workspace.compute(dot, [*upstream, *partial])


def _shape(workspace: Workspace, array: Array, where: Ids) -> tuple[int, ...]:
    """The shape of the array for all of its scalars; for some of them a table, or else a vector; a scalar for one."""
    count = len(where)
    if count == array.size:
        return array.shape
    if len(array.shape) > 1 and (part := box(where, array.shape)) is not None:
        return part
    if workspace.rows and count > workspace.rows and count % workspace.rows == 0:
        table = where.reshape(workspace.rows, -1)  # of the same places for each row of the tables of inputs
        if (table - table[:1] == (table - table[:1])[:, :1]).all():
            return table.shape
    return (count,) if count > 1 else ()
