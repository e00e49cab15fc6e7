"""Which part of a graph is the same computation again and again, each time of what it gave before?

An unrolled recurrent network, a simulation of a thousand steps, x = sin(x) a hundred times. The groups of nodes that
are alike stand in an order in which they can be computed; where the same operations come again and again in it, a step
may begin. It is one only if every argument of every node is regular:

    inner     the node of another place in the step, in this step or so many steps ago: h[t - 1]
    outer     from outside: the same for all steps, U, or another one for each, x[t]

What no later step asks for, a prediction of each step say, is no part of a step: of those nodes there is one for each
step, and they are an array. So a step holds what has to wait for the step before, and nothing else.

Names to know: `Recurrence`, `recurrences`. Read next: `retiming.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tinygrad_edu.compiler.arrays import NOWHERE, Ids
from tinygrad_edu.compiler.connections import Connections
from tinygrad_edu.compiler.scalars import Scalars
from tinygrad_edu.rule import Rule

FEWEST_STEPS = 8  # fewer are written out, a deep network of a few equal layers say
FEWEST_OF_SAMPLES = 4  # where each step reads its own numbers of a sample
WINDOWS = (1, 4, 16, 64)  # so many operations in a row are looked for again: a step may repeat itself within
BASE = np.array([0x9E3779B97F4A7C15], dtype=np.uint64)  # of the numbers, of 64 binary digits, that rows are compared by
CANDIDATES = 3  # distances that are tried for each

Group = tuple[Rule, list[int]]


class Inner(NamedTuple):
    """An argument that a step computes: at which place of the step, and how many steps ago."""

    place: int
    lag: int


class Outer(NamedTuple):
    """An argument from outside: the node for each step, or the one node that is the same for all."""

    nodes: Ids

    @property
    def is_fixed(self) -> bool:
        """Whether it is the same for all steps."""
        return len(self.nodes) == 1


@dataclass
class Recurrence:
    """Nodes that are computed step by step.

    Attributes:
        nodes: steps × places.
        rules: the operation at each place.
        arguments: for each place its arguments.
        before: for a place, and so many steps before the first one, the node that stands for it.
    """

    nodes: Ids
    rules: list[Rule]
    arguments: list[list[Inner | Outer]]
    before: dict[Inner, int]

    @property
    def outer(self) -> Iterator[Outer]:
        """Every argument from outside."""
        return (each for arguments in self.arguments for each in arguments if isinstance(each, Outer))


def fewest_steps(scalars: Scalars) -> int:
    """How many steps a loop has at least."""
    return FEWEST_OF_SAMPLES if scalars.tables else FEWEST_STEPS


def recurrences(connections: Connections, groups: Sequence[Group]) -> list[Recurrence]:
    """The recurrences in groups of nodes that are alike."""
    if len(groups) < fewest_steps(connections.scalars):
        return []
    sequence = _Sequence(connections, groups)
    found: list[Recurrence] = []
    waiting = [(0, len(groups))]
    while waiting:
        first, last = waiting.pop()
        for start, period, count in _repetitions(sequence.tokens[first:last], sequence.fewest):
            steps = sequence.steps((first, last), first + start, period, count)
            recurrence = None if steps is None else steps.recurrence()
            if steps is not None and recurrence is not None:
                found.append(recurrence)
                begin, end = np.searchsorted(sequence.begin, [steps.first, steps.first + steps.nodes.size]).tolist()
                waiting += [(first, begin), (end, last)]
                break
    return found


# Where the same operations come again


def _repetitions(tokens: Ids, fewest: int) -> list[tuple[int, int, int]]:
    """Where a row of tokens repeats: (start, period, count), those that cover most first."""
    found: dict[int, tuple[int, int, int]] = {}
    for period in _distances(tokens, fewest):
        start, length = _longest_run(tokens[:-period] == tokens[period:])
        count = (length + period) // period
        if count >= fewest:
            found[period] = start, period, count
    return sorted(found.values(), key=lambda each: (-each[1] * each[2], each[1]))


def _distances(tokens: Ids, fewest: int) -> set[int]:
    """How far apart the same tokens in a row stand, most often."""
    found: set[int] = set()
    for rows in _windows(tokens, fewest):
        order = np.argsort(rows, kind="stable")
        gaps = np.diff(order)[rows[order[1:]] == rows[order[:-1]]]
        often = np.bincount(gaps[gaps <= len(tokens) // fewest], minlength=1)
        best = np.argsort(-often, kind="stable")[:CANDIDATES]
        found |= {int(gap) for gap in best if often[gap] >= fewest - 1}
    return found


def _windows(tokens: Ids, fewest: int) -> Iterator[npt.NDArray[np.uint64]]:
    """For so many tokens in a row, from each place on, a number that is the same where they are the same.

    It is that of the first half and that of the second half together, as digits are: 47 and 11 are 4711.
    """
    rows, width, shift = tokens.astype(np.uint64), 1, BASE
    while len(tokens) >= width + fewest and width <= WINDOWS[-1]:
        if width in WINDOWS:
            yield rows
        rows, width, shift = rows[:-width] * shift + rows[width:], 2 * width, shift * shift


def _longest_run(flags: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Where the longest row of True begins, and how long it is."""
    padded = np.concatenate([[False], flags, [False]])
    begins, ends = np.flatnonzero(padded[1:] & ~padded[:-1]), np.flatnonzero(~padded[1:] & padded[:-1])
    if len(begins) == 0:
        return 0, 0
    longest = int((ends - begins).argmax())
    return int(begins[longest]), int(ends[longest] - begins[longest])


