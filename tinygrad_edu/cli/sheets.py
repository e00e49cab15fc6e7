"""How does a class get worksheets from a terminal, and its marks?

    tinygrad-edu worksheet "(x + y) * z" --variants 30 --seed 1 -o sheets.pdf     thirty sheets and their keys
    tinygrad-edu grade --template answers.csv "(x + y) * z" --variants 30 --seed 1   an empty table for the answers
    tinygrad-edu grade answers.csv                                                what is right, and why not

Names to know: `add_worksheet`, `add_grade`. Read next: `playground.py`.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tinygrad_edu.cli.arguments import LONGEST, PROGRAM, OneOf, Parser, one_of, quoted
from tinygrad_edu.cli.expressions import add_lang, graph_of, numbers_in
from tinygrad_edu.cli.lines import existing, say, say_files
from tinygrad_edu.cli.saving import add_open, open_page
from tinygrad_edu.cli.values import Typed, check_there, file_name, whole, words
from tinygrad_edu.errors import FileError, OptionError
from tinygrad_edu.show import cut, listed, printable
from tinygrad_edu.terminal.words import word
from tinygrad_edu.text.inputs import inputs_of, with_numbers

if TYPE_CHECKING:
    from tinygrad_edu.viz import Worksheet
    from tinygrad_edu.viz.sheets.answers import Answers
    from tinygrad_edu.viz.sheets.grade import Grades

WORKSHEET_HELP = """\
Write sheets to print: the graph of EXPRESSION with empty boxes, a row for each
operation and each application of the chain rule, and the answer keys on pages
of their own:

  tinygrad-edu worksheet "t = tanh(w * x + b); f = t * w" w=2 x=0.5 b=-0.2
  tinygrad-edu worksheet "(x + y) * z" --variants 30 --seed 1 -o sheets.pdf
  tinygrad-edu worksheet "x * y" x=2 y=3 --page https://example.org/lab.html

With --variants each learner has numbers of their own: small ones, whose values
and gradients are short; the same --seed gives the same sheets. A .pdf needs
the package typst, and no browser: pip install "tinygrad_edu[pdf]".

--blank says what is asked for: easy (the gradients), medium (the local
derivatives too), hard (everything), or columns: values, local, gradients.

With --page, the address at which you put a page of `tinygrad-edu lab` on the
web, each sheet has a QR code that opens it with its formula and numbers."""
GRADE_HELP = """\
Judge the answers of a class: a table with a row for each learner, its columns
named as on the sheet. Write an empty one, fill it in, and have it marked:

  tinygrad-edu grade --template answers.csv "(x + y) * z" --variants 30 --seed 1
  tinygrad-edu grade answers.csv
  tinygrad-edu grade answers.csv -o marks.csv

