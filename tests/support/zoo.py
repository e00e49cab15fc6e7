"""Graphs of many shapes, each a loss with its parameters and inputs: what a compiler meets.

A function for each; its name and docstring say what is special. Numbers are chosen so that no two are alike and nothing
is at a kink.
"""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from tinygrad_edu import Value, nn, parse
from tinygrad_edu.functions import dot, logsumexp, maximum, minimum
from tinygrad_edu.graph import Graph

ZOO: dict[str, Callable[[], "Animal"]] = {}


class Animal(NamedTuple):
    loss: Value
    wrt: list[Value]
    inputs: tuple[Value, ...] | list[Value] = ()


def animal(make):
    ZOO[make.__name__] = make
    return make


def leaves(name, count, start=0.3, step=0.17):
    return [Value(round(start + step * i, 6), label=f"{name}{i + 1}") for i in range(count)]


def table(name, rows, columns, start=0.3):
    numbers = leaves(name, rows * columns, start)
    return [numbers[columns * row : columns * (row + 1)] for row in range(rows)]


def samples(count, inputs):
    return [[round(math.sin(1 + 3 * s + 7 * i), 3) for i in range(inputs)] for s in range(count)]


def total(values):
    return sum(values[1:], values[0])


@animal
def circuit():
    """Three leaves, and no array at all."""
    f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    return Animal(f, Graph(f).leaves)


def network(sizes, activation, loss, count, output="linear", is_input=True):
    model = nn.MLP(sizes[0], sizes[1:], activation=activation, output=output, seed=0)
    rows = samples(count, sizes[0])
    xs = [[Value(x) for x in row] for row in rows] if is_input else rows
    return Animal(loss([model(x) for x in xs]), model.parameters(), [x for row in xs for x in row] if is_input else [])


@animal
def lesson():
    """3-4-3-1, as in the books."""
    return network([3, 4, 3, 1], "tanh", lambda out: nn.mse_loss(out, [0, 1, 1, 0, 1]), 5, "sigmoid")


@animal
def two_samples():
    """Few samples are written as many are."""
    return network([2, 3, 1], "relu", lambda out: nn.mse_loss(out, [0.5, -1.0]), 2)


@animal
def one_sample():
    """Vectors in place of tables."""
    return network([2, 3, 2], "sigmoid", lambda out: nn.mse_loss(out[0], [0.2, 0.7], reduction="sum", scale=0.5), 1)


@animal
def classes():
    """Softmax and cross-entropy, which choose one score in each row."""
    return network([2, 4, 3], "tanh", lambda out: nn.cross_entropy(out, [0, 2, 1, 1]), 4)


@animal
def margins():
    """Hinge loss and a penalty on the weights; samples are constants."""
    found = network([2, 3, 1], "relu", lambda out: nn.hinge_loss(out, [1, -1, 1, -1]), 4, is_input=False)
    return found._replace(loss=found.loss + 1e-2 * total([p * p for p in found.wrt]))


@animal
def logits():
    """Cross-entropy of one score a sample."""
    return network([3, 1], "linear", lambda out: nn.binary_cross_entropy_with_logits(out, [0, 1, 1]), 3)


@animal
def shared_layer():
    """The same weights twice, and a path around them."""
    layer = nn.Layer(3, 3, activation="tanh", seed=1)
    outs = []
    for x in samples(4, 3):
        outs += [a + b for a, b in zip(layer(layer(x)), x, strict=True)]
    return Animal(0.5 * total([out * out for out in outs]), layer.parameters())


@animal
def recurrent():
    """h = tanh(W x + U h + b), three steps in time."""
    w, u, b = table("w", 2, 2), table("u", 2, 2, -0.4), leaves("b", 2)
    h = leaves("h", 2, 0.05)
    for x in samples(3, 2):
        h = [(dot(w[i], x) + dot(u[i], h) + b[i]).tanh() for i in range(2)]
    return Animal(total(h), [*w[0], *w[1], *u[0], *u[1], *b])


@animal
def convolution():
    """A filter of three numbers moves along a line of eight."""
    w, x = leaves("w", 3), leaves("x", 8, -0.5)
    maps = [dot(w, x[i : i + 3]).relu() for i in range(6)]
    return Animal(total(maps), w, x)


@animal
def image_filter():
    """A filter of 2 × 2 numbers moves over a table."""
    w, x = leaves("w", 4), table("x", 3, 4, -0.5)
    windows = [[x[r][c], x[r][c + 1], x[r + 1][c], x[r + 1][c + 1]] for r in range(2) for c in range(3)]
    return Animal(total([dot(w, window).tanh() for window in windows]), w, [v for row in x for v in row])


