"""How is a file written, so that no failure leaves half of it?

Names to know: `write_whole`.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name, then rename it: nobody sees half of it, and a failure leaves the old one."""
    if path.is_dir():
        raise IsADirectoryError(21, "this is a folder, and a file is to be written", str(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(2, "there is no such folder to write into", str(path.parent))
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
