"""How is the state of the page written into a link, and a link drawn as a QR code?

    link("q = x + y; f = q * z", "https://example.org/lab.html", {"x": -2, "y": 5, "z": -4}, step=3)
    qr_code(link(f, "https://example.org/lab.html", mode="predict"))         an <svg>, to print or to show

The part behind the # is readable, and the page's own (`assets/lab/address.js` reads and writes the same):

    f        the formula
    NAME     the number of an input; a name that is a word of this list is written with a point before it: .f=2
    tab      the panel that is open
    mode     predict, predict-all (the numbers on the way forward are asked too), present; or two with a comma
    lang     the language
    open, sample, step

Names to know: `link`, `qr_code`. Read next: `predictions.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit

from tinygrad_edu.choices import unknown
from tinygrad_edu.errors import GraphError, OptionError, SizeError, TinygradError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import counted
from tinygrad_edu.text.inputs import inputs_of, with_numbers
from tinygrad_edu.text.parsing import parse
from tinygrad_edu.text.printing import to_text
from tinygrad_edu.value import Value
from tinygrad_edu.viz import style
from tinygrad_edu.viz.page.engine import nodes
from tinygrad_edu.viz.page.strings import strings

PANELS = ("inputs", "predict", "nudge", "downhill", "paths", "order", "check")  # as panels.js has them
MODES = ("predict", "predict-all", "present")
WORDS = ("f", "tab", "mode", "lang", "open", "sample", "step")
READABLE = {"%20": "+", "%3B": ";", "%3D": "=", "%2F": "/", "%2C": ",", "%3A": ":"}
UNQUOTED = "!~*'()"  # besides letters, digits, "_", "." and "-", as in JavaScript's encodeURIComponent
MOST_NODES = 100  # a formula of more is not read any more
LONGEST_TEXT = 400  # characters
LONGEST_LINK = 1273  # bytes of the largest code that a phone reads from a screen, 117 squares wide; as in qr.js
QUIET_ZONE = 4  # squares around a code, as the standard asks


def link(
    formula: Value | str,
    page: str = "",
    numbers: Mapping[str, float] | None = None,
    *,
    step: int = 0,
    panel: str | None = None,
    mode: str = "",
    lang: str | None = None,
) -> str:
    """The link that opens a page of the lab with this formula, at this step, in this mode.

    Args:
        formula: a formula as `parse` reads it; or the output of a graph that has one, with its numbers.
        page: where the page is, such as "https://example.org/lab.html"; without it, only the part from # on. Any page
            that `tinygrad-edu lab` or `viz.player` wrote will do.
        numbers: of the inputs of a text; those without get the numbers that the page would give them.
        step: 0 for the beginning, i after step i, one more than there are steps for the end.
        panel: the panel that is open: "inputs", or in predict mode "predict", if nothing is said.
        mode: "predict", "predict-all", "present", or "predict,present"; "" for none of them.
        lang: "en" or "zh"; the page's own if nothing is said.

    Raises:
        ExpressionError: if the text is no formula.
        GraphError: if no short formula makes the graph: use `viz.player(f).link(…)`, whose page has the graph in it.
        OptionError: if there is no such step, panel, mode, language or input.

    >>> link("q = x + y; f = q * z", numbers={"x": -2, "y": 5, "z": -4}, step=3)
    '#f=q+=+x+%2B+y;+f+=+q+*+z&x=-2&y=5&z=-4&step=3'
    >>> link(Value(0.5, label="w") ** 2, "https://example.org/lab.html", mode="predict", lang="zh")
    'https://example.org/lab.html#f=w+**+2&w=0.5&tab=predict&mode=predict&lang=zh'
    """
    f, text = (formula, _formula_of(formula)) if isinstance(formula, Value) else _read(formula, numbers or {})
    graph = Graph(f)
    leaves = {leaf.label: leaf.data for leaf in graph.leaves}
    inputs = set(inputs_of(text))
    numbers = {name: number for name, number in leaves.items() if name in inputs}
    return join(page, address(graph, text, numbers, step=step, panel=panel, mode=mode, lang=lang))


def join(page: str, state: str) -> str:
    """The address of a page with the address of a state behind it, in place of the one that is there."""
    return f"{page.partition('#')[0]}#{state}"


def address(
    graph: Graph,
    text: str | None,
    numbers: Mapping[str, float],
    *,
    step: int = 0,
    panel: str | None = None,
    mode: str = "",
    lang: str | None = None,
    opened: Iterable[str] = (),
    sample: int | None = None,
) -> str:
    """What stands behind the # for a state, as addressOf in address.js writes it; see `link`.

    Args:
        graph: what the page shows.
        text: its formula, or None for a graph that the page holds itself.
        numbers: of the inputs, by their names.
        step: as of `link`.
        panel: as of `link`.
        mode: as of `link`.
        lang: as of `link`.
        opened: the names of the groups that are open, such as "l1" for the first layer.
        sample: the sample that is entered.
    """
    modes = [each for each in MODES if each in _checked_modes(mode)]
    usual = "inputs" if modes in ([], ["present"]) else "predict"
    panel = usual if panel is None else panel
    _check(graph, step, panel, lang)
    parts = [
        ("f", text),
        *((_key(name), exactly(number)) for name, number in numbers.items()),
        ("tab", None if panel == "inputs" else panel),
        ("mode", ",".join(modes) or None),
        ("lang", lang),
        ("open", ",".join(quote(name, safe=UNQUOTED) for name in opened) or None),
        ("sample", None if sample is None else str(sample)),
        ("step", str(step) if step else None),
    ]
    said = ((key, value) for key, value in parts if value is not None)
    return "&".join(f"{quote(key, safe=UNQUOTED)}={_written(value)}" for key, value in said)


def _check(graph: Graph, step: int, panel: str, lang: str | None) -> None:
    last = last_position(graph)
    if not isinstance(step, int) or not 0 <= step <= last:
        wrong = f"the page has the positions 0 (the beginning) to {last} (the end)"
        raise OptionError(f"link(f, step={step!r})", wrong, instead=f"step={last}")
    if panel not in PANELS:
        raise unknown("panel", panel, PANELS, call="link(f, {})")
    if lang is not None:
        strings(lang)


def _checked_modes(mode: str) -> list[str]:
    words = mode.split(",") if mode else []
    for word in words:
        if word not in MODES:
            raise unknown("mode", word, MODES, call="link(f, {})")
    if {"predict", "predict-all"} <= set(words):
        wrong = "predict asks for the gradients, predict-all for the numbers on the way forward too"
        raise OptionError(f"link(f, mode={mode!r})", wrong, instead='mode="predict-all"')
    return words


def last_position(graph: Graph) -> int:
    """The position after the last step: operations forward, the seed, the edges back, and the end.

    >>> last_position(Graph(parse("x * y", x=2, y=3)))
    5
    """
    operations = sum(bool(node.args) for node in graph.nodes)
    return operations + 1 + sum(not argument.is_constant for _, _, argument in graph.edges) + 1


def exactly(number: float) -> str:
    """A number to its last digit, as short as possible: 2, 0.1, 1e-07, inf."""
    return repr(float(number)) if not math.isfinite(number) else repr(float(number)).removesuffix(".0")


def _key(name: str) -> str:
    return f".{name}" if name in WORDS or name.startswith(".") else name


def _written(text: str) -> str:
    coded = quote(text, safe=UNQUOTED)
    return re.sub("|".join(READABLE), lambda code: READABLE[code[0]], coded)


# The formula of a graph


def _read(text: str, given: Mapping[str, float]) -> tuple[Value, str]:
    """The graph of a text, and the text; a number for a name that is no input is a slip."""
    inputs = inputs_of(text)
    for name in given:
        if name not in inputs:
            asked = f"link({text!r}, numbers={{{name!r}: …}})"
            wrong = f"{name} is not an input of it; its inputs are {', '.join(inputs) or '(none)'}"
            raise OptionError(asked, wrong, instead="numbers of its inputs alone")
    return parse(text, **with_numbers(text, given)), text


def _formula_of(f: Value) -> str:
    text = text_of(Graph(f))
    if text is None:
        raise GraphError(
            "a link to this graph",
            f"no formula of up to {LONGEST_TEXT} characters makes it, and a link holds a formula",
            instead='viz.player(f).save("f.html"), and viz.player(f).link("https://…/f.html"): that page has the graph',
        )
    return text


def text_of(graph: Graph) -> str | None:
    """The formula of a graph, if it is short and `parse` makes the same graph of it, else None.

    >>> x = Value(2.0, label="x")
    >>> text_of(Graph(x * x + 1)), text_of(Graph(Value(2.0, label="my x") * 3))
    ('x * x + 1', None)
    """
    if len(graph.nodes) > MOST_NODES:
        return None
    text = to_text(graph.output)
    numbers = {leaf.label: leaf.data for leaf in graph.leaves if leaf.label}
    return text if len(text) <= LONGEST_TEXT and _makes(text, numbers, graph) else None


def _makes(text: str, numbers: dict[str, float], graph: Graph) -> bool:
    try:
        return nodes(Graph(parse(text, **numbers))) == nodes(graph)
    except TinygradError:  # a label that is no name, or a rule that no text has
        return False


# The code


def qr_code(text: str) -> str:
    """A QR code as an <svg>, dark on light whatever is around it; one unit for each of its squares.

    Raises:
        SizeError: if the text is too long for a code that phones read from a screen.

    >>> qr_code("https://example.org/lab.html")[:5]
    '<svg '
    """
    size = len(text.encode())
    if size > LONGEST_LINK:
        raise SizeError(
            f"a QR code of {counted(size, 'byte')}",
            f"a phone reads up to {LONGEST_LINK:,} from a screen or a sheet",
            instead="the link in letters, or the link of a shorter formula",
        )
    import segno  # which no page needs

    made = segno.make(text, mode="byte", encoding="utf-8", error="l", micro=False)
    return str(made.svg_inline(border=QUIET_ZONE, dark=style.INK, light=style.PAPER, omitsize=True))


def is_on_the_web(page: str) -> bool:
    """Whether a phone can go there: a file on this computer is for this computer alone.

    >>> is_on_the_web("https://example.org/lab.html"), is_on_the_web("lab.html"), is_on_the_web("file:///lab.html")
    (True, False, False)
    """
    parts = urlsplit(page)
    return parts.scheme in ("http", "https") and bool(parts.netloc)
