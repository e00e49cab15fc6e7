"""Can the chain rule be stepped through with a keyboard, through a pipe, and in the smallest terminal?"""

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
from sampling import sample
from several_places import TIES, tied
from terminals import needs_terminals

from tinygrad_edu import Value, chain_rule, nn, parse
from tinygrad_edu.cli.steps import step_lines
from tinygrad_edu.errors import GraphError
from tinygrad_edu.show import cells
from tinygrad_edu.terminal import keyboard
from tinygrad_edu.terminal.colours import NEGATIVE, POSITIVE
from tinygrad_edu.terminal.keyboard import KEYS, _sent, keystrokes, meaning, signs_for
from tinygrad_edu.terminal.outline import ASCII, Row
from tinygrad_edu.terminal.stepper import Stepper, _cut_after
from tinygrad_edu.terminal.words import WORDS

HELP = WORDS["keys"][0]
LESSON = ["step", "q = x + y; f = q * z", "x=-2", "y=5", "z=-4", "--interactive"]


def stepper(text="q = x + y; f = q * z", **numbers):
    return Stepper(chain_rule(parse(text, **(numbers or {"x": -2, "y": 5, "z": -4}))), text)


def press(it, *keys):
    for key in keys:
        it.press(key)
    return it


def text(it, **size):
    return "\n".join(line for line, _ in it.frame(**size))


def words(it):
    """The same as one line, however it is wrapped."""
    return " ".join(text(it, width=80).split())


# What keys do


def test_keys_move_and_stop_at_the_ends():
    it = stepper()
    assert press(it, "next", "next", "back").position == 1
    assert press(it, "first", "back").position == 0
    assert press(it, "last", "next").position == 6
    assert press(it, "quit").has_quit


def test_a_jump_is_typed():
    it = press(stepper(), "jump", "1", "back", "5")
    assert "jump to step: 5_" in text(it)
    assert press(it, "next").position == 4
    assert press(it, "jump", "9", "9", "next").position == 4
    assert "there is no step 99: they go from 1 to 7" in text(it)
    assert press(it, "jump", "2", "quit").position == 4
    assert not it.has_quit


def test_playing_goes_to_the_end_and_any_key_stops_it():
    it = press(stepper(), "play")
    assert it.is_playing
    it.tick()
    assert press(it, "faster").is_playing
    assert "2 steps a second" in text(it)
    assert not press(it, "play").is_playing
    press(it, "play")
    while it.is_playing:
        it.tick()
    assert it.is_at_end
    assert not press(it, "play").is_playing


def test_an_unknown_key_is_reported():
    assert "'x' is not a key here" in text(press(stepper(), "x"))


def test_key_sequences_of_keyboards_are_recognized():
    found = [meaning(stroke) for stroke in keystrokes("\033[C\033OD\033[1~G\x7f\033")]
    assert found == ["next", "back", "first", "last", "back", "quit"]
    sent = [each for all_sent in KEYS.values() for each in all_sent]
    assert len(sent) == len(set(sent))


# What is seen


def test_every_frame_describes_its_step():
    it = stepper()
    for position, step in enumerate(it.trace):
        it.go(position)
        shown = text(it)
        assert f"step {position + 1} of 7" in shown
        for part in str(step).replace(": ", " = ").split(" = "):
            assert part in shown
        assert HELP in shown


def test_a_shared_node_shows_its_sum_and_what_is_to_come():
    it = press(stepper("y = x * x * x", x=3), "last", "back")
    assert "sum      9 + 9 = 18, 1 more to come" in text(it)
    assert "sum      18 + 9 = 27, complete" in text(press(it, "next"))


def test_a_zero_gradient_says_where_it_comes_from():
    it = press(stepper("h = relu(a); f = h * w", a=-3, w=2), "last")
    assert "Nothing passes: h is a ReLU that is off." in words(it)
    it = press(stepper("f = tanh(w * x) * 0 * y", w=1, x=2, y=3), "last")
    assert "Nothing passes: the gradient of v1 itself is 0." in words(it)


