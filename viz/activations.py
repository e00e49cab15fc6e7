"""What goes on inside a network?

    plot_neurons        what every neuron of a layer sees of the plane: its activation, and the line where w·x + b = 0
    plot_parameters     the distribution of the weights and their gradients, layer by layer
    plot_activations    the distribution of the activations, and how many neurons are stuck

A layer whose gradients are a thousand times smaller than those of the last one learns a thousand times slower; a relu
that is 0 for all samples does not learn at all. Both can be seen here.

Names to know: `plot_neurons`, `plot_parameters`, `plot_activations`. Read next: `gif.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_edu.blocks import no_grad
from tinygrad_edu.errors import OptionError, SizeError
from tinygrad_edu.nn.layers import LINEAR, MLP
from tinygrad_edu.rules import RULES
from tinygrad_edu.show import counted, show
from tinygrad_edu.value import Value
from tinygrad_edu.viz import style
from tinygrad_edu.viz.plots import FARTHEST, Plane, new_axes, scatter, shades

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GRID = 40  # points along each side of a small picture
COLUMNS = 4  # small pictures side by side
MOST_BINS = 40
MOST_MARKERS = 1000  # of points; more are pixels also in an SVG, which would be many times as large
EQUAL = 1e-12  # relative to their size: numbers that one bar holds
CLOSE = 0.02  # to an end, of the distance between both: there tanh and sigmoid have a tenth of their steepest slope

Floats = NDArray[np.float64]


def plot_neurons(model: MLP, X: ArrayLike, y: ArrayLike, *, layer: int = 1) -> Figure:
    """Draw for every neuron of a layer its activation over the plane; the line is where its weighted sum is 0.

    Args:
        model: a network of two inputs.
        X: points, of shape (n, 2).
        y: their classes.
        layer: the number of the layer, from 1.

    Raises:
        SizeError: if the points or the model do not have two coordinates.
        OptionError: if there is no such layer.

    >>> plot_neurons(MLP(2, [3, 1], seed=0), [[0.0, 1.0], [1.0, 0.0]], [0, 1]).axes[1].get_title()
    'a2 (layer 1)'
    """
    points, classes = np.asarray(X, dtype=float), np.asarray(y)
    if points.ndim != 2 or points.shape[1] != 2 or model.sizes[0] != 2 or len(points) != len(classes):
        raise SizeError(
            f"plot_neurons of a network of {model.sizes[0]} inputs with X of shape {points.shape}",
            "a plane has two coordinates",
            instead="MLP(2, ...), and X of shape (n, 2)",
        )
    if layer not in range(1, len(model.layers) + 1):
        raise OptionError(
            f"plot_neurons(..., layer={layer})",
            f"the network has {counted(len(model.layers), 'layer')}",
            instead="layer=1",
        )
    plane = Plane(points, GRID)
    sums, active = (np.array([row[layer - 1] for row in rows]) for rows in _through(model, plane.points))
    axes = _small_axes(model.sizes[layer], plane.steepness)
    largest = float(np.abs(active).max()) or 1.0
    for number, ax in enumerate(axes):
        image = plane.paint(ax, active[:, number], cmap=shades(), vmin=-largest, vmax=largest)
        plane.outline(ax, sums[:, number], linewidth=1.2)
        scatter(ax, points, classes, size=9, legend=False, rasterized=len(points) * len(axes) > MOST_MARKERS)
        ax.set_title(f"a{number + 1} (layer {layer})", fontsize="medium")
        ax.set(aspect="equal", xlabel="x1", ylabel="x2")
        ax.label_outer()
    figure = cast("Figure", axes[0].figure)
    figure.colorbar(image, ax=axes, label="activation", fraction=0.03, pad=0.02)
    return figure


def plot_parameters(model: MLP) -> Figure:
    """Draw the distribution of the parameters of every layer, and of their gradients if there are any.

    >>> figure = plot_parameters(MLP(2, [8, 1], seed=0))
    >>> [ax.get_title() for ax in figure.axes][0]
    'layer 1: 24 parameters, deviation 0.3471'
    """
    has_gradients = any(parameter.has_grad for parameter in model.parameters())
    columns = 2 if has_gradients else 1
    rows = len(model.layers)
    axes = new_axes(4.8 * columns, 0.6 + 1.9 * rows, rows, columns)
    for number, layer in enumerate(model.layers):
        parameters = layer.parameters()
        _histogram(
            axes[columns * number],
            np.array([parameter.data for parameter in parameters]),
            f"layer {number + 1}: {counted(len(parameters), 'parameter')}",
            ("weights and biases", "parameters"),
        )
        if has_gradients:
            gradients = np.array([parameter.grad for parameter in parameters if parameter.has_grad])
            about = ("gradients", "parameters")
            _histogram(axes[columns * number + 1], gradients, f"layer {number + 1}: gradients", about, style.NEGATIVE)
    return cast("Figure", axes[0].figure)


def plot_activations(model: MLP, X: ArrayLike) -> Figure:
    """Draw the distribution of the activations of every layer over samples, and count the neurons that are stuck.

    A neuron is stuck if its derivative is 0, or nearly so, for every sample: a relu that is always 0, or a tanh or
    sigmoid that is always at one of its ends. Where an activation is flat stands in its row of the rule table.

    Raises:
        SizeError: if there are no samples, or not as many numbers in one as the network has inputs.

    >>> figure = plot_activations(MLP(2, [8, 1], seed=0), np.random.default_rng(0).normal(size=(50, 2)))
    >>> figure.axes[0].get_title()
    'layer 1, relu: 0 of 8 neurons stuck'
    """
    samples = np.asarray(X, dtype=float)
    if samples.ndim != 2 or not len(samples) or samples.shape[1] != model.sizes[0]:
        raise SizeError(
            f"plot_activations of a network of {counted(model.sizes[0], 'input')} with X of shape {samples.shape}",
            "X has one row for each sample, and at least one",
            instead=f"X of shape (n, {model.sizes[0]})",
        )
    _, rows = _through(model, samples)
    axes = new_axes(6.0, 0.6 + 1.9 * len(model.layers), rows=len(model.layers))
    for number, (ax, layer) in enumerate(zip(axes, model.layers, strict=True)):
        active = np.array([row[number] for row in rows])
        said = f"layer {number + 1}, {layer.activation}"
        if layer.activation != LINEAR:
            said += f": {_stuck(active, layer.activation)} of {active.shape[1]} neurons stuck"
        about = (f"activations of {counted(active.shape[1], 'neuron')}", "activations")
        _histogram(ax, active.ravel(), said, about, deviation=False)
    return cast("Figure", axes[0].figure)


def _through(model: MLP, X: Floats) -> tuple[list[list[list[float]]], list[list[list[float]]]]:
    """The weighted sums and the activations, for every sample and layer."""
    sums, active = [], []
    with no_grad():
        for row in X.tolist():
            values, before, after = [Value(number) for number in row], [], []
            for layer in model.layers:
                before.append([_weighted_sum(neuron.w, neuron.b, values) for neuron in layer.neurons])
                values = layer.fire(values)
                after.append([value.data for value in values])
            sums.append(before)
            active.append(after)
    return sums, active


def _weighted_sum(w: list[Value], b: Value, x: list[Value]) -> float:
    return sum(weight.data * each.data for weight, each in zip(w, x, strict=True)) + b.data


def _small_axes(count: int, steepness: float) -> list[Axes]:
    """Axes as tall as their plane is, so that there are no gaps between them."""
    columns = min(COLUMNS, count)
    rows = -(-count // columns)
    height = 2.2 * min(2.0, max(0.5, steepness)) + 0.35
    axes = new_axes(2.4 * columns + 0.9, height * rows + 0.5, rows, columns)
    for ax in axes[count:]:
        ax.remove()
    return axes[:count]


def _stuck(active: Floats, activation: str) -> int:
    ends = RULES[activation].flat
    near = CLOSE * (max(ends, default=0.0) - min(ends, default=0.0))  # one end alone has to be reached
    is_flat = [np.abs(active - end) <= near for end in ends]
    return int(np.any(is_flat, axis=0).all(axis=0).sum()) if ends else 0


def _histogram(
    ax: Axes,
    numbers: Any,
    title: str,
    about: tuple[str, str],
    color: str = style.POSITIVE,
    *,
    deviation: bool = True,
) -> None:
    """How many numbers there are of each size; `about` says what the numbers are, and what is counted."""
    bins = int(np.clip(2 * np.sqrt(len(numbers)), 8, MOST_BINS))
    drawn = numbers[np.abs(numbers) < FARTHEST]
    if len(drawn):
        ax.hist(drawn, bins=bins, range=_ends(drawn), color=color, alpha=0.85)
    if len(drawn) < len(numbers):
        left_out = f"{len(numbers) - len(drawn)} × inf, NaN, ≥ {show(FARTHEST)}"
        ax.text(0.98, 0.95, left_out, color=color, ha="right", va="top", transform=ax.transAxes)
    ax.set_title(title + (f", deviation {show(_deviation(numbers))}" if deviation else ""), fontsize="medium")
    ax.spines[["top", "right"]].set_visible(False)
    ax.axvline(0.0, color=style.QUIET, linewidth=0.8)
    ax.set(xlabel=about[0], ylabel=about[1])
    ax.locator_params(axis="y", integer=True)


def _ends(numbers: Floats) -> tuple[float, float]:
    """Where the bars begin and end; around numbers that are all equal there is some room."""
    low, high = float(numbers.min()), float(numbers.max())
    room = 0.5 * max(1.0, abs(low)) if high - low <= EQUAL * abs(low) else 0.0
    return low - room, high + room


def _deviation(numbers: Floats) -> float:
    with np.errstate(all="ignore"):  # of inf and NaN it is NaN, and that is what the title says
        return float(np.std(numbers))
