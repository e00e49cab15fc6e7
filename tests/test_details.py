"""Details that no other test looks at: found by changing the source and seeing that nothing noticed."""

import contextlib
import gc
import io
import math
import sys
import threading
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

import tinygrad_edu
from tinygrad_edu import GradientWarning, Value, chain_rule, detect_anomaly, floats, nn, parse, viz
from tinygrad_edu.age import warn
from tinygrad_edu.checks.anomaly import first_anomaly
from tinygrad_edu.checks.numeric_slope import check
from tinygrad_edu.cli.main import main, step_lines
from tinygrad_edu.cli.training import say_files
from tinygrad_edu.compiler.arrays import Workspace
from tinygrad_edu.compiler.groups import product_of
from tinygrad_edu.errors import CompileError, DivergedError, ExpressionError, FileError, OptionError
from tinygrad_edu.files import write_whole
from tinygrad_edu.nn.table.model import Target
from tinygrad_edu.nn.table.reading import Column, Table
from tinygrad_edu.nn.training.objectives import TASKS
from tinygrad_edu.packages import needed
from tinygrad_edu.terminal import keyboard as terminal
from tinygrad_edu.terminal.outline import cells
from tinygrad_edu.terminal.stepper import HELP, Stepper, _cut_after
from tinygrad_edu.text.printing import LATEX, TEXT, as_factor
from tinygrad_edu.viz.style import tint


def lines(program):
    return [line.split("  #")[0].strip() for line in program.source.split("\n")[1:] if line.strip()]


# Expressions


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a = x + 1\nb = a $ 2\nb", "\n    b = a $ 2\n          ^\n"),
        ("x + 1; x +* 2", "\n    x + 1; x +* 2\n              ^\n"),
        ("x + nothing", "\n    x + nothing\n        ^^^^^^^\n"),
    ],
)
def test_the_place_is_marked_in_its_own_line(text, shown):
    with pytest.raises(ExpressionError) as caught:
        parse(text, x=1)
    assert shown in str(caught.value)


def test_a_hundred_brackets_and_no_more():
    assert parse("(" * 100 + "x" + ")" * 100, x=2).data == 2
    with pytest.raises(ExpressionError) as caught:
        parse("x + " + "(" * 101 + "x" + ")" * 101, x=2)
    mark = next(line for line in str(caught.value).split("\n") if set(line) == {" ", "^"})
    assert mark.count("^") == 1
    assert "more than 100 brackets inside each other" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("(x ** 2) ** 3", "(x ** 2) ** 3"),
        ("x ** -y", "x ** -y"),
        ("(-x) ** 2", "(-x) ** 2"),
        ("-x ** 2", "-x ** 2"),
        ("x - (y - z)", "x - (y - z)"),
        ("x / (y * z)", "x / (y * z)"),
    ],
)
def test_brackets_that_are_needed(text, printed):
    assert str(parse(text, x=2, y=3, z=5)) == printed


def test_comparisons_are_strict_where_they_say_so():
    two = Value(2.0)
    assert [two > 2, two >= 2, two < 2, two <= 2, two > 1, two < 3] == [False, True, False, True, True, True]


# Programs


def test_what_is_nothing_is_gone_from_a_program():
    x = [Value(0.1 * number) for number in range(1, 7)]
    for nothing in (
        lambda v: v - 0,
        lambda v: v / 1,
        lambda v: v**1,
        lambda v: v * 1,
        lambda v: 0 + v,
        lambda v: v + 0,
    ):
        f = sum(nothing(each.tanh()) for each in x)
        assert lines(tinygrad_edu.compile(f, wrt=x))[:3] == ["p = P", "t1 = np.tanh(p)", "loss = t1.sum()"]


def test_tables_of_constants_are_called_x_and_other_constants_c():
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    loss = nn.mse_loss([model([a, b]) for a, b in ((1.0, 2.0), (3.0, 5.0), (7.0, -1.0))], [0.5, 1.5, -0.5])
    source = tinygrad_edu.compile(loss, wrt=model.parameters()).source
    assert "Z1 = X @ W1.T + b1" in source
    assert "Z2 - c1" in source


