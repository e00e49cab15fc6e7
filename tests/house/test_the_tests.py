"""Would the tests notice? Rows broken on purpose must be rejected, each for the right reason."""

import math
import random

import promises
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from page_in_node import in_node, needs_node

from tinygrad_edu import floats
from tinygrad_edu.rule import Domain, rule
from tinygrad_edu.rules import POSITIVE, RULES, cos, mul, sin


@pytest.fixture
def broken():
    """Put a row into the table for one test."""
    before = dict(RULES)
    yield rule
    RULES.clear()
    RULES.update(before)


def test_an_operation_is_added_by_one_row(broken):
    """A right row keeps every promise: it computes, differentiates twice, prints, is read back and has a domain."""
    row = broken("cube", lambda x: x * x * x, lambda x, out: 3 * x * x, numpy="({0} * {0} * {0})")
    for promise in promises.made_by(row):
        promise(row)


@pytest.mark.parametrize("wrong", [1.001, 0.999, -1.0])
def test_a_derivative_off_by_a_little_is_rejected(broken, wrong):
    row = broken("wrong_sin", math.sin, lambda x, out: wrong * cos(x), numpy="np.sin({})")
    with pytest.raises(AssertionError, match=r"partial 0 at .* the slope is"):
        promises.has_right_partials(row)
    with pytest.raises(AssertionError, match="does not converge to partial 0"):
        promises.converges_to_its_partials(row)


def test_swapped_partials_are_rejected(broken):
    row = broken("wrong_div", floats.div, lambda x, y, out: -out / y, lambda x, y, out: 1 / y,
                 numpy="({} / {})", domain=RULES["div"].domain)  # fmt: skip
    with pytest.raises(AssertionError, match="partial 0"):
        promises.has_right_partials(row)


def test_a_wrong_second_derivative_is_rejected(broken):
    """The partial is right as a number, but as a graph it forgets that it depends on x."""
    row = broken("wrong_exp", math.exp, lambda x, out: float(out), numpy="np.exp({})")
    promises.has_right_partials(row)
    with pytest.raises(AssertionError, match="the second derivative"):
        promises.differentiates_twice(row)


def test_a_missing_partial_is_rejected(broken):
    row = broken("wrong_mul", lambda x, y: x * y, lambda x, out: out, numpy="({0} * {0})")
    with pytest.raises((AssertionError, TypeError)):
        promises.has_right_partials(row)
    many = broken("wrong_sum", lambda xs: sum(xs), lambda xs, out: [1.0] * (len(xs) - 1), many=True,
                  numpy="np.add.reduce([{}])")  # fmt: skip
    with pytest.raises(AssertionError, match="2 partials for 3 arguments"):
        promises.has_right_partials(many)


def test_a_wrong_numpy_template_is_rejected(broken):
    row = broken("wrong_template", math.tanh, lambda x, out: 1 - out * out, numpy="np.sinh({})")
    with pytest.raises(AssertionError, match="the NumPy template differs from forward"):
        promises.has_a_right_numpy_template(row)


def test_a_domain_too_wide_is_rejected(broken):
    wide = Domain("x > -1", lambda x: x > -1, "nothing")
    row = broken("wide_log", floats.log, lambda x, out: 1 / x, numpy="np.log({})", domain=wide)
    with pytest.raises(AssertionError, match="the domain is too wide"):
        promises.is_defined_in_its_domain(row)
    edge = Domain("x >= 0", lambda x: x >= 0, "nothing")
    row = broken("edge_log", floats.log, lambda x, out: 1 / x, numpy="np.log({})", domain=edge)
    with pytest.raises((AssertionError, ZeroDivisionError)):
        promises.is_defined_in_its_domain(row)


def test_a_domain_too_narrow_is_rejected(broken):
    row = broken("narrow_sin", math.sin, lambda x, out: cos(x), numpy="np.sin({})", domain=POSITIVE)
    with pytest.raises(AssertionError, match="the domain is too narrow"):
        promises.refuses_what_is_outside_its_domain(row)


def test_a_wrong_choice_at_a_kink_is_rejected(broken):
    row = broken("wrong_relu", floats.relu, lambda x, out: RULES["step"](x), kinks={(0.0,): (2.0,)},
                 numpy="np.maximum({}, 0)")  # fmt: skip
    with pytest.raises(AssertionError, match="at the kink"):
        promises.has_partials_between_the_sides_at_kinks(row)
    row = broken("outside_relu", floats.relu, lambda x, out: 2.0 + 0 * x, kinks={(0.0,): (2.0,)})
    with pytest.raises(AssertionError, match="outside the two sides"):
        promises.has_partials_between_the_sides_at_kinks(row)


def test_a_text_that_is_another_operation_is_rejected(broken):
    row = broken("wrong_text", math.sin, lambda x, out: cos(x), text="cos({})", numpy="np.sin({})")
    with pytest.raises(AssertionError, match="reads as cos"):
        promises.reads_and_writes_as_text(row)


def test_the_table_itself_is_not_changed_by_these_tests():
    assert RULES["sin"] is sin
    assert RULES["mul"] is mul
    assert not any(name.startswith("wrong") for name in RULES)


# Programs of the page, which all run in one process of node


@needs_node
@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("missing + 1;", "ReferenceError: missing is not defined"),
        ("const = 1;", "SyntaxError"),
        ("throw 'a text';", "a text"),
        ("process.exit(3);", "node has ended"),
    ],
)
def test_a_program_that_fails_is_told_and_the_next_one_runs(program, said):
    with pytest.raises(AssertionError, match=said):
        in_node(program)
    assert in_node("console.log(JSON.stringify(given));", [1.5, "é\u2028"]) == [1.5, "é\u2028"]


@needs_node
def test_what_a_program_does_to_the_globals_is_undone():
    in_node("globalThis.Worker = 1; globalThis.structuredClone = 2; delete globalThis.fetch; console.log(0);")
    found = in_node("console.log(JSON.stringify([typeof Worker, typeof structuredClone, typeof fetch]));")
    assert found == ["undefined", "function", "function"]


# Draws


@pytest.fixture
def drawn():
    """By a fixture, which comes before the test."""
    return random.random()


@pytest.mark.parametrize("number", range(2))
def test_what_is_drawn_without_a_seed_is_the_same_in_every_run(drawn, request, number):
    """Whatever was drawn before, by a test that came first in this process."""
    same = random.Random(request.node.nodeid)
    assert [drawn, random.random()] == [same.random(), same.random()]


def test_hypothesis_draws_the_same_in_every_run_and_takes_its_time():
    seen = []

    @settings(settings.get_profile("same"), database=None, max_examples=20)
    @given(some.integers())
    def look(number):
        seen.append(number)

    for _ in range(2):
        look()
    assert seen[:20] == seen[20:]
    for name in ("same", "search"):
        assert settings.get_profile(name).deadline is None
