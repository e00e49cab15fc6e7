"""An engine whose operators come from a mixin and a table; nodes wait until all of their users have been there."""

import math
from collections import Counter, deque

TABLE = {  # the result, and the local derivatives
    "add": (lambda a, b: a + b, lambda a, b, y: (1, 1)),
    "sub": (lambda a, b: a - b, lambda a, b, y: (1, -1)),
    "mul": (lambda a, b: a * b, lambda a, b, y: (b, a)),
    "truediv": (lambda a, b: a / b, lambda a, b, y: (1 / b, -y / b)),
    "pow": (lambda a, b: a**b, lambda a, b, y: (b * a ** (b - 1), y * math.log(a) if a > 0 else 0.0)),
    "neg": (lambda a: -a, lambda a, y: (-1,)),
    "exp": (math.exp, lambda a, y: (y,)),
    "log": (math.log, lambda a, y: (1 / a,)),
    "tanh": (math.tanh, lambda a, y: (1 - y**2,)),
    "sigmoid": (lambda a: 1 / (1 + math.exp(-a)), lambda a, y: (y - y**2,)),
    "relu": (lambda a: a if a > 0 else 0.0, lambda a, y: (int(a > 0),)),
}


class Arithmetic:
    """Gives a class all operators; the class has a method `apply`."""


def _operator(name):
    return lambda *args: args[0].apply(name, *args)


def _reflected(name):
    return lambda self, other: self.apply(name, other, self)


for name in TABLE:
    is_operator = name in ("add", "sub", "mul", "truediv", "pow", "neg")
    setattr(Arithmetic, f"__{name}__" if is_operator else name, _operator(name))
    if is_operator and name != "neg":
        setattr(Arithmetic, f"__r{name}__", _reflected(name))


class Value(Arithmetic):
    def __init__(self, data):
        self.data, self.grad = data, 0.0
        self.name, self.args = "leaf", ()

    @classmethod
    def apply(cls, name, *args):
        args = [arg if isinstance(arg, Value) else Value(arg) for arg in args]
        out = cls(TABLE[name][0](*[arg.data for arg in args]))
        out.name, out.args = name, args
        return out

    def below(self):
        found, todo = {self: None}, [self]
        while todo:
            for arg in todo.pop().args:
                if arg not in found:
                    found[arg] = None
                    todo.append(arg)
        return found

    def backward(self):
        nodes = self.below()
        for node in nodes:
            if node.args:
                node.grad = 0.0
        waits_for = Counter(arg for node in nodes for arg in node.args)
        self.grad = 1.0
        ready = deque([self])
        while ready:
            node = ready.popleft()
            if not node.args:
                continue
            slopes = TABLE[node.name][1](*[arg.data for arg in node.args], node.data)
            for arg, slope in zip(node.args, slopes):
                arg.grad += slope * node.grad
                waits_for[arg] -= 1
                if waits_for[arg] == 0:
                    ready.append(arg)
