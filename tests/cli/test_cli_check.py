"""What do `check`, `course` and `bug` print, write and return?"""

import io
import json
import re
from pathlib import Path

import pytest

from tinygrad_edu.checks.engines.bugs import planted, right_engine
from tinygrad_edu.checks.engines.mistakes import MISTAKES
from tinygrad_edu.checks.engines.probes import CHAPTERS
from tinygrad_edu.cli.main import main

BY_NAME = {mistake.name: mistake for mistake in MISTAKES}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("right.py").write_text(right_engine())
    Path("wrong.py").write_text(planted(BY_NAME["mul overwrites"]))
    Path("broken.py").write_text("class Value\n    pass")
    return tmp_path


@pytest.mark.parametrize(("file", "code"), [("right.py", 0), ("wrong.py", 1), ("broken.py", 2)])
def test_the_exit_code_says_right_mistaken_or_not_run(folder, capsys, file, code):
    assert main(["check", file]) == code
    out, err = capsys.readouterr()
    assert (err if code == 2 else out).strip()


def test_a_mistake_is_printed_with_its_program_and_hint(folder, capsys):
    main(["check", "wrong.py"])
    out = capsys.readouterr().out
    assert "1. overwrites, in mul" in out
    assert "u = a * a" in out
    assert "Hint:" in out
    assert "Solution:" not in out


def test_hints_alone_or_the_solution_too(folder, capsys):
    main(["check", "wrong.py", "--hint"])
    assert BY_NAME["mul overwrites"].sentence[:30] not in capsys.readouterr().out
    main(["check", "wrong.py", "--solution"])
    assert "Solution:" in capsys.readouterr().out


