"""Rung 2: a number that remembers its local derivatives.

The closures of rung 1 all did the same thing: upstream gradient × local derivative, added to an argument. So keep only
what differs, the local derivatives, as numbers on the edges of the graph. `steps` is the chain rule, written once.
"""

import math


class Value:
    def __init__(self, data, args=(), partials=()):
        self.data = data
        self.args = args
        self.partials = partials  # of this node by each argument
        self.grad = 0.0

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, (self,), (1 - t**2,))

    def backward(self):
        for _ in self.steps():
            pass

    def steps(self):
        """Every application of the chain rule: (upstream, local derivative, contribution, argument)."""
        order = topological_order(self)
        for node in order:
            if node.args:
                node.grad = 0.0  # only leaves keep a sum over several sweeps
        self.grad = 1.0
        for node in reversed(order):
            for arg, partial in zip(node.args, node.partials, strict=True):
                arg.grad += node.grad * partial
                yield node.grad, partial, node.grad * partial, arg


def topological_order(output):
    """Arguments before users, without recursion: a chain of a million nodes is no problem."""
    order, seen, stack = [], set(), [(output, False)]
    while stack:
        node, is_done = stack.pop()
        if is_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((arg, False) for arg in reversed(node.args))
    return order
