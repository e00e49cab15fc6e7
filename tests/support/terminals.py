"""The program on a pseudo-terminal, for tests that type to it and read from it."""

import codecs
import contextlib
import os
import re
import select
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

needs_terminals = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals to test with")
LIMIT = 300  # seconds, after which the program hangs; what is awaited comes as soon as the machine has time for it


class Terminal:
    """The program on a pseudo-terminal, typed to and read from as a person would."""

    def __init__(self, *arguments, columns=80, lines=24, **environment):
        import pty

        self.master, self.slave = pty.openpty()
        self.resize(columns, lines)
        self.before = self.attributes()
        clean = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tinygrad_edu", *arguments],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            preexec_fn=self._control,
            env={**clean, "TERM": "xterm", "PYTHONIOENCODING": "utf-8", **environment},
        )
        self.seen = ""
        self.decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode  # a sign may come in two parts

    def _control(self):
        import fcntl
        import termios

        signal.signal(signal.SIGINT, signal.SIG_DFL)  # it is ignored, where the tests run in the background
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def attributes(self):
        import termios

        return termios.tcgetattr(self.slave)

    def resize(self, columns, lines):
        import fcntl
        import termios

        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def type(self, keys):
        os.write(self.master, keys.encode())

    def interrupt(self):
        """Press Ctrl-C, and again if the program waits on as if nothing had come.

        Python marks an interruption and raises it between two of its steps: one that comes after a prompt is
        printed and before Python waits for the answer is raised after the answer only.
        """
        end = time.monotonic() + LIMIT
        self.type("\x03")
        while self.process.poll() is None and time.monotonic() < end:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=2)
            if self.process.poll() is None and self._waits():
                self.type("\x03")

    def _waits(self):
        """Whether the program sleeps, and does not only wait for its turn on a machine that has much to do."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "S"

    def wait_for(self, pattern):
        """Read until something is seen; give what there was up to its end, and forget that, but not what follows."""
        end = time.monotonic() + LIMIT
        while not (found := re.search(pattern, self.seen)):
            assert time.monotonic() < end, f"{pattern} was never seen in {self.seen!r}"
            self._read()
        before, self.seen = self.seen[: found.end()], self.seen[found.end() :]
        return before

    def finish(self):
        """Read what it writes, however much, until it ends; give its exit code and the attributes of the terminal."""
        end = time.monotonic() + LIMIT
        while self.process.poll() is None:
            assert time.monotonic() < end, f"it never ended after {self.seen!r}"
            self._read()
        while self._read():
            pass
        after = self.attributes()
        os.close(self.master)
        os.close(self.slave)
        return self.process.returncode, after

    def _read(self):
        """Read what there is, if there is something soon; whether there was."""
        is_there = bool(select.select([self.master], [], [], 0.1)[0])
        if is_there:
            self.seen += self.decode(os.read(self.master, 65536))
        return is_there


@pytest.fixture
def terminal():
    """Starts the program on a pseudo-terminal, and ends it if a test did not."""
    started = []

    def start(*arguments, **options):
        started.append(Terminal(*arguments, **options))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()
