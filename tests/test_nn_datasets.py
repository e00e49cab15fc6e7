"""Do the data sets lie where they say, the same for the same seed?"""

import numpy as np
import pytest

from tinygrad_edu import nn
from tinygrad_edu.errors import OptionError
from tinygrad_edu.nn import datasets
from tinygrad_edu.nn.datasets import DATASETS


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_is_points_and_classes(name):
    X, y = datasets.load(name, n=40, noise=0.05, seed=3)
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((40, 2), np.float64, (40,), np.int64)
    assert np.bincount(y).tolist() == [20, 20]
    again, same = datasets.load(name, n=40, noise=0.05, seed=3)
    other, _ = datasets.load(name, n=40, noise=0.05, seed=4)
    assert np.array_equal(X, again)
    assert np.array_equal(y, same)
    assert not np.array_equal(X, other)


@pytest.mark.parametrize("name", DATASETS)
def test_the_classes_come_mixed(name):
    _, y = datasets.load(name, n=100)
    assert 20 < np.count_nonzero(np.diff(y)) < 80


@pytest.mark.parametrize("name", DATASETS)
def test_noise_is_the_standard_deviation_of_each_coordinate(name):
    clean, y = datasets.load(name, n=4000, noise=0.0)
    noisy, labels = datasets.load(name, n=4000, noise=0.3)
    for label in (0, 1):
        extra = noisy[labels == label].var(axis=0) - clean[y == label].var(axis=0)
        assert np.allclose(extra, 0.09, atol=0.03 if name != "xor" else 0.06)


def test_moons_are_two_half_circles():
    X, y = datasets.moons(n=50, noise=0.0)
    upper, lower = X[y == 0], X[y == 1]
    assert np.allclose(np.hypot(*upper.T), 1)
    assert np.allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0.5


def test_circles_have_the_radii_1_and_a_half():
    X, y = datasets.circles(n=50, noise=0.0)
    assert np.allclose(np.hypot(*X.T), np.where(y == 0, 1.0, 0.5))


def test_xor_is_the_sign_of_the_product():
    X, y = datasets.xor(n=60, noise=0.0)
    assert np.array_equal(y == 1, X[:, 0] * X[:, 1] < 0)
    assert len({(a > 0, b > 0) for a, b in X}) == 4


def test_spirals_turn_into_each_other():
    X, y = datasets.spirals(n=100, noise=0.0)
    key = np.lexsort(np.round(np.hypot(*X.T), 9)[None])
    radius = np.hypot(*X.T)[key]
    assert np.allclose(radius[0::2], radius[1::2])  # the same radii on both arms, on opposite sides
    one, other = X[y == 0], X[y == 1]
    assert np.allclose(np.sort(one, axis=0), np.sort(-other, axis=0))


def test_blobs_lie_around_a_circle():
    X, y = datasets.blobs(n=30, noise=0.0, classes=3)
    assert np.bincount(y).tolist() == [10, 10, 10]
    corners = np.unique(np.round(X, 9), axis=0)
    assert len(corners) == 3
    assert np.allclose(np.hypot(*corners.T), 2)


def test_the_first_class_has_the_odd_point():
    assert np.bincount(datasets.moons(n=7)[1]).tolist() == [4, 3]
    assert np.bincount(datasets.blobs(n=8, classes=3)[1]).tolist() == [3, 3, 2]


@pytest.mark.parametrize("name", DATASETS)
def test_numbers_out_of_their_range_are_refused(name):
    with pytest.raises(OptionError, match=r"n=1 points\n.*each of the 2 classes needs one"):
        datasets.load(name, n=1)
    for noise in (-0.1, float("nan")):
        with pytest.raises(OptionError, match=r"a standard deviation is 0 or more"):
            datasets.load(name, noise=noise)


def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(OptionError) as caught:
        nn.datasets.load("mons")
    assert "the choices are moons, circles, xor, spirals, blobs" in str(caught.value)
    assert "'moons'" in str(caught.value)
