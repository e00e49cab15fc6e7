"""How is the graph of a trace laid out for the player?

As a circuit diagram: each node one box with its value above its name and its gradient below, each use of a node one
arrow, which is one application of the chain rule. Graphviz lays them out with placeholders as wide as numbers get; the
page then writes what is known at each step.

Names to know: `picture`. Read next: `files.py`.
"""

from __future__ import annotations

import re

import graphviz

from tinygrad_edu.rules import RULES
from tinygrad_edu.show import cut
from tinygrad_edu.steps.trace import EdgeStep, ForwardStep, Trace
from tinygrad_edu.steps.wording import filled, operation
from tinygrad_edu.viz.drawing import Drawing
from tinygrad_edu.viz.graph import canvas
from tinygrad_edu.viz.quoting import field, plain

WIDEST_NUMBER = "-0.000000"
LONGEST_TITLE = 22
LONGEST_NAME = 9  # characters, in the title of a computed node
DIRECTIONS = {"lr": "LR", "tb": "TB"}
ROLES = ("value", "name", "gradient")  # of the texts in a box, from top to bottom


def picture(trace: Trace, layout: str) -> str:
    """The graph as SVG, its groups called `lr-n0`, `lr-n1` … for nodes and `lr-e0` … for edges.

    Args:
        trace: the steps; edges are numbered in their order.
        layout: "lr" from left to right, "tb" from top to bottom.

    >>> from tinygrad_edu import Value, chain_rule
    >>> svg = picture(chain_rule(Value(2.0, label="x") * 3.0), "lr")
    >>> 'id="lr-n0"' in svg, 'id="lr-e0"' in svg
    (True, True)
    """
    direction = DIRECTIONS[layout]
    dot = canvas(rankdir=direction, nodesep="0.3", ranksep="0.35", pad="0.2", id=f"{layout}-graph")
    dot.attr("graph", bgcolor="transparent")
    dot.attr("edge", fontsize="10.5")
    titles = _titles(trace)
    for index, node in enumerate(trace.nodes):
        if node.is_constant:
            _constant(dot, layout, index, node.name)
        else:
            _box(dot, layout, index, titles[index], direction)
    for number, edge in enumerate(trace.edges):
        _arrow(dot, layout, number, edge)
    for index, node in enumerate(trace.nodes):
        for arg in node.args:
            if trace.nodes[arg].is_constant:
                dot.edge(f"n{arg}", f"n{index}")
    return _with_width(_with_roles(Drawing(str(dot.source)).svg()))


def _titles(trace: Trace) -> list[str]:
    """The name of each node; for a computed node also its operation, as far as it fits."""
    titles = [cut(node.name, LONGEST_TITLE) for node in trace.nodes]
    for step in trace.forward:
        whole = f"{step.name} = {step.formula}"
        titles[step.node] = whole if len(whole) <= LONGEST_TITLE else _short_title(step, trace)
    return titles


def _short_title(step: ForwardStep, trace: Trace) -> str:
    """With shortened names; if there are many arguments, with the symbol of the operation and their number."""
    rule, args = RULES.get(step.op), trace.nodes[step.node].args
    name = cut(step.name, LONGEST_NAME)
    if rule is None or rule.many:
        return f"{name} = {rule.symbol if rule else step.op} of {len(args)}"
    names = [cut(trace.nodes[arg].name, LONGEST_NAME) for arg in args]
    return f"{name} = {filled(operation(rule, len(args)), names)}"


def _box(dot: graphviz.Digraph, layout: str, index: int, title: str, direction: str) -> None:
    rows = "|".join([WIDEST_NUMBER, field(f"\xa0{title}\xa0"), WIDEST_NUMBER])  # room for bold letters
    label = rows if direction == "LR" else f"{{{rows}}}"  # a record runs across the direction of its graph
    dot.node(f"n{index}", label=graphviz.nohtml(label), id=f"{layout}-n{index}", shape="Mrecord", height="0.9")


def _constant(dot: graphviz.Digraph, layout: str, index: int, name: str) -> None:
    dot.node(
        f"n{index}",
        label=graphviz.nohtml(plain(name)),
        id=f"{layout}-n{index}",
        shape="box",
        style="rounded",
        height="0.3",
        width="0.3",
    )


def _arrow(dot: graphviz.Digraph, layout: str, number: int, edge: EdgeStep) -> None:
    label = f"× ({WIDEST_NUMBER})\n= {WIDEST_NUMBER}"
    dot.edge(
        f"n{edge.argument_node}", f"n{edge.user_node}", id=f"{layout}-e{number}", label=graphviz.nohtml(plain(label))
    )


def _with_width(svg: str) -> str:
    """The preferred width of the picture, `--width`, which the style of the page may stretch or shrink a little."""
    return re.sub(r'<svg width="([\d.]+)pt" height="[\d.]+pt"', lambda size: _wished(float(size[1])), svg, count=1)


def _wished(points: float) -> str:
    return f'<svg style="--width: {points * 96 / 72:.0f}px"'


def _with_roles(svg: str) -> str:
    """The texts of a box, each with a class, for the page to fill in and colour."""
    return re.sub(r'<g id="\w+-n\d+" class="node">.*?</g>', _roles_in_box, svg, flags=re.DOTALL)


def _roles_in_box(found: re.Match[str]) -> str:
    group = found[0]
    if group.count("<text ") < len(ROLES):
        return group
    roles = iter(ROLES)
    return re.sub(r"<text ", lambda _: f'<text class="{next(roles, "name")}" ', group)
