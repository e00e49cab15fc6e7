"""The table of the guide that says which chapter of the course sees which mistake: `{mistake-table}`."""

from __future__ import annotations

from collections.abc import Mapping

from docutils import nodes
from rule_table import translated
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from tinygrad_edu.checks.engines.diagnosis import Simulated
from tinygrad_edu.checks.engines.mistakes import MISTAKES, Mistake
from tinygrad_edu.checks.engines.probes import CHAPTERS, PROBES, Probe
from tinygrad_edu.checks.engines.reference import RIGHT

MICROGRAD = (  # the two expressions of the tests that come with micrograd, and the names whose gradients they look at
    Probe(
        "training",
        "x = Value(-4.0)\nz = 2 * x + 2 + x\nq = z.relu() + z * x\nh = (z * z).relu()\ny = h + q + q * x\ny.backward()",
    ),
    Probe(
        "training",
        "a = Value(-4.0)\nb = Value(2.0)\nc = a + b\nd = a * b + b ** 3\nc = c + (c + 1)\nc = c + (1 + c + -a)\n"
        "d = d + (d * 2 + (b + a).relu())\nd = d + (3 * d + (b - a).relu())\ne = c - d\nf = e ** 2\n"
        "g = f / 2.0\ng = g + 10.0 / f\ng.backward()",
    ),
)
LOOKED_AT = ({"x": "gradient", "y": "number"}, {"g": "number", "a": "gradient", "b": "gradient"})


class MistakeTable(SphinxDirective):
    """A row for every mistake, a column for every chapter, and one for micrograd's tests."""

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        right = Simulated(RIGHT)
        head = ("mistake", *map(str, range(1, len(CHAPTERS) + 1)), "micrograd's tests")
        group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in (40, *[6] * 9, 14)), cols=len(head))
        rows = [_row_of(mistake, right) for mistake in MISTAKES]
        group += [nodes.thead("", _row(head)), nodes.tbody("", *map(_row, rows))]
        return [translated(self, nodes.table("", group))]


def _row_of(mistake: Mistake, right: Simulated) -> list[str]:
    wrong = Simulated(mistake.change(RIGHT))
    counts = [sum(_differs(wrong, right, probe) for probe in PROBES if _counts(probe, chapter)) for chapter in CHAPTERS]
    seen = any(_is_seen(wrong, right, probe, names) for probe, names in zip(MICROGRAD, LOOKED_AT, strict=True))
    return [mistake.name, *(str(count or "") for count in counts), "seen" if seen else "not seen"]


def _counts(probe: Probe, chapter: str) -> bool:
    return probe.chapter == chapter and not probe.choice


def _differs(wrong: Simulated, right: Simulated, probe: Probe) -> bool:
    return not wrong.seen(probe).agrees(right.seen(probe), probe.compares)


def _is_seen(wrong: Simulated, right: Simulated, probe: Probe, names: Mapping[str, str]) -> bool:
    found, expected = wrong.seen(probe), right.seen(probe)
    if found.error:
        return True
    which = {"number": 0, "gradient": 1}
    return any(
        abs(found.numbers[name][which[kind]] - expected.numbers[name][which[kind]]) > 1e-6
        for name, kind in names.items()
    )


def _row(cells: tuple[str, ...] | list[str]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", nodes.Text(cell))) for cell in cells))


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("mistake-table", MistakeTable)
    return {"parallel_read_safe": True}
