"""Can everything be seen and read, on paper and in the dark? In numbers: the contrasts of the palette."""

import numpy as np
import pytest
from contrast import contrast

from tinygrad_edu.errors import OptionError
from tinygrad_edu.viz.plots import SURE
from tinygrad_edu.viz.style import DARK, LIGHT, MARKERS, PAGE, THEMES, channels, mixed, themed

LETTERS, LINES = 4.5, 3.0  # what WCAG 2.2 asks of letters, and of what has a meaning without being one
both = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


@both
def test_letters_can_be_read_wherever_they_stand(theme):
    for ground in (theme.paper, theme.operation, theme.constant):
        for letters in (theme.ink, theme.quiet):
            assert contrast(letters, ground) >= LETTERS


@both
@pytest.mark.parametrize("sign", [-1, 1])
def test_numbers_can_be_read_on_every_tint(theme, sign):
    for number in np.linspace(0, 1, 101):
        assert contrast(theme.ink, theme.tint(sign * number, 1.0)) >= LETTERS


@both
def test_colours_with_a_meaning_are_seen_on_their_paper(theme):
    for color in (theme.positive, theme.negative, theme.outline, theme.strong, theme.faint, *theme.classes):
        assert contrast(color, theme.paper) >= LINES


@both
def test_the_line_between_two_classes_is_seen_on_their_colours(theme):
    for color in theme.classes:
        assert contrast(theme.ink, mixed(theme.paper, color, SURE)) >= LINES


@both
def test_the_thicker_the_pen_the_larger_the_number_and_a_negative_one_is_dashed(theme):
    for pen in (theme.pen, theme.faded_pen):
        widths = [float(pen(number, 1.0)["penwidth"]) for number in (0.01, 0.1, 1.0)]
        assert widths == sorted(set(widths))
        assert [pen(number, 1.0)["style"] for number in (-1.0, -0.01, 0.0, 0.01)] == ["dashed"] * 2 + ["solid"] * 2


@both
def test_every_class_has_a_colour_and_a_marker_of_its_own(theme):
    assert len(set(theme.classes)) == len(theme.classes) == len(set(MARKERS)) == len(MARKERS)


def test_a_picture_has_the_colours_of_the_page():
    for side, theme in enumerate((LIGHT, DARK)):
        for key in ("paper", "ink", "quiet", "line", "positive", "negative"):
            assert getattr(theme, key) == PAGE[key][side]


def test_the_dark_is_dark():
    assert max(channels(DARK.paper)) < 40
    assert min(channels(DARK.ink)) > 215


def test_a_theme_that_there_is_not_is_refused_with_the_nearest_one():
    with pytest.raises(OptionError, match=r"the choices are light, dark\n.*theme='dark'"):
        themed("drak")


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan"), 0.0, -0.0])
def test_a_number_without_a_size_has_a_colour_too(number):
    for theme in THEMES.values():
        for pen in (theme.pen(number, 1.0), theme.faded_pen(number, 1.0), theme.pale_pen(number)):
            assert len(channels(pen["color"])) == len(channels(theme.tint(number, 1.0))) == 3
