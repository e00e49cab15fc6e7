"""What does the sweep do, one application of the chain rule at a time?

`chain_rule(f)` tells it as data: first each operation forward, then the seed ∂f/∂f = 1, then one step for each edge of
the graph, in reverse topological order:

    ∂f/∂q: 0 + ∂f/∂f · z = 1 · (-4) = -4
           │   │       │   │    │      └ the gradient of q so far
           │   │       │   │    └ the local derivative ∂f/∂q, as a number
           │   │       │   └ the upstream gradient ∂f/∂f, as a number
           │   │       └ the local derivative as a formula, from the rule table
           │   └ the upstream gradient
           └ what other edges have contributed before

Nothing here writes into the graph: the steps are a reading of it, and `backward()` is another.

Names to know: `chain_rule`, `Trace`, `EdgeStep`. Read next: `gradcheck.py`, which asks whether it is all true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from tinygrad_edu.graph import Graph, formula
from tinygrad_edu.printing import as_factor
from tinygrad_edu.rule import PRODUCT, SUM, Rule
from tinygrad_edu.show import in_brackets, show
from tinygrad_edu.value import Value


@dataclass(frozen=True, slots=True)
class ForwardStep:
    """One operation: `q = x + y = -2 + 5 = 3`."""

    name: str
    op: str
    formula: str
    numbers: str
    out: float

    def __str__(self) -> str:
        return f"{self.name} = {self.formula} = {self.numbers} = {show(self.out)}"


@dataclass(frozen=True, slots=True)
class SeedStep:
    """Where the sweep begins: the output changes exactly as much as itself."""

    output: str

    def __str__(self) -> str:
        return f"∂{self.output}/∂{self.output} = 1"


@dataclass(frozen=True, slots=True)
class EdgeStep:
    """The chain rule along one edge: contribution = upstream gradient × local derivative.

    Attributes:
        output: the name of the node that is differentiated.
        user: the node whose gradient is passed on.
        argument: the node that receives it, at `position` among the arguments of the user.
        upstream: ∂output/∂user, complete.
        symbol: the local derivative ∂user/∂argument as a formula; empty if it is constant.
        partial: the local derivative as a number.
        before: the gradient of the argument before this step.
        to_come: how many edges will still contribute to it.
    """

    output: str
    user: str
    argument: str
    position: int
    upstream: float
    symbol: str
    partial: float
    before: float
    is_first: bool
    to_come: int

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
    def gradient(self) -> str:
        """The name of what is computed: ∂f/∂q."""
        return f"∂{self.output}/∂{self.argument}"

    @property
    def rule(self) -> str:
        """The chain rule in names: ∂f/∂q · ∂q/∂x."""
        return f"∂{self.output}/∂{self.user} · ∂{self.user}/∂{self.argument}"

    @property
    def rule_with_symbol(self) -> str:
        """The same with the local derivative as a formula, where it is one: ∂f/∂f · z."""
        local = self.symbol or f"∂{self.user}/∂{self.argument}"
        return f"∂{self.output}/∂{self.user} · {local}"

    @property
    def product(self) -> str:
        """The chain rule in numbers: 1 · (-4)."""
        return f"{in_brackets(self.upstream)} · {in_brackets(self.partial)}"

    @property
    def sum(self) -> str:
        """The running sum in numbers: old + upstream × local = new."""
        product = self.product.replace("·", "×")
        return f"{show(self.before)} + {product} = {show(self.after)}"

    def __str__(self) -> str:
        old = "" if self.is_first else f"{show(self.before)} + "
        rule = f"{show(self.before)} + {self.rule_with_symbol}"
        return f"{self.gradient}: {rule} = {old}{self.product} = {show(self.after)}"


Step = ForwardStep | SeedStep | EdgeStep


class Trace(Sequence[Step]):
    """All steps of a forward and a backward sweep, in order."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = tuple(steps)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> Trace: ...
    def __getitem__(self, index: int | slice) -> Step | Trace:
        return Trace(self.steps[index]) if isinstance(index, slice) else self.steps[index]

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def forward(self) -> tuple[ForwardStep, ...]:
        """The operations, in topological order."""
        return tuple(step for step in self.steps if isinstance(step, ForwardStep))

    @property
    def edges(self) -> tuple[EdgeStep, ...]:
        """The applications of the chain rule, in the order of the sweep."""
        return tuple(step for step in self.steps if isinstance(step, EdgeStep))

    def __str__(self) -> str:
        return "\n".join(map(str, self.steps))

    def __repr__(self) -> str:
        return f"<Trace of {len(self.forward)} operations and {len(self.edges)} applications of the chain rule>"


