"""What is found for two numbers of samples, does it hold for a third one?"""

import copy
import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu.compiler.languages.numpy import NumPyPrinter
from tinygrad_edu.compiler.sizes import FALLING, GROWING, Size, fitted_number, fitted_size, shape_at

# 77 / m is 11 and 7, and so may be 18 - m as well: whole factors are small ones here
factors = st.one_of(st.sampled_from([1.0, -1.0, 2.0, -3.0]), st.floats(1e-6, 1e6), st.floats(-1e6, -1e-6)).filter(
    lambda number: abs(number) < 4 or not number.is_integer()
)


@given(st.sampled_from((*GROWING, *FALLING)), factors, st.sampled_from([(7, 11), (13, 17), (5, 7)]))
def test_a_number_of_each_form_is_known_from_two_sizes(form, factor, sizes):
    found = fitted_number(*(factor * form.of(size) for size in sizes), sizes)
    text = NumPyPrinter().text(found)
    for samples in (2, 3, 24, 1000):
        expected = factor * form.of(samples)
        assert eval(text, {"m": samples, "np": __import__("numpy")}) == pytest.approx(expected, rel=1e-12), text


@given(st.integers(-5, 5), st.integers(-20, 20))
def test_a_whole_number_that_grows_in_steps_is_known_from_two_sizes(times, plus):
    size = fitted_size(times * 7 + plus, times * 11 + plus, (7, 11))
    assert shape_at((size,), 1000) == (times * 1000 + plus,)
    number = fitted_number(times * 7.0 + plus, times * 11.0 + plus, (7, 11))
    assert number is None or eval(NumPyPrinter().text(number), {"m": 1000}) == pytest.approx(times * 1000 + plus)


def test_what_is_of_no_form_is_none():
    assert fitted_size(3, 6, (7, 11)) is None
    assert fitted_number(math.log(8), math.log(12), (7, 11)) is None
    assert fitted_number(0.5, 0.25, (7, 11)) is None
    assert fitted_number(1.0, math.inf, (7, 11)) is None


def test_numbers_that_are_equal_stay_whatever_they_are():
    for number in (0.0, -0.0, math.inf, math.nan, 1 / 7):
        assert repr(fitted_number(number, number, (7, 11)).number) == repr(number)


def test_a_size_counts_as_the_number_it_was_found_as_and_is_kept_in_copies():
    size = Size(2, -1, 11)
    assert (size, str(size), f"{size}") == (21, "2 * m - 1", "2 * m - 1")
    for again in (copy.deepcopy(size), pickle.loads(pickle.dumps(size))):
        assert (again.at(5), repr(again)) == (9, "2 * m - 1")
