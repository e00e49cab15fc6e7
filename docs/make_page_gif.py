"""Film the page in use, for the README and the guide: `python docs/make_page_gif.py` (needs a Chromium).

    docs/pictures/page.gif          typing, stepping, the way back, predicting, walking downhill, in the dark
    docs/pictures/page-*.png        a picture of each of these

The browser's clock stands still between two frames, so that the motion is even, however slow this machine is.
"""

import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tinygrad_edu import chain_rule, parse, viz
from tinygrad_edu.show import show
from tinygrad_edu.text.inputs import with_numbers
from tinygrad_edu.viz.gif import gif

FOLDER = Path(__file__).parent / "pictures"
VIEW = {"width": 1200, "height": 780}
HIGH = 880  # pixels of the page in a picture, where no panel is cut off
SHRUNK = 0.8  # pixels of the GIF for each of the page
SHARP = 1.5  # the same for a picture
FRAME = 80  # milliseconds; a GIF counts in hundredths of a second
LAST = 2500  # milliseconds for which the last frame is shown
MORNING = datetime(2026, 9, 1, 8, tzinfo=UTC)  # for a clock that stands still
FIRST = "(x + y) * z"
TYPED = "z = w * x - b; f = z ** 2"
CHANGED = {"x": 2.5}  # the other inputs have the numbers that the page gives them
TRACE = chain_rule(parse(TYPED, **(with_numbers(TYPED, {}) | CHANGED)))
POINTER = """() => {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  const look = { d: "M2,2 L2,20 L7,15.5 L10,22 L13,20.5 L10,14.5 L16.5,14.5 Z", fill: "#111", stroke: "#fff" };
  for (const [name, item] of Object.entries({ ...look, "stroke-width": 1.6 })) path.setAttribute(name, item);
  const place = { position: "fixed", inset: "0 auto auto 0", width: "26px", height: "26px", zIndex: 99 };
  Object.assign(svg.style, { ...place, pointerEvents: "none" });
  svg.id = "pointer";
  svg.append(path);
  document.body.append(svg);
}"""


class Frame(NamedTuple):
    """A picture as PNG, and for how many milliseconds it is shown."""

    picture: bytes
    shown: int


