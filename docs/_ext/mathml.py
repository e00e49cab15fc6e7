"""LaTeX as MathML: what the guide shows, and what tests read."""

from __future__ import annotations

from latex2mathml.converter import convert


def mathml(latex: str, display: str = "inline") -> str:
    """LaTeX as MathML. The converter knows align*, which stands alone in LaTeX, and not the aligned of a display."""
    return convert(latex.replace("{aligned}", "{align*}"), display=display)
