"""What can be done from a terminal?

    tinygrad-edu demo                                    all of it in one go
    tinygrad-edu step "(x + y) * z" x=-2 y=5 z=-4        the chain rule, every step in numbers
    tinygrad-edu lab --open                              a page in which any formula can be typed
    tinygrad-edu playground moons --open                 a page in which a network trains
    tinygrad-edu worksheet "(x + y) * z" x=-2 y=5 z=-4   the same as an exercise on paper, with an answer key
    tinygrad-edu grade answers.csv                       the marks for what a class wrote on such sheets
    tinygrad-edu draw "(x + y) * z" x=-2 y=5 z=-4        the gradient graph as a picture
    tinygrad-edu train moons                             a network and what it learned; also predict and lesson
    tinygrad-edu check engine.py                         the mistakes in an engine of your own

Without a command it says what to try. Results go to standard output, progress and errors to standard error. The exit
code is 0 if all went well, 1 if the command failed, 2 if it was not understood, 130 after Ctrl-C, 143 if asked to
terminate.

Names to know: `main`. What the shell is owed besides is in `process.py`. This is the last file.
"""

from __future__ import annotations

import argparse
import math
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tinygrad_edu import __version__
from tinygrad_edu.choices import nearest
from tinygrad_edu.cli.arguments import LONGEST, PROGRAM, OneOf, Parser, UsageError
from tinygrad_edu.cli.checking import CHECK_HELP, add_check
from tinygrad_edu.cli.completion import COMPLETION_HELP, add_completion, script
from tinygrad_edu.cli.course import BUG_HELP, COURSE_HELP, add_bug, add_course
from tinygrad_edu.cli.expressions import add_expression, add_lang, add_theme, graph_of, numbers_in
from tinygrad_edu.cli.lab import LAB_HELP, add_lab
from tinygrad_edu.cli.lesson import LESSON_HELP, add_lesson
from tinygrad_edu.cli.lines import existing, say, say_files, width_of
from tinygrad_edu.cli.playground import PLAYGROUND_HELP, add_playground
from tinygrad_edu.cli.saving import STEPS, add_open, derivation, open_page, save_deck, save_steps
from tinygrad_edu.cli.sheets import GRADE_HELP, WORKSHEET_HELP, add_grade, add_worksheet
from tinygrad_edu.cli.steps import Look, step_lines
from tinygrad_edu.cli.training import (
    PREDICT_HELP,
    TRAIN_HELP,
    add_predict,
    add_train,
    train_and_draw,
)
from tinygrad_edu.cli.values import PAGE, Typed, file_name, folder_name
from tinygrad_edu.errors import ExpressionError, OptionError, TinygradError
from tinygrad_edu.files import make_folder
from tinygrad_edu.graph import Graph
from tinygrad_edu.process import INTERRUPTED
from tinygrad_edu.show import cut, printable
from tinygrad_edu.steps.chain_rule import chain_rule
from tinygrad_edu.terminal.colours import paint_for
from tinygrad_edu.text.mistakes import in_width
from tinygrad_edu.text.printing import to_text
from tinygrad_edu.value import Value

ALONE = ("-h", "--help", "--version")  # options that are there without a command
LESSON = "q = x + y; f = q * z"
LESSON_VALUES = ("x=-2", "y=5", "z=-4")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    typed = sys.argv[1:] if arguments is None else list(arguments)
    if not typed:
        say(GREETING)
        return 0
    try:
        options = _options(_with_expressions(typed))
        _note_letters(options)
        code: int | None = options.run(options)
    except UsageError as error:
        return _report("", str(error), code=2)
    except ExpressionError as error:
        return _report(typed[0], str(in_width(error, width_of(sys.stderr))))
    except TinygradError as error:
        return _report(typed[0], str(error))
    except OSError as error:
        return _report(typed[0], _described(error))
    except KeyboardInterrupt as stop:
        said = str(stop) or "stopped; files written so far are whole"
        say("\n" + "\n".join(map(printable, said.split("\n"))), sys.stderr)
        return INTERRUPTED
    return code or 0


