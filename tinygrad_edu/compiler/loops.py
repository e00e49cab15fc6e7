"""What does one step of a loop over time compute, and what does the loop take and give?

A step is a graph of its own, with three kinds of leaves: what the steps before gave, what is the same in all steps, and
what is another one in each. So it is arranged as any graph is, and its gradient is found as any gradient is: the
backward sweep of a loop is that of a step, again and again, from the last one to the first.

What is carried from step to step is kept in a *state*, an array with one more axis, H[t]; rows before the first step
hold what the first steps are given. To the graph around it, a loop is some arrays that it takes, and its states.

Names to know: `Loop`, `State`, `looped`. Read next: `branches.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tinygrad_edu.compiler.arrays import NOWHERE, Array, Ids, Workspace
from tinygrad_edu.compiler.recurrences import Inner, Outer, Recurrence
from tinygrad_edu.compiler.scalars import Scalars
from tinygrad_edu.rule import Rule

Arrange = Callable[[Scalars], tuple[Workspace, Ids]]
ROUNDS = 3  # of arranging a step, until what it gives stands in the order of what it takes


class State(NamedTuple):
    """An array of a step that is kept for all steps, in rows.

    Attributes:
        inside: the scalars that a step gives, in the shape of a row.
        early: how many rows stand before the first step.
        leaves: for so many steps ago the array of leaves that a step reads.
        outside: the scalars of the graph around, rows × shape.
        given: the scalars outside that stand for the rows before the first step, early × shape; NOWHERE for none.
    """

    inside: Ids
    early: int
    leaves: dict[int, Array]
    outside: Ids
    given: Ids


class Operand(NamedTuple):
    """An array that a loop takes: the leaves of a step; and the scalars outside, in steps if each has its own."""

    inside: Array
    outside: Ids


class LoopArray(Array):
    """An array that a loop gives to the graph around it: a state, or a gradient.

    Attributes:
        loop: that gives it.
        is_backward: whether its backward sweep does.
        needs: the scalars that have to be there before the loop begins.
    """

    def __init__(self, number: int, ids: Ids, loop: Loop, needs: Ids, *, is_backward: bool) -> None:
        super().__init__(number, ids, None, None, "loop")
        self.loop = loop
        self.needs: Ids | None = needs
        self.is_backward = is_backward

    @property
    def state(self) -> State:
        """The state that it is, if it is one."""
        return self.loop.states[self.number - self.loop.arrays[0].number]

    @property
    def first(self) -> int:
        """A scalar of the last row, which some step gives."""
        return int(self.ids[-1].flat[0]) if self.ids.ndim else int(self.ids)


@dataclass
class Backward:
    """The backward sweep of a loop.

    Attributes:
        upstream: for each state the array, inside, of the gradients of what a step gives.
        found: for each scalar inside its gradient.
        states, fixed, varying: for each of them the scalars outside that are its gradient, in its shape.
        seeds: for each state the gradients of its rows from outside; NOWHERE for none.
        arrays: the arrays of those scalars outside.
    """

    upstream: list[Array]
    found: Ids
    states: list[Ids]
    fixed: list[Ids]
    varying: list[Ids]
    seeds: list[Ids] = field(default_factory=list)
    arrays: list[LoopArray] = field(default_factory=list)


@dataclass
class Loop:
    """A recurrence, arranged.

    Attributes:
        steps: how many.
        workspace: the arrays of one step.
        states: what is carried, and what is asked for outside.
        fixed: what is the same in all steps.
        varying: what is another one in each step.
        size: how many arrays the forward pass of a step has.
        nodes: for the scalars of a step the nodes of the first one.
        arrays: the states, in the graph around.
        backward: the backward sweep, once there is one.
    """

    steps: int
    workspace: Workspace
    states: list[State]
    fixed: list[Operand]
    varying: list[Operand]
    size: int
    nodes: dict[int, int]
    arrays: list[LoopArray] = field(default_factory=list)
    backward: Backward | None = None

    def node_of(self, array: Array) -> int:
        """A node outside that an array of a step stands for."""
        return self.nodes[array.first]

    @property
    def taken(self) -> list[Ids]:
        """The scalars outside that it takes, array by array."""
        return [operand.outside for operand in (*self.fixed, *self.varying)] + [state.given for state in self.states]

    @property
    def given_back(self) -> list[Ids]:
        """For each array of `taken` the scalars outside that stand for its gradient."""
        assert self.backward is not None
        early = [ids[: state.early] for ids, state in zip(self.backward.states, self.states, strict=True)]
        return [*self.backward.fixed, *self.backward.varying, *early]

    def put_backward(self, workspace: Workspace, found: Ids) -> None:
        """Make arrays of its gradients in the workspace around, once it is known what comes from there."""
        assert self.backward is not None
        self.backward.seeds = [found[array.ids] for array in self.arrays]
        seeds = np.concatenate([ids.reshape(-1) for ids in self.backward.seeds])
        states = np.concatenate([array.ids.reshape(-1) for array in self.arrays])
        needs = np.unique(np.concatenate([seeds[seeds != NOWHERE], states, self.needs]))
        for ids in (*self.backward.states, *self.backward.fixed, *self.backward.varying):
            array = LoopArray(len(workspace.arrays), ids, self, needs, is_backward=True)
            workspace.place_array(array)
            self.backward.arrays.append(array)

    @property
    def needs(self) -> Ids:
        """The scalars outside that have to be there before the first step."""
        every = np.concatenate([np.zeros(0, dtype=np.int64), *(ids.reshape(-1) for ids in self.taken)])
        return np.unique(every[every != NOWHERE])

    def rename(self, same: Ids) -> None:
        """Take scalars outside by the ones that they are."""

        def named(ids: Ids) -> Ids:
            return np.where(ids == NOWHERE, ids, same[ids])

        self.fixed = [operand._replace(outside=named(operand.outside)) for operand in self.fixed]
        self.varying = [operand._replace(outside=named(operand.outside)) for operand in self.varying]
        self.states = [state._replace(given=named(state.given)) for state in self.states]

    def stage(self, stages: Ids) -> int:
        """Its place in the order of all loops, by the stage of a node that it computes."""
        return int(stages[self.states[0].outside[-1].flat[0]])

    def put(self, workspace: Workspace) -> None:
        """Make arrays of its states in the workspace around."""
        workspace.loops.append(self)
        needs = self.needs
        for state in self.states:
            ids = state.outside.copy()
            ids[ids == NOWHERE] = workspace.fresh((int((ids == NOWHERE).sum()),))
            array = LoopArray(len(workspace.arrays), ids, self, needs, is_backward=False)
            workspace.place_array(array)
            self.arrays.append(array)


def looped(scalars: Scalars, recurrence: Recurrence, asked: set[int], arrange: Arrange) -> Loop | None:
    """A recurrence as a loop; None if a step gives nothing of its own.

    Args:
        scalars: the graph around.
        recurrence: the steps.
        asked: the nodes that are asked for outside.
        arrange: the function that puts the scalars of a step into arrays.
    """
    step = _Step(scalars, recurrence)
    are_asked = {place for place, nodes in enumerate(recurrence.nodes.T.tolist()) if not asked.isdisjoint(nodes)}
    wanted = step.wanted = sorted({inner.place for inner in step.carried} | are_asked)
    workspace, same = arrange(step.scalars(step.kinds, {}))
    tables = {
        f"{array.kind} {array.number}": _as_used(workspace, array)
        for array in workspace.arrays
        if array.kind in ("fixed", "varying", "weight")
    }
    if len({*same[step.first + np.array(wanted)].tolist()}) < len(wanted):
        return None  # two of them are the same, though perhaps not before the first step
    inside: list[Ids] = []
    for _ in range(ROUNDS):
        given = _arrays_of(workspace, same[step.first + np.array(wanted)])
        if given is None:
            return None
        if [ids.tobytes() for ids in given] == [ids.tobytes() for ids in inside]:
            break
        inside = given
        rows = step.rows(inside, same)
        workspace, same = arrange(step.scalars({}, tables | rows))
    return step.loop(workspace, same, inside, tables)


def _as_used(workspace: Workspace, array: Array) -> Ids:
    """Leaves in the order of the first array in which each of them is used once, if there is one."""
    for user in workspace.arrays:
        args = user.args.reshape(user.size, -1).T if user.args is not None and user.size == array.size else ()
        for column in args:
            if array.size > 1 and workspace.array_of(column) is array and len(np.unique(column)) == array.size:
                return column.reshape(user.shape)
    return array.ids


def _arrays_of(workspace: Workspace, scalars: Ids) -> list[Ids] | None:
    """The arrays of some scalars, if all of them are computed."""
    numbers = sorted({*workspace.where[scalars].tolist()})
    if numbers[0] == NOWHERE or any(workspace.arrays[number].rule is None for number in numbers):
        return None
    return [workspace.arrays[number].ids for number in numbers]


class _Step:
    """One step of a recurrence as a graph: its scalars, by numbers of their own.

    Attributes:
        carried: the leaf for a place, so many steps ago.
        fixed: the leaf for a node outside; plain numbers are not among them.
        varying: the nodes outside that a leaf stands for, one for each step.
        first: the scalar at the first place; the others follow.
        wanted: the places that a later step or something outside asks for.
        samples: for each scalar the sample that it depends on, in a graph of samples.
    """

    def __init__(self, around: Scalars, recurrence: Recurrence) -> None:
        self.around, self.recurrence = around, recurrence
        self.changing = around.changing
        self.rule: list[Rule | None] = []
        self.args: list[list[int]] = []
        self.data: list[float] = []
        self.samples: list[int] = []
        self.known: dict[Hashable, int] = {}
        self.carried: dict[Inner, int] = {}
        self.fixed: dict[int, int] = {}
        self.varying: dict[int, Ids] = {}
        leaves = [[self._leaf(argument) for argument in arguments] for arguments in recurrence.arguments]
        self.first = len(self.rule)
        self.wanted: list[int] = []
        for rule, arguments, node in zip(recurrence.rules, leaves, recurrence.nodes[-1].tolist(), strict=True):
            self._add(rule, [self.first + ~leaf if leaf < 0 else leaf for leaf in arguments], 0.0, node)

    def _add(self, rule: Rule | None, args: list[int], number: float, node: int) -> int:
        """A scalar of the step, and a node that it stands for in the last one."""
        self.rule.append(rule)
        self.args.append(args)
        self.data.append(number)
        self.samples += self.around.rows[node : node + 1].tolist()
        return len(self.rule) - 1

    def _leaf(self, argument: Inner | Outer) -> int:
        """The leaf that stands for an argument; for one that the step itself computes at a place, ~place."""
        if isinstance(argument, Inner):
            if argument.lag == 0:
                return ~argument.place
            node = int(self.recurrence.nodes[-1, argument.place])
            return self.carried.setdefault(argument, self._known(argument, 0.0, node))
        node = int(argument.nodes[-1])
        if not argument.is_fixed:
            leaf = self._known(argument.nodes.tobytes(), 0.0, node)
            self.varying[leaf] = argument.nodes
            return leaf
        leaf = self._known(node, self.around.data[node], node)
        if self.around.rule[node] is not None or node in self.changing:
            self.fixed[node] = leaf
        return leaf

    def _known(self, key: Hashable, number: float, node: int) -> int:
        if key not in self.known:
            self.known[key] = self._add(None, [], number, node)
        return self.known[key]

    @property
    def kinds(self) -> dict[str, list[int]]:
        """The leaves by kind; what is fixed in the order in which it stands outside."""
        rank = {node: place - len(self.around.rule) for place, node in enumerate(self.around.parameters)}
        parameters = set(self.around.parameters)
        weights = [leaf for leaf, nodes in self.varying.items() if parameters.issuperset(nodes.tolist())]
        return {
            "carried": list(self.carried.values()),
            "fixed": [leaf for _, leaf in sorted(self.fixed.items(), key=lambda each: rank.get(each[0], each[0]))],
            "varying": [leaf for leaf in self.varying if leaf not in weights],
            "weight": weights,
        }

    def scalars(self, kinds: dict[str, list[int]], tables: dict[str, Ids]) -> Scalars:
        """The graph of a step, with leaves of some kinds, and leaves that are in arrays already."""
        args = [list(args) for args in self.args]
        last = len(self.rule) - 1
        found = Scalars(list(self.rule), args, list(self.data), {}, [], [], last, [], tables, kinds, is_step=True)
        found.rows = np.array(self.samples, dtype=np.int64)
        return found

    def rows(self, inside: Iterable[Ids], same: Ids) -> dict[str, Ids]:
        """The leaves of what is carried, in the order of what a step gives: for each array and each lag."""
        place_of = self._places(same)
        found: dict[str, Ids] = {}
        for number, ids in enumerate(inside):
            for lag in sorted({inner.lag for inner in self.carried}):
                row = [self.carried.get(Inner(place_of[scalar], lag), NOWHERE) for scalar in ids.reshape(-1).tolist()]
                if any(leaf != NOWHERE for leaf in row):
                    found[f"carried {number} {lag}"] = np.array(row, dtype=np.int64).reshape(ids.shape)
        return found

    def _places(self, same: Ids) -> dict[int, int]:
        """The place of each scalar that a step computes; of several, x and x · 1, the one that is asked for."""
        scalars = same[self.first :].tolist()
        return dict(zip(scalars, range(len(scalars)), strict=True)) | {scalars[place]: place for place in self.wanted}

    def loop(self, workspace: Workspace, same: Ids, inside: list[Ids], tables: dict[str, Ids]) -> Loop:
        """All of it, with what stands for it outside."""
        rows = self.rows(inside, same)
        states = [self._state(workspace, same, ids, number, rows) for number, ids in enumerate(inside)]
        node_of = {leaf: node for node, leaf in self.fixed.items()}
        fixed: list[Operand] = []
        varying: list[Operand] = []
        for name, ids in tables.items():
            array = workspace.arrays[workspace.where[ids.flat[0]]]
            leaves = ids.reshape(-1).tolist()
            if name.startswith("fixed"):
                outside = np.array([node_of[leaf] for leaf in leaves], dtype=np.int64).reshape(ids.shape)
                fixed.append(Operand(array, outside))
            else:
                columns = np.stack([self.varying[leaf] for leaf in leaves], axis=1)
                varying.append(Operand(array, columns.reshape(-1, *ids.shape)))
        nodes = {scalar: int(self.recurrence.nodes[0, place]) for scalar, place in self._places(same).items()}
        return Loop(len(self.recurrence.nodes), workspace, states, fixed, varying, len(workspace.arrays), nodes)

    def _state(self, workspace: Workspace, same: Ids, ids: Ids, number: int, rows: dict[str, Ids]) -> State:
        place_of = self._places(same)
        places = [place_of[scalar] for scalar in ids.reshape(-1).tolist()]
        own = {int(name.split()[2]): row for name, row in rows.items() if name.startswith(f"carried {number} ")}
        early = max(own, default=0)
        before = self.recurrence.before
        given = [[before.get(Inner(place, early - row), NOWHERE) for place in places] for row in range(early)]
        leaves = {lag: workspace.arrays[workspace.where[row[row != NOWHERE][0]]] for lag, row in own.items()}
        nodes = self.recurrence.nodes[:, places]
        unused = np.full((early, len(places)), NOWHERE, dtype=np.int64)
        return State(
            ids,
            early,
            leaves,
            np.concatenate([unused, nodes]).reshape(-1, *ids.shape),
            np.array(given, dtype=np.int64).reshape(early, *ids.shape),
        )
