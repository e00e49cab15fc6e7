r"""What did a student predict on the page, and is it what the page says?

    read_predictions("A3N-VD89D", f)            the code that the page shows
    read_predictions("predictions.json", f)     the file that it saves

The code is one letter for each question, in the order of the page, with a count before a letter that repeats: R is
right at the first answer, S shown, N not answered, U a wrong number, and any other letter the usual mistake that was
made. The last five characters are a checksum over the letters, the formula and its numbers: they find a slip of the
pen, or the code of another exercise. They are no proof against a reader of this file.

Names to know: `read_predictions`, `Predictions`. Read next: `viz/sheets/friendly.py`.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinygrad_edu.errors import FileError, GraphError
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import aligned, counted
from tinygrad_edu.steps.chain_rule import chain_rule
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep
from tinygrad_edu.text.printing import to_text
from tinygrad_edu.value import Value
from tinygrad_edu.viz.page.link import exactly
from tinygrad_edu.viz.page.strings import strings

LETTERS = {
    "right": "R",
    "shown": "S",
    "open": "N",
    "wrong": "U",
    "path": "P",
    "ahead": "C",
    "twice": "T",
    "sign": "M",
    "output": "X",
    "upstream": "G",
    "local": "L",
    "early": "E",
    "other": "A",
    "bracket": "B",
    "plus": "D",
    "quotient": "Q",
    "value": "V",
    "swapped": "W",
    "operation": "F",
    "argument": "K",
}  # of a code: how a question ended, or the mistake behind the first answer; the page gets them from here
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O or U, which look or sound like others
LENGTH = 5  # characters of a checksum: 25 bits
FITS = "the code fits the formula and its numbers"
FITS_NOT = "THE CODE DOES NOT FIT: a character is wrong, or it is of another formula or other numbers"
_MEANINGS = {letter: name for name, letter in LETTERS.items()}


@dataclass(frozen=True, slots=True)
class Prediction:
    """One question, and how it ended.

    Attributes:
        position: of its step on the page.
        what: what was asked: "∂f/∂x", or on the way forward "q".
        ended: "right" at the first answer, "shown", "open", or the mistake behind a wrong one; a key of `LETTERS`.
    """

    position: int
    what: str
    ended: str


class Predictions:
    """What a student predicted, read from a code; prints as a table.

    Attributes:
        questions: a `Prediction` for each.
        ok: whether the checksum fits the letters, the formula and its numbers.
    """

    def __init__(self, questions: tuple[Prediction, ...], ok: bool, lang: str = "en") -> None:
        self.questions = questions
        self.ok = ok
        self._strings = strings(lang)

    @property
    def right(self) -> int:
        """How many were right at the first answer."""
        return sum(each.ended == "right" for each in self.questions)

    @property
    def mistakes(self) -> Counter[str]:
        """How often each mistake was made; "wrong" is one of no usual kind."""
        return Counter(each.ended for each in self.questions if each.ended not in ("right", "shown", "open"))

    def __str__(self) -> str:
        rows = [(f"step {each.position}", each.what, self._said(each.ended)) for each in self.questions]
        head = f"{self.right} of {counted(len(self.questions), 'question')} right at the first answer"
        return "\n".join([head, *aligned(rows), FITS if self.ok else FITS_NOT])

    __repr__ = __str__

    def _said(self, ended: str) -> str:
        words = {"right": "right", "open": "not answered", "wrong": self._strings["mistake_name_unknown"]}
        return words.get(ended) or self._strings[f"mistake_name_{ended}"]


def read_predictions(handed_in: str | Path, f: Value) -> Predictions:
    """Read what a student handed in from predict mode: the code, or the file with the result.

    Args:
        handed_in: the code as the page shows it; or the path of the saved file, which ends in .json.
        f: the output of the graph that was asked about, with the same numbers.

    Raises:
        FileError: if there is no such code, or the file holds no result.
        GraphError: if `f` has another number of questions.

    >>> from tinygrad_edu import parse
    >>> read_predictions("A3N-VD89D", parse("q = x + y; f = q * z", x=-2, y=5, z=-4))
    0 of 4 questions right at the first answer
    step 4  ∂f/∂q  the local derivative by another argument
    step 5  ∂f/∂z  not answered
    step 6  ∂f/∂x  not answered
    step 7  ∂f/∂y  not answered
    the code fits the formula and its numbers
    """
    code = _code_of(handed_in)
    letters, check = _split(code)
    questions = _questions(f, len(letters), code)
    found = [
        Prediction(position, what, _MEANINGS[letter])
        for (position, what), letter in zip(questions, letters, strict=True)
    ]
    return Predictions(tuple(found), check == checksum("\n".join([letters, *_described(Graph(f))])))


def _code_of(handed_in: str | Path) -> str:
    """The code itself, or the one in a file; of a file, only if it says the same as its questions."""
    if not str(handed_in).endswith(".json"):
        return str(handed_in)
    asked = f"read_predictions({str(handed_in)!r}, f)"
    try:
        result = json.loads(Path(handed_in).read_text(encoding="utf-8"))
        letters = "".join(_letter(question) for question in result["questions"])
        code = str(result["code"])
    except (ValueError, KeyError, TypeError) as error:
        raise FileError(
            asked, "the file holds no result of predict mode", instead="the file that the page saved"
        ) from error
    if letters != _split(code)[0]:
        raise FileError(asked, "its code says something else than its questions: it was changed afterwards")
    return code


def _letter(question: Mapping[str, Any]) -> str:
    return LETTERS[question["mistake"] or question["verdict"]]


def _split(code: str) -> tuple[str, str]:
    """The letters of a code, each as often as it stands for, and its checksum."""
    runs, dash, check = code.strip().upper().rpartition("-")
    parts = re.findall(r"(\d*)([A-Z])", runs)
    if not dash or not re.fullmatch(r"(\d*[A-Z])+", runs) or any(letter not in _MEANINGS for _, letter in parts):
        raise FileError(
            f"read_predictions({code!r}, f)",
            "a code is letters for the questions, a hyphen, and five characters",
            instead='read_predictions("3RP2R-7K2QX", f), as the page shows it',
        )
    return "".join(letter * int(count or 1) for count, letter in parts), check


def _questions(f: Value, count: int, code: str) -> list[tuple[int, str]]:
    """The position of each question and what it asks: the steps back, or with the values those forward too."""
    steps = list(enumerate(chain_rule(f), start=1))
    back = [(position, f"∂{step.output}/∂{step.argument}") for position, step in steps if isinstance(step, EdgeStep)]
    forward = [(position, step.name) for position, step in steps if isinstance(step, ForwardStep)]
    for questions in (back, forward + back):
        if len(questions) == count:
            return questions
    both = f"{len(back)}, or {len(forward) + len(back)} with the values"
    raise GraphError(
        f"read_predictions({code!r}, f)",
        f"the code answers {counted(count, 'question')}, but f has {both}",
        instead="read_predictions(code, f), with the f that was asked about",
    )


def _described(graph: Graph) -> list[str]:
    """What the checksum is over, besides the letters: the formula, and the numbers of its leaves in full."""
    numbers = [f"{graph.name(leaf)}={exactly(leaf.data)}" for leaf in graph.leaves]
    return [to_text(graph.output), *numbers]


def checksum(text: str) -> str:
    """Five characters that depend on every character of a text: 25 bits of its CRC-32.

    >>> checksum("f = x * y"), checksum("f = x + y")
    ('EASJ0', 'SV3PW')
    """
    rest, found = zlib.crc32(text.encode()), ""
    for _ in range(LENGTH):
        rest, digit = divmod(rest, len(ALPHABET))
        found += ALPHABET[digit]
    return found
