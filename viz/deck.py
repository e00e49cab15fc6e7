r"""How does a sweep get into a lecture?

    viz.sweep(f).save("deck.tex")        slides in LaTeX, a step on each: the graph, the formula, a sentence

Slides in Beamer, because the page has its own way to present (`viz.player`), and what a page cannot do is to be part of
a lecturer's document: a frame can be copied into any other deck, and edited.

Names to know: `Slide`, `deck`. Read next: `sweep.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tinygrad_edu.viz.style import LIGHT, Theme
from tinygrad_edu.viz.tikz import CHINESE, fonts_for, latex_text, tikz_picture

WIDEST, HIGHEST = 420.0, 150.0  # points of a picture on a slide of 16 × 9 cm


class Slide(NamedTuple):
    """What is on one slide.

    Attributes:
        title: where in the sweep it is.
        svg: the picture.
        formula: of the step, as LaTeX; "" for none.
        text: what the step does.
    """

    title: str
    svg: str
    formula: str
    text: str


def deck(title: str, slides: Iterable[Slide], theme: Theme = LIGHT) -> str:
    """A document of slides.

    Args:
        title: of the document.
        slides: in order.
        theme: the colours of the pictures; slides in the dark have its paper and its letters.
    """
    frames = [_frame(slide) for slide in slides]
    body = "\n".join(frames)
    programs = "xelatex or lualatex" if CHINESE.search(title + body) else "pdflatex, xelatex or lualatex"
    lines = [
        f"% compile with {programs}",
        r"\documentclass[aspectratio=169, 10pt]{beamer}",
        r"\usepackage{amsmath, tikz}",
        *fonts_for(title + body),
        r"\setbeamertemplate{navigation symbols}{}\setbeamertemplate{footline}[frame number]",
        *([] if theme is LIGHT else _colors(theme)),
        rf"\hypersetup{{pdftitle={{{_plain(title)}}}}}",
        r"\begin{document}",
        body,
        r"\end{document}",
    ]
    return "\n".join([*lines, ""])


def _colors(theme: Theme) -> list[str]:
    """Slides in the colours of a theme."""
    names = {"paper": theme.paper, "ink": theme.ink}
    defined = "".join(rf"\definecolor{{{name}}}{{HTML}}{{{color[1:].upper()}}}" for name, color in names.items())
    return [
        defined,
        r"\setbeamercolor{background canvas}{bg=paper}\setbeamercolor{normal text}{fg=ink, bg=paper}",
        r"\setbeamercolor{frametitle}{fg=ink}\setbeamercolor{page number in head/foot}{fg=ink}",
        r"\usebeamercolor*{normal text}",
    ]


def _frame(slide: Slide) -> str:
    """A formula that is wider than the slide is made smaller."""
    picture = tikz_picture(slide.svg, widest=WIDEST, highest=HIGHEST)
    formula = (
        rf"\sbox0{{$\displaystyle {slide.formula}$}}"
        r"\ifdim\wd0>\linewidth\resizebox{\linewidth}{!}{\usebox0}\else\usebox0\fi\par\smallskip"
    )
    parts = [
        rf"\begin{{frame}}{{{latex_text(slide.title)}}}\centering",
        picture,
        r"\par\medskip",
        *([formula] if slide.formula else []),
        rf"{{\small {latex_text(slide.text)}\par}}",
        r"\end{frame}",
    ]
    return "\n".join(parts)


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum() or sign in " =+*/().")
