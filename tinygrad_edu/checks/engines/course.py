"""How does one write an engine of one's own, from a number to a trained neuron?

    begin(folder)       a file of stubs, the chapters and a README; `check` says after every step what comes next
    chapter(name)       the text of one chapter

The chapters are those of the probes. Each is a page of the guide, and read from there.

Names to know: `begin`, `chapter`. Read next: `loading.py`.
"""

from __future__ import annotations

import re
from pathlib import Path

from tinygrad_edu.checks.engines.probes import CHAPTERS
from tinygrad_edu.choices import unknown
from tinygrad_edu.errors import FileError, OptionError
from tinygrad_edu.files import make_folder, write_whole

STUBS = '''\
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
'''
README = """\
# My engine

Nine chapters, from a number to a trained neuron. Read one, write what it asks for into `engine.py`, and check it:

    tinygrad-edu check engine.py

The check says what is right, what is wrong and where to look, and what comes next. With `--watch` it looks again at
every save.

{chapters}
"""
FILE = "engine.py"
FOLDER = "chapters"  # beside the file
PAGES = (  # of the guide: in an installed package, and in the repository
    Path(__file__).parents[2] / "course",
    Path(__file__).parents[3] / "docs" / "course",
)
FOLDED = re.compile(r"^```\{dropdown\} (?P<title>.*?)\n(?P<body>.*?)^```\n", re.MULTILINE | re.DOTALL)
ELSEWHERE = re.compile(r"\[([^]]*)\]\(\.\./[^)]*\)")  # a link to another part of the guide


def begin(folder: Path) -> list[Path]:
    """Write the first files of the course.

    Returns:
        The folder's engine and README.

    Raises:
        FileError: if one of them is there already: nobody's work is overwritten.
    """
    texts = {FILE: STUBS, "README.md": README.format(chapters=_contents())}
    for name in texts:
        if (folder / name).exists():
            raise FileError(
                f"the course in {folder}",
                f"{folder / name} is there already, and is not overwritten",
                instead=f"another folder; or go on with it: tinygrad-edu check {folder / FILE}",
            )
    make_folder(folder)  # of which an error speaks
    make_folder(folder / FOLDER)
    for page in CHAPTERS:
        write_whole(folder / FOLDER / f"{page}.md", chapter(page).encode())
    for name, text in texts.items():
        write_whole(folder / name, text.encode())
    return [folder / name for name in texts]


def chapter(name: str, *, solution: str = "folded") -> str:
    """The text of a chapter, in Markdown.

    Args:
        name: one of `CHAPTERS`, or its number from 1.
        solution: how a way to write it is given: "folded", "shown" or "left out".

    Raises:
        OptionError: if there is no such chapter.

    >>> chapter("2", solution="left out").splitlines()[0]
    '# 2. Addition'
    """
    pages = dict(zip(map(str, range(1, len(CHAPTERS) + 1)), CHAPTERS, strict=True))
    page = pages.get(name, name)
    if page not in CHAPTERS:
        if name.lstrip("+-").isdecimal():
            wrong = f"the chapters are numbered from 1 to {len(CHAPTERS)}"
            raise OptionError(f"chapter {name}", wrong, instead='chapter("1")')
        raise unknown("chapter", name, CHAPTERS, call="course({})")
    folder = next(folder for folder in PAGES if folder.is_dir())
    text = (folder / f"{page}.md").read_text(encoding="utf-8")
    return ELSEWHERE.sub(r"\1", FOLDED.sub(SOLUTIONS[solution], text))


SOLUTIONS = {
    "folded": r"<details><summary>\g<title></summary>\n\n\g<body>\n</details>\n",
    "shown": r"**\g<title>**\n\n\g<body>",
    "left out": "",
}


def _contents() -> str:
    lines = [f"{number}. [{title}]({FOLDER}/{page}.md)" for number, (page, title) in enumerate(CHAPTERS.items(), 1)]
    return "\n".join(lines)
