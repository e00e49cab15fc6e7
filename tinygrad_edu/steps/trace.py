"""What is one step of the chain rule, as data?

A `Trace` holds the nodes of a graph and the steps of the sweep through it: each operation forward, the seed ∂f/∂f = 1,
then one step for each edge, in reverse topological order:

    ∂f/∂q: ∂f/∂f · z = 1 · (-4) = -4
           │       │   │    │      └ after: the gradient of q so far
           │       │   │    └ partial: the local derivative ∂f/∂q, as a number
           │       │   └ upstream: the upstream gradient ∂f/∂f, as a number
           │       └ symbol: the local derivative as a formula, from the rule table
           └ the upstream gradient

Where an edge is not the first one to its argument, what the others have contributed already, `before`, stands in front:
∂f/∂x: 3 + ∂f/∂q · y = 3 + 1 · 2 = 5.

Steps are immutable records, independent of the graph they were read from, so a printer, a terminal, a page in a browser
and a test can all read the same ones, and a file can keep them (`trace_json.py`).

Names to know: `Trace`, `EdgeStep`. Read next: `paths.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, overload

from tinygrad_edu.rules import RULES
from tinygrad_edu.show import counted, in_brackets, show
from tinygrad_edu.steps.wording import (
    Role,
    as_latex_word,
    as_latex_words,
    bracketed,
    derivative,
    shared_roles,
    shown_in_latex,
)

if TYPE_CHECKING:
    from tinygrad_edu.steps.paths import Explanation


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the graph; `args` are positions among the nodes of the trace, each before this one.

    Names are unique among the nodes that are not constants; a constant is called by its number.
    """

    name: str
    op: str
    args: tuple[int, ...]
    data: float
    is_constant: bool = False


class _Formula(ABC):
    """A step as a formula."""

    __slots__ = ()

    @property
    @abstractmethod
    def latex(self) -> str:
        """The whole step as LaTeX."""

    def _repr_latex_(self) -> str:
        """What a notebook shows."""
        return f"${self.latex}$"


@dataclass(frozen=True, slots=True)
class ForwardStep(_Formula):
    """One operation: `q = x + y = -2 + 5 = 3`.

    Attributes:
        node: the position of the result among the nodes of the trace.
        name: the name of the result.
        op: the rule.
        formula: the operation in names.
        numbers: the operation in numbers.
        formula_latex: the operation in names, as LaTeX.
        numbers_latex: the operation in numbers, as LaTeX.
        out: the result.
    """

    node: int
    name: str
    op: str
    formula: str
    numbers: str
    formula_latex: str
    numbers_latex: str
    out: float
    phase: ClassVar[str] = "forward"

    def __str__(self) -> str:
        return f"{self.name} = {self.formula} = {self.numbers} = {show(self.out)}"

    @property
    def latex(self) -> str:
        """The same as LaTeX."""
        parts = (as_latex_word(self.name), self.formula_latex, self.numbers_latex, shown_in_latex(self.out))
        return " = ".join(parts)


@dataclass(frozen=True, slots=True)
class SeedStep(_Formula):
    """Where the sweep begins: the output changes exactly as much as itself."""

    node: int
    output: str
    phase: ClassVar[str] = "seed"

    def __str__(self) -> str:
        return f"∂{self.output}/∂{self.output} = 1"

    @property
    def latex(self) -> str:
        """The same as LaTeX."""
        return f"{_fraction(self.output, self.output)} = 1"


