"""How does a row of the rule table compute in a browser?

    rule_source(tanh, [None])        {value: (a) => Math.tanh(a[0]),
                                      partials: (a, out) => {...; return [1 - out * out];},
                                      holds: null}

Nothing is derived again: the value comes from the row's JavaScript template; the partials are the row's own, run once
on Values and printed with the templates of the rows they use; the domain is the row's own condition.

Names to know: `rule_source`, `PRELUDE`. Read next: `steps/wording.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from tinygrad_edu.backprop import topological_order
from tinygrad_edu.errors import GraphError
from tinygrad_edu.rule import Rule
from tinygrad_edu.symbolic import partial_graphs
from tinygrad_edu.text.helpers import JAVASCRIPT as PRELUDE
from tinygrad_edu.value import Value

__all__ = ["PRELUDE", "number_source", "rule_source"]


def rule_source(rule: Rule, constants: Sequence[float | None]) -> str:
    """A JavaScript object with the functions `value(a)`, `partials(a, out)` and `holds(a)` (or null) of a row.

    Args:
        rule: the operation.
        constants: for each argument the plain number that it is, or None for a variable.

    Raises:
        GraphError: if the row, its domain or a row that its partials use does not say how JavaScript computes it.

    >>> from tinygrad_edu.rules import log
    >>> print(rule_source(log, [None]))
    {
      value: (a) => Math.log(a[0]),
      partials: (a, out) => {
        const t1 = (1.0 / a[0]);
        return [t1];
      },
      holds: ([x, y]) => (x > 0) | (x != x),
    }
    """
    slots = [f"a[{position}]" for position in range(len(constants))]
    value = rule.fill(rule.needed("javascript"), slots)
    return "\n".join(
        [
            "{",
            f"  value: (a) => {value},",
            "  partials: (a, out) => {",
            *(f"    {line}" for line in _partials(rule, constants, slots)),
            "  },",
            f"  holds: {_condition(rule)},",
            "}",
        ]
    )


def number_source(number: float) -> str:
    """A number as JavaScript writes it.

    >>> number_source(-2.0), number_source(float("inf")), number_source(1e-7)
    ('(-2.0)', 'Infinity', '1e-07')
    """
    if math.isnan(number):
        return "NaN"
    text = repr(number).replace("inf", "Infinity")
    return f"({text})" if text.startswith("-") else text


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
        source = node.rule.fill(node.rule.needed("javascript"), [names[arg] for arg in node.args])
        names[node] = f"t{len(lines) + 1}"
        lines.append(f"const {names[node]} = {source};")
    return [*lines, f"return [{', '.join(_named(partial, names) for partial in graphs.partials)}];"]


def _fixed(rule: Rule, position: int, number: float | None) -> float | None:
    """Only an argument that has to be a plain number stays one: the row's program serves all other numbers."""
    return number if rule.fixed and position in rule.fixed else None


def _named(partial: Value | float, names: Mapping[Value, str]) -> str:
    return names[partial] if isinstance(partial, Value) else number_source(partial)


def _condition(rule: Rule) -> str:
    if rule.domain is None:
        return "null"
    if rule.domain.javascript is None:
        raise GraphError(
            f"{rule.signature}, to be computed elsewhere",
            f"the domain of the row {rule.name} has no javascript=",
            instead=f'rule("{rule.name}", ..., domain=Domain(..., javascript="([x, y]) => ..."))',
        )
    return rule.domain.javascript
