"""Are the colours of a terminal those of the pictures, readable on black and on white, and absent where unwanted?"""

import colorsys
import io
import string

import pytest

from tinygrad_edu.steps.sentences import LANGUAGES, SENTENCES
from tinygrad_edu.terminal.colours import NEGATIVE, POSITIVE, Paint, paint_for
from tinygrad_edu.terminal.words import WORDS
from tinygrad_edu.viz import style


def rgb(code):
    """One of the 216 colours of the cube, as xterm defines it."""
    levels = [0, 95, 135, 175, 215, 255]
    number = code - 16
    return [levels[digit] / 255 for digit in (number // 36, number // 6 % 6, number % 6)]


def of_hex(text):
    return [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def luminance(colour):
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(("code", "picture"), [(POSITIVE, style.POSITIVE), (NEGATIVE, style.NEGATIVE)])
def test_the_two_colours_are_near_to_those_of_pictures_and_readable(code, picture):
    light = luminance(rgb(code))
    assert 1.05 / (light + 0.05) > 3
    assert (light + 0.05) / 0.05 > 4.5
    hues = [colorsys.rgb_to_hsv(*colour)[0] for colour in (rgb(code), of_hex(picture))]
    assert abs(hues[0] - hues[1]) < 0.03


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("environment", "is_on"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colours_are_where_a_terminal_wants_them(monkeypatch, environment, is_on):
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert paint_for(Screen()).is_on == is_on
    assert not paint_for(io.StringIO()).is_on


def test_zero_and_nan_have_no_sign():
    paint = Paint(is_on=True)
    assert paint.signed("0", 0.0) == "0"
    assert paint.signed("nan", float("nan")) == "nan"
    assert paint.signed("-inf", float("-inf")) != "-inf"


@pytest.mark.parametrize("table", [WORDS, SENTENCES])
def test_every_row_has_a_column_for_each_language_with_the_same_places(table):
    for key, row in table.items():
        assert len(row) == len(LANGUAGES), key
        places = [{name for _, name, *_ in string.Formatter().parse(text) if name} for text in row]
        assert places[0] == places[1] or key == "speed_one", key
