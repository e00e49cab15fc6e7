"""Show the docstring of a module as a reader of the reference needs it.

Indented lines, an example or a table, stay as they are written; what leads through the source code stays there.
"""

from __future__ import annotations

import re

from sphinx.application import Sphinx


def shown_as_they_stand(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Put `::` before each indented block of a module's docstring."""
    if what == "module":
        lines[:] = without_signposts(lines)
        found: list[str] = []
        for number, line in enumerate(lines):
            is_first = line.startswith("    ") and (number == 0 or not lines[number - 1].strip())
            if is_first and not _is_inside(found):
                found += ["::", ""]
            found.append(line)
        lines[:] = found


def without_signposts(lines: list[str]) -> list[str]:
    """A docstring without the paragraph that says which names to know and which file to read next.

    >>> without_signposts(["What?", "", "Text.", "", "Names to know: a, b. Read", "next: `c.py`."])
    ['What?', '', 'Text.']
    """
    paragraphs = "\n".join(lines).split("\n\n")
    kept = [paragraph for paragraph in paragraphs if not re.match(r"Names to know:|Read\s+next:", paragraph)]
    return "\n\n".join(kept).split("\n")


def _is_inside(found: list[str]) -> bool:
    """Whether the last line with text already belongs to a block."""
    return next((line.startswith("    ") for line in reversed(found) if line.strip()), False)


def setup(app: Sphinx) -> dict[str, bool]:
    """Process every docstring."""
    app.connect("autodoc-process-docstring", shown_as_they_stand)
    return {"parallel_read_safe": True}
