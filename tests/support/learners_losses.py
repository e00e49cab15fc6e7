"""Which losses do people write who learn, or who try an idea out?

Each family is a function of a `Writer` (learners.py), which draws sizes, numbers, and ways to write the same. They were
written from the guide alone: nothing here knows how the compiler looks for its formulas.
"""

import itertools

import numpy as np
from learners import SUMS, exp, family, objects, value

from tinygrad_edu import Value, nn
from tinygrad_edu.functions import dot, logsumexp, softplus

# Regressions


@family
def a_loss_that_depends_on_the_label(w):
    """Each sample goes the way of its label, which is a plain number, as in `loss if label else other`."""
    n, d, ways = w.size(1, 14), w.size(1, 3), w.size(2, 4)
    X, weights, b = w.data(n, d), w.parameters(d), w.parameter()
    labels = [w.choices.randrange(ways) for _ in range(n)]
    ps = w.keep([(w.dot(weights, row) + b).sigmoid() for row in X])
    losses = [
        lambda p: -p.log(),
        lambda p: -(1 - p).log(),
        lambda p: w.square(p - 0.3),
        lambda p: (1 + 2 * p).relu(),
        lambda p: 2.5 * (p + 1).sqrt(),
        lambda p: p,
        lambda p: (p * p + 0.1).log() + p,
    ]
    chosen = [w.pick(losses) for _ in range(ways)]
    terms = [chosen[label](p) for label, p in zip(labels, ps, strict=True)]
    return w.pick([w.sum, w.mean, lambda found: w.dot([0.5 + i for i in range(n)], found)])(terms)


@family
def logistic_regression(w):
    n, d = w.size(1, 5), w.size()
    X, t = w.data(n, d), w.bits(n)
    weights, b = w.parameters(d), w.parameter()
    ps = w.keep([(w.dot(weights, row) + b).sigmoid() for row in X])
    loss = -w.mean(y * p.log() + (1 - y) * (1 - p).log() for y, p in zip(t, ps, strict=True))
    return loss + 0.01 * w.norm2(weights) if w.chance() else loss


@family
def logistic_with_signs(w):
    n, d = w.size(1, 5), w.size()
    X, t = w.data(n, d), w.bits(n, (-1, 1))
    weights = w.parameters(d)
    margins = [w.times(y, w.dot(weights, row)) for y, row in zip(t, X, strict=True)]
    return w.sum((1 + exp(-m)).log() if w.chance(0.3) else softplus(-m) for m in margins)


@family
def softmax_regression(w):
    n, d, k = w.size(1, 4), w.size(1, 3), w.size(2, 4)
    X, W, b = w.data(n, d), w.matrix(k, d), w.parameters(k)
    terms = []
    for row in X:
        zs = [z + c for z, c in zip(w.times_vector(W, row), b, strict=True)]
        right = w.choices.randrange(k)
        if w.chance():
            terms.append(logsumexp(zs) - zs[right])
        else:
            terms.append(-w.softmax(zs)[right].log())
    return w.mean(terms)


@family
def softmax_with_one_hot(w):
    n, d, k = w.size(1, 4), w.size(1, 3), w.size(2, 3)
    X, W = w.data(n, d), w.matrix(d, k)
    targets = [w.one_hot(w.choices.randrange(k), k) for _ in range(n)]
    rows = [w.softmax(zs) for zs in w.product(X, W)]
    w.keep(rows)
    return -w.sum(w.dot(t, [p.log() for p in row]) for t, row in zip(targets, rows, strict=True)) / n


@family
def ordinal_regression(w):
    """Classes in order, with cuts between them."""
    n, d = w.size(1, 4), w.size(1, 3)
    X, weights = w.data(n, d), w.parameters(d)
    cuts = [w.parameter(-1.0, 0.0), w.parameter(0.1, 1.0)]
    loss = 0.0
    for row in X:
        z = w.dot(weights, row)
        below = [(cut - z).sigmoid() for cut in cuts]
        chances = [below[0], w.minus(below[1], below[0]), 1 - below[1]]
        loss -= chances[w.choices.randrange(3)].log()
    return loss


@family
def poisson_regression(w):
    n, d = w.size(1, 5), w.size(1, 3)
    X, weights, b = w.data(n, d, -1, 1), w.parameters(d, -1, 1), w.parameter()
    counts = w.bits(n, (0, 1, 2, 3))
    zs = [w.dot(row, weights) + b for row in X]
    return w.mean(exp(z) - w.times(k, z) for k, z in zip(counts, zs, strict=True))


@family
def quantile_regression(w):
    n, d, q = w.size(1, 5), w.size(1, 3), w.pick([0.1, 0.5, 0.9])
    X, weights, t = w.data(n, d), w.parameters(d), w.vector(n)
    errors = [w.minus(y, w.dot(weights, row)) for y, row in zip(t, X, strict=True)]
    return w.mean((q * e).maximum((q - 1) * e) for e in errors)


@family
def huber_regression(w):
    n, d = w.size(1, 5), w.size(1, 3)
    X, weights, b, t = w.data(n, d), w.parameters(d), w.parameter(), w.vector(n)
    errors = [w.dot(weights, row) + b - y for y, row in zip(t, X, strict=True)]
    if w.chance():
        return w.mean((1 + w.square(e)).sqrt() - 1 for e in errors)
    small = [abs(e).minimum(1.0) for e in errors]
    return w.sum(s * (abs(e) - 0.5 * s) for s, e in zip(small, errors, strict=True))


@family
def log_cosh_regression(w):
    n, d = w.size(1, 4), w.size(1, 3)
    X, weights, t = w.data(n, d), w.parameters(d), w.vector(n)
    errors = [w.dot(weights, row) - y for row, y in zip(X, t, strict=True)]
    return w.mean(((exp(e) + exp(-e)) / 2).log() for e in errors)


@family
def elastic_net(w):
    n, d = w.size(1, 5), w.size()
    X, weights, t = w.data(n, d), w.parameters(d), w.vector(n)
    loss = w.error([w.dot(row, weights) for row in X], t)
    return loss + w.constant(0.01, 1) * w.sum(abs(p) for p in weights) + 0.5 * 0.1 * w.norm2(weights)


@family
def group_lasso(w):
    n, groups, d = w.size(1, 4), w.size(1, 3), w.size(1, 3)
    W = w.matrix(groups, d, 0.2, 1.5)
    X, t = w.data(n, groups * d), w.vector(n)
    loss = w.error([w.dot([p for row in W for p in row], x) for x in X], t)
    return loss + 0.3 * w.sum(w.norm2(row).sqrt() for row in W)


@family
def weighted_least_squares(w):
    n, d = w.size(1, 5), w.size()
    X, p, t, shares = w.data(n, d), w.parameters(d), w.vector(n), w.vector(n, 0.1, 1.0)
    errors = [w.square(w.dot(p, x) - y) for x, y in zip(X, t, strict=True)]
    return w.dot(shares, errors) / w.sum(shares)


@family
def class_weights(w):
    n, d = w.size(1, 5), w.size(1, 3)
    X, p, t = w.data(n, d), w.parameters(d), [w.pick([0, 1]) for _ in range(n)]
    heavy = {0: w.constant(0.1, 1), 1: w.constant(1, 3)}
    zs = [w.dot(x, p) for x in X]
    return w.sum(heavy[y] * (softplus(z) - y * z) for y, z in zip(t, zs, strict=True))


@family
def gamma_regression(w):
    n, d = w.size(1, 4), w.size(1, 3)
    X, p, t = w.data(n, d, -1, 1), w.parameters(d), w.vector(n, 0.2, 3)
    zs = [w.dot(x, p) for x in X]
    return w.mean(z + y * exp(-z) for z, y in zip(zs, t, strict=True))


@family
def student_t_noise(w):
    n = w.size(1, 5)
    x, t, a, b, s = w.vector(n), w.vector(n), w.parameter(), w.parameter(), w.parameter()
    spread = exp(s)
    return w.sum((1 + w.square((y - (a * v + b)) / spread) / 3).log() * 2 + s for v, y in zip(x, t, strict=True))


@family
def heteroscedastic(w):
    """A mean and a spread, both of them linear."""
    n = w.size(1, 4)
    x, t, (a, b, c, d) = w.vector(n), w.vector(n), w.parameters(4, -1, 1)
    terms = []
    for v, y in zip(x, t, strict=True):
        mean, log_variance = a * v + b, c * v + d
        terms.append(0.5 * (log_variance + w.over(w.square(y - mean), exp(log_variance))))
    return w.mean(terms)


@family
def hinge_machines(w):
    n, d = w.size(1, 5), w.size(1, 3)
    X, p, b, t = w.data(n, d), w.parameters(d), w.parameter(), w.bits(n, (-1, 1))
    slack = [(1 - y * (w.dot(p, x) + b)).relu() for x, y in zip(X, t, strict=True)]
    if w.chance():
        slack = [w.square(s) for s in slack]
    return 0.5 * w.norm2(p) + w.constant(0.5, 2) * w.sum(slack)


@family
def multiclass_hinge(w):
    n, d, k = w.size(1, 3), w.size(1, 3), w.size(2, 4)
    X, W = w.data(n, d), w.matrix(k, d)
    loss = 0
    for x in X:
        scores, right = w.times_vector(W, x), w.choices.randrange(k)
        loss = loss + w.sum((s - scores[right] + 1).maximum(0) for i, s in enumerate(scores) if i != right)
    return loss / n


@family
def bradley_terry(w):
    """Who beats whom: a strength for each player."""
    k = w.size(2, 4)
    strength = w.parameters(k)
    games = [(w.choices.randrange(k), w.choices.randrange(k)) for _ in range(w.size(1, 6))]
    games = [(i, j if i != j else (i + 1) % k) for i, j in games]
    return -w.sum((strength[i] - strength[j]).sigmoid().log() for i, j in games)


@family
def cox_likelihood(w):
    n, d = w.size(2, 4), w.size(1, 3)
    X, p = w.data(n, d), w.parameters(d)
    risks = [w.dot(x, p) for x in X]
    return w.sum(w.sum(exp(r) for r in risks[i:]).log() - risks[i] for i in range(n))


@family
def polynomial_regression(w):
    n, degree = w.size(1, 5), w.size(1, 4)
    x, t, p = w.vector(n, -1, 1), w.vector(n), w.parameters(degree + 1)
    powers = [[v**k for k in range(degree + 1)] for v in x]
    return w.error([w.dot(row, p) for row in powers], t)


