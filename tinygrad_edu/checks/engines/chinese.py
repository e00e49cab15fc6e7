"""How does a chapter of the course become Chinese?

    in_chinese(text, catalogue(page))    the Markdown of a chapter, with the translations of the guide

The guide is translated by catalogues (`docs/locale`), paragraph by paragraph; here the same ones are read, so that
there is one translation. Code stays as it is, and so does what has none.

Names to know: `in_chinese`, `catalogue`. Read next: `loading.py`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

CATALOGUES = (  # of the chapters: in an installed package, and in the repository
    Path(__file__).parents[2] / "course_zh",
    Path(__file__).parents[3] / "docs" / "locale" / "zh_CN" / "LC_MESSAGES" / "course",
)
MESSAGE = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)', re.MULTILINE)
BLOCK = re.compile(  # what is translated as one text, or not at all
    r"""(?P<folded>^```\{dropdown\}\ (?P<title>.*)\n(?P<inside>(?:.*\n)*?)^```$)
      | (?P<code>^```.*\n(?:.*\n)*?^```$ | ^\ {4}.*(?:\n+\ {4}.*)*)
      | (?P<row>^\|.*\|$)
      | (?P<mark>^(?:\#+|-|>|\d+\.)\ )?(?P<words>\S.*(?:\n(?!\ {4}|-\ |```|\||\#)\ *\S.*)*)""",
    re.MULTILINE | re.VERBOSE,
)


def catalogue(page: str) -> dict[str, str]:
    """The translations of a page, by the English text."""
    folder = next(folder for folder in CATALOGUES if folder.is_dir())
    text = (folder / f"{page}.po").read_text(encoding="utf-8")
    pairs = (tuple(ast.literal_eval(f"({part})") for part in found.groups()) for found in MESSAGE.finditer(text))
    return {english: chinese for english, chinese in pairs if english and chinese}


def in_chinese(text: str, known: Mapping[str, str]) -> str:
    r"""A chapter in Chinese.

    >>> known = {"2. Addition": r"2\. 加法", "Two numbers: `a`, `b`": "两个数：`a`、`b`"}
    >>> print(in_chinese("# 2. Addition\n\nTwo numbers:\n`a`, `b`\n\n    a + b", known))
    # 2. 加法
    <BLANKLINE>
    两个数：`a`、`b`
    <BLANKLINE>
        a + b
    """
    return BLOCK.sub(lambda block: _translated(block, known), text)


def _translated(block: re.Match[str], known: Mapping[str, str]) -> str:
    if block["folded"]:
        title, inside = known.get(block["title"], block["title"]), in_chinese(block["inside"], known)
        return f"```{{dropdown}} {title}\n{inside}```"
    if block["row"]:
        return "|".join(_cells(block["row"], known))
    if block["code"]:
        return block["code"]
    words = " ".join(block["words"].split())
    chinese = known[words].replace("\\. ", ". ") if words in known else block["words"]  # a number, and no list
    return (block["mark"] or "") + chinese


def _cells(row: str, known: Mapping[str, str]) -> Iterator[str]:
    """The cells of a row of a table, with the space around them."""
    for cell in row.split("|"):
        words = cell.strip()
        yield cell.replace(words, known[words]) if words in known else cell
