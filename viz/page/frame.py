"""What is known at a position of the sweep, and how is it drawn?

Numbers of the nodes, gradients so far, and what has come along each arrow, as boxes and arrows of `picture.py`. A box
that is not reached yet is dashed; an arrow that a gradient has come along is drawn against the numbers, blue and solid
for a positive contribution, orange and dashed for a negative one.

Names to know: `Frame`. Read next: `files.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tinygrad_edu.show import show
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, SeedStep, Step, Trace
from tinygrad_edu.viz.page.picture import UNKNOWN, Arrow, Box, chip_texts, gradient_text
from tinygrad_edu.viz.style import LIGHT, Theme

ACTIVE = 2.0  # how much thicker the pen of the active arrow is


class Frame:
    """What is known at a position.

    Args:
        trace: the steps.
        position: how many of them are done.
        active: the step that the picture is about, if it is about one.
        theme: the colours.

    >>> from tinygrad_edu import Value, chain_rule
    >>> trace = chain_rule(Value(2.0, label="x") * 3.0)
    >>> [(box.value, box.gradient) for box in Frame(trace, 0).boxes()]
    [('2', '—'), ('3', '—'), ('—', '—')]
    >>> [(box.value, box.gradient) for box in Frame(trace, 3).boxes()]
    [('2', '3'), ('3', '—'), ('6', '1')]
    """

    def __init__(self, trace: Trace, position: int, active: Step | None = None, theme: Theme = LIGHT) -> None:
        self.trace = trace
        self.theme = theme
        self.done = trace.steps[:position]
        self.active = active
        self.computed = {step.node for step in self.done if isinstance(step, ForwardStep)}
        self.passed = {(step.user_node, step.position): step for step in self.done if isinstance(step, EdgeStep)}
        self.gradients = _gradients(self.done)
        self.largest = _largest(trace)

    def boxes(self) -> list[Box]:
        """What each box shows."""
        return [self._box(index) for index in range(len(self.trace.nodes))]

    def _box(self, index: int) -> Box:
        node = self.trace.nodes[index]
        is_known = not node.args or index in self.computed
        number, to_come = self.gradients.get(index, (None, 0))
        return Box(
            value=show(node.data) if is_known else UNKNOWN,
            gradient=UNKNOWN if number is None else gradient_text(number, to_come),
            fill="" if number is None else self.theme.tint(number, self.largest),
            is_reached=(number is not None and not to_come) if self.gradients else is_known,
            is_active=index == _node_of(self.active),
        )

    def arrows(self) -> list[Arrow]:
        """What each arrow shows."""
        return [self._arrow(edge) for edge in self.trace.edges]

    def _arrow(self, edge: EdgeStep) -> Arrow:
        if (edge.user_node, edge.position) in self.passed:
            return self._backward(edge)
        if edge.user_node not in self.computed:
            return Arrow()
        is_active = isinstance(self.active, ForwardStep) and self.active.node == edge.user_node
        pen = {"color": self.theme.ink if is_active else self.theme.strong, "penwidth": "2.4" if is_active else "1.2"}
        return Arrow((chip_texts(edge.partial, 0.0)[0],), pen)

    def _backward(self, edge: EdgeStep) -> Arrow:
        pen = self.theme.pen(edge.contribution, self.largest)
        is_active = edge is self.active
        if is_active:
            pen["penwidth"] = f"{float(pen['penwidth']) + ACTIVE:.2f}"
        return Arrow(chip_texts(edge.partial, edge.contribution), pen, is_backward=True, is_active=is_active)


def _gradients(done: Sequence[Step]) -> dict[int, tuple[float, int]]:
    """The gradient so far of each node that has one, and how many contributions will come."""
    found = {step.node: (1.0, 0) for step in done if isinstance(step, SeedStep)}
    return found | {step.argument_node: (step.after, step.to_come) for step in done if isinstance(step, EdgeStep)}


def _largest(trace: Trace) -> float:
    """The size of the largest gradient: the strongest colour, the thickest pen."""
    return max((abs(number) for number in trace.gradients.values() if abs(number) < float("inf")), default=1.0)


def _node_of(step: Step | None) -> int | None:
    if isinstance(step, EdgeStep):
        return step.argument_node
    return step.node if step else None