def test_a_long_weighted_sum_is_a_product_and_a_short_one_of_strangers_is_written_out():
    x, y = (Value(number, label=name) for name, number in (("x", 2.0), ("y", 3.0)))
    short = tinygrad_edu.compile(tinygrad_edu.functions.dot([x.exp(), y.tanh()], [y.sin(), x.cos()]), wrt=[x, y])
    assert "einsum" not in short.source
    assert " * " in short.source
    ws = [Value(0.1 * number) for number in range(6)]
    vs = [w.tanh() for w in ws]
    long = tinygrad_edu.compile(tinygrad_edu.functions.dot(ws, vs), wrt=ws)
    assert "np.vdot(" in long.source


# Data


def test_circles_are_circles():
    X, y = nn.datasets.circles(n=16, noise=0.0)
    for label, radius in ((0, 1.0), (1, 0.5)):
        ring = X[y == label]
        assert np.allclose(np.hypot(*ring.T), radius)
        angles = np.sort(np.arctan2(ring[:, 1], ring[:, 0]))
        assert np.allclose(np.diff(angles), 2 * np.pi / 8)


def test_the_squares_of_xor_are_within_one():
    X, _ = nn.datasets.xor(n=400, noise=0.0)
    assert np.all((np.abs(X) >= 0.1) & (np.abs(X) <= 1.0))
    assert np.abs(X).max() > 0.9


@pytest.mark.parametrize("name", ["moons", "circles", "xor", "spirals"])
def test_the_default_noise_is_a_tenth(name):
    data = getattr(nn.datasets, name)
    assert np.array_equal(data()[0], data(n=100, noise=0.1, seed=0)[0])


def test_a_share_of_a_half_is_on_the_lower_side():
    task = TASKS["bce"]
    assert task.count_right(np.array([0.4, 0.5, 0.6]), [0.5, 0.5, 0.5]) == 2


# Tables


def test_a_row_that_is_too_long_is_refused_as_one_that_is_too_short(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n1,2,3\n")
    with pytest.raises(FileError, match="line 3 has 3 cells, and there are 2 columns"):
        nn.read_csv(path)


def test_the_byte_that_is_no_text_is_counted_from_one(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a\n\xff\n")
    with pytest.raises(FileError, match="byte 3 is not UTF-8"):
        nn.read_csv(path)


def test_a_word_is_1_at_its_own_input():
    table = Table.of_columns({"c": ["b", "a", "b"]})
    assert Column.of(table, "c")(table).tolist() == [[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([1, 2, 3], "numbers from 1 to 3"),
        ([1, 2, "x"], "numbers from 1 to 2; 1 other"),
        (list("abcdef"), "words: a, b, c, d, e, f"),
        (list("abcdefg"), "words: a, b, c, d, e, f and 1 more"),
        (["x", "y", 1], "words: x, y, 1"),
        ([1, 2, "x", "y"], "words: 1, 2, x, y"),
    ],
)
def test_what_is_said_of_a_column(cells, said):
    assert Table.of_columns({"n": cells}).described() == f"  n  {said}"


@pytest.mark.parametrize(("words", "is_number"), [(1, True), (2, True), (3, None), (5, False)])
def test_when_a_column_is_one_of_numbers(words, is_number):
    cells = ["w"] * words + ["1"] * (6 - words)
    table = Table.of_columns({"n": cells})
    if words > 3:
        assert table.numbers("n") is None
    else:
        with pytest.raises(FileError, match=f"{6 - words} of its 6 cells are numbers"):
            table.numbers("n")


# Steps


@pytest.mark.parametrize("height", [8, 12, 14, 16, 18, 20, 24, 30, 40])
def test_a_frame_uses_the_height_there_is(height):
    f = parse("tanh(a * b + c * d) * (a - c) + exp(b * d) / (1 + a ** 2)", a=1, b=2, c=-1, d=0.5)
    trace = chain_rule(f)
    for step in (0, len(trace) // 2, len(trace) - 1):
        stepper = Stepper(trace, "f")
        assert stepper.position == 0
        stepper.go(step)
        frame = stepper.frame(width=80, height=height)
        assert len(frame) <= max(height, 14)
    tall = Stepper(trace, "f").frame(width=80, height=200)
    assert len(tall) > 20


# What is refused


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.cross_entropy([[Value(1.0), Value(2.0)]], [[0.5, 0.2]]), OptionError, "2 numbers, whose sum is"),
        (lambda: nn.cross_entropy([[Value(1.0), Value(2.0)]], [[0.5, 0.2, 0.3]]), OptionError, "3 numbers"),
        (lambda: nn.Optimizer([Value(1.0)], 0.1).step(), NotImplementedError, "has to define moved"),
        (
            lambda: Target.of(Table.of_columns({"c": ["a", "b"] * 3}), "c")(Table.of_columns({"c": ["z"]}, "new.csv")),
            FileError,
            "'z' in column 'c' of new.csv",
        ),
        (
            lambda: nn.Adam([Value(1.0), "w", 3], lr=0.1),
            OptionError,
            "strs such as 'w'",
        ),
    ],
)
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


