"""How is a file written so that no failure leaves half of it?

Under another name in the same folder, flushed to the disk, and only then renamed: a reader finds the old file or the
new one. What is not a regular file, such as a pipe or a terminal, is written to directly.

And if one is to be read and is not there, which one is probably meant?

Names to know: `write_whole`, `check_writable`, `make_folder`, `why_unread`. Read next: `packages.py`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from tinygrad_edu.choices import nearest

INSTEAD = {
    errno.ENOENT: "a path in a folder that is there; mkdir -p makes a folder",
    errno.ENOTDIR: "a path in a folder",
    errno.EISDIR: "the name of a file, such as {0}/f.svg for a picture",
    errno.EEXIST: "another name for the folder",
    errno.EACCES: "a path where you may write; chmod u+w allows it, if the file or folder is yours",
    errno.EPERM: "a path where you may write",
    errno.EROFS: "a path on another disk: this one can only be read",
    errno.ENOSPC: "a path on another disk, or the same again when there is room",
    errno.EDQUOT: "a path on another disk, or the same again when there is room",
    errno.ENAMETOOLONG: "a shorter name: most disks take up to 255 bytes",
    errno.ELOOP: "a path without a link that leads to itself",
}


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is seen whole or not at all; a failure or Ctrl-C leaves the old one.

    A link is followed, and its target is replaced. An existing file keeps its permissions, and a new one gets the usual
    ones. A pipe or a device cannot be replaced, so it is written to.

    Raises:
        OSError: if it cannot be written; of the kind that fits, with the name of the file and a note on what to do.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "f.txt"
    >>> write_whole(path, b"whole")
    >>> path.read_text(), [file.name for file in path.parent.iterdir()]
    ('whole', ['f.txt'])
    """
    check_writable(path)
    with _named(path):
        old = _status(path)
        if old is None or stat.S_ISREG(old.st_mode):
            _replace(_followed(path), content, old)
        else:
            with path.open("wb") as way:
                way.write(content)


def check_writable(path: Path) -> None:
    """Check that a file can be written there, as far as can be seen without writing: before long work, say.

    Raises:
        OSError: see `write_whole`.
    """
    with _named(path):
        old = _status(path)
        if old is not None and stat.S_ISDIR(old.st_mode):
            raise OSError(errno.EISDIR, "this is a folder, not a file")
        if old is not None and not os.access(path, os.W_OK):
            raise OSError(errno.EACCES, "this file may not be written")
    if old is None or stat.S_ISREG(old.st_mode):
        _check_folder(_followed(path).parent)


def _check_folder(folder: Path) -> None:
    with _named(folder):
        if not folder.exists():
            raise OSError(errno.ENOENT, "there is no such folder to write into")
        if not folder.is_dir():
            raise OSError(errno.ENOTDIR, "this is a file, not a folder")
        if not os.access(folder, os.W_OK):
            raise OSError(errno.EACCES, "no file may be written into this folder")


def make_folder(path: Path) -> Path:
    """Make a folder, and its parents, if they do not exist yet.

    Raises:
        OSError: if it cannot be made, say because a file has that name; with a note on what to do.
    """
    with _named(path):
        if path.exists() and not path.is_dir():
            raise OSError(errno.EEXIST, "this is a file, where a folder is wanted")
        path.mkdir(parents=True, exist_ok=True)
    return path


def why_unread(path: Path, usual: str) -> tuple[str, Path | None]:
    """Why a file cannot be read, and the one beside it that is probably meant.

    Args:
        path: the file.
        usual: the suffix of such files.

    Returns:
        ("", None) if it can.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "flowers.csv").write_text("length,kind") and why_unread(folder / "flowers.csv", ".csv")
    ('', None)
    >>> wrong, meant = why_unread(folder / "flower.cvs", ".csv")
    >>> wrong.partition(" in ")[0], meant.name
    ('there is no such file', 'flowers.csv')
    """
    if path.is_dir():
        return "this is a folder, not a file", None
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}", None
    if not path.exists():
        where = "this folder" if path.parent == Path() else str(path.parent)
        beside = {file.stem: file for file in path.parent.glob(f"*{usual}") if file.is_file()}
        near = nearest(path.stem, sorted(beside))
        return f"there is no such file in {where}", beside[near[0]] if near else None
    return ("", None) if os.access(path, os.R_OK) else ("this file may not be read", None)


def _followed(path: Path) -> Path:
    """Where a link leads, whether or not anything is there."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _replace(path: Path, content: bytes, old: os.stat_result | None) -> None:
    temporary = path.with_name(f".tinygrad_edu-{secrets.token_hex(8)}")  # as short for a long name as for a short one
    try:
        try:
            _write(temporary, content, old)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except BaseException:
        temporary.unlink(missing_ok=True)  # Ctrl-C may come a second time, in the line above
        raise
    _settle(path.parent)


def _write(path: Path, content: bytes, old: os.stat_result | None) -> None:
    path.touch(0o666 if old is None else 0o600, exist_ok=False)  # a private file stays private while it is written
    with path.open("wb") as file:
        file.write(content)
        if old is not None and hasattr(os, "fchown"):
            with contextlib.suppress(OSError):  # only an administrator can give a file to another user
                os.fchown(file.fileno(), old.st_uid, old.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(old.st_mode))
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Flush the folder too: until then, a power failure could bring back the old file."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows
        return
    with contextlib.suppress(OSError):  # some disks cannot do this, and the file is there all the same
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Make an error of the system name this path, not a temporary one, and say what to do."""
    try:
        yield
    except OSError as error:
        named = OSError(error.errno, error.strerror, str(path))  # Python picks the subclass by the number
        if error.errno in INSTEAD:
            named.add_note(f"  write instead:  {INSTEAD[error.errno].format(path)}")
        raise named from None
