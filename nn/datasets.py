"""What does a network learn first?

Points in the plane that a straight line cannot separate, and small images of digits. Each function gives (X, y): an
array with a row for each sample, of shape (n, 2) in the plane, and n classes, whole numbers from 0. The same seed gives
the same samples. `saddle` and `waves` have numbers to predict instead of classes.

Names to know: `moons`, `circles`, `xor`, `spirals`, `blobs`, `flower`, `yinyang`, `saddle`, `waves`, `digits`, `load`.
Read next: `preprocessing.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tinygrad_edu.choices import unknown
from tinygrad_edu.errors import OptionError
from tinygrad_edu.packages import needed

Points = tuple[NDArray[np.float64], NDArray[np.int64]]
Surface = tuple[NDArray[np.float64], NDArray[np.float64]]


def moons(n: int = 100, noise: float = 0.1, seed: int | None = 0) -> Points:
    """Two half circles that reach into each other.

    Args:
        n: the number of points, at least 2; the first class has the odd one.
        noise: the standard deviation of the noise added to each coordinate.
        seed: the seed of the noise and of the order of the points.

    Raises:
        OptionError: if a number is out of its range.

    >>> X, y = moons(n=5, noise=0.0)
    >>> X.shape, sorted(y.tolist())
    ((5, 2), [0, 0, 0, 1, 1])
    """
    random, (first, second) = _prepare(n, noise, seed)
    angle, other = np.linspace(0, np.pi, first), np.linspace(0, np.pi, second)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.column_stack([1 - np.cos(other), 0.5 - np.sin(other)])
    return _mixed([upper, lower], noise, random)


def circles(n: int = 100, noise: float = 0.1, seed: int | None = 0) -> Points:
    """A circle of radius ½ inside one of radius 1; the outer one is class 0. See `moons` for the arguments.

    >>> X, y = circles(n=10, noise=0.0)
    >>> np.round(np.hypot(*X.T)[y == 1], 6).tolist()
    [0.5, 0.5, 0.5, 0.5, 0.5]
    """
    random, sizes = _prepare(n, noise, seed)
    rings = []
    for radius, size in zip((1.0, 0.5), sizes, strict=True):
        angle = np.linspace(0, 2 * np.pi, size, endpoint=False)
        rings.append(radius * np.column_stack([np.cos(angle), np.sin(angle)]))
    return _mixed(rings, noise, random)


def xor(n: int = 100, noise: float = 0.1, seed: int | None = 0) -> Points:
    """Points in a square; class 1 where exactly one coordinate is positive. See `moons` for the arguments.

    >>> X, y = xor(n=20, noise=0.0)
    >>> bool(np.all((X[:, 0] * X[:, 1] < 0) == (y == 1)))
    True
    """
    random, sizes = _prepare(n, noise, seed)
    quadrants = []
    for same_sign, size in zip((1.0, -1.0), sizes, strict=True):
        a, b = random.uniform(0.1, 1.0, size), random.uniform(0.1, 1.0, size)
        side = random.choice([-1.0, 1.0], size)
        quadrants.append(np.column_stack([side * a, side * same_sign * b]))
    return _mixed(quadrants, noise, random)


def spirals(n: int = 100, noise: float = 0.1, seed: int | None = 0) -> Points:
    """Two spirals wound into each other, one and a half turns: hard. See `moons` for the arguments."""
    random, sizes = _prepare(n, noise, seed)
    arms = []
    for start, size in zip((0.0, np.pi), sizes, strict=True):
        t = np.sqrt(np.linspace(0.03, 1.0, size))
        angle = 3 * np.pi * t + start
        arms.append(2 * np.column_stack([t * np.cos(angle), t * np.sin(angle)]))
    return _mixed(arms, noise, random)


def blobs(n: int = 100, noise: float = 0.5, seed: int | None = 0, classes: int = 2) -> Points:
    """Clouds around points on a circle of radius 2, one for each class. See `moons` for the arguments.

    >>> X, y = blobs(n=9, classes=3)
    >>> np.bincount(y).tolist()
    [3, 3, 3]
    """
    random, sizes = _prepare(n, noise, seed, classes)
    clouds = []
    for index, size in enumerate(sizes):
        angle = 2 * np.pi * index / len(sizes)
        clouds.append(np.tile([2 * np.cos(angle), 2 * np.sin(angle)], (size, 1)))
    return _mixed(clouds, noise, random)


def flower(n: int = 400, noise: float = 0.2, seed: int | None = 1) -> Points:
    """The petals of a flower, red and blue in turn: one curve r = 4·sin(4t), half of it for each class.

    The recipe of the planar classifier (deeplearning.ai, Neural Networks and Deep Learning, week 3); the defaults give
    exactly its points: class 0 first, and random numbers from NumPy's legacy stream. The noise is added to angle and
    radius. See `moons` for the arguments.

    >>> X, y = flower()
    >>> X.shape, y[0], y[-1], X[0].round(3).tolist()
    ((400, 2), np.int64(0), np.int64(1), [1.204, 3.576])
    """
    _, sizes = _prepare(n, noise, seed)
    random = np.random.RandomState(seed)
    petals = []
    for label, size in enumerate(sizes):
        t = np.linspace(label * 3.12, (label + 1) * 3.12, size) + random.randn(size) * noise
        r = 4 * np.sin(4 * t) + random.randn(size) * noise
        petals.append(np.column_stack([r * np.sin(t), r * np.cos(t)]))
    return np.concatenate(petals), np.repeat([0, 1], sizes)


def yinyang(n: int = 300, noise: float = 0.0, seed: int | None = 0) -> Points:
    """The two halves of a yin-yang symbol, and its two dots as a third class, in a circle of radius 1.

    After Kriener, Göltz and Petrovici, "The Yin-Yang dataset" (2022), there in a circle of radius ½ with four features.
    See `moons` for the arguments.

    >>> X, y = yinyang(n=30)
    >>> np.bincount(y).tolist(), bool(np.all(np.hypot(*X.T) <= 1))
    ([10, 10, 10], True)
    """
    random, sizes = _prepare(n, noise, seed, classes=3)
    found: list[list[NDArray[np.float64]]] = [[] for _ in sizes]
    while any(len(group) < size for group, size in zip(found, sizes, strict=True)):
        point = random.uniform(-1.0, 1.0, 2)
        if np.hypot(*point) <= 1:
            found[_side_of_yinyang(*point)].append(point)
    return _mixed([np.array(group[:size]) for group, size in zip(found, sizes, strict=True)], noise, random)


def _side_of_yinyang(x: float, y: float) -> int:
    """The class of a point in the circle: a half of the symbol, or 2 for a dot."""
    right, left = np.hypot(x - 0.5, y), np.hypot(x + 0.5, y)
    if min(right, left) < 0.2:
        return 2
    return int(left <= 0.5 or (y > 0 and right > 0.5))


def saddle(n: int = 100, noise: float = 0.0, seed: int | None = 0) -> Surface:
    """Numbers to predict: the height x1 · x2 above points of a square, which falls to two corners and rises to two.

    The noise is added to the heights. See `moons` for the arguments.

    >>> X, y = saddle(n=50)
    >>> bool(np.all(y == X[:, 0] * X[:, 1])), bool(np.all(np.abs(X) <= 1))
    (True, True)
    """
    return _heights(lambda x: x[:, 0] * x[:, 1], n, noise, seed)


def waves(n: int = 100, noise: float = 0.0, seed: int | None = 0) -> Surface:
    """Numbers to predict: the height sin(3 · x1) · cos(3 · x2). See `saddle`.

    >>> X, y = waves(n=50)
    >>> X.shape, bool(np.all(np.abs(y) <= 1))
    ((50, 2), True)
    """
    return _heights(lambda x: np.sin(3 * x[:, 0]) * np.cos(3 * x[:, 1]), n, noise, seed)


def digits(n: int | None = None, noise: float = 0.0, seed: int | None = 0) -> Points:
    """Images of handwritten digits, 8 × 8 pixels between 0 and 1, as rows of 64: the 1797 that scikit-learn ships.

    Args:
        n: how many of them, chosen at random; by default all, in their order.
        noise: the standard deviation of the noise added to each pixel.
        seed: the seed of the choice and the noise.

    Raises:
        MissingError: if scikit-learn is not installed.
        OptionError: if there are not that many.
    """
    load_digits = needed("sklearn.datasets", "the digits", "scikit-learn").load_digits
    X, y = load_digits(return_X_y=True)
    random = np.random.default_rng(seed)
    if n is not None:
        if not 1 <= n <= len(X):
            raise OptionError(f"n={n} digits", f"there are {len(X):,} images", instead=f"n={len(X)}")
        chosen = random.permutation(len(X))[:n]
        X, y = X[chosen], y[chosen]
    return X / 16.0 + (random.normal(0.0, noise, X.shape) if noise else 0.0), y.astype(np.int64)


PLANE: dict[str, Callable[..., Points]] = {
    "moons": moons,
    "circles": circles,
    "xor": xor,
    "spirals": spirals,
    "blobs": blobs,
    "flower": flower,
    "yinyang": yinyang,
}  # all with points of two coordinates
DATASETS: dict[str, Callable[..., Points]] = {**PLANE, "digits": digits}


SURFACES: dict[str, Callable[..., Surface]] = {"saddle": saddle, "waves": waves}  # with numbers instead of classes


def load(name: str, *, n: int | None = 100, noise: float = 0.1, seed: int | None = 0) -> Points:
    """A data set by its name; with n=None, of its usual size.

    Raises:
        OptionError: if there is no data set of that name; the message lists the names.

    >>> load("xor", n=4)[0].shape
    (4, 2)
    """
    if name not in DATASETS:
        raise unknown("data", name, list(DATASETS))
    size = {} if n is None else {"n": n}
    return DATASETS[name](**size, noise=noise, seed=seed)


def _prepare(n: int, noise: float, seed: int | None, classes: int = 2) -> tuple[np.random.Generator, list[int]]:
    """The random numbers, and how many points each class has."""
    if n < classes:
        raise OptionError(f"n={n} points", f"each of the {classes} classes needs a point", instead="n=100")
    if not noise >= 0:
        raise OptionError(f"noise={noise}", "a standard deviation is 0 or more", instead="noise=0.1")
    sizes = [n // classes + (index < n % classes) for index in range(classes)]
    return np.random.default_rng(seed), sizes


def _heights(
    height: Callable[[NDArray[np.float64]], NDArray[np.float64]], n: int, noise: float, seed: int | None
) -> Surface:
    """Points anywhere in a square, and their heights with noise."""
    random, _ = _prepare(n, noise, seed, classes=1)
    X = random.uniform(-1.0, 1.0, (n, 2))
    y = height(X)
    return X, y + random.normal(0.0, noise, n) if noise else y


def _mixed(groups: list[NDArray[np.float64]], noise: float, random: np.random.Generator) -> Points:
    """All points in random order, with noise added, and their classes."""
    X = np.concatenate(groups)
    X = X + random.normal(0.0, noise, X.shape) if noise else X
    y = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    order = random.permutation(len(X))
    return X[order], y[order]
