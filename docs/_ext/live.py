"""Where does the guide run? Live pages in it, and below every block of code a way to run it.

    {live} circuit                                       a page in a frame, one row of `PAGES`
    {lab}`x * x + x, x=3`                                a link that opens this formula in the lab of the site

Blocks get their links by themselves. A formula, `parse("x * y", x=2, y=3)` or `tinygrad-edu step "x * y" x=2 y=3`,
opens in the lab, in a sentence as well. A training, `nn.fit(model, X, y)` or `tinygrad-edu train moons`, opens in the
playground. All Python of a page is in its notebook, also the examples of docstrings, and what runs nowhere but in a
terminal says so. With each build
lab.html, playground.html, the pages of `live/` and the notebooks are written again, in the language of the pages around
them.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from docutils.parsers.rst import Directive
from notebooks import has_notebook, is_example, is_python, notebook_of
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole
from trainings import Reader
from trainings import link as link_to_playground

from tinygrad_edu import Value, nn, parse, viz
from tinygrad_edu.errors import TinygradError
from tinygrad_edu.lessons import by_hand, layers, per_sample, planar
from tinygrad_edu.viz.page.files import Page
from tinygrad_edu.viz.page.menu import FIRST


class Formula(NamedTuple):
    """A formula, and the numbers of its inputs."""

    text: str
    numbers: dict[str, float]


class Live(NamedTuple):
    """A page in a frame: what it shows, in both languages, and what makes it, unless it is the lab in a state."""

    title: tuple[str, str]
    state: str = ""
    make: Callable[[str], Page] | None = None


def _one_sample(lang: str) -> Page:
    """The cost of one sample in the 2-3-1 network of the lesson."""
    model = per_sample.Network([2, 3, 1]).model
    x = [Value(number, label=f"x{i}") for i, number in enumerate((0.5, -1.0), start=1)]
    cost = 0.5 * (model(x) - 1.0) ** 2
    cost.label = "C"
    return viz.player(cost, lang=lang)


def _sheet(lang: str) -> Page:
    """The worksheet of the circuit."""
    return viz.worksheet(parse(FIRST.text, **dict(FIRST.values)), lang=lang)


def _moons(lang: str) -> Page:
    """The playground as it begins."""
    return viz.playground(data="moons", lang=lang)


def _four_samples(lang: str) -> Page:
    """J of the lesson's four samples."""
    X, y = layers.data()
    model = layers.network()
    J = nn.binary_cross_entropy_with_logits([model(x) for x in X.tolist()], y)
    J.label = "J"
    return viz.player(J, lang=lang)


def _flower(lang: str) -> Page:
    """The lesson's network on its flower, with its learning rate, all samples at once."""
    X, y = nn.datasets.flower()
    model = planar.init(4)
    optimizer = nn.SGD(model.parameters(), lr=planar.LR)
    return viz.playground(model, X, y, optimizer=optimizer, batch_size=len(X), lang=lang)


PAGES = {
    "circuit": Live(
        ("The chain rule on f = (x + y) · z, step by step", "在 f = (x + y) · z 上一步一步走链式法则"),
        viz.link(FIRST.text, numbers=FIRST.values),
    ),
    "by_hand": Live(
        ("The network worked by hand, step by step", "手算的网络，一步一步走"), viz.link(by_hand.forward().E)
    ),
    "planar": Live(("The flower, and the network that divides it", "花形数据，和把它分开的网络"), make=_flower),
    "per_sample": Live(("The cost of one sample, step by step", "一个样本的代价，一步一步走"), make=_one_sample),
    "layers": Live(("J of four samples, step by step", "四个样本的 J，一步一步走"), make=_four_samples),
    "playground": Live(("A network that trains in the page", "在页面里训练的网络"), make=_moons),
    "worksheet": Live(("The chain rule on paper, with its answer key", "纸上的链式法则，附答案"), make=_sheet),
}
WORDS = {
    "alone": ("This page alone, on the whole screen", "单独打开这一页，占满整个屏幕"),
    "lab": ("Open in the lab", "在实验室里打开"),
    "playground": ("Train it in the playground", "在游乐场里训练"),
    "notebook": ("Notebook of this page", "本页的笔记本"),
    "terminal": ("In a terminal", "在终端里运行"),
}
COMMAND = re.compile(r"^\s*\$?\s*tinygrad-edu (?:step|draw|lab|worksheet) .*$", re.MULTILINE)
TYPED = re.compile(r"\s*\$?\s*(tinygrad-edu|pip|python|git|pytest|uvx) ")  # how a block begins that is for a terminal


