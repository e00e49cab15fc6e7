"""What if a package that is only sometimes needed is not there?

Names to know: `needed`.
"""

from __future__ import annotations

import importlib
from types import ModuleType

from tinygrad_edu.errors import MissingError


def needed(module: str, what: str, package: str = "") -> ModuleType:
    """Import a module of an optional package.

    Args:
        module: its name, such as "sklearn.datasets".
        what: what it is needed for, for the message.
        package: what to install, if it is called otherwise than the first part of the module.

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
        raise MissingError(
            what,
            f"it needs the package {package}, which is not installed",
            instead=f"pip install {package}, then the same again",
        ) from None