@family
def factorisation_machine(w):
    n, d, k = w.size(1, 3), w.size(2, 3), w.size(1, 2)
    X, linear, V, t = w.data(n, d), w.parameters(d), w.matrix(d, k), w.vector(n)
    outs = []
    for x in X:
        pairs = [w.dot(V[i], V[j]) * (x[i] * x[j]) for i in range(d) for j in range(i + 1, d)]
        outs.append(w.dot(linear, x) + w.sum(pairs))
    return w.error(w.keep(outs), t)


# Probability


@family
def gaussian_mixture(w):
    n, k = w.size(1, 4), w.size(1, 3)
    x, means, scales, logits = w.vector(n), w.parameters(k), w.parameters(k, 0.3, 1.5), w.parameters(k)
    shares = w.softmax(logits)
    loss = 0.0
    for v in x:
        density = w.sum(
            p / s * exp(-((v - m) ** 2) / (2 * s**2)) for p, m, s in zip(shares, means, scales, strict=True)
        )
        loss -= density.log()
    return loss / n


@family
def gaussian_mixture_in_logs(w):
    n, k, d = w.size(1, 3), w.size(2, 3), w.size(1, 2)
    X, M, logits = w.data(n, d), w.matrix(k, d), w.parameters(k)
    total = logsumexp(logits)
    return -w.mean(logsumexp([z - total - w.distance2(x, m) / 2 for z, m in zip(logits, M, strict=True)]) for x in X)


@family
def em_bound(w):
    """The bound of expectation-maximisation, for responsibilities that are given."""
    n, k = w.size(1, 4), w.size(1, 3)
    x, R, means, logs = w.vector(n), w.data(n, k, 0.1, 1), w.parameters(k), w.parameters(k, -1, 1)
    bound = 0.0
    for v, row in zip(x, R, strict=True):
        bound += w.dot(row, [-0.5 * w.square(v - m) * exp(-s) - 0.5 * s for m, s in zip(means, logs, strict=True)])
    return -bound


@family
def hidden_markov_model(w):
    steps, k = w.size(1, 4), w.size(1, 3)
    A = [w.softmax(row) for row in w.matrix(k, k)]
    emit = [w.softmax(row) for row in w.matrix(k, 2)]
    start = w.softmax(w.parameters(k)) if w.chance() else [1 / k] * k
    seen = [w.pick([0, 1]) for _ in range(steps)]
    alpha = [p * emit[i][seen[0]] for i, p in enumerate(start)]
    for o in seen[1:]:
        alpha = [w.sum(alpha[i] * A[i][j] for i in range(k)) * emit[j][o] for j in range(k)]
    w.keep(alpha)
    return -w.sum(alpha).log()


@family
def conditional_random_field(w):
    steps, k = w.size(1, 4), w.size(1, 3)
    unary, T = w.matrix(steps, k), w.matrix(k, k)
    tags = [w.choices.randrange(k) for _ in range(steps)]
    forward = unary[0]
    for t in range(1, steps):
        forward = [logsumexp([forward[i] + T[i][j] for i in range(k)]) + unary[t][j] for j in range(k)]
    path = w.sum(unary[t][tags[t]] for t in range(steps))
    if steps > 1:
        path = path + w.sum(T[a][b] for a, b in itertools.pairwise(tags))
    return logsumexp(forward) - path


@family
def kalman_filter(w):
    steps = w.size(1, 4)
    ys, a, q, r = w.vector(steps), w.parameter(), exp(w.parameter()), exp(w.parameter())
    mean, variance, loss = Value(0.0), Value(1.0), 0
    for y in ys:
        mean, variance = a * mean, a * a * variance + q
        s = variance + r
        gain, surprise = variance / s, y - mean
        loss = loss + 0.5 * (s.log() + w.square(surprise) / s)
        mean, variance = mean + gain * surprise, (1 - gain) * variance
    return loss


@family
def evidence_lower_bound(w):
    """A variational autoencoder: noise is given, and scaled by what the encoder says."""
    n, d, k = w.size(1, 3), w.size(1, 3), w.size(1, 2)
    X, M, S, D, noise = w.data(n, d), w.matrix(k, d), w.matrix(k, d, -0.5, 0.5), w.matrix(d, k), w.data(n, k)
    loss = 0
    for x, eps in zip(X, noise, strict=True):
        mean, logs = w.times_vector(M, x), w.times_vector(S, x)
        z = [m + exp(0.5 * value(s)) * e for m, s, e in zip(mean, logs, eps, strict=True)]
        again = w.times_vector(D, z)
        kl = -0.5 * w.sum(1 + s - m * m - exp(s) for m, s in zip(mean, logs, strict=True))
        loss += w.distance2(again, x) + kl
    return loss * (1 / n)


@family
def divergence_of_distributions(w):
    k = w.size(1, 5)
    p, q = w.softmax(w.parameters(k)), w.softmax(w.parameters(k))
    half = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
    if w.chance():
        return w.sum(a * (a / b).log() for a, b in zip(p, q, strict=True))
    return w.sum(a * (a.log() - h.log()) + b * (b / h).log() for a, b, h in zip(p, q, half, strict=True)) / 2


@family
def mean_field_ising(w):
    n, steps = w.size(1, 4), w.size(1, 3)
    J, h, m = w.matrix(n, n, -1, 1), w.parameters(n), w.vector(n, -1, 1)
    for _ in range(steps):
        m = [(w.dot(J[i], m) + h[i]).tanh() for i in range(n)]
    return -0.5 * w.dot(m, w.times_vector(J, m)) - w.dot(h, m)


@family
def policy_gradient(w):
    """−advantage · log π(action), with a bonus for entropy."""
    n, d, k = w.size(1, 4), w.size(1, 3), w.size(2, 3)
    X, W, rewards = w.data(n, d), w.matrix(k, d), w.vector(n)
    baseline = w.mean(rewards)
    loss = Value(0.0)
    for x, reward in zip(X, rewards, strict=True):
        pi = w.softmax(w.times_vector(W, x))
        loss -= (reward - baseline) * pi[w.choices.randrange(k)].log()
        loss += 0.01 * w.sum(p * p.log() for p in pi)
    return loss


@family
def temporal_difference(w):
    n, d, gamma = w.size(2, 4), w.size(1, 3), 0.9
    X, p, rewards = w.data(n, d), w.parameters(d), w.vector(n)
    values = [w.dot(p, x) for x in X]
    errors = [rewards[i] + gamma * values[i + 1] - values[i] for i in range(n - 1)]
    return w.mean(w.square(e) for e in errors)


@family
def clipped_policy(w):
    """The clipped ratio of proximal policy optimisation."""
    n, d = w.size(1, 4), w.size(1, 3)
    X, p, old, gain = w.data(n, d), w.parameters(d), w.vector(n, -1, 1), w.vector(n)
    terms = []
    for x, o, g in zip(X, old, gain, strict=True):
        ratio = exp(w.dot(p, x) - o)
        terms.append((ratio * g).minimum(ratio.maximum(0.8).minimum(1.2) * g))
    return -w.mean(terms)


# Simulation


@family
def pendulum(w):
    angle, speed, g, damping = w.parameter(), w.parameter(), w.parameter(0.5, 2), w.parameter(0, 1)
    dt = w.pick([0.1, 0.05])
    loss, targets = 0.0, w.vector(w.size(1, 5))
    for target in targets:
        angle, speed = angle + dt * speed, speed + dt * (-g * angle.sin() - damping * speed)
        loss += w.square(angle - target)
    return loss


def runge_kutta(f, state, dt):
    def moved(by, slope):
        return [s + by * k for s, k in zip(state, slope, strict=True)]

    a = f(state)
    b = f(moved(dt / 2, a))
    c = f(moved(dt / 2, b))
    d = f(moved(dt, c))
    return [s + dt / 6 * (p + 2 * q + 2 * r + t) for s, p, q, r, t in zip(state, a, b, c, d, strict=True)]


@family
def lotka_volterra(w):
    a, b, c, d = w.parameters(4, 0.2, 1.5)
    state = w.parameters(2, 0.5, 1.5) if w.chance() else w.vector(2, 0.5, 1.5)

    def slope(s):
        return [a * s[0] - b * s[0] * s[1], c * s[0] * s[1] - d * s[1]]

    for _ in range(w.size(1, 3)):
        state = runge_kutta(slope, state, 0.1)
    return w.error(w.keep(state), w.vector(2, 0.5, 1.5))


@family
def heat_equation(w):
    n, steps = w.size(1, 5), w.size(1, 4)
    u, rate, target = w.vector(n), w.parameter(0.05, 0.3), w.vector(n)
    for _ in range(steps):
        walls = [u[0], *u, u[-1]] if w.chance(0.7) else [0.0, *u, 0.0]
        u = [walls[i] + rate * (walls[i - 1] - 2 * walls[i] + walls[i + 1]) for i in range(1, n + 1)]
    return w.error(u, target)


@family
def heat_on_a_plate(w):
    rows, columns = w.size(1, 3), w.size(1, 3)
    u, rate = w.matrix(rows, columns), w.parameter(0.05, 0.3)
    for _ in range(w.size(1, 2)):
        u = [
            [
                u[i][j]
                + rate * (u[i - 1][j] + u[(i + 1) % rows][j] + u[i][j - 1] + u[i][(j + 1) % columns] - 4 * u[i][j])
                for j in range(columns)
            ]
            for i in range(rows)
        ]
    return w.sum(w.square(v) for row in u for v in row)


@family
def spring_chain(w):
    n, steps = w.size(1, 4), w.size(1, 3)
    x, v, k = w.parameters(n), [0.0] * n, w.parameters(n + 1, 0.5, 2)
    for _ in range(steps):
        line = [0.0, *x, 0.0]
        forces = [k[i + 1] * (line[i + 2] - line[i + 1]) - k[i] * (line[i + 1] - line[i]) for i in range(n)]
        v = [a + 0.1 * f for a, f in zip(v, forces, strict=True)]
        x = [a + 0.1 * b for a, b in zip(x, v, strict=True)]
    return w.sum(w.square(a) for a in x) + 0.5 * w.norm2(v)


@family
def spring_energy(w):
    n = w.size(2, 4)
    points = [w.parameters(2) for _ in range(n)]
    return w.sum(w.square((w.distance2(p, q) + 0.01).sqrt() - 1.0) for p, q in itertools.pairwise(points))


