"""The modules of the playground that need no browser, run by node.

in_node(program, given)   what a program prints, as JSON; it imports from "./engine/…", "./lab/…" and "./playground/…",
                          and has the JSON `given` as GIVEN; inf and NaN go both ways as strings
"""

import atexit
import functools
import json
import math
import shutil
import subprocess
import tempfile
from pathlib import Path

import page_engine
import pytest

from tinygrad_edu.viz.page.engine import FOLDER, modules
from tinygrad_edu.viz.page.playground import loss_graphs

needs_node = pytest.mark.skipif(
    not page_engine.HAS_NODE, reason="node, which runs the page's modules, is not installed"
)
HEADER = """
import { readFileSync } from "node:fs";
const GIVEN = JSON.parse(readFileSync(0, "utf8"));
const answer = (found) => console.log(JSON.stringify(found, (_, item) =>
  typeof item === "number" && !Number.isFinite(item) ? String(item)
  : ArrayBuffer.isView(item) ? Array.from(item) : item instanceof Map ? Object.fromEntries(item) : item));
"""


@functools.cache
def folder():
    """Where the modules are, as files."""
    found = Path(tempfile.mkdtemp(prefix="playground-modules-"))
    atexit.register(shutil.rmtree, found, ignore_errors=True)
    parts = {
        f"{room}/{path.name}": path.read_text(encoding="utf-8")
        for room in ("lab", "playground")
        for path in (FOLDER / room).glob("*.js")
    }
    made = {"playground/losses.js": loss_graphs.module(), "package.json": '{"type": "module"}'}
    for path, source in {**modules(), **parts, **made}.items():
        (found / path).parent.mkdir(parents=True, exist_ok=True)
        (found / path).write_text(source, encoding="utf-8")
    return found


def in_node(program, given=None):
    source = HEADER + program.replace('from "./', f'from "{folder().as_uri()}/')
    path = folder() / "program.mjs"
    path.write_text(source, encoding="utf-8")
    found = subprocess.run(["node", str(path)], input=json.dumps(given), capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def number(item):
    """A number in JSON: inf and NaN are strings there, as JavaScript writes them."""
    return {"Infinity": math.inf, "-Infinity": -math.inf, "NaN": math.nan}[item] if isinstance(item, str) else item
