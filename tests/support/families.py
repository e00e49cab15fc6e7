"""Which losses do learners write, at the size at which they write them?

Each family is a function that gives a loss and its parameters. `benchmarks/families.py` says for each how long its
program is and how long it takes to find it; tests ask that they stay readable.

The families of learners_losses.py are small and random, to be right about; these are of the size of an example, to be
read.
"""

import math
import random
from collections.abc import Callable

from tinygrad_edu import Value, nn
from tinygrad_edu.functions import dot, logsumexp

Loss = tuple[Value, list[Value]]
families: dict[str, Callable[[], Loss]] = {}


def family(function: Callable[[], Loss]) -> Callable[[], Loss]:
    families[function.__name__] = function
    return function


class Maker:
    """Numbers out of a seed, and parameters in the order in which they were asked for."""

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)
        self.parameters: list[Value] = []

    def number(self, size: float = 1.0) -> float:
        return self.random.gauss(0.0, size)

    def row(self, n: int) -> list[float]:
        return [self.number() for _ in range(n)]

    def rows(self, m: int, n: int) -> list[list[float]]:
        return [self.row(n) for _ in range(m)]

    def parameter(self, label: str = "") -> Value:
        self.parameters.append(Value(self.number(0.4), label=label))
        return self.parameters[-1]

    def vector(self, n: int) -> list[Value]:
        return [self.parameter() for _ in range(n)]

    def matrix(self, m: int, n: int) -> list[list[Value]]:
        return [self.vector(n) for _ in range(m)]


def times(matrix, vector):
    return [dot(row, vector) for row in matrix]


def plus(*vectors):
    return [sum(entries[1:], start=entries[0]) for entries in zip(*vectors, strict=True)]


def sigmoid(vector):
    return [entry.sigmoid() for entry in vector]


def tanh(vector):
    return [entry.tanh() for entry in vector]


def by(one, other):
    return [a * b for a, b in zip(one, other, strict=True)]


def squares(predictions, targets):
    return sum((p - t) ** 2 for p, t in zip(predictions, targets, strict=True))


# Regressions


@family
def linear_regression() -> Loss:
    m = Maker()
    X, y, w, b = m.rows(200, 3), m.row(200), m.vector(3), m.parameter("b")
    return squares([dot(w, x) + b for x in X], y) / 200, m.parameters


@family
def linear_regression_added_up() -> Loss:
    m = Maker()
    X, y, w, b = m.rows(200, 3), m.row(200), m.vector(3), m.parameter("b")
    L = 0.0
    for x, t in zip(X, y, strict=True):
        L += (w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + b - t) ** 2
    return L / 200, m.parameters


@family
def logistic_taking_away() -> Loss:
    """The likelihood as it stands in the book, term by term."""
    m = Maker()
    X, w, b = m.rows(400, 3), m.vector(3), m.parameter("b")
    L = 0.0
    for i, x in enumerate(X):
        p = (dot(w, x) + b).sigmoid()
        if i % 3:
            L -= p.log()
        else:
            L -= (1 - p).log()
    return L, m.parameters


@family
def logistic_written_out() -> Loss:
    m = Maker()
    X, w, b = m.rows(400, 3), m.vector(3), m.parameter("b")
    L = 0.0
    for i, x in enumerate(X):
        p, y = (dot(w, x) + b).sigmoid(), float(i % 3 > 0)
        L -= y * p.log() + (1 - y) * (1 - p).log()
    return L / 400, m.parameters


@family
def logistic_in_differences() -> Loss:
    m = Maker()
    X, w = m.rows(400, 3), m.vector(3)
    L = 0.0
    for i, x in enumerate(X):
        z = dot(w, x)
        L += (1 + z.exp()).log() - (i % 3 > 0) * z
    return L, m.parameters


@family
def binary_cross_entropy() -> Loss:
    m = Maker()
    X, w, b = m.rows(400, 3), m.vector(3), m.parameter("b")
    predictions = [(dot(w, x) + b).sigmoid() for x in X]
    return nn.binary_cross_entropy(predictions, [i % 3 > 0 for i in range(400)]), m.parameters


@family
def binary_cross_entropy_with_logits() -> Loss:
    m = Maker()
    X, w, b = m.rows(400, 3), m.vector(3), m.parameter("b")
    return nn.binary_cross_entropy_with_logits(
        [dot(w, x) + b for x in X], [i % 3 > 0 for i in range(400)]
    ), m.parameters


@family
def softmax_regression() -> Loss:
    m = Maker()
    X, W, b = m.rows(200, 4), m.matrix(3, 4), m.vector(3)
    return nn.cross_entropy([plus(times(W, x), b) for x in X], [i % 3 for i in range(200)]), m.parameters


