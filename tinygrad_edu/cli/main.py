"""What can be done from a terminal?

    tinygrad-edu demo                                    all of it in one go
    tinygrad-edu step "(x + y) * z" x=-2 y=5 z=-4        the chain rule, every step in numbers
    tinygrad-edu lab --open                              a page in which any formula can be typed
    tinygrad-edu playground moons --open                 a page in which a network trains
    tinygrad-edu worksheet "(x + y) * z" x=-2 y=5 z=-4   the same as an exercise on paper, with an answer key
    tinygrad-edu draw "(x + y) * z" x=-2 y=5 z=-4        the gradient graph as a picture
    tinygrad-edu train moons                             a network and what it learned; also predict and lesson
    tinygrad-edu check engine.py                         the mistakes in an engine of your own

Results go to standard output, progress and errors to standard error. The exit code is 0 if all went well, 1 if the
command failed, 2 if it was not understood, 130 after Ctrl-C, 143 if asked to terminate.

Names to know: `main`. What the shell is owed besides is in `process.py`. This is the last file.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NoReturn

from tinygrad_edu import __version__
from tinygrad_edu.cli.checking import CHECK_HELP, add_check
from tinygrad_edu.cli.course import BUG_HELP, COURSE_HELP, add_bug, add_course
from tinygrad_edu.cli.expressions import add_expression, add_lang, graph_of, numbers_in
from tinygrad_edu.cli.lab import LAB_HELP, add_lab
from tinygrad_edu.cli.playground import PLAYGROUND_HELP, add_playground
from tinygrad_edu.cli.saving import check_suffix, save_steps
from tinygrad_edu.cli.training import (
    LESSON_HELP,
    PREDICT_HELP,
    TRAIN_HELP,
    add_lesson,
    add_predict,
    add_train,
    say_files,
    train_and_draw,
)
from tinygrad_edu.errors import TinygradError
from tinygrad_edu.files import make_folder
from tinygrad_edu.process import INTERRUPTED
from tinygrad_edu.show import aligned, printable, show
from tinygrad_edu.steps.chain_rule import chain_rule
from tinygrad_edu.steps.trace import EdgeStep, Trace
from tinygrad_edu.text.printing import to_text
from tinygrad_edu.value import Value

LESSON = "q = x + y; f = q * z"
WIDEST_COLUMN = 34  # of the steps, but for a longer formula
MOST_PATHS = 8  # from a leaf, that are listed one by one
LESSON_VALUES = ("x=-2", "y=5", "z=-4")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(_with_expressions(sys.argv[1:] if arguments is None else arguments))
    try:
        code: int | None = options.run(options)
    except TinygradError as error:
        return _report(options.command, str(error))
    except OSError as error:
        return _report(options.command, _described(error))
    except KeyboardInterrupt as stop:
        print(f"\n{printable(stop) or 'stopped; files written so far are whole'}", file=sys.stderr)
        return INTERRUPTED
    return code or 0


def _report(command: str, text: str) -> int:
    """Print what went wrong; names from files are made safe, since a terminal would obey control characters."""
    print("\n".join(map(printable, f"tinygrad-edu {command}: {text}".split("\n"))), file=sys.stderr)
    return 1


def _described(error: OSError) -> str:
    """The file, the error of the system, and what to do, if `files` has noted that."""
    named = "" if error.filename is None else f"{printable(error.filename)}: "
    return "\n".join([f"{named}{error.strerror or error}", *getattr(error, "__notes__", ())])


def _with_expressions(arguments: Sequence[str]) -> list[str]:
    """An expression may begin with a minus; a space in front keeps it from being taken for an option."""
    first = arguments[0] if arguments else ""
    return [
        f" {text}" if first in ("step", "lab", "draw", "worksheet") and re.match(r"-[^-hio]|-[hio]\W", text) else text
        for text in arguments
    ]


# The arguments


class _Parser(argparse.ArgumentParser):
    """Python's own parser, with errors that are safe to print."""

    def error(self, message: str) -> NoReturn:
        """Print what was not understood, and exit with 2."""
        super().error(printable(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tinygrad-edu",
        description="Step through the chain rule, draw gradient graphs, train tiny networks.",
        epilog='Begin with: tinygrad-edu demo. Then: tinygrad-edu step "tanh(w * x + b)" w=2 x=0.5 b=-0.2',
    )
    parser.add_argument("--version", action="version", version=f"tinygrad_edu {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (short, long, add_arguments) in COMMANDS.items():
        raw = argparse.RawDescriptionHelpFormatter
        add_arguments(commands.add_parser(name, help=short, description=long, formatter_class=raw))
    return parser


DEMO_HELP = """\
Step through f = (x + y)·z, draw its gradient graph, make a page that steps
through it in a browser, train a network with two hidden layers on two moons,
draw it and its decision boundary, and list the files that were written."""
STEP_HELP = """\
Print how EXPRESSION is computed, then every application of the chain rule on
the way back:

  tinygrad-edu step "(x + y) * z" x=-2 y=5 z=-4
  tinygrad-edu step "h = relu(w * x); loss = (h - 1) ** 2" w=0.5 x=3
  tinygrad-edu step "(x + y) * z" x=-2 y=5 z=-4 --html f.html
  tinygrad-edu step "(x + y) * z" x=-2 y=5 z=-4 -o sweep.gif

With --interactive you step through it with the arrow keys. With --html it
becomes a page to step through in a browser, as `tinygrad-edu lab` writes it.
With -o the suffix of the file chooses: .gif an animation of the sweep, .html
the page, .json the steps as data, .tex the steps as LaTeX.

An expression has + - * / **, brackets, numbers, functions (exp, log, sqrt,
sin, cos, tanh, sigmoid, relu, abs, maximum, dot([..], [..]) and more), and
names of your own: `q = x + y; q * z`."""
WORKSHEET_HELP = """\
Write a page to print: the graph of EXPRESSION with empty boxes, a row for each
operation and each application of the chain rule, and the answer key on a page
of its own:

  tinygrad-edu worksheet "t = tanh(w * x + b); f = t * w" w=2 x=0.5 b=-0.2"""
DRAW_HELP = """\
Draw the graph of EXPRESSION, with the local derivative on every edge and,
after the backward sweep, every gradient:

  tinygrad-edu draw "(x + y) * z" x=-2 y=5 z=-4 -o f.svg
  tinygrad-edu draw "tanh(dot([w, v], [2, 3]) + b)" w=-3 v=1 b=2 --detail full

The suffix of the file chooses the format: .svg, .png, .dot, and .pdf where
Graphviz is installed."""


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", type=Path, default=Path("tinygrad-edu-demo"), help="folder for the pictures")
    parser.set_defaults(run=_demo)


def _add_step(parser: argparse.ArgumentParser) -> None:
    add_expression(parser)
    way = parser.add_mutually_exclusive_group()
    way.add_argument("-i", "--interactive", action="store_true", help="step with the arrow keys")
    way.add_argument("--html", type=Path, metavar="FILE", help="write a page to step through in a browser")
    way.add_argument("-o", "--output", type=Path, metavar="FILE", help="write a .gif, .html, .json or .tex file")
    add_lang(parser)
    parser.set_defaults(run=_step)


def _add_worksheet(parser: argparse.ArgumentParser) -> None:
    add_expression(parser)
    default = Path("worksheet.html")
    parser.add_argument("-o", "--output", type=Path, default=default, help="the file (default: worksheet.html)")
    add_lang(parser)
    parser.set_defaults(run=_worksheet)


def _add_draw(parser: argparse.ArgumentParser) -> None:
    add_expression(parser)
    parser.add_argument("-o", "--output", type=Path, default=Path("graph.svg"), help="the file (default: graph.svg)")
    parser.add_argument("--forward-only", action="store_true", help="draw the graph before the sweep: no gradients")
    parser.add_argument("--detail", default="op", help="op (default), or full: each dot opened into × and +")
    parser.set_defaults(run=_draw)


COMMANDS: dict[str, tuple[str, str, Callable[[argparse.ArgumentParser], None]]] = {
    "demo":  ("all of it in one go",                      DEMO_HELP,  _add_demo),
    "step":  ("print every step of the chain rule",       STEP_HELP,  _add_step),
    "lab":   ("write a page for any formula",             LAB_HELP,   add_lab),
    "playground": ("write a page that trains a network",  PLAYGROUND_HELP, add_playground),
    "worksheet": ("print the chain rule as an exercise",  WORKSHEET_HELP, _add_worksheet),
    "draw":  ("draw the gradient graph",                  DRAW_HELP,  _add_draw),
    "train": ("train a network and draw what it learned", TRAIN_HELP, add_train),
    "predict": ("predict with a saved network",           PREDICT_HELP, add_predict),
    "lesson": ("run one of the classic lessons",          LESSON_HELP, add_lesson),
    "check": ("name the mistakes in an engine you wrote", CHECK_HELP, add_check),
    "course": ("write an engine of your own",             COURSE_HELP, add_course),
    "bug":   ("an engine with a planted mistake",         BUG_HELP,   add_bug),
}  # fmt: skip


# The commands


def _demo(options: argparse.Namespace) -> None:
    folder = make_folder(options.output)
    _title("1. The chain rule on f = (x + y) · z")
    f = graph_of(LESSON, numbers_in(LESSON_VALUES))
    _print_steps(f)
    f.backward()
    files = [*_save_drawings(f, folder)]
    _title("2. A network learns two moons")
    files += train_and_draw(_train_options(folder))
    _title("3. What was written")
    say_files(files)
    print(f"\nOpen {printable(folder / 'f.html')} in a browser to step through it.")
    print('Now your own:  tinygrad-edu step "tanh(w * x + b)" w=2 x=0.5 b=-0.2')


def _step(options: argparse.Namespace) -> None:
    if options.html is not None:
        from tinygrad_edu import viz

        player = viz.player(graph_of(options.expression, numbers_in(options.values)), lang=options.lang)
        say_files([player.save(options.html)])
        return
    if options.output is not None:
        check_suffix(options.output)
    f = graph_of(options.expression, numbers_in(options.values))
    if options.output is not None:
        say_files([save_steps(f, options.output, options.lang)])
        return
    if options.interactive:
        from tinygrad_edu.terminal.keyboard import interact

        interact(chain_rule(f), to_text(f))
        return
    _print_steps(f)


def _worksheet(options: argparse.Namespace) -> None:
    from tinygrad_edu import viz

    sheet = viz.worksheet(graph_of(options.expression, numbers_in(options.values)), lang=options.lang)
    say_files([sheet.save(options.output)])
    print("  open it in a browser and print it")


def _draw(options: argparse.Namespace) -> None:
    from tinygrad_edu import viz

    f = graph_of(options.expression, numbers_in(options.values))
    if not options.forward_only:
        f.backward()
    say_files([viz.draw(f, detail=options.detail).save(options.output)])


# What is printed


def _title(text: str) -> None:
    bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() and "NO_COLOR" not in os.environ else ("", "")
    print(f"\n{bold}{text}{plain}\n")


def _print_steps(f: Value) -> None:
    trace = chain_rule(f)
    print("\n".join(step_lines(f, trace)))


def step_lines(f: Value, trace: Trace) -> Iterable[str]:
    """The whole output of `tinygrad-edu step`, line by line.

    >>> f = graph_of("f = x * y", {"x": 2, "y": 3})
    >>> for line in step_lines(f, chain_rule(f)):
    ...     print(line)
    f = x * y
    <BLANKLINE>
    forward: every operation computes its number
      f = x * y  = 2 * 3  = 6
    <BLANKLINE>
    backward: the chain rule along every edge, old + upstream × local = new
      ∂f/∂f             1
      ∂f/∂x  ∂f/∂f · y  0 + 1 × 3 = 3
      ∂f/∂y  ∂f/∂f · x  0 + 1 × 2 = 2
    <BLANKLINE>
    gradient
      ∂f/∂x  = 3
      ∂f/∂y  = 2
    """
    yield to_text(f)
    if trace.forward:
        yield ""
        yield "forward: every operation computes its number"
        yield from _columns((f"{s.name} = {s.formula}", f"= {s.numbers}", f"= {show(s.out)}") for s in trace.forward)
    yield ""
    yield "backward: the chain rule along every edge, old + upstream × local = new"
    name = trace.output.name
    rows = [(f"∂{name}/∂{name}", "", "1")]
    rows += [(step.gradient, step.rule_with_symbol, _sum(step)) for step in trace.edges]
    yield from _columns(rows)
    yield ""
    yield "gradient"
    yield from _columns((f"∂{name}/∂{leaf}", f"= {gradient}") for leaf, gradient in _leaf_gradients(trace))
    for explanation in (trace.explain(leaf.name) for leaf in trace.leaves):
        if 2 <= explanation.count <= MOST_PATHS:
            yield ""
            yield from str(explanation).split("\n")


def _sum(step: EdgeStep) -> str:
    """The running sum; at a shared node also what is to come, and as what this came, if the rule does not say."""
    place = [f"as {step.role}"] if step.role and step.symbol else []
    return ", ".join([step.sum, *place, *([step.status] if step.is_shared else [])])


def _leaf_gradients(trace: Trace) -> list[tuple[str, str]]:
    return [(leaf.name, show(trace.gradients[leaf.name])) for leaf in trace.leaves]


def _columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Rows as lines, with a limit to the width of a column for long formulas."""
    return [f"  {line}" for line in aligned(rows, widest=WIDEST_COLUMN)]


def _train_options(folder: Path) -> argparse.Namespace:
    options = _parser().parse_args(["train", "moons"])
    options.output = folder
    return options


def _save_drawings(f: Value, folder: Path) -> list[Path]:
    from tinygrad_edu import viz

    drawing = viz.draw(f)
    page = viz.player(f).save(folder / "f.html")
    return [page, drawing.save(folder / "f.svg"), drawing.save(folder / "f.png")]