@dataclass(frozen=True, slots=True)
class EdgeStep(_Formula):
    """The chain rule along one edge: contribution = upstream gradient × local derivative.

    Attributes:
        output: the name of the node that is differentiated.
        user: the node whose gradient is passed on.
        argument: the node that receives it, at `position` among the arguments of the user.
        role: what the argument is to the user at this position, as "first factor", if it stands at several positions of
            it, so that each edge can be told apart; empty, if its name is enough.
        user_node: the position of the user among the nodes of the trace.
        argument_node: the position of the argument.
        upstream: ∂output/∂user, complete.
        symbol: the local derivative ∂user/∂argument along this edge as a formula; empty if it is constant.
        symbol_latex: the same as LaTeX.
        partial: the local derivative as a number.
        before: the gradient of the argument before this step.
        is_first: whether nothing has contributed to it before.
        to_come: how many edges will still contribute to it.
    """

    output: str
    user: str
    argument: str
    position: int
    role: str
    user_node: int
    argument_node: int
    upstream: float
    symbol: str
    symbol_latex: str
    partial: float
    before: float
    is_first: bool
    to_come: int
    phase: ClassVar[str] = "backward"

    @property
    def contribution(self) -> float:
        """What flows along this edge."""
        return self.upstream * self.partial

    @property
    def after(self) -> float:
        """The gradient of the argument after this step."""
        return self.before + self.contribution

    @property
    def is_complete(self) -> bool:
        """Whether the argument's gradient is final now, so that it may be passed on."""
        return self.to_come == 0

    @property
    def is_shared(self) -> bool:
        """Whether the argument is used more than once, so that its gradient is a sum."""
        return not (self.is_first and self.is_complete)

    @property
    def gradient(self) -> str:
        """The name of what is computed: ∂f/∂q."""
        return f"∂{self.output}/∂{self.argument}"

    @property
    def local(self) -> str:
        """The name of the local derivative: ∂q/∂x; in w · w, where w stands twice, ∂v1/∂(first factor)."""
        return derivative(self.user, self.argument, self.role)

    @property
    def rule(self) -> str:
        """The chain rule in names: ∂f/∂q · ∂q/∂x."""
        return f"∂{self.output}/∂{self.user} · {self.local}"

    @property
    def rule_with_symbol(self) -> str:
        """The same with the local derivative as a formula, where it is one: ∂f/∂f · z."""
        return f"∂{self.output}/∂{self.user} · {self.symbol or self.local}"

    @property
    def product(self) -> str:
        """The chain rule in numbers: 1 · (-4)."""
        return f"{in_brackets(self.upstream)} · {in_brackets(self.partial)}"

    @property
    def sum(self) -> str:
        """The running sum in numbers: old + upstream × local = new; without an old one, at the first contribution."""
        old = "" if self.is_first else f"{show(self.before)} + "
        return f"{old}{self.product.replace('·', '×')} = {show(self.after)}"

    @property
    def status(self) -> str:
        """What is left to do: `complete`, or `1 more to come`."""
        return "complete" if self.is_complete else f"{self.to_come} more to come"

    def __str__(self) -> str:
        old = "" if self.is_first else f"{show(self.before)} + "
        return f"{self.gradient}: {old}{self.rule_with_symbol} = {old}{self.product} = {show(self.after)}"

    @property
    def local_latex(self) -> str:
        """The name of the local derivative, as LaTeX."""
        return _fraction(self.user, self.argument, self.role)

    @property
    def rule_latex(self) -> str:
        """The chain rule in names, as LaTeX."""
        return rf"{_fraction(self.output, self.user)} \cdot {self.local_latex}"

    @property
    def rule_with_symbol_latex(self) -> str:
        """The chain rule with the local derivative as a formula, as LaTeX."""
        return rf"{_fraction(self.output, self.user)} \cdot {self.symbol_latex or self.local_latex}"

    @property
    def product_latex(self) -> str:
        """The chain rule in numbers, as LaTeX."""
        factors = (bracketed(shown_in_latex(factor), latex=True) for factor in (self.upstream, self.partial))
        return r" \cdot ".join(factors)

    @property
    def latex(self) -> str:
        """The whole step as LaTeX: the rule in names, with symbols, in numbers, and its result.

        At a shared node each part begins with what other edges have contributed.
        """
        old = "" if self.is_first else f"{shown_in_latex(self.before)} + "
        rules = dict.fromkeys((self.rule_latex, self.rule_with_symbol_latex, self.product_latex))
        parts = [_fraction(self.output, self.argument), *(old + rule for rule in rules), shown_in_latex(self.after)]
        return " = ".join(parts)


def _fraction(upper: str, lower: str, role: str = "") -> str:
    by = rf"\left({as_latex_words(role)}\right)" if role else as_latex_word(lower)
    return rf"\frac{{\partial {as_latex_word(upper)}}}{{\partial {by}}}"


Step = ForwardStep | SeedStep | EdgeStep
MANY_PATHS = 10**15  # an exact count grows as long as the graph, and is kept for one node at a time: see `paths.py`


