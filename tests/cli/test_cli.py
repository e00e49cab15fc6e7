"""Does the command line do what it says, and fail in sentences?"""

import os
import re
import shlex
import subprocess
import sys

import pytest
from sampling import sample
from slips import RIGHT

import tinygrad_edu
from tinygrad_edu import Trace, Value, chain_rule, parse, viz
from tinygrad_edu.cli.arguments import BILINGUAL
from tinygrad_edu.cli.lines import say_files
from tinygrad_edu.cli.main import COMMANDS, _parser, _parsers, main
from tinygrad_edu.cli.steps import Look, step_lines
from tinygrad_edu.show import cells, show
from tinygrad_edu.terminal.colours import NEGATIVE, Paint


def in_a_process(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "tinygrad_edu", *arguments],
        capture_output=True,
        env={**os.environ, **environment},
        check=False,
    )


def test_step_prints_every_step_as_upstream_times_local(run):
    code, out, err = run("step", "q = x + y; f = q * z", "x=-2", "y=5", "z=-4")
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert ["∂f/∂q", "=", "∂f/∂f", "·", "z", "=", "1", "×", "(-4)", "=", "-4"] in lines
    assert ["∂f/∂z", "=", "∂f/∂f", "·", "q", "=", "1", "×", "3", "=", "3"] in lines
    assert ["∂f/∂x", "=", "∂f/∂q", "·", "∂q/∂x", "=", "(-4)", "×", "1", "=", "-4"] in lines
    assert ["∂f/∂z", "=", "3"] in lines
    assert max(map(len, out.splitlines())) <= 80


def test_step_names_the_output_f(run):
    assert run("step", "(x + y) * z", "x=-2", "y=5", "z=-4")[1].startswith("f = (x + y) * z\n")
    assert run("step", "x * f", "x=-2", "f=5")[1].startswith("x * f\n")


def test_a_single_leaf_has_no_forward_steps():
    x = Value(2.0, label="x")
    assert [line for line in step_lines(x, chain_rule(x)) if "forward" in line] == []


@pytest.mark.parametrize(
    ("expression", "numbers", "notes"),
    [
        ("f = x", ["x=1/2"], ["f is x under another name: the node is called x"]),
        ("f = x; g = f * x; h = g", ["x=2"], ["f is x under another", "h is g under another"]),
        ("a = x; b = a; b * x", ["x=2"], ["a is x under another", "b is x under another"]),
        ("f = x * y", ["x=1", "y=2"], []),
        ("g = 3; f = g * x", ["x=1"], []),
        ("a = x * y; f = x", ["x=1", "y=2"], ["y makes no difference", "f is x under another"]),
    ],
)
def test_a_second_name_of_a_node_is_not_lost_without_a_word(run, expression, numbers, notes):
    code, _, err = run("step", expression, *numbers)
    assert (code, err.count("note: ")) == (0, len(notes))
    assert all(f"note: {note}" in err for note in notes)


def test_the_one_line_of_a_single_leaf_is_aligned_with_its_gradient(run):
    lines = run("step", "x", "x=1/2")[1].splitlines()
    assert [line for line in lines if line.startswith("  ∂")] == ["  ∂x/∂x  = 1"] * 2


def test_step_of_a_shared_node_shows_the_running_sum(run):
    lines = run("step", "x * x * x", "x=3")[1].splitlines()
    assert [re.split("  +", line.strip())[2:] for line in lines if line.startswith("  ∂f/∂x") and " × " in line] == [
        ["= 1 × 9", "= 9, 2 more to come"],
        ["= 9 + 3 × 3", "= 18, as first factor, 1 more to come"],
        ["= 18 + 3 × 3", "= 27, as second factor, complete"],
    ]
    signs = [line.split()[1] for line in lines if line.startswith("  ∂f/∂") and " × " in line]
    assert signs == ["=", "=", "+=", "+="]


def test_step_ends_with_every_path_to_a_leaf_that_has_several(run):
    out = run("step", "x * y + x", "x=2", "y=3")[1]
    assert out.endswith("total 1 + 3 = 4\n")
    assert "∂f/∂x: 2 paths from x to f\n" in out
    assert "paths from y" not in out
    assert "paths from x" not in run("step", "+".join(["x"] * 30), "x=2")[1]


def test_an_expression_may_start_with_a_minus(run):
    assert "∂f/∂x  = -3" in run("step", "-x*y", "x=2", "y=3")[1]
    assert run("draw", "-x", "x=2", "-o", "f.svg")[0] == 0


