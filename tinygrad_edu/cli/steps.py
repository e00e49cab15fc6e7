"""How are the steps of the chain rule printed in a terminal?

      ∂f/∂q  = ∂f/∂f · z      = 1 × (-4)  = -4
      ∂f/∂x  = ∂f/∂q · ∂q/∂x  = (-4) × 1  = -4

Each row is an equation: the rule in names, in numbers, and what comes out. Where a row does not fit the terminal, its
parts stand below each other.

Names to know: `step_lines`. Read next: `lab.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tinygrad_edu.show import aligned, cells, folded, in_brackets, show
from tinygrad_edu.steps.paths import Explanation
from tinygrad_edu.steps.sentences import caution, role_in, say
from tinygrad_edu.steps.trace import EdgeStep, Trace
from tinygrad_edu.terminal.colours import Paint
from tinygrad_edu.terminal.words import word
from tinygrad_edu.text.printing import to_text
from tinygrad_edu.value import Value

WIDEST_COLUMN = 34  # but for a longer formula
MOST_PATHS = 8  # from a leaf, that are listed one by one
PLAIN = Paint(is_on=False)


class Look(NamedTuple):
    """How the steps are written: for which width, in which colours and language."""

    width: float = math.inf
    paint: Paint = PLAIN
    lang: str = "en"


def step_lines(f: Value, trace: Trace, look: Look | None = None) -> Iterator[str]:
    """The whole output of `tinygrad-edu step`, line by line.

    >>> from tinygrad_edu import chain_rule, parse
    >>> f = parse("f = x * y", x=2, y=3)
    >>> for line in step_lines(f, chain_rule(f)):
    ...     print(line)
    f = x * y
    <BLANKLINE>
    forward: every operation computes its number
      f = x * y  = 2 * 3  = 6
    <BLANKLINE>
    backward: the chain rule along every edge, upstream × local
      ∂f/∂f                        = 1
      ∂f/∂x  = ∂f/∂f · y  = 1 × 3  = 3
      ∂f/∂y  = ∂f/∂f · x  = 1 × 2  = 2
    <BLANKLINE>
    gradient
      ∂f/∂x  = 3
      ∂f/∂y  = 2
    """
    look = look or Look()
    trace = trace if look.lang == "en" else trace.with_roles(lambda role: role_in(look.lang, role))
    yield look.paint.bold(to_text(f))
    for title, rows in (("forward", _forward(trace)), (_backward_title(trace), _backward(trace, look.lang))):
        if rows:
            yield ""
            yield from _titled(title, look)
            yield from _columns(rows, look)
    yield ""
    yield from _titled("gradient", look)
    yield from _columns(_gradient(trace), look)
    yield from _cautions(trace, look)
    yield from _paths(trace, look)


class _Row(NamedTuple):
    """Cells of a table, the number that the last of them begins with, and what stands behind it."""

    cells: tuple[str, ...]
    number: float
    behind: str = ""


def _forward(trace: Trace) -> list[_Row]:
    return [_Row((f"{s.name} = {s.formula}", f"= {s.numbers}", f"= {show(s.out)}"), s.out) for s in trace.forward]


def _backward_title(trace: Trace) -> str:
    return "backward_sums" if any(edge.is_shared for edge in trace.edges) else "backward"


def _backward(trace: Trace, lang: str) -> list[_Row]:
    """The seed, then a row for each application of the chain rule; what is already there stands before a product."""
    has_sums = any(edge.is_shared for edge in trace.edges)
    name = trace.output.name
    seed = _Row((f"∂{name}/∂{name}", "", "", "= 1"), 1.0)
    return [seed, *(_edge(step, lang, has_sums) for step in trace.edges)]


def _edge(step: EdgeStep, lang: str, has_sums: bool) -> _Row:
    sign = ("+=" if not step.is_first else " =") if has_sums else "="
    before = "" if step.is_first else f"{show(step.before)} + "
    product = f"{in_brackets(step.upstream)} × {in_brackets(step.partial)}"
    parts = (step.gradient, f"{sign} {step.rule_with_symbol}", f"= {before}{product}", f"= {show(step.after)}")
    return _Row(parts, step.after, _status(step, lang))


def _status(step: EdgeStep, lang: str) -> str:
    """At a shared node what is to come, and as what this came, if the rule does not say."""
    place = [word(lang, "as_role", role=step.role)] if step.role and step.symbol else []
    status = [say(lang, "complete" if step.is_complete else "to_come", count=step.to_come)] if step.is_shared else []
    return "".join(word(lang, "comma") + text for text in [*place, *status])


def _gradient(trace: Trace) -> list[_Row]:
    found = [(leaf.name, trace.gradients[leaf.name]) for leaf in trace.leaves]
    return [_Row((f"∂{trace.output.name}/∂{name}", f"= {show(number)}"), number) for name, number in found]


def _cautions(trace: Trace, look: Look) -> Iterator[str]:
    """Where a local derivative is a convention, or not a number: each such place once."""
    found = dict.fromkeys(filter(None, (caution(trace, step, look.lang) for step in trace.edges)))
    if found:
        yield ""
        yield from _titled("careful", look)
        for sentence in found:
            yield from folded(f"  {sentence}", look.width, "  ")


def _paths(trace: Trace, look: Look) -> Iterator[str]:
    for explanation in (trace.explain(leaf.name) for leaf in trace.leaves):
        if 2 <= explanation.count <= MOST_PATHS:
            yield ""
            for line in _explained(explanation, look.lang):
                yield from folded(line, look.width, "      ")


def _explained(explanation: Explanation, lang: str) -> Sequence[str]:
    lines = str(explanation).split("\n")
    if lang == "en":
        return lines
    count, total = explanation.count, lines[-1].removeprefix("total")
    places = {"output": explanation.trace.output.name, "start": explanation.name, "count": count}
    return [word(lang, "paths", **places), *lines[1:-1], word(lang, "total") + total]


# Layout


def _titled(key: str, look: Look) -> list[str]:
    return [look.paint.bold(line) for line in folded(word(look.lang, key), look.width)]


def _columns(rows: Sequence[_Row], look: Look) -> list[str]:
    """Rows as lines, with a limit to the width of a column for long formulas; folded where they are too wide."""
    texts = _without_empty([(*row.cells[:-1], row.cells[-1] + row.behind) for row in rows])
    lines = [f"  {line}" for line in aligned(texts, widest=WIDEST_COLUMN)]
    if max(map(cells, lines)) <= look.width:
        return [_painted(line, row, look) for line, row in zip(lines, rows, strict=True)]
    return [line for row in rows for line in _folded(row, look)]


def _without_empty(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The rows without the columns that are empty in all of them, such as those of a graph of one node."""
    kept = [any(column) for column in zip(*rows, strict=True)]
    return [[cell for cell, is_kept in zip(row, kept, strict=True) if is_kept] for row in rows]


def _folded(row: _Row, look: Look) -> list[str]:
    """One row as several lines: names above, numbers below; what is still too wide, part by part."""
    parts = [part for part in row.cells if part]
    above, below = (parts[:-2], parts[-2:]) if len(parts) > 2 else (parts, [])
    lines = ["  " + " ".join(above), *([f"      {' '.join(below)}"] if below else [])]
    if cells(lines[-1] + row.behind) > look.width and below:
        lines = [lines[0], *(f"      {part}" for part in below)]
    lines[-1] = _painted(lines[-1], row._replace(behind=""), look)
    if cells(f"      {parts[-1]}{row.behind}") > look.width:
        return [*lines, f"      {row.behind.lstrip(',， ')}"]
    return [*lines[:-1], lines[-1] + row.behind]


def _painted(line: str, row: _Row, look: Look) -> str:
    """A line whose last number has the colour of its sign."""
    end = len(line) - len(row.behind)
    start = end - len(show(row.number))
    return line[:start] + look.paint.signed(line[start:end], row.number) + line[end:]