@family
def softmax_written_out() -> Loss:
    m = Maker()
    X, W = m.rows(200, 4), m.matrix(3, 4)
    L = 0.0
    for i, x in enumerate(X):
        exps = [z.exp() for z in times(W, x)]
        L -= (exps[i % 3] / sum(exps)).log()
    return L / 200, m.parameters


@family
def poisson_regression() -> Loss:
    m = Maker()
    X, w = m.rows(200, 3), m.vector(3)
    L = 0.0
    for i, x in enumerate(X):
        z = dot(w, x)
        L -= (i % 4) * z - z.exp()
    return L, m.parameters


@family
def huber() -> Loss:
    m = Maker()
    X, y, w = m.rows(200, 3), m.row(200), m.vector(3)
    residuals = [dot(w, x) - t for x, t in zip(X, y, strict=True)]
    return sum((1 + r * r).sqrt() - 1 for r in residuals), m.parameters


@family
def lasso() -> Loss:
    m = Maker()
    X, y, w = m.rows(200, 6), m.row(200), m.vector(6)
    L = squares([dot(w, x) for x in X], y) / 200
    for weight in w:
        L += 0.1 * abs(weight)
    return L, m.parameters


@family
def gaussian_likelihood() -> Loss:
    m = Maker()
    xs, mu, log_sigma = m.row(300), m.parameter("mu"), m.parameter("log_sigma")
    L = 0.0
    for x in xs:
        L += 0.5 * ((x - mu) / log_sigma.exp()) ** 2 + log_sigma + 0.5 * math.log(2 * math.pi)
    return L, m.parameters


@family
def mixture_of_gaussians() -> Loss:
    m = Maker()
    xs, mus, weights = m.row(200), m.vector(3), m.vector(3)
    total = logsumexp(weights)
    L = 0.0
    for x in xs:
        L -= logsumexp([w - total - 0.5 * (x - mu) ** 2 for w, mu in zip(weights, mus, strict=True)])
    return L, m.parameters


# Networks


@family
def network_with_hinge() -> Loss:
    X, y = nn.datasets.moons(n=100, noise=0.1, seed=0)
    model = nn.MLP(2, [16, 16, 1], seed=0)
    return nn.hinge_loss([model(x) for x in X], 2 * y - 1), list(model.parameters())


@family
def network_with_scaled_input() -> Loss:
    """A layer whose input is scaled: 0.5 · x is computed for each neuron again."""
    m = Maker()
    X, y, W, v = m.rows(100, 3), m.row(100), m.matrix(5, 3), m.vector(5)
    outputs = [
        dot(v, tanh([sum(w * (0.5 * entry) for w, entry in zip(row, map(Value, x), strict=True)) for row in W]))
        for x in X
    ]
    return squares(outputs, y), m.parameters


@family
def network_with_scaled_layer() -> Loss:
    m = Maker()
    X, y, W, V, v = m.rows(100, 3), m.row(100), m.matrix(5, 3), m.matrix(4, 5), m.vector(4)
    outputs = []
    for x in X:
        h = tanh(times(W, x))
        outputs.append(dot(v, tanh([sum(w * (0.5 * entry) for w, entry in zip(row, h, strict=True)) for row in V])))
    return squares(outputs, y), m.parameters


@family
def residual_network() -> Loss:
    m = Maker()
    X, y, layers, v = m.rows(100, 4), m.row(100), [m.matrix(4, 4) for _ in range(3)], m.vector(4)
    outputs = []
    for x in X:
        h = list(map(Value, x))
        for W in layers:
            h = plus(h, tanh(times(W, h)))
        outputs.append(dot(v, h))
    return squares(outputs, y), m.parameters


@family
def autoencoder() -> Loss:
    m = Maker()
    X, W, V = m.rows(100, 6), m.matrix(2, 6), m.matrix(6, 2)
    return sum(squares(times(V, tanh(times(W, x))), x) for x in X) / 100, m.parameters


@family
def matrix_factorization() -> Loss:
    m = Maker()
    U, V = m.matrix(12, 3), m.matrix(10, 3)
    seen = [(i, j, m.number()) for i in range(12) for j in range(10) if m.random.random() < 0.5]
    L = 0.0
    for i, j, rating in seen:
        L += (dot(U[i], V[j]) - rating) ** 2
    return L, m.parameters


@family
def word_vectors() -> Loss:
    """Skip-gram with one negative sample."""
    m = Maker()
    E, C = m.matrix(10, 4), m.matrix(10, 4)
    L = 0.0
    for _ in range(60):
        word, near, far = (m.random.randrange(10) for _ in range(3))
        L -= dot(E[word], C[near]).sigmoid().log()
        L -= (1 - dot(E[word], C[far]).sigmoid()).log()
    return L, m.parameters