def chain_rule(output: Value) -> Trace:
    """Every step of the sweep that computes ∂output/∂node for every node, as data. Changes nothing.

    Constants receive no steps: nobody asks how the output changes with the 2 in 2·x.

    Raises:
        GraphError: if `output` is no Value.
        StaleGraphError: if a number changed after the graph was made, so that the steps would not add up.

    >>> x, y, z = Value(-2.0, label="x"), Value(5.0, label="y"), Value(-4.0, label="z")
    >>> q = x + y
    >>> q.label = "q"
    >>> f = q * z
    >>> f.label = "f"
    >>> for step in chain_rule(f):
    ...     print(step)
    q = x + y = -2 + 5 = 3
    f = q * z = 3 * (-4) = -12
    ∂f/∂f = 1
    ∂f/∂q: 0 + ∂f/∂f · z = 1 · (-4) = -4
    ∂f/∂z: 0 + ∂f/∂f · q = 1 · 3 = 3
    ∂f/∂x: 0 + ∂f/∂q · ∂q/∂x = (-4) · 1 = -4
    ∂f/∂y: 0 + ∂f/∂q · ∂q/∂y = (-4) · 1 = -4
    """
    graph = Graph(output)
    graph.validate()
    forward = [_forward_step(graph, node) for node in graph.nodes if node.args]
    return Trace([*forward, SeedStep(graph.name(output)), *_edge_steps(graph)])


def _forward_step(graph: Graph, node: Value) -> ForwardStep:
    names = [graph.name(arg) for arg in node.args]
    return ForwardStep(graph.name(node), node.op, formula(node, names), formula(node, _numbers(node)), node.data)


def _numbers(node: Value) -> list[str]:
    """The numbers of the arguments as they stand in the formula: -2 + 5, but 5 + (-2) and (-2) ** 2."""
    assert node.rule is not None
    binding = node.rule.binding
    numbers = [in_brackets(arg.data) if binding.needs else show(arg.data) for arg in node.args]
    if binding in (SUM, PRODUCT):
        numbers[0] = show(node.args[0].data)
    return numbers


def _edge_steps(graph: Graph) -> Iterator[EdgeStep]:
    gradients = dict.fromkeys(graph.nodes, 0.0)
    gradients[graph.output] = 1.0
    to_come = {node: len(graph.uses(node)) for node in graph.nodes}
    symbols = _Symbols(graph)
    for user in reversed(graph.nodes):
        for position, argument in enumerate(user.args):
            if argument.is_constant:
                continue
            is_first = to_come[argument] == len(graph.uses(argument))
            to_come[argument] -= 1
            step = EdgeStep(
                output=graph.name(graph.output),
                user=graph.name(user),
                argument=graph.name(argument),
                position=position,
                upstream=gradients[user],
                symbol=symbols.of(user, position),
                partial=user.partials[position],
                before=gradients[argument],
                is_first=is_first,
                to_come=to_come[argument],
            )
            gradients[argument] = step.after
            yield step


class _Symbols:
    """Local derivatives as formulas: the partials of the rule table, applied to leaves that carry the nodes' names."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.node: Value | None = None
        self.partials: tuple[Value | float, ...] = ()

    def of(self, node: Value, position: int) -> str:
        """The formula of ∂node/∂argument, bracketed as a factor; empty if it is a constant of the rule table."""
        if node is not self.node:
            assert node.rule is not None
            self.node, self.partials = node, self._differentiate(node, node.rule)
        partial = self.partials[position]
        return as_factor(partial).replace(" * ", " · ") if isinstance(partial, Value) else ""

    def _differentiate(self, node: Value, rule: Rule) -> tuple[Value | float, ...]:
        args = [arg.data if arg.is_constant else Value(arg.data, self.graph.name(arg)) for arg in node.args]
        return rule.local_derivatives(args, Value(node.data, self.graph.name(node)))
