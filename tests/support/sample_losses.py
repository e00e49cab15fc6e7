"""Which functions of samples do people write?

Each family gives a function of lists of samples, its parameters, and arrays for any number of samples. They were
written without a look at how the compiler finds its formulas; the truth is the scalar graph of the same function.

    program, wrong = wrong_sizes(drawn("attention", seed), compiled_with=20, samples=(1, 2, 3, 17))
"""

import itertools
import random
from typing import NamedTuple

import numpy as np

import tinygrad_edu
from tinygrad_edu import Value, nn
from tinygrad_edu.functions import logsumexp

FAMILIES = {}
ACTIVATIONS = ["relu", "tanh", "sigmoid", "gelu", "linear", "leaky_relu", "elu", "softplus", "silu", "sin"]
TOLERANCE = 1e-10  # relative to the largest number


class Problem(NamedTuple):
    """A function of samples.

    Attributes:
        name: of its family.
        function: of a list of samples for each array; it gives the loss.
        parameters: the leaves to differentiate by.
        batch: gives arrays for so many samples.
    """

    name: str
    function: object
    parameters: list
    batch: object


def drawn(name, seed):
    """A problem of a family."""
    draw = Draw(seed)
    function, batch = FAMILIES[name](draw)
    plain = function
    if draw.chance(0.3):
        function = lambda *lists: plain(*lists) + 0.1 * sum(p * p for p in draw.parameters)  # noqa: E731
    return Problem(name, function, draw.parameters, batch)


def by_hand(problem, arrays):
    """The loss and its gradient, from one scalar graph of all samples."""
    loss = problem.function(*map(values, map(np.asarray, arrays)))
    for parameter in problem.parameters:
        parameter.zero_grad()
    loss.backward()
    return loss.data, np.array([parameter.grad for parameter in problem.parameters])


def values(array):
    """The rows of an array as a function of samples gets them; labels and indices stay plain numbers."""
    if array.dtype.kind in "biu":
        return array.tolist()
    return [values(row) for row in array] if array.ndim > 1 else [Value(number) for number in array.tolist()]


def differs(found, right):
    """Whether a value and its gradient differ from the right ones by more than rounding."""
    (value, gradient), (loss, slopes) = found, right
    scale = max(1.0, abs(loss), np.abs(slopes).max(initial=0.0))
    return not (
        abs(value - loss) <= TOLERANCE * scale and np.allclose(gradient, slopes, rtol=0, atol=TOLERANCE * scale)
    )


def wrong_sizes(problem, compiled_with, samples):
    """The program, and the numbers of samples for which it differs from the scalar graph."""
    program = tinygrad_edu.compile(problem.function, wrt=problem.parameters, batch=problem.batch(compiled_with))
    batches = {size: problem.batch(size) for size in samples}
    wrong = [size for size, arrays in batches.items() if differs(program(*arrays), by_hand(problem, arrays))]
    return program, wrong


class Draw:
    """Sizes, parameters and numbers of one problem."""

    def __init__(self, seed):
        self.choices, self.rng = random.Random(seed), np.random.default_rng(seed)
        self.parameters = []

    def size(self, least=1, most=3):
        return self.choices.randint(least, most)

    def chance(self, share=0.5):
        return self.choices.random() < share

    def leaves(self, *shape):
        """Parameters in lists of lists; one, without a shape."""
        if shape:
            return [self.leaves(*shape[1:]) for _ in range(shape[0])]
        self.parameters.append(Value(self.choices.uniform(-1, 1), label=f"p{len(self.parameters)}"))
        return self.parameters[-1]

    def normal(self, *shapes):
        """Batches of random numbers, with samples of these shapes."""
        return lambda m: [self.rng.normal(size=(m, *shape)) for shape in shapes]

    def total(self):
        """The sum or the mean of terms."""
        return (lambda terms: sum(terms) / len(terms)) if self.chance() else sum

    def errors(self, predict):
        """The squared errors of a function of one sample."""
        total = self.total()
        return lambda xs, ys: total([(predict(x) - y) ** 2 for x, y in zip(xs, ys, strict=True)])


def family(function):
    FAMILIES[function.__name__.replace("_", " ")] = function
    return function


def dot(ws, xs):
    return sum(w * x for w, x in zip(ws, xs, strict=True))


