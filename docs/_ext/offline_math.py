"""Formulas as MathML, which browsers render themselves: no script, no network."""

from __future__ import annotations

from docutils import nodes
from mathml import mathml
from sphinx.application import Sphinx


def inline(self, node: nodes.math) -> None:  # noqa: ANN001 (the translator of Sphinx)
    """A formula in a line."""
    self.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def block(self, node: nodes.math_block) -> None:  # noqa: ANN001
    """A displayed formula."""
    self.body.append(f'<div class="math-block">{mathml(node.astext(), "block")}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Make every page show its formulas in this way."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
