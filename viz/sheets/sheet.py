"""What is on a worksheet?

A `Sheet` is one exercise: a graph with its numbers, a picture of it, and tables whose cells are printed or left blank.
It knows no language of pages: `html.py` and `pdf.py` print the same sheet. A cell that can be asked for has a name,
which is also the name of its column in a table of answers:

    q                   a number of the way forward
    local ∂q/∂x         a local derivative
    ∂f/∂x               a gradient; of a node that is used twice, `∂f/∂w part 1` for the sum after the first use

Columns come in the order values, local, gradients. What stands before the last blank one is given; what stands after it
would give answers away, and is not on the sheet.

Names to know: `Sheet`, `Cell`, `Table`, `blanks_of`. Read next: `html.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from xml.etree.ElementTree import fromstring

import graphviz

from tinygrad_edu.choices import nearest
from tinygrad_edu.errors import OptionError, SizeError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import cut, in_brackets, show
from tinygrad_edu.steps.chain_rule import chain_rule
from tinygrad_edu.steps.sentences import role_in
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, Node, Trace
from tinygrad_edu.text.printing import to_text
from tinygrad_edu.value import Value
from tinygrad_edu.viz.drawing import Drawing
from tinygrad_edu.viz.graph import canvas
from tinygrad_edu.viz.look import Look
from tinygrad_edu.viz.page.picture import CHIP, UNKNOWN, Arrow, Box, Circuit, chip_texts, element, whole
from tinygrad_edu.viz.page.strings import strings
from tinygrad_edu.viz.quoting import plain

COLUMNS = ("values", "local", "gradients")  # each needs those before it
LEVELS = {"easy": "gradients", "medium": "local,gradients", "hard": "all", "all": ",".join(COLUMNS)}
MOST_EDGES = 60  # a larger sheet would be punishment
MOST_NODES = 150  # including constants, which need no work

# A page of A4 or of Letter, whichever is smaller, without its margins of 12 mm; in points, 72 to the inch.
WIDTH, HEIGHT = 527.0, 640.0  # with room for the title
HEIGHTS = (380.0, 460.0, HEIGHT)  # of a picture: the lower, the more room for tables below
LEAST_LETTER = 9.0  # points; smaller ones are hard to read on paper
POINT = 0.75  # of a pixel
MAP_LETTER = 11.0  # points, of the small picture
KINDS = 4  # of pictures: see `_pictures`
GAP = 14.0  # pixels between a box and a chip: the wider the picture, the smaller the room to write
LONGEST_GIVEN = 24  # characters of a name where all numbers are listed
LONGEST_IN_MAP = 14  # characters of a box of the small picture


def blanks_of(blank: str) -> frozenset[str]:
    """The columns that are left blank.

    Args:
        blank: names of columns with commas between them; or "easy" (the gradients), "medium" (the local derivatives
            too), "hard" or "all" (the values too).

    Raises:
        OptionError: if a name is not one of these.

    >>> sorted(blanks_of("medium")), sorted(blanks_of("values"))
    (['gradients', 'local'], ['values'])
    """
    names = [name.strip() for name in LEVELS.get(blank, blank).split(",")]
    names = [
        column for name in names for column in LEVELS.get(LEVELS.get(name, name), LEVELS.get(name, name)).split(",")
    ]
    for name in names:
        if name not in COLUMNS:
            choices = (*COLUMNS, *LEVELS)
            best = [*nearest(name, choices), "all"][0]
            asked = f"worksheet(f, blank={blank!r})"
            raise OptionError(asked, f"the choices are {', '.join(choices)}", instead=f'blank="{best}"')
    return frozenset(names)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: what belongs there, whether the sheet asks for it, and the name of its column, if any."""

    text: str
    is_blank: bool = False
    column: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One section of a sheet; a gradient that is asked for alone is a row of one name and one cell."""

    title: str
    hint: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture for a page: SVG, its size in points, and how small its letters are there."""

    svg: str
    width: float
    height: float
    letter: float


