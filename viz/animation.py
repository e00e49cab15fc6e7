"""How does a network find its answer?

    animation = viz.Animation(X, y)
    nn.fit(model, X, y, epochs=100, callbacks=[animation])
    animation.save("training.gif")        or training.webp; or training.html, with a slider

An `Animation` is a callback: it keeps the parameters of some epochs, and draws them when it is saved: the plane as the
network divides it, beside the network with its weights.

Names to know: `Animation`. Read next: `deck.py`.
"""

from __future__ import annotations

import base64
import copy
import html
import io
import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike

from tinygrad_edu import nn
from tinygrad_edu.errors import DrawingError, GraphError, OptionError
from tinygrad_edu.files import write_whole
from tinygrad_edu.nn.training.predictor import Predictor
from tinygrad_edu.show import show
from tinygrad_edu.viz import style
from tinygrad_edu.viz.gif import gif, smaller, watched, webp
from tinygrad_edu.viz.look import look_of
from tinygrad_edu.viz.network import CROWD
from tinygrad_edu.viz.page.strings import HTML_LANG
from tinygrad_edu.viz.plots import new_axes, plot_decision_boundary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure

SIZE, DPI = (8.0, 4.0), 100  # inches, and pixels of an inch: letters of 10 points are 14 pixels
SECONDS = 0.12  # for which a picture is shown; the last one, ten times as long
MOST_NEURONS = 24  # of a layer that is drawn
KEPT = 8  # epochs that are kept for each picture, at most: from so many, evenly spaced ones can be chosen


Ends: TypeAlias = tuple[tuple[float, float], tuple[float, float]]  # of a line


class Frame(NamedTuple):
    """What is kept of an epoch: its number, its loss, and all parameters."""

    epoch: int
    loss: float
    numbers: list[float]