class Root(nn.Module):
    """Its gradient is infinite where its number is 0."""

    def __init__(self):
        self.w = Value(0.0, label="w")

    def __call__(self, x):
        return (self.w * x[0]) ** 0.5


@pytest.mark.parametrize("compiled", [False, True])
def test_a_gradient_that_is_none_is_a_divergence_though_the_loss_is_a_number(compiled):
    with pytest.raises(DivergedError, match=r"a gradient is (-?inf|nan)"):
        nn.fit(Root(), [[1.0], [2.0]], [1.0, 1.0], loss="mse", epochs=1, compiled=compiled)


def test_what_a_package_lacks_in_turn_is_its_own_matter(monkeypatch):
    def broken(name):
        raise ModuleNotFoundError("No module named 'deeper'", name="deeper")

    monkeypatch.setattr("importlib.import_module", broken)
    with pytest.raises(ModuleNotFoundError, match="deeper"):
        needed("torch", "a test")


def test_a_warning_without_a_line_of_yours_is_still_given(monkeypatch):
    monkeypatch.setattr("tinygrad_edu.age.user_frame", lambda: None)
    with pytest.warns(GradientWarning, match="something"):
        warn("something", "for a reason", "anchor")


def test_a_file_that_is_interrupted_goes_away(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "f", b"new")
    assert not list(tmp_path.iterdir())


# What is shown


def test_a_program_explains_lines_of_every_kind():
    x = [Value(0.1 * number + 0.2) for number in range(8)]
    mixed = [x[0].exp(), x[3].tanh(), x[1].exp(), x[5].tanh(), x[2].exp()]
    loss = sum((a * b + 1).log() for a, b in pairwise(mixed)) + (x[6] * x[7]).sin() * x[0]
    program = tinygrad_edu.compile(loss, wrt=x)
    told = program.explain()
    assert "out of several arrays, laid together" in told
    assert all(any(row.startswith(f"{line.name} ") for row in told.splitlines()) for line in program.lines)


@pytest.mark.parametrize(
    ("most", "left"), [(1, ["a …"]), (2, ["a", "b …"]), (3, ["a", "b", "c …"]), (4, list("abcd")), (5, list("abcd"))]
)
def test_the_last_line_that_is_left_says_that_there_are_more(most, left):
    assert _cut_after(list("abcd"), most, 40) == left


def test_letters_that_have_no_width_of_their_own():
    assert cells("e\u0301") == 1
    assert tint(float("nan"), 1.0) == tint(0.0, 1.0)


def test_a_word_wider_than_the_terminal_comes_in_parts():
    long = "x" * 130
    f = Value(2.0, label=long) * Value(3.0, label="y")
    stepper = Stepper(chain_rule(f), str(f))
    frame = [line for line, _ in stepper.frame(width=60, height=40)]
    assert all(cells(line) < 60 for line in frame)
    assert sum(line.count("xxxx") for line in frame) > 2


