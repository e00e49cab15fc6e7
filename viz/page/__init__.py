"""How can the chain rule be stepped through in a browser?

    player(f).save("f.html")        one file, which needs nothing else and opens from disk
    player(f)                       the same, shown by a notebook

The page computes every step by itself, with the rows of the rule table printed as JavaScript: for other numbers, and
for any formula that is typed into it.

Names to know: `player`, `Player`. Read next: `picture.py` and `page.py`.
"""

from __future__ import annotations

from tinygrad_edu.errors import SizeError, TinygradError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import counted
from tinygrad_edu.text.parsing import parse
from tinygrad_edu.text.printing import to_text
from tinygrad_edu.value import Value
from tinygrad_edu.viz.page.document import page
from tinygrad_edu.viz.page.engine import nodes
from tinygrad_edu.viz.page.files import Page
from tinygrad_edu.viz.page.strings import strings

MOST_NODES = 100  # a formula of more is not read any more
LONGEST_TEXT = 400  # characters
MOST_EDGES = 150_000  # so many open in about two seconds
BYTES = {"node": 5, "edge": 4}  # in the file, on average; `python -m benchmarks.page` measures them
OPENED = 150_000  # nodes and edges in a second


def player(value: Value, *, lang: str = "en", max_edges: int = MOST_EDGES) -> Player:
    """A page that steps through the chain rule, forward and backward, on the graph of a Value.

    Args:
        value: the output of the graph; its `backward()` need not have been called.
        lang: the language that the page opens in, "en" for English or "zh" for Simplified Chinese; it has both.
        max_edges: a graph of more is refused, with the size that its page would have. Of a graph of hundreds of nodes
            the page draws a part: networks are folded, and a loss is entered sample by sample.

    Raises:
        GraphError: if `value` is not a Value.
        StaleGraphError: if a number changed after the graph was made.
        SizeError: if the graph has more edges.
        OptionError: if there is no such language.

    >>> x, y = Value(2.0, label="x"), Value(3.0, label="y")
    >>> player(x * y)
    <Player of 1 operation and 2 applications of the chain rule: .html(), .save('f.html')>
    """
    return Player(value, lang, max_edges=max_edges)


class Player(Page):
    """A page that steps through the chain rule on a graph."""

    kind = "player"
    file = "f.html"
    permissions = "allow-scripts allow-downloads"

    def __init__(self, value: Value, lang: str = "en", text: str | None = None, max_edges: int = MOST_EDGES) -> None:
        strings(lang)
        self.graph = Graph(value)
        _check_size(self.graph, max_edges)
        self.graph.validate()
        self.lang = lang
        self.text = text

    @property
    def size(self) -> tuple[int, int]:
        """How many operations, and applications of the chain rule."""
        operations = sum(bool(node.args) for node in self.graph.nodes)
        return operations, sum(not argument.is_constant for _, _, argument in self.graph.edges)

    def _written(self) -> str:
        return page(self.graph, self.lang, text_of(self.graph) if self.text is None else self.text)


def _check_size(graph: Graph, max_edges: int) -> None:
    """Say before anything is written what it would take."""
    nodes, edges = len(graph), sum(len(node.args) for node in graph.nodes)
    if edges <= max_edges:
        return
    megabytes = 1 + (nodes * BYTES["node"] + edges * BYTES["edge"]) / 1e6
    seconds = (nodes + edges) / OPENED
    raise SizeError(
        f"a page of a graph of {counted(nodes, 'node')} and {counted(edges, 'edge')}",
        f"its file would have about {megabytes:.0f} MB and take about {seconds:.0f} seconds to open; "
        f"there is a limit of {counted(max_edges, 'edge')}",
        instead=f"the loss of fewer samples, which has the same steps; or player(f, max_edges={edges})",
    )


def text_of(graph: Graph) -> str | None:
    """The formula of a graph, if it is short and `parse` makes the same graph of it, else None.

    >>> x = Value(2.0, label="x")
    >>> text_of(Graph(x * x + 1)), text_of(Graph(Value(2.0, label="my x") * 3))
    ('x * x + 1', None)
    """
    if len(graph.nodes) > MOST_NODES:
        return None
    text = to_text(graph.output)
    numbers = {leaf.label: leaf.data for leaf in graph.leaves if leaf.label}
    return text if len(text) <= LONGEST_TEXT and _makes(text, numbers, graph) else None


def _makes(text: str, numbers: dict[str, float], graph: Graph) -> bool:
    try:
        return nodes(Graph(parse(text, **numbers))) == nodes(graph)
    except TinygradError:  # a label that is no name, or a rule that no text has
        return False