def test_json_is_for_programs(folder, capsys):
    assert main(["check", "wrong.py", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["file"], told["ok"], told["mistakes"][0]["kind"]) == ("wrong.py", False, "overwrites")
    assert told["mistakes"][0]["operation"] == "mul"


def test_several_files_are_a_table_or_a_list(folder, capsys):
    assert main(["check", "right.py", "wrong.py", "broken.py"]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["right.py", "wrong.py", "broken.py"]
    assert "no mistake" in lines[0]
    assert "mul overwrites" in lines[1]
    assert "not run" in lines[2]
    main(["check", "right.py", "wrong.py", "--json"])
    assert [one["ok"] for one in json.loads(capsys.readouterr().out)] == [True, False]


@pytest.mark.parametrize(("columns", "width"), [(20, 36), (60, 59), (200, 78)])
def test_a_report_is_as_wide_as_the_terminal_if_that_can_be_read(folder, monkeypatch, columns, width):
    asked = []

    def check(file, **options):
        asked.append(options["width"])
        return outcome_at_once(None, file)

    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("tinygrad_edu.cli.checking.check_file", check)
    main(["check", "right.py"])
    assert asked == [width]


def test_other_names_can_be_said(folder, capsys):
    text = (
        right_engine().replace("class Value", "class Scalar").replace("Value(", "Scalar(").replace("Value)", "Scalar)")
    )
    Path("mine.py").write_text(text.replace(".data", ".val").replace(".grad", ".slope"))
    names = ["--class", "Scalar", "--data", "val", "--grad", "slope", "--backward", "backward"]
    assert main(["check", "mine.py", *names]) == 0
    assert main(["check", "mine.py", "--class", "Scaler"]) == 2
    assert "--class Scalar" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_said_with_the_one_of_nearly_that_name(folder, capsys):
    assert main(["check", "rihgt.py"]) == 2
    err = capsys.readouterr().err
    assert "there is no such file" in err
    assert "tinygrad-edu check right.py" in err
    assert main(["check", "."]) == 2
    assert "this is a folder" in capsys.readouterr().err


def test_one_file_of_many_that_is_not_there_is_a_row_and_does_not_end_the_table(folder, capsys):
    assert main(["check", "nothing.py", "broken.py", "."]) == 2
    rows = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    assert [name for name, _ in rows] == ["nothing.py", "broken.py", "."]
    assert all(said.startswith("not run") for _, said in rows)


@pytest.mark.parametrize("columns", ["40", "80"])
def test_what_is_said_of_files_fits_into_the_terminal(folder, capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    long = "a_student_with_a_long_name_and_another.py"
    main(["check", "broken.py"])
    main(["check", "broken.py", "nothing.py", long[: int(columns) - 1]])
    out, err = capsys.readouterr()
    assert max(map(len, f"{out}{err}".splitlines())) < int(columns)
    assert "what is wrong:" in err


class Screen(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_shown_on_a_terminal_alone_and_leaves_nothing_behind(folder, capsys, monkeypatch):
    monkeypatch.setattr("tinygrad_edu.cli.checking._outcome", outcome_at_once)
    main(["check", "right.py"])
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    for files, said in ((["right.py"], "checking right.py"), (["right.py", "wrong.py"], "2/2")):
        screen = Screen()
        monkeypatch.setattr("sys.stderr", screen)
        main(["check", *files])
        assert said in screen.getvalue()
        assert screen.getvalue().endswith("\x1b[2K")  # the line is cleared
        assert "\x1b[3" not in screen.getvalue()  # no colour


def test_a_watched_file_is_checked_again_when_it_is_saved(folder, capsys, monkeypatch):
    waits = []

    def wait(seconds):
        waits.append(seconds)
        if len(waits) == 1:
            Path("wrong.py").write_text(right_engine())
        if len(waits) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", wait)
    monkeypatch.setattr("tinygrad_edu.cli.checking._outcome", outcome_at_once)
    assert main(["check", "wrong.py", "--watch"]) == 130
    out = capsys.readouterr().out
    assert out.index("1. overwrites") < out.index("All of it is right")
    assert out.count("All of it is right") == 1


def outcome_at_once(options, file):
    """A check in this process, without waiting in another one."""
    from tinygrad_edu import check_engine
    from tinygrad_edu.checks.engines.loading import loaded
    from tinygrad_edu.checks.engines.process import Outcome

    report = check_engine(loaded(file).value)
    return Outcome(file, 0 if report.ok else 1, str(report), json.loads(report.to_json()))


def test_the_course_begins_and_overwrites_nothing(folder, capsys):
    assert main(["course", "mine"]) == 0
    assert "check mine/engine.py --watch" in capsys.readouterr().out
    Path("mine/engine.py").write_text("my work")
    assert main(["course", "mine"]) == 1
    assert Path("mine/engine.py").read_text() == "my work"
    assert "not overwritten" in capsys.readouterr().err


def test_the_chapters_are_beside_the_file_and_the_check_names_them(folder, capsys):
    main(["course", "mine"])
    capsys.readouterr()
    listed = re.findall(r"\((chapters/.*?)\)", Path("mine/README.md").read_text())
    assert listed == [f"chapters/{name}.md" for name in CHAPTERS]
    for page in listed:
        text = Path("mine", page).read_text()
        assert "{dropdown}" not in text
        assert all(Path("mine/chapters", link).is_file() for link in re.findall(r"\]\((.*?)\)", text)), page
    Path("mine/engine.py").write_text("class Value:\n    def __init__(self, data): self.data, self.grad = data, 0.0")
    assert main(["check", "mine/engine.py"]) == 0
    assert "Next: Addition (mine/chapters/addition.md)." in capsys.readouterr().out


def test_the_course_is_in_chinese_where_it_is_asked_for(folder, capsys):
    assert main(["course", "mine", "--lang", "zh"]) == 0
    assert "从第 1 章开始" in capsys.readouterr().out
    assert Path("mine/chapters/addition.md").read_text(encoding="utf-8").startswith("# 2. 加法\n")
    assert main(["course", "--chapter", "4", "--lang", "zh", "--solution"]) == 0
    shown = capsys.readouterr().out
    assert "**一种写法**\n\n    def __mul__(self, other):" in shown
    assert "local derivative" not in shown


@pytest.mark.parametrize(("asked", "instead"), [("12", "9"), ("0", "1"), ("-3", "1"), ("99999999999999999999", "9")])
def test_a_number_beyond_the_chapters_is_told_their_range(asked, instead, capsys):
    assert main(["course", "--chapter", asked]) == 1
    said = capsys.readouterr().err
    assert f"--chapter {asked}\n" in said
    assert "numbered from 1 to 9" in said
    assert f"tinygrad-edu course --chapter {instead}\n" in said


def test_a_folder_that_cannot_be_made_is_named_as_it_was_asked_for(capsys):
    assert main(["course", "/proc/x"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("tinygrad-edu course: /proc/x\n  what is wrong:  ")
    assert "chapters" not in said


def test_a_chapter_can_be_read_without_a_folder(capsys):
    assert main(["course", "--chapter", "4"]) == 0
    text = capsys.readouterr().out
    main(["course", "--chapter", "backward", "--solution"])
    assert text.startswith("# 4. Backward through one operation")
    assert "out.send_back = send_back" not in text
    assert "out.send_back = send_back" in capsys.readouterr().out
    assert main(["course", "--chapter", "operatins"]) == 1
    assert "tinygrad-edu course --chapter operations" in capsys.readouterr().err


def test_a_bug_is_written_and_can_be_found(folder, capsys):
    assert main(["bug", "7", "-o", "bug.py"]) == 0
    assert main(["check", "bug.py"]) == 1
    assert main(["bug", "7", "-o", "bug.py"]) == 1
    assert main(["bug", "0"]) == 1
    assert main(["bug", "100000"]) == 1
    assert "a whole number from 1 to 131" in capsys.readouterr().err


def test_a_seed_gives_a_class_other_mistakes(folder):
    texts = set()
    for number in range(1, 6):
        main(["bug", str(number), "--seed", "3", "-o", f"{number}.py"])
        texts.add(Path(f"{number}.py").read_text())
    main(["bug", "1", "-o", "unmixed.py"])
    assert len(texts) == 5
    assert Path("unmixed.py").read_text() != Path("1.py").read_text()
