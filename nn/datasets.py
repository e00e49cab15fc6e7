"""On what does a network learn first?

Points in the plane that a straight line cannot separate. Each function gives (X, y): an array of shape (n, 2), a row
for each point, and n classes, whole numbers from 0. The same seed gives the same points.

Names to know: `moons`, `circles`, `xor`, `spirals`, `blobs`, `load`. Read next: `train.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tinygrad_edu.errors import OptionError
from tinygrad_edu.nn.init import unknown

Points = tuple[NDArray[np.float64], NDArray[np.int64]]


def moons(n: int = 100, noise: float = 0.1, seed: int | None = 0) -> Points:
    """Two half circles that reach into each other.

    Args:
        n: the number of points, at least 2; the first class has the odd one.
        noise: the standard deviation of what is added to each coordinate.
        seed: of the noise and the order of the points.

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
    """Points of a square; class 1 where exactly one coordinate is positive. See `moons` for the arguments.

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
    """Two spirals wound into each other, one turn and a half: hard. See `moons` for the arguments."""
    random, sizes = _prepare(n, noise, seed)
    arms = []
    for start, size in zip((0.0, np.pi), sizes, strict=True):
        t = np.sqrt(np.linspace(0.03, 1.0, size))
        angle = 3 * np.pi * t + start
        arms.append(2 * np.column_stack([t * np.cos(angle), t * np.sin(angle)]))
    return _mixed(arms, noise, random)


def blobs(n: int = 100, noise: float = 0.5, seed: int | None = 0, classes: int = 2) -> Points:
    """Clouds around points of a circle of radius 2, one for each class. See `moons` for the arguments.

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


DATASETS: dict[str, Callable[..., Points]] = {
    "moons": moons,
    "circles": circles,
    "xor": xor,
    "spirals": spirals,
    "blobs": blobs,
}


def load(name: str, *, n: int = 100, noise: float = 0.1, seed: int | None = 0) -> Points:
    """A data set by its name.

    Raises:
        OptionError: if there is none of that name; the message lists those there are.

    >>> load("xor", n=4)[0].shape
    (4, 2)
    """
    if name not in DATASETS:
        raise unknown("data", name, list(DATASETS))
    return DATASETS[name](n=n, noise=noise, seed=seed)


def _prepare(n: int, noise: float, seed: int | None, classes: int = 2) -> tuple[np.random.Generator, list[int]]:
    """The random numbers, and how many points each class has."""
    if n < classes:
        raise OptionError(f"n={n} points", f"each of the {classes} classes needs one", instead="n=100")
    if not noise >= 0:
        raise OptionError(f"noise={noise}", "a standard deviation is 0 or more", instead="noise=0.1")
    sizes = [n // classes + (index < n % classes) for index in range(classes)]
    return np.random.default_rng(seed), sizes


def _mixed(groups: list[NDArray[np.float64]], noise: float, random: np.random.Generator) -> Points:
    """All points in random order, with noise added, and their classes."""
    X = np.concatenate(groups)
    X = X + random.normal(0.0, noise, X.shape) if noise else X
    y = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    order = random.permutation(len(X))
    return X[order], y[order]
