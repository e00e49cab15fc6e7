"""Is everything that people read shown in one way: numbers, counts, tables, texts from outside?"""

import math
import random

import pytest

from tinygrad_edu.show import aligned, cells, counted, folded, in_brackets, listed, plural, printable, show


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0.1 + 0.2, "0.3"),
        (-12.0, "-12"),
        (-0.0, "0"),
        (1e-5, "1e-5"),
        (123456789.0, "123456789"),
        (1e12, "1e12"),
        (1234.56, "1234.6"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
        (2 / 3, "0.6667"),
        (-1e-320, "-1e-320"),
        (99.95, "99.95"),
        (999.95, "1000"),
        (999999999.0, "999999999"),
        (1e9, "1e9"),
        (1234567890.5, "1.235e9"),
        (1.23456e-4, "0.0001235"),
        (1.7976931348623157e308, "1.798e308"),
    ],
)
def test_numbers_are_shown_short(number, shown):
    assert show(number) == shown
    assert in_brackets(number) == (f"({shown})" if shown.startswith("-") else shown)


def test_the_number_of_digits_can_be_chosen():
    assert [show(2 / 3, digits) for digits in (1, 2, 6)] == ["0.7", "0.67", "0.666667"]
    assert [show(99.95, 2), show(1234567890.5, 2), show(-1234567890.5, 6)] == ["100", "1.2e9", "-1.23457e9"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a name", "a name"),
        ("größe 大小 ∂f/∂x", "größe 大小 ∂f/∂x"),
        ("全　角", "全　角"),  # a space as wide as a letter
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("two\nlines\tand\r", "two\\nlines\\tand\\r"),
        ("\x00\x7f\x9b", "\\x00\\x7f\\x9b"),
        ("\u202eexe\u2066\ufeff\u2028", "\\u202eexe\\u2066\\ufeff\\u2028"),
        ("half \ud800", "half \\ud800"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_a_text_from_outside_is_shown_without_what_a_terminal_would_obey(text, shown):
    assert printable(text) == shown
    assert printable(shown) == shown
    shown.encode()


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0 paths"), (1, "1 path"), (2, "2 paths"), (12345, "12,345 paths"), (10**15, "about 1.0e15 paths")],
)
def test_a_count_is_in_the_singular_for_one_alone(count, shown):
    assert counted(count, "path") == shown


def test_half_a_step_is_said_in_the_plural():
    assert [plural(number, "step") for number in (0.5, 1.0, 2)] == ["steps", "step", "steps"]


def test_the_cells_of_a_table_stand_under_each_other_on_a_terminal():
    """Whatever is in them: a Chinese character is two columns wide, a combining mark none."""
    names = ["x", "学习率", "e\u0301", "a long name"]
    lines = aligned([(name, str(number), "right") for number, name in enumerate(names)], "<>")
    assert {cells(line[: line.index("right")]) for line in lines} == {11 + 2 + 1 + 2}


def test_a_cell_too_wide_moves_only_its_own_row():
    short, wide = aligned([("a", "b"), ("a" * 9, "b")], widest=4)
    assert (short, wide) == ("a     b", "aaaaaaaaa  b")


def test_the_numbers_of_a_table_end_under_each_other_and_lines_have_no_spaces_behind():
    assert aligned([("n", "1", ""), ("m", "200", "!")], "<>") == ["n    1", "m  200  !"]


def test_a_table_without_rows_has_no_lines():
    assert aligned([], "<>") == []


@pytest.mark.parametrize(
    ("most", "shown"), [(None, "a, b, c"), (3, "a, b, c"), (2, "a, b and 1 more"), (1, "a and 2 more")]
)
def test_a_long_list_says_how_many_are_left_out(most, shown):
    assert listed(["a", "b", "c"], most) == shown


def test_a_list_of_names_from_outside_is_safe_on_a_terminal():
    assert listed(["a\x1b[2J", "b"]) == "a\\x1b[2J, b"


def a_line(source):
    """Words in two scripts, with the punctuation of both, and with spaces at the beginning."""
    letters = source.choice(["ab∂·", "反向过程", "a反b向c，。；（）", "x é鸢́“”"])
    words = ["".join(source.choices(letters, k=source.randint(1, 12))) for _ in range(source.randint(0, 20))]
    return " " * source.randint(0, 4) + source.choice([" ", "  "]).join(words)


@pytest.mark.parametrize("seed", range(200))
def test_a_folded_line_fits_and_loses_nothing(seed):
    source = random.Random(seed)
    line, width, hanging = a_line(source), source.randint(12, 50), " " * source.randint(0, 6)
    rows = folded(line, width, hanging)
    assert all(cells(row) <= width for row in rows)
    assert "".join("".join(rows).split()) == "".join(line.split())
    assert len(rows) == 1 or all(row.startswith(hanging) for row in rows[1:])


def test_a_line_that_fits_stays_as_it_is_and_a_comma_begins_no_line():
    assert folded("  x = 1   # 一", 20) == ["  x = 1   # 一"]
    assert folded("", 10) == [""]
    assert folded("一" * 30, math.inf) == ["一" * 30]
    text = "反向，反向；反向（很好）。" * 4
    for width in range(6, 60):
        rows = folded(text, width)
        assert not any(row[0] in "，；）。" or row[-1] == "（" for row in rows), width
        assert max(map(cells, rows)) > width - 6


def test_a_word_to_copy_is_whole_and_any_other_that_is_too_wide_is_cut():
    path = "/home/鸢尾花/" + "x" * 30
    assert folded(f"wrote {path} today", 20, "  ", whole=True) == ["wrote", f"  {path}", "  today"]
    assert max(map(cells, folded(f"wrote {path} today", 20, "  "))) == 20
