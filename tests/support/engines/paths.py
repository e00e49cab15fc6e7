"""No order at all: every path is walked to its end, and adds its product there."""

import math


class Value:
    def __init__(self, data, *edges):
        self.data, self.edges, self.grad = data, edges, 0.0

    def backward(self, upstream=1.0):
        self.grad += upstream
        for arg, slope in self.edges:
            arg.backward(upstream * slope)

    def __add__(self, y):
        y = as_value(y)
        return Value(self.data + y.data, (self, 1), (y, 1))

    def __mul__(self, y):
        y = as_value(y)
        return Value(self.data * y.data, (self, y.data), (y, self.data))

    def __pow__(self, n):
        return Value(self.data**n, (self, n * self.data ** (n - 1)))

    def __neg__(self):
        return Value(-self.data, (self, -1))

    def __radd__(self, y):
        return self + y

    def __rmul__(self, y):
        return self * y

    def __sub__(self, y):
        return self + -as_value(y)

    def __rsub__(self, y):
        return as_value(y) + -self

    def __truediv__(self, y):
        return self * as_value(y) ** -1

    def __rtruediv__(self, y):
        return as_value(y) * self**-1

    def exp(self):
        e = math.e**self.data
        return Value(e, (self, e))

    def tanh(self):
        e = math.exp(-2 * abs(self.data))
        t = math.copysign((1 - e) / (1 + e), self.data)
        return Value(t, (self, 1 - t * t))

    def relu(self):
        return Value(self.data, (self, 1)) if self.data > 0 else Value(0.0)

    def log(self):
        return Value(math.log(self.data), (self, 1 / self.data))

    def sigmoid(self):
        return ((-self).exp() + 1) ** -1


def as_value(x):
    return x if isinstance(x, Value) else Value(x)
