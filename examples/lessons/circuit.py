"""What does the chain rule do on the smallest circuits?

    circuit    f = (x + y) · z
    neuron     f = 1 / (1 + e^-(w0·x0 + w1·x1 + w2)), gate by gate
    maximum    f = 2 · (x·y + max(z, w)): only the larger one of z and w matters
    staged     f = (x + σ(y)) / (σ(x) + (x + y)²): a formula that is best not differentiated as a whole

From the circuits of CS231n, Stanford's course on convolutional networks ("Backpropagation, intuitions").
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

from tinygrad_edu import Value, chain_rule, gradcheck, parse, viz
from tinygrad_edu.graph import Graph
from tinygrad_edu.lessons.against import print_verdicts, title
from tinygrad_edu.show import show


def circuit() -> Value:
    """f = (x + y) · z, where q = x + y."""
    return parse("q = x + y; f = q * z", x=-2, y=5, z=-4)


def neuron() -> Value:
    """A neuron with two inputs, its sigmoid taken apart into -, exp, + 1 and 1 / x."""
    s = "s = w0 * x0 + w1 * x1 + w2"
    return parse(f"{s}; f = 1 / (1 + exp(-s))", w0=2, x0=-1, w1=-3, x1=-2, w2=-3)


def maximum() -> Value:
    """f = 2 · (x·y + max(z, w)): here the maximum passes its gradient to z alone."""
    return parse("f = 2 * (x * y + max(z, w))", x=3, y=-4, z=2, w=-1)


def staged() -> Value:
    """f = (x + σ(y)) / (σ(x) + (x + y)²), in stages, none of which is hard."""
    return parse("num = x + sigmoid(y); den = sigmoid(x) + (x + y) ** 2; f = num / den", x=3, y=-4)


class Gate(NamedTuple):
    """One node after both passes: its name, how it is computed, its number, and the gradient of the output by it."""

    name: str
    formula: str
    value: float
    gradient: float


def gates(f: Value) -> list[Gate]:
    """Every node of a circuit, in the order of the forward pass; plain numbers are left out."""
    f.backward()
    graph = Graph(f)
    nodes = [node for node in graph.nodes if node.args or not node.is_constant]
    return [Gate(graph.name(node), graph.formula(node), node.data, node.grad) for node in nodes]


def gradients(f: Value) -> dict[str, float]:
    """The gradient by every input, by its name."""
    trace = chain_rule(f)
    return {leaf.name: trace.gradients[leaf.name] for leaf in trace.leaves}


class StagedByHand:
    """as in the course: a contribution is added with +="""

    def add(self, before: float, more: float) -> float:
        return before + more

    def slope(self, value: float) -> float:
        return (1 - value) * value  # σ', from the value of σ

    def gradients(self, x: float = 3.0, y: float = -4.0) -> dict[str, float]:
        """The backward pass of `staged`, written by hand, line by line."""
        sigy, sigx = 1 / (1 + math.exp(-y)), 1 / (1 + math.exp(-x))
        num, den = x + sigy, sigx + (x + y) ** 2
        dnum, dden = 1 / den, -num / den**2
        dxpy = 2 * (x + y) * dden
        dx = dy = dxpy
        dx = self.add(dx, self.slope(sigx) * dden)
        dx = self.add(dx, dnum)
        dy = self.add(dy, self.slope(sigy) * dnum)
        return {"x": dx, "y": dy}


class Overwritten(StagedByHand):
    """dx = … for dx += …"""

    def add(self, before: float, more: float) -> float:
        return more


class SlopeTwice(StagedByHand):
    """σ'(σ(x)) for σ'(x)"""

    def slope(self, value: float) -> float:
        again = 1 / (1 + math.exp(-value))
        return (1 - again) * again


def print_gates(f: Value) -> None:
    """A table like the green and red numbers of the course."""
    for gate in gates(f):
        said = gate.name if gate.name == gate.formula else f"{gate.name} = {gate.formula}"
        print(f"  {said:<20} value {show(gate.value):>9}   gradient {show(gate.gradient):>9}")


def main(folder: Path | None = None) -> None:
    """Step, check, draw."""
    f = circuit()
    print("f = (x + y) * z, forward and backward, one step on each line:\n")
    for step in chain_rule(f):
        print(f"  {step}")
    for name, make in (("a neuron", neuron), ("a maximum", maximum), ("in stages", staged)):
        print(f"\n{name}, gate by gate:\n")
        print_gates(make())
    print("\nin stages, by hand, checked against the engine:\n")
    books = {title(book): book().gradients for book in (StagedByHand, Overwritten, SlopeTwice)}
    print_verdicts(gradients(staged()), books)
    print("\nthe neuron, checked against differences:\n")
    print(gradcheck(neuron()))
    if folder is not None:
        f.backward()
        path = viz.draw(f).save(folder / "circuit.svg")
        print(f"\nwrote {path}")


if __name__ == "__main__":
    main(Path())
