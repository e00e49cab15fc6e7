"""What does a whole network look like?

    columns     the layers, from the inputs on the left to the outputs on the right
    circles     neurons, with the bias inside; with a sample, the activation, and after a sweep its gradient
    lines       weights: blue and solid above 0, orange and dashed below, the thicker the larger

Positions are computed here (a network is a grid; there is nothing to lay out), so large ones are quick to draw.

Names to know: `draw_network`. Read next: `program.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import graphviz

from tinygrad_edu.errors import GraphError, OptionError
from tinygrad_edu.graph import gradient_numbers
from tinygrad_edu.nn.layers import MLP, Layer, Neuron, as_inputs
from tinygrad_edu.show import counted, listed, show
from tinygrad_edu.value import Number, Value
from tinygrad_edu.viz.drawing import Drawing
from tinygrad_edu.viz.graph import canvas
from tinygrad_edu.viz.look import Look, look_of
from tinygrad_edu.viz.quoting import plain

MOST_NEURONS = 16  # of a layer; more are elided
ROW = 0.78  # inches between neurons
COLUMN = 2.6  # inches between layers, at least; the taller a network, the wider
DIAMETER = 0.62
CROWD = 40  # lines between two layers that eyes can follow; of more, all but the largest are pale


def draw_network(
    model: MLP | Layer | Neuron,
    *,
    inputs: Iterable[Number] | None = None,
    max_neurons: int = MOST_NEURONS,
    strongest: int | None = None,
    highlight: tuple[int, int] | None = None,
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
        theme: "light", or "dark" for a dark page or a dark room.
        lang: of the words in it: "en" for English, "zh" for Simplified Chinese.

    Raises:
        GraphError: if `model` is not one of these.
        OptionError: if a number is too small, or there is no such neuron, theme or language.
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
    look = look_of("draw_network", theme, lang)
    layers = _layers(model)
    columns = _columns(layers, max_neurons, look)
    if highlight is not None:
        _check_neuron(highlight, columns)
    if inputs is not None:
        _activate(columns, layers, as_inputs(inputs, layers[0].sizes[0], model))
    return Drawing(_Network(layers, columns, look, strongest, highlight).source(), look.theme.paper)


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

    title: str
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
    columns = [_Column(look.say("input"), nin, _shown(nin, most))]
    for number, layer in enumerate(layers, start=1):
        name = look.say("output") if number == len(layers) else look.say("layer", layer=number)
        title = f"{name}\n{layer.sizes[1]} × {layer.activation}"
        columns.append(_Column(title, layer.sizes[1], _shown(layer.sizes[1], most), layer.neurons))
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
        strongest: int | None = None,
        highlight: tuple[int, int] | None = None,
    ) -> None:
        self.layers = layers
        self.columns = columns
        self.look, self.theme = look, look.theme
        self.strongest = strongest
        self.highlight = None if highlight is None else (highlight[0], highlight[1] - 1)
        weights = [abs(w.data) for layer in layers for neuron in layer.neurons for w in neuron.w]
        self.largest = max(weights, default=0.0)
        self.largest_value = max((abs(v.data) for column in columns for v in column.values), default=0.0)
        shown = [len(column.shown) for column in columns]
        self.is_crowded = max(min(a * b, strongest or a * b) for a, b in pairwise(shown)) > CROWD
        self.height = max(len(column.shown) + bool(column.hidden) for column in columns)
        self.column = max(COLUMN, 0.32 * self.height)
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
        rows = len(column.shown) + bool(column.hidden)
        top = (self.height - 1) / 2 + (rows - 1) / 2
        self._text(f"t{number}", column.title, number, self.height)
        for place, index in enumerate(column.shown):
            is_last = column.hidden and place == len(column.shown) - 1
            self._circle(number, column, index, top - place - bool(is_last))
        if column.hidden:
            more = self.look.say("more", count=column.hidden)
            self._text(f"m{number}", f"⋮\n{more}", number, top - len(column.shown) + 1)

    def _circle(self, number: int, column: _Column, index: int, row: float) -> None:
        lines = self._lines(number, column, index)
        fill = self.theme.tint(column.values[index].data, self.largest_value) if column.values else self.theme.paper
        self.dot.node(
            _id(number, index),
            label=graphviz.nohtml(plain("\n".join(lines))),
            shape="circle",
            fixedsize="true",
            width=str(DIAMETER),
            penwidth="3" if self.highlight == (number, index) else "1",
            style="filled",
            fillcolor=fill,
            fontsize="8" if len(lines) > 1 else "9",
            pos=self._position(number, row),
            tooltip=graphviz.nohtml(plain(self._tooltip(column, index))),
        )

    def _lines(self, number: int, column: _Column, index: int) -> list[str]:
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

    def _text(self, name: str, text: str, number: int, row: float) -> None:
        self.dot.node(
            name,
            label=graphviz.nohtml(plain(text)),
            shape="plaintext",
            style="filled",
            fillcolor=self.theme.paper,
            margin="0.04",
            fontsize="11",
            pos=self._position(number, row),
        )

    def _position(self, column: int, row: float) -> str:
        """Pinned, in inches from the lower left."""
        return f"{column * self.column:.2f},{row * ROW:.2f}!"

    def _legend(self) -> None:
        say, first = self.look.say, self.columns[0]
        inside = [say("bias"), *([say("inside")] if first.values else []), *([say("by_it")] if first.gradients else [])]
        weights = [say("weights")]
        if self.highlight:
            weights.append(say("pale_others"))
        elif self.is_crowded:
            weights.append(say("pale_smaller", count=CROWD))
        left_out = [say("strongest", count=self.strongest)] if self.strongest else []
        lines = [" · ".join(weights), *left_out, " · ".join(inside)]
        label = "".join(plain(line) + "\\l" for line in lines)
        self.dot.attr(label=graphviz.nohtml(label), labelloc="b", labeljust="l")


def _id(column: int, index: int) -> str:
    return f"n{column}_{index}"
