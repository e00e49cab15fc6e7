"""Which scalars are computed in the same way?

Two nodes are alike if the same operation computes them from nodes that are alike; leaves of one kind are alike. What is
computed twice is one node, and what depends on no leaf that changes is a constant.

Names to know: `Alike`. Read next: `taking_out.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

import numpy as np

from tinygrad_edu.compiler.arrays import NOWHERE, Ids, Workspace
from tinygrad_edu.compiler.branches import arguments_first, ways_that_join
from tinygrad_edu.compiler.loops import Loop
from tinygrad_edu.compiler.scalars import SAME, Scalars, are_growing, length_of, settle
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import dot

GROWING = "growing"  # of a sum, whatever its length
PARAMETER, INPUT, UNCHANGING, NEW = -1, -2, -3, -4  # the kinds of leaves; those of computed nodes are not negative

Groups = list[tuple[Rule, list[int]]]


class Alike:
    """A workspace for the scalars, the node that each is the same as, and the groups of nodes that are alike."""

    def __init__(self, scalars: Scalars, loops: Sequence[Loop] = (), *, by_column: bool = False) -> None:
        """Compare the scalars.

        Args:
            scalars: the graph.
            loops: that are in it.
            by_column: whether each place in a sample is of a kind of its own, the same for all samples.
        """
        of_leaf = _kinds_of_leaves(scalars, loops)
        if by_column:
            of_leaf |= _kinds_of_columns(scalars)
        self._compare(scalars, of_leaf, {})
        while not by_column and _settled(scalars, self.groups):
            self._compare(scalars, of_leaf, {})
        if not by_column and not scalars.is_strict and not scalars.is_step:
            self._join_ways(scalars, of_leaf)

    def _compare(self, scalars: Scalars, of_leaf: Mapping[int, int], joined: Mapping[int, int]) -> None:
        self.workspace = Workspace(len(scalars.rule))
        self.same = np.arange(len(scalars.rule))
        self.groups = _alike(scalars, self.same, self.workspace, of_leaf, joined)

    def _join_ways(self, scalars: Scalars, of_leaf: Mapping[int, int]) -> None:
        """Compare again, as long as there are samples that went different ways, and are alike from there on."""
        joined: dict[int, int] = {}
        while len(more := joined | ways_that_join(scalars, self.groups)) > len(joined):
            self._compare(scalars, of_leaf, more)
            in_order = arguments_first(scalars, self.groups)
            if in_order is None:
                self._compare(scalars, of_leaf, {})
                return
            self.groups, joined = in_order, more

    def of_one_length(self, scalars: Scalars) -> Groups:
        """The groups, but for sums of different lengths."""
        if not scalars.growing:
            return self.groups
        return [(rule, members) for rule, members in self.groups if scalars.growing.isdisjoint(members)]


def _settled(scalars: Scalars, groups: Groups) -> bool:
    """Whether some sums that were thought to grow turn out to be sums like any others; they are made so."""
    is_changed = False
    for _, members in groups if scalars.growing else ():
        some = [node for node in members if node in scalars.growing]
        lengths = [length_of(scalars, node) for node in some]
        if some and not are_growing(lengths):
            scalars.growing.difference_update(some)
            is_changed |= len({*lengths}) > 1
            for node in some:
                is_changed |= settle(scalars, node)
    return is_changed


def _alike(
    scalars: Scalars, same: Ids, workspace: Workspace, of_leaf: Mapping[int, int], joined: Mapping[int, int]
) -> Groups:
    """The computed nodes in groups, arguments before users; a node that depends on no changing leaf is a constant.

    Nodes at the end of different ways are of one kind for their users, as `joined` says.
    """
    computed = scalars.computed
    first_of, kinds = _merged(scalars, computed, same), _kinds_before(len(same), {**of_leaf, **joined})
    known: dict[object, int] = {}
    groups: Groups = []
    for node, rule in computed:
        if first_of[node] != node:
            kinds[node] = joined.get(node, kinds[first_of[node]])
            continue
        of_args = [kinds[arg] for arg in scalars.args[node]]
        key: object = (rule, *of_args)
        if rule.fixed or node in scalars.growing:
            key = _key(scalars, rule, node, of_args)
        kind = known.get(key)
        if kind is None:
            kind = known[key] = _new_kind(groups, rule, of_args)
        if kind >= 0:
            groups[kind][1].append(node)
        kinds[node] = joined.get(node, kind)
    _put_constants(workspace, scalars, np.flatnonzero(np.array(kinds) == UNCHANGING))
    return groups


def _kinds_before(count: int, of_leaf: Mapping[int, int]) -> list[int]:
    """The kinds of so many nodes, when only those of the leaves are known."""
    kinds = [UNCHANGING] * count
    for leaf, kind in of_leaf.items():
        if leaf != NOWHERE:
            kinds[leaf] = kind
    return kinds


def _key(scalars: Scalars, rule: Rule, node: int, kinds: list[int]) -> object:
    """What a node has in common with those like it: also plain numbers, as in x ** 3, but not how long it is."""
    fixed = [scalars.data[scalars.args[node][position]] for position in rule.fixed]
    key = _key_of_any_length(rule, kinds) if node in scalars.growing else None
    return key or (rule, *kinds, *fixed)


def _key_of_any_length(rule: Rule, kinds: list[int]) -> tuple[object, ...] | None:
    """What sums of different lengths have in common; None if their terms are of several kinds."""
    width = len(kinds) // len(rule.partials)
    sides = [kinds[first : first + width] for first in range(0, len(kinds), width)]
    return (GROWING, rule, *(side[0] for side in sides)) if all(len({*side}) == 1 for side in sides) else None


def by_use(scalars: Scalars, alike: Alike) -> Groups:
    """The groups, those apart whose nodes are used in different ways: the gates of an LSTM, one by one."""
    group_of = {node: number for number, (_, members) in enumerate(alike.groups) for node in members}
    uses: list[set[Hashable]] = [set() for _ in scalars.rule]
    found: Groups = []
    for rule, members in reversed(alike.groups):
        parts: dict[frozenset[Hashable], list[int]] = {}
        for node in members:
            parts.setdefault(frozenset(uses[node]), []).append(node)
        are_as_large = len({len(part) for part in parts.values()}) == 1
        for part in reversed(parts.values()) if are_as_large else [members]:
            found.append((rule, part))
            for node in part:
                args = alike.same[scalars.args[node]].tolist()
                for place, arg in enumerate(args):
                    uses[arg].add((len(found), *_role(rule, args, place, group_of)))
    return found[::-1]


def _role(rule: Rule, args: Sequence[int], place: int, group_of: Mapping[int, int]) -> tuple[int, int]:
    """As what an argument is used: on which side of an operation, and in a weighted sum beside what."""
    if not rule.many:
        return place, NEW
    width = len(args) // len(rule.partials)
    beside = args[(place + width) % len(args)] if rule is dot else NEW
    return place // width, group_of.get(beside, NEW)


def _new_kind(groups: Groups, rule: Rule, of_args: list[int]) -> int:
    """The number of a new group; or, if all of its arguments are constants, that it is constant too."""
    if of_args.count(UNCHANGING) == len(of_args):
        return UNCHANGING
    groups.append((rule, []))
    return len(groups) - 1


def _kinds_of_leaves(scalars: Scalars, loops: Sequence[Loop]) -> dict[int, int]:
    """The kind of each leaf that changes: one for each array of samples, and one for each state that a loop gives."""
    kinds = dict.fromkeys(scalars.changing, INPUT) | dict.fromkeys(scalars.parameters, PARAMETER)
    others: list[Iterable[int]] = [state.outside.reshape(-1).tolist() for loop in loops for state in loop.states]
    if not scalars.is_step:
        others += [table[table != NOWHERE].tolist() for table in scalars.tables.values()]
    elif len(scalars.rows):
        others += _given_to_a_step(scalars).values()
    for number, leaves in enumerate(others):
        kinds |= dict.fromkeys(leaves, NEW - 1 - number)
    return kinds


def _given_to_a_step(scalars: Scalars) -> dict[str, list[int]]:
    """The leaves of a step by what they are: carried from step to step, the same in all, another one in each."""
    found: dict[str, list[int]] = {kind: list(leaves) for kind, leaves in scalars.kinds.items()}
    for name, table in scalars.tables.items():
        found.setdefault(name.split()[0], []).extend(table[table != NOWHERE].tolist())
    return found


def _kinds_of_columns(scalars: Scalars) -> dict[int, int]:
    """A kind for each place in a sample."""
    kinds: dict[int, int] = {}
    before = NEW
    for table in scalars.tables.values():
        columns = table.reshape(len(table), -1)
        for place, column in enumerate(columns.T.tolist()):
            kinds |= dict.fromkeys(column, before - 1 - place)
        before -= columns.shape[1]
    return kinds


def _put_constants(workspace: Workspace, scalars: Scalars, nodes: Ids) -> None:
    """Note the numbers of constants; how they are computed does not matter any more."""
    workspace.value[nodes] = np.array(scalars.data)[nodes]
    workspace.is_constant[nodes] = True
    computed = [node for node in nodes.tolist() if scalars.rule[node] is not None]
    for node in computed:
        scalars.rule[node], scalars.args[node] = None, []
    scalars.add_constants(computed)


def _merged(scalars: Scalars, computed: Sequence[tuple[int, Rule]], same: Ids) -> list[int]:
    """For each node the first one that is computed in the same way: what is computed twice is computed once.

    Equal constants are one beside a computed number, 0.5 * v. Beside a leaf they are data: two samples with a number in
    common stay two.
    """
    made: dict[object, int] = {}
    first_of = list(range(len(scalars.rule)))
    constants = scalars.constants
    has_no_constant = constants.keys().isdisjoint
    is_changed = False
    for node, rule in computed:
        if is_changed:
            scalars.args[node] = [first_of[arg] for arg in scalars.args[node]]
        args = scalars.args[node]
        if rule is SAME:
            first = args[0]
        elif rule.many or has_no_constant(args) or not any(map(scalars.rule.__getitem__, args)):
            first = made.setdefault((rule, *args), node)
        else:
            first = made.setdefault((rule, *[constants.get(arg, arg) for arg in args]), node)
        if first != node:
            is_changed = True
            first_of[node] = same[node] = first
    return first_of
