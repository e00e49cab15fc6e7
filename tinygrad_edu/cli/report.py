"""What does a training leave behind that a person can read, print and repeat?

    tinygrad-edu train pets.csv --save pets.json         … and tinygrad-edu-train/report.html has all of it

One page that needs no network and no other file: how good it is and compared with what, the data, the settings and the
command, the curves, who was taken for whom, the pictures, and how to predict. Its colours are those of `viz/style.py`,
and its pictures are in it twice: a reader whose screen is dark sees dark ones, and paper is light.

Names to know: `Report`. Read next: `lesson.py`.
"""

from __future__ import annotations

import base64
import html
import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tinygrad_edu import __version__
from tinygrad_edu.files import write_whole
from tinygrad_edu.show import counted, cut, listed, show

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tinygrad_edu import nn

    ByTheme = Mapping[str, Figure] | Mapping[str, str] | Mapping[str, bytes]  # "light" and "dark"

NARROW, WIDE = 3.4, 9.4  # inches of a figure that a phone, or a desk, shows at its own size
ON_A_PHONE = "screen and (max-width: 59rem)"  # where a wide picture has no room
IN_THE_DARK = "(prefers-color-scheme: dark)"
AT_REST = "(prefers-reduced-motion: reduce)"
MOST_BIASES = 16  # of a layer, in the table of them
STRONGEST = 0.38  # share of blue behind the largest number of a table: text stays readable on it
LONGEST_NAME = 44  # of a class or a column, at the edge of a table
MOST_CLASSES = 30  # that a table of classes has room for

CSS = """
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1rem 1.25rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1rem 0 0.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 0.6rem; break-after: avoid; }
p { margin: 0.5rem 0; max-width: 46rem; }
.quiet, figcaption { color: var(--quiet); }
.score { font-size: 1.15rem; padding: 0.75rem 1rem; background: var(--wash); border-left: 4px solid var(--accent); }
.score p { margin: 0.25rem 0; }
.scroll { overflow-x: auto; width: fit-content; max-width: 100%; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid var(--line); padding: 0.35rem 0.65rem; text-align: left; vertical-align: top; }
th { font-weight: 600; background: var(--raised); }
td.number, th.number { text-align: right; white-space: nowrap; }
.numbers th[scope=row] { min-width: 8.5rem; }
.words td { overflow-wrap: anywhere; }
.heat { background: color-mix(in srgb, var(--positive) var(--share), var(--paper)); }
pre { overflow-x: auto; padding: 0.7rem 0.9rem; background: var(--wash); border: 1px solid var(--line); }
pre, code { font: 0.9375rem/1.5 ui-monospace, Menlo, Consolas, monospace; }
pre:focus-visible, .scroll:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.pictures { display: flex; flex-wrap: wrap; gap: 1.25rem; align-items: flex-start; }
figure { margin: 0; max-width: 100%; break-inside: avoid; }
figure .scroll { background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem; }
figure img { display: block; max-width: none; }
figure.large { flex-basis: 100%; }
summary { cursor: pointer; }
figcaption { font-size: 0.9375rem; margin-top: 0.35rem; max-width: 32rem; }
tr { break-inside: avoid; }
@media (max-width: 30rem) { main { padding: 0.5rem 0.75rem 2rem; } h1 { font-size: 1.35rem; } }
@media print {
  @page { margin: 16mm; }
  body { font-size: 13px; }
  main { max-width: none; padding: 0; }
  .heat { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .scroll { overflow: visible; }
  figure img { width: auto; max-width: 100%; max-height: 120mm; height: auto; }
}
"""


class Shown(NamedTuple):
    """A picture of a page, by theme each time.

    Attributes:
        title: its title.
        said: what is seen in it.
        wide: as a desk shows it: a figure, SVG text, or an image.
        narrow: as a phone shows it, if that is another picture.
        still: what stands for an animation where a reader wants no motion.
    """

    title: str
    said: str
    wide: ByTheme
    narrow: ByTheme | None = None
    still: ByTheme | None = None


