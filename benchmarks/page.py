"""How long does the page take, and how large is its file? `python -m benchmarks.page`.

Formulas of 10, 100 and 400 nodes, networks, and graphs of 100,000 edges, opened from disk in a Chromium without a window:
the time from the beginning of the page's own program until the first picture stands, a step forward in the middle, a
character typed into the formula and a number typed for an input, each with its layout and until the next frame of the
screen. Times of a page are medians; what a reader waits for includes the browser's own start, which is not counted.

Names to know: `measure`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tinygrad_edu import Value, nn, parse, viz

TESTS = Path(__file__).parent.parent / "tests" / "support"
ROUNDS = 5
AFTER_THE_NEXT_FRAME = "(done) => requestAnimationFrame(() => setTimeout(done))"


class Measured(NamedTuple):
    """Sizes, and times in milliseconds; None where nothing can be typed."""

    name: str
    nodes: int
    edges: int
    megabytes: float
    opening: float
    step: float
    formula: float | None
    number: float | None


def text_of(nodes: int) -> str:
    """A formula of so many nodes: a chain of products and sums of two inputs, each line a name of its own."""
    lines = ["q1 = x * y"]
    while 3 + len(lines) < nodes:  # x, y and the last one
        lines.append(f"q{len(lines) + 1} = q{len(lines)} {'+*'[len(lines) % 2]} {'xy'[len(lines) % 3 == 0]}")
    return "; ".join([*lines, f"tanh(q{len(lines)})"])


def network() -> Value:
    """MLP(2, [16, 16, 1]) on one point."""
    found = nn.MLP(2, [16, 16, 1], seed=0)([Value(0.5, label="x1"), Value(-1.0, label="x2")])
    assert isinstance(found, Value)
    return found


def loss(samples: int) -> Value:
    """The hinge loss of that network over so many points."""
    model = nn.MLP(2, [16, 16, 1], seed=0)
    return nn.hinge_loss([model([0.01 * i, 1.0 - 0.02 * i]) for i in range(samples)], [1.0] * samples)


def chain(edges: int) -> Value:
    """One operation after the other."""
    y = Value(0.5, label="x")
    for _ in range(edges):
        y = y.sin()
    return y


def terms(edges: int) -> Value:
    """A sum of products of two inputs each."""
    total = Value(0.0, label="c")
    for i in range(edges // 4):
        total = total + Value(0.001 * i) * Value(0.5)
    return total


GRAPHS: dict[str, Callable[[], tuple[Value, str | None]]] = {
    "formula of 10 nodes": lambda: _written(10),
    "formula of 100 nodes": lambda: _written(100),
    "formula of 400 nodes": lambda: _written(400),
    "MLP(2, [16, 16, 1]), one point": lambda: (network(), None),
    "its hinge loss over 100 points": lambda: (loss(100), None),
    "its hinge loss, 10⁵ edges": lambda: (loss(140), None),
    "chain, 10⁵ edges": lambda: (chain(100_000), None),
    "sum of products, 10⁵ edges": lambda: (terms(100_000), None),
}


def _written(nodes: int) -> tuple[Value, str | None]:
    text = text_of(nodes)
    return parse(text, x=0.9, y=0.8), text


def measure(browser: Any, name: str) -> Measured:
    """One graph, in pages of its own."""
    value, text = GRAPHS[name]()
    player = viz.Player(value, text=text)
    with tempfile.TemporaryDirectory() as folder:
        file = player.save(Path(folder) / "page.html")
        opened = [_opened(browser, file) for _ in range(ROUNDS)]
        page = opened[-1][0]
        steps = _times(page, _step)
        typed = _times(page, _typed) if text else None
        number = _times(page, _number)
        for each, _ in opened:
            each.close()
        nodes, edges = len(player.graph), len(player.graph.edges)
        size = file.stat().st_size / 1e6
    return Measured(name, nodes, edges, size, statistics.median(time for _, time in opened), steps, typed, number)


def _opened(browser: Any, file: Path) -> tuple[Any, float]:
    """A page, and the milliseconds from the navigation to the first picture."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(file.as_uri(), wait_until="commit")
    page.wait_for_selector("#scene .box", timeout=60_000)
    return page, float(page.evaluate(f"new Promise({AFTER_THE_NEXT_FRAME}).then(() => performance.now())"))


def _times(page: Any, act: Callable[[int], str]) -> float | None:
    """The median of the milliseconds that an action takes, until the screen has been drawn."""
    found = [page.evaluate(f"async () => {{ const begin = performance.now(); {act(i)}; await new Promise({AFTER_THE_NEXT_FRAME}); return performance.now() - begin; }}") for i in range(2 * ROUNDS + 1)]
    return statistics.median(found[1:])


def _step(_: int) -> str:
    return "document.getElementById('next').click()"


def _typed(index: int) -> str:
    letter = "+*"[index % 2]
    return f"const field = document.getElementById('formula'); field.value += ' {letter} x'; field.dispatchEvent(new Event('input', {{ bubbles: true }}))"


def _number(index: int) -> str:
    return f"const field = document.querySelector('#panel-inputs input[data-leaf]'); field.value = '0.{index + 1}'; field.dispatchEvent(new Event('input', {{ bubbles: true }}))"


@contextmanager
def _browser() -> Iterator[Any]:
    sys.path.insert(0, str(TESTS))
    from browser import launched

    with launched() as found:
        yield found


def table(found: list[Measured]) -> str:
    """As Markdown."""
    lines = ["| graph | nodes | edges | file | opening | a step | a character | a number |", "|---|---:|---:|---:|---:|---:|---:|---:|"]
    for name, nodes, edges, size, *times in found:
        shown = " | ".join("" if time is None else f"{time:,.0f} ms" for time in times)
        lines.append(f"| {name} | {nodes:,} | {edges:,} | {size:.2f} MB | {shown} |")
    return "\n".join(lines)


def main() -> None:
    """Measure all, and print a table."""
    with _browser() as browser:
        print(table([measure(browser, name) for name in GRAPHS]))


if __name__ == "__main__":
    main()
