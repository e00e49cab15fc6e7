"""How is the value of an option read, and what is said if it cannot be?

    --epochs ten         it has to be a whole number, 1 or more; write instead: --epochs 40
    --lr 0,01            it has to be a number above 0; write instead: --lr 0.01
    --film moons.mp4     an animation is a file whose name ends in .gif or .html; write instead: --film moons.gif

A `Kind` is a row of a table: what a value has to be, in words and as a function, and one that can be.

Names to know: `Typed`, `Kind`, `whole`, `real`, `file_name`. Read next: `expressions.py`.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tinygrad_edu.cli.arguments import LONGEST, Parser, UsageError, quoted
from tinygrad_edu.errors import OptionError
from tinygrad_edu.files import why_unread
from tinygrad_edu.show import cut, printable, show
from tinygrad_edu.text.typed import number_typed


class Kind(NamedTuple):
    """What a value has to be.

    Attributes:
        wanted: in words.
        example: one that can be, as it is typed.
        read: the value that a text is; None if it is not of this kind.
        allows: whether a value can be.
        near: for a text that cannot be, one that can and is probably meant; "" if there is none.
        after: what follows it in the advice: other arguments, or what else may be meant.
    """

    wanted: str
    example: str
    read: Callable[[str], Any]
    allows: Callable[[Any], bool] = lambda _: True
    near: Callable[[str], str] = lambda _: ""
    after: str = ""


class Typed(argparse.Action):
    """An option or argument of some kind.

    Args:
        option_strings: the option.
        dest: where the value goes.
        kind: what the value has to be.
        settings: as argparse takes them.
    """

    def __init__(self, option_strings: Sequence[str], dest: str, kind: Kind, **settings: Any) -> None:
        super().__init__(option_strings, dest, **settings)
        self.wanted, self.example, self.kind = kind.wanted, kind.example, kind

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        """Keep the value.

        Raises:
            UsageError: if it is not of this kind, or if the option is there twice.
            OptionError: if it is, and cannot be.
        """
        if option is None and values is self.default:  # an argument that was left out
            return
        texts = values if isinstance(values, list) else [values]
        if isinstance(parser, Parser):
            parser.note(self, option, " ".join(map(quoted, texts)))
        found = [self._read(parser.prog, option, texts, text) for text in texts]
        setattr(namespace, self.dest, found if isinstance(values, list) else found[0])

    def _read(self, prog: str, option: str | None, texts: list[str], text: str) -> Any:
        value = self.kind.read(text)
        if value is not None and self.kind.allows(value):
            return value
        asked = " ".join(filter(None, [option, *(cut(quoted(each), LONGEST) for each in texts)]))
        wanted = f"each has to be {self.wanted}" if len(texts) > 1 else f"it has to be {self.wanted}"
        instead = f"{option or prog} {self._near(texts)}{self.kind.after}"
        if value is None:
            raise UsageError(f"{prog}: {printable(asked)}", wanted, instead=printable(instead))
        raise OptionError(printable(asked), wanted, instead=printable(instead))

    def _near(self, texts: list[str]) -> str:
        """All values, those that cannot be replaced by what is probably meant; if that is not known, the example."""
        found = [text if self._can_be(text) else self.kind.near(text) for text in texts]
        is_good = all(each and len(each) <= LONGEST and not each.startswith("-") for each in found)
        return " ".join(map(quoted, found)) if is_good else self.example

    def _can_be(self, text: str) -> bool:
        value = self.kind.read(text)
        return value is not None and self.kind.allows(value)


# Kinds of values


def whole(least: int, most: int | None = None, *, example: str) -> Kind:
    """A whole number in a range.

    >>> whole(1, 200, example="30").wanted, whole(0, example="1").wanted
    ('a whole number from 1 to 200', 'a whole number, 0 or more')
    >>> whole(1, 200, example="30").near("1000"), whole(1, example="40").near("10.0")
    ('200', '10')
    """

    def near(text: str) -> str:
        number = number_typed(text.replace(",", "."))
        if number is None or not math.isfinite(number) or round(number) < least:
            return ""
        return str(round(number) if most is None else min(most, round(number)))

    wanted = f"a whole number, {least} or more" if most is None else f"a whole number from {least} to {most:,}"
    return Kind(
        wanted, example, _whole_typed, lambda number: least <= number and (most is None or number <= most), near
    )


def real(wanted: str, example: str, allows: Callable[[float], bool]) -> Kind:
    """A number, written as anywhere in the package: 0.5, 1/2, 5e-1.

    >>> real("a number above 0", "0.01", lambda number: number > 0).near("0,05")
    '0.05'
    """

    def near(text: str) -> str:
        number = number_typed(text.replace(",", ".", 1))
        if text.endswith("%"):
            share = number_typed(text.removesuffix("%"))
            number = None if share is None else share / 100
        return show(number) if number is not None and allows(number) else ""

    return Kind(wanted, example, number_typed, allows, near)


def file_name(what: str, suffixes: Sequence[str], example: str, *, any_case: bool = True) -> Kind:
    """The name of a file of some formats, which its suffix chooses, in capital letters too if `any_case`.

    >>> kind = file_name("an animation", [".gif", ".html"], "film.gif")
    >>> kind.wanted, kind.near("moons.mp4"), kind.allows(Path("moons.gif"))
    ('the name of an animation, which ends in .gif or .html', 'moons.gif', True)
    """
    *others, last = suffixes
    ends = f"{', '.join(others)} or {last}" if others else last
    wanted = f"the name of {what}, which ends in {ends}"

    def allows(path: Path) -> bool:
        return (path.suffix.lower() if any_case else path.suffix) in suffixes

    return Kind(wanted, example, _path_typed, allows, lambda text: _renamed(text, suffixes))


def folder_name(example: str) -> Kind:
    """The name of a folder."""
    return Kind("the name of a folder", example, _path_typed)


def words(wanted: str, example: str) -> Kind:
    """A text that is not empty: a name, an address."""
    return Kind(wanted, example, lambda text: text if text.strip() else None)


def _whole_typed(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:  # also of a number with more digits than Python reads
        return None


def _path_typed(text: str) -> Path | None:
    return Path(text) if text.strip() else None


def _renamed(text: str, suffixes: Sequence[str]) -> str:
    """The same name with a suffix that can be; "" for what is not the name of a file."""
    path = Path(text)
    if not path.name or path.is_dir():
        return ""
    lower = path.suffix.lower()
    return str(path.with_suffix(lower if lower in suffixes else suffixes[0]))


PAGE = file_name("a page", (".html", ".htm"), "f.html")
COLUMN = words("the name of a column", "species")


# Files to be read


def check_there(path: Path, usual: str, command: str, *, otherwise: tuple[str, str], behind: str = "") -> None:
    """Check that a file can be read, before it is needed.

    Args:
        path: the file.
        usual: the suffix of such files.
        command: what it follows; with the name of a file beside it that is probably meant, this is what to write.
        otherwise: if there is none such, another way, in words, and its command.
        behind: what follows the file, in the command.

    Raises:
        OptionError: if it cannot.
    """
    wrong, meant = why_unread(path, usual)
    if wrong and meant:
        instead = " ".join(filter(None, [command, quoted(printable(meant)), behind]))
        raise OptionError(printable(path), wrong, instead=instead)
    if wrong:
        way, instead = otherwise
        raise OptionError(printable(path), f"{wrong}; {way}", instead=instead)
