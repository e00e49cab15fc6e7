"""Which modules of the page train a network?

Those below compute, without a page: they run in node, in a worker and in the page. One of them, `lines.js`, is
printed by the compiler; `losses.js`, which no file holds, is traced from nn's losses.

    MODULES           their names, each after those that it imports
    modules()         the source of each, by its path below one folder

Names to know: `MODULES`, `modules`. Read next: `lines.py`.
"""

from __future__ import annotations

from tinygrad_edu.viz.page.engine import FOLDER
from tinygrad_edu.viz.page.playground import loss_graphs

MODULES = (
    "refusals",
    "random",
    "data",
    "network",
    "tasks",
    "lines",
    "program",
    "schedules",
    "optimizers",
    "diagnosis",
    "training",
    "settings",
    "csv",
    "out",
    "losses",
    "scalars",
    "matrices",
    "batch",
)


def modules() -> dict[str, str]:
    """The source of each module, by its path.

    >>> "playground/random.js" in modules()
    True
    """
    made = {"losses": loss_graphs.module()}
    return {f"playground/{name}.js": made.get(name) or _read(name) for name in MODULES}


def _read(name: str) -> str:
    return (FOLDER / "playground" / f"{name}.js").read_text(encoding="utf-8")
