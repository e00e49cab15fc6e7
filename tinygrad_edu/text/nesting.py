"""How deep will Python's parser go into a text?

It calls itself for every bracket, sign and power inside another, and its tree is as deep as a sum is long. In a thread
with a small stack that can end the whole process, without an error. So the depth is counted before the text is parsed,
in one pass over its tokens:

    -(x ** -y)      nested 4: a sign, a bracket, a power, a sign
    a + b + c + d   a chain of 3: the tree of Python is ((a + b) + c) + d

If the text is not an expression, the counts may be too high, but never too low.

Names to know: `depths`. Read next: `printing.py`.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

TOKEN = re.compile(
    r"""(?P<nothing>    \#[^\n'"]*$ | [^\S\n]+ | \\\n )
      | (?P<line_end>   \n )
      | (?P<opening>    [(\[{] )
      | (?P<closing>    [)\]}] )
      | (?P<keyword>    (?:"""
    + "|".join(keyword.kwlist)
    + r""")\b )
      | (?P<operand>    (?i: 0[xob][\da-f_]+ | \.?\d[\d_.]*(?:e[+-]?\d[\d_]*)?j? ) | [\w\x80-\U0010ffff]+ )
      | (?P<power>      \*\* )
      | (?P<sign>       [-+~] )
      | (?P<factor>     [*/%@] )
      | (?P<comparison> [&|^<>] )
      | (?P<separator>  [=,:;] )
      | (?P<quote>      ['"] )
      | (?P<other>      . )""",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)  # `1if` is two tokens to Python; a comment with a quote in it may be part of a string, and is counted


class Depth(NamedTuple):
    """A token of a text, and how deep the parser is at it.

    Attributes:
        token: the token, and where it stands.
        nested: how many brackets, signs and powers are open, and how many tokens there are that no expression has.
        chain: the number of operators in the longest row read at this level of brackets.
    """

    token: re.Match[str]
    nested: int
    chain: int


def depths(text: str) -> Iterator[Depth]:
    """The depth at every token of a text.

    >>> max(depth.nested for depth in depths("-(x ** -y)")), max(depth.chain for depth in depths("a + b * c + d"))
    (4, 3)
    """
    reader = _Reader()
    for token in TOKEN.finditer(text):
        getattr(reader, str(token.lastgroup))()
        yield Depth(token, reader.levels[-1].nested, reader.levels[-1].chain)


@dataclass(slots=True)
class _Level:
    """What has been read between a bracket and its pair, or outside of all brackets."""

    opened: int = 0  # what is open around it, with its own bracket
    strays: int = 0  # tokens that no expression has; keywords nest, and Python recurses to explain the others
    prefixes: int = 0  # signs and powers that are open until an operator that binds weaker
    factors: int = 0  # in the term that is being read, with the chains in its brackets
    highest: int = 0  # the most factors of a term before it
    terms: int = 0
    longest: int = 0  # the longest chain of an expression before this one

    @property
    def nested(self) -> int:
        return self.opened + self.strays + self.prefixes

    @property
    def chain(self) -> int:
        return max(self.longest, self.terms + max(self.highest, self.factors))


class _Reader:
    """The levels that are open; there is a method for each kind of token."""

    def __init__(self) -> None:
        self.levels = [_Level()]
        self.is_after_operand = False  # so that a sign is an operator between two

    def nothing(self) -> None:
        """A space, a comment, or a line that goes on in the next one."""

    def line_end(self) -> None:
        if len(self.levels) == 1:
            self.separator()

    def opening(self) -> None:
        level = self.levels[-1]
        level.factors += self.is_after_operand
        self.levels.append(_Level(opened=level.nested + 1))
        self.is_after_operand = False

    def closing(self) -> None:
        if len(self.levels) > 1:
            inner = self.levels.pop()
            self.levels[-1].factors += inner.chain
        self.is_after_operand = True

    def operand(self) -> None:
        self.levels[-1].strays += self.is_after_operand
        self.is_after_operand = True

    def keyword(self) -> None:
        self.levels[-1].strays += 1
        self.is_after_operand = False

    quote = keyword

    def power(self) -> None:
        self.levels[-1].prefixes += 1
        self.other()

    def sign(self) -> None:
        if self.is_after_operand:
            self.comparison()
        else:
            self.levels[-1].prefixes += 1

    def factor(self) -> None:
        self.levels[-1].prefixes = 0
        self.other()

    def comparison(self) -> None:
        level = self.levels[-1]
        level.highest, level.factors = max(level.highest, level.factors), 0
        level.terms += 1
        level.prefixes = 0
        self.is_after_operand = False

    def separator(self) -> None:
        level = self.levels[-1]
        level.longest = level.chain
        level.terms = level.factors = level.highest = level.prefixes = 0
        self.is_after_operand = False

    def other(self) -> None:
        self.levels[-1].factors += 1
        self.is_after_operand = False
