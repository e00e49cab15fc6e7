"""What if an optional package, or a part of this one, is not installed?

Names to know: `needed`, `name_missing_parts`. Read next: `process.py`.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from tinygrad_edu.errors import MissingError


def needed(module: str, what: str, package: str = "", *, extra: str = "") -> ModuleType:
    """Import a module of an optional package.

    Args:
        module: its name, such as "sklearn.datasets".
        what: what it is needed for, for the message.
        package: what to install, if its name is not the first part of the module's.
        extra: of this package, which installs it in a version that fits.

    Raises:
        MissingError: if it is not installed.

    >>> needed("math", "arithmetic").pi > 3
    True
    >>> needed("no_such_module", "magic")
    Traceback (most recent call last):
    ...
    tinygrad_edu.errors.MissingError: magic
      what is wrong:  it needs the package no_such_module, which is not installed
      write instead:  pip install no_such_module, then the same again
    """
    root = module.partition(".")[0]
    package = package or root
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] != root:
            raise
        wanted = f"'{__package__}[{extra}]'" if extra else package
        raise MissingError(
            what,
            f"it needs the package {package}, which is not installed",
            instead=f"pip install {wanted}, then the same again",
        ) from None


PARTS = [f"{__package__}.{name}" for name in ("nn", "viz", "lessons")]  # they are elsewhere in the source


def name_missing_parts() -> None:
    """If the source is not installed, make an import of one of its other folders say so."""
    if importlib.util.find_spec(PARTS[0]) is None:
        sys.meta_path.append(_NotInstalled())


class _NotInstalled:
    """The last importer that Python asks: whatever gets here was not found."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002 (an importer takes them)
        """Nothing; or an error, for a part of this package."""
        if name not in PARTS:
            return None
        folder = Path(__file__).parent
        raise MissingError(
            f"import {name}",
            f"Python found tinygrad_edu in {folder}, which is not installed: only an installation has this part",
            instead=f"pip install -e {folder.parent}, or run it from another folder if it is installed already",
        )