@dataclass
class Report:
    """Everything about one training, as a page.

    Attributes:
        title: what was learned from what.
        model: the network, trained just now.
        thing: what a sample is called: a row, a point.
        said: what was said of it in the terminal, line by line.
        data: for each column its name, what it is for, and what is in it.
        rows: what is said of the rows: how many there are, and how many were held out.
        settings: by name.
        command: the one that does all of it again.
        predict: the command that predicts with the network; "" if it was not saved.
        file: where the network was saved, or None.
        pictures: what is shown below the tables.
    """

    title: str
    model: nn.TableModel
    thing: str
    said: Sequence[str]
    data: Sequence[tuple[str, str, str]]
    rows: str
    settings: Mapping[str, str]
    command: str
    predict: str
    file: Path | None
    pictures: Sequence[Shown]

    def save(self, path: Path) -> Path:
        """Write the page, whole or not at all."""
        write_whole(path, self.html().encode())
        return path

    def html(self) -> str:
        """The page."""
        from tinygrad_edu.viz import style

        parts = [
            self._head(),
            self._data(),
            self._curves(),
            self._tables(),
            self._pictures(),
            self._use(),
            self._again(),
        ]
        return (
            '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
            f"<title>{html.escape(self.title)}</title>\n<style>{style.variables()}{CSS}</style></head>\n"
            f"<body>\n<main>\n{''.join(filter(None, parts))}</main>\n</body>\n</html>\n"
        )

    def _head(self) -> str:
        lines = "".join(f"<p>{html.escape(line)}</p>\n" for line in self.said if not line.startswith(" "))
        return f'<h1>{html.escape(self.title)}</h1>\n<div class="score">\n{lines}</div>\n'

    def _data(self) -> str:
        table = _table("What is in each column", ("column", "used as", "holds"), self.data, kind="words")
        return f"<h2>The data</h2>\n<p>{html.escape(self.rows)}</p>\n{table}"

    def _curves(self) -> str:
        from tinygrad_edu import viz

        history = self.model.history
        figures = in_both(partial(viz.plot_history, history))
        for figure in figures.values():
            figure.axes[0].set_title("")  # which stands at the top of the page
        lines = " A solid line is training, a dashed one is validation." if history.val_loss else ""
        what = "Loss and accuracy" if self.model.target.classes else "The loss"
        drawn = _figure(Shown(f"{what}, epoch by epoch", _course(history) + lines, figures))
        return f"<h2>How the training went</h2>\n{drawn}"

    def _tables(self) -> str:
        model = self.model
        if model.tested is None or len(model.target.classes) > MOST_CLASSES:
            return ""
        title = "Right and wrong"
        if not model.target.classes:
            return f"<h2>{title}</h2>\n{_table('How far off the predictions are', ('', ''), list(_errors(model)))}"
        return f"<h2>{title}</h2>\n{_confusion(model)}{_each_class(model)}"

    def _pictures(self) -> str:
        shown = "".join(map(_figure, self.pictures))
        return f'<h2>Pictures</h2>\n<div class="pictures">\n{shown}</div>\n{self._biases()}' if shown else ""

    def _biases(self) -> str:
        """The numbers that the circles of a wide network have no room for."""
        layers = enumerate(self.model.network.layers, start=1)
        rows = [
            (f"{place}: {layer.activation}", listed([show(neuron.b.data, 2) for neuron in layer.neurons], MOST_BIASES))
            for place, layer in layers
        ]
        table = _table("From the first neuron of a layer to its last", ("layer", "biases"), rows, kind="words")
        return f"<details><summary>The biases as numbers</summary>\n{table}</details>\n"

    def _use(self) -> str:
        if self.file is None:
            return (
                "<h2>How to predict</h2>\n<p>The network was not saved: <code>--save model.json</code> keeps it.</p>\n"
            )
        lines = f"from tinygrad_edu import nn\n\nmodel = nn.TableModel.load({str(self.file)!r})\n"
        lines += 'answers = model.predict(nn.read_csv("new.csv"))\nprint(answers.found)'
        terminal = f"{_code(self.predict)}{_code(f'tinygrad-edu predict {self.file} new.csv')}"
        return (
            f"<h2>How to predict</h2>\n<p>In a terminal, one {html.escape(self.thing)}, or a whole table:</p>\n"
            f"{terminal}<p>In Python:</p>\n{_code(lines)}"
        )

    def _again(self) -> str:
        rows = list(self.settings.items())
        return (
            f"<h2>To do it again</h2>\n{_code(self.command)}"
            f"{_table('All settings', ('setting', 'value'), rows, kind='words')}"
            f'<p class="quiet">Made with tinygrad_edu {__version__}. The same command gives the same network.</p>\n'
        )


