"""Does the command line do what it says, and fail in sentences?"""

import os
import subprocess
import sys

import pytest

import tinygrad_edu
from tinygrad_edu.cli import COMMANDS, main


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Run a command in an empty folder; give exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def in_a_process(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "tinygrad_edu", *arguments],
        capture_output=True,
        env={**os.environ, **environment},
        check=False,
    )


def test_step_prints_every_step_as_old_plus_upstream_times_local(run):
    code, out, err = run("step", "q = x + y; f = q * z", "x=-2", "y=5", "z=-4")
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert ["∂f/∂q", "∂f/∂f", "·", "z", "0", "+", "1", "×", "(-4)", "=", "-4"] in lines
    assert ["∂f/∂z", "∂f/∂f", "·", "q", "0", "+", "1", "×", "3", "=", "3"] in lines
    assert ["∂f/∂x", "∂f/∂q", "·", "∂q/∂x", "0", "+", "(-4)", "×", "1", "=", "-4"] in lines
    assert ["∂f/∂z", "=", "3"] in lines
    assert max(map(len, out.splitlines())) <= 80


def test_step_names_the_output_f(run):
    assert run("step", "(x + y) * z", "x=-2", "y=5", "z=-4")[1].startswith("f = (x + y) * z\n")
    assert run("step", "x * f", "x=-2", "f=5")[1].startswith("x * f\n")


def test_step_of_a_shared_node_shows_the_running_sum(run):
    lines = run("step", "x * x * x", "x=3")[1].splitlines()
    assert [line.split("  ")[-1] for line in lines if line.startswith("  ∂f/∂x") and " × " in line] == [
        "0 + 1 × 9 = 9, 2 more to come",
        "9 + 3 × 3 = 18, 1 more to come",
        "18 + 3 × 3 = 27, complete",
    ]


def test_step_ends_with_every_path_to_a_leaf_that_has_several(run):
    out = run("step", "x * y + x", "x=2", "y=3")[1]
    assert out.endswith("total 1 + 3 = 4\n")
    assert "∂f/∂x: 2 paths from x to f\n" in out
    assert "paths from y" not in out
    assert "paths from x" not in run("step", "+".join(["x"] * 30), "x=2")[1]


def test_an_expression_may_begin_with_a_minus(run):
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
    ]


def test_the_demo_does_all_of_it(run, tmp_path):
    code, out, err = run("demo", "--output", "here")
    assert code == 0
    for words in ("q = x + y", "f = q * z", "= -12", "∂f/∂x  = -4", "∂f/∂y  = -4", "∂f/∂z  = 3", "337 parameters"):
        assert words in out
    assert float(out.split("accuracy ")[1].split(" %")[0]) >= 99
    assert "accuracy" in err  # the progress bar
    files = {file.name for file in (tmp_path / "here").iterdir()}
    assert files == {"f.html", "f.svg", "f.png", "network.svg", "network.png", "boundary.png"}
    assert all(f"wrote here/{name}" in out for name in files)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["step", "x +* 3", "x=1"], 1, "       ^\n  what is wrong:  this cannot be read"),
        (["step", "x + y", "x=1"], 1, "y has no value"),
        (["step", "log(x)", "x=-1"], 1, "log(x) needs x > 0"),
        (["step", "x", "x"], 1, "a name, = and a number stand here"),
        (["step", "x", "x=one"], 1, "'x=one' after the expression"),
        (["step", "x", "x=1", "x=2"], 1, "two numbers for x"),
        (["step", "x", "3=1"], 1, "write instead:  x=-2"),
        (["draw", "x", "x=1", "-o", "f.xyz"], 1, "no such format"),
        (["draw", "x", "x=1", "-o", "missing/f.svg"], 1, "there is no such folder"),
        (["draw", "x", "x=1", "--detail", "all"], 1, "the choices are op, full"),
        (["train", "moon"], 1, "write instead:  data='moons'"),
        (["train", "moons", "--activation", "rel"], 1, "write instead:  activation='relu'"),
        (["train", "moons", "--points", "1"], 1, "each of the 2 classes needs one"),
        (["train", "moons", "--noise", "-1"], 1, "a standard deviation is 0 or more"),
        (["train", "moons", "--hidden", "0"], 1, "a whole number of at least 1"),
        (["train", "moons", "--epochs", "0"], 1, "at least 1 is needed"),
        (["train", "moons", "--points", "many"], 2, "invalid int value: 'many'"),
        (["train"], 2, "required: DATA"),
        (["fly"], 2, "invalid choice: 'fly'"),
        ([], 2, "required: COMMAND"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_what_cannot_be_done_is_said_on_standard_error(run, arguments, code, message):
    found, _, err = run(*arguments)
    assert found == code
    assert message in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches(run, command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "usage: tinygrad-edu" in out
    assert len(out.splitlines()) > 8
    assert max(map(len, out.splitlines())) <= 80


def test_version(run):
    assert run("--version")[:2] == (0, f"tinygrad_edu {tinygrad_edu.__version__}\n")


def test_ctrl_c_ends_in_a_sentence(run, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("tinygrad_edu.cli.chain_rule", interrupt)
    code, _, err = run("step", "x", "x=1")
    assert code == 130
    assert "stopped" in err


def test_it_runs_as_a_module_and_through_a_pipe_without_colours():
    found = in_a_process("step", "x * y", "x=2", "y=3", PYTHONIOENCODING="utf-8")
    assert found.returncode == 0
    assert "0 + 1 × 3 = 3" in found.stdout.decode()
    assert b"\x1b" not in found.stdout


def test_a_terminal_without_the_letters_gets_others():
    found = in_a_process("step", "x * y", "x=2", "y=3", PYTHONIOENCODING="ascii")
    assert found.returncode == 0
    assert b"?f/?x" in found.stdout


def test_a_reader_that_stops_reading_is_no_error():
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
    assert process.wait() in (0, 120)


def test_step_and_worksheet_write_pages(run, tmp_path):
    lesson = ["(x + y) * z", "x=-2", "y=5", "z=-4"]
    code, out, _ = run("step", *lesson, "--html", "f.html", "--lang", "zh")
    assert (code, out.split()[:2]) == (0, ["wrote", "f.html"])
    assert 'lang="zh-Hans"' in (tmp_path / "f.html").read_text(encoding="utf-8")
    assert run("worksheet", *lesson)[0] == 0
    assert "Answer key" in (tmp_path / "worksheet.html").read_text(encoding="utf-8")
    code, _, errors = run("worksheet", "-x", "x=1", "-o", "sheet.pdf")
    assert (code, 'write instead:  save("sheet.html")' in errors) == (1, True)
    code, _, errors = run("step", *lesson, "--html", "f.html", "--lang", "de")
    assert (code, "the languages are en, zh" in errors) == (1, True)
