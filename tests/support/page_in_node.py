"""The page's modules that need no document, run by node: what the page computes, to be compared with Python.

    evaluated("judge", "given.map((text) => judge.readAnswer(text))", ["1/3"])
    in_node('import { show } from "./numbers.js"; console.log(JSON.stringify(given.map(show)));', [0.25])

A program stands beside the folders engine/, lab/ and playground/, and finds what Python sends it in `given`. All run
in one process, which imports each module once.
"""

import atexit
import functools
import itertools
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tinygrad_edu.graph import Graph
from tinygrad_edu.viz.page.document import ADDRESS, PARTS, PLAYGROUND, read
from tinygrad_edu.viz.page.engine import modules, nodes
from tinygrad_edu.viz.page.playground import modules as training

HAS_NODE = shutil.which("node") is not None
needs_node = pytest.mark.skipif(not HAS_NODE, reason="node, which runs the page's modules, is not installed")

SERVER = Path(__file__).with_name("node_programs.mjs")
NUMBERS = itertools.count()  # node imports a file of one name once
EXPRESSION = """
import {{ graphFrom as graphOf, withNumbers }} from "./engine/recompute.js";
import {{ chainRule }} from "./engine/steps.js";
{imports}
const stateOf = (nodes) => {{ const graph = graphOf(nodes); return {{ graph, steps: chainRule(graph) }}; }};
const asJson = (_, item) => (typeof item === "number" && !Number.isFinite(item) ? String(item)
  : typeof item === "bigint" ? String(item) : item instanceof Map ? [...item] : item);
console.log(JSON.stringify({expression}, asJson));
"""


@functools.cache
def folder():
    """Where the modules are, as files."""
    found = Path(tempfile.mkdtemp(prefix="page-modules-"))
    atexit.register(shutil.rmtree, found, ignore_errors=True)
    seen = [ADDRESS, *(f"lab/{name}.js" for name in PARTS), *(f"playground/{name}.js" for name in PLAYGROUND)]
    seen = {path: read(path) for path in seen}  # node can run the pure ones
    for path, source in {**modules(), **training(), **seen, "package.json": '{"type": "module"}'}.items():
        (found / path).parent.mkdir(parents=True, exist_ok=True)
        (found / path).write_text(source, encoding="utf-8")
    return found


@functools.cache
def node():
    """The process that runs the programs."""
    command = ["node", str(SERVER)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    atexit.register(process.communicate)  # it closes the input, and waits for the end
    return process


def in_node(program, given=None, **reading):
    """What a program, or one in a file, prints as JSON, read as json.loads is told to."""
    source = program.read_text(encoding="utf-8") if isinstance(program, Path) else program
    file = folder() / f"program-{next(NUMBERS)}.js"
    file.write_text(source, encoding="utf-8")
    node().stdin.write(json.dumps({"address": file.as_uri(), "given": given}) + "\n")
    node().stdin.flush()
    line = node().stdout.readline()
    if not line:
        node.cache_clear()
    found = json.loads(line or '{"error": "node has ended"}')
    assert "error" not in found, found["error"]
    return json.loads(found["printed"], **reading)


def evaluated(names, expression, given):
    """What an expression is, with these modules of lab/ (a text, separated by blanks) under their names.

    There are also the engine's `graphOf(nodes)`, which reads a graph as Python sends it, `chainRule`, and
    `stateOf(nodes)` with both; inf and NaN come back as strings.
    """
    imports = "\n".join(f'import * as {name} from "./lab/{name}.js";' for name in names.split())
    return in_node(EXPRESSION.format(imports=imports, expression=expression), given)


def sent(value):
    """A graph as Python sends it to the page."""
    return nodes(Graph(value))


def judged(cases):
    """[verdict, mistake] of each answer [position, text], for each Value with its answers."""
    script = """given.map(({ nodes, answers }) => {
      const state = stateOf(nodes);
      return answers.map(([position, text]) => {
        const { verdict, mistake } = judge.judge(state, state.steps[position], judge.readAnswer(text));
        return [verdict, mistake];
      });
    })"""
    return evaluated("judge", script, [{"nodes": sent(f), "answers": answers} for f, answers in cases])
