"""Which class is to be checked, of all that is in a file?

The file is run as Python runs a module, in a name space of its own. Whatever goes wrong on the way is said in a
sentence about the file: a line that Python cannot read, a package that is not installed, a loop at the top, no class
to be found.

Names to know: `loaded`, `Engine`. Read next: `process.py`.
"""

from __future__ import annotations

import linecache
import os
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from tinygrad_edu.checks.engines.adapter import BACKWARD
from tinygrad_edu.checks.engines.running import OutOfTime, limited
from tinygrad_edu.choices import nearest
from tinygrad_edu.errors import FileError
from tinygrad_edu.show import listed

SECONDS = 10.0  # for a file to be run
USUAL = "Value"
NAME = "checked_engine"  # of the module: what stands under `if __name__ == "__main__":` is not run


class Engine(NamedTuple):
    """A class, and the functions beside it."""

    value: type[Any]
    functions: Mapping[str, Any]


def loaded(path: Path, wanted: str | None = None) -> Engine:
    """The class of a file.

    Args:
        path: a Python file.
        wanted: what the class is called; by default Value, or the only class that has a sweep.

    Raises:
        FileError: if the file cannot be run, or has no such class.
    """
    space = _run(path)
    classes = {
        name: thing
        for name, thing in space.items()
        if isinstance(thing, type) and thing.__module__ == space["__name__"]
    }
    name = _chosen(path, classes, wanted)
    return Engine(classes[name], {key: thing for key, thing in space.items() if callable(thing)})


def _run(path: Path) -> dict[str, Any]:
    asked = f"the check of {path}"
    module = ModuleType(NAME)
    module.__file__ = str(path)
    sys.modules[NAME] = module  # dataclasses and pickles look for it there
    sys.path.insert(0, os.fspath(path.parent.resolve()))
    try:
        code = compile(path.read_bytes(), str(path), "exec")
        with limited(SECONDS):
            exec(code, module.__dict__)  # noqa: S102 (as Python runs a module)
    except SyntaxError as error:
        where = f"line {error.lineno}" if error.lineno else "its text"
        line = f": {error.text.strip()}" if error.text else ""
        raise FileError(
            asked, f"Python cannot read {where}{line} ({error.msg})", instead="that line, mended"
        ) from error
    except ModuleNotFoundError as error:
        raise FileError(
            asked,
            f"it imports {error.name}, which is not installed{_line(error, path)}",
            instead=f"pip install {error.name}",
        ) from error
    except OutOfTime:
        wrong = f"it did not end within {SECONDS:g} seconds when it was imported"
        raise FileError(asked, wrong, instead="what runs long below `if __name__ == '__main__':`") from None
    except SystemExit as error:
        wrong = f"it leaves Python when it is imported (sys.exit){_line(error, path)}"
        raise FileError(asked, wrong, instead="that call below `if __name__ == '__main__':`") from error
    except RecursionError as error:
        raise FileError(asked, f"it calls itself without end{_line(error, path)}", instead="an end to that") from error
    except Exception as error:
        wrong = f"it stops with {type(error).__name__}: {error}{_line(error, path)}"
        raise FileError(asked, wrong, instead="a file that runs by itself: python " + str(path)) from error
    return module.__dict__


def _line(error: BaseException, path: Path) -> str:
    """Where in the file it was: the last of its lines in the traceback."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    if not lines or lines[-1] is None:
        return ""
    return f" in line {lines[-1]}: {linecache.getline(str(path), lines[-1]).strip()}"


def _chosen(path: Path, classes: Mapping[str, type[Any]], wanted: str | None) -> str:
    asked = f"the check of {path}"
    if wanted is not None:
        if wanted not in classes:
            near = nearest(wanted, classes)
            there = f"its classes are {listed(list(classes))}" if classes else "it has no class"
            instead = f"--class {near[0]}" if near else "--class with the name of one of its classes"
            raise FileError(asked, f"it has no class {wanted}; {there}", instead=instead)
        return wanted
    if USUAL in classes:
        return USUAL
    able = [name for name, one in classes.items() if any(hasattr(one, sweep) for sweep in BACKWARD)] or list(classes)
    if len(able) == 1:
        return able[0]
    if not able:
        raise FileError(asked, "it has no class", instead="a class Value: `class Value:`")
    raise FileError(asked, f"its class may be {listed(able)}", instead=f"say which: --class {able[0]}")
