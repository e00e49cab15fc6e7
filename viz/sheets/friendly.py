"""Which numbers make a sheet that can be computed by hand?

    for f in variants(f, 30, seed=1): ...       the same expression with other numbers for its inputs, thirty times

Small whole numbers and halves are drawn, and those draws are taken whose values, local derivatives and gradients are
short: at most so many digits to write in all. A draw is left out where it leaves a domain, stands on a kink or a jump,
saturates a neuron, or gives a number beyond 1000 or below 1/1000. The draws of a seed have one order, so that five more
sheets for a class of 35 leave the first thirty as they are.

Names to know: `variants`, `effort`. Read next: `sheet.py`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from itertools import islice
from random import Random
from typing import NamedTuple

from tinygrad_edu.choices import unknown
from tinygrad_edu.errors import OptionError, SizeError
from tinygrad_edu.graph import Graph, gradients_in
from tinygrad_edu.rule import Rule
from tinygrad_edu.show import counted, cut, show
from tinygrad_edu.text.printing import to_text
from tinygrad_edu.value import Value

MOST_VARIANTS = 200
LARGEST, SMALLEST = 1000.0, 1e-3  # what is beyond cannot be computed by hand
DRAWS, SAMPLE = 2000, 200  # of numbers in all, and to find out how short the numbers can be
MOST_NODES_DRAWN = 300_000  # nodes computed in all, for graphs so large that fewer draws have to do
FRIENDLY = (0.25, 0.6, 1.0)  # first the friendliest quarter of the draws, then more of them
LONG = 4  # the effort of a number that is not short, such as tanh(0.5)
FLAT, SATURATED = (
    0.05,
    4,
)  # below that a number that is not short is the slope of a saturated neuron: so much more effort
TABLES = 20  # what is beyond is not known by heart
ZERO = 3  # the effort of a 0: whatever it meets teaches nothing
TWICE = 2  # the effort of two inputs of one number: it does not show which of them went where
MOVE = 2**-20  # to both sides of a number, to look for a kink there
POOLS: tuple[tuple[float, ...], ...] = (
    (-4, -3, -2, -1, 1, 2, 3, 4, 5),
    (1, 2, 3, 4, 5, 6, 8, 10),
    (-3, -2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2, 3),
    (0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5),
    (-12, -11, -10, -9, -8, -7, -6, -5, 5, 6, 7, 8, 9, 10, 11, 12),
    (-0.8, -0.6, -0.4, -0.2, -0.1, 0.1, 0.2, 0.4, 0.6, 0.8),
    (-6.5, -5.5, -4.5, -3.5, -2.5, 2.5, 3.5, 4.5, 5.5, 6.5),
    (0.25, 0.5, 1, 1.5, 2, 2.25, 4, 6.25, 9, 16, 25, 36, 49, 64, 81, 100),
    (13, 14, 15, 18, 20, 21, 24, 28, 30, 32, 40, 45, 48, 50, 60),
)  # each draw takes all its numbers from one of them


def variants(f: Value, count: int, *, seed: int = 0, keep: Collection[str] = ()) -> list[Value]:
    """The same expression with other numbers for its inputs, so many times; no two of them are equal.

    Args:
        f: the output of a graph.
        count: how many, at most 200.
        seed: the same seed gives the same numbers, and more of them begin with the same.
        keep: names of inputs that keep their numbers.

    Raises:
        OptionError: if there are not so many friendly draws, with the reason; if `keep` names no input; or if nothing
            is left to draw.
        SizeError: if `count` is out of range.

    >>> from tinygrad_edu import parse
    >>> [[leaf.data for leaf in Graph(g).leaves] for g in variants(parse("x * y", x=1, y=1), 3, seed=1)]
    [[-2.0, -3.0], [-3.0, 2.0], [4.0, 1.0]]
    """
    if not 1 <= count <= MOST_VARIANTS:
        wrong = f"a class has 1 to {MOST_VARIANTS} sheets"
        raise SizeError(f"variants={count!r}", wrong, instead="variants=30")
    draws = _Draws(Graph(f), seed, keep)
    found = list(islice(draws.in_order(), count))
    if len(found) < count:
        raise draws.too_few(count, len(found))
    return [with_numbers(draws.graph, dict(zip(draws.free, numbers, strict=True))) for numbers in found]


def with_numbers(graph: Graph, numbers: dict[Value, float]) -> Value:
    """The same graph with other numbers for some of its leaves.

    >>> from tinygrad_edu import parse
    >>> graph = Graph(parse("f = x * x + 1", x=2))
    >>> with_numbers(graph, {graph.leaves[0]: 3.0})
    Value(data=10, grad=—, label='f')
    """
    made: dict[Value, Value] = {}
    for node in graph.nodes:
        if node.rule is not None and node.args:
            made[node] = node.rule(*(made[arg] for arg in node.args))
        elif node.is_constant:
            made[node] = Value.of(node.data)
        else:
            made[node] = Value(numbers.get(node, node.data))
        made[node].label = node.label
    return made[graph.output]


def effort(number: float) -> int:
    """How hard a number is to write and to multiply by: the digits after the first, and more if it is large or no half.

    >>> [effort(number) for number in (3, -0.5, 12, 1.25, 0, math.tanh(0.5))]
    [0, 0, 1, 3, 3, 4]
    """
    if number == 0:
        return ZERO
    digits = f"{abs(number):.6g}"
    if "e" in digits or "n" in digits or float(digits) != abs(number):  # also inf and nan
        return LONG + (SATURATED if abs(number) < FLAT else 0)
    is_half = (2.0 * number).is_integer()
    return min(LONG, len(digits.replace(".", "").strip("0")) - is_half + 2 * (abs(number) > TABLES))


class _Draw(NamedTuple):
    """One draw, and how much effort its sheet takes."""

    numbers: tuple[float, ...]
    effort: int


class _Draws:
    """The draws of a seed, in one order; `refused` counts the reasons for those left out."""

    def __init__(self, graph: Graph, seed: int, keep: Collection[str]) -> None:
        names = {graph.name(leaf): leaf for leaf in graph.leaves}
        for name in keep:
            if name not in names:
                raise unknown("keep", name, names or ["(no input)"], call="worksheet(f, variants=…, {})")
        self.graph, self.seed = graph, seed
        self.free = [leaf for name, leaf in names.items() if name not in set(keep)]
        self.refused: Counter[str] = Counter()
        if not self.free:
            raise OptionError(
                f"variants of {_shortened(graph)}",
                "it has no inputs whose numbers could be drawn",
                instead="a formula with a name in it that is not kept, such as x * y",
            )

    def in_order(self) -> Iterator[tuple[float, ...]]:
        """The friendliest first, and among those of one class in the order in which they were drawn."""
        taken: set[tuple[float, ...]] = set()
        for limit in self._limits:
            for draw in self._all:
                if draw.effort <= limit and draw.numbers not in taken:
                    taken.add(draw.numbers)
                    yield draw.numbers

    @cached_property
    def _limits(self) -> list[int]:
        efforts = sorted(draw.effort for draw in self._all[:SAMPLE])
        return [efforts[math.ceil(share * len(efforts)) - 1] for share in FRIENDLY if efforts] + [10**9]

    @cached_property
    def _all(self) -> list[_Draw]:
        random = Random(self.seed)  # noqa: S311 (numbers of an exercise are no secret)
        many = min(DRAWS, max(400, MOST_NODES_DRAWN // len(self.graph)))
        pools = (POOLS[turn % len(POOLS)] for turn in range(many))
        tries = dict.fromkeys(self._numbers(random, pool) for pool in pools)
        return [draw for numbers in tries if (draw := self._judged(numbers)) is not None]

    def _numbers(self, random: Random, pool: Sequence[float]) -> tuple[float, ...]:
        """Different ones, as far as the pool has them."""
        order = [*random.sample(pool, len(pool)), *random.choices(pool, k=len(self.free))]
        return tuple(map(float, order[: len(self.free)]))

    def _judged(self, numbers: tuple[float, ...]) -> _Draw | None:
        reason, total = self._looked_at(dict(zip(self.free, numbers, strict=True)))
        if reason:
            self.refused[reason] += 1
            return None
        return _Draw(numbers, total + TWICE * (len(numbers) - len(set(numbers))))

    def _looked_at(self, changes: dict[Value, float]) -> tuple[str, int]:
        """Why a draw cannot be taken, or how much effort it takes."""
        data: dict[Value, float] = {}
        partials: list[tuple[float, ...]] = []
        for node in self.graph.nodes:
            if node.rule is None or not node.args:
                data[node] = changes.get(node, node.data)
                partials.append(())
                continue
            args = [data[arg] for arg in node.args]
            if reason := _outside(node.rule, args):
                return reason, 0
            data[node] = node.rule.evaluate(args)
            partials.append(_partials(node.rule, args, data[node]))
            if _is_saturated(node.rule, partials[-1]):
                return f"{node.rule.signature} is flat there", 0
        computed = [data[node] for node in self.graph.nodes if not node.is_constant]
        asked = [*computed, *(p for row in partials for p in row), *gradients_in(self.graph, partials)]
        return _size(asked), sum(map(effort, asked))

    def too_few(self, count: int, found: int) -> OptionError:
        """The error that says why there are not so many."""
        reason, times = self.refused.most_common(1)[0] if self.refused else ("the numbers repeat", len(self._all))
        tried = sum(self.refused.values()) + len(self._all)
        kept = f"only {found} of {counted(tried, 'draw')} can be computed by hand" if found else (
            f"none of {counted(tried, 'draw')} of small numbers can be computed by hand")  # fmt: skip
        why = f"; {times:,} were left out because {reason}" if self.refused else "; there are no other small numbers"
        fewer = f"variants={found}, or " if found else ""
        instead = f"{fewer}one sheet with numbers of your own: viz.worksheet(f)"
        return OptionError(f"{counted(count, 'variant')} of {_shortened(self.graph)}", kept + why, instead=instead)


def _shortened(graph: Graph) -> str:
    return cut(to_text(graph.output), 60)


def _outside(rule: Rule, args: Sequence[float]) -> str:
    """Why a rule should not be applied to these numbers; "" if it may be."""
    if rule.domain is not None and not rule.domain.holds(*args):
        return f"{rule.signature} needs {rule.domain.words}"
    if rule.kinks and any(_jumps(rule, args, position) for position in range(len(args))):
        return f"{rule.signature} has a kink or a jump there"
    return ""


def _is_saturated(rule: Rule, partials: Sequence[float]) -> bool:
    """Whether a smooth function is so near its end that its slope is rounded to 0, as that of tanh(27)."""
    return bool(rule.flat) and not rule.kinks and 0.0 in partials


def _jumps(rule: Rule, args: Sequence[float], position: int) -> bool:
    """Whether the result or its slope is another one right beside, on the other side."""
    left, right = (_moved(args, position, move) for move in (-MOVE, MOVE))
    below, above = rule.evaluate(left), rule.evaluate(right)
    slopes = zip(_partials(rule, left, below), _partials(rule, right, above), strict=True)
    return abs(above - below) > 1e-3 or any(abs(one - other) > 1e-3 for one, other in slopes)


def _moved(args: Sequence[float], position: int, move: float) -> list[float]:
    return [arg + (move if index == position else 0.0) for index, arg in enumerate(args)]


def _partials(rule: Rule, args: Sequence[float], out: float) -> tuple[float, ...]:
    try:
        return tuple(map(float, rule.local_derivatives(args, out)))
    except (ArithmeticError, ValueError):  # a vertical slope
        return (math.inf,) * len(args)


def _size(numbers: Sequence[float]) -> str:
    """Why numbers of these sizes cannot be computed by hand; "" if they can."""
    if not all(map(math.isfinite, numbers)):
        return "a number is inf or NaN"
    if max(map(abs, numbers)) > LARGEST:
        return f"a number is beyond {show(LARGEST)}"
    if any(0 < abs(number) < SMALLEST for number in numbers):
        return f"a number is smaller than {show(SMALLEST)}"
    return ""