@pytest.mark.parametrize(
    ("width", "height"), sample([(40, 16), (60, 24), (80, 16), (40, 24), (60, 16), (80, 24)], few=3)
)
def test_frames_fit_the_terminal(width, height):
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    for value in (
        model([0.5, -1.0]),
        parse("f = " + " + ".join(f"x{i} * y" for i in range(30)), y=2, **{f"x{i}": 1 for i in range(30)}),
        parse(
            "损失 = 学习率参数一 * 权重参数二 + 偏置参数三 * 学习率参数一", 学习率参数一=2, 权重参数二=3, 偏置参数三=1
        ),
        Value(1.0, label="学习率 " * 12) * Value(2.0, label="a\tb\n\x1b[31mc"),
        nn.Neuron(60, seed=0)([0.5] * 60),
    ):
        it = Stepper(chain_rule(value), str(value))
        for position in range(0, len(it.trace), 7):
            it.go(position)
            lines = it.frame(width, height)
            assert all(cells(line) < width for line, _ in lines)
            assert all(line.isprintable() for line, _ in lines)
            assert len(lines) <= height
            assert "q quit" in lines[-1][0]


@pytest.mark.parametrize("height", [8, 12, 14, 16, 18, 20, 24, 30, 40])
def test_a_frame_uses_the_available_height(height):
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


@pytest.mark.parametrize(
    ("most", "left"), [(1, ["a …"]), (2, ["a", "b …"]), (3, ["a", "b", "c …"]), (4, list("abcd")), (5, list("abcd"))]
)
def test_the_last_visible_line_says_that_there_are_more(most, left):
    """Of a private function, because no frame of a few lines can be had with each number of lines left."""
    assert [row.text for row in _cut_after([Row(letter) for letter in "abcd"], most, 40)] == left


def test_a_word_wider_than_the_terminal_is_split():
    long = "x" * 130
    f = Value(2.0, label=long) * Value(3.0, label="y")
    stepper = Stepper(chain_rule(f), str(f))
    frame = [line for line, _ in stepper.frame(width=60, height=40)]
    assert all(cells(line) < 60 for line in frame)
    assert sum(line.count("xxxx") for line in frame) > 2


def test_a_wide_terminal_gets_no_wider_lines():
    it = Stepper(chain_rule(nn.MLP(3, [8, 8, 1], seed=0)([0.5, -1.0, 2.0])), "f = " + "x + " * 60)
    assert it.frame(200, 50) == it.frame(80, 50)


def test_ascii_terminals_get_ascii():
    assert signs_for("latin-1") is ASCII
    assert signs_for(None) is ASCII
    it = Stepper(chain_rule(parse("f = x * y", x=2, y=3)), "f = x · y", signs_for("ascii"))
    for position in range(4):
        it.go(position)
        assert text(it).isascii()


# Through a pipe


def piped(sent, **environment):
    command = [sys.executable, "-m", "tinygrad_edu", *LESSON]
    run = subprocess.run(
        command, input=sent.encode(), capture_output=True, env={**os.environ, **environment}, timeout=600
    )
    return run.returncode, run.stdout.decode(environment.get("PYTHONIOENCODING", "utf-8")), run.stderr.decode()


def test_through_a_pipe_every_key_prints_a_frame():
    code, out, errors = piped("nnb\nj6\nq")
    assert (code, errors) == (0, "")
    assert re.findall(r"step (\d+) of 7", out) == ["1", "2", "3", "2", "6"]
    assert "\033" not in out
    assert piped("")[0] == 0
    assert re.findall(r"step (\d+) of 7", piped("p")[1]) == [*"1234567"]


def test_keys_may_come_from_a_text():
    target = io.StringIO()
    keyboard.interact(chain_rule(parse("f = x * y", x=2, y=3)), "f", stdin=io.StringIO("nnq"), stdout=target)
    assert target.getvalue().count("step ") == 3 + 3 * HELP.count("step ")


def test_bytes_that_are_not_text_are_ignored():
    command = [sys.executable, "-m", "tinygrad_edu", *LESSON]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(command, input=b"\xffn", capture_output=True, env=environment, timeout=600)
    assert (run.returncode, run.stderr) == (0, b"")
    assert re.findall(r"step (\d+) of 7", run.stdout.decode()) == ["1", "1", "2"]


