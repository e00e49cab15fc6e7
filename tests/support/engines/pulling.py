"""An engine in which a node knows who used it, and fetches its gradient from there."""

import math


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0
        self.users, self.is_leaf = [], True  # (the result, its derivative by this node)

    def _result(self, data, *edges):
        out = Value(data)
        out.is_leaf = False
        for node, local in edges:
            node.users.append((out, local))
        out.args = [node for node, _ in edges]
        return out

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return self._result(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return self._result(self.data * other.data, (self, other.data), (other, self.data))

    def __pow__(self, n):
        return self._result(self.data**n, (self, n * self.data ** (n - 1)))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + other * -1

    def __truediv__(self, other):
        return self * (other**-1)

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return (self - other) * -1

    def __rtruediv__(self, other):
        return (self / other) ** -1

    def exp(self):
        return self._result(math.exp(self.data), (self, math.exp(self.data)))

    def log(self):
        return self._result(math.log(self.data), (self, 1 / self.data))

    def tanh(self):
        return self._result(math.tanh(self.data), (self, 1 / math.cosh(self.data) ** 2))

    def sigmoid(self):
        return (1 + (-self).exp()) ** -1

    def relu(self):
        return self * float(self.data > 0)

    def backward(self):
        gradients = {self: 1.0}
        for node in self._with_arguments():
            gradient = self._fetched(node, gradients)
            node.grad = node.grad + gradient if node.is_leaf else gradient

    def _fetched(self, node, gradients):
        if node not in gradients:
            mine = [(user, local) for user, local in node.users if user in self._with_arguments()]
            gradients[node] = sum(self._fetched(user, gradients) * local for user, local in mine)
        return gradients[node]

    def _with_arguments(self):
        found, todo = {self}, [self]
        while todo:
            node = todo.pop()
            for arg in getattr(node, "args", ()):
                if arg not in found:
                    found.add(arg)
                    todo.append(arg)
        return found
