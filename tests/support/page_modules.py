"""The page's modules that touch no page, run by node: `in_node(program, given)`."""

import json
import subprocess

import page_engine
import pytest

needs_node = pytest.mark.skipif(
    not page_engine.HAS_NODE, reason="node, which runs the page's modules, is not installed"
)
READ = 'import { readFileSync } from "node:fs";\nconst given = JSON.parse(readFileSync(0, "utf8"));\n'


def in_node(program, given):
    """What a program prints, as JSON; it reads `given`, and stands beside the folders engine/ and lab/."""
    source = READ + program.replace('from "./', f'from "{page_engine.folder().as_uri()}/')
    command = ["node", "--input-type=module", "--eval", source]
    found = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)