def test_an_old_locale_gets_ascii():
    code, out, errors = piped("n", PYTHONIOENCODING="ascii", COLUMNS="60")
    assert (code, errors) == (0, "")
    assert "df/dz" not in out
    assert "|<- q = x + y" in out


# On a terminal


@needs_terminals
def test_arrows_jump_and_quit_on_a_terminal(terminal):
    it = terminal(*LESSON)
    assert "\033[?1049h" in it.wait_for(r"step 1 of 7[\s\S]*q quit")
    it.type("\033[C")
    it.wait_for("step 2 of 7")
    it.type("\033[C\033[C")
    assert "\033[1m├─▶ q = x + y" in it.wait_for(r"step 4 of 7[\s\S]*q quit")
    it.type("\033[D")
    it.wait_for("step 3 of 7")
    it.type("\033[F")
    it.wait_for("step 7 of 7")
    it.type("\033[H")
    it.wait_for("step 1 of 7")
    it.type("j6")
    it.wait_for("jump to step: 6_")
    it.type("\r")
    it.wait_for("step 6 of 7")
    it.type("q")
    code, after = it.finish()
    assert code == 0
    assert after == it.before
    assert "\033[?1049l" in it.seen


@needs_terminals
@pytest.mark.long
def test_playing_on_a_terminal(terminal):
    it = terminal(*LESSON)
    it.wait_for("step 1 of 7")
    it.type("++p")
    it.wait_for("playing, 4 steps a second")
    it.wait_for("step 7 of 7")
    it.type("\x04")
    assert it.finish()[0] == 0


@needs_terminals
def test_ctrl_c_leaves_the_terminal_as_it_was(terminal):
    it = terminal(*LESSON)
    it.wait_for("q quit")
    os.killpg(it.process.pid, signal.SIGINT)
    code, after = it.finish()
    assert code == 0
    assert after == it.before
    assert "\033[?25h\033[?1049l" in it.seen
    assert "Traceback" not in it.seen


@needs_terminals
def test_an_arrow_key_that_arrives_in_parts_is_not_escape(monkeypatch):
    monkeypatch.setattr("tinygrad_edu.terminal.keyboard.REST_OF_KEY", 30)  # the parts may be as late as they like
    reader, writer = os.pipe()
    os.write(writer, b"\033")
    late = threading.Timer(0.1, os.write, (writer, b"[C"))
    late.start()
    # private, because a terminal says nothing of the parts that a key came in
    assert keystrokes(_sent(reader, 30)) == ["\033[C"]
    late.join()
    monkeypatch.setattr("tinygrad_edu.terminal.keyboard.REST_OF_KEY", 0)
    os.write(writer, b"\033")
    assert keystrokes(_sent(reader, 30)) == ["\033"]
    os.close(writer)
    assert keystrokes(_sent(reader, 30)) == ["q"]
    os.close(reader)


@needs_terminals
def test_escape_alone_quits(terminal):
    it = terminal(*LESSON)
    it.wait_for("q quit")
    it.type("\033")
    assert it.finish() == (0, it.before)


@needs_terminals
def test_terminating_leaves_the_terminal_as_it_was(terminal):
    it = terminal(*LESSON)
    it.wait_for("q quit")
    it.process.terminate()
    assert it.finish() == (128 + signal.SIGTERM, it.before)
    assert "\033[?25h\033[?1049l" in it.seen
    assert "Traceback" not in it.seen


@needs_terminals
def test_ctrl_z_does_not_leave_the_screen_half_drawn(terminal):
    it = terminal(*LESSON)
    it.wait_for("q quit")
    it.type("\x1a")
    it.wait_for("is not a key here")
    it.type("q")
    assert it.finish() == (0, it.before)


@needs_terminals
def test_a_new_size_is_respected(terminal):
    it = terminal("step", "+".join(f"x{i}" for i in range(30)), *(f"x{i}=1" for i in range(30)), "-i")
    it.wait_for(r"step 1 of [\s\S]*q quit")
    it.resize(60, 18)
    found = it.wait_for(r"step 1 of [\s\S]*q quit")
    lines = re.sub(r"\033\[[0-9;?]*[A-Za-z]", "", found.split("\033[H")[-1]).split("\r\n")
    assert len(lines) <= 18
    assert max(cells(line.strip("\r")) for line in lines) < 60
    it.type("q")
    assert it.finish()[0] == 0