@family
def lennard_jones(w):
    n = w.size(2, 4)
    places = [[w.parameter(i, i + 0.4), w.parameter(-0.2, 0.2)] for i in range(n)]
    energy = 0
    for i in range(n):
        for j in range(i):
            r2 = w.distance2(places[i], places[j])
            energy = energy + 4 * (r2**-6 * 0.01 - r2**-3 * 0.1)
    return energy


@family
def gravitation(w):
    n = w.size(2, 3)
    masses, places = w.parameters(n, 0.5, 2), [w.vector(2) for _ in range(n)]
    return -w.sum(
        masses[i] * masses[j] / (w.distance2(places[i], places[j]) + 0.1) ** 0.5
        for i in range(n)
        for j in range(i + 1, n)
    )


@family
def logistic_map(w):
    r, x = w.parameter(0.5, 3), w.parameter(0.1, 0.9)
    loss = 0
    for _ in range(w.size(1, 6)):
        x = r * x * (1 - x)
        loss = loss + w.square(x - 0.5)
    return loss


@family
def mandelbrot_orbit(w):
    a, b = w.parameter(-0.5, 0.3), w.parameter(-0.4, 0.4)
    re, im = a, b
    for _ in range(w.size(1, 5)):
        re, im = re * re - im * im + a, 2 * re * im + b
    return re**2 + im**2


@family
def neural_differential_equation(w):
    d = w.size(1, 3)
    W, b, state = w.matrix(d, d), w.parameters(d), w.vector(d)

    def slope(s):
        return [(w.dot(row, s) + c).tanh() for row, c in zip(W, b, strict=True)]

    for _ in range(w.size(1, 2)):
        state = runge_kutta(slope, state, 0.2)
    return w.error(state, w.vector(d))


@family
def epidemic(w):
    s, i, r = 0.9, 0.1, 0.0
    beta, gamma = w.parameter(0.1, 2), w.parameter(0.05, 1)
    curve = []
    for _ in range(w.size(1, 5)):
        new, healed = beta * s * i, gamma * i
        s, i, r = s - new, i + new - healed, r + healed
        curve.append(i)
    return w.error(w.keep(curve), w.vector(len(curve), 0, 1))


@family
def trapezoid_rule(w):
    n = w.size(1, 5)
    a, b, (p, q) = 0.0, w.pick([1.0, 2.0]), w.parameters(2)
    h = (b - a) / n
    f = [(p * (a + i * h)).sin() * exp(-q * (a + i * h)) for i in range(n + 1)]
    return w.square(h * (w.sum(f) - (f[0] + f[-1]) / 2) - w.constant())


# Geometry


@family
def ray_transfer(w):
    """Rays through thin lenses: a height and an angle, times matrices of two rows."""
    rays = w.data(w.size(1, 3), 2)
    focal, gaps = w.parameters(w.size(1, 3), 0.5, 2), w.parameter(0.1, 1)
    loss = 0.0
    for ray in rays:
        height, angle = ray
        for f in focal:
            height, angle = height, angle - height / f
            height = height + gaps * angle
        loss += w.square(height)
    return loss


@family
def thin_lens(w):
    f, distances = w.parameter(0.5, 1), w.vector(w.size(1, 4), 1.5, 3)
    images = [1 / (1 / f - 1 / d) for d in distances]
    return w.error(w.keep(images), w.vector(len(images), 1, 3))


@family
def snells_law(w):
    n1, n2, x = w.parameter(1, 1.5), w.parameter(1, 1.5), w.parameter(0.2, 0.8)
    return n1 * (1 + x**2).sqrt() + n2 * w.sum([1.0, w.square(1 - x)]).sqrt()


@family
def robot_arm(w):
    n = w.size(1, 4)
    angles, lengths = w.parameters(n), w.vector(n, 0.5, 1.5)
    x = y = total = 0
    for angle, length in zip(angles, lengths, strict=True):
        total = total + angle
        x, y = x + length * total.cos(), y + length * total.sin()
    return w.square(x - 1) + w.square(y - w.constant())


@family
def rotations(w):
    """Points turned by a matrix of sines and cosines."""
    n, angle = w.size(1, 4), w.parameter()
    c, s = angle.cos(), angle.sin()
    turned = w.product(w.data(n, 2), [[c, s], [-s, c]])
    targets = w.data(n, 2)
    return w.mean(w.distance2(p, q) for p, q in zip(w.keep(turned), targets, strict=True))


@family
def quaternion(w):
    a, b, c, d = w.parameters(4, 0.2, 1)
    n = w.norm2([a, b, c, d])
    R = [
        [1 - 2 * (c * c + d * d) / n, 2 * (b * c - a * d) / n, 2 * (b * d + a * c) / n],
        [2 * (b * c + a * d) / n, 1 - 2 * (b * b + d * d) / n, 2 * (c * d - a * b) / n],
        [2 * (b * d - a * c) / n, 2 * (c * d + a * b) / n, 1 - 2 * (b * b + c * c) / n],
    ]
    return w.error(w.times_vector(R, w.vector(3)), w.vector(3))


@family
def circle_fit(w):
    n = w.size(1, 5)
    X, (a, b), r = w.data(n, 2), w.parameters(2), w.parameter(0.5, 2)
    if w.chance():
        return w.mean(w.square((x - a) ** 2 + (y - b) ** 2 - r * r) for x, y in X)
    return w.sum(w.square((w.square(x - a) + w.square(y - b) + 0.01).sqrt() - r) for x, y in X)


@family
def triangle_area(w):
    points = [w.parameters(2) for _ in range(3)]
    (a, b), (c, d), (e, f) = points
    if w.chance():
        return w.square(0.5 * (a * (d - f) + c * (f - b) + e * (b - d)))
    sides = [(w.distance2(p, q) + 0.5).sqrt() for p, q in zip(points, points[1:] + points[:1], strict=True)]
    s = w.sum(sides) / 2
    return (s * (s - sides[0]) * (s - sides[1]) * (s - sides[2]) + 5).sqrt()


@family
def bezier_curve(w):
    control = w.matrix(4, 2)
    targets = w.data(w.size(1, 4), 2)
    loss = 0
    for i, target in enumerate(targets):
        t = i / max(1, len(targets) - 1)
        basis = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3]
        point = [w.dot(basis, [p[axis] for p in control]) for axis in range(2)]
        loss += w.distance2(point, target)
    return loss


@family
def spline_with_knots(w):
    n, knots = w.size(1, 5), w.size(1, 3)
    x, t, coefficients = w.vector(n), w.vector(n), w.parameters(2 + knots)
    where = [w.uniform(-1, 1) for _ in range(knots)] if w.chance() else w.parameters(knots)
    outs = []
    for v in x:
        bent = [value(v - knot).relu() ** 3 for knot in where]
        outs.append(w.dot(coefficients, [1, v, *bent]))
    return w.error(outs, t)


@family
def trilateration(w):
    """Where am I, if the beacons are there and that far?"""
    here = w.parameters(2)
    beacons, far = w.data(w.size(1, 4), 2), w.vector(4, 0.5, 2)
    return w.sum(w.square(w.distance2(here, b) - r * r) for b, r in zip(beacons, far, strict=False))


# Linear algebra


@family
def matrix_factorisation(w):
    n, m, k = w.size(1, 3), w.size(1, 3), w.size(1, 2)
    U, V, R = w.matrix(n, k), w.matrix(m, k), w.data(n, m)
    seen = [(i, j) for i in range(n) for j in range(m) if w.chance(0.8)] or [(0, 0)]
    loss = w.sum(w.square(w.minus(R[i][j], w.dot(U[i], V[j]))) for i, j in seen)
    return loss + 0.1 * (w.sum(map(w.norm2, U)) + w.sum(map(w.norm2, V)))


@family
def nonnegative_factorisation(w):
    n, m, k = w.size(1, 3), w.size(1, 3), w.size(1, 2)
    W, H, R = w.matrix(n, k), w.matrix(k, m), w.data(n, m)
    P = w.product([[p**2 for p in row] for row in W], [[p.softplus() for p in row] for row in H])
    return w.mean(w.square(P[i][j] - R[i][j]) for i in range(n) for j in range(m))


@family
def principal_axis(w):
    n, d = w.size(1, 4), w.size(1, 3)
    X, u = w.data(n, d), w.parameters(d, 0.2, 1)
    if w.chance():
        return -w.sum(w.square(w.dot(x, u)) for x in X) / w.norm2(u)
    loss = 0.0
    for x in X:
        z = w.dot(u, x) / w.norm2(u)
        loss += w.sum(w.square(a - z * b) for a, b in zip(x, u, strict=True))
    return loss


@family
def quadratic_program(w):
    n, m = w.size(1, 3), w.size(1, 3)
    x, Q, c, A, b = w.parameters(n), w.data(n, n), w.vector(n), w.data(m, n), w.vector(m)
    objective = 0.5 * w.dot(x, w.times_vector(Q, x)) + w.dot(c, x)
    return objective + 10 * w.sum(w.square(value(w.dot(row, x) - r).relu()) for row, r in zip(A, b, strict=True))


@family
def bilinear_form(w):
    n, m, samples = w.size(1, 3), w.size(1, 3), w.size(1, 3)
    A, X, Y = w.matrix(n, m), w.data(samples, n), w.data(samples, m)
    forms = [w.dot(x, w.times_vector(A, y)) for x, y in zip(X, Y, strict=True)]
    return w.sum(w.square(f) if w.chance(0.3) else f.tanh() for f in w.keep(forms))


@family
def graph_laplacian(w):
    n = w.size(2, 5)
    x = w.parameters(n)
    edges = [(i, j) for i in range(n) for j in range(i) if w.chance(0.6)] or [(0, 1)]
    shares = w.vector(len(edges), 0.1, 1) if w.chance() else w.parameters(len(edges), 0.1, 1)
    return w.sum(s * w.square(x[i] - x[j]) for s, (i, j) in zip(shares, edges, strict=True))


@family
def graph_convolution(w):
    n, d, k = w.size(1, 4), w.size(1, 3), w.size(1, 2)
    A = [[1.0 if i == j or w.chance(0.4) else 0.0 for j in range(n)] for i in range(n)]
    H = w.product(w.product(A, w.data(n, d)), w.matrix(d, k))
    return w.error([w.sum(h.relu() for h in row) for row in H], w.vector(n))


