"""The table of operations in the guide, made from the rule table itself: `{rule-table}`."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from tinygrad_edu.rule import Rule
from tinygrad_edu.rules import RULES
from tinygrad_edu.show import show
from tinygrad_edu.steps.wording import Wording, filled, local_derivatives, operation

HEAD = ("operation", "local derivatives, by x and by y", "defined for", "remarks")
LETTERS = ["x", "y"]
SEVERAL = {
    "dot": ("dot([w, …], [x, …])", "x by w, and w by x"),
    "logsumexp": ("logsumexp([x, …])", "exp(x - out), which is the softmax"),
}  # operations with any number of arguments


class RuleTable(SphinxDirective):
    """A row for every operation."""

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in (18, 42, 18, 22)), cols=len(HEAD))
        head = nodes.thead("", _row([nodes.Text(title) for title in HEAD]))
        group += [head, nodes.tbody("", *map(_of_rule, RULES.values()))]
        return [translated(self, nodes.table("", group))]


def translated(directive: SphinxDirective, table: nodes.table) -> nodes.table:
    """The table, with its words for the catalogue of the page, as if they stood there; not the code in it."""
    for cell in table.findall(nodes.paragraph):
        if isinstance(cell[0], nodes.Text):
            directive.set_source_info(cell)
            cell.rawsource = cell.astext()
    return table


def _of_rule(rule: Rule) -> nodes.row:
    written, slopes = SEVERAL.get(rule.name) or _formulas(rule)
    domain = rule.domain.words if rule.domain else "all x"
    remarks = [rule.note] if rule.note else []
    remarks += [
        f"at x = {_kink(point)} the slope is taken as {_side(rule, slope)}" for point, slope in rule.kinks.items()
    ]
    return _row(
        [nodes.literal(text=written), nodes.literal(text=slopes), nodes.Text(domain), nodes.Text("; ".join(remarks))]
    )


def _formulas(rule: Rule) -> tuple[str, str]:
    count = len(rule.partials)
    constants = [3.0 if position in rule.fixed else None for position in range(count)]
    named = [letter if number is None else show(number) for letter, number in zip(LETTERS, constants, strict=False)]
    wordings = local_derivatives(rule, constants)
    slopes = [_slope(partial, wording, named) for partial, wording in zip(rule.partials, wordings, strict=False)]
    return filled(operation(rule, count), named), ",  ".join(slopes)


def _kink(point: tuple[float, ...]) -> str:
    return "y" if len(set(point)) == 1 < len(point) else show(point[0])


def _side(rule: Rule, slope: tuple[float, ...]) -> str:
    return "y, that on the left" if rule.defaults else show(slope[0])


def _slope(partial: object, wording: Wording, named: list[str]) -> str:
    if partial is None:
        return "none"
    return show(partial) if isinstance(partial, float) else _bare(filled(wording, named, "out"))


def _bare(text: str) -> str:
    """The text without the brackets that a factor needs, but a cell does not."""
    inner = text[1:-1]
    is_enclosed = text.startswith("(") and text.endswith(")") and inner.find("(") <= inner.find(")")
    return inner if is_enclosed and inner.count("(") == inner.count(")") else text


def _row(cells: list[nodes.Node]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("rule-table", RuleTable)
    return {"parallel_read_safe": True}
