r"""How does a picture get into a LaTeX document?

    viz.draw(f).save("f.tex")        a document of one picture in TikZ, as large as the picture; so for every picture

The SVG of a picture is read as data, element by element, and each becomes a path or a node of TikZ: letters stay
letters, in the font of the document. The part from \begin{tikzpicture} to \end{tikzpicture} can be copied into another
one. It needs the packages tikz and geometry; with Chinese letters, XeLaTeX or LuaLaTeX.

Names to know: `tikz_document`, `tikz_picture`, `latex_text`. Read next: `drawing.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element, fromstring

from tinygrad_edu.text.printing import GREEK
from tinygrad_edu.viz.style import PAPER

PIXEL = 0.75  # points, of SVG without a unit
LINE_HEIGHT = 1.2
ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}
INHERITED = ("fill", "font-size", "font-weight", "text-anchor", "stroke", "stroke-width")
CHINESE = re.compile("[\u2e80-\uffef]")
CHINESE_FONTS = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "FandolHei-Regular.otf", "Microsoft YaHei",
                 "PingFang SC")  # fmt: skip
SIGNS = {
    "\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}",
    **{sign: f"\\{sign}" for sign in "{}$&#_%"},
    **{sign: f"${command}$" for sign, command in GREEK.items()},
    "∂": r"$\partial$", "·": r"$\cdot$", "×": r"$\times$", "÷": r"$\div$", "√": r"$\surd$", "∞": r"$\infty$",
    "ⁿ": "$^n$", "ʸ": "$^y$", "−": "$-$", "∑": r"$\sum$", "≥": r"$\geq$", "≤": r"$\leq$", "→": r"$\to$", "′": "$'$",
    "²": "$^2$", "³": "$^3$", "½": r"$\frac12$", "±": r"$\pm$", "—": "---", "–": "--", "…": r"\dots{}", "\xa0": "~",
    "’": "'", "‘": "`", "“": "``", "”": "''", "\n": " ",
}  # fmt: skip
MINUS = re.compile(r"-(?=[\d.(\[]|inf\b)|(?<= )-(?= )")


class _Style(NamedTuple):
    """What an element inherits from those around it."""

    fill: str = "#000000"
    size: float = 16.0
    is_bold: bool = False
    anchor: str = "start"
    stroke: str = "none"
    width: float = 1.0

    def inside(self, element: Element) -> _Style:
        found = element.attrib
        return _Style(
            found.get("fill", self.fill),
            float(found.get("font-size", self.size)),
            found["font-weight"] == "bold" if "font-weight" in found else self.is_bold,
            found.get("text-anchor", self.anchor),
            found.get("stroke", self.stroke),
            float(found.get("stroke-width", self.width)),
        )


def tikz_document(svg: str, paper: str = PAPER) -> str:
    r"""A LaTeX document of one picture, on a page of its size.

    Args:
        svg: the picture, as `Picture.svg` gives it.
        paper: the colour of the page around it.

    >>> document = tikz_document('<svg width="30pt" height="20pt"><text x="2" y="15">a_1 · x</text></svg>')
    >>> r"a\_1 $\cdot$ x" in document, r"\begin{tikzpicture}" in document
    (True, True)
    """
    width, height, _ = _size(fromstring(svg))  # noqa: S314 (a picture that was made here)
    picture = tikz_picture(svg)
    page = f"paperwidth={width + 2:.1f}bp, paperheight={height + 2:.1f}bp, margin=0.5bp"
    lines = [
        r"\documentclass{article}",
        rf"\usepackage[{page}]{{geometry}}",
        r"\usepackage{tikz}",
        *([] if paper == PAPER else [rf"\pagecolor[HTML]{{{paper[1:].upper()}}}"]),
        *fonts_for(picture),
        r"\pagestyle{empty}\setlength{\parindent}{0pt}\setlength{\topskip}{0pt}",
        r"\begin{document}\sffamily",
        picture,
        r"\end{document}",
    ]
    return "\n".join([*_how_to_compile(picture), *lines, ""])


def tikz_picture(svg: str, *, widest: float = float("inf"), highest: float = float("inf")) -> str:
    """The same as a `tikzpicture`, made smaller if it is larger than that.

    Args:
        svg: the picture.
        widest: its width in points at most.
        highest: its height in points at most.
    """
    root = fromstring(svg)  # noqa: S314 (as above)
    width, height, unit = _size(root)
    scale = min(1.0, widest / width, highest / height)
    colors: dict[str, str] = {}
    drawn = list(_drawn(root, _Style(), (0.0, 0.0), _Pen(colors, unit * scale)))
    step = f"{unit * scale:.4g}bp"
    box = rf"\useasboundingbox (0, 0) rectangle ({width / unit:.2f}, {height / unit:.2f});"
    named = [rf"\definecolor{{{name}}}{{HTML}}{{{code}}}" for code, name in colors.items()]
    begin = rf"\begin{{tikzpicture}}[x={step}, y=-{step}, inner sep=0pt, outer sep=0pt]"
    return "\n".join([begin, *named, box, *drawn, r"\end{tikzpicture}"])


def fonts_for(text: str) -> list[str]:
    """The lines of a preamble that load fonts with every letter of a text."""
    if not CHINESE.search(text):
        return [
            r"\usepackage{iftex}",
            r"\ifPDFTeX\usepackage[T1]{fontenc}\usepackage{textcomp}\fi",
            r"\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}",
        ]
    fonts = "".join(rf"\IfFontExistsTF{{{font}}}{{\setsansfont{{{font}}}}}{{" for font in CHINESE_FONTS)
    return [r"\usepackage{fontspec} % the first of these fonts that is installed", fonts + "}" * len(CHINESE_FONTS)]


def latex_text(text: str) -> str:
    r"""A text as LaTeX shows it, sign for sign.

    >>> print(latex_text("∂f/∂x_1 = 50 % · (-2)"))
    $\partial$f/$\partial$x\_1 = 50 \% $\cdot$ ($-$2)
    """
    return "".join(SIGNS.get(sign, sign) for sign in MINUS.sub("−", text))


def _how_to_compile(text: str) -> list[str]:
    return [
        "% compile with xelatex or lualatex" if CHINESE.search(text) else "% compile with pdflatex, xelatex or lualatex"
    ]


def _size(root: Element) -> tuple[float, float, float]:
    """Width and height in points, and the points of a unit."""
    unit = 1.0 if root.attrib["width"].endswith("pt") else PIXEL
    width, height = (float(root.attrib[side].removesuffix("pt")) * unit for side in ("width", "height"))
    return width, height, unit


# Elements


Point = tuple[float, float]


class _Pen:
    """How colours and sizes are written; the colours are collected."""

    def __init__(self, colors: dict[str, str], unit: float) -> None:
        self.colors, self.unit = colors, unit

    def color(self, name: str) -> str:
        if not name.startswith("#"):
            return name
        code = name[1:].upper()
        return self.colors.setdefault(code, f"c{code}")

    def line(self, style: _Style, element: Element) -> str:
        """The options of a path."""
        options = [] if style.fill == "none" else [f"fill={self.color(style.fill)}"]
        if style.stroke not in ("none", "transparent"):
            options += [f"draw={self.color(style.stroke)}", f"line width={style.width * self.unit:.3g}bp"]
        if dashes := element.attrib.get("stroke-dasharray"):
            on, off = [*re.split(r"[ ,]+", dashes), dashes][:2]
            options += [f"dash pattern=on {float(on) * self.unit:.3g}bp off {float(off) * self.unit:.3g}bp"]
        return ", ".join(options)


def _drawn(element: Element, around: _Style, shift: Point, pen: _Pen) -> Iterator[str]:
    """An element and those inside it, in order; a stack, as pictures may be nested."""
    waiting = [(element, around, shift)]
    while waiting:
        each, outer, place = waiting.pop()
        tag, style = each.tag.rpartition("}")[2], outer.inside(each)
        x, y = _shift(each)
        place = (place[0] + x, place[1] + y)
        if tag in _SHAPES:
            yield from _SHAPES[tag](each, style, place, pen)
        else:
            waiting += [(child, style, place) for child in reversed(each)]


def _shift(element: Element) -> Point:
    found = re.search(r"translate\(([-\d.]+)[ ,]+([-\d.]+)\)", element.attrib.get("transform", ""))
    return (float(found[1]), float(found[2])) if found else (0.0, 0.0)


def _path(options: str, way: str) -> Iterator[str]:
    if options:
        yield rf"\path[{options}] {way};"


def _at(point: Point, shift: Point) -> str:
    return f"({point[0] + shift[0]:.2f}, {point[1] + shift[1]:.2f})"


def _points(text: str) -> list[Point]:
    numbers = [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", text)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _curve(element: Element, style: _Style, shift: Point, pen: _Pen) -> Iterator[str]:
    """The commands M, L and C of a path, with absolute places."""
    parts = []
    for command, numbers in re.findall(r"([MLC])([^MLC]*)", element.attrib["d"]):
        points = [_at(point, shift) for point in _points(numbers)]
        if command == "C":
            threes = zip(points[::3], points[1::3], points[2::3], strict=True)
            parts += [f".. controls {one} and {two} .. {end}" for one, two, end in threes]
        else:
            parts += [point if command == "M" and not index else f"-- {point}" for index, point in enumerate(points)]
    yield from _path(pen.line(style, element), " ".join(parts))


def _polygon(element: Element, style: _Style, shift: Point, pen: _Pen) -> Iterator[str]:
    way = " -- ".join(_at(point, shift) for point in _points(element.attrib["points"]))
    yield from _path(pen.line(style, element), f"{way} -- cycle")


def _polyline(element: Element, style: _Style, shift: Point, pen: _Pen) -> Iterator[str]:
    way = " -- ".join(_at(point, shift) for point in _points(element.attrib["points"]))
    yield from _path(pen.line(style, element), way)


def _line(element: Element, style: _Style, shift: Point, pen: _Pen) -> Iterator[str]:
    x1, y1, x2, y2 = _numbers(element, "x1", "y1", "x2", "y2")
    yield from _path(pen.line(style, element), f"{_at((x1, y1), shift)} -- {_at((x2, y2), shift)}")


def _rectangle(element: Element, style: _Style, shift: Point, pen: _Pen) -> Iterator[str]:
    x, y, width, height, corner = _numbers(element, "x", "y", "width", "height", "rx")
    round_ = f", rounded corners={min(corner, width / 2, height / 2) * pen.unit:.3g}bp" if corner else ""
    options = pen.line(style, element)
    way = f"{_at((x, y), shift)} rectangle {_at((x + width, y + height), shift)}"
    yield from _path(options + round_ if options else "", way)


def _ellipse(element: Element, style: _Style, shift: Point, pen: _Pen) -> Iterator[str]:
    x, y, wide, high = _numbers(element, "cx", "cy", "rx", "ry")
    way = f"{_at((x, y), shift)} ellipse [x radius={wide * pen.unit:.3f}bp, y radius={high * pen.unit:.3f}bp]"
    yield from _path(pen.line(style, element), way)


def _text(element: Element, style: _Style, shift: Point, pen: _Pen) -> Iterator[str]:
    x, y = _numbers(element, "x", "y")
    size = style.size * pen.unit
    weight = r"\bfseries" if style.is_bold else ""
    font = rf"\fontsize{{{size:.2f}bp}}{{{size * LINE_HEIGHT:.2f}bp}}\selectfont{weight}"
    options = f"anchor={ANCHORS[style.anchor]}, text={pen.color(style.fill)}, font={font}"
    words = latex_text("".join(element.itertext()))
    yield rf"\node[{options}] at {_at((x, y), shift)} {{{words}}};"


def _nothing(*_: object) -> Iterable[str]:
    return ()


def _numbers(element: Element, *names: str) -> list[float]:
    return [float(element.attrib.get(name, 0.0)) for name in names]


_SHAPES: Mapping[str, Callable[[Element, _Style, Point, _Pen], Iterable[str]]] = {
    "path": _curve,
    "polygon": _polygon,
    "polyline": _polyline,
    "line": _line,
    "rect": _rectangle,
    "ellipse": _ellipse,
    "text": _text,
    "title": _nothing,
}
