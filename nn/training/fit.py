"""How does a network learn from data?

    history = fit(model, X, y, loss="hinge", epochs=40, validation_data=(X_val, y_val))

An *epoch* is one pass over the data, in batches: forward, loss, backward, a step of the optimizer. `fit` shows a
progress bar on a terminal, records loss and accuracy in a `History`, and ends cleanly on Ctrl-C.

Names to know: `fit`, `predict`, `predict_proba`, `accuracy`, `score`. Read next: `nn/table/reading.py`.
"""

from __future__ import annotations

import contextlib
import math
import random
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_edu.errors import NumberError, OptionError, SizeError
from tinygrad_edu.nn.init import is_count
from tinygrad_edu.nn.module import Module
from tinygrad_edu.nn.optim import SGD, Optimizer
from tinygrad_edu.nn.training.backends import Steps, has_one_graph, steps_of
from tinygrad_edu.nn.training.callbacks import Callback, Training, as_callback
from tinygrad_edu.nn.training.history import History
from tinygrad_edu.nn.training.objectives import Loss, Task, task_of
from tinygrad_edu.nn.training.predictor import MANY, Predictor, one_by_one
from tinygrad_edu.nn.training.programs import Examples, Seen
from tinygrad_edu.nn.training.progress import bar
from tinygrad_edu.nn.training.samples import Floats, as_floats, at, place_not_finite, refuse_masked
from tinygrad_edu.show import counted
from tinygrad_edu.value import Value

FIRST_LR = 0.05


