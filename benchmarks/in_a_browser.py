"""How fast does the playground train and draw in a browser, beside JavaScript that was written by hand for one network?

    python -m benchmarks.in_a_browser

MLP(2, [16, 16, 1]) with tanh on 100 points of two moons, hinge loss and SGD, in one Chromium without a window.

Steps: the page's session, loops over arrays, and an object for each neuron and each weight, which is how TensorFlow
Playground is built (its own code is not on npm). They take turns; 50 steps on the same samples give all of them the
same parameters, or nothing is reported. By hand there is one batch again and again, and a learning rate of 0, so that
no sample is ever right enough to be left out.

Frames: the page as it plays, at its paces "a batch a frame" and "fast", and a page that trains with the objects and
draws as much: the plane, 35 neurons on the same grid, 304 lines, loss and accuracy. Time is that of the page's main
thread, whatever else the machine does; how many frames there are in a second depends on that too.

Names to know: `steps`, `frames`. Read next: `results.md`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.page import _browser, _Page
from benchmarks.playground import SAME, plain
from tinygrad_edu.viz.page.engine import modules as engine_modules
from tinygrad_edu.viz.page.engine import script
from tinygrad_edu.viz.page.playground import modules
from tinygrad_edu.viz.page.playground.view import Playground

SIZES = (10, 100)
ROUNDS = 7
COUNT = 2000  # steps of a turn with batches of 10
SECONDS = 4.0  # of playing
LAYER = {"size": 16, "activation": "tanh"}
SETTINGS: dict[str, Any] = {
    "data": {"name": "moons", "n": 100, "validation": 0},
    "loss": "hinge",
    "network": {"layers": [LAYER, LAYER]},
    "optimizer": {"name": "sgd", "lr": 0.01},
}
MAIN = """
import { byHand, netOf, parametersOf, pictureOf, stepOf } from "./plain.js";
import { checked } from "./playground/settings.js";
import { trainingOf } from "./playground/training.js";

export function contestants(settings) {
  const page = trainingOf(checked(settings));
  page.batch();
  const { X, targets } = page.last;
  const [P, net] = [page.parameters.slice(), netOf(page.parameters)];
  const steps = {
    page: () => page.batch(),
    arrays: () => byHand(P, X, targets, targets.length, 0),
    objects: () => stepOf(net, X, targets, targets.length, 0),
  };
  return { run: (name, count) => { for (let i = 0; i < count; i++) steps[name](); }, difference: difference(settings) };
}

function difference(settings) {
  const page = trainingOf(checked(settings));
  const [P, net] = [page.parameters.slice(), netOf(page.parameters)];
  for (let i = 0; i < 50; i++) {
    page.batch();
    const { X, targets } = page.last;
    byHand(P, X, targets, targets.length, 0.01);
    stepOf(net, X, targets, targets.length, 0.01);
  }
  const others = [P, parametersOf(net)];
  return Math.max(...others.flatMap((each) => [...page.parameters].map((number, i) => Math.abs(number - each[i]))));
}

export function play(settings) {
  const page = trainingOf(checked(settings));
  const { X, targets } = page.samples.train;
  const net = netOf(page.parameters);
  const draw = pictureOf(net, X, targets, document.body);
  const frame = () => {
    page.batch(); // which samples come
    stepOf(net, page.last.X, page.last.targets, page.last.targets.length, 0.01);
    draw();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
"""
COUNTER = """(milliseconds) => new Promise((done) => {
  let [frames, begin] = [0, null];
  const count = (time) => {
    begin ??= time;
    if (time - begin >= milliseconds) return done([frames, (time - begin) / 1000]);
    frames += 1;
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
})"""


class Played(NamedTuple):
    """A page as it plays: frames and batches a second, and milliseconds of the main thread for a frame."""

    name: str
    frames: float
    batches: float
    work: float


@contextmanager
def _opened(browser: Any, html: str) -> Iterator[_Page]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(html, encoding="utf-8")
        page = _Page(browser)
        page.page.goto(file.as_uri())
        yield page
        page.page.close()


def _bare() -> str:
    sources = script({**engine_modules(), **modules(), "plain.js": plain(), "main.js": MAIN})
    return f'<!doctype html><meta charset="utf-8"><body><script>"use strict"; const MODULES = {sources};</script>'


def steps(browser: Any, size: int) -> dict[str, list[float]]:
    """Steps a second of each contestant, turn by turn."""
    found: dict[str, list[float]] = {"page": [], "arrays": [], "objects": []}
    with _opened(browser, _bare()) as page:
        settings = SETTINGS | {"batch_size": size}
        page.page.evaluate('settings => { globalThis.both = MODULES["main.js"].contestants(settings); }', settings)
        if not page.page.evaluate("both.difference") < SAME:
            sys.exit(f"batches of {size} do not give the same parameters")
        count = COUNT * 10 // size
        for name in [*found, *list(found) * ROUNDS]:  # the first turn of each warms up
            before = page.work()
            page.page.evaluate("([name, count]) => both.run(name, count)", [name, count])
            found[name].append(1000 * count / (page.work() - before))
    return {name: turns[1:] for name, turns in found.items()}


def frames(browser: Any) -> Iterator[Played]:
    """Each page as it plays."""
    for name, pace in (("the playground, a batch a frame", "steady"), ("the playground, fast", "fast")):
        with _opened(browser, Playground(SETTINGS).html()) as page:
            page.page.wait_for_selector("#net-parts .tile")
            page.page.select_option("#pace", pace)
            page.page.click("#run")
            yield _played(page, name, "Number(document.getElementById('moment').max)")
    with _opened(browser, _bare()) as page:
        page.page.evaluate('settings => MODULES["main.js"].play(settings)', SETTINGS)
        yield _played(page, "objects, by hand, a batch a frame", None)


def _played(page: _Page, name: str, moment: str | None) -> Played:
    page.page.evaluate(COUNTER, 1000)  # it warms up
    moments = [page.page.evaluate(moment)] if moment else []
    before = page.work()
    count, seconds = page.page.evaluate(COUNTER, 1000 * SECONDS)
    work = page.work() - before
    batches = (page.page.evaluate(moment) - moments[0]) / seconds if moment else count / seconds
    return Played(name, count / seconds, batches, work / count)


def of_steps(browser: Any) -> Iterator[str]:
    """A table of medians, and of ratios within a turn."""
    yield "| batch of | the playground | objects | arrays | playground / objects | playground / arrays |"
    yield "|---:" * 6 + "|"
    for size in SIZES:
        found = steps(browser, size)
        speeds = [f"{statistics.median(found[name]):,.0f}" for name in ("page", "objects", "arrays")]
        ratios = [ratio(found["page"], found[name]) for name in ("objects", "arrays")]
        yield f"| {size} | {' | '.join([*speeds, *ratios])} |"


def ratio(ours: list[float], theirs: list[float]) -> str:
    """The median of the ratios, with the lowest and the highest."""
    found = [one / other for one, other in zip(ours, theirs, strict=True)]
    return f"{statistics.median(found):.2f} ({min(found):.2f} to {max(found):.2f})"


def of_frames(browser: Any) -> Iterator[str]:
    """A table of the pages that play."""
    yield "| a page that plays | frames a second | batches a second | main thread for a frame |"
    yield "|---|---:|---:|---:|"
    for each in frames(browser):
        yield f"| {each.name} | {each.frames:.0f} | {each.batches:,.0f} | {each.work:.1f} ms |"


def main() -> None:
    """Measure, and print two tables."""
    with _browser() as browser:
        print(*of_steps(browser), "", *of_frames(browser), sep="\n")


if __name__ == "__main__":
    main()
