"""The modules of the playground, run by node.

in_node(program, *data)  what a program gives: the body of an async function of `data`, with `from("playground/x")`
largest(one, other)      the largest difference of two lists of numbers, relative to the larger of 1 and the first
"""

import json
import math
import subprocess

import numpy as np
from page_in_node import folder, needs_node  # noqa: F401 (its users need node)

BEGIN = """
import { readFileSync } from "node:fs";
const from = (name) => import(`${process.argv[2]}/${name}.js`);
const plain = (_, item) => {
  if (typeof item === "number" && !Number.isFinite(item)) return { $number: String(item) };
  return ArrayBuffer.isView(item) ? [...item] : item instanceof Map ? Object.fromEntries(item) : item;
};
const data = JSON.parse(readFileSync(0, "utf8"));
const answer = await (async () => {
"""
END = "\n})();\nconsole.log(JSON.stringify(answer, plain));\n"


def in_node(program, *data):
    script = folder() / f"test-{abs(hash(program))}.js"
    script.write_text(BEGIN + program + END, encoding="utf-8")
    command = ["node", str(script), folder().as_uri()]
    found = subprocess.run(command, input=json.dumps(data), capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout, object_hook=_number)


def _number(item):
    return float(item["$number"]) if item.keys() == {"$number"} else item


def largest(one, other):
    """A NaN beside a NaN is no difference; beside a number it is inf."""
    left, right = np.asarray(one, float), np.asarray(other, float)
    assert left.shape == right.shape, (left.shape, right.shape)
    if not left.size:
        return 0.0
    same = (left == right) | (np.isnan(left) & np.isnan(right))
    with np.errstate(invalid="ignore"):
        differences = np.where(same, 0.0, np.abs(left - right) / np.maximum(1.0, np.abs(left)))
    return math.inf if np.isnan(differences).any() else float(differences.max())
