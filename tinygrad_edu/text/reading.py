"""How is a text read, from left to right, as instructions in the order in which they are computed?

    (x + y) * z        x  y  +  z  *

A number or a name is an instruction at once. An operator waits until one comes that binds weaker, or a bracket closes;
then its arguments have been read, and it follows them. So a stack does what a grammar does with recursion, and no text
is too deep for it. How tightly an operator binds, and what it needs on each side, is in its row of the rule table:

    -x ** 2            x  2  **  -        a power binds tighter than a sign
    2 ** 3 ** 2        2  3  2  **  **    its left side needs brackets around another power

The grammar is that of Python's expressions, restricted to what a graph can be made of. The page has the same reader, in
JavaScript (`viz/page/assets/engine/reading.js`).

Names to know: `read`, `Statement`, `Instruction`. Read next: `mistakes.py`.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple

from tinygrad_edu.errors import ExpressionError
from tinygrad_edu.rule import CALL, Rule
from tinygrad_edu.rules import RULES, add, div, mul, neg, pow_, sub
from tinygrad_edu.show import cut
from tinygrad_edu.text.mistakes import is_unseen, mistake

MAX_NESTING = 100  # brackets, signs and powers inside each other
MAX_CHAIN = 1000  # operators of which each waits for the one before, as in a sum of as many terms
MAX_LENGTH = 100_000  # characters in a text
LONGEST_NAME = 40  # characters of a name in a message

ALIASES = {"max": "maximum", "min": "minimum"}
INFIX = {"+": add, "-": sub, "*": mul, "/": div, "**": pow_}
PAIRS = {")": "(", "]": "["}
READ = (*INFIX, *"()[],=")  # signs that an expression has
KEYWORDS = tuple(keyword.kwlist)
TRUTHS = ("True", "False", "None")
UNREAD = (
    dict.fromkeys(("//", "%", "@", "&", "~", "<<", ">>"), "operator")
    | dict.fromkeys(("<", ">", "<=", ">=", "==", "!=", "≤", "≥", "≠"), "comparison")
    | dict.fromkeys(("+=", "-=", "*=", "/=", "**=", "//=", "%=", "@=", "&=", "|=", "^=", ":="), "assignment")
    | {"^": "power_sign", "|": "bars", "√": "root", "∞": "infinity"}
)  # signs that no expression has, and which mistake each is
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
FRACTION_SLASH = "\N{FRACTION SLASH}"
SPACES = "\t\f\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
TYPED = str.maketrans(
    dict(zip("·×⋅∙−–÷", "****--/", strict=True))  # as textbooks print them
    | dict(zip("（）［］，；＝＋－＊／．", "()[],;=+-*/.", strict=True))  # as Chinese keyboards type them
    | dict.fromkeys(SPACES, " ")
)  # one character for one, so that places stay

TOKEN = re.compile(
    r"""(?P<space>  [ ]+ | \#[^\r\n]* | \\\r?\n )
      | (?P<end>    [\r\n;] )
      | (?P<number> 0[xX](?:_?[0-9a-fA-F])+ | 0[oO](?:_?[0-7])+ | 0[bB](?:_?[01])+
                  | (?: [0-9](?:_?[0-9])* (?: \.(?:[0-9](?:_?[0-9])*)? )? | \.[0-9](?:_?[0-9])* )
                    (?: [eE][+-]?[0-9](?:_?[0-9])* )? )
      | (?P<word>   [A-Za-z_\x80-\U0010ffff][0-9A-Za-z_\x80-\U0010ffff]* )
      | (?P<quote>  '[^'\r\n]*'? | "[^"\r\n]*"? )
      | (?P<sign>   (?: \*\* | // | << | >> | [-+*/%@&|^<>=!:] )=? | . )""",
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A piece of the text, and where it stands."""

    kind: str
    text: str
    start: int
    end: int


class Instruction(NamedTuple):
    """A number, a name, an operator or a call, which takes the last results before it as its arguments.

    Attributes:
        kind: "number", "name", "operator" or "call".
        text: the number, the name, the operator, or the name of the function, as it is written.
        arity: how many arguments it takes.
        start: where it begins in the text, with its arguments.
        end: where it ends.
    """

    kind: str
    text: str
    arity: int
    start: int
    end: int


class Statement(NamedTuple):
    """The name that stands on the left of `=`, if there is one, and the instructions of the expression."""

    target: Token | None
    instructions: list[Instruction]


def read(text: str) -> list[Statement]:
    """The statements of a text.

    Raises:
        ExpressionError: if it is not one expression or several; the place is marked under it.

    >>> [statement] = read("f = -x ** 2")
    >>> statement.target.text, [each.text for each in statement.instructions]
    ('f', ['x', '2', '**', '-'])
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"an expression of {len(text):,} characters", f"the longest that is read has {MAX_LENGTH:,}"
        )
    return _Reader(text).read()


@dataclass(slots=True)
class _Waiting:
    """An operator that waits for its right side, or a bracket that waits for its pair.

    Attributes:
        kind: "infix", "sign", "group", "call" or "list".
        token: the operator or the bracket.
        level: how tightly it binds; nothing reaches into a bracket.
        name: of the function that is called.
        count: how many arguments a call, or elements a list, has so far.
        lengths: of the lists in a call.
    """

    kind: str
    token: Token
    level: int = 0
    name: Token | None = None
    count: int = 0
    lengths: list[int] = field(default_factory=list)

    @property
    def is_bracket(self) -> bool:
        return self.level == 0

    @property
    def is_nesting(self) -> bool:
        return self.kind != "infix" or self.token.text == "**"


class _Operand(NamedTuple):
    """Where the text of a result begins and ends, and how many operators its longest chain has."""

    start: int
    end: int
    chain: int = 0


class _Reader:
    """One text on its way to instructions: what waits, and the operands that have been read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text.translate(TYPED)))
        self.at = 0  # the token that comes next
        self.statements: list[Statement] = []
        self._begin()

    def _begin(self) -> None:
        self.target: Token | None = None
        self.instructions: list[Instruction] = []
        self.waiting: list[_Waiting] = []
        self.operands: list[_Operand] = []
        self.nested = 0
        self.wants_operand = True

    def read(self) -> list[Statement]:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            self._refuse_unread(token)
            self._method(token)(self, token)
        return self.statements

    def _method(self, token: Token) -> Callable[[_Reader, Token], None]:
        """What reads a token: that depends on what it is, and on what stands before it."""
        key = token.text if token.kind == "sign" else token.kind
        if self.wants_operand:
            return OPERANDS.get(key, _Reader._missing)
        if self.before.text == "]" and key not in (",", ")", "]"):
            return _Reader._after_list
        return OPERATORS.get(key, _Reader._beside)

    @property
    def before(self) -> Token:
        return self.tokens[self.at - 2]

    @property
    def next(self) -> str:
        return self.tokens[self.at].text if self.at < len(self.tokens) else ""

    # Where an operand can stand: see the table OPERANDS

    def _number(self, token: Token) -> None:
        self._take("number", token)

    def _word(self, token: Token) -> None:
        if self.next == "(":
            self._wait(_Waiting("call", self.tokens[self.at], name=token))
            self.at += 1
        elif self.next == "=" and self.target is None and not self.waiting:
            self.target = token
            self.at += 1
        else:
            self._take("name", token)

    def _take(self, kind: str, token: Token) -> None:
        self._put(Instruction(kind, token.text, 0, token.start, token.end), 0)
        self.wants_operand = False

    def _sign(self, token: Token) -> None:
        self._wait(_Waiting("sign", token, neg.binding.level))

    def _group(self, token: Token) -> None:
        self._wait(_Waiting("group", token))

    def _missing(self, token: Token) -> None:
        raise self._wrong(token, "missing", sign=token.text)

    def _end_early(self, _token: Token) -> None:
        if self.waiting and self.waiting[-1].is_bracket:
            raise self._wrong(self.waiting[-1].token, "never_closed")
        if self.waiting or self.target:
            raise mistake(self.text, self.before.end, self.before.end, "missing_end")

    def _open_list(self, token: Token) -> None:
        name = self.waiting[-1].name if self.waiting else None
        row = function_of(name.text) if name else None
        if row is None or not row.many:
            raise self._wrong(token, "list")
        self._wait(_Waiting("list", token))

    def _close_early(self, token: Token) -> None:
        """After an opening bracket or a comma: a call and a list may end there, other brackets may not."""
        bracket = self._opening(token)
        if bracket is not self.waiting[-1]:
            raise self._wrong(token, "missing", sign=token.text)
        if bracket.kind == "group":
            raise self._wrong(token, "nothing_in", start=bracket.token.start)
        self._closed(token)

    # Where an operator can stand: see the table OPERATORS

    def _after_list(self, token: Token) -> None:
        raise self._wrong(token, "list")

    def _infix(self, token: Token) -> None:
        binding = INFIX[token.text].binding
        self._reduce(binding.needs[0])
        self._wait(_Waiting("infix", token, binding.level))

    def _end(self, _token: Token) -> None:
        self._reduce(1)
        if self.waiting:
            raise self._wrong(self.waiting[-1].token, "never_closed")
        self.statements.append(Statement(self.target, self.instructions))
        self._begin()

    def _comma(self, token: Token) -> None:
        self._reduce(1)
        if not self.waiting or self.waiting[-1].kind == "group":
            raise self._wrong(token, "comma")
        self._count_argument()
        self.wants_operand = True

    def _close(self, token: Token) -> None:
        bracket = self._opening(token)
        self._reduce(1)
        if bracket.kind != "group":
            self._count_argument()
        self._closed(token)

    def _equals(self, token: Token) -> None:
        is_in_call = bool(self.waiting) and self.waiting[-1].kind == "call"
        raise self._wrong(token, "by_name" if is_in_call else "target")

    # Waiting

    def _wait(self, what: _Waiting) -> None:
        self.waiting.append(what)
        self.nested += what.is_nesting
        if self.nested > MAX_NESTING:
            raise self._wrong(what.token, "brackets" if what.is_bracket else "nested", most=MAX_NESTING)
        self.wants_operand = True

    def _done(self) -> _Waiting:
        what = self.waiting.pop()
        self.nested -= what.is_nesting
        return what

    def _reduce(self, level: int) -> None:
        """What binds at least as tightly has all its arguments now."""
        while self.waiting and self.waiting[-1].level >= level:
            what = self._done()
            right = self.operands.pop()
            if what.kind == "infix":
                left = self.operands.pop()
                self._follow("operator", what.token, 2, left.start, right.end, max(left.chain, right.chain))
            else:
                self._follow("operator", what.token, 1, what.token.start, right.end, right.chain)

    def _follow(self, kind: str, token: Token, count: int, start: int, end: int, chain: int) -> None:
        """An operator or a call follows its arguments."""
        if chain == MAX_CHAIN:
            raise self._wrong(token, "chain", most=f"{MAX_CHAIN:,}")
        self._put(Instruction(kind, token.text, count, start, end), chain + 1)

    def _put(self, instruction: Instruction, chain: int) -> None:
        self.instructions.append(instruction)
        self.operands.append(_Operand(instruction.start, instruction.end, chain))

    # Brackets

    def _opening(self, closing: Token) -> _Waiting:
        """The bracket that a closing one belongs to."""
        bracket = next((what for what in reversed(self.waiting) if what.is_bracket), None)
        if bracket is None:
            raise self._wrong(closing, "never_opened")
        if bracket.token.text != PAIRS[closing.text]:
            raise self._wrong(closing, "other_bracket", closing=closing.text, opening=bracket.token.text)
        return bracket

    def _count_argument(self) -> None:
        """An argument of a call, or an element of a list, ends here; a list was counted when it was closed."""
        self.waiting[-1].count += self.before.text != "]"

    def _closed(self, token: Token) -> None:
        bracket = self._done()
        if bracket.name is not None:
            self._close_call(bracket, bracket.name, token)
        elif bracket.kind == "list":
            self.waiting[-1].lengths.append(bracket.count)
        else:
            inner = self.operands.pop()
            self.operands.append(inner._replace(start=bracket.token.start, end=token.end))
        self.wants_operand = False

    def _close_call(self, call: _Waiting, name: Token, token: Token) -> None:
        row = function_of(name.text)
        if row is not None and row.many:
            is_right = not call.count and len(call.lengths) == len(row.partials) and call.lengths[0] > 0
            if not is_right or len(set(call.lengths)) > 1:
                raise mistake(self.text, name.start, token.end, "lists", takes=row.takes, signature=row.signature)
        count = call.count + sum(call.lengths)
        args = [self.operands.pop() for _ in range(count)]
        self._follow("call", name, count, name.start, token.end, max((arg.chain for arg in args), default=0))

    # Mistakes

    def _wrong(self, token: Token, key: str, start: int | None = None, **places: object) -> ExpressionError:
        return mistake(self.text, token.start if start is None else start, token.end, key, **places)

    def _refuse_unread(self, token: Token) -> None:
        """What no expression has, wherever it stands."""
        if token.kind == "quote":
            raise self._wrong(token, "quoted", quoted=cut(token.text, LONGEST_NAME))
        if token.kind == "word":
            self._check_word(token)
        if token.kind == "sign" and token.text not in READ:
            raise self._unread(token)

    def _check_word(self, token: Token) -> None:
        for index, character in enumerate(token.text):
            if not (character if index == 0 else f"x{character}").isidentifier():
                place = token.start + index
                raise self._unread(Token("sign", character, place, place + 1), token.text[:index])
        if token.text in TRUTHS:
            raise self._wrong(token, "truth", word=token.text)
        if token.text in KEYWORDS:
            raise self._wrong(token, "keyword", word=token.text)

    def _unread(self, token: Token, word: str = "") -> ExpressionError:
        """What no expression has; in a word, with the part of it that stands before."""
        sign, plain = token.text, unicodedata.normalize("NFKC", token.text)
        if sign in RAISED:
            return self._raised(token, word)
        if FRACTION_SLASH in plain:
            return self._wrong(token, "fraction", sign=sign, number=plain.replace(FRACTION_SLASH, "/"))
        if is_unseen(sign[0]):
            return self._wrong(token, "unseen", code=f"U+{ord(sign):04X}")
        return self._wrong(token, UNREAD.get(sign, "part"), sign=sign)

    def _raised(self, token: Token, word: str) -> ExpressionError:
        """For x² the power to write, with what stands before it."""
        raised = "".join(takewhile(RAISED.__contains__, self.text[token.start :]))
        power = "".join(map(RAISED.__getitem__, raised))
        is_after_operand = self.before.kind in ("number", "word") or self.before.text == ")"
        base = word or (_piece(self.before) if is_after_operand else "x")
        places = {"raised": raised, "base": cut(base, LONGEST_NAME), "power": power}
        return mistake(self.text, token.start, token.start + len(raised), "raised", **places)

    def _beside(self, token: Token) -> None:
        """Two operands stand side by side."""
        left, right = _piece(self.before), _piece(token, self.next)
        start = self.before.start
        if token.text == "[":
            raise self._wrong(token, "index")
        if self.before.kind == token.kind == "number":
            raise self._wrong(token, "two_numbers", start=start)
        key = "no_brackets" if self.before.kind == "word" and function_of(left) else "no_operator"
        raise self._wrong(token, key, start=start, left=left, right=right)


OPERANDS = {
    "number": _Reader._number,
    "word": _Reader._word,
    "end": _Reader._end_early,
    "+": _Reader._sign,
    "-": _Reader._sign,
    "(": _Reader._group,
    "[": _Reader._open_list,
    ")": _Reader._close_early,
    "]": _Reader._close_early,
    "=": _Reader._equals,
}  # what reads a token where an operand can stand; any other is there too early
OPERATORS = {
    **dict.fromkeys(INFIX, _Reader._infix),
    "end": _Reader._end,
    ",": _Reader._comma,
    ")": _Reader._close,
    "]": _Reader._close,
    "=": _Reader._equals,
}  # what reads a token where an operator can stand; any other is an operand beside another


def _tokens(text: str) -> Iterator[Token]:
    """The tokens without spaces, and an end after the last; inside brackets a line may end anywhere."""
    opened = 0
    for found in TOKEN.finditer(text):
        kind, piece = str(found.lastgroup), found.group()
        opened += (piece in PAIRS.values()) - (piece in PAIRS)
        if kind != "space" and not (piece in ("\n", "\r") and opened > 0):
            yield Token(kind, piece, found.start(), found.end())
    yield Token("end", "", len(text), len(text))


def _piece(token: Token, after: str = "") -> str:
    """A token in a message; what stands in brackets is left out."""
    text = "" if token.text in ("(", ")") else cut(token.text, LONGEST_NAME)
    return f"{text}(...)" if not text or after == "(" else text


def as_python_reads(name: str) -> str:
    """A name as Python reads it: different forms of a letter are the same letter.

    >>> as_python_reads("ﬁt"), as_python_reads("\N{MICRO SIGN}") == "\N{GREEK SMALL LETTER MU}"
    ('fit', True)
    """
    return unicodedata.normalize("NFKC", name)


def function_of(name: str) -> Rule | None:
    """The row that is called by this name; those with a sign of their own, like +, are written with it."""
    name = as_python_reads(name)
    row = RULES.get(ALIASES.get(name, name))
    return row if row and row.binding is CALL else None
