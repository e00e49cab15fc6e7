"""What can be typed wrongly after `tinygrad-edu`? Every slip at every option of every command, made from the parser.

A slip is a command line that is refused before anything is computed. The walk knows the options and the kinds of their
values from the parser, and nothing of what is said about them.
"""

import functools

from tinygrad_edu.cli.arguments import OneOf
from tinygrad_edu.cli.main import _options, _parsers, _with_expressions
from tinygrad_edu.cli.values import Typed
from tinygrad_edu.errors import TinygradError

RIGHT = {  # a line for each command that is understood
    "demo": [],
    "step": ["x * y", "x=2", "y=3"],
    "lab": ["x * y", "x=2", "y=3"],
    "playground": ["moons"],
    "worksheet": ["x * y", "x=2", "y=3"],
    "grade": ["answers.csv"],
    "draw": ["x * y", "x=2", "y=3"],
    "train": ["moons"],
    "predict": ["moons.json", "x1=0.5", "x2=-0.2"],
    "lesson": ["circuit"],
    "check": ["engine.py"],
    "course": ["my_engine"],
    "bug": ["7"],
    "completion": ["bash"],
}
VALUES = ("", "ten", "-1", "1,5", "9" * 12, "a\x1b[2J.xyz", "x" * 90)


def slips():
    """Every slip, as a list of words."""
    _, parsers = _parsers()  # private, because argparse has no list of commands and options
    assert set(RIGHT) == set(parsers)
    for name, parser in parsers.items():
        line = [name, *RIGHT[name]]
        yield from ([name], [*line, "--nonesuch"], [*line, "--"[:1] + "z"], [name[:-1]])
        if name not in ("step", "lab", "draw", "worksheet", "grade", "predict", "check"):  # which take any number
            yield [*line, "surplus"]
        excluding = [group._group_actions for group in parser._mutually_exclusive_groups]
        for action in parser._actions:
            is_alone = any(action in group and not group[0].option_strings for group in excluding)
            for slip in slips_of(action):
                yield [name, *slip] if is_alone or not action.option_strings else [*line, *slip]
        for first, *others in excluding:
            yield from ([*line, *words(first), *words(other)] for other in others)


def slips_of(action):
    if not action.option_strings:
        if isinstance(action, Typed):
            yield from ([value] for value in VALUES if not value.startswith("-"))
        return
    option = max(action.option_strings, key=len)
    if action.nargs == 0:
        yield from [[f"{option}=x"]] if option not in ("--help", "--version") else []
        return
    yield from ([f"{option}={value}"] for value in VALUES)
    yield [option]
    if isinstance(action, Typed | OneOf):
        yield [*words(action), *words(action)]


def words(action):
    """An option as it is right."""
    if not action.option_strings:
        return []
    return action.option_strings[-1:] + ([] if action.nargs == 0 else action.example.split())


def is_refused(line):
    """Whether a line is refused before anything is computed."""
    try:
        _options(_with_expressions(line))
    except TinygradError:
        return True
    return False


@functools.cache
def refused():
    return [line for line in slips() if is_refused(line)]
