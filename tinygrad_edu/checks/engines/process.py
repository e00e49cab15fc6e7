"""How is a file checked that may do anything?

In a process of its own, with limits of time and memory, and its output thrown away. What comes back is one line of
JSON: the report, or the sentence that says why there is none.

Names to know: `check_file`, `Outcome`. This process runs `main`. Read next: `terminal/colours.py`.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinygrad_edu.checks.engines.course import FOLDER
from tinygrad_edu.checks.engines.loading import loaded
from tinygrad_edu.checks.engines.report import WIDTH, report_on
from tinygrad_edu.checks.engines.running import PATIENCE
from tinygrad_edu.errors import FileError, TinygradError
from tinygrad_edu.files import why_unread

SECONDS = 60.0  # of computing, for all of it; where it waits, for its turn say, `PATIENCE` times as many
MEMORY = 4 << 30  # bytes, beyond what Python and this package take
RIGHT, MISTAKEN, FAILED = 0, 1, 2  # exit codes


@dataclass(frozen=True)
class Outcome:
    """What became of a file.

    Attributes:
        path: the file.
        code: 0 if all that is there is right, 1 if there are mistakes, 2 if it could not be run.
        text: the report, or the sentence that says why there is none.
        data: the report as data; without a report "ok" and "error".
    """

    path: Path
    code: int
    text: str
    data: Mapping[str, Any]


def check_file(path: Path, *, width: int = WIDTH, shows: str = "hint", **names: str | None) -> Outcome:
    """Check the engine in a file, in a process of its own.

    Args:
        path: a Python file.
        width: of the text, in characters.
        shows: as `Report.text` takes it.
        names: value, data, grad, backward: what the engine calls them, where that cannot be guessed.

    """
    try:
        path.read_bytes()
    except OSError as error:
        return _unread(path, error)
    asked = {"path": str(path), "width": width, "shows": shows, "names": names}
    command = [sys.executable, "-c", f"from {__name__} import main; main()", json.dumps(asked)]
    process = subprocess.Popen(  # noqa: S603 (this Python, with our own program)
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        said, _ = process.communicate(timeout=PATIENCE * SECONDS)
    except subprocess.TimeoutExpired:
        return _failed(
            path, f"it did not end within {PATIENCE * SECONDS:g} seconds", "a sweep that visits every node once"
        )
    finally:
        _end(process)
    lines = said.decode().splitlines()
    if not lines:
        return _failed(path, _death(process.returncode), "a file that runs by itself: python " + str(path))
    told = json.loads(lines[-1])
    return Outcome(path, told["code"], told["text"], told["data"])


def _unread(path: Path, error: OSError) -> Outcome:
    """A file that cannot be read; if there is one of nearly that name, or it is a folder, that is said."""
    wrong, meant = why_unread(path, ".py")
    if path.is_dir():
        engines = sorted(path.glob("*.py"))
        meant = engines[0] if len(engines) == 1 else path / "*.py"
    if meant:
        return _failed(path, wrong, f"tinygrad-edu check {meant}")
    return _failed(path, f"{wrong or error.strerror}; a course begins one", "tinygrad-edu course my_engine")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _death(code: int) -> str:
    if code >= 0:
        return f"it ended Python itself, with exit code {code}"
    name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
    return {
        "SIGKILL": "it was killed, most likely because it took too much memory",
        "SIGSEGV": "Python crashed (SIGSEGV), most likely because functions called each other too deeply",
        "SIGXCPU": "it took too much time",
    }.get(name, f"Python was ended by {name}")


def _failed(path: Path, wrong: str, instead: str) -> Outcome:
    return _without_report(path, FileError(str(path), wrong, instead=instead))


def _without_report(path: Path, error: TinygradError) -> Outcome:
    return Outcome(
        path,
        FAILED,
        str(error),
        {"ok": False, "error": str(error), "wrong": error.wrong, "chapters": [], "mistakes": [], "notes": []},
    )


# In the other process


def main() -> None:
    """Check the file that the first argument names, and write what was found to standard output."""
    asked = json.loads(sys.argv[1])
    answer = os.fdopen(os.dup(1), "w")
    _be_silent()
    _be_limited()
    outcome = _outcome(Path(asked["path"]), asked["width"], asked["shows"], asked["names"])
    print(json.dumps({"code": outcome.code, "text": outcome.text, "data": outcome.data}), file=answer, flush=True)
    os._exit(0)  # threads that the file started may still run


def _outcome(path: Path, width: int, shows: str, names: dict[str, str | None]) -> Outcome:
    wanted = names.pop("value", None)
    try:
        engine = loaded(path, wanted)
        report = report_on(engine.value, names, engine.functions, said=_as_option)
    except MemoryError:
        return _failed(path, f"it took more than {MEMORY >> 30} GB of memory", "a graph that ends")
    except TinygradError as error:
        return _without_report(path, error)
    except Exception as error:  # noqa: BLE001 (whatever the class raises is said in a sentence)
        wrong = f"{type(error).__name__}: {error}"
        return _failed(
            path, f"Value(3.5) stops with {wrong}", "a class that is called with one number: def __init__(self, data)"
        )
    code = RIGHT if report.ok else MISTAKEN
    return Outcome(
        path, code, report.text(width=width, shows=shows, chapters=_chapters(path)), json.loads(report.to_json())
    )


def _chapters(path: Path) -> Path | None:
    """The chapters beside the file, if it is one of the course."""
    beside = path.parent / FOLDER
    return beside if beside.is_dir() else None


def _as_option(_value: str, what: str, name: str) -> str:
    return f"--{what} {name}"


def _be_silent() -> None:
    """Nothing that the file prints is shown."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def _be_limited() -> None:
    """Limits of memory and time, where the system has them."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS), int(SECONDS) + 1))
