"""Does a program that was compiled at a few samples hold for any number of them?

The truth is the scalar graph of the same function, made for the batch itself.
"""

import contextlib
import copy
import itertools
import math
import pickle
import re
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import mistakes, wrong_for
from sample_losses import FAMILIES, LOSSES, SEVERAL, Draw, Problem, by_hand, differs, drawn, wrong_sizes
from sampling import sample

import tinygrad_edu
from tinygrad_edu import Value, nn, viz
from tinygrad_edu.compiler import batch as search
from tinygrad_edu.errors import DomainError, GraphError, NumberError, OptionError, SizeError
from tinygrad_edu.functions import dot, logsumexp

SAMPLES = (1, 2, 3, 17, 256)


def assert_agrees(program, function, batch):
    problem = Problem("", function, program.wrt, None)
    found, right = program(*batch), by_hand(problem, batch)
    assert not differs(found, right), (found, right, program.source)


@pytest.mark.parametrize("part", sample(range(6)))
@given(
    name=st.sampled_from(sorted(FAMILIES)),
    seed=st.integers(0, 2**32 - 1),
    compiled_with=st.sampled_from([1, 2, 5, 100]),
)
@settings(max_examples=10)
def test_one_program_gives_the_numbers_of_the_scalar_graph_for_any_number_of_samples(part, name, seed, compiled_with):
    program, wrong = wrong_sizes(drawn(name, seed), compiled_with, (1, 2, 3, 17, 40))
    assert (program.least, wrong) == (1, []), program.source


@pytest.mark.parametrize(
    ("activation", "decay"),
    sample(
        [
            *[("tanh", 0.0), ("relu", 0.01), ("sigmoid", 0.01), ("gelu", 0.0)],
            *[("tanh", 0.01), ("relu", 0.0), ("sigmoid", 0.0), ("gelu", 0.01)],
        ],
        few=1,
    ),
)
@pytest.mark.parametrize("kind", sorted(LOSSES))
def test_the_losses_of_the_textbooks_hold_for_a_single_sample_and_for_hundreds(kind, decay, activation):
    loss, targets = LOSSES[kind]
    outputs = 3 if kind in SEVERAL else 1
    output = "sigmoid" if kind == "bce" else "linear"
    model = nn.MLP(3, [4, outputs], activation=activation, output=output, seed=1)

    def function(xs, ys):
        total = loss([model(x) for x in xs], ys)
        return total + decay * sum(p * p for p in model.parameters()) if decay else total

    rng = np.random.default_rng(0)
    program = tinygrad_edu.compile(
        function, wrt=model.parameters(), batch=(rng.normal(size=(30, 3)), targets(rng, 30, outputs))
    )
    for samples in SAMPLES:
        assert_agrees(program, function, (rng.normal(size=(samples, 3)), targets(rng, samples, outputs)))


@pytest.mark.parametrize("widths", [(7, 11, 7), (11, 13, 17), (7, 7, 11), (24, 3, 7)])
def test_layers_may_have_as_many_neurons_as_there_are_samples_in_a_trace(widths):
    model = nn.MLP(widths[0], widths[1:], activation="tanh", seed=0)
    loss = lambda xs, ys: nn.cross_entropy([model(x) for x in xs], ys)  # noqa: E731
    rng = np.random.default_rng(0)
    batches = [(rng.normal(size=(m, widths[0])), rng.integers(0, widths[-1], m)) for m in (30, 3, 7, 11, 13)]
    program = tinygrad_edu.compile(loss, wrt=model.parameters(), batch=batches[0])
    for batch in batches:
        assert_agrees(program, loss, batch)


@pytest.mark.parametrize("name", sample(sorted(FAMILIES), few=4))
def test_every_program_can_be_explained_weighed_drawn_and_copied(name):
    problem = drawn(name, 1)
    program = tinygrad_edu.compile(problem.function, wrt=problem.parameters, batch=problem.batch(5))
    lines = [line.name for line in (*program.leaves, *program.lines)]
    assert [row.split()[0] for row in program.explain().splitlines()] == [*program.formulas.data, *lines]
    assert program.memory(1000).numbers >= program.memory(10).numbers
    drawing = viz.draw(program, max_nodes=1000)
    assert all(f'label="{line}\\n' in drawing.source for line in lines)
    assert pickle.loads(pickle.dumps(program)).source == program.source
    assert len(program.lines) <= 80


# Functions of samples that are more than a mean over them, or nothing of the kind

MODEL = nn.MLP(2, [3, 1], activation="tanh", seed=0)
CODER = nn.MLP(2, [2, 2], activation="tanh", seed=1)
W = [Value(number, label=f"w{place}") for place, number in enumerate((0.5, -1.0, 0.3, 0.7))]


def mean(terms):
    return sum(terms) / len(terms)


def variance(terms, less=0):
    middle = mean(terms)
    return sum((term - middle) ** 2 for term in terms) / (len(terms) - less)


def outputs(xs):
    return [MODEL(x) for x in xs]


def normalized(terms):
    middle, spread = mean(terms), (variance(terms) + 0.1) ** 0.5
    return [(term - middle) / spread for term in terms]


