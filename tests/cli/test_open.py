"""Does every command that writes something to look at open it when asked?"""

from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from sampling import long_case

from tinygrad_edu.cli.main import COMMANDS, _parsers

FORMULA = '"x * y" x=2 y=3'
OPENED = {  # a command as it is typed, and the files that it opens
    "demo -o d --open": ["d/f.html"],
    f"step {FORMULA} --html f.html --open": ["f.html"],
    f"step {FORMULA} -o f.gif --open": ["f.gif"],
    f"lab {FORMULA} -o f.html --open": ["f.html"],
    "playground moons -o p.html --open": ["p.html"],
    f"worksheet {FORMULA} --open": ["worksheet.html"],
    f"draw {FORMULA} --open": ["graph.svg"],
    "train moons --epochs 1 --hidden 2 --open": ["tinygrad-edu-train/report.html"],
    "train moons --epochs 1 --hidden 2 --film f.html --open": ["tinygrad-edu-train/report.html", "f.html"],
    "train moons --epochs 1 --hidden 2 --report r.html -o t --open": ["r.html"],
    "lesson circuit -o pictures --open": ["pictures/circuit.svg"],
}
SLOW = ("demo", "train moons --epochs 1 --hidden 2 --open", "train moons --epochs 1 --hidden 2 --report")
NOTHING_TO_LOOK_AT = {"course", "bug", "grade"}  # an engine to be edited, and marks in a table


@pytest.fixture
def opened(monkeypatch):
    """The files that a browser was asked for."""
    found = []

    def open_in_a_browser(address):
        path = Path(unquote(urlparse(address).path))
        assert path.stat().st_size > 100
        found.append(path)
        return True

    monkeypatch.setattr("webbrowser.open", open_in_a_browser)
    return found


@pytest.mark.parametrize("line", [long_case(line) if line.startswith(SLOW) else line for line in OPENED])
def test_what_was_written_is_opened(typed, opened, line, tmp_path):
    code, _, err = typed(line)
    assert code == 0, err
    assert [path.relative_to(tmp_path).as_posix() for path in opened] == OPENED[line]


@pytest.mark.parametrize(
    "line", [f"step {FORMULA} --open", f"step {FORMULA} -o f.json --open", "lesson circuit --open"]
)
def test_nothing_to_open_is_said_before_anything_is_written(typed, opened, line, tmp_path):
    code, _, err = typed(line)
    assert (code, opened, list(tmp_path.iterdir())) == (1, [], [])
    assert "--open" in err.split("write instead:")[1]


def test_every_command_that_writes_a_file_is_in_the_table():
    _, parsers = _parsers()  # private, because argparse has no list of commands and options
    writing = {name for name, parser in parsers.items() if "--output" in parser._option_string_actions}
    opening = {name for name, parser in parsers.items() if "--open" in parser._option_string_actions}
    assert set(COMMANDS) >= writing > NOTHING_TO_LOOK_AT - {"course"}
    assert writing - NOTHING_TO_LOOK_AT == opening
    assert opening == {line.split()[0] for line in OPENED}