@family
def page_rank(w):
    n = w.size(1, 4)
    M, rank = [w.softmax(row) for row in w.matrix(n, n)], [1 / n] * n
    for _ in range(w.size(1, 3)):
        rank = [0.15 / n + 0.85 * w.sum(rank[i] * M[i][j] for i in range(n)) for j in range(n)]
    return w.error(w.keep(rank), w.vector(n))


@family
def power_iteration(w):
    n = w.size(1, 3)
    A, v = w.matrix(n, n, 0.2, 1.5), [1.0] * n
    for _ in range(w.size(1, 3)):
        v = w.times_vector(A, v)
        length = w.norm2(v).sqrt()
        v = [w.over(c, length) for c in v]
    return w.dot(v, w.times_vector(A, v))


@family
def sinkhorn(w):
    n, m = w.size(1, 3), w.size(1, 3)
    C = w.matrix(n, m)
    K = [[exp(-c) for c in row] for row in C]
    u, v = [1.0] * n, [1.0] * m
    for _ in range(w.size(1, 3)):
        u = [1 / n / w.dot(K[i], v) for i in range(n)]
        v = [1 / m / w.sum(K[i][j] * u[i] for i in range(n)) for j in range(m)]
    return w.sum(u[i] * K[i][j] * v[j] * C[i][j] for i in range(n) for j in range(m))


@family
def determinants(w):
    n = w.size(1, 3)
    A = w.matrix(n, n)
    w.keep(A)
    if n == 1:
        return w.square(A[0][0])
    if n == 2:
        return w.square(A[0][0] * A[1][1] - A[0][1] * A[1][0])
    (a, b, c), (d, e, f), (g, h, i) = A
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


@family
def inverse_two_by_two(w):
    a, d = w.parameters(2, 1, 2)
    b, c = w.parameters(2, -0.5, 0.5)
    det = a * d - b * c
    inverse = [[d / det, -b / det], [-c / det, a / det]]
    if w.chance():
        return w.error(w.times_vector(inverse, w.vector(2)), w.vector(2))
    again = w.product([[a, b], [c, d]], inverse)
    return w.sum(w.square(n) for row in again for n in row) + w.sum(v for row in inverse for v in row)


@family
def cramers_rule(w):
    A = [[w.parameter(2, 3) if i == j else w.parameter(-0.5, 0.5) for j in range(3)] for i in range(3)]
    b = w.vector(3)

    def det(M):
        (a, b, c), (d, e, f), (g, h, i) = M
        return a * e * i + b * f * g + c * d * h - c * e * g - b * d * i - a * f * h

    whole = det(A)
    xs = [det([[b[i] if j == k else A[i][j] for j in range(3)] for i in range(3)]) / whole for k in range(3)]
    return w.norm2(w.keep(xs))


@family
def gaussian_process(w):
    """Its likelihood with two or three points, the Cholesky factor written out."""
    n = w.size(1, 3)
    x, y, length, noise = w.vector(n), w.vector(n), w.parameter(0.5, 2), w.parameter(0.3, 1)
    K = [
        [exp(-0.5 * w.square((x[i] - x[j]) / length)) + (noise**2 if i == j else 0) for j in range(n)] for i in range(n)
    ]
    L = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = K[i][j] - sum(L[i][k] * L[j][k] for k in range(j))
            L[i][j] = rest.sqrt() if i == j else rest / L[j][j]
    z = []
    for i in range(n):
        z.append((y[i] - sum(L[i][k] * z[k] for k in range(i))) / L[i][i])
    return 0.5 * w.sum(w.square(v) for v in z) + w.sum(L[i][i].log() for i in range(n))


@family
def gram_schmidt(w):
    n, d = w.size(1, 3), w.size(2, 3)
    V = w.matrix(n, d, 0.2, 1.5)
    basis = []
    for v in V:
        for u in basis:
            part = w.dot(u, v)
            v = [a - part * b for a, b in zip(v, u, strict=True)]
        length = (w.norm2(v) + 0.1).sqrt()
        basis.append([a / length for a in v])
    return w.error([w.sum(u) for u in basis], w.vector(n))


@family
def orthogonality_penalty(w):
    n, d = w.size(1, 3), w.size(1, 3)
    W = w.matrix(n, d)
    G = w.product(W, w.transpose(W))
    return w.sum(w.square(G[i][j] - (1 if i == j else 0)) for i in range(n) for j in range(n))


@family
def covariance(w):
    n, d = w.size(1, 4), w.size(1, 3)
    Z = w.product(w.data(n, d), w.matrix(d, w.pick([1, 2])))
    means = [w.mean(column) for column in zip(*Z, strict=True)]
    centred = [[z - m for z, m in zip(row, means, strict=True)] for row in Z]
    C = w.product(w.transpose(centred), centred)
    return w.sum(w.square(c / n) for row in C for c in row)


@family
def three_way_tensor(w):
    a, b, c = w.size(1, 2), w.size(1, 3), w.size(1, 2)
    T = [w.matrix(b, c) for _ in range(a)]
    x, y, z = w.vector(a), w.vector(b), w.vector(c)
    return w.square(w.sum(T[i][j][k] * (x[i] * y[j] * z[k]) for i in range(a) for j in range(b) for k in range(c)))


@family
def outer_products(w):
    n, m = w.size(1, 3), w.size(1, 3)
    u, v, target = objects(w.parameters(n)), objects(w.parameters(m)), objects(w.data(n, m))
    return ((np.outer(u, v) - target) ** 2).sum()


# Iterations and series


@family
def newton_root(w):
    a, x = w.parameter(0.5, 3), w.pick([1.0, 2])
    for _ in range(w.size(1, 4)):
        x = 0.5 * (x + a / x) if w.chance(0.7) else x - (x * x - a) / (2 * x)
    return w.square(x - w.constant())


@family
def continued_fraction(w):
    terms = w.parameters(w.size(1, 5), 1, 2)
    x = terms[-1]
    for a in reversed(terms[:-1]):
        x = a + 1 / x
    return x * x if w.chance() else x.log()


@family
def horner(w):
    coefficients = w.parameters(w.size(1, 5))
    points, targets = w.vector(w.size(1, 4)), w.vector(4)
    outs = []
    for x in points:
        total = coefficients[0]
        for c in coefficients[1:]:
            total = total * x + c
        outs.append(total)
    return w.error(w.keep(outs), list(targets)[: len(outs)])


@family
def taylor_sums(w):
    x, n = w.parameter(), w.size(1, 6)
    term, total = 1.0, 1.0
    for k in range(1, n + 1):
        term = term * x / k
        total = total + term
    return w.square(total - exp(x)) + total


@family
def chebyshev(w):
    n, points = w.size(2, 4), w.vector(w.size(1, 3), -1, 1)
    p = w.parameters(n)
    outs = []
    for x in points:
        polynomials = [1.0, x]
        while len(polynomials) < n:
            polynomials.append(2 * x * polynomials[-1] - polynomials[-2])
        outs.append(w.dot(p, polynomials))
    return w.error(outs, w.vector(len(outs)))


@family
def fourier_series(w):
    n, k = w.size(1, 4), w.size(1, 3)
    x, a, b, omega = w.vector(n), w.parameters(k), w.parameters(k), w.parameter(0.5, 1.5)
    outs = [w.sum(a[i] * ((i + 1) * omega * v).sin() + b[i] * ((i + 1) * omega * v).cos() for i in range(k)) for v in x]
    return w.error(outs, w.vector(n))


@family
def finite_differences(w):
    """A curve close to data, with its second differences kept small."""
    n = w.size(3, 5)
    u, y = w.parameters(n), w.vector(n)
    rough = w.sum(w.square(u[i - 1] - 2 * u[i] + u[i + 1]) for i in range(1, n - 1))
    return w.error(u, y) + w.constant(0.1, 2) * rough


@family
def total_variation(w):
    rows, columns = w.size(1, 3), w.size(2, 3)
    u, y = w.matrix(rows, columns), w.data(rows, columns)
    jumps = [(w.square(row[j + 1] - row[j]) + 0.01).sqrt() for row in u for j in range(columns - 1)]
    return w.sum(jumps) + w.error([v for row in u for v in row], [v for row in y for v in row])


@family
def moving_average(w):
    n = w.size(2, 5)
    window = w.size(1, n)
    x, p = w.vector(n), w.parameters(n)
    z = [a * b for a, b in zip(x, p, strict=True)]
    means = [w.mean(z[i : i + window]) for i in range(n - window + 1)]
    return w.sum(w.square(m - 0.5) for m in w.keep(means))


@family
def exponential_smoothing(w):
    ys, alpha = w.vector(w.size(2, 5)), w.parameter().sigmoid()
    level, loss = w.parameter() if w.chance() else ys[0], value(0.0)
    for y in ys[1:]:
        loss += w.square(y - level)
        level = alpha * y + (1 - alpha) * level
    return loss


@family
def autoregression(w):
    n, order = w.size(3, 5), w.size(1, 2)
    ys, p, c = w.vector(n), w.parameters(order), w.parameter()
    errors = [ys[t] - (w.dot(p, ys[t - order : t]) + c) for t in range(order, n)]
    return w.mean(w.square(e) for e in errors)


@family
def unrolled_descent(w):
    """The loss after some steps of gradient descent, by the rate and the first guess."""
    n, steps = w.size(1, 3), w.size(1, 3)
    x, rate, A, b = w.parameters(n), w.parameter(0.01, 0.2), w.data(n, n), w.vector(n)
    for _ in range(steps):
        residual = [w.dot(row, x) - r for row, r in zip(A, b, strict=True)]
        slope = w.times_vector(w.transpose(A), residual)
        x = [p - rate * g for p, g in zip(x, slope, strict=True)]
    return w.norm2([w.dot(row, x) - r for row, r in zip(A, b, strict=True)])


@family
def fixed_point(w):
    n = w.size(1, 3)
    W, U, x = w.matrix(n, n, -0.5, 0.5), w.matrix(n, n), w.vector(n)
    drive, z = w.times_vector(U, x), [0.0] * n
    for _ in range(w.size(1, 3)):
        z = [value(w.dot(row, z) + d).tanh() for row, d in zip(W, drive, strict=True)]
    return w.sum(w.square(v) for v in z)


# Unsupervised


