"""Make the pictures of the playground: `python docs/make_playground_pictures.py [name …]` (needs a Chromium).

    docs/pictures/playground.png               two moons, half learned, with a neuron opened
    docs/lessons/pictures/playground-*.png     what the links of its lesson open, and what is seen

Each in four forms: light and dark (.dark), English and Chinese (.zh_CN). The links are read from the lesson, so that a
picture shows what its link opens.
"""

import itertools
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from make_pictures import FORMS
from playwright.sync_api import Page, sync_playwright

from tinygrad_edu import viz
from tinygrad_edu.steps.sentences import LANGUAGES
from tinygrad_edu.viz.gif import smaller

HERE = Path(__file__).parent
LESSON = HERE / "lessons" / "playground.md"
LAPTOP = {"width": 1440, "height": 900}
SMALL = {"width": 1180, "height": 740}  # for the lessons: the letters of a picture in the text can be read
FOUND = re.findall(r"\(play:(\S+)\)", LESSON.read_text(encoding="utf-8"))
LINKS = dict(zip(("line", "rate", "vanish"), FOUND, strict=True))
MOONS = "data.noise=0.15&network.layers=6tanh-4tanh"


def press(page: Page, selector: str, times: int = 1) -> None:
    """Press a button as often."""
    for _ in range(times):
        page.click(selector)


def learned(page: Page) -> None:
    """A hundred epochs."""
    press(page, "#one-epoch", 100)


def half_learned(page: Page) -> None:
    """Twenty epochs, and a neuron of the second layer."""
    press(page, "#one-epoch", 20)
    page.click(".tile >> nth=9")
    page.mouse.move(5, 5)


def too_fast(page: Page) -> None:
    """A learning rate with which training stops."""
    field = page.locator("[data-control=lr] input")
    field.fill("1")
    field.press("Enter")
    press(page, "#one-epoch", 17)


def first_weight(page: Page) -> None:
    """One step, and the first neuron."""
    press(page, "#one-batch")
    page.click(".tile >> nth=2")
    page.mouse.move(5, 5)


class Shot(NamedTuple):
    """A picture: its file, the link that is opened, the window, and what is done before."""

    file: str
    link: str
    view: dict[str, int]
    act: Callable[[Page], None]


SHOTS = (
    Shot("pictures/playground.png", MOONS, LAPTOP, half_learned),
    Shot("lessons/pictures/playground-line.png", LINKS["line"], SMALL, learned),
    Shot("lessons/pictures/playground-rate.png", LINKS["rate"], SMALL, too_fast),
    Shot("lessons/pictures/playground-vanish.png", LINKS["vanish"], SMALL, first_weight),
)


def main(names: list[str]) -> None:
    """Make all of them, or those whose file has one of the names in it."""
    wanted = [shot for shot in SHOTS if not names or any(name in shot.file for name in names)]
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        files = {lang: viz.playground(lang=lang).save(Path(folder) / f"{lang}.html") for lang in LANGUAGES}
        chromium = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for shot, ((theme, lang), form) in itertools.product(wanted, FORMS.items()):
            page = browser.new_page(viewport=shot.view, color_scheme=theme, reduced_motion="reduce")
            page.goto(f"{files[lang].as_uri()}#playground&{shot.link}")
            page.wait_for_selector("#net-parts .tile")
            shot.act(page)
            page.wait_for_timeout(300)
            place = HERE / shot.file
            place.with_suffix(f"{form}{place.suffix}").write_bytes(smaller(page.screenshot()))
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
