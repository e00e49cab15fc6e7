"""How is what was typed after `tinygrad-edu` read, and what is said of it if it cannot be?

    tinygrad-edu stpe        there is no command stpe; write instead: tinygrad-edu step
    --lang de                the choices are en, zh; write instead: --lang en

Python's argparse reads the line. Its errors get the four parts of the others here, and its help the width of the
terminal, where a command to copy stays on a line of its own.

Names to know: `Parser`, `OneOf`, `one_of`, `quoted`. Read next: `values.py`.
"""

from __future__ import annotations

import argparse
import re
import shlex
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from tinygrad_edu.choices import nearest
from tinygrad_edu.errors import OptionError
from tinygrad_edu.show import cut, printable

PROGRAM = "tinygrad-edu"
WIDEST, HELP_COLUMN = 80, 26  # of the help
AMBIGUOUS = re.compile(r"ambiguous option: (?P<option>.*) could match (?P<options>.*)", re.DOTALL)  # argparse's words
LONGEST = 60  # characters of what was typed, in a message
LANG = "--lang"
BILINGUAL = ("step", "draw", "lab", "playground", "worksheet", "grade", "course")  # the commands with that option
IN_DOUBLE_QUOTES = frozenset('"$`\\!')  # what a shell reads there


class UsageError(OptionError):
    """A command line that is not understood: exit code 2."""


class Help(argparse.RawDescriptionHelpFormatter):
    """Prose in the width of the terminal; an indented line is a command to copy, and stays whole."""

    def __init__(self, prog: str, **settings: Any) -> None:
        super().__init__(prog, max_help_position=HELP_COLUMN, **settings)
        self._width = min(self._width, WIDEST)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        """Private in argparse, and the one place where it wraps a description."""
        lines: list[str] = []
        for paragraph in text.split("\n\n"):
            prose: list[str] = []
            for line in paragraph.split("\n"):
                if line.startswith(" "):
                    lines += [*_wrapped(prose, width), line]
                    prose = []
                else:
                    prose.append(line)
            lines += [*_wrapped(prose, width), ""]
        return "\n".join(indent + line if line else line for line in lines[:-1])


def _wrapped(prose: list[str], width: int) -> list[str]:
    return textwrap.wrap(" ".join(prose), width, break_on_hyphens=False, break_long_words=False)


class Flag(argparse.Action):
    """An option without a value."""

    def __init__(self, option_strings: Sequence[str], dest: str, **settings: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, default=False, **settings)

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, _: object, option: str | None = None
    ) -> None:
        """Keep that it is there, once or more often."""
        if isinstance(parser, Parser):
            parser.given.setdefault(self.dest, str(option))
        setattr(namespace, self.dest, True)


