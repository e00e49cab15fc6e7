"""Does every row compute in JavaScript as it does in Python: its value, its partials, its domain?"""

import json
import math
import shutil
import subprocess
from itertools import product

import promises
import pytest

from tinygrad_edu.rule import Domain, Rule
from tinygrad_edu.rules import RULES, log, mul
from tinygrad_edu.symbolic import partial_graphs
from tinygrad_edu.text.javascript import PRELUDE, Condition, is_complete, number_source, rule_source

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


@needs_node
def test_the_domain_of_every_row_is_the_same():
    rows = [row for row in RULES.values() if row.domain]
    assert len(rows) >= 6
    cases = [
        (row, args)
        for row in rows
        for args in product((*promises.SPECIAL, 0.5, -0.5, math.nan), repeat=promises.arity(row))
    ]
    found = run("console.log(JSON.stringify([" + ",\n".join(called(*case, "holds([{}])") for case in cases) + "]));")
    for (row, args), holds in zip(cases, found, strict=True):
        assert holds == bool(row.domain.holds(*args)), (row.name, args)


def test_a_row_without_javascript_is_recognized():
    cube = Rule("cube", lambda x: x**3, lambda x, out: 3 * x * x)
    assert not is_complete(rule_source(cube, [None]))
    assert all(is_complete(rule_source(row, [None] * promises.arity(row))) for row in RULES.values() if not row.fixed)


@pytest.mark.parametrize("holds", [lambda x: math.isfinite(x), lambda x: x > 0 and x < 1, lambda x: x > "0"])
def test_a_domain_that_cannot_be_written_in_javascript_is_left_out(holds):
    row = Rule("odd", float, lambda x, out: x, domain=Domain("0 < x < 1", holds, "something else"))
    assert "holds: null" in rule_source(row, [None])


def test_domain_conditions_are_printed_in_javascript():
    x = Condition("x")
    assert ((abs(x) <= 1) & (x % 2 == 1)).source == "((Math.abs(x) <= 1.0) && ((x % 2.0) === 1.0))"
    assert ((x < 1) | (x >= 2)).source == "((x < 1.0) || (x >= 2.0))"
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(x)


def test_numbers_are_written_as_javascript_reads_them():
    assert [number_source(x) for x in (math.nan, -math.inf, -0.0, 5e-324)] == ["NaN", "(-Infinity)", "(-0.0)", "5e-324"]


def test_the_graphs_of_partials():
    args, out, (by_x, by_y) = partial_graphs(mul, [None, 3.0])
    assert (by_x, by_y) == (3.0, args[0])
    (by_x,) = partial_graphs(log, [None]).partials
    assert by_x.op == "div"
    assert not out.args