@needs_terminals
@pytest.mark.parametrize(("name", "value", "unseen"), [("NO_COLOR", "1", "\033[1m"), ("TERM", "dumb", "\033")])
def test_no_color_and_dumb_terminals_are_respected(terminal, name, value, unseen):
    it = terminal(*LESSON, **{name: value})
    assert unseen not in it.wait_for(r"step 1 of 7[\s\S]*q quit")
    it.type("n")
    it.wait_for("step 2 of 7")
    it.type("q")
    assert it.finish()[0] == 0


class Clock:
    """Time that passes only where something waits; keys come at their times.

    It stands in for what is private of the keyboard, because a real terminal keeps real time.
    """

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

    monkeypatch.setattr(keyboard, "time", clock)
    monkeypatch.setattr(keyboard, "_raw_keys", keys)
    monkeypatch.setattr(keyboard, "_draw", lambda it, *_: seen.append((round(clock.now - 100, 2), it.position)))
    text = "tanh(" * 12 + "x" + ")" * 12
    keyboard._on_a_terminal(Stepper(chain_rule(parse(text, x=1)), text), io.StringIO(), io.StringIO())
    at = {position: time for time, position in reversed(seen)}  # when each step was seen first
    # at one step a second from 0.5, at two from 2.7, at one from 4.6; stopped from 5.0 to 7.0 and from 9.3
    assert at == {0: 0.0, 1: 1.5, 2: 2.5, 3: 3.2, 4: 3.7, 5: 4.2, 6: 8.0, 7: 9.0, 8: 9.3}
    assert max(clock.asked) == keyboard.LOOK_UP
    assert min(clock.asked) >= 0


def test_keys_of_a_keyboard_on_windows(monkeypatch):
    signs, clock = list("n\xe0K\0Gq"), Clock([])
    console = SimpleNamespace(kbhit=lambda: bool(signs), getwch=lambda: signs.pop(0))
    clock.sleep = lambda seconds: setattr(clock, "now", clock.now + seconds)
    monkeypatch.setitem(sys.modules, "msvcrt", console)
    monkeypatch.setattr(keyboard, "time", clock)
    monkeypatch.setattr(keyboard, "sys", SimpleNamespace(platform="win32"))
    with keyboard._raw_keys(io.StringIO()) as read:  # private, because what is public needs a real console
        assert [read(1.0) for _ in range(4)] == ["n", "\033[D", "\033[H", "q"]
        assert clock.now == 100.0
        assert read(0.5) == ""
        assert clock.now == pytest.approx(100.5, abs=0.03)


def test_part_of_a_trace_can_be_stepped_through_and_an_empty_one_is_refused():
    trace = chain_rule(parse("f = x * y", x=2, y=3))
    for start in range(len(trace)):
        stepper = Stepper(trace[start:], "f = x * y")
        stepper.press("last")
        assert any("∂f/∂y" in line for line, _ in stepper.frame())
    with pytest.raises(GraphError, match="there is no step to show"):
        Stepper(trace[:0], "f = x * y")


# One node at several places of an operation


@pytest.mark.parametrize("name", TIES)
def test_each_edge_of_an_argument_used_twice_has_its_own_name(name):
    it = Stepper(chain_rule(tied(name)), name)
    seen = []
    for step in it.trace.edges:
        it.go(it.trace.steps.index(step))
        frame = text(it, width=80)
        assert all(cells(line) < 80 for line in frame.split("\n"))
        (names,) = re.findall("^names +(.*)", frame, flags=re.MULTILINE)
        seen.append(names)
        (active,) = re.findall("^[├└]─▶ (.*?)  ", frame, flags=re.MULTILINE)
        assert active == (f"w, {step.role}" if step.role else "x")
    roles = iter(TIES[name].roles)
    places = [f"∂f/∂({next(roles)})" if step.argument == "w" else "∂f/∂x" for step in it.trace.edges]
    gradients = [f"∂f/∂{step.argument} {'+=' if step.is_shared else '='}" for step in it.trace.edges]
    assert seen == [f"{gradient} ∂f/∂f · {place}" for gradient, place in zip(gradients, places, strict=True)]