def times(rows, x):
    return [dot(row, x) for row in rows]


def plus(xs, ys):
    return [x + y for x, y in zip(xs, ys, strict=True)]


def softmax(zs):
    whole = logsumexp(zs) if len(zs) > 1 else zs[0]
    return [(z - whole).exp() for z in zs]


# Networks

LOSSES = {
    "hinge": (nn.hinge_loss, lambda rng, m, outputs: rng.choice([-1.0, 1.0], m)),
    "mse": (nn.mse_loss, lambda rng, m, outputs: rng.normal(size=m)),
    "bce": (nn.binary_cross_entropy, lambda rng, m, outputs: rng.choice([0.0, 0.25, 1.0], m)),
    "bce of logits": (nn.binary_cross_entropy_with_logits, lambda rng, m, outputs: rng.integers(0, 2, m)),
    "classes": (nn.cross_entropy, lambda rng, m, outputs: rng.integers(0, outputs, m)),
    "probabilities": (nn.cross_entropy, lambda rng, m, outputs: rng.dirichlet(np.ones(outputs), m)),
    "mse of several": (nn.mse_loss, lambda rng, m, outputs: rng.normal(size=(m, outputs))),
}
SEVERAL = ("classes", "probabilities", "mse of several")

FEATURES = {
    "as they are": list,
    "products": lambda x: [*x, x[0] * x[-1], x[0] * x[0]],
    "powers": lambda x: [v**3 for v in x] + [x[0].sin()],
    "rows of length 1": lambda x: [v / (sum(u * u for u in x) + 1.0) ** 0.5 for v in x],
    "softmax": softmax,
}

STYLES = {
    "different": lambda X, rng: X,
    "a constant column": lambda X, rng: np.column_stack([np.ones(len(X)), X[:, 1:]]),
    "zeros": lambda X, rng: X * (rng.random(X.shape) < 0.5),
    "equal rows": lambda X, rng: np.repeat(X[:1], len(X), axis=0),
    "small whole numbers": lambda X, rng: rng.integers(-2, 3, X.shape).astype(float),
}


@family
def networks(draw):
    kind = draw.choices.choice(sorted(LOSSES))
    loss, targets = LOSSES[kind]
    outputs, width = draw.size(2, 4) if kind in SEVERAL else 1, draw.size(1, 5)
    feature = FEATURES[draw.choices.choice([*sorted(FEATURES), "as they are"])]
    hidden = [draw.size(1, 5) for _ in range(draw.size(0, 3))]
    output = "sigmoid" if kind == "bce" else draw.choices.choice(["linear", "tanh"])
    model = nn.MLP(
        len(feature([Value(1.0)] * width)),
        [*hidden, outputs],
        activation=draw.choices.choice(ACTIVATIONS),
        output=output,
        seed=draw.size(0, 99),
    )
    draw.parameters += model.parameters()
    is_weighted, reduction = outputs == 1 and draw.chance(), draw.choices.choice(["mean", "sum"])
    style = STYLES[draw.choices.choice(sorted(STYLES))]

    def function(xs, ys, weights=None):
        predictions = [model(feature(x)) for x in xs]
        if weights is None:
            return loss(predictions, ys, reduction=reduction)
        terms = [w * loss([p], [y]) for w, p, y in zip(weights, predictions, ys, strict=True)]
        return sum(terms) / len(terms) if reduction == "mean" else sum(terms)

    def batch(m):
        arrays = [style(draw.rng.normal(size=(m, width)), draw.rng), targets(draw.rng, m, outputs)]
        return [*arrays, draw.rng.random(m)] if is_weighted else arrays

    return function, batch


@family
def a_network_that_reads_number_by_number(draw):
    outputs = draw.size()
    model = nn.MLP(2, [draw.size(1, 4), outputs], activation=draw.choices.choice(ACTIVATIONS), seed=draw.size(0, 99))
    draw.parameters += model.parameters()

    def read(x):
        state = Value(0.0)
        for number in x:
            found = model([number, state])
            state = found if isinstance(found, Value) else found[0]
        return found

    def function(xs, ys):
        return nn.mse_loss([read(x) for x in xs], ys)

    return function, draw.normal((draw.size(1, 4),), (outputs,) if outputs > 1 else ())


