"""How can the chain rule be stepped through in a browser?

    player(f).save("f.html")        one file, which needs nothing else and opens from disk
    player(f)                       the same, shown by a notebook

The page computes every step by itself, with the rows of the rule table printed as JavaScript: for other numbers, and
for any formula that is typed into it.

Names to know: `player`, `Player`. Read next: `picture.py` and `page.py`.
"""

from __future__ import annotations

from tinygrad_edu.errors import SizeError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import counted
from tinygrad_edu.text.inputs import inputs_of
from tinygrad_edu.value import Value
from tinygrad_edu.viz.page.document import page
from tinygrad_edu.viz.page.files import Page
from tinygrad_edu.viz.page.link import address, join, text_of
from tinygrad_edu.viz.page.strings import strings

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

    def link(
        self, page: str = "", *, step: int = 0, panel: str | None = None, mode: str = "", lang: str | None = None
    ) -> str:
        """The link to this page at a step, in a mode; its arguments are those of `viz.link`.

        It works for every graph: one that no formula makes is in the page itself.

        >>> player(Value(2.0, label="my x") * 3).link("https://example.org/f.html", step=2)
        'https://example.org/f.html#step=2'
        """
        text = self._formula
        inputs = set(inputs_of(text)) if text is not None else set()
        numbers = {leaf.label: leaf.data for leaf in self.graph.leaves if leaf.label in inputs}
        state = address(self.graph, text, numbers, step=step, panel=panel, mode=mode, lang=lang)
        return join(page, state)

    @property
    def _formula(self) -> str | None:
        return text_of(self.graph) if self.text is None else self.text

    def _written(self) -> str:
        return page(self.graph, self.lang, self._formula)


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
