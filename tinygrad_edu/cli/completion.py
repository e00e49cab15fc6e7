"""How does a shell complete what is typed after `tinygrad-edu`?

    tinygrad-edu completion bash >> ~/.bashrc
    tinygrad-edu completion zsh > ~/.zfunc/_tinygrad-edu

The script lists the commands and their options; it is made by shtab from the same parser that reads the line.

Names to know: `add_completion`, `script`. Read next: `main.py`.
"""

from __future__ import annotations

import argparse

from tinygrad_edu.cli.arguments import OneOf, one_of
from tinygrad_edu.errors import MissingError

SHELLS = ("bash", "zsh", "tcsh")
COMPLETION_HELP = """\
Print a script with which your shell completes commands and options when you
press Tab:

  tinygrad-edu completion bash >> ~/.bashrc
  tinygrad-edu completion zsh > ~/.zfunc/_tinygrad-edu
  tinygrad-edu completion tcsh >> ~/.tcshrc

Open a new terminal after that."""


def add_completion(parser: argparse.ArgumentParser) -> None:
    """The arguments of `completion`, but what runs it."""
    parser.add_argument("shell", metavar="SHELL", help=", ".join(SHELLS))


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """The script for a shell.

    Args:
        parser: of the whole line.
        shell: one of `SHELLS`.

    Raises:
        OptionError: if there is no such shell.
        MissingError: if shtab is not installed.
    """
    one_of("", shell, SHELLS, "tinygrad-edu completion")
    try:
        import shtab
    except ImportError:
        asked, wrong = f"completion {shell}", "the script is made by shtab, which is not installed"
        raise MissingError(asked, wrong, instead='pip install "tinygrad_edu[completion]"') from None
    _show_choices(parser)
    made: str = shtab.complete(parser, shell)
    return made


def _show_choices(parser: argparse.ArgumentParser) -> None:
    """Give shtab the choices that our own action keeps; and complete names of files, where one is expected."""
    for action in parser._actions:  # private, because argparse does not list its arguments
        if isinstance(action, OneOf):
            action.choices = action.names
        elif isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _show_choices(command)
        elif action.metavar in ("FILE", "DATA", "MODEL", "TABLE|NAME=VALUE", "FOLDER"):
            action.complete = {"bash": "_shtab_compgen_files", "zsh": "_files", "tcsh": "f"}  # type: ignore[attr-defined]
