"""Does every row compute in JavaScript as it does in Python: its value, its partials, its domain?"""

import json
import math
from itertools import product

import numpy as np
import promises
import pytest
from page_in_node import in_node, needs_node

from tinygrad_edu.rule import PRODUCT, Domain, Rule, domain
from tinygrad_edu.rules import RULES, log, mul
from tinygrad_edu.steps.trace_json import plain
from tinygrad_edu.symbolic import partial_graphs
from tinygrad_edu.text.javascript import missing_in, number_source, table_source, with_partials


def of_each(cases, expression):
    """What an expression of `row`, `args` and `out` is in JavaScript, for each case; inf and NaN are texts."""
    sent = [[row.name, list(map(plain, args)), plain(out)] for row, args, out in cases]
    return in_node(f"""
        import {{ evaluate, isInside, localDerivatives, rowOf }} from "./engine/rows.js";
        import {{ asNumber }} from "./numbers.js";
        const results = {json.dumps(sent)}.map(([name, given, result]) => {{
          const [row, args, out] = [rowOf(name), given.map(asNumber), asNumber(result)];
          return {expression};
        }});
        const asJson = (_, item) => (typeof item === "number" && !Number.isFinite(item) ? String(item) : item);
        console.log(JSON.stringify(results, asJson));
    """)


@needs_node
def test_values_and_partials_of_every_row():
    cases = [(row, args, row.evaluate(args)) for row in RULES.values() for args in promises.points(row, 15)]
    assert {row.name for row, *_ in cases} == set(RULES)
    found = of_each(cases, "[evaluate(row, args), localDerivatives(row, args, out)]")
    for (row, args, out), (value, partials) in zip(cases, found, strict=True):
        assert math.isclose(float(value), out, rel_tol=2e-14, abs_tol=1e-15), (row.name, args)
        for mine, theirs in zip(row.local_derivatives(args, out), partials, strict=True):
            assert math.isclose(mine, float(theirs), rel_tol=1e-13, abs_tol=1e-14), (row.name, args)


BORDERS = (*promises.SPECIAL, -0.0, 0.5, -0.5, 5e-324, -5e-324, 1.5, 1e300, math.nan)


@needs_node
def test_the_domain_of_every_row_is_the_same():
    rows = [row for row in RULES.values() if row.domain]
    assert len(rows) >= 6
    cases = [(row, args, 0.0) for row in rows for args in product(BORDERS, repeat=promises.arity(row))]
    for (row, args, _), holds in zip(cases, of_each(cases, "isInside(row, args)"), strict=True):
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
    ("row", "instead"),
    [
        (Rule("cube", square, slope), 'rule("cube", ..., javascript="...")'),
        (Rule("cosh", square, slope, numpy="np.cosh"), 'rule("cosh", ..., javascript="...")'),
        (Rule("mod", square, slope, 1.0, text="{} mod {}", binding=PRODUCT), 'rule("mod", ..., javascript="...")'),
        (
            Rule("unit", square, slope, javascript="({0} * {0})", domain=UNIT),
            'domain=Domain(..., javascript="([x, y]) => ...")',
        ),
        (Rule("area", square, lambda x, out: CUBE(x), javascript="({0} * {0})"), 'rule("cube", ..., javascript="...")'),
    ],
    ids=lambda part: part.name if isinstance(part, Rule) else "",
)
def test_what_a_row_does_not_say_is_asked_for_and_not_guessed(row, instead):
    assert instead in missing_in(row)
    assert "value: null," in table_source([row])
    assert missing_in(mul) == ""


@needs_node
def test_a_partial_that_uses_a_row_of_ones_own_computes_with_that_row():
    cube = Rule("cube", square, slope, javascript="({0} * {0} * {0})")
    area = Rule("area", square, lambda x, out: cube(x), javascript="({0} * {0})")
    rows = with_partials([area])
    assert list(rows)[:2] == ["area", "cube"]
    found = in_node(f"""
        const ROWS = {table_source(rows.values())};
        console.log(ROWS.area.partials({{ cube: (x) => ROWS.cube.value([x]) }}, [3]));
    """)
    assert found == [27]


CUBE = Rule("cube", square, slope)


def test_every_row_of_the_table_computes_in_javascript_and_numpy():
    for row in RULES.values():
        assert row.needed("javascript")
        assert row.needed("numpy")


@needs_node
def test_a_domain_in_words_of_its_own_computes_everywhere():
    unit = domain("0 <= x <= 1", "(x >= 0) & (x <= 1)", "minimum(maximum(x, 0), 1)")
    row = Rule("unit", square, slope, javascript="({0} * {0})", domain=unit)
    holds = f"[-0.1, 0, 1, 1.1, NaN].map((x) => ({table_source([row])}).unit.holds([x]))"
    found = in_node(f"console.log(JSON.stringify({holds}));")
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