def test_an_unused_name_is_noted(run):
    code, _, err = run("step", "x + 1", "x=2", "y=3")
    assert (code, err) == (0, "note: y makes no difference to the result\n")


def test_draw_writes_the_file_it_names(run, tmp_path):
    code, out, _ = run("draw", "(x + y) * z", "x=-2", "y=5", "z=-4", "-o", "f.svg")
    assert (code, out.split()[:2]) == (0, ["wrote", "f.svg"])
    assert "grad -4" in (tmp_path / "f.svg").read_text(encoding="utf-8")
    run("draw", "x * 2", "x=1", "--forward-only", "-o", "g.svg")
    assert "grad —" in (tmp_path / "g.svg").read_text(encoding="utf-8")


def test_files_are_listed_with_their_size(tmp_path, capsys):
    path = tmp_path / "f"
    path.write_bytes(b"x" * 12_345)
    say_files([path])
    assert capsys.readouterr().out == f"  wrote {path}  (12 kB)\n"


def test_train_learns_and_draws(run, tmp_path):
    code, out, err = run("train", "moons", "--hidden", "8", "8", "--epochs", "30", "--output", "pictures")
    assert code == 0
    assert "2-8-8-1 network of 105 parameters" in out
    assert float(out.split("accuracy ")[1].split(" %")[0]) >= 95
    assert "epoch" in err
    assert sorted(file.name for file in (tmp_path / "pictures").iterdir()) == [
        "boundary.png",
        "network.png",
        "network.svg",
        "report.html",
    ]


def test_digits_are_trained_on_a_subset(tmp_path, capsys):
    pytest.importorskip("sklearn", reason="scikit-learn, which has the images, is not installed")
    arguments = ["train", "digits", "--points", "60", "--epochs", "1", "--plot", "-o", str(tmp_path)]
    assert main([*arguments, "--hidden", "4", "--test", "0.2"]) == 0
    assert "60 images" in capsys.readouterr().out
    assert {file.stem for file in tmp_path.iterdir()} >= {"history", "parameters", "activations", "network"}
    assert not (tmp_path / "neurons.png").exists()