def _course(history: nn.History) -> str:
    """Where the loss went, in a sentence or two."""
    said = (
        f"The loss went from {show(history.loss[0])} to {show(history.loss[-1])} in {counted(history.epochs, 'epoch')}."
    )
    if history.val_loss:
        lowest = min(history.val_loss)
        said += f" The validation loss was lowest, {show(lowest)}, in epoch {history.val_loss.index(lowest) + 1}."
    return said


# Tables


def _table(caption: str, names: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "numbers") -> str:
    """A table of texts; in one of numbers, all columns but the first are set on the right."""
    side = ' class="number"' if kind == "numbers" else ""
    head = "".join(
        f'<th scope="col"{side if place else ""}>{html.escape(name)}</th>' for place, name in enumerate(names)
    )
    lines = [f"<thead><tr>{head}</tr></thead>"] if any(names) else []
    for first, *rest in rows:
        cells = "".join(f"<td{side}>{html.escape(cell)}</td>" for cell in rest)
        lines.append(f'<tr><th scope="row"{_whole(first)}>{_name(first)}</th>{cells}</tr>')
    return _captioned(caption, f'<table class="{kind}">{"".join(lines)}</table>')


def _name(text: str) -> str:
    """What heads a row or a column, cut to what a table has room for."""
    return html.escape(cut(text, LONGEST_NAME))


def _whole(text: str) -> str:
    """The attribute that shows the whole name under a pointer, if it is cut."""
    return f' title="{html.escape(text)}"' if len(text) > LONGEST_NAME else ""


def _captioned(caption: str, table: str) -> str:
    """A table below its caption, which may be wider."""
    return f'<p class="quiet">{html.escape(caption)}</p>\n{_scrolled(caption, table)}'


def _scrolled(name: str, content: str) -> str:
    """What may be wider than a phone: it can be scrolled by keyboard too."""
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{html.escape(name)}">{content}</div>\n'


def _confusion(model: nn.TableModel) -> str:
    """Who was taken for whom: the darker, the more of a row."""
    counts, names = model.confusion().tolist(), model.target.classes
    head = "".join(f'<th scope="col" class="number"{_whole(name)}>→ {_name(name)}</th>' for name in names)
    lines = []
    for name, row in zip(names, counts, strict=True):
        shares = [f"{100 * STRONGEST * count / max(sum(row), 1):.0f}%" for count in row]
        cells = "".join(
            f'<td class="number heat" style="--share: {share}">{count}</td>'
            for share, count in zip(shares, row, strict=True)
        )
        lines.append(f'<tr><th scope="row"{_whole(name)}>{_name(name)}</th>{cells}</tr>')
    caption = "The confusion matrix: each row is a true class, each column what it was taken for"
    body = f"<thead><tr><td></td>{head}</tr></thead>{''.join(lines)}"
    return _captioned(caption, f'<table class="numbers">{body}</table>')


