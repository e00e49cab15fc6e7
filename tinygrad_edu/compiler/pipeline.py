"""How does a graph become a program?

From scalars to arrays, room by room: number, group and order, differentiate, name, write.

Names to know: `find`, `Found`. Read next: `memory.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tinygrad_edu.compiler.alike import Alike
from tinygrad_edu.compiler.arrays import NOWHERE, Ids
from tinygrad_edu.compiler.connections import Connections
from tinygrad_edu.compiler.emit import emit
from tinygrad_edu.compiler.gradient import gradients
from tinygrad_edu.compiler.groups import arrange
from tinygrad_edu.compiler.names import names_of
from tinygrad_edu.compiler.recurrences import FEWEST_OF_SAMPLES, Recurrence, recurrences
from tinygrad_edu.compiler.scalars import NO_TABLES, Nodes, Scalars, lower
from tinygrad_edu.compiler.singly import is_irregular, is_single, singly
from tinygrad_edu.compiler.source import Source
from tinygrad_edu.graph import Graph
from tinygrad_edu.rules import dot, mul
from tinygrad_edu.value import Value


class Found(NamedTuple):
    """A program, and what its lines stand for.

    Attributes:
        source: the program.
        gradient: for each node of the graph the scalar that is its gradient.
        parts: the nodes that stand for a part of a sum.
    """

    source: Source
    gradient: Ids
    parts: frozenset[int]


def find(
    graph: Graph,
    wrt: Sequence[Value],
    inputs: Sequence[Value],
    outputs: Nodes,
    tables: Mapping[str, Nodes] = NO_TABLES,
    *,
    loops: bool = True,
    is_strict: bool = False,
) -> Found:
    """The program of a graph.

    Args:
        graph: of the loss.
        wrt: the leaves to differentiate by.
        inputs: the leaves whose numbers change from call to call.
        outputs: nodes whose numbers are wanted beside the loss, in their shape.
        tables: more inputs, which are arrays already, by their names.
        loops: whether what repeats is written as a loop over time.
        is_strict: whether nothing may be computed that the graph does not compute.
    """
    scalars = lower(graph, wrt, inputs, outputs.reshape(-1).tolist(), tables, is_strict=is_strict)
    alike = Alike(scalars)
    connections = Connections(scalars)
    repeats = _repeats(connections, alike) if loops else []
    if is_single(scalars, alike.groups, repeats) or is_irregular(scalars, alike.groups, repeats):
        shape = outputs.shape if outputs.size else None
        return Found(*singly(scalars, alike.workspace, alike.same.tolist(), shape), _parts(graph, scalars))
    workspace, same = arrange(connections, alike, repeats)
    output = int(same[scalars.output])
    found = gradients(workspace, output)
    leaves = {"parameter": np.array(scalars.parameters, dtype=np.int64)}
    if not tables:
        leaves["input"] = np.array(scalars.inputs, dtype=np.int64)
    gradient = np.where(leaves["parameter"] >= 0, found[leaves["parameter"]], NOWHERE)
    names = names_of(workspace, scalars, output, found)
    wanted = same[scalars.wanted].reshape(outputs.shape) if outputs.size else None
    source = emit(workspace, names, output, gradient, leaves, wanted)
    return Found(source, found[: len(graph)], _parts(graph, scalars))


def _repeats(connections: Connections, alike: Alike) -> list[Recurrence]:
    """What repeats; in sequences of samples, what reads them forwards is not what reads them backwards."""
    scalars = connections.scalars
    is_long = any(table.ndim > 1 and table.shape[1] >= FEWEST_OF_SAMPLES for table in scalars.tables.values())
    return recurrences(connections, (Alike(scalars, by_column=True) if is_long else alike).of_one_length(scalars))


def _parts(graph: Graph, scalars: Scalars) -> frozenset[int]:
    """The nodes that were one product, and stand for several."""
    return frozenset(node for node, rule in enumerate(scalars.rule) if rule is dot and graph.nodes[node].rule is mul)
