"""How can the chain rule be stepped through in a browser?

    player(f).save("f.html")        one file, which needs nothing else and opens from disk
    player(f)                       the same, shown by a notebook

Every frame of the page is data from `chain_rule`; when its inputs are changed, the page computes the same steps again,
with the rows of the rule table printed as JavaScript.

Names to know: `player`, `Player`. Read next: `picture.py` and `page.py`.
"""

from __future__ import annotations

from tinygrad_edu.graph import Graph
from tinygrad_edu.steps.chain_rule import chain_rule
from tinygrad_edu.value import Value
from tinygrad_edu.viz.page.document import page
from tinygrad_edu.viz.page.files import Page
from tinygrad_edu.viz.page.strings import strings

MOST_NODES = 150  # more cannot be read


def player(value: Value, *, lang: str = "en", max_nodes: int = MOST_NODES) -> Player:
    """A page that steps through the chain rule, forward and backward, on the graph of a Value.

    Args:
        value: the output of the graph; its `backward()` need not have been called.
        lang: "en" for English, "zh" for Simplified Chinese.
        max_nodes: a larger graph is stepped through without a picture.

    Raises:
        GraphError: if `value` is not a Value.
        StaleGraphError: if a number changed after the graph was made.
        OptionError: if there is no such language.

    >>> x, y = Value(2.0, label="x"), Value(3.0, label="y")
    >>> player(x * y)
    <Player of 1 operation and 2 applications of the chain rule: .html(), .save('f.html')>
    """
    return Player(value, lang, max_nodes)


class Player(Page):
    """A page that steps through the chain rule on a graph."""

    kind = "player"
    file = "f.html"
    permissions = "allow-scripts"

    def __init__(self, value: Value, lang: str = "en", max_nodes: int = MOST_NODES) -> None:
        strings(lang)
        self.graph = Graph(value)
        self.trace = chain_rule(value)
        self.lang = lang
        self.max_nodes = max_nodes

    def _written(self) -> str:
        return page(self.graph, self.lang)
