"""How is a file written, so that no failure leaves half of it?

Names to know: `write_whole`.
"""

from __future__ import annotations

import secrets
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name, then rename it: nobody sees half of it, and a failure leaves the old one.

    Raises:
        OSError: with the name of the file itself, if it cannot be written.
    """
    if path.is_dir():
        raise IsADirectoryError(21, "this is a folder, and a file is to be written", str(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(2, "there is no such folder to write into", str(path.parent))
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
        temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise type(error)(error.errno, error.strerror, str(path)) from None
        raise
