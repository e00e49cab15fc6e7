"""What did a network learn, and how?

Plots are made by matplotlib, which is imported for the first plot, without its global state: a function returns a
figure, which notebooks show and `save_figure` writes.

Names to know: `plot_decision_boundary`, `plot_history`, `save_figure`. Read next: `activations.py`.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_edu.errors import DrawingError, NumberError, SizeError
from tinygrad_edu.files import write_whole
from tinygrad_edu.nn import History, accuracy, predict
from tinygrad_edu.nn.layers import MLP
from tinygrad_edu.nn.training.fit import middle, softmax
from tinygrad_edu.nn.training.predictor import Predictor
from tinygrad_edu.show import counted, show
from tinygrad_edu.viz import style
from tinygrad_edu.viz.gif import smaller

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

GRID = 80  # points along each side of the plane
FARTHEST = 1e300  # that a picture can show: matplotlib subtracts and multiplies, and floats end at 1.8e308
CERTAIN = 1e6  # a score beyond it, or inf, makes no other picture
UNSURE, SURE = 0.06, 0.42  # how much of a class's colour the plane has where the model is undecided, and where certain


def plot_decision_boundary(
    model: MLP,
    X: ArrayLike,
    y: ArrayLike,
    *,
    ax: Axes | None = None,
    threshold: float | None = None,
    predictor: Predictor | None = None,
) -> Figure:
    """Draw the plane as the model divides it, and the points: the stronger the colour, the surer the model.

    How sure it is: the distance of its two most probable classes, from 0 on the line between them to 1. A single output
    without a sigmoid counts as a logit, and several as those of a softmax.

    Args:
        model: a network of two inputs and one output, or one output for each class.
        X: points, of shape (n, 2).
        y: their classes, whole numbers from 0.
        ax: axes to draw into; by default those of a new figure.
        threshold: where class 1 begins for a single output: by default ½ after a sigmoid, else 0.
        predictor: the model's predictor, if several pictures are made of it.

    Returns:
        The figure.

    Raises:
        SizeError: if the points or the model do not have two coordinates.

    >>> model = MLP(2, [1], seed=0)
    >>> plot_decision_boundary(model, [[0.0, 1.0], [1.0, 0.0]], [0, 1]).axes[0].get_title()
    'accuracy 50 %, 2 points'
    """
    points, classes = np.asarray(X, dtype=float), np.asarray(y)
    _check_plane(model, points, classes)
    limit = middle(model) if threshold is None else threshold
    ax = ax or new_axes(6.0, 5.0)[0]
    plane = Plane(points, GRID)
    _paint_regions(ax, plane, (predictor or partial(predict, model))(plane.points), limit)
    scatter(ax, points, classes)
    ax.set(xlabel="x1", ylabel="x2", aspect="equal")
    ax.set_title(f"accuracy {show(100 * accuracy(model, points, classes), 3)} %, {counted(len(points), 'point')}")
    return cast("Figure", ax.figure)


def plot_history(history: History, *, ax: Axes | None = None) -> Figure:
    """Draw the loss over the epochs and, below it, the accuracy.

    Those of validation data are dashed, and a dotted line marks the epoch of their lowest loss: what was learned after
    it no longer helps with samples that the model has not seen.

    Args:
        history: the history of a training.
        ax: axes to draw the loss into, without the accuracy; by default those of a new figure.

    >>> plot_history(History(loss=[2.0, 1.0], accuracy=[0.5, 1.0])).axes[0].get_ylabel()
    'loss'
    """
    has_classes = not np.all(np.isnan(history.accuracy))
    rows = 2 if has_classes else 1
    axes = [ax] if ax is not None else new_axes(6.4, 2.6 + 1.6 * rows, rows)
    _plot_both(axes[0], history.loss, history.val_loss, "loss", style.POSITIVE)
    axes[0].set_title(history.summary.replace("; ", "\n"), fontsize="medium")
    if len(axes) > 1:
        _plot_both(axes[1], history.accuracy, history.val_accuracy, "accuracy", style.NEGATIVE)
        axes[1].set_ylim(None, 1.02)
    for each in axes:
        _mark_best(each, history.val_loss)
        each.locator_params(axis="x", integer=True)
        if history.val_loss:
            each.legend(loc="best", frameon=False)
    axes[-1].set_xlabel("epoch")
    return cast("Figure", axes[0].figure)


def _mark_best(ax: Axes, validation: list[float]) -> None:
    """A dotted line at the epoch of the lowest validation loss, if there is one."""
    known = [loss for loss in validation if loss == loss]
    if len(known) > 1:
        best = validation.index(min(known)) + 1
        ax.vlines(best, *ax.get_ylim(), color=style.PEN, linestyles=":", linewidth=1.2, label=f"best: epoch {best}")


def _plot_both(ax: Axes, numbers: list[float], validation: list[float], name: str, color: str) -> None:
    """One line for training, a dashed one for validation, with its name at its end."""
    ax.plot(range(1, len(numbers) + 1), numbers, color=color, label="training")
    if validation:
        ax.plot(range(1, len(validation) + 1), validation, color=color, linestyle="--", label="validation")
    ax.set_ylabel(name)
    ax.grid(alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)


def save_figure(figure: Figure, path: str | os.PathLike[str], dpi: int = 150) -> Path:
    """Write a figure to a file, in the format of its suffix. The file appears whole or not at all.

    Raises:
        DrawingError: if the format is unknown.
    """
    path = Path(path)
    known = figure.canvas.get_supported_filetypes()
    format = path.suffix.lower().removeprefix(".")
    if format not in known:
        raise DrawingError(
            f"a plot as {path.name!r}", f"the formats are {', '.join(sorted(known))}", instead="plot.png"
        )
    buffer = io.BytesIO()
    figure.savefig(buffer, format=format, dpi=dpi, bbox_inches="tight")
    write_whole(path, smaller(buffer.getvalue()) if format == "png" else buffer.getvalue())
    return path


def new_axes(width: float, height: float, rows: int = 1, columns: int = 1) -> list[Axes]:
    """The axes of a figure without a window or global state, row by row; its size is in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return list(figure.subplots(rows, columns, squeeze=False).ravel())


