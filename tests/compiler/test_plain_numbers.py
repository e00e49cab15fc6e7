"""Is a function refused that takes a number of its samples for a plain one, whatever it does with it?"""

import numpy as np
import pytest

import tinygrad_edu
from tinygrad_edu import Value
from tinygrad_edu.errors import GraphError

W = [Value(number, label=f"w{place}") for place, number in enumerate((0.5, -1.0, 0.3))]
RNG = np.random.default_rng(0)
BATCH = RNG.normal(size=(40, 2)), RNG.normal(size=40)

MIDDLE = float(BATCH[1].mean())


def line(x):
    return W[0] * x[0] + W[1] * x[1] + W[2]


def mean(terms):
    return sum(terms) / len(terms)


def squares(xs, ys, middle):
    return [(line(x) - (y - middle)) ** 2 for x, y in zip(xs, ys, strict=True)]


def plain(values):
    return [value.data for value in values]


TAKEN = {
    "a mean of targets": lambda xs, ys: mean(
        [(line(x) - (y - mean(plain(ys)))) ** 2 for x, y in zip(xs, ys, strict=True)]
    ),
    "the largest input": lambda xs, ys: mean([line(x) / max(plain(x for row in xs for x in row)) for x in xs]),
    "the length of a vector": lambda xs, ys: mean([line(x) / (x[0].data ** 2 + x[1].data ** 2) ** 0.5 for x in xs]),
    "a prediction": lambda xs, ys: mean([(line(x) - 0.9 * line(x).data) ** 2 for x in xs]),
    "a prediction as a Value": lambda xs, ys: mean([(line(x) - Value(line(x).data)) ** 2 for x in xs]),
    "what comes back": lambda xs, ys: mean([line(x) - min(plain(ys)) for x in xs]) + min(plain(ys)),
    "a weight for each": lambda xs, ys: sum(abs(y.data) * line(x) for x, y in zip(xs, ys, strict=True)),
    "a rounded number": lambda xs, ys: mean([line(x) * round(y.data) for x, y in zip(xs, ys, strict=True)]),
}


@pytest.mark.parametrize("name", sorted(TAKEN))
def test_a_number_of_the_samples_is_no_constant_of_a_program(name):
    with pytest.raises(GraphError) as caught:
        tinygrad_edu.compile(TAKEN[name], wrt=W, batch=BATCH)
    text = str(caught.value)
    assert "the plain number " in text
    assert " for other samples" in text
    assert "a function that looks at the numbers of its samples" in text


NOT_TAKEN = {
    "the number of samples": lambda xs, ys: sum(line(x) for x in xs) / (2 * len(xs)) + 1 / len(ys),
    "a parameter, by its number": lambda xs, ys: mean([line(x) / max(abs(w.data) for w in W) for x in xs]),
    "what was computed before": lambda xs, ys: mean(squares(xs, ys, MIDDLE)),
    "a number that nothing is made of": lambda xs, ys: (max(plain(ys)), mean([line(x) for x in xs]))[1],
}


@pytest.mark.parametrize("name", sorted(NOT_TAKEN))
def test_other_numbers_are(name):
    program = tinygrad_edu.compile(NOT_TAKEN[name], wrt=W, batch=BATCH)
    batch = RNG.normal(size=(13, 2)), RNG.normal(size=13)
    right = NOT_TAKEN[name](*([[Value(v) for v in row] for row in batch[0]], list(map(Value, batch[1]))))
    assert program(*batch)[0] == pytest.approx(right.data)


def test_samples_that_go_two_ways_are_shown_with_the_way_each_goes():
    def stable(z):
        return 1 / (1 + (-z).exp()) if z.data >= 0 else z.exp() / (1 + z.exp())

    with pytest.raises(GraphError, match=r"for 7 samples it says `M1 = \[(True|False), "):
        tinygrad_edu.compile(lambda xs, ys: mean([stable(line(x)) for x in xs]), wrt=W, batch=BATCH)