# Sequences


@family
def a_recurrent_network(draw):
    steps, width, hidden = draw.size(1, 4), draw.size(), draw.size()
    W, U, b, o = (draw.leaves(*shape) for shape in ((hidden, width), (hidden, hidden), (hidden,), (hidden,)))

    def predict(x):
        state = [Value(0.0)] * hidden
        for v in x:
            state = [z.tanh() for z in plus(plus(times(W, v), times(U, state)), b)]
        return dot(o, state)

    return draw.errors(predict), draw.normal((steps, width), ())


@family
def a_gated_recurrent_network(draw):
    steps, width, hidden = draw.size(1, 4), draw.size(), draw.size()
    Wz, Uz, Wh, Uh = (draw.leaves(hidden, size) for size in (width, hidden, width, hidden))
    o = draw.leaves(hidden)

    def predict(x):
        state = [0.1] * hidden
        for v in x:
            gates = [z.sigmoid() for z in plus(times(Wz, v), times(Uz, state))]
            inner = times(Uh, [g * s for g, s in zip(gates, state, strict=True)])
            news = [z.tanh() for z in plus(times(Wh, v), inner)]
            state = [(1 - g) * s + g * n for g, s, n in zip(gates, state, news, strict=True)]
        return dot(o, state)

    return draw.errors(predict), draw.normal((steps, width), ())


def simple_cell(draw, width, hidden):
    W, U, b = draw.leaves(hidden, width), draw.leaves(hidden, hidden), draw.leaves(hidden)
    bend = draw.choices.choice([Value.tanh, Value.sigmoid, Value.relu, Value.sin])
    return lambda v, state: [bend(z) for z in plus(plus(times(W, v), times(U, state)), b)]


def gated_cell(draw, width, hidden):
    W, U, b = ([draw.leaves(hidden, *size) for _ in range(3)] for size in ([width], [hidden], []))

    def step(v, state):
        first, second = ([z.sigmoid() for z in plus(plus(times(W[k], v), times(U[k], state)), b[k])] for k in (0, 1))
        inner = times(U[2], [r * s for r, s in zip(second, state, strict=True)])
        news = [z.tanh() for z in plus(plus(times(W[2], v), inner), b[2])]
        return [(1 - z) * s + z * n for z, s, n in zip(first, state, news, strict=True)]

    return step


def cell_with_memory(draw, width, hidden):
    """Long short-term memory: the second half of the state is what is remembered."""
    W, U, b = ([draw.leaves(hidden, *size) for _ in range(4)] for size in ([width], [hidden], []))

    def step(v, state):
        state, cell = state[:hidden], state[hidden:] or [0.0] * hidden
        zs = [plus(plus(times(W[k], v), times(U[k], state)), b[k]) for k in range(4)]
        keep, take, give = ([z.sigmoid() for z in gate] for gate in zs[:3])
        news = [z.tanh() for z in zs[3]]
        cell = [k * c + t * n for k, c, t, n in zip(keep, cell, take, news, strict=True)]
        return [g * c.tanh() for g, c in zip(give, cell, strict=True)] + cell

    return step


@family
def a_long_sequence(draw):
    """Cells of three kinds, read forwards or backwards, one above the other or side by side, by numbers or by rows."""
    steps, width, hidden = draw.size(8, 13), draw.size(0), draw.size()
    cell = draw.choices.choice([simple_cell, simple_cell, gated_cell, cell_with_memory])
    layers = draw.size(1, 2)
    cells = [cell(draw, max(width, 1) if number == 0 else hidden, hidden) for number in range(layers)]
    backward = cell(draw, max(width, 1), hidden) if draw.chance(0.3) else None
    begin = draw.leaves(hidden) if draw.chance(0.3) else [draw.choices.choice([0.0, 0.0, 1.0, 0.3])] * hidden
    o, is_reversed, every = draw.leaves(hidden), draw.chance(0.3), draw.choices.choice([1, 1, 2])
    sees_all = draw.chance()

    def states(step, xs):
        state, found = begin, []
        for x in xs:
            state = step(x, state)
            found.append(state[:hidden])
        return found

    def predict(x):
        xs = [v if isinstance(v, list) else [v] for v in x][::every]
        found = xs[::-1] if is_reversed else xs
        for step in cells:
            found = states(step, found)
        if backward:
            found = [plus(one, other) for one, other in zip(found, states(backward, xs[::-1]), strict=True)]
        seen = found if sees_all else found[-1:]
        return sum(dot(o, state) for state in seen) / len(seen)

    return draw.errors(predict), draw.normal((steps, width) if width else (steps,), ())


