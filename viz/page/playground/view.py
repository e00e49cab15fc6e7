"""How does a network in Python become one that trains in a page?

    playground().save("playground.html")                      two moons, and a network to begin with
    playground(model, X, y, loss="hinge").save("p.html")      a model as it is, and its data

Names to know: `playground`, `Playground`. Read next: `cli/checking.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from numpy.typing import ArrayLike

from tinygrad_edu.graph import Graph
from tinygrad_edu.nn.layers import MLP
from tinygrad_edu.nn.optim import Optimizer
from tinygrad_edu.show import counted
from tinygrad_edu.text.parsing import parse
from tinygrad_edu.viz.page.document import page
from tinygrad_edu.viz.page.files import Page
from tinygrad_edu.viz.page.menu import FIRST
from tinygrad_edu.viz.page.playground.settings import Settings, settings_of
from tinygrad_edu.viz.page.strings import strings


def playground(
    model: MLP | None = None,
    X: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    data: str | None = None,
    loss: str | Callable[..., Any] | None = None,
    optimizer: Optimizer | None = None,
    batch_size: int | None = 10,
    seed: int = 0,
    hide: Sequence[str] = (),
    lang: str = "en",
) -> Playground:
    """A page in which a network trains, step by step, down to the chain rule of one weight.

    It trains as `nn.fit` does: the same data, parameters and order of samples for the same seeds, and so the same
    losses and parameters after every step, but for rounding.

    Args:
        model: a network; it begins as it is now. By default two hidden layers of four.
        X: samples, of shape (n, inputs), that a model is trained on; by default a data set of the page.
        y: n labels: whole numbers from 0, or -1 and 1; other numbers are predicted as numbers.
        data: the name of a data set, in place of X and y: "moons", "circles", "xor", "spirals", "blobs", "flower",
            "yinyang"; or "saddle", "waves", with numbers to predict.
        loss: a loss of nn, by its name or as a function; by default one that suits model and data.
        optimizer: SGD, Adam or AdamW of nn; what it remembers of earlier steps is not taken along.
        batch_size: samples for each step; None for all of them.
        seed: the seed of the order of the samples.
        hide: names of controls that a lesson does without, such as ["lr", "loss"]; a wrong one is answered by all.
        lang: the language that the page opens in, "en" or "zh"; it has both.

    Raises:
        OptionError: if the page does not have such a loss, optimizer, schedule, data set, control or language, or if
            the model is not an MLP as nn makes it.
        SizeError: if model, X, y and loss do not fit each other, or are larger than the page can show.
        NumberError: if a number is inf or NaN.

    >>> playground(MLP(2, [3, 1], activation="tanh", seed=0))
    <Playground of moons: .html(), .save('playground.html')>
    """
    options: dict[str, Any] = {"data": data, "loss": loss, "optimizer": optimizer, "batch_size": batch_size}
    return Playground(settings_of(model, X, y, **options, seed=seed, hide=hide), lang)


class Playground(Page):
    """A page in which a network trains."""

    kind = "playground"
    file = "playground.html"
    permissions = "allow-scripts allow-downloads"

    def __init__(self, settings: Settings, lang: str = "en") -> None:
        strings(lang)
        self.settings = settings
        self.lang = lang

    @property
    def size(self) -> tuple[int, int]:
        """How many numbers and how many labels it was given; none, if it makes its data itself."""
        points = self.settings.get("data", {}).get("points", {"X": [], "y": []})
        return sum(map(len, points["X"])), len(points["y"])

    def _written(self) -> str:
        graph = Graph(parse(FIRST.text, **FIRST.values))
        return page(graph, self.lang, FIRST.text, room="playground", settings=json.loads(json.dumps(self.settings)))

    def __repr__(self) -> str:
        data = self.settings.get("data", {"name": "moons"})
        name = counted(self.size[1], "point") if "points" in data else data["name"]
        return f"<Playground of {name}: .html(), .save({self.file!r})>"
