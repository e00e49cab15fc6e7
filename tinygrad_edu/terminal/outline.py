"""How is a graph drawn in text, with the current step marked?

As an outline, from the output down to the leaves: below each node are its arguments.

    f = q * z             -12        1
    ├─▶ q = x + y           3       -4        the gradient of f passes on to q in this step
    │   ├── x              -2        —
    │   └── y               5        —
    └── z                  -4        —

A node that is used twice is opened once, and later stands there with an arrow up. Where one operation uses it twice, as
w * w does, each line says what it is there: `w, first factor`.

Names to know: `outline`, `Signs`. Read next: `stepper.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from tinygrad_edu.show import IN_ASCII, beginning, cells, show
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, SeedStep, Step, Trace

NUMBER_WIDTH = 11  # of the columns of value and gradient, where there is room
NARROWEST_NUMBER = 9  # as wide as the words above them need, and one column that stays free


class Signs(NamedTuple):
    """The characters that an outline is drawn with."""

    branch: str
    last: str
    line: str
    to_argument: str  # a branch along which a gradient is passed
    last_to_argument: str
    to_user: str  # a branch along which a number is taken
    last_to_user: str
    above: str
    unknown: str
    more: str

    @property
    def level(self) -> int:
        """The columns that each level of the outline takes."""
        return len(self.line)


UNICODE = Signs("├── ", "└── ", "│   ", "├─▶ ", "└─▶ ", "├◀─ ", "└◀─ ", "↑", "—", "…")
ASCII = Signs("|-- ", "`-- ", "|   ", "|-> ", "`-> ", "|<- ", "`<- ", "^", "-", "~")
NARROW = {  # the same in less width, for outlines that would not fit otherwise
    UNICODE: Signs("├ ", "└ ", "│ ", "├▶", "└▶", "├◀", "└◀", "↑", "—", "…"),
    ASCII: Signs("|- ", "`- ", "|  ", "|> ", "`> ", "|< ", "`< ", "^", "-", "~"),
}


class Span(NamedTuple):
    """A part of a line that shows a number: from one character up to another."""

    start: int
    end: int
    number: float


class Row(NamedTuple):
    """One line, whether the current step is about it, and where it shows numbers that have a sign."""

    text: str
    is_active: bool = False
    spans: tuple[Span, ...] = ()


class _Place(NamedTuple):
    """One use of a node: its place in the outline, and the edge it is on."""

    node: int
    user: int  # -1 for the output
    position: int
    prefix: str  # the lines before its branch; of a deep one, their end
    depth: int  # how many levels below the output
    is_last: bool
    is_again: bool


def outline(
    trace: Trace, position: int, *, width: int = 80, signs: Signs = UNICODE, is_hidden: bool = False
) -> list[Row]:
    """The graph of a trace as lines of text, with the numbers known after a step.

    Args:
        trace: the steps of the whole graph.
        position: the number of the current step, from 0.
        width: the width of the longest line.
        signs: the characters for lines and arrows.
        is_hidden: whether to leave out what the current step gives, which is being asked for.

    >>> from tinygrad_edu import chain_rule, parse
    >>> for row in outline(chain_rule(parse("f = x * y", x=2, y=3)), 2, width=50):
    ...     print(row.text)
    f = x * y            6          1
    ├─▶ x                2          3
    └── y                3          —
    """
    number_width, signs = _fitting(trace, width, signs)
    known = _Known(trace, position, signs, is_hidden)
    places = list(_places(trace, signs, longest=width))
    most = width - 2 * number_width
    hidden = known.hidden(trace, places, most)
    texts = [known.text(trace, place, hidden) for place in places]
    room = min(most, 2 + max(map(cells, texts)))
    return [
        _row(_padded(shortened(text, room, signs), room), known, trace, place, number_width)
        for text, place in zip(texts, places, strict=True)
    ]


def _fitting(trace: Trace, width: int, signs: Signs) -> tuple[int, Signs]:
    """How wide the columns of numbers are, and the signs: narrower ones, where names would be cut otherwise."""
    formulas = {step.node: cells(step.formula) + len(" = ") for step in trace.forward}
    named = [cells(node.name) + formulas.get(index, 0) for index, node in enumerate(trace.nodes)]
    places = [(place.depth, named[place.node]) for place in _places(trace, signs, longest=0)]
    if max(signs.level * depth + name for depth, name in places) + 2 * NUMBER_WIDTH < width:
        return NUMBER_WIDTH, signs
    numbers = [_number(node.data) for node in trace.nodes]
    numbers += [_number(edge.after, "" if edge.is_complete else " …") for edge in trace.edges]
    number_width = max(NARROWEST_NUMBER, min(NUMBER_WIDTH, 1 + max(map(len, numbers))))
    is_enough = max(signs.level * depth + name for depth, name in places) + 2 * number_width < width
    return number_width, signs if is_enough else NARROW[signs]


def _row(text: str, known: _Known, trace: Trace, place: _Place, number_width: int) -> Row:
    """A name with the columns of its value and its gradient; a constant has none."""
    spans, is_active = [], known.is_active(place)
    if not trace.nodes[place.node].is_constant:
        for shown, number in known.numbers(trace, place.node):
            text += f"{shown:>{number_width}}"
            spans.append(Span(len(text) - len(shown), len(text), number))
    return Row(text.rstrip(), is_active, tuple(spans))


def _places(trace: Trace, signs: Signs, longest: int) -> Iterator[_Place]:
    """Every use of every node, from the output down; a node's arguments come below its first use.

    Only the end of a prefix is kept, up to `longest` characters: in a chain it would grow with every node.
    """
    seen: set[int] = set()
    stack = [_Place(len(trace.nodes) - 1, -1, 0, "", 0, is_last=True, is_again=False)]
    while stack:
        place = stack.pop()
        place = place._replace(is_again=place.node in seen and bool(trace.nodes[place.node].args))
        yield place
        if not place.is_again:
            seen.add(place.node)
            stack += reversed(_arguments(trace, place, signs, longest))


def _arguments(trace: Trace, place: _Place, signs: Signs, longest: int) -> list[_Place]:
    args = trace.nodes[place.node].args
    line = " " * signs.level if place.is_last else signs.line
    prefix = "" if place.user < 0 or not longest else (place.prefix + line)[-longest:]
    return [
        _Place(arg, place.node, position, prefix, place.depth + 1, position == len(args) - 1, is_again=False)
        for position, arg in enumerate(args)
    ]


class _Known:
    """What has been computed after a step."""

    def __init__(self, trace: Trace, position: int, signs: Signs, is_hidden: bool) -> None:
        self.step: Step = trace.steps[position]
        self.signs = signs
        self.formulas = {step.node: step.formula for step in trace.forward}
        self.roles = {(edge.user_node, edge.position): f", {edge.role}" for edge in trace.edges if edge.role}
        self.values = {index for index, node in enumerate(trace.nodes) if not node.args}
        self.gradients: dict[int, tuple[str, float]] = {}
        for step in trace.steps[: position + (not is_hidden)]:
            self._tell(step)

    def _tell(self, step: Step) -> None:
        match step:
            case ForwardStep(node=node):
                self.values.add(node)
            case SeedStep(node=node):
                self.gradients[node] = "1", 1.0
            case EdgeStep(argument_node=node):
                mark = "" if step.is_complete else f" {self.signs.more}"
                self.gradients[node] = _number(step.after, mark), step.after

    def text(self, trace: Trace, place: _Place, hidden: int) -> str:
        """The lines that lead to a use of a node without their first columns, its name, and how it is computed."""
        lines = self._without(hidden, place)
        role = self.roles.get((place.user, place.position), "")
        name, formula = trace.nodes[place.node].name, self.formulas.get(place.node, "")
        again = f" {self.signs.above}" if place.is_again else f" = {formula}" if formula else ""
        return f"{lines}{name}{again}{role}"

    def hidden(self, trace: Trace, places: list[_Place], room: int) -> int:
        """How many columns to leave out on the left, so that the step is in the left half, and not cut on the right."""
        level, active = self.signs.level, [place for place in places if self.is_active(place)]
        begins = [max(0, level * (place.depth - 1)) for place in active]
        named = [cells(self.text(trace, place, 0)) - len(place.prefix) for place in active]
        too_far = [max(begin - room // 2, begin + name + 2 - room) for begin, name in zip(begins, named, strict=True)]
        return min(max(begins), level * max(0, math.ceil(max(too_far, default=0) / level))) if active else 0

    def _without(self, hidden: int, place: _Place) -> str:
        """The lines and the branch of a place, all moved to the left by as much, so that they stay aligned."""
        lines = place.prefix + self._branch(place)
        left_out = hidden + len(lines) - self.signs.level * place.depth  # of a deep place, the prefix has lost some
        return (
            lines if left_out <= 0 or not lines else f"{self.signs.more} "[: self.signs.level] + lines[left_out + 2 :]
        )

    def _branch(self, place: _Place) -> str:
        signs = self.signs
        if place.user < 0:
            return ""
        if not self._is_along(place):
            return signs.last if place.is_last else signs.branch
        if isinstance(self.step, ForwardStep):
            return signs.last_to_user if place.is_last else signs.to_user
        return signs.last_to_argument if place.is_last else signs.to_argument

    def _is_along(self, place: _Place) -> bool:
        """Whether the step goes along the edge that leads to a use of a node."""
        match self.step:
            case EdgeStep(user_node=user, position=position):
                return (user, position) == (place.user, place.position)
            case ForwardStep(node=node):
                return node == place.user
        return False

    def is_active(self, place: _Place) -> bool:
        """Whether the step is about a use of a node: along its edge, computing it, or beginning at it."""
        is_about = isinstance(self.step, ForwardStep | SeedStep) and self.step.node == place.node
        return is_about or self._is_along(place)

    def numbers(self, trace: Trace, node: int) -> list[tuple[str, float]]:
        """Its value and its gradient, each as it is shown and as a number; NaN for one that is not known."""
        data, unknown = trace.nodes[node].data, (self.signs.unknown, math.nan)
        return [(_number(data), data) if node in self.values else unknown, self.gradients.get(node, unknown)]


def _number(number: float, mark: str = "") -> str:
    """A number and its mark, with fewer digits if need be, so that one column stays free."""
    texts = [*(show(number, digits) for digits in (4, 3, 2, 1)), f"{number:.0e}"]
    return next((text for text in texts if len(text + mark) < NUMBER_WIDTH), texts[-1]) + mark


def window(rows: list[Row], height: int, signs: Signs = UNICODE) -> list[Row]:
    """As many of the rows as fit, the active ones among them.

    >>> [row.text for row in window([Row(str(i), i == 7) for i in range(20)], 5)]
    ['…', '6', '7', '8', '…']
    """
    if len(rows) <= height:
        return rows
    active = next((index for index, row in enumerate(rows) if row.is_active), 0)
    start = max(0, min(active - height // 2, len(rows) - height))
    shown = rows[start : start + height]
    if start > 0:
        shown[0] = Row(signs.more)
    if start + height < len(rows):
        shown[-1] = Row(signs.more)
    return shown


def shortened(text: str, room: int, signs: Signs = UNICODE) -> str:
    """A text, cut so that it leaves one free column.

    >>> shortened("学习率 * w", 11), shortened("学习率 * w", 8)
    ('学习率 * w', '学习率…')
    """
    text = printable(text)
    return text if cells(text) < room else beginning(text, room - 2) + signs.more


def printable(text: str) -> str:
    """A text that moves no cursor and sets no colour, whatever a label contains."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _padded(text: str, room: int) -> str:
    return text + " " * (room - cells(text))


def in_ascii(text: str) -> str:
    """A text in the characters that every terminal has.

    >>> in_ascii("∂f/∂x = 2 · (-3) …")
    'df/dx = 2 * (-3) ~'
    """
    return text.translate(IN_ASCII).encode("ascii", "replace").decode()