1/3, ½, a decimal comma and rounding to three digits are fine, and so is the
table as a spreadsheet saves it. A wrong answer gets the name of its mistake;
one that is right for the learner's own earlier numbers counts as right. The
first line of the table says which sheets these are; without it, write the
formula and the options of `worksheet` behind the file."""


SHEETS = file_name("a worksheet, a page to print", (".html", ".htm", ".pdf"), "sheet.html")
MOST_NAMES = 6  # that are listed
ADDRESS = words("the address of a page on the web", "https://example.org/lab.html")


def add_worksheet(parser: argparse.ArgumentParser) -> None:
    """The arguments of `worksheet`."""
    parser.add_argument("expression", metavar="EXPRESSION", help='such as "(x + y) * z"')
    numbers = "a number for every name, such as x=-2; with --variants they are drawn"
    parser.add_argument("values", nargs="*", default=[], metavar="NAME=NUMBER", help=numbers)
    default = Path("worksheet.html")
    said = "the file, .html or .pdf (default: worksheet.html)"
    parser.add_argument("-o", "--output", action=Typed, kind=SHEETS, default=default, metavar="FILE", help=said)
    key = "a file of its own for the answer keys"
    parser.add_argument("--key", action=Typed, kind=SHEETS._replace(example="key.pdf"), metavar="FILE", help=key)
    add_open(parser)
    _add_sheets(parser)
    page = "of a page of `lab` on the web, for a QR code that opens it"
    parser.add_argument("--page", action=Typed, kind=ADDRESS, metavar="ADDRESS", help=page)
    parser.add_argument("--paper", action=OneOf, names=("a4", "letter"), default="a4", help="of a PDF (default: a4)")
    add_lang(parser)
    parser.set_defaults(run=_worksheet)


def add_grade(parser: argparse.ArgumentParser) -> None:
    """The arguments of `grade`."""
    answers = file_name("a table of answers", (".csv", ".tsv", ".txt"), "answers.csv")
    parser.add_argument("file", action=Typed, kind=answers, metavar="FILE", help="the table of answers, a .csv file")
    parser.add_argument("expression", nargs="?", metavar="EXPRESSION", help="of the sheets, if FILE does not say it")
    parser.add_argument("values", nargs="*", default=[], metavar="NAME=NUMBER", help="its numbers, without --variants")
    parser.add_argument("--template", action="store_true", help="write FILE: an empty table for the answers")
    marks = file_name("a table of marks", (".csv",), "marks.csv")
    said = "write every mark to a .csv file"
    parser.add_argument("-o", "--output", action=Typed, kind=marks, metavar="FILE", help=said)
    _add_sheets(parser)
    add_lang(parser)
    parser.set_defaults(run=_grade)


def _add_sheets(parser: argparse.ArgumentParser) -> None:
    """What makes the sheets, besides the formula: the same for both commands."""
    variants, seed = whole(1, example="30"), whole(0, example="1")
    drawn = "how many sheets, each with numbers of its own: up to 200"
    parser.add_argument("--variants", action=Typed, kind=variants, metavar="N", help=drawn)
    chosen = "of their numbers (default: 0)"
    parser.add_argument("--seed", action=Typed, kind=seed, default=0, metavar="N", help=chosen)
    kept, asked = words("a list of names, such as x,y", "x,y"), words("a level, or columns of the sheet", "easy")
    stay = "whose numbers stay in all variants, such as x,y"
    parser.add_argument("--keep", action=Typed, kind=kept, default="", metavar="NAMES", help=stay)
    said = "what is asked for: easy, medium, hard; values, local, gradients (default: all)"
    parser.add_argument("--blank", action=Typed, kind=asked, default="all", metavar="WHAT", help=said)


# The commands


def _worksheet(options: argparse.Namespace) -> None:
    from tinygrad_edu.viz.page.link import is_on_the_web

    if options.page is not None and not is_on_the_web(options.page):
        wrong = "a phone that reads the code cannot open it: it has to be an address on the web"
        raise OptionError(f"--page {options.page}", wrong, instead="--page https://example.org/lab.html")
    if options.key is not None and options.key == options.output:
        raise OptionError(f"--key {options.key}", "that is the file of the sheets", instead="--key key.pdf")
    sheets = _sheets(options, page=options.page, paper=options.paper)
    files = [options.output, *([options.key] if options.key else [])]
    old = existing(files)
    sheets.save(options.output, options.key)
    say_files(files, old, options.lang)
    if options.key is None:
        say(f"  {_where_the_key_is(sheets, options)}")
    if options.open:
        open_page(options.output)
    elif options.output.suffix.lower() != ".pdf":
        print(f"  {word(options.lang, 'open_print')}")


def _where_the_key_is(sheets: Worksheet, options: argparse.Namespace) -> str:
    """That the file has the key too: printed as it is, it would be handed out with the sheets."""
    lang, count, suffix = options.lang, len(sheets.sheets), options.output.suffix
    said = word(lang, "sheets_one" if count == 1 else "sheets", count=count)
    place = word(lang, "behind")
    if sheets.key_pages is not None:
        first, last = sheets.key_pages
        place = word(lang, "on_page" if first == last else "on_pages", first=first, last=last)
    file = f"{'answer-keys' if options.output.stem.lower() == 'keys' else 'keys'}{suffix}"
    return word(lang, "has_key", sheets=said, place=place, file=file)


def _grade(options: argparse.Namespace) -> None:
    from tinygrad_edu.viz.sheets.answers import read_answers
    from tinygrad_edu.viz.sheets.grade import marked

    if options.template:
        _write_template(options)
        return
    command = f"{PROGRAM} grade"
    makes = f'{command} --template {quoted(printable(options.file))} "(x + y) * z" --variants 30 --seed 1'
    check_there(options.file, ".csv", command, otherwise=("--template makes one", makes))
    answers = read_answers(options.file)
    grades = marked(answers, _sheets(_options_of(options, answers)))
    for note in _notes(answers, grades, options.lang):
        say(note, sys.stderr)
    print("\n".join(grades.lines(shutil.get_terminal_size().columns)))
    if options.output is not None:
        old = existing([options.output])
        say_files([grades.save(options.output)], old, options.lang)


def _notes(answers: Answers, grades: Grades, lang: str) -> Iterator[str]:
    """What may be otherwise than the teacher thinks: the encoding, and whose row is whose."""
    if answers.guess:
        yield word(lang, "guessed", file=printable(answers.path), encoding=answers.guess)
    twice = [name for name, count in Counter(row.name for row in grades.rows if row.name).items() if count > 1]
    if twice:
        yield word(lang, "twice", names=listed([cut(name, LONGEST) for name in twice], MOST_NAMES))


def _write_template(options: argparse.Namespace) -> None:
    command = f'{PROGRAM} grade --template {printable(options.file)} "(x + y) * z" --variants 30 --seed 1'
    if options.file.suffix.lower() != ".csv":
        instead = f"{PROGRAM} grade --template {quoted(printable(options.file.with_suffix('.csv')))}"
        raise OptionError(f"--template {printable(options.file)}", "a template is a .csv file", instead=instead)
    if options.expression is None:
        raise OptionError("--template", "the formula of the sheets is missing", instead=command)
    say_files([_sheets(options).template(options.file)], lang=options.lang)
    print(f"  {word(options.lang, 'fill_in')}  {PROGRAM} grade {printable(options.file)}")


def _options_of(options: argparse.Namespace, answers: Answers) -> argparse.Namespace:
    """What makes the sheets of a table of answers: as it was typed, or as the first line of the table says."""
    if options.expression is not None:
        return options
    if not answers.command:
        raise FileError(
            printable(options.file),
            "its first line does not say which sheets these are",
            instead=f'{PROGRAM} grade {printable(options.file)} "(x + y) * z" --variants 30 --seed 1',
        )
    parser = Parser(prog=f"{PROGRAM} worksheet", example=f"{PROGRAM} grade {printable(options.file)}")
    add_worksheet(parser)
    said: argparse.Namespace
    said, left = parser.parse_known_args(list(answers.command))
    parser.check_all_read(left)
    return said


# The sheets that the options ask for


def _sheets(options: argparse.Namespace, **more: str | None) -> Worksheet:
    from tinygrad_edu import viz

    _check_drawn(options)
    given = numbers_in(options.values)
    numbers = given if options.variants is None else with_numbers(options.expression, given)
    f = graph_of(options.expression, numbers, "worksheet")
    settings = {"lang": options.lang, "blank": options.blank, **more}
    if options.variants is None:
        return viz.worksheet(f, **settings)
    keep = _kept(options, given)
    try:
        return viz.worksheet(f, variants=options.variants, seed=options.seed, keep=keep, **settings)
    except OptionError as error:  # all other choices are checked
        raise error.with_instead("fewer --variants; or numbers of your own, without --variants") from None


def _check_drawn(options: argparse.Namespace) -> None:
    from tinygrad_edu.viz.sheets.friendly import MOST_VARIANTS
    from tinygrad_edu.viz.sheets.sheet import COLUMNS, LEVELS

    for name in options.blank.split(","):
        one_of("--blank", name.strip(), dict.fromkeys((*LEVELS, *COLUMNS)))
    if options.variants is not None and options.variants > MOST_VARIANTS:
        wrong = f"it has to be a whole number from 1 to {MOST_VARIANTS}"
        raise OptionError(f"--variants {options.variants}", wrong, instead=f"--variants {MOST_VARIANTS}")
    if options.keep and options.variants is None:
        wrong = "it is for --variants: without them, every number stays as it is given"
        raise OptionError(f"--keep {options.keep}", wrong, instead=f"--variants 30 --keep {options.keep}")


def _kept(options: argparse.Namespace, given: dict[str, float]) -> Sequence[str]:
    """The names whose numbers stay: inputs that were given one."""
    keep = [name.strip() for name in options.keep.split(",") if name.strip()]
    for name in keep:
        one_of("--keep", name, inputs_of(options.expression) or ["(no input)"])
        if name not in given:
            raise OptionError(f"--keep {name}", f"{name} has no number to keep", instead=f"{name}=2 --keep {name}")
    return keep
