"""One tape for everything, as in Wengert's list; the operators are made in loops, the sweep keeps its numbers apart."""

import math

TAPE = []


class Value:
    def __init__(self, data):
        self.data, self.grad, self.place = float(data), 0.0, len(TAPE)
        TAPE.append((self, ()))

    def backward(self):
        upstream = [0.0] * self.place + [1.0]
        for place in range(self.place, -1, -1):
            for arg, slope in TAPE[place][1]:
                upstream[arg.place] += slope * upstream[place]
        for (value, edges), number in zip(TAPE, upstream, strict=False):
            value.grad = number if edges and number else value.grad + number


def lift(x):
    return x if isinstance(x, Value) else Value(x)


def taped(number, *edges):
    value = Value(number)
    TAPE[-1] = (value, edges)
    return value


OPERATORS = {
    "add": lambda x, y: taped(x.data + y.data, (x, 1.0), (y, 1.0)),
    "sub": lambda x, y: taped(x.data - y.data, (x, 1.0), (y, -1.0)),
    "mul": lambda x, y: taped(x.data * y.data, (x, y.data), (y, x.data)),
    "truediv": lambda x, y: taped(x.data / y.data, (x, 1 / y.data), (y, -x.data / y.data**2)),
}
FUNCTIONS = {
    "exp": (math.exp, math.exp),
    "log": (math.log, lambda x: 1 / x),
    "tanh": (math.tanh, lambda x: 1 / math.cosh(x) ** 2),
    "relu": (lambda x: max(x, 0.0), lambda x: float(x > 0)),
    "sigmoid": (lambda x: 1 / (1 + math.exp(-x)), lambda x: 1 / (2 + 2 * math.cosh(x))),
    "__neg__": (lambda x: -x, lambda x: -1.0),
}
for name, operator in OPERATORS.items():
    setattr(Value, f"__{name}__", lambda x, y, operator=operator: operator(x, lift(y)))
    setattr(Value, f"__r{name}__", lambda x, y, operator=operator: operator(lift(y), x))
for name, (function, slope) in FUNCTIONS.items():
    setattr(Value, name, lambda x, f=function, slope=slope: taped(f(x.data), (x, slope(x.data))))
Value.__pow__ = lambda x, n: taped(x.data**n, (x, n * x.data ** (n - 1)))
