"""How is the graph of a trace drawn, at any moment of the sweep?

As a circuit diagram: each node one box with its name, its value and its gradient below; each use of a node one arrow,
which is one application of the chain rule, with a chip in its middle: × the local derivative, = the contribution.

Graphviz places boxes and chips once, each as wide as its widest number will ever be. So the sweep and the worksheet are
drawn again and again, with other texts, and nothing moves. Every style is an attribute: a picture needs nothing else.

Names to know: `Circuit`, `Box`, `Arrow`. Read next: `frame.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import NamedTuple

from tinygrad_edu.rules import RULES
from tinygrad_edu.show import cut, in_brackets, show
from tinygrad_edu.steps.trace import ForwardStep, Trace
from tinygrad_edu.steps.wording import filled, operation
from tinygrad_edu.viz.drawing import laid_out
from tinygrad_edu.viz.fonts import text_width
from tinygrad_edu.viz.graph import ROUNDS
from tinygrad_edu.viz.look import Look
from tinygrad_edu.viz.quoting import visible
from tinygrad_edu.viz.style import FONTS, Theme

UNKNOWN = "—"
TEXTS = ("text", "title")  # elements of SVG that hold a text, and no others
LONGEST_TITLE = 22
LONGEST_NAME = 9  # characters, in the title of a computed node
INCH = 72  # Graphviz measures in inches; here, a pixel is one of its points

NAME, VALUE, GRADIENT, CHIP = 13.0, 20.0, 14.0, 12.5  # sizes of letters in pixels
BOX_HEIGHT, NARROWEST_BOX, BOX_PADDING, BOX_CORNER = 86.0, 112.0, 14.0, 14.0
SIZES = {"name": NAME, "value": VALUE, "gradient": GRADIENT}
ROWS = {"name": 21.0, "value": 47.0, "gradient": 72.0}  # where the texts of a box stand
CHIP_HEIGHT, NARROWEST_CHIP, CHIP_PADDING = 40.0, 56.0, 9.0
CHIP_ROWS = {1: (24.5,), 2: (16.5, 32.5)}  # of so many texts
CONSTANT_HEIGHT = 30.0
BETWEEN = 20.0  # boxes or chips side by side
PAD = 2.0  # around everything: a border is drawn half outside
HEAD = 11.0  # length of an arrow's head


@dataclass(frozen=True, slots=True)
class Box:
    """What the box of a node shows.

    Attributes:
        value: its number; where it is empty there is a line to write on.
        gradient: the gradient so far.
        fill: the colour of the box; if there is none, that of the paper.
        is_reached: whether its number is known; if not, its border is dashed.
        is_active: whether this step is about it.
    """

    value: str = UNKNOWN
    gradient: str = UNKNOWN
    fill: str = ""
    is_reached: bool = True
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """What an arrow shows.

    Attributes:
        texts: the two lines of its chip; without any there is no chip.
        pen: Graphviz attributes of its line, as `Theme.pen` gives them.
        is_backward: whether it leads from the user to the argument: the gradient runs against the numbers.
        is_active: whether this step is about it.
    """

    texts: tuple[str, ...] = ()
    pen: Mapping[str, str] | None = None
    is_backward: bool = False
    is_active: bool = False


class _Point(NamedTuple):
    x: float
    y: float


class _Place(NamedTuple):
    """A rectangle, by its centre."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def top(self) -> float:
        return self.y - self.height / 2


class _Layout(NamedTuple):
    width: float
    height: float
    places: dict[str, _Place]
    curves: dict[tuple[str, str], list[_Point]]


