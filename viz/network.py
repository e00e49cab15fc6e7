"""What does a whole network look like?

    columns     the layers, from the inputs on the left to the outputs on the right; or rows, from top to bottom
    circles     neurons, with the bias inside; with a sample, the activation, and after a sweep its gradient
    lines       weights: blue and solid above 0, orange and dashed below, the thicker the larger

Where circles would have to be so many that their numbers could not be read on a screen, they are small and shaded
instead, and the numbers are in their tooltips. Positions are computed here (a network is a grid; there is nothing to
lay out), so large ones are quick to draw.

Names to know: `draw_network`. Read next: `program.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import graphviz

from tinygrad_edu.choices import unknown
from tinygrad_edu.errors import GraphError, OptionError
from tinygrad_edu.graph import gradient_numbers
from tinygrad_edu.nn.layers import MLP, Layer, Neuron, as_inputs
from tinygrad_edu.show import cells, counted, folded, listed, show
from tinygrad_edu.value import Number, Value
from tinygrad_edu.viz.drawing import Drawing
from tinygrad_edu.viz.graph import canvas
from tinygrad_edu.viz.look import Look, look_of
from tinygrad_edu.viz.quoting import plain

MOST_NEURONS = 16  # of a layer; more are elided
LETTERS = 10  # points, which is 13 pixels
CELL = 0.09  # inches that a letter takes at most
CROWD = 40  # lines between two layers that eyes can follow; of more, all but the largest are pale


class _Grid(NamedTuple):
    """Where circles are, in inches.

    Attributes:
        pitch: between neighbours of a layer.
        gap: between layers.
        diameter: of a circle.
        has_numbers: whether they are inside the circles.
    """

    pitch: float
    gap: float
    diameter: float
    has_numbers: bool


PHONE = 3.4  # inches that a screen of 390 pixels has for a picture
WITH_NUMBERS = {"LR": 8, "TB": 4}  # circles of a layer, at most, that a screen has room for if numbers are in them
LARGE = {"LR": _Grid(1.0, 2.6, 0.86, True), "TB": _Grid(0.84, 1.6, 0.82, True)}
SMALL = {"LR": _Grid(0.4, 2.6, 0.3, False), "TB": _Grid(0.21, 1.7, 0.19, False)}


def draw_network(
    model: MLP | Layer | Neuron,
    *,
    inputs: Iterable[Number] | None = None,
    max_neurons: int = MOST_NEURONS,
    strongest: int | None = None,
    highlight: tuple[int, int] | None = None,
    direction: str = "LR",
    theme: str = "light",
    lang: str = "en",
) -> Drawing:
    """Draw a network, with its weights as colours and widths.

    Args:
        model: an MLP, a Layer or a Neuron.
        inputs: one sample, to show the activation of every neuron, and the gradient of the output by it; the
            parameters and their gradients are not changed.
        max_neurons: a wider layer is elided, with the number of neurons left out.
        strongest: how many weights between two layers are drawn, the largest ones; by default all of them, and where
            they are many, all but the 40 largest are pale.
        highlight: a neuron, as the number of its layer and its own, both from 1: its weights alone are not pale.
        direction: "LR" from left to right, or "TB" from top to bottom, as narrow as a phone. Layers of more than 8
            neurons, or from top to bottom of more than 4, have small circles, shaded by the bias or the activation.
        theme: "light", or "dark" for a dark page or a dark room.
        lang: of the words in it: "en" for English, "zh" for Simplified Chinese.

    Raises:
        GraphError: if `model` is not one of these.
        OptionError: if a number is too small, or there is no such neuron, direction, theme or language.
        SizeError: if `inputs` does not have the size that the model takes.

    >>> drawing = draw_network(MLP(2, [3, 1], seed=0))
    >>> drawing.source.count(" -> ")
    9
    >>> draw_network(MLP(2, [16, 16, 1], seed=0), strongest=10).source.count(" -> ")
    30
    """
    if not isinstance(max_neurons, int) or max_neurons < 3:
        raise OptionError(
            f"max_neurons={max_neurons!r}", "at least 3 are drawn: first, ⋮ and last", instead="max_neurons=16"
        )
    if strongest is not None and (not isinstance(strongest, int) or strongest < 1):
        raise OptionError(f"strongest={strongest!r}", "at least one weight is drawn", instead="strongest=40")
    if direction not in LARGE:
        raise unknown("direction", direction, LARGE, call="draw_network(..., {})")
    look = look_of("draw_network", theme, lang)
    layers = _layers(model)
    columns = _columns(layers, max_neurons, look)
    if highlight is not None:
        _check_neuron(highlight, columns)
    if inputs is not None:
        _activate(columns, layers, as_inputs(inputs, layers[0].sizes[0], model))
    return Drawing(_Network(layers, columns, look, direction, strongest, highlight).source(), look.theme.paper)


def _check_neuron(asked: tuple[int, int], columns: list[_Column]) -> None:
    """Refuse the place of a neuron that is not drawn."""
    pair = asked if isinstance(asked, tuple) and len(asked) == 2 else (0, 0)
    if pair[0] in range(1, len(columns)) and pair[1] - 1 in columns[pair[0]].shown:
        return
    drawn = [f"layer {number} of {counted(column.size, 'neuron')}" for number, column in enumerate(columns)][1:]
    wrong = f"there are {listed(drawn)}" + ("" if pair[0] not in range(1, len(columns)) else ", not all of them drawn")
    raise OptionError(f"draw_network(..., highlight={asked!r})", wrong, instead="highlight=(1, 1)")


def _layers(model: MLP | Layer | Neuron) -> list[Layer]:
    if isinstance(model, MLP):
        return model.layers
    if isinstance(model, Layer):
        return [model]
    if isinstance(model, Neuron):
        return [Layer.of([model])]
    raise GraphError(
        f"draw_network({type(model).__name__})",
        "only an MLP, a Layer or a Neuron has layers to draw",
        instead="draw(value) for the graph of a Value",
    )


@dataclass
class _Column:
    """One column of circles: which neurons are shown, and what is written on them."""

    title: list[str]
    size: int
    shown: list[int]
    neurons: Sequence[Neuron] = ()
    values: list[Value] = field(default_factory=list)
    gradients: list[float] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        return self.size - len(self.shown)


def _columns(layers: Sequence[Layer], most: int, look: Look) -> list[_Column]:
    nin = layers[0].sizes[0]
    columns = [_Column([look.say("input")], nin, _shown(nin, most))]
    for number, layer in enumerate(layers, start=1):
        name = look.say("output") if number == len(layers) else look.say("layer", layer=number)
        columns.append(
            _Column(
                [name, f"{layer.sizes[1]} × {layer.activation}"],
                layer.sizes[1],
                _shown(layer.sizes[1], most),
                layer.neurons,
            )
        )
    return columns


def _shown(size: int, most: int) -> list[int]:
    """All indices, or the first ones and the last."""
    return list(range(size)) if size <= most else [*range(most - 2), size - 1]


def _activate(columns: list[_Column], layers: Sequence[Layer], x: list[Value]) -> None:
    """Send a sample through, and the gradient back, without changing the parameters' gradients."""
    values = [Value(each.data) for each in x]
    columns[0].values = values
    for column, layer in zip(columns[1:], layers, strict=True):
        values = layer.fire(values)
        column.values = values
    if len(values) == 1:
        gradients = gradient_numbers(values[0])
        for column in columns:
            column.gradients = [gradients.get(value, 0.0) for value in column.values]


