"""How can the chain rule be stepped through in a terminal?

    tinygrad-edu step "(x + y) * z" x=-2 y=5 z=-4 --interactive

A terminal is read key by key and drawn on a separate screen; whatever happens, the terminal is restored. Through a pipe
the keys are read as letters, and each frame is printed below the last.

Names to know: `interact`. What the keys do is in `stepper.py`. Read next: `compiler/scalars.py`.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import select
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TextIO

from tinygrad_edu.steps.trace import Trace
from tinygrad_edu.terminal.colours import Paint, has_colours
from tinygrad_edu.terminal.outline import ASCII, UNICODE, Row, Signs
from tinygrad_edu.terminal.stepper import SPEEDS, Stepper

LOOK_UP = 0.2  # seconds between two looks at the size of the terminal
REST_OF_KEY = 0.05  # seconds within which the rest of an arrow key follows its first character; Esc has no rest

ENTER_SCREEN, LEAVE_SCREEN = "\033[?1049h\033[?25l", "\033[?25h\033[?1049l"

KEYS = {
    "next": ("n", " ", "\r", "\n", "\033[C", "\033OC", ">"),
    "back": ("b", "\x7f", "\b", "\033[D", "\033OD", "<"),
    "first": ("g", "\033[H", "\033OH", "\033[1~"),
    "last": ("G", "\033[F", "\033OF", "\033[4~"),
    "jump": ("j",),
    "play": ("p",),
    "faster": ("+", "="),
    "slower": ("-", "_"),
    "predict": ("t",),
    "why": ("w",),
    "keys": ("?", "h"),
    "quit": ("q", "\033", "\x03", "\x04"),
}
MEANINGS = {sent: key for key, all_sent in KEYS.items() for sent in all_sent}
WHILE_TYPING = {sent: key for sent, key in MEANINGS.items() if sent in "\r\n\x7f\b\033\x03\x04"}  # the rest is text
UNFINISHED = re.compile(r"\033(?:\[[0-9;]*|O)?\Z")
KEYSTROKE = re.compile(r"\033(?:\[[0-9;]*[A-Za-z~]|O[A-Z])|.", re.DOTALL)


def keystrokes(sent: str) -> list[str]:
    r"""What a keyboard sent, key by key.

    >>> keystrokes("n\033[D12")
    ['n', '\x1b[D', '1', '2']
    """
    return KEYSTROKE.findall(sent)


def meaning(stroke: str, *, is_typing: bool = False) -> str:
    r"""The name of a key; one without a meaning stands for itself, and so does all text while an answer is typed.

    >>> meaning("n"), meaning("\033[D"), meaning("1"), meaning("n", is_typing=True), meaning("\r", is_typing=True)
    ('next', 'back', '1', 'n', 'next')
    """
    return (WHILE_TYPING if is_typing else MEANINGS).get(stroke, stroke)


# Terminals and pipes


def interact(
    trace: Trace, title: str, *, lang: str = "en", stdin: TextIO | None = None, stdout: TextIO | None = None
) -> None:
    """Step through a trace until the user quits, or until the pipe ends."""
    source, target = stdin or sys.stdin, stdout or sys.stdout
    stepper = Stepper(trace, title, signs_for(target.encoding), lang)
    if source.isatty():
        _on_a_terminal(stepper, source, target)
    else:
        _through_a_pipe(stepper, source, target)


def signs_for(encoding: str | None) -> Signs:
    """The characters to draw with in an encoding.

    >>> signs_for("utf-8") is UNICODE, signs_for("ascii") is ASCII
    (True, True)
    """
    try:
        "".join([*UNICODE, "∂·×"]).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


def _through_a_pipe(stepper: Stepper, source: TextIO, target: TextIO) -> None:
    """Every key that arrives, and the frame that it leads to; a line end ends a jump, and otherwise means nothing."""
    if isinstance(source, io.TextIOWrapper):
        source.reconfigure(errors="replace")
    _print_frame(stepper, target)
    while not stepper.has_quit and (sign := source.read(1)):
        if sign in "\r\n" and stepper.typed is None:
            continue
        stepper.press(meaning(sign, is_typing=stepper.typed is not None))
        if stepper.is_playing:
            _play_at_once(stepper, target)
        elif not stepper.has_quit and stepper.typed is None:
            _print_frame(stepper, target)


def _play_at_once(stepper: Stepper, target: TextIO) -> None:
    while stepper.is_playing:
        stepper.tick()
        _print_frame(stepper, target)


def _print_frame(stepper: Stepper, target: TextIO) -> None:
    lines = stepper.frame(shutil.get_terminal_size().columns, 10_000)
    print("\n".join(line for line, _ in lines), end="\n\n", file=target, flush=True)


def _on_a_terminal(stepper: Stepper, source: TextIO, target: TextIO) -> None:
    """Key by key, on a separate screen; whatever happens, the terminal is restored."""
    has_screen = target.isatty() and os.environ.get("TERM") != "dumb"
    quiet = contextlib.suppress(KeyboardInterrupt)
    with _raw_keys(source) as read, _own_screen(target, has_screen), quiet:
        drawn: object = None
        due = time.monotonic()
        while not stepper.has_quit:
            size = shutil.get_terminal_size()
            if (state := (size, stepper.state)) != drawn:
                _draw(stepper, target, size, has_screen)
                drawn = state
            sent = read(_patience(stepper, due))
            for stroke in keystrokes(sent):
                stepper.press(meaning(stroke, is_typing=stepper.typed is not None))
            if not stepper.is_playing or sent:
                due = time.monotonic() + 1 / SPEEDS[stepper.speed]
            elif time.monotonic() >= due:
                stepper.tick()
                due = time.monotonic() + 1 / SPEEDS[stepper.speed]


def _patience(stepper: Stepper, due: float) -> float:
    return max(0.0, min(LOOK_UP, due - time.monotonic())) if stepper.is_playing else LOOK_UP


def _draw(stepper: Stepper, target: TextIO, size: os.terminal_size, has_screen: bool) -> None:
    """Show the step; on a screen of its own, the keys stay at its foot."""
    above, below = stepper.parts(size.columns, size.lines)
    if has_screen:
        free = [Row("")] * max(0, size.lines - len(above) - len(below))
        lines = [_painted(row) for row in (*above, *free, *below)]
        text = "\033[H" + "\r\n".join(f"{line}\033[K" for line in lines[: size.lines]) + "\033[J"
    else:
        text = "\n".join(row.text for row in (*above, *below)) + "\n\n"
    target.write(text)
    target.flush()


def _painted(row: Row) -> str:
    """A line with its numbers in the colours of their signs; bold, if the step is about it."""
    paint, text, rest = Paint(has_colours()), "", 0
    for start, end, number in row.spans:
        text += _bold(paint, row.text[rest:start], row.is_active) + paint.signed(row.text[start:end], number)
        rest = end
    return text + _bold(paint, row.text[rest:], row.is_active)


def _bold(paint: Paint, text: str, is_active: bool) -> str:
    return paint.bold(text) if is_active else text


@contextlib.contextmanager
def _own_screen(target: TextIO, has_screen: bool) -> Iterator[None]:
    try:
        target.write(ENTER_SCREEN if has_screen else "")
        yield
    finally:
        target.write(LEAVE_SCREEN if has_screen else "")
        target.flush()


@contextlib.contextmanager
def _raw_keys(source: TextIO) -> Iterator[Callable[[float], str]]:
    """A function that waits so many seconds for keys and returns what was sent; at the end of input, the quit key."""
    if sys.platform == "win32":
        yield _windows_keys
        return
    import termios
    import tty

    terminal = source.fileno()
    before = termios.tcgetattr(terminal)

    try:
        tty.setcbreak(terminal)
        _disable(terminal, termios.VSUSP, termios.VQUIT)
        yield partial(_sent, terminal)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _disable(terminal: int, *keys: int) -> None:
    r"""Ctrl-Z and Ctrl-\ would leave the screen as it is, without a cursor."""
    import termios

    attributes = termios.tcgetattr(terminal)
    for key in keys:
        attributes[6][key] = bytes([os.fpathconf(terminal, "PC_VDISABLE")])
    termios.tcsetattr(terminal, termios.TCSANOW, attributes)


def _sent(terminal: int, seconds: float) -> str:
    """What arrives within so many seconds; it waits for the rest of an arrow key, since Esc alone quits."""
    sent = ""
    while select.select([terminal], [], [], REST_OF_KEY if sent else seconds)[0]:
        part = os.read(terminal, 1024).decode(errors="replace")
        sent += part or "q"
        if not part or not UNFINISHED.search(sent):
            break
    return sent


def _windows_keys(seconds: float) -> str:
    """The same on Windows, which has no select for keyboards; arrows come as two characters."""
    import msvcrt  # type: ignore[import-not-found, unused-ignore]

    arrows = {"K": "\033[D", "M": "\033[C", "G": "\033[H", "O": "\033[F"}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if msvcrt.kbhit():  # type: ignore[attr-defined, unused-ignore]
            sign: str = msvcrt.getwch()  # type: ignore[attr-defined, unused-ignore]
            return arrows.get(msvcrt.getwch(), "") if sign in "\0\xe0" else sign  # type: ignore[attr-defined, unused-ignore]
        time.sleep(0.02)
    return ""