def test_a_zero_local_derivative_names_its_place():
    it = Stepper(chain_rule(tied("w * w", w=0.0)), "w * w")
    it.go(3)
    assert "Nothing passes: the other factor is 0, so f stays 0 whatever the second factor w of f is." in words(it)


@pytest.mark.parametrize("name", TIES)
def test_the_steps_of_the_command_name_every_place(name):
    f = tied(name)
    rows = [line for line in step_lines(f, chain_rule(f)) if line.endswith(("more to come", "complete"))]
    for row, role in zip(rows, TIES[name].roles, strict=True):
        assert f", as {role}, " in row or f"∂f/∂({role}) " in row


# Predict, why, keys


def test_a_question_mark_lists_the_keys_and_any_other_key_goes_on():
    it = press(stepper(), "keys")
    for said in ("Home g, End G", "to step 5", "each number is asked for", "quit"):
        assert said in text(it)
    assert "numbers" not in text(it)
    assert "numbers" in text(press(it, "next"))
    assert "is not a key" not in text(press(it, "keys", "keys"))


def test_why_is_said_where_it_fits_and_can_be_switched_off():
    it = press(stepper(), *["next"] * 3)
    assert "why When q changes a little, f changes 4 times as much, the other way (z = -4)." in words(it)
    assert "why" not in text(press(it, "why")).split("q = x + y; f")[1].split("→/n")[0]
    assert "why" not in text(press(it, "why"), height=14).split("→/n")[0]


def test_in_predict_mode_no_number_is_seen_before_it_was_asked_for():
    it = press(stepper(), "predict")
    assert "Now each number is asked for" in words(it)
    for step in list(it.trace)[1:]:
        press(it, "next")
        if step.phase == "seed":
            continue
        shown = words(it)
        assert "What is" in shown
        assert "result" not in shown
        assert "symbols" not in shown
        assert "why" not in shown.split("→/n")[0]
        press(it, "next")
        assert "It is " in words(it)
        assert "result" in words(it)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-12", "Right: -12."), ("-12.01", "Right: -12."), ("-24/2", "Right: -12."), ("-12,0", "Right: -12."),
        ("(−12)", "Right: -12."), ("12", "Not 12. The sign is wrong."), ("nb q", "Write a number"),
        ("-7", "Not -7. Put the numbers of the arguments into q * z."), ("-11.85", "Not -11.85. Put the numbers"),
        ("", "It is -12."), ("--", "Write a number"), ("-1", "Not -1. That is the result of another operation"),
    ],
)  # fmt: skip
def test_a_prediction_is_right_within_the_digits_that_are_shown(typed, said):
    it = press(stepper(), "predict", "next", *typed, "next")
    assert said in words(it)
    assert (it.typed is None) == said.startswith(("Right", "It is"))


def test_a_sum_is_asked_for_as_it_grows():
    it = press(stepper("y = x * x * x", x=3), "predict", "next")
    press(it, "9", "next", "next", *"27", "next", "next")
    asked, answers = [], iter(["3", "9", "18", "27"])
    while it.typed is not None:
        asked.append(words(it))
        press(it, *next(answers), "next", "next")
    assert "What is ∂y/∂x after the contribution through y?" in asked[1]
    assert [sum(it.predicted), len(it.predicted)] == [4, 5]
    assert "4 of 5 predicted" in text(it)


def test_predict_mode_ends_with_its_score_and_with_escape():
    it = press(stepper(), "predict", "next", *"-12", "next", "next", "next", "quit")
    assert not it.has_quit
    assert not it.is_predicting
    assert "No more questions: 1 of 1 right." in words(it)


def test_a_jump_and_the_way_back_ask_nothing():
    it = press(stepper(), "predict", "last", "back", "first")
    assert it.typed is None


