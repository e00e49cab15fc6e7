"""Which scalars are computed in the same way, and how are they ordered in their array?

Two nodes are alike if the same operation computes them from nodes that are alike; leaves of one kind are alike. The
order is chosen so that arguments are whole arrays or views of them; above all, weighted sums that combine every row of
one matrix with every row of another *are* a matrix product.

Names to know: `arrange`, `product_of`. Read next: `gradient.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from tinygrad_edu.compiler.arrays import NOWHERE, OF_NONE, OF_SEVERAL, Array, Ids, Workspace
from tinygrad_edu.compiler.loops import Loop, looped
from tinygrad_edu.compiler.recurrences import Recurrence, equal_constants, independent, recurrences, stages_of
from tinygrad_edu.compiler.retiming import Graph, settled
from tinygrad_edu.compiler.scalars import SAME, TOTAL, Scalars
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import dot

_MIX = np.random.default_rng(0).integers(1, 2**62, 1 << 16, dtype=np.int64) | 1  # for the fingerprints of rows
_PLACES = _MIX.tolist()


WEIGHTS = ("parameter", "fixed", "weight")  # the kinds of leaves that belong to columns, not to samples
Order = tuple[Ids, tuple[int, ...]]  # of the scalars of an array, and its shape


class Group(NamedTuple):
    """Nodes that are alike: the operation, the nodes, and the arguments of each."""

    rule: Rule
    nodes: Ids
    args: Ids


class Lone(NamedTuple):
    """A node without a partner, in plain numbers."""

    rule: Rule
    node: int
    args: list[int]

    @property
    def nodes(self) -> Ids:
        """The node, as nodes."""
        return np.array([self.node])


Groups = list[Group | Lone]


class Product(NamedTuple):
    """Every left row combined with every right row: the distinct rows, and which two each scalar combines."""

    left: Ids  # rows × terms
    right: Ids
    left_of: Ids  # for each scalar the index of its left row
    right_of: Ids


def arrange(scalars: Scalars) -> tuple[Workspace, Ids]:
    """Put all scalars of a loss into arrays.

    Returns:
        The workspace, and for each node of the graph the scalar it became.
    """
    alike = _Alike(scalars, [])
    loops = [] if scalars.tables else _take_out_loops(scalars, alike.groups)
    return _arranged(scalars, loops, _Alike(scalars, loops) if loops else alike)


def arrange_step(scalars: Scalars) -> tuple[Workspace, Ids]:
    """Put the scalars of one step of a loop into arrays."""
    return _arranged(scalars, [], _Alike(scalars, []))


class _Alike:
    """A workspace for the scalars, the node that each is the same as, and the groups of nodes that are alike."""

    def __init__(self, scalars: Scalars, loops: list[Loop]) -> None:
        self.workspace = Workspace(len(scalars.rule))
        self.same = np.arange(len(scalars.rule))
        self.groups = _alike(scalars, self.same, self.workspace, loops)


def _take_out_loops(scalars: Scalars, groups: list[tuple[Rule, list[int]]]) -> list[Loop]:
    """What repeats, as loops; in the graph that is left, what they give are leaves."""
    found = _settled(scalars, recurrences(scalars, groups))
    loops = [
        looped(scalars, each, asked, arrange_step) for each, asked in zip(found, _asked(scalars, found), strict=True)
    ]
    for recurrence, loop in zip(found, loops, strict=True):
        for node in recurrence.nodes.reshape(-1).tolist() if loop is not None else ():
            scalars.rule[node], scalars.args[node] = None, []
    _drop_unasked(scalars, [loop for loop in loops if loop is not None])
    return [loop for loop in loops if loop is not None]


def _drop_unasked(scalars: Scalars, loops: list[Loop]) -> None:
    """Forget what only the steps asked for, each for its own, and what is the same in all steps."""
    asked = np.zeros(len(scalars.rule), dtype=bool)
    asked[[scalars.output, *scalars.wanted]] = True
    for loop in loops:
        asked[loop.needs] = True
    for node in range(len(scalars.rule) - 1 if loops else -1, -1, -1):
        if asked[node]:
            asked[scalars.args[node]] = True
        elif scalars.rule[node] is not None:
            scalars.rule[node], scalars.args[node] = None, []


def _asked(scalars: Scalars, found: list[Recurrence]) -> Iterator[set[int]]:
    """For each recurrence the nodes that somebody outside asks for: the rest of the graph, and the other ones."""
    inner = {node for recurrence in found for node in recurrence.nodes.reshape(-1).tolist()}
    rest = {scalars.output, *scalars.wanted}
    rest.update(*(args for node, args in enumerate(scalars.args) if found and node not in inner))
    taken = [
        {*recurrence.before.values(), *(node for outer in recurrence.outer for node in outer.nodes.tolist())}
        for recurrence in found
    ]
    for number in range(len(found)):
        yield rest.union(*(each for place, each in enumerate(taken) if place != number))


def _settled(scalars: Scalars, found: list[Recurrence]) -> list[Recurrence]:
    """Recurrences with all of their steps, in an order in which they can be computed."""
    if not found:
        return []
    graph = Graph.of(scalars, equal_constants(scalars))
    taken: set[int] = set()
    every: list[Recurrence] = []
    for recurrence in sorted(found, key=lambda each: -each.nodes.size):
        if taken.isdisjoint(recurrence.nodes.reshape(-1).tolist()):
            every.append(settled(graph, recurrence, taken))
            taken.update(every[-1].nodes.reshape(-1).tolist())
    every = independent(scalars, every)
    stages = stages_of(scalars, every)
    assert stages is not None
    scalars.stages = stages
    return every


def _arranged(scalars: Scalars, loops: list[Loop], alike: _Alike) -> tuple[Workspace, Ids]:
    workspace, same = alike.workspace, alike.same
    groups: Groups = []
    flat, begin = _flat(scalars.args)
    for rule, members in alike.groups:
        if len(members) == 1:
            _append_one(workspace, groups, same, rule, members[0], scalars.args[members[0]])
            continue
        nodes = np.array(members, dtype=np.int64)
        args = same[flat[begin[nodes, None] + np.arange(len(scalars.args[members[0]]))]]
        nothing = _is_nothing(workspace, rule, args)
        if nothing is None:
            groups.append(Group(rule, nodes, args))
        else:
            same[nodes] = nothing
    for loop in loops:
        loop.rename(same[same])
    leaves = {"parameter": scalars.parameters, "input": scalars.inputs} | scalars.kinds
    origin = _origins(workspace.count, groups, leaves.values())
    for kind, members in leaves.items():
        _put_leaves(workspace, kind, np.array(members, dtype=np.int64), groups, loops, origin)
    for name, table in scalars.tables.items():
        _put_table(workspace, table, name.split()[0] if scalars.is_step else "table")
    workspace.is_step = scalars.is_step
    workspace.steps = _steps(workspace.count, loops)
    _put_in_stages(workspace, scalars, groups, loops)
    return workspace, same[same]  # the scalar that replaces a node may have been replaced itself


def _put_in_stages(workspace: Workspace, scalars: Scalars, groups: Groups, loops: list[Loop]) -> None:
    """The computed arrays; a loop comes after all that it takes, and before all that is made of what it gives."""
    waiting = list(loops)
    stages = scalars.stages if loops else np.zeros(workspace.count, dtype=np.int64)
    for group in sorted(groups, key=lambda group: int(stages[group.nodes].max())) if loops else groups:
        while waiting and waiting[0].stage(stages) <= stages[group.nodes].max():
            waiting.pop(0).put(workspace)
        if isinstance(group, Lone):
            workspace.remember(workspace.put_one(group.node, group.rule, group.args))
        else:
            _put(workspace, *group)
    for loop in waiting:
        loop.put(workspace)


def _append_one(
    workspace: Workspace, groups: Groups, same: Ids, rule: Rule, node: int, arguments: Sequence[int]
) -> None:
    """A node without a partner, in plain numbers."""
    args = [int(same[argument]) for argument in arguments]
    for position, number in enumerate(rule.neutral):
        if number is not None and workspace.are(args[position], number):
            same[node] = args[1 - position]
            return
    groups.append(Lone(rule, node, args))


def _flat(lists: list[list[int]]) -> tuple[Ids, Ids]:
    """The lists concatenated, and where each begins."""
    lengths = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
    flat = np.fromiter(chain.from_iterable(lists), dtype=np.int64, count=int(lengths.sum()))
    return flat, np.cumsum(lengths) - lengths


def _put_leaves(workspace: Workspace, kind: str, leaves: Ids, groups: Groups, loops: list[Loop], origin: Ids) -> None:
    """Leaves that are used in the same places form one array: a matrix, if they are a side of a matrix product."""
    present = leaves[leaves >= 0]
    rank = np.full(workspace.count, NOWHERE, dtype=np.int64)
    rank[present] = np.arange(len(leaves))[leaves >= 0]
    usage, tables = _usage(workspace, rank, groups, loops, origin)
    _, first, which = np.unique(usage[present], return_index=True, return_inverse=True)
    together = present[np.argsort(which.reshape(-1), kind="stable")]
    bounds = np.cumsum(np.bincount(which.reshape(-1), minlength=len(first)))
    parts = np.split(together, bounds[:-1])
    for one in np.argsort(first).tolist():
        workspace.put(_table(workspace, parts[one], tables, rank), None, None, kind)


def _origins(count: int, groups: Groups, leaves: Iterable[list[int]]) -> Ids:
    """A number for what each scalar is: computed, a leaf of a kind, a constant."""
    origin = np.zeros(count, dtype=np.int64)
    for group in groups:
        origin[group.nodes] = NOWHERE
    for number, members in enumerate(leaves, start=1):
        present = np.array(members, dtype=np.int64)
        origin[present[present >= 0]] = number
    return origin


def _usage(workspace: Workspace, rank: Ids, groups: Groups, loops: list[Loop], origin: Ids) -> tuple[Ids, list[Ids]]:
    """A number for each leaf, the same for those that are used in the same places; and the sides of products."""
    usage = np.zeros(workspace.count, dtype=np.int64)
    tables: list[Ids] = []
    places = itertools.cycle(_PLACES)
    for group in groups:
        width = _width(group.rule, len(group.args if isinstance(group, Lone) else group.args[0]))
        if isinstance(group, Lone) and width == 1:
            for argument in group.args:
                usage[argument] ^= next(places)
            continue
        rows = np.array([group.args] if isinstance(group, Lone) else group.args)
        for side in _sides(rows, width, origin):
            usage[np.unique(side[rank[side] != NOWHERE])] ^= next(places)
            if side.shape[1] > 1:
                tables.append(side)
    for taken in (ids for loop in loops for ids in loop.taken):
        present = taken[taken != NOWHERE]
        usage[np.unique(present[rank[present] != NOWHERE])] ^= next(places)
        if taken.ndim > 1 and taken.size:
            tables.append(taken.reshape(-1, taken.shape[-1]))
    return usage, tables


def _sides(rows: Ids, width: int, origin: Ids) -> Iterator[Ids]:
    """The arguments of a group side by side; of w·x + u·h the factors of x apart from those of h."""
    sides = [rows[:, first : first + width] for first in range(0, rows.shape[1], width)]
    for side, other in zip(sides, reversed(sides), strict=True):
        origins = origin[other[0]] if len(sides) == 2 else np.zeros(width)
        yield from (side[:, origins == one] for one in np.unique(origins))


def _width(rule: Rule, count: int) -> int:
    """How many of so many arguments are one side of an operation: of w·x half of them."""
    return count // len(rule.partials) if rule.many else 1


def _steps(count: int, loops: list[Loop]) -> Ids:
    """For each scalar that a loop takes in its steps, which one it is; they are computed in that order."""
    steps = np.full(count, NOWHERE, dtype=np.int64)
    for operand in (operand for loop in loops for operand in loop.varying):
        steps[operand.outside.reshape(-1)] = np.arange(operand.outside.size)
    return steps


def _put_table(workspace: Workspace, table: Ids, kind: str) -> None:
    """Inputs that are an array already; what the loss does not depend on is a scalar that nobody asks for."""
    filled = table.copy()
    filled[table < 0] = workspace.fresh((int((table < 0).sum()),))
    workspace.put(filled, None, None, kind)
    if kind == "table":
        workspace.rows = len(filled)
        workspace.row[filled.reshape(len(filled), -1)] = np.arange(len(filled))[:, None]


def _table(workspace: Workspace, members: Ids, tables: list[Ids], rank: Ids) -> Ids:
    """The leaves in the order of the first matrix product that uses all of them; else in their own order."""
    if len(members) == 1:
        return members.reshape(())
    chosen = np.zeros(len(rank), dtype=bool)
    chosen[members] = True
    for side in tables:
        if not chosen[side[0]].any() and not chosen[side[-1]].any():
            continue
        rows = side[chosen[side].all(axis=1)]
        rows = rows[_distinct_rows(workspace, rows)[0]]
        if rows.size == len(members) == len(np.unique(rows)):
            return rows[np.argsort(rank[rows[:, 0]])]
    return members[np.argsort(rank[members])]


def _alike(scalars: Scalars, same: Ids, workspace: Workspace, loops: list[Loop]) -> list[tuple[Rule, list[int]]]:
    """The computed nodes in groups, arguments before users; a node that depends on no changing leaf is a constant."""
    first_of = _merged(scalars, same)
    of_leaf = _kinds_of_leaves(scalars, loops)
    kinds: list[int] = []
    kind_of = kinds.__getitem__
    known: dict[object, int] = {}
    groups: list[tuple[Rule, list[int]]] = []
    for node, rule in enumerate(scalars.rule):
        if first_of[node] != node:
            kind = kinds[first_of[node]]
        elif rule is None:
            kind = of_leaf.get(node, UNCHANGING)
        else:
            args = scalars.args[node]
            key = (rule, *map(kind_of, args))
            if rule.fixed:
                key += tuple([scalars.data[args[position]] for position in rule.fixed])
            kind = known.get(key, NEW)
            if kind == NEW:
                kind = known[key] = _new_kind(groups, rule, list(map(kind_of, args)))
            if kind >= 0:
                groups[kind][1].append(node)
        kinds.append(kind)
    _put_constants(workspace, scalars, np.flatnonzero(np.array(kinds) == UNCHANGING))
    return groups


def _kinds_of_leaves(scalars: Scalars, loops: list[Loop]) -> dict[int, int]:
    """The kind of each leaf that changes; what a loop gives is of a kind of its own for each state."""
    kinds = dict.fromkeys(scalars.changing, INPUT) | dict.fromkeys(scalars.parameters, PARAMETER)
    for number, state in enumerate(state for loop in loops for state in loop.states):
        kinds |= dict.fromkeys(state.outside.reshape(-1).tolist(), NEW - 1 - number)
    return kinds


def _put_constants(workspace: Workspace, scalars: Scalars, nodes: Ids) -> None:
    """Note the numbers of constants; how they are computed does not matter any more."""
    workspace.value[nodes] = np.array(scalars.data)[nodes]
    workspace.is_constant[nodes] = True
    for node in nodes.tolist():
        scalars.rule[node], scalars.args[node] = None, []


def _new_kind(groups: list[tuple[Rule, list[int]]], rule: Rule, of_args: list[int]) -> int:
    """The number of a new group; or, if all of its arguments are constants, that it is constant too."""
    if all(kind == UNCHANGING for kind in of_args):
        return UNCHANGING
    groups.append((rule, []))
    return len(groups) - 1


PARAMETER, INPUT, UNCHANGING, NEW = -1, -2, -3, -4  # the kinds of leaves; those of computed nodes are not negative


def _merged(scalars: Scalars, same: Ids) -> list[int]:
    """For each node the first one that is computed in the same way: what is computed twice is computed once.

    Equal constants are one beside a computed number, 0.5 * v. Beside a leaf they are data: two samples with a number in
    common stay two.
    """
    made: dict[object, int] = {}
    first_of: list[int] = []
    number = _constants(scalars)
    is_changed = False
    for node, rule in enumerate(scalars.rule):
        first = node
        if rule is not None:
            if is_changed:
                scalars.args[node] = [first_of[arg] for arg in scalars.args[node]]
            args = scalars.args[node]
            if rule is SAME:
                first = args[0]
            elif not rule.many and any(scalars.rule[arg] is not None for arg in args):
                first = made.setdefault((rule, *[number.get(arg, arg) for arg in args]), node)
            else:
                first = made.setdefault((rule, *args), node)
        if first != node:
            is_changed = True
            same[node] = first
        first_of.append(first)
    return first_of


def _constants(scalars: Scalars) -> dict[int, str]:
    """All digits of each constant, and the sign of its zero."""
    changing = scalars.changing
    leaves = (node for node, rule in enumerate(scalars.rule) if rule is None and node not in changing)
    return {node: scalars.data[node].hex() for node in leaves}


def _is_nothing(workspace: Workspace, rule: Rule, args: Ids) -> Ids | None:
    """The arguments x, if a whole group is x · 1, x / 1, x + 0, x - 0 or x ** 1; else None.

    Only whole groups: a single 0 among the targets must not separate its sample from the others.
    """
    for position, number in enumerate(rule.neutral):
        neutral = args[:, position]
        if number is not None and workspace.is_constant[neutral].all() and (workspace.value[neutral] == number).all():
            return args[:, 1 - position]
    return None


def _put(workspace: Workspace, rule: Rule, members: Ids, args: Ids) -> Array:
    """Create an array of nodes that are alike, in the best order."""
    if workspace.rows:
        workspace.row[members] = _rows(workspace.row[args])
    args, found = _product_in(workspace, args) if rule is dot and len(args) > 1 else (args, None)
    order, shape = (
        _order(workspace, rule, args)
        if found is None
        else _table_order(workspace, _in_steps(workspace, members, found))
    )
    if workspace.is_step and 1 in shape and found is not None:
        shape = (len(members),)  # a step has one sample: its product is a matrix and a vector
    array = workspace.put(members[order].reshape(shape), rule, args[order].reshape(*shape, args.shape[1]), "computed")
    workspace.remember(array)
    return array


def _order(workspace: Workspace, rule: Rule, args: Ids) -> Order:
    count = len(args)
    if count == 1:
        return np.zeros(1, dtype=np.int64), ()
    if not rule.many or (workspace.is_step and rule is TOTAL):
        for way in (_first_inherited, _outer):
            order = way(workspace, args)
            if order is not None:
                return order
    return _by_row(workspace, args) or (_in_order(workspace, args[:, 0]), (count,))


def _rows(rows: Ids) -> Ids:
    """The row that each scalar depends on, of the tables of inputs, if the arguments depend on one row and no other."""
    largest = rows.max(axis=1, initial=OF_NONE)
    return np.where(((rows == largest[:, None]) | (rows == OF_NONE)).all(axis=1), largest, OF_SEVERAL)


def _by_row(workspace: Workspace, args: Ids) -> Order | None:
    """As many scalars for each row of the tables of inputs: a table with the same rows."""
    if not workspace.rows:
        return None
    rows = _rows(workspace.row[args])
    counts = np.bincount(rows) if rows.min() >= 0 else np.zeros(1, dtype=np.int64)
    if counts[0] < 2 or (counts != counts[0]).any():
        return None
    return np.lexsort((*_places(workspace, args[:, -1]), *_places(workspace, args[:, 0]), rows)), (
        len(counts),
        counts[0],
    )


def _first_inherited(workspace: Workspace, args: Ids) -> Order | None:
    found = [order for column in args.T if (order := _inherited(workspace, column)) is not None]
    if workspace.is_step and len(found) > 1:  # a matrix rather than a vector, what is computed rather than a leaf
        computed = (workspace.where[column[0]] for column in args.T if _inherited(workspace, column) is not None)
        ranks = [workspace.arrays[number].rule is not None for number in computed]
        found = [found[place] for place in sorted(range(len(found)), key=lambda place: not ranks[place])]
    return max(found, key=lambda order: len(order[1]), default=None)


def _outer(workspace: Workspace, args: Ids) -> Order | None:
    """Every left argument with every right one."""
    if args.shape[1] != 2:
        return None
    found = product_of(workspace, args[:, :1], args[:, 1:])
    if found is None or min(len(found.left), len(found.right)) == 1:
        return None
    return _table_order(workspace, found)


def _product_in(workspace: Workspace, args: Ids) -> tuple[Ids, Product | None]:
    """The matrix product in weighted sums, if there is one, and the arguments as the product uses them."""
    half = args.shape[1] // 2
    found = product_of(workspace, args[:, :half], args[:, half:])
    if found is None and workspace.is_constant[args].any():
        by_value = _equal_constants_as_one(workspace, args)
        found = product_of(workspace, by_value[:, :half], by_value[:, half:])
        args = args if found is None else by_value
    return args, found


def _equal_constants_as_one(workspace: Workspace, args: Ids) -> Ids:
    """Give equal constants one id: every w · x may have made a constant of its own of the same x."""
    is_constant = workspace.is_constant[args]
    merged = args.copy()
    _, first, which = np.unique(workspace.value[args[is_constant]], return_index=True, return_inverse=True)
    merged[is_constant] = args[is_constant][first][which.reshape(-1)]
    return merged


def _inherited(workspace: Workspace, column: Ids) -> Order | None:
    """The order and the shape of an array that is used as a whole."""
    source = workspace.array_of(column)
    if source is None or source.size != len(column):
        return None
    places = workspace.place[column]
    order = np.argsort(places, kind="stable")
    return (order, source.shape) if (places[order] == np.arange(len(places))).all() else None


def _in_steps(workspace: Workspace, members: Ids, found: Product) -> Product:
    """A product whose rows belong to the steps of a loop, in the order of those steps."""
    steps = workspace.steps[members]
    if (steps == NOWHERE).any():
        return found
    sides = [found.left_of, found.right_of]
    first = [np.full(len(side), len(workspace.steps)) for side in (found.left, found.right)]
    for side, begins in zip(sides, first, strict=True):
        np.minimum.at(begins, side, steps)
    orders = [np.argsort(begins, kind="stable") for begins in first]
    left_of, right_of = (np.argsort(order)[side] for order, side in zip(orders, sides, strict=True))
    return Product(found.left[orders[0]], found.right[orders[1]], left_of, right_of)


def _table_order(workspace: Workspace, found: Product) -> Order:
    """Rows by columns, with parameters along the columns, as in Z = X @ W.T."""
    lefts, rights = len(found.left), len(found.right)
    if _are_parameters(workspace, found.left) and not _are_parameters(workspace, found.right):
        return np.argsort(found.right_of * lefts + found.left_of), (rights, lefts)
    return np.argsort(found.left_of * rights + found.right_of), (lefts, rights)


def _are_parameters(workspace: Workspace, ids: Ids) -> bool:
    numbers = np.unique(workspace.where[ids]).tolist()
    return all(number != NOWHERE and workspace.arrays[number].kind in WEIGHTS for number in numbers)


def product_of(workspace: Workspace, left: Ids, right: Ids) -> Product | None:
    """The matrix product in a group of weighted sums, if each left row is combined with each right row exactly once.

    Args:
        workspace: the arrays that hold the scalars.
        left: the left factors of each sum, sums × terms.
        right: the right factors of each sum, in the same shape.
    """
    left_rows, left_of = _distinct_rows(workspace, left)
    right_rows, right_of = _distinct_rows(workspace, right)
    if len(left_rows) * len(right_rows) != len(left):
        return None
    if (left[left_rows][left_of] != left).any() or (right[right_rows][right_of] != right).any():
        return None  # two different rows had the same fingerprint
    if len(np.unique(left_of * len(right_rows) + right_of)) != len(left):
        return None
    return Product(left[left_rows], right[right_rows], left_of, right_of)


def _distinct_rows(workspace: Workspace, rows: Ids) -> tuple[Ids, Ids]:
    """The index of the first of each distinct row, ordered by position, and for each row which of those it equals."""
    columns = _MIX[np.arange(rows.shape[1]) % len(_MIX)]
    with np.errstate(over="ignore"):
        fingerprints = ((rows * columns) ^ (rows >> 3)).sum(axis=1)
    _, first, which = np.unique(fingerprints, return_index=True, return_inverse=True)
    order = _in_order(workspace, rows[first, 0])
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[which.reshape(-1)]


def _in_order(workspace: Workspace, ids: Ids) -> Ids:
    """The order of scalars by array and position; constants that are in no array yet come first, by id."""
    return np.lexsort(_places(workspace, ids))


def _places(workspace: Workspace, ids: Ids) -> tuple[Ids, Ids]:
    """The position of scalars in their array, and the array: the keys to sort them by, the first one last."""
    where = workspace.where[ids]
    return np.where(where == NOWHERE, ids, workspace.place[ids]), where