class Animation(nn.Callback):
    """A training as an animation.

    Args:
        X: points, of shape (n, 2).
        y: their classes.
        frames: the number of pictures; a shorter training has one for each epoch.
        theme: "light", or "dark" for a dark page or a dark room.
        lang: of the words in it: "en" for English, "zh" for Simplified Chinese.

    Attributes:
        frames: the epochs that are shown, as evenly spaced as can be, the first and the last among them.

    Raises:
        OptionError: if `frames` is below 2, or if there is no such theme or language.

    >>> X, y = nn.datasets.blobs(n=20)
    >>> animation = Animation(X, y, frames=8)
    >>> history = nn.fit(nn.MLP(2, [1], seed=0), X, y, epochs=20, callbacks=[animation])
    >>> [frame.epoch for frame in animation.frames]
    [1, 4, 6, 9, 12, 15, 17, 20]
    """

    def __init__(self, X: ArrayLike, y: ArrayLike, *, frames: int = 60, theme: str = "light", lang: str = "en") -> None:
        if frames < 2:
            raise OptionError(
                f"Animation(frames={frames})", "an animation has at least two pictures", instead="frames=60"
            )
        self.X, self.y = np.asarray(X, dtype=float), np.asarray(y)
        self.most = frames
        self.look = look_of("Animation", theme, lang)
        self._kept: list[Frame] = []
        self._drawn: dict[tuple[str, int], list[bytes]] = {}
        self.model: nn.MLP | None = None
        self._every = 1

    def after_epoch(self, training: nn.Training) -> None:
        """Keep the parameters, if this epoch is one to keep."""
        if not isinstance(training.model, nn.MLP):
            raise GraphError("an Animation of a model of your own", "only an MLP has layers to draw", instead="nn.MLP")
        self.model = training.model
        epoch = training.history.epochs
        if (epoch - 1) % self._every == 0:
            self._kept.append(self._frame(training))
        if len(self._kept) > KEPT * self.most:
            self._every *= 2
            self._kept = [frame for frame in self._kept if (frame.epoch - 1) % self._every == 0]

    def at_end(self, training: nn.Training) -> None:
        """Keep the last epoch, whatever its number."""
        if self._kept and self._kept[-1].epoch != training.history.epochs:
            self._kept.append(self._frame(training))

    @property
    def frames(self) -> list[Frame]:
        """The epochs that are shown, of those that were kept."""
        count = min(self.most, len(self._kept))
        steps = max(1, count - 1)
        return [self._kept[round((len(self._kept) - 1) * number / steps)] for number in range(count)]

    def _frame(self, training: nn.Training) -> Frame:
        history = training.history
        return Frame(history.epochs, history.loss[-1], [p.data for p in training.model.parameters()])

    def in_theme(self, theme: str) -> Animation:
        """The same training in other colours.

        Raises:
            OptionError: if there is no such theme.

        >>> Animation([[0.0, 1.0]], [1]).in_theme("dark").look.theme.name
        'dark'
        """
        other = copy.copy(self)
        other.look = look_of("Animation", theme, self.look.lang)
        return other

    def webp(self) -> bytes:
        """The animation as WebP, which takes half the room of a GIF and has all colours.

        Raises:
            DrawingError: if nothing was trained.
        """
        return webp(self.pictures(), _times(len(self.pictures())))

    def pictures(self) -> list[bytes]:
        """Every frame as PNG; what was drawn once is kept, until there are more epochs.

        Raises:
            DrawingError: if nothing was trained.
        """
        frames = self.frames
        if not frames:
            raise DrawingError("an animation without epochs", "it is a callback", instead="nn.fit(..., callbacks=[it])")
        asked = (self.look.theme.name, len(self._kept))
        if asked not in self._drawn:
            self._drawn[asked] = list(self._pictures(frames))
        return self._drawn[asked]

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Draw the animation into a file: ".gif", ".webp", or ".html" for a page with a slider that opens from disk.

        Returns:
            The path. The file appears whole or not at all.

        Raises:
            DrawingError: if the suffix is another one, or if nothing was trained.
        """
        path = Path(path)
        if path.suffix not in (".gif", ".webp", ".html"):
            wrong = "it is a .gif, a .webp or an .html"
            raise DrawingError(f"an animation in {path.name!r}", wrong, instead='"training.gif"')
        write_whole(path, self._content(path.suffix))
        return path

    def _content(self, suffix: str) -> bytes:
        pictures = self.pictures()
        match suffix:
            case ".gif":
                return gif(pictures, _times(len(pictures)))
            case ".webp":
                return self.webp()
        return self._page(pictures, self.frames).encode()

    def _pictures(self, frames: list[Frame]) -> Iterator[bytes]:
        """Every frame as PNG, with a progress bar on a terminal; at the end the model gets its parameters back."""
        assert self.model is not None
        parameters = self.model.parameters()
        before = [parameter.data for parameter in parameters]
        predictor = Predictor(self.model)
        try:
            for frame in watched(frames, "drawing"):
                for parameter, number in zip(parameters, frame.numbers, strict=True):
                    parameter.data = number
                yield self._picture(frame, self.model, predictor)
        finally:
            for parameter, number in zip(parameters, before, strict=True):
                parameter.data = number

    def _picture(self, frame: Frame, model: nn.MLP, predictor: Predictor) -> bytes:
        theme, lang = self.look.theme, self.look.lang
        left, right = new_axes(*SIZE, columns=2, look=self.look)
        plot_decision_boundary(model, self.X, self.y, ax=left, predictor=predictor, theme=theme.name, lang=lang)
        draw_weights(right, model, theme)
        right.set_title(self._said(frame))
        buffer = io.BytesIO()
        cast("Figure", left.figure).savefig(buffer, format="png", dpi=DPI)
        return smaller(buffer.getvalue())

    def _said(self, frame: Frame) -> str:
        return self.look.say("at_epoch", epoch=frame.epoch, loss=show(frame.loss))

    def _page(self, pictures: list[bytes], frames: list[Frame]) -> str:
        """The page with a slider, in the colours of its pictures."""
        images = [base64.b64encode(picture).decode() for picture in pictures]
        names = {
            "LANG": HTML_LANG[self.look.lang],
            "THEME": self.look.theme.name,
            "VARIABLES": style.variables(),
            "LAST": str(len(images) - 1),
            "FIRST": images[0],
            "SAID": repr([html.escape(self._said(frame)) for frame in frames]),
            "IMAGES": repr(images),
            "TIME": str(int(1000 * SECONDS)),
            **{key.upper(): self.look.say(key) for key in ("film", "film_shows", "play", "pause", "epoch")},
        }
        return re.sub(r"@(\w+)@", lambda place: names[place[1]], PAGE)


def draw_weights(ax: Axes, model: nn.MLP, theme: style.Theme = style.LIGHT) -> None:
    """Draw a network into axes: a column for each layer, lines for weights, blue above 0, orange and dashed below."""
    sizes = [min(size, MOST_NEURONS) for size in model.sizes]
    places = [[(column, row - (size - 1) / 2) for row in range(size)] for column, size in enumerate(sizes)]
    largest = max(abs(weight.data) for layer in model.layers for neuron in layer.neurons for weight in neuron.w)
    for layer, (lefts, rights) in zip(model.layers, pairwise(places), strict=True):
        weights = [
            (weight.data, (start, end))
            for neuron, end in zip(layer.neurons, rights, strict=False)
            for weight, start in zip(neuron.w, lefts, strict=False)
        ]
        ax.add_collection(_lines(sorted(weights, key=lambda weight: abs(weight[0])), largest, theme))
    for column in places:
        xs, ys = zip(*column, strict=True)
        ax.scatter(xs, ys, s=90, color=theme.paper, edgecolors=theme.outline, zorder=10)
    ax.set_axis_off()


def _lines(weights: list[tuple[float, Ends]], largest: float, theme: style.Theme) -> LineCollection:
    """A line for each weight, drawn at once; the largest lie on top, and of many, all others are pale."""
    from matplotlib.collections import LineCollection

    clear = len(weights) - CROWD
    pens = [
        theme.faded_pen(weight, largest) if place >= clear else theme.pale_pen(weight)
        for place, (weight, _) in enumerate(weights)
    ]
    ends = [each for _, each in weights]
    widths, styles = [float(pen["penwidth"]) for pen in pens], [pen["style"] for pen in pens]
    return LineCollection(ends, colors=[pen["color"] for pen in pens], linewidths=widths, linestyles=styles, zorder=2)


def _times(count: int) -> list[int]:
    """How long each picture is shown, in milliseconds."""
    time = int(1000 * SECONDS)
    return [time] * (count - 1) + [10 * time]


PAGE = """<!doctype html>
<html lang="@LANG@" data-theme="@THEME@">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; \
script-src 'unsafe-inline'">
<title>@FILM@</title>
<style>
@VARIABLES@
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif;
       background: var(--paper); color: var(--ink); }