@animal
def attention():
    """Scores of queries and keys, their softmax, and a mixture of values."""
    q, k, v = table("q", 2, 3), table("k", 3, 3, -0.2), table("v", 3, 2, 0.1)
    mixed = []
    for query in q:
        scores = [dot(query, key) for key in k]
        norm = logsumexp(scores)
        shares = [(score - norm).exp() for score in scores]
        mixed += [dot(shares, [row[j] for row in v]) for j in range(2)]
    return Animal(total([m * m for m in mixed]), [x for t in (q, k, v) for row in t for x in row])


@animal
def polynomial():
    """Powers of one table of numbers, and a coefficient for each."""
    c = leaves("c", 4)
    outs = [c[0] + c[1] * x + c[2] * x**2 + c[3] * x**3 for x in leaves("x", 5, -0.8)]
    return Animal(nn.mse_loss(outs, [0.1, 0.2, 0.4, 0.3, 0.5]), c)


@animal
def neighbours():
    """Differences along a line: slices that overlap."""
    x = leaves("x", 6)
    return Animal(total([(b - a * a) ** 2 for a, b in pairwise(x)]), x)


@animal
def every_third():
    """Slices with a step, forward and back."""
    x = leaves("x", 12)
    chosen = [a.tanh() * b.exp() for a, b in zip(x[::3], x[::-3], strict=True)]
    return Animal(total(chosen) + total([each.sin() for each in x]), x)


@animal
def turned():
    """A table, and the same table by columns."""
    x = table("x", 2, 3)
    rows = [total(row).tanh() for row in x]
    columns = [total([x[0][j], x[1][j]]).exp() for j in range(3)]
    return Animal(total(rows) * total(columns), [v for row in x for v in row])


@animal
def corners():
    """Pieces of a table: a row, a column, a corner, one number."""
    w = table("w", 3, 4)
    t = [[v.tanh() for v in row] for row in w]
    row, column = total([v.exp() for v in t[1]]), total([r[2].sin() for r in t])
    corner = total([v.cos() for r in t[1:] for v in r[:2]])
    return Animal(row * column + corner * t[2][3].exp(), [v for r in w for v in r])


@animal
def strangers():
    """Scalars in no pattern, gathered and selected by index."""
    x = leaves("x", 8)
    mixed = [x[0].exp(), x[3].tanh(), x[1].exp(), x[5].tanh(), x[2].exp(), Value(2.5), x[7].exp()]
    pairs = [(a * b + 1).log() for a, b in pairwise(mixed)]
    return Animal(total(pairs) + (x[6] * x[7]).sin() * x[0], x)


@animal
def long_dots():
    """Weighted sums of whole arrays, of parts, and of an array with itself turned round."""
    x = leaves("x", 6)
    e, t = [v.exp() for v in x], [v.tanh() for v in x]
    return Animal(dot(e, t) + dot(e[:5], t[1:]) * dot(e, t[::-1]) + dot(e, [0.5] * 6) + dot(x, [1, 2, 3, 4, 5, 6]), x)


@animal
def mixed_dots():
    """Weighted sums that take their factors from two arrays each: one part for each pair."""
    a, b, outs = leaves("a", 3), leaves("b", 3, -0.4), []
    for x in samples(4, 3):
        hidden = [(w * v).tanh() for w, v in zip(a, x, strict=True)]
        outs.append(dot([*a, *b, *a], [*hidden, *x, *(h.exp() for h in hidden)]))
    return Animal(total([out.sin() for out in outs]), [*a, *b])


@animal
def factors():
    """Constants as factors: ½, 2, -1, and ones that fall away."""
    x = leaves("x", 5)
    kept = [0.5 * v.exp() for v in x]
    return Animal(2 * total(kept) - 3 * total([v * 1.0 for v in kept]) + total([-1 * v for v in x]) * -0.25, x)


@animal
def sums():
    """One number many times, few numbers, many numbers, and two arrays."""
    x, y = leaves("x", 6), leaves("y", 3, -0.7)
    thrice = x[0].exp() + x[0].exp() + x[0].exp()
    few = total([v.tanh() for v in y])
    both = total([v.sin() for v in x] + [v.cos() for v in y])
    return Animal(thrice * few * both, [*x, *y])


@animal
def rows_of_few():
    """Sums of three along the rows of a table, and of a row that is used once only."""
    x = table("x", 4, 3)
    return Animal(total([total([v.exp() for v in row]).log() for row in x]), [v for row in x for v in row])


