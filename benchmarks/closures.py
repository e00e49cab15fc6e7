"""What does an engine cost that keeps a closure for every operation?

This is the design of micrograd, written again as something to measure against: each result holds the function that
passes its gradient on, its children are a `set`, the order comes from a recursive walk, and a neuron adds up its
weighted inputs one product at a time. It is a fine way to *explain* backpropagation, and this file can be read for
that; `tinygrad_edu` is about the same ideas in another arrangement.

Names to know: `Value`, and `Neuron`, `Layer`, `MLP`, which build a network out of any kind of number. Read next:
`training_step.py`, which measures both.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any


class Value:
    """A number with a closure: `_backward` adds this node's contributions to the gradients of its children."""

    def __init__(self, data: float, _children: Iterable[Value] = (), _op: str = "") -> None:
        self.data = data
        self.grad = 0.0
        self._backward: Callable[[], None] = lambda: None
        self._prev = set(_children)
        self._op = _op

    def __add__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward() -> None:
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def relu(self) -> Value:
        """Zero if the number is negative."""
        out = Value(0.0 if self.data < 0 else self.data, (self,), "ReLU")

        def _backward() -> None:
            self.grad += (out.data > 0) * out.grad

        out._backward = _backward
        return out

    def backward(self) -> None:
        """Order all nodes by a recursive walk, and call their closures from the output back."""
        topo: list[Value] = []
        visited = set()

        def build_topo(v: Value) -> None:
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build_topo(child)
                topo.append(v)

        build_topo(self)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()

    def __neg__(self) -> Value:
        return self * -1

    def __radd__(self, other: float) -> Value:
        return self + other

    def __rmul__(self, other: float) -> Value:
        return self * other

    def __sub__(self, other: Value | float) -> Value:
        return self + (-other)

    def __rsub__(self, other: float) -> Value:
        return other + (-self)


class Neuron:
    """Activation of w1·x1 + w2·x2 + … + b, with a node for every × and every +.

    `number` is the class that its parameters are of: this module's `Value`, or another engine's.
    """

    def __init__(self, nin: int, nonlin: bool, number: type[Any]) -> None:
        self.w = [number(random.uniform(-1, 1)) for _ in range(nin)]  # noqa: S311 (no secrets here)
        self.b = number(0.0)
        self.nonlin = nonlin

    def __call__(self, x: Sequence[Any]) -> Any:
        """The output for one sample."""
        act = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
        return act.relu() if self.nonlin else act

    def parameters(self) -> list[Any]:
        """The weights, then the bias."""
        return [*self.w, self.b]


class Layer:
    """Neurons side by side."""

    def __init__(self, nin: int, nout: int, nonlin: bool, number: type[Any]) -> None:
        self.neurons = [Neuron(nin, nonlin, number) for _ in range(nout)]

    def __call__(self, x: Sequence[Any]) -> Any:
        """The outputs for one sample; a single number where there is one neuron."""
        out = [n(x) for n in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Any]:
        """The parameters of its neurons."""
        return [p for n in self.neurons for p in n.parameters()]


class MLP:
    """Layers one after the other: relu inside, linear at the end."""

    def __init__(self, nin: int, nouts: Sequence[int], number: type[Any] = Value) -> None:
        sizes = [nin, *nouts]
        self.layers = [
            Layer(sizes[i], sizes[i + 1], nonlin=i != len(nouts) - 1, number=number) for i in range(len(nouts))
        ]

    def __call__(self, x: Any) -> Any:
        """The outputs for one sample; a single number where there is one output."""
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self) -> list[Any]:
        """The parameters of its layers."""
        return [p for layer in self.layers for p in layer.parameters()]

    def zero_grad(self) -> None:
        """Set every gradient to 0."""
        for p in self.parameters():
            p.grad = 0.0
