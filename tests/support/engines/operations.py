"""An engine with a class for each operation, which knows its forward and its backward pass."""

import math


class Op:
    def backward(self, args, out):
        raise NotImplementedError


class Add(Op):
    def forward(self, a, b):
        return a + b

    def backward(self, a, b, out, g):
        return g, g


class Sub(Op):
    def forward(self, a, b):
        return a - b

    def backward(self, a, b, out, g):
        return g, -g


class Mul(Op):
    def forward(self, a, b):
        return a * b

    def backward(self, a, b, out, g):
        return g * b, g * a


class Div(Op):
    def forward(self, a, b):
        return a / b

    def backward(self, a, b, out, g):
        return g / b, -g * a / b**2


class Neg(Op):
    def forward(self, a):
        return -a

    def backward(self, a, out, g):
        return (-g,)


class Pow(Op):
    def __init__(self, n):
        self.n = n

    def forward(self, a):
        return a**self.n

    def backward(self, a, out, g):
        return (g * self.n * a ** (self.n - 1),)


class Exp(Op):
    def forward(self, a):
        return math.exp(a)

    def backward(self, a, out, g):
        return (g * out,)


class Log(Op):
    def forward(self, a):
        return math.log(a)

    def backward(self, a, out, g):
        return (g / a,)


class Tanh(Op):
    def forward(self, a):
        return math.tanh(a)

    def backward(self, a, out, g):
        return (g * (1 - out**2),)


class Sigmoid(Op):
    def forward(self, a):
        return 1 / (1 + math.exp(-a))

    def backward(self, a, out, g):
        return (g * out * (1 - out),)


class Relu(Op):
    def forward(self, a):
        return max(a, 0.0)

    def backward(self, a, out, g):
        return (g if a > 0 else 0.0,)


class Value:
    def __init__(self, data, op=None, inputs=()):
        self.data = data
        self.op = op
        self.inputs = inputs
        self.grad = None

    def __add__(self, other):
        return run(Add(), self, other)

    def __sub__(self, other):
        return run(Sub(), self, other)

    def __mul__(self, other):
        return run(Mul(), self, other)

    def __truediv__(self, other):
        return run(Div(), self, other)

    def __neg__(self):
        return run(Neg(), self)

    def __pow__(self, n):
        return run(Pow(n), self)

    def exp(self):
        return run(Exp(), self)

    def log(self):
        return run(Log(), self)

    def tanh(self):
        return run(Tanh(), self)

    def sigmoid(self):
        return run(Sigmoid(), self)

    def relu(self):
        return run(Relu(), self)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other):
        return run(Sub(), other, self)

    def __rtruediv__(self, other):
        return run(Div(), other, self)

    def backward(self):
        self.grad = 1.0
        for node in reversed(topological(self)):
            if node.op is None:
                continue
            numbers = [arg.data for arg in node.inputs]
            for arg, g in zip(node.inputs, node.op.backward(*numbers, node.data, node.grad)):
                arg.grad = g if arg.grad is None else arg.grad + g


def run(op, *args):
    args = [arg if isinstance(arg, Value) else Value(arg) for arg in args]
    return Value(op.forward(*(arg.data for arg in args)), op, args)


def topological(root):
    order, seen = [], []

    def visit(node):
        if not any(node is other for other in seen):
            seen.append(node)
            for arg in node.inputs:
                visit(arg)
            order.append(node)

    visit(root)
    return order