def _note_letters(options: argparse.Namespace) -> None:
    """Say so, if what is printed has letters that the encoding of the terminal lacks."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if getattr(options, "lang", "en") == "zh":
        try:
            "中".encode(encoding)
        except UnicodeEncodeError:
            wrong = f"{encoding}, the encoding of this terminal, has no Chinese"
            say(f"note: {wrong}; with PYTHONUTF8=1 it is UTF-8", sys.stderr)


def _options(typed: Sequence[str]) -> argparse.Namespace:
    """What was typed, understood.

    Raises:
        UsageError: if it is not: it says which command or option is nearest.
    """
    first = typed[0]
    if first.startswith("-") and first not in ALONE:
        asked = printable(f"{PROGRAM} {cut(first, LONGEST)}")
        close = [f"{PROGRAM} {name}" for name in nearest(first, ALONE)]
        wrong = "a command comes first, and its options after it"
        raise UsageError(asked, wrong, instead=[*close, COMMANDS["step"].example][0])
    if not first.startswith("-") and first not in COMMANDS:
        close = nearest(first, COMMANDS)
        asked, instead = printable(cut(first, LONGEST)), COMMANDS[close[0]].example if close else f"{PROGRAM} --help"
        raise UsageError(f"{PROGRAM} {asked}", f"there is no command {asked}", instead=instead)
    parser, commands = _parsers()
    options: argparse.Namespace
    options, left = parser.parse_known_args(typed)
    commands[options.command].check_all_read(left)
    options.typed = list(typed)
    return options


def _report(command: str, text: str, code: int = 1) -> int:
    """Print what went wrong; names from files are made safe, since a terminal would obey control characters."""
    said = f"{PROGRAM} {command}: {text}" if command else text
    say("\n".join(map(printable, said.split("\n"))), sys.stderr)
    return code


def _described(error: OSError) -> str:
    """The file, the error of the system, and what to do, if `files` has noted that."""
    wrong = str(error.strerror or error)
    said = [wrong] if error.filename is None else [printable(error.filename), f"  what is wrong:  {wrong}"]
    return "\n".join([*said, *getattr(error, "__notes__", ())])


def _with_expressions(arguments: Sequence[str]) -> list[str]:
    """An expression may begin with a minus; a space in front keeps it from being taken for an option."""
    first = arguments[0] if arguments else ""
    takes_one = first in ("step", "lab", "draw", "worksheet", "grade")
    return [f" {text}" if takes_one and re.match(r"-[^-hio]|-[hio]\W", text) else text for text in arguments]


# The arguments


GREETING = """\
tinygrad_edu: backpropagation, one number at a time. Three things to try:

Every step of the chain rule, in numbers:

  tinygrad-edu step "(x + y) * z" x=-2 y=5 z=-4

The same for any formula, as a page to play with in a browser:

  tinygrad-edu lab --open

A network that learns, drawn:

  tinygrad-edu train moons

All commands: tinygrad-edu --help"""


class Command(NamedTuple):
    """One command: what it is for, what follows it, a line to paste, its help and its arguments."""

    short: str
    usage: str
    example: str
    long: str
    add_arguments: Callable[[argparse.ArgumentParser], None]


def _parser() -> Parser:
    return _parsers()[0]


def _parsers() -> tuple[Parser, dict[str, Parser]]:
    """The parser of the whole line, and those of the commands."""
    parser = Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} COMMAND ...",
        description="Step through the chain rule, draw gradient graphs, train tiny networks.",
        epilog=f"Begin with\n\n  {PROGRAM} demo\n\nand then with a formula of yours:\n\n  {COMMANDS['step'].example}",
    )
    parser.add_argument("--version", action="version", version=f"tinygrad_edu {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND ...", title="commands")
    made = {}
    for name, command in COMMANDS.items():
        made[name] = commands.add_parser(
            name,
            prog=f"{PROGRAM} {name}",
            help=command.short,
            description=command.long,
            usage=f"{PROGRAM} {name} {command.usage}",
            example=command.example,
        )
        command.add_arguments(made[name])
    return parser, made


DEMO_HELP = """\
Step through f = (x + y)·z, draw its gradient graph, make a page that steps
through it in a browser, train a network with two hidden layers on two moons,
draw it and its decision boundary, and list the files that were written:

  tinygrad-edu demo
  tinygrad-edu demo -o pictures --open"""
STEP_HELP = """\
Print how EXPRESSION is computed, then every application of the chain rule on
the way back:

  tinygrad-edu step "(x + y) * z" x=-2 y=5 z=-4
  tinygrad-edu step "h = relu(w * x); loss = (h - 1) ** 2" w=0.5 x=3
  tinygrad-edu step "(x + y) * z" x=-2 y=5 z=-4 --html f.html
  tinygrad-edu step "(x + y) * z" x=-2 y=5 z=-4 -o sweep.gif
  tinygrad-edu step "(x + y) * z" x=-2 y=5 z=-4 --deck deck.tex

