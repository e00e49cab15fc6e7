"""Losses over a batch, put together at random, with numbers that happen to be sizes.

A width of 7 where 7 samples are traced, a learning constant of 1/11, five classes for five samples, a sum over 13
features: whoever finds out by two sizes what is m and what is not may be led astray. Each loss is made of a way to
look at a sample, of statistics over the batch or over pairs of samples, and of a total; none of them knows how the
compiler works, and each is computed alike for all samples. The truth is the scalar graph.

    problem = composed(seed)
"""

import functools
import itertools
import math
import operator

import numpy as np
from sample_losses import Draw, Problem, dot, times

from tinygrad_edu import Value, nn
from tinygrad_edu.functions import logsumexp, maximum, minimum

SIZES = (1, 2, 3, 5, 6, 7, 11, 12, 13)  # of features, of layers, of classes
CONSTANTS = (0.5, 1 / 3, 0.2, 1 / 7, 1 / 11, 1 / 13, 7.0, 11.0, -7.0, 49.0, 121.0, 6.0, 10.0, 1 / 6, 0.1, 1.0, 7**0.5)
SMALL = (1, 2, 3, 5, 7)


class Composer(Draw):
    """Draws the parts of a loss."""

    def one_of(self, things):
        return self.choices.choice(list(things))

    def constant(self):
        """A number that may happen to be a size, or one by a size."""
        return self.one_of(CONSTANTS)

    # Of one sample a number

    def neuron(self):
        width = self.one_of(SIZES)
        w, b, c = self.leaves(width), self.leaves(), self.constant()
        return (lambda x: (dot(w, x) + c * b).tanh()), (width,), None

    def layers(self):
        width, hidden = self.one_of(SMALL), self.one_of(SIZES)
        W, o, c = self.leaves(hidden, width), self.leaves(hidden), self.constant()
        bend = self.one_of([Value.tanh, Value.sigmoid, Value.relu, Value.softplus])
        return (lambda x: c * dot(o, [bend(z) for z in times(W, x)])), (width,), None

    def sequence(self):
        steps, width = self.one_of(SMALL), self.one_of((1, 2, 7))
        w, u, c = self.leaves(width), self.leaves(), self.constant()

        def read(x):
            state = Value(0.0)
            for v in x:
                state = (dot(w, v) + u * state).tanh()
            return state * c

        return read, (steps, width), None

    def embedded(self):
        rows, width = self.one_of((2, 5, 7, 11)), self.one_of((1, 2, 3, 7))
        table, w = self.leaves(rows, width), self.leaves(width)
        return (lambda x: dot(w, nn.embedding(table, x))), (), rows

    def masked(self):
        width = self.one_of(SMALL)
        w = self.leaves(width)
        return (lambda x: dot(w, x) * x[0].step() + x[-1].relu() * w[0]), (width,), None

    def shares(self):
        """A softmax over classes, as it is kept from overflowing by hand."""
        classes, width = self.one_of(SIZES[1:]), self.one_of(SMALL)
        W = self.leaves(classes, width)

        def share(x):
            zs = times(W, x)
            top = max(z.data for z in zs)
            exps = [(z - top).exp() for z in zs]
            return exps[0] / sum(exps)

        return share, (width,), None

    # Of all samples as many numbers

    def standardized(self):
        c = abs(self.constant())

        def of(zs):
            middle = sum(zs) / len(zs)
            spread = (sum((z - middle) ** 2 for z in zs) / len(zs) + c) ** 0.5
            return [(z - middle) / spread for z in zs]

        return of

    def softmax(self):
        c, by_hand = self.constant() % 3, self.chance()

        def of(zs):
            top = max(z.data for z in zs) if by_hand else 0.0
            exps = (
                [(c * z - c * top if c != 1 else z - top).exp() for z in zs]
                if not by_hand
                else [(z - top).exp() for z in zs]
            )
            return [e / sum(exps) for e in exps]

        return of

    def centred(self):
        return lambda zs: [z - sum(zs) / len(zs) for z in zs]

    def by_the_norm(self):
        return lambda zs: [z / (sum(v * v for v in zs) + 1.0) ** 0.5 for z in zs]

    def attended(self):
        c = self.constant() / 10

        def of(zs):
            rows = [[(c * a * b).exp() for b in zs] for a in zs]
            return [dot(row, zs) / sum(row) for row in rows]

        return of

    def as_they_are(self):
        return lambda zs: zs

    # Of all numbers one

    def total(self):
        c, k = self.constant(), self.one_of((0, 1, 2))

        def smooth(terms):
            return sum(((a - b) ** 2 for a, b in itertools.pairwise(terms)), Value(0.0)) * c + sum(terms)

        def pairs(terms):
            return sum((a - b) ** 2 for a in terms for b in terms) / len(terms) ** k

        def different(terms):
            found = [(a - b).softplus() for a, b in itertools.combinations(terms, 2)]
            return sum(found, Value(0.0)) / len(terms) ** k

        return self.one_of(
            [
                sum,
                lambda terms: sum(terms) / len(terms),
                lambda terms: c * sum(terms),
                lambda terms: sum(terms) * (c / len(terms)),
                lambda terms: sum(terms) / len(terms) + c,
                lambda terms: (sum(t * t for t in terms) + c * c) ** 0.5,
                lambda terms: sum(t * t for t in terms) / len(terms) - (sum(terms) / len(terms)) ** 2,
                logsumexp,
                lambda terms: logsumexp(terms) - math.log(len(terms)),
                lambda terms: sum(t.exp() for t in terms).log(),
                lambda terms: functools.reduce(maximum, terms) * c,
                lambda terms: functools.reduce(minimum, terms),
                lambda terms: functools.reduce(operator.mul, [1 + 0.1 * t for t in terms]),
                smooth,
                pairs,
                different,
            ]
        )


PARTS = ("neuron", "layers", "sequence", "embedded", "masked", "shares")
STATISTICS = ("as_they_are", "as_they_are", "standardized", "softmax", "centred", "by_the_norm", "attended")


def composed(seed):
    """A loss of parts that are drawn."""
    draw = Composer(seed)
    of_one, shape, rows = getattr(draw, draw.one_of(PARTS))()
    statistic, total = getattr(draw, draw.one_of(STATISTICS))(), draw.total()
    kind = draw.one_of(["no target", "target", "weight"])
    style = draw.one_of(["different", "ties", "zero rows", "a constant column", "whole numbers"])
    decay = draw.constant() if draw.chance(0.3) else None

    def function(xs, ys):
        zs = statistic([of_one(x) for x in xs])
        terms = zs if kind == "no target" else [z * y for z, y in zip(zs, ys, strict=True)]
        terms = [(z - y) ** 2 for z, y in zip(zs, ys, strict=True)] if kind == "target" else terms
        loss = total(terms)
        return loss if decay is None else loss + decay * sum(p * p for p in draw.parameters)

    def batch(m):
        if rows:
            return [draw.rng.integers(0, rows, m), draw.rng.normal(size=m)]
        X = draw.rng.normal(size=(m, *shape))
        if style == "ties":
            X[1::2] = X[: len(X) // 2]
        if style == "zero rows":
            X[::3] = 0.0
        if style == "a constant column":
            X[..., 0] = 1 / 7
        if style == "whole numbers":
            X = np.round(X)
        return [X, draw.rng.normal(size=m)]

    return Problem(f"composed {seed}", function, draw.parameters, batch)