HOLD = {
    "the sum": lambda xs, ys: sum(outputs(xs)),
    "minus the mean": lambda xs, ys: -mean([p * y for p, y in zip(outputs(xs), ys, strict=True)]),
    "a standard error": lambda xs, ys: sum(outputs(xs)) / len(xs) ** 0.5,
    "m² of them": lambda xs, ys: len(xs) ** 2 * mean(outputs(xs)),
    "the variance": lambda xs, ys: variance(outputs(xs)),
    "batch normalization": lambda xs, ys: nn.mse_loss(normalized(outputs(xs)), ys),
    "an autoencoder": lambda xs, ys: nn.mse_loss([CODER(x) for x in xs], xs),
    "a cubic": lambda xs, ys: mean(
        [(sum(w * x[0] ** k for k, w in enumerate(W)) - y) ** 2 for x, y in zip(xs, ys, strict=True)]
    ),
    "no targets": lambda xs, ys: mean([p**2 for p in outputs(xs)]),
    "one column": lambda xs, ys: mean([(W[0] * x[1] - y) ** 2 for x, y in zip(xs, ys, strict=True)]),
    "no samples": lambda xs, ys: W[0] * W[1],
    "their number": lambda xs, ys: W[0] * len(xs) + sum(W[1] for x in xs),
    "a reversed batch": lambda xs, ys: sum(p * y for p, y in zip(outputs(xs), reversed(ys), strict=True)),
    "the first": lambda xs, ys: MODEL(xs[0]) ** 2,
    "the largest error": lambda xs, ys: mean([abs(p - y) for p, y in zip(outputs(xs), ys, strict=True)]),
}


@pytest.mark.parametrize("name", sorted(HOLD))
def test_what_is_computed_alike_for_all_samples_holds_for_any_number(name):
    rng = np.random.default_rng(0)
    batch = rng.normal(size=(20, 2)), rng.normal(size=20)
    program = tinygrad_edu.compile(HOLD[name], wrt=[*MODEL.parameters(), *CODER.parameters(), *W], batch=batch)
    for samples in SAMPLES:
        assert_agrees(program, HOLD[name], (rng.normal(size=(samples, 2)), rng.normal(size=samples)))