def test_a_worksheet_shows_itself_in_a_notebook():
    shown = viz.worksheet(parse("x * y", x=1, y=2))._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert "sandbox" in shown


def test_a_worksheet_of_a_leaf_alone_asks_for_nothing_forward():
    asked = [viz.worksheet(f).html() for f in (Value(2.0, label="x"), parse("x * y", x=1, y=2))]
    assert [page.count("<h2>") for page in asked] == [4, 6]


def test_a_leaf_alone_has_no_steps_forward():
    x = Value(2.0, label="x")
    assert [line for line in step_lines(x, chain_rule(x)) if "forward" in line] == []


def test_a_collector_of_garbage_that_is_off_stays_off():
    gc.disable()
    try:
        tinygrad_edu.compile(parse("x * y", x=2, y=3))
        assert not gc.isenabled()
    finally:
        gc.enable()
    tinygrad_edu.compile(parse("x * y", x=2, y=3))
    assert gc.isenabled()


def test_an_array_of_parameters_has_no_gradients_to_forget():
    numbers = np.array([1.0, 2.0])
    optimizer = nn.SGD(numbers, lr=0.5)
    optimizer.zero_grad()
    optimizer.step([2.0, 0.0])
    assert numbers.tolist() == [0.0, 2.0]


def test_as_many_pairs_as_in_a_product_are_none_if_they_repeat():
    workspace = Workspace(8)
    left, right = np.array([[0], [0], [1], [1]]), np.array([[2], [2], [3], [3]])
    assert product_of(workspace, left, right) is None
    assert product_of(workspace, left, right[[0, 2, 0, 2]]) is not None


# Time


class Clock:
    """Time that passes only where somebody waits; keys come at their times."""

    def __init__(self, keys):
        self.now, self.keys, self.asked = 100.0, list(keys), []

    def monotonic(self):
        return self.now

    def read(self, seconds):
        self.asked.append(seconds)
        time, key = self.keys[0]
        if 100.0 + time <= self.now + seconds:
            self.keys.pop(0)
            self.now = max(self.now, 100.0 + time)
            return key
        self.now += seconds
        return ""


def test_playing_keeps_its_speed(monkeypatch):
    clock, seen = Clock([(0.5, "p"), (2.7, "+"), (4.6, "-"), (5.0, "p"), (7.0, "p"), (9.3, "n"), (9.4, "q")]), []

    @contextlib.contextmanager
    def keys(_):
        yield clock.read

    monkeypatch.setattr(terminal, "time", clock)
    monkeypatch.setattr(terminal, "_raw_keys", keys)
    monkeypatch.setattr(terminal, "_draw", lambda it, *_: seen.append((round(clock.now - 100, 2), it.position)))
    text = "tanh(" * 12 + "x" + ")" * 12
    terminal._on_a_terminal(Stepper(chain_rule(parse(text, x=1)), text), io.StringIO(), io.StringIO())
    at = {position: time for time, position in reversed(seen)}  # when each step was seen first
    # at one step a second from 0.5, at two from 2.7, at one from 4.6; stopped from 5.0 to 7.0 and from 9.3
    assert at == {0: 0.0, 1: 1.5, 2: 2.5, 3: 3.2, 4: 3.7, 5: 4.2, 6: 8.0, 7: 9.0, 8: 9.3}
    assert max(clock.asked) == terminal.LOOK_UP
    assert min(clock.asked) >= 0


