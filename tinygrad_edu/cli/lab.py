"""How is the page for any formula written from a terminal?

    tinygrad-edu lab                                  begins with (x + y) * z, and takes any other
    tinygrad-edu lab "tanh(w * x + b)" x=2 --open     begins with this one, in a browser

Names to know: `add_lab`. Read next: `sheets.py`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path

from tinygrad_edu.cli.expressions import add_lang, graph_of, numbers_in
from tinygrad_edu.cli.lines import say, say_files
from tinygrad_edu.cli.saving import add_open, open_page
from tinygrad_edu.cli.values import PAGE, Typed
from tinygrad_edu.show import show
from tinygrad_edu.terminal.words import word
from tinygrad_edu.text.inputs import inputs_of, with_numbers

LAB_HELP = """\
Write one page with a box for formulas. Type any expression there: its graph,
every step of the chain rule, predictions, a gradient check and more follow,
without a network connection and without Python.

  tinygrad-edu lab
  tinygrad-edu lab "z = w * x + b; f = sigmoid(z)" x=2 -o neuron.html
  tinygrad-edu lab "(x + y) * z" x=-2 y=5 z=-4 --open

A name without a number gets one; it can be changed in the page. The grammar is
that of `tinygrad-edu step`."""


def add_lab(parser: argparse.ArgumentParser) -> None:
    """The arguments of `lab`."""
    parser.add_argument("expression", nargs="?", metavar="EXPRESSION", help='begin with it, such as "(x + y) * z"')
    parser.add_argument("values", nargs="*", metavar="NAME=NUMBER", help="numbers for its names, such as x=-2")
    default = Path("lab.html")
    said = "the file (default: lab.html)"
    parser.add_argument("-o", "--output", action=Typed, kind=PAGE, default=default, help=said)
    add_open(parser)
    add_lang(parser)
    parser.set_defaults(run=_lab)


def _lab(options: argparse.Namespace) -> None:
    from tinygrad_edu.viz import Player
    from tinygrad_edu.viz.page.menu import FIRST

    text, given = options.expression, numbers_in(options.values)
    if text is None:
        text, given = FIRST.text, dict(FIRST.values)
    chosen = with_numbers(text, given)
    player = Player(graph_of(text, given | chosen), options.lang, text.strip())
    path = player.save(options.output)
    say_files([path], lang=options.lang)
    _say_chosen(chosen, [name for name in inputs_of(text) if name not in given], options.lang)
    if options.open:
        open_page(path)
    else:
        print(f"  {word(options.lang, 'open_it')}")


def _say_chosen(numbers: Mapping[str, float], names: Iterable[str], lang: str) -> None:
    said = [f"{name}={show(numbers[name])}" for name in names]
    if said:
        say(f"  {word(lang, 'chosen', numbers=' '.join(said))}")
