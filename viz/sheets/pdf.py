"""How do worksheets become a PDF, without a browser?

By Typst, whose compiler comes in a Python package of its own: `pip install 'tinygrad_edu[pdf]'`. The layout is
`assets/worksheet.typ`; texts, numbers and pictures reach it as data, so that a name may have any signs in it. The fonts
are those of the pictures, and none of the system's: the same sheets are the same file everywhere.

Names to know: `pdf`, `Printed`, `PAPERS`. Read next: `answers.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tinygrad_edu.errors import DrawingError
from tinygrad_edu.packages import needed
from tinygrad_edu.viz import style
from tinygrad_edu.viz.fonts import font_files
from tinygrad_edu.viz.page.engine import FOLDER
from tinygrad_edu.viz.page.link import qr_code
from tinygrad_edu.viz.sheets.sheet import Sheet

FONTS = ("DejaVu Sans", "Noto Sans SC")
MILLIMETRE = 72 / 25.4


class Paper(NamedTuple):
    """A paper: what Typst calls it, and its height in points."""

    name: str
    height: float


PAPERS = {"a4": Paper("a4", 297 * MILLIMETRE), "letter": Paper("us-letter", 11 * 72)}


class Printed(NamedTuple):
    """A PDF.

    Attributes:
        content: its bytes.
        key_pages: the first and the last page with answer keys, from 1; None if it has none.
    """

    content: bytes
    key_pages: tuple[int, int] | None


TIGHTER = (1.0, 0.9, 0.8, 0.7)  # rows, until no page has only a few lines on it
FEW = 0.2  # of the height of a page


def pdf(
    sheets: Sequence[Sheet],
    links: Sequence[str | None],
    lang: str,
    paper: str,
    *,
    questions: bool,
    keys: bool,
) -> Printed:
    """Sheets as a PDF; its arguments are those of `html.written`, and the paper.

    Raises:
        MissingError: if Typst is not installed.
        DrawingError: if Typst cannot make a page of it.
    """
    typst = needed("typst", "worksheets as a PDF", extra="pdf")
    given = _given(sheets, links, lang, paper, questions=questions, keys=keys)
    alone = {**given, "sheets": given["sheets"][:1], "keys": False, "questions": True}
    tight = next((each for each in TIGHTER if not _has_orphan(typst, alone, each, paper)), 1.0)
    compiler = _compiled(typst, given, tight)
    content = bytes(compiler.compile(format="pdf", timestamp=0))
    return Printed(content, (_marked(compiler, "keys"), _marked(compiler, "end")["page"]) if keys else None)


def _marked(compiler: Any, label: str) -> Any:
    """What the layout says at a label: a page, or a page and a height on it."""
    return json.loads(compiler.query(f"<{label}>", field="value", one=True))


def _has_orphan(typst: Any, given: Mapping[str, Any], tight: float, paper: str) -> bool:
    """Whether the last page of a sheet would have only a few lines on it."""
    compiler = _compiled(typst, given, tight)
    try:
        end = _marked(compiler, "end")
    except RuntimeError as error:
        raise DrawingError("a worksheet as a PDF", f"Typst says: {error}", instead='save("sheet.html")') from error
    return bool(end["page"] > 1 and end["y"] < FEW * PAPERS[paper].height)


def _compiled(typst: Any, given: Mapping[str, Any], tight: float) -> Any:
    fonts = typst.Fonts(
        include_system_fonts=False, font_paths=sorted({str(Path(file).parent) for file in font_files()})
    )
    inputs = {"given": json.dumps({**given, "tight": tight})}
    source = FOLDER / "worksheet.typ"
    return typst.Compiler(str(source), root=str(FOLDER), font_paths=fonts, ignore_system_fonts=True, sys_inputs=inputs)


def _given(
    sheets: Sequence[Sheet], links: Sequence[str | None], lang: str, paper: str, *, questions: bool, keys: bool
) -> dict[str, Any]:
    """All that the layout needs, as JSON has it."""
    texts = sheets[0].texts
    colors = {"ink": style.INK, "quiet": style.PAGE["quiet"][0], "line": style.PAGE["line-strong"][0]}
    words = {key: texts[f"sheet_{key}"] for key in ("name", "date", "given", "digits", "key")}
    return {
        "title": sheets[0].title,
        "lang": lang,
        "paper": PAPERS[paper].name,
        "fonts": FONTS,
        "colors": colors,
        "words": words,
        "questions": questions,
        "keys": keys,
        "sheets": [_sheet(sheet, link, keys=keys) for sheet, link in zip(sheets, links, strict=True)],
    }


def _sheet(sheet: Sheet, link: str | None, *, keys: bool) -> dict[str, Any]:
    name = sheet.name
    code = None if link is None else {"link": link, "svg": qr_code(link), "words": sheet.texts["sheet_page"]}
    return {
        "name": name,
        "heading": f"{name}: {sheet.title}" if name else sheet.title,
        "key-heading": f"{name}: {sheet.texts['sheet_key']}" if name else sheet.texts["sheet_key"],
        "given": sheet.given,
        "code": code,
        "picture": _picture(sheet, has_answers=False),
        "key-picture": _picture(sheet, has_answers=True) if keys and not name else None,
        "sections": [
            {
                "title": table.title,
                "hint": table.hint,
                "heads": table.heads,
                "rows": [[{"text": cell.text, "blank": cell.is_blank} for cell in row] for row in table.rows],
            }
            for table in sheet.tables
        ],
    }


def _picture(sheet: Sheet, *, has_answers: bool) -> dict[str, Any]:
    figure = sheet.figure(has_answers=has_answers)
    if figure is None:
        return {"svg": None, "width": 0, "note": sheet.texts["sheet_no_picture"]}
    return {
        "svg": figure.svg,
        "width": math.floor(figure.width),
        "note": sheet.texts["sheet_map"] if sheet.is_map else "",
    }
