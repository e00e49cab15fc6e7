"""Do samples that go different ways, as their labels say, go on together, and does the way not gone never count?

The truth is the scalar graph, made again at other numbers, saturated ones among them, or the textbook.
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


def of_networks(seed):
    """A network whose hidden units go on in the way of their sample, or each in one of its own; and its numbers."""
    choices = random.Random(seed)
    ways = choices.sample(WAYS, choices.randint(2, 3))
    samples, units = choices.randint(2 * len(ways), 12), choices.randint(1, 3)
    each = labels(seed, samples * units, len(ways)) if choices.random() < 0.4 else None
    chosen = each or np.repeat(labels(seed, samples, len(ways)), units).tolist()
    bend = choices.choice([Value.tanh, Value.sin, Value.relu])
    rows = np.random.default_rng(seed).normal(size=(samples, 2)).tolist()

    def loss_of(leaves):
        W, v = [leaves[3 * unit : 3 * unit + 3] for unit in range(units)], leaves[3 * units :]
        found = iter(chosen)
        total = 0.0
        for row in rows:
            hidden = [(dot(w[:2], row) + w[2]).sigmoid() for w in W]
            total += bend(dot(v[:units], [ways[next(found)](p) for p in hidden]) + v[units]) ** 2
        return total / samples

    return loss_of, [choices.uniform(-1, 1) for _ in range(4 * units + 1)]


def test_samples_that_went_different_ways_go_on_together():
    rng = np.random.default_rng(0)
    first, second = nn.MLP(2, [3], output="tanh", seed=0), nn.MLP(3, [2, 1], seed=1)
    outputs = [
        second([z.sin() if target else z * z for z in first(row)])
        for row, target in zip(rng.normal(size=(12, 2)).tolist(), TARGETS, strict=True)
    ]
    program = tinygrad_edu.compile(nn.mse_loss(outputs, [0.5] * 12), wrt=[*first.parameters(), *second.parameters()])
    assert "t3 = np.where(M1[:, None], t1, t2)" in program.source
    assert program.source.count(" @ ") == 3 + 3 + 1  # Z and dW of three layers, and one dA: as without a choice
    assert "ravel()" not in program.source


def test_numbers_that_each_go_a_way_of_their_own_are_chosen_column_by_column():
    leaves = [Value(number) for number in (0.4, -0.3, 0.1, 0.2, 0.5, -0.6)]
    rows, ways = np.random.default_rng(0).normal(size=(12, 2)).tolist(), labels(0, 36, 2)

    def surprise(i, row):
        ps = [(w * row[0] + b * row[1]).sigmoid() for w, b in zip(leaves[::2], leaves[1::2], strict=True)]
        return sum(-(p if ways[3 * i + j] else 1 - p).log() for j, p in enumerate(ps))

    loss = sum((i + 1) * surprise(i, row) for i, row in enumerate(rows))
    source = tinygrad_edu.compile(loss, wrt=leaves).source
    assert "concatenate" not in source
    assert "[i1]" not in source


@pytest.mark.parametrize("draw", [of_ways, of_networks])
@pytest.mark.parametrize("first", sample(range(0, 300, 25), few=2))
def test_whichever_ways_samples_go_the_scalars_are_right(first, draw):
    compared = 0
    for seed in range(first, first + 25):
        loss_of, numbers = draw(seed)
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
