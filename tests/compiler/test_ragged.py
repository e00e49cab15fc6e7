"""Do sums of different lengths, and samples that go different ways, become one table, in which nothing else counts?

The truth is the scalar graph, made anew at other numbers, infinite ones among them; random losses of this kind are
among the families of learners_losses.py.
"""

import contextlib
import math
import random

import numpy as np
import pytest
from languages import LANGUAGES, InLanguage, skip_without
from sampling import sample

import tinygrad_edu
from tinygrad_edu import Value, nn
from tinygrad_edu.errors import DomainError
from tinygrad_edu.functions import dot

INF = math.inf


def matrix(rng, rows, columns):
    return [[Value(number) for number in row] for row in rng.normal(size=(rows, columns)).tolist()]


def causal_attention(tokens, Q, K, V):
    """What each token gathers from those up to itself."""
    queries, keys, values = ([[dot(row, token) for row in M] for token in tokens] for M in (Q, K, V))
    outs = []
    for i, query in enumerate(queries):
        exps = [(dot(query, key) / 2).exp() for key in keys[: i + 1]]
        total = sum(exps)
        shares = [e / total for e in exps]
        outs.append([sum(s * value[c] for s, value in zip(shares, values, strict=False)) for c in range(len(V))])
    return outs


@pytest.mark.parametrize("tokens", [5, 12])
def test_causal_attention_is_as_long_for_many_tokens_as_for_few(tokens):
    rng = np.random.default_rng(0)
    X, (Q, K, V) = rng.normal(size=(tokens, 4)).tolist(), (matrix(rng, 4, 4) for _ in range(3))
    loss = sum(number * number for out in causal_attention(X, Q, K, V) for number in out)
    program = tinygrad_edu.compile(loss, wrt=[leaf for M in (Q, K, V) for row in M for leaf in row])
    for line in (
        f"t2 = np.exp(t1[:, :4] @ t1[:, 4:8].T / 2)                     # ({tokens}, {tokens})",
        "t3 = np.where(M1, t2, 0).sum(axis=-1)",
        "matmul_where(M1, t4, t1[:, 8:])",
    ):
        assert line in program.source
    assert program.source.count("\n") <= 20
    assert "ravel()[" not in program.source


