"""How does a row of the rule table compute in a browser?

    tanh: {
      value: ([x]) => Math.tanh(x),
      partials: (o, [x], out) => [o.sub(1.0, o.mul(out, out))],
      holds: null,
      and what else the row says, as data
    }

Nothing is derived again: the value comes from the row's JavaScript template; the partials are the row's own, run once
on Values and printed; the domain is the row's own condition. The partials are functions of the operations `o`, so that
two kinds of value flow through them in JavaScript too, numbers and nodes.

Names to know: `table_source`, `missing_in`. Read next: `steps/wording.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from string import Formatter
from typing import Any

from tinygrad_edu.backprop import topological_order
from tinygrad_edu.errors import GraphError
from tinygrad_edu.rule import Rule
from tinygrad_edu.symbolic import PartialGraphs, partial_graphs
from tinygrad_edu.text.helpers import JAVASCRIPT
from tinygrad_edu.value import Value, as_value

MEMBERS = 3  # of each group, when it is checked that a partial by one member takes nothing of the others


def number_source(number: float) -> str:
    """A number as JavaScript writes it.

    >>> number_source(-2.0), number_source(float("inf")), number_source(1e-7)
    ('(-2.0)', 'Infinity', '1e-07')
    """
    if math.isnan(number):
        return "NaN"
    text = repr(number).replace("inf", "Infinity")
    return f"({text})" if text.startswith("-") else text


def table_source(rows: Iterable[Rule]) -> str:
    """A JavaScript expression for an object that has the rows under their names."""
    listed = "".join(f"{json.dumps(row.name)}: {_row(row)},\n" for row in rows)
    return f"(() => {{\n{JAVASCRIPT}\nreturn {{\n{listed}}};\n}})()"


@cache
def missing_in(row: Rule) -> str:
    """What a row would have to say, so that JavaScript can compute it; empty if it says all.

    >>> from tinygrad_edu.rules import tanh
    >>> missing_in(tanh), missing_in(Rule("cube", lambda x: x**3, lambda x, out: 3 * x * x))
    ('', 'rule("cube", ..., javascript="..."), with {} for each argument')
    """
    try:
        _functions(row)
    except GraphError as error:
        return error.instead
    return ""


def _functions(row: Rule) -> dict[str, str]:
    return {"value": _value(row), "partials": _partials_of_members(row), "holds": _condition(row)}


def _row(row: Rule) -> str:
    """What a row says of itself, and its functions; null for those, and what is missing, if it has no JavaScript."""
    facts = _facts(row)
    if missing_in(row):
        functions = dict.fromkeys(("value", "partials", "holds"), "null")
        facts["missing"] = missing_in(row)
    else:
        functions = _functions(row)
    lines = [f"  {key}: {json.dumps(fact, ensure_ascii=False)}," for key, fact in facts.items()]
    lines += [f"  {key}: {function}," for key, function in functions.items()]
    return "\n".join(["{", *lines, "}"])


def _facts(row: Rule) -> dict[str, Any]:
    return {
        "name": row.name,
        "symbol": row.symbol,
        "arity": len(row.partials),
        "many": row.many,
        "defaults": row.defaults,
        "fixed": row.fixed,
        "roles": row.roles,
        "text": _pieces(row.text),
        "latex": _pieces(row.latex),
        "binding": row.binding._asdict(),
        "latexBinding": row.latex_binding._asdict(),
        "signature": row.signature,
        "takes": row.takes,
        "domain": row.domain and {"words": row.domain.words, "instead": row.domain.instead, "pole": row.domain.pole},
        "kinks": list(row.kinks.items()),
        "flat": row.flat,
        "neutral": row.neutral,
        "note": row.note,
    }


def _pieces(template: str) -> list[str | int]:
    """A template as texts, and the positions of the arguments between them.

    >>> _pieces("{} ** {}"), _pieces("({0} > 0)")
    ([0, ' ** ', 1], ['(', 0, ' > 0)'])
    """
    pieces: list[str | int] = []
    for text, place, *_ in Formatter().parse(template):
        pieces += [text] if text else []
        if place is not None:
            pieces.append(int(place) if place else sum(isinstance(piece, int) for piece in pieces))
    return pieces


def _value(row: Rule) -> str:
    """A function of the arguments, or of the groups of a row of many."""
    names = [f"{name}s" for name in _names(row)] if row.many else _names(row)
    template = row.needed("javascript").format(*(f"...{name}" if row.many else name for name in names))
    return f"([{', '.join(names)}]) => {template}"


def _names(row: Rule) -> list[str]:
    return (
        ["x", "y"][: len(row.partials)] if len(row.partials) <= 2 else [f"x{i + 1}" for i in range(len(row.partials))]
    )


def with_partials(rows: Iterable[Rule]) -> dict[str, Rule]:
    """Rows by name, together with those that their partials are made of.

    >>> from tinygrad_edu.rules import sigmoid
    >>> list(with_partials([sigmoid]))
    ['sigmoid', 'neg', 'mul']
    """
    found: dict[str, Rule] = {}
    waiting = list(rows)
    for row in waiting:  # it grows on the way
        if row.name not in found:
            found[row.name] = row
            partials = [partial for partial in _graphs_of_partials(row).partials if isinstance(partial, Value)]
            waiting += [node.rule for node in topological_order(*partials) if node.rule and node.args]
    return found


def _graphs_of_partials(row: Rule) -> PartialGraphs:
    size = MEMBERS if row.many else 1
    fixed = [Value.of(2.0) if position in row.fixed else None for position in range(len(row.partials))]
    return partial_graphs(row, [each for each in fixed for _ in range(size)])


def _partials_of_members(row: Rule) -> str:
    """A function of the operations, of one member of each group (for most rows that is the argument) and the result."""
    size = MEMBERS if row.many else 1
    graphs = _graphs_of_partials(row)
    sources = {_partials_of_member(row, graphs, range(member, len(graphs.args), size)) for member in range(size)}
    if len(sources) > 1 or "" in sources:
        raise GraphError(
            f"the partials of {row.name} in JavaScript",
            "the partial by one member of a list is not made of that member and the result alone",
            instead=f"the row {row.name} without many=True",
        )
    return f"(o, [{', '.join(_names(row))}], out) => {sources.pop()}"


def _partials_of_member(row: Rule, graphs: PartialGraphs, positions: Sequence[int]) -> str:
    """Empty, if they are not made of that member and the result alone."""
    names: dict[Value, str] = {graphs.out: "out"}
    for position, name in zip(positions, _names(row), strict=True):
        names[as_value(graphs.args[position])] = name
    others = set(graphs.args) - set(names)
    partials = [graphs.partials[position] for position in positions]
    lines: list[str] = []
    for node in topological_order(*(partial for partial in partials if isinstance(partial, Value))):
        if node in others:
            return ""
        if node in names:
            continue
        if node.rule is None or not node.args:
            names[node] = number_source(node.data)
            continue
        node.rule.needed("javascript")
        names[node] = f"t{len(lines) + 1}"
        lines.append(f"const {names[node]} = o.{node.rule.name}({', '.join(names[arg] for arg in node.args)});")
    return _function_body(lines, [_named(partial, names) for partial in partials])


def _function_body(lines: Sequence[str], results: Sequence[str]) -> str:
    if not lines:
        return f"[{', '.join(results)}]"
    return "\n".join(["{", *(f"    {line}" for line in lines), f"    return [{', '.join(results)}];", "  }"])


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
