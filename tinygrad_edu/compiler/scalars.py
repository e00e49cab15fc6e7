"""What is left of a graph when nobody looks at single Values any more?

Numbers for nodes. `lower` numbers the nodes of a loss in topological order and notes for each its operation and its
arguments. On the way it says sums as what they are: a chain of additions is one sum, and a sum of products is a `dot`,
so that w1·x1 + w2·x2 written out is the same as a neuron's weighted sum.

Names to know: `Scalars`, `lower`. Read next: `arrays.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from tinygrad_edu.errors import GraphError
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import add, dot, mul
from tinygrad_edu.value import Value

TOTAL = Rule(
    "total", lambda xs: sum(xs), lambda xs, out: [1.0] * len(xs), symbol="Σ", many=True, numpy="np.add.reduce([{}])"
)  # a sum of any number of terms: only the compiler makes it

SAME = Rule("same", float, 1.0)  # a node that is another one

PARAMETER, INPUT, CONSTANT = range(3)  # the kinds of leaves
KINDS = ("parameter", "input", "constant")


@dataclass
class Scalars:
    """A scalar graph by number: node i is `rule[i]` of the nodes `args[i]`, or a leaf of a kind.

    Attributes:
        rule: the operation of each node; None for a leaf.
        args: the arguments of each node, by number, each smaller than its own.
        kind: what sort of leaf each node is; 0 for computed ones.
        data: the number of each node.
        names: the label of each leaf.
        parameters: the numbers of the leaves to differentiate by, in their order; -1 for one that is not in the graph.
        inputs: the numbers of the leaves that change from call to call.
        output: the number of the loss.
    """

    rule: list[Rule | None]
    args: list[list[int]]
    kind: list[int]
    data: list[float]
    names: list[str]
    parameters: list[int]
    inputs: list[int]
    output: int
    uses: list[int] = field(default_factory=list)


def lower(order: Sequence[Value], parameters: Sequence[Value], inputs: Sequence[Value]) -> Scalars:
    """Number the nodes of a loss, given in topological order.

    Raises:
        GraphError: if a parameter or an input is not a leaf, or is both.
    """
    index = {node: number for number, node in enumerate(order)}
    kinds = _kinds(parameters, inputs)
    scalars = Scalars(
        rule=[node.rule if node.args else None for node in order],
        args=[[index[arg] for arg in node.args] if node.args else [] for node in order],
        kind=[kinds.get(node, CONSTANT) if not node.args else 0 for node in order],
        data=[node.data for node in order],
        names=[node.label for node in order],
        parameters=[index.get(node, -1) for node in parameters],
        inputs=[index.get(node, -1) for node in inputs],
        output=len(order) - 1,
    )
    scalars.uses = _uses(scalars)
    _join_additions(scalars)
    _join_products(scalars)
    return scalars


def _kinds(parameters: Sequence[Value], inputs: Sequence[Value]) -> dict[Value, int]:
    found: dict[Value, int] = {}
    for kind, leaves in ((PARAMETER, parameters), (INPUT, inputs)):
        for leaf in leaves:
            if leaf.args or found.get(leaf, kind) != kind:
                raise GraphError(
                    f"compile with {leaf!r} as {KINDS[kind]}",
                    "it is computed from others" if leaf.args else "it is a parameter already",
                    instead="leaves: wrt=model.parameters(), inputs=[x1, x2]",
                )
            found[leaf] = kind
    return found


def _uses(scalars: Scalars) -> list[int]:
    every = chain([scalars.output], chain.from_iterable(scalars.args))
    uses: list[int] = np.bincount(np.fromiter(every, dtype=np.int64), minlength=len(scalars.rule)).tolist()
    return uses


def _join_additions(scalars: Scalars) -> None:
    """A chain of additions is one sum, if nobody else asks for a part of it; and a + 0 is a."""
    for node, rule in enumerate(scalars.rule):
        if rule is not add:
            continue
        terms: list[int] = []
        for arg in scalars.args[node]:
            if scalars.rule[arg] is TOTAL and scalars.uses[arg] == 1:
                inner = scalars.args[arg]
                _forget(scalars, arg)
                terms = inner if not terms else terms + inner
            elif not _is_zero(scalars, arg):
                terms.append(arg)
        scalars.rule[node] = TOTAL
        scalars.args[node] = terms or [scalars.args[node][0]]


def _forget(scalars: Scalars, node: int) -> None:
    """A node that nobody asks for any more."""
    scalars.rule[node], scalars.args[node], scalars.kind[node] = None, [], CONSTANT


def _is_zero(scalars: Scalars, node: int) -> bool:
    return scalars.rule[node] is None and scalars.kind[node] == CONSTANT and scalars.data[node] == 0.0


def _join_products(scalars: Scalars) -> None:
    """A sum of products is a dot. It takes the number of the last of the products, which stands after all factors."""
    for node, rule in enumerate(scalars.rule):
        if rule is not TOTAL:
            continue
        terms = scalars.args[node]
        products = [term for term in terms if scalars.rule[term] is mul and scalars.uses[term] == 1]
        if len(products) >= 2:
            last = max(products)
            lefts, rights = ([scalars.args[term][side] for term in products] for side in (0, 1))
            scalars.rule[last], scalars.args[last] = dot, lefts + rights
            made = set(products)
            scalars.args[node] = [last, *(term for term in terms if term not in made)]
            for term in made - {last}:
                _forget(scalars, term)
        _settle(scalars, node)


def _settle(scalars: Scalars, node: int) -> None:
    """A sum of two is an addition; a sum of one is that one."""
    count = len(scalars.args[node])
    if count < 3:
        scalars.rule[node] = add if count == 2 else SAME
