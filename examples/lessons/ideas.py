"""What is a lesson made of?

Of ideas. Each has a few words, a question to be answered before its result is seen, and a program that prints the
result. A lesson run as a program prints all results; `tinygrad-edu lesson NAME` tells one idea after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple


class Idea(NamedTuple):
    """One idea of a lesson.

    Attributes:
        title: what it is about.
        text: what has to be known to answer.
        question: what comes out? The answer is a number, or one of the words that the question names.
        show: prints the result, and returns the answer, which it takes from the run itself.
    """

    title: str
    text: str
    question: str
    show: Callable[[], float | str]


def show_all(ideas: Iterable[Idea]) -> None:
    """Print the results of all ideas.

    >>> show_all([Idea("a sum", "1 + 1", "What is it?", lambda: print("it is 2") or 2)])
    it is 2
    """
    for place, idea in enumerate(ideas):
        if place:
            print()
        idea.show()


def print_files(files: Iterable[Path]) -> None:
    """Say which files were written."""
    print()
    for file in files:
        print(f"wrote {file}")
