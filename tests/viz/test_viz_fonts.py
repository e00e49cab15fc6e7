"""Are texts as wide as they are measured, and broken where they may be?"""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tinygrad_edu.viz import fonts
from tinygrad_edu.viz.drawing import rasterized
from tinygrad_edu.viz.fonts import font_files, text_width, wrapped


@pytest.mark.parametrize("text", ["∂f/∂x: ∂f/∂q · ∂q/∂x = (-4) · 1 = -4", "wwwmmm", "iiilll", "权重"])
@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_a_text_is_drawn_as_wide_as_it_is_measured(text, weight):
    size = 40
    style = f'font-family="DejaVu Sans" font-size="{size}" font-weight="{weight}"'
    written = f'<text x="10" y="50" {style}>{text}</text>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="1400" height="80">{written}</svg>'
    columns = (np.asarray(Image.open(io.BytesIO(rasterized(svg, 1))).convert("L")) < 128).any(axis=0).nonzero()[0]
    width = text_width(text, size, bold=weight == "bold")
    assert columns.max() - columns.min() == pytest.approx(width, rel=0.06, abs=10)


@given(st.text(alphabet="ab cd-.=权重（，", max_size=80), st.floats(20, 200))
def test_lines_fit_and_lose_nothing_but_spaces(text, width):
    lines = wrapped(text, width, 10, most=1000)
    assert all(text_width(line, 10) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_what_is_too_much_is_cut():
    assert wrapped("one two three four", 30, 10, most=2) == ["one", "tw…"]
    assert wrapped("", 30, 10, most=2) == [""]


def test_without_matplotlib_system_fonts_are_used_and_widths_estimated(monkeypatch):
    monkeypatch.setattr(fonts.importlib.util, "find_spec", lambda name: None)
    fonts._font.cache_clear()  # private: it keeps what it found
    try:
        assert font_files() == []
        assert text_width("ab权", 10) == pytest.approx(24)
    finally:
        fonts._font.cache_clear()
