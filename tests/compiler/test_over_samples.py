"""Which losses that look at the whole batch at once hold for any number of samples?

Softmax over samples, contrastive losses, all pairs, neighbours: the truth is the scalar graph of the same function.
"""

import functools
import itertools
import math
import operator

import numpy as np
import pytest
from languages import LANGUAGES, compiling_to, skip_without
from sample_losses import Problem, by_hand, differs, wrong_sizes
from sampling import sample

import tinygrad_edu
from tinygrad_edu import nn
from tinygrad_edu.compiler.padding import weighed
from tinygrad_edu.errors import GraphError
from tinygrad_edu.functions import logsumexp, maximum, minimum

SAMPLES = (1, 2, 3, 4, 17, 64)
MODEL = nn.MLP(2, [3, 1], activation="tanh", seed=0)
CODER = nn.MLP(2, [3, 2], activation="tanh", seed=1)
PARAMETERS = [*MODEL.parameters(), *CODER.parameters()]


def outputs(xs):
    return [MODEL(x) for x in xs]


def mean(terms):
    return sum(terms) / len(terms)


def variance(terms, less=0):
    middle = mean(terms)
    return sum((term - middle) ** 2 for term in terms) / (len(terms) - less)


def softmax(zs):
    exps = [z.exp() for z in zs]
    total = sum(exps)
    return [e / total for e in exps]


def dot(us, vs):
    return sum(u * v for u, v in zip(us, vs, strict=True))


def errors(xs, ys):
    return [(p - y) ** 2 for p, y in zip(outputs(xs), ys, strict=True)]


def contrastive(xs, ys):
    """Each sample is to be like its own shifted one, and unlike those of the others."""
    anchors, shifted = [CODER(x) for x in xs], [CODER([x[0] + y, x[1]]) for x, y in zip(xs, ys, strict=True)]
    rows = [[dot(one, other) for other in shifted] for one in anchors]
    return -mean([row[place] - logsumexp(row) for place, row in enumerate(rows)])


def like_itself(xs, ys):
    codes = [CODER(x) for x in xs]
    return -mean([dot(z, z) - sum(dot(z, u).exp() for u in codes).log() for z in codes])


def between(xs, ys):
    """Whether predictions and targets have the same distribution: the maximum mean discrepancy."""
    ps = outputs(xs)
    alike = [
        mean([(-((a - b) ** 2)).exp() for a in one for b in other]) for one, other in ((ps, ps), (ps, ys), (ys, ys))
    ]
    return alike[0] - 2 * alike[1] + alike[2]


def ranked(xs, ys):
    pairs = list(zip(outputs(xs), ys, strict=True))
    return mean([((y - z) * (b - a) + 1).relu() for a, y in pairs for b, z in pairs])


def in_order(find):
    return lambda xs, ys: find(outputs(xs))


