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
from tinygrad_edu.viz.fonts import families
from tinygrad_edu.viz.gif import smaller
from tinygrad_edu.viz.look import Look, look_of
from tinygrad_edu.viz.style import MARKERS, Theme, channels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

MOST_IN_LEGEND = 20  # classes: more would be as large as the picture
GRID = 80  # points along each side of the plane
FARTHEST = 1e300  # that a picture can show: matplotlib subtracts and multiplies, and floats end at 1.8e308
CERTAIN = 1e6  # a score beyond it, or inf, makes no other picture
MOST_INSIDE = 6  # classes in a legend that lies on the plane; of more, it stands beside it
UNSURE, SURE = 0.06, 0.42  # how much of a class's colour the plane has where the model is undecided, and where certain


def plot_decision_boundary(
    model: MLP,
    X: ArrayLike,
    y: ArrayLike,
    *,
    ax: Axes | None = None,
    threshold: float | None = None,
    predictor: Predictor | None = None,
    theme: str = "light",
    lang: str = "en",
) -> Figure:
    """Draw the plane as the model divides it, and the points: the stronger the colour, the surer the model.

    How sure it is: the distance of its two most probable classes, from 0 on the line between them to 1. A single output
    without a sigmoid counts as a logit, and several as those of a softmax.

    Args:
        model: a network of two inputs and one output, or one output for each class.
        X: points, of shape (n, 2).
        y: their classes, whole numbers from 0.
        ax: axes to draw into, whose frame and letters keep their colours; by default those of a new figure.
        threshold: where class 1 begins for a single output: by default ½ after a sigmoid, else 0.
        predictor: the model's predictor, if several pictures are made of it.
        theme: "light", or "dark" for a dark page or a dark room.
        lang: of the words in it: "en" for English, "zh" for Simplified Chinese.

    Returns:
        The figure.

    Raises:
        SizeError: if the points or the model do not have two coordinates.
        OptionError: if there is no such theme or language.

    >>> model = MLP(2, [1], seed=0)
    >>> plot_decision_boundary(model, [[0.0, 1.0], [1.0, 0.0]], [0, 1]).axes[0].get_title()
    'accuracy 50 %, 2 points'
    """
    look = look_of("plot_decision_boundary", theme, lang)
    points, classes = np.asarray(X, dtype=float), np.asarray(y)
    _check_plane(model, points, classes)
    limit = middle(model) if threshold is None else threshold
    ax = ax or new_axes(6.0, 5.0, look=look)[0]
    plane = Plane(points, GRID)
    _paint_regions(ax, plane, (predictor or partial(predict, model))(plane.points), limit, look.theme)
    scatter(ax, points, classes, look)
    ax.set(xlabel="x1", ylabel="x2", aspect="equal")
    percent, count = show(100 * accuracy(model, points, classes), 3), look.counted(len(points), "point")
    ax.set_title(look.say("accuracy_of", percent=percent, points=count))
    return cast("Figure", ax.figure)


def plot_history(history: History, *, ax: Axes | None = None, theme: str = "light", lang: str = "en") -> Figure:
    """Draw the loss over the epochs and, below it, the accuracy.

    Those of validation data are dashed, and a dotted line marks the epoch of their lowest loss: what was learned after
    it no longer helps with samples that the model has not seen.

    Args:
        history: the history of a training.
        ax: axes to draw the loss into, without the accuracy; by default those of a new figure.
        theme: "light", or "dark" for a dark page or a dark room.
        lang: of the words in it: "en" for English, "zh" for Simplified Chinese.

    Raises:
        OptionError: if there is no such theme or language.

    >>> plot_history(History(loss=[2.0, 1.0], accuracy=[0.5, 1.0])).axes[0].get_ylabel()
    'loss'
    """
    look = look_of("plot_history", theme, lang)
    rows = 1 if np.all(np.isnan(history.accuracy)) else 2  # accuracy is for classes
    axes = [ax] if ax is not None else new_axes(6.4, 2.6 + 1.6 * rows, rows, look=look)
    _plot_both(axes[0], (history.loss, history.val_loss), "loss", look.theme.positive, look)
    axes[0].set_title(_summary(history, look), fontsize="medium")
    if len(axes) > 1:
        _plot_both(axes[1], (history.accuracy, history.val_accuracy), "accuracy", look.theme.negative, look)
        axes[1].set_ylim(None, 1.02)
    for each in axes:
        each.set_xlim(*_epochs_seen(history.epochs))
        _mark_best(each, history.val_loss, look)
        each.locator_params(axis="x", integer=True)
        if history.val_loss:
            _legend(each, look, frameon=False)
    axes[-1].set_xlabel(look.say("epoch"))
    return cast("Figure", axes[0].figure)


def _epochs_seen(count: int) -> tuple[float, float]:
    """Where the axis of epochs begins and ends: the same for loss and accuracy, also where a loss is NaN."""
    room = max(0.5 * (count <= 1), 0.03 * (count - 1))
    return 1 - room, max(count, 1) + room


def _summary(history: History, look: Look) -> str:
    """How it went, in two or three lines."""
    if look.lang == "en":
        return history.summary.replace("; ", "\n")
    if not history.loss:
        return look.say("no_epoch")
    lines = [_measured(history.loss, history.accuracy, look)]
    if history.val_loss:
        lines.append(look.say("of_validation", measured=_measured(history.val_loss, history.val_accuracy, look)))
    lines += [look.say("stopped")] if history.stopped or history.interrupted else []
    return look.say("epochs", count=history.epochs, measured="\n".join(lines))


