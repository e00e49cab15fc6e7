"""How long does the page take, and how large is its file? `python -m benchmarks.page`.

Formulas of 10, 100 and 400 nodes, networks, and graphs of 100,000 edges, opened from disk in a Chromium that shows no
window: the work until the first picture stands, of a step forward, of a character typed into the formula, and of a
number typed for an input, each with its layout and until the screen has been drawn. What is measured is the CPU time of
the page's main thread, which other programs on the machine do not change, without the browser's own start. Medians.

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
        sign, name = "+*"[len(lines) % 2], "xy"[len(lines) % 3 == 0]
        lines.append(f"q{len(lines) + 1} = q{len(lines)} {sign} {name}")
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
    nodes, edges = len(player.graph), len(player.graph.edges)
    with tempfile.TemporaryDirectory() as folder:
        file = player.save(Path(folder) / "page.html")
        opening = statistics.median(_opened(browser, file).until_now() for _ in range(ROUNDS))
        page = _opened(browser, file)
        typed = page.times(_typed) if text else None
        return Measured(
            name, nodes, edges, file.stat().st_size / 1e6, opening, page.times(_step), typed, page.times(_number)
        )


class _Page:
    """An open page, and how long its main thread has worked."""

    def __init__(self, browser: Any) -> None:
        self.page = browser.new_page(viewport={"width": 1440, "height": 900})
        self.session = self.page.context.new_cdp_session(self.page)
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def work(self) -> float:
        """Milliseconds of the main thread: script, style, layout and painting."""
        metrics = self.session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))

    def drawn(self) -> None:
        """Wait until the screen has been drawn."""
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    def times(self, act: Callable[[int], str]) -> float:
        """The median of what an action takes, until the screen has been drawn; the first one warms up."""
        found = []
        for index in range(2 * ROUNDS + 1):
            before = self.work()
            self.page.evaluate(act(index))
            self.drawn()
            found.append(self.work() - before)
        return statistics.median(found[1:])

    def until_now(self) -> float:
        """All its work so far; it is closed."""
        work = self.work()
        self.page.close()
        return work


def _opened(browser: Any, file: Path) -> _Page:
    """A page with its first picture."""
    page = _Page(browser)
    page.page.goto(file.as_uri(), wait_until="commit")
    page.page.wait_for_selector("#scene .box", timeout=60_000)
    page.drawn()
    return page


def _step(_: int) -> str:
    return "document.getElementById('next').click()"


def _typed(index: int) -> str:
    letter = "+*"[index % 2]
    return _into("#formula", f"field.value + ' {letter} x'")


def _number(index: int) -> str:
    return _into("#panel-inputs input[data-leaf]", f"'0.{index + 1}'")


def _into(selector: str, text: str) -> str:
    change = f"field.value = {text}; field.dispatchEvent(new Event('input', {{ bubbles: true }}))"
    return f"{{ const field = document.querySelector('{selector}'); {change} }}"


@contextmanager
def _browser() -> Iterator[Any]:
    sys.path.insert(0, str(TESTS))
    from browser import launched

    with launched() as found:
        yield found


def table(found: list[Measured]) -> str:
    """As Markdown."""
    lines = ["| graph | nodes | edges | file | opening | a step | a character | a number |", "|---" + "|---:" * 7 + "|"]
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
