"""How does one write an engine of one's own, from a number to a trained neuron?

    begin(folder)       a file of stubs, the chapters and a README; `check` says after every step what comes next
    chapter(name)       the text of one chapter

Both in English or Chinese. The chapters are those of the probes. Each is a page of the guide, and read from there.

Names to know: `begin`, `chapter`. Read next: `chinese.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tinygrad_edu.checks.engines.chinese import catalogue, in_chinese
from tinygrad_edu.checks.engines.probes import CHAPTERS
from tinygrad_edu.choices import unknown
from tinygrad_edu.errors import FileError, OptionError
from tinygrad_edu.files import make_folder, write_whole
from tinygrad_edu.steps.sentences import check_language

STUBS = {
    "en": '''\
"""My engine: numbers that remember how they were made."""


class Value:
    def __init__(self, data):
        # Chapter 1, a number: keep it as self.data; its gradient, self.grad, begins at 0.
        ...

    # Chapter 2, addition: a + b is a new Value, which remembers a and b.

    # Chapter 3, multiplication: a * b.

    # Chapters 4 to 6, backward(): fill in the gradient of everything that this Value was made of.

    # Chapter 7, more operations: a + 3, -a, a - b, a ** 3, a / b, 3 + a, 3 * a, 3 - a, 3 / a.

    # Chapter 8, functions: a.exp(), a.log(), a.tanh(), a.sigmoid(), a.relu().

    # Chapter 9, training: nothing new, but two sweeps, a neuron, ten steps downhill.
''',
    "zh": '''\
"""我的引擎：记得自己怎样得来的数。"""


class Value:
    def __init__(self, data):
        # 第 1 章，一个数：存成 self.data；它的梯度 self.grad 从 0 开始。
        ...

    # 第 2 章，加法：a + b 是一个新的 Value，它记得 a 和 b。

    # 第 3 章，乘法：a * b。

    # 第 4 到 6 章，backward()：填上得出这个 Value 的所有数的梯度。

    # 第 7 章，更多运算：a + 3、-a、a - b、a ** 3、a / b、3 + a、3 * a、3 - a、3 / a。

    # 第 8 章，函数：a.exp()、a.log()、a.tanh()、a.sigmoid()、a.relu()。

    # 第 9 章，训练：没有新东西，只是两次反向过程、一个神经元、十步下坡。
''',
}
README = {
    "en": """\
# My engine

Nine chapters, from a number to a trained neuron. Read one, write what it asks for into `engine.py`, and check it:

    tinygrad-edu check engine.py

The check says what is right, what is wrong and where to look, and what comes next. With `--watch` it looks again at
every save.

{chapters}
""",
    "zh": """\
# 我的引擎

九章，从一个数到训练好的神经元。读一章，把它要求的写进 `engine.py`，然后检查：

    tinygrad-edu check engine.py

检查说明什么对、什么错、该看哪里，以及接下来做什么。它的输出是英文的。加上 `--watch`，每次保存它都再看一遍。

{chapters}
""",
}
FILE = "engine.py"
FOLDER = "chapters"  # beside the file
PAGES = (  # of the guide: in an installed package, and in the repository
    Path(__file__).parents[2] / "course",
    Path(__file__).parents[3] / "docs" / "course",
)
FOLDED = re.compile(r"^```\{dropdown\} (?P<title>.*?)\n(?P<body>.*?)^```\n", re.MULTILINE | re.DOTALL)
ELSEWHERE = re.compile(r"\[([^]]*)\]\(\.\./[^)]*\)")  # a link to another part of the guide


def begin(folder: Path, lang: str = "en") -> list[Path]:
    """Write the first files of the course.

    Args:
        folder: for the files, new or not.
        lang: the language of the chapters, the README and the comments: "en" or "zh".

    Returns:
        The folder's engine and README.

    Raises:
        FileError: if one of them is there already: no work is overwritten.
        OptionError: if there is no such language.
    """
    check_language(lang, "begin(folder, {})")
    chapters = {page: chapter(page, lang=lang) for page in CHAPTERS}
    texts = {FILE: STUBS[lang], "README.md": README[lang].format(chapters=_contents(chapters))}
    for name in texts:
        if (folder / name).exists():
            raise FileError(
                f"the course in {folder}",
                f"{folder / name} is there already, and is not overwritten",
                instead=f"another folder; or go on with it: tinygrad-edu check {folder / FILE}",
            )
    make_folder(folder)  # of which an error speaks
    make_folder(folder / FOLDER)
    for page, text in chapters.items():
        write_whole(folder / FOLDER / f"{page}.md", text.encode())
    for name, text in texts.items():
        write_whole(folder / name, text.encode())
    return [folder / name for name in texts]


def chapter(name: str, *, solution: str = "folded", lang: str = "en") -> str:
    """The text of a chapter, in Markdown.

    Args:
        name: one of `CHAPTERS`, or its number from 1.
        solution: how a way to write it is given: "folded", "shown" or "left out".
        lang: "en" or "zh".

    Raises:
        OptionError: if there is no such chapter, or no such language.

    >>> chapter("2", solution="left out").splitlines()[0]
    '# 2. Addition'
    >>> chapter("2", lang="zh").splitlines()[0]
    '# 2. 加法'
    """
    check_language(lang, "chapter(name, {})")
    pages = dict(zip(map(str, range(1, len(CHAPTERS) + 1)), CHAPTERS, strict=True))
    page = pages.get(name, name)
    if page not in CHAPTERS:
        if name.lstrip("+-").isdecimal():
            wrong = f"the chapters are numbered from 1 to {len(CHAPTERS)}"
            raise OptionError(f"chapter {name}", wrong, instead='chapter("1")')
        raise unknown("chapter", name, CHAPTERS, call="course({})")
    folder = next(folder for folder in PAGES if folder.is_dir())
    text = (folder / f"{page}.md").read_text(encoding="utf-8")
    text = in_chinese(text, catalogue(page)) if lang == "zh" else text
    return ELSEWHERE.sub(r"\1", FOLDED.sub(SOLUTIONS[solution], text))


SOLUTIONS = {
    "folded": r"<details><summary>\g<title></summary>\n\n\g<body>\n</details>\n",
    "shown": r"**\g<title>**\n\n\g<body>",
    "left out": "",
}


def _contents(chapters: Mapping[str, str]) -> str:
    """The titles that the chapters begin with, "# 2. Addition", as links."""
    titles = {page: text.split("\n", 1)[0].removeprefix("# ").split(". ", 1) for page, text in chapters.items()}
    return "\n".join(f"{number}. [{title}]({FOLDER}/{page}.md)" for page, (number, title) in titles.items())
