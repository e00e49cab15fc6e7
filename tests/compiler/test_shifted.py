"""Is a softmax that somebody kept from overflowing by hand right for samples of any size?

The truth is the scalar graph of the same function, in which the largest number is looked for anew.
"""

import numpy as np
import pytest
from languages import LANGUAGES, compiling_to, skip_without
from sample_losses import Problem, by_hand, differs, wrong_sizes
from sampling import sample

import tinygrad_edu
from tinygrad_edu import Value, nn
from tinygrad_edu.errors import GraphError

SAMPLES = (1, 2, 3, 17, 64)
MODEL = nn.MLP(2, [3, 1], activation="tanh", seed=0)
CLASSES = nn.MLP(2, [4, 3], activation="tanh", seed=1)
PARAMETERS = [*MODEL.parameters(), *CLASSES.parameters()]


def largest(zs):
    return max(z.data for z in zs)


def powers(zs, top):
    return [(z - top).exp() for z in zs]


def softmax(zs):
    exps = powers(zs, largest(zs))
    total = sum(exps)
    return [e / total for e in exps]


def by_inverse(zs):
    exps = powers(zs, largest(zs))
    inverse = 1 / sum(exps)
    return [inverse * e for e in exps]


def log_softmax(zs):
    top = largest(zs)
    shifted = [z - top for z in zs]
    total = sum(s.exp() for s in shifted).log()
    return [s - total for s in shifted]


def whole(zs):
    top = largest(zs)
    return sum(powers(zs, top)).log() + top


def with_gradient(zs):
    top = max(zs)  # a Value of the graph
    return top + sum(powers(zs, top)).log()


def less_one(zs):
    top = largest(zs)
    return sum(powers(zs, top)).log() - zs[0] + top


def less_mean(zs):
    top = largest(zs)
    return sum(powers(zs, top)).log() - sum(zs) / len(zs) + top


def one_less(zs):
    top = largest(zs)
    return zs[0] - sum(powers(zs, top)).log() - top


def of_differences(zs):
    top = largest(zs)
    return sum(powers(zs, top)).log() - (zs[-1] - top)


def weighed(shares, ys):
    return sum(s * y for s, y in zip(shares, ys, strict=True))


def outputs(xs):
    return [MODEL(x) for x in xs]


def for_each(term):
    return lambda xs, ys: sum(y * term(CLASSES(x)) for x, y in zip(xs, ys, strict=True)) / len(xs)


SHIFTED = {
    "over the batch": lambda xs, ys: whole(outputs(xs)),
    "over the batch, with a gradient": lambda xs, ys: with_gradient(outputs(xs)),
    "over the batch, less the mean": lambda xs, ys: less_mean(outputs(xs)) ** 2,
    "shares of the batch": lambda xs, ys: weighed(softmax(outputs(xs)), ys),
    "shares of the batch, by an inverse": lambda xs, ys: weighed(by_inverse(outputs(xs)), ys),
    "logarithms of shares of the batch": lambda xs, ys: weighed(log_softmax(outputs(xs)), ys),
    "for each sample": for_each(whole),
    "for each sample, with a gradient": for_each(with_gradient),
    "for each sample, less one": for_each(less_one),
    "for each sample, one less": for_each(one_less),
    "for each sample, of differences": for_each(of_differences),
    "shares for each sample": for_each(lambda zs: softmax(zs)[1].log()),
    "shares for each sample, by an inverse": for_each(lambda zs: weighed(by_inverse(zs), [1.0, -2.0, 0.5])),
    "logarithms for each sample": for_each(lambda zs: log_softmax(zs)[2]),
}


def problem(name):
    rng = np.random.default_rng(0)
    return Problem(name, SHIFTED[name], PARAMETERS, lambda m: [rng.normal(size=(m, 2)), rng.normal(size=m)])


@pytest.mark.parametrize("name", sorted(SHIFTED))
def test_what_is_taken_away_and_comes_back_is_not_in_the_program(name):
    program, wrong = wrong_sizes(problem(name), 20, SAMPLES)
    assert not wrong
    assert program.least == 1
    assert "logaddexp.reduce(" in program.source


