"""Which scalars does a line of the program stand for?

Names to know: `explanation`. Read next: `proof.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tinygrad_edu.compiler.arrays import NOWHERE, Ids
from tinygrad_edu.compiler.source import Line
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import counted


def explanation(graph: Graph, gradient: Ids, lines: Iterable[Line], parts: Collection[int] = ()) -> str:
    """For every line how many scalars it stands for, and what the first one is in the graph.

    Args:
        graph: of the loss; the scalars of the forward pass are its nodes.
        gradient: for each node the scalar that is its gradient.
        lines: of the program.
        parts: the nodes that stand for a part of a sum, all products up to their own.
    """
    node_of = {int(scalar): node for node, scalar in enumerate(gradient.tolist()) if scalar != NOWHERE}
    rows = [(line.name, str(line.shape or ""), _said(graph, node_of, line, parts)) for line in lines]
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    return "\n".join(f"{name:<{widths[0]}}  {shape:<{widths[1]}}  {said}".rstrip() for name, shape, said in rows)


def _said(graph: Graph, node_of: dict[int, int], line: Line, parts: Collection[int]) -> str:
    count, first = counted(line.scalars, "scalar"), line.first
    if first is None:
        return f"{count} out of several arrays, laid together"
    more = " …" if line.scalars > 1 else ""
    if first < len(graph):
        node = graph.nodes[first]
        which = "the sum of products up to " if first in parts else ""
        return f"{count}: {which}{graph.name(node)}{f' = {graph.formula(node)}' if node.args else ''}{more}"
    if first in node_of:
        return f"{count}: ∂{graph.name(graph.output)}/∂{graph.name(graph.nodes[node_of[first]])}{more}"
    return f"{count} on the way to a gradient"
