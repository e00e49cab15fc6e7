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

NOTEBOOK_HEIGHT = 820  # pixels


class Page(ABC):
    """A page about a trace, as HTML text: saved as a file, shown by notebooks."""

    kind: ClassVar[str]  # what the page is, for messages: "player"
    file: ClassVar[str]  # a good name for its file: "f.html"
    permissions: ClassVar[str]  # of its frame in a notebook: "allow-scripts", or none

    @property
    @abstractmethod
    def size(self) -> tuple[int, int]:
        """How many operations it is about, and how many applications of the chain rule."""

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
            f'<iframe srcdoc="{source}" sandbox="{self.permissions}" allow="fullscreen; clipboard-write" '
            f'title="tinygrad_edu" style="width: 100%; height: {NOTEBOOK_HEIGHT}px; border: 0"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {counted(*self.size)}: .html(), .save({self.file!r})>"


def counted(operations: int, applications: int) -> str:
    """The size of a page, in words.

    >>> counted(1, 2)
    '1 operation and 2 applications of the chain rule'
    """
    forward = show.counted(operations, "operation")
    return f"{forward} and {show.counted(applications, 'application')} of the chain rule"