class LivePage(Directive):
    """A frame with a page, and a link to it alone."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Put a place for it; how far up the site begins is known when the page is written."""
        return [LiveNode(name=self.arguments[0])]


class LiveNode(nodes.General, nodes.Element):
    """The place of a live page."""


class LabRole(SphinxRole):
    """A formula, linked to the lab."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The text is as `x * x + x, x=3`: the formula, then its numbers."""
        formula, *numbers = re.split(r", (?=\w+=)", self.text)
        values = {name: float(number) for name, _, number in (part.partition("=") for part in numbers)}
        return [LabNode(formulas=[Formula(formula, values)])], []


class LabNode(nodes.Inline, nodes.Element):
    """The place of links to the lab."""


def formulas_in(text: str) -> Iterator[Formula]:
    """The formulas of a block: what `parse` is called with, and the commands that take one.

    >>> list(formulas_in('>>> f = parse("x * y", x=-2, y=0.5 + 1)'))
    [Formula(text='x * y', numbers={'x': -2, 'y': 1.5})]
    >>> list(formulas_in('tinygrad-edu step "2 * x" x=3 --html f.html'))
    [Formula(text='2 * x', numbers={'x': 3.0})]
    >>> list(formulas_in("tinygrad-edu step EXPRESSION NAME=NUMBER …"))
    []
    """
    for line in COMMAND.findall(text):
        yield from _of_command(line)
    code = "\n".join(line[4:] for line in text.splitlines() if line.startswith((">>> ", "... ")))
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "parse" and call.args:
            yield from _of_call(call)


def _of_command(line: str) -> Iterator[Formula]:
    try:
        words = shlex.split(line.strip().removeprefix("$ "), comments=True)
    except ValueError:
        return
    given = [word.partition("=") for word in words[3:] if re.fullmatch(r"\w+=-?[\d.]+(e-?\d+)?", word)]
    is_usage = "NAME=NUMBER" in words  # and no formula, but the place of one
    if len(words) > 2 and not words[2].startswith("-") and not is_usage:
        yield Formula(words[2], {name: float(number) for name, _, number in given})


def _of_call(call: ast.Call) -> Iterator[Formula]:
    try:
        text = ast.literal_eval(call.args[0])
        yield Formula(text, {str(word.arg): _number(word.value) for word in call.keywords})
    except ValueError:
        return


def _number(node: ast.expr) -> float:
    """A number, or a sum of numbers as in -2 + 0.001."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _number(node.left) + _number(node.right)
    return ast.literal_eval(node)


def _linked(formula: Formula) -> str | None:
    """The part of a link behind the page; none for a formula that is wrong on purpose."""
    try:
        return viz.link(formula.text, "", formula.numbers)
    except TinygradError:
        return None


def fill(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put frames and links in their places, and ways to run it behind every block and command."""
    if app.builder.format != "html":
        return
    place = Place(app, page)
    _fill_blocks(app, doctree, page, place)
    for literal in list(doctree.findall(nodes.literal)):
        if not isinstance(literal.parent, nodes.reference):
            _put_behind(literal, *_to_lab(formulas_in(literal.astext()), place))
    for node in list(doctree.findall(LiveNode)):
        node.replace_self(_frame(node["name"], place))
    for node in list(doctree.findall(LabNode)):
        node.replace_self([*_to_lab(node["formulas"], place)])


