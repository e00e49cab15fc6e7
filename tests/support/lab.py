"""The lab page in a browser, for tests: opened, watched, and driven by keys, clicks and its own address.

lab = Lab(browser, f)                  an open page of a graph; `lab.page` is Playwright's. Nothing in it moves, unless
                                       reduced_motion="no-preference" is given
lab.step_to(3)                         press → or ← until that position is shown
lab.resize(390, 844)                   another size of the window; the page has seen it, and is at rest
lab.stop_the_clock()                   from now on its time passes with lab.page.clock.run_for(milliseconds) alone
lab.boxes()                            what each box of the stage shows
lesson()                               the graph that most tests open
lab.close()                            gives every console message, page error and request there was: none is wanted
"""

import tempfile
from pathlib import Path

from browser import Watched

from tinygrad_edu import parse, viz

SIZES = {"projector": (1920, 1080), "laptop": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
SCHEMES = ("light", "dark")
THREE_FRAMES = """() => new Promise((seen) => {
  const wait = (frames) => requestAnimationFrame(() => (frames > 1 ? wait(frames - 1) : seen()));
  wait(3);
})"""
LONG_AFTER = 86_400_000  # ms: later than any test can get there by itself


def lesson():
    """The graph of the first lesson."""
    return parse("q = x + y; f = q * z", x=-2, y=5, z=-4)


class Lab:
    """An open page."""

    def __init__(self, browser, f, *, address="", lang="en", size="laptop", **options):
        width, height = SIZES[size]
        options = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce", **options}
        self.watched = Watched(browser, **options)
        self.page = self.watched.page
        self.file = viz.player(f, lang=lang).save(Path(tempfile.mkdtemp(prefix="lab-")) / "f.html")
        self.page.goto(self.file.as_uri() + address)
        self.wait_for_the_page()

    def wait_for_the_page(self):
        """Wait until it is drawn, and at rest."""
        self.page.wait_for_selector("#scene .box")
        self.rest()

    def rest(self):
        """Wait until the page has heard of its size (in the next frame), is drawn for it, and its overview is."""
        self.page.evaluate(THREE_FRAMES)

    def resize(self, width, height):
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.wait_for_function("(size) => `${innerWidth} ${innerHeight}` === size", arg=f"{width} {height}")
        self.rest()

    def stop_the_clock(self):
        self.page.clock.install(time=0)
        self.page.clock.pause_at(LONG_AFTER)

    def text(self, selector):
        return self.page.text_content(selector)

    @property
    def position(self):
        return int(self.page.get_attribute("#card", "data-position"))

    def step_to(self, position):
        while (now := self.position) != position:
            self.page.keyboard.press("ArrowRight" if now < position else "ArrowLeft")

    def boxes(self):
        """What each box shows, by its id: {"name", "value", "gradient"}; its minus signs as hyphens, as in Python."""
        return self.page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll("#scene .box")].map((box) => [box.dataset.id,
              Object.fromEntries(["name", "value", "gradient"].map(
                (role) => [role, box.querySelector(`.${role}`)?.textContent.replaceAll("−", "-") ?? null]))]))"""
        )

    def close(self):
        complaints = self.watched.handed_over()
        self.watched.close()
        return complaints