@pytest.mark.parametrize("language", LANGUAGES[1:])
@pytest.mark.parametrize("name", sample(sorted(SHIFTED), few=2))
def test_every_language_writes_it(name, language):
    skip_without(language)
    with compiling_to(language):
        program, wrong = wrong_sizes(problem(name), 20, (1, 17))
        assert not wrong, program.source


def test_samples_far_larger_than_those_it_was_compiled_with_do_not_overflow():
    (w,) = parameters = [Value(1.5, label="w")]
    some = Problem("", lambda xs: whole([w * x for x in xs]), parameters, None)
    program = tinygrad_edu.compile(some.function, wrt=parameters, batch=(np.linspace(-1, 1, 30),))
    far = [np.array([3000.0, -5000.0, 2999.0])]
    assert np.isfinite(program(*far)[0])
    assert not differs(program(*far), by_hand(some, far))


def test_a_program_of_one_graph_does_not_keep_the_largest_number_either():
    """So that it does not overflow when the parameters have grown."""
    zs = [Value(z, label=f"z{place}") for place, z in enumerate((0.3, -0.2, 0.5))]
    program = tinygrad_edu.compile(whole(zs), wrt=zs)
    assert "0.5" not in program.source
    program.parameters = [2000.0, 1999.0, -5.0]
    assert program()[0] == pytest.approx(2000 + np.log1p(np.exp(-1)))


@pytest.mark.parametrize("used", ["the sum itself", "its logarithm", "what is taken away"])
def test_what_does_not_come_back_stays(used):
    """Of one graph it is a constant like any other; of samples a program with it is refused."""
    (w,) = parameters = [Value(1.5, label="w")]

    def loss(xs):
        zs = [w * x for x in xs]
        top = largest(zs)
        total = sum(powers(zs, top))
        return {"the sum itself": total, "its logarithm": total.log(), "what is taken away": total.log() + 2 * top}[
            used
        ]

    xs = [0.3, -0.2, 0.5]
    value, gradient = tinygrad_edu.compile(loss(xs), wrt=parameters)()
    assert not differs((value, gradient), by_hand(Problem("", lambda _: loss(xs), parameters, None), [xs]))
    with pytest.raises(GraphError, match=r"the plain number .* for other samples"):
        tinygrad_edu.compile(loss, wrt=parameters, batch=(np.linspace(-1, 1, 30),))


@pytest.mark.parametrize("place", range(12))
def test_any_number_on_the_way_may_be_asked_for(place):
    """The numbers that the shift is taken out of as well: then it stays, and the loss and its gradient are as ever."""
    rng = np.random.default_rng(place)
    zs = [Value(number, label=f"z{number}") for number in rng.normal(size=3)]
    top = Value(max(z.data for z in zs))
    powers = [(z - top).exp() for z in zs]
    total = powers[0] + powers[1] + powers[2]
    loss = -(powers[0] / total).log() * 2.0
    ways = [*powers, total, *(power.args[0] for power in powers), total.args[0], zs[0], zs[2], loss, loss.args[0]]
    program = tinygrad_edu.compile(loss, wrt=zs, outputs=[ways[place]])
    program.parameters = numbers = rng.normal(size=3)
    found, gradient = program()
    shares = np.exp(numbers) / np.exp(numbers).sum()
    assert found == pytest.approx(-2 * np.log(shares[0]), rel=1e-12)
    assert gradient == pytest.approx(2 * (shares - np.eye(3)[0]), rel=1e-12)
    for z, number in zip(zs, numbers, strict=True):
        z.data = number
    again = [(z - top).exp() for z in zs]
    sums = again[0] + again[1], again[0] + again[1] + again[2]
    log = (again[0] / sums[1]).log()
    wanted = [*again, sums[1], *(power.args[0] for power in again), sums[0], zs[0], zs[2], log * -2.0, -log][place]
    assert program.outputs == pytest.approx([wanted.data], rel=1e-12)
