"""Which modules of the page train a network?

Those below compute, without a page: they run in node, in a worker and in the page. One of them, `lines.js`, no file
holds: it is printed by the compiler.

    MODULES           their names, each after those that it imports
    modules()         the source of each, by its path below one folder

Names to know: `MODULES`, `modules`. Read next: `lines.py`.
"""

from __future__ import annotations

from tinygrad_edu.viz.page.engine import FOLDER

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
)


def modules() -> dict[str, str]:
    """The source of each module, by its path.

    >>> "playground/random.js" in modules()
    True
    """
    paths = [f"playground/{name}.js" for name in MODULES]
    return {path: (FOLDER / path).read_text(encoding="utf-8") for path in paths}
