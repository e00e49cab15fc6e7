"""What does the command line owe to the shell that runs it?

Exit codes, also after Ctrl-C and a request to terminate; and that it copes with a standard stream that is closed, or
whose reader has gone. None of this concerns a program that imports the package: `run` is for the command.

Names to know: `run`, `is_command`, `start_quietly`. Read next: `symbolic.py`.
"""

from __future__ import annotations

import codecs
import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import PurePath
from types import FrameType
from typing import Any, NoReturn, TextIO

from tinygrad_edu.show import IN_ASCII

PLAINLY = "tinygrad_edu.plainly"  # how letters are encoded that an encoding lacks
INTERRUPTED = 128 + signal.SIGINT
TO_END = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


def is_command(arguments: list[str]) -> bool:
    """Whether Python was started as `tinygrad-edu` or `python -m tinygrad_edu`, judged by `sys.orig_argv`.

    >>> is_command(["python", "-m", "tinygrad_edu", "demo"]), is_command(["python", "bin/tinygrad-edu"])
    (True, True)
    >>> is_command(["python", "-c", "import tinygrad_edu"]), is_command(["python", "-m", "pytest"])
    (False, False)
    """
    script = PurePath(arguments[1]).stem if len(arguments) > 1 else ""
    return script == "tinygrad-edu" or arguments[1:3] == ["-m", "tinygrad_edu"]


def start_quietly() -> None:
    """Until `run` is reached, let Ctrl-C end the command as it ends programs that are not written in Python.

    Only imports have run by then, and a traceback through imports helps no reader.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # and is not ignored, as in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(command: Callable[[], int]) -> int:
    """Run a command as a process of its own should, and return the exit code.

    Args:
        command: what to do; returns its exit code, or exits with one.
    """
    output = None
    try:
        _listen()
        output = _open_streams()
        code = _exit_code(command)
        sys.stdout.flush()
    except KeyboardInterrupt:  # again, while the first one was being reported
        code = INTERRUPTED
    start_quietly()
    if output is not None and output.error is not None:
        print(f"tinygrad-edu: standard output: {output.error.strerror}; it is not complete", file=sys.stderr)
        return code or 1
    return code


def _exit_code(command: Callable[[], int]) -> int:
    try:
        return command()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1


def _listen() -> None:
    """Ctrl-C is an exception, and so is a request to terminate: both leave through every `finally`."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in TO_END:
        if signal.getsignal(number) is signal.SIG_DFL:  # under nohup it is ignored
            signal.signal(number, _end)


def _end(number: int, _: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


# Standard streams


def _open_streams() -> _Output | None:
    """Make all three streams usable, whatever the shell did with them; return standard output if not a terminal."""
    output = None
    sys.stdin = sys.stdin or _nowhere("r")
    if sys.stdout is None:
        sys.stdout = _nowhere("w")
    elif not _is_terminal(sys.stdout):
        sys.stdout = _over(output := _Output(sys.stdout.fileno(), "wb", closefd=False), sys.stdout)
    if sys.stderr is None:
        sys.stderr = _nowhere("w")
    elif not _is_terminal(sys.stderr):
        sys.stderr = _over(_Output(sys.stderr.fileno(), "wb", closefd=False), sys.stderr)
    return output


def _nowhere(mode: str) -> TextIO:
    """A stand-in for a stream that is closed, by `<&-` say: as if it were /dev/null."""
    return open(os.devnull, mode, encoding="utf-8")  # type: ignore[return-value]  # noqa: PTH123


def _is_terminal(stream: TextIO) -> bool:
    """Whether it is a terminal or a file; an encoding without ∂ prints a d rather than failing."""
    if stream.isatty() and isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=PLAINLY)
        return True
    return False


def _over(file: io.FileIO, stream: Any) -> io.TextIOWrapper:
    """The same settings as the stream's, on another file."""
    return io.TextIOWrapper(
        io.BufferedWriter(file),
        encoding=stream.encoding,
        errors=PLAINLY,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    """What is printed for letters that an encoding lacks: d for ∂, and a ? for those that nothing can stand for."""
    assert isinstance(error, UnicodeEncodeError)
    letters = error.object[error.start : error.end].translate(IN_ASCII)
    return letters.encode("ascii", "replace").decode(), error.end


codecs.register_error(PLAINLY, _in_ascii)


class _Output(io.FileIO):
    """Prints as long as it can; then the rest is discarded, and the work goes on: files are still written.

    Attributes:
        error: why it could not be printed; None if its reader, such as `head`, has just seen enough.
    """

    error: OSError | None = None

    def write(self, content: Any) -> int:
        try:
            return super().write(content) or 0
        except OSError as error:
            if not isinstance(error, BrokenPipeError):
                self.error = error
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return len(content)
