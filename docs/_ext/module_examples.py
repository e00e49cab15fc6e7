"""Show indented lines at the top of a module, an example or a table, as they are written."""

from __future__ import annotations

from sphinx.application import Sphinx


def shown_as_they_stand(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Put `::` before each indented block of a module's docstring."""
    if what == "module":
        found: list[str] = []
        for number, line in enumerate(lines):
            is_first = line.startswith("    ") and (number == 0 or not lines[number - 1].strip())
            if is_first and not _is_inside(found):
                found += ["::", ""]
            found.append(line)
        lines[:] = found


def _is_inside(found: list[str]) -> bool:
    """Whether the last line with text already belongs to a block."""
    return next((line.startswith("    ") for line in reversed(found) if line.strip()), False)


def setup(app: Sphinx) -> dict[str, bool]:
    """Process every docstring."""
    app.connect("autodoc-process-docstring", shown_as_they_stand)
    return {"parallel_read_safe": True}
