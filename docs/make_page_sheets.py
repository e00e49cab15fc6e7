"""Look at the page at all sizes: `python docs/make_page_sheets.py FOLDER [graph …]` (needs a Chromium; some minutes).

Eight graphs, from (x + y)·z to a loss over 100 points, at four sizes of the window, light and dark. For each graph and
size a contact sheet, FOLDER/graph-1440x900.png: the beginning, a step back and the end in the light, the step back in
the dark. And a table of what can be measured over the steps: the smallest letters, texts that are cut off, and how
often the card moved. Nothing of this is published: it is to be looked at after a change of the page.
"""

import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tinygrad_edu import Value, nn, parse, viz
from tinygrad_edu.show import aligned
from tinygrad_edu.viz.page.menu import EXAMPLES

SIZES = {"1920x1080": 0.5, "1440x900": 0.66, "1024x768": 0.9, "390x844": 1.2}  # and how much each picture is shrunk
MOST_STEPS = 40  # at which the card is measured
GAP = 16  # pixels between pictures

MEASURE = """() => {
  const shown = (each) => each.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const hasText = (each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const texts = [...document.querySelectorAll("body *")].filter((each) => hasText(each) && shown(each)
    && !each.closest("script, style, noscript, .spoken, .unseen, [aria-hidden=true]"));
  const scale = (each) => each.getScreenCTM ? Math.hypot(each.getScreenCTM().a, each.getScreenCTM().b) : 1;
  const size = (each) => parseFloat(getComputedStyle(each).fontSize) * (each.closest("svg") ? scale(each) : 1);
  const whole = "#formula-field, .segment, .long, .input-row"; // cut on purpose, with the whole beside
  const stage = document.getElementById("stage").getBoundingClientRect();
  const inSight = ({ left, right, top, bottom }) =>
    right > stage.left && left < stage.right && bottom > stage.top && top < stage.bottom;
  const cut = texts.filter((each) => {
    if (each.closest("#scene")) {
      const box = each.closest(".box, .chip, .pill")?.querySelector("rect.paper, rect")?.getBoundingClientRect();
      const text = each.getBoundingClientRect();
      return box && inSight(box) && (text.left < box.left - 0.5 || text.right > box.right + 0.5);
    }
    if (each.closest(whole)) return false;
    const style = getComputedStyle(each);
    return style.overflowX !== "visible" && style.overflowX !== "auto" && each.scrollWidth > each.clientWidth + 1;
  });
  const card = document.getElementById("card").getBoundingClientRect();
  const panels = document.getElementById("panels").getBoundingClientRect();
  const seen = texts.filter((each) => !each.closest("#scene") || inSight(each.getBoundingClientRect()));
  return { least: Math.min(...seen.map(size)), cut: cut.map((each) => each.textContent.slice(0, 30)),
    wide: document.documentElement.scrollWidth > innerWidth, panels: Math.round(panels.height),
    card: [card.x, card.y, card.width, card.height].map(Math.round).join(" ") };
}"""


class Measured(NamedTuple):
    """Of a graph at a size: over the steps, light and dark."""

    graph: str
    size: str
    smallest: float  # letters, in pixels
    cut: set[str]  # texts that are cut off
    cards: set[str]  # places of the card, as text; one if nothing jumps
    panels: int  # pixels that are left for the panels


def example(name: str) -> Value:
    """A formula of the page's menu."""
    return parse(EXAMPLES[name].text, **EXAMPLES[name].values)


def network(*sizes: int) -> Value:
    """A network with one output, on one point."""
    names = [Value(0.5 - 0.75 * i, label=f"x{i + 1}") for i in range(sizes[0])]
    found = nn.MLP(sizes[0], list(sizes[1:]), seed=0)(names)
    assert isinstance(found, Value)
    return found