def test_the_demo_writes_all_its_files(run, tmp_path):
    code, out, err = run("demo", "--output", "here")
    assert code == 0
    for words in ("q = x + y", "f = q * z", "= -12", "∂f/∂x  = -4", "∂f/∂y  = -4", "∂f/∂z  = 3", "337 parameters"):
        assert words in out
    assert float(out.split("accuracy ")[1].split(" %")[0]) >= 99
    assert "accuracy" in err  # the progress bar
    files = {file.name for file in (tmp_path / "here").iterdir()}
    assert files == {"f.html", "f.svg", "f.png", "network.svg", "network.png", "boundary.png", "report.html"}
    assert all(f"wrote here/{name}" in out for name in files)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["step", "x +* 3", "x=1"], 1, "       ^\n  what is wrong:  a number or a name is missing before `*`"),
        (["step", "x + y", "x=1"], 1, "y has no value"),
        (["step", "log(x)", "x=-1"], 1, "log(x) needs x > 0"),
        (["step", "x", "x"], 1, "it has to be a name, = and a number"),
        (["step", "x", "x=one"], 1, "'x=one' after the expression"),
        (["step", "x", "x=1", "x=2"], 1, "two numbers for x"),
        (["step", "x", "3=1"], 1, "write instead:  x=-2"),
        (
            ["draw", "x", "x=1", "-o", "f.xyz"],
            1,
            "which ends in .svg, .png, .tex, .pdf or .dot\n  write instead:  -o f.svg\n",
        ),
        (["draw", "x", "x=1", "-o", "missing/f.svg"], 1, "there is no such folder"),
        (["draw", "x", "x=1", "--detail", "all"], 1, "--detail all\n  what is wrong:  the choices are op, full"),
        (["train", "moon"], 1, "write instead:  tinygrad-edu train moons\n"),
        (["train", "moons", "--activation", "rel"], 1, "write instead:  --activation relu\n"),
        (["train", "moons", "--points", "1"], 1, "each of the 2 classes needs a point\n  write instead:  --points 100"),
        (
            ["train", "moons", "--noise", "-1"],
            1,
            "a standard deviation: a number, 0 or more\n  write instead:  --noise 0.1",
        ),
        (["train", "moons", "--hidden", "0"], 1, "a whole number from 1 to 10,000\n  write instead:  --hidden 16 16"),
        (["train", "moons", "--epochs", "0"], 1, "--epochs 0\n"),
        (["train", "moons", "--batch", "-3"], 1, "write instead:  --batch 10\n"),
        (["train", "moons", "--lr", "nan"], 1, "--lr nan\n"),
        (["train", "moons", "--lr", "-1"], 1, "write instead:  --lr 0.01\n"),
        (["train", "moons", "--task", "class"], 1, "write instead:  --task classes\n"),
        (
            ["train", "moons", "--points", "many"],
            2,
            "it has to be a whole number from 1 to 1,000,000\n  write instead:  --points 100",
        ),
        (["train", "moons", "--points", "99999999999"], 1, "write instead:  --points 1000000\n"),
        (
            ["train", "moons", "--seed", "-1"],
            1,
            "it has to be a whole number, 0 or more\n  write instead:  --seed 1\n",
        ),
        (
            ["train", "moons", "--seed", "one"],
            2,
            "tinygrad-edu train: --seed one\n  what is wrong:  it has to be a whole number, 0 or more\n",
        ),
        (
            ["train", "moons", "--hidden", "8", "99999999999"],
            1,
            "each has to be a whole number from 1 to 10,000\n  write instead:  --hidden 8 10000\n",
        ),
        (["train", "moons", "--hidden", "9999", "9999"], 1, "99,980,001 weights, and at most 1,000,000 are possible"),
        (["train", "moons", "--save", "."], 1, "write instead:  --save model.json"),
        (["predict", ".", "x=1"], 1, "the name of a saved network, which ends in .json or .npz\n"),
        (["train"], 2, "this is missing: DATA"),
        (
            ["train", "moons", "--epoch-s", "3"],
            2,
            "there is no option --epoch-s\n  write instead:  tinygrad-edu train … --epochs",
        ),
        (["train", "moons", "xor"], 2, "xor is one too many\n"),
        (["fly"], 2, "there is no command fly\n  write instead:  tinygrad-edu --help"),
        (["stpe", "x"], 2, 'write instead:  tinygrad-edu step "(x + y) * z" x=-2 y=5 z=-4'),
        (["STEP", "x"], 2, "write instead:  tinygrad-edu step"),
        (["step", "x", "x=1", "--lang", "zhh"], 1, "write instead:  --lang zh\n"),
        (["step", "x * y", "x=1,5", "y=2"], 1, "a number has a point, and no comma\n  write instead:  x=1.5"),
        (["step", "SIN(x)", "x=1"], 1, "write instead:  sin(...)"),
        (["step", "x", "x=1", "--open"], 1, "write instead:  --html f.html --open"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_errors_go_to_standard_error(run, arguments, code, message):
    found, _, err = run(*arguments)
    assert found == code
    assert message in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", COMMANDS)
def test_help_explains_every_command(run, command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "usage: tinygrad-edu" in out
    assert len(out.splitlines()) > 8
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_help_keeps_commands_whole_and_prose_within_the_terminal(run, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    for command in ([], *([name] for name in COMMANDS)):
        lines = run(*command, "--help")[1].splitlines()
        to_copy = [line for line in lines if line.startswith("  tinygrad-edu ")]
        assert to_copy
        assert all("usage" in line or len(line) <= min(columns, 80) for line in lines if line not in to_copy)
        for line in to_copy:
            words = shlex.split(re.split(" >>? ", line)[0])[1:]
            assert vars(_parser().parse_args(words))["command"] == words[0]


def test_help_shows_choices(run):
    assert "--lang {en,zh}" in run("step", "--help")[1]
    assert "--detail {op,full}" in run("draw", "--help")[1]
    assert "--task {classes,numbers}" in run("train", "--help")[1]


def test_without_a_command_three_things_to_try_are_shown(run):
    code, out, err = run()
    assert (code, err) == (0, "")
    to_copy = [line for line in out.splitlines() if line.startswith("  tinygrad-edu ")]
    assert len(to_copy) == 3
    for line in to_copy:
        _parser().parse_args(shlex.split(line)[1:])


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["(x + y) * z"], "x, y and z have no value"),
        (["x + y", "x=1"], "y has no value"),
        (["X * y", "x=3", "y=2"], "X has no value; a capital and a small letter are two names"),
        (["log(a - b) * 'c'".replace("'", ""), "c=1"], "a and b have no value"),
    ],
)
def test_every_missing_number_is_named_with_a_command_that_runs(run, arguments, wrong):
    code, _, err = run("step", *arguments)
    assert (code, f"what is wrong:  {wrong}\n" in err) == (1, True)
    command = err.split("write instead:  tinygrad-edu ")[1]
    assert run(*shlex.split(command))[0] == 0
    assert run("draw", *shlex.split(command)[1:])[0] == 0
    assert "write instead:  tinygrad-edu draw " in run("draw", *arguments)[2]