@family
def soft_k_means(w):
    n, k, d = w.size(1, 4), w.size(1, 3), w.size(1, 2)
    X, C, beta = w.data(n, d), w.matrix(k, d), w.pick([1, 2.0, 0.5])
    loss = 0
    for x in X:
        far = [w.distance2(x, c) for c in C]
        near = w.softmax([-beta * f for f in far])
        loss += w.dot(near, far)
    return loss / n


@family
def kernel_regression(w):
    n = w.size(2, 4)
    x, y, width = w.vector(n), w.vector(n), w.parameter(0.5, 2)
    loss = 0
    for i in range(n):
        others = [j for j in range(n) if j != i]
        shares = [exp(-(((x[i] - x[j]) / width) ** 2)) for j in others]
        loss += w.square(y[i] - w.dot(shares, [y[j] for j in others]) / w.sum(shares))
    return loss


@family
def radial_basis_network(w):
    n, d, k = w.size(1, 3), w.size(1, 2), w.size(1, 3)
    X, C, a, t = w.data(n, d), w.matrix(k, d), w.parameters(k), w.vector(n)
    outs = [w.dot(a, [exp(-w.distance2(x, c)) for c in C]) for x in X]
    return w.error(outs, t)


@family
def kernel_machine(w):
    n, d = w.size(1, 4), w.size(1, 3)
    X, alpha, t = w.data(n, d), w.parameters(n), w.bits(n, (-1, 1))
    K = [[(1 + w.dot(p, q)) ** 2 for q in X] for p in X]
    f = [w.dot(alpha, row) for row in K]
    return w.sum((1 - y * v).maximum(0.0) for y, v in zip(t, f, strict=True)) + 0.1 * w.dot(alpha, f)


@family
def stress_embedding(w):
    n, d = w.size(2, 4), w.size(1, 2)
    points, far = w.matrix(n, d), w.vector(n * n, 0.5, 2)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    return w.sum(w.square((w.distance2(points[i], points[j]) + 0.1).sqrt() - far[i * n + j]) for i, j in pairs)


@family
def hopfield_energy(w):
    n, patterns = w.size(1, 4), w.size(1, 2)
    s, P = [p.tanh() for p in w.parameters(n)], w.data(patterns, n, -1, 1)
    if w.chance():
        return -logsumexp([2 * w.dot(row, s) for row in P]) + w.norm2(s) / 2
    return -0.5 * w.sum(w.dot(row, s) ** 2 for row in P) / n


@family
def tied_autoencoder(w):
    n, d, k = w.size(1, 3), w.size(1, 3), w.size(1, 2)
    X, W, b, c = w.data(n, d), w.matrix(k, d), w.parameters(k), w.parameters(d)
    loss = 0.0
    for x in X:
        code = w.activation([z + e for z, e in zip(w.times_vector(W, x), b, strict=True)])
        again = [w.sum(W[i][j] * code[i] for i in range(k)) + c[j] for j in range(d)]
        loss += w.distance2(again, x)
    return w.pick([1, 0.5, 1 / n]) * loss


@family
def sparse_autoencoder(w):
    n, d, k = w.size(1, 3), w.size(1, 3), w.size(1, 3)
    X, E, D = w.data(n, d), w.matrix(k, d), w.matrix(d, k)
    codes = [[z.sigmoid() for z in w.times_vector(E, x)] for x in X]
    usage = [w.mean(column) for column in zip(*codes, strict=True)]
    penalty = w.sum(0.1 * (0.1 / u).log() + 0.9 * (0.9 / (1 - u)).log() for u in usage)
    return w.mean(w.distance2(w.times_vector(D, code), x) for code, x in zip(codes, X, strict=True)) + penalty


# Pairs


@family
def contrastive_pairs(w):
    n, d, k = w.size(1, 3), w.size(1, 3), w.size(1, 2)
    W, A, B, same = w.matrix(k, d), w.data(n, d), w.data(n, d), w.bits(n)
    loss = 0
    for a, b, y in zip(A, B, same, strict=True):
        far = w.distance2(w.times_vector(W, a), w.times_vector(W, b))
        loss = loss + y * far + (1 - y) * w.square((1 - (far + 0.01).sqrt()).relu())
    return loss / n


@family
def triplets(w):
    n, d, k = w.size(1, 3), w.size(1, 2), w.size(1, 2)
    W = w.matrix(k, d)
    terms = []
    for _ in range(n):
        anchor, near, far = ([z.tanh() for z in w.times_vector(W, w.vector(d))] for _ in range(3))
        terms.append((w.distance2(anchor, near) - w.distance2(anchor, far) + 0.2).relu())
    return w.mean(terms)


@family
def cosine_similarity(w):
    n, d = w.size(1, 3), w.size(1, 3)
    W, A, B = w.matrix(d, d, 0.2, 1.5), w.data(n, d, 0.2, 1.5), w.data(n, d, 0.2, 1.5)
    terms = []
    for a, b in zip(A, B, strict=True):
        u, v = w.times_vector(W, a), w.times_vector(W, b)
        terms.append(1 - w.dot(u, v) / (w.norm2(u) * w.norm2(v)).sqrt())
    return w.mean(terms)


@family
def batch_contrast(w):
    """Every sample finds its partner among those of all: a softmax over unit vectors."""
    n, d, k = w.size(1, 3), w.size(1, 2), w.size(1, 2)
    W, V, A, B = w.matrix(k, d), w.matrix(k, d), w.data(n, d), w.data(n, d)

    def unit(z):
        length = (w.norm2(z) + 0.01).sqrt()
        return [w.over(c, length) for c in z]

    left, right = [unit(w.times_vector(W, a)) for a in A], [unit(w.times_vector(V, b)) for b in B]
    logits = w.product(left, w.transpose(right))
    return w.mean(logsumexp([5 * z for z in row]) - 5 * row[i] for i, row in enumerate(logits))


@family
def ranking(w):
    n, d = w.size(2, 4), w.size(1, 3)
    X, p = w.data(n, d), w.parameters(d)
    scores = [w.dot(p, x) for x in X]
    return w.mean(softplus(scores[j] - scores[i]) for i in range(n) for j in range(i + 1, n))


@family
def adversaries(w):
    """The generator's and the discriminator's loss, in one sum."""
    n, d = w.size(1, 3), w.size(1, 2)
    G, D, c = w.matrix(d, d), w.parameters(d), w.parameter()
    real, noise = w.data(n, d), w.data(n, d)
    fake = [[z.tanh() for z in w.times_vector(G, z)] for z in noise]
    says = [w.dot(D, x) + c for x in real]
    said = [w.dot(D, x) + c for x in fake]
    critic = -w.mean(s.sigmoid().log() for s in says) - w.mean((1 - s.sigmoid()).log() for s in said)
    return critic if w.chance() else critic - w.mean(s.sigmoid().log() for s in said)


@family
def distillation(w):
    n, d, k, heat = w.size(1, 3), w.size(1, 3), w.size(2, 3), w.pick([1, 2.0, 4])
    X, S, T = w.data(n, d), w.matrix(k, d), w.data(k, d)
    loss = 0
    for x in X:
        student = w.softmax([z / heat for z in w.times_vector(S, x)])
        teacher = w.softmax([z / heat for z in w.times_vector(T, x)])
        loss = loss - w.dot(teacher, [p.log() for p in student])
    return loss * heat**2 / n


# Parts of networks


def dense(w, x, nout, bias=True):
    z = w.times_vector(w.matrix(nout, len(x)), x)
    return [a + b for a, b in zip(z, w.parameters(nout), strict=True)] if bias else z


def layers_of(w, nin, nouts):
    """Weights and biases of a network that is used again and again."""
    sizes = [nin, *nouts]
    return [(w.matrix(sizes[i + 1], sizes[i]), w.parameters(sizes[i + 1])) for i in range(len(nouts))]


def network(w, layers, x, activation="tanh"):
    for i, (W, b) in enumerate(layers):
        x = [z + c for z, c in zip(w.times_vector(W, x), b, strict=True)]
        if i < len(layers) - 1:
            x = [getattr(value(z), activation)() for z in x]
    return x


ACTIVATIONS = [
    "tanh",
    "relu",
    "sigmoid",
    "softplus",
    "sin",
    "silu",
    "gelu",
    "elu",
    "leaky_relu",
    "erf",
    "abs",
    "exp",
    "cos",
]


@family
def hand_written_network(w):
    n, d, outs = w.size(1, 4), w.size(1, 3), w.size(1, 2)
    layers = layers_of(w, d, [*[w.size(1, 3) for _ in range(w.size(1, 2))], outs])
    name = w.pick(ACTIVATIONS)
    X, T = w.data(n, d), w.data(n, outs)
    rows = w.keep([network(w, layers, x, name) for x in X])
    return w.mean(w.distance2(row, t) for row, t in zip(rows, T, strict=True))


@family
def network_without_targets(w):
    """Two units and a constant 1 as input for the bias, and the squares of what comes out."""
    n, d, k, outs = w.size(1, 3), w.size(1, 3), w.size(1, 3), w.size(1, 3)
    W, V, X = w.matrix(k, d + 1), w.matrix(outs, k + 1), w.data(n, d)
    loss = 0
    for x in X:
        hidden = [z.tanh() for z in w.times_vector(W, [*x, 1])]
        loss = loss + w.sum(w.square(z.tanh()) for z in w.times_vector(V, [*hidden, 1.0]))
    return loss


@family
def residual_network(w):
    n, d = w.size(1, 3), w.size(1, 3)
    blocks = [(w.matrix(d, d), w.matrix(d, d)) for _ in range(w.size(1, 2))]
    X, t, p = w.data(n, d), w.vector(n), w.parameters(d)
    outs = []
    for x in X:
        for W, V in blocks:
            hidden = w.times_vector(V, [value(z).relu() for z in w.times_vector(W, x)])
            x = [a + b for a, b in zip(x, hidden, strict=True)]
        outs.append(w.dot(p, x))
    return w.error(outs, t)


@family
def highway_gates(w):
    n, d = w.size(1, 3), w.size(1, 3)
    W, G, X = w.matrix(d, d), w.matrix(d, d), w.data(n, d)
    loss = 0.0
    for x in X:
        h = [z.tanh() for z in w.times_vector(W, x)]
        g = [z.sigmoid() for z in w.times_vector(G, x)]
        loss += w.norm2([a * b + (1 - a) * c for a, b, c in zip(g, h, x, strict=True)])
    return loss