@animal
def few_of_many():
    """Sums of three numbers, out of three arrays, for each of six."""
    a, b, c = leaves("a", 6), leaves("b", 6, -0.4), leaves("c", 6, 0.9, 0.07)
    return Animal(total([(p.exp() + q.tanh() + r.sin()).log() for p, q, r in zip(a, b, c, strict=True)]), [*a, *b, *c])


@animal
def many_of_few():
    """Sums of six numbers, out of two arrays, for each of two."""
    a, b = table("a", 2, 3), table("b", 2, 3, 0.8)
    sums = [total([*(v.exp() for v in p), *(v.tanh() for v in q)]) for p, q in zip(a, b, strict=True)]
    return Animal(total([s.log() for s in sums]), [v for row in (*a, *b) for v in row])


@animal
def a_stranger_in_the_sum():
    """Sums of six numbers, of which one stands in another array."""
    a, b = table("a", 3, 5), leaves("b", 3, 0.8)
    sums = [total([*(v.exp() for v in p), q.tanh()]) for p, q in zip(a, b, strict=True)]
    return Animal(total([s.log() for s in sums]), [*(v for row in a for v in row), *b])


@animal
def both_ways():
    """A table of constants by rows, and by columns."""
    w, v, x = leaves("w", 3), leaves("v", 4, -0.6), samples(4, 3)
    rows = [dot(w, row).tanh() for row in x]
    columns = [dot(v, [row[j] for row in x]).sin() for j in range(3)]
    return Animal(total(rows) + total(columns), [*w, *v])


@animal
def scaled():
    """Matrix products with factors that are products themselves."""
    w, x = table("w", 3, 2), table("x", 4, 2, -0.7)
    halves = [[0.5 * v.exp() for v in row] for row in x]
    return Animal(
        total([dot(w[i], row).tanh() for row in halves for i in range(3)]),
        [n for t in (w, x) for row in t for n in row],
    )


@animal
def kinks():
    """Maximum, minimum, relu, abs and their conditions."""
    x, y = leaves("x", 4, -0.5), leaves("y", 4, 0.2, -0.3)
    tops = [maximum(a, b) for a, b in zip(x, y, strict=True)]
    lows = [minimum(a, 0.25) for a in x]
    return Animal(total(tops) + total([a.relu() * 2 for a in lows]) + total([abs(b) ** 1.5 for b in y]), [*x, *y])


@animal
def steep():
    """Division, roots, powers of two variables, negative exponents."""
    x, y = leaves("x", 4), leaves("y", 4, 1.1)
    return Animal(total([(a / b) ** b + a**-2 + b**0.5 / 3 for a, b in zip(x, y, strict=True)]), [*x, *y])


@animal
def bumps():
    """Gaussian bumps around centers: differences of every sample and every center."""
    c, w, outs = table("c", 3, 2), leaves("w", 3), []
    for x in samples(4, 2):
        squares = [(x[0] - center[0]) ** 2 + (x[1] - center[1]) ** 2 for center in c]
        outs.append(dot(w, [(-s).exp() for s in squares]))
    return Animal(nn.mse_loss(outs, [0.1, 0.5, 0.2, 0.9]), [*w, *(v for center in c for v in center)])


@animal
def normalized():
    """A batch with its mean and its standard deviation taken out."""
    w, rows = leaves("w", 2), samples(4, 2)
    z = [dot(w, x) for x in rows]
    mean = total(z) / 4
    spread = (total([(v - mean) ** 2 for v in z]) / 4 + 1e-5) ** 0.5
    return Animal(total([((v - mean) / spread).tanh() for v in z]), w)


@animal
def gate():
    """σ(a) · tanh(b), as in an LSTM."""
    w, v = table("w", 2, 2), table("v", 2, 2, -0.6)
    outs = [
        dot(w[i], x).sigmoid() * dot(v[i], x).tanh() + (1 - dot(w[i], x).sigmoid()) * x[i]
        for x in samples(3, 2)
        for i in range(2)
    ]
    return Animal(total(outs), [n for t in (w, v) for row in t for n in row])


@animal
def outer():
    """Every left number with every right one."""
    a, b = leaves("a", 3), leaves("b", 4, -0.4)
    return Animal(total([(p * q).exp() for p in a for q in b]) + total([(p + q).tanh() for p in a for q in b]), a, b)


@animal
def infinite():
    """Constants that are inf or NaN."""
    x, y = leaves("x", 2)
    inf, nan = Value(math.inf), Value(math.nan)
    return Animal(
        maximum(x * y, -inf) + minimum(y, inf) * 0 + (x - 0.0) ** 1.0 + (nan * 0 if nan.data == 0 else 0), [x, y]
    )
