"""Do messages fit the terminal, with commands and paths to copy whole, and no word lost?"""

import io
import random
import re
import sys

import pytest

from tinygrad_edu.cli.lines import fitted, say_files, wrapped
from tinygrad_edu.show import cells

WRONG = [
    "stpe", "step", "step x+y x=1", "step 'x + * y' x=1", "step x x=1 x=2", "step ln(x) x=1", "draw x x=1 -o f.xyz",
    "step 2x x=1 --lang de", "train mons", "train moons --points 1", "train moons --target y", "train moons --lr 0",
    "train nothing.csv", "train moons --report r.pdf", "train moons --film f.mp4", "train moons --activation rleu",
    "predict nothing.json x=1", "predict m.txt x=1", "lesson flower", "lesson circuit --from 9", "course --chapter 12",
    "check nothing.py", "worksheet x x=1 --page file:///tmp", "draw x", "train moons --hidden 100000",
    "playground mons", "lab x+ x=1", "train moons --save nowhere/m.json", "step x x=1,5", "step x x=1 --opne",
]  # fmt: skip


def is_to_copy(line):
    """Whether a line is a command, an option or a path, which is not to be broken."""
    return bool(re.match(r" *(tinygrad-edu (?!\w+: )|-)", line)) or " " not in line.strip()


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("line", WRONG)
def test_errors_fit_the_terminal(run, monkeypatch, line, width):
    import shlex

    said = run(*shlex.split(line))[2]
    shown = fitted(said.rstrip("\n"), width)
    assert shown.split() == said.split()
    excerpt = shown.split("what is wrong:")[0].split("\n\n")[1:2]  # an expression, with its place marked below
    for row in shown.splitlines():
        assert cells(row) <= width or is_to_copy(row) or any(row in part for part in excerpt), row


@pytest.mark.parametrize("seed", range(200))
def test_no_word_is_lost_or_broken(seed):
    source = random.Random(seed)
    words = ["".join(source.choices("ab-/é鸢尾花́…", k=source.randint(1, 30))) for _ in range(source.randint(1, 30))]
    width, indent = source.randint(10, 60), source.randint(0, 6)
    rows = list(wrapped(" ".join(words), width, indent))
    assert " ".join(row.strip() for row in rows).split() == words
    assert all(cells(row) <= width or len(row.split()) == 1 for row in rows) or is_to_copy(" ".join(words))


@pytest.mark.parametrize(
    "name", ["f.html", "a folder with a long name and blanks in it/pictures of moons.html", "花" * 30]
)
def test_a_written_file_can_be_copied_from_a_line_of_its_own(tmp_path, monkeypatch, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    monkeypatch.chdir(tmp_path)
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", "40")
    say_files([path.relative_to(tmp_path)], {path.relative_to(tmp_path)})
    rows = screen.getvalue().splitlines()
    assert any(row.strip() == name for row in rows)
    assert all(cells(row) <= 40 or row.strip() == name for row in rows)
    assert "in place of an older one" in " ".join(row.strip() for row in rows)


def test_what_a_training_says_fits_and_its_table_is_kept():
    table = "      → cat  → dog  right\n    a   13     1  9 %"
    said = f"  40 epochs, loss 1.77 → 0.126, accuracy 94.8 %; validation loss 1.295\n{table}"
    rows = fitted(said, 40).splitlines()
    assert rows[0].startswith("  40 epochs")
    assert all(cells(row) <= 40 for row in rows)
    assert rows[-2:] == said.splitlines()[1:]


def test_through_a_pipe_lines_stay_whole(run):
    long = "x" * 50
    code, _, err = run("train", f"{long}.csv")
    assert code == 1
    assert any(long in row and len(row) > 60 for row in err.splitlines())
