"""Does the outline of a graph say what is known, mark the step, and fit?"""

import re

import pytest

from tinygrad_edu import Value, chain_rule, nn, parse
from tinygrad_edu.show import cells
from tinygrad_edu.terminal.outline import ASCII, NUMBER_WIDTH, UNICODE, Row, in_ascii, outline, window

LESSON = chain_rule(parse("q = x + y; f = q * z", x=-2, y=5, z=-4))


def drawn(trace, position, **options):
    return [row.text for row in outline(trace, position, **options)]


def test_what_is_known_grows_with_the_steps():
    assert drawn(LESSON, 0) == [
        "f = q * z                —          —",
        "├── q = x + y            3          —",
        "│   ├◀─ x               -2          —",
        "│   └◀─ y                5          —",
        "└── z                   -4          —",
    ]
    assert drawn(LESSON, 3) == [
        "f = q * z              -12          1",
        "├─▶ q = x + y            3         -4",
        "│   ├── x               -2          —",
        "│   └── y                5          —",
        "└── z                   -4          —",
    ]


def test_the_rows_of_a_step_are_marked():
    marked = [[row.text.split()[1] for row in outline(LESSON, i) if row.is_active][-1] for i in range(len(LESSON))]
    assert marked == ["└◀─", "z", "=", "q", "z", "├─▶", "└─▶"]


def test_a_shared_node_is_expanded_once_and_shows_its_sum():
    trace = chain_rule(parse("u = x * x; f = u * u", x=3))
    rows = drawn(trace, len(trace) - 2)
    assert [re.split(r"  +\d", row)[0] for row in rows] == [
        "f = u * u",
        "├── u = x * x, first factor",
        "│   ├─▶ x, first factor",
        "│   └── x, second factor",
        "└── u ↑, second factor",
    ]
    assert rows[2].split()[-2:] == ["54", "…"]
    assert drawn(trace, len(trace) - 1)[2].split()[-1] == "108"


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("signs", [UNICODE, ASCII])
def test_every_row_fits_the_width(width, signs):
    label = "学习率 " * 12
    odd = Value(1.0, label=label) * Value(2.0, label="a\tb\n\x1b[31mc") + nn.Neuron(40, seed=0)([0.5] * 40)
    chain = Value(1.0)
    for _ in range(1000):
        chain = chain.tanh()
    for value in (odd, chain):
        trace = chain_rule(value)
        for position in (0, len(trace) // 2, len(trace) - 1):
            rows = outline(trace, position, width=width, signs=signs)
            assert all(cells(row.text) <= width for row in rows)
            assert not any("\x1b" in row.text or "\n" in row.text for row in rows)
            assert any(row.is_active for row in rows)


def test_long_numbers_keep_their_columns_apart():
    x = Value(-1.2345e-100, label="x")
    trace = chain_rule(x * x * 3e9 + x * -999999999.1 + x)
    for position in range(len(trace)):
        columns = [row[-2 * NUMBER_WIDTH :] for row in drawn(trace, position, width=60) if row.endswith(" …")]
        assert all(column[0] == column[NUMBER_WIDTH] == " " for column in columns)
        assert max(map(cells, drawn(trace, position, width=60))) <= 60
    assert columns == []
    assert " -1e+09 …" in "".join(drawn(trace, len(trace) - 2))


def test_a_long_formula_is_shortened_by_display_width():
    trace = chain_rule(Value(1.0, label="学" * 5000) * 2.0)
    first = drawn(trace, 0, width=60)[0]
    assert "…" in first
    assert cells(first) == 60


def test_an_accent_has_no_width_of_its_own():
    assert cells("e\u0301") == 1


def test_constants_have_no_columns():
    assert drawn(chain_rule(parse("2 * x", x=3)), 0)[1] == "├◀─ 2"


def test_a_window_keeps_the_active_row_visible():
    for active in range(50):
        rows = [Row(str(i), i == active) for i in range(50)]
        shown = window(rows, 7)
        assert len(shown) == 7
        assert any(row.is_active for row in shown)
    assert window(rows, 50) == rows


def test_ascii_is_ascii():
    assert in_ascii("∂f/∂学: 1 · 2 — 学").isascii()
    trace = chain_rule(parse("f = x * x", x=3))
    assert all(row.text.isascii() for row in outline(trace, 2, signs=ASCII))


def test_deeply_indented_lines_are_cut_on_the_left():
    def deepest(depth):
        y = Value(0.5, label="x")
        for index in range(depth):
            y = y + Value(1.0, label=f"a{index}")
        return next(row for row in drawn(chain_rule(y), 0) if "├◀─ x" in row)

    assert deepest(3).startswith("│   │   ├◀─ x")
    assert deepest(40).startswith("…" + ("│   " * 40)[-28:] + "├◀─ x")
    assert deepest(400)[:40] == deepest(40)[:40]