def _each_class(model: nn.TableModel) -> str:
    counts = model.confusion()
    found, said, right = counts.sum(axis=1).tolist(), counts.sum(axis=0).tolist(), counts.diagonal().tolist()
    rows = [
        (name, str(all_of), _share(hits, all_of), _share(hits, predicted), _f1(hits, all_of, predicted))
        for name, all_of, predicted, hits in zip(model.target.classes, found, said, right, strict=True)
    ]
    names = ("class", "how many", "found (recall)", "right when predicted (precision)", "F1")
    return _table("Each class: how many of it were found, and how often its name was right", names, rows)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "—"


def _f1(hits: int, found: int, said: int) -> str:
    return f"{2 * hits / (found + said):.3f}" if found + said else "—"


def _errors(model: nn.TableModel) -> Iterator[tuple[str, str]]:
    """How far off numbers are, in the unit of the target."""
    import numpy as np

    from tinygrad_edu import nn

    assert model.tested is not None
    X, y = model.tested
    gaps = model.target.scale * (nn.predict(model.network, X) - y)
    guess = model.target.scale * y
    yield "typical error, √ of the mean square", show(_typical(gaps))
    yield "mean error, without its sign", show(float(np.mean(np.abs(gaps))))
    yield "largest error", show(float(np.max(np.abs(gaps))))
    yield "typical error of a guess, always the mean", show(_typical(guess))


def _typical(gaps: Iterable[float]) -> float:
    """The root of the mean square, also of numbers whose squares are beyond floats."""
    sizes = list(gaps)
    return math.hypot(*sizes) / math.sqrt(len(sizes))


# Pictures and code


def in_both(draw: Callable[..., Any]) -> dict[str, Any]:
    """A picture as it is on paper and in the dark."""
    from tinygrad_edu.viz.style import THEMES

    return {theme: draw(theme=theme) for theme in THEMES}


def _figure(shown: Shown) -> str:
    """A picture, bundled, in each of its forms, with its title and a sentence about it; the first that fits is seen."""
    sources = "".join(
        f'<source media="{" and ".join(filter(None, media))}" srcset="{address}">' for media, address in _forms(shown)
    )
    usual = _address(shown.wide["light"], WIDE if shown.narrow else NARROW)
    said = f"{html.escape(shown.title)}. {html.escape(shown.said)}"
    picture = f'<picture>{sources}<img src="{usual}" alt="{said}"></picture>'
    words = f"<figcaption><strong>{html.escape(shown.title)}.</strong> {html.escape(shown.said)}</figcaption>"
    kind = ' class="large"' if shown.narrow else ""
    return f"<figure{kind}>{_scrolled(shown.title, picture)}{words}</figure>\n"


def _forms(shown: Shown) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where each form but the usual one is seen, and the picture itself as an address."""
    if shown.still:
        yield ("screen", AT_REST, IN_THE_DARK), _address(shown.still["dark"])
        yield (AT_REST,), _address(shown.still["light"])
    if shown.narrow:
        yield (ON_A_PHONE, IN_THE_DARK), _address(shown.narrow["dark"], NARROW)
        yield (ON_A_PHONE,), _address(shown.narrow["light"], NARROW)
    yield ("screen", IN_THE_DARK), _address(shown.wide["dark"], WIDE if shown.narrow else NARROW)


def _address(picture: Figure | str | bytes, width: float = WIDE) -> str:
    """The picture itself, as the address of one; a figure is at most so many inches wide."""
    if isinstance(picture, bytes):
        kind = "png" if picture.startswith(b"\x89PNG") else "webp"
        return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
    svg = picture if isinstance(picture, str) else _svg(picture, width)
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _svg(figure: Figure, most: float) -> str:
    """A figure as SVG, at most so many inches wide."""
    width, height = figure.get_size_inches()
    if width > most:
        figure.set_size_inches(most, height * max(0.72, most / width))
    text = io.StringIO()
    figure.savefig(text, format="svg", bbox_inches="tight", metadata={"Date": None})
    return text.getvalue()


def _code(text: str) -> str:
    return f'<pre tabindex="0">{html.escape(text)}</pre>\n'
