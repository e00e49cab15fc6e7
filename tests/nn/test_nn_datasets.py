"""Do the data sets lie where they say, the same for the same seed?"""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from tinygrad_edu import nn
from tinygrad_edu.errors import MissingError, OptionError
from tinygrad_edu.nn import datasets
from tinygrad_edu.nn.datasets import PLANE


@pytest.mark.parametrize("name", [name for name in PLANE if name != "yinyang"])
def test_every_data_set_has_points_and_classes(name):
    X, y = datasets.load(name, n=40, noise=0.05, seed=3)
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((40, 2), np.float64, (40,), np.int64)
    assert np.bincount(y).tolist() == [20, 20]
    again, same = datasets.load(name, n=40, noise=0.05, seed=3)
    other, _ = datasets.load(name, n=40, noise=0.05, seed=4)
    assert np.array_equal(X, again)
    assert np.array_equal(y, same)
    assert not np.array_equal(X, other)


def test_blobs_are_a_hundred_points_of_two_classes_unless_others_are_asked_for():
    assert np.bincount(datasets.blobs()[1]).tolist() == [50, 50]


@pytest.mark.parametrize("name", [name for name in PLANE if name != "flower"])
def test_the_classes_are_shuffled(name):
    _, y = datasets.load(name, n=100)
    assert 20 < np.count_nonzero(np.diff(y)) < 80


@pytest.mark.parametrize("name", [name for name in PLANE if name not in ("flower", "yinyang")])
def test_noise_is_the_standard_deviation_of_each_coordinate(name):
    clean, y = datasets.load(name, n=4000, noise=0.0)
    noisy, labels = datasets.load(name, n=4000, noise=0.3)
    for label in (0, 1):
        extra = noisy[labels == label].var(axis=0) - clean[y == label].var(axis=0)
        assert np.allclose(extra, 0.09, atol=0.03 if name != "xor" else 0.06)


@pytest.mark.parametrize("name", ["moons", "circles", "xor", "spirals"])
def test_the_default_noise_is_a_tenth(name):
    data = getattr(nn.datasets, name)
    assert np.array_equal(data()[0], data(n=100, noise=0.1, seed=0)[0])


def test_moons_are_two_half_circles():
    X, y = datasets.moons(n=50, noise=0.0)
    upper, lower = X[y == 0], X[y == 1]
    assert np.allclose(np.hypot(*upper.T), 1)
    assert np.allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0.5


def test_circles_have_the_radii_1_and_a_half_and_even_angles():
    X, y = nn.datasets.circles(n=16, noise=0.0)
    for label, radius in ((0, 1.0), (1, 0.5)):
        ring = X[y == label]
        assert np.allclose(np.hypot(*ring.T), radius)
        angles = np.sort(np.arctan2(ring[:, 1], ring[:, 0]))
        assert np.allclose(np.diff(angles), 2 * np.pi / 8)


def test_xor_is_the_sign_of_the_product():
    X, y = datasets.xor(n=60, noise=0.0)
    assert np.array_equal(y == 1, X[:, 0] * X[:, 1] < 0)
    assert len({(a > 0, b > 0) for a, b in X}) == 4


def test_the_squares_of_xor_are_within_one():
    X, _ = nn.datasets.xor(n=400, noise=0.0)
    assert np.all((np.abs(X) >= 0.1) & (np.abs(X) <= 1.0))
    assert np.abs(X).max() > 0.9


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


@pytest.mark.parametrize("name", PLANE)
def test_numbers_out_of_their_range_are_refused(name):
    with pytest.raises(OptionError, match=r"n=1 points\n.*each of the [23] classes needs a point"):
        datasets.load(name, n=1)
    for noise in (-0.1, float("nan")):
        with pytest.raises(OptionError, match=r"a standard deviation is 0 or more"):
            datasets.load(name, noise=noise)


def test_an_unknown_name_lists_the_data_sets():
    with pytest.raises(OptionError) as caught:
        nn.datasets.load("mons")
    assert "the choices are moons, circles, xor, spirals, blobs, flower, yinyang, digits" in str(caught.value)
    assert "'moons'" in str(caught.value)


def test_the_flower_is_that_of_the_planar_lesson():
    path = Path(__file__).parents[1] / "support" / "reference-numbers.json"
    published = json.loads(path.read_text(encoding="utf-8"))["planar_flower"]["data"]
    X, y = datasets.flower()
    assert (X.shape, np.bincount(y).tolist()) == ((400, 2), [200, 200])
    assert X[:3].tolist() == published["first3"]
    assert X[-1].tolist() == published["last"]
    assert X.sum(axis=0).tolist() == pytest.approx([published["sum_row0"], published["sum_row1"]], rel=1e-12)


def test_yinyang_is_a_disc_whose_classes_swap_under_a_half_turn():
    X, y = datasets.yinyang(n=900)
    assert np.bincount(y).tolist() == [300, 300, 300]
    assert np.hypot(*X.T).max() <= 1
    dots = X[y == 2]
    assert np.all(np.minimum(np.hypot(dots[:, 0] - 0.5, dots[:, 1]), np.hypot(dots[:, 0] + 0.5, dots[:, 1])) < 0.2)
    # private, because the points of the data set are drawn, and these are chosen
    for point, label in zip(-X, y, strict=True):
        assert datasets._side_of_yinyang(*point) == {0: 1, 1: 0, 2: 2}[label]
    assert datasets._side_of_yinyang(0.0, 0.9) == 1  # the upper half is one side, but for the bulge at its right
    assert datasets._side_of_yinyang(0.5, 0.3) == 0


def test_digits_are_images_between_0_and_1():
    pytest.importorskip("sklearn", reason="scikit-learn, which has the images, is not installed")
    X, y = datasets.digits()
    assert (X.shape, X.min(), X.max(), sorted(set(y.tolist()))) == ((1797, 64), 0.0, 1.0, list(range(10)))
    few, labels = datasets.digits(n=50, seed=3)
    again, _ = datasets.digits(n=50, seed=3)
    assert np.array_equal(few, again)
    index = {row.tobytes(): label for row, label in zip(X, y, strict=True)}
    assert [index[row.tobytes()] for row in few] == labels.tolist()
    with pytest.raises(OptionError, match=r"n=2000 digits\n.*there are 1,797 images"):
        datasets.digits(n=2000)


def test_digits_without_scikit_learn_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(MissingError, match=r"needs the package scikit-learn.*\n.*pip install scikit-learn"):
        datasets.digits()


@pytest.mark.parametrize(
    ("name", "height"),
    [("saddle", lambda x: x[:, 0] * x[:, 1]), ("waves", lambda x: np.sin(3 * x[:, 0]) * np.cos(3 * x[:, 1]))],
)
def test_surfaces_have_heights_above_the_points_of_a_square(name, height):
    surface = datasets.SURFACES[name]
    X, y = surface(n=400, seed=3)
    assert X.shape == (400, 2)
    assert np.abs(X).max() <= 1
    assert y.tolist() == height(X).tolist()
    again, noisy = surface(n=400, noise=0.2, seed=3)
    assert again.tolist() == X.tolist()
    assert np.std(noisy - y) == pytest.approx(0.2, rel=0.2)
    with pytest.raises(OptionError, match="a standard deviation is 0 or more"):
        surface(noise=-1)
