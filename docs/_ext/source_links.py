"""Where do the pages of the source lead back to?

Sphinx keeps one prefix for all names of a module. Where the reference has one of them under its short public name and
another in full, `tinygrad_edu.Trace` and `tinygrad_edu.steps.trace.EdgeStep`, it leads to a place that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from docutils import nodes
from sphinx.application import Sphinx

BACK = re.compile(r'(<a class="viewcode-back" href="[^"#]*#)([^"]+)')


def documented(name: str, names: Sequence[str]) -> str:
    """The name in the reference that a wrongly prefixed one stands for.

    >>> documented("tinygrad_edu.EdgeStep.rule", ["tinygrad_edu.Trace", "tinygrad_edu.steps.trace.EdgeStep.rule"])
    'tinygrad_edu.steps.trace.EdgeStep.rule'
    """
    if name in names:
        return name
    own = re.search(r"\.([A-Z].*|\w+)$", name)  # from the class on, or the function
    return next((each for each in names if own and each.endswith(own[0])), name)


def mend(app: Sphinx, page: str, template: str, context: dict[str, str], tree: nodes.document | None) -> None:
    """Lead each of them to the name that the reference has."""
    if page.startswith("_modules/") and "body" in context:
        names = list(app.env.domains["py"].objects)
        context["body"] = BACK.sub(lambda link: link[1] + documented(link[2], names), context["body"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Look at every page that is written."""
    app.connect("html-page-context", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
