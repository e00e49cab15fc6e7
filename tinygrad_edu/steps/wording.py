r"""How is one operation written, in the names of its nodes or in their numbers?

    q = x · y          the operation in names, and in numbers: -2 · 5
    ∂t/∂a              the local derivative in names: (1 - t · t), and in numbers: (1 - 0.4621 · 0.4621)

Both are *wordings*: a tuple of text and slots, made once for a rule and filled in for every node. So a step, a terminal
and a page in a browser say the same thing, and each can show the slots in its own way.

A node that stands at several places of one operation, as w does in w · w, is called by its *roles* there, so that each
edge has a derivative of its own: ∂v/∂(first factor) and ∂v/∂(second factor), which add up to the derivative by w.

Names to know: `Slot`, `operation`, `local_derivatives`, `filled`, `Role`. Read next: `chain_rule.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from tinygrad_edu.rule import PRODUCT, SUM, Rule
from tinygrad_edu.show import ordinal, show
from tinygrad_edu.symbolic import partial_graphs
from tinygrad_edu.text.printing import LATEX, TEXT, as_factor, identifier, latex_digits, latex_name
from tinygrad_edu.value import Value

WIDEST_KEPT = 16  # arguments; a wider operation has other constants at every node, and its wordings take much memory
OUT = -1  # the slot of the result itself, as in ∂t/∂a = 1 - t · t


class Slot(NamedTuple):
    """A place in a wording, for the argument at `position` (or `OUT`): a name, or a number."""

    position: int
    in_brackets: bool  # if a negative number is filled in


Wording = tuple[str | Slot, ...]

NUMBER = re.compile(r"-?(\d[\d.]*(e-?\d+)?|inf)|nan")


def shown_in_latex(number: float) -> str:
    r"""A number as people read it, in LaTeX: 2.5e-7 is 2.5 \cdot 10^{-7}."""
    return latex_digits(show(number))


_TEXT = TEXT._replace(number=show)
_LATEX = LATEX._replace(name=str, number=shown_in_latex)  # the names of the nodes come later, into the slots


def operation(rule: Rule, count: int, *, latex: bool = False) -> Wording:
    """How an operation of `count` arguments is written.

    >>> from tinygrad_edu.rules import maximum, mul
    >>> filled(operation(mul, 2), ["x", "y"]), filled(operation(maximum, 2), ["x", "y"])
    ('x * y', 'maximum(x, y)')
    """
    return _operation(rule, count, latex)


@lru_cache(maxsize=1000)
def _operation(rule: Rule, count: int, latex: bool) -> Wording:
    template, binding = (rule.latex, rule.latex_binding) if latex else (rule.text, rule.binding)
    wording = _split(rule.fill(template, [_mark(position) for position in range(count)]))
    return tuple(
        Slot(piece.position, _wants_brackets(binding, piece.position)) if isinstance(piece, Slot) else piece
        for piece in wording
    )


def _wants_brackets(binding: Any, position: int) -> bool:
    """-2 + 5, but 5 + (-2), (-2) ** 2 and sin(-2)."""
    if binding in (SUM, PRODUCT):
        return position > 0
    return bool(binding.needs) and binding.needs[position] > 0


def local_derivatives(rule: Rule, constants: Sequence[float | None], *, latex: bool = False) -> tuple[Wording, ...]:
    """How the local derivative by each argument is written; empty if it is constant.

    Args:
        rule: the operation.
        constants: for each argument the plain number that it is, or None for any other node.
        latex: whether to write LaTeX.

    >>> from tinygrad_edu.rules import power, tanh
    >>> filled(local_derivatives(tanh, [None])[0], ["x"], "t")
    '(1 - t · t)'
    >>> filled(local_derivatives(power, [None, 3.0])[0], ["x", "3"], "y")
    '(3 · x ** 2)'
    """
    make = _kept_local_derivatives if len(constants) <= WIDEST_KEPT else _local_derivatives
    return make(rule, tuple(constants), latex)


def _local_derivatives(rule: Rule, constants: tuple[float | None, ...], latex: bool) -> tuple[Wording, ...]:
    graphs = partial_graphs(rule, constants)
    names = {arg: _mark(position) for position, arg in enumerate(graphs.args) if isinstance(arg, Value)}
    names[graphs.out] = _mark(OUT)
    style = _LATEX if latex else _TEXT
    texts = (as_factor(partial, names, style) if isinstance(partial, Value) else "" for partial in graphs.partials)
    return tuple(_split(text if latex else text.replace(" * ", " · ")) for text in texts)


_kept_local_derivatives = lru_cache(maxsize=1000)(_local_derivatives)


class Role(NamedTuple):
    """What an argument is to an operation: its noun, and which of those it is, from 1; 0, if it is the only one."""

    noun: str
    number: int

    def __str__(self) -> str:
        return f"{ordinal(self.number)} {self.noun}" if self.number else self.noun


def roles(rule: Rule | None, count: int) -> list[Role]:
    """What each of `count` arguments is to an operation, by the nouns of its row; without one, an argument.

    >>> from tinygrad_edu.rules import div, dot, mul
    >>> [[str(role) for role in roles(rule, 2)] for rule in (mul, div, dot)]
    [['first factor', 'second factor'], ['dividend', 'divisor'], ['weight', 'input']]
    """
    named = rule.roles if rule and count % len(rule.roles) == 0 else ("argument",)
    nouns = [noun for noun in named for _ in range(count // len(named))]
    times, number = Counter(nouns), Counter[str]()
    found = []
    for noun in nouns:
        number[noun] += 1
        found.append(Role(noun, number[noun] if times[noun] > 1 else 0))
    return found


def shared_roles(rule: Rule | None, args: Sequence[Hashable]) -> list[Role | None]:
    """The role of each argument that stands at more than one place; None for any other: its name is enough.

    >>> from tinygrad_edu.rules import dot
    >>> [role and str(role) for role in shared_roles(dot, ["w", "w", "w", "x"])]
    ['first weight', 'second weight', 'first input', None]
    """
    times = Counter(args)
    if len(times) == len(args):
        return [None] * len(args)
    return [role if times[arg] > 1 else None for role, arg in zip(roles(rule, len(args)), args, strict=True)]


def derivative(user: str, argument: str, role: object = None) -> str:
    """The name of the derivative on one edge: by the argument, or where that stands at several places, by its role.

    >>> derivative("v1", "w"), derivative("v1", "w", Role("factor", 1))
    ('∂v1/∂w', '∂v1/∂(first factor)')
    """
    return f"∂{user}/∂({role})" if role else f"∂{user}/∂{argument}"


def filled(wording: Wording, args: Sequence[str], out: str = "") -> str:
    """A wording with its slots filled in."""
    return "".join(
        piece if isinstance(piece, str) else out if piece.position == OUT else args[piece.position] for piece in wording
    )


def in_names(wording: Wording, args: Sequence[str], out: str = "", *, latex: bool = False) -> str:
    """A wording in the names of nodes; a name that is not one word is put in brackets, so that it reads as one.

    >>> from tinygrad_edu.rules import mul
    >>> in_names(operation(mul, 2), ["a - b", "c"])
    '[a - b] * c'
    """
    return all_in_names([wording], args, out, latex=latex)[0]


def all_in_names(wordings: Iterable[Wording], args: Sequence[str], out: str = "", *, latex: bool = False) -> list[str]:
    """Several wordings of one node in the names of nodes; each name is made a word only once."""
    write = as_latex_word if latex else as_word
    words, out = [write(name) for name in args], write(out)
    return [filled(wording, words, out) for wording in wordings]


def in_numbers(wording: Wording, args: Sequence[float], out: float = 0.0, *, latex: bool = False) -> str:
    """A wording in the numbers of nodes.

    >>> from tinygrad_edu.rules import add
    >>> in_numbers(operation(add, 2), [-2.0, -5.0])
    '-2 + (-5)'
    """
    return "".join(piece if isinstance(piece, str) else _number(piece, args, out, latex) for piece in wording)


def _number(slot: Slot, args: Sequence[float], out: float, latex: bool) -> str:
    number = out if slot.position == OUT else args[slot.position]
    text = shown_in_latex(number) if latex else show(number)
    return bracketed(text, latex) if slot.in_brackets else text


def bracketed(text: str, latex: bool = False) -> str:
    """A number as a factor: in brackets if it is negative."""
    if not text.startswith("-"):
        return text
    return rf"\left({text}\right)" if latex else f"({text})"


def as_word(name: str) -> str:
    """A name as it is written in a formula.

    >>> as_word("l1.n2.w3"), as_word("-2"), as_word("a + b")
    ('l1.n2.w3', '-2', '[a + b]')
    """
    return name if re.fullmatch(r"[\w.]+", name) or NUMBER.fullmatch(name) else f"[{name}]"


def as_latex_word(name: str) -> str:
    r"""The same in LaTeX, where every character that is not a letter becomes an underscore.

    >>> as_latex_word("x1"), as_latex_word("-2"), as_latex_word("$a$")
    ('x_{1}', '-2', '\\mathrm{\\_a\\_}')
    """
    return latex_digits(name) if NUMBER.fullmatch(name) else latex_name(identifier(name))


def as_latex_words(text: str) -> str:
    r"""Several words, upright, in LaTeX; what is no letter or digit is left out.

    >>> as_latex_words("first factor")
    '\\mathrm{first\\ factor}'
    """
    words = r"\ ".join(re.findall(r"[^\W_]+", text))
    return rf"\mathrm{{{words}}}"


def _mark(position: int) -> str:
    return f"\0{position}\0"


def _split(text: str) -> Wording:
    """Text with marks as a wording; a slot alone between brackets or commas needs no brackets of its own."""
    pieces = re.split(r"\0(-?\d+)\0", text)
    wording: list[str | Slot] = []
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            wording += [piece] if piece else []
        else:
            alone = pieces[index - 1].endswith(("(", "[", ", ", "{")) and pieces[index + 1].startswith(
                (")", "]", ",", "}", r"\right)")
            )
            wording.append(Slot(int(piece), not alone))
    return tuple(wording)
