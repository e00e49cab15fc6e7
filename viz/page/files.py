"""How is a page written to a file?

Names to know: `save_page`, `counted`. Read next: `document.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

from tinygrad_edu import show
from tinygrad_edu.errors import DrawingError
from tinygrad_edu.files import write_whole
from tinygrad_edu.steps.trace import Trace


def save_page(path: str | os.PathLike[str], page: str, kind: str, name: str) -> Path:
    """Write a page to an HTML file, whole or not at all.

    Args:
        path: the path of the file.
        page: its text.
        kind: what the page is, for the error.
        name: a good name for such a file.

    Returns:
        The path of the file.

    Raises:
        DrawingError: if its suffix is neither .html nor .htm.
        OSError: if the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise DrawingError(f"a {kind} in {path.name!r}", f"the {kind} is a page", instead=f'save("{name}")')
    write_whole(path, page.encode())
    return path


def counted(trace: Trace) -> str:
    """The size of a trace, in words.

    >>> from tinygrad_edu import Value, chain_rule
    >>> counted(chain_rule(Value(2.0) * 3.0))
    '1 operation and 1 application of the chain rule'
    """
    operations = show.counted(len(trace.forward), "operation")
    return f"{operations} and {show.counted(len(trace.edges), 'application')} of the chain rule"
