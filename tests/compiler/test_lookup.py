"""Are rows taken from a table by index, and their gradients added up, for any number of samples?

Random tables, with rows that come often, once and never, are among the families of sample_losses.py.
"""

import math

import numpy as np
import pytest
from languages import LANGUAGES, InLanguage, skip_without
from sample_losses import Draw, Problem, by_hand, differs, dot, times

import tinygrad_edu
from tinygrad_edu import nn
from tinygrad_edu.compiler.padding import weighed
from tinygrad_edu.errors import GraphError, OptionError

ROWS, WIDTH = 6, 3


def problem(*shape):
    """A prediction from the row of a word, or from the mean of the rows of several."""
    draw = Draw(0)
    table, w = draw.leaves(ROWS, WIDTH), draw.leaves(WIDTH)

    def mean(words):
        return [sum(column) / len(words) for column in zip(*(nn.embedding(table, word) for word in words), strict=True)]

    def loss(xs, ys):
        rows = [mean(x) if shape else nn.embedding(table, x) for x in xs]
        return sum((dot(w, row).tanh() - y) ** 2 for row, y in zip(rows, ys, strict=True)) / len(xs)

    batch = lambda m: [draw.rng.integers(0, ROWS, (m, *shape)), draw.rng.normal(size=m)]  # noqa: E731
    return Problem("", loss, draw.parameters, batch)


def program_of(some):
    return tinygrad_edu.compile(some.function, wrt=some.parameters, batch=some.batch(40))


@pytest.mark.parametrize("shape", [(), (4,)])
def test_the_program_takes_rows_and_adds_their_gradients(shape):
    some = problem(*shape)
    program = program_of(some)
    assert "W[x]" in program.source
    assert "add_rows(" in program.source
    assert "np.eye" not in program.source
    for words in ([0], [5, 5, 5], [1, 2], [*range(ROWS)] * 7):
        arrays = (
            np.broadcast_to(np.reshape(words, (-1, *[1] * len(shape))), (len(words), *shape)),
            some.batch(len(words))[1],
        )
        assert not differs(program(*arrays), by_hand(some, arrays)), words


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "numpy"])
def test_rows_by_index_in_every_language(language):
    skip_without(language)
    some = problem(2)
    program = program_of(some)
    arrays = some.batch(9)
    assert not differs(InLanguage(program, language)(*arrays), by_hand(some, arrays))


def test_a_row_that_nobody_asks_for_may_be_infinite():
    program = program_of(problem())
    program.parameters[:WIDTH] = math.inf
    loss, gradient = program([1, 2, 3], [0.5, 0.1, 0.2])
    assert math.isfinite(loss)
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("films", [ROWS, ROWS - 1])
def test_two_tables_stay_two_though_they_have_as_many_rows(films):
    draw = Draw(0)
    U, V = draw.leaves(ROWS, WIDTH), draw.leaves(films, WIDTH)

    def loss(users, seen, ratings):
        scores = [dot(nn.embedding(U, u), nn.embedding(V, f)) for u, f in zip(users, seen, strict=True)]
        return sum((score - rating) ** 2 for score, rating in zip(scores, ratings, strict=True)) / len(users)

    batch = lambda m: [draw.rng.integers(0, ROWS, m), draw.rng.integers(0, films, m), draw.rng.normal(size=m)]  # noqa: E731
    some = Problem("", loss, draw.parameters, batch)
    program = program_of(some)
    assert "t1 = W[x]" in program.source
    assert "t2 = W_2[y]" in program.source
    assert "concatenate" not in program.source
    assert weighed(program.formulas) is not None  # devices can share the ratings
    for samples in (1, 2, 17):
        arrays = batch(samples)
        assert not differs(program(*arrays), by_hand(some, arrays))


def test_two_arrays_through_the_same_weights_are_two_products():
    draw = Draw(0)
    W = draw.leaves(2, WIDTH)

    def loss(xs, zs):
        pairs = [(times(W, x), times(W, z)) for x, z in zip(xs, zs, strict=True)]
        return sum((a - b) ** 2 for one, other in pairs for a, b in zip(one, other, strict=True)) / len(xs)

    program = program_of(Problem("", loss, draw.parameters, draw.normal((WIDTH,), (WIDTH,))))
    assert "concatenate" not in program.source
    assert program.source.count("@ W.T") == 2
    assert weighed(program.formulas) is not None


def test_rows_by_index_are_shared_evenly_by_devices():
    assert weighed(program_of(problem()).formulas) is not None


def test_an_index_beyond_the_table_is_refused():
    with pytest.raises(OptionError, match=r"the table has 6 rows"):
        nn.embedding([[1.0]] * 6, 6)
    with pytest.raises(OptionError, match=r"the label 6 at x\[1\]"):
        program_of(problem())([0, 6], [0.1, 0.2])
    with pytest.raises(OptionError, match=r"the label 7 at x\[0, 1\]"):
        program_of(problem(2))([[0, 7]], [0.1])


def test_a_list_that_is_asked_for_the_row_of_a_label_says_what_to_write():
    table = Draw(0).leaves(ROWS)
    with pytest.raises(GraphError, match=r"rows\[label\](?s:.*)nn.embedding\(rows, label\)"):
        tinygrad_edu.compile(lambda xs: sum(table[x] for x in xs), wrt=table, batch=([1, 2, 3],))
    with pytest.raises(GraphError, match=r"row\[x\](?s:.*)nn.embedding\(rows, x\)"):
        tinygrad_edu.compile(lambda xs: sum(table[a] for x in xs for a in x), wrt=table, batch=([[1, 2], [3, 0]],))