@pytest.mark.parametrize(
    ("numbers", "stops_after", "best"),
    [
        ({"loss": [3.0, 2.0, 2.5, 2.4, 1.9]}, 4, 2),
        ({"accuracy": [0.5, 0.7, 0.7, 0.6]}, 4, 2),
        ({"accuracy": [0.5, 0.7, 0.8, 0.6]}, None, 3),
        ({"loss": [1.0, 0.95, 0.85, 0.8], "min_delta": 0.1}, None, 3),
        ({"loss": [1.0, 0.95, 0.92, 0.9], "min_delta": 0.1}, 3, 1),
        ({"accuracy": [0.5, 0.55, 0.58], "min_delta": 0.1}, 3, 1),
        ({"loss": [2.0, 1.0], "val_loss": [1.0, 3.0]}, None, 1),
        ({"loss": [1.0, 1.0, 1.0]}, 3, 1),
    ],
)
def test_when_a_training_stops_early(numbers, stops_after, best):
    options = {"min_delta": numbers.pop("min_delta", 0.0)}
    model, history = nn.MLP(1, [1]), nn.History()
    monitor = None if "loss" in numbers else "accuracy"
    stop = nn.EarlyStopping(patience=2, monitor=monitor, **options)
    training = nn.Training(model, None, history, 10)
    for _ in range(2):  # used again, it begins again
        history.loss, history.accuracy, history.val_loss, history.stopped = [], [], [], ""
        for epoch, found in enumerate(zip(*numbers.values(), strict=True), start=1):
            for name, number in zip(numbers, found, strict=True):
                getattr(history, name).append(number)
            history.loss = history.loss if "loss" in numbers else [0.0] * epoch
            model.parameters()[0].data = float(epoch)
            stop.after_epoch(training)
            assert bool(history.stopped) == (epoch == stops_after)
            if history.stopped:
                break
        assert stop.best_epoch == best
        stop.at_end(training)
        assert model.parameters()[0].data == best


# Differences


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
def test_what_differences_can_tell(f, x, slope, verdict):
    assert check("f", slope, x, f).verdict == verdict


def test_of_a_wave_too_fast_for_differences_nothing_is_said():
    for number in range(60):
        x = 0.1 + 0.013 * number
        assert check("f", 1e11 * math.cos(1e11 * x), x, lambda x: math.sin(1e11 * x)).verdict in ("unclear", "ok")


def test_a_check_tells_both_sides_and_its_step():
    found = check("f", 0.0, 0.0, lambda x: max(x, 0.25 * x))
    assert (found.left, found.right) == pytest.approx((0.25, 1.0))
    assert found.numeric == pytest.approx(0.625)
    assert 1e-10 <= found.step <= 1e-3


# Where numbers end


@pytest.mark.parametrize(
    ("x", "y", "power"),
    [
        (-10.0, 400.0, math.inf),
        (-10.0, 401.0, -math.inf),
        (10.0, 401.0, math.inf),
        (-0.0, -2.0, math.inf),
        (-0.0, -3.0, -math.inf),
        (0.0, -3.0, math.inf),
        (-0.0, -2.5, math.inf),
    ],
)
def test_powers_beyond_the_largest_float_keep_their_sign(x, y, power):
    assert floats.power(x, y) == power


def test_a_gradient_that_overflows_between_finite_numbers_is_found():
    x = Value(1e-300, label="x")
    assert "the gradient of x: upstream 1e200 × local derivative ∂v1/∂x = 1e200" in first_anomaly(x * 1e200 * 1e200)
    assert first_anomaly(x * 1e200 * 1e100) == ""


def test_how_far_a_wrong_program_is_off_is_told():
    f = parse("f = tanh(x) * y", x=0.5, y=3)
    f.args[0].partials = (f.args[0].partials[0] + 0.5,)
    with pytest.raises(
        CompileError, match=r"the loss 1\.386\d+, where the graph gives 1\.386\d+, and .* differs by 1\.5\d*\n"
    ):
        tinygrad_edu.compile(f)


@pytest.mark.parametrize(("cells", "is_words"), [(["1", "w"], True), (["1", "2", "w"], False), (["1", "w", "v"], True)])
def test_of_two_cells_one_may_be_a_word_and_of_three_it_is_a_mistake(cells, is_words):
    table = Table.of_columns({"n": cells})
    if is_words:
        assert table.numbers("n") is None
    else:
        with pytest.raises(FileError, match="2 of its 3 cells are numbers"):
            table.numbers("n")


