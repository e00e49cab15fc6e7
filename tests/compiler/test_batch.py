"""Does a program that was compiled at a few samples hold for any number of them?

The truth is the scalar graph of the same function, made for the batch itself.
"""

import copy
import math
import pickle
import re
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_losses import FAMILIES, LOSSES, SEVERAL, Problem, by_hand, differs, drawn, wrong_sizes

import tinygrad_edu
from tinygrad_edu import Value, nn, viz
from tinygrad_edu.errors import DomainError, GraphError, NumberError, OptionError, SizeError
from tinygrad_edu.functions import logsumexp

SAMPLES = (1, 2, 3, 17, 256)


def assert_agrees(program, function, batch):
    problem = Problem("", function, program.wrt, None)
    found, right = program(*batch), by_hand(problem, batch)
    assert not differs(found, right), (found, right, program.source)


@given(st.sampled_from(sorted(FAMILIES)), st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 5, 100]))
@settings(max_examples=60, deadline=None)
def test_one_program_gives_the_numbers_of_the_scalar_graph_for_any_number_of_samples(name, seed, compiled_with):
    program, wrong = wrong_sizes(drawn(name, seed), compiled_with, (1, 2, 3, 17, 40))
    assert (program.least, wrong) == (1, []), program.source


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "gelu"])
@pytest.mark.parametrize("decay", [0.0, 0.01])
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


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_every_program_can_be_explained_weighed_drawn_and_copied(name):
    problem = drawn(name, 1)
    program = tinygrad_edu.compile(problem.function, wrt=problem.parameters, batch=problem.batch(5))
    lines = [line.name for line in (*program.leaves, *program.lines)]
    assert [row.split()[0] for row in program.explain().splitlines()] == lines
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
        barrier.wait(timeout=10)
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
