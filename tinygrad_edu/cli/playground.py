"""How is the page in which a network trains written from a terminal?

    tinygrad-edu playground --open                two moons, in a browser
    tinygrad-edu playground iris.csv              a table, whose last column is predicted from the others
    tinygrad-edu playground iris.csv --without id --missing drop

Names to know: `add_playground`. Read next: `saving.py`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tinygrad_edu.cli.arguments import PROGRAM, one_of
from tinygrad_edu.cli.expressions import add_lang
from tinygrad_edu.cli.lines import say, say_files
from tinygrad_edu.cli.saving import add_open, open_page
from tinygrad_edu.cli.tables import (
    add_table_options,
    check_for_data_set,
    chosen_rows,
    in_options,
    inputs_of_table,
    say_notes,
)
from tinygrad_edu.cli.values import PAGE, Typed
from tinygrad_edu.show import counted, printable
from tinygrad_edu.terminal.words import word

if TYPE_CHECKING:
    from tinygrad_edu.viz.page.playground.settings import Settings

PLAYGROUND_HELP = """\
Write one page in which a network trains: data, layers, losses and optimizers to
choose, forward, loss, backward and update step by step, and every weight opens
to its chain rule. It needs no network connection and no Python.

  tinygrad-edu playground
  tinygrad-edu playground spirals -o spirals.html
  tinygrad-edu playground iris.csv --target species --open

DATA is moons, circles, xor, spirals, blobs, flower, yinyang (classes), saddle,
waves (numbers to predict), or a table: a CSV file whose first line names its
columns; of an empty cell, --missing says what becomes of it. Data and network
can be changed in the page."""


def add_playground(parser: argparse.ArgumentParser) -> None:
    """The arguments of `playground`."""
    add = parser.add_argument
    add(
        "data",
        nargs="?",
        default="moons",
        metavar="DATA",
        help="the name of a data set, or a CSV file (default: moons)",
    )
    add_table_options(parser)
    default = Path("playground.html")
    add("-o", "--output", action=Typed, kind=PAGE, default=default, help="the file (default: playground.html)")
    add_open(parser)
    add_lang(parser)
    parser.set_defaults(run=_playground)


def _playground(options: argparse.Namespace) -> None:
    from tinygrad_edu.nn.table.reading import is_table
    from tinygrad_edu.viz import Playground
    from tinygrad_edu.viz.page.playground.settings import DATA, settings_of

    if is_table(options.data):
        settings = {"data": _table(options)}
    else:
        check_for_data_set(options, "playground")
        settings = settings_of(data=one_of("", options.data, DATA, f"{PROGRAM} playground"))
    path = Playground(settings, options.lang).save(options.output)
    say_files([path], lang=options.lang)
    if options.open:
        open_page(path)
    else:
        print(f"  {word(options.lang, 'open_it')}")


def _table(options: argparse.Namespace) -> Settings:
    """The data of a table, with a line about it."""
    from tinygrad_edu.viz.page.playground.settings import data_of_table

    table = chosen_rows(options, "playground")
    columns = inputs_of_table(table, options)
    with in_options():
        fills = {name: table.usual(name) for name in columns} if options.missing == "mean" else {}
        table = table.filled(fills)
        data = data_of_table(table, options.target, options.without)
    points = data["points"]
    inputs = ", ".join(points["names"])
    say(printable(f"  {table.source}: {counted(len(table), 'row')}; {inputs} → {points['target']['name']}"))
    say_notes(table, columns, points["target"]["name"])
    return data