With --interactive you step through it with the arrow keys. With --html it
becomes a page to step through in a browser, as `tinygrad-edu lab` writes it.
With -o the suffix of the file chooses: .gif an animation of the sweep, .html
the page, .json the steps as data, .tex the steps as LaTeX, which --latex
prints. With --deck they become slides for a lecture, in Beamer.

An expression has + - * / **, brackets, numbers, functions (exp, log, sqrt,
sin, cos, tanh, sigmoid, relu, abs, maximum, dot([..], [..]) and more), and
names of your own: `q = x + y; q * z`."""
DRAW_HELP = """\
Draw the graph of EXPRESSION, with the local derivative on every edge and,
after the backward sweep, every gradient:

  tinygrad-edu draw "(x + y) * z" x=-2 y=5 z=-4 -o f.svg
  tinygrad-edu draw "tanh(dot([w, v], [2, 3]) + b)" w=-3 v=1 b=2 --detail full

The suffix of the file chooses the format: .svg, .png, .tex (TikZ, for LaTeX),
.dot, and .pdf where Graphviz is installed. With --theme dark it is for a dark
page."""


def _add_demo(parser: argparse.ArgumentParser) -> None:
    default, kind = Path("tinygrad-edu-demo"), folder_name("pictures")
    parser.add_argument("-o", "--output", action=Typed, kind=kind, default=default, help="folder for the pictures")
    add_open(parser)
    add_theme(parser)
    parser.set_defaults(run=_demo)


def _add_step(parser: argparse.ArgumentParser) -> None:
    add_expression(parser)
    way = parser.add_mutually_exclusive_group()
    way.add_argument("-i", "--interactive", action="store_true", help="step with the arrow keys")
    way.add_argument("--latex", action="store_true", help="print the derivation as LaTeX")
    deck = file_name("slides in LaTeX", (".tex",), "deck.tex")
    for names, kind, what in (
        (["--html"], PAGE, "write a page to step through in a browser"),
        (["-o", "--output"], STEPS, "write a .gif, .html, .json or .tex file"),
        (["--deck"], deck, "write slides in LaTeX, a .tex file: a step on each"),
    ):
        way.add_argument(*names, action=Typed, kind=kind, metavar="FILE", help=what)
    add_open(parser)
    add_lang(parser)
    add_theme(parser)
    parser.set_defaults(run=_step)


def _add_draw(parser: argparse.ArgumentParser) -> None:
    add_expression(parser)
    kind = file_name("a picture", (".svg", ".png", ".tex", ".pdf", ".dot"), "graph.svg")
    default, said = Path("graph.svg"), "the file (default: graph.svg)"
    parser.add_argument("-o", "--output", action=Typed, kind=kind, default=default, help=said)
    parser.add_argument("--forward-only", action="store_true", help="draw the graph before the sweep: no gradients")
    detail = "op (default), or full: each dot opened into × and +"
    parser.add_argument("--detail", action=OneOf, names=("op", "full"), default="op", help=detail)
    add_open(parser)
    add_lang(parser)
    add_theme(parser)
    parser.set_defaults(run=_draw)


def _add_completion(parser: argparse.ArgumentParser) -> None:
    add_completion(parser)
    parser.set_defaults(run=_completion)


EXAMPLE = '"(x + y) * z" x=-2 y=5 z=-4'
FORMULA = "EXPRESSION NAME=NUMBER ... [options]"
COMMANDS = {
    name: Command(short, usage, f"{PROGRAM} {name} {example}".rstrip(), long, add_arguments)
    for name, short, usage, example, long, add_arguments in [
        ("demo", "all of it in one go", "[options]", "", DEMO_HELP, _add_demo),
        ("step", "print every step of the chain rule", FORMULA, EXAMPLE, STEP_HELP, _add_step),
        ("lab", "write a page for any formula", f"[{FORMULA}]", "--open", LAB_HELP, add_lab),
        ("playground", "write a page that trains a network", "[DATA] [options]", "moons --open", PLAYGROUND_HELP,
         add_playground),
        ("worksheet", "print the chain rule as an exercise", FORMULA, EXAMPLE, WORKSHEET_HELP, add_worksheet),
        ("grade", "mark the worksheets of a class", "FILE [EXPRESSION ...] [options]", "answers.csv", GRADE_HELP,
         add_grade),
        ("draw", "draw the gradient graph", FORMULA, EXAMPLE, DRAW_HELP, _add_draw),
        ("train", "train a network and draw what it learned", "DATA [options]", "moons", TRAIN_HELP, add_train),
        ("predict", "predict with a saved network", "MODEL TABLE or NAME=VALUE ...", "moons.json x1=0.5 x2=-0.2",
         PREDICT_HELP, add_predict),
        ("lesson", "go through one of the classic lessons", "[LESSON] [options]", "circuit", LESSON_HELP, add_lesson),
        ("check", "name the mistakes in an engine you wrote", "FILE ... [options]", "engine.py", CHECK_HELP, add_check),
        ("course", "write an engine of your own", "FOLDER", "my_engine", COURSE_HELP, add_course),
        ("bug", "an engine with a planted mistake", "N [options]", "7 -o broken.py", BUG_HELP, add_bug),
        ("completion", "complete commands with Tab", "SHELL", "bash >> ~/.bashrc", COMPLETION_HELP, _add_completion),
    ]
}  # fmt: skip


# The commands


def _demo(options: argparse.Namespace) -> None:
    folder = make_folder(options.output)
    _title("1. The chain rule on f = (x + y) · z")
    f = graph_of(LESSON, numbers_in(LESSON_VALUES))
    _print_steps(f, "en")
    f.backward()
    files = [*_save_drawings(f, folder, options.theme)]
    _title("2. A network learns two moons")
    files += train_and_draw(_train_options(folder, options.theme))
    _title("3. What was written")
    say_files(files)
    if options.open:
        open_page(folder / "f.html")
    else:
        say(f"\nOpen {printable(folder / 'f.html')} in a browser to step through it.")
    print('\nNow a formula of your own:\n\n  tinygrad-edu step "tanh(w * x + b)" w=2 x=0.5 b=-0.2')


def _step(options: argparse.Namespace) -> None:
    path = options.output or options.html or options.deck
    _check_file(options, path)
    f = graph_of(options.expression, numbers_in(options.values))
    if options.theme != "light" and not _has_colours(options):
        say("note: --theme changes nothing here: it is for -o f.gif and --deck", sys.stderr)
    if path is not None:
        old = existing([path])
        say_files([_write_steps(f, options)], old, options.lang)
    elif options.latex:
        print(derivation(f))
    elif options.interactive:
        from tinygrad_edu.terminal.keyboard import interact

        interact(chain_rule(f), to_text(f), lang=options.lang)
    else:
        _print_steps(f, options.lang)
    if options.open:
        open_page(path)


def _check_file(options: argparse.Namespace, path: Path | None) -> None:
    """Check that there is something to open, before anything is computed."""
    if options.open and (path is None or path.suffix.lower() not in (".html", ".gif")):
        raise OptionError("--open", "there is no page to open", instead="--html f.html --open")


def _has_colours(options: argparse.Namespace) -> bool:
    """Whether what is written has the colours of --theme: a page has those of its reader, and data have none."""
    return options.deck is not None or (options.output is not None and options.output.suffix.lower() == ".gif")


def _write_steps(f: Value, options: argparse.Namespace) -> Path:
    from tinygrad_edu import viz

    if options.html is not None:
        return viz.player(f, lang=options.lang).save(options.html)
    if options.deck is not None:
        return save_deck(f, options.deck, options.lang, options.theme)
    return save_steps(f, options.output, options.lang, options.theme)


def _draw(options: argparse.Namespace) -> None:
    from tinygrad_edu import viz

    f = graph_of(options.expression, numbers_in(options.values), "draw")
    if not options.forward_only:
        f.backward()
    if options.detail == "full" and not any(node.op == "dot" for node in Graph(f)):
        say("note: --detail full changes nothing here: it opens dot([...], [...]) into × and +", sys.stderr)
    old = existing([options.output])
    drawing = viz.draw(f, detail=options.detail, theme=options.theme, lang=options.lang)
    say_files([drawing.save(options.output)], old, options.lang)
    if options.open:
        open_page(options.output)


def _completion(options: argparse.Namespace) -> None:
    print(script(_parser(), options.shell))


# What is printed


def _title(text: str) -> None:
    print(f"\n{paint_for(sys.stdout).bold(text)}\n")


def _print_steps(f: Value, lang: str) -> None:
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else math.inf
    print("\n".join(step_lines(f, chain_rule(f), Look(width, paint_for(sys.stdout), lang))))


def _train_options(folder: Path, theme: str) -> argparse.Namespace:
    options = _parser().parse_args(["train", "moons", "--theme", theme])
    options.output = folder
    return options


def _save_drawings(f: Value, folder: Path, theme: str) -> list[Path]:
    from tinygrad_edu import viz

    drawing = viz.draw(f, theme=theme)
    page = viz.player(f).save(folder / "f.html")
    return [page, drawing.save(folder / "f.svg"), drawing.save(folder / "f.png")]