class Sheet:
    """One exercise.

    Args:
        value: the output of the graph.
        lang: "en" or "zh".
        blanks: the columns that are left blank; see `blanks_of`.
        number: of several sheets, which one this is, from 1; 0 for a sheet alone.

    Raises:
        SizeError: if there are more than 60 steps to do by hand, or more nodes than a sheet has room for.

    >>> from tinygrad_edu import parse
    >>> sheet = Sheet(parse("u = w * x; f = u * w", w=2, x=3))
    >>> list(sheet.asked)
    ['u', 'f', 'local ∂f/∂u', 'local ∂f/∂w', 'local ∂u/∂w', 'local ∂u/∂x', '∂f/∂u', '∂f/∂w part 1', '∂f/∂w', '∂f/∂x']
    """

    def __init__(
        self, value: Value, lang: str = "en", blanks: frozenset[str] = frozenset(COLUMNS), number: int = 0
    ) -> None:
        self.lang, self.texts = lang, strings(lang)
        self.value, self.blanks, self.number = value, blanks, number
        self.first_kind = 0
        self.trace = chain_rule(value).with_roles(partial(role_in, lang))
        _check_size(self.trace)

    @property
    def title(self) -> str:
        """What the sheet is about."""
        return self.texts["sheet_title"].format(expression=to_text(self.value))

    @property
    def name(self) -> str:
        """Which sheet this is; "" if there is only one."""
        return self.texts["sheet_number"].format(number=self.number) if self.number else ""

    @property
    def given(self) -> str:
        """The numbers of the inputs."""
        return ", ".join(f"{cut(leaf.name, LONGEST_GIVEN)} = {show(leaf.data)}" for leaf in self.trace.leaves)

    @cached_property
    def numbers(self) -> dict[str, float]:
        """The numbers of the inputs, by their names."""
        graph = Graph(self.value)
        return {graph.name(leaf): leaf.data for leaf in graph.leaves}

    def has(self, column: str) -> bool:
        """Whether a column is on the sheet: it is asked for, or needed for what is."""
        return any(name in self.blanks for name in COLUMNS[COLUMNS.index(column) :])

    @cached_property
    def asked(self) -> dict[str, ForwardStep | EdgeStep]:
        """The step behind each cell that can be asked for, by the name of its column, in the order of the columns."""
        edges = self.trace.edges
        parts: dict[str, list[tuple[str, ForwardStep | EdgeStep]]] = {
            "values": [(step.name, step) for step in self.trace.forward],
            "local": [(self.column_of("local", edge), edge) for edge in edges],
            "gradients": [(self.column_of("gradients", edge), edge) for edge in edges],
        }
        return {name: step for column in COLUMNS if column in self.blanks for name, step in parts[column]}

    def column_of(self, column: str, edge: EdgeStep) -> str:
        """What a cell of an edge is called in a table of answers."""
        if column == "local":
            return self.texts["sheet_local_of"].format(derivative=edge.local)
        if edge.is_complete:
            return edge.gradient
        part = 1 + self.trace.edges_from[edge.argument_node].index(edge)
        return self.texts["sheet_part"].format(gradient=edge.gradient, part=part)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The sections."""
        made = [self._forward()] if self.trace.forward else []
        made += [self._backward()] if self.has("local") and self.trace.edges else []
        return (*made, *([self._gradient()] if self.has("gradients") else []))

    def _forward(self) -> Table:
        is_blank = "values" in self.blanks
        rows = [
            (
                Cell(f"{step.name} = {step.formula}"),
                Cell(step.numbers, is_blank),
                Cell(show(step.out), is_blank, step.name),
            )
            for step in self.trace.forward
        ]
        heads = self._heads("sheet_operation", "sheet_numbers", "sheet_result")
        return Table(self.texts["sheet_forward" if is_blank else "sheet_forward_given"], "", heads, tuple(rows))

    def _backward(self) -> Table:
        with_sums = self.has("gradients")
        rows = tuple(tuple(self._cells(edge, with_sums)) for edge in self.trace.edges)
        heads = ["sheet_rule", *(["sheet_upstream"] if with_sums else []), "sheet_local"]
        is_shared = with_sums and any(edge.is_shared for edge in self.trace.edges)
        return Table(
            self.texts["sheet_backward" if with_sums else "sheet_backward_local"],
            self.texts["sheet_shared"] if is_shared else "",
            self._heads(*heads, *(["sheet_sum"] if with_sums else [])),
            rows,
        )

    def _cells(self, edge: EdgeStep, with_sums: bool) -> Iterator[Cell]:
        yield Cell(f"{edge.gradient} {'+=' if edge.is_shared else '='} {edge.rule}")
        if with_sums:
            yield Cell(show(edge.upstream), "gradients" in self.blanks)
        yield Cell(self._local(edge), "local" in self.blanks, self.column_of("local", edge))
        if with_sums:
            so_far = f"{show(edge.before)} + {in_brackets(edge.contribution)} = {show(edge.after)}"
            text = so_far if edge.is_shared else show(edge.after)
            yield Cell(text, "gradients" in self.blanks, self.column_of("gradients", edge))

    def _local(self, edge: EdgeStep) -> str:
        """The local derivative; where the values are asked for and this is given, as a formula alone."""
        number = show(edge.partial)
        if not edge.symbol:
            return number
        return edge.symbol if "values" in self.blanks and "local" not in self.blanks else f"{edge.symbol} = {number}"

    def _gradient(self) -> Table:
        output, gradients = self.trace.output.name, self.trace.gradients
        rows = []
        for leaf in self.trace.leaves:
            name = f"∂{output}/∂{leaf.name}"
            rows.append((Cell(name), Cell(show(gradients.get(leaf.name, 0.0)), "gradients" in self.blanks, name)))
        return Table(self.texts["sheet_gradient"], "", (), tuple(rows))

    def _heads(self, *keys: str) -> tuple[str, ...]:
        return tuple(self.texts[key] for key in keys)

    # The picture

    def figure(self, *, has_answers: bool) -> Figure | None:
        """The picture, as large as a page allows; None if its letters would be smaller than LEAST_LETTER there."""
        if (fitting := self._fitting) is None:
            return None
        circuit, zoom = fitting
        if isinstance(circuit, Drawing):
            return _scaled(circuit.svg(), _drawn_size(circuit), zoom, MAP_LETTER)
        boxes = [self._box(node, has_answers) for node in self.trace.nodes]
        graph = circuit.svg(boxes, [self._arrow(edge, has_answers) for edge in self.trace.edges])
        name = self.texts["graph"].format(expression=to_text(self.value))
        svg = whole(circuit.size, element("title", {}, name), graph)
        return _scaled(svg, circuit.size, zoom, CHIP)

    @property
    def kind(self) -> int:
        """Which kind of picture fits, in the order of `_pictures`."""
        _ = self._fitting
        return self.first_kind

    def draw_from(self, kind: int) -> None:
        """Take this kind of picture, or a later one that fits."""
        if self.kind < kind:
            self.first_kind = kind
            del self._fitting

    @property
    def is_map(self) -> bool:
        """Whether the picture has no room for answers, because a larger one would not fit."""
        return self._fitting is not None and isinstance(self._fitting[0], Drawing)

    @cached_property
    def _fitting(self) -> tuple[Circuit | Drawing, float] | None:
        """The first picture that fits on a page, and its zoom."""
        for kind, (circuit, size, letter, heights) in enumerate(self._pictures()):
            for height in heights if kind >= self.first_kind else ():
                zoom = min(POINT if letter == CHIP else 1.0, WIDTH / size[0], height / size[1])
                if zoom * letter >= LEAST_LETTER:
                    self.first_kind = kind
                    return circuit, zoom
        self.first_kind = KINDS
        return None

    def _pictures(self) -> Iterator[tuple[Circuit | Drawing, tuple[float, float], float, tuple[float, ...]]]:
        """The best first: with room for the answers, from left to right; then downwards, then small."""
        for direction in ("LR", "TB"):
            circuit = Circuit(self.trace, direction, GAP, Look(lang=self.lang))
            yield circuit, circuit.size, CHIP, HEIGHTS
        for direction in ("LR", "TB"):
            drawing = _map(self.trace, direction)
            yield drawing, _drawn_size(drawing), MAP_LETTER, (HEIGHT,)

    def _box(self, node: Node, has_answers: bool) -> Box:
        shows_value = has_answers or not node.args or "values" not in self.blanks
        if not self.has("gradients"):
            return Box(show(node.data) if shows_value else "", UNKNOWN)
        gradient = show(self.trace.gradients.get(node.name, 0.0)) if has_answers else ""
        return Box(show(node.data) if shows_value else "", gradient)

    def _arrow(self, edge: EdgeStep, has_answers: bool) -> Arrow:
        if not self.has("local"):
            return Arrow()
        is_given = has_answers or not ({"local", "values"} & self.blanks)
        local, product = chip_texts(edge.partial, edge.contribution)
        texts = (local if is_given else "×", product if has_answers else "=")
        return Arrow(texts if self.has("gradients") else texts[:1])


def draw_alike(sheets: Sequence[Sheet]) -> None:
    """Give all sheets the same kind of picture, however wide their numbers are."""
    kind = max(sheet.kind for sheet in sheets)
    for sheet in sheets:
        sheet.draw_from(kind)


def _scaled(svg: str, size: tuple[float, float], zoom: float, letter: float) -> Figure:
    return Figure(svg, size[0] * zoom, size[1] * zoom, letter * zoom)


def _map(trace: Trace, direction: str) -> Drawing:
    """The small picture: a box for each node, with its operation or its number, and no room for answers."""
    dot = canvas(rankdir=direction, nodesep="0.06", ranksep="0.2", margin="0.02")
    dot.attr(
        "node", shape="box", style="rounded", height="0.25", width="0.3", margin="0.04,0.02", fontsize=f"{MAP_LETTER:g}"
    )
    made = {step.node: f"{step.name} = {step.formula}" for step in trace.forward}
    for index, node in enumerate(trace.nodes):
        text = made.get(index) or (node.name if node.is_constant else f"{node.name} = {show(node.data)}")
        dot.node(f"n{index}", label=graphviz.nohtml(plain(cut(text, LONGEST_IN_MAP))))
    for index, node in enumerate(trace.nodes):
        for argument in dict.fromkeys(node.args):
            dot.edge(f"n{argument}", f"n{index}")
    return Drawing(str(dot.source))


def _drawn_size(drawing: Drawing) -> tuple[float, float]:
    """Width and height in points, as the picture says of itself."""
    drawn = fromstring(drawing.svg())  # noqa: S314 (a picture that was made here)
    return float(drawn.attrib["width"].removesuffix("pt")), float(drawn.attrib["height"].removesuffix("pt"))


def _check_size(trace: Trace) -> None:
    edges, nodes = len(trace.edges), len(trace.nodes)
    if edges > MOST_EDGES:
        raise _too_large(f"{edges:,} applications of the chain rule", f"at most {MOST_EDGES} can be done by hand")
    if nodes > MOST_NODES:
        raise _too_large(f"{nodes:,} nodes", f"there is room for {MOST_NODES} on a sheet")


def _too_large(size: str, why: str) -> SizeError:
    return SizeError(f"a worksheet of {size}", why, instead="a worksheet of a smaller part, or viz.player(f)")
