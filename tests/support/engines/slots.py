"""An engine as a dataclass with slots: each result keeps a list of ways back, newest results are served first."""

import heapq
import itertools
import math
from dataclasses import dataclass, field

count = itertools.count()


@dataclass(slots=True, eq=False)
class Value:
    data: float
    grad: float = 0.0
    ways: list = field(default_factory=list, repr=False)  # (where to, how the gradient changes on the way)
    born: int = field(default_factory=lambda: next(count), repr=False)

    @classmethod
    def of(cls, x):
        return x if isinstance(x, cls) else cls(x)

    def __add__(self, other):
        other = Value.of(other)
        return Value(self.data + other.data, ways=[(self, lambda g: g), (other, lambda g: g)])

    def __mul__(self, other):
        other = Value.of(other)
        x, y = self.data, other.data
        return Value(x * y, ways=[(self, lambda g: g * y), (other, lambda g: g * x)])

    def __pow__(self, n):
        slope = n * self.data ** (n - 1)
        return Value(self.data**n, ways=[(self, lambda g: g * slope)])

    def __neg__(self):
        return Value(-self.data, ways=[(self, lambda g: -g)])

    def __sub__(self, other):
        return self + -Value.of(other)

    def __truediv__(self, other):
        return self * Value.of(other) ** -1

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other):
        return Value.of(other) - self

    def __rtruediv__(self, other):
        return Value.of(other) / self

    def _function(self, y, slope):
        return Value(y, ways=[(self, lambda g: g * slope)])

    def exp(self):
        y = math.exp(self.data)
        return self._function(y, y)

    def log(self):
        return self._function(math.log(self.data), 1 / self.data)

    def tanh(self):
        y = math.tanh(self.data)
        return self._function(y, 1 - y * y)

    def sigmoid(self):
        y = 1 / (1 + math.exp(-self.data))
        return self._function(y, y * (1 - y))

    def relu(self):
        return self._function(max(self.data, 0.0), 1.0 if self.data > 0 else 0.0)

    def backward(self):
        """A result is younger than its arguments, so the youngest node that waits has all its contributions."""
        heap, waiting = [(-self.born, self)], {self.born: 1.0}
        while heap:
            _, node = heapq.heappop(heap)
            g = waiting[node.born]
            node.grad += g
            for arg, way in node.ways:
                if arg.born not in waiting:
                    waiting[arg.born] = 0.0
                    heapq.heappush(heap, (-arg.born, arg))
                waiting[arg.born] += way(g)
