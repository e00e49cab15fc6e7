"""What does the chain rule do on the smallest circuits?

    circuit    f = (x + y) · z
    neuron     f = 1 / (1 + e^-(w0·x0 + w1·x1 + w2)), gate by gate
    maximum    f = 2 · (x·y + max(z, w)): only the larger one of z and w matters
    staged     f = (x + σ(y)) / (σ(x) + (x + y)²): a formula that is best not differentiated as a whole

From the circuits of CS231n, Stanford's course on convolutional networks ("Backpropagation, intuitions").
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tinygrad_edu import Value, chain_rule, gradcheck, parse, viz
from tinygrad_edu.graph import Graph
from tinygrad_edu.lessons.against import print_verdicts, title, verdict
from tinygrad_edu.lessons.ideas import Idea, print_files, show_all
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


def show_circuit() -> float:
    """Every step of f = (x + y) · z; the answer is ∂f/∂x."""
    f = circuit()
    print("f = (x + y) * z, forward and backward, one step on each line:\n")
    for step in chain_rule(f):
        print(f"  {step}")
    return gradients(f)["x"]


def show_gates(name: str, make: Callable[[], Value], asked: str) -> float:
    """A circuit, gate by gate; the answer is the gradient by one of its inputs."""
    print(f"{name}, gate by gate:\n")
    print_gates(make())
    return gradients(make())[asked]


def show_stages() -> float:
    """The stages, gate by gate; the answer is how many edges lead into x."""
    show_gates("in stages", staged, "x")
    return sum(edge.argument == "x" for edge in chain_rule(staged()).edges)


def show_books() -> float:
    """Three ways to differentiate `staged` by hand; the answer is how many of them are right."""
    print("in stages, by hand, checked against the engine:\n")
    right = gradients(staged())
    books = {title(book): book().gradients for book in (StagedByHand, Overwritten, SlopeTwice)}
    print_verdicts(right, books)
    return sum(verdict(right, formulas) == "right" for formulas in books.values())


def show_differences() -> str:
    """The neuron against differences; the answer is whether they agree."""
    print("the neuron, checked against differences:\n")
    report = gradcheck(neuron())
    print(report)
    return "yes" if report.ok else "no"


IDEAS = (
    Idea(
        "f = (x + y) · z",
        "At x = -2, y = 5, z = -4. With q = x + y it is f = q · z. On the way back, every edge multiplies the "
        "upstream gradient, how much f changes when its result does, by the local derivative.",
        "What is ∂f/∂x?",
        show_circuit,
    ),
    Idea(
        "A neuron, gate by gate",
        "f = 1 / (1 + e^-s) with s = w0·x0 + w1·x1 + w2, and s = 1, f = 0.7311. The slope of a sigmoid is f · "
        "(1 - f), and w2 is added to the rest of s.",
        "What is the gradient by w2?",
        lambda: show_gates("a neuron", neuron, "w2"),
    ),
    Idea(
        "Only the larger one matters",
        "f = 2 · (x·y + max(z, w)) at z = 2 and w = -1.",
        "What is the gradient by w?",
        lambda: show_gates("a maximum", maximum, "w"),
    ),
    Idea(
        "In stages",
        "f = (x + σ(y)) / (σ(x) + (x + y)²) is best not differentiated as a whole. In stages, num over den, x "
        "stands in three places, at x = 3 and y = -4: in num, in σ(x), and in (x + y)².",
        "How many contributions add up to the gradient by x?",
        show_stages,
    ),
    Idea(
        "By hand, and checked",
        "The same backward pass was written by hand in three ways: as in the course, with dx = … for one of "
        "its dx += …, and with σ' of what is σ(x) already.",
        "How many of the three give the right gradients?",
        show_books,
    ),
    Idea(
        "Another judge",
        "A gradient says how f moves. So x can be moved by a little, and f be looked at: (f(x + h) - f(x - "
        "h)) / 2h, which knows nothing of the chain rule.",
        "Do differences agree with every gradient of the neuron, yes or no?",
        show_differences,
    ),
)


def pictures(folder: Path, *, theme: str = "light", lang: str = "en") -> list[Path]:
    """The circuit, drawn."""
    f = circuit()
    f.backward()
    return [viz.draw(f, theme=theme, lang=lang).save(folder / "circuit.svg")]


def main(folder: Path | None = None) -> None:
    """Step, check, draw."""
    show_all(IDEAS)
    if folder is not None:
        print_files(pictures(folder))


if __name__ == "__main__":
    main(Path())
