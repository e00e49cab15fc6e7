"""An engine whose numbers are arrays of NumPy without axes, and whose sweep is a function beside the class."""

import numpy as np


class Tensor:
    __array_priority__ = 1000

    def __init__(self, data, parents=(), vjps=()):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = np.zeros_like(self.data)
        self.parents, self.vjps = parents, vjps

    def __add__(self, other):
        other = tensor(other)
        return Tensor(np.add(self.data, other.data), (self, other), (lambda g: g, lambda g: g))

    def __mul__(self, other):
        other = tensor(other)
        vjps = (lambda g: g * other.data, lambda g: g * self.data)
        return Tensor(np.multiply(self.data, other.data), (self, other), vjps)

    def __neg__(self):
        return Tensor(-self.data, (self,), (np.negative,))

    def __sub__(self, other):
        return self + (-tensor(other))

    def __pow__(self, n):
        return Tensor(self.data**n, (self,), (lambda g: g * n * self.data ** (n - 1.0),))

    def __truediv__(self, other):
        return self * tensor(other) ** -1.0

    def __radd__(self, other):
        return tensor(other) + self

    def __rmul__(self, other):
        return tensor(other) * self

    def __rsub__(self, other):
        return tensor(other) - self

    def __rtruediv__(self, other):
        return tensor(other) / self


def tensor(x):
    return x if isinstance(x, Tensor) else Tensor(x)


def exp(x):
    y = np.exp(x.data)
    return Tensor(y, (x,), (lambda g: g * y,))


def log(x):
    return Tensor(np.log(x.data), (x,), (lambda g: g / x.data,))


def tanh(x):
    y = np.tanh(x.data)
    return Tensor(y, (x,), (lambda g: g * (1 - y**2),))


def sigmoid(x):
    y = 1 / (1 + np.exp(-x.data))
    return Tensor(y, (x,), (lambda g: g * y * (1 - y),))


def relu(x):
    return Tensor(np.maximum(x.data, 0), (x,), (lambda g: g * (x.data > 0),))


def backward(output):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(output)
    for node in order:
        if node.parents:
            node.grad = np.zeros_like(node.data)
    output.grad = np.ones_like(output.data)
    for node in reversed(order):
        for parent, vjp in zip(node.parents, node.vjps):
            parent.grad = parent.grad + vjp(node.grad)
