"""An engine that keeps the local derivatives as numbers on the edges; functions beside the class."""

import math


class Node:
    def __init__(self, value, parents=()):
        self.value = float(value)
        self.parents = parents  # (node, local derivative)
        self.gradient = 0.0

    def __add__(self, other):
        other = as_node(other)
        return Node(self.value + other.value, ((self, 1.0), (other, 1.0)))

    def __sub__(self, other):
        other = as_node(other)
        return Node(self.value - other.value, ((self, 1.0), (other, -1.0)))

    def __mul__(self, other):
        other = as_node(other)
        return Node(self.value * other.value, ((self, other.value), (other, self.value)))

    def __truediv__(self, other):
        other = as_node(other)
        return Node(self.value / other.value, ((self, 1 / other.value), (other, -self.value / other.value**2)))

    def __pow__(self, n):
        return Node(self.value**n, ((self, n * self.value ** (n - 1)),))

    def __neg__(self):
        return Node(-self.value, ((self, -1.0),))

    def __radd__(self, other):
        return as_node(other) + self

    def __rsub__(self, other):
        return as_node(other) - self

    def __rmul__(self, other):
        return as_node(other) * self

    def __rtruediv__(self, other):
        return as_node(other) / self

    def backprop(self):
        order = sorted_nodes(self)
        self.gradient = 1.0
        for node in reversed(order):
            for parent, local in node.parents:
                parent.gradient += node.gradient * local


def sorted_nodes(output):
    order, seen, stack = [], set(), [(output, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            for parent, _ in node.parents:
                stack.append((parent, False))
    return order


def as_node(x):
    return x if isinstance(x, Node) else Node(x)


def exp(x):
    e = math.exp(x.value)
    return Node(e, ((x, e),))


def log(x):
    return Node(math.log(x.value), ((x, 1 / x.value),))


def tanh(x):
    t = math.tanh(x.value)
    return Node(t, ((x, 1 - t * t),))


def sigmoid(x):
    s = 1 / (1 + math.exp(-x.value))
    return Node(s, ((x, s * (1 - s)),))


def relu(x):
    return Node(max(0.0, x.value), ((x, 1.0 if x.value > 0 else 0.0),))