@family
def what_comes_next(draw):
    """A filter or a cell that predicts the next number of a sequence from those before."""
    steps, total = draw.size(9, 14), draw.total()
    if draw.chance():
        step, hidden = simple_cell(draw, 1, 3), None
    else:
        a, b = draw.leaves(2)
        step, hidden = (lambda v, state: [a.sigmoid() * state[0] + b * v[0]]), 1
    o = draw.leaves(hidden or 3)

    def errors(x):
        state = [Value(0.0)] * (hidden or 3)
        for number, following in itertools.pairwise(x):
            state = step([number], state)
            yield (sum(p * s for p, s in zip(o, state, strict=False)) - following) ** 2

    return lambda xs: total([sum(errors(x)) for x in xs]), draw.normal((steps,))


@family
def attention(draw):
    steps, width, hidden, is_causal = draw.size(1, 4), draw.size(), draw.size(), draw.chance()
    Q, K, V = (draw.leaves(hidden, width) for _ in range(3))
    o = draw.leaves(hidden)

    def predict(x):
        total = Value(0.0)
        for i, v in enumerate(x):
            seen = x[: i + 1] if is_causal else x
            shares = softmax([dot(times(Q, v), times(K, u)) for u in seen])
            mixed = [dot(shares, column) for column in zip(*(times(V, u) for u in seen), strict=True)]
            total = total + dot(o, mixed)
        return total

    return draw.errors(predict), draw.normal((steps, width), ())


@family
def a_convolution(draw):
    W, b, o = draw.leaves(2, 3), draw.leaves(2), draw.leaves(2)

    def predict(x):
        windows = [x[i : i + 3] for i in range(len(x) - 2)]
        return dot(o, [sum((dot(row, window) + c).relu() for window in windows) for row, c in zip(W, b, strict=True)])

    return draw.errors(predict), draw.normal((draw.size(3, 6),), ())


@family
def a_set_of_points(draw):
    points, width, hidden = draw.size(1, 4), draw.size(), draw.size()
    W, o = draw.leaves(hidden, width), draw.leaves(hidden)

    def predict(x):
        rows = [[z.tanh() for z in times(W, point)] for point in x]
        return dot(o, [sum(column) / len(rows) for column in zip(*rows, strict=True)])

    return draw.errors(predict), draw.normal((points, width), ())


# Probabilities


@family
def a_mixture_of_gaussians(draw):
    k, total = draw.size(2, 3), draw.total()
    middles, scales, logits = (draw.leaves(k) for _ in range(3))

    def surprise(x):
        whole = logsumexp(logits)
        parts = zip(middles, scales, logits, strict=True)
        return -logsumexp([a - whole - s - ((x - u) * (-s).exp()) ** 2 / 2 for u, s, a in parts])

    return lambda xs: total([surprise(x) for x in xs]), draw.normal(())


@family
def a_softmax_by_hand(draw):
    k, width, total = draw.size(2, 3), draw.size(), draw.total()
    W, b = draw.leaves(k, width), draw.leaves(k)

    def surprise(x, shares):
        powers = [z.exp() for z in plus(times(W, x), b)]
        return -sum(t * (p / sum(powers)).log() for t, p in zip(shares, powers, strict=True))

    def batch(m):
        return [draw.rng.normal(size=(m, width)), np.eye(k)[draw.rng.integers(0, k, m)]]

    return lambda xs, ys: total([surprise(*pair) for pair in zip(xs, ys, strict=True)]), batch


@family
def a_likelihood_added_up(draw):
    width, is_mean = draw.size(), draw.chance()
    w, b = draw.leaves(width), draw.leaves()

    def function(xs, ys):
        loss = Value(0.0)
        for x, y in zip(xs, ys, strict=True):
            p = (dot(w, x) + b).sigmoid()
            loss -= y * p.log() + (1 - y) * (1 - p).log()
        return loss / len(xs) if is_mean else loss

    return function, lambda m: [draw.rng.normal(size=(m, width)), draw.rng.choice([0.0, 1.0], m)]


