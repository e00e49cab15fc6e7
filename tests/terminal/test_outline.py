"""Does the outline of a graph say what is known, mark the step, and fit?"""

import itertools
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


def sums(depth):
    """A chain of additions: x, the first of all, is the deepest."""
    y = Value(0.5, label="x")
    for index in range(depth):
        y = y + Value(1.0, label=f"a{index}")
    return chain_rule(y)


def test_deeply_indented_lines_are_cut_on_the_left():
    def deepest(depth):
        return next(row for row in drawn(sums(depth), 0) if row.find("├◀") >= 0 and "x" in row)

    assert deepest(3).startswith("│   │   ├◀─ x")
    assert deepest(40).startswith("… " + "│ " * 14 + "├◀x")
    assert deepest(400)[:40] == deepest(40)[:40]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_level_deeper_is_as_many_columns_further_however_deep(width):
    """The tree stays a tree: what is cut on the left is cut from every line, and the step is never cut."""
    for depth, trace in ((3, sums(3)), (40, sums(40))):
        for position in range(0, len(trace), 7):
            rows = drawn(trace, position, width=width)
            branches = [re.search("[├└](── |─▶ |◀─ |[ ▶◀])v", row) for row in rows]
            columns = [branch.start() for branch in branches if branch]
            apart = {after - before for before, after in itertools.pairwise(columns)}
            assert apart <= ({4} if depth == 3 else {2})
            active = [row.text for row in outline(trace, position, width=width) if row.is_active]
            assert active
            assert not any("…" in re.sub(r"  +[^ ]+ …$", "", row[1:]) for row in active), active


def test_a_name_is_not_cut_beside_columns_that_stay_free():
    trace = chain_rule(parse("n = w1 * x1 + w2 * x2 + b; o = tanh(n)", w1=-3, x1=2, w2=1, x2=0, b=6.88137))
    for position in range(len(trace)):
        assert not any("…" in row for row in drawn(trace, position, width=40))
    wide = [cells(row) for row in drawn(trace, 3, width=80)]
    assert max(wide) > max(cells(row) for row in drawn(trace, 3, width=40))


def test_numbers_are_marked_with_their_places():
    for row in outline(LESSON, len(LESSON) - 1):
        for start, end, number in row.spans:
            assert float(row.text[start:end]) == number


def test_what_is_asked_for_is_not_shown():
    for position, step in enumerate(LESSON):
        rows = [row.text for row in outline(LESSON, position, is_hidden=True)]
        numbers = [row.split()[-2:] for row in rows]
        assert not position or numbers == [row.split()[-2:] for row in drawn(LESSON, position - 1)], step