def test_a_wrong_expression_is_explained_before_missing_numbers(run):
    assert "there is no function ln" in run("step", "ln(x)")[2]
    assert "x ** 2" in run("step", "x²")[2]


@pytest.mark.parametrize(("typed", "number"), [("1/2", 0.5), ("−3", -3), ("-1/4", -0.25), ("1e-3", 0.001), (".5", 0.5)])
def test_a_number_may_be_typed_as_people_write_it(run, typed, number):
    assert f"= {show(number)} * 2 " in run("step", "x * y", f"x={typed}", "y=2")[1]


def test_conventions_at_kinks_are_said(run):
    out = run("step", "relu(x) + sqrt(y) * abs(z)", "x=0", "y=0", "z=0")[1]
    assert "slope by x jumps from 0 to 1" in out
    assert "curve is vertical" in out
    assert "careful" not in run("step", "relu(x)", "x=1")[1]


def test_step_speaks_chinese(run):
    code, out, _ = run("step", "x * x + relu(y)", "x=2", "y=0", "--lang", "zh")
    assert code == 0
    for said in ("前向", "反向", "梯度", "这里要小心", "折点", "第 2 个因子", "有 2 条路径", "合计 2 + 2 = 4"):
        assert said in out
    assert not re.search("[a-z]{5,}", out)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [40, 60])
def test_the_steps_fit_a_narrow_terminal(width, lang):
    for text, numbers in (
        ("q = x + y; f = q * z", {"x": -2, "y": 5, "z": -4}), ("x * x * x", {"x": 3}),
        ("relu(x) * x + x / x", {"x": 0.5}), ("学习率 * 斜率 + 学习率", {"学习率": 0.1, "斜率": -3}),
        ("tanh(weight * feature + bias) * weight", {"weight": -0.123456, "feature": 1 / 3, "bias": 0.7}),
    ):  # fmt: skip
        f = parse(text, **numbers)
        wide = list(step_lines(f, chain_rule(f), Look(lang=lang)))
        lines = list(step_lines(f, chain_rule(f), Look(width, lang=lang)))
        assert max(map(cells, lines[1:])) <= width
        assert re.sub("[ ,，]", "", "".join(lines)) == re.sub("[ ,，]", "", "".join(wide))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_without_chinese_says_so_and_which_have_it(run, command):
    speaks = "--lang" in _parsers()[1][command].format_help()  # private, because argparse does not list its commands
    assert speaks == (command in BILINGUAL)
    if not speaks:
        code, _, said = run(*shlex.split(COMMANDS[command].example.split(" >")[0])[1:], "--lang", "zh")
        assert code == 2
        assert "speaks English alone" in said
        assert ", ".join(BILINGUAL[:-1]) in said
        assert "这个命令只有英文" in said


@pytest.mark.parametrize("command", [name for name in BILINGUAL if name not in ("grade", "course")])
@pytest.mark.parametrize("name", sample(["cn", "zh_TW", "中文", "Chinese", "zh-CN", "ZH"]))
def test_chinese_is_understood_by_its_other_names(run, tmp_path, command, name):
    """What is printed and written is what --lang zh gives."""
    said, files = [], []
    for lang in ("zh", name):
        code, out, err = run(command, *RIGHT[command], "--lang", lang)
        assert (code, err) == (0, "")
        said.append(re.sub("，替换了旧文件", "", out))
        files.append({path.name: path.read_bytes() for path in tmp_path.iterdir()})
    assert said[0] == said[1]
    assert files[0] == files[1]


def test_colours_are_only_on_a_terminal_and_only_around_numbers(run, monkeypatch):
    f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    plain, painted = ("\n".join(step_lines(f, chain_rule(f), Look(paint=Paint(on)))) for on in (False, True))
    assert re.sub(r"\033\[[0-9;]*m", "", painted) == plain
    assert re.findall(rf"\033\[38;5;{NEGATIVE}m(.*?)\033\[0m", painted) == ["-12", "-4", "-4", "-4", "-4", "-4"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["step", "x", "x=1", "--html", "f.html"], ["step", "x", "x=1", "-o", "f.html"],
        ["draw", "x", "x=1", "-o", "f.svg"],
        ["worksheet", "-x", "x=1", "-o", "f.html"],
    ],
)  # fmt: skip
def test_open_shows_what_was_written(run, monkeypatch, tmp_path, arguments):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    assert run(*arguments, "--open")[0] == 0
    assert opened == [(tmp_path / arguments[-1]).as_uri()]
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    assert "no browser was found here" in run(*arguments, "--open")[1]


