"""What is done to data before a network sees it?

A part is held out, to see later whether the network has learned or only memorized; and columns are standardized, so
that one learning rate fits all weights.

Names to know: `train_test_split`, `Standardizer`. Read next: `nn/training/samples.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_edu.errors import OptionError, SizeError
from tinygrad_edu.nn.training.samples import as_floats
from tinygrad_edu.show import counted

Parts = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]


def train_test_split(X: ArrayLike, y: ArrayLike, *, test_size: float = 0.25, seed: int | None = 0) -> Parts:
    """Split samples at random into a training set and a test set, each class in proportion.

    Args:
        X: samples, of shape (n, inputs).
        y: n labels. If they are numbers rather than classes (more than half of them differ), they are ignored.
        test_size: the fraction of samples to test on, between 0 and 1.
        seed: the seed of the choice.

    Returns:
        X to train on, X to test on, y to train on, y to test on; in scikit-learn's order.

    Raises:
        SizeError: if there is not one label for each sample.
        OptionError: if one of the parts would be empty.

    >>> X, X_test, y, y_test = train_test_split(np.arange(8).reshape(8, 1), [0, 0, 0, 0, 1, 1, 1, 1])
    >>> len(X), sorted(y_test.tolist())
    (6, [0, 1])
    """
    samples, labels = np.asarray(X), np.asarray(y)
    if not samples.ndim or not labels.ndim or len(samples) != len(labels):
        raise SizeError(
            f"train_test_split of X of shape {samples.shape} and y of shape {labels.shape}",
            "each sample has one label",
            instead="X of shape (n, inputs) and y of shape (n,)",
        )
    count = round(test_size * len(samples)) if 0 < test_size < 1 else 0
    if not 0 < count < len(samples):
        raise OptionError(
            f"train_test_split of {counted(len(samples), 'sample')} with test_size={test_size}",
            "test_size is the fraction to test on, between 0 and 1, and neither part may be empty",
            instead="test_size=0.25",
        )
    order = _spread(labels, np.random.default_rng(seed))
    test, train = np.sort(order[:count]), np.sort(order[count:])
    return samples[train], samples[test], labels[train], labels[test]


def _spread(labels: NDArray[Any], random: np.random.Generator) -> NDArray[np.int64]:
    """All samples in an order such that any first part has the classes in about the right proportions."""
    order: NDArray[np.int64] = random.permutation(len(labels))
    classes, which = np.unique(labels.reshape(len(labels), -1)[:, 0], return_inverse=True)
    if 2 * len(classes) > len(labels):
        return order
    share = np.empty(len(labels))
    for one in range(len(classes)):
        mine = order[which[order] == one]
        share[mine] = (np.arange(len(mine)) + 0.5) / len(mine)
    return order[np.argsort(share[order], kind="stable")]


@dataclass(frozen=True)
class Standardizer:
    """Scales columns to mean 0 and standard deviation 1, as seen in training; a constant column becomes 0.

    Attributes:
        mean: the mean of each column.
        scale: the standard deviation of each column; 1 for a constant one.

    >>> standard = Standardizer.of([[0.0, 5.0], [2.0, 5.0]])
    >>> standard([[0.0, 5.0], [3.0, 6.0]]).tolist()
    [[-1.0, 0.0], [2.0, 1.0]]
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    @classmethod
    def of(cls, X: ArrayLike) -> Standardizer:
        """A Standardizer for the columns of these samples, of shape (n, inputs).

        Raises:
            SizeError: if X is not a matrix of at least one row.
        """
        samples = as_floats(X, "a Standardizer")
        if samples.ndim != 2 or not samples.size:
            raise SizeError(f"Standardizer.of X of shape {samples.shape}", "X has one row for each sample")
        largest, power = np.frexp(np.abs(samples).max(axis=0))
        shrunk = np.ldexp(samples, -power)  # to at most 1, exactly, so that no square leaves the range of floats
        spread = shrunk.std(axis=0)
        is_constant = spread <= 1e-12 * largest
        mean = np.where(is_constant, samples[0], np.ldexp(shrunk.mean(axis=0), power))
        return cls(mean, np.where(is_constant, 1.0, np.ldexp(spread, power)))

    def __call__(self, X: ArrayLike) -> NDArray[np.float64]:
        """The samples with standardized columns."""
        scaled: NDArray[np.float64] = (as_floats(X, "a Standardizer") - self.mean) / self.scale
        return scaled

    def inverse(self, Z: ArrayLike) -> NDArray[np.float64]:
        """The samples as they were before standardizing.

        >>> Standardizer.of([[1.0], [3.0]]).inverse([[-1.0], [1.0]]).tolist()
        [[1.0], [3.0]]
        """
        back: NDArray[np.float64] = as_floats(Z, "a Standardizer", "Z") * self.scale + self.mean
        return back