@family
def gated_linear_unit(w):
    n, d, k = w.size(1, 3), w.size(1, 3), w.size(1, 3)
    W, V, p, X = w.matrix(k, d), w.matrix(k, d), w.parameters(k), w.data(n, d)
    outs = []
    for x in X:
        up, gate = w.times_vector(W, x), w.times_vector(V, x)
        outs.append(w.dot(p, [u * g.silu() for u, g in zip(up, gate, strict=True)]))
    return w.error(w.keep(outs), w.vector(n))


@family
def maxout(w):
    n, d, pieces = w.size(1, 4), w.size(1, 3), w.size(2, 3)
    W, b, X = w.matrix(pieces, d), w.parameters(pieces), w.data(n, d)
    outs = []
    for x in X:
        best = None
        for z in [a + c for a, c in zip(w.times_vector(W, x), b, strict=True)]:
            best = z if best is None else best.maximum(z)
        outs.append(best)
    return w.error(outs, w.vector(n))


@family
def mixture_of_experts(w):
    n, d, k = w.size(1, 3), w.size(1, 3), w.size(1, 3)
    gates, experts, X, t = w.matrix(k, d), w.matrix(k, d), w.data(n, d), w.vector(n)
    outs = []
    for x in X:
        shares = w.softmax(w.times_vector(gates, x))
        outs.append(w.dot(shares, w.times_vector(experts, x)))
    return w.error(outs, t)


@family
def squeeze_and_excite(w):
    channels, n = w.size(1, 3), w.size(1, 3)
    X, W = w.data(channels, n), w.matrix(channels, channels)
    means = [w.mean(map(value, row)) for row in X]
    gates = [z.sigmoid() for z in w.times_vector(W, means)]
    return w.sum(w.square(g * v) for g, row in zip(gates, X, strict=True) for v in row)


@family
def convolution(w):
    n, k, filters = w.size(2, 5), w.size(1, 2), w.size(1, 2)
    rows, F, b = w.data(w.size(1, 2), n), w.matrix(filters, k), w.parameters(filters)
    loss = 0
    for x in rows:
        for f, c in zip(F, b, strict=True):
            z = [w.dot(f, x[i : i + k]) + c for i in range(n - k + 1)]
            loss = loss + w.sum(w.square(v.relu()) for v in z)
    return loss


@family
def causal_convolution(w):
    n, k = w.size(2, 5), w.size(2, 3)
    x, f, gap = [0.0] * (k * 2) + list(w.vector(n)), w.parameters(k), w.pick([1, 2])
    out = [sum(f[j] * x[t - j * gap] for j in range(k)) for t in range(2 * k, 2 * k + n)]
    return w.sum(value(o).tanh() for o in out)


@family
def convolution_in_a_plane(w):
    rows, columns, a, b = w.size(2, 3), w.size(2, 4), w.size(1, 2), w.size(1, 2)
    image, K = w.data(rows, columns), w.matrix(a, b)
    out = [
        [w.sum(K[p][q] * image[i + p][j + q] for p in range(a) for q in range(b)) for j in range(columns - b + 1)]
        for i in range(rows - a + 1)
    ]
    w.keep(out)
    if w.chance():
        return w.sum(w.square(v) for row in out for v in row)
    return w.mean(w.activation([v for row in out for v in row]))


@family
def pooling(w):
    n, k = w.size(2, 3) * 2, w.size(1, 2)
    x, f = w.vector(n), w.parameters(k)
    z = [w.dot(f, list(x)[i : i + k]) for i in range(n - k + 1)]
    pools = [z[i : i + 2] for i in range(0, len(z), 2)]
    if w.chance():
        return w.sum(pool[0].maximum(pool[-1]) for pool in pools)
    return w.sum(w.square(w.mean(pool)) for pool in pools)


@family
def image_classifier(w):
    n, k = w.size(1, 2), w.size(2, 3)
    K, W = w.matrix(2, 2), w.matrix(k, 4)
    loss = 0
    for _ in range(n):
        image = w.data(3, 3)
        maps = [
            w.sum(K[p][q] * image[i + p][j + q] for p in range(2) for q in range(2)).relu()
            for i in range(2)
            for j in range(2)
        ]
        logits = w.times_vector(W, maps)
        loss = loss + logsumexp(logits) - logits[w.choices.randrange(k)]
    return loss / n


def heads(w, X, k):
    d = len(X[0])
    return (w.product(X, w.matrix(d, k)) for _ in range(3))


@family
def attention(w):
    n, d, k = w.size(1, 3), w.size(1, 3), w.size(1, 2)
    Q, K, V = heads(w, w.data(n, d), k)
    scale = w.pick([1 / k**0.5, 1, np.sqrt(k)])
    out = []
    for q in Q:
        shares = w.softmax([w.dot(q, key) * scale for key in K])
        out.append([w.dot(shares, [v[j] for v in V]) for j in range(k)])
    w.keep(out)
    return w.sum(w.square(o) for row in out for o in row)


@family
def causal_attention(w):
    n, d, k = w.size(1, 4), w.size(1, 2), w.size(1, 2)
    Q, K, V = heads(w, w.data(n, d), k)
    loss = 0.0
    for i, q in enumerate(Q):
        shares = w.softmax([w.dot(q, key) for key in K[: i + 1]])
        out = [w.sum(s * v[j] for s, v in zip(shares, V, strict=False)) for j in range(k)]
        loss += w.norm2(out)
    return loss / n


@family
def transformer_block(w):
    n, d = w.size(1, 2), w.size(1, 2)
    X = w.data(n, d)
    Q, K, V = heads(w, X, d)
    W = w.matrix(d, d)
    loss = 0
    for x, q in zip(X, Q, strict=True):
        shares = w.softmax([w.dot(q, key) for key in K])
        mixed = [a + w.dot(shares, [v[j] for v in V]) for j, a in enumerate(x)]
        out = [a + b.relu() for a, b in zip(mixed, w.times_vector(W, mixed), strict=True)]
        loss = loss + w.norm2(out)
    return loss


def normalised(w, xs, small=0.1):
    mean = w.mean(xs)
    spread = (w.mean(w.square(x - mean) for x in xs) + small).sqrt()
    return [w.over(x - mean, spread) for x in xs]


@family
def layer_norm(w):
    n, d, k = w.size(1, 3), w.size(1, 3), w.size(1, 3)
    W, gain, shift, X = w.matrix(k, d), w.parameters(k), w.parameters(k), w.data(n, d)
    T = w.data(n, k)
    loss = 0
    for x, t in zip(X, T, strict=True):
        z = normalised(w, w.times_vector(W, x))
        loss = loss + w.distance2([g * a + b for g, a, b in zip(gain, z, shift, strict=True)], t)
    return loss


@family
def batch_norm(w):
    n, d, k = w.size(1, 4), w.size(1, 3), w.size(1, 2)
    Z = w.product(w.data(n, d), w.matrix(d, k))
    columns = [normalised(w, list(column)) for column in zip(*Z, strict=True)]
    gain = w.parameters(k)
    rows = w.keep([list(row) for row in zip(*columns, strict=True)])
    return w.mean(w.square(w.dot(gain, row) - t) for row, t in zip(rows, w.vector(n), strict=True))


@family
def root_mean_square_norm(w):
    n, d = w.size(1, 3), w.size(1, 3)
    W, gain, X = w.matrix(d, d), w.parameters(d), w.data(n, d)
    loss = 0.0
    for x in X:
        z = w.times_vector(W, x)
        length = (w.mean(w.square(a) for a in z) + 0.1) ** w.pick([0.5, -0.5])
        loss += w.sum((g * a * length).tanh() for g, a in zip(gain, z, strict=True))
    return loss


@family
def unit_vectors(w):
    n, d, k = w.size(1, 3), w.size(1, 3), w.size(1, 3)
    W, X = w.matrix(k, d), w.data(n, d)
    terms = []
    for x in X:
        z = w.times_vector(W, x)
        length = (w.norm2(z) + 0.01).sqrt()
        terms.append(w.square(z[0] / length - 0.5) + length)
    return w.sum(terms)


@family
def embeddings(w):
    words, d, n = w.size(1, 4), w.size(1, 3), w.size(1, 4)
    table, V = w.matrix(words, d), w.matrix(words, d)
    loss = 0.0
    for _ in range(n):
        row = table[w.choices.randrange(words)]
        scores = w.times_vector(V, row)
        loss += logsumexp(scores) - scores[w.choices.randrange(words)]
    return loss / n


@family
def bag_of_words(w):
    words, d = w.size(1, 4), w.size(1, 2)
    table, p, b = w.matrix(words, d), w.parameters(d), w.parameter()
    outs = []
    for _ in range(w.size(1, 3)):
        text = [table[w.choices.randrange(words)] for _ in range(w.size(1, 3))]
        mean = [w.mean(column) for column in zip(*text, strict=True)]
        outs.append(w.dot(p, mean) + b)
    return nn.binary_cross_entropy_with_logits(outs, [w.pick([0, 1]) for _ in outs])


@family
def skip_grams(w):
    words, d = w.size(2, 4), w.size(1, 3)
    U, V = w.matrix(words, d), w.matrix(words, d)
    loss = 0
    for _ in range(w.size(1, 4)):
        i, j, k = (w.choices.randrange(words) for _ in range(3))
        loss -= w.dot(U[i], V[j]).sigmoid().log() + (-w.dot(U[i], V[k])).sigmoid().log()
    return loss


@family
def dropout(w):
    n, d, k, keep = w.size(1, 3), w.size(1, 3), w.size(1, 4), w.pick([0.5, 0.8])
    W, p, X = w.matrix(k, d), w.parameters(k), w.data(n, d)
    outs = []
    for x in X:
        mask = [1 / keep if w.chance(keep) else 0 for _ in range(k)]
        hidden = [z.relu() * m for z, m in zip(w.times_vector(W, x), mask, strict=True)]
        outs.append(w.dot(p, hidden))
    return w.error(outs, w.vector(n))


# Recurrent networks


@family
def recurrent_network(w):
    steps, d, k, sequences = w.size(1, 4), w.size(1, 2), w.size(1, 3), w.size(1, 2)
    W, U, b, p = w.matrix(k, d), w.matrix(k, k), w.parameters(k), w.parameters(k)
    outs = []
    for _ in range(sequences):
        h = [0.0] * k if w.chance() else [Value(0.0) for _ in range(k)]
        for x in w.data(steps, d):
            h = [value(w.dot(W[i], x) + w.dot(U[i], h) + b[i]).tanh() for i in range(k)]
        outs.append(w.dot(p, h))
    return w.error(w.keep(outs), w.vector(sequences))


