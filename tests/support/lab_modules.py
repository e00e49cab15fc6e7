"""The parts of the page that need no browser, run by node: which scenes are drawn of which graphs.

scenes(cases)     what scenes.mjs finds in each case
in_node(program)  what a program prints, as JSON; it imports from "./engine/..." and "./lab/..."
"""

import atexit
import functools
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from tinygrad_edu.viz.page.engine import FOLDER, modules

PURE = ("quiz", "samples", "store", "frame", "fold", "neighbourhood", "scene", "overview")
DRIVER = Path(__file__).with_name("lab_scenes.mjs")


@functools.cache
def folder():
    """Where the modules are, as files."""
    found = Path(tempfile.mkdtemp(prefix="lab-modules-"))
    atexit.register(shutil.rmtree, found, ignore_errors=True)
    lab = {f"lab/{name}.js": (FOLDER / "lab" / f"{name}.js").read_text(encoding="utf-8") for name in PURE}
    for path, source in {**modules(), **lab, "package.json": '{"type": "module"}'}.items():
        (found / path).parent.mkdir(parents=True, exist_ok=True)
        (found / path).write_text(source, encoding="utf-8")
    return found


def in_node(program):
    source = program.replace('from "./', f'from "{folder().as_uri()}/')
    return _answer(["node", "--input-type=module"], source)


def scenes(cases):
    return _answer(["node", str(DRIVER), folder().as_uri()], json.dumps(cases))


def _answer(command, text):
    found = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)