def test_a_detail_that_changes_nothing_is_noted(run):
    assert run("draw", "x * y", "x=1", "y=2", "--detail", "full")[2].startswith("note: --detail full changes nothing")
    assert run("draw", "dot([x], [y])", "x=1", "y=2", "--detail", "full")[2] == ""


def test_the_version_is_printed(run):
    assert run("--version")[:2] == (0, f"tinygrad_edu {tinygrad_edu.__version__}\n")


def test_ctrl_c_ends_with_one_sentence(run, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("tinygrad_edu.cli.main.chain_rule", interrupt)
    code, _, err = run("step", "x", "x=1")
    assert code == 130
    assert "stopped" in err


def test_it_runs_as_a_module_and_through_a_pipe_without_colours():
    found = in_a_process("step", "x * y", "x=2", "y=3", PYTHONIOENCODING="utf-8")
    assert found.returncode == 0
    assert "= 1 × 3  = 3" in found.stdout.decode()
    assert b"\x1b" not in found.stdout


@pytest.mark.parametrize(("encoding", "product"), [("ascii", "1 * 3  = 3"), ("cp1252", "1 × 3  = 3")])
def test_a_terminal_without_unicode_gets_other_signs(encoding, product):
    found = in_a_process("step", "x * y", "x=2", "y=3", PYTHONIOENCODING=encoding)
    assert (found.returncode, found.stderr) == (0, b"")
    said = found.stdout.decode(encoding)
    assert f"df/dx  = df/df {'*' if encoding == 'ascii' else '·'} y  = {product}" in said
    assert "?" not in said


def test_a_terminal_without_chinese_is_told_so():
    found = in_a_process("step", "x * y", "x=2", "y=3", "--lang", "zh", PYTHONIOENCODING="ascii")
    assert found.returncode == 0
    assert found.stderr.decode().strip() == (
        "note: ascii, the encoding of this terminal, has no Chinese; with PYTHONUTF8=1 it is UTF-8"
    )
    assert in_a_process("step", "x", "x=2", "--lang", "zh", PYTHONIOENCODING="gbk").stderr == b""


def test_a_closed_pipe_is_not_an_error():
    process = subprocess.Popen(
        [sys.executable, "-m", "tinygrad_edu", "step", " + ".join(["x"] * 700), "x=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


LESSON = ("q = x + y; f = q * z", "x=-2", "y=5", "z=-4")


def test_step_writes_what_the_suffix_says(run, tmp_path):
    f = parse(LESSON[0], x=-2, y=5, z=-4)
    for name, begins in {
        "f.gif": b"GIF89a",
        "f.html": b"<!doctype html>",
        "f.json": b'{\n  "format": "tinygrad_edu trace"',
        "f.tex": b"% \\usepackage{amsmath}\n\\begin{align*}\nq &= x + y",
    }.items():
        code, out, err = run("step", *LESSON, "-o", name)
        assert (code, out.split()[:2], err) == (0, ["wrote", name], "")
        assert (tmp_path / name).read_bytes().startswith(begins)
    assert Trace.from_json((tmp_path / "f.json").read_text(encoding="utf-8")) == chain_rule(f)
    assert (tmp_path / "f.tex").read_text(encoding="utf-8").split("\n", 1)[1] == f"{chain_rule(f).latex}\n"
    assert (tmp_path / "f.gif").read_bytes() == viz.sweep(f)._gif  # private: the bytes of its file


def test_the_animation_and_the_page_of_step_speak_the_language_asked_for(run, tmp_path):
    for name in ("zh.gif", "zh.html"):
        assert run("step", "x * y", "x=2", "y=3", "-o", name, "--lang", "zh")[0] == 0
    assert (tmp_path / "zh.gif").read_bytes() == viz.sweep(parse("f = x * y", x=2, y=3), lang="zh")._gif
    assert 'lang="zh-Hans"' in (tmp_path / "zh.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["f.mp4", "f", "f.svg", ".gif"])
def test_step_refuses_a_file_of_another_kind_before_it_reads_the_expression(run, tmp_path, name):
    code, out, err = run("step", "not an expression", "-o", name)
    assert (code, out) == (1, "")
    assert err.startswith(f"tinygrad-edu step: -o {name}\n")
    assert ".gif the sweep as an animation, .html a page" in err
    assert re.search(r"write instead: +-o \.?\w+\.gif; .* tinygrad-edu draw -o f\.svg", err)
    assert list(tmp_path.iterdir()) == []


def test_step_answers_in_the_words_of_the_command_line_if_an_animation_is_too_large(run, tmp_path):
    code, _, err = run("step", "tanh(" * 30 + "x" + ")" * 30, "x=1", "-o", "deep.gif")
    assert (code, "a sweep of 31 nodes" in err, "write instead:  -o deep.html" in err) == (1, True, True)
    assert "viz." not in err
    assert list(tmp_path.iterdir()) == []


def test_step_does_one_thing_at_a_time(run):
    code, _, err = run("step", "x", "x=1", "-i", "-o", "f.gif")
    assert (code, "only one of the two is possible\n  write instead:  -o sweep.gif, or -i" in err) == (2, True)


def test_step_and_worksheet_write_pages(run, tmp_path):
    lesson = ["(x + y) * z", "x=-2", "y=5", "z=-4"]
    code, out, _ = run("step", *lesson, "--html", "f.html", "--lang", "zh")
    assert (code, out.split()[:2]) == (0, ["写入", "f.html"])
    assert 'lang="zh-Hans"' in (tmp_path / "f.html").read_text(encoding="utf-8")
    assert run("worksheet", *lesson)[0] == 0
    assert "Answer key" in (tmp_path / "worksheet.html").read_text(encoding="utf-8")
    code, _, errors = run("worksheet", "-x", "x=1", "-o", "sheet.docx")
    assert (code, "write instead:  -o sheet.html" in errors) == (1, True)
    code, _, errors = run("step", *lesson, "--html", "f.html", "--lang", "de")
    assert (code, "the choices are en, zh" in errors) == (1, True)


def test_a_worksheet_gets_a_code_of_a_page_on_the_web_alone(run, tmp_path):
    assert run("worksheet", "x * y", "x=2", "y=3", "--page", "https://example.org/lab.html")[0] == 0
    assert "https://example.org/lab.html#f=" in (tmp_path / "worksheet.html").read_text(encoding="utf-8")
    code, _, errors = run("worksheet", "x * y", "x=2", "y=3", "--page", "lab.html", "-o", "other.html")
    assert (code, "write instead:  --page https://example.org/lab.html" in errors) == (1, True)
    assert not (tmp_path / "other.html").exists()


# Networks


def iris(tmp_path):
    """A small table: two sizes, and a colour that follows from them."""
    rows = [f"{a},{b},{'red' if a > b else 'blue'}" for a in range(8) for b in range(8) if a != b]
    (tmp_path / "dots.csv").write_text("height,width,colour\n" + "\n".join(rows) + "\n")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with a small table, and a model that learned from it."""
    folder = tmp_path_factory.mktemp("trained")
    iris(folder)
    files = ["--save", f"{folder}/dots.json", "-o", str(folder)]
    assert main(["train", f"{folder}/dots.csv", "--hidden", "2", "--epochs", "1", *files]) == 0
    return folder


def test_a_table_is_learned_saved_and_predicts(run, tmp_path):
    iris(tmp_path)
    options = "--hidden 4 --epochs 4 --lr 0.2 --save dots.json --plot --film dots.html -o ."
    code, out, _ = run("train", "dots.csv", *options.split())
    assert code == 0
    assert "dots.csv: 56 rows; height, width → colour: blue, red" in out
    assert "11 rows held out" in out
    names = {path.name for path in tmp_path.iterdir()}
    assert names >= {
        "network.svg", "network.png", "boundary.png", "history.png", "parameters.png", "activations.png",
        "neurons.png", "dots.html", "dots.json",
    }  # fmt: skip
    code, out, _ = run("predict", "dots.json", "height=7", "width=1")
    assert code == 0
    assert out.startswith("colour = red\n  P(blue) = 0.0")
    (tmp_path / "new.csv").write_text("width,height\n7,1\n1,7\n")
    code, out, _ = run("predict", "dots.json", "new.csv")
    lines = [line.split(",") for line in out.splitlines()]
    assert lines[0] == ["colour", "P(blue)", "P(red)"]
    assert [line[0] for line in lines[1:]] == ["blue", "red"]
    assert all(abs(float(blue) + float(red) - 1) < 1e-3 for _, blue, red in lines[1:])


def test_a_numeric_target_is_learned_and_predicted(run, tmp_path):
    (tmp_path / "line.csv").write_text("x;y\n" + "\n".join(f"{x / 4};{3 * x + 0.5}" for x in range(60)))
    code, out, _ = run("train", "line.csv", "--hidden", "8", "--epochs", "60", "--save", "line.npz")
    assert code == 0
    assert "% of the variance explained (R²)" in out
    assert run("predict", "line.npz", "x=5")[1].startswith("y = ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "none.csv"], "none.csv\n  what is wrong:  there is no such file in this folder"),
        (["train", "mons"], "write instead:  tinygrad-edu train moons"),
        (["train", "dots.csv", "--target", "Colour"], "height  numbers from 0 to 7"),
        (["train", "dots.csv", "--target", "Colour"], "write instead:  --target colour"),
        (["train", "dots.csv", "--without", "heigth"], "write instead:  --without height"),
        (["train", "dots.csv", "--points", "7"], "makes the points of a built-in data set"),
        (["train", "moons", "--target", "x"], "moons is a built-in data set, and --target is for a table"),
        (["train", "moons", "--save", "m.pkl"], "ends in .json or .npz"),
        (["train", "moons", "--film", "m.mp4"], "ends in .gif or .html"),
        (["train", "dots.csv", "--target", "height", "--film", "m.gif"], "it needs two inputs and classes"),
        (
            ["train", "dots.csv", "--test", "2"],
            "from 0 to below 1\n  write instead:  --test 0.2",
        ),
        (["predict", "none.json", "x=1"], "none.json\n  what is wrong:  there is no such file in this folder"),
        (["predict", "dots.json", "height=1"], "missing: width\n  write instead:  tinygrad-edu predict dots.json"),
        (["predict", "dots.json", "hi=1", "wide=2"], "missing: height, width; not one of its inputs: hi, wide"),
        (["predict", "dots.json", "a.csv", "b.csv"], "one table"),
        (["predict", "dots.csv", "x=1"], "a saved network, which ends in .json or .npz"),
        (["predict", "dots.json", "height=tall", "width=1"], "the network takes a number as height"),
        (["lesson", "dance"], "the choices are circuit, by_hand"),
        (["lesson", "planer"], "write instead:  tinygrad-edu lesson planar"),
    ],
)
def test_an_error_says_why_a_table_cannot_be_learned_or_predicted(run, tmp_path, trained, arguments, message):
    for path in trained.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    code, _, err = run(*arguments)
    assert code == 1
    assert message in err
    assert "Traceback" not in err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


# What a terminal would obey


CLEAR, TURN = "\x1b[2J", "\u202e"  # clears the screen; turns the direction of writing


def test_control_characters_in_names_from_files_are_escaped(run, tmp_path, monkeypatch):
    rows = "".join(f"{x},{'鸢' if x < 10 else f'{TURN}no'}\n" for x in range(20))
    table = f"{CLEAR}.csv"
    (tmp_path / table).write_text(f"in{CLEAR},out{CLEAR}\n{rows}", encoding="utf-8")
    code, said, _ = run("train", table, "--hidden", "2", "--epochs", "1", "--save", f"m{CLEAR}.json", "-o", f"o{CLEAR}")
    assert code == 0
    assert "in\\x1b[2J → out\\x1b[2J: \\u202eno, 鸢" in said
    assert "wrote m\\x1b[2J.json" in said
    for arguments in (["x=1"], [f"in{CLEAR}=1"], [table], [f"none{CLEAR}.csv"]):
        with monkeypatch.context() as patch:
            patch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
            code, more, errors = run("predict", f"m{CLEAR}.json", *arguments)
        said += more + errors
        assert "\\x1b[2J" in more + errors
    said += run("predict", "m.json", f"none{CLEAR}.csv")[2] + run(f"{CLEAR}")[2] + run("lesson", f"--{CLEAR}")[2]
    assert "\x1b" not in said
    assert TURN not in said
    assert "鸢" in said
    assert f"P({TURN}no)" in run("predict", f"m{CLEAR}.json", table)[1]  # a file is given what was in the file


def test_a_file_name_that_is_not_text_is_not_an_error(run, tmp_path):
    name = os.fsdecode(b"f\xff.svg")
    code, said, _ = run("draw", "x", "x=1", "-o", name)
    assert (code, said.split()[:2]) == (0, ["wrote", "f\\udcff.svg"])


# Lessons


def test_lessons_are_listed_and_run(run, tmp_path):
    code, out, _ = run("lesson")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[:5]] == [
        "circuit",
        "by_hand",
        "planar",
        "per_sample",
        "layers",
    ]
    assert out.splitlines()[0] == "  circuit     What does the chain rule do on the smallest circuits?"
    code, out, _ = run("lesson", "by-hand", "--from", "6", "-o", "pictures")
    assert code == 0
    assert "L after 100 rounds: 0.00260222, and with those printed 0.00275789" in out
    assert (tmp_path / "pictures" / "by_hand.svg").exists()


# What stands in files


ESCAPES = "\x1b[2J\x1b]0;owned\x07"  # clears a terminal, and gives its window another title
TURNED = "\u202egnp.exe\u2028"  # from right to left, and a line of its own


def test_control_characters_in_a_table_never_reach_the_terminal(run, tmp_path):
    name, cell, goal = f"size{ESCAPES}", f"red{TURNED}", f"kind{ESCAPES}"
    rows = [f"{number},{cell if number % 2 else 'blue'},{'a' if number % 2 else f'b{ESCAPES}'}" for number in range(20)]
    file = f"t{ESCAPES.replace('/', '')}.csv"
    (tmp_path / file).write_text("\n".join([f"{name},{TURNED}colour,{goal}", *rows]), encoding="utf-8")
    (tmp_path / "few.csv").write_text(f"{name},{goal}\n1,2\n2,3\n", encoding="utf-8")
    (tmp_path / "many.csv").write_text(
        "\n".join([f"y,{name}", *(f"{n % 2},{ESCAPES}{n}" for n in range(99))]), encoding="utf-8"
    )
    said = [
        run("train", file, "--epochs", "1", "--hidden", "2", "--save", "m.json"),
        run("train", file, "--target", "none"),
        run("train", "many.csv", "--target", "y"),
        run("predict", "m.json", file),
        run("predict", "m.json", f"{name}=1", f"{TURNED}colour=blue"),
        run("predict", "m.json", f"{name}=1", f"{TURNED}colour=green"),
        run("predict", "m.json", "size=1"),
        run("predict", "m.json", "few.csv"),
    ]
    assert [code for code, _, _ in said] == [0, 1, 1, 0, 0, 1, 1, 1]
    answers = said[3:5]  # a table for another program, as long as standard output is not a terminal
    assert answers[0][1].startswith(f"{goal},P(a),P(b{ESCAPES})\n")
    for code, out, err in [*said[:3], *said[5:]]:
        text = (out + (err if code else "")).replace("\n", "")
        assert not [character for character in text if not character.isprintable()], text
    assert "size\\x1b[2J" in said[0][1]


def test_a_model_with_nan_weights_predicts_nothing(run, tmp_path):
    (tmp_path / "t.csv").write_text("x,c\n" + "0,a\n1,b\n" * 10)
    assert run("train", "t.csv", "--epochs", "1", "--hidden", "2", "--save", "m.json")[0] == 0
    text = (tmp_path / "m.json").read_text()
    first = text.index('"b": [') + len('"b": [')
    end = text.index("]", first)
    for number, said in (("null, 0.5", "b of layer 1 is not made of numbers"), ('"nan", 0.5', "inf or NaN")):
        (tmp_path / "m.json").write_text(text[:first] + number + text[end:])
        code, out, err = run("predict", "m.json", "x=1")
        assert (code, out) == (1, "")
        assert said in err


def test_a_name_may_be_typed_in_any_unicode_form(run):
    for expression, value in (("µ*2", "µ=3"), ("µ*2", "μ=3"), ("μ*2", "µ=3"), ("ﬁt*2", "fit=3")):
        code, output, errors = run("step", expression, value)
        assert (code, errors) == (0, "")
        assert "= 3 * 2  = 6" in output
    code, _, errors = run("step", "µ*2", "µ=3", "μ=4")
    assert code == 1
    assert "two numbers for μ" in errors


@pytest.mark.long
def test_lessons_are_listed_and_run_without_docstrings(run):
    command = [sys.executable, "-OO", "-m", "tinygrad_edu", "lesson"]
    listed = subprocess.run(command, capture_output=True, check=False)
    assert listed.stdout.decode() == run("lesson")[1]
    done = subprocess.run([*command, "circuit"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert re.search(
        r"StagedByHand +right\n +Overwritten +wrong: x, y\n +SlopeTwice +wrong: x, y\n", done.stdout.decode()
    )
