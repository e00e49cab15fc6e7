"""Is a graph written as text and LaTeX that can be read, with brackets where they are needed, and short?"""

import re

import pytest

from tinygrad_edu import Value, parse
from tinygrad_edu.text.printing import LATEX, TEXT, as_factor, latex_name, to_latex, to_text


@pytest.mark.parametrize(
    ("build", "text", "latex"),
    [
        (lambda x, y: x - (y - 1), "x - (y - 1)", "x - \\left(y - 1\\right)"),
        (lambda x, y: x - y - 1, "x - y - 1", "x - y - 1"),
        (lambda x, y: -(x**2), "-x ** 2", "-x^{2}"),
        (lambda x, y: (-x) ** 2, "(-x) ** 2", "\\left(-x\\right)^{2}"),
        (lambda x, y: (x**2) ** 3, "(x ** 2) ** 3", "\\left(x^{2}\\right)^{3}"),
        (lambda x, y: x ** (y**2), "x ** y ** 2", "x^{y^{2}}"),
        (lambda x, y: x ** (y + 1), "x ** (y + 1)", "x^{y + 1}"),
        (lambda x, y: x**-y, "x ** -y", "x^{-y}"),
        (lambda x, y: (x + 1) / (y * 2), "(x + 1) / (y * 2)", "\\frac{x + 1}{y \\cdot 2}"),
        (lambda x, y: (x / y) ** 2, "(x / y) ** 2", "\\left(\\frac{x}{y}\\right)^{2}"),
        (lambda x, y: x * -4, "x * (-4)", "x \\cdot \\left(-4\\right)"),
        (lambda x, y: x.exp() ** 2, "exp(x) ** 2", "\\left(e^{x}\\right)^{2}"),
        (lambda x, y: x.sigmoid() * y.sqrt(), "sigmoid(x) * sqrt(y)", "\\sigma\\left(x\\right) \\cdot \\sqrt{y}"),
        (lambda x, y: x * 1e-7, "x * 1e-07", "x \\cdot \\left(1 \\cdot 10^{-7}\\right)"),
    ],
)
def test_brackets_appear_only_where_they_are_needed(build, text, latex):
    out = build(Value(2.0, label="x"), Value(3.0, label="y"))
    assert to_text(out) == text
    assert to_latex(out) == latex
    assert parse(text, x=2.0, y=3.0).data == out.data


@pytest.mark.parametrize(
    ("make", "style", "text"),
    [
        (lambda x, y: x / y, LATEX, r"\frac{x}{y}"),
        (lambda x, y: -x, TEXT, "(-x)"),
        (lambda x, y: -(x / y), LATEX, r"\left(-\frac{x}{y}\right)"),
        (lambda x, y: x**y, TEXT, "x ** y"),
        (lambda x, y: x * y, TEXT, "(x * y)"),
        (lambda x, y: (x - y) ** 1.0 * y, TEXT, "((x - y) * y)"),
        (lambda x, y: (lambda u: u * u + u)(x.exp()), TEXT, "(v1 * v1 + v1)"),
    ],
)
def test_a_formula_as_a_factor(make, style, text):
    assert as_factor(make(Value(2.0, label="x"), Value(3.0, label="y")), None, style) == text


def test_a_number_with_an_exponent_is_raised_in_brackets():
    assert (Value(1e-7) ** 2).latex() == r"\left(1 \cdot 10^{-7}\right)^{2}"


def test_shared_and_labelled_nodes_are_statements():
    f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    assert str(f) == "q = x + y; f = q * z"
    assert f.latex() == r"\begin{aligned}q &= x + y \\ f &= q \cdot z\end{aligned}"
    assert parse("f = x * 2", x=1).latex() == r"f = x \cdot 2"
    x = Value(2.0, label="x")
    square = x * x
    assert str(square * square) == "v1 = x * x; v1 * v1"
    assert as_factor(x + 1) == "(x + 1)"


def test_labels_that_are_not_names_are_turned_into_names():
    one, two = Value(2.0, label="w·1"), Value(3.0, label="w·1")
    lam, digit = Value(5.0, label="lambda"), Value(7.0, label="1st")
    out = one * two + lam - digit / Value(2.0, label="sin")
    assert str(out) == "w_1 * w_1_2 + _lambda - _1st / sin_2"
    given = {"w_1": 2.0, "w_1_2": 3.0, "_lambda": 5.0, "_1st": 7.0, "sin_2": 2.0}
    assert parse(str(out), **given).data == out.data


def test_a_deep_graph_is_written_as_statements_that_parse():
    x = Value(0.5, label="x")
    y = x
    for _ in range(200):
        y = (y * 0.9).sin() + x
    text = to_text(y)
    assert ";" in text
    assert parse(text, x=0.5).data == y.data


def test_a_large_graph_is_summarized():
    x = Value(0.5, label="x")
    y = x
    for _ in range(1000):
        y = y + x
    assert str(y) == "Value(data=500.5, grad=—) of 1,001 nodes"


def test_a_graph_of_many_paths_is_a_short_text():
    x = Value(1.0, label="x")
    y = x
    for _ in range(60):
        y = y + y
    assert len(str(y)) < 2000
    assert parse(str(y), x=1.0).data == 2.0**60


def test_twenty_thousand_nodes_of_one_label_are_all_written():
    y = Value(1.0)
    for _ in range(20_000):
        y = y + 1e-3
        y.label = "h"
    assert len(y.latex()) > 20_000


@pytest.mark.parametrize(("name", "latex"), [("x_1", "x_{1}"), ("w_", "w"), ("_1", r"\mathrm{\_1}")])
def test_an_index_stands_below_a_letter_and_nowhere_else(name, latex):
    assert to_latex(Value(1.0, label=name)) == latex


@pytest.mark.parametrize(
    "name", ["a_b_c", "a__b", "a_b_", "a_b__c", "x_1_2", "权重_w___", "_", "__", "a_", "w_ab", "x_1"]
)
def test_a_name_never_gets_two_subscripts_or_an_empty_one(name):
    """TeX refuses both; an underscore that stands as a sign is escaped."""
    written = re.sub(r"\\_", "", latex_name(name))
    assert len(re.findall("_", written)) <= 2
    assert not re.search(r"_(\}|$)", written)
    assert not re.search(r"_\{[^{}]*_[^{}]*_", written)