HOLD = {
    "the logarithm of a sum of powers": in_order(logsumexp),
    "the logarithm of a mean of powers": in_order(lambda ps: logsumexp(ps) - math.log(len(ps))),
    "shares of the batch": lambda xs, ys: dot(softmax(outputs(xs)), ys),
    "shares by their logarithms": lambda xs, ys: dot([(p - logsumexp(outputs(xs))).exp() for p in outputs(xs)], ys),
    "a product": in_order(lambda ps: functools.reduce(operator.mul, [1 + p / 2 for p in ps])),
    "a geometric mean": in_order(lambda ps: functools.reduce(operator.mul, [p.sigmoid() for p in ps]) ** (1 / len(ps))),
    "the largest error": lambda xs, ys: functools.reduce(maximum, errors(xs, ys)),
    "the smallest error": lambda xs, ys: functools.reduce(minimum, errors(xs, ys)),
    "a norm": lambda xs, ys: sum(errors(xs, ys)) ** 0.5,
    "a standard deviation": in_order(lambda ps: variance(ps, 1) ** 0.5),
    "the coefficient of determination": lambda xs, ys: 1 - sum(errors(xs, ys)) / variance(ys),
    "cumulative sums": lambda xs, ys: sum(
        (total - y) ** 2 for total, y in zip(itertools.accumulate(outputs(xs)), ys, strict=True)
    ),
    "neighbours": in_order(lambda ps: sum((a - b) ** 2 for a, b in itertools.pairwise(ps)) / len(ps)),
    "neighbours in a ring": in_order(lambda ps: sum((p - ps[place - 1]) ** 2 for place, p in enumerate(ps))),
    "smooth predictions": lambda xs, ys: (
        mean(errors(xs, ys)) + 0.1 * sum(abs(a - b) for a, b in itertools.pairwise(outputs(xs)))
    ),
    "all pairs": in_order(lambda ps: mean([((a - b) ** 2 + 0.1) ** 0.5 for a in ps for b in ps])),
    "each pair once": in_order(lambda ps: sum((a - b) ** 2 for a, b in itertools.combinations(ps, 2))),
    "the mean over pairs": in_order(
        lambda ps: sum(abs(a - b) for a, b in itertools.combinations(ps, 2)) / (len(ps) * (len(ps) - 1) / 2)
    ),
    "pairs of different samples": in_order(
        lambda ps: sum((a - b).tanh() for i, a in enumerate(ps) for j, b in enumerate(ps) if i != j)
    ),
    "ranks": ranked,
    "contrasts": contrastive,
    "contrasts with itself": like_itself,
    "two distributions": between,
}
FROM_TWO_ON = {
    "a standard deviation", "the coefficient of determination", "neighbours", "each pair once", "the mean over pairs",
    "pairs of different samples",
}  # fmt: skip


SLOW = "pairs of different samples"  # is last


def problem(name):
    rng = np.random.default_rng(0)
    return Problem(name, HOLD[name], PARAMETERS, lambda m: [rng.normal(size=(m, 2)), rng.normal(size=m)])


@pytest.mark.parametrize("name", sample(sorted(HOLD, key=SLOW.__eq__), few=25))
def test_what_looks_at_the_whole_batch_holds_for_any_number_of_samples(name):
    program, wrong = wrong_sizes(problem(name), 40, SAMPLES[1:])
    assert not wrong
    assert program.least == (2 if name in FROM_TWO_ON else 1)
    arrays = problem(name).batch(program.least)
    assert not differs(program(*arrays), by_hand(problem(name), arrays))
    assert len(program.lines) <= 40
    assert " scalars" in program.explain()
    assert program.memory(1000).numbers > program.memory(10).numbers
    assert program.latex().startswith(r"\begin{aligned}")


@pytest.mark.parametrize("language", LANGUAGES[1:])
@pytest.mark.parametrize("name", sample(["contrasts", "pairs of different samples", *sorted(HOLD)], few=2))
def test_every_language_writes_it(name, language):
    skip_without(language)
    with compiling_to(language):
        program, wrong = wrong_sizes(problem(name), 20, (2, 17))
        assert not wrong, program.source


def test_the_source_reads_like_the_book():
    some = problem("contrasts")
    source = tinygrad_edu.compile(some.function, wrt=PARAMETERS, batch=some.batch(20)).source
    for line in ("= np.logaddexp.reduce([*t3.T]) ", "c1 = (-1) / m * np.eye(m) ", "# (m, m)\n"):
        assert line in source
    some = problem("each pair once")
    program = tinygrad_edu.compile(some.function, wrt=PARAMETERS, batch=some.batch(20))
    assert "M1 = np.arange(m - 1)[:, None] <= np.arange(m - 1) " in program.source
    assert "0.5 * (m * (m - 1)) scalars: " in program.explain()


def test_samples_that_meet_are_not_shared_between_devices():
    for name in ("contrasts", "each pair once", "the logarithm of a sum of powers"):
        some = problem(name)
        assert weighed(tinygrad_edu.compile(some.function, wrt=PARAMETERS, batch=some.batch(20)).formulas) is None


def test_the_largest_by_comparing_is_refused_with_what_to_write():
    some = problem("a norm")
    with pytest.raises(GraphError, match=r"maximum\(x, y\), tinygrad_edu.functions.logsumexp\(xs\)"):
        tinygrad_edu.compile(lambda xs, ys: max(outputs(xs)), wrt=PARAMETERS, batch=some.batch(40))
