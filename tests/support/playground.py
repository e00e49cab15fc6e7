"""The modules of the playground, run by node.

in_node(program, *data)  what a program gives: the body of an async function of `data`, with `from("playground/x")`
largest(one, other)      the largest difference of two lists of numbers, relative to the larger of 1 and the first
"""

import math

import numpy as np
import page_in_node
from page_in_node import needs_node  # noqa: F401 (its users need node)

BEGIN = """
const from = (name) => import(new URL(`${name}.js`, import.meta.url));
const plain = (_, item) => {
  if (typeof item === "number" && !Number.isFinite(item)) return { $number: String(item) };
  return ArrayBuffer.isView(item) ? [...item] : item instanceof Map ? Object.fromEntries(item) : item;
};
const data = given;
const answer = await (async () => {
"""
END = "\n})();\nconsole.log(JSON.stringify(answer, plain));\n"


def in_node(program, *data):
    return page_in_node.in_node(BEGIN + program + END, data, object_hook=_number)


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
