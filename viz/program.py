"""What does a compiled program look like?

    a box for each line      its name, its formula and its shape: parameters and inputs grey with square corners,
                             the forward pass blue, the gradients orange, their names beginning with d
    an arrow                 from every array to those that are computed from it

Names to know: `draw_program`. Read next: `plots.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import graphviz

from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
from tinygrad_edu.errors import SizeError
from tinygrad_edu.show import counted
from tinygrad_edu.viz.drawing import Drawing
from tinygrad_edu.viz.graph import canvas
from tinygrad_edu.viz.look import Look
from tinygrad_edu.viz.quoting import plain, shortened

if TYPE_CHECKING:
    from tinygrad_edu.compiler.compiled import Compiled
    from tinygrad_edu.compiler.source import Line


MOST_LINES = 150  # more cannot be read; and arrays are used far from where they are made, which takes long to lay out


def draw_program(
    program: Compiled, *, direction: str = "TB", max_lines: int = MOST_LINES, look: Look | None = None
) -> Drawing:
    """Draw the arrays of a compiled program.

    Raises:
        SizeError: if it has more lines than `max_lines`, including its parameters and inputs.

    >>> import tinygrad_edu
    >>> from tinygrad_edu import parse
    >>> drawing = draw_program(tinygrad_edu.compile(parse("f = tanh(w * x)", w=2, x=0.5)))
    >>> "np.tanh(w * x)" in drawing.source
    True
    """
    lines = (*program.leaves, *program.lines)
    if len(lines) > max_lines:
        raise SizeError(
            f"a drawing of a program of {counted(len(lines), 'line')}",
            f"more than {max_lines:,} cannot be read, and take long to lay out",
            instead=f"print(program.source), or viz.draw(program, max_nodes={2 * len(lines)}) and patience",
        )
    look = look or Look()
    dot = canvas(look.theme, rankdir=direction, nodesep="0.25", ranksep="0.45")
    ids = {line.name: f"a{index}" for index, line in enumerate(lines)}
    leaves = {line.name for line in program.leaves}
    for line in lines:
        _box(dot, ids[line.name], line, look, is_leaf=line.name in leaves)
        for name in line.reads:
            if name in ids:
                dot.edge(ids[name], ids[line.name])
    return Drawing(str(dot.source), look.theme.paper)


def _box(dot: graphviz.Digraph, number: str, line: Line, look: Look, *, is_leaf: bool) -> None:
    shape = " × ".join(map(str, line.shape)) or look.say("a_number")
    formula = NumPyPrinter().expression(line.formula)
    text = [line.name, shape] if is_leaf else [line.name, shortened(formula), shape]
    sign = -1.0 if line.name.startswith("d") else 1.0
    dot.node(
        number,
        label=graphviz.nohtml(plain("\n".join(text))),
        shape="box",
        style="filled" if is_leaf else "filled,rounded",
        fillcolor=look.theme.operation if is_leaf else look.theme.tint(sign, 4.0),
        tooltip=graphviz.nohtml(plain(formula)),
    )