@family
def recurrent_network_with_outputs(w):
    steps, d, k = w.size(1, 4), w.size(1, 2), w.size(1, 2)
    W, p, h = w.matrix(k, d + k + 1), w.parameters(k), [0] * k
    loss = 0
    for x, t in zip(w.data(steps, d), w.vector(steps), strict=True):
        h = [z.tanh() for z in w.times_vector(W, [*x, *h, 1])]
        loss = loss + w.square(w.dot(p, h) - t)
    return loss


@family
def long_short_term_memory(w):
    steps, d, k = w.size(1, 3), w.size(1, 2), w.size(1, 2)
    gates = [w.matrix(k, d + k) for _ in range(4)]
    h, c = [0.0] * k, [0.0] * k
    for x in w.data(steps, d):
        f, i, o, g = (w.times_vector(G, [*x, *h]) for G in gates)
        c = [a.sigmoid() * old + b.sigmoid() * new.tanh() for a, old, b, new in zip(f, c, i, g, strict=True)]
        h = [a.sigmoid() * b.tanh() for a, b in zip(o, c, strict=True)]
    return w.norm2(h) if w.chance() else w.error(h, w.vector(k))


@family
def gated_recurrent_unit(w):
    steps, d, k = w.size(1, 3), w.size(1, 2), w.size(1, 2)
    Z, R, H = (w.matrix(k, d + k) for _ in range(3))
    h = [Value(0.0)] * k
    for x in w.data(steps, d):
        z = [a.sigmoid() for a in w.times_vector(Z, [*x, *h])]
        r = [a.sigmoid() for a in w.times_vector(R, [*x, *h])]
        new = [a.tanh() for a in w.times_vector(H, [*x, *(a * b for a, b in zip(r, h, strict=True))])]
        h = [(1 - a) * b + a * c for a, b, c in zip(z, h, new, strict=True)]
    return w.sum(w.square(a) for a in h)


@family
def bidirectional_network(w):
    steps, k = w.size(1, 4), w.size(1, 2)
    x, t = w.vector(steps), w.bits(steps)
    ways = [(w.parameters(k), w.matrix(k, k)) for _ in range(2)]
    p, states = w.parameters(2 * k), []
    for order, (a, U) in zip([range(steps), reversed(range(steps))], ways, strict=True):
        h, row = [0.0] * k, {}
        for s in order:
            h = [value(a[i] * x[s] + w.dot(U[i], h)).tanh() for i in range(k)]
            row[s] = h
        states.append(row)
    logits = [w.dot(p, states[0][s] + states[1][s]) for s in range(steps)]
    return w.mean(softplus(z) - y * z for z, y in zip(logits, t, strict=True))


@family
def state_space_model(w):
    steps, k = w.size(1, 4), w.size(1, 3)
    a, b, c = [p.sigmoid() for p in w.parameters(k)], w.parameters(k), w.parameters(k)
    state, outs = [0.0] * k, []
    for x in w.vector(steps):
        state = [p * s + q * x for p, s, q in zip(a, state, b, strict=True)]
        outs.append(w.dot(c, state))
    return w.error(outs, w.vector(steps))


# Losses of classifiers


@family
def focal_loss(w):
    n, d = w.size(1, 4), w.size(1, 3)
    X, p, t = w.data(n, d), w.parameters(d), [w.pick([0, 1]) for _ in range(n)]
    loss = 0
    for x, y in zip(X, t, strict=True):
        q = w.dot(p, x).sigmoid()
        right = q if y else 1 - q
        loss -= (1 - right) ** w.pick([2, 2.0, 1.5]) * right.log()
    return loss / n


@family
def dice_loss(w):
    n, d = w.size(1, 5), w.size(1, 2)
    X, p, t = w.data(n, d), w.parameters(d), w.bits(n)
    qs = [w.dot(p, x).sigmoid() for x in X]
    return 1 - (2 * w.dot(qs, t) + 1) / (w.sum(qs) + w.sum(t) + 1)


@family
def smooth_labels(w):
    n, d, k = w.size(1, 3), w.size(1, 3), w.size(2, 3)
    X, W = w.data(n, d), w.matrix(k, d)
    loss = 0
    for x in X:
        zs = w.times_vector(W, x)
        shares = [0.1 / k] * k
        shares[w.choices.randrange(k)] += 0.9
        loss += logsumexp(zs) - w.dot(shares, zs)
    return w.times(loss, 1 / n)


@family
def uncertain_tasks(w):
    """Several losses, each weighted by a spread that is learned too."""
    n, d, k = w.size(1, 3), w.size(1, 2), w.size(1, 3)
    X, W, logs, T = w.data(n, d), w.matrix(k, d), w.parameters(k), w.data(n, k)
    losses = [w.mean(w.square(w.dot(W[i], x) - t[i]) for x, t in zip(X, T, strict=True)) for i in range(k)]
    return w.sum(exp(-s) * task + s for s, task in zip(logs, losses, strict=True))


@family
def portfolio(w):
    n, d = w.size(2, 4), w.size(1, 3)
    returns, shares = w.data(n, d, -1, 1), w.softmax(w.parameters(d))
    gains = [w.dot(shares, row) for row in returns]
    mean = w.mean(gains)
    return -mean + w.constant(0.1, 2) * w.mean(w.square(g - mean) for g in gains)


# The networks of the package


NAMES = ["tanh", "relu", "sigmoid", "softplus", "linear", "silu", "gelu", "elu", "leaky_relu", "sin", "erf", "abs"]


def taken(w, model):
    """The model with parameters of the writer's numbers, label or not."""
    for old in model.parameters():
        old.data = w.number(len(w.leaves), "parameter", -1.5, 1.5)
        w.leaves.append(old)
        w.roles.append("parameter")
    return model


def loss_of(w, rows):
    """One of the package's losses, for rows of predictions."""
    n, k = len(rows), len(rows[0])
    kind = w.pick(["mse", "logits", "hinge", "cross_entropy", "bce"])
    reduction = w.pick(["mean", "sum"])
    if kind == "cross_entropy" and k > 1:
        targets = [w.choices.randrange(k) for _ in range(n)]
        if w.chance(0.3):
            targets = [[1.0 if i == t else 0.0 for i in range(k)] for t in targets]
        return nn.cross_entropy(rows, targets, reduction=reduction)
    column = [row[0] for row in rows] if k == 1 or w.chance() else [z for row in rows for z in row]
    if kind == "hinge":
        return nn.hinge_loss(column, [w.pick([-1, 1]) for _ in column], reduction=reduction)
    if kind == "logits":
        return nn.binary_cross_entropy_with_logits(column, [w.pick([0, 1]) for _ in column], reduction=reduction)
    if kind == "bce":
        return nn.binary_cross_entropy(
            [z.sigmoid() for z in column], [w.pick([0, 1]) for _ in column], reduction=reduction
        )
    return nn.mse_loss(column, w.vector(len(column)), reduction=reduction, scale=w.pick([1.0, 0.5]))


def rows_of(model, X):
    outs = [model(x) for x in X]
    return [out if isinstance(out, list) else [out] for out in outs]


@family
def package_network(w):
    n, d = w.size(1, 5), w.size(1, 4)
    sizes = [*[w.size(1, 4) for _ in range(w.size(0, 2))], w.size(1, 3)]
    model = taken(w, nn.MLP(d, sizes, activation=w.pick(NAMES), output=w.pick(["linear", "linear", "tanh"]), seed=0))
    rows = rows_of(model, w.data(n, d))
    w.keep(rows)
    loss = loss_of(w, rows)
    return loss + 0.01 * w.norm2(model.parameters()) if w.chance(0.3) else loss


@family
def package_network_with_squares(w):
    """Lengths of what comes out, with a square root around."""
    n, d, k = w.size(1, 3), w.size(1, 3), w.size(1, 3)
    model = taken(w, nn.MLP(d, [k] if w.chance() else [w.size(1, 2), k], activation=w.pick(NAMES), seed=1))
    rows = rows_of(model, w.data(n, d))
    return w.sum((w.norm2(row) + 0.01).sqrt() for row in rows)


@family
def package_layers(w):
    n, d, k = w.size(1, 3), w.size(1, 3), w.size(1, 3)
    layer = taken(w, nn.Layer(d, k, activation=w.pick(NAMES), seed=2))
    neuron = taken(w, nn.Neuron(k, activation=w.pick(NAMES), seed=3))
    hidden = [layer(x) for x in w.data(n, d)]
    outs = [neuron(h if isinstance(h, list) else [h]) for h in hidden]
    return loss_of(w, [[out] for out in w.keep(outs)])


@family
def two_models(w):
    n, d, k = w.size(1, 3), w.size(1, 3), w.size(1, 2)
    first = taken(w, nn.MLP(d, [w.size(1, 3), k], activation=w.pick(NAMES), seed=0))
    second = taken(w, nn.MLP(d, [w.size(1, 3), k], activation=w.pick(NAMES), seed=1)) if w.chance(0.8) else first
    A, B = rows_of(first, w.data(n, d)), rows_of(second, w.data(n, d))
    kind = w.choices.randrange(3)
    if kind == 0:
        return w.mean(w.distance2(a, b) for a, b in zip(A, B, strict=True))
    if kind == 1:
        return w.sum(w.dot(a, b).tanh() for a, b in zip(A, B, strict=True))
    return loss_of(w, A) + w.constant(0.1, 1) * loss_of(w, B)


@family
def package_autoencoder(w):
    n, d, k = w.size(1, 3), w.size(1, 3), w.size(1, 2)
    encode, decode = taken(w, nn.MLP(d, [k], output=w.pick(NAMES), seed=0)), taken(w, nn.MLP(k, [d], seed=1))
    X = w.data(n, d)
    again = rows_of(decode, rows_of(encode, X))
    return w.mean(w.distance2(a, x) for a, x in zip(again, X, strict=True))


@family
def model_after_model(w):
    """A network on what another one, with the same weights, made of its own output."""
    n, d = w.size(1, 3), w.size(1, 3)
    model = taken(w, nn.MLP(d, [w.size(1, 3), d], activation=w.pick(NAMES), seed=0))
    rows = w.data(n, d)
    for _ in range(w.size(1, 2)):
        rows = rows_of(model, rows)
    return w.sum(w.square(z) for row in rows for z in row)


