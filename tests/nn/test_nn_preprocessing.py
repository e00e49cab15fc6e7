"""Is a part of the data held out fairly, and are columns standardized?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu import nn
from tinygrad_edu.errors import OptionError, SizeError


@given(st.lists(st.integers(2, 30), min_size=2, max_size=4), st.sampled_from([0.2, 0.25, 0.5]), st.integers(0, 5))
def test_both_parts_have_the_same_fraction_of_each_class(sizes, share, seed):
    y = np.repeat(np.arange(len(sizes)), sizes)
    X = np.arange(len(y)).reshape(-1, 1)
    X_train, X_test, y_train, y_test = nn.train_test_split(X, y, test_size=share, seed=seed)
    assert sorted([*X_train[:, 0], *X_test[:, 0]]) == X[:, 0].tolist()
    assert len(X_test) == round(share * len(X))
    assert np.array_equal(y[X_train[:, 0]], y_train)
    assert np.array_equal(y[X_test[:, 0]], y_test)
    for one, size in enumerate(sizes):
        assert abs(np.count_nonzero(y_test == one) - share * size) <= (len(sizes) + 1) / 2


def test_the_same_seed_gives_the_same_split_and_another_a_different_one():
    X, y = np.arange(40).reshape(20, 2), np.arange(20.0)
    first, again, other = (nn.train_test_split(X, y, seed=seed)[1].tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize("share", [0.0, 1.0, 0.01, -1.0, float("nan")])
def test_an_empty_part_is_refused(share):
    with pytest.raises(OptionError, match="neither part may be empty"):
        nn.train_test_split(np.zeros((4, 1)), [0, 0, 1, 1], test_size=share)


def test_too_few_labels_are_refused():
    with pytest.raises(SizeError, match=r"X of shape \(4, 1\) and y of shape \(3,\)"):
        nn.train_test_split(np.zeros((4, 1)), [0, 1, 0])


def test_standardized_columns_have_mean_0_and_deviation_1_and_can_be_restored():
    X = np.random.default_rng(0).normal(3.0, [1.0, 200.0, 1e-3], size=(50, 3))
    standard = nn.Standardizer.of(X)
    Z = standard(X)
    assert np.allclose(Z.mean(axis=0), 0)
    assert np.allclose(Z.std(axis=0), 1)
    assert np.allclose(standard.inverse(Z), X)


def test_a_constant_column_becomes_0_and_not_nan():
    standard = nn.Standardizer.of([[0.1, 1.0], [0.1, 2.0], [0.1, 4.0]])
    assert standard([[0.1, 1.0]])[0, 0] == 0.0
    with pytest.raises(SizeError, match="one row for each sample"):
        nn.Standardizer.of([1.0, 2.0])


@pytest.mark.parametrize("size", [1e-320, 1e-300, 1e-160, 1.0, 1e160, 1e300])
def test_numbers_of_any_size_are_standardized(size):
    X = size * np.array([[1.0], [2.0], [3.0], [6.0]])
    standard = nn.Standardizer.of(X)
    Z = standard(X)
    assert (Z.mean(), Z.std()) == (pytest.approx(0, abs=1e-3), pytest.approx(1, rel=1e-3))
    assert standard.inverse(Z) == pytest.approx(X, rel=1e-3)
