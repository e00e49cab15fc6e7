"""Does every row compute in JavaScript as it does in Python: its value, its partials, its domain?"""

import json
import math
import shutil
import subprocess
from itertools import product

import numpy as np
import promises
import pytest

from tinygrad_edu.errors import GraphError
from tinygrad_edu.rule import PRODUCT, Domain, Rule, domain
from tinygrad_edu.rules import RULES, log, mul
from tinygrad_edu.symbolic import partial_graphs
from tinygrad_edu.text.javascript import PRELUDE, number_source, rule_source

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node, which would run it, is not installed")


def run(program):
    """The JSON that a program prints."""
    found = subprocess.run(["node", "-"], input=PRELUDE + program, capture_output=True, text=True, check=True)
    return json.loads(found.stdout)


def constants(rule, args):
    return [arg if position in rule.fixed else None for position, arg in enumerate(args)]


def called(rule, args, call):
    numbers = ", ".join(map(number_source, args))
    return f"(({rule_source(rule, constants(rule, args))}).{call.format(numbers)})"


@needs_node
def test_values_and_partials_of_every_row():
    cases = [(row, args) for row in RULES.values() for args in promises.points(row, 15)]
    calls = [
        f"[{called(row, args, 'value([{}])')}, {called(row, args, 'partials([{}], ' + repr(row.evaluate(args)) + ')')}]"
        for row, args in cases
    ]
    found = run("console.log(JSON.stringify([" + ",\n".join(calls) + "]));")
    for (row, args), (value, partials) in zip(cases, found, strict=True):
        out = row.evaluate(args)
        assert math.isclose(value, out, rel_tol=2e-14, abs_tol=1e-15), (row.name, args)
        for mine, theirs in zip(row.local_derivatives(args, out), partials, strict=True):
            assert math.isclose(mine, theirs, rel_tol=1e-13, abs_tol=1e-14), (row.name, args)


BORDERS = (*promises.SPECIAL, -0.0, 0.5, -0.5, 5e-324, -5e-324, 1.5, 1e300, math.nan)


@needs_node
def test_the_domain_of_every_row_is_the_same():
    rows = [row for row in RULES.values() if row.domain]
    assert len(rows) >= 6
    cases = [(row, args) for row in rows for args in product(BORDERS, repeat=promises.arity(row))]
    found = run("console.log(JSON.stringify([" + ",\n".join(called(*case, "holds([{}])") for case in cases) + "]));")
    for (row, args), holds in zip(cases, found, strict=True):
        assert holds == bool(row.domain.holds(*args)), (row.name, args)


@pytest.mark.parametrize("name", [row.name for row in RULES.values() if row.domain])
def test_the_domain_of_an_array_is_that_of_its_numbers(name):
    row = RULES[name]
    cases = list(product(BORDERS, repeat=promises.arity(row)))
    with np.errstate(all="ignore"):
        together = row.domain.holds(*np.array(cases).T)
    assert together.tolist() == [bool(row.domain.holds(*args)) for args in cases]


def square(x):
    return x * x


def slope(x, out):
    return 2 * x


UNIT = Domain("0 < x < 1", lambda x: x > 0 and x < 1, "something else")


@pytest.mark.parametrize(
    ("row", "wrong", "instead"),
    [
        (Rule("cube", square, slope), "the row cube has no javascript=", 'rule("cube", ..., javascript="...")'),
        (Rule("cosh", square, slope, numpy="np.cosh"), "the row cosh has no javascript=", 'rule("cosh", '),
        (Rule("mod", square, slope, 1.0, text="{} mod {}", binding=PRODUCT), "the row mod has no javascript=", "mod"),
        (
            Rule("unit", square, slope, javascript="({0} * {0})", domain=UNIT),
            "the domain of the row unit has no javascript=",
            'domain=Domain(..., javascript="([x, y]) => ...")',
        ),
        (
            Rule("area", square, lambda x, out: CUBE(x), javascript="({0} * {0})"),
            "the row cube has no javascript=",
            'rule("cube", ..., javascript="...")',
        ),
    ],
    ids=lambda part: part.name if isinstance(part, Rule) else "",
)
def test_what_a_row_does_not_say_is_asked_for_and_not_guessed(row, wrong, instead):
    with pytest.raises(GraphError) as caught:
        rule_source(row, [None] * len(row.partials))
    assert f"what is wrong:  {wrong}\n" in str(caught.value)
    assert instead in caught.value.instead


CUBE = Rule("cube", square, slope)


def test_every_row_of_the_table_computes_in_javascript_and_numpy():
    for row in RULES.values():
        assert row.needed("javascript")
        assert row.needed("numpy")


@needs_node
def test_a_domain_in_words_of_its_own_computes_everywhere():
    unit = domain("0 <= x <= 1", "(x >= 0) & (x <= 1)", "minimum(maximum(x, 0), 1)")
    row = Rule("unit", square, slope, javascript="({0} * {0})", domain=unit)
    holds = f"[-0.1, 0, 1, 1.1, NaN].map(x => ({rule_source(row, [None])}).holds([x]))"
    found = run(f"console.log(JSON.stringify({holds}));")
    assert [bool(holds) for holds in found] == [unit.holds(x) for x in (-0.1, 0.0, 1.0, 1.1, math.nan)]
    assert list(map(bool, found)) == [False, True, True, False, False]


def test_numbers_are_written_as_javascript_reads_them():
    assert [number_source(x) for x in (math.nan, -math.inf, -0.0, 5e-324)] == ["NaN", "(-Infinity)", "(-0.0)", "5e-324"]


def test_the_graphs_of_partials():
    args, out, (by_x, by_y) = partial_graphs(mul, [None, 3.0])
    assert (by_x, by_y) == (3.0, args[0])
    (by_x,) = partial_graphs(log, [None]).partials
    assert by_x.op == "div"
    assert not out.args
