"""Rung 1: a number that remembers how to send its gradient back.

Every operation makes a new Value, and leaves in it a function, a closure over its arguments, which adds to their
gradients what the chain rule says. `backward` calls these functions in the right order. That is all of it.
"""

import math


class Value:
    def __init__(self, data, args=()):
        self.data = data
        self.args = args
        self.grad = 0.0
        self.send_back = lambda: None  # a leaf has nothing to send

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other))

        def send_back():
            self.grad += out.grad
            other.grad += out.grad

        out.send_back = send_back
        return out

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))

        def send_back():
            self.grad += out.grad * other.data
            other.grad += out.grad * self.data

        out.send_back = send_back
        return out

    def tanh(self):
        out = Value(math.tanh(self.data), (self,))

        def send_back():
            self.grad += out.grad * (1 - out.data**2)

        out.send_back = send_back
        return out

    def backward(self):
        order, seen = [], set()

        def visit(node):  # a node comes after everything it was made of: a topological order
            if node not in seen:
                seen.add(node)
                for arg in node.args:
                    visit(arg)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node.send_back()
