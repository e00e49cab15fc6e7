"""How can all code of a page be run? As a notebook beside the page, with a cell for each result.

A notebook has the headings of its page and the blocks that are marked as Python, in the order in which the tests run
them: what a block defines, those behind it use. The example of a docstring runs by itself, after the imports of the
names that its module has. Pages whose code needs files of the repository have no notebook.

Names to know: `has_notebook`, `notebook_of`, `is_example`.
"""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from docutils import nodes
from sphinx import addnodes

import tinygrad_edu

WITHOUT = ("course/", "ladder/")  # a program that grows, files of the repository
FRONT = (tinygrad_edu, tinygrad_edu.nn, tinygrad_edu.viz)  # where a reader imports from, if a name is there
DIRECTIVE = re.compile(r"\s*#\s*doctest:.*$", re.MULTILINE)
INTRODUCTION = (
    "The code of a page of the guide to tinygrad_edu. It needs the package; “Start” says how to install it.",
    "tinygrad_edu 指南中一页的代码。运行它需要先安装这个包，方法见“开始”一页。",
)
Cell = dict[str, Any]


def has_notebook(page: str, doctree: nodes.document) -> bool:
    """Whether a page has Python code that runs by itself."""
    return not page.startswith(WITHOUT) and any(is_python(block) or is_example(block) for block in doctree.findall())


def is_python(block: nodes.Node) -> bool:
    """Whether a block is marked as Python; an indented one is not, and need not run."""
    return isinstance(block, nodes.literal_block) and block.get("language") == "python"


def is_example(block: nodes.Node) -> bool:
    """Whether a block is the example of a docstring."""
    return isinstance(block, nodes.doctest_block) and described(block) is not None


def described(block: nodes.Node) -> tuple[str, str] | None:
    """Whose docstring a block is in: the module and the name in it, as the reference has them."""
    node = block.parent
    while node is not None and not isinstance(node, addnodes.desc):
        node = node.parent
    return None if node is None else (node[0]["module"], node[0]["fullname"])


def imports_of(block: nodes.Node) -> list[str]:
    """What has to be imported for the example of a docstring: the names of its module that are in it."""
    home = _home(*(described(block) or ("builtins", "")))
    code = "".join(example.source for example in doctest.DocTestParser().get_examples(block.astext()))
    used = sorted({node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)} & vars(home).keys())
    return list(dict.fromkeys(_import(name, home) for name in used))


def _home(module: str, name: str) -> ModuleType:
    """The module that an object was written in."""
    home: Any = importlib.import_module(module)
    found: Any = home
    for part in name.split(".") if name else ():
        found = inspect.unwrap(getattr(found, part))
        home = inspect.getmodule(found) or home
    return home


def _import(name: str, home: ModuleType) -> str:
    """The line that imports a name, from where a reader would.

    >>> from tinygrad_edu.viz import plots
    >>> _import("MLP", plots), _import("np", plots), _import("scatter", plots)
    ('from tinygrad_edu.nn import MLP', 'import numpy as np', 'from tinygrad_edu.viz.plots import scatter')
    """
    value = vars(home)[name]
    if isinstance(value, ModuleType) and "." not in value.__name__:
        return f"import {value.__name__}" + ("" if name == value.__name__ else f" as {name}")
    front = next((module for module in FRONT if vars(module).get(name) is value), home)
    return f"from {front.__name__} import {name}"


def notebook_of(doctree: nodes.document, side: int) -> dict[str, Any]:
    """The notebook of a page, in the language of its headings: 0 for English, 1 for Chinese."""
    cells = [*_cells(doctree, side)]
    return {
        "cells": [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cells(doctree: nodes.document, side: int) -> Iterator[Cell]:
    """Headings that have code below them, and the code."""
    headings: dict[int, str] = {}
    for node in doctree.findall():
        if isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
            depth = _depth(node)
            headings = {level: text for level, text in headings.items() if level < depth}
            headings[depth] = f"{'#' * depth} {node.astext()}"
        elif isinstance(node, nodes.literal_block) and is_python(node):
            for level, heading in headings.items():
                yield _markdown(f"{heading}\n\n{INTRODUCTION[side]}" if level == 1 else heading)
            headings = {}
            yield from code_cells(node.astext())
        elif is_example(node):
            yield from _example_cells(node)


def _example_cells(block: nodes.Node) -> Iterator[Cell]:
    """The example of a docstring, below the name of what it is about, after its imports."""
    module, name = described(block) or ("", "")
    yield _markdown(f"### {module}.{name}")
    if lines := imports_of(block):
        yield _code("\n".join(lines), fails=False)
    yield from code_cells(block.astext())


def _depth(node: nodes.Node | None) -> int:
    return 0 if node is None else isinstance(node, nodes.section) + _depth(node.parent)


def _markdown(text: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code_cells(block: str) -> Iterator[Cell]:
    r"""A cell for each result that a block shows; what is to fail on purpose does not stop the cells behind it.

    >>> [cell["source"] for cell in code_cells(">>> x = 2\n>>> x\n2\n>>> x + 1\n3")]
    ['x = 2\nx', 'x + 1']
    """
    examples = doctest.DocTestParser().get_examples(block)
    source = ""
    for example in examples:
        source += example.source
        if example.want:
            yield _code(source, fails=example.exc_msg is not None)
            source = ""
    if source or not examples:
        yield _code(source or block, fails=False)


def _code(source: str, *, fails: bool) -> Cell:
    metadata = {"tags": ["raises-exception"]} if fails else {}
    text = DIRECTIVE.sub("", source).rstrip("\n")
    return {"cell_type": "code", "metadata": metadata, "source": text, "execution_count": None, "outputs": []}
