"""Do sums of different lengths become one table, and does what is not in them never count?

The truth is the scalar graph, made anew at other numbers, infinite ones among them; random losses of this kind are
among the families of learners_losses.py.
"""

import math

import numpy as np
import pytest

import tinygrad_edu
from tinygrad_edu import Value
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
