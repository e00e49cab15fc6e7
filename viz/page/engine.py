"""How does the page compute by itself, for any formula and any graph?

With an engine in JavaScript, the modules in `assets/engine/`: what this package does in Python, file by file under the
same names. Nothing is restated in it that is data here: the rows of the rule table are printed by `table_source`, and
the grammar with its limits and its messages is written out as JSON. These two are the modules `rules.js` and
`grammar.js`, which no file holds.

    modules()           every module, under its path, for a folder that a browser or node reads
    script(modules())   all of them in one script, for a page that is one file
    nodes(graph)        a graph made in Python, as the engine's `graphFrom` reads it

Names to know: `modules`, `script`, `nodes`. Read next: `link.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from posixpath import dirname, join, normpath
from typing import Any

from tinygrad_edu import refusals, show
from tinygrad_edu.graph import Graph
from tinygrad_edu.rule import CALL, PRODUCT, SIGN, SUM, Rule
from tinygrad_edu.rules import RULES
from tinygrad_edu.steps import trace_json, wording
from tinygrad_edu.steps.trace_json import plain
from tinygrad_edu.text import inputs, mistakes, parsing, printing, reading
from tinygrad_edu.text.javascript import missing_in, table_source
from tinygrad_edu.value import Value

MODULES = (
    "numbers",
    "engine/rules",
    "engine/grammar",
    "engine/errors",
    "engine/lazy",
    "engine/sweep",
    "engine/mistakes",
    "engine/nearest",
    "engine/rows",
    "engine/graph",
    "engine/printing",
    "engine/refusals",
    "engine/values",
    "engine/recompute",
    "engine/reading",
    "engine/parsing",
    "engine/inputs",
    "engine/wording",
    "engine/steps",
    "engine/trace_json",
)  # each after those that it imports
FOLDER = files("tinygrad_edu.viz.page") / "assets"


def modules(rows: Iterable[Rule] | None = None) -> dict[str, str]:
    """The source of each module, by its path below one folder.

    Args:
        rows: the rows that the page can compute with; by default all of the rule table.
    """
    made = {
        "engine/rules": f"export const RULES = {table_source(RULES.values() if rows is None else rows)};\n",
        "engine/grammar": f"export const GRAMMAR = {json.dumps(grammar(), ensure_ascii=False)};\n",
    }
    return {f"{name}.js": made.get(name) or (FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in MODULES}


def script(sources: Mapping[str, str]) -> str:
    r"""Modules as one script: an expression for an object that holds what each of them exports, under its path.

    Args:
        sources: as `modules` gives them, each after those that it imports.

    >>> a, c = "export const A = 1;", 'import { A } from "../a.js";\nexport const C = A;'
    >>> print(script({"a.js": a, "b/c.js": c}))
    (() => {
    const MODULES = {};
    MODULES["a.js"] = (() => {
    const A = 1;
    return { A };
    })();
    MODULES["b/c.js"] = (() => {
    const { A } = MODULES["a.js"];
    const C = A;
    return { C };
    })();
    return MODULES;
    })()
    """
    parts = [f'MODULES["{path}"] = {_as_function(path, source)};' for path, source in sources.items()]
    return "\n".join(["(() => {", "const MODULES = {};", *parts, "return MODULES;", "})()"])


def _as_function(path: str, source: str) -> str:
    """A module as a function that is called at once, so that its own names stay its own."""

    def imported(found: re.Match[str]) -> str:
        return f'const {found[1]} = MODULES["{normpath(join(dirname(path), found[2]))}"];'

    body = re.sub(r'^import (\{[^}]*\}) from "([^"]+)";', imported, source, flags=re.MULTILINE)
    return "\n".join(["(() => {", without_exports(body).rstrip(), f"return {{ {', '.join(_exports(body))} }};", "})()"])


def without_exports(source: str) -> str:
    """A module as a script on its own."""
    return re.sub(r"^export ", "", source, flags=re.MULTILINE)


def _exports(source: str) -> list[str]:
    return re.findall(r"^export (?:const|(?:async )?function) (\w+)", source, flags=re.MULTILINE)


def grammar() -> dict[str, Any]:
    """What the grammar and the messages are made of, as data."""
    return {
        "sizes": {
            "nesting": reading.MAX_NESTING,
            "chain": reading.MAX_CHAIN,
            "length": reading.MAX_LENGTH,
            "name": reading.LONGEST_NAME,
            "expression": refusals.LONGEST_NAME,
            "before": mistakes.BEFORE,
            "widest": mistakes.WIDEST,
            "readable": printing.LONGEST_STR,
            "deepest": printing.DEEPEST,
            "kept": wording.WIDEST_KEPT,
        },
        "levels": {"sum": SUM.level, "product": PRODUCT.level, "sign": SIGN.level, "call": CALL.level},
        "infix": {sign: row.name for sign, row in reading.INFIX.items()},
        "aliases": reading.ALIASES,
        "constants": {name: plain(number) for name, number in parsing.CONSTANTS.items()},
        "reserved": [*RULES, *reading.ALIASES, *parsing.CONSTANTS],
        "keywords": reading.KEYWORDS,
        "truths": reading.TRUTHS,
        "typed": {chr(typed): read for typed, read in reading.TYPED.items()},
        "unread": reading.UNREAD,
        "raised": reading.RAISED,
        "mistakes": mistakes.MISTAKES,
        "otherNames": parsing.OTHER_NAMES,
        "otherNumbers": parsing.OTHER_NUMBERS,
        "inputs": {"patterns": inputs.PATTERNS, "farther": inputs.FARTHER},
        "ordinals": show.ORDINALS,
        "greek": printing.GREEK,
        "parameter": printing.PARAMETER.pattern,
        "trace": {"format": trace_json.FORMAT, "version": trace_json.VERSION, "records": trace_json.records()},
    }


LEAF, CONSTANT = -1, -2  # in the column `rule`


def nodes(graph: Graph) -> dict[str, Any]:
    """A graph as the engine reads it: its nodes in topological order, in columns, since there may be very many.

    Returns:
        `rules`, the names of the rows that occur; `rule`, for each node which of them made it, or -1 for a leaf and -2
        for a constant; `sizes`, how many arguments the nodes of a row of many have; `args`, the arguments of all nodes,
        one after the other, by number: counted from the first node, or below 0 back from their user, whichever is
        shorter, as in `nodes[-1]`; `numbers` of the leaves and constants; `labels` by the number of a node; `groups`,
        for each part of a model the numbers of its parameters.

    Raises:
        StaleGraphError: if a number changed after the graph was made: the page computes it again, and differently.

    >>> x, w = Value(3.0, label="x"), Value(0.5, label="l1.n1.w1")
    >>> for name, column in nodes(Graph(2 * x + w)).items():
    ...     print(name, column)
    rules ['mul', 'add']
    rule [-2, -1, 0, -1, 1]
    sizes []
    args [0, 1, 2, 3]
    numbers [2.0, 3.0, 0.5]
    labels {1: 'x', 3: 'l1.n1.w1'}
    groups {'l1.n1': [3]}
    given {}
    """
    graph.validate()
    rules = {node.op: node.rule for node in graph.nodes if node.args}
    places = {name: place for place, name in enumerate(rules)}
    made = [(number, node, graph.arguments[number]) for number, node in enumerate(graph.nodes) if node.args]
    return {
        "rules": list(rules),
        "rule": [places[node.op] if node.args else CONSTANT if node.is_constant else LEAF for node in graph.nodes],
        "sizes": [len(args) for _, node, args in made if node.rule and node.rule.many],
        "args": [_shorter(arg, arg - number) for number, _, args in made for arg in args],
        "numbers": [plain(node.data) for node in graph.nodes if not node.args],
        "labels": {number: node.label for number, node in enumerate(graph.nodes) if node.label},
        "groups": _groups(graph),
        "given": {number: _given(node, node.rule) for number, node, _ in made if node.rule and missing_in(node.rule)},
    }


def _given(node: Value, row: Rule) -> dict[str, Any]:
    """What the page cannot compute."""
    constants = [arg.data if arg.is_constant else None for arg in node.args]
    numbers = {"data": plain(node.data), "partials": [plain(partial) for partial in node.partials]}
    kinds = {"text": False, "latex": True}
    wordings = {kind: wording.local_derivatives(row, constants, latex=latex) for kind, latex in kinds.items()}
    return numbers | {kind: [_pieces(words) for words in found] for kind, found in wordings.items()}


def _pieces(words: wording.Wording) -> list[Any]:
    """A wording as the page has it."""
    return [
        {"position": piece.position, "inBrackets": piece.in_brackets} if isinstance(piece, wording.Slot) else piece
        for piece in words
    ]


def _shorter(place: int, back: int) -> int:
    """Of two ways to write the number of a node the one with fewer characters."""
    return place if len(str(place)) <= len(str(back)) else back


def _groups(graph: Graph) -> dict[str, list[int]]:
    """The parameters of each part of a model: `nn` labels them by its path, such as l1.n1.w2."""
    found: dict[str, list[int]] = {}
    for number, node in enumerate(graph.nodes):
        part, _, name = node.label.rpartition(".")
        if part and name.isidentifier() and not node.args and not node.is_constant:
            found.setdefault(part, []).append(number)
    return found
