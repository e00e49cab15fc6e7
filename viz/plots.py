"""What did a network learn, and how?

Plots are made by matplotlib, which is imported for the first plot, without its global state: a function returns a
figure, which notebooks show and `save_figure` writes.

Names to know: `plot_decision_boundary`, `plot_history`, `save_figure`. Read next: `activations.py`.
"""

from __future__ import annotations

import io
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_edu.errors import DrawingError, SizeError
from tinygrad_edu.files import write_whole
from tinygrad_edu.nn import History, accuracy, predict
from tinygrad_edu.nn.layers import MLP
from tinygrad_edu.nn.training.fit import middle
from tinygrad_edu.nn.training.predictor import Predictor
from tinygrad_edu.show import counted
from tinygrad_edu.viz import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure

GRID = 80  # points along each side of the plane


def plot_decision_boundary(
    model: MLP,
    X: ArrayLike,
    y: ArrayLike,
    *,
    ax: Axes | None = None,
    threshold: float | None = None,
    predictor: Predictor | None = None,
) -> Figure:
    """Draw the plane as the model divides it, and the points.

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
    '50.0 % of 2 points on the right side'
    """
    points, classes = np.asarray(X, dtype=float), np.asarray(y)
    _check_plane(model, points, classes)
    limit = middle(model) if threshold is None else threshold
    ax = ax or new_axes(6.0, 5.0)[0]
    plane = Plane(points, GRID)
    _paint_regions(ax, plane, (predictor or partial(predict, model))(plane.points), limit)
    scatter(ax, points, classes)
    ax.set(xlabel="x1", ylabel="x2", aspect="equal")
    ax.set_title(f"{100 * accuracy(model, points, classes):.1f} % of {counted(len(points), 'point')} on the right side")
    return cast("Figure", ax.figure)


def plot_history(history: History, *, ax: Axes | None = None) -> Figure:
    """Draw the loss over the epochs and, below it, the accuracy; those of validation data are dashed.

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
    axes[-1].set_xlabel("epoch")
    return cast("Figure", axes[0].figure)


def _plot_both(ax: Axes, numbers: list[float], validation: list[float], name: str, color: str) -> None:
    """One line for training, a dashed one for validation, with its name at its end."""
    ax.plot(range(1, len(numbers) + 1), numbers, color=color, label="training")
    if validation:
        ax.plot(range(1, len(validation) + 1), validation, color=color, linestyle="--", label="validation")
        ax.legend(loc="best", frameon=False)
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
    write_whole(path, buffer.getvalue())
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
        margin = 0.15 * (np.ptp(points, axis=0).max() or 1.0)
        (left, low), (right, high) = points.min(axis=0) - margin, points.max(axis=0) + margin
        self.size = size
        self.xs, self.ys = np.linspace(left, right, size), np.linspace(low, high, size)
        self.points = np.stack(np.meshgrid(self.xs, self.ys), axis=-1).reshape(-1, 2)


def _paint_regions(ax: Axes, plane: Plane, outputs: NDArray[Any], limit: float) -> None:
    xs, ys = plane.xs, plane.ys
    if outputs.ndim > 1:
        _paint_classes(ax, xs, ys, outputs.argmax(axis=1).reshape(GRID, GRID), outputs.shape[1])
        return
    scores = outputs.reshape(GRID, GRID) - limit
    ax.contourf(xs, ys, scores > 0, levels=[-0.5, 0.5, 1.5], colors=style.CLASSES[:2], alpha=0.18)
    if scores.min() < 0 < scores.max():
        ax.contour(xs, ys, scores, levels=[0.0], colors=style.INK, linewidths=1.5)


def _paint_classes(ax: Axes, xs: NDArray[Any], ys: NDArray[Any], classes: NDArray[Any], count: int) -> None:
    levels = np.arange(count + 1) - 0.5
    colors = [style.CLASSES[i % len(style.CLASSES)] for i in range(count)]
    ax.contourf(xs, ys, classes, levels=levels, colors=colors, alpha=0.18)
    ax.contour(xs, ys, classes, levels=levels[1:-1], colors=style.INK, linewidths=1.0)


def scatter(ax: Axes, points: NDArray[Any], classes: NDArray[Any], *, size: float = 38, legend: bool = True) -> None:
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
            label=f"class {one}",
        )
    if legend:
        ax.legend(loc="best", framealpha=0.9)
