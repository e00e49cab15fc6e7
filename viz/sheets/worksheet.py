"""How can the chain rule be practised on paper, by a whole class?

    worksheet(f).save("sheet.html")                          one sheet to print: the graph with empty boxes, a row for
                                                             every operation and every application of the chain rule,
                                                             and the answer key on a page of its own
    worksheet(f, variants=30, seed=1).save("sheets.pdf")     thirty with numbers of their own, and a key for each
    worksheet(f, blank="easy")                               values and local derivatives are given
    worksheet(f, page="https://…")                           with a QR code that opens the page with the same numbers

Names to know: `worksheet`, `Worksheet`. Read next: `grade.py`.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from tinygrad_edu.choices import unknown
from tinygrad_edu.errors import DrawingError, FileError, OptionError
from tinygrad_edu.files import check_writable, write_whole
from tinygrad_edu.show import counted, printable
from tinygrad_edu.value import Value
from tinygrad_edu.viz.page.files import Page
from tinygrad_edu.viz.page.link import is_on_the_web, link
from tinygrad_edu.viz.page.strings import strings
from tinygrad_edu.viz.sheets.answers import ENCODING, command_of, template
from tinygrad_edu.viz.sheets.friendly import variants as drawn_variants
from tinygrad_edu.viz.sheets.html import written
from tinygrad_edu.viz.sheets.pdf import PAPERS, Printed, pdf
from tinygrad_edu.viz.sheets.sheet import Sheet, blanks_of, draw_alike


def worksheet(
    value: Value,
    *,
    lang: str = "en",
    page: str | None = None,
    variants: int | None = None,
    seed: int = 0,
    keep: Collection[str] = (),
    blank: str = "all",
    paper: str = "a4",
) -> Worksheet:
    """Sheets to print: the steps of the chain rule on the graph of a Value, to be filled in, with an answer key.

    Args:
        value: the output of the graph.
        lang: "en" for English, "zh" for Simplified Chinese.
        page: where a page of the lab is on the web, such as "https://example.org/lab.html": each sheet gets a QR code
            that opens it with this formula and its numbers, to check the answers.
        variants: how many sheets, each with other numbers: small ones, whose values and gradients are short. One sheet
            with the numbers of the graph, if not given.
        seed: of the numbers; the same seed gives the same sheets, and more of them begin with the same.
        keep: names of inputs whose numbers stay in all variants.
        blank: what is asked for: "values", "local", "gradients", or several with commas; or "easy" (the gradients),
            "medium" (the local derivatives too), "hard" or "all" (everything).
        paper: "a4" or "letter", of a PDF; a page in a browser is printed on the paper that is there.

    Raises:
        GraphError: if `value` is not a Value; with a `page`, also if no short formula makes the graph.
        SizeError: if there are more than 60 steps to do by hand, or more nodes than a sheet has room for; or if there
            are more than 200 variants.
        OptionError: if a name is not one of its choices, if `page` is not an address on the web, or if there are not so
            many variants whose numbers can be computed by hand: it says why.

    >>> x, y = Value(2.0, label="x"), Value(3.0, label="y")
    >>> worksheet(x * y)
    <Worksheet of 1 operation and 2 applications of the chain rule: .html(), .save('sheet.html')>
    >>> [sheet.given for sheet in worksheet(x * y, variants=3, seed=1, keep=["y"]).sheets]
    ['x = -2, y = 3', 'x = 1, y = 3', 'x = -1, y = 3']
    """
    blanks = blanks_of(blank)
    strings(lang)
    if paper not in PAPERS:
        raise unknown("paper", paper, PAPERS, call="worksheet(f, {})")
    Sheet(value, lang, blanks)  # what is wrong with the graph is said first
    if variants is None:
        if keep:
            raise OptionError(f"worksheet(f, keep={list(keep)!r})", "only variants draw numbers", instead="variants=30")
        sheets = [Sheet(value, lang, blanks)]
    else:
        found = drawn_variants(value, variants, seed=seed, keep=keep)
        sheets = [Sheet(f, lang, blanks, number) for number, f in enumerate(found, start=1)]
    options = _options(lang, variants, seed, keep, blank)
    return Worksheet(sheets, page, paper, command_of(Sheet(value, lang, blanks), options))


def _options(lang: str, variants: int | None, seed: int, keep: Collection[str], blank: str) -> list[str]:
    """What makes the same sheets on a command line, behind the formula and its numbers."""
    drawn = [] if variants is None else ["--variants", str(variants), "--seed", str(seed)]
    kept = ["--keep", ",".join(keep)] if keep else []
    return [*drawn, *kept, *(["--blank", blank] if blank != "all" else []), *(["--lang", lang] if lang != "en" else [])]


class Worksheet(Page):
    """Sheets to print, with their answer keys.

    Attributes:
        sheets: a `Sheet` for each variant.
        links: for each sheet the address of the page with its numbers, or None.
        command: the command that makes the same sheets; "" if no formula makes the graph.
        key_pages: the first and the last page with keys in the PDF of the sheets that was saved last, from 1; None if
            it has none, and of a page, which the paper divides.
    """

    kind = "worksheet"
    file = "sheet.html"
    permissions = ""

    def __init__(self, sheets: Sequence[Sheet], page: str | None, paper: str, command: str) -> None:
        self.sheets, self.lang, self.paper, self.command = tuple(sheets), sheets[0].lang, paper, command
        self.key_pages: tuple[int, int] | None = None
        self.links = [None if page is None else _checked_link(sheet.value, page, self.lang) for sheet in sheets]
        draw_alike(self.sheets)

    @property
    def link(self) -> str | None:
        """The address of the page with the numbers of the first sheet."""
        return self.links[0]

    @property
    def size(self) -> tuple[int, int]:
        """How many operations, and applications of the chain rule, on each sheet."""
        trace = self.sheets[0].trace
        return len(trace.forward), len(trace.edges)

    def save(self, path: str | os.PathLike[str], key: str | os.PathLike[str] | None = None) -> Path:
        """Write the sheets to a file, whole or not at all; its suffix chooses between .html and .pdf.

        Args:
            path: of the sheets; their keys are behind the last of them, and `key_pages` says where.
            key: of a file for the keys alone, which are not behind the sheets then.

        Returns:
            The path of the sheets.

        Raises:
            DrawingError: if a suffix is another one, or if both paths are one.
            MissingError: if a PDF is asked for, and Typst is not installed.
            OSError: if a file cannot be written.
        """
        path = Path(path)
        files = {path: True} if key is None else {path: True, Path(key): False}
        if key is not None and len(files) == 1:
            raise DrawingError(f"a key in {path.name!r}", "that is the file of the sheets", instead='key="key.pdf"')
        for file in files:
            _check_suffix(file)
            check_writable(file)
        made = {
            file: self._printed(file, questions=is_first, keys=key is None or not is_first)
            for file, is_first in files.items()
        }
        for file, printed in made.items():
            write_whole(file, printed.content)
        self.key_pages = made[path].key_pages
        return path

    def template(self, path: str | os.PathLike[str]) -> Path:
        """Write an empty table of answers for `viz.grade`: a row for each sheet, a column for each cell.

        Returns:
            The path of the table.

        Raises:
            FileError: if the file is there already: its answers would be lost.
            DrawingError: if its name does not end in .csv.
            OSError: if it cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() != ".csv":
            raise DrawingError(f"answers in {path.name!r}", "they are a table: .csv", instead='template("answers.csv")')
        if path.exists():
            wrong = "the file is there already: its answers would be lost"
            raise FileError(f"an empty {printable(path)}", wrong, instead="another name, or the file moved away first")
        write_whole(path, template(self.sheets, self.command).encode(ENCODING))
        return path

    def _printed(self, path: Path, *, questions: bool, keys: bool) -> Printed:
        if path.suffix.lower() == ".pdf":
            return pdf(self.sheets, self.links, self.lang, self.paper, questions=questions, keys=keys)
        return Printed(written(self.sheets, self.links, self.lang, questions=questions, keys=keys).encode(), None)

    def _written(self) -> str:
        return written(self.sheets, self.links, self.lang, questions=True, keys=True)

    def __repr__(self) -> str:
        whole = super().__repr__()
        if len(self.sheets) == 1 and not self.sheets[0].number:
            return whole
        return whole.replace("of", f"of {counted(len(self.sheets), 'sheet')}, each with", 1)


def _checked_link(value: Value, page: str, lang: str) -> str:
    if not is_on_the_web(page):
        wrong = "a phone that reads the code cannot open it: it has to be an address on the web"
        raise OptionError(f"worksheet(f, page={page!r})", wrong, instead='page="https://example.org/lab.html"')
    return link(value, page, lang=lang)


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() not in (".html", ".htm", ".pdf"):
        asked, wrong = f"a worksheet in {path.name!r}", "the worksheet is a page: .html, or .pdf"
        raise DrawingError(asked, wrong, instead='save("sheet.html") or save("sheet.pdf")')