def _measured(loss: list[float], accuracy: list[float], look: Look) -> str:
    said = look.say("from_to", first=show(loss[0]), last=show(loss[-1]))
    return said if np.isnan(accuracy[-1]) else said + look.say("and_right", percent=f"{100 * accuracy[-1]:.1f}")


def _mark_best(ax: Axes, validation: list[float], look: Look) -> None:
    """A dotted line at the epoch of the lowest validation loss, if there is one."""
    known = [loss for loss in validation if loss == loss]
    if len(known) > 1:
        best = validation.index(min(known)) + 1
        line = {"color": look.theme.outline, "linestyles": ":", "linewidth": 1.2}
        ax.vlines(best, *ax.get_ylim(), **line, label=look.say("best", epoch=best))  # type: ignore[arg-type]


def _plot_both(ax: Axes, both: tuple[list[float], list[float]], name: str, color: str, look: Look) -> None:
    """A line for training, and a dashed one for validation."""
    for numbers, key, dashes in zip(both, ("training", "validation"), ("-", "--"), strict=True):
        if numbers:
            line = {"color": color, "linestyle": dashes, "marker": "o", "markevery": _alone(numbers)}
            ax.plot(range(1, len(numbers) + 1), numbers, label=look.say(key), **line)  # type: ignore[arg-type]
    ax.set_ylabel(look.say(name))
    ax.grid(color=look.theme.faint, alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)


def _alone(numbers: list[float]) -> list[int]:
    """The places of numbers that no line goes through: there is no finite one beside them."""
    finite = np.isfinite([np.nan, *numbers, np.nan])
    return np.flatnonzero(finite[1:-1] & ~finite[:-2] & ~finite[2:]).tolist()


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


def new_axes(width: float, height: float, rows: int = 1, columns: int = 1, look: Look | None = None) -> list[Axes]:
    """The axes of a figure without a window or global state, row by row; its size is in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = list(figure.subplots(rows, columns, squeeze=False).ravel())
    figure.set_facecolor((look or Look()).theme.paper)
    for ax in axes:
        dress(ax, look or Look())
    return axes


def dress(ax: Axes, look: Look) -> None:
    """Give axes the colours of a theme, and letters of a language, whatever matplotlib is set to."""
    theme = look.theme
    ax.set_facecolor(theme.paper)
    ax.tick_params(color=theme.outline, labelcolor=theme.ink)
    ax.spines[:].set_color(theme.outline)
    for text in (ax.title, ax.xaxis.label, ax.yaxis.label):
        text.set(color=theme.ink, family=families(look.lang))


def _legend(ax: Axes, look: Look, **options: Any) -> None:
    theme = look.theme
    colors = {"labelcolor": theme.ink, "facecolor": theme.paper, "edgecolor": theme.line}
    ax.legend(**{"loc": "best", "prop": {"family": families(look.lang)}, **colors, **options})


def shades(theme: Theme) -> LinearSegmentedColormap:
    """From the most negative number over 0 to the most positive one, for matplotlib."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("sign", [theme.tint(-1, 1), theme.paper, theme.tint(1, 1)])


def shades_of_ink(theme: Theme) -> LinearSegmentedColormap:
    """From paper to ink, for images of what was written."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("ink", [theme.paper, theme.ink])


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

    def outline(self, ax: Axes, heights: NDArray[Any], linewidth: float, color: str) -> None:
        """The line where heights are 0, if there is one."""
        if heights.min() < 0 < heights.max():
            grid = heights.reshape(self.size, self.size)
            ax.contour(self.xs, self.ys, grid, levels=[0.0], colors=color, linewidths=linewidth)


def _paint_regions(ax: Axes, plane: Plane, outputs: NDArray[Any], limit: float, theme: Theme) -> None:
    """The plane in the colours of its classes, and the lines between them."""
    outputs = np.clip(np.nan_to_num(outputs, nan=limit), -CERTAIN, CERTAIN)
    chances = _chances(outputs, limit)
    winners, (second, first) = chances.argmax(axis=1), np.sort(chances, axis=1)[:, -2:].T
    share = UNSURE + (SURE - UNSURE) * (first - second)
    paper, *inks = (np.array(channels(color)) / 255 for color in (theme.paper, *theme.classes))
    plane.paint(ax, paper + share[:, None] * (np.array(inks)[winners % len(inks)] - paper))
    for heights in _leads(outputs, limit):
        plane.outline(ax, heights, linewidth=1.5, color=theme.ink)


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
    look: Look,
    *,
    size: float = 38,
    legend: bool = True,
    rasterized: bool = False,
) -> None:
    """Draw points, with a colour and a marker for each class: those of the plane for class 0, 1, and so on.

    The seventh class has the colour of the first, with another marker.
    """
    labels = np.unique(classes)
    for number, one in zip(_classes_of(labels), labels, strict=True):
        chosen = points[classes == one]
        ax.scatter(
            chosen[:, 0],
            chosen[:, 1],
            color=look.theme.classes[number % len(look.theme.classes)],
            marker=MARKERS[(number + number // len(look.theme.classes)) % len(MARKERS)],
            edgecolors=look.theme.paper,
            linewidths=0.6,
            s=size,
            rasterized=rasterized,
            label=look.say("class", label=one),
        )
    if legend and len(labels) <= MOST_IN_LEGEND:
        beside = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0)} if len(labels) > MOST_INSIDE else {}
        _legend(ax, look, framealpha=0.9, **beside)


def _classes_of(labels: NDArray[Any]) -> list[int]:
    """The class of each label: the label itself; but of -1 and 1, or of words, the first one is class 0."""
    are_classes = labels.dtype.kind in "biuf" and bool((labels >= 0).all() and (labels % 1 == 0).all())
    return [int(label) for label in labels] if are_classes else list(range(len(labels)))
