"""Which text did a spreadsheet write?

    text, guess = decoded(Path("answers.csv"))     in UTF-8, in UTF-16, or in the encoding of an older system
    inert("=1+1")                                  '=1+1, so that it stays a text and is never computed

"Unicode text" of Excel is UTF-16 with tabs; its plain "CSV" has the encoding of the country, in which ∂ is a question
mark. That one cannot be known, and what was guessed is returned beside the text, to be said.

Names to know: `decoded`, `separator`, `inert`, `WORKBOOK`. Read next: `printing.py`.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from tinygrad_edu.errors import FileError
from tinygrad_edu.show import printable

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as the next one does
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # what .xlsx, .ods and .xls begin with
CHINESE, WESTERN = "gb18030", "cp1252"
SAID = {CHINESE: "GBK", WESTERN: "Windows-1252"}  # the encodings of Chinese and of Western systems
LAST_ROW = 0xF7  # of the Chinese characters in GBK
AS_CSV = 'the same table, saved as "CSV UTF-8" in the spreadsheet'
FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r].*", re.DOTALL)  # what a spreadsheet would compute, and the same with a '
PLAIN_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?", re.ASCII)
SEPARATOR = "sep="  # a line before the table, by which a spreadsheet is told what is between the cells


def decoded(path: Path) -> tuple[str, str]:
    r"""The text of a file, and the name of its encoding if that was guessed, else "".

    Raises:
        FileError: if it is not text.
        OSError: if it cannot be read.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "answers.csv"
    >>> _ = path.write_bytes("name;∂f/∂x".encode("utf-16"))
    >>> decoded(path)
    ('name;∂f/∂x', '')
    >>> _ = path.write_bytes("name;f\n王芳;6".encode("gbk"))
    >>> decoded(path)[1]
    'GBK'
    """
    data = path.read_bytes()
    if data.startswith(WORKBOOK):
        raise FileError(printable(path), "it is a workbook of a spreadsheet, not a text", instead=AS_CSV)
    certain = _certain(data)
    encoding = certain or _guess(data)
    try:
        text = data.decode(encoding, errors="strict" if certain else "replace")
    except UnicodeDecodeError as error:
        raise FileError(printable(path), f"byte {error.start + 1} is not {encoding.upper()}", instead=AS_CSV) from None
    if "\0" in text:
        raise FileError(printable(path), "it has a byte 0, so it is not text", instead=AS_CSV)
    return text, "" if certain else SAID[encoding]


def separator(text: str) -> tuple[str, str]:
    r"""What a line `sep=;` before a table says, or "", and the rest of the text.

    >>> separator("sep=;\nname;f\n"), separator("name,f\n")
    ((';', '\nname;f\n'), ('', 'name,f\n'))
    """
    first = text.splitlines()[0] if text.strip() else ""
    said = first.strip('" ')
    if said.lower().startswith(SEPARATOR) and len(said) <= len(SEPARATOR) + 1:
        return (said[len(SEPARATOR) :] or "\t"), text[len(first) :]
    return "", text


def inert(text: str) -> str:
    """A cell that a spreadsheet shows as it is: a ' before what it would run as a formula; numbers stay numbers.

    >>> inert("=HYPERLINK(1)"), inert("@SUM(1)"), inert("-1.5"), inert("Ada")
    ("'=HYPERLINK(1)", "'@SUM(1)", '-1.5', 'Ada')
    """
    return f"'{text}" if FORMULA.fullmatch(text) and not PLAIN_NUMBER.fullmatch(text) else text


def as_it_was(cell: str) -> str:
    """The text of a cell that `inert` wrote.

    >>> as_it_was("'=HYPERLINK(1)"), as_it_was("''=1"), as_it_was("'Ada")
    ('=HYPERLINK(1)', "'=1", "'Ada")
    """
    return cell[1:] if cell.startswith("'") and FORMULA.fullmatch(cell) else cell


def _certain(data: bytes) -> str:
    """The encoding that a text has for sure; UTF-16 without a mark has a byte 0 beside each Latin letter."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return encoding
    for encoding, bytes_0 in (("utf-16-le", data[1::2]), ("utf-16-be", data[::2])):
        if 2 * bytes_0.count(0) > len(bytes_0):
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "utf-8"


def _guess(data: bytes) -> str:
    """GBK, if most of what is not ASCII would be Chinese characters there.

    In a Western text, a letter with an accent stands beside Latin ones: its byte and the next make no such character.
    """
    letters = [letter for letter in data.decode(CHINESE, errors="replace") if letter > "\x7f"]
    chinese = [letter for letter in letters if _is_chinese(letter.encode(CHINESE))]
    return CHINESE if 2 * len(chinese) > len(letters) else WESTERN


def _is_chinese(code: bytes) -> bool:
    """Whether both bytes are beyond ASCII, as in the usual characters, and the first is not ü or another of these."""
    return min(code) >= 0x80 and code[0] <= LAST_ROW