def shades() -> LinearSegmentedColormap:
    """From the most negative number over 0 to the most positive one, for matplotlib."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("sign", [style.tint(-1, 1), style.PAPER, style.tint(1, 1)])


def _check_plane(model: MLP, points: NDArray[Any], classes: NDArray[Any]) -> None:
    if points.ndim != 2 or points.shape[1] != 2 or model.sizes[0] != 2 or len(points) != len(classes):
        raise SizeError(
            f"the decision boundary of a network of {model.sizes[0]} inputs"
            f" with X of shape {points.shape} and y of shape {classes.shape}",
            "a plane has two coordinates, and every point one class",
            instead="X of shape (n, 2), y of shape (n,), and MLP(2, ...)",
        )


class Plane:
    """A grid over points in the plane, and a little beyond them."""

    def __init__(self, points: NDArray[Any], size: int) -> None:
        far = int((~(np.abs(points) < FARTHEST)).any(axis=1).sum())
        if far:
            raise NumberError(
                f"a picture of the plane with {counted(len(points), 'point')}",
                f"of them, {far} cannot be in it: inf, NaN, or beyond {show(FARTHEST)}",
                instead="X[np.isfinite(X).all(axis=1)]",
            )
        margin = 0.15 * (np.ptp(points, axis=0).max() or 1.0)
        (left, low), (right, high) = points.min(axis=0) - margin, points.max(axis=0) + margin
        self.size = size
        self.xs, self.ys = np.linspace(left, right, size), np.linspace(low, high, size)
        self.points = np.stack(np.meshgrid(self.xs, self.ys), axis=-1).reshape(-1, 2)
        self.steepness = float((high - low) / (right - left))  # of its diagonal: how tall it is for its width

    def paint(self, ax: Axes, numbers: NDArray[Any], **looks: Any) -> AxesImage:
        """Numbers or colours at all points, as one smooth picture: small in a file, and without steps."""
        image = numbers.reshape(self.size, self.size, *numbers.shape[1:])
        half = 0.5 * np.array([np.ptp(self.xs), np.ptp(self.ys)]) / (self.size - 1)
        ends = (self.xs[0] - half[0], self.xs[-1] + half[0], self.ys[0] - half[1], self.ys[-1] + half[1])
        found = ax.imshow(image, extent=ends, origin="lower", interpolation="bilinear", **looks)
        ax.set(xlim=(self.xs[0], self.xs[-1]), ylim=(self.ys[0], self.ys[-1]))
        return found

    def outline(self, ax: Axes, heights: NDArray[Any], linewidth: float) -> None:
        """The line where heights are 0, if there is one."""
        if heights.min() < 0 < heights.max():
            grid = heights.reshape(self.size, self.size)
            ax.contour(self.xs, self.ys, grid, levels=[0.0], colors=style.INK, linewidths=linewidth)


def _paint_regions(ax: Axes, plane: Plane, outputs: NDArray[Any], limit: float) -> None:
    """The plane in the colours of its classes, and the lines between them."""
    outputs = np.clip(np.nan_to_num(outputs, nan=limit), -CERTAIN, CERTAIN)
    chances = _chances(outputs, limit)
    winners, (second, first) = chances.argmax(axis=1), np.sort(chances, axis=1)[:, -2:].T
    share = UNSURE + (SURE - UNSURE) * (first - second)
    inks = np.array([style.channels(color) for color in style.CLASSES])[winners % len(style.CLASSES)] / 255
    plane.paint(ax, 1 + share[:, None] * (inks - 1))
    for heights in _leads(outputs, limit):
        plane.outline(ax, heights, linewidth=1.5)


def _leads(outputs: NDArray[Any], limit: float) -> Iterator[NDArray[Any]]:
    """How far a class is ahead of the best of the others: 0 on the line around it; one line for two classes."""
    if outputs.ndim == 1:
        yield outputs - limit
        return
    for number in range(outputs.shape[1]):
        yield outputs[:, number] - np.delete(outputs, number, axis=1).max(axis=1, initial=-np.inf)


def _chances(outputs: NDArray[Any], limit: float) -> NDArray[Any]:
    """A probability for each class, of shape (points, classes); a tie of two lies where the prediction changes."""
    if outputs.ndim > 1:
        is_probable = bool((outputs >= 0).all() and np.allclose(outputs.sum(axis=1), 1.0))
        return outputs if is_probable else softmax(outputs)
    if 0 < limit < 1 and outputs.min() >= 0 and outputs.max() <= 1:
        above = np.where(outputs > limit, 0.5 + 0.5 * (outputs - limit) / (1 - limit), 0.5 * outputs / limit)
        return np.stack([1 - above, above], axis=1)
    return softmax(np.stack([np.zeros_like(outputs), outputs - limit], axis=1))


def scatter(
    ax: Axes,
    points: NDArray[Any],
    classes: NDArray[Any],
    *,
    size: float = 38,
    legend: bool = True,
    rasterized: bool = False,
) -> None:
    """Draw points, with a colour and a marker for each class."""
    for number, one in enumerate(np.unique(classes)):
        chosen = points[classes == one]
        ax.scatter(
            chosen[:, 0],
            chosen[:, 1],
            color=style.CLASSES[number % len(style.CLASSES)],
            marker=style.MARKERS[number % len(style.MARKERS)],
            edgecolors="white",
            linewidths=0.6,
            s=size,
            rasterized=rasterized,
            label=f"class {one}",
        )
    if legend:
        ax.legend(loc="best", framealpha=0.9)