class Parser(argparse.ArgumentParser):
    """Python's own parser, with errors in four parts, safe to print.

    Args:
        example: a command to paste.
        settings: as argparse takes them.

    Attributes:
        given: the options that were there, each with its value as it was typed.
    """

    def __init__(self, *, example: str = f"{PROGRAM} --help", **settings: Any) -> None:
        self.example = example
        self.given: dict[str, str] = {}
        super().__init__(formatter_class=Help, exit_on_error=False, **settings)
        self.register("action", "store_true", Flag)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # argparse has it overloaded
        """As argparse's.

        Raises:
            UsageError: if the line is not understood.
        """
        self.given = {}
        try:
            return super().parse_known_args(args, namespace)
        except argparse.ArgumentError as error:
            raise self._explained(error) from None

    def note(self, action: argparse.Action, option: str | None, value: str) -> None:
        """Note that an option is there.

        Raises:
            UsageError: if it was there before: one of its two values would be lost without a word.
        """
        said = f"{option} {value}" if option else value
        if option and action.dest in self.given:
            asked = f"{self.prog}: {cut(self.given[action.dest], LONGEST)} {cut(said, LONGEST)}"
            raise UsageError(printable(asked), "this option is there twice", instead=printable(said))
        self.given[action.dest] = said

    def _explained(self, error: argparse.ArgumentError) -> UsageError:
        """It follows from the option what is wrong: what excludes it is there, it takes no value, or it needs one."""
        names = {"/".join(action.option_strings): action for action in self._actions}  # private, as it lists none
        action = names.get(str(error.argument_name))
        if action is None:
            self.error(str(error))
        option, others = action.option_strings[0], self._excluded_by(action)
        wanted, example = getattr(action, "wanted", "a value"), getattr(action, "example", "")
        if others:
            asked, instead = (
                f"{self.prog}: {option} with {others[0]}",
                f"{option} {example}".strip() + f", or {others[0]}",
            )
            return UsageError(printable(asked), "only one of the two is possible", instead=printable(instead))
        if action.nargs == 0:
            return UsageError(f"{self.prog}: {option}=…", "this option takes no value", instead=option)
        return UsageError(f"{self.prog}: {option}", f"its value is missing: {wanted}", instead=f"{option} {example}")

    def _excluded_by(self, action: argparse.Action) -> list[str]:
        """What is there and cannot stand beside an option, as it was typed."""
        groups = [group._group_actions for group in self._mutually_exclusive_groups]  # private, as above
        beside = [other.dest for group in groups if action in group for other in group if other is not action]
        return [self.given[dest] for dest in beside if dest in self.given]

    def error(self, message: str) -> NoReturn:
        """What was not understood.

        Raises:
            UsageError: always.
        """
        everything = f"\n  all options:    {self.prog} --help"
        if ambiguous := AMBIGUOUS.fullmatch(message):
            asked, first = f"{self.prog} {ambiguous['option']}", ambiguous["options"].partition(",")[0]
            wrong = f"it may be any of {ambiguous['options']}"
            raise UsageError(printable(asked), printable(wrong), instead=f"{self.prog} … {first}{everything}")
        said = message.replace("the following arguments are required:", "this is missing:")
        raise UsageError(self.prog, printable(said), instead=self.example + everything)

    def check_all_read(self, left: Sequence[str]) -> None:
        """Check that nothing is left over.

        Raises:
            UsageError: if there is; an option gets the name of the nearest one.
        """
        if not left:
            return
        asked = cut(left[0], LONGEST)
        if not asked.startswith("-"):
            self.error(f"{asked} is one too many")
        options = list(self._option_string_actions)  # private, as above
        name = asked.partition("=")[0]
        if name == LANG:
            speaking = f"{', '.join(BILINGUAL[:-1])} and {BILINGUAL[-1]}"
            self.error(f"this command speaks English alone; {LANG} is for {speaking}（这个命令只有英文）")
        close = [option for option in options if option.startswith(name)] or nearest(name, options)
        wrong = f"there is no option {asked}"
        if not close:
            self.error(wrong)
        raise UsageError(f"{self.prog} {printable(asked)}", printable(wrong), instead=f"{self.prog} … {close[0]}")


class OneOf(argparse.Action):
    """An option whose value is one of some names, which its help shows.

    Args:
        option_strings: the option.
        dest: where the value goes.
        names: the choices.
        reading: the choice that a text means, or else the text.
        settings: as argparse takes them.
    """

    def __init__(
        self,
        option_strings: Sequence[str],
        dest: str,
        names: Sequence[str],
        reading: Callable[[str], str] = str,
        **settings: Any,
    ) -> None:
        super().__init__(option_strings, dest, metavar=f"{{{','.join(names)}}}", **settings)
        self.reading = reading
        self.names, self.wanted, self.example = names, f"one of {', '.join(names)}", names[0]

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, value: Any, option: str | None = None
    ) -> None:
        """Keep the value.

        Raises:
            OptionError: if it is not one of the choices.
            UsageError: if the option is there twice.
        """
        if isinstance(parser, Parser):
            parser.note(self, option, value)
        setattr(namespace, self.dest, one_of(str(option), self.reading(value), self.names))


def one_of(option: str, given: str, names: Iterable[str], command: str = "") -> str:
    """A name that is one of the choices.

    Args:
        option: what the name follows.
        given: the name.
        names: the choices.
        command: what the name follows, in a command to paste; if not given, the option.

    Raises:
        OptionError: if it is not; with the nearest one.

    >>> one_of("--lang", "zh", ["en", "zh"])
    'zh'
    >>> one_of("--lang", "eng", ["en", "zh"])
    Traceback (most recent call last):
    ...
    tinygrad_edu.errors.OptionError: --lang eng
      what is wrong:  the choices are en, zh
      write instead:  --lang en
    """
    choices = list(names)
    if given in choices:
        return given
    best = [*nearest(given, choices), *choices][0]
    asked = f"{option} {cut(given, LONGEST)}".strip()
    raise OptionError(printable(asked), f"the choices are {', '.join(choices)}", instead=f"{command or option} {best}")


def quoted(text: str) -> str:
    r"""A text as a shell takes it for one argument.

    >>> quoted("(x + y) * z"), quoted("x=2"), quoted('a "b" $c')
    ('"(x + y) * z"', 'x=2', '\'a "b" $c\'')
    """
    if shlex.quote(text) == text:
        return text
    return shlex.quote(text) if IN_DOUBLE_QUOTES & set(text) else f'"{text}"'