class Circuit:
    """The graph of a trace, laid out once, to be drawn at any moment.

    Args:
        trace: the steps; arrows are numbered as its edges are.
        direction: "LR" from left to right, "TB" from top to bottom.
        gap: between a box and a chip, in pixels.
        look: its colours, and the language of what is counted.

    >>> from tinygrad_edu import Value, chain_rule
    >>> circuit = Circuit(chain_rule(Value(2.0, label="x") * 3.0))
    >>> drawn = circuit.svg([Box("2"), Box("3"), Box("6")], [Arrow(("× 3",))])
    >>> drawn.startswith("<g"), "× 3" in drawn
    (True, True)
    """

    def __init__(self, trace: Trace, direction: str = "LR", gap: float = 32.0, look: Look | None = None) -> None:
        self.trace = trace
        look = look or Look()
        self.theme = look.theme
        self.titles = [_clean(title) for title in _titles(trace, look)]
        self.direction, self.gap = direction, gap
        self.numbers = {(edge.user_node, edge.position): number for number, edge in enumerate(trace.edges)}

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in pixels."""
        return self._layout.width, self._layout.height

    def svg(self, boxes: Sequence[Box], arrows: Sequence[Arrow]) -> str:
        """The picture as a group of SVG.

        Args:
            boxes: one for each node of the trace.
            arrows: one for each edge of the trace.
        """
        plain = (self._plain_arrow(*pair) for pair in self._constant_pairs())
        lines = (self._line(number, arrow) for number, arrow in enumerate(arrows))
        chips = (self._chip(number, arrow) for number, arrow in enumerate(arrows) if arrow.texts)
        nodes = (self._node(index, box) for index, box in enumerate(boxes))
        font = {"font-family": FONTS, "text-anchor": "middle"}
        return element("g", {"class": "circuit", **font}, *plain, *lines, *chips, *nodes)

    # The layout

    @cached_property
    def _layout(self) -> _Layout:
        sizes = {f"n{index}": self._box_size(index) for index in range(len(self.trace.nodes))}
        sizes |= {f"c{number}": (width, CHIP_HEIGHT) for number, width in enumerate(self._chip_widths())}
        boxes = (f"{name} [width={wide / INCH:.4f}, height={high / INCH:.4f}]" for name, (wide, high) in sizes.items())
        pairs = [pair for *_, pair in self._arrows()]
        edges = (f"{start} -> {end}" for way in pairs for start, end in way)
        gaps = f"nodesep={BETWEEN / INCH:.4f}; ranksep={self.gap / INCH:.4f}"
        settings = f"rankdir={self.direction}; ordering=in; {gaps}; nslimit={ROUNDS}; nslimit1={ROUNDS}"
        styles = 'node [shape=box, fixedsize=true, label=""]; edge [arrowhead=none]'
        return _read(laid_out("\n".join(["digraph {", settings, styles, *boxes, *edges, "}"]), "plain"))

    def _arrows(self) -> Iterable[tuple[int, int, list[tuple[str, str]]]]:
        """For each use of a node: its user, its position, and the pairs that the arrow joins, over its chip."""
        for user, node in enumerate(self.trace.nodes):
            for position, argument in enumerate(node.args):
                number = self.numbers.get((user, position))
                start, end, chip = f"n{argument}", f"n{user}", f"c{number}"
                yield user, position, [(start, end)] if number is None else [(start, chip), (chip, end)]

    def _constant_pairs(self) -> list[tuple[str, str]]:
        return list(dict.fromkeys(way[0] for *_, way in self._arrows() if len(way) == 1))

    def _box_size(self, index: int) -> tuple[float, float]:
        node = self.trace.nodes[index]
        if node.is_constant:
            return text_width(self.titles[index], NAME) + 2 * BOX_PADDING, CONSTANT_HEIGHT
        sums = [gradient_text(edge.after, edge.to_come) for edge in self.trace.edges_from.get(index, [])]
        widths = [
            text_width(self.titles[index], NAME),
            text_width(show(node.data), VALUE, bold=True),
            *(text_width(f"∂ {text}", GRADIENT, bold=True) for text in sums),
        ]
        return max(NARROWEST_BOX, max(widths) + 2 * BOX_PADDING), BOX_HEIGHT

    def _chip_widths(self) -> list[float]:
        """Wide enough for bold letters."""
        widest = (max(chip_texts(edge.partial, edge.contribution), key=len) for edge in self.trace.edges)
        return [max(NARROWEST_CHIP, text_width(text, CHIP, bold=True) + 2 * CHIP_PADDING) for text in widest]

    # Arrows

    def _plain_arrow(self, start: str, end: str) -> str:
        return _arrow([self._layout.curves[start, end]], {"color": self.theme.strong, "penwidth": "1.2"})

    def _line(self, number: int, arrow: Arrow) -> str:
        edge = self.trace.edges[number]
        ends = f"n{edge.argument_node}", f"c{number}", f"n{edge.user_node}"
        curves = [self._layout.curves[ends[0], ends[1]], self._layout.curves[ends[1], ends[2]]]
        if arrow.is_backward:
            curves = [curve[::-1] for curve in reversed(curves)]
        return _arrow(curves, arrow.pen or {"color": self.theme.line, "penwidth": "1.2"})

    def _chip(self, number: int, arrow: Arrow) -> str:
        place = self._layout.places[f"c{number}"]
        around = place if len(arrow.texts) > 1 else place._replace(height=CHIP_HEIGHT / 2 + 4)
        color = (arrow.pen or {}).get("color", self.theme.strong)
        weight = {"font-weight": "bold"} if arrow.is_active else {}
        line = {"stroke": color, "stroke-width": 2.5} if arrow.is_active else {"stroke": self.theme.line}
        border = element("rect", {**_rectangle(around, 10), "fill": self.theme.paper, **line})
        texts = (_chip_text(place, y, text) for text, y in zip(arrow.texts, CHIP_ROWS[len(arrow.texts)], strict=True))
        return element("g", {"class": "chip", "font-size": CHIP, "fill": self.theme.ink, **weight}, border, *texts)

    # Boxes

    def _node(self, index: int, box: Box) -> str:
        if self.trace.nodes[index].is_constant:
            return self._constant(index)
        place = self._layout.places[f"n{index}"]
        texts = {"name": self.titles[index], "value": box.value, "gradient": box.gradient and f"∂ {box.gradient}"}
        rows = (_row(role, text, place, box, self.theme) for role, text in texts.items())
        return element("g", {"class": "box"}, _border(place, box, self.theme), *rows)

    def _constant(self, index: int) -> str:
        place = self._layout.places[f"n{index}"]
        colors = {"fill": self.theme.constant, "stroke": self.theme.line}
        where = {"x": place.x, "y": place.y + 4.5, "font-size": NAME, "fill": self.theme.quiet}
        text = element("text", where, self.titles[index])
        return element("g", {"class": "constant"}, element("rect", {**_rectangle(place, 10), **colors}), text)


# The texts that take room


def gradient_text(number: float, to_come: int) -> str:
    """A gradient so far; where more contributions will come, it says so.

    >>> gradient_text(-4.0, 0), gradient_text(1.0, 2)
    ('-4', '1 + …')
    """
    return f"{show(number)} + …" if to_come else show(number)


def chip_texts(local: float, contribution: float) -> tuple[str, str]:
    """What stands on an arrow that a gradient has come along.

    >>> chip_texts(-4.0, 8.0)
    ('× (-4)', '= 8')
    """
    return f"× {in_brackets(local)}", f"= {show(contribution)}"


def _titles(trace: Trace, look: Look) -> list[str]:
    """The name of each node; for a computed node also its operation, as far as it fits."""
    titles = [cut(node.name, LONGEST_TITLE) for node in trace.nodes]
    for step in trace.forward:
        whole = f"{step.name} = {step.formula}"
        titles[step.node] = whole if len(whole) <= LONGEST_TITLE else _short_title(step, trace, look)
    return titles


def _short_title(step: ForwardStep, trace: Trace, look: Look) -> str:
    """With shortened names; if there are many arguments, with the symbol of the operation and their number."""
    rule, args = RULES.get(step.op), trace.nodes[step.node].args
    name = cut(step.name, LONGEST_NAME)
    if rule is None or rule.many:
        symbol, count = (rule.symbol, len(rule.grouped(args)[0])) if rule else (step.op, len(args))
        return f"{name} = {symbol}, {look.counted(count, 'term')}"
    names = [cut(trace.nodes[arg].name, LONGEST_NAME) for arg in args]
    return f"{name} = {filled(operation(rule, len(args)), names)}"


def _clean(text: str) -> str:
    """A text on one line, as it can be drawn; what is clean stays as it is."""
    return visible(" ".join(re.split(r"\r\n|\r|\n", text)))


# Shapes


def element(tag: str, attributes: Mapping[str, object], *content: str) -> str:
    """An element of SVG. The content of a `text` or a `title` is a text; of any other, elements.

    >>> element("text", {"x": 1.25, "class": "name"}, "a < b")
    '<text x="1.2" class="name">a &lt; b</text>'
    """
    written = "".join(f' {name}="{escape(_plain(item))}"' for name, item in attributes.items())
    inner = "".join(escape(_clean(part), quote=False) if tag in TEXTS else part for part in content)
    return f"<{tag}{written}>{inner}</{tag}>" if inner else f"<{tag}{written}/>"


def whole(size: tuple[float, float], *content: str) -> str:
    """A picture that stands alone, of a width and a height in pixels."""
    width, height = (math.ceil(side) for side in size)
    box = {"viewBox": f"0 0 {width} {height}", "width": width, "height": height}
    return element("svg", {"xmlns": "http://www.w3.org/2000/svg", **box, "role": "img"}, *content)


def _plain(item: object) -> str:
    return f"{item:.1f}".removesuffix(".0") if isinstance(item, float) else str(item)


def _rectangle(place: _Place, corner: float) -> dict[str, object]:
    return {"x": place.left, "y": place.top, "width": place.width, "height": place.height, "rx": corner}


def _border(place: _Place, box: Box, theme: Theme) -> str:
    if box.is_active:
        line: dict[str, object] = {"stroke": theme.ink, "stroke-width": 3}
    else:
        line = {"stroke": theme.strong, "stroke-width": 1} | ({} if box.is_reached else {"stroke-dasharray": "5 4"})
    return element("rect", {**_rectangle(place, BOX_CORNER), "fill": box.fill or theme.paper, **line})


def _row(role: str, text: str, place: _Place, box: Box, theme: Theme) -> str:
    """A text of a box, or a line to write one on."""
    y = place.top + ROWS[role]
    if not text:
        return _blank(role, place, y, theme)
    is_quiet = box.fill in ("", theme.paper) if role == "name" else UNKNOWN in text
    looks: dict[str, object] = {"font-size": SIZES[role], **({} if role == "name" else {"font-weight": "bold"})}
    where = {"class": role, "x": place.x, "y": y}
    return element("text", {**where, **looks, "fill": theme.quiet if is_quiet else theme.ink}, text)


def _blank(role: str, place: _Place, y: float, theme: Theme) -> str:
    start, end = place.left + BOX_PADDING, place.left + place.width - BOX_PADDING
    line = {"class": "blank", "x1": start, "x2": end, "y1": y + 4, "y2": y + 4, "stroke": theme.strong}
    if role == "value":
        return element("line", line)
    where = {"x": start, "y": y, "text-anchor": "start", "font-size": GRADIENT, "fill": theme.quiet}
    return element("text", where, "∂") + element("line", {**line, "x1": start + GRADIENT})


def _chip_text(place: _Place, y: float, text: str) -> str:
    """In the middle; a sign alone stands at the left, with room to write behind it."""
    is_sign = len(text) == 1
    where = {"x": place.left + CHIP_PADDING, "text-anchor": "start"} if is_sign else {"x": place.x}
    return element("text", {**where, "y": place.top + y}, text)


def _arrow(curves: list[list[_Point]], pen: Mapping[str, str]) -> str:
    """A line along curves that follow each other, with a head at the end of the last."""
    width = float(pen["penwidth"])
    *_, before, tip = curves[-1]
    length = math.dist(before, tip) or 1.0
    along = _Point((tip.x - before.x) / length, (tip.y - before.y) / length)
    size = HEAD + width
    base = _Point(tip.x - size * along.x, tip.y - size * along.y)
    whole = [*curves[:-1], [*curves[-1][:-1], base]]
    dashes = {"stroke-dasharray": f"{2 + 1.5 * width:.1f} {2 + width:.1f}"} if pen.get("style") == "dashed" else {}
    line = {"d": "M" + " L".join(map(_curve, whole)), "fill": "none", "stroke": pen["color"]}
    corners = (tip, *(_Point(base.x - side * along.y, base.y + side * along.x) for side in (0.4 * size, -0.4 * size)))
    head = {"points": " ".join(map(_pair, corners)), "fill": pen["color"]}
    drawn = (element("path", {**line, "stroke-width": width, **dashes}), element("polygon", head))
    return element("g", {"class": "arrow"}, *drawn)


def _curve(points: list[_Point]) -> str:
    return f"{_pair(points[0])} C{' '.join(map(_pair, points[1:]))}"


def _pair(point: _Point) -> str:
    return f"{point.x:.1f},{point.y:.1f}"


# The layout, as Graphviz writes it


def _read(plain: str) -> _Layout:
    """The plain format (graphviz.org/docs/outputs/plain), in pixels, y downwards."""
    lines = [line.split() for line in plain.replace("\\\n", "").splitlines()]
    width, height = (INCH * float(size) + 2 * PAD for size in lines[0][2:4])
    places, curves = {}, {}
    for kind, *fields in lines:
        if kind == "node":
            wide, high = (INCH * float(size) for size in fields[3:5])
            places[fields[0]] = _Place(*_point(fields[1:3], height), wide, high)
        if kind == "edge":
            numbers = fields[3 : 3 + 2 * int(fields[2])]
            pairs = zip(numbers[::2], numbers[1::2], strict=True)
            curves[fields[0], fields[1]] = [_point(pair, height) for pair in pairs]
    return _Layout(width, height, places, curves)


def _point(inches: Sequence[str], height: float) -> _Point:
    x, y = (INCH * float(number) + PAD for number in inches)
    return _Point(x, height - y)