class Film:
    """A page, and the frames of what is done on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.frames: list[Frame] = []
        self.at = (VIEW["width"] * 0.3, VIEW["height"] * 0.8)  # on the stage, where nothing is
        page.evaluate(POINTER)
        self._move_pointer(*self.at)

    def run(self, milliseconds: float) -> None:
        """Let time pass, and film it."""
        for _ in range(max(1, round(milliseconds / FRAME))):
            self.page.clock.run_for(FRAME)
            self._keep(self.page.screenshot(animations="allow", caret="initial"))

    def point_at(self, selector: str) -> None:
        """Move the pointer to the middle of what is there, slower at both ends."""
        self.page.locator(selector).first.evaluate("(found) => found.scrollIntoView({ block: 'nearest' })")
        box = self.page.locator(selector).first.bounding_box()
        assert box is not None, f"{selector} is not in sight"
        (x0, y0), (x1, y1) = self.at, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        steps = max(3, min(8, round(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 / 90)))
        for step in range(1, steps + 1):
            share = step / steps
            eased = share * share * (3 - 2 * share)
            self._move_pointer(x0 + (x1 - x0) * eased, y0 + (y1 - y0) * eased)
            self.run(FRAME)
        self.at = (x1, y1)

    def click(self, selector: str, then: float = 300) -> None:
        """Move there, press, and wait."""
        self.point_at(selector)
        self.page.mouse.click(*self.at)
        self.run(then)

    def type(self, text: str, pace: float = FRAME) -> None:
        """Letter by letter."""
        for letter in text:
            self.page.keyboard.type(letter)
            self.run(pace)

    def step(self, count: int, each: float) -> None:
        """Go on by some steps with the key →."""
        for _ in range(count):
            self.page.keyboard.press("ArrowRight")
            self.run(each)

    def photograph(self, name: str) -> None:
        """Keep a picture of now for the guide, sharper than the frames, and without the pointer."""
        self.page.evaluate("document.getElementById('pointer').style.visibility = 'hidden'")
        self._resize(HIGH)
        picture = Image.open(io.BytesIO(self.page.screenshot(scale="device")))
        picture.convert("RGB").quantize(200).save(FOLDER / f"page-{name}.png", optimize=True)
        self._resize(VIEW["height"])
        self.page.evaluate("document.getElementById('pointer').style.visibility = ''")

    def _resize(self, height: int) -> None:
        self.page.set_viewport_size({"width": VIEW["width"], "height": height})
        self.page.clock.run_for(FRAME)

    def _keep(self, picture: bytes) -> None:
        if self.frames and self.frames[-1].picture == picture:
            self.frames[-1] = self.frames[-1]._replace(shown=self.frames[-1].shown + FRAME)
        else:
            self.frames.append(Frame(picture, FRAME))

    def _move_pointer(self, x: float, y: float) -> None:
        self.page.mouse.move(x, y)
        move = "([x, y]) => { document.getElementById('pointer').style.transform = `translate(${x}px, ${y}px)`; }"
        self.page.evaluate(move, [x, y])

    def save(self, path: Path) -> None:
        """Write the frames as a GIF."""
        *frames, last = self.frames
        pictures = [_shrunk(frame.picture) for frame in self.frames]
        path.write_bytes(gif(pictures, [*(frame.shown for frame in frames), last.shown + LAST]))


def _shrunk(picture: bytes) -> bytes:
    size = tuple(round(side * SHRUNK) for side in VIEW.values())
    buffer = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").resize(size, Image.Resampling.LANCZOS).save(buffer, "PNG")
    return buffer.getvalue()


# What is done


def typing(film: Film) -> None:
    """A formula is typed; graph, steps and inputs follow."""
    film.click("#formula", then=200)
    film.page.keyboard.press("Control+a")
    film.type(TYPED)
    film.run(600)
    film.page.keyboard.press("Escape")
    film.page.evaluate("document.activeElement.blur()")


def changing(film: Film) -> None:
    """An input gets another number; everything is computed again."""
    for name, number in CHANGED.items():
        film.click(f"#panels [aria-label='value of {name}'][type=text]", then=160)
        film.page.keyboard.press("Control+a")
        film.type(show(number), pace=160)
    film.run(400)
    film.page.evaluate("document.activeElement.blur()")


def forward(film: Film) -> None:
    """Every operation gets its number."""
    film.step(len(TRACE.forward), each=800)


def backward(film: Film) -> None:
    """The seed, and the gradient on its way back."""
    film.step(4, each=1120)
    film.photograph("backward")


def predicting(film: Film) -> None:
    """The first gradient is predicted: without its local derivative, and then with it."""
    film.click("#tab-predict")
    film.click("#quiz-start", then=500)
    film.type("1", pace=240)
    film.page.keyboard.press("Enter")
    film.run(1600)
    film.photograph("predict")
    film.page.keyboard.press("Control+a")
    film.type(show(TRACE.edges[0].after), pace=240)
    film.page.keyboard.press("Enter")
    film.run(1400)
    film.click("#quiz-stop")


def downhill(film: Film) -> None:
    """The gradient is for something: f falls."""
    film.click("#tab-downhill")
    film.click("#downhill-run", then=FRAME)
    film.page.evaluate("document.getElementById('downhill-curve').scrollIntoView({ block: 'end' })")
    film.run(1400)
    film.page.evaluate("document.getElementById('downhill-run').click()")  # it is above the curve, out of sight
    film.run(500)
    film.photograph("downhill")


def dark(film: Film) -> None:
    """The same in the dark."""
    for _ in range(3):
        if film.page.evaluate("document.documentElement.dataset.theme") == "dark":
            break
        film.click("#theme", then=200)
    film.run(600)
    film.photograph("dark")


SCENES: tuple[Callable[[Film], None], ...] = (typing, changing, forward, backward, predicting, downhill, dark)


@contextmanager
def opened() -> Iterator[Page]:
    """The page of the first formula, with a clock that this program turns."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = viz.player(parse(FIRST, x=-2, y=5, z=-4)).save(Path(folder) / "f.html")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=VIEW, device_scale_factor=SHARP)
        page.clock.install(time=MORNING)
        page.goto(file.as_uri())
        page.wait_for_selector("#scene .box")
        page.clock.pause_at(MORNING + timedelta(hours=1))
        yield page
        browser.close()


def main() -> None:
    """Do it, and film it."""
    with opened() as page:
        film = Film(page)
        film.run(800)
        for scene in SCENES:
            print(f"  {scene.__name__}", file=sys.stderr)
            scene(film)
        film.save(FOLDER / "page.gif")
    size, length = (FOLDER / "page.gif").stat().st_size, sum(frame.shown for frame in film.frames) / 1000
    print(f"page.gif: {len(film.frames)} frames, {length:.0f} seconds, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