def fit(
    model: Module,
    X: ArrayLike,
    y: ArrayLike,
    *,
    loss: str | Loss = "hinge",
    optimizer: Optimizer | None = None,
    epochs: int = 40,
    batch_size: int | None = 10,
    validation_data: tuple[ArrayLike, ArrayLike] | None = None,
    callbacks: Iterable[Callback | Callable[[Training], object]] = (),
    seed: int | None = 0,
    backend: str | None = None,
    progress: bool | None = None,
    compiled: bool | None = None,
) -> History:
    """Train a model on data, in place.

    Args:
        model: the network, or any Module that takes a sample and gives a Value or a list of them.
        X: samples, of shape (n, inputs).
        y: n labels: 0 and 1; for "hinge" also -1 and 1 (0 is taken as -1); for "cross_entropy" class indices, or a row
            of probabilities for each sample; for "mse" numbers, or a row of them if the model has several outputs.
        loss: "hinge", "mse", "bce", "bce_with_logits", "cross_entropy", or a function of predictions and targets.
        optimizer: moves parameters of the model (those that it does not have stay as they are). By default SGD with
            momentum 0.9 and learning rate 0.05, times a factor that falls in a straight line from epoch to epoch. Your
            own keeps its learning rate and its schedule; for L2 regularization, give it a `weight_decay`.
        epochs: passes over the data.
        batch_size: samples for each step; None for all of them.
        validation_data: samples and labels that are evaluated after every epoch, and never trained on.
        callbacks: functions of a `Training`, or callbacks such as `EarlyStopping`, which are called after every epoch.
            Changes they make to the numbers of the parameters and to the optimizer hold from then on.
        seed: the seed of the order of the samples; where all of them are one batch, they keep their own.
        backend: what computes a step; the numbers are the same but for rounding. "scalar" makes a graph for each batch;
            "numpy" compiles one program for batches of any size, which is much faster; "jax" runs that program on all
            devices of JAX, each with a part of every batch. By default the networks and losses of this package are
            compiled for NumPy, and your own are computed scalar by scalar: a model that decides by looking at its
            numbers has another graph for each sample. That holds for a network with a layer of your own, too. ("numpy"
            and "jax" compile your own as well, and compare loss and gradient with the model: on every batch of the
            first epoch, and on at least one, and 16 samples, of each later epoch.) If the compiler fails, the default
            continues scalar by scalar, with a warning.
        progress: whether to show a progress bar; by default if standard error is a terminal.
        compiled: the old name of a choice of backends: True is backend="numpy", False is backend="scalar".

    Returns:
        The history of loss and accuracy, up to the epoch that Ctrl-C interrupted or a callback stopped.

    Raises:
        SizeError: if X and y do not fit each other or the model.
        OptionError: if the loss is unknown or does not take one of the labels, if a count is below 1, if the optimizer
            moves no parameter of the model, or if a callback has replaced a parameter by another Value.
        NumberError: if a sample is not made of real numbers.
        GraphError: with backend="numpy" or "jax", if a model or a loss of your own cannot be compiled, because it
            looks at its numbers, or changes when it is called.
        CompileError: with backend="numpy" or "jax", if the compiler fails.
        MissingError: with backend="jax", if JAX is not installed.
        DivergedError: if the loss, an output or a gradient has become inf or NaN; it names the node where that began.

    >>> from tinygrad_edu.nn import MLP, datasets
    >>> X, y = datasets.blobs(n=20)
    >>> fit(MLP(2, [1], seed=0), X, y, epochs=10).accuracy[-1]
    1.0
    """
    _check_count("epochs", epochs)
    task = task_of(loss)
    data = _data(task, X, y, "X", "y")
    size = len(data.targets) if batch_size is None else batch_size
    _check_count("batch_size", size)
    validation = None if validation_data is None else _data(task, *_pair(validation_data), "X_val", "y_val")
    _check_model(model)
    descent = _descent(model, -(-len(data.targets) // size), epochs) if optimizer is None else optimizer
    _check_optimizer(descent, model)
    history = History()
    training = Training(model, descent, history, epochs)
    asked = [as_callback(callback) for callback in callbacks]
    steps = steps_of(model, task, descent, history, data, _backend(backend, compiled))
    with bar(epochs, progress) as advance, _until_the_end(training, steps, asked, validation is not None):
        for mixed in _mixed(data, size, epochs, seed):
            _epoch(steps, task, mixed, size, history)
            if validation is not None:
                _validate(steps, task, validation, history)
            advance(history)
            if _is_stopped(training, steps, asked):
                break
    return history


def _backend(backend: str | None, compiled: bool | None) -> str | None:
    """The backend, also by its old name."""
    if compiled is None:
        return backend
    found = "numpy" if compiled else "scalar"
    if backend is not None:
        asked = f"fit(..., backend={backend!r}, compiled={compiled})"
        raise OptionError(asked, "compiled= is the old name of backend=", instead=f"fit(..., backend={backend!r})")
    text = f'fit(..., compiled={compiled}) is written fit(..., backend="{found}") now'
    warnings.warn(text, DeprecationWarning, stacklevel=3)
    return found


def _descent(model: Module, steps: int, epochs: int) -> Optimizer:
    """The default optimizer, for so many steps an epoch."""
    return SGD(model.parameters(), lr=FIRST_LR, momentum=0.9, schedule=partial(_falling, steps, epochs))


def _falling(steps: int, epochs: int, n: int) -> float:
    """From 1 in a straight line to almost a tenth, an epoch at a time."""
    return 1 - 0.9 * min(n // steps, epochs) / epochs


def _mixed(data: Examples, size: int, epochs: int, seed: int | None) -> Iterator[Examples]:
    """The samples in a new random order for every epoch; as they are, where all are one batch: a sum has no order."""
    shuffled = random.Random(seed)  # noqa: S311 (the order of samples is no secret)
    order = list(range(len(data.targets)))
    for _ in range(epochs):
        if size < len(order):
            shuffled.shuffle(order)
            yield Examples(data.X[order], [data.targets[number] for number in order])
        else:
            yield data


def _epoch(steps: Steps, task: Task, data: Examples, size: int, history: History) -> None:
    total, right = 0.0, 0.0
    for batch in data.parts(size):
        seen = steps.train(batch)
        total += seen.loss * len(batch.targets)
        right += task.count_right(seen.outputs, batch.targets)
    history.loss.append(total / len(data.targets))
    history.accuracy.append(right / len(data.targets))


def _validate(steps: Steps, task: Task, validation: Examples, history: History) -> None:
    seen: Seen = steps.evaluate(validation)
    history.val_loss.append(seen.loss)
    history.val_accuracy.append(task.count_right(seen.outputs, validation.targets) / len(validation.targets))


def _is_stopped(training: Training, steps: Steps, callbacks: list[Callback]) -> bool:
    if callbacks:
        steps.hand_over()
        before = _parameters(training.model)
        for callback in callbacks:
            callback.after_epoch(training)
        _check_same(before, _parameters(training.model), training)
    return bool(training.history.stopped)


def _parameters(model: Any) -> dict[str, Value]:
    """The parameters by name; those of a model that is not a Module are numbered."""
    named = model.named_parameters() if isinstance(model, Module) else enumerate(model.parameters())
    return {str(name): parameter for name, parameter in named}


def _check_same(before: dict[str, Value], after: dict[str, Value], training: Training) -> None:
    """Check that the parameters are the same Values: an optimizer would not move a new one, only the old one."""
    if before != after:
        name = next(name for name in {**before, **after} if before.get(name) is not after.get(name))
        what = "is gone" if name not in after else "is new" if name not in before else "is another Value now"
        raise OptionError(
            f"fit(..., callbacks=...): after epoch {training.history.epochs} the parameter {name} {what}",
            "a callback has changed the model, and the optimizer would go on moving the parameters it had",
            instead="parameter.data = number, which changes the number; or another fit, of the changed model",
        )


@contextlib.contextmanager
def _until_the_end(training: Training, steps: Steps, callbacks: list[Callback], validates: bool) -> Iterator[None]:
    """Whatever ends the training, the model gets its parameters, and the callbacks are called at the end."""
    history = training.history
    try:
        try:
            yield
        finally:
            steps.close()
    except KeyboardInterrupt:
        steps.close()  # perhaps this is what was interrupted
        history.interrupted = True
        seen = [history.accuracy, history.val_loss, history.val_accuracy] if validates else [history.accuracy]
        history.finish_epoch(min(map(len, seen)))  # an epoch with a number missing does not count
    finally:
        for callback in callbacks:
            callback.at_end(training)


# Asking a model


def predict(model: Module, X: ArrayLike) -> Floats:
    """The outputs for samples of shape (n, inputs), without a graph: shape (n,), or (n, outputs).

    Raises:
        SizeError: if X has no rows, or rows of another length than the model takes.
        NumberError: if a sample is not made of real numbers.

    >>> from tinygrad_edu.nn import MLP
    >>> predict(MLP(2, [3, 1], seed=0), [[0.0, 1.0], [1.0, 0.0]]).shape
    (2,)
    """
    samples = as_floats(X, "predict")
    if not samples.ndim:
        raise SizeError("predict of one number", "X has a row for each sample", instead="X of shape (n, inputs)")
    way = Predictor(model) if has_one_graph(model) and len(samples) > MANY else partial(one_by_one, model)
    return way(samples)


def predict_proba(model: Module, X: ArrayLike) -> Floats:
    """The probability of each class, of shape (n, classes), as scikit-learn's classifiers give them.

    One output is a probability if it comes from a sigmoid, otherwise a logit; several are logits, one for each class.
    The outputs of a network trained with the hinge loss are not logits: their probabilities are no more than a guess.

    >>> from tinygrad_edu.nn import MLP
    >>> predict_proba(MLP(1, [1], init="zeros"), [[3.0]]).tolist()
    [[0.5, 0.5]]
    """
    return shares_of(model, predict(model, X))


def shares_of(model: Module, outputs: Floats) -> Floats:
    """The probabilities that the outputs of a model stand for: NaN if one is NaN, or if two are inf."""
    with np.errstate(invalid="ignore"):
        if outputs.ndim > 1:
            return softmax(outputs)
        one = outputs if _is_sigmoid(model) else np.exp(-np.logaddexp(0.0, -outputs))
        return np.column_stack([1 - one, one])


def softmax(scores: Floats) -> Floats:
    """The probabilities of classes, for scores of shape (samples, classes).

    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def accuracy(model: Module, X: ArrayLike, y: ArrayLike) -> float:
    """The fraction of samples whose class is predicted right.

    The predicted class is the largest of several outputs; a single output is compared with a threshold, ½ after a
    sigmoid and 0 otherwise, and the labels on its two sides are 0 and 1, or -1 and 1.

    Raises:
        SizeError: if there is not one label for each sample.
        NumberError: if a label is not a real number.
        OptionError: if a label is nan.

    >>> from tinygrad_edu.nn import MLP
    >>> line = MLP(1, [1], init="zeros")
    >>> line.layers[0].neurons[0].w[0].data = 1.0
    >>> accuracy(line, [[-2.0], [-1.0], [3.0], [4.0]], [0, 1, 1, 1])
    0.75
    """
    outputs, labels = predict(model, X), _known(y)
    if len(outputs) != len(labels):
        asked = f"accuracy of {counted(len(outputs), 'sample')} and {counted(len(labels), 'label')}"
        raise SizeError(asked, "each sample has one label")
    if outputs.ndim > 1:
        return float(np.mean(outputs.argmax(axis=1) == labels))
    return float(np.mean((outputs > middle(model)) == (labels > 0)))


def _known(y: ArrayLike) -> Floats:
    """Labels to hold answers against, one after the other."""
    labels = as_floats(y, "accuracy", "y").ravel()
    if np.isnan(labels).any():
        raise OptionError(
            f"accuracy with nan at {at('y', (int(np.isnan(labels).argmax()),))}",
            "an answer to a label that is missing is neither right nor wrong",
            instead="X and y without the samples that are incomplete",
        )
    return labels


def score(model: Module, X: ArrayLike, y: ArrayLike) -> float:
    """The R² of a model that predicts numbers: the fraction of the variance of y that it explains.

    For a classifier, see `accuracy`.

    Raises:
        SizeError: if there is not one number for each output.

    >>> from tinygrad_edu.nn import MLP
    >>> line = MLP(1, [1], init="zeros")
    >>> score(line, [[0.0], [1.0]], [-1.0, 1.0])
    0.0
    """
    outputs, numbers = predict(model, X), as_floats(y, "score", "y")
    if numbers.shape == (*outputs.shape, 1):
        numbers = numbers[..., 0]
    if outputs.shape != numbers.shape:
        raise SizeError(
            f"score of outputs of shape {outputs.shape} and y of shape {numbers.shape}", "they are compared"
        )
    return r_squared(outputs, numbers)


def r_squared(found: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """What fraction of the variance of some numbers is explained by what was found for them.

    >>> r_squared(np.array([1.0, 2.0]), np.array([1.0, 3.0]))
    0.5
    """
    missed, spread = np.sum((right - found) ** 2), np.sum((right - right.mean(axis=0)) ** 2)
    return float(1 - missed / spread) if spread else float(missed == 0)


def middle(model: Module) -> float:
    """Where class 1 begins for a single output: ½ after a sigmoid, which gives probabilities, else 0."""
    return 0.5 if _is_sigmoid(model) else 0.0


def _is_sigmoid(model: Module) -> bool:
    return getattr(model, "output", "") == "sigmoid"


# Checking the arguments


def _check_count(name: str, number: int) -> None:
    if not is_count(number):
        wrong = "a whole number of at least 1 is needed to learn anything"
        raise OptionError(f"fit(..., {name}={number!r})", wrong, instead=f"{name}=10")


def _check_model(model: object) -> None:
    if not callable(model) or not callable(getattr(model, "parameters", None)):
        raise OptionError(
            f"fit of {model!r}",
            "a model can be called, and has parameters()",
            instead="a Module, such as MLP(2, [8, 1])",
        )


def _check_optimizer(optimizer: Any, model: Module) -> None:
    """A user's own optimizer only has to step; if it has `parameters`, some have to be the model's."""
    if not all(callable(getattr(optimizer, name, None)) for name in ("step", "zero_grad")):
        raise OptionError(
            f"fit(..., optimizer={optimizer!r})",
            "an optimizer has step() and zero_grad()",
            instead="optimizer=nn.Adam(model.parameters(), lr=0.01)",
        )
    moved = getattr(optimizer, "parameters", None)
    if isinstance(moved, list | tuple | np.ndarray) and set(model.parameters()).isdisjoint(list(moved)):
        raise OptionError(
            f"fit of {model!r} with an optimizer of {counted(len(moved), 'parameter')}",
            "they are not parameters of this model, which would learn nothing",
            instead=f"{type(optimizer).__name__}(model.parameters()), of this model",
        )


def _pair(data: Any) -> tuple[ArrayLike, ArrayLike]:
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise OptionError(
            f"fit(..., validation_data={type(data).__name__})",
            "samples and their labels are wanted",
            instead="validation_data=(X_val, y_val)",
        )
    return data[0], data[1]


def _data(task: Task, X: ArrayLike, y: ArrayLike, X_name: str, y_name: str) -> Examples:
    samples, labels = as_floats(X, "fit", X_name), _labels(y, y_name)
    if samples.ndim != 2 or not labels.ndim or len(samples) != len(labels) or not len(samples):
        raise SizeError(
            f"fit with {X_name} of shape {samples.shape} and {y_name} of shape {labels.shape}",
            f"{X_name} has a row for each sample, and {y_name} as many labels",
            instead=f"{X_name} of shape (n, inputs) and {y_name} of shape (n,)",
        )
    _check_numbers(X_name, samples)
    if labels.dtype.kind == "f":
        _check_numbers(y_name, labels)
    if labels.shape == (len(samples), 1):  # a column
        labels = labels[:, 0]
    return Examples(samples, task.targets(labels.tolist()))


def _labels(y: ArrayLike, name: str) -> NDArray[Any]:
    """Labels of any kind, but not masked, complex or NaN: the loss decides what else is right."""
    refuse_masked(y, "fit", name)
    try:
        labels = np.asarray(y)
    except ValueError as error:
        raise SizeError(f"fit with {name}", f"its rows have different lengths: {error}") from None
    for place in np.ndindex(labels.shape) if labels.dtype.kind in "cO" else ():
        cell: Any = labels[place]
        if np.iscomplexobj(cell):
            raise NumberError(f"fit with {cell!r} at {at(name, place)}", "complex is not a real number")
        if isinstance(cell, float) and math.isnan(cell):
            raise _incomplete(cell, name, place)
    return labels


def _check_numbers(name: str, numbers: NDArray[np.float64]) -> None:
    place = place_not_finite(numbers)
    if place is not None:
        raise _incomplete(numbers[place], name, place)


def _incomplete(number: float, name: str, place: tuple[int, ...]) -> OptionError:
    return OptionError(
        f"fit with {number} at {at(name, place)}",
        "a sample that is inf or NaN would make the whole network NaN",
        instead=f"{name} without the samples that are incomplete",
    )
