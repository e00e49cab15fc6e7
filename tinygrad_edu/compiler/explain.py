"""Which scalars of the graph does a line of the program compute?

Names to know: `explanation`. Read next: `proof.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from tinygrad_edu.compiler.arrays import NOWHERE, Ids
from tinygrad_edu.compiler.formulas import OneHot, Rows
from tinygrad_edu.compiler.sizes import Count, Size
from tinygrad_edu.compiler.source import Line, Numbers
from tinygrad_edu.graph import Graph
from tinygrad_edu.show import aligned, counted, show

MOST_SHOWN = 6  # of the numbers of an array


def explanation(
    graph: Graph,
    gradient: Ids,
    lines: Iterable[Line],
    parts: Collection[int] = (),
    data: Mapping[str, Numbers] | None = None,
) -> str:
    """For every line how many scalars it computes, and what the first one is in the graph; before them the constants.

    Args:
        graph: the graph of the loss; its nodes are the scalars of the forward pass.
        gradient: for each node the id of its gradient.
        lines: the lines of the program.
        parts: the nodes that hold part of a sum: all of its products up to their own.
        data: the arrays of numbers that the lines read, by name.
    """
    node_of = {int(scalar): node for node, scalar in enumerate(gradient.tolist()) if scalar != NOWHERE}
    rows = [*_given(data or {})]
    rows += [(line.name, str(line.shape or ""), _said(graph, node_of, line, parts)) for line in lines]
    return "\n".join(aligned(rows))


def _given(data: Mapping[str, Numbers]) -> Iterator[tuple[str, str, str]]:
    """The arrays of numbers that a program reads, with the first numbers of each."""
    kinds = {"b": "which of two", "i": "places of scalars", "f": "constants"}
    for name, numbers in data.items():
        first = ", ".join(str(each) if numbers.dtype.kind == "b" else show(each) for each in numbers.flat[:MOST_SHOWN])
        more = ", …" if numbers.size > MOST_SHOWN else ""
        yield name, str(numbers.shape), f"{kinds[numbers.dtype.kind]}: {first}{more}"


def _said(graph: Graph, node_of: dict[int, int], line: Line, parts: Collection[int]) -> str:
    if isinstance(line.formula, Rows | OneHot):
        return (
            "the number of samples" if isinstance(line.formula, Rows) else "1 for the class of a sample, 0 for others"
        )
    if not line.scalars:
        return "constants" if line.name[0] == "c" else "places of scalars"
    size, first = line.scalars, line.first
    count = f"{size} scalars" if isinstance(size, Size | Count) else counted(size, "scalar")
    if first is None:
        return f"{count} gathered from several arrays"
    more = " …" if line.scalars > 1 else ""
    if first < len(graph):
        node = graph.nodes[first]
        which = "the sum of products up to " if first in parts else ""
        return f"{count}: {which}{graph.name(node)}{f' = {graph.formula(node)}' if node.args else ''}{more}"
    if first in node_of:
        return f"{count}: ∂{graph.name(graph.output)}/∂{graph.name(graph.nodes[node_of[first]])}{more}"
    return f"{count} on the way to a gradient"
