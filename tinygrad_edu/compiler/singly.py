"""How is a graph written in which hardly anything has a partner?

As scalars, in one pass: a line for each operation, and on the way back one for each gradient.

    t8 = t7 * np.sin(t3 - b)
    dt3 = dt8 * t7 * np.cos(t3 - b) + dt5

What is used once, and not on the way back, stands in the line of its user, as people write it.

Arrays would hold one number each, or numbers gathered from everywhere. A program of a few arrays is there to be read;
one of thousands of different operations is not, but it can be found quickly, and run quickly.

Names to know: `is_irregular`, `is_single`, `singly`. Read next: `pipeline.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import chain, count
from keyword import kwlist
from typing import Any, Generic, NamedTuple

import numpy as np

from tinygrad_edu.compiler.alike import Groups
from tinygrad_edu.compiler.arrays import NOWHERE, Ids, Workspace
from tinygrad_edu.compiler.formulas import Formula, Join, Name, Number, View
from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
from tinygrad_edu.compiler.layout import Index, Reshape
from tinygrad_edu.compiler.names import LOSS, OPEN_WORD, RESERVED, identifier
from tinygrad_edu.compiler.patterns import Filled, Hand, T, Written
from tinygrad_edu.compiler.recurrences import Recurrence
from tinygrad_edu.compiler.scalars import TOTAL, Balance, Scalars
from tinygrad_edu.compiler.slopes import (
    GIVEN,
    Fixed,
    Kind,
    Operation,
    Operations,
    Slope,
    depends,
    in_numpy,
    kind_of,
    kind_of_level,
)
from tinygrad_edu.compiler.source import Line, Part, Source
from tinygrad_edu.graph import Names
from tinygrad_edu.rule import RULES, Rule
from tinygrad_edu.rules import dot, logsumexp

MANY = 256  # groups: a program of fewer lines is read
FEW = 4  # nodes that are alike: so few are as good as alone
SHARE = 8  # a loop with one of so many nodes counts: many of the others may belong to its steps
MOST_ARGUMENTS = 4  # of a node, on average: long weighted sums are better arrays
FEW_ARGUMENTS = 8  # an operation on more of them hardly comes again
KNOWN = frozenset(rule for rule in RULES.values() if not rule.many)  # a weighted sum is shorter as arrays
MOST_OPERATIONS = 6  # in a line: more are not read at a glance


def is_irregular(scalars: Scalars, groups: Groups, repeats: Sequence[Recurrence]) -> bool:
    """Whether so few of so many nodes are alike, or repeat, that arrays and loops say nothing."""
    if scalars.tables or len(groups) < MANY:
        return False
    sizes = [len(members) for _, members in groups]
    nodes, alone = sum(sizes), sum([size for size in sizes if size < FEW])
    if SHARE * sum(each.nodes.size for each in repeats) >= nodes:
        return False
    arguments = sum([len(scalars.args[members[0]]) * len(members) for _, members in groups])
    rules = {rule for rule, _ in groups}
    are_known = all(not rule.many or rule in (dot, TOTAL, logsumexp) or isinstance(rule, Balance) for rule in rules)
    return are_known and 2 * alone >= nodes and arguments <= MOST_ARGUMENTS * nodes


def is_single(scalars: Scalars, groups: Groups, repeats: Sequence[Recurrence]) -> bool:
    """Whether no node is like another one, as in (x + y) · z: every array would be a scalar.

    What takes one scalar twice, x · x, is left to those who know that its derivative is 2 · x.
    """
    if scalars.tables or scalars.inputs or scalars.wanted or repeats or len(groups) >= MANY:
        return False
    known = KNOWN.issuperset([rule for rule, _ in groups])
    return known and all(len(members) == 1 and _differ(scalars.args[members[0]]) for _, members in groups)


def _differ(nodes: Sequence[int]) -> bool:
    return len({*nodes}) == len(nodes)


class Singly(NamedTuple):
    """A program of scalars, and for each node of the graph the number of the scalar that is its gradient."""

    source: Source
    gradient: Ids


def singly(scalars: Scalars, workspace: Workspace, same: Sequence[int], shape: tuple[int, ...] | None) -> Singly:
    """The program of a graph, scalar by scalar.

    Args:
        scalars: the graph. What is computed twice has been merged, and constants are leaves.
        workspace: knows which are constants.
        same: for each node the one that stands for it.
        shape: of the outputs that are asked for, if there are any.
    """
    graph = _Merged(scalars, workspace.is_constant[: len(same)].tolist(), same)
    backward = graph.written(in_numpy())
    forward = backward.forward
    wholes = tuple(Name(name, (len(side),)) for name, side in (("P", scalars.parameters), ("I", scalars.inputs)))
    source = Source(
        arguments=wholes,
        leaves=tuple(forward.leaves),
        lines=Filled(graph.lines, NumPyPrinter, graph.lines_of(backward)),
        loss=forward.formula(graph.output),
        gradient=tuple(backward.parts(wholes[0])),
        outputs=None if shape is None else forward.laid(graph.wanted, shape),
        data={},
    )
    return Singly(source, backward.numbers)


class _Merged:
    """A graph whose constants are known, and in which nothing is computed twice."""

    def __init__(self, scalars: Scalars, constants: Sequence[bool], same: Sequence[int]) -> None:
        self.scalars, self.constants, self.same = scalars, constants, same
        self.output = same[scalars.output]
        self.wanted = [same[node] for node in scalars.wanted]
        self.always_named = [self.output, *self.wanted]

    @property
    def operations(self) -> list[tuple[int, Rule, list[int]]]:
        """What is computed: its number, the operation and the arguments."""
        rows = enumerate(zip(self.constants, self.scalars.rule, self.scalars.args, self.same, strict=True))
        return [(node, rule, args) for node, (fixed, rule, args, first) in rows if rule and first == node and not fixed]

    def uses(self, operations: Sequence[tuple[int, Rule, list[int]]]) -> list[int]:
        """How often each node is used; what always has a name is used more than once."""
        every = chain(self.always_named * 2, chain.from_iterable([args for _, _, args in operations]))
        found: list[int] = np.bincount(np.fromiter(every, dtype=np.int64), minlength=len(self.same)).tolist()
        return found

    def written(self, operations: Operations[T]) -> _Backward[T]:
        """The program, written by a hand: the forward pass, and the way back."""
        forward = _Forward(self, operations)
        forward.run()
        backward = _Backward(forward)
        backward.run()
        return backward

    def lines(self, hand: Hand[Any]) -> list[Any]:
        """The lines of the program, written by a hand."""
        return self.lines_of(self.written(Operations(hand)))

    def lines_of(self, backward: _Backward[Any]) -> list[Any]:
        """All lines, in order."""
        return [*backward.forward.lines, *backward.lines]


class _Forward(Generic[T]):
    """The forward pass: its lines, and what stands for each node: a name, a number, or an expression without a name.

    An expression waits for its only user; it gets a name if that reads it on the way back.
    """

    def __init__(self, graph: _Merged, operations: Operations[T]) -> None:
        nodes = len(graph.same)
        self.graph, self.operations, self.hand = graph, operations, operations.hand
        self.operation: list[Operation[T] | None] = [None] * nodes
        self.texts: list[Any] = [None] * nodes
        self.kinds: list[Kind] = [None] * nodes
        self.names: dict[int, str] = {}
        self.waiting: dict[int, int] = {}  # how many operations are in each expression without a name
        self.stands_for = list(range(nodes))  # for x · 1 it is x
        self.lines: list[Any] = []
        self.leaves: list[Line] = []
        self.free = Names({*RESERVED, LOSS, *kwlist, *_mentioned({*graph.scalars.rule})})
        self.numbered = (name for number in count(1) if (name := f"t{number}") not in self.free.taken)

    def run(self) -> None:
        """Name the leaves, and write every operation."""
        self._name_leaves()
        numbers = self.graph.scalars.data
        for node in np.flatnonzero(self.graph.constants).tolist():
            self.texts[node], self.kinds[node] = self.hand.number(numbers[node]), kind_of(numbers[node])
        operations = self.graph.operations
        uses = self.graph.uses(operations)
        for node, rule, args in operations:
            self._write(node, rule, args, uses[node])

    def _name_leaves(self) -> None:
        scalars = self.graph.scalars
        for whole, letter, leaves in (("P", "p", scalars.parameters), ("I", "x", scalars.inputs)):
            for place, leaf in enumerate(leaves):
                if leaf != NOWHERE:
                    name = self.name(identifier(scalars.labels[leaf]) or letter)
                    index = View(Name(whole, (len(leaves),)), (Index((place,)),))
                    self.leaves.append(Line(name, index, 1, leaf))
                    self._call(leaf, name, None if whole == "P" else GIVEN)

    def _write(self, node: int, rule: Rule, args: list[int], uses: int) -> None:
        size = 1
        operation = self._operation(rule, args)
        if self.waiting and not self.waiting.keys().isdisjoint(args):
            operation = self._with_names(operation, rule, args)
            size += sum([self.waiting.pop(arg, 0) for arg in args])
        if operation.same_as is not None:
            self._take_over(node, args[operation.same_as])
            return
        self.operation[node] = operation
        here = [self.texts[arg] for arg in args]
        self.texts[node] = operation.alone(*here) if operation.alone else self._sum(operation, here)
        if uses == 1 and operation.can_be_inside and size < MOST_OPERATIONS:
            self.waiting[node], self.kinds[node] = size, operation.kind
        else:
            self._put(node, None if operation.slopes else GIVEN)

    def _operation(self, rule: Rule, args: list[int]) -> Operation[T]:
        fixed = self._fixed(rule, args) if rule.fixed else ()
        known = self.operations.of if len(args) <= FEW_ARGUMENTS else self.operations.new
        return known(rule, tuple([self.kinds[arg] for arg in args]), fixed)

    def _with_names(self, operation: Operation[T], rule: Rule, args: list[int]) -> Operation[T]:
        """The operation, when those of its arguments that need a name have one."""
        late = [args[place] for place in operation.needs if self.waiting.pop(args[place], None)]
        for arg in late:
            self._put(arg, None)
        return self._operation(rule, args) if late else operation

    def _take_over(self, node: int, other: int) -> None:
        """A node that is another one."""
        self.stands_for[node] = self.stands_for[other]
        self.texts[node], self.kinds[node] = self.texts[other], self.kinds[other]

    def _sum(self, operation: Operation[T], texts: Sequence[T]) -> T:
        terms = [(written, [texts[place] for place in places]) for written, places in operation.terms]
        return self.hand.sum(terms) if len(terms) > 1 else terms[0][0].alone(*terms[0][1])

    def _fixed(self, rule: Rule, args: Sequence[int]) -> Fixed:
        data = self.graph.scalars.data
        return tuple([data[arg].hex() if place in rule.fixed else None for place, arg in enumerate(args)])

    def _put(self, node: int, kind: Kind) -> None:
        """A line for a node."""
        name = LOSS if node == self.graph.output else next(self.numbered)
        self.lines.append(self.hand.line(name, self.texts[node], node))
        self._call(node, name, kind)

    def _call(self, node: int, name: str, kind: Kind) -> None:
        self.names[node], self.texts[node], self.kinds[node] = name, self.hand.name(name), kind

    def name(self, wanted: str) -> str:
        """A name that nothing else has."""
        if wanted in self.free.taken:
            return self.free.after(f"{wanted}_", 2)
        self.free.taken.add(wanted)
        return wanted

    def formula(self, node: int) -> Formula:
        """A name, or a number."""
        node = self.stands_for[node]
        return Name(self.names[node], ()) if node in self.names else Number(self.graph.scalars.data[node])

    def laid(self, nodes: Sequence[int], shape: tuple[int, ...]) -> Formula:
        """Scalars in a shape."""
        return View(Join([self.formula(node) for node in nodes]), (Reshape(shape),))


class _Gradient(NamedTuple, Generic[T]):
    """What stands for a gradient.

    Attributes:
        text: a name, a number, or an expression without a name.
        kind: of that.
        size: how many operations are in an expression.
        scalar: the number of the line that it has, or NOWHERE.
        name: its name, or the number that it is; None for an expression.
    """

    text: T
    kind: Kind
    size: int
    scalar: int
    name: str | float | None


# A share in a gradient: a pattern, what is in its blanks, how many operations that is, and what it is if it is no more.
Share = tuple[Written[T], Sequence[T], int, _Gradient[T] | None]


class _Backward(Generic[T]):
    """The backward pass: its lines, and the gradient of every node that depends on a parameter."""

    def __init__(self, forward: _Forward[T]) -> None:
        self.forward, self.hand = forward, forward.hand
        self.shares: list[list[Share[T]]] = [[] for _ in forward.texts]
        self.of_leaf: dict[int, str | float | None] = {}
        self.lines: list[Any] = []
        self.numbers = np.full(len(forward.texts), NOWHERE, dtype=np.int64)

    def run(self) -> None:
        """From the output to the leaves: a gradient is complete when the turn comes to its node."""
        forward = self.forward
        output = forward.stands_for[forward.graph.output]
        if output in forward.names and depends(forward.kinds[output]):
            one = self._number(1.0)
            self.shares[output].append((forward.operations.itself(one.kind), (one.text,), 0, one))
        args = forward.graph.scalars.args
        for node in range(output, -1, -1):
            if self.shares[node]:
                self._pass_on(node, args[node], forward.operation[node])

    def parts(self, whole: Name) -> Iterator[Part]:
        """The gradients of the parameters."""
        for place, leaf in enumerate(self.forward.graph.scalars.parameters):
            if leaf in self.of_leaf:
                found = self.of_leaf[leaf]
                formula = Name(found, ()) if isinstance(found, str) else Number(found or 0.0)
                yield Part(View(Name("gradient", whole.shape), (Index((place,)),)), formula)

    def _pass_on(self, node: int, args: list[int], operation: Operation[T] | None) -> None:
        """Upstream × local derivative, to every argument that depends on a parameter."""
        slopes = () if operation is None else operation.slopes
        upstream = self._gradient(node, is_used_once=len(slopes) == 1)
        self.numbers[node] = upstream.scalar
        if operation is None:
            self.of_leaf[node] = upstream.name
        texts, stands_for = self.forward.texts, self.forward.stands_for
        for slope in slopes:
            part = slope.part(upstream.kind)
            blanks = [texts[args[place]] for place in slope.places]
            blanks += texts[node], upstream.text
            same = None if part.alias is None else self._same(part.alias, upstream, slope, node, args)
            size = upstream.size + (same is None)
            self.shares[stands_for[args[slope.place]]].append((part.written, blanks, size, same))

    def _same(
        self, alias: float | int, upstream: _Gradient[T], slope: Slope[T], node: int, args: list[int]
    ) -> _Gradient[T]:
        """A share that is a number, or what stands in one of its blanks."""
        if isinstance(alias, float):
            return self._number(alias)
        if alias > len(slope.places):
            return upstream
        other = node if alias == len(slope.places) else args[slope.places[alias]]
        forward = self.forward
        formula = forward.formula(other)
        name = formula.name if isinstance(formula, Name) else forward.graph.scalars.data[other]
        return _Gradient(forward.texts[other], forward.kinds[other], 0, NOWHERE, name)

    def _gradient(self, node: int, *, is_used_once: bool) -> _Gradient[T]:
        """What stands for the gradient of a node: another one, if it is the same."""
        shares = self.shares[node]
        if len(shares) > 1:
            return self._line(node, self.hand.sum([share[:2] for share in shares]))
        written, blanks, size, same = shares[0]
        pattern = written.pattern
        if same is not None and not pattern.is_less:
            return same if is_used_once or same.name is not None else self._line(node, same.text)
        text = written.alone(*blanks)
        if is_used_once and pattern.can_be_inside and size < MOST_OPERATIONS:
            return _Gradient(text, kind_of_level(written.level), size, NOWHERE, None)
        return self._line(node, text)

    def _line(self, node: int, text: T) -> _Gradient[T]:
        forward, scalar = self.forward, len(self.shares) + node
        known = forward.names.get(node)
        name = forward.name(f"d{known}") if known else next(forward.numbered)
        self.lines.append(self.hand.line(name, text, scalar))
        return _Gradient(self.hand.name(name), None, 0, scalar, name)

    def _number(self, number: float) -> _Gradient[T]:
        return _Gradient(self.hand.number(number), kind_of(number), 0, NOWHERE, number)


def _mentioned(rules: Collection[Rule | None]) -> set[str]:
    """The names that the templates of the table use, and those of other rules."""
    return set().union(_words_of_the_table(), *map(_words, {*rules} - KNOWN))


@cache
def _words_of_the_table() -> frozenset[str]:
    return frozenset().union(*map(_words, RULES.values()))


@cache
def _words(rule: Rule | None) -> frozenset[str]:
    """The names in a template: `abs`, if it is abs({})."""
    return frozenset(OPEN_WORD.findall(rule.numpy or "") if rule else ())