def loss() -> Value:
    """The hinge loss of MLP(2, [16, 16, 1]) over 100 points of moons."""
    X, y = nn.datasets.moons(100, seed=0)
    model = nn.MLP(2, [16, 16, 1], seed=0)
    return nn.hinge_loss([model(x) for x in X], [2 * each - 1 for each in y])


GRAPHS: dict[str, Callable[[], Value]] = {
    "circuit": lambda: example("circuit"),
    "neuron": lambda: example("neuron"),
    "twice": lambda: example("twice"),
    "network": lambda: example("network"),
    "vanishing": lambda: example("vanishing"),
    "mlp-4-4-1": lambda: network(3, 4, 4, 1),
    "mlp-16-16-1": lambda: network(2, 16, 16, 1),
    "loss-100": loss,
}


def go_to(page: Page, position: int) -> None:
    """Go there in one move."""
    page.evaluate(
        """(position) => { const field = document.getElementById("position"); field.value = position;
           field.dispatchEvent(new Event("input", { bubbles: true })); }""",
        position,
    )
    page.wait_for_timeout(120)


def pictures(browser: Browser, file: Path, size: str, graph: str) -> tuple[list[bytes], Measured]:
    """The four pictures of a graph at a size, and what was measured on the way."""
    width, height = map(int, size.split("x"))
    shots: list[bytes] = []
    found: list[dict[str, Any]] = []
    for scheme in ("light", "dark"):
        page = browser.new_page(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
        )
        page.goto(file.as_uri())
        page.wait_for_selector("#scene .box")
        last = int(page.get_attribute("#position", "max") or 0)
        for position in steps(last) if scheme == "light" else [last // 2]:
            go_to(page, position)
            found.append(page.evaluate(MEASURE))
        for position in (0, back(last), last) if scheme == "light" else (back(last),):
            go_to(page, position)
            shots.append(page.screenshot())
        page.close()
    return shots, Measured(
        graph,
        size,
        min(each["least"] for each in found),
        {text for each in found for text in each["cut"]} | {"the whole page" for each in found if each["wide"]},
        {each["card"] for each in found},
        found[0]["panels"],
    )


def steps(last: int) -> Iterator[int]:
    """Positions from the first to the last, not too many."""
    return (round(last * step / min(last, MOST_STEPS)) for step in range(min(last, MOST_STEPS) + 1))


def back(last: int) -> int:
    """A position on the way back."""
    return round(0.7 * last)


def sheet(shots: list[bytes], scale: float) -> Image.Image:
    """Pictures side by side: two by two, or, if they are high, in one row."""
    opened = [Image.open(io.BytesIO(shot)) for shot in shots]
    width, height = (round(scale * side) for side in opened[0].size)
    columns = 2 if width > height else len(opened)
    rows = -(-len(opened) // columns)
    whole = Image.new("RGB", (columns * (width + GAP) - GAP, rows * (height + GAP) - GAP), "#888888")
    for place, picture in enumerate(opened):
        row, column = divmod(place, columns)
        whole.paste(picture.resize((width, height)), (column * (width + GAP), row * (height + GAP)))
    return whole


def main(folder: Path, names: list[str]) -> None:
    """Draw the sheets and print the table."""
    folder.mkdir(parents=True, exist_ok=True)
    table = [("graph", "window", "smallest px", "cut off", "places of the card", "panels px")]
    with sync_playwright() as playwright:
        chromium = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name in names or GRAPHS:
            file = viz.player(GRAPHS[name]()).save(Path(tempfile.mkdtemp()) / f"{name}.html")
            for size, scale in SIZES.items():
                shots, measured = pictures(browser, file, size, name)
                sheet(shots, scale).save(folder / f"{name}-{size}.png")
                cut = ", ".join(sorted(measured.cut)) or "-"
                cards = str(len(measured.cards))
                table.append((name, size, f"{measured.smallest:.1f}", cut, cards, str(measured.panels)))
        browser.close()
    print("\n".join(aligned(table)))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2:])