@family
def a_spread_that_is_learned(draw):
    width, total = draw.size(), draw.total()
    w, v, b = draw.leaves(width), draw.leaves(width), draw.leaves()

    def surprise(x, y):
        spread = dot(v, x).softplus() + 0.1
        return spread.log() + (y - dot(w, x) - b) ** 2 / (2 * spread * spread)

    return lambda xs, ys: total([surprise(*pair) for pair in zip(xs, ys, strict=True)]), draw.normal((width,), ())


# Regressions, distances, features


@family
def a_polynomial(draw):
    w = draw.leaves(draw.size(2, 4))
    return draw.errors(lambda x: sum(a * x**k for k, a in enumerate(w))), draw.normal((), ())


@family
def a_bilinear_form(draw):
    rows, columns, total = draw.size(), draw.size(), draw.total()
    W = draw.leaves(rows, columns)
    return lambda xs, ys: total([dot(x, times(W, y)).tanh() for x, y in zip(xs, ys, strict=True)]), draw.normal(
        (rows,), (columns,)
    )


@family
def products_of_all_pairs_of_features(draw):
    width = draw.size()
    w = draw.leaves(width * width)
    return draw.errors(lambda x: dot(w, [a * b for a in x for b in x])), draw.normal((width,), ())


@family
def features_of_many_kinds(draw):
    w = draw.leaves(5)
    features = lambda x: [x[0], x[1] * x[2], x[0] ** 2, x[1].sin(), x[2] * x[0]]  # noqa: E731
    return draw.errors(lambda x: dot(w, features(x))), draw.normal((3,), ())


@family
def rows_brought_to_one_scale(draw):
    width = draw.size(2, 4)
    w, gain = draw.leaves(width), draw.leaves()

    def predict(x):
        middle = sum(x) / len(x)
        spread = (sum((a - middle) ** 2 for a in x) / len(x) + 0.1).sqrt()
        return gain * dot(w, [(a - middle) / spread for a in x])

    return draw.errors(predict), draw.normal((width,), ())


@family
def an_embedding(draw):
    k, width, total = draw.size(2, 4), draw.size(), draw.total()
    E = draw.leaves(width, k)

    def batch(m):
        return [np.eye(k)[draw.rng.integers(0, k, m)], draw.rng.normal(size=(m, width))]

    def distance(x, y):
        return sum((a - b) ** 2 for a, b in zip(times(E, x), y, strict=True))

    return lambda xs, ys: total([distance(*pair) for pair in zip(xs, ys, strict=True)]), batch


@family
def two_of_a_kind(draw):
    width, hidden, total = draw.size(), draw.size(), draw.total()
    W = draw.leaves(hidden, width)

    def term(x, z, y):
        far = sum((u - v) ** 2 for u, v in zip(times(W, x), times(W, z), strict=True))
        return y * far + (1 - y) * (1 - far).relu()

    def batch(m):
        return [*draw.normal((width,), (width,))(m), draw.rng.choice([0.0, 1.0], m)]

    return lambda xs, zs, ys: total([term(*three) for three in zip(xs, zs, ys, strict=True)]), batch


@family
def a_mask_for_what_is_missing(draw):
    width = draw.size()
    w = draw.leaves(width)

    def term(x, mask):
        return sum(q * (a * v - 1) ** 2 for a, v, q in zip(w, x, mask, strict=True))

    def function(xs, masks):
        count = sum(q for mask in masks for q in mask)
        return sum(term(*pair) for pair in zip(xs, masks, strict=True)) / (count + 1)

    return function, lambda m: [draw.rng.normal(size=(m, width)), draw.rng.integers(0, 2, (m, width)).astype(float)]


@family
def the_huber_loss(draw):
    width, total = draw.size(), draw.total()
    w = draw.leaves(width)

    def term(x, y):
        error = abs(dot(w, x) - y)
        small = error.minimum(1.0)
        return small * (error - 0.5 * small)

    return lambda xs, ys: total([term(*pair) for pair in zip(xs, ys, strict=True)]), draw.normal((width,), ())


