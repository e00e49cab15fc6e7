"""The playground in a browser, for tests: opened with settings, trained, and driven by keys, clicks and touch.

ground = Ground(browser, data={"name": "xor"})   an open page; `ground.page` is Playwright's. Nothing in it moves alone
ground.figures()                                 {"accuracy": "97 %", "loss": "0.12", "held-out": …, "epoch": "3"};
                                                 this and all that reads the page waits until what has changed is drawn
ground.train(epochs=3)                           press the button as often
ground.close()                                   gives every console message, page error and request: none is wanted
"""

import re
import tempfile
from pathlib import Path

from browser import Watched
from lab import SIZES

from tinygrad_edu.graph import Graph
from tinygrad_edu.text.parsing import parse
from tinygrad_edu.viz.page.document import page
from tinygrad_edu.viz.page.menu import FIRST

CONTROLS = """() => {
  const parts = { data: "#data-sets", points: "#point-tools", inputs: ".idle-input" };
  const places = { ...parts, rewind: "#moments", pace: "#pace" };
  const named = [...document.querySelectorAll("[data-control]")].map((each) => [each.dataset.control, each]);
  const others = Object.entries(places).map(([name, selector]) => [name, document.querySelector(selector)]);
  return [...named, ...others].filter(([, each]) => each?.checkVisibility()).map(([name]) => name);
}"""

PATIENCE = 300_000  # milliseconds: what is awaited comes as soon as the machine has time for it
DRAWN = """() => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
})"""


def written(settings, lang="en", room="playground"):
    """The page, as text."""
    return page(Graph(parse(FIRST.text, **FIRST.values)), lang, FIRST.text, room=room, settings=settings)


class Ground:
    """An open page."""

    def __init__(self, browser, *, lang="en", size="laptop", address="", room="playground", context=None, **settings):
        width, height = SIZES[size]
        options = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce", **(context or {})}
        self.watched = Watched(browser, **options)
        self.page = self.watched.page
        self.page.set_default_timeout(PATIENCE)
        self.file = Path(tempfile.mkdtemp(prefix="ground-")) / "playground.html"
        self.file.write_text(written(settings, lang, room), encoding="utf-8")
        self.page.goto(self.file.as_uri() + address)
        if room == "playground":
            self.page.wait_for_selector("#net-parts .tile")
            self.settled()

    def settled(self):
        """Wait until what has changed is drawn: in the next frame, and what has another size then in the one after."""
        self.page.evaluate(DRAWN)

    def figures(self):
        self.settled()
        return self.page.evaluate(
            "() => Object.fromEntries([...document.querySelectorAll('.figure')]"
            ".map((each) => [each.dataset.figure, each.querySelector('b').textContent]))"
        )

    def train(self, *, epochs=0, batches=0, samples=0):
        for name, count in (("epoch", epochs), ("batch", batches), ("sample", samples)):
            for _ in range(count):
                self.page.click(f"#one-{name}")
        self.settled()

    def value(self, control):
        self.settled()
        return self.page.input_value(f"[data-control={control}] :is(input, select)")

    def give(self, control, value):
        """Type into a field, or choose from a list."""
        field = self.page.locator(f"[data-control={control}] :is(input, select)")
        if field.evaluate("(each) => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
            field.press("Enter")
        self.settled()

    def controls(self):
        """The names of the controls that are in sight: those by which a lesson hides them."""
        self.settled()
        return set(self.page.evaluate(CONTROLS))

    def names(self):
        """What each picture of the network is called, column by column."""
        self.settled()
        return self.page.locator("#net-parts .tile").all_text_contents()

    def notes(self):
        """What is said below the network."""
        self.settled()
        return self.page.text_content("#network-notes")

    def points(self):
        """How many points the plane says it has."""
        self.settled()
        return int(re.search(r"(\d+) points?\b", self.page.get_attribute("#plane", "aria-label"))[1])

    def address(self):
        """What of the page's address leads to what it shows, once it is written there: that takes a moment."""
        self.page.click("#ground-share")
        link = self.page.input_value("#shared input")
        self.page.keyboard.press("Escape")
        address = link[link.index("#") :]
        self.page.wait_for_function("(address) => location.hash === address", arg=address)
        return address

    def spoken(self):
        self.settled()
        return self.page.text_content("#spoken")

    def pixel(self, right, down):
        """The colour of the plane at a place of it, each from 0 to 1, as (red, green, blue)."""
        self.settled()
        return self.page.evaluate(
            """([right, down]) => {
                const canvas = document.getElementById("plane");
                const [x, y] = [right * canvas.width, down * canvas.height].map(Math.round);
                return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].slice(0, 3);
            }""",
            [right, down],
        )

    def close(self):
        complaints = self.watched.handed_over()
        self.watched.close()
        return complaints
