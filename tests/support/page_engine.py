"""The page's engine, run by node on cases that Python computes too; and cases, drawn at random.

A case is what the engine is given: {"text": ..., "values": ...}, or {"nodes": ..., "value": ...} of a graph made in
Python, whose Value stays here.
"""

import json
import math
import random
import re
from pathlib import Path

import random_graphs
from page_in_node import in_node

from tinygrad_edu import Value, chain_rule, parse
from tinygrad_edu.errors import TinygradError
from tinygrad_edu.graph import Graph, gradients_in
from tinygrad_edu.rule import CALL
from tinygrad_edu.rules import RULES, pow_, power
from tinygrad_edu.steps.trace_json import as_data
from tinygrad_edu.text.printing import to_latex, to_text
from tinygrad_edu.viz.page.engine import nodes

DRIVER = Path(__file__).with_suffix(".mjs")
TOLERANCE = 1e-12  # relative to the larger of 1 and the right number
NAMES = ("x", "y", "z", "w1", "b", "μ", "权重")
NUMBERS = ("2", "0.5", "3.", ".25", "1e-1", "1_0", "0x3", "1.5", "-2", "1/3", "7", "(2 - 0.5)")
EXPONENTS = ("2", "3", "-1", "0.5", "(1/2)", "1.5", "0", "1")
SOURCES = {name: row for name, row in RULES.items() if row is not power}


# Running


def run(cases):
    """What the engine makes of some cases, in one process."""
    return in_node(DRIVER, cases)


def in_python(case):
    """The same from Python."""
    try:
        output = case["value"] if "value" in case else parse(case["text"], **case["values"])
    except TinygradError as error:
        return {"error": {"kind": type(error).__name__, "message": str(error)}}
    graph, trace = Graph(output), chain_rule(output)
    return {
        **json.loads(json.dumps(as_data(trace))),
        "gradients": gradients_in(graph),
        "texts": [str(step) for step in trace],
        "latex": [step.latex for step in trace],
        "text": to_text(output),
        "formula": to_latex(output),
    }


def sent(value):
    """A graph made in Python, as a case."""
    return {"nodes": nodes(Graph(value)), "value": value}


# Comparing

NUMERIC = {"data", "out", "upstream", "partial", "before", "contribution", "after"}
WITH_NUMBERS = {"numbers", "numbers_latex"}


def number(item):
    """A number in JSON: inf and NaN are strings there, as each language writes them."""
    return float(item)


def error_between(ours, theirs):
    """Relative to the larger of 1 and the right number; 0 if both are inf or NaN in the same way."""
    ours, theirs = number(ours), number(theirs)
    if ours == theirs or (ours != ours and theirs != theirs):
        return 0.0
    error = abs(ours - theirs) / max(1.0, abs(theirs))
    return error if error == error else math.inf


def compared(case, found):
    """(The largest error of any number, what differs in words): all of it has to be there, in the same order."""
    expected = in_python(case)
    if "error" in expected or "error" in found:
        told = {key: found.get("error", {}).get(key) for key in ("kind", "message")}
        return 0.0, [] if told == expected.get("error") else [f"expected {expected.get('error')}, found {told}"]
    records = [("nodes", *pair) for pair in paired(expected["nodes"], found["nodes"])]
    records += [("steps", *pair) for pair in paired(expected["steps"], found["steps"])]
    numbers = paired(expected["gradients"], found["gradients"])
    numbers += [(one[name], other[name]) for _, one, other in records for name in NUMERIC & set(one)]
    error = max(error_between(other, one) for one, other in numbers)
    shown = str if are_all_equal(expected, found) else without_digits
    differ = [key for key in ("text", "formula") if shown(expected[key]) != shown(found[key])]
    differ += [f"{key}: {name}" for key, *pair in records for name in words_that_differ(*pair)]
    return error, differ + texts_that_differ(expected, found)


def paired(expected, found):
    assert len(expected) == len(found)
    return list(zip(expected, found, strict=True))


def words_that_differ(one, other):
    return [name for name in one if name not in NUMERIC | WITH_NUMBERS and one[name] != other[name]]


def are_all_equal(expected, found):
    """Whether the numbers of all nodes are the same, to the last bit: the logarithms of C and of node may not be."""
    return all(number(one["data"]) == number(other["data"]) for one, other in paired(expected["nodes"], found["nodes"]))


def without_digits(text):
    return re.sub(r"\d+(\.\d+)?", "#", text)


def texts_that_differ(expected, found):
    """The texts with numbers in them are the same where all numbers are."""
    if not are_all_equal(expected, found):
        return []
    differ = []
    for index, (one, other) in enumerate(paired(expected["steps"], found["steps"])):
        if all(number(one[name]) == number(other[name]) for name in NUMERIC & set(one)):
            differ += [f"steps: {name}" for name in WITH_NUMBERS & set(one) if one[name] != other[name]]
            texts = [(key, expected[key][index], found[key][index]) for key in ("texts", "latex")]
            differ += [f"{key}: {text}" for key, text, written in texts if text != written]
    return differ