@family
def the_largest_of_three(draw):
    w, total = draw.leaves(3), draw.total()

    def term(x, y):
        one, two, three = (a * b for a, b in zip(w, x, strict=True))
        return one.maximum(two).maximum(three) * y

    return lambda xs, ys: total([term(*pair) for pair in zip(xs, ys, strict=True)]), draw.normal((3,), ())


@family
def a_ring(draw):
    center, radius, total = draw.leaves(2), draw.leaves(), draw.total()
    far = lambda x: ((x[0] - center[0]) ** 2 + (x[1] - center[1]) ** 2 + 0.01) ** 0.5  # noqa: E731
    return lambda xs: total([(far(x) - radius) ** 2 for x in xs]), draw.normal((2,))


@family
def batch_normalization(draw):
    width = draw.size()
    w, gain, shift = draw.leaves(width), draw.leaves(), draw.leaves()

    def function(xs, ys):
        zs = [dot(w, x) for x in xs]
        middle = sum(zs) / len(zs)
        spread = (sum((z - middle) ** 2 for z in zs) / len(zs) + 0.1).sqrt()
        return sum((gain * (z - middle) / spread + shift - y) ** 2 for z, y in zip(zs, ys, strict=True)) / len(zs)

    return function, draw.normal((width,), ())


# Rows by index


def indices(draw, rows, *shape):
    """Batches of indices, some of which never come."""
    some = draw.choices.sample(range(rows), draw.size(1, rows))
    return lambda m: draw.rng.choice(some, (m, *shape))


@family
def a_word_each(draw):
    rows, width = draw.size(2, 7), draw.size()
    table, w = draw.leaves(rows, width), draw.leaves(width)
    words, total = indices(draw, rows), draw.total()
    bend = draw.chance()

    def predict(word):
        z = dot(w, nn.embedding(table, word))
        return z.tanh() if bend else z

    function = lambda xs, ys: total([(predict(x) - y) ** 2 for x, y in zip(xs, ys, strict=True)])  # noqa: E731
    return function, lambda m: [words(m), draw.rng.normal(size=m)]


@family
def a_bias_for_each_class(draw):
    rows, total = draw.size(2, 5), draw.total()
    biases, w, classes = draw.leaves(rows), draw.leaves(), indices(draw, rows)

    def function(xs, kinds):
        return total([(w * x - nn.embedding(biases, kind)).sigmoid() for x, kind in zip(xs, kinds, strict=True)])

    return function, lambda m: [draw.rng.normal(size=m), classes(m)]


@family
def users_and_films(draw):
    users, films, width = draw.size(2, 6), draw.size(2, 6), draw.size()
    U, V, total = draw.leaves(users, width), draw.leaves(films, width), draw.total()
    of_user, of_film = indices(draw, users), indices(draw, films)

    def function(first, second, ratings):
        scores = [dot(nn.embedding(U, u), nn.embedding(V, f)) for u, f in zip(first, second, strict=True)]
        return total([(score - rating) ** 2 for score, rating in zip(scores, ratings, strict=True)])

    return function, lambda m: [of_user(m), of_film(m), draw.rng.normal(size=m)]


@family
def sentences(draw):
    rows, width, length = draw.size(2, 6), draw.size(), draw.size(1, 4)
    table, W, words = draw.leaves(rows, width), draw.leaves(2, width), indices(draw, rows, length)

    def function(texts, classes):
        rows = [[nn.embedding(table, word) for word in text] for text in texts]
        means = [[sum(column) / length for column in zip(*text, strict=True)] for text in rows]
        return nn.cross_entropy([times(W, mean) for mean in means], classes)

    return function, lambda m: [words(m), draw.rng.integers(0, 2, m)]


@family
def words_after_one_another(draw):
    rows, width, length = draw.size(2, 4), draw.size(1, 2), draw.size(2, 6)
    table, U, words = draw.leaves(rows, width), draw.leaves(width, width), indices(draw, rows, length)

    def function(texts, ys):
        total = 0.0
        for text, y in zip(texts, ys, strict=True):
            state = [Value(0.0)] * width
            for word in text:
                state = [(a + b).tanh() for a, b in zip(nn.embedding(table, word), times(U, state), strict=True)]
            total += (sum(state) - y) ** 2
        return total / len(texts)

    return function, lambda m: [words(m), draw.rng.normal(size=m)]
