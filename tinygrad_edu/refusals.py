"""What does a Value refuse, and in which words?

Arguments outside the domain of an operation, with their names and where they come from; a Value where a plain number
has to stand; a label that is not a text.

Names to know: `outside_domain`. Read next: `rule.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tinygrad_edu.errors import DomainError, GraphError, OptionError
from tinygrad_edu.rule import CALL, Rule
from tinygrad_edu.show import in_brackets

if TYPE_CHECKING:
    from tinygrad_edu.value import Value

HALVES = re.compile("[\ud800-\udfff]")  # of characters that take two (surrogates): files and screens cannot hold one
LONGEST_NAME = 40  # of an expression that a message calls an argument by


def outside_domain(rule: Rule, args: Sequence[Value], numbers: Sequence[Any]) -> DomainError:
    """The error for arguments outside the domain, with their names and their history.

    >>> from tinygrad_edu import Value
    >>> from tinygrad_edu.rules import log
    >>> a = Value(-2.0, label="a")
    >>> print(outside_domain(log, [a], [-2.0]))
    log(a) at a = -2
      what is wrong:  log(x) needs x > 0
      write instead:  log(maximum(x, 1e-12)), if a tiny positive number is meant
    """
    names = [_name(arg, generic, rule) for arg, generic in zip(args, "xy", strict=False)]
    origins = [
        f"{generic} is {arg!r}"
        for generic, name, arg in zip("xy", names, args, strict=False)
        if name == generic and not arg.label
    ]
    return rule.outside_domain(numbers, names, "; ".join(origins))


def _name(arg: Value, generic: str, rule: Rule) -> str:
    """What to call an argument in a message: its label, or its expression if that is short."""
    if arg.is_constant and not arg.label:
        return in_brackets(arg.data)
    text = arg.label or str(arg)
    if ";" in text or len(text) > LONGEST_NAME:
        return generic
    return f"({text})" if arg.args and not arg.label and rule.binding is not CALL else text


def require_plain_number(rule: Rule, args: Sequence[Value]) -> None:
    """Refuse a Value as an argument that has no derivative, as the exponent of `power`; of constants it may be made.

    Raises:
        GraphError: with the operation to use instead.
    """
    for position in rule.fixed:
        if not args[position].is_constant and not _is_made_of_constants(args[position]):
            raise GraphError(
                f"{rule.name} with {args[position]!r} as argument {position + 1}",
                "this argument has no derivative, so it has to be a plain number",
                instead=rule.signature + ", which takes Values on both sides",
            )


def _is_made_of_constants(value: Value) -> bool:
    """Whether no variable is below: so is n - 1 in the derivative of xⁿ, where n stands for any plain number."""
    waiting, seen = [value], {value}
    while waiting:
        found = waiting.pop()
        if not found.args and not found.is_constant:
            return False
        waiting += [arg for arg in found.args if arg not in seen]
        seen.update(found.args)
    return True


def checked_label(label: object) -> str:
    """A label as it is kept: a str, without half characters.

    Raises:
        OptionError: if it is not a string.
    """
    if isinstance(label, str):
        return str(label) if label.isascii() else HALVES.sub("\N{REPLACEMENT CHARACTER}", label)
    raise OptionError(
        f"the label {label!r} of a Value", f"a label is a string, not {type(label).__name__}", instead='label="x1"'
    )
