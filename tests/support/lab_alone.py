"""The lab's modules without a document, run by node: what the page computes, compared with Python.

    in_node("judge", "given.map((text) => judge.readAnswer(text))", ["1/3"])

The modules that are named are there under their names; so are the engine's `graphOf(nodes)`,
which reads a graph as Python sends it, and `chainRule`. `given` is the last argument; the answer comes back as JSON, in
which inf and NaN are strings.
"""

import json
import subprocess

from page_engine import folder

from tinygrad_edu.graph import Graph
from tinygrad_edu.viz.page.engine import nodes

DRIVER = """
import {{ readFileSync }} from "node:fs";
const {{ graphFrom: graphOf, withNumbers }} = await import("{url}/engine/recompute.js");
const {{ chainRule }} = await import("{url}/engine/steps.js");
{imports}
const stateOf = (nodes) => {{ const graph = graphOf(nodes); return {{ graph, steps: chainRule(graph) }}; }};
const given = JSON.parse(readFileSync(0, "utf8"));
const asJson = (_, item) => (typeof item === "number" && !Number.isFinite(item) ? String(item)
  : typeof item === "bigint" ? String(item) : item instanceof Map ? [...item] : item);
console.log(JSON.stringify({script}, asJson));
"""


def in_node(names, script, given):
    """What a JavaScript expression gives, with these modules (a text, separated by blanks) and this data."""
    place = folder()
    imports = "\n".join(f'const {name} = await import("{place.as_uri()}/lab/{name}.js");' for name in names.split())
    source = DRIVER.format(url=place.as_uri(), imports=imports, script=script)
    (place / "driver.mjs").write_text(source, encoding="utf-8")
    command = ["node", str(place / "driver.mjs")]
    found = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def sent(value):
    """A graph as Python sends it to the page."""
    return nodes(Graph(value))