def report(cases):
    """(The largest error, the cases that differ in words, what the engine found) of some cases, in one process."""
    found = run([{key: part for key, part in case.items() if key != "value"} for case in cases])
    results = [(case, *compared(case, each)) for case, each in zip(cases, found, strict=True)]
    worst = max(error for _, error, _ in results)
    return worst, [(case, words) for case, _, words in results if words], found


# Drawing cases


class Drawn:
    """An expression on its way: what has been written, with its Value and how tightly it binds."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.values = {name: Value(self.random.uniform(-2, 2), label=name) for name in self.random.sample(NAMES, 4)}
        self.pool = [(name, value, CALL.level) for name, value in self.values.items()]
        self.statements = []

    def grow(self):
        """One operation more, if it is tame there; sometimes it gets a name."""
        row = self.random.choice(list(SOURCES.values()))
        count = len(row.partials) * (self.random.randint(1, 3) if row.many else 1)
        count -= self.random.random() < 0.5 if row.defaults else 0
        args = [self.argument(row, position) for position in range(count)]
        out = self.applied(row, args)
        if out is None:
            return
        text, level = self.written(row, args), row.binding.level
        if self.random.random() < 0.4:
            name = f"q{len(self.statements)}"
            self.statements.append(f"{name} = {text}")
            text, level = name, CALL.level
        self.pool.append((text, out, level))

    def argument(self, row, position):
        if self.random.random() < 0.8 and not (row is pow_ and position and self.random.random() < 0.7):
            return self.random.choice(self.pool[-6:])
        text = self.random.choice(EXPONENTS if row is pow_ and position else NUMBERS)
        return text, parse(text).data, 0

    def applied(self, row, args):
        numbers = [value for _, value, _ in args]
        row = power if row is pow_ and not isinstance(numbers[1], Value) else row
        if not any(isinstance(each, Value) for each in numbers):
            return None
        try:
            out = row(*numbers)
        except TinygradError:
            return None
        return out if random_graphs.is_tame(row, numbers, out) else None

    def written(self, row, args):
        needs = row.binding.needs or (0,) * len(args)
        pairs = zip(args, needs, strict=False)
        texts = [
            text if level >= need and self.random.random() < 0.9 else f"({text})" for (text, _, level), need in pairs
        ]
        if len(texts) < len(row.partials):
            return f"{row.name}({', '.join(texts)})"
        text = row.fill(row.text, texts)
        return text.replace("maximum", "max") if self.random.random() < 0.3 else text

    def text(self):
        sum_of = " + ".join(dict.fromkeys(text if level >= 1 else f"({text})" for text, _, level in self.pool[-3:]))
        last = f"f = {sum_of}" if self.random.random() < 0.5 else sum_of
        return self.random.choice(["; ", "\n", ";"]).join([*self.statements, last])


def expression(seed, steps=12):
    """A random expression over all rows, and numbers for its names."""
    drawn = Drawn(seed)
    for _ in range(4 * steps):
        if len(drawn.pool) < 4 + steps:
            drawn.grow()
    return {"text": drawn.text(), "values": {name: value.data for name, value in drawn.values.items()}}


DAMAGE = """
( ) [ ] { } , ; = == != ** * / // + - . : \\ ' " ` # @ ! ? % & | ~ ^ < > <= += := lambda for in if else import
True None x y xx w q0 nan inf e pi π ln log tahn sgn add pow 1e999 1e 0x 0x1f 1_ 1__0 1j 012 .5. ² ³ ⁻¹ ½ √ ∞ ≤ · −
（ ， é 中 ﬁ 𝐱 \U0001f600 dot
max(x) logsumexp([]) dot([x],[x,y]) tanh(x,y) relu(x=2) x(2) 2x log(-1) sqrt(-x*x-1) 1/0 0**-1 (x)(y) [x] "a" 'b
"""
DAMAGE = [
    *DAMAGE.split(),
    "\n",
    "\r\n",
    "\t",
    "\u200b",
    "\u00a0",
    "\u202e",
    "\ufeff",
    "\\\n",
    "\0",
    " ",
    "𝐱",
    "\U0001f600",
]


def damaged(seed):
    """A right expression with one to three slips in it."""
    rng = random.Random(seed)
    case = expression(seed, steps=rng.randint(1, 6))
    text = case["text"]
    for _ in range(rng.randint(1, 3)):
        place, width = rng.randrange(len(text) + 1), rng.choice([0, 0, 1, 2])
        piece = rng.choice(["", text[place : place + 3], rng.choice(DAMAGE), rng.choice(DAMAGE)])
        text = text[:place] + piece + text[place + width :]
    if rng.random() < 0.1:
        case["values"].popitem()
    return {**case, "text": text}
