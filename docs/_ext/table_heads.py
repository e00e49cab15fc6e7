"""A table whose head has no words has no head: an empty row says nothing, and is read out as one."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx


def drop_empty_heads(app: Sphinx, doctree: nodes.document) -> None:
    """Markdown asks for a row of heads even where there is nothing to say in it."""
    for head in list(doctree.findall(nodes.thead)):
        if not head.astext().strip():
            head.parent.remove(head)


def setup(app: Sphinx) -> dict[str, bool]:
    """Look at every page that is read."""
    app.connect("doctree-read", drop_empty_heads)
    return {"parallel_read_safe": True}