def _fill_blocks(app: Sphinx, doctree: nodes.document, page: str, place: Place) -> None:
    """Behind a block go its links, or else the words that it is for a terminal; text has neither."""
    runs, of_page = has_notebook(page, doctree), Reader()
    if runs:
        _save(app, page, notebook_of(doctree, place.side))
    for block in list(doctree.findall(_is_block)):
        text = block.astext()
        reader = of_page if is_python(block) else Reader()  # a docstring knows nothing of the others
        ways = [*_to_lab(formulas_in(text), place), *_to_playground(reader, text, place)]
        ways += (
            [place.anchor("notebook", f"{page.split('/')[-1]}.ipynb")]
            if runs and (is_python(block) or is_example(block))
            else []
        )
        ways += [place.words("terminal")] if not ways and TYPED.match(text) else []
        if ways:
            _put_behind(block, nodes.paragraph("", "", *ways, classes=["in-the-lab"]))


def _is_block(node: nodes.Node) -> bool:
    return isinstance(node, nodes.literal_block | nodes.doctest_block)


class Place:
    """A page: how far up the site begins, and which language it is in."""

    def __init__(self, app: Sphinx, page: str) -> None:
        self.root = "../" * page.count("/")
        self.side = int(app.config.language.startswith("zh"))

    def anchor(self, key: str, link: str) -> nodes.Node:
        """A link with one of the texts of `WORDS`; a notebook is a file to save."""
        kind = " download" if link.endswith(".ipynb") else ""
        text = f' <a class="lab-link" href="{_escaped(link)}"{kind}>{WORDS[key][self.side]}</a>'
        return nodes.raw("", text, format="html")

    def words(self, key: str) -> nodes.Node:
        """One of the texts, without a link."""
        return nodes.raw("", f'<span class="where">{WORDS[key][self.side]}</span>', format="html")


def _to_lab(formulas: Iterable[Formula], place: Place) -> Iterator[nodes.Node]:
    for state in dict.fromkeys(map(_linked, formulas)):
        if state:
            yield place.anchor("lab", f"{place.root}lab.html{state}")


def _to_playground(reader: Reader, text: str, place: Place) -> Iterator[nodes.Node]:
    for state in dict.fromkeys(map(link_to_playground, reader.trainings_in(text))):
        yield place.anchor("playground", f"{place.root}playground.html{state}")


def _save(app: Sphinx, page: str, notebook: dict[str, Any]) -> None:
    path = Path(app.outdir, f"{page}.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _put_behind(block: nodes.Element, *links: nodes.Node) -> None:
    block.parent.insert(block.parent.index(block) + 1, list(links))


def _frame(name: str, place: Place) -> nodes.Node:
    live = PAGES[name]
    source = _escaped(f"{place.root}live/{name}.html" if live.make else f"{place.root}lab.html{live.state}")
    title = live.title[place.side]
    text = (
        f'<div class="live"><iframe class="player" src="{source}" title="{title}" loading="lazy"'
        ' allow="fullscreen; clipboard-write"></iframe></div>'
        f'<p class="in-the-lab"><a class="lab-link" href="{source}">{WORDS["alone"][place.side]}</a></p>'
    )
    return nodes.raw("", text, format="html")


def _escaped(link: str) -> str:
    return link.replace("&", "&amp;").replace('"', "&quot;")


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the pages of the site that are no text, if the build has succeeded so far."""
    if error is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir)
    lang = "zh" if app.config.language.startswith("zh") else "en"
    first = viz.Player(parse(FIRST.text, **dict(FIRST.values)), lang, FIRST.text)
    first.save(folder / "lab.html")
    viz.playground(lang=lang).save(folder / "playground.html")  # the links of the guide say what it opens with
    (folder / "live").mkdir(exist_ok=True)
    for name, live in PAGES.items():
        if live.make:
            live.make(lang).save(folder / "live" / f"{name}.html")


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive and the role; fill in links when a page is resolved, write the pages when a build ends."""
    app.add_node(LiveNode)
    app.add_node(LabNode)
    app.add_directive("live", LivePage)
    app.add_role("lab", LabRole())
    app.connect("doctree-resolved", fill)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
