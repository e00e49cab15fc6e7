"""How does one write an engine of one's own, from a number to a trained neuron?

    begin(folder)       a file of stubs and a README; `check` says after every step what comes next

The chapters are those of the probes; each has a page in the guide.

Names to know: `begin`. Read next: `loading.py`.
"""

from __future__ import annotations

from pathlib import Path

from tinygrad_edu.checks.engines.probes import CHAPTERS, GUIDE
from tinygrad_edu.errors import FileError
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

Nine chapters, from a number to a trained neuron. After every change:

    tinygrad-edu check engine.py

It says what is right, what is wrong and where to look, and what comes next. With `--watch` it looks again at
every save.

{chapters}
"""
FILE = "engine.py"


def begin(folder: Path) -> list[Path]:
    """Write the first files of the course.

    Returns:
        Their paths.

    Raises:
        FileError: if one of them is there already: nobody's work is overwritten.
    """
    texts = {FILE: STUBS, "README.md": README.format(chapters=_chapters())}
    for name in texts:
        if (folder / name).exists():
            raise FileError(
                f"the course in {folder}",
                f"{folder / name} is there already, and is not overwritten",
                instead=f"another folder; or go on with it: tinygrad-edu check {folder / FILE}",
            )
    make_folder(folder)
    for name, text in texts.items():
        write_whole(folder / name, text.encode())
    return [folder / name for name in texts]


def _chapters() -> str:
    lines = [f"{number}. {title}: {GUIDE.format(page)}" for number, (page, title) in enumerate(CHAPTERS.items(), 1)]
    return "\n".join(lines)