@family
def convolution() -> Loss:
    m = Maker()
    signals, kernel, v = m.rows(20, 16), m.vector(3), m.vector(14)
    outputs = [dot(v, [dot(kernel, s[i : i + 3]).relu() for i in range(14)]) for s in signals]
    return squares(outputs, m.row(20)), m.parameters


@family
def attention() -> Loss:
    m = Maker()
    tokens, Q, K, V = m.rows(8, 4), m.matrix(4, 4), m.matrix(4, 4), m.matrix(4, 4)
    qs, ks, vs = ([times(M, x) for x in tokens] for M in (Q, K, V))
    L = 0.0
    for q in qs:
        exps = [(dot(q, k) / 2).exp() for k in ks]
        total = sum(exps)
        out = [sum(e / total * v[c] for e, v in zip(exps, vs, strict=True)) for c in range(4)]
        L += sum(o * o for o in out)
    return L, m.parameters


@family
def causal_attention() -> Loss:
    m = Maker()
    tokens, Q, K, V = m.rows(10, 4), m.matrix(4, 4), m.matrix(4, 4), m.matrix(4, 4)
    qs, ks, vs = ([times(M, x) for x in tokens] for M in (Q, K, V))
    L = 0.0
    for i, q in enumerate(qs):
        exps = [(dot(q, k) / 2).exp() for k in ks[: i + 1]]
        total = sum(exps)
        out = [sum(e / total * v[c] for e, v in zip(exps, vs[: i + 1], strict=True)) for c in range(4)]
        L += sum(o * o for o in out)
    return L, m.parameters


# Over time


def rnn(steps: int, batch: int = 1, hidden: int = 8, every: bool = False) -> Loss:
    """A recurrent network over sequences; the loss asks for the last prediction, or for every one."""
    m = Maker()
    W, U, b, V = m.matrix(hidden, 2), m.matrix(hidden, hidden), m.vector(hidden), m.vector(hidden)
    L = 0.0
    for _ in range(batch):
        h = [Value(0.0) for _ in range(hidden)]
        for x in m.rows(steps, 2):
            h = tanh(plus(times(W, x), times(U, h), b))
            if every:
                L += (dot(V, h) - m.number()) ** 2
        L += (dot(V, h) - m.number()) ** 2
    return L, m.parameters


@family
def rnn_20() -> Loss:
    return rnn(20)


@family
def rnn_200() -> Loss:
    return rnn(200)


@family
def rnn_over_a_batch() -> Loss:
    return rnn(20, batch=8)


@family
def rnn_that_predicts_every_step() -> Loss:
    return rnn(50, every=True)


@family
def rnn_with_one_dot() -> Loss:
    """W and U as one product: w1·x1 + … + u1·h1 + …, in one sum."""
    m = Maker()
    W, U, b, V = m.matrix(6, 2), m.matrix(6, 6), m.vector(6), m.vector(6)
    L = 0.0
    for _ in range(8):
        h = [0.0] * 6
        for x in m.rows(20, 2):
            h = [
                (
                    sum(p * q for p, q in zip(w, x, strict=True)) + sum(p * q for p, q in zip(u, h, strict=True)) + c
                ).tanh()
                for w, u, c in zip(W, U, b, strict=True)
            ]
        L += (dot(V, h) - 1.0) ** 2
    return L, m.parameters


@family
def lstm() -> Loss:
    m = Maker()
    n = 4
    gates = [(m.matrix(n, 2), m.matrix(n, n), m.vector(n)) for _ in range(4)]
    V = m.vector(n)
    h, c = [Value(0.0)] * n, [Value(0.0)] * n
    for x in m.rows(50, 2):
        zs = [plus(times(W, x), times(U, h), b) for W, U, b in gates]
        i, f, o = map(sigmoid, zs[:3])
        c = plus(by(f, c), by(i, tanh(zs[3])))
        h = by(o, tanh(c))
    return (dot(V, h) - 1.0) ** 2, m.parameters


@family
def gru() -> Loss:
    m = Maker()
    n = 4
    (Wz, Uz), (Wr, Ur), (Wn, Un) = ((m.matrix(n, 2), m.matrix(n, n)) for _ in range(3))
    V = m.vector(n)
    h = [Value(0.0)] * n
    for x in m.rows(50, 2):
        z = sigmoid(plus(times(Wz, x), times(Uz, h)))
        r = sigmoid(plus(times(Wr, x), times(Ur, h)))
        new = tanh(plus(times(Wn, x), times(Un, by(r, h))))
        h = [(1 - a) * p + a * q for a, p, q in zip(z, new, h, strict=True)]
    return (dot(V, h) - 1.0) ** 2, m.parameters


