"""An engine whose operations return (result, pullback); only leaves keep a gradient, which is None at first."""

import math


def add(a, b):
    return a + b, lambda g: (g, g)


def sub(a, b):
    return a - b, lambda g: (g, -g)


def mul(a, b):
    return a * b, lambda g: (g * b, g * a)


def div(a, b):
    return a / b, lambda g: (g / b, -g * a / (b * b))


def neg(a):
    return -a, lambda g: (-g,)


def power(n):
    return lambda a: (a**n, lambda g: (g * n * a ** (n - 1),))


def exp(a):
    y = math.exp(a)
    return y, lambda g: (g * y,)


def log(a):
    return math.log(a), lambda g: (g / a,)


def tanh(a):
    y = math.tanh(a)
    return y, lambda g: (g * (1 - y) * (1 + y),)


def sigmoid(a):
    y = 1 / (1 + math.exp(-a))
    return y, lambda g: (g * y * (1 - y),)


def relu(a):
    return max(0.0, a), lambda g: (g if a > 0 else 0.0,)


class Value:
    def __init__(self, data, inputs=(), pullback=None):
        self.data = float(data)
        self.grad = None
        self._inputs, self._pullback = inputs, pullback

    def __repr__(self):
        return f"<{self.data}>"

    @staticmethod
    def call(rule, *inputs):
        inputs = tuple(x if isinstance(x, Value) else Value(x) for x in inputs)
        y, pullback = rule(*(x.data for x in inputs))
        return Value(y, inputs, pullback)

    def __add__(self, other):
        return Value.call(add, self, other)

    def __radd__(self, other):
        return Value.call(add, other, self)

    def __sub__(self, other):
        return Value.call(sub, self, other)

    def __rsub__(self, other):
        return Value.call(sub, other, self)

    def __mul__(self, other):
        return Value.call(mul, self, other)

    def __rmul__(self, other):
        return Value.call(mul, other, self)

    def __truediv__(self, other):
        return Value.call(div, self, other)

    def __rtruediv__(self, other):
        return Value.call(div, other, self)

    def __pow__(self, n):
        return Value.call(power(n), self)

    def __neg__(self):
        return Value.call(neg, self)

    def exp(self):
        return Value.call(exp, self)

    def log(self):
        return Value.call(log, self)

    def tanh(self):
        return Value.call(tanh, self)

    def sigmoid(self):
        return Value.call(sigmoid, self)

    def relu(self):
        return Value.call(relu, self)

    def backward(self):
        arrived = {id(self): 1.0}
        for node in reversed(list(self._walk(set()))):
            g = arrived.pop(id(node))
            if node._pullback is None:
                node.grad = g if node.grad is None else node.grad + g
                continue
            for x, part in zip(node._inputs, node._pullback(g)):
                arrived[id(x)] = arrived.get(id(x), 0.0) + part

    def _walk(self, seen):
        if id(self) not in seen:
            seen.add(id(self))
            for x in self._inputs:
                yield from x._walk(seen)
            yield self
