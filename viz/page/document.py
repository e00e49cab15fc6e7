"""What is in the page of the player?

One HTML file without external links: the pictures, the trace and the wordings of its operations as JSON, the rows of
the rule table that the graph uses as JavaScript, and the scripts and styles of the folder `assets/`.

Names to know: `page`. Read next: `engine.py`.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from functools import partial
from importlib.resources import files
from typing import Any

from tinygrad_edu.checks.numeric_slope import STEP, TOLERANCE
from tinygrad_edu.errors import GraphError
from tinygrad_edu.graph import Graph
from tinygrad_edu.rule import Rule
from tinygrad_edu.steps import wording
from tinygrad_edu.steps.trace import Trace
from tinygrad_edu.steps.trace_json import as_data
from tinygrad_edu.text import javascript
from tinygrad_edu.text.printing import summary
from tinygrad_edu.value import Value
from tinygrad_edu.viz import style
from tinygrad_edu.viz.graph import can_be_drawn
from tinygrad_edu.viz.page.engine import without_exports
from tinygrad_edu.viz.page.picture import picture
from tinygrad_edu.viz.page.strings import HTML_LANG, role_in, strings

SCRIPTS = ("elements", "numbers", "program", "words", "quiz", "order", "check", "graph", "card", "panels", "main")
FOLDER = files("tinygrad_edu.viz.page") / "assets"


class Operations:
    """The different operations of a graph, each once: in words and as a program.

    Attributes:
        source: the program.
        missing: what to write into the rule table, where a row does not say how JavaScript computes it.
    """

    def __init__(self, graph: Graph) -> None:
        self.keys: dict[tuple[Rule, tuple[float | None, ...]], int] = {}
        self.of_node = [self._index(node) for node in graph.nodes]
        self.source, self.missing = self._compute()

    def _index(self, node: Value) -> int:
        if node.rule is None or not node.args:
            return -1
        constants = tuple(arg.data if arg.is_constant else None for arg in node.args)
        return self.keys.setdefault((node.rule, constants), len(self.keys))

    @property
    def words(self) -> list[dict[str, Any]]:
        """For the page: the formula and the local derivatives as wordings, and where the operation is defined."""
        return [
            {
                "signature": rule.signature,
                "domain": rule.domain.words if rule.domain else "",
                "formula": wording.operation(rule, len(constants)),
                "partials": wording.local_derivatives(rule, constants),
            }
            for rule, constants in self.keys
        ]

    def _compute(self) -> tuple[str, str]:
        """The operations as a JavaScript array; without any, and what to write first, if a row does not say how."""
        try:
            rows = [javascript.rule_source(rule, constants) for rule, constants in self.keys]
        except GraphError as error:
            return "const OPERATIONS = [];", error.instead
        listed = ",\n".join(rows)
        return f"{javascript.PRELUDE}\nconst OPERATIONS = [\n{listed}\n];", ""


def page(graph: Graph, trace: Trace, lang: str, most_nodes: int) -> str:
    """The whole page as HTML text."""
    texts = strings(lang)
    expression = summary(graph.output)
    operations = Operations(graph)
    is_drawn = can_be_drawn(graph, most_nodes)
    places = {
        "expression": expression,
        "output": trace.output.name,
        "nodes": f"{len(graph):,}",
        "edges": f"{len(graph.edges):,}",
        "missing": operations.missing,
    }
    shown = {key: _filled(text, places) for key, text in texts.items()} | {
        "html_lang": HTML_LANG[lang],
        "expression": expression,
    }
    too_large = f"<p>{html.escape(shown['too_large'])}</p>"
    data = {
        "trace": as_data(trace.with_roles(partial(role_in, lang))),
        "edges": _edges(trace),
        "operation": operations.of_node,
        "operations": operations.words,
        "can_compute": not operations.missing,
        "colors": len(style.NODES),
        "check": {"step": STEP, "tolerance": TOLERANCE},
        "strings": texts,
    }
    blocks = {
        "style": style.variables() + read("style.css"),
        "picture_lr": picture(trace, "lr") if is_drawn else too_large,
        "picture_tb": picture(trace, "tb") if is_drawn else too_large,
        "data": _json(data),
        "script": _script(operations.source),
        "hide_no_program": "" if operations.missing else "hidden",
        "hide_panels": "hidden" if operations.missing else "",
    }
    return _assembled(read("page.html"), shown, blocks)


def _edges(trace: Trace) -> list[dict[str, int]]:
    """For each arrow of the picture the step along it, and the step at which its local derivative is known."""
    forward = {step.node: index for index, step in enumerate(trace.forward)}
    first = len(forward) + 1
    return [{"step": first + number, "forward": forward[edge.user_node]} for number, edge in enumerate(trace.edges)]


def _filled(text: str, places: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: places.get(found[1], found[0]), text)


def _json(data: object) -> str:
    """JSON that is safe in a script element: without `<`, it holds no tag."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _script(operations: str) -> str:
    parts = [without_exports(read(f"{name}.js")) for name in SCRIPTS]
    start = 'const PAGE = JSON.parse(document.getElementById("page").textContent);'
    body = "\n".join([start, operations, *parts])
    return f'(() => {{\n"use strict";\n{body}\n}})();'


def _assembled(template: str, texts: Mapping[str, str], blocks: Mapping[str, str]) -> str:
    """`{{name}}` is a text, and escaped; `{{{name}}}` is a block, and put in as it is."""
    filled = re.split(r"(\{\{\{?\w+\}?\}\})", template)
    return "".join(_part(part, texts, blocks) if index % 2 else part for index, part in enumerate(filled))


def _part(part: str, texts: Mapping[str, str], blocks: Mapping[str, str]) -> str:
    name = part.strip("{}")
    return blocks[name] if part.startswith("{{{") else html.escape(texts[name])


def read(name: str) -> str:
    """A file of the folder `assets/`."""
    return (FOLDER / name).read_text(encoding="utf-8")