# Whether the arguments are regular


class _Sequence:
    """All computed nodes, group by group."""

    def __init__(self, connections: Connections, groups: Sequence[Group]) -> None:
        self.connections = connections
        self.scalars = scalars = connections.scalars
        self.fewest = fewest_steps(scalars)
        self.nodes = np.array([node for _, members in groups for node in members], dtype=np.int64)
        self.begin = np.cumsum([0, *[len(members) for _, members in groups]])
        known: dict[object, int] = {}
        self.tokens = np.array(
            [known.setdefault(_token(scalars, rule, members), len(known)) for rule, members in groups], dtype=np.int64
        )
        self.kinds = np.repeat(self.tokens, np.diff(self.begin))
        self.place = np.full(len(scalars.rule), NOWHERE, dtype=np.int64)
        self.place[self.nodes] = np.arange(len(self.nodes))

    def steps(self, bounds: tuple[int, int], start: int, period: int, count: int) -> _Steps | None:
        """The steps of so many groups, as often as said; or most of them, if all are not regular. Bounds are groups."""
        first, size = int(self.begin[start]), int(self.begin[start + period] - self.begin[start])
        for _ in range(4):  # the first steps may be special; then the next ones are looked at
            steps = _Steps(self, first, size, count)
            begin, count = _longest_run(steps.regular)
            if count < self.fewest:
                return None
            if count == len(steps.regular):
                return self._turned(bounds, steps, start, period)
            first += begin * size
        return None

    def _turned(self, bounds: tuple[int, int], steps: _Steps, start: int, period: int) -> _Steps:
        """The steps that begin where least is carried from step to step."""
        borders = self.begin[start : start + period] - self.begin[start]
        carried = [steps.carried(int(border)) for border in borders]
        border = int(borders[int(np.argmin(carried))])
        if border and len(steps.regular) > self.fewest:
            turned = _Steps(self, steps.first + border, steps.size, len(steps.regular) - 1)
            if turned.regular.all():
                steps = turned
        for before, after in ((1, 0), (0, 1)):  # what looked special may be a step like the others, seen from there
            longer = self._longer(bounds, steps, before, after)
            while longer is not None:
                steps, longer = longer, self._longer(bounds, longer, before, after)
        return steps

    def _longer(self, bounds: tuple[int, int], steps: _Steps, before: int, after: int) -> _Steps | None:
        """With one step more before the first or after the last one, if that is regular too."""
        first, count = steps.first - before * steps.size, len(steps.regular) + before + after
        if first < self.begin[bounds[0]] or first + count * steps.size > self.begin[bounds[1]]:
            return None
        kinds = self.kinds[first : first + count * steps.size].reshape(count, -1)
        if (kinds != kinds[count // 2]).any():
            return None
        longer = _Steps(self, first, steps.size, count)
        return longer if longer.regular.all() else None


class _Steps:
    """Steps of a size, from a place of the sequence on: is every argument regular?

    Attributes:
        arguments: steps × arguments of all nodes of a step.
        reader: for each argument the place in the step whose argument it is.
        is_inner: for each argument whether it is computed by a step; then by which place, and how many steps ago.
        regular: for each step whether all of its arguments are as in the others.
    """

    def __init__(self, sequence: _Sequence, first: int, size: int, count: int) -> None:
        self.sequence, self.first, self.size = sequence, first, size
        self.nodes = sequence.nodes[first : first + size * count].reshape(count, size)
        widths = [len(sequence.scalars.args[node]) for node in self.nodes[0].tolist()]
        self.reader = np.repeat(np.arange(size), widths)
        self.arguments = sequence.connections.arguments(self.nodes)
        where = sequence.place[self.arguments] - first
        is_inside = (where >= 0) & (where < size * count)
        step, place = where // size, where % size
        lag = np.arange(count)[:, None] - step
        typical = count - 1 - count // 4  # near the end, where all lags are in; not the last, which may be special
        self.is_inner = is_inside[typical]
        self.place, self.lag = place[typical], lag[typical]
        fits = np.where(self.is_inner, is_inside & (place == self.place) & (lag == self.lag), ~is_inside)
        early = ~is_inside & self.is_inner & (np.arange(count)[:, None] < self.lag)
        self.regular: npt.NDArray[np.bool_] = (fits | early).all(axis=1)
        if self.regular.all() and self._before() is None:
            self.regular[0] = False

    def _before(self) -> dict[Inner, int] | None:
        """What stands for places before the first step; None if that is not the same for all who ask."""
        before: dict[Inner, int] = {}
        for slot in np.flatnonzero(self.is_inner & (self.lag > 0)).tolist():
            lag = int(self.lag[slot])
            for step in range(lag):
                node = int(self.arguments[step, slot])
                if before.setdefault(Inner(int(self.place[slot]), lag - step), node) != node:
                    return None
        return before

    def carried(self, border: int) -> int:
        """How many rows of how many places later steps ask for, if a step began at this place."""
        reader, place = self.reader[self.is_inner], self.place[self.is_inner]
        rows = np.zeros(self.size, dtype=np.int64)
        np.maximum.at(rows, place, self.lag[self.is_inner] - (reader < border) + (place < border))
        return int(rows.sum())

    def _kept(self) -> npt.NDArray[np.bool_]:
        """The places that some later step depends on, and that depend on an earlier one."""
        reader, place = self.reader[self.is_inner], self.place[self.is_inner]
        kept = np.ones(self.size, dtype=bool)
        while True:
            among = kept[reader] & kept[place]
            is_read, reads = np.zeros(self.size, dtype=bool), np.zeros(self.size, dtype=bool)
            is_read[place[among]] = True
            reads[reader[among]] = True
            if (kept == (kept & is_read & reads)).all():
                return kept
            kept &= is_read & reads

    def recurrence(self) -> Recurrence | None:
        """What is kept of the steps; None if no step depends on one before."""
        kept = self._kept()
        before = self._before()
        if not kept.any() or before is None:
            return None
        number = np.cumsum(kept) - 1
        nodes = self.nodes[:, kept]
        arguments: list[list[Inner | Outer]] = [[] for _ in range(int(kept.sum()))]
        for slot in np.flatnonzero(kept[self.reader]).tolist():
            place = int(self.place[slot])
            if self.is_inner[slot] and kept[place]:
                argument: Inner | Outer = Inner(int(number[place]), int(self.lag[slot]))
            else:
                column = self.arguments[:, slot]
                argument = Outer(column[:1] if (column == column[0]).all() else column)
            arguments[number[self.reader[slot]]].append(argument)
        rules = [self.sequence.scalars.rule[node] for node in nodes[0].tolist()]
        here = {Inner(int(number[each.place]), each.lag): node for each, node in before.items() if kept[each.place]}
        return Recurrence(nodes, [rule for rule in rules if rule is not None], arguments, here)


def _token(scalars: Scalars, rule: Rule, members: list[int]) -> object:
    """What has to be the same for two groups to be two steps of one."""
    args = scalars.args[members[0]]
    fixed = tuple([scalars.data[args[position]] for position in rule.fixed]) if rule.fixed else ()
    return rule, len(members), len(args), fixed


def independent(connections: Connections, found: list[Recurrence]) -> tuple[list[Recurrence], Ids]:
    """Those whose arguments from outside can be computed before the first step, in an order in which they can be.

    Returns:
        The recurrences, and for each node how many of them it has to wait for, one after the other.
    """
    chosen = sorted(found, key=lambda each: int(each.nodes[0, 0]))
    while (stages := _stages(connections, chosen)) is None:
        chosen.pop()
    return sorted(chosen, key=lambda each: int(stages[each.nodes[0, 0]])), stages


def _stages(connections: Connections, found: Sequence[Recurrence]) -> Ids | None:
    """How many recurrences each node has to wait for, one after the other; None if one would wait for itself."""
    args = connections.scalars.args
    by_node = np.full(len(args), NOWHERE, dtype=np.int64)
    for number, recurrence in enumerate(found):
        by_node[recurrence.nodes] = number
    owners = by_node.tolist()
    needs = [
        {*recurrence.before.values()}.union(*(outer.nodes.tolist() for outer in recurrence.outer))
        for recurrence in found
    ]
    waits = [1] * len(found)
    for _ in range(len(found) + 1):
        stages = [0] * len(owners)
        for node, _ in connections.computed:
            owner = owners[node]
            stages[node] = max(map(stages.__getitem__, args[node])) if owner == NOWHERE else waits[owner]
        now = [1 + max((stages[node] for node in nodes), default=0) for nodes in needs]
        if now == waits:
            return np.array(stages)
        waits = now
    return None