OTHERS = {
    "a look at a number": lambda xs, ys: mean([MODEL(x) if x[0] > 0 else MODEL(x) ** 2 for x in xs]),
    "a look at a number far out": lambda xs, ys: mean([MODEL(x) if x[0].data > 1.5 else MODEL(x) ** 2 for x in xs]),
    "a copied number": lambda xs, ys: mean([MODEL([x[0].data, x[1]]) for x in xs]),
    "a rounded target": lambda xs, ys: mean([p * round(y.data) for p, y in zip(outputs(xs), ys, strict=True)]),
    "all pairs": lambda xs, ys: mean([(MODEL(a) - MODEL(b)) ** 2 for a in xs for b in xs]),
    "each pair once": lambda xs, ys: sum(MODEL(a) * MODEL(b) for k, a in enumerate(xs) for b in xs[: k + 1]),
    "neighbours": lambda xs, ys: sum((p - q) ** 2 for p, q in zip(outputs(xs), outputs(xs[1:]), strict=False)),
    "the median": lambda xs, ys: sorted(outputs(xs))[len(xs) // 2],
    "the largest": lambda xs, ys: max(outputs(xs)),
    "the first apart": lambda xs, ys: MODEL(xs[0]) ** 2 + mean(outputs(xs)),
    "the last apart": lambda xs, ys: MODEL(xs[-1]) ** 2 + mean(outputs(xs)),
    "every second": lambda xs, ys: sum(outputs(xs[::2])),
    "two halves": lambda xs, ys: sum(outputs(xs[: len(xs) // 2])) + sum(p**2 for p in outputs(xs[len(xs) // 2 :])),
    "one after the other": lambda xs, ys: MODEL([xs[0][0], MODEL([xs[-1][0], math.prod(outputs(xs))])]),
    "a weight for each place": lambda xs, ys: sum(p / (k + 1) for k, p in enumerate(outputs(xs))),
    "a power of their number": lambda xs, ys: sum(outputs(xs)) / 2 ** len(xs),
    "a logarithm of their number": lambda xs, ys: sum(outputs(xs)) * math.log(len(xs) + 1),
    "the first twenty": lambda xs, ys: sum(outputs(xs[:20])),
    "an odd number": lambda xs, ys: mean(outputs(xs)) if len(xs) % 2 else mean(outputs(xs)) ** 2,
    "more than twenty": lambda xs, ys: mean(outputs(xs)) if len(xs) > 20 else mean(outputs(xs)) ** 2,
    "the sum over pairs of a softmax": lambda xs, ys: logsumexp(outputs(xs)),
}


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_what_is_not_is_right_or_refused(name):
    rng = np.random.default_rng(0)
    batch = rng.normal(size=(60, 2)), rng.normal(size=60)
    try:
        program = tinygrad_edu.compile(OTHERS[name], wrt=MODEL.parameters(), batch=batch)
    except GraphError as error:
        assert re.search("(?s)for any number of samples.*write instead:", str(error))  # noqa: PT017 (or it is right)
        return
    for samples in (program.least, *(size for size in (4, 5, 6, 17, 60) if size >= program.least)):
        assert_agrees(program, OTHERS[name], (rng.normal(size=(samples, 2)), rng.normal(size=samples)))


def test_most_of_them_are_refused():
    """So that the test before this one is about refusals, and not about programs alone."""
    rng = np.random.default_rng(0)
    batch = rng.normal(size=(60, 2)), rng.normal(size=60)
    for name in ("a look at a number", "a copied number", "the largest", "an odd number", "the first twenty"):
        with pytest.raises(GraphError):
            tinygrad_edu.compile(OTHERS[name], wrt=MODEL.parameters(), batch=batch)


def test_a_refusal_names_the_line_that_differs():
    with pytest.raises(GraphError) as caught:
        tinygrad_edu.compile(
            lambda xs: sum(k * p for k, p in enumerate(outputs(xs))), wrt=MODEL.parameters(), batch=(np.ones((9, 2)),)
        )
    text = str(caught.value)
    assert "for 7 samples it says `" in text
    assert "for 11 samples it says `" in text
    assert "tinygrad_edu.compile(loss)" in text


def test_what_needs_two_samples_is_asked_for_two():
    def function(xs):
        return variance(outputs(xs), less=1)

    rng = np.random.default_rng(0)
    program = tinygrad_edu.compile(function, wrt=MODEL.parameters(), batch=(rng.normal(size=(9, 2)),))
    assert program.least == 2
    for samples in (2, 3, 17):
        assert_agrees(program, function, (rng.normal(size=(samples, 2)),))
    with pytest.raises(SizeError, match="at least 2 samples"):
        program(rng.normal(size=(1, 2)))


# What it says


def test_the_source_reads_like_the_book():
    model = nn.MLP(3, [4, 3, 1], activation="tanh", seed=0)

    def loss(xs, ys):
        return nn.mse_loss([model(x) for x in xs], ys)

    program = tinygrad_edu.compile(loss, wrt=model.parameters(), batch=(np.eye(3), np.ones(3)))
    assert program.source.startswith("def program(P, X, Y):\n    m = len(X)\n")
    for line in ("Z1 = X @ W1.T + b1 ", "loss = (t1 ** 2).sum() / m\n", "dW1 = dZ1.T @ X ", "# (m, 4)\n"):
        assert line in program.source
    assert "m     " in program.explain()
    assert "4 * m scalars" in program.explain()


def test_labels_become_rows_of_zeros_and_ones():
    model = nn.MLP(2, [3], seed=0)
    program = tinygrad_edu.compile(
        lambda xs, ys: nn.cross_entropy([model(x) for x in xs], ys), wrt=model.parameters(), batch=(np.eye(2), [0, 2])
    )
    assert "def program(P, X, y):" in program.source
    assert "Y = np.eye(3)[y] " in program.source
    (value, _), (same, _) = program(np.eye(2), [0, 2]), program(np.eye(2), np.array([0.0, 2.0]))
    assert value == same


def test_labels_may_be_all_that_there_is():
    logits = [Value(number, label=f"z{place}") for place, number in enumerate((0.5, -1.0, 0.3))]

    def loss(ys):
        return nn.cross_entropy([logits] * len(ys), ys)

    program = tinygrad_edu.compile(loss, wrt=logits, batch=([0, 1, 2, 1],))
    for samples in SAMPLES:
        assert_agrees(program, loss, (np.random.default_rng(0).integers(0, 3, samples),))


def test_labels_may_be_whole_numbers_among_floats():
    model = nn.MLP(2, [3], seed=0)
    ways = [
        tinygrad_edu.compile(
            lambda xs, ys: nn.cross_entropy([model(x) for x in xs], ys), wrt=model.parameters(), batch=(np.eye(2), y)
        )
        for y in ([0, 2], [0.0, 2.0])
    ]
    assert ways[0].source == ways[1].source


def test_labels_may_be_indices_and_numbers_at_once():
    model = nn.MLP(2, [3], seed=0)

    def loss(xs, ys):
        logits = [model(x) for x in xs]
        return nn.cross_entropy(logits, ys) + 0.1 * sum((row[0] - y) ** 2 for row, y in zip(logits, ys, strict=True))

    rng = np.random.default_rng(0)
    program = tinygrad_edu.compile(loss, wrt=model.parameters(), batch=(rng.normal(size=(8, 2)), rng.integers(0, 3, 8)))
    for samples in SAMPLES:
        assert_agrees(program, loss, (rng.normal(size=(samples, 2)), rng.integers(0, 3, samples)))
    assert pickle.loads(pickle.dumps(program)).explain() == copy.deepcopy(program).explain() == program.explain()


@pytest.mark.parametrize("use", [lambda row, y: row[y], lambda row, y: row[0] if y == 0 else row[1]])
def test_a_label_that_decides_is_refused_with_what_to_write(use):
    model = nn.MLP(2, [3], seed=0)
    with pytest.raises(GraphError, match=r"nn\.cross_entropy"):
        tinygrad_edu.compile(
            lambda xs, ys: sum(use(model(x), y) for x, y in zip(xs, ys, strict=True)),
            wrt=model.parameters(),
            batch=(np.eye(2), [0, 2]),
        )


def test_rows_may_be_tables():
    """A sample of two axes: a short sequence of points."""
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)

    def loss(sequences, ys):
        return nn.mse_loss([sum(model(point) for point in points) for points in sequences], ys)

    rng = np.random.default_rng(0)
    program = tinygrad_edu.compile(loss, wrt=model.parameters(), batch=(rng.normal(size=(9, 4, 2)), rng.normal(size=9)))
    for samples in SAMPLES:
        assert_agrees(program, loss, (rng.normal(size=(samples, 4, 2)), rng.normal(size=samples)))


def test_arrays_are_called_after_the_parameters_of_the_function():
    w = Value(2.0, label="m")

    def loss(xs, ys, weights):
        return sum(c * (w * x - y) ** 2 for x, y, c in zip(xs, ys, weights, strict=True))

    program = tinygrad_edu.compile(loss, batch=([1.0], [2.0], [3.0]))
    assert "def program(P, X, Y, weights):" in program.source
    assert_agrees(program, loss, ([1.0, -2.0], [2.0, 0.5], [3.0, 1.0]))


def test_by_default_it_is_differentiated_by_what_the_function_does_not_make_itself():
    model = nn.MLP(2, [1], seed=0)
    program = tinygrad_edu.compile(lambda xs: mean([3 * model(x) + Value(1.0) for x in xs]), batch=(np.eye(2),))
    assert set(program.wrt) == set(model.parameters())


def test_outputs_that_the_function_gives_are_kept_for_each_call():
    model = nn.MLP(2, [3, 2], seed=0)

    def loss(xs):
        rows = [model(x) for x in xs]
        return sum(sum(row) for row in rows), rows

    program = tinygrad_edu.compile(loss, wrt=model.parameters(), batch=(np.eye(2),))
    X = np.random.default_rng(0).normal(size=(5, 2))
    program(X)
    np.testing.assert_allclose(program.outputs, [[value.data for value in model(x)] for x in X])


def test_memory_grows_with_the_samples():
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    program = tinygrad_edu.compile(
        lambda xs: mean([model(x) for x in xs]), wrt=model.parameters(), batch=(np.ones((10, 2)),)
    )
    small, large = program.memory(10), program.memory(1000)
    assert large.bytes == 100 * small.bytes > 0
    assert str(program.memory()) == str(small)


def test_parameters_are_trained_and_written_back():
    w = Value(0.0, label="w")
    X = np.array([1.0, 2.0, 3.0])
    program = tinygrad_edu.compile(
        lambda xs, ys: mean([(w * x - y) ** 2 for x, y in zip(xs, ys, strict=True)]), wrt=[w], batch=(X, 2 * X)
    )
    for _ in range(100):
        program.parameters -= 0.05 * program(X, 2 * X)[1]
    program.write_back()
    assert w.data == pytest.approx(2.0)


def test_it_can_be_pickled_copied_and_drawn():
    model = nn.MLP(2, [3, 3], seed=0)
    X, y = np.random.default_rng(0).normal(size=(6, 2)), [0, 1, 2, 0, 1, 2]
    program = tinygrad_edu.compile(
        lambda xs, ys: nn.cross_entropy([model(x) for x in xs], ys), wrt=model.parameters(), batch=(X, y)
    )
    for again in (pickle.loads(pickle.dumps(program)), copy.deepcopy(program)):
        assert again.source == program.source
        assert again(X, y)[0] == program(X, y)[0]
        assert str(again.memory(7)) == str(program.memory(7))
    assert "m × 3" in viz.draw(program).source


def test_threads_have_outputs_of_their_own():
    model = nn.MLP(1, [2, 1], seed=0)

    def loss(xs):
        predictions = [model(x) for x in xs]
        return mean(predictions), predictions

    program = tinygrad_edu.compile(loss, wrt=model.parameters(), batch=(np.ones((3, 1)),))
    sizes, barrier = {}, threading.Barrier(2)

    def call(samples):
        program(np.ones((samples, 1)))
        barrier.wait(timeout=600)
        sizes[samples] = len(program.outputs)

    threads = [threading.Thread(target=call, args=(samples,)) for samples in (2, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == {2: 2, 5: 5}


# What it refuses

LINE = nn.MLP(2, [3], seed=0)


def line_program(**options):
    return tinygrad_edu.compile(
        lambda xs, ys: nn.cross_entropy([LINE(x) for x in xs], ys),
        wrt=LINE.parameters(),
        batch=(np.eye(2), [0, 2]),
        **options,
    )


@pytest.mark.parametrize(
    ("batch", "error", "words"),
    [
        ((), SizeError, "0 arrays"),
        ((np.eye(2),), SizeError, "1 array"),
        ((np.eye(2), [0]), SizeError, "2 rows and 1 row"),
        ((np.zeros((0, 2)), []), SizeError, "0 samples"),
        ((np.eye(3), [0, 1, 2]), SizeError, r"X of shape \(3, 3\)"),
        ((np.ones(2), [0, 1]), SizeError, r"\(m, 2\)"),
        ((3.0, [0]), SizeError, r"X of shape \(\)"),
        ((np.eye(2), [0, 3]), OptionError, r"label 3 at y\[1\]"),
        ((np.eye(2), [-1, 0]), OptionError, "label -1"),
        ((np.eye(2), [0.5, 0]), OptionError, "label 0.5"),
        ((np.eye(2), [math.nan, 0]), OptionError, "label nan"),
        ((np.eye(2) * 1j, [0, 1]), NumberError, "complex"),
        (([[1.0, 2.0], [3.0]], [0, 1]), SizeError, "different lengths"),
        ((np.eye(2), ["a", "b"]), NumberError, "a"),
        ((np.ma.masked_array(np.eye(2), np.eye(2) > 0), [0, 1]), NumberError, "masked"),
    ],
)
def test_a_batch_that_does_not_fit_is_refused(batch, error, words):
    with pytest.raises(error, match=words):
        line_program()(*batch)


def test_what_a_call_has_found_right_is_looked_at_again_when_it_is_another_array():
    """Arrays of the shapes of the last call are taken as they are; whatever else comes next is not."""
    model, rng = nn.MLP(2, [1], seed=0), np.random.default_rng(0)

    def loss(xs, ys):
        return nn.mse_loss([model(x) for x in xs], ys)

    X, y = rng.normal(size=(9, 2)), rng.normal(size=9)
    program = tinygrad_edu.compile(loss, wrt=model.parameters(), batch=(X, y))
    value, gradient = program(X, y)
    for same in ((X.tolist(), y), (X, y.astype(">f8")), (X.astype(object), y.tolist()), (np.asfortranarray(X), y)):
        again, another = program(*same)
        assert again == pytest.approx(value, rel=1e-15)
        np.testing.assert_allclose(another, gradient, rtol=1e-12)
    masked = np.ma.masked_array(X, X > 0)
    for wrong, error in (
        ((X,), SizeError),
        ((X, y, [1.0]), SizeError),
        ((X, y, y), SizeError),
        ((X, y[:5]), SizeError),
        ((X[:, :1], y), SizeError),
        ((X, y[:, None]), SizeError),
        ((X[:0], y[:0]), SizeError),
        ((masked, y), NumberError),
        ((X.astype(complex), y), NumberError),
        ((X.astype(str), y), NumberError),
    ):
        assert program(X, y)[0] == value
        with pytest.raises(error):
            program(*wrong)


def test_labels_are_looked_at_in_every_call():
    program = line_program()
    labels = np.array([0.0, 2.0])
    program(np.eye(2), labels)
    for wrong in (3.0, -1.0, 0.5):
        program(np.eye(2), labels)
        with pytest.raises(OptionError, match="index of one of the 3 classes"):
            program(np.eye(2), np.array([0.0, wrong]))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"batch": ()}, SizeError, "0 arrays"),
        ({"batch": (np.eye(2), [1.0])}, SizeError, "2 rows and 1 row"),
        ({"batch": (np.zeros((0, 2)),)}, SizeError, "0 rows"),
        ({"batch": (3.0,)}, SizeError, "0 rows"),
        ({"batch": (np.eye(2),), "inputs": [Value(1.0)]}, OptionError, "no other inputs"),
        ({"batch": ([["a"]],)}, NumberError, "str"),
        ({"batch": ([[1.0], [2.0, 3.0]],)}, SizeError, "different lengths"),
        ({"batch": (np.ma.masked_array([[1.0]], [[True]]),)}, NumberError, "masked"),
        ({"batch": np.eye(2)}, SizeError, r"batch=\(X,\)"),
        ({"batch": 3}, SizeError, "one int"),
        ({"batch": (np.eye(2), [1.0, 2.0])}, GraphError, "a list of samples for each array"),
    ],
)
def test_a_batch_that_is_none_is_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        tinygrad_edu.compile(lambda xs: mean([x[0] for x in xs]), **arguments)


def test_a_function_and_a_batch_go_together():
    with pytest.raises(OptionError, match="function of its samples"):
        tinygrad_edu.compile(Value(1.0), batch=([1.0],))
    with pytest.raises(GraphError, match="is not a Value"):
        tinygrad_edu.compile(lambda xs: 1.0, batch=([1.0],))


def test_mistakes_of_the_function_are_its_own():
    with pytest.raises(GraphError, match=r"with 3 samples it raises IndexError(?s:.*)such as 3, 7 and 11") as caught:
        tinygrad_edu.compile(lambda xs: xs[0][7], batch=(np.eye(2),))
    assert isinstance(caught.value.__cause__, IndexError)


def test_a_division_by_zero_is_noticed_if_asked_for():
    w = Value(1.0, label="w")
    program = tinygrad_edu.compile(lambda xs: sum(w / x for x in xs), wrt=[w], batch=([1.0, 2.0, 3.0],), check=True)
    assert program([2.0])[0] == 0.5
    with pytest.raises(DomainError, match="w / X"):
        program([1.0, 0.0])


def test_compiling_takes_no_longer_for_a_million_samples():
    """The graphs that are made are those of a few samples, whatever the data's size."""
    made = []

    def loss(xs):
        made.append(len(xs))
        return mean([x * W[0] for x in xs])

    program = tinygrad_edu.compile(loss, wrt=[W[0]], batch=(np.ones(1_000_000),))
    assert max(made) <= 300
    assert program(np.ones(1_000_000))[0] == pytest.approx(W[0].data)


# Functions that look right on the samples they are traced with


def line(x):
    return W[0] * x[0] + W[1] * x[1] + W[2]


def squares(xs, ys):
    return [(line(x) - y) ** 2 for x, y in zip(xs, ys, strict=True)]


def in_chunks(xs, ys, size):
    return sum(mean(squares(xs[i : i + size], ys[i : i + size])) for i in range(0, len(xs), size))


def apart(xs, ys):
    return 1 if len(xs) % 4 == 3 else 2


NUMBERS_AS_PLAIN_ONES = {
    "the smallest target": lambda xs, ys: mean(squares(xs, [y - min(t.data for t in ys) for y in ys])),
    "a column for its largest": lambda xs, ys: mean(squares(xs, [y / max(abs(t.data) for t in ys) for y in ys])),
    "a factor": lambda xs, ys: sum((line(x) * x[1].data - y) ** 2 for x, y in zip(xs, ys, strict=True)),
    "a float": lambda xs, ys: sum(float(y) * line(x) for x, y in zip(xs, ys, strict=True)),
    "the largest error": lambda xs, ys: max(squares(xs, ys)),
    "a kink by hand": lambda xs, ys: sum(p if p.data > 0 else 0.1 * p for p in map(line, xs)),
    "equal to a number": lambda xs, ys: sum(line(x) if y == 0.0 else line(x) ** 2 for x, y in zip(xs, ys, strict=True)),
    "the key of a dict": lambda xs, ys: sum({0.0: 1.0}.get(y, 2.0) * line(x) for x, y in zip(xs, ys, strict=True)),
    "different ones": lambda xs, ys: sum(map(line, xs)) / len(set(ys)),
}
COUNTS_OTHERWISE = {
    "the last twelve": lambda xs, ys: sum(squares(xs[-12:], ys[-12:])),
    "the last twenty-four": lambda xs, ys: sum(squares(xs[-24:], ys[-24:])),
    "chunks": lambda xs, ys: in_chunks(xs, ys, 32),
    "beyond twenty-four": lambda xs, ys: mean(squares(xs, ys)) + sum(line(x) for x in xs[24:]),
    "powers of two": lambda xs, ys: mean(squares(xs, ys)) * (2 if len(xs) in (4, 8, 16, 32) else 1),
    "a tiny loss": lambda xs, ys: apart(xs, ys) * 1e-10 * mean(squares(xs, ys)),
    "a parameter for each": lambda xs, ys: sum((w * x[0] - y) ** 2 for w, x, y in zip(W * 3, xs, ys, strict=False)),
    "pairs of neighbours": lambda xs, ys: sum((line(xs[i]) - line(xs[i + 1])) ** 2 for i in range(0, len(xs), 2)),
    "less than three": lambda xs, ys: sum(squares(xs, ys)) / (len(xs) - 3),
    "neighbours": lambda xs, ys: sum((line(a) - line(b)) ** 2 for a, b in zip(xs[1:], xs, strict=False)),
}
DATA = {
    "many": lambda rng, rows: rows,
    "one": lambda rng, rows: [array[:1] for array in rows],
    "constant": lambda rng, rows: [np.ones_like(array) for array in rows],
    "far": lambda rng, rows: [1e200 * rows[0], rows[1]],
    "few": lambda rng, rows: [array[:5] for array in rows],
    "a large offset": lambda rng, rows: [rows[0], 1.6e12 + 1e9 * rows[1]],
    "not a number": lambda rng, rows: [np.nan * array for array in rows],
}
DOUBTFUL = {**NUMBERS_AS_PLAIN_ONES, **COUNTS_OTHERWISE, "the mean": lambda xs, ys: mean(squares(xs, ys))}


@pytest.mark.parametrize("data", sample(DATA, few=2))
@pytest.mark.parametrize("name", sample(sorted(DOUBTFUL), few=8))
def test_a_doubtful_function_is_right_at_every_number_of_samples_or_refused(name, data):
    rng = np.random.default_rng(0)
    batch = DATA[data](rng, [rng.normal(size=(100, 2)), rng.normal(size=100)])
    try:
        program = tinygrad_edu.compile(DOUBTFUL[name], wrt=W, batch=batch)
    except GraphError as error:
        assert "write instead:" in str(error)  # noqa: PT017 (or it is right)
        assert name != "the mean"
        return
    for samples in range(program.least, 40):
        assert_agrees(program, DOUBTFUL[name], (rng.normal(size=(samples, 2)), rng.normal(size=samples)))


@pytest.mark.parametrize("name", sorted(DOUBTFUL.keys() - {"the mean", "neighbours"}))
def test_each_of_them_is_refused_on_ordinary_data(name):
    rng = np.random.default_rng(0)
    with pytest.raises(GraphError):
        tinygrad_edu.compile(DOUBTFUL[name], wrt=W, batch=(rng.normal(size=(100, 2)), rng.normal(size=100)))


@pytest.mark.long
def test_a_large_model_is_compared_beyond_the_samples_it_is_traced_with():
    rng = np.random.default_rng(0)
    model = nn.MLP(64, [64, 1], activation="tanh", seed=0)
    with pytest.raises(GraphError, match="than it for"):
        tinygrad_edu.compile(
            lambda xs, ys: nn.mse_loss([model(x) for x in xs[:12]], ys[:12]),
            wrt=model.parameters(),
            batch=(rng.normal(size=(50, 64)), rng.normal(size=50)),
        )


@pytest.mark.parametrize("error", [NameError, RuntimeError, RecursionError, IndexError, ZeroDivisionError])
def test_formulas_that_fail_on_other_samples_are_refused_with_what_they_raise(monkeypatch, error):
    def failing(_source):
        def function(*_arrays):
            raise error("in the formulas")

        return function

    monkeypatch.setattr("tinygrad_edu.compiler.batch.function_of", failing)
    with pytest.raises(GraphError, match=f"its formulas raise {error.__name__}: in the formulas"):
        tinygrad_edu.compile(lambda xs: sum(W[0] * x for x in xs), wrt=W[:1], batch=([1.0, 2.0],))


def compiled_with_a_mistake(monkeypatch, stage, some, mistake=None):
    """The program, if what a stage gives is exchanged for a mistake; and what it gave. It is looked for once."""
    given = []
    with monkeypatch.context() as patch:
        original = getattr(search, stage)
        patch.setattr(search, "PAIRS", search.PAIRS[:1])
        patch.setattr(search, stage, lambda source: given.append(original(source)) or mistake or given[0])
        program = tinygrad_edu.compile(some.function, wrt=some.parameters, batch=some.batch(30))
    return program, given[0]


def of_inputs(draw):
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    return Problem(
        "", lambda xs, ys: nn.mse_loss([model(x) for x in xs], ys), model.parameters(), draw.normal((2,), ())
    )


def of_classes(draw):
    model = nn.MLP(2, [3, 3], activation="tanh", seed=0)
    arrays = lambda m: [draw.rng.normal(size=(m, 2)), draw.rng.integers(0, 3, m)]  # noqa: E731
    return Problem("", lambda xs, ys: nn.cross_entropy([model(x) for x in xs], ys), model.parameters(), arrays)


def of_words(draw):
    table, w = draw.leaves(4, 2), draw.leaves(2)

    def loss(xs, ys):
        return sum((dot(w, nn.embedding(table, x)).tanh() - y) ** 2 for x, y in zip(xs, ys, strict=True)) / len(xs)

    return Problem("", loss, draw.parameters, lambda m: [draw.rng.integers(0, 4, m), draw.rng.normal(size=m)])


def of_neighbours(draw):
    (w,) = draw.leaves(1)
    loss = lambda xs: sum((w * a - b) ** 2 for a, b in itertools.pairwise(xs))  # noqa: E731
    return Problem("", loss, [w], draw.normal(()))


@pytest.mark.parametrize("stage", ["simplified_source", "looked_up"])
@pytest.mark.parametrize("problem", [of_inputs, of_classes, of_words])
def test_a_gradient_that_is_wrong_in_one_place_is_noticed(monkeypatch, problem, stage):
    """Wherever it is: in one element, or for one sample; in the formulas as found, or as they are called."""
    some = problem(Draw(0))
    planted = list(mistakes(compiled_with_a_mistake(monkeypatch, stage, some)[1]))
    assert len(planted) >= 10
    for mistake in planted[::5] + planted[-1:]:
        with pytest.raises(GraphError, match="give other numbers"):
            compiled_with_a_mistake(monkeypatch, stage, some, mistake.source)


@pytest.mark.parametrize(
    ("problem", "samples"),
    [*((of_inputs, m) for m in (1, 2, 3, 7, 11, 12, 24)), *((of_neighbours, m) for m in range(2, 8))],
)
def test_a_gradient_that_is_wrong_for_one_number_of_samples_is_noticed(monkeypatch, problem, samples):
    """Where a formula may be another one: for few samples, and for each number below those where a size shrinks."""
    some = problem(Draw(0))
    source = compiled_with_a_mistake(monkeypatch, "looked_up", some)[1]
    with contextlib.suppress(GraphError):
        program, _ = compiled_with_a_mistake(monkeypatch, "looked_up", some, wrong_for(source, samples))
        assert program.least > samples


def test_a_refusal_says_whether_it_is_the_numbers_or_how_many_there_are():
    rng = np.random.default_rng(0)
    batch = rng.normal(size=(100, 2)), rng.normal(size=100)
    with pytest.raises(GraphError, match="where from:     a function that looks at the numbers of its samples\n"):
        tinygrad_edu.compile(DOUBTFUL["a factor"], wrt=W, batch=[array[:1] for array in batch])
    with pytest.raises(GraphError, match="or treats some samples unlike the others"):
        tinygrad_edu.compile(DOUBTFUL["powers of two"], wrt=W, batch=batch)


USES_OF_A_LABEL = {
    "label == label": lambda xs, ys: sum(line(a) for a, s in zip(xs, ys, strict=True) for t in ys if s == t),
    "label == 1": lambda xs, ys: sum(line(x) for x, y in zip(xs, ys, strict=True) if y == np.int64(1)),
    "label == 2": lambda xs, ys: sum(line(x) for x, y in zip(xs, ys, strict=True) if y != 2),
    "in a set": lambda xs, ys: sum(map(line, xs)) / len(set(ys)),
    "label == 0": lambda xs, ys: sum(map(line, xs)) / (1 + ys.count(0)),
    "the key of a dict": lambda xs, ys: sum(line(x) * {0: 1.0, 1: 2.0}[y] for x, y in zip(xs, ys, strict=True)),
    "x % 2": lambda xs, ys: sum(line(x) * (y % 2) for x, y in zip(xs, ys, strict=True)),
    "takes a label as a place": lambda xs, ys: sum(line(x) * np.eye(3)[y][0] for x, y in zip(xs, ys, strict=True)),
    "int(label)": lambda xs, ys: sum(line(x) * int(y) for x, y in zip(xs, ys, strict=True)),
    "float(x) of label": lambda xs, ys: sum(line(x) * float(y) for x, y in zip(xs, ys, strict=True)),
    "round": lambda xs, ys: sum(line(x) * round(y) for x, y in zip(xs, ys, strict=True)),
}


@pytest.mark.parametrize("words", sorted(USES_OF_A_LABEL))
def test_a_question_to_a_label_is_answered_with_what_to_write(words):
    rng = np.random.default_rng(0)
    asked = "int(label)" if words == "round" else words
    with pytest.raises(GraphError, match=f"{re.escape(asked)}(?s:.*)nn.cross_entropy"):
        tinygrad_edu.compile(USES_OF_A_LABEL[words], wrt=W, batch=(rng.normal(size=(30, 2)), rng.integers(0, 3, 30)))


CLASSES = nn.MLP(2, [3], seed=0)


def surprise(xs, labels):
    return nn.cross_entropy([CLASSES(x) for x in xs], labels)


@pytest.mark.parametrize(
    ("function", "kinds"),
    [
        (lambda labels, xs: surprise(xs, labels), "CX"),
        (lambda xs, labels: surprise(xs, labels), "XC"),
        (lambda xs, v, labels: sum(c * surprise([x], [t]) for x, c, t in zip(xs, v, labels, strict=True)), "XYC"),
        (lambda xs, a, b: surprise(xs, a) + surprise(xs, b), "XCC"),
        (lambda a, b, Labels, labels: surprise(a, Labels) + surprise(b, labels), "XXCC"),
        (lambda xs, a, p, len: surprise(xs, p) + surprise(xs, len), "XYCC"),
    ],
)
def test_labels_may_stand_in_any_place(function, kinds):
    rng = np.random.default_rng(0)
    draw = {
        "X": lambda m: rng.normal(size=(m, 2)),
        "Y": lambda m: rng.normal(size=m),
        "C": lambda m: rng.integers(0, 3, m),
    }
    program = tinygrad_edu.compile(function, wrt=CLASSES.parameters(), batch=[draw[kind](30) for kind in kinds])
    for samples in SAMPLES:
        assert_agrees(program, function, [draw[kind](samples) for kind in kinds])


@pytest.mark.parametrize(
    "name", ["loss", "len", "m", "P", "p", "np", "gradient", "erf", "abs", "y", "t1", "dW", "c1", "Z1", "m2"]
)
def test_an_array_may_have_any_name(name):
    function = eval(
        f"lambda xs, ys, {name}: sum(v * (line(x) - y) ** 2 for x, y, v in zip(xs, ys, {name}))", {"line": line}
    )
    rng = np.random.default_rng(0)
    program = tinygrad_edu.compile(
        function, wrt=W, batch=(rng.normal(size=(9, 2)), rng.normal(size=9), rng.normal(size=9))
    )
    assert_agrees(program, function, (rng.normal(size=(5, 2)), rng.normal(size=5), rng.normal(size=5)))


@pytest.mark.parametrize("name", ["len", "range", "m", "X", "y", "loss"])
def test_a_parameter_may_have_any_name(name):
    w = Value(0.5, label=name)
    function = lambda xs, ys: sum((w * x - y) ** 2 for x, y in zip(xs, ys, strict=True))  # noqa: E731
    program = tinygrad_edu.compile(function, wrt=[w], batch=([1.0, 2.0], [3.0, 5.0]))
    assert_agrees(program, function, ([1.0, -2.0, 3.0], [3.0, 5.5, 1.0]))


@pytest.mark.parametrize(
    ("X", "y", "words"),
    [
        (np.ones((9, 2)), np.ones((9, 1)), r"a sample of Y, whose shape is \(9, 1\), is a list of one number"),
        (np.ones((9, 2, 1)), np.ones(9), r"a sample of X, whose shape is \(9, 2, 1\), is a list of lists"),
    ],
)
def test_arrays_with_an_axis_more_are_named(X, y, words):
    with pytest.raises(GraphError, match=words):
        tinygrad_edu.compile(lambda xs, ys: mean(squares(xs, ys)), wrt=W, batch=(X, y))


@pytest.mark.parametrize("samples", [-1, 0, 2.5, "3"])
def test_memory_is_that_of_a_whole_number_of_samples(samples):
    program = tinygrad_edu.compile(lambda xs: mean([W[0] * x for x in xs]), wrt=[W[0]], batch=(np.ones(3),))
    with pytest.raises(OptionError, match="whole number"):
        program.memory(samples)


def test_a_loss_that_is_no_number_anywhere_is_refused():
    with pytest.raises(GraphError, match="inf or NaN for all samples"):
        tinygrad_edu.compile(lambda xs: sum((line(x) * 1e200) ** 2 * 1e300 for x in xs), wrt=W, batch=(np.eye(2),))


def test_a_batch_that_is_too_small_is_told_how_else_it_is_compiled():
    program = tinygrad_edu.compile(lambda xs: variance([line(x) for x in xs], less=1), wrt=W, batch=(np.eye(2),))
    with pytest.raises(SizeError, match=r"tinygrad_edu\.compile\(loss\), for fewer"):
        program(np.ones((1, 2)))


def test_the_forward_pass_alone_gives_what_a_call_gives_beside_the_loss():
    model = nn.MLP(2, [4, 3], activation="tanh", seed=0)

    def loss(xs, ys):
        outputs = [model(x) for x in xs]
        return nn.cross_entropy(outputs, ys), outputs

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(50, 2)), rng.integers(0, 3, 50)
    program = pickle.loads(pickle.dumps(tinygrad_edu.compile(loss, wrt=model.parameters(), batch=(X, y))))
    for samples in (1, 2, 17, 50):
        program.parameters = rng.normal(size=len(program.parameters))
        program(X[:samples], y[:samples])
        assert program.forward(X[:samples], y[:samples]).tolist() == program.outputs.tolist()
    assert not {line.name for line in program.formulas.without_gradient.lines} & {"dZ1", "dZ2", "loss"}
    with pytest.raises(SizeError, match=r"program with X of shape \(3, 5\)"):
        program.forward(np.zeros((3, 5)), [0, 1, 2])


def test_a_forward_pass_through_a_loop_has_the_loop_and_not_the_way_back():
    W, u = [Value(0.3), Value(-0.4)], Value(0.5)

    def loss(xs):
        outputs = []
        for x in xs:
            h = x[0]
            for _ in range(12):
                h = (W[0] * h + W[1] * x[1] + u).tanh()
            outputs.append(h)
        return sum(h * h for h in outputs), outputs

    X = np.random.default_rng(0).normal(size=(20, 2))
    program = tinygrad_edu.compile(loss, wrt=[*W, u], batch=(X,))
    program(X)
    assert program.forward(X).tolist() == program.outputs.tolist()
    assert len(program.formulas.without_gradient.lines) < len(program.lines) / 2


def test_a_refusal_shows_a_line_that_one_of_the_programs_has():
    w, X = [Value(0.5), Value(0.25)], np.round(np.random.default_rng(105).normal(size=(5, 2)))
    with pytest.raises(GraphError, match=r"for 11 samples it says `i1 = \[\[") as caught:
        tinygrad_edu.compile(lambda xs: sum(dot(w, x) if x[0] > 0 else w[0] for x in xs), wrt=w, batch=(X,))
    assert str(caught.value).count("no such line") == 1
