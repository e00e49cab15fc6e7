"""Does a function of sequences, for any number of them, become the loop over time that a book has?

The truth is the scalar graph of the same function, made for the batch itself; random cells, read in all ways, are among
the families of sample_losses.py.
"""

import numpy as np
import pytest
from languages import LANGUAGES, InLanguage, skip_without
from sample_losses import Draw, Problem, by_hand, cell_with_memory, differs, dot, gated_cell, simple_cell, times
from sampling import sample

import tinygrad_edu
from tinygrad_edu import Value, nn
from tinygrad_edu.compiler.padding import weighed

HIDDEN = 3


def program_of(cell, read=list, steps=12, width=2):
    """The program of the squared errors of predictions from the last state, compiled with 20 sequences, and right."""
    draw = Draw(1)
    step = cell(draw, width, HIDDEN)
    o = draw.leaves(HIDDEN)

    def loss(xs, ys):
        predictions = []
        for x in xs:
            state = [Value(0.0)] * HIDDEN
            for v in read(x):
                state = step(v, state)
            predictions.append(dot(o, state[:HIDDEN]))
        return nn.mse_loss(predictions, ys)

    batch = draw.normal((steps, width), ())
    program = tinygrad_edu.compile(loss, wrt=draw.parameters, batch=batch(20))
    assert_right(program, loss, batch)
    return program


def assert_right(program, loss, batch):
    problem = Problem("", loss, program.wrt, batch)
    for samples in (1, 2, 7, 40):
        arrays = batch(samples)
        assert not differs(program(*arrays), by_hand(problem, arrays)), (samples, program.source)


def is_without_gathers(source):
    return "concatenate" not in source and "ravel()" not in source


def tanh_cell(draw, width, hidden):
    W, U, b = draw.leaves(hidden, width), draw.leaves(hidden, hidden), draw.leaves(hidden)
    return lambda v, state: [(dot(w, v) + dot(u, state) + bias).tanh() for w, u, bias in zip(W, U, b, strict=True)]


@pytest.mark.parametrize("steps", sample([5, 12, 30]))
def test_a_recurrent_network_over_a_batch_of_sequences_reads_like_the_book(steps):
    source = program_of(tanh_cell, steps=steps).source
    for line in (
        f"H1 = np.zeros(({steps + 1}, m, 3))",
        f"for t in range({steps}):\n        H1[t + 1] = np.tanh(X[:, t] @ W.T + H1[t] @ W_2.T + p)\n",
        f"for t in reversed(range({steps})):\n        t4 = dH1[t + 1] * (1 - H1[t + 1] * H1[t + 1])",
        "dH1[t] += t4 @ W_2\n        dW += t4.T @ X[:, t]\n",
        "dW_2 += t4.T @ H1[t]\n        dp += t4.sum(axis=0)\n",
    ):
        assert line in source
    assert is_without_gathers(source)


@pytest.mark.parametrize(
    ("read", "place"),
    [
        (lambda x: x[::-1], "X[:, 11 - t]"),
        (lambda x: x[::2], "X[:, 2 * t]"),
        (lambda x: x[3:], "X[:, t + 3]"),
    ],
)
def test_sequences_are_read_in_steps_backwards_or_from_any_place(read, place):
    source = program_of(tanh_cell, read).source
    assert f"np.tanh({place} @ W.T + " in source
    assert is_without_gathers(source)


def test_a_sequence_of_numbers_is_read_number_by_number():
    draw = Draw(0)
    w, u, b = draw.leaves(3)

    def loss(xs):
        total = 0.0
        for x in xs:
            state = 0.0
            for number in x:
                state = (w * number + u * state + b).tanh()
            total += state**2
        return total / len(xs)

    X = draw.rng.normal(size=(20, 15))
    program = tinygrad_edu.compile(loss, wrt=draw.parameters, batch=(X,))
    assert "for t in range(15):" in program.source
    assert "X[:, t]" in program.source
    assert program.least == 1


@pytest.mark.long
def test_the_gates_of_a_long_short_term_memory_are_lines_of_their_own():
    program = program_of(cell_with_memory)
    assert program.source.count(" = 1 / (1 + np.exp(-k") == 3
    assert program.source.count("X[:, t] @ W") == 4
    assert is_without_gathers(program.source)
    assert program.source.count("\n") <= 80


@pytest.mark.long
def test_a_gated_unit_has_a_matrix_product_for_each_gate():
    program = program_of(gated_cell)
    assert program.source.count("X[:, t] @ W") == 3
    assert is_without_gathers(program.source)


def test_a_program_of_sequences_can_be_weighed_in_its_loops():
    assert weighed(program_of(simple_cell).formulas) is not None


def test_arrays_that_a_loop_fills_grow_with_the_samples():
    program = program_of(tanh_cell)
    assert program.memory(1000).numbers == 200 * program.memory(5).numbers > 200 * 5 * 12 * HIDDEN


def test_a_few_equal_layers_over_a_batch_stay_written_out():
    model = nn.MLP(4, [4, 4, 4, 4, 4, 1], activation="tanh", seed=0)
    rng = np.random.default_rng(0)
    batch = rng.normal(size=(20, 4)), rng.normal(size=20)
    program = tinygrad_edu.compile(
        lambda xs, ys: nn.mse_loss([model(x) for x in xs], ys), wrt=model.parameters(), batch=batch
    )
    assert "for t in" not in program.source
    assert "Z3 = A2 @ W3.T + b3" in program.source


def test_attention_over_a_batch_is_products_of_whole_arrays():
    draw = Draw(2)
    Q, K, V = (draw.leaves(4, 4) for _ in range(3))
    o = draw.leaves(4)

    def predict(x):
        total = 0.0
        keys, values = ([times(W, v) for v in x] for W in (K, V))
        for query in (times(Q, v) for v in x):
            exps = [(dot(query, key) / 2).exp() for key in keys]
            whole = sum(exps)
            total += dot(o, [dot([e / whole for e in exps], column) for column in zip(*values, strict=True)])
        return total

    loss, batch = draw.errors(predict), draw.normal((6, 4), ())
    program = tinygrad_edu.compile(loss, wrt=draw.parameters, batch=batch(20))
    assert_right(program, loss, batch)
    assert "(t1[:, :, None, :4] * t1[:, None, :, 4:8]).sum(axis=-1)" in program.source
    assert program.source.count("concatenate") == 1
    assert program.source.count("\n") <= 30


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_samples_themselves_may_be_the_sequence(language):
    """One long series, of any length: the loop goes over the samples."""
    skip_without(language)
    draw = Draw(0)
    w, u, b = draw.leaves(3)

    def loss(xs):
        state, total = 0.0, 0.0
        for x in xs:
            state = (w * x + u * state + b).tanh()
            total += (state - x) ** 2
        return total / len(xs)

    program = tinygrad_edu.compile(loss, wrt=draw.parameters, batch=draw.normal(())(30))
    assert "for t in reversed(range(m)):" in program.source
    run = program if language == "numpy" else InLanguage(program, language)
    problem = Problem("", loss, program.wrt, None)
    for samples in (1, 2, 3, 7, 40):
        arrays = draw.normal(())(samples)
        assert not differs(run(*arrays), by_hand(problem, arrays)), (samples, program.source)
    assert weighed(program.formulas) is None
