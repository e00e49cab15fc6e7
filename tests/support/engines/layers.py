"""The gradient goes back edge by edge, all nodes of one distance at once, until no one is left; grad is None before."""

import math


class Value:
    def __init__(self, data, edges=()):
        self.data, self.edges, self.grad = data, tuple(edges), None

    @classmethod
    def of(cls, x):
        return x if isinstance(x, cls) else cls(x)

    def __add__(self, other):
        other = self.of(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = self.of(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __pow__(self, n):
        return Value(self.data**n, ((self, n * self.data ** (n - 1)),))

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -self.of(other)

    def __rsub__(self, other):
        return self.of(other) - self

    def __truediv__(self, other):
        return self * self.of(other) ** -1

    def __rtruediv__(self, other):
        return self.of(other) / self

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, ((self, 1 - t**2),))

    def exp(self):
        e = math.exp(self.data)
        return Value(e, ((self, e),))

    def log(self):
        return Value(math.log(self.data), ((self, 1 / self.data),))

    def relu(self):
        return Value((self.data + abs(self.data)) / 2, ((self, (self.data > 0) * 1.0),))

    def sigmoid(self):
        return 0.5 * (0.5 * self).tanh() + 0.5

    def backward(self):
        total, front = {}, {self: 1.0}
        while front:
            behind = {}
            for node, upstream in front.items():
                total[node] = total.get(node, 0.0) + upstream
                for arg, slope in node.edges:
                    behind[arg] = behind.get(arg, 0.0) + upstream * slope
            front = behind
        for node, gradient in total.items():
            node.grad = gradient if node.edges else gradient + (node.grad or 0.0)
