"""How does a row of the rule table compute in a browser?

    rule_source(tanh, [None])        {value: (a) => Math.tanh(a[0]),
                                      partials: (a, out) => {...; return [1 - out * out];},
                                      holds: null}

Nothing is derived again: the value comes from the row's JavaScript template; the partials are the row's own, run once
on Values and printed with the templates of the rows they use; the domain is the row's own condition, printed likewise.

Names to know: `rule_source`, `PRELUDE`. Read next: `steps/wording.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from tinygrad_edu.backprop import topological_order
from tinygrad_edu.rule import Domain, Rule
from tinygrad_edu.symbolic import partial_graphs
from tinygrad_edu.text.helpers import JAVASCRIPT as PRELUDE
from tinygrad_edu.value import Value

__all__ = ["PRELUDE", "Condition", "is_complete", "number_source", "rule_source"]

UNKNOWN = re.compile(
    r"Math\.(?!(?:E|LN10|LN2|LOG10E|LOG2E|PI|SQRT1_2|SQRT2|abs|a?(?:cos|sin|tan)h?|atan2|cbrt|ceil|exp|expm1|floor|hypot"
    r"|log|log10|log1p|log2|max|min|pow|round|sign|sqrt|trunc)\b)"
)  # a name that JavaScript does not have


def rule_source(rule: Rule, constants: Sequence[float | None]) -> str:
    """A JavaScript object with the functions `value(a)`, `partials(a, out)` and `holds(a)` (or null) of a row.

    Args:
        rule: the operation.
        constants: for each argument the plain number that it is, or None for a variable.

    >>> from tinygrad_edu.rules import log
    >>> print(rule_source(log, [None]))
    {
      value: (a) => Math.log(a[0]),
      partials: (a, out) => {
        const t1 = (1.0 / a[0]);
        return [t1];
      },
      holds: (a) => ((a[0] > 0.0) || (a[0] !== a[0])),
    }
    """
    slots = [f"a[{position}]" for position in range(len(constants))]
    return "\n".join(
        [
            "{",
            f"  value: (a) => {_applied(rule, slots)},",
            "  partials: (a, out) => {",
            *(f"    {line}" for line in _partials(rule, constants, slots)),
            "  },",
            f"  holds: {_condition(rule.domain, slots)},",
            "}",
        ]
    )


def is_complete(source: str) -> bool:
    """Whether a program uses only functions that JavaScript has: for a row without a template, one is guessed.

    >>> is_complete("Math.tanh(a[0])"), is_complete("Math.cube(a[0])")
    (True, False)
    """
    return UNKNOWN.search(source) is None


def number_source(number: float) -> str:
    """A number as JavaScript writes it.

    >>> number_source(-2.0), number_source(float("inf")), number_source(1e-7)
    ('(-2.0)', 'Infinity', '1e-07')
    """
    if math.isnan(number):
        return "NaN"
    text = repr(number).replace("inf", "Infinity")
    return f"({text})" if text.startswith("-") else text


def _applied(rule: Rule, args: Sequence[str]) -> str:
    groups = rule.grouped(args)
    return rule.javascript.format(*[", ".join(group) if rule.many else group for group in groups])


def _partials(rule: Rule, constants: Sequence[float | None], slots: Sequence[str]) -> list[str]:
    """One constant for each operation in the partials, in topological order, then the return statement."""
    graphs = partial_graphs(rule, [_fixed(rule, position, number) for position, number in enumerate(constants)])
    names = {arg: slot for arg, slot in zip(graphs.args, slots, strict=True) if isinstance(arg, Value)}
    names[graphs.out] = "out"
    lines: list[str] = []
    for node in topological_order(*(partial for partial in graphs.partials if isinstance(partial, Value))):
        if node in names:
            continue
        if not node.args or node.rule is None:
            names[node] = number_source(node.data)
            continue
        source = _applied(node.rule, [names[arg] for arg in node.args])
        names[node] = f"t{len(lines) + 1}"
        lines.append(f"const {names[node]} = {source};")
    return [*lines, f"return [{', '.join(_named(partial, names) for partial in graphs.partials)}];"]


def _fixed(rule: Rule, position: int, number: float | None) -> float | None:
    """Only an argument that has to be a plain number stays one: the row's program serves all other numbers."""
    return number if rule.fixed and position in rule.fixed else None


def _named(partial: Value | float, names: Mapping[Value, str]) -> str:
    return names[partial] if isinstance(partial, Value) else number_source(partial)


def _condition(domain: Domain | None, slots: Sequence[str]) -> str:
    if domain is None:
        return "null"
    try:
        holds: object = domain.holds(*map(Condition, slots))
    except TypeError:  # a user's row may have a domain that is not made of comparisons
        return "null"
    return f"(a) => {holds.source}" if isinstance(holds, Condition) else "null"


class Condition:
    """The condition of a domain on its way to JavaScript: comparing it builds its source.

    >>> x = Condition("x")
    >>> print(((x > 0) | (x != x)).source)
    ((x > 0.0) || (x !== x))
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, source: str) -> None:
        self.source = source

    def _infix(self, sign: str, other: object) -> Condition:
        return Condition(f"({self.source} {sign} {_operand(other)})")

    def __gt__(self, other: object) -> Condition:
        return self._infix(">", other)

    def __ge__(self, other: object) -> Condition:
        return self._infix(">=", other)

    def __lt__(self, other: object) -> Condition:
        return self._infix("<", other)

    def __le__(self, other: object) -> Condition:
        return self._infix("<=", other)

    def __eq__(self, other: object) -> Condition:  # type: ignore[override]
        return self._infix("===", other)

    def __ne__(self, other: object) -> Condition:  # type: ignore[override]
        return self._infix("!==", other)

    def __mod__(self, other: object) -> Condition:
        return self._infix("%", other)

    def __and__(self, other: object) -> Condition:
        return self._infix("&&", other)

    def __or__(self, other: object) -> Condition:
        return self._infix("||", other)

    def __abs__(self) -> Condition:
        return Condition(f"Math.abs({self.source})")

    def __bool__(self) -> bool:
        raise TypeError("a condition that is not known yet is neither true nor false: write & and |")


def _operand(thing: object) -> str:
    if isinstance(thing, Condition):
        return thing.source
    if isinstance(thing, bool | int | float):
        return number_source(float(thing))
    raise TypeError(f"{thing!r} in the condition of a domain")