def test_all_text_belongs_to_an_answer_until_enter():
    it = press(stepper("f = x * 1", x=1e-3), "predict")
    press(it, "next", "next", *(meaning(stroke, is_typing=True) for stroke in keystrokes("1e-3 nbqgtpw?\033[C\033[H")))
    assert it.typed == "1e-3 nbqgtpw?"
    assert press(it, meaning("\x7f", is_typing=True)).typed == "1e-3 nbqgtpw"
    assert "Write a number" in words(press(it, meaning("\r", is_typing=True)))


@needs_terminals
def test_letters_typed_into_an_answer_on_a_terminal_do_not_step(terminal):
    it = terminal(*LESSON)
    it.wait_for("q quit")
    it.type("t")
    it.wait_for("Now each number")
    it.type("n")
    it.wait_for("What is f")
    it.type("nb4")
    it.wait_for("nb4_")
    it.type("\r")
    it.wait_for("Write a number")
    it.type("12\r")
    it.wait_for("Not 12. The sign is")
    it.type("-12\r")
    it.wait_for("Now it is right: -12")
    it.type("q")
    assert it.finish()[0] == 0


def test_a_wrong_prediction_may_be_corrected_and_the_first_one_counts():
    it = press(stepper(), "predict", "next", *"3", "next")
    assert "0 of 1 predicted" in text(it)
    assert "result" not in words(it).split("What is")[0]
    press(it, *"12", "next", *"-12", "next")
    assert "Now it is right: -12." in words(it)
    assert it.predicted == [False]
    assert it.typed is None


@pytest.mark.parametrize("width", [40, 60, 80])
def test_the_stepper_speaks_chinese_in_all_its_modes(width):
    it = Stepper(chain_rule(parse("h = relu(x * x); f = h * y", x=2, y=3)), "f", lang="zh")
    seen = ""
    pressed = "next next keys keys predict next next 1 next quit jump 9 9 next x"
    for keys in pressed.split():
        press(it, keys)
        frame = [line for line, _ in it.frame(width, 24)]
        assert all(cells(line) < width for line in frame)
        seen += "".join(frame)
    for position in range(len(it.trace)):
        it.go(position)
        seen += text(it)
    for said in ("反向", "数值", "梯度", "下一步", "第 2 个因子", "是多少", "没有第 99 步", "不是这里的按键"):
        assert said in seen
    assert not re.search(r"[a-z]{4,} [a-z]{2,}", seen)


@needs_terminals
@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (40, 20)])
def test_the_keys_stay_at_the_foot_of_the_screen(terminal, columns, lines):
    it = terminal(*LESSON, columns=columns, lines=lines)
    for key in ("n", "n", "n", "n", "?"):
        seen = it.wait_for(r"q quit\033\[K\033\[J")
        drawn = re.sub(r"\033\[[0-9;?]*[A-Za-z]", "", seen.split("\033[H")[-1]).split("\r\n")
        assert len(drawn) == lines
        assert drawn[-1].endswith("q quit")
        it.type(key)
    it.wait_for("Home g")
    it.type("q")
    assert it.finish()[0] == 0


@needs_terminals
def test_numbers_have_the_colours_of_their_signs(terminal):
    it = terminal(*LESSON)
    it.wait_for("q quit")
    it.type("nnn")
    seen = it.wait_for(r"step 4 of 7[\s\S]*q quit")
    assert f"\033[38;5;{NEGATIVE}m-12\033[0m" in seen
    assert f"\033[38;5;{POSITIVE}m5\033[0m" in seen
    it.type("q")
    assert it.finish()[0] == 0


@pytest.mark.parametrize("width", [40, 50, 80])
def test_in_chinese_no_line_begins_with_a_comma_and_none_has_an_english_one(width):
    stepper = Stepper(chain_rule(parse("f = x * x + relu(x)", x=0)), "f", lang="zh")
    stepper.press("why")
    seen = set()
    while not stepper.is_at_end:
        rows = [text for text, _ in stepper.frame(width, 24)]
        seen |= {row.strip() for row in rows}
        assert not any(row.lstrip()[:1] in "，。；：）" for row in rows if row.strip())
        assert all(cells(row) <= width for row in rows)
        stepper.press("next")
    assert any("，第 2 步" in row for row in seen)
    assert not any(", 第 2 步" in row for row in seen)
