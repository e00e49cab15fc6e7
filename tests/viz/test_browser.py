"""Does a picture look in a real browser as it should? Skipped where there is no Chromium."""

import io
import subprocess

import numpy as np
import pytest
from browser import BROWSER, needs_browser
from PIL import Image

from tinygrad_edu import Value, parse, viz

pytestmark = needs_browser


@pytest.fixture
def browse(tmp_path):
    """Open a page; give what the browser prints or writes."""

    def browse(body, *options):
        page = tmp_path / "page.html"
        page.write_text(f"<!doctype html><meta charset=utf-8><body style='margin:0'>{body}</body>", encoding="utf-8")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path}/profile"]  # fmt: skip
        command = [BROWSER, *flags, *options, page.as_uri()]
        return subprocess.run(command, capture_output=True, check=True, timeout=600, cwd=tmp_path)

    return browse


def test_the_picture_of_the_lesson_has_its_colours(browse, tmp_path):
    f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    f.backward()
    browse(viz.draw(f).svg(), "--window-size=900,400", f"--screenshot={tmp_path}/shot.png")
    seen = np.asarray(Image.open(tmp_path / "shot.png").convert("RGB")).astype(int)
    drawn = np.asarray(Image.open(io.BytesIO(viz.draw(f).png(scale=1))).convert("RGB")).astype(int)
    for pixels in (seen, drawn):
        orange = (pixels[..., 0] - pixels[..., 2] > 60).sum()
        blue = (pixels[..., 2] - pixels[..., 0] > 40).sum()
        assert orange > blue > 2000  # three gradients are negative, two positive


def test_a_label_is_text_and_never_markup(browse):
    label = "</text></svg><img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
    found = browse(viz.draw(Value(1.0, label=label)).svg(), "--dump-dom").stdout.decode()
    assert "<img" not in found
    assert "<script" not in found
    assert "broken</title>" not in found
    assert "&lt;/text&gt;&lt;/svg&gt;&lt;img" in found
