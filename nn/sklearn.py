"""How does a network of this engine fit in with scikit-learn's models?

    from tinygrad_edu.nn.sklearn import MLPClassifier

    model = make_pipeline(StandardScaler(), MLPClassifier([16, 16], epochs=60))
    cross_val_score(model, X, y)

It is a thin layer: the parameters of an estimator go to `nn.MLP`, `nn.Adam` and `nn.fit` as they are, and labels
become class indices. With `sample_weight` the loss is a weighted mean. Predictions are compiled as soon as that pays.
This file is imported only on request; it needs scikit-learn.

Names to know: `MLPClassifier`, `MLPRegressor`. Read next: `viz/style.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_edu import nn
from tinygrad_edu.nn.training.fit import shares_of
from tinygrad_edu.nn.training.objectives import task_of
from tinygrad_edu.nn.training.predictor import LastingPredictor
from tinygrad_edu.packages import needed

needed("sklearn", "nn.sklearn", "scikit-learn")

from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin  # noqa: E402
from sklearn.utils.multiclass import check_classification_targets  # noqa: E402
from sklearn.utils.validation import (  # noqa: E402
    _check_sample_weight,
    check_is_fitted,
    check_random_state,
    validate_data,
)

Floats = NDArray[np.float64]


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
        warm_start: whether `fit` goes on with the network that is there already.

    Attributes:
        model_: the network, an `nn.MLP`.
        history_: the history of the training, of the last `fit` or `partial_fit`.
        n_iter_: how many epochs the training took; `partial_fit` adds one.
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
        warm_start: bool = False,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.init = init
        self.lr = lr
        self.weight_decay = weight_decay
        self.epochs = epochs
        self.batch_size = batch_size
        self.random_state = random_state
        self.warm_start = warm_start

    def _begin(self, inputs: int, outputs: int) -> None:
        """A new network."""
        self._seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        sizes = [*self.hidden, outputs]
        self.model_ = nn.MLP(inputs, sizes, activation=self.activation, init=self.init, seed=self._seed)
        self._adam = nn.Adam(self.model_.parameters(), lr=self.lr, weight_decay=self.weight_decay)
        self._predictor = LastingPredictor(self.model_)
        self.n_iter_ = 0

    def _train(self, X: Floats, y: NDArray[Any], loss: str, weights: Floats | None, epochs: int) -> None:
        """Train the network that is there."""
        samples, targets, way = (X, y, loss) if weights is None else _weighted(X, y, loss, weights, self.model_)
        self.history_ = nn.fit(
            self.model_,
            samples,
            targets,
            loss=way,
            optimizer=self._adam,
            epochs=epochs,
            batch_size=self.batch_size,
            seed=self._seed + self.n_iter_,
            backend=None if weights is None else "numpy",
            progress=False,
        )
        self.n_iter_ += self.history_.epochs

    def _goes_on(self, outputs: int) -> bool:
        """Whether `fit` trains the network that is there already: it has to be asked for, and to fit the data."""
        model = getattr(self, "model_", None)
        sizes = [self.n_features_in_, *self.hidden, outputs]
        if not self.warm_start or model is None:
            return False
        if list(model.sizes) != sizes:
            raise ValueError(f"warm_start=True goes on with a network of {list(model.sizes)}, but fit needs {sizes}")
        return True

    def _fit(self, X: Floats, y: NDArray[Any], outputs: int, loss: str, sample_weight: ArrayLike | None) -> None:
        weights = _checked(sample_weight, X)
        if not self._goes_on(outputs):
            self._begin(X.shape[1], outputs)
        self.n_iter_ = 0
        self._train(X, y, loss, weights, self.epochs)

    def _outputs(self, X: ArrayLike) -> Floats:
        check_is_fitted(self)
        return self._predictor(validate_data(self, X, reset=False, dtype=np.float64))

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the compiled program, which is found again."""
        return {name: part for name, part in super().__getstate__().items() if name != "_predictor"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if hasattr(self, "model_"):
            self._predictor = LastingPredictor(self.model_)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")


def _checked(sample_weight: ArrayLike | None, X: Floats) -> Floats | None:
    """The weights with mean 1; None, if all samples count the same."""
    if sample_weight is None:
        return None
    weights: Floats = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
    if not weights.any():
        raise ValueError("every sample has the weight 0; at least one has to count")
    return None if (weights == weights[0]).all() else weights


def _weighted(X: Floats, y: NDArray[Any], loss: str, weights: Floats, model: nn.MLP) -> tuple[Floats, Floats, Any]:
    """Samples that count, their targets with the weight behind them, and a loss that multiplies by it.

    A weighted mean: a sample of weight 2 is the same as that sample twice, and one of weight 0 is not there.
    """
    counts = weights > 0
    kept = weights[counts] / weights[counts].mean()
    outputs = model.sizes[-1]
    rows = np.eye(outputs)[y[counts]] if loss == "cross_entropy" else np.reshape(y[counts], (len(kept), -1))
    alone = task_of(loss).loss

    def weighted_mean(predictions: list[Any], targets: list[Any]) -> nn.Value:
        terms = []
        for prediction, (*target, weight) in zip(predictions, targets, strict=True):
            is_row = isinstance(prediction, list)
            terms.append(weight * alone([prediction], [target if is_row else target[0]]))
        return sum(terms[1:], terms[0]) / len(terms)

    return X[counts], np.column_stack([rows, kept]), weighted_mean


class MLPClassifier(ClassifierMixin, _Network):  # type: ignore[misc]
    """A network that classifies: with one logit for two classes, or one for each of more.

    See `_Network` for parameters and attributes; `classes_` are the labels, in order.

    >>> X, y = nn.datasets.moons(n=60)
    >>> MLPClassifier([8], epochs=60, random_state=0).fit(X, y).score(X, y) > 0.8
    True
    """

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> MLPClassifier:
        """Train a new network; with `warm_start`, the one that is there.

        Args:
            X: samples, of shape (samples, features).
            y: their labels.
            sample_weight: how much each sample counts; by default all the same.
        """
        samples, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        classes, numbers = np.unique(labels, return_inverse=True)
        if len(classes) < 2:
            raise ValueError(f"MLPClassifier needs at least two classes, but y has one class: {classes[0]!r}")
        if self.warm_start and hasattr(self, "model_") and not np.array_equal(classes, self.classes_):
            raise ValueError(f"warm_start=True needs the classes it began with, {self.classes_}, but y has {classes}")
        self.classes_: NDArray[Any] = classes
        self._fit(samples, numbers, self._count, self._loss, sample_weight)
        return self

    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> MLPClassifier:
        """Train the network that is there for one epoch; the first call begins it.

        Args:
            X: some of the samples.
            y: their labels.
            classes: all labels that there will be; the first call needs them.
            sample_weight: how much each sample counts.
        """
        is_first = not hasattr(self, "model_")
        samples, labels = validate_data(self, X, y, dtype=np.float64, reset=is_first)
        check_classification_targets(labels)
        self._know(classes, is_first)
        numbers = np.searchsorted(self.classes_, labels)
        is_known = np.isin(labels, self.classes_)
        if not is_known.all():
            raise ValueError(f"y has the label {labels[~is_known][0]}, which is not one of classes: {self.classes_}")
        weights = _checked(sample_weight, samples)
        if is_first:
            self._begin(samples.shape[1], self._count)
        self._train(samples, numbers, self._loss, weights, 1)
        return self

    def _know(self, classes: ArrayLike | None, is_first: bool) -> None:
        """All labels, which the first call of `partial_fit` has to say."""
        if classes is None:
            if is_first:
                raise ValueError("classes must be passed on the first call to partial_fit.")
            return
        found = np.unique(np.asarray(classes))
        if is_first:
            self.classes_ = found
        elif not np.array_equal(found, self.classes_):
            raise ValueError(
                f"classes={classes!r} is not the same as on the first call to partial_fit: {self.classes_}"
            )

    @property
    def _count(self) -> int:
        return len(self.classes_) if len(self.classes_) > 2 else 1

    @property
    def _loss(self) -> str:
        return "cross_entropy" if len(self.classes_) > 2 else "bce_with_logits"

    def decision_function(self, X: ArrayLike) -> Floats:
        """The logits: above 0 for the second of two classes; with more classes, one for each."""
        return self._outputs(X)

    def predict_proba(self, X: ArrayLike) -> Floats:
        """The probability of each class, of shape (samples, classes)."""
        outputs = self._outputs(X)
        return shares_of(self.model_, outputs)

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

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> MLPRegressor:
        """Train a new network; with `warm_start`, the one that is there.

        Args:
            X: samples, of shape (samples, features).
            y: their numbers, of shape (samples,) or (samples, outputs).
            sample_weight: how much each sample counts; by default all the same.
        """
        samples, table = self._validated(X, y, reset=True)
        if not (self.warm_start and hasattr(self, "model_")):
            self._standard = _standard(table, sample_weight)
        self._fit(samples, self._standard(table), table.shape[1], "mse", sample_weight)
        return self

    def partial_fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> MLPRegressor:
        """Train the network that is there for one epoch; the first call begins it, and sets the scale of the targets.

        Args:
            X: some of the samples.
            y: their numbers.
            sample_weight: how much each sample counts.
        """
        is_first = not hasattr(self, "model_")
        samples, table = self._validated(X, y, reset=is_first)
        weights = _checked(sample_weight, samples)
        if is_first:
            self._standard = _standard(table, sample_weight)
            self._begin(samples.shape[1], table.shape[1])
        self._train(samples, self._standard(table), "mse", weights, 1)
        return self

    def _validated(self, X: ArrayLike, y: ArrayLike, *, reset: bool) -> tuple[Floats, Floats]:
        samples, numbers = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True, reset=reset)
        self._is_line = np.ndim(numbers) == 1
        return samples, np.asarray(numbers, dtype=float).reshape(len(samples), -1)

    def predict(self, X: ArrayLike) -> Floats:
        """The number, or the numbers, for each sample."""
        outputs = self._outputs(X)
        found = self._standard.inverse(outputs.reshape(len(outputs), -1))
        return found[:, 0] if self._is_line else found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _standard(table: Floats, sample_weight: ArrayLike | None) -> nn.Standardizer:
    """Mean and standard deviation of the targets, each row as often as it counts."""
    if sample_weight is None:
        return nn.Standardizer.of(table)
    weights = np.broadcast_to(np.asarray(sample_weight, dtype=float), (len(table),))
    if not weights.any() or (weights < 0).any():
        return nn.Standardizer.of(table)  # which is refused in a moment
    mean = np.average(table, axis=0, weights=weights)
    scale = np.sqrt(np.average((table - mean) ** 2, axis=0, weights=weights))
    return nn.Standardizer(mean, np.where(scale > 0, scale, 1.0))
