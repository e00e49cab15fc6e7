"""How can all code of a page be run? As a notebook beside the page, with a cell for each result.

A notebook has the headings of its page and the blocks that are marked as Python, in the order in which the tests run
them: what a block defines, those behind it use. Pages whose code needs files of the repository have none.

Names to know: `has_notebook`, `notebook_of`.
"""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes

WITHOUT = ("course/", "ladder/", "reference/")  # a program that grows, files of the repository, docstrings
DIRECTIVE = re.compile(r"\s*#\s*doctest:.*$", re.MULTILINE)
INTRODUCTION = (
    "The code of a page of the guide to tinygrad_edu. It needs the package; “Start” says how to install it.",
    "tinygrad_edu 指南中一页的代码。运行它需要先安装这个包，方法见“开始”一页。",
)
Cell = dict[str, Any]


def has_notebook(page: str, doctree: nodes.document) -> bool:
    """Whether a page has Python code that runs by itself."""
    return not page.startswith(WITHOUT) and any(map(is_python, doctree.findall(nodes.literal_block)))


def is_python(block: nodes.Element) -> bool:
    """Whether a block is marked as Python; an indented one is not, and need not run."""
    return block.get("language") == "python"


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
