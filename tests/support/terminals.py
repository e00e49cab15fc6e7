"""The program on a pseudo-terminal, for tests that type to it and read from it."""

import contextlib
import os
import re
import select
import signal
import struct
import subprocess
import sys
import time

import pytest

needs_terminals = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals to test with")


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
        """Press Ctrl-C, and once more if nothing came of it.

        Python marks an interruption and raises it between two of its steps: one that comes after a prompt is
        printed and before Python waits for the answer is raised after the answer only.
        """
        for _ in range(5):
            if self.process.poll() is None:
                self.type("\x03")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=4)

    def wait_for(self, pattern):
        """Read until something is seen; then forget what came before."""
        end = time.monotonic() + 30
        while not re.search(pattern, self.seen):
            assert time.monotonic() < end, f"{pattern} was never seen in {self.seen!r}"
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += os.read(self.master, 65536).decode(errors="replace")
        found = self.seen
        self.seen = ""
        return found

    def finish_reading(self):
        """Read what it writes, however much, until it ends."""
        while self.process.poll() is None:
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += os.read(self.master, 65536).decode(errors="replace")
        return self.finish()

    def finish(self):
        code = self.process.wait(timeout=30)
        while select.select([self.master], [], [], 0.1)[0]:
            self.seen += os.read(self.master, 65536).decode(errors="replace")
        after = self.attributes()
        os.close(self.master)
        os.close(self.slave)
        return code, after


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
