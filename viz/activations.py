"""What goes on inside a network?

    plot_neurons        what every neuron of a layer sees of the plane: its activation, and the line where w·x + b = 0
    plot_parameters     the distribution of the weights and their gradients, layer by layer
    plot_activations    the distribution of the activations, and how many neurons are stuck

A layer whose gradients are a thousand times smaller than those of the last one learns a thousand times slower; a relu
that is 0 for all samples does not learn at all. Both can be seen here.

Names to know: `plot_neurons`, `plot_parameters`, `plot_activations`. Read next: `gif.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinygrad_edu.blocks import no_grad
from tinygrad_edu.errors import OptionError, SizeError
from tinygrad_edu.nn.layers import LINEAR, MLP
from tinygrad_edu.rules import RULES
from tinygrad_edu.show import counted, show
from tinygrad_edu.value import Value
from tinygrad_edu.viz.look import Look, look_of
from tinygrad_edu.viz.plots import FARTHEST, Plane, dress, new_axes, scatter, shades

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


def plot_neurons(
    model: MLP,
    X: ArrayLike,
    y: ArrayLike,
    *,
    layer: int = 1,
    columns: int = COLUMNS,
    theme: str = "light",
    lang: str = "en",
) -> Figure:
    """Draw for every neuron of a layer its activation over the plane; the line is where its weighted sum is 0.

    Args:
        model: a network of two inputs.
        X: points, of shape (n, 2).
        y: their classes.
        layer: the number of the layer, from 1.
        columns: how many neurons stand side by side, at most.
        theme: "light", or "dark" for a dark page or a dark room.
        lang: of the words in it: "en" for English, "zh" for Simplified Chinese.

    Raises:
        SizeError: if the points or the model do not have two coordinates.
        OptionError: if there is no such layer, theme or language, or no column.

    >>> plot_neurons(MLP(2, [3, 1], seed=0), [[0.0, 1.0], [1.0, 0.0]], [0, 1]).axes[1].get_title()
    'a2 (layer 1)'
    """
    look, points, classes = look_of("plot_neurons", theme, lang), np.asarray(X, dtype=float), np.asarray(y)
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
    if not isinstance(columns, int) or columns < 1:
        raise OptionError(f"plot_neurons(..., columns={columns!r})", "at least one is drawn", instead="columns=4")
    plane = Plane(points, GRID)
    sums, active = (np.array([row[layer - 1] for row in rows]) for rows in _through(model, plane.points))
    axes = _small_axes(model.sizes[layer], columns, plane.steepness, look)
    largest = float(np.abs(active).max()) or 1.0
    for number, ax in enumerate(axes):
        image = plane.paint(ax, active[:, number], cmap=shades(look.theme), vmin=-largest, vmax=largest)
        plane.outline(ax, sums[:, number], linewidth=1.2, color=look.theme.ink)
        scatter(ax, points, classes, look, size=9, legend=False, rasterized=len(points) * len(axes) > MOST_MARKERS)
        ax.set_title(look.say("neuron_of", neuron=number + 1, layer=layer), fontsize="medium")
        ax.set(aspect="equal", xlabel="x1", ylabel="x2")
        ax.label_outer()
    figure = cast("Figure", axes[0].figure)
    bar = figure.colorbar(image, ax=axes, label=look.say("activation"), fraction=0.03, pad=0.02)
    bar.outline.set_edgecolor(look.theme.outline)
    dress(bar.ax, look)
    return figure


def plot_parameters(model: MLP, *, theme: str = "light", lang: str = "en") -> Figure:
    """Draw the distribution of the parameters of every layer, and of their gradients if there are any.

    Args:
        model: a network.
        theme: "light", or "dark" for a dark page or a dark room.
        lang: of the words in it: "en" for English, "zh" for Simplified Chinese.

    Raises:
        OptionError: if there is no such theme or language.

    >>> figure = plot_parameters(MLP(2, [8, 1], seed=0))
    >>> [ax.get_title() for ax in figure.axes][0]
    'layer 1: 24 parameters, deviation 0.3471'
    """
    look = look_of("plot_parameters", theme, lang)
    say, columns = look.say, 2 if any(parameter.has_grad for parameter in model.parameters()) else 1
    axes = new_axes(4.8 * columns, 0.6 + 1.9 * len(model.layers), len(model.layers), columns, look)
    for number, layer in enumerate(model.layers, start=1):
        row, parameters = axes[columns * (number - 1) :], layer.parameters()
        data = np.array([parameter.data for parameter in parameters])
        title = say("layer_holds", layer=number, parameters=look.counted(len(parameters), "parameter"))
        about = (_spread(title, data, look), say("of_parameters"), say("parameters"))
        _histogram(row[0], data, about, look.theme.positive, look)
        if columns == 2:
            grads = np.array([parameter.grad for parameter in parameters if parameter.has_grad])
            about = (_spread(say("layer_grads", layer=number), grads, look), say("of_gradients"), say("parameters"))
            _histogram(row[1], grads, about, look.theme.negative, look)
    return cast("Figure", axes[0].figure)


def _spread(title: str, numbers: Floats, look: Look) -> str:
    """A title with the standard deviation of what is below it."""
    return look.say("deviation", title=title, number=show(_deviation(numbers)))


def plot_activations(model: MLP, X: ArrayLike, *, theme: str = "light", lang: str = "en") -> Figure:
    """Draw the distribution of the activations of every layer over samples, and count the neurons that are stuck.

    A neuron is stuck if its derivative is 0, or nearly so, for every sample: a relu that is always 0, or a tanh or
    sigmoid that is always at one of its ends. Where an activation is flat stands in its row of the rule table.

    Args:
        model: a network.
        X: samples, of shape (n, inputs).
        theme: "light", or "dark" for a dark page or a dark room.
        lang: of the words in it: "en" for English, "zh" for Simplified Chinese.

    Raises:
        OptionError: if there is no such theme or language.
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
    look = look_of("plot_activations", theme, lang)
    _, rows = _through(model, samples)
    axes = new_axes(6.0, 0.6 + 1.9 * len(model.layers), rows=len(model.layers), look=look)
    for number, (ax, layer) in enumerate(zip(axes, model.layers, strict=True)):
        active = np.array([row[number] for row in rows])
        count = active.shape[1]
        said = look.say("layer_gives", layer=number + 1, activation=layer.activation)
        if layer.activation != LINEAR:
            said = look.say("stuck", title=said, stuck=_stuck(active, layer.activation), count=count)
        about = (said, look.say("of_neurons", neurons=look.counted(count, "neuron")), look.say("activations"))
        _histogram(ax, active.ravel(), about, look.theme.positive, look)
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


