"""How is a page written to a file, and shown by a notebook?

Names to know: `Page`. Read next: `document.py`.
"""

from __future__ import annotations

import html
import os
from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from tinygrad_edu import show
from tinygrad_edu.errors import DrawingError
from tinygrad_edu.files import write_whole
from tinygrad_edu.steps.trace import Trace

NOTEBOOK_HEIGHT = 820  # pixels


class Page(ABC):
    """A page about a trace, as HTML text: saved as a file, shown by notebooks."""

    kind: ClassVar[str]  # what the page is, for messages: "player"
    file: ClassVar[str]  # a good name for its file: "f.html"
    permissions: ClassVar[str]  # of its frame in a notebook: "allow-scripts", or none
    trace: Trace

    @abstractmethod
    def _written(self) -> str:
        """The text of the whole page."""

    @cached_property
    def _html(self) -> str:
        return self._written()

    def html(self) -> str:
        """The whole page."""
        return self._html

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, whole or not at all.

        Returns:
            The path of the file.

        Raises:
            DrawingError: if its suffix is neither .html nor .htm.
            OSError: if the file cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            asked, wrong = f"a {self.kind} in {path.name!r}", f"the {self.kind} is a page"
            raise DrawingError(asked, wrong, instead=f'save("{self.file}")')
        write_whole(path, self.html().encode())
        return path

    def _repr_html_(self) -> str:
        """What a notebook shows: the page in a frame of its own, so that the two cannot disturb each other."""
        source = html.escape(self.html(), quote=True)
        return (
            f'<iframe srcdoc="{source}" sandbox="{self.permissions}" title="tinygrad_edu" '
            f'style="width: 100%; height: {NOTEBOOK_HEIGHT}px; border: 0"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {counted(self.trace)}: .html(), .save({self.file!r})>"


def counted(trace: Trace) -> str:
    """The size of a trace, in words.

    >>> from tinygrad_edu import Value, chain_rule
    >>> counted(chain_rule(Value(2.0) * 3.0))
    '1 operation and 1 application of the chain rule'
    """
    operations = show.counted(len(trace.forward), "operation")
    return f"{operations} and {show.counted(len(trace.edges), 'application')} of the chain rule"
