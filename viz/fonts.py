"""How wide is a text, and which letters is it drawn with?

The bundled fonts are those of packages that are installed anyway: DejaVu Sans with Matplotlib, and a Chinese one with
zhplot. So a picture has the same letters everywhere, even on a system without fonts.

Why zhplot, of which nothing but its font is used: the font is a file of its wheel, 11 MB under the Open Font License,
so that nothing has to be downloaded when a picture is drawn, and it needs Matplotlib alone. Other packages with Chinese
letters have several families of fonts, and are many times as large. A subset would lack the letters of labels.

Names to know: `text_width`, `wrapped`, `font_files`, `are_bundled`, `families`. Read next: `tikz.py`.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tinygrad_edu.show import cells
from tinygrad_edu.viz.style import FONT

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

PLAIN = ("matplotlib", "mpl-data/fonts/ttf/DejaVuSans.ttf")
BOLD = ("matplotlib", "mpl-data/fonts/ttf/DejaVuSans-Bold.ttf")
CHINESE = ("zhplot", "fonts/NotoSansSC-Regular.ttf")
CHINESE_FONT = "Noto Sans SC"  # the name of its family
IDEOGRAPHS = "[\u2e80-\uffef]"  # Chinese characters and their punctuation: a line may break after each
WHITE = frozenset(" \n\t")  # what no font has to have
EM = 100  # pixels, at which a font is measured
WIDE, NARROW = 1.0, 0.7  # ems of a Chinese character, and of any other that the font does not have or cannot measure


def font_files() -> list[str]:
    """The bundled fonts, for a program that draws letters."""
    return [str(place) for place in map(_place, (PLAIN, BOLD, CHINESE)) if place.exists()]


def are_bundled(text: str) -> bool:
    """Whether the bundled fonts have every letter of a text, so that those of the system are not needed.

    >>> are_bundled("∂f/∂x = -4，梯度"), are_bundled("ก")
    (True, False)
    """
    return set(text) - WHITE <= _letters(tuple(font_files()))


def families(lang: str) -> list[str]:
    """The fonts that matplotlib takes the letters of a language from, in order; made known to it, if it has to be.

    >>> families("en"), families("zh")
    (['DejaVu Sans'], ['DejaVu Sans', 'Noto Sans SC'])
    """
    if lang == "en":
        return [FONT]
    from matplotlib.font_manager import fontManager

    place = str(_place(CHINESE))
    if Path(place).exists() and place not in {font.fname for font in fontManager.ttflist}:
        fontManager.addfont(place)
    return [FONT, CHINESE_FONT]


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """How many pixels wide a text is at a size in pixels.

    >>> text_width("梯度", 10)
    20.0
    >>> text_width("-4", 10) < text_width("-4", 10, bold=True) < text_width("-4", 20)
    True
    """
    font = _font(bold)
    narrow = "".join(character for character in text if cells(character) == 1)
    wide = WIDE * sum(cells(character) == 2 for character in text)
    return size * (wide + (font.getlength(narrow) / EM if font else NARROW * len(narrow)))


def wrapped(text: str, width: float, size: float, most: int, *, bold: bool = False) -> list[str]:
    """A text in lines that are no wider, broken where it has spaces, or in a word that is wider than a line.

    Args:
        text: without line breaks.
        width: in pixels.
        size: of the letters, in pixels.
        most: lines; what is too much is cut.
        bold: whether the letters are.

    >>> wrapped("first forward, then backward", 80, 10, most=2)
    ['first forward,', 'then backward']
    """

    def fits(text: str) -> bool:
        return text_width(text.rstrip(), size, bold=bold) <= width

    lines, line = [], ""
    for piece in re.findall(rf"(?:(?!{IDEOGRAPHS})\S)+\s*|\s+|{IDEOGRAPHS}", text):
        for part in [piece] if fits(piece) else piece:
            if line and not fits(line + part):
                lines.append(line.rstrip())
                line = ""
            line += part
    lines.append(line.rstrip())
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1][:-1] + "…"]


@cache
def _letters(files: Sequence[str]) -> frozenset[str]:
    from matplotlib.ft2font import FT2Font

    return frozenset(chr(code) for file in files for code in FT2Font(file).get_charmap())


@cache
def _font(bold: bool) -> FreeTypeFont | None:
    place = _place(BOLD if bold else PLAIN)
    if not place.exists():
        return None
    from PIL import ImageFont

    return ImageFont.truetype(str(place), EM, layout_engine=ImageFont.Layout.BASIC)


def _place(font: tuple[str, str]) -> Path:
    """Where a font is, without importing the package that it comes with."""
    package, path = font
    found = importlib.util.find_spec(package)
    return (Path(found.origin).parent if found and found.origin else Path(os.devnull)) / path