@family
def ensemble(w):
    n, d, members = w.size(1, 3), w.size(1, 2), w.size(1, 3)
    neurons = [taken(w, nn.Neuron(d, activation=w.pick(["tanh", "sigmoid"]), seed=i)) for i in range(members)]
    outs = [w.mean(neuron(x) for neuron in neurons) for x in w.data(n, d)]
    return w.error(w.keep(outs), w.vector(n))


# Small formulas


@family
def product_of_sums(w):
    a, b, c, d = w.parameters(4)
    x, y = w.vector(2)
    return (a * w.constant() + b * x) * (c * w.constant() + d * y)


@family
def differences_of_products(w):
    n = w.size(1, 4)
    z, b = w.parameters(2)
    u, v = w.parameters(2)
    return w.sum((z * w.constant() + x * b) - (u * x + v * y) for x, y in w.data(n, 2)) / w.pick([2, 3])


@family
def shared_parameters(w):
    """Few parameters, many products."""
    n, k = w.size(1, 4), w.size(1, 3)
    few = w.parameters(k)
    terms = []
    for _ in range(n):
        factors = [w.pick(few) if w.chance(0.7) else w.constant() for _ in range(w.size(1, 3))]
        term = w.pick(few)
        for factor in factors:
            term = w.pick([w.times, w.minus, lambda a, b: a + b])(term, factor)
        terms.append(w.pick([lambda t: t, lambda t: t.tanh(), w.square])(term))
    return w.sum(terms)


@family
def geometric_mean(w):
    xs = w.parameters(w.size(1, 4), 0.5, 2)
    product = 1
    for x in xs:
        product = product * x
    return product ** (1 / len(xs)) - w.mean(xs) + len(xs) / w.sum(1 / x for x in xs)


@family
def powers_of_parameters(w):
    n = w.size(1, 4)
    a, b, x = w.parameter(0.5, 2), w.parameter(-1, 2), w.vector(n, 0.5, 2)
    return w.error([a * value(v) ** b for v in x], w.vector(n))


@family
def chemical_rates(w):
    """Michaelis and Menten, with Arrhenius before it."""
    n = w.size(1, 4)
    top, half, energy = w.parameters(3, 0.3, 2)
    s, temperature, t = w.vector(n, 0.2, 2), w.vector(n, 0.5, 2), w.vector(n)
    outs = [exp(-energy / a) * top * c / (half + c) for a, c in zip(temperature, s, strict=True)]
    return w.error(outs, t)


@family
def utility_of_choices(w):
    """Discrete choice: a log of shares, with a scale of its own."""
    n, k = w.size(1, 3), w.size(2, 3)
    prices, taste, constants, scale = w.data(n, k), w.parameter(), w.parameters(k), w.parameter(0.5, 1.5)
    loss = 0
    for row in prices:
        u = [(c - taste * p) / scale for c, p in zip(constants, row, strict=True)]
        loss = loss - (u[w.choices.randrange(k)] - logsumexp(u))
    return loss


@family
def array_arithmetic(w):
    """NumPy's arrays of Values, with slices, transposes, and sums along an axis."""
    n, d = w.size(1, 3), w.size(1, 3)
    A, B = objects(w.matrix(n, d)), objects(w.data(n, d))
    kind = w.choices.randrange(5)
    if kind == 0:
        return ((A * B).sum(axis=w.pick([0, 1])) ** 2).sum()
    if kind == 1:
        return np.tanh(A @ B.T).sum() if w.chance() else np.sum((A.T @ A) ** 2)
    if kind == 2:
        return (np.exp(A[:, :1]) * A[:1, :]).sum() + (A[0] ** 2).sum()
    if kind == 3:
        rows = (A**2).sum(axis=1)
        return np.sum(np.sqrt(rows + 0.1)) - np.mean(A[::-1] * B)
    mean = A.mean(axis=0)
    return ((A - mean) ** 2).mean() + np.prod(mean)


@family
def chains_of_functions(w):
    x = w.parameter()
    loss = x
    for _ in range(w.size(1, 5)):
        name = w.pick(["sin", "cos", "tanh", "sigmoid", "softplus", "erf", "silu", "gelu"])
        loss = getattr(loss * w.constant() + w.pick([x, 1, 0.5]), name)()
    return loss


@family
def dots_of_dots(w):
    n, k = w.size(1, 3), w.size(1, 3)
    W, v, X = w.matrix(k, n), w.parameters(k), w.data(w.size(1, 3), n)
    return w.sum(dot(v, [dot(row, x) for row in W]) ** 2 for x in X)


# Sums of different lengths


def one_way(w):
    """A way to add up that is the same for all sums of a loss, so that they may be found to be of one kind."""
    return w.pick([sum, w.pick(SUMS), lambda terms: w.sum(terms)])


@family
def attention_to_some(w):
    """Each token looks at those before it, with or without itself; or at those after it; or at some of both."""
    n, d = w.size(2, 7), w.size(1, 3)
    X, (Q, K, V) = w.data(n, d, -1, 1), (w.matrix(d, d, -1, 1) for _ in range(3))
    qs, ks, vs = ([[dot(row, x) for row in M] for x in X] for M in (Q, K, V))
    add, far, loss = one_way(w), w.size(1, 4), 0.0
    seen = w.pick([lambda i, j: j <= i, lambda i, j: j < i, lambda i, j: j >= i, lambda i, j: abs(i - j) <= far])
    for i, q in enumerate(qs):
        some = [j for j in range(n) if seen(i, j)]
        if some:
            exps = [exp(dot(q, ks[j]) / d) for j in some]
            total = add(exps)
            outs = [add([e / total * vs[j][c] for e, j in zip(exps, some, strict=True)]) for c in range(d)]
            loss = loss + w.norm2(outs)
    return loss + 0.0 * Q[0][0]


@family
def growing_sums(w):
    """All that came up to now: sums, weighted sums, means and norms of it."""
    n = w.size(1, 8)
    x, y = w.parameters(n), (w.parameters if w.chance() else w.vector)(n)
    add, first = one_way(w), w.size(0, 1)
    kind = w.pick(["sum", "mean", "dot", "norm", "toeplitz", "function"])
    outs = []
    for i in range(first, n + 1):
        if i or first == 0:
            terms = {
                "sum": lambda i=i: add(x[:i]) if i else 0.0,
                "mean": lambda i=i: add(x[: i + 1]) / (i + 1),
                "dot": lambda i=i: dot(x[:i], y[:i]) if i else 0.0,
                "norm": lambda i=i: add([a * a for a in x[i:]]) if i < n else 0.0,
                "toeplitz": lambda i=i: add([a * b for a, b in zip(x[:i], y[:i][::-1], strict=True)]) if i else 0.0,
                "function": lambda i=i: add([a.sin() for a in x[: i + 1]]),
            }[kind]()
            outs.append(value(terms))
    return w.error(w.activation(w.keep(outs)), w.vector(len(outs)))


@family
def rows_of_random_lengths(w):
    """Sentences of words: sums and means of what stands in each, one word or many, a word twice or never."""
    words, d, n = w.size(1, 5), w.size(1, 3), w.size(1, 7)
    table, v = w.matrix(words, d), w.parameters(d)
    texts = [[w.choices.randrange(words) for _ in range(w.size(1, 5))] for _ in range(n)]
    add, is_mean = one_way(w), w.chance()
    means = [
        [add([table[word][c] for word in text]) / (len(text) if is_mean else 1) for c in range(d)] for text in texts
    ]
    outs = [dot(v, mean) for mean in means]
    return w.error(w.activation(outs) if w.chance() else outs, w.vector(n))


@family
def words_with_weights(w):
    """What each sentence says, weighed by a softmax of what its words say."""
    words, n = w.size(1, 4), w.size(1, 6)
    scores, values = w.parameters(words, -1, 1), w.parameters(words)
    add, outs = one_way(w), []
    for _ in range(n):
        text = [w.choices.randrange(words) for _ in range(w.size(1, 5))]
        exps = [scores[word].exp() for word in text]
        total = add(exps)
        outs.append(add([e / total * values[word] for e, word in zip(exps, text, strict=True)]))
    return w.error(outs, w.vector(n))


@family
def some_ratings(w):
    """A matrix of which some entries are known: their errors, in squares, or as logs of chances."""
    n, m, k = w.size(1, 6), w.size(1, 6), w.size(1, 3)
    U, V = w.matrix(n, k, -1, 1), w.matrix(m, k, -1, 1)
    known = [(i, j) for i in range(n) for j in range(m) if w.chance(0.7)] or [(0, 0)]
    score = w.pick([lambda u, v: dot(u, v), lambda u, v: u[0] - v[0]])
    scores = [score(U[i], V[j]) for i, j in known]
    kind, add = w.pick(["square", "log", "sigmoid", "root"]), one_way(w)
    if kind == "square":
        return w.error(scores, w.vector(len(known)))
    if kind == "log":
        return -add([z.sigmoid().log() for z in scores])
    return add([z.sigmoid() if kind == "sigmoid" else (z * z + 0.5).sqrt() for z in scores])


@family
def triangular_matrices(w):
    """Half of a matrix times a vector, or times itself: the lower one, the upper one, with or without the diagonal."""
    n = w.size(1, 6)
    L, x = w.matrix(n, n), (w.parameters if w.chance() else w.vector)(n)
    is_lower, strict, add = w.chance(), w.size(0, 1), one_way(w)
    rows = [range(i + 1 - strict) if is_lower else range(i + strict, n) for i in range(n)]
    outs = [add([L[i][j] * x[j] for j in row]) if row else Value(0.0) for i, row in enumerate(rows)]
    if w.chance():
        outs = [add([L[i][j] * outs[j] for j in row]) if row else Value(0.0) for i, row in enumerate(rows)]
    return w.norm2(outs) + 0.0 * L[0][0]


@family
def chain_with_memory(w):
    """Every state is made of all before it, as in a triangular system of equations."""
    n = w.size(1, 7)
    L, b = w.matrix(n, n, 0.5, 1.5), w.vector(n)
    xs = []
    for i in range(n):
        so_far = sum((L[i][j] * xs[j] for j in range(i)), start=Value(0.0))
        xs.append((b[i] - so_far) / L[i][i])
    return w.error(xs, w.vector(n))
