"""Do the inputs of an expression get numbers that it can be computed with, in Python and in the page alike?"""

import page_engine
import pytest
from hypothesis import given
from hypothesis import strategies as some
from page_in_node import in_node, needs_node

from tinygrad_edu import parse
from tinygrad_edu.errors import DomainError, ExpressionError
from tinygrad_edu.text.inputs import inputs_of, with_numbers

TEXTS = {
    "q = x + y; f = q * z": ["x", "y", "z"],
    "y * x": ["y", "x"],
    "x = 2; x * w": ["w"],
    "w * w": ["w"],
    "3": [],
    "inf * x": ["x"],
    "权重 * 输入": ["权重", "输入"],
    "\u00b5 + μ": ["μ"],  # one letter in two forms
    "dot([a, b], [a, 1])": ["a", "b"],
    "x # y\n + z": ["x", "z"],
}


def in_page(texts, given=()):
    return in_node(
        """
        import { inputsOf, withInputs } from "./engine/inputs.js";
        const [texts, numbers] = given;
        console.log(JSON.stringify(texts.map((text) => [inputsOf(text), [...withInputs(text, new Map(numbers))]])));
    """,
        [texts, list(given)],
    )


@pytest.mark.parametrize("text", TEXTS)
def test_the_inputs_are_the_names_that_a_text_does_not_make(text):
    assert inputs_of(text) == TEXTS[text]


@pytest.mark.parametrize(("text", "name"), [("2 * pi", "pi"), ("e ** x", "e"), ("tanh + 1", "tanh")])
def test_a_well_known_number_or_a_function_is_explained_and_no_input(text, name):
    assert name not in inputs_of(text)
    with pytest.raises(ExpressionError, match=f"{name} has no value"):
        parse(text, **with_numbers(text, {}))


def test_a_number_that_is_given_stays_and_no_other_input_gets_it():
    assert with_numbers("a + b + c", {"b": 2.0, "d": 7.0}) == {"a": -1.0, "b": 2.0, "c": 3.0}


@given(some.integers(0, 60))
def test_all_numbers_differ_however_many_inputs_there_are(count):
    numbers = with_numbers(" + ".join(f"x{i}" for i in range(count)) or "1", {})
    assert len(numbers) == len(set(numbers.values())) == count


@pytest.mark.parametrize(
    "text", ["log(x)", "log(x * y)", "log(x - y)", "log(y - x)", "log(-x + y)", "sqrt(a * b) / (c - d)", "x ** y"]
)
def test_the_first_numbers_are_inside_the_domains_of_usual_formulas(text):
    parse(text, **with_numbers(text, {}))


def test_where_no_number_would_do_the_error_is_that_of_the_formula():
    with pytest.raises(DomainError, match="needs x > 0"):
        parse("log(-x * x)", **with_numbers("log(-x * x)", {}))
    with pytest.raises(ExpressionError, match="no operator between 2 and x"):
        with_numbers("2x", {})


@needs_node
def test_the_page_has_the_same_inputs_and_numbers():
    texts = [*TEXTS, "log(x * y)", "log(x - y)", "log(-x + y)", "log(-x * x)", " + ".join(f"x{i}" for i in range(40))]
    texts += [page_engine.expression(seed)["text"] for seed in range(200)]
    for numbers in ({}, {"x": 2.0, "y": 0.5, "w1": -1.0}):
        expected = [[inputs_of(text), list(map(list, with_numbers(text, numbers).items()))] for text in texts]
        assert in_page(texts, [*numbers.items()]) == expected
