"""The program of a network in every language, made by the compiler with each build: `{program-languages}`."""

from __future__ import annotations

import numpy as np
from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.nodes import nested_parse_with_titles

import tinygrad_edu
from tinygrad_edu import nn
from tinygrad_edu.compiler import BatchProgram

HIGHLIGHTING = {"numpy": "python", "jax": "python", "javascript": "javascript"}
TITLES = {"numpy": "NumPy", "jax": "JAX", "javascript": "JavaScript"}


def program() -> BatchProgram:
    """Of the 3-4-3-1 network: three inputs, tanh, tanh, and binary cross-entropy on its logits."""
    model = nn.MLP(3, [4, 3, 1], activation="tanh", seed=0)
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 3)), rng.integers(0, 2, 20).astype(float)
    return tinygrad_edu.compile(
        lambda xs, ys: nn.binary_cross_entropy_with_logits([model(x) for x in xs], ys),
        wrt=model.parameters(),
        batch=(X, y),
    )


def tabs(of: BatchProgram) -> list[str]:
    """The lines of a set of tabs."""
    found = [":::::{tab-set}", "::::{tab-item} Derivation", ":::{math}", *of.latex().splitlines(), ":::", "::::"]
    for language, title in TITLES.items():
        text = of.source_for(language)
        begin = text.index("function program") if language == "javascript" else 0
        found += [f"::::{{tab-item}} {title}", f":::{{code-block}} {HIGHLIGHTING[language]}"]
        found += [*text[begin:].splitlines(), ":::", "::::"]
    return [*found, ":::::"]


class ProgramLanguages(Directive):
    """A tab for every language."""

    def run(self) -> list[nodes.Node]:
        """Write the tabs, and let them be read as if they stood in the page."""
        parent = nodes.container()
        nested_parse_with_titles(self.state, StringList(tabs(program()), source=__file__), parent)
        return parent.children


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("program-languages", ProgramLanguages)
    return {"parallel_read_safe": True}