class _Network:
    """A network on its way to DOT source."""

    def __init__(
        self,
        layers: Sequence[Layer],
        columns: Sequence[_Column],
        look: Look,
        direction: str,
        strongest: int | None = None,
        highlight: tuple[int, int] | None = None,
    ) -> None:
        self.layers = layers
        self.columns = columns
        self.direction = direction
        self.look, self.theme = look, look.theme
        self.strongest = strongest
        self.highlight = None if highlight is None else (highlight[0], highlight[1] - 1)
        weights = [abs(w.data) for layer in layers for neuron in layer.neurons for w in neuron.w]
        self.largest = max(weights, default=0.0)
        shown = [len(column.shown) for column in columns]
        self.is_crowded = max(min(a * b, strongest or a * b) for a, b in pairwise(shown)) > CROWD
        self.height = max(len(column.shown) + bool(column.hidden) for column in columns)
        self.grid = _grid(direction, self.height)
        self.largest_shade = max((abs(self._shade(c, index)) for c in columns for index in c.shown), default=0.0)
        self.dot = canvas(look.theme, layout="neato", splines="line", outputorder="edgesfirst")
        self.dot.attr("edge", arrowhead="none")

    def source(self) -> str:
        for number, column in enumerate(self.columns):
            self._column(number, column)
        for number, layer in enumerate(self.layers):
            self._weights(number, layer)
        self._legend()
        return str(self.dot.source)

    def _column(self, number: int, column: _Column) -> None:
        """The title of a layer, its circles, and where some are left out, a sign and how many."""
        count = len(column.shown) + bool(column.hidden)
        first = (self.height - 1) / 2 - (count - 1) / 2
        self._title(number, column)
        for place, index in enumerate(column.shown):
            is_last = column.hidden and place == len(column.shown) - 1
            self._circle(number, column, index, first + place + bool(is_last))
        if column.hidden:
            more = self.look.say("more", count=column.hidden)
            text = f"⋮\n{more}" if self.direction == "LR" else "⋯"
            self._text(f"m{number}", text, self._position(number, first + count - 2))

    def _title(self, number: int, column: _Column) -> None:
        """Above the circles; from top to bottom it is one line, at the left."""
        if self.direction == "LR":
            self._text(
                f"t{number}", "\n".join(column.title), self._position(number, -1 if self.grid.has_numbers else -1.6)
            )
            return
        more = [f"⋯ {self.look.say('more', count=column.hidden)}"] if column.hidden else []
        title = " · ".join([*column.title, *more])
        above = self.grid.diameter / 2 + (0.14 if number else 0.34)
        self._text(f"t{number}", title, f"{CELL * cells(title) / 2:.2f},{above - number * self.grid.gap:.2f}!")

    def _circle(self, number: int, column: _Column, index: int, place: float) -> None:
        lines = self._lines(number, column, index) if self.grid.has_numbers else []
        self.dot.node(
            _id(number, index),
            label=graphviz.nohtml(plain("\n".join(lines))),
            shape="circle",
            fixedsize="true",
            width=str(self.grid.diameter),
            penwidth="3" if self.highlight == (number, index) else "1",
            style="filled",
            fillcolor=self.theme.tint(self._shade(column, index), self.largest_shade),
            fontsize=str(LETTERS),
            pos=self._position(number, place),
            tooltip=graphviz.nohtml(plain(self._tooltip(column, index))),
        )
        if not column.neurons and not self.grid.has_numbers and self._has_room(column, index):
            self._text(f"i{index}", f"x{index + 1}", self._position(number, place, beside=True))

    def _has_room(self, column: _Column, index: int) -> bool:
        """Whether the name of an input fits beside its circle: above small ones, only those at the ends do."""
        is_at_end = index in (0, column.size - 1)
        return self.direction == "LR" or is_at_end or CELL * len(f"x{column.size}") < self.grid.pitch

    def _shade(self, column: _Column, index: int) -> float:
        """What the background of a circle shows: the activation, or the bias of a circle without numbers."""
        if column.values:
            return column.values[index].data
        return column.neurons[index].b.data if column.neurons and not self.grid.has_numbers else 0.0

    def _lines(self, number: int, column: _Column, index: int) -> list[str]:
        """What is in a circle."""
        bias = show(column.neurons[index].b.data, 2) if column.neurons else ""
        if not column.values:
            return [f"b {bias}"] if column.neurons else [f"x{index + 1}"]
        lines = [f"{'a' if number else 'x'} {show(column.values[index].data, 2)}"]
        if column.neurons:
            lines.append(f"b {bias}")
        if column.gradients:
            lines.append(f"∂ {show(column.gradients[index], 2)}")
        return lines

    def _tooltip(self, column: _Column, index: int) -> str:
        said = [self._about(column, index)]
        if column.values:
            said.append(f"{'a' if column.neurons else 'x'} {show(column.values[index].data)}")
        if column.gradients:
            said.append(f"∂ {show(column.gradients[index])}")
        return ", ".join(said)

    def _about(self, column: _Column, index: int) -> str:
        if not column.neurons:
            return self.look.say("input_number", number=index + 1)
        neuron = column.neurons[index]
        return self.look.say("bias_is", activation=neuron.activation, count=len(neuron.w), number=show(neuron.b.data))

    def _weights(self, number: int, layer: Layer) -> None:
        """The largest weights last, so that they lie on top."""
        left, right = self.columns[number], self.columns[number + 1]
        pairs = [(start, target) for target in right.shown for start in left.shown]
        pairs.sort(key=lambda pair: abs(layer.neurons[pair[1]].w[pair[0]].data))
        pairs = pairs[-self.strongest :] if self.strongest else pairs
        for place, (start, target) in enumerate(pairs, start=-len(pairs)):
            weight = layer.neurons[target].w[start]
            is_clear = self._touches(number, start, target) if self.highlight else place >= -CROWD
            pen = self.theme.faded_pen if self.is_crowded else self.theme.pen
            line = pen(weight.data, self.largest) if is_clear else self.theme.pale_pen(weight.data)
            self.dot.edge(_id(number, start), _id(number + 1, target), tooltip=self._weight_tooltip(weight), **line)

    def _touches(self, number: int, start: int, target: int) -> bool:
        """Whether a weight comes from the highlighted neuron or goes to it."""
        return self.highlight in ((number, start), (number + 1, target))

    def _weight_tooltip(self, weight: Value) -> str:
        grad = f", {self.look.say('grad', number=show(weight.grad))}" if weight.has_grad else ""
        return str(graphviz.nohtml(plain(f"{weight.label or 'w'} = {show(weight.data)}{grad}")))

    def _text(self, name: str, text: str, position: str) -> None:
        self.dot.node(
            name,
            label=graphviz.nohtml(plain(text)),
            shape="plaintext",
            style="filled",
            fillcolor=self.theme.paper,
            margin="0.03",
            width="0",
            height="0",
            fontsize=str(LETTERS),
            pos=position,
        )

    def _position(self, layer: int, place: float, *, beside: bool = False) -> str:
        """Pinned, in inches from the lower left: the place in a layer is counted from its first neuron."""
        across, along = layer * self.grid.gap, place * self.grid.pitch
        aside = self.grid.diameter / 2 + 0.16 if beside else 0.0
        if self.direction == "LR":
            return f"{across - aside:.2f},{-along:.2f}!"
        middle = (PHONE - (self.height - 1) * self.grid.pitch) / 2  # from the left, where the titles begin
        return f"{middle + along:.2f},{aside - across:.2f}!"

    def _legend(self) -> None:
        width = (len(self.columns) - 1) * self.grid.gap + self.grid.diameter if self.direction == "LR" else 0.0
        room = 1.15 * max(PHONE, width) / CELL  # letters are narrower than the widest one
        lines = [part for line in self._said() for part in folded(line, room, whole=True)]
        self.dot.attr(
            label=graphviz.nohtml("".join(plain(line) + "\\l" for line in lines)), labelloc="b", labeljust="l"
        )

    def _said(self) -> list[str]:
        """What the legend explains, line by line."""
        say, has_values = self.look.say, bool(self.columns[0].values)
        weights = [say("weights")]
        if self.highlight:
            weights.append(say("pale_others"))
        elif self.is_crowded:
            weights.append(say("pale_smaller", count=CROWD))
        left_out = [say("strongest", count=self.strongest)] if self.strongest else []
        return [" · ".join(weights), *left_out, " · ".join(self._inside(has_values=has_values))]

    def _inside(self, *, has_values: bool) -> list[str]:
        """What is in the circles, or what their shades mean."""
        say = self.look.say
        if not self.grid.has_numbers:
            return [say("shade_of_activation" if has_values else "shade_of_bias")]
        gradients = [say("by_it")] if self.columns[0].gradients else []
        return [say("bias"), *([say("inside")] if has_values else []), *gradients]


def _grid(direction: str, height: int) -> _Grid:
    """With numbers in the circles, where a screen has room for that; small ones spread over the width of a phone."""
    if height <= WITH_NUMBERS[direction]:
        return LARGE[direction]
    small = SMALL[direction]
    return (
        small if direction == "LR" else small._replace(pitch=max(small.pitch, (PHONE - small.diameter) / (height - 1)))
    )


def _id(column: int, index: int) -> str:
    return f"n{column}_{index}"
