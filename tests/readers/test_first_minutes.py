"""Is everything that a newcomer meets in the first ten minutes readable, on a terminal of 80 × 24 and of 40 × 20?

The commands of the README, a formula of one's own, slips, pages, a table with gaps: each line fits the terminal, but
those to be copied; nothing is coloured where NO_COLOR is set; and each command ends with what comes next.
"""

import random
import re
import shlex

import pytest
from sampling import sample
from terminals import needs_terminals, terminal

from tinygrad_edu.show import cells

__all__ = ["terminal"]

WALK = {  # a command as it is typed, its exit code, and what the reader is told to do next
    "": (0, 'tinygrad-edu step "(x + y) * z" x=-2 y=5 z=-4'),
    "demo": (0, 'Now a formula of your own:\n\n  tinygrad-edu step "tanh(w * x + b)" w=2 x=0.5 b=-0.2'),
    'step "q = x + y; f = q * z" x=-2 y=5 z=-4': (0, "∂f/∂z  = 3"),
    'step "tanh(w * x + b)" w=2 x=0.5': (1, 'tinygrad-edu step "tanh(w * x + b)" w=2 x=0.5 b='),
    'step "sigmod(w * x + b)" w=2 x=0.5 b=1': (1, "write instead:  sigmoid(...)"),
    'step "2x + 1" x=1': (1, "write instead:  2 * x"),
    'step "loss = (tanh(w1 * x1 + w2 * x2 + bias) - target) ** 2 + 2target" w1=1 x1=1 w2=1 x2=1 bias=1 target=1': (
        1,
        "write instead:  2 * target",
    ),
    'lab "tanh(w * x + b)" w=2 -o my.html': (0, "open it in a browser"),
    "train flower.csv": (1, "tinygrad-edu train flowers.csv"),
    "train flowers.csv": (1, "--missing drop, or --missing mean"),
    "train flowers.csv --missing mean --without id --epochs 10 --save flowers.json": (
        0,
        "tinygrad-edu predict flowers.json length=",
    ),
    "train flowers.csv --epochs ten": (2, "--epochs 40"),
    "predict flowers.json length=5 colour=white": (1, "tinygrad-edu predict flowers.json length=5 width="),
    "predict flowers.json length=5 width=3 colour=whte": (1, "colour=white"),
    "predict flowers.json length=5 width=3 colour=white": (0, "P(setosa) ="),
    "predict flowers.json new.csv": (0, "species,P(setosa),P(virginica)"),
    "playground flowers.csv --target kind": (1, "species"),
    "lesson": (0, "tinygrad-edu lesson circuit --all -o pictures"),
    "stpe": (2, 'tinygrad-edu step "(x + y) * z"'),
}


SLIPS = {line: WALK[line] for line in list(WALK)[:1] + list(WALK)[3:7] + list(WALK)[8:9]}  # the quick ones


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of a newcomer: a table with gaps and a column that counts its rows, and new rows."""
    folder, source = tmp_path_factory.mktemp("newcomer"), random.Random(1)
    rows = []
    for number in range(1, 61):
        length, width = source.gauss(5, 1), source.gauss(3, 0.5)
        colour = "" if number % 23 == 0 else source.choice(["white", "blue"])
        cell = "" if number % 17 == 0 else f"{length:.1f}"
        rows.append(f"{number},{cell},{width:.1f},{colour},{'setosa' if length < 5 else 'virginica'}")
    (folder / "flowers.csv").write_text("\n".join(["id,length,width,colour,species", *rows]))
    (folder / "new.csv").write_text("length,width,colour\n5.1,3,white\n4.2,2.9,\n")
    return folder


def is_to_copy(row):
    return bool(re.match(r" *(tinygrad-edu (?!\w+: )|-{1,2}\w)", row)) or " " not in row.strip()


@needs_terminals
@pytest.mark.parametrize(("columns", "lines", "walk"), sample([(40, 20, SLIPS), (40, 20, WALK), (80, 24, WALK)]))
def test_the_first_ten_minutes_are_readable(terminal, folder, monkeypatch, columns, lines, walk):
    monkeypatch.chdir(folder)
    for line, (code, said) in walk.items():
        it = terminal(*shlex.split(line), columns=columns, lines=lines, NO_COLOR="1")
        found, _ = it.finish()
        shown = [row.split("\r")[-1] for row in it.seen.replace("\r\n", "\n").split("\n")]
        bare = [re.sub(r"\x1b\[\??[\d;]*[A-Za-ln-z]", "", row) for row in shown]  # a bar moves, and hides the cursor
        assert found == code, (line, it.seen)
        assert not any("\x1b" in row for row in bare), (line, it.seen)
        for row in bare:
            assert cells(row) <= columns or is_to_copy(row), (line, row)
        text = "\n".join(bare)
        assert " ".join(said.split()) in " ".join(text.split()), (line, text)
        assert "Traceback" not in text
        assert not re.search(r"\b1 (rows|points|parameters|epochs|inputs|columns|ideas)\b", text), (line, text)
