"""How does `tinygrad-edu step` write what it shows to a file?

    tinygrad-edu step "(x + y) * z" x=-2 y=5 z=-4 -o sweep.gif

The suffix chooses: .gif an animation of the sweep, .html a page to step through, .json the steps as data (described in
`docs/trace.md`), .tex the steps as LaTeX.

Names to know: `save_steps`, `save_deck`, `derivation`, `open_page`. Read next: `completion.py`.
"""

from __future__ import annotations

import argparse
import webbrowser
from collections.abc import Callable
from pathlib import Path

from tinygrad_edu.cli.lines import say
from tinygrad_edu.cli.values import file_name
from tinygrad_edu.errors import SizeError
from tinygrad_edu.files import check_writable, write_whole
from tinygrad_edu.show import printable
from tinygrad_edu.steps.chain_rule import chain_rule
from tinygrad_edu.value import Value

KINDS = {
    ".gif": "the sweep as an animation",
    ".html": "a page to step through",
    ".json": "the steps as data",
    ".tex": "the steps as LaTeX",
}
STEPS = file_name("a file", list(KINDS), "sweep.gif")._replace(
    wanted=f"the name of a file, whose suffix chooses: {', '.join(map(' '.join, KINDS.items()))}",
    after="; a picture of the graph is made by tinygrad-edu draw -o f.svg",
)


def add_open(parser: argparse.ArgumentParser) -> None:
    """The option --open."""
    parser.add_argument("--open", action="store_true", help="open it in a browser")


def open_page(path: Path) -> None:
    """Open a file in a browser, or say that there is none."""
    if not webbrowser.open(path.resolve().as_uri()):
        say(f"  no browser was found here: open {printable(path)} in one")


def save_steps(f: Value, path: Path, lang: str, theme: str = "light") -> Path:
    """Write the chain rule on a graph to a file, in the format of its suffix, one of those of `STEPS`.

    Args:
        f: the output of the graph.
        path: the file.
        lang: of the words in it.
        theme: the colours of an animation; a page has those of its reader.

    Raises:
        SizeError: if the graph is too large for an animation.
        OSError: if the file cannot be written.
    """
    check_writable(path)
    _WRITERS[path.suffix.lower()](f, path, lang, theme)
    return path


def save_deck(f: Value, path: Path, lang: str, theme: str = "light") -> Path:
    """Write the chain rule on a graph as slides.

    Raises:
        SizeError: if the graph is too large for a slide.
        OSError: if the file cannot be written.
    """
    _save_sweep(f, path, lang, theme)
    return path


def derivation(f: Value) -> str:
    r"""The steps as LaTeX, with the line that the preamble needs as a comment.

    >>> print(derivation(Value(2.0, label="x")))
    % \usepackage{amsmath}
    \begin{align*}
    \frac{\partial x}{\partial x} &= 1
    \end{align*}
    """
    return f"% \\usepackage{{amsmath}}\n{chain_rule(f).latex}"


def _save_sweep(f: Value, path: Path, lang: str, theme: str) -> None:
    from tinygrad_edu import viz

    try:
        viz.sweep(f, lang=lang, theme=theme).save(path)
    except SizeError as error:
        instead = f"-o {path.stem}.html, a page that shows a part at a time"
        raise error.with_instead(instead) from None


def _save_page(f: Value, path: Path, lang: str, theme: str) -> None:  # noqa: ARG001 (its reader chooses)
    from tinygrad_edu import viz

    viz.player(f, lang=lang).save(path)


def _save_json(f: Value, path: Path, *_: str) -> None:  # data are in no language, and have no colours
    write_whole(path, f"{chain_rule(f).to_json(indent=2)}\n".encode())


def _save_latex(f: Value, path: Path, *_: str) -> None:  # nor do formulas
    write_whole(path, f"{derivation(f)}\n".encode())


_WRITERS: dict[str, Callable[[Value, Path, str, str], None]] = {
    ".gif": _save_sweep,
    ".html": _save_page,
    ".json": _save_json,
    ".tex": _save_latex,
}
