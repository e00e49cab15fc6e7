"""Which modules of the page train a network?

Those below compute, without a page: they run in node, in a worker and in the page. One of them, `lines.js`, is
printed by the compiler; `losses.js`, which no file holds, is traced from nn's losses.

    MODULES               their names, each after those that it imports
    modules()             the source of each, by its path below one folder
    worker_part(parts)    how much of the page's script a worker runs: `worker.js` says what for

Names to know: `MODULES`, `modules`, `worker_part`. Read next: `lines.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from tinygrad_edu.viz.page.engine import FOLDER, script
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
    "worker",
    "losses",
    "scalars",
    "matrices",
    "batch",
)
WORKER = "playground/worker.js"


def modules() -> dict[str, str]:
    """The source of each module, by its path.

    >>> "playground/random.js" in modules()
    True
    """
    made = {"losses": loss_graphs.module()}
    return {f"playground/{name}.js": made.get(name) or _read(name) for name in MODULES}


def _read(name: str) -> str:
    return (FOLDER / "playground" / f"{name}.js").read_text(encoding="utf-8")


def worker_part(parts: Mapping[str, str], begin: str = "") -> int:
    """How many characters of a page's script are the modules of `parts` up to `worker.js`.

    Args:
        parts: the first modules of the page, as `script` bundles them.
        begin: what stands before them in the script.

    >>> first = {"a.js": "export const A = 1;", WORKER: "export const B = 2;"}
    >>> text = script(first | {"c.js": "export const C = 3;"})
    >>> print(text[: worker_part(first)])
    (() => {
    const MODULES = {};
    MODULES["a.js"] = (() => {
    const A = 1;
    return { A };
    })();
    MODULES["playground/worker.js"] = (() => {
    const B = 2;
    return { B };
    })();
    """
    names = list(parts)
    trained = {name: parts[name] for name in names[: names.index(WORKER) + 1]}
    return len(begin) + script(trained).rindex("\nreturn MODULES;")