def _small_axes(count: int, most: int, steepness: float, look: Look) -> list[Axes]:
    """Axes as tall as their plane is, so that there are no gaps between them."""
    columns = min(most, count)
    rows = -(-count // columns)
    height = 2.2 * min(2.0, max(0.5, steepness)) + 0.35
    axes = new_axes(2.4 * columns + 0.9, height * rows + 0.5, rows, columns, look)
    cast("Figure", axes[0].figure).set_layout_engine(
        "compressed"
    )  # in a figure of another size there are no gaps either
    for ax in axes[count:]:
        ax.remove()
    return axes[:count]


def _stuck(active: Floats, activation: str) -> int:
    ends = RULES[activation].flat
    near = CLOSE * (max(ends, default=0.0) - min(ends, default=0.0))  # one end alone has to be reached
    is_flat = [np.abs(active - end) <= near for end in ends]
    return int(np.any(is_flat, axis=0).all(axis=0).sum()) if ends else 0


def _histogram(ax: Axes, numbers: Floats, about: tuple[str, str, str], color: str, look: Look) -> None:
    """How many numbers there are of each size; `about` has the title, what the numbers are, and what is counted."""
    bins = int(np.clip(2 * np.sqrt(len(numbers)), 8, MOST_BINS))
    drawn = numbers[np.abs(numbers) < FARTHEST]
    if len(drawn):
        ax.hist(drawn, bins=bins, range=_ends(drawn), color=color, alpha=0.85)
    if len(drawn) < len(numbers):
        left_out = f"{len(numbers) - len(drawn)} × inf, NaN, ≥ {show(FARTHEST)}"
        ax.text(0.98, 0.95, left_out, color=color, ha="right", va="top", transform=ax.transAxes)
    ax.set_title(about[0], fontsize="medium")
    ax.spines[["top", "right"]].set_visible(False)
    ax.axvline(0.0, color=look.theme.faint, linewidth=0.8)
    ax.set(xlabel=about[1], ylabel=about[2])
    ax.locator_params(axis="y", integer=True)


def _ends(numbers: Floats) -> tuple[float, float]:
    """Where the bars begin and end; around numbers that are all equal there is some room."""
    low, high = float(numbers.min()), float(numbers.max())
    room = 0.5 * max(1.0, abs(low)) if high - low <= EQUAL * abs(low) else 0.0
    return low - room, high + room


def _deviation(numbers: Floats) -> float:
    with np.errstate(all="ignore"):  # of inf and NaN it is NaN, and that is what the title says
        return float(np.std(numbers))
