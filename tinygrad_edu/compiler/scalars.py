"""How is a graph of Values turned into plain lists?

`lower` numbers the nodes of a loss in topological order and records the operation and the arguments of each. On the way
it recognizes sums: a chain of additions becomes one sum, and a sum of products becomes a `dot`, so that w1·x1 + w2·x2
written out is the same as a neuron's weighted sum.

Names to know: `Scalars`, `lower`, `are_growing`. Read next: `shifted.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_edu.compiler.shifted import SAME as SAME
from tinygrad_edu.compiler.shifted import SHARE as SHARE
from tinygrad_edu.compiler.shifted import without_shifts
from tinygrad_edu.errors import GraphError
from tinygrad_edu.graph import Graph
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import add, dot, mul, sub
from tinygrad_edu.value import Value

Numbers = npt.NDArray[np.int64]
Nodes = npt.NDArray[Any]  # Values, in the shape they are asked for
NO_TABLES: Mapping[str, Nodes] = MappingProxyType({})

TOTAL = Rule(
    "total", sum, 1.0, symbol="Σ", many=True, numpy="np.add.reduce([{}])"
)  # a sum of any number of terms: only the compiler makes it

FEWEST_LENGTHS = 3  # of sums that grow: fewer are written out
WIDEST = 2  # times as long as there are sums: a table of them is not much wider than high
EMPTIEST = 4  # times as many places as terms

MANY = 3  # terms that are taken away, from which on they are a sum of their own; `a + b - c` stays as it is


class Balance(Rule):
    """A sum of some terms less the sum of the others; `plus` says how many come first.

    >>> balance(1).evaluate([5.0, 1.0, 2.0])
    2.0
    """

    __slots__ = ("plus",)

    def __init__(self, plus: int) -> None:
        super().__init__("balance", lambda terms: sum(terms[:plus]) - sum(terms[plus:]), 1.0, many=True)
        self.plus = plus


balance = cache(Balance)

OF_NONE, OF_SEVERAL = -1, -2  # of the rows of tables: what depends on none of them, and on several


@dataclass
class Scalars:
    """A scalar graph as lists over its nodes: node i is `rule[i]` applied to the nodes `args[i]`, or a leaf.

    Attributes:
        rule: the operation of each node; None for a leaf.
        args: the arguments of each node, by number, each smaller than its own.
        data: the number of each node.
        labels: of the parameters and the inputs that are in the graph.
        parameters: the numbers of the leaves to differentiate by, in their order; -1 for one that is not in the graph.
        inputs: the numbers of the leaves that change from call to call.
        output: the number of the loss.
        wanted: the numbers of other nodes that are asked for.
        tables: inputs that are an array already, by its name: the numbers of its leaves, in its shape.
        kinds: more leaves that change, by a word for what they are.
        is_step: whether it is one step of a loop.
        stages: for each node how many loops have to run before it, one after the other.
        rows: for each node the one sample that it depends on, or OF_NONE, OF_SEVERAL; empty where not asked for.
        is_strict: whether nothing may be computed that the graph does not compute: no place of a table may be spare.
        growing: sums that may be rows of different lengths of one table; among them are sums of two terms, and of one.
        joined: single products that are written as sums of products, because they may be rows of such a table.
        constants: the plain numbers, and for each of them the first node that is the same one.
    """

    rule: list[Rule | None]
    args: list[list[int]]
    data: list[float]
    labels: dict[int, str]
    parameters: list[int]
    inputs: list[int]
    output: int
    wanted: list[int]
    tables: dict[str, Numbers]
    kinds: dict[str, list[int]] = field(default_factory=dict)
    is_step: bool = False
    stages: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    rows: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    is_strict: bool = False
    growing: set[int] = field(default_factory=set)
    joined: set[int] = field(default_factory=set)
    constants: dict[int, int] = field(default_factory=dict, init=False)
    _first_of: dict[int, int] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        changing = self.changing
        self.add_constants([node for node, rule in enumerate(self.rule) if rule is None and node not in changing])

    def add_constants(self, nodes: Sequence[int]) -> None:
        """Know of some more plain numbers. Those of the same bits are the same; 0.0 and -0.0 are two."""
        bits: list[int] = np.array([self.data[node] for node in nodes]).view(np.int64).tolist()
        for node, number in zip(nodes, bits, strict=True):
            self.constants[node] = self._first_of.setdefault(number, node)

    @property
    def computed(self) -> list[tuple[int, Rule]]:
        """The nodes that are no leaves, each with its operation."""
        return [(node, rule) for node, rule in enumerate(self.rule) if rule is not None]

    @property
    def changing(self) -> set[int]:
        """The leaves that are not constants."""
        found = {*self.parameters, *self.inputs}
        return found.union(*(table.reshape(-1).tolist() for table in self.tables.values()), *self.kinds.values())


def rows_of(scalars: Scalars) -> Numbers:
    """For each node the row of the tables that it depends on, if it is one and the same of all of them."""
    rows = [OF_NONE] * len(scalars.rule)
    for table in scalars.tables.values():
        for number, leaves in enumerate(table.reshape(len(table), -1).tolist()):
            for leaf in leaves:
                rows[leaf] = number
    for node, args in enumerate(scalars.args):
        if args:
            found = {rows[arg] for arg in args} - {OF_NONE}
            rows[node] = OF_NONE if not found else found.pop() if len(found) == 1 else OF_SEVERAL
    return np.array(rows, dtype=np.int64)


def lower(
    graph: Graph,
    parameters: Sequence[Value],
    inputs: Sequence[Value],
    wanted: Sequence[Value] = (),
    tables: Mapping[str, Nodes] = NO_TABLES,
    *,
    is_strict: bool = False,
) -> Scalars:
    """Number the nodes of a loss. Tables are inputs too, which are arrays already.

    Raises:
        GraphError: if a parameter or an input is not a leaf, is listed twice, or has to be a plain number.
    """
    everything = [*inputs, *chain.from_iterable(table.flat for table in tables.values())]
    _check_leaves(parameters, everything)
    number = graph.index
    scalars = Scalars(
        rule=[node.rule if node.args else None for node in graph.nodes],
        args=list(graph.arguments),
        data=[node.data for node in graph.nodes],
        labels={number[leaf]: leaf.label for leaf in chain(parameters, everything) if leaf in number},
        parameters=[number.get(leaf, -1) for leaf in parameters],
        inputs=[number.get(leaf, -1) for leaf in inputs],
        output=len(graph) - 1,
        wanted=[number[node] for node in wanted],
        tables={
            name: np.array([number.get(leaf, -1) for leaf in table.flat], dtype=np.int64).reshape(table.shape)
            for name, table in tables.items()
        },
        is_strict=is_strict,
    )
    _check_fixed(graph, scalars)
    uses = _uses(scalars)
    if without_shifts(scalars, uses):
        uses = _without_unused(scalars)
    _join_differences(scalars, uses)
    _join_additions(scalars, uses)
    _join_products(scalars, uses)
    return scalars


def _check_leaves(parameters: Sequence[Value], inputs: Sequence[Value]) -> None:
    taken: dict[Value, str] = {}
    for kind, leaves in (("a parameter", parameters), ("an input", inputs)):
        for leaf in leaves:
            if leaf.args or leaf in taken:
                raise GraphError(
                    f"compile with {leaf!r} as {kind}",
                    "it is computed from others" if leaf.args else f"it is {taken[leaf]} already",
                    instead="leaves, each once: wrt=model.parameters(), inputs=[x1, x2]",
                )
            taken[leaf] = kind


def _check_fixed(graph: Graph, scalars: Scalars) -> None:
    rules = enumerate(scalars.rule)
    fixed = [(node, scalars.args[node][place]) for node, rule in rules if rule and rule.fixed for place in rule.fixed]
    changing = scalars.changing if fixed else ()
    for node, leaf in fixed:
        if leaf in changing:
            raise GraphError(
                f"compile with {graph.nodes[leaf]!r}, as in {graph.formula(graph.nodes[node])}, as a leaf that changes",
                "it is a plain number there, and has no derivative",
                instead="x ** Value(3.0) when the graph is made, for an exponent that changes",
            )


def _uses(scalars: Scalars) -> list[int]:
    """How often each node is used; being requested as a result counts as one more use."""
    every = chain([scalars.output], scalars.wanted, chain.from_iterable(scalars.args))
    uses: list[int] = np.bincount(np.fromiter(every, dtype=np.int64), minlength=len(scalars.rule)).tolist()
    return uses


def _without_unused(scalars: Scalars) -> list[int]:
    """Clear what is used no more; how often each node is used now."""
    uses = _uses(scalars)
    for node in range(len(scalars.rule) - 1, -1, -1):
        if not uses[node] and scalars.rule[node] is not None:
            for arg in scalars.args[node]:
                uses[arg] -= 1
            _forget(scalars, node)
    return uses


def _join_differences(scalars: Scalars, uses: list[int]) -> None:
    """`L -= a`, again and again, is one sum of what is added and one of what is taken away."""
    seen: set[int] = set()
    for node in reversed([node for node, rule in enumerate(scalars.rule) if rule is sub]):
        if node in seen:
            continue
        chain, plus, minus = _signed_terms(scalars, uses, node)
        seen.update(chain)
        if len(minus) >= MANY:
            for inner in chain[1:]:
                _forget(scalars, inner)
            scalars.rule[node], scalars.args[node] = balance(len(plus)), plus + minus


def _signed_terms(scalars: Scalars, uses: list[int], node: int) -> tuple[list[int], list[int], list[int]]:
    """A chain of + and -, from its end to its beginning: the nodes, the terms that are added, those taken away."""
    chain: list[int] = []
    plus: list[int] = []
    minus: list[int] = []
    while scalars.rule[node] in (add, sub) and (not chain or uses[node] == 1):
        chain.append(node)
        before, term = scalars.args[node]
        if scalars.rule[node] is sub:
            minus.append(term)
        elif scalars.rule[before] in (add, sub) and uses[before] == 1:
            plus.append(term)
        else:
            plus.append(before)
            before = term
        node = before
    return chain, ([] if _is_zero(scalars, node) else [node]) + plus[::-1], minus[::-1]


def _join_additions(scalars: Scalars, uses: list[int]) -> None:
    """Merge a chain of additions into one sum, where its partial sums have no other use; a + 0 becomes a."""
    for node, rule in enumerate(scalars.rule):
        if isinstance(rule, Balance):
            _join_into_balance(scalars, uses, node, rule)
        if rule is not add:
            continue
        terms: list[int] = []
        for arg in scalars.args[node]:
            if scalars.rule[arg] is TOTAL and uses[arg] == 1:
                inner = scalars.args[arg]
                _forget(scalars, arg)
                terms = inner if not terms else terms + inner
            elif not _is_zero(scalars, arg):
                terms.append(arg)
        scalars.rule[node] = TOTAL
        scalars.args[node] = terms or [scalars.args[node][0]]


def _join_into_balance(scalars: Scalars, uses: list[int], node: int, rule: Balance) -> None:
    """A sum that is a term of one is part of it."""
    plus: list[int] = []
    for arg in scalars.args[node][: rule.plus]:
        if scalars.rule[arg] is TOTAL and uses[arg] == 1:
            plus += scalars.args[arg]
            _forget(scalars, arg)
        else:
            plus.append(arg)
    scalars.args[node] = plus + scalars.args[node][rule.plus :]
    scalars.rule[node] = balance(len(plus))


def _forget(scalars: Scalars, node: int) -> None:
    """Clear a node that has no uses left."""
    scalars.rule[node], scalars.args[node] = None, []


def _is_zero(scalars: Scalars, node: int) -> bool:
    return scalars.data[node] == 0.0 and scalars.rule[node] is None and node not in scalars.labels


def _join_products(scalars: Scalars, uses: list[int]) -> None:
    """Turn a sum of products into a dot; where a sum has other terms too, its products alone."""
    sums = [node for node, rule in enumerate(scalars.rule) if rule is TOTAL]
    for node in sums:
        terms = scalars.args[node]
        products = [term for term in terms if scalars.rule[term] is mul and uses[term] == 1]
        if len(products) == len(terms) > 1:
            _make_dot(scalars, node, products)
        elif len(products) > 1:
            last, made = max(products), set(products)  # the last one comes after all factors
            scalars.data[last] = sum(scalars.data[term] for term in products)
            _make_dot(scalars, last, products)
            scalars.args[node] = [last, *(term for term in terms if term not in made)]
    scalars.growing = _growing(scalars, uses)
    for node in sums:
        if node not in scalars.growing:
            settle(scalars, node)
        elif len(scalars.args[node]) == 1 and _is_product(scalars, uses, scalars.args[node][0]):
            _make_dot(scalars, node, scalars.args[node])
            scalars.joined.add(node)


def _is_product(scalars: Scalars, uses: list[int], node: int) -> bool:
    """Whether a node is a product that has no other use."""
    return scalars.rule[node] is mul and uses[node] == 1


def _growing(scalars: Scalars, uses: list[int]) -> set[int]:
    """Sums of the same operation, or of leaves, of ever more terms: a first guess, before it is known what is alike."""
    sums = [node for node, rule in enumerate(scalars.rule) if rule is TOTAL or rule is dot]
    if scalars.is_strict or len({len(scalars.args[node]) for node in sums}) < FEWEST_LENGTHS:
        return set()
    families: dict[object, list[int]] = {}
    for node in sums:
        key = _made_of(scalars, uses, node)
        if key is not None:
            families.setdefault(key, []).append(node)
    growing = (some for some in families.values() if are_growing([length_of(scalars, node) for node in some]))
    return set(chain.from_iterable(growing))


def _made_of(scalars: Scalars, uses: list[int], node: int) -> tuple[Rule | None, ...] | None:
    """The operation of a sum, and those of its terms, or of their factors; None if there are several."""
    rule, args = scalars.rule[node], scalars.args[node]
    if len(args) == 1 and _is_product(scalars, uses, args[0]):
        rule, args = dot, scalars.args[args[0]]
    width = len(args) // 2 if rule is dot else len(args)
    sides = [{scalars.rule[arg] for arg in args[first : first + width]} for first in range(0, len(args), width)]
    return (rule, *(side.pop() for side in sides)) if all(len(side) == 1 for side in sides) else None


def length_of(scalars: Scalars, node: int) -> int:
    """How many terms a sum has."""
    count = len(scalars.args[node])
    return count // 2 if scalars.rule[node] is dot else count


def are_growing(lengths: Sequence[int]) -> bool:
    """Whether sums of these lengths are rows of one table: row i of a causal attention adds i + 1 terms.

    Three sums that happen to have 12, 4 and 20 terms are three sums.

    >>> are_growing([1, 2, 3, 4]), are_growing([12, 4, 20]), are_growing([3, 3, 3, 3])
    (True, False, False)
    """
    longest = max(lengths)
    is_high = longest <= WIDEST * len(lengths) and longest * len(lengths) <= EMPTIEST * sum(lengths)
    return is_high and len(set(lengths)) >= FEWEST_LENGTHS


def _make_dot(scalars: Scalars, node: int, products: list[int]) -> None:
    """Make a node the sum of products that have no other use."""
    factors = [scalars.args[term][side] for side in (0, 1) for term in products]
    for term in products:
        _forget(scalars, term)
    scalars.rule[node], scalars.args[node] = dot, factors


def settle(scalars: Scalars, node: int) -> bool:
    """A sum of two terms is an addition; a sum of one term is that term, and a product that was made a sum a product.

    Returns:
        Whether it was such a sum.
    """
    rule, count = scalars.rule[node], len(scalars.args[node])
    if rule is dot and node in scalars.joined:
        scalars.rule[node] = mul
    elif rule is TOTAL and count < 3:
        scalars.rule[node] = add if count == 2 else SAME
    return scalars.rule[node] is not rule
