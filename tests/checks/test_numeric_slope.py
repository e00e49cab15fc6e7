"""What can differences tell of a slope, and what do they leave open?"""

import math

import pytest

from tinygrad_edu.checks.numeric_slope import MOST_RUNS, check


def test_a_check_runs_a_function_37_times_at_most():
    calls = []
    found = check("x", 0.6, 0.3, lambda x: calls.append(x) or x * x)
    assert found.verdict == "ok"
    assert 30 < len(calls) <= MOST_RUNS == 37
    assert len(set(calls)) == len(calls)


@pytest.mark.parametrize(
    ("f", "x", "slope", "verdict"),
    [
        (abs, 0.0, 0.0, "kink"),
        (abs, 0.0, 1.0, "kink"),
        (abs, 0.0, 1.1, "WRONG"),
        (abs, 0.0, -1.1, "WRONG"),
        (lambda x: 1e-5 * abs(x), 0.0, 0.0, "kink"),
        (lambda x: 1000 * abs(x), 0.0, 1000.0005, "kink"),
        (lambda x: 1000 * abs(x), 0.0, 1000.002, "WRONG"),
        (lambda x: 4e-7 * abs(x), 0.0, 0.0, "ok"),
        (lambda x: 1e6 * x + abs(x), 0.0, 1e6, "kink"),
        (lambda x: 1e6 * x + 0.4 * abs(x), 0.0, 1e6, "ok"),
        (lambda x: 1e6 + abs(x), 0.0, 0.0, "kink"),
        (lambda x: 1e12 + abs(x), 0.0, 0.0, "unclear"),
        (lambda x: x * x * abs(x), 0.0, 0.0, "ok"),
        (lambda x: x * x, 3.0, 6.0, "ok"),
        (lambda x: x * x, 3.0, 6.00002, "WRONG"),
        (lambda x: x * x, 3.0, 6.000005, "ok"),
        (math.sqrt, 4.0, 0.25, "ok"),
        (lambda x: math.sqrt(x) if x >= 0 else math.nan, 0.0, math.inf, "edge"),
        (lambda x: math.nan, 1.0, 1.0, "unclear"),
        (lambda x: x, 1e300, 1.0, "ok"),
        (lambda x: x, 1e-300, 1.0, "ok"),
        (lambda x: 1e12 + x * 1e-3, 1.0, 1e-3, "unclear"),
        (lambda x: 1e12 + x * 1e-3, 1.0, 0.0, "unclear"),
        (lambda x: math.sin(1e4 * x), 0.3, 1e4 * math.cos(3e3), "ok"),
    ],
)
def test_differences_find_the_slope(f, x, slope, verdict):
    assert check("f", slope, x, f).verdict == verdict


def test_an_oscillation_too_fast_for_differences_is_unclear():
    for number in range(60):
        x = 0.1 + 0.013 * number
        assert check("f", 1e11 * math.cos(1e11 * x), x, lambda x: math.sin(1e11 * x)).verdict in ("unclear", "ok")


def test_a_check_reports_both_one_sided_slopes_and_its_step():
    found = check("f", 0.0, 0.0, lambda x: max(x, 0.25 * x))
    assert (found.left, found.right) == pytest.approx((0.25, 1.0))
    assert found.numeric == pytest.approx(0.625)
    assert 1e-10 <= found.step <= 1e-3