@family
def hidden_markov_model() -> Loss:
    """The forward algorithm, in logarithms."""
    m = Maker()
    A, B, start = m.matrix(3, 3), m.matrix(3, 4), m.vector(3)
    seen = [m.random.randrange(4) for _ in range(50)]
    alpha = [s + b[seen[0]] for s, b in zip(start, B, strict=True)]
    for symbol in seen[1:]:
        alpha = [logsumexp([a + A[i][j] for i, a in enumerate(alpha)]) + B[j][symbol] for j in range(3)]
    return -logsumexp(alpha), m.parameters


def pendulum(steps: int) -> Loss:
    """Euler steps of θ'' = -k sin θ - c θ'."""
    theta, omega = Value(1.0, label="theta"), Value(0.0, label="omega")
    k, c = Value(9.81, label="k"), Value(0.1, label="c")
    wrt = [theta, omega, k, c]
    for _ in range(steps):
        theta, omega = theta + 0.01 * omega, omega + 0.01 * (-k * theta.sin() - c * omega)
    return (theta - 0.3) ** 2, wrt


@family
def pendulum_100() -> Loss:
    return pendulum(100)


@family
def pendulum_seen_at_every_step() -> Loss:
    theta, omega, k = Value(1.0, label="theta"), Value(0.0, label="omega"), Value(9.81, label="k")
    wrt, L = [theta, omega, k], 0.0
    for step in range(100):
        theta, omega = theta + 0.01 * omega, omega - 0.01 * k * theta.sin()
        L += (theta - math.cos(0.03 * step)) ** 2
    return L, wrt


@family
def lotka_volterra() -> Loss:
    """Runge and Kutta's fourth order."""
    a, b, c, d = wrt = [Value(number, label=name) for number, name in ((1.1, "a"), (0.4, "b"), (0.4, "c"), (0.1, "d"))]

    def slope(x, y):
        return a * x - b * x * y, d * x * y - c * y

    x, y, h = Value(10.0), Value(5.0), 0.01
    for _ in range(100):
        k1, l1 = slope(x, y)
        k2, l2 = slope(x + h / 2 * k1, y + h / 2 * l1)
        k3, l3 = slope(x + h / 2 * k2, y + h / 2 * l2)
        k4, l4 = slope(x + h * k3, y + h * l3)
        x, y = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), y + h / 6 * (l1 + 2 * l2 + 2 * l3 + l4)
    return (x - 9.0) ** 2 + (y - 4.0) ** 2, wrt


@family
def heat_equation() -> Loss:
    """A rod whose ends stay at their temperatures."""
    m = Maker()
    u, r = m.vector(12), Value(0.2, label="r")
    targets = m.row(12)
    for _ in range(100):
        inner = [u[i] + r * (u[i - 1] - 2 * u[i] + u[i + 1]) for i in range(1, 11)]
        u = [u[0], *inner, u[-1]]
    return squares(u, targets), [*m.parameters, r]


@family
def iterated_sine() -> Loss:
    x, a, b = (Value(number, label=name) for number, name in ((0.5, "x"), (0.9, "a"), (0.1, "b")))
    wrt = [x, a, b]
    for _ in range(100):
        x = x.sin() * a + b
    return x, wrt


@family
def gradient_descent_unrolled() -> Loss:
    """The learning rate is learned: through twenty steps on a least squares problem."""
    m = Maker()
    X, y, rate = m.rows(10, 3), m.row(10), Value(0.05, label="rate")
    w = [Value(0.0) for _ in range(3)]
    for _ in range(20):
        errors = [dot(w, x) - t for x, t in zip(X, y, strict=True)]
        w = [wi - rate * dot(errors, [x[i] for x in X]) for i, wi in enumerate(w)]
    return squares([dot(w, x) for x in X], y), [rate]


@family
def exponential_smoothing() -> Loss:
    m = Maker()
    alpha, level, L = Value(0.3, label="alpha"), Value(0.0), 0.0
    for y in m.row(100):
        L += (level - y) ** 2
        level = alpha * y + (1 - alpha) * level
    return L, [alpha]


@family
def discounted_rewards() -> Loss:
    """A policy gradient, with returns that are summed backward."""
    m = Maker()
    W, L, total = m.matrix(3, 2), 0.0, 0.0
    for x in m.rows(50, 2):
        logits = times(W, x)
        total = 0.9 * total + m.number()
        L -= total * (logits[m.random.randrange(3)] - logsumexp(logits))
    return L, m.parameters
