"""A notebook, run by Jupyter's own kernel.

A kernel and the tests talk through files, where the system can do that: a port of the network may be taken by somebody
else before the kernel has it.
"""

import sys
import tempfile
from pathlib import Path

from nbclient import NotebookClient
from traitlets.config import Config

PATIENCE = {"timeout": 1200, "startup_timeout": 600}  # seconds: a cell comes as soon as the machine has time for it


def executed(notebook, folder="."):
    """Run all cells, in a folder; give the notebook with what they show."""
    with tempfile.TemporaryDirectory(prefix="kernel-") as files:
        through_files = {} if sys.platform == "win32" else {"transport": "ipc", "ip": str(Path(files) / "kernel")}
        given = {"config": Config(KernelManager=through_files), "resources": {"metadata": {"path": str(folder)}}}
        return NotebookClient(notebook, kernel_name="python3", **given, **PATIENCE).execute()