def test_files_are_told_with_their_size(tmp_path, capsys):
    path = tmp_path / "f"
    path.write_bytes(b"x" * 12_345)
    say_files([path])
    assert capsys.readouterr().out == f"  wrote {path}  (12 kB)\n"


def test_the_first_wrong_cell_is_told():
    table = Table.of_columns({"n": ["1", "2", "oops", "3", "what", "4", "5"]})
    with pytest.raises(FileError, match=r"the table, row 3: 'oops' in column 'n'\n.*5 of its 7 cells are numbers"):
        table.numbers("n")


@pytest.mark.parametrize("before", [0, 10, 39, 40, 41, 70, 200])
@pytest.mark.parametrize("after", [0, 10, 30, 200])
def test_a_long_line_is_cut_around_its_mark(before, after):
    text = "x+" * (before // 2) + "tahn(x)" + "+x" * (after // 2)
    with pytest.raises(ExpressionError) as caught:
        parse(text, x=1)
    shown, mark = str(caught.value).split("\n")[2:4]
    assert len(shown) <= 70
    assert shown[mark.index("^") : mark.rindex("^") + 1] == "tahn"
    assert shown.strip() in text


def test_a_mark_reaches_to_the_end_of_what_is_shown():
    text = "x + " + "(" * 101 + "x" + ")" * 101
    for before in ("", "x + " * 15):
        with pytest.raises(ExpressionError) as caught:
            parse(f"{before}[{'x, ' * 60}x]", x=1)
        shown, mark = str(caught.value).rstrip().split("\n")[2:4]
        assert shown[mark.index("^") :].rstrip() == f"[{'x, ' * 60}x]"[: mark.count("^")].rstrip()
        assert len(mark.rstrip()) == len(shown)
    with pytest.raises(ExpressionError) as caught:
        parse(text, x=1)
    assert str(caught.value).split("\n")[3].rstrip().endswith("^")


# Formulas as factors


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


# Other ways in


def test_keys_of_a_keyboard_on_windows(monkeypatch):
    signs, clock = list("n\xe0K\0Gq"), Clock([])
    keyboard = SimpleNamespace(kbhit=lambda: bool(signs), getwch=lambda: signs.pop(0))
    clock.sleep = lambda seconds: setattr(clock, "now", clock.now + seconds)
    monkeypatch.setitem(sys.modules, "msvcrt", keyboard)
    monkeypatch.setattr(terminal, "time", clock)
    monkeypatch.setattr(terminal, "sys", SimpleNamespace(platform="win32"))
    with terminal._raw_keys(io.StringIO()) as read:
        assert [read(1.0) for _ in range(4)] == ["n", "b", "g", "q"]
        assert clock.now == 100.0
        assert read(0.5) == ""
        assert clock.now == pytest.approx(100.5, abs=0.03)


def test_keys_may_come_from_a_text():
    target = io.StringIO()
    terminal.interact(chain_rule(parse("f = x * y", x=2, y=3)), "f", stdin=io.StringIO("nnq"), stdout=target)
    assert target.getvalue().count("step ") == 3 + 3 * HELP.count("step ")


def test_digits_are_trained_on_a_part(tmp_path, capsys):
    pytest.importorskip("sklearn", reason="scikit-learn, which has the images, is not installed")
    arguments = ["train", "digits", "--points", "60", "--epochs", "1", "--plot", "-o", str(tmp_path)]
    assert main([*arguments, "--hidden", "4", "--test", "0.2"]) == 0
    assert "60 images" in capsys.readouterr().out
    assert {file.stem for file in tmp_path.iterdir()} >= {"history", "parameters", "activations", "network"}
    assert not (tmp_path / "neurons.png").exists()


def test_while_somebody_else_looks_a_sweep_is_not_looked_at():
    looking, done = threading.Event(), threading.Event()

    def look():
        with detect_anomaly():
            looking.set()
            done.wait()

    thread = threading.Thread(target=look)
    thread.start()
    looking.wait()
    x = Value(1e-300)
    (x * 1e200 * 1e200).backward()
    done.set()
    thread.join()
    assert x.grad == math.inf
