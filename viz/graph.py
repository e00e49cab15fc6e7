"""What does the graph of a Value look like?

    value nodes        boxes: the name (or the operation, for an unnamed one), data, and grad, "—" until it is computed
    operations         small round nodes between the arguments and the result
    edges              each with its local derivative, and after a sweep the contribution that flowed back along it

Colours show the sign and size of the gradient. The same graph gives the same source, byte for byte.

Names to know: `draw`. Read next: `network.py`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import graphviz

from tinygrad_edu.choices import unknown
from tinygrad_edu.graph import Graph
from tinygrad_edu.rules import RULES
from tinygrad_edu.show import in_brackets, show
from tinygrad_edu.value import Value
from tinygrad_edu.viz import style
from tinygrad_edu.viz.drawing import Drawing
from tinygrad_edu.viz.look import Look, look_of
from tinygrad_edu.viz.quoting import field, plain, shortened

if TYPE_CHECKING:
    from tinygrad_edu.compiler.compiled import Compiled

DETAILS = ("op", "full")
MOST_NODES = 300  # more cannot be read, and take long to lay out
MOST_EDGES = {"op": 20, "full": 6}  # for each node that may be drawn; an opened dot has a node for every edge
MOST_EDGE_LABELS = 60
MOST_ACROSS = 6  # operations one after the other, from left to right, at a size that can be read
SIGNS = (("positive", 1), ("negative", -1))  # in the table of `look.py`
ROUNDS = "5"  # of Graphviz' network simplex, for each node; without it, a leaf used 149 times takes over ten minutes


def draw(
    value: Value | Compiled,
    *,
    detail: str = "op",
    max_nodes: int = MOST_NODES,
    direction: str | None = None,
    theme: str = "light",
    lang: str = "en",
) -> Drawing:
    """Draw the graph that computes a Value, or the arrays of a compiled program.

    Args:
        value: the output of the graph. Call its `backward()` first, to see gradients. Or a `Program`.
        detail: "op", every operation as one node; "full", each weighted sum (`dot`) opened into × and +.
        max_nodes: a graph with more nodes is drawn as a summary, and so is one with very many edges for its nodes; a
            program of more than half as many lines, which take longer to lay out, is refused.
        direction: "LR" from left to right, or "TB" from top to bottom. By default a graph runs from left to right, but
            a long one, which fits a screen better so, from top to bottom, as programs do.
        theme: "light", or "dark" for a dark page or a dark room.
        lang: of the words in it: "en" for English, "zh" for Simplified Chinese.

    Raises:
        OptionError: if `detail`, `direction`, `theme` or `lang` is not one of these.
        GraphError: if `value` is not a Value.
        SizeError: if it is a program of too many lines.

    >>> x, y = Value(2.0, label="x"), Value(3.0, label="y")
    >>> drawing = draw(x * y)
    >>> "local 3" in drawing.source, "grad —" in drawing.svg()
    (True, True)
    """
    _check_option("detail", detail, DETAILS)
    _check_option("direction", direction or "LR", ("LR", "TB"))
    look = look_of("draw", theme, lang)
    kinds = [kind.__name__ for kind in type(value).__mro__]
    if "Compiled" in kinds:  # the compiler is not imported just for this check
        from tinygrad_edu.viz.program import draw_program

        program = cast("Compiled", value)
        return draw_program(program, direction=direction or "TB", max_lines=max_nodes // 2, look=look)
    graph = Graph(cast("Value", value))
    picture = _Picture(graph, detail, direction or _direction(graph), look)
    source = picture.whole() if can_be_drawn(graph, max_nodes, detail) else picture.summary()
    return Drawing(source, look.theme.paper)


def _direction(graph: Graph) -> str:
    """From top to bottom, if there are too many operations in a row for a screen, and fewer side by side."""
    depths: dict[Value, int] = {}
    for node in graph.nodes:
        depths[node] = 1 + max((depths[arg] for arg in node.args), default=-1)
    widths = Counter(depth for depth in depths.values() if depth)
    depth, width = max(depths.values()), max(widths.values(), default=0)
    return "TB" if depth > MOST_ACROSS and depth > width else "LR"


def can_be_drawn(graph: Graph, max_nodes: int, detail: str = "op") -> bool:
    """Whether a graph is small enough to be read, and to be laid out in seconds: even few nodes may have many edges."""
    return len(graph) <= max_nodes and len(graph.edges) <= MOST_EDGES[detail] * max_nodes


def _check_option(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise unknown(name, value, choices, call="draw(..., {})")


def canvas(theme: style.Theme = style.LIGHT, **attributes: str) -> graphviz.Digraph:
    """An empty picture in the style of this package."""
    dot = graphviz.Digraph()
    dot.attr("graph", nslimit=ROUNDS, nslimit1=ROUNDS)
    dot.attr("graph", bgcolor=theme.paper, fontname=style.FONT, fontsize="10", fontcolor=theme.quiet, **attributes)
    dot.attr("node", fontname=style.FONT, fontsize="11", fontcolor=theme.ink, color=theme.outline)
    dot.attr("edge", fontname=style.FONT, fontsize="9", fontcolor=theme.ink, color=theme.outline, arrowsize="0.6")
    return dot


@dataclass(frozen=True)
class _Flow:
    """What an edge carries: the local derivative, and the upstream gradient, if a sweep has been there."""

    local: float
    upstream: float | None

    @property
    def contribution(self) -> float | None:
        return None if self.upstream is None else self.upstream * self.local

    def label(self, look: Look) -> str:
        lines = [look.say("local", number=show(self.local))]
        if self.upstream is not None and self.contribution is not None:
            product = f"{in_brackets(self.upstream)} · {in_brackets(self.local)}"
            lines.append(f"{product} = {show(self.contribution)}")
        return "\n".join(lines)


class _Picture:
    """One graph on its way to DOT source; ids are counters in graph order."""

    def __init__(self, graph: Graph, detail: str, direction: str, look: Look) -> None:
        self.graph = graph
        self.look, self.theme = look, look.theme
        self.detail = detail
        self.direction = direction
        self.dot = canvas(look.theme, rankdir=direction, nodesep="0.35", ranksep="0.65", ordering="in")
        self.ids = {node: f"n{index}" for index, node in enumerate(graph.nodes)}
        self.largest = max((abs(node.grad) for node in graph.nodes if _counts(node)), default=0.0)
        self.labels_edges = len(graph.edges) <= MOST_EDGE_LABELS

    def whole(self) -> str:
        for node in self.graph.nodes:
            self._value(node)
            if node.args:
                self._operation(node)
        self._legend()
        return str(self.dot.source)

    def summary(self) -> str:
        """A summary of a graph that is too large to read."""
        graph, say, of = self.graph, self.look.say, self.look.counted
        counts = Counter(node.op for node in graph.nodes if node.args)
        constants = sum(node.is_constant for node in graph.nodes)
        lines = [
            say("too_many", nodes=of(len(graph), "node"), edges=of(len(graph.edges), "edge")),
            say("output_is", name=graph.name(graph.output), number=show(graph.output.data)),
            say("leaves", variables=of(len(graph.leaves), "variable"), constants=of(constants, "constant")),
            *(f"{count:,} × {op}" for op, count in counts.most_common()),
            say("draw_less"),
        ]
        self.dot.node("summary", label=graphviz.nohtml(plain("\n".join(lines))), shape="box", style="rounded")
        return str(self.dot.source)

    # Nodes

    def _value(self, node: Value) -> None:
        if node.is_constant and not node.label:
            self._constant(node)
            return
        self._record(self.ids[node], self._title(node), node.data, node)

    def _record(self, name: str, title: str, data: float, node: Value) -> None:
        """A box with a title, a number, and the gradient of a node."""
        grad = show(node.grad) if node.has_grad else "—"
        fill = self.theme.tint(node.grad, self.largest) if node.has_grad else self.theme.paper
        said = (self.look.say("data", number=show(data)), self.look.say("grad", number=grad))
        rows = [field(shortened(title)), *map(field, said)]
        label = "|".join(rows)  # a record runs across the direction of its graph: from top to bottom in an LR graph
        self.dot.node(
            name,
            label=graphviz.nohtml(label if self.direction == "LR" else f"{{{label}}}"),
            shape="Mrecord",
            style="filled",
            fillcolor=fill,
            tooltip=graphviz.nohtml(plain(title)),
        )

    def _constant(self, node: Value) -> None:
        self.dot.node(
            self.ids[node],
            label=graphviz.nohtml(plain(show(node.data))),
            shape="box",
            style="filled,rounded",
            fillcolor=self.theme.constant,
            color=self.theme.faint,
            height="0.3",
            width="0.3",
            tooltip=self.look.say("a_constant"),
        )

    def _title(self, node: Value) -> str:
        """The label, with its operation; an unnamed result is called by its operation alone."""
        if not node.args:
            return node.label or self.graph.name(node)
        name = self.graph.name(node)
        made = self._made(node)
        return f"{name} = {made}" if made else name

    def _made(self, node: Value) -> str:
        """The operation in names, or a short form if it has many arguments."""
        assert node.rule is not None
        return (
            self.graph.formula(node)
            if len(node.args) <= 2
            else f"{node.rule.symbol}, {self.look.counted(len(node.rule.grouped(node.args)[0]), 'term')}"
        )

    def _round(self, name: str, symbol: str, tooltip: str) -> None:
        self.dot.node(
            name,
            label=graphviz.nohtml(plain(symbol)),
            shape="ellipse" if len(symbol) > 2 else "circle",
            style="filled",
            fillcolor=self.theme.operation,
            margin="0.02",
            width="0.35",
            height="0.35",
            fixedsize="false",
            tooltip=graphviz.nohtml(plain(tooltip)),
        )

    # Operations and edges

    def _operation(self, node: Value) -> None:
        assert node.rule is not None
        if self.detail == "full" and node.rule is RULES["dot"]:
            self._opened(node)
            return
        operation = f"{self.ids[node]}op"
        self._round(operation, node.rule.symbol, node.rule.signature)
        for position, arg in enumerate(node.args):
            self._edge(self.ids[arg], operation, _Flow(node.partials[position], _upstream(node)), arg)
        self._result(operation, self.ids[node])

    def _opened(self, node: Value) -> None:
        """A dot opened into its products and their sum."""
        assert node.rule is not None
        plus = f"{self.ids[node]}op"
        self._round(plus, "+", self.look.say("sum"))
        for index, (w, x) in enumerate(zip(*node.rule.grouped(node.args), strict=True)):
            times, product = f"{plus}{index}", f"{plus}{index}v"
            position = index + len(node.args) // 2
            self._round(times, "×", "x * y")
            self._product(product, node, w, x, node.partials[position] * node.partials[index])
            self._edge(self.ids[w], times, _Flow(node.partials[index], _upstream(node)), w)
            self._edge(self.ids[x], times, _Flow(node.partials[position], _upstream(node)), x)
            self._result(times, product)
            self._edge(product, plus, _Flow(1.0, _upstream(node)), node)
        self._result(plus, self.ids[node])

    def _product(self, name: str, node: Value, w: Value, x: Value, data: float) -> None:
        self._record(name, f"{self.graph.name(w)} * {self.graph.name(x)}", data, node)

    def _edge(self, start: str, end: str, flow: _Flow, argument: Value) -> None:
        if argument.is_constant:
            self.dot.edge(start, end, color=self.theme.faint)
            return
        contribution, label = flow.contribution, plain(flow.label(self.look))
        attributes = {} if contribution is None else self.theme.pen(contribution, self.largest)
        if self.labels_edges:
            attributes["label"] = graphviz.nohtml(label + "\\n ")  # the empty line keeps it off the arrow
        self.dot.edge(start, end, tooltip=graphviz.nohtml(label), **attributes)

    def _result(self, operation: str, value: str) -> None:
        self.dot.edge(operation, value)

    def _legend(self) -> None:
        swept = any(node.has_grad for node in self.graph.nodes)
        say = self.look.say
        lines = [say("on_edge")] if self.graph.edges else []
        lines += [say("below"), self._signs()] if swept else [say("not_yet")]
        label = "".join(plain(line) + "\\l" for line in lines)  # \l ends a line that is set flush left
        self.dot.attr(label=graphviz.nohtml(label), labelloc="b", labeljust="l")

    def _signs(self) -> str:
        """What the colours mean that are there."""
        edges = [edge for node in self.graph.nodes for edge in self._contributions(node)]
        said = [self.look.say(key) for key, sign in SIGNS if any(number * sign > 0 for number in edges)]
        return " · ".join([*said, self.look.say("larger")]) if said else self.look.say("flat")

    def _contributions(self, node: Value) -> list[float]:
        upstream = _upstream(node)
        return [] if upstream is None else [upstream, *(upstream * partial for partial in node.partials)]


def _counts(node: Value) -> bool:
    """Whether the gradient of a node is drawn, and sets the scale of the colours."""
    return node.has_grad and not node.is_constant and abs(node.grad) < float("inf")


def _upstream(node: Value) -> float | None:
    return node.grad if node.has_grad else None
