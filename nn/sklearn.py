"""How does a network of this engine fit in with scikit-learn's models?

    from tinygrad_edu.nn.sklearn import MLPClassifier

    model = make_pipeline(StandardScaler(), MLPClassifier([16, 16], epochs=60))
    cross_val_score(model, X, y)

It is a thin layer: the parameters of an estimator go to `nn.MLP`, `nn.Adam` and `nn.fit` as they are, and labels become
class indices. This file is imported only on request; it needs scikit-learn.

Names to know: `MLPClassifier`, `MLPRegressor`. Read next: `viz/style.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_edu import nn
from tinygrad_edu.packages import needed

needed("sklearn", "nn.sklearn", "scikit-learn")

from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin  # noqa: E402
from sklearn.utils.multiclass import check_classification_targets  # noqa: E402
from sklearn.utils.validation import check_is_fitted, check_random_state, validate_data  # noqa: E402


class _Network(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What both estimators have in common.

    Args:
        hidden: the number of neurons of each hidden layer.
        activation: the activation of the hidden layers.
        init: the initial weights; see `nn.init`.
        lr: the learning rate of Adam.
        weight_decay: the weight decay of Adam, which is L2 regularization.
        epochs: passes over the data.
        batch_size: samples for each step; None for all of them.
        random_state: for the weights and the order of the samples: a number, a numpy.random.RandomState, or None.

    Attributes:
        model_: the network, an `nn.MLP`.
        history_: the history of the training.
        n_features_in_: how many inputs there are.
    """

    def __init__(
        self,
        hidden: Sequence[int] = (16, 16),
        *,
        activation: str = "relu",
        init: str = "he",
        lr: float = 0.01,
        weight_decay: float = 0.0,
        epochs: int = 100,
        batch_size: int | None = 32,
        random_state: Any = None,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.init = init
        self.lr = lr
        self.weight_decay = weight_decay
        self.epochs = epochs
        self.batch_size = batch_size
        self.random_state = random_state

    def _train(self, X: NDArray[Any], y: NDArray[Any], outputs: int, loss: str) -> None:
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        self.model_ = nn.MLP(X.shape[1], [*self.hidden, outputs], activation=self.activation, init=self.init, seed=seed)
        optimizer = nn.Adam(self.model_.parameters(), lr=self.lr, weight_decay=self.weight_decay)
        self.history_ = nn.fit(
            self.model_,
            X,
            y,
            loss=loss,
            optimizer=optimizer,
            epochs=self.epochs,
            batch_size=self.batch_size,
            seed=seed,
            progress=False,
        )

    def _outputs(self, X: ArrayLike) -> NDArray[np.float64]:
        check_is_fitted(self)
        return nn.predict(self.model_, validate_data(self, X, reset=False, dtype=np.float64))


class MLPClassifier(ClassifierMixin, _Network):  # type: ignore[misc]
    """A network that classifies: with one logit for two classes, or one for each of more.

    See `_Network` for parameters and attributes; `classes_` are the labels, in order.

    >>> X, y = nn.datasets.moons(n=60)
    >>> MLPClassifier([8], epochs=60, random_state=0).fit(X, y).score(X, y) > 0.8
    True
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> MLPClassifier:
        """Train a new network."""
        samples, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_, classes = np.unique(labels, return_inverse=True)
        many = len(self.classes_) > 2
        if len(self.classes_) < 2:
            raise ValueError(f"MLPClassifier needs at least two classes, but y has one class: {self.classes_[0]!r}")
        self._train(samples, classes, len(self.classes_) if many else 1, "cross_entropy" if many else "bce_with_logits")
        return self

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """The logits: above 0 for the second of two classes; with more classes, one for each."""
        return self._outputs(X)

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """The probability of each class, of shape (samples, classes)."""
        check_is_fitted(self)
        return nn.predict_proba(self.model_, validate_data(self, X, reset=False, dtype=np.float64))

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable label of each sample."""
        outputs = self._outputs(X)
        found: NDArray[Any] = self.classes_[outputs.argmax(axis=1) if outputs.ndim > 1 else (outputs > 0).astype(int)]
        return found


class MLPRegressor(RegressorMixin, _Network):  # type: ignore[misc]
    """A network that predicts one number for each sample, or several.

    It is trained on standardized targets, and predicts on their original scale. See `_Network` for parameters and
    attributes.

    >>> x = np.linspace(-1, 1, 40)[:, None]
    >>> y = 50 + 9 * x[:, 0]
    >>> MLPRegressor([8], random_state=0).fit(x, y).score(x, y) > 0.95
    True
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> MLPRegressor:
        """Train a new network."""
        samples, numbers = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True)
        table = np.asarray(numbers, dtype=float).reshape(len(samples), -1)
        self._standard = nn.Standardizer.of(table)
        self._is_line = np.ndim(numbers) == 1
        self._train(samples, self._standard(table), table.shape[1], "mse")
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """The number, or the numbers, for each sample."""
        outputs = self._outputs(X)
        found = self._standard.inverse(outputs.reshape(len(outputs), -1))
        return found[:, 0] if self._is_line else found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
