"""How is a graph written in which hardly anything has a partner?

As scalars, in one pass: a line for each operation, and on the way back one for each gradient.

    t8 = t7 * np.sin(t3)
    dt3 = dt8 * t7 * np.cos(t3) + dt5

Arrays would hold one number each, or numbers gathered from everywhere. A program of a few arrays is there to be read;
one of thousands of different operations is not, but it can be found quickly, and run quickly.

Names to know: `is_irregular`, `singly`. Read next: `pipeline.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from keyword import kwlist
from typing import NamedTuple

import numpy as np

from tinygrad_edu.compiler.alike import Groups
from tinygrad_edu.compiler.arrays import NOWHERE, Ids, Workspace
from tinygrad_edu.compiler.formulas import Formula, Join, Name, Number, View
from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
from tinygrad_edu.compiler.layout import Index, Reshape
from tinygrad_edu.compiler.names import LOSS, OPEN_WORD, RESERVED, identifier
from tinygrad_edu.compiler.patterns import Filled, Sum, Term
from tinygrad_edu.compiler.recurrences import Recurrence
from tinygrad_edu.compiler.scalars import TOTAL, Balance, Scalars
from tinygrad_edu.compiler.slopes import Fixed, Kind, Patterns, kind_of
from tinygrad_edu.compiler.source import Line, Part, Source
from tinygrad_edu.graph import Names
from tinygrad_edu.rule import RULES, Rule
from tinygrad_edu.rules import add, dot, logsumexp, mul, sub

MANY = 256  # groups: a program of fewer lines is read
FEW = 4  # nodes that are alike: so few are as good as alone
SHARE = 8  # a loop with one of so many nodes counts: many of the others may belong to its steps
MOST_ARGUMENTS = 4  # of a node, on average: long weighted sums are better arrays
PLAIN = (add, sub, TOTAL)  # sums of their arguments


def is_irregular(scalars: Scalars, groups: Groups, repeats: Sequence[Recurrence]) -> bool:
    """Whether so few of so many nodes are alike, or repeat, that arrays and loops say nothing."""
    nodes = sum(len(members) for _, members in groups)
    if len(groups) < MANY or scalars.tables or SHARE * sum(each.nodes.size for each in repeats) >= nodes:
        return False
    alone = sum(len(members) for _, members in groups if len(members) < FEW)
    arguments = sum(len(scalars.args[members[0]]) * len(members) for _, members in groups)
    are_known = all(not rule.many or rule in (dot, TOTAL, logsumexp) or isinstance(rule, Balance) for rule, _ in groups)
    return are_known and 2 * alone >= nodes and arguments <= MOST_ARGUMENTS * nodes


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
    forward = _Forward(scalars)
    forward.run(workspace.is_constant[: len(same)].tolist(), same)
    backward = _Backward(forward)
    backward.run(forward.stands_for[same[scalars.output]])
    wholes = tuple(Name(name, (len(side),)) for name, side in (("P", scalars.parameters), ("I", scalars.inputs)))
    source = Source(
        arguments=wholes,
        leaves=tuple(forward.leaves),
        lines=Filled([*forward.lines, *backward.lines], forward.numbers),
        loss=forward.formula(forward.texts[same[scalars.output]]),
        gradient=tuple(backward.parts(wholes[0])),
        outputs=None if shape is None else forward.laid([same[node] for node in scalars.wanted], shape),
        data={},
    )
    return Singly(source, backward.numbers)


class _Forward:
    """The forward pass: its lines, and what each node is called: a name, or the text of a number."""

    def __init__(self, scalars: Scalars) -> None:
        count = len(scalars.rule)
        self.scalars = scalars
        self.patterns = Patterns()
        self.texts = [""] * count
        self.stands_for = list(range(count))  # for x · 1 it is x
        self.is_active = [False] * count
        self.lines: list[Sum] = []
        self.leaves: list[Line] = []
        self.numbers: dict[str, float] = {}
        self.kinds: dict[str, Kind] = {}  # of the texts of numbers; a name has none
        self.printer = NumPyPrinter()
        self.free = Names({*RESERVED, LOSS, *kwlist, *_mentioned()})

    def run(self, constants: Sequence[bool], same: Sequence[int]) -> None:
        """Name the leaves, and write every operation."""
        self._name_leaves()
        for node, rule in enumerate(self.scalars.rule):
            if constants[node]:
                self.texts[node] = self.number(self.scalars.data[node])
            elif rule is not None and same[node] == node:
                self._write(node, rule, self.scalars.args[node])

    def _name_leaves(self) -> None:
        for whole, letter, leaves in (("P", "p", self.scalars.parameters), ("I", "x", self.scalars.inputs)):
            for place, leaf in enumerate(leaves):
                if leaf != NOWHERE:
                    name = self.texts[leaf] = self.name(identifier(self.scalars.labels[leaf]) or letter)
                    index = View(Name(whole, (len(leaves),)), (Index((place,)),))
                    self.leaves.append(Line(name, index, 1, leaf))
                    self.is_active[leaf] = whole == "P"

    def _write(self, node: int, rule: Rule, args: list[int]) -> None:
        texts, is_active = self.texts, self.is_active
        is_active[node] = any(map(is_active.__getitem__, args))
        for place, number in enumerate(rule.neutral):
            if number is not None and self.kinds.get(texts[args[place]]) == number:
                self.stands_for[node], texts[node] = self.stands_for[args[1 - place]], texts[args[1 - place]]
                return
        terms = self._terms(rule, args, [texts[arg] for arg in args])
        texts[node] = LOSS if node == self.scalars.output else self.free.after("t", 1)
        self.lines.append(Sum(texts[node], terms, node))

    def _terms(self, rule: Rule, args: list[int], texts: list[str]) -> list[Term]:
        """An operation as a sum: most of them have one term."""
        if rule is dot:
            half = len(args) // 2
            return [self.applied(mul, pair) for pair in zip(texts[:half], texts[half:], strict=True)]
        plus = plus_of(rule, len(args))
        if plus is None:
            return [self.applied(rule, tuple(texts))]
        return [self.itself(text, is_less=place >= plus) for place, text in enumerate(texts)]

    def applied(self, rule: Rule, texts: tuple[str, ...]) -> Term:
        """An operation."""
        return Term(self.patterns.applied(rule, tuple(map(self.kinds.get, texts))), texts)

    def itself(self, text: str, *, is_less: bool = False) -> Term:
        """What has a name, or a number, as a term of a sum."""
        return Term(self.patterns.itself(text[0] == "-", is_less), (text,))

    def number(self, number: float) -> str:
        """The text of a number."""
        text = self.printer.text(Number(number))
        if text not in self.numbers:
            self.numbers[text], self.kinds[text] = number, kind_of(number)
        return text

    def name(self, wanted: str) -> str:
        """A name that nothing else has."""
        if wanted in self.free.taken:
            return self.free.after(f"{wanted}_", 2)
        self.free.taken.add(wanted)
        return wanted

    def formula(self, text: str) -> Formula:
        """A name, or a number."""
        return Number(self.numbers[text]) if text in self.numbers else Name(text, ())

    def laid(self, nodes: Sequence[int], shape: tuple[int, ...]) -> Formula:
        """Scalars in a shape."""
        return View(Join([self.formula(self.texts[node]) for node in nodes]), (Reshape(shape),))


class _Backward:
    """The backward pass: its lines, and the gradient of every node that depends on a parameter."""

    def __init__(self, forward: _Forward) -> None:
        self.forward = forward
        self.terms: list[list[Term]] = [[] for _ in forward.texts]
        self.gradient: dict[int, str] = {}
        self.lines: list[Sum] = []
        self.numbers = np.full(len(forward.texts), NOWHERE, dtype=np.int64)
        self._number_of: dict[str, int] = {}  # of each line, by its name

    def run(self, output: int) -> None:
        """From the output to the leaves: a gradient is complete when the turn comes to its node."""
        rules, args = self.forward.scalars.rule, self.forward.scalars.args
        if self.forward.is_active[output]:
            self.terms[output].append(self.forward.itself(self.forward.number(1.0)))
        for node in range(output, -1, -1):
            if self.terms[node]:
                upstream, rule = self._gradient(node), rules[node]
                if rule is not None:
                    self._pass_on(node, rule, args[node], upstream)

    def parts(self, whole: Name) -> Iterator[Part]:
        """The gradients of the parameters."""
        for place, leaf in enumerate(self.forward.scalars.parameters):
            if leaf in self.gradient:
                yield Part(
                    View(Name("gradient", whole.shape), (Index((place,)),)), self.forward.formula(self.gradient[leaf])
                )

    def _gradient(self, node: int) -> str:
        """What the gradient of a node is called: as another gradient, if it is the same."""
        terms = self.terms[node]
        text = terms[0].texts[0]
        if len(terms) > 1 or not terms[0].pattern.is_itself:
            text = self.forward.name(f"d{self.forward.texts[node]}")
            self._number_of[text] = len(self.terms) + node
            self.lines.append(Sum(text, terms, len(self.terms) + node))
        self.gradient[node] = text
        self.numbers[node] = self._number_of.get(text, NOWHERE)
        return text

    def _pass_on(self, node: int, rule: Rule, args: list[int], upstream: str) -> None:
        """Upstream × local derivative, to every argument that depends on a parameter."""
        forward = self.forward
        texts = [forward.texts[arg] for arg in args]
        plus, half = plus_of(rule, len(args)), len(args) // 2
        for place, arg in enumerate(args):
            if not forward.is_active[arg]:
                continue
            if plus is not None:
                term = forward.itself(upstream, is_less=place >= plus)
            elif rule is dot:
                term = self._part(mul, 0, (texts[place], texts[place - half]), "", upstream, (None, None))
            elif rule is logsumexp:
                term = self._part(rule, 0, (texts[place],), forward.texts[node], upstream, (None,))
            else:
                term = self._part(rule, place, tuple(texts), forward.texts[node], upstream, self._fixed(rule, args))
            self.terms[forward.stands_for[arg]].append(term)

    def _part(self, rule: Rule, place: int, args: tuple[str, ...], out: str, upstream: str, fixed: Fixed) -> Term:
        """One contribution, as it would be written alone."""
        forward = self.forward
        texts = (*args, out, upstream)
        pattern, alias = forward.patterns.part(rule, place, tuple(map(forward.kinds.get, texts)), fixed)
        if alias is None:
            return Term(pattern, texts)
        text = forward.number(alias) if isinstance(alias, float) else texts[alias]
        return forward.itself(text, is_less=pattern.is_less)

    def _fixed(self, rule: Rule, args: Sequence[int]) -> Fixed:
        if not rule.fixed:
            return (None,) * len(args)
        data = self.forward.scalars.data
        return tuple(float(data[arg]).hex() if place in rule.fixed else None for place, arg in enumerate(args))


def plus_of(rule: Rule, count: int) -> int | None:
    """How many arguments of a sum are added; the others are taken away. None if it is no sum of its arguments."""
    if isinstance(rule, Balance):
        return rule.plus
    return (1 if rule is sub else count) if rule in PLAIN else None


def _mentioned() -> set[str]:
    """The names that the templates of operations use."""
    return {word for rule in RULES.values() for word in OPEN_WORD.findall(rule.numpy or "")}
