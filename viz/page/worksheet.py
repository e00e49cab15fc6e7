"""How can the chain rule be practised on paper?

    worksheet(f).save("sheet.html")     one page to print: the graph with empty boxes, a row for every operation and for
                                        every application of the chain rule; the answer key begins on a page of its own
    worksheet(f, page="https://…")      the same with a QR code that opens the page there with the same numbers

Names to know: `worksheet`, `Worksheet`. Read next: `predictions.py`.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from functools import partial

from tinygrad_edu.errors import OptionError, SizeError
from tinygrad_edu.show import in_brackets, show
from tinygrad_edu.steps.chain_rule import chain_rule
from tinygrad_edu.steps.sentences import role_in
from tinygrad_edu.steps.trace import EdgeStep, Node, Trace
from tinygrad_edu.text.printing import to_text
from tinygrad_edu.value import Value
from tinygrad_edu.viz import style
from tinygrad_edu.viz.page.document import read
from tinygrad_edu.viz.page.files import Page
from tinygrad_edu.viz.page.link import is_on_the_web, link, qr_code
from tinygrad_edu.viz.page.picture import Arrow, Box, Circuit, chip_texts, whole
from tinygrad_edu.viz.page.strings import HTML_LANG, strings

MOST_EDGES = 60  # a larger sheet would be punishment
MOST_NODES = 150  # including constants, which need no work
GAP = 14.0  # pixels between a box and a chip: the wider the picture, the smaller the room to write
BLANK = '<span class="blank"></span>'


def worksheet(value: Value, *, lang: str = "en", page: str | None = None) -> Worksheet:
    """A sheet to print: the steps of the chain rule on the graph of a Value, to be filled in, with an answer key.

    Args:
        value: the output of the graph.
        lang: "en" for English, "zh" for Simplified Chinese.
        page: where a page of the lab is on the web, such as "https://example.org/lab.html": the sheet gets a QR code
            that opens it with this formula and these numbers, to check the answers.

    Raises:
        GraphError: if `value` is not a Value; with a `page`, also if no short formula makes the graph.
        SizeError: if there are more than 60 steps to do by hand, or more nodes than a sheet has room for.
        OptionError: if there is no such language, or if `page` is not an address on the web.

    >>> x, y = Value(2.0, label="x"), Value(3.0, label="y")
    >>> worksheet(x * y)
    <Worksheet of 1 operation and 2 applications of the chain rule: .html(), .save('sheet.html')>
    """
    return Worksheet(value, lang, page)


class Worksheet(Page):
    """A sheet to print, with an answer key."""

    kind = "worksheet"
    file = "sheet.html"
    permissions = ""

    def __init__(self, value: Value, lang: str = "en", page: str | None = None) -> None:
        self.strings = strings(lang)
        self.lang = lang
        self.trace = chain_rule(value).with_roles(partial(role_in, lang))
        edges, nodes = len(self.trace.edges), len(self.trace.nodes)
        if edges > MOST_EDGES:
            raise _too_large(f"{edges:,} applications of the chain rule", f"at most {MOST_EDGES} can be done by hand")
        if nodes > MOST_NODES:
            raise _too_large(f"{nodes:,} nodes", f"there is room for {MOST_NODES} on a sheet")
        self.expression = to_text(value)
        self.link = None if page is None else _checked_link(value, page, lang)

    @property
    def size(self) -> tuple[int, int]:
        """How many operations, and applications of the chain rule."""
        return len(self.trace.forward), len(self.trace.edges)

    def _written(self) -> str:
        title = self._say("sheet_title", expression=self.expression)
        questions, answers = (_Side(self.trace, self.strings, has_answers=side).html() for side in (False, True))
        return (
            f'<!doctype html>\n<html lang="{HTML_LANG[self.lang]}">\n<head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
            f"<title>{title}</title>\n<style>{style.variables()}{read('worksheet.css')}</style></head>\n<body>\n"
            f"<main>\n{self._code()}<h1>{title}</h1>\n{self._fields()}\n{questions}\n"
            f'<section class="key"><h1>{self._say("sheet_key")}</h1>\n{answers}</section>\n</main>\n</body>\n</html>\n'
        )

    def _fields(self) -> str:
        places = "".join(f"<span>{self._say(key)} {BLANK}</span>" for key in ("sheet_name", "sheet_date"))
        return f'<p class="fields">{places}</p>'

    def _code(self) -> str:
        """The way to the page: a code for a phone, and the same as a link for who reads the sheet on a screen."""
        if self.link is None:
            return ""
        words = f'<figcaption><a href="{html.escape(self.link)}">{self._say("sheet_page")}</a></figcaption>'
        return f'<figure class="code">{qr_code(self.link)}{words}</figure>\n'

    def _say(self, key: str, **places: str) -> str:
        return html.escape(self.strings[key].format(**places))


class _Side:
    """The questions, or the same with their answers."""

    def __init__(self, trace: Trace, texts: Mapping[str, str], *, has_answers: bool) -> None:
        self.trace = trace
        self.texts = texts
        self.has_answers = has_answers

    def html(self) -> str:
        parts = [self._given(), self._picture()]
        if self.trace.forward:
            parts += [self._title("sheet_forward"), self._forward()]
        parts += [self._title("sheet_backward"), self._shared_note(), self._backward()]
        return "\n".join([*parts, self._title("sheet_gradient"), self._gradient()])

    def _title(self, key: str) -> str:
        return f"<h2>{html.escape(self.texts[key])}</h2>"

    def _answer(self, text: str) -> str:
        return f'<span class="answer">{html.escape(text)}</span>' if self.has_answers else BLANK

    def _given(self) -> str:
        numbers = ", ".join(f"{leaf.name} = {show(leaf.data)}" for leaf in self.trace.leaves)
        given, digits = html.escape(self.texts["sheet_given"]), html.escape(self.texts["sheet_digits"])
        return f'<p><strong>{given}</strong> {html.escape(numbers)}. <span class="hint">{digits}</span></p>'

    def _picture(self) -> str:
        circuit = Circuit(self.trace, gap=GAP)
        boxes = [self._box(node) for node in self.trace.nodes]
        drawn = circuit.svg(boxes, [self._arrow(edge) for edge in self.trace.edges])
        return f"<figure>{whole(circuit.size, drawn)}</figure>"

    def _box(self, node: Node) -> Box:
        value = show(node.data) if self.has_answers or not node.args else ""
        return Box(value, show(self.trace.gradients.get(node.name, 0.0)) if self.has_answers else "")

    def _arrow(self, edge: EdgeStep) -> Arrow:
        return Arrow(chip_texts(edge.partial, edge.contribution) if self.has_answers else ("×", "="))

    def _forward(self) -> str:
        rows = [
            (html.escape(f"{step.name} = {step.formula}"), self._answer(step.numbers), self._answer(show(step.out)))
            for step in self.trace.forward
        ]
        return self._table(("sheet_operation", "sheet_numbers", "sheet_result"), rows)

    def _backward(self) -> str:
        rows = [
            (
                html.escape(f"{edge.gradient} {'=' if not edge.is_shared else '+='} {edge.rule}"),
                self._answer(show(edge.upstream)),
                self._answer(f"{edge.symbol} = {show(edge.partial)}" if edge.symbol else show(edge.partial)),
                self._answer(f"{show(edge.before)} + {in_brackets(edge.contribution)} = {show(edge.after)}"
                             if edge.is_shared else show(edge.after)),
            )
            for edge in self.trace.edges
        ]  # fmt: skip
        return self._table(("sheet_rule", "sheet_upstream", "sheet_local", "sheet_sum"), rows)

    def _shared_note(self) -> str:
        is_needed = any(edge.is_shared for edge in self.trace.edges)
        return f'<p class="hint">{html.escape(self.texts["sheet_shared"])}</p>' if is_needed else ""

    def _gradient(self) -> str:
        output, gradients = self.trace.output.name, self.trace.gradients
        items = (
            f"<span>{html.escape(name)} = {self._answer(show(gradient))}</span>"
            for name, gradient in (
                (f"∂{output}/∂{leaf.name}", gradients.get(leaf.name, 0.0)) for leaf in self.trace.leaves
            )
        )
        return f'<p class="fields">{"".join(items)}</p>'

    def _table(self, titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
        head = "".join(f'<th scope="col">{html.escape(self.texts[title])}</th>' for title in titles)
        body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _checked_link(value: Value, page: str, lang: str) -> str:
    if not is_on_the_web(page):
        wrong = "a phone that reads the code cannot open it: it has to be an address on the web"
        raise OptionError(f"worksheet(f, page={page!r})", wrong, instead='page="https://example.org/lab.html"')
    return link(value, page, lang=lang)


def _too_large(size: str, why: str) -> SizeError:
    return SizeError(f"a worksheet of {size}", why, instead="a worksheet of a smaller part, or viz.player(f)")