class Trace(Sequence[Step]):
    """All steps of a forward and a backward sweep, in order, and the nodes that they refer to."""

    def __init__(self, nodes: Sequence[Node], steps: Sequence[Step]) -> None:
        self.nodes = tuple(nodes)
        self.steps = tuple(steps)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> Trace: ...
    def __getitem__(self, index: int | slice) -> Step | Trace:
        return Trace(self.nodes, self.steps[index]) if isinstance(index, slice) else self.steps[index]

    def __len__(self) -> int:
        return len(self.steps)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trace) and (self.nodes, self.steps) == (other.nodes, other.steps)

    def __hash__(self) -> int:
        return hash((self.nodes, self.steps))

    @property
    def output(self) -> Node:
        """The node that is differentiated: the last one."""
        return self.nodes[-1]

    @cached_property
    def leaves(self) -> tuple[Node, ...]:
        """The nodes that were not computed, constants left out."""
        return tuple(node for node in self.nodes if not node.args and not node.is_constant)

    @cached_property
    def forward(self) -> tuple[ForwardStep, ...]:
        """The operations, in topological order."""
        return tuple(step for step in self.steps if isinstance(step, ForwardStep))

    @cached_property
    def edges(self) -> tuple[EdgeStep, ...]:
        """The applications of the chain rule, in the order of the sweep."""
        return tuple(step for step in self.steps if isinstance(step, EdgeStep))

    @cached_property
    def edges_from(self) -> dict[int, list[EdgeStep]]:
        """The edges out of each node, by its position, in the order of the sweep."""
        found: dict[int, list[EdgeStep]] = {}
        for edge in self.edges:
            found.setdefault(edge.argument_node, []).append(edge)
        return found

    @cached_property
    def positions(self) -> dict[str, int]:
        """The position of each node, by its name; constants, whose names are not unique, are left out."""
        return {node.name: position for position, node in enumerate(self.nodes) if not node.is_constant}

    @cached_property
    def roles(self) -> dict[int, list[Role | None]]:
        """For each node with an argument at several positions, the roles of its arguments; None where one suffices."""
        found = {index: shared_roles(RULES.get(node.op), node.args) for index, node in enumerate(self.nodes)}
        return {index: roles for index, roles in found.items() if any(roles)}

    def with_roles(self, say: Callable[[Role], str] = str) -> Trace:
        """The same steps with other words for the roles, so that a page can name them in its language."""
        return Trace(self.nodes, [self._with_role(step, say) for step in self.steps])

    def _with_role(self, step: Step, say: Callable[[Role], str]) -> Step:
        if not isinstance(step, EdgeStep) or step.user_node not in self.roles:
            return step
        role = self.roles[step.user_node][step.position]
        return replace(step, role=say(role)) if role else step

    @cached_property
    def has_whole_sweep(self) -> bool:
        """Whether there is a step for every edge, in the order of the sweep; a slice may have lost some."""
        uses = [
            (user, position)
            for user in reversed(range(len(self.nodes)))
            for position, argument in enumerate(self.nodes[user].args)
            if not self.nodes[argument].is_constant
        ]
        return uses == [(edge.user_node, edge.position) for edge in self.edges]

    @cached_property
    def gradients(self) -> dict[str, float]:
        """∂output/∂node after the steps of this trace, for each node that they reach."""
        return {self.output.name: 1.0} | {step.argument: step.after for step in self.edges}

    @cached_property
    def path_counts(self) -> list[int]:
        """How many paths lead from each node to the output; `MANY_PATHS` stands for any number above it, too."""
        counts = [0] * len(self.nodes)
        counts[-1] = 1
        for edge in self.edges:
            counts[edge.argument_node] = min(MANY_PATHS, counts[edge.argument_node] + counts[edge.user_node])
        return counts

    def explain(self, name: str) -> Explanation:
        """Every path from a node to the output, the product along each, and their total. See `paths.explain`.

        Raises:
            GraphError: if there is no such node, or if this is a slice without some of the edges.
        """
        from tinygrad_edu.steps.paths import Explanation

        return Explanation(self, name)

    @property
    def latex(self) -> str:
        r"""The whole derivation as LaTeX, one line for each step; it needs the package amsmath.

        >>> from tinygrad_edu import Value, chain_rule
        >>> print(chain_rule(-Value(2.0, label="x")).latex)  # doctest: +ELLIPSIS
        \begin{align*}
        v_{1} &= -x = -2 = -2 \\
        \frac{\partial v_{1}}{\partial v_{1}} &= 1 \\
        ...
        \end{align*}
        """
        return "\n".join([r"\begin{align*}", " \\\\\n".join(self._aligned()), r"\end{align*}"])

    def _aligned(self) -> list[str]:
        """The steps as LaTeX, aligned at their first equals sign."""
        return [step.latex.replace(" = ", " &= ", 1) for step in self.steps]

    def to_json(self, indent: int | None = None) -> str:
        """The trace as JSON text; `docs/trace.md` describes it."""
        from tinygrad_edu.steps.trace_json import dumps

        return dumps(self, indent)

    @staticmethod
    def from_json(text: str) -> Trace:
        """The trace in a JSON text.

        Raises:
            TraceError: if the text does not hold a trace, or a damaged one.
        """
        from tinygrad_edu.steps.trace_json import loads

        return loads(text)

    def __str__(self) -> str:
        return "\n".join(map(str, self.steps))

    def __repr__(self) -> str:
        operations, edges = counted(len(self.forward), "operation"), counted(len(self.edges), "application")
        return f"<Trace of {operations} and {edges} of the chain rule>"

    def _repr_latex_(self) -> str | None:
        """What a notebook shows: the steps as formulas, or the `repr` of a long trace."""
        if len(self) > LONGEST_LATEX:
            return None
        return r"$\begin{aligned}" + r" \\ ".join(self._aligned()) + r"\end{aligned}$"


LONGEST_LATEX = 60  # steps that a notebook shows as formulas