img { width: 100%; border-radius: .5rem; }
form { display: flex; gap: 1rem; align-items: center; flex-wrap: wrap; }
input { flex: 1; min-width: 12rem; accent-color: var(--accent); }
button { font: inherit; padding: .4rem 1rem; border: 1px solid var(--line-strong); border-radius: .4rem;
         background: var(--raised); color: inherit; }
output { min-width: 14rem; font-variant-numeric: tabular-nums; }
</style>
<h1>@FILM@</h1>
<img id="picture" alt="@FILM_SHOWS@"
     src="data:image/png;base64,@FIRST@">
<form onsubmit="return false">
  <button id="play" type="button">@PLAY@</button>
  <input id="frame" type="range" min="0" max="@LAST@" value="0" aria-label="@EPOCH@">
  <output id="said" for="frame"></output>
</form>
<script>
const images = @IMAGES@, said = @SAID@;
const [picture, frame, play, text] = ["picture", "frame", "play", "said"].map((id) => document.getElementById(id));
let timer = null;
function draw() {
  picture.src = "data:image/png;base64," + images[frame.value];
  text.textContent = said[frame.value];
  frame.setAttribute("aria-valuetext", said[frame.value]);
}
function stop() {
  clearInterval(timer);
  timer = null;
  play.textContent = "@PLAY@";
}
function next() {
  frame.value = Number(frame.value) + 1;
  draw();
  if (frame.value === frame.max) stop();
}
play.addEventListener("click", () => {
  if (timer) return stop();
  if (frame.value === frame.max) {
    frame.value = 0;
    draw();
  }
  play.textContent = "@PAUSE@";
  timer = setInterval(next, @TIME@);
});
frame.addEventListener("input", () => { stop(); draw(); });
draw();
</script>
</html>
"""
