"""How is a graph made of an expression and numbers on a command line?

    step "(x + y) * z" x=-2 y=5 z=-4

Names to know: `graph_of`, `add_expression`, `add_lang`. Read next: `lab.py`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

from tinygrad_edu.errors import OptionError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import show
from tinygrad_edu.text.parsing import parse
from tinygrad_edu.text.reading import as_python_reads
from tinygrad_edu.value import Value

OUTPUT = "f"  # what an output without a name is called


def add_expression(parser: argparse.ArgumentParser) -> None:
    """The arguments EXPRESSION NAME=NUMBER …"""
    parser.add_argument("expression", metavar="EXPRESSION", help='such as "(x + y) * z"')
    parser.add_argument("values", nargs="*", metavar="NAME=NUMBER", help="a number for every name, such as x=-2")


def add_lang(parser: argparse.ArgumentParser) -> None:
    """The option --lang."""
    parser.add_argument("--lang", default="en", help="language of what is written: en (default) or zh")


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


def graph_of(expression: str, values: Mapping[str, float]) -> Value:
    """The graph of an expression; its output is called f if it has no name and f is free."""
    f = parse(expression, **values)
    labels = {node.label for node in Graph(f)}
    unused = [name for name in values if name not in labels]
    if unused:
        verb = "makes" if len(unused) == 1 else "make"
        print(f"note: {', '.join(unused)} {verb} no difference to the result", file=sys.stderr)
    if not f.label and OUTPUT not in labels:
        f.label = OUTPUT
    return f


def _assignment(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    value = _number(number)
    if value is None or not name.strip().isidentifier():
        raise OptionError(
            f"{text!r} after the expression", "it has to be a name, = and a number, without spaces", instead="x=-2"
        )
    return as_python_reads(name.strip()), value


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
