"""How is a graph made of an expression and numbers on a command line?

    step "(x + y) * z" x=-2 y=5 z=-4

Names to know: `graph_of`, `add_expression`, `add_lang`, `add_theme`. Read next: `steps.py`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence

from tinygrad_edu.cli.arguments import LONGEST, PROGRAM, OneOf, quoted
from tinygrad_edu.cli.lines import say
from tinygrad_edu.errors import OptionError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import cut, show
from tinygrad_edu.steps.sentences import LANGUAGES, language_of
from tinygrad_edu.text.inputs import inputs_of, with_numbers
from tinygrad_edu.text.parsing import parse
from tinygrad_edu.text.reading import as_python_reads, read
from tinygrad_edu.text.typed import number_typed
from tinygrad_edu.value import Value

OUTPUT = "f"  # what an output without a name is called


def add_expression(parser: argparse.ArgumentParser) -> None:
    """The arguments EXPRESSION NAME=NUMBER …"""
    parser.add_argument("expression", metavar="EXPRESSION", help='such as "(x + y) * z"')
    numbers = "a number for every name, such as x=-2 or y=1/2"
    parser.add_argument("values", nargs="*", default=[], metavar="NAME=NUMBER", help=numbers)


def add_lang(parser: argparse.ArgumentParser) -> None:
    """The option --lang."""
    said, other = "language (default: en)", lambda text: language_of(text) or text
    parser.add_argument("--lang", action=OneOf, names=LANGUAGES, default="en", reading=other, help=said)


def add_theme(parser: argparse.ArgumentParser) -> None:
    """The option --theme."""
    about = "colours of the pictures (default: light)"
    parser.add_argument("--theme", action=OneOf, names=("light", "dark"), default="light", help=about)


def numbers_in(assignments: Sequence[str]) -> dict[str, float]:
    """The numbers by name.

    >>> numbers_in(["x=-2", "y=5"])
    {'x': -2.0, 'y': 5.0}
    """
    values: dict[str, float] = {}
    for name, number in map(_assignment, assignments):
        if name in values:
            raise OptionError(f"two numbers for {name}", "each name takes one", instead=f"{name}={show(number)}")
        values[name] = number
    return values


def graph_of(expression: str, values: Mapping[str, float], command: str = "step") -> Value:
    """The graph of an expression; its output is called f if it has no name and f is free.

    Args:
        expression: as it was typed.
        values: a number for each of its names.
        command: the one that an error shows how to call.

    Raises:
        OptionError: if names have no number; all of them are listed.
        ExpressionError: if it is not an expression.
    """
    _check_complete(expression, values, command)
    f = parse(expression, **values)
    labels = {node.label for node in Graph(f)}
    unused = [name for name in values if name not in labels]
    if unused:
        verb = "makes" if len(unused) == 1 else "make"
        say(f"note: {', '.join(unused)} {verb} no difference to the result", sys.stderr)
    for other, name in _other_names(expression, labels):
        say(f"note: {other} is {name} under another name: the node is called {name}", sys.stderr)
    if not f.label and OUTPUT not in labels:
        f.label = OUTPUT
    return f


def _other_names(expression: str, labels: Collection[str]) -> Iterator[tuple[str, str]]:
    """The names that were given to a node that has one, as in f = x; each with the name that the node has."""
    names: dict[str, str] = {}
    for target, instructions in read(expression):
        if target is not None and [each.kind for each in instructions] == ["name"]:
            other, name = as_python_reads(target.text), as_python_reads(instructions[0].text)
            names[other] = names.get(name, name)
            if names[other] in labels and other not in labels:
                yield other, names[other]


def _check_complete(expression: str, values: Mapping[str, float], command: str) -> None:
    """Check that every name has a number; what else is wrong with the expression is said first."""
    missing = [name for name in inputs_of(expression) if name not in values]
    if not missing:
        return
    unused = {name.lower(): name for name in values if name not in inputs_of(expression)}
    meant = {name: values[unused[name.lower()]] for name in missing if name.lower() in unused}
    numbers = with_numbers(expression, {**values, **meant})
    parse(expression, **numbers)
    *others, last = missing
    wrong = f"{', '.join(others)} and {last} have no value" if others else f"{last} has no value"
    if meant:
        wrong += "; a capital and a small letter are two names"
    paste = " ".join(f"{name}={show(number)}" for name, number in numbers.items())
    asked = quoted(expression.strip())
    raise OptionError(cut(asked, LONGEST), wrong, instead=f"{PROGRAM} {command} {asked} {paste}")


def _assignment(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    value = number_typed(number)
    if value is None or not name.strip().isidentifier():
        wrong, instead = _what_it_has_to_be(name.strip(), number)
        raise OptionError(f"{text!r} after the expression", wrong, instead=instead)
    return as_python_reads(name.strip()), value


def _what_it_has_to_be(name: str, number: str) -> tuple[str, str]:
    """What is wrong with what should be a name, = and a number, and what to write instead."""
    if name.isidentifier() and number_typed(number.replace(",", ".", 1)) is not None:
        return "a number has a point, and no comma", f"{name}={number.replace(',', '.', 1)}"
    return "it has to be a name, = and a number, without spaces", f"{name if name.isidentifier() else 'x'}=-2"