def test_causal_attention_over_a_batch_has_no_gathers():
    rng = np.random.default_rng(0)
    Q, K, V = (matrix(rng, 4, 4) for _ in range(3))
    (o,) = matrix(rng, 1, 4)
    parameters = [leaf for M in (Q, K, V, [o]) for row in M for leaf in row]

    def loss(xs, ys):
        outs = [out for x in xs for out in causal_attention(x, Q, K, V)]
        return sum((dot(o, out) - ys[i // 6]) ** 2 for i, out in enumerate(outs)) / len(xs)

    program = tinygrad_edu.compile(loss, wrt=parameters, batch=(rng.normal(size=(20, 6, 4)), rng.normal(size=20)))
    assert program.least == 1
    assert program.source.count("\n") <= 30
    assert "ravel()[" not in program.source


@pytest.mark.parametrize(
    ("term", "line"),
    [
        (lambda x, i: sum(x[: i + 1]), "np.where(M1, W, 0).sum(axis=-1)"),
        (lambda x, i: sum(x[: i + 1]) / (i + 1), "np.where(M1, W, 0).sum(axis=-1) / c1"),
        (lambda x, i: sum(x[i:]).tanh(), "np.tanh(np.where(M1, W, 0).sum(axis=-1))"),
    ],
)
def test_sums_of_all_that_came_are_one_masked_sum(term, line):
    x = [Value(0.1 * i) for i in range(8)]
    program = tinygrad_edu.compile(sum(term(x, i) ** 2 for i in range(8)), wrt=x)
    assert line in program.source
    assert program.source.count("\n") <= 10


def test_a_few_sums_of_different_lengths_stay_sums():
    first, second, third = ([Value(0.1 * i) for i in range(n)] for n in (12, 4, 20))
    loss = sum(sum(w * w for w in some).sqrt() for some in (first, second, third))
    assert "where" not in tinygrad_edu.compile(loss, wrt=[*first, *second, *third]).source


def assert_counts_as_the_scalars_do(loss_of, numbers, places):
    """A program compiled at numbers, and called with infinite ones: right wherever the scalars have a number."""
    leaves = [Value(number) for number in numbers]
    program = tinygrad_edu.compile(loss_of(leaves), wrt=leaves)
    for place in places:
        for extreme in (INF, -INF, math.nan, 1e200):
            program.parameters = moved = [extreme if i == place else number for i, number in enumerate(numbers)]
            fresh = [Value(number) for number in moved]
            right = loss_of(fresh)
            right.backward()
            loss, gradient = program()
            assert_same(loss, right.data)
            assert_same(gradient, [leaf.grad for leaf in fresh])


def assert_same(found, right):
    there = np.isfinite(right)
    np.testing.assert_allclose(np.asarray(found)[there], np.asarray(right)[there], rtol=1e-9)


def test_what_is_not_added_may_be_infinite():
    n = 6

    def loss_of(leaves):
        x, w = leaves[:n], leaves[n:]
        sums = [sum(x[: i + 1]) for i in range(n)]
        weighed = [dot(w[: i + 1], x[: i + 1]) for i in range(n)]
        return sum(s.tanh() for s in sums) + sum(s.tanh() for s in weighed)

    assert_counts_as_the_scalars_do(loss_of, [0.1 * i - 0.25 for i in range(2 * n)], range(2 * n))


def test_a_token_that_nobody_looks_at_may_be_infinite():
    rng = np.random.default_rng(1)
    Q, K, V = ([[Value(number) for number in row] for row in rng.normal(size=(2, 2))] for _ in range(3))

    def loss_of(leaves):
        tokens = [leaves[i : i + 2] for i in range(0, 10, 2)]
        outs = causal_attention(tokens, Q, K, V)
        return sum(number.tanh() for out in outs for number in out)

    assert_counts_as_the_scalars_do(loss_of, rng.normal(size=10).tolist(), range(10))


def test_an_infinite_rating_is_of_those_who_gave_it_alone():
    known = [(i, j) for i in range(5) for j in range(4) if (i * j) % 3 != 2]

    def loss_of(leaves):
        U, V = ([leaves[i : i + 2] for i in range(first, last, 2)] for first, last in ((0, 10), (10, 18)))
        return sum(dot(U[i], V[j]).sigmoid() for i, j in known)

    assert_counts_as_the_scalars_do(loss_of, [0.1 * i - 0.8 for i in range(18)], range(18))


def test_a_checked_program_computes_nothing_that_the_graph_does_not():
    x, y = ([Value(0.5 + 0.1 * i, label=f"{name}{i}") for i in range(6)] for name in "xy")
    pairs = [(i, j) for i in range(6) for j in range(i + 1)]
    loss = sum((x[i] - y[j] + 0.7).log() for i, j in pairs)
    program = tinygrad_edu.compile(loss, wrt=[*x, *y], check=True)
    program.parameters = [*[60.0 + 10.0 * i for i in range(6)], *[10.0 * i for i in range(6)]]
    assert math.isfinite(program()[0])
    assert "(6, 6)" not in program.source


def test_the_scalars_that_a_line_stands_for_are_those_of_the_graph():
    x, y = ([Value(0.1 * i, label=f"{name}{i}") for i in range(5)] for name in "xy")
    loss = sum((x[i] * y[j]).tanh() for i in range(5) for j in range(i + 1))
    program = tinygrad_edu.compile(loss, wrt=[*x, *y])
    assert "(5, 5)" in program.source
    assert "15 scalars: v" in program.explain()
    assert "25 scalars: v" not in program.explain()


# Branches: some samples go one way, and some another one


def predictions(leaves, samples, width=2):
    """A neuron's sigmoid for each sample."""
    w, b = leaves[:width], leaves[width]
    rows = np.random.default_rng(samples).normal(size=(samples, width)).tolist()
    return [(dot(w, row) + b).sigmoid() for row in rows]


def labels(seed, samples, ways):
    """The way of each sample: every way at least twice, in no order."""
    rng = np.random.default_rng(seed)
    found = [*range(ways), *range(ways), *rng.integers(0, ways, samples - 2 * ways)]
    return rng.permutation(found).tolist()


def of_targets(targets):
    return lambda leaves: nn.binary_cross_entropy(predictions(leaves, len(targets)), targets)


def of_sides(sides):
    """A hinge with labels that are plain numbers, in the branches in which people write it."""
    return lambda leaves: (
        sum((1 - p if side else 1 + p).relu() for p, side in zip(predictions(leaves, len(sides)), sides, strict=True))
        / len(sides)
    )


def of_pairs(sides):
    """Pull what belongs together, push the rest: a contrastive loss."""
    return lambda leaves: sum(
        p**2 if side else (0.8 - p).relu() ** 2 for p, side in zip(predictions(leaves, len(sides)), sides, strict=True)
    )


PARAMETERS = [0.4, -0.3, 0.1]
TARGETS = [0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 0, 1]
SURE = [round(p.data) for p in predictions([Value(number) for number in PARAMETERS], 12)]  # what is predicted there


@pytest.mark.parametrize("loss_of", [of_targets(TARGETS), of_sides(TARGETS), of_pairs(TARGETS)])
def test_samples_that_go_one_of_two_ways_are_chosen_by_a_mask(loss_of):
    leaves = [Value(number) for number in PARAMETERS]
    program = tinygrad_edu.compile(loss_of(leaves), wrt=leaves)
    assert "[i1]" not in program.source
    assert "concatenate" not in program.source
    assert "np.where(M1[:, None], " in program.source
    assert program.source.count("\n") <= 17


def test_weights_of_samples_that_go_different_ways_are_one_dot_product():
    leaves = [Value(number) for number in PARAMETERS]
    surprises = (-(p if target else 1 - p).log() for p, target in zip(predictions(leaves, 12), TARGETS, strict=True))
    loss = sum((1 + i % 3) * surprise for i, surprise in enumerate(surprises))
    program = tinygrad_edu.compile(loss, wrt=leaves)
    assert "loss = np.vdot(X1, np.where(M1[:, None], -np.log(t3), -np.log(t2)))" in program.source


def test_cross_entropy_with_plain_targets_reads_as_its_definition():
    leaves = [Value(number) for number in PARAMETERS]
    program = tinygrad_edu.compile(of_targets(TARGETS)(leaves), wrt=leaves)
    assert "np.where(M1[:, None], -np.log(t3), -np.log(t2)).sum()" in program.source
    assert "(M1[i] ? -Math.log(t3[i]) : -Math.log(t2[i]))" in program.source_for("javascript")
    assert r"\operatorname{where}\left(M_{1}, -\ln\left(t_{3}\right), -\ln\left(t_{2}\right)\right)" in program.latex()


@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.parametrize("targets", [TARGETS, SURE, [0, 1, 0.5, 0.2, 1, 0, 0, 1, 0.3, 1, 0.9, 0]])
def test_a_certain_prediction_costs_what_it_costs_the_scalars(name, targets):
    skip_without(name)
    leaves = [Value(number) for number in PARAMETERS]
    program = tinygrad_edu.compile(of_targets(targets)(leaves), wrt=leaves)
    other = program if name == "numpy" else InLanguage(program, name)
    for scale in (1.0, 40.0, 900.0, -900.0, 2000.0):
        other.parameters = moved = [scale * number for number in PARAMETERS]
        loss, gradient = other()
        right, slopes = said_by_numpy(targets, moved)
        np.testing.assert_allclose([loss, *gradient], [right, *slopes], rtol=1e-9)
        assert math.isfinite(loss) or targets is not SURE or scale < 0


def said_by_numpy(targets, parameters):
    """The loss and its slopes sample by sample, from the textbook: of each sample the logarithm that counts."""
    *w, b = parameters
    rows, loss, slopes = np.random.default_rng(len(targets)).normal(size=(len(targets), 2)), 0.0, np.zeros(3)
    with np.errstate(all="ignore"):
        for row, target in zip(rows, targets, strict=True):
            z = row @ np.array(w) + b
            p, share = 1 / (1 + np.exp(-z)), 1 / (1 + np.exp(z))
            terms = [(target, p, 1.0), (1 - target, 1 - p, -1.0)]
            counting = [(weight, of, sign) for weight, of, sign in terms if weight]
            loss -= sum(weight * np.log(of) for weight, of, _ in counting)
            slope = -sum(weight * sign / of for weight, of, sign in counting) * (p * share)
            slopes += slope * np.array([*row, 1.0])
    return loss / len(targets), slopes / len(targets)


WAYS = [
    lambda p: p.log(),
    lambda p: (1 - p).log(),
    lambda p: -((p - 0.3) ** 2),
    lambda p: 1 / (p - 0.5),
    lambda p: abs(p - 0.4),
    lambda p: p.sqrt(),
    lambda p: (2 * p - 1).relu() * 3,
    lambda p: p,
    lambda p: p * p.log() + (1 - p) * (1 - p).log(),
]
TOGETHER = [
    sum,
    lambda terms: sum(terms) / len(terms),
    lambda terms: sum((i + 1) * term for i, term in enumerate(terms)),
    lambda terms: sum(term.tanh() for term in terms),
    lambda terms: sum(terms) ** 2,
]


def of_ways(seed):
    """A loss whose samples go some of these ways, and its numbers."""
    choices = random.Random(seed)
    ways = choices.sample(WAYS, choices.randint(2, 3))
    samples = choices.randint(2 * len(ways), 15)
    chosen, together = labels(seed, samples, len(ways)), choices.choice(TOGETHER)

    def loss_of(leaves):
        found = predictions(leaves, samples)
        total = together([ways[way](p) for way, p in zip(chosen, found, strict=True)])
        return total + 0.1 * sum(found) if seed % 3 == 0 else total

    return loss_of, [choices.uniform(-1, 1) for _ in range(3)]


@pytest.mark.parametrize("first", sample(range(0, 300, 25), few=2))
def test_whichever_ways_samples_go_the_scalars_are_right(first):
    compared = 0
    for seed in range(first, first + 25):
        loss_of, numbers = of_ways(seed)
        leaves = [Value(number) for number in numbers]
        program = tinygrad_edu.compile(loss_of(leaves), wrt=leaves)
        for scale in (1.0, -0.5, 3.0, 60.0):
            program.parameters = moved = [scale * number for number in numbers]
            loss, gradient = program()
            fresh = [Value(number) for number in moved]
            with contextlib.suppress(DomainError):
                right = loss_of(fresh)
                right.backward()
                np.testing.assert_allclose(loss, right.data, rtol=1e-9)
                np.testing.assert_allclose(gradient, [leaf.grad for leaf in fresh], rtol=1e-9, atol=1e-12)
                compared += 1
    assert compared > 60
