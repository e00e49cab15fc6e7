"""How do worksheets become a page to print?

Every sheet begins on a page of its own, and so does the first answer key. The paper is that of the printer: what is
here fits A4 and Letter.

Names to know: `written`. Read next: `pdf.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tinygrad_edu.viz import style
from tinygrad_edu.viz.page.document import read
from tinygrad_edu.viz.page.link import qr_code
from tinygrad_edu.viz.page.strings import HTML_LANG
from tinygrad_edu.viz.sheets.sheet import POINT, Cell, Sheet, Table

BLANK = '<span class="blank"></span>'
SHORT = 10  # rows of a table that stays on one page
LONG = 24  # rows of a sheet that is printed smaller
SMALLEST = 13.0  # pixels, of letters on a screen; a picture that is wider then scrolls in its frame


def written(sheets: Sequence[Sheet], links: Sequence[str | None], lang: str, *, questions: bool, keys: bool) -> str:
    """Sheets as the text of a page.

    Args:
        sheets: one or several of one expression.
        links: for each the address of a page with the same numbers, or None.
        lang: "en" or "zh".
        questions: whether to write the sheets.
        keys: whether to write their answer keys, behind the last of the sheets.
    """
    title = escape(sheets[0].title)
    parts = [_question(sheet, link) for sheet, link in zip(sheets, links, strict=True)] if questions else []
    parts += [_key(sheet, is_first=number == 0) for number, sheet in enumerate(sheets)] if keys else []
    styles = style.variables() + read("worksheet.css")
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{title}</title>\n<style>{styles}</style>'
    )
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{HTML_LANG[lang]}">\n<head>{head}</head>\n'
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _question(sheet: Sheet, link: str | None) -> str:
    top = [_code(sheet, link), _heading(sheet, "sheet_title"), _fields(sheet), _given(sheet)]
    parts = [*top, _contents(sheet, has_answers=False)]
    return f'<section class="{_sized("sheet", sheet)}">\n{_joined(parts)}\n</section>'


def _key(sheet: Sheet, *, is_first: bool) -> str:
    """The key; those of several sheets follow each other, without their pictures."""
    kind = _sized("key" if is_first else "key next", sheet)
    parts = [_heading(sheet, "sheet_key"), _given(sheet), _contents(sheet, has_answers=True)]
    return f'<section class="{kind}">\n{_joined(parts)}\n</section>'


def _sized(kind: str, sheet: Sheet) -> str:
    return f"{kind} long" if sum(len(table.rows) for table in sheet.tables) > LONG else kind


def _joined(parts: Sequence[str]) -> str:
    return "\n".join(part for part in parts if part)


def _heading(sheet: Sheet, key: str) -> str:
    text = sheet.title if key == "sheet_title" else sheet.texts[key]
    return f"<h1>{escape(': '.join(filter(None, [sheet.name, text])))}</h1>"


def _fields(sheet: Sheet) -> str:
    places = "".join(f"<span>{escape(sheet.texts[key])} {BLANK}</span>" for key in ("sheet_name", "sheet_date"))
    return f'<p class="fields">{places}</p>'


def _given(sheet: Sheet) -> str:
    given, digits = escape(sheet.texts["sheet_given"]), escape(sheet.texts["sheet_digits"])
    return f'<p><strong>{given}</strong> {escape(sheet.given)}. <span class="hint">{digits}</span></p>'


def _code(sheet: Sheet, link: str | None) -> str:
    """The way to the page: a code for a phone, and the same as a link for who reads the sheet on a screen."""
    if link is None:
        return ""
    words = f'<figcaption><a href="{escape(link)}">{escape(sheet.texts["sheet_page"])}</a></figcaption>'
    return f'<figure class="code">{qr_code(link)}{words}</figure>'


def _contents(sheet: Sheet, *, has_answers: bool) -> str:
    picture = "" if has_answers and sheet.number else _picture(sheet, has_answers=has_answers)
    return _joined([picture, *(_section(table, has_answers=has_answers) for table in sheet.tables)])


def _picture(sheet: Sheet, *, has_answers: bool) -> str:
    figure = sheet.figure(has_answers=has_answers)
    note = "sheet_no_picture" if figure is None else "sheet_map" if sheet.is_map else ""
    hint = f'<p class="hint">{escape(sheet.texts[note])}</p>' if note else ""
    if figure is None:
        return hint
    on_screen = max(figure.width / POINT, figure.width * SMALLEST / figure.letter)
    sizes = f"--printed: {figure.width:.1f}pt; --shown: {on_screen:.1f}px"
    return f'<figure class="picture" style="{sizes}" tabindex="0">{figure.svg}</figure>\n{hint}'.strip()


def _section(table: Table, *, has_answers: bool) -> str:
    hint = f'<p class="hint">{escape(table.hint)}</p>' if table.hint else ""
    body = _table(table, has_answers=has_answers) if table.heads else _list(table, has_answers=has_answers)
    return _joined([f"<h2>{escape(table.title)}</h2>", hint, body])


def _table(table: Table, *, has_answers: bool) -> str:
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in table.heads)
    rows = ("".join(f"<td>{_cell(cell, has_answers=has_answers)}</td>" for cell in row) for row in table.rows)
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    kind = ' class="short"' if len(table.rows) <= SHORT else ""
    return f"<table{kind}>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _list(table: Table, *, has_answers: bool) -> str:
    items = (f"<span>{escape(name.text)} = {_cell(cell, has_answers=has_answers)}</span>" for name, cell in table.rows)
    return f'<p class="fields">{"".join(items)}</p>'


def _cell(cell: Cell, *, has_answers: bool) -> str:
    if not cell.is_blank:
        return escape(cell.text)
    return f'<span class="answer">{escape(cell.text)}</span>' if has_answers else BLANK
